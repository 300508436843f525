/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Special values of the complex functions, for test_complex.c: the tables of C17, annex G.6, and what follows from them for
 * functions that it does not have; and powers that are exact.
 */
#ifndef RP_TEST_ANNEX_G_H
#define RP_TEST_ANNEX_G_H

#include <math.h>

#define INF ((double)INFINITY)
#define NONE ((double)NAN)
#define PI 3.141592653589793

/* Of z with a sign bit of 0 in both parts; the function of the conjugate is the conjugate. ANY: of either sign. */
enum { ANY_RE = 1, ANY_IM = 2, ANY = 3 };
typedef struct row {
    const char *name;
    double x, y, re, im;
    int any;
} row;

/* clang-format off */
static const row rows[] = {
    {"acos", 0, 0, PI / 2, -0.0, 0}, {"acos", 0, NONE, PI / 2, NONE, 0}, {"acos", 2, INF, PI / 2, -INF, 0},
    {"acos", 2, NONE, NONE, NONE, 0}, {"acos", -INF, 2, PI, -INF, 0}, {"acos", INF, 2, 0, -INF, 0},
    {"acos", -INF, INF, 3 * PI / 4, -INF, 0}, {"acos", INF, INF, PI / 4, -INF, 0},
    {"acos", INF, NONE, NONE, INF, ANY_IM}, {"acos", -INF, NONE, NONE, INF, ANY_IM}, {"acos", NONE, 2, NONE, NONE, 0},
    {"acos", NONE, INF, NONE, -INF, 0}, {"acos", NONE, NONE, NONE, NONE, 0}, {"acos", 1, 0, 0, -0.0, 0},
    {"acos", -1, 0, PI, -0.0, 0}, {"acosh", 0, 0, 0, PI / 2, 0}, {"acosh", -0.0, 0, 0, PI / 2, 0},
    {"acosh", 2, INF, INF, PI / 2, 0}, {"acosh", 0, NONE, NONE, PI / 2, ANY_IM}, {"acosh", 2, NONE, NONE, NONE, 0},
    {"acosh", -INF, 2, INF, PI, 0}, {"acosh", INF, 2, INF, 0, 0}, {"acosh", -INF, INF, INF, 3 * PI / 4, 0},
    {"acosh", INF, INF, INF, PI / 4, 0}, {"acosh", INF, NONE, INF, NONE, 0}, {"acosh", -INF, NONE, INF, NONE, 0},
    {"acosh", NONE, 2, NONE, NONE, 0}, {"acosh", NONE, INF, INF, NONE, 0}, {"acosh", NONE, NONE, NONE, NONE, 0},
    {"acosh", 1, 0, 0, 0, 0}, {"acosh", -1, 0, 0, PI, 0}, {"asinh", 0, 0, 0, 0, 0}, {"asinh", 2, INF, INF, PI / 2, 0},
    {"asinh", 2, NONE, NONE, NONE, 0}, {"asinh", INF, 2, INF, 0, 0}, {"asinh", INF, INF, INF, PI / 4, 0},
    {"asinh", INF, NONE, INF, NONE, 0}, {"asinh", NONE, 0, NONE, 0, 0}, {"asinh", NONE, 2, NONE, NONE, 0},
    {"asinh", NONE, INF, INF, NONE, ANY_RE}, {"asinh", NONE, NONE, NONE, NONE, 0}, {"asinh", 0, 1, 0, PI / 2, 0},
    {"atanh", 0, 0, 0, 0, 0}, {"atanh", 0, NONE, 0, NONE, 0}, {"atanh", 1, 0, INF, 0, 0},
    {"atanh", 2, INF, 0, PI / 2, 0}, {"atanh", 2, NONE, NONE, NONE, 0}, {"atanh", INF, 2, 0, PI / 2, 0},
    {"atanh", INF, INF, 0, PI / 2, 0}, {"atanh", INF, NONE, 0, NONE, 0}, {"atanh", NONE, 2, NONE, NONE, 0},
    {"atanh", NONE, INF, 0, PI / 2, ANY_RE}, {"atanh", NONE, NONE, NONE, NONE, 0}, {"atanh", 0, 1, 0, PI / 4, 0},
    {"cosh", 0, 0, 1, 0, 0}, {"cosh", 0, INF, NONE, 0, ANY_IM}, {"cosh", 0, NONE, NONE, 0, ANY_IM},
    {"cosh", 2, INF, NONE, NONE, 0}, {"cosh", 2, NONE, NONE, NONE, 0}, {"cosh", INF, 0, INF, 0, 0},
    {"cosh", INF, 2, -INF, INF, 0}, {"cosh", INF, INF, INF, NONE, ANY_RE}, {"cosh", INF, NONE, INF, NONE, 0},
    {"cosh", NONE, 0, NONE, 0, ANY_IM}, {"cosh", NONE, 2, NONE, NONE, 0}, {"cosh", NONE, NONE, NONE, NONE, 0},
    {"sinh", 0, 0, 0, 0, 0}, {"sinh", 0, INF, 0, NONE, ANY_RE}, {"sinh", 0, NONE, 0, NONE, ANY_RE},
    {"sinh", 2, INF, NONE, NONE, 0}, {"sinh", 2, NONE, NONE, NONE, 0}, {"sinh", INF, 0, INF, 0, 0},
    {"sinh", INF, 2, -INF, INF, 0}, {"sinh", INF, INF, INF, NONE, ANY_RE}, {"sinh", INF, NONE, INF, NONE, ANY_RE},
    {"sinh", NONE, 0, NONE, 0, 0}, {"sinh", NONE, 2, NONE, NONE, 0}, {"sinh", NONE, NONE, NONE, NONE, 0},
    /* a zero has the sign of the product that it is */
    {"sinh", 0, 2, -0.0, 0.9092974268256817, 0}, {"sinh", 0, 4, -0.0, -0.7568024953079282, 0},
    {"sinh", 0, 5, 0, -0.9589242746631385, 0}, {"cosh", 0, 2, -0.4161468365471424, 0, 0},
    {"cosh", 0, 4, -0.6536436208636119, -0.0, 0}, {"cosh", 0, 5, 0.28366218546322625, -0.0, 0},
    {"tanh", 0, 0, 0, 0, 0}, {"tanh", 0, INF, 0, NONE, 0}, {"tanh", 2, INF, NONE, NONE, 0},
    {"tanh", 0, NONE, 0, NONE, 0}, {"tanh", 2, NONE, NONE, NONE, 0}, {"tanh", INF, 1, 1, 0, 0},
    {"tanh", INF, 2, 1, -0.0, 0}, {"tanh", INF, INF, 1, 0, ANY_IM}, {"tanh", INF, NONE, 1, 0, ANY_IM},
    {"tanh", NONE, 0, NONE, 0, 0}, {"tanh", NONE, 2, NONE, NONE, 0}, {"tanh", NONE, NONE, NONE, NONE, 0},
    {"exp", 0, 0, 1, 0, 0}, {"exp", -0.0, 0, 1, 0, 0}, {"exp", 2, INF, NONE, NONE, 0}, {"exp", 2, NONE, NONE, NONE, 0},
    {"exp", INF, 0, INF, 0, 0}, {"exp", -INF, 2, -0.0, 0, 0}, {"exp", INF, 2, -INF, INF, 0},
    {"exp", -INF, INF, 0, 0, ANY}, {"exp", INF, INF, INF, NONE, ANY_RE}, {"exp", -INF, NONE, 0, 0, ANY},
    {"exp", INF, NONE, INF, NONE, ANY_RE}, {"exp", NONE, 0, NONE, 0, 0}, {"exp", NONE, 2, NONE, NONE, 0},
    {"exp", NONE, NONE, NONE, NONE, 0}, {"log", -0.0, 0, -INF, PI, 0}, {"log", 0, 0, -INF, 0, 0},
    {"log", 2, INF, INF, PI / 2, 0}, {"log", 2, NONE, NONE, NONE, 0}, {"log", -INF, 2, INF, PI, 0},
    {"log", INF, 2, INF, 0, 0}, {"log", -INF, INF, INF, 3 * PI / 4, 0}, {"log", INF, INF, INF, PI / 4, 0},
    {"log", INF, NONE, INF, NONE, 0}, {"log", -INF, NONE, INF, NONE, 0}, {"log", NONE, 2, NONE, NONE, 0},
    {"log", NONE, INF, INF, NONE, 0}, {"log", NONE, NONE, NONE, NONE, 0}, {"log", 1, 0, 0, 0, 0},
    {"log", -1, 0, 0, PI, 0}, {"sqrt", 0, 0, 0, 0, 0}, {"sqrt", -0.0, 0, 0, 0, 0}, {"sqrt", 2, INF, INF, INF, 0},
    {"sqrt", NONE, INF, INF, INF, 0}, {"sqrt", -INF, INF, INF, INF, 0}, {"sqrt", 2, NONE, NONE, NONE, 0},
    {"sqrt", -INF, 2, 0, INF, 0}, {"sqrt", INF, 2, INF, 0, 0}, {"sqrt", -INF, NONE, NONE, INF, ANY_IM},
    {"sqrt", INF, NONE, INF, NONE, 0}, {"sqrt", NONE, 2, NONE, NONE, 0}, {"sqrt", NONE, NONE, NONE, NONE, 0},
    {"sqrt", -4, 0, 0, 2, 0}, {"sqrt", 3, 4, 2, 1, 0},
    /* as exp and log have them */
    {"expm1", 0, 0, 0, 0, 0}, {"expm1", -0.0, 0, -0.0, 0, 0}, {"expm1", 2, INF, NONE, NONE, 0},
    {"expm1", INF, 0, INF, 0, 0}, {"expm1", -INF, 2, -1, 0, 0}, {"expm1", INF, 2, -INF, INF, 0},
    {"expm1", -INF, INF, -1, 0, ANY_IM}, {"expm1", INF, INF, INF, NONE, ANY_RE}, {"expm1", -INF, NONE, -1, 0, ANY_IM},
    {"expm1", INF, NONE, INF, NONE, ANY_RE}, {"expm1", NONE, 0, NONE, 0, 0}, {"expm1", NONE, 2, NONE, NONE, 0},
    {"log1p", 0, 0, 0, 0, 0}, {"log1p", -0.0, 0, -0.0, 0, 0}, {"log1p", -1, 0, -INF, 0, 0},
    {"log1p", 2, INF, INF, PI / 2, 0}, {"log1p", 2, NONE, NONE, NONE, 0}, {"log1p", -INF, 2, INF, PI, 0},
    {"log1p", INF, 2, INF, 0, 0}, {"log1p", -INF, INF, INF, 3 * PI / 4, 0}, {"log1p", INF, INF, INF, PI / 4, 0},
    {"log1p", INF, NONE, INF, NONE, 0}, {"log1p", NONE, 2, NONE, NONE, 0}, {"log1p", NONE, INF, INF, NONE, 0},
    {"exp2", 0, 0, 1, 0, 0}, {"exp2", INF, 0, INF, 0, 0}, {"exp2", -INF, NONE, 0, 0, ANY},
    {"exp2", INF, NONE, INF, NONE, ANY_RE}, {"exp2", NONE, 0, NONE, 0, 0}, {"exp2", 3, 0, 8, 0, 0},
    {"log2", 0, 0, -INF, 0, 0}, {"log2", NONE, INF, INF, NONE, 0}, {"log2", 8, 0, 3, 0, 0}, {"log10", 0, 0, -INF, 0, 0},
    {"log10", INF, NONE, INF, NONE, 0}, {"log10", 1000, 0, 3, 0, 0},
};

/* z^w with the result, exact. */
static const double powers[][6] = {
    {0, 1, 2, 0, -1, 0}, {1, 1, 2, 0, 0, 2}, {1, 2, 3, 0, -11, -2}, {2, 1, 20, 0, -9653287, 1476984}, {0, 2, -1, 0, 0, -0.5},
    {3, 4, 0.5, 0, 2, 1}, {0, 0, 2, 0, 0, 0}, {0, 0, 0, 0, 1, 0}, {NONE, NONE, 0, 0, 1, 0}, {0, 0, -1, 0, NONE, NONE}, {0, 0, 0, 1, NONE, NONE},
    {0, 0, 0.5, 1, 0, 0}, {1e300, -1e-5, 1, 0, 1e300, -1e-5}, {2, 0, 1000, 0, 0x1p1000, 0}, {0x1p-10, 0, 107, 0, 0x1p-1070, 0},
    {0x1p-1074, 0, 1, 0, 0x1p-1074, 0}, {2, 0, 1e308, 0, INF, 0}, {2, 0, -1e308, 0, 0, -0.0},
};
/* clang-format on */

#endif
