/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of exp, exp2, log, log2, log10, of float32 alone. A result is the sum of a number and a small
 * rest, whose error is bounded: the sum with that error subtracted is taken, and doubted where the sum with the error
 * added is another number. The bounds are those with which no result of all 2^32 was wrong: 3 * 2^-36 of exp and exp2 in
 * [1, 2), 2^-34 of log, 3 * 2^-35 of log2, 3 * 2^-36 of log10; so all results near x = 1 are doubted of these three.
 *
 * exp, exp2: x = (32 k + j) ln 2 / 32 + r, |r| <= 0.0109 (ln 2 / 32 in three parts, the first two with so few bits that
 * r is exact); 2^(j/32) as the sum T + t; e^r = 1 + r + r^2 q(r), q of degree 2. T + T r is rounded, and its error is
 * known by two more instructions; it belongs to the rest, as t and T r^2 q(r).
 * log, log2, log10: x = 2^k m, m in [1, 2), which 32 intervals divide, with a number c in each, 1 / c of so few bits that
 * r = m / c - 1 is exact, |r| < 0.021, or 0.032 in the first interval, where c is 1; in the last it is 2. k log 2 + log c
 * is exact in its first part. log(1 + r) = r + r^2 q(r), q of degree 3. Of x < 0 m is NaN; of 0, infinity and NaN the
 * rest is.
 * The tables hold the small parts with the error subtracted (quick.sollya).
 */
#ifndef RP_MATH_QUICK_H
#define RP_MATH_QUICK_H

#include "kernels/math/wide.h"

#ifdef RP_VECTOR_QUICK

V rp_vs vs_horner(rp_vs x, const float *c, int count)
{
    rp_vs sum = vs_set(c[count - 1]);
#pragma GCC unroll 8
    for (int i = count - 2; i >= 0; i--) sum = vs_fma(sum, x, vs_set(c[i]));
    return sum;
}

/* a x + b as the sum of the result and *rest, |a x| <= |b| or b == 0 */
V rp_vs vs_fma_rest(rp_vs a, rp_vs x, rp_vs b, rp_vs *rest)
{
    const rp_vs sum = vs_fma(a, x, b);
    *rest = vs_fma(a, x, b - sum);
    return sum;
}

/* high + rest, whose low part is less than it is by `error`. */
V rp_vs vs_quick_sum(rp_vs high, rp_vs rest, rp_vs error, rp_vsm *doubt)
{
    const rp_vs sum = high + rest;
    *doubt = vs_unequal(sum, high + (rest + error * 2));
    return sum;
}

/* ---- exp, exp2 --------------------------------------------------------------------------------------------- */

static const float quick_power[32] = {
    0x1p0f,        0x1.059b0ep0f, 0x1.0b5586p0f, 0x1.11301ep0f, 0x1.172b84p0f, 0x1.1d4874p0f, 0x1.2387a6p0f,
    0x1.29e9ep0f,  0x1.306fep0f,  0x1.371a74p0f, 0x1.3dea64p0f, 0x1.44e086p0f, 0x1.4bfdaep0f, 0x1.5342b6p0f,
    0x1.5ab07ep0f, 0x1.6247ecp0f, 0x1.6a09e6p0f, 0x1.71f75ep0f, 0x1.7a1148p0f, 0x1.82589ap0f, 0x1.8ace54p0f,
    0x1.93737cp0f, 0x1.9c4918p0f, 0x1.a5503cp0f, 0x1.ae89fap0f, 0x1.b7f77p0f,  0x1.c199bep0f, 0x1.cb720ep0f,
    0x1.d5818ep0f, 0x1.dfc974p0f, 0x1.ea4afap0f, 0x1.f50766p0f};
static const float quick_power_low[32] = {
    -0x1.8p-35f,      -0x1.9daf52p-25f, 0x1.9ed122p-25f,  -0x1.fe1496p-25f, -0x1.c2d742p-27f, -0x1.d348cap-25f,
    0x1.ce4c48p-25f,  -0x1.5c6424p-25f, 0x1.45d6e2p-25f,  -0x1.190ac6p-25f, 0x1.81e684p-25f,  0x1.7a24b4p-30f,
    -0x1.599abcp-25f, -0x1.2cb61p-25f,  -0x1.5d55ecp-27f, -0x1.f9155p-25f,  0x1.9f0ef4p-26f,  0x1.1d2beep-25f,
    -0x1.82ffdp-25f,  -0x1.ad8c7cp-26f, 0x1.13d06ep-27f,  -0x1.e6a744p-25f, 0x1.507848p-27f,  -0x1.b89b54p-25f,
    -0x1.aa0b14p-26f, -0x1.a0f438p-25f, -0x1.3ed6b2p-27f, -0x1.89b7ccp-27f, -0x1.83adbcp-27f, -0x1.90ec94p-25f,
    0x1.50c86cp-27f,  -0x1.252ebp-26f};
static const float quick_slope[32] = {
    0x1.62e43p-1f,  0x1.6aa998p-1f, 0x1.729a8ep-1f, 0x1.7ab80ap-1f, 0x1.830304p-1f, 0x1.8b7c7ap-1f, 0x1.94257p-1f,
    0x1.9cfef2p-1f, 0x1.a60a12p-1f, 0x1.af47e2p-1f, 0x1.b8b98p-1f,  0x1.c2600ep-1f, 0x1.cc3cb6p-1f, 0x1.d650a6p-1f,
    0x1.e09d14p-1f, 0x1.eb233ep-1f, 0x1.f5e466p-1f, 0x1.0070ecp0f,  0x1.060e72p0f,  0x1.0bcb72p0f,  0x1.11a89ep0f,
    0x1.17a6a8p0f,  0x1.1dc648p0f,  0x1.24083ep0f,  0x1.2a6d48p0f,  0x1.30f62ap0f,  0x1.37a3acp0f,  0x1.3e76ap0f,
    0x1.456fd2p0f,  0x1.4c901ep0f,  0x1.53d85ap0f,  0x1.5b496ap0f};
static const float quick_slope_low[32] = {
    -0x1.05c61p-29f,  -0x1.5b5306p-26f, 0x1.4c2aa6p-26f,  0x1.cfb038p-29f,  -0x1.7bf838p-26f, -0x1.d1f18ap-26f,
    0x1.9ac61cp-28f,  0x1.c62bd4p-26f,  -0x1.71bb08p-26f, -0x1.144ea8p-26f, -0x1.8e3ed8p-27f, 0x1.090a2ep-28f,
    -0x1.cfd3fep-28f, -0x1.9a0e9ap-28f, 0x1.ae101ep-29f,  -0x1.419cc6p-26f, -0x1.90a8ep-26f,  -0x1.a79e54p-25f,
    -0x1.4cc8dp-25f,  -0x1.7e2148p-27f, -0x1.f7ad9p-25f,  -0x1.72c18ep-25f, 0x1.b74bfap-25f,  0x1.0347d6p-28f,
    -0x1.5e6256p-25f, -0x1.7eb95ep-25f, 0x1.a2522ep-25f,  -0x1.4b79a4p-25f, 0x1.65d5acp-25f,  -0x1.6b37bp-25f,
    0x1.07fff2p-26f,  -0x1.e24722p-26f};
/* Added to x, as products of subnormal numbers cost some hundred cycles. */
#define QUICK_TINY 0x1p-50f
#define QUICK_EXP_ERROR 0x1.8p-35f

/* x 2^k, k = the whole part of count / 32; the result is no subnormal number. */
V rp_vs vs_quick_scale(rp_vs x, rp_vsi count) { return (rp_vs)((rp_vsi)x + ((count & -32) << 18)); }

/* x = n ln 2 / 32 + r + r_low; n is in the low bits of count, which are those of the number QUICK_WHOLE + n. */
#define QUICK_WHOLE 0x1.8p23f
typedef struct quick_exp {
    rp_vsi count;
    rp_vs r, r_low;
} quick_exp;
V quick_exp vs_exp_reduce(rp_vs x)
{
    const rp_vs rounded = vs_fma(x, vs_set(0x1.715476p5f), vs_set(QUICK_WHOLE)), n = rounded - QUICK_WHOLE;
    const rp_vs r = vs_fma(n, vs_set(-0x1.0cp-20f), vs_fma(n, vs_set(-0x1.62ep-6f), x));
    return (quick_exp){(rp_vsi)rounded, r, n * 0x1.05c61p-34f};
}
/* (e^r - 1 - r) / r^2 */
static const float quick_exp_series[3] = {0x1p-1f, 0x1.5555b8p-3f, 0x1.5555a6p-5f};

V rp_vsm v_exp_wide(rp_vs x, rp_vs *result)
{
    const quick_exp part = vs_exp_reduce(vs_at_most(vs_at_least(x, -105), 89) + QUICK_TINY);
    const rp_vs power = vs_table32(quick_power, part.count), low = vs_table32(quick_power_low, part.count), r = part.r;
    rp_vs rest;
    const rp_vs high = vs_fma_rest(power, r, power, &rest);
    const rp_vs more = vs_fma(r, vs_fma(r, vs_horner(r, quick_exp_series, 3), part.r_low), part.r_low);
    rest = vs_fma(power, more, vs_fma(low, r, rest + low));
    rp_vsm doubt;
    const rp_vs sum = vs_quick_sum(high, rest, vs_set(QUICK_EXP_ERROR), &doubt);
    *result = vs_scale(sum, ((rp_vs)part.count - QUICK_WHOLE) * 0x1p-5f);
    return vs_or(doubt, vs_subnormal(*result)); /* else rounded twice */
}

V rp_vsm v_exp2_wide(rp_vs x, rp_vs *result)
{
    const rp_vs y = vs_at_most(vs_at_least(x, -151), 129) + QUICK_TINY;
    static const float q[3] = {0x1.ebfbep-3f, 0x1.c6b11p-5f, 0x1.3b2092p-7f};
    const rp_vs rounded = y + 0x1.8p18f, n = rounded - 0x1.8p18f, r = y - n;
    const rp_vsi count = (rp_vsi)rounded;
    const rp_vs power = vs_table32(quick_power, count), low = vs_table32(quick_power_low, count);
    rp_vs rest;
    const rp_vs high = vs_fma_rest(vs_table32(quick_slope, count), r, power, &rest);
    rest = vs_fma(vs_table32(quick_slope_low, count), r, rest + low);
    rest = vs_fma(power, r * r * vs_horner(r, q, 3), rest);
    rp_vsm doubt;
    *result = vs_scale(vs_quick_sum(high, rest, vs_set(QUICK_EXP_ERROR), &doubt), n);
    return vs_or(doubt, vs_subnormal(*result));
}

/* ---- log, log2, log10 --------------------------------------------------------------------------------------- */

static const float quick_inverse[32] = {
    0x1p0f,     0x1.e8p-1f, 0x1.d8p-1f, 0x1.dp-1f,  0x1.cp-1f,  0x1.b4p-1f, 0x1.a8p-1f, 0x1.ap-1f,
    0x1.94p-1f, 0x1.8cp-1f, 0x1.8p-1f,  0x1.78p-1f, 0x1.7p-1f,  0x1.68p-1f, 0x1.6p-1f,  0x1.58p-1f,
    0x1.5p-1f,  0x1.4cp-1f, 0x1.44p-1f, 0x1.4p-1f,  0x1.38p-1f, 0x1.34p-1f, 0x1.2cp-1f, 0x1.28p-1f,
    0x1.2p-1f,  0x1.1cp-1f, 0x1.18p-1f, 0x1.14p-1f, 0x1.1p-1f,  0x1.0cp-1f, 0x1.08p-1f, 0x1p-1f};
static const float quick_log[32] = {
    0x0p0f,       0x1.895p-5f,  0x1.4d3p-4f,  0x1.9338p-4f, 0x1.1178p-3f, 0x1.4914p-3f, 0x1.823cp-3f, 0x1.a94p-3f,
    0x1.e53p-3f,  0x1.0714p-2f, 0x1.2696p-2f, 0x1.3c26p-2f, 0x1.522ap-2f, 0x1.68acp-2f, 0x1.7fbp-2f,  0x1.973ap-2f,
    0x1.af52p-2f, 0x1.bb96p-2f, 0x1.d49p-2f,  0x1.e148p-2f, 0x1.fb36p-2f, 0x1.0436p-1f, 0x1.11bp-1f,  0x1.188fp-1f,
    0x1.2696p-1f, 0x1.2dbfp-1f, 0x1.3503p-1f, 0x1.3c61p-1f, 0x1.43dap-1f, 0x1.4b7p-1f,  0x1.5323p-1f, 0x1.62e4p-1f};
static const float quick_log_low[32] = {
    -0x1p-34f,        -0x1.57af82p-19f, 0x1.15ce08p-20f,  -0x1.0d1736p-19f, 0x1.d040fcp-20f,  -0x1.3e7626p-22f,
    0x1.6531a4p-23f,  -0x1.2c3952p-19f, 0x1.dff8e2p-20f,  -0x1.e7f0aap-20f, 0x1.08926ep-21f,  -0x1.b11b9ap-19f,
    0x1.c0e514p-19f,  0x1.07d18ep-19f,  -0x1.710dfap-20f, 0x1.a181acp-21f,  0x1.2a471ap-19f,  0x1.1b70e2p-22f,
    0x1.23677ep-21f,  0x1.4342e4p-19f,  -0x1.d4256ep-20f, 0x1.7cdc08p-22f,  -0x1.f7102ap-19f, -0x1.bf15c4p-21f,
    0x1.08966ep-20f,  0x1.55ea38p-19f,  -0x1.d49a9cp-19f, -0x1.fcf45p-19f,  -0x1.a1db88p-26f, -0x1.48387ap-20f,
    -0x1.d98188p-21f, 0x1.7f791cp-20f};
static const float quick_log2[32] = {
    0x0p0f,       0x1.1bbp-4f,  0x1.e0bp-4f,  0x1.22d8p-3f, 0x1.8a88p-3f, 0x1.dacp-3f,  0x1.169cp-2f, 0x1.32cp-2f,
    0x1.5dfcp-2f, 0x1.7b88p-2f, 0x1.a9p-2f,   0x1.c818p-2f, 0x1.e7ep-2f,  0x1.042cp-1f, 0x1.14c6p-1f, 0x1.25cp-1f,
    0x1.3722p-1f, 0x1.3ffap-1f, 0x1.52p-1f,   0x1.5b2cp-1f, 0x1.6dep-1f,  0x1.7768p-1f, 0x1.8ad8p-1f, 0x1.94c2p-1f,
    0x1.a9p-1f,   0x1.b354p-1f, 0x1.bdcep-1f, 0x1.c87p-1f,  0x1.d338p-1f, 0x1.de2ap-1f, 0x1.e946p-1f, 0x1p0f};
static const float quick_log2_low[32] = {
    -0x1.8p-34f,      0x1.952d02p-19f,  0x1.ae893p-20f,   0x1.6e13dap-18f,  0x1.80a8fcp-19f,  0x1.169da2p-18f,
    0x1.4d2fc6p-24f,  -0x1.1ca712p-22f, 0x1.cf1d6ap-18f,  0x1.f02b72p-18f,  -0x1.a3a5bep-20f, 0x1.dc2bc6p-18f,
    -0x1.40388ep-19f, -0x1.5a38c2p-20f, -0x1.3e04aep-18f, 0x1.408af8p-18f,  0x1.5db23ap-20f,  0x1.a9cd1ep-18f,
    -0x1.a3a13ep-18f, 0x1.ed06bap-20f,  -0x1.eac982p-20f, -0x1.f6bac2p-20f, 0x1.1b39dap-19f,  0x1.0e90d8p-18f,
    -0x1.a3a2bep-19f, 0x1.61d576p-19f,  0x1.3b97acp-18f,  -0x1.090436p-18f, 0x1.209adep-21f,  -0x1.c50014p-19f,
    -0x1.a6ec9ep-18f, -0x1.8p-34f};
static const float quick_log10[32] = {
    0x0p0f,       0x1.55ap-6f,  0x1.2168p-5f, 0x1.5e38p-5f, 0x1.db1p-5f,  0x1.1dd4p-4f, 0x1.4f7cp-4f, 0x1.715cp-4f,
    0x1.a57p-4f,  0x1.c904p-4f, 0x1.ffcp-4f,  0x1.129ap-3f, 0x1.25bap-3f, 0x1.3948p-3f, 0x1.4d44p-3f, 0x1.61b6p-3f,
    0x1.76a4p-3f, 0x1.814cp-3f, 0x1.96fep-3f, 0x1.a20ap-3f, 0x1.b88ep-3f, 0x1.c408p-3f, 0x1.db7p-3f,  0x1.e762p-3f,
    0x1.ffcp-3f,  0x1.0618p-2f, 0x1.0c67p-2f, 0x1.12cdp-2f, 0x1.194bp-2f, 0x1.1fe2p-2f, 0x1.2692p-2f, 0x1.3441p-2f};
static const float quick_log10_low[32] = {
    -0x1.8p-35f,      -0x1.0b72e4p-20f, 0x1.b568c2p-25f,  0x1.66b1eap-21f,  0x1.ed706ap-21f,  0x1.46098cp-20f,
    -0x1.526744p-20f, 0x1.0ce068p-20f,  -0x1.7cdd0ap-20f, -0x1.5e649ap-20f, -0x1.ea39c4p-23f, -0x1.6c1908p-21f,
    0x1.04285ep-20f,  -0x1.fe13d6p-20f, -0x1.f6896ep-25f, 0x1.273006p-20f,  0x1.72e7fap-21f,  -0x1.6dbf86p-20f,
    -0x1.c93bcp-20f,  -0x1.5ec70cp-21f, 0x1.9f385ep-21f,  0x1.ce0dd4p-21f,  0x1.8fcfdcp-20f,  -0x1.b7fa2ap-20f,
    -0x1.ea2dc4p-22f, 0x1.7421eap-21f,  0x1.1d5ebep-22f,  0x1.8dc84cp-21f,  0x1.def1b6p-21f,  -0x1.a5193ep-22f,
    -0x1.33e21p-22f,  0x1.a849bcp-21f};
/* Of the base: logarithms of 2 and e in two parts, the tables, q. */
typedef struct quick_base {
    float of_2, of_2_low, of_e, of_e_low;
    const float *high, *low;
    float q[4], error;
} quick_base;

V rp_vsm vs_quick_log(rp_vs x, quick_base base, rp_vs *result)
{
    const rp_vs m = vs_mantissa(x), k = vs_exponent(x);
    const rp_vsi interval = (rp_vsi)m >> 18;
    const rp_vs r = vs_fma(m, vs_table32(quick_inverse, interval), vs_set(-1));
    const rp_vs known = vs_fma(k, vs_set(base.of_2), vs_table32(base.high, interval));
    rp_vs rest;
    const rp_vs high = vs_fma_rest(vs_set(base.of_e), r, known, &rest);
    rest = rest + vs_table32(base.low, interval);
    if (base.of_2_low != 0) rest = vs_fma(k, vs_set(base.of_2_low), rest);
    const rp_vs p = vs_horner(r, base.q, 4);
    rest = vs_fma(r, base.of_e_low != 0 ? vs_fma(r, p, vs_set(base.of_e_low)) : r * p, rest);
    rp_vsm doubt;
    const rp_vs sum = vs_quick_sum(high, rest, vs_set(base.error), &doubt);
    *result = vs_log_special(x, sum);
    return doubt;
}

V rp_vsm v_log_wide(rp_vs x, rp_vs *result)
{
    const quick_base base = {0x1.62e4p-1f,
                             0x1.7f7d1cp-20f,
                             1,
                             0,
                             quick_log,
                             quick_log_low,
                             {-0x1p-1f, 0x1.5555a4p-2f, -0x1.00111ap-2f, 0x1.91a6dcp-3f},
                             0x1p-34f};
    return vs_quick_log(x, base, result);
}

V rp_vsm v_log2_wide(rp_vs x, rp_vs *result)
{
    const quick_base base = {1,
                             0,
                             0x1.715476p0f,
                             0x1.4ae0cp-26f,
                             quick_log2,
                             quick_log2_low,
                             {-0x1.715476p-1f, 0x1.ec7102p-2f, -0x1.717454p-2f, 0x1.2281f6p-2f},
                             0x1.8p-34f};
    return vs_quick_log(x, base, result);
}

V rp_vsm v_log10_wide(rp_vs x, rp_vs *result)
{
    const quick_base base = {0x1.3441p-2f,
                             0x1.a84fbcp-21f,
                             0x1.bcb7b2p-2f,
                             -0x1.5b235ep-27f,
                             quick_log10,
                             quick_log10_low,
                             {-0x1.bcb7bp-3f, 0x1.287aap-3f, -0x1.bcf2cap-4f, 0x1.600586p-4f},
                             0x1.8p-35f};
    return vs_quick_log(x, base, result);
}

#endif

#endif
