/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tasks, and the rectangles and tiles of a task. Threads share rows, or columns where there are few rows. Each loop here
 * takes at least one row or column a turn: tiles have at least one of each.
 */
#include "engine/walk.h"

#include <string.h>

#include "engine/tile.h"
#include "runtime/runtime.h"

/* What holds for every task of a walk. */
typedef struct walk {
    rp_tiling tiling;
    /* tasks: rows of all outer axes together, and a part of the columns */
    size_t all_rows, task_rows, task_columns, column_tasks;
    char *scratch; /* the threads' blocks, one after another */
    size_t scratch_bytes;
} walk;

/* A place on the axes from 2 on, as an odometer: divisions would cost more than a small rectangle. */
typedef struct place {
    char *data[RP_MAX_OPERANDS];
    ptrdiff_t index[RP_MAX_NDIM];
} place;

/* The rectangle of axes 0 and 1 that has row number `row` of all rows. */
static void find_rectangle(const rp_tiling *t, size_t row, place *p)
{
    const rp_plan *plan = t->plan;
    size_t rest = row / t->rows;
    for (int k = 0; k < plan->operands; k++) p->data[k] = plan->data[k];
    for (int axis = 2; axis < plan->ndim; axis++) {
        p->index[axis] = (ptrdiff_t)(rest % (size_t)plan->shape[axis]);
        rest /= (size_t)plan->shape[axis];
        for (int k = 0; k < plan->operands; k++) p->data[k] += p->index[axis] * plan->strides[k][axis];
    }
}

static void next_rectangle(const rp_tiling *t, place *p)
{
    const rp_plan *plan = t->plan;
    for (int axis = 2; axis < plan->ndim; axis++) {
        for (int k = 0; k < plan->operands; k++) p->data[k] += plan->strides[k][axis];
        if (++p->index[axis] < plan->shape[axis]) return;
        for (int k = 0; k < plan->operands; k++) p->data[k] -= plan->strides[k][axis] * plan->shape[axis];
        p->index[axis] = 0;
    }
}

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

/* ---- A task ------------------------------------------------------------------------------------------------ */

static void run_rectangle(const rp_tiling *t, rp_blocks *b, char *const *data, size_t rows, size_t columns)
{
    const size_t height = t->any_staged ? t->most_rows : rows;
    const size_t width = t->any_staged && t->plan->rows != RP_ROWS_DENSE ? t->most_columns : columns;
    for (size_t row = 0; row < rows; row += height) {
        const size_t h = lesser(rows - row, height);
        for (size_t column = 0; column < columns; column += width) {
            char *corner[RP_MAX_OPERANDS];
            for (int k = 0; k < t->plan->operands; k++) {
                corner[k] = data[k] + (ptrdiff_t)row * t->outer[k] + (ptrdiff_t)column * t->inner[k];
            }
            rp_tile_run(t, b, corner, h, lesser(columns - column, width));
        }
    }
}

/* Rows [row, end) of all, in gatherings of as many as a tile has rows: whole rectangles and parts of them. */
static void run_gathered(const rp_tiling *t, rp_blocks *b, size_t row, size_t end)
{
    place p;
    find_rectangle(t, row, &p);
    size_t first = row % t->rows;
    while (row < end) {
        rp_gathering g;
        g.count = 0;
        g.all_rows = 0;
        while (row < end && g.count < RP_MOST_GATHERED && g.all_rows < t->most_rows) {
            const size_t rows = lesser(lesser(t->rows - first, end - row), t->most_rows - g.all_rows);
            for (int k = 0; k < t->plan->operands; k++) {
                g.data[g.count][k] = p.data[k] + (ptrdiff_t)first * t->outer[k];
            }
            g.rows[g.count++] = rows;
            g.all_rows += rows;
            row += rows;
            first += rows;
            if (first < t->rows) continue;
            first = 0;
            next_rectangle(t, &p);
        }
        rp_tile_run_gathering(t, b, &g);
    }
}

/* Some of all rows (of all outer axes), some of the columns. */
static void run_task(void *context, size_t task, int thread)
{
    const walk *w = context;
    const rp_tiling *t = &w->tiling;
    size_t row = task / w->column_tasks * w->task_rows;
    const size_t column = task % w->column_tasks * w->task_columns;
    const size_t end = row + lesser(w->all_rows - row, w->task_rows);
    const size_t columns = lesser(t->columns - column, w->task_columns);
    rp_blocks b = rp_tiling_blocks(t, w->scratch ? w->scratch + (size_t)thread * w->scratch_bytes : NULL);
    if (t->plan->rows == RP_ROWS_GATHERED && t->kernel) {
        run_gathered(t, &b, row, end);
        return;
    }
    place p;
    find_rectangle(t, row, &p);
    for (size_t first = row % t->rows; row < end; first = 0) {
        const size_t rows = lesser(t->rows - first, end - row);
        char *data[RP_MAX_OPERANDS];
        for (int k = 0; k < t->plan->operands; k++) {
            data[k] = p.data[k] + (ptrdiff_t)first * t->outer[k] + (ptrdiff_t)column * t->inner[k];
        }
        run_rectangle(t, &b, data, rows, columns);
        row += rows;
        next_rectangle(t, &p);
    }
    if (t->stream) t->context->movers.stream_end();
}

/* ---- All of them ------------------------------------------------------------------------------------------- */

static void cut_into_tasks(walk *w, int threads)
{
    const rp_tiling *t = &w->tiling;
    w->all_rows = t->plan->elements / t->columns;
    w->task_rows = w->all_rows;
    w->task_columns = t->columns;
    w->column_tasks = 1;
    if (threads == 1) return;
    size_t bytes = 0;
    for (int k = 0; k < t->plan->operands; k++) bytes += t->size[k];
    /* Enough tasks that a slow core holds up little, as long as each is worth handing out. */
    size_t tasks = rp_divide_up(t->plan->elements * bytes, t->context->task_bytes);
    if (tasks < 4 * (size_t)threads) tasks = 4 * (size_t)threads;
    if (tasks > 16 * (size_t)threads) tasks = 16 * (size_t)threads;
    if (w->all_rows >= tasks || t->plan->rows == RP_ROWS_GATHERED) {
        w->task_rows = rp_divide_up(w->all_rows, tasks);
        if (t->any_staged) w->task_rows = rp_divide_up(w->task_rows, t->most_rows) * t->most_rows;
        return;
    }
    const size_t line = rp_system_facts()->line_bytes;
    w->task_rows = 1;
    w->task_columns = rp_divide_up(rp_divide_up(t->columns, rp_divide_up(tasks, w->all_rows)), line) * line;
    w->column_tasks = rp_divide_up(t->columns, w->task_columns);
}

rp_status rp_walk(const rp_plan *plan, const rp_choice *choice)
{
    walk w = {.tiling = rp_tiling_make(plan, choice)};
    cut_into_tasks(&w, choice->threads);
    const size_t tasks = rp_divide_up(w.all_rows, w.task_rows) * w.column_tasks;
    const int threads = (int)lesser((size_t)choice->threads, tasks);
    size_t block = 0;
    w.scratch_bytes = rp_tiling_scratch(&w.tiling);
    if (w.scratch_bytes) {
        w.scratch = rp_pool_allocate((size_t)threads * w.scratch_bytes, &block);
        if (!w.scratch) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for blocks in between");
    }
    rp_parallel(run_task, &w, tasks, threads);
    if (w.scratch) rp_pool_free(w.scratch, block);
    return RP_OK;
}
