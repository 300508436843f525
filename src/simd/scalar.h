/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The vector vocabulary, one file an instruction set, the same words in each:
 *   RP_SIMD_ISA, RP_SIMD_NEEDS   the tier and the CPU features that it needs
 *   RP_VECTOR_BYTES              the size of a vector in reductions
 *   rp_min_f32, rp_min_f64, rp_max_f32, rp_max_f64(a, x)   vectors' lanes: x where it is less (greater), else a, a NaN or
 *                                not; RP_MIN_MAX_WORDS: the tier has them
 *   rp_select_1, _4, _8(mask, a, x)   a where the mask, of lanes of so many bytes, has all bits, else x; rp_mask_any(mask): whether
 *                                any byte is not 0; rp_mask_first(mask): which is the first. Of reductions, where the tier has them
 *   rp_high_u16(a, b)   the upper halves of the products of 16-bit lanes; rp_lower_products(a, b): the products of the lower
 *                                halves of 64-bit lanes; RP_PRODUCT_WORDS: the tier has them
 *   rp_widen_half, rp_narrow_half   n float16 numbers at any address to float32 and back
 *   rp_mask_bits(mask)            64 bytes as 64 bits: which are not 0
 *   rp_pack_truths(to, truths)   RP_TRUTH_LANES 64-bit integers, 0 or all bits, to bytes of 0 and 1; without that number the tier has none
 *   rp_find_word(to, word, first)   first + the place of each bit of the word, one after another; returns how many
 *   rp_compress_u8 to _c128(to, x, word)   those of 64 elements whose bit the word has; returns how many. Both may write 64
 *   rp_stream(to, from, bytes)   a copy whose stores pass the caches by
 *   rp_stream_end()   orders those stores before the ones that follow
 * Everything else the compiler finds by itself in plain loops.
 */
#ifndef RP_SIMD_SCALAR_H
#define RP_SIMD_SCALAR_H

#include "simd/half_bits.h"
#include "simd/mask_bits.h"

#define RP_SIMD_ISA RP_ISA_SCALAR
#define RP_SIMD_NEEDS 0
#define RP_VECTOR_BYTES 16 /* two numbers of the widest type, which the compiler takes apart where it must */
#define rp_widen_half rp_widen_half_bits
#define rp_narrow_half rp_narrow_half_bits
#define rp_mask_bits rp_mask_bits_of_bytes
RP_SELECT_BY_BITS

static inline void rp_stream(char *to, const char *from, size_t bytes) { memcpy(to, from, bytes); }
#define rp_stream_end() ((void)0)

#endif
