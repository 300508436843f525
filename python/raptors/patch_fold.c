/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Folding floats in NumPy's order: the tree of sums along neighbours, tasks and threads. Sums of rows: patch_fold_rows.c.
 */
#include "patch_fold_rows.h"

#include <math.h>
#include <string.h>

#include "choose/choose.h"
#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

static void add_flags(patch_fold *f)
{
    const int flags = rp_fp_flags();
    if (flags) {
        atomic_fetch_or_explicit(&f->flags, flags, memory_order_relaxed);
    }
}

/* One element: to = to op each of n. */
static void fold_run(const patch_loop *loop, char *to, const char *from, npy_intp step, size_t n)
{
    char *pointers[3] = {to, (char *)(uintptr_t)from, to};
    npy_intp steps[3] = {0, step, 0}, count = (npy_intp)n;
    loop->function(pointers, &count, steps, loop->data);
}

static double load(const patch_fold *f, const char *element)
{
    return f->dtype == RP_FLOAT32 ? (double)*(const float *)(const void *)element
                                  : *(const double *)(const void *)element;
}

static void store(const patch_fold *f, char *element, double value)
{
    if (f->dtype == RP_FLOAT32) {
        *(float *)(void *)element = (float)value;
    } else {
        *(double *)(void *)element = value;
    }
}

static double add(const patch_fold *f, double left, double right)
{
    return f->dtype == RP_FLOAT32 ? (double)((float)left + (float)right) : left + right;
}

/* The tree of n neighbours' squares. */
static double sum_squares(const patch_fold *f, const char *from, const char *mean, size_t n)
{
    _Alignas(64) char stage[PATCH_STAGED * sizeof(double)];
    _Alignas(8) char sum[sizeof(double)];
    if (n > PATCH_STAGED) {
        const size_t half = patch_half_of(n);
        const double left = sum_squares(f, from, mean, half);
        return add(f, left, sum_squares(f, from + half * f->size, mean, n - half));
    }
    patch_square_differences(f, stage, from, mean, 0, n);
    store(f, sum, -0.0);
    fold_run(f->loop, sum, stage, (npy_intp)f->size, n);
    return load(f, sum);
}

/* ---- A task ------------------------------------------------------------------------------------------------ */

static void fold_one(const patch_fold *f, char *to, const char *from, const char *mean)
{
    if (mean) {
        store(f, to, add(f, 0.0, sum_squares(f, from, mean, f->length)));
    } else if (f->from_zero) {
        memset(to, 0, f->size);
        fold_run(f->loop, to, from, f->step, f->length);
    } else {
        memcpy(to, from, f->size);
        if (f->length > 1) {
            fold_run(f->loop, to, from + f->step, f->step, f->length - 1);
        }
    }
}

static void fold_task(void *context, size_t task, int thread)
{
    patch_fold *f = context;
    (void)thread;
    const size_t across = f->inner / f->columns, row = task / across * f->rows, column = task % across * f->columns;
    const size_t end = f->outer - row < f->rows ? f->outer : row + f->rows;
    /* the last has what is left too: few columns alone might go another way through NumPy's loop */
    const size_t columns = task % across == across - 1 ? f->inner - column : f->columns;
    const bool few = patch_has_few_columns(f);
    rp_fp_clear();
    if (few && !patch_fold_few_columns(f, row, end)) {
        atomic_store_explicit(&f->uncertain, true, memory_order_relaxed);
    }
    for (size_t i = row; !few && i < end; i++) {
        const size_t place = (i * f->inner + column) * f->size;
        const char *from = f->from + (npy_intp)i * f->outer_step + (npy_intp)(column * f->size);
        const char *means = f->means ? f->means + place : NULL;
        if (f->inner == 1) {
            fold_one(f, f->to + place, from, means);
        } else {
            patch_fold_columns(f, f->to + place, from, means, columns);
        }
    }
    add_flags(f);
}

/* ---- One long sum ------------------------------------------------------------------------------------------ */

/* Where NumPy cuts its tree of halves: parts of a long sum, which fall to tasks. */
typedef struct part {
    size_t first, n;
} part;

typedef struct tree {
    patch_fold *fold;
    part *parts;
    double *sums; /* of parts */
    size_t count, leaf;
} tree;

static size_t count_parts(size_t n, size_t leaf)
{
    return n <= leaf ? 1 : count_parts(patch_half_of(n), leaf) + count_parts(n - patch_half_of(n), leaf);
}

static void list_parts(tree *t, size_t first, size_t n)
{
    if (n <= t->leaf) {
        t->parts[t->count++] = (part){first, n};
        return;
    }
    list_parts(t, first, patch_half_of(n));
    list_parts(t, first + patch_half_of(n), n - patch_half_of(n));
}

static void sum_part(void *context, size_t task, int thread)
{
    const tree *t = context;
    const part *p = &t->parts[task];
    _Alignas(8) char sum[sizeof(double)];
    (void)thread;
    patch_fold *f = t->fold;
    const char *from = f->from + (npy_intp)p->first * f->step;
    rp_fp_clear();
    if (f->means) {
        t->sums[task] = sum_squares(f, from, f->means, p->n);
    } else {
        store(f, sum, -0.0); /* changes nothing, not even -0 */
        fold_run(f->loop, sum, from, f->step, p->n);
        t->sums[task] = load(f, sum);
    }
    add_flags(f);
}

/* The sums of the parts, joined as the tree has them. */
static double join_parts(const tree *t, size_t n, size_t *next)
{
    if (n <= t->leaf) {
        return t->sums[(*next)++];
    }
    const double left = join_parts(t, patch_half_of(n), next);
    return add(t->fold, left, join_parts(t, n - patch_half_of(n), next));
}

/* A long sum on several threads. False: no memory, or not a number: which of two is the sum's, the compiler of NumPy decided. */
static bool fold_tree(patch_fold *f, int threads)
{
    /* A leaf of NumPy's tree is 128 elements; no part may be less. */
    enum { LEAST = 128, PARTS_A_THREAD = 4 };
    tree t = {.fold = f, .leaf = f->length / (PARTS_A_THREAD * (size_t)threads)};
    t.leaf = t.leaf < LEAST ? LEAST : t.leaf;
    const size_t count = count_parts(f->length, t.leaf);
    t.parts = rp_malloc(count * (sizeof *t.parts + sizeof *t.sums));
    if (!t.parts) {
        return false;
    }
    t.sums = (double *)(void *)(t.parts + count);
    list_parts(&t, 0, f->length);
    rp_parallel(sum_part, &t, count, threads);
    size_t next = 0;
    rp_fp_clear();
    const double sum = join_parts(&t, f->length, &next);
    rp_free(t.parts);
    if (sum != sum) {
        return false;
    }
    store(f, f->to, add(f, 0.0, sum));
    add_flags(f);
    return true;
}

/* ---- All --------------------------------------------------------------------------------------------------- */

/* Each thread has columns of its own, by whole vectors, where there are few rows of results. From memory short pieces of rows come
 * slower than whole rows do on one thread: the processor foresees no more than the page that it reads. */
static void choose_columns(patch_fold *f, int threads, size_t bytes)
{
    enum { WHOLE_VECTORS = 64, PAGES = 2 };
    const rp_system *system = rp_system_facts();
    const size_t share = f->inner / (size_t)threads / WHOLE_VECTORS * WHOLE_VECTORS;
    if (f->outer >= (size_t)threads || patch_has_few_columns(f) || share == 0) {
        return;
    }
    if (bytes <= system->l2_bytes || share * f->size >= PAGES * system->page_bytes) {
        f->columns = share < f->columns || !f->means ? share : f->columns;
    } else if (!f->means) {
        f->columns = f->inner;
    }
}

bool patch_fold_run(patch_fold *f)
{
    enum { TASKS_A_THREAD = 4 };
    const size_t elements = f->outer * f->length * f->inner;
    /* a block of the result stays in the cache while the rows go by; the last is less than two */
    f->columns = f->inner < PATCH_STAGED ? f->inner : PATCH_STAGED / 2;
    f->rows = f->outer;
    if (rp_is_small(rp_context_get(), elements * f->size) && f->columns == f->inner && !patch_stressed) {
        fold_task(f, 0, 0);
        return !atomic_load(&f->uncertain);
    }
    const int threads = patch_threads(f->loop, elements, f->size);
    PyThreadState *released = patch_is_long(f->loop, elements, f->size) ? PyEval_SaveThread() : NULL;
    const double start = rp_os_seconds();
    const bool is_sum = f->from_zero && f->outer == 1 && f->inner == 1;
    if (threads == 1 || !is_sum || !fold_tree(f, threads)) {
        const size_t tasks = TASKS_A_THREAD * (size_t)threads;
        f->rows = f->outer >= tasks ? rp_divide_up(f->outer, tasks) : 1;
        choose_columns(f, threads, elements * f->size);
        rp_parallel(fold_task, f, rp_divide_up(f->outer, f->rows) * (f->inner / f->columns), threads);
    }
    patch_learn(f->loop, rp_os_seconds() - start, threads, elements, PATCH_LOOP, 0);
    if (released) {
        PyEval_RestoreThread(released);
    }
    return !atomic_load(&f->uncertain);
}

bool patch_divide(char *elements, rp_dtype dtype, size_t n, double count)
{
    const patch_fold f = {.dtype = dtype};
    const double least = dtype == RP_FLOAT32 ? 0x1p-126 : 0x1p-1022;
    for (size_t i = 0; i < n; i++) {
        char *element = elements + i * rp_dtype_size(dtype);
        store(&f, element, load(&f, element) / count);
        const double quotient = load(&f, element);
        if (quotient != 0 && fabs(quotient) < least) {
            return false;
        }
    }
    return true;
}

/* Two axes: rows of neighbours, with a gap between one and the next. */
static bool lay_out_rows(PyArrayObject *x, int axis, patch_fold *f)
{
    if (PyArray_NDIM(x) != 2 || PyArray_STRIDE(x, 1) != (npy_intp)f->size ||
        PyArray_STRIDE(x, 0) < PyArray_DIM(x, 1) * PyArray_STRIDE(x, 1)) {
        return false;
    }
    f->length = (size_t)PyArray_DIM(x, axis);
    f->step = PyArray_STRIDE(x, axis);
    f->outer_step = PyArray_STRIDE(x, 0);
    *(axis ? &f->outer : &f->inner) = (size_t)PyArray_DIM(x, !axis);
    return true;
}

static bool lay_out(PyArrayObject *x, int axis, patch_fold *f)
{
    const int ndim = PyArray_NDIM(x);
    f->size = (size_t)PyArray_ITEMSIZE(x);
    f->from = PyArray_BYTES(x);
    f->outer = f->inner = f->length = 1;
    f->outer_step = 0;
    if (ndim == 1) {
        f->length = (size_t)PyArray_DIM(x, 0);
        f->step = PyArray_STRIDE(x, 0);
        return f->step >= 0;
    }
    const bool c_order = PyArray_IS_C_CONTIGUOUS(x);
    if (!c_order && !PyArray_IS_F_CONTIGUOUS(x)) {
        return axis != PATCH_ALL_AXES && lay_out_rows(x, axis, f);
    }
    if (axis == PATCH_ALL_AXES) {
        f->length = (size_t)PyArray_SIZE(x);
        f->step = (npy_intp)f->size;
        return true;
    }
    if (!c_order && ndim > 2) {
        return false;
    }
    for (int i = 0; i < ndim; i++) {
        const bool slower = c_order ? i < axis : i > axis;
        *(i == axis ? &f->length : slower ? &f->outer : &f->inner) *= (size_t)PyArray_DIM(x, i);
    }
    f->step = (npy_intp)(f->inner * f->size);
    f->outer_step = (npy_intp)f->length * f->step;
    return true;
}

/* Before 2.3 NumPy gives its loop neighbours in pieces of its buffer, and adds up the pieces in order. */
static bool is_one_tree(const patch_fold *f)
{
    enum { SINCE = 0x14, BUFFER = 8192 }; /* SINCE: the number of NumPy 2.3's C API */
    return f->length <= BUFFER || PyArray_GetNDArrayCFeatureVersion() >= SINCE;
}

bool patch_fold_lay_out(PyArrayObject *x, int axis, patch_fold *f)
{
    return lay_out(x, axis, f) && (!f->from_zero || f->inner > 1 || is_one_tree(f));
}
