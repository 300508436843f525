/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The contract of registered kernels: one that says no to a call, by `ok` or `n_max`, never sees a part of it, whether it is
 * held by name, held at its site, on trial, or the winner; what stands in gives right values in every layout. The kernels
 * here count what they should never have been given.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arrays.h"
#include "check.h"
#include "choose/measure.h"

static atomic_int runs, faults;

static bool is_aligned(const rp_call *call)
{
    size_t bits = 0;
    for (int k = 0; k < 3; k++) bits |= (size_t)call->ptr[k] | (size_t)call->inner[k] | (size_t)call->outer[k];
    return bits % sizeof(float) == 0;
}

static float at(const rp_call *call, int k, size_t row, size_t i)
{
    float x;
    memcpy(&x, call->ptr[k] + (ptrdiff_t)row * call->outer[k] + (ptrdiff_t)i * call->inner[k], sizeof x);
    return x;
}

static void multiply(const rp_call *call)
{
    runs++;
    for (size_t row = 0; row < call->m; row++) {
        for (size_t i = 0; i < call->n; i++) {
            const float z = at(call, 1, row, i) * at(call, 2, row, i);
            memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0] + (ptrdiff_t)i * call->inner[0], &z, sizeof z);
        }
    }
}

static void aligned_alone(const rp_call *call)
{
    faults += !is_aligned(call);
    multiply(call);
}

enum { MOST = 1000 };
static void short_alone(const rp_call *call)
{
    faults += call->n > MOST;
    multiply(call);
}

static bool number_is_not_half(const rp_call *call) { return at(call, 2, 0, 0) != 0.5F; }
static void not_half(const rp_call *call)
{
    for (size_t row = 0; row < call->m; row++) faults += at(call, 2, row, 0) == 0.5F;
    multiply(call);
}

static bool is_over_x(const rp_call *call) { return call->ptr[0] == call->ptr[1]; }
static void over_x(const rp_call *call)
{
    faults += !is_over_x(call);
    multiply(call);
}

static void short_sum(const rp_call *call)
{
    runs++;
    faults += call->n > MOST;
    for (size_t row = 0; row < call->m; row++) {
        float z = 0;
        for (size_t i = 0; i < call->n; i++) z += at(call, 1, row, i);
        memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0], &z, sizeof z);
    }
}

static void ignores_rows(const rp_call *call)
{
    rp_call first = *call;
    first.m = 1;
    multiply(&first);
}

static void add_kernels(void)
{
    const rp_kernel_entry entries[] = {
        {.name = "multiply.vv.f32.aligned.mine",
         .operands = "vv",
         .op = RP_MULTIPLY,
         .strided = true,
         .ok = is_aligned,
         .run = aligned_alone},
        {.name = "multiply.vv.f32.over.mine", .operands = "vv", .op = RP_MULTIPLY, .ok = is_over_x, .run = over_x},
        {.name = "multiply.vv.f32.short.mine",
         .operands = "vv",
         .op = RP_MULTIPLY,
         .strided = true,
         .n_max = MOST,
         .run = short_alone},
        {.name = "multiply.vs.f32.short.mine", .operands = "vs", .op = RP_MULTIPLY, .n_max = MOST, .run = short_alone},
        {.name = "multiply.vs.f32.not_half.mine",
         .operands = "vs",
         .op = RP_MULTIPLY,
         .strided = true,
         .ok = number_is_not_half,
         .run = not_half},
        {.name = "sum.row.f32.short.mine", .operands = "row", .op = RP_SUM, .n_max = MOST, .run = short_sum},
    };
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        rp_kernel_entry e = entries[i];
        e.dtype = RP_FLOAT32;
        CHECK(rp_register_kernel(&e) == RP_OK);
        CHECK(rp_is_admitted(rp_registered_first(e.op)));
    }
    const rp_kernel_entry wrong = {.name = "multiply.vs.f32.rows.mine",
                                   .operands = "vs",
                                   .op = RP_MULTIPLY,
                                   .dtype = RP_FLOAT32,
                                   .run = ignores_rows};
    CHECK(rp_register_kernel(&wrong) == RP_OK && !rp_is_admitted(rp_registered_first(RP_MULTIPLY)));
    CHECK(strstr(rp_registered_first(RP_MULTIPLY)->reason, "another row"));
    faults = 0; /* admission asks too, but not with longer rows than were said */
}

/* ---- Calls ------------------------------------------------------------------------------------------------- */

/* An operand: lengths and byte strides of three axes, and its place behind an aligned one. */
typedef struct lie {
    ptrdiff_t shape[3], strides[3], offset;
} lie;

typedef struct call_case {
    const char *what;
    rp_op op;
    lie x, y; /* y: of a product; of no length: x again */
    bool in_place;
} call_case;

static const call_case cases[] = {
    {"gaps", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 8}, 0}, {{0}, {0}, 0}, false},
    {"gaps, odd addresses", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 8}, 1}, {{0}, {0}, 0}, false},
    {"odd gaps", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 7}, 0}, {{1, 1, 30000}, {0, 0, 8}, 0}, false},
    {"odd addresses", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 4}, 2}, {{1, 1, 30000}, {0, 0, 4}, 0}, false},
    {"odd rows", RP_MULTIPLY, {{1, 100, 300}, {0, 1201, 4}, 0}, {{0}, {0}, 0}, false},
    {"odd planes", RP_MULTIPLY, {{3, 100, 100}, {80003, 800, 4}, 0}, {{0}, {0}, 0}, false},
    {"planes", RP_MULTIPLY, {{3, 100, 100}, {80004, 800, 4}, 0}, {{0}, {0}, 0}, false},
    {"transposed", RP_MULTIPLY, {{1, 200, 200}, {0, 4, 800}, 1}, {{1, 200, 200}, {0, 800, 4}, 0}, false},
    {"short rows", RP_MULTIPLY, {{1, 300, 900}, {0, 4000, 4}, 0}, {{0}, {0}, 0}, false},
    {"long rows", RP_MULTIPLY, {{1, 30, 1100}, {0, 5000, 4}, 0}, {{0}, {0}, 0}, false},
    {"number 2", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 4}, 0}, {{1, 1, 1}, {0, 0, 4}, 0}, false},
    {"number one half", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 4}, 0}, {{1, 1, 1}, {0, 0, 4}, 4}, false},
    {"numbers by row", RP_MULTIPLY, {{1, 300, 900}, {0, 4000, 4}, 0}, {{1, 300, 1}, {0, 4, 4}, 0}, false},
    {"numbers by plane", RP_MULTIPLY, {{30, 10, 900}, {44000, 4000, 4}, 0}, {{30, 1, 1}, {4, 4, 4}, 0}, false},
    {"over x", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 4}, 0}, {{1, 1, 30000}, {0, 0, 4}, 0}, true},
    {"over x, with gaps", RP_MULTIPLY, {{1, 1, 30000}, {0, 0, 8}, 0}, {{1, 1, 30000}, {0, 0, 8}, 0}, true},
    {"over x, short rows", RP_MULTIPLY, {{1, 300, 30}, {0, 240, 4}, 0}, {{1, 300, 1}, {0, 4, 4}, 0}, true},
    {"rows of numbers, short", RP_SUM, {{1, 300, 900}, {0, 4000, 4}, 0}, {{0}, {0}, 0}, false},
    {"rows of numbers, long", RP_SUM, {{1, 300, 1100}, {0, 5000, 4}, 0}, {{0}, {0}, 0}, false},
};

enum { BYTES = 2000000 };
static char memory[2][BYTES + 8];

static rp_array *wrap(const lie *l, int k)
{
    rp_array *array = NULL;
    CHECK(rp_wrap(memory[k] + l->offset, RP_FLOAT32, 3, l->shape, l->strides, false, NULL, NULL, &array) == RP_OK);
    return array;
}

/* Elements 1, 2, ... 7 again and again; those of the second operand 2, 0.5, 2, 0.5, ... */
static float element(int k, ptrdiff_t i) { return k ? (i % 2 ? 0.5F : 2) : (float)(1 + i % 7); }

static ptrdiff_t place(const lie *l, ptrdiff_t plane, ptrdiff_t row, ptrdiff_t column)
{
    return (l->shape[0] == 1 ? 0 : plane * l->strides[0]) + (l->shape[1] == 1 ? 0 : row * l->strides[1]) +
           (l->shape[2] == 1 ? 0 : column * l->strides[2]);
}

static ptrdiff_t number_of(const lie *l, ptrdiff_t plane, ptrdiff_t row, ptrdiff_t column)
{
    plane = l->shape[0] == 1 ? 0 : plane, row = l->shape[1] == 1 ? 0 : row, column = l->shape[2] == 1 ? 0 : column;
    return (plane * l->shape[1] + row) * l->shape[2] + column;
}

static void fill(const lie *l, int k)
{
    for (ptrdiff_t i = 0; i < l->shape[0] * l->shape[1] * l->shape[2]; i++) {
        const ptrdiff_t column = i % l->shape[2], row = i / l->shape[2] % l->shape[1];
        const float x = element(k, i + (k && l->offset ? 1 : 0));
        memcpy(memory[k] + l->offset + place(l, i / l->shape[2] / l->shape[1], row, column), &x, sizeof x);
    }
}

static bool run_case(const call_case *c)
{
    const bool square = c->y.shape[0] == 0;
    fill(&c->x, 0);
    if (!square) fill(&c->y, 1);
    rp_array *x = wrap(&c->x, 0), *y = square ? rp_retain(x) : wrap(&c->y, 1), *z = c->in_place ? rp_retain(x) : NULL;
    const int last = 2;
    CHECK((c->op == RP_SUM ? rp_sum(x, 1, &last, false, &z) : rp_multiply(x, y, &z)) == RP_OK);
    bool right = true;
    const ptrdiff_t *shape = c->x.shape;
    for (ptrdiff_t plane = 0; plane < shape[0]; plane++) {
        for (ptrdiff_t row = 0; row < shape[1]; row++) {
            float sum = 0;
            for (ptrdiff_t column = 0; column < shape[2]; column++) {
                const float a = element(0, number_of(&c->x, plane, row, column));
                const float b = square ? a : element(1, number_of(&c->y, plane, row, column) + (c->y.offset ? 1 : 0));
                sum += a;
                if (c->op != RP_SUM)
                    right &=
                        load_part(RP_FLOAT32, element_at(z, number_of(&c->x, plane, row, column))) == (double)(a * b);
            }
            if (c->op == RP_SUM) right &= load_part(RP_FLOAT32, element_at(z, plane * shape[1] + row)) == (double)sum;
        }
    }
    if (!right || faults) fprintf(stderr, "%s: %s\n", c->what, right ? "a kernel saw what it refuses" : "wrong");
    rp_release(x), rp_release(y), rp_release(z);
    return right && !faults;
}

enum { CASES = sizeof cases / sizeof *cases };

/* Every candidate of a call's site is held while others of the calls are made too, which may share the site. */
static void held_at_its_site(void)
{
    for (int i = 0; i < CASES; i++) {
        rp_query query;
        CHECK(run_case(&cases[i]));
        rp_site *site = rp_latest_site(&query);
        CHECK(site && rp_trial_ensure(site, &query));
        for (int candidate = 0; rp_site_hold(site, candidate); candidate++) {
            CHECK(run_case(&cases[i]));
            for (int other = candidate % 3; other < CASES; other += 3) CHECK(run_case(&cases[other]));
        }
        CHECK(rp_site_hold(site, -1));
    }
}

static void on_trial(void)
{
    for (int turn = 0; turn < 60; turn++) {
        rp_measure_credit(1); /* whatever is still to be tried can be paid for */
        for (int i = 0; i < CASES; i++) CHECK(run_case(&cases[i]));
    }
}

/* Which of the cases kernels of `name` run, in a child that holds all calls to them. */
static int held_by_name(const char *name, const char *what)
{
    const pid_t child = fork();
    if (child == 0) {
        setenv("RAPTORS_KERNEL", name, 1);
        add_kernels();
        for (int i = 0; i < CASES; i++) {
            runs = 0;
            CHECK(run_case(&cases[i]));
            if (strcmp(cases[i].what, what) == 0) _exit(check_report() ? 2 : runs > 0);
        }
        _exit(3);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

int main(void)
{
    setenv("RAPTORS_PROFILE", "off", 1);
    setenv("RAPTORS_REDUCTIONS", "*.mine", 1);
    CHECK(held_by_name("*.aligned.mine", "gaps") == 1);
    CHECK(held_by_name("*.aligned.mine", "gaps, odd addresses") == 0);
    CHECK(held_by_name("*.aligned.mine", "odd gaps") == 0);
    CHECK(held_by_name("*.aligned.mine", "odd addresses") == 0);
    CHECK(held_by_name("*.aligned.mine", "odd rows") == 0);
    CHECK(held_by_name("*.aligned.mine", "odd planes") == 0);
    CHECK(held_by_name("*.aligned.mine", "transposed") == 0);
    CHECK(held_by_name("*.over.mine", "over x") == 1);
    CHECK(held_by_name("*.over.mine", "over x, with gaps") == 0); /* would be packed into two blocks */
    CHECK(held_by_name("*.over.mine", "over x, short rows") == 0);
    CHECK(held_by_name("*.over.mine", "gaps") == 0);
    CHECK(held_by_name("*.vv.*.short.mine", "short rows") == 1);
    CHECK(held_by_name("*.vv.*.short.mine", "long rows") == 0);
    CHECK(held_by_name("*.not_half.mine", "number 2") == 1);
    CHECK(held_by_name("*.not_half.mine", "number one half") == 0);
    CHECK(held_by_name("*.not_half.mine", "numbers by row") == 0);
    CHECK(held_by_name("*.not_half.mine", "numbers by plane") == 0);
    CHECK(held_by_name("sum.*.mine", "rows of numbers, short") == 1);
    CHECK(held_by_name("sum.*.mine", "rows of numbers, long") == 0);
    add_kernels();
    held_at_its_site();
    on_trial();
    return check_report();
}
