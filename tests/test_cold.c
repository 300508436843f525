/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The first calls of a process: nothing is tried, admitted or started ahead of the time that was spent in calls. Time is
 * credited here, and not waited for.
 */
#include <stdlib.h>

#include "arrays.h"
#include "check.h"
#include "choose/budget.h"
#include "choose/measure.h"

enum { THREADS = 4 };

static rp_choice choose(size_t bytes)
{
    return rp_choose(RP_MULTIPLY, RP_FLOAT64, RP_VS, RP_ACCURATE, RP_APART, bytes, NULL);
}

/* Nobody is called here, and so no thread is there before or after. */
static void threads(void)
{
    const rp_context *context = rp_context_get();
    const size_t medium = context->helpful_bytes, huge = (size_t)1 << 33;
    CHECK(!rp_workers_started());
    CHECK(choose(medium).threads == 1 &&
          choose(medium).kernel == context->default_kernel[RP_MULTIPLY][RP_FLOAT64][RP_VS]);
    CHECK(choose(huge).threads == THREADS);   /* seconds of work pay for it at once, */
    CHECK(rp_budget_left(&rp_choosing) == 0); /* and nobody else does */
    rp_measure_credit(10e-3);
    const double saved = rp_budget_left(&rp_choosing);
    CHECK(choose(medium).threads == THREADS);
    CHECK(rp_budget_left(&rp_choosing) < saved);
    while (rp_budget_pay(&rp_choosing, 1e-6)) continue;
    CHECK(choose(medium).threads == 1);
    CHECK(choose(context->site_bytes - 1).threads == 1);
}

static void times_two(const rp_call *call)
{
    for (size_t k = 0; k < call->n * call->m; k++) {
        const ptrdiff_t row = (ptrdiff_t)(k / call->n), i = (ptrdiff_t)(k % call->n);
        float x, y;
        memcpy(&x, call->ptr[1] + row * call->outer[1] + i * call->inner[1], sizeof x);
        memcpy(&y, call->ptr[2] + row * call->outer[2], sizeof y);
        x *= y;
        memcpy(call->ptr[0] + row * call->outer[0] + i * call->inner[0], &x, sizeof x);
    }
}

static void admission(void)
{
    const rp_kernel_entry entry = {
        .name = "multiply.vs.f32.mine", .operands = "vs", .op = RP_MULTIPLY, .dtype = RP_FLOAT32, .run = times_two};
    CHECK(rp_register_kernel(&entry) == RP_OK);
    const rp_registered *r = rp_registered_first(RP_MULTIPLY);
    rp_array *x = NULL, *two = NULL, *z = NULL;
    CHECK(rp_full(SHAPE(100000), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 3}, &x) == RP_OK);
    CHECK(rp_full(0, NULL, RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 2}, &two) == RP_OK);
    const int64_t spent = atomic_load(&rp_choosing.spent_ns);
    for (int i = 0; i < 5; i++) CHECK(rp_multiply(x, two, &z) == RP_OK);
    CHECK(atomic_load(&r->verdict) == RP_UNTRIED && atomic_load(&rp_choosing.spent_ns) == spent);
    for (int i = 0; i < 100 && atomic_load(&r->verdict) == RP_UNTRIED; i++) {
        rp_measure_credit(1);
        CHECK(rp_multiply(x, two, &z) == RP_OK);
    }
    CHECK(atomic_load(&r->verdict) == RP_ADMITTED && atomic_load(&rp_choosing.spent_ns) > spent);
    CHECK(*(float *)rp_data(z) == 6);
    rp_release(x), rp_release(two), rp_release(z);
}

int main(void)
{
    setenv("RAPTORS_PROFILE", "off", 1);
    CHECK(rp_set_num_threads(THREADS) == RP_OK);
    threads();
    admission();
    return check_report();
}
