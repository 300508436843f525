/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SSE2, the baseline of x86-64. The words: scalar.h.
 */
#ifndef RP_SIMD_SSE2_H
#define RP_SIMD_SSE2_H

#include <emmintrin.h>

#include "simd/half_bits.h"
#include "simd/mask_bits.h"

#define RP_SIMD_ISA RP_ISA_SSE2
#define RP_SIMD_NEEDS RP_CPU_SSE2
#define RP_VECTOR_BYTES 16
#define RP_MIN_MAX_WORDS
#define rp_min_f32(a, x) _mm_min_ps(x, a)
#define rp_min_f64(a, x) _mm_min_pd(x, a)
#define rp_max_f32(a, x) _mm_max_ps(x, a)
#define rp_max_f64(a, x) _mm_max_pd(x, a)
#define RP_PRODUCT_WORDS
#define rp_high_u16(a, b) ((rp_lanes_u16)_mm_mulhi_epu16((__m128i)(a), (__m128i)(b)))
#define rp_lower_products(a, b) ((rp_lanes_u64)_mm_mul_epu32((__m128i)(a), (__m128i)(b)))
#define rp_widen_half rp_widen_half_bits
#define rp_narrow_half rp_narrow_half_bits

static inline uint64_t rp_mask_bits(const char *mask)
{
    uint64_t zero = 0;
    for (int i = 0; i < 64; i += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(mask + i));
        zero |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128())) << i;
    }
    return ~zero;
}

RP_SELECT_BY_BITS

static inline void rp_stream(char *to, const char *from, size_t bytes)
{
    size_t head = -(uintptr_t)to & 15, i;
    if (head > bytes) head = bytes;
    memcpy(to, from, head);
    for (i = head; i + 16 <= bytes; i += 16) {
        _mm_stream_si128((__m128i *)(void *)(to + i), _mm_loadu_si128((const __m128i *)(const void *)(from + i)));
    }
    memcpy(to + i, from + i, bytes - i);
}

#define rp_stream_end _mm_sfence

#endif
