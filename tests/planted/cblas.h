/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A BLAS with what src/backends/cblas.c asks for, right in every bit. Each file here includes it with one thing planted:
 * FAULT runs in every ?scal behind the loop, with x, alpha and n.
 */
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#ifndef INTEGER
#define INTEGER int
#endif
#ifndef CONFIG
#define CONFIG "OpenBLAS 0.0.0 planted"
#endif
#ifndef FAULT
#define FAULT(code, T)
#endif
#ifndef SUM_FAULT
#define SUM_FAULT(code, T)
#endif

typedef struct complex64 {
    float re, im;
} complex64;
typedef struct complex128 {
    double re, im;
} complex128;

/* What a test may look at. */
EXPORT int planted_threads, planted_most_threads; /* of the latest call; ever */
EXPORT int64_t planted_longest;

EXPORT const char *openblas_get_config(void);
EXPORT const char *openblas_get_config(void) { return CONFIG; }
EXPORT void openblas_set_num_threads(int threads);
EXPORT void openblas_set_num_threads(int threads)
{
    planted_threads = threads;
    if (threads > planted_most_threads) planted_most_threads = threads;
}
EXPORT int openblas_get_parallel(void);
EXPORT int openblas_get_parallel(void) { return 1; }

#define REAL(letter, T)                                                                              \
    EXPORT void cblas_##letter##scal(INTEGER n, T alpha, T *x, INTEGER step);                        \
    EXPORT void cblas_##letter##scal(INTEGER n, T alpha, T *x, INTEGER step)                         \
    {                                                                                                \
        if (n > planted_longest) planted_longest = n;                                                \
        for (INTEGER i = 0; i < n; i++) x[i * step] = alpha * x[i * step];                           \
        FAULT(letter, T)                                                                             \
    }                                                                                                \
    EXPORT T cblas_##letter##sum(INTEGER n, const T *x, INTEGER step);                               \
    EXPORT T cblas_##letter##sum(INTEGER n, const T *x, INTEGER step)                                \
    {                                                                                                \
        T sum = 0;                                                                                   \
        for (INTEGER i = 0; i < n; i++) sum += x[i * step];                                          \
        SUM_FAULT(letter, T)                                                                         \
        return sum;                                                                                  \
    }                                                                                                \
    EXPORT T cblas_##letter##dot(INTEGER n, const T *x, INTEGER dx, const T *y, INTEGER dy);         \
    EXPORT T cblas_##letter##dot(INTEGER n, const T *x, INTEGER dx, const T *y, INTEGER dy)          \
    {                                                                                                \
        T sum = 0;                                                                                   \
        for (INTEGER i = n; i-- > 0;) sum += x[i * dx] * y[i * dy]; /* from its end */               \
        return sum;                                                                                  \
    }                                                                                                \
    EXPORT void cblas_##letter##axpy(INTEGER n, T alpha, const T *x, INTEGER dx, T *y, INTEGER dy);  \
    EXPORT void cblas_##letter##axpy(INTEGER n, T alpha, const T *x, INTEGER dx, T *y, INTEGER dy)   \
    {                                                                                                \
        for (INTEGER i = 0; i < n; i++) y[i * dy] += alpha * x[i * dx];                              \
    }
#define COMPLEX(letter, T)                                                                           \
    EXPORT void cblas_##letter##scal(INTEGER n, const void *number, void *vector, INTEGER step);     \
    EXPORT void cblas_##letter##scal(INTEGER n, const void *number, void *vector, INTEGER step)      \
    {                                                                                                \
        const T alpha = *(const T *)number;                                                          \
        T *x = vector;                                                                               \
        for (INTEGER i = 0; i < n; i++) {                                                            \
            const T old = x[i * step];                                                               \
            x[i * step].re = old.re * alpha.re - old.im * alpha.im;                                  \
            x[i * step].im = old.re * alpha.im + old.im * alpha.re;                                  \
        }                                                                                            \
    }                                                                                                \
    EXPORT void cblas_##letter##axpy(INTEGER n, const void *number, const void *from, INTEGER dx,    \
                                     void *to, INTEGER dy);                                          \
    EXPORT void cblas_##letter##axpy(INTEGER n, const void *number, const void *from, INTEGER dx,    \
                                     void *to, INTEGER dy)                                           \
    {                                                                                                \
        const T alpha = *(const T *)number, *x = from;                                               \
        T *y = to;                                                                                   \
        for (INTEGER i = 0; i < n; i++) {                                                            \
            y[i * dy].re += x[i * dx].re * alpha.re - x[i * dx].im * alpha.im;                       \
            y[i * dy].im += x[i * dx].re * alpha.im + x[i * dx].im * alpha.re;                       \
        }                                                                                            \
    }

REAL(s, float)
REAL(d, double)
COMPLEX(c, complex64)
#ifndef WITHOUT_DOUBLE_COMPLEX
COMPLEX(z, complex128)
#endif
