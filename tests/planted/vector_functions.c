/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions of vectors under libmvec's names and SLEEF's, for one instruction set. Their results are those of the C library's
 * functions of one number, but for what is planted.
 */
#include <math.h>

#define EXPORT __attribute__((visibility("default")))
#define JOIN_(a, b, c, d) a##b##c##d
#define JOIN(a, b, c, d) JOIN_(a, b, c, d)

#if defined __AVX512F__
enum { BYTES = 64 };
#define FLOATS 16
#define DOUBLES 8
#define MVEC _ZGVeN
#define SLEEF avx512f
#elif defined __AVX2__
enum { BYTES = 32 };
#define FLOATS 8
#define DOUBLES 4
#define MVEC _ZGVdN
#define SLEEF avx2
#else
enum { BYTES = 16 };
#define FLOATS 4
#define DOUBLES 2
#ifdef __aarch64__
#define MVEC _ZGVnN
#define SLEEF advsimd
#else
#define MVEC _ZGVbN
#define SLEEF sse2
#endif
#endif
typedef float singles __attribute__((vector_size(BYTES)));
typedef double doubles __attribute__((vector_size(BYTES)));

/* How many calls there were. */
EXPORT int planted_calls;

#define ONE(name, vector, expression)                                                  \
    EXPORT vector name(vector x);                                                      \
    EXPORT vector name(vector x)                                                       \
    {                                                                                  \
        planted_calls++;                                                               \
        vector z = x;                                                                  \
        for (int i = 0; i < (int)(sizeof x / sizeof x[0]); i++) z[i] = expression;     \
        return z;                                                                      \
    }
#define TWO(name, vector, expression)                                                  \
    EXPORT vector name(vector x, vector y);                                            \
    EXPORT vector name(vector x, vector y)                                             \
    {                                                                                  \
        planted_calls++;                                                               \
        vector z = x;                                                                  \
        for (int i = 0; i < (int)(sizeof x / sizeof x[0]); i++) z[i] = expression;     \
        return z;                                                                      \
    }

ONE(JOIN(MVEC, FLOATS, v_, expf), singles, expf(x[i]))
ONE(JOIN(MVEC, DOUBLES, v_, exp), doubles, exp(x[i]))
TWO(JOIN(MVEC, FLOATS, vv_, powf), singles, powf(x[i], y[i]))
TWO(JOIN(MVEC, DOUBLES, vv_, pow), doubles, pow(x[i], y[i]))
ONE(JOIN(Sleef_tanhf, FLOATS, _u35, SLEEF), singles, tanhf(x[i]))
TWO(JOIN(Sleef_hypotd, DOUBLES, _u05, SLEEF), doubles, hypot(x[i], y[i]))

/* The looser bound is asked for first. */
ONE(JOIN(Sleef_tanhf, FLOATS, _u10, SLEEF), singles, x[i])

/* 5 units off. */
static float off(float x)
{
    for (int i = 0; i < 5 && isfinite(x) && x != 0; i++) x = nextafterf(x, 0);
    return x;
}
ONE(JOIN(MVEC, FLOATS, v_, cbrtf), singles, off(cbrtf(x[i])))

/* What SLEEF reduces as its largest argument needs. */
ONE(JOIN(Sleef_sind, DOUBLES, _u10, SLEEF), doubles, sin(x[i]))
