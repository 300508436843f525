/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Online measuring: feeds trials from the program's calls.
 */
#include "choose/measure.h"

#include <string.h>

#include "choose/budget.h"
#include "choose/candidates.h"
#include "choose/count.h"
#include "runtime/runtime.h"

/* Calls at a site before it is worth a trial, and a clock: a script makes most of its calls once or a few times. */
enum { CALLS_BEFORE_TRIAL = 8 };

static _Atomic int64_t sites_decided;

void rp_measure_credit(double seconds) { rp_budget_earn(&rp_choosing, seconds); }

rp_measured rp_measured_so_far(void)
{
    return (rp_measured){1e-9 * (double)atomic_load(&rp_choosing.calls_ns),
                         1e-9 * (double)atomic_load(&rp_choosing.spent_ns), (size_t)atomic_load(&sites_decided)};
}

/* ---- Trials ------------------------------------------------------------------------------------------------ */

static rp_trial *begin(rp_site *site, const rp_query *query)
{
    rp_trial *trial = rp_malloc(sizeof *trial);
    if (!trial) return NULL;
    rp_trial_begin(trial, RP_ROUNDS);
    rp_candidates_list(query, site, trial);
    atomic_store(&site->trial, trial);
    return trial;
}

/* Another thread, which the child does not have, was timing a call there: what it wrote may be half of it. */
static void forget_call(void *context, const rp_query *least, rp_site *site)
{
    (void)context, (void)least;
    if (!atomic_load(&site->busy)) return;
    rp_trial *trial = atomic_load(&site->trial);
    if (trial) rp_trial_again(trial);
    atomic_store(&site->busy, false);
}

void rp_sites_after_fork(void) { rp_sites_visit(forget_call, NULL); }

void rp_site_review(rp_site *site)
{
    if (atomic_exchange_explicit(&site->busy, true, memory_order_acquire)) return;
    rp_trial *trial = atomic_load(&site->trial);
    if (atomic_load(&site->source) == RP_SOURCE_ONLINE && atomic_load(&site->winner)) {
        rp_measure_credit(site->review * rp_trial_seconds(trial, trial->winner));
        rp_trial_again(trial);
        atomic_store(&site->calls, CALLS_BEFORE_TRIAL);
        atomic_store(&site->winner, NULL);
        atomic_fetch_sub(&sites_decided, 1);
    }
    atomic_store_explicit(&site->busy, false, memory_order_release);
}

static rp_registered *registered_of(const rp_candidate *candidate)
{
    const rp_kernel *kernel = candidate->kernel;
    return kernel && kernel->backend == RP_BACKEND_REGISTERED ? (rp_registered *)kernel : NULL;
}

static void note_verdict(rp_trial *trial, const rp_registered *r)
{
    for (int i = 0; i < trial->count; i++) {
        if (registered_of(&trial->candidate[i]) != r) continue;
        if (atomic_load(&r->verdict) == RP_ADMITTED)
            rp_trial_await(trial, i);
        else
            rp_trial_refuse(trial, i);
    }
}

bool rp_trial_ensure(rp_site *site, const rp_query *query)
{
    while (atomic_exchange_explicit(&site->busy, true, memory_order_acquire)) rp_pause();
    rp_trial *trial = atomic_load(&site->trial);
    if (!trial) trial = begin(site, query);
    for (int i = 0; trial && i < trial->count; i++) {
        rp_registered *r = registered_of(&trial->candidate[i]);
        if (!r || trial->dropped[i]) continue;
        rp_is_admitted(r);
        note_verdict(trial, r);
    }
    atomic_store_explicit(&site->busy, false, memory_order_release);
    return trial != NULL;
}

bool rp_site_hold(rp_site *site, int i)
{
    rp_trial *trial = atomic_load(&site->trial);
    if (!trial || i < -1 || i >= trial->count) return false;
    const rp_source source = atomic_load(&site->source);
    if (source != RP_SOURCE_HELD) {
        site->saved_winner = atomic_load(&site->winner);
        site->saved_source = source;
    }
    if (i < 0) {
        atomic_store(&site->source, site->saved_source);
        atomic_store(&site->winner, site->saved_winner);
        return true;
    }
    atomic_store(&site->source, RP_SOURCE_HELD);
    atomic_store_explicit(&site->winner, &trial->candidate[i], memory_order_release);
    return true;
}

static void decide(rp_site *site, rp_trial *trial)
{
    const int winner = rp_trial_decide(trial);
    site->review = trial->review;
    atomic_store(&site->calls, 0);
    atomic_store(&site->source, RP_SOURCE_ONLINE);
    atomic_fetch_add(&sites_decided, 1); /* before there is a winner: never fewer than those that a review takes off */
    atomic_store_explicit(&site->winner, &trial->candidate[winner], memory_order_release);
}

/* One kernel a call, where the time for it has been saved. */
static void admit_one(rp_trial *trial)
{
    for (int i = 0; i < trial->count; i++) {
        rp_registered *r = registered_of(&trial->candidate[i]);
        if (!r || trial->dropped[i] || atomic_load(&r->verdict) != RP_UNTRIED) continue;
        if (rp_admit_if_paid(r)) note_verdict(trial, r);
        return;
    }
}

/* Whether several threads may be tried: not where the calls are over before a second one would have helped. */
static bool may_try_threads(const rp_trial *trial, const rp_query *query)
{
    const bool is_long = trial->candidate[trial->reference].threaded ||
                         rp_trial_seconds(trial, trial->reference) >= RP_LEAST_SHARED_SECONDS;
    return is_long && rp_may_share(query);
}

/* The candidate that the call runs; -1: none of the trial's. */
static int next_candidate(rp_trial *trial, const rp_choice *choice)
{
    bool able[RP_MOST_CANDIDATES];
    const bool may_share = may_try_threads(trial, &choice->query);
    admit_one(trial);
    for (int i = 0; i < trial->count; i++) {
        const rp_candidate *c = &trial->candidate[i];
        able[i] = (may_share || !c->threaded) && (!c->kernel || rp_kernel_takes(c->kernel, choice->form));
    }
    return rp_trial_next(trial, rp_budget_left(&rp_choosing), able);
}

static bool start(rp_choice *choice)
{
    rp_site *site = choice->site;
    if (!site) return false;
    if (atomic_load_explicit(&site->calls, memory_order_relaxed) < CALLS_BEFORE_TRIAL) {
        atomic_fetch_add_explicit(&site->calls, 1, memory_order_relaxed);
        return false;
    }
    if (atomic_exchange_explicit(&site->busy, true, memory_order_acquire)) return false;
    rp_trial *trial = atomic_load(&site->trial);
    if (!trial) trial = begin(site, &choice->query);
    choice->candidate = trial && !atomic_load(&site->winner) ? next_candidate(trial, choice) : -1;
    if (choice->candidate < 0) {
        atomic_store_explicit(&site->busy, false, memory_order_release);
        return false;
    }
    const rp_candidate *candidate = &trial->candidate[choice->candidate];
    choice->kernel = candidate->kernel;
    choice->threads = rp_share(candidate, &choice->query);
    choice->stream = candidate->stream;
    choice->started = rp_os_seconds();
    return true;
}

bool rp_measure_start(rp_choice *choice)
{
    const bool measured = start(choice);
    if (!measured && choice->query.bytes) rp_measure_credit(RP_LEAST_SECONDS_PER_BYTE * (double)choice->query.bytes);
    if (rp_context_get()->counts) rp_trace_kernel(choice->kernel);
    return measured;
}

void rp_measure_stop(const rp_choice *choice)
{
    const double seconds = rp_os_seconds() - choice->started;
    rp_trial *trial = atomic_load(&choice->site->trial);
    const bool asleep = choice->threads > 1 && !rp_workers_helped();
    rp_measure_credit(seconds);
    rp_budget_spend(&rp_choosing, rp_trial_tell(trial, choice->candidate, seconds, asleep));
    if (rp_trial_is_over(trial)) decide(choice->site, trial);
    atomic_store_explicit(&choice->site->busy, false, memory_order_release);
}
