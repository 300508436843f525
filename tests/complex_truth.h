/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is true of the complex functions, for test_complex.c: the C library's long double functions, and MPFR where those cannot
 * tell.
 */
#ifndef RP_TEST_COMPLEX_TRUTH_H
#define RP_TEST_COMPLEX_TRUTH_H

#include <complex.h>
#include <string.h>
#ifdef RP_HAVE_MPFR
#include <mpfr.h>
#endif

#include "accuracy.h"

#undef I /* of complex.h */

typedef long double complex wide;

static wide join(long double re, long double im)
{
    wide z;
    memcpy(&z, &re, sizeof re);
    memcpy((char *)&z + sizeof z / 2, &im, sizeof im);
    return z;
}

static wide exp_truth(wide z)
{
    const long double x = creall(z), y = cimagl(z), size = expl(x);
    return join(size * cosl(y), y == 0 ? y : size * sinl(y));
}
static wide exp2_truth(wide z)
{
    const long double x = creall(z), y = cimagl(z) * 0.693147180559945309417232121458176568L, size = exp2l(x);
    return join(size * cosl(y), y == 0 ? y : size * sinl(y));
}
static wide expm1_truth(wide z)
{
    const long double x = creall(z), y = cimagl(z), half = sinl(y / 2);
    return join(expm1l(x) * cosl(y) - 2 * half * half, y == 0 ? y : expl(x) * sinl(y));
}
static wide sinh_truth(wide z)
{
    const long double x = creall(z), y = cimagl(z);
    return join(x == 0 ? x : sinhl(x) * cosl(y), y == 0 ? y : coshl(x) * sinl(y));
}
static wide cosh_truth(wide z)
{
    const long double x = creall(z), y = cimagl(z);
    return join(coshl(x) * cosl(y), x == 0 ? x * y : y == 0 ? x * y : sinhl(x) * sinl(y));
}
static wide turned(wide z) { return join(cimagl(z), creall(z)); }
static wide sin_truth(wide z) { return turned(sinh_truth(turned(z))); }
static wide cos_truth(wide z) { return cosh_truth(join(-cimagl(z), creall(z))); }
static wide tan_truth(wide z) { return turned(ctanhl(turned(z))); }
static wide log2_truth(wide z)
{
    const wide log = clogl(z);
    return join(creall(log) * 1.44269504088896340735992468100189214L,
                cimagl(log) * 1.44269504088896340735992468100189214L);
}
static wide log10_truth(wide z)
{
    const wide log = clogl(z);
    return join(creall(log) * 0.434294481903251827651128918916605082L,
                cimagl(log) * 0.434294481903251827651128918916605082L);
}

/* 2x + x^2 + y^2 = |1 + z|^2 - 1 cancels where it is small beside its terms. */
static wide log1p_truth(wide z)
{
    const long double x = creall(z), y = cimagl(z), angle = atan2l(y, 1 + x), over = 2 * x + x * x + y * y;
    if (over < -0.5L) return join(creall(clogl(join(1 + x, y))), angle);
    if (fabsl(over) > (2 * fabsl(x) + y * y) / 16) return join(log1pl(over) / 2, angle);
#ifdef RP_HAVE_MPFR
    mpfr_t a, b;
    mpfr_inits2(400, a, b, (mpfr_ptr)0);
    mpfr_set_ld(a, x, MPFR_RNDN);
    mpfr_add_ui(b, a, 2, MPFR_RNDN);
    mpfr_mul(a, a, b, MPFR_RNDN);
    mpfr_set_ld(b, y, MPFR_RNDN);
    mpfr_sqr(b, b, MPFR_RNDN);
    mpfr_add(a, a, b, MPFR_RNDN);
    mpfr_log1p(a, a, MPFR_RNDN);
    const long double log = mpfr_get_ld(a, MPFR_RNDN) / 2;
    mpfr_clears(a, b, (mpfr_ptr)0);
    return join(log, angle);
#else
    return join(UNKNOWN, angle);
#endif
}

/* e^(w log z) */
static wide pow_truth(wide z, wide w)
{
    if (creall(z) == 0 && cimagl(z) == 0) return join(UNKNOWN, UNKNOWN);
#ifdef RP_HAVE_MPFR
    mpfr_t x, y, u, v, a, b;
    mpfr_inits2(400, x, y, u, v, a, b, (mpfr_ptr)0);
    mpfr_set_ld(x, creall(z), MPFR_RNDN);
    mpfr_set_ld(y, cimagl(z), MPFR_RNDN);
    mpfr_set_ld(u, creall(w), MPFR_RNDN);
    mpfr_set_ld(v, cimagl(w), MPFR_RNDN);
    mpfr_hypot(a, x, y, MPFR_RNDN);
    mpfr_log(a, a, MPFR_RNDN);
    mpfr_atan2(b, y, x, MPFR_RNDN);
    mpfr_fmms(x, u, a, v, b, MPFR_RNDN);
    mpfr_fmma(y, u, b, v, a, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_sin_cos(v, u, y, MPFR_RNDN);
    mpfr_mul(u, u, x, MPFR_RNDN);
    mpfr_mul(v, v, x, MPFR_RNDN);
    const wide power = join(mpfr_get_ld(u, MPFR_RNDN), mpfr_get_ld(v, MPFR_RNDN));
    mpfr_clears(x, y, u, v, a, b, (mpfr_ptr)0);
    return power;
#else
    const wide log = clogl(z), exponent = w * log;
    if (!(cabsl(log) * cabsl(w) < 32)) return join(UNKNOWN, UNKNOWN);
    return exp_truth(exponent);
#endif
}

typedef enum measure { EACH_PART, REAL_BY_SIZE, BOTH_BY_SIZE } measure;

typedef struct truth {
    const char *name;
    wide (*one)(wide);
    wide (*two)(wide, wide);
    measure by;            /* whose last place counts: that of each part, or that of the larger */
    double most;           /* of the imaginary parts: beyond, the truth is not exact enough */
    const char *of_turned; /* f, an odd function; f(iz) / i is the one of this name */
} truth;

static const truth truths[] = {
    {"exp", .one = exp_truth},
    {"exp2", .one = exp2_truth, .by = BOTH_BY_SIZE, .most = 64},
    {"expm1", .one = expm1_truth, .by = REAL_BY_SIZE},
    {"log", .one = clogl},
    {"log2", .one = log2_truth},
    {"log10", .one = log10_truth},
    {"log1p", .one = log1p_truth},
    {"sqrt", .one = csqrtl},
    {"sinh", .one = sinh_truth, .of_turned = "sin"},
    {"cosh", .one = cosh_truth},
    {"tanh", .one = ctanhl, .of_turned = "tan"},
    {"asinh", .one = casinhl, .of_turned = "asin"},
    {"acosh", .one = cacoshl},
    {"atanh", .one = catanhl, .of_turned = "atan"},
    {"sin", .one = sin_truth},
    {"cos", .one = cos_truth},
    {"tan", .one = tan_truth},
    {"asin", .one = casinl},
    {"acos", .one = cacosl},
    {"atan", .one = catanl},
    {"pow", .two = pow_truth, .by = BOTH_BY_SIZE, .most = 1000},
};
enum { TRUTHS = sizeof truths / sizeof *truths };

#endif
