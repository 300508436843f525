/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Trials: the policy that finds the fastest of some candidates by the times of real calls. It is told times and says whom the
 * next call should run, whom to leave out, and who won. It reads no clock, starts no thread, has no memory but its struct and
 * knows of nobody else: measure.c feeds it from the program's calls, the extension from those of `raptors race`, `tune` and
 * `regret`, and tests/test_trial.c from scripts.
 *
 * How it goes. One candidate is the reference: the first, or who won the trial before. The others challenge it one by one, each
 * for a turn: some calls that are not timed, since the first finds the caches and the threads as the one before left them, and
 * one that is, or of short calls several. The reference has a turn before each challenger's; what counts of a challenger is how
 * many times the reference's time it took. Another program slows both, whenever it comes. The median of such ratios decides,
 * over at most `rounds` turns. Meanwhile the fastest so far, the leader, serves whenever nobody may be tried.
 */
#ifndef RP_TRIAL_H
#define RP_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rp_candidate {
    const struct rp_kernel *kernel; /* NULL: copies and casts. Told apart here, and not looked into */
    bool threaded;                  /* all threads, or the caller's alone */
    bool stream;                    /* stores that pass the caches by */
} rp_candidate;

enum { RP_MOST_CANDIDATES = 40, RP_MOST_ROUNDS = 9, RP_ROUNDS = 7, RP_SERVED = 3 };

typedef struct rp_trial {
    int count, rounds;
    bool thorough; /* everyone has a turn, however hopeless others have shown it to be: for reports */
    int scouts;    /* the first of them: every kernel in one way (threads, stores), tried before the others */
    rp_candidate candidate[RP_MOST_CANDIDATES];
    float ratio[RP_MOST_CANDIDATES][RP_MOST_ROUNDS];   /* of each turn's time to the reference's */
    float seconds[RP_MOST_CANDIDATES][RP_MOST_ROUNDS]; /* of the latest turns, the reference's too: for reports */
    uint16_t turns[RP_MOST_CANDIDATES];
    uint8_t samples[RP_MOST_CANDIDATES];
    uint8_t misses[RP_MOST_CANDIDATES]; /* calls one after another that it did not take, where it was next */
    bool dropped[RP_MOST_CANDIDATES];
    int reference, leader;
    float served[RP_SERVED]; /* the reference's latest turns */
    int served_count;
    bool referred; /* the latest turn was the reference's */
    uint32_t random;
    /* the turn that goes on */
    int turn; /* whose; -1: nobody's */
    bool begun, warm;
    int turn_calls, idle; /* idle: timed calls of all threads in which no other thread took part */
    double turn_seconds;
    /* the latest call */
    int latest;
    bool streamed;
    int same_stores; /* calls one after another with the same stores */
    /* the winner, and after how many calls it is looked at again */
    int winner; /* -1: there was none yet */
    uint32_t review;
} rp_trial;

/* A trial of nobody, of up to RP_MOST_ROUNDS turns each. */
void rp_trial_begin(rp_trial *trial, int rounds);
/* The first that is added leads at first. scout: as above; scouts are added before all others. false: there are too many. */
bool rp_trial_add(rp_trial *trial, rp_candidate candidate, bool scout);
/* It cannot be run at all, and is left out for good. */
void rp_trial_refuse(rp_trial *trial, int i);
/* From now on it may be able. */
void rp_trial_await(rp_trial *trial, int i);

/* Whom the next call should run. able[i]: whether candidate i may run this very call; one that often may not when it is next is
 * waited for no longer. allowance: seconds that trying may cost beyond what the leader takes. -1: the leader may not, and the
 * call is no business of the trial's. */
int rp_trial_next(rp_trial *trial, double allowance, const bool *able);
/* What candidate i's call took. asleep: several threads were to share it and the caller did all. Returns the seconds beyond
 * what the leader takes. */
double rp_trial_tell(rp_trial *trial, int i, double seconds, bool asleep);
/* Whether nobody is left to be tried. */
bool rp_trial_is_over(const rp_trial *trial);
/* The fastest, which leads from now on: the first, unless another is faster by more than the noise. Says in `review` after how
 * many calls a trial that begins anew (rp_trial_again) is worth its cost. */
int rp_trial_decide(rp_trial *trial);
void rp_trial_again(rp_trial *trial);

/* How many times the reference's time candidate i takes, by the median; 0: it is not known. */
double rp_trial_cost(const rp_trial *trial, int i);
/* The median of its latest turns; 0: there was none. */
double rp_trial_seconds(const rp_trial *trial, int i);

/* By what share a challenger must be faster than the first to win. */
#define RP_TRIAL_NOISE 0.03

/* What a call on several threads must win by. A spinning worker takes its first task so long after it was called (threads.c),
 * which a loop of nothing but such calls hides; and in a guest two processors may be one core's: on an EPYC Turin guest, 2026-11-25,
 * calls of 2 us took 0.7 and 1.5 times as long on two threads, from one minute to the next. */
#define RP_HANDOVER_SECONDS 0.7e-6
/* For a call that is over as soon on one thread, a second one is no gain to speak of. */
#define RP_LEAST_SHARED_SECONDS (4 * RP_HANDOVER_SECONDS)

#endif
