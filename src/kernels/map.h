/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elementwise kernels: map_loops.h for every pair of types, and how a row of ops.def becomes kernels and descriptors.
 * binary.c, unary.c and ternary.c of src/isa/ expand the rows.
 */
#ifndef RP_MAP_H
#define RP_MAP_H

#include "kernels/half.h"
#include "kernels/kernel.h"
#include "kernels/scalar_words.h"
#include RP_SIMD_HEADER

#define RP_INLINE static inline __attribute__((always_inline))
/* What several loops share and call rarely: inlined, it would be compiled as often. */
#define RP_SHARED static __attribute__((noinline))
/* The variant `strided` takes vectors of any inner stride, an element at a time: large strided calls wait for memory, and
 * this asks for it without a pause, where packing into blocks goes by turns. float16 goes by blocks always. */
#ifdef RP_ANY_STRIDE
#define RP_VECTORISE _Pragma("GCC unroll 4")
#define RP_STEPS(call) const ptrdiff_t step[] = {(call)->inner[0], (call)->inner[1], (call)->inner[2], (call)->inner[3]};
#define RP_AT(x, k) (*(__typeof__(x))(void *)((char *)(x) + (ptrdiff_t)i * step[k]))
#define RP_KERNEL_TRAITS RP_TRAIT_STRIDED
#else
#define RP_VECTORISE _Pragma("GCC ivdep")
#define RP_STEPS(call)
#define RP_AT(x, k) (x)[i]
#ifdef RP_VARIANT
#define RP_KERNEL_TRAITS RP_TRAIT_VARIANT
#else
#define RP_KERNEL_TRAITS 0
#endif
#endif

/* The variants `prefetch...` ask for what lies RP_PREFETCH bytes ahead, a block at a time. */
#ifdef RP_PREFETCH
enum { RP_FETCHED_BYTES = 1024, RP_LINE = 64 };
RP_INLINE void rp_fetch(const char *ahead)
{
    for (int line = 0; line < RP_FETCHED_BYTES; line += RP_LINE) __builtin_prefetch(ahead + line);
}
#define RP_FETCH(x) rp_fetch((const char *)((x) + start) + RP_PREFETCH)
#define RP_FOR(fetch, result)                                                                                      \
    for (size_t start = 0, end, block = RP_FETCHED_BYTES / sizeof(T);                                              \
         start < n && (end = n - start < block ? n : start + block, (fetch), true); start = end)                   \
        RP_VECTORISE for (size_t i = start; i < end; i++) RP_AT(z, 0) = (result);
#else
#define RP_FETCH(x)
#define RP_FOR(fetch, result) RP_FROM_TRUTHS(, result)
#define RP_FROM_TRUTHS(unrolled, result)                            \
    size_t start = 0;                                               \
    RP_TRUTHS(result)                                               \
    RP_VECTORISE unrolled for (size_t i = start; i < n; i++) RP_AT(z, 0) = (result);
#endif
/* RP_FOR of the one operand x, two vectors a step: beside what a step costs, a loop with one vector took 1.4 to 1.7 times as
 * long where another program shared the core, 1.05 to 1.2 times alone (negative of 1,000 to 60,000 int64 numbers, AMD EPYC
 * Milan, November 2026). Two operands: 1.03. A result of another size takes several vectors a step as it is. */
#if !defined(RP_VARIANT) && RP_VECTOR_BYTES >= 32
#define RP_PRAGMA(text) _Pragma(#text)
#define RP_FOR_ONE(x, result) RP_FROM_TRUTHS(RP_PRAGMA(GCC unroll sizeof *z == sizeof *x ? 2 : 1), result)
#else
#define RP_FOR_ONE(x, result) RP_FOR(RP_FETCH(x), result)
#endif
/* Truths of 64-bit elements first, RP_TRUTH_LANES at a time: the compiler packs vectors of them by more steps than
 * rp_pack_truths (less of 10,000 float64 numbers took 1.4 times as long; AMD EPYC Milan, November 2026). */
#if defined(RP_TRUTH_LANES) && !defined(RP_VARIANT)
#define RP_TRUTHS(result)                                                                           \
    for (; sizeof(T) == 8 && sizeof(R) == 1 && n - start >= RP_TRUTH_LANES; start += RP_TRUTH_LANES) { \
        uint64_t some[RP_TRUTH_LANES];                                                              \
        _Pragma("GCC unroll 16") for (size_t i = start; i < start + RP_TRUTH_LANES; i++)            \
            some[i - start] = -(uint64_t)__builtin_choose_expr(sizeof(R) == 1, result, 0);          \
        rp_pack_truths(z + start, some);                                                            \
    }
#else
#define RP_TRUTHS(result)
#endif

#define RP_IN b8
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN i8
#define RP_OUT i8
#include "kernels/map_loops.h"
#define RP_IN i8
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN u8
#define RP_OUT u8
#include "kernels/map_loops.h"
#define RP_IN u8
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN i16
#define RP_OUT i16
#include "kernels/map_loops.h"
#define RP_IN i16
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN u16
#define RP_OUT u16
#include "kernels/map_loops.h"
#define RP_IN u16
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN i32
#define RP_OUT i32
#include "kernels/map_loops.h"
#define RP_IN i32
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN u32
#define RP_OUT u32
#include "kernels/map_loops.h"
#define RP_IN u32
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN i64
#define RP_OUT i64
#include "kernels/map_loops.h"
#define RP_IN i64
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN u64
#define RP_OUT u64
#include "kernels/map_loops.h"
#define RP_IN u64
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN f32
#define RP_OUT f32
#include "kernels/map_loops.h"
#define RP_IN f32
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN f64
#define RP_OUT f64
#include "kernels/map_loops.h"
#define RP_IN f64
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN c64
#define RP_OUT c64
#include "kernels/map_loops.h"
#define RP_IN c64
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN c64
#define RP_OUT f32
#include "kernels/map_loops.h"
#define RP_IN c128
#define RP_OUT c128
#include "kernels/map_loops.h"
#define RP_IN c128
#define RP_OUT b8
#include "kernels/map_loops.h"
#define RP_IN c128
#define RP_OUT f64
#include "kernels/map_loops.h"

/* Vectors of integers. */
#define RP_DEFINE_LANES(code, ...) typedef rp_t_##code rp_lanes_##code __attribute__((vector_size(RP_VECTOR_BYTES)));
RP_EACH_INTEGER(RP_DEFINE_LANES)

/* Lanes, by the length of a vector: x, y, x + 2, y + 2 and so on; those of even number, then the others. */
#define RP_PAIRS_2(x, y) (x), (y)
#define RP_PAIRS_4(x, y) RP_PAIRS_2(x, y), RP_PAIRS_2((x) + 2, (y) + 2)
#define RP_PAIRS_8(x, y) RP_PAIRS_4(x, y), RP_PAIRS_4((x) + 4, (y) + 4)
#define RP_PAIRS_16(x, y) RP_PAIRS_8(x, y), RP_PAIRS_8((x) + 8, (y) + 8)
#define RP_EVENS_AND_ODDS_2 0, 1
#define RP_EVENS_AND_ODDS_4 0, 2, 1, 3
#define RP_EVENS_AND_ODDS_8 0, 2, 4, 6, 1, 3, 5, 7
#define RP_EVENS_AND_ODDS_16 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15
#if RP_VECTOR_BYTES == 64
#define RP_PARTS_F32 16
#define RP_PARTS_F64 8
#elif RP_VECTOR_BYTES == 32
#define RP_PARTS_F32 8
#define RP_PARTS_F64 4
#else
#define RP_PARTS_F32 4
#define RP_PARTS_F64 2
#endif
#define RP_IN c64
#define RP_OUT f32
#define RP_PARTS RP_PARTS_F32
#define RP_LOW 0x1p-78
#define RP_HIGH 0x1p123
#include "kernels/parts.h"
#define RP_IN c128
#define RP_OUT f64
#define RP_PARTS RP_PARTS_F64
#define RP_LOW 0x1p-998
#define RP_HIGH 0x1p999
#include "kernels/parts.h"

/* ---- From a row to kernels: name_vv_code(call) around the inlined function name_code ------------------------- */

#define RP_JOIN_(a, b) a##b
#define RP_JOIN(a, b) RP_JOIN_(a, b)
#define RP_ISA_NAME_(isa) #isa
#define RP_ISA_NAME(isa) RP_ISA_NAME_(isa)
#ifdef RP_VARIANT
#define RP_SUFFIX "." RP_ISA_NAME(RP_VARIANT)
#define RP_HALF(M, ...)
#else
#define RP_SUFFIX ""
#define RP_HALF(M, ...) M(f16, __VA_ARGS__)
#endif

/* By the row's RESULT, which is a constant: one of three expressions. */
#define RP_BY_RESULT(name, truth, part, same)                        \
    __builtin_choose_expr((int)rp_result_##name == RP_RESULT_TRUTH, truth, \
                          __builtin_choose_expr((int)rp_result_##name == RP_RESULT_PART, part, same))
#define RP_RESULT_TYPE(name, code) \
    __typeof__(RP_BY_RESULT(name, *(rp_t_b8 *)0, *(RP_JOIN(rp_t_, rp_part_##code) *)0, *(rp_t_##code *)0))
#define RP_RESULT_DTYPE(name, code) \
    RP_BY_RESULT(name, rp_dtype_b8, RP_JOIN(rp_dtype_, rp_part_##code), rp_dtype_##code)

#define RP_DEFINE_UNARY_FUNCTION(code, name, expression)                    \
    static inline RP_RESULT_TYPE(name, code) name##_##code(rp_t_##code x)   \
    {                                                                       \
        typedef rp_t_##code T;                                              \
        (void)sizeof(T);                                                    \
        (void)x;                                                            \
        return (expression);                                                \
    }
#define RP_DEFINE_UNARY(code, name, expression)                             \
    RP_DEFINE_UNARY_FUNCTION(code, name, expression)                        \
    static void name##_v_##code(const rp_call *call)                        \
    {                                                                       \
        RP_BY_RESULT(name, map_v_##code##_b8, RP_JOIN(map_v_##code##_, rp_part_##code), map_v_##code##_##code) \
        (call, name##_##code);                                              \
    }

#ifdef RP_ANY_STRIDE
#define RP_DEFINE_KNOWN RP_DEFINE_UNARY
#else
#define RP_DEFINE_KNOWN(code, name, truth)                                                          \
    static void name##_v_##code(const rp_call *call)                                                \
    {                                                                                               \
        for (size_t row = 0; row < call->m; row++)                                                  \
            memset(call->ptr[0] + (ptrdiff_t)row * call->outer[0], truth, call->n);                 \
    }
#endif

#define RP_LOOP(shape, code, name)                                                              \
    __builtin_choose_expr((int)rp_result_##name == RP_RESULT_TRUTH, map_##shape##_##code##_b8,  \
                          map_##shape##_##code##_##code)
#define RP_DEFINE_LOOP(shape, code, name) \
    static void name##_##shape##_##code(const rp_call *call) { RP_LOOP(shape, code, name)(call, name##_##code); }

/* x > y is y < x, and x + y is y + x: one loop serves both, name_vs_code_of(call, first, second) with the operands in the
 * order that it is told. `swapped` is their class in the other order. */
#define RP_DECLARE_LOOP_OF(shape, code, name) static void name##_##shape##_##code##_of(const rp_call *, int, int);
#define RP_DEFINE_LOOP_OF(shape, swapped, code, name)                                       \
    RP_SHARED void name##_##shape##_##code##_of(const rp_call *call, int first, int second) \
    {                                                                                       \
        RP_LOOP(shape, code, name)(call, first, second, name##_##code);                     \
    }                                                                                       \
    static void name##_##shape##_##code(const rp_call *call)                                \
    {                                                                                       \
        const int facts = rp_facts_##name;                                                  \
        if ((facts & RP_COMPARES) == RP_TRUE_ABOVE) {                                       \
            less_##swapped##_##code##_of(call, 2, 1);                                       \
        } else if ((facts & RP_COMPARES) == (RP_TRUE_ABOVE | RP_TRUE_EQUAL)) {              \
            less_equal_##swapped##_##code##_of(call, 2, 1);                                 \
        } else if (facts & RP_SYMMETRIC && #shape[0] == 's') {                              \
            name##_##swapped##_##code##_of(call, 2, 1);                                     \
        } else if (facts & (RP_SYMMETRIC | RP_TRUE_BELOW)) {                                \
            name##_##shape##_##code##_of(call, 1, 2);                                       \
        } else {                                                                            \
            RP_LOOP(shape, code, name)(call, 1, 2, name##_##code);                          \
        }                                                                                   \
    }
#define RP_DEFINE_BINARY_FUNCTION(code, name, expression)                                   \
    static inline RP_RESULT_TYPE(name, code) name##_##code(rp_t_##code x, rp_t_##code y)    \
    {                                                                                       \
        typedef rp_t_##code T;                                                              \
        (void)sizeof(T);                                                                    \
        return (expression);                                                                \
    }
#ifdef RP_ANY_STRIDE /* a number is a vector of stride 0 */
#define RP_DECLARE_BINARY(code, name) RP_DECLARE_LOOP_OF(vv, code, name)
#define RP_DEFINE_BINARY(code, name, expression)        \
    RP_DEFINE_BINARY_FUNCTION(code, name, expression)   \
    RP_DEFINE_LOOP_OF(vv, vv, code, name)
#define RP_DESCRIBE_BINARY_AS(code, loop, name)         \
    RP_DESCRIBE_LOOP(vv, vv, RP_VV, code, loop, name)   \
    RP_DESCRIBE_LOOP(vs, vv, RP_VS, code, loop, name)   \
    RP_DESCRIBE_LOOP(sv, vv, RP_SV, code, loop, name)
#else
#define RP_DECLARE_BINARY(code, name) \
    RP_DECLARE_LOOP_OF(vv, code, name) RP_DECLARE_LOOP_OF(vs, code, name) RP_DECLARE_LOOP_OF(sv, code, name)
#define RP_DEFINE_BINARY(code, name, expression)        \
    RP_DEFINE_BINARY_FUNCTION(code, name, expression)   \
    RP_DECLARE_BINARY(code, name)                       \
    RP_DEFINE_LOOP_OF(vv, vv, code, name)               \
    RP_DEFINE_LOOP_OF(vs, sv, code, name)               \
    RP_DEFINE_LOOP_OF(sv, vs, code, name)
#define RP_DESCRIBE_BINARY_AS(code, loop, name)         \
    RP_DESCRIBE_LOOP(vv, vv, RP_VV, code, loop, name)   \
    RP_DESCRIBE_LOOP(vs, vs, RP_VS, code, loop, name)   \
    RP_DESCRIBE_LOOP(sv, sv, RP_SV, code, loop, name)
#endif

/* Of the rows PARTS. Strided ones go an element at a time. */
#ifdef RP_ANY_STRIDE
#define RP_DEFINE_UNARY_PARTS RP_DEFINE_UNARY
#define RP_DEFINE_BINARY_PARTS RP_DEFINE_BINARY
#else
#define RP_DEFINE_PARTS_LOOP(shape, code, name)                 \
    static void name##_##shape##_##code(const rp_call *call) { parts_##name##_##shape##_##code(call, name##_##code); }
#define RP_DEFINE_UNARY_PARTS(code, name, expression)           \
    RP_DEFINE_UNARY_FUNCTION(code, name, expression)            \
    RP_DEFINE_PARTS_LOOP(v, code, name)
#define RP_DEFINE_BINARY_PARTS(code, name, expression)          \
    RP_DEFINE_BINARY_FUNCTION(code, name, expression)           \
    RP_DEFINE_PARTS_LOOP(vv, code, name)                        \
    RP_DEFINE_PARTS_LOOP(vs, code, name)                        \
    RP_DEFINE_PARTS_LOOP(sv, code, name)
#endif

#define RP_DEFINE_TERNARY_FUNCTION(code, name, expression)                                                \
    static inline RP_RESULT_TYPE(name, code) name##_##code(rp_t_##code x, rp_t_##code y, rp_t_##code w) \
    {                                                                                                   \
        typedef rp_t_##code T;                                                                          \
        (void)sizeof(T);                                                                                \
        return (expression);                                                                            \
    }
#define RP_DEFINE_TERNARY(code, name, expression)        \
    RP_DEFINE_TERNARY_FUNCTION(code, name, expression)   \
    RP_DEFINE_LOOP(vvv, code, name)               \
    RP_DEFINE_LOOP(vvs, code, name)               \
    RP_DEFINE_LOOP(vsv, code, name)               \
    RP_DEFINE_LOOP(vss, code, name)

/* float16: blocks are widened, go through the float32 kernel, and are narrowed again. */
#define RP_DEFINE_UNARY_HALF(code, name)                                                    \
    static void name##_v_f16(const rp_call *call)                                           \
    {                                                                                       \
        rp_half_map(call, 1, (int)rp_result_##name == RP_RESULT_TRUTH, name##_v_f32);            \
    }
#define RP_DEFINE_HALF_LOOP(shape, name)                                                    \
    static void name##_##shape##_f16(const rp_call *call)                                   \
    {                                                                                       \
        rp_half_map(call, sizeof #shape - 1, (int)rp_result_##name == RP_RESULT_TRUTH, name##_##shape##_f32);    \
    }
#define RP_DEFINE_BINARY_HALF(code, name)   \
    RP_DEFINE_HALF_LOOP(vv, name)           \
    RP_DEFINE_HALF_LOOP(vs, name)           \
    RP_DEFINE_HALF_LOOP(sv, name)
/* With an expression of its own, of the numbers' bits. */
#define RP_DEFINE_UNARY_OWN_HALF(code, name, expression)                        \
    static inline uint16_t name##_f16(uint16_t x) { return (expression); }     \
    static void name##_v_f16(const rp_call *call) { map_v_u16_u16(call, name##_f16); }
#define RP_DEFINE_OWN_HALF_LOOP(shape, name) \
    static void name##_##shape##_f16(const rp_call *call) { map_##shape##_u16_u16(call, 1, 2, name##_f16); }
#define RP_DEFINE_BINARY_OWN_HALF(code, name, expression)   \
    static inline uint16_t name##_f16(uint16_t x, uint16_t y) { return (expression); } \
    RP_DEFINE_OWN_HALF_LOOP(vv, name)                       \
    RP_DEFINE_OWN_HALF_LOOP(vs, name)                       \
    RP_DEFINE_OWN_HALF_LOOP(sv, name)
#define RP_DEFINE_TERNARY_HALF(code, name)  \
    RP_DEFINE_HALF_LOOP(vvv, name)          \
    RP_DEFINE_HALF_LOOP(vvs, name)          \
    RP_DEFINE_HALF_LOOP(vsv, name)          \
    RP_DEFINE_HALF_LOOP(vss, name)

#define RP_DESCRIBE(operation, text, SHAPE, from_dtype, to_dtype, function)                         \
    {.name = text "." RP_ISA_NAME(RP_ISA) RP_SUFFIX, .op = operation, .dtype = from_dtype, .to = to_dtype, \
     .shape = SHAPE, .isa = RP_SIMD_ISA, .priority = RP_SIMD_ISA, .needs = RP_SIMD_NEEDS,               \
     .traits = RP_KERNEL_TRAITS, .run = function},
#define RP_DESCRIBE_UNARY_AS(code, loop, name)                                                          \
    RP_DESCRIBE(rp_op_##name, #name ".v." #code, RP_V, rp_dtype_##code, RP_RESULT_DTYPE(name, code),    \
                name##_v_##loop)
#define RP_DESCRIBE_UNARY(code, name, ...) RP_DESCRIBE_UNARY_AS(code, code, name)
/* `runs`: the class whose loop it is. */
#define RP_DESCRIBE_LOOP(shape, runs, SHAPE, code, loop, name)                                          \
    RP_DESCRIBE(rp_op_##name, #name "." #shape "." #code, SHAPE, rp_dtype_##code,                       \
                RP_RESULT_DTYPE(name, code), name##_##runs##_##loop)
#define RP_DESCRIBE_BINARY(code, name, ...) RP_DESCRIBE_BINARY_AS(code, code, name)
#define RP_DESCRIBE_TERNARY_AS(code, loop, name)      \
    RP_DESCRIBE_LOOP(vvv, vvv, RP_VVV, code, loop, name)   \
    RP_DESCRIBE_LOOP(vvs, vvs, RP_VVS, code, loop, name)   \
    RP_DESCRIBE_LOOP(vsv, vsv, RP_VSV, code, loop, name)   \
    RP_DESCRIBE_LOOP(vss, vss, RP_VSS, code, loop, name)
#define RP_DESCRIBE_TERNARY(code, name, ...) RP_DESCRIBE_TERNARY_AS(code, code, name)
/* Signed types by the unsigned types' loops. */
#ifdef RP_FLOATS_ONLY
#define RP_DESCRIBE_SIGNED_BITS(M, name)
#else
#define RP_DESCRIBE_SIGNED_BITS(M, name) M(i8, u8, name) M(i16, u16, name) M(i32, u32, name) M(i64, u64, name)
#endif

#endif
