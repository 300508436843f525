/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The mathematical functions of ops.def (MATH, MATH2), for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include RP_SIMD_HEADER
#if RP_VECTOR_BYTES == 64
/* Mixes the instructions of the vectors that the loops compute at once. It takes registers: with the 16 of AVX2 the
 * float64 functions are slower for it. */
#pragma GCC optimize("schedule-insns")
#elif RP_VECTOR_BYTES == 32
/* Keeps constants in registers from one step of a loop to the next: functions of float64 and float32 take .8 to 1 of the
 * time (EPYC Milan guest, 1000 elements, 2026-11-29). Not among the flags of all kernels: compiling takes longer for it. */
#pragma GCC optimize("gcse")
#endif

#include "kernels/math/loops.h"
#include "kernels/math/functions.h"
#include "isa/tables.h"

#include "kernels/ignore_kinds.h"

#define NOT_INLINE static __attribute__((noinline))
#ifdef RP_VECTOR_WIDE
#define RARE_one(name) NULL
#define RARE_two(name) v_##name##_rare
#define DEFINE_WIDE(name, form, operands, code, how)                                                         \
    NOT_INLINE void name##_wide_##code(const char *x, const char *y, char *z, size_t n, size_t x_step,       \
                                        size_t y_step)                                                        \
    {                                                                                                         \
        const rp_math_wide f = {.operands = v_##name##_##form, .rare = RARE_##operands(name)};                 \
        const rp_math_exact exact = {.operands = name##_exact};                                               \
        if (f.operands) rp_math_wide_block(x, y, z, n, x_step, y_step, f, exact, how);                       \
    }
#define WIDELY(name, form, operands, code, x_vector, y_vector)                                                     \
    const rp_math_wide wide = {.operands = v_##name##_##form};                                               \
    if (wide.operands)                                                                                       \
        rp_math_widely(call, name##_wide_##code, sizeof(rp_t_##code), wide.two != NULL, x_vector, y_vector); \
    else
#else
#define DEFINE_WIDE(name, form, operands, code, how)
#define WIDELY(name, form, operands, code, x_vector, y_vector)
#endif

/* ---- float64, and float32 of a wide form ----------------------------------------------------------------------- */

#define MATH(name)                                  \
    static rp_vd name##_exact(rp_vd x);             \
    DEFINE_WIDE(name, wide, one, f32, RP_MATH_F32)  \
    static void name##_v_f64(const rp_call *call) { rp_math_v(call, v_##name, RP_MATH_F64); }
#define DEFINE_PAIR(name, shape, x_vector, y_vector)                \
    static void name##_##shape##_f64(const rp_call *call)           \
    {                                                               \
        rp_math_vv(call, v_##name, RP_MATH_F64, x_vector, y_vector); \
    }
#define MATH2(name)                                 \
    static rp_vd name##_exact(rp_vd x, rp_vd y);    \
    DEFINE_WIDE(name, wide, two, f32, RP_MATH_F32)  \
    DEFINE_PAIR(name, vv, true, true) DEFINE_PAIR(name, vs, true, false) DEFINE_PAIR(name, sv, false, true)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#undef MATH
#undef MATH2
#undef DEFINE_PAIR

/* ---- float16 of a half form ---------------------------------------------------------------------------------- */

#if RP_VECTOR_BYTES == 32
/* As AVX-512, with an eye on the registers: .83 to 1 of the time, 1 to 1.1 with gcse (the same machine). */
#pragma GCC optimize("schedule-insns", "sched-pressure", "no-gcse")
#endif
#define MATH(name) DEFINE_WIDE(name, half, one, f16, RP_MATH_ODD)
#define MATH2(name) DEFINE_WIDE(name, half, two, f16, RP_MATH_ODD)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#undef MATH
#undef MATH2

/* ---- The rest of float32 and float16 --------------------------------------------------------------------------- */

#if RP_VECTOR_BYTES == 32
/* Scheduled, float32 exp, tanh, expm1, pow, logaddexp take .85 to .95 of the time, but log of a wide form 1.03 and float64
 * tanh 1.06. */
#pragma GCC optimize("gcse")
#endif

#define MATH(name)                                                                                            \
    NOT_INLINE rp_vd name##_exact(rp_vd x) { return v_##name##_single(x); }                                   \
    static const rp_math_function name##_forms = {.exact = name##_exact, v_##name##_forms};                   \
    V void name##_v(const rp_call *call, rp_math_store how)                                                   \
    {                                                                                                         \
        if (RP_LANES > 1 && name##_forms.rough)                                                               \
            rp_math_by_rough(call, name##_forms, how, true, true);                                            \
        else                                                                                                  \
            rp_math_v(call, v_##name##_single, how);                                                          \
    }                                                                                                         \
    static void name##_v_f32(const rp_call *call)                                                             \
    {                                                                                                         \
        WIDELY(name, wide, one, f32, true, true) name##_v(call, RP_MATH_F32);                                      \
    }                                                                                                         \
    static void name##_v_odd(const rp_call *call) { name##_v(call, RP_MATH_ODD); }                            \
    static void name##_v_f16(const rp_call *call)                                                             \
    {                                                                                                         \
        WIDELY(name, half, one, f16, true, true) rp_half_map(call, 1, false, name##_v_odd);                        \
    }
/* With rough results one loop serves all shapes: nothing but the steps from block to block is another. */
#define DEFINE_PAIR(name, shape, x_vector, y_vector)                                                          \
    V void name##_##shape(const rp_call *call, rp_math_store how,                                             \
                          void (*by_rough)(const rp_call *, bool, bool))                                      \
    {                                                                                                         \
        const rp_math_function f = {.rough2 = v_##name##_rough};                                              \
        if (RP_LANES > 1 && f.rough2)                                                                         \
            by_rough(call, x_vector, y_vector);                                                               \
        else                                                                                                  \
            rp_math_vv(call, v_##name##_single, how, x_vector, y_vector);                                     \
    }                                                                                                         \
    static void name##_##shape##_f32(const rp_call *call)                                                     \
    {                                                                                                         \
        WIDELY(name, wide, two, f32, x_vector, y_vector) name##_##shape(call, RP_MATH_F32, name##_rough_f32);      \
    }                                                                                                         \
    static void name##_##shape##_odd(const rp_call *call)                                                     \
    {                                                                                                         \
        name##_##shape(call, RP_MATH_ODD, name##_rough_odd);                                                  \
    }                                                                                                         \
    static void name##_##shape##_f16(const rp_call *call)                                                     \
    {                                                                                                         \
        WIDELY(name, half, two, f16, x_vector, y_vector) rp_half_map(call, 2, false, name##_##shape##_odd);        \
    }
#define DEFINE_ROUGH(name, code, how)                                                                         \
    NOT_INLINE void name##_rough_##code(const rp_call *call, bool x_vector, bool y_vector)                    \
    {                                                                                                         \
        const rp_math_function f = {.rough2 = v_##name##_rough, .exact2 = name##_exact};                      \
        if (RP_LANES > 1 && f.rough2) rp_math_by_rough(call, f, how, x_vector, y_vector);                     \
    }
#define MATH2(name)                                                                                           \
    NOT_INLINE rp_vd name##_exact(rp_vd x, rp_vd y) { return v_##name##_single(x, y); }                       \
    DEFINE_ROUGH(name, f32, RP_MATH_F32)                                                                      \
    DEFINE_ROUGH(name, odd, RP_MATH_ODD)                                                                      \
    DEFINE_PAIR(name, vv, true, true) DEFINE_PAIR(name, vs, true, false) DEFINE_PAIR(name, sv, false, true)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#undef MATH
#undef MATH2

/* As accuracy class RP_FAST has it, others may give the last bits of these. */
enum { MATH_TRAITS = RP_KERNEL_TRAITS | RP_TRAIT_APPROXIMATE };
#undef RP_KERNEL_TRAITS
#define RP_KERNEL_TRAITS MATH_TRAITS
#define EACH(M, ...) M(f16, __VA_ARGS__) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)
#define MATH(name) EACH(RP_DESCRIBE_UNARY, name)
#define MATH2(name) EACH(RP_DESCRIBE_BINARY, name)
const rp_kernel RP_TABLE(math)[] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
};
const size_t RP_TABLE(math_count) = sizeof RP_TABLE(math) / sizeof *RP_TABLE(math);
