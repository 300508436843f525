/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of sin, cos and hypot, of float16 alone. sin, cos: x - n pi with pi in two parts, and a polynomial
 * of degree 9 up to pi / 2; for cos, n is a half more than a whole number. The coefficients are those with which all 2^16
 * results are right (wide_half.sollya): no lane is doubted. hypot: the squares are exact in float32, which rounds their sum and
 * the root; of subnormal numbers the root alone, too little to reach a middle of two float16 numbers.
 */
#ifndef RP_MATH_WIDE_HALF_H
#define RP_MATH_WIDE_HALF_H

#include "kernels/math/wide.h"

/* result, but of x = hard: there float32 cannot tell the result from the middle of two float16 numbers. */
V rp_vs vs_but_of(rp_vs x, float hard, float there, rp_vs result)
{
    return vs_select(vs_differ(x, vs_set(hard)), result, vs_set(there));
}

/* sin r / r in r^2, for each of sin and cos */
static const float vs_half_sin[5] = {0x1.000002p0f, -0x1.555598p-3f, 0x1.1112b6p-7f, -0x1.9f9e12p-13f, 0x1.5be07ap-19f};
static const float vs_half_cos[5] = {1, -0x1.555548p-3f, 0x1.110edep-7f, -0x1.9f6f2cp-13f, 0x1.5db5a2p-19f};

V rp_vs vs_sine_half(rp_vs x, int ahead, const float *series)
{
    rp_vs count;
    const rp_vs whole = vs_nearest(ahead ? x + 0x1.921fb6p0f : x, 0x1.45f306p-2f, &count);
    const rp_vs n = ahead ? whole - 0.5f : whole;
    const rp_vs r = vs_fnma(n, vs_set(0x1.4442d2p-23f), vs_fnma(n, vs_set(0x1.921fb4p1f), x)), square = r * r;
    const rp_vs sine = r * vs_horner(square, series, 5);
    return (rp_vs)((rp_vsi)sine ^ ((rp_vsi)count << 31));
}

V rp_vsm v_sin_half(rp_vs x, rp_vs *result)
{
    *result = vs_sine_half(x, 0, vs_half_sin);
    return vs_none;
}

V rp_vsm v_cos_half(rp_vs x, rp_vs *result)
{
    *result = vs_sine_half(x, 1, vs_half_cos);
    return vs_none;
}

V rp_vsm v_hypot_half(rp_vs x, rp_vs y, rp_vs *result)
{
    const rp_vs root = vs_sqrt(vs_fma(x, x, y * y)), infinity = vs_set((float)INFINITY);
    *result = vs_select(vs_or(vs_equal(vs_abs(x), infinity), vs_equal(vs_abs(y), infinity)), infinity, root);
    return vs_near_middle(*result);
}

#endif
