/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New arrays: empty, zeros, full, arange, linspace, eye.
 */
#include <math.h>
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "engine/work.h"
#include "runtime/runtime.h"

static rp_status create(int ndim, const ptrdiff_t *shape, rp_dtype dtype, bool zeroed, rp_array **array)
{
    if (!array) return rp_fail(RP_ERROR_VALUE, "array is NULL");
    const size_t itemsize = rp_dtype_size(dtype);
    if (!itemsize) return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)dtype);
    ptrdiff_t size;
    rp_status status = rp_check_shape(ndim, shape, itemsize, &size);
    if (status) return status;
    rp_array *result = rp_array_new(ndim, shape, dtype, NULL, zeroed);
    if (!result) return RP_ERROR_MEMORY;
    *array = result;
    return RP_OK;
}

rp_status rp_empty(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array)
{
    return create(ndim, shape, dtype, false, array);
}

rp_status rp_zeros(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array)
{
    return create(ndim, shape, dtype, true, array);
}

rp_status rp_full(int ndim, const ptrdiff_t *shape, rp_dtype dtype, const rp_scalar *value, rp_array **array)
{
    if (!value) return rp_fail(RP_ERROR_VALUE, "value is NULL");
    rp_array *result = NULL;
    rp_status status = array ? create(ndim, shape, dtype, false, &result) : rp_fail(RP_ERROR_VALUE, "array is NULL");
    if (!status) status = rp_fill(result, value);
    if (status) {
        rp_release(result);
        return status;
    }
    *array = result;
    return RP_OK;
}

rp_status rp_ones(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array)
{
    return rp_full(ndim, shape, dtype, &(rp_scalar){.dtype = RP_INT8, .i = 1}, array);
}

rp_status rp_empty_like(const rp_array *like, rp_dtype dtype, rp_array **array)
{
    if (!like || !array) return rp_fail(RP_ERROR_VALUE, "%s is NULL", like ? "array" : "like");
    const size_t itemsize = rp_dtype_size(dtype);
    if (!itemsize) return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)dtype);
    ptrdiff_t size;
    rp_status status = rp_check_shape(like->ndim, like->dims, itemsize, &size);
    if (status) return status;
    int order[RP_MAX_NDIM];
    const ptrdiff_t *strides = like->strides;
    const bool moved = rp_keep_order(1, like->ndim, like->dims, &strides, order);
    rp_array *result = rp_array_new(like->ndim, like->dims, dtype, moved ? order : NULL, false);
    if (!result) return RP_ERROR_MEMORY;
    *array = result;
    return RP_OK;
}

static bool is_integral(const rp_scalar *value) { return rp_dtype_kind(value->dtype) <= RP_KIND_UNSIGNED; }
static double as_double(const rp_scalar *value)
{
    return value->dtype == RP_UINT64 ? (double)value->u : is_integral(value) ? (double)value->i : value->re;
}

/* A vector whose elements come in blocks of float64 or int64, cast to its type. */
static rp_status vector(ptrdiff_t count, rp_dtype dtype, rp_array **array)
{
    return create(1, &count, dtype, false, array);
}

enum { BLOCK = 128 };

/* Wide enough for the distance of any two 64-bit integers, and for their products with a step. */
__extension__ typedef __int128 wide_integer;

static wide_integer as_integer(const rp_scalar *value)
{
    return value->dtype == RP_UINT64 ? (wide_integer)value->u : (wide_integer)value->i;
}

/* The number of elements; VALUE and OVERFLOW as in raptors.h. */
static rp_status arange_count(const rp_scalar *start, const rp_scalar *stop, const rp_scalar *step, bool integral,
                              ptrdiff_t *count)
{
    if (integral) {
        const wide_integer by = as_integer(step), distance = as_integer(stop) - as_integer(start);
        if (by == 0) return rp_fail(RP_ERROR_VALUE, "arange: step must not be zero");
        const bool none = distance == 0 || (distance > 0) != (by > 0);
        const wide_integer exact = none ? 0 : (distance + (by > 0 ? by - 1 : by + 1)) / by;
        if (exact > PTRDIFF_MAX) return rp_fail(RP_ERROR_OVERFLOW, "arange: the length is too large");
        *count = (ptrdiff_t)exact;
        return RP_OK;
    }
    const double by = as_double(step), length = ceil((as_double(stop) - as_double(start)) / by);
    if (by == 0) return rp_fail(RP_ERROR_VALUE, "arange: step must not be zero");
    if (length != length) return rp_fail(RP_ERROR_VALUE, "arange: start, stop and step must be numbers");
    if (!(length <= 0x1p62)) return rp_fail(RP_ERROR_OVERFLOW, "arange: the length is too large");
    *count = length > 0 ? (ptrdiff_t)length : 0;
    return RP_OK;
}

rp_status rp_arange(const rp_scalar *start, const rp_scalar *stop, const rp_scalar *step, rp_dtype dtype,
                    rp_array **array)
{
    if (!start || !stop || !step || !array) {
        return rp_fail(RP_ERROR_VALUE, "%s is NULL", !start ? "start" : !stop ? "stop" : !step ? "step" : "array");
    }
    const bool integral = is_integral(start) && is_integral(stop) && is_integral(step);
    ptrdiff_t count = 0;
    rp_array *result = NULL;
    rp_status status = arange_count(start, stop, step, integral, &count);
    if (!status) status = vector(count, dtype, &result);
    if (status) return status;
    const size_t itemsize = rp_dtype_size(dtype);
    const double first = as_double(start), by = as_double(step);
    const uint64_t base = (uint64_t)as_integer(start), whole_step = (uint64_t)as_integer(step);
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        const ptrdiff_t n = count - i < BLOCK ? count - i : BLOCK;
        char *to = result->data + (size_t)i * itemsize;
        if (integral && rp_dtype_kind(dtype) <= RP_KIND_UNSIGNED) {
            uint64_t block[BLOCK]; /* modulo 2^64, as its own type has it */
            for (ptrdiff_t j = 0; j < n; j++) block[j] = base + (uint64_t)(i + j) * whole_step;
            rp_convert_elements(to, dtype, (char *)block, RP_UINT64, (size_t)n);
        } else {
            double block[BLOCK];
            for (ptrdiff_t j = 0; j < n; j++) block[j] = first + (double)(i + j) * by;
            rp_convert_elements(to, dtype, (char *)block, RP_FLOAT64, (size_t)n);
        }
    }
    *array = result;
    return RP_OK;
}

rp_status rp_linspace(const rp_scalar *start, const rp_scalar *stop, ptrdiff_t count, bool endpoint, rp_dtype dtype,
                      rp_array **array)
{
    if (!start || !stop || !array)
        return rp_fail(RP_ERROR_VALUE, "%s is NULL", !start ? "start" : !stop ? "stop" : "array");
    if (rp_dtype_kind(dtype) < RP_KIND_REAL) {
        return rp_fail(RP_ERROR_TYPE, "linspace: dtype must be real or complex, got %s",
                       rp_dtype_name(dtype) ? rp_dtype_name(dtype) : "no element type");
    }
    if (count < 0) return rp_fail(RP_ERROR_VALUE, "linspace: count must not be negative, got %td", count);
    rp_array *result = NULL;
    rp_status status = vector(count, dtype, &result);
    if (status) return status;
    const rp_complex128 first = {as_double(start), is_integral(start) ? 0 : start->im};
    const rp_complex128 last = {as_double(stop), is_integral(stop) ? 0 : stop->im};
    const double parts = (double)(endpoint ? count - 1 : count);
    const rp_complex128 step = {(last.re - first.re) / parts, (last.im - first.im) / parts};
    const size_t itemsize = rp_dtype_size(dtype);
    for (ptrdiff_t i = 0; i < count; i += BLOCK) {
        const ptrdiff_t n = count - i < BLOCK ? count - i : BLOCK;
        rp_complex128 block[BLOCK];
        for (ptrdiff_t j = 0; j < n; j++) {
            const double k = (double)(i + j);
            block[j] = (rp_complex128){first.re + k * step.re, first.im + k * step.im};
            if (i + j == 0)
                block[j] = first;
            else if (endpoint && i + j == count - 1)
                block[j] = last;
        }
        rp_convert_elements(result->data + (size_t)i * itemsize, dtype, (char *)block, RP_COMPLEX128, (size_t)n);
    }
    *array = result;
    return RP_OK;
}

rp_status rp_eye(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t k, rp_dtype dtype, rp_array **array)
{
    const ptrdiff_t shape[] = {rows, columns};
    rp_array *result = NULL;
    rp_status status = array ? create(2, shape, dtype, true, &result) : rp_fail(RP_ERROR_VALUE, "array is NULL");
    if (status) return status;
    char one[16];
    rp_store_scalar(one, dtype, &(rp_scalar){.dtype = RP_INT8, .i = 1});
    if (k <= -rows || k >= columns) k = columns, rows = 0; /* a diagonal that misses the matrix */
    for (ptrdiff_t column = k < 0 ? 0 : k; column < columns && column - k < rows; column++) {
        memcpy(result->data + (column - k) * result->strides[0] + column * result->strides[1], one,
               rp_dtype_size(dtype));
    }
    *array = result;
    return RP_OK;
}
