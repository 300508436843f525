/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies: astype, copy, take, numpy.where and numpy.concatenate of plain arrays, on Raptors' loops and threads.
 */
#include "patch.h"

#include <stdatomic.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/gather.h"
#include "engine/work.h"
#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

static PyArrayObject *new_like(int type, PyArrayObject *x, bool fortran)
{
    Py_INCREF((PyObject *)patch_descr[type]);
    return (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, patch_descr[type], PyArray_NDIM(x), PyArray_DIMS(x),
                                                 NULL, NULL, fortran, NULL);
}

static int type_of(PyArrayObject *x) { return PyArray_DESCR(x)->type_num; }

/* NumPy's bytes of a bool are moved as they are. */
static rp_dtype moved_dtype(int type) { return type == NPY_BOOL ? RP_UINT8 : patch_dtype_of(type); }

/* n elements next to each other, cast or copied. */
static rp_status convert(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, size_t n)
{
    const ptrdiff_t shape = (ptrdiff_t)n, to_stride = (ptrdiff_t)rp_dtype_size(to_dtype),
                    from_stride = (ptrdiff_t)rp_dtype_size(from_dtype);
    const rp_work work = {.op = RP_ASTYPE,
                          .loop = to_dtype,
                          .one_run = true,
                          .ndim = 1,
                          .shape = &shape,
                          .elements = n,
                          .operand = {{to, &to_stride, to_dtype}, {(char *)(uintptr_t)from, &from_stride, from_dtype}}};
    rp_status status;
    EXT_CALL(status, n * (size_t)(to_stride + from_stride) > ext.large_bytes, rp_execute(&work));
    return status;
}

/* ---- astype, copy ------------------------------------------------------------------------------------------ */

/* Whether every value has one image: then our cast is NumPy's. From real numbers to integers what does not fit has none, and to
 * look for it takes longer than NumPy's loop. */
static bool casts_alike(rp_dtype from, rp_dtype to)
{
    const rp_kind from_kind = rp_dtype_kind(from), to_kind = rp_dtype_kind(to);
    if (from_kind == RP_KIND_COMPLEX || to_kind == RP_KIND_COMPLEX) {
        return false;
    }
    if (from_kind == RP_KIND_REAL && to_kind == RP_KIND_REAL) { /* a cast that may overflow tells so */
        return rp_dtype_size(to) >= rp_dtype_size(from);
    }
    return from_kind < RP_KIND_REAL ? to != RP_FLOAT16 : to_kind == RP_KIND_BOOL;
}

/* The latest text that named a type, which in most programs is one object in each place: "f4". */
static int read_name(PyObject *text)
{
    enum { KEPT = 8 };
    static struct {
        PyObject *text;
        int type;
    } kept[KEPT];
    const size_t place = ((uintptr_t)text >> 4) % KEPT;
    if (kept[place].text == text) {
        return kept[place].type;
    }
    PyArray_Descr *descr = NULL;
    if (!PyArray_DescrConverter(text, &descr)) {
        PyErr_Clear();
        return -1;
    }
    const int number = descr->type_num, type = number < PATCH_TYPES && descr == patch_descr[number] ? number : -1;
    Py_DECREF((PyObject *)descr);
    PyObject *before = kept[place].text;
    kept[place].text = Py_NewRef(text);
    kept[place].type = type;
    Py_XDECREF(before);
    return type;
}

/* A type as programs name it: numpy.float32, float, "f4", numpy.dtype(...). -1: NumPy is asked. */
static int read_type(PyObject *dtype)
{
    if (PyUnicode_CheckExact(dtype)) {
        return read_name(dtype);
    }
    static const struct {
        PyTypeObject *type;
        int number;
    } pythons[] = {{&PyFloat_Type, NPY_DOUBLE}, {&PyLong_Type, NPY_INTP}, {&PyBool_Type, NPY_BOOL}};
    for (int type = 0; type < PATCH_TYPES; type++) {
        if (dtype == (PyObject *)patch_descr[type] ||
            (patch_descr[type] && dtype == (PyObject *)patch_descr[type]->typeobj)) {
            return patch_descr[type] ? type : -1;
        }
    }
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++) {
        if (dtype == (PyObject *)pythons[i].type) {
            return pythons[i].number;
        }
    }
    return -1;
}

/* A cast from real numbers to real numbers, in pieces on threads; of a narrower type the flags tell of overflow. */
typedef struct casting {
    const char *from;
    char *to;
    rp_dtype from_dtype, to_dtype;
    size_t elements;
    atomic_int flags;
} casting;
enum { PIECE = 2048, PIECES_A_TASK = 16 };

static void cast_task(void *context, size_t task, int thread)
{
    casting *c = context;
    (void)thread;
    const size_t size = rp_dtype_size(c->from_dtype), start = task * PIECES_A_TASK * PIECE,
                 end = c->elements - start < PIECES_A_TASK * PIECE ? c->elements : start + PIECES_A_TASK * PIECE;
    rp_fp_clear();
    for (size_t i = start; i < end; i += PIECE) {
        const size_t n = end - i < PIECE ? end - i : PIECE;
        patch_widen(c->to + i * rp_dtype_size(c->to_dtype), c->to_dtype, c->from + i * size, c->from_dtype,
                    (npy_intp)size, n);
    }
    const int flags = rp_fp_flags();
    if (flags) {
        atomic_fetch_or_explicit(&c->flags, flags, memory_order_relaxed);
    }
}

/* False: with an exception. */
static bool cast_reals(PyArrayObject *result, PyArrayObject *x, rp_dtype to, rp_dtype from)
{
    casting c = {.from = PyArray_BYTES(x),
                 .to = PyArray_BYTES(result),
                 .from_dtype = from,
                 .to_dtype = to,
                 .elements = (size_t)PyArray_SIZE(x)};
    const size_t bytes = c.elements * (rp_dtype_size(from) + rp_dtype_size(to));
    PyThreadState *released = bytes > ext.large_bytes ? PyEval_SaveThread() : NULL;
    rp_parallel(cast_task, &c, rp_divide_up(c.elements, PIECES_A_TASK * PIECE),
                bytes >= rp_context_get()->helpful_bytes ? rp_get_num_threads() : 1);
    if (released) {
        PyEval_RestoreThread(released);
    }
    const int flags = patch_to_numpy(atomic_load(&c.flags));
    return !flags || PyUFunc_GiveFloatingpointErrors("cast", flags) >= 0;
}

static PyObject *take_astype(PyArrayObject *x, int type, int *reason)
{
    const int own = type_of(x);
    const rp_dtype from = patch_dtype_of(own), to = patch_dtype_of(type);
    const bool c_order = PyArray_IS_C_CONTIGUOUS(x);
    if ((!c_order && !PyArray_IS_F_CONTIGUOUS(x)) || PyArray_SIZE(x) == 0) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    const bool to_reals = to == RP_FLOAT32 || to == RP_FLOAT64;
    const bool of_reals = from == RP_FLOAT16 || from == RP_FLOAT32 || from == RP_FLOAT64;
    const bool looked_at = from != to && of_reals && to_reals;
    if (!looked_at && from != to && !casts_alike(from, to)) {
        *reason = PATCH_CASTS;
        return NULL;
    }
    PyArrayObject *result = new_like(type, x, !c_order);
    if (!result) {
        return NULL;
    }
    if (looked_at) {
        if (!cast_reals(result, x, to, from)) {
            Py_CLEAR(result);
        }
    } else if (convert(PyArray_BYTES(result), from == to ? moved_dtype(type) : to, PyArray_BYTES(x),
                       from == to ? moved_dtype(own) : from, (size_t)PyArray_SIZE(x)) != RP_OK) {
        Py_CLEAR(result);
        PyErr_NoMemory();
    }
    return (PyObject *)result;
}

PyObject *patch_astype(PyObject *x, PyObject *const *values, int *reason)
{
    *reason = -1;
    for (int i = 1; i < 5; i++) {
        if (values[i]) {
            *reason = PATCH_KEYWORDS;
            return NULL;
        }
    }
    if (!patch_is_plain(x) || PyArray_NDIM((PyArrayObject *)x) == 0) {
        *reason = PATCH_OBJECTS;
        return NULL;
    }
    const int type = read_type(values[0]);
    if (type < 0) {
        *reason = PATCH_CASTS;
        return NULL;
    }
    return take_astype((PyArrayObject *)x, type, reason);
}

PyObject *patch_copy(PyObject *x, PyObject *const *values, int *reason)
{
    PyArrayObject *a = (PyArrayObject *)x;
    *reason = -1;
    if (values[0]) {
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    if (!patch_is_plain(x) || !PyArray_IS_C_CONTIGUOUS(a) || PyArray_NDIM(a) == 0 || PyArray_SIZE(a) == 0) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    return take_astype(a, type_of(a), reason);
}

/* ---- take -------------------------------------------------------------------------------------------------- */

PyObject *patch_take(PyObject *x, PyObject *const *values, int *reason)
{
    PyArrayObject *a = (PyArrayObject *)x;
    const bool plain = patch_is_plain(x) && PyArray_NDIM(a) == 1 && !ext_given(values[2]) && !values[3];
    *reason = PATCH_KEYWORDS;
    if (!plain || !patch_is_plain(values[0]) || PyArray_NDIM((PyArrayObject *)values[0]) == 0) {
        return NULL;
    }
    if (ext_given(values[1]) && !(PyLong_CheckExact(values[1]) && PyLong_AsLong(values[1]) == 0)) {
        PyErr_Clear();
        return NULL;
    }
    return patch_index_get(x, values[0], reason);
}

/* ---- where ------------------------------------------------------------------------------------------------- */

typedef struct choice {
    patch_operand value[2];
    int type;
    _Alignas(16) char number[2][16];
} choice;

/* The type of both values; -1: they have none that needs no cast. */
static int common_type(const choice *c)
{
    const int first = c->value[0].code, second = c->value[1].code;
    if (first == second) {
        return first == PATCH_FLOAT ? NPY_DOUBLE : first == PATCH_INT ? NPY_INTP : first < PATCH_TYPES ? first : -1;
    }
    if (first < PATCH_TYPES && second >= PATCH_TYPES) {
        return first;
    }
    return second < PATCH_TYPES && first >= PATCH_TYPES ? second : -1;
}

/* A number of Python's changes the array's type where that has no place for it; NumPy says what to. */
static bool has_place(int type, int code)
{
    const rp_kind kind = rp_dtype_kind(patch_dtype_of(type));
    return code < PATCH_TYPES ||
           (code == PATCH_INT ? kind != RP_KIND_BOOL : kind >= (code == PATCH_FLOAT ? RP_KIND_REAL : RP_KIND_COMPLEX));
}

PyObject *patch_where(PyObject *const *arguments, Py_ssize_t given, int *reason)
{
    choice c;
    *reason = PATCH_KEYWORDS;
    if (given != 3) {
        return NULL;
    }
    *reason = PATCH_OBJECTS;
    if (!patch_is_plain(arguments[0]) || !patch_operand_get(arguments[1], &c.value[0]) ||
        !patch_operand_get(arguments[2], &c.value[1])) {
        return NULL;
    }
    PyArrayObject *condition = (PyArrayObject *)arguments[0];
    *reason = PATCH_LAYOUT;
    if (type_of(condition) != NPY_BOOL || PyArray_NDIM(condition) == 0 || PyArray_SIZE(condition) == 0 ||
        !PyArray_IS_C_CONTIGUOUS(condition)) {
        return NULL;
    }
    c.type = common_type(&c);
    if (c.type < 0) {
        *reason = PATCH_CASTS;
        return NULL;
    }
    const rp_dtype dtype = moved_dtype(c.type);
    /* our own: other threads may give an array another shape meanwhile, and NumPy the memory of its old one to others */
    const ptrdiff_t elements = PyArray_SIZE(condition), truth = 1, element = (ptrdiff_t)rp_dtype_size(dtype);
    rp_work work;
    work.op = RP_WHERE;
    work.loop = dtype;
    work.accuracy = RP_ACCURATE;
    work.one_run = true;
    work.ndim = 1;
    work.shape = &elements;
    work.elements = (size_t)elements;
    work.operand[1] = (rp_operand){PyArray_BYTES(condition), &truth, RP_BOOL};
    for (int k = 0; k < 2; k++) {
        const patch_operand *v = &c.value[k];
        if (v->array && (!PyArray_IS_C_CONTIGUOUS(v->array) || !patch_same_shape(v->array, condition))) {
            return NULL;
        }
        if (!v->array &&
            (!has_place(c.type, v->code) || (!v->number && !patch_number_store(v->object, c.type, c.number[k])))) {
            *reason = PATCH_CASTS;
            return NULL;
        }
        if (!v->array && v->number) {
            memcpy(c.number[k], v->number, rp_dtype_size(dtype));
        }
        work.operand[k + 2] =
            v->array ? (rp_operand){PyArray_BYTES(v->array), &element, dtype} : (rp_operand){c.number[k], NULL, dtype};
    }
    *reason = -1;
    PyArrayObject *result = new_like(c.type, condition, false);
    if (!result) {
        return NULL;
    }
    work.operand[0] = (rp_operand){PyArray_BYTES(result), &element, dtype};
    rp_status status;
    EXT_CALL(status, work.elements * rp_dtype_size(dtype) > ext.large_bytes, rp_execute(&work));
    if (status != RP_OK) {
        Py_CLEAR(result);
        PyErr_NoMemory();
    }
    return (PyObject *)result;
}

/* ---- concatenate ------------------------------------------------------------------------------------------- */

/* x's elements to *to, which moves behind them. Other threads may run meanwhile, and may have changed the array since it was looked
 * at. False: with an exception. */
static bool append(PyArrayObject *x, char **to, const char *end)
{
    if (!patch_is_plain((PyObject *)x) || !PyArray_IS_C_CONTIGUOUS(x) || PyArray_NBYTES(x) > end - *to) {
        PyErr_SetString(PyExc_RuntimeError, "an array changed while it was joined to others");
        return false;
    }
    const rp_dtype moved = moved_dtype(type_of(x));
    char *const place = *to;
    *to += PyArray_NBYTES(x);
    if (convert(place, moved, PyArray_BYTES(x), moved, (size_t)PyArray_SIZE(x)) != RP_OK) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

/* Arrays of one type, row-major, along their first axis: one behind another. */
static PyObject *join(PyObject *arrays, int *reason)
{
    const Py_ssize_t count = PyTuple_Size(arrays);
    PyArrayObject *first = NULL;
    npy_intp rows = 0;
    *reason = PATCH_OBJECTS;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GetItem(arrays, i);
        PyArrayObject *x = (PyArrayObject *)item;
        if (!patch_is_plain(item) || PyArray_NDIM(x) == 0) {
            return NULL;
        }
        first = first ? first : x;
        const int ndim = PyArray_NDIM(x);
        if (!PyArray_IS_C_CONTIGUOUS(x) || PyArray_SIZE(x) == 0 || ndim != PyArray_NDIM(first) ||
            (ndim > 1 && PyArray_IS_F_CONTIGUOUS(x)) || type_of(x) != type_of(first) ||
            memcmp(PyArray_DIMS(x) + 1, PyArray_DIMS(first) + 1, (size_t)(ndim - 1) * sizeof(npy_intp)) != 0) {
            *reason = PATCH_LAYOUT;
            return NULL;
        }
        rows += PyArray_DIM(x, 0);
    }
    if (!first) {
        return NULL;
    }
    npy_intp shape[NPY_MAXDIMS];
    memcpy(shape, PyArray_DIMS(first), (size_t)PyArray_NDIM(first) * sizeof *shape);
    shape[0] = rows;
    *reason = -1;
    Py_INCREF((PyObject *)patch_descr[type_of(first)]);
    PyArrayObject *result = (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, patch_descr[type_of(first)],
                                                                  PyArray_NDIM(first), shape, NULL, NULL, 0, NULL);
    char *to = result ? PyArray_BYTES(result) : NULL;
    const char *const end = result ? to + PyArray_NBYTES(result) : NULL;
    for (Py_ssize_t i = 0; result && i < count; i++) {
        if (!append((PyArrayObject *)PyTuple_GetItem(arrays, i), &to, end)) {
            Py_CLEAR(result);
        }
    }
    return (PyObject *)result;
}

PyObject *patch_concatenate(PyObject *const *arguments, Py_ssize_t given, int *reason)
{
    *reason = PATCH_KEYWORDS;
    if (given < 1 || given > 2 ||
        (given == 2 && !(PyLong_CheckExact(arguments[1]) && PyLong_AsLong(arguments[1]) == 0))) {
        PyErr_Clear();
        return NULL;
    }
    if (!PyList_CheckExact(arguments[0]) && !PyTuple_CheckExact(arguments[0])) {
        *reason = PATCH_OBJECTS;
        return NULL;
    }
    *reason = -1;
    PyObject *arrays = PySequence_Tuple(arguments[0]); /* our own: while other threads run, they may change a list */
    PyObject *result = arrays ? join(arrays, reason) : NULL;
    Py_XDECREF(arrays);
    return result;
}
