/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide forms (wide.h) of tan, asin, acos, atan, cbrt, of float16 alone: plain float32 arithmetic.
 * tan: x - n pi / 2 with pi / 2 in two parts, the first product exact; a polynomial of degree 13, which divides -1
 * where n is odd. The others by a polynomial for each of 32 intervals, which the upper bits of a number v say, in
 * t = v - c, c in the interval's middle.
 *   atan: v = |x|, two intervals of a power of two, from 2^-4 on; below, c is 0. From 2000 on all results are one.
 *   asin, acos: v = 16 |x| up to 1/2, then 1 + 2^-12 - |x|: small intervals where the slope is large
 *   cbrt: v = |x| 2^(-3q), in [1/2, 4), eight intervals of a power of two
 * The tables and coefficients are those with which all 2^16 results are right (wide_half.sollya): no lane is doubted.
 */
#ifndef RP_MATH_WIDE_HALF_ARC_H
#define RP_MATH_WIDE_HALF_ARC_H

#include "kernels/math/wide_half.h"

/* clang-format off */
/* c, and the coefficients of t^0, t^1 ... */
static const float vs_half_atan[8][32] = {
    {
     0x1.4p1f, 0x1.cp1f, 5, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 896, 1280, 1768, 0, 0,
     0x1.4p-4f, 0x1.cp-4f, 0x1.4p-3f, 0x1.cp-3f, 0x1.4p-2f, 0x1.cp-2f, 0x1.4p-1f, 0x1.cp-1f, 0x1.4p0f, 0x1.cp0f},
    {
     0x1.30b6dap0f, 0x1.4ae10cp0f, 0x1.5f972ep0f, 0x1.6dcc5ep0f, 0x1.789bdp0f, 0x1.7fde7ap0f, 0x1.85559ep0f,
     0x1.88fc1cp0f, 0x1.8bb996p0f, 0x1.8d8d8ep0f, 0x1.8eec8ap0f, 0x1.8fd68ep0f, 0x1.90861cp0f, 0x1.90fb22p0f,
     0x1.9152e6p0f, 0x1.918d68p0f, 0x1.91b956p0f, 0x1.91d696p0f, 0x1.91ec8p0f, 0x1.91faa8p0f, 0, 0, 0x1.3f59e4p-4f,
     0x1.be39eep-4f, 0x1.3d6ef4p-3f, 0x1.b90d7cp-3f, 0x1.362776p-2f, 0x1.a64efap-2f, 0x1.1e00bap-1f, 0x1.700a7cp-1f,
     0x1.cac7cp-1f, 0x1.0d38f6p0f},
    {
     0x1.1a7bb6p-3f, 0x1.3521ecp-4f, 0x1.3b1422p-5f, 0x1.47ae2ap-6f, 0x1.447024p-7f, 0x1.4cab92p-8f, 0x1.46dd8cp-9f,
     0x1.4df116p-10f, 0x1.477a64p-11f, 0x1.4e42d8p-12f, 0x1.47a1a2p-13f, 0x1.4e574ep-14f, 0x1.47ab6ep-15f,
     0x1.4e5c72p-16f, 0x1.47addap-17f, 0x1.4e5db8p-18f, 0x1.47ae8p-19f, 0x1.4e5e02p-20f, 0x1.47aeaap-21f,
     0x1.5781b8p-22f, 0, 1, 0x1.fce4e2p-1f, 0x1.f9f28cp-1f, 0x1.f3cc4cp-1f, 0x1.e89e5cp-1f, 0x1.d272d4p-1f,
     0x1.adbe82p-1f, 0x1.702df6p-1f, 0x1.21fb74p-1f, 0x1.8f9c0ep-2f, 0x1.f81f8p-3f},
    {
     -0x1.85a1bp-5f, -0x1.46a168p-6f, -0x1.e4bde4p-8f, -0x1.6f00aap-9f, -0x1.00fc38p-10f, -0x1.7a4408p-12f,
     -0x1.04d87p-13f, -0x1.7d29a2p-15f, -0x1.05d2fap-16f, -0x1.7de456p-18f, -0x1.0611dcp-19f, -0x1.7e131ap-21f,
     -0x1.062192p-22f, -0x1.7e1ecep-24f, -0x1.06258p-25f, -0x1.7e21bap-27f, -0x1.06267ep-28f, -0x1.7e2276p-30f,
     -0x1.0626bep-31f, -0x1.8de8acp-33f, 0, -0x1.424c5p-28f, -0x1.3c2114p-4f, -0x1.b57874p-4f, -0x1.30eddcp-3f,
     -0x1.980468p-3f, -0x1.0997e6p-2f, -0x1.3b9d8ep-2f, -0x1.4af2bcp-2f, -0x1.1f6a86p-2f, -0x1.85dcdap-3f,
     -0x1.b2524p-4f},
    {
     0x1.fca662p-7f, 0x1.4fabbap-8f, 0x1.6f866ap-10f, 0x1.981e5p-12f, 0x1.952fcp-14f, 0x1.ad38f4p-16f,
     0x1.9f58fap-18f, 0x1.b2b632p-20f, 0x1.a1f002p-22f, 0x1.b41906p-24f, 0x1.a29694p-26f, 0x1.b471f6p-28f,
     0x1.a2c046p-30f, 0x1.b48834p-32f, 0x1.a2cab2p-34f, 0x1.b48dcap-36f, 0x1.a2cd4ep-38f, 0x1.b48f2cp-40f,
     0x1.a2cdf4p-42f, 0x1.cccd3ap-44f, 0, -0x1.55551ap-2f, -0x1.490598p-2f, -0x1.3d8cc4p-2f, -0x1.26405p-2f,
     -0x1.fc2b8ap-3f, -0x1.6cf6c6p-3f, -0x1.57c1ap-4f, 0x1.5cee8cp-6f, 0x1.41b2aep-4f, 0x1.2b4942p-4f,
     0x1.4d78b6p-5f},
    {
     -0x1.374edp-8f, -0x1.4eca78p-10f, -0x1.12d498p-12f, -0x1.c2b262p-15f, -0x1.3e608p-17f, -0x1.e63694p-20f,
     -0x1.4a6c66p-22f, -0x1.ef92bap-25f, -0x1.4d8378p-27f, -0x1.f1f1c4p-30f, -0x1.4e4a84p-32f, -0x1.f28a1p-35f,
     -0x1.4e7c6p-37f, -0x1.f2b02ap-40f, -0x1.4e88d8p-42f, -0x1.f2b9bp-45f, -0x1.4e8bf6p-47f, -0x1.f2bc12p-50f,
     -0x1.4e8cbep-52f, -0x1.0ad3aep-54f, 0, -0x1.f71728p-15f, 0x1.366628p-4f, 0x1.a613fep-4f, 0x1.1b7946p-3f,
     0x1.61d21ep-3f, 0x1.8dd14cp-3f, 0x1.67957ap-3f, 0x1.a132dap-4f, 0x1.59c6cp-6f, -0x1.0b6cd2p-6f,
     -0x1.b24e46p-7f},
    {
     0x1.6564dap-10f, 0x1.4a2884p-12f, 0x1.ade962p-15f, 0x1.fed284p-18f, 0x1.0bbb58p-20f, 0x1.1cffbap-23f,
     0x1.1ae8bap-26f, 0x1.24ef1p-29f, 0x1.1ed76ap-32f, 0x1.26f3fap-35f, 0x1.1fd558p-38f, 0x1.2775ccp-41f,
     0x1.2014fap-44f, 0x1.27964ap-47f, 0x1.2024e6p-50f, 0x1.279e66p-53f, 0x1.2028ep-56f, 0x1.27a06ep-59f,
     0x1.2029dep-62f, 0x1.3ec63ap-65f, 0, 0x1.9d66f2p-3f, 0x1.750d58p-3f, 0x1.53fab4p-3f, 0x1.134b08p-3f,
     0x1.598ad6p-4f, 0x1.307386p-7f, -0x1.eeae18p-5f, -0x1.4dfcf4p-4f, -0x1.65098p-5f, -0x1.44e1cep-8f,
     0x1.91c0dep-9f},
    {
     -0x1.5d67eap-12f, -0x1.3322ap-14f, -0x1.3d02aep-17f, -0x1.18f476p-20f, -0x1.ab6c0ep-24f, -0x1.45a788p-27f,
     -0x1.cc560ep-31f, -0x1.51db7ep-34f, -0x1.d4f14cp-38f, -0x1.54fa0ap-41f, -0x1.d71e5ep-45f, -0x1.55c2cap-48f,
     -0x1.d7aa06p-52f, -0x1.55f50ep-55f, -0x1.d7ccf8p-59f, -0x1.5601aep-62f, -0x1.d7d5b2p-66f, -0x1.5604cap-69f,
     -0x1.d7d7e8p-73f, -0x1.7484d8p-76f, 0, -0x1.b2c1d2p-6f, -0x1.2df5c2p-4f, -0x1.901bcp-4f, -0x1.fbf656p-4f,
     -0x1.1cd71ap-3f, -0x1.f2bd88p-4f, -0x1.f4bc9p-5f, 0x1.80a2f6p-7f, 0x1.c56a5cp-6f, 0x1.0a554ep-7f,
     -0x1.2d620ep-17f},
};
static const float vs_half_asin[8][32] = {
    {
     0x1.4p1f, 0x1.cp1f, 5, 7, 0, 0, 0x1p-12f, 0, 0, 0x1.8p-11f, 0x1.4p-10f, 0x1.cp-10f, 0x1.4p-9f, 0x1.cp-9f,
     0x1.4p-8f, 0x1.cp-8f, 0x1.4p-7f, 0x1.cp-7f, 0x1.4p-6f, 0x1.cp-6f, 0x1.4p-5f, 0x1.cp-5f, 0x1.4p-4f, 0x1.cp-4f,
     0x1.4p-3f, 0x1.cp-3f, 0x1.4p-2f, 0x1.cp-2f, 0x1p-1f, 0, 0, 0x1.cp0f},
    {
     0x1.41510cp-3f, 0x1.c3a6f2p-3f, 0x1.457394p-2f, 0x1.cfaf28p-2f, 0, 0, 0x1.921fb6p0f, 0, 0, 0x1.8a1fap0f,
     0x1.86cf2ap0f, 0x1.844408p0f, 0x1.812d2cp0f, 0x1.7dbcccp0f, 0x1.7974e4p0f, 0x1.74b6bcp0f, 0x1.6ec4ccp0f,
     0x1.681fdap0f, 0x1.5fc374p0f, 0x1.5663c8p0f, 0x1.4a8f94p0f, 0x1.3d42dp0f, 0x1.2c6bf6p0f, 0x1.1968c4p0f,
     0x1.01332cp0f, 0x1.cb4b1p-1f, 0x1.8449fep-1f, 0x1.3205f6p-1f, 0x1.0c1524p-1f, 0, 0, 0x1.c0e5e8p-4f},
    {
     0x1.032ef4p-4f, 0x1.065a9ep-4f, 0x1.0d7f3cp-4f, 0x1.1cb112p-4f, 0, 0, 0, 0, 0, 0, 0, 0, -0x1.e3bb82p3f,
     -0x1.92434p3f, -0x1.4c9d38p3f, -0x1.17285cp3f, -0x1.d0e37ep2f, -0x1.87db1ep2f, -0x1.477168p2f, -0x1.14c982p2f,
     -0x1.cfe8a4p1f, -0x1.894adcp1f, -0x1.4ad46ap1f, -0x1.19c6e6p1f, -0x1.dd4c5ap0f, -0x1.9a505cp0f, -0x1.60a3dp0f,
     -0x1.35b0d4p0f, 0, 0, 0x1p-4f, 0x1.018b8ep-4f},
    {
     0x1.4c163cp-12f, 0x1.e23172p-12f, 0x1.755448p-11f, 0x1.34127ap-10f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1.19e66p9f,
     0x1.4b2f4p8f, 0x1.7b9f6p7f, 0x1.c4e55p6f, 0x1.06b008p6f, 0x1.3acb36p5f, 0x1.6e11ep4f, 0x1.b6dbc4p3f,
     0x1.fd7938p2f, 0x1.301fb4p2f, 0x1.5e1508p1f, 0x1.9bdfcep0f, 0x1.cc320ep-1f, 0x1.fe16cp-2f, 0, 0,
     0x1.963044p-35f, 0x1.c82936p-13f},
    {
     0x1.7cd1c4p-15f, 0x1.a6c684p-15f, 0x1.07c048p-14f, 0x1.91651cp-14f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     -0x1.dccf54p15f, -0x1.89a11p14f, -0x1.37efc4p13f, -0x1.0819fp12f, -0x1.aaed3p10f, -0x1.6cbb7cp9f,
     -0x1.28b2bep8f, -0x1.fcffa2p6f, -0x1.9f2904p5f, -0x1.64a886p4f, -0x1.233adp3f, -0x1.f53b62p1f, -0x1.9ba4fep0f,
     -0x1.691424p-1f, 0, 0, 0x1.55549p-15f, 0x1.682ce6p-15f},
    {
     0x1.09f224p-20f, 0x1.9ba222p-20f, 0x1.6e41bep-19f, 0x1.8e73aap-18f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     0x1.3ffed6p19f, 0x1.804d72p17f, 0x1.b06fb2p15f, 0x1.07116ep14f, 0x1.2ac7fp12f, 0x1.6dbaa6p10f, 0x1.a11678p8f,
     0x1.ffd05cp6f, 0x1.2431ecp5f, 0x1.667ebap3f, 0x1.98437cp1f, 0x1.f009bp-1f, 0, 0, 0x1.16a26ep-30f,
     0x1.61401ep-21f},
    {
     0x1.9b7a72p-24f, 0x1.0a6b9ap-23f, 0x1.bc4fcap-23f, 0x1.09f788p-21f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     -0x1.7b0204p25f, -0x1.3ddfcap23f, -0x1.fdadf4p20f, -0x1.b106eep18f, -0x1.5ece1p16f, -0x1.2c1d6cp14f,
     -0x1.e9194ap11f, -0x1.a3a994p9f, -0x1.56b2b8p7f, -0x1.2648f6p5f, -0x1.e0da44p2f, -0x1.9d915cp0f, 0, 0,
     0x1.2da1fp-24f, 0x1.638cf8p-24f},
    {
     0x1.e90536p-29f, 0x1.9eb7eap-28f, 0x1.c26388p-27f, 0x1.5e5b5cp-25f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     0x1.d5102ap31f, 0x1.163504p29f, 0x1.39ac7p26f, 0x1.78fcc6p23f, 0x1.adc97ap20f, 0x1.045cf8p18f, 0x1.2b621ep15f,
     0x1.6bc7cp12f, 0x1.a325p9f, 0x1.fe02e4p6f, 0x1.25ff5ap4f, 0x1.654c32p1f, 0, 0, 0x1.a2a504p-31f, 0x1.34da5p-29f},
};
static const float vs_half_acos[8][32] = {
    {
     0x1.4p1f, 0x1.cp1f, 5, 7, 0, 0, 0x1p-12f, 0, 0, 0x1.8p-11f, 0x1.4p-10f, 0x1.cp-10f, 0x1.4p-9f, 0x1.cp-9f,
     0x1.4p-8f, 0x1.cp-8f, 0x1.4p-7f, 0x1.cp-7f, 0x1.4p-6f, 0x1.cp-6f, 0x1.4p-5f, 0x1.cp-5f, 0x1.4p-4f, 0x1.cp-4f,
     0x1.4p-3f, 0x1.cp-3f, 0x1.4p-2f, 0x1.cp-2f, 0x1p-1f, 0, 0x1.7fcp-1f, 0x1.cp0f},
    {
     0x1.69f594p0f, 0x1.59aaep0f, 0x1.40c2c4p0f, 0x1.1e33dp0f, 0, 0, 0, 0, 0, 0x1.0003p-5f, 0x1.6a125p-5f,
     0x1.bb7648p-5f, 0x1.0f2728p-4f, 0x1.462fd6p-4f, 0x1.8aabb6p-4f, 0x1.d68f78p-4f, 0x1.1ad89cp-3f, 0x1.500044p-3f,
     0x1.92e41p-3f, 0x1.ddde62p-3f, 0x1.1e405p-2f, 0x1.5375cep-2f, 0x1.96ce34p-2f, 0x1.e2dbeep-2f, 0x1.21d924p-1f,
     0x1.58f49ep-1f, 0x1.9ff55ep-1f, 0x1.f23972p-1f, 0x1.0c142p0f, 0, 0x1.862098p0f, 0x1.76115ap0f},
    {
     -0x1.032fc6p-4f, -0x1.065bacp-4f, -0x1.0d7ea8p-4f, -0x1.1cb126p-4f, 0, 0, 0, 0, 0, 0, 0, 0, 0x1.e3bcb6p3f,
     0x1.9243c2p3f, 0x1.4c9db4p3f, 0x1.172878p3f, 0x1.d0e2b8p2f, 0x1.87d92ep2f, 0x1.47711ap2f, 0x1.14c8bap2f,
     0x1.cfe7cep1f, 0x1.8949bcp1f, 0x1.4ad54ep1f, 0x1.19c6eap1f, 0x1.dd4c94p0f, 0x1.9a5108p0f, 0x1.60a474p0f,
     0x1.35b11ap0f, 0, 0, -0x1.0047d4p-4f, -0x1.018afcp-4f},
    {
     -0x1.4c15f8p-12f, -0x1.e23126p-12f, -0x1.75546cp-11f, -0x1.3411fep-10f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     -0x1.19e69p9f, -0x1.4b2f7ep8f, -0x1.7b9fd8p7f, -0x1.c4e5d2p6f, -0x1.06afcp6f, -0x1.3acb9cp5f, -0x1.6e11dcp4f,
     -0x1.b6dbd4p3f, -0x1.fd79a6p2f, -0x1.301ff6p2f, -0x1.5e15p1f, -0x1.9bdf74p0f, -0x1.cc3222p-1f, -0x1.fe16aap-2f,
     0, 0, -0x1.810408p-14f, -0x1.c8293ep-13f},
    {
     -0x1.7cd1e2p-15f, -0x1.a6c684p-15f, -0x1.07c00cp-14f, -0x1.916514p-14f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     0x1.dccf4p15f, 0x1.89a076p14f, 0x1.37efcep13f, 0x1.081ap12f, 0x1.aaed8ap10f, 0x1.6cbb36p9f, 0x1.28b264p8f,
     0x1.fcff92p6f, 0x1.9f29p5f, 0x1.64a926p4f, 0x1.233aa2p3f, 0x1.f53ae4p1f, 0x1.9ba47ep0f, 0x1.69141cp-1f, 0, 0,
     -0x1.58b81p-15f, -0x1.682cf8p-15f},
    {
     -0x1.09f28p-20f, -0x1.9ba2dcp-20f, -0x1.6e41cp-19f, -0x1.8e7312p-18f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     -0x1.3ffeb8p19f, -0x1.804d8cp17f, -0x1.b06fc8p15f, -0x1.071148p14f, -0x1.2ac844p12f, -0x1.6dba94p10f,
     -0x1.a116e4p8f, -0x1.ffd012p6f, -0x1.2431cp5f, -0x1.667e78p3f, -0x1.984326p1f, -0x1.f00a04p-1f, 0, 0,
     -0x1.227438p-22f, -0x1.613ff4p-21f},
    {
     -0x1.9b7068p-24f, -0x1.0a6414p-23f, -0x1.bc4fa6p-23f, -0x1.09f7acp-21f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     49677184, 10416155, 0x1.fdade8p20f, 0x1.b10686p18f, 89806, 0x1.2c1d8p14f, 0x1.e9194p11f, 0x1.a3a96cp9f,
     0x1.56b2d4p7f, 0x1.264944p5f, 0x1.e0d9fcp2f, 0x1.9d91bap0f, 0, 0, -0x1.3c718cp-24f, -0x1.638e42p-24f},
    {
     -0x1.e8ce1p-29f, -0x1.9e8afp-28f, -0x1.c2636cp-27f, -0x1.5e5b7ap-25f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
     -2147483648, -583442944, -82227616, -12353108, -1760403, -0x1.045cbap18f, -0x1.2b6292p15f, -0x1.6bc7d4p12f,
     -0x1.a324e2p9f, -0x1.fe034p6f, -0x1.25ffap4f, -0x1.654c4ap1f, 0, 0, -0x1.ea91aep-31f, -0x1.32e66ap-29f},
};
static const float vs_half_cbrt[6][32] = {
    {
     0x1.1p1f, 0x1.3p1f, 0x1.5p1f, 0x1.7p1f, 0x1.9p1f, 0x1.bp1f, 0x1.dp1f, 0x1.fp1f, 0, 0, 0, 0, 0, 0, 0, 0,
     0x1.1p-1f, 0x1.3p-1f, 0x1.5p-1f, 0x1.7p-1f, 0x1.9p-1f, 0x1.bp-1f, 0x1.dp-1f, 0x1.fp-1f, 0x1.1p0f, 0x1.3p0f,
     0x1.5p0f, 0x1.7p0f, 0x1.9p0f, 0x1.bp0f, 0x1.dp0f, 0x1.fp0f},
    {
     0x1.491fc2p0f, 0x1.558e3p0f, 0x1.61247p0f, 0x1.6c03d6p0f, 0x1.764636p0f, 0x1.8p0f, 0x1.8941aep0f,
     0x1.9218c2p0f, 0, 0, 0, 0, 0, 0, 0, 0, 0x1.9eab9ap-1f, 0x1.ae5536p-1f, 0x1.bcee7p-1f, 0x1.caa15p-1f,
     0x1.d78e58p-1f, 0x1.e3cf48p-1f, 0x1.ef78e2p-1f, 0x1.fa9c32p-1f, 0x1.0539d6p0f, 0x1.0f17bcp0f, 0x1.184a0ap0f,
     0x1.20eb3cp0f, 0x1.290fcap0f, 0x1.30c7fp0f, 0x1.3820cp0f, 0x1.3f24f6p0f},
    {
     0x1.9d04aep-3f, 0x1.7f803p-3f, 0x1.66bf68p-3f, 0x1.51a316p-3f, 0x1.3f6174p-3f, 0x1.2f684ap-3f, 0x1.214accp-3f,
     0x1.14b632p-3f, 0, 0, 0, 0, 0, 0, 0, 0, 0x1.042f6ap-1f, 0x1.e32e3ep-2f, 0x1.c3fe66p-2f, 0x1.a9656p-2f,
     0x1.9264fap-2f, 0x1.7e44f4p-2f, 0x1.6c7c44p-2f, 0x1.5ca28ap-2f, 0x1.47d014p-2f, 0x1.30627ep-2f, 0x1.1cbd04p-2f,
     0x1.0bfb92p-2f, 0x1.fafc38p-3f, 0x1.e1a114p-3f, 0x1.cb3902p-3f, 0x1.b740a2p-3f},
    {
     -0x1.0325dap-5f, -0x1.ae98aap-6f, -0x1.6c7108p-6f, -0x1.392b94p-6f, -0x1.1089b8p-6f, -0x1.df7552p-7f,
     -0x1.a9a002p-7f, -0x1.7cd9b2p-7f, 0, 0, 0, 0, 0, 0, 0, 0, -0x1.46818p-2f, -0x1.0f423ap-2f, -0x1.cb2ae4p-3f,
     -0x1.8a91dcp-3f, -0x1.576056p-3f, -0x1.2e0a3p-3f, -0x1.0c2082p-3f, -0x1.dfd766p-4f, -0x1.9b5f22p-4f,
     -0x1.55c3bap-4f, -0x1.2141e6p-4f, -0x1.f12074p-5f, -0x1.b0a086p-5f, -0x1.7c8bdap-5f, -0x1.51d19ep-5f,
     -0x1.2e47fap-5f},
    {
     0x1.0f9224p-7f, 0x1.93922cp-8f, 0x1.34f1aep-8f, 0x1.e4ae0cp-9f, 0x1.83fbc4p-9f, 0x1.3bf428p-9f, 0x1.051b46p-9f,
     0x1.b5176ep-10f, 0, 0, 0, 0, 0, 0, 0, 0, 0x1.562868p-2f, 0x1.fc77b2p-3f, 0x1.853ecp-3f, 0x1.315446p-3f,
     0x1.e8d41cp-4f, 0x1.8e13a6p-4f, 0x1.48f94p-4f, 0x1.1359b4p-4f, 0x1.af1784p-5f, 0x1.405082p-5f, 0x1.ea6b0ap-6f,
     0x1.80b0dp-6f, 0x1.33f154p-6f, 0x1.f58b98p-7f, 0x1.9e7b16p-7f, 0x1.5aeb76p-7f},
    {
     -0x1.55d26p-9f, -0x1.c64c06p-10f, -0x1.3a8c82p-10f, -0x1.c27194p-11f, -0x1.4ba956p-11f, -0x1.f413acp-12f,
     -0x1.80b608p-12f, -0x1.2d312p-12f, 0, 0, 0, 0, 0, 0, 0, 0, -0x1.aeab2p-2f, -0x1.1e306cp-2f, -0x1.8c4e86p-3f,
     -0x1.1bc3p-3f, -0x1.a1de04p-4f, -0x1.3b0756p-4f, -0x1.e4b4ap-5f, -0x1.7b7a5ep-5f, -0x1.0f4ddap-5f,
     -0x1.689364p-6f, -0x1.f350bp-7f, -0x1.658472p-7f, -0x1.073d68p-7f, -0x1.8ce948p-8f, -0x1.31586ap-8f,
     -0x1.de1cc2p-9f},
};
/* clang-format on */

/* Of v in interval k; rows of the table. */
V rp_vs vs_half_piece(const float (*table)[32], int rows, rp_vs v, rp_vsi k)
{
    const rp_vs t = v - vs_table32(table[0], k);
    rp_vs sum = vs_table32(table[rows - 1], k);
#pragma GCC unroll 8
    for (int i = rows - 2; i > 0; i--) sum = vs_fma(sum, t, vs_table32(table[i], k));
    return sum;
}

V rp_vsm v_atan_half(rp_vs x, rp_vs *result)
{
    const rp_vs size = vs_at_most(vs_abs(x), 2000);
    const rp_vsi k = (rp_vsi)vs_at_least(size, 0x1.8p-5f) >> 22;
    *result = vs_with_sign(vs_half_piece(vs_half_atan, 8, size, k), x);
    return vs_none;
}

/* NaN beyond 1. */
V rp_vs vs_half_root_arc(const float (*table)[32], rp_vs size)
{
    const rp_vsm inner = vs_less(size, vs_set(0.5f));
    const rp_vs v = vs_select(inner, size * 16, (1 + 0x1p-12f) - size);
    const rp_vs arc = vs_half_piece(table, 8, v, (rp_vsi)vs_select(inner, vs_at_least(v, 1), v) >> 22);
    return vs_select(vs_less(vs_set(1), size), vs_set(NAN), arc);
}

V rp_vsm v_asin_half(rp_vs x, rp_vs *result)
{
    *result = vs_with_sign(vs_half_root_arc(vs_half_asin, vs_abs(x)), x);
    return vs_none;
}

V rp_vsm v_acos_half(rp_vs x, rp_vs *result)
{
    const rp_vs arc = vs_half_root_arc(vs_half_acos, vs_abs(x));
    *result = vs_select(vs_less(x, vs_set(0)), 0x1.921fb6p1f - arc, arc);
    return vs_none;
}

V rp_vsm v_cbrt_half(rp_vs x, rp_vs *result)
{
    const rp_vs exponent = vs_exponent(x);
    rp_vs count;
    const rp_vs q = vs_nearest(exponent, 0x1.555556p-2f, &count);
    const rp_vs z = vs_scale(vs_fraction(x), vs_fma(q, vs_set(-3), exponent));
    const rp_vs root = vs_scale(vs_half_piece(vs_half_cbrt, 6, z, (rp_vsi)z >> 20), q);
    *result = vs_select(vs_not_finite_or_zero(x), x, vs_with_sign(root, x));
    return vs_none;
}

static const float vs_half_tan[6] = {0x1.55553ap-2f, 0x1.11166p-3f,  0x1.b88a7cp-5f,
                                     0x1.7b5814p-6f, 0x1.4eed8ap-8f, 0x1.0e217ep-7f};

V rp_vsm v_tan_half(rp_vs x, rp_vs *result)
{
    rp_vs count;
    const rp_vs n = vs_nearest(x, 0x1.45f306p-1f, &count);
    const rp_vs r = vs_fnma(n, vs_set(0x1.4442d2p-24f), vs_fnma(n, vs_set(0x1.921fb4p0f), x)), square = r * r;
    /* More than it is for x = 0x1.25p-5, which has the middle of two results else. */
    const rp_vs series = vs_but_of(square, 0x1.4f59p-10f, 0x1.56p-2f, vs_horner(square, vs_half_tan, 6));
    const rp_vs t = vs_fma(r * square, series, r);
    const rp_vsm even = vs_without(count, 1);
    *result = vs_select(even, t, vs_set(-1)) / vs_select(even, vs_set(1), t);
    return vs_none;
}

#endif
