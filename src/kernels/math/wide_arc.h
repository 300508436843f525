/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of asin, acos, atan.
 *
 * asin, acos: 31 |x| rounded says which of 32 intervals of |x|. In each stand a number c in its middle, and the
 * coefficients of a polynomial of degree 5 in t = |x| - c: up to 17.5 / 31 of asin(|x|) / |x|, above of
 * acos(|x|) / sqrt(1 - |x|), both without steepness. c is chosen so that the first coefficient is no more than 2^-35
 * from a float32 number (wide.sollya). Times |x|, or the root and what that lacks, and taken from a multiple of pi / 2.
 * atan: two bits of |x|'s fraction and three of its exponent say near which c it is; then atan(|x|) = atan(c) + atan(t),
 * t = (|x| - c) / (1 + |x| c), |t| < 0.084, and c is 0 below 1/16, and as good as infinite from 12 on.
 * atan2: the same of |y| / |x|. The bits of numbers are their logarithms, nearly: so c is found without the quotient.
 */
#ifndef RP_MATH_WIDE_ARC_H
#define RP_MATH_WIDE_ARC_H

#include "kernels/math/wide.h"

/* clang-format off */
static const float vs_root_arc_table[7][32] = {
    { /* c */
     0, 0x1.08d86p-5f, 0x1.09c908p-4f, 0x1.8af91p-4f, 0x1.077e44p-3f, 0x1.4b2bb4p-3f, 0x1.8cd12cp-3f, 0x1.cd7d84p-3f,
     0x1.08695p-2f, 0x1.28bb04p-2f, 0x1.4a7cc4p-2f, 0x1.6acb18p-2f, 0x1.8c6aaep-2f, 0x1.ad0e4ep-2f, 0x1.ce9a5cp-2f,
     0x1.f00432p-2f, 0x1.085c8p-1f, 0x1.18e3cp-1f, 0x1.299806p-1f, 0x1.39f088p-1f, 0x1.4a0614p-1f, 0x1.5a8c82p-1f,
     0x1.6b5f1ap-1f, 0x1.7bb5e4p-1f, 0x1.8c9ec4p-1f, 0x1.9d1b1p-1f, 0x1.ad204cp-1f, 0x1.bdacep-1f, 0x1.ce8ea2p-1f,
     0x1.df0f16p-1f, 0x1.ef6dd2p-1f, 0x1.ffca56p-1f},
    { /* coefficients of t^0 */
     1, 0x1.000b6cp0f, 0x1.002e14p0f, 0x1.0065fep0f, 0x1.00b62ap0f, 0x1.012106p0f, 0x1.01a126p0f, 0x1.0237bp0f,
     0x1.02ef06p0f, 0x1.03b9acp0f, 0x1.04aa9ep0f, 0x1.05aecep0f, 0x1.06de5p0f, 0x1.082718p0f, 0x1.099edap0f,
     0x1.0b3e8ap0f, 0x1.0d014ap0f, 0x1.0ef98ep0f, 0x1.780956p0f, 0x1.76dc38p0f, 0x1.75b8fcp0f, 0x1.7492d2p0f,
     0x1.736c72p0f, 0x1.725348p0f, 0x1.71351p0f, 0x1.70228ap0f, 0x1.6f1be6p0f, 0x1.6e10bep0f, 0x1.6d046ep0f,
     0x1.6c0226p0f, 0x1.6b05b6p0f, 0x1.6a0d1p0f},
    { /* of t */
     0x1.5d131ed5c906ep-40f, 0x1.61759e4c71ee5p-7f, 0x1.63ba768cc8309p-6f, 0x1.09898dce106aap-5f,
     0x1.64a3047938a0fp-5f, 0x1.c433704a33f37p-5f, 0x1.11cb19b16bb33p-4f, 0x1.426362bca916cp-4f,
     0x1.770b64f39f72fp-4f, 0x1.abf7a1073a49dp-4f, 0x1.e633d3227b5f7p-4f, 0x1.10a451485db57p-3f,
     0x1.3172251374dd2p-3f, 0x1.53a9deb0b9303p-3f, 0x1.79b9ef9effd28p-3f, 0x1.a31ca90357921p-3f,
     0x1.cfa5d011d024ap-3f, 0x1.00c5d0ca1fff9p-2f, -0x1.2958c3198b984p-3f, -0x1.242e0e88c59bdp-3f,
     -0x1.1f44c60477a5ep-3f, -0x1.1a6463a78cf57p-3f, -0x1.15985fd9f6ddep-3f, -0x1.1116f58972d58p-3f,
     -0x1.0c9400fbff366p-3f, -0x1.08521c1227713p-3f, -0x1.044f7adb1f33dp-3f, -0x1.004b1043e45ep-3f,
     -0x1.f8a40e2fe42ecp-4f, -0x1.f11b80ac17eacp-4f, -0x1.e9da10506a54cp-4f, -0x1.e2cea37aa3843p-4f},
    { /* of t^2 */
     0x1.555555301d4afp-3f, 0x1.564c4e12f2017p-3f, 0x1.593cfc37b79a3p-3f, 0x1.5e05ee7112149p-3f,
     0x1.64f8f2d934dfap-3f, 0x1.6e66d2f16d52bp-3f, 0x1.79f62dee61f5ap-3f, 0x1.87e86cefa8ee3p-3f,
     0x1.997012a5bead7p-3f, 0x1.ad88e81b34857p-3f, 0x1.c673f2493a313p-3f, 0x1.e2aa07798bea9p-3f,
     0x1.02af4376f50cfp-2f, 0x1.16a2b91e33837p-2f, 0x1.2f0046096bf37p-2f, 0x1.4c0a289d8ecefp-2f,
     0x1.6e33be99d8b92p-2f, 0x1.9803e9bc9a36cp-2f, 0x1.496e3e1c48148p-5f, 0x1.3e0974fb9cc52p-5f,
     0x1.336726586892ap-5f, 0x1.290a9e9586ed8p-5f, 0x1.1f0782a3386c3p-5f, 0x1.15ca376b44c41p-5f,
     0x1.0cb30fb4730dfp-5f, 0x1.044450f3adc84p-5f, 0x1.f8e81d580e48ap-6f, 0x1.e9816974da3a1p-6f,
     0x1.da85d0d3d1cb8p-6f, 0x1.cc8a3c2f863c3p-6f, 0x1.bf47da203824p-6f, 0x1.b2a1e40595269p-6f},
    { /* of t^3 */
     0x1.49e5995564897p-22f, 0x1.3ecdf69c4599bp-7f, 0x1.42f899751cd6cp-6f, 0x1.e7501025581f6p-6f,
     0x1.4c461fa7fd44fp-5f, 0x1.adf0fbd467e99p-5f, 0x1.0ab6ff47665fap-4f, 0x1.4322d4ddf5e46p-4f,
     0x1.852f545baafedp-4f, 0x1.cd718a2ff1543p-4f, 0x1.1250c8be93781p-3f, 0x1.431f136b1df03p-3f, 0x1.7f4d598caf8bp-3f,
     0x1.c5743adb813a6p-3f, 0x1.0e99f7c29852p-2f, 0x1.44a986ea4b8a1p-2f, 0x1.86efd1fe67105p-2f, 0x1.dc1d768a7b2d4p-2f,
     -0x1.e8b9541efca04p-7f, -0x1.cf17d9c4a5fdbp-7f, -0x1.b785cf2bbb8d6p-7f, -0x1.a11ac14c788dfp-7f,
     -0x1.8bc698c2b3635p-7f, -0x1.7874e9fc64886p-7f, -0x1.65c6b97a69436p-7f, -0x1.54c38d68e563dp-7f,
     -0x1.4541c6ddffddp-7f, -0x1.363b4fe8316d5p-7f, -0x1.27d950f93664ep-7f, -0x1.1aa86edb2431ap-7f,
     -0x1.0e55b13510429p-7f, -0x1.e87207fea2e67p-8f},
    { /* of t^4 */
     0x1.330b52bfe2aabp-4f, 0x1.36636f8686a65p-4f, 0x1.3f265d55de78dp-4f, 0x1.4b2c28d57beabp-4f,
     0x1.637438b5309f7p-4f, 0x1.7fe2f51629242p-4f, 0x1.a81a2f9fb7b17p-4f, 0x1.d6d678f87c73cp-4f,
     0x1.0bcb291a5fd24p-3f, 0x1.329e48c00145p-3f, 0x1.655862dbf9b1dp-3f, 0x1.a2f51938bd907p-3f, 0x1.f5110f2b6b4f1p-3f,
     0x1.2e06bc8113efep-2f, 0x1.732ade467b16p-2f, 0x1.ce7938665b6p-2f, 0x1.22a59e48a6fd1p-1f, 0x1.75b4c499dde8fp-1f,
     0x1.726092a86cf0ap-8f, 0x1.935730931dd51p-8f, 0x1.dfd1fa446f646p-8f, 0x1.4772950780bf2p-8f,
     0x1.24270babb5d5fp-8f, 0x1.24634c6664d33p-8f, 0x1.02d2e169d624dp-8f, 0x1.f6b82d3e217fcp-9f,
     0x1.f2774c2bec5e7p-9f, 0x1.c4f7363528c2fp-9f, 0x1.7c44575cfbf7p-9f, 0x1.9fa8e3f5758afp-9f, 0x1.bbaebe17abdcdp-9f,
     0x1.5325acffac5a7p-5f},
    { /* of t^5 */
     0x1.180af141f2f0cp-9f, 0x1.1fc6669c860e1p-7f, 0x1.277ec4dd3054fp-6f, 0x1.f549d271f69fep-6f,
     0x1.372ed191c3a58p-5f, 0x1.9084e23a0e266p-5f, 0x1.0f7126f3c0aa8p-4f, 0x1.5e45b76711b28p-4f,
     0x1.b2fc486c51461p-4f, 0x1.0f34d1e44dffcp-3f, 0x1.5bd51754233dap-3f, 0x1.ba66a57459b3cp-3f,
     0x1.1b7ce7238fef3p-2f, 0x1.6f71e37393c41p-2f, 0x1.e24c1c02d716fp-2f, 0x1.422dac707d1p-1f, 0x1.b0e0924e53ca8p-1f,
     0x1.2b5ab98669939p0f, -0x1.2e48b37f39181p-7f, -0x1.ceb6e6132314ap-10f, -0x1.2b8435831760ap-6f,
     -0x1.234610eeef208p-10f, -0x1.238baa275698fp-9f, -0x1.e86ff971c36ffp-10f, -0x1.a99a6eefaf5c7p-9f,
     -0x1.03ea67eec3cacp-9f, -0x1.5a3dca3e4eb8p-9f, -0x1.8ace0ee585298p-10f, -0x1.273bae4722f85p-9f,
     -0x1.89373870f3dfbp-11f, -0x1.043fbe1d2c7c5p-9f, 0x1.17f045ecb31ebp0f},
};
static const float vs_atan_table[3][32] = {
    { /* c */
     0x1.2p1f, 0x1.6p1f, 0x1.ap1f, 0x1.ep1f, 0x1.2p2f, 0x1.6p2f, 0x1.ap2f, 0x1.ep2f, 0x1.2p3f, 0x1.6p3f, 0x1p60f, 0,
     0x1.2p-4f, 0x1.6p-4f, 0x1.ap-4f, 0x1.ep-4f, 0x1.2p-3f, 0x1.6p-3f, 0x1.ap-3f, 0x1.ep-3f, 0x1.2p-2f, 0x1.6p-2f,
     0x1.ap-2f, 0x1.ep-2f, 0x1.2p-1f, 0x1.6p-1f, 0x1.ap-1f, 0x1.ep-1f, 0x1.2p0f, 0x1.6p0f, 0x1.ap0f, 0x1.ep0f},
    { /* atan(c) */
     0x1.270ef6p0f, 0x1.38d6a6p0f, 0x1.45b548p0f, 0x1.4f68dep0f, 0x1.5a2506p0f, 0x1.6414d4p0f, 0x1.6b0baep0f,
     0x1.7030dp0f, 0x1.75cbaep0f, 0x1.7aea38p0f, 0x1.921fb6p0f, 0, 0x1.1f86dcp-4f, 0x1.5f2324p-4f, 0x1.9e9416p-4f,
     0x1.ddd218p-4f, 0x1.1e1fbp-3f, 0x1.5c9812p-3f, 0x1.9a6a8ep-3f, 0x1.d77d5ep-3f, 0x1.18bf5ap-2f, 0x1.530adap-2f,
     0x1.8b24d4p-2f, 0x1.c0db4cp-2f, 0x1.0657eap-1f, 0x1.345f02p-1f, 0x1.5d5898p-1f, 0x1.819d0cp-1f, 0x1.b034f4p-1f,
     0x1.e24dd4p-1f, 0x1.04e672p0f, 0x1.14b1dep0f},
    { /* what that lacks */
     -0x1.4b58bcp-25f, 0x1.9c266ap-25f, 0x1.b9a8dp-27f, 0x1.4ce4c2p-25f, -0x1.bdd634p-25f, 0x1.02531ep-26f,
     0x1.06180ep-25f, -0x1.aff39ap-26f, -0x1.ab7e86p-25f, 0x1.83597ap-25f, -0x1.777a5cp-25f, 0, -0x1.efa54ep-33f,
     0x1.fa5af6p-29f, -0x1.860462p-29f, -0x1.fc28b2p-29f, -0x1.3ef236p-29f, -0x1.c13d96p-31f, 0x1.2d90c4p-28f,
     -0x1.bf5194p-32f, 0x1.85f8bcp-29f, -0x1.ab8caep-28f, -0x1.ad7936p-28f, 0x1.29d93ep-27f, -0x1.6499e6p-26f,
     -0x1.98e422p-28f, 0x1.c5a6c6p-27f, -0x1.1d4eb6p-26f, -0x1.e6d8dep-27f, 0x1.321574p-27f, 0x1.de8076p-26f,
     -0x1.40de64p-25f},
};
static const float vs_atan2_table[5][32] = {
    { /* c */
     0x1.1p0f, 0x1.5p0f, 0x1.8p0f, 0x1.cp0f, 0x1.1p1f, 0x1.4p1f, 0x1.8p1f, 0x1.cp1f, 0x1.1p2f, 0x1.4p2f, 0x1.8p2f,
     0x1.cp2f, 0x1.1p3f, 0x1.4p3f, 0x1.8p3f, 0x1p60f, 0, 0x1.5p-4f, 0x1.9p-4f, 0x1.cp-4f, 0x1.1p-3f, 0x1.5p-3f,
     0x1.9p-3f, 0x1.cp-3f, 0x1.1p-2f, 0x1.5p-2f, 0x1.9p-2f, 0x1.cp-2f, 0x1.1p-1f, 0x1.5p-1f, 0x1.8p-1f, 0x1.cp-1f},
    { /* atan(c) */
     0x1.a1a26p-1f, 0x1.d6e57cp-1f, 0x1.f730bep-1f, 0x1.0d38f2p0f, 0x1.21863p0f, 0x1.30b6d8p0f, 0x1.3fc176p0f,
     0x1.4ae11p0f, 0x1.56f6f4p0f, 0x1.5f9732p0f, 0x1.67d886p0f, 0x1.6dcc58p0f, 0x1.7424dep0f, 0x1.789bd2p0f,
     0x1.7cd6f6p0f, 0x1.921fb6p0f, 0, 0x1.4f3fd6p-4f, 0x1.8ebc54p-4f, 0x1.be39ecp-4f, 0x1.0e6adcp-3f, 0x1.4d087ap-3f,
     0x1.8b06eep-3f, 0x1.b90d76p-3f, 0x1.09dc5ap-2f, 0x1.44aa44p-2f, 0x1.7d5604p-2f, 0x1.a64eecp-2f, 0x1.f40ddp-2f,
     0x1.2958e6p-1f, 0x1.4978fap-1f, 0x1.700a7cp-1f},
    { /* what that lacks */
     -0x1.a6fb6p-26f, 0x1.e9e15ap-26f, -0x1.afc12cp-26f, 0x1.8b7414p-25f, -0x1.80a43ap-25f, -0x1.a56c96p-26f,
     0x1.6f50acp-25f, -0x1.cd3b2ep-27f, -0x1.8b832cp-25f, -0x1.5b56f6p-25f, 0x1.de4cdep-27f, -0x1.12a68p-26f,
     0x1.208a9ap-25f, 0x1.82c00ap-25f, 0x1.b8b3b6p-25f, -0x1.777a5cp-25f, 0, 0x1.dca4bep-30f, 0x1.1e3ecap-30f,
     -0x1.90f83cp-32f, 0x1.9e811p-28f, 0x1.3b49e2p-28f, 0x1.43ce14p-30f, -0x1.adb3ecp-28f, -0x1.04f394p-27f,
     -0x1.27aa1ep-27f, 0x1.6c767ep-27f, 0x1.e611fep-29f, 0x1.6a8282p-27f, -0x1.b3dc74p-27f, 0x1.934f7p-28f,
     0x1.5e118cp-27f},
    { /* pi - atan(c) */
     0x1.29b71ep1f, 0x1.1c6656p1f, 0x1.145386p1f, 0x1.0b833cp1f, 0x1.015c9ep1f, 0x1.f38892p0f, 0x1.e47df4p0f,
     0x1.d95e5ap0f, 0x1.cd4878p0f, 0x1.c4a83ap0f, 0x1.bc66e4p0f, 0x1.b67312p0f, 0x1.b01a8cp0f, 0x1.aba398p0f,
     0x1.a76874p0f, 0x1.921fb6p0f, 0x1.921fb6p1f, 0x1.87a5b6p1f, 0x1.85a9d2p1f, 0x1.842de6p1f, 0x1.813908p1f,
     0x1.7d4f2ep1f, 0x1.796f46p1f, 0x1.768edep1f, 0x1.70e42ap1f, 0x1.698a6cp1f, 0x1.6274f4p1f, 0x1.5d55d8p1f,
     0x1.539dfcp1f, 0x1.47c97cp1f, 0x1.3fc176p1f, 0x1.361d16p1f},
    { /* what that lacks */
     -0x1.0dbb86p-24f, 0x1.c1a998p-29f, -0x1.71423ap-29f, -0x1.e9a338p-27f, -0x1.6e508p-25f, 0x1.e3c192p-25f,
     -0x1.791598p-27f, 0x1.845a12p-25f, -0x1.63718ep-25f, -0x1.939dc4p-25f, 0x1.32f01cp-26f, 0x1.9a5e86p-25f,
     -0x1.efea8cp-30f, -0x1.c6d312p-27f, -0x1.4f50ep-26f, -0x1.777a5cp-25f, -0x1.777a5cp-24f, 0x1.21131p-24f,
     0x1.440ca8p-24f, -0x1.af4b26p-27f, -0x1.11626ep-24f, -0x1.965df6p-25f, 0x1.86ecd6p-25f, -0x1.c9f1e4p-28f,
     0x1.4920acp-27f, 0x1.ad7ae6p-24f, 0x1.5af6d4p-24f, -0x1.0d55dap-25f, -0x1.a4caaep-24f, -0x1.03fb3ap-26f,
     0x1.6f50acp-24f, 0x1.730dc6p-26f},
};
/* clang-format on */
#define VS_HALF_PI 0x1.921fb6p0f
#define VS_HALF_PI_REST -0x1.777a5cp-25f

/* base plus s times the polynomial of |x|, where s is `inner` or, in the outer part, the root with the sign of
 * signed_half, one half or less one. */
V rp_vsm vs_root_arc(rp_vs size, rp_vs signed_half, rp_vsm outer, rp_vs inner, rp_vss base, rp_vs *result)
{
    /* 1 has no inverse root. */
    const rp_vs square = 1 - size;
    const rp_vs half = vs_rough_root_inverse(square + 0x1p-60f) * signed_half, first = (square + square) * half;
    const rp_vs root = vs_fma(vs_fnma(first, first, square), half, first), s = vs_select(outer, root, inner);
    rp_vs k;
    vs_nearest(size, 31, &k);
#define T(j) vs_table32(vs_root_arc_table[j], k)
    const rp_vs t = size - T(0), steep = T(2), c = vs_fma(t, steep, T(1));
    const rp_vs bent = vs_fma(vs_fma(vs_fma(T(6), t, T(5)), t, T(4)), t, T(3));
    rp_vss sum = {.high = vs_fma(s, c, base.high)};
    const rp_vs c_low = vs_fma(bent, t * t, vs_fma(t, steep, T(1) - c));
    const rp_vs s_low = vs_where(outer, vs_fnma(root, root, square) * half);
    sum.low = vs_fma(s, c_low, vs_fma(s, c, base.high - sum.high));
    sum.low = vs_fma(s_low, c, sum.low) + base.low;
#undef T
    return vs_round(sum, 0x1p-32f, result);
}

#define VS_ROOT_FROM 0x1.210842p-1f /* the last before 17.5 / 31 */

V rp_vsm v_asin_wide(rp_vs x, rp_vs *result)
{
    const rp_vs whole = vs_abs(x);
    const rp_vsm tiny = vs_less(whole, vs_set(VS_TINY));
    const rp_vs size = vs_select(tiny, vs_set(0), whole);
    const rp_vsm outer = vs_less(vs_set(VS_ROOT_FROM), size);
    const rp_vss base = {vs_where(outer, vs_set(VS_HALF_PI)), vs_where(outer, vs_set(VS_HALF_PI_REST))};
    rp_vs arc;
    const rp_vsm doubt = vs_root_arc(size, vs_set(-0.5f), outer, size, base, &arc);
    *result = vs_select(tiny, x, vs_with_sign(arc, x));
    return doubt;
}

V rp_vsm v_acos_wide(rp_vs x, rp_vs *result)
{
    /* What is small beside pi / 2 goes without what is slow: subnormal numbers. */
    const rp_vs whole = vs_abs(x), size = vs_select(vs_less(whole, vs_set(0x1p-40f)), vs_set(0), whole);
    const rp_vsm outer = vs_less(vs_set(VS_ROOT_FROM), size), negative = vs_less(x, vs_set(0));
    const rp_vs signed_half = vs_with_sign(vs_set(0.5f), x), inner = vs_with_sign(size, -x);
    const rp_vs turn = vs_where(negative, vs_set(2 * VS_HALF_PI));
    const rp_vs turn_rest = vs_where(negative, vs_set(2 * VS_HALF_PI_REST));
    const rp_vss base = {vs_select(outer, turn, vs_set(VS_HALF_PI)),
                         vs_select(outer, turn_rest, vs_set(VS_HALF_PI_REST))};
    return vs_root_arc(size, signed_half, outer, inner, base, result);
}

V rp_vsm v_atan_wide(rp_vs x, rp_vs *result)
{
    const rp_vs whole = vs_at_most(vs_abs(x), 0x1p60f);
    const rp_vsm tiny = vs_less(whole, vs_set(VS_TINY));
    const rp_vs size = vs_select(tiny, vs_set(0), whole);
    const rp_vsi k = (rp_vsi)((rp_vsu)vs_at_most(vs_at_least(size, 0x1.fffffep-5f), 0x1.8p3f) >> 21);
    const rp_vs c = vs_table32(vs_atan_table[0], k), arc = vs_table32(vs_atan_table[1], k);
    const rp_vs over = size - c, under = vs_fma(size, c, vs_set(1)), inverse = 1 / under, t = over * inverse;
    const rp_vs square = t * t, cubic = vs_quadratic(square, -0x1.555556p-2f, 0x1.999a3ap-3f, -0x1.22c8dap-3f) * square;
    const rp_vs under_low = vs_fma(size, c, 1 - under), rest = vs_fnma(t, under_low, vs_fnma(t, under, over));
    const rp_vss sum = vs_sum_to(arc, t, vs_fma(t, cubic, vs_fma(rest, inverse, vs_table32(vs_atan_table[2], k))));
    rp_vs angle;
    const rp_vsm doubt = vs_round(sum, 0x1p-32f, &angle);
    *result = vs_select(tiny, x, vs_with_sign(angle, x));
    return doubt;
}

/* Twice two bits of the difference of the logarithms, nearly, say which c is near |y / x|; then atan(c) and the arc of
 * (|y| - c |x|) / (|x| + c |y|), or pi less their sum. */
V rp_vsm vs_atan2(rp_vs y, rp_vs x, rp_math_store how, rp_vs *result)
{
    rp_vs a = vs_abs(y), b = vs_abs(x);
    /* Numbers that are no nearer to the ends of the range than 2^-40 and 2^40: 80 powers of two from 2^-40 on. */
    const int32_t least = 87 << 23, count = 80 << 23;
    const rp_vsm inside = vs_within((rp_vsi)a, least, count) & vs_within((rp_vsi)b, least, count);
    a = vs_select(inside, a, vs_set(1));
    b = vs_select(inside, b, vs_set(1));
    const rp_vsi ratio = vs_at_most_i(vs_at_least_i((rp_vsi)a - (rp_vsi)b, -(4 << 23)), (4 << 23) - 1), k = ratio >> 21;
    const rp_vs c = vs_table32(vs_atan2_table[0], k);
    const rp_vsm negative = vs_less(x, vs_set(0));
    const rp_vs arc = vs_select(negative, vs_table32(vs_atan2_table[3], k), vs_table32(vs_atan2_table[1], k));
    const rp_vs cb = c * b, ca = c * a, under = b + ca, over = a - cb;
    const rp_vs mine = under - b, under_low = ((b - (under - mine)) + (ca - mine)) + vs_fma(c, a, -ca);
    const rp_vs inverse = 1 / under, size = over * inverse;
    const rp_vs over_low = vs_fnma(c, b, cb);
    const rp_vs rest = vs_fnma(size, under_low, vs_fnma(size, under, over) + over_low) * inverse;
    const rp_vsi turn = (rp_vsi)x & INT32_MIN;
    const rp_vs t = (rp_vs)((rp_vsi)size ^ turn), square = t * t;
    const rp_vs cubic = vs_quadratic(square, -0x1.555556p-2f, 0x1.999a3ap-3f, -0x1.22c8dap-3f) * square;
    const rp_vs arc_low = vs_select(negative, vs_table32(vs_atan2_table[4], k), vs_table32(vs_atan2_table[2], k));
    const rp_vss sum = vs_sum_to(arc, t, vs_fma(t, cubic, (rp_vs)((rp_vsi)rest ^ turn) + arc_low));
    rp_vsm doubt = vs_round(sum, 0x1.8p-31f, result);
    if (how == RP_MATH_ODD) {
        *result = sum.high + sum.low;
        /* float16 has fewer bits below its least normal number. */
        doubt = vs_or(vs_near_middle(*result), vs_less(*result, vs_set(0x1p-14f)));
    }
    *result = vs_with_sign(*result, y);
    return vs_or(doubt, vs_not(inside));
}

V rp_vsm v_atan2_wide(rp_vs y, rp_vs x, rp_vs *result) { return vs_atan2(y, x, RP_MATH_F32, result); }
V rp_vsm v_atan2_half(rp_vs y, rp_vs x, rp_vs *result) { return vs_atan2(y, x, RP_MATH_ODD, result); }

#endif
