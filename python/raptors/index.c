/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Basic indexing: integers, slices, Ellipsis and None make views. Keys with arrays in them go to index_arrays.c.
 */
#include "ext.h"

/* PySlice_Unpack's limits are the library's "left out" in one direction of each, where they mean the far end. */
static bool slice_index(PyObject *slice, rp_index *index)
{
    index->kind = RP_INDEX_SLICE;
    if (PySlice_Unpack(slice, &index->start, &index->stop, &index->step) < 0) {
        return false;
    }
    if (index->step > 0) {
        index->stop += index->stop == PY_SSIZE_T_MIN;
    } else {
        index->start += index->start == PY_SSIZE_T_MIN;
    }
    return true;
}

static bool integer_index(PyObject *object, rp_index *index)
{
    index->kind = RP_INDEX_INTEGER;
    index->start = PyNumber_AsSsize_t(object, PyExc_IndexError);
    return !(index->start == -1 && PyErr_Occurred());
}

ext_found ext_basic_index(PyObject *part, rp_index *index)
{
    if (PySlice_Check(part)) {
        return slice_index(part, index) ? EXT_FOUND : EXT_FAILED;
    }
    if (PyLong_CheckExact(part)) {
        return integer_index(part, index) ? EXT_FOUND : EXT_FAILED;
    }
    if (part == Py_None) {
        index->kind = RP_INDEX_NEWAXIS;
        return EXT_FOUND;
    }
    if (part == Py_Ellipsis) {
        index->kind = RP_INDEX_ELLIPSIS;
        return EXT_FOUND;
    }
    /* Booleans are masks, though ints in Python; a 0-d array of integers is an integer. */
    if (PyBool_Check(part) || !PyIndex_Check(part) || (ext_is_array(part) && ext_raw(part)->ndim != 0)) {
        return EXT_UNKNOWN;
    }
    PyObject *number = PyNumber_Index(part);
    if (!number) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError)) {
            return EXT_FAILED;
        }
        PyErr_Clear();
        return EXT_UNKNOWN;
    }
    bool ok = integer_index(number, index);
    Py_DECREF(number);
    return ok ? EXT_FOUND : EXT_FAILED;
}

static ext_found basic_view(PyObject *self, Py_ssize_t count, PyObject *const *parts, rp_array **view)
{
    rp_index index[2 * RP_MAX_NDIM + 1];
    if (count > 2 * RP_MAX_NDIM + 1) {
        PyErr_SetString(PyExc_IndexError, "too many indices for array");
        return EXT_FAILED;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        ext_found found = ext_basic_index(parts[i], &index[i]);
        if (found != EXT_FOUND) {
            return found;
        }
    }
    *view = NULL;
    rp_status status = rp_get_view(ext_raw(self), (int)count, index, view);
    if (status != RP_OK) {
        ext_error(status);
        return EXT_FAILED;
    }
    return EXT_FOUND;
}

/* The parts of a key: the items of a tuple (borrowed, into `room`), or the key itself. -1: too many. */
static Py_ssize_t key_parts(PyObject *key, PyObject **room)
{
    if (!PyTuple_Check(key)) {
        room[0] = key;
        return 1;
    }
    Py_ssize_t count = PyTuple_Size(key);
    if (count > 2 * RP_MAX_NDIM + 1) {
        PyErr_SetString(PyExc_IndexError, "too many indices for array");
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        room[i] = PyTuple_GetItem(key, i);
    }
    return count;
}

/* x[integer], and x[start:stop] in one dimension, without the general way: most keys are these. NULL, without an
 * exception, for the others and for what is out of range. */
static rp_array *short_way(const rp_array *x, PyObject *key)
{
    rp_index index;
    if (x->ndim == 0) {
        return NULL;
    }
    const ptrdiff_t length = x->dims[0], stride = x->strides[0];
    if (PyLong_CheckExact(key)) {
        ptrdiff_t i = PyLong_AsSsize_t(key);
        if (i == -1 && PyErr_Occurred()) { /* past all lengths */
            PyErr_Clear();
            return NULL;
        }
        i += i < 0 ? length : 0;
        return i >= 0 && i < length ? rp_array_view(x, x->data + i * stride, x->ndim - 1, x->dims + 1, x->strides + 1)
                                    : NULL;
    }
    if (x->ndim != 1 || !PySlice_Check(key) || PySlice_Unpack(key, &index.start, &index.stop, &index.step) < 0 ||
        index.step != 1) {
        PyErr_Clear();
        return NULL;
    }
    ptrdiff_t start = index.start < 0 ? index.start + length : index.start;
    ptrdiff_t stop = index.stop < 0 ? index.stop + length : index.stop;
    start = start < 0 ? 0 : start > length ? length : start;
    stop = stop < start ? start : stop > length ? length : stop;
    const ptrdiff_t count = stop - start;
    return ext_view_1d(x, x->data + (count ? start * stride : 0), count, stride);
}

PyObject *ext_subscript(PyObject *self, PyObject *key)
{
    rp_array *quick = short_way(ext_raw(self), key);
    if (quick) {
        return ext_wrap(quick);
    }
    PyObject *parts[2 * RP_MAX_NDIM + 1];
    rp_array *view;
    Py_ssize_t count = key_parts(key, parts);
    if (count < 0) {
        return NULL;
    }
    ext_found found = basic_view(self, count, parts, &view);
    if (found == EXT_FOUND) {
        return ext_wrap(view);
    }
    return found == EXT_UNKNOWN ? ext_index_arrays(self, count, parts, NULL) : NULL;
}

PyObject *ext_get_item(PyObject *self, Py_ssize_t index)
{
    rp_index part = {.kind = RP_INDEX_INTEGER, .start = index};
    rp_array *view = NULL;
    rp_status status = rp_get_view(ext_raw(self), 1, &part, &view);
    return status == RP_OK ? ext_wrap(view) : ext_error(status);
}

/* ---- Assignment -------------------------------------------------------------------------------------------- */

/* NumPy lets leading axes of length 1 in the value fall away; broadcasting alone does not. */
rp_status ext_trim_leading(const rp_array *value, int ndim, rp_array **trimmed)
{
    int axes[RP_MAX_NDIM], count = 0;
    while (value->ndim - count > ndim && value->dims[count] == 1) {
        axes[count] = count;
        count++;
    }
    return rp_squeeze(value, count, axes, trimmed);
}

bool ext_store_array(rp_array *destination, const rp_array *value)
{
    rp_array *trimmed = NULL;
    rp_status status = RP_OK;
    if (value->ndim > destination->ndim) {
        status = ext_trim_leading(value, destination->ndim, &trimmed);
        value = trimmed;
    }
    if (status == RP_OK) {
        EXT_CALL(status, ext_is_large(destination), rp_assign(destination, value));
    }
    if (status != RP_OK) {
        ext_error(status);
    }
    rp_release(trimmed);
    return status == RP_OK;
}

bool ext_store(rp_array *destination, PyObject *value)
{
    rp_scalar scalar;
    ext_found found = ext_scalar_get(value, &scalar);
    if (found == EXT_FOUND) {
        if (!ext_scalar_suit(&scalar, (rp_dtype)destination->dtype)) {
            return false;
        }
        rp_status status;
        EXT_CALL(status, ext_is_large(destination), rp_fill(destination, &scalar));
        if (status != RP_OK) {
            ext_error(status);
        }
        return status == RP_OK;
    }
    rp_dtype dtype = (rp_dtype)destination->dtype;
    /* Sequences are read in the type that they go to, as NumPy does: its range and precision apply. */
    bool typed = found == EXT_HUGE || PyList_Check(value) || PyTuple_Check(value);
    rp_array *array = ext_array_from(value, typed ? &dtype : NULL, EXT_COPY_IF_NEEDED);
    bool ok = array && ext_store_array(destination, array);
    rp_release(array);
    return ok;
}

int ext_assign_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *parts[2 * RP_MAX_NDIM + 1];
    rp_array *view;
    if (!value) {
        PyErr_SetString(PyExc_ValueError, "cannot delete array elements");
        return -1;
    }
    Py_ssize_t count = key_parts(key, parts);
    if (count < 0) {
        return -1;
    }
    ext_found found = basic_view(self, count, parts, &view);
    if (found == EXT_FOUND) {
        bool ok = ext_store(view, value);
        rp_release(view);
        return ok ? 0 : -1;
    }
    if (found == EXT_FAILED) {
        return -1;
    }
    rp_dtype dtype = (rp_dtype)ext_raw(self)->dtype;
    bool typed = !ext_is_array(value) && !PyObject_TypeCheck(value, ext.ndarray_type);
    rp_array *values = ext_array_from(value, typed ? &dtype : NULL, EXT_COPY_IF_NEEDED);
    PyObject *done = values ? ext_index_arrays(self, count, parts, values) : NULL;
    rp_release(values);
    Py_XDECREF(done);
    return done ? 0 : -1;
}
