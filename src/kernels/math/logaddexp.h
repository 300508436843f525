/* SPDX-License-Identifier: BSD-3-Clause
 *
 * logaddexp(x, y) = a + L(d), L(d) = log(1 + e^d), a the larger operand and d <= 0 the difference as a pair. d = c + t:
 * a table has c next to each -k / 20, L(c) and L's derivative s = e^c / (1 + e^c); L(c) is a float64 number but
 * for 2^-60 of it, s but for 2^-57 down to c = -19 (logaddexp_table.c, 19 KB). L(c + t) by its series in t to t^8,
 * |t| < 1/39, with polynomials of s for coefficients (logaddexp.sollya: 2^-60.2 of L), and what d's low part adds to
 * first order; a + L(c) is a pair, all else one number. Some 2^-58 of L is lost. Beyond d = -40, L = e^d for sums below 1.
 * Where a < 0 cancels L, so that less than 3/32 of a is left (1/2 beyond -40), that sum is corrected by a step of Newton's
 * for e^(x - sum) - 1 + e^(y - sum) = 0, in pairs: some 2^-100 of a is lost. Where less than 2^-42 of a is left, or a
 * subnormal number: by integers, one element after another (logaddexp_cancelled.c).
 * float64: largest errors found 0.92 ULP where L is cancelled down to 3/32, 0.70 by integers, else 0.78 (mpmath, MPFR).
 * float32, float16: 0 wrong found.
 */
#ifndef RP_MATH_LOGADDEXP_H
#define RP_MATH_LOGADDEXP_H

#include "kernels/math/exp.h"
#include "kernels/math/log.h"
#include "kernels/math/logaddexp_cancelled.h"
#include "kernels/math/logaddexp_table.h"
#include "kernels/math/pow.h"

/* e^(j / 64), j from -24 to 24 */
/* clang-format off */
static const double logaddexp_powers[49][2] = {
    {0x1.5fe4615e98e8fp-1, -0x1.5613923fd9eeep-55}, {0x1.656f00bf5796ap-1, 0x1.93e6dd6872d13p-55},
    {0x1.6b0ff72deb89dp-1, -0x1.dabf5975c0c02p-57}, {0x1.70c79eba33c07p-1, -0x1.58b71227465a1p-55},
    {0x1.769652df22f7ep-1, 0x1.3445f7544e0efp-57}, {0x1.7c7c70887763cp-1, -0x1.09aa682553231p-60},
    {0x1.827a561889716p-1, -0x1.6b2eab63020c1p-57}, {0x1.8890636e31f54p-1, 0x1.d9c29d8d982edp-56},
    {0x1.8ebef9eac820bp-1, -0x1.797d4686c5393p-57}, {0x1.95067c78379f2p-1, 0x1.f483a3e8cd60fp-55},
    {0x1.9b674f8f2f3d8p-1, -0x1.51bfdbb129094p-55}, {0x1.a1e1d93d687dp-1, 0x1.e3a6bdaece8f9p-58},
    {0x1.a876812c0877cp-1, -0x1.fd36226fadd44p-56}, {0x1.af25b0a61a7b5p-1, -0x1.676a52a1a618bp-55},
    {0x1.b5efd29f24c26p-1, 0x1.3d5fd7d70a5edp-56}, {0x1.bcd553b9d7b62p-1, 0x1.6ad4c353465bp-61},
    {0x1.c3d6a24ed8222p-1, -0x1.e1e0a76cb0685p-55}, {0x1.caf42e73a4c7ep-1, -0x1.b5beee8bcee31p-55},
    {0x1.d22e6a0197c03p-1, -0x1.32ae7bdaf1116p-55}, {0x1.d985c89d041a3p-1, 0x1.8798de3138a56p-57},
    {0x1.e0fabfbc702a4p-1, -0x1.8d0e700fcfb65p-56}, {0x1.e88dc6afecfcp-1, -0x1.38e62149c16e2p-55},
    {0x1.f03f56a88b5d8p-1, -0x1.bad3fd501a227p-55}, {0x1.f80feabfeefa5p-1, -0x1.b60bbd08aac55p-55}, {0x1p0, 0},
    {0x1.04080ab55de39p0, 0x1.7ab864b3e9045p-56}, {0x1.08205601127edp0, -0x1.9c7d0bdf1516p-54},
    {0x1.0c49236829e8cp0, -0x1.eb6980ce14da7p-55}, {0x1.1082b577d34edp0, 0x1.f56c680678897p-54},
    {0x1.14cd4fc989cd6p0, 0x1.1557a8671b89ep-54}, {0x1.192937074e0cdp0, 0x1.a24f46336ea04p-54},
    {0x1.1d96b0eff0e79p0, 0x1.e8ac7a4d3206cp-55}, {0x1.2216045b6f5cdp0, -0x1.8c4a5df1ec7e5p-58},
    {0x1.26a7793f60164p0, 0x1.5aeb9860044dp-55}, {0x1.2b4b58b372c79p0, 0x1.404dd9f031676p-54},
    {0x1.3001ecf601af7p0, 0x1.7ab912c69ffebp-61}, {0x1.34cb8170b5835p0, 0x1.6a7062465be33p-55},
    {0x1.39a862bd3c106p0, 0x1.7dd1a79cbd0fcp-54}, {0x1.3e98deaa11dccp0, -0x1.5722108fefcffp-54},
    {0x1.439d443f5f159p0, -0x1.1c5b2e8735a43p-56}, {0x1.48b5e3c3e8186p0, 0x1.9d9ef0eda6eabp-54},
    {0x1.4de30ec211e6p0, 0x1.3b5223eca1712p-56}, {0x1.5325180cfacf7p0, 0x1.b28b660a648dap-54},
    {0x1.587c53c5a7afp0, 0x1.3b0e93c017937p-55}, {0x1.5de9176045ff5p0, 0x1.da89923298baap-55},
    {0x1.636bb9a983258p0, 0x1.349cc31f7248dp-54}, {0x1.690492cbf9433p0, -0x1.812833f7d6e43p-55},
    {0x1.6eb3fc55b1e76p0, -0x1.2d8a6cc888d03p-54}, {0x1.747a513dbef6ap0, 0x1.88d1e2d966c25p-54}
};
/* clang-format on */

/* The sum again, from one that is near it; x >= y, -1 < x < 0, -745 < y - x: and e^(x - sum) - 1 + e^(y - sum). Of both
 * at once e^u = 2^n e^(j / 64) e^q, |q| < 2^-7, and e^q - 1 = q + q^2 / 2 + ... + q^11 / 11!, all in pairs but the terms
 * from the sixth on. */
static __attribute__((noinline)) rp_vd logaddexp_near(rp_vd x, rp_vd y, rp_vd sum)
{
    static const double inverse[4][2] = {{0x1.0000000000000p-1, 0},
                                         {0x1.5555555555555p-3, 0x1.5555555555555p-57},
                                         {0x1.5555555555555p-5, 0x1.5555555555555p-59},
                                         {0x1.1111111111111p-7, 0x1.1111111111111p-63}};
    rp_vdd q[2], known[2], series[2];
    rp_vd power[2];
    for (int i = 0; i < 2; i++) {
        const rp_vdd u = v_sum_ordered(i ? y : x, -sum);
        const rp_vd n = v_count(v_count_bits(u.high, 0x1.71547652b82fep0));
        /* ln 2 in three parts, the first two with zeros at their ends, so that their products with n are exact. */
        const rp_vdd r = v_sum(v_fma(n, v_set(-0x1.62e42fefa38p-1), u.high), n * -0x1.ef35793c76p-45);
        const rp_vi j = v_count_bits(r.high, 64);
        const rp_vdd rest = v_sum(r.high, v_count(j) * -0x1p-6);
        q[i] = (rp_vdd){rest.high, v_fma(n, v_set(-0x1.cc01f97b57a08p-87), u.low) + (r.low + rest.low)};
        const rp_vi row = ((rp_vi)((rp_vu)j >> 8) + 24) & 63;
        v_gather_pair(logaddexp_powers[0], row << 1, &known[i].high, &known[i].low);
        power[i] = v_scale(v_set(1), n);
        const rp_vd later = v_poly5(q[i].high, 0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-16,
                                    0x1.71de3a556c734p-19, 0x1.27e4fb7789f5cp-22, 0x1.ae64567f544e4p-26);
        series[i] = (rp_vdd){later * q[i].high, v_set(0)};
    }
    for (int k = 3; k >= 0; k--) {
        for (int i = 0; i < 2; i++) {
            const rp_vdd more = v_sum_ordered(v_set(inverse[k][0]), series[i].high);
            series[i] = v_product((rp_vdd){more.high, more.low + (series[i].low + inverse[k][1])}, q[i]);
        }
    }
    for (int i = 0; i < 2; i++) {
        const rp_vdd rest = v_product(series[i], q[i]), part = v_sum_ordered(q[i].high, rest.high);
        const rp_vdd all = v_product((rp_vdd){part.high, part.low + (rest.low + q[i].low)}, known[i]);
        series[i] = v_pair_times(all, power[i]);
        known[i] = v_pair_times(known[i], power[i]);
    }
    const rp_vdd first = v_sum(known[0].high, v_set(-1)), second = v_sum(first.high, known[1].high);
    const rp_vdd third = v_sum(series[0].high, series[1].high), all = v_sum(second.high, third.high);
    const rp_vd lows = (first.low + second.low) + (third.low + all.low) + (known[0].low + known[1].low);
    return sum + (all.high + (lows + (series[0].low + series[1].low)));
}

/* result, and where x < 0 the sum of what log(e^x + e^y) leaves. */
static __attribute__((noinline)) rp_vd logaddexp_cancelled(rp_vd x, rp_vd y, rp_vd result)
{
    double xs[RP_LANES], ys[RP_LANES], results[RP_LANES];
    v_store(xs, x);
    v_store(ys, y);
    v_store(results, result);
    for (int i = 0; i < RP_LANES; i++)
        if (xs[i] < 0) results[i] = rp_logaddexp_cancelled(xs[i], ys[i]);
    return v_load(results);
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
        const rp_vm cancelled = v_less(left, -larger) & v_less(v_set(-746), difference.high);
        if (v_any(cancelled)) {
            const rp_vm most = cancelled & v_less(v_abs(result), v_at_least(-larger * 0x1p-42, DBL_MIN));
            const rp_vm some = cancelled & ~most;
            if (v_any(some)) {
                const rp_vd x_near = v_select(some, larger, v_set(-0.5)), y_near = v_select(some, smaller, v_set(-1));
                const rp_vd again = logaddexp_near(x_near, y_near, v_select(some, result, v_set(0)));
                result = v_select(some, again, result);
            }
            if (v_any(most)) result = logaddexp_cancelled(v_select(most, larger, v_set(0)), smaller, result);
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
