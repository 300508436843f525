/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of float16 alone without a table, with an error below 2^-20 of the result: those lanes are doubted
 * which are so near to the middle of two float16 numbers. logaddexp; and where a table takes many instructions (AVX2),
 * asin, acos, atan, atan2 and pow, in place of those of wide_half_arc.h, wide_arc.h and wide_pow.h.
 *   asin |x| = r + r^3 p(r^2), r = |x| up to 1/2, beyond sqrt((1 - |x|) / 2), of which twice the angle is taken from pi / 2
 *   atan(a / b), a <= b: r + r^3 p(r^2), r = a / b up to tan(pi / 8), beyond (a - b) / (a + b), and pi / 4 is added
 *   log x = k log 2 + log(1 + r), 1 / sqrt(2) < 1 + r < sqrt(2): r - r^2 / 2 + r^3 p(r); pow: e^(y log x)
 *   logaddexp = larger + log(1 + e^d), d the difference
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
    return vs_horner(r, series, 7) * (rp_vs)(((rp_vsi)count << 23) + (127 << 23));
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
/* y log x = y k log 2 + y r + y (log(1 + r) - r): of float16 numbers the first product and the second are exact. */
V rp_vsm v_pow_half_plain(rp_vs x, rp_vs y, rp_vs *result)
{
    const int32_t least = 0x3f3504f3; /* 1 / sqrt(2), the least 1 + r */
    const rp_vsi bits = (rp_vsi)x - least;
    const rp_vs k = __builtin_convertvector(bits >> 23, rp_vs), r = (rp_vs)((bits & 0x7fffff) + least) - 1;
    const rp_vs of_k = y * k, of_r = y * r, rest = y * vs_plain_log(r), small = of_r + rest;
    const rp_vs exponent = vs_fma(small, vs_set(0x1.715476p0f), of_k);
    const rp_vs count = vs_fma_nearest(exponent, vs_set(1), vs_set(0x1.8p23f)), f = of_k - (count - 0x1.8p23f);
    const rp_vs reduced = vs_fma(f, vs_set(0x1.62e43p-1f), of_r) + vs_fma(f, vs_set(-0x1.05c61p-29f), rest);
    const rp_vs power = vs_plain_exp(reduced, count);
    const rp_vsm positive = vs_within(x, 1 << 23, 254 << 23); /* and finite */
    const rp_vsm rare = vs_not(positive & vs_less(vs_abs(exponent), vs_set(13.99f)));
    const rp_vsm doubt = vs_or(rare, vs_near_middle(power));
    *result = power;
    if (__builtin_expect(vs_any(doubt), 0) && vs_any(rare)) {
        rp_vs settled;
        const rp_vsm doubted = vs_pow_rare(x, y, RP_MATH_ODD, &settled);
        *result = settled;
        return doubted;
    }
    return doubt;
}

/* ---- Arcs ---------------------------------------------------------------------------------------------------------- */

/* asin r, and whether |x| > 1/2; r is negative there, and half the angle is from pi / 4. NaN beyond 1. */
V rp_vs vs_plain_asin(rp_vs size, rp_vsm *far)
{
    static const float series[5] = {0x1.55555ep-3f, 0x1.332684p-4f, 0x1.70c00ep-5f, 0x1.b1d57ap-6f, 0x1.39379ep-5f};
    *far = vs_less(vs_set(0.5f), size);
    const rp_vs square = vs_select(*far, vs_fma(size, vs_set(-0.5f), vs_set(0.5f)), size * size);
    const rp_vs r = vs_select(*far, vs_sqrt(square), size);
    return vs_fma(r * square, vs_horner(square, series, 5), r);
}

V rp_vsm v_asin_half_plain(rp_vs x, rp_vs *result)
{
    rp_vsm far;
    const rp_vs arc = vs_plain_asin(vs_abs(x), &far);
    *result = vs_with_sign(vs_select(far, vs_fma(arc, vs_set(-2), vs_set(0x1.921fb6p0f)), arc), x);
    return vs_near_middle(*result);
}

V rp_vsm v_acos_half_plain(rp_vs x, rp_vs *result)
{
    rp_vsm far;
    const rp_vs arc = vs_plain_asin(vs_abs(x), &far);
    const rp_vs turned = vs_select(far, 0x1.921fb6p0f - (arc + arc), arc), signed_arc = vs_with_sign(turned, x);
    *result = vs_select(far & vs_less(vs_set(0), x), arc + arc, 0x1.921fb6p0f - signed_arc);
    return vs_near_middle(*result);
}

/* atan(a / b), 0 <= a <= b, b > 0 */
V rp_vs vs_plain_atan(rp_vs a, rp_vs b)
{
    static const float series[5] = {-0x1.555554p-2f, 0x1.99970ap-3f, -0x1.241d38p-3f, 0x1.b7e37p-4f, -0x1.07d3cap-4f};
    const rp_vsm far = vs_less(b * 0x1.a8p-2f, a);
    const rp_vs r = vs_select(far, a - b, a) / vs_select(far, a + b, b), square = r * r;
    return vs_fma(r * square, vs_horner(square, series, 5), r) + vs_where(far, vs_set(0x1.921fb6p-1f));
}

V rp_vsm v_atan_half_plain(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_at_most(vs_abs(x), 0x1p100f);
    const rp_vsm steep = vs_less(vs_set(1), size);
    const rp_vs arc = vs_plain_atan(vs_select(steep, vs_set(1), size), vs_select(steep, size, vs_set(1)));
    *result = vs_with_sign(vs_select(steep, 0x1.921fb6p0f - arc, arc), x);
    return vs_near_middle(*result);
}

V rp_vsm v_atan2_half_plain(rp_vs y, rp_vs x, rp_vs *result)
{
    const rp_vs y_size = vs_at_most(vs_abs(y), 0x1p100f), x_size = vs_at_most(vs_abs(x), 0x1p100f);
    const rp_vsm steep = vs_less(x_size, y_size);
    const rp_vs larger = vs_select(steep, y_size, x_size), smaller = vs_select(steep, x_size, y_size);
    const rp_vs arc = vs_plain_atan(smaller, vs_at_least(larger, 0x1p-100f));
    const rp_vs turned = vs_select(steep, 0x1.921fb6p0f - arc, arc);
    const rp_vs all = vs_select((rp_vsm)((rp_vsi)x < 0), 0x1.921fb6p1f - turned, turned);
    *result = vs_with_sign(all, y);
    return vs_or(vs_near_middle(*result), vs_and_not(vs_less(all, vs_set(0x1p-14f)), vs_equal(y, vs_set(0))));
}
#define v_pow_half v_pow_half_plain
#define v_asin_half v_asin_half_plain
#define v_acos_half v_acos_half_plain
#define v_atan_half v_atan_half_plain
#define v_atan2_half v_atan2_half_plain
#endif

#endif
