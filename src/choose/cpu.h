/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CPU features as the operating system enables them (cpuid and XCR0; hwcaps; sysctl).
 */
#ifndef RP_CPU_H
#define RP_CPU_H

#include <stdbool.h>

#include "facts/isa.h"

/* What this CPU has, less what RAPTORS_CPU=scalar|sse2|avx2|avx512|neon rules out (tiers above the named one). An
 * unknown or unavailable name changes nothing; rp_info says so. Read once. */
uint64_t rp_cpu_features(void);
/* What it has, whatever RAPTORS_CPU says. */
uint64_t rp_cpu_detected(void);
/* Whether RAPTORS_CPU may name it: this CPU has the instruction set, and this build has kernels for it. */
bool rp_cpu_has_tier(const char *name);

#endif
