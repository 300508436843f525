/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Kernels of one's own: right ones are admitted and give the right bits, planted faults are refused, and results stay
 * right whatever was registered.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "check.h"
#include "choose/admit.h"
#include "choose/candidates.h"
#include "choose/measure.h"
#include "runtime/runtime.h"

#define KERNEL(name, statement)                                                        \
    static void name(const rp_call *call)                                              \
    {                                                                                  \
        for (size_t row = 0; row < call->m; row++) {                                   \
            rp_call c = *call;                                                         \
            for (int k = 0; k < 3; k++) c.ptr[k] += (ptrdiff_t)row * call->outer[k];   \
            float number;                                                              \
            memcpy(&number, c.ptr[2], sizeof number);                                  \
            for (size_t i = 0; i < c.n; i++) {                                         \
                float x, z;                                                            \
                memcpy(&x, c.ptr[1] + i * sizeof x, sizeof x);                         \
                z = x * number;                                                        \
                statement;                                                             \
                memcpy(c.ptr[0] + i * sizeof z, &z, sizeof z);                         \
            }                                                                          \
        }                                                                              \
    }

KERNEL(right, (void)z)
KERNEL(wrong_tail, if (c.n == 61 && i == 60) z += 1)
KERNEL(drops_nan, if (isnan(x)) z = 0)
KERNEL(blas_zero, if (number == 0) z = 0)
KERNEL(sign_of_zero, if (z == 0) z = 0)
KERNEL(writes_past, if (i + 1 == c.n) memset(c.ptr[0] + 4 * c.n, 0, 1))
KERNEL(writes_before, if (i == 0) c.ptr[0][-1] = 0)

static rp_registered *find_of(rp_op op, const char *name)
{
    rp_registered *r = rp_registered_first(op);
    while (r && strcmp(r->name, name) != 0) r = (rp_registered *)r->next;
    return r;
}

static rp_registered *find(const char *name) { return find_of(RP_MULTIPLY, name); }

static rp_kernel_entry entry(const char *name, void (*run)(const rp_call *))
{
    return (rp_kernel_entry){.name = name, .operands = "vs", .op = RP_MULTIPLY, .dtype = RP_FLOAT32, .run = run};
}

static void verdicts(void)
{
    static const struct {
        const char *name;
        void (*run)(const rp_call *);
        bool admitted;
        const char *reason;
    } planted[] = {
        {"multiply.vs.f32.right", right, true, ""},
        {"multiply.vs.f32.wrong_tail", wrong_tail, false, "60 of 61"},
        {"multiply.vs.f32.drops_nan", drops_nan, false, "other bits"},
        {"multiply.vs.f32.blas_zero", blas_zero, false, "other bits"},
        {"multiply.vs.f32.sign_of_zero", sign_of_zero, false, "other bits"},
        {"multiply.vs.f32.writes_past", writes_past, false, "outside"},
        {"multiply.vs.f32.writes_before", writes_before, false, "outside"},
    };
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        const rp_kernel_entry e = entry(planted[i].name, planted[i].run);
        CHECK(rp_register_kernel(&e) == RP_OK);
        rp_registered *r = find(planted[i].name);
        CHECK(r && rp_is_admitted(r) == planted[i].admitted && strstr(r->reason, planted[i].reason));
    }
}

/* ---- Mathematical functions -------------------------------------------------------------------------------- */

/* exp as ours has it, but `units` of the last place more for one result of `one_in`. */
static void spoilt_exp(const rp_call *call, rp_dtype dtype, int units, unsigned one_in)
{
    const size_t size = rp_dtype_size(dtype);
    rp_context_get()->default_kernel[RP_EXP][dtype][RP_V]->run(call);
    for (size_t j = 0; j < call->n * call->m; j++) {
        char *z = call->ptr[0] + j % call->n * size + (ptrdiff_t)(j / call->n) * call->outer[0];
        uint64_t bits = 0;
        memcpy(&bits, z, size);
        const double result = rp_get_real(z, size);
        if (!(result > 0) || isinf(result) || bits * 0x9e3779b97f4a7c15u >> 32 > UINT32_MAX / one_in) continue;
        bits += (uint64_t)units;
        memcpy(z, &bits, size);
    }
}
static void exact_f64(const rp_call *call) { spoilt_exp(call, RP_FLOAT64, 0, 1); }
static void two_off_f64(const rp_call *call) { spoilt_exp(call, RP_FLOAT64, 2, 1); }
static void seldom_f64(const rp_call *call) { spoilt_exp(call, RP_FLOAT64, 2, 300); }
static void seldom_f32(const rp_call *call) { spoilt_exp(call, RP_FLOAT32, 1, 300); }
static void seldom_f16(const rp_call *call) { spoilt_exp(call, RP_FLOAT16, 1, 300); }

/* Equal bits are what every kernel promises that may stand in for ours: one that is 1 ULP or 2 off is none of them, however
 * seldom that is. */
static void mathematical(void)
{
    static const struct {
        const char *name;
        rp_dtype dtype;
        void (*run)(const rp_call *);
        bool admitted;
    } planted[] = {
        {"exp.v.f64.exact", RP_FLOAT64, exact_f64, true},    {"exp.v.f64.two_off", RP_FLOAT64, two_off_f64, false},
        {"exp.v.f64.seldom", RP_FLOAT64, seldom_f64, false}, {"exp.v.f32.seldom", RP_FLOAT32, seldom_f32, false},
        {"exp.v.f16.seldom", RP_FLOAT16, seldom_f16, false},
    };
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        const rp_kernel_entry e = {
            .name = planted[i].name, .operands = "v", .op = RP_EXP, .dtype = planted[i].dtype, .run = planted[i].run};
        CHECK(rp_register_kernel(&e) == RP_OK);
        rp_registered *r = find_of(RP_EXP, planted[i].name);
        CHECK(r && rp_is_admitted(r) == planted[i].admitted);
        CHECK(r && (planted[i].admitted || strstr(r->reason, "other bits")));
    }
}

/* Enough calls that every admitted candidate has had its turn. */
static void results(void)
{
    enum { N = 100003 };
    rp_array *x = NULL, *number = NULL, *z = NULL;
    CHECK(rp_full(SHAPE(100003), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 3}, &x) == RP_OK);
    CHECK(rp_full(0, NULL, RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 0.5}, &number) == RP_OK);
    bool good = true;
    for (int i = 0; i < 200; i++) {
        rp_measure_credit(1); /* whatever is still to be tried can be paid for */
        good = rp_multiply(x, number, &z) == RP_OK && good;
        const float *data = rp_data(z);
        for (size_t k = 0; k < N; k++) good &= data[k] == 1.5f;
        memset(rp_data(z), 0, N * sizeof *data);
    }
    CHECK(good);
    rp_release(x), rp_release(number), rp_release(z);
}

/* Whatever this build has passes its own trial, under another name; and how long that takes. */
static void our_own(void)
{
    static const char *const operands[] = {[RP_V] = "v", [RP_VV] = "vv", [RP_VS] = "vs", [RP_SV] = "sv"};
    double all = 0, longest = 0;
    int count = 0;
    for (int op = 0; op < RP_OP_COUNT; op++) {
        const double start = rp_os_seconds();
        for (int i = 0; i < RP_DTYPE_COUNT * (RP_SV + 1); i++) {
            const int dtype = i / (RP_SV + 1), shape = i % (RP_SV + 1);
            const rp_kernel *kernel = rp_context_get()->default_kernel[op][dtype][shape];
            char name[96];
            snprintf(name, sizeof name, "%s.%s.%d.again", rp_op_name((rp_op)op), operands[shape], dtype);
            const rp_kernel_entry e = {.name = name,
                                       .operands = operands[shape],
                                       .op = (rp_op)op,
                                       .dtype = (rp_dtype)dtype,
                                       .run = kernel ? kernel->run : NULL};
            if (!kernel || rp_register_kernel(&e) != RP_OK) continue;
            rp_registered *r = rp_registered_first((rp_op)op);
            count++;
            if (rp_is_admitted(r)) continue;
            fprintf(stderr, "%s: %s\n", kernel->name, r->reason);
            CHECK(false);
        }
        all += rp_os_seconds() - start;
        longest = fmax(longest, rp_os_seconds() - start);
    }
    CHECK(count > 1000);
    printf("%d kernels tried in %.0f ms, those of one operation with all its types in at most %.0f\n", count, 1e3 * all,
           1e3 * longest);
}

/* ---- Reductions -------------------------------------------------------------------------------------------- */

#define ROWS(name, statement)                                                           \
    static atomic_int name##_ran;                                                       \
    static void name(const rp_call *call)                                               \
    {                                                                                   \
        name##_ran++;                                                                   \
        for (size_t row = 0; row < call->m; row++) {                                    \
            float z = 0, x;                                                             \
            for (size_t i = call->n; i-- > 0;) {                                        \
                memcpy(&x, call->ptr[1] + row * call->outer[1] + i * sizeof x, sizeof x); \
                z += x;                                                                 \
            }                                                                           \
            statement;                                                                  \
            memcpy(call->ptr[0] + row * call->outer[0], &z, sizeof z);                  \
        }                                                                               \
    }
ROWS(from_its_end, (void)z)
ROWS(not_asked_for, (void)z)
ROWS(inexact, z *= 1.0001F)
ROWS(without_nan, z = isnan(z) ? 0 : z)
ROWS(flushes, z = fabsf(z) < 0x1p-126F ? 0 : z)
ROWS(drops_last, if (call->n == 67) z -= x)
ROWS(one_row, if (row) break)
ROWS(behind, memset(call->ptr[0] + row * call->outer[0] + 4, 0, 1))

static void reductions(void)
{
    static const struct {
        const char *name;
        void (*run)(const rp_call *);
        bool admitted;
    } planted[] = {
        {"sum.row.f32.from_its_end", from_its_end, true}, {"sum.row.f32.not_asked_for", not_asked_for, true},
        {"sum.row.f32.inexact", inexact, false},          {"sum.row.f32.without_nan", without_nan, false},
        {"sum.row.f32.flushes", flushes, false},          {"sum.row.f32.drops_last", drops_last, false},
        {"sum.row.f32.one_row", one_row, false},          {"sum.row.f32.behind", behind, false},
    };
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        const rp_kernel_entry e = {
            .name = planted[i].name, .operands = "row", .op = RP_SUM, .dtype = RP_FLOAT32, .run = planted[i].run};
        CHECK(rp_register_kernel(&e) == RP_OK);
        rp_registered *r = find_of(RP_SUM, planted[i].name);
        CHECK(r && rp_is_admitted(r) == planted[i].admitted && (planted[i].admitted == !*r->reason));
    }
    from_its_end_ran = not_asked_for_ran = 0;
    rp_array *x = NULL, *sum = NULL, *mean = NULL;
    CHECK(rp_full(SHAPE(1 << 18), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 3}, &x) == RP_OK);
    bool good = true;
    for (int i = 0; i < 200; i++) {
        rp_measure_credit(1); /* whatever is still to be tried can be paid for */
        good = rp_sum(x, 0, NULL, false, &sum) == RP_OK && *(float *)rp_data(sum) == 3 << 18 && good;
        good = rp_mean(x, 0, NULL, false, &mean) == RP_OK && *(float *)rp_data(mean) == 3 && good;
    }
    CHECK(good && from_its_end_ran > 0 && not_asked_for_ran == 0);
    rp_release(x), rp_release(sum), rp_release(mean);
}

/* ---- Threads of its own ------------------------------------------------------------------------------------ */

static _Atomic size_t shortest_row;

static void splits(const rp_call *call)
{
    if (call->n < shortest_row) shortest_row = call->n;
    right(call);
}

static void own_threads(void)
{
    enum { N = 1 << 21 };
    rp_kernel_entry e = entry("multiply.sv.f32.splits", splits);
    e.own_threads = true;
    e.operands = "sv";
    e.run = right; /* takes its number behind the vector */
    CHECK(rp_register_kernel(&e) == RP_OK && !rp_is_admitted(find("multiply.sv.f32.splits")));
    e = entry("multiply.vs.f32.splits", splits);
    e.own_threads = true;
    CHECK(rp_register_kernel(&e) == RP_OK && rp_is_admitted(find("multiply.vs.f32.splits")));
    rp_array *x = NULL, *number = NULL, *z = NULL;
    CHECK(rp_full(SHAPE(N), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 3}, &x) == RP_OK);
    CHECK(rp_full(0, NULL, RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 0.5}, &number) == RP_OK);
    rp_query query;
    rp_site *site;
    for (int variants = 0; variants < 2; variants++) {
        int tried = 0;
        CHECK(rp_multiply(x, number, &z) == RP_OK);
        site = rp_latest_site(&query);
        CHECK(site && rp_trial_ensure(site, &query));
        for (int i = 0; i < site->trial->count; i++) {
            if (site->trial->candidate[i].kernel->run != splits) continue;
            tried++;
            shortest_row = N;
            CHECK(rp_site_hold(site, i) && rp_multiply(x, number, &z) == RP_OK && shortest_row == N);
            CHECK(((float *)rp_data(z))[N - 1] == 1.5F);
        }
        rp_site_hold(site, -1);
        CHECK(tried == (variants && query.may_thread));
        rp_candidates_with_variants(); /* for the trial of the next site: */
        rp_release(z);
        z = NULL;
        CHECK(rp_set_num_threads(2) == RP_OK);
        rp_release(x);
        x = NULL;
        CHECK(rp_full(SHAPE(2 * N), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 3}, &x) == RP_OK);
    }
    rp_release(x), rp_release(number);
}

static void bad_entries(void)
{
    rp_kernel_entry e = entry("multiply.vs.f32.other", right);
    CHECK(rp_register_kernel(NULL) == RP_ERROR_VALUE);
    e.run = NULL;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry(NULL, right);
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    static const char *const no_words[] = {"",
                                           "multiply.vs.f32.my own",
                                           " multiply.vs.f32.own",
                                           "multiply.vs.f32.own\n",
                                           "multiply\t.own",
                                           "multiply.vs.f32.\x1b[2J",
                                           "multiply.vs.f32.\xc3\xb6\x7f"};
    for (size_t i = 0; i < sizeof no_words / sizeof *no_words; i++) {
        e = entry(no_words[i], right);
        CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE && message_has("visible") && !find(no_words[i]));
    }
    e = entry("multiply.vs.f32.right", right);
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE && message_has("right"));
    e = entry("multiply.vs.f32.avx2", right);
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("multiply.v.f32.other", right);
    e.operands = "v";
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry("multiply.vs.none.other", right);
    e.dtype = (rp_dtype)99;
    CHECK(rp_register_kernel(&e) == RP_ERROR_TYPE);
    e = entry("sum.v.f32.other", right);
    e.op = RP_SUM;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e.operands = "row";
    e.dtype = RP_COMPLEX64;
    CHECK(rp_register_kernel(&e) == RP_ERROR_TYPE);
    e.dtype = RP_FLOAT32;
    e.op = RP_ANY;
    CHECK(rp_register_kernel(&e) == RP_ERROR_TYPE);
    e.op = RP_MULTIPLY;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e.op = (rp_op)-1;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
}

int main(void)
{
    setenv("RAPTORS_REDUCTIONS", "*.from_its_end", 1);
    verdicts();
    mathematical();
    results();
    reductions();
    own_threads();
    bad_entries();
    our_own();
    return check_report();
}
