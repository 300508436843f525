/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The array object: life, memory, accessors. Views are made in view.c, operations in elementwise.c and reduce.c.
 */
#include "array/array.h"

#include <limits.h>
#include <string.h>

#include "runtime/runtime.h"

enum {
    ALIGNMENT = 64,
    /* Elements up to this lie behind the head, in one allocation that malloc's per-thread cache serves. */
    INLINE_BYTES = 512
};

void (*rp_array_end_hook)(const void *data);

rp_status rp_check_shape(int ndim, const ptrdiff_t *shape, size_t itemsize, ptrdiff_t *size)
{
    if (ndim < 0 || ndim > RP_MAX_NDIM) {
        return rp_fail(RP_ERROR_VALUE, "ndim must be 0 to %d, got %d", RP_MAX_NDIM, ndim);
    }
    if (ndim > 0 && !shape) return rp_fail(RP_ERROR_VALUE, "shape is NULL");
    ptrdiff_t product = 1, nonzero = (ptrdiff_t)itemsize; /* elements; bytes, lengths of zero left out */
    for (int i = 0; i < ndim; i++) {
        if (shape[i] < 0) {
            return rp_fail(RP_ERROR_VALUE, "negative dimensions are not allowed: shape[%d] is %td", i, shape[i]);
        }
        /* Strides must not overflow either, so a length of zero does not excuse the others. */
        if (shape[i] && __builtin_mul_overflow(nonzero, shape[i], &nonzero)) {
            return rp_fail(RP_ERROR_OVERFLOW, "array is too big: its bytes are more than PTRDIFF_MAX");
        }
        product *= shape[i];
    }
    *size = product;
    return RP_OK;
}

rp_status rp_check_axis(int axis, int ndim, int *normal)
{
    if (axis < -ndim || axis >= ndim) {
        return rp_fail(RP_ERROR_AXIS, "axis %d is out of bounds for array of dimension %d", axis, ndim);
    }
    *normal = axis < 0 ? axis + ndim : axis;
    return RP_OK;
}

static rp_array *new_head(int ndim, size_t extra_bytes)
{
    rp_array *array = rp_malloc(sizeof *array + 2 * (size_t)ndim * sizeof(ptrdiff_t) + extra_bytes);
    if (!array) {
        rp_fail(RP_ERROR_MEMORY, "out of memory: an array's head could not be allocated");
        return NULL;
    }
    atomic_init(&array->references, 1);
    array->block_bytes = 0;
    array->base = NULL;
    array->release = NULL;
    array->context = NULL;
    array->ndim = (uint8_t)ndim;
    array->flags = 0;
    array->strides = array->dims + ndim;
    return array;
}

static bool is_contiguous(const rp_array *array, size_t itemsize)
{
    if (array->size <= 1) return true;
    ptrdiff_t expected = (ptrdiff_t)itemsize;
    for (int i = array->ndim - 1; i >= 0; i--) {
        if (array->dims[i] == 1) continue;
        if (array->strides[i] != expected) return false;
        expected *= array->dims[i];
    }
    return true;
}

rp_array *rp_array_new(int ndim, const ptrdiff_t *shape, rp_dtype dtype, const int *order, bool zeroed)
{
    const size_t itemsize = rp_itemsize(dtype);
    ptrdiff_t size = 1;
    for (int i = 0; i < ndim; i++) size *= shape[i];
    const size_t bytes = (size_t)size * itemsize;
    const bool inlined = bytes <= INLINE_BYTES;
    rp_array *array = new_head(ndim, inlined ? bytes + ALIGNMENT : 0);
    if (!array) return NULL;
    array->dtype = (uint8_t)dtype;
    array->size = size;
    ptrdiff_t stride = (ptrdiff_t)itemsize;
    for (int i = ndim - 1; i >= 0; i--) {
        int axis = order ? order[i] : i;
        array->dims[axis] = shape[axis];
        array->strides[axis] = stride;
        stride *= shape[axis] ? shape[axis] : 1;
    }
    if (inlined) {
        uintptr_t start = (uintptr_t)(array->strides + ndim);
        array->data = (char *)((start + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
        if (zeroed) memset(array->data, 0, bytes);
    } else {
        array->data =
            zeroed ? rp_pool_allocate_zeroed(bytes, &array->block_bytes) : rp_pool_allocate(bytes, &array->block_bytes);
        if (!array->data) {
            rp_free(array);
            rp_fail(RP_ERROR_MEMORY, "out of memory: %zu bytes for an array could not be allocated", bytes);
            return NULL;
        }
        array->flags = RP_FLAG_POOLED;
    }
    if (!order || is_contiguous(array, itemsize)) array->flags |= RP_FLAG_CONTIGUOUS;
    return array;
}

void rp_array_renew_view(rp_array *view, const rp_array *base, char *data, const ptrdiff_t *shape,
                         const ptrdiff_t *strides)
{
    view->data = data;
    view->dtype = base->dtype;
    view->size = 1;
    for (int i = 0; i < view->ndim; i++) {
        view->dims[i] = shape[i];
        view->strides[i] = strides[i];
        view->size *= shape[i];
    }
    view->flags = base->flags & RP_FLAG_READONLY;
    if (is_contiguous(view, rp_itemsize(base->dtype))) view->flags |= RP_FLAG_CONTIGUOUS;
    /* The owner, not the view in between, so that chains of views stay one link long. */
    view->base = rp_retain(base->base ? base->base : (rp_array *)base);
}

rp_array *rp_array_view(const rp_array *base, char *data, int ndim, const ptrdiff_t *shape, const ptrdiff_t *strides)
{
    rp_array *view = new_head(ndim, 0);
    if (view) rp_array_renew_view(view, base, data, shape, strides);
    return view;
}

bool rp_array_end_view(rp_array *view)
{
    if (!view->base || view->release || atomic_load_explicit(&view->references, memory_order_acquire) != 1)
        return false;
    rp_array *base = view->base;
    view->base = NULL; /* before the owner goes, since its end may run any code */
    rp_release(base);
    return true;
}

rp_status rp_wrap(void *data, rp_dtype dtype, int ndim, const ptrdiff_t *shape, const ptrdiff_t *strides, bool readonly,
                  rp_release_function release, void *context, rp_array **array)
{
    if (!array) return rp_fail(RP_ERROR_VALUE, "array is NULL");
    const size_t itemsize = rp_dtype_size(dtype);
    if (!itemsize) return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)dtype);
    ptrdiff_t size;
    rp_status status = rp_check_shape(ndim, shape, itemsize, &size);
    if (status) return status;
    if (!data && size) return rp_fail(RP_ERROR_VALUE, "data is NULL");
    if (strides) {
        ptrdiff_t low = 0, high = 0;
        for (int i = 0; i < ndim; i++) {
            ptrdiff_t reach;
            if (shape[i] && (__builtin_mul_overflow(shape[i] - 1, strides[i], &reach) ||
                             __builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high))) {
                return rp_fail(RP_ERROR_OVERFLOW, "strides reach further than PTRDIFF_MAX bytes");
            }
        }
    }
    rp_array *result = new_head(ndim, 0);
    if (!result) return RP_ERROR_MEMORY;
    result->data = data;
    result->dtype = (uint8_t)dtype;
    result->size = size;
    ptrdiff_t stride = (ptrdiff_t)itemsize;
    for (int i = ndim - 1; i >= 0; i--) {
        result->dims[i] = shape[i];
        result->strides[i] = strides ? strides[i] : stride;
        stride *= shape[i] ? shape[i] : 1;
    }
    result->flags = readonly ? RP_FLAG_READONLY : 0;
    if (is_contiguous(result, itemsize)) result->flags |= RP_FLAG_CONTIGUOUS;
    result->release = release;
    result->context = context;
    *array = result;
    return RP_OK;
}

rp_array *rp_retain(rp_array *array)
{
    if (array) atomic_fetch_add_explicit(&array->references, 1, memory_order_relaxed);
    return array;
}

void rp_release(rp_array *array)
{
    if (!array) return;
    /* The last reference needs no exchange: nobody else can take another. */
    if (atomic_load_explicit(&array->references, memory_order_acquire) != 1 &&
        atomic_fetch_sub_explicit(&array->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    if (array->flags & RP_FLAG_POOLED) {
        if (rp_array_end_hook) rp_array_end_hook(array->data);
        rp_pool_free(array->data, array->block_bytes);
    }
    if (array->release) array->release(array->context);
    rp_array *base = array->base;
    rp_free(array);
    rp_release(base);
}

void *rp_data(const rp_array *array) { return array ? array->data : NULL; }
rp_dtype rp_dtype_of(const rp_array *array) { return array ? (rp_dtype)array->dtype : RP_DTYPE_COUNT; }
int rp_ndim(const rp_array *array) { return array ? array->ndim : 0; }
const ptrdiff_t *rp_shape(const rp_array *array) { return array ? array->dims : NULL; }
const ptrdiff_t *rp_strides(const rp_array *array) { return array ? array->strides : NULL; }
ptrdiff_t rp_size(const rp_array *array) { return array ? array->size : 0; }
bool rp_is_readonly(const rp_array *array) { return array && array->flags & RP_FLAG_READONLY; }
bool rp_is_contiguous(const rp_array *array) { return array && array->flags & RP_FLAG_CONTIGUOUS; }

void rp_set_readonly(rp_array *array)
{
    if (array) array->flags |= RP_FLAG_READONLY;
}

void rp_extent(const rp_array *x, const char **low, const char **high)
{
    *low = *high = x->data;
    if (!x->size) return;
    for (int i = 0; i < x->ndim; i++) {
        ptrdiff_t reach = (x->dims[i] - 1) * x->strides[i];
        *(reach < 0 ? low : high) += reach;
    }
    *high += rp_dtype_size(x->dtype);
}

bool rp_may_overlap(const rp_array *a, const rp_array *b)
{
    const char *a_low, *a_high, *b_low, *b_high;
    rp_extent(a, &a_low, &a_high);
    rp_extent(b, &b_low, &b_high);
    return a_low < b_high && b_low < a_high;
}

/* Axes of more than one element, from the largest stride on, and how far those behind an axis reach together. */
typedef struct spread {
    int count, steps;
    ptrdiff_t stride[RP_MAX_NDIM], length[RP_MAX_NDIM], reach[RP_MAX_NDIM + 1];
    ptrdiff_t itemsize;
} spread;

/* Whether an offset, and so many steps either way along each axis from `axis` on, meet in less than an element. `moved`: the
 * offset belongs to another element already. */
static bool meets(spread *s, int axis, ptrdiff_t offset, bool moved)
{
    const ptrdiff_t size = s->itemsize - 1;
    if (axis == s->count) return moved && offset <= size && offset >= -size;
    if (--s->steps < 0) return true;
    /* Steps that the axes behind cannot make up for lead nowhere. */
    const ptrdiff_t far = s->reach[axis + 1] + size, stride = s->stride[axis];
    const ptrdiff_t most = s->length[axis] - 1;
    ptrdiff_t from = stride ? -((offset + far) / stride) : -most, to = stride ? (far - offset) / stride : most;
    if (from < (moved ? -most : 0)) from = moved ? -most : 0; /* of two elements, the order does not matter */
    if (to > most) to = most;
    for (ptrdiff_t i = from; i <= to; i++) {
        if (meets(s, axis + 1, offset + i * stride, moved || i != 0)) return true;
    }
    return false;
}

bool rp_overlaps_itself(const rp_array *x)
{
    enum { MOST_STEPS = 10000 };
    if (x->flags & RP_FLAG_CONTIGUOUS || x->size <= 1) return false;
    spread s;
    s.count = 0;
    s.steps = MOST_STEPS;
    s.itemsize = (ptrdiff_t)rp_itemsize(x->dtype);
    for (int axis = 0; axis < x->ndim; axis++) {
        if (x->dims[axis] == 1) continue;
        const ptrdiff_t stride = x->strides[axis] < 0 ? -x->strides[axis] : x->strides[axis];
        int place = s.count++;
        for (; place > 0 && s.stride[place - 1] < stride; place--) {
            s.stride[place] = s.stride[place - 1];
            s.length[place] = s.length[place - 1];
        }
        s.stride[place] = stride;
        s.length[place] = x->dims[axis];
    }
    s.reach[s.count] = 0;
    bool nested = true; /* each axis steps over all that lies behind it: nearly every array */
    for (int axis = s.count - 1; axis >= 0; axis--) {
        nested &= s.stride[axis] >= s.reach[axis + 1] + s.itemsize;
        s.reach[axis] = s.reach[axis + 1] + s.stride[axis] * (s.length[axis] - 1);
    }
    return !nested && meets(&s, 0, 0, false);
}
