/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's reductions: ufunc.reduce, in which all of its ways end, and the methods of ndarray that lead there.
 *
 * What has one answer whatever the order (sums of integers, any, all, argmax) is computed by Raptors; floats are folded in NumPy's
 * order (patch_fold.c).
 */
#include "patch_fold.h"

#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/runtime.h"

static const uint8_t reductions[] = {
#define RP_REDUCE(ENUM, ...) RP_##ENUM,
#include "raptors/ops.def"
};
enum { REDUCTIONS = sizeof reductions };

/* The name of NumPy's ufunc whose reduce `op` is: of one that joins two results as it joins two elements. NULL: none. */
static const char *ufunc_of(rp_op op)
{
    const rp_op_row *row = &rp_ops[op];
    return row->rest == op && row->result != RP_RESULT_INDEX ? rp_ops[row->combine].numpy : NULL;
}

static bool finds_element(rp_op op) { return rp_ops[op].result == RP_RESULT_SAME; }
static bool finds_place(rp_op op) { return rp_ops[op].result == RP_RESULT_INDEX; }

/* NumPy's loops for float32 and float64. */
typedef struct fold_loop {
    const PyUFuncObject *ufunc;
    int index;
    patch_loop loop;
} fold_loop;
static fold_loop fold_loops[RP_OP_COUNT][2];
static PyObject *no_value; /* numpy._NoValue */

/* ---- What is asked ----------------------------------------------------------------------------------------- */

typedef struct request {
    rp_op op;
    PyArrayObject *x;
    rp_dtype dtype;
    int axis; /* PATCH_ALL_AXES, or one */
    bool keepdims;
} request;

/* Whether the tuple is 0, 1, ... ndim - 1. */
static bool names_all(PyObject *axes, int ndim)
{
    bool all = PyTuple_Size(axes) == ndim;
    for (int i = 0; all && i < ndim; i++) {
        PyObject *axis = PyTuple_GetItem(axes, i);
        all = PyLong_CheckExact(axis) && PyLong_AsLong(axis) == i;
        PyErr_Clear();
    }
    return all;
}

bool patch_axis_get(PyArrayObject *x, PyObject *value, bool tuples, int *axis)
{
    const int ndim = PyArray_NDIM(x);
    *axis = PATCH_ALL_AXES;
    if (value == Py_None) {
        return true;
    }
    if (tuples && PyTuple_CheckExact(value)) {
        if (PyTuple_Size(value) != 1) {
            return names_all(value, ndim);
        }
        value = PyTuple_GetItem(value, 0);
    }
    if (!PyLong_CheckExact(value)) {
        return false;
    }
    const long number = PyLong_AsLong(value);
    if (number < -ndim || number >= ndim) {
        PyErr_Clear();
        return false;
    }
    *axis = ndim == 1 ? PATCH_ALL_AXES : (int)(number < 0 ? number + ndim : number);
    return true;
}

static int result_type(const request *r)
{
    const int result = rp_ops[r->op].result;
    if (result == RP_RESULT_TRUTH || result == RP_RESULT_INDEX) {
        return result == RP_RESULT_TRUTH ? NPY_BOOL : NPY_INTP;
    }
    const rp_kind kind = rp_dtype_kind(r->dtype);
    const int own = PyArray_DESCR(r->x)->type_num;
    if (kind >= RP_KIND_REAL || result == RP_RESULT_SAME) {
        return own;
    }
    if (result == RP_RESULT_MEAN) {
        return NPY_DOUBLE;
    }
    if (rp_dtype_size(r->dtype) == sizeof(npy_int64)) {
        return own;
    }
    return kind == RP_KIND_UNSIGNED ? NPY_ULONG : NPY_LONG;
}

static bool dtype_is_plain(const request *r, PyObject *dtype)
{
    return !ext_given(dtype) || dtype == (PyObject *)patch_descr[result_type(r)] ||
           (rp_ops[r->op].result == RP_RESULT_TRUTH && dtype == (PyObject *)&PyBool_Type);
}

PyArrayObject *patch_reduced(PyArrayObject *x, int axis, bool keepdims, int type, bool c_order)
{
    const int ndim = PyArray_NDIM(x);
    npy_intp shape[NPY_MAXDIMS], strides[1][NPY_MAXDIMS];
    int place[NPY_MAXDIMS], order[NPY_MAXDIMS], kept = 0, ordered = 0;
    c_order |= PyArray_IS_C_CONTIGUOUS(x);
    for (int i = 0; i < ndim; i++) {
        const bool reduced = axis == PATCH_ALL_AXES || axis == i;
        strides[0][i] = c_order || PyArray_DIM(x, i) == 1 ? 0 : PyArray_STRIDE(x, i);
        place[i] = reduced && !keepdims ? -1 : kept;
        if (place[i] >= 0) {
            shape[kept++] = reduced ? 1 : PyArray_DIM(x, i);
        }
    }
    patch_order_axes(ndim, 1, strides, order);
    for (int i = 0; i < ndim; i++) {
        if (place[order[i]] >= 0) {
            order[ordered++] = place[order[i]];
        }
    }
    return patch_new_in_order(type, kept, shape, order);
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
    const rp_reduction_types types = rp_reduction_types_of(r->op, r->dtype);
    const int ndim = PyArray_NDIM(r->x);
    /* our own: other threads may give x another shape meanwhile, and NumPy the memory of its old one to others */
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM], to_strides[RP_MAX_NDIM];
    for (int i = 0, axis = 0; i < ndim; i++) {
        const bool reduced = r->axis == PATCH_ALL_AXES || r->axis == i;
        shape[i] = PyArray_DIM(r->x, i);
        strides[i] = PyArray_STRIDE(r->x, i);
        to_strides[i] = reduced ? 0 : PyArray_STRIDE(to, axis);
        axis += !reduced || r->keepdims;
    }
    rp_work work;
    work.op = types.kernel_op;
    work.loop = types.loop;
    work.one_run = r->axis == PATCH_ALL_AXES && PyArray_IS_C_CONTIGUOUS(r->x);
    work.ndim = ndim;
    work.shape = shape;
    work.elements = (size_t)PyArray_SIZE(r->x);
    work.operand[0] = (rp_operand){to ? PyArray_BYTES(to) : element, r->axis != PATCH_ALL_AXES ? to_strides : NULL,
                                   types.accumulated};
    work.operand[1] = (rp_operand){PyArray_BYTES(r->x), strides, r->dtype};
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
    const bool number = r->axis == PATCH_ALL_AXES && !r->keepdims;
    PyArrayObject *result =
        number ? NULL : patch_reduced(r->x, r->axis, r->keepdims, result_type(r), finds_place(r->op));
    if (!number && !result) {
        return NULL;
    }
    const rp_status status = run_exact(r, result, element);
    if (status != RP_OK) {
        Py_XDECREF((PyObject *)result);
        return ext_error(status);
    }
    if (r->axis == PATCH_ALL_AXES && finds_element(r->op) &&
        !is_sure(result ? PyArray_BYTES(result) : element, r->dtype)) {
        Py_XDECREF((PyObject *)result);
        *reason = PATCH_CASTS;
        return NULL;
    }
    return result ? (PyObject *)result : PyArray_Scalar(element, patch_descr[result_type(r)], NULL);
}

/* ---- Floats: NumPy's order ---------------------------------------------------------------------------------- */

patch_loop *patch_fold_loop(rp_op op, rp_dtype dtype)
{
    fold_loop *l = &fold_loops[op][dtype == RP_FLOAT64];
    return l->ufunc && l->ufunc->functions[l->index] == l->loop.function ? &l->loop : NULL;
}

static PyObject *take_floats(const request *r, int *reason)
{
    _Alignas(16) char element[16];
    const rp_op folds = (rp_op)rp_ops[r->op].rest; /* of a mean a sum */
    patch_fold f = {.loop = patch_fold_loop(folds, r->dtype), .dtype = r->dtype, .from_zero = folds == RP_SUM};
    if (!f.loop || !patch_fold_lay_out(r->x, r->axis, &f)) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    const bool number = r->axis == PATCH_ALL_AXES && !r->keepdims;
    PyArrayObject *result = number ? NULL : patch_reduced(r->x, r->axis, r->keepdims, result_type(r), false);
    if (!number && !result) {
        return NULL;
    }
    f.to = result ? PyArray_BYTES(result) : element;
    if (!patch_fold_run(&f)) {
        Py_XDECREF((PyObject *)result);
        *reason = PATCH_VALUE;
        return NULL;
    }
    if (r->op == RP_MEAN && !patch_divide(f.to, f.dtype, f.outer * f.inner, (double)f.length)) {
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
        const size_t half = patch_half_of(n);
        const double left = sum_tree(p, from, half);
        return left + sum_tree(p, from + half * rp_dtype_size(p->dtype), n - half);
    }
    double reals[MOST], sum = -0.0;
    rp_convert_elements((char *)reals, RP_FLOAT64, from, p->dtype, n);
    char *pointers[3] = {(char *)&sum, (char *)reals, (char *)&sum};
    npy_intp steps[3] = {0, sizeof(double), 0}, count = (npy_intp)n;
    p->loop->function(pointers, &count, steps, p->loop->data);
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

/* All elements, neighbours; and x is still what was asked about. */
static bool is_one_run(const request *r, const fold_loop *l)
{
    return r->axis == PATCH_ALL_AXES && !r->keepdims && patch_is_plain((PyObject *)r->x) &&
           patch_dtype_of(PyArray_DESCR(r->x)->type_num) == r->dtype && PyArray_IS_C_CONTIGUOUS(r->x) &&
           PyArray_SIZE(r->x) > 0 && l->ufunc->functions[l->index] == l->loop.function;
}

static PyObject *take_integer_mean(const request *r, int *reason)
{
    static patch_loop speed;
    enum { DEFAULT_BUFFER = 8192 };
    const fold_loop *l = &fold_loops[RP_SUM][1];
    size_t piece = DEFAULT_BUFFER;
    bool fits = is_one_run(r, l);
    if (fits && (size_t)PyArray_SIZE(r->x) > piece) {
        piece = buffer_length();
        fits = is_one_run(r, l); /* Python ran, and so may other threads have */
    }
    if (!piece) {
        return NULL;
    }
    if (!fits) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    const size_t elements = (size_t)PyArray_SIZE(r->x), size = rp_dtype_size(r->dtype);
    pieces p = {&l->loop, PyArray_BYTES(r->x), r->dtype, elements, piece, NULL};
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
        patch_learn(&speed, rp_os_seconds() - start, threads, elements, PATCH_LOOP, 0);
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
    const rp_kind kind = rp_dtype_kind(r->dtype);
    *reason = -1;
    if (PyArray_SIZE(r->x) == 0 || PyArray_NDIM(r->x) == 0 || PyArray_NDIM(r->x) > RP_MAX_NDIM) {
        *reason = PATCH_NUMBERS;
        return NULL;
    }
    if (kind < RP_KIND_REAL ? r->op != RP_MEAN : rp_folds_operand_type(r->op) && kind == RP_KIND_REAL) {
        return take_exact(r, reason);
    }
    if (kind < RP_KIND_REAL) {
        return take_integer_mean(r, reason);
    }
    if ((r->dtype == RP_FLOAT32 || r->dtype == RP_FLOAT64) && r->op != RP_PROD) {
        /* the least and the greatest of all: in any order, but for zeros and NaNs */
        if (finds_element(r->op) && r->axis == PATCH_ALL_AXES && PyArray_IS_C_CONTIGUOUS(r->x)) {
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

PyObject *patch_reduce(rp_op op, PyObject *x, PyObject *const *values, int *reason)
{
    request r = {.op = op};
    PyObject *initial = values[PATCH_INITIAL], *where = values[PATCH_WHERE], *keepdims = values[PATCH_KEEPDIMS];
    if (!patch_is_plain(x)) {
        *reason = PATCH_OBJECTS;
        return NULL;
    }
    r.x = (PyArrayObject *)x;
    r.dtype = patch_dtype_of(PyArray_DESCR(r.x)->type_num);
    if (ext_given(values[PATCH_OUT]) || (initial && initial != no_value) ||
        (where && where != Py_True && where != no_value) ||
        (keepdims && !PyBool_Check(keepdims) && keepdims != no_value) || !dtype_is_plain(&r, values[PATCH_DTYPE]) ||
        !patch_axis_get(r.x, values[PATCH_AXIS] ? values[PATCH_AXIS] : Py_None, !finds_place(op), &r.axis)) {
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    r.keepdims = keepdims == Py_True;
    return take(&r, reason);
}

PyObject *patch_no_value(void) { return no_value; }

int patch_reduction_of(PyObject *ufunc)
{
    for (int i = 0; i < REDUCTIONS; i++) {
        if (ufunc == (PyObject *)fold_loops[reductions[i]][0].ufunc) {
            return reductions[i];
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
    for (int i = 0; i < REDUCTIONS; i++) {
        const char *name = ufunc_of((rp_op)reductions[i]);
        fold_loop *loops = fold_loops[reductions[i]];
        if (!name || loops[0].ufunc) {
            continue;
        }
        PyObject *ufunc = PyObject_GetAttrString(numpy, name); /* kept for good */
        if (!ufunc || !PyObject_TypeCheck(ufunc, &PyUFunc_Type) || ((PyUFuncObject *)ufunc)->nargs != 3) {
            PyErr_Format(PyExc_RuntimeError, "NumPy's %s is not the ufunc that is known", name);
            return false;
        }
        find_loop((PyUFuncObject *)ufunc, NPY_FLOAT, &loops[0]);
        find_loop((PyUFuncObject *)ufunc, NPY_DOUBLE, &loops[1]);
    }
    return true;
}
