/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The functions and reduction methods of the rows of ops.def: all of them, their names and their documentation, are
 * expanded from that table.
 */
#include "ext.h"
#include "facts/ops.h"

/* ---- Elementwise ------------------------------------------------------------------------------------------- */

/* The operands by position and at most out= by name, as most calls are: true, with *out set. */
static bool is_plain(Py_ssize_t operands, EXT_FASTCALL, PyObject **out)
{
    *out = NULL;
    if (given != operands) {
        return false;
    }
    if (keywords && PyTuple_Size(keywords) > 0) {
        *out = arguments[operands];
        return PyTuple_Size(keywords) == 1 && PyTuple_GetItem(keywords, 0) == ext.names[EXT_out];
    }
    return true;
}

static PyObject *unary(rp_op op, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 2, .required = 1, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_out}};
    PyObject *values[2];
    ext_operand x;
    ext_output output;
    if (is_plain(1, arguments, given, keywords, &values[1])) {
        values[0] = arguments[0];
    } else if (!ext_arguments(rp_op_name(op), &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    if (!ext_output_get(values[1], &output)) {
        return NULL;
    }
    if (!ext_operand_strict(values[0], &x)) {
        rp_release(output.owned);
        return NULL;
    }
    PyObject *result = ext_map(op, x.array, NULL, &output);
    ext_operand_done(&x);
    return result;
}

static PyObject *binary(rp_op op, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 2, .positional = 3, .positional_only = 2, .names = {EXT_x1, EXT_x2, EXT_out}};
    PyObject *values[3];
    ext_operand x, y;
    ext_output output;
    if (is_plain(2, arguments, given, keywords, &values[2])) {
        values[0] = arguments[0];
        values[1] = arguments[1];
    } else if (!ext_arguments(rp_op_name(op), &signature, arguments, given, keywords, values)) {
        return NULL;
    }
    if (!ext_output_get(values[2], &output)) {
        return NULL;
    }
    if (ext_operand_pair(op, values[0], values[1], true, &x, &y) != EXT_FOUND) {
        rp_release(output.owned);
        return NULL;
    }
    PyObject *result = ext_map(op, x.array, y.array, &output);
    ext_operand_done(&y);
    ext_operand_done(&x);
    return result;
}

static PyObject *function_where(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 4,
                                            .required = 3,
                                            .positional = 3,
                                            .positional_only = 3,
                                            .names = {EXT_condition, EXT_x1, EXT_x2, EXT_out}};
    PyObject *values[4];
    ext_operand condition, x, y;
    ext_output output;
    (void)module;
    if (!ext_arguments("where", &signature, arguments, given, keywords, values) ||
        !ext_output_get(values[3], &output)) {
        return NULL;
    }
    PyObject *result = NULL;
    if (!ext_operand_strict(values[0], &condition)) {
        rp_release(output.owned);
        return NULL;
    }
    if (ext_operand_pair(RP_WHERE, values[1], values[2], true, &x, &y) == EXT_FOUND) {
        rp_status status;
        bool large = ext_is_large(condition.array) || ext_is_large(x.array) || ext_is_large(y.array);
        EXT_CALL(status, large, rp_where(condition.array, x.array, y.array, &output.array));
        /* no ufunc: an array even where it has no dimensions, as NumPy's */
        result = status == RP_OK && !output.object ? ext_wrap(output.array) : ext_output_finish(&output, status);
        ext_operand_done(&y);
        ext_operand_done(&x);
    } else {
        rp_release(output.owned);
    }
    ext_operand_done(&condition);
    return result;
}

/* Whether a Python int, as a bound of an integer type, bounds nothing: it is the type's end or lies beyond it. NumPy does
 * without it then, where it is no number of the type. */
static bool is_beyond(PyObject *bound, rp_dtype dtype, bool upper)
{
    const rp_kind kind = rp_dtype_kind(dtype);
    if (!PyLong_CheckExact(bound) || (kind != RP_KIND_SIGNED && kind != RP_KIND_UNSIGNED)) {
        return false;
    }
    const int bits = 8 * (int)rp_dtype_size(dtype) - (kind == RP_KIND_SIGNED);
    const uint64_t most = UINT64_MAX >> (64 - bits);
    int overflow;
    const long long value = PyLong_AsLongLongAndOverflow(bound, &overflow);
    if (!upper) {
        return overflow < 0 || (!overflow && value <= (kind == RP_KIND_SIGNED ? -1 - (long long)most : 0));
    }
    if (overflow <= 0) {
        return !overflow && value >= 0 && (uint64_t)value >= most;
    }
    const bool beyond = PyLong_AsUnsignedLongLong(bound) >= most; /* all bits, with an error, past 64 */
    PyErr_Clear();
    return beyond;
}

/* A bound that is missing leaves the other one. strict: a bound may be whatever asarray() takes; otherwise a class that is
 * to be asked is refused with a TypeError. */
static PyObject *clip(PyObject *object, PyObject *const *bounds, PyObject *out, bool strict)
{
    static const rp_op one_bound[] = {RP_MAXIMUM, RP_MINIMUM};
    ext_operand x = {.array = NULL}, bound[2] = {{.array = NULL}, {.array = NULL}};
    const rp_array *inputs[3];
    int count = 1;
    rp_op op = RP_POSITIVE;
    ext_output output;
    PyObject *result = NULL;
    if (!ext_output_get(out, &output)) {
        return NULL;
    }
    bool good = ext_operand_strict(object, &x), large = good && ext_is_large(x.array);
    inputs[0] = x.array;
    for (int k = 0; k < 2 && good; k++) {
        if (!ext_given(bounds[k]) || is_beyond(bounds[k], (rp_dtype)x.array->dtype, k)) {
            continue;
        }
        op = count == 1 ? one_bound[k] : RP_CLIP;
        const ext_found found = ext_operand_beside(op, bounds[k], x.array, strict, &bound[k]);
        if (found == EXT_UNKNOWN) {
            PyErr_Format(PyExc_TypeError, "a bound of clip is no %R", Py_TYPE(bounds[k]));
        }
        good = found == EXT_FOUND;
        inputs[count++] = bound[k].array;
        large = large || (good && ext_is_large(bound[k].array));
    }
    if (good) {
        rp_status status;
        EXT_CALL(status, large, rp_map(op, inputs, &output.array));
        result = ext_output_finish(&output, status);
    } else {
        rp_release(output.owned);
    }
    ext_operand_done(&bound[1]);
    ext_operand_done(&bound[0]);
    ext_operand_done(&x);
    return result;
}

static PyObject *function_clip(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 4, .required = 1, .positional = 4, .positional_only = 1, .names = {EXT_x, EXT_min, EXT_max, EXT_out}};
    PyObject *values[4];
    (void)module;
    return ext_arguments("clip", &signature, arguments, given, keywords, values)
               ? clip(values[0], values + 1, values[3], true)
               : NULL;
}

PyObject *ext_method_clip(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 3, .positional = 3, .names = {EXT_min, EXT_max, EXT_out}};
    PyObject *values[3];
    return ext_arguments("clip", &signature, arguments, given, keywords, values) ? clip(self, values, values[2], false)
                                                                                 : NULL;
}

/* ---- Reductions -------------------------------------------------------------------------------------------- */

typedef struct reduction {
    rp_op op;
    bool takes_dtype;
    bool of_one_axis; /* or of all of them */
} reduction;

static PyObject *reduce_array(rp_op op, const rp_array *x, int count, const int *axes, bool keepdims,
                              ext_output *output)
{
    rp_status status;
    EXT_CALL(status, ext_is_large(x), rp_reduce(op, x, count, axes, keepdims, &output->array));
    return ext_output_finish(output, status);
}

static bool same_shape(const rp_array *x, const rp_array *y)
{
    bool same = x->ndim == y->ndim;
    for (int i = 0; same && i < x->ndim; i++) {
        same = x->dims[i] == y->dims[i];
    }
    return same;
}

/* Puts a result that was computed in `dtype` into out=, by NumPy's "same_kind" rule. */
static bool store_reduced(const rp_array *result, rp_array *out)
{
    if (!same_shape(result, out)) {
        PyErr_SetString(PyExc_ValueError, "out has another shape than the result");
        return false;
    }
    if (!rp_can_cast((rp_dtype)result->dtype, (rp_dtype)out->dtype, RP_CAST_SAME_KIND)) {
        PyErr_Format(PyExc_TypeError, "cannot cast the result from %s to %s, the type of out, by the rule 'same_kind'",
                     rp_dtype_name((rp_dtype)result->dtype), rp_dtype_name((rp_dtype)out->dtype));
        return false;
    }
    rp_status status = rp_assign(out, result);
    if (status != RP_OK) {
        ext_error(status);
    }
    return status == RP_OK;
}

/* dtype=: the elements are cast first and folded in that type, whatever wider type the fold itself uses. A mean that goes
 * to an out of real numbers keeps its fraction. */
static PyObject *reduce_as(rp_op op, const rp_array *x, rp_dtype dtype, int count, const int *axes, bool keepdims,
                           ext_output *output)
{
    rp_array *cast = NULL, *wide = NULL, *result = NULL;
    rp_status status = RP_OK;
    if ((rp_dtype)x->dtype != dtype) {
        EXT_CALL(status, ext_is_large(x), rp_astype(x, dtype, &cast));
    }
    if (status == RP_OK) {
        EXT_CALL(status, ext_is_large(x), rp_reduce(op, cast ? cast : x, count, axes, keepdims, &wide));
    }
    const bool whole = op != RP_MEAN || !output->array || rp_dtype_kind((rp_dtype)output->array->dtype) < RP_KIND_REAL;
    if (status == RP_OK) {
        status = whole ? rp_astype(wide, dtype, &result) : RP_OK;
        result = whole ? result : rp_retain(wide);
    }
    rp_release(wide);
    rp_release(cast);
    if (status != RP_OK || !output->array) {
        output->array = status == RP_OK ? result : output->array;
        return ext_output_finish(output, status);
    }
    bool stored = store_reduced(result, output->array);
    rp_release(result);
    if (!stored) {
        rp_release(output->owned);
        return NULL;
    }
    return ext_output_finish(output, RP_OK);
}

/* The type in which to compute where out= alone says it: as in NumPy, the common type of x and out. RP_DTYPE_COUNT: the type
 * that is used without out= will do. It does for sums of integers that go to integers, since 64 bits are cut to the same
 * bits, and for a mean of integers, which is a float64. */
static rp_dtype dtype_for_output(const reduction *r, const rp_array *x, const ext_output *output)
{
    const rp_array *out = output->owned ? output->owned : output->array;
    const rp_dtype own = (rp_dtype)x->dtype;
    rp_dtype common;
    if (!out || !r->takes_dtype) {
        return RP_DTYPE_COUNT;
    }
    const bool integers = rp_dtype_kind(own) < RP_KIND_REAL;
    if (integers && (r->op == RP_MEAN || rp_dtype_kind((rp_dtype)out->dtype) < RP_KIND_REAL)) {
        return RP_DTYPE_COUNT;
    }
    const rp_status status = rp_promote_types(own, (rp_dtype)out->dtype, &common);
    return status != RP_OK || common == own ? RP_DTYPE_COUNT : common;
}

/* Indices and counts go into their own type: into which others they may, NumPy knows. */
static bool check_count_output(rp_op op, ext_output *output)
{
    const int result = rp_ops[op].result;
    const rp_array *out = output->owned ? output->owned : output->array;
    if (!out || (result != RP_RESULT_INDEX && result != RP_RESULT_COUNT) || out->dtype == RP_INT64) {
        return true;
    }
    PyErr_Format(PyExc_TypeError, "%s: out is to be of type int64, not %s", rp_op_name(op),
                 rp_dtype_name((rp_dtype)out->dtype));
    rp_release(output->owned);
    return false;
}

static PyObject *reduce_with(const reduction *r, const rp_array *x, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 4, .positional = 1, .names = {EXT_axis, EXT_out, EXT_keepdims, EXT_dtype}};
    ext_signature own = signature;
    own.count = r->takes_dtype ? 4 : 3;
    PyObject *values[4];
    int count, axes[RP_MAX_NDIM];
    const int *pointer;
    bool keepdims;
    rp_dtype dtype = RP_DTYPE_COUNT;
    ext_output output;
    if (!ext_arguments(rp_op_name(r->op), &own, arguments, given, keywords, values)) {
        return NULL;
    }
    if (values[0] && PyTuple_Check(values[0]) && r->of_one_axis) {
        return PyErr_Format(PyExc_TypeError, "%s takes one axis, or None for all", rp_op_name(r->op));
    }
    if (!ext_axes_of(x, values[0], &count, axes, &pointer) || !ext_bool_get(values[2], false, &keepdims) ||
        (r->takes_dtype && ext_given(values[3]) && !ext_dtype_get(values[3], &dtype)) ||
        !ext_output_get(values[1], &output) || !check_count_output(r->op, &output)) {
        return NULL;
    }
    if (dtype == RP_DTYPE_COUNT) {
        dtype = dtype_for_output(r, x, &output);
    }
    return dtype == RP_DTYPE_COUNT ? reduce_array(r->op, x, count, pointer, keepdims, &output)
                                   : reduce_as(r->op, x, dtype, count, pointer, keepdims, &output);
}

static PyObject *reduce_method(const reduction *r, PyObject *self, EXT_FASTCALL)
{
    if (given == 0 && !keywords) {
        ext_output output = {.array = NULL};
        return reduce_array(r->op, ext_raw(self), 0, NULL, false, &output);
    }
    return reduce_with(r, ext_raw(self), arguments, given, keywords);
}

static PyObject *reduce_function(const reduction *r, EXT_FASTCALL)
{
    if (given < 1) {
        PyErr_Format(PyExc_TypeError, "%s() missing required argument 'x' (position 1)", rp_op_name(r->op));
        return NULL;
    }
    if (ext_is_array(arguments[0])) {
        return reduce_method(r, arguments[0], arguments + 1, given - 1, keywords);
    }
    ext_operand x;
    if (!ext_operand_strict(arguments[0], &x)) {
        return NULL;
    }
    PyObject *result = reduce_with(r, x.array, arguments + 1, given - 1, keywords);
    ext_operand_done(&x);
    return result;
}

/* ---- The table --------------------------------------------------------------------------------------------- */

enum {
    TAKES_DTYPE_WIDE = 1,
    TAKES_DTYPE_MEAN = 1,
    TAKES_DTYPE_SAME = 0,
    TAKES_DTYPE_TRUTH = 0,
    TAKES_DTYPE_COUNT = 0,
    TAKES_DTYPE_INDEX = 0,
    OF_ONE_AXIS_WIDE = 0,
    OF_ONE_AXIS_MEAN = 0,
    OF_ONE_AXIS_SAME = 0,
    OF_ONE_AXIS_TRUTH = 0,
    OF_ONE_AXIS_COUNT = 0,
    OF_ONE_AXIS_INDEX = 1
};

#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions)                \
    static PyObject *function_##name(PyObject *module, EXT_FASTCALL)    \
    {                                                                   \
        (void)module;                                                   \
        return unary(RP_##ENUM, arguments, given, keywords);            \
    }
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions)               \
    static PyObject *function_##name(PyObject *module, EXT_FASTCALL)    \
    {                                                                   \
        (void)module;                                                   \
        return binary(RP_##ENUM, arguments, given, keywords);           \
    }
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...)                                        \
    static const reduction reduction_##name = {RP_##ENUM, TAKES_DTYPE_##RESULT, OF_ONE_AXIS_##RESULT}; \
    PyObject *ext_method_##name(PyObject *self, EXT_FASTCALL)                       \
    {                                                                               \
        return reduce_method(&reduction_##name, self, arguments, given, keywords);  \
    }                                                                               \
    static PyObject *function_##name(PyObject *module, EXT_FASTCALL)                \
    {                                                                               \
        (void)module;                                                               \
        return reduce_function(&reduction_##name, arguments, given, keywords);      \
    }
#include "raptors/ops.def"

#define RESULT_SAME "The result has the common type of the operands."
#define RESULT_RATIO "The result has the common type of the operands; integers become float64."
#define RESULT_TRUTH "The result is bool."
#define RESULT_PART "The result has the operand's type; for complex operands, the type of their parts."
#define WIDER_OUT " An out of a wider type counts as dtype."
#define RESULT_WIDE "Integers are folded in 64 bits. dtype: fold in this type instead." WIDER_OUT
#define RESULT_MEAN "Integers become float64. dtype: compute in this type instead." WIDER_OUT
#define RESULT_COUNT "The result is int64."
#define RESULT_INDEX "The result is int64. axis is one axis, or None for the index into the flat array."

#define ELEMENTWISE_REST(RESULT, operands)                                                                        \
    ".\n\n" operands " " RESULT_##RESULT "\n\n"                                                                   \
    "out, an Array or numpy.ndarray of the result's shape, takes the result and is returned; it may overlap the\n" \
    "operands. Errors: TypeError (a type that the operation does not take, or an out of another kind), ValueError\n" \
    "(shapes that do not broadcast, a wrong or read-only out), OverflowError (a Python int that does not fit the type)."

/* The column numpy is empty where NumPy has no such operation. */
#define ELEMENTWISE_DOC(signature, numpy, RESULT, operands)                                                  \
    sizeof #numpy > 1 ? signature "Elementwise; as numpy." #numpy ELEMENTWISE_REST(RESULT, operands)         \
                      : signature "Elementwise; NumPy has no such operation" ELEMENTWISE_REST(RESULT, operands)

#define REDUCE_DOC(numpy, RESULT)                                                                                 \
    "Over one axis, a tuple of axes, or all of them (None); as numpy." #numpy ".\n\n" RESULT_##RESULT "\n\n"       \
    "keepdims leaves each reduced axis with length 1. out takes the result and is returned. Errors: IndexError\n"  \
    "(an axis out of range), ValueError (an axis twice, no elements to choose from, a wrong or read-only out)."

#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions)                                       \
    {#name, EXT_FUNCTION(function_##name), METH_FASTCALL | METH_KEYWORDS,                      \
     ELEMENTWISE_DOC(#name "(x, /, out=None)\n--\n\n", numpy, RESULT, "x: an array or a number.")},
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions)                                      \
    {#name, EXT_FUNCTION(function_##name), METH_FASTCALL | METH_KEYWORDS,                      \
     ELEMENTWISE_DOC(#name "(x1, x2, /, out=None)\n--\n\n", numpy, RESULT,                      \
                     "x1, x2: arrays or numbers, which broadcast.")},
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...)                                                   \
    {#name, EXT_FUNCTION(function_##name), METH_FASTCALL | METH_KEYWORDS,                      \
     #name "(x, /, axis=None, *, " REDUCE_DTYPE_##RESULT "keepdims=False, out=None)\n--\n\n"   \
           REDUCE_DOC(numpy, RESULT)},
#define REDUCE_DTYPE_WIDE "dtype=None, "
#define REDUCE_DTYPE_MEAN "dtype=None, "
#define REDUCE_DTYPE_SAME ""
#define REDUCE_DTYPE_TRUTH ""
#define REDUCE_DTYPE_COUNT ""
#define REDUCE_DTYPE_INDEX ""

#define STATISTIC(name, what)                                                                                     \
    {#name, EXT_FUNCTION(ext_function_##name), METH_FASTCALL | METH_KEYWORDS,                                     \
     #name "(x, /, axis=None, *, out=None, keepdims=False, ddof=0, correction=0)\n--\n\n" what                    \
           " over one axis, a tuple of axes, or all of them (None); as numpy." #name ". The\n"                    \
           "squares of the distances to the mean are divided by their number less ddof, which the array API calls\n" \
           "correction. Of bool and integers float64, else the type of x. Errors as for the reductions."},

PyMethodDef ext_operation_functions[] = {
#include "raptors/ops.def"
    {"clip", EXT_FUNCTION(function_clip), METH_FASTCALL | METH_KEYWORDS,
     "clip(x, /, min=None, max=None, out=None)\n--\n\n"
     "minimum(maximum(x, min), max); as numpy.clip. A bound that is None, or a Python int at or beyond the end of an\n"
     "integer type, bounds nothing. All broadcast; the result has the common type. Errors as for the elementwise\n"
     "operations."},
    {"logsumexp", EXT_FUNCTION(ext_function_logsumexp), METH_FASTCALL | METH_KEYWORDS,
     "logsumexp(x, /, axis=None, *, out=None, keepdims=False)\n--\n\n"
     "The logarithm of the sum of the exponentials over one axis, a tuple of axes, or all of them (None), without\n"
     "overflow; as scipy.special.logsumexp. Of bool and integers float64, else the type of x; of no elements -inf.\n"
     "Errors: as for the reductions, and TypeError (complex)."},
    STATISTIC(var, "The variance") STATISTIC(std, "The standard deviation"){
        "where", EXT_FUNCTION(function_where), METH_FASTCALL | METH_KEYWORDS,
        "where(condition, x1, x2, /, *, out=None)\n--\n\n"
        "Elements of x1 where condition is true, of x2 elsewhere. All three broadcast; the result has the common type\n"
        "of x1 and x2. Errors as for the elementwise operations."},
    {NULL, NULL, 0, NULL},
};
