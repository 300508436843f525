/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays from written-out numbers and back, for the C tests: elements are stored and read here, byte by byte, so that
 * no expectation rests on the library's own casts. Complex numbers are written as two.
 */
#ifndef RP_TEST_ARRAYS_H
#define RP_TEST_ARRAYS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "kernels/reference.h"
#include "raptors.h"

/* A list of numbers and its length; of lengths, or of axes. */
#define L(...) \
    sizeof((const double[]){__VA_ARGS__}) / sizeof(double), (const double[]) { __VA_ARGS__ }
#define SHAPE(...) \
    (int)(sizeof((const ptrdiff_t[]){__VA_ARGS__}) / sizeof(ptrdiff_t)), (const ptrdiff_t[]) { __VA_ARGS__ }
#define AXES(...) \
    (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)), (const int[]) { __VA_ARGS__ }

static const double nan_ = (double)NAN, inf_ = (double)INFINITY;

static inline size_t parts_of(rp_dtype dtype) { return dtype >= RP_COMPLEX64 ? 2 : 1; }

static inline void store_part(rp_dtype dtype, char *part, double x)
{
    float single = (float)x;
    uint16_t half = dtype == RP_FLOAT16 ? rp_reference_to_half(x) : 0;
    int64_t whole = dtype < RP_FLOAT16 ? (int64_t)x : 0;
    uint64_t large = dtype == RP_UINT64 ? (uint64_t)x : 0;
    switch (dtype) {
    case RP_FLOAT16: memcpy(part, &half, 2); break;
    case RP_FLOAT32:
    case RP_COMPLEX64: memcpy(part, &single, 4); break;
    case RP_FLOAT64:
    case RP_COMPLEX128: memcpy(part, &x, 8); break;
    case RP_UINT64: memcpy(part, &large, 8); break;
    default: memcpy(part, &whole, rp_dtype_size(dtype));
    }
}

static inline double load_part(rp_dtype dtype, const char *part)
{
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
    switch (dtype) {
    case RP_INT8: memcpy(&i8, part, 1); return i8;
    case RP_INT16: memcpy(&i16, part, 2); return i16;
    case RP_INT32: memcpy(&i32, part, 4); return i32;
    case RP_INT64: memcpy(&i64, part, 8); return (double)i64;
    case RP_UINT16: memcpy(&u16, part, 2); return u16;
    case RP_UINT32: memcpy(&u32, part, 4); return u32;
    case RP_UINT64: memcpy(&u64, part, 8); return (double)u64;
    case RP_FLOAT16: memcpy(&u16, part, 2); return rp_reference_from_half(u16);
    case RP_FLOAT32:
    case RP_COMPLEX64: memcpy(&f32, part, 4); return (double)f32;
    case RP_FLOAT64:
    case RP_COMPLEX128: memcpy(&f64, part, 8); return f64;
    default: return (unsigned char)*part;
    }
}

/* The element `index` in row-major order. */
static inline char *element_at(const rp_array *x, ptrdiff_t index)
{
    char *element = rp_data(x);
    for (int axis = rp_ndim(x) - 1; axis >= 0; axis--) {
        element += index % rp_shape(x)[axis] * rp_strides(x)[axis];
        index /= rp_shape(x)[axis];
    }
    return element;
}

static inline double part_at(const rp_array *x, size_t part)
{
    rp_dtype dtype = rp_dtype_of(x);
    size_t parts = parts_of(dtype);
    return load_part(dtype, element_at(x, (ptrdiff_t)(part / parts)) + part % parts * rp_dtype_size(dtype) / parts);
}

static inline rp_array *make_shaped(rp_dtype dtype, int ndim, const ptrdiff_t *shape, size_t count,
                                    const double *numbers)
{
    rp_array *x = NULL;
    size_t parts = parts_of(dtype);
    if (rp_empty(ndim, shape, dtype, &x) != RP_OK || (size_t)rp_size(x) * parts != count) {
        fprintf(stderr, "an array for a test cannot be made: %s\n", rp_error_message());
        exit(2);
    }
    for (size_t i = 0; i < count; i++)
        store_part(dtype, (char *)rp_data(x) + i * rp_dtype_size(dtype) / parts, numbers[i]);
    return x;
}

static inline rp_array *make(rp_dtype dtype, size_t count, const double *numbers)
{
    return make_shaped(dtype, 1, (const ptrdiff_t[]){(ptrdiff_t)(count / parts_of(dtype))}, count, numbers);
}

static inline bool same_number(double got, double want)
{
    return isnan(want) ? isnan(got) : got == want && signbit(got) == signbit(want);
}

/* Whether x holds these numbers, in row-major order. Says what it holds if not. */
static inline bool holds(const rp_array *x, rp_dtype dtype, size_t count, const double *want)
{
    if (!x) return fprintf(stderr, "no array: %s\n", rp_error_message()), false;
    size_t got_count = (size_t)rp_size(x) * parts_of(rp_dtype_of(x));
    bool same = rp_dtype_of(x) == dtype && got_count == count;
    for (size_t i = 0; same && i < count; i++) same = same_number(part_at(x, i), want[i]);
    if (same) return true;
    fprintf(stderr, "got %s:", rp_dtype_name(rp_dtype_of(x)));
    for (size_t i = 0; i < got_count && i < 40; i++) fprintf(stderr, " %.17g", part_at(x, i));
    fprintf(stderr, "\n");
    return false;
}

static inline bool has_shape(const rp_array *x, int ndim, const ptrdiff_t *shape)
{
    if (!x || rp_ndim(x) != ndim) return false;
    for (int axis = 0; axis < ndim; axis++)
        if (rp_shape(x)[axis] != shape[axis]) return false;
    return true;
}

/* The same, and lets go of the array. */
static inline bool held(rp_array **x, rp_dtype dtype, size_t count, const double *want)
{
    bool same = holds(*x, dtype, count, want);
    rp_release(*x);
    *x = NULL;
    return same;
}

static inline rp_array *weak_int(int64_t i)
{
    rp_array *x = NULL;
    rp_from_scalar(&(rp_scalar){.dtype = RP_INT64, .weak = true, .i = i, .u = (uint64_t)i}, &x);
    return x;
}

static inline rp_array *weak_float(double re)
{
    rp_array *x = NULL;
    rp_from_scalar(&(rp_scalar){.dtype = RP_FLOAT64, .weak = true, .re = re}, &x);
    return x;
}

static inline rp_array *weak_complex(double re, double im)
{
    rp_array *x = NULL;
    rp_from_scalar(&(rp_scalar){.dtype = RP_COMPLEX128, .weak = true, .re = re, .im = im}, &x);
    return x;
}

/* A view x[start:stop:step, ...]. */
static inline rp_array *slice(const rp_array *x, ptrdiff_t start, ptrdiff_t stop, ptrdiff_t step)
{
    rp_array *view = NULL;
    rp_get_view(x, 1, &(rp_index){RP_INDEX_SLICE, start, stop, step}, &view);
    return view;
}

/* Whether the message names what it is about. */
static inline bool message_has(const char *word)
{
    if (strstr(rp_error_message(), word)) return true;
    fprintf(stderr, "the message \"%s\" does not have \"%s\"\n", rp_error_message(), word);
    return false;
}

#endif
