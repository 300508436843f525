/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The arguments of the module's functions: which was given where, and what the common ones mean.
 */
#include "ext.h"

#include <limits.h>
#include <string.h>

static int find_name(const ext_signature *signature, PyObject *keyword)
{
    for (int i = signature->positional_only; i < signature->count; i++) {
        if (ext.names[signature->names[i]] == keyword) {
            return i;
        }
    }
    for (int i = signature->positional_only; i < signature->count; i++) {
        if (PyUnicode_Compare(ext.names[signature->names[i]], keyword) == 0) {
            return i;
        }
    }
    return -1;
}

static bool keyword_arguments(const char *function, const ext_signature *signature, PyObject *const *arguments,
                              PyObject *keywords, PyObject **values)
{
    Py_ssize_t count = PyTuple_Size(keywords);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *keyword = PyTuple_GetItem(keywords, i);
        int at = find_name(signature, keyword);
        if (at < 0) {
            PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function, keyword);
            return false;
        }
        if (values[at]) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", function, keyword);
            return false;
        }
        values[at] = arguments[i];
    }
    return true;
}

bool ext_arguments(const char *function, const ext_signature *signature, PyObject *const *arguments, Py_ssize_t given,
                   PyObject *keywords, PyObject **values)
{
    if (given > signature->positional) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %d positional arguments (%zd given)", function,
                     (int)signature->positional, given);
        return false;
    }
    for (int i = 0; i < signature->count; i++) {
        values[i] = i < given ? arguments[i] : NULL;
    }
    if (keywords && !keyword_arguments(function, signature, arguments + given, keywords, values)) {
        return false;
    }
    for (int i = 0; i < signature->required; i++) {
        if (!values[i]) {
            PyErr_Format(PyExc_TypeError, "%s() missing required argument '%U' (position %d)", function,
                         ext.names[signature->names[i]], i + 1);
            return false;
        }
    }
    return true;
}

/* ---- What they mean ---------------------------------------------------------------------------------------- */

bool ext_copy_get(PyObject *value, ext_copy *copy)
{
    *copy = EXT_COPY_IF_NEEDED;
    if (!ext_given(value)) {
        return true;
    }
    bool always;
    if (!ext_bool_get(value, false, &always)) {
        return false;
    }
    *copy = always ? EXT_COPY_ALWAYS : EXT_COPY_NEVER;
    return true;
}

bool ext_bool_get(PyObject *value, bool fallback, bool *result)
{
    *result = fallback;
    if (!ext_given(value)) {
        return true;
    }
    int truth = PyObject_IsTrue(value);
    *result = truth > 0;
    return truth >= 0;
}

bool ext_int_get(PyObject *value, int *result)
{
    Py_ssize_t number = PyNumber_AsSsize_t(value, NULL);
    if (number == -1 && PyErr_Occurred()) {
        return false;
    }
    *result = number > INT_MAX ? INT_MAX : number < INT_MIN ? INT_MIN : (int)number;
    return true;
}

bool ext_axis_get(PyObject *value, int *axis)
{
    if (PyBool_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "an axis is an integer, not a bool");
        return false;
    }
    const Py_ssize_t number = PyNumber_AsSsize_t(value, NULL); /* clamped */
    if (number == -1 && PyErr_Occurred()) {
        return false;
    }
    if (number > INT_MAX || number < INT_MIN) {
        PyErr_Format(ext.axis_error, "axis %S is out of bounds", value);
        return false;
    }
    *axis = (int)number;
    return true;
}

bool ext_device_get(PyObject *value)
{
    if (!ext_given(value)) {
        return true;
    }
    if (PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, "cpu") == 0) {
        return true;
    }
    PyErr_Format(PyExc_ValueError, "device must be None or 'cpu', not %R", value);
    return false;
}

bool ext_shape_get(PyObject *value, int *ndim, ptrdiff_t *shape)
{
    if (PyIndex_Check(value) && (!PySequence_Check(value) || (ext_is_array(value) && ext_raw(value)->ndim == 0))) {
        *ndim = 1;
        shape[0] = PyNumber_AsSsize_t(value, PyExc_OverflowError);
        return !(shape[0] == -1 && PyErr_Occurred());
    }
    PyObject *items = PySequence_Tuple(value);
    if (!items) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Format(PyExc_TypeError, "shape must be an int or a tuple of ints, not %R", Py_TYPE(value));
        }
        return false;
    }
    Py_ssize_t count = PyTuple_Size(items);
    bool ok = count <= RP_MAX_NDIM;
    if (!ok) {
        PyErr_Format(PyExc_ValueError, "shape has %zd dimensions, and the most is %d", count, RP_MAX_NDIM);
    }
    for (Py_ssize_t i = 0; ok && i < count; i++) {
        shape[i] = PyNumber_AsSsize_t(PyTuple_GetItem(items, i), PyExc_OverflowError);
        ok = !(shape[i] == -1 && PyErr_Occurred());
    }
    *ndim = (int)count;
    Py_DECREF(items);
    return ok;
}

bool ext_axes_get(PyObject *value, int *count, int *axes, const int **pointer)
{
    *count = 0;
    *pointer = NULL;
    if (!ext_given(value)) {
        return true;
    }
    *pointer = axes;
    if (!PyTuple_Check(value) && !PyList_Check(value)) {
        *count = 1;
        return ext_axis_get(value, axes);
    }
    Py_ssize_t length = PySequence_Size(value);
    if (length < 0) {
        return false;
    }
    if (length > RP_MAX_NDIM) {
        PyErr_Format(PyExc_ValueError, "%zd axes are given, and an array has at most %d", length, RP_MAX_NDIM);
        return false;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        PyObject *item = PySequence_GetItem(value, i);
        bool ok = item && ext_axis_get(item, axes + i);
        Py_XDECREF(item);
        if (!ok) {
            return false;
        }
    }
    *count = (int)length;
    return true;
}

bool ext_axes_of(const rp_array *x, PyObject *value, int *count, int *axes, const int **pointer)
{
    if (value && PyList_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "axis is an int or a tuple of ints, not a list");
        return false;
    }
    if (!ext_axes_get(value, count, axes, pointer)) {
        return false;
    }
    if (x->ndim == 0 && *count == 1 && (axes[0] == 0 || axes[0] == -1) && !PyTuple_Check(value)) {
        *count = 0;
        *pointer = NULL;
    }
    return true;
}

PyObject *ext_shape_tuple(int count, const ptrdiff_t *values)
{
    PyObject *tuple = PyTuple_New(count);
    for (int i = 0; tuple && i < count; i++) {
        PyObject *item = PyLong_FromSsize_t(values[i]);
        if (!item) {
            Py_CLEAR(tuple);
        } else {
            PyTuple_SetItem(tuple, i, item);
        }
    }
    return tuple;
}

/* ---- Element types ----------------------------------------------------------------------------------------- */

int ext_dtype_find(char kind, Py_ssize_t itemsize)
{
    static const char kinds[] = {[RP_KIND_BOOL] = 'b',
                                 [RP_KIND_SIGNED] = 'i',
                                 [RP_KIND_UNSIGNED] = 'u',
                                 [RP_KIND_REAL] = 'f',
                                 [RP_KIND_COMPLEX] = 'c'};
    for (int i = 0; i < RP_DTYPE_COUNT; i++) {
        if (kinds[rp_dtype_kind((rp_dtype)i)] == kind && (Py_ssize_t)rp_dtype_size((rp_dtype)i) == itemsize) {
            return i;
        }
    }
    return -1;
}

/* Equal types that are not the same object: numpy.longlong beside int64, a byte order that was spelled out. */
static int find_equal_dtype(PyObject *object)
{
    PyObject *kind = PyObject_GetAttr(object, ext.names[EXT_kind]);
    PyObject *itemsize = kind ? PyObject_GetAttr(object, ext.names[EXT_itemsize]) : NULL;
    PyObject *native = itemsize ? PyObject_GetAttr(object, ext.names[EXT_isnative]) : NULL;
    int found = -1;
    if (native && PyUnicode_Check(kind) && PyUnicode_GetLength(kind) == 1) {
        Py_UCS4 letter = PyUnicode_ReadChar(kind, 0);
        Py_ssize_t size = PyLong_AsSsize_t(itemsize);
        found = native == Py_True && letter < 128 ? ext_dtype_find((char)letter, size) : -1;
    }
    Py_XDECREF(native);
    Py_XDECREF(itemsize);
    Py_XDECREF(kind);
    return PyErr_Occurred() ? -2 : found;
}

static int find_same_dtype(PyObject *object)
{
    for (int i = 0; i < RP_DTYPE_COUNT; i++) {
        if (object == ext.dtypes[i] || object == (PyObject *)ext.scalar_types[i]) {
            return i;
        }
    }
    return -1;
}

/* Python's own types, and names, without NumPy. Codes are left to it: its "u8" is not ours. */
static int find_named_dtype(PyObject *object)
{
    if (object == (PyObject *)&PyFloat_Type || object == (PyObject *)ext.float64_type) {
        return RP_FLOAT64;
    }
    if (object == (PyObject *)&PyBool_Type) {
        return RP_BOOL;
    }
    Py_ssize_t length;
    const char *name = PyUnicode_CheckExact(object) ? PyUnicode_AsUTF8AndSize(object, &length) : NULL;
    const int found = name ? rp_find_dtype(name, (size_t)length) : -1;
    PyErr_Clear(); /* of a string that is no text: NumPy refuses it */
    return found >= 0 && strlen(rp_dtypes[found].name) == (size_t)length ? found : -1;
}

bool ext_dtype_get(PyObject *value, rp_dtype *dtype)
{
    int found = find_same_dtype(value);
    if (found < 0) {
        found = find_named_dtype(value);
    }
    if (found < 0) {
        PyObject *object = PyObject_CallFunctionObjArgs(ext.numpy_dtype, value, NULL);
        if (!object) {
            return false;
        }
        found = find_same_dtype(object);
        if (found == -1) {
            found = find_equal_dtype(object);
        }
        if (found == -1) {
            PyErr_Format(PyExc_TypeError, "unsupported dtype: %R", object);
        }
        Py_DECREF(object);
    }
    if (found < 0) {
        return false;
    }
    *dtype = (rp_dtype)found;
    return true;
}
