/* SPDX-License-Identifier: BSD-3-Clause
 *
 * cbrt. |x| = 2^(3q + j) m, m in [1, 2), j -1, 0 or 1; z = 2^j m. y = z^(-1/3) from a polynomial of degree 4 in m, good to
 * 2^-14.7 (cbrt.sollya), and 2^(-j/3); e = 1 - z y^3, and y (1 + e / 3 + 2 e^2 / 9) is good to 2^-41. c = z y^2 is the
 * root; c^3 - z, with the square's own rounding error, corrects it: one rounding is left.
 * float64: largest error found 0.500 ULP. float32 and float16 by way of it: correctly rounded, every argument tried.
 */
#ifndef RP_MATH_CBRT_H
#define RP_MATH_CBRT_H

#include "kernels/math/words.h"

/* |x| normal and finite, times 2^(3 added) */
V rp_vd v_cbrt_normal(rp_vd x, rp_vd added)
{
    /* 2^(-j/3): the last stands for j = -1 */
    static const double inverse_roots[16] = {1, 0x1.965fea53d6e3dp-1, [15] = 0x1.428a2f98d728bp0};
    const int64_t fraction = 0x000fffffffffffff, one = 0x3ff0000000000000;
    const rp_vi bits = (rp_vi)x;
    const rp_vd m = (rp_vd)((bits & fraction) | one);
    /* The exponent, biased by 1023 = 3 * 341. */
    const rp_vd exponent = (rp_vd)((rp_vi)((rp_vu)bits >> 52) | 0x4330000000000000) - 0x1p52;
    const rp_vd q = v_count(v_count_bits(exponent, 0x1.5555555555555p-2));
    const rp_vd j = v_fma(q, v_set(-3), exponent);
    const rp_vi j_bits = v_whole_bits(j);
    const rp_vd z = (rp_vd)((rp_vi)m + (j_bits << 52));
    const rp_vd m2 = m * m;
    rp_vd y =
        v_fma(m2 * m2, v_set(0x1.d46f7d335b43fp-6),
              V_P3(m, m2, 0x1.ab859043fa5a5p0, -0x1.2c41e23e1e43cp0, 0x1.6416505a18e9fp-1, -0x1.c5186105fc79cp-3));
    y = y * v_table16(inverse_roots, j_bits);
    const rp_vd e = v_fma(-(z * y), y * y, v_set(1));
    y = v_fma(y * e, v_fma(e, v_set(0x1.c71c71c71c71cp-3), v_set(0x1.5555555555555p-2)), y);
    const rp_vd y2 = y * y, c = z * y2, c2 = c * c;
    const rp_vd over = v_fma(v_fma(c, c, -c2), c, v_fma(c2, c, -z));
    const rp_vd root = v_fma(over, y2 * -0x1.5555555555555p-2, c);
    return root * (rp_vd)((v_whole_bits(q + added) + (1023 - 341)) << 52);
}

V rp_vd v_cbrt(rp_vd x)
{
    const rp_vd size = v_abs(x);
    const rp_vm rare = ~(v_less_equal(v_set(DBL_MIN), size) & v_less_equal(size, v_set(DBL_MAX)));
    rp_vd result;
    if (v_any(rare)) {
        const rp_vm small = v_less(size, v_set(DBL_MIN));
        const rp_vd scaled = v_scale_small(size, 0x1p54);
        result = v_cbrt_normal(v_select(small, scaled, size), v_select(small, v_set(-18), v_set(0)));
        result = v_select(v_equal(size, v_set(0)) | ~v_less(size, v_set((double)INFINITY)), size, result);
    } else {
        result = v_cbrt_normal(size, v_set(0));
    }
    return (rp_vd)((rp_vi)result | v_sign(x));
}
#define v_cbrt_single v_cbrt

#endif
