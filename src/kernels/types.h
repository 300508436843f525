/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The element types as the kernels see them: rp_t_f32 is the type of a value, rp_u_f32 the same in memory, at any
 * address. And the lists by kind, which the kind macros of ops.def go through (a macro cannot include
 * dtypes.def, so a new type is named here too).
 */
#ifndef RP_TYPES_H
#define RP_TYPES_H

#include "facts/ops.h"

#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) \
    typedef ctype rp_t_##code;                          \
    typedef ctype rp_u_##code __attribute__((aligned(1)));
#include "raptors/dtypes.def"

enum {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) rp_dtype_##code = RP_##ENUM,
#include "raptors/dtypes.def"
};

/* The value of an element in memory: itself, but a bool is true whatever its byte, if that is not 0. Masks of other
 * programs hold 255; what expressions see, and so what results hold, is 0 and 1. */
#define RP_READ_BOOL(x) ((x) > 1 ? 1 : (x)) /* one instruction in vectors, in every cast too; (x) != 0 is not */
#define RP_READ_SIGNED(x) (x)
#define RP_READ_UNSIGNED(x) (x)
#define RP_READ_REAL(x) (x)
#define RP_READ_COMPLEX(x) (x)
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) \
    static inline ctype rp_read_##code(ctype x) { return RP_READ_##KIND(x); }
#include "raptors/dtypes.def"
#undef RP_READ_BOOL
#undef RP_READ_SIGNED
#undef RP_READ_UNSIGNED
#undef RP_READ_REAL
#undef RP_READ_COMPLEX

/* The real type of a type: itself, but for complex ones. */
#define rp_part_b8 b8
#define rp_part_i8 i8
#define rp_part_u8 u8
#define rp_part_i16 i16
#define rp_part_u16 u16
#define rp_part_i32 i32
#define rp_part_u32 u32
#define rp_part_i64 i64
#define rp_part_u64 u64
#define rp_part_f16 f16
#define rp_part_f32 f32
#define rp_part_f64 f64
#define rp_part_c64 f32
#define rp_part_c128 f64

#define RP_EACH_FLOAT(M, ...) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)
#ifdef RP_FLOATS_ONLY /* variants of the loops: to see what another way of compiling does */
#define RP_EACH_BOOL(M, ...)
#define RP_EACH_SIGNED(M, ...)
#define RP_EACH_UNSIGNED(M, ...)
#define RP_EACH_COMPLEX(M, ...)
#else
#define RP_EACH_BOOL(M, ...) M(b8, __VA_ARGS__)
#define RP_EACH_SIGNED(M, ...) M(i8, __VA_ARGS__) M(i16, __VA_ARGS__) M(i32, __VA_ARGS__) M(i64, __VA_ARGS__)
#define RP_EACH_UNSIGNED(M, ...) M(u8, __VA_ARGS__) M(u16, __VA_ARGS__) M(u32, __VA_ARGS__) M(u64, __VA_ARGS__)
#define RP_EACH_COMPLEX(M, ...) M(c64, __VA_ARGS__) M(c128, __VA_ARGS__)
#endif
#define RP_EACH_INTEGER(M, ...) RP_EACH_SIGNED(M, __VA_ARGS__) RP_EACH_UNSIGNED(M, __VA_ARGS__)
/* All but float16, whose values are computed as float32. */
#define RP_EACH_VALUE(M, ...)                                                               \
    RP_EACH_BOOL(M, __VA_ARGS__) RP_EACH_INTEGER(M, __VA_ARGS__) RP_EACH_FLOAT(M, __VA_ARGS__) \
    RP_EACH_COMPLEX(M, __VA_ARGS__)

/* By an operation's name: its enumerator, its result and its facts, as constants. */
#define RP_CONSTANTS(ENUM, name, RESULT) rp_op_##name = RP_##ENUM, rp_result_##name = RP_RESULT_##RESULT
enum {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_CONSTANTS(ENUM, name, RESULT),
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_CONSTANTS(ENUM, name, RESULT), rp_facts_##name = (FACTS),
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_CONSTANTS(ENUM, name, RESULT),
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) RP_CONSTANTS(ENUM, name, RESULT),
#include "raptors/ops.def"
};
#undef RP_CONSTANTS

#endif
