/* SPDX-License-Identifier: BSD-3-Clause
 *
 * degrees and radians: x c with c in two parts, the first rounded down so that both products of an infinite x have one sign.
 * Rounding the sum is all that is lost, 0.501 ULP at most; of results near the subnormal numbers 0.95, since there the second
 * product is rounded too. For float32 and float16 the same number is rounded once more; all 2^32 arguments are right.
 */
#ifndef RP_MATH_ANGLE_H
#define RP_MATH_ANGLE_H

#include "kernels/math/words.h"

V rp_vd v_degrees(rp_vd x) { return v_fma(x, v_set(0x1.ca5dc1a63c1f7p+5), x * 0x1.70c2a5d4dfd03p-48); }
#define v_degrees_single v_degrees

V rp_vd v_radians(rp_vd x) { return v_fma(x, v_set(0x1.1df46a2529d39p-6), x * 0x1.5c1d8becdd291p-62); }
#define v_radians_single v_radians

#endif
