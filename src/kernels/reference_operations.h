/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The reference's elementwise operations (reference.c, which alone includes this): of one number or two, by kind of type.
 */
#ifndef RP_REFERENCE_OPERATIONS_H
#define RP_REFERENCE_OPERATIONS_H

#include <complex.h>
#include <math.h>

#define RP_SIMD_HEADER "simd/scalar.h"
#include "kernels/math/functions.h"
#include "kernels/reference_elements.h"
#include "kernels/types.h"

/* ---- integers ------------------------------------------------------------------------------------------------ */

static bool negative(uint64_t x) { return x >> 63; }

static bool integer_less(uint64_t x, uint64_t y, bool is_signed)
{
    return is_signed && negative(x) != negative(y) ? negative(x) : x < y;
}

static void integer_divide(uint64_t x, uint64_t y, bool is_signed, uint64_t *quotient, uint64_t *remainder)
{
    *quotient = *remainder = 0;
    if (y == 0) return;
    bool x_negative = is_signed && negative(x), y_negative = is_signed && negative(y);
    uint64_t x_size = x_negative ? -x : x, y_size = y_negative ? -y : y;
    *quotient = x_size / y_size;
    *remainder = x_size % y_size;
    if (x_negative != y_negative) {
        if (*remainder) {
            *quotient += 1;
            *remainder = y_size - *remainder;
        }
        *quotient = -*quotient;
    }
    if (y_negative) *remainder = -*remainder;
}

static uint64_t integer_binary(rp_op op, uint64_t x, uint64_t y, rp_dtype dtype)
{
    bool is_signed = types[dtype].kind == RP_KIND_SIGNED;
    uint64_t width = 8 * types[dtype].size, quotient, remainder;
    integer_divide(x, y, is_signed, &quotient, &remainder);
    switch (op) {
    case RP_ADD: return x + y;
    case RP_SUBTRACT: return x - y;
    case RP_ABSOLUTE_DIFFERENCE: return integer_less(x, y, is_signed) ? y - x : x - y;
    case RP_MULTIPLY: return x * y;
    case RP_FLOOR_DIVIDE: return quotient;
    case RP_POW:
        for (uint64_t z = 1, left = width < 64 ? y & (((uint64_t)1 << width) - 1) : y;; x *= x, left >>= 1) {
            if (left & 1) z *= x;
            if (left <= 1) return z;
        }
    case RP_REMAINDER: return remainder;
    case RP_FMOD: return remainder && is_signed && negative(x) != negative(y) ? remainder - y : remainder;
    case RP_FMIN:
    case RP_MINIMUM: return integer_less(x, y, is_signed) ? x : y;
    case RP_FMAX:
    case RP_MAXIMUM: return integer_less(x, y, is_signed) ? y : x;
    case RP_EQUAL: return x == y;
    case RP_NOT_EQUAL: return x != y;
    case RP_LESS: return integer_less(x, y, is_signed);
    case RP_LESS_EQUAL: return !integer_less(y, x, is_signed);
    case RP_GREATER: return integer_less(y, x, is_signed);
    case RP_GREATER_EQUAL: return !integer_less(x, y, is_signed);
    case RP_LOGICAL_AND: return x && y;
    case RP_LOGICAL_OR: return x || y;
    case RP_LOGICAL_XOR: return !x != !y;
    case RP_BITWISE_AND: return x & y;
    case RP_BITWISE_OR: return x | y;
    case RP_BITWISE_XOR: return x ^ y;
    case RP_BITWISE_LEFT_SHIFT: return y < width ? x << y : 0;
    case RP_BITWISE_RIGHT_SHIFT: {
        uint64_t filler = is_signed && negative(x) ? UINT64_MAX : 0;
        if (y >= width) return filler;
        return y == 0 ? x : x >> y | filler << (64 - y);
    }
    default: return 0;
    }
}

static uint64_t integer_unary(rp_op op, uint64_t x, rp_dtype dtype)
{
    bool below = types[dtype].kind == RP_KIND_SIGNED && negative(x);
    switch (op) {
    case RP_NEGATIVE: return -x;
    case RP_ABS: return below ? -x : x;
    case RP_SQUARE: return x * x;
    case RP_RECIPROCAL: return x == 0 ? real_to_integer(INFINITY, dtype) : x == 1 || (below && x == UINT64_MAX) ? x : 0;
    case RP_SIGN: return below ? UINT64_MAX : x != 0;
    case RP_SIGNBIT: return below;
    case RP_ISFINITE: return 1;
    case RP_ISNAN:
    case RP_ISINF: return 0;
    case RP_LOGICAL_NOT: return x == 0;
    case RP_BITWISE_INVERT: return dtype == RP_BOOL ? x == 0 : ~x;
    default: return x; /* positive, floor, ceil, trunc, round */
    }
}

/* A bool is a truth, not a number: add is or, multiply is and. */
static uint64_t bool_binary(rp_op op, uint64_t x, uint64_t y)
{
    if (op == RP_ADD) return x || y;
    if (op == RP_MULTIPLY) return x && y;
    return integer_binary(op, x, y, RP_BOOL);
}

/* ---- real ---------------------------------------------------------------------------------------------------- */

/* volatile: GCC 12 at -O3 loses the rounding when it turns two of these into one vector. */
static double step(double x, bool single)
{
    if (!single) return x;
    volatile float rounded = (float)x;
    return rounded;
}

/* Python's divmod, as npy_divmod has it; but an infinity over a finite number stays one, as the array API asks. */
static double real_divide(double x, double y, bool single, double *remainder)
{
    double rest = fmod(x, y);
    *remainder = rest;
    if (y == 0) return x / y;
    double quotient = step(step(x - rest, single) / y, single);
    if (rest == 0) {
        *remainder = copysign(0, y);
    } else if ((y < 0) != (rest < 0)) {
        *remainder = step(rest + y, single);
        quotient = step(quotient - 1, single);
    }
    if (isinf(x) && !isinf(y) && !isnan(y)) return signbit(x) == signbit(y) ? (double)INFINITY : -(double)INFINITY;
    if (quotient == 0) return copysign(0, signbit(x) == signbit(y) ? 1 : -1);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? step(whole + 1, single) : whole;
}

static double half_to_even(double x)
{
    double whole = floor(x), rest = x - whole;
    if (rest > 0.5 || (rest == 0.5 && fmod(whole, 2) != 0)) whole += 1;
    return copysign(whole, x);
}

/* Numbers of one sign are in the order of their bits. */
static double next_after(double x, double y, rp_dtype dtype)
{
    if (dtype == RP_FLOAT64) return nextafter(x, y);
    if (dtype == RP_FLOAT32) return (double)nextafterf((float)x, (float)y);
    if (isnan(x) || isnan(y)) return (double)NAN;
    if (x == y) return y;
    if (x == 0) return copysign(0x1p-24, y);
    const uint16_t half = rp_reference_to_half(x);
    return rp_reference_from_half(fabs(y) > fabs(x) && signbit(x) == signbit(y) ? half + 1 : half - 1);
}

/* Of mathematical functions the bits are defined by their source, here with one lane; how exact they are, test_accuracy.c
 * asks. `single`: the result is rounded to float32 or float16 when it is stored. */
#include "kernels/ignore_kinds.h"
static double math_unary(rp_op op, double x, bool single)
{
    switch (op) {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define MATH(name) case rp_op_##name: return (single ? v_##name##_single(v_set(x)) : v_##name(v_set(x)))[0];
#include "raptors/ops.def"
    default: (void)single; return x;
    }
}

static double math_binary(rp_op op, double x, double y, bool single)
{
    switch (op) {
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#define MATH2(name) \
    case rp_op_##name: return (single ? v_##name##_single(v_set(x), v_set(y)) : v_##name(v_set(x), v_set(y)))[0];
#include "raptors/ops.def"
    default: (void)y, (void)single; return x;
    }
}
#include "kernels/forget_kinds.h"

static number real_binary(rp_op op, double x, double y, rp_dtype dtype)
{
    const bool single = is_single(dtype);
    number z = {0, 0, 0};
    double remainder, quotient;
    switch (op) {
    case RP_ADD: z.re = step(x + y, single); break;
    case RP_SUBTRACT: z.re = step(x - y, single); break;
    case RP_ABSOLUTE_DIFFERENCE: z.re = fabs(step(x - y, single)); break;
    case RP_MULTIPLY: z.re = step(x * y, single); break;
    case RP_DIVIDE: z.re = step(x / y, single); break;
    case RP_FLOOR_DIVIDE:
        quotient = real_divide(x, y, single, &remainder);
        z.re = step(quotient, single);
        break;
    case RP_REMAINDER:
        (void)real_divide(x, y, single, &remainder);
        z.re = remainder;
        break;
    case RP_MINIMUM: z.re = isnan(x) ? x : isnan(y) || y < x ? y : x; break;
    case RP_MAXIMUM: z.re = isnan(x) ? x : isnan(y) || y > x ? y : x; break;
    case RP_FMIN: z.re = isnan(y) ? x : isnan(x) || y < x ? y : x; break;
    case RP_FMAX: z.re = isnan(y) ? x : isnan(x) || y > x ? y : x; break;
    case RP_FMOD: z.re = fmod(x, y); break;
    case RP_NEXTAFTER: z.re = next_after(x, y, dtype); break;
    case RP_LDEXP: z.re = ldexp(x, y > -5000 ? y < 5000 ? (int)half_to_even(y) : 5000 : -5000); break;
    case RP_COPYSIGN: z.re = signbit(y) ? -fabs(x) : fabs(x); break;
    case RP_EQUAL: z.bits = x == y; break;
    case RP_NOT_EQUAL: z.bits = !(x == y); break;
    case RP_LESS: z.bits = isless(x, y); break;
    case RP_LESS_EQUAL: z.bits = islessequal(x, y); break;
    case RP_GREATER: z.bits = isgreater(x, y); break;
    case RP_GREATER_EQUAL: z.bits = isgreaterequal(x, y); break;
    case RP_LOGICAL_AND: z.bits = x != 0 && y != 0; break;
    case RP_LOGICAL_OR: z.bits = x != 0 || y != 0; break;
    case RP_LOGICAL_XOR: z.bits = (x != 0) != (y != 0); break;
    default: z.re = math_binary(op, x, y, single);
    }
    return z;
}

static number real_unary(rp_op op, double x, bool single)
{
    number z = {0, x, 0};
    switch (op) {
    case RP_NEGATIVE: z.re = copysign(x, signbit(x) ? 1 : -1); break;
    case RP_ABS: z.re = copysign(x, 1); break;
    case RP_SQUARE: z.re = step(x * x, single); break;
    case RP_SQRT: z.re = step(sqrt(x), single); break;
    case RP_RECIPROCAL: z.re = step(1 / x, single); break;
    case RP_SIGN: z.re = isnan(x) ? x : x == 0 ? 0 : copysign(1, x); break;
    case RP_SIGNBIT: z.bits = signbit(x) != 0; break;
    case RP_FLOOR: z.re = floor(x); break;
    case RP_CEIL: z.re = -floor(-x); break;
    case RP_TRUNC: z.re = copysign(floor(fabs(x)), x); break;
    case RP_ROUND: z.re = half_to_even(x); break;
    case RP_ISNAN: z.bits = isnan(x) != 0; break;
    case RP_ISINF: z.bits = isinf(x) != 0; break;
    case RP_ISFINITE: z.bits = isfinite(x) != 0; break;
    case RP_LOGICAL_NOT: z.bits = x == 0; break;
    default: z.re = math_unary(op, x, single);
    }
    return z;
}

/* ---- complex ------------------------------------------------------------------------------------------------- */

static bool complex_isnan(number x) { return isnan(x.re) || isnan(x.im); }

/* By real part, then by imaginary part. A NaN in the imaginary part spoils a difference in the real one. */
static bool complex_less(number x, number y, bool or_equal)
{
    if (x.re == y.re) return or_equal ? x.im <= y.im : x.im < y.im;
    return x.re < y.re && !isnan(x.im) && !isnan(y.im);
}

/* Smith's algorithm, in NumPy's order. */
static number complex_divide(number x, number y, bool single)
{
    number z = {0, 0, 0};
    if (y.re == 0 && y.im == 0) {
        z.re = x.re / fabs(y.re);
        z.im = x.im / fabs(y.re);
    } else if (fabs(y.re) >= fabs(y.im)) {
        double ratio = step(y.im / y.re, single);
        double scale = step(1 / step(y.re + step(y.im * ratio, single), single), single);
        z.re = step(step(x.re + step(x.im * ratio, single), single) * scale, single);
        z.im = step(step(x.im - step(x.re * ratio, single), single) * scale, single);
    } else {
        double ratio = step(y.re / y.im, single);
        double scale = step(1 / step(y.im + step(y.re * ratio, single), single), single);
        z.re = step(step(step(x.re * ratio, single) + x.im, single) * scale, single);
        z.im = step(step(step(x.im * ratio, single) - x.re, single) * scale, single);
    }
    return z;
}

static number complex_reciprocal(number x, bool single)
{
    number z = {0, 0, 0};
    if (fabs(x.im) <= fabs(x.re)) {
        double ratio = step(x.im / x.re, single), below = step(x.re + step(x.im * ratio, single), single);
        z.re = 1 / below;
        z.im = -ratio / below;
    } else {
        double ratio = step(x.re / x.im, single), below = step(step(x.re * ratio, single) + x.im, single);
        z.re = ratio / below;
        z.im = -1 / below;
    }
    return z;
}

static double complex_abs(number x, bool single)
{
    if (isinf(x.re) || isinf(x.im)) return INFINITY;
    if (single) return (float)sqrt(x.re * x.re + x.im * x.im);
    const double most = fmax(fabs(x.re), fabs(x.im));
    const int shift = most > 0x1p500 ? -600 : most < 0x1p-500 ? 600 : 0;
    const double re = ldexp(x.re, shift), im = ldexp(x.im, shift);
    volatile double re_square = re * re, im_square = im * im; /* rounded each */
    return ldexp(sqrt(re_square + im_square), -shift);
}

static number complex_sqrt(number x, bool single)
{
    float pair[2] = {(float)x.re, (float)x.im};
    double wide[2] = {x.re, x.im};
    float complex narrow_root; /* CMPLX is not in every C library */
    double complex root;
    memcpy(&narrow_root, pair, sizeof pair);
    memcpy(&root, wide, sizeof wide);
    root = single ? (double complex)csqrtf(narrow_root) : csqrt(root);
    return (number){0, creal(root), cimag(root)};
}

static number complex_sign(number x, bool single)
{
    number z = {0, 0, 0};
    double size = complex_abs(x, single);
    if (isnan(size) || (isinf(x.re) && isinf(x.im)))
        z.re = z.im = (double)NAN;
    else if (isinf(x.re))
        z.re = copysign(1, x.re);
    else if (isinf(size))
        z.im = copysign(1, x.im); /* NumPy's answer also for a size that overflows */
    else if (size != 0) {
        z.re = x.re / size;
        z.im = x.im / size;
    }
    return z;
}

static number complex_binary(rp_op op, number x, number y, bool single)
{
    number z = {0, 0, 0};
    bool x_true = x.re != 0 || x.im != 0, y_true = y.re != 0 || y.im != 0;
    switch (op) {
    case RP_ADD:
        z.re = x.re + y.re;
        z.im = x.im + y.im;
        break;
    case RP_SUBTRACT:
        z.re = x.re - y.re;
        z.im = x.im - y.im;
        break;
    case RP_MULTIPLY: {
        double rr = step(x.re * y.re, single), ii = step(x.im * y.im, single);
        double ri = step(x.re * y.im, single), ir = step(x.im * y.re, single);
        z.re = rr - ii;
        z.im = ri + ir;
        break;
    }
    case RP_DIVIDE: return complex_divide(x, y, single);
    case RP_MINIMUM: return complex_isnan(x) || complex_less(x, y, true) ? x : y;
    case RP_MAXIMUM: return complex_isnan(x) || complex_less(y, x, true) ? x : y;
    case RP_FMIN: return complex_isnan(y) || complex_less(x, y, true) ? x : y;
    case RP_FMAX: return complex_isnan(y) || complex_less(y, x, true) ? x : y;
    case RP_EQUAL: z.bits = x.re == y.re && x.im == y.im; break;
    case RP_NOT_EQUAL: z.bits = !(x.re == y.re && x.im == y.im); break;
    case RP_LESS: z.bits = complex_less(x, y, false); break;
    case RP_LESS_EQUAL: z.bits = complex_less(x, y, true); break;
    case RP_GREATER: z.bits = complex_less(y, x, false); break;
    case RP_GREATER_EQUAL: z.bits = complex_less(y, x, true); break;
    case RP_LOGICAL_AND: z.bits = x_true && y_true; break;
    case RP_LOGICAL_OR: z.bits = x_true || y_true; break;
    case RP_LOGICAL_XOR: z.bits = x_true != y_true; break;
    default: break;
    }
    return z;
}

static number complex_unary(rp_op op, number x, bool single)
{
    number z = x;
    switch (op) {
    case RP_SQUARE: return complex_binary(RP_MULTIPLY, x, x, single);
    case RP_CONJ: z.im = copysign(x.im, signbit(x.im) ? 1 : -1); break;
    case RP_SQRT: return complex_sqrt(x, single);
    case RP_RECIPROCAL: return complex_reciprocal(x, single);
    case RP_SIGN: return complex_sign(x, single);
    case RP_ABS: z.re = complex_abs(x, single); break;
    case RP_NEGATIVE:
        z.re = -x.re;
        z.im = -x.im;
        break;
    case RP_ROUND:
        z.re = half_to_even(x.re);
        z.im = half_to_even(x.im);
        break;
    case RP_ISNAN: z.bits = complex_isnan(x); break;
    case RP_ISINF: z.bits = isinf(x.re) || isinf(x.im); break;
    case RP_ISFINITE: z.bits = isfinite(x.re) && isfinite(x.im); break;
    case RP_LOGICAL_NOT: z.bits = x.re == 0 && x.im == 0; break;
    default: break;
    }
    return z;
}

#endif
