/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_pool.c: the memory pool, and allocations that fail.
 */
#include "check.h"
#include "parts.h"
#include "runtime/runtime.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#define MIB ((size_t)1 << 20)

static void nap(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static rp_pool_counters counters(void)
{
    rp_pool_counters now;
    rp_pool_info(&now);
    return now;
}

/* Allocates and frees; returns the block's size. */
static size_t use_once(size_t bytes)
{
    size_t got = 0;
    void *block = rp_pool_allocate(bytes, &got);
    rp_pool_free(block, got);
    return got;
}

static void test_pool_blocks(void)
{
    static const size_t sizes[] = {
        1,      63,     64,     65,     511,     512,           513,     1000,          4096,    4097,    65536,
        100000, 262143, 262144, 262145, 1 << 20, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5000001, 33554432};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t bytes = sizes[i], got = 0, again = 0, used = counters().used_bytes;
        unsigned char *block = rp_pool_allocate(bytes, &got);
        CHECK(block != NULL && (uintptr_t)block % 64 == 0);
        CHECK(got >= bytes && (bytes < 512 ? got < bytes + 64 : got - bytes <= bytes / 8));
        CHECK(counters().used_bytes == used + got);
        memset(block, 0xa5, bytes);
        rp_pool_free(block, got);
        CHECK(counters().used_bytes == used);
        CHECK(counters().held_bytes >= got);
        uint64_t hits = counters().hits;
        CHECK(rp_pool_allocate(bytes, &again) == block && again == got);
        CHECK(counters().hits == hits + 1);
        rp_pool_free(block, got);
    }
    /* The latest freed comes first. */
    size_t got;
    void *a = rp_pool_allocate(5000, &got), *b = rp_pool_allocate(5000, &got), *c = rp_pool_allocate(5000, &got);
    rp_pool_free(a, got);
    rp_pool_free(c, got);
    rp_pool_free(b, got);
    CHECK(rp_pool_allocate(5000, &got) == b);
    CHECK(rp_pool_allocate(5000, &got) == c);
    CHECK(rp_pool_allocate(5000, &got) == a);
    rp_pool_free(a, got);
    rp_pool_free(b, got);
    rp_pool_free(c, got);
    rp_pool_free(NULL, 64);
}

static void test_pool_sizes(void)
{
    static const size_t too_many[] = {SIZE_MAX, SIZE_MAX - 63, (size_t)PTRDIFF_MAX + 1, PTRDIFF_MAX};
    size_t used = counters().used_bytes;
    for (size_t i = 0; i < sizeof too_many / sizeof too_many[0]; i++) {
        size_t got = 7;
        CHECK(rp_pool_allocate(too_many[i], &got) == NULL && got == 7);
        CHECK(rp_pool_allocate_zeroed(too_many[i], &got) == NULL && got == 7);
    }
    size_t got = 7;
    CHECK(rp_pool_allocate((size_t)PTRDIFF_MAX / 2, &got) == NULL && got == 7); /* no machine has this */
    CHECK(counters().used_bytes == used);
}

static bool all_zero(const unsigned char *memory, size_t bytes)
{
    return memory[0] == 0 && memcmp(memory, memory + 1, bytes - 1) == 0;
}

static void test_pool_zeroed(void)
{
    static const size_t sizes[] = {2, 64, 1000, 4096, 100000, 300000, 1 << 20, 2 << 20, 3 << 20, 20 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int turn = 0; turn < 3; turn++) {
            size_t got;
            unsigned char *block = rp_pool_allocate_zeroed(sizes[i], &got);
            CHECK(block != NULL && (uintptr_t)block % 64 == 0);
            CHECK(all_zero(block, sizes[i]));
            memset(block, 0xff, sizes[i]);
            rp_pool_free(block, got);
        }
        CHECK(counters().held_bytes <= counters().limit_bytes);
    }
    /* Large zeros over and over keep one block, not one more each time. */
    rp_pool_trim();
    size_t got = 0;
    for (int turn = 0; turn < 10; turn++) {
        void *block = rp_pool_allocate_zeroed(8 * MIB, &got);
        rp_pool_free(block, got);
    }
    CHECK(counters().held_bytes == got);
}

static void test_pool_trim(void)
{
    void *blocks[64];
    size_t got[64];
    for (size_t i = 0; i < 64; i++) {
        blocks[i] = rp_pool_allocate((i + 1) * 9999, &got[i]);
    }
    for (size_t i = 0; i < 64; i++) {
        rp_pool_free(blocks[i], got[i]);
    }
    CHECK(counters().held_bytes > 0);
    rp_pool_trim();
    CHECK(counters().held_bytes == 0);
    CHECK(counters().used_bytes == 0);
    uint64_t misses = counters().misses;
    void *block = rp_pool_allocate(9999, got);
    CHECK(counters().misses == misses + 1);
    rp_pool_free(block, got[0]);
}

static void test_pool_gives_back(void)
{
    rp_pool_trim();
    size_t small = use_once(3000), large = use_once(4 * MIB);
    CHECK(counters().held_bytes == small + large);
    nap(2.5); /* the MiB is still to stay when the others go */
    size_t other = use_once(MIB);
    CHECK(counters().held_bytes == small + large + other);
    /* Without any call; after some 9 seconds, and later on a busy machine. */
    for (int wait = 0; wait < 60 && counters().held_bytes != 0; wait++) nap(1);
    CHECK(counters().held_bytes == 0);
    /* A MiB is no reason for a thread: the one that gave back ends some 6 seconds later, and the next MiB stays. */
    for (int wait = 0; wait < 20 && counters().held_bytes != MIB; wait++) {
        use_once(MIB);
        nap(7.0);
    }
    CHECK(counters().held_bytes == MIB);
    /* It is left to the calls: one with a large block, or many with small ones. */
    for (int i = 0; i < 1000; i++) {
        small = use_once(100);
    }
    CHECK(counters().held_bytes == small);
}

static void test_failing(void)
{
    size_t got = 0;
    use_once(2000); /* an idle block must not save the allocation */
    for (long n = 1; n < 6; n++) {
        rp_test_fail_allocation(n);
        for (long i = 1; i < 10; i++) {
            void *memory = i % 3 == 0   ? rp_malloc(10)
                           : i % 3 == 1 ? rp_pool_allocate(2000, &got)
                                        : rp_pool_allocate_zeroed(2000, &got);
            CHECK((memory != NULL) == (i < n));
            if (i % 3 == 0) {
                rp_free(memory);
            } else {
                rp_pool_free(memory, got);
            }
        }
    }
    rp_test_fail_allocation(0);
    void *memory = rp_malloc(10);
    CHECK(memory != NULL);
    rp_free(memory);
    CHECK(counters().used_bytes == 0);
}

enum { POOL_THREADS = 4, POOL_TURNS = 20000, POOL_BLOCKS = 16 };

/* Each fills its blocks with a mark of its own, and finds it again. */
static void *use_pool(void *argument)
{
    unsigned char mark = *(unsigned char *)argument, *blocks[POOL_BLOCKS] = {0};
    size_t got[POOL_BLOCKS] = {0}, wrong = 0;
    uint32_t random = mark * 2654435761u;
    for (int turn = 0; turn < POOL_TURNS; turn++) {
        random = random * 1664525u + 1013904223u;
        size_t i = random >> 28, bytes = 1 + (random >> 8) % (turn % 100 == 0 ? 600000 : 3000);
        if (blocks[i] != NULL) {
            wrong += blocks[i][0] != mark;
            rp_pool_free(blocks[i], got[i]);
        }
        blocks[i] = turn % 2 ? rp_pool_allocate(bytes, &got[i]) : rp_pool_allocate_zeroed(bytes, &got[i]);
        wrong += blocks[i] == NULL || (turn % 2 == 0 && !all_zero(blocks[i], bytes));
        memset(blocks[i], mark, bytes);
    }
    for (int i = 0; i < POOL_BLOCKS; i++) {
        rp_pool_free(blocks[i], got[i]);
    }
    /* Little but the lock: two threads that are let in at once meet here. */
    for (int turn = 0; turn < 300000; turn++) {
        size_t i = (size_t)turn % 3;
        blocks[i] = rp_pool_allocate(64, &got[i]);
        wrong += blocks[i] == NULL;
        blocks[i][63] = mark;
        if (i == 2) {
            for (int k = 0; k < 3; k++) {
                wrong += blocks[k][63] != mark;
                rp_pool_free(blocks[k], got[k]);
            }
        }
    }
    CHECK(wrong == 0);
    return NULL;
}

static void test_pool_threads(void)
{
    pthread_t threads[POOL_THREADS];
    unsigned char marks[POOL_THREADS];
    for (int i = 0; i < POOL_THREADS; i++) {
        marks[i] = (unsigned char)(i + 1);
        CHECK(pthread_create(&threads[i], NULL, use_pool, &marks[i]) == 0);
    }
    for (int i = 0; i < POOL_THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK(counters().used_bytes == 0);
    CHECK(counters().held_bytes <= counters().limit_bytes);
    rp_pool_trim();
    CHECK(counters().held_bytes == 0);
}

/* RAPTORS_POOL=1M */
static void part_bound(void)
{
    CHECK(counters().limit_bytes == MIB);
    size_t got[8];
    void *blocks[8];
    for (int i = 0; i < 8; i++) {
        blocks[i] = rp_pool_allocate(MIB / 4, &got[i]);
    }
    for (int i = 0; i < 8; i++) {
        rp_pool_free(blocks[i], got[i]);
        CHECK(counters().held_bytes <= MIB);
    }
    CHECK(counters().held_bytes == MIB);
    for (int i = 7; i >= 4; i--) { /* the last four are there, the first four made way */
        CHECK(rp_pool_allocate(MIB / 4, &got[i]) == blocks[i]);
    }
    CHECK(counters().held_bytes == 0);
    size_t small = use_once(100);
    use_once(2 * MIB); /* never kept, and pushes nothing out */
    CHECK(counters().held_bytes == small);
    for (int i = 4; i < 8; i++) {
        rp_pool_free(blocks[i], got[i]);
    }
    rp_pool_trim();
}

/* RAPTORS_POOL=16M: many small blocks are in the way of a large one. Each free moves a few of them, and no more. */
static void part_crowded(void)
{
    enum { SMALL = 20000, SMALL_BYTES = 640, LARGE = 10 << 20, MOST_A_FREE = 96 };
    static void *blocks[SMALL];
    size_t got = 0;
    for (int i = 0; i < SMALL; i++) {
        blocks[i] = rp_pool_allocate(SMALL_BYTES, &got);
    }
    CHECK(got == SMALL_BYTES);
    void *large = rp_pool_allocate(LARGE, &got);
    for (int i = 0; i < SMALL; i++) {
        rp_pool_free(blocks[i], SMALL_BYTES);
    }
    int frees = 0;
    for (size_t held = counters().held_bytes; large != NULL && frees < SMALL; frees++) {
        CHECK(held <= counters().limit_bytes);
        rp_pool_free(large, got);
        const size_t left = counters().held_bytes;
        if (left > held) break; /* it was kept */
        CHECK(held - left <= (size_t)MOST_A_FREE * SMALL_BYTES && left < held);
        held = left;
        large = rp_pool_allocate(LARGE, &got);
    }
    CHECK(frees > 0 && frees < SMALL);
    const uint64_t hits = counters().hits;
    large = rp_pool_allocate(LARGE, &got);
    CHECK(counters().hits == hits + 1);
    rp_pool_free(large, got);
    rp_pool_trim();
    CHECK(counters().held_bytes == 0);
}

/* RAPTORS_POOL=0 */
static void part_no_pool(void)
{
    size_t got;
    CHECK(counters().limit_bytes == 0);
    for (size_t bytes = 1; bytes < 8 * MIB; bytes *= 3) {
        void *block = rp_pool_allocate(bytes, &got);
        CHECK(block != NULL);
        rp_pool_free(block, got);
        CHECK(counters().held_bytes == 0);
    }
    CHECK(counters().hits == 0 && counters().used_bytes == 0);
}

/* RAPTORS_POOL=nonsense */
static void part_default_pool(void)
{
    size_t share = rp_system_facts()->memory_bytes / 16;
    CHECK(counters().limit_bytes == (share > 64 * MIB ? share : 64 * MIB));
}

static void whole(void)
{
    test_pool_blocks();
    test_pool_sizes();
    test_pool_zeroed();
    test_pool_trim();
    test_failing();
    test_pool_threads();
    test_pool_gives_back();
}

static const part parts[] = {
    {"bound", "RAPTORS_POOL", "1M", part_bound},
    {"bound-bytes", "RAPTORS_POOL", "1048576", part_bound},
    {"crowded", "RAPTORS_POOL", "16M", part_crowded},
    {"no-pool", "RAPTORS_POOL", "0", part_no_pool},
    {"default-pool", "RAPTORS_POOL", "12 bananas", part_default_pool},
};

int main(int count, char **arguments)
{
    return run_parts(count, arguments, whole, parts, sizeof parts / sizeof parts[0]);
}
