/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Basic indexing: integers, slices, Ellipsis and None make views; integers for all axes pick an element, a number.
 * Keys with arrays in them go to index_arrays.c.
 */
#include "ext.h"

enum { MAX_PARTS = 2 * RP_MAX_NDIM + 1 };

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
    rp_index index[MAX_PARTS];
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
    if (count > MAX_PARTS) {
        PyErr_SetString(PyExc_IndexError, "too many indices for array");
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        room[i] = PyTuple_GetItem(key, i);
    }
    return count;
}

char *ext_find_element(const rp_array *x, PyObject *key)
{
    const bool is_tuple = PyTuple_CheckExact(key);
    if ((is_tuple ? PyTuple_Size(key) : 1) != x->ndim || !x->ndim) {
        return NULL;
    }
    char *data = x->data;
    for (int axis = 0; axis < x->ndim; axis++) {
        PyObject *part = is_tuple ? PyTuple_GetItem(key, axis) : key;
        int overflow;
        if (!PyLong_CheckExact(part)) {
            return NULL;
        }
        ptrdiff_t i = PyLong_AsLongAndOverflow(part, &overflow);
        i += i < 0 ? x->dims[axis] : 0;
        if (overflow || i < 0 || i >= x->dims[axis]) {
            return NULL;
        }
        data += i * x->strides[axis];
    }
    return data;
}

/* x[i], by i from the end where it is negative: an element as a number, or a view. EXT_UNKNOWN, without an exception, where
 * it is out of range. */
static ext_found item_at(const rp_array *x, ptrdiff_t i, PyObject **item)
{
    const ptrdiff_t length = x->ndim > 0 ? x->dims[0] : 0;
    i += i < 0 ? length : 0;
    if (i < 0 || i >= length) {
        return EXT_UNKNOWN;
    }
    char *data = x->data + i * x->strides[0];
    if (x->ndim == 1) {
        *item = ext_number(data, (rp_dtype)x->dtype);
    } else {
        rp_array *view = rp_array_view(x, data, x->ndim - 1, x->dims + 1, x->strides + 1);
        *item = view ? ext_wrap(view) : ext_error(RP_ERROR_MEMORY);
    }
    return *item ? EXT_FOUND : EXT_FAILED;
}

/* x[start:stop] in one dimension, without the general way. NULL, without an exception, for other slices. */
static rp_array *short_slice(const rp_array *x, const rp_index *index)
{
    if (x->ndim != 1 || index->step != 1) {
        return NULL;
    }
    const ptrdiff_t length = x->dims[0], stride = x->strides[0];
    ptrdiff_t start = index->start < 0 ? index->start + length : index->start;
    ptrdiff_t stop = index->stop < 0 ? index->stop + length : index->stop;
    start = start < 0 ? 0 : start > length ? length : start;
    stop = stop < start ? start : stop > length ? length : stop;
    const ptrdiff_t count = stop - start;
    return ext_view_1d(x, x->data + (count ? start * stride : 0), count, stride);
}

/* One integer or slice, as most keys are. */
static PyObject *subscript_one(const rp_array *x, const rp_index *index)
{
    PyObject *item = NULL;
    rp_array *result = NULL;
    if (index->kind == RP_INDEX_INTEGER) {
        if (item_at(x, index->start, &item) != EXT_UNKNOWN) {
            return item;
        }
    } else {
        result = short_slice(x, index);
    }
    rp_status status = result ? RP_OK : rp_get_view(x, 1, index, &result);
    return status == RP_OK ? ext_wrap(result) : ext_error(status);
}

/* What x[key] is although the key makes a view, as in NumPy: a number where integers alone pick an element, and a copy where
 * an integer is an array of no dimensions. */
typedef enum outcome { VIEW, COPY, NUMBER } outcome;

static outcome outcome_of(const rp_array *view, Py_ssize_t count, PyObject *const *parts)
{
    bool element = view->ndim == 0, array = false;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (PySlice_Check(parts[i]) || PyLong_CheckExact(parts[i]) || parts[i] == Py_None) {
            continue;
        }
        element = element && parts[i] != Py_Ellipsis;
        array = array || ext_is_array(parts[i]) || PyObject_TypeCheck(parts[i], ext.ndarray_type);
    }
    return element ? NUMBER : array ? COPY : VIEW;
}

PyObject *ext_subscript(PyObject *self, PyObject *key)
{
    PyObject *parts[MAX_PARTS];
    rp_array *view, *copy = NULL;
    rp_index index;
    const char *element = ext_find_element(ext_raw(self), key);
    if (element) {
        return ext_number(element, (rp_dtype)ext_raw(self)->dtype);
    }
    if (PyLong_CheckExact(key)) {
        return integer_index(key, &index) ? subscript_one(ext_raw(self), &index) : NULL;
    }
    if (PySlice_Check(key)) {
        return slice_index(key, &index) ? subscript_one(ext_raw(self), &index) : NULL;
    }
    Py_ssize_t count = key_parts(key, parts);
    if (count < 0) {
        return NULL;
    }
    ext_found found = basic_view(self, count, parts, &view);
    if (found != EXT_FOUND) {
        return found == EXT_UNKNOWN ? ext_index_arrays(self, count, parts, NULL) : NULL;
    }
    const outcome outcome = outcome_of(view, count, parts);
    if (outcome == VIEW) {
        return ext_wrap(view);
    }
    if (outcome == NUMBER) {
        return ext_wrap_result(view);
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(view), rp_copy(view, &copy));
    PyObject *result = status == RP_OK ? ext_wrap(copy) : ext_error(status);
    rp_release(view);
    return result;
}

PyObject *ext_get_item(PyObject *self, Py_ssize_t i)
{
    PyObject *item = NULL;
    if (item_at(ext_raw(self), i, &item) == EXT_UNKNOWN) {
        return subscript_one(ext_raw(self), &(rp_index){.kind = RP_INDEX_INTEGER, .start = i}); /* the error */
    }
    return item;
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

/* What is to become elements of `dtype`. However it was written, one value must be one that the type holds; several are
 * cast. */
typedef enum value_kind {
    VALUE_FAILED = -1, /* with an exception */
    VALUE_NUMPYS,      /* its type is NumPy's alone, or it says itself what its element is */
    VALUE_NUMBER,      /* in *scalar; rp_fill says whether its range fits */
    VALUE_ARRAY        /* in *array */
} value_kind;

static value_kind number_for(rp_scalar *scalar, rp_dtype dtype)
{
    return ext_scalar_suit(scalar, dtype) ? VALUE_NUMBER : VALUE_FAILED;
}

/* Text and None are no numbers; any other object may become one by NumPy's casts. */
static bool may_be_numpys(PyObject *value)
{
    return value != Py_None && !PyUnicode_Check(value) && !PyBytes_Check(value);
}

static value_kind value_get(PyObject *value, rp_dtype dtype, rp_scalar *scalar, rp_array **array)
{
    *array = NULL;
    if (ext_is_array(value) && ext_raw(value)->ndim == 0) {
        rp_load_scalar(ext_raw(value)->data, (rp_dtype)ext_raw(value)->dtype, scalar);
        return number_for(scalar, dtype);
    }
    ext_found found = ext_scalar_get(value, scalar);
    if (found == EXT_FAILED || found == EXT_FOUND) {
        return found == EXT_FOUND ? number_for(scalar, dtype) : VALUE_FAILED;
    }
    /* Sequences are read in the type that they go to, as NumPy does: its range and precision apply. */
    const bool typed = found == EXT_HUGE || PyList_Check(value) || PyTuple_Check(value);
    *array = ext_array_from(value, typed ? &dtype : NULL, EXT_COPY_IF_NEEDED);
    if (!*array) {
        return !typed && may_be_numpys(value) && ext_refused() ? VALUE_NUMPYS : VALUE_FAILED;
    }
    if (typed || (*array)->ndim > 0) {
        return VALUE_ARRAY;
    }
    rp_load_scalar((*array)->data, (rp_dtype)(*array)->dtype, scalar);
    rp_release(*array);
    *array = NULL;
    /* A subclass without dimensions: a masked element, a number with a unit. */
    const bool speaks = PyObject_TypeCheck(value, ext.ndarray_type) && !Py_IS_TYPE(value, ext.ndarray_type);
    return speaks ? VALUE_NUMPYS : number_for(scalar, dtype);
}

static bool assign_by_numpy(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *arguments[] = {self, value, key};
    PyObject *none = ext_call_protocol(key ? "assign" : "fill", arguments, key ? 3 : 2, NULL);
    Py_XDECREF(none);
    return none != NULL;
}

/* As ext_store, which is it for values that are Raptors' own. EXT_UNKNOWN, without an exception: NumPy's. */
static ext_found store_own(rp_array *destination, PyObject *value, int most)
{
    rp_scalar scalar;
    rp_array *array;
    const value_kind kind = value_get(value, (rp_dtype)destination->dtype, &scalar, &array);
    if (kind == VALUE_FAILED || kind == VALUE_NUMPYS) {
        return kind == VALUE_FAILED ? EXT_FAILED : EXT_UNKNOWN;
    }
    if (kind == VALUE_ARRAY) {
        bool ok = array->ndim <= most;
        if (!ok) {
            PyErr_SetString(PyExc_ValueError, "setting an array element with a sequence.");
        }
        ok = ok && ext_store_array(destination, array);
        rp_release(array);
        return ok ? EXT_FOUND : EXT_FAILED;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(destination), rp_fill(destination, &scalar));
    if (status != RP_OK) {
        ext_error(status);
    }
    return status == RP_OK ? EXT_FOUND : EXT_FAILED;
}

bool ext_store(PyObject *self, PyObject *key, rp_array *destination, PyObject *value, int most)
{
    const ext_found found = store_own(destination, value, most);
    return found == EXT_UNKNOWN ? assign_by_numpy(self, key, value) : found == EXT_FOUND;
}

/* A view of one element, on the stack: whatever value_get() runs, self is held by the caller. */
static bool store_element(PyObject *self, PyObject *key, char *data, PyObject *value)
{
    const rp_array *x = ext_raw(self);
    if (Py_IS_TYPE(value, ext.scalar_types[x->dtype]) && !(x->flags & RP_FLAG_READONLY)) {
        ext_number_store(value, data);
        return true;
    }
    struct rp_array view = {.references = 1,
                            .data = data,
                            .size = 1,
                            .dtype = x->dtype,
                            .flags = RP_FLAG_CONTIGUOUS | (x->flags & RP_FLAG_READONLY)};
    view.strides = view.dims;
    return ext_store(self, key, &view, value, 0);
}

int ext_assign_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *parts[MAX_PARTS];
    rp_array *view, *values;
    rp_scalar scalar;
    if (!value) {
        PyErr_SetString(PyExc_ValueError, "cannot delete array elements");
        return -1;
    }
    char *element = ext_find_element(ext_raw(self), key);
    if (element) {
        return store_element(self, key, element, value) ? 0 : -1;
    }
    Py_ssize_t count = key_parts(key, parts);
    if (count < 0) {
        return -1;
    }
    ext_found found = basic_view(self, count, parts, &view);
    if (found == EXT_FOUND) {
        /* As in NumPy, an element takes one number, and a view a list no deeper than itself. */
        const bool is_list = PyList_Check(value) || PyTuple_Check(value);
        const int most = outcome_of(view, count, parts) == NUMBER ? 0 : is_list ? view->ndim : RP_MAX_NDIM;
        bool ok = ext_store(self, key, view, value, most);
        rp_release(view);
        return ok ? 0 : -1;
    }
    if (found == EXT_FAILED) {
        return -1;
    }
    rp_dtype dtype = (rp_dtype)ext_raw(self)->dtype;
    const value_kind kind = value_get(value, dtype, &scalar, &values);
    if (kind == VALUE_NUMPYS) {
        return assign_by_numpy(self, key, value) ? 0 : -1;
    }
    if (kind == VALUE_NUMBER) {
        rp_status status = rp_full(0, NULL, dtype, &scalar, &values);
        if (status != RP_OK) {
            ext_error(status);
        }
    }
    PyObject *done = values ? ext_index_arrays(self, count, parts, values) : NULL;
    rp_release(values);
    Py_XDECREF(done);
    return done ? 0 : -1;
}
