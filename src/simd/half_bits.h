/* SPDX-License-Identifier: BSD-3-Clause
 *
 * float16 by integer arithmetic, one element at a time and without branches: for CPUs that have no conversion, and for
 * the tails of those that have. Rounds to nearest even; a NaN stays one and keeps the top of its payload.
 */
#ifndef RP_HALF_BITS_H
#define RP_HALF_BITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline float rp_half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = half & 0x7fff;
    /* Scaling by 2^112 moves the exponent's bias, and normalises subnormal numbers on the way. */
    uint32_t scaled = magnitude << 13;
    float value;
    memcpy(&value, &scaled, sizeof value);
    value *= 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t special = 0x7f800000 | scaled | ((magnitude > 0x7c00) << 22);
    bits = (magnitude >= 0x7c00 ? special : bits) | sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint16_t rp_float_to_half(float value)
{
    uint32_t bits, rounded;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    /* Normal results: move the bias, round to even at bit 13; a carry runs into the exponent, up to infinity. */
    uint32_t normal = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
    /* Subnormal ones: adding 1/2 leaves the units of 2^-24 in the low bits, rounded by the adder. */
    float tiny;
    memcpy(&tiny, &magnitude, sizeof tiny);
    tiny += 0.5f;
    memcpy(&rounded, &tiny, sizeof rounded);
    uint32_t result = magnitude < 0x38800000 ? rounded - 0x3f000000 : normal;
    result = magnitude >= 0x47800000 ? 0x7c00 : result;
    result = magnitude > 0x7f800000 ? 0x7e00 | (magnitude >> 13 & 0x3ff) : result;
    return (uint16_t)(result | sign);
}

/* float64 to float32 by rounding to odd: rounding the result again, to float16, is then as rounding once. */
static inline float rp_double_to_odd_float(double value)
{
    float nearest = (float)value;
    uint32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    double back = nearest, size = value < 0 ? -value : value, back_size = back < 0 ? -back : back;
    int32_t step = back_size < size ? 1 : -1;
    int adjust = (back != value) & (value == value) & !(bits & 1);
    bits += adjust ? (uint32_t)step : 0;
    memcpy(&nearest, &bits, sizeof nearest);
    return nearest;
}

static inline void rp_widen_half_bits(float *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, from + 2 * i, sizeof half);
        to[i] = rp_half_to_float(half);
    }
}

static inline void rp_narrow_half_bits(char *to, const float *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t half = rp_float_to_half(from[i]);
        memcpy(to + 2 * i, &half, sizeof half);
    }
}

#endif
