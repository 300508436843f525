/* SPDX-License-Identifier: BSD-3-Clause
 *
 * exp. n = the nearest whole number to x / ln 2 and r = x - n ln 2, |r| <= 0.3466, with ln 2 in two parts and one rounding
 * each; exp(r) = 1 + r + r^2 p(r), p of degree 9 (exp.sollya: relative error of exp(r) 2^-55.8); times 2^n, rounded once.
 * float64: largest error found 0.77 ULP. float32 and float16 by way of it: correctly rounded.
 */
#ifndef RP_MATH_EXP_H
#define RP_MATH_EXP_H

#include "kernels/math/words.h"

/* p: exp(r) = 1 + r + r^2 p(r). */
V rp_vd v_exp_poly(rp_vd r)
{
    return v_poly9(r, 0x1.0000000000001p-1, 0x1.555555555554dp-3, 0x1.5555555553ce5p-5, 0x1.11111111144ccp-7,
                   0x1.6c16c178a6ddap-10, 0x1.a01a018c38d6bp-13, 0x1.a019b8c736f1ap-16, 0x1.71de59ec2cdc7p-19,
                   0x1.2891c2799e79dp-22, 0x1.aeabd6c3a9302p-26);
}

V rp_vd v_exp(rp_vd x)
{
    /* Beyond these the result is infinity and 0, and n would leave the range of v_scale. */
    x = v_select(v_less(v_set(710), x), v_set(710), x);
    x = v_select(v_less(x, v_set(-746)), v_set(-746), x);
    const rp_vd n = v_round(x * 0x1.71547652b82fep0);
    const rp_vd high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), x), low = n * -0x1.abc9e3b39803fp-56;
    const rp_vd r = high + low;
    return v_scale(high + v_fma(r * r, v_exp_poly(r), low) + 1, n);
}
#define v_exp_single v_exp

#endif
