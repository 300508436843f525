/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Answers worked by hand, or read from the array API standard and NumPy's documentation: a few for each operation,
 * through the public functions.
 */
#include "arrays.h"
#include "literals_types.h"
#include "literals_arrays.h"

typedef rp_status (*unary_function)(const rp_array *x, rp_array **out);
typedef rp_status (*binary_function)(const rp_array *x, const rp_array *y, rp_array **out);

/* Three ways that must agree: a new result, out=, and (where the types allow) in place. */
static bool unary(unary_function f, rp_dtype dtype, size_t count, const double *numbers, rp_dtype to, size_t to_count,
                  const double *want)
{
    rp_array *x = make(dtype, count, numbers), *z = NULL, *out = make(to, to_count, want);
    memset(rp_data(out), 0x77, (size_t)rp_size(out) * rp_dtype_size(to));
    bool good = f(x, &z) == RP_OK && holds(z, to, to_count, want) && holds(x, dtype, count, numbers);
    good = f(x, &out) == RP_OK && holds(out, to, to_count, want) && good;
    if (to == dtype) good = f(x, &x) == RP_OK && holds(x, to, to_count, want) && good;
    rp_release(x), rp_release(z), rp_release(out);
    return good;
}

static bool binary(binary_function f, rp_dtype dtype, size_t count, const double *numbers, size_t y_count,
                   const double *y_numbers, rp_dtype to, size_t to_count, const double *want)
{
    rp_array *x = make(dtype, count, numbers), *y = make(dtype, y_count, y_numbers), *z = NULL;
    rp_array *out = make(to, to_count, want);
    memset(rp_data(out), 0x77, (size_t)rp_size(out) * rp_dtype_size(to));
    bool good = f(x, y, &z) == RP_OK && holds(z, to, to_count, want) && holds(x, dtype, count, numbers);
    good = f(x, y, &out) == RP_OK && holds(out, to, to_count, want) && good;
    if (to == dtype && y_count == to_count) good = f(x, y, &y) == RP_OK && holds(y, to, to_count, want) && good;
    rp_release(x), rp_release(y), rp_release(z), rp_release(out);
    return good;
}

static void integers(void)
{
    CHECK(binary(rp_add, RP_INT8, L(127, -128, 5), L(1, -1, -7), RP_INT8, L(-128, 127, -2)));
    CHECK(binary(rp_add, RP_UINT8, L(255, 200, 0), L(1, 100, 0), RP_UINT8, L(0, 44, 0)));
    CHECK(binary(rp_subtract, RP_UINT16, L(0, 5), L(1, 7), RP_UINT16, L(65535, 65534)));
    CHECK(binary(rp_subtract, RP_INT32, L(-2147483648.0, 3), L(1, 10), RP_INT32, L(2147483647, -7)));
    CHECK(binary(rp_absolute_difference, RP_UINT8, L(0, 255, 7), L(255, 0, 7), RP_UINT8, L(255, 255, 0)));
    CHECK(binary(rp_absolute_difference, RP_INT8, L(-100, 5, -128), L(20, -3, 127), RP_INT8, L(120, 8, -1)));
    CHECK(binary(rp_absolute_difference, RP_FLOAT16, L(1, -inf_, 2), L(4, inf_, nan_), RP_FLOAT16, L(3, inf_, nan_)));
    CHECK(binary(rp_multiply, RP_INT16, L(300, -181), L(300, 181), RP_INT16, L(24464, -32761)));
    CHECK(binary(rp_multiply, RP_UINT32, L(65536, 3), L(65537, 5), RP_UINT32, L(65536, 15)));
    CHECK(binary(rp_floor_divide, RP_INT32, L(7, -7, 7, -7, 6, 5, 0), L(2, 2, -2, -2, -3, 0, 5), RP_INT32,
                 L(3, -4, -4, 3, -2, 0, 0)));
    CHECK(binary(rp_remainder, RP_INT32, L(7, -7, 7, -7, 6, 5, 0), L(2, 2, -2, -2, -3, 0, 5), RP_INT32,
                 L(1, 1, -1, -1, 0, 0, 0)));
    CHECK(binary(rp_floor_divide, RP_INT8, L(-128, -128, 127), L(-1, 1, -1), RP_INT8, L(-128, -128, -127)));
    CHECK(binary(rp_remainder, RP_INT8, L(-128, -128), L(-1, 3), RP_INT8, L(0, 1)));
    CHECK(binary(rp_floor_divide, RP_INT64, L(-9, 4611686018427387904.0), L(4, 3), RP_INT64,
                 L(-3, 1537228672809129301.0)));
    CHECK(binary(rp_floor_divide, RP_UINT8, L(255, 9, 9), L(16, 0, 10), RP_UINT8, L(15, 0, 0)));
    CHECK(binary(rp_fmod, RP_INT32, L(7, -7, 7, -7, 6, 5, 0), L(2, 2, -2, -2, -3, 0, 5), RP_INT32,
                 L(1, -1, 1, -1, 0, 0, 0)));
    CHECK(binary(rp_fmod, RP_UINT8, L(255, 9, 9), L(16, 0, 10), RP_UINT8, L(15, 0, 9)));
    CHECK(binary(rp_minimum, RP_INT8, L(-1, 5), L(1, 4), RP_INT8, L(-1, 4)));
    CHECK(binary(rp_maximum, RP_UINT8, L(255, 5), L(1, 6), RP_UINT8, L(255, 6)));
    CHECK(binary(rp_bitwise_and, RP_INT8, L(-1, 12), L(15, 10), RP_INT8, L(15, 8)));
    CHECK(binary(rp_bitwise_or, RP_UINT8, L(240, 12), L(15, 10), RP_UINT8, L(255, 14)));
    CHECK(binary(rp_bitwise_xor, RP_INT32, L(-1, 12), L(15, 10), RP_INT32, L(-16, 6)));
    CHECK(
        binary(rp_bitwise_left_shift, RP_INT8, L(1, 1, 1, 3, -1), L(7, 8, 100, -1, 1), RP_INT8, L(-128, 0, 0, 0, -2)));
    CHECK(binary(rp_bitwise_right_shift, RP_INT8, L(-128, -1, 64, 64, -5), L(7, 100, 6, 8, -1), RP_INT8,
                 L(-1, -1, 1, 0, -1)));
    CHECK(binary(rp_bitwise_right_shift, RP_UINT8, L(255, 255), L(4, 8), RP_UINT8, L(15, 0)));
    CHECK(binary(rp_equal, RP_INT16, L(1, 2), L(1, 3), RP_BOOL, L(1, 0)));
    CHECK(binary(rp_not_equal, RP_INT16, L(1, 2), L(1, 3), RP_BOOL, L(0, 1)));
    CHECK(binary(rp_less, RP_INT8, L(-1, 2, 2), L(1, 1, 2), RP_BOOL, L(1, 0, 0)));
    CHECK(binary(rp_less_equal, RP_UINT8, L(255, 2, 2), L(1, 3, 2), RP_BOOL, L(0, 1, 1)));
    CHECK(binary(rp_greater, RP_INT64, L(-1, 2, 2), L(1, 1, 2), RP_BOOL, L(0, 1, 0)));
    CHECK(binary(rp_greater_equal, RP_UINT64, L(18446744073709549568.0, 1, 2), L(1, 3, 2), RP_BOOL, L(1, 0, 1)));
    CHECK(binary(rp_logical_and, RP_INT32, L(5, 5, 0), L(2, 0, 0), RP_BOOL, L(1, 0, 0)));
    CHECK(binary(rp_logical_or, RP_INT32, L(5, 0, 0), L(2, 256, 0), RP_BOOL, L(1, 1, 0)));
    CHECK(binary(rp_logical_xor, RP_INT32, L(5, 5, 0), L(2, 0, 0), RP_BOOL, L(0, 1, 0)));
    CHECK(unary(rp_negative, RP_INT8, L(-128, 5), RP_INT8, L(-128, -5)));
    CHECK(unary(rp_negative, RP_UINT8, L(0, 1), RP_UINT8, L(0, 255)));
    CHECK(unary(rp_positive, RP_INT16, L(-3, 3), RP_INT16, L(-3, 3)));
    CHECK(unary(rp_abs, RP_INT8, L(-128, -5, 5), RP_INT8, L(-128, 5, 5)));
    CHECK(unary(rp_square, RP_INT8, L(-4, 16, 12), RP_INT8, L(16, 0, -112)));
    CHECK(unary(rp_reciprocal, RP_INT32, L(1, -1, 2, -3), RP_INT32, L(1, -1, 0, 0)));
    CHECK(unary(rp_sign, RP_INT64, L(-9, 0, 9), RP_INT64, L(-1, 0, 1)));
    CHECK(unary(rp_sign, RP_UINT8, L(0, 200), RP_UINT8, L(0, 1)));
    CHECK(unary(rp_signbit, RP_INT8, L(-1, 0, 1), RP_BOOL, L(1, 0, 0)));
    CHECK(unary(rp_floor, RP_INT8, L(-1, 3), RP_INT8, L(-1, 3)));
    CHECK(unary(rp_ceil, RP_INT8, L(-1, 3), RP_INT8, L(-1, 3)));
    CHECK(unary(rp_trunc, RP_UINT8, L(1, 3), RP_UINT8, L(1, 3)));
    CHECK(unary(rp_round, RP_INT32, L(-1, 3), RP_INT32, L(-1, 3)));
    CHECK(unary(rp_isnan, RP_INT8, L(1, 0), RP_BOOL, L(0, 0)));
    CHECK(unary(rp_isinf, RP_INT8, L(1, 0), RP_BOOL, L(0, 0)));
    CHECK(unary(rp_isfinite, RP_INT8, L(1, 0), RP_BOOL, L(1, 1)));
    CHECK(unary(rp_logical_not, RP_INT16, L(256, 0), RP_BOOL, L(0, 1)));
    CHECK(unary(rp_bitwise_invert, RP_INT8, L(0, -1, 5), RP_INT8, L(-1, 0, -6)));
    CHECK(unary(rp_bitwise_invert, RP_UINT8, L(0, 255), RP_UINT8, L(255, 0)));
}

/* clip of x between low and high, arrays of one type that broadcast. */
static bool clips(rp_dtype dtype, size_t n, const double *x_parts, size_t low_n, const double *low_parts, size_t high_n,
                  const double *high_parts, size_t want_n, const double *want)
{
    rp_array *x = make(dtype, n, x_parts), *low = make(dtype, low_n, low_parts),
             *high = make(dtype, high_n, high_parts);
    rp_array *z = NULL;
    bool good = rp_clip(x, low, high, &z) == RP_OK && holds(z, dtype, want_n, want);
    rp_release(x), rp_release(low), rp_release(high), rp_release(z);
    return good;
}

static void clipped(void)
{
    CHECK(clips(RP_INT8, L(-128, 5, 100, 7), L(-3, -3, -3, 9), L(50, 50, 50, 2), L(-3, 5, 50, 2)));
    CHECK(clips(RP_UINT64, L(0, 5, 18446744073709549568.0), L(1), L(6), L(1, 5, 6)));
    CHECK(clips(RP_BOOL, L(0, 1, 0, 1), L(0, 0, 1, 1), L(1, 0, 1, 0), L(0, 0, 1, 0)));
    CHECK(clips(RP_FLOAT64, L(-inf_, 0.5, 9, nan_, 1, 1), L(0, 0, 0, 0, nan_, 0), L(2, 2, 2, 2, 2, nan_),
                L(0, 0.5, 2, nan_, nan_, nan_)));
    CHECK(clips(RP_FLOAT32, L(-4, 1, 4), L(3), L(2), L(2, 2, 2))); /* bounds that cross: the upper one */
    CHECK(clips(RP_FLOAT16, L(-4, 1.5, 70000), L(-2), L(2048), L(-2, 1.5, 2048)));
    CHECK(clips(RP_COMPLEX64, L(1, 9, 0, 5, 3, 0, nan_, 1), L(1, 0), L(2, 0), L(1, 9, 1, 0, 2, 0, nan_, 1)));
    rp_array *x = make(RP_INT8, L(1, 2)), *far = weak_int(300), *one = weak_int(1), *z = NULL;
    CHECK(rp_clip(x, one, far, &z) == RP_ERROR_OVERFLOW && !z);
    CHECK(rp_clip(x, one, NULL, &z) == RP_ERROR_VALUE && !z);
    CHECK(rp_clip(x, one, one, &x) == RP_OK && holds(x, RP_INT8, L(1, 1)));
    rp_release(x), rp_release(far), rp_release(one);
}

static void truths(void)
{
    CHECK(binary(rp_add, RP_BOOL, L(0, 0, 1, 1), L(0, 1, 0, 1), RP_BOOL, L(0, 1, 1, 1)));
    CHECK(binary(rp_multiply, RP_BOOL, L(0, 0, 1, 1), L(0, 1, 0, 1), RP_BOOL, L(0, 0, 0, 1)));
    CHECK(binary(rp_bitwise_xor, RP_BOOL, L(0, 0, 1, 1), L(0, 1, 0, 1), RP_BOOL, L(0, 1, 1, 0)));
    CHECK(binary(rp_logical_xor, RP_BOOL, L(0, 0, 1, 1), L(0, 1, 0, 1), RP_BOOL, L(0, 1, 1, 0)));
    CHECK(binary(rp_maximum, RP_BOOL, L(0, 0, 1, 1), L(0, 1, 0, 1), RP_BOOL, L(0, 1, 1, 1)));
    CHECK(binary(rp_less, RP_BOOL, L(0, 0, 1, 1), L(0, 1, 0, 1), RP_BOOL, L(0, 1, 0, 0)));
    CHECK(unary(rp_bitwise_invert, RP_BOOL, L(0, 1), RP_BOOL, L(1, 0)));
    CHECK(unary(rp_logical_not, RP_BOOL, L(0, 1), RP_BOOL, L(1, 0)));
    CHECK(unary(rp_abs, RP_BOOL, L(0, 1), RP_BOOL, L(0, 1)));
    /* NumPy: no difference or negation of truth values */
    rp_array *x = make(RP_BOOL, L(1, 0)), *z = NULL;
    CHECK(rp_subtract(x, x, &z) == RP_ERROR_TYPE && !z && message_has("subtract"));
    CHECK(rp_negative(x, &z) == RP_ERROR_TYPE && !z);
    CHECK(rp_positive(x, &z) == RP_ERROR_TYPE && !z);
    rp_release(x);
}

/* Any NaN is as good as another to binary(): its sign is looked at here. */
static bool copies_sign_to_nan(void)
{
    rp_array *x = make(RP_FLOAT32, L(nan_, -nan_)), *y = make(RP_FLOAT32, L(-1, 2)), *z = NULL, *negative = NULL;
    bool good = rp_copysign(x, y, &z) == RP_OK && holds(z, RP_FLOAT32, L(nan_, nan_)) &&
                rp_signbit(z, &negative) == RP_OK && holds(negative, RP_BOOL, L(1, 0));
    rp_release(x), rp_release(y), rp_release(z), rp_release(negative);
    return good;
}

static void reals(void)
{
    CHECK(binary(rp_add, RP_FLOAT64, L(0.1, inf_, -0.0), L(0.2, -inf_, -0.0), RP_FLOAT64,
                 L(0.30000000000000004, nan_, -0.0)));
    CHECK(binary(rp_add, RP_FLOAT32, L(16777216, 1), L(1, nan_), RP_FLOAT32, L(16777216, nan_)));
    CHECK(binary(rp_add, RP_FLOAT16, L(2048, 65504, 65504), L(1, 15, 16), RP_FLOAT16, L(2048, 65504, inf_)));
    CHECK(binary(rp_subtract, RP_FLOAT32, L(1, 0), L(1, 0), RP_FLOAT32, L(0, 0)));
    CHECK(binary(rp_multiply, RP_FLOAT32, L(0, -1, 0x1.8p127), L(nan_, 0, 10), RP_FLOAT32, L(nan_, -0.0, inf_)));
    CHECK(binary(rp_divide, RP_FLOAT64, L(1, -1, 0, 1), L(0, 0, 0, 3), RP_FLOAT64,
                 L(inf_, -inf_, nan_, 0.33333333333333331)));
    CHECK(binary(rp_divide, RP_INT32, L(1, -7, 0), L(2, 0, 0), RP_FLOAT64, L(0.5, -inf_, nan_)));
    CHECK(binary(rp_floor_divide, RP_FLOAT64, L(7, -7, 7.5, -0.0, 1), L(2, 2, -2, 1, inf_), RP_FLOAT64,
                 L(3, -4, -4, -0.0, 0)));
    CHECK(binary(rp_floor_divide, RP_FLOAT64, L(1, -1, 1, 0), L(0.1, inf_, -inf_, 0), RP_FLOAT64, L(9, -1, -1, nan_)));
    /* the standard's: an infinity over a finite number; NumPy has NaN there */
    CHECK(binary(rp_floor_divide, RP_FLOAT64, L(inf_, inf_, -inf_, -inf_, inf_), L(2, -2, 2, -2, inf_), RP_FLOAT64,
                 L(inf_, -inf_, -inf_, inf_, nan_)));
    CHECK(binary(rp_floor_divide, RP_FLOAT32, L(inf_, -9), L(2, 4), RP_FLOAT32, L(inf_, -3)));
    CHECK(binary(rp_remainder, RP_FLOAT64, L(7.5, -7.5, 7.5, 6, -6, -1), L(2, 2, -2, -3, 3, inf_), RP_FLOAT64,
                 L(1.5, 0.5, -0.5, -0.0, 0, inf_)));
    CHECK(binary(rp_remainder, RP_FLOAT32, L(1, inf_, nan_), L(0, 2, 1), RP_FLOAT32, L(nan_, nan_, nan_)));
    CHECK(binary(rp_minimum, RP_FLOAT64, L(1, nan_, 1, -inf_), L(2, 1, nan_, 0), RP_FLOAT64, L(1, nan_, nan_, -inf_)));
    CHECK(binary(rp_maximum, RP_FLOAT16, L(1, nan_, 1, inf_), L(2, 1, nan_, 0), RP_FLOAT16, L(2, nan_, nan_, inf_)));
    CHECK(binary(rp_fmin, RP_FLOAT64, L(1, nan_, 1, nan_), L(2, 1, nan_, nan_), RP_FLOAT64, L(1, 1, 1, nan_)));
    CHECK(binary(rp_fmax, RP_FLOAT32, L(1, nan_, 1, -inf_), L(2, 1, nan_, 0), RP_FLOAT32, L(2, 1, 1, 0)));
    CHECK(binary(rp_copysign, RP_FLOAT64, L(1.5, -2, 0, inf_), L(-0.0, 3, -7, -inf_), RP_FLOAT64,
                 L(-1.5, 2, -0.0, -inf_)));
    CHECK(binary(rp_copysign, RP_FLOAT16, L(-3, 3), L(0, -nan_), RP_FLOAT16, L(3, -3)));
    CHECK(binary(rp_copysign, RP_INT8, L(-3, 4), L(1, -1), RP_FLOAT16, L(3, -4)));
    CHECK(binary(rp_copysign, RP_BOOL, L(1), L(0), RP_FLOAT16, L(1)));
    CHECK(copies_sign_to_nan());
    CHECK(binary(rp_equal, RP_FLOAT64, L(nan_, 0, 1), L(nan_, -0.0, 1), RP_BOOL, L(0, 1, 1)));
    CHECK(binary(rp_not_equal, RP_FLOAT64, L(nan_, 0, 1), L(nan_, -0.0, 1), RP_BOOL, L(1, 0, 0)));
    CHECK(binary(rp_less, RP_FLOAT32, L(nan_, -inf_, 1), L(1, 0, 1), RP_BOOL, L(0, 1, 0)));
    CHECK(binary(rp_greater_equal, RP_FLOAT32, L(nan_, -inf_, 1), L(1, 0, 1), RP_BOOL, L(0, 0, 1)));
    CHECK(binary(rp_logical_and, RP_FLOAT64, L(nan_, -0.0, 0.5), L(1, 1, 0.1), RP_BOOL, L(1, 0, 1)));
    CHECK(unary(rp_negative, RP_FLOAT64, L(0, -0.0, inf_), RP_FLOAT64, L(-0.0, 0, -inf_)));
    CHECK(unary(rp_abs, RP_FLOAT32, L(-0.0, -1.5, -inf_, nan_), RP_FLOAT32, L(0, 1.5, inf_, nan_)));
    CHECK(unary(rp_square, RP_FLOAT16, L(3, -0.5, 300), RP_FLOAT16, L(9, 0.25, inf_)));
    CHECK(unary(rp_sqrt, RP_FLOAT64, L(4, 2, -1, -0.0, inf_), RP_FLOAT64, L(2, 1.4142135623730951, nan_, -0.0, inf_)));
    CHECK(unary(rp_sqrt, RP_INT64, L(4, 9), RP_FLOAT64, L(2, 3)));
    CHECK(unary(rp_sqrt, RP_INT8, L(4, 9), RP_FLOAT16, L(2, 3)));
    CHECK(unary(rp_sqrt, RP_UINT16, L(4, 9), RP_FLOAT32, L(2, 3)));
    CHECK(unary(rp_reciprocal, RP_FLOAT64, L(4, 0, -0.0, inf_), RP_FLOAT64, L(0.25, inf_, -inf_, 0)));
    CHECK(unary(rp_sign, RP_FLOAT64, L(-2.5, 0, -0.0, 7, nan_, -inf_), RP_FLOAT64, L(-1, 0, 0, 1, nan_, -1)));
    CHECK(unary(rp_signbit, RP_FLOAT16, L(-0.0, 0, -3, inf_), RP_BOOL, L(1, 0, 1, 0)));
    CHECK(unary(rp_floor, RP_FLOAT64, L(1.5, -1.5, -0.0, -0.5, inf_), RP_FLOAT64, L(1, -2, -0.0, -1, inf_)));
    CHECK(unary(rp_ceil, RP_FLOAT32, L(1.5, -1.5, -0.5), RP_FLOAT32, L(2, -1, -0.0)));
    CHECK(unary(rp_trunc, RP_FLOAT16, L(1.5, -1.5, -0.5), RP_FLOAT16, L(1, -1, -0.0)));
    CHECK(unary(rp_round, RP_FLOAT64, L(0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994), RP_FLOAT64,
                L(0, 2, 2, -0.0, -2, 0)));
    CHECK(unary(rp_isnan, RP_FLOAT16, L(nan_, inf_, 0), RP_BOOL, L(1, 0, 0)));
    CHECK(unary(rp_isinf, RP_FLOAT32, L(nan_, -inf_, 0x1.8p127), RP_BOOL, L(0, 1, 0)));
    CHECK(unary(rp_isfinite, RP_FLOAT64, L(nan_, inf_, 5e-324), RP_BOOL, L(0, 0, 1)));
    CHECK(unary(rp_logical_not, RP_FLOAT64, L(nan_, -0.0, 1e-300), RP_BOOL, L(0, 1, 0)));
}

static void parts(void)
{
    rp_array *z = make(RP_COMPLEX128, L(1, 2, -3, -0.0)), *n = make(RP_INT8, L(5, -6)), *view = NULL;
    CHECK(rp_real(z, &view) == RP_OK && rp_data(view) == rp_data(z) && held(&view, RP_FLOAT64, L(1, -3)));
    CHECK(rp_imag(z, &view) == RP_OK && !rp_is_readonly(view) && holds(view, RP_FLOAT64, L(2, -0.0)));
    rp_release(z); /* the view keeps the memory */
    CHECK(held(&view, RP_FLOAT64, L(2, -0.0)));
    CHECK(rp_real(n, &view) == RP_OK && rp_data(view) == rp_data(n) && held(&view, RP_INT8, L(5, -6)));
    CHECK(rp_imag(n, &view) == RP_OK && rp_is_readonly(view) && held(&view, RP_INT8, L(0, 0)));
    rp_set_readonly(n);
    CHECK(rp_real(n, &view) == RP_OK && rp_is_readonly(view) && held(&view, RP_INT8, L(5, -6)));
    rp_release(n);
    const double pi = 0x1.921fb54442d18p+1;
    CHECK(unary(rp_angle, RP_COMPLEX128, L(-1, 0, -2, -0.0, 0, 3, 0, -0.0), RP_FLOAT64, L(pi, -pi, pi / 2, -0.0)));
    CHECK(unary(rp_angle, RP_COMPLEX64, L(5, 5, inf_, -inf_), RP_FLOAT32, L((float)(pi / 4), -(float)(pi / 4))));
    CHECK(unary(rp_angle, RP_FLOAT64, L(-2, 2, -0.0, nan_), RP_FLOAT64, L(pi, 0, pi, nan_)));
    CHECK(unary(rp_angle, RP_INT16, L(-7, 0), RP_FLOAT32, L((float)pi, 0)));
}

static void complexes(void)
{
    CHECK(binary(rp_add, RP_COMPLEX64, L(1, 2), L(3, -5), RP_COMPLEX64, L(4, -3)));
    CHECK(binary(rp_subtract, RP_COMPLEX128, L(1, 2), L(3, -5), RP_COMPLEX128, L(-2, 7)));
    CHECK(binary(rp_multiply, RP_COMPLEX128, L(1, 2, 0, 1), L(3, -4, 0, 1), RP_COMPLEX128, L(11, 2, -1, 0)));
    CHECK(binary(rp_divide, RP_COMPLEX128, L(11, 2, 1, 0), L(1, 2, 0, 0), RP_COMPLEX128, L(3, -4, inf_, nan_)));
    CHECK(binary(rp_equal, RP_COMPLEX64, L(1, 2, 1, 2), L(1, 2, 1, 3), RP_BOOL, L(1, 0)));
    CHECK(binary(rp_less, RP_COMPLEX128, L(1, 2, 1, 2, 2, 0), L(1, 3, 2, 0, 1, 9), RP_BOOL, L(1, 1, 0)));
    CHECK(binary(rp_maximum, RP_COMPLEX64, L(1, 2, 1, nan_), L(1, 3, 5, 5), RP_COMPLEX64, L(1, 3, 1, nan_)));
    CHECK(binary(rp_logical_or, RP_COMPLEX64, L(0, 0, 0, 1), L(0, 0, 0, 0), RP_BOOL, L(0, 1)));
    CHECK(unary(rp_negative, RP_COMPLEX64, L(1, -0.0), RP_COMPLEX64, L(-1, 0)));
    CHECK(unary(rp_abs, RP_COMPLEX128, L(3, 4, inf_, nan_, 0x1.8p601, 0x1p602), RP_FLOAT64, L(5, inf_, 0x1.4p602)));
    CHECK(unary(rp_conj, RP_COMPLEX64, L(1, 2, 3, -4), RP_COMPLEX64, L(1, -2, 3, 4)));
    CHECK(unary(rp_abs, RP_COMPLEX64, L(3, -4, 0, -0.0), RP_FLOAT32, L(5, 0)));
    CHECK(unary(rp_square, RP_COMPLEX64, L(1, 2), RP_COMPLEX64, L(-3, 4)));
    CHECK(unary(rp_sqrt, RP_COMPLEX128, L(-4, 0, 3, 4, -4, -0.0), RP_COMPLEX128, L(0, 2, 2, 1, 0, -2)));
    CHECK(unary(rp_reciprocal, RP_COMPLEX128, L(0, 2, 4, 0), RP_COMPLEX128, L(0, -0.5, 0.25, -0.0)));
    CHECK(unary(rp_sign, RP_COMPLEX128, L(3, 4, 0, 0, 0, nan_), RP_COMPLEX128, L(0.6, 0.8, 0, 0, nan_, nan_)));
    CHECK(unary(rp_round, RP_COMPLEX64, L(0.5, 1.5, 2.5, -0.5), RP_COMPLEX64, L(0, 2, 2, -0.0)));
    CHECK(unary(rp_isnan, RP_COMPLEX64, L(0, nan_, inf_, 0), RP_BOOL, L(1, 0)));
    CHECK(unary(rp_isfinite, RP_COMPLEX64, L(0, nan_, 1, 0), RP_BOOL, L(0, 1)));
    rp_array *x = make(RP_COMPLEX64, L(1, 2)), *z = NULL;
    CHECK(rp_floor(x, &z) == RP_ERROR_TYPE && !z && message_has("floor"));
    CHECK(rp_remainder(x, x, &z) == RP_ERROR_TYPE && !z);
    CHECK(rp_bitwise_and(x, x, &z) == RP_ERROR_TYPE && !z);
    rp_release(x);
}

/* var and std of 1, 2, 3, 4, 5, with a correction. */
static bool spreads(rp_dtype dtype, rp_dtype result, double correction, double var)
{
    rp_array *x = make(dtype, L(1, 2, 3, 4, 5)), *v = NULL, *s = NULL;
    const bool good = rp_var(x, 0, NULL, correction, false, &v) == RP_OK && holds(v, result, L(var)) &&
                      rp_std(x, 1, (int[]){-1}, correction, true, &s) == RP_OK && holds(s, result, L(sqrt(var)));
    rp_release(x), rp_release(v), rp_release(s);
    return good;
}

static void statistics(void)
{
    CHECK(spreads(RP_FLOAT64, RP_FLOAT64, 0, 2));
    CHECK(spreads(RP_FLOAT64, RP_FLOAT64, 1, 2.5));
    CHECK(spreads(RP_FLOAT32, RP_FLOAT32, -5, 1));
    CHECK(spreads(RP_FLOAT16, RP_FLOAT16, 2.5, 4));
    CHECK(spreads(RP_INT8, RP_FLOAT64, 0, 2));
    CHECK(spreads(RP_UINT64, RP_FLOAT64, 4, 10));
    CHECK(spreads(RP_FLOAT64, RP_FLOAT64, 5, inf_));
    rp_array *z = make(RP_COMPLEX64, L(1, 2)), *x = make(RP_FLOAT64, L(1, 2)), *out = NULL;
    CHECK(rp_var(z, 0, NULL, 0, false, &out) == RP_ERROR_TYPE && !out);
    CHECK(rp_std(x, 1, (int[]){1}, 0, false, &out) == RP_ERROR_AXIS && !out);
    CHECK(rp_std(x, 0, NULL, 0, false, &x) == RP_ERROR_VALUE); /* an output of another shape */
    CHECK(rp_std(NULL, 0, NULL, 0, false, &out) == RP_ERROR_VALUE);
    rp_release(z), rp_release(x);
}

/* Neighbours of each type; remainders; numbers times powers of two, the last of which are rounded once. */
static void numbers_apart(void)
{
    CHECK(binary(rp_nextafter, RP_FLOAT64, L(1, 1, 0, -0.0, 0x1p-1074, 0x1.fffffffffffffp1023, inf_, 1, nan_),
                 L(2, 0, -1, 1, -1, inf_, 0, 1, 1), RP_FLOAT64,
                 L(1 + 0x1p-52, 1 - 0x1p-53, -0x1p-1074, 0x1p-1074, 0, inf_, 0x1.fffffffffffffp1023, 1, nan_)));
    CHECK(binary(rp_nextafter, RP_FLOAT32, L(1, 1, -1, 0x1p-126, 0), L(2, 0, -2, 0, 1), RP_FLOAT32,
                 L(1 + 0x1p-23, 1 - 0x1p-24, -1 - 0x1p-23, 0x1p-126 - 0x1p-149, 0x1p-149)));
    CHECK(
        binary(rp_nextafter, RP_FLOAT16, L(1, 1, 65504, -inf_, 0x1p-14, 0x1p-14, -0x1p-24, 0, nan_),
               L(2, 0, inf_, 0, 0, 1, 1, -1, 0), RP_FLOAT16,
               L(1 + 0x1p-10, 1 - 0x1p-11, inf_, -65504, 0x1p-14 - 0x1p-24, 0x1p-14 + 0x1p-24, -0.0, -0x1p-24, nan_)));
    for (rp_dtype dtype = RP_FLOAT16; dtype <= RP_FLOAT64; dtype++)
        CHECK(binary(rp_fmod, dtype, L(7.5, -7.5, 7.5, -6, 1, inf_, 1, nan_), L(2, 2, -2, 3, inf_, 1, 0, 1), dtype,
                     L(1.5, -1.5, 1.5, -0.0, 1, nan_, nan_, nan_)));
    static const struct {
        rp_dtype dtype;
        double x, exponent, want;
    } scaled[] = {
        {RP_FLOAT64, 0.75, 3, 6},
        {RP_FLOAT64, 0x1p-1073, 2000, 0x1p927},
        {RP_FLOAT64, 0x1.0000000000003p-1022, -1, 0x1.0000000000004p-1023}, /* a tie, to the even one */
        {RP_FLOAT64, 0x1.8p0, -1075, 0x1p-1074},
        {RP_FLOAT64, 1, -2000000, 0},
        {RP_FLOAT64, -1, 1024, -inf_},
        {RP_FLOAT64, -0.0, 5, -0.0},
        {RP_FLOAT32, 0x1.8p0F, -149, 0x1p-148},
        {RP_FLOAT32, -3, 200, -inf_},
        {RP_FLOAT32, 0x1p-149, 276, 0x1p127},
        {RP_FLOAT16, 1.5, -24, 0x1p-23},
        {RP_FLOAT16, 0x1p-24, 39, 0x1p15},
    };
    for (size_t i = 0; i < sizeof scaled / sizeof *scaled; i++) {
        static const rp_dtype integers[] = {RP_INT32, RP_INT64};
        for (size_t k = 0; k < 2; k++) {
            rp_array *x = make(scaled[i].dtype, 1, &scaled[i].x), *z = NULL;
            rp_array *exponent = make(integers[k], 1, &scaled[i].exponent);
            CHECK(rp_ldexp(x, exponent, &z) == RP_OK && holds(z, scaled[i].dtype, 1, &scaled[i].want));
            rp_release(z);
            z = NULL;
            CHECK(rp_ldexp(x, x, &z) == RP_ERROR_TYPE);
            rp_release(x), rp_release(exponent);
        }
    }
    CHECK(unary(rp_erf, RP_FLOAT32, L(0, -0.0, inf_, -inf_, nan_, 10), RP_FLOAT32, L(0, -0.0, 1, -1, nan_, 1)));
    CHECK(unary(rp_erfc, RP_FLOAT64, L(0, -0.0, inf_, -inf_, nan_, 30), RP_FLOAT64, L(1, 1, 0, 2, nan_, 0)));
}

static bool runs(rp_dtype dtype, const rp_dtype *to, rp_dtype result, bool initial, size_t sums, const double *sum,
                 size_t prods, const double *prod)
{
    rp_array *x = make(dtype, L(1, 2, 0, 3)), *s = NULL, *p = NULL;
    const bool good = rp_cumulative_sum(x, 0, to, initial, &s) == RP_OK && holds(s, result, sums, sum) &&
                      rp_cumulative_prod(x, -1, to, initial, &p) == RP_OK && holds(p, result, prods, prod);
    rp_release(x), rp_release(s), rp_release(p);
    return good;
}

static void cumulative(void)
{
    CHECK(runs(RP_INT8, NULL, RP_INT64, false, L(1, 3, 3, 6), L(1, 2, 0, 0)));
    CHECK(runs(RP_UINT16, NULL, RP_UINT64, true, L(0, 1, 3, 3, 6), L(1, 1, 2, 0, 0)));
    CHECK(runs(RP_FLOAT16, NULL, RP_FLOAT16, false, L(1, 3, 3, 6), L(1, 2, 0, 0)));
    CHECK(runs(RP_FLOAT64, &(rp_dtype){RP_INT16}, RP_INT16, false, L(1, 3, 3, 6), L(1, 2, 0, 0)));
    CHECK(runs(RP_BOOL, NULL, RP_INT64, false, L(1, 2, 2, 3), L(1, 1, 0, 0)));
    /* float16 is rounded at each step: 2048 + 1 is 2048. */
    rp_array *x = make(RP_FLOAT16, L(2048, 1, 1)), *z = NULL;
    CHECK(rp_cumulative_sum(x, 0, NULL, false, &z) == RP_OK && holds(z, RP_FLOAT16, L(2048, 2048, 2048)));
    CHECK(rp_cumulative_sum(x, 0, NULL, false, &x) == RP_OK && holds(x, RP_FLOAT16, L(2048, 2048, 2048)));
    rp_release(x), rp_release(z);
}

static bool log_of_sum(rp_dtype dtype, rp_dtype result, size_t count, const double *numbers, double want)
{
    rp_array *x = make(dtype, count, numbers), *z = NULL;
    const bool good = rp_logsumexp(x, 0, NULL, false, &z) == RP_OK && holds(z, result, L(want));
    rp_release(x), rp_release(z);
    return good;
}

static void logs_of_sums(void)
{
    CHECK(log_of_sum(RP_FLOAT64, RP_FLOAT64, L(3), 3));
    CHECK(log_of_sum(RP_FLOAT64, RP_FLOAT64, L(0, 0), 0x1.62e42fefa39efp-1));
    CHECK(log_of_sum(RP_FLOAT32, RP_FLOAT32, L(1e30, 1e30), 1e30f));
    CHECK(log_of_sum(RP_FLOAT16, RP_FLOAT16, L(-inf_, 2), 2));
    CHECK(log_of_sum(RP_FLOAT32, RP_FLOAT32, L(-inf_, -inf_), -inf_));
    CHECK(log_of_sum(RP_FLOAT64, RP_FLOAT64, L(inf_, -inf_, 1), inf_));
    CHECK(log_of_sum(RP_FLOAT64, RP_FLOAT64, L(nan_, inf_), nan_));
    CHECK(log_of_sum(RP_INT8, RP_FLOAT64, L(100), 100));
    CHECK(log_of_sum(RP_FLOAT64, RP_FLOAT64, L(0, -745), 0x1p-1074)); /* exp(-745), to the nearest */
    rp_array *x = make(RP_COMPLEX64, L(1, 2)), *out = NULL;
    CHECK(rp_logsumexp(x, 0, NULL, false, &out) == RP_ERROR_TYPE && !out);
    rp_release(x);
}

int main(void)
{
    logs_of_sums();
    cumulative();
    integers();
    clipped();
    truths();
    reals();
    complexes();
    parts();
    types_and_numbers();
    casts();
    reductions();
    statistics();
    views();
    overlaps();
    creation();
    gathers();
    numbers_apart();
    return check_report();
}
