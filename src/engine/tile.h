/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is done to a tile: a kernel's call on a rectangle of the plan's axes 0 and 1. An operand that the kernel cannot
 * take as it lies (strided, of another type, repeated in short rows) is staged: packed and cast into a block in the
 * first-level cache, and a staged output is cast and unpacked from one.
 */
#ifndef RP_TILE_H
#define RP_TILE_H

#include "engine/plan.h"

enum { RP_MOST_GATHERED = 64 }; /* rectangles in one block */

/* What holds for every tile of a plan. */
typedef struct rp_tiling {
    const rp_plan *plan;
    const rp_context *context;
    const rp_kernel *kernel; /* NULL: the one input is copied or cast */
    bool stream;             /* the result passes the caches by */
    bool staged[RP_MAX_OPERANDS];
    bool any_staged;
    unsigned numbers;     /* bit k: operand k is one number a row, as the kernel's class has it */
    size_t rows, columns; /* axes 1 and 0 */
    size_t size[RP_MAX_OPERANDS], loop_size[RP_MAX_OPERANDS];
    ptrdiff_t inner[RP_MAX_OPERANDS], outer[RP_MAX_OPERANDS];
    size_t most_rows, most_columns; /* of a tile, at least 1 */
    size_t block_bytes;             /* of a staged operand's block */
} rp_tiling;

/* What a thread stages its tiles in. */
typedef struct rp_blocks {
    char *operand[RP_MAX_OPERANDS], *packed;
    /* what operand[k] holds, so that a row that is repeated is staged once */
    const char *source[RP_MAX_OPERANDS];
    size_t rows[RP_MAX_OPERANDS], columns[RP_MAX_OPERANDS];
} rp_blocks;

/* Rectangles of axes 0 and 1 that lie apart in memory, gathered into one block and run through the kernel together. */
typedef struct rp_gathering {
    char *data[RP_MOST_GATHERED][RP_MAX_OPERANDS];
    size_t rows[RP_MOST_GATHERED];
    int count;
    size_t all_rows;
} rp_gathering;

rp_tiling rp_tiling_make(const rp_plan *plan, const rp_choice *choice);
/* The bytes that a thread's blocks need; 0: none. */
size_t rp_tiling_scratch(const rp_tiling *tiling);
/* scratch: so many bytes, 64-byte aligned. */
rp_blocks rp_tiling_blocks(const rp_tiling *tiling, char *scratch);

/* rows x columns elements from these pointers on; no more of them than a tile has, where something is staged. */
void rp_tile_run(const rp_tiling *tiling, rp_blocks *blocks, char *const *data, size_t rows, size_t columns);
void rp_tile_run_gathering(const rp_tiling *tiling, rp_blocks *blocks, const rp_gathering *gathering);

#endif
