/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running sums and products above the engine: axis, types, the output.
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "engine/scan.h"
#include "facts/dtypes.h"
#include "runtime/runtime.h"

/* Elements [first, ...) of the axis of `target` from all of x. */
static rp_status scan(rp_op combine, const rp_array *x, int axis, rp_array *target, ptrdiff_t first)
{
    rp_fold fold = {.combine = combine,
                    .dtype = (rp_dtype)x->dtype,
                    .loop = (rp_dtype)target->dtype,
                    .result = (rp_dtype)target->dtype,
                    .from = x->data,
                    .to = target->data + first * target->strides[axis],
                    .length = x->dims[axis],
                    .stride = x->strides[axis]};
    for (int i = x->ndim - 1; i >= 0; i--) {
        if (i == axis || x->dims[i] == 1) continue;
        /* The axis along which results lie closest comes first. */
        int place = fold.kept++;
        for (; place && rp_magnitude(fold.to_strides[place - 1]) > rp_magnitude(target->strides[i]); place--) {
            fold.shape[place] = fold.shape[place - 1];
            fold.from_strides[place] = fold.from_strides[place - 1];
            fold.to_strides[place] = fold.to_strides[place - 1];
        }
        fold.shape[place] = x->dims[i];
        fold.from_strides[place] = x->strides[i];
        fold.to_strides[place] = target->strides[i];
    }
    return rp_scan_run(&fold, target->strides[axis]);
}

/* The first element of each row: what the sum or product of none is. */
static rp_status fill_first(rp_array *target, int axis, int64_t identity)
{
    ptrdiff_t shape[RP_MAX_NDIM];
    memcpy(shape, target->dims, (size_t)target->ndim * sizeof *shape);
    shape[axis] = 1;
    rp_array *first = rp_array_view(target, target->data, target->ndim, shape, target->strides);
    if (!first) return RP_ERROR_MEMORY;
    const rp_status status = rp_fill(first, &(rp_scalar){.dtype = RP_INT64, .i = identity, .weak = true});
    rp_release(first);
    return status;
}

/* Whether x may be read while the results are written to out. */
static bool may_share(const rp_array *x, const rp_array *out, bool initial)
{
    if (!rp_may_overlap(x, out)) return true;
    return !initial && x->data == out->data && x->dtype == out->dtype && rp_has_shape(x, out->ndim, out->dims) &&
           !memcmp(x->strides, out->strides, (size_t)x->ndim * sizeof *x->strides);
}

static rp_array *new_target(const rp_array *x, const ptrdiff_t *shape, rp_dtype dtype)
{
    int order[RP_MAX_NDIM];
    const ptrdiff_t *strides = x->strides;
    const bool moved = !(x->flags & RP_FLAG_CONTIGUOUS) && rp_keep_order(1, x->ndim, x->dims, &strides, order);
    return rp_array_new(x->ndim, shape, dtype, moved ? order : NULL, false);
}

/* x has at least one axis. */
static rp_status accumulate(rp_op op, const rp_array *x, int axis, rp_dtype dtype, bool initial, rp_array **out)
{
    ptrdiff_t shape[RP_MAX_NDIM], size;
    memcpy(shape, x->dims, (size_t)x->ndim * sizeof *shape);
    if (initial && shape[axis] == PTRDIFF_MAX) return rp_fail(RP_ERROR_OVERFLOW, "the result would be too long");
    shape[axis] += initial;
    rp_status status = rp_check_shape(x->ndim, shape, rp_itemsize(dtype), &size);
    if (!status && *out) status = rp_check_output(*out, rp_ops[op].name, dtype, x->ndim, shape);
    if (status) return status;
    /* What another type is put into, and elements that share memory, are written once all is known. */
    const bool direct = *out && (rp_dtype)(*out)->dtype == dtype && !rp_overlaps_itself(*out);
    rp_array *target = direct ? *out : new_target(x, shape, dtype), *copy = NULL;
    if (!target) return RP_ERROR_MEMORY;
    if (direct && !may_share(x, target, initial)) status = rp_copy(x, &copy);
    if (!status && initial && target->size) status = fill_first(target, axis, op == RP_PROD);
    if (!status && x->size) status = scan((rp_op)rp_ops[op].combine, copy ? copy : x, axis, target, initial);
    if (!status && *out && !direct) status = rp_assign(*out, target);
    rp_release(copy);
    if (!status && !*out)
        *out = target;
    else if (!direct)
        rp_release(target);
    return status;
}

static rp_status cumulative(rp_op op, const rp_array *x, int axis, const rp_dtype *dtype, bool initial, rp_array **out)
{
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    const rp_dtype result = dtype ? *dtype : rp_result_dtype(op, (rp_dtype)x->dtype);
    if ((unsigned)result >= RP_DTYPE_COUNT) return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)result);
    if (result == RP_BOOL)
        return rp_fail(RP_ERROR_TYPE, "cumulative_%s is not computed in the type bool", rp_ops[op].name);
    rp_array *row = NULL;
    rp_status status = rp_check_axis(axis, x->ndim ? x->ndim : 1, &axis);
    if (!status && !x->ndim) status = rp_reshape(x, 1, (const ptrdiff_t[]){1}, false, &row);
    if (!status) status = accumulate(op, row ? row : x, axis, result, initial, out);
    rp_release(row);
    return status;
}

rp_status rp_cumulative_sum(const rp_array *x, int axis, const rp_dtype *dtype, bool include_initial, rp_array **out)
{
    return cumulative(RP_SUM, x, axis, dtype, include_initial, out);
}

rp_status rp_cumulative_prod(const rp_array *x, int axis, const rp_dtype *dtype, bool include_initial, rp_array **out)
{
    return cumulative(RP_PROD, x, axis, dtype, include_initial, out);
}
