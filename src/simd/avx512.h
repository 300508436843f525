/* SPDX-License-Identifier: BSD-3-Clause
 *
 * AVX-512 (F, DQ, BW, VL, CD). The words: scalar.h.
 */
#ifndef RP_SIMD_AVX512_H
#define RP_SIMD_AVX512_H

#include <immintrin.h>
#include <stdbool.h>

#include "simd/half_bits.h"
#include "simd/mask_bits.h"

#define RP_SIMD_ISA RP_ISA_AVX512
#define RP_SIMD_NEEDS RP_CPU_AVX512
#define RP_VECTOR_BYTES 64
#define RP_MIN_MAX_WORDS
#define rp_min_f32(a, x) _mm512_min_ps(x, a)
#define rp_min_f64(a, x) _mm512_min_pd(x, a)
#define rp_max_f32(a, x) _mm512_max_ps(x, a)
#define rp_max_f64(a, x) _mm512_max_pd(x, a)
#define RP_PRODUCT_WORDS
#define rp_high_u16(a, b) ((rp_lanes_u16)_mm512_mulhi_epu16((__m512i)(a), (__m512i)(b)))
#define rp_lower_products(a, b) ((rp_lanes_u64)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))

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

static inline uint64_t rp_mask_bits(const char *mask)
{
    const __m512i bytes = _mm512_loadu_si512(mask);
    return _mm512_test_epi8_mask(bytes, bytes);
}

static inline size_t rp_find_word(int64_t *to, uint64_t word, int64_t first)
{
    __m512i place = _mm512_add_epi64(_mm512_set1_epi64(first), _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
    const size_t found = (size_t)__builtin_popcountll(word);
    for (; word; word >>= 8) {
        const __mmask8 bits = (__mmask8)word;
        _mm512_storeu_si512(to, _mm512_maskz_compress_epi64(bits, place));
        to += __builtin_popcount(bits);
        place = _mm512_add_epi64(place, _mm512_set1_epi64(8));
    }
    return found;
}

/* Compression stores whole vectors of which the first elements count: memory's own form of it is slow on some CPUs. 8 and 16
 * bits go by way of 32, since their own form is not part of this tier. */
#define RP_DEFINE_COMPRESS(code, type, lanes, load, compress, store)                                        \
    static inline size_t rp_compress_##code(char *to, const char *x, uint64_t word)                         \
    {                                                                                                       \
        const size_t found = (size_t)__builtin_popcountll(word);                                            \
        for (; word; word >>= lanes, x += (lanes) * sizeof(type)) {                                         \
            const uint64_t bits = word & ((1u << lanes) - 1);                                               \
            store(to, compress(bits, load(x)));                                                             \
            to += (size_t)__builtin_popcountll(bits) * sizeof(type);                                        \
        }                                                                                                   \
        return found;                                                                                       \
    }
#define RP_LOAD_16(x) _mm_loadu_si128((const __m128i *)(const void *)(x))
#define RP_LOAD_32(x) _mm256_loadu_si256((const __m256i *)(const void *)(x))
#define RP_LOAD_U8(x) _mm512_cvtepu8_epi32(RP_LOAD_16(x))
#define RP_LOAD_U16(x) _mm512_cvtepu16_epi32(RP_LOAD_32(x))
#define RP_STORE_U8(to, v) _mm_storeu_si128((__m128i *)(void *)(to), _mm512_cvtepi32_epi8(v))
#define RP_STORE_U16(to, v) _mm256_storeu_si256((__m256i *)(void *)(to), _mm512_cvtepi32_epi16(v))
#define RP_COMPRESS_32(bits, v) _mm512_maskz_compress_epi32((__mmask16)(bits), v)
#define RP_COMPRESS_64(bits, v) _mm512_maskz_compress_epi64((__mmask8)(bits), v)
#define RP_COMPRESS_128(bits, v) RP_COMPRESS_64(_pdep_u32((unsigned)(bits), 0x55) * 3, v) /* each bit twice */
RP_DEFINE_COMPRESS(u8, uint8_t, 16, RP_LOAD_U8, RP_COMPRESS_32, RP_STORE_U8)
RP_DEFINE_COMPRESS(u16, uint16_t, 16, RP_LOAD_U16, RP_COMPRESS_32, RP_STORE_U16)
RP_DEFINE_COMPRESS(u32, uint32_t, 16, _mm512_loadu_si512, RP_COMPRESS_32, _mm512_storeu_si512)
RP_DEFINE_COMPRESS(u64, uint64_t, 8, _mm512_loadu_si512, RP_COMPRESS_64, _mm512_storeu_si512)
RP_DEFINE_COMPRESS(c128, char[16], 4, _mm512_loadu_si512, RP_COMPRESS_128, _mm512_storeu_si512)

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
#define RP_VECTOR_SOME
#define v_first(n) ((__mmask8)((1u << (n)) - 1))
#define v_load_some(from, n) ((rp_vd)_mm512_mask_loadu_pd(_mm512_set1_pd(1), v_first(n), from))
#define v_store_some(to, x, n) _mm512_mask_storeu_pd(to, v_first(n), x)
#define v_load_f32_some(from, n) ((rp_vd)_mm512_cvtps_pd(_mm256_mask_loadu_ps(_mm256_set1_ps(1), v_first(n), from)))
#define v_store_f32_some(to, x, n) _mm256_mask_storeu_ps(to, v_first(n), _mm512_cvtpd_ps(x))
typedef __mmask8 rp_vm;
#define v_less(a, b) _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ)
#define v_less_equal(a, b) _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ)
#define v_equal(a, b) _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ)
#define v_equal_i(a, b) _mm512_cmpeq_epi64_mask((__m512i)(a), (__m512i)(b))
#define v_select(m, a, b) _mm512_mask_blend_pd(m, b, a)
#define v_select_i(m, a, b) ((rp_vi)_mm512_mask_blend_epi64(m, (__m512i)(b), (__m512i)(a)))
static inline __attribute__((always_inline)) bool rp_any_avx512(__mmask8 m) { return m != 0; }
#define v_any(m) rp_any_avx512(m)
#define v_fma _mm512_fmadd_pd
#define v_sqrt _mm512_sqrt_pd
#define v_gather(t, i) _mm512_i64gather_pd((__m512i)(i), t, 8)
#define v_table16(t, i) _mm512_permutex2var_pd(_mm512_loadu_pd(t), (__m512i)(i), _mm512_loadu_pd((t) + 8))
/* GCC 12 makes two halves of __builtin_convertvector. */
#define v_load_f32(from) ((rp_vd)_mm512_cvtps_pd(_mm256_loadu_ps((const float *)(const void *)(from))))
#define v_table32(t, i) \
    _mm512_mask_blend_pd(_mm512_test_epi64_mask((__m512i)(i), _mm512_set1_epi64(16)), v_table16(t, i), v_table16((t) + 16, i))
#define v_scale _mm512_scalef_pd
/* The second operand is the result where one is NaN. */
#define v_at_most(x, most) _mm512_min_pd(_mm512_set1_pd(most), x)
#define v_smaller(a, b) _mm512_min_pd(a, b)
#define v_larger(a, b) _mm512_max_pd(a, b)
#define v_at_least(x, least) _mm512_max_pd(_mm512_set1_pd(least), x)

#define RP_VECTOR_SINGLES
typedef __mmask16 rp_vsm;
#define vs_first(n) ((__mmask16)((1u << (n)) - 1))
#define vs_load_some(from, n) ((rp_vs)_mm512_mask_loadu_ps(_mm512_set1_ps(1), vs_first(n), from))
#define vs_store_some(to, x, n) _mm512_mask_storeu_ps(to, vs_first(n), x)
#define vs_less(a, b) _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ)
#define vs_less_equal(a, b) _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ)
#define vs_without(a, bits) _mm512_testn_epi32_mask((__m512i)(a), _mm512_set1_epi32(bits))
#define vs_any(m) ((rp_vsm)(m) != 0)
#define vs_any_of(m, n) (!_kortestz_mask16_u8(m, n))
#define vs_low(a, b) ((rp_vsi)_mm512_shuffle_ps((__m512)(a), (__m512)(b), 0x88))
#define RP_VECTOR_WIDE "simd/avx512_wide.h"

#endif
