/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A reduction over one axis, on pointers, strides and lengths: its plan, its choice and its loops.
 *
 * The fixed tree above the kernels (kernels/reduce.h): a reduced axis is cut into chunks, each is folded by a kernel,
 * and the chunks' results are combined pairwise: of `count` of them the first 2^k < count, 2^k as large as can be, then
 * the rest. So any aligned power of two of chunks may be folded by any thread.
 *   along rows      a chunk is RP_CHUNK_BYTES of the accumulator's type
 *   along columns   F rows of n columns are one row of F * n, F the largest power of two for which that is at most
 *                   256 bytes (or 1, and 1 for any, all and count_nonzero); a chunk is RP_CHUNK_ROWS such rows. The F columns are folded by the COLUMN
 *                   kernel, then the rows that were left over, and the two are combined.
 * A row of fewer than 8 elements is folded left to right by either kind.
 */
#ifndef RP_FOLD_H
#define RP_FOLD_H

#include "choose/choose.h"
#include "engine/work.h"

enum { RP_CHUNK_BYTES = 16384, RP_CHUNK_ROWS = 64 };

/* One pass: the reduced axis, and the kept ones from the innermost on. */
typedef struct rp_fold {
    rp_op op;
    rp_op combine;                /* the binary operation of two results */
    rp_dtype dtype, loop, result; /* in memory, as the kernel takes it, of the result */
    const char *from;
    char *to;
    ptrdiff_t length, stride; /* of the reduced axis */
    int kept;
    ptrdiff_t shape[RP_MAX_NDIM], from_strides[RP_MAX_NDIM], to_strides[RP_MAX_NDIM];
} rp_fold;

/* All axes along which a reduction's output has stride 0, one pass for each that is left after folding (work.h). */
rp_status rp_reduce_work(const rp_work *work);

/* Runs one pass; length and the kept lengths are at least 1. MEMORY: none for blocks and the threads' results. */
rp_status rp_fold_run(const rp_fold *fold);

/* argmin or argmax along the reduced axis: int64 results. MEMORY as above. */
rp_status rp_fold_arg(const rp_fold *fold);

/* Packs rows x columns elements of any strides and casts them into the kernel's type. */
typedef struct rp_stager {
    const rp_context *context;
    rp_dtype dtype, loop;
    size_t size, loop_size;
} rp_stager;
rp_stager rp_stager_make(rp_dtype dtype, rp_dtype loop);
/* block, spare: RP_CHUNK_BYTES each. The result is at block, row after row. */
void rp_stage_block(const rp_stager *stager, char *block, char *spare, const char *from, ptrdiff_t row_stride,
                    ptrdiff_t column_stride, size_t rows, size_t columns);

/* ---- pass.c: what the passes of fold.c and fold_arg.c share ------------------------------------------------- */

/* Whether the reduced axis must be packed or cast before a ROW kernel takes it. */
static inline bool rp_fold_is_staged(const rp_fold *fold)
{
    return fold->dtype != fold->loop || (fold->length > 1 && fold->stride != (ptrdiff_t)rp_dtype_size(fold->dtype));
}

/* The product of the kept lengths. */
size_t rp_fold_outputs(const rp_fold *fold);
/* Moves the pointers to output number `index` of the kept axes from `axis` on. */
void rp_fold_locate(const rp_fold *fold, int axis, size_t index, const char **from, char **to);

/* What each thread stages and folds in: a part of one block of the pool's. */
typedef struct rp_scratch {
    char *memory;
    size_t stages, bytes, block_bytes; /* of a thread: for staging, all; of the block */
} rp_scratch;
typedef struct rp_blocks {
    char *loop, *spare; /* RP_CHUNK_BYTES each, where the operand is staged */
    char *rest;         /* `more` bytes */
} rp_blocks;
rp_status rp_scratch_allocate(rp_scratch *scratch, bool staged, size_t more, int threads);
void rp_scratch_free(rp_scratch *scratch);
rp_blocks rp_scratch_of(const rp_scratch *scratch, int thread);

/* Whether the first elements decide the one output (rp_final_truth), which is at fold->to then: no site is asked, and no other
 * thread hears of it. A 64th of the elements is looked at, and a chunk at most. Under `raptors trace` every call has
 * its site. */
bool rp_fold_ends_early(const rp_fold *fold);

#endif
