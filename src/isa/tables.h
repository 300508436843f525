/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names of an instruction set's tables: every file beside this one is compiled once for each, with RP_ISA its
 * name (avx2) and RP_SIMD_HEADER its words ("simd/avx2.h"). binary.c and unary.c are compiled once more for each
 * variant of the loops, RP_VARIANT (strided). RP_SET names the tables: avx2, avx2_strided.
 */
#ifndef RP_TABLES_H
#define RP_TABLES_H

#include "kernels/kernel.h"

#define RP_TABLE__(name, set) rp_##set##_##name
#define RP_TABLE_(name, set) RP_TABLE__(name, set)
#define RP_TABLE(name) RP_TABLE_(name, RP_SET)

extern const rp_kernel RP_TABLE(binary)[], RP_TABLE(unary)[], RP_TABLE(ternary)[], RP_TABLE(math)[],
    RP_TABLE(complex)[], RP_TABLE(move)[], RP_TABLE(reduce)[];
extern const size_t RP_TABLE(binary_count), RP_TABLE(unary_count), RP_TABLE(ternary_count), RP_TABLE(math_count),
    RP_TABLE(complex_count), RP_TABLE(move_count), RP_TABLE(reduce_count);
void RP_TABLE(copy)(char *to, ptrdiff_t to_row, ptrdiff_t to_column, const char *from, ptrdiff_t from_row,
                    ptrdiff_t from_column, size_t rows, size_t columns, size_t size);
void RP_TABLE(stream)(char *to, const char *from, size_t bytes);
void RP_TABLE(stream_end)(void);
extern const rp_indexers RP_TABLE(indexers);
extern const rp_vector_loops RP_TABLE(vector_loops);

#endif
