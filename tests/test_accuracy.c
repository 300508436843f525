/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How exact the mathematical functions are, function by function: float64 by the largest error found, in units of the last
 * place (ULP), float32 and float16 by how many results are not the nearest number. The truth is the C library's long double
 * function; where that lies so near the middle of two numbers that it cannot tell, MPFR decides, in builds that have it.
 *   --function GLOB   only these          --exhaustive   every float32 argument, and 10^8 float64 ones
 */
#include <fenv.h>
#include <float.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#ifdef RP_HAVE_MPFR
#include <mpfr.h>
#endif

#include "accuracy.h"
#include "check.h"
#include "kernel_values.h"

/* ---- The functions ----------------------------------------------------------------------------------------- */

#ifdef RP_HAVE_MPFR
#define MPFR(function) function
#else
#define MPFR(function) 0
#endif

typedef struct truth {
    const char *name;
    long double (*one)(long double);
    long double (*two)(long double, long double);
#ifdef RP_HAVE_MPFR
    int (*exact)(mpfr_t, const mpfr_t, mpfr_rnd_t);
    int (*exact_two)(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);
#else
    int exact, exact_two;
#endif
    bool any_mode;                  /* in whatever rounding mode of the caller, one unit more at most */
    double (*cancelling)(double x); /* y for which almost nothing is left of the steps, x < 0 */
} truth;

/* log(e^x + e^y). Where the larger number cancels the logarithm little is right of what the long double functions give:
 * there MPFR computes it, and without MPFR such arguments are left out. */
#ifdef RP_HAVE_MPFR
static int exact_logaddexp(mpfr_t z, const mpfr_t x, const mpfr_t y, mpfr_rnd_t how)
{
    mpfr_t a, b;
    mpfr_inits2(400, a, b, (mpfr_ptr)0);
    mpfr_expm1(a, mpfr_less_p(x, y) ? y : x, MPFR_RNDN);
    mpfr_exp(b, mpfr_less_p(x, y) ? x : y, MPFR_RNDN);
    mpfr_add(a, a, b, MPFR_RNDN);
    const int inexact = mpfr_log1p(z, a, how);
    mpfr_clears(a, b, (mpfr_ptr)0);
    return inexact;
}
#endif

static long double logaddexpl(long double x, long double y)
{
    const long double larger = x < y ? y : x, smaller = x < y ? x : y;
    if (isnan(x) || isnan(y)) return (long double)NAN;
    if (isinf(larger) || isinf(smaller)) return larger + 0;
    long double result = larger + log1pl(expl(smaller - larger));
    if (fabsl(result) < -larger / 4) {
#ifdef RP_HAVE_MPFR
        mpfr_t a, b, z;
        mpfr_inits2(400, a, b, z, (mpfr_ptr)0);
        mpfr_set_ld(a, x, MPFR_RNDN);
        mpfr_set_ld(b, y, MPFR_RNDN);
        exact_logaddexp(z, a, b, MPFR_RNDN);
        result = mpfr_get_ld(z, MPFR_RNDN);
        mpfr_clears(a, b, z, (mpfr_ptr)0);
#else
        return UNKNOWN;
#endif
    }
    return result;
}

static double rest_of_one(double x) { return log(-expm1(x)); }

/* The angles. */
#ifdef RP_HAVE_MPFR
static int times_pi_over(mpfr_t z, const mpfr_t x, unsigned long divisor, bool inverse, mpfr_rnd_t how)
{
    mpfr_t factor;
    mpfr_init2(factor, 400);
    mpfr_const_pi(factor, MPFR_RNDN);
    if (inverse)
        mpfr_ui_div(factor, divisor, factor, MPFR_RNDN);
    else
        mpfr_div_ui(factor, factor, divisor, MPFR_RNDN);
    const int inexact = mpfr_mul(z, x, factor, how);
    mpfr_clear(factor);
    return inexact;
}
static int exact_degrees(mpfr_t z, const mpfr_t x, mpfr_rnd_t how) { return times_pi_over(z, x, 180, true, how); }
static int exact_radians(mpfr_t z, const mpfr_t x, mpfr_rnd_t how) { return times_pi_over(z, x, 180, false, how); }
#endif
static long double degreesl(long double x) { return x * (180 / 3.14159265358979323846264338327950288L); }
static long double radiansl(long double x) { return x * (3.14159265358979323846264338327950288L / 180); }

#ifdef RP_HAVE_MPFR
static int exact_cube(mpfr_t z, const mpfr_t x, mpfr_rnd_t how) { return mpfr_pow_ui(z, x, 3, how); }
#endif
static long double cubel(long double x) { return x * x * x; }

static const truth truths[] = {
    {.name = "cube", .one = cubel, .exact = MPFR(exact_cube)},
    {.name = "erf", .one = erfl, .exact = MPFR(mpfr_erf), .any_mode = true},
    {.name = "erfc", .one = erfcl, .exact = MPFR(mpfr_erfc), .any_mode = true},
    {.name = "degrees", .one = degreesl, .exact = MPFR(exact_degrees), .any_mode = true},
    {.name = "radians", .one = radiansl, .exact = MPFR(exact_radians), .any_mode = true},
    {.name = "exp", .one = expl, .exact = MPFR(mpfr_exp)},
    {.name = "log", .one = logl, .exact = MPFR(mpfr_log)},
    {.name = "log2", .one = log2l, .exact = MPFR(mpfr_log2)},
    {.name = "log10", .one = log10l, .exact = MPFR(mpfr_log10)},
    {.name = "log1p", .one = log1pl, .exact = MPFR(mpfr_log1p)},
    {.name = "exp2", .one = exp2l, .exact = MPFR(mpfr_exp2)},
    {.name = "expm1", .one = expm1l, .exact = MPFR(mpfr_expm1)},
    {.name = "sinh", .one = sinhl, .exact = MPFR(mpfr_sinh)},
    {.name = "cosh", .one = coshl, .exact = MPFR(mpfr_cosh)},
    {.name = "tanh", .one = tanhl, .exact = MPFR(mpfr_tanh)},
    {.name = "asinh", .one = asinhl, .exact = MPFR(mpfr_asinh)},
    {.name = "acosh", .one = acoshl, .exact = MPFR(mpfr_acosh)},
    {.name = "atanh", .one = atanhl, .exact = MPFR(mpfr_atanh)},
    {.name = "cbrt", .one = cbrtl, .exact = MPFR(mpfr_cbrt)},
    {.name = "logaddexp", .two = logaddexpl, .exact_two = MPFR(exact_logaddexp), .cancelling = rest_of_one},
    {.name = "pow", .two = powl, .exact_two = MPFR(mpfr_pow)},
    {.name = "sin", .one = sinl, .exact = MPFR(mpfr_sin), .any_mode = true},
    {.name = "cos", .one = cosl, .exact = MPFR(mpfr_cos), .any_mode = true},
    {.name = "tan", .one = tanl, .exact = MPFR(mpfr_tan), .any_mode = true},
    {.name = "atan", .one = atanl, .exact = MPFR(mpfr_atan), .any_mode = true},
    {.name = "atan2", .two = atan2l, .exact_two = MPFR(mpfr_atan2), .any_mode = true},
    {.name = "asin", .one = asinl, .exact = MPFR(mpfr_asin), .any_mode = true},
    {.name = "acos", .one = acosl, .exact = MPFR(mpfr_acos), .any_mode = true},
    {.name = "hypot", .two = hypotl, .exact_two = MPFR(mpfr_hypot), .any_mode = true},
};
enum { TRUTHS = sizeof truths / sizeof *truths, BLOCK = 4096 };

static long double value_of(const truth *function, double x, double y)
{
    return function->one ? function->one((long double)x) : function->two((long double)x, (long double)y);
}

/* Whether `result` is the nearest number with `bits` of precision and the least exponent of its type; by MPFR. */
static bool is_nearest(const truth *function, double x, double y, double result, rp_dtype dtype)
{
#ifdef RP_HAVE_MPFR
    mpfr_t a, b, z;
    mpfr_inits2(200, a, b, z, (mpfr_ptr)0);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    if (function->exact)
        function->exact(z, a, MPFR_RNDN);
    else
        function->exact_two(z, a, b, MPFR_RNDN);
    /* 200 bits, rounded to odd in 100: two roundings as one. */
    mpfr_t odd;
    mpfr_init2(odd, 100);
    if (mpfr_set(odd, z, MPFR_RNDZ) != 0 && mpfr_min_prec(odd) < 100) mpfr_nextabove(odd);
    const double nearest = dtype == RP_FLOAT32 ? (double)mpfr_get_flt(odd, MPFR_RNDN) : mpfr_get_d(odd, MPFR_RNDN);
    mpfr_clears(a, b, z, odd, (mpfr_ptr)0);
    return nearest == result;
#else
    (void)function, (void)x, (void)y, (void)result, (void)dtype;
    return true;
#endif
}

/* ---- One type ---------------------------------------------------------------------------------------------- */

typedef struct record {
    double worst, at, at_y; /* ULP */
    long wrong, tried;
} record;

static bool is_wrong(const truth *function, double x, double y, long double expected, double result, rp_dtype dtype)
{
    uint16_t half;
    const double nearest = dtype == RP_FLOAT32 ? (double)(float)expected : 0;
    if (dtype == RP_FLOAT16) {
        half = rp_reference_to_half((double)expected);
        const double rounded = rp_reference_from_half(half);
        return !(isnan(rounded) ? isnan(result) : rounded == result && signbit(rounded) == signbit(result));
    }
    if (isnan(nearest)) return !isnan(result);
    if (nearest == result && (result != 0 || signbit(nearest) == signbit(result))) {
        /* Right, but for a truth that is a tie by its own rounding: there MPFR is asked. */
        const long double middle =
            ((long double)nearest +
             (long double)nextafterf((float)nearest, expected > (long double)nearest ? INFINITY : -INFINITY)) /
            2;
        if (fabsl(expected - middle) > fabsl(expected) * 0x1p-60L) return false;
    } else if (fabsl(expected - ((long double)nearest + (long double)result) / 2) > fabsl(expected) * 0x1p-60L) {
        return true;
    }
    return !is_nearest(function, x, y, result, dtype);
}

static double element(const void *block, size_t i, rp_dtype dtype)
{
    const char *at = (const char *)block + i * rp_dtype_size(dtype);
    uint16_t half;
    float single;
    double real;
    switch (dtype) {
    case RP_FLOAT16: memcpy(&half, at, 2); return rp_reference_from_half(half);
    case RP_FLOAT32: memcpy(&single, at, 4); return (double)single;
    default: memcpy(&real, at, 8); return real;
    }
}

static char x[BLOCK * 8], y[BLOCK * 8], z[BLOCK * 8];

static int rounding = FE_TONEAREST;

/* The block of operands x, y through the kernel, in the mode `rounding`, and each result beside the truth. */
static void judge(const truth *function, const rp_kernel *kernel, rp_dtype dtype, record *found)
{
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(dtype);
    rp_call call = {.ptr = {z, x, y}, .inner = {size, size, size}, .n = BLOCK, .m = 1};
    fesetround(rounding);
    kernel->run(&call);
    fesetround(FE_TONEAREST);
    for (size_t i = 0; i < BLOCK; i++) {
        const double a = element(x, i, dtype), b = element(y, i, dtype), result = element(z, i, dtype);
        const long double expected = value_of(function, a, b);
        if (expected == UNKNOWN) continue;
        found->tried++;
        double error = 0;
        if (dtype == RP_FLOAT64) {
            error = error_f64(expected, result);
        } else if (is_wrong(function, a, b, expected, result, dtype)) {
            found->wrong++;
            error = 1;
        }
        if (error > found->worst) {
            found->worst = error;
            found->at = a;
            found->at_y = b;
        }
    }
}

/* Arguments of float64: by bit pattern, by size, near multiples of pi/2, near what is special. */
static double argument(uint64_t turn)
{
    static const double special[] = {
        0, 1, 0.5, 2, 0.34657359027997264, 0.6931471805599453, 1.5707963267948966, 3.141592653589793, 10,
        709.782712893384, 745.1332191019412, 1024, 1e22, 0x1p-26, 0x1p-1022, DBL_MAX, 20, 88.7,
        0x1p22, /* sin, cos and tan: another way from here, float32 from 2^30 */
        0x1p30, 0x1.4d84db080b9fdp+21, 0x1.a5a68e24971a3p+20, 0x1.7120161c92674p+0, 0x1.34e729fd08086p+21,
        0x1.3f9605aaeb51bp+21, 0x1.780c9aeca907cp+17, 0x1.feb3d51d8b45dp-2,
        0x1.ff141302900c1p-2,   /* exp2: a little below 1/2 */
        0x1.6ac5b262ca1ffp+849, /* 6381956970095103 * 2^797: nearest to k pi/2 */
        0x1.dffffb3488a4p-1, 0x1.35a0de2b038fep-1, 0x1.000c80481e7f9p-1, 0x1.62ff6a1682c25p-1, 0x1.bcab29da0e947p-54,
        0x1.bc41f4d2294b8p-54, 0x1p-500, 0x1p500, 0x1p-900, /* atan2 scales beyond these two */
        0x1p900,
        /* where other libraries err */
        0x1.0001ff6afc4bap+0, 0x1.02657ff36d5f3p-2, 0x1.fff13ade9918p-12, 0x1.f97fabc0650c4p-4, 0x1.7a337e1ba1ec2p-257,
        0x1.633c654fee2bap+9, 0x1.2e8f20cf3cbe7p+8, 0x1.205968aae119fp-8, 0x1.ff1eb5acee46bp+9, 0x1.62ff47a01658fp-2,
        0x1.62d7c116d2e32p-1, 0x1.48ae5a67204f5p+0, 0x1.001f01ac83b3p+0, 0x1.de02157073b31p-1, 0x1.2e496d25897ecp-2,
        0x1.67eaf07ce24d1p+0, 0x1.63324af2fb5b7p-1, 0x1.e134557098e37p-3,
        /* float32: logarithms, exp2 and sinh whose float64 is in the middle of two numbers */
        0x1.827a74p-7, 0x1.2f1fd6p+3, 0x1.bacb4ap+25, 0x1.b121a6p+76, 0x1.6351d8p+95, 0x1.bacb4ap+24, 0x1.b121a6p+75,
        0x1.6351d8p+94, 0x1.853a6ep-9, 0x1.e7526ep-6, 0x1.250bfep-11, 0x1.800006p-21, 0x1.7ffffap-21,
        /* the ends of logarithms' intervals around 1 */
        0.703125, 1.40625, 0.953125, 0.984375, 1.03125, 1.09375,
        /* the ends of the exponentials' ranges, and of what small arguments have */
        1.0397207708399179, 37.4299478, 710.4758600739439, 0x1p-14, 0x1p-54, 0x1p28,
        /* quick forms: the ends of their ranges; below 2^-200 many a function is its argument */
        0x1.210842p-1, 0x1p-13, 0x1p-200, 0x1p10, 12, 0.0625, 0x1p-900, 0x1p-1070, (double)INFINITY, (double)NAN};
    const uint64_t bits = random_bits();
    double number;
    switch (turn % 5) {
    case 0: memcpy(&number, &bits, 8); return number;
    case 1: return ldexp((double)(int64_t)bits * 0x1p-63, (int)(random_bits() % 12) - 1);
    case 2: return ldexp((double)(int64_t)bits * 0x1p-63, (int)(random_bits() % 80) - 60);
    case 3: return (double)((long double)((int64_t)bits >> (random_bits() & 63)) * 1.57079632679489661923L);
    default:
        number = special[bits % (sizeof special / sizeof *special)];
        memcpy(&number, &(uint64_t){*(uint64_t *)(void *)&number + (bits >> 32) % 5 - 2}, 8);
        return bits >> 60 & 1 ? -number : number;
    }
}

/* Arguments in the order of their bits, from `start` on; step 0: such as argument() makes. */
static void fill(char *block, rp_dtype dtype, uint64_t start, uint64_t step)
{
    for (uint64_t i = 0; i < BLOCK; i++) {
        const uint32_t single = (uint32_t)(start + i * step);
        const uint16_t half = (uint16_t)(start + i * step);
        char *at = block + i * rp_dtype_size(dtype);
        if (step == 0)
            put_real(dtype, at, argument(i));
        else
            memcpy(at, dtype == RP_FLOAT32 ? (const void *)&single : (const void *)&half, rp_dtype_size(dtype));
    }
}

/* Pairs of which almost nothing is left, or a little more; and either operand may be the larger. */
static void fill_cancelling(const truth *function, rp_dtype dtype)
{
    for (uint64_t i = 0; i < BLOCK; i++) {
        const double number = -fabs(argument(i)), other = function->cancelling(number);
        const double off = ldexp(1, -(int)(random_bits() % 100)) + 1;
        put_real(dtype, (i & 1 ? x : y) + i * rp_dtype_size(dtype), number);
        put_real(dtype, (i & 1 ? y : x) + i * rp_dtype_size(dtype), other * off);
    }
}

/* float32 arguments at which some function's result is within 2^-52 of the middle of two numbers. */
static void fill_hard(char *block)
{
    static const float hard[] = {0x1.33333p+13f, 0x1.95f654p+44f, 0x1.8d9d8p+73f, 0x1.4555p+51f, 0x1.119ae6p+115f,
                                 0x1.9b44d6p+112f, 0x1.8858cap+116f, 0x1.02e9bap+2f, 0x1.78b08cp+11f, 0x1.ccfeb2p+2f,
                                 0x1.1ad646p-4f, 0x1.107434p-1f, 0x1.110b46p-26f, 0x1.04c444p-12f, 0x1.d93ec4p-17f,
                                 /* where 2^-33 more or less is another number, or a multiple of pi / 2 is near */
                                 0x1.108accp-1f, 0x1.10e35ap-1f, 0x1.922258p-5f, 0x1.73da86p-5f, 0x1.000572p+0f,
                                 0x1.281166p-9f, 0x1.f9cbe2p+7f};
    for (size_t i = 0; i < BLOCK; i++) {
        const float number = hard[i / 2 % (sizeof hard / sizeof *hard)] * (i % 2 ? -1 : 1);
        memcpy(block + i * sizeof number, &number, sizeof number);
    }
}

static void check_function(const truth *function, rp_dtype dtype, bool exhaustive)
{
    const int op = rp_find_op(function->name);
    const rp_kernel *kernel = best_kernel(op, dtype, function->one ? RP_V : RP_VV);
    CHECK(kernel != NULL);
    if (!kernel) return;
    record found = {0};
    const uint64_t all = dtype == RP_FLOAT16 ? (uint64_t)1 << 16 : (uint64_t)1 << 32;
    const uint64_t step = dtype == RP_FLOAT32 && !exhaustive ? 4099 : 1;
    const bool ordered = dtype != RP_FLOAT64 && !function->two; /* all, or each step-th; besides, what is special */
    const long blocks = ordered ? 64 : (exhaustive ? 100000000 : 1000000) / BLOCK;
    for (long block = 0; block < blocks; block++) {
        fill(x, dtype, 0, 0);
        fill(y, dtype, 0, 0);
        judge(function, kernel, dtype, &found);
    }
    for (int block = 0; function->cancelling && block < 10; block++) {
        fill_cancelling(function, dtype);
        judge(function, kernel, dtype, &found);
    }
    if (ordered && dtype == RP_FLOAT32) {
        fill_hard(x);
        judge(function, kernel, dtype, &found);
        /* beside 1, where logarithms are small */
        const uint64_t one = 0x3f800000;
        for (uint64_t start = one - 4 * BLOCK; start < one + 4 * BLOCK; start += BLOCK) {
            fill(x, dtype, start, 1);
            judge(function, kernel, dtype, &found);
        }
    }
    for (uint64_t start = 0; ordered && start < all; start += BLOCK * step) {
        fill(x, dtype, start, step);
        judge(function, kernel, dtype, &found);
    }
    const bool good = dtype == RP_FLOAT64 ? found.worst <= 1 : found.wrong == 0;
    CHECK(good);
    printf("%-12s %-8s %-28s %10ld tried  %8.3f ULP  %ld not nearest  at %a", function->name, rp_dtype_name(dtype),
           kernel->name, found.tried, found.worst, found.wrong, found.at);
    if (function->two) printf(", %a", found.at_y);
    printf("\n");
}

static void check_modes(const truth *function)
{
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    const rp_kernel *kernel = best_kernel(rp_find_op(function->name), RP_FLOAT64, function->one ? RP_V : RP_VV);
    for (size_t i = 0; kernel && i < sizeof modes / sizeof *modes; i++) {
        record found = {0};
        rounding = modes[i];
        for (int block = 0; block < 25; block++) {
            fill(x, RP_FLOAT64, 0, 0);
            fill(y, RP_FLOAT64, 0, 0);
            judge(function, kernel, RP_FLOAT64, &found);
        }
        rounding = FE_TONEAREST;
        CHECK(found.worst <= 2);
        if (found.worst > 2)
            printf("%s in rounding mode %d: %.3f ULP at %a, %a\n", function->name, modes[i], found.worst, found.at,
                   found.at_y);
    }
}

int main(int count, char **arguments)
{
    const char *pattern = "*";
    bool exhaustive = false;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--exhaustive") == 0)
            exhaustive = true;
        else if (strcmp(arguments[i], "--function") == 0 && i + 1 < count)
            pattern = arguments[++i];
        else
            return fprintf(stderr, "usage: test_accuracy [--function GLOB] [--exhaustive]\n"), 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < TRUTHS; i++) {
        if (fnmatch(pattern, truths[i].name, 0) != 0) continue;
        check_function(&truths[i], RP_FLOAT16, exhaustive);
        check_function(&truths[i], RP_FLOAT32, exhaustive);
        check_function(&truths[i], RP_FLOAT64, exhaustive);
        if (truths[i].any_mode) check_modes(&truths[i]);
    }
    return check_report();
}
