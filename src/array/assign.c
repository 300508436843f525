/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copying, casting and filling: elementwise calls without a kernel of their own.
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/runtime.h"

/* destination = source, which broadcasts to it; the two do not share memory. */
static rp_status move_elements(rp_array *destination, const rp_array *source)
{
    if (!destination->size) return RP_OK;
    ptrdiff_t strides[RP_MAX_NDIM];
    rp_broadcast_strides(source, destination->ndim, destination->dims, strides);
    /* Bytes that are not 0 become 1 in a copy of bools, which may be another program's mask. */
    const bool truths = source->dtype == RP_BOOL && destination->dtype == RP_BOOL;
    const bool number = source->ndim == 0 && source->dtype == destination->dtype;
    char truth = truths && *source->data != 0;
    const rp_operand from = {number && truths ? &truth : source->data, number ? NULL : strides,
                             truths && !number ? RP_UINT8 : (rp_dtype)source->dtype};
    const rp_work work = {.op = RP_ASTYPE,
                          .loop = from.dtype,
                          .one_run = destination->flags & source->flags & RP_FLAG_CONTIGUOUS &&
                                     (number || destination->size == source->size),
                          .ndim = destination->ndim,
                          .shape = destination->dims,
                          .elements = (size_t)destination->size,
                          .operand = {{destination->data, destination->strides, (rp_dtype)destination->dtype}, from}};
    return rp_execute(&work);
}

/* The same where elements of the destination share memory with each other: one by one in row-major order, as NumPy does, so
 * that of those in one place the last stays. */
static rp_status move_in_order(rp_array *destination, const rp_array *source)
{
    rp_array *flat = rp_array_new(destination->ndim, destination->dims, (rp_dtype)destination->dtype, NULL, false);
    if (!flat) return RP_ERROR_MEMORY;
    rp_status status = move_elements(flat, source);
    const size_t size = rp_itemsize(destination->dtype);
    ptrdiff_t index[RP_MAX_NDIM] = {0};
    char *to = destination->data;
    for (ptrdiff_t i = 0; !status && i < flat->size; i++) {
        memcpy(to, flat->data + (size_t)i * size, size);
        for (int axis = flat->ndim - 1; axis >= 0; axis--) {
            to += destination->strides[axis];
            if (++index[axis] < flat->dims[axis]) break;
            to -= destination->strides[axis] * flat->dims[axis];
            index[axis] = 0;
        }
    }
    rp_release(flat);
    return status;
}

static rp_status new_copy(const rp_array *x, rp_dtype dtype, bool keep_order, rp_array **copy)
{
    int order[RP_MAX_NDIM];
    const ptrdiff_t *strides = x->strides;
    const bool moved =
        keep_order && !(x->flags & RP_FLAG_CONTIGUOUS) && rp_keep_order(1, x->ndim, x->dims, &strides, order);
    ptrdiff_t size;
    rp_status status = rp_check_shape(x->ndim, x->dims, rp_dtype_size(dtype), &size);
    if (status) return status;
    *copy = rp_array_new(x->ndim, x->dims, dtype, moved ? order : NULL, false);
    return *copy ? RP_OK : RP_ERROR_MEMORY;
}

/* Into *out where there is one, else a new array. */
static rp_status copy_to(const rp_array *x, rp_dtype dtype, bool keep_order, rp_array **out)
{
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    if (!rp_dtype_size(dtype)) return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)dtype);
    if (*out) {
        const rp_array *target = *out;
        if (!rp_has_shape(target, x->ndim, x->dims)) {
            char want[96], got[96];
            return rp_fail(RP_ERROR_VALUE, "out has shape %s, the result has %s",
                           rp_shape_text(target->ndim, target->dims, got), rp_shape_text(x->ndim, x->dims, want));
        }
        if (target->dtype != dtype) {
            return rp_fail(RP_ERROR_TYPE, "out has type %s, the result has %s", rp_dtype_name(target->dtype),
                           rp_dtype_name(dtype));
        }
        const rp_status status = rp_check_apart(target);
        return status ? status : rp_assign(*out, x);
    }
    rp_array *copy;
    rp_status status = new_copy(x, dtype, keep_order, &copy);
    if (status) return status;
    status = move_elements(copy, x);
    if (status)
        rp_release(copy);
    else
        *out = copy;
    return status;
}

rp_status rp_copy(const rp_array *x, rp_array **out) { return copy_to(x, rp_dtype_of(x), true, out); }
rp_status rp_copy_contiguous(const rp_array *x, rp_array **out) { return copy_to(x, rp_dtype_of(x), false, out); }
rp_status rp_astype(const rp_array *x, rp_dtype dtype, rp_array **out) { return copy_to(x, dtype, true, out); }

/* Whether the two, which share memory, are runs of the same elements, so that memmove finds the right direction by itself.
 * Beyond the last cache several threads are faster, though they copy twice. */
static bool is_shift(const rp_array *destination, const rp_array *source)
{
    const rp_context *context = rp_context_get();
    const size_t bytes = (size_t)destination->size * rp_itemsize(destination->dtype);
    return destination->dtype == source->dtype && destination->size == source->size &&
           destination->flags & source->flags & RP_FLAG_CONTIGUOUS && !context->counts &&
           (bytes < context->stream_bytes || rp_get_num_threads() == 1);
}

/* destination = source for two of which is_shift holds. */
static rp_status shift(rp_array *destination, const rp_array *source)
{
    memmove(destination->data, source->data, (size_t)destination->size * rp_itemsize(destination->dtype));
    /* Bools that are neither 0 nor 1, which move_elements makes 1, in place. */
    return destination->dtype == RP_BOOL ? move_elements(destination, destination) : RP_OK;
}

rp_status rp_assign(rp_array *destination, const rp_array *source)
{
    if (!destination || !source) return rp_fail(RP_ERROR_VALUE, "%s is NULL", source ? "destination" : "source");
    if (destination->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "assignment destination is read-only");
    /* Leading axes of length 1 that the destination lacks are let pass, as in NumPy. */
    rp_array *squeezed = NULL;
    int extra = source->ndim - destination->ndim;
    bool fits = true;
    for (int i = 0; i < extra; i++) fits &= source->dims[i] == 1;
    if (extra < 0) extra = 0;
    for (int i = extra; fits && i < source->ndim; i++) {
        fits = source->dims[i] == 1 || source->dims[i] == destination->dims[destination->ndim - source->ndim + i];
    }
    if (!fits) {
        char from[96], to[96];
        return rp_fail(RP_ERROR_VALUE, "could not broadcast input array from shape %s into shape %s",
                       rp_shape_text(source->ndim, source->dims, from),
                       rp_shape_text(destination->ndim, destination->dims, to));
    }
    if (extra) {
        squeezed =
            rp_array_view(source, source->data, source->ndim - extra, source->dims + extra, source->strides + extra);
        if (!squeezed) return RP_ERROR_MEMORY;
        source = squeezed;
    }
    rp_array *copy = NULL;
    rp_status status = RP_OK;
    const bool overlap = rp_may_overlap(destination, source), shifted = overlap && is_shift(destination, source);
    if (overlap && !shifted) {
        status = new_copy(source, source->dtype, true, &copy);
        if (!status) status = move_elements(copy, source);
        source = copy;
    }
    if (shifted)
        status = shift(destination, source);
    else if (!status && source->ndim > 0 && rp_overlaps_itself(destination))
        status = move_in_order(destination, source);
    else if (!status)
        status = move_elements(destination, source);
    rp_release(copy);
    rp_release(squeezed);
    return status;
}

rp_status rp_fill(rp_array *array, const rp_scalar *value)
{
    if (!array || !value) return rp_fail(RP_ERROR_VALUE, "%s is NULL", array ? "value" : "array");
    if (array->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "array is read-only");
    const rp_kind kind = rp_dtype_kind(value->dtype);
    if (kind == RP_KIND_COMPLEX && rp_dtype_kind(array->dtype) != RP_KIND_COMPLEX) {
        return rp_fail(RP_ERROR_TYPE, "an element of type %s holds no complex number", rp_dtype_name(array->dtype));
    }
    if (value->weak && kind <= RP_KIND_UNSIGNED && !rp_scalar_fits(value, array->dtype)) {
        return rp_fail_integer(value, array->dtype);
    }
    if (array->ndim == 0 && value->weak) {
        rp_store_scalar(array->data, array->dtype, value);
        return RP_OK;
    }
    rp_scalar_array number;
    rp_status status = rp_scalar_array_init(&number, value);
    if (status) return status;
    /* In the array's own type, so that the fill is a copy of one repeated element. */
    rp_store_scalar(number.value, array->dtype, value);
    number.array.dtype = array->dtype;
    return move_elements(array, &number.array);
}
