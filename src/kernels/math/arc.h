/* SPDX-License-Identifier: BSD-3-Clause
 *
 * atan, atan2, asin, acos.
 *
 * atan, atan2: the smaller of |y| and |x| over the larger is the tangent of an angle up to pi/4, and above 1/2 that
 * angle is pi/4 + atan((y - x) / (y + x)); so |t| <= 1/2. The quotient's remainder, which has the sum's in it, is
 * divided too. atan(t) = t + t^3 p(t^2), p of degree 11 (arc.sollya: 2^-57.8). The result is a multiple of pi/4 in two
 * parts, plus or minus that, with the one rounding that counts.
 * asin, acos: up to 1/2, x + x^3 p(x^2), p of degree 11 (2^-55.9); above, asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2))
 * and acos(x) = 2 asin(...), with the root's remainder.
 * Largest errors found, beside the C library's long double functions: atan 0.73, atan2 0.83, asin 0.73, acos 0.72 ULP.
 *
 * float32: the same without remainders, and with a polynomial of one degree less; right for all 2^32 arguments, of
 * which a few ask for a unit of float64's last place. atan2 too, but where its result is near the middle of two
 * numbers, or below float32's normal ones, it is computed as that of float64, and what the last sum leaves decides. By
 * the error of that, 2^-56, one pair of operands in 2^31 may yet be rounded to the wrong side; none was found.
 */
#ifndef RP_MATH_ARC_H
#define RP_MATH_ARC_H

#include "kernels/math/trig.h"

#define V_PI 0x1.921fb54442d18p1
#define V_QUARTER_PI 0x1.921fb54442d18p-1
#define V_QUARTER_PI_REST 0x1.1a62633145c07p-55

/* `quarters` pi/4 + t + rest, where |t| is below the first or that is 0: the sum, and what it leaves. */
V rp_vd v_quarters_and(rp_vd quarters, rp_vd t, rp_vd rest, rp_vd *left)
{
    const rp_vd base = quarters * V_QUARTER_PI;
    const rp_vd base_rest = v_fma(quarters, v_set(V_QUARTER_PI_REST), v_fma(quarters, v_set(V_QUARTER_PI), -base));
    const rp_vd sum = base + t, sum_rest = ((base - sum) + t) + (base_rest + rest), result = sum + sum_rest;
    *left = (sum - result) + sum_rest;
    return result;
}

/* ---- atan, atan2 ------------------------------------------------------------------------------------------- */

/* atan(y / x) = quarters pi/4 + t + rest; 0 <= y, 0 <= x. */
typedef struct v_arc {
    rp_vd quarters, t, rest;
} v_arc;

/* far: t may be so small that its powers would be subnormal. */
V v_arc v_arc_of(rp_vd y, rp_vd x, bool far)
{
    static const double p[] = {-0x1.5555555555518p-2, 0x1.99999999914cep-3,  -0x1.249249216f88dp-3,
                               0x1.c71c709666ff2p-4,  -0x1.745cf54a9d869p-4, 0x1.3b1145054175ap-4,
                               -0x1.10f364a7ccdeap-4, 0x1.dfeced6d562fap-5,  -0x1.a3a6eb3e9d6a5p-5,
                               0x1.571c5f78b174cp-5,  -0x1.c1f5985a0610ap-6, 0x1.4c2128f72a84bp-7};
    const rp_vm swap = v_less(x, y);
    const rp_vd high = v_select(swap, y, x), low = v_select(swap, x, y);
    const rp_vm near_one = v_less(high, low + low);
    const rp_vd sum = high + low;
    const rp_vd over = v_select(near_one, low - high, low), under = v_select(near_one, sum, high);
    const rp_vd under_rest = v_select(near_one, (high - sum) + low, v_set(0));
    const rp_vd inverse = 1 / under, t = over * inverse;
    const rp_vd rest = v_fma(-t, under_rest, v_fma(-t, under, over)) * inverse;
    rp_vd u = t;
    if (far) u = v_select(v_less(v_abs(t), v_set(0x1p-200)), v_set(0), t);
    const rp_vd square = u * u;
    const rp_vd cubic = v_fma(u * square, v_poly(square, square * square, p, 12), rest);
    const rp_vi sign = v_select_i(swap, (rp_vi){0} + INT64_MIN, (rp_vi){0});
    return (v_arc){.quarters = v_select(near_one, v_set(1), v_select(swap, v_set(2), v_set(0))),
                   .t = (rp_vd)((rp_vi)t ^ sign),
                   .rest = (rp_vd)((rp_vi)cubic ^ sign)};
}

/* From here on atan is pi/2. NaN is kept. */
V rp_vd v_not_above(rp_vd x, double most) { return v_select(v_less(v_set(most), x), v_set(most), x); }

V rp_vd v_atan(rp_vd x)
{
    const rp_vm tiny = v_tiny(x);
    const v_arc arc = v_arc_of(v_not_above(v_select(tiny, v_set(0), v_abs(x)), 0x1p100), v_set(1), false);
    rp_vd left;
    return v_select(tiny, x, v_with_sign(v_quarters_and(arc.quarters, arc.t, arc.rest, &left), v_sign(x)));
}

/* |t| <= 1/2, good enough for float32. */
V rp_vd v_short_atan(rp_vd t)
{
    static const double p[] = {-0x1.555555555515ap-2, 0x1.9999999924192p-3, -0x1.249248fedaa6p-3,  0x1.c71c65aca1c31p-4,
                               -0x1.745bf5593c051p-4, 0x1.3b0288c5f441cp-4, -0x1.10652f55f325cp-4, 0x1.d8cc437f389c6p-5,
                               -0x1.8585f5ac388edp-5, 0x1.067da00b25917p-5, -0x1.94e0ab38e499dp-7};
    const rp_vd square = t * t;
    return v_fma(t * square, v_poly(square, square * square, p, 11), t);
}

V rp_vd v_atan_single(rp_vd x)
{
    const rp_vd size = v_abs(x);
    const rp_vm above_two = v_less(v_set(2), size), near_one = v_less(v_set(0.5), size);
    const rp_vd over = v_select(above_two, v_set(-1), v_select(near_one, size - 1, size));
    const rp_vd under = v_select(above_two, size, v_select(near_one, size + 1, v_set(1)));
    const rp_vd arc = v_short_atan(over / under);
    const rp_vd base = v_select(above_two, v_set(V_HALF_PI), v_select(near_one, v_set(V_QUARTER_PI), v_set(0)));
    return v_with_sign(v_nudge(base + arc, 1, size, 0x1.1ad646p-4), v_sign(x));
}

/* Beside a large number a small one is 0. */
V rp_vd v_unless_small(rp_vd x) { return v_select(v_less(v_abs(x), v_set(0x1p-900)), v_set(0), x); }

/* Of sizes beyond that, which a and b are, those that v_arc_of takes, with the same quotient. Where y is tiny and the angle is
 * the quotient, that is 2^120 times as large; returned is where that is so. */
V rp_vm v_atan2_rare(rp_vd *a, rp_vd *b, rp_vm negative)
{
    const rp_vd infinity = v_set((double)INFINITY);
    const rp_vm infinite_a = v_equal(*a, infinity), infinite_b = v_equal(*b, infinity),
                infinite = infinite_a | infinite_b;
    rp_vd y = *a, x = *b;
    /* Beside infinity another number is 0, and infinity is 1. */
    y = v_select(infinite_a, v_set(1), v_select(infinite, v_abs(y - y), y));
    x = v_select(infinite_b, v_set(1), v_select(infinite, v_abs(x - x), x));
    /* 0 / 0 is as 0 / 1, of which the quadrant is made below. */
    x = v_select(v_equal(y, v_set(0)) & v_equal(x, v_set(0)), v_set(1), x);
    /* No sum overflows, and no remainder is too small. */
    const rp_vm large = v_less(v_set(0x1p900), y) | v_less(v_set(0x1p900), x);
    const rp_vm small_y = v_less(y, v_set(0x1p-900)), small = small_y | v_less(x, v_set(0x1p-900));
    const rp_vm is_quotient = small_y & v_less(v_set(0x1p-600), x) & ~(negative | large);
    y = v_select(large, v_unless_small(y) * 0x1p-100, v_select(small, v_scale_small(y, 0x1p120), y));
    x = v_select(large, v_unless_small(x) * 0x1p-100, v_select(small & ~is_quotient, v_scale_small(x, 0x1p120), x));
    /* Beside pi/2 and pi no quotient counts that is so small, and products of a subnormal one cost some hundred cycles. */
    *b = v_select(v_less(x * 0x1p200, y), v_set(0), x);
    *a = v_select(v_less(y * 0x1p200, *b) & negative, v_set(0), y);
    return is_quotient;
}

/* atan2, 0 <= the result, and what the last sum leaves. */
V rp_vd v_atan2_size(rp_vd y, rp_vd x, rp_vd *left)
{
    rp_vd a = v_abs(y), b = v_abs(x);
    const rp_vi sign = v_sign(x);
    const rp_vm negative = v_equal_i(sign, (rp_vi){0} + INT64_MIN);
    const rp_vm usual = v_less(v_set(0x1p-900), v_smaller(a, b)) & v_less(v_larger(a, b), v_set(0x1p900));
    const bool rare = v_any(~usual);
    rp_vm enlarged = ~usual;
    if (rare) enlarged = v_atan2_rare(&a, &b, negative);
    const v_arc arc = v_arc_of(a, b, true);
    rp_vd size = v_quarters_and(v_select(negative, 4 - arc.quarters, arc.quarters), (rp_vd)((rp_vi)arc.t ^ sign),
                                (rp_vd)((rp_vi)arc.rest ^ sign), left);
    if (rare) {
        size = v_select(enlarged, v_scale_down(size, *left, 0x1p120), size);
        *left = v_select(enlarged, v_unless_small(*left) * 0x1p-120, *left);
    }
    return size;
}

V rp_vd v_atan2(rp_vd y, rp_vd x)
{
    rp_vd left;
    return v_with_sign(v_atan2_size(y, x, &left), v_sign(y));
}

/* The size of atan2 without remainders: 2^-50 of it may be wrong. */
V rp_vd v_atan2_short(rp_vd y, rp_vd x)
{
    const rp_vd a = v_not_above(v_abs(y), 0x1p1000), b = v_not_above(v_abs(x), 0x1p1000);
    const rp_vm swap = v_less(b, a);
    const rp_vd high = v_select(swap, a, b), low = v_select(swap, b, a);
    const rp_vm near_one = v_less(high, low + low);
    /* Nothing beside a float32 number, but 0 / 0 is 0. */
    const rp_vd under = v_select(near_one, high + low, high) + 0x1p-400;
    const rp_vd t = v_select(near_one, low - high, low) / under, arc = v_short_atan(t);
    const rp_vd base = v_select(near_one, v_set(V_QUARTER_PI), v_select(swap, v_set(V_HALF_PI), v_set(0)));
    const rp_vi sign = v_sign(x), turned = v_select_i(swap, (rp_vi){0} + INT64_MIN, (rp_vi){0});
    const rp_vd from = v_select(v_equal_i(sign, (rp_vi){0} + INT64_MIN), V_PI - base, base);
    return from + (rp_vd)((rp_vi)arc ^ sign ^ turned);
}

/* That, unless what remainders may change lies near the middle of two numbers of float32 or float16, or where float32 has
 * fewer bits. */
V rp_vd v_atan2_single(rp_vd y, rp_vd x)
{
    rp_vd size = v_atan2_short(y, x);
    const int64_t bits = ((int64_t)1 << 28) - 32;
    const rp_vm beside = v_equal_i(((rp_vi)size + 16) & bits, (rp_vi){0}) | v_less(size, v_set(0x1p-126));
    const rp_vm unsure = beside & v_less(v_set(0), v_abs(y));
    if (v_any(unsure)) {
        rp_vd left;
        const rp_vd better = v_atan2_size(y, x, &left);
        size = v_select(unsure, v_to_odd(better, left), size);
    }
    return v_with_sign(size, v_sign(y));
}

/* ---- asin, acos -------------------------------------------------------------------------------------------- */

/* asin(root) = root + rest, where root is x if |x| <= 1/2, and else sqrt((1 - |x|) / 2). */
typedef struct v_root_arc {
    rp_vm outer;
    rp_vd root, rest;
} v_root_arc;

V v_root_arc v_root_arc_of(rp_vd x)
{
    static const double p[] = {0x1.5555555555386p-3, 0x1.333333336fa38p-4, 0x1.6db6db41c2efp-5,   0x1.f1c72c72b23cdp-6,
                               0x1.6e89eef9134d3p-6, 0x1.1c6c2f5701a45p-6, 0x1.c6f7e709fcc7p-7,   0x1.8ee88a118781ap-7,
                               0x1.aa91c906a388ep-8, 0x1.40c94249be7a4p-6, -0x1.0b19d91f8ed5fp-6, 0x1.05db28231131ap-5};
    const rp_vd size = v_abs(x);
    const rp_vm outer = v_less(v_set(0.5), size);
    const rp_vd half = (1 - size) * 0.5, found = v_sqrt(half), square = v_select(outer, half, x * x);
    /* A root of 0 has no remainder. */
    const rp_vd rest = v_rough_quotient(v_fma(-found, found, half), found + found + 0x1p-100);
    const rp_vd root = v_select(outer, found, x);
    return (v_root_arc){outer, root,
                        v_fma(root * square, v_poly(square, square * square, p, 12), v_select(outer, rest, v_set(0)))};
}

V rp_vd v_asin(rp_vd x)
{
    const rp_vm tiny = v_tiny(x);
    const v_root_arc arc = v_root_arc_of(v_select(tiny, v_set(0), v_abs(x)));
    const rp_vd factor = v_select(arc.outer, v_set(-2), v_set(1));
    rp_vd left;
    const rp_vd size =
        v_quarters_and(v_select(arc.outer, v_set(2), v_set(0)), arc.root * factor, arc.rest * factor, &left);
    return v_select(tiny, x, v_with_sign(size, v_sign(x)));
}

V rp_vd v_acos(rp_vd x)
{
    const v_root_arc arc = v_root_arc_of(v_select(v_tiny(x), v_set(0), x));
    const rp_vm negative = v_less(x, v_set(0));
    const rp_vd factor = v_select(arc.outer, v_select(negative, v_set(-2), v_set(2)), v_set(-1));
    const rp_vd quarters = v_select(arc.outer, v_select(negative, v_set(4), v_set(0)), v_set(2));
    rp_vd left;
    return v_abs(v_quarters_and(quarters, arc.root * factor, arc.rest * factor, &left));
}

/* asin(root) of float32. */
V v_root_arc v_root_arc_single(rp_vd x)
{
    static const double p[] = {0x1.5555555556d84p-3, 0x1.3333333084d3bp-4,  0x1.6db6dd1483f71p-5, 0x1.f1c69ad607ae8p-6,
                               0x1.6e9723bf69fc5p-6, 0x1.1bab444a98bcp-6,   0x1.d56639a95386ap-7, 0x1.32fade9871999p-7,
                               0x1.2bb39df90495p-6,  -0x1.81ae9a70fdf6fp-7, 0x1.029f56ed5d185p-5};
    const rp_vd size = v_abs(x);
    const rp_vm outer = v_less(v_set(0.5), size);
    const rp_vd square = v_select(outer, (1 - size) * 0.5, x * x), root = v_select(outer, v_sqrt(square), x);
    return (v_root_arc){outer, v_fma(root * square, v_poly(square, square * square, p, 11), root), v_set(0)};
}

V rp_vd v_asin_single(rp_vd x)
{
    const v_root_arc arc = v_root_arc_single(v_abs(x));
    const rp_vd size = v_select(arc.outer, v_fma(arc.root, v_set(-2), v_set(V_HALF_PI)), arc.root);
    return v_with_sign(v_nudge(size, -3, v_abs(x), 0x1.107434p-1), v_sign(x));
}

V rp_vd v_acos_single(rp_vd x)
{
    const v_root_arc arc = v_root_arc_single(x);
    const rp_vm negative = v_less(x, v_set(0));
    const rp_vd factor = v_select(arc.outer, v_select(negative, v_set(-2), v_set(2)), v_set(-1));
    const rp_vd quarters = v_select(arc.outer, v_select(negative, v_set(4), v_set(0)), v_set(2));
    const rp_vd result = v_abs(v_fma(quarters, v_set(V_QUARTER_PI), arc.root * factor));
    return v_nudge(v_nudge(result, 1, x, 0x1.110b46p-26), 1, x, 0x1.04c444p-12);
}

#endif
