/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The complex mathematical functions of ops.def (CMATH, CMATH2), for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include RP_SIMD_HEADER
#if RP_VECTOR_BYTES == 32
#pragma GCC optimize("gcse") /* as in math.c */
#endif

#include "kernels/math/complex_loops.h"
#include "kernels/math/complex_single.h"
#include "isa/tables.h"

#include "kernels/ignore_kinds.h"

#define CMATH(name)                                                                                           \
    static void name##_v_c64(const rp_call *call) { rp_complex_v(call, complex_##name##_single, true); }               \
    static void name##_v_c128(const rp_call *call) { rp_complex_v(call, complex_##name, false); }
#define DEFINE_PAIR(name, shape, x_vector, y_vector)                                                          \
    static void name##_##shape##_c64(const rp_call *call)                                                     \
    {                                                                                                         \
        rp_complex_vv(call, complex_##name##_single, true, x_vector, y_vector);                                        \
    }                                                                                                         \
    static void name##_##shape##_c128(const rp_call *call)                                                    \
    {                                                                                                         \
        rp_complex_vv(call, complex_##name, false, x_vector, y_vector);                                       \
    }
#define CMATH2(name)                                                                                          \
    DEFINE_PAIR(name, vv, true, true) DEFINE_PAIR(name, vs, true, false) DEFINE_PAIR(name, sv, false, true)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"

#define CMATH(name) RP_EACH_COMPLEX(RP_DESCRIBE_UNARY, name)
#define CMATH2(name) RP_EACH_COMPLEX(RP_DESCRIBE_BINARY, name)
const rp_kernel RP_TABLE(complex)[] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
};
const size_t RP_TABLE(complex_count) = sizeof RP_TABLE(complex) / sizeof *RP_TABLE(complex);
