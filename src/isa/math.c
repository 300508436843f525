/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The mathematical functions of ops.def (MATH, MATH2), for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include "kernels/math/loops.h"
#include "kernels/math/functions.h"
#include "isa/tables.h"

/* The kinds that other files expand. */
#define BOOL(...)
#define SIGNED(...)
#define UNSIGNED(...)
#define INTEGER(...)
#define BITS(...)
#define REAL(...)
#define COMPLEX(...)

#define MATH(name)                                                                                            \
    static void name##_v_f64(const rp_call *call) { rp_math_v(call, v_##name, RP_MATH_F64); }                 \
    static void name##_v_f32(const rp_call *call) { rp_math_v(call, v_##name##_single, RP_MATH_F32); }        \
    static void name##_v_odd(const rp_call *call) { rp_math_v(call, v_##name##_single, RP_MATH_ODD); }        \
    static void name##_v_f16(const rp_call *call) { rp_half_map(call, 1, false, name##_v_odd); }
#define DEFINE_PAIR(name, shape, x_vector, y_vector)                                                          \
    static void name##_##shape##_f64(const rp_call *call)                                                     \
    {                                                                                                         \
        rp_math_vv(call, v_##name, RP_MATH_F64, x_vector, y_vector);                                          \
    }                                                                                                         \
    static void name##_##shape##_f32(const rp_call *call)                                                     \
    {                                                                                                         \
        rp_math_vv(call, v_##name##_single, RP_MATH_F32, x_vector, y_vector);                                 \
    }                                                                                                         \
    static void name##_##shape##_odd(const rp_call *call)                                                     \
    {                                                                                                         \
        rp_math_vv(call, v_##name##_single, RP_MATH_ODD, x_vector, y_vector);                                 \
    }                                                                                                         \
    static void name##_##shape##_f16(const rp_call *call) { rp_half_map(call, 2, false, name##_##shape##_odd); }
#define MATH2(name)                                                                                           \
    DEFINE_PAIR(name, vv, true, true) DEFINE_PAIR(name, vs, true, false) DEFINE_PAIR(name, sv, false, true)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#undef MATH
#undef MATH2

#define EACH(M, ...) M(f16, __VA_ARGS__) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)
#define MATH(name) EACH(RP_DESCRIBE_UNARY, name)
#define MATH2(name) EACH(RP_DESCRIBE_BINARY, name)
const rp_kernel RP_TABLE(math)[] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
};
const size_t RP_TABLE(math_count) = sizeof RP_TABLE(math) / sizeof *RP_TABLE(math);
