/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mask is read once, 64 bytes at a time, as the bits of a word: another thread may change it, and then the answer is that of
 * some mask, and nothing outside is touched.
 */
#ifndef RP_MASK_H
#define RP_MASK_H

#include <string.h>

#include "kernels/map.h"

enum { RP_WORD = 64 };

/* The word of the n bytes from `mask` on, n at most 64. */
RP_INLINE uint64_t rp_word(const char *mask, size_t n)
{
    if (n >= RP_WORD) return rp_mask_bits(mask);
    char bytes[RP_WORD] = {0};
    memcpy(bytes, mask, n);
    return rp_mask_bits(bytes);
}

#endif
