/* SPDX-License-Identifier: BSD-3-Clause
 *
 * exp, exp2, expm1. n = the nearest whole number to x / ln 2 and r = x - n ln 2, |r| <= 0.3493, with ln 2 in two parts and
 * one rounding each; exp(r) = 1 + r + r^2 (1/2 + r q(r)), q of degree 9 (exp.sollya: error of exp(r) 2^-60); times
 * 2^n, rounded once. float64: largest error found 0.84 ULP.
 * exp2: n = the nearest whole number to x, r = (x - n) ln 2, the product without its rounding error. 0.88 ULP.
 * expm1: 2^n - 1 + 2^n r + 2^n r^2 / 2 in sums without rounding errors, then 2^n r^3 q(r); x itself below 2^-54. 0.81 ULP,
 * near 0.36, where 1 is taken away from 1.4.
 * float32 and float16 by way of float64: correctly rounded, every argument tried; exp2 needs v_add_for_single. Rough forms
 * (loops.h): degree 8, the largest errors found 2^-39.1 (exp, exp2), 2^-42.3 (expm1).
 */
#ifndef RP_MATH_EXP_H
#define RP_MATH_EXP_H

#include "kernels/math/words.h"

/* q: e^r = 1 + r + r^2 (1/2 + r q(r)). */
V rp_vd v_exp_series(rp_vd r)
{
    return v_poly9(r, 0x1.5555555555556p-3, 0x1.5555555555556p-5, 0x1.1111111110708p-7, 0x1.6c16c16c15f3bp-10,
                   0x1.a01a01a90510dp-13, 0x1.a01a01a8a2b57p-16, 0x1.71de0a30df396p-19, 0x1.27e4d64395a25p-22,
                   0x1.af3f2405a8b35p-26, 0x1.1f7cb0d51334ap-29);
}
V rp_vd v_exp_poly(rp_vd r) { return v_fma(r, v_exp_series(r), v_set(0.5)); }

V rp_vd v_exp(rp_vd x)
{
    /* Beyond these the result is infinity and 0, and n would leave the range of v_scale. */
    x = v_at_least(v_at_most(x, 710), -746) + V_TINY;
    const rp_vd n = v_count(v_count_bits(x, 0x1.71547652b82fep0));
    const rp_vd high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), x), low = n * -0x1.abc9e3b39803fp-56;
    const rp_vd r = high + low;
    return v_scale(high + v_fma(r * r, v_exp_poly(r), low) + 1, n);
}
#define v_exp_single v_exp

/* e^r = 1 + r (1 + ...), |r| <= 0.3467, with an error of 2^-40 */
static const double exp_rough[9] = {1,
                                    0x1.ffffffffd54d9p-1,
                                    0x1.000000004f56bp-1,
                                    0x1.555555a0a1869p-3,
                                    0x1.5555546d8d57cp-5,
                                    0x1.11108284cd817p-7,
                                    0x1.6c18238e81597p-10,
                                    0x1.a1a8597cf67e2p-13,
                                    0x1.9f5ec5d583687p-16};
/* Beyond 700 2^n is no float64 number, and the result infinite in float32, or `least`. */
V rp_vsm v_beyond_double(rp_vs x) { return vs_less(vs_set(700), vs_abs(x)); }
V rp_vd v_beyond(rp_vd x, double least, rp_vd result)
{
    const rp_vd known = v_select(v_less(x, v_set(0)), v_set(least), x * 0x1p200);
    return v_select(v_less(v_set(700), v_abs(x)), known, result);
}

/* -104 < x < -87: of a subnormal result, other bits are lost than rp_math_near_middle looks at. */
V rp_vsm v_exp_doubt(rp_vs x) { return vs_less(vs_abs(x + 95.5f), vs_set(8.5f)) | vs_less(vs_set(700), x); }
V rp_vd v_exp_again(rp_vd x, rp_vd result, rp_vm *unknown)
{
    return v_round_small_single(v_beyond(x, 0, result), unknown);
}
V rp_vd v_exp_rough(rp_vd x)
{
    x = v_at_least(x, -200);
    const rp_vi count = v_count_bits(x, 0x1.71547652b82fep0);
    const rp_vd r = v_fma(v_count(count), v_set(-0x1.62e42fefa39efp-1), x);
    return (rp_vd)((rp_vi)v_poly(r, r * r, exp_rough, 9) + (count << 44));
}

/* ---- exp2: 2^x = 2^n e^(r ln 2), n the nearest whole number ------------------------------------------------------ */

/* `add` gives 1 + high + low from high and low. */
V rp_vd v_exp2_with(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    x = v_at_least(v_at_most(x, 1024), -1076) + V_TINY;
    /* The count goes up a little below 1/2 already: x - 1 would lose a bit of x. */
    const rp_vd n = v_select(v_less(v_abs(x), v_set(0.5)), v_set(0), v_count(v_count_bits(x, 1))), fraction = x - n;
    const rp_vd high = fraction * 0x1.62e42fefa39efp-1;
    const rp_vd low = v_fma(fraction, v_set(0x1.62e42fefa39efp-1), -high) + fraction * 0x1.abc9e3b39803fp-56;
    return v_scale(add(high, v_fma(high * high, v_exp_poly(high), low)), n);
}
V rp_vd v_exp2_add(rp_vd high, rp_vd low) { return high + low + 1; }
V rp_vd v_exp2_add_for_single(rp_vd high, rp_vd low)
{
    const rp_vdd sum = v_sum_ordered(v_set(1), high);
    return v_add_for_single(sum.high, sum.low + low);
}
V rp_vd v_exp2(rp_vd x) { return v_exp2_with(x, v_exp2_add); }
V rp_vd v_exp2_single(rp_vd x) { return v_exp2_with(x, v_exp2_add_for_single); }

static const double exp2_rough[9] = {1,
                                     0x1.62e42fef86107p-1,
                                     0x1.ebfbdff8c49eep-3,
                                     0x1.c6b08dd47ea68p-5,
                                     0x1.3b2ab625d7c39p-7,
                                     0x1.5d8748205bf12p-10,
                                     0x1.430a4cf74ceb9p-13,
                                     0x1.00dae3c2a6baep-16,
                                     0x1.62208f6452c81p-20};
V rp_vsm v_exp2_doubt(rp_vs x) { return vs_less(vs_abs(x + 137.5f), vs_set(12.5f)) | v_beyond_double(x); }
V rp_vd v_exp2_rough(rp_vd x)
{
    const rp_vi count = v_count_bits(x, 1);
    const rp_vd r = x - v_count(count);
    return (rp_vd)((rp_vi)v_poly(r, r * r, exp2_rough, 9) + (count << 44));
}

/* ---- expm1: 2^n - 1 and 2^n r without an error, then the rest of 2^n e^r ------------------------------------------- */

/* (e^x - 1) / 2 in two numbers: half, since 2^1024 is no number. -750 < x <= 710 */
V rp_vdd v_half_expm1(rp_vd x)
{
    const rp_vi count = v_count_bits(x, 0x1.71547652b82fep0);
    const rp_vd n = v_count(count);
    const rp_vd high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), x), low = n * -0x1.abc9e3b39803fp-56;
    const rp_vd r = high + low, half = r * 0.5, square = r * half;
    const rp_vd power = (rp_vd)((count + 1022 * 256) << 44);
    const rp_vdd less = v_sum(power, v_set(-0.5)), first = v_sum_ordered(less.high, power * high);
    const rp_vdd second = v_sum_ordered(first.high, power * square);
    const rp_vd small = v_fma(r * r * r, v_exp_series(r), v_fma(r, half, -square) + low);
    return (rp_vdd){second.high, v_fma(power, small, first.low + second.low + less.low)};
}
V rp_vd v_expm1(rp_vd x)
{
    const rp_vdd half = v_half_expm1(v_at_least(v_at_most(x, 710), -40) + V_TINY); /* x itself is the result there */
    return v_select(v_less(v_abs(x), v_set(0x1p-54)), x, (half.high + half.low) * 2);
}
#define v_expm1_single v_expm1

/* (e^r - 1) / r, with an error of 2^-43: 2^n r times it, and 2^n - 1. */
static const double expm1_rough[9] = {1,
                                      0x1.fffffffff7303p-2,
                                      0x1.5555555562d88p-3,
                                      0x1.555555740436p-5,
                                      0x1.111110ed0085ap-7,
                                      0x1.6c164e395900dp-10,
                                      0x1.a01a5661ec48fp-13,
                                      0x1.a15a05fef93a9p-16,
                                      0x1.7211105766fa3p-19};
#define v_expm1_doubt v_beyond_double
V rp_vd v_expm1_again(rp_vd x, rp_vd result, rp_vm *unknown)
{
    (void)unknown;
    return v_beyond(x, -1, result);
}
V rp_vd v_expm1_rough(rp_vd x)
{
    const rp_vi count = v_count_bits(x, 0x1.71547652b82fep0);
    const rp_vd r = v_fma(v_count(count), v_set(-0x1.62e42fefa39efp-1), x);
    const rp_vd power = (rp_vd)((count + 1023 * 256) << 44);
    /* 1 - 1 is 0, -0 here, which keeps the sign of x = -0. */
    return v_fma(power, v_poly(r, r * r, expm1_rough, 9) * r, -(1 - power));
}

#endif
