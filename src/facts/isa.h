/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Instruction sets: their names, the CPU features that they need, and which lower ones remain where one is the limit.
 */
#ifndef RP_FACTS_ISA_H
#define RP_FACTS_ISA_H

#include <stddef.h>
#include <stdint.h>

typedef enum rp_isa { RP_ISA_SCALAR, RP_ISA_SSE2, RP_ISA_AVX2, RP_ISA_AVX512, RP_ISA_NEON, RP_ISA_COUNT } rp_isa;

enum {
    RP_CPU_SSE2 = 1 << 0,
    RP_CPU_AVX2 = 1 << 1,   /* with FMA, F16C, BMI1, BMI2, and ymm state enabled */
    RP_CPU_AVX512 = 1 << 2, /* F, DQ, BW, VL, CD, beside AVX2, with zmm state enabled */
    RP_CPU_NEON = 1 << 3
};

const char *rp_isa_name(rp_isa isa);              /* "avx2" */
int rp_find_isa(const char *word, size_t length); /* -1: no such word */
uint64_t rp_isa_needs(rp_isa isa);                /* RP_CPU_... */
uint64_t rp_isa_allows(rp_isa isa); /* the features that RAPTORS_CPU=<name> leaves: its own and those below */

#endif
