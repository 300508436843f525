/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words of ops.def: what an expression there needs beyond C's operators, on one element. Included by kernel files
 * only, which are compiled with wrapping integers and without contraction.
 */
#ifndef RP_SCALAR_WORDS_H
#define RP_SCALAR_WORDS_H

#include <math.h>
#include <string.h>

#include "kernels/types.h"

#define W static inline

#define RP_COMPLEX(real, imaginary) ((T){(real), (imaginary)})

/* ---- Real numbers ------------------------------------------------------------------------------------------ */

#define w_by_type(name, x) _Generic((x), float: name##_f32, double: name##_f64)

#define W_BUILTIN(name)                                                \
    W float w_##name##_f32(float x) { return __builtin_##name##f(x); } \
    W double w_##name##_f64(double x) { return __builtin_##name(x); }
W_BUILTIN(fabs)
W_BUILTIN(sqrt)
W_BUILTIN(floor)
W_BUILTIN(ceil)
W_BUILTIN(trunc)
W_BUILTIN(rint)
#define w_fabs(x) w_by_type(w_fabs, x)(x)
#define w_sqrt(x) w_by_type(w_sqrt, x)(x)
#define w_floor(x) w_by_type(w_floor, x)(x)
#define w_ceil(x) w_by_type(w_ceil, x)(x)
#define w_trunc(x) w_by_type(w_trunc, x)(x)
#define w_rint(x) w_by_type(w_rint, x)(x)
W float w_copysign_f32(float x, float y) { return __builtin_copysignf(x, y); }
W double w_copysign_f64(double x, double y) { return __builtin_copysign(x, y); }
#define w_copysign(x, y) w_by_type(w_copysign, x)(x, y)
/* minimum(maximum(x, low), high), each as its row has it. */
#define W_CLIP(code, T)                                                                \
    W T w_clip_##code(T x, T low, T high)                                              \
    {                                                                                  \
        const T raised = (x >= low) | (x != x) ? x : low;                              \
        return (raised <= high) | (raised != raised) ? raised : high;                  \
    }
W_CLIP(f32, float)
W_CLIP(f64, double)
#define w_clip(x, low, high) w_by_type(w_clip, x)(x, low, high)
#define w_isinf(x) (w_fabs(x) == (__typeof__(x))INFINITY)
#define w_isfinite(x) (w_fabs(x) < (__typeof__(x))INFINITY)

W uint8_t w_signbit_f32(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0;
}

W uint8_t w_signbit_f64(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0;
}
#define w_signbit(x) w_by_type(w_signbit, x)(x)

#include "kernels/real_quotient.h"

/* The number beside x on the side of y. By their bits, numbers of one sign are 1 apart. Masks, since of each question about x
 * alone the compiler would make two loops where x is one number. */
#define W_NEXTAFTER(code, T, I, sign)                                                       \
    W T w_nextafter_##code(T x, T y)                                                        \
    {                                                                                       \
        I bits, to;                                                                         \
        memcpy(&bits, &x, sizeof bits);                                                     \
        memcpy(&to, &y, sizeof to);                                                         \
        const I of_zero = -(I)(x == 0), step = -(I)((x < y) != (x > 0)) | 1;                \
        bits = ((bits + step) & ~of_zero) | (((to & sign) | 1) & of_zero);                  \
        T z;                                                                                \
        memcpy(&z, &bits, sizeof z);                                                        \
        return (x != x) | (y != y) ? x + y : x == y ? y : z;                                \
    }
W_NEXTAFTER(f32, float, int32_t, INT32_MIN)
W_NEXTAFTER(f64, double, int64_t, INT64_MIN)
#define w_nextafter(x, y) w_by_type(w_nextafter, x)(x, y)

/* The same of float16 numbers' bits, without their sign from -0x7c00 to 0x7c00 in the order of the numbers. Of equal ones it
 * is y, as in C and since NumPy 2.5. */
W uint16_t w_nextafter_f16(uint16_t x, uint16_t y)
{
    const uint16_t x_size = x & 0x7fff, y_size = y & 0x7fff;
    const int16_t from = (int16_t)(x >> 15 ? -x_size : x_size), to = (int16_t)(y >> 15 ? -y_size : y_size);
    const int16_t next = (int16_t)(from + (from < to) - (from > to));
    const uint16_t size = (uint16_t)(next < 0 ? -next : next), sign = from == to ? y : next == 0 ? x : (uint16_t)next;
    return (x_size > 0x7c00) | (y_size > 0x7c00) ? 0x7e00 : size | (sign & 0x8000);
}

/* ---- Integers ---------------------------------------------------------------------------------------------- */

/* x multiplied by itself y times, by squaring; it wraps round. */
W uint64_t w_power(uint64_t x, uint64_t y)
{
    uint64_t z = 1;
    for (; y; y >>= 1, x *= x) {
        if (y & 1) z *= x;
    }
    return z;
}

/* Division by zero gives 0. Integers up to 32 bits divide as floating-point numbers, which vector units can do, and by a
 * reciprocal, which is computed once where the divisor is one number: floor((x + 1/2) / y) is floor(x / y) for y > 0,
 * and no multiple of 1/y is nearer to (x + 1/2) / y than 1/(2y), which is far more than the product's rounding error
 * (float32: |x| < 2^16; float64: |x| < 2^32). The divisor -1 is set apart, since its quotient may not fit. */
#define W_SIGNED_DIVISION(code, T, F)                                                       \
    W T w_floor_divide_##code(T x, T y)                                                     \
    {                                                                                       \
        const F divisor = (F)(y + (y == 0)), sign = (F)(y >> 31 | 1);                       \
        const F quotient = ((F)x * sign + (F)0.5) * (1 / (divisor * sign));                 \
        const int32_t truncated = (int32_t)quotient;                                        \
        const T rounded = (T)(truncated - (quotient < (F)truncated));                       \
        const T opposite = (T)-(y == -1); /* all bits where it holds: no branch to vectorise around */ \
        return (T)(((-x & opposite) | (rounded & ~opposite)) & -(T)(y != 0));               \
    }                                                                                       \
    W T w_remainder_##code(T x, T y) { return (T)((x - w_floor_divide_##code(x, y) * y) & -(T)(y != 0)); } \
    /* C's %: of the sizes, with the dividend's sign. 1 is set apart with -1, as the quotient may not fit either. */ \
    W T w_fmod_##code(T x, T y)                                                             \
    {                                                                                       \
        const F divisor = (F)(y + (y == 0)), x_sign = (F)(x >> 31 | 1), y_sign = (F)(y >> 31 | 1); \
        const int32_t size = (int32_t)(((F)x * x_sign + (F)0.5) * (1 / (divisor * y_sign)));   \
        return (T)((x - size * ((x ^ y) >> 31 | 1) * y) & -(T)((uint32_t)(y + 1) > 2));         \
    }
/* uint32 as float64 and back, rounded to zero: beside 2^52 the lower half of the number's bits is the integer. AVX2 has no
 * instruction for either. */
#ifdef __AVX512F__
W double w_f64_of_u32(uint32_t x) { return x; }
W uint32_t w_u32_of_f64(double x) { return (uint32_t)x; }
#else
W double w_f64_of_u32(uint32_t x)
{
    const uint64_t bits = x | 0x433ull << 52;
    double number;
    memcpy(&number, &bits, sizeof number);
    return number - 0x1p52;
}
W uint32_t w_u32_of_f64(double x)
{
    const double number = w_trunc(x) + 0x1p52;
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return (uint32_t)bits;
}
#endif
W float w_f32_of_u16(uint16_t x) { return x; }
W uint16_t w_u16_of_f32(float x) { return (uint16_t)(int32_t)x; }
#define W_UNSIGNED_DIVISION(code, T, F, from, to)                                           \
    W T w_floor_divide_##code(T x, T y)                                                     \
    {                                                                                       \
        return (T)((T)to((from(x) + (F)0.5) * (1 / from((T)(y + (y == 0))))) & -(T)(y != 0)); \
    }                                                                                       \
    W T w_remainder_##code(T x, T y) { return (T)((x - w_floor_divide_##code(x, y) * y) & -(T)(y != 0)); }
W_SIGNED_DIVISION(i8, int8_t, float)
W_SIGNED_DIVISION(i16, int16_t, float)
W_SIGNED_DIVISION(i32, int32_t, double)
W_UNSIGNED_DIVISION(u8, uint8_t, float, w_f32_of_u16, w_u16_of_f32)
W_UNSIGNED_DIVISION(u16, uint16_t, float, w_f32_of_u16, w_u16_of_f32)
W_UNSIGNED_DIVISION(u32, uint32_t, double, w_f64_of_u32, w_u32_of_f64)

/* Which vector units turn 64-bit integers into float64 and back. */
#if defined(__AVX512DQ__) || defined(__aarch64__)

/* An integer not much more than a half away, however the caller's floating-point mode rounds. */
W int64_t w_nearest(double x) { return (int64_t)(x + __builtin_copysign(0.5, x)); }

/* 64 bits: float64 gives the quotient to 52 of its bits; a second quotient, of what is left, the others, to the nearest
 * integer, and the sign of what is left then tells the floor. No integer division is needed, which takes tens of
 * cycles, and none of its traps. What is left is exact, since wrapping loses nothing from a small difference. */
W int64_t w_floor_divide_i64(int64_t x, int64_t y)
{
    const int64_t divisor = y + (y == 0);
    const double reciprocal = 1 / (double)divisor;
    int64_t quotient = (int64_t)((double)x * reciprocal);
    int64_t left = x - quotient * divisor;
    const int64_t more = w_nearest((double)left * reciprocal);
    left -= more * divisor;
    quotient += more - ((left != 0) & ((left < 0) != (divisor < 0)));
    return quotient & -(int64_t)(y != 0);
}

W uint64_t w_floor_divide_u64(uint64_t x, uint64_t y)
{
    const uint64_t divisor = y + (y == 0), large = 0 - (divisor >> 63);
    const double reciprocal = 1 / (double)divisor, first = (double)x * reciprocal;
    /* By way of int64, as vector units have it: the halves of the range apart. */
    const uint64_t high = (uint64_t)(int64_t)(first - 0x1p63) ^ (uint64_t)1 << 63, low = (uint64_t)(int64_t)first;
    uint64_t quotient = first >= 0x1p63 ? high : low;
    int64_t left = (int64_t)(x - quotient * divisor);
    const int64_t more = w_nearest((double)left * reciprocal);
    left -= more * (int64_t)divisor;
    quotient += (uint64_t)(more - (left < 0));
    quotient = (quotient & ~large) | ((uint64_t)(x >= divisor) & large); /* from 2^63 on: 0 or 1 */
    return quotient & (0 - (uint64_t)(y != 0));
}

W int64_t w_remainder_i64(int64_t x, int64_t y) { return (x - w_floor_divide_i64(x, y) * y) & -(int64_t)(y != 0); }
W uint64_t w_remainder_u64(uint64_t x, uint64_t y) { return (x - w_floor_divide_u64(x, y) * y) & -(uint64_t)(y != 0); }

W int64_t w_fmod_i64(int64_t x, int64_t y)
{
    const int64_t divisor = y + (y == 0), x_sign = x >> 63;
    const double reciprocal = 1 / (double)divisor;
    int64_t left = x - (int64_t)((double)x * reciprocal) * divisor;
    left -= w_nearest((double)left * reciprocal) * divisor;
    const int64_t size = (divisor ^ (divisor >> 63)) - (divisor >> 63), more = (size ^ x_sign) - x_sign;
    left += more & -(int64_t)((left != 0) & ((left ^ x) < 0));
    return left & -(int64_t)(y != 0);
}
#else
/* Else the processor divides: numbers below 2^32 in less time, where all are. What would trap is set apart. */
W bool w_below_32_bits(uint64_t x, uint64_t y) { return (x | y) >> 32 == 0; }
W uint64_t w_floor_divide_u64(uint64_t x, uint64_t y)
{
    if (w_below_32_bits(x, y)) return y ? (uint32_t)x / (uint32_t)y : 0;
    return y ? x / y : 0;
}
W uint64_t w_remainder_u64(uint64_t x, uint64_t y)
{
    if (w_below_32_bits(x, y)) return y ? (uint32_t)x % (uint32_t)y : 0;
    return y ? x % y : 0;
}
W int64_t w_floor_divide_i64(int64_t x, int64_t y)
{
    if (w_below_32_bits((uint64_t)x, (uint64_t)y)) return y ? (uint32_t)x / (uint32_t)y : 0;
    if (y == 0 || y == -1) return -x & y;
    return x / y - ((x % y != 0) & ((x ^ y) < 0));
}
W int64_t w_remainder_i64(int64_t x, int64_t y)
{
    if (w_below_32_bits((uint64_t)x, (uint64_t)y)) return y ? (uint32_t)x % (uint32_t)y : 0;
    if (y == 0 || y == -1) return 0;
    return x % y + (y & -(int64_t)((x % y != 0) & ((x ^ y) < 0)));
}
W int64_t w_fmod_i64(int64_t x, int64_t y)
{
    if (w_below_32_bits((uint64_t)x, (uint64_t)y)) return y ? (uint32_t)x % (uint32_t)y : 0;
    return y == 0 || y == -1 ? 0 : x % y;
}
#endif
#define w_fmod_u8 w_remainder_u8
#define w_fmod_u16 w_remainder_u16
#define w_fmod_u32 w_remainder_u32
#define w_fmod_u64 w_remainder_u64

#define W_INTEGER(name, x)                                                                          \
    _Generic((x), int8_t: name##_i8, int16_t: name##_i16, int32_t: name##_i32, int64_t: name##_i64, \
        uint8_t: name##_u8, uint16_t: name##_u16, uint32_t: name##_u32, uint64_t: name##_u64,       \
        float: name##_f32, double: name##_f64)
#define w_floor_divide(x, y) W_INTEGER(w_floor_divide, x)(x, y)
#define w_remainder(x, y) W_INTEGER(w_remainder, x)(x, y)
#define w_fmod(x, y) W_INTEGER(w_fmod, x)(x, y)

/* A shift by the type's width or more, or by a negative number, shifts everything out. Vector units shift no bytes:
 * GCC 12 makes a vector loop of a product with one power of two, and of a right shift whose count has 16 bits. */
#define w_width(x) (8 * sizeof(x))
#define w_left_shift(x, y)                                                                    \
    ((uint64_t)(y) >= w_width(x) ? (T)0                                                       \
     : sizeof(x) == 1            ? (T)((x) * (1u << ((y) & (w_width(x) - 1)))) \
                                 : (T)(((x) + 0u) << ((y) & (w_width(x) - 1))))
#define w_right_shift(x, y, empty) \
    ((uint64_t)(y) < w_width(x) ? (T)((x) >> (uint16_t)((y) & (w_width(x) - 1))) : (T)(empty))

/* 1 / 0 is what a C cast of infinity gives on x86, as NumPy has it: the minimum of int32 and int64, else 0. */
#define w_signed_reciprocal(x) \
    ((x) != 0 ? (T)(((x) == 1) - ((x) == -1)) : sizeof(T) >= 4 ? (T)((uint64_t)1 << (w_width(x) - 1)) : (T)0)

/* x - y, as x plus y with its sign bit flipped. GCC 12 makes a difference of two products beside their sum into one
 * fused instruction, though contraction is off, and so rounds once where the answer is rounded twice. */
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
W float w_minus_f32(float x, float y)
{
    uint32_t bits;
    memcpy(&bits, &y, sizeof bits);
    bits ^= (uint32_t)1 << 31;
    memcpy(&y, &bits, sizeof y);
    return x + y;
}

W double w_minus_f64(double x, double y)
{
    uint64_t bits;
    memcpy(&bits, &y, sizeof bits);
    bits ^= (uint64_t)1 << 63;
    memcpy(&y, &bits, sizeof y);
    return x + y;
}
#define w_minus(x, y) w_by_type(w_minus, x)(x, y)
#else
#define w_minus(x, y) ((x) - (y))
#endif

/* ---- Complex numbers: NumPy's order (lexicographic, false with a NaN) and Smith's division ------------------ */

#define w_complex_by_type(name, x) _Generic((x), rp_complex64: name##_c64, rp_complex128: name##_c128)
#define w_complex_less(x, y) w_complex_by_type(w_complex_less, x)(x, y)
#define w_complex_less_equal(x, y) w_complex_by_type(w_complex_less_equal, x)(x, y)
#define w_complex_clip(x, low, high) w_complex_by_type(w_complex_clip, x)(x, low, high)
#define w_complex_divide(x, y) w_complex_by_type(w_complex_divide, x)(x, y)
#define w_complex_reciprocal(x) w_complex_by_type(w_complex_reciprocal, x)(x)
#define w_complex_abs(x) w_complex_by_type(w_complex_abs, x)(x)
#define w_complex_sign(x) w_complex_by_type(w_complex_sign, x)(x)

/* Powers of two take the squares' exponents into range and back; float64 would need none for complex64, but its roots take
 * twice as long. */
#define W_COMPLEX_ABS(code, T, R, LARGE, DOWN, SMALL, UP)                                        \
    W R w_complex_abs_##code(T x)                                                                \
    {                                                                                            \
        const R re = w_fabs(x.re), im = w_fabs(x.im), most = re > im ? re : im;                  \
        const R scale = most > (R)LARGE ? (R)DOWN : most < (R)SMALL ? (R)UP : 1;                 \
        const R back = most > (R)LARGE ? (R)(1 / DOWN) : most < (R)SMALL ? (R)(1 / UP) : 1;      \
        const R root = w_sqrt(re * scale * (re * scale) + im * scale * (im * scale)) * back;     \
        return w_isinf(re) | w_isinf(im) ? (R)INFINITY : root;                                   \
    }
W_COMPLEX_ABS(c64, rp_complex64, float, 0x1p62, 0x1p-70, 0x1p-40, 0x1p100)
W_COMPLEX_ABS(c128, rp_complex128, double, 0x1p500, 0x1p-600, 0x1p-500, 0x1p600)

/* Division and reciprocals are Smith's, the larger part of the divisor chosen beforehand: without a branch, GCC 12 makes
 * vectors of them. */
#define W_COMPLEX(code, T, R)                                                             \
    W uint8_t w_complex_less_##code(T x, T y)                                                           \
    {                                                                                                   \
        return ((x.re < y.re) & (x.im == x.im) & (y.im == y.im)) | ((x.re == y.re) & (x.im < y.im));    \
    }                                                                                                   \
    W uint8_t w_complex_less_equal_##code(T x, T y)                                                     \
    {                                                                                                   \
        return ((x.re < y.re) & (x.im == x.im) & (y.im == y.im)) | ((x.re == y.re) & (x.im <= y.im));   \
    }                                                                                                   \
    W T w_complex_clip_##code(T x, T low, T high)                                                       \
    {                                                                                                   \
        const uint8_t stays = (x.re != x.re) | (x.im != x.im) | w_complex_less_equal_##code(low, x);    \
        const T raised = stays ? x : low;                                                               \
        const uint8_t nan = (raised.re != raised.re) | (raised.im != raised.im);                        \
        return nan | w_complex_less_equal_##code(raised, high) ? raised : high;                         \
    }                                                                                                   \
    W T w_complex_divide_##code(T x, T y)                                                           \
    {                                                                                                   \
        const R re = w_fabs(y.re), im = w_fabs(y.im);                                                   \
        const int wide = re >= im, none = re + im == 0;                                                 \
        const R large = wide ? y.re : y.im, small = wide ? y.im : y.re;                                 \
        const R a = wide ? x.re : x.im, b = wide ? x.im : x.re;                                         \
        const R ratio = small / large, scale = 1 / (none ? re : large + small * ratio);                 \
        const R p = a * ratio, u = wide ? b : p, v = wide ? p : b;                                      \
        return (T){(none ? x.re : a + b * ratio) * scale, (none ? x.im : w_minus(u, v)) * scale};       \
    }                                                                                                   \
    W T w_complex_reciprocal_##code(T x)                                                                \
    {                                                                                                   \
        const int wide = w_fabs(x.im) <= w_fabs(x.re);                                                  \
        const R large = wide ? x.re : x.im, small = wide ? x.im : x.re;                                 \
        const R ratio = small / large, scale = large + small * ratio;                                   \
        const R re = wide ? 1 : ratio, im = wide ? -ratio : -1;                                         \
        return (T){re / scale, im / scale};                                                             \
    }                                                                                                   \
    W T w_complex_sign_##code(T x)                                                                      \
    {                                                                                                   \
        R magnitude = w_complex_abs_##code(x);                                                           \
        if (w_isfinite(magnitude) && magnitude != 0) return (T){x.re / magnitude, x.im / magnitude};    \
        if (magnitude == 0) return (T){0, 0};                                                           \
        if (magnitude != magnitude || (w_isinf(x.re) && w_isinf(x.im))) return (T){(R)NAN, (R)NAN};     \
        return w_isinf(x.re) ? (T){x.re > 0 ? 1 : -1, 0} : (T){0, x.im > 0 ? 1 : -1};                   \
    }
W_COMPLEX(c64, rp_complex64, float)
W_COMPLEX(c128, rp_complex128, double)

#undef W
#endif
