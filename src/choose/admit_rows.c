/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Admission of reductions that add up in an order of their own (RP_ANY_ORDER): within the rounding errors of any order,
 * NaN and infinite where the reference is, exact on subnormals, and not a byte outside.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "choose/admit.h"
#include "kernels/reference.h"

enum {
    TAILS = 67,    /* every length up to four of the widest vectors and a tail; then */
    LONGEST = 999, /* one that loops, and pairs, and has a tail */
    ROWS = 3,
    MARGIN = 64,
    CANARY = 0x5c,
    ROOM = 2 * MARGIN + ROWS * (LONGEST + 1) * (int)sizeof(double)
};

/* What the elements of a trial are: each but the first has one or two among ordinary ones. */
typedef enum filling { ORDINARY, WITH_NAN, WITH_INFINITY, WITH_BOTH_INFINITIES, SUBNORMAL, FILLINGS } filling;

typedef struct operands {
    _Alignas(64) char from[ROOM], to[2 * MARGIN + 2 * ROWS * (int)sizeof(double)];
    rp_call call;
} operands;

/* Near 1 and of both signs, so that neither sums nor products of many overflow. */
static double value(rp_dtype dtype, filling what, size_t i, size_t n, size_t row)
{
    const size_t place = (5 * n + 3 * row) % n;
    const bool is_place = i == place, is_next = i == (place + 1) % n;
    if (what == SUBNORMAL) return (double)(1 + i % 7) * (dtype == RP_FLOAT32 ? 0x1p-149 : 0x1p-1074);
    if (what == WITH_NAN && is_place) return (double)NAN;
    if (what >= WITH_INFINITY && is_place) return (double)INFINITY;
    if (what == WITH_BOTH_INFINITIES && is_next) return -(double)INFINITY;
    return (i % 3 ? 1 : -1) * (1 + 0.1 * (double)((i + row) % 11) / 11);
}

static void lay_out(const rp_kernel *kernel, filling what, size_t n, operands *o)
{
    const rp_dtype dtype = (rp_dtype)kernel->dtype;
    const size_t size = rp_dtype_size(dtype), step = (n + 1) * size; /* a gap between the rows */
    memset(o, CANARY, sizeof *o);
    o->call = (rp_call){.ptr = {o->to + MARGIN, o->from + MARGIN + (n % 3 ? n % 16 : 0)},
                        .inner = {0, (ptrdiff_t)size},
                        .outer = {2 * (ptrdiff_t)size, (ptrdiff_t)step},
                        .n = n,
                        .m = ROWS,
                        .data = kernel->data};
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t i = 0; i < n; i++)
            rp_put_real(dtype, o->call.ptr[1] + row * step + i * size, value(dtype, what, i, n, row));
    }
}

/* The largest error that any order of n additions, or multiplications, may make: Higham, Accuracy and Stability of
 * Numerical Algorithms, 4.2 and 3.1. What is compared has no error. By name, since each bound is a theorem on that operation. */
static double allowance(const rp_kernel *kernel, const rp_call *call, size_t row, double want)
{
    const rp_dtype dtype = (rp_dtype)kernel->dtype;
    const double unit = dtype == RP_FLOAT32 ? (double)FLT_EPSILON : DBL_EPSILON;
    double sum = 0;
    for (size_t i = 0; i < call->n; i++) {
        const char *element = call->ptr[1] + (ptrdiff_t)row * call->outer[1] + (ptrdiff_t)i * call->inner[1];
        sum += fabs(rp_get_real(element, rp_dtype_size(dtype)));
    }
    return kernel->op == RP_SUM    ? unit * (double)call->n * sum
           : kernel->op == RP_PROD ? unit * (double)call->n * fabs(want)
                                   : 0;
}

static bool passes(rp_registered *r, filling what, size_t n, bool *tried)
{
    static operands got, want; /* under the lock of rp_is_admitted, or in a child */
    const rp_kernel *kernel = &r->kernel;
    const rp_dtype dtype = (rp_dtype)kernel->dtype;
    const size_t size = rp_dtype_size(dtype);
    lay_out(kernel, what, n, &got);
    if (!rp_kernel_takes_form(kernel, &got.call)) return true;
    *tried = true;
    lay_out(kernel, what, n, &want);
    kernel->run(&got.call);
    rp_reference((rp_op)kernel->op, dtype, (rp_dtype)kernel->to, RP_ROW, &want.call);
    for (size_t row = 0; row < ROWS; row++) {
        char *a = got.call.ptr[0] + (ptrdiff_t)row * got.call.outer[0];
        const char *b = want.call.ptr[0] + (ptrdiff_t)row * want.call.outer[0];
        const double x = rp_get_real(a, size), y = rp_get_real(b, size);
        const bool same = x == y || (isnan(x) && isnan(y));
        if (!same && !(fabs(x - y) <= allowance(kernel, &want.call, row, y))) {
            snprintf(r->reason, sizeof r->reason, "%g for a row of %zu elements, which is %g", x, n, y);
            return false;
        }
        memcpy(a, b, size);
    }
    if (memcmp(got.to, want.to, sizeof got.to) == 0 && memcmp(got.from, want.from, sizeof got.from) == 0) return true;
    snprintf(r->reason, sizeof r->reason, "writes outside its result for a row of %zu elements", n);
    return false;
}

rp_verdict rp_try_rows(rp_registered *r)
{
    bool tried = false;
    for (size_t n = 1; n <= LONGEST; n = n < TAILS ? n + 1 : n + LONGEST - TAILS) {
        for (int what = 0; what < FILLINGS; what++) {
            const bool tiny = what == SUBNORMAL && r->kernel.op == RP_PROD; /* 0, by another way each time */
            if (!tiny && !passes(r, (filling)what, n, &tried)) return RP_REFUSED;
        }
    }
    if (tried) return RP_ADMITTED;
    snprintf(r->reason, sizeof r->reason, "takes none of the calls that it is tried with");
    return RP_REFUSED;
}
