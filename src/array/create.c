/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New arrays: empty, zeros, full, arange, linspace, eye.
 */
#include <math.h>
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "choose/choose.h"
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

/* ---- Ramps: start + i * step ------------------------------------------------------------------------------- */

enum { BLOCK = 512 };

/* A vector whose elements come as float64 or uint64, in place where it has that type, else in blocks that are cast. */
typedef struct ramp {
    char *data;
    rp_dtype dtype;
    size_t count, per_task;
    bool integral;
    uint64_t start, step; /* modulo 2^64, as a type of fewer bits has them too */
    double first, by;
} ramp;

static void ramp_task(void *context, size_t task, int thread)
{
    const ramp *r = context;
    const rp_indexers *indexers = rp_context_get()->indexers;
    const size_t size = rp_itemsize(r->dtype), start = task * r->per_task;
    const size_t end = r->count - start < r->per_task ? r->count : start + r->per_task;
    const rp_dtype from = r->integral ? RP_UINT64 : RP_FLOAT64;
    const bool in_place = r->dtype == from || (r->integral && r->dtype == RP_INT64);
    _Alignas(64) uint64_t integers[BLOCK];
    _Alignas(64) double reals[BLOCK];
    char *const block = r->integral ? (char *)integers : (char *)reals;
    (void)thread;
    for (size_t i = start, n; i < end; i += n) {
        n = end - i < BLOCK ? end - i : BLOCK;
        char *to = r->data + i * size, *made = in_place ? to : block;
        if (r->integral)
            indexers->ramp_integers((uint64_t *)(void *)made, n, r->start + (uint64_t)i * r->step, r->step);
        else
            indexers->ramp_reals((double *)(void *)made, n, i, r->first, r->by);
        if (!in_place) rp_convert_elements(to, r->dtype, block, from, n);
    }
}

static void run_ramp(ramp *r)
{
    const rp_parts parts = rp_parts_of(rp_context_get(), r->count, rp_itemsize(r->dtype), BLOCK, true);
    r->per_task = parts.per_task;
    rp_parallel(ramp_task, r, parts.tasks, parts.threads);
}

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
    if (!status) status = create(1, &count, dtype, false, &result);
    if (status) return status;
    run_ramp(&(ramp){.data = result->data,
                     .dtype = dtype,
                     .count = (size_t)count,
                     .integral = integral && rp_dtype_kind(dtype) <= RP_KIND_UNSIGNED,
                     .start = integral ? (uint64_t)as_integer(start) : 0,
                     .step = integral ? (uint64_t)as_integer(step) : 0,
                     .first = as_double(start),
                     .by = as_double(step)});
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
    rp_status status = create(1, &count, dtype, false, &result);
    if (status) return status;
    const rp_complex128 first = {as_double(start), is_integral(start) ? 0 : start->im};
    const rp_complex128 last = {as_double(stop), is_integral(stop) ? 0 : stop->im};
    const double parts = (double)(endpoint ? count - 1 : count);
    const rp_complex128 step = {(last.re - first.re) / parts, (last.im - first.im) / parts};
    const size_t itemsize = rp_dtype_size(dtype);
    if (rp_dtype_kind(dtype) == RP_KIND_REAL)
        run_ramp(
            &(ramp){.data = result->data, .dtype = dtype, .count = (size_t)count, .first = first.re, .by = step.re});
    for (ptrdiff_t i = 0; rp_dtype_kind(dtype) == RP_KIND_COMPLEX && i < count; i++) {
        const rp_complex128 z = {first.re + (double)i * step.re, first.im + (double)i * step.im};
        rp_convert_elements(result->data + (size_t)i * itemsize, dtype, (const char *)&z, RP_COMPLEX128, 1);
    }
    /* The ends are what was asked for: the last by arithmetic may be beside it, and 0 times an infinite step is no number. */
    if (count) rp_convert_elements(result->data, dtype, (const char *)&first, RP_COMPLEX128, 1);
    if (count && endpoint && count > 1)
        rp_convert_elements(result->data + (size_t)(count - 1) * itemsize, dtype, (const char *)&last, RP_COMPLEX128,
                            1);
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
