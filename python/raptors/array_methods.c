/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The methods of raptors.Array. Those on shapes are in shaping.c, the reductions in functions.c.
 */
#include "ext.h"

/* ---- Elements ---------------------------------------------------------------------------------------------- */

static PyObject *method_item(PyObject *self, PyObject *const *arguments, Py_ssize_t given)
{
    const rp_array *x = ext_raw(self);
    if (given == 0) {
        if (x->size != 1) {
            PyErr_SetString(PyExc_ValueError, "can only convert an array of size 1 to a Python scalar");
            return NULL;
        }
        return ext_element(x->data, (rp_dtype)x->dtype);
    }
    PyObject *key = PyTuple_New(given);
    for (Py_ssize_t i = 0; key && i < given; i++) {
        PyTuple_SetItem(key, i, Py_NewRef(arguments[i]));
    }
    if (key && given == 1 && PyTuple_Check(arguments[0])) {
        Py_DECREF(key);
        key = Py_NewRef(arguments[0]);
    }
    PyObject *element = key ? ext_subscript(self, key) : NULL;
    Py_XDECREF(key);
    PyObject *result = element ? method_item(element, NULL, 0) : NULL;
    Py_XDECREF(element);
    return result;
}

static PyObject *nested_list(const rp_array *x, const char *data, int axis)
{
    if (axis == x->ndim) {
        return ext_element(data, (rp_dtype)x->dtype);
    }
    PyObject *list = PyList_New(x->dims[axis]);
    for (ptrdiff_t i = 0; list && i < x->dims[axis]; i++) {
        PyObject *item = nested_list(x, data + i * x->strides[axis], axis + 1);
        if (item) {
            PyList_SetItem(list, i, item);
        } else {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *method_tolist(PyObject *self, PyObject *unused)
{
    (void)unused;
    return nested_list(ext_raw(self), ext_raw(self)->data, 0);
}

static PyObject *method_fill(PyObject *self, PyObject *value)
{
    return ext_store(ext_raw(self), value) ? Py_NewRef(Py_None) : NULL;
}

static PyObject *method_complex(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyObject *number = ext_raw(self)->ndim == 0 ? method_item(self, NULL, 0) : NULL;
    if (!number) {
        PyErr_SetString(PyExc_TypeError, "only 0-dimensional arrays can be converted to Python scalars");
        return NULL;
    }
    PyObject *result = PyObject_CallFunctionObjArgs((PyObject *)&PyComplex_Type, number, NULL);
    Py_DECREF(number);
    return result;
}

static PyObject *method_format(PyObject *self, PyObject *specification)
{
    PyObject *object = ext_raw(self)->ndim == 0 ? method_item(self, NULL, 0) : PyObject_Str(self);
    PyObject *result = object ? PyObject_Format(object, specification) : NULL;
    Py_XDECREF(object);
    return result;
}

/* ---- Copies ------------------------------------------------------------------------------------------------ */

static PyObject *copied(PyObject *self, rp_status (*copy)(const rp_array *, rp_array **))
{
    rp_array *result = NULL;
    rp_status status;
    EXT_CALL(status, ext_is_large(ext_raw(self)), copy(ext_raw(self), &result));
    return status == RP_OK ? ext_wrap(result) : ext_error(status);
}

static PyObject *method_copy(PyObject *self, PyObject *unused)
{
    (void)unused;
    return copied(self, rp_copy_contiguous);
}

static PyObject *method_copy_as_is(PyObject *self, PyObject *unused)
{
    (void)unused;
    return copied(self, rp_copy);
}

/* Row-major: a view of memory that lies so already, unless a copy is asked for. */
static PyObject *flat(PyObject *self, bool copy)
{
    rp_array *x = ext_raw(self), *contiguous = NULL, *result = NULL;
    rp_status status = RP_OK;
    if (copy || !rp_is_contiguous(x)) {
        EXT_CALL(status, ext_is_large(x), rp_copy_contiguous(x, &contiguous));
        x = contiguous;
    }
    if (status == RP_OK) {
        status = rp_reshape(x, 1, (const ptrdiff_t[]){-1}, true, &result);
    }
    PyObject *object = status == RP_OK ? ext_wrap(result) : ext_error(status);
    rp_release(contiguous);
    return object;
}

static PyObject *method_ravel(PyObject *self, PyObject *unused)
{
    (void)unused;
    return flat(self, false);
}

static PyObject *method_flatten(PyObject *self, PyObject *unused)
{
    (void)unused;
    return flat(self, true);
}

/* The object, and the elements where they are its own. */
static PyObject *method_sizeof(PyObject *self, PyObject *unused)
{
    (void)unused;
    const rp_array *x = ext_raw(self);
    const bool own = !x->base && !x->release;
    return PyLong_FromSize_t(sizeof(ext_array) + sizeof *x + 2 * (size_t)x->ndim * sizeof *x->dims +
                             (own ? ext_bytes(x) : 0));
}

static PyObject *method_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return ext_call_protocol("array_reduce", &self, 1, NULL);
}

/* ---- The array API and NumPy's protocols ------------------------------------------------------------------- */

static PyObject *method_to_device(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 2, .required = 1, .positional = 1, .positional_only = 1, .names = {EXT_device, EXT_stream}};
    PyObject *values[2];
    if (!ext_arguments("to_device", &signature, arguments, given, keywords, values) || !ext_device_get(values[0])) {
        return NULL;
    }
    if (ext_given(values[1])) {
        PyErr_SetString(PyExc_ValueError, "stream must be None: the CPU has none");
        return NULL;
    }
    return Py_NewRef(self);
}

static PyObject *method_array_namespace(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 1, .names = {EXT_api_version}};
    PyObject *values[1];
    (void)self;
    if (!ext_arguments("__array_namespace__", &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    PyObject *version = values[0] ? values[0] : Py_None;
    return ext_call_protocol("array_namespace", &version, 1, NULL);
}

static PyObject *method_array(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 2, .positional = 1, .names = {EXT_dtype, EXT_copy}};
    PyObject *values[2];
    if (!ext_arguments("__array__", &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    if (!ext_given(values[0]) && !ext_given(values[1])) {
        return ext_to_numpy(self);
    }
    PyObject *all[] = {self, values[0] ? values[0] : Py_None, values[1] ? values[1] : Py_None};
    return ext_call_protocol("array_protocol", all, 3, NULL);
}

static PyObject *method_round(PyObject *self, PyObject *const *arguments, Py_ssize_t given)
{
    int decimals = 0;
    if (given > 1) {
        PyErr_Format(PyExc_TypeError, "round() takes at most 1 positional argument (%zd given)", given);
        return NULL;
    }
    if (given == 1 && !ext_int_get(arguments[0], &decimals)) {
        return NULL;
    }
    if (decimals != 0) {
        PyObject *all[] = {self, arguments[0]};
        return ext_call_protocol("round_to", all, 2, NULL);
    }
    ext_output output = {.array = NULL};
    return ext_map(RP_ROUND, ext_raw(self), NULL, &output);
}

/* self and the positional arguments, and the keywords as a dict, on to raptors._protocols. */
static PyObject *to_protocol(const char *name, PyObject *self, PyObject *positional, PyObject *keywords)
{
    enum { MOST = 64 };
    PyObject *all[MOST];
    Py_ssize_t count = PyTuple_Size(positional);
    if (count >= MOST) {
        PyErr_Format(PyExc_TypeError, "%s() has too many arguments", name);
        return NULL;
    }
    all[0] = self;
    for (Py_ssize_t i = 0; i < count; i++) {
        all[i + 1] = PyTuple_GetItem(positional, i);
    }
    return ext_call_protocol(name, all, (size_t)count + 1, keywords);
}

static PyObject *method_array_ufunc(PyObject *self, PyObject *positional, PyObject *keywords)
{
    return to_protocol("array_ufunc", self, positional, keywords);
}

static PyObject *method_array_function(PyObject *self, PyObject *positional, PyObject *keywords)
{
    return to_protocol("array_function", self, positional, keywords);
}

#define ENTRY(name, function, signature, doc) \
    {name, EXT_FUNCTION(function), METH_FASTCALL | METH_KEYWORDS, name signature "\n--\n\n" doc}
#define ENTRY_ALONE(name, function, doc) {name, function, METH_NOARGS, name "($self, /)\n--\n\n" doc}

#define RP_REDUCE(ENUM, name, numpy, RESULT, ...)                                                             \
    {#name, EXT_FUNCTION(ext_method_##name), METH_FASTCALL | METH_KEYWORDS,                              \
     #name "($self, /, axis=None, *, keepdims=False, out=None, **options)\n--\n\nAs raptors." #name "."},

PyMethodDef ext_array_methods[] = {
#include "raptors/ops.def"
    ENTRY("reshape", ext_method_reshape, "($self, /, *shape, copy=None)", "As raptors.reshape; a.reshape(2, 3) too."),
    ENTRY("transpose", ext_method_transpose, "($self, /, *axes)", "As raptors.transpose; a.transpose(1, 0) too."),
    ENTRY("clip", ext_method_clip, "($self, /, min=None, max=None, out=None)", "As raptors.clip."),
    ENTRY("squeeze", ext_method_squeeze, "($self, /, axis=None)", "As raptors.squeeze."),
    ENTRY("take", ext_method_take, "($self, /, indices, axis=None)", "As raptors.take."),
    ENTRY("astype", ext_method_astype, "($self, /, dtype, *, copy=True)", "As raptors.astype."),
    ENTRY_ALONE("nonzero", ext_method_nonzero, "As raptors.nonzero."),
    {"item", EXT_FUNCTION(method_item), METH_FASTCALL,
     "item($self, /, *index)\n--\n\nOne element as a Python number: the only one, or the one at index."},
    ENTRY_ALONE("tolist", method_tolist, "The elements as nested lists of Python numbers; a number for 0 dimensions."),
    {"fill", method_fill, METH_O, "fill($self, value, /)\n--\n\nSets every element to value."},
    {"round", EXT_FUNCTION(method_round), METH_FASTCALL,
     "round($self, decimals=0, /)\n--\n\nRounded to even at a number of decimals."},
    ENTRY_ALONE("copy", method_copy, "A new Array with the same elements, row-major."),
    ENTRY_ALONE("ravel", method_ravel, "The elements in one dimension: a view of contiguous memory, else a copy."),
    ENTRY_ALONE("flatten", method_flatten, "The elements in one dimension: always a copy."),
    ENTRY("to_device", method_to_device, "($self, device, /, *, stream=None)",
          "The Array itself; device must be \"cpu\"."),
    ENTRY("__array_namespace__", method_array_namespace, "($self, /, *, api_version=None)", "The module raptors."),
    ENTRY("__array__", method_array, "($self, /, dtype=None, *, copy=None)", "A numpy.ndarray on the same memory."),
    {"__array_ufunc__", EXT_FUNCTION(method_array_ufunc), METH_VARARGS | METH_KEYWORDS,
     "NumPy's universal functions on Arrays: ours of the same name, else NumPy's on the same memory."},
    {"__array_function__", EXT_FUNCTION(method_array_function), METH_VARARGS | METH_KEYWORDS,
     "NumPy's functions on Arrays: ours of the same name, else NumPy's on the same memory."},
    ENTRY("__dlpack__", ext_method_dlpack, "($self, /, *, stream=None, max_version=None, dl_device=None, copy=None)",
          "A DLPack capsule on the memory; the versioned form where max_version is (1, 0) or more."),
    ENTRY_ALONE("__dlpack_device__", ext_method_dlpack_device, "The CPU: (1, 0)."),
    ENTRY_ALONE("__reduce__", method_reduce,
                "For pickle: through a numpy.ndarray, which has protocol 5 hand over its memory uncopied."),
    ENTRY_ALONE("__sizeof__", method_sizeof, "Bytes of memory, with those of the elements where it is no view."),
    ENTRY_ALONE("__copy__", method_copy_as_is, "For copy.copy: a new Array in the same memory order."),
    {"__deepcopy__", method_copy_as_is, METH_O, "For copy.deepcopy: a new Array in the same memory order."},
    ENTRY_ALONE("__complex__", method_complex, "The only element of 0 dimensions, as a complex number."),
    {"__format__", method_format, METH_O, "The only element of 0 dimensions by the format; else str()."},
    {NULL, NULL, 0, NULL},
};
