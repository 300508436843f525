/* SPDX-License-Identifier: BSD-3-Clause
 *
 * argmin or argmax of every type: arg.h's loops, with RP_OP, RP_BEST, RP_BETTER, RP_AS_GOOD and RP_IS_BETTER, which are forgotten.
 */
#define RP_LOOPS "kernels/reduce/arg.h"
#include "kernels/reduce/each_ordered.h"
#undef RP_AS_GOOD
#define RP_LOOPS "kernels/reduce/arg.h"
#include "kernels/reduce/each_complex.h"

#undef RP_OP
#undef RP_BEST
#undef RP_BETTER
#undef RP_IS_BETTER
