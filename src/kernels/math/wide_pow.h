/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide form (wide.h) of pow: e^(y log x), with the tables of wide_exp.h and wide_log.h.
 *
 * log x = k ln 2 + log c + log(1 + r) as a pair: r is exact, r - r^2 / 2 has no error, then r^3 times a polynomial of degree
 * 3; the largest error found is 2^-34.3 of it, 2^-37 where |log x| > 0.1. y times it is a pair too, and so is its
 * exponential, 2^(j/32) as a pair times e^r = 1 + r + r^2 q(r), with an error of 2^-33.9 in [1, 2) beside the product's.
 * float16 needs 20 bits of the result: the logarithm as a pair, since the product is up to 17, but no more of what is small.
 * Tried: all arguments of float16, 2^31 of float32 of every kind, none wrong.
 *
 * Results that are no normal numbers, and those of x <= 0, infinity and NaN are settled apart: the rule is that of C.
 */
#ifndef RP_MATH_WIDE_POW_H
#define RP_MATH_WIDE_POW_H

#include "kernels/math/wide_exp.h"
#include "kernels/math/wide_log.h"

/* vs_log_of_c_low without the error that is subtracted there. */
static const float vs_pow_log_low[32] = {0,
                                         -0x1.57ad82p-19f,
                                         0x1.15d208p-20f,
                                         -0x1.0d1536p-19f,
                                         0x1.d044fcp-20f,
                                         -0x1.3e6626p-22f,
                                         0x1.6551a4p-23f,
                                         -0x1.2c3752p-19f,
                                         0x1.dffce2p-20f,
                                         -0x1.e7ecaap-20f,
                                         0x1.089a6ep-21f,
                                         -0x1.b1199ap-19f,
                                         0x1.c0e714p-19f,
                                         0x1.07d38ep-19f,
                                         -0x1.7109fap-20f,
                                         0x1.a189acp-21f,
                                         0x1.2a491ap-19f,
                                         0x1.1b80e2p-22f,
                                         0x1.236f7ep-21f,
                                         0x1.4344e4p-19f,
                                         -0x1.d4216ep-20f,
                                         0x1.7cec08p-22f,
                                         -0x1.f70e2ap-19f,
                                         -0x1.bf0dc4p-21f,
                                         0x1.089a6ep-20f,
                                         0x1.55ec38p-19f,
                                         -0x1.d4989cp-19f,
                                         -0x1.fcf25p-19f,
                                         -0x1.a0db88p-26f,
                                         -0x1.48347ap-20f,
                                         -0x1.d97988p-21f,
                                         0x1.7f7d1cp-20f};

/* y log x; its first part is NaN of 0, infinity, NaN and x < 0. */
V rp_vss vs_pow_product(rp_vs x, rp_vs y, rp_math_store how)
{
    rp_vs m, k;
    vs_split(x, &m, &k);
    const rp_vsi interval = (rp_vsi)m >> 18;
    const rp_vs r = vs_fma(m, vs_table32(vs_log_inverse, interval), vs_set(-1));
    const rp_vs known = vs_fma(k, vs_set(0x1.62e4p-1f), vs_table32(vs_log_of_c, interval));
    const rp_vs known_low = vs_fma(k, vs_set(0x1.7f7d1cp-20f), vs_table32(vs_pow_log_low, interval));
    rp_vss log;
    if (how == RP_MATH_F32) {
        /* Products of subnormal numbers cost some hundred cycles. */
        y = vs_no_smaller(y, VS_EXP_TINY);
        const rp_vss sum = vs_sum_to(known, r, known_low);
        const rp_vs half = r * -0.5f, high = vs_fma(half, r, sum.high);
        const rp_vs rest = vs_fma(half, r, sum.high - high) + sum.low;
        const rp_vs series = vs_cubic(r, 0x1.555554p-2f, -0x1.000056p-2f, 0x1.99cdf6p-3f, -0x1.4f2366p-3f);
        const rp_vs low = vs_fma(r * (r * r), series, rest);
        log.high = high + low;
        log.low = low - (log.high - high);
    } else {
        const rp_vs rest = vs_fma(r * r, vs_cubic(r, -0.5f, 0x1.555554p-2f, -0x1.000028p-2f, 0x1.99d4a2p-3f), r);
        log = vs_sum_to(known, rest, known_low);
    }
    const rp_vs product = log.high * y;
    return (rp_vss){product, vs_fma(log.low, y, vs_fma(log.high, y, -product))};
}

/* e^(x.high + x.low) = 2^n (result.high + result.low), n in 32nd parts, of which the whole ones count. */
V rp_vss vs_pow_exp(rp_vss x, rp_vs *n, rp_math_store how)
{
    const rp_vs rounded = vs_fma(x.high, vs_set(0x1.715476p0f), vs_set(0x1.8p18f)), count = rounded - 0x1.8p18f;
    const rp_vs r = vs_fma(count, vs_set(-0x1.62e43p-1f), x.high);
    const rp_vs r_low = vs_fma(count, vs_set(0x1.05c61p-29f), x.low);
    const rp_vs power = vs_table32(vs_exp_power, (rp_vsi)rounded);
    rp_vss result;
    if (how == RP_MATH_F32) {
        const rp_vs power_low = vs_table32(vs_exp_power_low, (rp_vsi)rounded);
        const rp_vs series = vs_quadratic(r, 0x1p-1f, 0x1.5555b8p-3f, 0x1.5555a6p-5f);
        const rp_vs more = vs_fma(r, vs_fma(r, series, r_low), r_low);
        result.high = vs_fma_rest(power, r, power, &result.low);
        result.low = vs_fma(power, more, vs_fma(power_low, r, result.low + power_low));
    } else {
        const rp_vs all = r + r_low;
        result = (rp_vss){power, power * all * vs_quadratic(all, 1, 0x1p-1f, 0x1.5555b8p-3f)};
    }
    *n = count;
    return result;
}

/* high + low rounded once, without and with the error: times a power of two. */
typedef struct vs_pow_range {
    rp_vs down, up;
} vs_pow_range;

V vs_pow_range vs_pow_between(rp_vs high, rp_vs low, rp_vs error)
{
    return (vs_pow_range){high + (low - error), high + (low + error)};
}

V rp_vs vs_pow_error(rp_vs product) { return vs_fma(vs_abs(product), vs_set(0x1.bp-34f), vs_set(0x1.4p-34f)); }

/* What is no normal number, as a multiple of the least one: its bits are that whole number. No arithmetic meets subnormal
 * numbers, with which it takes a hundred times as long. float16 rounds by itself, so a doubt is all that it needs. */
V rp_vsm vs_pow_small(rp_vss power, rp_vs error, rp_vs n, rp_math_store how, rp_vs *result)
{
    const rp_vs from = n + (how == RP_MATH_F32 ? 149.0f : 24.0f), size = vs_scale(power.high, from);
    const rp_vs sum = size + 0x1p23f, rest = (size - (sum - 0x1p23f)) + vs_scale(power.low, from);
    if (how != RP_MATH_F32) return vs_less(vs_set(0.5f - 0x1p-7f), vs_abs(rest));
    const vs_pow_range normal = vs_pow_between(power.high, power.low, error);
    const vs_pow_range whole = vs_pow_between(sum, rest, vs_scale(error, from) + 0x1p-23f);
    const rp_vs large = vs_scale(normal.up, from);
    const rp_vsm small = vs_less(large, vs_set(0x1p23f));
    const rp_vs least = vs_select(small, whole.up - 0x1p23f, large);
    *result = (rp_vs) __builtin_convertvector(least, rp_vsi);
    return vs_or(vs_unequal(whole.down, whole.up) & small, vs_and_not(vs_unequal(normal.down, normal.up), small));
}

static __attribute__((noinline)) rp_vsm vs_pow_rare(rp_vs x, rp_vs y, rp_math_store how, rp_vs *result)
{
    const bool single = how == RP_MATH_F32;
    const rp_vs size = vs_abs(x), count = vs_abs(y), two23 = vs_set(0x1p23f);
    const rp_vsm edge = vs_not_finite_or_zero(size);
    rp_vss product = vs_pow_product(size, y, how);
    product.high = vs_select(edge, vs_exponent(size) * vs_select(edge, y, vs_set(1)), product.high);
    /* Beyond these the results are infinity and 0; NaN stays. */
    const float least = single ? -105 : -18.5f, most = single ? 90 : 12;
    const rp_vsm inside = vs_less(vs_set(least), product.high) & vs_less(product.high, vs_set(most));
    const rp_vsm none = vs_differ(product.high, product.high);
    product.high = vs_at_most(vs_at_least(product.high, least), most);
    product.low = vs_where(inside, product.low);
    rp_vs n;
    const rp_vss power = vs_pow_exp(product, &n, how);
    const rp_vs error = vs_pow_error(product.high), low_n = vs_set(single ? -125 : -13);
    const vs_pow_range range = vs_pow_between(power.high, power.low, single ? error : vs_set(0));
    const rp_vsm small = vs_less(n, low_n);
    rp_vs z = vs_scale(range.up, single ? vs_at_least(n, -125) : n), small_z = z;
    const rp_vsm small_doubt = vs_pow_small(power, error, n, how, &small_z);
    const rp_vsm doubt = single ? vs_unequal(range.down, range.up) : vs_near_middle(z);
    z = vs_select(small, small_z, z);
    /* |y| < 2^23 is whole where adding that changes nothing, and even where its half is. */
    const rp_vs halved = vs_at_least(count, 1) * 0.5f;
    const rp_vsm whole = vs_or(vs_not_less(count, two23), vs_equal((count + two23) - two23, count));
    const rp_vsm even = vs_or(vs_not_less(count, 2 * two23), vs_equal((halved + two23) - two23, halved));
    const rp_vsm root = vs_and_not(vs_less(x, vs_set(0)) & vs_less(size, vs_set(INFINITY)), whole);
    const rp_vsm one = vs_or(vs_within((rp_vsi)x, 0x3f800000, 1), vs_without((rp_vsi)y, INT32_MAX));
    z = vs_select(vs_and_not(whole, even), vs_with_sign(z, x), z);
    z = vs_select(none, vs_set(1), z);
    z = vs_select(root, vs_set(NAN), z);
    z = vs_select(vs_or(vs_differ(x, x), vs_differ(y, y)), x + y, z);
    *result = vs_select(one, vs_set(1), z);
    return vs_and_not(inside & vs_or(vs_and_not(doubt, small), small_doubt & small), vs_or(root, one));
}

V rp_vsm vs_pow(rp_vs x, rp_vs y, rp_math_store how, rp_vs *result)
{
    const rp_vss product = vs_pow_product(x, y, how);
    rp_vs n;
    const rp_vss power = vs_pow_exp(product, &n, how);
    const rp_vs error = how == RP_MATH_F32 ? vs_pow_error(product.high) : vs_set(0);
    const vs_pow_range range = vs_pow_between(power.high, power.low, error);
    const rp_vsm rare = vs_not_less(vs_abs(product.high), vs_set(how == RP_MATH_F32 ? 87 : 9.7f));
    rp_vsm doubt = vs_or(rare, how == RP_MATH_F32 ? vs_unequal(range.down, range.up) : vs_near_middle(range.up));
    if (__builtin_expect(vs_any(doubt), 0) && vs_any(rare)) {
        rp_vs settled;
        doubt = vs_pow_rare(x, y, how, &settled);
        *result = settled;
    } else {
        *result = vs_scale(range.up, n);
    }
    return doubt;
}

V rp_vsm v_pow_wide(rp_vs x, rp_vs y, rp_vs *result) { return vs_pow(x, y, RP_MATH_F32, result); }
V rp_vsm v_pow_half(rp_vs x, rp_vs y, rp_vs *result) { return vs_pow(x, y, RP_MATH_ODD, result); }

#endif
