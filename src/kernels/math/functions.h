/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All mathematical functions: v_<name> and v_<name>_single for each MATH and MATH2 of ops.def; of one operand
 * v_<name>_forms, of two v_<name>_rough: the rough form (loops.h) where there is one, else NULL; v_<name>_wide (wide.h) where
 * there is a still faster one.
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

/* Rough forms. */
#define V_ROUGH(name, of_doubted) .rough = v_##name##_rough, .doubt = v_##name##_doubt, .again = of_doubted
#define v_exp_forms V_ROUGH(exp, v_exp_again)
#define v_exp2_forms V_ROUGH(exp2, v_exp_again)
#define v_expm1_forms V_ROUGH(expm1, v_expm1_again)
#define v_log_forms V_ROUGH(log, v_log_again)
#define v_log2_forms V_ROUGH(log2, v_log_again)
#define v_log10_forms V_ROUGH(log10, v_log_again)
#define v_log1p_forms V_ROUGH(log1p, v_log1p_again)
#define v_sinh_forms V_ROUGH(sinh, v_sinh_again)
#define v_cosh_forms V_ROUGH(cosh, v_cosh_again)
#define v_tanh_forms V_ROUGH(tanh, NULL)
#define v_erf_forms V_ROUGH(erf, NULL)
#define v_erfc_forms .rough = NULL
#define v_degrees_forms .rough = NULL
#define v_radians_forms .rough = NULL
#define v_sin_forms .rough = NULL
#define v_cos_forms .rough = NULL
#define v_tan_forms .rough = NULL
#define v_asin_forms .rough = NULL
#define v_acos_forms .rough = NULL
#define v_atan_forms .rough = NULL
#define v_asinh_forms .rough = NULL
#define v_acosh_forms .rough = NULL
#define v_atanh_forms .rough = NULL
#define v_cube_forms .rough = NULL
#define v_cbrt_forms .rough = NULL
#define v_atan2_rough NULL
#define v_hypot_rough NULL
#define v_ldexp_rough NULL

#endif
