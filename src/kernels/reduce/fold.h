/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All kernels of one operation that folds. Included once for each, with what row.h needs but for the type, and
 *   RP_REAL_TYPES    the file that goes through the real types: each_summed.h, each_ordered.h
 *   RP_COMPLEX_ROW   the file with its ROW loop for complex types: row_complex.h, sum_complex.h
 */
#define RP_LOOPS "kernels/reduce/row.h"
#include RP_REAL_TYPES
#define RP_LOOPS "kernels/reduce/column.h"
#include RP_REAL_TYPES
#define RP_LOOPS RP_COMPLEX_ROW
#include "kernels/reduce/each_complex.h"
#define RP_LOOPS "kernels/reduce/column.h"
#include "kernels/reduce/each_complex.h"

#undef RP_OP
#undef RP_WITH
#undef RP_START
#undef RP_JOIN_VECTORS
#undef RP_JOIN_NUMBERS
#undef RP_IN_RUNS
#undef RP_REAL_TYPES
#undef RP_COMPLEX_ROW
