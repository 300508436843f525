/* SPDX-License-Identifier: BSD-3-Clause
 *
 * x ** a number, where the power is another operation: those that NumPy computes so too, and the cube.
 */
#include "ext.h"

/* Exponents and what they are; `integers`: of integers as well, with an exponent that is an int. */
typedef struct power {
    double exponent;
    rp_op op;
    bool integers, cube; /* cube: the square, times x */
} power;

static const power powers[] = {
    {2, RP_SQUARE, true, false}, {0.5, RP_SQRT, false, false},  {-1, RP_RECIPROCAL, false, false},
    {3, RP_SQUARE, true, true},  {1, RP_POSITIVE, true, false},
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
    *as = (rp_dtype)x->dtype;
    switch (kind) {
    case RP_KIND_BOOL: return is_int && it->op == RP_SQUARE && !it->cube ? it : NULL;
    case RP_KIND_SIGNED:
    case RP_KIND_UNSIGNED:
        /* A float makes float64 of every integer type, whatever the operation alone would make. */
        *as = is_int ? *as : RP_FLOAT64;
        return is_int ? (it->integers ? it : NULL) : (it->op == RP_SQRT || value == 2) ? it : NULL;
    case RP_KIND_REAL: return it;
    case RP_KIND_COMPLEX: return it->cube ? NULL : it;
    }
    return NULL;
}

static rp_status raise(const rp_array *x, const power *it, rp_dtype as, rp_array **out)
{
    rp_array *cast = NULL, *square = NULL;
    rp_status status = as == (rp_dtype)x->dtype ? RP_OK : rp_astype(x, as, &cast);
    const rp_array *from = cast ? cast : x;
    /* A cast, and the square on the way to a cube, are ours alone: the result takes their place. */
    rp_array **result = cast && !*out ? &cast : out;
    if (status == RP_OK && it->cube) {
        status = rp_map(RP_SQUARE, &from, &square);
        if (status == RP_OK) {
            const rp_array *const factors[] = {square, from};
            rp_array **product = *out ? out : &square;
            status = rp_map(RP_MULTIPLY, factors, product);
            if (!*out && status == RP_OK) {
                *out = rp_retain(square);
            }
        }
    } else if (status == RP_OK) {
        status = rp_map(it->op, &from, result);
        if (status == RP_OK && result == &cast) {
            *out = rp_retain(cast);
        }
    }
    rp_release(square);
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
