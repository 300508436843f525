/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows QUOTIENT of ops.def by one number. Division by d is a product with a multiplier that is found once: of numbers of
 * N bits, with l the least whole number for which 2^l >= d, m = floor(2^N (2^l - d) / d) + 1 and t = floor(m n / 2^N),
 * n / d = floor((t + (n - t) / 2) / 2^(l - 1)) for every n < 2^N (Granlund and Montgomery, Division by Invariant Integers
 * using Multiplication, 1994, figure 4.1).
 */
#ifndef RP_DIVISION_H
#define RP_DIVISION_H

#include "kernels/map.h"

__extension__ typedef unsigned __int128 rp_u128;

typedef struct rp_divisor {
    uint64_t multiplier;
    int first, last; /* shifts */
} rp_divisor;

RP_INLINE rp_divisor rp_divisor_of(uint64_t d, int bits)
{
    const int l = d > 1 ? 64 - __builtin_clzll(d - 1) : 0;
    const uint64_t rest = (l < 64 ? (uint64_t)1 << l : 0) - d;
    const uint64_t multiplier = bits < 64 ? (rest << bits) / d : (uint64_t)(((rp_u128)rest << 64) / d);
    return (rp_divisor){multiplier + 1, l > 0, l > 0 ? l - 1 : 0};
}

/* The upper halves of products; those of 32 and 64 bits from the products of the lower halves of 64 bits. */
#ifndef RP_PRODUCT_WORDS
RP_INLINE rp_lanes_u16 rp_high_u16(rp_lanes_u16 a, rp_lanes_u16 b)
{
    for (size_t i = 0; i < sizeof a / sizeof a[0]; i++) a[i] = (uint16_t)(((uint32_t)a[i] * b[i]) >> 16);
    return a;
}
RP_INLINE rp_lanes_u64 rp_lower_products(rp_lanes_u64 a, rp_lanes_u64 b) { return (a & UINT32_MAX) * (b & UINT32_MAX); }
#endif
RP_INLINE rp_lanes_u32 rp_high_u32(rp_lanes_u32 a, rp_lanes_u32 b)
{
    const rp_lanes_u64 evens = rp_lower_products((rp_lanes_u64)a, (rp_lanes_u64)b) >> 32;
    const rp_lanes_u64 odds = rp_lower_products((rp_lanes_u64)a >> 32, (rp_lanes_u64)b >> 32);
    return (rp_lanes_u32)(evens | (odds & ~(uint64_t)UINT32_MAX));
}
RP_INLINE rp_lanes_u64 rp_high_u64(rp_lanes_u64 a, rp_lanes_u64 b)
{
    const rp_lanes_u64 a_high = a >> 32, b_high = b >> 32;
    const rp_lanes_u64 first = rp_lower_products(a, b_high) + (rp_lower_products(a, b) >> 32);
    const rp_lanes_u64 second = rp_lower_products(a_high, b) + (first & UINT32_MAX);
    return rp_lower_products(a_high, b_high) + (first >> 32) + (second >> 32);
}

/* n / d, as code is the type without a sign. */
#define RP_DEFINE_QUOTIENT_OF(code)                                                                     \
    RP_INLINE rp_lanes_##code rp_quotient_##code(rp_lanes_##code n, rp_divisor d)                       \
    {                                                                                                   \
        const rp_lanes_##code t = rp_high_##code(n, (rp_lanes_##code){0} + (rp_t_##code)d.multiplier);  \
        return (t + ((n - t) >> d.first)) >> d.last;                                                    \
    }
RP_DEFINE_QUOTIENT_OF(u16)
RP_DEFINE_QUOTIENT_OF(u32)
RP_DEFINE_QUOTIENT_OF(u64)
RP_INLINE rp_lanes_u8 rp_quotient_u8(rp_lanes_u8 n, rp_divisor d) /* which is one of 16 bits */
{
    const rp_lanes_u16 evens = rp_quotient_u16((rp_lanes_u16)n & UINT8_MAX, d);
    return (rp_lanes_u8)(evens | rp_quotient_u16((rp_lanes_u16)n >> 8, d) << 8);
}
enum { rp_divided_u8 = 16, rp_divided_u16 = 16, rp_divided_u32 = 32, rp_divided_u64 = 64 }; /* bits */

/* x / y for y != 0, whose size is |y|'s; `below` says whether y < 0; bare: the type without a sign. Of a negative quotient
 * the floor: -1 - q, where q is that of |x| - 1. */
#define RP_DEFINE_DIVISION(code, bare)                                                                              \
    RP_INLINE rp_lanes_##bare floor_divide_by_##code(rp_lanes_##code x, rp_t_##code y, rp_divisor size, bool below) \
    {                                                                                                               \
        const rp_lanes_##bare negative = (rp_lanes_##bare)(below ? x > 0 : x < 0);                                  \
        const rp_lanes_##bare from = below ? -(rp_lanes_##bare)x : (rp_lanes_##bare)x;                              \
        (void)y;                                                                                                    \
        return rp_quotient_##bare(from ^ negative, size) ^ negative;                                                \
    }                                                                                                               \
    RP_INLINE rp_lanes_##bare remainder_by_##code(rp_lanes_##code x, rp_t_##code y, rp_divisor size, bool below)    \
    {                                                                                                               \
        return (rp_lanes_##bare)x - floor_divide_by_##code(x, y, size, below) * (rp_t_##bare)y;                     \
    }                                                                                                               \
    RP_INLINE rp_lanes_##bare fmod_by_##code(rp_lanes_##code x, rp_t_##code y, rp_divisor size, bool below)         \
    {                                                                                                               \
        const rp_lanes_##bare negative = (rp_lanes_##bare)(x < 0), from = ((rp_lanes_##bare)x ^ negative) - negative; \
        const rp_t_##bare divisor = (rp_t_##bare)(below ? 0 - (rp_t_##bare)y : (rp_t_##bare)y);                     \
        return ((from - rp_quotient_##bare(from, size) * divisor) ^ negative) - negative;                           \
    }                                                                                                               \
    /* Division by 0 gives 0. */                                                                                    \
    RP_INLINE void divide_by_##code(const rp_call *call,                                                            \
                                    rp_lanes_##bare (*f)(rp_lanes_##code, rp_t_##code, rp_divisor, bool))           \
    {                                                                                                               \
        rp_t_##code last = 0;                                                                                       \
        rp_divisor size = {0};                                                                                      \
        for (size_t row = 0; row < call->m; row++) {                                                                \
            char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];                                               \
            const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];                                         \
            const rp_t_##code y = *(const rp_u_##code *)(void *)(call->ptr[2] + (ptrdiff_t)row * call->outer[2]);   \
            const bool below = !(y > 0); /* or y is 0 */                                                            \
            const size_t bytes = call->n * sizeof y;                                                                \
            if (y && y != last)                                                                                     \
                size = rp_divisor_of((rp_t_##bare)(below ? 0 - (rp_t_##bare)y : (rp_t_##bare)y), rp_divided_##bare); \
            last = y;                                                                                               \
            if (!y) {                                                                                               \
                memset(z, 0, bytes);                                                                                \
            } else if (below) {                                                                                     \
                RP_DIVIDE(code, f(some, y, size, true))                                                             \
            } else {                                                                                                \
                RP_DIVIDE(code, f(some, y, size, false))                                                            \
            }                                                                                                       \
        }                                                                                                           \
    }
#define RP_DIVIDE(code, result)                                                                     \
    size_t i = 0;                                                                                   \
    rp_lanes_##code some = {0};                                                                     \
    for (; i + RP_VECTOR_BYTES <= bytes; i += RP_VECTOR_BYTES) {                                    \
        memcpy(&some, x + i, sizeof some);                                                          \
        some = (rp_lanes_##code)result;                                                             \
        memcpy(z + i, &some, sizeof some);                                                          \
    }                                                                                               \
    memcpy(&some, x + i, bytes - i);                                                                \
    some = (rp_lanes_##code)result;                                                                 \
    memcpy(z + i, &some, bytes - i);
RP_DEFINE_DIVISION(i8, u8)
RP_DEFINE_DIVISION(i16, u16)
RP_DEFINE_DIVISION(i32, u32)
RP_DEFINE_DIVISION(i64, u64)
RP_DEFINE_DIVISION(u8, u8)
RP_DEFINE_DIVISION(u16, u16)
RP_DEFINE_DIVISION(u32, u32)
RP_DEFINE_DIVISION(u64, u64)

#define RP_DEFINE_QUOTIENT_LOOP(shape, code, name) \
    static void name##_##shape##_##code(const rp_call *call) { map_##shape##_##code##_##code(call, 1, 2, name##_##code); }
#define RP_DEFINE_QUOTIENT(code, name, expression)      \
    RP_DEFINE_BINARY_FUNCTION(code, name, expression)   \
    RP_DEFINE_QUOTIENT_LOOP(vv, code, name)             \
    static void name##_vs_##code(const rp_call *call) { divide_by_##code(call, name##_by_##code); } \
    RP_DEFINE_QUOTIENT_LOOP(sv, code, name)

/* The rows REAL_QUOTIENT: a block at a time by the short way, or by the long one where that is too short for any. */
#define RP_DEFINE_DIVIDE_SHORTLY(code)                                                                          \
    RP_INLINE void divide_shortly_##code(const rp_call *call, size_t x_step, size_t y_step,                     \
                                         rp_t_##code (*shortly)(rp_t_##code, rp_t_##code),                      \
                                         rp_t_##code (*slowly)(rp_t_##code, rp_t_##code, rp_t_##code),          \
                                         bool (*far)(rp_t_##code, rp_t_##code))                                 \
    {                                                                                                           \
        for (size_t row = 0; row < call->m; row++) {                                                            \
            char *to = call->ptr[0] + (ptrdiff_t)row * call->outer[0];                                          \
            const rp_u_##code *x = (const void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]);              \
            const rp_u_##code *y = (const void *)(call->ptr[2] + (ptrdiff_t)row * call->outer[2]);              \
            for (size_t start = 0; start < call->n; start += W_QUOTIENTS) {                                     \
                const size_t n = call->n - start < W_QUOTIENTS ? call->n - start : W_QUOTIENTS;                 \
                rp_t_##code z[W_QUOTIENTS];                                                                     \
                int any = 0;                                                                                    \
                for (size_t i = 0; i < n; i++) any |= far(x[i * x_step], y[i * y_step]);                        \
                if (any) {                                                                                      \
                    rp_t_##code a[W_QUOTIENTS], b[W_QUOTIENTS];                                                 \
                    for (size_t i = 0; i < n; i++) a[i] = x[i * x_step], b[i] = y[i * y_step];                  \
                    const rp_fp_mode mode = rp_fp_change(RP_FP_DEFAULT);                                        \
                    w_long_rests_##code(z, a, b, n);                                                            \
                    rp_fp_change(mode);                                                                         \
                    for (size_t i = 0; i < n; i++) z[i] = slowly(a[i], b[i], z[i]);                             \
                } else {                                                                                        \
                    for (size_t i = 0; i < n; i++) z[i] = shortly(x[i * x_step], y[i * y_step]);                \
                }                                                                                               \
                memcpy(to + start * sizeof *z, z, n * sizeof *z);                                               \
                x += n * x_step, y += n * y_step;                                                               \
            }                                                                                                   \
        }                                                                                                       \
    }
RP_DEFINE_DIVIDE_SHORTLY(f32)
RP_DEFINE_DIVIDE_SHORTLY(f64)
#define RP_DEFINE_REAL_QUOTIENT_LOOP(shape, code, name, x_step, y_step)                                         \
    static void name##_##shape##_##code(const rp_call *call)                                                    \
    {                                                                                                           \
        divide_shortly_##code(call, x_step, y_step, w_short_##name##_##code, w_long_##name##_##code,            \
                              w_far_##name##_##code);                                                           \
    }
#define RP_DEFINE_REAL_QUOTIENT(code, name, expression)                                                         \
    RP_DEFINE_REAL_QUOTIENT_LOOP(vv, code, name, 1, 1)                                                          \
    RP_DEFINE_REAL_QUOTIENT_LOOP(vs, code, name, 1, 0)                                                          \
    RP_DEFINE_REAL_QUOTIENT_LOOP(sv, code, name, 0, 1)

#endif
