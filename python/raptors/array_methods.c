/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The methods of raptors.Array. Those on shapes are in shaping.c, the reductions in functions.c.
 */
#include "ext.h"

/* ---- Elements ---------------------------------------------------------------------------------------------- */

static PyObject *only_item(PyObject *self)
{
    const rp_array *x = ext_raw(self);
    if (x->size != 1) {
        PyErr_SetString(PyExc_ValueError, "can only convert an array of size 1 to a Python scalar");
        return NULL;
    }
    return ext_element(x->data, (rp_dtype)x->dtype);
}

/* Other ways to name an element are NumPy's. */
static PyObject *method_item(PyObject *self, EXT_FASTCALL)
{
    if (given == 0 && !keywords) {
        return only_item(self);
    }
    const char *element = given == 1 && !keywords ? ext_find_element(ext_raw(self), arguments[0]) : NULL;
    if (!element) {
        PyErr_SetString(PyExc_TypeError, "item() takes the index of an element, or nothing");
        return NULL;
    }
    return ext_element(element, (rp_dtype)ext_raw(self)->dtype);
}

static PyObject *method_tolist(PyObject *self, PyObject *unused)
{
    (void)unused;
    return ext_list(ext_raw(self));
}

static PyObject *method_fill(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 1, .required = 1, .positional = 1, .names = {EXT_value}};
    PyObject *values[1];
    return ext_arguments("fill", &signature, arguments, given, keywords, values) &&
                   ext_store(self, NULL, ext_raw(self), values[0], 0)
               ? Py_NewRef(Py_None)
               : NULL;
}

static PyObject *method_complex(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyObject *number = ext_raw(self)->ndim == 0 ? only_item(self) : NULL;
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
    if (ext_raw(self)->ndim > 0) { /* str(), or TypeError where there is a specification */
        return PyObject_CallMethod((PyObject *)&PyBaseObject_Type, "__format__", "OO", self, specification);
    }
    PyObject *number = only_item(self);
    PyObject *result = number ? PyObject_Format(number, specification) : NULL;
    Py_XDECREF(number);
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
    rp_status status;
    if (!copy && rp_is_contiguous(x)) {
        result = ext_view_1d(x, x->data, x->size, (ptrdiff_t)rp_dtype_size((rp_dtype)x->dtype));
        return result ? ext_wrap(result) : ext_error(RP_ERROR_MEMORY);
    }
    EXT_CALL(status, ext_is_large(x), rp_copy_contiguous(x, &contiguous));
    if (status == RP_OK) {
        status = rp_reshape(contiguous, 1, (const ptrdiff_t[]){-1}, true, &result);
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

static PyObject *method_round(PyObject *self, PyObject *unused)
{
    ext_output output = {.array = NULL};
    (void)unused;
    return ext_map(RP_ROUND, ext_raw(self), NULL, &output);
}

/* What numpy.add and its like find for an Array among numbers and arrays: our function of that name, without the detour
 * through Python. */
static bool is_plain(PyObject *object)
{
    bool plain = ext_is_array(object) || Py_IS_TYPE(object, ext.ndarray_type) || PyFloat_CheckExact(object) ||
                 PyLong_CheckExact(object) || PyBool_Check(object) || PyComplex_CheckExact(object);
    for (int i = 0; !plain && i < RP_DTYPE_COUNT; i++) {
        plain = Py_IS_TYPE(object, ext.scalar_types[i]);
    }
    return plain;
}

static PyObject *plain_ufunc(PyObject *const *arguments, Py_ssize_t given)
{
    PyObject *ours = NULL;
    if (given >= 3 && PyUnicode_Check(arguments[1]) &&
        PyUnicode_CompareWithASCIIString(arguments[1], "__call__") == 0) {
        ours = PyDict_GetItemWithError(ext.ufuncs, arguments[0]);
    }
    for (Py_ssize_t i = 2; ours && i < given; i++) {
        ours = is_plain(arguments[i]) ? ours : NULL;
    }
    return ours ? PyObject_Vectorcall(ours, arguments + 2, (size_t)given - 2, NULL) : NULL;
}

static PyObject *to_protocol(const char *name, PyObject *self, EXT_FASTCALL)
{
    PyObject *function = ext_protocol(name);
    PyObject *result = function ? ext_call_with(function, self, false, arguments, given, keywords) : NULL;
    Py_XDECREF(function);
    return result;
}

static PyObject *method_array_ufunc(PyObject *self, EXT_FASTCALL)
{
    PyObject *result = keywords ? NULL : plain_ufunc(arguments, given);
    if (result || (PyErr_Occurred() && !ext_refused() && !PyErr_ExceptionMatches(PyExc_OverflowError))) {
        return result;
    }
    PyErr_Clear();
    return to_protocol("array_ufunc", self, arguments, given, keywords);
}

/* Whether NumPy's function is called on Arrays and ndarrays alone, without names, and we have none of our own: -1, an
 * exception. */
static int is_passed_on(PyObject *const *arguments, Py_ssize_t given)
{
    bool plain = given == 4 && PyTuple_Check(arguments[1]) && PyTuple_Check(arguments[2]) &&
                 PyDict_Check(arguments[3]) && PyDict_Size(arguments[3]) == 0;
    for (Py_ssize_t i = 0; plain && i < PyTuple_Size(arguments[1]); i++) {
        PyObject *type = PyTuple_GetItem(arguments[1], i);
        plain = type == (PyObject *)ext.array_type || type == (PyObject *)ext.ndarray_type;
    }
    PyObject *own = plain ? ext_protocol("_FUNCTIONS") : NULL;
    const int known = own ? PyDict_Contains(own, arguments[0]) : plain ? -1 : 1;
    Py_XDECREF(own);
    return known < 0 ? -1 : !known;
}

static PyObject *method_array_function(PyObject *self, EXT_FASTCALL)
{
    const int passed_on = keywords ? 0 : is_passed_on(arguments, given);
    if (passed_on != 0) {
        return passed_on > 0 ? ext_pass_tuple(arguments[0], arguments[2]) : NULL;
    }
    return to_protocol("array_function", self, arguments, given, keywords);
}

/* ---- NumPy's methods --------------------------------------------------------------------------------------- */

/* X(name, signature): what NumPy computes. A method that works in place changes the Array: its memory is shared. */
#define PASSED(X)                                                                \
    X(argpartition, "kth, /, axis=-1, kind='introselect', order=None")           \
    X(argsort, "/, axis=-1, kind=None, order=None, *, stable=None, descending=None") \
    X(byteswap, "/, inplace=False")                                              \
    X(choose, "/, choices, out=None, mode='raise'")                              \
    X(compress, "/, condition, axis=None, out=None")                             \
    X(conj, "/")                                                                 \
    X(conjugate, "/")                                                            \
    X(diagonal, "/, offset=0, axis1=0, axis2=1")                                 \
    X(dot, "other, /, out=None")                                                 \
    X(dump, "/, file")                                                           \
    X(dumps, "/")                                                                \
    X(getfield, "/, dtype, offset=0")                                            \
    X(partition, "kth, /, axis=-1, kind='introselect', order=None")              \
    X(put, "indices, values, /, mode='raise'")                                   \
    X(repeat, "repeats, /, axis=None")                                           \
    X(searchsorted, "v, /, side='left', sorter=None")                            \
    X(setfield, "val, /, dtype, offset=0")                                       \
    X(sort, "/, axis=-1, kind=None, order=None, *, stable=None, descending=None") \
    X(swapaxes, "axis1, axis2, /")                                               \
    X(tobytes, "/, order='C'")                                                   \
    X(tofile, "fid, /, sep='', format='%s'")                                  \
    X(trace, "/, offset=0, axis1=0, axis2=1, dtype=None, out=None")              \
    X(view, "/, *args, **kwargs")

/* X(name, function, signature, text): ours, and NumPy's for the arguments that ours refuses. */
#define OWN(X)                                                                                                      \
    X(astype, ext_method_astype, "/, dtype, order='K', casting='unsafe', subok=True, copy=True",                    \
      "The elements converted, by any cast. copy=False gives the Array itself where it has this type already.")     \
    X(clip, ext_method_clip, "/, min=None, max=None, out=None, **kwargs", "As raptors.clip.")                       \
    X(cumprod, ext_method_cumprod, "/, axis=None, dtype=None, out=None", "As raptors.cumprod.")                     \
    X(cumsum, ext_method_cumsum, "/, axis=None, dtype=None, out=None", "As raptors.cumsum.")                        \
    X(reshape, ext_method_reshape, "/, *shape, order='C', copy=None", "As raptors.reshape; a.reshape(2, 3) too.")   \
    X(squeeze, ext_method_squeeze, "/, axis=None", "As raptors.squeeze.")                                           \
    X(std, ext_method_std, "/, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **kwargs", "As raptors.std.") \
    X(var, ext_method_var, "/, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **kwargs", "As raptors.var.") \
    X(item, method_item, "/, *args", "One element as a Python number: the only one, or the one at index.")          \
    X(take, ext_method_take, "/, indices, axis=None, out=None, mode='raise'", "As raptors.take.")                   \
    X(transpose, ext_method_transpose, "/, *axes", "As raptors.transpose; a.transpose(1, 0) too.")

/* The same, of functions that take no arguments. */
#define OWN_ALONE(X)                                                                                       \
    X(copy, method_copy, "/, order='C'", "A new Array with the same elements, row-major for order='C'.")   \
    X(flatten, method_flatten, "/, order='C'", "The elements in one dimension: always a copy.")            \
    X(ravel, method_ravel, "/, order='C'",                                                                 \
      "The elements in one dimension: a view of contiguous memory, else a copy.")                          \
    X(round, method_round, "/, decimals=0, out=None", "Rounded to even at a number of decimals.")

/* The methods of numpy.ndarray that are passed on; NULL where it has none. */
typedef enum method {
#define METHOD(name, ...) METHOD_##name,
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) METHOD_##name,
#include "raptors/ops.def"
    PASSED(METHOD) OWN(METHOD) OWN_ALONE(METHOD)
#undef METHOD
        METHOD_COUNT
} method;
static PyObject *numpy_methods[METHOD_COUNT];

bool ext_start_methods(void)
{
    static const char *const names[] = {
#define METHOD(name, ...) #name,
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) #name,
#include "raptors/ops.def"
        PASSED(METHOD) OWN(METHOD) OWN_ALONE(METHOD)
#undef METHOD
    };
    for (int i = 0; i < METHOD_COUNT; i++) {
        numpy_methods[i] = PyObject_GetAttrString((PyObject *)ext.ndarray_type, names[i]);
        if (!numpy_methods[i] && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return false;
        }
        PyErr_Clear();
    }
    return true;
}

PyObject *ext_passed_methods(void)
{
#define METHOD(name, signature) #name,
    static const char *const names[] = {PASSED(METHOD)};
#undef METHOD
    enum { COUNT = sizeof names / sizeof names[0] };
    PyObject *tuple = PyTuple_New(COUNT);
    for (int i = 0; tuple && i < COUNT; i++) {
        PyTuple_SetItem(tuple, i, PyUnicode_FromString(names[i]));
    }
    return tuple;
}

static PyObject *own(method which, ext_fastcall function, PyObject *self, EXT_FASTCALL)
{
    PyObject *result = function(self, arguments, given, keywords);
    if (result || !numpy_methods[which] || !ext_refused()) {
        return result;
    }
    return ext_call_with(numpy_methods[which], self, true, arguments, given, keywords);
}

#define DEFINE_PASSED(name, signature)                                                                    \
    static PyObject *numpy_##name(PyObject *self, EXT_FASTCALL)                                           \
    {                                                                                                     \
        return ext_call_with(numpy_methods[METHOD_##name], self, true, arguments, given, keywords);       \
    }
#define DEFINE_OWN(name, function, signature, text)                          \
    static PyObject *own_##name(PyObject *self, EXT_FASTCALL)                \
    {                                                                        \
        return own(METHOD_##name, function, self, arguments, given, keywords); \
    }
#define DEFINE_OWN_ALONE(name, function, signature, text)                    \
    static PyObject *own_##name(PyObject *self, EXT_FASTCALL)                \
    {                                                                        \
        return given == 0 && !keywords ? function(self, NULL)                \
                                       : numpy_##name(self, arguments, given, keywords); \
    }
#define DEFINE_ALONE_PASSED(name, function, signature, text) DEFINE_PASSED(name, signature)
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) DEFINE_OWN(name, ext_method_##name, , )
#include "raptors/ops.def"
PASSED(DEFINE_PASSED)
OWN(DEFINE_OWN)
OWN_ALONE(DEFINE_ALONE_PASSED)
OWN_ALONE(DEFINE_OWN_ALONE)

#define ENTRY(name, function, signature, doc) \
    {name, EXT_FUNCTION(function), METH_FASTCALL | METH_KEYWORDS, name signature "\n--\n\n" doc}
#define ENTRY_ALONE(name, function, doc) {name, function, METH_NOARGS, name "($self, /)\n--\n\n" doc}
#define ENTRY_PASSED(name, signature) \
    ENTRY(#name, numpy_##name, "($self, " signature ")", "As numpy.ndarray." #name ", which computes it."),
#define ENTRY_OWN(name, function, signature, text) ENTRY(#name, own_##name, "($self, " signature ")", text),

#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) \
    ENTRY(#name, own_##name, "($self, /, axis=None, " REDUCE_##RESULT ")", "As raptors." #name "."),
#define REDUCE_WIDE "dtype=None, out=None, keepdims=False, **kwargs"
#define REDUCE_MEAN REDUCE_WIDE
#define REDUCE_SAME "out=None, keepdims=False, **kwargs"
#define REDUCE_TRUTH "out=None, keepdims=False, *, where=True"
#define REDUCE_COUNT "out=None, *, keepdims=False"
#define REDUCE_INDEX REDUCE_COUNT

PyMethodDef ext_array_methods[] = {
#include "raptors/ops.def"
    PASSED(ENTRY_PASSED) OWN(ENTRY_OWN) OWN_ALONE(ENTRY_OWN)
        ENTRY_ALONE("nonzero", ext_method_nonzero, "As raptors.nonzero."),
    ENTRY_ALONE("tolist", method_tolist, "The elements as nested lists of Python numbers; a number for 0 dimensions."),
    ENTRY("fill", method_fill, "($self, /, value)", "Sets every element to value."),
    {"resize", EXT_FUNCTION(ext_method_resize), METH_VARARGS | METH_KEYWORDS,
     "resize($self, /, *new_shape, refcheck=True)\n--\n\nChanges shape and size of the Array itself; new elements are 0.\n\n"
     "Errors: ValueError (another size, and a view, or memory that is not the Array's own or has views)."},
    {"setflags", EXT_FUNCTION(ext_method_setflags), METH_VARARGS | METH_KEYWORDS,
     "setflags($self, /, *, write=None, align=None, uic=None)\n--\n\nwrite: whether elements may be written.\n\n"
     "Errors: ValueError (write=True of memory that may not be written)."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "For annotations: Array[shape, dtype]."},
    ENTRY("to_device", method_to_device, "($self, device, /, *, stream=None)",
          "The Array itself; device must be \"cpu\"."),
    ENTRY("__array_namespace__", method_array_namespace, "($self, /, *, api_version=None)", "The module raptors."),
    ENTRY("__array__", method_array, "($self, /, dtype=None, *, copy=None)", "A numpy.ndarray on the same memory."),
    {"__array_ufunc__", EXT_FUNCTION(method_array_ufunc), METH_FASTCALL | METH_KEYWORDS,
     "NumPy's universal functions on Arrays: ours of the same name, else NumPy's on the same memory."},
    {"__array_function__", EXT_FUNCTION(method_array_function), METH_FASTCALL | METH_KEYWORDS,
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
    {"__format__", method_format, METH_O, "The only element of 0 dimensions by the format; else str(), and no format."},
    {NULL, NULL, 0, NULL},
};
