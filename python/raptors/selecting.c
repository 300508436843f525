/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions, and the methods with the same work, that select or convert elements: take, nonzero, astype.
 */
#include "ext.h"

static PyObject *take(const rp_array *x, PyObject *indices_object, PyObject *axis_object)
{
    int axis = 0;
    rp_array *flat = NULL, *result = NULL;
    rp_status status = RP_OK;
    if (ext_given(axis_object) && !ext_axis_get(axis_object, &axis)) {
        return NULL;
    }
    rp_array *indices = ext_array_from(indices_object, NULL, EXT_COPY_IF_NEEDED);
    if (!indices) {
        return NULL;
    }
    /* A number is taken from as if it were a vector. */
    const bool number = x->ndim == 0 && (axis == 0 || axis == -1);
    if ((!ext_given(axis_object) || number) && x->ndim != 1) {
        status = rp_reshape(x, 1, (const ptrdiff_t[]){-1}, false, &flat);
        x = flat;
    }
    if (status == RP_OK) {
        EXT_CALL(status, ext_is_large(x), rp_take(x, indices, axis, &result));
    }
    PyObject *object = status == RP_OK ? ext_wrap_result(result) : ext_error(status);
    rp_release(indices);
    rp_release(flat);
    return object;
}

PyObject *ext_method_take(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 2, .required = 1, .positional = 2, .names = {EXT_indices, EXT_axis}};
    PyObject *values[2];
    return ext_arguments("take", &signature, arguments, given, keywords, values)
               ? take(ext_raw(self), values[0], values[1])
               : NULL;
}

static PyObject *function_take(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 2, .positional = 3, .positional_only = 1, .names = {EXT_x, EXT_indices, EXT_axis}};
    PyObject *values[3];
    (void)module;
    if (!ext_arguments("take", &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    rp_array *x = ext_array_from(values[0], NULL, EXT_COPY_IF_NEEDED);
    PyObject *result = x ? take(x, values[1], values[2]) : NULL;
    rp_release(x);
    return result;
}

static PyObject *nonzero(const rp_array *x)
{
    rp_array *indices[RP_MAX_NDIM];
    rp_status status;
    if (x->ndim == 0) {
        PyErr_SetString(PyExc_ValueError, "nonzero() takes no 0-d array");
        return NULL;
    }
    EXT_CALL(status, ext_is_large(x), rp_nonzero(x, indices));
    if (status != RP_OK) {
        return ext_error(status);
    }
    PyObject *result = PyTuple_New(x->ndim);
    for (int i = 0; i < x->ndim; i++) {
        PyObject *item = result ? ext_wrap(indices[i]) : NULL;
        if (item) {
            PyTuple_SetItem(result, i, item);
        } else if (result) {
            Py_CLEAR(result); /* ext_wrap has released the array */
        } else {
            rp_release(indices[i]);
        }
    }
    return result;
}

PyObject *ext_method_nonzero(PyObject *self, PyObject *unused)
{
    (void)unused;
    return nonzero(ext_raw(self));
}

static PyObject *function_nonzero(PyObject *module, PyObject *object)
{
    (void)module;
    rp_array *x = ext_array_from(object, NULL, EXT_COPY_IF_NEEDED);
    PyObject *result = x ? nonzero(x) : NULL;
    rp_release(x);
    return result;
}

/* ---- astype ------------------------------------------------------------------------------------------------ */

static PyObject *astype(PyObject *object, PyObject *dtype_object, PyObject *copy_object)
{
    rp_dtype dtype;
    bool copy;
    if (!ext_dtype_get(dtype_object, &dtype) || !ext_bool_get(copy_object, true, &copy)) {
        return NULL;
    }
    if (ext_is_array(object) && !copy && (rp_dtype)ext_raw(object)->dtype == dtype) {
        return Py_NewRef(object);
    }
    return ext_wrap(ext_array_from(object, &dtype, copy ? EXT_COPY_ALWAYS : EXT_COPY_IF_NEEDED));
}

PyObject *ext_method_astype(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 2, .required = 1, .positional = 1, .names = {EXT_dtype, EXT_copy}};
    PyObject *values[2];
    return ext_arguments("astype", &signature, arguments, given, keywords, values) ? astype(self, values[0], values[1])
                                                                                   : NULL;
}

static PyObject *function_astype(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 4,
                                            .required = 2,
                                            .positional = 2,
                                            .positional_only = 2,
                                            .names = {EXT_x, EXT_dtype, EXT_copy, EXT_device}};
    PyObject *values[4];
    (void)module;
    return ext_arguments("astype", &signature, arguments, given, keywords, values) && ext_device_get(values[3])
               ? astype(values[0], values[1], values[2])
               : NULL;
}

#define ENTRY(name, signature, doc) \
    {#name, EXT_FUNCTION(function_##name), METH_FASTCALL | METH_KEYWORDS, #name signature "\n--\n\n" doc}

PyMethodDef ext_selecting_functions[] = {
    ENTRY(take, "(x, indices, /, axis=None)",
          "Elements by their indices along an axis; of the flat array where axis is None.\n\n"
          "Errors: IndexError (an index out of range, the axis), TypeError (indices that are no integers)."),
    ENTRY(astype, "(x, dtype, /, *, copy=True, device=None)",
          "x with its elements converted, by any cast. copy=False gives x itself where it has this type already."),
    {"nonzero", function_nonzero, METH_O,
     "nonzero(x, /)\n--\n\nThe indices of the elements that are not zero: an int64 Array for each axis."},
    {NULL, NULL, 0, NULL},
};
