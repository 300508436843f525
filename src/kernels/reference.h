/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The slow, obvious truth that kernels are admitted against: one element at a time, one switch, no expression
 * shared with ops.def. Called by the tests, and by whoever admits a kernel that is not ours.
 */
#ifndef RP_REFERENCE_H
#define RP_REFERENCE_H

#include "kernels/kernel.h"

/* The longest row of a ROW kernel that is tried, in bytes: the engine cuts longer ones up (src/engine/fold.c). */
#define RP_REFERENCE_ROW_BYTES 16384

/* Whether rp_reference has an answer for a kernel with these properties. */
bool rp_reference_knows(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape);

/* Computes what every such kernel must compute. Output and inputs may be misaligned, and be the same memory. */
void rp_reference(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape, const rp_call *call);

/* Whether one element of a kernel's result is as good as the reference's: the same bits, but that any NaN will do
 * for a NaN, and that complex abs, sqrt, divide, reciprocal and sign may be off by two units in the last place,
 * since libm builds differ there. */
bool rp_reference_agrees(rp_op op, rp_dtype dtype, rp_dtype to, const void *got, const void *want);

/* float16, by integer arithmetic: to the nearest, ties to even. */
double rp_reference_from_half(uint16_t half);
uint16_t rp_reference_to_half(double value);

#endif
