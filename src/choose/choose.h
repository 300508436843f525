/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which kernel, how many threads, which stores: hop 3. One table look-up; the table is filled once, from the
 * registry's ranks and the machine's caches, at the first call.
 */
#ifndef RP_CHOOSE_H
#define RP_CHOOSE_H

#include <stdatomic.h>

#include "choose/registry.h"
#include "runtime/runtime.h"

typedef struct rp_context {
    const rp_kernel *chosen[RP_OP_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT];
    const rp_kernel *casts[RP_DTYPE_COUNT][RP_DTYPE_COUNT];
    rp_movers movers;
    rp_isa isa;
    size_t block_bytes;    /* of a staged block: several lie in the first-level cache together */
    size_t parallel_bytes; /* a call that touches less is over before a second thread would have helped */
    size_t wake_bytes;     /* the same where that thread must be woken first */
    size_t task_bytes;     /* what one task of a parallel call touches, where there is enough for all */
    size_t stream_bytes;   /* the result of a call that touches as much passes the caches by */
} rp_context;

extern _Atomic(const rp_context *) rp_context_published;
const rp_context *rp_context_make(void);

static inline const rp_context *rp_context_get(void)
{
    const rp_context *context = atomic_load_explicit(&rp_context_published, memory_order_acquire);
    return context ? context : rp_context_make();
}

typedef struct rp_choice {
    const rp_kernel *kernel;
    int threads;
    bool stream;
} rp_choice;

/* bytes: all that the call reads and writes; result_bytes: what it writes. The kernel is NULL where the operation has
 * none for this type and class. */
static inline rp_choice rp_choose(rp_op op, rp_dtype dtype, rp_class operands, size_t bytes, size_t result_bytes)
{
    const rp_context *context = rp_context_get();
    return (rp_choice){
        .kernel = context->chosen[op][dtype][operands], /* ASTYPE has none: rp_run goes by the casts */
        .threads = bytes < context->parallel_bytes || (bytes < context->wake_bytes && !rp_workers_awake())
                       ? 1
                       : rp_get_num_threads(),
        .stream = result_bytes && bytes >= context->stream_bytes,
    };
}

#endif
