/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the file RP_LOOPS for each real type but signed integers: truth does not depend on a sign.
 */
#define RP_CODE u8
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE u16
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE u32
#include RP_LOOPS
#undef RP_CODE
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
