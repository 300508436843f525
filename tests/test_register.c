/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Kernels of one's own: right ones are admitted and give the right bits, planted faults are refused, and results stay
 * right whatever was registered.
 */
#include <math.h>
#include <string.h>

#include "arrays.h"
#include "check.h"
#include "choose/measure.h"

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

static rp_registered *find(const char *name)
{
    rp_registered *r = rp_registered_first(RP_MULTIPLY);
    while (r && strcmp(r->name, name) != 0) r = (rp_registered *)r->next;
    return r;
}

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

/* Enough calls that every admitted candidate has had its turn. */
static void results(void)
{
    enum { N = 100003 };
    rp_array *x = NULL, *number = NULL, *z = NULL;
    CHECK(rp_full(SHAPE(100003), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 3}, &x) == RP_OK);
    CHECK(rp_full(0, NULL, RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = 0.5}, &number) == RP_OK);
    bool good = true;
    for (int i = 0; i < 200; i++) {
        good = rp_multiply(x, number, &z) == RP_OK && good;
        const float *data = rp_data(z);
        for (size_t k = 0; k < N; k++) good &= data[k] == 1.5f;
        memset(rp_data(z), 0, N * sizeof *data);
    }
    CHECK(good);
    rp_release(x), rp_release(number), rp_release(z);
}

static void bad_entries(void)
{
    rp_kernel_entry e = entry("multiply.vs.f32.other", right);
    CHECK(rp_register_kernel(NULL) == RP_ERROR_VALUE);
    e.run = NULL;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
    e = entry(NULL, right);
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
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
    e.op = (rp_op)-1;
    CHECK(rp_register_kernel(&e) == RP_ERROR_VALUE);
}

int main(void)
{
    verdicts();
    results();
    bad_entries();
    return check_report();
}
