/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The wide form (wide.h) of cbrt. |x| = 2^(3q) z, z in [1/2, 4): its exponent and three bits of its fraction say which
 * number, good to 4 bits, z^(-1/3) is near; a step of Newton's with three terms makes it y, good to 18 bits; z y^2 is
 * the root, and what the third power of that lacks of z, times y^2 / 3, corrects it.
 */
#ifndef RP_MATH_WIDE_CBRT_H
#define RP_MATH_WIDE_CBRT_H

#include "kernels/math/wide.h"

/* clang-format off */
static const float vs_cbrt_table[1][32] = {
    { /* z^(-1/3) */
     0x1.8e8d4ap-1f, 0x1.7ffcaap-1f, 0x1.7358b2p-1f, 0x1.68397cp-1f, 0x1.5e53e6p-1f, 0x1.556ffep-1f, 0x1.4d6318p-1f,
     0x1.460bf8p-1f, 1, 1, 1, 1, 1, 1, 1, 1, 0x1.3c54b2p0f, 0x1.30c54ap0f, 0x1.26bce6p0f, 0x1.1de91p0f, 0x1.160e28p0f,
     0x1.0effc6p0f, 0x1.089c0ap0f, 0x1.02c892p0f, 0x1.f624d8p-1f, 0x1.e3cb14p-1f, 0x1.d3de04p-1f, 0x1.c5dacp-1f,
     0x1.b962ap-1f, 0x1.ae2f2cp-1f, 0x1.a40a9ap-1f, 0x1.9acb0cp-1f},
};
/* clang-format on */

V rp_vsm v_cbrt_wide(rp_vs x, rp_vs *result)
{
    const rp_vsm itself = vs_not_finite_or_zero(x);
    const rp_vs exponent = vs_exponent(x);
    rp_vs count;
    const rp_vs q = vs_nearest(exponent, 0x1.555556p-2f, &count);
    const rp_vs z = vs_scale(vs_fraction(x), vs_fma(q, vs_set(-3), exponent));
    const rp_vs first = vs_table32(vs_cbrt_table[0], (rp_vsi)((rp_vsu)z >> 20));
    const rp_vs error = vs_fnma((z * first), first * first, vs_set(1));
    const rp_vs y = vs_fma(first * error, vs_quadratic(error, 0x1.555556p-2f, 0x1.c71c72p-3f, 0x1.61f9aep-3f), first);
    const rp_vs square = y * y, root = z * square, root2 = root * root, root2_low = vs_fma(root, root, -root2);
    const rp_vs rest = vs_fma(root2_low, root, vs_fma(root2, root, -z));
    rp_vs size;
    const rp_vsm doubt = vs_round((rp_vss){root, rest * (square * -0x1.555556p-2f)}, 0x1p-34f, &size);
    *result = vs_select(itself, x, vs_with_sign(vs_scale(size, q), x));
    return vs_and_not(doubt, itself);
}

#endif
