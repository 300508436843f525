/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Accuracy classes: which one a thread's calls have, and whose kernels serve the functions of class RP_FAST.
 */
#ifndef RP_ACCURACY_H
#define RP_ACCURACY_H

#include <stdatomic.h>

#include "choose/registry.h"

/* Whether some thread may have another class than RP_ACCURATE: for nearly every program none has, and nothing more is asked. */
typedef enum rp_accuracies { RP_ACCURACIES_UNKNOWN, RP_ACCURACIES_ONE, RP_ACCURACIES_BOTH } rp_accuracies;
extern _Atomic rp_accuracies rp_accuracies_used;

/* rp_get_accuracy, for every call. */
static inline rp_accuracy rp_accuracy_here(void)
{
    return atomic_load_explicit(&rp_accuracies_used, memory_order_relaxed) == RP_ACCURACIES_ONE ? RP_ACCURATE
                                                                                                : rp_get_accuracy();
}

/* 0 and 1 for their names; -1: no such class. */
int rp_find_accuracy(const char *name);

enum { RP_MOST_ELIGIBLE = 8 };

/* Who computes a function of class RP_FAST, for the life of the process. */
typedef struct rp_election {
    const rp_kernel *kernel[RP_CLASS_COUNT]; /* all NULL: ours */
    const char *elected;                     /* the last word of its kernels' names; "raptors": ours */
    int count; /* of those that were timed, ours first; 0: it is the same in every class */
    const char *name[RP_MOST_ELIGIBLE];
    double seconds[RP_MOST_ELIGIBLE]; /* an element */
    rp_kernel repeating[2];           /* those of RP_VS and RP_SV, */
    char names[2][64];                /* and their names */
} rp_election;

/* Whether the operation is a function of such numbers of which the classes may have different last bits. */
bool rp_has_classes(rp_op op, rp_dtype dtype);
/* Holds the election where there was none. Never NULL. */
const rp_election *rp_election_of(rp_op op, rp_dtype dtype);
/* The elected kernel; NULL: one of ours. */
static inline const rp_kernel *rp_elected_kernel(rp_op op, rp_dtype dtype, rp_class operands)
{
    return rp_election_of(op, dtype)->kernel[operands];
}

#endif
