/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the engine needs of the system: errors, memory, threads, locks, facts. os.h, which comes with it, has the rest.
 */
#ifndef RP_RUNTIME_H
#define RP_RUNTIME_H

#include "raptors.h"
#include "runtime/os.h"

/* ---- error.c: the calling thread's message ----------------------------------------------------------------- */

/* Sets the message (printf's format) and returns `status`, so that `return rp_fail(...)` reads well. */
rp_status rp_fail(rp_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- pool.c: memory for elements --------------------------------------------------------------------------- */

/* A block of at least `bytes` (> 0), 64-byte aligned, its contents not set; NULL where there is no memory (no
 * message is set). *block_bytes is what rp_pool_free wants back. Idle blocks are kept for the next call, within a
 * bound, and given back after some seconds without use, whatever the program does then (all but the last MiB). Any
 * thread may free what another allocated. */
void *rp_pool_allocate(size_t bytes, size_t *block_bytes);
/* The same, filled with zeros: a fresh mapping where that is cheaper than clearing a used block. */
void *rp_pool_allocate_zeroed(size_t bytes, size_t *block_bytes);
void rp_pool_free(void *block, size_t block_bytes);

/* Every allocation of the library goes through these two (arrays' heads too), so that a test can make the n-th fail. */
void *rp_malloc(size_t bytes);
void rp_free(void *memory);
/* For tests: the n-th allocation from now on (1 is the next) and all after it fail; 0: none does. */
void rp_test_fail_allocation(long n);

/* ---- fork.c: locks, and the order at fork ------------------------------------------------------------------ */

/* Every lock of the library, in the order in which one may be taken while another is held, and in which all are held over
 * a fork. Its owner may take a lock again. */
typedef enum rp_lock_name {
    RP_LOCK_BACKENDS,  /* the list of vendor libraries, while one is probed, opened and registered: seconds */
    RP_LOCK_ELECTIONS, /* the operands on which kernels are timed that contend for RP_FAST: milliseconds */
    RP_LOCK_ADMISSION, /* the operands on which kernels are tried: milliseconds */
    RP_LOCK_SPLIT,     /* a vendor library's own threads, for one call */
    RP_LOCK_FIRST_USE, /* every rp_once */
    RP_LOCKS           /* and after them the memory pool's, inside pool.c */
} rp_lock_name;
void rp_lock(rp_lock_name name);
bool rp_try_lock(rp_lock_name name); /* false: another thread has it */
void rp_unlock(rp_lock_name name);

/* What is to happen once in a process: rp_run_once returns when function has run. All zeros: it has not. */
typedef atomic_bool rp_once;
void rp_use_first(rp_once *done, void (*function)(void));
static inline void rp_run_once(rp_once *done, void (*function)(void))
{
    if (__builtin_expect(!atomic_load_explicit(done, memory_order_acquire), 0)) rp_use_first(done, function);
}

/* What the child of a fork begins anew, in this order, after threads and memory pool. No memory, no locks. */
typedef enum rp_fork_place {
    RP_FORK_SITES, /* calls that other threads were timing */
    RP_FORK_TRACE, /* counts that the parent reports */
    RP_FORK_PLACES
} rp_fork_place;
typedef void (*rp_fork_function)(void);
void rp_forget_in_child(rp_fork_place place, rp_fork_function function);

/* fork.c alone calls these, of pool.c and threads.c. */
void rp_pool_lock(void);
void rp_pool_unlock(void);
void rp_pool_after_fork(void); /* with the lock held */
void rp_threads_after_fork(void);

/* ---- threads.c --------------------------------------------------------------------------------------------- */

/* for (i = 0; i < tasks; i++) function(context, i, thread), shared among at most `threads` threads, the caller among
 * them; returns when all are done. thread: 0 to threads - 1, another one in each thread that takes part. Tasks are
 * handed out one at a time, so a slow core delays one task and no more. Each runs on the caller's processors and in its
 * floating-point mode. A pool that is busy, a call from inside a task, a process with one thread, or a caller that is bound
 * to one of the process's processors: the caller runs them all. */
typedef void (*rp_task)(void *context, size_t index, int thread);
void rp_parallel(rp_task function, void *context, size_t tasks, int threads);
/* A number of threads, such as RAPTORS_NUM_THREADS has; the most that there can be where it is more. false: it is none. */
bool rp_parse_threads(const char *text, int *threads);
/* Whether there are threads that need not be started first, or the system gives none. */
bool rp_workers_started(void);
/* Whether a worker took a task of this thread's latest rp_parallel. */
bool rp_workers_helped(void);
/* For loops that wait for another thread: tells the core that this one has nothing to do for a moment. */
void rp_pause(void);

/* ---- system.c: facts of the machine ------------------------------------------------------------------------ */

typedef struct rp_system {
    size_t l1d_bytes, l2_bytes, l3_bytes; /* of the core that runs this; l3: what the process's cores share; 0: none */
    size_t line_bytes, page_bytes, huge_page_bytes, memory_bytes;
    int cpus;        /* what the process may use: affinity mask and cgroup quota, at least 1 */
    bool huge_pages; /* the system gives them to mappings that ask */
    char cpu_model[96];
} rp_system;
/* Read once, at the first call; never fails: figures that are unknown, or absurd, get cautious defaults. */
const rp_system *rp_system_facts(void);
/* What the last cache holds; without a third one, a guess. */
size_t rp_last_cache_bytes(void);
/* The same, of a system whose files lie under `root`, for tests. */
void rp_read_system(rp_system *system, const char *root);
/* "4096", "512K", "64M", "2G" (powers of 1024); false, and nothing written, for anything else. */
bool rp_parse_bytes(const char *text, size_t *bytes);

#endif
