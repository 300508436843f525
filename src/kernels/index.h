/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Indexing: where a mask is true and what lies there, index arrays to offsets, elements by offsets, and ramps. indexing.c of
 * src/isa/ compiles it for each instruction set; rp_indexers in kernel.h says what each function does.
 */
#ifndef RP_INDEX_H
#define RP_INDEX_H

#include <stdbool.h>

#include "kernels/mask.h"

/* The types that stand for all elements of their width, and the function of the width of `size` bytes, if there is one. */
#define RP_EACH_WIDTH(M) M(u8) M(u16) M(u32) M(u64) M(c128)
#define RP_BY_WIDTH(name, size, ...)              \
    switch (size) {                               \
    case 1: return name##_u8(__VA_ARGS__);        \
    case 2: return name##_u16(__VA_ARGS__);       \
    case 4: return name##_u32(__VA_ARGS__);       \
    case 8: return name##_u64(__VA_ARGS__);       \
    case 16: return name##_c128(__VA_ARGS__);     \
    }

/* ---- Masks ------------------------------------------------------------------------------------------------- */

static size_t find_true(int64_t *to, size_t most, const char *mask, size_t n, int64_t base)
{
    size_t place = 0;
    for (size_t i = 0; i < n && place < most; i += RP_WORD) {
        uint64_t word = rp_word(mask + i, n - i);
        const int64_t first = base + (int64_t)i;
        if (word && most - place >= RP_WORD) {
            place += rp_find_word(to + place, word, first);
            continue;
        }
        for (; word && place < most; word &= word - 1) to[place++] = first + __builtin_ctzll(word);
    }
    return place;
}

/* Whole words that are all true are copied; those of the others one by one, or by the instruction set's compression. */
#define RP_DEFINE_SELECT(code)                                                                                  \
    static size_t select_##code(char *target, size_t most, const char *mask, const char *from, size_t n)        \
    {                                                                                                           \
        rp_u_##code *to = (rp_u_##code *)(void *)target;                                                        \
        const rp_u_##code *x = (const rp_u_##code *)(const void *)from;                                         \
        size_t place = 0;                                                                                       \
        for (size_t i = 0; i < n && place < most; i += RP_WORD) {                                               \
            uint64_t word = rp_word(mask + i, n - i);                                                           \
            if (!word) continue;                                                                                \
            if (most - place >= RP_WORD && n - i >= RP_WORD) {                                                  \
                if (!~word) {                                                                                   \
                    memcpy(to + place, x + i, RP_WORD * sizeof *to);                                            \
                    place += RP_WORD;                                                                           \
                } else {                                                                                        \
                    place += rp_compress_##code((char *)(to + place), (const char *)(x + i), word);             \
                }                                                                                               \
                continue;                                                                                       \
            }                                                                                                   \
            for (; word && place < most; word &= word - 1) to[place++] = x[i + (size_t)__builtin_ctzll(word)];  \
        }                                                                                                       \
        return place;                                                                                           \
    }                                                                                                           \
    static size_t spread_##code(char *target, const char *mask, size_t n, const char *from, size_t most)        \
    {                                                                                                           \
        rp_u_##code *to = (rp_u_##code *)(void *)target;                                                        \
        const rp_u_##code *x = (const rp_u_##code *)(const void *)from;                                         \
        size_t place = 0;                                                                                       \
        for (size_t i = 0; i < n && place < most; i += RP_WORD) {                                               \
            uint64_t word = rp_word(mask + i, n - i);                                                           \
            if (!~word && most - place >= RP_WORD) {                                                            \
                memcpy(to + i, x + place, RP_WORD * sizeof *to);                                                \
                place += RP_WORD;                                                                               \
                continue;                                                                                       \
            }                                                                                                   \
            for (; word && place < most; word &= word - 1) to[i + (size_t)__builtin_ctzll(word)] = x[place++];  \
        }                                                                                                       \
        return place;                                                                                           \
    }
RP_EACH_WIDTH(RP_DEFINE_SELECT)

static size_t select_true(char *to, size_t most, const char *mask, const char *x, size_t n, size_t size)
{
    RP_BY_WIDTH(select, size, to, most, mask, x, n)
    return 0;
}

static size_t spread_true(char *x, const char *mask, size_t n, const char *values, size_t most, size_t size)
{
    RP_BY_WIDTH(spread, size, x, mask, n, values, most)
    return 0;
}

/* ---- Index arrays ------------------------------------------------------------------------------------------ */

static bool resolve_indices(ptrdiff_t *offset, const int64_t *index, size_t n, int64_t lowest, int64_t length,
                            ptrdiff_t stride, bool more)
{
    int64_t outside = 0;
    if (more || stride != 1) {
        RP_VECTORISE
        for (size_t i = 0; i < n; i++) {
            const int64_t value = index[i];
            outside |= (value < lowest) | (value >= length);
            offset[i] = (more ? offset[i] : 0) + (value + (value < 0 ? length : 0)) * stride;
        }
    } else {
        RP_VECTORISE
        for (size_t i = 0; i < n; i++) {
            const int64_t value = index[i];
            outside |= (value < lowest) | (value >= length);
            offset[i] = value + (value < 0 ? length : 0);
        }
    }
    return !outside;
}

/* Stores come to memory in order, a core's loads do not: the lines of later stores are asked for before. */
enum { RP_STORES_AHEAD = 32 };

/* x's element for each offset in steps of `step` bytes. A constant step is part of the address. */
#define RP_DEFINE_GATHER(code)                                                                                  \
    static void gather_##code(char *to, ptrdiff_t to_step, const char *x, ptrdiff_t step, const ptrdiff_t *offset, \
                              size_t n)                                                                         \
    {                                                                                                           \
        const ptrdiff_t size = sizeof(rp_u_##code);                                                             \
        if (to_step == size && step == size) {                                                                  \
            _Pragma("GCC unroll 4") for (size_t i = 0; i < n; i++)                                              \
                ((rp_u_##code *)(void *)to)[i] = ((const rp_u_##code *)(const void *)x)[offset[i]];             \
            return;                                                                                             \
        }                                                                                                       \
        _Pragma("GCC unroll 4") for (size_t i = 0; i < n; i++, to += to_step)                                   \
            *(rp_u_##code *)(void *)to = *(const rp_u_##code *)(const void *)(x + offset[i] * step);            \
    }                                                                                                           \
    static void scatter_##code(char *x, ptrdiff_t step, const ptrdiff_t *offset, const char *from,              \
                               ptrdiff_t from_step, size_t n)                                                   \
    {                                                                                                           \
        const ptrdiff_t size = sizeof(rp_u_##code);                                                             \
        if (step == size) {                                                                                     \
            rp_u_##code *const to = (rp_u_##code *)(void *)x;                                                   \
            size_t i = 0;                                                                                       \
            for (; i + RP_STORES_AHEAD < n; i++, from += from_step) {                                           \
                __builtin_prefetch(to + offset[i + RP_STORES_AHEAD], 1);                                        \
                to[offset[i]] = *(const rp_u_##code *)(const void *)from;                                       \
            }                                                                                                   \
            for (; i < n; i++, from += from_step) to[offset[i]] = *(const rp_u_##code *)(const void *)from;     \
            return;                                                                                             \
        }                                                                                                       \
        _Pragma("GCC unroll 4") for (size_t i = 0; i < n; i++, from += from_step)                               \
            *(rp_u_##code *)(void *)(x + offset[i] * step) = *(const rp_u_##code *)(const void *)from;          \
    }
RP_EACH_WIDTH(RP_DEFINE_GATHER)

static void gather_elements(char *to, ptrdiff_t to_step, const char *x, ptrdiff_t step, const ptrdiff_t *offset,
                            size_t n, size_t size)
{
    RP_BY_WIDTH(gather, size, to, to_step, x, step, offset, n)
    for (size_t i = 0; i < n; i++) memcpy(to + (ptrdiff_t)i * to_step, x + offset[i] * step, size);
}

static void scatter_elements(char *x, ptrdiff_t step, const ptrdiff_t *offset, const char *from, ptrdiff_t from_step,
                             size_t n, size_t size)
{
    RP_BY_WIDTH(scatter, size, x, step, offset, from, from_step, n)
    for (size_t i = 0; i < n; i++) memcpy(x + offset[i] * step, from + (ptrdiff_t)i * from_step, size);
}

/* ---- Ramps ------------------------------------------------------------------------------------------------- */

static void ramp_integers(uint64_t *to, size_t n, uint64_t start, uint64_t step)
{
    RP_VECTORISE
    for (size_t i = 0; i < n; i++) to[i] = start + (uint64_t)i * step;
}

/* The multiplier is exact up to 2^53, and rounds as int64 to float64 does beyond. */
static void ramp_reals(double *to, size_t n, size_t first, double start, double step)
{
    RP_VECTORISE
    for (size_t i = 0; i < n; i++) to[i] = start + (double)(int64_t)(first + i) * step;
}

#endif
