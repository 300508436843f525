/* SPDX-License-Identifier: BSD-3-Clause
 *
 * AVX2: the words of RP_VECTOR_WIDE (vector.h).
 */
#ifndef RP_SIMD_AVX2_WIDE_H
#define RP_SIMD_AVX2_WIDE_H

V __m256i rp_within_avx2(__m256i x, int32_t first, int32_t count)
{
    const __m256i from_first = _mm256_sub_epi32(x, _mm256_set1_epi32(first));
    return _mm256_cmpeq_epi32(_mm256_min_epu32(from_first, _mm256_set1_epi32(count - 1)), from_first);
}

V __m256i rp_bits_avx2(__m256 x, int32_t bits)
{
    return _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(bits));
}

V __m256 rp_table32_avx2(const float *t, __m256i i)
{
    const __m256 eighth = _mm256_castsi256_ps(_mm256_slli_epi32(i, 28));
    const __m256 first = _mm256_blendv_ps(_mm256_permutevar8x32_ps(_mm256_loadu_ps(t), i),
                                          _mm256_permutevar8x32_ps(_mm256_loadu_ps(t + 8), i), eighth);
    const __m256 second = _mm256_blendv_ps(_mm256_permutevar8x32_ps(_mm256_loadu_ps(t + 16), i),
                                           _mm256_permutevar8x32_ps(_mm256_loadu_ps(t + 24), i), eighth);
    return _mm256_blendv_ps(first, second, _mm256_castsi256_ps(_mm256_slli_epi32(i, 27)));
}

/* The instruction's 12 bits, which are not every processor's, and a step of Newton's but where that has no number: of 0 and
 * of infinity. */
V __m256 rp_root_inverse_avx2(__m256 x)
{
    const __m256 rough = _mm256_rsqrt_ps(x), square = _mm256_mul_ps(_mm256_mul_ps(x, _mm256_set1_ps(-0.5f)), rough);
    const __m256 better = _mm256_mul_ps(rough, _mm256_fmadd_ps(square, rough, _mm256_set1_ps(1.5f)));
    return _mm256_blendv_ps(better, rough, _mm256_cmp_ps(better, better, _CMP_UNORD_Q));
}

/* Whether any number is not positive and normal. What is added makes the largest exponent negative. */
V bool rp_any_special_avx2(__m256i x)
{
    const __m256i next = _mm256_add_epi32(x, _mm256_set1_epi32(1 << 23));
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(next, _mm256_set1_epi32((2 << 23) - 1))) != -1;
}

V __m256 rp_exponent_of_normal_avx2(__m256i size)
{
    const __m256i biased = _mm256_or_si256(_mm256_srli_epi32(size, 23), _mm256_set1_epi32(0x4b000000));
    return _mm256_sub_ps(_mm256_castsi256_ps(biased), _mm256_set1_ps(0x1p23f + 127));
}

static __attribute__((noinline, unused)) __m256 rp_exponent_of_any_avx2(__m256i size)
{
    /* A subnormal number is a whole multiple of 2^-149; of 0 the logarithm is -infinity. */
    const __m256i whole = _mm256_castps_si256(_mm256_cvtepi32_ps(size));
    const __m256 small = _mm256_sub_ps(rp_exponent_of_normal_avx2(whole), _mm256_set1_ps(149));
    const __m256 none = _mm256_set1_ps(-__builtin_inff()), number = _mm256_castsi256_ps(size);
    __m256 e = rp_exponent_of_normal_avx2(size);
    e = _mm256_blendv_ps(e, small, _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(1 << 23), size)));
    e = _mm256_blendv_ps(e, none, _mm256_castsi256_ps(_mm256_cmpeq_epi32(size, _mm256_setzero_si256())));
    return _mm256_blendv_ps(e, number,
                            _mm256_castsi256_ps(_mm256_cmpgt_epi32(size, _mm256_set1_epi32((255 << 23) - 1))));
}

V __m256 rp_exponent_avx2(__m256 x)
{
    const __m256i size = rp_bits_avx2(x, INT32_MAX);
    if (__builtin_expect(rp_any_special_avx2(size), 0)) return rp_exponent_of_any_avx2(size);
    return rp_exponent_of_normal_avx2(size);
}

V __m256 rp_fraction_of_normal_avx2(__m256 x)
{
    return _mm256_castsi256_ps(_mm256_or_si256(rp_bits_avx2(x, 0x007fffff), _mm256_set1_epi32(0x3f800000)));
}

static __attribute__((noinline, unused)) __m256 rp_fraction_of_any_avx2(__m256 x, bool of_negative)
{
    const __m256i size = rp_bits_avx2(x, INT32_MAX);
    const __m256 whole = rp_fraction_of_normal_avx2(_mm256_cvtepi32_ps(size)), nan = _mm256_set1_ps(__builtin_nanf(""));
    __m256 m = rp_fraction_of_normal_avx2(x);
    m = _mm256_blendv_ps(m, whole, _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(1 << 23), size)));
    m = _mm256_blendv_ps(m, nan, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    return of_negative ? m : _mm256_blendv_ps(m, nan, _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ));
}

V __m256 rp_fraction_avx2(__m256 x)
{
    if (__builtin_expect(rp_any_special_avx2(rp_bits_avx2(x, INT32_MAX)), 0)) return rp_fraction_of_any_avx2(x, true);
    return rp_fraction_of_normal_avx2(x);
}

/* One question for both. */
V void rp_split_avx2(__m256 x, rp_vs *m, rp_vs *k)
{
    const __m256i size = rp_bits_avx2(x, INT32_MAX);
    if (__builtin_expect(rp_any_special_avx2(size), 0)) {
        *m = rp_fraction_of_any_avx2(x, false);
        *k = rp_exponent_of_any_avx2(size);
    } else {
        *m = _mm256_blendv_ps(rp_fraction_of_normal_avx2(x), _mm256_set1_ps(__builtin_nanf("")), x);
        *k = rp_exponent_of_normal_avx2(size);
    }
}

V __m256 rp_nearest_avx2(__m256 x, float factor, rp_vs *count)
{
    /* 0, not -0, of -0 */
    const __m256 product = factor == 1 ? x : _mm256_fmadd_ps(x, _mm256_set1_ps(factor), _mm256_setzero_ps());
    const __m256 n = _mm256_round_ps(product, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    *count = _mm256_add_ps(n, _mm256_set1_ps(0x1.8p23f));
    return n;
}

/* 2^k for whole k, -127 < k < 128. */
V __m256 rp_power_avx2(__m256 k)
{
    const __m256 biased = _mm256_add_ps(k, _mm256_set1_ps(0x1.8p23f + 127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(biased), 23));
}

/* |k| < 252; where x 2^-126 is a normal number, rounded once. */
V __m256 rp_scale_avx2(__m256 x, __m256 k)
{
    const __m256 whole = _mm256_floor_ps(k);
    const __m256 first = _mm256_max_ps(_mm256_min_ps(whole, _mm256_set1_ps(126)), _mm256_set1_ps(-126));
    return _mm256_mul_ps(_mm256_mul_ps(x, rp_power_avx2(first)), rp_power_avx2(_mm256_sub_ps(whole, first)));
}

static __attribute__((noinline, unused)) __m256 rp_log_special_avx2(__m256 x, __m256 result)
{
    const __m256 zero = _mm256_setzero_ps(), infinity = _mm256_set1_ps(__builtin_inff());
    result = _mm256_blendv_ps(result, _mm256_set1_ps(__builtin_nanf("")), _mm256_cmp_ps(x, zero, _CMP_NGE_UQ));
    result = _mm256_blendv_ps(result, _mm256_set1_ps(-__builtin_inff()), _mm256_cmp_ps(x, zero, _CMP_EQ_OQ));
    return _mm256_blendv_ps(result, infinity, _mm256_cmp_ps(x, infinity, _CMP_EQ_OQ));
}

/* The first n < 8 numbers; 1 in the other lanes. */
V __m256 rp_load_f16_some_avx2(const char *from, size_t n)
{
    uint16_t some[8] = {0x3c00, 0x3c00, 0x3c00, 0x3c00, 0x3c00, 0x3c00, 0x3c00, 0x3c00};
    memcpy(some, from, n * sizeof *some);
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)some));
}

V void rp_store_f16_some_avx2(char *to, __m256 x, size_t n)
{
    uint16_t all[8];
    _mm_storeu_si128((__m128i *)(void *)all, _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
    memcpy(to, all, n * sizeof *all);
}

/* Which lanes are true in `bits`, one after another. */
V __m256i rp_lanes_avx2(int bits)
{
    const uint64_t bytes = _pdep_u64((uint64_t)(unsigned)bits, 0x0101010101010101) * 255;
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)_pext_u64(0x0706050403020100, bytes)));
}

#define vs_none _mm256_setzero_si256()
#define vs_first(n) vs_first_mask(n)
#define vs_count(m) ((size_t)__builtin_popcount((unsigned)_mm256_movemask_ps((__m256)(m))))
#define vs_any_of(m, n) vs_any(_mm256_or_si256(m, n))
#define vs_all(m) (_mm256_movemask_ps((__m256)(m)) == 0xff)
#define vs_not(m) _mm256_xor_si256(m, _mm256_set1_epi32(-1))
#define vs_or(m, n) _mm256_or_si256(m, n)
#define vs_and_not(m, n) _mm256_andnot_si256(n, m)
#define vs_differ(a, b) ((__m256i)_mm256_cmp_ps(a, b, _CMP_NEQ_UQ))
#define vs_equal(a, b) ((__m256i)_mm256_cmp_ps(a, b, _CMP_EQ_OQ))
#define vs_not_less(a, b) ((__m256i)_mm256_cmp_ps(a, b, _CMP_NLT_UQ))
#define vs_unequal(a, b) ((__m256i)_mm256_cmp_ps(a, b, _CMP_NEQ_OQ))
#define vs_select(m, a, b) ((rp_vs)_mm256_blendv_ps(b, a, (__m256)(m)))
#define vs_where(m, a) ((rp_vs)_mm256_and_ps((__m256)(m), a))
#define vs_fma(a, b, c) ((rp_vs)_mm256_fmadd_ps(a, b, c))
#define vs_fnma(a, b, c) ((rp_vs)_mm256_fnmadd_ps(a, b, c))
#define vs_nearest(x, factor, count) rp_nearest_avx2(x, factor, count)
#define vs_no_smaller(x, c) vs_select(vs_less(vs_abs(x), vs_set(c)), vs_set(c), x)
#define vs_at_most_i(x, most) ((rp_vsi)_mm256_min_epi32((__m256i)(x), _mm256_set1_epi32(most)))
#define vs_at_least_i(x, least) ((rp_vsi)_mm256_max_epi32((__m256i)(x), _mm256_set1_epi32(least)))
#define vs_at_most(x, most) ((rp_vs)_mm256_min_ps(_mm256_set1_ps(most), x))
#define vs_at_least(x, least) ((rp_vs)_mm256_max_ps(_mm256_set1_ps(least), x))
#define vs_with_sign(x, from) ((rp_vs)_mm256_or_ps(x, _mm256_castsi256_ps(rp_bits_avx2(from, INT32_MIN))))
#define vs_table32(t, i) ((rp_vs)rp_table32_avx2(t, (__m256i)(i)))
#define vs_sqrt(x) ((rp_vs)_mm256_sqrt_ps(x))
#define vs_rough_root_inverse(x) ((rp_vs)rp_root_inverse_avx2(x))
#define vs_exponent(x) ((rp_vs)rp_exponent_avx2(x))
#define vs_fraction(x) ((rp_vs)rp_fraction_avx2(x))
#define vs_split(x, m, k) rp_split_avx2(x, m, k)
#define vs_scale(x, k) ((rp_vs)rp_scale_avx2(x, k))
#define vs_within(x, first, count) rp_within_avx2((__m256i)(x), first, count)
#define vs_subnormal(x) rp_within_avx2(rp_bits_avx2(x, INT32_MAX), 1, (1 << 23) - 1)
#define vs_not_finite_or_zero(x) \
    _mm256_or_si256(vs_equal(x, _mm256_setzero_ps()), \
                    (__m256i)_mm256_cmp_ps(vs_abs(x), _mm256_set1_ps(__FLT_MAX__), _CMP_NLE_UQ))
#define vs_log_special(x, result)                                                                       \
    ((rp_vs)(__builtin_expect(rp_any_special_avx2(rp_bits_avx2(x, INT32_MAX)), 0) ? \
                 rp_log_special_avx2(x, result) : (__m256)(result)))
#define vs_load_f16(from) ((rp_vs)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(from))))
#define vs_store_f16(to, x) \
    _mm_storeu_si128((__m128i *)(void *)(to), _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT))
#define vs_load_f16_some(from, n) ((rp_vs)rp_load_f16_some_avx2(from, n))
#define vs_store_f16_some(to, x, n) rp_store_f16_some_avx2(to, x, n)
#define vs_compress(m, x) ((rp_vs)_mm256_permutevar8x32_ps(x, rp_lanes_avx2(_mm256_movemask_ps((__m256)(m)))))
#define vs_places(m, first) \
    ((rp_vsi)_mm256_add_epi32(rp_lanes_avx2(_mm256_movemask_ps((__m256)(m))), _mm256_set1_epi32(first)))

#endif
