/* SPDX-License-Identifier: BSD-3-Clause
 *
 * float16 elementwise: any float32 kernel, over blocks widened and narrowed on the stack. float32 holds the exact
 * sum, product, quotient or root of two float16 numbers well enough that rounding twice is rounding once.
 */
#ifndef RP_HALF_H
#define RP_HALF_H

#include "kernels/kernel.h"
#include RP_SIMD_HEADER

enum { RP_HALF_BLOCK = 512 }; /* elements: four float32 blocks are 8 KiB, small beside any first-level cache */

/* How many rows of n elements go through a block at a time. */
static inline size_t rp_half_rows(size_t n, size_t m, size_t row)
{
    const size_t most = n > 0 && n < RP_HALF_BLOCK ? RP_HALF_BLOCK / n : 1;
    return m - row < most ? m - row : most;
}

/* m rows of n elements, `step` bytes apart there and one after another in the block. */
static inline void rp_widen_rows(float *block, const char *from, ptrdiff_t step, size_t m, size_t n)
{
    for (size_t row = 0; row < m; row++) rp_widen_half(block + row * n, from + (ptrdiff_t)row * step, n);
}
static inline void rp_narrow_rows(char *to, ptrdiff_t step, const float *block, size_t m, size_t n)
{
    for (size_t row = 0; row < m; row++) rp_narrow_half(to + (ptrdiff_t)row * step, block + row * n, n);
}

static inline void rp_half_map(const rp_call *call, int inputs, bool truth, void (*run)(const rp_call *))
{
    float block[RP_MAX_OPERANDS][RP_HALF_BLOCK];
    for (size_t row = 0, rows; row < call->m; row += rows) {
        rows = rp_half_rows(call->n, call->m, row);
        for (size_t start = 0; start < call->n; start += RP_HALF_BLOCK) {
            const size_t n = call->n - start < RP_HALF_BLOCK ? call->n - start : RP_HALF_BLOCK;
            rp_call inner = {.n = n, .m = rows};
            for (int k = 1; k <= inputs; k++) {
                const char *from = call->ptr[k] + (ptrdiff_t)row * call->outer[k] + (ptrdiff_t)start * call->inner[k];
                const size_t count = call->inner[k] ? n : 1;
                rp_widen_rows(block[k], from, call->outer[k], rows, count);
                inner.ptr[k] = (char *)block[k];
                inner.inner[k] = call->inner[k] ? (ptrdiff_t)sizeof(float) : 0;
                inner.outer[k] = (ptrdiff_t)(count * sizeof(float));
            }
            char *to = call->ptr[0] + (ptrdiff_t)row * call->outer[0] + (ptrdiff_t)start * (truth ? 1 : 2);
            inner.ptr[0] = truth ? to : (char *)block[0];
            inner.inner[0] = truth ? 1 : (ptrdiff_t)sizeof(float);
            inner.outer[0] = truth ? call->outer[0] : (ptrdiff_t)(n * sizeof(float));
            run(&inner);
            if (!truth) rp_narrow_rows(to, call->outer[0], block[0], rows, n);
        }
    }
}

#endif
