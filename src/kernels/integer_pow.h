/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The row COUNTED of ops.def: x multiplied by itself y times, by squaring; it wraps round.
 */
#ifndef RP_INTEGER_POW_H
#define RP_INTEGER_POW_H

#include "kernels/map.h"

enum { RP_POW_BLOCK = 1024 }; /* elements, whose exponents tell how many bits there are to go through */

typedef struct rp_powers {
    uint64_t number, exponent; /* where an operand is one number */
    int bits;                  /* of the largest exponent */
} rp_powers;

#define RP_DEFINE_POWERS(code, ...)                                                                                 \
    RP_INLINE rp_lanes_##code rp_powers_##code(rp_lanes_##code x, rp_lanes_##code y, int bits)                      \
    {                                                                                                               \
        rp_lanes_##code z = ((x - 1) & -(y & 1)) + 1;                                                               \
        for (int bit = 1; bit < bits; bit++) {                                                                      \
            x *= x;                                                                                                 \
            y >>= 1;                                                                                                \
            z *= ((x - 1) & -(y & 1)) + 1;                                                                          \
        }                                                                                                           \
        return z;                                                                                                   \
    }                                                                                                               \
    /* By one number, y > 0. */                                                                                     \
    RP_INLINE rp_lanes_##code rp_powers_by_##code(rp_lanes_##code x, rp_t_##code y)                                 \
    {                                                                                                               \
        for (; !(y & 1); y >>= 1) x *= x;                                                                           \
        rp_lanes_##code z = x;                                                                                      \
        while (y >>= 1) {                                                                                           \
            x *= x;                                                                                                 \
            if (y & 1) z *= x;                                                                                      \
        }                                                                                                           \
        return z;                                                                                                   \
    }                                                                                                               \
    /* `bytes` bytes of z, at most a vector. */                                                                     \
    RP_INLINE void rp_some_powers_##code(char *z, const char *x, const char *y, size_t bytes, const rp_powers *p)   \
    {                                                                                                               \
        rp_lanes_##code from = (rp_lanes_##code){0} + (rp_t_##code)p->number, counts = {0};                         \
        if (x) memcpy(&from, x, bytes);                                                                             \
        if (y) memcpy(&counts, y, bytes);                                                                           \
        from = !y && p->exponent ? rp_powers_by_##code(from, (rp_t_##code)p->exponent)                              \
                                 : rp_powers_##code(from, counts, p->bits);                                         \
        memcpy(z, &from, bytes);                                                                                    \
    }                                                                                                               \
    RP_SHARED void rp_integer_pow_##code(const rp_call *call, bool x_one, bool y_one)                               \
    {                                                                                                               \
        enum { SIZE = sizeof(rp_t_##code), LANES = RP_VECTOR_BYTES / SIZE };                                        \
        for (size_t row = 0; row < call->m; row++) {                                                                \
            char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];                                               \
            const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];                                         \
            const char *y = call->ptr[2] + (ptrdiff_t)row * call->outer[2];                                         \
            rp_powers p = {.number = *(const rp_u_##code *)(const void *)x, .exponent = *(const rp_u_##code *)(const void *)y}; \
            for (size_t i = 0, end; i < call->n; i = end) {                                                         \
                end = call->n - i < RP_POW_BLOCK ? call->n : i + RP_POW_BLOCK;                                      \
                rp_t_##code all = 0;                                                                                \
                for (size_t k = i; k < end && !y_one; k++) all |= ((const rp_u_##code *)(const void *)y)[k];        \
                p.bits = all ? 64 - __builtin_clzll(all) : 0;                                                       \
                for (; i + LANES <= end; i += LANES)                                                                \
                    rp_some_powers_##code(z + i * SIZE, x_one ? NULL : x + i * SIZE, y_one ? NULL : y + i * SIZE,   \
                                          RP_VECTOR_BYTES, &p);                                                     \
                if (i < end)                                                                                        \
                    rp_some_powers_##code(z + i * SIZE, x_one ? NULL : x + i * SIZE, y_one ? NULL : y + i * SIZE,   \
                                          (end - i) * SIZE, &p);                                                    \
            }                                                                                                       \
        }                                                                                                           \
    }
RP_EACH_UNSIGNED(RP_DEFINE_POWERS)

#define RP_DEFINE_INTEGER_POW(code, name, expression)   \
    RP_DEFINE_BINARY_FUNCTION(code, name, expression)   \
    static void name##_vv_##code(const rp_call *call) { rp_integer_pow_##code(call, false, false); } \
    static void name##_vs_##code(const rp_call *call) { rp_integer_pow_##code(call, false, true); } \
    static void name##_sv_##code(const rp_call *call) { rp_integer_pow_##code(call, true, false); }

#endif
