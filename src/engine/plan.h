/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hops 2 and 4: an elementwise call as pointers, byte strides and lengths, folded into the fewest and longest loops,
 * and run. No rp_array is in sight: other callers hand in other memory.
 */
#ifndef RP_PLAN_H
#define RP_PLAN_H

#include "choose/choose.h"

/* Axis 0 is the innermost loop. Operand 0 is the output. */
typedef struct rp_plan {
    int operands, ndim; /* ndim >= 1 */
    char *data[RP_MAX_OPERANDS];
    rp_dtype dtype[RP_MAX_OPERANDS]; /* in memory */
    rp_dtype loop[RP_MAX_OPERANDS];  /* as the kernel takes it */
    rp_class operand_class;
    bool dense;    /* rows so short that several go through the kernel as one long run */
    bool gathered; /* the same where axes 0 and 1 together are short: over outer axes too */
    size_t elements;
    ptrdiff_t shape[RP_MAX_NDIM];
    ptrdiff_t strides[RP_MAX_OPERANDS][RP_MAX_NDIM];
} rp_plan;

/* Folds axes of `shape` (row-major order, `ndim` of them) that every operand walks as one, puts the output's fastest
 * axis innermost, and finds the operands' class (staging makes a
 * vector of what is no vector). strides[k][axis]: 0 where operand k is broadcast. The caller has set
 * operands, data, dtype and loop. No length is 0. */
void rp_plan_fold(rp_plan *plan, int ndim, const ptrdiff_t *shape, const ptrdiff_t *const *strides);

rp_layout rp_plan_layout(const rp_plan *plan);

/* What the first `operands` of the call bring through the caches: whole lines where elements lie apart, and once what is
 * broadcast. */
size_t rp_plan_bytes(const rp_plan *plan, int operands);

/* Whether neighbours lie along the outer loop: walking along the inner one would touch a line for each element. */
static inline bool rp_runs_across(ptrdiff_t inner, ptrdiff_t outer)
{
    return outer && rp_magnitude(outer) < rp_magnitude(inner);
}

/* Runs the plan with the chosen kernel. kernel NULL: the one input is copied or cast. */
void rp_run(const rp_plan *plan, rp_choice choice);

/* n elements next to each other, cast from one type to another; the two apart, or equal pointers and types. */
void rp_convert_elements(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, size_t n);

/* The same for `rows` rows of n elements, to_row and from_row bytes apart; the types differ. */
void rp_convert_rows(char *to, rp_dtype to_dtype, ptrdiff_t to_row, const char *from, rp_dtype from_dtype,
                     ptrdiff_t from_row, size_t rows, size_t n);

#endif
