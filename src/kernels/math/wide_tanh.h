/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide form (wide.h) of tanh. The bits of |x| + 5/8 number intervals, eight from one power of two to the next. With
 * s = 32 (|x| - c), which is exact, and c near the middle of the interval (0 in the first),
 *     tanh |x| = a + b s + (s^2 + a) (q0 + q1 s + ... + q4 s^4).
 * c is a number for which a and b are very nearly float32 numbers, so that a + b s can be known without an error. That of
 * the rest grows as s^2 + a does: tanh |x| lies above what is computed by 0 to e (s^2 + a), e a number for each interval,
 * for every argument (tried with long double arithmetic). Where both ends of that round to one number, it is the result.
 *
 * The table is of wide_tanh.sollya.
 */
#ifndef RP_MATH_WIDE_TANH_H
#define RP_MATH_WIDE_TANH_H

#include "kernels/math/wide.h"

/* clang-format off */
static const float vs_tanh_table[9][32] = {
    { /* -32 c */
     -0x1.81292p5f, -0x1.bcce68p5f, -0x1.024fap6f, -0x1.235698p6f, -0x1.437b5p6f, -0x1.5db74p6f, -0x1.7cf452p6f,
     -0x1.a0ae76p6f, -0x1.d45716p6f, -0x1.077a34p7f, -0x1.2a0ea2p7f, -0x1.4541dcp7f, -0x1.64d3b6p7f, -0x1.8b3318p7f,
     -0x1.aa3872p7f, -0x1.c907ccp7f, -0x1.fe1802p7f, -0x1.153a44p8f, 0, -0x1.6436e2p1f, -0x1.36a97cp2f,
     -0x1.b65a9cp2f, -0x1.1f2dbap3f, -0x1.58d388p3f, -0x1.c05002p3f, -0x1.22a9b2p4f, -0x1.5f320cp4f, -0x1.9ee1p4f,
     -0x1.e0c752p4f, -0x1.131dep5f, -0x1.30ce04p5f, -0x1.53e1eap5f},
    { /* a */
     0x1.cfed5ep-1f, 0x1.e14cd8p-1f, 0x1.ee417ap-1f, 0x1.f555c2p-1f, 0x1.f984f6p-1f, 0x1.fbb08cp-1f, 0x1.fd599ep-1f,
     0x1.fe7b64p-1f, 0x1.ff527ep-1f, 0x1.ffba8ap-1f, 0x1.ffe86cp-1f, 0x1.fff5ecp-1f, 0x1.fffc3ep-1f, 0x1.fffedep-1f,
     0x1.ffff92p-1f, 0x1.ffffd6p-1f, 0x1.fffff8p-1f, 0x1.fffffep-1f, 0, 0x1.635954p-4f, 0x1.345866p-3f, 0x1.afdd8p-3f,
     0x1.17f2c8p-2f, 0x1.4c73a8p-2f, 0x1.a5d924p-2f, 0x1.07187ap-1f, 0x1.30f05ap-1f, 0x1.570aa6p-1f, 0x1.7853d8p-1f,
     0x1.95383ap-1f, 0x1.a97728p-1f, 0x1.bcdb08p-1f},
    { /* b */
     0x1.6ee708p-8f, 0x1.dd0108p-9f, 0x1.17524p-9f, 0x1.5224cap-10f, 0x1.9ca7cep-11f, 0x1.130d86p-11f,
     0x1.52bfc8p-12f, 0x1.84891cp-13f, 0x1.5b3c98p-14f, 0x1.1621c4p-15f, 0x1.79b532p-17f, 0x1.42e878p-18f,
     0x1.e19ecep-20f, 0x1.22608p-21f, 0x1.b892b6p-23f, 0x1.507026p-24f, 0x1.005576p-26f, 0x1.005578p-28f, 0x1p-5f,
     0x1.fc294p-6f, 0x1.f46b8ep-6f, 0x1.e94562p-6f, 0x1.d9c8d4p-6f, 0x1.ca18cap-6f, 0x1.a9318ap-6f, 0x1.78eb46p-6f,
     0x1.4a84p-6f, 0x1.1a4e38p-6f, 0x1.d71538p-7f, 0x1.7eddcp-7f, 0x1.3d269cp-7f, 0x1.f665c6p-8f},
    { /* q0 */
     -0x1.4c7fa8p-13f, -0x1.c07df4p-14f, -0x1.0db55ap-14f, -0x1.4b3156p-15f, -0x1.978db4p-16f, -0x1.10d22ap-16f,
     -0x1.511a0ep-17f, -0x1.8381dep-18f, -0x1.5ae3b2p-19f, -0x1.161334p-20f, -0x1.79c38p-22f, -0x1.42fd14p-23f,
     -0x1.e1c3a6p-25f, -0x1.227a58p-26f, -0x1.b8b7bp-28f, -0x1.509906p-29f, -0x1.006ea6p-31f, -0x1.006db8p-33f,
     -0x1.4p-38f, -0x1.60aa3ep-14f, -0x1.2d57dp-13f, -0x1.9ca40ep-13f, -0x1.030322p-12f, -0x1.296606p-12f,
     -0x1.5e41a6p-12f, -0x1.8349bap-12f, -0x1.89a0cap-12f, -0x1.7a3ccp-12f, -0x1.5a38aep-12f, -0x1.2f020ap-12f,
     -0x1.078dacp-12f, -0x1.b48b8cp-13f},
    { /* q1 */
     0x1.65d948p-19f, 0x1.068b5ep-19f, 0x1.4e7692p-20f, 0x1.a71e6p-21f, 0x1.08d30ap-21f, 0x1.65a8a6p-22f,
     0x1.bcdc1p-23f, 0x1.00d5ep-23f, 0x1.cd57fap-25f, 0x1.72699ap-26f, 0x1.f78ee8p-28f, 0x1.aea25cp-29f,
     0x1.4131d8p-30f, 0x1.8354b6p-32f, 0x1.25d754p-33f, 0x1.c0c6e4p-35f, 0x1.55dca6p-37f, 0x1.55fc3ap-39f,
     -0x1.555554p-17f, -0x1.4b20b2p-17f, -0x1.36ef54p-17f, -0x1.1aafbcp-17f, -0x1.ea2342p-18f, -0x1.a1c1c6p-18f,
     -0x1.1673d6p-18f, -0x1.a2cd0ep-20f, 0x1.bfef6ep-22f, 0x1.047788p-19f, 0x1.856f2ap-19f, 0x1.c076e4p-19f,
     0x1.c4ed5ap-19f, 0x1.a77baap-19f},
    { /* q2 */
     -0x1.9a13fep-26f, -0x1.850b24p-26f, -0x1.1e15b2p-26f, -0x1.82f668p-27f, -0x1.f667cep-28f, -0x1.5981acp-28f,
     -0x1.b3a16ep-29f, -0x1.fb96d6p-30f, -0x1.cacbbap-31f, -0x1.71acb8p-32f, -0x1.f71422p-34f, -0x1.aeac1p-35f,
     -0x1.414bep-36f, -0x1.832cacp-38f, -0x1.25c306p-39f, -0x1.c0bc98p-41f, -0x1.549d5ep-43f, -0x1.570d06p-45f,
     -0x1.4f9cf4p-38f, 0x1.d0d904p-25f, 0x1.840992p-24f, 0x1.00b152p-23f, 0x1.32a5c8p-23f, 0x1.4de6a8p-23f,
     0x1.5c2ffap-23f, 0x1.380226p-23f, 0x1.eb930ap-24f, 0x1.49e212p-24f, 0x1.5eecacp-25f, 0x1.89d4eap-27f,
     -0x1.8d252cp-28f, -0x1.3365f6p-26f},
    { /* q3 */
     -0x1.4d2376p-34f, 0x1.cbc882p-34f, 0x1.375f04p-33f, 0x1.fb5ad4p-34f, 0x1.675fp-34f, 0x1.016c18p-34f,
     0x1.4e1138p-35f, 0x1.8cf8bp-36f, 0x1.6d688cp-37f, 0x1.28996cp-38f, 0x1.9498e4p-40f, 0x1.5a3228p-41f,
     0x1.023a2ap-42f, 0x1.3769e6p-44f, 0x1.d9236ep-46f, 0x1.69a852p-47f, 0x1.173b08p-49f, 0x1.0fe228p-51f,
     0x1.11b79p-28f, 0x1.ff25aap-29f, 0x1.bc3ceep-29f, 0x1.628bcep-29f, 0x1.e6c12cp-30f, 0x1.1fefc6p-30f,
     -0x1.91a83cp-33f, -0x1.6e7786p-30f, -0x1.f7ed88p-30f, -0x1.01423ep-29f, -0x1.b1766ap-30f, -0x1.351f9ep-30f,
     -0x1.9911d6p-31f, -0x1.a07b3p-32f},
    { /* q4 */
     0x1.cd2f22p-38f, 0x1.0855acp-39f, -0x1.44943p-43f, -0x1.83ccdcp-41f, -0x1.7aab9p-41f, -0x1.1fdb24p-41f,
     -0x1.88479cp-42f, -0x1.f54d9ap-43f, -0x1.f3747cp-44f, -0x1.839478p-45f, -0x1.1a05d8p-46f, -0x1.b27ff4p-48f,
     -0x1.4188d4p-49f, -0x1.bf2c5ep-51f, -0x1.4c2138p-52f, -0x1.ed9346p-54f, -0x1.af8b1cp-56f, -0x1.168faap-58f,
     -0x1.d9ed86p-38f, -0x1.b5ecf4p-36f, -0x1.172e98p-35f, -0x1.631ca2p-35f, -0x1.2f0652p-34f, -0x1.6255c4p-34f,
     -0x1.fc112ap-35f, -0x1.409acp-35f, -0x1.d8311p-37f, 0x1.dee3dap-38f, 0x1.3a8402p-36f, 0x1.22e1e2p-36f,
     0x1.f1c6a4p-37f, 0x1.c60c66p-37f},
    { /* e */
     0x1.585692p-34f, 0x1.bf81ap-35f, 0x1.007766p-35f, 0x1.4a0b3p-36f, 0x1.91eb02p-37f, 0x1.4c0ad4p-37f,
     0x1.b22bdp-38f, 0x1.1857fep-38f, 0x1.746d78p-38f, 0x1.6ecbcap-39f, 0x1.a4c9fep-40f, 0x1.b4705ep-42f,
     0x1.3a9fe6p-42f, 0x1.1d1c88p-40f, 0x1.1a6feep-44f, 0x1.9d3e54p-41f, 0x1.109af4p-45f, 0x1.fa134p-47f, 0x1.4p-37f,
     0x1.bc4c68p-35f, 0x1.534b5cp-34f, 0x1.632bap-34f, 0x1.1a56d6p-33f, 0x1.2f5b7ep-33f, 0x1.4c88e2p-33f,
     0x1.555338p-33f, 0x1.55434ap-33f, 0x1.475906p-33f, 0x1.1258c4p-33f, 0x1.dce1ecp-34f, 0x1.182d32p-33f,
     0x1.6b2128p-34f},
};
/* clang-format on */

V rp_vsm v_tanh_wide(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_at_most(vs_abs(x), 9.25f); /* from 9.02 on the result is 1 */
    const rp_vsm large = vs_less_equal(vs_set(VS_TINY), size);
    const rp_vsi k = (rp_vsi)((rp_vsu)(size + 0.625f) >> 20);
#define T(j) vs_table32(vs_tanh_table[j], k)
    const rp_vs s = vs_where(large, vs_fma(size, vs_set(32), T(0)));
    const rp_vs a = T(1), b = T(2), square = vs_fma(s, s, a);
    const rp_vs q = vs_fma(vs_fma(vs_fma(vs_fma(T(7), s, T(6)), s, T(5)), s, T(4)), s, T(3));
    rp_vs rest;
    const rp_vs high = vs_fma_rest(b, s, a, &rest), low = vs_fma(square, q, rest), sum = high + low;
    const rp_vsm doubt = vs_unequal(sum, high + vs_fma(square, T(8), low));
#undef T
    *result = vs_select(large, vs_with_sign(sum, x), x);
    return doubt;
}

#endif
