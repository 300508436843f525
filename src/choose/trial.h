/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Trials: a site's candidates, whose turn it is, and what their times say. Called by measure.c, which times the program's own
 * calls; whoever calls holds the site's `busy`.
 */
#ifndef RP_TRIAL_H
#define RP_TRIAL_H

#include "choose/choose.h"

/* From now on trials that begin have the variants of the highest tier's kernel too: unrolled, prefetching. */
void rp_trial_variants(void);

/* Makes the site's trial, with its list of candidates. NULL: no memory. */
rp_trial *rp_trial_begin(rp_site *site, const rp_query *query);
/* The candidate whose turn it is; -1: trying it would cost more seconds than are allowed. A turn is a call that is not timed
 * and one or, of short ones, several that are: the first finds the caches and the threads as another candidate left them. */
int rp_trial_next(rp_trial *trial, double allowance);

/* What a call on several threads must win by. A spinning worker takes its first task so long after it was called (threads.c),
 * which a loop of nothing but such calls hides; and in a guest two processors may be one core's: on an EPYC Turin guest, 2026-11-25,
 * calls of 2 us took 0.7 and 1.5 times as long on two threads, from one minute to the next. */
#define RP_HANDOVER_SECONDS 0.7e-6

/* One time of candidate i, the handover counted in; and whether every candidate that is left was timed often enough. */
void rp_trial_add(rp_trial *trial, int i, double seconds);
bool rp_trial_is_over(const rp_trial *trial);
/* The best time of all, nanoseconds; UINT32_MAX: nothing was timed. */
uint32_t rp_trial_best(const rp_trial *trial);
/* The one to take: the first, unless another is faster by more than the noise. */
int rp_trial_winner(const rp_trial *trial);
/* Of the times of candidate i, which has at least one. */
double rp_trial_median(const rp_trial *trial, int i);

#endif
