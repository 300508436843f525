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

static inline void rp_half_map(const rp_call *call, int inputs, bool truth, void (*run)(const rp_call *))
{
    float block[RP_MAX_OPERANDS][RP_HALF_BLOCK];
    for (size_t row = 0; row < call->m; row++) {
        for (size_t start = 0; start < call->n; start += RP_HALF_BLOCK) {
            size_t n = call->n - start < RP_HALF_BLOCK ? call->n - start : RP_HALF_BLOCK;
            rp_call inner = {.n = n, .m = 1};
            for (int k = 1; k <= inputs; k++) {
                const char *from = call->ptr[k] + (ptrdiff_t)row * call->outer[k] + (ptrdiff_t)start * call->inner[k];
                rp_widen_half(block[k], from, call->inner[k] ? n : 1);
                inner.ptr[k] = (char *)block[k];
                inner.inner[k] = call->inner[k] ? (ptrdiff_t)sizeof(float) : 0;
            }
            char *to = call->ptr[0] + (ptrdiff_t)row * call->outer[0] + (ptrdiff_t)start * (truth ? 1 : 2);
            inner.ptr[0] = truth ? to : (char *)block[0];
            inner.inner[0] = truth ? 1 : (ptrdiff_t)sizeof(float);
            run(&inner);
            if (!truth) rp_narrow_half(to, block[0], n);
        }
    }
}

#endif
