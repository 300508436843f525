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
/* rp_kernel_takes for registered kernels, whether admitted or not: for admission. */
bool rp_kernel_takes_form(const rp_kernel *kernel, const rp_call *form);
bool rp_registered_takes(const rp_kernel *kernel, const rp_call *form);

/* Whether the kernel takes the call: asked when the call is planned, once, since a kernel that was chosen runs. `form` is the whole
 * call: pointers of its first row, byte strides, n the longest row that the kernel will see, m rows. NULL: nothing is known of
 * it, and a kernel that looks at its calls takes none. Of this build all take all; one that is not admitted takes none. */
static inline bool rp_kernel_takes(const rp_kernel *kernel, const rp_call *form)
{
    return kernel->backend == RP_BACKEND_NATIVE || rp_registered_takes(kernel, form);
}

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
/* The same, once the time for it has been saved (budget.h); false: it has not. */
bool rp_admit_if_paid(rp_registered *registered);
/* Tries it without a lock and without keeping the verdict: for a forked child, which has one thread. */
rp_verdict rp_try_kernel(rp_registered *registered);
/* Who registers kernels when they are asked for. */
typedef struct rp_provider {
    void (*load_named)(void);                    /* what the environment names; the first time */
    void (*load)(const char *library);           /* what a profile names; a name that means nothing is let pass */
    size_t (*verdicts)(char *text, size_t size); /* lines of a profile (profile.h) about what is loaded; as rp_info */
    bool (*knows)(const char *names);            /* whether such names, as the environment has them, mean something */
} rp_provider;
/* Those of this build, up to NULL: src/backends/backends.c has the list. */
extern const rp_provider *const rp_providers[];
void rp_providers_load_named(void);
void rp_providers_load(const char *library);
size_t rp_providers_verdicts(char *text, size_t size);
bool rp_providers_know(const char *names);

#endif
