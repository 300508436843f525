/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of log, log2, log10, log1p, asinh, acosh, atanh, of float16 alone: plain float32 arithmetic.
 * The logarithm is that of wide_log.h with one number for what is two there: k log 2 + log c + r (1 / log b + r q(r)), q of
 * degree 2. log(1 + u): r = u / (2^k c) + (1 / (2^k c) - 1), so that a small u loses nothing.
 *   asinh |x| = log(1 + |x| + (sqrt(x^2 + 1) - 1)), |x| < 1/4: x times a polynomial of x^2
 *   acosh x = log(1 + (x - 1) + sqrt(x^2 - 1))
 *   atanh |x| = log(1 + 2 |x| / (1 - |x|)) / 2
 * The tables and coefficients are those of which all 2^16 results are right (wide_half.sollya): no lane is doubted.
 */
#ifndef RP_MATH_WIDE_HALF_LOG_H
#define RP_MATH_WIDE_HALF_LOG_H

#include "kernels/math/wide_half.h"
#include "kernels/math/wide_log.h"

/* clang-format off */
/* log c of each interval, and log(1 + r) / r */
static const float vs_half_log[32] = {
    0, 0x1.894ab8p-5f, 0x1.4d3118p-4f, 0x1.9335f2p-4f, 0x1.1178e8p-3f, 0x1.4913cap-3f, 0x1.823bfap-3f,
    0x1.a93ebep-3f, 0x1.e530fap-3f, 0x1.071396p-2f, 0x1.26962cp-2f, 0x1.3c253p-2f, 0x1.522adep-2f, 0x1.68ac84p-2f,
    0x1.7faf9ap-2f, 0x1.973a52p-2f, 0x1.af529ep-2f, 0x1.bb960ep-2f, 0x1.d4903p-2f, 0x1.e1489ep-2f, 0x1.fb358ep-2f,
    0x1.04361p-1f, 0x1.11af76p-1f, 0x1.188efp-1f, 0x1.269622p-1f, 0x1.2dbf4ep-1f, 0x1.350282p-1f, 0x1.3c6086p-1f,
    0x1.43da0cp-1f, 0x1.4b6fd4p-1f, 0x1.5322e6p-1f, 0x1.62e43p-1f,
};
static const float vs_half_log_series[4] = {1, -0x1p-1f, 0x1.55699ap-2f, -0x1.f66dbp-3f};
static const float vs_half_log2[32] = {
    0, 0x1.1bb33ap-4f, 0x1.e0b1b4p-4f, 0x1.22dad4p-3f, 0x1.8a898p-3f, 0x1.dac228p-3f, 0x1.169c08p-2f,
    0x1.32bfdcp-2f, 0x1.5dfdc6p-2f, 0x1.7b89eep-2f, 0x1.a8ff92p-2f, 0x1.c819d8p-2f, 0x1.e7df5cp-2f, 0x1.042bd6p-1f,
    0x1.14c54ep-1f, 0x1.25c0aap-1f, 0x1.372236p-1f, 0x1.3ffaep-1f, 0x1.51ff32p-1f, 0x1.5b2c3cp-1f, 0x1.6ddfc4p-1f,
    0x1.7767bap-1f, 0x1.8ad838p-1f, 0x1.94c28ap-1f, 0x1.a8ffap-1f, 0x1.b35456p-1f, 0x1.bdce9ep-1f, 0x1.c86f7p-1f,
    0x1.d33816p-1f, 0x1.de299p-1f, 0x1.e9452ap-1f, 1,
};
static const float vs_half_log2_series[4] = {0x1.7154dap0f, -0x1.7152dcp-1f, 0x1.ec9daep-2f, -0x1.6bf5eep-2f};
static const float vs_half_log10[32] = {
    0, 0x1.559c9cp-6f, 0x1.2167f8p-5f, 0x1.5e38e8p-5f, 0x1.db1214p-5f, 0x1.1dd596p-4f, 0x1.4f7ac4p-4f,
    0x1.715d1cp-4f, 0x1.a56eacp-4f, 0x1.c9033p-4f, 0x1.ffc058p-4f, 0x1.1299eap-3f, 0x1.25ba6p-3f, 0x1.39468cp-3f,
    0x1.4d442ap-3f, 0x1.61b68ap-3f, 0x1.76a47cp-3f, 0x1.814b34p-3f, 0x1.96fd1ap-3f, 0x1.a209cp-3f, 0x1.b88e76p-3f,
    0x1.c40884p-3f, 0x1.db711p-3f, 0x1.e75f4cp-3f, 0x1.ffbff8p-3f, 0x1.06182cp-2f, 0x1.0c6718p-2f, 0x1.12cd1ep-2f,
    0x1.194b6ap-2f, 0x1.1fe1eep-2f, 0x1.2691eap-2f, 0x1.344136p-2f,
};
static const float vs_half_log10_series[4] = {0x1.bcb764p-2f, -0x1.bc1808p-3f, 0x1.27faa4p-3f, -0x1.b0c35cp-4f};
static const float vs_half_log1p_table[32] = {
    0, 0x1.894ac6p-5f, 0x1.4d311p-4f, 0x1.9335eep-4f, 0x1.1178f2p-3f, 0x1.4913d2p-3f, 0x1.823c04p-3f,
    0x1.a93ec2p-3f, 0x1.e530fcp-3f, 0x1.07139p-2f, 0x1.269634p-2f, 0x1.3c252ap-2f, 0x1.522ae2p-2f, 0x1.68ac7ap-2f,
    0x1.7fafaep-2f, 0x1.973a4p-2f, 0x1.af529ep-2f, 0x1.bb9612p-2f, 0x1.d49038p-2f, 0x1.e148a6p-2f, 0x1.fb358p-2f,
    0x1.043622p-1f, 0x1.11af8ap-1f, 0x1.188ee2p-1f, 0x1.269626p-1f, 0x1.2dbf52p-1f, 0x1.350286p-1f, 0x1.3c6088p-1f,
    0x1.43d9fep-1f, 0x1.4b6fdap-1f, 0x1.5322e2p-1f, 0x1.62e43p-1f,
};
static const float vs_half_log1p_series[4] = {1, -0x1.fffb84p-2f, 0x1.556b26p-2f, -0x1.f66a2ep-3f};
static const float vs_half_asinh_table[32] = {
    0, 0x1.894ab4p-5f, 0x1.4d311ap-4f, 0x1.9335fp-4f, 0x1.1178cap-3f, 0x1.4913d8p-3f, 0x1.823beap-3f,
    0x1.a93ecap-3f, 0x1.e53102p-3f, 0x1.07137ep-2f, 0x1.26960ep-2f, 0x1.3c2536p-2f, 0x1.522acap-2f, 0x1.68ac88p-2f,
    0x1.7faf6ep-2f, 0x1.973a2cp-2f, 0x1.af52bp-2f, 0x1.bb9622p-2f, 0x1.d49014p-2f, 0x1.e148a8p-2f, 0x1.fb3598p-2f,
    0x1.0435fep-1f, 0x1.11af78p-1f, 0x1.188ee8p-1f, 0x1.26962p-1f, 0x1.2dbf3ep-1f, 0x1.35029ep-1f, 0x1.3c607cp-1f,
    0x1.43da1cp-1f, 0x1.4b6fbap-1f, 0x1.5322e6p-1f, 0x1.62e42ep-1f,
};
static const float vs_half_asinh_series[4] = {1, -0x1.00007p-1f, 0x1.5568cap-2f, -0x1.f6661cp-3f};
static const float vs_half_acosh_table[32] = {
    0, 0x1.894aa8p-5f, 0x1.4d3118p-4f, 0x1.9335dep-4f, 0x1.1178fp-3f, 0x1.4913d8p-3f, 0x1.823c0ep-3f,
    0x1.a93ed4p-3f, 0x1.e530eep-3f, 0x1.071382p-2f, 0x1.269622p-2f, 0x1.3c252ap-2f, 0x1.522aep-2f, 0x1.68ac7ep-2f,
    0x1.7fafa6p-2f, 0x1.973a3cp-2f, 0x1.af529cp-2f, 0x1.bb9618p-2f, 0x1.d49022p-2f, 0x1.e148ap-2f, 0x1.fb3592p-2f,
    0x1.04361p-1f, 0x1.11af7cp-1f, 0x1.188ee4p-1f, 0x1.26961ep-1f, 0x1.2dbf5ap-1f, 0x1.35028ap-1f, 0x1.3c6082p-1f,
    0x1.43da08p-1f, 0x1.4b6fd8p-1f, 0x1.5322dap-1f, 0x1.62e43p-1f,
};
static const float vs_half_acosh_series[4] = {1, -0x1.0000ap-1f, 0x1.556a2ap-2f, -0x1.f66a04p-3f};
static const float vs_half_atanh_table[32] = {
    0, 0x1.894aa2p-5f, 0x1.4d3116p-4f, 0x1.9335e6p-4f, 0x1.1178e8p-3f, 0x1.4913d8p-3f, 0x1.823c16p-3f,
    0x1.a93ed4p-3f, 0x1.e530fp-3f, 0x1.071386p-2f, 0x1.269622p-2f, 0x1.3c2528p-2f, 0x1.522aep-2f, 0x1.68ac84p-2f,
    0x1.7fafa4p-2f, 0x1.973a34p-2f, 0x1.af5296p-2f, 0x1.bb9612p-2f, 0x1.d49024p-2f, 0x1.e148a2p-2f, 0x1.fb358ap-2f,
    0x1.04360cp-1f, 0x1.11af82p-1f, 0x1.188ee4p-1f, 0x1.269622p-1f, 0x1.2dbf56p-1f, 0x1.35028ap-1f, 0x1.3c608p-1f,
    0x1.43dap-1f, 0x1.4b6fd6p-1f, 0x1.5322e2p-1f, 0x1.62e43p-1f,
};
static const float vs_half_atanh_series[4] = {1, -0x1.00003p-1f, 0x1.5569f2p-2f, -0x1.f66a66p-3f};
/* asinh x / x in x^2 */
static const float vs_half_asinh_small[4] = {1, -0x1.5553acp-3f, 0x1.32b224p-4f, -0x1.516d88p-5f};
/* clang-format on */

/* of_c[31], where c is 2, is k's factor too. */
V rp_vs vs_half_log_of(rp_vs x, const float *of_c, const float *series)
{
    rp_vs m, k;
    vs_split(x, &m, &k);
    const rp_vsi interval = (rp_vsi)m >> 18;
    const rp_vs r = vs_fma(m, vs_table32(vs_log_inverse, interval), vs_set(-1));
    return vs_fma(r, vs_horner(r, series, 4), vs_fma(k, vs_set(of_c[31]), vs_table32(of_c, interval)));
}

V rp_vsm v_log_half(rp_vs x, rp_vs *result)
{
    *result = vs_half_log_of(x, vs_half_log, vs_half_log_series);
    return vs_none;
}

V rp_vsm v_log2_half(rp_vs x, rp_vs *result)
{
    *result = vs_half_log_of(x, vs_half_log2, vs_half_log2_series);
    return vs_none;
}

V rp_vsm v_log10_half(rp_vs x, rp_vs *result)
{
    *result = vs_but_of(x, 0x1.f84p6f, 0x1.0ccp1f, vs_half_log_of(x, vs_half_log10, vs_half_log10_series));
    return vs_none;
}

/* log(1 + u); -infinity of -1, infinity of infinity, NaN of others and of less. */
V rp_vs vs_half_log1p(rp_vs u, const float *of_c, const float *series)
{
    const rp_vs sum = u + 1, k = vs_exponent(sum);
    const rp_vsi interval = (rp_vsi)sum >> 18;
    const rp_vs inverse = vs_scale(vs_table32(vs_log_inverse, interval), -k), r = vs_fma(u, inverse, inverse - 1);
    const rp_vs known = vs_fma(k, vs_set(of_c[31]), vs_table32(of_c, interval));
    return vs_log_special(sum, vs_fma(r, vs_horner(r, series, 4), known));
}

V rp_vsm v_log1p_half(rp_vs x, rp_vs *result)
{
    const rp_vs log = vs_half_log1p(x, vs_half_log1p_table, vs_half_log1p_series);
    const rp_vs most = vs_but_of(x, -0x1.e5p-7f, -0x1.e8cp-7f, vs_but_of(x, -0x1.61cp-6f, -0x1.658p-6f, log));
    *result = vs_with_sign(most, x);
    return vs_none;
}

V rp_vsm v_asinh_half(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_abs(x), square = size * size, root = vs_sqrt(square + 1);
    const rp_vs log = vs_half_log1p(size + (root - 1), vs_half_asinh_table, vs_half_asinh_series);
    const rp_vs small = size * vs_horner(square, vs_half_asinh_small, 4);
    *result = vs_with_sign(vs_select(vs_less(size, vs_set(0.25f)), small, log), x);
    return vs_none;
}

V rp_vsm v_acosh_half(rp_vs x, rp_vs *result)
{
    const rp_vs y = vs_at_least(x, 0), root = vs_sqrt(vs_fma(y, y, vs_set(-1)));
    *result = vs_half_log1p((y - 1) + root, vs_half_acosh_table, vs_half_acosh_series);
    return vs_none;
}

V rp_vsm v_atanh_half(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_abs(x),
                log = vs_half_log1p((size + size) / (1 - size), vs_half_atanh_table, vs_half_atanh_series);
    *result = vs_with_sign(log * 0.5f, x);
    return vs_none;
}

#endif
