/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The built-in choice: the highest rank that this CPU runs, threads and stores by the sizes of its caches.
 */
#include "choose/choose.h"

#include <pthread.h>

#include "engine/plan.h"
#include "runtime/runtime.h"

_Atomic(const rp_context *) rp_context_published;

static rp_context context;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void)
{
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (!rp_kernel_runs(kernel) || kernel->result_class) continue;
        const rp_kernel **place = kernel->op == RP_ASTYPE ? &context.casts[kernel->dtype][kernel->to]
                                                          : &context.chosen[kernel->op][kernel->dtype][kernel->shape];
        if (!*place || (*place)->rank < kernel->rank) *place = kernel;
    }
    for (int isa = 0; isa < RP_ISA_COUNT; isa++) {
        const rp_isa_tables *tables = rp_registry_isa(isa);
        if (!tables || (rp_isa_needs(isa) & ~rp_cpu_features())) continue;
        context.movers = tables->movers;
        context.isa = isa;
    }
    const rp_system *system = rp_system_facts();
    /* Three operands and a spare block fill half of the first-level cache. */
    context.block_bytes = system->l1d_bytes / 8;
    if (context.block_bytes > RP_BLOCK_MAX) context.block_bytes = RP_BLOCK_MAX;
    /* What lies in the first-level cache is done in less time than a thread takes to answer. */
    context.parallel_bytes = 4 * system->l1d_bytes;
    context.wake_bytes = 2 * context.parallel_bytes;
    context.task_bytes = system->l2_bytes / 4;
    /* What the last cache cannot hold is not there when it is read: storing past the caches saves reading its lines
     * first. Where it can, streaming loses: float32 scale of 16 MiB on two cores of a Sapphire Rapids guest (105 MiB
     * L3), 2026-11: 2.5 ms against 1.0. */
    context.stream_bytes = system->l3_bytes ? system->l3_bytes : 8 * system->l2_bytes;
    atomic_store_explicit(&rp_context_published, &context, memory_order_release);
}

const rp_context *rp_context_make(void)
{
    pthread_once(&once, fill);
    return &context;
}
