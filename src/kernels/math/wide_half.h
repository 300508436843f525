/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of sin, cos and hypot, of float16 alone. sin, cos: x - n pi with pi in two parts, and a polynomial of
 * degree 9 up to pi / 2, 2^-27; for cos, n is a half more than a whole number. hypot: the squares are exact in float32, which
 * rounds their sum and the root; of subnormal numbers the root alone, too little to reach a middle of two float16 numbers.
 */
#ifndef RP_MATH_WIDE_HALF_H
#define RP_MATH_WIDE_HALF_H

#include "kernels/math/wide.h"

/* result, but of x = hard: there float32 cannot tell the result from the middle of two float16 numbers. */
V rp_vs vs_but_of(rp_vs x, float hard, float there, rp_vs result)
{
    return vs_select(vs_differ(x, vs_set(hard)), result, vs_set(there));
}

V rp_vsm vs_sine_half(rp_vs x, int ahead, rp_vs *result)
{
    const rp_vs count = vs_fma_nearest(ahead ? x + 0x1.921fb6p0f : x, vs_set(0x1.45f306p-2f), vs_set(0x1.8p23f));
    const rp_vs whole = count - 0x1.8p23f, n = ahead ? whole - 0.5f : whole;
    const rp_vs r = vs_fnma(n, vs_set(0x1.4442d2p-23f), vs_fnma(n, vs_set(0x1.921fb4p1f), x)), square = r * r;
    const rp_vs series = vs_cubic(square, -0x1.55554cp-3f, 0x1.110ed8p-7f, -0x1.9f7p-13f, 0x1.5db338p-19f);
    const rp_vs sine = r * vs_fma(series, square, vs_set(1));
    *result = (rp_vs)((rp_vsi)sine ^ ((rp_vsi)count << 31));
    return vs_near_middle(*result);
}

V rp_vsm v_sin_half(rp_vs x, rp_vs *result) { return vs_sine_half(x, 0, result); }
V rp_vsm v_cos_half(rp_vs x, rp_vs *result) { return vs_sine_half(x, 1, result); }

V rp_vsm v_hypot_half(rp_vs x, rp_vs y, rp_vs *result)
{
    const rp_vs root = vs_sqrt(vs_fma(x, x, y * y)), infinity = vs_set((float)INFINITY);
    *result = vs_select(vs_or(vs_equal(vs_abs(x), infinity), vs_equal(vs_abs(y), infinity)), infinity, root);
    return vs_near_middle(*result);
}

#endif
