/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The policy of trials, played scripts: what each call would take is written here, with noise from a generator that always
 * says the same, and no clock is read. Checked are who wins, after how many calls, and what trying cost beyond the winner's
 * time; and the budget that pays for it.
 */
#include <math.h>
#include <string.h>

#include "check.h"
#include "choose/budget.h"
#include "choose/trial.h"

/* ---- Scripts ----------------------------------------------------------------------------------------------- */

typedef struct script {
    int count;
    double seconds[RP_MOST_CANDIDATES]; /* of a call on a quiet machine */
    double noise;                       /* a call takes up to so much more, as a share */
    /* NULL, or how many times as long candidate i's call number `call` takes */
    double (*events)(int i, int call, double random);
    bool threaded[RP_MOST_CANDIDATES], stream[RP_MOST_CANDIDATES];
    int scouts;     /* 0: all */
    int per_kernel; /* candidates have so many kernels, 0: one each */
} script;

typedef struct run {
    int calls;
    double beyond; /* seconds, of all calls, more than the best candidate's quiet ones */
    double spent;  /* as the trial says */
    int winner;    /* -1: it did not end */
    int ran[RP_MOST_CANDIDATES];
} run;

static uint64_t state;
static double next_random(void) /* 0 to 1; splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static const char kernels[RP_MOST_CANDIDATES]; /* their addresses tell kernels apart */

static void begin(rp_trial *trial, const script *s, int rounds)
{
    rp_trial_begin(trial, rounds);
    for (int i = 0; i < s->count; i++) {
        const void *kernel = &kernels[s->per_kernel ? i % s->per_kernel : i];
        const rp_candidate c = {kernel, s->threaded[i], s->stream[i]};
        CHECK(rp_trial_add(trial, c, !s->scouts || i < s->scouts));
    }
}

static double least(const script *s)
{
    double best = s->seconds[0];
    for (int i = 1; i < s->count; i++) best = fmin(best, s->seconds[i]);
    return best;
}

/* Plays until the trial is over, for `most` calls at most. budget NULL: all is allowed. */
static run play(rp_trial *trial, const script *s, int most, rp_budget *budget)
{
    run r = {.winner = -1};
    bool able[RP_MOST_CANDIDATES];
    memset(able, true, sizeof able);
    for (; r.calls < most; r.calls++) {
        const int i = rp_trial_next(trial, budget ? rp_budget_left(budget) : (double)INFINITY, able);
        CHECK(i >= 0 && i < s->count);
        const double random = next_random(), event = s->events ? s->events(i, r.calls, random) : 1;
        const double seconds = s->seconds[i] * (1 + s->noise * next_random()) * event;
        const double told = rp_trial_tell(trial, i, seconds, false);
        r.spent += told;
        r.beyond += s->seconds[i] - least(s);
        r.ran[i]++;
        if (budget) rp_budget_earn(budget, seconds), rp_budget_spend(budget, told);
        if (!rp_trial_is_over(trial)) continue;
        r.calls++;
        r.winner = rp_trial_decide(trial);
        break;
    }
    return r;
}

/* How many of `count` runs of the script, each with other noise, have this winner; adds the runs up. */
static int wins(const script *s, int winner, int count, run *sum)
{
    int found = 0;
    *sum = (run){0};
    for (int seed = 0; seed < count; seed++) {
        rp_trial trial;
        state = (uint64_t)seed;
        begin(&trial, s, RP_ROUNDS);
        trial.random = (uint32_t)seed;
        const run r = play(&trial, s, 100000, NULL);
        CHECK(r.winner >= 0);
        found += r.winner == winner;
        sum->calls += r.calls;
        sum->beyond += r.beyond;
    }
    return found;
}

enum { SEEDS = 100 };
static const double US = 1e-6;

/* ---- Tests ------------------------------------------------------------------------------------------------- */

static void clear_winner(void)
{
    const script s = {.count = 4, .seconds = {100e-6, 105e-6, 80e-6, 300e-6}, .noise = 0.05};
    run all;
    CHECK(wins(&s, 2, SEEDS, &all) == SEEDS);
    /* Two that are near have seven turns, of two calls and two of the leader's; what is slow is tried once or twice. */
    CHECK(all.calls / SEEDS < 100);
    CHECK(all.beyond / SEEDS < 100e-6 * 20);
}

static void a_tie_stays_with_the_first(void)
{
    const script s = {.count = 5, .seconds = {50e-6, 50e-6, 50e-6, 50e-6, 49.5e-6}, .noise = 0.04};
    run all;
    CHECK(wins(&s, 0, SEEDS, &all) >= 95);
}

static void one_candidate(void)
{
    const script s = {.count = 1, .seconds = {100e-6}};
    rp_trial trial;
    begin(&trial, &s, RP_ROUNDS);
    const run r = play(&trial, &s, 100, NULL);
    CHECK(r.winner == 0 && r.calls <= 4 && r.spent == 0);
}

/* The machine gets slower all the time, to twice what it was: as the clock of a hot processor falls. */
static double drift(int i, int call, double random)
{
    (void)i, (void)random;
    return 1 + fmin(call, 200) / 200.0;
}

static void slow_drift(void)
{
    const script s = {.count = 4, .seconds = {100e-6, 90e-6, 110e-6, 100e-6}, .noise = 0.04, .events = drift};
    run all;
    CHECK(wins(&s, 1, SEEDS, &all) >= 98);
}

/* For twenty calls of forty another program has a half of the machine. */
static double neighbour(int i, int call, double random)
{
    (void)i, (void)random;
    return call / 20 % 2 ? 2.0 : 1.0;
}

static void busy_neighbour(void)
{
    const script s = {.count = 4, .seconds = {100e-6, 90e-6, 110e-6, 140e-6}, .noise = 0.04, .events = neighbour};
    run all;
    CHECK(wins(&s, 1, SEEDS, &all) >= 95);
}

/* One call in eight of candidate 1, which is slow, is done in no time: what is measured is luck. And any call in twenty is
 * interrupted. */
static double lucky(int i, int call, double random)
{
    (void)call;
    if (i == 1 && random < 0.125) return 0.3;
    return random > 0.95 ? 4 : 1;
}

static void lucky_shots(void)
{
    const script s = {.count = 4, .seconds = {100e-6, 108e-6, 90e-6, 120e-6}, .noise = 0.04, .events = lucky};
    run all;
    CHECK(wins(&s, 2, SEEDS, &all) >= 85);
    CHECK(wins(&s, 1, SEEDS, &all) <= 1);
}

/* Candidate 0 was the fastest, and from call 1000 on is not. */
static double changes(int i, int call, double random)
{
    (void)call, (void)random;
    return i == 0 ? 1.5 : 1;
}

static void a_winner_that_changes(void)
{
    script s = {.count = 3, .seconds = {100e-6, 120e-6, 200e-6}, .noise = 0.04};
    rp_trial trial;
    begin(&trial, &s, RP_ROUNDS);
    CHECK(play(&trial, &s, 1000, NULL).winner == 0 && trial.review == 300);
    rp_trial_again(&trial);
    CHECK(play(&trial, &s, 1000, NULL).winner == 0 && trial.review == 1200);
    rp_trial_again(&trial);
    s.events = changes;
    run r = play(&trial, &s, 1000, NULL);
    CHECK(r.winner == 1 && trial.review == 300); /* looked at again as soon as a new one */
    rp_trial_again(&trial);
    r = play(&trial, &s, 1000, NULL);
    CHECK(r.winner == 1 && trial.review == 1200);
    CHECK(r.ran[0] > 2); /* who won before has another chance each time */
    for (int i = 0; i < 20; i++) {
        rp_trial_again(&trial);
        CHECK(play(&trial, &s, 1000, NULL).winner == 1);
    }
    CHECK(trial.review == 1 << 20);
}

/* What no neighbour explains is not tried again; what was slow by less, as under load, is. */
static void hopeless_ones(void)
{
    const script s = {.count = 3, .seconds = {100e-6, 500e-6, 200e-6}, .noise = 0.04};
    rp_trial trial;
    begin(&trial, &s, RP_ROUNDS);
    run r = play(&trial, &s, 1000, NULL);
    CHECK(r.winner == 0 && r.ran[1] == 2 && r.ran[2] == 4);
    rp_trial_again(&trial);
    r = play(&trial, &s, 1000, NULL);
    CHECK(r.winner == 0 && r.ran[1] == 0 && r.ran[2] == 4);
}

/* Four kernels in four ways. The second way is slow with the best kernel, which spares the others; a kernel that is slow is
 * spared the other ways. */
static void ways(void)
{
    const script s = {.count = 16,
                      .seconds = {100e-6, 250e-6, 102e-6, 120e-6, 60e-6, 150e-6, 62e-6, 70e-6, 300e-6, 700e-6, 300e-6,
                                  300e-6, 200e-6, 500e-6, 200e-6, 200e-6},
                      .noise = 0.04,
                      .threaded = {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1},
                      .stream = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1},
                      .scouts = 4,
                      .per_kernel = 4};
    rp_trial trial;
    state = 1;
    begin(&trial, &s, RP_ROUNDS);
    const run r = play(&trial, &s, 10000, NULL);
    CHECK(r.winner == 4 || r.winner == 6);
    int slow = 0, wrong_way = 0;
    for (int i = 5; i < 16; i += 4) slow += r.ran[i];
    for (int i = 8; i < 16; i++) wrong_way += r.ran[i] > 0;
    CHECK(slow == 0 && wrong_way <= 3);
}

/* A call of two microseconds on one thread is not worth a search. */
static void short_calls(void)
{
    const script s = {.count = 6, .seconds = {1e-6, 0.9e-6, 1e-6, 1e-6, 1e-6, 1e-6}};
    rp_trial trial;
    begin(&trial, &s, RP_ROUNDS);
    const run r = play(&trial, &s, 100, NULL);
    CHECK(r.winner == 0 && r.calls < 40 && r.ran[1] + r.ran[2] + r.ran[3] + r.ran[4] + r.ran[5] <= 18);
}

/* A worker that sleeps makes a call of two threads a call of one: that is not the candidate's time. */
static void workers_that_sleep(void)
{
    rp_trial trial;
    rp_trial_begin(&trial, RP_ROUNDS);
    CHECK(rp_trial_add(&trial, (rp_candidate){(const void *)&kernels[0], false, false}, true));
    CHECK(rp_trial_add(&trial, (rp_candidate){(const void *)&kernels[0], true, false}, false));
    const bool able[2] = {true, true};
    int wide_calls = 0, latest = 0;
    for (int calls = 0; calls < 1000 && !rp_trial_is_over(&trial); calls++) {
        const int i = rp_trial_next(&trial, (double)INFINITY, able);
        wide_calls = i != 1 ? 0 : i == latest ? wide_calls + 1 : 1;
        latest = i;
        const bool asleep = i == 1 && wide_calls < 4;
        rp_trial_tell(&trial, i, i == 0 || asleep ? 100 * US : 60 * US, asleep);
    }
    CHECK(rp_trial_is_over(&trial) && rp_trial_decide(&trial) == 1);
}

/* ---- Calls that a candidate does not take ------------------------------------------------------------------ */

static void refusing_candidates(void)
{
    const script s = {.count = 3, .seconds = {100e-6, 50e-6, 80e-6}};
    rp_trial trial;
    begin(&trial, &s, RP_ROUNDS);
    bool able[RP_MOST_CANDIDATES] = {true, false, true};
    int calls = 0;
    for (; calls < 1000 && !rp_trial_is_over(&trial); calls++) {
        const int i = rp_trial_next(&trial, (double)INFINITY, able);
        CHECK(i == 0 || i == 2);
        rp_trial_tell(&trial, i, s.seconds[i], false);
    }
    CHECK(calls < 100 && rp_trial_decide(&trial) == 2);
    /* Every other call: it takes part, and wins. */
    begin(&trial, &s, RP_ROUNDS);
    for (calls = 0; calls < 1000 && !rp_trial_is_over(&trial); calls++) {
        able[1] = calls % 2;
        const int i = rp_trial_next(&trial, (double)INFINITY, able);
        if (i >= 0) {
            CHECK(able[i]);
            rp_trial_tell(&trial, i, s.seconds[i], false);
        }
    }
    CHECK(calls < 1000 && rp_trial_decide(&trial) == 1);
    /* Where the leader does not take the call it is no business of the trial's. */
    able[trial.leader] = false;
    CHECK(rp_trial_next(&trial, (double)INFINITY, able) == -1);
    /* One that was not admitted in the end is never run again. */
    begin(&trial, &s, RP_ROUNDS);
    memset(able, true, sizeof able);
    rp_trial_refuse(&trial, 1);
    for (int turn = 0; turn < 2; turn++) {
        const run r = play(&trial, &s, 1000, NULL);
        CHECK(r.winner == 2 && r.ran[1] == 0);
        rp_trial_again(&trial);
    }
}

/* ---- What it may cost -------------------------------------------------------------------------------------- */

static bool near(double x, double want) { return fabs(x - want) < 1e-6; }

static void budget(void)
{
    rp_budget b = {0};
    CHECK(rp_budget_left(&b) == 0 && !rp_budget_pay(&b, 1e-6));
    rp_budget_earn(&b, 1e-3);
    CHECK(near(rp_budget_left(&b), 1e-4)); /* a tenth */
    CHECK(rp_budget_pay(&b, 1e-4) && !rp_budget_pay(&b, 1e-6));
    rp_budget_earn(&b, 99e-3);
    CHECK(near(rp_budget_left(&b), 0.03 * 0.1 + 1e-3 - 1e-4));
    rp_budget_spend(&b, 1);
    CHECK(near(rp_budget_left(&b), 0.03 * 0.1 - 1 + 1e-3 - 1e-4)); /* a debt, */
    for (int i = 0; i < 100; i++) rp_budget_earn(&b, 0.1);         /* which ten seconds of calls do not pay back */
    CHECK(rp_budget_left(&b) < 0 && !rp_budget_pay(&b, 0));
    for (int i = 0; i < 10000; i++) rp_budget_earn(&b, 0.1);
    CHECK(near(rp_budget_left(&b), 0.4)); /* no more is kept than some calls grant */
    for (int i = 0; i < 10; i++) rp_budget_earn(&b, 1e-5);
    CHECK(near(rp_budget_left(&b), 0.4)); /* and nothing is taken away */
}

/* The first calls of a program are left alone; from there on the bound holds at every call, but for the one try that turns out
 * worse than it was thought to be. */
static void too_little_time(void)
{
    const script s = {.count = 5, .seconds = {30e-6, 29.7e-6, 45e-6, 200e-6, 40e-6}, .noise = 0.05};
    rp_budget b = {0};
    rp_trial trial;
    state = 7;
    begin(&trial, &s, RP_ROUNDS);
    double worst = 0;
    int first_try = 0, calls = 0;
    bool able[RP_MOST_CANDIDATES] = {true, true, true, true, true};
    for (; calls < 20000 && !rp_trial_is_over(&trial); calls++) {
        const int i = rp_trial_next(&trial, rp_budget_left(&b), able);
        if (i != 0 && !first_try) first_try = calls;
        const double seconds = s.seconds[i] * (1 + s.noise * next_random());
        rp_budget_earn(&b, seconds);
        rp_budget_spend(&b, rp_trial_tell(&trial, i, seconds, false));
        worst = fmax(worst, 1e-9 * (double)b.spent_ns - 0.03e-9 * (double)b.calls_ns);
    }
    CHECK(first_try > 10);
    CHECK(worst < 1e-3);
    CHECK(calls < 2000 && rp_trial_decide(&trial) == 0);
    /* No time at all: the first serves for ever, and nothing is tried. */
    begin(&trial, &s, RP_ROUNDS);
    for (int i = 0; i < 1000; i++) {
        CHECK(rp_trial_next(&trial, 0, able) == 0);
        CHECK(rp_trial_tell(&trial, 0, s.seconds[0], false) == 0);
    }
    CHECK(!rp_trial_is_over(&trial));
}

/* Stopped half way, it decides by what there is; after one turn of each, for none that had but that. */
static void stopped_early(void)
{
    const script s = {.count = 4, .seconds = {100e-6, 130e-6, 85e-6, 120e-6}};
    rp_trial trial;
    begin(&trial, &s, RP_ROUNDS);
    CHECK(play(&trial, &s, 60, NULL).winner == -1 && trial.samples[2] >= 3 && rp_trial_decide(&trial) == 2);
    begin(&trial, &s, RP_ROUNDS);
    CHECK(play(&trial, &s, 18, NULL).winner == -1 && trial.samples[2] <= 1 && rp_trial_decide(&trial) == 0);
}

static void bounds(void)
{
    rp_trial trial;
    rp_trial_begin(&trial, 1000);
    CHECK(trial.rounds == RP_MOST_ROUNDS);
    for (int i = 0; i < RP_MOST_CANDIDATES; i++) CHECK(rp_trial_add(&trial, (rp_candidate){0}, true));
    CHECK(!rp_trial_add(&trial, (rp_candidate){0}, true));
    CHECK(rp_trial_cost(&trial, 1) == 0 && rp_trial_seconds(&trial, 1) == 0);
    /* A clock that stands still, and one that jumps. */
    bool able[RP_MOST_CANDIDATES];
    memset(able, true, sizeof able);
    for (int i = 0; i < 100000 && !rp_trial_is_over(&trial); i++) {
        const double spent = rp_trial_tell(&trial, rp_trial_next(&trial, 1e300, able), i % 3 ? 0 : 1e9, false);
        CHECK(spent >= 0);
    }
    CHECK(rp_trial_is_over(&trial));
}

int main(void)
{
    clear_winner();
    a_tie_stays_with_the_first();
    one_candidate();
    slow_drift();
    busy_neighbour();
    lucky_shots();
    a_winner_that_changes();
    hopeless_ones();
    ways();
    short_calls();
    workers_that_sleep();
    refusing_candidates();
    budget();
    too_little_time();
    stopped_early();
    bounds();
    return check_report();
}
