/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the mathematical functions share, in the words of simd/vector.h.
 */
#ifndef RP_MATH_WORDS_H
#define RP_MATH_WORDS_H

#include RP_SIMD_HEADER
#include "simd/vector.h"

/* To the nearest whole number, |x| < 2^51. In another rounding mode of the caller's: to one of the two beside x. */
V rp_vd v_round(rp_vd x) { return (x + RP_WHOLE) - RP_WHOLE; }

/* c0 + c1 x + ..., two chains side by side so that the processor need not wait for each product. */
#define V_P1(x, c0, c1) v_fma(x, v_set(c1), v_set(c0))
#define V_P3(x, x2, c0, c1, c2, c3) v_fma(x2, V_P1(x, c2, c3), V_P1(x, c0, c1))
V rp_vd v_poly5(rp_vd x, double c0, double c1, double c2, double c3, double c4, double c5)
{
    const rp_vd x2 = x * x;
    return v_fma(x2 * x2, V_P1(x, c4, c5), V_P3(x, x2, c0, c1, c2, c3));
}

V rp_vd v_poly9(rp_vd x, double c0, double c1, double c2, double c3, double c4, double c5, double c6, double c7,
                double c8, double c9)
{
    const rp_vd x2 = x * x, x4 = x2 * x2;
    const rp_vd high = v_fma(x4, V_P1(x, c8, c9), V_P3(x, x2, c4, c5, c6, c7));
    return v_fma(x4, high, V_P3(x, x2, c0, c1, c2, c3));
}

#endif
