/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How long calls take, as measured in the program's own: whether one is worth all threads, and which way is the fastest.
 */
#include "patch.h"

#include <stdlib.h>

#include "runtime/runtime.h"

enum { LEAST = 1024 }; /* elements: of fewer no call is worth a clock */

/* A call costs 5 us on several threads (src/runtime/threads.c), from three times as much on they may be faster: where the worker
 * has not gone to sleep since the last call, as measuring tells. */
static const double SHARED_SECONDS = 15e-6;
/* To let other threads of the program run costs some 0.1 us, and as much to come back. */
static const double RELEASED_SECONDS = 10e-6;

/* One thread brings about so much from memory in a second: for a loop that was never timed. */
static const double BYTES_PER_SECOND = 10e9;
/* The first threads of a process have to be started: for a call so long, or once shorter ones together took so long. */
static const double STARTED_SECONDS = 200e-6, ALL_SECONDS = 2e-3;
static double all_seconds;

/* What was measured of a loop at calls of one size: whether memory or the core is slower differs from one to the next. */
typedef struct ways_trial {
    unsigned ways;             /* a bit each */
    uint16_t calls;            /* of the trial, and then since */
    uint8_t way;               /* that won */
    float seconds[PATCH_WAYS]; /* the shortest, an element; 0: none */
} ways_trial;

struct patch_speed {
    ways_trial trials[2]; /* on one thread, on several */
    float seconds;        /* an element, on one thread; 0: not measured yet */
    uint8_t idle, misses; /* threaded calls that gained nothing, one after another; how often there were too many */
    uint8_t alone;        /* calls to run on one thread now */
    uint8_t threaded;     /* calls since one ran on one thread */
};
enum { SIZES = 32 };

/* NULL: no memory, or so few elements that they are not worth a clock. */
static patch_speed *speed_of(patch_loop *loop, size_t elements)
{
    if (elements < LEAST) {
        return NULL;
    }
    if (!loop->speeds) {
        loop->speeds = calloc(SIZES, sizeof *loop->speeds); /* kept for good */
    }
    const int octave = 63 - __builtin_clzll(elements);
    return loop->speeds ? &loop->speeds[octave < SIZES ? octave : SIZES - 1] : NULL;
}

/* What so many elements take on one thread. */
static double guess(const patch_speed *speed, size_t elements, size_t bytes)
{
    const double element = speed && speed->seconds > 0 ? speed->seconds : (double)bytes / BYTES_PER_SECOND;
    return element * (double)elements;
}

_Thread_local patch_latest patch_last = {.threads = 1};

static int threads_for(patch_loop *loop, size_t elements, size_t bytes)
{
    enum { SAMPLED = 128 }; /* so many calls on all threads, then one on one: what that takes may have changed */
    if (patch_stressed) {
        return rp_get_num_threads();
    }
    patch_speed *speed = speed_of(loop, elements);
    const double seconds = guess(speed, elements, bytes);
    const bool started = rp_workers_started() || seconds >= STARTED_SECONDS || all_seconds >= ALL_SECONDS;
    if (!speed || !started || seconds < SHARED_SECONDS) {
        all_seconds += seconds >= SHARED_SECONDS ? seconds : 0;
        return 1;
    }
    if (speed->alone > 0) {
        speed->alone--;
        return 1;
    }
    if (++speed->threaded >= SAMPLED) {
        speed->threaded = 0;
        return 1;
    }
    return rp_get_num_threads();
}

int patch_threads(patch_loop *loop, size_t elements, size_t bytes)
{
    return patch_last.threads = threads_for(loop, elements, bytes);
}

bool patch_is_long(patch_loop *loop, size_t elements, size_t bytes)
{
    return guess(speed_of(loop, elements), elements, bytes) >= RELEASED_SECONDS;
}

/* Each way has some calls one after another, so that caches and threads are as it leaves them, and that twice: another program may
 * have disturbed the first. The first of some is not counted. */
enum { CALLS = 4, PASSES = 2, REVIEWED = 1000 };

static int count_ways(unsigned ways) { return __builtin_popcount(ways); }

static patch_way_of_run nth_way(unsigned ways, int n)
{
    for (; n > 0; n--) {
        ways &= ways - 1;
    }
    return (patch_way_of_run)__builtin_ctz(ways);
}

patch_way_of_run patch_choose_way(patch_loop *loop, size_t elements, int threads, unsigned ways)
{
    const int count = count_ways(ways);
    patch_speed *speed = count > 1 ? speed_of(loop, elements) : NULL;
    if (!speed) {
        return PATCH_LOOP;
    }
    ways_trial *t = &speed->trials[threads > 1];
    if (patch_stressed) {
        return nth_way(ways, t->calls++ % count);
    }
    if (t->ways != ways || t->calls > REVIEWED) {
        *t = (ways_trial){.ways = ways};
    }
    return t->calls < CALLS * PASSES * count ? nth_way(ways, t->calls / CALLS % count) : (patch_way_of_run)t->way;
}

static void learn_way(ways_trial *t, float element, patch_way_of_run way)
{
    const float enough = 0.97F; /* less is noise */
    const int all = CALLS * PASSES * count_ways(t->ways);
    if (t->calls < all && t->calls % CALLS && (t->seconds[way] == 0 || element < t->seconds[way])) {
        t->seconds[way] = element;
    }
    if (++t->calls == all) {
        t->way = PATCH_LOOP;
        for (int i = 0; i < PATCH_WAYS; i++) {
            const float than = t->way == PATCH_LOOP ? enough * t->seconds[PATCH_LOOP] : t->seconds[t->way];
            t->way = t->seconds[i] > 0 && t->seconds[i] < than ? (uint8_t)i : t->way;
        }
    }
}

/* On one thread the fastest call counts most: what is slower was disturbed, or met pages that were not there yet. On several the
 * first calls after one on one thread bring the elements from one core's cache to another's, so that a few may gain nothing. Where
 * other programs have the processors, a caller waits for a worker that does not run. Then some calls stay alone, the more the
 * longer this goes on. */
void patch_learn(patch_loop *loop, double seconds, int threads, size_t elements, patch_way_of_run way, unsigned ways)
{
    enum { MOST_IDLE = 4, MOST_MISSES = 7 };
    patch_speed *speed = speed_of(loop, elements);
    if (!speed) {
        return;
    }
    loop->seconds += (float)seconds;
    const float element = (float)(seconds / (double)elements), known = speed->seconds;
    ways_trial *t = &speed->trials[threads > 1];
    if (ways && ways == t->ways) {
        learn_way(t, element, way);
        if (way != t->way) {
            return; /* it was tried, and says nothing of the others */
        }
    }
    if (threads > 1) {
        const bool gained = known == 0 || element < 0.9F * known;
        speed->idle = gained ? 0 : (uint8_t)(speed->idle + (element > 2 * known ? MOST_IDLE : 1));
        speed->misses = gained ? 0 : speed->misses;
        speed->alone = known == 0;
        if (speed->idle >= MOST_IDLE) {
            speed->idle = 0;
            speed->misses += speed->misses < MOST_MISSES;
            speed->alone = (uint8_t)(1 << speed->misses);
        }
    } else if (known == 0 || element < known) {
        speed->seconds = element;
    } else {
        speed->seconds += 0.125F * (element - known);
    }
}
