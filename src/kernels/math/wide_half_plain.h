/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of float16 alone without a table. logaddexp; and where a table takes many instructions (AVX2),
 * those that wide_half_log.h, wide_half_arc.h, wide_arc.h and wide_pow.h have with one.
 *   log x = k log 2 + log((1 + s) / (1 - s)), s = (m - 1) / (m + 1), x = 2^k m: s times a polynomial of s^2, |s| < 0.172
 *   log(1 + u): m - 1 = u / 2^k + (1 / 2^k - 1), so that a small u loses nothing
 *   asinh, acosh: the logarithm of cosh + sinh; where k is 0, s is sinh / (1 + cosh)
 *   atanh: of m = (1 + x) / (1 - x) / 2^k, one quotient for both; |s| < 0.201
 *   cbrt: |x|^(-1/3) to 3.5% by its bits, then a polynomial of what its cube lacks
 *   x^y = 2^(y log2 x)
 *   asin |x| = r + r^3 p(r^2), r = |x| up to 1/2, beyond sqrt((1 - |x|) / 2), of which twice the angle is taken from pi / 2
 *   atan(a / b), a <= b: r + r^3 p(r^2), r = a / b up to tan(pi / 8), beyond (a - b) / (a + b), and pi / 4 is added
 *   logaddexp = larger + log(1 + e^d), d the difference; log(1 + r) = r - r^2 / 2 + r^3 p(r)
 * Of one operand, the coefficients are those with which all 2^16 results are right, but one to three (vs_but_of): no lane is
 * doubted. Of two, the error is below 2^-20: those lanes are doubted which are so near to the middle of two float16 numbers.
 * Polynomials: wide_half.sollya.
 */
#ifndef RP_MATH_WIDE_HALF_PLAIN_H
#define RP_MATH_WIDE_HALF_PLAIN_H

#include "kernels/math/wide_half_exp.h"
#include "kernels/math/wide_pow.h"

/* ---- Logarithms and powers ----------------------------------------------------------------------------------------- */

/* log(1 + r) - r, -0.293 < r < 0.415 */
V rp_vs vs_plain_log(rp_vs r)
{
    static const float series[8] = {0x1.55555p-2f,  -0x1.0000bcp-2f, 0x1.99a402p-3f, -0x1.54dc4p-3f,
                                    0x1.229134p-3f, -0x1.090526p-3f, 0x1.067178p-3f, -0x1.554a6ap-4f};
    const rp_vs square = r * r;
    return vs_fma(square * r, vs_horner(r, series, 8), square * -0.5f);
}

/* e^r 2^n, -127 < n < 128; n in the low bits of count. */
V rp_vs vs_plain_exp(rp_vs r, rp_vs count)
{
    static const float series[7] = {
        1, 1, 0x1.fffff8p-2f, 0x1.55548cp-3f, 0x1.555b92p-5f, 0x1.123d52p-7f, 0x1.685b36p-10f};
    return vs_times_power(vs_horner(r, series, 7), count);
}

/* The error is 2^-21 of the operand and of the logarithm, of which little may be left: so much from the middle the result is
 * doubted, and where it is a subnormal number of float16. */
V rp_vsm v_logaddexp_half(rp_vs x, rp_vs y, rp_vs *result)
{
    const rp_vsm swapped = vs_less(x, y);
    const rp_vs larger = vs_select(swapped, y, x), smaller = vs_select(swapped, x, y);
    const vs_half_reduced part = vs_half_reduce(smaller - larger, -80, 0);
    const rp_vs e = vs_plain_exp(part.r, part.count);
    const rp_vsm far = vs_less(vs_set(0x1.a8p-2f), e);
    const rp_vs r = vs_select(far, vs_fma(e, vs_set(0.5f), vs_set(-0.5f)), e);
    const rp_vs log = vs_where(far, vs_set(0x1.62e43p-1f)) + (r + vs_plain_log(r)), sum = larger + log;
    const rp_vs from_middle = __builtin_convertvector(((rp_vsi)sum & 0x1fff) - 0x1000, rp_vs);
    const rp_vs power = (rp_vs)((rp_vsi)sum & 0x7f800000), error = (log + vs_abs(larger)) * 4;
    const rp_vsm small = vs_and_not(vs_not_less(vs_set(0x1p-14f), vs_abs(sum)), vs_differ(x + y, x + y));
    *result = sum;
    return vs_or(vs_less(vs_abs(from_middle) * power, error), small);
}

#if RP_VECTOR_BYTES == 32
/* log 2, and log((1 + s) / (1 - s)) / s in s^2 */
static const float vs_plain_log_series[5] = {0x1.62e43p-1f, 0x1.000004p1f, 0x1.5567bp-1f, 0x1.94c7e4p-2f,
                                             0x1.11ff48p-2f};
static const float vs_plain_log2_series[5] = {1, 0x1.715476p1f, 0x1.ec7234p-1f, 0x1.26ee5ep-1f, 0x1.c79074p-2f};
static const float vs_plain_log10_series[5] = {0x1.344134p-2f, 0x1.bcb7bep-1f, 0x1.28732ap-2f, 0x1.64420ep-3f,
                                               0x1.f788aap-4f};
static const float vs_plain_log1p_series[5] = {0x1.62e43p-1f, 0x1p1f, 0x1.55560ep-1f, 0x1.99515ep-2f, 0x1.330484p-2f};
static const float vs_plain_asinh_series[5] = {0x1.62e42ep-1f, 0x1.000002p1f, 0x1.555588p-1f, 0x1.995fbep-2f,
                                               0x1.31dd6cp-2f};
static const float vs_plain_acosh_series[5] = {0x1.62e43p-1f, 0x1.fffffap0f, 0x1.555594p-1f, 0x1.995d9cp-2f,
                                               0x1.32141cp-2f};
static const float vs_plain_atanh_series[5] = {0x1.62e43p-2f, 0x1p0f, 0x1.5555b6p-2f, 0x1.99295ap-3f, 0x1.3705c2p-3f};

/* x = 2^k m, 1 / sqrt(2) <= m < sqrt(2) */
typedef struct vs_plain_parts {
    rp_vs k, m;
    rp_vsi whole; /* k in the place of the exponent */
} vs_plain_parts;
V vs_plain_parts vs_plain_split(rp_vs x)
{
    const int32_t least = 0x3f3504f3;
    const rp_vsi bits = (rp_vsi)x - least, fraction = bits & 0x7fffff;
    return (vs_plain_parts){__builtin_convertvector(bits >> 23, rp_vs), (rp_vs)(fraction + least), bits - fraction};
}

/* k log 2 + log((1 + s) / (1 - s)), s = over / under; log 2 stands before the series. */
V rp_vs vs_plain_sum(rp_vs k, rp_vs over, rp_vs under, const float *series)
{
    const rp_vs s = over / under;
    return vs_fma(k, vs_set(series[0]), s * vs_horner(s * s, series + 1, 4));
}

/* log, but where x is no positive finite number */
V rp_vs vs_plain_special(rp_vs x, rp_vs log)
{
    const rp_vs number = vs_select((rp_vsm)((rp_vsi)x < 0), vs_set(NAN), log);
    const rp_vs finite = vs_select(vs_equal(x, vs_set(0)), vs_set(-INFINITY), number);
    return vs_select(vs_not_less(x, vs_set(INFINITY)), x, finite);
}

V rp_vs vs_plain_log_of(rp_vs x, const float *series)
{
    const vs_plain_parts part = vs_plain_split(x);
    return vs_plain_special(x, vs_plain_sum(part.k, part.m - 1, part.m + 1, series));
}

V rp_vsm v_log_half_plain(rp_vs x, rp_vs *result)
{
    *result = vs_plain_log_of(x, vs_plain_log_series);
    return vs_none;
}

V rp_vsm v_log2_half_plain(rp_vs x, rp_vs *result)
{
    *result = vs_plain_log_of(x, vs_plain_log2_series);
    return vs_none;
}

V rp_vsm v_log10_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs log = vs_plain_log_of(x, vs_plain_log10_series);
    *result = vs_but_of(x, 0x1.fep-3f, -0x1.354p-1f, vs_but_of(x, 0x1.74p11f, 0x1.bccp1f, log));
    return vs_none;
}

V rp_vsm v_log1p_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs sum = x + 1;
    const vs_plain_parts part = vs_plain_split(sum);
    const rp_vs inverse = (rp_vs)((rp_vsi)vs_set(1) - part.whole), r = vs_fma(x, inverse, inverse - 1);
    const rp_vs log = vs_plain_sum(part.k, r, r + 2, vs_plain_log1p_series);
    const rp_vs most = vs_but_of(x, 0x1.80cp-8f, 0x1.7fcp-8f, vs_but_of(x, -0x1.7f4p-8f, -0x1.804p-8f, log));
    *result = vs_with_sign(vs_plain_special(sum, most), x);
    return vs_none;
}

/* log(cosh + sinh), the least not less than 1: s = sinh / (1 + cosh) where k is 0. */
V rp_vs vs_plain_area(rp_vs cosh, rp_vs sinh, const float *series)
{
    const rp_vs sum = cosh + sinh;
    const vs_plain_parts part = vs_plain_split(sum);
    const rp_vs power = (rp_vs)((rp_vsi)vs_set(1) + part.whole);
    const rp_vsm near = vs_less(sum, vs_set(0x1.6a09e6p0f));
    const rp_vs over = vs_select(near, sinh, (cosh - power) + sinh);
    return vs_plain_sum(part.k, over, vs_select(near, cosh + 1, sum + power), series);
}

V rp_vsm v_asinh_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_abs(x), area = vs_plain_area(vs_sqrt(vs_fma(x, x, vs_set(1))), size, vs_plain_asinh_series);
    *result = vs_with_sign(vs_select(vs_equal(size, vs_set(INFINITY)), size, area), x);
    return vs_none;
}

V rp_vsm v_acosh_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs y = vs_at_least(x, 0);
    const rp_vs area = vs_plain_area(y, vs_sqrt(vs_fma(y, y, vs_set(-1))), vs_plain_acosh_series);
    *result = vs_select(vs_equal(x, vs_set(INFINITY)), x, area);
    return vs_none;
}

V rp_vsm v_atanh_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_abs(x), up = 1 + size, down = 1 - size;
    const rp_vsi bits = (rp_vsi)up - (rp_vsi)down + 0x400000;
    const rp_vs k = __builtin_convertvector(bits >> 23, rp_vs);
    const rp_vs power = (rp_vs)((bits & (int32_t)0xff800000) + (rp_vsi)vs_set(1)), more = 1 + power, less = 1 - power;
    const rp_vs area = vs_plain_sum(k, vs_fma(size, more, less), vs_fma(size, less, more), vs_plain_atanh_series);
    /* Infinity of 1, NaN of others. */
    const rp_vs outside = vs_select(vs_equal(size, vs_set(1)), vs_set(INFINITY), vs_set(NAN));
    *result = vs_with_sign(vs_select(vs_less(size, vs_set(1)), area, outside), x);
    return vs_none;
}

/* y is near |x|^(-1/3), z = |x|: its cube times z lacks e of 1. The root is z y^2 (1 - e)^(-2/3). */
V rp_vsm v_cbrt_half_plain(rp_vs x, rp_vs *result)
{
    static const float series[5] = {0x1.000006p0f, 0x1.555346p-1f, 0x1.1c6f6cp-1f, 0x1.ffaebap-2f, 0x1.d5a562p-2f};
    const rp_vs z = vs_abs(x), bits = __builtin_convertvector((rp_vsi)z, rp_vs);
    const rp_vs y = (rp_vs) __builtin_convertvector(vs_fma(bits, vs_set(-0x1.555556p-2f), vs_set(0x54a1f000)), rp_vsi);
    const rp_vs root = z * (y * y), e = vs_fnma(root, y, vs_set(1));
    *result = vs_with_sign(root * vs_horner(e, series, 5), x);
    return vs_none;
}

/* x^y = 2^(y log2 x); log2 x = k + (r + s (R - r)) / log 2, log(1 + r) = r + s (R - r), r = m - 1, s = r / (m + 1), R of s^2.
 * Of float16 numbers y k and y r are exact. */
V rp_vsm v_pow_half_plain(rp_vs x, rp_vs y, rp_vs *result)
{
    static const float power_of_2[6] = {
        1, 0x1.62e426p-1f, 0x1.ebf9bp-3f, 0x1.c6b9cap-5f, 0x1.3cee5cp-7f, 0x1.5addc4p-10f};
    const rp_vs inverse = vs_set(0x1.715476p0f); /* 1 / log 2 */
    const vs_plain_parts part = vs_plain_split(x);
    const rp_vs r = part.m - 1, s = r / (part.m + 1), square = s * s;
    const rp_vs series = vs_quadratic(square, 0x1.ec70a6p-1f, 0x1.2761d4p-1f, 0x1.b4f10ap-2f);
    const rp_vs rest = (y * s) * vs_fma(square, series, -(r * inverse));
    const rp_vs of_k = y * part.k, of_r = y * r, exponent = vs_fma(of_r, inverse, of_k) + rest;
    rp_vs count;
    const rp_vs n = vs_nearest(exponent, 1, &count), f = vs_fma(of_r, inverse, of_k - n) + rest;
    const rp_vs power = vs_times_power(vs_horner(f, power_of_2, 6), count);
    /* k is larger of what is no positive number, or not finite. */
    const rp_vsm rare = vs_or(vs_not_less(vs_abs(part.k), vs_set(32)), vs_not_less(vs_abs(exponent), vs_set(13.99f)));
    *result = (rp_vs)((rp_vsi)power | (rp_vsi)rare);
    return vs_or(rare, vs_near_middle(power));
}
#define v_pow_rare vs_pow_rare

/* ---- Arcs ---------------------------------------------------------------------------------------------------------- */

/* asin r, and whether |x| > 1/2; r is negative there, and half the angle is from pi / 4. NaN beyond 1. */
static const float vs_plain_asin_series[5] = {0x1.55555ep-3f, 0x1.332684p-4f, 0x1.70c00ep-5f, 0x1.b1d57ap-6f,
                                              0x1.39379ep-5f};
static const float vs_plain_acos_series[5] = {0x1.55567ep-3f, 0x1.33239cp-4f, 0x1.70dc4ep-5f, 0x1.b48d8ep-6f,
                                              0x1.2211c6p-5f};
V rp_vs vs_plain_asin(rp_vs size, const float *series, rp_vsm *far)
{
    *far = vs_less(vs_set(0.5f), size);
    const rp_vs square = vs_select(*far, vs_fma(size, vs_set(-0.5f), vs_set(0.5f)), size * size);
    const rp_vs r = vs_select(*far, vs_sqrt(square), size);
    return vs_fma(r * square, vs_horner(square, series, 5), r);
}

V rp_vsm v_asin_half_plain(rp_vs x, rp_vs *result)
{
    rp_vsm far;
    const rp_vs arc = vs_plain_asin(vs_abs(x), vs_plain_asin_series, &far);
    *result = vs_with_sign(vs_select(far, vs_fma(arc, vs_set(-2), vs_set(0x1.921fb6p0f)), arc), x);
    return vs_none;
}

V rp_vsm v_acos_half_plain(rp_vs x, rp_vs *result)
{
    rp_vsm far;
    const rp_vs arc = vs_plain_asin(vs_abs(x), vs_plain_acos_series, &far);
    const rp_vs turned = vs_select(far, 0x1.921fb6p0f - (arc + arc), arc), signed_arc = vs_with_sign(turned, x);
    const rp_vs all = vs_select(far & vs_less(vs_set(0), x), arc + arc, 0x1.921fb6p0f - signed_arc);
    *result = vs_but_of(x, -0x1.2cp-18f, 0x1.924p0f, vs_but_of(x, -0x1.2bcp-4f, 0x1.a4cp0f, all));
    return vs_none;
}

/* atan(a / b), 0 <= a <= b, b > 0 */
static const float vs_plain_atan_series[5] = {-0x1.5553e2p-2f, 0x1.998d5p-3f, -0x1.24d81p-3f, 0x1.b9e454p-4f,
                                              -0x1.f19066p-5f};
V rp_vs vs_plain_atan(rp_vs a, rp_vs b, const float *series)
{
    const rp_vsm far = vs_less(b * 0x1.a8p-2f, a);
    const rp_vs r = vs_select(far, a - b, a) / vs_select(far, a + b, b), square = r * r;
    return vs_fma(r * square, vs_horner(square, series, 5), r) + vs_where(far, vs_set(0x1.921fb6p-1f));
}

V rp_vsm v_atan_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_at_most(vs_abs(x), 0x1p100f);
    const rp_vsm steep = vs_less(vs_set(1), size);
    const rp_vs arc =
        vs_plain_atan(vs_select(steep, vs_set(1), size), vs_select(steep, size, vs_set(1)), vs_plain_atan_series);
    const rp_vs all = vs_select(steep, 0x1.921fb6p0f - arc, arc);
    const rp_vs most = vs_but_of(size, 0x1.d14p-6f, 0x1.d14p-6f, vs_but_of(size, 0x1.9b8p2f, 0x1.6acp0f, all));
    *result = vs_with_sign(vs_but_of(size, 0x1.2b8p3f, 0x1.76cp0f, most), x);
    return vs_none;
}

V rp_vsm v_atan2_half_plain(rp_vs y, rp_vs x, rp_vs *result)
{
    const rp_vs y_size = vs_at_most(vs_abs(y), 0x1p100f), x_size = vs_at_most(vs_abs(x), 0x1p100f);
    const rp_vsm steep = vs_less(x_size, y_size);
    const rp_vs larger = vs_select(steep, y_size, x_size), smaller = vs_select(steep, x_size, y_size);
    const rp_vs arc = vs_plain_atan(smaller, vs_at_least(larger, 0x1p-100f), vs_plain_atan_series);
    const rp_vs turned = vs_select(steep, 0x1.921fb6p0f - arc, arc);
    const rp_vs all = vs_select((rp_vsm)((rp_vsi)x < 0), 0x1.921fb6p1f - turned, turned);
    *result = vs_with_sign(all, y);
    return vs_or(vs_near_middle(*result), vs_and_not(vs_less(all, vs_set(0x1p-14f)), vs_equal(y, vs_set(0))));
}
#define v_log_half v_log_half_plain
#define v_log2_half v_log2_half_plain
#define v_log10_half v_log10_half_plain
#define v_log1p_half v_log1p_half_plain
#define v_asinh_half v_asinh_half_plain
#define v_acosh_half v_acosh_half_plain
#define v_atanh_half v_atanh_half_plain
#define v_cbrt_half v_cbrt_half_plain
#define v_pow_half v_pow_half_plain
#define v_asin_half v_asin_half_plain
#define v_acos_half v_acos_half_plain
#define v_atan_half v_atan_half_plain
#define v_atan2_half v_atan2_half_plain
#endif

#endif
