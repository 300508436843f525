/* SPDX-License-Identifier: BSD-3-Clause
 *
 * cpu.c: what cpu.h promises. A feature counts only if the operating system keeps the registers that it uses over a
 * change of threads: the processor's own word for it is not enough (Intel SDM volume 1, 14.3 and 15.2).
 */
#include "cpu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "choose/registry.h"
#include "runtime/runtime.h"

static uint64_t detected, features;
static rp_once once;

#if defined(__x86_64__) || defined(__i386__)

/* The states that the system saves (XCR0): bit 1 xmm, 2 the upper half of ymm, 5 to 7 mask registers and zmm. */
static uint64_t enabled_states(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool all_of(uint64_t word, uint64_t bits) { return (word & bits) == bits; }

static uint64_t detect(void)
{
    static const uint32_t avx_1c = 1u << 28 | 1u << 29 | 1u << 12;              /* AVX, F16C, FMA */
    static const uint32_t avx2_7b = 1u << 5 | 1u << 3 | 1u << 8;                /* AVX2, BMI1, BMI2 */
    static const uint32_t avx512_7b = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31 /* F, DQ, BW, VL */
                                      | 1u << 28;                               /* CD */
    static const uint32_t osxsave_1c = 1u << 27, sse2_1d = 1u << 26;
    static const uint64_t ymm_state = 0x06, zmm_state = 0xe6;
    uint32_t a, b, c, d, b7 = 0, c7, d7;
    uint64_t found = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) {
        return 0;
    }
    found |= all_of(d, sse2_1d) ? RP_CPU_SSE2 : 0;
    if (!all_of(c, osxsave_1c) || !__get_cpuid_count(7, 0, &a, &b7, &c7, &d7)) {
        return found;
    }
    uint64_t states = enabled_states();
    if (all_of(c, avx_1c) && all_of(b7, avx2_7b) && all_of(states, ymm_state)) {
        found |= RP_CPU_AVX2;
        if (all_of(b7, avx512_7b) && all_of(states, zmm_state)) {
            found |= RP_CPU_AVX512;
        }
    }
    return found;
}

#elif defined(__aarch64__)

static uint64_t detect(void) { return RP_CPU_NEON; /* part of the architecture's base */ }

#else

static uint64_t detect(void) { return 0; }

#endif

static int find_tier(const char *name)
{
    const int isa = rp_find_isa(name, strlen(name));
    return isa >= 0 && rp_registry_isa((rp_isa)isa) && !(rp_isa_needs((rp_isa)isa) & ~detected) ? isa : -1;
}

static void read_cpu(void)
{
    detected = features = detect();
    const char *wanted = getenv("RAPTORS_CPU");
    const int isa = wanted != NULL ? find_tier(wanted) : -1;
    if (isa >= 0) features = detected & rp_isa_allows((rp_isa)isa);
}

bool rp_cpu_has_tier(const char *name)
{
    rp_run_once(&once, read_cpu);
    return find_tier(name) >= 0;
}

uint64_t rp_cpu_features(void)
{
    rp_run_once(&once, read_cpu);
    return features;
}

uint64_t rp_cpu_detected(void)
{
    rp_run_once(&once, read_cpu);
    return detected;
}
