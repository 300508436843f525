/* SPDX-License-Identifier: BSD-3-Clause
 *
 * real, imag and angle, as functions; the first two as attributes too. real and imag of what is no Array are NumPy's:
 * a number comes back as it was given.
 */
#include "ext.h"

PyObject *ext_get_real(PyObject *self, void *closure)
{
    (void)closure;
    rp_array *x = ext_raw(self), *view = NULL;
    if (rp_dtype_kind((rp_dtype)x->dtype) != RP_KIND_COMPLEX) {
        return Py_NewRef(self);
    }
    rp_status status = rp_real(x, &view);
    return status == RP_OK ? ext_wrap(view) : ext_error(status);
}

PyObject *ext_get_imag(PyObject *self, void *closure)
{
    (void)closure;
    rp_array *view = NULL;
    rp_status status = rp_imag(ext_raw(self), &view);
    return status == RP_OK ? ext_wrap(view) : ext_error(status);
}

static PyObject *part_of(PyObject *x, PyObject *(*get)(PyObject *, void *))
{
    if (!ext_is_array(x)) {
        PyErr_SetString(PyExc_TypeError, "not an Array");
        return NULL;
    }
    return get(x, NULL);
}

static PyObject *function_real(PyObject *module, PyObject *x)
{
    (void)module;
    return part_of(x, ext_get_real);
}

static PyObject *function_imag(PyObject *module, PyObject *x)
{
    (void)module;
    return part_of(x, ext_get_imag);
}

static rp_status angle(const rp_array *z, bool degrees, rp_array **result)
{
    rp_status status = rp_angle(z, result);
    if (status == RP_OK && degrees) {
        status = rp_degrees(*result, result);
    }
    return status;
}

static PyObject *function_angle(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 2, .required = 1, .positional = 2, .names = {EXT_z, EXT_deg}};
    PyObject *values[2];
    bool degrees;
    ext_operand z;
    rp_array *angles = NULL;
    (void)module;
    if (!ext_arguments("angle", &signature, arguments, given, keywords, values) ||
        !ext_bool_get(values[1], false, &degrees) || !ext_operand_strict(values[0], &z)) {
        return NULL;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(z.array), angle(z.array, degrees, &angles));
    PyObject *result = NULL;
    if (status == RP_OK) {
        result = ext_wrap_result(angles);
    } else {
        ext_error(status);
        rp_release(angles);
    }
    ext_operand_done(&z);
    return result;
}

PyMethodDef ext_part_functions[] = {
    {"real", function_real, METH_O,
     "real(x, /)\n--\n\n"
     "The real parts, as a view: of complex64 float32, of complex128 float64, of other types x itself. As numpy.real."},
    {"imag", function_imag, METH_O,
     "imag(x, /)\n--\n\n"
     "The imaginary parts, as a view: of complex64 float32, of complex128 float64, of other types read-only zeros. As\n"
     "numpy.imag."},
    {"angle", EXT_FUNCTION(function_angle), METH_FASTCALL | METH_KEYWORDS,
     "angle(z, deg=False)\n--\n\n"
     "The angles of complex numbers, atan2(imag(z), real(z)), in radians or, with deg, in degrees; as numpy.angle. Of\n"
     "complex64 float32, of complex128 float64. Of real numbers the type is that of the other functions, float64 of\n"
     "int64. Errors: TypeError (a type that Raptors and NumPy do not take)."},
    {NULL, NULL, 0, NULL},
};
