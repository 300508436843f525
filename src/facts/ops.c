/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of ops.def as data, and the types that they compute in and give.
 */
#include "facts/ops.h"

#include <string.h>

#include "facts/dtypes.h"

#define BOOL(name, expression) | 1 << RP_BOOL
#define SIGNED(name, expression) | 1 << RP_INT8 | 1 << RP_INT16 | 1 << RP_INT32 | 1 << RP_INT64
#define UNSIGNED(name, expression) | 1 << RP_UINT8 | 1 << RP_UINT16 | 1 << RP_UINT32 | 1 << RP_UINT64
#define INTEGER(name, expression) SIGNED(name, expression) UNSIGNED(name, expression)
#define BITS(name, expression) INTEGER(name, expression)
#define REAL(name, expression) | 1 << RP_FLOAT16 | 1 << RP_FLOAT32 | 1 << RP_FLOAT64
#define COMPLEX(name, expression) | 1 << RP_COMPLEX64 | 1 << RP_COMPLEX128
#define FLOATS(name, expression) | 1 << RP_FLOAT32 | 1 << RP_FLOAT64
#define HALF(name, expression) | 1 << RP_FLOAT16
#define MATH(name) REAL(name, )
#define MATH2(name) REAL(name, )
#define CMATH(name) COMPLEX(name, )
#define CMATH2(name) COMPLEX(name, )

#define EVERY_TYPE ((1 << RP_DTYPE_COUNT) - 1)

/* clang-format off */
const rp_op_row rp_ops[RP_OP_COUNT] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    {#name, #numpy, RP_OP_MAP, 1, RP_RESULT_##RESULT, FACTS, .types = 0 expressions},
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    {#name, #numpy, RP_OP_MAP, 2, RP_RESULT_##RESULT, FACTS, .types = 0 expressions},
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    {#name, #numpy, RP_OP_MAP, 3, RP_RESULT_##RESULT, FACTS, .types = 0 expressions},
#define RP_MOVE(ENUM, name, numpy, KIND, inputs) \
    {#name, #numpy, RP_OP_##KIND, inputs, RP_RESULT_SAME, RP_PLAIN, .types = EVERY_TYPE},
#define RP_REDUCE(ENUM, name, numpy, RESULT, LOOPS, OF_BOOL, COMBINE, REST, EMPTY, FINAL)                \
    {#name, #numpy, RP_OP_REDUCE, 1, RP_RESULT_##RESULT, RP_PLAIN, .types = EVERY_TYPE, .loops = RP_##LOOPS, \
     .of_bool = RP_##OF_BOOL, .combine = RP_##COMBINE, .rest = RP_##REST, .empty = RP_EMPTY_##EMPTY,             \
     .final = RP_FINAL_##FINAL},
#include "raptors/ops.def"
};
/* clang-format on */

const char *rp_op_name(rp_op op) { return (unsigned)op < RP_OP_COUNT ? rp_ops[op].name : NULL; }
const char *rp_op_numpy_name(rp_op op)
{
    return (unsigned)op < RP_OP_COUNT && rp_ops[op].numpy[0] ? rp_ops[op].numpy : NULL;
}
int rp_op_inputs(rp_op op) { return (unsigned)op < RP_OP_COUNT ? rp_ops[op].inputs : 0; }
bool rp_op_is_reduction(rp_op op) { return (unsigned)op < RP_OP_COUNT && rp_ops[op].kind == RP_OP_REDUCE; }

int rp_find_op(const char *name)
{
    for (int op = 0; op < RP_OP_COUNT; op++) {
        if (!strcmp(name, rp_ops[op].name)) return op;
    }
    return -1;
}

bool rp_find_loop_dtype(rp_op op, rp_dtype common, rp_dtype *loop)
{
    const rp_op_row *row = &rp_ops[op];
    const int kind = rp_dtypes[common].kind;
    if (kind == RP_KIND_BOOL && row->facts & RP_OF_NUMBERS) return false;
    const rp_dtype steps[] = {
        row->result == RP_RESULT_RATIO && kind < RP_KIND_REAL ? RP_FLOAT64 : common,
        kind == RP_KIND_BOOL ? RP_INT8 : common,
        rp_float_for(common),
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (!(row->types >> steps[i] & 1)) continue;
        *loop = steps[i];
        return true;
    }
    return false;
}

rp_dtype rp_find_result_dtype(rp_op op, rp_dtype loop)
{
    const rp_dtype_row *type = &rp_dtypes[loop];
    switch (rp_ops[op].result) {
    case RP_RESULT_TRUTH: return RP_BOOL;
    case RP_RESULT_COUNT:
    case RP_RESULT_INDEX: return RP_INT64;
    case RP_RESULT_WIDE: return (rp_dtype)type->wide;
    case RP_RESULT_MEAN: return type->kind < RP_KIND_REAL ? RP_FLOAT64 : loop;
    case RP_RESULT_PART: return type->kind == RP_KIND_COMPLEX ? (rp_dtype)type->real : loop;
    default: return loop;
    }
}
