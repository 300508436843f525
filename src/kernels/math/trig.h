/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sin, cos, tan.
 *
 * The angle less the nearest multiple of pi/2, |r| <= 0.79, as high + low. |x| < 2^22: x - n pi/2 with pi/2 in three
 * parts (Cody and Waite). The first has 53 bits, and with FMA the difference is exact; the second has 29, so that where
 * its difference is small, that is exact too, and where it is not, its error is; together 2^-57 of r at the worst x.
 * Above, x is a whole number times a power of two, and 192 bits of 2/pi, those that x times them leaves below 4, are
 * multiplied by it in four parts, from a table (Payne and Hanek); whole numbers are taken away by exact differences.
 * sin(r) = r + r^3 s(r^2), s of degree 5, and cos(r) = 1 - r^2/2 + r^4 c(r^2), c of degree 5 (trig.sollya: 2^-57.8 and
 * 2^-63.9). The squares' remainders and `low` go into the correction that is added last, with the one rounding that
 * counts. Both are computed, and the quadrant selects.
 * tan is their quotient; its remainder, which has both corrections in it, is divided too.
 *
 * Largest errors found, beside the C library's long double functions: sin 0.78, cos 0.75, tan 0.86 ULP. Arguments by
 * bit pattern, by size, near multiples of pi/2, near the hardest known.
 *
 * float32: sin and cos are (-1)^n sin(r), r = x - n pi, |r| <= 1.58, of degree 15 (2^-52.6); for cos, n is a half more
 * than a whole number. tan: the quotient without corrections. From 2^30 on r comes from a table by exponent. Right for
 * all 2^32 arguments; four of them ask for two units of float64's last place.
 */
#ifndef RP_MATH_TRIG_H
#define RP_MATH_TRIG_H

#include "kernels/math/trig_table.h"
#include "kernels/math/words.h"

/* 2^22 <= x < infinity: x = (n + high + low) pi/2 and any number of turns, |high| <= 0.51; n is in the bits of
 * v_count_bits. */
V rp_vi v_far(rp_vd x, rp_vd *high, rp_vd *low)
{
    const int64_t fraction = ((int64_t)1 << 52) - 1;
    const rp_vi first = ((rp_vi)x >> 52) - (1023 + 22);
    const rp_vd m = (rp_vd)(((rp_vi)x & fraction) | (int64_t)(1023 + 6) << 52);
    const rp_vd cut = v_set(0x1.8p55), down = v_set(0x1p-48);
    /* Each product less a multiple of 8, with no error; of the first one that is turns. */
    const rp_vd d0 = v_gather(rp_two_over_pi, first), d1 = v_gather(rp_two_over_pi + 48, first);
    const rp_vd d2 = v_gather(rp_two_over_pi + 96, first), d3 = v_gather(rp_two_over_pi + 144, first);
    const rp_vd f0 = v_fma(m, d0, cut - v_fma(m, d0, cut));
    const rp_vd p1 = v_fma(m, d1, cut) - cut, e1 = v_fma(m, d1, -p1);
    const rp_vd p2 = v_fma(m, d2, cut) - cut, e2 = v_fma(m, d2, -p2);
    /* The sums up to `more` have no error. */
    const rp_vd sum = v_fma(p1, down, f0);
    const rp_vi count = v_count_bits(sum, 1);
    const rp_vd near = sum - v_count(count), more = v_fma(p2, down, e1);
    *high = v_fma(more, down, near);
    *low = v_fma(v_fma(m * d3, down, e2), down * down, v_fma(more, down, near - *high));
    return count;
}

V rp_vm v_odd(rp_vi whole) { return v_equal_i(whole & 1, (rp_vi){0} + 1); }

#define V_HALF_PI 0x1.921fb54442d18p0
#define V_HALF_PI_REST 0x1.1a62633145c07p-54
/* From here on x goes through a table. */
#define V_FAR 0x1p22
#define V_FAR_SINGLE 0x1p30

/* ---- float64 ----------------------------------------------------------------------------------------------- */

/* sin(x) = sin + sin_low and cos(x) = cos + cos_low, of x less `quadrants`, whose two last bits count. 0 <= x. */
typedef struct v_sin_cos {
    rp_vd sin, sin_low, cos, cos_low;
    rp_vi quadrants;
} v_sin_cos;

V v_sin_cos v_sin_cos_of(rp_vd x)
{
    rp_vi count = v_count_bits(x, 0x1.45f306dc9c883p-1);
    const rp_vd n = v_count(count), r1 = v_fma(n, v_set(-V_HALF_PI), x);
    rp_vd r = v_fma(n, v_set(-0x1.1a62633p-54), r1), low = v_fma(n, v_set(-0x1.1a62633p-54), r1 - r);
    low = v_fma(n, v_set(-0x1.45c06e0e68948p-86), low);
    const rp_vm far = v_less_equal(v_set(V_FAR), x);
    if (__builtin_expect(v_any(far), 0)) {
        const rp_vm some = far & v_less(x, v_set((double)INFINITY));
        rp_vd turned, rest;
        count = v_select_i(some, v_far(v_select(some, x, v_set(V_FAR)), &turned, &rest), count);
        const rp_vd high = turned * V_HALF_PI;
        const rp_vd left = v_fma(turned, v_set(V_HALF_PI_REST), v_fma(turned, v_set(V_HALF_PI), -high));
        r = v_select(some, high, r);
        low = v_select(some, v_fma(rest, v_set(V_HALF_PI), left), low);
    }
    v_sin_cos z = {.quadrants = (rp_vi)((rp_vu)count >> 8)};
    static const double s[] = {-0x1.5555555555547p-3, 0x1.111111110f59cp-7,   -0x1.a01a019bb4d1cp-13,
                               0x1.71de352612629p-19, -0x1.ae5e255011a63p-26, 0x1.5d7fe615f2a69p-33};
    static const double c[] = {0x1.555555555554ap-5,   -0x1.6c16c16c14df6p-10, 0x1.a01a019c59afdp-16,
                               -0x1.27e4f7ca1902cp-22, 0x1.1ee9c03c6c4e8p-29,  -0x1.8f97d1fbefffcp-37};
    const rp_vd square = r * r, quartic = square * square, half = square * 0.5;
    z.sin = r;
    z.cos = 1 - half;
    z.sin_low = v_fma(r * square, v_poly(square, quartic, s, 6), low * z.cos);
    /* Less half of what r^2 is more than `square`. */
    const rp_vd more = v_fma(r, low, v_fma(r, r, -square) * 0.5);
    z.cos_low = v_fma(quartic, v_poly(square, quartic, c, 6), ((1 - z.cos) - half) - more);
    return z;
}

/* The size of sin of x and `ahead` quadrants, what its sum leaves, and in the sign bit of *turn whether it is below 0;
 * 0 <= x. */
V rp_vd v_sine_size(rp_vd x, int ahead, rp_vd *left, rp_vi *turn)
{
    const v_sin_cos z = v_sin_cos_of(x);
    const rp_vi quadrants = z.quadrants + ahead;
    const rp_vm odd = v_odd(quadrants);
    const rp_vd high = v_select(odd, z.cos, z.sin), low = v_select(odd, z.cos_low, z.sin_low), result = high + low;
    *left = (high - result) + low;
    *turn = quadrants << 62;
    return result;
}

V rp_vd v_sine(rp_vd x, int ahead, rp_vi sign)
{
    rp_vd left;
    rp_vi turn;
    const rp_vd result = v_sine_size(x, ahead, &left, &turn);
    return (rp_vd)((rp_vi)result ^ ((sign ^ turn) & INT64_MIN));
}

V rp_vd v_sin(rp_vd x)
{
    const rp_vm tiny = v_tiny(x);
    return v_select(tiny, x, v_sine(v_select(tiny, v_set(0), v_abs(x)), 0, (rp_vi)x));
}

V rp_vd v_cos(rp_vd x) { return v_sine(v_select(v_tiny(x), v_set(0), v_abs(x)), 1, (rp_vi){0}); }

/* tan without its last sum. */
V rp_vd v_tan_parts(rp_vd x, rp_vd *rest)
{
    const v_sin_cos z = v_sin_cos_of(v_abs(x));
    const rp_vm odd = v_odd(z.quadrants);
    const rp_vd a = v_select(odd, z.cos, z.sin), a_low = v_select(odd, z.cos_low, z.sin_low);
    const rp_vd b = v_select(odd, z.sin, z.cos), b_low = v_select(odd, z.sin_low, z.cos_low);
    const rp_vd over = a + a_low, over_low = (a - over) + a_low, under = b + b_low, under_low = (b - under) + b_low;
    const rp_vd inverse = 1 / under, quotient = over * inverse;
    const rp_vi sign = ((rp_vi)x ^ z.quadrants << 63) & INT64_MIN;
    const rp_vd lacking = v_fma(-quotient, under_low, v_fma(-quotient, under, over) + over_low) * inverse;
    *rest = (rp_vd)((rp_vi)lacking ^ sign);
    return (rp_vd)((rp_vi)quotient ^ sign);
}

V rp_vd v_tan(rp_vd x)
{
    const rp_vm tiny = v_tiny(x);
    rp_vd rest;
    const rp_vd quotient = v_tan_parts(v_select(tiny, v_set(0), x), &rest);
    return v_select(tiny, x, quotient + rest);
}

/* ---- float32 ----------------------------------------------------------------------------------------------- */

/* r = x - n pi / 2, for a float32 number, 2^30 <= |x|: n, the nearest, is a multiple of `step` less `ahead`, but for multiples
 * of 4; count: (n + ahead) / step in the bits of v_count_bits. NaN for infinity; of other numbers, anything. */
V rp_vd v_far_single(rp_vd x, double step, double ahead, rp_vi *count)
{
    const rp_vi pair = (((rp_vi)x >> 51) + 2) & (2 * RP_TWO_OVER_PI_EXPONENTS - 2);
    rp_vd first, rest;
    v_gather_pair(rp_two_over_pi_single[0], pair, &first, &rest);
    const rp_vd product = x * first, left = v_fma(x, rest, v_fma(x, first, -product));
    *count = v_count_bits(product + ahead, 1 / step);
    const rp_vd n = v_count(*count) * step - ahead;
    return ((product - n) + left) * V_HALF_PI;
}

/* sin of x and `ahead` quadrants. */
V rp_vd v_sine_single(rp_vd x, int ahead)
{
    static const double s[] = {1,
                               -0x1.55555555554adp-3,
                               0x1.111111110a656p-7,
                               -0x1.a01a019a60a2cp-13,
                               0x1.71de38010dc2p-19,
                               -0x1.ae6352bdcec7dp-26,
                               0x1.60e621aa7c1b3p-33,
                               -0x1.9efd8d2d59f3p-41};
    rp_vi count = v_count_bits(ahead ? x + V_HALF_PI : x, 0x1.45f306dc9c883p-2);
    const rp_vd n = ahead ? v_count(count) - 0.5 : v_count(count);
    rp_vd r = v_fma(n, v_set(-2 * V_HALF_PI_REST), v_fma(n, v_set(-2 * V_HALF_PI), x));
    const rp_vm far = v_less_equal(v_set(V_FAR_SINGLE), v_abs(x));
    if (__builtin_expect(v_any(far), 0)) {
        rp_vi better;
        r = v_select(far, v_far_single(x, 2, ahead, &better), r);
        count = v_select_i(far, better, count);
    }
    const rp_vd square = r * r, size = v_abs(x);
    rp_vd sine = r * v_poly(square, square * square, s, 8);
    if (!ahead) sine = v_nudge(sine, -2, size, 0x1.33333p13);
    if (__builtin_expect(v_any(far), 0)) {
        if (ahead)
            sine = v_nudge(v_nudge(sine, 2, size, 0x1.4555p51), -2, size, 0x1.119ae6p115);
        else
            sine = v_nudge(sine, 4, size, 0x1.95f654p44);
    }
    return (rp_vd)((rp_vi)sine ^ (count << 55 & INT64_MIN));
}

V rp_vd v_sin_single(rp_vd x) { return v_sine_single(x, 0); }
V rp_vd v_cos_single(rp_vd x) { return v_sine_single(v_abs(x), 1); }

/* sin r and cos r, |r| <= 0.79, as rounded numbers. */
V void v_sin_cos_single(rp_vd r, rp_vd *sin, rp_vd *cos)
{
    static const double s[] = {1,
                               -0x1.5555555555547p-3,
                               0x1.111111110f59cp-7,
                               -0x1.a01a019bb4d1cp-13,
                               0x1.71de352612629p-19,
                               -0x1.ae5e255011a63p-26,
                               0x1.5d7fe615f2a69p-33};
    static const double c[] = {1,
                               -0.5,
                               0x1.555555555554ap-5,
                               -0x1.6c16c16c14df6p-10,
                               0x1.a01a019c59afdp-16,
                               -0x1.27e4f7ca1902cp-22,
                               0x1.1ee9c03c6c4e8p-29,
                               -0x1.8f97d1fbefffcp-37};
    const rp_vd square = r * r, quartic = square * square;
    *sin = r * v_poly(square, quartic, s, 7);
    *cos = v_poly(square, quartic, c, 8);
}

/* x less the nearest multiple of pi / 2, |x| < 2^30; n is that in the bits of v_count_bits. */
V rp_vd v_quadrant_rest(rp_vd x, rp_vi *n)
{
    *n = v_count_bits(x, 0x1.45f306dc9c883p-1);
    return v_fma(v_count(*n), v_set(-V_HALF_PI_REST), v_fma(v_count(*n), v_set(-V_HALF_PI), x));
}

V rp_vd v_tan_single(rp_vd x)
{
    rp_vi count;
    rp_vd r = v_quadrant_rest(x, &count), sin, cos;
    const rp_vm far = v_less_equal(v_set(V_FAR_SINGLE), v_abs(x));
    if (__builtin_expect(v_any(far), 0)) {
        rp_vi better;
        r = v_select(far, v_far_single(x, 1, 0, &better), r);
        count = v_select_i(far, better, count);
    }
    const rp_vi quadrants = (rp_vi)((rp_vu)count >> 8);
    v_sin_cos_single(r, &sin, &cos);
    const rp_vm odd = v_odd(quadrants);
    const rp_vd quotient = v_select(odd, cos, sin) / v_select(odd, sin, cos);
    return (rp_vd)((rp_vi)quotient ^ (quadrants << 63));
}

#endif
