/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The operators of Array. Each is a row of ops.def between two operands; where one is neither a number nor an array nor
 * a sequence of them, raptors._protocols decides whose the operator is.
 */
#include "ext.h"

static PyObject *not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

/* The operator on what the extension does not know, by raptors._protocols: Python's name of it without the underscores. */
static PyObject *elsewhere(const char *function, const char *name, PyObject *left, PyObject *right)
{
    PyObject *arguments[] = {PyUnicode_FromString(name), left, right};
    PyObject *result = arguments[0] ? ext_call_protocol(function, arguments, 3, NULL) : NULL;
    Py_XDECREF(arguments[0]);
    return result;
}

/* Nothing was found, or a list, an ndarray or a number of a type that is NumPy's alone: the TypeError is forgotten. */
static bool is_elsewhere(ext_found found)
{
    if (found == EXT_FAILED && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        return true;
    }
    return found == EXT_UNKNOWN;
}

/* Broadcasting can make much of little: the product bounds the elements of the result. */
static bool is_large_pair(const rp_array *x, const rp_array *y)
{
    size_t limit = ext.large_bytes;
    size_t n = (size_t)x->size, m = (size_t)y->size;
    if (n * 16 + m * 16 <= limit && (x->ndim < 2 || y->ndim < 2 || n * m * 16 <= limit)) {
        return false;
    }
    size_t elements = n > m ? n : m;
    if (x->ndim > 1 && y->ndim > 1 && n != m && n > 1 && m > 1) {
        elements = n > limit / m ? limit : n * m;
    }
    return elements * rp_dtype_size((rp_dtype)(x->dtype > y->dtype ? x->dtype : y->dtype)) > limit;
}

PyObject *ext_map(rp_op op, const rp_array *x, const rp_array *y, ext_output *output)
{
    const rp_array *const inputs[] = {x, y};
    rp_status status;
    EXT_CALL(status, y ? is_large_pair(x, y) : ext_is_large(x), rp_map(op, inputs, &output->array));
    return ext_output_finish(output, status);
}

/* ---- Two operands ------------------------------------------------------------------------------------------ */

/* In a slot: who called it. */
#define CALLER(Function)                                                                                        \
    (&(ext_caller){(const void *)(uintptr_t)PyNumber_##Function, __builtin_return_address(0), \
                   __builtin_frame_address(0)})

static PyObject *binary(rp_op op, const char *name, PyObject *left, PyObject *right, const ext_caller *caller)
{
    ext_operand x, y;
    ext_found found = ext_operand_pair(op, left, right, false, &x, &y);
    if (found != EXT_FOUND) {
        return is_elsewhere(found) ? elsewhere("operate", name, left, right) : NULL;
    }
    rp_array *result = NULL;
    rp_status status;
    const rp_array *const inputs[] = {x.array, y.array};
    const unsigned spare = ext_is_temporary(left, caller) | (unsigned)ext_is_temporary(right, caller) << 1;
    EXT_CALL(status, is_large_pair(x.array, y.array), rp_map_reusing(op, inputs, spare, &result));
    PyObject *object = status == RP_OK ? ext_wrap_result(result) : ext_error(status);
    ext_operand_done(&y);
    ext_operand_done(&x);
    return object;
}

static PyObject *in_place(rp_op op, const char *name, PyObject *self, PyObject *right)
{
    ext_operand x, y;
    ext_found found = ext_operand_pair(op, self, right, false, &x, &y);
    if (found != EXT_FOUND) {
        return is_elsewhere(found) ? elsewhere("operate_in_place", name, self, right) : NULL;
    }
    rp_array *result = ext_raw(self);
    rp_status status;
    const rp_array *const inputs[] = {x.array, y.array};
    EXT_CALL(status, is_large_pair(x.array, y.array), rp_map(op, inputs, &result));
    PyObject *object = status == RP_OK ? Py_NewRef(self) : ext_error(status);
    ext_operand_done(&y);
    return object;
}

/* X(slot, name, Function, OP): Python's operators that are one operation each; name is that of __name__, Function that of
 * PyNumber_Function. */
#define BINARY_OPERATORS(X)                                                                                   \
    X(add, add, Add, ADD) X(subtract, sub, Subtract, SUBTRACT) X(multiply, mul, Multiply, MULTIPLY)           \
    X(true_divide, truediv, TrueDivide, DIVIDE) X(floor_divide, floordiv, FloorDivide, FLOOR_DIVIDE)          \
    X(remainder, mod, Remainder, REMAINDER) X(and, and, And, BITWISE_AND) X(or, or, Or, BITWISE_OR)           \
    X(xor, xor, Xor, BITWISE_XOR) X(lshift, lshift, Lshift, BITWISE_LEFT_SHIFT)                               \
    X(rshift, rshift, Rshift, BITWISE_RIGHT_SHIFT)

#define DEFINE_BINARY(slot, name, Function, OP)                           \
    static PyObject *operator_##slot(PyObject *left, PyObject *right)     \
    {                                                                     \
        return binary(RP_##OP, #name, left, right, CALLER(Function));  \
    }                                                                     \
    static PyObject *operator_inplace_##slot(PyObject *self, PyObject *right) \
    {                                                                     \
        return in_place(RP_##OP, #name, self, right);                     \
    }
BINARY_OPERATORS(DEFINE_BINARY)
#undef DEFINE_BINARY

static PyObject *compare(PyObject *left, PyObject *right, int comparison)
{
    static const struct {
        rp_op op;
        const char *name;
    } rows[] = {[Py_LT] = {RP_LESS, "lt"},      [Py_LE] = {RP_LESS_EQUAL, "le"}, [Py_EQ] = {RP_EQUAL, "eq"},
                [Py_NE] = {RP_NOT_EQUAL, "ne"}, [Py_GT] = {RP_GREATER, "gt"},    [Py_GE] = {RP_GREATER_EQUAL, "ge"}};
    return binary(rows[comparison].op, rows[comparison].name, left, right, NULL);
}

static PyObject *operator_divmod(PyObject *left, PyObject *right)
{
    PyObject *quotient = operator_floor_divide(left, right);
    if (!quotient || quotient == Py_NotImplemented) {
        return quotient;
    }
    PyObject *rest = operator_remainder(left, right);
    PyObject *pair = rest ? PyTuple_Pack(2, quotient, rest) : NULL;
    Py_XDECREF(rest);
    Py_DECREF(quotient);
    return pair;
}

/* ---- One operand ------------------------------------------------------------------------------------------- */

static PyObject *unary(rp_op op, PyObject *self)
{
    ext_output output = {.array = NULL};
    return ext_map(op, ext_raw(self), NULL, &output);
}

#define UNARY_OPERATORS(X) \
    X(negative, NEGATIVE) X(positive, POSITIVE) X(absolute, ABS) X(invert, BITWISE_INVERT)

#define DEFINE_UNARY(slot, OP)                        \
    static PyObject *operator_##slot(PyObject *self)  \
    {                                                 \
        return unary(RP_##OP, self);                  \
    }
UNARY_OPERATORS(DEFINE_UNARY)
#undef DEFINE_UNARY

/* ---- Powers, and what NumPy does for us ---------------------------------------------------------------------- */

static PyObject *operator_power(PyObject *left, PyObject *right, PyObject *modulus)
{
    if (modulus != Py_None) {
        return not_implemented();
    }
    PyObject *result = NULL;
    const ext_found found = ext_is_array(left) ? ext_power(left, right, false, &result) : EXT_UNKNOWN;
    return found == EXT_UNKNOWN ? binary(RP_POW, "pow", left, right, NULL) : result;
}

static PyObject *operator_inplace_power(PyObject *left, PyObject *right, PyObject *modulus)
{
    PyObject *result = NULL;
    (void)modulus;
    const ext_found found = ext_power(left, right, true, &result);
    return found == EXT_UNKNOWN ? in_place(RP_POW, "pow", left, right) : result;
}

/* Matrix products are no rows of ops.def yet: NumPy computes them on the same memory. */
static PyObject *operator_matmul(PyObject *left, PyObject *right)
{
    return elsewhere("operate", "matmul", left, right);
}

static PyObject *operator_inplace_matmul(PyObject *left, PyObject *right)
{
    return elsewhere("operate_in_place", "matmul", left, right);
}

/* ---- To Python's numbers ----------------------------------------------------------------------------------- */

static int operator_bool(PyObject *self)
{
    const rp_array *x = ext_raw(self);
    if (x->size != 1) {
        PyErr_SetString(PyExc_ValueError,
                        x->size
                            ? "the truth value of an array with more than one element is ambiguous: use any() or all()"
                            : "the truth value of an empty array is ambiguous: use size > 0");
        return -1;
    }
    PyObject *number = ext_element(x->data, (rp_dtype)x->dtype);
    int truth = number ? PyObject_IsTrue(number) : -1;
    Py_XDECREF(number);
    return truth;
}

/* The one element, as a Python number. */
static PyObject *only_element(PyObject *self)
{
    const rp_array *x = ext_raw(self);
    if (x->ndim != 0) {
        PyErr_SetString(PyExc_TypeError, "only 0-dimensional arrays can be converted to Python scalars");
        return NULL;
    }
    return ext_element(x->data, (rp_dtype)x->dtype);
}

static PyObject *convert_element(PyObject *self, PyObject *(*convert)(PyObject *))
{
    PyObject *number = only_element(self);
    PyObject *result = number ? convert(number) : NULL;
    Py_XDECREF(number);
    return result;
}

static PyObject *operator_int(PyObject *self) { return convert_element(self, PyNumber_Long); }

static PyObject *operator_float(PyObject *self) { return convert_element(self, PyNumber_Float); }

static PyObject *operator_index(PyObject *self)
{
    rp_kind kind = rp_dtype_kind((rp_dtype)ext_raw(self)->dtype);
    if (ext_raw(self)->ndim != 0 || (kind != RP_KIND_SIGNED && kind != RP_KIND_UNSIGNED)) {
        PyErr_SetString(PyExc_TypeError, "only 0-dimensional integer arrays can be converted to an index");
        return NULL;
    }
    return only_element(self);
}

static Py_ssize_t length(PyObject *self)
{
    if (ext_raw(self)->ndim == 0) {
        PyErr_SetString(PyExc_TypeError, "len() of a 0-d array");
        return -1;
    }
    return ext_raw(self)->dims[0];
}

/* operator.concat() and, where + has found nobody to do it, the end of +. */
static PyObject *refuse_concat(PyObject *self, PyObject *other)
{
    PyErr_Format(PyExc_TypeError, "%R and %R have no +, and arrays are joined by raptors.concat()", Py_TYPE(self),
                 Py_TYPE(other));
    return NULL;
}

/* x in array: whether any element is equal, also by the answer of a class that compares itself. */
static int contains(PyObject *self, PyObject *value)
{
    PyObject *equal = PyObject_RichCompare(self, value, Py_EQ);
    if (!equal || !ext_is_array(equal)) {
        PyObject *found = equal ? ext_call_protocol("any_element", &equal, 1, NULL) : NULL;
        const int truth = found ? PyObject_IsTrue(found) : -1;
        Py_XDECREF(found);
        Py_XDECREF(equal);
        return truth;
    }
    rp_array *any = NULL;
    rp_status status = rp_any(ext_raw(equal), 0, NULL, false, &any);
    int truth = status == RP_OK ? *any->data != 0 : -1;
    if (status != RP_OK) {
        ext_error(status);
    }
    rp_release(any);
    Py_DECREF(equal);
    return truth;
}

#define SLOT(name, function) {name, (void *)(uintptr_t)(function)}
#define BINARY_SLOTS(slot, name, Function, OP) SLOT(Py_nb_##slot, operator_##slot), SLOT(Py_nb_inplace_##slot, operator_inplace_##slot),
#define UNARY_SLOTS(slot, OP) SLOT(Py_nb_##slot, operator_##slot),

PyType_Slot ext_operator_slots[] = {
    BINARY_OPERATORS(BINARY_SLOTS) UNARY_OPERATORS(UNARY_SLOTS) SLOT(Py_nb_divmod, operator_divmod),
    SLOT(Py_nb_power, operator_power),
    SLOT(Py_nb_inplace_power, operator_inplace_power),
    SLOT(Py_nb_matrix_multiply, operator_matmul),
    SLOT(Py_nb_inplace_matrix_multiply, operator_inplace_matmul),
    SLOT(Py_nb_bool, operator_bool),
    SLOT(Py_nb_int, operator_int),
    SLOT(Py_nb_float, operator_float),
    SLOT(Py_nb_index, operator_index),
    SLOT(Py_tp_richcompare, compare),
    SLOT(Py_tp_hash, PyObject_HashNotImplemented),
    SLOT(Py_tp_iter, ext_iterate),
    SLOT(Py_sq_length, length),
    SLOT(Py_sq_concat, refuse_concat),
    SLOT(Py_sq_item, ext_get_item),
    SLOT(Py_sq_contains, contains),
    SLOT(Py_mp_length, length),
    SLOT(Py_mp_subscript, ext_subscript),
    SLOT(Py_mp_ass_subscript, ext_assign_subscript),
    {0, NULL},
};
