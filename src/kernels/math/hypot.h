/* SPDX-License-Identifier: BSD-3-Clause
 *
 * hypot. Both operands times the power of two that brings the larger into [2, 4), which is exact but for what the other
 * loses where it does not count. The sum of the squares has its error beside it, and what the root's square lacks of
 * both, divided by twice the root, is added to it. A float32 quotient is exact enough for that. Largest error found:
 * 0.501 ULP.
 *
 * float32: the squares are exact in float64. The root has the sign of what its square lacks in its last bit: correctly
 * rounded, always.
 */
#ifndef RP_MATH_HYPOT_H
#define RP_MATH_HYPOT_H

#include "kernels/math/words.h"

/* Infinity beside NaN is infinity. */
V rp_vd v_infinite_kept(rp_vd x, rp_vd y, rp_vd result)
{
    const rp_vd infinity = v_set((double)INFINITY);
    return v_select(v_equal(v_abs(x), infinity) | v_equal(v_abs(y), infinity), infinity, result);
}

V rp_vd v_hypot(rp_vd x, rp_vd y)
{
    const rp_vd a = v_abs(x), b = v_abs(y);
    rp_vd large = v_larger(a, b), small = v_smaller(b, a); /* one of them is NaN if x or y is */
    /* Beside a number that is not so small a subnormal one is nothing; both, times 2^200. */
    const rp_vm tiny = v_less(small, v_set(DBL_MIN)) & v_less(v_set(0), large), both = v_less(large, v_set(0x1p-900));
    const bool rare = v_any(tiny);
    if (rare) {
        small = v_select(tiny & both, v_scale_small(small, 0x1p200), v_select(tiny, v_set(0), small));
        large = v_select(tiny & both, v_scale_small(large, 0x1p200), large);
    }
    const rp_vd normal = v_at_least(large, 0x1p-1022);
    const int64_t one = (int64_t)1 << 52;
    const rp_vi exponent = (rp_vi)normal & 2047 * one;
    const rp_vd down = (rp_vd)(2047 * one - exponent), p = large * down, q = small * down;
    const rp_vd p2 = p * p, q2 = q * q, sum = p2 + q2;
    const rp_vd sum_rest = ((p2 - sum) + q2) + (v_fma(p, p, -p2) + v_fma(q, q, -q2));
    const rp_vd root = v_sqrt(sum), rest = v_fma(-root, root, sum) + sum_rest;
    rp_vd result = v_fma(v_rough_quotient(rest, root), v_set(0.25), root * 0.5) * (rp_vd)exponent;
    if (rare) result = v_select(tiny & both, v_scale_down(result, v_set(0), 0x1p200), result);
    return v_infinite_kept(x, y, v_select(v_equal(large, v_set(0)), small, result)); /* small may be NaN */
}

V rp_vd v_hypot_single(rp_vd x, rp_vd y)
{
    const rp_vd x2 = x * x, y2 = y * y, sum = x2 + y2, added = sum - x2;
    const rp_vd sum_rest = (x2 - (sum - added)) + (y2 - added), root = v_sqrt(sum);
    return v_infinite_kept(x, y, v_to_odd(root, v_fma(-root, root, sum) + sum_rest));
}

#endif
