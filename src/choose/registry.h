/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All kernels of this build, and those that this CPU may run.
 */
#ifndef RP_REGISTRY_H
#define RP_REGISTRY_H

#include "kernels/kernel.h"

/* Every kernel of the build, runnable here or not: index 0, 1, ... until NULL. For tests, benches and rp_info. */
const rp_kernel *rp_registry_kernel(size_t index);
/* Whether this CPU (and RAPTORS_CPU) lets it run. */
bool rp_kernel_runs(const rp_kernel *kernel);
/* The tables of one instruction set, or NULL where the build has none. */
const rp_isa_tables *rp_registry_isa(rp_isa isa);

#endif
