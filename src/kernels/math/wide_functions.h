/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which functions have a wide form (wide.h): v_<name>_wide for float32, v_<name>_half for float16; else NULL.
 */
#ifndef RP_MATH_WIDE_FUNCTIONS_H
#define RP_MATH_WIDE_FUNCTIONS_H

#ifdef RP_VECTOR_WIDE
#include "kernels/math/wide_arc.h"
#include "kernels/math/wide_area.h"
#include "kernels/math/wide_cbrt.h"
#include "kernels/math/wide_exp.h"
#include "kernels/math/wide_half.h"
#include "kernels/math/wide_half_arc.h"
#include "kernels/math/wide_half_exp.h"
#include "kernels/math/wide_half_log.h"
#include "kernels/math/wide_half_plain.h"
#include "kernels/math/wide_log.h"
#include "kernels/math/wide_pow.h"
#include "kernels/math/wide_tan.h"
#include "kernels/math/wide_tanh.h"

/* With AVX2 a table takes eleven instructions, and the rough forms of these less time: by 1.1 (tan; tanh as it was) to 2
 * (asin) on an EPYC Milan guest, 2026-11-29; those of pow and atan2 as much, but a third for special arguments, which 0 is
 * to atan2. expm1, sinh, cosh and today's tanh, of up to nine tables, were not tried. */
#if RP_VECTOR_BYTES == 32
#define v_exp_wide NULL
#define v_log1p_wide NULL
#define v_exp2_wide NULL
#define v_expm1_wide NULL
#define v_sinh_wide NULL
#define v_cosh_wide NULL
#define v_tanh_wide NULL
#define v_tan_wide NULL
#define v_asin_wide NULL
#define v_acos_wide NULL
#define v_pow_wide NULL
#define v_atan2_wide NULL
#endif

#ifndef v_pow_rare
#define v_pow_rare NULL
#endif
#define v_atan2_rare NULL
#define v_hypot_rare NULL
#define v_ldexp_rare NULL
#define v_logaddexp_rare NULL

#define v_sin_wide NULL
#define v_cos_wide NULL
#define v_hypot_wide NULL
#define v_cube_wide NULL
#define v_cube_half NULL
#define v_ldexp_half NULL
#define v_erf_wide NULL
#define v_erf_half NULL
#define v_erfc_wide NULL
#define v_erfc_half NULL
#define v_degrees_wide NULL
#define v_degrees_half NULL
#define v_radians_wide NULL
#define v_radians_half NULL
#define v_logaddexp_wide NULL
#endif

#endif
