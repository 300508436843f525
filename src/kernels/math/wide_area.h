/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of log1p, asinh, acosh, atanh: logarithms of pairs, as in area.h.
 *
 * log(high + low) = k ln 2 + log c + log(1 + r), the fraction m in [0.6875, 1.375), which 32 intervals divide by its bits;
 * r = m / c - 1, |r| < 0.021, and c is 1 in [0.984375, 1.03125). 1 / c has 10 bits. The first parts of ln 2 and log c
 * are multiples of 2^-16, so that their sum is exact. r - r^2 / 2 is exact too; r^3 times a polynomial of degree 3.
 */
#ifndef RP_MATH_WIDE_AREA_H
#define RP_MATH_WIDE_AREA_H

#include "kernels/math/wide.h"

/* clang-format off */
static const float vs_log_table[3][32] = {
    { /* 1 / c */
     0x1.7p0f, 0x1.68p0f, 0x1.608p0f, 0x1.59p0f, 0x1.52p0f, 0x1.4bp0f, 0x1.448p0f, 0x1.3ep0f, 0x1.38p0f, 0x1.32p0f,
     0x1.2c8p0f, 0x1.27p0f, 0x1.22p0f, 0x1.1dp0f, 0x1.18p0f, 0x1.138p0f, 0x1.0fp0f, 0x1.0a8p0f, 0x1.06p0f, 1, 1,
     0x1.e9p-1f, 0x1.dbp-1f, 0x1.cep-1f, 0x1.c1p-1f, 0x1.b5p-1f, 0x1.aap-1f, 0x1.9fp-1f, 0x1.95p-1f, 0x1.8bp-1f,
     0x1.82p-1f, 0x1.79p-1f},
    { /* log c */
     -0x1.739cp-2f, -0x1.5d1cp-2f, -0x1.478cp-2f, -0x1.3188p-2f, -0x1.1c88p-2f, -0x1.071cp-2f, -0x1.e598p-3f,
     -0x1.bc28p-3f, -0x1.9528p-3f, -0x1.6d6p-3f, -0x1.4838p-3f, -0x1.2268p-3f, -0x1.fedp-4f, -0x1.b79p-4f,
     -0x1.6f1p-4f, -0x1.2cbp-4f, -0x1.d28p-5f, -0x1.494p-5f, -0x1.7b8p-6f, 0, 0, 0x1.788p-5f, 0x1.334p-4f,
     0x1.a4ep-4f, 0x1.0ce8p-3f, 0x1.446p-3f, 0x1.7898p-3f, 0x1.ae3p-3f, 0x1.e02p-3f, 0x1.09acp-2f, 0x1.2144p-2f,
     0x1.396cp-2f},
    { /* what it lacks */
     -0x1.7f6bbep-18f, 0x1.2053fcp-21f, -0x1.ab2b36p-19f, 0x1.c6d578p-19f, -0x1.8c169ap-18f, 0x1.e80caap-20f,
     -0x1.dab51p-20f, -0x1.9d0b64p-21f, 0x1.2b185ep-18f, -0x1.fce33ap-20f, -0x1.e66738p-18f, 0x1.0e6f5ap-19f,
     0x1.bb389p-18f, 0x1.bea278p-19f, 0x1.6ba8d4p-19f, -0x1.41fafp-23f, 0x1.28ea4ap-18f, -0x1.59869cp-18f,
     -0x1.1b07d6p-18f, 0, 0, 0x1.6568d6p-19f, -0x1.403f3ep-19f, 0x1.d902c6p-18f, -0x1.32333ep-23f, 0x1.5cee4ep-18f,
     0x1.b0a88ap-20f, -0x1.ac84c6p-18f, 0x1.98c46cp-20f, -0x1.a8d194p-18f, 0x1.5b43aep-20f, 0x1.c6b378p-19f},
};
/* clang-format on */

/* The logarithm of 1 + r + r_low, and what is known of it besides. */
typedef struct vs_log_parts {
    rp_vs r, r_low;
    rp_vss known;
} vs_log_parts;

/* high is positive, normal and finite. */
V vs_log_parts vs_log_reduce(rp_vss x, rp_vs added_k)
{
    const int32_t first = 0x3f300000, one = 0x3f800000, exponent = (int32_t)0xff800000;
    const rp_vsi bits = (rp_vsi)x.high - first, whole = bits & exponent, interval = (rp_vsi)((rp_vsu)bits >> 18);
    const rp_vs k = __builtin_convertvector(bits >> 23, rp_vs) + added_k, m = (rp_vs)((rp_vsi)x.high - whole);
    const rp_vs inverse = vs_table32(vs_log_table[0], interval), product = m * inverse;
    return (vs_log_parts){product - 1,
                          vs_fma(x.low * (rp_vs)(one - whole), inverse, vs_fma(m, inverse, -product)),
                          {vs_fma(k, vs_set(0x1.62e4p-1f), vs_table32(vs_log_table[1], interval)),
                           vs_fma(k, vs_set(0x1.7f7d1cp-20f), vs_table32(vs_log_table[2], interval))}};
}

V rp_vss vs_log_sum(vs_log_parts part)
{
    const rp_vs r = part.r, half = r * 0.5f, square = r * r;
    const rp_vs r_low = vs_fnma(r, vs_fnma(r, part.r_low, part.r_low), part.r_low); /* r_low / (1 + r) */
    const rp_vss sum = vs_sum_to(part.known.high, r, part.known.low);
    const rp_vs high = vs_fnma(half, r, sum.high);
    const rp_vs series = vs_cubic(r, 0x1.555554p-2f, -0x1.00003ap-2f, 0x1.99da94p-3f, -0x1.513814p-3f);
    return (rp_vss){high, vs_fma(square * r, series, vs_fnma(half, r, sum.high - high)) + (sum.low + r_low)};
}

V rp_vss vs_log_of(rp_vss x, rp_vs added_k) { return vs_log_sum(vs_log_reduce(x, added_k)); }

/* The root of high + low, and what it lacks. */
V rp_vss vs_root_of(rp_vs high, rp_vs low)
{
    const rp_vs inverse = vs_rough_root_inverse(high), rough = inverse * 0.5f, first = high * inverse;
    const rp_vs half = vs_fma(rough, vs_fnma(first, rough, vs_set(0.5f)), rough);
    const rp_vs root = vs_fma(vs_fnma(first, first, high), half, first);
    return (rp_vss){root, (vs_fnma(root, root, high) + low) * half};
}

/* log(x + sqrt(x^2 + 1)) from the sum for x up to VS_LARGE, log(2 x) beyond. */
#define VS_LARGE 0x1p30f
V rp_vss vs_log_or_large(rp_vs x, rp_vss sum)
{
    const rp_vsm large = vs_less(vs_set(VS_LARGE), x);
    const rp_vss number = {vs_select(large, x * 0x1p-60f, sum.high), vs_select(large, vs_set(0), sum.low)};
    return vs_log_of(number, vs_where(large, vs_set(61)));
}

V rp_vsm v_log1p_wide(rp_vs x, rp_vs *result)
{
    const rp_vsm tiny = vs_less(vs_abs(x), vs_set(0x1p-25f)), large = vs_less(vs_set(VS_LARGE), x);
    const rp_vsm inside = vs_less(vs_set(-1), x) & vs_less(x, vs_set(INFINITY));
    const rp_vs y = vs_select(tiny, vs_set(0), x), sum = y + 1, less = sum - y;
    const rp_vss number = {vs_select(large, x * 0x1p-60f, sum),
                           vs_where(vs_not(large), (y - (sum - less)) + (1 - less))};
    vs_log_parts part = vs_log_reduce(number, vs_where(large, vs_set(60)));
    /* Near 1 as much is in r_low as in r. */
    const rp_vs r = part.r + part.r_low;
    part.r_low = (part.r - r) + part.r_low;
    part.r = r;
    rp_vs log;
    const rp_vsm doubt = vs_round(vs_log_sum(part), 0x1p-32f, &log);
    /* -infinity of -1, infinity of infinity, NaN of others. */
    const rp_vs outside = x - vs_rough_root_inverse(x + 1);
    *result = vs_select(tiny, x, vs_select(inside, log, outside));
    return vs_and_not(doubt & inside, tiny);
}

V rp_vsm v_asinh_wide(rp_vs x, rp_vs *result)
{
    const rp_vs whole = vs_abs(x);
    const rp_vsm tiny = vs_less(whole, vs_set(VS_TINY)), finite = vs_less(whole, vs_set(INFINITY));
    const rp_vs size = vs_select(tiny, vs_set(0), whole), y = vs_at_most(size, VS_LARGE);
    const rp_vs square = y * y, square_low = vs_fma(y, y, -square), under = square + 1, one = under - square;
    const rp_vs under_low = ((square - (under - one)) + (1 - one)) + square_low;
    const rp_vss root = vs_root_of(under, under_low);
    rp_vs log;
    const rp_vsm doubt = vs_round(vs_log_or_large(size, vs_sum_to(root.high, y, root.low)), 0x1p-32f, &log);
    *result = vs_select(vs_and_not(finite, tiny), vs_with_sign(log, x), x);
    return vs_and_not(doubt, tiny);
}

V rp_vsm v_acosh_wide(rp_vs x, rp_vs *result)
{
    const rp_vs y = vs_at_most(x, VS_LARGE), square = y * y, less = square - 1;
    const rp_vss under = vs_sum_to(less, vs_fma(y, y, -square), (square - less) - 1);
    const rp_vss root = vs_root_of(under.high, under.low);
    rp_vs log;
    const rp_vsm doubt = vs_round(vs_log_or_large(x, vs_sum_to(y, root.high, root.low)), 0x1p-32f, &log);
    const rp_vsm inside = vs_less(vs_set(1), x) & vs_less(x, vs_set(INFINITY));
    /* 0 of 1, infinity of infinity, NaN of others. */
    *result = vs_select(inside, log, vs_sqrt(x - 1));
    return doubt & inside;
}

V rp_vsm v_atanh_wide(rp_vs x, rp_vs *result)
{
    /* All from 2 on are one: the inverse of a large number is a subnormal one. */
    const rp_vs whole = vs_at_most(vs_abs(x), 2);
    const rp_vsm tiny = vs_less(whole, vs_set(VS_TINY)), inside = vs_less(whole, vs_set(1));
    const rp_vs size = vs_select(tiny, vs_set(0), whole), under = 1 - size;
    const rp_vss quotient = vs_divide((rp_vss){size + size, vs_set(0)}, (rp_vss){under, (1 - under) - size});
    const rp_vs sum = quotient.high + 1, one = sum - quotient.high;
    const rp_vs low = ((quotient.high - (sum - one)) + (1 - one)) + quotient.low;
    rp_vs log;
    const rp_vsm doubt = vs_round(vs_log_of((rp_vss){sum, low}, vs_set(0)), 0x1p-32f, &log);
    /* Infinity of 1, NaN of others. */
    const rp_vs outside = vs_rough_root_inverse(under);
    *result = vs_select(tiny, x, vs_with_sign(vs_select(inside, log * 0.5f, outside), x));
    return vs_and_not(doubt & inside, tiny);
}

#endif
