/* SPDX-License-Identifier: BSD-3-Clause
 *
 * AVX2 with FMA and F16C. The words: scalar.h.
 */
#ifndef RP_SIMD_AVX2_H
#define RP_SIMD_AVX2_H

#include <immintrin.h>

#include "simd/half_bits.h"
#include "simd/mask_bits.h"

#define RP_SIMD_ISA RP_ISA_AVX2
#define RP_SIMD_NEEDS RP_CPU_AVX2
#define RP_VECTOR_BYTES 32
#define RP_MIN_MAX_WORDS
#define rp_min_f32(a, x) _mm256_min_ps(x, a)
#define rp_min_f64(a, x) _mm256_min_pd(x, a)
#define rp_max_f32(a, x) _mm256_max_ps(x, a)
#define rp_max_f64(a, x) _mm256_max_pd(x, a)

static inline void rp_widen_half(float *to, const char *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(from + 2 * i))));
    }
    rp_widen_half_bits(to + i, from + 2 * i, n - i);
}

static inline void rp_narrow_half(char *to, const float *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m128i half = _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128((__m128i *)(void *)(to + 2 * i), half);
    }
    rp_narrow_half_bits(to + 2 * i, from + i, n - i);
}

static inline uint64_t rp_mask_bits(const char *mask)
{
    uint64_t zero = 0;
    for (int i = 0; i < 64; i += 32) {
        const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(mask + i));
        zero |= (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())) << i;
    }
    return ~zero;
}

RP_SELECT_BY_BITS

static inline void rp_stream(char *to, const char *from, size_t bytes)
{
    size_t head = -(uintptr_t)to & 31, i;
    if (head > bytes) head = bytes;
    memcpy(to, from, head);
    for (i = head; i + 32 <= bytes; i += 32) {
        _mm256_stream_si256((__m256i *)(void *)(to + i), _mm256_loadu_si256((const __m256i *)(const void *)(from + i)));
    }
    memcpy(to + i, from + i, bytes - i);
}

#define rp_stream_end _mm_sfence

#endif
