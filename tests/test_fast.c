/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Accuracy class RP_FAST: what is admitted to it, that who is elected serves every call of its function in every form, and
 * that nothing of it reaches calls of RP_ACCURATE.
 */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "check.h"
#include "choose/accuracy.h"
#include "choose/choose.h"
#include "runtime/runtime.h"

/* What ours gives, `units` of the last place further from zero where that is a finite number. */
static void spoil(const rp_call *call, rp_op op, int units)
{
    rp_call ours = *call;
    ours.inner[0] = ours.inner[1] = ours.inner[2] = sizeof(float);
    rp_context_get()->default_kernel[op][RP_FLOAT32][rp_op_inputs(op) == 1 ? RP_V : RP_VV]->run(&ours);
    for (size_t j = 0; j < call->n * call->m; j++) {
        char *z = call->ptr[0] + j % call->n * sizeof(float) + (ptrdiff_t)(j / call->n) * call->outer[0];
        float value;
        memcpy(&value, z, sizeof value);
        if (value == 0 || !isfinite(value)) continue;
        for (int i = 0; i < units; i++) {
            const float next = nextafterf(value, value < 0 ? -INFINITY : INFINITY);
            if (isfinite(next)) value = next;
        }
        memcpy(z, &value, sizeof value);
    }
}

static void one_off(const rp_call *call) { spoil(call, RP_EXP, 1); }
static void four_off(const rp_call *call) { spoil(call, RP_EXP, 4); }
static void five_off(const rp_call *call) { spoil(call, RP_EXP, 5); }
static void pow_off(const rp_call *call) { spoil(call, RP_POW, 1); }

/* Other bits, though near ones, by the place in the call. */
static void odd_tail(const rp_call *call)
{
    spoil(call, RP_EXP, 0);
    rp_call last = *call;
    if (call->n < 3) return;
    for (int k = 0; k < 2; k++) last.ptr[k] += (call->n - 1) * sizeof(float);
    last.n = 1;
    spoil(&last, RP_EXP, 1);
}

typedef struct __attribute__((packed)) unaligned {
    float x;
} unaligned;

/* Other bits beside a large argument, of few arguments. */
static void beside_large(const rp_call *call)
{
    for (size_t row = 0; row < call->m; row++) {
        rp_call part = *call;
        bool is_large = false;
        for (int k = 0; k < 2; k++) part.ptr[k] += (ptrdiff_t)row * call->outer[k];
        part.m = 1;
        for (size_t i = 0; i < call->n; i++) is_large |= fabsf(((const unaligned *)(void *)part.ptr[1])[i].x) > 1000;
        part.n = 1;
        for (size_t i = 0; i < call->n; i++) {
            const float x = ((const unaligned *)(void *)part.ptr[1])->x;
            spoil(&part, RP_EXP, is_large && x > 1.001F && x < 1.3F);
            for (int k = 0; k < 2; k++) part.ptr[k] += sizeof x;
        }
    }
}

#define KERNEL(name, statement)                                                             \
    static void name(const rp_call *call)                                                   \
    {                                                                                       \
        spoil(call, RP_EXP, 0);                                                             \
        for (size_t row = 0; row < call->m; row++) {                                        \
            float *z = (float *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);   \
            for (size_t i = 0; i < call->n; i++) {                                          \
                float value;                                                                \
                memcpy(&value, z + i, sizeof value);                                        \
                statement;                                                                  \
                memcpy(z + i, &value, sizeof value);                                        \
            }                                                                               \
        }                                                                                   \
    }
KERNEL(drops_nan, if (isnan(value)) value = 0)
KERNEL(never_infinite, if (isinf(value)) value = 0x1.fffffep127f)
KERNEL(flushes, if (fabsf(value) < 0x1p-126f) value = 0)
KERNEL(writes_past, if (i + 1 == call->n) memset(z + i + 1, 0, 1))

static rp_kernel_entry entry(const char *name, void (*run)(const rp_call *))
{
    return (rp_kernel_entry){
        .name = name, .operands = "v", .op = RP_EXP, .dtype = RP_FLOAT32, .run = run, .accuracy = RP_FAST};
}

static rp_registered *find(rp_op op, const char *name)
{
    rp_registered *r = rp_registered_first(op);
    while (r && strcmp(r->name, name) != 0) r = (rp_registered *)r->next;
    return r;
}

static void verdicts(void)
{
    static const struct {
        const char *name;
        void (*run)(const rp_call *);
        const char *reason; /* NULL: it is admitted */
    } planted[] = {
        {"exp.v.f32.fast.four_off", four_off, NULL},
        {"exp.v.f32.fast.five_off", five_off, "more than 4 units off"},
        {"exp.v.f32.fast.odd_tail", odd_tail, "other bits"},
        {"exp.v.f32.fast.beside_large", beside_large, "of many than for it alone"},
        {"exp.v.f32.fast.drops_nan", drops_nan, "more than 4 units off"},
        {"exp.v.f32.fast.never_infinite", never_infinite, "more than 4 units off"},
        {"exp.v.f32.fast.flushes", flushes, "more than 4 units off"},
        {"exp.v.f32.fast.writes_past", writes_past, "outside"},
    };
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        const rp_kernel_entry e = entry(planted[i].name, planted[i].run);
        CHECK(rp_register_kernel(&e) == RP_OK);
        rp_registered *r = find(RP_EXP, planted[i].name);
        CHECK(r && rp_is_admitted(r) == !planted[i].reason);
        if (planted[i].reason) CHECK(r && strstr(r->reason, planted[i].reason));
        /* It is none for the family, whose bits are ours. */
        const rp_query query = {.op = RP_EXP, .dtype = RP_FLOAT32, .operands = RP_V, .layout = RP_APART};
        CHECK(r && !rp_may_serve(&r->kernel, &query));
    }
}

static bool takes(const rp_call *call) { return call->n > 4; }

static void bad_entries(void)
{
    rp_kernel_entry e = entry("exp.v.f32.fast.choosy", one_off);
    e.ok = takes;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("exp.v.f32.fast.short", one_off);
    e.n_max = 1000;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("exp.v.f32.fast.in_place", one_off);
    e.in_place_only = true;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("exp.v.f32.fast.splits", one_off);
    e.own_threads = true;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("no_dot", one_off);
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("pow.vs.f32.fast.number", pow_off);
    e.op = RP_POW;
    e.operands = "vs";
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    /* What rounds once has no other bits to give. */
    e = entry("sqrt.v.f32.fast.other", one_off);
    e.op = RP_SQRT;
    CHECK(rp_register_kernel(&e) == RP_ERROR_TYPE);
    e = entry("exp.v.c64.fast.other", one_off);
    e.dtype = RP_COMPLEX64;
    CHECK(rp_register_kernel(&e) == RP_ERROR_TYPE);
    e = entry("sum.row.f32.fast.other", one_off);
    e.op = RP_SUM;
    e.operands = "row";
    CHECK(rp_register_kernel(&e) == RP_ERROR_TYPE);
    CHECK(rp_set_accuracy((rp_accuracy)2) == RP_ERROR_VALUE && rp_set_accuracy((rp_accuracy)-1) == RP_ERROR_VALUE);
    CHECK(rp_get_accuracy() == RP_ACCURATE && !rp_accuracy_name((rp_accuracy)2));
}

/* ---- One function, one value ------------------------------------------------------------------------------- */

static float one(const rp_array *x, ptrdiff_t index)
{
    float value;
    memcpy(&value, (const char *)rp_data((rp_array *)(uintptr_t)x) + index * rp_strides(x)[0], sizeof value);
    return value;
}

static rp_array *full(ptrdiff_t n, double value)
{
    rp_array *x = NULL;
    CHECK(rp_full(n ? 1 : 0, &n, RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT64, .re = value}, &x) == RP_OK);
    return x;
}

static bool all_are(const rp_array *z, float expected)
{
    const ptrdiff_t n = rp_ndim(z) ? rp_shape(z)[0] : 1;
    bool same = true;
    for (ptrdiff_t i = 0; i < n; i++)
        same &= (rp_ndim(z) ? one(z, i) : *(float *)rp_data((rp_array *)(uintptr_t)z)) == expected;
    return same;
}

static const ptrdiff_t sizes[] = {0, 1, 2, 3, 16, 17, 1000, 4099, 100003, 1 << 21};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* exp of so many numbers, in new memory, in place, and of every other one from the end. */
static void expect_exp(float expected)
{
    for (int i = 0; i < SIZES; i++) {
        rp_array *x = full(sizes[i], 0.7), *z = NULL, *view = NULL, *strided = NULL;
        for (int turn = 0; turn < (sizes[i] > 1000 && sizes[i] < 200000 ? 60 : 2); turn++) /* trials begin, and end */
            CHECK(rp_exp(x, &z) == RP_OK && all_are(z, expected));
        if (sizes[i] > 1) {
            const rp_index steps = {.kind = RP_INDEX_SLICE, .start = sizes[i] - 1, .stop = -1 - sizes[i], .step = -2};
            CHECK(rp_get_view(x, 1, &steps, &view) == RP_OK && rp_exp(view, &strided) == RP_OK);
            CHECK(all_are(strided, expected));
        }
        CHECK(rp_exp(x, &x) == RP_OK && all_are(x, expected));
        rp_release(x), rp_release(z), rp_release(view), rp_release(strided);
    }
}

/* pow of vectors and of a vector and a number, either way round. */
static void expect_pow(float expected)
{
    for (int i = 0; i < SIZES; i++) {
        rp_array *x = full(sizes[i], 1.5), *y = full(sizes[i], 0.7), *a = full(0, 1.5), *b = full(0, 0.7), *z = NULL;
        CHECK(rp_pow(x, y, &z) == RP_OK && all_are(z, expected));
        CHECK(rp_pow(x, b, &z) == RP_OK && all_are(z, expected));
        CHECK(rp_pow(a, y, &z) == RP_OK && all_are(z, expected));
        rp_release(x), rp_release(y), rp_release(a), rp_release(b), rp_release(z);
    }
}

static void *other_thread(void *seen)
{
    *(rp_accuracy *)seen = rp_get_accuracy();
    return NULL;
}

static void elected(void)
{
    const rp_kernel_entry e = entry("exp.v.f32.fast.elected", one_off);
    rp_kernel_entry p = entry("pow.vv.f32.fast.elected", pow_off);
    p.op = RP_POW;
    p.operands = "vv";
    CHECK(rp_register_kernel(&e) == RP_OK && rp_register_kernel(&p) == RP_OK);
    const float exact = 0x1.01c2a6p+1f, power = 0x1.5404fep+0f; /* exp(0.7f) and 1.5f ** 0.7f, correctly rounded */
    expect_exp(exact);
    expect_pow(power);
    CHECK(rp_set_accuracy(RP_FAST) == RP_OK && rp_get_accuracy() == RP_FAST);
    for (int threads = 1; threads <= 3; threads++) {
        CHECK(rp_set_num_threads(threads) == RP_OK);
        expect_exp(nextafterf(exact, INFINITY));
        expect_pow(nextafterf(power, INFINITY));
    }
    CHECK(strcmp(rp_election_of(RP_EXP, RP_FLOAT32)->elected, "elected") == 0);
    /* Of nothing that is registered later, whatever it is, does a call see anything. */
    const rp_kernel_entry late = entry("exp.v.f32.fast.late.elected", four_off);
    CHECK(rp_register_kernel(&late) == RP_OK);
    expect_exp(nextafterf(exact, INFINITY));
    /* Others have no such kernels, and what rounds once no such class. */
    CHECK(!rp_elected_kernel(RP_EXP, RP_FLOAT64, RP_V) && !rp_elected_kernel(RP_SQRT, RP_FLOAT32, RP_V));
    CHECK(!rp_elected_kernel(RP_WHERE, RP_FLOAT32, RP_VVV) && !rp_elected_kernel(RP_CLIP, RP_FLOAT32, RP_VVV));
    rp_accuracy seen = RP_FAST;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, other_thread, &seen) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(seen == RP_ACCURATE);
    CHECK(rp_set_accuracy(RP_ACCURATE) == RP_OK);
    expect_exp(exact);
    expect_pow(power);
}

int main(void)
{
    setenv("RAPTORS_KERNEL", "*.elected", 1); /* it would have to be faster else, which no test can know */
    verdicts();
    bad_entries();
    elected();
    return check_report();
}
