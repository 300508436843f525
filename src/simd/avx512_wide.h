/* SPDX-License-Identifier: BSD-3-Clause
 *
 * AVX-512: the words of RP_VECTOR_WIDE (vector.h).
 */
#ifndef RP_SIMD_AVX512_WIDE_H
#define RP_SIMD_AVX512_WIDE_H

V rp_vs rp_nearest_avx512(rp_vs x, float factor, rp_vs *count)
{
    const rp_vs whole = vs_set(0x1.8p23f);
    *count = _mm512_fmadd_round_ps(x, vs_set(factor), whole, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return *count - whole;
}

#define vs_none ((rp_vsm)0)
#define vs_count(m) ((size_t)__builtin_popcount(m))
#define vs_fma(a, b, c) ((rp_vs)_mm512_fmadd_ps(a, b, c))
#define vs_nearest(x, factor, count) rp_nearest_avx512(x, factor, count)
#define vs_no_smaller(x, c) \
    ((rp_vs)_mm512_add_round_ps(x, _mm512_set1_ps(c), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC))
#define vs_fnma(a, b, c) ((rp_vs)_mm512_fnmadd_ps(a, b, c))
#define vs_at_most_i(x, most) ((rp_vsi)_mm512_min_epi32((__m512i)(x), _mm512_set1_epi32(most)))
#define vs_at_least_i(x, least) ((rp_vsi)_mm512_max_epi32((__m512i)(x), _mm512_set1_epi32(least)))
#define vs_all(m) ((rp_vsm)(m) == 0xffff)
#define vs_not(m) _knot_mask16(m)
#define vs_or(m, n) _kor_mask16(m, n)
#define vs_and_not(m, n) _kandn_mask16(n, m)
#define vs_differ(a, b) _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ)
#define vs_equal(a, b) _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ)
#define vs_not_less(a, b) _mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ)
#define vs_unequal(a, b) _mm512_cmp_ps_mask(a, b, _CMP_NEQ_OQ)
#define vs_select(m, a, b) ((rp_vs)_mm512_mask_blend_ps(m, b, a))
#define vs_where(m, a) ((rp_vs)_mm512_maskz_mov_ps(m, a))
#define vs_at_most(x, most) ((rp_vs)_mm512_min_ps(_mm512_set1_ps(most), x))
#define vs_at_least(x, least) ((rp_vs)_mm512_max_ps(_mm512_set1_ps(least), x))
#define vs_with_sign(x, from) \
    ((rp_vs)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(from), _mm512_set1_epi32(INT32_MIN), 0xf8))
#define vs_table32(t, i) ((rp_vs)_mm512_permutex2var_ps(_mm512_loadu_ps(t), (__m512i)(i), _mm512_loadu_ps((t) + 16)))
#define vs_sqrt(x) ((rp_vs)_mm512_sqrt_ps(x))
#define vs_rough_root_inverse(x) ((rp_vs)_mm512_rsqrt14_ps(x))
#define vs_exponent(x) ((rp_vs)_mm512_getexp_ps(x))
#define vs_fraction(x) ((rp_vs)_mm512_getmant_ps(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_zero))
#define vs_split(x, m, k) \
    (*(m) = _mm512_getmant_ps(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan), *(k) = _mm512_getexp_ps(x))
#define vs_scale(x, k) ((rp_vs)_mm512_scalef_ps(x, k))
#define vs_subnormal(x) _mm512_fpclass_ps_mask(x, 0x20)
#define vs_not_finite_or_zero(x) _mm512_fpclass_ps_mask(x, 0x9f)
/* A digit for each class of x, from the last on: NaN (two), 0, 1, -infinity, infinity, < 0, > 0. 0: result, 2: x, 3: NaN, 4
 * and 5: -infinity and infinity. */
#define vs_log_special(x, result) \
    ((rp_vs)_mm512_fixupimm_ps(result, x, _mm512_set1_epi32(0x03530422), 0))
#define vs_within(x, first, count) \
    _mm512_cmplt_epu32_mask(_mm512_sub_epi32((__m512i)(x), _mm512_set1_epi32(first)), _mm512_set1_epi32(count))
#define vs_load_f16(from) ((rp_vs)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)(from))))
#define vs_store_f16(to, x) \
    _mm256_storeu_si256((__m256i *)(void *)(to), _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT))
#define vs_load_f16_some(from, n) \
    ((rp_vs)_mm512_cvtph_ps(_mm256_mask_loadu_epi16(_mm256_set1_epi16(0x3c00), vs_first(n), from)))
#define vs_store_f16_some(to, x, n) \
    _mm256_mask_storeu_epi16(to, vs_first(n), _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT))
#define vs_compress(m, x) ((rp_vs)_mm512_maskz_compress_ps(m, x))
#define vs_places(m, first)                                                                                          \
    ((rp_vsi)_mm512_maskz_compress_epi32(                                                                            \
        m, _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),                 \
                            _mm512_set1_epi32(first))))

#endif
