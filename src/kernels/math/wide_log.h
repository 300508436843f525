/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of log, log2, log10, of float32 alone.
 * x = 2^k m, m in [1, 2), which 32 intervals divide, with a number c in each, 1 / c of so few bits that
 * r = m / c - 1 is exact, |r| < 0.021, or 0.032 in the first interval, where c is 1; in the last it is 2. k log 2 + log c
 * is exact in its first part. log(1 + r) = r + r^2 q(r), q of degree 3. Of x < 0 m is NaN; of 0, infinity and NaN the
 * rest is.
 * The error of the sum is bounded (vs_round_from_below): by 2^-34 of log, 3 * 2^-35 of log2, 3 * 2^-36 of log10, with
 * which no result of all 2^32 was wrong; near x = 1, where nothing is added to log(1 + r), by less in proportion. The tables
 * of the second part of log c hold it less that error (wide_log.sollya).
 */
#ifndef RP_MATH_WIDE_LOG_H
#define RP_MATH_WIDE_LOG_H

#include "kernels/math/wide.h"

static const float vs_log_inverse[32] = {
    0x1p0f,     0x1.e8p-1f, 0x1.d8p-1f, 0x1.dp-1f,  0x1.cp-1f,  0x1.b4p-1f, 0x1.a8p-1f, 0x1.ap-1f,
    0x1.94p-1f, 0x1.8cp-1f, 0x1.8p-1f,  0x1.78p-1f, 0x1.7p-1f,  0x1.68p-1f, 0x1.6p-1f,  0x1.58p-1f,
    0x1.5p-1f,  0x1.4cp-1f, 0x1.44p-1f, 0x1.4p-1f,  0x1.38p-1f, 0x1.34p-1f, 0x1.2cp-1f, 0x1.28p-1f,
    0x1.2p-1f,  0x1.1cp-1f, 0x1.18p-1f, 0x1.14p-1f, 0x1.1p-1f,  0x1.0cp-1f, 0x1.08p-1f, 0x1p-1f};
static const float vs_log_of_c[32] = {
    0x0p0f,       0x1.895p-5f,  0x1.4d3p-4f,  0x1.9338p-4f, 0x1.1178p-3f, 0x1.4914p-3f, 0x1.823cp-3f, 0x1.a94p-3f,
    0x1.e53p-3f,  0x1.0714p-2f, 0x1.2696p-2f, 0x1.3c26p-2f, 0x1.522ap-2f, 0x1.68acp-2f, 0x1.7fbp-2f,  0x1.973ap-2f,
    0x1.af52p-2f, 0x1.bb96p-2f, 0x1.d49p-2f,  0x1.e148p-2f, 0x1.fb36p-2f, 0x1.0436p-1f, 0x1.11bp-1f,  0x1.188fp-1f,
    0x1.2696p-1f, 0x1.2dbfp-1f, 0x1.3503p-1f, 0x1.3c61p-1f, 0x1.43dap-1f, 0x1.4b7p-1f,  0x1.5323p-1f, 0x1.62e4p-1f};
static const float vs_log_of_c_low[32] = {
    -0x1p-34f,        -0x1.57af82p-19f, 0x1.15ce08p-20f,  -0x1.0d1736p-19f, 0x1.d040fcp-20f,  -0x1.3e7626p-22f,
    0x1.6531a4p-23f,  -0x1.2c3952p-19f, 0x1.dff8e2p-20f,  -0x1.e7f0aap-20f, 0x1.08926ep-21f,  -0x1.b11b9ap-19f,
    0x1.c0e514p-19f,  0x1.07d18ep-19f,  -0x1.710dfap-20f, 0x1.a181acp-21f,  0x1.2a471ap-19f,  0x1.1b70e2p-22f,
    0x1.23677ep-21f,  0x1.4342e4p-19f,  -0x1.d4256ep-20f, 0x1.7cdc08p-22f,  -0x1.f7102ap-19f, -0x1.bf15c4p-21f,
    0x1.08966ep-20f,  0x1.55ea38p-19f,  -0x1.d49a9cp-19f, -0x1.fcf45p-19f,  -0x1.a1db88p-26f, -0x1.48387ap-20f,
    -0x1.d98188p-21f, 0x1.7f791cp-20f};
static const float vs_log2_of_c[32] = {
    0x0p0f,       0x1.1bbp-4f,  0x1.e0bp-4f,  0x1.22d8p-3f, 0x1.8a88p-3f, 0x1.dacp-3f,  0x1.169cp-2f, 0x1.32cp-2f,
    0x1.5dfcp-2f, 0x1.7b88p-2f, 0x1.a9p-2f,   0x1.c818p-2f, 0x1.e7ep-2f,  0x1.042cp-1f, 0x1.14c6p-1f, 0x1.25cp-1f,
    0x1.3722p-1f, 0x1.3ffap-1f, 0x1.52p-1f,   0x1.5b2cp-1f, 0x1.6dep-1f,  0x1.7768p-1f, 0x1.8ad8p-1f, 0x1.94c2p-1f,
    0x1.a9p-1f,   0x1.b354p-1f, 0x1.bdcep-1f, 0x1.c87p-1f,  0x1.d338p-1f, 0x1.de2ap-1f, 0x1.e946p-1f, 0x1p0f};
static const float vs_log2_of_c_low[32] = {
    -0x1.8p-34f,      0x1.952d02p-19f,  0x1.ae893p-20f,   0x1.6e13dap-18f,  0x1.80a8fcp-19f,  0x1.169da2p-18f,
    0x1.4d2fc6p-24f,  -0x1.1ca712p-22f, 0x1.cf1d6ap-18f,  0x1.f02b72p-18f,  -0x1.a3a5bep-20f, 0x1.dc2bc6p-18f,
    -0x1.40388ep-19f, -0x1.5a38c2p-20f, -0x1.3e04aep-18f, 0x1.408af8p-18f,  0x1.5db23ap-20f,  0x1.a9cd1ep-18f,
    -0x1.a3a13ep-18f, 0x1.ed06bap-20f,  -0x1.eac982p-20f, -0x1.f6bac2p-20f, 0x1.1b39dap-19f,  0x1.0e90d8p-18f,
    -0x1.a3a2bep-19f, 0x1.61d576p-19f,  0x1.3b97acp-18f,  -0x1.090436p-18f, 0x1.209adep-21f,  -0x1.c50014p-19f,
    -0x1.a6ec9ep-18f, -0x1.8p-34f};
static const float vs_log10_of_c[32] = {
    0x0p0f,       0x1.55ap-6f,  0x1.2168p-5f, 0x1.5e38p-5f, 0x1.db1p-5f,  0x1.1dd4p-4f, 0x1.4f7cp-4f, 0x1.715cp-4f,
    0x1.a57p-4f,  0x1.c904p-4f, 0x1.ffcp-4f,  0x1.129ap-3f, 0x1.25bap-3f, 0x1.3948p-3f, 0x1.4d44p-3f, 0x1.61b6p-3f,
    0x1.76a4p-3f, 0x1.814cp-3f, 0x1.96fep-3f, 0x1.a20ap-3f, 0x1.b88ep-3f, 0x1.c408p-3f, 0x1.db7p-3f,  0x1.e762p-3f,
    0x1.ffcp-3f,  0x1.0618p-2f, 0x1.0c67p-2f, 0x1.12cdp-2f, 0x1.194bp-2f, 0x1.1fe2p-2f, 0x1.2692p-2f, 0x1.3441p-2f};
static const float vs_log10_of_c_low[32] = {
    -0x1.8p-35f,      -0x1.0b72e4p-20f, 0x1.b568c2p-25f,  0x1.66b1eap-21f,  0x1.ed706ap-21f,  0x1.46098cp-20f,
    -0x1.526744p-20f, 0x1.0ce068p-20f,  -0x1.7cdd0ap-20f, -0x1.5e649ap-20f, -0x1.ea39c4p-23f, -0x1.6c1908p-21f,
    0x1.04285ep-20f,  -0x1.fe13d6p-20f, -0x1.f6896ep-25f, 0x1.273006p-20f,  0x1.72e7fap-21f,  -0x1.6dbf86p-20f,
    -0x1.c93bcp-20f,  -0x1.5ec70cp-21f, 0x1.9f385ep-21f,  0x1.ce0dd4p-21f,  0x1.8fcfdcp-20f,  -0x1.b7fa2ap-20f,
    -0x1.ea2dc4p-22f, 0x1.7421eap-21f,  0x1.1d5ebep-22f,  0x1.8dc84cp-21f,  0x1.def1b6p-21f,  -0x1.a5193ep-22f,
    -0x1.33e21p-22f,  0x1.a849bcp-21f};
/* Of the base: logarithms of 2 and e in two parts, the tables, q. */
typedef struct vs_log_base {
    float of_2, of_2_low, of_e, of_e_low;
    const float *high, *low;
    float q[4], error;
} vs_log_base;

V rp_vsm vs_log_to_base(rp_vs x, vs_log_base base, rp_vs *result)
{
    rp_vs m, k;
    vs_split(x, &m, &k);
    const rp_vsi interval = (rp_vsi)m >> 18;
    const rp_vs r = vs_fma(m, vs_table32(vs_log_inverse, interval), vs_set(-1));
    const rp_vs known = vs_fma(k, vs_set(base.of_2), vs_table32(base.high, interval));
    rp_vs rest;
    const rp_vs high = vs_fma_rest(vs_set(base.of_e), r, known, &rest);
    rp_vs known_low = vs_table32(base.low, interval);
    if (base.of_2_low != 0) known_low = vs_fma(k, vs_set(base.of_2_low), known_low);
    rest = rest + known_low;
    const rp_vs p = vs_horner(r, base.q, 4);
    rest = vs_fma(r, base.of_e_low != 0 ? vs_fma(r, p, vs_set(base.of_e_low)) : r * p, rest);
    rp_vsm doubt;
    rp_vs sum = vs_round_from_below(high, rest, vs_set(base.error), &doubt);
    if (__builtin_expect(vs_any(doubt), 0)) {
        /* Where `known` is 0, that is near x = 1, the error is a part of r^2 q(r); base.error is subtracted already. */
        const rp_vs size = vs_abs(high),
                    share = vs_fma(size, vs_set(0x1p12f * base.error / base.of_e), vs_set(base.error));
        const rp_vs error = vs_at_most(size * share, base.error);
        sum = vs_round_from_below(high, rest + (base.error - error), error, &doubt);
    }
    *result = vs_log_special(x, sum);
    return doubt;
}

V rp_vsm v_log_wide(rp_vs x, rp_vs *result)
{
    const vs_log_base base = {0x1.62e4p-1f,
                              0x1.7f7d1cp-20f,
                              1,
                              0,
                              vs_log_of_c,
                              vs_log_of_c_low,
                              {-0x1p-1f, 0x1.5555a4p-2f, -0x1.00111ap-2f, 0x1.91a6dcp-3f},
                              0x1p-34f};
    return vs_log_to_base(x, base, result);
}

V rp_vsm v_log2_wide(rp_vs x, rp_vs *result)
{
    const vs_log_base base = {1,
                              0,
                              0x1.715476p0f,
                              0x1.4ae0cp-26f,
                              vs_log2_of_c,
                              vs_log2_of_c_low,
                              {-0x1.715476p-1f, 0x1.ec7102p-2f, -0x1.717454p-2f, 0x1.2281f6p-2f},
                              0x1.8p-34f};
    return vs_log_to_base(x, base, result);
}

V rp_vsm v_log10_wide(rp_vs x, rp_vs *result)
{
    const vs_log_base base = {0x1.3441p-2f,
                              0x1.a84fbcp-21f,
                              0x1.bcb7b2p-2f,
                              -0x1.5b235ep-27f,
                              vs_log10_of_c,
                              vs_log10_of_c_low,
                              {-0x1.bcb7bp-3f, 0x1.287aap-3f, -0x1.bcf2cap-4f, 0x1.600586p-4f},
                              0x1.8p-35f};
    return vs_log_to_base(x, base, result);
}

#endif
