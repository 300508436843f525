/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A stand-in for Apple's Accelerate: the functions that src/backends/accelerate.c asks for, with the signatures of Apple's
 * documentation. It proves the order of arguments and the strides, and nothing of Accelerate itself.
 */
#include <math.h>

#define EXPORT __attribute__((visibility("default")))
#define VECTOR(name, T, expression)                                                                       \
    EXPORT void name(const T *a, long da, T *c, long dc, unsigned long n);                                \
    EXPORT void name(const T *a, long da, T *c, long dc, unsigned long n)                                 \
    {                                                                                                     \
        for (long i = 0; i < (long)n; i++) {                                                              \
            const T x = a[i * da];                                                                        \
            c[i * dc] = expression;                                                                       \
        }                                                                                                 \
    }
#define NUMBER(name, T, expression)                                                                       \
    EXPORT void name(const T *a, long da, const T *b, T *c, long dc, unsigned long n);                    \
    EXPORT void name(const T *a, long da, const T *b, T *c, long dc, unsigned long n)                     \
    {                                                                                                     \
        for (long i = 0; i < (long)n; i++) {                                                              \
            const T x = a[i * da], y = *b;                                                                \
            c[i * dc] = expression;                                                                       \
        }                                                                                                 \
    }
/* x is the first argument and y the second. */
#define VECTORS(name, T, expression)                                                                      \
    EXPORT void name(const T *a, long da, const T *b, long db, T *c, long dc, unsigned long n);           \
    EXPORT void name(const T *a, long da, const T *b, long db, T *c, long dc, unsigned long n)            \
    {                                                                                                     \
        for (long i = 0; i < (long)n; i++) {                                                              \
            const T x = a[i * da], y = b[i * db];                                                         \
            c[i * dc] = expression;                                                                       \
        }                                                                                                 \
    }
#define FORCE(name, T, function)                                                                          \
    EXPORT void name(T *y, const T *x, const int *n);                                                     \
    EXPORT void name(T *y, const T *x, const int *n)                                                      \
    {                                                                                                     \
        for (int i = 0; i < *n; i++) y[i] = function(x[i]);                                               \
    }
/* y is the first argument and x the second. */
#define FORCES(name, T, expression)                                                                       \
    EXPORT void name(T *z, const T *y, const T *x, const int *n);                                         \
    EXPORT void name(T *z, const T *py, const T *px, const int *n)                                        \
    {                                                                                                     \
        for (int i = 0; i < *n; i++) {                                                                    \
            const T y = py[i], x = px[i];                                                                 \
            z[i] = expression;                                                                            \
        }                                                                                                 \
    }
#define FOLD(name, T, expression)                                                                         \
    EXPORT void name(const T *a, long da, T *c, unsigned long n);                                         \
    EXPORT void name(const T *a, long da, T *c, unsigned long n)                                          \
    {                                                                                                     \
        T x = a[0];                                                                                       \
        for (long i = 1; i < (long)n; i++) {                                                              \
            const T y = a[i * da];                                                                        \
            x = expression;                                                                               \
        }                                                                                                 \
        *c = x;                                                                                           \
    }
#define SCALE(name, T)                                                                                    \
    EXPORT void name(int n, T alpha, T *x, int step);                                                     \
    EXPORT void name(int n, T alpha, T *x, int step)                                                      \
    {                                                                                                     \
        for (int i = 0; i < n; i++) x[i * step] *= alpha;                                                 \
    }
#define ALL(D, f, letter, T)                                                                              \
    NUMBER(vDSP_vsmul##D, T, x *y)                                                                        \
    NUMBER(vDSP_vsadd##D, T, x + y)                                                                       \
    VECTORS(vDSP_vmul##D, T, x *y)                                                                        \
    VECTORS(vDSP_vadd##D, T, x + y)                                                                       \
    VECTORS(vDSP_vsub##D, T, y - x)                                                                       \
    VECTORS(vDSP_vdiv##D, T, y / x)                                                                       \
    VECTORS(vDSP_vmax##D, T, x >= y || x != x ? x : y)                                                    \
    VECTORS(vDSP_vmin##D, T, x <= y || x != x ? x : y)                                                    \
    VECTOR(vDSP_vneg##D, T, -x)                                                                           \
    VECTOR(vDSP_vabs##D, T, fabs##f(x))                                                                   \
    VECTOR(vDSP_vsq##D, T, x *x)                                                                          \
    FOLD(vDSP_sve##D, T, x + y)                                                                           \
    FOLD(vDSP_maxv##D, T, x >= y || x != x ? x : y)                                                       \
    FOLD(vDSP_minv##D, T, x <= y || x != x ? x : y)                                                       \
    FORCE(vvsqrt##f, T, sqrt##f)                                                                          \
    FORCE(vvfloor##f, T, floor##f)                                                                        \
    FORCE(vvceil##f, T, ceil##f)                                                                          \
    FORCE(vvint##f, T, trunc##f)                                                                          \
    FORCE(vvexp##f, T, exp##f)                                                                            \
    FORCE(vvexp2##f, T, exp2##f)                                                                          \
    FORCE(vvexpm1##f, T, expm1##f)                                                                        \
    FORCE(vvlog##f, T, log##f)                                                                            \
    FORCE(vvlog2##f, T, log2##f)                                                                          \
    FORCE(vvlog10##f, T, log10##f)                                                                        \
    FORCE(vvlog1p##f, T, log1p##f)                                                                        \
    FORCE(vvsin##f, T, sin##f)                                                                            \
    FORCE(vvcos##f, T, cos##f)                                                                            \
    FORCE(vvtan##f, T, tan##f)                                                                            \
    FORCE(vvasin##f, T, asin##f)                                                                          \
    FORCE(vvacos##f, T, acos##f)                                                                          \
    FORCE(vvatan##f, T, atan##f)                                                                          \
    FORCE(vvsinh##f, T, sinh##f)                                                                          \
    FORCE(vvcosh##f, T, cosh##f)                                                                          \
    FORCE(vvtanh##f, T, tanh##f)                                                                          \
    FORCE(vvasinh##f, T, asinh##f)                                                                        \
    FORCE(vvacosh##f, T, acosh##f)                                                                        \
    FORCE(vvatanh##f, T, atanh##f)                                                                        \
    FORCE(vvcbrt##f, T, cbrt##f)                                                                          \
    FORCES(vvatan2##f, T, atan2##f(y, x))                                                                 \
    FORCES(vvpow##f, T, pow##f(x, y))                                                                     \
    SCALE(cblas_##letter##scal, T)
ALL(, f, s, float)
ALL(D, , d, double)
