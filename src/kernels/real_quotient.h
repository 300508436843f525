/* SPDX-License-Identifier: BSD-3-Clause
 *
 * real_quotient.h: fmod, remainder and floor_divide of real numbers, for scalar_words.h. Each has two ways without a branch:
 * a short one for quotients below a bound, and a long one for what is `far` beyond it.
 */
#ifndef RP_REAL_QUOTIENT_H
#define RP_REAL_QUOTIENT_H

#include <fenv.h>

/* ---- Long: every quotient of at least 1 -------------------------------------------------------------------- */

/* With |x| = X 2^a and |y| = Y 2^b, X and Y whole numbers of all the type's digits, the remainder is
 * (X 2^k mod Y) 2^b, k = a - b: between some 40 and 2100 binary digits of a quotient, by five squarings of 2^(k / 32) mod Y
 * (float32: three of 2^(k / 8)). Residues lie between -Y/2 and Y/2, and every step is exact, if it rounds to the nearest. */

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
/* The digits of the number that has these bits, those behind the point `digits` of them, as a whole number. */
W double w_whole(uint64_t bits, uint64_t digits)
{
    return w_of_bits((bits & W_DIGITS) | (W_BIAS + digits) << W_EXPONENT_AT);
}

RP_INLINE double w_modulo(double x, double y, double inverse) { return __builtin_fma(-w_rint(x * inverse), y, x); }

/* x y mod m of residues of m < 2^53. The product's upper half is a multiple of so large a power of 2, and its quotient by m
 * is below 2^51, so that what is left of both halves has no more than 53 bits. */
RP_INLINE double w_product_modulo(double x, double y, double m, double inverse)
{
    const double high = x * y, low = __builtin_fma(x, y, -high);
    return w_modulo(w_modulo(high, m, inverse) + low, m, inverse);
}

/* With the sign of x; as C has it for an infinite x or y. */
W double w_signed_rest(double size, double x, double y)
{
    const double of_finite = w_isinf(y) ? x : __builtin_copysign(size, x);
    return w_isfinite(x) ? of_finite : x - x;
}

RP_INLINE float w_long_fmod_f32(float x, float y)
{
    const uint64_t dividend = w_bits(w_fabs((double)x)), divisor = w_bits(w_fabs((double)y));
    const uint64_t k = (dividend >> W_EXPONENT_AT) - (divisor >> W_EXPONENT_AT);
    const double m = w_whole(divisor, 23), inverse = 1 / m;
    double power = w_modulo(w_power_of_2(k >> 3), m, inverse);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) power = w_modulo(power * power, m, inverse);
    const double rest = w_modulo(power * w_whole(dividend, 23) * w_power_of_2(k & 7), m, inverse);
    const double scale = w_of_bits(divisor & ~W_DIGITS) * 0x1p-23;
    return (float)w_signed_rest((rest < 0 ? rest + m : rest) * scale, x, y);
}

RP_INLINE double w_long_fmod_f64(double x, double y)
{
    const uint64_t raise = 100; /* subnormal numbers, to normal ones */
    const bool little_x = w_fabs(x) < 0x1p-900, little_y = w_fabs(y) < 0x1p-900;
    const uint64_t dividend = w_bits(w_fabs(x) * (little_x ? 0x1p100 : 1)),
                   divisor = w_bits(w_fabs(y) * (little_y ? 0x1p100 : 1));
    const uint64_t k =
        (dividend >> W_EXPONENT_AT) - (divisor >> W_EXPONENT_AT) + (little_y ? raise : 0) - (little_x ? raise : 0);
    const double m = w_whole(divisor, 52), inverse = 1 / m;
    double power = w_modulo(w_power_of_2(k >> 5), m, inverse);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) power = w_product_modulo(power, power, m, inverse);
    const double least = w_modulo(w_whole(dividend, 52) * w_power_of_2(k & 31), m, inverse);
    const double rest = w_product_modulo(power, least, m, inverse);
    const double size = (rest < 0 ? rest + m : rest) * 0x1p-52 * w_of_bits(divisor & ~W_DIGITS);
    return w_signed_rest(size * (little_y ? 0x1p-100 : 1), x, y);
}

/* The remainder of a quotient rounded down, from one of a quotient rounded to zero: it has the divisor's sign. */
#define W_FLOORED(code, T, copysign) \
    W T w_floored_##code(T r, T y) { return r == 0 ? copysign(0, y) : r + ((y < 0) != (r < 0) ? y : 0); }
W_FLOORED(f32, float, copysignf)
W_FLOORED(f64, double, copysign)

/* Python's // and %: the quotient rounds down, the remainder has the divisor's sign; the array API's answer for an
 * infinite dividend. The steps are NumPy's (npy_divmod), so that large quotients round alike. */
#define W_LONG_DIVISION(code, T, floor, copysign, isinf, isfinite)                                              \
    RP_INLINE T w_long_remainder_##code(T x, T y) { return w_floored_##code(w_long_fmod_##code(x, y), y); }             \
    RP_INLINE T w_long_floor_divide_##code(T x, T y)                                                                    \
    {                                                                                                           \
        const T r = w_long_fmod_##code(x, y), quotient = (x - r) / y - ((r != 0) & ((y < 0) != (r < 0)));       \
        const T down = floor(quotient), rounded = down + (quotient - down > (T)0.5);                            \
        return isinf(x) & isfinite(y) ? x / y : quotient == 0 ? copysign(0, x / y) : rounded;                   \
    }
W_LONG_DIVISION(f32, float, floorf, copysignf, w_isinf, w_isfinite)
W_LONG_DIVISION(f64, double, floor, copysign, w_isinf, w_isfinite)

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

/* The long ways round to the nearest, however the program rounds. */
W int w_round_to_nearest(void)
{
    const int mode = fegetround();
    if (mode != FE_TONEAREST) fesetround(FE_TONEAREST);
    return mode;
}

W void w_round_as(int mode)
{
    if (mode != FE_TONEAREST) fesetround(mode);
}

W bool w_is_far_f32(float x, float y, double bound)
{
    return (y != 0) & ((w_fabs((double)x / y) >= bound) | w_isinf(y));
}
W bool w_is_far_f64(double x, double y, double bound) { return (y != 0) & ((w_fabs(x / y) >= bound) | w_isinf(y)); }
#define W_DIVISION(code, T, name, bound)                                                                    \
    W bool w_far_##name##_##code(T x, T y) { return w_is_far_##code(x, y, bound); }                         \
    __attribute__((noinline)) static T w_one_##name##_##code(T x, T y) { return w_long_##name##_##code(x, y); } \
    W T w_##name##_##code(T x, T y)                                                                         \
    {                                                                                                       \
        if (!w_far_##name##_##code(x, y)) return w_short_##name##_##code(x, y);                             \
        const int mode = w_round_to_nearest();                                                              \
        const T z = w_one_##name##_##code(x, y);                                                            \
        w_round_as(mode);                                                                                   \
        return z;                                                                                           \
    }
W_DIVISION(f32, float, fmod, 0x1p28)
W_DIVISION(f64, double, fmod, 0x1p50)
W_DIVISION(f32, float, remainder, 0x1p28)
W_DIVISION(f64, double, remainder, 0x1p50)
W_DIVISION(f32, float, floor_divide, 0x1p21) /* so far NumPy's steps round to the same integer */
W_DIVISION(f64, double, floor_divide, 0x1p50)

#endif
