/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Indexing with arrays: gather, scatter, take, nonzero. Every index is checked before an element moves.
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "choose/choose.h"
#include "engine/gather.h"
#include "engine/select.h"
#include "engine/work.h"
#include "runtime/runtime.h"

/* Index arrays, all of the positions' shape, and the axes of x that they index. */
typedef struct positions {
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM], count;
    rp_array *index[RP_MAX_NDIM]; /* owned; contiguous, each of its own type */
} positions;

static void positions_free(positions *p, int count)
{
    for (int k = 0; k < count; k++) rp_release(p->index[k]);
}

/* What is contiguous and of this shape already is taken as it lies, unless it shares memory with what will be written. */
static rp_status lay_out(const rp_array *index, const positions *p, const rp_array *written, rp_array **flat)
{
    if (index->flags & RP_FLAG_CONTIGUOUS && rp_has_shape(index, p->ndim, p->shape) &&
        !(written && rp_may_overlap(index, written))) {
        *flat = rp_retain((rp_array *)index);
        return RP_OK;
    }
    rp_array *spread = NULL;
    rp_status status = rp_broadcast_to(index, p->ndim, p->shape, &spread);
    if (!status) status = rp_copy_contiguous(spread, flat);
    rp_release(spread);
    return status;
}

static rp_status positions_make(const rp_array *x, int count, const rp_array *const *indices, const rp_array *written,
                                positions *p)
{
    if (count < 1 || !indices) return rp_fail(RP_ERROR_VALUE, count < 1 ? "no index arrays" : "indices is NULL");
    if (count > x->ndim) {
        return rp_fail(RP_ERROR_INDEX, "too many indices: array is %d-dimensional, but %d were indexed", x->ndim,
                       count);
    }
    for (int k = 0; k < count; k++) {
        if (!indices[k]) return rp_fail(RP_ERROR_VALUE, "indices[%d] is NULL", k);
        const rp_kind kind = rp_dtype_kind(indices[k]->dtype);
        if (kind != RP_KIND_SIGNED && kind != RP_KIND_UNSIGNED) {
            return rp_fail(RP_ERROR_TYPE, "arrays used as indices must be of integer type, indices[%d] has %s", k,
                           rp_dtype_name(indices[k]->dtype));
        }
        p->index[k] = NULL;
    }
    rp_status status = rp_broadcast_shapes(count, indices, &p->ndim, p->shape);
    if (!status) status = rp_check_shape(p->ndim, p->shape, sizeof(int64_t), &p->count);
    for (int k = 0; !status && k < count; k++) status = lay_out(indices[k], p, written, &p->index[k]);
    if (status) positions_free(p, count);
    return status;
}

/* The message of the first index array that has an index out of range. */
static rp_status fail_outside(const rp_indexing *work, int first_axis)
{
    int64_t value = 0;
    int k = 0;
    while (k < work->count - 1 && !rp_find_outside(&work->index[k], work->positions, &value)) k++;
    rp_find_outside(&work->index[k], work->positions, &value);
    return rp_fail(RP_ERROR_INDEX,
                   work->index[k].dtype == RP_UINT64 ? "index %llu is out of bounds for axis %d with size %td"
                                                     : "index %lld is out of bounds for axis %d with size %td",
                   (unsigned long long)value, first_axis + k, work->index[k].length);
}

/* The work of `count` index arrays for the axes of x from `first` on, with a block of which `at` is the first of the
 * positions' axes. block_strides: of the axes before, of the positions' and of those behind. */
static void describe(rp_indexing *work, const rp_array *x, int count, int first, const positions *p, char *block,
                     const ptrdiff_t *block_strides)
{
    work->count = count;
    for (int k = 0; k < count; k++) {
        const rp_array *index = p->index[k];
        work->index[k] =
            (rp_index_array){index->data, (rp_dtype)index->dtype, x->dims[first + k], x->strides[first + k]};
    }
    work->positions = (size_t)p->count;
    work->size = rp_itemsize(x->dtype);
    work->x = x->data;
    work->block = block;
    work->block_step = p->ndim ? block_strides[first + p->ndim - 1] : 0;
    work->ndim = 0;
    work->truths = x->dtype == RP_BOOL;
    work->apart = true;
    for (int axis = 0; axis < x->ndim; axis++) {
        if (axis >= first && axis < first + count) continue;
        work->shape[work->ndim] = x->dims[axis];
        work->x_strides[work->ndim] = x->strides[axis];
        work->block_strides[work->ndim++] = block_strides[axis < first ? axis : axis - count + p->ndim];
    }
}

/* The shape of x with the positions' axes in place of `count` of its own. */
static rp_status joined_shape(const rp_array *x, int count, int first, const positions *p, int *ndim, ptrdiff_t *shape)
{
    *ndim = p->ndim + x->ndim - count;
    if (*ndim > RP_MAX_NDIM)
        return rp_fail(RP_ERROR_VALUE, "the result would have more than %d dimensions", RP_MAX_NDIM);
    memcpy(shape, x->dims, (size_t)first * sizeof *shape);
    memcpy(shape + first, p->shape, (size_t)p->ndim * sizeof *shape);
    memcpy(shape + first + p->ndim, x->dims + first + count, (size_t)(x->ndim - first - count) * sizeof *shape);
    ptrdiff_t size;
    return rp_check_shape(*ndim, shape, rp_dtype_size(x->dtype), &size);
}

/* Gives a new result away: into *out, where there is an array. */
static rp_status hand_over(rp_array *result, rp_array **out)
{
    if (!*out) {
        *out = result;
        return RP_OK;
    }
    rp_status status = rp_copy(result, out);
    rp_release(result);
    return status;
}

/* Which axes of the result are slower in memory: of those behind the positions', the ones that step further in x than the
 * first indexed axis does, so that x is read along its lines. false: none does. */
static bool result_order(const rp_array *x, int count, const positions *p, int *order)
{
    int place = 0;
    const ptrdiff_t stride = x->strides[0] < 0 ? -x->strides[0] : x->strides[0];
    bool slower[RP_MAX_NDIM];
    for (int axis = count; axis < x->ndim; axis++) {
        slower[axis] = (x->strides[axis] < 0 ? -x->strides[axis] : x->strides[axis]) > stride;
        if (slower[axis]) order[place++] = axis - count + p->ndim;
    }
    const bool moved = place > 0;
    for (int axis = 0; axis < p->ndim; axis++) order[place++] = axis;
    for (int axis = count; axis < x->ndim; axis++) {
        if (!slower[axis]) order[place++] = axis - count + p->ndim;
    }
    return moved;
}

/* x indexed along `count` axes from `first` on, into a new array. row_major: even where x is read across its lines. */
static rp_status gather_axes(const rp_array *x, int count, int first, const rp_array *const *indices, bool row_major,
                             rp_array **out)
{
    positions p;
    rp_indexing work;
    int ndim, order[RP_MAX_NDIM];
    ptrdiff_t shape[RP_MAX_NDIM];
    rp_array *result = NULL;
    rp_status status = positions_make(x, count, indices, NULL, &p);
    if (status) return status;
    status = joined_shape(x, count, first, &p, &ndim, shape);
    if (!status) {
        const bool moved = !row_major && result_order(x, count, &p, order);
        result = rp_array_new(ndim, shape, x->dtype, moved ? order : NULL, false);
        if (!result) status = RP_ERROR_MEMORY;
    }
    if (!status && p.count) {
        describe(&work, x, count, first, &p, result->data, result->strides);
        int64_t value;
        if (result->size)
            status = rp_gather_work(&work);
        else
            for (int k = 0; k < count && !status; k++)
                status = rp_find_outside(&work.index[k], work.positions, &value) ? RP_ERROR_INDEX : RP_OK;
        if (status == RP_ERROR_INDEX) fail_outside(&work, first);
    }
    positions_free(&p, count);
    if (!status) return hand_over(result, out);
    rp_release(result);
    return status;
}

rp_status rp_gather(const rp_array *x, int count, const rp_array *const *indices, rp_array **out)
{
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    return gather_axes(x, count, 0, indices, false, out);
}

rp_status rp_take(const rp_array *x, const rp_array *indices, int axis, rp_array **out)
{
    if (!x || !indices || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", !x ? "x" : !indices ? "indices" : "out");
    rp_status status = rp_check_axis(axis, x->ndim, &axis);
    return status ? status : gather_axes(x, 1, axis, &indices, true, out);
}

/* The strides with which `values` walks through a shape whose first axes are the positions', if those can be walked in steps of
 * one length and no element need be changed on the way. */
static bool values_as_they_lie(const rp_array *values, const rp_array *x, const positions *p, int ndim,
                               const ptrdiff_t *shape, ptrdiff_t *strides)
{
    if (values->dtype != x->dtype || values->dtype == RP_BOOL || rp_may_overlap(values, x)) return false;
    rp_broadcast_strides(values, ndim, shape, strides);
    for (int axis = p->ndim - 1; axis > 0; axis--) {
        if (strides[axis - 1] != strides[axis] * shape[axis]) return false;
    }
    return true;
}

rp_status rp_scatter(rp_array *x, int count, const rp_array *const *indices, const rp_array *values)
{
    if (!x || !values) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "values" : "x");
    if (x->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "assignment destination is read-only");
    positions p;
    rp_indexing work;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM];
    rp_array *whole = NULL, *block = NULL;
    rp_status status = positions_make(x, count, indices, x, &p);
    if (status) return status;
    status = joined_shape(x, count, 0, &p, &ndim, shape);
    if (!status) status = rp_broadcast_to(values, ndim, shape, &whole);
    if (!status && p.count) {
        const bool as_they_lie = values_as_they_lie(values, x, &p, ndim, shape, strides);
        if (!as_they_lie) {
            block = rp_array_new(ndim, shape, x->dtype, NULL, false);
            status = block ? rp_assign(block, whole) : RP_ERROR_MEMORY;
        }
        if (!status) {
            const bool empty = whole->size == 0;
            describe(&work, x, count, 0, &p, as_they_lie ? values->data : block->data,
                     as_they_lie ? strides : block->strides);
            work.apart = !rp_overlaps_itself(x);
            int64_t value;
            for (int k = 0; empty && k < count && !status; k++)
                status = rp_find_outside(&work.index[k], work.positions, &value) ? RP_ERROR_INDEX : RP_OK;
            if (!empty) status = rp_scatter_work(&work);
            if (status == RP_ERROR_INDEX) fail_outside(&work, 0);
        }
    }
    rp_release(block);
    rp_release(whole);
    positions_free(&p, count);
    return status;
}

/* The mask's bytes, row-major; *own keeps them. */
static rp_status mask_bytes(const rp_array *mask, rp_array **own)
{
    if (mask->dtype == RP_BOOL && mask->flags & RP_FLAG_CONTIGUOUS) {
        *own = rp_retain((rp_array *)mask);
        return RP_OK;
    }
    *own = rp_array_new(mask->ndim, mask->dims, RP_BOOL, NULL, false);
    return *own ? rp_assign(*own, mask) : RP_ERROR_MEMORY;
}

rp_status rp_nonzero(const rp_array *x, rp_array **indices)
{
    if (!x || !indices) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "indices" : "x");
    if (x->ndim == 0) return rp_fail(RP_ERROR_VALUE, "nonzero of a 0-d array: it has no axes to index");
    rp_array *truth = NULL, *made[RP_MAX_NDIM] = {NULL};
    int64_t *to[RP_MAX_NDIM];
    rp_selection selection = {0};
    rp_status status = mask_bytes(x, &truth);
    if (!status) status = rp_select(truth->data, (size_t)truth->size, sizeof **to, &selection);
    const ptrdiff_t found = (ptrdiff_t)selection.found;
    for (int axis = 0; !status && axis < x->ndim; axis++) {
        status = rp_empty(1, &found, RP_INT64, &made[axis]);
        if (!status) to[axis] = (int64_t *)(void *)made[axis]->data;
    }
    if (!status) {
        rp_select_indices(&selection, x->ndim, x->dims, to);
        memcpy(indices, made, (size_t)x->ndim * sizeof *indices);
    } else {
        for (int axis = 0; axis < x->ndim; axis++) rp_release(made[axis]);
    }
    rp_selection_end(&selection);
    rp_release(truth);
    return status;
}

/* As rp_gather_mask where the mask has all of x's axes: no index is needed. */
static rp_status select_elements(const rp_array *x, const rp_array *mask, rp_array **out)
{
    rp_array *truth = NULL, *flat = NULL, *result = NULL;
    rp_selection selection = {0};
    rp_status status = mask_bytes(mask, &truth);
    if (!status) status = rp_select(truth->data, (size_t)truth->size, rp_itemsize(x->dtype), &selection);
    if (!status && x->flags & RP_FLAG_CONTIGUOUS)
        flat = rp_retain((rp_array *)x);
    else if (!status)
        status = rp_copy_contiguous(x, &flat);
    const ptrdiff_t found = (ptrdiff_t)selection.found;
    if (!status) status = rp_empty(1, &found, (rp_dtype)x->dtype, &result);
    if (!status) rp_select_elements(&selection, flat->data, (rp_dtype)x->dtype, result->data);
    rp_selection_end(&selection);
    rp_release(flat);
    rp_release(truth);
    return status ? status : hand_over(result, out);
}

rp_status rp_gather_mask(const rp_array *x, const rp_array *mask, rp_array **out)
{
    if (!x || !mask || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", !x ? "x" : !mask ? "mask" : "out");
    if (mask->dtype != RP_BOOL)
        return rp_fail(RP_ERROR_TYPE, "a mask must be of type bool, not %s", rp_dtypes[mask->dtype].name);
    if (mask->ndim == 0 || mask->ndim > x->ndim || !rp_has_shape(mask, mask->ndim, x->dims)) {
        char want[96], got[96];
        return rp_fail(RP_ERROR_INDEX, "the mask has shape %s, which is not that of the first axes of %s",
                       rp_shape_text(mask->ndim, mask->dims, got), rp_shape_text(x->ndim, x->dims, want));
    }
    if (mask->ndim == x->ndim) return select_elements(x, mask, out);
    rp_array *indices[RP_MAX_NDIM] = {NULL};
    rp_status status = rp_nonzero(mask, indices);
    if (status) return status;
    status = rp_gather(x, mask->ndim, (const rp_array *const *)indices, out);
    for (int axis = 0; axis < mask->ndim; axis++) rp_release(indices[axis]);
    return status;
}

/* As rp_scatter_mask, of elements that lie together and share nothing with mask or values. */
static rp_status spread(rp_array *x, const rp_selection *selection, const rp_array *values)
{
    const ptrdiff_t found = (ptrdiff_t)selection->found;
    rp_array *block = NULL;
    rp_status status = RP_OK;
    if (values->dtype == x->dtype && x->dtype != RP_BOOL && values->flags & RP_FLAG_CONTIGUOUS &&
        rp_has_shape(values, 1, &found)) {
        block = rp_retain((rp_array *)values);
    } else {
        block = rp_array_new(1, &found, x->dtype, NULL, false);
        status = block ? rp_assign(block, values) : RP_ERROR_MEMORY;
    }
    if (!status) rp_spread_elements(selection, x->data, rp_itemsize(x->dtype), block->data);
    rp_release(block);
    return status;
}

rp_status rp_scatter_mask(rp_array *x, const rp_array *mask, const rp_array *values)
{
    if (!x || !mask || !values) return rp_fail(RP_ERROR_VALUE, "%s is NULL", !x ? "x" : !mask ? "mask" : "values");
    if (x->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "assignment destination is read-only");
    if (mask->dtype != RP_BOOL)
        return rp_fail(RP_ERROR_TYPE, "a mask must be of type bool, not %s", rp_dtypes[mask->dtype].name);
    if (mask->ndim == 0 || !rp_has_shape(mask, x->ndim, x->dims)) {
        char want[96], got[96];
        return rp_fail(RP_ERROR_INDEX, "the mask has shape %s, which is not %s",
                       rp_shape_text(mask->ndim, mask->dims, got), rp_shape_text(x->ndim, x->dims, want));
    }
    if (!(x->flags & RP_FLAG_CONTIGUOUS) || rp_may_overlap(x, mask) || rp_may_overlap(x, values)) {
        rp_array *indices[RP_MAX_NDIM] = {NULL};
        rp_status status = rp_nonzero(mask, indices);
        if (status) return status;
        status = rp_scatter(x, x->ndim, (const rp_array *const *)indices, values);
        for (int axis = 0; axis < x->ndim; axis++) rp_release(indices[axis]);
        return status;
    }
    rp_array *truth = NULL;
    rp_selection selection = {0};
    rp_status status = mask_bytes(mask, &truth);
    if (!status) status = rp_select(truth->data, (size_t)truth->size, rp_itemsize(x->dtype), &selection);
    if (!status) status = spread(x, &selection, values);
    rp_selection_end(&selection);
    rp_release(truth);
    return status;
}
