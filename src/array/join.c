/* SPDX-License-Identifier: BSD-3-Clause
 *
 * concat and stack: pieces assigned into one new array.
 */
#include <string.h>

#include "array/array.h"
#include "facts/dtypes.h"
#include "array/shape.h"
#include "runtime/runtime.h"

static rp_status check(int count, const rp_array *const *arrays, rp_array **out)
{
    if (!out) return rp_fail(RP_ERROR_VALUE, "out is NULL");
    if (!arrays) return rp_fail(RP_ERROR_VALUE, "arrays is NULL");
    if (count < 1) return rp_fail(RP_ERROR_VALUE, "need at least one array to join");
    for (int k = 0; k < count; k++) {
        if (!arrays[k]) return rp_fail(RP_ERROR_VALUE, "arrays[%d] is NULL", k);
    }
    return RP_OK;
}

/* A view of `target` from `start` on along `axis`. */
static rp_status window(const rp_array *target, int axis, ptrdiff_t start, ptrdiff_t length, rp_array **view)
{
    ptrdiff_t shape[RP_MAX_NDIM];
    memcpy(shape, target->dims, (size_t)target->ndim * sizeof *shape);
    shape[axis] = length;
    *view = rp_array_view(target, target->data + start * target->strides[axis], target->ndim, shape, target->strides);
    return *view ? RP_OK : RP_ERROR_MEMORY;
}

static rp_dtype common_dtype(int count, const rp_array *const *arrays)
{
    unsigned set = 0;
    for (int k = 0; k < count; k++) set |= 1u << arrays[k]->dtype;
    return rp_common_of_set(set);
}

rp_status rp_concat(int count, const rp_array *const *arrays, int axis, rp_array **out)
{
    rp_status status = check(count, arrays, out);
    if (status) return status;
    const rp_array *first = arrays[0];
    if (first->ndim == 0) return rp_fail(RP_ERROR_VALUE, "0-d arrays cannot be concatenated");
    status = rp_check_axis(axis, first->ndim, &axis);
    if (status) return status;
    ptrdiff_t shape[RP_MAX_NDIM], size;
    memcpy(shape, first->dims, (size_t)first->ndim * sizeof *shape);
    for (int k = 1; k < count; k++) {
        bool fits = arrays[k]->ndim == first->ndim;
        for (int i = 0; fits && i < first->ndim; i++) fits = i == axis || arrays[k]->dims[i] == first->dims[i];
        if (!fits) {
            char a[96], b[96];
            return rp_fail(RP_ERROR_VALUE, "arrays[%d] of shape %s does not join arrays[0] of shape %s along axis %d",
                           k, rp_shape_text(arrays[k]->ndim, arrays[k]->dims, a),
                           rp_shape_text(first->ndim, first->dims, b), axis);
        }
        if (__builtin_add_overflow(shape[axis], arrays[k]->dims[axis], &shape[axis])) {
            return rp_fail(RP_ERROR_OVERFLOW, "the joined axis is longer than PTRDIFF_MAX");
        }
    }
    const rp_dtype dtype = common_dtype(count, arrays);
    status = rp_check_shape(first->ndim, shape, rp_dtype_size(dtype), &size);
    if (!status && *out) status = rp_check_output(*out, "concat", dtype, first->ndim, shape);
    if (status) return status;
    rp_array *target = rp_array_new(first->ndim, shape, dtype, NULL, false);
    if (!target) return RP_ERROR_MEMORY;
    ptrdiff_t start = 0;
    for (int k = 0; !status && k < count; k++) {
        rp_array *view = NULL;
        status = window(target, axis, start, arrays[k]->dims[axis], &view);
        if (!status) status = rp_assign(view, arrays[k]);
        rp_release(view);
        start += arrays[k]->dims[axis];
    }
    if (!status && *out)
        status = rp_assign(*out, target);
    else if (!status)
        *out = rp_retain(target);
    rp_release(target);
    return status;
}

rp_status rp_stack(int count, const rp_array *const *arrays, int axis, rp_array **out)
{
    rp_status status = check(count, arrays, out);
    if (status) return status;
    const rp_array *first = arrays[0];
    if (first->ndim == RP_MAX_NDIM)
        return rp_fail(RP_ERROR_VALUE, "the result would have more than %d dimensions", RP_MAX_NDIM);
    status = rp_check_axis(axis, first->ndim + 1, &axis);
    if (status) return status;
    for (int k = 1; k < count; k++) {
        if (!rp_has_shape(arrays[k], first->ndim, first->dims)) {
            return rp_fail(RP_ERROR_VALUE, "all arrays must have the same shape: arrays[%d] has another than arrays[0]",
                           k);
        }
    }
    /* Each with an axis of length 1 there, joined along it. */
    rp_array **views = rp_malloc((size_t)count * sizeof *views);
    if (!views) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for %d views", count);
    int made = 0;
    while (!status && made < count) {
        status = rp_expand_dims(arrays[made], axis, &views[made]);
        if (!status) made++;
    }
    if (!status) status = rp_concat(count, (const rp_array *const *)views, axis, out);
    for (int k = 0; k < made; k++) rp_release(views[k]);
    rp_free(views);
    return status;
}
