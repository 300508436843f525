/* SPDX-License-Identifier: BSD-3-Clause
 *
 * var and std, as functions and as methods, and logsumexp. What var and std refuse with a TypeError is NumPy's: dtype, where and mean, complex
 * elements, and fewer elements than the correction takes away, of which NumPy warns.
 */
#include "ext.h"
#include "array/shape.h"

typedef rp_status (*statistic)(const rp_array *x, int count, const int *axes, double correction, bool keepdims,
                               rp_array **out);

/* ddof, or correction as the array API has it: a number of Python's, not both. */
static bool correction_of(PyObject *ddof, PyObject *correction, double *result)
{
    PyObject *given = ddof ? ddof : correction;
    if ((ddof && correction) || (given && !PyFloat_CheckExact(given) && !PyLong_CheckExact(given))) {
        PyErr_SetString(PyExc_TypeError, "ddof or correction is to be one number");
        return false;
    }
    *result = given ? PyFloat_AsDouble(given) : 0;
    return !given || *result != -1 || !PyErr_Occurred();
}

/* The real type in which to compute: out's, where it is wider than that of x, as in NumPy. */
static bool suit_output(const rp_array *x, ext_output *output, rp_array **cast)
{
    const rp_array *out = output->owned ? output->owned : output->array;
    rp_dtype common = (rp_dtype)x->dtype;
    *cast = NULL;
    if (!out || rp_dtype_kind(common) != RP_KIND_REAL) {
        return true;
    }
    rp_status status = rp_promote_types(common, (rp_dtype)out->dtype, &common);
    if (status == RP_OK && rp_dtype_kind(common) == RP_KIND_REAL && common != (rp_dtype)x->dtype) {
        EXT_CALL(status, ext_is_large(x), rp_astype(x, common, cast));
    }
    if (status != RP_OK) {
        ext_error(status);
        rp_release(output->owned);
    }
    return status == RP_OK;
}

static PyObject *apply(const char *name, statistic function, const rp_array *x, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 5, .positional = 1, .names = {EXT_axis, EXT_out, EXT_keepdims, EXT_ddof, EXT_correction}};
    PyObject *values[5];
    int count, axes[RP_MAX_NDIM];
    const int *pointer;
    bool keepdims;
    double correction;
    ext_output output;
    if (!ext_arguments(name, &signature, arguments, given, keywords, values) ||
        !ext_axes_of(x, values[0], &count, axes, &pointer) || !ext_bool_get(values[2], false, &keepdims) ||
        !correction_of(values[3], values[4], &correction)) {
        return NULL;
    }
    bool reduced[RP_MAX_NDIM];
    const rp_status axes_status = rp_find_axes(x, count, pointer, reduced);
    if (axes_status != RP_OK) {
        return ext_error(axes_status);
    }
    if (!(rp_folded_count(x, count, pointer) > correction)) {
        PyErr_SetString(PyExc_TypeError, "no more elements than the correction takes away");
        return NULL;
    }
    rp_array *cast;
    if (!ext_output_get(values[1], &output) || !suit_output(x, &output, &cast)) {
        return NULL;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(x), function(cast ? cast : x, count, pointer, correction, keepdims, &output.array));
    PyObject *result = ext_output_finish(&output, status);
    rp_release(cast);
    return result;
}

static PyObject *apply_to(const char *name, statistic function, EXT_FASTCALL)
{
    ext_operand x;
    if (given < 1) {
        PyErr_Format(PyExc_TypeError, "%s() missing required argument 'x' (position 1)", name);
        return NULL;
    }
    if (!ext_operand_strict(arguments[0], &x)) {
        return NULL;
    }
    PyObject *result = apply(name, function, x.array, arguments + 1, given - 1, keywords);
    ext_operand_done(&x);
    return result;
}

#define DEFINE(name)                                                            \
    PyObject *ext_method_##name(PyObject *self, EXT_FASTCALL)                   \
    {                                                                           \
        return apply(#name, rp_##name, ext_raw(self), arguments, given, keywords); \
    }                                                                           \
    PyObject *ext_function_##name(PyObject *module, EXT_FASTCALL)               \
    {                                                                           \
        (void)module;                                                           \
        return apply_to(#name, rp_##name, arguments, given, keywords);          \
    }
DEFINE(var)
DEFINE(std)

PyObject *ext_function_logsumexp(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 4,
                                            .required = 1,
                                            .positional = 2,
                                            .positional_only = 1,
                                            .names = {EXT_x, EXT_axis, EXT_out, EXT_keepdims}};
    PyObject *values[4];
    int count, axes[RP_MAX_NDIM];
    const int *pointer;
    bool keepdims;
    ext_operand x;
    ext_output output;
    (void)module;
    if (!ext_arguments("logsumexp", &signature, arguments, given, keywords, values) ||
        !ext_bool_get(values[3], false, &keepdims) || !ext_output_get(values[2], &output)) {
        return NULL;
    }
    if (!ext_operand_strict(values[0], &x)) {
        rp_release(output.owned);
        return NULL;
    }
    PyObject *result = NULL;
    if (ext_axes_of(x.array, values[1], &count, axes, &pointer)) {
        rp_status status;
        EXT_CALL(status, ext_is_large(x.array), rp_logsumexp(x.array, count, pointer, keepdims, &output.array));
        result = ext_output_finish(&output, status);
    } else {
        rp_release(output.owned);
    }
    ext_operand_done(&x);
    return result;
}
