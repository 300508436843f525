/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sin, cos, tan.
 *
 * The angle less the nearest multiple of pi/2, |r| <= 0.79, as high + low. |x| < 2^22: x - n pi/2 with pi/2 in three
 * parts (Cody and Waite). The first has 53 bits, and with FMA the difference is exact; the second has 29, so that where
 * its difference is small, that is exact too, and where it is not, its error is; together 2^-57 of r at the worst x.
 * Above, x is a whole number times a power of two, and 192 bits of 2/pi, those that x times them leaves below 4, are
 * multiplied by it in four parts (Payne and Hanek); whole numbers are taken away by exact differences.
 * sin(r) = r + r^3 s(r^2), s of degree 5, and cos(r) = 1 - r^2/2 + r^4 c(r^2), c of degree 5 (trig.sollya: 2^-57.8 and
 * 2^-63.9). The squares' remainders and `low` go into the correction that is added last, with the one rounding that
 * counts. Both are computed, and the quadrant selects.
 * tan is their quotient; its remainder, which has both corrections in it, is divided too.
 *
 * Largest errors found, beside the C library's long double functions: sin 0.77, cos 0.75, tan 0.84 ULP. Arguments by
 * bit pattern, by size, near multiples of pi/2, near the hardest known.
 *
 * float32: sin and cos are (-1)^n sin(r), r = x - n pi, |r| <= 1.58, of degree 15 (2^-52.6); for cos, n is a half more
 * than a whole number. tan: the quotient without corrections. From 2^30 on by way of float64. Right for all 2^32
 * arguments; one of them asks for a unit of float64's last place.
 */
#ifndef RP_MATH_TRIG_H
#define RP_MATH_TRIG_H

#include "kernels/math/words.h"

/* What v_far finds: x = (quadrants + high + low) pi/2 and any number of turns, |high| <= 0.51. */
typedef struct v_angle {
    rp_vd quadrants, high, low;
} v_angle;

/* The number in `bits` whose last place is 2^place, 0 <= bits < 2^52. */
V rp_vd v_fixed(rp_vu bits, int place)
{
    const uint64_t base = (uint64_t)(1023 + 52 + place) << 52;
    return (rp_vd)(bits | base) - (rp_vd)((rp_vu){0} + base);
}

/* x, 2^22 <= x, through 2/pi. NaN for infinity. */
static __attribute__((noinline)) void v_far(rp_vd *x, v_angle *angle)
{
    /* Bits of 2/pi; the first stands for 2^31. */
    static const uint64_t bits[] = {0x00000000a2f9836e, 0x4e441529fc2757d1, 0xf534ddc0db629599, 0x3c439041fe5163ab,
                                    0xdebbc561b7246e3a, 0x424dd2e006492eea, 0x09d1921cfe1deb1c, 0xb129a73ee88235f5,
                                    0x2ebb4484e99c7026, 0xb45f7e413991d639, 0x835339f49c845f8b, 0xbdf9283b1ff897ff,
                                    0xde05980fef2f118b, 0x5a0a6d1f6d367ecf, 0x27cb09b74f463f66, 0x9e5fea2d7527bac7,
                                    0xebe5f17b3d0739f7, 0x8a5292ea6bfb5fb1, 0x1f8d5d0856033046};
    /* From that for 2 in 2/pi * 2^(e - 52) onwards; e is the exponent of x. */
    const rp_vu first = ((rp_vu)*x >> 52) - (1023 + 22), shift = first & 63;
    const rp_vi word = (rp_vi)(first >> 6);
    const rp_vu w0 = v_gather_u(bits, word), w1 = v_gather_u(bits, word + 1);
    const rp_vu w2 = v_gather_u(bits, word + 2), w3 = v_gather_u(bits, word + 3);
    const rp_vu b0 = w0 << shift | w1 >> 1 >> (63 - shift);
    const rp_vu b1 = w1 << shift | w2 >> 1 >> (63 - shift);
    const rp_vu b2 = w2 << shift | w3 >> 1 >> (63 - shift);
    const uint64_t some = ((uint64_t)1 << 48) - 1;
    const rp_vd t0 = v_fixed(b0 >> 15, -47), t1 = v_fixed((b0 << 33 & some) | b1 >> 31, -95);
    const rp_vd t2 = v_fixed((b1 << 17 & some) | b2 >> 47, -143), t3 = v_fixed(b2 & (some >> 1), -190);
    const uint64_t fraction = ((uint64_t)1 << 52) - 1;
    const rp_vd whole = (rp_vd)(((rp_vu)*x & fraction) | (uint64_t)(1023 + 52) << 52);

    /* Each product is cut at a fixed place, so that both parts are exact: first at 16, whole turns. */
    const rp_vd turns = v_fma(whole, t0, v_set(0x1.8p56)) - 0x1.8p56, f0 = v_fma(whole, t0, -turns);
    const rp_vd p1 = v_fma(whole, t1, v_set(0x1.8p7)) - 0x1.8p7, e1 = v_fma(whole, t1, -p1);
    const rp_vd p2 = v_fma(whole, t2, v_set(0x1.8p-41)) - 0x1.8p-41, e2 = v_fma(whole, t2, -p2);
    const rp_vd n1 = v_round(p1), sum = f0 + (p1 - n1), n0 = v_count(v_count_bits(sum, 1));
    /* What is left is below 0.51. Each sum is exact if it is small, and else has an exact error. */
    const rp_vd g0 = sum - n0, g1 = g0 + e1, g2 = g1 + p2;
    const rp_vd low = (e1 - (g1 - g0)) + (p2 - (g2 - g1));
    angle->quadrants = n0 + n1;
    angle->high = g2 + (*x - *x);
    angle->low = low + v_fma(whole, t3, e2);
}

/* v_far of those that are, and of a number like them in the other lanes. */
V v_angle v_far_of(rp_vd x, rp_vm far)
{
    v_angle angle;
    x = v_select(far, x, v_set(0x1p30));
    v_far(&x, &angle);
    return angle;
}

V rp_vm v_odd(rp_vi whole) { return v_equal_i(whole & 1, (rp_vi){0} + 1); }

#define V_HALF_PI 0x1.921fb54442d18p0
#define V_HALF_PI_REST 0x1.1a62633145c07p-54

/* ---- float64 ----------------------------------------------------------------------------------------------- */

/* sin(x) = sin + sin_low and cos(x) = cos + cos_low, of x less `quadrants`, whose two last bits count. 0 <= x. */
typedef struct v_sin_cos {
    rp_vd sin, sin_low, cos, cos_low;
    rp_vi quadrants;
} v_sin_cos;

V v_sin_cos v_sin_cos_of(rp_vd x)
{
    const rp_vi count = v_count_bits(x, 0x1.45f306dc9c883p-1);
    const rp_vd n = v_count(count), r1 = v_fma(n, v_set(-V_HALF_PI), x);
    rp_vd r = v_fma(n, v_set(-0x1.1a62633p-54), r1), low = v_fma(n, v_set(-0x1.1a62633p-54), r1 - r);
    low = v_fma(n, v_set(-0x1.45c06e0e68948p-86), low);
    v_sin_cos z = {.quadrants = (rp_vi)((rp_vu)count >> 8)};
    const rp_vm far = v_less_equal(v_set(0x1p22), x);
    if (v_any(far)) {
        const v_angle angle = v_far_of(x, far);
        const rp_vd high = angle.high * V_HALF_PI;
        rp_vd rest = v_fma(angle.high, v_set(V_HALF_PI), -high);
        rest = v_fma(angle.low, v_set(V_HALF_PI), v_fma(angle.high, v_set(V_HALF_PI_REST), rest));
        r = v_select(far, high, r);
        low = v_select(far, rest, low);
        z.quadrants = v_select_i(far, v_whole_bits(angle.quadrants), z.quadrants);
    }
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

/* 0 - 0 is -0 where the caller rounds down. */
V rp_vd v_zero_kept(rp_vd x, rp_vd result) { return v_select(v_equal(x, v_set(0)), x, result); }

V rp_vd v_sin(rp_vd x) { return v_zero_kept(x, v_sine(v_abs(x), 0, (rp_vi)x)); }
V rp_vd v_cos(rp_vd x) { return v_sine(v_abs(x), 1, (rp_vi){0}); }

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
    rp_vd rest;
    const rp_vd quotient = v_tan_parts(x, &rest);
    return v_zero_kept(x, quotient + rest);
}

/* ---- float32 ----------------------------------------------------------------------------------------------- */

/* Large numbers by way of float64 and what that leaves: some results lie in the middle of two numbers, nearly. */
static __attribute__((noinline)) void v_sine_far(rp_vd *x, int ahead)
{
    rp_vd left;
    rp_vi turn;
    const rp_vd result = v_sine_size(v_abs(*x), ahead, &left, &turn);
    turn ^= ahead ? turn & 0 : (rp_vi)*x;
    *x = (rp_vd)((rp_vi)v_to_odd(result, left) ^ (turn & INT64_MIN));
}

static __attribute__((noinline)) void v_tan_far(rp_vd *x)
{
    rp_vd rest;
    const rp_vd quotient = v_tan_parts(*x, &rest), result = quotient + rest;
    *x = v_to_odd(result, (quotient - result) + rest);
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
    const rp_vi count = v_count_bits(ahead ? x + V_HALF_PI : x, 0x1.45f306dc9c883p-2);
    const rp_vd n = ahead ? v_count(count) - 0.5 : v_count(count);
    const rp_vd r = v_fma(n, v_set(-2 * V_HALF_PI_REST), v_fma(n, v_set(-2 * V_HALF_PI), x)), square = r * r;
    const rp_vd sine = r * v_poly(square, square * square, s, 8), size = v_abs(x);
    rp_vd result = (rp_vd)((rp_vi)(ahead ? sine : v_nudge(sine, -2, size, 0x1.33333p13)) ^ (count << 55 & INT64_MIN));
    const rp_vm far = v_less_equal(v_set(0x1p30), size);
    if (v_any(far)) {
        rp_vd better = x;
        v_sine_far(&better, ahead);
        result = v_select(far, better, result);
    }
    return result;
}

V rp_vd v_sin_single(rp_vd x) { return v_sine_single(x, 0); }
V rp_vd v_cos_single(rp_vd x) { return v_sine_single(v_abs(x), 1); }

V rp_vd v_tan_single(rp_vd x)
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
    const rp_vi count = v_count_bits(x, 0x1.45f306dc9c883p-1), quadrants = (rp_vi)((rp_vu)count >> 8);
    const rp_vd n = v_count(count), r = v_fma(n, v_set(-V_HALF_PI_REST), v_fma(n, v_set(-V_HALF_PI), x));
    const rp_vd square = r * r, quartic = square * square;
    const rp_vd sin = r * v_poly(square, quartic, s, 7), cos = v_poly(square, quartic, c, 8);
    const rp_vm odd = v_odd(quadrants);
    const rp_vd quotient = v_select(odd, cos, sin) / v_select(odd, sin, cos);
    rp_vd result = (rp_vd)((rp_vi)quotient ^ (quadrants << 63));
    const rp_vm far = v_less_equal(v_set(0x1p30), v_abs(x));
    if (v_any(far)) {
        rp_vd better = x;
        v_tan_far(&better);
        result = v_select(far, better, result);
    }
    return result;
}

#endif
