/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reduction kernels, and the part of the fixed tree that lies inside them: the same bits from every instruction set.
 *
 * ROW, n elements of one row (n at most a block, src/engine/fold.c combines blocks):
 *   sum, prod   n < 8: identity, x[0], x[1], ... combined left to right.
 *               Else L = 256 bytes / element size lanes, each starting at the identity (0 or 1): element i joins
 *               lane i mod L in the order of i; then lane[l] = lane[l] + lane[l + w] for w = L/2, L/4, ..., 1.
 *               Of a sum, each 4 L elements have lanes of their own, which join those of the row in order, and so
 *               do the n mod L last elements: 16 KiB are 16 such runs, so that a lane adds up 4 numbers, and then 16.
 *               A complex sum is the sum of its 2n real numbers, folded to w = 2. A complex product has
 *               L = 256 / (complex size) lanes.
 *   min, max    the same with every lane starting at x[0]; a NaN wins.
 *   any, all    0 or 1.
 *   count_nonzero    int64.
 *   argmin, argmax   int64: the first of the least (greatest) elements, or the first NaN.
 * COLUMN, m rows of n elements: for each column, x[0], x[1], ... combined top to bottom, starting at the identity
 *   (min, max: at x[0]). argmin, argmax: int64, as along rows.
 *
 * The loops are in the files of reduce/, which are included once for each operation and type, so that a debugger can step
 * them.
 */
#ifndef RP_REDUCE_KERNELS_H
#define RP_REDUCE_KERNELS_H

#include "kernels/map.h"
#include "kernels/reduce_order.h"

/* ---- The functions of ops.def that reductions fold with ----------------------------------------------------- */

#define RP_FUNCTION_IF(code, name, expression) RP_DEFINE_BINARY_FUNCTION(code, name, expression)
#define BOOL(name, expression) RP_EACH_BOOL(RP_FUNCTION_IF, name, expression)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_FUNCTION_IF, name, expression)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_FUNCTION_IF, name, expression)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_FUNCTION_IF, name, expression)
#define BITS(name, expression) INTEGER(name, expression)
#define REAL(name, expression) RP_EACH_FLOAT(RP_FUNCTION_IF, name, expression)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_FUNCTION_IF, name, expression)
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#include "kernels/forget_kinds.h"

#define RP_EACH_ORDERED(M, ...) RP_EACH_INTEGER(M, __VA_ARGS__) RP_EACH_FLOAT(M, __VA_ARGS__)
/* Truth does not depend on an integer's sign: one loop a size. */
#define RP_EACH_TRUTH(M, ...) \
    RP_EACH_UNSIGNED(M, __VA_ARGS__) RP_EACH_FLOAT(M, __VA_ARGS__) RP_EACH_COMPLEX(M, __VA_ARGS__)
#define RP_EACH_SUMMED(M, ...) M(u64, __VA_ARGS__) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)

/* A name of three parts, or two: RP_NAME(sum, row, f32) is sum_row_f32. */
#define RP_NAME_(a, b, c) a##_##b##_##c
#define RP_NAME(a, b, c) RP_NAME_(a, b, c)
#define RP_PAIR_(a, b) a##_##b
#define RP_PAIR(a, b) RP_PAIR_(a, b)

/* ---- sum, prod, min, max: reduce/row.h, row_complex.h, sum_complex.h and column.h, which fold.h includes ------ */

typedef int8_t rp_mask_i8 __attribute__((vector_size(RP_VECTOR_BYTES)));
#define RP_DEFINE_VECTOR(code, ...) \
    typedef rp_t_##code rp_vector_##code __attribute__((vector_size(RP_VECTOR_BYTES)));
RP_EACH_ORDERED(RP_DEFINE_VECTOR, )

#ifndef rp_mask_any
RP_INLINE bool rp_mask_any(rp_mask_i8 mask)
{
    uint64_t word[RP_VECTOR_BYTES / 8], any = 0;
    memcpy(word, &mask, sizeof word);
    for (int k = 0; k < RP_VECTOR_BYTES / 8; k++) any |= word[k];
    return any;
}
#endif

/* Where a or b is a NaN. */
#define RP_DEFINE_UNORDERED(code, integer)                                                                    \
    RP_INLINE rp_mask_i8 rp_unordered_##code(rp_vector_##code a, rp_vector_##code b)                          \
    {                                                                                                         \
        rp_vector_##integer nan = {0};                                                                        \
        for (size_t l = 0; l < sizeof a / sizeof a[0]; l++) nan[l] = __builtin_isunordered(a[l], b[l]) ? -1 : 0; \
        return (rp_mask_i8)nan;                                                                               \
    }
RP_DEFINE_UNORDERED(f32, i32)
RP_DEFINE_UNORDERED(f64, i64)

/* a where the mask, of one of their comparisons, has all bits, else x. Where T and V are the element's and their type. */
#ifdef rp_select_1
#define RP_SELECT(mask, a, x)                                                                       \
    (sizeof(T) == 8   ? (V)rp_select_8(mask, a, x)                                                  \
     : sizeof(T) == 4 ? (V)rp_select_4(mask, a, x)                                                  \
                      : (V)rp_select_1(mask, a, x))
#else
#define RP_SELECT(mask, a, x) \
    ((V)(((rp_mask_i8)(a) & (rp_mask_i8)(mask)) | ((rp_mask_i8)(x) & ~(rp_mask_i8)(mask))))
#endif

#define RP_DEFINE_ZERO(code, ...) static const rp_t_##code rp_zero_##code = {0};
#define RP_DEFINE_ONE(code, ...) static const rp_t_##code rp_one_##code = __VA_ARGS__;
RP_EACH_VALUE(RP_DEFINE_ZERO, )
RP_EACH_SUMMED(RP_DEFINE_ONE, 1)
RP_EACH_COMPLEX(RP_DEFINE_ONE, {1, 0})

#define RP_OP sum
#define RP_WITH add
#define RP_START(x) ((void)(x), RP_JOIN(rp_zero_, RP_CODE))
#define RP_JOIN_VECTORS(a, x) ((a) + (x))
#define RP_IN_RUNS
#define RP_REAL_TYPES "kernels/reduce/each_summed.h"
#define RP_COMPLEX_ROW "kernels/reduce/sum_complex.h"
#include "kernels/reduce/fold.h"

#define RP_OP prod
#define RP_WITH multiply
#define RP_START(x) ((void)(x), RP_JOIN(rp_one_, RP_CODE))
#define RP_JOIN_VECTORS(a, x) ((a) * (x))
#define RP_REAL_TYPES "kernels/reduce/each_summed.h"
#define RP_COMPLEX_ROW "kernels/reduce/row_complex.h"
#include "kernels/reduce/fold.h"

#define RP_OP min
#define RP_WITH minimum
#define RP_START(x) (x)
#define RP_JOIN_VECTORS(a, x) RP_SELECT(((a) <= (x)) | ((a) != (a)), a, x)
#ifdef RP_MIN_MAX_WORDS
#define RP_JOIN_NUMBERS(a, x) RP_NAME(rp, min, RP_CODE)(a, x)
#endif
#define RP_REAL_TYPES "kernels/reduce/each_ordered.h"
#define RP_COMPLEX_ROW "kernels/reduce/row_complex.h"
#include "kernels/reduce/fold.h"

#define RP_OP max
#define RP_WITH maximum
#define RP_START(x) (x)
#define RP_JOIN_VECTORS(a, x) RP_SELECT(((a) >= (x)) | ((a) != (a)), a, x)
#ifdef RP_MIN_MAX_WORDS
#define RP_JOIN_NUMBERS(a, x) RP_NAME(rp, max, RP_CODE)(a, x)
#endif
#define RP_REAL_TYPES "kernels/reduce/each_ordered.h"
#define RP_COMPLEX_ROW "kernels/reduce/row_complex.h"
#include "kernels/reduce/fold.h"

/* ---- any, all: reduce/truth.h ---------------------------------------------------------------------------------- */

enum { RP_MOST_STEPS = 16 }; /* between two looks at the answer */
#define RP_IN_VECTORS
#define RP_LOOPS "kernels/reduce/truth.h"
#include "kernels/reduce/each_truth.h"
#undef RP_IN_VECTORS
#define RP_LOOPS "kernels/reduce/truth.h"
#include "kernels/reduce/each_complex.h"

/* ---- count_nonzero: reduce/count.h ------------------------------------------------------------------------------ */

#define RP_IN_VECTORS
#define RP_LOOPS "kernels/reduce/count.h"
#include "kernels/reduce/each_truth.h"
#undef RP_IN_VECTORS
#define RP_LOOPS "kernels/reduce/count.h"
#include "kernels/reduce/each_complex.h"

/* ---- argmin, argmax: reduce/arg.h ------------------------------------------------------------------------------ */

/* The integer without a sign that is as wide as an element of type T. */
#define RP_LANE_OF(T)                                                                                         \
    __typeof__(__builtin_choose_expr(                                                                         \
        sizeof(T) == 1, (uint8_t)0,                                                                           \
        __builtin_choose_expr(sizeof(T) == 2, (uint16_t)0,                                                    \
                              __builtin_choose_expr(sizeof(T) == 4, (uint32_t)0, (uint64_t)0))))

/* The place of the first byte of a mask that is not 0; there is one. */
#ifndef rp_mask_first
RP_INLINE size_t rp_mask_first(rp_mask_i8 mask)
{
    uint64_t word[RP_VECTOR_BYTES / 8];
    size_t k = 0;
    memcpy(word, &mask, sizeof word);
    while (!word[k] && k < RP_VECTOR_BYTES / 8 - 1) k++;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word[k] = __builtin_bswap64(word[k]);
#endif
    return 8 * k + (word[k] ? (size_t)__builtin_ctzll(word[k]) / 8 : 0);
}
#endif

#define RP_OP argmin
#define RP_BEST min
#define RP_BETTER less
#define RP_AS_GOOD <=
#define RP_IS_BETTER <
#include "kernels/reduce/arg_best.h"

#define RP_OP argmax
#define RP_BEST max
#define RP_BETTER greater
#define RP_AS_GOOD >=
#define RP_IS_BETTER >
#include "kernels/reduce/arg_best.h"

#define RP_OP argmin
#define RP_BETTER less
#include "kernels/reduce/each_arg_column.h"
#define RP_OP argmax
#define RP_BETTER greater
#include "kernels/reduce/each_arg_column.h"

/* The first of n >= 8 truth values that is `wanted`, n: none. By eight, whose last ones go again with some before them; any byte
 * but 0 is true. */
RP_INLINE size_t rp_first_by_eight(const uint8_t *x, size_t n, bool wanted)
{
    const uint64_t ones = UINT64_MAX / 255;
    for (size_t i = 0;; i += 8) {
        if (n - i < 8) i = n - 8;
        uint64_t word;
        memcpy(&word, x + i, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        const uint64_t marks = wanted ? word : (word - ones) & ~word & (ones << 7);
        if (marks) return i + (size_t)__builtin_ctzll(marks) / 8;
        if (n - i == 8) return n;
    }
}

/* Of truth values: the first that is `wanted`, or, where all are alike, the first. */
RP_INLINE size_t rp_first_truth(const uint8_t *x, size_t n, bool wanted)
{
    enum { NEAR = 64 };
    size_t i = 0;
    if (n < 8) {
        for (size_t k = n; k-- > 0;) i = (x[k] != 0) == wanted ? k : i;
        return i;
    }
    i = rp_first_by_eight(x, n < NEAR ? n : NEAR, wanted);
    if (i == NEAR) {
        i += seek_u8(x + i, n - i, wanted, RP_MOST_STEPS);
        i += seek_u8(x + i, n - i, wanted, 1);
        if (n - i < 8) i = n - 8;
        i += rp_first_by_eight(x + i, n - i, wanted);
    }
    return i < n ? i : 0;
}

RP_INLINE void rp_find_truth(const rp_call *call, bool wanted)
{
    for (size_t row = 0; row < call->m; row++) {
        const uint8_t *x = (const uint8_t *)call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        const int64_t index = (int64_t)rp_first_truth(x, call->n, wanted);
        memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0], &index, sizeof index);
    }
}
static void argmin_row_b8(const rp_call *call) { rp_find_truth(call, false); }
static void argmax_row_b8(const rp_call *call) { rp_find_truth(call, true); }

/* ---- Descriptors -------------------------------------------------------------------------------------------- */

#define RP_DESCRIBE_ROW(code, loop, op, to) \
    RP_DESCRIBE(rp_op_##op, #op ".row." #code, RP_ROW, rp_dtype_##code, rp_dtype_##to, op##_row_##loop)
#define RP_DESCRIBE_COLUMN(code, loop, op, to) \
    RP_DESCRIBE(rp_op_##op, #op ".column." #code, RP_COLUMN, rp_dtype_##code, rp_dtype_##to, op##_column_##loop)
#define RP_DESCRIBE_FOLD_AS(code, loop, op) RP_DESCRIBE_ROW(code, loop, op, code) RP_DESCRIBE_COLUMN(code, loop, op, code)
#define RP_DESCRIBE_FOLD(code, op) RP_DESCRIBE_FOLD_AS(code, code, op)
#define RP_DESCRIBE_TRUTH_AS(code, loop, op) RP_DESCRIBE_ROW(code, loop, op, b8) RP_DESCRIBE_COLUMN(code, loop, op, b8)
#define RP_DESCRIBE_TRUTH(code, op) RP_DESCRIBE_TRUTH_AS(code, code, op)
#define RP_DESCRIBE_COUNT_AS(code, loop, op) RP_DESCRIBE_ROW(code, loop, op, i64) RP_DESCRIBE_COLUMN(code, loop, op, i64)
#define RP_DESCRIBE_COUNT(code, op) RP_DESCRIBE_COUNT_AS(code, code, op)
#define RP_DESCRIBE_ARG(code, op) RP_DESCRIBE_ROW(code, code, op, i64) RP_DESCRIBE_COLUMN(code, code, op, i64)

#endif
