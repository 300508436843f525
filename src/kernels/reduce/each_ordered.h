/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the file RP_LOOPS for each integer and floating-point type; RP_FLOATING is defined for the latter.
 */
#define RP_CODE i8
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE i16
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE i32
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE i64
#include RP_LOOPS
#undef RP_CODE
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
#define RP_FLOATING
#define RP_CODE f32
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE f64
#include RP_LOOPS
#undef RP_CODE
#undef RP_FLOATING
#undef RP_LOOPS
