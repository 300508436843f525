/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All mathematical functions: v_<name> and v_<name>_single for each MATH and MATH2 of ops.def.
 */
#ifndef RP_MATH_FUNCTIONS_H
#define RP_MATH_FUNCTIONS_H

#include "kernels/math/angle.h"
#include "kernels/math/arc.h"
#include "kernels/math/area.h"
#include "kernels/math/cbrt.h"
#include "kernels/math/exp.h"
#include "kernels/math/hyperbolic.h"
#include "kernels/math/log.h"
#include "kernels/math/logaddexp.h"
#include "kernels/math/pow.h"
#include "kernels/math/hypot.h"
#include "kernels/math/trig.h"

#endif
