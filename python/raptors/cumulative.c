/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running sums and products, under the array API's names and NumPy's, as functions and as methods. What they refuse with a
 * TypeError is NumPy's: bool as dtype, and an out of another type, in which NumPy would compute.
 */
#include "ext.h"
#include "facts/ops.h"

typedef struct cumulation {
    const char *name;
    rp_status (*run)(const rp_array *x, int axis, const rp_dtype *dtype, bool include_initial, rp_array **out);
    rp_op op;      /* whose types it has */
    bool flattens; /* NumPy's: without an axis along all elements, else that is for one axis alone */
} cumulation;

/* The arguments behind x, as all of the names have them; NULL: not given. */
typedef struct options {
    PyObject *axis, *dtype, *out, *include_initial;
} options;

/* All elements in a row, row-major: a new reference. */
static rp_array *flat(const rp_array *x)
{
    rp_array *result = NULL;
    rp_status status;
    EXT_CALL(status, ext_is_large(x), rp_reshape(x, 1, (const ptrdiff_t[]){-1}, false, &result));
    if (status != RP_OK) {
        ext_error(status);
    }
    return result;
}

static PyObject *accumulate(const cumulation *c, PyObject *object, const options *given)
{
    bool initial;
    int axis = 0;
    rp_dtype dtype = RP_DTYPE_COUNT;
    ext_operand x;
    ext_output output;
    if (!ext_bool_get(given->include_initial, false, &initial) ||
        (ext_given(given->dtype) && !ext_dtype_get(given->dtype, &dtype)) ||
        (ext_given(given->axis) && !ext_axis_get(given->axis, &axis)) || !ext_output_get(given->out, &output)) {
        return NULL;
    }
    if (!ext_operand_strict(object, &x)) {
        rp_release(output.owned);
        return NULL;
    }
    PyObject *result = NULL;
    rp_array *row = NULL;
    if (dtype == RP_DTYPE_COUNT) {
        dtype = rp_result_dtype(c->op, (rp_dtype)x.array->dtype);
    }
    const bool several = !ext_given(given->axis) && x.array->ndim > 1;
    if (output.swapped || (output.array && (rp_dtype)output.array->dtype != dtype)) {
        PyErr_Format(PyExc_TypeError, "%s: out is to be of type %s", c->name, rp_dtype_name(dtype));
    } else if (several && !c->flattens) {
        PyErr_Format(PyExc_ValueError, "%s: an array of more than one axis needs axis=", c->name);
    } else if (!several || (row = flat(x.array))) {
        rp_status status;
        const rp_array *from = row ? row : x.array;
        EXT_CALL(status, ext_is_large(from), c->run(from, axis, &dtype, initial, &output.array));
        /* no ufunc: an array, whatever its shape */
        result = status == RP_OK && !output.object ? ext_wrap(output.array) : ext_output_finish(&output, status);
        output.owned = NULL;
    }
    if (!result) {
        rp_release(output.owned);
    }
    rp_release(row);
    ext_operand_done(&x);
    return result;
}

static PyObject *standard(const cumulation *c, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 5,
                                            .required = 1,
                                            .positional = 1,
                                            .positional_only = 1,
                                            .names = {EXT_x, EXT_axis, EXT_dtype, EXT_out, EXT_include_initial}};
    PyObject *values[5];
    return ext_arguments(c->name, &signature, arguments, given, keywords, values)
               ? accumulate(c, values[0], &(options){values[1], values[2], values[3], values[4]})
               : NULL;
}

static PyObject *numpys(const cumulation *c, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 4,
                                            .required = 1,
                                            .positional = 4,
                                            .positional_only = 1,
                                            .names = {EXT_x, EXT_axis, EXT_dtype, EXT_out}};
    PyObject *values[4];
    return ext_arguments(c->name, &signature, arguments, given, keywords, values)
               ? accumulate(c, values[0], &(options){values[1], values[2], values[3], NULL})
               : NULL;
}

static PyObject *method(const cumulation *c, PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 3, .positional = 3, .names = {EXT_axis, EXT_dtype, EXT_out}};
    PyObject *values[3];
    return ext_arguments(c->name, &signature, arguments, given, keywords, values)
               ? accumulate(c, self, &(options){values[0], values[1], values[2], NULL})
               : NULL;
}

#define DEFINE(what, OP, short_name)                                                                     \
    static PyObject *function_cumulative_##what(PyObject *module, EXT_FASTCALL)                          \
    {                                                                                                    \
        static const cumulation c = {"cumulative_" #what, rp_cumulative_##what, OP, false};              \
        (void)module;                                                                                    \
        return standard(&c, arguments, given, keywords);                                                 \
    }                                                                                                    \
    static const cumulation numpys_##what = {#short_name, rp_cumulative_##what, OP, true};               \
    static PyObject *function_##short_name(PyObject *module, EXT_FASTCALL)                               \
    {                                                                                                    \
        (void)module;                                                                                    \
        return numpys(&numpys_##what, arguments, given, keywords);                                       \
    }                                                                                                    \
    PyObject *ext_method_##short_name(PyObject *self, EXT_FASTCALL)                                      \
    {                                                                                                    \
        return method(&numpys_##what, self, arguments, given, keywords);                                 \
    }
DEFINE(sum, RP_SUM, cumsum)
DEFINE(prod, RP_PROD, cumprod)

#define REST                                                                                                       \
    "bool and integers become 64 bits wide; dtype: cast to this type first, and compute in it. out, of the result's\n" \
    "type and shape, takes the result and is returned; it may be x. The bits are NumPy's: each element joins the\n"  \
    "result before it. Errors: IndexError (an axis out of range), ValueError (a wrong or read-only out)"

#define DESCRIBE(what, short_name, sign)                                                                          \
    {"cumulative_" #what, EXT_FUNCTION(function_cumulative_##what), METH_FASTCALL | METH_KEYWORDS,                \
     "cumulative_" #what "(x, /, *, axis=None, dtype=None, out=None, include_initial=False)\n--\n\n"              \
     "x[0], x[0] " sign " x[1], ... along an axis, which an x of more than one axis must name. include_initial: one\n" \
     "element more, what the " #what " of none is, goes before. " REST ", and ValueError where axis is missing."}, \
        {#short_name, EXT_FUNCTION(function_##short_name), METH_FASTCALL | METH_KEYWORDS,                         \
         #short_name "(x, /, axis=None, dtype=None, out=None)\n--\n\n"                                            \
         "x[0], x[0] " sign " x[1], ... along an axis, or along all elements, row-major (None); as\n"             \
         "numpy." #short_name ". " REST "."}

PyMethodDef ext_cumulative_functions[] = {
    DESCRIBE(sum, cumsum, "+"),
    DESCRIBE(prod, cumprod, "*"),
    {NULL, NULL, 0, NULL},
};
