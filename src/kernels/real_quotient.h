/* SPDX-License-Identifier: BSD-3-Clause
 *
 * real_quotient.h: fmod, remainder and floor_divide of real numbers, for scalar_words.h. Each has two ways without a branch:
 * a short one for quotients below a bound, and a long one for what is `far` beyond it.
 */
#ifndef RP_REAL_QUOTIENT_H
#define RP_REAL_QUOTIENT_H

#include "facts/fp_mode.h"

/* ---- Long: any quotient ------------------------------------------------------------------------------------ */

/* With |x| = X 2^a and |y| = Y 2^b, X and Y whole numbers of all the type's digits, the remainder is (X 2^k mod Y) 2^b,
 * k = a - b, which may be 2100: from 2^(k / 2^n) mod Y by n squarings. Residues lie between -Y/2 and Y/2, and every step is
 * exact where the processor rounds to the nearest. */

W uint64_t w_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

W double w_of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

enum { W_EXPONENT_AT = 52, W_BIAS = 1023 };
#define W_DIGITS ((UINT64_C(1) << W_EXPONENT_AT) - 1)
W double w_power_of_2(uint64_t exponent) { return w_of_bits((W_BIAS + exponent) << W_EXPONENT_AT); }
/* Of x > 0: its digits, those behind the point `digits` of them, as a whole number, and the power of 2 before them. */
W double w_whole(double x, uint64_t digits)
{
    return w_of_bits((w_bits(x) & W_DIGITS) | (W_BIAS + digits) << W_EXPONENT_AT);
}
W double w_power_of(double x) { return w_of_bits(w_bits(x) & ~W_DIGITS); }
W uint64_t w_exponent(double x) { return w_bits(x) >> W_EXPONENT_AT; }

W double w_modulo(double x, double y, double inverse) { return __builtin_fma(-w_rint(x * inverse), y, x); }

/* x y mod m of residues of m < 2^53. The product's upper half is a multiple of so large a power of 2, and its quotient by m
 * is below 2^51, so that what is left of both halves has no more than 53 bits. */
W double w_product_modulo(double x, double y, double m, double inverse)
{
    const double high = x * y, low = __builtin_fma(x, y, -high);
    return w_modulo(w_modulo(high, m, inverse) + low, m, inverse);
}

/* Of x and y the remainder, as C has it; size: that of finite numbers, if the quotient is at least 1. */
W double w_rest(double size, double x, double y)
{
    const double rest = __builtin_copysign(w_fabs(x) < w_fabs(y) ? x : size, x);
    return w_isfinite(x) & (w_fabs(y) > 0) ? rest : (x - x) * (double)INFINITY + y;
}

/* all: the bits of each k. No power begins above 2^65, nor is left to be multiplied by 2^32 (float32: 2^8), as k <= 2100 (280)
 * for finite numbers. */
W int w_count_squarings(uint64_t all, int most)
{
    const int squarings = 58 - __builtin_clzll(all | 63);
    return squarings < most ? squarings : most;
}

/* Of n pairs, no more than W_QUOTIENTS; a step at a time, as it takes long for each to end and no time to begin the next one. */
enum { W_QUOTIENTS = 64 };
__attribute__((noinline, unused)) static void w_long_rests_f32(float *rest, const float *x, const float *y, size_t n)
{
    double m[W_QUOTIENTS], inverse[W_QUOTIENTS], power[W_QUOTIENTS], dividend[W_QUOTIENTS], scale[W_QUOTIENTS];
    uint64_t k[W_QUOTIENTS], all = 0;
    for (size_t i = 0; i < n; i++) {
        const double a = w_fabs((double)x[i]), b = w_fabs((double)y[i]);
        k[i] = a < b ? 0 : w_exponent(a) - w_exponent(b), all |= k[i];
        m[i] = w_whole(b, 23), inverse[i] = 1 / m[i];
        dividend[i] = w_whole(a, 23), scale[i] = w_power_of(b) * 0x1p-23;
    }
    const int squarings = w_count_squarings(all, 3);
    for (size_t i = 0; i < n; i++) power[i] = w_modulo(w_power_of_2(k[i] >> squarings), m[i], inverse[i]);
    for (int step = 0; step < squarings; step++) {
        for (size_t i = 0; i < n; i++) power[i] = w_modulo(power[i] * power[i], m[i], inverse[i]);
    }
    const uint64_t left = ((uint64_t)1 << squarings) - 1;
    for (size_t i = 0; i < n; i++) {
        const double found = w_modulo(power[i] * (dividend[i] * w_power_of_2(k[i] & left)), m[i], inverse[i]);
        rest[i] = (float)w_rest((found < 0 ? found + m[i] : found) * scale[i], x[i], y[i]);
    }
}

/* The size of x, a subnormal number times 2^100. */
W double w_raised(double x) { return w_fabs(x) * (w_fabs(x) < 0x1p-900 ? 0x1p100 : 1); }
W uint64_t w_raise(double x) { return w_fabs(x) < 0x1p-900 ? 100 : 0; }

__attribute__((noinline, unused)) static void w_long_rests_f64(double *rest, const double *x, const double *y, size_t n)
{
    double m[W_QUOTIENTS], inverse[W_QUOTIENTS], power[W_QUOTIENTS], dividend[W_QUOTIENTS], scale[W_QUOTIENTS];
    uint64_t k[W_QUOTIENTS], all = 0;
    for (size_t i = 0; i < n; i++) {
        const double a = w_raised(x[i]), b = w_raised(y[i]);
        const uint64_t exponents = w_exponent(a) - w_exponent(b) + w_raise(y[i]) - w_raise(x[i]);
        k[i] = w_fabs(x[i]) < w_fabs(y[i]) ? 0 : exponents, all |= k[i];
        m[i] = w_whole(b, 52), inverse[i] = 1 / m[i];
        dividend[i] = w_whole(a, 52), scale[i] = w_power_of(b);
    }
    const int squarings = w_count_squarings(all, 5);
    for (size_t i = 0; i < n; i++) power[i] = w_modulo(w_power_of_2(k[i] >> squarings), m[i], inverse[i]);
    for (int step = 0; step < squarings; step++) {
        for (size_t i = 0; i < n; i++) power[i] = w_product_modulo(power[i], power[i], m[i], inverse[i]);
    }
    const uint64_t left = ((uint64_t)1 << squarings) - 1;
    for (size_t i = 0; i < n; i++) {
        const double times = w_modulo(dividend[i] * w_power_of_2(k[i] & left), m[i], inverse[i]);
        const double found = w_product_modulo(power[i], times, m[i], inverse[i]);
        const double size = (found < 0 ? found + m[i] : found) * 0x1p-52 * scale[i];
        rest[i] = w_rest(size * (w_raise(y[i]) ? 0x1p-100 : 1), x[i], y[i]);
    }
}

/* The remainder of a quotient rounded down, from one of a quotient rounded to zero: it has the divisor's sign. */
#define W_FLOORED(code, T, copysign) \
    W T w_floored_##code(T r, T y) { return r == 0 ? copysign(0, y) : r + ((y < 0) != (r < 0) ? y : 0); }
W_FLOORED(f32, float, copysignf)
W_FLOORED(f64, double, copysign)

/* Of x and y, with r the rest. Python's // and %: the quotient rounds down, the remainder has the divisor's sign; the array
 * API's answer for an infinite dividend. The steps are NumPy's (npy_divmod), so that large quotients round alike. */
#define W_LONG_DIVISION(code, T, floor, copysign)                                                               \
    W T w_long_fmod_##code(T x, T y, T r) { return (void)x, (void)y, r; }                                       \
    W T w_long_remainder_##code(T x, T y, T r) { return (void)x, w_floored_##code(r, y); }                      \
    W T w_long_floor_divide_##code(T x, T y, T r)                                                               \
    {                                                                                                           \
        const T quotient = (x - r) / y - ((r != 0) & ((y < 0) != (r < 0)));                                     \
        const T down = floor(quotient), rounded = down + (quotient - down > (T)0.5);                            \
        return (w_isinf(x) & w_isfinite(y)) | (y == 0) ? x / y : quotient == 0 ? copysign(0, x / y) : rounded; \
    }
W_LONG_DIVISION(f32, float, floorf, copysignf)
W_LONG_DIVISION(f64, double, floor, copysign)

/* ---- Short ------------------------------------------------------------------------------------------------- */

/* So far each step is exact. What a divisor of 0 and a NaN give is right too. float32 is divided in float64, whose 53 bits hold
 * quotient and divisor; float64 needs the product of an fma. C's fmod: the quotient rounds to zero, the remainder has the
 * dividend's sign. */
W float w_short_fmod_f32(float x, float y) { return copysignf((float)(x - w_trunc((double)x / y) * y), x); }
W float w_short_remainder_f32(float x, float y) { return w_floored_f32(w_short_fmod_f32(x, y), y); }
W float w_short_floor_divide_f32(float x, float y) { return (float)w_floor((double)x / y); }

/* x - t y with t the quotient rounded to zero; the division may have rounded it up to an integer. */
W double w_exact_remainder(double x, double y, double *t)
{
    const double r = __builtin_fma(-*t, y, x);
    const bool over = r != 0 && (r < 0) != (x < 0);
    *t -= over ? copysign(1, *t) : 0;
    return r + (over ? copysign(y, x) : 0);
}

W double w_short_fmod_f64(double x, double y)
{
    double t = w_trunc(x / y);
    return copysign(w_exact_remainder(x, y, &t), x);
}

W double w_short_remainder_f64(double x, double y) { return w_floored_f64(w_short_fmod_f64(x, y), y); }

W double w_short_floor_divide_f64(double x, double y)
{
    double t = w_trunc(x / y);
    const double r = w_exact_remainder(x, y, &t);
    return t - (r != 0 && (y < 0) != (r < 0));
}

/* ---- Either ------------------------------------------------------------------------------------------------ */

/* y != 0, and the quotient's size is at least the bound or y so large that this is not known. */
#define W_IS_FAR(code, T)                                                               \
    W bool w_is_far_##code(T x, T y, T bound)                                           \
    {                                                                                   \
        const T far = w_fabs(y) * bound;                                                \
        return (far > 0) & ((w_fabs(x) >= far) | (far == (T)INFINITY));                 \
    }
W_IS_FAR(f32, float)
W_IS_FAR(f64, double)
#define W_DIVISION(code, T, name, bound)                                                                    \
    W bool w_far_##name##_##code(T x, T y) { return w_is_far_##code(x, y, bound); }                         \
    W T w_##name##_##code(T x, T y)                                                                         \
    {                                                                                                       \
        if (!w_far_##name##_##code(x, y)) return w_short_##name##_##code(x, y);                             \
        T r;                                                                                                \
        const rp_fp_mode mode = rp_fp_change(RP_FP_DEFAULT);                                                \
        w_long_rests_##code(&r, &x, &y, 1);                                                                 \
        rp_fp_change(mode);                                                                                 \
        return w_long_##name##_##code(x, y, r);                                                             \
    }
W_DIVISION(f32, float, fmod, 0x1p28)
W_DIVISION(f64, double, fmod, 0x1p50)
W_DIVISION(f32, float, remainder, 0x1p28)
W_DIVISION(f64, double, remainder, 0x1p50)
W_DIVISION(f32, float, floor_divide, 0x1p21) /* so far NumPy's steps round to the same integer */
W_DIVISION(f64, double, floor_divide, 0x1p50)

#endif
