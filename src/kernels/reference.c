/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The reference (reference.h): NumPy's semantics, written for reading. Real types are computed in double and every
 * step is rounded to the type's own precision; double has more than twice float's bits, so that gives float's answer.
 */
#include <complex.h>
#include <math.h>
#include <string.h>

#define RP_SIMD_HEADER "simd/scalar.h"
#include "kernels/math/functions.h"
#include "kernels/reference_elements.h"
#include "kernels/types.h"

/* ---- float16 ------------------------------------------------------------------------------------------------- */

double rp_reference_from_half(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double value;
    if (exponent == 31)
        value = fraction ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        value = ldexp(fraction, -24);
    else
        value = ldexp(fraction + 1024, exponent - 25);
    return half & 0x8000 ? -value : value;
}

uint16_t rp_reference_to_half(double value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    if (isnan(value)) return sign | 0x7e00;
    double size = fabs(value);
    if (size >= 65520) return sign | 0x7c00; /* halfway between the largest number and the next */
    int exponent;
    frexp(size, &exponent);
    if (size == 0 || exponent < -13) exponent = -13; /* subnormals share the smallest normal exponent */
    double scaled = ldexp(size, 11 - exponent);      /* below 2048; exact */
    unsigned whole = (unsigned)scaled;
    double rest = scaled - whole;
    if (rest > 0.5 || (rest == 0.5 && whole & 1)) whole++;
    /* whole carries the hidden bit (if any) into the exponent field, and a carry out of the fraction as well */
    return (uint16_t)(sign | (whole + ((unsigned)(exponent + 13) << 10)));
}

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

/* Of mathematical functions the bits are defined by their source, here with one lane; how exact they are, test_accuracy.c
 * asks. `single`: the result is rounded to float32 or float16 when it is stored. */
#define BOOL(...)
#define SIGNED(...)
#define UNSIGNED(...)
#define INTEGER(...)
#define BITS(...)
#define REAL(...)
#define COMPLEX(...)
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

static number real_binary(rp_op op, double x, double y, bool single)
{
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

/* ---- the loops ----------------------------------------------------------------------------------------------- */

static number map_one(rp_op op, rp_dtype dtype, rp_dtype to, int inputs, number x, number y)
{
    bool single = is_single(dtype);
    number z = {0, 0, 0};
    if (op == RP_ASTYPE) return cast(x, dtype, to);
    switch (types[dtype].kind) {
    case RP_KIND_BOOL: z.bits = inputs == 1 ? integer_unary(op, x.bits, dtype) : bool_binary(op, x.bits, y.bits); break;
    case RP_KIND_REAL: z = inputs == 1 ? real_unary(op, x.re, single) : real_binary(op, x.re, y.re, single); break;
    case RP_KIND_COMPLEX: z = inputs == 1 ? complex_unary(op, x, single) : complex_binary(op, x, y, single); break;
    default: z.bits = inputs == 1 ? integer_unary(op, x.bits, dtype) : integer_binary(op, x.bits, y.bits, dtype);
    }
    return z;
}

static number clip(rp_dtype dtype, number x, number low, number high)
{
    return map_one(RP_MINIMUM, dtype, dtype, 2, map_one(RP_MAXIMUM, dtype, dtype, 2, x, low), high);
}

/* Which operands (1, 2, 3) are vectors: one letter each, as in the names of the shapes. */
static const char *const operand_letters[RP_CLASS_COUNT] = {
    [RP_V] = "v",     [RP_VV] = "vv",   [RP_VS] = "vs",   [RP_SV] = "sv",
    [RP_VVV] = "vvv", [RP_VVS] = "vvs", [RP_VSV] = "vsv", [RP_VSS] = "vss"};

static void map(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape, const rp_call *call)
{
    const char *letters = operand_letters[shape];
    int inputs = (int)strlen(letters);
    for (size_t row = 0; row < call->m; row++) {
        for (size_t i = 0; i < call->n; i++) {
            const char *in[RP_MAX_OPERANDS] = {0};
            for (int k = 1; k <= inputs; k++) {
                in[k] = call->ptr[k] + (ptrdiff_t)row * call->outer[k];
                if (letters[k - 1] == 'v') in[k] += (ptrdiff_t)i * call->inner[k];
            }
            char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0] + (ptrdiff_t)i * call->inner[0];
            if (op == RP_WHERE) {
                const char *chosen = *in[1] ? in[2] : in[3];
                if (dtype == RP_BOOL)
                    store(dtype, z, load(dtype, chosen));
                else
                    memmove(z, chosen, types[dtype].size);
            } else {
                number x = load(dtype, in[1]), y = inputs > 1 ? load(dtype, in[2]) : x;
                number w = inputs > 2 ? load(dtype, in[3]) : y;
                store(to, z, op == RP_CLIP ? clip(dtype, x, y, w) : map_one(op, dtype, to, inputs, x, y));
            }
        }
    }
}

/* ---- reductions: the fixed tree that reduce.h describes ------------------------------------------------------- */

enum { LANES_BYTES = 256, LEFT_TO_RIGHT = 8 };

static rp_op folding_op(rp_op op)
{
    return op == RP_SUM ? RP_ADD : op == RP_PROD ? RP_MULTIPLY : op == RP_MIN ? RP_MINIMUM : RP_MAXIMUM;
}

static void fold(rp_op op, rp_dtype dtype, char *into, const char *element)
{
    store(dtype, into, map_one(folding_op(op), dtype, dtype, 2, load(dtype, into), load(dtype, element)));
}

static void start_fold(rp_op op, rp_dtype dtype, char *into, const char *first)
{
    number identity = {op == RP_PROD, op == RP_PROD, 0};
    if (op == RP_SUM || op == RP_PROD)
        store(dtype, into, identity);
    else
        memmove(into, first, types[dtype].size);
}

/* `final` results: the lanes that are left when the halving stops. */
static void fold_lanes(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n, size_t final)
{
    char lanes[LANES_BYTES];
    size_t size = types[dtype].size, count = LANES_BYTES / size;
    for (size_t lane = 0; lane < count; lane++) start_fold(op, dtype, lanes + lane * size, x);
    for (size_t i = 0; i < n; i++) fold(op, dtype, lanes + i % count * size, x + i * size);
    while (count > final) {
        count /= 2;
        for (size_t lane = 0; lane < count; lane++) fold(op, dtype, lanes + lane * size, lanes + (lane + count) * size);
    }
    memcpy(z, lanes, final * size);
}

static void fold_row(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n)
{
    size_t size = types[dtype].size;
    if (n < LEFT_TO_RIGHT) {
        start_fold(op, dtype, z, x);
        for (size_t i = 0; i < n; i++) fold(op, dtype, z, x + i * size);
    } else if (op == RP_SUM && types[dtype].kind == RP_KIND_COMPLEX) {
        fold_lanes(op, dtype == RP_COMPLEX64 ? RP_FLOAT32 : RP_FLOAT64, z, x, 2 * n, 2);
    } else {
        fold_lanes(op, dtype, z, x, n, 1);
    }
}

static bool is_true(rp_dtype dtype, const char *element) { return cast(load(dtype, element), dtype, RP_BOOL).bits; }

/* Of n elements, `step` bytes apart. */
static int64_t first_extreme(rp_op op, rp_dtype dtype, const char *x, size_t n, ptrdiff_t step)
{
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        number value = load(dtype, x + (ptrdiff_t)i * step), champion = load(dtype, x + (ptrdiff_t)best * step);
        if (complex_isnan(value)) return (int64_t)i;
        if (map_one(op == RP_ARGMIN ? RP_LESS : RP_GREATER, dtype, RP_BOOL, 2, value, champion).bits) best = i;
    }
    return (int64_t)best;
}

static bool looks_at_truths(rp_op op) { return op == RP_ANY || op == RP_ALL || op == RP_COUNT_NONZERO; }

/* n elements, `step` bytes apart. */
static void reduce_truths(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n, ptrdiff_t step)
{
    int64_t trues = 0;
    for (size_t i = 0; i < n; i++) trues += is_true(dtype, x + (ptrdiff_t)i * step);
    if (op == RP_COUNT_NONZERO)
        memcpy(z, &trues, sizeof trues);
    else
        *z = op == RP_ANY ? trues > 0 : trues == (int64_t)n;
}

static void reduce_row(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n)
{
    if (looks_at_truths(op)) {
        reduce_truths(op, dtype, z, x, n, (ptrdiff_t)types[dtype].size);
    } else if (op == RP_ARGMIN || op == RP_ARGMAX) {
        int64_t index = first_extreme(op, dtype, x, n, (ptrdiff_t)types[dtype].size);
        memcpy(z, &index, sizeof index);
    } else {
        fold_row(op, dtype, z, x, n);
    }
}

static void reduce_column(rp_op op, rp_dtype dtype, char *z, const char *x, size_t m, ptrdiff_t step_down)
{
    if (looks_at_truths(op)) {
        reduce_truths(op, dtype, z, x, m, step_down);
        return;
    }
    if (op == RP_ARGMIN || op == RP_ARGMAX) {
        int64_t index = first_extreme(op, dtype, x, m, step_down);
        memcpy(z, &index, sizeof index);
        return;
    }
    start_fold(op, dtype, z, x);
    for (size_t row = 0; row < m; row++) fold(op, dtype, z, x + (ptrdiff_t)row * step_down);
}

/* ---- what the others call -------------------------------------------------------------------------------------- */

/* The elementwise operations with a case above. The test of kernels holds others against the scalar tier. */
static const bool written[RP_OP_COUNT] = {
    [RP_ADD] = true,
    [RP_SUBTRACT] = true,
    [RP_ABSOLUTE_DIFFERENCE] = true,
    [RP_MULTIPLY] = true,
    [RP_DIVIDE] = true,
    [RP_FLOOR_DIVIDE] = true,
    [RP_REMAINDER] = true,
    [RP_MINIMUM] = true,
    [RP_MAXIMUM] = true,
    [RP_FMIN] = true,
    [RP_FMAX] = true,
    [RP_COPYSIGN] = true,
    [RP_EQUAL] = true,
    [RP_NOT_EQUAL] = true,
    [RP_LESS] = true,
    [RP_LESS_EQUAL] = true,
    [RP_GREATER] = true,
    [RP_GREATER_EQUAL] = true,
    [RP_LOGICAL_AND] = true,
    [RP_LOGICAL_OR] = true,
    [RP_LOGICAL_XOR] = true,
    [RP_BITWISE_AND] = true,
    [RP_BITWISE_OR] = true,
    [RP_BITWISE_XOR] = true,
    [RP_BITWISE_LEFT_SHIFT] = true,
    [RP_BITWISE_RIGHT_SHIFT] = true,
    [RP_NEGATIVE] = true,
    [RP_POSITIVE] = true,
    [RP_CONJ] = true,
    [RP_ABS] = true,
    [RP_SQUARE] = true,
    [RP_SQRT] = true,
    [RP_RECIPROCAL] = true,
    [RP_SIGN] = true,
    [RP_SIGNBIT] = true,
    [RP_FLOOR] = true,
    [RP_CEIL] = true,
    [RP_TRUNC] = true,
    [RP_ROUND] = true,
    [RP_ISNAN] = true,
    [RP_ISINF] = true,
    [RP_ISFINITE] = true,
    [RP_LOGICAL_NOT] = true,
    [RP_BITWISE_INVERT] = true,
};

bool rp_reference_knows(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape)
{
    if ((unsigned)op >= RP_OP_COUNT || (unsigned)dtype >= RP_DTYPE_COUNT || (unsigned)to >= RP_DTYPE_COUNT)
        return false;
    bool reduces = shape == RP_ROW || shape == RP_COLUMN;
    switch (op) {
    case RP_CLIP:
    case RP_WHERE: return shape >= RP_VVV && shape <= RP_VSS && to == dtype;
    case RP_ASTYPE: return shape == RP_V;
    case RP_SUM:
    case RP_PROD:
    case RP_MIN:
    case RP_MAX: return reduces && to == dtype;
    case RP_ANY:
    case RP_ALL: return reduces && to == RP_BOOL;
    case RP_COUNT_NONZERO:
    case RP_ARGMIN:
    case RP_ARGMAX: return reduces && to == RP_INT64;
    case RP_FILL:
    case RP_MEAN: return false;
    default: return written[op] && (rp_op_inputs(op) == 2 ? shape >= RP_VV && shape <= RP_SV : shape == RP_V);
    }
}

void rp_reference(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape, const rp_call *call)
{
    if (shape == RP_ROW) {
        for (size_t row = 0; row < call->m; row++)
            reduce_row(op, dtype, call->ptr[0] + (ptrdiff_t)row * call->outer[0],
                       call->ptr[1] + (ptrdiff_t)row * call->outer[1], call->n);
    } else if (shape == RP_COLUMN) {
        for (size_t i = 0; i < call->n; i++)
            reduce_column(op, dtype, call->ptr[0] + i * types[to].size, call->ptr[1] + i * types[dtype].size, call->m,
                          call->outer[1]);
    } else {
        map(op, dtype, to, shape, call);
    }
}

/* ---- comparing ------------------------------------------------------------------------------------------------ */

static bool is_nan(uint64_t bits, size_t size)
{
    uint64_t infinity = size == 2 ? 0x7c00 : size == 4 ? 0x7f800000 : (uint64_t)0x7ff << 52;
    return (bits & (((uint64_t)1 << (8 * size - 1)) - 1)) > infinity;
}

static bool parts_agree(const char *got, const char *want, size_t size, uint64_t allowance)
{
    uint64_t g = 0, w = 0;
    memcpy(&g, got, size);
    memcpy(&w, want, size);
    if (is_nan(g, size) || is_nan(w, size)) return is_nan(g, size) && is_nan(w, size);
    /* numbers of one sign are in the order of their bits; the two zeros are not, so they differ here */
    return (g > w ? g - w : w - g) <= allowance;
}

bool rp_reference_agrees(rp_op op, rp_dtype dtype, rp_dtype to, const void *got, const void *want)
{
    rp_kind kind = types[to].kind;
    if (kind != RP_KIND_REAL && kind != RP_KIND_COMPLEX) return memcmp(got, want, types[to].size) == 0;
    bool by_libm = op == RP_ABS || op == RP_SQRT || op == RP_DIVIDE || op == RP_RECIPROCAL || op == RP_SIGN;
    uint64_t allowance = by_libm && types[dtype].kind == RP_KIND_COMPLEX ? 2 : 0;
    size_t size = kind == RP_KIND_COMPLEX ? types[to].size / 2 : types[to].size;
    const char *g = got, *w = want;
    return parts_agree(g, w, size, allowance) &&
           (kind != RP_KIND_COMPLEX || parts_agree(g + size, w + size, size, allowance));
}
