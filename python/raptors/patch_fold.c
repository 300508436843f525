/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Folding floats in NumPy's order.
 */
#include "patch_fold.h"

#include <math.h>
#include <string.h>

#include "choose/choose.h"
#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

enum { STAGED = 1024 }; /* elements: differences lie in the first-level cache, and a leaf of NumPy's tree is less */

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

/* n neighbours: each to = to op from. */
static void fold_row(const patch_loop *loop, char *to, const char *from, npy_intp size, size_t n)
{
    char *pointers[3] = {to, (char *)(uintptr_t)from, to};
    npy_intp steps[3] = {size, size, size}, count = (npy_intp)n;
    loop->function(pointers, &count, steps, loop->data);
}

/* ---- Squares of differences -------------------------------------------------------------------------------- */

/* to = (from - mean)^2, n neighbours; mean_step 0: one mean for all. */
static void square_differences(const patch_fold *f, char *to, const char *from, const char *mean, ptrdiff_t mean_step,
                               size_t n)
{
    const rp_context *context = rp_context_get();
    const ptrdiff_t size = (ptrdiff_t)f->size;
    rp_call call = {.ptr = {to, (char *)(uintptr_t)from, (char *)(uintptr_t)mean},
                    .inner = {size, size, mean_step},
                    .n = n,
                    .m = 1};
    rp_run_kernel(context->default_kernel[RP_SUBTRACT][f->dtype][mean_step ? RP_VV : RP_VS], &call);
    rp_call squares = {.ptr = {to, to}, .inner = {size, size}, .n = n, .m = 1};
    rp_run_kernel(context->default_kernel[RP_SQUARE][f->dtype][RP_V], &squares);
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
    _Alignas(64) char stage[STAGED * sizeof(double)];
    _Alignas(8) char sum[sizeof(double)];
    if (n > STAGED) {
        const size_t half = patch_half_of(n);
        const double left = sum_squares(f, from, mean, half);
        return add(f, left, sum_squares(f, from + half * f->size, mean, n - half));
    }
    square_differences(f, stage, from, mean, 0, n);
    store(f, sum, -0.0);
    fold_run(f->loop, sum, stage, (npy_intp)f->size, n);
    return load(f, sum);
}

/* ---- A task ------------------------------------------------------------------------------------------------ */

/* Few columns: the loop's call would take longer than a row. The sums are the same; but which of two NaNs goes on, NumPy's compiler
 * decided, and such results are not ours to give. */
enum { FEW_COLUMNS = 64 };

/* A constant number of columns keeps the sums in registers. */
#define DEFINE_ADD_ROWS(name, type)                                                                                   \
    static inline __attribute__((always_inline)) void name##_of(type *to, const type *from, size_t rows, size_t n)    \
    {                                                                                                                 \
        type sums[FEW_COLUMNS];                                                                                       \
        for (size_t j = 0; j < n; j++) {                                                                              \
            sums[j] = to[j];                                                                                          \
        }                                                                                                             \
        for (size_t i = 0; i < rows; i++, from += n) {                                                                \
            for (size_t j = 0; j < n; j++) {                                                                          \
                sums[j] += from[j];                                                                                   \
            }                                                                                                         \
        }                                                                                                             \
        for (size_t j = 0; j < n; j++) {                                                                              \
            to[j] = sums[j];                                                                                          \
        }                                                                                                             \
    }                                                                                                                 \
    static void name(type *to, const type *from, size_t rows, size_t n)                                               \
    {                                                                                                                 \
        switch (n) {                                                                                                  \
        case 2: name##_of(to, from, rows, 2); break;                                                                  \
        case 3: name##_of(to, from, rows, 3); break;                                                                  \
        case 4: name##_of(to, from, rows, 4); break;                                                                  \
        default: name##_of(to, from, rows, n); break;                                                                 \
        }                                                                                                             \
    }
DEFINE_ADD_ROWS(add_rows_of_singles, float)
DEFINE_ADD_ROWS(add_rows_of_doubles, double)

static void add_rows(const patch_fold *f, char *to, const char *from, size_t rows)
{
    if (f->dtype == RP_FLOAT32) {
        add_rows_of_singles((float *)(void *)to, (const float *)(const void *)from, rows, f->inner);
    } else {
        add_rows_of_doubles((double *)(void *)to, (const double *)(const void *)from, rows, f->inner);
    }
}

static bool has_few_columns(const patch_fold *f)
{
    return f->from_zero && f->inner > 1 && f->inner <= FEW_COLUMNS && f->step == (npy_intp)(f->inner * f->size);
}

/* All columns of one of the outer. False: some result is not a number. */
static bool fold_few_columns(const patch_fold *f, char *to, const char *from, const char *means)
{
    _Alignas(64) char stage[STAGED * sizeof(double)], repeated[STAGED * sizeof(double)];
    const size_t row_bytes = f->inner * f->size, most = STAGED / f->inner;
    memset(to, 0, row_bytes);
    if (!means) {
        add_rows(f, to, from, f->length);
    }
    for (size_t i = 0; means && i < most && i < f->length; i++) {
        memcpy(repeated + i * row_bytes, means, row_bytes);
    }
    for (size_t i = 0; means && i < f->length; i += most) {
        const size_t rows = f->length - i < most ? f->length - i : most;
        square_differences(f, stage, from + i * row_bytes, repeated, (ptrdiff_t)f->size, rows * f->inner);
        add_rows(f, to, stage, rows);
    }
    bool numbers = true;
    for (size_t j = 0; j < f->inner; j++) {
        const double sum = load(f, to + j * f->size);
        numbers &= sum == sum;
    }
    return numbers;
}

/* Many columns: eight rows are added at once, in NumPy's order, so that the sums are read and written once for eight. */
enum { AT_ONCE = 8 };
#define DEFINE_ADD_EIGHT(name, type)                                                                                   \
    static void name(char *to, const char *from, npy_intp step, size_t n)                                              \
    {                                                                                                                  \
        typedef type vector __attribute__((vector_size(16), aligned(sizeof(type)), may_alias));                        \
        enum { LANES = sizeof(vector) / sizeof(type) };                                                                \
        const char *const fifth = from + 4 * step;                                                                     \
        size_t j = 0, at = 0;                                                                                          \
        for (; j + 2 * LANES <= n; j += 2 * LANES, at += 2 * sizeof(vector)) {                                         \
            vector *sum = (vector *)(void *)(to + at), one = sum[0], other = sum[1];                                   \
            const char *row = from + at, *last = fifth + at;                                                           \
            ROW(vector, row, 0) ROW(vector, row, step) ROW(vector, row, 2 * step) ROW(vector, row, 3 * step)           \
            ROW(vector, last, 0) ROW(vector, last, step) ROW(vector, last, 2 * step) ROW(vector, last, 3 * step)       \
            sum[0] = one;                                                                                              \
            sum[1] = other;                                                                                            \
        }                                                                                                              \
        for (; j < n; j++) {                                                                                           \
            type *sum = (type *)(void *)to + j;                                                                        \
            for (int i = 0; i < AT_ONCE; i++) {                                                                        \
                *sum += *((const type *)(const void *)(from + i * step) + j);                                          \
            }                                                                                                          \
        }                                                                                                              \
    }
#define ROW(vector, row, offset)                                        \
    one += ((const vector *)(const void *)((row) + (offset)))[0];       \
    other += ((const vector *)(const void *)((row) + (offset)))[1];
DEFINE_ADD_EIGHT(add_eight_of_singles, float)
DEFINE_ADD_EIGHT(add_eight_of_doubles, double)
#undef ROW

/* rows: a multiple of eight; up to STAGED columns. False: some sum is not a number, and nothing is changed: which of two NaNs goes on
 * NumPy's loop decides. */
static bool add_chunk(const patch_fold *f, char *to, const char *from, size_t rows, size_t columns)
{
    _Alignas(64) char before[STAGED * sizeof(double)];
    const size_t bytes = columns * f->size;
    memcpy(before, to, bytes);
    for (size_t i = 0; i < rows; i += AT_ONCE) {
        const char *eight = from + (npy_intp)i * f->step;
        if (f->dtype == RP_FLOAT32) {
            add_eight_of_singles(to, eight, f->step, columns);
        } else {
            add_eight_of_doubles(to, eight, f->step, columns);
        }
    }
    const bool numbers = !patch_has_nan(to, f->dtype, (npy_intp)f->size, columns);
    if (!numbers) {
        memcpy(to, before, bytes);
    }
    return numbers;
}

/* The first of the rows, as many as are worth it, until a sum is not a number; returns how many. */
static size_t add_chunks(const patch_fold *f, char *to, const char *from, size_t columns)
{
    enum { ROWS = 64 };
    bool numbers = true;
    size_t i = 0;
    while (numbers && i + AT_ONCE <= f->length) {
        const size_t left = (f->length - i) / AT_ONCE * AT_ONCE, rows = left < ROWS ? left : ROWS;
        for (size_t column = 0; column < columns; column += STAGED) {
            const size_t n = columns - column < STAGED ? columns - column : STAGED, at = column * f->size;
            const char *first = from + (npy_intp)i * f->step + at;
            numbers = numbers && add_chunk(f, to + at, first, rows, n);
            for (size_t row = 0; !numbers && row < rows; row++) {
                fold_row(f->loop, to + at, first + (npy_intp)row * f->step, (npy_intp)f->size, n);
            }
        }
        i += rows;
    }
    return i;
}

static void fold_columns(const patch_fold *f, char *to, const char *from, const char *means, size_t columns)
{
    _Alignas(64) char stage[STAGED * sizeof(double)];
    const npy_intp size = (npy_intp)f->size;
    size_t i = 0;
    if (f->from_zero) {
        memset(to, 0, columns * f->size);
    } else {
        memcpy(to, from, columns * f->size);
        i = 1;
    }
    if (f->from_zero && !means) {
        i = add_chunks(f, to, from, columns);
    }
    for (; i < f->length; i++) {
        const char *row = from + (npy_intp)i * f->step;
        if (means) {
            square_differences(f, stage, row, means, size, columns);
            row = stage;
        }
        fold_row(f->loop, to, row, size, columns);
    }
}

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
    rp_fp_clear();
    for (size_t i = row; i < end; i++) {
        const size_t place = (i * f->inner + column) * f->size;
        const char *from = f->from + (npy_intp)i * f->outer_step + (npy_intp)(column * f->size);
        const char *means = f->means ? f->means + place : NULL;
        if (f->inner == 1) {
            fold_one(f, f->to + place, from, means);
        } else if (has_few_columns(f)) {
            if (!fold_few_columns(f, f->to + place, from, means)) {
                atomic_store_explicit(&f->uncertain, true, memory_order_relaxed);
            }
        } else {
            fold_columns(f, f->to + place, from, means, columns);
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
    if (f->outer >= (size_t)threads || has_few_columns(f) || share == 0) {
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
    f->columns = f->inner < STAGED ? f->inner : STAGED / 2;
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
