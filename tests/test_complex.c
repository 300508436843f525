/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The complex mathematical functions: how exact each part is, in units of its last place (ULP), beside the C library's long
 * double functions, and MPFR where those cannot tell; the special values, which are those of C17, annex G.6; and that every
 * instruction set gives the same bits.
 *   --function GLOB   only these
 */
#include <fenv.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "annex_g.h"
#include "check.h"
#include "complex_truth.h"
#include "kernel_values.h"

enum { BLOCK = 4096, BLOCKS = 16 };

/* ---- Arguments ----------------------------------------------------------------------------------------------- */

static double part(void)
{
    static const double special[] = {0,
                                     1,
                                     0.5,
                                     2,
                                     1.5707963267948966,
                                     3.141592653589793,
                                     0x1p-27,
                                     0x1p-54,
                                     0x1p-500,
                                     0x1p500,
                                     0x1p-1022,
                                     0x1p-1023,
                                     1e-310,
                                     0x1p60,
                                     0x1p-450,
                                     0x1p1023,
                                     0.7071067811865475,
                                     709.782712893384,
                                     745.1332191019412,
                                     1410,
                                     0x1p-600,
                                     20,
                                     0.6931471805599453,
                                     0x1p-511,
                                     400};
    const uint64_t bits = random_bits();
    double number;
    switch (random_bits() % 6) {
    case 0: memcpy(&number, &bits, 8); return isfinite(number) ? number : 1;
    case 1: return ldexp((double)(int64_t)bits, (int)(random_bits() % 80) - 123);
    case 2: return ldexp((double)(int64_t)bits, (int)(random_bits() % 12) - 64);
    case 3: return (double)(int64_t)bits * 0x1p-63;
    case 4: return (double)(int64_t)bits * 0x1p-61;
    default:
        memcpy(&number, &special[bits % (sizeof special / sizeof *special)], 8);
        memcpy(&number, &(uint64_t){*(uint64_t *)(void *)&number + (bits >> 32) % 4}, 8);
        return bits >> 63 ? -number : number;
    }
}

/* Besides any two numbers: on the unit circle, near 1 and -1, and i and -i, at all distances; and z + 1 on it. */
static void put_argument(double *z, const truth *function)
{
    const double angle = (double)(int64_t)random_bits() * 0x1p-61, near = ldexp(1, -(int)(random_bits() % 60));
    z[0] = part();
    z[1] = part();
    if (random_bits() % 64 == 0) z[random_bits() & 1] = -1;
    switch (random_bits() % 8) {
    case 0:
        z[0] = cos(angle);
        z[1] = sin(angle);
        break;
    case 1:
        z[0] = cos(angle) * near + (random_bits() & 1 ? 1 : -1);
        z[1] = sin(angle) * near;
        break;
    case 2:
        z[0] = cos(angle) * near;
        z[1] = sin(angle) * near + (random_bits() & 1 ? 1 : -1);
        break;
    case 3: z[random_bits() & 1] *= near; break;
    case 4: /* |1 + z| is nearly 1 */
        z[1] = angle * near;
        z[0] = -z[1] * z[1] / 2;
        break;
    default: break;
    }
    if (function->most != 0 && function->two) {
        for (int i = 0; i < 2; i++) z[i] = remainder(z[i], 100);
    } else if (function->most != 0) {
        z[1] = remainder(z[1], function->most);
    }
}

/* z near 1, and w so large that z^w is not. */
static void put_huge_power(double *z, double *w)
{
    const int exponent = 800 + (int)(random_bits() % 216);
    z[0] = 1;
    z[1] = ldexp((double)(int64_t)random_bits() * 0x1p-61, -exponent);
    for (int i = 0; i < 2; i++) w[i] = ldexp(w[i], exponent);
}

/* ---- Accuracy ------------------------------------------------------------------------------------------------ */

typedef struct record {
    double worst[2], at[2][4];
    bool signs; /* whether that of a 0 counts */
} record;

static double x[2 * BLOCK], y[2 * BLOCK], z[2 * BLOCK];

static double last_place(long double size, bool single)
{
    const int least = single ? -125 : -1021;
    int exponent;
    frexpl(size, &exponent);
    return ldexp(1, (size == 0 || exponent < least ? least : exponent) - (single ? 24 : 53));
}

static void judge(const truth *function, const double *result, const double *a, const double *b, bool single,
                  record *found)
{
    const wide first = join((long double)a[0], (long double)a[1]), second = join((long double)b[0], (long double)b[1]);
    const wide expected = function->two ? function->two(first, second) : function->one(first);
    const long double want[2] = {creall(expected), cimagl(expected)};
    const long double size = fmaxl(fabsl(want[0]), fabsl(want[1])),
                      most = single ? (long double)FLT_MAX : (long double)DBL_MAX;
    if (want[0] == UNKNOWN) return;
    for (int i = 0; i < 2; i++) {
        const bool by_size = function->by == BOTH_BY_SIZE || (function->by == REAL_BY_SIZE && i == 0);
        const long double whose = by_size ? size : fabsl(want[i]);
        double error;
        if (by_size && !(size <= most)) /* infinite: its last place says nothing of the other part */
            error = isnan(result[i]) && !isnan(want[i]) ? (double)INFINITY : 0;
        else if (by_size || (single && whose <= most))
            error = (double)fabsl((long double)result[i] - want[i]) / last_place(whose, single);
        else if (single && whose > most)
            error = isinf(result[i]) || fabs(result[i]) == (double)FLT_MAX ? 0 : (double)INFINITY;
        else
            error = error_f64(want[i], result[i]);
        const bool other_sign = !signbit(result[i]) != !signbit(want[i]);
        if (found->signs && !by_size && result[i] == 0 && want[i] != 0 && other_sign) error = (double)INFINITY;
        if (error <= found->worst[i]) continue;
        found->worst[i] = error;
        memcpy(found->at[i], (double[4]){a[0], a[1], b[0], b[1]}, sizeof found->at[i]);
    }
}

/* Of complex64 the parts become float32 numbers on the way. */
static void run(const rp_kernel *kernel, double *to, const double *from, const double *other, int mode)
{
    static float from_single[2 * BLOCK], other_single[2 * BLOCK], to_single[2 * BLOCK];
    const bool single = kernel->dtype == RP_COMPLEX64;
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size((rp_dtype)kernel->dtype);
    const rp_call call = {.ptr = {single ? (void *)to_single : to,
                                  single ? (void *)from_single : (void *)(uintptr_t)from,
                                  single ? (void *)other_single : (void *)(uintptr_t)other},
                          .inner = {size, size, size},
                          .n = BLOCK,
                          .m = 1};
    for (size_t i = 0; single && i < 2 * BLOCK; i++) {
        from_single[i] = (float)from[i];
        other_single[i] = (float)other[i];
    }
    fesetround(mode);
    kernel->run(&call);
    fesetround(FE_TONEAREST);
    for (size_t i = 0; single && i < 2 * BLOCK; i++) to[i] = (double)to_single[i];
}

/* A number of x or y, as complex64 has it. */
static double as_single(double number)
{
    return isnan(number) || isinf(number) ? number : fabs(number) < (double)FLT_MAX ? (double)(float)number : 1;
}

static void check_accuracy(const truth *function, rp_dtype dtype, int mode)
{
    const bool single = dtype == RP_COMPLEX64;
    const rp_kernel *kernel = best_kernel(rp_find_op(function->name), dtype, function->one ? RP_V : RP_VV);
    CHECK(kernel != NULL);
    if (!kernel) return;
    record found = {.signs = mode == FE_TONEAREST};
    for (int block = 0; block < (mode == FE_TONEAREST ? BLOCKS : BLOCKS / 4); block++) {
        for (size_t i = 0; i < 2 * BLOCK; i += 2) {
            put_argument(x + i, function);
            put_argument(y + i, function);
            if (function->two && random_bits() % 16 == 0) put_huge_power(x + i, y + i);
        }
        for (size_t i = 0; single && i < 2 * BLOCK; i++) {
            x[i] = as_single(x[i]);
            y[i] = as_single(y[i]);
        }
        run(kernel, z, x, y, mode);
        for (size_t i = 0; i < 2 * BLOCK; i += 2) judge(function, z + i, x + i, y + i, single, &found);
    }
    /* complex64 is rounded once. In another mode than to the nearest, a unit more. */
    const double most = mode != FE_TONEAREST ? 3 : single ? 0.501 : 2;
    for (int i = 0; i < 2; i++) {
        CHECK(found.worst[i] <= most);
        if (mode != FE_TONEAREST && found.worst[i] <= most) continue;
        printf("%-8s %-12s %s  %8.3f ULP at (%a, %a)", kernel->name, mode == FE_TONEAREST ? "" : "other mode",
               i ? "imaginary" : "real     ", found.worst[i], found.at[i][0], found.at[i][1]);
        if (function->two) printf(", (%a, %a)", found.at[i][2], found.at[i][3]);
        printf("\n");
    }
}

/* ---- Every instruction set ------------------------------------------------------------------------------------- */

/* Equal bits, but any NaN for a NaN. */
static bool same_parts(const double *a, const double *b)
{
    for (int i = 0; i < 2; i++) {
        if (isnan(a[i]) ? !isnan(b[i]) : memcmp(a + i, b + i, sizeof *a) != 0) return false;
    }
    return true;
}

/* Arguments of all kinds at the best kernel, and through every other. */
static void check_tiers(const truth *function, rp_dtype dtype)
{
    static double other[2 * BLOCK];
    const int op = rp_find_op(function->name), shape = function->one ? RP_V : RP_VV;
    const rp_kernel *best = best_kernel(op, dtype, shape), *kernel;
    for (size_t i = 0; i < 2 * BLOCK; i++) {
        put_special(RP_FLOAT64, (char *)(x + i), i % 2 ? i / 2 / 50 : i / 2);
        if (i % 3 == 0 || i >= BLOCK) x[i] = part();
        y[i] = part();
        if (dtype != RP_COMPLEX64) continue;
        x[i] = as_single(x[i]);
        y[i] = as_single(y[i]);
    }
    if (best) run(best, z, x, y, FE_TONEAREST);
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (kernel->op != op || kernel->dtype != dtype || kernel->shape != shape || !rp_kernel_runs(kernel)) continue;
        run(kernel, other, x, y, FE_TONEAREST);
        size_t differ = 0;
        for (size_t k = 0; k < 2 * BLOCK; k += 2) {
            if (same_parts(z + k, other + k) || differ++) continue;
            printf("%s differs at (%a, %a): (%a, %a), not (%a, %a)\n", kernel->name, x[k], x[k + 1], other[k],
                   other[k + 1], z[k], z[k + 1]);
        }
        CHECK(differ == 0);
    }
}

/* ---- Special values ------------------------------------------------------------------------------------------ */

static bool agrees(double got, double want, bool any_sign, bool single)
{
    if (isnan(want)) return isnan(got);
    if (!any_sign && signbit(got) != signbit(want)) return false;
    return single ? (float)fabs(got) == (float)fabs(want) : fabs(got) == fabs(want);
}

static void call_one(const rp_kernel *kernel, const double *from, const double *other, double *to)
{
    for (int i = 0; i < 2 * BLOCK; i++) {
        x[i] = from[i & 1];
        y[i] = other[i & 1];
    }
    run(kernel, z, x, y, FE_TONEAREST);
    for (int i = 0; i < 2; i++) to[i] = z[i];
}

static void check_row(const char *name, rp_dtype dtype, const double *at, const double *want, int any)
{
    const rp_kernel *kernel = best_kernel(rp_find_op(name), dtype, RP_V);
    const bool single = dtype == RP_COMPLEX64;
    for (int conjugate = 0; kernel && conjugate < 2; conjugate++) {
        const double from[2] = {at[0], conjugate ? -at[1] : at[1]};
        double to[2];
        call_one(kernel, from, from, to);
        const bool good = agrees(to[0], want[0], any & ANY_RE, single) &&
                          agrees(to[1], conjugate ? -want[1] : want[1], any & ANY_IM, single);
        CHECK(good);
        if (!good)
            printf("%s(%g, %g) is (%.17g, %.17g), not (%.17g, %.17g)\n", kernel->name, from[0], from[1], to[0], to[1],
                   want[0], conjugate ? -want[1] : want[1]);
    }
}

static void check_special(const char *pattern, rp_dtype dtype)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *it = &rows[i];
        if (fnmatch(pattern, it->name, 0) != 0) continue;
        check_row(it->name, dtype, (double[]){it->x, it->y}, (double[]){it->re, it->im}, it->any);
        /* cosh(-z) is cosh z, and cos z is cosh iz. */
        if (strcmp(it->name, "cosh") == 0) {
            check_row("cosh", dtype, (double[]){-it->x, -it->y}, (double[]){it->re, it->im}, it->any);
            check_row("cos", dtype, (double[]){it->y, -it->x}, (double[]){it->re, it->im}, it->any);
        }
        /* sinh(-z) is -sinh z, and sin z is -i sinh iz. */
        for (size_t k = 0; k < TRUTHS; k++) {
            if (!truths[k].of_turned || strcmp(truths[k].name, it->name) != 0) continue;
            const int any = (it->any & ANY_RE ? ANY_IM : 0) | (it->any & ANY_IM ? ANY_RE : 0);
            check_row(it->name, dtype, (double[]){-it->x, -it->y}, (double[]){-it->re, -it->im}, it->any);
            check_row(truths[k].of_turned, dtype, (double[]){it->y, it->x}, (double[]){it->im, it->re}, any);
        }
    }
}

static void check_powers(void)
{
    const rp_kernel *kernel = best_kernel(RP_POW, RP_COMPLEX128, RP_VV);
    for (size_t i = 0; kernel && i < sizeof powers / sizeof *powers; i++) {
        double to[2];
        call_one(kernel, powers[i], powers[i] + 2, to);
        const bool good = agrees(to[0], powers[i][4], true, false) && agrees(to[1], powers[i][5], true, false);
        CHECK(good);
        if (!good)
            printf("(%g, %g) to the power (%g, %g) is (%.17g, %.17g)\n", powers[i][0], powers[i][1], powers[i][2],
                   powers[i][3], to[0], to[1]);
    }
}

/* The whole powers of conj z are those of z, conjugated, with the signs of zeros. */
static void check_conjugate_powers(rp_dtype dtype)
{
    static const double parts[][2] = {{2, 0}, {-2, 0}, {0, 1}, {-0.0, 3}, {0, 0}, {1, 1}, {-3, 4}};
    const rp_kernel *kernel = best_kernel(RP_POW, dtype, RP_VV);
    for (size_t i = 0; kernel && i < sizeof parts / sizeof *parts; i++) {
        for (int n = -9; n < 10; n++) {
            const double conjugate[] = {parts[i][0], -parts[i][1]}, exponent[] = {n, 0};
            double of_it[2], of_conjugate[2];
            if (n == 0) continue; /* which is 1 + 0i of both */
            call_one(kernel, parts[i], exponent, of_it);
            call_one(kernel, conjugate, exponent, of_conjugate);
            const bool single = dtype == RP_COMPLEX64;
            const bool good =
                agrees(of_conjugate[0], of_it[0], false, single) && agrees(of_conjugate[1], -of_it[1], false, single);
            CHECK(good);
            if (!good) printf("(%g, %g) to the power %d and its conjugate\n", parts[i][0], parts[i][1], n);
        }
    }
}

int main(int count, char **arguments)
{
    const char *pattern = "*";
    if (count == 3 && strcmp(arguments[1], "--function") == 0)
        pattern = arguments[2];
    else if (count != 1)
        return fprintf(stderr, "usage: test_complex [--function GLOB]\n"), 2;
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < TRUTHS; i++) {
        if (fnmatch(pattern, truths[i].name, 0) != 0) continue;
        check_accuracy(&truths[i], RP_COMPLEX64, FE_TONEAREST);
        check_accuracy(&truths[i], RP_COMPLEX128, FE_TONEAREST);
        for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
            check_accuracy(&truths[i], RP_COMPLEX64, modes[k]);
            check_accuracy(&truths[i], RP_COMPLEX128, modes[k]);
        }
        check_tiers(&truths[i], RP_COMPLEX64);
        check_tiers(&truths[i], RP_COMPLEX128);
    }
    check_special(pattern, RP_COMPLEX128);
    check_special(pattern, RP_COMPLEX64);
    if (fnmatch(pattern, "pow", 0) == 0) {
        check_powers();
        check_conjugate_powers(RP_COMPLEX128);
        check_conjugate_powers(RP_COMPLEX64);
    }
    return check_report();
}
