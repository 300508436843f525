/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the file RP_LOOPS for each type that sums are added up in; int64 by those of uint64.
 */
#define RP_CODE u64
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE f32
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE f64
#include RP_LOOPS
#undef RP_CODE
#undef RP_LOOPS
