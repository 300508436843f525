/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide form (wide.h) of tan. r = x - n pi / 32 with pi / 32 in three parts, |r| <= 0.0491, and t = tan(r); then
 * tan(x) = (p + q t) / (q - p t), p / q the tangent of n pi / 32, one of
 * them 1. Where r is small beside what pi / 32 loses it is not exact enough.
 */
#ifndef RP_MATH_WIDE_TAN_H
#define RP_MATH_WIDE_TAN_H

#include "kernels/math/wide.h"

/* clang-format off */
static const float vs_tan_table[4][32] = {
    { /* p */
     0, 0x1.936bb8p-4f, 0x1.975f5ep-3f, 0x1.36a084p-2f, 0x1.a8279ap-2f, 0x1.11ab72p-1f, 0x1.561b82p-1f,
     0x1.a43002p-1f, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -0x1p0f, -0x1.a43002p-1f, -0x1.561b82p-1f,
     -0x1.11ab72p-1f, -0x1.a8279ap-2f, -0x1.36a084p-2f, -0x1.975f5ep-3f, -0x1.936bb8p-4f},
    { /* what it lacks */
     0, 0x1.8b65b4p-29f, 0x1.54c56p-33f, -0x1.547384p-27f, -0x1.80c434p-28f, -0x1.bdf2c6p-27f, 0x1.56ff32p-26f,
     0x1.5c850ap-26f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0x1.5c850ap-26f, -0x1.56ff32p-26f,
     0x1.bdf2c6p-27f, 0x1.80c434p-28f, 0x1.547384p-27f, -0x1.54c56p-33f, -0x1.8b65b4p-29f},
    { /* q */
     1, 1, 1, 1, 1, 1, 1, 1, 1, 0x1.a43002p-1f, 0x1.561b82p-1f, 0x1.11ab72p-1f, 0x1.a8279ap-2f, 0x1.36a084p-2f,
     0x1.975f5ep-3f, 0x1.936bb8p-4f, 0, -0x1.936bb8p-4f, -0x1.975f5ep-3f, -0x1.36a084p-2f, -0x1.a8279ap-2f,
     -0x1.11ab72p-1f, -0x1.561b82p-1f, -0x1.a43002p-1f, 1, 1, 1, 1, 1, 1, 1, 1},
    { /* what it lacks */
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1.5c850ap-26f, 0x1.56ff32p-26f, -0x1.bdf2c6p-27f, -0x1.80c434p-28f,
     -0x1.547384p-27f, 0x1.54c56p-33f, 0x1.8b65b4p-29f, 0, -0x1.8b65b4p-29f, -0x1.54c56p-33f, 0x1.547384p-27f,
     0x1.80c434p-28f, 0x1.bdf2c6p-27f, -0x1.56ff32p-26f, -0x1.5c850ap-26f, 0, 0, 0, 0, 0, 0, 0, 0},
};
/* clang-format on */

V rp_vsm v_tan_wide(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_abs(x);
    const rp_vsm tiny = vs_less(size, vs_set(VS_TINY)), far = vs_less(vs_set(0x1p10f), size);
    *result = x;
    if (__builtin_expect(vs_all(far), 0)) return far;
    const rp_vs y = vs_select(tiny, vs_set(0), x);
    rp_vs count;
    const rp_vs n = vs_nearest(y, 0x1.45f306p3f, &count);
    const rp_vs first = vs_fma(n, vs_set(-0x1.921fb6p-4f), y), r = vs_fma(n, vs_set(0x1.777a5cp-29f), first);
    const rp_vs r_low = vs_fma(n, vs_set(0x1.ee59dap-54f), vs_fma(n, vs_set(0x1.777a5cp-29f), first - r));
    const rp_vs square = r * r;
    const rp_vs cubic = r * square;
    const rp_vs more = vs_fma(cubic, vs_quadratic(square, 0x1.555556p-2f, 0x1.110888p-3f, 0x1.e61f0cp-5f), r_low);
    const rp_vs t = r + more;
    const rp_vsi k = (rp_vsi)count;
    const rp_vs p = vs_table32(vs_tan_table[0], k), q = vs_table32(vs_tan_table[2], k);
    const rp_vs p_low = vs_table32(vs_tan_table[1], k), q_low = vs_table32(vs_tan_table[3], k);
    const rp_vs t_low = more - (t - r);
    rp_vss over = {.high = vs_fma(q, t, p)}, under = {.high = vs_fnma(p, t, q)};
    over.low = vs_fma(q, t_low, vs_fma(q_low, t, vs_fma(q, t, p - over.high) + p_low));
    under.low = vs_fnma(p, t_low, vs_fnma(p_low, t, vs_fnma(p, t, q - under.high) + q_low));
    rp_vs tangent;
    const rp_vsm doubt = vs_round(vs_divide(over, under), 0x1p-32f, &tangent);
    *result = vs_select(tiny, x, tangent);
    return vs_or(doubt, vs_or(far, vs_and_not(vs_less(vs_abs(r), vs_set(0x1p-13f)), tiny)));
}

#endif
