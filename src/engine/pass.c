/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What fold.c and fold_arg.c share of a pass over one axis: staged blocks, where an output's elements lie, and whether the first
 * elements decide.
 */
#include <string.h>

#include "engine/fold.h"
#include "runtime/runtime.h"

rp_stager rp_stager_make(rp_dtype dtype, rp_dtype loop)
{
    return (rp_stager){rp_context_get(), dtype, loop, rp_dtype_size(dtype), rp_dtype_size(loop)};
}

void rp_stage_block(const rp_stager *s, char *block, char *spare, const char *from, ptrdiff_t row_stride,
                    ptrdiff_t column_stride, size_t rows, size_t columns)
{
    const ptrdiff_t size = (ptrdiff_t)s->size;
    const bool cast = s->dtype != s->loop;
    if (cast && column_stride == size) {
        const bool one_row = row_stride == size * (ptrdiff_t)columns;
        rp_convert_rows(block, s->loop, (ptrdiff_t)(columns * s->loop_size), from, s->dtype, row_stride,
                        one_row ? 1 : rows, one_row ? rows * columns : columns);
        return;
    }
    /* A type wider than the accumulator's is packed in parts, since the spare block has the chunk's size. */
    const size_t fit = cast && rows * columns * s->size > RP_CHUNK_BYTES ? RP_CHUNK_BYTES / s->size : rows * columns;
    if (fit < rows * columns) {
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < columns; c += fit) {
                const size_t n = columns - c < fit ? columns - c : fit;
                rp_stage_block(s, block + (r * columns + c) * s->loop_size, spare,
                               from + (ptrdiff_t)r * row_stride + (ptrdiff_t)c * column_stride, 0, column_stride, 1, n);
            }
        }
        return;
    }
    char *to = cast ? spare : block;
    s->context->movers.copy(to, size * (ptrdiff_t)columns, size, from, row_stride, column_stride, rows, columns,
                            s->size);
    if (cast) rp_convert_elements(block, s->loop, spare, s->dtype, rows * columns);
}

size_t rp_fold_outputs(const rp_fold *fold)
{
    size_t outputs = 1;
    for (int axis = 0; axis < fold->kept; axis++) outputs *= (size_t)fold->shape[axis];
    return outputs;
}

void rp_fold_locate(const rp_fold *fold, int axis, size_t index, const char **from, char **to)
{
    for (; axis < fold->kept; axis++) {
        const ptrdiff_t i = (ptrdiff_t)(index % (size_t)fold->shape[axis]);
        index /= (size_t)fold->shape[axis];
        *from += i * fold->from_strides[axis];
        *to += i * fold->to_strides[axis];
    }
}

/* ---- Blocks ------------------------------------------------------------------------------------------------ */

rp_status rp_scratch_allocate(rp_scratch *scratch, bool staged, size_t more, int threads)
{
    const size_t stages = staged ? 2 * RP_CHUNK_BYTES : 0;
    *scratch = (rp_scratch){.stages = stages, .bytes = stages + more};
    if (!scratch->bytes) return RP_OK;
    scratch->memory = rp_pool_allocate((size_t)threads * scratch->bytes, &scratch->block_bytes);
    return scratch->memory ? RP_OK : rp_fail(RP_ERROR_MEMORY, "out of memory: no room for blocks in between");
}

void rp_scratch_free(rp_scratch *scratch)
{
    if (scratch->memory) rp_pool_free(scratch->memory, scratch->block_bytes);
}

rp_blocks rp_scratch_of(const rp_scratch *scratch, int thread)
{
    if (!scratch->memory) return (rp_blocks){NULL, NULL, NULL};
    char *own = scratch->memory + (size_t)thread * scratch->bytes;
    return (rp_blocks){own, own + RP_CHUNK_BYTES, own + scratch->stages};
}

/* ---- Early ends -------------------------------------------------------------------------------------------- */

bool rp_fold_ends_early(const rp_fold *fold)
{
    enum { BLOCK_BYTES = 1024, SHARE = 64 };
    const int final = rp_final_truth(fold->op, fold->loop);
    if (final == RP_FINAL_NONE || rp_fold_outputs(fold) > 1) return false;
    const rp_stager stager = rp_stager_make(fold->dtype, fold->loop);
    if (stager.context->counts) return false;
    char block[BLOCK_BYTES], spare[BLOCK_BYTES];
    const bool staged = rp_fold_is_staged(fold), finds_index = rp_ops[fold->op].result == RP_RESULT_INDEX;
    const size_t widest = stager.size > stager.loop_size ? stager.size : stager.loop_size;
    const size_t share = (size_t)fold->length / SHARE, most = RP_CHUNK_BYTES / widest, fit = BLOCK_BYTES / widest;
    const size_t looked_at = share < most ? share : most;
    rp_call call = {.ptr = {fold->to}, .inner = {0, (ptrdiff_t)stager.loop_size}, .m = 1};
    for (size_t i = 0; i < looked_at; i += call.n) {
        const char *x = fold->from + (ptrdiff_t)i * fold->stride;
        call.n = staged && looked_at - i > fit ? fit : looked_at - i;
        if (staged) rp_stage_block(&stager, block, spare, x, 0, fold->stride, 1, call.n);
        call.ptr[1] = staged ? block : (char *)x;
        rp_run_kernel(stager.context->default_kernel[fold->op][fold->loop][RP_ROW], &call);
        int64_t index = 0;
        if (finds_index) memcpy(&index, fold->to, sizeof index);
        const char *decisive = finds_index ? call.ptr[1] + index : fold->to; /* a truth: one byte */
        if ((*decisive != 0) != final) continue;
        index += (int64_t)i;
        if (finds_index) memcpy(fold->to, &index, sizeof index);
        return true;
    }
    return false;
}
