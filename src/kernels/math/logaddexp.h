/* SPDX-License-Identifier: BSD-3-Clause
 *
 * logaddexp(x, y) = a + log(1 + e^d), a the larger operand and d <= 0 the difference as a pair. e^d as a pair (the series of
 * expm1, exp.h), the logarithm as a pair (log.h), and the sum of all: some 2^-59 of log(1 + e^d) is lost.
 * Where a < 0 cancels the logarithm, so that less than a / 16 is left, s = the sum is corrected by a step of Newton's for
 * e^(x - s) - 1 + e^(y - s) = 0, with series of degree 23 in pairs: some 2^-104 of a is lost.
 * float64: largest error found 0.9 ULP; more only where less than 2^-50 of a is left. float32, float16: 0 wrong found.
 */
#ifndef RP_MATH_LOGADDEXP_H
#define RP_MATH_LOGADDEXP_H

#include "kernels/math/exp.h"
#include "kernels/math/log.h"

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

V rp_vd v_logaddexp_with(rp_vd x, rp_vd y, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vm swapped = v_less(x, y);
    const rp_vd larger = v_select(swapped, y, x), smaller = v_select(swapped, x, y);
    const rp_vdd difference = v_sum(smaller, -larger);
    const rp_vm near = v_less(v_set(-746), difference.high);
    const rp_vd d = v_select(near, difference.high, v_set(-746)), d_low = v_select(near, difference.low, v_set(0));
    /* e^d = 2^n (1 + r + r^2 / 2 + ...) */
    const rp_vd n = v_count(v_count_bits(d, 0x1.71547652b82fep0));
    const rp_vd high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), d);
    const rp_vd low = v_fma(n, v_set(-0x1.abc9e3b39803fp-56), d_low);
    const rp_vd r = high + low, half = r * 0.5, square = r * half;
    const rp_vdd first = v_sum_ordered(v_set(1), high), second = v_sum_ordered(first.high, square);
    const rp_vd small = v_fma(r * r * r, v_exp_series(r), v_fma(r, half, -square) + v_fma(r, high - r + low, low));
    const rp_vdd e = v_sum_ordered(second.high, first.low + second.low + small);
    const rp_vd e_high = v_scale(e.high, n);
    const rp_vdd one_more = v_sum_ordered(v_set(1), e_high);
    /* The low part goes where the high one is subnormal, and was rounded for good. */
    const rp_vd e_low = v_select(v_less(v_set(-1020), n), v_scale(e.low, n), v_set(0));
    rp_vdd log = v_log_of_pair(one_more.high, one_more.low + e_low, v_set(0));
    /* 1 + e^d leaves no more than one number of a small e^d, and nothing if it is not rounded to the nearest. */
    const rp_vm tiny = v_less(e_high, v_set(0x1p-30));
    log.high = v_select(tiny, e_high, log.high);
    log.low = v_select(tiny, v_fma(e_high * -0.5, e_high, e_low), log.low);
    const rp_vdd sum = v_sum(larger, log.high);
    rp_vd result = add(sum.high, sum.low + log.low);
    const rp_vm cancelled = v_less(v_abs(result), larger * -0x1p-4);
    if (v_any(cancelled)) {
        const rp_vd x_near = v_select(cancelled, larger, v_set(-0.5)), y_near = v_select(cancelled, smaller, v_set(-1));
        const rp_vd again = logaddexp_near(x_near, y_near, v_select(cancelled, result, v_set(0)));
        result = v_select(cancelled, again, result);
    }
    const rp_vm rare = ~v_less(v_abs(larger) + v_abs(smaller), v_set((double)INFINITY));
    if (v_any(rare)) {
        /* Both finite, but their difference not: the larger it is; so where it is infinite; log(1 + 0) is no -0. */
        const rp_vm plain = v_equal(x, x) & v_equal(y, y);
        result = v_select(rare, v_select(plain, larger + 0, x + y), result);
    }
    return result;
}
V rp_vd v_logaddexp(rp_vd x, rp_vd y) { return v_logaddexp_with(x, y, v_add); }
V rp_vd v_logaddexp_single(rp_vd x, rp_vd y) { return v_logaddexp_with(x, y, v_add_for_single); }

V rp_vd v_logaddexp_rough(rp_vd x, rp_vd y, rp_vm *unknown)
{
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
