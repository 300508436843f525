/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CPU features as the operating system enables them (cpuid and XCR0; hwcaps; sysctl), and the tier of kernels that
 * they allow.
 */
#ifndef RP_CPU_H
#define RP_CPU_H

#include <stddef.h>
#include <stdint.h>

typedef enum rp_isa { RP_ISA_SCALAR, RP_ISA_SSE2, RP_ISA_AVX2, RP_ISA_AVX512, RP_ISA_NEON, RP_ISA_COUNT } rp_isa;

enum {
    RP_CPU_SSE2 = 1 << 0,
    RP_CPU_AVX2 = 1 << 1,   /* with F16C, BMI1, BMI2, and ymm state enabled */
    RP_CPU_AVX512 = 1 << 2, /* F, DQ, BW, VL, CD, with zmm state enabled */
    RP_CPU_NEON = 1 << 3
};

/* What this CPU has, less what RAPTORS_CPU=scalar|sse2|avx2|avx512|neon rules out (tiers above the named one). An
 * unknown or unavailable name changes nothing; rp_info says so. Read once. */
uint64_t rp_cpu_features(void);
/* What it has, whatever RAPTORS_CPU says. */
uint64_t rp_cpu_detected(void);
const char *rp_isa_name(rp_isa isa);              /* "avx2" */
int rp_find_isa(const char *word, size_t length); /* -1: no such word */
uint64_t rp_isa_needs(rp_isa isa);                /* RP_CPU_... */

#endif
