/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of ops.def as data: what an operation takes and gives.
 */
#ifndef RP_OPS_H
#define RP_OPS_H

#include "kernels/types.h"

typedef struct rp_op_facts {
    const char *name, *numpy;
    uint8_t inputs;
    bool reduction, comparison; /* comparison: an order or equality of two numbers, of any two types */
    uint8_t result;             /* rp_result */
    uint16_t loops;             /* bit d: dtype d has an expression */
} rp_op_facts;

extern const rp_op_facts rp_ops[RP_OP_COUNT];

/* The type in which `op` computes on operands of type `common`: TYPE where there is none. */
rp_status rp_loop_dtype(rp_op op, rp_dtype common, rp_dtype *loop);
/* The type of the result, of a loop in `loop`. */
rp_dtype rp_result_dtype(rp_op op, rp_dtype loop);

#endif
