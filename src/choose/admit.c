/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Admission: whether a kernel that is not of this build does what ours does, to the bit and to the byte. It is run on
 * hostile values at every tail length, aligned and not, in place and not, with one number or another, between canaries.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "choose/admit.h"
#include "choose/budget.h"
#include "choose/choose.h"
#include "facts/fp_mode.h"
#include "kernels/reference.h"
#include "runtime/runtime.h"

enum {
    LONGEST = 67, /* four of the widest vectors and a tail */
    MARGIN = 64,
    ROOM = LONGEST * 16 + 2 * MARGIN + 16,
    CANARY = 0x5c,
    STRIDE = 2, /* of strided vectors, in elements */
    ROWS = 3,
    FAST_SEEDS = 16,           /* times so many numbers, since an error that is too large by a little is rare */
    SHORT = LONGEST / ROWS - 1 /* rows of which, with a gap behind each, are as long as the longest */
};

static const double reals[] = {0.0,
                               -0.0,
                               1,
                               -1,
                               (double)INFINITY,
                               -(double)INFINITY,
                               (double)NAN,
                               0.5,
                               -1.5,
                               2.5,
                               3,
                               -7,
                               0x1p-149,
                               -0x1p-149,
                               0x1p-126,
                               0x1.fffffep127,
                               0x1p-1074,
                               0x1p-1022,
                               0x1.fffffffffffffp1023,
                               65504,
                               0x1p-24,
                               0.1,
                               255.5,
                               0x1p31,
                               -0x1p63,
                               1e-5};
static const uint64_t integers[] = {0,
                                    1,
                                    2,
                                    3,
                                    7,
                                    31,
                                    64,
                                    0x7f,
                                    0x80,
                                    0xff,
                                    0x7fff,
                                    0x8000,
                                    0xffff,
                                    0x7fffffff,
                                    0x80000000,
                                    0xffffffff,
                                    0x7fffffffffffffff,
                                    0x8000000000000000,
                                    UINT64_MAX,
                                    UINT64_MAX - 6,
                                    10};
/* True is what is not 0: masks of other programs hold 255. */
static const unsigned char truths[] = {0, 1, 255, 2, 0, 128};
enum { TRUTHS = sizeof truths };
enum { REALS = sizeof reals / sizeof *reals, INTEGERS = sizeof integers / sizeof *integers };

void rp_put_real(rp_dtype dtype, char *element, double x)
{
    const float single = (float)x;
    const uint16_t half = rp_reference_to_half(x);
    if (dtype == RP_FLOAT16)
        memcpy(element, &half, sizeof half);
    else if (dtype == RP_FLOAT32 || dtype == RP_COMPLEX64)
        memcpy(element, &single, sizeof single);
    else
        memcpy(element, &x, sizeof x);
}

double rp_get_real(const char *element, size_t size)
{
    double wide;
    float single;
    uint16_t half;
    if (size == sizeof wide) return memcpy(&wide, element, sizeof wide), wide;
    if (size == sizeof single) return memcpy(&single, element, sizeof single), (double)single;
    return memcpy(&half, element, sizeof half), rp_reference_from_half(half);
}

static size_t value_count(rp_dtype dtype)
{
    return dtype == RP_BOOL ? (size_t)TRUTHS : rp_dtype_kind(dtype) >= RP_KIND_REAL ? (size_t)REALS : (size_t)INTEGERS;
}

static void put_value(rp_dtype dtype, char *element, size_t index)
{
    const size_t size = rp_dtype_size(dtype);
    if (rp_dtype_kind(dtype) >= RP_KIND_REAL) {
        rp_put_real(dtype, element, reals[index % REALS]);
        if (rp_dtype_kind(dtype) == RP_KIND_COMPLEX)
            rp_put_real(dtype, element + size / 2, reals[index * 5 / 3 % REALS]);
        return;
    }
    const uint64_t value = dtype == RP_BOOL ? truths[index % TRUTHS] : integers[index % INTEGERS];
    memcpy(element, &value, size); /* little-endian, as every machine of this build */
}

/* Numbers that a wrong result cannot hide behind, as it can behind a NaN, and whose products need rounding. */
static void put_ordinary(rp_dtype dtype, char *element, size_t index)
{
    const size_t size = rp_dtype_size(dtype);
    if (rp_dtype_kind(dtype) < RP_KIND_REAL) {
        put_value(dtype, element, dtype == RP_BOOL ? index : 1 + index % 5);
        return;
    }
    rp_put_real(dtype, element, 0.1 + 0.37 * (double)index);
    if (rp_dtype_kind(dtype) == RP_KIND_COMPLEX) rp_put_real(dtype, element + size / 2, 0.7 - 0.21 * (double)index);
}

static bool is_number(const rp_kernel *kernel, int k) { return rp_class_numbers((rp_class)kernel->shape) >> k & 1; }

/* One trial: a length, a shift off alignment, which input the output is, where the values begin, and rows beside the first. */
typedef struct attempt {
    size_t n, shift, first, more_rows;
    int in_place; /* 0: apart */
    bool strided, ordinary;
} attempt;

typedef struct operands {
    _Alignas(64) char memory[3][STRIDE * ROOM];
    rp_call call;
} operands;

static void lay_out(const rp_kernel *kernel, const attempt *at, operands *o)
{
    const int inputs = kernel->shape == RP_V ? 1 : 2;
    o->call = (rp_call){.n = at->n, .m = 1 + at->more_rows, .data = kernel->data};
    memset(o->memory, CANARY, sizeof o->memory);
    for (int k = 0; k <= inputs; k++) {
        const rp_dtype dtype = (rp_dtype)(k ? kernel->dtype : kernel->to);
        const size_t size = rp_dtype_size(dtype), step = at->strided ? STRIDE * size : size;
        o->call.ptr[k] = o->memory[k] + MARGIN + at->shift;
        o->call.inner[k] = is_number(kernel, k) ? 0 : (ptrdiff_t)step;
        const size_t count = is_number(kernel, k) ? 1 : at->n;
        /* One with `ok` is never given numbers that change from row to row (rp_kernel_takes). */
        o->call.outer[k] = is_number(kernel, k) && kernel->ok ? 0 : (ptrdiff_t)((count + 1) * step);
        /* All pairs of values come up: the second operand moves on by one more a round. */
        for (size_t j = 0; k && j < count * o->call.m; j++) {
            const size_t i = j % count + j / count * (count + 1);
            const size_t index = k == 1 ? at->first + j : at->first * 3 + j + j / value_count(dtype);
            if (at->ordinary)
                put_ordinary(dtype, o->call.ptr[k] + i * step, index);
            else
                put_value(dtype, o->call.ptr[k] + i * step, index);
        }
    }
    if (at->in_place) {
        o->call.ptr[0] = o->call.ptr[at->in_place];
        o->call.inner[0] = o->call.inner[at->in_place];
        o->call.outer[0] = o->call.outer[at->in_place];
    }
}

static bool both_nan(rp_dtype dtype, const char *x, const char *y)
{
    const rp_kind kind = rp_dtype_kind(dtype);
    if (kind < RP_KIND_REAL) return false;
    const size_t size = rp_dtype_size(dtype) / (kind == RP_KIND_COMPLEX ? 2 : 1);
    for (size_t part = 0; part < rp_dtype_size(dtype); part += size) {
        const bool nans = isnan(rp_get_real(x + part, size)) && isnan(rp_get_real(y + part, size));
        if (!nans && memcmp(x + part, y + part, size) != 0) return false;
    }
    return true;
}

static bool same_element(rp_dtype dtype, const char *x, const char *y)
{
    return memcmp(x, y, rp_dtype_size(dtype)) == 0 || both_nan(dtype, x, y);
}

/* The place of a real number among all of its type, in their order; zeros of both signs are neighbours. */
static int64_t place_of(const char *x, size_t size)
{
    uint64_t bits = 0;
    memcpy(&bits, x, size);
    const uint64_t sign = (uint64_t)1 << (8 * size - 1);
    return bits & sign ? -1 - (int64_t)(bits & ~sign) : (int64_t)bits;
}

/* Of RP_FAST: both are NaN, or infinite, or zero, or neither is, and no more than 4 units of the last place lie between it and
 * the exact result, of which float64 results of ours may be one off. */
static bool is_near(rp_dtype dtype, const char *x, const char *ours)
{
    const size_t size = rp_dtype_size(dtype);
    const double a = rp_get_real(x, size), b = rp_get_real(ours, size);
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b) || a == 0 || b == 0) return memcmp(x, ours, size) == 0;
    const int64_t most = dtype == RP_FLOAT64 ? 3 : 4, apart = place_of(x, size) - place_of(ours, size);
    return -most <= apart && apart <= most;
}

static void run_one_by_one(const rp_kernel *kernel, const rp_call *call)
{
    for (size_t j = 0; j < call->n * call->m; j++) {
        const ptrdiff_t i = (ptrdiff_t)(j % call->n), row = (ptrdiff_t)(j / call->n);
        rp_call one = *call;
        for (int k = 0; k < 3; k++) one.ptr[k] += i * call->inner[k] + row * call->outer[k];
        one.n = one.m = 1;
        kernel->run(&one);
    }
}

__attribute__((format(printf, 2, 3))) static bool refuse(rp_registered *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->reason, sizeof r->reason, format, arguments);
    va_end(arguments);
    return false;
}

/* Whether the kernel takes such a call at all. */
static bool takes(const rp_kernel *kernel, const attempt *at)
{
    static operands o;
    lay_out(kernel, at, &o);
    return rp_kernel_takes_form(kernel, &o.call);
}

static bool passes(rp_registered *r, const rp_kernel *ours, const attempt *at)
{
    const rp_kernel *kernel = &r->kernel;
    const bool fast = kernel->result_class == RP_FEW_ULPS;
    static operands got, want, truth; /* under the lock of rp_is_admitted */
    lay_out(kernel, at, &got);
    if (!rp_kernel_takes_form(kernel, &got.call)) return true;
    lay_out(kernel, at, &want);
    lay_out(kernel, at, &truth);
    kernel->run(&got.call);
    if (at->strided) { /* ours takes no strides: element by element */
        rp_call one = want.call;
        one.n = 1;
        for (size_t i = 0; i < at->n; i++) {
            ours->run(&one);
            for (int k = 0; k < 3; k++) one.ptr[k] += want.call.inner[k];
        }
    } else {
        ours->run(&want.call);
        if (fast)
            run_one_by_one(kernel, &truth.call);
        else
            rp_reference((rp_op)kernel->op, (rp_dtype)kernel->dtype, (rp_dtype)kernel->to, (rp_class)kernel->shape,
                         &truth.call);
    }
    const rp_dtype to = (rp_dtype)kernel->to;
    const bool known =
        !at->strided && rp_reference_knows((rp_op)kernel->op, (rp_dtype)kernel->dtype, to, (rp_class)kernel->shape);
    for (size_t j = 0; j < at->n * got.call.m; j++) {
        const size_t row = j / at->n, i = j % at->n;
        const ptrdiff_t place = (ptrdiff_t)i * got.call.inner[0] + (ptrdiff_t)row * got.call.outer[0];
        char *a = got.call.ptr[0] + place, *b = want.call.ptr[0] + place;
        const char *c = truth.call.ptr[0] + place;
        if (fast && !is_near(to, a, b)) return refuse(r, "more than 4 units off at element %zu of %zu", i, at->n);
        if (fast ? !same_element(to, a, c)
                 : !same_element(to, a, b) ||
                       (known && !rp_reference_agrees((rp_op)kernel->op, (rp_dtype)kernel->dtype, to, a, c))) {
            return refuse(r, "other bits at element %zu of %zu%s%s%s", i, at->n, at->in_place ? ", in place" : "",
                          at->strided ? ", strided" : "", row ? ", in another row" : "");
        }
        memcpy(a, b, rp_dtype_size(to)); /* a NaN of other bits is no stray write */
    }
    if (memcmp(got.memory, want.memory, sizeof got.memory) != 0) {
        return refuse(r, "writes outside its %zu elements%s", at->n, at->in_place ? ", in place" : "");
    }
    return true;
}

/* The first `period` elements, again and again. */
static void repeat(char *x, size_t size, size_t period, size_t n)
{
    for (size_t i = period; i < n; i++) memcpy(x + i * size, x + (i - period) * size, size);
}

/* So long that a library splits it over its threads. */
static bool passes_split(rp_registered *r, const rp_kernel *ours)
{
    enum { BYTES = 1 << 23, TAIL = 3, PERIOD = 999 };
    enum { GOT, WANT, OTHER, ALL };
    const rp_kernel *kernel = &r->kernel;
    const rp_dtype dtype = (rp_dtype)kernel->dtype, to = (rp_dtype)kernel->to;
    const size_t size = rp_dtype_size(dtype), to_size = rp_dtype_size(to), n = BYTES / size + TAIL;
    const int place = kernel->traits & RP_TRAIT_IN_PLACE_ONLY ? 1 + (kernel->shape == RP_SV) : 0;
    const size_t bytes = n * (size > to_size ? size : to_size);
    char *memory = rp_malloc(ALL * bytes), *other = memory + OTHER * bytes;
    if (!memory) return refuse(r, "no memory to try it on long vectors");
    for (size_t i = 0; i < PERIOD; i++) {
        put_ordinary(dtype, memory + i * size, i);
        put_ordinary(dtype, other + i * size, 2 * i + 1);
    }
    repeat(memory, size, PERIOD, n), repeat(other, size, PERIOD, n);
    memcpy(memory + WANT * bytes, memory + GOT * bytes, bytes);
    bool taken = true;
    for (int i = GOT; i <= WANT; i++) {
        char *target = memory + (size_t)i * bytes;
        rp_call call = {.ptr = {target}, .inner = {(ptrdiff_t)to_size}, .n = n, .m = 1};
        for (int k = 1; k <= (kernel->shape == RP_V ? 1 : 2); k++) {
            call.ptr[k] = k == place ? target : other; /* a number is the first of the others */
            call.inner[k] = is_number(kernel, k) ? 0 : (ptrdiff_t)size;
        }
        taken &= i == WANT || rp_kernel_takes_form(kernel, &call);
        if (taken) rp_run_kernel(i == GOT ? kernel : ours, &call);
    }
    const bool same = !taken || memcmp(memory + GOT * bytes, memory + WANT * bytes, n * to_size) == 0;
    rp_free(memory);
    return same || refuse(r, "other bits in %zu elements, which it may split", n);
}

/* Numbers of all kinds: of any bits, of any size between 2^-16 and 2^16, and between -4 and 4. */
static double any_number(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    const uint64_t bits = *state ^ *state >> 29;
    const double fraction = (double)(int64_t)(bits << 4) * 0x1p-63;
    double any;
    switch (bits >> 61) {
    case 0: return memcpy(&any, &bits, sizeof any), any;
    case 1: return (double)(float)ldexp(fraction, (int)(bits >> 40 & 255) - 128); /* of float32's bits and range */
    case 2:
    case 3: return ldexp(fraction, (int)(bits >> 40 & 31) - 15);
    default: return 4 * fraction;
    }
}

/* Many real numbers, for kernels that err at few of them. seed: other numbers. */
static bool passes_many(rp_registered *r, const rp_kernel *ours, uint64_t seed)
{
    enum { RUNS = 32, RUN = 128, ALL = RUNS * RUN };
    const rp_kernel *kernel = &r->kernel;
    const rp_dtype dtype = (rp_dtype)kernel->dtype, to = (rp_dtype)kernel->to;
    const size_t size = rp_dtype_size(dtype), to_size = rp_dtype_size(to), most = size > to_size ? size : to_size;
    const size_t parts = rp_dtype_kind(dtype) == RP_KIND_COMPLEX ? 2 : 1;
    const bool fast = kernel->result_class == RP_FEW_ULPS;
    const int inputs = kernel->shape == RP_V ? 1 : 2;
    const int place = kernel->traits & RP_TRAIT_IN_PLACE_ONLY ? 1 + (kernel->shape == RP_SV) : 0;
    char *memory = rp_malloc(5 * ALL * most), *got = memory + 2 * ALL * most, *want = got + ALL * most;
    char *alone = want + ALL * most;
    if (!memory) return refuse(r, "no memory to try it on many numbers");
    uint64_t state = seed;
    for (size_t i = 0; i < 2 * ALL * parts; i++) rp_put_real(dtype, memory + i * (size / parts), any_number(&state));
    bool same = true;
    for (size_t first = 0; first < ALL && same; first += RUN) {
        bool taken = true;
        for (int turn = 0; turn < 2 && taken; turn++) {
            char *target = turn ? want : got;
            rp_call call = {.ptr = {target}, .inner = {(ptrdiff_t)to_size}, .n = RUN, .m = 1, .data = kernel->data};
            for (int k = 1; k <= inputs; k++) {
                call.ptr[k] = memory + (first + (size_t)(k - 1) * ALL) * size;
                call.inner[k] = is_number(kernel, k) ? 0 : (ptrdiff_t)size;
                if (k == place) call.ptr[k] = memcpy(target, call.ptr[k], RUN * size);
            }
            taken = turn || rp_kernel_takes_form(kernel, &call);
            if (taken) (turn ? ours : kernel)->run(&call);
            call.ptr[0] = alone;
            if (fast && !turn) run_one_by_one(kernel, &call);
        }
        for (size_t i = 0; i < RUN && taken && same; i++) {
            const char *a = got + i * to_size, *b = want + i * to_size;
            same = (fast ? is_near(to, a, b) : same_element(to, a, b)) ||
                   refuse(r, "%s for number %zu of many", fast ? "more than 4 units off" : "other bits", first + i);
            same = same && (!fast || same_element(to, a, alone + i * to_size) ||
                            refuse(r, "other bits for number %zu of many than for it alone", first + i));
        }
    }
    rp_free(memory);
    return same;
}

static bool try_all(rp_registered *r)
{
    const rp_kernel *kernel = &r->kernel;
    const rp_kernel *ours = rp_context_get()->default_kernel[kernel->op][kernel->dtype][kernel->shape];
    const size_t values = value_count((rp_dtype)kernel->dtype);
    const bool same_size = rp_dtype_size((rp_dtype)kernel->dtype) == rp_dtype_size((rp_dtype)kernel->to);
    size_t tried = 0;
    for (size_t n = 1; n <= LONGEST; n++) {
        for (int in_place = kernel->traits & RP_TRAIT_IN_PLACE_ONLY ? 1 : 0; in_place <= 2; in_place++) {
            if (in_place && (!same_size || is_number(kernel, in_place) || (in_place == 2 && kernel->shape == RP_V)))
                continue;
            attempt at = {.n = n, .shift = n % 3 ? n % 16 : 0, .first = n, .in_place = in_place};
            bool taken = takes(kernel, &at);
            /* One that is choosy has a call that it likes at every length. */
            for (size_t other = 0; other < values && !taken; other++) {
                at.shift = 0;
                at.first++;
                taken = takes(kernel, &at);
            }
            tried += taken;
            if (taken && !passes(r, ours, &at)) return false;
            at.ordinary = true;
            if (taken && !passes(r, ours, &at)) return false;
        }
    }
    if (!tried) return refuse(r, "takes none of the calls that it is tried with");
    const bool number = kernel->shape == RP_VS || kernel->shape == RP_SV;
    for (size_t first = 0; first < (number ? values : 4); first++) {
        const attempt whole = {.n = LONGEST,
                               .first = first,
                               .in_place = kernel->traits & RP_TRAIT_IN_PLACE_ONLY ? 1 + (kernel->shape == RP_SV) : 0};
        attempt strided = whole, rows = whole;
        strided.strided = true;
        rows.n = SHORT;
        rows.more_rows = ROWS - 1;
        if (!passes(r, ours, &whole) || !passes(r, ours, &rows)) return false;
        if (kernel->traits & RP_TRAIT_STRIDED && !passes(r, ours, &strided)) return false;
    }
    const uint64_t seeds = rp_dtype_kind((rp_dtype)kernel->dtype) < RP_KIND_REAL ? 0
                           : kernel->result_class == RP_FEW_ULPS                 ? FAST_SEEDS
                                                                                 : 1;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        if (!passes_many(r, ours, seed)) return false;
    }
    return !(kernel->traits & RP_TRAIT_OWN_THREADS) || passes_split(r, ours);
}

rp_verdict rp_try_kernel(rp_registered *r)
{
    if (r->kernel.shape == RP_ROW) return rp_try_rows(r);
    return try_all(r) ? RP_ADMITTED : RP_REFUSED;
}

bool rp_is_admitted(rp_registered *r)
{
    rp_verdict verdict = atomic_load_explicit(&r->verdict, memory_order_acquire);
    if (verdict != RP_UNTRIED) return verdict == RP_ADMITTED;
    rp_lock(RP_LOCK_ADMISSION);
    const rp_fp_mode mode = rp_fp_change(RP_FP_DEFAULT); /* a verdict is for good, the caller's mode is not */
    verdict = atomic_load(&r->verdict);
    if (verdict == RP_UNTRIED) {
        verdict = rp_try_kernel(r);
        atomic_store_explicit(&r->verdict, verdict, memory_order_release);
    }
    rp_fp_change(mode);
    rp_unlock(RP_LOCK_ADMISSION);
    return verdict == RP_ADMITTED;
}

/* What admitting a kernel takes: at first as on an EPYC Turin guest, 2026-11-25, then as it took before. A kernel that may split its
 * calls is tried on 24 MB too, three times over. */
bool rp_admit_if_paid(rp_registered *r)
{
    static _Atomic double expected = 0.7e-3;
    static const double split = 20e-3;
    const bool splits = r->kernel.traits & RP_TRAIT_OWN_THREADS;
    if (rp_budget_left(&rp_choosing) < (splits ? split : atomic_load(&expected))) return false;
    const double start = rp_os_seconds();
    rp_is_admitted(r);
    const double seconds = rp_os_seconds() - start;
    rp_budget_spend(&rp_choosing, seconds);
    if (!splits) atomic_store(&expected, (atomic_load(&expected) + seconds) / 2);
    return true;
}
