/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of exp, exp2, expm1, sinh, cosh, of float32 alone.
 *
 * exp, exp2: x = (32 k + j) ln 2 / 32 + r, |r| <= 0.0109 (ln 2 / 32 in three parts, the first two with so few bits that
 * r is exact); 2^(j/32) as the sum T + t; e^r = 1 + r + r^2 q(r), q of degree 2. T + T r is rounded, and its error is
 * known by two more instructions; it belongs to the rest, as t and T r^2 q(r).
 * The error of the sum is bounded (vs_round_from_below): by 3 * 2^-36 in [1, 2), with which no result of all 2^32 was
 * wrong. The table of t holds t less that error.
 *
 * expm1: 2^k (T - 2^-k + T (r + r^2 / 2) + ...), nothing of which is lost: where n is 0 it is the result, nearly.
 * sinh, cosh: with a and b, sinh and cosh of (32 k + j) ln 2 / 32 as pairs, a cosh r + b sinh r and b cosh r + a sinh r.
 * With an error of 9 * 2^-37 (expm1), 3 * 2^-36 allowed for no result of all 2^32 was wrong.
 *
 * The tables and coefficients are of wide_exp.sollya.
 */
#ifndef RP_MATH_WIDE_EXP_H
#define RP_MATH_WIDE_EXP_H

#include "kernels/math/wide.h"

/* ---- exp, exp2 --------------------------------------------------------------------------------------------- */

static const float vs_exp_power[32] = {
    0x1p0f,        0x1.059b0ep0f, 0x1.0b5586p0f, 0x1.11301ep0f, 0x1.172b84p0f, 0x1.1d4874p0f, 0x1.2387a6p0f,
    0x1.29e9ep0f,  0x1.306fep0f,  0x1.371a74p0f, 0x1.3dea64p0f, 0x1.44e086p0f, 0x1.4bfdaep0f, 0x1.5342b6p0f,
    0x1.5ab07ep0f, 0x1.6247ecp0f, 0x1.6a09e6p0f, 0x1.71f75ep0f, 0x1.7a1148p0f, 0x1.82589ap0f, 0x1.8ace54p0f,
    0x1.93737cp0f, 0x1.9c4918p0f, 0x1.a5503cp0f, 0x1.ae89fap0f, 0x1.b7f77p0f,  0x1.c199bep0f, 0x1.cb720ep0f,
    0x1.d5818ep0f, 0x1.dfc974p0f, 0x1.ea4afap0f, 0x1.f50766p0f};
static const float vs_exp_power_low[32] = {
    -0x1.8p-35f,      -0x1.9daf52p-25f, 0x1.9ed122p-25f,  -0x1.fe1496p-25f, -0x1.c2d742p-27f, -0x1.d348cap-25f,
    0x1.ce4c48p-25f,  -0x1.5c6424p-25f, 0x1.45d6e2p-25f,  -0x1.190ac6p-25f, 0x1.81e684p-25f,  0x1.7a24b4p-30f,
    -0x1.599abcp-25f, -0x1.2cb61p-25f,  -0x1.5d55ecp-27f, -0x1.f9155p-25f,  0x1.9f0ef4p-26f,  0x1.1d2beep-25f,
    -0x1.82ffdp-25f,  -0x1.ad8c7cp-26f, 0x1.13d06ep-27f,  -0x1.e6a744p-25f, 0x1.507848p-27f,  -0x1.b89b54p-25f,
    -0x1.aa0b14p-26f, -0x1.a0f438p-25f, -0x1.3ed6b2p-27f, -0x1.89b7ccp-27f, -0x1.83adbcp-27f, -0x1.90ec94p-25f,
    0x1.50c86cp-27f,  -0x1.252ebp-26f};
static const float vs_exp2_slope[32] = {
    0x1.62e43p-1f,  0x1.6aa998p-1f, 0x1.729a8ep-1f, 0x1.7ab80ap-1f, 0x1.830304p-1f, 0x1.8b7c7ap-1f, 0x1.94257p-1f,
    0x1.9cfef2p-1f, 0x1.a60a12p-1f, 0x1.af47e2p-1f, 0x1.b8b98p-1f,  0x1.c2600ep-1f, 0x1.cc3cb6p-1f, 0x1.d650a6p-1f,
    0x1.e09d14p-1f, 0x1.eb233ep-1f, 0x1.f5e466p-1f, 0x1.0070ecp0f,  0x1.060e72p0f,  0x1.0bcb72p0f,  0x1.11a89ep0f,
    0x1.17a6a8p0f,  0x1.1dc648p0f,  0x1.24083ep0f,  0x1.2a6d48p0f,  0x1.30f62ap0f,  0x1.37a3acp0f,  0x1.3e76ap0f,
    0x1.456fd2p0f,  0x1.4c901ep0f,  0x1.53d85ap0f,  0x1.5b496ap0f};
static const float vs_exp2_slope_low[32] = {
    -0x1.05c61p-29f,  -0x1.5b5306p-26f, 0x1.4c2aa6p-26f,  0x1.cfb038p-29f,  -0x1.7bf838p-26f, -0x1.d1f18ap-26f,
    0x1.9ac61cp-28f,  0x1.c62bd4p-26f,  -0x1.71bb08p-26f, -0x1.144ea8p-26f, -0x1.8e3ed8p-27f, 0x1.090a2ep-28f,
    -0x1.cfd3fep-28f, -0x1.9a0e9ap-28f, 0x1.ae101ep-29f,  -0x1.419cc6p-26f, -0x1.90a8ep-26f,  -0x1.a79e54p-25f,
    -0x1.4cc8dp-25f,  -0x1.7e2148p-27f, -0x1.f7ad9p-25f,  -0x1.72c18ep-25f, 0x1.b74bfap-25f,  0x1.0347d6p-28f,
    -0x1.5e6256p-25f, -0x1.7eb95ep-25f, 0x1.a2522ep-25f,  -0x1.4b79a4p-25f, 0x1.65d5acp-25f,  -0x1.6b37bp-25f,
    0x1.07fff2p-26f,  -0x1.e24722p-26f};
/* Added to x, as products of subnormal numbers cost some hundred cycles. */
#define VS_EXP_TINY 0x1p-50f
#define VS_EXP_ERROR 0x1.8p-35f

/* x = n ln 2 / 32 + r + r_low; n is in the low bits of count, which are those of the number VS_EXP_WHOLE + n. */
#define VS_EXP_WHOLE 0x1.8p23f
#define VS_EXP_COUNT 0x4b400000 /* its bits */
typedef struct vs_exp_parts {
    rp_vsi count;
    rp_vs r, r_low;
} vs_exp_parts;
V vs_exp_parts vs_exp_reduce(rp_vs x)
{
    const rp_vs rounded = vs_fma(x, vs_set(0x1.715476p5f), vs_set(VS_EXP_WHOLE)), n = rounded - VS_EXP_WHOLE;
    const rp_vs r = vs_fma(n, vs_set(-0x1.0cp-20f), vs_fma(n, vs_set(-0x1.62ep-6f), x));
    return (vs_exp_parts){(rp_vsi)rounded, r, n * 0x1.05c61p-34f};
}
/* (e^r - 1 - r) / r^2 */
static const float vs_exp_series[3] = {0x1p-1f, 0x1.5555b8p-3f, 0x1.5555a6p-5f};

V rp_vsm v_exp_wide(rp_vs x, rp_vs *result)
{
    const vs_exp_parts part = vs_exp_reduce(vs_at_most(vs_at_least(x, -105), 89) + VS_EXP_TINY);
    const rp_vs power = vs_table32(vs_exp_power, part.count), low = vs_table32(vs_exp_power_low, part.count),
                r = part.r;
    rp_vs rest;
    const rp_vs high = vs_fma_rest(power, r, power, &rest);
    const rp_vs more = vs_fma(r, vs_fma(r, vs_horner(r, vs_exp_series, 3), part.r_low), part.r_low);
    rest = vs_fma(power, more, vs_fma(low, r, rest + low));
    rp_vsm doubt;
    const rp_vs sum = vs_round_from_below(high, rest, vs_set(VS_EXP_ERROR), &doubt);
    *result = vs_scale(sum, ((rp_vs)part.count - VS_EXP_WHOLE) * 0x1p-5f);
    return vs_or(doubt, vs_subnormal(*result)); /* else rounded twice */
}

V rp_vsm v_exp2_wide(rp_vs x, rp_vs *result)
{
    const rp_vs y = vs_at_most(vs_at_least(x, -151), 129) + VS_EXP_TINY;
    static const float q[3] = {0x1.ebfbep-3f, 0x1.c6b11p-5f, 0x1.3b2092p-7f};
    const rp_vs rounded = y + 0x1.8p18f, n = rounded - 0x1.8p18f, r = y - n;
    const rp_vsi count = (rp_vsi)rounded;
    const rp_vs power = vs_table32(vs_exp_power, count), low = vs_table32(vs_exp_power_low, count);
    rp_vs rest;
    const rp_vs high = vs_fma_rest(vs_table32(vs_exp2_slope, count), r, power, &rest);
    rest = vs_fma(vs_table32(vs_exp2_slope_low, count), r, rest + low);
    rest = vs_fma(power, r * r * vs_horner(r, q, 3), rest);
    rp_vsm doubt;
    *result = vs_scale(vs_round_from_below(high, rest, vs_set(VS_EXP_ERROR), &doubt), n);
    return vs_or(doubt, vs_subnormal(*result));
}

/* ---- expm1 ------------------------------------------------------------------------------------------------- */

/* What the numbers of vs_exp_power lack. */
static const float vs_exp_power_lacks[32] = {0,
                                             -0x1.9d4f52p-25f,
                                             0x1.9f3122p-25f,
                                             -0x1.fdb496p-25f,
                                             -0x1.c15742p-27f,
                                             -0x1.d2e8cap-25f,
                                             0x1.ceac48p-25f,
                                             -0x1.5c0424p-25f,
                                             0x1.4636e2p-25f,
                                             -0x1.18aac6p-25f,
                                             0x1.824684p-25f,
                                             0x1.8624b4p-30f,
                                             -0x1.593abcp-25f,
                                             -0x1.2c561p-25f,
                                             -0x1.5bd5ecp-27f,
                                             -0x1.f8b55p-25f,
                                             0x1.9fcef4p-26f,
                                             0x1.1d8beep-25f,
                                             -0x1.829fdp-25f,
                                             -0x1.accc7cp-26f,
                                             0x1.15506ep-27f,
                                             -0x1.e64744p-25f,
                                             0x1.51f848p-27f,
                                             -0x1.b83b54p-25f,
                                             -0x1.a94b14p-26f,
                                             -0x1.a09438p-25f,
                                             -0x1.3d56b2p-27f,
                                             -0x1.8837ccp-27f,
                                             -0x1.822dbcp-27f,
                                             -0x1.908c94p-25f,
                                             0x1.52486cp-27f,
                                             -0x1.246ebp-26f};

V rp_vsm v_expm1_wide(rp_vs x, rp_vs *result)
{
    const rp_vsm large = vs_less_equal(vs_set(0x1p-25f), vs_abs(x));
    const vs_exp_parts part = vs_exp_reduce(vs_where(large, vs_at_most(vs_at_least(x, -20), 89)));
    const rp_vsi k = (vs_at_most_i(part.count, VS_EXP_COUNT + 120 * 32) & -32) << 18;
    const rp_vs power = vs_table32(vs_exp_power, part.count), power_low = vs_table32(vs_exp_power_lacks, part.count);
    const rp_vs less = (rp_vs)((int32_t)0xbf800000 - k), r = part.r; /* -2^-k */
    const rp_vsm small = vs_less(x, vs_set(16.5f));
    const rp_vs base = vs_select(small, power + less, power);
    const rp_vs base_low = vs_select(small, power - (base - less), less);
    rp_vs r_rest, rest;
    const rp_vs bent = vs_fma_rest(r, r * 0.5f, r, &r_rest), high = vs_fma_rest(power, bent, base, &rest);
    const rp_vs more = vs_fma(r * r, vs_fma(r, vs_set(0x1.5555acp-5f), vs_set(0x1.555598p-3f)), part.r_low);
    rest = rest + base_low + vs_fma(power_low, bent, power_low);
    const rp_vss sum = {high, vs_fma(power, vs_fma(r, more, part.r_low + r_rest), rest)};
    rp_vs rounded;
    const rp_vsm doubt = vs_round(sum, 0x1.2p-34f, &rounded);
    *result = vs_select(large, vs_scale(rounded, ((rp_vs)part.count - VS_EXP_WHOLE) * 0x1p-5f), x);
    return doubt;
}

/* ---- sinh, cosh -------------------------------------------------------------------------------------------- */

/* 2^(-j/32), and what these lack, or a small number instead of 0. */
static const float vs_exp_inverse[32] = {
    0x1p0f,         0x1.f50766p-1f, 0x1.ea4afap-1f, 0x1.dfc974p-1f, 0x1.d5818ep-1f, 0x1.cb720ep-1f, 0x1.c199bep-1f,
    0x1.b7f77p-1f,  0x1.ae89fap-1f, 0x1.a5503cp-1f, 0x1.9c4918p-1f, 0x1.93737cp-1f, 0x1.8ace54p-1f, 0x1.82589ap-1f,
    0x1.7a1148p-1f, 0x1.71f75ep-1f, 0x1.6a09e6p-1f, 0x1.6247ecp-1f, 0x1.5ab07ep-1f, 0x1.5342b6p-1f, 0x1.4bfdaep-1f,
    0x1.44e086p-1f, 0x1.3dea64p-1f, 0x1.371a74p-1f, 0x1.306fep-1f,  0x1.29e9ep-1f,  0x1.2387a6p-1f, 0x1.1d4874p-1f,
    0x1.172b84p-1f, 0x1.11301ep-1f, 0x1.0b5586p-1f, 0x1.059b0ep-1f};
static const float vs_exp_inverse_lacks[32] = {
    0x1p-60f,         -0x1.246ebp-27f,  0x1.52486cp-28f,  -0x1.908c94p-26f, -0x1.822dbcp-28f, -0x1.8837ccp-28f,
    -0x1.3d56b2p-28f, -0x1.a09438p-26f, -0x1.a94b14p-27f, -0x1.b83b54p-26f, 0x1.51f848p-28f,  -0x1.e64744p-26f,
    0x1.15506ep-28f,  -0x1.accc7cp-27f, -0x1.829fdp-26f,  0x1.1d8beep-26f,  0x1.9fcef4p-27f,  -0x1.f8b55p-26f,
    -0x1.5bd5ecp-28f, -0x1.2c561p-26f,  -0x1.593abcp-26f, 0x1.8624b4p-31f,  0x1.824684p-26f,  -0x1.18aac6p-26f,
    0x1.4636e2p-26f,  -0x1.5c0424p-26f, 0x1.ceac48p-26f,  -0x1.d2e8cap-26f, -0x1.c15742p-28f, -0x1.fdb496p-26f,
    0x1.9f3122p-26f,  -0x1.9d4f52p-26f};

/* |x| = n ln 2 / 32 + r; a and b: sinh and cosh of n ln 2 / 32, times 2^(1 - k). */
typedef struct vs_hyperbolic_parts {
    vs_exp_parts part;
    rp_vss a, b;
} vs_hyperbolic_parts;
V vs_hyperbolic_parts vs_hyperbolic(rp_vs x)
{
    const vs_exp_parts part = vs_exp_reduce(x);
    const rp_vs up = vs_table32(vs_exp_power, part.count), up_low = vs_table32(vs_exp_power_lacks, part.count);
    const rp_vsi twice = (vs_at_most_i(part.count, VS_EXP_COUNT + 30 * 32) & -32) << 19;
    const rp_vs down = (rp_vs)((rp_vsi)vs_table32(vs_exp_inverse, part.count) - twice);
    const rp_vs down_low = (rp_vs)((rp_vsi)vs_table32(vs_exp_inverse_lacks, part.count) - twice);
    const rp_vss a = vs_sum_to(up, -down, up_low - down_low), b = vs_sum_to(up, down, up_low + down_low);
    return (vs_hyperbolic_parts){part, a, b};
}

/* (a cosh r + b sinh r) 2^(k - 1), rounded */
V rp_vsm vs_hyperbolic_sum(vs_exp_parts part, rp_vss a, rp_vss b, rp_vs *result)
{
    const rp_vs r = part.r, whole = r + part.r_low, square = whole * whole;
    rp_vss sum;
    sum.high = vs_fma_rest(b.high, r, a.high, &sum.low);
    const rp_vs cosh_less_1 = square * vs_fma(square, vs_set(0x1.555556p-5f), vs_set(0.5f));
    const rp_vs sinh_rest = vs_fma(whole * square, vs_set(0x1.5555c4p-3f), part.r_low);
    sum.low = vs_fma(b.low, r, vs_fma(a.low, cosh_less_1, sum.low + a.low));
    sum.low = vs_fma(a.high, cosh_less_1, vs_fma(b.high, sinh_rest, sum.low));
    const rp_vsm doubt = vs_round(sum, 0x1.8p-35f, result);
    *result = vs_scale(*result, vs_fma((rp_vs)part.count - VS_EXP_WHOLE, vs_set(0x1p-5f), vs_set(-1)));
    return doubt;
}

V rp_vsm v_sinh_wide(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_at_most(vs_abs(x), 91);
    const rp_vsm large = vs_less_equal(vs_set(VS_TINY), size);
    const vs_hyperbolic_parts f = vs_hyperbolic(vs_where(large, size));
    const rp_vsm doubt = vs_hyperbolic_sum(f.part, f.a, f.b, result);
    *result = vs_select(large, vs_with_sign(*result, x), x);
    return doubt;
}

V rp_vsm v_cosh_wide(rp_vs x, rp_vs *result)
{
    const vs_hyperbolic_parts f = vs_hyperbolic(vs_at_most(vs_abs(x), 91) + VS_EXP_TINY);
    return vs_hyperbolic_sum(f.part, f.b, f.a, result);
}

#endif
