/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which candidates a site's trial has: kernels, and the ways (threads, stores) in which they may run.
 */
#ifndef RP_CANDIDATES_H
#define RP_CANDIDATES_H

#include "choose/choose.h"

/* From now on trials that begin have variants of the highest tier's kernel too, unrolled and prefetching, and kernels on threads of
 * their own: for `raptors race` and `raptors tune --variants`. */
void rp_candidates_with_variants(void);

/* Adds those of the site to a trial that has begun: first the one that is taken unmeasured, which runs every call. Registered
 * kernels are among them that were not tried yet for admission. */
void rp_candidates_list(const rp_query *query, const rp_site *site, rp_trial *trial);

#endif
