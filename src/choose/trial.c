/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Trials: a site's candidates, whose turn it is, and what their times say.
 */
#include "choose/trial.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/runtime.h"

/* A challenger must win by more than the noise between two runs of the same code. */
static const double NOISE = 0.05;
/* In the best of so many rounds it took so many times as long as that round's fastest: that is no noise, and the candidate
 * is not tried again. */
static const double HOPELESS[RP_ROUNDS + 1] = {0, 3, 1.4, 1.25, 1.15, 1.1, 1.1, 1.1};
/* A kernel that took so many times as long as another in the same way is not tried in other ways; a way (threads, stores) in
 * which the best kernel took so many times as long is not tried with others. */
static const double HOPELESS_KERNEL = 2, HOPELESS_WAY = 1.5;

static atomic_bool variants;

void rp_trial_variants(void) { atomic_store(&variants, true); }

/* ---- Candidates -------------------------------------------------------------------------------------------- */

/* Ours, below it the next tier, since wider vectors may cost clock rate, and what was registered and admitted; but for
 * `known`. Returns how many. */
static int find_kernels(const rp_query *query, const rp_kernel *known, const rp_kernel **found, int most)
{
    const rp_context *context = rp_context_get();
    const rp_kernel *ours[] = {context->chosen[query->op][query->dtype][query->operands],
                               context->second[query->op][query->dtype][query->operands],
                               context->strided[query->op][query->dtype][query->operands]};
    const int ours_count = rp_is_strided(query->layout) ? 3 : 2;
    int count = 0;
    /* Here and not where the context is made: registering a kernel needs the context. */
    rp_providers_load_named();
    for (int i = 0; i < ours_count; i++) {
        if (ours[i] && ours[i] != known && count < most) found[count++] = ours[i];
    }
    for (rp_registered *r = rp_registered_first(query->op); r && count < most; r = (rp_registered *)r->next) {
        /* Threads that are not ours are awake for some time after their call, and in the way of the next turns. */
        if (r->kernel.traits & RP_TRAIT_OWN_THREADS && !atomic_load(&variants)) continue;
        if (&r->kernel != known && rp_may_serve(&r->kernel, query) && rp_is_admitted(r)) found[count++] = &r->kernel;
    }
    return count;
}

typedef struct ways {
    int count;
    bool wide[4], stream[4];
} ways;

/* The ways in which a site's calls may run, that of the candidate that is taken unmeasured first. */
static ways list_ways(const rp_query *query, const rp_candidate *first, bool may_stream)
{
    ways w = {0};
    for (int other = 0; other < 4; other++) {
        const bool other_threads = other & 2, other_stores = other & 1;
        if ((other_threads && !query->wide) || (other_stores && !may_stream)) continue;
        w.wide[w.count] = first->wide ^ other_threads;
        w.stream[w.count++] = (may_stream && first->stream) ^ other_stores;
    }
    return w;
}

static bool takes_way(const rp_kernel *kernel, bool wide, bool stream)
{
    return !kernel || !(kernel->traits & RP_TRAIT_OWN_THREADS) || (wide && !stream);
}

static bool is_variant_of(const rp_kernel *kernel, const rp_kernel *best)
{
    return kernel->traits & RP_TRAIT_VARIANT && kernel->isa == best->isa && kernel->op == best->op &&
           kernel->dtype == best->dtype && kernel->shape == best->shape;
}

/* The one that is taken unmeasured first, then the other kernels in its way: the scouts. */
static void list_candidates(const rp_site *site, const rp_query *query, rp_trial *trial)
{
    enum { MOST_KERNELS = RP_MOST_CANDIDATES / 2 };
    const rp_kernel *kernels[MOST_KERNELS];
    const rp_candidate first = rp_choose_unmeasured(query, site, NULL);
    int kernel_count = 0;
    kernels[kernel_count++] = first.kernel;
    kernel_count += find_kernels(query, first.kernel, kernels + kernel_count, MOST_KERNELS - kernel_count);
    const bool may_stream = query->layout == RP_APART && !rp_is_reduced(query->operands) && first.kernel &&
                            8 * query->bytes >= rp_context_get()->stream_bytes;
    const ways w = list_ways(query, &first, may_stream);
    const rp_kernel *variant, *best = rp_context_get()->chosen[query->op][query->dtype][query->operands];
    for (int way = 0; way < w.count; way++) {
        for (int k = 0; k < kernel_count && trial->count < RP_MOST_CANDIDATES; k++) {
            if (takes_way(kernels[k], w.wide[way], w.stream[way]))
                trial->candidate[trial->count++] = (rp_candidate){kernels[k], w.wide[way], w.stream[way]};
        }
        for (size_t i = 0; way == 0 && best && atomic_load(&variants) && (variant = rp_registry_kernel(i)); i++) {
            if (is_variant_of(variant, best) && variant != first.kernel)
                trial->candidate[trial->count++] = (rp_candidate){variant, w.wide[0], w.stream[0]};
        }
        if (way == 0) trial->scouts = trial->count;
    }
}

rp_trial *rp_trial_begin(rp_site *site, const rp_query *query)
{
    rp_trial *trial = rp_malloc(sizeof *trial);
    if (!trial) return NULL;
    memset(trial, 0, sizeof *trial);
    list_candidates(site, query, trial);
    atomic_store(&site->trial, trial);
    return trial;
}

/* ---- Times ------------------------------------------------------------------------------------------------- */

static uint32_t least(const uint32_t *times, int count)
{
    uint32_t best = UINT32_MAX;
    for (int i = 0; i < count; i++) best = times[i] < best ? times[i] : best;
    return best;
}

uint32_t rp_trial_best(const rp_trial *trial)
{
    uint32_t best = UINT32_MAX;
    for (int i = 0; i < trial->count; i++) {
        const uint32_t own = least(trial->ns[i], trial->samples[i]);
        best = own < best ? own : best;
    }
    return best;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many times as long candidate i took as the fastest of the same round, ascending: other programs slow whole rounds.
 * Returns how many rounds. */
static int ratios(const rp_trial *trial, int i, double *found)
{
    for (int round = 0; round < trial->samples[i]; round++) {
        uint32_t best = UINT32_MAX;
        for (int k = 0; k < trial->count; k++) {
            if (trial->samples[k] > round && trial->ns[k][round] < best) best = trial->ns[k][round];
        }
        found[round] = (double)trial->ns[i][round] / (best ? best : 1);
    }
    qsort(found, trial->samples[i], sizeof *found, compare);
    return trial->samples[i];
}

static double median_ratio(const rp_trial *trial, int i)
{
    double found[RP_ROUNDS];
    const int count = ratios(trial, i, found);
    return count ? found[(count - 1) / 2] : 1e9;
}

bool rp_trial_is_over(const rp_trial *trial)
{
    for (int i = 0; i < trial->count; i++) {
        if (!trial->dropped[i] && trial->samples[i] < RP_ROUNDS) return false;
    }
    return true;
}

double rp_trial_median(const rp_trial *trial, int i)
{
    double sorted[RP_ROUNDS];
    for (int k = 0; k < trial->samples[i]; k++) sorted[k] = 1e-9 * trial->ns[i][k];
    qsort(sorted, trial->samples[i], sizeof *sorted, compare);
    return sorted[(trial->samples[i] - 1) / 2];
}

/* The first, unless another of at least so many times is faster by more than the noise. */
static int fastest(const rp_trial *trial, int samples)
{
    int winner = 0;
    double best = trial->dropped[0] ? 1e9 : median_ratio(trial, 0) * (1 - NOISE);
    for (int i = 1; i < trial->count; i++) {
        if (trial->dropped[i] || trial->samples[i] < samples || median_ratio(trial, i) >= best) continue;
        winner = i;
        best = median_ratio(trial, i);
    }
    return winner;
}

/* The fastest scout so far, in its best time. */
static int best_scout(const rp_trial *trial)
{
    int best = 0;
    for (int i = 1; i < trial->scouts; i++) {
        if (least(trial->ns[i], trial->samples[i]) < least(trial->ns[best], trial->samples[best])) best = i;
    }
    return best;
}

/* The scout with candidate i's kernel took so many times as long as the fastest; 0: there is none, or it is not back. */
static double scouted(const rp_trial *trial, int i, int best)
{
    for (int k = 0; k < trial->scouts; k++) {
        if (trial->candidate[k].kernel == trial->candidate[i].kernel && trial->samples[k])
            return (double)least(trial->ns[k], trial->samples[k]) / least(trial->ns[best], trial->samples[best]);
    }
    return 0;
}

/* Whether k goes the way in which `tried` differs from the best: its threads, its stores, or both. */
static bool goes_along(const rp_candidate *k, const rp_candidate *tried, const rp_candidate *best)
{
    return (tried->wide == best->wide || k->wide == tried->wide) &&
           (tried->stream == best->stream || k->stream == tried->stream);
}

/* Leaves out, of those not tried yet, kernels whose scout was hopeless, and ways in which the fastest scout's kernel, as
 * candidate i, was. */
static void follow_scouts(rp_trial *trial, int i)
{
    const int best = best_scout(trial);
    const rp_candidate *c = trial->candidate;
    const bool hopeless =
        c[i].kernel == c[best].kernel && trial->ns[i][0] > HOPELESS_WAY * least(trial->ns[best], trial->samples[best]);
    for (int k = trial->scouts; k < trial->count; k++) {
        if (trial->samples[k]) continue;
        trial->dropped[k] |= scouted(trial, k, best) > HOPELESS_KERNEL;
        trial->dropped[k] |= hopeless && i >= trial->scouts && goes_along(&c[k], &c[i], &c[best]);
    }
}

void rp_trial_add(rp_trial *trial, int i, double seconds)
{
    const double ns = 1e9 * (seconds + (trial->candidate[i].wide ? RP_HANDOVER_SECONDS : 0));
    trial->ns[i][trial->samples[i]++] = ns < 4e9 ? (uint32_t)ns : UINT32_MAX;
    follow_scouts(trial, i);
    for (int k = 0; k < trial->count; k++) {
        double found[RP_ROUNDS];
        const int count = ratios(trial, k, found);
        trial->dropped[k] |= count && found[0] > HOPELESS[count];
    }
    trial->leader = trial->samples[0] ? fastest(trial, 2) : 0;
}

int rp_trial_winner(const rp_trial *trial) { return fastest(trial, 1); }

/* ---- Turns ------------------------------------------------------------------------------------------------- */

/* Whether i goes before k: the scouts, the fastest one's kernel in other ways, then round by round. After the first round the
 * fastest are next, so that a leader is known soon; any other has another order each time, so that nobody always follows the
 * one that leaves them worst. */
static bool goes_before(const rp_trial *trial, int i, int k)
{
    if (trial->samples[i] != trial->samples[k]) return trial->samples[i] < trial->samples[k];
    if (trial->samples[i] == 1) return trial->ns[i][0] < trial->ns[k][0];
    if (trial->samples[i] > 1 || (i < trial->scouts) != (k < trial->scouts)) return i < trial->scouts;
    const rp_kernel *best = trial->candidate[best_scout(trial)].kernel;
    return trial->candidate[i].kernel == best && trial->candidate[k].kernel != best;
}

int rp_trial_next(rp_trial *trial, double allowance)
{
    if (trial->warm) return trial->next;
    const uint32_t best = rp_trial_best(trial);
    int chosen = -1;
    trial->random = 1664525 * trial->random + 1013904223; /* Numerical Recipes' generator */
    for (int step = 0; step < trial->count; step++) {
        const int i = (int)(((trial->random >> 16) + (uint32_t)step) % (uint32_t)trial->count);
        if (trial->dropped[i] || trial->samples[i] == RP_ROUNDS) continue;
        if (chosen >= 0 && !goes_before(trial, i, chosen)) continue;
        /* One that was not tried yet may well take twice as long. */
        const double expected = best == UINT32_MAX  ? 0
                                : trial->samples[i] ? least(trial->ns[i], trial->samples[i]) - best
                                                    : best;
        if (1e-9 * expected <= allowance) chosen = i;
    }
    if (chosen >= 0) trial->next = chosen;
    return chosen;
}
