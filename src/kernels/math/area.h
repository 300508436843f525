/* SPDX-License-Identifier: BSD-3-Clause
 *
 * asinh, acosh, atanh: logarithms (log.h) of numbers made as pairs, so that what the square root and the quotient lose is
 * not lost.
 *   asinh |x| = log(|x| + sqrt(x^2 + 1)), from 2^28 on log 2|x|; below 2^-14 x - x^3 / 6
 *   acosh x = log(x + sqrt(x^2 - 1)), from 2^28 on log 2x
 *   atanh |x| = log(1 + 2|x| / (1 - |x|)) / 2, below 2^-28 |x|
 * float64: largest error found 0.53 ULP (asinh), 0.50 (acosh), 0.53 (atanh). float32 and float16 by way of it, with
 * v_add_for_single: correctly rounded, every argument tried.
 */
#ifndef RP_MATH_AREA_H
#define RP_MATH_AREA_H

#include "kernels/math/log.h"

/* log(x + sqrt(x^2 + one)), one 1 or -1, x >= 0. */
V rp_vdd v_log_with_root(rp_vd x, double one)
{
    const rp_vm large = v_less_equal(v_set(0x1p28), x);
    const rp_vd square = x * x, square_low = v_fma(x, x, -square);
    rp_vdd under = v_sum(square, v_set(one));
    under = v_sum_ordered(under.high, under.low + square_low);
    const rp_vd root = v_sqrt(under.high);
    const rp_vd divisor = v_at_least(root, 0x1p-99); /* acosh 1 */
    rp_vd inverse = v_rough_reciprocal(divisor);
    inverse = inverse * v_fma(-divisor, inverse, v_set(2));
    inverse = inverse * v_fma(-divisor, inverse, v_set(2));
    const rp_vd root_low = (v_fma(-root, root, under.high) + under.low) * (inverse * 0.5);
    rp_vdd sum = v_sum(x, root);
    sum.low = v_select(large, v_set(0), sum.low + root_low);
    sum.high = v_select(large, x, sum.high);
    return v_log_of_pair(sum.high, sum.low, v_select(large, v_set(1), v_set(0)));
}

V rp_vd v_asinh_with(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vm tiny = v_tiny(x);
    const rp_vd size = v_select(tiny, v_set(0), v_abs(x));
    const rp_vdd log = v_log_with_root(size, 1);
    rp_vd result = add(log.high, log.low);
    result =
        v_select(v_less(size, v_set(0x1p-14)), v_fma(size * size * size, v_set(-0x1.5555555555555p-3), size), result);
    result = v_select(v_less(size, v_set((double)INFINITY)), result, size);
    return v_select(tiny, x, (rp_vd)((rp_vi)result | v_sign(x)));
}
V rp_vd v_asinh(rp_vd x) { return v_asinh_with(x, v_add); }
V rp_vd v_asinh_single(rp_vd x) { return v_asinh_with(x, v_add_for_single); }

V rp_vd v_acosh_with(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vdd log = v_log_with_root(v_at_least(x, 1), -1); /* not of subnormal numbers */
    const rp_vd result = v_select(v_less(x, v_set((double)INFINITY)), add(log.high, log.low), x);
    return v_select(v_less(x, v_set(1)), v_set((double)NAN), result);
}
V rp_vd v_acosh(rp_vd x) { return v_acosh_with(x, v_add); }
V rp_vd v_acosh_single(rp_vd x) { return v_acosh_with(x, v_add_for_single); }

V rp_vd v_atanh_with(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vm small = v_less(v_abs(x), v_set(0x1p-28));
    /* All from 2 on are one: the inverse of a large number is a subnormal one. */
    const rp_vd size = v_select(small, v_set(0), v_at_most(v_abs(x), 2)), twice = size + size;
    const rp_vdd under = v_sum_ordered(v_set(1), -size);
    const rp_vd inverse = 1 / under.high, quotient = twice * inverse;
    const rp_vd low = v_fma(-quotient, under.low, v_fma(-quotient, under.high, twice)) * inverse;
    const rp_vdd sum = v_sum(v_set(1), quotient);
    const rp_vdd log = v_log_of_pair(sum.high, sum.low + low, v_set(0));
    rp_vd result = add(log.high, log.low) * 0.5;
    const rp_vm outside = ~v_less(size, v_set(1));
    if (v_any(outside)) {
        const rp_vd edge = v_select(v_equal(size, v_set(1)), v_set((double)INFINITY), v_set((double)NAN));
        result = v_select(outside, edge, result);
    }
    return v_select(small, x, (rp_vd)((rp_vi)result | v_sign(x)));
}
V rp_vd v_atanh(rp_vd x) { return v_atanh_with(x, v_add); }
V rp_vd v_atanh_single(rp_vd x) { return v_atanh_with(x, v_add_for_single); }

#endif
