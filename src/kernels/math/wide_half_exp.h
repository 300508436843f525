/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of exp, exp2, expm1, sinh, cosh, tanh, of float16 alone: plain float32 arithmetic.
 * x = n ln 2 + r (exp2: n + r), a polynomial of degree 5 or 6 of e^r, or two of sinh r and cosh r. The coefficients are
 * those with which all 2^16 results are right (wide_half.sollya): no lane is doubted. Where |x| is so large that the
 * result is 0, 1 or infinite, a smaller number gives it too.
 */
#ifndef RP_MATH_WIDE_HALF_EXP_H
#define RP_MATH_WIDE_HALF_EXP_H

#include "kernels/math/wide_half.h"

/* e^r; 2^r; (e^r - 1) / r; sinh r / r and cosh r, in r^2 */
static const float vs_half_exp[6] = {1, 0x1.ffffd4p-1f, 0x1.fffed8p-2f, 0x1.5565c8p-3f, 0x1.575d48p-5f, 0x1.106e18p-7f};
static const float vs_half_exp2[6] = {
    1, 0x1.62e42cp-1f, 0x1.ebf8aep-3f, 0x1.c6b3d8p-5f, 0x1.3d21b2p-7f, 0x1.5d39ap-10f};
static const float vs_half_expm1[6] = {
    1, 0x1.fffffep-2f, 0x1.5554acp-3f, 0x1.555716p-5f, 0x1.122a5ep-7f, 0x1.6b74e2p-10f};
static const float vs_half_sinh[3] = {1, 0x1.5554acp-3f, 0x1.122a68p-7f};
static const float vs_half_cosh[3] = {0x1.000002p0f, 0x1.fffca6p-2f, 0x1.5778bep-5f};

/* x 2^n, a normal number as x is (or NaN); n is in the low bits of count. */
V rp_vs vs_times_power(rp_vs x, rp_vs count) { return (rp_vs)((rp_vsi)x + ((rp_vsi)count << 23)); }

typedef struct vs_half_reduced {
    rp_vs count, r; /* n is in the low bits of count */
} vs_half_reduced;
V vs_half_reduced vs_half_reduce(rp_vs x, float least, float most)
{
    const rp_vs y = vs_at_most(vs_at_least(x, least), most);
    rp_vs count;
    const rp_vs n = vs_nearest(y, 0x1.715476p0f, &count);
    return (vs_half_reduced){count, vs_fnma(n, vs_set(0x1.62e43p-1f), y)};
}

V rp_vsm v_exp_half(rp_vs x, rp_vs *result)
{
    const vs_half_reduced part = vs_half_reduce(x, -20, 12);
    *result = vs_but_of(x, 0x1.de4p-8f, 0x1.01cp0f, vs_times_power(vs_horner(part.r, vs_half_exp, 6), part.count));
    return vs_none;
}

V rp_vsm v_exp2_half(rp_vs x, rp_vs *result)
{
    const rp_vs y = vs_at_most(vs_at_least(x, -28), 17);
    rp_vs count;
    const rp_vs r = y - vs_nearest(y, 1, &count);
    *result = vs_but_of(x, 0x1.714p-11f, 0x1.004p0f, vs_times_power(vs_horner(r, vs_half_exp2, 6), count));
    return vs_none;
}

/* e^x - 1 */
V rp_vs vs_half_expm1_of(rp_vs x, float least, float most)
{
    const vs_half_reduced part = vs_half_reduce(x, least, most);
    const rp_vs power = vs_times_power(vs_set(1), part.count);
    /* 1 - 1 is 0, -0 here, which keeps the sign of x = -0. */
    return vs_fma(power, vs_horner(part.r, vs_half_expm1, 6) * part.r, -(1 - power));
}

V rp_vsm v_expm1_half(rp_vs x, rp_vs *result)
{
    *result = vs_half_expm1_of(x, -12, 12);
    return vs_none;
}

/* sinh x (or cosh x) = (2^n + 2^-n) / 2 sinh r + (2^n - 2^-n) / 2 cosh r (or the other way round) */
V rp_vs vs_half_hyperbolic(rp_vs x, bool sine)
{
    const vs_half_reduced part = vs_half_reduce(x, -13, 13);
    const rp_vs square = part.r * part.r;
    const rp_vs sinh = vs_horner(square, vs_half_sinh, 3) * part.r, cosh = vs_horner(square, vs_half_cosh, 3);
    const rp_vsi n = (rp_vsi)part.count << 23, half = (rp_vsi)vs_set(0.5f);
    const rp_vs up = (rp_vs)(half + n), down = (rp_vs)(half - n);
    /* A difference of 0 is subtracted, which keeps the sign of sinh -0. */
    return vs_fma(down + up, sine ? sinh : cosh, -((down - up) * (sine ? cosh : sinh)));
}

V rp_vsm v_sinh_half(rp_vs x, rp_vs *result)
{
    *result = vs_half_hyperbolic(x, true);
    return vs_none;
}

V rp_vsm v_cosh_half(rp_vs x, rp_vs *result)
{
    *result = vs_half_hyperbolic(x, false);
    return vs_none;
}

/* (e^2x - 1) / (e^2x + 1) */
V rp_vsm v_tanh_half(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_abs(x), less = vs_half_expm1_of(size + size, 0, 12);
    *result = vs_with_sign(less / (less + 2), x);
    return vs_none;
}

#endif
