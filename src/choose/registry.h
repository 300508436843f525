/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All kernels of this build, those that this CPU may run, and those that were registered at run time.
 */
#ifndef RP_REGISTRY_H
#define RP_REGISTRY_H

#include <stdatomic.h>

#include "choose/cpu.h"
#include "kernels/kernel.h"

/* Every kernel of the build, runnable here or not: index 0, 1, ... until NULL. For tests, benches and rp_info. */
const rp_kernel *rp_registry_kernel(size_t index);
/* Whether this CPU (and RAPTORS_CPU) lets it run. */
bool rp_kernel_runs(const rp_kernel *kernel);
/* The tables of one instruction set, or NULL where the build has none. */
const rp_isa_tables *rp_registry_isa(rp_isa isa);

typedef enum rp_verdict { RP_UNTRIED, RP_ADMITTED, RP_REFUSED } rp_verdict;

/* A kernel that is not of this build. Never freed. */
typedef struct rp_registered {
    rp_kernel kernel;
    const struct rp_registered *next; /* of the same operation */
    _Atomic rp_verdict verdict;
    char reason[96]; /* for which it was refused; set before the verdict is */
    char name[];
} rp_registered;

/* Those of one operation, the latest first. */
rp_registered *rp_registered_first(rp_op op);
/* Whether the kernel may run; tries it the first time (admit.c). */
bool rp_is_admitted(rp_registered *registered);
/* Tries it without a lock and without keeping the verdict: for a forked child, which has one thread. */
rp_verdict rp_try_kernel(rp_registered *registered);
/* Loads the libraries that RAPTORS_BACKENDS names, the first time (src/backends/backends.c). */
void rp_load_named_backends(void);
/* What rp_load_backends says of the names, without loading anything. Errors: VALUE (an unknown name). */
rp_status rp_check_backends(const char *names);
/* Lines of a profile (profile.h) about the vendor libraries that are loaded; as rp_backends_info. */
size_t rp_backends_verdicts(char *text, size_t size);

#endif
