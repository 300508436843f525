/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's objects by NumPy's C API: ndarrays on an Array's memory, Arrays on an ndarray's, and NumPy's numbers, which are
 * what results without dimensions are. The only file of this extension that knows NumPy's headers; _numpy_loops.c is an
 * extension of its own.
 */
#include "ext.h"

#include <string.h>

#define NPY_NO_DEPRECATED_API NPY_1_23_API_VERSION
#define NPY_TARGET_VERSION NPY_1_23_API_VERSION
#include <numpy/arrayobject.h>

enum { NUMBERS = NPY_HALF + 1 };
static int8_t dtype_of_number[NUMBERS]; /* NumPy's number of a type to ours; -1: none of ours */

bool ext_start_numpy(void)
{
    if (PyArray_ImportNumPyAPI() < 0) {
        return false;
    }
    for (int number = 0; number < NUMBERS; number++) {
        const bool plain = number < NPY_OBJECT || number == NPY_HALF;
        PyArray_Descr *descr = plain ? PyArray_DescrFromType(number) : NULL;
        dtype_of_number[number] = (int8_t)(descr ? ext_dtype_find(descr->kind, PyDataType_ELSIZE(descr)) : -1);
        Py_XDECREF((PyObject *)descr);
        PyErr_Clear();
    }
    return true;
}

static int find_dtype(int number) { return number >= 0 && number < NUMBERS ? dtype_of_number[number] : -1; }

/* ---- Arrays to ndarrays ------------------------------------------------------------------------------------ */

PyObject *ext_to_numpy(PyObject *array)
{
    const rp_array *x = ext_raw(array);
    PyArray_Descr *descr = (PyArray_Descr *)Py_NewRef(ext.dtypes[x->dtype]);
    PyObject *ndarray = PyArray_NewFromDescr(&PyArray_Type, descr, x->ndim, (npy_intp *)(uintptr_t)x->dims,
                                             (npy_intp *)(uintptr_t)x->strides, x->data,
                                             x->flags & RP_FLAG_READONLY ? 0 : NPY_ARRAY_WRITEABLE, NULL);
    if (ndarray && PyArray_SetBaseObject((PyArrayObject *)ndarray, Py_NewRef(array)) < 0) {
        Py_CLEAR(ndarray);
    }
    return ndarray;
}

/* ---- ndarrays to Arrays ------------------------------------------------------------------------------------ */

/* A NumPy number as an array of no dimensions. */
static rp_array *from_number(PyObject *number)
{
    rp_scalar scalar;
    rp_array *array = NULL;
    ext_found found = ext_numpy_scalar_get(number, &scalar);
    if (found == EXT_UNKNOWN) {
        PyErr_Format(PyExc_TypeError, "unsupported dtype: that of %R", Py_TYPE(number));
    }
    rp_status status = found == EXT_FOUND ? rp_from_scalar(&scalar, &array) : RP_OK;
    return status == RP_OK ? array : (rp_array *)ext_error(status);
}

rp_array *ext_from_numpy(PyObject *object, ext_copy copy)
{
    if (!PyObject_TypeCheck(object, ext.ndarray_type)) {
        return from_number(object);
    }
    /* The fields themselves: a subclass may answer with another array's memory, which numpy.asarray never asks for. */
    PyArrayObject *ndarray = (PyArrayObject *)object;
    const int dtype = find_dtype(PyArray_TYPE(ndarray)), ndim = PyArray_NDIM(ndarray);
    if (dtype < 0) {
        PyErr_Format(PyExc_TypeError, "unsupported dtype: %S", PyArray_DESCR(ndarray));
        return NULL;
    }
    if (!ext_check_foreign("numpy.ndarray", PyArray_DATA(ndarray), ndim, PyArray_DIMS(ndarray),
                           PyArray_STRIDES(ndarray), (size_t)PyArray_ITEMSIZE(ndarray))) {
        return NULL;
    }
    if (!PyArray_ISNOTSWAPPED(ndarray)) {
        return ext_from_swapped(object, (rp_dtype)dtype, copy);
    }
    return ext_wrap_owned(Py_NewRef(object), ext_release_object, PyArray_DATA(ndarray), (rp_dtype)dtype, ndim,
                          PyArray_DIMS(ndarray), PyArray_STRIDES(ndarray), !PyArray_ISWRITEABLE(ndarray));
}

/* The Array that an ndarray is made of, where the ndarray shows just what the Array does; borrowed, or NULL. */
static PyObject *whole_base(PyArrayObject *ndarray, int dtype)
{
    PyObject *base = PyArray_BASE(ndarray);
    if (!base || !ext_is_array(base)) {
        return NULL;
    }
    const rp_array *x = ext_raw(base);
    const size_t bytes = (size_t)x->ndim * sizeof *x->dims;
    const bool same = x->data == PyArray_DATA(ndarray) && x->dtype == dtype && x->ndim == PyArray_NDIM(ndarray) &&
                      memcmp(x->dims, PyArray_DIMS(ndarray), bytes) == 0 &&
                      memcmp(x->strides, PyArray_STRIDES(ndarray), bytes) == 0 &&
                      rp_is_readonly(x) != PyArray_ISWRITEABLE(ndarray);
    return same ? base : NULL;
}

PyObject *ext_from_ndarray(PyObject *object)
{
    PyArrayObject *ndarray = (PyArrayObject *)object;
    const int dtype = find_dtype(PyArray_TYPE(ndarray));
    if (dtype < 0 || !PyArray_ISNOTSWAPPED(ndarray)) {
        return Py_NewRef(object);
    }
    PyObject *base = whole_base(ndarray, dtype);
    return base ? Py_NewRef(base) : ext_wrap(ext_from_numpy(object, EXT_COPY_IF_NEEDED));
}

PyObject *ext_ndarray_base(PyObject *ndarray) { return PyArray_BASE((PyArrayObject *)ndarray); }

/* ---- Numbers ----------------------------------------------------------------------------------------------- */

PyObject *ext_number(const char *element, rp_dtype dtype)
{
    return PyArray_Scalar((void *)(uintptr_t)element, (PyArray_Descr *)ext.dtypes[dtype], NULL);
}

/* The element type of a NumPy number: -1, none of ours; -2, an exception. */
static int dtype_of_scalar(PyObject *number)
{
    for (int i = 0; i < RP_DTYPE_COUNT; i++) {
        if (Py_IS_TYPE(number, ext.scalar_types[i])) {
            return i;
        }
    }
    PyArray_Descr *descr =
        PyArray_DescrFromScalar(number); /* of a subclass, or of two types of one size the other one */
    const int dtype = descr ? find_dtype(descr->type_num) : -2;
    Py_XDECREF((PyObject *)descr);
    return dtype;
}

ext_found ext_numpy_scalar_get(PyObject *number, rp_scalar *scalar)
{
    _Alignas(16) char element[16];
    const int dtype = dtype_of_scalar(number);
    if (dtype < 0) {
        return dtype == -1 ? EXT_UNKNOWN : EXT_FAILED;
    }
    PyArray_ScalarAsCtype(number, element);
    rp_load_scalar(element, (rp_dtype)dtype, scalar);
    return EXT_FOUND; /* strong: rp_load_scalar says so */
}
