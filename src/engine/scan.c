/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running sums and products along one axis: rows, or columns by the elementwise kernels; panels and threads.
 */
#include "engine/scan.h"

#include <string.h>

#include "kernels/scan.h"
#include "runtime/runtime.h"

enum {
    PANEL_BYTES = 8192, /* columns that go down together: the row above stays in the first-level cache */
    FEW_COLUMNS = 16,   /* below them rows of their own are faster than calls of a kernel for each row of so few */
    ROWS_TOGETHER = 4   /* which a loop takes side by side */
};

typedef struct scanner {
    const rp_fold *fold;
    ptrdiff_t to_stride;
    rp_stager stager;
    const rp_kernel *combine;
    bool staged;                            /* x is cast, or, of columns, packed */
    size_t outputs, columns, panel, panels; /* columns: of kept axis 0 */
    size_t per_task, tasks_of;
    rp_scratch scratch;
} scanner;

/* ---- Rows -------------------------------------------------------------------------------------------------- */

/* `rows` rows next to each other along kept axis 0. */
static void scan_some_rows(const scanner *s, rp_blocks *b, const char *from, char *to, size_t rows)
{
    const rp_fold *f = s->fold;
    const size_t n = (size_t)f->length, size = s->stager.loop_size, most = RP_CHUNK_BYTES / size;
    const ptrdiff_t from_row = f->kept ? f->from_strides[0] : 0, to_row = f->kept ? f->to_strides[0] : 0;
    rp_scan_rows part = {.z_step = s->to_stride, .x_step = f->stride, .z_row = to_row, .x_row = from_row};
    if (!s->staged) {
        part.z = to, part.x = from, part.m = rows, part.n = n;
        rp_scan_rows_run(f->combine, f->loop, &part);
        return;
    }
    const size_t height = n >= most ? 1 : most / n < rows ? most / n : rows;
    part.x_step = (ptrdiff_t)size;
    for (size_t row = 0; row < rows; row += part.m) {
        part.m = rows - row < height ? rows - row : height;
        for (size_t i = 0; i < n; i += part.n) {
            part.n = n - i < most ? n - i : most;
            rp_stage_block(&s->stager, b->loop, b->spare, from + (ptrdiff_t)row * from_row + (ptrdiff_t)i * f->stride,
                           from_row, f->stride, part.m, part.n);
            part.x = b->loop;
            part.x_row = (ptrdiff_t)(part.n * size);
            part.z = to + (ptrdiff_t)row * to_row + (ptrdiff_t)i * s->to_stride;
            part.goes_on = i > 0;
            rp_scan_rows_run(f->combine, f->loop, &part);
        }
    }
}

static void rows_task(void *context, size_t task, int thread)
{
    const scanner *s = context;
    rp_blocks b = rp_scratch_of(&s->scratch, thread);
    const size_t along = s->fold->kept ? (size_t)s->fold->shape[0] : 1;
    size_t row = task * s->per_task;
    const size_t end = s->outputs - row < s->per_task ? s->outputs : row + s->per_task;
    while (row < end) {
        const size_t left = along - row % along, rows = end - row < left ? end - row : left;
        const char *from = s->fold->from;
        char *to = s->fold->to;
        rp_fold_locate(s->fold, 0, row, &from, &to);
        scan_some_rows(s, &b, from, to, rows);
        row += rows;
    }
}

/* ---- Columns ----------------------------------------------------------------------------------------------- */

/* A panel of n columns, from the top to the bottom. Rows are staged some together, since they may lie across. */
static void scan_columns(const scanner *s, rp_blocks *b, const char *from, char *to, size_t n)
{
    const rp_fold *f = s->fold;
    const size_t size = s->stager.loop_size, length = (size_t)f->length;
    const size_t fit = RP_CHUNK_BYTES / (n * size), height = s->staged ? (fit ? fit : 1) : 1;
    rp_call call = {.inner = {(ptrdiff_t)size, (ptrdiff_t)size, (ptrdiff_t)size}, .n = n, .m = 1};
    for (size_t row = 0; row < length; row++) {
        const char *x = from + (ptrdiff_t)row * f->stride;
        char *z = to + (ptrdiff_t)row * s->to_stride;
        if (s->staged) {
            if (row % height == 0)
                rp_stage_block(&s->stager, b->loop, b->spare, x, f->stride, f->from_strides[0],
                               length - row < height ? length - row : height, n);
            x = b->loop + row % height * n * size;
        }
        if (row == 0) {
            memmove(z, x, n * size);
            continue;
        }
        call.ptr[0] = z;
        call.ptr[1] = z - s->to_stride;
        call.ptr[2] = (char *)x;
        rp_run_kernel(s->combine, &call);
    }
}

static void columns_task(void *context, size_t task, int thread)
{
    const scanner *s = context;
    rp_blocks b = rp_scratch_of(&s->scratch, thread);
    for (size_t i = task * s->per_task; i < (task + 1) * s->per_task && i < s->tasks_of; i++) {
        const size_t column = i % s->panels * s->panel;
        const char *from = s->fold->from + (ptrdiff_t)column * s->fold->from_strides[0];
        char *to = s->fold->to + (ptrdiff_t)column * s->fold->to_strides[0];
        rp_fold_locate(s->fold, 1, i / s->panels, &from, &to);
        scan_columns(s, &b, from, to, s->columns - column < s->panel ? s->columns - column : s->panel);
    }
}

/* ---- The pass ---------------------------------------------------------------------------------------------- */

rp_status rp_scan_run(const rp_fold *fold, ptrdiff_t to_stride)
{
    scanner s = {.fold = fold, .to_stride = to_stride, .stager = rp_stager_make(fold->dtype, fold->loop)};
    const rp_context *context = s.stager.context;
    const size_t size = s.stager.loop_size, moved = size + s.stager.size;
    const bool columns =
        fold->kept && fold->length > 1 && fold->shape[0] >= FEW_COLUMNS && fold->to_strides[0] == (ptrdiff_t)size;
    s.outputs = rp_fold_outputs(fold);
    s.staged = fold->dtype != fold->loop || (columns && fold->from_strides[0] != (ptrdiff_t)size);
    s.combine = context->default_kernel[fold->combine][fold->loop][RP_VV];
    rp_parts parts;
    if (columns) {
        s.columns = (size_t)fold->shape[0];
        s.panel = PANEL_BYTES / size;
        s.panels = rp_divide_up(s.columns, s.panel);
        s.tasks_of = s.outputs / s.columns * s.panels;
        const size_t widest = s.columns < s.panel ? s.columns : s.panel;
        parts = rp_parts_of(context, s.tasks_of, (size_t)fold->length * widest * moved, 1, true);
    } else {
        parts = rp_parts_of(context, s.outputs, (size_t)fold->length * moved, ROWS_TOGETHER, true);
    }
    s.per_task = parts.per_task;
    const rp_status status = rp_scratch_allocate(&s.scratch, s.staged, 0, parts.threads);
    if (status) return status;
    rp_parallel(columns ? columns_task : rows_task, &s, parts.tasks, parts.threads);
    rp_scratch_free(&s.scratch);
    return RP_OK;
}
