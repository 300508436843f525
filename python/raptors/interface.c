/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's array interface, both forms: __array_struct__ (a capsule) and __array_interface__ (a dict). Memory is shared; what a description says of it is checked as far as it can be. Reading
 * one may run code of its object, so a reference is held to whatever is read from.
 */
#include "ext.h"

#include <stdlib.h>
#include <string.h>

/* The struct in the capsule, as NumPy documents it. */
typedef struct array_struct {
    int two;
    int nd;
    char typekind;
    int itemsize;
    int flags;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    void *data;
    PyObject *descr;
} array_struct;

enum { STRUCT_NOT_SWAPPED = 0x200, STRUCT_WRITEABLE = 0x400 };

rp_array *ext_wrap_owned(void *owner, rp_release_function release, void *data, rp_dtype dtype, int ndim,
                         const ptrdiff_t *shape, const ptrdiff_t *strides, bool readonly)
{
    rp_array *array = NULL;
    /* An empty array may come without memory; the library takes no NULL. */
    rp_status status = rp_wrap(data ? data : owner, dtype, ndim, shape, strides, readonly, release, owner, &array);
    if (status != RP_OK) {
        ext_error(status);
        release(owner);
    }
    return array;
}

static void unsupported(PyObject *object, const char *kind_and_size)
{
    PyObject *dtype = PyObject_GetAttr(object, ext.names[EXT_dtype]);
    if (dtype) {
        PyErr_Format(PyExc_TypeError, "unsupported dtype: %S", dtype);
        Py_DECREF(dtype);
    } else {
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "unsupported dtype: %s", kind_and_size);
    }
}

/* ---- __array_struct__ -------------------------------------------------------------------------------------- */

rp_array *ext_from_swapped(PyObject *object, rp_dtype dtype, ext_copy copy)
{
    if (copy == EXT_COPY_NEVER) {
        PyErr_SetString(PyExc_ValueError, "copy=False, but the byte order is not this machine's, which needs a copy");
        return NULL;
    }
    return ext_array_through_numpy(object, &dtype, EXT_COPY_IF_NEEDED);
}

static const array_struct *check_capsule(PyObject *capsule)
{
    const array_struct *description = PyCapsule_IsValid(capsule, NULL) ? PyCapsule_GetPointer(capsule, NULL) : NULL;
    if (!description || description->two != 2) {
        PyErr_SetString(PyExc_ValueError, "__array_struct__ is not a capsule with an array description");
        return NULL;
    }
    if (description->nd < 0 || description->nd > RP_MAX_NDIM || (description->nd > 0 && !description->shape)) {
        PyErr_Format(PyExc_ValueError, "__array_struct__: %d dimensions, or no shape", description->nd);
        return NULL;
    }
    return description;
}

rp_array *ext_from_struct(PyObject *object, PyObject *capsule, ext_copy copy)
{
    const array_struct *description = check_capsule(capsule);
    if (!description) {
        return NULL;
    }
    int dtype = ext_dtype_find(description->typekind, description->itemsize);
    if (dtype < 0) {
        char text[32];
        PyOS_snprintf(text, sizeof text, "kind '%c' of %d bytes", description->typekind, description->itemsize);
        unsupported(object, text);
        return NULL;
    }
    if (!ext_check_foreign("__array_struct__", description->data, description->nd, description->shape,
                           description->strides, (size_t)description->itemsize)) {
        return NULL;
    }
    if (!(description->flags & STRUCT_NOT_SWAPPED)) {
        return ext_from_swapped(object, (rp_dtype)dtype, copy);
    }
    /* An ndarray owns its memory; another object may, or the capsule alone. */
    PyObject *owner =
        PyObject_TypeCheck(object, ext.ndarray_type) ? Py_NewRef(object) : PyTuple_Pack(2, object, capsule);
    return owner ? ext_wrap_owned(owner, ext_release_object, description->data, (rp_dtype)dtype, description->nd,
                                  description->shape, description->strides, !(description->flags & STRUCT_WRITEABLE))
                 : NULL;
}

/* ---- __array_interface__ ----------------------------------------------------------------------------------- */

typedef struct interface_parts {
    rp_dtype dtype;
    bool swapped, readonly, strided;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM];
    void *data;
    Py_buffer *buffer; /* owned; NULL where data is an address */
} interface_parts;

static PyObject *interface_error(const char *key)
{
    if (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_Format(PyExc_ValueError, "__array_interface__: '%s' is missing or wrong", key);
    }
    return NULL;
}

/* A new reference; NULL where it is absent or None. */
static PyObject *interface_item(PyObject *interface, ext_name name)
{
    PyObject *value = PyDict_GetItemWithError(interface, ext.names[name]);
    return value == Py_None ? NULL : Py_XNewRef(value);
}

static bool parse_typestr(PyObject *value, interface_parts *parts)
{
    const char *text = value && PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, NULL) : NULL;
    size_t length = text ? strlen(text) : 0;
    if (length < 3 || length > 5 || !strchr("<>|=", text[0]) || strspn(text + 2, "0123456789") != length - 2) {
        interface_error("typestr");
        return false;
    }
    int dtype = ext_dtype_find(text[1], strtol(text + 2, NULL, 10));
    if (dtype < 0) {
        PyErr_Format(PyExc_TypeError, "unsupported dtype: %s", text);
        return false;
    }
    parts->dtype = (rp_dtype)dtype;
    parts->swapped = text[0] == (PY_LITTLE_ENDIAN ? '>' : '<') && rp_dtype_size(parts->dtype) > 1;
    return true;
}

static bool read_typestr(PyObject *interface, interface_parts *parts)
{
    PyObject *value = interface_item(interface, EXT_typestr);
    bool ok = parse_typestr(value, parts);
    Py_XDECREF(value);
    return ok;
}

/* A tuple of `count` lengths, or where that is -1 of up to RP_MAX_NDIM: how many there are. -1: it is none. */
static int parse_lengths(PyObject *tuple, Py_ssize_t count, ptrdiff_t *values)
{
    const Py_ssize_t size = PyTuple_Check(tuple) ? PyTuple_Size(tuple) : RP_MAX_NDIM + 1;
    if (size > RP_MAX_NDIM || (count >= 0 && size != count)) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        values[i] = PyNumber_AsSsize_t(PyTuple_GetItem(tuple, i), PyExc_OverflowError);
        if (values[i] == -1 && PyErr_Occurred()) {
            return -1;
        }
    }
    return (int)size;
}

static bool read_shape(PyObject *interface, interface_parts *parts)
{
    PyObject *shape = interface_item(interface, EXT_shape);
    parts->ndim = shape ? parse_lengths(shape, -1, parts->shape) : -1;
    Py_XDECREF(shape);
    if (parts->ndim < 0) {
        interface_error("shape");
        return false;
    }
    PyObject *strides = interface_item(interface, EXT_strides);
    parts->strided = strides != NULL;
    bool ok = strides ? parse_lengths(strides, parts->ndim, parts->strides) >= 0 : !PyErr_Occurred();
    Py_XDECREF(strides);
    if (!ok) {
        interface_error("strides");
    }
    return ok;
}

/* (address, read-only) */
static bool read_address(PyObject *data, interface_parts *parts)
{
    PyObject *address = PyTuple_Size(data) == 2 ? PyTuple_GetItem(data, 0) : NULL;
    parts->data = address && PyLong_Check(address) ? PyLong_AsVoidPtr(address) : NULL;
    int readonly = address && !PyErr_Occurred() ? PyObject_IsTrue(PyTuple_GetItem(data, 1)) : -1;
    if (readonly < 0 || !PyLong_Check(address)) {
        interface_error("data");
        return false;
    }
    parts->readonly = readonly;
    return true;
}

/* Memory that a buffer bounds: every element must lie inside. */
static bool check_bounds(const interface_parts *parts, Py_ssize_t offset)
{
    for (int i = 0; i < parts->ndim; i++) {
        if (parts->shape[i] == 0) {
            return true;
        }
    }
    ptrdiff_t step = (ptrdiff_t)rp_dtype_size(parts->dtype), low = offset, high = offset + step;
    for (int i = parts->ndim - 1; i >= 0; i--) {
        ptrdiff_t span = (parts->shape[i] - 1) * (parts->strided ? parts->strides[i] : step);
        *(span < 0 ? &low : &high) += span;
        step *= parts->shape[i];
    }
    if (low < 0 || high > parts->buffer->len) {
        PyErr_Format(PyExc_ValueError, "__array_interface__: elements at bytes %zd to %zd of a buffer of %zd", low,
                     high, parts->buffer->len);
        return false;
    }
    return true;
}

static bool read_buffer(PyObject *source, PyObject *interface, interface_parts *parts)
{
    PyObject *value = interface_item(interface, EXT_offset);
    Py_ssize_t offset = value ? PyNumber_AsSsize_t(value, PyExc_OverflowError) : 0;
    Py_XDECREF(value);
    if (offset < 0 || PyErr_Occurred()) {
        interface_error("offset");
        return false;
    }
    parts->buffer = ext_buffer_hold(source, PyBUF_SIMPLE);
    if (!parts->buffer) {
        interface_error("data");
        return false;
    }
    parts->readonly = parts->buffer->readonly;
    /* The description itself first, so that the sums in check_bounds cannot overflow. */
    if (offset > parts->buffer->len) {
        interface_error("offset");
    } else if (ext_check_foreign("__array_interface__", parts->buffer->buf, parts->ndim, parts->shape,
                                 parts->strided ? parts->strides : NULL, rp_dtype_size(parts->dtype)) &&
               check_bounds(parts, offset)) {
        parts->data = (char *)parts->buffer->buf + offset;
        return true;
    }
    return false;
}

static bool read_interface(PyObject *object, PyObject *interface, interface_parts *parts)
{
    if (!PyDict_Check(interface)) {
        PyErr_SetString(PyExc_ValueError, "__array_interface__ is not a dict");
        return false;
    }
    if (!read_typestr(interface, parts) || !read_shape(interface, parts)) {
        return false;
    }
    PyObject *mask = interface_item(interface, EXT_mask);
    if (mask) {
        Py_DECREF(mask);
        PyErr_SetString(PyExc_TypeError, "__array_interface__: masked arrays are not supported");
        return false;
    }
    PyObject *data = interface_item(interface, EXT_data);
    if (PyErr_Occurred()) {
        return false;
    }
    bool ok =
        data && PyTuple_Check(data) ? read_address(data, parts) : read_buffer(data ? data : object, interface, parts);
    Py_XDECREF(data);
    return ok;
}

rp_array *ext_from_interface(PyObject *object, PyObject *interface, ext_copy copy)
{
    interface_parts parts = {.buffer = NULL};
    rp_array *array = NULL;
    const bool sound = read_interface(object, interface, &parts) &&
                       ext_check_foreign("__array_interface__", parts.data, parts.ndim, parts.shape,
                                         parts.strided ? parts.strides : NULL, rp_dtype_size(parts.dtype));
    if (sound && parts.swapped) {
        array = ext_from_swapped(object, parts.dtype, copy);
    } else if (sound) {
        const rp_release_function release = parts.buffer ? ext_buffer_release : ext_release_object;
        array =
            ext_wrap_owned(parts.buffer ? (void *)parts.buffer : Py_NewRef(object), release, parts.data, parts.dtype,
                           parts.ndim, parts.shape, parts.strided ? parts.strides : NULL, parts.readonly);
        parts.buffer = NULL;
    }
    if (parts.buffer) {
        ext_buffer_release(parts.buffer);
    }
    return array;
}

/* ---- Array.__array_interface__ ----------------------------------------------------------------------------- */

PyObject *ext_interface(PyObject *self, void *closure)
{
    (void)closure;
    const rp_array *x = ext_raw(self);
    PyObject *typestr = PyObject_GetAttrString(ext.dtypes[x->dtype], "str");
    PyObject *shape = ext_shape_tuple(x->ndim, x->dims);
    PyObject *strides = ext_shape_tuple(x->ndim, x->strides);
    PyObject *address = PyLong_FromVoidPtr(x->data);
    PyObject *result = NULL;
    if (typestr && shape && strides && address) {
        result = Py_BuildValue("{s:i,s:O,s:O,s:O,s:(OO)}", "version", 3, "typestr", typestr, "shape", shape, "strides",
                               strides, "data", address, x->flags & RP_FLAG_READONLY ? Py_True : Py_False);
    }
    Py_XDECREF(address);
    Py_XDECREF(strides);
    Py_XDECREF(shape);
    Py_XDECREF(typestr);
    return result;
}
