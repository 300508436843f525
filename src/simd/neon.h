/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NEON, the baseline of AArch64. The words: scalar.h. The compiler has no portable word for a store that passes the
 * caches by (STNP is a hint), so streaming is an ordinary copy here.
 */
#ifndef RP_SIMD_NEON_H
#define RP_SIMD_NEON_H

#include <arm_neon.h>

#include "simd/half_bits.h"
#include "simd/mask_bits.h"

#define RP_SIMD_ISA RP_ISA_NEON
#define RP_SIMD_NEEDS RP_CPU_NEON
#define RP_VECTOR_BYTES 16
#define RP_PRODUCT_WORDS
static inline uint16x8_t rp_high_u16(uint16x8_t a, uint16x8_t b)
{
    const uint16x4_t low = vshrn_n_u32(vmull_u16(vget_low_u16(a), vget_low_u16(b)), 16);
    return vcombine_u16(low, vshrn_n_u32(vmull_high_u16(a, b), 16));
}
#define rp_lower_products(a, b) vmull_u32(vmovn_u64(a), vmovn_u64(b))

static inline void rp_widen_half(float *to, const char *from, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        float16x4_t half;
        memcpy(&half, from + 2 * i, sizeof half);
        vst1q_f32(to + i, vcvt_f32_f16(half));
    }
    rp_widen_half_bits(to + i, from + 2 * i, n - i);
}

static inline void rp_narrow_half(char *to, const float *from, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        float16x4_t half = vcvt_f16_f32(vld1q_f32(from + i));
        memcpy(to + 2 * i, &half, sizeof half);
    }
    rp_narrow_half_bits(to + 2 * i, from + i, n - i);
}

#define rp_mask_bits rp_mask_bits_of_bytes
RP_SELECT_BY_BITS

static inline void rp_stream(char *to, const char *from, size_t bytes) { memcpy(to, from, bytes); }
#define rp_stream_end() ((void)0)

/* ---- vector.h ---------------------------------------------------------------------------------------------- */

#define RP_LANES 2
#define RP_VECTOR_FMA
#define v_fma(a, b, c) vfmaq_f64(c, a, b)
#define v_sqrt vsqrtq_f64

#endif
