/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Indexing with arrays: gather, scatter, take, nonzero. Every index is checked before an element moves.
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "choose/choose.h"
#include "engine/plan.h"
#include "runtime/runtime.h"

/* Index arrays as one byte offset into x for each position of their broadcast shape. */
typedef struct offsets {
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM], count;
    ptrdiff_t *offset;
    size_t block_bytes;
} offsets;

static void offsets_free(offsets *o)
{
    if (o->offset) rp_pool_free(o->offset, o->block_bytes);
}

static rp_status add_index(offsets *o, const rp_array *x, int axis, const rp_array *index)
{
    rp_array *wide = NULL, *spread = NULL, *flat = NULL;
    const ptrdiff_t length = x->dims[axis], stride = x->strides[axis];
    rp_status status = rp_broadcast_to(index, o->ndim, o->shape, &spread);
    if (!status) status = rp_astype(spread, RP_INT64, &wide);
    if (!status) status = rp_copy_contiguous(wide, &flat);
    /* A uint64 past int64 is negative after the cast, and no place from the end. Each is read once: another thread may
     * write to it after it was checked. */
    const bool is_uint64 = index->dtype == RP_UINT64;
    const ptrdiff_t lowest = is_uint64 ? 0 : -length;
    for (ptrdiff_t i = 0; !status && i < o->count; i++) {
        const int64_t value = ((const volatile int64_t *)(const volatile void *)flat->data)[i];
        if (value < lowest || value >= length) {
            status = rp_fail(RP_ERROR_INDEX,
                             is_uint64 ? "index %llu is out of bounds for axis %d with size %td"
                                       : "index %lld is out of bounds for axis %d with size %td",
                             (unsigned long long)value, axis, length);
        } else {
            o->offset[i] += (value < 0 ? value + length : value) * stride;
        }
    }
    rp_release(flat);
    rp_release(wide);
    rp_release(spread);
    return status;
}

static rp_status offsets_make(const rp_array *x, int count, const rp_array *const *indices, offsets *o)
{
    *o = (offsets){0};
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
    }
    rp_status status = rp_broadcast_shapes(count, indices, &o->ndim, o->shape);
    if (!status) status = rp_check_shape(o->ndim, o->shape, sizeof(int64_t), &o->count);
    if (status || !o->count) return status;
    o->offset = rp_pool_allocate_zeroed((size_t)o->count * sizeof *o->offset, &o->block_bytes);
    if (!o->offset) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for %td indices", o->count);
    for (int k = 0; !status && k < count; k++) status = add_index(o, x, k, indices[k]);
    return status;
}

/* The trailing axes of one position, moved between x and a contiguous block; most often one element. */
typedef struct tail {
    int ndim;
    const ptrdiff_t *shape, *strides;
    ptrdiff_t elements;
    size_t size;
} tail;

static tail tail_of(const rp_array *x, int count)
{
    tail t = {x->ndim - count, x->dims + count, x->strides + count, 1, rp_dtype_size(x->dtype)};
    for (int i = 0; i < t.ndim; i++) t.elements *= t.shape[i];
    return t;
}

static void move_tail(const tail *t, char *x, char *block, bool to_x)
{
    const ptrdiff_t size = (ptrdiff_t)t->size, columns = t->ndim ? t->shape[t->ndim - 1] : 1;
    const ptrdiff_t stride = t->ndim ? t->strides[t->ndim - 1] : size;
    const rp_movers *movers = &rp_context_get()->movers;
    for (ptrdiff_t i = 0; i < t->elements; i += columns) {
        ptrdiff_t rest = i / columns;
        char *place = x;
        for (int axis = t->ndim - 2; axis >= 0; axis--) {
            place += rest % t->shape[axis] * t->strides[axis];
            rest /= t->shape[axis];
        }
        char *row = block + i * size;
        if (to_x)
            movers->copy(place, 0, stride, row, 0, size, 1, (size_t)columns, t->size);
        else
            movers->copy(row, 0, size, place, 0, stride, 1, (size_t)columns, t->size);
    }
}

#define MOVE_EACH(type)                                                                             \
    for (ptrdiff_t i = 0; i < count; i++) {                                                         \
        if (to_x) memcpy(x + offset[i], block + i * (ptrdiff_t)sizeof(type), sizeof(type));         \
        else memcpy(block + i * (ptrdiff_t)sizeof(type), x + offset[i], sizeof(type));              \
    }                                                                                               \
    return

static void move_elements(char *x, char *block, const ptrdiff_t *offset, ptrdiff_t count, size_t size, bool to_x)
{
    switch (size) {
    case 1: MOVE_EACH(uint8_t);
    case 2: MOVE_EACH(uint16_t);
    case 4: MOVE_EACH(uint32_t);
    case 8: MOVE_EACH(uint64_t);
    default: MOVE_EACH(rp_complex128);
    }
}

static void move_all(const rp_array *x, int count, const offsets *o, char *block, bool to_x)
{
    const tail t = tail_of(x, count);
    if (t.elements == 1) {
        move_elements(x->data, block, o->offset, o->count, t.size, to_x);
        return;
    }
    for (ptrdiff_t i = 0; i < o->count; i++)
        move_tail(&t, x->data + o->offset[i], block + i * t.elements * (ptrdiff_t)t.size, to_x);
}

/* The shape of the positions followed by x's axes from `count` on. */
static rp_status joined_shape(const rp_array *x, int count, const offsets *o, int *ndim, ptrdiff_t *shape)
{
    *ndim = o->ndim + x->ndim - count;
    if (*ndim > RP_MAX_NDIM)
        return rp_fail(RP_ERROR_VALUE, "the result would have more than %d dimensions", RP_MAX_NDIM);
    memcpy(shape, o->shape, (size_t)o->ndim * sizeof *shape);
    memcpy(shape + o->ndim, x->dims + count, (size_t)(x->ndim - count) * sizeof *shape);
    ptrdiff_t size;
    return rp_check_shape(*ndim, shape, rp_dtype_size(x->dtype), &size);
}

rp_status rp_gather(const rp_array *x, int count, const rp_array *const *indices, rp_array **out)
{
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    offsets o;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    rp_array *result = NULL;
    rp_status status = offsets_make(x, count, indices, &o);
    if (!status) status = joined_shape(x, count, &o, &ndim, shape);
    if (!status) {
        result = rp_array_new(ndim, shape, x->dtype, NULL, false);
        if (!result) status = RP_ERROR_MEMORY;
    }
    if (!status && result->size) move_all(x, count, &o, result->data, false);
    /* as in copies of bools (assign.c) */
    if (!status && x->dtype == RP_BOOL)
        rp_convert_elements(result->data, RP_BOOL, result->data, RP_UINT8, (size_t)result->size);
    offsets_free(&o);
    if (!status && *out) {
        status = rp_copy(result, out);
        rp_release(result);
        return status;
    }
    if (!status) *out = result;
    return status;
}

rp_status rp_scatter(rp_array *x, int count, const rp_array *const *indices, const rp_array *values)
{
    if (!x || !values) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "values" : "x");
    if (x->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "assignment destination is read-only");
    offsets o;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    rp_array *block = NULL;
    rp_status status = offsets_make(x, count, indices, &o);
    if (!status) status = joined_shape(x, count, &o, &ndim, shape);
    if (!status) {
        block = rp_array_new(ndim, shape, x->dtype, NULL, false);
        if (!block) status = RP_ERROR_MEMORY;
    }
    if (!status) status = rp_assign(block, values);
    if (!status && block->size) move_all(x, count, &o, block->data, true);
    rp_release(block);
    offsets_free(&o);
    return status;
}

rp_status rp_take(const rp_array *x, const rp_array *indices, int axis, rp_array **out)
{
    if (!x || !indices || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", !x ? "x" : !indices ? "indices" : "out");
    rp_status status = rp_check_axis(axis, x->ndim, &axis);
    if (status) return status;
    if (indices->ndim + x->ndim - 1 > RP_MAX_NDIM)
        return rp_fail(RP_ERROR_VALUE, "the result would have more than %d dimensions", RP_MAX_NDIM);
    /* The axis to the front, gathered, and the index's axes back to where it was. */
    int order[RP_MAX_NDIM] = {axis};
    for (int i = 0, place = 1; i < x->ndim; i++) {
        if (i != axis) order[place++] = i;
    }
    rp_array *front = NULL, *taken = NULL, *view = NULL;
    status = rp_permute_dims(x, order, &front);
    if (!status) status = rp_gather(front, 1, &indices, &taken);
    if (!status) {
        int back[RP_MAX_NDIM], place = 0;
        for (int i = 0; i < axis; i++) back[place++] = indices->ndim + i;
        for (int i = 0; i < indices->ndim; i++) back[place++] = i;
        for (int i = indices->ndim + axis; i < taken->ndim; i++) back[place++] = i;
        status = rp_permute_dims(taken, back, &view);
    }
    if (!status)
        status = *out || !rp_is_contiguous(view) ? rp_copy_contiguous(view, out) : (*out = rp_retain(view), RP_OK);
    rp_release(view);
    rp_release(taken);
    rp_release(front);
    return status;
}

rp_status rp_nonzero(const rp_array *x, rp_array **indices)
{
    if (!x || !indices) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "indices" : "x");
    if (x->ndim == 0) return rp_fail(RP_ERROR_VALUE, "nonzero of a 0-d array: it has no axes to index");
    rp_array *truth = NULL, *flat = NULL, *made[RP_MAX_NDIM] = {NULL};
    rp_status status = rp_astype(x, RP_BOOL, &truth);
    if (!status) status = rp_copy_contiguous(truth, &flat);
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; !status && i < flat->size; i++) count += flat->data[i] != 0;
    for (int axis = 0; !status && axis < x->ndim; axis++) status = rp_empty(1, &count, RP_INT64, &made[axis]);
    if (!status) {
        ptrdiff_t place = 0, position[RP_MAX_NDIM] = {0};
        /* As many as were counted, whatever another thread writes meanwhile: no more, and where there are fewer now,
         * the first element in their places. */
        for (ptrdiff_t i = 0; place < count; i++) {
            if (i >= flat->size) memset(position, 0, sizeof position);
            if (i >= flat->size || flat->data[i]) {
                for (int axis = 0; axis < x->ndim; axis++)
                    ((int64_t *)(void *)made[axis]->data)[place] = position[axis];
                place++;
            }
            for (int axis = x->ndim - 1; axis >= 0 && ++position[axis] == x->dims[axis]; axis--) position[axis] = 0;
        }
        memcpy(indices, made, (size_t)x->ndim * sizeof *indices);
    } else {
        for (int axis = 0; axis < x->ndim; axis++) rp_release(made[axis]);
    }
    rp_release(flat);
    rp_release(truth);
    return status;
}
