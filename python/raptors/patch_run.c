/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's own loop over operands of any strides, in pieces: on one thread, or on all where the loop is known to take long
 * enough. A loop that is cut gives the same bits (tests/python/test_patch_layouts.py).
 */
#include "patch.h"

#include <stdatomic.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

enum { STAGE_BYTES = 8192 /* of an operand that is cast */ };

int patch_to_numpy(int flags)
{
    return (flags & FE_DIVBYZERO ? NPY_FPE_DIVIDEBYZERO : 0) | (flags & FE_OVERFLOW ? NPY_FPE_OVERFLOW : 0) |
           (flags & FE_UNDERFLOW ? NPY_FPE_UNDERFLOW : 0) | (flags & FE_INVALID ? NPY_FPE_INVALID : 0);
}

int patch_run_small(patch_run *run)
{
    npy_intp strides[PATCH_MOST_OPERANDS];
    for (int k = 0; k < run->operands; k++) {
        strides[k] = run->strides[k][0];
    }
    rp_fp_clear();
    run->loop->function(run->data, run->shape, strides, run->loop->data);
    const int flags = rp_fp_flags();
    return flags ? patch_to_numpy(flags) : 0;
}

/* ---- A piece ----------------------------------------------------------------------------------------------- */

static void cast(char *to, int to_type, const char *from, int from_type, npy_intp stride, size_t n)
{
    patch_widen(to, patch_dtype_of(to_type), from, patch_dtype_of(from_type), stride, n);
}

static bool is_number(const patch_run *run, int k)
{
    bool moves = false;
    for (int axis = 0; axis < run->ndim; axis++) {
        moves |= run->strides[k][axis] != 0;
    }
    return !moves;
}

/* The first of n elements, n times. */
static void repeat(char *elements, size_t size, size_t n)
{
    for (size_t done = 1; done < n;) {
        const size_t more = done < n - done ? done : n - done;
        memcpy(elements + done * size, elements, more * size);
        done += more;
    }
}

/* What the operands' elements in a row go through on their way to the loop. */
typedef struct row_plan {
    npy_intp steps[PATCH_MOST_OPERANDS];
    bool any, staged[PATCH_MOST_OPERANDS], repeated[PATCH_MOST_OPERANDS];
    size_t most; /* elements at once */
} row_plan;

static void plan_row(const patch_run *run, row_plan *plan)
{
    const patch_loop *loop = run->loop;
    plan->any = false;
    plan->most = SIZE_MAX;
    for (int k = 0; k < run->operands; k++) {
        plan->steps[k] = run->strides[k][run->ndim - 1];
        plan->repeated[k] = loop->by_repeating && plan->steps[k] == 0 && !is_number(run, k);
        plan->staged[k] = plan->repeated[k] || !patch_is_same(run->types[k], loop->types[k]);
        if (plan->staged[k]) {
            const size_t most = STAGE_BYTES / rp_dtype_size(patch_dtype_of(loop->types[k]));
            plan->any = true;
            plan->most = plan->most < most ? plan->most : most;
        }
    }
}

/* n elements of a row of which some are cast, or repeated. */
static __attribute__((noinline)) void run_staged(const patch_run *run, const row_plan *plan, char *const *data,
                                                 size_t n)
{
    _Alignas(64) char stage[PATCH_MOST_OPERANDS - 1][STAGE_BYTES];
    const patch_loop *loop = run->loop;
    for (size_t i = 0; i < n; i += plan->most) {
        npy_intp count = (npy_intp)(n - i < plan->most ? n - i : plan->most);
        char *pointers[PATCH_MOST_OPERANDS];
        npy_intp steps[PATCH_MOST_OPERANDS];
        for (int k = 0; k < run->operands; k++) {
            const npy_intp stride = plan->steps[k];
            pointers[k] = data[k] + (npy_intp)i * stride;
            steps[k] = stride;
            if (plan->staged[k]) {
                /* what is repeated is cast once */
                const size_t size = rp_dtype_size(patch_dtype_of(loop->types[k]));
                cast(stage[k], loop->types[k], pointers[k], run->types[k], stride, stride ? (size_t)count : 1);
                if (plan->repeated[k]) {
                    repeat(stage[k], size, (size_t)count);
                }
                pointers[k] = stage[k];
                steps[k] = stride || plan->repeated[k] ? (npy_intp)size : 0;
            }
        }
        loop->function(pointers, &count, steps, loop->data);
    }
}

/* ---- Short rows: many at once ------------------------------------------------------------------------------ */

/* An operand's rows, counted over all axes but the last: where the next one lies. */
typedef struct rows_place {
    char *data;
    npy_intp index[NPY_MAXDIMS];
} rows_place;

static void find_row(const patch_run *run, int k, size_t row, rows_place *p)
{
    p->data = run->data[k];
    for (int axis = run->ndim - 2; axis >= 0; axis--) {
        p->index[axis] = (npy_intp)(row % (size_t)run->shape[axis]);
        row /= (size_t)run->shape[axis];
        p->data += p->index[axis] * run->strides[k][axis];
    }
}

/* n rows on, none past the end of the axis that the rows lie along. */
static void pass_rows(const patch_run *run, int k, npy_intp n, rows_place *p)
{
    p->data += (n - 1) * run->strides[k][run->ndim - 2];
    p->index[run->ndim - 2] += n - 1;
    for (int axis = run->ndim - 2; axis >= 0; axis--) {
        p->data += run->strides[k][axis];
        if (++p->index[axis] < run->shape[axis]) {
            return;
        }
        p->data -= run->strides[k][axis] * run->shape[axis];
        p->index[axis] = 0;
    }
}

/* Rows of operand k one behind another into a block, or from it. */
static void move_rows(const patch_run *run, int k, rows_place *p, char *block, size_t rows, bool to_block)
{
    const size_t columns = (size_t)run->shape[run->ndim - 1], size = rp_dtype_size(patch_dtype_of(run->types[k]));
    const npy_intp along = run->strides[k][run->ndim - 2], inner = run->strides[k][run->ndim - 1],
                   row_bytes = (npy_intp)(columns * size);
    const rp_movers *movers = &rp_context_get()->movers;
    while (rows > 0) {
        const size_t left = (size_t)(run->shape[run->ndim - 2] - p->index[run->ndim - 2]),
                     n = rows < left ? rows : left;
        if (to_block) {
            movers->copy(block, row_bytes, (npy_intp)size, p->data, along, inner, n, columns, size);
        } else {
            movers->copy(p->data, along, inner, block, row_bytes, (npy_intp)size, n, columns, size);
        }
        pass_rows(run, k, (npy_intp)n, p);
        block += (npy_intp)n * row_bytes;
        rows -= n;
    }
}

/* Whether all axes of operand k are one run, in the order of the axes. */
static bool lies_whole(const patch_run *run, int k)
{
    npy_intp step = (npy_intp)rp_dtype_size(patch_dtype_of(run->types[k]));
    for (int axis = run->ndim - 1; axis >= 0; axis--) {
        if (run->strides[k][axis] != step) {
            return false;
        }
        step *= run->shape[axis];
    }
    return true;
}

enum { SHORT = 32 }; /* elements: calling the loop takes as long as copying so many */

static bool is_short(const patch_run *run) { return run->ndim > 1 && run->shape[run->ndim - 1] <= SHORT; }

/* Rows [row, row + rows), whole ones, put together as NumPy's buffers would. True: there is a NaN of those that are looked for. */
static __attribute__((noinline)) bool run_short_rows(const patch_run *run, size_t row, size_t rows)
{
    enum { BLOCK_BYTES = 4096 };
    _Alignas(64) char block[PATCH_MOST_OPERANDS][BLOCK_BYTES], wide[PATCH_MOST_OPERANDS][BLOCK_BYTES];
    const patch_loop *loop = run->loop;
    const size_t columns = (size_t)run->shape[run->ndim - 1];
    const int result = run->operands - 1;
    rows_place place[PATCH_MOST_OPERANDS];
    bool whole[PATCH_MOST_OPERANDS], number[PATCH_MOST_OPERANDS], casts[PATCH_MOST_OPERANDS];
    size_t widest = 1;
    bool nan = false;
    for (int k = 0; k < run->operands; k++) {
        const size_t own = rp_dtype_size(patch_dtype_of(run->types[k])),
                     looped = rp_dtype_size(patch_dtype_of(loop->types[k]));
        widest = own > widest ? own : widest;
        widest = looped > widest ? looped : widest;
        whole[k] = lies_whole(run, k);
        number[k] = is_number(run, k);
        casts[k] = !patch_is_same(run->types[k], loop->types[k]);
        find_row(run, k, row, &place[k]);
    }
    const size_t most = BLOCK_BYTES / widest / columns;
    for (size_t i = 0; i < rows; i += most) {
        const size_t n = rows - i < most ? rows - i : most;
        npy_intp count = (npy_intp)(n * columns), steps[PATCH_MOST_OPERANDS];
        char *pointers[PATCH_MOST_OPERANDS];
        for (int k = 0; k < run->operands; k++) {
            const size_t size = rp_dtype_size(patch_dtype_of(run->types[k]));
            pointers[k] = whole[k] ? run->data[k] + (row + i) * columns * size : number[k] ? run->data[k] : block[k];
            steps[k] = number[k] ? 0 : (npy_intp)size;
            if (k < result && !whole[k] && !number[k]) {
                move_rows(run, k, &place[k], block[k], n, true);
            }
            if (casts[k]) {
                cast(wide[k], loop->types[k], pointers[k], run->types[k], (npy_intp)size,
                     number[k] ? 1 : (size_t)count);
                pointers[k] = wide[k];
                steps[k] = number[k] ? 0 : (npy_intp)rp_dtype_size(patch_dtype_of(loop->types[k]));
            }
        }
        loop->function(pointers, &count, steps, loop->data);
        nan |=
            run->watched &&
            patch_has_nan(pointers[result], patch_dtype_of(loop->types[result]), steps[result], (size_t)count) &&
            (run->watched == PATCH_ANY_NAN || patch_nans_differ(loop->types, pointers, steps, result, (size_t)count));
        if (!whole[result]) {
            move_rows(run, result, &place[result], block[result], n, false);
        }
    }
    return nan;
}

/* Operand k of rows [row, row + rows), columns [column, column + columns). */
static bool rows_have_nan(const patch_run *run, int k, size_t row, size_t rows, size_t column, size_t columns)
{
    const rp_dtype dtype = patch_dtype_of(run->types[k]);
    const npy_intp step = run->strides[k][run->ndim - 1];
    if (columns == (size_t)run->shape[run->ndim - 1] && lies_whole(run, k)) {
        return patch_has_nan(run->data[k] + (npy_intp)(row * columns) * step, dtype, step, rows * columns);
    }
    rows_place place;
    bool nan = false;
    find_row(run, k, row, &place);
    for (size_t i = 0; i < rows && !nan; i++) {
        nan = patch_has_nan(place.data + (npy_intp)column * step, dtype, step, columns);
        if (run->ndim > 1) {
            pass_rows(run, k, 1, &place);
        }
    }
    return nan;
}

/* The same of the NaNs in one element's operands: whether two differ. */
static bool rows_differ(const patch_run *run, size_t row, size_t rows, size_t column, size_t columns)
{
    const int inner = run->ndim - 1;
    rows_place place[PATCH_MOST_OPERANDS];
    npy_intp steps[PATCH_MOST_OPERANDS];
    bool differ = false;
    for (int k = 0; k < run->operands; k++) {
        find_row(run, k, row, &place[k]);
        steps[k] = run->strides[k][inner];
    }
    for (size_t i = 0; i < rows && !differ; i++) {
        char *data[PATCH_MOST_OPERANDS];
        for (int k = 0; k < run->operands; k++) {
            data[k] = place[k].data + (npy_intp)column * steps[k];
            if (inner > 0) {
                pass_rows(run, k, 1, &place[k]);
            }
        }
        differ = patch_nans_differ(run->types, data, steps, run->operands - 1, columns);
    }
    return differ;
}

/* Rows [row, row + rows) of all but the last axis, columns [column, column + columns) of the last. True as of run_short_rows. */
static bool run_piece(const patch_run *run, size_t row, size_t rows, size_t column, size_t columns)
{
    enum { LOOKED_AT = 1024 }; /* elements that lie in the first-level cache still */
    const int inner = run->ndim - 1;
    if (is_short(run)) {
        return run_short_rows(run, row, rows);
    }
    const patch_loop *loop = run->loop;
    rows_place place[PATCH_MOST_OPERANDS];
    row_plan plan;
    plan_row(run, &plan);
    for (int k = 0; k < run->operands; k++) {
        find_row(run, k, row, &place[k]);
    }
    bool nan = false;
    for (size_t i = 0, looked_at = 0; i < rows; i++) {
        npy_intp count = (npy_intp)columns;
        char *data[PATCH_MOST_OPERANDS];
        for (int k = 0; k < run->operands; k++) {
            data[k] = place[k].data + (npy_intp)column * plan.steps[k];
            if (inner > 0) {
                pass_rows(run, k, 1, &place[k]);
            }
        }
        if (plan.any) {
            run_staged(run, &plan, data, columns);
        } else {
            loop->function(data, &count, plan.steps, loop->data);
        }
        const size_t n = i + 1 - looked_at;
        if (run->watched && (n * columns >= LOOKED_AT || i + 1 == rows)) {
            nan |= rows_have_nan(run, run->operands - 1, row + looked_at, n, column, columns) &&
                   (run->watched == PATCH_ANY_NAN || rows_differ(run, row + looked_at, n, column, columns));
            looked_at = i + 1;
        }
    }
    return nan;
}

/* ---- All of them ------------------------------------------------------------------------------------------- */

typedef struct job {
    const patch_run *run;
    bool looks; /* at the first operand, and that is all */
    patch_way_of_run way;
    const patch_kernel *kernel; /* of that way; NULL: NumPy's loop */
    size_t rows, task_rows, columns, task_columns, column_tasks;
    atomic_int flags;
    atomic_bool nan;
} job;

static void run_other_way(const job *j, size_t column, size_t columns)
{
    char *data[PATCH_MOST_OPERANDS];
    for (int k = 0; k < j->run->operands; k++) {
        data[k] = j->run->data[k] + (npy_intp)column * j->run->strides[k][0];
    }
    patch_run_way(j->run, j->kernel, j->way >= PATCH_LOOP_STREAM, data, columns);
}

/* The flags are the thread's, and some loops clear them: so they are gathered after each piece. */
static void run_task(void *context, size_t task, int thread)
{
    job *j = context;
    (void)thread;
    const size_t row = task / j->column_tasks * j->task_rows, column = task % j->column_tasks * j->task_columns;
    const size_t rows = j->rows - row < j->task_rows ? j->rows - row : j->task_rows;
    /* the last has what is left too: few elements alone might go another way through the loop */
    const bool is_last = task % j->column_tasks == j->column_tasks - 1;
    const size_t columns = is_last ? j->columns - column : j->task_columns;
    rp_fp_clear();
    if (j->way != PATCH_LOOP) {
        run_other_way(j, column, columns);
    } else if (j->looks ? rows_have_nan(j->run, 0, row, rows, column, columns)
                        : run_piece(j->run, row, rows, column, columns)) {
        atomic_store_explicit(&j->nan, true, memory_order_relaxed);
    }
    const int flags = rp_fp_flags();
    if (flags) {
        atomic_fetch_or_explicit(&j->flags, flags, memory_order_relaxed);
    }
}

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

static void cut(job *j, int threads)
{
    const size_t tasks = 4 * (size_t)threads;
    j->task_rows = j->rows;
    j->task_columns = j->columns;
    j->column_tasks = 1;
    if (threads == 1) {
        return;
    }
    if (j->rows >= tasks) {
        j->task_rows = rp_divide_up(j->rows, tasks);
        return;
    }
    j->task_rows = 1;
    j->task_columns = round_up(rp_divide_up(j->columns, rp_divide_up(tasks, j->rows)), PATCH_PIECE);
    j->column_tasks = j->columns < j->task_columns ? 1 : j->columns / j->task_columns;
}

int patch_run_all(patch_run *run)
{
    const size_t columns = (size_t)run->shape[run->ndim - 1];
    job j = {.run = run, .rows = run->elements / columns, .columns = columns};
    size_t bytes = 0;
    for (int k = 0; k < run->operands; k++) {
        bytes += rp_dtype_size(patch_dtype_of(run->types[k]));
    }
    const int threads = patch_threads(run->loop, run->elements, bytes);
    cut(&j, threads);
    unsigned ways = 0;
    if (run->elements >= PATCH_PIECE && !run->watched) {
        const patch_kernel *kernel = patch_kernel_of(run);
        ways = patch_ways_of(run, kernel, bytes);
        j.way = patch_choose_way(run->loop, run->elements, threads, ways);
        patch_last.streams = j.way >= PATCH_LOOP_STREAM;
        j.kernel = j.way == PATCH_KERNEL || j.way == PATCH_KERNEL_STREAM ? kernel : NULL;
        patch_last.kernel = j.kernel ? j.kernel->kernel->name : NULL;
    }
    PyThreadState *released = patch_is_long(run->loop, run->elements, bytes) ? PyEval_SaveThread() : NULL;
    const double start = rp_os_seconds();
    rp_parallel(run_task, &j, rp_divide_up(j.rows, j.task_rows) * j.column_tasks, threads);
    const double seconds = rp_os_seconds() - start;
    if (released) {
        PyEval_RestoreThread(released);
    }
    patch_learn(run->loop, seconds, threads, run->elements, j.way, ways);
    run->found_nan = atomic_load_explicit(&j.nan, memory_order_relaxed);
    const int flags = atomic_load_explicit(&j.flags, memory_order_relaxed);
    return flags ? patch_to_numpy(flags) : 0;
}

bool patch_run_has_nan(const patch_run *run, int k)
{
    enum { SHARED = 1 << 16 }; /* elements: of fewer the threads come too late */
    /* its own axes alone, neighbours that one step leads through as one */
    patch_run own = {.operands = 1, .data = {run->data[k]}, .types = {run->types[k]}, .elements = 1, .shape = {1}};
    for (int axis = 0; axis < run->ndim; axis++) {
        const npy_intp n = run->shape[axis], step = run->strides[k][axis];
        if (step == 0) {
            continue;
        }
        const bool joins = own.ndim > 0 && own.strides[0][own.ndim - 1] == step * n;
        own.ndim += !joins;
        own.shape[own.ndim - 1] = joins ? own.shape[own.ndim - 1] * n : n;
        own.strides[0][own.ndim - 1] = step;
        own.elements *= (size_t)n;
    }
    own.ndim += own.ndim == 0;
    const size_t columns = (size_t)own.shape[own.ndim - 1];
    job j = {.run = &own, .looks = true, .rows = own.elements / columns, .columns = columns};
    const int threads = own.elements < SHARED ? 1 : rp_get_num_threads();
    cut(&j, threads);
    rp_parallel(run_task, &j, rp_divide_up(j.rows, j.task_rows) * j.column_tasks, threads);
    return atomic_load_explicit(&j.nan, memory_order_relaxed);
}
