/* SPDX-License-Identifier: BSD-3-Clause
 *
 * threads.c: the thread pool behind rp_parallel, and how many threads a call may use.
 *
 * One job at a time, published in one 64-bit word, the ticket: the job's number, then how many tasks were taken from
 * the end, then how many are left. A task is taken by changing the ticket with a compare-and-swap, so that whoever
 * looks at an old job can take nothing from the new one, and a worker that wakes late finds nothing left and holds
 * nobody up: the caller waits for tasks that someone holds, never for a thread.
 *
 * A worker stands in for the thread that called: it runs on that thread's processors alone, and rounds as that thread does.
 *
 * What must hold: only the owner of `busy` publishes or changes the set of workers; the fields of a job change only
 * while the ticket has no tasks left and `unfinished` is 0. A thread reads them before its compare-and-swap; that it
 * succeeds proves that what was read belonged to the job.
 */
#include "runtime.h"

#include <fenv.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts/fp_mode.h"

enum {
    MOST_THREADS = 1024,
    LINE = 128,            /* Apple's line, and the pair of lines that x86 prefetches together */
    STACK_BYTES = 4 << 20, /* Macs give 512 KiB unasked, too little for a vendor's routines */
    PAUSES_PER_CLOCK = 16, /* a clock read costs about two pauses (50 against 26 ns) */
    CLOCKS_PER_YIELD = 8   /* about 4 us, ten times what a yield costs that nobody wants */
};

/* All measured in a 2-core KVM guest on Sapphire Rapids, Linux 6.18, 2026-11. A sleeping worker takes its first task 14
 * us (idle core: up to 30) after it was called, a spinning one 0.7 us after; to spin about as long as a wake-up costs
 * is never worse than twice the best choice. It covers the microseconds between one call of a program and the next. */
static const double WORKER_SPIN_SECONDS = 50e-6;
/* The caller has nothing else to do, and its own wake-up is what the user waits for. */
static const double CALLER_SPIN_SECONDS = 100e-6;
/* Waking one costs the caller 5 us, a quarter of what the sleeper needs to arrive: so one thread wakes four before it
 * does work of its own, and each of those wakes four more. */
static const int CALLS_PER_THREAD = 4;

typedef struct worker {
    _Alignas(LINE) _Atomic uint32_t asleep;
    atomic_int cpu;   /* where it was last seen; -1: nowhere yet */
    unsigned follows; /* the number of the set of processors that it has: pool.callers */
    rp_os_thread thread;
    rp_os_gate gate;
} worker;

static struct {
    _Alignas(LINE) _Atomic uint64_t ticket;
    _Atomic(rp_task) function;
    _Atomic(void *) context;
    _Atomic size_t first; /* index of the job's first task */
    _Atomic uint32_t tasks;
    atomic_int ranks;        /* threads that may take part; the caller is rank 0, worker i rank i + 1 */
    _Atomic rp_fp_mode mode; /* the caller's */

    _Alignas(LINE) _Atomic uint32_t unfinished;
    atomic_int caller_asleep;
    atomic_int sleepers;
    atomic_int processors; /* for the latest job to run on */

    _Alignas(LINE) atomic_bool busy;
    atomic_bool refused; /* the system gave no thread: not asked again before rp_set_num_threads */
    atomic_int workers;
    unsigned callers; /* how often the caller's processors were others than the caller's before */
    rp_os_cpus cpus;  /* the latest caller's */
    int cpu_count;
    rp_os_gate finished;
} pool;

enum { ONE_FROM_END = 1 << 16, MOST_TASKS = ONE_FROM_END - 1 };
static uint32_t tasks_left(uint64_t ticket) { return (uint32_t)ticket & MOST_TASKS; }
static uint32_t taken_from_end(uint64_t ticket) { return (uint32_t)ticket >> 16; }

static worker workers[MOST_THREADS - 1];
static atomic_int thread_count;  /* 0: not yet known */
static atomic_bool count_is_set; /* by rp_set_num_threads, and not the default */
static atomic_int usable_cpus;   /* by the process, at the latest look; 0: not yet known */

/* One turn of a loop that waits; true once it has lasted for `limit` seconds. Yields at times: on a busy machine the
 * thread that is waited for may be queued behind this one, on the same processor. With one other process running, two
 * empty tasks each 200 us took 0.4 us with the yields and 107 us without. */
static bool spun_enough(unsigned turn, double start, double limit)
{
    rp_pause();
    if (turn % PAUSES_PER_CLOCK != 0) {
        return false;
    }
    if (turn % (PAUSES_PER_CLOCK * CLOCKS_PER_YIELD) == 0) {
        rp_os_yield();
    }
    return rp_os_seconds() - start > limit;
}

void rp_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* `yield` does nothing on most cores; isb takes about 40 cycles */
#else
    atomic_signal_fence(memory_order_seq_cst);
#endif
}

/* ---- The number of threads --------------------------------------------------------------------------------- */

bool rp_parse_threads(const char *text, int *threads)
{
    char *end = NULL;
    long count = strtol(text, &end, 10);
    if (*end != '\0' || count <= 0) {
        return false;
    }
    *threads = count < MOST_THREADS ? (int)count : MOST_THREADS;
    return true;
}

static int count_usable(void)
{
    int count = atomic_load_explicit(&usable_cpus, memory_order_relaxed);
    if (count == 0) {
        count = rp_os_usable_cpus();
        atomic_store_explicit(&usable_cpus, count, memory_order_relaxed);
    }
    return count;
}

/* Our own variable, or else the one that job schedulers, joblib and Dask set for every library, so that the processes of a
 * machine are not too many for it. OpenMP's is a list, one number for each level of nesting: the first counts. */
static bool told_threads(int *threads)
{
    const char *own = getenv("RAPTORS_NUM_THREADS"), *shared = getenv("OMP_NUM_THREADS");
    if (own != NULL && rp_parse_threads(own, threads)) {
        return true;
    }
    char first[16] = "";
    if (shared != NULL) {
        snprintf(first, sizeof first, "%.*s", (int)strcspn(shared, ","), shared);
    }
    return rp_parse_threads(first, threads);
}

static int default_threads(void)
{
    int threads;
    if (told_threads(&threads)) {
        return threads;
    }
    const int cpus = count_usable();
    return cpus < MOST_THREADS ? cpus : MOST_THREADS;
}

int rp_get_num_threads(void)
{
    int count = atomic_load_explicit(&thread_count, memory_order_relaxed);
    if (count == 0) {
        int unknown = 0;
        count = default_threads();
        if (!atomic_compare_exchange_strong(&thread_count, &unknown, count)) {
            count = unknown;
        }
    }
    return count;
}

rp_status rp_set_num_threads(int count)
{
    if (count < 0) {
        return rp_fail(RP_ERROR_VALUE, "the number of threads must not be negative, got %d", count);
    }
    atomic_store(&count_is_set, count > 0);
    if (count == 0) {
        atomic_store(&usable_cpus, 0); /* it may be another number than it was */
        count = default_threads();
    }
    atomic_store(&thread_count, count < MOST_THREADS ? count : MOST_THREADS);
    atomic_store(&pool.refused, false);
    return RP_OK;
}

/* ---- Sleeping and waking ----------------------------------------------------------------------------------- */

/* The sleeper says so, then looks at the ticket; the caller sets the ticket, then looks for sleepers: all of it
 * sequentially consistent, so that one of them sees the other. */
static void wake_sleepers(int ranks)
{
    int calls = CALLS_PER_THREAD;
    for (int i = 0; i < ranks - 1 && calls > 0 && atomic_load(&pool.sleepers) > 0; i++) {
        uint32_t asleep = 1;
        if (atomic_load(&workers[i].asleep) == 1 && atomic_compare_exchange_strong(&workers[i].asleep, &asleep, 0)) {
            atomic_fetch_sub(&pool.sleepers, 1);
            rp_os_gate_open(&workers[i].gate);
            calls--;
        }
    }
}

/* A sleeper is woken where it slept, and a system with few processes leaves it there for seconds, queued behind the very
 * thread that called it: 2 threads were then no faster than 1. So a worker on the caller's processor is sent away. */
static void spread_workers(int ranks)
{
    const int cpu = rp_os_cpu();
    for (int i = 0; cpu >= 0 && i < ranks - 1; i++) {
        if (atomic_load_explicit(&workers[i].cpu, memory_order_relaxed) == cpu) {
            rp_os_set_cpus(workers[i].thread, &pool.cpus, cpu);
            atomic_store_explicit(&workers[i].cpu, -1, memory_order_relaxed);
        }
    }
}

static void sleep_until_called(int rank)
{
    worker *self = &workers[rank - 1];
    atomic_store_explicit(&self->cpu, rp_os_cpu(), memory_order_relaxed);
    atomic_fetch_add(&pool.sleepers, 1);
    atomic_store(&self->asleep, 1);
    if (tasks_left(atomic_load(&pool.ticket)) != 0 && rank < atomic_load(&pool.ranks)) {
        uint32_t asleep = 1;
        if (atomic_compare_exchange_strong(&self->asleep, &asleep, 0)) {
            atomic_fetch_sub(&pool.sleepers, 1);
        }
        return;
    }
    rp_os_gate_wait(&self->gate, &self->asleep);
}

static _Thread_local bool helped;

bool rp_workers_helped(void) { return helped; }

bool rp_workers_started(void)
{
    return atomic_load_explicit(&pool.workers, memory_order_relaxed) > 0 ||
           atomic_load_explicit(&pool.refused, memory_order_relaxed);
}

/* ---- Taking tasks ------------------------------------------------------------------------------------------ */

/* Takes and runs tasks of the present job until none is left; returns how many. They count as unfinished until the
 * caller of this says otherwise, which keeps the job in place. Odd ranks begin at the end: call after call, a half of the
 * data meets the same core's cache. */
static uint32_t run_tasks(int rank)
{
    const bool from_end = rank % 2;
    uint32_t done = 0;
    uint64_t ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
    while (tasks_left(ticket) != 0) {
        rp_task function = atomic_load_explicit(&pool.function, memory_order_relaxed);
        void *context = atomic_load_explicit(&pool.context, memory_order_relaxed);
        size_t first = atomic_load_explicit(&pool.first, memory_order_relaxed);
        uint32_t tasks = atomic_load_explicit(&pool.tasks, memory_order_relaxed);
        int ranks = atomic_load_explicit(&pool.ranks, memory_order_relaxed);
        rp_fp_mode mode = atomic_load_explicit(&pool.mode, memory_order_relaxed);
        if (rank >= ranks) {
            break;
        }
        /* Release keeps the loads above before it, acquire the task behind it. */
        const uint32_t behind = taken_from_end(ticket), index = tasks - (from_end ? 1 : tasks_left(ticket)) - behind;
        if (!atomic_compare_exchange_weak_explicit(&pool.ticket, &ticket, ticket - 1 + (from_end ? ONE_FROM_END : 0),
                                                   memory_order_acq_rel, memory_order_acquire)) {
            continue;
        }
        if (done == 0 && rank > 0 && tasks_left(ticket) > 1) {
            wake_sleepers(ranks);
        }
        const rp_fp_mode own = rp_fp_change(mode);
        function(context, first + index, rank);
        rp_fp_change(own);
        done++;
        ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
    }
    return done;
}

static void *run_worker(void *argument)
{
    int rank = (int)((worker *)argument - workers) + 1;
    fesetenv(FE_DFL_ENV); /* not that of the thread which happened to make the first call */
    for (;;) {
        double idle_since = rp_os_seconds();
        /* Where there are more threads than processors, one that spins keeps another from its work. */
        double spin = rank < atomic_load_explicit(&pool.processors, memory_order_relaxed) ? WORKER_SPIN_SECONDS : 0.0;
        for (unsigned turn = 1;; turn++) {
            uint32_t done = run_tasks(rank);
            if (done != 0) {
                atomic_store_explicit(&workers[rank - 1].cpu, rp_os_cpu(), memory_order_relaxed);
                if (atomic_fetch_sub(&pool.unfinished, done) == done && atomic_load(&pool.caller_asleep) != 0) {
                    rp_os_gate_open(&pool.finished);
                }
                break;
            }
            if (spun_enough(turn, idle_since, spin)) {
                sleep_until_called(rank);
                break;
            }
        }
    }
    return NULL;
}

static void wait_for_others(int ranks)
{
    double spin = ranks <= atomic_load_explicit(&pool.processors, memory_order_relaxed) ? CALLER_SPIN_SECONDS : 0.0;
    double start = rp_os_seconds();
    for (unsigned turn = 1; atomic_load_explicit(&pool.unfinished, memory_order_acquire) != 0; turn++) {
        if (spun_enough(turn, start, spin)) {
            atomic_store(&pool.caller_asleep, 1);
            rp_os_gate_wait(&pool.finished, &pool.unfinished);
            atomic_store(&pool.caller_asleep, 0);
            return;
        }
    }
}

/* ---- The set of workers ------------------------------------------------------------------------------------ */

/* The child of a fork has one thread and whatever state the others left: begin anew, with workers of its own. */
void rp_threads_after_fork(void)
{
    uint64_t job = atomic_load(&pool.ticket) >> 32;
    atomic_store(&pool.ticket, (job + 1) << 32);
    atomic_store(&pool.unfinished, 0);
    atomic_store(&pool.caller_asleep, 0);
    atomic_store(&pool.sleepers, 0);
    atomic_store(&pool.refused, false);
    pool.workers = 0;
    atomic_store(&pool.busy, false);
    /* A scheduler may have pinned it. */
    atomic_store(&usable_cpus, 0);
    if (!atomic_load(&count_is_set)) atomic_store(&thread_count, 0);
}

static bool start_worker(worker *self)
{
    atomic_store(&self->asleep, 0);
    atomic_store(&self->cpu, -1);
    self->follows = pool.callers;
    rp_os_gate_make(&self->gate);
    if (pool.workers == 0) rp_os_gate_make(&pool.finished);
    return rp_os_thread_start(&self->thread, STACK_BYTES, run_worker, self);
}

/* Looks which processors the caller has. Returns how many threads they are good for: a thread that is bound to some of the
 * process's processors gets no more threads than it has processors. Who asks for more threads than the process has
 * processors, gets them. */
static int follow_caller(int threads)
{
    rp_os_cpus cpus;
    if (!rp_os_get_cpus(&cpus)) {
        atomic_store_explicit(&pool.processors, count_usable(), memory_order_relaxed);
        return threads;
    }
    if (memcmp(&cpus, &pool.cpus, sizeof cpus) != 0) {
        pool.cpus = cpus;
        pool.cpu_count = rp_os_count_cpus(&cpus);
        pool.callers++;
    }
    const int own = pool.cpu_count, all = count_usable();
    atomic_store_explicit(&pool.processors, own < all ? own : all, memory_order_relaxed);
    return own < all && own < threads ? own : threads;
}

/* Threads there are for a call that asks for `threads`, itself included. */
static int gather_threads(int threads)
{
    while (pool.workers < threads - 1 && !atomic_load_explicit(&pool.refused, memory_order_relaxed)) {
        if (start_worker(&workers[pool.workers])) {
            pool.workers++;
        } else {
            atomic_store(&pool.refused, true);
        }
    }
    if (threads > pool.workers + 1) threads = pool.workers + 1;
    for (int i = 0; i < threads - 1; i++) {
        if (workers[i].follows != pool.callers) rp_os_set_cpus(workers[i].thread, &pool.cpus, -1);
        workers[i].follows = pool.callers;
    }
    return threads;
}

/* ---- rp_parallel ------------------------------------------------------------------------------------------- */

static void run_job(rp_task function, void *context, size_t first, uint32_t tasks, int ranks)
{
    uint64_t job = (atomic_load_explicit(&pool.ticket, memory_order_relaxed) >> 32) + 1;
    atomic_store_explicit(&pool.function, function, memory_order_relaxed);
    atomic_store_explicit(&pool.context, context, memory_order_relaxed);
    atomic_store_explicit(&pool.first, first, memory_order_relaxed);
    atomic_store_explicit(&pool.tasks, tasks, memory_order_relaxed);
    atomic_store_explicit(&pool.ranks, ranks, memory_order_relaxed);
    atomic_store_explicit(&pool.mode, rp_fp_get(), memory_order_relaxed);
    atomic_store_explicit(&pool.unfinished, tasks, memory_order_relaxed);
    atomic_store(&pool.ticket, job << 32 | tasks);
    spread_workers(ranks);
    wake_sleepers(ranks);
    uint32_t done = run_tasks(0);
    helped |= done != tasks;
    if (atomic_fetch_sub(&pool.unfinished, done) != done) {
        wait_for_others(ranks);
    }
}

static void run_alone(rp_task function, void *context, size_t tasks)
{
    for (size_t i = 0; i < tasks; i++) {
        function(context, i, 0);
    }
}

void rp_parallel(rp_task function, void *context, size_t tasks, int threads)
{
    int allowed = rp_get_num_threads();
    helped = false;
    threads = threads < allowed ? threads : allowed;
    if (tasks < (size_t)INT_MAX && threads > (int)tasks) {
        threads = (int)tasks;
    }
    /* A call from inside a task finds the pool busy too: with the job that it is part of. */
    if (threads <= 1 || atomic_exchange_explicit(&pool.busy, true, memory_order_acquire)) {
        run_alone(function, context, tasks);
        return;
    }
    threads = follow_caller(threads);
    if (threads > 1) threads = gather_threads(threads);
    if (threads <= 1) {
        atomic_store_explicit(&pool.busy, false, memory_order_release);
        run_alone(function, context, tasks);
        return;
    }
    for (size_t first = 0; first < tasks;) {
        uint32_t some = tasks - first < MOST_TASKS ? (uint32_t)(tasks - first) : MOST_TASKS;
        run_job(function, context, first, some, threads);
        first += some;
    }
    atomic_store_explicit(&pool.busy, false, memory_order_release);
}
