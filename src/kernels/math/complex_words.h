/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the complex functions share: pairs, and the real functions that all of them are made of, as pairs. A pair whose second
 * number is no more than a seventh of the first ("sum of two") is enough for v_rounded_product and v_quotient.
 *   v_exp_double    e^x (pow.h), a sum of two and a power of two, error some 2^-60
 *   v_cis_parts     cos and sin of an angle (trig.h), sums of two, error some 2^-57; v_cis: pairs
 *   v_angle_of      the angle of x + iy, atan2 (arc.h) with what its last sum leaves, error some 2^-56
 *   v_long_angle_of    the same, for pow: of the smaller of |y| and |x| over the larger, t, the multiple c of 1/64 nearest to
 *                   it has a known arc tangent, and with r = (y - c x) / (x + c y), |r| < 2^-6, atan t = atan c + atan r.
 *                   atan r by its series to r^9; error some 2^-66
 *   v_log_size      log |x + iy|, half the logarithm (log.h, 60 bits; for pow pow.h, 68 bits) of x^2 + y^2 as a pair. Where
 *                   that is within 2^-30 of 1, all rounding errors of squares and sums are added to what they leave of
 *                   x^2 + y^2 - 1, so that near 1 nothing is lost
 */
#ifndef RP_MATH_COMPLEX_WORDS_H
#define RP_MATH_COMPLEX_WORDS_H

#include "kernels/math/arc.h"
#include "kernels/math/log.h"
#include "kernels/math/pow.h"
#include "kernels/math/trig.h"

typedef struct rp_vc {
    rp_vd re, im;
} rp_vc;

typedef struct v_pair_complex {
    rp_vdd re, im;
} v_pair_complex;

/* A function of complex numbers takes up to so many vectors, in place, through one stage after another: so the processor has
 * more to do than one vector's chain of instructions, each of which waits for the one before. complex128 exp on an EPYC Milan
 * guest, 1000 elements: 5.6 ns an element by sixteens, 5.8 by eights, 10.1 one by one. */
enum { V_BLOCK = 16 };
#define V_EACH(k, n) for (size_t k = 0; k < (n); k++)

V rp_vc v_select_vc(rp_vm m, rp_vc a, rp_vc b) { return (rp_vc){v_select(m, a.re, b.re), v_select(m, a.im, b.im)}; }

/* A function of its own in each instruction set. */
#define V_SHARED static __attribute__((noinline))
#define V_INFINITY ((double)INFINITY)
#define V_NAN ((double)NAN)

/* ---- Masks ------------------------------------------------------------------------------------------------- */

V rp_vm v_all(void) { return v_equal(v_set(0), v_set(0)); }
V rp_vm v_is_nan(rp_vd x) { return ~v_equal(x, x); }
V rp_vm v_is_infinite(rp_vd x) { return v_equal(v_abs(x), v_set(V_INFINITY)); }
V rp_vm v_is_zero(rp_vd x) { return v_equal(x, v_set(0)); }
V rp_vm v_is_negative(rp_vd x) { return v_equal_i(v_sign(x), (rp_vi){0} + INT64_MIN); }
/* Whether either part is infinite or NaN. */
V rp_vm v_not_finite(rp_vc z) { return ~v_less(v_abs(z.re) + v_abs(z.im) * 0, v_set(V_INFINITY)); }

/* ---- Pairs ------------------------------------------------------------------------------------------------- */

V rp_vdd v_pair(rp_vd x) { return (rp_vdd){x, v_set(0)}; }
V rp_vdd v_pair_select(rp_vm m, rp_vdd a, rp_vdd b)
{
    return (rp_vdd){v_select(m, a.high, b.high), v_select(m, a.low, b.low)};
}
/* a, with all of its signs changed where `sign` is set. */
V rp_vdd v_pair_flip(rp_vdd a, rp_vi sign)
{
    return (rp_vdd){(rp_vd)((rp_vi)a.high ^ sign), (rp_vd)((rp_vi)a.low ^ sign)};
}
V rp_vdd v_pair_square(rp_vd x)
{
    const rp_vd square = x * x;
    return (rp_vdd){square, v_fma(x, x, -square)};
}
/* A sum of two as a pair. */
V rp_vdd v_ordered(rp_vdd a) { return v_sum_ordered(a.high, a.low); }
/* a b of sums of two, rounded once and little more. */
V rp_vd v_rounded_product(rp_vdd a, rp_vdd b)
{
    const rp_vd product = a.high * b.high, lost = v_fma(a.high, b.high, -product);
    return product + v_fma(a.high, b.low, v_fma(a.low, b.high + b.low, lost));
}
/* a / b, not 0 / 0, of a sum of two and a pair: a sum of two. */
V rp_vdd v_quotient(rp_vdd a, rp_vdd b)
{
    const rp_vd inverse = 1 / b.high, quotient = a.high * inverse;
    const rp_vd rest = v_fma(-quotient, b.low, v_fma(-quotient, b.high, a.high) + a.low);
    return (rp_vdd){quotient, rest * inverse};
}
V rp_vdd v_pair_divide(rp_vdd a, rp_vdd b) { return v_ordered(v_quotient(a, b)); }
/* The root of a >= 0. */
V rp_vdd v_pair_root(rp_vdd a)
{
    const rp_vd root = v_sqrt(a.high), twice = root + root;
    const rp_vd rest = v_fma(-root, root, a.high) + a.low;
    return v_sum_ordered(root, rest / v_select(v_is_zero(root), v_set(1), twice));
}

/* ---- Powers of two --------------------------------------------------------------------------------------------- */

/* 2^n in three factors: the first goes to a factor that may be tiny, before its product is rounded; none is out of range
 * for -1150 < n < 2320. */
typedef struct v_steps {
    rp_vd first, second, third;
} v_steps;

V v_steps v_steps_of(rp_vd n)
{
    const rp_vd first = v_at_most(v_at_least(n, 0), 1000), rest = n - first, half = v_round(rest * 0.5);
    return (v_steps){v_power_of_two(first), v_power_of_two(half), v_power_of_two(rest - half)};
}

/* a b 2^n, where a may be tiny. */
V rp_vd v_scaled_product(rp_vdd a, rp_vdd b, v_steps n)
{
    return v_rounded_product(v_pair_times(a, n.first), b) * n.second * n.third;
}

/* Of a number x >= 0 the power of two that takes it into [2, 4), less where x is subnormal; and what x = k 2^exponent has
 * beside k. */
V rp_vd v_normaliser(rp_vd x, rp_vd *exponent)
{
    const rp_vd normal = v_select(v_less(x, v_set(DBL_MIN)), v_set(DBL_MIN), x);
    const rp_vi bits = (rp_vi)((rp_vu)(rp_vi)normal >> 52) & 2047;
    *exponent = (rp_vd)(bits | 0x4330000000000000) - (0x1p52 + 1024);
    return (rp_vd)((2047 - bits) << 52);
}

/* ---- cos and sin --------------------------------------------------------------------------------------------- */

/* Of x + *x_low, |*x_low| < 2^-30 or so, of x if that is NULL; NaN for infinity. Sums of two. */
V void v_cis_parts(rp_vd x, const rp_vd *x_low, rp_vdd *cosine, rp_vdd *sine)
{
    const v_sin_cos z = v_sin_cos_of(v_abs(x));
    const rp_vi sign = v_sign(x);
    rp_vdd cos = {z.cos, z.cos_low}, sin = {z.sin, z.sin_low};
    if (x_low) {
        const rp_vd low = (rp_vd)((rp_vi)*x_low ^ sign);
        cos.low = v_fma(-low, z.sin + z.sin_low, z.cos_low);
        sin.low = v_fma(low, z.cos + z.cos_low, z.sin_low);
    }
    const rp_vm odd = v_odd(z.quadrants);
    *cosine = v_pair_flip(v_pair_select(odd, sin, cos), (z.quadrants + 1) << 62 & INT64_MIN);
    *sine = v_pair_flip(v_pair_select(odd, cos, sin), (z.quadrants << 62 & INT64_MIN) ^ sign);
}

/* The same as pairs. */
V_SHARED void v_cis(rp_vd x, rp_vd x_low, rp_vdd *cosine, rp_vdd *sine)
{
    v_cis_parts(x, &x_low, cosine, sine);
    *cosine = v_ordered(*cosine);
    *sine = v_ordered(*sine);
    /* The error of a subnormal one would be more than the others'. */
    *sine = v_pair_select(v_less(v_abs(x), v_set(0x1p-300)), v_pair(x), *sine);
}

/* ---- The angle of x + iy ------------------------------------------------------------------------------------- */

/* clang-format off */
/* atan(i / 64), i = 0 to 64 */
static const double angle_high[65] = {
    0, 0x1.fff555bbb729bp-7, 0x1.ffd55bba97625p-6, 0x1.7fb818430da2ap-5, 0x1.ff55bb72cfdeap-5, 0x1.3f59f0e7c559dp-4,
    0x1.7ee182602f10fp-4, 0x1.be39ebe6f07c3p-4, 0x1.fd5ba9aac2f6ep-4, 0x1.1e1fafb043727p-3, 0x1.3d6eee8c6626cp-3,
    0x1.5c9811e3ec26ap-3, 0x1.7b97b4bce5b02p-3, 0x1.9a6a8e96c8626p-3, 0x1.b90d7529260a2p-3, 0x1.d77d5df205736p-3,
    0x1.f5b75f92c80ddp-3, 0x1.09dc597d86362p-2, 0x1.18bf5a30bf178p-2, 0x1.278372057ef46p-2, 0x1.362773707ebccp-2,
    0x1.44aa436c2af0ap-2, 0x1.530ad9951cd4ap-2, 0x1.614840309cfe2p-2, 0x1.6f61941e4def1p-2, 0x1.7d5604b63b3f7p-2,
    0x1.8b24d394a1b25p-2, 0x1.98cd5454d6b18p-2, 0x1.a64eec3cc23fdp-2, 0x1.b3a911da65c6cp-2, 0x1.c0db4c94ec9fp-2,
    0x1.cde53432c1351p-2, 0x1.dac670561bb4fp-2, 0x1.e77eb7f175a34p-2, 0x1.f40dd0b541418p-2, 0x1.0039c73c1a40cp-1,
    0x1.0657e94db30dp-1, 0x1.0c6145b5b43dap-1, 0x1.1255d9bfbd2a9p-1, 0x1.1835a88be7c13p-1, 0x1.1e00babdefeb4p-1,
    0x1.23b71e2cc9e6ap-1, 0x1.2958e59308e31p-1, 0x1.2ee628406cbcap-1, 0x1.345f01cce37bbp-1, 0x1.39c391cd4171ap-1,
    0x1.3f13fb89e96f4p-1, 0x1.445065b795b56p-1, 0x1.4978fa3269ee1p-1, 0x1.4e8de5bb6ec04p-1, 0x1.538f57b89061fp-1,
    0x1.587d81f732fbbp-1, 0x1.5d58987169b18p-1, 0x1.6220d115d7b8ep-1, 0x1.66d663923e087p-1, 0x1.6b798920b3d99p-1,
    0x1.700a7c5784634p-1, 0x1.748978fba8e0fp-1, 0x1.78f6bbd5d315ep-1, 0x1.7d528289fa093p-1, 0x1.819d0b7158a4dp-1,
    0x1.85d69576cc2c5p-1, 0x1.89ff5ff57f1f8p-1, 0x1.8e17aa99cc05ep-1, 0x1.921fb54442d18p-1,
};
static const double angle_low[65] = {
    0, -0x1.220c39d4dff5p-61, -0x1.5ec431444912cp-60, -0x1.86ef8f794f105p-63, -0x1.c934d86d23f1dp-60,
    0x1.ac4ce285df847p-58, -0x1.cfb654c0c3d98p-58, 0x1.f7b8f29a05987p-58, -0x1.cd37686760c17p-59,
    -0x1.b485914dacf8cp-59, 0x1.61a3b0ce9281bp-57, -0x1.054ab2c010f3dp-58, 0x1.347b0b4f881cap-58, 0x1.cf601e7b4348ep-59,
    0x1.17b10d2e0e5abp-61, 0x1.c648d1534597ep-57, 0x1.8ab6e3cf7afbdp-57, 0x1.62e47390cb865p-56, 0x1.30ca4748b1bf9p-57,
    -0x1.077cdd36dfc81p-56, -0x1.963a544b672d8p-57, -0x1.5d5e43c55b3bap-56, -0x1.2566480884082p-57,
    -0x1.a725715711fp-56, -0x1.c63aae6f6e918p-56, 0x1.69c885c2b249ap-56, 0x1.b6d0ba3748fa8p-56, 0x1.9e6c988fd0a77p-56,
    -0x1.24dec1b50b7ffp-56, 0x1.ae187b1ca504p-56, -0x1.cc1ce70934c34p-56, -0x1.a2cfa4418f1adp-56, 0x1.a2b7f222f65e2p-56,
    0x1.0e53dc1bf3435p-56, -0x1.a3992dc382a23p-57, -0x1.b32c949c9d593p-55, -0x1.d5b495f6349e6p-56,
    0x1.974fa13b5404fp-58, -0x1.2bdaee1c0ee35p-58, 0x1.c621cec00c301p-55, -0x1.928df287a668fp-58, 0x1.c421c9f38224ep-57,
    -0x1.09e73b0c6c087p-56, 0x1.c5d5e9ff0cf8dp-55, 0x1.1021137c71102p-55, -0x1.2304331d8bf46p-55, 0x1.ecf8b492644fp-56,
    -0x1.f76d0163f79c8p-56, 0x1.2419a87f2a458p-56, 0x1.4a33dbeb3796cp-55, -0x1.1bb74abda520cp-55, -0x1.5e5c9d8c5a95p-56,
    0x1.0028e4bc5e7cap-57, -0x1.2b785350ee8c1p-57, -0x1.6ea6febe8bbbap-56, -0x1.a80386188c50ep-55,
    -0x1.8c34d25aadef6p-56, 0x1.7b2a6165884a1p-59, 0x1.406a08980374p-55, 0x1.560821e2f3aa9p-55, -0x1.bf76229d3b917p-56,
    0x1.6b66e7fc8b8c3p-57, -0x1.55b9a5e177a1bp-55, -0x1.ec182ab042f61p-56, 0x1.1a62633145c07p-55,
};
/* clang-format on */

/* The angle of x + iy, with y's sign. */
V void v_angle_of(rp_vd y, rp_vd x, rp_vdd *angle)
{
    rp_vd left;
    const rp_vd size = v_atan2_size(y, x, &left);
    *angle = v_pair_flip((rp_vdd){v_abs(size), left}, v_sign(y));
}

/* The same to 66 bits. */
V_SHARED void v_long_angle_of(rp_vd y, rp_vd x, rp_vdd *angle)
{
    rp_vd a = v_abs(y), b = v_abs(x);
    /* Beside infinity another number is 0, and infinity is 1; 0 / 0 is as 0 / 1. */
    const rp_vm infinite_a = v_is_infinite(a), infinite_b = v_is_infinite(b), infinite = infinite_a | infinite_b;
    a = v_select(infinite, v_select(infinite_a, v_set(1), a * 0), a);
    b = v_select(infinite, v_select(infinite_b, v_set(1), b * 0), b);
    b = v_select(v_is_zero(a) & v_is_zero(b), v_set(1), b);
    const rp_vm swap = v_less(b, a);
    rp_vd unused;
    const rp_vd scale = v_normaliser(v_select(swap, a, b), &unused);
    const rp_vd under = v_select(swap, a, b) * scale, over = v_select(swap, b, a) * scale;
    const rp_vd ratio = v_at_most(v_rough_quotient(over, under) * 64, 64);
    const rp_vd nearest = v_select(v_less(ratio, v_set(0.5)), v_set(0), ratio); /* in whatever rounding mode */
    const rp_vd c = v_round(nearest) * 0x1p-6;
    const rp_vi index = v_select_i(v_is_nan(nearest), (rp_vi){0}, v_whole_bits(nearest) & 127);
    const rp_vd cx = c * under, cy = c * over;
    rp_vdd n = v_sum(over, -cx), d = v_sum_ordered(under, cy);
    n = v_sum(n.high, n.low - v_fma(c, under, -cx));
    d.low = d.low + v_fma(c, over, -cy);
    const rp_vd inverse = 1 / d.high, r = n.high * inverse, square = r * r;
    const rp_vd r_low = v_fma(-r, d.low, v_fma(-r, d.high, n.high) + n.low) * inverse;
    const rp_vd series = V_P3(square, square * square, -0x1.5555555555555p-2, 0x1.999999999999ap-3,
                              -0x1.2492492492492p-3, 0x1.c71c71c71c71cp-4);
    const rp_vdd sum = v_sum_ordered(v_gather(angle_high, index), r);
    const rp_vd low = sum.low + (v_gather(angle_low, index) + v_fma(r * square, series, v_fma(-square, r_low, r_low)));
    /* In which octant that is: 0, pi/2 or pi, and more or less than it. */
    const rp_vi to_left = v_sign(x), swapped = v_select_i(swap, (rp_vi){0} + INT64_MIN, (rp_vi){0});
    const rp_vm left = v_is_negative(x);
    const rp_vd halves = v_select(swap, v_set(1), v_select(left, v_set(2), v_set(0)));
    const rp_vdd part = v_pair_flip(v_sum_ordered(sum.high, low), to_left ^ swapped);
    const rp_vdd whole = v_sum_ordered(halves * V_HALF_PI, part.high);
    rp_vdd result = v_sum_ordered(whole.high, whole.low + v_fma(halves, v_set(V_HALF_PI_REST), part.low));
    result.high = v_select(v_is_nan(x) | v_is_nan(y), x + y, result.high);
    *angle = v_pair_flip((rp_vdd){v_abs(result.high), (rp_vd)((rp_vi)result.low ^ v_sign(result.high))}, v_sign(y));
}

/* ---- The logarithm ------------------------------------------------------------------------------------------- */

/* log(one + x) + exponent ln 2, where one is 1 or 0, one + x > 0; in place of x. */
V_SHARED void v_log_of_sum(rp_vdd *x, rp_vd one, rp_vd exponent)
{
    const rp_vd w = x->high;
    const rp_vdd added = v_sum(one, w), whole = v_sum_ordered(added.high, added.low + x->low);
    rp_vd low;
    const rp_vd log = v_log_double(whole.high, NULL, v_set(0), &low), more = whole.low / whole.high;
    const rp_vdd sum = v_sum(exponent * LN2_HIGH, log);
    low = v_fma(exponent, v_set(LN2_LOW), sum.low + (low + v_fma(more * -0.5, more, more)));
    /* Little more than 1: of its own, since 1 + x leaves nothing of x where the sum is not rounded to the nearest. */
    const rp_vm small = v_less(v_abs(w), v_set(0x1p-30)) & v_equal(one, v_set(1));
    const rp_vd rest = v_fma(w * w, v_fma(w, v_set(0x1.5555555555555p-2), v_set(-0.5)), x->low);
    const rp_vdd usual = v_sum(sum.high, low);
    *x = v_pair_select(small, v_sum_ordered(w, rest), usual);
}

/* log |x + x_low + iy|, where the square of that is near 1: with b, the size of the larger part, less 1, and the smaller part
 * c, the square is 1 + 2b + b^2 + c^2. b has no error, and all errors of the products and sums are added, up to those of
 * the last terms. */
V_SHARED void v_log_size_near_one(rp_vd x, rp_vd x_low, rp_vd y, rp_vdd *log)
{
    const rp_vm swap = v_less(v_abs(x), v_abs(y));
    const rp_vd b_low = v_select(swap, v_set(0), (rp_vd)((rp_vi)x_low ^ v_sign(x))),
                c_low = v_select(swap, x_low, v_set(0));
    const rp_vd b = (v_select(swap, v_abs(y), v_abs(x)) - 1) + b_low, c = v_select(swap, x, y);
    const rp_vd mixed = (c + c) * c_low, mixed_low = v_fma(c_low, c_low, v_fma(c + c, c_low, -mixed));
    const rp_vdd b2 = v_pair_square(b), c2 = v_pair_square(c);
    const rp_vdd e1 = v_sum(b + b, c2.high), e2 = v_sum(b2.high, c2.low), e3 = v_sum(e1.high, e2.high);
    const rp_vdd e4 = v_sum(e1.low, e3.low), e5 = v_sum(e4.high, mixed), sum = v_sum(e3.high, e5.high);
    const rp_vd tail = e2.low + e4.low + e5.low + b2.low + mixed_low;
    rp_vdd more = v_sum_ordered(sum.high, sum.low + tail);
    v_log_of_sum(&more, v_set(1), v_set(0));
    *log = v_pair_times(more, v_set(0.5));
}

/* That is the way nearer to 1: beside 1 a pair has too few bits. */
#define V_NEAR_ONE 0x1p-30

/* |x + x_low + iy|^2 */
V rp_vdd v_size_squared(rp_vd x, rp_vd x_low, rp_vd y)
{
    const rp_vdd x2 = v_pair_square(x), y2 = v_pair_square(y), square = v_sum(x2.high, y2.high);
    return v_sum_ordered(square.high, square.low + (v_fma(x + x, x_low, x2.low) + y2.low));
}

/* log |x + x_low + iy|; -infinity of 0. */
V void v_log_size(rp_vd x, rp_vd x_low, rp_vd y, rp_vdd *log, bool of_pow)
{
    rp_vdd square = v_size_squared(x, x_low, y);
    rp_vd exponent = v_set(0);
    const rp_vm rare = ~(v_less(v_set(0x1p-800), square.high) & v_less(square.high, v_set(0x1p800)));
    if (v_any(rare)) {
        const rp_vd scale = v_normaliser(v_larger(v_abs(x), v_abs(y)), &exponent);
        square = v_pair_select(rare, v_size_squared(x * scale, x_low * scale, y * scale), square);
    }
    if (of_pow)
        log->high = v_log_double(square.high, &square.low, v_set(0), &log->low);
    else
        *log = v_log_of_pair(square.high, square.low, v_set(0));
    *log = v_pair_times(*log, v_set(0.5));
    const rp_vm near = v_less(v_abs(square.high - 1), v_set(V_NEAR_ONE)) & ~rare;
    if (v_any(near)) {
        rp_vdd other;
        v_log_size_near_one(x, x_low, y, &other);
        *log = v_pair_select(near, other, *log);
    }
    if (v_any(rare)) {
        const rp_vdd sum = v_sum(exponent * LN2_HIGH, log->high);
        const rp_vdd scaled = v_sum_ordered(sum.high, v_fma(exponent, v_set(LN2_LOW), sum.low + log->low));
        const rp_vm infinite = v_is_infinite(x) | v_is_infinite(y), zero = v_is_zero(x) & v_is_zero(y);
        const rp_vd special = v_select(infinite, v_set(V_INFINITY), v_select(zero, v_set(-V_INFINITY), v_set(V_NAN)));
        const rp_vm finite = v_less(v_set(0), square.high) & v_less(square.high, v_set(V_INFINITY));
        *log = v_pair_select(rare, v_pair_select(finite, scaled, v_pair(special)), *log);
    }
}

#endif
