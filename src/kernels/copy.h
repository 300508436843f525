/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies of rows x columns elements between any two strides, by element size. The engine packs strided operands with
 * it, writes strided results, transposes and fills.
 */
#ifndef RP_COPY_H
#define RP_COPY_H

#include <string.h>

#include "kernels/types.h"

/* Rows shorter than this are not worth a call of memcpy each. */
enum { RP_SHORT_ROW_BYTES = 128 };
#define RP_COPY_ROW(stride_in, stride_out)                                                              \
    {                                                                                                   \
        RP_VECTORISE                                                                                    \
        for (size_t i = 0; i < columns; i++) z[i * (stride_out)] = x[i * (stride_in)];                  \
        break;                                                                                          \
    }

/* One row; strides in elements where they divide, which constant ones let the compiler turn into shuffles. */
#define RP_DEFINE_COPY(code)                                                                                    \
    static void copy_row_##code(char *to, ptrdiff_t to_stride, const char *from, ptrdiff_t from_stride, size_t columns) \
    {                                                                                                           \
        const ptrdiff_t size = sizeof(rp_t_##code);                                                             \
        rp_u_##code *z = (rp_u_##code *)(void *)to;                                                             \
        const rp_u_##code *x = (const rp_u_##code *)(const void *)from;                                         \
        if (to_stride == size) {                                                                                \
            if (from_stride == 0) {                                                                             \
                const rp_t_##code value = *x;                                                                   \
                for (size_t i = 0; i < columns; i++) z[i] = value;                                              \
                return;                                                                                         \
            }                                                                                                   \
            if (from_stride == -size) {                                                                         \
                RP_VECTORISE                                                                                    \
                for (ptrdiff_t i = 0; i < (ptrdiff_t)columns; i++) z[i] = x[-i];                                \
                return;                                                                                         \
            }                                                                                                   \
            if (from_stride % size == 0) {                                                                      \
                switch (from_stride / size) {                                                                   \
                case 1: RP_COPY_ROW(1, 1)                                                                       \
                case 2: RP_COPY_ROW(2, 1)                                                                       \
                case 3: RP_COPY_ROW(3, 1)                                                                       \
                case 4: RP_COPY_ROW(4, 1)                                                                       \
                default: goto any;                                                                              \
                }                                                                                               \
                return;                                                                                         \
            }                                                                                                   \
        } else if (from_stride == size && to_stride == 2 * size) {                                              \
            for (size_t i = 0; i < columns; i++) z[2 * i] = x[i];                                               \
            return;                                                                                             \
        }                                                                                                       \
    any:                                                                                                        \
        _Pragma("GCC unroll 4") for (size_t i = 0; i < columns; i++) {                                          \
            *(rp_u_##code *)(void *)to = *(const rp_u_##code *)(const void *)from;                              \
            to += to_stride;                                                                                    \
            from += from_stride;                                                                                \
        }                                                                                                       \
    }

/* to[r][c] = from[c][r]: the elements of a source column are neighbours, as are those of a target row. Here one side is too short
 * for the squares below: two to four rows that fill the source, or columns that fill the target, go all at once, which the
 * compiler turns into shuffles; others one after another, in parts that stay in the first-level cache. */
#define RP_DEFINE_NARROW(code)                                                                                         \
    static void split_##code(char *to, ptrdiff_t to_row, const char *from, size_t rows, size_t columns)                \
    {                                                                                                                  \
        const rp_u_##code *x = (const rp_u_##code *)(const void *)from;                                                \
        rp_u_##code *z0 = (rp_u_##code *)(void *)to, *z1 = (rp_u_##code *)(void *)(to + to_row);                       \
        rp_u_##code *z2 = (rp_u_##code *)(void *)(to + 2 * to_row);                                                    \
        rp_u_##code *z3 = (rp_u_##code *)(void *)(to + 3 * to_row);                                                    \
        if (rows == 2) {                                                                                               \
            RP_VECTORISE                                                                                               \
            for (size_t i = 0; i < columns; i++) z0[i] = x[2 * i], z1[i] = x[2 * i + 1];                               \
        } else if (rows == 3) {                                                                                        \
            RP_VECTORISE                                                                                               \
            for (size_t i = 0; i < columns; i++) z0[i] = x[3 * i], z1[i] = x[3 * i + 1], z2[i] = x[3 * i + 2];         \
        } else {                                                                                                       \
            RP_VECTORISE                                                                                               \
            for (size_t i = 0; i < columns; i++)                                                                       \
                z0[i] = x[4 * i], z1[i] = x[4 * i + 1], z2[i] = x[4 * i + 2], z3[i] = x[4 * i + 3];                    \
        }                                                                                                              \
    }                                                                                                                  \
    static void join_##code(char *to, const char *from, ptrdiff_t from_column, size_t rows, size_t columns)            \
    {                                                                                                                  \
        rp_u_##code *z = (rp_u_##code *)(void *)to;                                                                    \
        const rp_u_##code *x0 = (const rp_u_##code *)(const void *)from;                                               \
        const rp_u_##code *x1 = (const rp_u_##code *)(const void *)(from + from_column);                               \
        const rp_u_##code *x2 = (const rp_u_##code *)(const void *)(from + 2 * from_column);                           \
        const rp_u_##code *x3 = (const rp_u_##code *)(const void *)(from + 3 * from_column);                           \
        if (columns == 2) {                                                                                            \
            RP_VECTORISE                                                                                               \
            for (size_t i = 0; i < rows; i++) z[2 * i] = x0[i], z[2 * i + 1] = x1[i];                                  \
        } else if (columns == 3) {                                                                                     \
            RP_VECTORISE                                                                                               \
            for (size_t i = 0; i < rows; i++) z[3 * i] = x0[i], z[3 * i + 1] = x1[i], z[3 * i + 2] = x2[i];            \
        } else {                                                                                                       \
            RP_VECTORISE                                                                                               \
            for (size_t i = 0; i < rows; i++)                                                                          \
                z[4 * i] = x0[i], z[4 * i + 1] = x1[i], z[4 * i + 2] = x2[i], z[4 * i + 3] = x3[i];                    \
        }                                                                                                              \
    }                                                                                                                  \
    static void transpose_narrow_##code(char *to, ptrdiff_t to_row, const char *from, ptrdiff_t from_column,           \
                                        size_t rows, size_t columns)                                                   \
    {                                                                                                                  \
        enum { PART = 256, MOST = 4 };                                                                                 \
        const ptrdiff_t size = sizeof(rp_t_##code);                                                                    \
        const bool low = rows < columns;                                                                               \
        if (low && 2 <= rows && rows <= MOST && from_column == (ptrdiff_t)rows * size) {                               \
            split_##code(to, to_row, from, rows, columns);                                                             \
            return;                                                                                                    \
        }                                                                                                              \
        if (!low && 2 <= columns && columns <= MOST && to_row == (ptrdiff_t)columns * size) {                          \
            join_##code(to, from, from_column, rows, columns);                                                         \
            return;                                                                                                    \
        }                                                                                                              \
        const size_t length = low ? columns : rows, breadth = low ? rows : columns;                                    \
        for (size_t start = 0; start < length; start += PART) {                                                        \
            const size_t n = length - start < PART ? length - start : PART;                                            \
            for (size_t i = 0; i < breadth; i++) {                                                                     \
                const ptrdiff_t r = (ptrdiff_t)(low ? i : start), c = (ptrdiff_t)(low ? start : i);                    \
                copy_row_##code(to + r * to_row + c * size, low ? size : to_row, from + c * from_column + r * size,    \
                                low ? from_column : size, n);                                                          \
            }                                                                                                          \
        }                                                                                                              \
    }

/* Rows that are written side by side: each may lie in a page of its own, and a core remembers few of those that it stores to. */
enum { RP_STRIP_ROWS = 16 };

/* Squares of E x E elements, E of them in a vector, transposed in registers by rounds of interleaving. The wider the vector, the
 * fewer pages the stores go to in turn, for which a core remembers few translations. One thread of a Sapphire Rapids guest,
 * 2026-11-28, float64 316 x 316 transposed: 0.2 ms with vectors of 16 bytes, 0.05 with 64. */
#define RP_INTERLEAVE_16(a, b, s) \
    __builtin_shufflevector(a, b, s, s + 16, s + 1, s + 17, s + 2, s + 18, s + 3, s + 19, s + 4, s + 20, s + 5, s + 21, \
                            s + 6, s + 22, s + 7, s + 23)
#define RP_INTERLEAVE_8(a, b, s) \
    __builtin_shufflevector(a, b, s, s + 8, s + 1, s + 9, s + 2, s + 10, s + 3, s + 11)
#define RP_INTERLEAVE_4(a, b, s) __builtin_shufflevector(a, b, s, s + 4, s + 1, s + 5)
#define RP_INTERLEAVE_2(a, b, s) __builtin_shufflevector(a, b, s, s + 2)

/* The same in squares. What is left over behind whole squares goes again with elements before it. */
#define RP_DEFINE_TRANSPOSE(code, E) RP_DEFINE_TRANSPOSE_(code, E)
#define RP_DEFINE_TRANSPOSE_(code, E)                                                                                  \
    static void transpose_square_##code(char *to, ptrdiff_t to_row, const char *from, ptrdiff_t from_column)           \
    {                                                                                                                  \
        typedef rp_t_##code V __attribute__((vector_size((E) * sizeof(rp_t_##code))));                                 \
        V v[E], w[E];                                                                                                  \
        _Pragma("GCC unroll 16") for (int i = 0; i < E; i++) memcpy(&v[i], from + i * from_column, sizeof v[i]);       \
        _Pragma("GCC unroll 4") for (int round = 1; round < E; round *= 2) {                                           \
            _Pragma("GCC unroll 8") for (int i = 0; i < E / 2; i++) {                                                  \
                w[2 * i] = RP_INTERLEAVE_##E(v[i], v[i + E / 2], 0);                                                   \
                w[2 * i + 1] = RP_INTERLEAVE_##E(v[i], v[i + E / 2], E / 2);                                           \
            }                                                                                                          \
            _Pragma("GCC unroll 16") for (int i = 0; i < E; i++) v[i] = w[i];                                          \
        }                                                                                                              \
        _Pragma("GCC unroll 16") for (int i = 0; i < E; i++) memcpy(to + i * to_row, &v[i], sizeof v[i]);              \
    }                                                                                                                  \
    static void transpose_##code(char *to, ptrdiff_t to_row, const char *from, ptrdiff_t from_column, size_t rows,     \
                                 size_t columns)                                                                       \
    {                                                                                                                  \
        const ptrdiff_t size = sizeof(rp_t_##code);                                                                    \
        if (rows < E || columns < E) {                                                                                 \
            transpose_narrow_##code(to, to_row, from, from_column, rows, columns);                                     \
            return;                                                                                                    \
        }                                                                                                              \
        for (size_t strip = 0; strip < rows; strip += RP_STRIP_ROWS) {                                                 \
            const size_t end = rows - strip < RP_STRIP_ROWS ? rows : strip + RP_STRIP_ROWS;                            \
            for (size_t i = 0; i < columns; i += E) {                                                                  \
                const size_t c = columns - i < E ? columns - E : i;                                                    \
                for (size_t k = strip; k < end; k += E) {                                                              \
                    const size_t r = end - k < E ? end - E : k;                                                        \
                    transpose_square_##code(to + (ptrdiff_t)r * to_row + (ptrdiff_t)c * size, to_row,                  \
                                            from + (ptrdiff_t)c * from_column + (ptrdiff_t)r * size, from_column);     \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
    }

/* to[r][0 .. columns) = from[r], in rows without gaps: whole vectors, whose ends the next row writes over. */
#define RP_DEFINE_REPEAT(code)                                                                                         \
    static void repeat_##code(char *to, const char *from, ptrdiff_t from_row, size_t rows, size_t columns)             \
    {                                                                                                                  \
        typedef rp_t_##code V __attribute__((vector_size(RP_VECTOR_BYTES)));                                           \
        const size_t row_bytes = columns * sizeof(rp_t_##code);                                                        \
        /* A store of few bytes seldom meets the end of a line. */                                                     \
        const size_t word = row_bytes <= 8 ? 8 : sizeof(V), whole = (row_bytes + word - 1) / word * word;              \
        for (size_t left = rows * row_bytes; left > 0; left -= row_bytes, to += row_bytes, from += from_row) {         \
            if (left < whole) {                                                                                        \
                copy_row_##code(to, sizeof(rp_t_##code), from, 0, columns);                                            \
                continue;                                                                                              \
            }                                                                                                          \
            const V v = (V){0} + *(const rp_u_##code *)(const void *)from;                                             \
            if (word == 8) {                                                                                           \
                memcpy(to, &v, 8);                                                                                     \
                continue;                                                                                              \
            }                                                                                                          \
            for (size_t i = 0; i < row_bytes; i += sizeof v) memcpy(to + i, &v, sizeof v);                             \
        }                                                                                                              \
    }

RP_DEFINE_COPY(u8)
RP_DEFINE_COPY(u16)
RP_DEFINE_COPY(u32)
RP_DEFINE_COPY(u64)
RP_DEFINE_COPY(c128)
RP_DEFINE_NARROW(u8)
RP_DEFINE_NARROW(u16)
RP_DEFINE_NARROW(u32)
RP_DEFINE_NARROW(u64)
RP_DEFINE_NARROW(c128) /* of any length: such elements need no registers to be turned round in */
RP_DEFINE_REPEAT(u8)
RP_DEFINE_REPEAT(u16)
RP_DEFINE_REPEAT(u32)
RP_DEFINE_REPEAT(u64)

#if RP_VECTOR_BYTES == 64
#define RP_SIDE_U32 8 /* squares of 16 need more registers than there are */
#define RP_SIDE_U64 8
#elif RP_VECTOR_BYTES == 32
#define RP_SIDE_U32 8
#define RP_SIDE_U64 4
#else
#define RP_SIDE_U32 4
#define RP_SIDE_U64 2
#endif
RP_DEFINE_TRANSPOSE(u8, 16)
RP_DEFINE_TRANSPOSE(u16, 8)
RP_DEFINE_TRANSPOSE(u32, RP_SIDE_U32)
RP_DEFINE_TRANSPOSE(u64, RP_SIDE_U64)

static void repeat_c128(char *to, const char *from, ptrdiff_t from_row, size_t rows, size_t columns)
{
    for (size_t r = 0; r < rows; r++) {
        copy_row_c128(to + 16 * (ptrdiff_t)(r * columns), 16, from + (ptrdiff_t)r * from_row, 0, columns);
    }
}

typedef struct rp_copiers {
    void (*row)(char *, ptrdiff_t, const char *, ptrdiff_t, size_t);
    void (*transpose)(char *, ptrdiff_t, const char *, ptrdiff_t, size_t, size_t);
    void (*repeat)(char *, const char *, ptrdiff_t, size_t, size_t);
} rp_copiers;

static const rp_copiers *rp_copiers_of(size_t size)
{
    static const rp_copiers u8 = {copy_row_u8, transpose_u8, repeat_u8},
                            u16 = {copy_row_u16, transpose_u16, repeat_u16},
                            u32 = {copy_row_u32, transpose_u32, repeat_u32},
                            u64 = {copy_row_u64, transpose_u64, repeat_u64},
                            c128 = {copy_row_c128, transpose_narrow_c128, repeat_c128};
    return size == 1 ? &u8 : size == 2 ? &u16 : size == 4 ? &u32 : size == 8 ? &u64 : &c128;
}

static void rp_copy_elements(char *to, ptrdiff_t to_row, ptrdiff_t to_column, const char *from, ptrdiff_t from_row,
                             ptrdiff_t from_column, size_t rows, size_t columns, size_t size)
{
    const ptrdiff_t step = (ptrdiff_t)size;
    const rp_copiers *copier = rp_copiers_of(size);
    /* Inner loop along the target's neighbours, or, where it has none, along the longer side. */
    if (rows > 1 && to_column != step && (to_row == step || (columns < rows && from_column != step))) {
        size_t other = rows;
        rows = columns;
        columns = other;
        ptrdiff_t stride = to_row;
        to_row = to_column;
        to_column = stride;
        stride = from_row;
        from_row = from_column;
        from_column = stride;
    }
    if (to_column == step && from_column == step) {
        if (to_row == from_row && to_row == (ptrdiff_t)columns * step) {
            memcpy(to, from, rows * columns * size);
            return;
        }
        if (columns * size >= RP_SHORT_ROW_BYTES) {
            for (size_t r = 0; r < rows; r++)
                memcpy(to + (ptrdiff_t)r * to_row, from + (ptrdiff_t)r * from_row, columns * size);
            return;
        }
        if (rows > columns) { /* short rows: columns of them make longer loops */
            for (size_t c = 0; c < columns; c++) copier->row(to + c * size, to_row, from + c * size, from_row, rows);
            return;
        }
    }
    if (to_column == step && from_row == step && rows > 1 && from_column != 0) {
        copier->transpose(to, to_row, from, from_column, rows, columns);
        return;
    }
    /* Of two or three bytes each would be rewritten about as often as columns are walked. */
    if (to_column == step && from_column == 0 && to_row == (ptrdiff_t)columns * step && rows > 1 && to_row > 3) {
        copier->repeat(to, from, from_row, rows, columns);
        return;
    }
    if (rows > columns && columns * size < RP_SHORT_ROW_BYTES) {
        for (size_t c = 0; c < columns; c++) {
            copier->row(to + (ptrdiff_t)c * to_column, to_row, from + (ptrdiff_t)c * from_column, from_row, rows);
        }
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        copier->row(to + (ptrdiff_t)r * to_row, to_column, from + (ptrdiff_t)r * from_row, from_column, columns);
    }
}

#endif
