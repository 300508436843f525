/* SPDX-License-Identifier: BSD-3-Clause
 *
 * x 2^n, rounded once; of an n that is not whole, the nearest whole one, of NaN 0. float32 and float16 have it exactly in float64.
 */
#ifndef RP_MATH_LDEXP_H
#define RP_MATH_LDEXP_H

#include "kernels/math/words.h"

/* Beyond these x 2^n is 0 or infinity, whatever x. */
V rp_vd v_ldexp_exponent(rp_vd n, double most) { return v_round(v_smaller(v_larger(n, v_set(-most)), v_set(most))); }

#ifdef RP_VECTOR_SCALE
#define v_ldexp_whole v_scale
#else
/* Of n below -1022 the part that goes first: -969, since a product that this makes subnormal, and so rounds, ends as 0. */
V rp_vd v_ldexp_first(rp_vd n) { return v_select(v_less(n, v_set(-1022)), v_set(-969), v_at_most(n, 1023)); }

V rp_vd v_ldexp_whole(rp_vd x, rp_vd n)
{
    const rp_vd first = v_ldexp_first(n), second = v_ldexp_first(n - first), third = n - first - second;
    return x * v_power_of_two(first) * v_power_of_two(second) * v_power_of_two(third);
}
#endif

V rp_vd v_ldexp(rp_vd x, rp_vd n) { return v_ldexp_whole(x, v_ldexp_exponent(n, 2200)); }
V rp_vd v_ldexp_single(rp_vd x, rp_vd n) { return x * v_power_of_two(v_ldexp_exponent(n, 400)); }

#if defined(RP_VECTOR_WIDE) && defined(RP_VECTOR_SCALE)
V rp_vsm v_ldexp_wide(rp_vs x, rp_vs n, rp_vs *result)
{
    const rp_vs near = vs_at_least(vs_at_most(n, 400), -400), whole = vs_set(0x1.8p23f);
    *result = vs_scale(x, (near + whole) - whole);
    return vs_differ(n, n);
}
#else
#define v_ldexp_wide NULL
#endif

#endif
