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
#define rp_select_1(mask, a, x) _mm256_blendv_epi8((__m256i)(x), (__m256i)(a), (__m256i)(mask))
#define rp_select_4(mask, a, x) _mm256_blendv_ps((__m256)(x), (__m256)(a), (__m256)(mask))
#define rp_select_8(mask, a, x) _mm256_blendv_pd((__m256d)(x), (__m256d)(a), (__m256d)(mask))
#define rp_mask_any(mask) (!_mm256_testz_si256((__m256i)(mask), (__m256i)(mask)))
#define rp_mask_first(mask) ((size_t)__builtin_ctz((unsigned)_mm256_movemask_epi8((__m256i)(mask))))
#define RP_PRODUCT_WORDS
#define rp_high_u16(a, b) ((rp_lanes_u16)_mm256_mulhi_epu16((__m256i)(a), (__m256i)(b)))
#define rp_lower_products(a, b) ((rp_lanes_u64)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))

static inline void rp_widen_half(float *to, const char *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(from + 2 * i))));
    }
    for (uint16_t half; i < n; i++) {
        memcpy(&half, from + 2 * i, sizeof half);
        to[i] = _cvtsh_ss(half);
    }
}

static inline void rp_narrow_half(char *to, const float *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m128i half = _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128((__m128i *)(void *)(to + 2 * i), half);
    }
    for (; i < n; i++) {
        const uint16_t half = _cvtss_sh(from[i], _MM_FROUND_TO_NEAREST_INT);
        memcpy(to + 2 * i, &half, sizeof half);
    }
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

#define RP_TRUTH_LANES 32
static inline void rp_pack_truths(void *to, const uint64_t *truths)
{
    const __m256i *from = (const __m256i *)(const void *)truths;
    __m256i packed[4];
    _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++)
    {
        packed[i] = _mm256_packs_epi32(_mm256_loadu_si256(from + 2 * i), _mm256_loadu_si256(from + 2 * i + 1));
    }
    packed[0] = _mm256_packs_epi16(packed[0], packed[1]);
    packed[1] = _mm256_packs_epi16(packed[2], packed[3]);
    /* A truth of two bytes is one now, in pairs; of the first halves of all vectors, then of the last. */
    const __m256i all = _mm256_permute4x64_epi64(_mm256_packs_epi16(packed[0], packed[1]), 0xd8);
    const __m128i pairs = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
    const __m256i in_order = _mm256_shuffle_epi8(all, _mm256_broadcastsi128_si256(pairs));
    _mm256_storeu_si256((__m256i *)to, _mm256_and_si256(in_order, _mm256_set1_epi8(1)));
}

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

/* ---- vector.h ---------------------------------------------------------------------------------------------- */

#define RP_LANES 4
#define RP_VECTOR_MASKS
#define RP_VECTOR_FMA
#define RP_VECTOR_GATHER
#define RP_VECTOR_WIDEN
#define RP_VECTOR_CLAMP
#define RP_VECTOR_SOME
static const int32_t rp_first_of[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
#define vs_first_mask(n) _mm256_loadu_si256((const __m256i *)(const void *)(rp_first_of + 8 - (n)))
#define vs_first_mask4(n) _mm_loadu_si128((const __m128i *)(const void *)(rp_first_of + 8 - (n)))
#define v_first_mask(n) _mm256_cvtepi32_epi64(vs_first_mask4(n))
#define v_load_some(from, n) \
    ((rp_vd)_mm256_blendv_pd(_mm256_set1_pd(1), _mm256_maskload_pd((const double *)(const void *)(from), v_first_mask(n)), \
                             (__m256d)v_first_mask(n)))
#define v_store_some(to, x, n) _mm256_maskstore_pd((double *)(void *)(to), v_first_mask(n), x)
#define v_load_f32_some(from, n)                                                                                      \
    ((rp_vd)_mm256_cvtps_pd(_mm_blendv_ps(                                                                            \
        _mm_set1_ps(1), _mm_maskload_ps((const float *)(const void *)(from), vs_first_mask4(n)), (__m128)vs_first_mask4(n))))
#define v_store_f32_some(to, x, n) _mm_maskstore_ps((float *)(void *)(to), vs_first_mask4(n), _mm256_cvtpd_ps(x))
#define vs_load_some(from, n)                                                                                         \
    ((rp_vs)_mm256_blendv_ps(_mm256_set1_ps(1), _mm256_maskload_ps((const float *)(const void *)(from), vs_first_mask(n)), \
                             (__m256)vs_first_mask(n)))
#define vs_store_some(to, x, n) _mm256_maskstore_ps((float *)(void *)(to), vs_first_mask(n), x)
typedef __m256i rp_vm;
#define v_less(a, b) ((__m256i)_mm256_cmp_pd(a, b, _CMP_LT_OQ))
#define v_less_equal(a, b) ((__m256i)_mm256_cmp_pd(a, b, _CMP_LE_OQ))
#define v_equal(a, b) ((__m256i)_mm256_cmp_pd(a, b, _CMP_EQ_OQ))
#define v_equal_i(a, b) _mm256_cmpeq_epi64((__m256i)(a), (__m256i)(b))
#define v_select(m, a, b) _mm256_blendv_pd(b, a, (__m256d)(m))
#define v_select_i(m, a, b) ((rp_vi)_mm256_blendv_pd((__m256d)(b), (__m256d)(a), (__m256d)(m)))
#define v_any(m) (_mm256_movemask_pd((__m256d)(m)) != 0)
#define v_fma _mm256_fmadd_pd
#define v_sqrt _mm256_sqrt_pd
/* GCC 12 makes two halves of __builtin_convertvector. */
#define v_load_f32(from) ((rp_vd)_mm256_cvtps_pd(_mm_loadu_ps((const float *)(const void *)(from))))
/* The instruction that gathers takes longer than loads do: log of 4096 float32 numbers 1.25 times as long with it
 * (AMD EPYC Milan, November 2026). */
static inline __attribute__((always_inline)) __m256d v_loads(const double *t, __m256i i)
{
    const __m128i first = _mm256_castsi256_si128(i), last = _mm256_extracti128_si256(i, 1);
    const __m128d low = _mm_loadh_pd(_mm_load_sd(t + _mm_cvtsi128_si64(first)), t + _mm_extract_epi64(first, 1));
    const __m128d high = _mm_loadh_pd(_mm_load_sd(t + _mm_cvtsi128_si64(last)), t + _mm_extract_epi64(last, 1));
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(low), high, 1);
}
#define v_gather(t, i) ((rp_vd)v_loads(t, (__m256i)(i)))
static inline __attribute__((always_inline)) void v_load_pairs(const double *t, __m256i i, __m256d *a, __m256d *b)
{
    const __m128i first = _mm256_castsi256_si128(i), last = _mm256_extracti128_si256(i, 1);
    const __m256d evens = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(t + _mm_cvtsi128_si64(first))),
                                               _mm_loadu_pd(t + _mm_cvtsi128_si64(last)), 1);
    const __m256d odds = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(t + _mm_extract_epi64(first, 1))),
                                              _mm_loadu_pd(t + _mm_extract_epi64(last, 1)), 1);
    *a = _mm256_unpacklo_pd(evens, odds);
    *b = _mm256_unpackhi_pd(evens, odds);
}
#define RP_VECTOR_PAIR
#define v_gather_pair(t, i, a, b) v_load_pairs(t, (__m256i)(i), a, b)
/* The second operand is the result where one is NaN. */
#define v_at_most(x, most) _mm256_min_pd(_mm256_set1_pd(most), x)
#define v_smaller(a, b) _mm256_min_pd(a, b)
#define v_larger(a, b) _mm256_max_pd(a, b)
#define v_at_least(x, least) _mm256_max_pd(_mm256_set1_pd(least), x)

#define RP_VECTOR_SINGLES
typedef __m256i rp_vsm;
#define vs_less(a, b) ((__m256i)_mm256_cmp_ps(a, b, _CMP_LT_OQ))
#define vs_less_equal(a, b) ((__m256i)_mm256_cmp_ps(a, b, _CMP_LE_OQ))
#define vs_without(a, bits) \
    _mm256_cmpeq_epi32(_mm256_and_si256((__m256i)(a), _mm256_set1_epi32(bits)), _mm256_setzero_si256())
#define vs_any(m) (_mm256_movemask_ps((__m256)(m)) != 0)
#define vs_low(a, b) ((rp_vsi)_mm256_shuffle_ps((__m256)(a), (__m256)(b), 0x88))
#define RP_VECTOR_WIDE "simd/avx2_wide.h"

#endif
