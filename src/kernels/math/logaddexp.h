/* SPDX-License-Identifier: BSD-3-Clause
 *
 * logaddexp(x, y) = a + L(d), L(d) = log(1 + e^d), a the larger operand and d <= 0 the difference as a pair. d = c + t:
 * a table has c next to each -k / 20, L(c) and L's derivative s = e^c / (1 + e^c); L(c) is a float64 number but
 * for 2^-60 of it, s but for 2^-57 down to c = -19 (logaddexp_table.c, 19 KB). L(c + t) by its series in t to t^8,
 * |t| < 1/39, with polynomials of s for coefficients (logaddexp.sollya: 2^-60.2 of L), and what d's low part adds to
 * first order; a + L(c) is a pair, all else one number. Some 2^-58 of L is lost. Beyond d = -40, L = e^d for sums below 1.
 * Where a < 0 cancels L, so that less than 3/32 of a is left (1/2 beyond -40), that sum is corrected by a step of Newton's
 * for e^(x - sum) - 1 + e^(y - sum) = 0, with series of degree 23 in pairs: some 2^-104 of a is lost.
 * float64: largest errors found 0.92 ULP where L is cancelled down to that, else 0.78 (mpmath); more only where less
 * than 2^-50 of a is left. float32, float16: 0 wrong found.
 */
#ifndef RP_MATH_LOGADDEXP_H
#define RP_MATH_LOGADDEXP_H

#include "kernels/math/exp.h"
#include "kernels/math/log.h"
#include "kernels/math/logaddexp_table.h"
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
        const rp_vdd sum = v_sum_ordered(v_set(inverse_high[k]), series.high);
        series = v_pair_multiply((rp_vdd){sum.high, sum.low + (series.low + inverse_low[k])}, r);
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

/* larger + log(1 + e^(smaller - larger)), where e^... is all that the logarithm is, perhaps subnormal. */
static __attribute__((noinline)) rp_vdd logaddexp_faint(rp_vd larger, rp_vd smaller)
{
    const rp_vdd d = v_sum(smaller, -larger);
    const rp_vd d_low = v_select(v_less(v_set(-750), d.high), d.low, v_set(0));
    rp_vi count;
    const rp_vdd power = v_exp_double(v_at_least(d.high, -750), d_low, &count);
    const rp_vd rounded = power.high + power.low, n = v_count(count), e = v_scale(rounded, n);
    const rp_vd low = v_scale((power.high - rounded) + power.low, n);
    const rp_vdd sum = v_sum(larger, e);
    return (rp_vdd){sum.high, sum.low + low};
}

V rp_vd v_logaddexp_with(rp_vd x, rp_vd y, rp_vd (*add)(rp_vd, rp_vd))
{
    static const double later_even[4] = {0x1.6c17b66c3f08cp-10, -0x1.55591a05f3ee3p-5, 0x1.5561e4f765fd9p-3,
                                         -0x1.2d77318fc5048p-14},
                        later_odd[3] = {-0x1.a01a01a01a01ap-12, 0x1.8618618618618p-6, -0x1.2492492492492p-3};
    const rp_vd larger = v_larger(x, y), smaller = v_smaller(y, x); /* one of them is NaN if x or y is */
    const rp_vdd difference = v_difference(smaller, larger);
    const rp_vd d = v_larger(difference.high, v_set(-RP_LOGADDEXP_LAST)); /* and this is not */
    const rp_vi row = (rp_vi)((rp_vu)v_fma(d, v_set(-RP_LOGADDEXP_STEPS), v_set(RP_COUNT + 0.5)) >> 8) & 1023;
    const rp_vd t = d - v_gather(rp_logaddexp_rows[0], row), s = v_gather(rp_logaddexp_rows[2], row);
    const rp_vdd sum = v_sum(larger, v_gather(rp_logaddexp_rows[1], row));
    const rp_vd p = v_fma(-s, s, s), v = t * t, pv = p * v, q = (s - 0.5) * t;
    const rp_vd even = v_fma(v, V_P1(p, 0x1.5555555555555p-5, -0.25), v_set(0.5));
    const rp_vd odd = v_fma(v, V_P1(p, -0x1.1111111111111p-6, 0.2), v_set(-0x1.5555555555555p-2));
    const rp_vd later = v_fma(q, v_horner(p, later_odd, 3), v_horner(p, later_even, 4));
    const rp_vd rest = v_fma(pv, v_fma(q, odd, even), v_fma(v_fma(p, t, s), difference.low, sum.low));
    const rp_vd low = v_fma(s, t, v_fma(pv * v * v, later, rest));
    rp_vd result = add(sum.high, low);
    /* Below, the logarithm counts beside small numbers alone. */
    const rp_vm beyond = v_less(difference.high, v_set(0.1 - RP_LOGADDEXP_LAST));
    /* A product with the larger operand may be subnormal, which takes long. */
    const rp_vd size = v_abs(result) * (32 / 3.0);
    if (__builtin_expect(v_any(~v_less_equal(v_select(beyond, v_set(32 / 3.0), -larger), size)), 0)) {
        const rp_vm faint = beyond & v_less(v_abs(result), v_set(1));
        if (v_any(faint)) {
            const rp_vdd fainter = logaddexp_faint(larger, smaller);
            result = v_select(faint, add(fainter.high, fainter.low), result);
        }
        /* e^d of the faint has an error of its own. */
        const rp_vd left = v_abs(result) * v_select(beyond, v_set(2), v_set(32 / 3.0));
        const rp_vm cancelled = v_less(left, -larger) & v_less(v_set(-745), difference.high);
        if (v_any(cancelled)) {
            const rp_vd x_near = v_select(cancelled, larger, v_set(-0.5)),
                        y_near = v_select(cancelled, smaller, v_set(-1));
            const rp_vd again = logaddexp_near(x_near, y_near, v_select(cancelled, result, v_set(0)));
            result = v_select(cancelled, again, result);
        }
        /* Infinite operands and differences make NaN: the larger it is, if neither was NaN; log(1 + 0) is no -0. */
        const rp_vm numbers = v_equal(larger, larger) & v_equal(smaller, smaller);
        result = v_select(v_equal(result, result), result, v_select(numbers, larger + 0, larger + smaller));
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
