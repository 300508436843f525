/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide form (wide.h) of tanh: z / (-2 - z), z = e^(-2 |x|) - 1. For that, -2 |x| = n ln 2 / 32 + r as in quick.h, and
 * e^(-2 |x|) = P e^r, where P, a power of 2^(1/32), is a pair: a float32 number and what it lacks. P - 1 is exact as a
 * pair, to which P r and the rest of P (e^r - 1) are added.
 * expm1, sinh and cosh this way took as long as their rough forms.
 */
#ifndef RP_MATH_WIDE_EXP_H
#define RP_MATH_WIDE_EXP_H

#include "kernels/math/quick.h"
#include "kernels/math/wide.h"

/* What the float32 numbers of quick_power lack. */
/* clang-format off */
static const float vs_power_low[32] = {
    0, -0x1.9d4f52p-25f, 0x1.9f3122p-25f, -0x1.fdb496p-25f, -0x1.c15742p-27f, -0x1.d2e8cap-25f, 0x1.ceac48p-25f,
    -0x1.5c0424p-25f, 0x1.4636e2p-25f, -0x1.18aac6p-25f, 0x1.824684p-25f, 0x1.8624b4p-30f, -0x1.593abcp-25f,
    -0x1.2c561p-25f, -0x1.5bd5ecp-27f, -0x1.f8b55p-25f, 0x1.9fcef4p-26f, 0x1.1d8beep-25f, -0x1.829fdp-25f,
    -0x1.accc7cp-26f, 0x1.15506ep-27f, -0x1.e64744p-25f, 0x1.51f848p-27f, -0x1.b83b54p-25f, -0x1.a94b14p-26f,
    -0x1.a09438p-25f, -0x1.3d56b2p-27f, -0x1.8837ccp-27f, -0x1.822dbcp-27f, -0x1.908c94p-25f, 0x1.52486cp-27f,
    -0x1.246ebp-26f,
};
/* clang-format on */

/* e^x - 1, -88 < x <= 0. Of r + r^2 / 2 nothing is lost: where n is 0 it is the result, nearly. */
V rp_vss vs_expm1(rp_vs x)
{
    const quick_exp part = vs_exp_reduce(x);
    const rp_vs scale = vs_quick_scale(vs_set(1), part.count), r = part.r, half = r * 0.5f;
    const rp_vs power = vs_table32(quick_power, part.count) * scale, less = power - 1;
    const rp_vs power_low = vs_table32(vs_power_low, part.count) * scale;
    rp_vs r_rest, rest;
    const rp_vs bent = vs_fma_rest(r, half, r, &r_rest), high = vs_fma_rest(power, bent, less, &rest);
    const rp_vs more = vs_fma(r * r, vs_fma(r, vs_set(0x1.5555acp-5f), vs_set(0x1.555598p-3f)), part.r_low);
    rest = vs_fma(power_low, r, power_low) + (rest + (power - (less + 1)));
    return (rp_vss){high, vs_fma(power, vs_fma(r, more, part.r_low + r_rest), rest)};
}

V rp_vsm v_tanh_wide(rp_vs x, rp_vs *result)
{
    const rp_vs whole = vs_abs(x);
    const rp_vsm tiny = vs_less(whole, vs_set(VS_TINY));
    const rp_vs size = vs_select(tiny, vs_set(0), whole); /* before the product: those of subnormal numbers are slow */
    const rp_vss less = vs_expm1(vs_at_least(size * -2, -20));
    const rp_vs under = -2 - less.high;
    rp_vs tangent;
    const rp_vss quotient = vs_divide(less, (rp_vss){under, ((-2 - under) - less.high) - less.low});
    const rp_vsm doubt = vs_round(quotient, 0x1p-32f, &tangent);
    *result = vs_select(tiny, x, vs_with_sign(tangent, x));
    return vs_and_not(doubt, tiny);
}

#endif
