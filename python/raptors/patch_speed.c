/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How long NumPy's loops take, as measured in the program's own calls: whether a call is worth all threads.
 */
#include "patch.h"

#include <stdlib.h>

#include "runtime/runtime.h"

enum { LEAST = 1024 }; /* elements: of fewer no call is worth a clock */

/* A worker that sleeps takes its first task 14 us after it was called, and the call costs 5 (src/runtime/threads.c): from three
 * times the sum on, two threads are faster whether it sleeps or not. */
static const double SHARED_SECONDS = 60e-6;
/* To let other threads of the program run costs some 0.1 us, and as much to come back. */
static const double RELEASED_SECONDS = 10e-6;

/* One thread brings about so much from memory in a second: for a loop that was never timed. */
static const double BYTES_PER_SECOND = 10e9;
/* The first threads of a process have to be started. */
static const double STARTED_SECONDS = 200e-6;

/* What was measured of a loop at calls of one size: whether memory or the core is slower differs from one to the next. */
struct patch_speed {
    float seconds;         /* an element, on one thread; 0: not measured yet */
    uint8_t misses, alone; /* threaded calls that gained nothing, one after another; calls to run on one thread now */
    uint8_t threaded;      /* calls since one ran on one thread */
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

_Thread_local int patch_last_threads = 1;

static int threads_for(patch_loop *loop, size_t elements, size_t bytes)
{
    enum { SAMPLED = 32 }; /* so many calls on all threads, then one on one: what that takes may have changed */
    if (patch_stressed) {
        return rp_get_num_threads();
    }
    patch_speed *speed = speed_of(loop, elements);
    if (!speed || guess(speed, elements, bytes) < (rp_workers_started() ? SHARED_SECONDS : STARTED_SECONDS)) {
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
    return patch_last_threads = threads_for(loop, elements, bytes);
}

bool patch_is_long(patch_loop *loop, size_t elements, size_t bytes)
{
    return guess(speed_of(loop, elements), elements, bytes) >= RELEASED_SECONDS;
}

/* On one thread the fastest call counts most: what is slower was disturbed, or met pages that were not there yet. Where other
 * programs have the processors, a caller waits for a worker that does not run: then some calls stay alone, the more the longer
 * this goes on. */
void patch_learn(patch_loop *loop, double seconds, int threads, size_t elements)
{
    enum { MOST_MISSES = 6 };
    patch_speed *speed = speed_of(loop, elements);
    if (!speed) {
        return;
    }
    const float element = (float)(seconds / (double)elements), known = speed->seconds;
    if (threads > 1) {
        const bool gained = known == 0 || element < 0.9F * known;
        speed->misses = gained ? 0 : speed->misses < MOST_MISSES ? speed->misses + 1 : MOST_MISSES;
        speed->alone = speed->misses ? (uint8_t)(1 << speed->misses) : known == 0;
    } else if (known == 0 || element < known) {
        speed->seconds = element;
    } else {
        speed->seconds += 0.125F * (element - known);
    }
}
