/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A reduction above the engine: axes, types, the output.
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "engine/work.h"
#include "facts/dtypes.h"
#include "facts/ops.h"
#include "runtime/runtime.h"

rp_reduction_types rp_reduction_types_of(rp_op op, rp_dtype dtype)
{
    const rp_op_row *row = &rp_ops[op];
    rp_reduction_types r = {.op = op, .result = rp_result_dtype(op, dtype)};
    r.kernel_op = (rp_op)(rp_dtypes[dtype].kind == RP_KIND_BOOL ? row->of_bool : row->loops);
    r.loop = (rp_dtype)rp_dtypes[rp_folds_operand_type(op) ? dtype : r.result].compute;
    r.accumulated = rp_folds_operand_type(op) ? r.result : r.loop;
    return r;
}

/* ---- Axes -------------------------------------------------------------------------------------------------- */

rp_status rp_find_axes(const rp_array *x, int count, const int *axes, bool *reduced)
{
    for (int i = 0; i < x->ndim; i++) reduced[i] = !axes;
    if (!axes) return RP_OK;
    if (count < 0) return rp_fail(RP_ERROR_VALUE, "count of axes is negative");
    for (int i = 0; i < count; i++) {
        int axis;
        rp_status status = rp_check_axis(axes[i], x->ndim, &axis);
        if (status) return status;
        if (reduced[axis]) return rp_fail(RP_ERROR_VALUE, "duplicate value in 'axis': %d", axis);
        reduced[axis] = true;
    }
    return RP_OK;
}

static rp_status check_axes(const rp_array *x, rp_op op, int count, const int *axes, bool *reduced)
{
    const rp_status status = rp_find_axes(x, count, axes, reduced);
    if (status || !axes) return status;
    if (rp_ops[op].result == RP_RESULT_INDEX && count != 1) {
        return rp_fail(RP_ERROR_VALUE, "%s takes one axis, or none for all", rp_ops[op].name);
    }
    return RP_OK;
}

/* ---- The call ---------------------------------------------------------------------------------------------- */

/* Folds the axes in `reduced` of x into target, which has the kept axes, and with keepdims the others at length 1. */
static rp_status execute(const rp_reduction_types *r, const rp_array *x, const bool *reduced, bool keepdims,
                         rp_array *target)
{
    ptrdiff_t strides[RP_MAX_NDIM];
    for (int i = 0, axis = 0; i < x->ndim; i++) {
        strides[i] = reduced[i] ? 0 : target->strides[axis];
        axis += !reduced[i] || keepdims;
    }
    const bool all = target->size == 1; /* and each axis that is kept has length 1 */
    rp_work work;                       /* field by field: to clear it first takes a small call a tenth of its time */
    work.op = r->kernel_op;
    work.loop = r->loop;
    work.one_run = all && x->flags & RP_FLAG_CONTIGUOUS;
    work.ndim = x->ndim;
    work.shape = x->dims;
    work.elements = (size_t)x->size;
    work.operand[0] = (rp_operand){target->data, all ? NULL : strides, r->accumulated};
    work.operand[1] = (rp_operand){x->data, x->strides, (rp_dtype)x->dtype};
    return rp_execute(&work);
}

/* ---- Results ----------------------------------------------------------------------------------------------- */

static rp_status divide_by_count(rp_array *sum, double count)
{
    _Alignas(16) char number[16];
    const rp_dtype dtype = (rp_dtype)sum->dtype;
    rp_store_scalar(number, dtype, &(rp_scalar){.dtype = RP_FLOAT64, .re = count});
    rp_work work;
    work.op = RP_DIVIDE;
    work.loop = dtype;
    work.accuracy = RP_ACCURATE;
    work.one_run = true;
    work.ndim = sum->ndim;
    work.shape = sum->dims;
    work.elements = (size_t)sum->size;
    work.operand[0] = work.operand[1] = (rp_operand){sum->data, sum->strides, dtype};
    work.operand[2] = (rp_operand){number, NULL, dtype};
    return rp_execute(&work);
}

/* Nothing to fold: the identity, or an error where there is none. */
static rp_status fill_identity(const rp_reduction_types *r, rp_array *target)
{
    const double nan = __builtin_nan("");
    const rp_dtype wide = rp_dtype_kind(target->dtype) == RP_KIND_COMPLEX ? RP_COMPLEX128 : RP_FLOAT64;
    const rp_scalar values[] = {[RP_EMPTY_0] = {.dtype = RP_INT8, .i = 0},
                                [RP_EMPTY_1] = {.dtype = RP_INT8, .i = 1},
                                [RP_EMPTY_NAN] = {.dtype = wide, .re = nan, .im = nan}};
    const rp_op_row *row = &rp_ops[r->op];
    if (row->empty == RP_EMPTY_NONE) {
        return rp_fail(RP_ERROR_VALUE, "%s of an axis of length 0 has no value", row->name);
    }
    return rp_fill(target, &values[row->empty]);
}

rp_status rp_reduce(rp_op op, const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out)
{
    if (!rp_op_is_reduction(op)) return rp_fail(RP_ERROR_VALUE, "operation %d is no reduction", (int)op);
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    const rp_reduction_types r = rp_reduction_types_of(op, (rp_dtype)x->dtype);
    bool reduced[RP_MAX_NDIM];
    rp_status status = check_axes(x, op, count, axes, reduced);
    if (status) return status;
    ptrdiff_t shape[RP_MAX_NDIM];
    double folded = 1;
    int ndim = 0;
    for (int i = 0; i < x->ndim; i++) {
        if (reduced[i]) folded *= (double)x->dims[i];
        if (!reduced[i] || keepdims) shape[ndim++] = reduced[i] ? 1 : x->dims[i];
    }
    ptrdiff_t size;
    status = rp_check_shape(ndim, shape, rp_itemsize(r.result), &size);
    if (!status && *out) status = rp_check_output(*out, rp_ops[op].name, r.result, ndim, shape);
    if (status) return status;
    rp_array *target = rp_array_new(ndim, shape, r.accumulated, NULL, false);
    if (!target) return RP_ERROR_MEMORY;
    if (folded == 0)
        status = fill_identity(&r, target);
    else if (size)
        status = execute(&r, x, reduced, keepdims, target);
    if (!status && rp_ops[op].result == RP_RESULT_MEAN && size && folded != 0) status = divide_by_count(target, folded);
    if (!status && !*out && r.result == r.accumulated) {
        *out = target;
        return RP_OK;
    }
    if (!status) status = *out ? rp_assign(*out, target) : rp_astype(target, r.result, out);
    rp_release(target);
    return status;
}
