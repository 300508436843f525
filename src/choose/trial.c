/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Trials: whose turn it is, what times say, and who won.
 */
#include "choose/trial.h"

#include <math.h>
#include <string.h>

/* A challenger must win by more, or the first stays: less is the noise between two medians of the same code, and a change of
 * kernels within it gains nothing and would come and go with every review. */
static const double NOISE = RP_TRIAL_NOISE;
/* What took so many times as long as the leader, in its median after so many turns, is left out. One turn says little: an
 * interrupt, or a worker that slept, doubles a short call. Where turns are even in number the lower of the two in the middle
 * counts, so that after two both must be slow. Minima would not do: one lucky turn, in a cache that someone else has warmed or
 * while the leader was interrupted, would keep a slow candidate to the end, or make it lead. */
static const double HOPELESS[RP_MOST_ROUNDS + 1] = {0, 3, 1.5, 1.3, 1.25, 1.15, 1.15, 1.1, 1.1, 1.1};
/* A kernel that takes so many times as long as another in the same way is not tried in other ways; a way (threads, stores) in
 * which the best kernel takes so many times as long is not tried with others. As long as that is so: a later turn may change it. */
static const double HOPELESS_KERNEL = 2, HOPELESS_WAY = 1.5;
/* What was so much slower stays out when a trial begins anew: no neighbour explains that. */
static const double HOPELESS_FOR_GOOD = 3;

/* A timed turn is so long, in so many calls at most: one short call says little. */
static const double TURN = 20e-6;
enum { MOST_IN_TURN = 8 };
/* After so many seconds it matters little what the caches held before: a turn is one call, and is timed. */
static const double LONG = 1e-3;
/* Shorter calls cannot be told apart from the clock and from what ran before. */
static const double SHORTEST = 2e-6;

enum {
    LIKELY = 2, /* turns, all of them faster, after which one may serve, */
    SURE = 4, /* and after which what is much slower may be left out for it: luck that leads would leave out the rest */
    LONGEST_WAKE = 4, /* calls that may pass until a worker takes part: the turns of one thread let it fall asleep */
    SETTLED = 3, /* calls with the same stores after which the last cache is as they leave it: compare of 34 MB on an
                       * EPYC Turin guest, 2026-11-25: 691 us after one ordinary call that followed streaming ones, then 306 */
    MOST_MISSES = 16, /* calls that a candidate may not take, when it is next, until it is not waited for */
    FIRST_REVIEW =
        300, /* calls after which a winner is looked at again; four times as many each time that it wins again, so that */
    LAST_REVIEW = 1 << 20 /* looking costs ever less of a steady program, and a machine that changed is noticed */
};

void rp_trial_begin(rp_trial *trial, int rounds)
{
    memset(trial, 0, sizeof *trial);
    trial->rounds = rounds < RP_MOST_ROUNDS ? rounds : RP_MOST_ROUNDS;
    trial->turn = trial->latest = trial->winner = -1;
}

bool rp_trial_add(rp_trial *trial, rp_candidate candidate, bool scout)
{
    if (trial->count == RP_MOST_CANDIDATES) return false;
    trial->candidate[trial->count++] = candidate;
    if (scout) trial->scouts = trial->count;
    return true;
}

void rp_trial_refuse(rp_trial *trial, int i)
{
    trial->dropped[i] = true;
    trial->samples[i] = 0;
}

void rp_trial_await(rp_trial *trial, int i) { trial->misses[i] = 0; }

/* ---- Times ------------------------------------------------------------------------------------------------- */

typedef enum middle { LOWER, MEAN, UPPER } middle; /* of the two in the middle of an even number */

static double median(const float *values, int count, middle which)
{
    float sorted[RP_MOST_ROUNDS];
    for (int i = 0; i < count; i++) {
        int k = i;
        for (; k > 0 && sorted[k - 1] > values[i]; k--) sorted[k] = sorted[k - 1];
        sorted[k] = values[i];
    }
    const double low = (double)sorted[(count - 1) / 2], high = (double)sorted[count / 2];
    return which == LOWER ? low : which == UPPER ? high : (low + high) / 2;
}

static double reference_seconds(const rp_trial *trial)
{
    const int count = trial->served_count < RP_SERVED ? trial->served_count : RP_SERVED;
    return count ? fmax(median(trial->served, count, MEAN), 1e-9) : 0; /* a clock may stand still */
}

static double cost(const rp_trial *trial, int i, middle which)
{
    if (i == trial->reference) return 1;
    return trial->samples[i] ? median(trial->ratio[i], trial->samples[i], which) : 0;
}

double rp_trial_cost(const rp_trial *trial, int i) { return cost(trial, i, MEAN); }

double rp_trial_seconds(const rp_trial *trial, int i)
{
    const int turns = trial->turns[i] < RP_MOST_ROUNDS ? trial->turns[i] : RP_MOST_ROUNDS;
    return turns ? median(trial->seconds[i], turns, MEAN) : 0;
}

/* What the leader's calls take now. */
static double leaders_seconds(const rp_trial *trial)
{
    return cost(trial, trial->leader, MEAN) * reference_seconds(trial);
}

/* The fastest of those with so many turns, by the upper of their middle times: luck makes nobody lead. */
static int fastest(const rp_trial *trial, int samples)
{
    int best = trial->reference;
    for (int i = 0; i < trial->count; i++) {
        if (trial->dropped[i] || trial->samples[i] < samples) continue;
        if (cost(trial, i, UPPER) < (1 - NOISE) * cost(trial, best, UPPER)) best = i;
    }
    return best;
}

/* ---- Whom to leave out ------------------------------------------------------------------------------------- */

/* The fastest kernel in the scouts' way. */
static int best_scout(const rp_trial *trial)
{
    int best = -1;
    for (int i = 0; i < trial->scouts; i++) {
        const double own = cost(trial, i, LOWER);
        if (own > 0 && (best < 0 || own < cost(trial, best, LOWER))) best = i;
    }
    return best;
}

/* Whether k goes the way in which `tried` differs from the best: its threads, its stores, or both. */
static bool goes_along(const rp_candidate *k, const rp_candidate *tried, const rp_candidate *best)
{
    return (tried->threaded == best->threaded || k->threaded == tried->threaded) &&
           (tried->stream == best->stream || k->stream == tried->stream);
}

/* Whether others have shown already that k, which was not tried yet, is hopeless. */
static bool is_foreseen(const rp_trial *trial, int k)
{
    const rp_candidate *c = trial->candidate;
    const int best = best_scout(trial);
    if (trial->thorough || best < 0 || k < trial->scouts || trial->samples[k]) return false;
    const double least = cost(trial, best, LOWER);
    for (int i = 0; i < trial->count; i++) {
        const double times = cost(trial, i, LOWER) / least;
        if (i < trial->scouts && c[i].kernel == c[k].kernel && times > HOPELESS_KERNEL) return true;
        if (i >= trial->scouts && c[i].kernel == c[best].kernel && times > HOPELESS_WAY &&
            goes_along(&c[k], &c[i], &c[best]))
            return true;
    }
    return false;
}

/* Whether challenger i has turns to come. */
static bool is_due(const rp_trial *trial, int i)
{
    return i != trial->reference && !trial->dropped[i] && trial->samples[i] < trial->rounds &&
           trial->misses[i] < MOST_MISSES && !is_foreseen(trial, i);
}

/* ---- Turns ------------------------------------------------------------------------------------------------- */

/* Whether i goes before k: round by round; in the first the scouts, then the fastest one's kernel in other ways. After it the
 * fastest are next, so that a leader is known soon; any other round has another order each time, so that nobody always follows
 * the one that leaves the caches worst for it. */
static bool goes_before(const rp_trial *trial, int i, int k)
{
    if (trial->samples[i] != trial->samples[k]) return trial->samples[i] < trial->samples[k];
    if (trial->samples[i] == 1) return trial->ratio[i][0] < trial->ratio[k][0];
    if (trial->samples[i] > 1 || (i < trial->scouts) != (k < trial->scouts)) return i < trial->scouts;
    const int best = best_scout(trial);
    if (best < 0) return false;
    const struct rp_kernel *kernel = trial->candidate[best].kernel;
    return trial->candidate[i].kernel == kernel && trial->candidate[k].kernel != kernel;
}

static double calls_of_turn(const rp_trial *trial)
{
    const double seconds = reference_seconds(trial);
    return seconds >= LONG ? 1 : 1 + fmin(ceil(TURN / seconds), MOST_IN_TURN);
}

/* Seconds that the turns of challenger i and of the reference may cost. One that was not tried yet may well take twice as long as the
 * leader. */
static double price(const rp_trial *trial, int i)
{
    const double leader = cost(trial, trial->leader, MEAN), own = trial->samples[i] ? cost(trial, i, MEAN) : 2 * leader;
    return (fmax(own - leader, 0) + fmax(1 - leader, 0)) * reference_seconds(trial) * calls_of_turn(trial);
}

static int next_challenger(rp_trial *trial, double allowance, const bool *able)
{
    int chosen = -1, first = -1;
    trial->random = 1664525 * trial->random + 1013904223; /* Numerical Recipes' generator */
    for (int step = 0; step < trial->count; step++) {
        const int i = (int)(((trial->random >> 16) + (uint32_t)step) % (uint32_t)trial->count);
        if (!is_due(trial, i)) continue;
        if (first < 0 || goes_before(trial, i, first)) first = i;
        if (able[i] && price(trial, i) <= allowance && (chosen < 0 || goes_before(trial, i, chosen))) chosen = i;
    }
    /* Those that can be afforded do not run ahead of a round: nor of those that may not run this call, for some calls. */
    if (chosen >= 0 && trial->samples[chosen] == trial->samples[first]) return chosen;
    for (int i = 0; i < trial->count; i++) trial->misses[i] += !able[i] && is_due(trial, i);
    return -1;
}

static int begin_turn(rp_trial *trial, int i)
{
    trial->turn = i;
    trial->begun = trial->warm = false;
    trial->turn_calls = trial->idle = 0;
    trial->turn_seconds = 0;
    return i;
}

int rp_trial_next(rp_trial *trial, double allowance, const bool *able)
{
    if (!able[trial->leader]) return -1;
    if (trial->turn >= 0) {
        if (able[trial->turn]) return trial->turn;
        if (++trial->misses[trial->turn] == MOST_MISSES) trial->turn = -1;
        return trial->leader;
    }
    const bool is_held_against = trial->referred && trial->served_count >= RP_SERVED; /* against no single time */
    const int challenger = trial->served_count ? next_challenger(trial, allowance, able) : -1;
    if (challenger >= 0 && is_held_against) return begin_turn(trial, challenger);
    /* Where the reference leads its turns cost nothing. */
    if (able[trial->reference] && (challenger >= 0 || trial->reference == trial->leader))
        return begin_turn(trial, trial->reference);
    return trial->leader;
}

static void record(rp_trial *trial, int i, double seconds)
{
    const double own = seconds + (trial->candidate[i].threaded ? RP_HANDOVER_SECONDS : 0);
    trial->seconds[i][trial->turns[i]++ % RP_MOST_ROUNDS] = (float)seconds;
    trial->referred = i == trial->reference;
    trial->misses[i] = 0;
    if (trial->referred) {
        trial->served[trial->served_count++ % RP_SERVED] = (float)own;
        return;
    }
    trial->ratio[i][trial->samples[i]++] = (float)(own / reference_seconds(trial));
    const double least = cost(trial, fastest(trial, SURE), UPPER);
    if (cost(trial, i, LOWER) > HOPELESS[trial->samples[i]] * least) trial->dropped[i] = true;
    trial->leader = fastest(trial, LIKELY);
}

/* Whether the turn is over. */
static bool take_turn(rp_trial *trial, double seconds, bool asleep, bool settled)
{
    if (!trial->begun) trial->warm = settled || seconds >= LONG;
    trial->begun = true;
    if (!trial->warm) {
        trial->warm = trial->same_stores >= SETTLED;
        return false;
    }
    if (asleep && trial->idle < LONGEST_WAKE) {
        trial->idle++;
        return false;
    }
    trial->turn_seconds += seconds;
    trial->turn_calls++;
    return trial->turn_seconds >= TURN || trial->turn_calls == MOST_IN_TURN;
}

double rp_trial_tell(rp_trial *trial, int i, double seconds, bool asleep)
{
    const bool stream = trial->candidate[i].stream, again = i == trial->latest && trial->same_stores >= SETTLED;
    const double leaders = leaders_seconds(trial), beyond = i != trial->leader && leaders > 0 ? seconds - leaders : 0;
    trial->same_stores = stream == trial->streamed ? trial->same_stores + (trial->same_stores < SETTLED) : 1;
    trial->streamed = stream;
    trial->latest = i;
    if (i == trial->turn && take_turn(trial, seconds, asleep, again)) {
        trial->turn = -1;
        record(trial, i, trial->turn_seconds / trial->turn_calls);
    }
    return beyond > 0 ? beyond : 0;
}

/* ---- The end ----------------------------------------------------------------------------------------------- */

bool rp_trial_is_over(const rp_trial *trial)
{
    if (!trial->served_count || trial->turn >= 0) return false;
    const bool is_short = reference_seconds(trial) < SHORTEST && trial->served_count > 1;
    if (is_short && trial->reference == 0 && !trial->candidate[0].threaded) return true;
    for (int i = 0; i < trial->count; i++) {
        if (is_due(trial, i)) return false;
    }
    return true;
}

int rp_trial_decide(rp_trial *trial)
{
    /* Where it was stopped before its end, those that are not behind the others. */
    int best = trial->reference, most = trial->rounds < LIKELY ? trial->rounds : LIKELY;
    for (int i = 0; i < trial->count; i++) {
        if (!trial->dropped[i] && trial->samples[i] - 1 > most) most = trial->samples[i] - 1;
    }
    for (int i = 0; i < trial->count; i++) {
        const bool tried = !trial->dropped[i] && trial->samples[i] >= most;
        if (tried && cost(trial, i, MEAN) < cost(trial, best, MEAN)) best = i;
    }
    const double first = trial->dropped[0] ? 0 : cost(trial, 0, MEAN);
    if (first > 0 && cost(trial, best, MEAN) > (1 - NOISE) * first) best = 0;
    const bool again = trial->review && best == trial->winner;
    trial->review = !again ? FIRST_REVIEW : trial->review < LAST_REVIEW ? 4 * trial->review : LAST_REVIEW;
    trial->winner = trial->leader = best;
    return best;
}

void rp_trial_again(rp_trial *trial)
{
    const int best = trial->winner < 0 ? trial->reference : trial->winner;
    const double least = cost(trial, best, LOWER);
    for (int i = 0; i < trial->count; i++) {
        const bool tried = trial->samples[i] > 0;
        const bool slow = tried && cost(trial, i, LOWER) > HOPELESS_FOR_GOOD * least;
        trial->dropped[i] = i > 0 && trial->dropped[i] && (slow || !tried); /* not tried and left out: refused */
    }
    memset(trial->samples, 0, sizeof trial->samples);
    memset(trial->misses, 0, sizeof trial->misses);
    memset(trial->turns, 0, sizeof trial->turns);
    trial->reference = trial->leader = best;
    trial->served_count = 0;
    trial->referred = false;
    trial->turn = trial->latest = -1;
}
