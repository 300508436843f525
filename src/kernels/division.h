/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows QUOTIENT of ops.def by one number of 64 bits, where no vector instruction turns such numbers into float64 and
 * back. Division by d is a product with a multiplier that is found once: with l the least whole number for which 2^l >= d,
 * m = floor(2^64 (2^l - d) / d) + 1 and t = floor(m n / 2^64), n / d = floor((t + (n - t) / 2) / 2^(l - 1)) for every
 * n < 2^64 (Granlund and Montgomery, Division by Invariant Integers using Multiplication, 1994, figure 4.1).
 */
#ifndef RP_DIVISION_H
#define RP_DIVISION_H

#include "kernels/map.h"

__extension__ typedef unsigned __int128 rp_u128;

typedef struct rp_divisor {
    uint64_t multiplier;
    int first, last; /* shifts */
} rp_divisor;

RP_INLINE rp_divisor rp_divisor_of(uint64_t d)
{
    const int l = d > 1 ? 64 - __builtin_clzll(d - 1) : 0;
    const uint64_t rest = (l < 64 ? (uint64_t)1 << l : 0) - d;
    return (rp_divisor){(uint64_t)(((rp_u128)rest << 64) / d) + 1, l > 0, l > 0 ? l - 1 : 0};
}

RP_INLINE uint64_t rp_quotient(uint64_t n, rp_divisor d)
{
    const uint64_t t = (uint64_t)(((rp_u128)d.multiplier * n) >> 64);
    return (t + ((n - t) >> d.first)) >> d.last;
}

RP_INLINE uint64_t rp_size_u64(uint64_t x) { return x; }
RP_INLINE uint64_t rp_size_i64(int64_t x) { return x < 0 ? 0 - (uint64_t)x : (uint64_t)x; }

/* x / y for y != 0, size is |y|'s; `below` says whether y < 0. Of a negative quotient the floor: -1 - q, where q is that of
 * |x| - 1. */
RP_INLINE int64_t floor_divide_by_i64(int64_t x, int64_t y, rp_divisor size, bool below)
{
    const uint64_t negative = 0 - (uint64_t)(below ? x > 0 : x < 0), from = below ? 0 - (uint64_t)x : (uint64_t)x;
    (void)y;
    return (int64_t)(rp_quotient(from ^ negative, size) ^ negative);
}
RP_INLINE int64_t remainder_by_i64(int64_t x, int64_t y, rp_divisor size, bool below)
{
    return x - floor_divide_by_i64(x, y, size, below) * y;
}
RP_INLINE int64_t fmod_by_i64(int64_t x, int64_t y, rp_divisor size, bool below)
{
    const int64_t quotient = (int64_t)rp_quotient(rp_size_i64(x), size);
    return x - ((x < 0) != below ? -quotient : quotient) * y;
}
RP_INLINE uint64_t floor_divide_by_u64(uint64_t x, uint64_t y, rp_divisor size, bool below)
{
    (void)y, (void)below;
    return rp_quotient(x, size);
}
RP_INLINE uint64_t remainder_by_u64(uint64_t x, uint64_t y, rp_divisor size, bool below)
{
    return x - floor_divide_by_u64(x, y, size, below) * y;
}
#define fmod_by_u64 remainder_by_u64

/* Division by 0 gives 0. */
#define RP_DEFINE_QUOTIENT_VS(code, name)                                                                         \
    static void name##_vs_##code(const rp_call *call)                                                             \
    {                                                                                                             \
        rp_t_##code last = 0;                                                                                     \
        rp_divisor size = {0};                                                                                    \
        for (size_t row = 0; row < call->m; row++) {                                                              \
            rp_u_##code *z = (rp_u_##code *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);             \
            const rp_u_##code *x = (const rp_u_##code *)(void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]); \
            const rp_t_##code y = *(const rp_u_##code *)(void *)(call->ptr[2] + (ptrdiff_t)row * call->outer[2]); \
            if (y && y != last) size = rp_divisor_of(rp_size_##code(y));                                          \
            last = y;                                                                                             \
            if (y == 0) {                                                                                         \
                memset(z, 0, call->n * sizeof *z);                                                                \
            } else if (y > 0) {                                                                                   \
                for (size_t i = 0; i < call->n; i++) z[i] = name##_by_##code(x[i], y, size, false);               \
            } else {                                                                                              \
                for (size_t i = 0; i < call->n; i++) z[i] = name##_by_##code(x[i], y, size, true);                \
            }                                                                                                     \
        }                                                                                                         \
    }
#define RP_DEFINE_QUOTIENT_LOOP(shape, code, name) \
    static void name##_##shape##_##code(const rp_call *call) { map_##shape##_##code##_##code(call, 1, 2, name##_##code); }
#define RP_DEFINE_QUOTIENT(code, name, expression)      \
    RP_DEFINE_BINARY_FUNCTION(code, name, expression)   \
    RP_DEFINE_QUOTIENT_LOOP(vv, code, name)             \
    RP_DEFINE_QUOTIENT_VS(code, name)                   \
    RP_DEFINE_QUOTIENT_LOOP(sv, code, name)

#endif
