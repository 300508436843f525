/* SPDX-License-Identifier: BSD-3-Clause
 *
 * x ** a number, where the power is another operation: those that NumPy computes so too, the cube, and 1 everywhere.
 */
#include "ext.h"

/* The elements, beside real numbers, for which an exponent is such an operation. */
enum { OF_BOOLS = 1, OF_INTEGERS = 2, OF_INTEGERS_AS_FLOAT64 = 4, OF_COMPLEX = 8 };

typedef struct power {
    double exponent;
    rp_op op;
    unsigned of;
} power;

static const power powers[] = {
    {2, RP_SQUARE, OF_BOOLS | OF_INTEGERS | OF_INTEGERS_AS_FLOAT64 | OF_COMPLEX},
    {0.5, RP_SQRT, OF_INTEGERS_AS_FLOAT64 | OF_COMPLEX},
    {-1, RP_RECIPROCAL, OF_INTEGERS_AS_FLOAT64 | OF_COMPLEX},
    {3, RP_CUBE, OF_INTEGERS | OF_INTEGERS_AS_FLOAT64},
    {1, RP_POSITIVE, OF_INTEGERS | OF_INTEGERS_AS_FLOAT64 | OF_COMPLEX},
    {0, RP_FILL, OF_INTEGERS | OF_INTEGERS_AS_FLOAT64 | OF_COMPLEX},
};

/* NULL: none of them. *as: the type in which x is raised. */
static const power *find(const rp_array *x, PyObject *exponent, rp_dtype *as)
{
    const rp_kind kind = rp_dtype_kind((rp_dtype)x->dtype);
    const bool is_int = PyLong_CheckExact(exponent);
    int overflow = 0;
    if (!is_int && !PyFloat_CheckExact(exponent)) {
        return NULL;
    }
    const double value = is_int ? (double)PyLong_AsLongAndOverflow(exponent, &overflow) : PyFloat_AsDouble(exponent);
    const power *it = powers, *const end = powers + sizeof powers / sizeof *powers;
    while (it < end && it->exponent != value) {
        it++;
    }
    if (it == end || overflow) {
        return NULL;
    }
    unsigned of = 0;
    *as = (rp_dtype)x->dtype;
    if (kind == RP_KIND_BOOL) {
        if (!is_int) {
            return NULL;
        }
        of = OF_BOOLS;
    } else if (kind == RP_KIND_SIGNED || kind == RP_KIND_UNSIGNED) {
        /* A float makes float64 of every integer type, whatever the operation alone would make. */
        of = is_int ? OF_INTEGERS : OF_INTEGERS_AS_FLOAT64;
        *as = is_int ? *as : RP_FLOAT64;
    } else if (kind == RP_KIND_COMPLEX) {
        of = OF_COMPLEX;
    }
    return (it->of & of) == of ? it : NULL;
}

/* x ** 0: 1 for every x, NaN among them. */
static rp_status fill_with_ones(const rp_array *x, rp_dtype as, rp_array **out)
{
    rp_array *made = NULL;
    rp_status status = *out ? RP_OK : rp_empty_like(x, as, &made);
    if (status == RP_OK) {
        status = rp_fill(made ? made : *out, &(rp_scalar){.dtype = RP_INT64, .i = 1, .weak = true});
    }
    if (made && status == RP_OK) {
        *out = made;
    } else {
        rp_release(made);
    }
    return status;
}

static rp_status raise(const rp_array *x, const power *it, rp_dtype as, rp_array **out)
{
    if (it->op == RP_FILL) {
        return fill_with_ones(x, as, out);
    }
    rp_array *cast = NULL;
    rp_status status = as == (rp_dtype)x->dtype ? RP_OK : rp_astype(x, as, &cast);
    const rp_array *from = cast ? cast : x;
    if (status == RP_OK) {
        /* A cast is ours alone: without an output the result may take its place. */
        status = rp_map_reusing(it->op, &from, cast && !*out, out);
    }
    rp_release(cast);
    return status;
}

ext_found ext_power(PyObject *self, PyObject *exponent, bool in_place, PyObject **result)
{
    const rp_array *x = ext_raw(self);
    rp_dtype as;
    const power *it = find(x, exponent, &as);
    if (!it || (in_place && (as != (rp_dtype)x->dtype || rp_dtype_kind(as) == RP_KIND_BOOL))) {
        return EXT_UNKNOWN;
    }
    rp_array *out = in_place ? ext_raw(self) : NULL;
    rp_status status;
    EXT_CALL(status, ext_is_large(x), raise(x, it, as, &out));
    if (status != RP_OK) {
        ext_error(status);
        return EXT_FAILED;
    }
    *result = in_place ? Py_NewRef(self) : ext_wrap_result(out);
    return *result ? EXT_FOUND : EXT_FAILED;
}
