/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions rp_add, rp_sum and so on, from the rows of ops.def.
 */
#include "raptors.h"

#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    rp_status rp_##name(const rp_array *x, rp_array **out) { return rp_map(RP_##ENUM, &x, out); }
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions)                                       \
    rp_status rp_##name(const rp_array *x, const rp_array *y, rp_array **out)                   \
    {                                                                                           \
        return rp_map(RP_##ENUM, (const rp_array *const[]){x, y}, out);                         \
    }
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions)                                \
    rp_status rp_##name(const rp_array *x, const rp_array *y, const rp_array *w, rp_array **out) \
    {                                                                                            \
        return rp_map(RP_##ENUM, (const rp_array *const[]){x, y, w}, out);                       \
    }
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...)                                                                \
    rp_status rp_##name(const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out)       \
    {                                                                                                       \
        return rp_reduce(RP_##ENUM, x, count, axes, keepdims, out);                                         \
    }
#include "raptors/ops.def"

rp_status rp_where(const rp_array *condition, const rp_array *x, const rp_array *y, rp_array **out)
{
    return rp_map(RP_WHERE, (const rp_array *const[]){condition, x, y}, out);
}
