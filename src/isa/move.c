/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Casts, where and the movers, for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include "kernels/move.h"
#include "isa/tables.h"
#include "kernels/copy.h"

RP_EACH_BOOL(RP_CASTS_FROM_UNSIGNED, )
RP_EACH_UNSIGNED(RP_CASTS_FROM_UNSIGNED, )
RP_EACH_SIGNED(RP_CASTS_TO_FLOATS, )
RP_CAST_REAL(i8, u16)
RP_CAST_REAL(i8, u32)
RP_CAST_REAL(i8, u64)
RP_CAST_REAL(i16, u32)
RP_CAST_REAL(i16, u64)
RP_CAST_REAL(i32, u64)
RP_EACH_FLOAT(RP_CASTS_FROM_FLOAT, )
RP_EACH_COMPLEX(RP_CASTS_FROM_COMPLEX, )
RP_EACH_BOOL(RP_CAST_FROM_HALF, )
RP_EACH_UNSIGNED(RP_CAST_FROM_HALF, )
RP_CAST_FROM_HALF(i32)
RP_CAST_FROM_HALF(i64)
RP_EACH_FLOAT(RP_CAST_FROM_HALF, )
RP_EACH_COMPLEX(RP_CAST_FROM_HALF, )
RP_EACH_VALUE(RP_CAST_TO_HALF, )

RP_WHERE(b8)
RP_WHERE(u8)
RP_WHERE(u16)
RP_WHERE(u32)
RP_WHERE(u64)
RP_WHERE(c128)

const rp_kernel RP_TABLE(move)[] = {
    /*                             whose loop gives a truth, 8, 16, 32 and 64 bits */
    RP_DESCRIBE_CASTS_OF_INTEGER(b8,  b8,  b8,  b8,  b8,  b8)
    RP_DESCRIBE_CASTS_OF_INTEGER(i8,  u8,  u8,  i8,  i8,  i8)
    RP_DESCRIBE_CASTS_OF_INTEGER(u8,  u8,  u8,  u8,  u8,  u8)
    RP_DESCRIBE_CASTS_OF_INTEGER(i16, u16, u16, u16, i16, i16)
    RP_DESCRIBE_CASTS_OF_INTEGER(u16, u16, u16, u16, u16, u16)
    RP_DESCRIBE_CASTS_OF_INTEGER(i32, u32, u32, u32, u32, i32)
    RP_DESCRIBE_CASTS_OF_INTEGER(u32, u32, u32, u32, u32, u32)
    RP_DESCRIBE_CASTS_OF_INTEGER(i64, u64, u64, u64, u64, u64)
    RP_DESCRIBE_CASTS_OF_INTEGER(u64, u64, u64, u64, u64, u64)
    RP_DESCRIBE_CASTS_OF_FLOAT(f16)
    RP_DESCRIBE_CASTS_OF_FLOAT(f32) RP_DESCRIBE_CAST(f32, f16)
    RP_DESCRIBE_CASTS_OF_FLOAT(f64) RP_DESCRIBE_CAST(f64, f16)
    RP_DESCRIBE_CASTS_OF_FLOAT(c64) RP_DESCRIBE_CAST(c64, f16)
    RP_DESCRIBE_CASTS_OF_FLOAT(c128) RP_DESCRIBE_CAST(c128, f16)
    RP_DESCRIBE_WHERE(b8, b8) RP_DESCRIBE_WHERE(i8, u8) RP_DESCRIBE_WHERE(u8, u8)
    RP_DESCRIBE_WHERE(i16, u16) RP_DESCRIBE_WHERE(u16, u16) RP_DESCRIBE_WHERE(f16, u16)
    RP_DESCRIBE_WHERE(i32, u32) RP_DESCRIBE_WHERE(u32, u32) RP_DESCRIBE_WHERE(f32, u32)
    RP_DESCRIBE_WHERE(i64, u64) RP_DESCRIBE_WHERE(u64, u64) RP_DESCRIBE_WHERE(f64, u64) RP_DESCRIBE_WHERE(c64, u64)
    RP_DESCRIBE_WHERE(c128, c128)
};
const size_t RP_TABLE(move_count) = sizeof RP_TABLE(move) / sizeof *RP_TABLE(move);

void RP_TABLE(copy)(char *to, ptrdiff_t to_row, ptrdiff_t to_column, const char *from, ptrdiff_t from_row,
                    ptrdiff_t from_column, size_t rows, size_t columns, size_t size)
{
    rp_copy_elements(to, to_row, to_column, from, from_row, from_column, rows, columns, size);
}

void RP_TABLE(stream)(char *to, const char *from, size_t bytes)
{
    rp_stream(to, from, bytes);
}

void RP_TABLE(stream_end)(void) { rp_stream_end(); }
