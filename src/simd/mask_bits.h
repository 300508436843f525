/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Masks as words of 64 bits, by integer arithmetic, and what a word selects, bit by bit: for instruction sets without better
 * words of their own.
 */
#ifndef RP_MASK_BITS_H
#define RP_MASK_BITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One bit for each of 64 bytes, the lowest for the first: whether it is not 0. */
static inline uint64_t rp_mask_bits_of_bytes(const char *mask)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7f, high = ~low;
    uint64_t bits = 0;
    for (int i = 0; i < 64; i += 8) {
        uint64_t eight;
        memcpy(&eight, mask + i, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        eight = (((eight & low) + low) | eight) & high; /* the highest bit of each byte that is not 0 */
        bits |= ((eight >> 7) * 0x0102040810204080 >> 56) << i;
    }
    return bits;
}

/* The places of the word's bits, first + 0 to first + 63, one after another; returns how many. There is room for 64. */
static inline size_t rp_find_bits(int64_t *to, uint64_t word, int64_t first)
{
    size_t place = 0;
    if (!~word) {
        for (; place < 64; place++) to[place] = first + (int64_t)place;
        return place;
    }
    for (; word; word &= word - 1) to[place++] = first + __builtin_ctzll(word);
    return place;
}

/* The elements of 64 from x on whose bits the word has, one after another; returns how many. There is room for 64. */
#define RP_COMPRESS_BY_BITS(code, type)                                                          \
    static inline size_t rp_compress_##code(char *to, const char *x, uint64_t word)             \
    {                                                                                           \
        size_t place = 0;                                                                       \
        for (; word; word &= word - 1, place++)                                                 \
            memcpy(to + place * sizeof(type), x + (size_t)__builtin_ctzll(word) * sizeof(type), sizeof(type)); \
        return place;                                                                           \
    }

/* All that a word selects, where the instruction set has nothing better. */
#define RP_SELECT_BY_BITS                                                            \
    static inline size_t rp_find_word(int64_t *to, uint64_t word, int64_t first)     \
    {                                                                                \
        return rp_find_bits(to, word, first);                                        \
    }                                                                                \
    RP_COMPRESS_BY_BITS(u8, uint8_t)                                                 \
    RP_COMPRESS_BY_BITS(u16, uint16_t)                                               \
    RP_COMPRESS_BY_BITS(u32, uint32_t)                                               \
    RP_COMPRESS_BY_BITS(u64, uint64_t)                                               \
    RP_COMPRESS_BY_BITS(c128, char[16])

#endif
