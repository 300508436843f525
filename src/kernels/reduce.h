/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reduction kernels, and the part of the fixed tree that lies inside them: the same bits from every instruction set.
 *
 * ROW, n elements of one row (n at most a block, src/array/reduce.c combines blocks):
 *   sum, prod   n < 8: identity, x[0], x[1], ... combined left to right.
 *               Else L = 256 bytes / element size lanes, each starting at the identity (0 or 1): element i joins
 *               lane i mod L in the order of i; then lane[l] = lane[l] + lane[l + w] for w = L/2, L/4, ..., 1.
 *               A complex sum is the sum of its 2n real numbers, folded to w = 2. A complex product has
 *               L = 256 / (complex size) lanes.
 *   min, max    the same with every lane starting at x[0]; a NaN wins.
 *   any, all    0 or 1.
 *   argmin, argmax   int64: the first of the least (greatest) elements, or the first NaN.
 * COLUMN, m rows of n elements: for each column, x[0], x[1], ... combined top to bottom, starting at the identity
 *   (min, max: at x[0]). argmin and argmax have no COLUMN kernels.
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
#define RP_EACH_SUMMED(M, ...) M(i64, __VA_ARGS__) M(u64, __VA_ARGS__) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)

/* ---- ROW in vector registers: sum, prod, min, max ------------------------------------------------------------ */

typedef int8_t rp_mask_i8 __attribute__((vector_size(RP_VECTOR_BYTES)));
#define RP_VECTOR(code) rp_vector_##code
#define RP_DEFINE_VECTOR(code, ...) typedef rp_t_##code RP_VECTOR(code) __attribute__((vector_size(RP_VECTOR_BYTES)));
RP_EACH_ORDERED(RP_DEFINE_VECTOR, )

#define RP_FOLD_ADD(code, a, x) ((a) + (x))
#define RP_FOLD_MULTIPLY(code, a, x) ((a) * (x))
#define RP_FOLD_SELECT(code, mask, a, x)                                                                    \
    ((RP_VECTOR(code))(((rp_mask_i8)(a) & (rp_mask_i8)(mask)) | ((rp_mask_i8)(x) & ~(rp_mask_i8)(mask))))
#define RP_FOLD_MINIMUM(code, a, x) RP_FOLD_SELECT(code, ((a) <= (x)) | ((a) != (a)), a, x)
#define RP_FOLD_MAXIMUM(code, a, x) RP_FOLD_SELECT(code, ((a) >= (x)) | ((a) != (a)), a, x)

/* name_join: n elements join the lanes, n a multiple of their number. name_fold: the tail joins them, and they are folded
 * to `final` elements at z. */
#define RP_DEFINE_LANES(code, name, FOLD)                                                                       \
    RP_INLINE void name##_join_##code(RP_VECTOR(code) *lanes, const rp_u_##code *x, size_t n)                   \
    {                                                                                                           \
        typedef RP_VECTOR(code) V;                                                                              \
        enum { L = RP_WIDE_BYTES / sizeof(*x), WIDTH = sizeof(V) / sizeof(*x), COUNT = RP_WIDE_BYTES / sizeof(V) }; \
        V lane[COUNT];                                                                                          \
        _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++) lane[k] = lanes[k];                            \
        for (size_t i = 0; i < n; i += L) {                                                                     \
            _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++) {                                          \
                V v;                                                                                            \
                memcpy(&v, x + i + k * WIDTH, sizeof v);                                                        \
                lane[k] = FOLD(code, lane[k], v);                                                               \
            }                                                                                                   \
        }                                                                                                       \
        _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++) lanes[k] = lane[k];                            \
    }                                                                                                           \
    RP_INLINE void name##_fold_##code(rp_t_##code *z, RP_VECTOR(code) *lanes, const rp_u_##code *x, size_t n,   \
                                      rp_t_##code first, size_t final)                                          \
    {                                                                                                           \
        typedef RP_VECTOR(code) V;                                                                              \
        enum { WIDTH = sizeof(V) / sizeof(*x), COUNT = RP_WIDE_BYTES / sizeof(V) };                             \
        if (n > 0) { /* the tail, filled up with what changes nothing */                                        \
            V padded[COUNT];                                                                                    \
            _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++) padded[k] = (V){0} + first;                \
            memcpy(padded, x, n * sizeof(*x));                                                                  \
            _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++) lanes[k] = FOLD(code, lanes[k], padded[k]); \
        }                                                                                                       \
        _Pragma("GCC unroll 8") for (int w = COUNT / 2; w > 0; w /= 2) {                                        \
            _Pragma("GCC unroll 32") for (int k = 0; k < w; k++) lanes[k] = FOLD(code, lanes[k], lanes[k + w]); \
        }                                                                                                       \
        rp_t_##code lane[WIDTH];                                                                                \
        memcpy(lane, lanes, sizeof lane);                                                                       \
        for (size_t w = WIDTH / 2; w >= final; w /= 2) {                                                        \
            for (size_t l = 0; l < w; l++) lane[l] = name##_##code(lane[l], lane[l + w]);                       \
        }                                                                                                       \
        for (size_t l = 0; l < final; l++) z[l] = lane[l];                                                      \
    }

/* Short rows, ROWS at a time: a lane is a vector over rows, and lanes without an element
 * would change nothing. Returns how many rows it has done. One thread of an EPYC Turin guest, 2026-11-25, sums of 1000 rows of 20
 * float32: 7.5 us against 36, of 9 float32 3.2 against 26. */
#define RP_DEFINE_SHORT_ROWS(code, name, start)                                                                 \
    RP_INLINE size_t name##_short_rows_##code(char *z, ptrdiff_t z_step, const char *from, ptrdiff_t step,      \
                                              size_t m, size_t n, size_t final)                                 \
    {                                                                                                           \
        enum { L = RP_WIDE_BYTES / sizeof(rp_t_##code), ROWS = 16, MOST = L + L / 4 < 64 ? L + L / 4 : 64 };       \
        const size_t lanes = n < L ? n : L;                                                                     \
        size_t row = 0;                                                                                         \
        if (n > MOST) return 0;                                                                                 \
        for (; row + ROWS <= m; row += ROWS) {                                                                  \
            rp_t_##code lane[MOST < L ? MOST : L][ROWS];                                                        \
            for (size_t r = 0; r < ROWS; r++) {                                                                 \
                const rp_u_##code *x = (const rp_u_##code *)(const void *)(from + (ptrdiff_t)(row + r) * step); \
                const rp_t_##code first = start;                                                                \
                for (size_t l = 0; l < lanes; l++) lane[l][r] = name##_##code(first, x[l]);                     \
                for (size_t i = L; i < n; i++) lane[i % L][r] = name##_##code(lane[i % L][r], x[i]);            \
            }                                                                                                   \
            for (size_t w = L / 2; w >= final; w /= 2) {                                                        \
                for (size_t l = 0; l < w && l + w < lanes; l++) {                                               \
                    _Pragma("GCC ivdep") for (size_t r = 0; r < ROWS; r++)                                      \
                        lane[l][r] = name##_##code(lane[l][r], lane[l + w][r]);                                 \
                }                                                                                               \
            }                                                                                                   \
            for (size_t r = 0; r < ROWS; r++) {                                                                 \
                char *to = z + (ptrdiff_t)(row + r) * z_step;                                                   \
                for (size_t k = 0; k < final; k++) memcpy(to + k * sizeof **lane, &lane[k][r], sizeof **lane);  \
            }                                                                                                   \
        }                                                                                                       \
        return row;                                                                                             \
    }

/* Up to ABREAST rows of n elements at a time, a stride of each in turn where they lie apart: the memory behind them
 * answers several streams faster than one. float64 sums of 32 MiB on one core of an EPYC Milan guest, 2026-11: 46 GB/s against 28 for one.
 * z: `final` elements a row, z_step bytes apart. */
#define RP_DEFINE_ROWS(code, name, start)                                                                       \
    RP_INLINE void name##_rows_##code(char *z, ptrdiff_t z_step, const char *from, ptrdiff_t step, size_t m,    \
                                      size_t n, size_t final)                                                   \
    {                                                                                                           \
        enum { L = RP_WIDE_BYTES / sizeof(rp_t_##code), ABREAST = 4, STRIDE = 4 * L };                          \
        const size_t done = name##_short_rows_##code(z, z_step, from, step, m, n, final);                       \
        z += (ptrdiff_t)done * z_step, from += (ptrdiff_t)done * step, m -= done;                               \
        const size_t whole = n / L * L, distance = step < 0 ? -(size_t)step : (size_t)step;                     \
        const bool apart = distance / sizeof(rp_t_##code) >= 2 * n;                                             \
        for (size_t row = 0; row < m; row += ABREAST) {                                                         \
            RP_VECTOR(code) lanes[ABREAST][RP_WIDE_BYTES / RP_VECTOR_BYTES];                                    \
            rp_t_##code first[ABREAST];                                                                         \
            const size_t rows = m - row < ABREAST ? m - row : ABREAST, stride = rows > 1 && apart ? STRIDE : whole; \
            for (size_t r = 0; r < rows; r++) {                                                                 \
                const rp_u_##code *x = (const rp_u_##code *)(const void *)(from + (ptrdiff_t)(row + r) * step); \
                (void)x; /* a sum starts at 0 */                                                                \
                first[r] = start;                                                                               \
                for (int k = 0; k < RP_WIDE_BYTES / RP_VECTOR_BYTES; k++) lanes[r][k] = (RP_VECTOR(code)){0} + first[r]; \
            }                                                                                                   \
            for (size_t i = 0; i < whole; i += stride) {                                                        \
                for (size_t r = 0; r < rows; r++) {                                                             \
                    const rp_u_##code *x = (const rp_u_##code *)(const void *)(from + (ptrdiff_t)(row + r) * step); \
                    name##_join_##code(lanes[r], x + i, whole - i < stride ? whole - i : stride);               \
                }                                                                                               \
            }                                                                                                   \
            for (size_t r = 0; r < rows; r++) {                                                                 \
                const rp_u_##code *x = (const rp_u_##code *)(const void *)(from + (ptrdiff_t)(row + r) * step); \
                rp_t_##code value[2];                                                                           \
                name##_fold_##code(value, lanes[r], x + whole, n - whole, first[r], final);                     \
                memcpy(z + (ptrdiff_t)(row + r) * z_step, value, final * sizeof *value);                        \
            }                                                                                                   \
        }                                                                                                       \
    }

#define RP_DEFINE_ROW_FOLD(code, op, name, FOLD, identity)                                                      \
    RP_DEFINE_LANES(code, name, FOLD)                                                                           \
    RP_DEFINE_SHORT_ROWS(code, name, identity)                                                                  \
    RP_DEFINE_ROWS(code, name, identity)                                                                        \
    static void op##_row_##code(const rp_call *call)                                                            \
    {                                                                                                           \
        char *z = call->ptr[0];                                                                                 \
        const char *from = call->ptr[1];                                                                        \
        if (call->n >= RP_LEFT_TO_RIGHT) {                                                                      \
            name##_rows_##code(z, call->outer[0], from, call->outer[1], call->m, call->n, 1);                   \
            return;                                                                                             \
        }                                                                                                       \
        for (size_t row = 0; row < call->m; row++, z += call->outer[0], from += call->outer[1]) {               \
            const rp_u_##code *x = (const rp_u_##code *)(const void *)from;                                     \
            rp_t_##code value = identity;                                                                       \
            for (size_t i = 0; i < call->n; i++) value = name##_##code(value, x[i]);                            \
            *(rp_u_##code *)(void *)z = value;                                                                  \
        }                                                                                                       \
    }

RP_EACH_SUMMED(RP_DEFINE_ROW_FOLD, sum, add, RP_FOLD_ADD, 0)
RP_EACH_SUMMED(RP_DEFINE_ROW_FOLD, prod, multiply, RP_FOLD_MULTIPLY, 1)
RP_EACH_ORDERED(RP_DEFINE_ROW_FOLD, min, minimum, RP_FOLD_MINIMUM, x[0])
RP_EACH_ORDERED(RP_DEFINE_ROW_FOLD, max, maximum, RP_FOLD_MAXIMUM, x[0])

/* ---- ROW of complex numbers --------------------------------------------------------------------------------- */

#define RP_DEFINE_ROW_COMPLEX_SUM(code, part)                                                                   \
    static void sum_row_##code(const rp_call *call)                                                             \
    {                                                                                                           \
        char *to = call->ptr[0];                                                                                \
        const char *from = call->ptr[1];                                                                        \
        if (call->n >= RP_LEFT_TO_RIGHT) {                                                                      \
            add_rows_##part(to, call->outer[0], from, call->outer[1], call->m, 2 * call->n, 2);                 \
            return;                                                                                             \
        }                                                                                                       \
        for (size_t row = 0; row < call->m; row++, to += call->outer[0], from += call->outer[1]) {              \
            const rp_u_##part *x = (const rp_u_##part *)(const void *)from;                                     \
            rp_t_##part z[2] = {0, 0};                                                                          \
            for (size_t i = 0; i < 2 * call->n; i++) z[i & 1] += x[i];                                          \
            memcpy(to, z, sizeof z);                                                                            \
        }                                                                                                       \
    }
RP_DEFINE_ROW_COMPLEX_SUM(c64, f32)
RP_DEFINE_ROW_COMPLEX_SUM(c128, f64)

#define RP_DEFINE_ROW_COMPLEX(code, op, name, identity)                                                         \
    static void name##_row_value_##code(rp_t_##code *z, const rp_u_##code *x, size_t n)                         \
    {                                                                                                           \
        enum { L = RP_WIDE_BYTES / sizeof(rp_t_##code) };                                                      \
        const rp_t_##code first = identity;                                                                     \
        if (n < RP_LEFT_TO_RIGHT) {                                                                             \
            *z = first;                                                                                         \
            for (size_t i = 0; i < n; i++) *z = name##_##code(*z, x[i]);                                        \
            return;                                                                                             \
        }                                                                                                       \
        rp_t_##code lane[L];                                                                                    \
        for (size_t l = 0; l < L; l++) lane[l] = first;                                                         \
        for (size_t i = 0; i < n; i += L) {                                                                     \
            const size_t width = n - i < L ? n - i : L;                                                         \
            for (size_t l = 0; l < width; l++) lane[l] = name##_##code(lane[l], x[i + l]);                      \
        }                                                                                                       \
        for (size_t w = L / 2; w > 0; w /= 2) {                                                                 \
            for (size_t l = 0; l < w; l++) lane[l] = name##_##code(lane[l], lane[l + w]);                       \
        }                                                                                                       \
        *z = lane[0];                                                                                           \
    }                                                                                                           \
    static void op##_row_##code(const rp_call *call)                                                            \
    {                                                                                                           \
        for (size_t row = 0; row < call->m; row++) {                                                            \
            const rp_u_##code *x = (const rp_u_##code *)(void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]); \
            rp_t_##code z;                                                                                      \
            name##_row_value_##code(&z, x, call->n);                                                            \
            *(rp_u_##code *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]) = z;                       \
        }                                                                                                       \
    }
RP_DEFINE_ROW_COMPLEX(c64, prod, multiply, ((rp_complex64){1, 0}))
RP_DEFINE_ROW_COMPLEX(c128, prod, multiply, ((rp_complex128){1, 0}))
RP_EACH_COMPLEX(RP_DEFINE_ROW_COMPLEX, min, minimum, x[0])
RP_EACH_COMPLEX(RP_DEFINE_ROW_COMPLEX, max, maximum, x[0])

/* ---- ROW: any, all ------------------------------------------------------------------------------------------ */

static const rp_complex64 rp_zero_c64 = {0, 0}, rp_one_c64 = {1, 0};
static const rp_complex128 rp_zero_c128 = {0, 0}, rp_one_c128 = {1, 0};
#define rp_zero_of(x) _Generic((x), rp_complex64: rp_zero_c64, rp_complex128: rp_zero_c128, default: 0)
/* Truth does not depend on an integer's sign: one loop a size. */
#define RP_EACH_TRUTH(M, ...) RP_EACH_UNSIGNED(M, __VA_ARGS__) RP_EACH_FLOAT(M, __VA_ARGS__) RP_EACH_COMPLEX(M, __VA_ARGS__)
#define RP_TRUE(code, x) not_equal_##code(x, rp_zero_of(x))

/* How many elements stand, for certain, before the first one whose truth is `wanted`; n: there is none. Strips let the
 * compiler vectorise between two looks at the answer; they grow, since most often the first few elements decide. */
enum { RP_FIRST_STRIP = 16, RP_LONGEST_STRIP = 1024 };
#define RP_DEFINE_SEEK(code, ...)                                                                               \
    RP_INLINE size_t seek_##code(const rp_u_##code *x, size_t n, uint8_t wanted, size_t longest)                \
    {                                                                                                           \
        if (n && RP_TRUE(code, x[0]) == wanted) return 0;                                                       \
        for (size_t i = 0, end, strip = RP_FIRST_STRIP; i < n; i = end) {                                       \
            uint8_t found = 0;                                                                                  \
            end = n - i < strip ? n : i + strip;                                                                \
            for (size_t k = i; k < end; k++) found |= RP_TRUE(code, x[k]) == wanted;                            \
            if (found) return i;                                                                                \
            strip = strip < longest ? 2 * strip : longest;                                                      \
        }                                                                                                       \
        return n;                                                                                               \
    }
RP_EACH_TRUTH(RP_DEFINE_SEEK, )

/* `wanted` ends the search: 1 for any, 0 for all. */
#define RP_DEFINE_ROW_TRUTH(code, op, wanted)                                                                   \
    static void op##_row_##code(const rp_call *call)                                                            \
    {                                                                                                           \
        for (size_t row = 0; row < call->m; row++) {                                                            \
            const rp_u_##code *x = (const rp_u_##code *)(void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]); \
            const bool found = seek_##code(x, call->n, wanted, RP_LONGEST_STRIP) < call->n;                     \
            call->ptr[0][(ptrdiff_t)row * call->outer[0]] = found ? (wanted) : !(wanted);                       \
        }                                                                                                       \
    }
RP_EACH_TRUTH(RP_DEFINE_ROW_TRUTH, any, 1)
RP_EACH_TRUTH(RP_DEFINE_ROW_TRUTH, all, 0)

/* argmin and argmax of truth values: the first false or true one, or, where all are alike, the first. */
#define RP_DEFINE_ROW_ARG_TRUTH(op, wanted)                                                                     \
    static void op##_row_b8(const rp_call *call)                                                                \
    {                                                                                                           \
        const size_t n = call->n;                                                                               \
        for (size_t row = 0; row < call->m; row++) {                                                            \
            const uint8_t *x = (const uint8_t *)call->ptr[1] + (ptrdiff_t)row * call->outer[1];                 \
            size_t i = seek_u8(x, n, wanted, RP_LONGEST_STRIP);                                                 \
            i += seek_u8(x + i, n - i, wanted, RP_FIRST_STRIP);                                                 \
            while (i < n && (x[i] != 0) != (wanted)) i++;                                                       \
            const int64_t index = i < n ? (int64_t)i : 0;                                                       \
            memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0], &index, sizeof index);                       \
        }                                                                                                       \
    }
RP_DEFINE_ROW_ARG_TRUTH(argmin, 0)
RP_DEFINE_ROW_ARG_TRUTH(argmax, 1)

/* ---- ROW: argmin, argmax: the strip with the best value; then where in that strip it stands first ------------- */

RP_INLINE bool rp_mask_any(rp_mask_i8 mask)
{
    uint64_t word[RP_VECTOR_BYTES / 8], any = 0;
    memcpy(word, &mask, sizeof word);
    for (int k = 0; k < RP_VECTOR_BYTES / 8; k++) any |= word[k];
    return any;
}

/* skip: how many elements stand, for certain, before the first that is `best` or a NaN.
 * strip: one comparison an element tells whether any is better, or a NaN; few strips hold one, and only those are folded. */
#define RP_DEFINE_SKIP(code, ...)                                                                               \
    RP_INLINE size_t skip_##code(const rp_u_##code *x, size_t n, rp_t_##code best)                              \
    {                                                                                                           \
        typedef RP_VECTOR(code) V;                                                                              \
        enum { L = RP_WIDE_BYTES / sizeof(*x), WIDTH = sizeof(V) / sizeof(*x), COUNT = RP_WIDE_BYTES / sizeof(V) }; \
        const V wanted = (V){0} + best;                                                                         \
        size_t i = 0;                                                                                           \
        for (rp_mask_i8 found = {0}; i + L <= n; i += L) {                                                      \
            _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++)                                            \
            {                                                                                                   \
                V v;                                                                                            \
                memcpy(&v, x + i + k * WIDTH, sizeof v);                                                        \
                found |= (rp_mask_i8)((v == wanted) | (v != v));                                                \
            }                                                                                                   \
            if (rp_mask_any(found)) break;                                                                      \
        }                                                                                                       \
        return i;                                                                                               \
    }
#define RP_DEFINE_STRIP(code, name, AT_LEAST_AS_GOOD)                                                           \
    RP_INLINE void name##_strip_##code(rp_t_##code *z, const rp_u_##code *x, size_t n, rp_t_##code best, bool look) \
    {                                                                                                           \
        typedef RP_VECTOR(code) V;                                                                              \
        enum { L = RP_WIDE_BYTES / sizeof(*x), WIDTH = sizeof(V) / sizeof(*x), COUNT = RP_WIDE_BYTES / sizeof(V) }; \
        const size_t whole = n / L * L;                                                                         \
        const V start = (V){0} + best;                                                                          \
        rp_mask_i8 better[COUNT] = {{0}};                                                                       \
        for (size_t i = 0; look && i < whole; i += L) {                                                         \
            _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++)                                            \
            {                                                                                                   \
                V v;                                                                                            \
                memcpy(&v, x + i + k * WIDTH, sizeof v);                                                        \
                better[k] |= ~(rp_mask_i8)(start AT_LEAST_AS_GOOD v);                                           \
            }                                                                                                   \
        }                                                                                                       \
        _Pragma("GCC unroll 32") for (int k = 1; k < COUNT; k++) better[0] |= better[k];                        \
        const bool fold = !look || rp_mask_any(better[0]);                                                      \
        *z = best;                                                                                              \
        if (!fold && whole == n) return;                                                                        \
        V lanes[COUNT];                                                                                         \
        _Pragma("GCC unroll 32") for (int k = 0; k < COUNT; k++) lanes[k] = start;                              \
        if (fold) name##_join_##code(lanes, x, whole);                                                          \
        name##_fold_##code(z, lanes, x + whole, n - whole, best, 1);                                            \
    }
RP_EACH_ORDERED(RP_DEFINE_SKIP, )
RP_EACH_ORDERED(RP_DEFINE_STRIP, minimum, <=)
RP_EACH_ORDERED(RP_DEFINE_STRIP, maximum, >=)

#define RP_DEFINE_STRIP_COMPLEX(code, name)                                                                     \
    RP_INLINE void name##_strip_##code(rp_t_##code *z, const rp_u_##code *x, size_t n, rp_t_##code best, bool look) \
    {                                                                                                           \
        (void)best, (void)look;                                                                                 \
        name##_row_value_##code(z, x, n);                                                                       \
    }
#define RP_DEFINE_SKIP_COMPLEX(code, ...)                                                                       \
    RP_INLINE size_t skip_##code(const rp_u_##code *x, size_t n, rp_t_##code best)                              \
    {                                                                                                           \
        (void)x, (void)n, (void)best;                                                                           \
        return 0;                                                                                               \
    }
RP_EACH_COMPLEX(RP_DEFINE_SKIP_COMPLEX, )
RP_EACH_COMPLEX(RP_DEFINE_STRIP_COMPLEX, minimum)
RP_EACH_COMPLEX(RP_DEFINE_STRIP_COMPLEX, maximum)

#define RP_IS_BEST(code, x) (equal_##code(x, best) | (nan & not_equal_##code(x, x)))
/* value_of: the best of n elements, or `best` where none is better; look: likely none is. */
#define RP_DEFINE_ROW_ARG(code, op, value_of, better)                                                           \
    static int64_t op##_in_short_row_##code(const rp_u_##code *x, size_t n)                                     \
    {                                                                                                           \
        rp_t_##code best = x[0];                                                                                \
        int64_t index = 0;                                                                                      \
        for (size_t i = 1; i < n; i++) {                                                                        \
            const uint8_t take = (better##_##code(x[i], best) | not_equal_##code(x[i], x[i])) & equal_##code(best, best); \
            best = take ? x[i] : best;                                                                          \
            index = take ? (int64_t)i : index;                                                                  \
        }                                                                                                       \
        return index;                                                                                           \
    }                                                                                                           \
    static int64_t op##_in_row_##code(const rp_u_##code *x, size_t n)                                           \
    {                                                                                                           \
        enum { STRIP = 8192 / sizeof(rp_t_##code) };                                                            \
        rp_t_##code best = x[0], value;                                                                         \
        size_t index = 0;                                                                                       \
        /* The first one is shorter, so that the others begin with a line. */                                   \
        size_t length = STRIP - (uintptr_t)x % 64 / sizeof(*x);                                                 \
        for (size_t i = 0; i < n && !not_equal_##code(best, best); i += length, length = STRIP) {               \
            value_of##_##code(&value, x + i, n - i < length ? n - i : length, best, i > 0);                     \
            if (!better##_##code(value, best) && !not_equal_##code(value, value)) continue;                     \
            best = value;                                                                                       \
            index = i;                                                                                          \
        }                                                                                                       \
        const uint8_t nan = not_equal_##code(best, best);                                                       \
        index += skip_##code(x + index, n - index, best);                                                       \
        while (index < n && !RP_IS_BEST(code, x[index])) index++;                                               \
        return (int64_t)(index < n ? index : n - 1); /* another thread may have written over what was found */  \
    }                                                                                                           \
    static void op##_row_##code(const rp_call *call)                                                            \
    {                                                                                                           \
        enum { SHORT = 16 };                                                                                    \
        for (size_t row = 0; row < call->m; row++) {                                                            \
            const rp_u_##code *x = (const rp_u_##code *)(void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]); \
            const int64_t index = call->n <= SHORT ? op##_in_short_row_##code(x, call->n) : op##_in_row_##code(x, call->n); \
            memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0], &index, sizeof index);                       \
        }                                                                                                       \
    }

RP_EACH_ORDERED(RP_DEFINE_ROW_ARG, argmin, minimum_strip, less)
RP_EACH_ORDERED(RP_DEFINE_ROW_ARG, argmax, maximum_strip, greater)
RP_EACH_COMPLEX(RP_DEFINE_ROW_ARG, argmin, minimum_strip, less)
RP_EACH_COMPLEX(RP_DEFINE_ROW_ARG, argmax, maximum_strip, greater)

/* ---- COLUMN ------------------------------------------------------------------------------------------------- */

/* Four rows a pass, so that the running row is loaded and stored once for the four. */
#define RP_COLUMN_AT(code, index) (((const rp_u_##code *)(const void *)(from + (index) * step))[i])
#define RP_DEFINE_COLUMN(code, op, name, start)                                                                 \
    static void op##_column_##code(const rp_call *call)                                                         \
    {                                                                                                           \
        const size_t n = call->n;                                                                               \
        rp_u_##code *z = (rp_u_##code *)(void *)call->ptr[0];                                                   \
        const char *from = call->ptr[1];                                                                        \
        const ptrdiff_t step = call->outer[1];                                                                  \
        size_t row = 1;                                                                                         \
        RP_VECTORISE                                                                                            \
        for (size_t i = 0; i < n; i++) z[i] = start(code, RP_COLUMN_AT(code, 0));                               \
        from += step;                                                                                           \
        for (; row + 4 <= call->m; row += 4, from += 4 * step) {                                                \
            RP_VECTORISE                                                                                        \
            for (size_t i = 0; i < n; i++) {                                                                    \
                rp_t_##code value = z[i];                                                                       \
                _Pragma("GCC unroll 4") for (int k = 0; k < 4; k++) value = name##_##code(value, RP_COLUMN_AT(code, k)); \
                z[i] = value;                                                                                   \
            }                                                                                                   \
        }                                                                                                       \
        for (; row < call->m; row++, from += step) {                                                            \
            RP_VECTORISE                                                                                        \
            for (size_t i = 0; i < n; i++) z[i] = name##_##code(z[i], RP_COLUMN_AT(code, 0));                   \
        }                                                                                                       \
    }
#define RP_START_SUM(code, x) add_##code(rp_zero_of(x), x)
#define RP_START_PROD(code, x) multiply_##code(_Generic((x), rp_complex64: rp_one_c64, rp_complex128: rp_one_c128, default: 1), x)
#define RP_START_FIRST(code, x) (x)
RP_EACH_SUMMED(RP_DEFINE_COLUMN, sum, add, RP_START_SUM)
RP_EACH_SUMMED(RP_DEFINE_COLUMN, prod, multiply, RP_START_PROD)
RP_EACH_COMPLEX(RP_DEFINE_COLUMN, sum, add, RP_START_SUM)
RP_EACH_COMPLEX(RP_DEFINE_COLUMN, prod, multiply, RP_START_PROD)
RP_EACH_ORDERED(RP_DEFINE_COLUMN, min, minimum, RP_START_FIRST)
RP_EACH_ORDERED(RP_DEFINE_COLUMN, max, maximum, RP_START_FIRST)
RP_EACH_COMPLEX(RP_DEFINE_COLUMN, min, minimum, RP_START_FIRST)
RP_EACH_COMPLEX(RP_DEFINE_COLUMN, max, maximum, RP_START_FIRST)

#define RP_ROW_AT(code, index) ((const rp_u_##code *)(const void *)(from + (ptrdiff_t)(index) * step))
#define RP_DEFINE_COLUMN_TRUTH(code, op, COMBINE)                                                               \
    static void op##_column_##code(const rp_call *call)                                                         \
    {                                                                                                           \
        const size_t n = call->n;                                                                               \
        const char *from = call->ptr[1];                                                                        \
        const ptrdiff_t step = call->outer[1];                                                                  \
        uint8_t *z = (uint8_t *)call->ptr[0];                                                                   \
        RP_VECTORISE                                                                                            \
        for (size_t i = 0; i < n; i++) z[i] = RP_TRUE(code, RP_ROW_AT(code, 0)[i]);                             \
        size_t row = 1;                                                                                         \
        for (; row + 4 <= call->m; row += 4) {                                                                  \
            const rp_u_##code *a = RP_ROW_AT(code, row), *b = RP_ROW_AT(code, row + 1);                         \
            const rp_u_##code *c = RP_ROW_AT(code, row + 2), *d = RP_ROW_AT(code, row + 3);                     \
            RP_VECTORISE                                                                                        \
            for (size_t i = 0; i < n; i++) {                                                                    \
                z[i] = z[i] COMBINE RP_TRUE(code, a[i]) COMBINE RP_TRUE(code, b[i]) COMBINE                     \
                       RP_TRUE(code, c[i]) COMBINE RP_TRUE(code, d[i]);                                         \
            }                                                                                                   \
        }                                                                                                       \
        for (; row < call->m; row++) {                                                                          \
            const rp_u_##code *a = RP_ROW_AT(code, row);                                                        \
            RP_VECTORISE                                                                                        \
            for (size_t i = 0; i < n; i++) z[i] = z[i] COMBINE RP_TRUE(code, a[i]);                             \
        }                                                                                                       \
    }
RP_EACH_TRUTH(RP_DEFINE_COLUMN_TRUTH, any, |)
RP_EACH_TRUTH(RP_DEFINE_COLUMN_TRUTH, all, &)

/* ---- Descriptors -------------------------------------------------------------------------------------------- */

#define RP_DESCRIBE_ROW(code, loop, op, to) \
    RP_DESCRIBE(rp_op_##op, #op ".row." #code, RP_ROW, rp_dtype_##code, rp_dtype_##to, op##_row_##loop)
#define RP_DESCRIBE_COLUMN(code, loop, op, to) \
    RP_DESCRIBE(rp_op_##op, #op ".column." #code, RP_COLUMN, rp_dtype_##code, rp_dtype_##to, op##_column_##loop)
#define RP_DESCRIBE_FOLD(code, op) RP_DESCRIBE_ROW(code, code, op, code) RP_DESCRIBE_COLUMN(code, code, op, code)
#define RP_DESCRIBE_TRUTH_AS(code, loop, op) RP_DESCRIBE_ROW(code, loop, op, b8) RP_DESCRIBE_COLUMN(code, loop, op, b8)
#define RP_DESCRIBE_TRUTH(code, op) RP_DESCRIBE_TRUTH_AS(code, code, op)
#define RP_DESCRIBE_ARG(code, op) RP_DESCRIBE_ROW(code, code, op, i64)

#endif
