/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The list of kernels: the tables of every instruction set that this build was compiled for.
 */
#include "choose/registry.h"

/* RP_FOR_ISAS(X) comes from the build: X(scalar) X(sse2) ... for those it compiled, from the lowest tier up. */
#define DECLARE(isa) extern const rp_isa_tables rp_##isa##_tables;
RP_FOR_ISAS(DECLARE)

#define REFER(isa) &rp_##isa##_tables,
static const rp_isa_tables *const sets[] = {RP_FOR_ISAS(REFER)};
enum { SET_COUNT = sizeof sets / sizeof *sets };

const rp_isa_tables *rp_registry_isa(rp_isa isa)
{
    for (int i = 0; i < SET_COUNT; i++) {
        if (sets[i]->isa == isa) return sets[i];
    }
    return NULL;
}

const rp_kernel *rp_registry_kernel(size_t index)
{
    for (int i = 0; i < SET_COUNT; i++) {
        for (int t = 0; t < RP_TABLE_COUNT; t++) {
            const rp_kernel_table *table = &sets[i]->tables[t];
            if (index < *table->count) return &table->kernels[index];
            index -= *table->count;
        }
    }
    return NULL;
}

bool rp_kernel_runs(const rp_kernel *kernel) { return !(kernel->needs & ~rp_cpu_features()); }
