/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Measuring candidates on the program's own calls. A call at a site without a winner runs one of the site's candidates
 * and is timed; all of them give the same bits, so nobody can tell but by the clock. trial.h has the policy, budget.h what
 * it may cost.
 */
#ifndef RP_MEASURE_H
#define RP_MEASURE_H

#include "choose/choose.h"

/* Before a call that has a site: may put a candidate of the site into the choice. true: rp_measure_stop must follow. */
bool rp_measure_start(rp_choice *choice);
void rp_measure_stop(const rp_choice *choice);

/* Begins the site's trial anew, among those that were not hopeless and with the first: the machine may have been busy
 * with something else, or be so now. */
void rp_site_review(rp_site *site);
/* Gives the site its list of candidates, where it has none yet, and tries all of them for admission. false: no memory. */
bool rp_trial_ensure(rp_site *site, const rp_query *query);
/* Holds the site to candidate i of its list, -1: to none. false: there is no such candidate. For one thread at a time. */
bool rp_site_hold(rp_site *site, int i);

/* In the child of a fork, before any call. */
void rp_sites_after_fork(void);

/* What online measuring took so far: seconds in calls, and how much was spent on choosing. */
typedef struct rp_measured {
    double seconds, excess;
    size_t sites; /* that have a winner */
} rp_measured;
rp_measured rp_measured_so_far(void);
/* Counts time in calls that were not timed one by one: a share of it may be spent on trying. */
void rp_measure_credit(double seconds);

#endif
