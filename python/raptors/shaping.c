/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions, and the methods with the same work, that rearrange and join: reshape, permute_dims, concat...
 * Views are made of arrays that own a reference, never of the numbers on the stack that operators use.
 */
#include "ext.h"

/* The result of a library call on `x`, which is stolen. By address: the call itself may stand among the arguments. */
static PyObject *finish(rp_array *x, rp_status status, rp_array *const *result)
{
    PyObject *object = status == RP_OK ? ext_wrap(*result) : ext_error(status);
    rp_release(x);
    return object;
}

static rp_array *array_argument(PyObject *object) { return ext_array_from(object, NULL, EXT_COPY_IF_NEEDED); }

/* ---- reshape ----------------------------------------------------------------------------------------------- */

static PyObject *reshape(const rp_array *x, PyObject *shape_object, PyObject *copy_object)
{
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    ext_copy copy;
    rp_array *copied = NULL, *result = NULL;
    if (!ext_shape_get(shape_object, &ndim, shape) || !ext_copy_get(copy_object, &copy)) {
        return NULL;
    }
    rp_status status = RP_OK;
    if (copy == EXT_COPY_ALWAYS) {
        EXT_CALL(status, ext_is_large(x), rp_copy_contiguous(x, &copied));
        x = copied;
    }
    if (status == RP_OK) {
        EXT_CALL(status, ext_is_large(x), rp_reshape(x, ndim, shape, copy == EXT_COPY_NEVER, &result));
    }
    return finish(copied, status, &result);
}

static PyObject *function_reshape(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 2, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_shape, EXT_copy}};
    PyObject *values[3];
    (void)module;
    if (!ext_arguments("reshape", &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    rp_array *x = array_argument(values[0]);
    PyObject *result = x ? reshape(x, values[1], values[2]) : NULL;
    rp_release(x);
    return result;
}

/* The positional arguments as one: a.reshape(2, 3) is a.reshape((2, 3)). New reference. */
static PyObject *gathered(PyObject *const *arguments, Py_ssize_t given)
{
    if (given == 1) {
        return Py_NewRef(arguments[0]);
    }
    PyObject *tuple = PyTuple_New(given);
    for (Py_ssize_t i = 0; tuple && i < given; i++) {
        PyTuple_SetItem(tuple, i, Py_NewRef(arguments[i]));
    }
    return tuple;
}

PyObject *ext_method_reshape(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 2, .names = {EXT_shape, EXT_copy}};
    PyObject *values[2];
    if (!ext_arguments("reshape", &signature, arguments + given, 0, keywords, values)) {
        return NULL;
    }
    if ((given == 0) == (values[0] == NULL)) {
        PyErr_SetString(PyExc_TypeError, "reshape() takes a shape, either by position or by name");
        return NULL;
    }
    PyObject *shape = given ? gathered(arguments, given) : Py_NewRef(values[0]);
    PyObject *result = shape ? reshape(ext_raw(self), shape, values[1]) : NULL;
    Py_XDECREF(shape);
    return result;
}

/* ---- Axes -------------------------------------------------------------------------------------------------- */

static PyObject *permute(const rp_array *x, PyObject *axes_object)
{
    int count, axes[RP_MAX_NDIM];
    const int *pointer;
    rp_array *view = NULL;
    if (!ext_axes_get(axes_object, &count, axes, &pointer)) {
        return NULL;
    }
    if (pointer && count != x->ndim) {
        PyErr_Format(PyExc_ValueError, "axes has %d numbers, but the array has %d dimensions", count, (int)x->ndim);
        return NULL;
    }
    return finish(NULL, rp_permute_dims(x, pointer, &view), &view);
}

PyObject *ext_method_transpose(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 1, .names = {EXT_axes}};
    PyObject *values[1];
    if (!ext_arguments("transpose", &signature, arguments + given, 0, keywords, values)) {
        return NULL;
    }
    PyObject *axes = given ? gathered(arguments, given) : Py_XNewRef(values[0]);
    PyObject *result = axes || !given ? permute(ext_raw(self), axes) : NULL;
    Py_XDECREF(axes);
    return result;
}

static PyObject *call_permute(const char *name, int required, EXT_FASTCALL)
{
    ext_signature signature = {.count = 2, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_axes}};
    PyObject *values[2];
    signature.required = (uint8_t)required;
    if (!ext_arguments(name, &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    rp_array *x = array_argument(values[0]);
    PyObject *result = x ? permute(x, values[1]) : NULL;
    rp_release(x);
    return result;
}

static PyObject *function_permute_dims(PyObject *module, EXT_FASTCALL)
{
    (void)module;
    return call_permute("permute_dims", 2, arguments, given, keywords);
}

static PyObject *function_transpose(PyObject *module, EXT_FASTCALL)
{
    (void)module;
    return call_permute("transpose", 1, arguments, given, keywords);
}

static PyObject *squeeze(const rp_array *x, PyObject *axis)
{
    int count, axes[RP_MAX_NDIM];
    const int *pointer;
    rp_array *view = NULL;
    if (!ext_axes_of(x, axis, &count, axes, &pointer)) {
        return NULL;
    }
    return finish(NULL, rp_squeeze(x, count, pointer, &view), &view);
}

PyObject *ext_method_squeeze(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 1, .positional = 1, .names = {EXT_axis}};
    PyObject *values[1];
    return ext_arguments("squeeze", &signature, arguments, given, keywords, values) ? squeeze(ext_raw(self), values[0])
                                                                                    : NULL;
}

static PyObject *function_squeeze(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 2, .required = 1, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_axis}};
    PyObject *values[2];
    (void)module;
    if (!ext_arguments("squeeze", &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    rp_array *x = array_argument(values[0]);
    PyObject *result = x ? squeeze(x, values[1]) : NULL;
    rp_release(x);
    return result;
}

/* Several new axes: their numbers count in the result, so they are put in from the first to the last. */
static PyObject *expand(const rp_array *x, int count, const int *axes)
{
    bool is_new[RP_MAX_NDIM] = {false};
    int ndim = x->ndim + count;
    if (ndim > RP_MAX_NDIM) {
        PyErr_Format(PyExc_ValueError, "the result has %d dimensions, and the most is %d", ndim, RP_MAX_NDIM);
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (axes[i] < -ndim || axes[i] >= ndim) {
            PyErr_Format(ext.axis_error, "axis %d is out of range for a result of %d dimensions", axes[i], ndim);
            return NULL;
        }
        int axis = axes[i] < 0 ? axes[i] + ndim : axes[i];
        if (is_new[axis]) {
            PyErr_Format(PyExc_ValueError, "axis %d is given twice", axis);
            return NULL;
        }
        is_new[axis] = true;
    }
    rp_index index[RP_MAX_NDIM];
    for (int i = 0; i < ndim; i++) {
        index[i] = (rp_index){.kind = is_new[i] ? RP_INDEX_NEWAXIS : RP_INDEX_SLICE,
                              .start = RP_SLICE_DEFAULT,
                              .stop = RP_SLICE_DEFAULT,
                              .step = 1};
    }
    rp_array *view = NULL;
    return finish(NULL, rp_get_view(x, ndim, index, &view), &view);
}

static PyObject *function_expand_dims(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 2, .required = 1, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_axis}};
    PyObject *values[2];
    int count, axes[RP_MAX_NDIM];
    const int *pointer;
    (void)module;
    if (!ext_arguments("expand_dims", &signature, arguments, given, keywords, values) ||
        !ext_axes_get(values[1], &count, axes, &pointer)) {
        return NULL;
    }
    if (!pointer) {
        axes[0] = 0;
        count = 1;
    }
    rp_array *x = array_argument(values[0]);
    PyObject *result = x ? expand(x, count, axes) : NULL;
    rp_release(x);
    return result;
}

/* ---- Broadcasting ------------------------------------------------------------------------------------------ */

static PyObject *function_broadcast_to(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 2, .required = 2, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_shape}};
    PyObject *values[2];
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    rp_array *view = NULL;
    (void)module;
    if (!ext_arguments("broadcast_to", &signature, arguments, given, keywords, values) ||
        !ext_shape_get(values[1], &ndim, shape)) {
        return NULL;
    }
    rp_array *x = array_argument(values[0]);
    return x ? finish(x, rp_broadcast_to(x, ndim, shape, &view), &view) : NULL;
}

/* The arrays of a call that takes several. */
typedef struct array_list {
    int count;
    rp_array **items; /* owned */
} array_list;

static void release_list(array_list *list)
{
    for (int i = 0; i < list->count; i++) {
        rp_release(list->items[i]);
    }
    PyMem_Free(list->items);
}

static bool append_array(array_list *list, PyObject *object)
{
    rp_array *array = array_argument(object);
    if (array) {
        list->items[list->count++] = array;
    }
    return array != NULL;
}

static bool start_list(array_list *list, Py_ssize_t count)
{
    list->count = 0;
    list->items = count < INT32_MAX ? PyMem_Malloc(sizeof *list->items * (size_t)(count ? count : 1)) : NULL;
    if (!list->items) {
        PyErr_NoMemory();
    }
    return list->items != NULL;
}

static PyObject *function_broadcast_arrays(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    array_list list;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    PyObject *result = NULL;
    (void)module;
    if (!start_list(&list, given)) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < given; i++) {
        if (!append_array(&list, arguments[i])) {
            goto done;
        }
    }
    rp_status status =
        given ? rp_broadcast_shapes(list.count, (const rp_array *const *)list.items, &ndim, shape) : RP_OK;
    result = status == RP_OK ? PyTuple_New(given) : ext_error(status);
    for (int i = 0; result && i < list.count; i++) {
        rp_array *view = NULL;
        PyObject *item = finish(NULL, rp_broadcast_to(list.items[i], ndim, shape, &view), &view);
        if (item) {
            PyTuple_SetItem(result, i, item);
        } else {
            Py_CLEAR(result);
        }
    }
done:
    release_list(&list);
    return result;
}

/* ---- Joining ----------------------------------------------------------------------------------------------- */

static bool list_from(PyObject *arrays, array_list *list)
{
    PyObject *items = PySequence_Tuple(arrays);
    bool ok = items && start_list(list, PyTuple_Size(items));
    for (Py_ssize_t i = 0; ok && i < PyTuple_Size(items); i++) {
        ok = append_array(list, PyTuple_GetItem(items, i));
        if (!ok) {
            release_list(list);
        }
    }
    Py_XDECREF(items);
    return ok;
}

/* concat(axis=None): the arrays are joined flat. */
static rp_status flatten_list(array_list *list)
{
    rp_status status = RP_OK;
    for (int i = 0; status == RP_OK && i < list->count; i++) {
        rp_array *flat = NULL;
        status = rp_reshape(list->items[i], 1, (const ptrdiff_t[]){-1}, false, &flat);
        if (status == RP_OK) {
            rp_release(list->items[i]);
            list->items[i] = flat;
        }
    }
    return status;
}

typedef rp_status (*joiner)(int count, const rp_array *const *arrays, int axis, rp_array **out);

static PyObject *join(const char *name, joiner function, bool may_flatten, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 1, .positional = 2, .positional_only = 1, .names = {EXT_arrays, EXT_axis, EXT_out}};
    PyObject *values[3];
    array_list list;
    int axis = 0;
    ext_output output;
    if (!ext_arguments(name, &signature, arguments, given, keywords, values) ||
        (ext_given(values[1]) && !ext_axis_get(values[1], &axis)) || !ext_output_get(values[2], &output)) {
        return NULL;
    }
    if (!list_from(values[0], &list)) {
        rp_release(output.owned);
        return NULL;
    }
    rp_status status = values[1] == Py_None && may_flatten ? flatten_list(&list) : RP_OK;
    if (status == RP_OK) {
        bool large = list.count > 0 && ext_bytes(list.items[0]) * (size_t)list.count > ext.large_bytes;
        EXT_CALL(status, large, function(list.count, (const rp_array *const *)list.items, axis, &output.array));
    }
    PyObject *result = ext_output_finish(&output, status);
    release_list(&list);
    return result;
}

static PyObject *function_concat(PyObject *module, EXT_FASTCALL)
{
    (void)module;
    return join("concat", rp_concat, true, arguments, given, keywords);
}

static PyObject *function_stack(PyObject *module, EXT_FASTCALL)
{
    (void)module;
    return join("stack", rp_stack, false, arguments, given, keywords);
}

#define ENTRY(name, signature, doc) \
    {#name, EXT_FUNCTION(function_##name), METH_FASTCALL | METH_KEYWORDS, #name signature "\n--\n\n" doc}

PyMethodDef ext_shaping_functions[] = {
    ENTRY(reshape, "(x, /, shape, *, copy=None)",
          "x in another shape, row by row; one length may be -1. A view where strides allow it, else a copy.\n\n"
          "copy: True always copies, False raises ValueError where a copy would be needed."),
    ENTRY(permute_dims, "(x, /, axes)", "A view with the axes in another order. Errors: ValueError, IndexError."),
    ENTRY(transpose, "(x, /, axes=None)", "As permute_dims; the axes in reverse where axes is None."),
    ENTRY(squeeze, "(x, /, axis=None)",
          "A view without axes of length 1: those named, or all of them.\n\n"
          "Errors: ValueError (another length), IndexError."),
    ENTRY(expand_dims, "(x, /, axis=0)",
          "A view with new axes of length 1 at these places of the result.\n\n"
          "Errors: IndexError, ValueError (a place twice)."),
    ENTRY(broadcast_to, "(x, /, shape)", "A read-only view of x repeated to shape. Errors: ValueError."),
    {"broadcast_arrays", EXT_FUNCTION(function_broadcast_arrays), METH_FASTCALL,
     "broadcast_arrays($module, /, *arrays)\n--\n\n"
     "Read-only views of the arrays, in the shape to which they broadcast."},
    ENTRY(concat, "(arrays, /, axis=0, *, out=None)",
          "The arrays joined along an axis that they have; flat where axis is None.\n\n"
          "Errors: ValueError (no arrays, shapes that do not fit), IndexError (axis)."),
    ENTRY(stack, "(arrays, /, axis=0, *, out=None)",
          "The arrays, all of one shape, joined along a new axis. Errors: ValueError, IndexError (axis)."),
    {NULL, NULL, 0, NULL},
};
