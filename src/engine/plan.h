/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A work's axes, folded into the fewest and longest loops.
 */
#ifndef RP_PLAN_H
#define RP_PLAN_H

#include "choose/choose.h"
#include "engine/work.h"

/* How rows, the runs along axis 0, go through the kernel. */
typedef enum rp_rows {
    RP_ROWS_SINGLY,  /* one by one */
    RP_ROWS_DENSE,   /* so short that several of axis 1 go as one long run */
    RP_ROWS_GATHERED /* the same where axes 0 and 1 together are short: over outer axes too */
} rp_rows;

/* The fixed work of a kernel's row is about as long as the work on this many bytes: shorter rows go together. */
enum { RP_LONG_ROW_BYTES = 256 };

/* Axis 0 is the innermost loop. Operand 0 is the output. Only the first `ndim` axes are set. */
typedef struct rp_plan {
    int operands, ndim; /* ndim >= 1 */
    char *data[RP_MAX_OPERANDS];
    rp_dtype dtype[RP_MAX_OPERANDS]; /* in memory */
    rp_dtype loop[RP_MAX_OPERANDS];  /* as the kernel takes it */
    rp_class operand_class;
    rp_rows rows;
    size_t widest; /* bytes of the largest element, in memory or as the kernel takes it */
    size_t elements;
    ptrdiff_t shape[RP_MAX_NDIM];
    ptrdiff_t strides[RP_MAX_OPERANDS][RP_MAX_NDIM];
} rp_plan;

/* Folds axes that every operand walks as one, puts the output's fastest axis innermost, and finds the operands' class
 * (staging makes a vector of what is no vector). */
void rp_plan_make(rp_plan *plan, const rp_work *work);
/* The same for a reduction: operand 0 is the one that is read, operand 1 the result. */
void rp_plan_reduction(rp_plan *plan, const rp_work *work);

rp_layout rp_plan_layout(const rp_plan *plan);

/* The call as rp_kernel_takes is asked about it, written to *form; NULL where a kernel would be called with other memory, or
 * with rows that are not evenly apart. */
const rp_call *rp_plan_form(const rp_plan *plan, rp_call *form);

/* What the work brings through the caches: whole lines where elements lie apart, and once what is repeated. */
size_t rp_plan_bytes(const rp_plan *plan, const rp_work *work);

/* Whether neighbours lie along the outer loop: walking along the inner one would touch a line for each element. */
static inline bool rp_runs_across(ptrdiff_t inner, ptrdiff_t outer)
{
    return outer && rp_magnitude(outer) < rp_magnitude(inner);
}

#endif
