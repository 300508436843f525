/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Views: the same elements under another shape.
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "runtime/runtime.h"

static rp_status give(rp_array *view, rp_array **out)
{
    if (!view) return RP_ERROR_MEMORY;
    *out = view;
    return RP_OK;
}

static rp_status check(const rp_array *x, const void *view)
{
    return x && view ? RP_OK : rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "view" : "x");
}

/* One axis under start:stop:step, as Python's slice.indices: *first and the length. */
static ptrdiff_t slice_length(const rp_index *index, ptrdiff_t length, ptrdiff_t *first)
{
    const ptrdiff_t step = index->step, lowest = step < 0 ? -1 : 0, highest = step < 0 ? length - 1 : length;
    ptrdiff_t start = index->start, stop = index->stop;
    if (start == RP_SLICE_DEFAULT) {
        start = step < 0 ? highest : lowest;
    } else {
        if (start < 0) start = start < -length ? lowest : start + length;
        if (start < lowest) start = lowest;
        if (start > highest) start = highest;
    }
    if (stop == RP_SLICE_DEFAULT) {
        stop = step < 0 ? lowest : highest;
    } else {
        if (stop < 0) stop = stop < -length ? lowest : stop + length;
        if (stop < lowest) stop = lowest;
        if (stop > highest) stop = highest;
    }
    *first = start;
    if (step == 1) return start < stop ? stop - start : 0; /* spares a division */
    if (step > 0) return start < stop ? (ptrdiff_t)(((size_t)stop - (size_t)start - 1) / (size_t)step + 1) : 0;
    return start > stop ? (ptrdiff_t)(((size_t)start - (size_t)stop - 1) / (0 - (size_t)step) + 1) : 0;
}

rp_status rp_get_view(const rp_array *x, int count, const rp_index *index, rp_array **view)
{
    rp_status status = check(x, view);
    if (status) return status;
    if (count < 0 || (count && !index))
        return rp_fail(RP_ERROR_VALUE, count < 0 ? "count is negative" : "index is NULL");
    int used = 0, added = 0, ellipses = 0;
    for (int i = 0; i < count; i++) {
        switch (index[i].kind) {
        case RP_INDEX_NEWAXIS: added++; break;
        case RP_INDEX_ELLIPSIS: ellipses++; break;
        case RP_INDEX_INTEGER:
        case RP_INDEX_SLICE: used++; break;
        default: return rp_fail(RP_ERROR_VALUE, "index[%d] is of no kind", i);
        }
    }
    if (ellipses > 1) return rp_fail(RP_ERROR_INDEX, "an index can only have a single ellipsis ('...')");
    if (used > x->ndim) {
        return rp_fail(RP_ERROR_INDEX, "too many indices: array is %d-dimensional, but %d were indexed", x->ndim, used);
    }
    if (x->ndim + added > RP_MAX_NDIM) return rp_fail(RP_ERROR_INDEX, "more than %d dimensions", RP_MAX_NDIM);
    ptrdiff_t shape[2 * RP_MAX_NDIM], strides[2 * RP_MAX_NDIM];
    char *data = x->data;
    int ndim = 0, axis = 0;
    for (int i = 0; i <= count; i++) {
        /* What was not indexed stays whole: at the ellipsis, or at the end. */
        const bool rest = i == count ? !ellipses : index[i].kind == RP_INDEX_ELLIPSIS;
        for (int left = rest ? x->ndim - used : 0; left > 0; left--, axis++) {
            shape[ndim] = x->dims[axis];
            strides[ndim++] = x->strides[axis];
        }
        if (i == count || rest) continue;
        if (index[i].kind == RP_INDEX_NEWAXIS) {
            shape[ndim] = 1;
            strides[ndim++] = 0;
            continue;
        }
        const ptrdiff_t length = x->dims[axis], stride = x->strides[axis];
        ptrdiff_t first;
        if (index[i].kind == RP_INDEX_INTEGER) {
            first = index[i].start;
            if (first < -length || first >= length) {
                return rp_fail(RP_ERROR_INDEX, "index %td is out of bounds for axis %d with size %td", first, axis,
                               length);
            }
            if (first < 0) first += length;
            data += first * stride;
        } else {
            if (index[i].step == 0) return rp_fail(RP_ERROR_VALUE, "slice step cannot be zero");
            shape[ndim] = slice_length(&index[i], length, &first);
            /* A step that leaves one element or none may be as long as it likes: its stride is never walked. */
            strides[ndim] = shape[ndim] > 1 ? stride * index[i].step : stride;
            if (shape[ndim]) data += first * stride;
            ndim++;
        }
        axis++;
    }
    return give(rp_array_view(x, data, ndim, shape, strides), view);
}

rp_status rp_permute_dims(const rp_array *x, const int *axes, rp_array **view)
{
    rp_status status = check(x, view);
    if (status) return status;
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM];
    bool seen[RP_MAX_NDIM] = {false};
    for (int i = 0; i < x->ndim; i++) {
        int axis = x->ndim - 1 - i;
        if (axes) {
            status = rp_check_axis(axes[i], x->ndim, &axis);
            if (status) return status;
        }
        if (seen[axis]) return rp_fail(RP_ERROR_VALUE, "axes: axis %d is there twice", axis);
        seen[axis] = true;
        shape[i] = x->dims[axis];
        strides[i] = x->strides[axis];
    }
    return give(rp_array_view(x, x->data, x->ndim, shape, strides), view);
}

rp_status rp_broadcast_to(const rp_array *x, int ndim, const ptrdiff_t *shape, rp_array **view)
{
    rp_status status = check(x, view);
    if (status) return status;
    ptrdiff_t size, strides[RP_MAX_NDIM];
    if (ndim < 0 || ndim > RP_MAX_NDIM || (ndim && !shape)) {
        return rp_fail(RP_ERROR_VALUE, "shape: ndim must be 0 to %d, and shape not NULL", RP_MAX_NDIM);
    }
    for (int i = 0; i < ndim; i++) {
        if (shape[i] < 0) return rp_fail(RP_ERROR_VALUE, "shape[%d] is negative", i);
    }
    status = rp_check_shape(ndim, shape, rp_dtype_size(x->dtype), &size);
    if (status) return status;
    bool fits = x->ndim <= ndim;
    for (int i = 0; fits && i < x->ndim; i++) {
        fits = x->dims[i] == 1 || x->dims[i] == shape[ndim - x->ndim + i];
    }
    if (!fits) {
        char from[96], to[96];
        return rp_fail(RP_ERROR_VALUE, "an array of shape %s could not be broadcast to shape %s",
                       rp_shape_text(x->ndim, x->dims, from), rp_shape_text(ndim, shape, to));
    }
    rp_broadcast_strides(x, ndim, shape, strides);
    rp_array *result = rp_array_view(x, x->data, ndim, shape, strides);
    rp_set_readonly(result);
    return give(result, view);
}

rp_status rp_squeeze(const rp_array *x, int count, const int *axes, rp_array **view)
{
    rp_status status = check(x, view);
    if (status) return status;
    bool drop[RP_MAX_NDIM] = {false};
    for (int i = 0; !axes && i < x->ndim; i++) drop[i] = x->dims[i] == 1;
    for (int i = 0; axes && i < count; i++) {
        int axis;
        status = rp_check_axis(axes[i], x->ndim, &axis);
        if (status) return status;
        if (drop[axis]) return rp_fail(RP_ERROR_VALUE, "axes: axis %d is there twice", axis);
        if (x->dims[axis] != 1) {
            return rp_fail(RP_ERROR_VALUE, "axis %d cannot be squeezed: its length is %td, not 1", axis, x->dims[axis]);
        }
        drop[axis] = true;
    }
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM];
    int ndim = 0;
    for (int i = 0; i < x->ndim; i++) {
        if (drop[i]) continue;
        shape[ndim] = x->dims[i];
        strides[ndim++] = x->strides[i];
    }
    return give(rp_array_view(x, x->data, ndim, shape, strides), view);
}

rp_status rp_expand_dims(const rp_array *x, int axis, rp_array **view)
{
    rp_status status = check(x, view);
    if (status) return status;
    if (x->ndim == RP_MAX_NDIM) return rp_fail(RP_ERROR_VALUE, "more than %d dimensions", RP_MAX_NDIM);
    status = rp_check_axis(axis, x->ndim + 1, &axis);
    if (status) return status;
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM];
    for (int i = 0; i <= x->ndim; i++) {
        const int from = i - (i > axis);
        shape[i] = i == axis ? 1 : x->dims[from];
        strides[i] = i == axis ? 0 : x->strides[from];
    }
    return give(rp_array_view(x, x->data, x->ndim + 1, shape, strides), view);
}

/* The strides of the new shape over x's memory; false where the elements do not lie so. Axes of the two shapes are
 * matched in groups of equal product, and each group of x must be one evenly spaced run. */
static bool reshaped_strides(const rp_array *x, int ndim, const ptrdiff_t *shape, ptrdiff_t *strides)
{
    ptrdiff_t old_shape[RP_MAX_NDIM], old_strides[RP_MAX_NDIM];
    int old_ndim = 0;
    for (int i = 0; i < x->ndim; i++) {
        if (x->dims[i] == 1) continue;
        old_shape[old_ndim] = x->dims[i];
        old_strides[old_ndim++] = x->strides[i];
    }
    int from = 0, to = 0;
    while (from < old_ndim && to < ndim) {
        ptrdiff_t old_product = old_shape[from], new_product = shape[to];
        int from_end = from + 1, to_end = to + 1;
        while (old_product != new_product) {
            if (new_product < old_product)
                new_product *= shape[to_end++];
            else
                old_product *= old_shape[from_end++];
        }
        for (int i = from; i + 1 < from_end; i++) {
            if (old_strides[i] != old_strides[i + 1] * old_shape[i + 1]) return false;
        }
        ptrdiff_t stride = old_strides[from_end - 1];
        for (int i = to_end - 1; i >= to; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        from = from_end;
        to = to_end;
    }
    for (; to < ndim; to++) strides[to] = (ptrdiff_t)rp_dtype_size(x->dtype);
    return true;
}

rp_status rp_reshape(const rp_array *x, int ndim, const ptrdiff_t *shape, bool no_copy, rp_array **result)
{
    rp_status status = x && result ? RP_OK : rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "result" : "x");
    if (status) return status;
    if (ndim < 0 || ndim > RP_MAX_NDIM || (ndim && !shape)) {
        return rp_fail(RP_ERROR_VALUE, "shape: ndim must be 0 to %d, and shape not NULL", RP_MAX_NDIM);
    }
    ptrdiff_t lengths[RP_MAX_NDIM] = {0}, known = 1, size;
    int open = -1;
    for (int i = 0; i < ndim; i++) {
        lengths[i] = shape[i];
        if (shape[i] == -1) {
            if (open >= 0) return rp_fail(RP_ERROR_VALUE, "can only specify one unknown dimension");
            open = i;
            lengths[i] = 1;
        }
    }
    status = rp_check_shape(ndim, lengths, 1, &known);
    if (status) return status;
    char from[96], to[96];
    if (open >= 0 && known) lengths[open] = x->size / known;
    status = rp_check_shape(ndim, lengths, 1, &size);
    if (status) return status;
    if (size != x->size || (open >= 0 && !known)) {
        return rp_fail(RP_ERROR_VALUE, "cannot reshape an array of shape %s into shape %s",
                       rp_shape_text(x->ndim, x->dims, from), rp_shape_text(ndim, shape, to));
    }
    ptrdiff_t strides[RP_MAX_NDIM];
    if (size == 0 || x->flags & RP_FLAG_CONTIGUOUS) {
        ptrdiff_t stride = (ptrdiff_t)rp_dtype_size(x->dtype);
        for (int i = ndim - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= lengths[i] ? lengths[i] : 1;
        }
        return give(rp_array_view(x, x->data, ndim, lengths, strides), result);
    }
    if (reshaped_strides(x, ndim, lengths, strides)) {
        return give(rp_array_view(x, x->data, ndim, lengths, strides), result);
    }
    if (no_copy) {
        return rp_fail(RP_ERROR_VALUE,
                       "an array of shape %s and these strides cannot be reshaped into %s without a copy",
                       rp_shape_text(x->ndim, x->dims, from), rp_shape_text(ndim, shape, to));
    }
    rp_array *copy = NULL;
    status = rp_copy_contiguous(x, &copy);
    if (!status) status = rp_reshape(copy, ndim, lengths, true, result);
    rp_release(copy);
    return status;
}
