/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Libraries of functions that take vectors in registers, as libmvec and SLEEF: of a planted one, who is admitted; that
 * who is elected computes, and that an argument has one value wherever it lies. Of glibc's own that too, where there is one.
 */
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>

#include "arrays.h"
#include "backends/backend.h"
#include "check.h"
#include "choose/accuracy.h"

/* The instruction set in use. */
static const char *tier(void)
{
    static const rp_isa tiers[] = {RP_ISA_AVX512, RP_ISA_AVX2, RP_ISA_SSE2, RP_ISA_NEON};
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) {
        if (!(rp_isa_needs(tiers[i]) & ~rp_cpu_features())) return rp_isa_name(tiers[i]);
    }
    return "scalar";
}

static char text[1 << 17];

static bool says(const char *words)
{
    CHECK(rp_backends_info(text, sizeof text) < sizeof text);
    return strstr(text, words);
}

static bool told(const char *words)
{
    if (!says(words)) return fprintf(stderr, "no '%s' in:\n%s", words, text), false;
    return true;
}

/* ---- One function, one value ------------------------------------------------------------------------------- */

enum { MOST = 5003 };

static double operand(size_t i, int k)
{
    if (i % 97 == 13) return k ? inf_ : nan_;
    const double size = ldexp(1 + (double)(i * 37 % 101) / 101, (int)((i + (size_t)k) % 23) - 15);
    return i % 3 == 1 ? -size : size;
}

typedef struct function {
    rp_op op;
    rp_dtype dtype;
    double (*truth)(double x, double y); /* NULL: what the argument has alone */
} function;

static rp_array *wrap(const function *f, char *memory, ptrdiff_t n, ptrdiff_t step)
{
    rp_array *x = NULL;
    CHECK(rp_wrap(memory, f->dtype, 1, &n, &step, false, NULL, NULL, &x) == RP_OK);
    return x;
}

static bool is(rp_dtype dtype, const char *x, const char *y)
{
    return memcmp(x, y, rp_dtype_size(dtype)) == 0 || (isnan(load_part(dtype, x)) && isnan(load_part(dtype, y)));
}

/* n arguments that lie so many bytes off alignment, the last one first where reversed; the result in new memory or in place. */
static void expect(const function *f, const char *truth, ptrdiff_t n, ptrdiff_t shift, bool reversed, bool in_place)
{
    static _Alignas(64) char memory[2][MOST * 8 + 64];
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(f->dtype), step = reversed ? -size : size;
    rp_array *x[2], *z = NULL;
    for (int k = 0; k < 2; k++) {
        char *start = memory[k] + shift;
        for (ptrdiff_t i = 0; i < n; i++) store_part(f->dtype, start + i * size, operand((size_t)i, k));
        x[k] = wrap(f, start + (reversed ? (n - 1) * size : 0), n, step);
    }
    if (in_place) z = x[0];
    CHECK(rp_map(f->op, (const rp_array *const *)x, &z) == RP_OK);
    bool good = true;
    for (ptrdiff_t i = 0; i < n; i++)
        good &= is(f->dtype, (char *)rp_data(z) + i * rp_strides(z)[0], truth + (reversed ? n - 1 - i : i) * size);
    if (!good) fprintf(stderr, "%s, %td elements, shift %td\n", rp_op_name(f->op), n, shift);
    CHECK(good);
    if (!in_place) rp_release(z);
    rp_release(x[0]), rp_release(x[1]);
}

/* Vectors beside a number: the first of the other operand, whose results are those of the last argument beside it. */
static void expect_number(const function *f)
{
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(f->dtype);
    char x[8], y[8], pair[8], whole[MOST * 8];
    store_part(f->dtype, x, 1.25), store_part(f->dtype, y, 2.5);
    for (int i = 0; i < MOST; i++) memcpy(whole + i * size, x, (size_t)size);
    rp_array *one = wrap(f, x, 1, size), *many = wrap(f, whole, MOST, size), *number = NULL,
             *z = wrap(f, pair, 1, size);
    CHECK(rp_wrap(y, f->dtype, 0, NULL, NULL, false, NULL, NULL, &number) == RP_OK);
    rp_array *both = wrap(f, y, 1, size);
    CHECK(rp_map(f->op, (const rp_array *const[]){one, both}, &z) == RP_OK);
    CHECK(rp_map(f->op, (const rp_array *const[]){many, number}, &many) == RP_OK);
    bool good = true;
    for (int i = 0; i < MOST; i++) good &= is(f->dtype, whole + i * size, pair);
    CHECK(good);
    rp_release(one), rp_release(many), rp_release(number), rp_release(z), rp_release(both);
}

static void expect_everywhere(const function *f)
{
    static char truth[MOST * 8];
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(f->dtype);
    for (ptrdiff_t i = 0; i < MOST; i++) {
        char *z = truth + i * size;
        char pair[2][8];
        for (int k = 0; k < 2; k++) store_part(f->dtype, pair[k], operand((size_t)i, k));
        if (f->truth) {
            store_part(f->dtype, z, f->truth(load_part(f->dtype, pair[0]), load_part(f->dtype, pair[1])));
            continue;
        }
        rp_array *x = wrap(f, pair[0], 1, size), *y = wrap(f, pair[1], 1, size), *alone = wrap(f, z, 1, size);
        CHECK(rp_map(f->op, (const rp_array *const[]){x, y}, &alone) == RP_OK);
        rp_release(x), rp_release(y), rp_release(alone);
    }
    for (ptrdiff_t n = 1; n <= MOST; n += n < 70 ? 1 : MOST - 70) {
        for (ptrdiff_t shift = 0; shift < 13; shift += 3) {
            expect(f, truth, n, shift, false, shift % 2);
            expect(f, truth, n, shift, true, shift % 2);
        }
    }
    if (rp_op_inputs(f->op) == 2) expect_number(f);
}

/* ---- Planted ones ------------------------------------------------------------------------------------------ */

/* The planted library's functions are those of the C library, which no test compares with itself: Raptors' own have other bits
 * for some of the arguments, and the calls are counted. */
static double exp_of(double x, double y) { return (void)y, exp(x); }
static double expf_of(double x, double y) { return (void)y, (double)expf((float)x); }
static double tanhf_of(double x, double y) { return (void)y, (double)tanhf((float)x); }
static double powf_of(double x, double y) { return (double)powf((float)x, (float)y); }

static void planted(const char *file)
{
    static const function functions[] = {
        {RP_EXP, RP_FLOAT32, expf_of}, {RP_EXP, RP_FLOAT64, exp_of},    {RP_POW, RP_FLOAT32, powf_of},
        {RP_POW, RP_FLOAT64, pow},     {RP_TANH, RP_FLOAT32, tanhf_of}, {RP_HYPOT, RP_FLOAT64, hypot},
    };
    CHECK(told("pow.vv.f64.fast.libmvec.planted: admitted") && told("tanh.v.f32.fast.libmvec.planted: admitted"));
    CHECK(told("cbrt.v.f32.fast.libmvec.planted: refused: more than 4 units off"));
    CHECK(!says("sin.v.f64.fast.libmvec.planted") && !says("tanh.v.f64.fast.libmvec.planted"));
    void *library = dlopen(file, RTLD_NOW | RTLD_NOLOAD);
    const int *calls = library ? dlsym(library, "planted_calls") : NULL;
    CHECK(calls != NULL);
    for (size_t i = 0; i < sizeof functions / sizeof *functions && calls; i++) {
        const function *f = &functions[i];
        CHECK(strcmp(rp_election_of(f->op, f->dtype)->elected, "planted") == 0);
        const int before = *calls;
        expect_everywhere(f);
        CHECK(*calls - before > MOST / 16);
    }
    CHECK(strcmp(rp_election_of(RP_CBRT, RP_FLOAT32)->elected, "raptors") == 0);
}

/* ---- glibc's ----------------------------------------------------------------------------------------------- */

static void real(void)
{
    static const function functions[] = {{RP_LOG, RP_FLOAT32, NULL},
                                         {RP_COS, RP_FLOAT64, NULL},
                                         {RP_SIN, RP_FLOAT32, NULL},
                                         {RP_ATAN2, RP_FLOAT32, NULL}};
    CHECK(rp_load_backends("libmvec") == RP_OK);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        const function *f = &functions[i];
        char admitted[64];
        snprintf(admitted, sizeof admitted, "  %s.%s.%s.fast.libmvec: admitted", rp_op_name(f->op),
                 rp_op_inputs(f->op) == 2 ? "vv" : "v", f->dtype == RP_FLOAT32 ? "f32" : "f64");
        if (!says(admitted)) {
            printf("libmvec has no %s here that is admitted: not tried\n", rp_op_name(f->op));
            continue;
        }
        CHECK(strcmp(rp_election_of(f->op, f->dtype)->elected, "libmvec") == 0);
        expect_everywhere(f);
    }
}

int main(void)
{
    char file[512], request[600];
    setenv("RAPTORS_KERNEL", "*.fast.libmvec*", 1); /* it would have to be faster else, which no test can know */
    snprintf(file, sizeof file, PLANTED "vector_functions_%s.so", tier());
    snprintf(request, sizeof request, "libmvec.planted=%s", file);
    CHECK(rp_load_backends(request) == RP_OK && rp_set_accuracy(RP_FAST) == RP_OK);
    if (strcmp(tier(), "scalar") == 0) {
        CHECK(told("libmvec.planted: refused: has no functions for the instruction sets in use"));
        return check_report();
    }
    planted(file);
    real();
    return check_report();
}
