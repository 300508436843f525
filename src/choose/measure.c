/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Online measuring: trials, and their bounded share of time.
 */
#include "choose/measure.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"
#include "trace/kernels.h"

enum {
    PATIENCE = 3, /* calls at a site before it is worth a trial */
    FIRST_REVIEW =
        300, /* calls after which a winner is looked at again; four times as many each time that it wins again */
    LAST_REVIEW = 1 << 20,
    LONGEST_WAKE = 4, /* calls that may pass until a worker takes part */
    SETTLED = 3 /* calls with the same stores after which the last cache is as they leave it: compare of 34 MB on an
                       * EPYC Turin guest, 2026-11-25: 691 us after one ordinary call that followed streaming ones, then 306 */
};

/* The share of the time in timed calls that trying worse candidates may cost, in any second of it. */
static const double SHARE = 0.03;
enum { SLICES = 16, SLICE_NS = 1000000000 / (SLICES - 1) }; /* of that second, and of what lies behind it */
/* A timed turn is so long, in so many calls at most: one short call says little. */
static const double TURN = 20e-6;
enum { MOST_IN_TURN = 8 };
/* After so many it matters little what the caches held before: a turn is one call, and is timed. */
static const double LONG = 1e-3;
/* Shorter calls cannot be told apart from the clock and from what ran before. */
static const double SHORTEST = 2e-6;

static _Atomic int64_t timed_ns, excess_ns, sites_decided;

/* What trying took in the latest slices of time: the number of the slice, and nanoseconds. */
static _Atomic uint64_t slices[SLICES];

static uint32_t slice_now(void) { return (uint32_t)(atomic_load(&timed_ns) / SLICE_NS); }

static double allowance(void)
{
    const uint32_t now = slice_now();
    double spent = 0;
    for (int i = 0; i < SLICES; i++) {
        const uint64_t slice = atomic_load_explicit(&slices[i], memory_order_relaxed);
        if (now - (uint32_t)(slice >> 32) < SLICES) spent += 1e-9 * (double)(uint32_t)slice;
    }
    return SHARE - spent;
}

static void spend(double seconds)
{
    const uint32_t now = slice_now();
    const uint64_t ns = seconds > 0 ? (uint64_t)(1e9 * seconds) : 0;
    uint64_t old = atomic_load(&slices[now % SLICES]), sum;
    do {
        sum = ns + (old >> 32 == now ? (uint32_t)old : 0);
        if (sum > UINT32_MAX) sum = UINT32_MAX;
    } while (!atomic_compare_exchange_weak(&slices[now % SLICES], &old, (uint64_t)now << 32 | sum));
    atomic_fetch_add(&excess_ns, (int64_t)ns);
}

void rp_measure_credit(double seconds) { atomic_fetch_add(&timed_ns, (int64_t)(1e9 * seconds)); }

rp_measured rp_measured_so_far(void)
{
    return (rp_measured){1e-9 * (double)atomic_load(&timed_ns), 1e-9 * (double)atomic_load(&excess_ns),
                         (size_t)atomic_load(&sites_decided)};
}

/* ---- Trials ------------------------------------------------------------------------------------------------ */

/* Times count from here on; what was hopeless stays out, but for the first. */
static void begin_anew(rp_trial *trial)
{
    memset(trial->samples, 0, sizeof trial->samples);
    trial->dropped[0] = false;
    trial->leader = 0;
    trial->warm = false;
    trial->turn_seconds = 0;
    trial->turn_calls = 0;
}

/* Another thread, which the child does not have, was timing a call there: what it wrote may be half of it. */
static void forget_call(void *context, const rp_query *least, rp_site *site)
{
    (void)context, (void)least;
    if (!atomic_load(&site->busy)) return;
    rp_trial *trial = atomic_load(&site->trial);
    if (trial) begin_anew(trial);
    atomic_store(&site->busy, false);
}

void rp_sites_after_fork(void) { rp_sites_visit(forget_call, NULL); }

void rp_site_review(rp_site *site)
{
    if (atomic_exchange_explicit(&site->busy, true, memory_order_acquire)) return;
    rp_trial *trial = atomic_load(&site->trial);
    if (atomic_load(&site->source) == RP_SOURCE_ONLINE && atomic_load(&site->winner)) {
        rp_measure_credit(site->review * rp_trial_median(trial, trial->last));
        begin_anew(trial);
        atomic_store(&site->calls, PATIENCE);
        atomic_store(&site->winner, NULL);
        atomic_fetch_sub(&sites_decided, 1);
    }
    atomic_store_explicit(&site->busy, false, memory_order_release);
}

bool rp_trial_ensure(rp_site *site, const rp_query *query)
{
    while (atomic_exchange_explicit(&site->busy, true, memory_order_acquire)) rp_pause();
    const bool there = atomic_load(&site->trial) || rp_trial_begin(site, query);
    atomic_store_explicit(&site->busy, false, memory_order_release);
    return there;
}

bool rp_site_hold(rp_site *site, int i)
{
    rp_trial *trial = atomic_load(&site->trial);
    if (!trial || i < -1 || i >= trial->count) return false;
    const rp_source source = atomic_load(&site->source);
    if (source != RP_SOURCE_HELD) {
        site->found = atomic_load(&site->winner);
        site->found_by = source;
    }
    if (i < 0) {
        atomic_store(&site->source, site->found_by);
        atomic_store(&site->winner, site->found);
        return true;
    }
    atomic_store(&site->source, RP_SOURCE_HELD);
    atomic_store_explicit(&site->winner, &trial->candidate[i], memory_order_release);
    return true;
}

static void decide(rp_site *site, rp_trial *trial, int winner)
{
    const bool again = site->review && winner == trial->last;
    site->review = !again ? FIRST_REVIEW : site->review < LAST_REVIEW ? 4 * site->review : LAST_REVIEW;
    trial->last = winner;
    atomic_store(&site->calls, 0);
    atomic_store(&site->source, RP_SOURCE_ONLINE);
    atomic_fetch_add(&sites_decided, 1); /* before there is a winner: never fewer than those that a review takes off */
    atomic_store_explicit(&site->winner, &trial->candidate[winner], memory_order_release);
}

static bool start(rp_choice *choice)
{
    rp_site *site = choice->site;
    if (!site) return false;
    if (atomic_load_explicit(&site->calls, memory_order_relaxed) < PATIENCE) {
        atomic_fetch_add_explicit(&site->calls, 1, memory_order_relaxed);
        return false;
    }
    if (atomic_exchange_explicit(&site->busy, true, memory_order_acquire)) return false;
    rp_trial *trial = atomic_load(&site->trial);
    if (!trial) trial = rp_trial_begin(site, &choice->query);
    if (!trial || atomic_load(&site->winner)) {
        atomic_store_explicit(&site->busy, false, memory_order_release);
        return false;
    }
    choice->candidate = rp_trial_next(trial, allowance());
    const int taken = choice->candidate >= 0 ? choice->candidate : trial->leader;
    const rp_candidate *candidate = &trial->candidate[taken];
    if (candidate->kernel && !rp_kernel_takes(candidate->kernel, choice->form)) {
        atomic_store_explicit(&site->busy, false, memory_order_release);
        return false;
    }
    choice->kernel = candidate->kernel;
    choice->threads = rp_candidate_threads(candidate, rp_get_num_threads());
    choice->stream = candidate->stream;
    choice->started = rp_os_seconds();
    return true;
}

bool rp_measure_start(rp_choice *choice)
{
    const bool measured = start(choice);
    if (rp_context_get()->counts) rp_trace_kernel(choice->kernel);
    return measured;
}

/* The turns of one thread let the workers fall asleep, and a processor too. */
static bool still_asleep(const rp_trial *trial, const rp_choice *choice)
{
    return choice->threads > 1 && !rp_workers_helped() && trial->idle < LONGEST_WAKE;
}

static bool turn_ends(rp_trial *trial, double seconds)
{
    trial->turn_seconds += seconds;
    trial->turn_calls++;
    return trial->turn_seconds >= TURN || trial->turn_calls == MOST_IN_TURN;
}

void rp_measure_stop(const rp_choice *choice)
{
    const double seconds = rp_os_seconds() - choice->started;
    rp_trial *trial = atomic_load(&choice->site->trial);
    atomic_fetch_add(&timed_ns, (int64_t)(1e9 * seconds));
    trial->alike = choice->stream == trial->streamed ? trial->alike + 1 : 1;
    trial->streamed = choice->stream;
    if (choice->candidate >= 0 && !trial->warm && seconds < LONG) {
        trial->warm = trial->alike >= SETTLED;
        const uint32_t best = rp_trial_best(trial);
        if (best != UINT32_MAX) spend(seconds - 1e-9 * best);
    } else if (choice->candidate >= 0 && still_asleep(trial, choice)) {
        trial->idle++;
    } else if (choice->candidate >= 0 && !turn_ends(trial, seconds)) {
        ; /* another call of the same turn */
    } else if (choice->candidate >= 0) {
        const double mean = trial->turn_seconds / trial->turn_calls;
        rp_trial_add(trial, choice->candidate, mean);
        const double best = 1e-9 * rp_trial_best(trial);
        spend((mean - best) * trial->turn_calls);
        trial->warm = false;
        trial->idle = trial->turn_calls = 0;
        trial->turn_seconds = 0;
        if (trial->samples[0] == 2 && !trial->candidate[0].wide && rp_trial_median(trial, 0) < SHORTEST)
            decide(choice->site, trial, 0);
        else if (rp_trial_is_over(trial))
            decide(choice->site, trial, rp_trial_winner(trial));
    }
    atomic_store_explicit(&choice->site->busy, false, memory_order_release);
}
