/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sums and their kin over one axis: rows or columns, chunks, tree and threads. fold.h has the tree.
 */
#include "engine/fold.h"

#include <stdatomic.h>
#include <string.h>

#include "choose/measure.h"
#include "engine/work.h"
#include "kernels/reduce_order.h"
#include "runtime/runtime.h"

enum {
    PANEL_BYTES = 8192, /* columns that are folded together: a running row stays in the first-level cache */
    RESULT_BYTES = 16,  /* room for one result */
    STREAMS = 4         /* rows of one kernel call; beyond the caches from places apart, see `exceeds_caches` */
};

/* What a task needs to fold any part of a pass. */
typedef struct folder {
    const rp_fold *fold;
    rp_stager stager;
    const rp_kernel *kernel, *combine;
    bool staged;
    /* More than the last cache holds: memory answers several streams faster than one (kernels/reduce.h), the caches answer one
     * faster. One thread, 16 MiB float32 in the last cache of an EPYC Turin guest, 2026-11-25: 168 us against 223 for four. */
    bool exceeds_caches;
    size_t loop_size, result_size;
    size_t chunk; /* of the reduced axis, in its elements */
    size_t chunks;
    /* rows */
    size_t outputs; /* all of them */
    size_t rows_per_task;
    size_t part_chunks, parts; /* where rows are few: chunks a part, parts a row */
    char *results;             /* of the parts, or of the row parts of columns */
    atomic_bool *decided;      /* of each output: a part has found what no other part can change */
    /* columns */
    size_t columns, repeat; /* axis 0; F of the tree */
    size_t panel, panels;
    int levels;         /* of the tree over all chunks */
    rp_scratch scratch; /* behind what is staged: PANEL_BYTES for each level of a column's tree, and one more */
} folder;

static void combine(const folder *f, char *z, const char *y, size_t n)
{
    const ptrdiff_t size = (ptrdiff_t)f->result_size;
    f->combine->run(&(rp_call){.ptr = {z, z, (char *)y}, .inner = {size, size, size}, .n = n, .m = 1});
}

/* Whether no further element can change these results of any or all. */
static bool is_decided(const folder *f, const char *z, size_t n)
{
    const int final = rp_final_truth(f->fold->op, f->fold->loop);
    return final != RP_FINAL_NONE && !memchr(z, !final, n);
}

static size_t half_of(size_t count)
{
    size_t half = 1;
    while (half * 2 < count) half *= 2;
    return half;
}

/* ---- Rows -------------------------------------------------------------------------------------------------- */

static void fold_rows(const folder *f, rp_blocks *b, char *to, ptrdiff_t to_stride, const char *from,
                      ptrdiff_t row_stride, size_t rows, size_t n)
{
    rp_call call = {.ptr = {to, (char *)from},
                    .inner = {0, (ptrdiff_t)f->loop_size},
                    .outer = {to_stride, row_stride},
                    .n = n,
                    .m = rows};
    if (!f->staged) {
        rp_run_kernel(f->kernel, &call);
        return;
    }
    const size_t most = RP_CHUNK_BYTES / (n * f->loop_size);
    for (size_t row = 0; row < rows; row += most) {
        call.m = rows - row < most ? rows - row : most;
        rp_stage_block(&f->stager, b->loop, b->spare, from + (ptrdiff_t)row * row_stride, row_stride, f->fold->stride,
                       call.m, n);
        call.ptr[0] = to + (ptrdiff_t)row * to_stride;
        call.ptr[1] = b->loop;
        call.outer[1] = (ptrdiff_t)(n * f->loop_size);
        rp_run_kernel(f->kernel, &call);
    }
}

/* Chunks [first, first + count) of `rows` rows that lie row_stride apart; their results at `to`, next to each other. */
static void rows_tree(const folder *f, rp_blocks *b, const char *from, ptrdiff_t row_stride, size_t rows, size_t first,
                      size_t count, char *to)
{
    const size_t size = f->result_size, start = first * f->chunk, left = (size_t)f->fold->length - start;
    if (count == 1) {
        fold_rows(f, b, to, (ptrdiff_t)size, from + (ptrdiff_t)start * f->fold->stride, row_stride, rows,
                  left < f->chunk ? left : f->chunk);
        return;
    }
    _Alignas(16) char right[RESULT_BYTES * STREAMS];
    const size_t half = half_of(count);
    const bool in_quarters = rows == 1 && count == 2 * half && count * f->chunk <= left;
    if (in_quarters &&
        (count == STREAMS || (f->exceeds_caches && count > STREAMS))) { /* the quarters' subtrees are: four rows */
        const size_t quarter = count / STREAMS;
        rows_tree(f, b, from, (ptrdiff_t)(quarter * f->chunk) * f->fold->stride, STREAMS, first, quarter, right);
        for (size_t step = 1; step < STREAMS; step *= 2) {
            for (size_t i = 0; i < STREAMS; i += 2 * step) combine(f, right + i * size, right + (i + step) * size, 1);
        }
        memcpy(to, right, size);
        return;
    }
    rows_tree(f, b, from, row_stride, rows, first, half, to);
    if (is_decided(f, to, rows)) return;
    rows_tree(f, b, from, row_stride, rows, first + half, count - half, right);
    combine(f, to, right, rows);
}

/* Rows of one chunk. Where they are long they are taken from STREAMS places in turn. */
static void fold_short_rows(const folder *f, rp_blocks *b, char *to, const char *from, size_t rows)
{
    const rp_fold *fold = f->fold;
    const size_t n = (size_t)fold->length, quarter = rows / STREAMS;
    const ptrdiff_t step = fold->kept ? fold->from_strides[0] : 0, to_step = fold->kept ? fold->to_strides[0] : 0;
    size_t row = 0;
    if (f->exceeds_caches && !f->staged && 8 * n * f->loop_size >= RP_CHUNK_BYTES) {
        for (; row < quarter; row++) {
            fold_rows(f, b, to + (ptrdiff_t)row * to_step, (ptrdiff_t)quarter * to_step, from + (ptrdiff_t)row * step,
                      (ptrdiff_t)quarter * step, STREAMS, n);
        }
        row *= STREAMS;
    }
    if (row < rows) {
        fold_rows(f, b, to + (ptrdiff_t)row * to_step, to_step, from + (ptrdiff_t)row * step, step, rows - row, n);
    }
}

/* Some of the outputs, each from its whole row; rows of one chunk go through the kernel together. */
static void rows_task(void *context, size_t task, int thread)
{
    const folder *f = context;
    const rp_fold *fold = f->fold;
    const size_t inner = fold->kept ? (size_t)fold->shape[0] : 1;
    size_t index = task * f->rows_per_task;
    const size_t end = f->outputs - index < f->rows_per_task ? f->outputs : index + f->rows_per_task;
    rp_blocks b = rp_scratch_of(&f->scratch, thread);
    while (index < end) {
        const char *from = fold->from;
        char *to = fold->to;
        rp_fold_locate(fold, 0, index, &from, &to);
        size_t rows = inner - index % inner;
        if (rows > end - index) rows = end - index;
        if (f->chunks == 1) {
            fold_short_rows(f, &b, to, from, rows);
        } else {
            for (size_t row = 0; row < rows; row++) {
                _Alignas(16) char value[RESULT_BYTES];
                rows_tree(f, &b, from + (ptrdiff_t)row * fold->from_strides[0], 0, 1, 0, f->chunks, value);
                memcpy(to + (ptrdiff_t)row * fold->to_strides[0], value, f->result_size);
            }
        }
        index += rows;
    }
}

/* One part of one row: an aligned subtree. */
static void row_part_task(void *context, size_t task, int thread)
{
    const folder *f = context;
    const char *from = f->fold->from;
    char *to = f->fold->to;
    rp_fold_locate(f->fold, 0, task / f->parts, &from, &to);
    const size_t first = task % f->parts * f->part_chunks;
    const size_t count = f->chunks - first < f->part_chunks ? f->chunks - first : f->part_chunks;
    char *result = f->results + RESULT_BYTES * task;
    atomic_bool *decided = &f->decided[task / f->parts];
    if (atomic_load_explicit(decided, memory_order_relaxed)) {
        *result = (char)rp_final_truth(f->fold->op, f->fold->loop);
        return;
    }
    rp_blocks b = rp_scratch_of(&f->scratch, thread);
    rows_tree(f, &b, from, 0, 1, first, count, result);
    if (is_decided(f, result, 1)) atomic_store_explicit(decided, true, memory_order_relaxed);
}

static void combine_parts(const folder *f, char *results, size_t step, size_t count, size_t n)
{
    if (count == 1) return;
    const size_t half = half_of(count);
    combine_parts(f, results, step, half, n);
    combine_parts(f, results + half * step, step, count - half, n);
    combine(f, results, results + half * step, n);
}

/* Few long rows: each in parts, whose results are combined as one thread would have combined them. */
static rp_status run_row_parts(folder *f, int threads)
{
    const rp_fold *fold = f->fold;
    const size_t most = 8 * (size_t)threads;
    f->part_chunks = 1;
    f->parts = f->chunks;
    while (f->parts > 1 && f->parts * f->outputs > most) {
        f->part_chunks *= 2;
        f->parts = rp_divide_up(f->chunks, f->part_chunks);
    }
    size_t block_bytes;
    const size_t results_bytes = RESULT_BYTES * f->parts * f->outputs;
    f->results = rp_pool_allocate(results_bytes + f->outputs * sizeof *f->decided, &block_bytes);
    if (!f->results) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for the threads' results");
    f->decided = (atomic_bool *)(void *)(f->results + results_bytes);
    for (size_t i = 0; i < f->outputs; i++) atomic_init(&f->decided[i], false);
    rp_parallel(row_part_task, f, f->parts * f->outputs, threads);
    for (size_t i = 0; i < f->outputs; i++) {
        const char *from = fold->from;
        char *to = fold->to, *results = f->results + RESULT_BYTES * f->parts * i;
        rp_fold_locate(fold, 0, i, &from, &to);
        combine_parts(f, results, RESULT_BYTES, f->parts, 1);
        memcpy(to, results, f->result_size);
    }
    rp_pool_free(f->results, block_bytes);
    return RP_OK;
}

static rp_status run_rows(folder *f, int threads)
{
    f->chunk = RP_CHUNK_BYTES / f->loop_size;
    f->chunks = rp_divide_up((size_t)f->fold->length, f->chunk);
    const size_t tasks = 4 * (size_t)threads;
    const rp_status status = rp_scratch_allocate(&f->scratch, f->staged, 0, threads);
    if (status) return status;
    if (threads > 1 && f->outputs < tasks && f->chunks >= 2 * (size_t)threads) return run_row_parts(f, threads);
    f->rows_per_task = threads > 1 ? rp_divide_up(f->outputs, tasks) : f->outputs;
    rp_parallel(rows_task, f, rp_divide_up(f->outputs, f->rows_per_task), threads);
    return RP_OK;
}

/* ---- Columns ----------------------------------------------------------------------------------------------- */

/* rows x columns elements, row after row at `from`, to one row of columns at z. */
static void fold_columns(const folder *f, char *z, const char *from, ptrdiff_t row_stride, size_t rows, size_t columns)
{
    f->kernel->run(&(rp_call){.ptr = {z, (char *)from}, .outer = {0, row_stride}, .n = columns, .m = rows});
}

/* One chunk of a panel: `rows` of it, by the tree's rule for narrow panels. */
static void column_chunk(const folder *f, rp_blocks *b, const char *from, size_t rows, size_t columns, char *to)
{
    ptrdiff_t step = f->fold->stride;
    if (f->staged) {
        rp_stage_block(&f->stager, b->loop, b->spare, from, step, f->fold->from_strides[0], rows, columns);
        from = b->loop;
        step = (ptrdiff_t)(columns * f->loop_size);
    }
    const size_t whole = rows / f->repeat;
    if (f->repeat == 1 || whole == 0) {
        fold_columns(f, to, from, step, rows, columns);
        return;
    }
    _Alignas(64) char wide[RP_WIDE_BYTES], rest[RP_WIDE_BYTES];
    fold_columns(f, wide, from, step * (ptrdiff_t)f->repeat, whole, columns * f->repeat);
    fold_columns(f, to, wide, (ptrdiff_t)(columns * f->result_size), f->repeat, columns);
    const size_t left = rows - whole * f->repeat;
    if (!left) return;
    fold_columns(f, rest, from + (ptrdiff_t)(whole * f->repeat) * step, step, left, columns);
    combine(f, to, rest, columns);
}

/* Chunks [first, first + count) of a panel; `level` counts from the whole tree down. */
static void column_tree(const folder *f, rp_blocks *b, const char *panel, size_t first, size_t count, size_t columns,
                        int level, char *to)
{
    if (count == 1) {
        const size_t start = first * f->chunk, left = (size_t)f->fold->length - start;
        column_chunk(f, b, panel + (ptrdiff_t)start * f->fold->stride, left < f->chunk ? left : f->chunk, columns, to);
        return;
    }
    const size_t half = half_of(count);
    char *right = b->rest + level * PANEL_BYTES;
    column_tree(f, b, panel, first, half, columns, level + 1, to);
    if (is_decided(f, to, columns)) return;
    column_tree(f, b, panel, first + half, count - half, columns, level + 1, right);
    combine(f, to, right, columns);
}

/* Levels of the tree over so many chunks. */
static int tree_levels(size_t chunks)
{
    int levels = 0;
    while (chunks > 1) {
        chunks = rp_divide_up(chunks, 2);
        levels++;
    }
    return levels;
}

/* A panel of columns of one outer output, or one part of its rows. */
static void columns_task(void *context, size_t task, int thread)
{
    const folder *f = context;
    const rp_fold *fold = f->fold;
    const size_t part = task % f->parts, unit = task / f->parts, number = unit % f->panels;
    const char *from = fold->from;
    char *to = fold->to;
    rp_fold_locate(fold, 1, unit / f->panels, &from, &to);
    const size_t start = number * f->panel, columns = f->columns - start < f->panel ? f->columns - start : f->panel;
    from += (ptrdiff_t)start * fold->from_strides[0];
    to += (ptrdiff_t)start * fold->to_strides[0];
    const size_t first = part * f->part_chunks;
    const size_t count = f->chunks - first < f->part_chunks ? f->chunks - first : f->part_chunks;
    rp_blocks b = rp_scratch_of(&f->scratch, thread);
    const bool direct = f->results || fold->to_strides[0] == (ptrdiff_t)f->result_size;
    char *row = f->results ? f->results + task * PANEL_BYTES : direct ? to : b.rest + f->levels * PANEL_BYTES;
    column_tree(f, &b, from, first, count, columns, 0, row);
    if (direct) return;
    f->stager.context->movers.copy(to, 0, fold->to_strides[0], row, 0, (ptrdiff_t)f->result_size, 1, columns,
                                   f->result_size);
}

static rp_status run_columns(folder *f, int threads)
{
    const rp_fold *fold = f->fold;
    f->columns = (size_t)fold->shape[0];
    /* The chunk counts the kernel's operand; the panel also fits the result, which may be wider. */
    const size_t widest = f->loop_size > f->result_size ? f->loop_size : f->result_size;
    f->repeat = 1;
    /* The kernel folds its own results: a sum of sums, but no count of counts. */
    const bool again = fold->loop == fold->result && rp_ops[fold->op].rest == fold->op;
    const bool short_rows = fold->length < RP_LEFT_TO_RIGHT;
    while (again && !short_rows && 2 * f->repeat * f->columns * widest <= RP_WIDE_BYTES) f->repeat *= 2;
    const bool row_after_row = f->staged || fold->stride == (ptrdiff_t)(f->columns * f->loop_size);
    if (f->repeat > 1 && !row_after_row) f->staged = true;
    f->chunk = RP_CHUNK_ROWS * f->repeat;
    f->chunks = rp_divide_up((size_t)fold->length, f->chunk);
    f->panel = PANEL_BYTES / widest;
    if (f->staged) {
        const size_t rows = (size_t)fold->length < f->chunk ? (size_t)fold->length : f->chunk;
        const size_t fit = RP_CHUNK_BYTES / (rows * f->loop_size);
        if (f->panel > fit) f->panel = fit;
    }
    if (f->panel > f->columns) f->panel = f->columns;
    const size_t tasks = 4 * (size_t)threads, outer = f->outputs / f->columns;
    f->panels = rp_divide_up(f->columns, f->panel);
    f->part_chunks = f->chunks;
    f->parts = 1;
    if (threads > 1 && outer * f->panels < tasks) {
        /* Rows first, since memory is read on from where it was; then narrower panels, of whole cache lines. */
        while (f->part_chunks > 1 && rp_divide_up(f->chunks, f->part_chunks) * outer * f->panels < tasks) {
            f->part_chunks = half_of(f->part_chunks);
        }
        f->parts = rp_divide_up(f->chunks, f->part_chunks);
        const size_t line = rp_system_facts()->line_bytes / widest;
        while (f->parts * outer * f->panels < tasks && f->panel >= 2 * 4 * line) {
            f->panel = rp_divide_up(f->panel, 2 * line) * line;
            f->panels = rp_divide_up(f->columns, f->panel);
        }
    }
    size_t block_bytes = 0;
    const size_t all = outer * f->panels * f->parts;
    f->levels = tree_levels(f->chunks);
    const rp_status status =
        rp_scratch_allocate(&f->scratch, f->staged, ((size_t)f->levels + 1) * PANEL_BYTES, threads);
    if (status) return status;
    if (f->parts > 1) {
        f->results = rp_pool_allocate(all * PANEL_BYTES, &block_bytes);
        if (!f->results) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for the threads' results");
    }
    rp_parallel(columns_task, f, all, threads);
    if (!f->results) return RP_OK;
    for (size_t unit = 0; unit < outer * f->panels; unit++) {
        const size_t start = unit % f->panels * f->panel;
        const size_t columns = f->columns - start < f->panel ? f->columns - start : f->panel;
        const char *from = fold->from;
        char *to = fold->to, *row = f->results + unit * f->parts * PANEL_BYTES;
        rp_fold_locate(fold, 1, unit / f->panels, &from, &to);
        combine_parts(f, row, PANEL_BYTES, f->parts, columns);
        f->stager.context->movers.copy(to + (ptrdiff_t)start * fold->to_strides[0], 0, fold->to_strides[0], row, 0,
                                       (ptrdiff_t)f->result_size, 1, columns, f->result_size);
    }
    rp_pool_free(f->results, block_bytes);
    return RP_OK;
}

/* What rp_kernel_takes is asked: a row is cut into chunks. NULL: rows are not evenly apart. */
static const rp_call *form_of_rows(const rp_fold *fold, size_t size, rp_call *form)
{
    const size_t length = (size_t)fold->length, chunk = RP_CHUNK_BYTES / size;
    if (fold->kept > 1) return NULL;
    *form = (rp_call){.ptr = {fold->to, (char *)fold->from},
                      .inner = {0, (ptrdiff_t)size},
                      .n = length < chunk ? length : chunk,
                      .m = fold->kept ? (size_t)fold->shape[0] : 1};
    if (fold->kept) form->outer[0] = fold->to_strides[0], form->outer[1] = fold->from_strides[0];
    return form;
}

rp_status rp_fold_run(const rp_fold *fold)
{
    if (rp_fold_ends_early(fold)) return RP_OK;
    folder f = {.fold = fold, .stager = rp_stager_make(fold->dtype, fold->loop)};
    f.loop_size = f.stager.loop_size;
    f.result_size = rp_dtype_size(fold->result);
    f.outputs = rp_fold_outputs(fold);
    const bool short_rows = fold->length < RP_LEFT_TO_RIGHT && fold->kept && fold->shape[0] > fold->length;
    const bool rows = !fold->kept || (!short_rows && rp_magnitude(fold->stride) <= rp_magnitude(fold->from_strides[0]));
    const size_t bytes = f.outputs * (size_t)fold->length * f.stager.size;
    f.exceeds_caches = bytes >= f.stager.context->stream_bytes;
    f.combine = f.stager.context->default_kernel[fold->combine][fold->result][RP_VV];
    const ptrdiff_t along = rows ? fold->stride : fold->from_strides[0];
    f.staged = fold->dtype != fold->loop || along != (ptrdiff_t)f.stager.size;
    const rp_layout layout = f.staged ? RP_STAGED : RP_APART;
    rp_call form;
    rp_choice choice = rp_choose(fold->op, fold->loop, rows ? RP_ROW : RP_COLUMN, RP_ACCURATE, layout, bytes,
                                 rows && !f.staged ? form_of_rows(fold, f.loop_size, &form) : NULL);
    const bool measured = rp_measure_start(&choice);
    f.kernel = choice.kernel;
    const rp_status status = rows ? run_rows(&f, choice.threads) : run_columns(&f, choice.threads);
    rp_scratch_free(&f.scratch);
    if (measured) rp_measure_stop(&choice);
    return status;
}
