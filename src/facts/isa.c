/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of instruction sets.
 */
#include "facts/isa.h"

#include <string.h>

static const struct {
    const char *name;
    uint64_t needs, allows;
} tiers[RP_ISA_COUNT] = {
    [RP_ISA_SCALAR] = {"scalar", 0, 0},
    [RP_ISA_SSE2] = {"sse2", RP_CPU_SSE2, RP_CPU_SSE2},
    [RP_ISA_AVX2] = {"avx2", RP_CPU_AVX2, RP_CPU_SSE2 | RP_CPU_AVX2},
    [RP_ISA_AVX512] = {"avx512", RP_CPU_AVX512, RP_CPU_SSE2 | RP_CPU_AVX2 | RP_CPU_AVX512},
    [RP_ISA_NEON] = {"neon", RP_CPU_NEON, RP_CPU_NEON},
};

const char *rp_isa_name(rp_isa isa) { return (size_t)isa < RP_ISA_COUNT ? tiers[isa].name : NULL; }
uint64_t rp_isa_needs(rp_isa isa) { return (size_t)isa < RP_ISA_COUNT ? tiers[isa].needs : 0; }
uint64_t rp_isa_allows(rp_isa isa) { return (size_t)isa < RP_ISA_COUNT ? tiers[isa].allows : 0; }

int rp_find_isa(const char *word, size_t length)
{
    for (int isa = 0; isa < RP_ISA_COUNT; isa++) {
        if (strlen(tiers[isa].name) == length && memcmp(tiers[isa].name, word, length) == 0) return isa;
    }
    return -1;
}
