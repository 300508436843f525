/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pool.c: memory for elements, recycled; and the two functions that all other memory of the library comes from.
 *
 * Sizes are rounded up to classes, eight to each power of two. A freed block goes on its class's shelf, a list with
 * the latest freed (the warmest in cache) at the head and the oldest at the tail. The head of an idle block holds its
 * links, so the shelves need no memory of their own. One spin lock guards it all; nothing is asked of the system
 * while it is held, and no more than MOST_AT_ONCE blocks are moved. Blocks that must go are first moved to a list of the
 * caller's own, and given back when it is free again.
 *
 * While more than QUIET_BYTES are idle, a thread looks once a second for blocks that nobody has used for some: the program
 * may be doing something else by then. It ends when no block is left that was idle among them.
 */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/poison.h"

enum {
    ALIGNMENT = 64,
    CLASSES = 8 + (63 - 9) * 8, /* 64 to 512 bytes in steps of 64, then eight to a power of two, up to 2^63 */
    MASK_WORDS = (CLASSES + 63) / 64,
    SHARE_OF_MEMORY = 16,
    LEAST_LIMIT = 64 << 20,
    /* From here on a block is a mapping of its own, so that its pages go back whatever lies beside it. */
    MAPPED_BYTES = 256 << 10,
    CALLS_PER_CLOCK = 64,  /* a clock read costs half of what a call does */
    GIVE_BACK_SECONDS = 5, /* a person's pause between two commands costs the pages, a computation's does not */
    MOST_AT_ONCE = 32,     /* blocks; a microsecond */
    MOST_A_CALL = 64,      /* blocks that a call gives back to keep its own: 20 us */
    QUIET_BYTES = 1 << 20, /* nobody misses them, and most programs need no thread for them */
    KEEPER_STACK_BYTES = 128 << 10
};

typedef struct idle {
    struct idle *older, *newer; /* `newer` of a shelf's newest means nothing: to pop is to touch one block only */
    size_t bytes;
    double since;
} idle;

typedef struct shelf {
    idle *newest, *oldest;
    size_t count;
} shelf;

static struct {
    _Alignas(ALIGNMENT) atomic_bool locked;
    bool kept;  /* the keeper is there */
    bool alone; /* the system has no thread for it */
    unsigned calls;
    double now, next_check; /* as of the last look at the clock */
    rp_pool_counters counters;
    uint64_t stocked[MASK_WORDS]; /* shelves that are not empty */
    shelf shelves[CLASSES];
} pool;

static rp_once pool_once;

/* ---- Failing on purpose ------------------------------------------------------------------------------------ */

static atomic_long allocations_left; /* before they fail; 0: for ever; negative: they fail */

void rp_test_fail_allocation(long n) { atomic_store(&allocations_left, n > 0 ? n : 0); }

static bool count_down(void)
{
    long left = atomic_load(&allocations_left);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&allocations_left, &left, left > 1 ? left - 1 : -1)) return left == 1;
    }
    return left < 0;
}

static inline bool must_fail(void)
{
    return __builtin_expect(atomic_load_explicit(&allocations_left, memory_order_relaxed) != 0, 0) && count_down();
}

void *rp_malloc(size_t bytes) { return must_fail() ? NULL : malloc(bytes); }

void rp_free(void *memory) { free(memory); }

/* ---- The lock ---------------------------------------------------------------------------------------------- */

/* Held for some tens of nanoseconds; a waiter that sees it longer has met a holder that lost its processor. */
static void wait_for_lock(void)
{
    for (unsigned turn = 1; atomic_exchange_explicit(&pool.locked, true, memory_order_acquire); turn++) {
        for (int i = 0; i < 50 && atomic_load_explicit(&pool.locked, memory_order_relaxed); i++) {
            rp_pause();
        }
        if (turn % 16 == 0) {
            /* Not yielding for ever: a holder of lower real-time priority would never run. */
            rp_os_nap(50e-6);
        } else if (turn % 2 == 0) {
            rp_os_yield();
        }
    }
}

static inline void lock_pool(void)
{
    if (__builtin_expect(atomic_exchange_explicit(&pool.locked, true, memory_order_acquire), 0)) {
        wait_for_lock();
    }
}

static inline void unlock_pool(void) { atomic_store_explicit(&pool.locked, false, memory_order_release); }

void rp_pool_lock(void) { lock_pool(); }
void rp_pool_unlock(void) { unlock_pool(); }
void rp_pool_after_fork(void) { pool.kept = pool.alone = false; }

static size_t default_limit(void)
{
    const char *text = getenv("RAPTORS_POOL");
    size_t limit;
    if (text != NULL && rp_parse_bytes(text, &limit)) return limit;
    limit = rp_system_facts()->memory_bytes / SHARE_OF_MEMORY;
    return limit > LEAST_LIMIT ? limit : LEAST_LIMIT;
}

static void start_pool(void)
{
    pool.counters.limit_bytes = default_limit();
    pool.now = rp_os_coarse_seconds();
}

static inline void need_pool(void) { rp_run_once(&pool_once, start_pool); }

/* ---- Size classes ------------------------------------------------------------------------------------------ */

/* The class that holds `bytes` (> 0), and its size; 0 where the size would pass PTRDIFF_MAX. */
static inline size_t size_class(size_t bytes, unsigned *class)
{
    if (bytes <= 512) {
        *class = (unsigned)((bytes - 1) / 64);
        return ((size_t)*class + 1) * 64;
    }
    if (bytes > PTRDIFF_MAX) {
        *class = 0;
        return 0;
    }
    unsigned power =
        63 - (unsigned)__builtin_clzll((unsigned long long)bytes - 1); /* bytes in (2^power, 2^(power+1)] */
    unsigned eighth = power - 3;
    size_t steps = ((bytes - 1) >> eighth) + 1; /* 9 to 16 */
    *class = 8 + (power - 9) * 8 + (unsigned)(steps - 9);
    size_t size = steps << eighth;
    return size <= PTRDIFF_MAX ? size : 0;
}

/* ---- Shelves: with the lock held --------------------------------------------------------------------------- */

static inline void put(unsigned class, idle *block)
{
    shelf *s = &pool.shelves[class];
    block->older = s->newest;
    if (s->count++ > 0) {
        s->newest->newer = block;
    } else {
        s->oldest = block;
        pool.stocked[class / 64] |= UINT64_C(1) << (class % 64);
    }
    s->newest = block;
    pool.counters.held_bytes += block->bytes;
}

static inline void took(unsigned class, shelf *s, size_t bytes)
{
    if (--s->count == 0) {
        s->newest = s->oldest = NULL;
        pool.stocked[class / 64] &= ~(UINT64_C(1) << (class % 64));
    }
    pool.counters.held_bytes -= bytes;
}

static inline idle *take_newest(unsigned class)
{
    shelf *s = &pool.shelves[class];
    idle *block = s->newest;
    if (block != NULL) {
        s->newest = block->older;
        took(class, s, block->bytes);
    }
    return block;
}

/* All of it, by `older`. */
static idle *take_shelf(unsigned class)
{
    shelf *s = &pool.shelves[class];
    idle *all = s->newest;
    pool.counters.held_bytes -= s->count * all->bytes;
    pool.stocked[class / 64] &= ~(UINT64_C(1) << (class % 64));
    *s = (shelf){0};
    return all;
}

static idle *take_oldest(unsigned class)
{
    shelf *s = &pool.shelves[class];
    idle *block = s->oldest;
    s->oldest = block->newer;
    if (s->count > 1) {
        s->oldest->older = NULL;
    }
    took(class, s, block->bytes);
    return block;
}

static unsigned next_stocked(unsigned class)
{
    for (unsigned word = class / 64; word < MASK_WORDS; word++) {
        uint64_t bits = pool.stocked[word];
        if (word == class / 64) {
            bits &= ~UINT64_C(0) << (class % 64);
        }
        if (bits != 0) return word * 64 + (unsigned)__builtin_ctzll(bits);
    }
    return CLASSES;
}

/* Moves idle blocks from before `since` to *gone, MOST_AT_ONCE at most. Returns whether there may be more. */
static bool take_since(double since, idle **gone)
{
    int moved = 0;
    for (unsigned class = next_stocked(0); class < CLASSES; class = next_stocked(class + 1)) {
        while (pool.shelves[class].count > 0 && pool.shelves[class].oldest->since <= since) {
            if (moved++ == MOST_AT_ONCE) return true;
            idle *block = take_oldest(class);
            block->older = *gone;
            *gone = block;
        }
    }
    return false;
}

static bool has_room(size_t bytes)
{
    return bytes <= pool.counters.limit_bytes && pool.counters.held_bytes <= pool.counters.limit_bytes - bytes;
}

/* Moves blocks of the shelf with the longest idle one to *gone until `bytes` more can be kept, MOST_AT_ONCE at most. */
static int make_room(size_t bytes, idle **gone)
{
    int moved = 0;
    unsigned oldest = CLASSES;
    if (has_room(bytes)) return 0;
    for (unsigned class = next_stocked(0); class < CLASSES; class = next_stocked(class + 1)) {
        if (oldest == CLASSES || pool.shelves[class].oldest->since < pool.shelves[oldest].oldest->since) {
            oldest = class;
        }
    }
    while (moved < MOST_AT_ONCE && pool.shelves[oldest].count > 0 && !has_room(bytes)) {
        idle *block = take_oldest(oldest);
        block->older = *gone;
        *gone = block;
        moved++;
    }
    return moved;
}

/* Once a second, and until none is left: moves blocks that have been idle for long to *gone. */
static void look_for_idle(idle **gone)
{
    pool.now = rp_os_coarse_seconds();
    if (pool.now >= pool.next_check && !take_since(pool.now - GIVE_BACK_SECONDS, gone)) {
        pool.next_check = pool.now + 1.0;
    }
}

/* Every so many calls, and always for blocks that matter. */
static inline void look_at_clock(size_t size, idle **gone)
{
    if (__builtin_expect(++pool.calls % CALLS_PER_CLOCK == 0 || size >= MAPPED_BYTES, 0)) {
        look_for_idle(gone);
    }
}

/* ---- The system: without the lock -------------------------------------------------------------------------- */

static void *new_block(size_t bytes)
{
    if (bytes >= MAPPED_BYTES) return rp_os_map(bytes, bytes >= rp_system_facts()->huge_page_bytes);
    return aligned_alloc(ALIGNMENT, bytes);
}

static void give_back(void *block, size_t bytes)
{
    ASAN_UNPOISON_MEMORY_REGION(block, bytes);
    if (bytes >= MAPPED_BYTES) {
        rp_os_unmap(block, bytes);
    } else {
        free(block);
    }
}

static void give_back_all(idle *gone)
{
    while (gone != NULL) {
        idle *next = gone->older;
        give_back(gone, gone->bytes);
        gone = next;
    }
}

/* ---- The keeper -------------------------------------------------------------------------------------------- */

/* Every second. Few bytes may still be blocks that were idle while there were many, and not idle for long enough yet: so it
 * goes only when a block of that time would have been given back. */
static void *keep(void *nothing)
{
    for (int quiet = 0; quiet <= GIVE_BACK_SECONDS;) {
        idle *gone = NULL;
        rp_os_nap(1.0);
        do {
            give_back_all(gone);
            gone = NULL;
            lock_pool();
            look_for_idle(&gone);
            const bool many = pool.counters.held_bytes > QUIET_BYTES || gone != NULL;
            quiet = many ? 0 : quiet + 1;
            pool.kept = quiet <= GIVE_BACK_SECONDS;
            unlock_pool();
        } while (gone != NULL);
    }
    return nothing;
}

/* After the lock was free: somebody else may have started it meanwhile. */
static void start_keeper(void)
{
    rp_os_thread keeper;
    lock_pool();
    const bool needed = !pool.kept && !pool.alone;
    pool.kept |= needed;
    unlock_pool();
    if (needed && !rp_os_thread_start(&keeper, KEEPER_STACK_BYTES, keep, NULL)) {
        lock_pool();
        pool.kept = false;
        pool.alone = true;
        unlock_pool();
    }
}

/* ---- Allocating and freeing -------------------------------------------------------------------------------- */

/* A kept block, or NULL; counts the allocation either way. */
static inline idle *take_kept(unsigned class, size_t size)
{
    idle *gone = NULL;
    lock_pool();
    idle *block = take_newest(class);
    if (block != NULL) {
        pool.counters.hits++;
    } else {
        pool.counters.misses++;
    }
    pool.counters.used_bytes += size;
    look_at_clock(size, &gone);
    unlock_pool();
    give_back_all(gone);
    return block;
}

static void *new_or_nothing(size_t size)
{
    void *block = new_block(size);
    if (block == NULL) {
        rp_pool_trim(); /* what is kept for later must not be what is missing now */
        block = new_block(size);
    }
    if (block == NULL) {
        lock_pool();
        pool.counters.used_bytes -= size;
        unlock_pool();
    }
    return block;
}

/* The size of a block for `bytes`; 0: there is no such block, or it must fail. */
static inline size_t size_of_block(size_t bytes, unsigned *class)
{
    need_pool();
    const size_t size = size_class(bytes + (bytes == 0), class);
    return size > 0 && !must_fail() ? size : 0;
}

static inline void *hand_out(void *block, size_t bytes, size_t size, size_t *block_bytes)
{
    ASAN_UNPOISON_MEMORY_REGION(block, bytes);
    ASAN_POISON_MEMORY_REGION((char *)block + bytes, size - bytes);
    *block_bytes = size;
    return block;
}

void *rp_pool_allocate(size_t bytes, size_t *block_bytes)
{
    unsigned class;
    const size_t size = size_of_block(bytes, &class);
    if (size == 0) return NULL;
    void *block = take_kept(class, size);
    if (block == NULL) {
        block = new_or_nothing(size);
        /* Small pages one by one cost a fault each: 800 KiB take 400 us as they are touched, 250 us at once, and a whole
         * huge page for them 360 us and sometimes 3 ms (2-core KVM guest, Sapphire Rapids, Linux 6.18, 2026-11-28). */
        if (block != NULL && size >= MAPPED_BYTES && size < rp_system_facts()->huge_page_bytes)
            rp_os_bring_in(block, size);
    }
    return block != NULL ? hand_out(block, bytes, size, block_bytes) : NULL;
}

/* Of more than the last cache holds, zeros come from a fresh mapping, whose pages the kernel clears as they are touched: few of
 * them for next to nothing, all for 1.6 to 2 times what clearing a kept block costs (Sapphire Rapids guest, 2026-11), and 5 to 10
 * times where small pages follow the last huge one (300,000 float64 zeros += 1: 511 against 94 us, EPYC Milan guest, 2026-11-30). */
void *rp_pool_allocate_zeroed(size_t bytes, size_t *block_bytes)
{
    unsigned class;
    const size_t size = size_of_block(bytes, &class);
    if (size == 0) return NULL;
    void *block = take_kept(class, size);
    /* The kept block makes way for the fresh one: else zeros in a loop would fill the shelf to its limit. */
    if (block != NULL && size >= rp_last_cache_bytes()) {
        give_back(block, size);
        block = NULL;
        lock_pool();
        pool.counters.hits--;
        pool.counters.misses++;
        unlock_pool();
    }
    const bool clear = block != NULL || size < MAPPED_BYTES;
    if (block == NULL) block = new_or_nothing(size);
    if (block == NULL) return NULL;
    hand_out(block, bytes, size, block_bytes);
    if (clear) memset(block, 0, bytes);
    return block;
}

void rp_pool_free(void *block, size_t block_bytes)
{
    if (block == NULL) {
        return;
    }
    unsigned class;
    idle *kept = block, *gone = NULL;
    size_t size = size_class(block_bytes, &class);
    ASAN_POISON_MEMORY_REGION(block, size);
    ASAN_UNPOISON_MEMORY_REGION(block, sizeof *kept);
    lock_pool();
    look_at_clock(size, &gone);
    pool.counters.used_bytes -= size;
    kept->bytes = size;
    kept->since = pool.now;
    /* Where many small blocks are in the way of a large one it is not kept, and the next finds fewer. */
    for (int moved = 0; size <= pool.counters.limit_bytes && moved < MOST_A_CALL && !has_room(size);) {
        moved += make_room(size, &gone);
        unlock_pool();
        give_back_all(gone);
        gone = NULL;
        lock_pool();
    }
    const bool keep_it = has_room(size);
    if (keep_it) put(class, kept);
    const bool needs_keeper = pool.counters.held_bytes > QUIET_BYTES && !pool.kept && !pool.alone;
    unlock_pool();
    if (!keep_it) give_back(block, size);
    give_back_all(gone);
    if (needs_keeper) start_keeper();
}

/* ---- What users see ---------------------------------------------------------------------------------------- */

void rp_pool_info(rp_pool_counters *counters)
{
    if (!counters) return;
    need_pool();
    lock_pool();
    *counters = pool.counters;
    unlock_pool();
}

void rp_pool_trim(void)
{
    for (unsigned class = 0; class < CLASSES; class++) {
        lock_pool();
        class = next_stocked(class);
        idle *gone = class < CLASSES ? take_shelf(class) : NULL;
        unlock_pool();
        give_back_all(gone);
    }
}
