/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Literals, second part: promotion, weak numbers, casts, reductions.
 */
#ifndef RP_TEST_LITERALS_TYPES_H
#define RP_TEST_LITERALS_TYPES_H

#include "arrays.h"

static rp_dtype common(rp_dtype a, rp_dtype b)
{
    rp_dtype one = RP_BOOL, other = RP_BOOL;
    CHECK(rp_promote_types(a, b, &one) == RP_OK && rp_promote_types(b, a, &other) == RP_OK && one == other);
    return one;
}

/* x and y are given up. */
static bool sum_is(rp_array *x, rp_array *y, rp_dtype dtype, size_t count, const double *want)
{
    rp_array *z = NULL;
    bool good = rp_add(x, y, &z) == RP_OK && holds(z, dtype, count, want);
    rp_release(x), rp_release(y), rp_release(z);
    return good;
}

static bool overflows(rp_array *x, rp_array *weak)
{
    rp_array *z = NULL;
    bool good = rp_add(x, weak, &z) == RP_ERROR_OVERFLOW && !z && message_has("out of bounds");
    good = rp_maximum(weak, x, &z) == RP_ERROR_OVERFLOW && !z && good;
    rp_release(x), rp_release(weak);
    return good;
}

static bool compares(rp_status (*f)(const rp_array *, const rp_array *, rp_array **), rp_array *x, rp_array *y,
                     size_t count, const double *want)
{
    rp_array *z = NULL;
    bool good = f(x, y, &z) == RP_OK && holds(z, RP_BOOL, count, want);
    rp_release(x), rp_release(y), rp_release(z);
    return good;
}

static void types_and_numbers(void)
{
    CHECK(common(RP_BOOL, RP_INT8) == RP_INT8 && common(RP_INT8, RP_UINT8) == RP_INT16);
    CHECK(common(RP_INT64, RP_UINT64) == RP_FLOAT64 && common(RP_INT32, RP_UINT32) == RP_INT64);
    CHECK(common(RP_INT8, RP_FLOAT16) == RP_FLOAT16 && common(RP_INT16, RP_FLOAT16) == RP_FLOAT32);
    CHECK(common(RP_UINT16, RP_FLOAT16) == RP_FLOAT32 && common(RP_INT32, RP_FLOAT32) == RP_FLOAT64);
    CHECK(common(RP_UINT8, RP_FLOAT16) == RP_FLOAT16 && common(RP_INT16, RP_FLOAT32) == RP_FLOAT32);
    CHECK(common(RP_INT64, RP_COMPLEX64) == RP_COMPLEX128 && common(RP_FLOAT32, RP_COMPLEX64) == RP_COMPLEX64);
    CHECK(common(RP_FLOAT64, RP_COMPLEX64) == RP_COMPLEX128 && common(RP_INT16, RP_COMPLEX64) == RP_COMPLEX64);
    CHECK(rp_can_cast(RP_INT8, RP_INT16, RP_CAST_SAFE) && !rp_can_cast(RP_INT16, RP_INT8, RP_CAST_SAFE));
    CHECK(rp_can_cast(RP_INT16, RP_INT8, RP_CAST_SAME_KIND) && !rp_can_cast(RP_FLOAT32, RP_INT64, RP_CAST_SAME_KIND));
    CHECK(rp_can_cast(RP_INT64, RP_FLOAT64, RP_CAST_SAFE) && !rp_can_cast(RP_INT64, RP_FLOAT32, RP_CAST_SAFE));
    CHECK(rp_can_cast(RP_INT64, RP_FLOAT16, RP_CAST_SAME_KIND) && !rp_can_cast(RP_INT8, RP_UINT8, RP_CAST_SAME_KIND));
    CHECK(rp_can_cast(RP_UINT64, RP_INT8, RP_CAST_SAME_KIND) && rp_can_cast(RP_BOOL, RP_UINT8, RP_CAST_SAFE));
    CHECK(!rp_can_cast(RP_COMPLEX64, RP_FLOAT64, RP_CAST_SAME_KIND) &&
          rp_can_cast(RP_COMPLEX64, RP_BOOL, RP_CAST_UNSAFE));
    CHECK(!rp_can_cast(RP_INT32, RP_INT64, RP_CAST_NO) && rp_can_cast(RP_INT32, RP_INT32, RP_CAST_NO));
    rp_dtype dtype = RP_BOOL;
    CHECK(rp_dtype_from_name("float32", &dtype) == RP_OK && dtype == RP_FLOAT32);
    CHECK(rp_dtype_from_name("u16", &dtype) == RP_OK && dtype == RP_UINT16 &&
          strcmp(rp_dtype_name(RP_BOOL), "bool") == 0);
    CHECK(rp_dtype_size(RP_COMPLEX128) == 16 && rp_dtype_size(RP_BOOL) == 1 &&
          rp_dtype_kind(RP_UINT8) == RP_KIND_UNSIGNED);

    CHECK(sum_is(make(RP_INT8, L(100)), make(RP_UINT8, L(200)), RP_INT16, L(300)));
    CHECK(sum_is(make(RP_INT32, L(1)), make(RP_FLOAT32, L(0.5)), RP_FLOAT64, L(1.5)));
    CHECK(sum_is(make(RP_BOOL, L(1)), make(RP_INT8, L(1)), RP_INT8, L(2)));
    CHECK(sum_is(make(RP_INT64, L(-1)), make(RP_UINT64, L(1)), RP_FLOAT64, L(0)));
    CHECK(sum_is(make(RP_FLOAT16, L(1)), make(RP_COMPLEX64, L(1, 2)), RP_COMPLEX64, L(2, 2)));
    /* NEP 50: a Python number has no size of its own */
    CHECK(sum_is(make(RP_INT8, L(100)), weak_int(27), RP_INT8, L(127)));
    CHECK(sum_is(make(RP_INT8, L(100)), weak_int(28), RP_INT8, L(-128)));
    CHECK(sum_is(make(RP_UINT8, L(1)), weak_int(255), RP_UINT8, L(0)));
    CHECK(sum_is(make(RP_BOOL, L(1)), weak_int(1), RP_INT64, L(2)));
    CHECK(sum_is(make(RP_INT8, L(1)), weak_float(0.5), RP_FLOAT64, L(1.5)));
    CHECK(sum_is(make(RP_FLOAT16, L(1)), weak_float(0.5), RP_FLOAT16, L(1.5)));
    CHECK(sum_is(make(RP_FLOAT32, L(1)), weak_float(1e-30), RP_FLOAT32, L(1)));
    CHECK(sum_is(make(RP_FLOAT32, L(1)), weak_int(2), RP_FLOAT32, L(3)));
    CHECK(sum_is(make(RP_FLOAT32, L(1)), weak_complex(0, 1), RP_COMPLEX64, L(1, 1)));
    CHECK(sum_is(make(RP_INT8, L(1)), weak_complex(0, 1), RP_COMPLEX128, L(1, 1)));
    CHECK(sum_is(make(RP_INT16, L(1)), weak_complex(0, 1), RP_COMPLEX128, L(1, 1)));
    CHECK(sum_is(make(RP_BOOL, L(1)), weak_complex(0, 1), RP_COMPLEX128, L(1, 1)));
    CHECK(sum_is(weak_int(1), weak_float(0.5), RP_FLOAT64, L(1.5)));
    CHECK(overflows(make(RP_INT8, L(1)), weak_int(128)));
    CHECK(overflows(make(RP_INT8, L(1)), weak_int(-129)));
    CHECK(overflows(make(RP_UINT8, L(1)), weak_int(-1)));
    CHECK(overflows(make(RP_UINT64, L(1)), weak_int(-1)));
    CHECK(overflows(make(RP_INT32, L(1)), weak_int(2147483648)));

    /* comparisons are exact, whatever the two types are */
    CHECK(compares(rp_less, make(RP_UINT8, L(255)), weak_int(300), L(1)));
    CHECK(compares(rp_equal, make(RP_INT8, L(-1)), weak_int(255), L(0)));
    CHECK(compares(rp_greater, make(RP_UINT64, L(0)), weak_int(-1), L(1)));
    CHECK(compares(rp_greater_equal, weak_int(-1), make(RP_UINT8, L(0, 255)), L(0, 0)));
    CHECK(compares(rp_less, make(RP_INT32, L(1, 2)), make(RP_FLOAT32, L(1.5, 1.5)), L(1, 0)));
    CHECK(compares(rp_less, make(RP_FLOAT32, L(-0.5, 1.5)), make(RP_INT32, L(0, 1)), L(1, 0)));
    CHECK(compares(rp_equal, make(RP_UINT32, L(1, 2)), make(RP_FLOAT16, L(1.5, 2)), L(0, 1)));
    CHECK(compares(rp_less, make(RP_INT64, L(-1, 3)), make(RP_UINT64, L(0, 2)), L(1, 0)));
    CHECK(compares(rp_less, make(RP_UINT64, L(0, 2)), make(RP_INT64, L(-1, 3)), L(0, 1)));
    rp_array *x = make(RP_INT64, L(0)), *y = make(RP_UINT64, L(9007199254740992.0));
    int64_t odd = 9007199254740993;
    memcpy(rp_data(x), &odd, 8);
    CHECK(compares(rp_greater, x, y, L(1)));
}

static bool casts_to(rp_dtype from, size_t count, const double *numbers, rp_dtype to, size_t to_count,
                     const double *want)
{
    rp_array *x = make(from, count, numbers), *z = NULL;
    bool good = rp_astype(x, to, &z) == RP_OK && holds(z, to, to_count, want) && z != x;
    rp_release(x), rp_release(z);
    return good;
}

static void casts(void)
{
    CHECK(casts_to(RP_FLOAT64, L(1.9, -1.9, 100, 0.5), RP_INT8, L(1, -1, 100, 0)));
    CHECK(casts_to(RP_INT32, L(300, -1, 128), RP_UINT8, L(44, 255, 128)));
    CHECK(casts_to(RP_UINT8, L(200), RP_INT8, L(-56)));
    CHECK(casts_to(RP_FLOAT32, L(0.0, -0.0, nan_, 0.25), RP_BOOL, L(0, 0, 1, 1)));
    CHECK(casts_to(RP_INT64, L(256, 0), RP_BOOL, L(1, 0)));
    CHECK(casts_to(RP_BOOL, L(1, 0), RP_COMPLEX64, L(1, 0, 0, 0)));
    CHECK(casts_to(RP_COMPLEX128, L(1.5, 9, 0, 1), RP_FLOAT32, L(1.5, 0)));
    CHECK(casts_to(RP_COMPLEX64, L(0, 1, 0, 0), RP_BOOL, L(1, 0)));
    CHECK(casts_to(RP_FLOAT64, L(1e300, 16777217, 0.1), RP_FLOAT32, L(inf_, 16777216, 0.100000001490116119384765625)));
    CHECK(casts_to(RP_FLOAT64, L(65519.99, 65520, 2049, 2051, 5.9604644775390625e-08, 2.98e-08), RP_FLOAT16,
                   L(65504, inf_, 2048, 2052, 5.9604644775390625e-08, 0)));
    /* just above halfway between 1 and the next float16: rounded by way of float32 it would fall to 1 */
    CHECK(casts_to(RP_FLOAT64, L(0x1.0020000001p0, 0x1.002p0), RP_FLOAT16, L(0x1.004p0, 1)));
    CHECK(casts_to(RP_INT64, L(16777217, -3), RP_FLOAT32, L(16777216, -3)));
    CHECK(casts_to(RP_UINT64, L(18446744073709549568.0), RP_FLOAT64, L(18446744073709549568.0)));
    CHECK(casts_to(RP_FLOAT64, L(9223372036854775808.0, 3e9), RP_UINT64, L(9223372036854775808.0, 3000000000.0)));
}

typedef rp_status (*reduction)(const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out);

static bool reduces(reduction f, rp_dtype dtype, size_t count, const double *numbers, rp_dtype to, size_t to_count,
                    const double *want)
{
    rp_array *x = make(dtype, count, numbers), *z = NULL, *kept = NULL;
    bool good = f(x, 0, NULL, false, &z) == RP_OK && holds(z, to, to_count, want) && rp_ndim(z) == 0;
    good = f(x, AXES(-1), true, &kept) == RP_OK && holds(kept, to, to_count, want) && has_shape(kept, SHAPE(1)) && good;
    rp_release(x), rp_release(z), rp_release(kept);
    return good;
}

/* Of {{1, 5, 3}, {4, 2, 6}}. */
static bool reduces_table(reduction f, int count, const int *axes, bool keepdims, int ndim, const ptrdiff_t *shape,
                          size_t want_count, const double *want)
{
    rp_array *x = make_shaped(RP_INT32, SHAPE(2, 3), L(1, 5, 3, 4, 2, 6)), *z = NULL;
    bool good = f(x, count, axes, keepdims, &z) == RP_OK && has_shape(z, ndim, shape) &&
                holds(z, rp_dtype_of(z), want_count, want);
    rp_release(x), rp_release(z);
    return good;
}

static bool empty_reduces(reduction f, rp_dtype to, double want)
{
    rp_array *x = make(RP_FLOAT32, 0, NULL), *z = NULL, *rows = NULL;
    bool good = f(x, 0, NULL, false, &z) == RP_OK && held(&z, to, L(want));
    rp_release(x);
    x = make_shaped(RP_FLOAT32, SHAPE(2, 0), 0, NULL);
    good = f(x, AXES(1), false, &rows) == RP_OK && held(&rows, to, L(want, want)) && good;
    rp_release(x);
    return good;
}

static bool empty_fails(reduction f)
{
    rp_array *x = make_shaped(RP_FLOAT32, SHAPE(2, 0), 0, NULL), *z = NULL, *none = NULL;
    bool good = f(x, AXES(1), false, &z) == RP_ERROR_VALUE && !z;
    good = f(x, AXES(0), false, &none) == RP_OK && has_shape(none, SHAPE(0)) && good; /* no element to find */
    rp_release(x), rp_release(none);
    return good;
}

static void reductions(void)
{
    CHECK(reduces(rp_sum, RP_INT8, L(100, 100, -1), RP_INT64, L(199)));
    CHECK(reduces(rp_sum, RP_UINT8, L(255, 255), RP_UINT64, L(510)));
    CHECK(reduces(rp_sum, RP_BOOL, L(1, 0, 1), RP_INT64, L(2)));
    CHECK(reduces(rp_sum, RP_FLOAT64, L(1, nan_, 2), RP_FLOAT64, L(nan_)));
    CHECK(reduces(rp_sum, RP_FLOAT16, L(2048, 1, 1), RP_FLOAT16, L(2050)));
    CHECK(reduces(rp_sum, RP_COMPLEX64, L(1, 2, 3, -5), RP_COMPLEX64, L(4, -3)));
    CHECK(reduces(rp_prod, RP_INT32, L(65536, 65536), RP_INT64, L(4294967296.0)));
    CHECK(reduces(rp_prod, RP_COMPLEX128, L(1, 2, 3, -4), RP_COMPLEX128, L(11, 2)));
    CHECK(reduces(rp_min, RP_FLOAT32, L(3, -1, 2), RP_FLOAT32, L(-1)));
    CHECK(reduces(rp_max, RP_FLOAT64, L(3, nan_, 2), RP_FLOAT64, L(nan_)));
    CHECK(reduces(rp_min, RP_INT8, L(3, -128, 2), RP_INT8, L(-128)));
    CHECK(reduces(rp_max, RP_UINT64, L(3, 9, 2), RP_UINT64, L(9)));
    CHECK(reduces(rp_max, RP_BOOL, L(0, 1), RP_BOOL, L(1)));
    CHECK(reduces(rp_min, RP_FLOAT16, L(0.5, 0.25), RP_FLOAT16, L(0.25)));
    CHECK(reduces(rp_mean, RP_INT8, L(1, 2), RP_FLOAT64, L(1.5)));
    CHECK(reduces(rp_mean, RP_FLOAT32, L(1, 2, 6), RP_FLOAT32, L(3)));
    CHECK(reduces(rp_mean, RP_FLOAT16, L(60000, 60000), RP_FLOAT16, L(60000)));
    CHECK(reduces(rp_mean, RP_COMPLEX64, L(1, 1, 3, 2), RP_COMPLEX64, L(2, 1.5)));
    CHECK(reduces(rp_mean, RP_BOOL, L(1, 0), RP_FLOAT64, L(0.5)));
    CHECK(reduces(rp_any, RP_FLOAT32, L(0, -0.0, nan_), RP_BOOL, L(1)));
    CHECK(reduces(rp_all, RP_INT16, L(256, 1), RP_BOOL, L(1)));
    CHECK(reduces(rp_all, RP_COMPLEX64, L(0, 1, 0, 0), RP_BOOL, L(0)));
    CHECK(reduces(rp_count_nonzero, RP_FLOAT32, L(0, -0.0, nan_, 2), RP_INT64, L(2)));
    CHECK(reduces(rp_count_nonzero, RP_BOOL, L(1, 0, 1), RP_INT64, L(2)));
    CHECK(reduces(rp_count_nonzero, RP_INT16, L(256, 0, -1), RP_INT64, L(2)));
    CHECK(reduces(rp_count_nonzero, RP_FLOAT16, L(0x1p-24, -0.0), RP_INT64, L(1)));
    CHECK(reduces(rp_count_nonzero, RP_COMPLEX64, L(0, 1, 0, 0, 1, 0), RP_INT64, L(2)));
    CHECK(reduces(rp_argmin, RP_FLOAT64, L(3, 1, 2, 1), RP_INT64, L(1)));
    CHECK(reduces(rp_argmax, RP_FLOAT32, L(1, nan_, 7, nan_), RP_INT64, L(1)));
    CHECK(reduces(rp_argmax, RP_INT32, L(-5, -2, -2), RP_INT64, L(1)));
    CHECK(reduces(rp_argmax, RP_BOOL, L(0, 1, 1), RP_INT64, L(1)));
    CHECK(reduces(rp_argmin, RP_FLOAT16, L(2, 0.5), RP_INT64, L(1)));
    CHECK(reduces(rp_argmax, RP_COMPLEX64, L(1, 9, 2, 0, 2, 1), RP_INT64, L(2)));

    CHECK(reduces_table(rp_sum, AXES(0), false, SHAPE(3), L(5, 7, 9)));
    CHECK(reduces_table(rp_sum, AXES(1), true, SHAPE(2, 1), L(9, 12)));
    CHECK(reduces_table(rp_sum, AXES(1, 0), true, SHAPE(1, 1), L(21)));
    CHECK(reduces_table(rp_sum, 0, (const int[]){0}, false, SHAPE(2, 3), L(1, 5, 3, 4, 2, 6))); /* over no axis */
    CHECK(reduces_table(rp_mean, AXES(0), false, SHAPE(3), L(2.5, 3.5, 4.5)));
    CHECK(reduces_table(rp_max, AXES(-1), false, SHAPE(2), L(5, 6)));
    CHECK(reduces_table(rp_count_nonzero, AXES(0), false, SHAPE(3), L(2, 2, 2)));
    CHECK(reduces_table(rp_count_nonzero, AXES(0, 1), true, SHAPE(1, 1), L(6)));
    CHECK(reduces_table(rp_argmin, AXES(0), true, SHAPE(1, 3), L(0, 1, 0)));
    CHECK(reduces_table(rp_argmax, AXES(1), false, SHAPE(2), L(1, 2)));
    CHECK(reduces_table(rp_argmax, 0, NULL, true, SHAPE(1, 1), L(5)));

    CHECK(empty_reduces(rp_sum, RP_FLOAT32, 0));
    CHECK(empty_reduces(rp_prod, RP_FLOAT32, 1));
    CHECK(empty_reduces(rp_mean, RP_FLOAT32, nan_));
    CHECK(empty_reduces(rp_any, RP_BOOL, 0));
    CHECK(empty_reduces(rp_all, RP_BOOL, 1));
    CHECK(empty_reduces(rp_count_nonzero, RP_INT64, 0));
    CHECK(empty_fails(rp_min));
    CHECK(empty_fails(rp_max));
    CHECK(empty_fails(rp_argmin));
    CHECK(empty_fails(rp_argmax));

    /* a million ones: a plain running float32 sum of 0.1 would drift by a percent */
    rp_array *x = NULL, *z = NULL;
    CHECK(rp_full(SHAPE(1000000), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT64, .weak = true, .re = 0.1}, &x) == RP_OK);
    CHECK(rp_sum(x, 0, NULL, false, &z) == RP_OK && fabs(part_at(z, 0) - 100000) < 0.1);
    rp_release(x), rp_release(z);
}

#endif
