/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fork.c: the library's locks, and the order at fork.
 *
 * The child of a fork has one thread, the one that forked. What another thread held would be held there for ever, and what
 * it was changing would stay half changed. So the thread that forks first takes every lock of the list in runtime.h, in
 * its order, and the pool's last: a fork waits until first uses, trials and loading are over. Then the child forgets the
 * threads that it does not have, and begins anew whatever they marked as theirs.
 *
 * A lock may be taken again by its owner: a first use needs others, and src/backends/probe.c forks while it loads.
 */
#include "runtime.h"

static struct {
    rp_os_mutex mutex;
    _Atomic(const void *) owner; /* the address of a variable that each thread has its own of */
    int depth;
} locks[RP_LOCKS];

static _Atomic(rp_fork_function) forgotten_by_child[RP_FORK_PLACES];

static const void *this_thread(void)
{
    static _Thread_local char own;
    return &own;
}

static void take(rp_lock_name name)
{
    atomic_store_explicit(&locks[name].owner, this_thread(), memory_order_relaxed);
    locks[name].depth++;
}

static bool is_mine(rp_lock_name name)
{
    return atomic_load_explicit(&locks[name].owner, memory_order_relaxed) == this_thread();
}

void rp_lock(rp_lock_name name)
{
    if (!is_mine(name)) rp_os_mutex_lock(&locks[name].mutex);
    take(name);
}

bool rp_try_lock(rp_lock_name name)
{
    if (!is_mine(name) && !rp_os_mutex_try_lock(&locks[name].mutex)) return false;
    take(name);
    return true;
}

void rp_unlock(rp_lock_name name)
{
    if (--locks[name].depth > 0) return;
    atomic_store_explicit(&locks[name].owner, NULL, memory_order_relaxed);
    rp_os_mutex_unlock(&locks[name].mutex);
}

void rp_use_first(rp_once *done, void (*function)(void))
{
    rp_lock(RP_LOCK_FIRST_USE);
    if (!atomic_load_explicit(done, memory_order_relaxed)) {
        function();
        atomic_store_explicit(done, true, memory_order_release);
    }
    rp_unlock(RP_LOCK_FIRST_USE);
}

/* ---- The fork ---------------------------------------------------------------------------------------------- */

static void before_fork(void)
{
    for (int name = 0; name < RP_LOCKS; name++) rp_lock((rp_lock_name)name);
    rp_pool_lock();
}

static void after_fork(void)
{
    rp_pool_unlock();
    for (int name = RP_LOCKS - 1; name >= 0; name--) rp_unlock((rp_lock_name)name);
}

static void in_child(void)
{
    rp_threads_after_fork();
    rp_pool_after_fork();
    for (int place = 0; place < RP_FORK_PLACES; place++) {
        const rp_fork_function forget = atomic_load(&forgotten_by_child[place]);
        if (forget) forget();
    }
    after_fork();
}

void rp_forget_in_child(rp_fork_place place, rp_fork_function function)
{
    atomic_store(&forgotten_by_child[place], function);
}

/* When the library is loaded: before the first lock is taken. */
__attribute__((constructor)) static void prepare(void)
{
    for (int name = 0; name < RP_LOCKS; name++) rp_os_mutex_make(&locks[name].mutex);
    (void)rp_os_at_fork(before_fork, after_fork, in_child); /* fails where there is no memory for anything */
}
