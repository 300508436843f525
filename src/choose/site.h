/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sites: what calls of one operation, type, operand class, layout, size class and thread setting share. A site keeps the
 * candidates that were tried there, their times, and the winner. choose.c looks the winner up, measure.c finds it.
 *
 * A row of sites is made at the first large call of its operation and never freed. Whoever sets `busy` may change the
 * trial; `winner` is published last, and what it points to no longer changes.
 */
#ifndef RP_SITE_H
#define RP_SITE_H

#include <stdatomic.h>

#include "choose/trial.h"
#include "kernels/kernel.h"

enum { RP_SIZE_CLASSES = 40 };

typedef enum rp_source { RP_SOURCE_PRIORITY, RP_SOURCE_ONLINE, RP_SOURCE_PROFILE, RP_SOURCE_HELD } rp_source;

typedef struct rp_site {
    _Atomic(const rp_candidate *) winner; /* NULL: not known yet */
    _Atomic(rp_trial *) trial;
    atomic_bool busy;
    _Atomic uint32_t calls; /* up to where a trial begins; with a winner: since it was found */
    uint32_t review;        /* after so many calls the winner is looked at again */
    atomic_uchar source;    /* rp_source */
    atomic_bool asked;      /* the profile has been */
    _Atomic(const rp_candidate *)
        profile_guess;                /* the profile's, where it lacks this site; NULL: the built-in choice's */
    const rp_candidate *saved_winner; /* the winner, while the site is held to another, */
    rp_source saved_source;           /* and its source */
} rp_site;

/* What a choice depends on. */
typedef struct rp_query {
    rp_op op;
    rp_dtype dtype; /* of the operands, as the kernel takes them */
    rp_class operands;
    rp_layout layout;
    bool may_thread;      /* more than one thread may take part */
    size_t bytes;         /* all that the call brings through the caches */
    rp_accuracy accuracy; /* RP_FAST: a kernel that is none of ours was elected, and no other may serve (accuracy.h) */
} rp_query;

/* NULL: no memory for one. */
rp_site *rp_site_of(const rp_query *query);
/* Half an octave: 2^k up to 1.5 * 2^k bytes, and from there to 2^(k + 1). */
int rp_size_class(size_t bytes);
size_t rp_size_class_bytes(int size_class); /* the least size in it */

/* All sites that were ever used, for reports and profiles. */
typedef void (*rp_site_visitor)(void *context, const rp_query *least, rp_site *site); /* least: of the size class */
void rp_sites_visit(rp_site_visitor visit, void *context);

#endif
