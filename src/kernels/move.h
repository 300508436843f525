/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Kernels that move elements: casts between every two types, where, and the movers (copy with any strides, stream).
 * move.c of src/isa/ expands them.
 *
 * Casts are C's, with what C leaves open settled so that the instruction sets of one CPU family agree: a real number
 * becomes an integer of 8 or 16 bits through int32, and uint32 through int64; out of range the CPU's conversion decides
 * (x86 gives the lowest integer, AArch64 the nearest).
 */
#ifndef RP_MOVE_H
#define RP_MOVE_H

#include "kernels/mask.h"

/* ---- Casts ------------------------------------------------------------------------------------------------- */

static inline uint64_t rp_real_to_u64(double x)
{
    const double half = 0x1p63;
    uint64_t high = (uint64_t)(int64_t)(x - half) ^ (uint64_t)1 << 63, low = (uint64_t)(int64_t)x;
    return x >= half ? high : low;
}

/* 64-bit integers to float64, where no vector instruction does it: the halves are exact as the last bits of 2^84 and of 2^52, and
 * their sum is rounded once. Its sign is the integer's, whatever the caller's rounding mode makes of a sum of 0. */
#if defined(__SSE2__) && !defined(__AVX512DQ__)
static inline double rp_sum_of_halves(uint64_t high, uint64_t low, double less, uint64_t sign)
{
    double high_part, low_part, sum;
    memcpy(&high_part, &high, sizeof high);
    memcpy(&low_part, &low, sizeof low);
    sum = (high_part - less) + low_part;
    memcpy(&low, &sum, sizeof sum);
    low = (low & INT64_MAX) | sign;
    memcpy(&sum, &low, sizeof sum);
    return sum;
}
static inline double rp_u64_to_f64(uint64_t x)
{
    return rp_sum_of_halves(x >> 32 | 0x4530000000000000, (x & UINT32_MAX) | 0x4330000000000000, 0x1p84 + 0x1p52, 0);
}
static inline double rp_i64_to_f64(int64_t x)
{
    const uint64_t moved = (uint64_t)x ^ (uint64_t)1 << 63;
    return rp_sum_of_halves(moved >> 32 | 0x4530000000000000, (moved & UINT32_MAX) | 0x4330000000000000,
                            0x1p84 + 0x1p63 + 0x1p52, (uint64_t)x & (uint64_t)1 << 63);
}
#define rp_cast_to_f64(x) \
    (_Generic((x), int64_t: rp_i64_to_f64((int64_t)(x)), uint64_t: rp_u64_to_f64((uint64_t)(x)), default: (double)(x)))
#else
#define rp_cast_to_f64(x) ((double)(x))
#endif

#define rp_cast_to_b8(x) ((x) != 0)
#define rp_cast_to_i8(x) ((int8_t)(int32_t)(x))
#define rp_cast_to_u8(x) ((uint8_t)(int32_t)(x))
#define rp_cast_to_i16(x) ((int16_t)(int32_t)(x))
#define rp_cast_to_u16(x) ((uint16_t)(int32_t)(x))
#define rp_cast_to_i32(x) ((int32_t)(x))
#define rp_cast_to_u32(x) ((uint32_t)(int64_t)(x))
#define rp_cast_to_i64(x) ((int64_t)(x))
#define rp_cast_to_u64(x) (_Generic((x), float: 1, double: 1, default: 0) ? rp_real_to_u64((double)(x)) : (uint64_t)(x))
#define rp_cast_to_f32(x) ((float)(x))
#define rp_cast_to_c64(x) ((rp_complex64){(float)(x), 0})
#define rp_cast_to_c128(x) ((rp_complex128){rp_cast_to_f64(x), 0})
/* float32 on the way to float16; float64 rounds to odd there, so that two roundings are as one. */
#define rp_cast_to_f16(x) (_Generic((x), double: 1, default: 0) ? rp_double_to_odd_float((double)(x)) : (float)(x))

#define RP_CAST_LOOP(function, from, target, expression)                                            \
    static void function(const rp_call *call)                                                       \
    {                                                                                               \
        const size_t n = call->n;                                                                   \
        for (size_t row = 0; row < call->m; row++) {                                                \
            target *z = (target *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);         \
            const rp_u_##from *source =                                                             \
                (const rp_u_##from *)(const void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]); \
            RP_VECTORISE                                                                            \
            for (size_t i = 0; i < n; i++) {                                                        \
                const rp_t_##from x = rp_read_##from(source[i]);                                                   \
                z[i] = expression;                                                                  \
            }                                                                                       \
        }                                                                                           \
    }
#define RP_CAST_REAL(from, to) RP_CAST_LOOP(astype_v_##from##_##to, from, rp_u_##to, rp_cast_to_##to(x))
#define RP_CAST_PART(from, to) RP_CAST_LOOP(astype_v_##from##_##to, from, rp_u_##to, rp_cast_to_##to(x.re))
#define RP_CAST_COMPLEX(from, to, part) \
    RP_CAST_LOOP(astype_v_##from##_##to, from, rp_u_##to, ((rp_t_##to){(part)x.re, (part)x.im}))
#define RP_CAST_TRUTH(from) RP_CAST_LOOP(astype_v_##from##_b8, from, rp_u_b8, (x.re != 0) | (x.im != 0))

/* Every loop for one source. The sign changes no bit of an integer that is not wider, nor of what has 8 or 16 bits, which
 * comes from int32: those have one loop, named for the unsigned type. */
#define RP_CASTS_TO_SIZES(M, from) M(from, u8) M(from, u16) M(from, u32) M(from, u64)
#define RP_CASTS_TO_FLOATS(from, ...)                                                                   \
    RP_CAST_REAL(from, f32) RP_CAST_REAL(from, f64) RP_CAST_REAL(from, c64) RP_CAST_REAL(from, c128)    \
    RP_CAST_LOOP(widened_v_##from, from, rp_u_f32, rp_cast_to_f16(x))
#define RP_CASTS_FROM_UNSIGNED(from, ...) \
    RP_CAST_REAL(from, b8) RP_CASTS_TO_SIZES(RP_CAST_REAL, from) RP_CASTS_TO_FLOATS(from)
#define RP_CASTS_FROM_FLOAT(from, ...) \
    RP_CASTS_FROM_UNSIGNED(from, ) RP_CAST_REAL(from, i32) RP_CAST_REAL(from, i64)
#define RP_CASTS_FROM_COMPLEX(from, ...)                                                                        \
    RP_CAST_TRUTH(from) RP_CASTS_TO_SIZES(RP_CAST_PART, from) RP_CAST_PART(from, i32) RP_CAST_PART(from, i64)   \
    RP_CAST_PART(from, f32) RP_CAST_PART(from, f64) RP_CAST_COMPLEX(from, c64, float)                           \
    RP_CAST_COMPLEX(from, c128, double) RP_CAST_LOOP(widened_v_##from, from, rp_u_f32, rp_cast_to_f16(x.re))

/* float16, by way of float32 blocks: in, after which `run` casts on, or out, before which `run` cast to float32. */
static void rp_half_cast(const rp_call *call, size_t other_size, bool from_half, void (*run)(const rp_call *))
{
    float block[RP_HALF_BLOCK];
    for (size_t row = 0, rows; row < call->m; row += rows) {
        char *to = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        char *from = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        rows = rp_half_rows(call->n, call->m, row);
        for (size_t start = 0; start < call->n; start += RP_HALF_BLOCK) {
            const size_t n = call->n - start < RP_HALF_BLOCK ? call->n - start : RP_HALF_BLOCK;
            const ptrdiff_t block_row = (ptrdiff_t)(n * sizeof(float));
            if (from_half) rp_widen_rows(block, from + 2 * start, call->outer[1], rows, n);
            run(&(rp_call){.ptr = {from_half ? to + other_size * start : (char *)block,
                                   from_half ? (char *)block : from + other_size * start},
                           .outer = {from_half ? call->outer[0] : block_row, from_half ? block_row : call->outer[1]},
                           .n = n,
                           .m = rows});
            if (!from_half) rp_narrow_rows(to + 2 * start, call->outer[0], block, rows, n);
        }
    }
}

#define RP_CAST_FROM_HALF(code, ...)                                                    \
    static void astype_v_f16_##code(const rp_call *call)                                \
    {                                                                                   \
        rp_half_cast(call, sizeof(rp_t_##code), true, astype_v_f32_##code);             \
    }
#define RP_CAST_TO_HALF(code, ...)                                                      \
    static void astype_v_##code##_f16(const rp_call *call)                              \
    {                                                                                   \
        rp_half_cast(call, sizeof(rp_t_##code), false, widened_v_##code);               \
    }

#define RP_DESCRIBE_CAST_AS(from, target, source, size)                                                 \
    RP_DESCRIBE(RP_ASTYPE, "astype.v." #from "_" #target, RP_V, rp_dtype_##from, rp_dtype_##target,     \
                astype_v_##source##_##size)
#define RP_DESCRIBE_CAST(from, target) RP_DESCRIBE_CAST_AS(from, target, from, target)
/* One loop for both types of a width; `source`: whose it is. */
#define RP_DESCRIBE_CAST_TO(from, i, u, source) \
    RP_DESCRIBE_CAST_AS(from, i, source, u) RP_DESCRIBE_CAST_AS(from, u, source, u)
#define RP_DESCRIBE_CASTS_TO_FLOATS(from) \
    RP_DESCRIBE_CAST(from, f32) RP_DESCRIBE_CAST(from, f64) RP_DESCRIBE_CAST(from, c64) RP_DESCRIBE_CAST(from, c128)
#define RP_DESCRIBE_CASTS_OF_INTEGER(from, to1, to8, to16, to32, to64)                          \
    RP_DESCRIBE_CAST_AS(from, b8, to1, b8) RP_DESCRIBE_CAST_TO(from, i8, u8, to8)               \
    RP_DESCRIBE_CAST_TO(from, i16, u16, to16) RP_DESCRIBE_CAST_TO(from, i32, u32, to32)         \
    RP_DESCRIBE_CAST_TO(from, i64, u64, to64) RP_DESCRIBE_CASTS_TO_FLOATS(from) RP_DESCRIBE_CAST(from, f16)
#define RP_DESCRIBE_CASTS_OF_FLOAT(from)                                                        \
    RP_DESCRIBE_CAST(from, b8) RP_DESCRIBE_CAST_TO(from, i8, u8, from)                          \
    RP_DESCRIBE_CAST_TO(from, i16, u16, from) RP_DESCRIBE_CAST(from, i32) RP_DESCRIBE_CAST(from, u32) \
    RP_DESCRIBE_CAST(from, i64) RP_DESCRIBE_CAST(from, u64) RP_DESCRIBE_CASTS_TO_FLOATS(from)

/* ---- where: by the size of the elements, but for bools, which are read ----------------------------------------- */

/* IN_PLACE: whether the result is y, a vector. What does not change is not touched then, as a mask is often true in few places: of
 * RP_WORD elements those that change are stored one by one, if they are no more than FEW, or too long for the vector loop. */
enum { RP_WHERE_FEW = 8, RP_WHERE_LONG = 16 };

#define RP_WHERE_LOOP(shape, code, x_index, y_index, IN_PLACE)                                                        \
    static void where_##shape##_##code(const rp_call *call)                                                 \
    {                                                                                                       \
        const size_t n = call->n;                                                                           \
        for (size_t row = 0; row < call->m; row++) {                                                        \
            const ptrdiff_t r = (ptrdiff_t)row;                                                             \
            rp_u_##code *z = (rp_u_##code *)(void *)(call->ptr[0] + r * call->outer[0]);                    \
            const uint8_t *condition = (const uint8_t *)(call->ptr[1] + r * call->outer[1]);                \
            const rp_u_##code *x = (const rp_u_##code *)(const void *)(call->ptr[2] + r * call->outer[2]);  \
            const rp_u_##code *y = (const rp_u_##code *)(const void *)(call->ptr[3] + r * call->outer[3]);  \
            const rp_t_##code first_x = rp_read_##code(x[0]), first_y = rp_read_##code(y[0]);               \
            (void)first_x;                                                                                  \
            (void)first_y;                                                                                  \
            const size_t step = (IN_PLACE) && n > RP_WORD ? RP_WORD : n;                                    \
            for (size_t start = 0; start < n; start += step) {                                              \
                const size_t end = n - start < step ? n : start + step;                                     \
                if (IN_PLACE) {                                                                             \
                    uint64_t word = rp_word((const char *)condition + start, end - start);                  \
                    if (sizeof *z >= RP_WHERE_LONG || __builtin_popcountll(word) <= RP_WHERE_FEW) {         \
                        for (; word; word &= word - 1) {                                                    \
                            const size_t i = start + (size_t)__builtin_ctzll(word);                         \
                            z[i] = x_index;                                                                 \
                        }                                                                                   \
                        continue;                                                                           \
                    }                                                                                       \
                }                                                                                           \
                RP_VECTORISE                                                                                \
                for (size_t i = start; i < end; i++) {                                                      \
                    const rp_t_##code yes = x_index, no = y_index;                                          \
                    z[i] = condition[i] ? yes : no;                                                         \
                }                                                                                           \
            }                                                                                               \
        }                                                                                                   \
    }
#define RP_WHERE(code)                                                  \
    RP_WHERE_LOOP(vvv, code, rp_read_##code(x[i]), rp_read_##code(y[i]), z == y) \
    RP_WHERE_LOOP(vvs, code, rp_read_##code(x[i]), first_y, false)               \
    RP_WHERE_LOOP(vsv, code, first_x, rp_read_##code(y[i]), z == y)              \
    RP_WHERE_LOOP(vss, code, first_x, first_y, false)
#define RP_DESCRIBE_WHERE_LOOP(shape, SHAPE, code, bits) \
    RP_DESCRIBE(RP_WHERE, "where." #shape "." #code, SHAPE, rp_dtype_##code, rp_dtype_##code, where_##shape##_##bits)
#define RP_DESCRIBE_WHERE(code, bits)               \
    RP_DESCRIBE_WHERE_LOOP(vvv, RP_VVV, code, bits) \
    RP_DESCRIBE_WHERE_LOOP(vvs, RP_VVS, code, bits) \
    RP_DESCRIBE_WHERE_LOOP(vsv, RP_VSV, code, bits) \
    RP_DESCRIBE_WHERE_LOOP(vss, RP_VSS, code, bits)

#endif
