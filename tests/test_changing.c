/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays that another thread writes to while they are read: no answer is right then, but nothing outside them may be
 * touched, and an index is one of theirs. Not for the thread sanitizer: the races are meant.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "arrays.h"
#include "guard.h"

/* Long enough for the vector loops and a strip, short enough that most calls meet a write; a page's end is its own. */
enum { BYTES = 4096, ROUNDS = 2000 };

static atomic_bool stop;
static guarded memory, written;
static rp_array *target, *one; /* a vector as long as there are bytes, between guard pages; a number */

/* Ones, but for a byte here and there that comes and goes: what a first pass saw is often not there for a second. */
static void *write_on(void *unused)
{
    (void)unused;
    for (unsigned i = 0; !atomic_load(&stop); i++) {
        volatile char *element = memory.high - BYTES + i * 7919 % BYTES;
        *element = 0;
        *element = (char)0xff;
        *element = 1;
    }
    return NULL;
}

static bool all_within(const rp_array *x, ptrdiff_t length)
{
    for (ptrdiff_t i = 0; i < rp_size(x); i++) {
        const double index = part_at(x, (size_t)i);
        if (!(index >= 0 && index < (double)length)) return false;
    }
    return true;
}

static bool read_all(const rp_array *x, const rp_array *index)
{
    static const rp_op folds[] = {RP_SUM, RP_MIN, RP_MAX, RP_ANY, RP_ALL};
    rp_array *z = NULL, *places[1] = {NULL};
    const ptrdiff_t length = rp_size(x);
    bool good = true;
    for (int op = RP_ARGMIN; op <= RP_ARGMAX; op++) {
        good = rp_reduce((rp_op)op, x, 0, NULL, false, &z) == RP_OK && all_within(z, length) && good;
        rp_release(z), z = NULL;
    }
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        good = rp_reduce(folds[i], x, 0, NULL, false, &z) == RP_OK && good;
        rp_release(z), z = NULL;
    }
    good = rp_nonzero(x, places) == RP_OK && all_within(places[0], length) && good;
    rp_release(places[0]);
    if (index) {
        const rp_status status = rp_gather(x, 1, &index, &z);
        good = (status == RP_OK || status == RP_ERROR_INDEX) && good;
        const rp_status written = rp_scatter(target, 1, &index, one);
        good = (written == RP_OK || written == RP_ERROR_INDEX) && good;
    }
    rp_release(z), z = NULL;
    if (rp_dtype_of(x) == RP_BOOL) {
        good = rp_gather_mask(target, x, &z) == RP_OK && good;
        good = z && rp_scatter_mask(target, x, one) == RP_OK && good;
    }
    rp_release(z);
    return good;
}

/* Whether all calls on memory of this type stayed inside it. */
static bool stays_within(const rp_array *x)
{
    const rp_array *const index = rp_dtype_kind(rp_dtype_of(x)) == RP_KIND_UNSIGNED ? x : NULL;
    if (sigsetjmp(guard_return, 1) != 0) return false;
    for (int round = 0; round < ROUNDS; round++) {
        if (!read_all(x, index)) return false;
    }
    return true;
}

/* Of rows of bools of all short lengths, at either end of the memory, in which nothing is found, as all are alike. */
static bool alike_stay_within(void)
{
    if (sigsetjmp(guard_return, 1) != 0) return false;
    bool good = true;
    for (ptrdiff_t length = 1; length <= 300; length++) {
        for (int way = 0; way < 4; way++) {
            char *row = way & 1 ? memory.high - length : memory.low;
            memset(row, way >> 1, (size_t)length);
            rp_array *x = NULL, *z = NULL;
            good = rp_wrap(row, RP_BOOL, 1, &length, NULL, true, NULL, NULL, &x) == RP_OK && good;
            for (int op = RP_ARGMIN; good && op <= RP_ARGMAX; op++) {
                good = rp_reduce((rp_op)op, x, 0, NULL, false, &z) == RP_OK && part_at(z, 0) == 0;
                rp_release(z), z = NULL;
            }
            rp_release(x);
        }
    }
    return good;
}

int main(void)
{
    pthread_t writer;
    memory = guarded_new(BYTES);
    written = guarded_new(2 * BYTES);
    const ptrdiff_t bytes = BYTES;
    CHECK(rp_wrap(written.high - 2 * BYTES, RP_UINT16, 1, &bytes, NULL, false, NULL, NULL, &target) == RP_OK);
    CHECK(rp_full(0, NULL, RP_UINT16, &(rp_scalar){.dtype = RP_INT64, .i = 1}, &one) == RP_OK);
    guard_catch();
    CHECK(alike_stay_within());
    memset(memory.high - BYTES, 1, BYTES);
    CHECK(pthread_create(&writer, NULL, write_on, NULL) == 0);
    for (int dtype = 0; dtype < RP_DTYPE_COUNT; dtype++) {
        const ptrdiff_t length = (ptrdiff_t)(BYTES / rp_dtype_size((rp_dtype)dtype));
        rp_array *x = NULL;
        CHECK(rp_wrap(memory.high - BYTES, (rp_dtype)dtype, 1, &length, NULL, true, NULL, NULL, &x) == RP_OK);
        const bool good = stays_within(x);
        if (!good) fprintf(stderr, "%s: touched other memory, or an index of none\n", rp_dtype_name((rp_dtype)dtype));
        CHECK(good);
        rp_release(x);
    }
    atomic_store(&stop, true);
    pthread_join(writer, NULL);
    rp_release(target);
    rp_release(one);
    return check_report();
}
