/* SPDX-License-Identifier: BSD-3-Clause
 *
 * arg_column.h for every type, with RP_OP and RP_BETTER, which end here.
 */
#define RP_LOOPS "kernels/reduce/arg_column.h"
#define RP_CODE b8
#include RP_LOOPS
#undef RP_CODE
#include "kernels/reduce/each_ordered.h"
#define RP_LOOPS "kernels/reduce/arg_column.h"
#include "kernels/reduce/each_complex.h"
#undef RP_OP
#undef RP_BETTER
