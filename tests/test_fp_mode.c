/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_fp_mode.c: programs that round otherwise, or take small numbers as 0: every element of a long call is as the
 * caller's mode has it, however many threads compute it, and what is decided meanwhile does not depend on it.
 */
#include <fenv.h>

#include "arrays.h"
#include "choose/registry.h"
#include "facts/fp_mode.h"

enum { LONG = 1 << 21 };

static rp_array *full(rp_dtype dtype, double value)
{
    rp_array *x = NULL;
    CHECK(rp_full(SHAPE(LONG), dtype, &(rp_scalar){.dtype = dtype, .re = value}, &x) == RP_OK);
    return x;
}

static bool all_are(const rp_array *x, double value)
{
    const double *data = rp_data(x);
    bool same = true;
    for (size_t i = 0; i < LONG; i++) same &= data[i] == value;
    return same;
}

/* Enough calls that each way to run them has had its turn. */
static bool always(rp_status (*function)(const rp_array *, const rp_array *, rp_array **), const rp_array *x,
                   const rp_array *y, double value)
{
    bool good = true;
    for (int i = 0; i < 30; i++) {
        rp_array *z = NULL;
        good = function(x, y, &z) == RP_OK && all_are(z, value) && good;
        rp_release(z);
    }
    return good;
}

static void rounding(void)
{
    rp_array *one = full(RP_FLOAT64, 1), *little = full(RP_FLOAT64, 1e-30), *ten = full(RP_FLOAT64, 10);
    CHECK(always(rp_add, one, little, 1));
    fesetround(FE_UPWARD);
    const bool up = always(rp_add, one, little, 0x1.0000000000001p0);
    const bool tenth = always(rp_divide, one, ten, 0x1.999999999999ap-4);
    fesetround(FE_DOWNWARD);
    const bool down = always(rp_subtract, one, little, 0x1.fffffffffffffp-1);
    const bool less = always(rp_divide, one, ten, 0x1.9999999999999p-4);
    const int mode = fegetround();
    fesetround(FE_TONEAREST);
    CHECK(up && tenth && down && less && mode == FE_DOWNWARD);
    CHECK(always(rp_subtract, one, little, 1));
    rp_release(one), rp_release(little), rp_release(ten);
}

/* Integers divide as integers, though our loops have floating-point numbers on the way. */
static void integers(void)
{
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST};
    static const int64_t divisors[] = {1, 3, 7, 1000003, INT64_C(4294967297), INT64_C(1234567890123456789)};
    enum { SHORT = 4096 };
    rp_array *x = NULL, *y = NULL, *quotient = NULL, *rest = NULL;
    CHECK(rp_empty(SHAPE(SHORT), RP_INT64, &x) == RP_OK && rp_empty(SHAPE(SHORT), RP_INT64, &y) == RP_OK);
    int64_t *a = rp_data(x), *b = rp_data(y);
    uint64_t random = 1;
    for (size_t i = 0; i < SHORT; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        b[i] = divisors[i % 6] * (i % 5 == 0 ? -1 : 1);
        a[i] = i % 2 ? (int64_t)random : (int64_t)(random >> 40) * b[i] - (int64_t)(i % 3); /* near multiples too */
    }
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        fesetround(modes[m]);
        const bool done = rp_floor_divide(x, y, &quotient) == RP_OK && rp_remainder(x, y, &rest) == RP_OK;
        fesetround(FE_TONEAREST);
        bool good = done;
        for (size_t i = 0; done && i < SHORT; i++) {
            const int64_t q = a[i] / b[i], r = a[i] % b[i], below = r != 0 && (r < 0) != (b[i] < 0);
            good &= ((int64_t *)rp_data(quotient))[i] == q - below && ((int64_t *)rp_data(rest))[i] == r + below * b[i];
        }
        CHECK(good);
    }
    rp_release(x), rp_release(y), rp_release(quotient), rp_release(rest);
}

/* A remainder needs no rounding. */
static void remainders(void)
{
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST};
    rp_array *x = full(RP_FLOAT64, 0x1.fffffffffffffp1023), *y = full(RP_FLOAT64, 0x1.999999999999bp-1);
    const double expected = fmod(0x1.fffffffffffffp1023, 0x1.999999999999bp-1);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        fesetround(modes[m]);
        const bool right = always(rp_fmod, x, y, expected);
        const bool kept = fegetround() == modes[m];
        fesetround(FE_TONEAREST);
        CHECK(right && kept);
    }
    rp_release(x), rp_release(y);
}

#if defined(__x86_64__)

enum { NO_SMALL_NUMBERS = 0x8040 }; /* flush to zero, denormals are zero */

static void small_numbers(void)
{
    rp_array *tiny = full(RP_FLOAT64, 0x1p-1030), *half = full(RP_FLOAT64, 0.5), *sum = NULL;
    CHECK(always(rp_multiply, tiny, half, 0x1p-1031));
    const rp_fp_mode before = rp_fp_change(NO_SMALL_NUMBERS);
    const bool zero = always(rp_multiply, tiny, half, 0);
    bool sums = true;
    for (int i = 0; i < 10; i++) sums = rp_sum(tiny, 0, NULL, false, &sum) == RP_OK && part_at(sum, 0) == 0 && sums;
    rp_fp_change(before);
    CHECK(zero && sums);
    CHECK(rp_sum(tiny, 0, NULL, false, &sum) == RP_OK && part_at(sum, 0) == (double)LONG * 0x1p-1030);
    rp_release(tiny), rp_release(half), rp_release(sum);
}

#else
static void small_numbers(void) {}
#endif

/* To the nearest, by another way than ours. */
static void round_to_even(const rp_call *call)
{
    for (size_t k = 0; k < call->n * call->m; k++) {
        const ptrdiff_t row = (ptrdiff_t)(k / call->n), i = (ptrdiff_t)(k % call->n);
        double x;
        memcpy(&x, call->ptr[1] + row * call->outer[1] + i * call->inner[1], sizeof x);
        x = nearbyint(x);
        memcpy(call->ptr[0] + row * call->outer[0] + i * call->inner[0], &x, sizeof x);
    }
}

/* What is right is admitted, whoever happens to make the first call. */
static void admission(void)
{
    const rp_kernel_entry entry = {
        .name = "round.v.f64.mine", .operands = "v", .op = RP_ROUND, .dtype = RP_FLOAT64, .run = round_to_even};
    CHECK(rp_register_kernel(&entry) == RP_OK);
    rp_registered *mine = rp_registered_first(RP_ROUND);
    fesetround(FE_UPWARD);
    const bool admitted = rp_is_admitted(mine);
    const int mode = fegetround();
    fesetround(FE_TONEAREST);
    CHECK(admitted && mode == FE_UPWARD);
    if (!admitted) fprintf(stderr, "%s\n", mine->reason);
}

int main(void)
{
    CHECK(rp_set_num_threads(4) == RP_OK);
    rounding();
    integers();
    remainders();
    small_numbers();
    admission();
    return check_report();
}
