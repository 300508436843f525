/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The one door into the engine: a call as a work, on pointers and byte strides of any memory. Whoever computes fills one and
 * hands it over: array/ for rp_array, a binding for arrays that the library never saw. Types, shapes and the output are
 * settled before; the only thing that can fail here is memory for blocks in between.
 */
#ifndef RP_WORK_H
#define RP_WORK_H

#include "facts/classes.h"
#include "facts/dtypes.h"
#include "facts/ops.h"

typedef struct rp_operand {
    char *data; /* the element at index 0 of every axis */
    const ptrdiff_t
        *strides;   /* bytes, one an axis, 0 where it is repeated; NULL: one number, of the type of the loop */
    rp_dtype dtype; /* in memory */
} rp_operand;

/* An elementwise call: operand 0 = op(operands 1, ...); astype copies and casts operand 1. A reduction: operand 0 has
 * stride 0 along the reduced axes, and the type in which the operation accumulates. */
typedef struct rp_work {
    rp_op op;
    rp_dtype loop;        /* the type that the kernels take; the result's type follows (rp_result_dtype) */
    rp_accuracy accuracy; /* of elementwise calls alone */
    /* The caller knows that each operand is a number or one run of `elements`, in one order of the axes for all: neither
     * shape nor strides are looked at. Else false, and they are. */
    bool one_run;
    int ndim;
    const ptrdiff_t *shape; /* every length >= 1; the slowest axis first */
    size_t elements;        /* the product of the shape */
    rp_operand operand[RP_MAX_OPERANDS];
} rp_work;

/* Runs it. The output shares memory with an input element for element or not at all. MEMORY: nothing was written to the
 * output. 64 KiB of the calling thread's stack are enough. */
rp_status rp_execute(const rp_work *work);

/* n elements next to each other, cast from one type to another; the two apart, or equal pointers and types. */
void rp_convert_elements(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, size_t n);

/* The same for `rows` rows of n elements, to_row and from_row bytes apart. */
void rp_convert_rows(char *to, rp_dtype to_dtype, ptrdiff_t to_row, const char *from, rp_dtype from_dtype,
                     ptrdiff_t from_row, size_t rows, size_t n);

#endif
