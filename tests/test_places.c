/* SPDX-License-Identifier: BSD-3-Clause
 *
 * any, all, argmin and argmax end at the element that decides: the only one of its kind, at every place of short arrays and at
 * the edges of what is looked at together in long ones; and nowhere.
 */
#include "arrays.h"

enum { LONGEST = 600000, SHORT = 600 };

static bool gives(rp_op op, const rp_array *x, ptrdiff_t want)
{
    rp_array *out = NULL;
    if (rp_reduce(op, x, 0, NULL, false, &out) != RP_OK) return false;
    const double got = part_at(out, 0);
    rp_release(out);
    if (got == (double)want) return true;
    fprintf(stderr, "%s of %td %s: %g, not %td\n", rp_op_name(op), rp_size(x), rp_dtype_name(rp_dtype_of(x)), got,
            want);
    return false;
}

/* What n elements hold, all but the one at `place` (n: that one too): x, whose truth is `common`. */
static void check_answers(const rp_array *x, bool common, ptrdiff_t place)
{
    const bool alone = place < rp_size(x), others = !alone || rp_size(x) > 1;
    CHECK(gives(RP_ANY, x, common ? others : alone));
    CHECK(gives(RP_ALL, x, common ? !alone : !others));
    CHECK(gives(common ? RP_ARGMIN : RP_ARGMAX, x, alone ? place : 0));
    CHECK(gives(common ? RP_ARGMAX : RP_ARGMIN, x, place > 0 ? 0 : rp_size(x) > 1));
}

/* The array of n elements at `memory`: truths of one kind, 1 (of bytes: any) or 0, and one of the other at each place. */
static void try_places(rp_dtype dtype, char *memory, ptrdiff_t n, ptrdiff_t stride, bool common)
{
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(dtype), apart = size * (stride < 0 ? -stride : stride);
    char one[16] = {0}, zero[16] = {0};
    rp_array *x = NULL;
    store_part(dtype, one, dtype == RP_UINT8 ? 128 : 1);
    if (dtype == RP_FLOAT64) store_part(dtype, zero, -0.0);
    for (ptrdiff_t i = 0; i < n; i++) memcpy(memory + i * apart, common ? one : zero, (size_t)size);
    char *first = stride < 0 ? memory + (n - 1) * apart : memory;
    CHECK(rp_wrap(first, dtype, 1, &n, &(ptrdiff_t){stride * size}, true, NULL, NULL, &x) == RP_OK);
    for (ptrdiff_t place = 0; place <= n; place++) {
        const ptrdiff_t chunk = place % 8192;
        if (n > SHORT && place > 2 && place < n - 2 && place != n / 2 && chunk > 1 && chunk < 8190) continue;
        char *element = first + place * stride * size;
        if (place < n) memcpy(element, common ? zero : one, (size_t)size);
        check_answers(x, common, place);
        if (place < n) memcpy(element, common ? one : zero, (size_t)size);
    }
    rp_release(x);
}

int main(void)
{
    static const rp_dtype dtypes[] = {RP_BOOL, RP_UINT8, RP_INT16, RP_FLOAT32, RP_FLOAT64, RP_COMPLEX64};
    static const ptrdiff_t lengths[] = {1,   2,   7,   8,   9,   15,  16,  17,  31,  63,   64,   65,    127,
                                        128, 129, 255, 256, 257, 319, 511, 513, 600, 1025, 4097, 16385, 100000};
    char *memory = calloc(LONGEST + 64, 16);
    CHECK(memory != NULL);
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes && memory; d++) {
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            const ptrdiff_t shift = (ptrdiff_t)(i % 5 * rp_dtype_size(dtypes[d]));
            try_places(dtypes[d], memory + shift, lengths[i], i % 4 == 3 ? -1 : 1, i % 2);
            try_places(dtypes[d], memory, lengths[i], i % 3 ? 2 : 1, i % 2 == 0);
        }
        try_places(dtypes[d], memory, LONGEST, 1, d % 2); /* all threads */
        try_places(dtypes[d], memory, LONGEST / 2, 2, d % 2 == 0);
    }
    /* Any byte but 0 is true. */
    for (int byte = 0; byte < 256 && memory; byte++) {
        memset(memory, byte, 2000);
        const ptrdiff_t n = 2000;
        rp_array *x = NULL;
        CHECK(rp_wrap(memory, RP_BOOL, 1, &n, NULL, true, NULL, NULL, &x) == RP_OK);
        check_answers(x, byte != 0, n);
        memory[1234] = (char)(byte ? 0 : 255);
        check_answers(x, byte != 0, 1234);
        rp_release(x);
    }
    free(memory);
    return check_report();
}
