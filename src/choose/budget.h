/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What finding better kernels may cost. It is paid from the time that the program has already spent in calls, never ahead of it: of
 * the first 14 ms a tenth, from there on 3 hundredths. So at any moment it took at most 3 % of that time and a millisecond,
 * and a script that makes its calls once is left alone. Every cost goes through here: calls of candidates that turn out slower
 * than what would have served, the admission of kernels, and starting threads for calls that hardly need them.
 * Any thread may call these at any time.
 */
#ifndef RP_BUDGET_H
#define RP_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct rp_budget {
    _Atomic int64_t calls_ns; /* in calls, so far */
    _Atomic int64_t spent_ns; /* on choosing, so far */
    _Atomic int64_t left_ns;  /* what may be spent now; below 0 where a cost was larger than foreseen */
} rp_budget;

/* The process's. */
extern rp_budget rp_choosing;

/* A call took so long. What it grants is kept for later, but no more than a second's calls grant or some calls like this one. */
void rp_budget_earn(rp_budget *budget, double seconds);
double rp_budget_left(const rp_budget *budget);
void rp_budget_spend(rp_budget *budget, double seconds);
/* Spends them where so much is left. */
bool rp_budget_pay(rp_budget *budget, double seconds);

#endif
