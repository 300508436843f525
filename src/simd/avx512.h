/* SPDX-License-Identifier: BSD-3-Clause
 *
 * AVX-512 (F, DQ, BW, VL, CD). The words: scalar.h.
 */
#ifndef RP_SIMD_AVX512_H
#define RP_SIMD_AVX512_H

#include <immintrin.h>

#include "simd/half_bits.h"

#define RP_SIMD_ISA RP_ISA_AVX512
#define RP_SIMD_NEEDS RP_CPU_AVX512
#define RP_VECTOR_BYTES 64

static inline void rp_widen_half(float *to, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __mmask16 mask = n - i >= 16 ? 0xffff : (__mmask16)((1u << (n - i)) - 1);
        __m256i half = _mm256_maskz_loadu_epi16(mask, from + 2 * i);
        _mm512_mask_storeu_ps(to + i, mask, _mm512_cvtph_ps(half));
    }
}

static inline void rp_narrow_half(char *to, const float *from, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __mmask16 mask = n - i >= 16 ? 0xffff : (__mmask16)((1u << (n - i)) - 1);
        __m256i half = _mm512_cvtps_ph(_mm512_maskz_loadu_ps(mask, from + i), _MM_FROUND_TO_NEAREST_INT);
        _mm256_mask_storeu_epi16(to + 2 * i, mask, half);
    }
}

static inline void rp_stream(char *to, const char *from, size_t bytes)
{
    size_t head = -(uintptr_t)to & 63, i;
    if (head > bytes) head = bytes;
    memcpy(to, from, head);
    for (i = head; i + 64 <= bytes; i += 64) {
        _mm512_stream_si512((__m512i *)(void *)(to + i), _mm512_loadu_si512(from + i));
    }
    memcpy(to + i, from + i, bytes - i);
}

#define rp_stream_end _mm_sfence

/* ---- vector.h ---------------------------------------------------------------------------------------------- */

#define RP_LANES 8
#define RP_VECTOR_MASKS
#define RP_VECTOR_FMA
#define RP_VECTOR_GATHER
#define RP_VECTOR_CLAMP
#define RP_VECTOR_TABLE
#define RP_VECTOR_SCALE
#define RP_VECTOR_WIDEN
typedef __mmask8 rp_vm;
#define v_less(a, b) _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ)
#define v_less_equal(a, b) _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ)
#define v_equal(a, b) _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ)
#define v_equal_i(a, b) _mm512_cmpeq_epi64_mask((__m512i)(a), (__m512i)(b))
#define v_select(m, a, b) _mm512_mask_blend_pd(m, b, a)
#define v_select_i(m, a, b) ((rp_vi)_mm512_mask_blend_epi64(m, (__m512i)(b), (__m512i)(a)))
#define v_any(m) ((rp_vm)(m) != 0)
#define v_fma _mm512_fmadd_pd
#define v_sqrt _mm512_sqrt_pd
#define v_gather(t, i) _mm512_i64gather_pd((__m512i)(i), t, 8)
#define v_table16(t, i) _mm512_permutex2var_pd(_mm512_loadu_pd(t), (__m512i)(i), _mm512_loadu_pd((t) + 8))
/* GCC 12 makes two halves of __builtin_convertvector. */
#define v_load_f32(from) ((rp_vd)_mm512_cvtps_pd(_mm256_loadu_ps((const float *)(const void *)(from))))
#define v_scale _mm512_scalef_pd
/* The second operand is the result where one is NaN. */
#define v_at_most(x, most) _mm512_min_pd(_mm512_set1_pd(most), x)
#define v_at_least(x, least) _mm512_max_pd(_mm512_set1_pd(least), x)

#endif
