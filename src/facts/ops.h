/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an operation is: the rows of ops.def as data. What a caller asks about an operation is a column here.
 */
#ifndef RP_FACTS_OPS_H
#define RP_FACTS_OPS_H

#include "raptors.h"

/* The column RESULT of ops.def. */
typedef enum rp_result {
    RP_RESULT_SAME,
    RP_RESULT_TRUTH,
    RP_RESULT_RATIO,
    RP_RESULT_PART,
    RP_RESULT_WIDE,
    RP_RESULT_MEAN,
    RP_RESULT_COUNT,
    RP_RESULT_INDEX
} rp_result;

typedef enum rp_op_kind {
    RP_OP_MAP,     /* an expression of one to three operands */
    RP_OP_SELECT,  /* where */
    RP_OP_CONVERT, /* astype */
    RP_OP_FILL,
    RP_OP_REDUCE
} rp_op_kind;

/* The column FACTS of ops.def. */
typedef enum rp_op_facts {
    RP_PLAIN = 0,
    /* a comparison is true where x is below, equal to, above y; of neither, as with NaN, != alone is */
    RP_TRUE_BELOW = 1,
    RP_TRUE_EQUAL = 2,
    RP_TRUE_ABOVE = 4,
    RP_COMPARES = RP_TRUE_BELOW | RP_TRUE_EQUAL | RP_TRUE_ABOVE,
    RP_OF_NUMBERS = 8,    /* NumPy has it for no truth values */
    RP_OF_TRUTHS = 16,    /* of an operand no more than its truth counts */
    RP_OF_FLOATS = 32,    /* of integers and truths the answer is known: they are not read */
    RP_SYMMETRIC = 64,    /* f(x, y) is f(y, x), whichever of two NaNs it gives */
    RP_OF_COUNTS = 128,   /* powers: no integer one is negative; two of them are other operations */
    RP_OF_EXPONENTS = 256 /* the second operand is an integer, and the first one's type is that of the loop */
} rp_op_facts;

/* What a reduction of no elements gives. */
enum { RP_EMPTY_NONE, RP_EMPTY_0, RP_EMPTY_1, RP_EMPTY_NAN };
/* The truth after which no element changes the result: rp_final_truth. */
enum { RP_FINAL_0, RP_FINAL_1, RP_FINAL_NONE };

typedef struct rp_op_row {
    const char *name, *numpy; /* numpy: "" where it has none */
    uint8_t kind, inputs;     /* rp_op_kind */
    uint8_t result;           /* rp_result */
    uint16_t facts;           /* rp_op_facts */
    uint16_t types;           /* bit d: dtype d has an expression */
    /* of a reduction, see ops.def: four rp_op, RP_EMPTY_..., RP_FINAL_... */
    uint8_t loops, of_bool, combine, rest, empty, final;
} rp_op_row;

extern const rp_op_row rp_ops[RP_OP_COUNT];

/* "multiply"; -1: no such operation. */
int rp_find_op(const char *name);
/* The type in which `op` computes on operands of type `common`; false where there is none. */
bool rp_find_loop_dtype(rp_op op, rp_dtype common, rp_dtype *loop);
static inline bool rp_loop_dtype(rp_op op, rp_dtype common, rp_dtype *loop)
{
    const rp_op_row *row = &rp_ops[op];
    *loop = common; /* that of nearly every call */
    const bool direct = row->types >> common & 1 && row->result != RP_RESULT_RATIO && common != RP_BOOL;
    return direct || rp_find_loop_dtype(op, common, loop);
}
/* The type of input k of `op` where it computes in `loop`. */
static inline rp_dtype rp_input_dtype(rp_op op, int k, rp_dtype loop)
{
    return rp_ops[op].kind == RP_OP_SELECT && k == 0 ? RP_BOOL : loop;
}
/* The type of the result: of an elementwise loop in `loop`, of a reduction of operands of that type. */
rp_dtype rp_find_result_dtype(rp_op op, rp_dtype loop);
static inline rp_dtype rp_result_dtype(rp_op op, rp_dtype loop)
{
    return rp_ops[op].result == RP_RESULT_SAME ? loop : rp_find_result_dtype(op, loop);
}
/* The truth that ends the reduction, of any's and all's result and of the truth value that argmin and argmax find;
 * RP_FINAL_NONE: none does. loop: the type of the operand. */
static inline int rp_final_truth(rp_op op, rp_dtype loop)
{
    const bool of_numbers = rp_ops[op].result == RP_RESULT_INDEX && loop != RP_BOOL;
    return of_numbers ? RP_FINAL_NONE : rp_ops[op].final;
}
/* A reduction whose result has the operand's type or one of its own, whatever the operand's, in contrast to a sum. */
static inline bool rp_folds_operand_type(rp_op op)
{
    const int result = rp_ops[op].result;
    return result == RP_RESULT_TRUTH || result == RP_RESULT_COUNT || result == RP_RESULT_INDEX;
}

#endif
