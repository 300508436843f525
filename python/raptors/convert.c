/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Python objects to arrays, and arrays to objects.
 */
#include "ext.h"

#include <math.h>

/* What is left of Arrays that are gone, for the next ones: their objects, and the heads of views with one axis. Under the
 * GIL alone, which guards them. */
#ifndef Py_GIL_DISABLED
enum { MOST_SPARE = 32 };
static PyObject *spare[MOST_SPARE];
static rp_array *spare_view[MOST_SPARE];
static int spare_count, spare_views;
#endif

static PyObject *new_object(void)
{
#ifndef Py_GIL_DISABLED
    if (spare_count > 0) {
        return PyObject_Init(spare[--spare_count], ext.array_type);
    }
#endif
    return (PyObject *)PyObject_New(ext_array, ext.array_type);
}

/* Ending a view or an array may end its memory's owner, whose end may run any code and come back here: the lists are
 * looked at afterwards. */
void ext_free_object(PyObject *object)
{
    rp_array *array = ext_raw(object);
#ifndef Py_GIL_DISABLED
    const bool ended = array->ndim == 1 && rp_array_end_view(array);
    if (ended && spare_views < MOST_SPARE) {
        spare_view[spare_views++] = array;
        array = NULL;
    }
#endif
    rp_release(array);
#ifndef Py_GIL_DISABLED
    if (spare_count < MOST_SPARE) {
        spare[spare_count++] = object;
        return;
    }
#endif
    PyObject_Free(object);
}

rp_array *ext_view_1d(const rp_array *base, char *data, ptrdiff_t length, ptrdiff_t stride)
{
#ifndef Py_GIL_DISABLED
    if (spare_views > 0) {
        rp_array *view = spare_view[--spare_views];
        rp_array_renew_view(view, base, data, &length, &stride);
        return view;
    }
#endif
    return rp_array_view(base, data, 1, &length, &stride);
}

/* Exported by every CPython from 3.7 on, but declared outside the limited API: without them tracemalloc sees less. */
extern int PyTraceMalloc_Track(unsigned domain, uintptr_t block, size_t bytes) __attribute__((weak));
extern int PyTraceMalloc_Untrack(unsigned domain, uintptr_t block) __attribute__((weak));
enum { TRACE_DOMAIN = 0x726170 }; /* "rap" */

/* Returns at once where nothing is traced, and needs no GIL. */
static void end_trace(const void *data) { PyTraceMalloc_Untrack(TRACE_DOMAIN, (uintptr_t)data); }

void ext_trace_memory(void)
{
    if (PyTraceMalloc_Track && PyTraceMalloc_Untrack) {
        rp_array_end_hook = end_trace;
    }
}

PyObject *ext_wrap(rp_array *array)
{
    if (!array) {
        return NULL;
    }
    PyObject *self = new_object();
    if (!self) {
        rp_release(array);
        return NULL;
    }
    if (array->flags & RP_FLAG_POOLED && rp_array_end_hook) {
        PyTraceMalloc_Track(TRACE_DOMAIN, (uintptr_t)array->data, ext_bytes(array));
    }
    ((ext_array *)self)->array = array;
    ((ext_array *)self)->weak_references = NULL;
    return self;
}

PyObject *ext_wrap_result(rp_array *array)
{
    if (!array || array->ndim > 0) {
        return ext_wrap(array);
    }
    PyObject *number = ext_number(array->data, (rp_dtype)array->dtype);
    rp_release(array);
    return number;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------- */

static ext_found integer_scalar(PyObject *object, rp_scalar *scalar)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    scalar->weak = true;
    if (overflow == 0) {
        scalar->dtype = RP_INT64;
        scalar->i = number;
        return number == -1 && PyErr_Occurred() ? EXT_FAILED : EXT_FOUND;
    }
    if (overflow > 0) {
        scalar->dtype = RP_UINT64;
        scalar->u = PyLong_AsUnsignedLongLong(object);
        if (!(scalar->u == (unsigned long long)-1 && PyErr_Occurred())) {
            return EXT_FOUND;
        }
        PyErr_Clear();
    }
    return EXT_HUGE;
}

static ext_found real_scalar(double number, bool weak, rp_scalar *scalar)
{
    scalar->dtype = RP_FLOAT64;
    scalar->weak = weak;
    scalar->re = number;
    scalar->im = 0;
    return EXT_FOUND;
}

static ext_found complex_scalar(PyObject *object, bool weak, rp_scalar *scalar)
{
    scalar->dtype = RP_COMPLEX128;
    scalar->weak = weak;
    scalar->re = PyComplex_RealAsDouble(object);
    scalar->im = PyComplex_ImagAsDouble(object);
    return EXT_FOUND;
}

ext_found ext_scalar_get(PyObject *object, rp_scalar *scalar)
{
    if (PyFloat_CheckExact(object)) {
        return real_scalar(PyFloat_AsDouble(object), true, scalar);
    }
    if (PyLong_CheckExact(object)) {
        return integer_scalar(object, scalar);
    }
    if (PyBool_Check(object)) {
        scalar->dtype = RP_BOOL;
        scalar->weak = false;
        scalar->i = object == Py_True;
        return EXT_FOUND;
    }
    if (Py_IS_TYPE(object, ext.float64_type)) {
        return real_scalar(PyFloat_AsDouble(object), false, scalar);
    }
    /* numpy.float64 and complex128 derive from Python's types, but are strong. */
    if (PyObject_TypeCheck(object, ext.generic_type)) {
        return ext_numpy_scalar_get(object, scalar);
    }
    /* As in NumPy, an instance of a subclass is strong, as numpy.asarray makes it: an IntEnum's member is int64. */
    if (PyComplex_Check(object)) {
        return complex_scalar(object, PyComplex_CheckExact(object), scalar);
    }
    if (PyFloat_Check(object)) {
        return real_scalar(PyFloat_AsDouble(object), false, scalar);
    }
    if (!PyLong_Check(object)) {
        return EXT_UNKNOWN;
    }
    const ext_found found = integer_scalar(object, scalar);
    scalar->weak = false;
    return found == EXT_HUGE ? EXT_UNKNOWN : found;
}

void ext_huge_error(void)
{
    PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to a 64-bit integer");
}

bool ext_number_get(PyObject *object, rp_scalar *scalar)
{
    ext_found found = ext_scalar_get(object, scalar);
    if (found == EXT_HUGE) {
        ext_huge_error();
    }
    if (found != EXT_UNKNOWN) {
        return found == EXT_FOUND;
    }
    rp_array *array = ext_array_from(object, NULL, EXT_COPY_IF_NEEDED);
    if (!array) {
        return false;
    }
    rp_status status = RP_OK;
    bool single = array->size == 1;
    if (single) {
        status = rp_get_scalar(array, scalar);
    } else {
        PyErr_Format(PyExc_TypeError, "a number is needed, not an array of %zd elements", array->size);
    }
    if (status != RP_OK) {
        ext_error(status);
    }
    rp_release(array);
    return single && status == RP_OK;
}

/* ---- Numbers as elements ----------------------------------------------------------------------------------- */

bool ext_scalar_suit(rp_scalar *scalar, rp_dtype dtype)
{
    const rp_kind from = rp_dtype_kind(scalar->dtype), to = rp_dtype_kind(dtype);
    if (from == RP_KIND_COMPLEX && to != RP_KIND_COMPLEX) {
        PyErr_Format(PyExc_TypeError, "a complex number does not become %s", rp_dtype_name(dtype));
        return false;
    }
    scalar->weak = true; /* so that the library looks at the range of an integer */
    if (from != RP_KIND_REAL || (to != RP_KIND_SIGNED && to != RP_KIND_UNSIGNED)) {
        return true;
    }
    if (isnan(scalar->re)) {
        PyErr_SetString(PyExc_ValueError, "cannot convert float NaN to integer");
        return false;
    }
    if (scalar->re >= 0x1p64 || scalar->re < -0x1p63) {
        PyErr_SetString(PyExc_OverflowError, "float too large to convert to a 64-bit integer");
        return false;
    }
    /* The whole part, which the library then finds in the type's range or not. */
    if (scalar->re >= 0x1p63) {
        scalar->dtype = RP_UINT64;
        scalar->u = (uint64_t)scalar->re;
    } else {
        scalar->dtype = RP_INT64;
        scalar->i = (int64_t)scalar->re;
    }
    return true;
}

/* ---- asarray ----------------------------------------------------------------------------------------------- */

static rp_array *from_scalar(const rp_scalar *number, const rp_dtype *dtype)
{
    rp_scalar scalar = *number;
    rp_array *array = NULL;
    if (dtype && !ext_scalar_suit(&scalar, *dtype)) {
        return NULL;
    }
    rp_status status = rp_full(0, NULL, dtype ? *dtype : scalar.dtype, &scalar, &array);
    if (status != RP_OK) {
        ext_error(status);
    }
    return array;
}

/* What `array` (a reference, which is stolen) must still go through. */
static rp_array *finish(rp_array *array, const rp_dtype *dtype, ext_copy copy)
{
    bool cast = array && dtype && *dtype != (rp_dtype)array->dtype;
    if (!array || (!cast && copy != EXT_COPY_ALWAYS)) {
        return array;
    }
    rp_array *result = NULL;
    if (cast && copy == EXT_COPY_NEVER) {
        PyErr_Format(PyExc_ValueError, "copy=False, but %s as %s needs a copy", rp_dtype_name((rp_dtype)array->dtype),
                     rp_dtype_name(*dtype));
    } else {
        rp_status status;
        EXT_CALL(status, ext_is_large(array), cast ? rp_astype(array, *dtype, &result) : rp_copy(array, &result));
        if (status != RP_OK) {
            ext_error(status);
        }
    }
    rp_release(array);
    return result;
}

rp_array *ext_array_through_numpy(PyObject *object, const rp_dtype *dtype, ext_copy copy)
{
    if (copy == EXT_COPY_NEVER) {
        PyErr_Format(PyExc_ValueError, "copy=False, but %R must be copied to become an array", Py_TYPE(object));
        return NULL;
    }
    PyObject *ndarray =
        PyObject_CallFunctionObjArgs(ext.numpy_asarray, object, dtype ? ext.dtypes[*dtype] : NULL, NULL);
    rp_array *array = ndarray ? ext_from_numpy(ndarray, EXT_COPY_IF_NEEDED) : NULL;
    Py_XDECREF(ndarray);
    return array;
}

/* The attribute, or NULL: with an exception only where it is there and fails. */
static PyObject *optional_attribute(PyObject *object, ext_name name)
{
    PyObject *value = PyObject_GetAttr(object, ext.names[name]);
    if (!value && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
    }
    return value;
}

/* Objects that describe their memory, in NumPy's order of trying them. *known: whether it was one. */
static rp_array *from_protocol(PyObject *object, ext_copy copy, bool *known)
{
    *known = true;
    if (PyObject_CheckBuffer(object) && !PyBytes_Check(object)) {
        return ext_from_buffer(object, copy);
    }
    PyObject *attribute = optional_attribute(object, EXT___array_struct__);
    if (attribute) {
        rp_array *array = ext_from_struct(object, attribute, copy);
        Py_DECREF(attribute);
        return array;
    }
    attribute = PyErr_Occurred() ? NULL : optional_attribute(object, EXT___array_interface__);
    if (attribute) {
        rp_array *array = ext_from_interface(object, attribute, copy);
        Py_DECREF(attribute);
        return array;
    }
    attribute = PyErr_Occurred() ? NULL : optional_attribute(object, EXT___dlpack__);
    if (attribute) {
        Py_DECREF(attribute);
        return ext_from_dlpack(object, copy);
    }
    *known = PyErr_Occurred() != NULL;
    return NULL;
}

rp_array *ext_array_from(PyObject *object, const rp_dtype *dtype, ext_copy copy)
{
    rp_scalar scalar;
    if (ext_is_array(object)) {
        return finish(rp_retain(ext_raw(object)), dtype, copy);
    }
    if (PyObject_TypeCheck(object, ext.ndarray_type) || PyObject_TypeCheck(object, ext.generic_type)) {
        return finish(ext_from_numpy(object, copy), dtype, copy);
    }
    if (PyList_Check(object) || PyTuple_Check(object) || PyUnicode_Check(object)) {
        rp_array *array;
        return copy != EXT_COPY_NEVER && ext_array_from_nested(object, dtype, &array)
                   ? array
                   : ext_array_through_numpy(object, dtype, copy);
    }
    ext_found found = ext_scalar_get(object, &scalar);
    if (found == EXT_HUGE && dtype) {
        return ext_array_through_numpy(object, dtype, copy);
    }
    if (found == EXT_HUGE) {
        ext_huge_error();
    }
    if (found != EXT_UNKNOWN) {
        if (found == EXT_FOUND && copy == EXT_COPY_NEVER) {
            PyErr_SetString(PyExc_ValueError, "copy=False, but a Python number must be copied to become an array");
            return NULL;
        }
        return found == EXT_FOUND ? from_scalar(&scalar, dtype) : NULL;
    }
    bool known;
    rp_array *array = from_protocol(object, copy, &known);
    return known ? finish(array, dtype, copy) : ext_array_through_numpy(object, dtype, copy);
}

/* ---- Foreign memory ---------------------------------------------------------------------------------------- */

void ext_release_object(void *object)
{
    /* Past the end of the interpreter there is nobody left to give it back to. */
    if (Py_IsInitialized()) {
        PyGILState_STATE state = PyGILState_Ensure();
        Py_DECREF((PyObject *)object);
        PyGILState_Release(state);
    }
}

bool ext_check_foreign(const char *what, const void *data, int ndim, const ptrdiff_t *shape, const ptrdiff_t *strides,
                       size_t itemsize)
{
    if (ndim < 0 || ndim > RP_MAX_NDIM) {
        PyErr_Format(PyExc_BufferError, "%s: %d dimensions, not 0 to %d", what, ndim, RP_MAX_NDIM);
        return false;
    }
    bool empty = false, fits = true;
    for (int i = 0; i < ndim; i++) {
        if (shape[i] < 0) {
            PyErr_Format(PyExc_BufferError, "%s: the length of axis %d is negative", what, i);
            return false;
        }
        empty = empty || shape[i] == 0;
    }
    /* Offsets of the last element, below and above the first: both, and the addresses, must be real. */
    ptrdiff_t bytes = (ptrdiff_t)itemsize, below = 0, above = (ptrdiff_t)itemsize;
    for (int i = ndim - 1; i >= 0 && !empty && fits; i--) {
        ptrdiff_t stride = strides ? strides[i] : bytes, span;
        fits = !__builtin_mul_overflow(bytes, shape[i], &bytes) &&
               !__builtin_mul_overflow(stride, shape[i] - 1, &span) &&
               !__builtin_add_overflow(span < 0 ? below : above, span, span < 0 ? &below : &above);
    }
    uintptr_t address = (uintptr_t)data;
    fits = fits && (empty || (address >= (uintptr_t)0 - (uintptr_t)below && address <= UINTPTR_MAX - (uintptr_t)above));
    if (!fits) {
        PyErr_Format(PyExc_BufferError, "%s: its shape and strides reach past all memory", what);
        return false;
    }
    if (!data && !empty) {
        PyErr_Format(PyExc_BufferError, "%s: its data pointer is NULL", what);
        return false;
    }
    return true;
}
