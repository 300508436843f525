/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The operations' facts, their types, and the public functions, all from the rows of ops.def.
 */
#include "array/ops.h"

#include "array/dtype.h"
#include "runtime/runtime.h"

#define BOOL(name, expression) | 1 << RP_BOOL
#define SIGNED(name, expression) | 1 << RP_INT8 | 1 << RP_INT16 | 1 << RP_INT32 | 1 << RP_INT64
#define UNSIGNED(name, expression) | 1 << RP_UINT8 | 1 << RP_UINT16 | 1 << RP_UINT32 | 1 << RP_UINT64
#define INTEGER(name, expression) SIGNED(name, expression) UNSIGNED(name, expression)
#define BITS(name, expression) INTEGER(name, expression)
#define REAL(name, expression) | 1 << RP_FLOAT16 | 1 << RP_FLOAT32 | 1 << RP_FLOAT64
#define COMPLEX(name, expression) | 1 << RP_COMPLEX64 | 1 << RP_COMPLEX128

#define ALL_LOOPS ((1 << RP_DTYPE_COUNT) - 1)

const rp_op_facts rp_ops[RP_OP_COUNT] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, expressions) {#name, #numpy, 1, false, false, RP_RESULT_##RESULT, 0 expressions},
#define RP_BINARY(ENUM, name, numpy, RESULT, expressions)                                                           \
    {#name, #numpy, 2, false, RP_##ENUM >= RP_EQUAL && RP_##ENUM <= RP_GREATER_EQUAL, RP_RESULT_##RESULT, 0 expressions},
#define RP_MOVE(ENUM, name, numpy) {#name, #numpy, RP_##ENUM == RP_WHERE ? 3 : 1, false, false, RP_RESULT_SAME, ALL_LOOPS},
#define RP_REDUCE(ENUM, name, numpy, RESULT) {#name, #numpy, 1, true, false, RP_RESULT_##RESULT, ALL_LOOPS},
#include "raptors/ops.def"
#undef RP_UNARY
#undef RP_BINARY
#undef RP_MOVE
#undef RP_REDUCE
};

const char *rp_op_name(rp_op op) { return (unsigned)op < RP_OP_COUNT ? rp_ops[op].name : NULL; }
const char *rp_op_numpy_name(rp_op op) { return (unsigned)op < RP_OP_COUNT ? rp_ops[op].numpy : NULL; }
int rp_op_inputs(rp_op op) { return (unsigned)op < RP_OP_COUNT ? rp_ops[op].inputs : 0; }
bool rp_op_is_reduction(rp_op op) { return (unsigned)op < RP_OP_COUNT && rp_ops[op].reduction; }

rp_status rp_loop_dtype(rp_op op, rp_dtype common, rp_dtype *loop)
{
    const rp_op_facts *facts = &rp_ops[op];
    const rp_kind kind = rp_dtype_kind(common);
    const rp_dtype steps[] = {
        facts->result == RP_RESULT_RATIO && kind < RP_KIND_REAL ? RP_FLOAT64 : common,
        kind == RP_KIND_BOOL ? RP_INT8 : common,
        rp_float_for(common),
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (facts->loops >> steps[i] & 1) {
            /* NumPy's own exception: no arithmetic negation or difference of truth values. */
            if (kind == RP_KIND_BOOL && (op == RP_SUBTRACT || op == RP_NEGATIVE || op == RP_POSITIVE || op == RP_SIGN))
                break;
            *loop = steps[i];
            return RP_OK;
        }
    }
    return rp_fail(RP_ERROR_TYPE, "%s is not defined for %s", facts->name, rp_dtype_name(common));
}

rp_dtype rp_result_dtype(rp_op op, rp_dtype loop)
{
    switch (rp_ops[op].result) {
    case RP_RESULT_TRUTH: return RP_BOOL;
    case RP_RESULT_PART: return loop == RP_COMPLEX64 ? RP_FLOAT32 : loop == RP_COMPLEX128 ? RP_FLOAT64 : loop;
    default: return loop;
    }
}

#define RP_UNARY(ENUM, name, numpy, RESULT, expressions) \
    rp_status rp_##name(const rp_array *x, rp_array **out) { return rp_map(RP_##ENUM, &x, out); }
#define RP_BINARY(ENUM, name, numpy, RESULT, expressions)                                       \
    rp_status rp_##name(const rp_array *x, const rp_array *y, rp_array **out)                   \
    {                                                                                           \
        return rp_map(RP_##ENUM, (const rp_array *const[]){x, y}, out);                         \
    }
#define RP_MOVE(ENUM, name, numpy)
#define RP_REDUCE(ENUM, name, numpy, RESULT)                                                                \
    rp_status rp_##name(const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out)       \
    {                                                                                                       \
        return rp_reduce(RP_##ENUM, x, count, axes, keepdims, out);                                         \
    }
#include "raptors/ops.def"

rp_status rp_where(const rp_array *condition, const rp_array *x, const rp_array *y, rp_array **out)
{
    return rp_map(RP_WHERE, (const rp_array *const[]){condition, x, y}, out);
}
