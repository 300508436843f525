/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Measuring candidates on the program's own calls. A call at a site without a winner runs one of the site's candidates
 * and is timed; all of them give the same bits, so nobody can tell but by the clock.
 */
#ifndef RP_MEASURE_H
#define RP_MEASURE_H

#include "choose/choose.h"

/* Before a call that has a site: may put a candidate of the site into the choice. true: rp_measure_stop must follow. */
bool rp_measure_start(rp_choice *choice);
void rp_measure_stop(const rp_choice *choice);

/* From now on trials that begin have the variants of the highest tier's kernel too: unrolled, prefetching. */
void rp_measure_variants(void);

/* Begins the site's trial anew, among those that were not hopeless and with the first: the machine may have been busy
 * with something else, or be so now. */
void rp_site_review(rp_site *site);
/* Gives the site its list of candidates, where it has none yet. false: no memory. */
bool rp_trial_ensure(rp_site *site, const rp_query *query);
/* Holds the site to candidate i of its list, -1: to none. false: there is no such candidate. For one thread at a time. */
bool rp_site_hold(rp_site *site, int i);

/* What a call on several threads must win by. A spinning worker takes its first task so long after it was called (threads.c),
 * which a loop of nothing but such calls hides; and in a guest two processors may be one core's: on an EPYC Turin guest, 2026-11-25,
 * calls of 2 us took 0.7 and 1.5 times as long on two threads, from one minute to the next. */
#define RP_HANDOVER_SECONDS 0.7e-6

/* One time of candidate i, the handover counted in; and whether every candidate that is left was timed often enough. */
void rp_trial_add(rp_trial *trial, int i, double seconds);
bool rp_trial_is_over(const rp_trial *trial);
/* The one to take: the first, unless another is faster by more than the noise. */
int rp_trial_winner(const rp_trial *trial);
/* Of the times of candidate i, which has at least one. */
double rp_trial_median(const rp_trial *trial, int i);

/* What online measuring took so far: seconds in timed calls, and how much longer they took than the site's best. */
typedef struct rp_measured {
    double seconds, excess;
    size_t sites; /* that have a winner */
} rp_measured;
rp_measured rp_measured_so_far(void);
/* Counts time in calls that were not timed one by one: a share of it may be spent on trying. */
void rp_measure_credit(double seconds);

#endif
