/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The indexers of an instruction set against plain loops, between guard pages: masks of every density and length, whose true
 * bytes are anything but 0, less room than there is to find, offsets either way, and what lies beside a result.
 */
#ifndef RP_TEST_KERNEL_INDEXERS_H
#define RP_TEST_KERNEL_INDEXERS_H

#include "choose/registry.h"
#include "kernel_movers.h"

enum { INDEXER_LENGTHS = 300 };

/* One in `every` bytes, or all but one in `every`, is true. */
static void fill_mask(char *mask, size_t n, unsigned every, bool dense)
{
    for (size_t i = 0; i < n; i++) {
        const bool chosen = every == 0 || random_bits() % every == 0;
        mask[i] = chosen != dense ? (char)(1 + random_bits() % 255) : 0;
    }
}

static bool indexer_fails(const rp_isa_tables *tables, const char *name, size_t n, size_t size, const char *what)
{
    printf("FAIL %s.%s: %zu of %zu bytes: %s\n", name, rp_isa_name(tables->isa), n, size, what);
    return false;
}

/* The n bytes at the end of the first area are as expected, and those in front of them as they were. */
static bool only_end_written(const char *expected, size_t n)
{
    const char *start = areas[0].high - n;
    for (int i = 1; i <= MARGIN; i++) {
        if (start[-i] != (char)0xa5) return false;
    }
    return memcmp(start, expected, n) == 0;
}

static bool mask_one(const rp_isa_tables *tables, size_t n, size_t size, unsigned every, bool dense, bool short_of_room)
{
    const rp_indexers *indexers = tables->indexers;
    char *mask = areas[2].high - n, *x = areas[1].high - n * size;
    fill_mask(mask, n, every, dense);
    fill_random(x, areas[1].high);
    size_t most = 0, place = 0;
    for (size_t i = 0; i < n; i++) most += mask[i] != 0;
    if (short_of_room) most /= 2;
    static int64_t places[INDEXER_LENGTHS];
    for (size_t i = 0; i < n && place < most; i++) {
        if (!mask[i]) continue;
        memcpy(copies[0] + place * size, x + i * size, size);
        places[place++] = (int64_t)i - 7;
    }
    memset(areas[0].high - n * 16 - 2 * MARGIN, 0xa5, n * 16 + 2 * MARGIN);
    if (sigsetjmp(guard_return, 1) != 0)
        return indexer_fails(tables, "mask", n, size, "touched memory that is not its own");
    if (indexers->select(areas[0].high - most * size, most, mask, x, n, size) != most ||
        !only_end_written(copies[0], most * size))
        return indexer_fails(tables, "select", n, size, "wrong elements");
    memset(areas[0].high - n * 16 - 2 * MARGIN, 0xa5, n * 16 + 2 * MARGIN);
    if (indexers->find((int64_t *)(void *)(areas[0].high - most * 8), most, mask, n, -7) != most ||
        !only_end_written((const char *)places, most * 8))
        return indexer_fails(tables, "find", n, size, "wrong places");
    char *spread = areas[3].high - n * size;
    memset(spread, 0x5a, n * size);
    memset(copies[2], 0x5a, n * size);
    for (size_t i = 0; i < most; i++) memcpy(copies[2] + (size_t)(places[i] + 7) * size, copies[0] + i * size, size);
    char *values = areas[1].high - most * size;
    memcpy(values, copies[0], most * size);
    if (indexers->spread(spread, mask, n, values, most, size) != most || memcmp(spread, copies[2], n * size) != 0)
        return indexer_fails(tables, "spread", n, size, "wrong elements");
    return true;
}

/* n elements of x, whose place 0 lies in its middle, in steps forwards or backwards. */
static bool offsets_one(const rp_isa_tables *tables, size_t n, size_t size, ptrdiff_t step, ptrdiff_t block_step)
{
    enum { PLACES = 100 };
    const rp_indexers *indexers = tables->indexers;
    static ptrdiff_t offset[INDEXER_LENGTHS], first[INDEXER_LENGTHS];
    static int64_t index[INDEXER_LENGTHS];
    for (size_t i = 0; i < n; i++) index[i] = (int64_t)(random_bits() % (2 * PLACES)) - PLACES;
    bool good = indexers->resolve(first, index, n, -PLACES, PLACES, 3, false);
    good = indexers->resolve(offset, index, n, -PLACES, PLACES, 1, false) && good;
    good = indexers->resolve(first, index, n, -PLACES, PLACES, -5, true) && good;
    for (size_t i = 0; i < n; i++) {
        const ptrdiff_t place = (ptrdiff_t)(index[i] + (index[i] < 0 ? PLACES : 0));
        good = good && offset[i] == place && first[i] == place * -2;
    }
    for (size_t i = 0; i < n; i += 1 + n / 3) {
        const int64_t kept = index[i], outside[] = {PLACES, -PLACES - 1, INT64_MAX, INT64_MIN};
        index[i] = outside[i % 4];
        good = good && !indexers->resolve(first, index, n, -PLACES, PLACES, 1, false);
        index[i] = kept;
    }
    if (!good) return indexer_fails(tables, "resolve", n, size, "wrong offsets");
    const ptrdiff_t reach = step * (PLACES - 1);
    char *low = areas[1].high - (reach < 0 ? -reach : reach) - (ptrdiff_t)size, *x = reach < 0 ? low - reach : low;
    char *block = areas[0].low;
    fill_random(low, areas[1].high);
    memset(block, 0xa5, n * (size_t)block_step + 16);
    memset(copies[0], 0xa5, n * (size_t)block_step + 16);
    for (size_t i = 0; i < n; i++) memcpy(copies[0] + (ptrdiff_t)i * block_step, x + offset[i] * step, size);
    if (sigsetjmp(guard_return, 1) != 0)
        return indexer_fails(tables, "gather", n, size, "touched memory that is not its own");
    indexers->gather(block, block_step, x, step, offset, n, size);
    if (memcmp(block, copies[0], n * (size_t)block_step + 16) != 0)
        return indexer_fails(tables, "gather", n, size, "wrong elements");
    fill_random(block, block + n * (size_t)block_step + 16);
    memcpy(copies[0], low, (size_t)(areas[1].high - low));
    for (size_t i = 0; i < n; i++)
        memcpy(copies[0] + (x - low) + offset[i] * step, block + (ptrdiff_t)i * block_step, size);
    indexers->scatter(x, step, offset, block, block_step, n, size);
    if (memcmp(low, copies[0], (size_t)(areas[1].high - low)) != 0)
        return indexer_fails(tables, "scatter", n, size,
                             "wrong elements, or the last of several in one place did not stay");
    return true;
}

static bool ramps_one(const rp_isa_tables *tables, size_t n)
{
    const uint64_t start = random_bits(), step = random_bits();
    const size_t first = (size_t)1 << 40;
    uint64_t *integers = (uint64_t *)(void *)(areas[0].high - n * 8);
    double *reals = (double *)(void *)(areas[1].high - n * 8);
    if (sigsetjmp(guard_return, 1) != 0)
        return indexer_fails(tables, "ramp", n, 8, "touched memory that is not its own");
    tables->indexers->ramp_integers(integers, n, start, step);
    tables->indexers->ramp_reals(reals, n, first, 0.1, -0.7);
    for (size_t i = 0; i < n; i++) {
        const volatile double product = (double)(first + i) * -0.7; /* two roundings */
        if (integers[i] != start + i * step || reals[i] != 0.1 + product)
            return indexer_fails(tables, "ramp", n, 8, "wrong numbers");
    }
    return true;
}

static bool check_indexers_alone(const rp_isa_tables *tables, bool thin)
{
    static const unsigned every[] = {0, 2, 9, 90};
    for (size_t n = 0; n < INDEXER_LENGTHS; n += thin ? 7 : 1) {
        if (!ramps_one(tables, n)) return false;
        for (size_t size = 1; size <= 16; size *= 2) {
            for (int kind = 0; kind < 16; kind++)
                if (!mask_one(tables, n, size, every[kind / 4], kind & 1, kind & 2)) return false;
            const ptrdiff_t own = (ptrdiff_t)size;
            if (n == 0) continue;
            if (!offsets_one(tables, n, size, own, own) || !offsets_one(tables, n, size, -own, own)) return false;
            if (!offsets_one(tables, n, size, 3 * own + 1, own) || !offsets_one(tables, n, size, own, own + 5))
                return false;
            if (!offsets_one(tables, n, 3 * size, -3 * own, 3 * own)) return false; /* a row of several elements */
        }
    }
    return true;
}

static void check_indexers(const rp_isa_tables *tables, bool thin, size_t *passed, size_t *failed)
{
    random_state = 1;
    ++*(check_indexers_alone(tables, thin) ? passed : failed);
}

#endif
