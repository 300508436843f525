/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_fork.c: forks while other threads make first calls: each kind of them by itself, held in its midst until the fork
 * is under way, and then all together. No child may wait for a thread that it does not have.
 */
#include "arrays.h"
#include "choose/measure.h"
#include "parts.h"
#include "runtime/runtime.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LARGE = 1 << 18, CHILD_SECONDS = 20 };

static void nap(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Whether a child that does `work` ends, and says that it went well. */
static bool child_does(bool (*work)(void))
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        alarm(CHILD_SECONDS);
        _exit(work() ? 0 : 1);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) return false;
    if (WIFSIGNALED(status)) fprintf(stderr, "the child ended by signal %d\n", WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Another thread does `first`, which sets `inside` on its way; the fork comes then. */
static atomic_bool inside;

static bool child_does_during(void *(*first)(void *), void *context, bool (*work)(void))
{
    pthread_t other;
    atomic_store(&inside, false);
    if (pthread_create(&other, NULL, first, context) != 0) return false;
    while (!atomic_load(&inside)) nap(1e-4);
    const bool good = child_does(work);
    pthread_join(other, NULL);
    return good;
}

static void stay_inside(void)
{
    atomic_store(&inside, true);
    nap(0.05);
}

/* ---- Locks and first uses ---------------------------------------------------------------------------------- */

static void *hold_lock(void *context)
{
    const rp_lock_name name = *(const rp_lock_name *)context;
    rp_lock(name);
    stay_inside();
    rp_unlock(name);
    return NULL;
}

static bool take_all_locks(void)
{
    for (int name = 0; name < RP_LOCKS; name++) rp_lock((rp_lock_name)name);
    for (int name = RP_LOCKS - 1; name >= 0; name--) rp_unlock((rp_lock_name)name);
    return true;
}

static rp_once used;
static atomic_int uses;

static void use_slowly(void)
{
    atomic_fetch_add(&uses, 1);
    stay_inside();
    atomic_fetch_add(&uses, 1);
}

static void *use_first(void *nothing)
{
    rp_run_once(&used, use_slowly);
    return nothing;
}

static bool was_used_once(void)
{
    rp_run_once(&used, use_slowly);
    return atomic_load(&uses) == 2; /* begun and ended, not left half done */
}

static void locks(void)
{
    for (rp_lock_name name = 0; name < RP_LOCKS; name++) CHECK(child_does_during(hold_lock, &name, take_all_locks));
    CHECK(child_does_during(use_first, NULL, was_used_once));
    /* By its owner a lock can be taken again, and a fork under it neither hangs nor frees it. */
    rp_lock(RP_LOCK_BACKENDS);
    CHECK(child_does(take_all_locks));
    CHECK(rp_try_lock(RP_LOCK_BACKENDS));
    rp_unlock(RP_LOCK_BACKENDS), rp_unlock(RP_LOCK_BACKENDS);
}

/* ---- Admission --------------------------------------------------------------------------------------------- */

static void negate(const rp_call *call)
{
    if (!atomic_load(&inside)) stay_inside();
    for (size_t k = 0; k < call->n * call->m; k++) {
        const ptrdiff_t row = (ptrdiff_t)(k / call->n), i = (ptrdiff_t)(k % call->n);
        float x;
        memcpy(&x, call->ptr[1] + row * call->outer[1] + i * call->inner[1], sizeof x);
        x = -x;
        memcpy(call->ptr[0] + row * call->outer[0] + i * call->inner[0], &x, sizeof x);
    }
}

static void *admit(void *registered)
{
    CHECK(rp_is_admitted(registered));
    return NULL;
}

static bool admit_all(void)
{
    for (rp_registered *r = rp_registered_first(RP_NEGATIVE); r; r = (rp_registered *)r->next) {
        if (!rp_is_admitted(r)) return false;
    }
    return true;
}

static void admission(void)
{
    static const char *const names[] = {"negative.v.f32.one", "negative.v.f32.two"};
    for (int i = 0; i < 2; i++) {
        const rp_kernel_entry entry = {
            .name = names[i], .operands = "v", .op = RP_NEGATIVE, .dtype = RP_FLOAT32, .run = negate};
        CHECK(rp_register_kernel(&entry) == RP_OK);
    }
    CHECK(child_does_during(admit, rp_registered_first(RP_NEGATIVE), admit_all));
}

/* ---- Sites ------------------------------------------------------------------------------------------------- */

static const rp_query query = {RP_SQRT, RP_FLOAT64, RP_V, RP_APART, false, LARGE, RP_ACCURATE};

static void *measure_slowly(void *site)
{
    rp_choice choice = {.site = site, .query = query};
    for (int i = 0; i < 10 && !atomic_load(&inside); i++) { /* the first calls of a site are not timed */
        if (!rp_measure_start(&choice)) continue;
        stay_inside();
        rp_measure_stop(&choice);
    }
    CHECK(atomic_load(&inside));
    return NULL;
}

/* Not held by a call that nobody makes, and the trial goes to its end. */
static bool finish_trial(void)
{
    rp_site *site = rp_site_of(&query);
    if (!rp_trial_ensure(site, &query)) return false;
    for (int i = 0; i < 10000 && !atomic_load(&site->winner); i++) {
        rp_choice choice = {.site = site, .query = query};
        rp_measure_credit(1);
        if (!rp_measure_start(&choice)) return false;
        rp_measure_stop(&choice);
    }
    return atomic_load(&site->winner) != NULL;
}

static void sites(void)
{
    rp_context_get();
    rp_site *site = rp_site_of(&query);
    CHECK(site != NULL);
    CHECK(child_does_during(measure_slowly, site, finish_trial));
    CHECK(finish_trial());
}

/* ---- Vendor libraries -------------------------------------------------------------------------------------- */

static void *load_library(void *nothing)
{
    atomic_store(&inside, true); /* the library sleeps as it is loaded */
    CHECK(rp_load_backends("openblas.first=" PLANTED "slow_at_load.so") == RP_OK);
    return nothing;
}

static bool load_another(void)
{
    static char text[1 << 16]; /* a line of it is the name and the path of what was loaded, not why it was refused */
    return rp_load_backends("openblas.second=" PLANTED "right.so") == RP_OK &&
           rp_backends_info(text, sizeof text) > 0 && strstr(text, "openblas.second: /") != NULL;
}

static void libraries(void) { CHECK(child_does_during(load_library, NULL, load_another)); }

/* ---- Memory ------------------------------------------------------------------------------------------------ */

/* The parent's thread that gives back idle memory is not there: the child has one of its own. */
static bool gives_back(void)
{
    size_t got;
    rp_pool_counters counters;
    void *block = rp_pool_allocate(4 << 20, &got);
    rp_pool_free(block, got);
    nap(7.5);
    rp_pool_info(&counters);
    return block != NULL && counters.held_bytes == 0;
}

static void memory(void)
{
    size_t got;
    void *block = rp_pool_allocate(4 << 20, &got);
    rp_pool_free(block, got); /* from here on the parent has that thread */
    CHECK(child_does(gives_back));
}

/* ---- All together ------------------------------------------------------------------------------------------ */

static const rp_op ops[] = {RP_ADD, RP_SUBTRACT, RP_MULTIPLY, RP_MAXIMUM, RP_MINIMUM, RP_EQUAL, RP_LESS};
static const rp_dtype dtypes[] = {RP_FLOAT32, RP_FLOAT64, RP_INT32, RP_INT16, RP_UINT8, RP_UINT32};

/* x + 1 of ones is 2 everywhere, and so on: a few calls at each site. */
static bool call_each(void)
{
    bool good = true;
    for (size_t t = 0; t < sizeof dtypes / sizeof *dtypes; t++) {
        rp_array *x = NULL;
        good = rp_ones(SHAPE(LARGE), dtypes[t], &x) == RP_OK && good;
        for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
            const rp_array *inputs[] = {x, x};
            for (int turn = 0; turn < 6; turn++) {
                rp_array *z = NULL;
                good = rp_map(ops[i], inputs, &z) == RP_OK && good;
                rp_release(z);
            }
        }
        rp_array *sum = NULL;
        good = rp_sum(x, 0, NULL, false, &sum) == RP_OK && part_at(sum, 0) == LARGE && good;
        rp_release(sum), rp_release(x);
    }
    return good;
}

static void *call_all(void *nothing)
{
    CHECK(call_each());
    return nothing;
}

/* In a process that has made no call yet: two threads make the first of everything. */
static void part_first_calls(void)
{
    pthread_t others[2];
    setenv("RAPTORS_BACKENDS", "openblas.first=" PLANTED "right.so", 1);
    CHECK(rp_set_num_threads(2) == RP_OK);
    for (int i = 0; i < 2; i++) CHECK(pthread_create(&others[i], NULL, call_all, NULL) == 0);
    for (int i = 0; i < 6; i++) {
        CHECK(child_does(call_each));
        nap(2e-4 * i * i);
    }
    for (int i = 0; i < 2; i++) pthread_join(others[i], NULL);
}

static void whole(void)
{
    locks();
    admission();
    sites();
    libraries();
    memory();
}

static const part parts[] = {
    {"first-calls", "RAPTORS_PROFILE", "off", part_first_calls},
    {"first-calls-again", "RAPTORS_PROFILE", "off", part_first_calls},
    {"first-calls-untuned", "RAPTORS_TUNE", "off", part_first_calls},
};

int main(int count, char **arguments)
{
    setenv("RAPTORS_PROFILE", "off", 1);
    return run_parts(count, arguments, whole, parts, sizeof parts / sizeof parts[0]);
}
