/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All mathematical functions: v_<name> and v_<name>_single for each MATH and MATH2 of ops.def; v_<name>_rough
 * and, of one operand, v_<name>_doubt (loops.h) where there is a faster way, else NULL; v_<name>_wide (wide.h)
 * where there is a still faster one.
 */
#ifndef RP_MATH_FUNCTIONS_H
#define RP_MATH_FUNCTIONS_H

#include "kernels/math/angle.h"
#include "kernels/math/arc.h"
#include "kernels/math/area.h"
#include "kernels/math/cbrt.h"
#include "kernels/math/cube.h"
#include "kernels/math/erf.h"
#include "kernels/math/exp.h"
#include "kernels/math/hyperbolic.h"
#include "kernels/math/ldexp.h"
#include "kernels/math/log.h"
#include "kernels/math/logaddexp.h"
#include "kernels/math/pow.h"
#include "kernels/math/hypot.h"
#include "kernels/math/trig.h"
#include "kernels/math/wide_functions.h"

/* angle.h, arc.h, area.h, cbrt.h, cube.h, erf.h, hypot.h, ldexp.h, trig.h */
#define v_erfc_rough NULL
#define v_erfc_doubt NULL
#define v_degrees_rough NULL
#define v_degrees_doubt NULL
#define v_radians_rough NULL
#define v_radians_doubt NULL
#define v_sin_rough NULL
#define v_sin_doubt NULL
#define v_cos_rough NULL
#define v_cos_doubt NULL
#define v_tan_rough NULL
#define v_tan_doubt NULL
#define v_asin_rough NULL
#define v_asin_doubt NULL
#define v_acos_rough NULL
#define v_acos_doubt NULL
#define v_atan_rough NULL
#define v_atan_doubt NULL
#define v_atan2_rough NULL
#define v_hypot_rough NULL
#define v_asinh_rough NULL
#define v_asinh_doubt NULL
#define v_acosh_rough NULL
#define v_acosh_doubt NULL
#define v_atanh_rough NULL
#define v_atanh_doubt NULL
#define v_cube_rough NULL
#define v_cube_doubt NULL
#define v_ldexp_rough NULL
#define v_cbrt_rough NULL
#define v_cbrt_doubt NULL

#endif
