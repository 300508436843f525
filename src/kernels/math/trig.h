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
 * than a whole number. tan: the quotient without corrections. From 2^30 on r comes from a table by exponent. Right for
 * all 2^32 arguments; four of them ask for two units of float64's last place.
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
    rp_vu w0, w1, w2, w3;
    v_gather_pair_u(bits, word, &w0, &w1);
    v_gather_pair_u(bits + 2, word, &w2, &w3);
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

/* 2^(e - 23) 2 / pi less multiples of 4, e from 30 to 127: two parts of 28 bits, and one of 53. */
/* clang-format off */
static const struct far_single {
    uint64_t bits;
    double rest;
} far_single[98] = {
    {0x5f306dc9c882a5, 0x1.fc2757d1f534ep-57}, {0xbe60db9391054a, 0x1.fc2757d1f534ep-56}, {0x7cc1b727220a94, 0x1.fc2757d1f534ep-55},
    {0xf9836e4e441529, 0x1.f84eafa3ea69cp-55}, {0xf306dc9c882a53, 0x1.f09d5f47d4d37p-55}, {0xe60db9391054a7, 0x1.e13abe8fa9a6fp-55},
    {0xcc1b727220a94f, 0x1.c2757d1f534dep-55}, {0x9836e4e441529f, 0x1.84eafa3ea69bcp-55}, {0x306dc9c882a53f, 0x1.09d5f47d4d377p-55},
    {0x60db9391054a7f, 0x1.3abe8fa9a6eep-59}, {0xc1b727220a94fe, 0x1.3abe8fa9a6eep-58}, {0x836e4e441529fc, 0x1.3abe8fa9a6eep-57},
    {0x06dc9c882a53f8, 0x1.3abe8fa9a6eep-56}, {0x0db9391054a7f0, 0x1.3abe8fa9a6eep-55}, {0x1b727220a94fe1, 0x1.d5f47d4d37703p-57},
    {0x36e4e441529fc2, 0x1.d5f47d4d37703p-56}, {0x6dc9c882a53f84, 0x1.d5f47d4d37703p-55}, {0xdb9391054a7f09, 0x1.abe8fa9a6ee07p-55},
    {0xb727220a94fe13, 0x1.57d1f534ddc0ep-55}, {0x6e4e441529fc27, 0x1.5f47d4d377037p-56}, {0xdc9c882a53f84e, 0x1.5f47d4d377037p-55},
    {0xb9391054a7f09d, 0x1.7d1f534ddc0dbp-56}, {0x727220a94fe13a, 0x1.7d1f534ddc0dbp-55}, {0xe4e441529fc275, 0x1.f47d4d377036ep-56},
    {0xc9c882a53f84ea, 0x1.f47d4d377036ep-55}, {0x9391054a7f09d5, 0x1.e8fa9a6ee06dbp-55}, {0x27220a94fe13ab, 0x1.d1f534ddc0db6p-55},
    {0x4e441529fc2757, 0x1.a3ea69bb81b6cp-55}, {0x9c882a53f84eaf, 0x1.47d4d377036d9p-55}, {0x391054a7f09d5f, 0x1.1f534ddc0db63p-56},
    {0x7220a94fe13abe, 0x1.1f534ddc0db63p-55}, {0xe441529fc2757d, 0x1.f534ddc0db629p-58}, {0xc882a53f84eafa, 0x1.f534ddc0db629p-57},
    {0x91054a7f09d5f4, 0x1.f534ddc0db629p-56}, {0x220a94fe13abe8, 0x1.f534ddc0db629p-55}, {0x441529fc2757d1, 0x1.ea69bb81b6c53p-55},
    {0x882a53f84eafa3, 0x1.d4d377036d8a5p-55}, {0x1054a7f09d5f47, 0x1.a9a6ee06db14bp-55}, {0x20a94fe13abe8f, 0x1.534ddc0db6296p-55},
    {0x41529fc2757d1f, 0x1.4d377036d8a56p-56}, {0x82a53f84eafa3e, 0x1.4d377036d8a56p-55}, {0x054a7f09d5f47d, 0x1.34ddc0db6295ap-56},
    {0x0a94fe13abe8fa, 0x1.34ddc0db6295ap-55}, {0x1529fc2757d1f5, 0x1.a6ee06db14acdp-57}, {0x2a53f84eafa3ea, 0x1.a6ee06db14acdp-56},
    {0x54a7f09d5f47d4, 0x1.a6ee06db14acdp-55}, {0xa94fe13abe8fa9, 0x1.4ddc0db629599p-55}, {0x529fc2757d1f53, 0x1.377036d8a5665p-56},
    {0xa53f84eafa3ea6, 0x1.377036d8a5665p-55}, {0x4a7f09d5f47d4d, 0x1.bb81b6c52b328p-57}, {0x94fe13abe8fa9a, 0x1.bb81b6c52b328p-56},
    {0x29fc2757d1f534, 0x1.bb81b6c52b328p-55}, {0x53f84eafa3ea69, 0x1.77036d8a5664fp-55}, {0xa7f09d5f47d4d3, 0x1.dc0db6295993cp-56},
    {0x4fe13abe8fa9a6, 0x1.dc0db6295993cp-55}, {0x9fc2757d1f534d, 0x1.b81b6c52b3279p-55}, {0x3f84eafa3ea69b, 0x1.7036d8a5664f1p-55},
    {0x7f09d5f47d4d37, 0x1.c0db6295993c4p-56}, {0xfe13abe8fa9a6e, 0x1.c0db6295993c4p-55}, {0xfc2757d1f534dd, 0x1.81b6c52b32788p-55},
    {0xf84eafa3ea69bb, 0x1.036d8a5664f11p-55}, {0xf09d5f47d4d377, 0x1.b6c52b3278872p-61}, {0xe13abe8fa9a6ee, 0x1.b6c52b3278872p-60},
    {0xc2757d1f534ddc, 0x1.b6c52b3278872p-59}, {0x84eafa3ea69bb8, 0x1.b6c52b3278872p-58}, {0x09d5f47d4d3770, 0x1.b6c52b3278872p-57},
    {0x13abe8fa9a6ee0, 0x1.b6c52b3278872p-56}, {0x2757d1f534ddc0, 0x1.b6c52b3278872p-55}, {0x4eafa3ea69bb81, 0x1.6d8a5664f10e4p-55},
    {0x9d5f47d4d37703, 0x1.b6295993c439p-56}, {0x3abe8fa9a6ee06, 0x1.b6295993c439p-55}, {0x757d1f534ddc0d, 0x1.6c52b32788721p-55},
    {0xeafa3ea69bb81b, 0x1.b14acc9e21c82p-56}, {0xd5f47d4d377036, 0x1.b14acc9e21c82p-55}, {0xabe8fa9a6ee06d, 0x1.6295993c43904p-55},
    {0x57d1f534ddc0db, 0x1.8a5664f10e41p-56}, {0xafa3ea69bb81b6, 0x1.8a5664f10e41p-55}, {0x5f47d4d377036d, 0x1.14acc9e21c821p-55},
    {0xbe8fa9a6ee06db, 0x1.4acc9e21c821p-58}, {0x7d1f534ddc0db6, 0x1.4acc9e21c821p-57}, {0xfa3ea69bb81b6c, 0x1.4acc9e21c821p-56},
    {0xf47d4d377036d8, 0x1.4acc9e21c821p-55}, {0xe8fa9a6ee06db1, 0x1.2b3278872084p-56}, {0xd1f534ddc0db62, 0x1.2b3278872084p-55},
    {0xa3ea69bb81b6c5, 0x1.5993c439041fep-57}, {0x47d4d377036d8a, 0x1.5993c439041fep-56}, {0x8fa9a6ee06db14, 0x1.5993c439041fep-55},
    {0x1f534ddc0db629, 0x1.664f10e4107f9p-56}, {0x3ea69bb81b6c52, 0x1.664f10e4107f9p-55}, {0x7d4d377036d8a5, 0x1.993c439041fe5p-56},
    {0xfa9a6ee06db14a, 0x1.993c439041fe5p-55}, {0xf534ddc0db6295, 0x1.3278872083fcap-55}, {0xea69bb81b6c52b, 0x1.93c439041fe51p-57},
    {0xd4d377036d8a56, 0x1.93c439041fe51p-56}, {0xa9a6ee06db14ac, 0x1.93c439041fe51p-55}, {0x534ddc0db62959, 0x1.278872083fca3p-55},
    {0xa69bb81b6c52b3, 0x1.3c439041fe516p-57}, {0x4d377036d8a566, 0x1.3c439041fe516p-56}
};
/* clang-format on */

/* r = x - n pi / 2, for 2^30 <= |x|, a float32 number m 2^(e - 23): n, the nearest, is a multiple of `step` less `ahead`. NaN
 * for infinity. 2^(e - 23) 2 / pi less multiples of 4 is there in parts, of 28, 28 and 53 bits: m times the first two is
 * exact, and so is what n leaves of that. The sign of every second r changes, or n goes to `quadrants`. */
V rp_vd v_far_single(rp_vd x, double step, double ahead, rp_vi *quadrants)
{
    const rp_vd size = v_abs(x), finite = v_select(v_less(size, v_set((double)INFINITY)), size, v_set(0x1p30));
    const rp_vi e = ((rp_vi)((rp_vu)finite >> 52)) - (1023 + 30);
    const rp_vd m = (rp_vd)(((rp_vi)finite & (((int64_t)1 << 52) - 1)) | (int64_t)(1023 + 23) << 52);
    rp_vu both, rest;
    v_gather_pair_u((const uint64_t *)(const void *)far_single, e << 1, &both, &rest);
    const rp_vd first = m * v_fixed(both >> 28, -26), second = m * v_fixed(both & ((1 << 28) - 1), -54);
    const rp_vd turns = v_round((first + second + ahead) * (1 / step)), n = turns * step - ahead;
    const rp_vd left = v_fma(m, (rp_vd)rest, (first - n) + second);
    const rp_vd r = v_fma(left, v_set(V_HALF_PI), v_fma(left, v_set(V_HALF_PI_REST), x - x));
    if (quadrants) *quadrants = v_whole_bits(n);
    return (rp_vd)((rp_vi)r ^ v_sign(x) ^ (quadrants ? (rp_vi){0} : v_whole_bits(turns) << 63));
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
    rp_vd r = v_fma(n, v_set(-2 * V_HALF_PI_REST), v_fma(n, v_set(-2 * V_HALF_PI), x));
    rp_vi turn = count << 55;
    const rp_vm far = v_less_equal(v_set(0x1p30), v_abs(x));
    if (v_any(far)) {
        r = v_select(far, v_far_single(v_select(far, x, v_set(0x1p30)), 2, ahead, NULL), r);
        turn = v_select_i(far, (rp_vi){0}, turn);
    }
    const rp_vd square = r * r, size = v_abs(x);
    rp_vd sine = r * v_poly(square, square * square, s, 8);
    if (!ahead) sine = v_nudge(sine, -2, size, 0x1.33333p13);
    if (v_any(far)) {
        if (ahead)
            sine = v_nudge(v_nudge(sine, 2, size, 0x1.4555p51), -2, size, 0x1.119ae6p115);
        else
            sine = v_nudge(sine, 4, size, 0x1.95f654p44);
    }
    return (rp_vd)((rp_vi)sine ^ (turn & INT64_MIN));
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
    rp_vi quadrants = (rp_vi)((rp_vu)count >> 8);
    const rp_vm far = v_less_equal(v_set(0x1p30), v_abs(x));
    if (v_any(far)) {
        rp_vi better;
        r = v_select(far, v_far_single(v_select(far, x, v_set(0x1p30)), 1, 0, &better), r);
        quadrants = v_select_i(far, better, quadrants);
    }
    v_sin_cos_single(r, &sin, &cos);
    const rp_vm odd = v_odd(quadrants);
    const rp_vd quotient = v_select(odd, cos, sin) / v_select(odd, sin, cos);
    return (rp_vd)((rp_vi)quotient ^ (quadrants << 63));
}

#endif
