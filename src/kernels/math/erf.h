/* SPDX-License-Identifier: BSD-3-Clause
 *
 * erf, erfc. Up to 1/2, erf(x) = x (A + x^2 Q(x^2)), A = 2 / sqrt(pi) in two numbers, the last addition rounds. Everywhere
 * erfc(|x|) = exp(-x^2 + L(|x|)), L(x) = log(erfc(x)) + x^2: a smooth function between 0 and -4.2, of which a table has for 78
 * intervals of x + 1, 16 from one power of two to the next, the value in the middle, in two numbers, and a polynomial of
 * degree 8 for what is added (erf.sollya: absolute error 2^-59). -x^2 is two numbers, their sum goes to the exponential of
 * pow.h. erf(|x|) = 1 - erfc(|x|) from 1/2 on, where erfc is the smaller one; erfc(-x) = 2 - erfc(x).
 * What is 0, 1 or 2 whatever is computed is computed of a small size: a result that underflows takes tens of nanoseconds.
 * float64: largest errors found 0.79 ULP each. float32, float16: rounded from there, every argument tried.
 */
#ifndef RP_MATH_ERF_H
#define RP_MATH_ERF_H

#include "kernels/math/erf_table.h"
#include "kernels/math/pow.h"

/* Each inlined once: a call is little beside what it does. */
#define V_CALLED static __attribute__((noinline))

/* erfc(x), 0 <= x <= 28. */
V rp_vd v_erfc_by(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vi bits = (rp_vi)(x + 1), interval = (rp_vi)((rp_vu)bits >> 48) - 0x3ff0;
    /* The middle: the interval's bits and half of one of the 48 behind them. */
    const rp_vd r = x - ((rp_vd)((bits & ~(((int64_t)1 << 48) - 1)) | (int64_t)1 << 47) - 1);
    rp_vd p = v_gather(rp_erf_log[10], interval);
#pragma GCC unroll 8
    for (int i = 9; i > 1; i--) p = v_fma(p, r, v_gather(rp_erf_log[i], interval));
    const rp_vd square = x * -x, high = v_gather(rp_erf_log[0], interval);
    const rp_vdd sum = v_sum(square, high);
    rp_vi count;
    const rp_vd low = v_fma(x, -x, -square) + sum.low + v_fma(p, r, v_gather(rp_erf_log[1], interval));
    const rp_vdd both = v_sum(sum.high, low), power = v_exp_double(both.high, both.low, &count);
    return v_scale(add(power.high, power.low), v_count(count));
}

V_CALLED rp_vd v_erfc_of_size(rp_vd x) { return v_erfc_by(x, v_add); }
V_CALLED rp_vd v_erfc_of_size_for_single(rp_vd x) { return v_erfc_by(x, v_add_for_single); }

/* last: behind it all results are 0; before -6 they are 2. */
V rp_vd v_erfc_with(rp_vd x, rp_vd (*of_size)(rp_vd), double last)
{
    const rp_vm below = v_less(x, v_set(0)), known = v_less_equal(x, v_set(last));
    const rp_vd size = v_abs(v_select(known, x, v_set(0)));
    const rp_vd y = of_size(v_select(below, v_at_most(size, 6), size));
    const rp_vd z = v_select(below, 2 - y, v_select(known, y, v_set(0)));
    return v_select(v_equal(x, x), z, x + x);
}
V rp_vd v_erfc(rp_vd x) { return v_erfc_with(x, v_erfc_of_size, 27.5); }
V rp_vd v_erfc_single(rp_vd x)
{
    return v_nudge(v_erfc_with(x, v_erfc_of_size_for_single, 10.5), -1, x, -0x1.d93ec4p-17);
}

V_CALLED rp_vd v_erf(rp_vd x)
{
    static const double q[] = {-0x1.812746b0379e7p-2,  0x1.ce2f21a042c58p-4,   -0x1.b82ce3128eb31p-6,
                               0x1.565bcd110695ep-8,   -0x1.c02db55e44e13p-11, 0x1.f9a39ba71df94p-14,
                               -0x1.f4ebb6d12bc13p-17, 0x1.bd7afba44427ap-20,  -0x1.b073165498fb6p-23,
                               0x1.4447556e2cea6p-24,  -0x1.7672e05ef5ebp-25};
    const rp_vd square = x * x;
    const rp_vd small = v_fma(x, v_set(0x1.20dd750429b6dp0),
                              x * v_fma(square, v_poly(square, square * square, q, 11), v_set(0x1.1b4920a2f56f4p-56)));
    const rp_vm large = v_less(v_set(0.5), v_abs(x));
    if (!v_any(large)) return small;
    const rp_vd y = 1 - v_erfc_of_size(v_at_most(v_select(large, v_abs(x), v_set(0.5)), 6));
    return v_select(large, v_with_sign(y, v_sign(x)), small);
}
#define v_erf_single v_erf

#endif
