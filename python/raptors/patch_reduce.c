/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's reductions: ufunc.reduce, in which all of its ways end, and the methods of ndarray that lead there.
 *
 * What has one answer whatever the order (sums of integers, any, all, argmax) is computed by Raptors. Sums of floats keep NumPy's order:
 * along neighbours a tree of halves, else row upon row. NumPy's own loop adds up the leaves; halves, rows and columns go to
 * several threads.
 */
#include "patch.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

typedef struct reduction {
    const char *ufunc; /* NumPy's, by name */
    rp_op op;
    bool mean;
    bool truths; /* the result is bool, and dtype may say so */
} reduction;

static const reduction reductions[PATCH_REDUCTIONS] = {
    [PATCH_SUM] = {"add", RP_SUM, false, false},
    [PATCH_MEAN] = {NULL, RP_MEAN, true, false},
    [PATCH_MAX] = {"maximum", RP_MAX, false, false},
    [PATCH_MIN] = {"minimum", RP_MIN, false, false},
    [PATCH_PROD] = {"multiply", RP_PROD, false, false},
    [PATCH_ANY] = {"logical_or", RP_ANY, false, true},
    [PATCH_ALL] = {"logical_and", RP_ALL, false, true},
    [PATCH_ARGMAX] = {NULL, RP_ARGMAX, false, false},
    [PATCH_ARGMIN] = {NULL, RP_ARGMIN, false, false},
};

/* NumPy's loops for float32 and float64, of add, maximum and minimum. */
typedef struct fold_loop {
    const PyUFuncObject *ufunc;
    int index;
    patch_loop loop;
} fold_loop;
static fold_loop fold_loops[PATCH_REDUCTIONS][2];
static PyObject *no_value; /* numpy._NoValue */

/* ---- What is asked ----------------------------------------------------------------------------------------- */

typedef struct request {
    patch_reduction what;
    PyArrayObject *x;
    int dtype, axis; /* axis: ALL, or one */
    bool keepdims;
} request;
enum { ALL = -1 };

static bool is_argument(patch_reduction what) { return what == PATCH_ARGMAX || what == PATCH_ARGMIN; }

static bool read_axis(request *r, PyObject *value)
{
    const int ndim = PyArray_NDIM(r->x);
    r->axis = ALL;
    if (value == Py_None) {
        return true;
    }
    if (PyTuple_CheckExact(value) && PyTuple_Size(value) == 1 && !is_argument(r->what)) {
        value = PyTuple_GetItem(value, 0);
    }
    if (!PyLong_CheckExact(value)) {
        return false;
    }
    const long axis = PyLong_AsLong(value);
    if (axis < -ndim || axis >= ndim) {
        PyErr_Clear();
        return false;
    }
    r->axis = ndim == 1 ? ALL : (int)(axis < 0 ? axis + ndim : axis);
    return true;
}

static int result_type(const request *r)
{
    switch (reductions[r->what].op) {
    case RP_ANY:
    case RP_ALL: return NPY_BOOL;
    case RP_ARGMAX:
    case RP_ARGMIN: return NPY_INTP;
    default: break;
    }
    const rp_kind kind = rp_dtype_kind((rp_dtype)r->dtype);
    const int own = PyArray_DESCR(r->x)->type_num;
    if (kind >= RP_KIND_REAL || r->what == PATCH_MAX || r->what == PATCH_MIN) {
        return own;
    }
    if (r->what == PATCH_MEAN) {
        return NPY_DOUBLE;
    }
    if (rp_dtype_size((rp_dtype)r->dtype) == sizeof(npy_int64)) {
        return own;
    }
    return kind == RP_KIND_UNSIGNED ? NPY_ULONG : NPY_LONG;
}

static bool dtype_is_plain(const request *r, PyObject *dtype)
{
    return !ext_given(dtype) || dtype == (PyObject *)patch_descr[result_type(r)] ||
           (reductions[r->what].truths && dtype == (PyObject *)&PyBool_Type);
}

/* The array of the result. Its axes lie as those of x do, but for argmax. */
static PyArrayObject *new_result(const request *r)
{
    const int ndim = PyArray_NDIM(r->x);
    const bool c_order = is_argument(r->what) || PyArray_IS_C_CONTIGUOUS(r->x);
    npy_intp shape[NPY_MAXDIMS], strides[1][NPY_MAXDIMS];
    int place[NPY_MAXDIMS], order[NPY_MAXDIMS], kept = 0, ordered = 0;
    for (int i = 0; i < ndim; i++) {
        const bool reduced = r->axis == ALL || r->axis == i;
        strides[0][i] = c_order || PyArray_DIM(r->x, i) == 1 ? 0 : PyArray_STRIDE(r->x, i);
        place[i] = reduced && !r->keepdims ? -1 : kept;
        if (place[i] >= 0) {
            shape[kept++] = reduced ? 1 : PyArray_DIM(r->x, i);
        }
    }
    patch_order_axes(ndim, 1, strides, order);
    for (int i = 0; i < ndim; i++) {
        if (place[order[i]] >= 0) {
            order[ordered++] = place[order[i]];
        }
    }
    return patch_new_in_order(result_type(r), kept, shape, order);
}

static PyObject *give_flags(PyObject *result, int flags)
{
    if (result && flags && PyUFunc_GiveFloatingpointErrors("reduce", flags) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

/* ---- One answer whatever the order ------------------------------------------------------------------------- */

/* Into `to`: the array of the result, or NULL for one element at `element`. */
static rp_status run_exact(const request *r, PyArrayObject *to, char *element)
{
    const rp_reduction_types types = rp_reduction_types_of(reductions[r->what].op, (rp_dtype)r->dtype);
    const int ndim = PyArray_NDIM(r->x);
    ptrdiff_t strides[RP_MAX_NDIM];
    for (int i = 0, axis = 0; to && i < ndim; i++) {
        const bool reduced = r->axis == ALL || r->axis == i;
        strides[i] = reduced ? 0 : PyArray_STRIDE(to, axis);
        axis += !reduced || r->keepdims;
    }
    rp_work work;
    work.op = types.kernel_op;
    work.loop = types.loop;
    work.one_run = r->axis == ALL && PyArray_IS_C_CONTIGUOUS(r->x);
    work.ndim = ndim;
    work.shape = PyArray_DIMS(r->x);
    work.elements = (size_t)PyArray_SIZE(r->x);
    work.operand[0] =
        (rp_operand){to ? PyArray_BYTES(to) : element, to && r->axis != ALL ? strides : NULL, types.accumulated};
    work.operand[1] = (rp_operand){PyArray_BYTES(r->x), PyArray_STRIDES(r->x), (rp_dtype)r->dtype};
    rp_status status;
    EXT_CALL(status, work.elements * (size_t)PyArray_ITEMSIZE(r->x) > ext.large_bytes, rp_execute(&work));
    return status;
}

/* Which of two zeros, or NaNs, NumPy finds depends on the width of its vectors. */
static bool is_sure(const char *element, rp_dtype dtype)
{
    if (rp_dtype_kind(dtype) < RP_KIND_REAL) {
        return true;
    }
    rp_scalar value;
    rp_load_scalar(element, dtype, &value);
    return value.re == value.re && value.re != 0;
}

static PyObject *take_exact(const request *r, int *reason)
{
    _Alignas(16) char element[16];
    const bool number = r->axis == ALL && !r->keepdims;
    PyArrayObject *result = number ? NULL : new_result(r);
    if (!number && !result) {
        return NULL;
    }
    const rp_status status = run_exact(r, result, element);
    if (status != RP_OK) {
        Py_XDECREF((PyObject *)result);
        return ext_error(status);
    }
    if (r->axis == ALL && (r->what == PATCH_MAX || r->what == PATCH_MIN) &&
        !is_sure(result ? PyArray_BYTES(result) : element, (rp_dtype)r->dtype)) {
        Py_XDECREF((PyObject *)result);
        *reason = PATCH_CASTS;
        return NULL;
    }
    return result ? (PyObject *)result : PyArray_Scalar(element, patch_descr[result_type(r)], NULL);
}

/* ---- Floats: NumPy's order --------------------------------------------------------------------------------- */

/* length elements, step bytes apart, fold into one; so for `inner` neighbours, and `outer` times. */
typedef struct fold {
    patch_loop *loop;
    bool from_zero; /* else from the first element */
    const char *from;
    char *to;
    size_t size, outer, length, inner;
    npy_intp step, outer_step;
    size_t rows, columns; /* of a task */
    atomic_int flags;
} fold;

static void add_flags(fold *f)
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

static void fold_columns(const fold *f, char *to, const char *from, size_t columns)
{
    size_t i = 0;
    if (f->from_zero) {
        memset(to, 0, columns * f->size);
    } else {
        memcpy(to, from, columns * f->size);
        i = 1;
    }
    for (; i < f->length; i++) {
        fold_row(f->loop, to, from + (npy_intp)i * f->step, (npy_intp)f->size, columns);
    }
}

static void fold_one(const fold *f, char *to, const char *from)
{
    if (f->from_zero) {
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
    fold *f = context;
    (void)thread;
    const size_t across = rp_divide_up(f->inner, f->columns), row = task / across * f->rows,
                 column = task % across * f->columns;
    const size_t end = f->outer - row < f->rows ? f->outer : row + f->rows;
    const size_t columns = f->inner - column < f->columns ? f->inner - column : f->columns;
    rp_fp_clear();
    for (size_t i = row; i < end; i++) {
        char *to = f->to + (i * f->inner + column) * f->size;
        const char *from = f->from + (npy_intp)i * f->outer_step + (npy_intp)(column * f->size);
        if (f->inner == 1) {
            fold_one(f, to, from);
        } else {
            fold_columns(f, to, from, columns);
        }
    }
    add_flags(f);
}

/* Where NumPy cuts its tree of halves: parts of a long sum, which fall to tasks. */
typedef struct part {
    size_t first, n;
} part;

typedef struct tree {
    fold *fold;
    part *parts;
    char *sums; /* of parts */
    size_t count, leaf;
} tree;

static size_t half_of(size_t n)
{
    const size_t half = n / 2;
    return half - half % 8;
}

static size_t count_parts(size_t n, size_t leaf)
{
    return n <= leaf ? 1 : count_parts(half_of(n), leaf) + count_parts(n - half_of(n), leaf);
}

static void list_parts(tree *t, size_t first, size_t n)
{
    if (n <= t->leaf) {
        t->parts[t->count++] = (part){first, n};
        return;
    }
    list_parts(t, first, half_of(n));
    list_parts(t, first + half_of(n), n - half_of(n));
}

static void sum_part(void *context, size_t task, int thread)
{
    const tree *t = context;
    (void)thread;
    fold *f = t->fold;
    char *to = t->sums + task * f->size;
    rp_fp_clear();
    /* -0 changes nothing, not even -0 */
    if (f->size == sizeof(float)) {
        *(float *)(void *)to = -0.0F;
    } else {
        *(double *)(void *)to = -0.0;
    }
    fold_run(f->loop, to, f->from + (npy_intp)t->parts[task].first * f->step, f->step, t->parts[task].n);
    add_flags(f);
}

/* The sums of the parts, joined as the tree has them. */
static double join_parts(const tree *t, size_t n, size_t *next)
{
    if (n <= t->leaf) {
        const char *sum = t->sums + (*next)++ * t->fold->size;
        return t->fold->size == sizeof(float) ? (double)*(const float *)(const void *)sum
                                              : *(const double *)(const void *)sum;
    }
    const double left = join_parts(t, half_of(n), next), right = join_parts(t, n - half_of(n), next);
    return t->fold->size == sizeof(float) ? (double)((float)left + (float)right) : left + right;
}

/* A long sum on several threads. False: no memory, or not a number: which of two is the sum's, the compiler of NumPy decided. */
static bool fold_tree(fold *f, int threads)
{
    /* A leaf of NumPy's tree is 128 elements; no part may be less. */
    enum { LEAST = 128, PARTS_A_THREAD = 4 };
    tree t = {.fold = f, .leaf = f->length / (PARTS_A_THREAD * (size_t)threads)};
    t.leaf = t.leaf < LEAST ? LEAST : t.leaf;
    const size_t count = count_parts(f->length, t.leaf);
    t.parts = rp_malloc(count * (sizeof *t.parts + sizeof(double)));
    if (!t.parts) {
        return false;
    }
    t.sums = (char *)(t.parts + count);
    list_parts(&t, 0, f->length);
    rp_parallel(sum_part, &t, count, threads);
    size_t next = 0;
    rp_fp_clear();
    const double sum = join_parts(&t, f->length, &next);
    rp_free(t.parts);
    if (sum != sum) {
        return false;
    }
    if (f->size == sizeof(float)) {
        *(float *)(void *)f->to = 0.0F + (float)sum;
    } else {
        *(double *)(void *)f->to = 0.0 + sum;
    }
    add_flags(f);
    return true;
}

static void fold_all(fold *f)
{
    enum { TASKS_A_THREAD = 4, COLUMNS = 1024 };
    const size_t elements = f->outer * f->length * f->inner;
    f->rows = f->outer;
    f->columns = f->inner;
    const int threads = patch_threads(f->loop, elements, f->size);
    PyThreadState *released = patch_is_long(f->loop, elements, f->size) ? PyEval_SaveThread() : NULL;
    const double start = rp_os_seconds();
    if (threads > 1 && f->from_zero && f->outer == 1 && f->inner == 1 && fold_tree(f, threads)) {
        f->rows = 0;
    } else if (f->outer >= TASKS_A_THREAD * (size_t)threads) {
        f->rows = rp_divide_up(f->outer, TASKS_A_THREAD * (size_t)threads);
    } else {
        f->rows = 1;
    }
    /* A block of the result stays in the first-level cache while the rows go by. */
    f->columns = f->inner < COLUMNS ? f->inner : COLUMNS;
    if (f->rows) {
        rp_parallel(fold_task, f, rp_divide_up(f->outer, f->rows) * rp_divide_up(f->inner, f->columns), threads);
    }
    patch_learn(f->loop, rp_os_seconds() - start, threads, elements);
    if (released) {
        PyEval_RestoreThread(released);
    }
}

/* float64(sum) / count, rounded to the type: what numpy._core._methods._mean does. */
static bool divide_all(char *to, rp_dtype dtype, size_t n, double count)
{
    for (size_t i = 0; i < n; i++) {
        if (dtype == RP_FLOAT32) {
            float *element = (float *)(void *)(to + i * sizeof(float));
            *element = (float)((double)*element / count);
            if (*element != 0 && fabsf(*element) < 0x1p-126F) {
                return false;
            }
        } else {
            double *element = (double *)(void *)(to + i * sizeof(double));
            *element /= count;
            if (*element != 0 && fabs(*element) < 0x1p-1022) {
                return false; /* NumPy may have been asked to tell of underflow */
            }
        }
    }
    return true;
}

static fold_loop *loop_of(const request *r)
{
    const patch_reduction what = r->what == PATCH_MEAN ? PATCH_SUM : r->what;
    fold_loop *l = &fold_loops[what][r->dtype == RP_FLOAT64];
    return l->ufunc && l->ufunc->functions[l->index] == l->loop.function ? l : NULL;
}

/* How the axes fold. False: neither C's order nor Fortran's of two axes. */
static bool lay_out(const request *r, fold *f)
{
    PyArrayObject *x = r->x;
    const int ndim = PyArray_NDIM(x);
    f->size = (size_t)PyArray_ITEMSIZE(x);
    f->from = PyArray_BYTES(x);
    f->outer = f->inner = f->length = 1;
    if (ndim == 1) {
        f->length = (size_t)PyArray_DIM(x, 0);
        f->step = PyArray_STRIDE(x, 0);
        f->outer_step = 0;
        return f->step >= 0;
    }
    const bool c_order = PyArray_IS_C_CONTIGUOUS(x);
    if (!c_order && !PyArray_IS_F_CONTIGUOUS(x)) {
        return false;
    }
    if (r->axis == ALL) {
        f->length = (size_t)PyArray_SIZE(x);
        f->step = (npy_intp)f->size;
        f->outer_step = 0;
        return true;
    }
    if (!c_order && ndim > 2) {
        return false;
    }
    for (int i = 0; i < ndim; i++) {
        const size_t n = (size_t)PyArray_DIM(x, i);
        const bool slower = c_order ? i < r->axis : i > r->axis;
        *(i == r->axis ? &f->length : slower ? &f->outer : &f->inner) *= n;
    }
    f->step = (npy_intp)(f->inner * f->size);
    f->outer_step = (npy_intp)f->length * f->step;
    return true;
}

static PyObject *take_floats(const request *r, int *reason)
{
    _Alignas(16) char element[16];
    fold f = {.from_zero = r->what == PATCH_SUM || r->what == PATCH_MEAN};
    fold_loop *l = loop_of(r);
    if (!l || !lay_out(r, &f)) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    const bool number = r->axis == ALL && !r->keepdims;
    PyArrayObject *result = number ? NULL : new_result(r);
    if (!number && !result) {
        return NULL;
    }
    f.loop = &l->loop;
    f.to = result ? PyArray_BYTES(result) : element;
    const size_t results = f.outer * f.inner;
    if (rp_is_small(rp_context_get(), results * f.length * f.size) && !patch_stressed) {
        f.rows = f.outer;
        f.columns = f.inner;
        fold_task(&f, 0, 0);
    } else {
        fold_all(&f);
    }
    if (r->what == PATCH_MEAN && !divide_all(f.to, (rp_dtype)r->dtype, results, (double)f.length)) {
        Py_XDECREF((PyObject *)result);
        *reason = PATCH_CASTS;
        return NULL;
    }
    PyObject *given = result ? (PyObject *)result : PyArray_Scalar(element, patch_descr[result_type(r)], NULL);
    return give_flags(given, patch_to_numpy(atomic_load_explicit(&f.flags, memory_order_relaxed)));
}

/* ---- Means of integers ------------------------------------------------------------------------------------- */

/* NumPy casts to float64 in pieces of its buffer, adds up each as a tree, and the pieces in order. */
typedef struct pieces {
    const patch_loop *loop;
    const char *from;
    rp_dtype dtype;
    size_t elements, piece;
    double *sums;
} pieces;

static double sum_tree(const pieces *p, const char *from, size_t n)
{
    enum { MOST = 1024 };
    if (n > MOST) {
        const size_t half = half_of(n);
        const double left = sum_tree(p, from, half);
        return left + sum_tree(p, from + half * rp_dtype_size(p->dtype), n - half);
    }
    double reals[MOST], sum = -0.0;
    rp_convert_elements((char *)reals, RP_FLOAT64, from, p->dtype, n);
    fold_run(p->loop, (char *)&sum, (const char *)reals, sizeof(double), n);
    return sum;
}

static void sum_piece(void *context, size_t task, int thread)
{
    const pieces *p = context;
    (void)thread;
    const size_t start = task * p->piece, n = p->elements - start < p->piece ? p->elements - start : p->piece;
    p->sums[task] = sum_tree(p, p->from + start * rp_dtype_size(p->dtype), n);
}

/* The length of NumPy's buffer, which a program may set; 0 with an exception. */
static size_t buffer_length(void)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    PyObject *length = numpy ? PyObject_CallMethod(numpy, "getbufsize", NULL) : NULL;
    const size_t n = length ? PyLong_AsSize_t(length) : 0;
    Py_XDECREF(length);
    Py_XDECREF(numpy);
    return PyErr_Occurred() ? 0 : n;
}

static PyObject *take_integer_mean(const request *r, int *reason)
{
    static patch_loop speed;
    enum { DEFAULT_BUFFER = 8192 };
    const fold_loop *l = &fold_loops[PATCH_SUM][1];
    const size_t elements = (size_t)PyArray_SIZE(r->x), size = rp_dtype_size((rp_dtype)r->dtype);
    if (r->axis != ALL || r->keepdims || !PyArray_IS_C_CONTIGUOUS(r->x) ||
        l->ufunc->functions[l->index] != l->loop.function) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    pieces p = {&l->loop, PyArray_BYTES(r->x), (rp_dtype)r->dtype, elements, DEFAULT_BUFFER, NULL};
    if (elements > p.piece && !(p.piece = buffer_length())) {
        return NULL;
    }
    const size_t count = rp_divide_up(elements, p.piece);
    double few[1];
    p.sums = count > 1 ? rp_malloc(count * sizeof *p.sums) : few;
    if (!p.sums) {
        return PyErr_NoMemory();
    }
    const int threads = count > 1 ? patch_threads(&speed, elements, size) : 1;
    PyThreadState *released = patch_is_long(&speed, elements, size) ? PyEval_SaveThread() : NULL;
    const double start = count > 1 ? rp_os_seconds() : 0;
    rp_parallel(sum_piece, &p, count, threads);
    if (count > 1) {
        patch_learn(&speed, rp_os_seconds() - start, threads, elements);
    }
    if (released) {
        PyEval_RestoreThread(released);
    }
    double mean = 0;
    for (size_t i = 0; i < count; i++) {
        mean += p.sums[i];
    }
    if (count > 1) {
        rp_free(p.sums);
    }
    mean /= (double)elements;
    return PyArray_Scalar(&mean, patch_descr[NPY_DOUBLE], NULL);
}

/* ---- Which way --------------------------------------------------------------------------------------------- */

static PyObject *take(request *r, int *reason)
{
    const rp_kind kind = rp_dtype_kind((rp_dtype)r->dtype);
    const rp_op op = reductions[r->what].op;
    *reason = -1;
    if (PyArray_SIZE(r->x) == 0 || PyArray_NDIM(r->x) == 0 || PyArray_NDIM(r->x) > RP_MAX_NDIM) {
        *reason = PATCH_NUMBERS;
        return NULL;
    }
    const bool folds = op == RP_SUM || op == RP_PROD || op == RP_MEAN;
    const bool compares = op == RP_MAX || op == RP_MIN;
    if (kind < RP_KIND_REAL ? op != RP_MEAN : !folds && !compares && kind == RP_KIND_REAL) {
        return take_exact(r, reason);
    }
    if (kind < RP_KIND_REAL) {
        return take_integer_mean(r, reason);
    }
    if ((r->dtype == RP_FLOAT32 || r->dtype == RP_FLOAT64) && op != RP_PROD) {
        /* the least and the greatest of all: in any order, but for zeros and NaNs */
        if (compares && r->axis == ALL && PyArray_IS_C_CONTIGUOUS(r->x)) {
            PyObject *result = take_exact(r, reason);
            if (result || *reason < 0) {
                return result;
            }
            *reason = -1;
        }
        return take_floats(r, reason);
    }
    *reason = PATCH_CASTS;
    return NULL;
}

void patch_reduce_sort(const ext_signature *signature, PyObject *const *values, int first, PyObject **sorted)
{
    static const uint8_t place[EXT_NAME_COUNT] = {
        [EXT_axis] = PATCH_AXIS,         [EXT_dtype] = PATCH_DTYPE,     [EXT_out] = PATCH_OUT,
        [EXT_keepdims] = PATCH_KEEPDIMS, [EXT_initial] = PATCH_INITIAL, [EXT_where] = PATCH_WHERE,
    };
    for (int i = 0; i < PATCH_REDUCE_VALUES; i++) {
        sorted[i] = NULL;
    }
    for (int i = first; i < signature->count; i++) {
        sorted[place[signature->names[i]]] = values[i];
    }
}

PyObject *patch_reduce(patch_reduction what, PyObject *x, PyObject *const *values, int *reason)
{
    request r = {.what = what};
    PyObject *initial = values[PATCH_INITIAL], *where = values[PATCH_WHERE], *keepdims = values[PATCH_KEEPDIMS];
    if (!patch_is_plain(x)) {
        *reason = PATCH_OBJECTS;
        return NULL;
    }
    r.x = (PyArrayObject *)x;
    r.dtype = patch_dtype[PyArray_DESCR(r.x)->type_num];
    if (ext_given(values[PATCH_OUT]) || (initial && initial != no_value) ||
        (where && where != Py_True && where != no_value) ||
        (keepdims && !PyBool_Check(keepdims) && keepdims != no_value) || !dtype_is_plain(&r, values[PATCH_DTYPE]) ||
        !read_axis(&r, values[PATCH_AXIS] ? values[PATCH_AXIS] : Py_None)) {
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    r.keepdims = keepdims == Py_True;
    return take(&r, reason);
}

/* The reduction that a ufunc's reduce is; -1: none of these. */
int patch_reduction_of(PyObject *ufunc)
{
    for (int what = 0; what < PATCH_REDUCTIONS; what++) {
        if (ufunc == (PyObject *)fold_loops[what][0].ufunc) {
            return what;
        }
    }
    return -1;
}

/* ---- The start --------------------------------------------------------------------------------------------- */

static void find_loop(const PyUFuncObject *u, int type, fold_loop *found)
{
    found->ufunc = u;
    for (int i = 0; i < u->ntypes; i++) {
        const char types[3] = {(char)type, (char)type, (char)type};
        if (memcmp(u->types + (ptrdiff_t)i * 3, types, 3) == 0) {
            found->index = i;
            found->loop.function = u->functions[i];
            found->loop.data = u->data ? ((void *const *)u->data)[i] : NULL;
        }
    }
}

bool patch_reductions_start(PyObject *numpy)
{
    if (!no_value && !(no_value = PyObject_GetAttrString(numpy, "_NoValue"))) {
        return false;
    }
    for (int what = 0; what < PATCH_REDUCTIONS; what++) {
        const char *name = reductions[what].ufunc;
        if (!name || fold_loops[what][0].ufunc) {
            continue;
        }
        PyObject *ufunc = PyObject_GetAttrString(numpy, name); /* kept for good */
        if (!ufunc || !PyObject_TypeCheck(ufunc, &PyUFunc_Type) || ((PyUFuncObject *)ufunc)->nargs != 3) {
            PyErr_Format(PyExc_RuntimeError, "NumPy's %s is not the ufunc that is known", name);
            return false;
        }
        find_loop((PyUFuncObject *)ufunc, NPY_FLOAT, &fold_loops[what][0]);
        find_loop((PyUFuncObject *)ufunc, NPY_DOUBLE, &fold_loops[what][1]);
    }
    return true;
}
