/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The operands and outputs of a call. Small calls spend their time here, so the common types are found by comparing
 * pointers, and a number lives on the caller's stack.
 */
#include "ext.h"
#include "facts/ops.h"

#include <math.h>

/* ---- Operands ---------------------------------------------------------------------------------------------- */

static ext_found operand_scalar(ext_operand *operand, const rp_scalar *scalar)
{
    rp_status status = rp_scalar_array_init(&operand->scalar, scalar);
    if (status != RP_OK) {
        ext_error(status);
        return EXT_FAILED;
    }
    operand->array = &operand->scalar.array;
    return EXT_FOUND;
}

/* A class made in Python, be it a number's or a list's, that has something to say of ufuncs: units, labels. */
static bool overrides_ufuncs(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    return PyType_GetFlags(type) & Py_TPFLAGS_HEAPTYPE &&
           PyObject_HasAttr((PyObject *)type, ext.names[EXT___array_ufunc__]);
}

ext_found ext_operand_convert(PyObject *object, ext_operand *operand, bool strict)
{
    rp_scalar scalar;
    operand->owned = NULL;
    operand->array = NULL;
    if (!strict && overrides_ufuncs(object)) {
        return EXT_UNKNOWN;
    }
    ext_found found = ext_scalar_get(object, &scalar);
    if (found == EXT_FOUND) {
        return operand_scalar(operand, &scalar);
    }
    if (found != EXT_UNKNOWN) {
        return found;
    }
    if (!strict && !Py_IS_TYPE(object, ext.ndarray_type) && !PyList_Check(object) && !PyTuple_Check(object) &&
        !PyObject_TypeCheck(object, ext.generic_type)) {
        return EXT_UNKNOWN;
    }
    operand->owned = ext_array_from(object, NULL, EXT_COPY_IF_NEEDED);
    operand->array = operand->owned;
    return operand->owned ? EXT_FOUND : EXT_FAILED;
}

bool ext_operand_strict(PyObject *object, ext_operand *operand)
{
    ext_found found = ext_operand_get(object, operand, true);
    if (found == EXT_HUGE) {
        ext_huge_error();
    }
    return found == EXT_FOUND;
}

/* An int past 64 bits: a float beside floats and where integers become floats; beside integers it compares as
 * infinity does. */
static ext_found huge_operand(PyObject *object, ext_operand *operand, rp_op op, const rp_array *other)
{
    rp_kind kind = other ? rp_dtype_kind((rp_dtype)other->dtype) : RP_KIND_BOOL;
    rp_scalar scalar = {.dtype = RP_FLOAT64, .weak = true};
    operand->owned = NULL;
    rp_dtype loop;
    const bool real =
        rp_loop_dtype(op, other ? (rp_dtype)other->dtype : RP_BOOL, &loop) && rp_dtype_kind(loop) >= RP_KIND_REAL;
    if (real || kind == RP_KIND_REAL || kind == RP_KIND_COMPLEX) {
        if (kind == RP_KIND_SIGNED || kind == RP_KIND_UNSIGNED) { /* an int beside integers widens nothing */
            scalar.dtype = loop;
            scalar.weak = false;
        }
        scalar.re = PyLong_AsDouble(object);
        if (scalar.re == -1.0 && PyErr_Occurred()) {
            return EXT_FAILED;
        }
    } else if (kind != RP_KIND_BOOL && rp_ops[op].facts & RP_COMPARES) {
        int sign;
        PyLong_AsLongLongAndOverflow(object, &sign);
        scalar.re = sign > 0 ? INFINITY : -INFINITY;
    } else {
        ext_huge_error();
        return EXT_FAILED;
    }
    return operand_scalar(operand, &scalar);
}

ext_found ext_operand_beside(rp_op op, PyObject *object, const rp_array *other, bool strict, ext_operand *operand)
{
    ext_found found = ext_operand_get(object, operand, strict);
    return found == EXT_HUGE ? huge_operand(object, operand, op, other) : found;
}

ext_found ext_operand_pair(rp_op op, PyObject *left, PyObject *right, bool strict, ext_operand *x, ext_operand *y)
{
    ext_found found_x = ext_operand_get(left, x, strict);
    if (found_x == EXT_FAILED || found_x == EXT_UNKNOWN) {
        return found_x;
    }
    ext_found found_y = ext_operand_get(right, y, strict);
    if (found_x == EXT_HUGE && found_y > EXT_UNKNOWN) {
        found_x = huge_operand(left, x, op, found_y == EXT_FOUND ? y->array : NULL);
        if (found_x == EXT_FAILED && found_y == EXT_FOUND) {
            ext_operand_done(y);
        }
        return found_x;
    }
    if (found_y == EXT_HUGE && rp_ops[op].facts & RP_OF_EXPONENTS) {
        ext_huge_error();
        found_y = EXT_FAILED;
    } else if (found_y == EXT_HUGE) {
        found_y = huge_operand(right, y, op, x->array);
    }
    if (found_y != EXT_FOUND && found_x == EXT_FOUND) {
        ext_operand_done(x);
    }
    return found_y;
}

/* ---- Outputs ----------------------------------------------------------------------------------------------- */

bool ext_output_get(PyObject *value, ext_output *output)
{
    *output = (ext_output){.array = NULL};
    if (!ext_given(value)) {
        return true;
    }
    if (PyTuple_Check(value) && PyTuple_Size(value) == 1) {
        value = PyTuple_GetItem(value, 0);
        if (value == Py_None) {
            return true;
        }
    }
    output->object = value;
    if (ext_is_array(value)) {
        output->array = ext_raw(value);
        return true;
    }
    if (!PyObject_TypeCheck(value, ext.ndarray_type)) {
        PyErr_Format(PyExc_TypeError, "out must be an Array or a numpy.ndarray, not %R", Py_TYPE(value));
        return false;
    }
    output->owned = ext_from_numpy(value, EXT_COPY_IF_NEEDED);
    /* A copy is made where the bytes are swapped, and there alone. */
    output->swapped = output->owned && output->owned->context != value;
    output->array = output->swapped ? NULL : output->owned;
    return output->owned != NULL;
}

/* A new result into the out= object. */
static bool store_swapped(PyObject *out, rp_array *result)
{
    PyObject *arguments[] = {out, ext_wrap(result)};
    PyObject *none = arguments[1] ? ext_call_protocol("store_output", arguments, 2, NULL) : NULL;
    Py_XDECREF(arguments[1]);
    Py_XDECREF(none);
    return none != NULL;
}

PyObject *ext_output_finish(ext_output *output, rp_status status)
{
    PyObject *result = NULL;
    if (status != RP_OK) {
        ext_error(status);
    } else if (output->object) {
        result = !output->swapped || store_swapped(output->object, output->array) ? Py_NewRef(output->object) : NULL;
    } else {
        result = ext_wrap_result(output->array);
    }
    if (output->owned) {
        rp_release(output->owned);
    }
    return result;
}
