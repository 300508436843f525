/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_threads.c: rp_parallel and the number of threads; forks while both pools are in use.
 */
#include "check.h"
#include "parts.h"
#include "runtime/runtime.h"

#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child of a fork with many threads starts threads of its own: what the library promises, and TSan refuses unasked. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "die_after_fork=0"; }

static void nap(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

enum { MOST_TASKS = 1000 };

typedef struct tally {
    atomic_int times[MOST_TASKS];
    int plain[MOST_TASKS]; /* not atomic: rp_parallel must order it */
    atomic_int strangers, misnumbered;
    int threads;
    pthread_t caller;
} tally;

static void count_task(void *context, size_t i, int thread)
{
    tally *t = context;
    atomic_fetch_add(&t->times[i], 1);
    t->plain[i] = (int)i + 1;
    if (thread < 0 || thread >= t->threads) atomic_fetch_add(&t->misnumbered, 1);
    if (!pthread_equal(pthread_self(), t->caller)) {
        atomic_fetch_add(&t->strangers, 1);
    }
}

static bool each_once(size_t tasks, int threads)
{
    static _Thread_local tally t;
    memset(&t, 0, sizeof t);
    t.caller = pthread_self();
    t.threads = threads > 0 ? threads : 1;
    rp_parallel(count_task, &t, tasks, threads);
    bool right = (threads > 1 || atomic_load(&t.strangers) == 0) && atomic_load(&t.misnumbered) == 0;
    for (size_t i = 0; i < MOST_TASKS; i++) {
        right = right && atomic_load(&t.times[i]) == (i < tasks) && t.plain[i] == (i < tasks ? (int)i + 1 : 0);
    }
    return right;
}

static void test_parallel(void)
{
    CHECK(rp_set_num_threads(8) == RP_OK);
    CHECK(rp_get_num_threads() == 8);
    for (int threads = 1; threads <= 8; threads++) {
        size_t wrong = 0;
        for (size_t tasks = 0; tasks <= MOST_TASKS; tasks++) {
            wrong += !each_once(tasks, threads);
        }
        CHECK(wrong == 0);
    }
    for (int turn = 0; turn < 5; turn++) { /* from sleep */
        nap(0.005);
        CHECK(each_once(100, 8));
    }
    CHECK(each_once(100, 0));
    CHECK(each_once(100, 100000));
    CHECK(rp_set_num_threads(1) == RP_OK);
    CHECK(each_once(100, 1));
    CHECK(rp_set_num_threads(8) == RP_OK);
}

typedef struct meeting {
    atomic_int there;
    bool met[2];
} meeting;

/* Both tasks wait for the other: they only meet if two threads run them. */
static void meet(void *context, size_t i, int thread)
{
    (void)thread;
    meeting *m = context;
    atomic_fetch_add(&m->there, 1);
    double start = rp_os_seconds();
    while (atomic_load(&m->there) < 2 && rp_os_seconds() - start < 20.0) {
        rp_pause();
    }
    m->met[i] = atomic_load(&m->there) == 2;
}

static void test_meeting(void)
{
    for (int turn = 0; turn < 3; turn++) {
        meeting m = {0};
        nap(0.002);
        rp_parallel(meet, &m, 2, 2);
        CHECK(m.met[0] && m.met[1]);
    }
}

/* ---- The caller's way of rounding, and its processors ------------------------------------------------------- */

typedef struct division {
    meeting m;
    volatile float x, y;
    float third[2], tiny[2];
} division;

/* By two threads at once. */
static void divide(void *context, size_t i, int thread)
{
    division *d = context;
    meet(&d->m, i, thread);
    d->third[i] = d->x / d->y;
    d->tiny[i] = 0x1p-126F * d->x / 2;
}

static division divide_by_two_threads(void)
{
    division d = {.x = 1, .y = 3};
    rp_parallel(divide, &d, 2, 2);
    CHECK(d.m.met[0] && d.m.met[1]);
    CHECK(d.third[0] == d.third[1] && d.tiny[0] == d.tiny[1]);
    return d;
}

static void test_rounding(void)
{
    static const struct {
        int mode;
        float third; /* 0x55555555 p-32, rounded to 24 bits */
    } cases[] = {{FE_UPWARD, 0xaaaaabp-25F}, {FE_DOWNWARD, 0xaaaaaap-25F}, {FE_TOWARDZERO, 0xaaaaaap-25F}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(fesetround(cases[i].mode) == 0);
        CHECK(divide_by_two_threads().third[1] == cases[i].third);
        CHECK(fegetround() == cases[i].mode);
        fesetround(FE_TONEAREST);
        CHECK(divide_by_two_threads().third[1] == 0xaaaaabp-25F); /* no worker keeps it */
    }
    CHECK(divide_by_two_threads().tiny[1] == 0x1p-127F);
#if defined(__x86_64__)
    const unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(before | 0x8040); /* flush to zero, denormals are zero */
    const division d = divide_by_two_threads();
    __builtin_ia32_ldmxcsr(before);
    CHECK(d.tiny[0] == 0 && d.tiny[1] == 0);
    CHECK(divide_by_two_threads().tiny[1] == 0x1p-127F);
#endif
}

#ifdef __linux__

typedef struct places {
    meeting m;
    cpu_set_t allowed[2];
} places;

static void tell_place(void *context, size_t i, int thread)
{
    places *p = context;
    meet(&p->m, i, thread);
    CHECK(sched_getaffinity(0, sizeof p->allowed[i], &p->allowed[i]) == 0);
}

/* The processors that two threads of a call may use are the caller's. */
static bool both_within(const cpu_set_t *caller)
{
    places p = {0};
    rp_parallel(tell_place, &p, 2, 2);
    bool within = p.m.met[0] && p.m.met[1];
    for (int i = 0; i < 2; i++) {
        cpu_set_t both;
        CPU_AND(&both, &p.allowed[i], caller);
        within = within && CPU_COUNT(&both) > 0 && CPU_EQUAL(&both, &p.allowed[i]);
    }
    return within;
}

static cpu_set_t first_of(cpu_set_t cpus, int skip)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &cpus) && skip-- == 0) CPU_SET(cpu, &one);
    }
    return one;
}

static void *call_pinned(void *one)
{
    CHECK(sched_setaffinity(0, sizeof(cpu_set_t), one) == 0);
    CHECK(each_once(100, 1)); /* nobody else took part, */
    static tally t;
    t.caller = pthread_self();
    t.threads = 8;
    rp_parallel(count_task, &t, 100, 8);
    CHECK(atomic_load(&t.strangers) == 0); /* nor would it have helped */
    return NULL;
}

static void test_processors(void)
{
    cpu_set_t all;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    CHECK(rp_set_num_threads(2) == RP_OK && both_within(&all));
    if (CPU_COUNT(&all) < 2) {
        printf("one processor: what a bound thread does is not tried\n");
        return;
    }
    cpu_set_t one = first_of(all, 0), other = first_of(all, 1);
    CHECK(rp_set_num_threads(8) == RP_OK);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call_pinned, &other) == 0);
    pthread_join(thread, NULL);
    CHECK(both_within(&all));
    /* The whole program is bound: the default is one thread, and whoever asks for two has them there. */
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(rp_set_num_threads(0) == RP_OK && rp_get_num_threads() == 1);
    CHECK(rp_set_num_threads(2) == RP_OK && both_within(&one));
    CHECK(sched_setaffinity(0, sizeof other, &other) == 0 && both_within(&other));
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0 && both_within(&all));
    CHECK(rp_set_num_threads(0) == RP_OK && rp_get_num_threads() == rp_system_facts()->cpus);
    /* A child that is bound before its first call looks for itself. */
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        const bool bound = sched_setaffinity(0, sizeof one, &one) == 0;
        _exit(bound && rp_get_num_threads() == 1 && each_once(100, 8) ? 0 : 1);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(rp_set_num_threads(8) == RP_OK);
}

#else
static void test_processors(void) {}
#endif

/* As many as are asked for, or as the system gives; each task once. */
static void test_many_threads(void)
{
    static const int counts[] = {1, 2, 3, 7, 64, 129, 256, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        CHECK(rp_set_num_threads(counts[i]) == RP_OK && rp_get_num_threads() == counts[i]);
        for (int turn = 0; turn < 3; turn++) CHECK(each_once(MOST_TASKS, counts[i]));
        CHECK(each_once(3, counts[i]));
    }
}

static void nested_task(void *context, size_t i, int thread)
{
    (void)thread;
    atomic_int *right = context;
    if (each_once(i % 50, 4)) {
        atomic_fetch_add(right, 1);
    }
}

static void test_nested(void)
{
    atomic_int right = 0;
    rp_parallel(nested_task, &right, 200, 4);
    CHECK(atomic_load(&right) == 200);
}

static void *call_often(void *argument)
{
    size_t wrong = 0;
    (void)argument;
    for (size_t turn = 0; turn < 3000; turn++) {
        wrong += !each_once(turn % 64, 2 + (int)(turn % 4));
    }
    CHECK(wrong == 0);
    return NULL;
}

static void test_two_callers(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, call_often, NULL) == 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
}

static atomic_bool stop;

static void *keep_busy(void *argument)
{
    size_t wrong = 0;
    (void)argument;
    while (!atomic_load(&stop)) {
        size_t got;
        wrong += !each_once(20, 4);
        void *block = rp_pool_allocate(1000, &got);
        wrong += block == NULL;
        rp_pool_free(block, got);
    }
    CHECK(wrong == 0);
    return NULL;
}

/* Forks while two other threads use the pool of threads and the pool of memory. */
static void test_fork(void)
{
    pthread_t threads[2];
    atomic_store(&stop, false);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, keep_busy, NULL) == 0);
    }
    for (int turn = 0; turn < 20; turn++) {
        nap(0.001);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            size_t got;
            meeting m = {0};
            bool right = each_once(500, 4) && each_once(500, 4);
            rp_parallel(meet, &m, 2, 2);
            void *block = rp_pool_allocate(1000, &got);
            right = right && m.met[0] && m.met[1] && block != NULL;
            rp_pool_free(block, got);
            _exit(right ? 0 : 1);
        }
        int status = -1;
        CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void test_thread_count(void)
{
    CHECK(rp_set_num_threads(3) == RP_OK && rp_get_num_threads() == 3);
    CHECK(rp_set_num_threads(-1) == RP_ERROR_VALUE);
    CHECK(strstr(rp_error_message(), "-1") != NULL);
    CHECK(rp_get_num_threads() == 3);
    CHECK(rp_set_num_threads(1000000) == RP_OK && rp_get_num_threads() == 1024);
    CHECK(rp_set_num_threads(0) == RP_OK && rp_get_num_threads() >= 1);
}

static void part_three_threads(void)
{
    CHECK(rp_get_num_threads() == 3);
    CHECK(rp_set_num_threads(2) == RP_OK && rp_get_num_threads() == 2);
    CHECK(rp_set_num_threads(0) == RP_OK && rp_get_num_threads() == 3);
    CHECK(each_once(100, 3));
}

static void part_own_variable_first(void)
{
    setenv("RAPTORS_NUM_THREADS", "3", 1);
    part_three_threads();
}

static void part_default_threads(void) { CHECK(rp_get_num_threads() == rp_system_facts()->cpus); }

static void whole(void)
{
    test_thread_count();
    test_parallel();
    test_meeting();
    test_nested();
    test_two_callers();
    test_fork();
    test_rounding();
    test_processors();
    test_many_threads();
}

static const part parts[] = {
    {"three-threads", "RAPTORS_NUM_THREADS", "3", part_three_threads},
    {"threads-zero", "RAPTORS_NUM_THREADS", "0", part_default_threads},
    {"threads-negative", "RAPTORS_NUM_THREADS", "-4", part_default_threads},
    {"threads-text", "RAPTORS_NUM_THREADS", "3x", part_default_threads},
    {"threads-empty", "RAPTORS_NUM_THREADS", "", part_default_threads},
    {"threads-of-all", "OMP_NUM_THREADS", "3", part_three_threads},
    {"threads-of-all-nested", "OMP_NUM_THREADS", "3,2,1", part_three_threads},
    {"threads-of-all-zero", "OMP_NUM_THREADS", "0,3", part_default_threads},
    {"threads-of-all-text", "OMP_NUM_THREADS", "three", part_default_threads},
    {"threads-own-first", "OMP_NUM_THREADS", "7", part_own_variable_first},
};

int main(int count, char **arguments)
{
    return run_parts(count, arguments, whole, parts, sizeof parts / sizeof parts[0]);
}
