/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's own loop over operands of any strides, in pieces: on one thread, or on all where the loop is known to take long
 * enough. A loop that is cut gives the same bits (tests/python/test_patch_loops.py).
 */
#include "patch.h"

#include <stdatomic.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

enum {
    /* A piece is a multiple of this: vector loops then begin and end as in the whole. */
    PIECE = 1024,
    STAGE_BYTES = 8192 /* of an operand that is cast */
};

/* A worker that sleeps takes its first task 14 us after it was called, and the call costs 5 (src/runtime/threads.c): from three
 * times the sum on, two threads are faster whether it sleeps or not. */
static const double SHARED_SECONDS = 60e-6;
/* To let other threads of the program run costs some 0.1 us, and as much to come back. */
static const double RELEASED_SECONDS = 10e-6;

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
    const rp_dtype to_dtype = (rp_dtype)patch_dtype[to_type], from_dtype = (rp_dtype)patch_dtype[from_type];
    if (stride == (npy_intp)rp_dtype_size(from_dtype)) {
        rp_convert_elements(to, to_dtype, from, from_dtype, n);
    } else {
        rp_convert_rows(to, to_dtype, (ptrdiff_t)rp_dtype_size(to_dtype), from, from_dtype, stride, n, 1);
    }
}

/* n elements of a row. */
static void run_row(const patch_run *run, char *const *data, size_t n)
{
    _Alignas(64) char stage[PATCH_MOST_OPERANDS - 1][STAGE_BYTES];
    const patch_loop *loop = run->loop;
    const int inner = run->ndim - 1;
    npy_intp strides[PATCH_MOST_OPERANDS];
    bool staged[PATCH_MOST_OPERANDS] = {false};
    size_t most = n;
    for (int k = 0; k < run->operands; k++) {
        strides[k] = run->strides[k][inner];
        staged[k] = !patch_is_same(run->types[k], loop->types[k]);
        if (staged[k]) {
            const size_t size = rp_dtype_size((rp_dtype)patch_dtype[loop->types[k]]);
            most = most < STAGE_BYTES / size ? most : STAGE_BYTES / size;
        }
    }
    for (size_t i = 0; i < n; i += most) {
        npy_intp count = (npy_intp)(n - i < most ? n - i : most);
        char *pointers[PATCH_MOST_OPERANDS];
        npy_intp steps[PATCH_MOST_OPERANDS];
        for (int k = 0; k < run->operands; k++) {
            pointers[k] = data[k] + (npy_intp)i * strides[k];
            steps[k] = strides[k];
            if (staged[k]) {
                /* what is repeated is cast once */
                cast(stage[k], loop->types[k], pointers[k], run->types[k], strides[k], strides[k] ? (size_t)count : 1);
                pointers[k] = stage[k];
                steps[k] = strides[k] ? (npy_intp)rp_dtype_size((rp_dtype)patch_dtype[loop->types[k]]) : 0;
            }
        }
        loop->function(pointers, &count, steps, loop->data);
    }
}

/* Rows [row, row + rows) of all but the last axis, columns [column, column + columns) of the last. */
static void run_piece(const patch_run *run, size_t row, size_t rows, size_t column, size_t columns)
{
    const int inner = run->ndim - 1;
    npy_intp index[NPY_MAXDIMS];
    char *data[PATCH_MOST_OPERANDS];
    for (int k = 0; k < run->operands; k++) {
        data[k] = run->data[k] + (npy_intp)column * run->strides[k][inner];
    }
    size_t rest = row;
    for (int axis = inner - 1; axis >= 0; axis--) {
        index[axis] = (npy_intp)(rest % (size_t)run->shape[axis]);
        rest /= (size_t)run->shape[axis];
        for (int k = 0; k < run->operands; k++) {
            data[k] += index[axis] * run->strides[k][axis];
        }
    }
    for (size_t i = 0; i < rows; i++) {
        run_row(run, data, columns);
        for (int axis = inner - 1; axis >= 0; axis--) {
            for (int k = 0; k < run->operands; k++) {
                data[k] += run->strides[k][axis];
            }
            if (++index[axis] < run->shape[axis]) {
                break;
            }
            for (int k = 0; k < run->operands; k++) {
                data[k] -= run->strides[k][axis] * run->shape[axis];
            }
            index[axis] = 0;
        }
    }
}

/* ---- All of them ------------------------------------------------------------------------------------------- */

typedef struct job {
    const patch_run *run;
    size_t rows, task_rows, columns, task_columns, column_tasks;
    atomic_int flags;
} job;

/* The flags are the thread's, and some loops clear them: so they are gathered after each piece. */
static void run_task(void *context, size_t task, int thread)
{
    job *j = context;
    (void)thread;
    const size_t row = task / j->column_tasks * j->task_rows, column = task % j->column_tasks * j->task_columns;
    const size_t rows = j->rows - row < j->task_rows ? j->rows - row : j->task_rows;
    const size_t columns = j->columns - column < j->task_columns ? j->columns - column : j->task_columns;
    rp_fp_clear();
    run_piece(j->run, row, rows, column, columns);
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
    j->task_columns = round_up(rp_divide_up(j->columns, rp_divide_up(tasks, j->rows)), PIECE);
    j->column_tasks = rp_divide_up(j->columns, j->task_columns);
}

/* One thread brings about so much from memory in a second: for a loop that was never timed. */
static const double BYTES_PER_SECOND = 10e9;
/* The first threads of a process have to be started. */
static const double STARTED_SECONDS = 200e-6;

/* What so many elements take on one thread. */
static double guess(const patch_loop *loop, size_t elements, size_t bytes)
{
    const double element = loop->seconds > 0 ? loop->seconds : (double)bytes / BYTES_PER_SECOND;
    return element * (double)elements;
}

int patch_threads(patch_loop *loop, size_t elements, size_t bytes)
{
    const double least = rp_workers_started() ? SHARED_SECONDS : STARTED_SECONDS;
    if (patch_stressed) {
        return rp_get_num_threads();
    }
    if (guess(loop, elements, bytes) < least) {
        return 1;
    }
    if (loop->alone > 0) {
        loop->alone--;
        return 1;
    }
    return rp_get_num_threads();
}

bool patch_is_long(const patch_loop *loop, size_t elements, size_t bytes)
{
    return guess(loop, elements, bytes) >= RELEASED_SECONDS;
}

/* The fastest call counts most: what is slower was disturbed, or met memory that was not in the caches. A threaded call says
 * what one thread takes at most. Where other programs have the processors, a caller waits for a worker that does not run: then some
 * calls stay alone, the more the longer this goes on. */
void patch_learn(patch_loop *loop, double seconds, int threads, size_t elements)
{
    enum { FEWEST = PIECE, MOST_MISSES = 6 };
    if (elements < FEWEST) {
        return;
    }
    const float element = (float)(seconds / (double)elements), known = loop->seconds;
    if (threads > 1 && known > 0) {
        loop->misses = element < 0.9F * known ? 0 : loop->misses < MOST_MISSES ? loop->misses + 1 : MOST_MISSES;
        loop->alone = loop->misses ? (uint8_t)(1 << loop->misses) : 0;
    }
    if (known == 0 || element * (float)threads < known) {
        loop->seconds = element * (float)threads;
    } else if (threads == 1) {
        loop->seconds += 0.125F * (element - known);
    }
}

int patch_run_all(patch_run *run)
{
    const size_t columns = (size_t)run->shape[run->ndim - 1];
    job j = {.run = run, .rows = run->elements / columns, .columns = columns};
    size_t bytes = 0;
    for (int k = 0; k < run->operands; k++) {
        bytes += rp_dtype_size((rp_dtype)patch_dtype[run->types[k]]);
    }
    const int threads = patch_threads(run->loop, run->elements, bytes);
    cut(&j, threads);
    PyThreadState *released = patch_is_long(run->loop, run->elements, bytes) ? PyEval_SaveThread() : NULL;
    const double start = rp_os_seconds();
    rp_parallel(run_task, &j, rp_divide_up(j.rows, j.task_rows) * j.column_tasks, threads);
    const double seconds = rp_os_seconds() - start;
    if (released) {
        PyEval_RestoreThread(released);
    }
    patch_learn(run->loop, seconds, threads, run->elements);
    const int flags = atomic_load_explicit(&j.flags, memory_order_relaxed);
    return flags ? patch_to_numpy(flags) : 0;
}
