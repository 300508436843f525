/* SPDX-License-Identifier: BSD-3-Clause
 *
 * logaddexp(x, y) = a + log(1 + e^d), a the larger operand and d <= 0 the difference as a pair. e^d as a pair (the series of
 * expm1, exp.h). 1 + e^d = c (1 + s): a table of 32 has 1 / c and log c, c next to 1 + k / 31 and such that log c is a multiple
 * of 2^-43 but for 2^-65 of it; s, |s| < 0.017, as a pair, and log(1 + s) = s - s^2 / 2 + s^3 p(s), p of degree 6
 * (log.sollya). Some 2^-58 of log(1 + e^d) is lost.
 * Where a < 0 cancels the logarithm, so that less than a / 16 is left, s = the sum is corrected by a step of Newton's for
 * e^(x - s) - 1 + e^(y - s) = 0, with series of degree 23 in pairs: some 2^-104 of a is lost.
 * float64: largest error found 0.9 ULP; more only where less than 2^-50 of a is left. float32, float16: 0 wrong found.
 */
#ifndef RP_MATH_LOGADDEXP_H
#define RP_MATH_LOGADDEXP_H

#include "kernels/math/exp.h"
#include "kernels/math/log.h"
#include "kernels/math/pow.h"

/* e^x + added, -745 < x <= 1: e^r - 1 = r + r^2 / 2 + ... + r^23 / 23!, times 2^n, and 2^n + added. */
V rp_vdd v_pair_exp(rp_vdd x, double added)
{
    /* 1 / k! as pairs from 2 to 14; what follows needs one number. */
    static const double inverse_high[13] = {0x1.0000000000000p-1,  0x1.5555555555555p-3,  0x1.5555555555555p-5,
                                            0x1.1111111111111p-7,  0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-13,
                                            0x1.a01a01a01a01ap-16, 0x1.71de3a556c734p-19, 0x1.27e4fb7789f5cp-22,
                                            0x1.ae64567f544e4p-26, 0x1.1eed8eff8d898p-29, 0x1.6124613a86d09p-33,
                                            0x1.93974a8c07c9dp-37};
    static const double inverse_low[13] = {0,
                                           0x1.5555555555555p-57,
                                           0x1.5555555555555p-59,
                                           0x1.1111111111111p-63,
                                           -0x1.f49f49f49f49fp-65,
                                           0x1.a01a01a01a01ap-73,
                                           0x1.a01a01a01a01ap-76,
                                           -0x1.c154f8ddc6c00p-73,
                                           0x1.cbbc05b4fa99ap-76,
                                           -0x1.c062e06d1f209p-80,
                                           -0x1.2aec959e14c06p-83,
                                           0x1.f28e0cc748ebep-87,
                                           0x1.05d6f8a2efd1fp-92};
    static const double later[9] = {0x1.ae7f3e733b81fp-41, 0x1.ae7f3e733b81fp-45, 0x1.952c77030ad4ap-49,
                                    0x1.6827863b97d97p-53, 0x1.2f49b46814157p-57, 0x1.e542ba4020225p-62,
                                    0x1.71b8ef6dcf572p-66, 0x1.0ce396db7f853p-70, 0x1.761b41316381ap-75};
    const rp_vd n = v_count(v_count_bits(x.high, 0x1.71547652b82fep0));
    /* ln 2 in three parts, the first two with zeros at their ends, so that their products with n are exact. */
    rp_vdd r = v_pair_add(v_sum(x.high, n * -0x1.62e42fefa38p-1), (rp_vdd){x.low, v_set(0)});
    r = v_pair_add(r, v_sum(n * -0x1.ef35793c76p-45, n * -0x1.cc01f97b57a08p-87));
    rp_vd tail = v_set(later[8]);
    for (int k = 7; k >= 0; k--) tail = v_fma(tail, r.high, v_set(later[k]));
    rp_vdd series = {tail * r.high, v_set(0)};
    for (int k = 12; k >= 0; k--) {
        series = v_pair_add(series, (rp_vdd){v_set(inverse_high[k]), v_set(inverse_low[k])});
        series = v_pair_multiply(series, r);
    }
    series = v_pair_add(v_pair_multiply(series, r), r);
    const rp_vd power = v_scale(v_set(1), n);
    const rp_vdd scaled = {series.high * power, series.low * power};
    return v_pair_add(scaled, v_sum(power, v_set(added)));
}

/* The sum again, from one that is near it; x >= y, -1 < x < 0. */
static __attribute__((noinline)) rp_vd logaddexp_near(rp_vd x, rp_vd y, rp_vd sum)
{
    const rp_vdd over = v_pair_add(v_pair_exp(v_sum(x, -sum), -1), v_pair_exp(v_sum(y, -sum), 0));
    return sum + (over.high + over.low);
}

/* larger + log(1 + e^(smaller - larger)), where it is so small that e^... is all that the logarithm is, perhaps subnormal. */
static __attribute__((noinline)) rp_vd logaddexp_faint(rp_vd larger, rp_vd smaller)
{
    const rp_vdd d = v_sum(smaller, -larger);
    const rp_vd d_low = v_select(v_less(v_set(-750), d.high), d.low, v_set(0));
    rp_vi count;
    const rp_vdd power = v_exp_double(v_at_least(d.high, -750), d_low, &count);
    const rp_vd rounded = power.high + power.low, n = v_count(count), e = v_scale(rounded, n);
    const rp_vd low = v_scale((power.high - rounded) + power.low, n);
    const rp_vdd sum = v_sum(larger, e);
    return sum.high + (sum.low + low);
}

/* (log(1 + s) - s + s^2 / 2) / s^3 */
static const double logaddexp_series[7] = {0x1.5555555555559p-2,  -0x1.0000000001d7p-2, 0x1.999999995c117p-3,
                                           -0x1.555554303f99ep-3, 0x1.249250e020dbcp-3, -0x1.001b7555e60bfp-3,
                                           0x1.c6a302c79f4e2p-4};
/* 1 / c and log c, c next to 1 + k / 31. */
/* clang-format off */
#define LOGADDEXP_TABLE(PAIR) \
    PAIR(1, 0) PAIR(0x1.efffff8b6b403p-1, 0x1.0415e023ecp-5) PAIR(0x1.e0f83e16b080dp-1, 0x1.0015584c02p-4) \
    PAIR(0x1.d2d2d2bd76a74p-1, 0x1.7a5c730b3p-4) PAIR(0x1.c57c57d29fb6ep-1, 0x1.f1181486e6p-4) \
    PAIR(0x1.b8e38e2b1aa6p-1, 0x1.323db1d8fdp-3) PAIR(0x1.acf914d37b88bp-1, 0x1.6a5aa554dbp-3) \
    PAIR(0x1.a1af287127c0dp-1, 0x1.a0f87d17c7p-3) PAIR(0x1.96f96fa78bf64p-1, 0x1.d62b1fa37dp-3) \
    PAIR(0x1.8ccccc9f97792p-1, 0x1.050279c54ep-2) PAIR(0x1.831f38243ff77p-1, 0x1.1e4b7ea2fe8p-2) \
    PAIR(0x1.79e79e811f393p-1, 0x1.36f885bafa8p-2) PAIR(0x1.711dc4872bba5p-1, 0x1.4f10e695358p-2) \
    PAIR(0x1.68ba2e9a60ca9p-1, 0x1.669b770bbb8p-2) PAIR(0x1.60b60b6c26639p-1, 0x1.7d9e96e8198p-2) \
    PAIR(0x1.590b2172e081ap-1, 0x1.94203a53e9p-2) PAIR(0x1.51b3beacfefadp-1, 0x1.aa25f362cdp-2) \
    PAIR(0x1.4aaaaac0b409ap-1, 0x1.bfb4f99b8ap-2) PAIR(0x1.43eb1a11b584dp-1, 0x1.d4d232fbb48p-2) \
    PAIR(0x1.3d70a3c5b76e8p-1, 0x1.e98237c55ap-2) PAIR(0x1.3737372a66efbp-1, 0x1.fdc95b8a14p-2) \
    PAIR(0x1.313b139b647c3p-1, 0x1.08d5d8ac014p-1) PAIR(0x1.2b78c13d13483p-1, 0x1.129687d6afcp-1) \
    PAIR(0x1.25ed096c485f7p-1, 0x1.1c288be6508p-1) PAIR(0x1.2094f1fd41277p-1, 0x1.258d9ace97cp-1) \
    PAIR(0x1.1b6db6f48f15p-1, 0x1.2ec7534385cp-1) PAIR(0x1.1674c5a8f1ac8p-1, 0x1.37d73e9ce7p-1) \
    PAIR(0x1.11a7b97070f5ep-1, 0x1.40bed0a226p-1) PAIR(0x1.0d0456bc83713p-1, 0x1.497f6ad4604p-1) \
    PAIR(0x1.0888887b4ee97p-1, 0x1.521a5c27e74p-1) PAIR(0x1.04325c583cd32p-1, 0x1.5a90e35c738p-1) \
    PAIR(0x1.00000038eb2f8p-1, 0x1.62e42f7dcd4p-1)
static const double logaddexp_table[64] = V_PAIRS(LOGADDEXP_TABLE);
/* clang-format on */

V rp_vd v_logaddexp_with(rp_vd x, rp_vd y, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vd larger = v_larger(x, y), smaller = v_smaller(y, x); /* one of them is NaN if x or y is */
    const rp_vdd difference = v_sum(smaller, -larger);
    /* Below, e^d counts beside the faintest numbers alone, and the low part may be anything. */
    const rp_vd d = v_at_least(difference.high, -700), d_low = v_at_most(v_at_least(difference.low, -1), 1);
    /* e^d = 2^n (1 + r + r^2 / 2 + ...) */
    const rp_vi count = v_count_bits(d, 0x1.71547652b82fep0);
    const rp_vd n = v_count(count), power = (rp_vd)((count + 1023 * 256) << 44);
    const rp_vd high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), d);
    const rp_vd low = v_fma(n, v_set(-0x1.abc9e3b39803fp-56), d_low);
    const rp_vd r = high + low, half = r * 0.5, lost = v_fma(r, high - r + low, low);
    const rp_vdd first = v_sum_ordered(v_set(1), high);
    const rp_vd second = v_fma(half, r, first.high), second_low = v_fma(half, r, first.high - second);
    /* c is found while the rest of the exponential is computed. */
    const rp_vd cube = r * r * r, some = v_fma(cube, v_set(0x1.5555555555555p-3), second) * power;
    const rp_vi interval = v_whole_bits(v_fma(some, v_set(31), v_set(-0.03)));
    rp_vd inverse, known;
    v_table32_pair(logaddexp_table, interval, &inverse, &known);
    const rp_vd third = v_fma(cube, v_exp_series(r), first.low + second_low + lost);
    const rp_vdd e = v_sum_ordered(second, third);
    /* 1 + e^d = c (1 + s), s = e^d / c - (1 - 1 / c); no sum with 1, which leaves nothing of a small e^d. */
    const rp_vd scale = power * inverse, product = e.high * scale, s_high = product + (inverse - 1);
    const rp_vd s_low = v_fma(e.low, scale, v_fma(e.high, scale, -product));
    const rp_vd s = s_high + s_low, square = s * s;
    const rp_vd series = v_fma(s, v_poly(s, square, logaddexp_series, 7), v_set(-0.5));
    const rp_vdd log = v_sum_ordered(known, s_high);
    const rp_vdd sum = v_sum(larger, log.high);
    rp_vd result = add(sum.high, sum.low + v_fma(square, series, log.low + s_low));
    const rp_vd size = v_abs(result);
    const rp_vm near = v_less(size, v_at_least(larger * -0x1p-4, 0x1p-900));
    const rp_vm rare = near | ~v_less(size, v_set((double)INFINITY));
    if (__builtin_expect(v_any(rare), 0)) {
        const rp_vm faint = near & ~(v_less(size, larger * -0x1p-4) & v_less(v_set(-700), difference.high));
        if (v_any(faint)) result = v_select(faint, logaddexp_faint(larger, smaller), result);
        const rp_vm cancelled = v_less(v_abs(result), larger * -0x1p-4) & v_less(v_set(-745), difference.high);
        if (v_any(cancelled)) {
            const rp_vd x_near = v_select(cancelled, larger, v_set(-0.5)),
                        y_near = v_select(cancelled, smaller, v_set(-1));
            const rp_vd again = logaddexp_near(x_near, y_near, v_select(cancelled, result, v_set(0)));
            result = v_select(cancelled, again, result);
        }
        /* Both finite, but their difference not: the larger it is; so where it is infinite; log(1 + 0) is no -0. */
        const rp_vm plain = v_equal(x, x) & v_equal(y, y);
        result = v_select(rare & ~near, v_select(plain, larger + 0, x + y), result);
    }
    return result;
}
V rp_vd v_logaddexp(rp_vd x, rp_vd y) { return v_logaddexp_with(x, y, v_add); }
V rp_vd v_logaddexp_single(rp_vd x, rp_vd y) { return v_logaddexp_with(x, y, v_add_for_single); }

V rp_vd v_logaddexp_rough(rp_vd x, rp_vd y, bool again, rp_vm *unknown)
{
    (void)again; /* it would know no more */
    const rp_vm swapped = v_less(x, y);
    const rp_vd larger = v_select(swapped, y, x), smaller = v_select(swapped, x, y);
    /* Errors of 2^-50, as a sum near 0 has them whole. */
    const rp_vd d = v_at_least(smaller - larger, -700), n = v_count(v_count_bits(d, 0x1.71547652b82fep0));
    const rp_vd s = v_fma(n, v_set(-0x1.62e42fefa39efp-1), d);
    const rp_vd e = v_scale(1 + v_fma(s * s, v_exp_poly(s), s), n), one_more = 1 + e;
    const log_parts part = v_log_parts(one_more, v_set(0));
    const rp_vd r = v_fma(part.m, part.inverse, v_set(-1)) + (e - (one_more - 1));
    const rp_vd log = part.known + v_fma(part.k, v_set(LN2_LOW), v_fma(r * r, v_log_series(r), r)), sum = larger + log;
    /* Where much is cancelled, where float32 has few bits, and of NaN. */
    *unknown = ~v_less(v_fma(log, v_set(0x1p-11), v_set((double)FLT_MIN)), v_abs(sum));
    return sum;
}

#endif
