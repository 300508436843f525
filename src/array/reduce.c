/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hop 1 of a reduction: axes, types, the output; then one pass an axis (axes that lie together are one).
 */
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "engine/fold.h"
#include "engine/plan.h"
#include "facts/dtypes.h"
#include "facts/ops.h"
#include "kernels/reduce_order.h"
#include "runtime/runtime.h"

/* A reduction with its types settled. */
typedef struct reduction {
    rp_op op;             /* as asked */
    rp_op kernel_op;      /* as computed: mean is a sum, min of truth values is all */
    rp_dtype loop;        /* the accumulator's type, and the operand's in kernels */
    rp_dtype accumulated; /* the kernel's result */
    rp_dtype result;
} reduction;

static reduction settle_types(rp_op op, rp_dtype dtype)
{
    const rp_op_row *row = &rp_ops[op];
    reduction r = {.op = op, .result = rp_result_dtype(op, dtype)};
    r.kernel_op = (rp_op)(rp_dtypes[dtype].kind == RP_KIND_BOOL ? row->of_bool : row->loops);
    r.loop = (rp_dtype)rp_dtypes[rp_folds_operand_type(op) ? dtype : r.result].compute;
    r.accumulated = rp_folds_operand_type(op) ? r.result : r.loop;
    return r;
}

/* ---- Axes -------------------------------------------------------------------------------------------------- */

static rp_status check_axes(const rp_array *x, rp_op op, int count, const int *axes, bool *reduced)
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
    if (rp_ops[op].result == RP_RESULT_INDEX && count != 1) {
        return rp_fail(RP_ERROR_VALUE, "%s takes one axis, or none for all", rp_ops[op].name);
    }
    return RP_OK;
}

/* ---- Passes ------------------------------------------------------------------------------------------------ */

/* Folded axes of the operand and the target, the operand's fastest first; the target's stride is 0 where reduced. */
typedef struct walk {
    rp_plan plan; /* operand 0 the operand, 1 the target */
} walk;

static void fold_axes(walk *w, const rp_array *x, const rp_array *target, const ptrdiff_t *target_strides)
{
    const ptrdiff_t *const strides[] = {x->strides, target_strides};
    w->plan.operands = 2;
    w->plan.data[0] = x->data;
    w->plan.data[1] = target->data;
    w->plan.dtype[0] = w->plan.dtype[1] = w->plan.loop[0] = w->plan.loop[1] = (rp_dtype)x->dtype;
    rp_plan_fold(&w->plan, x->ndim, x->dims, strides);
}

/* Copies all axes but `axis` of the walk into the pass. */
static void keep_others(const rp_plan *plan, int axis, rp_fold *pass)
{
    pass->from = plan->data[0];
    pass->to = plan->data[1];
    pass->length = axis < 0 ? 1 : plan->shape[axis];
    pass->stride = axis < 0 ? (ptrdiff_t)rp_itemsize(pass->dtype) : plan->strides[0][axis];
    pass->kept = 0;
    for (int i = 0; i < plan->ndim; i++) {
        if (i == axis) continue;
        pass->shape[pass->kept] = plan->shape[i];
        pass->from_strides[pass->kept] = plan->strides[0][i];
        pass->to_strides[pass->kept++] = plan->strides[1][i];
    }
}

static void target_strides(const rp_array *target, int ndim, const bool *reduced, ptrdiff_t *strides)
{
    for (int i = 0, axis = 0; i < ndim; i++) strides[i] = reduced[i] ? 0 : target->strides[axis++];
}

/* All axes in `reduced` of x into target (kept axes only). */
static rp_status reduce_all(const reduction *r, const rp_array *x, const bool *reduced, rp_array *target)
{
    ptrdiff_t strides[RP_MAX_NDIM];
    target_strides(target, x->ndim, reduced, strides);
    walk w;
    fold_axes(&w, x, target, strides);
    const rp_plan *plan = &w.plan;
    rp_fold pass = {.op = r->kernel_op,
                    .combine = (rp_op)rp_ops[r->kernel_op].combine,
                    .dtype = (rp_dtype)x->dtype,
                    .loop = r->loop,
                    .result = r->accumulated};
    int first = -1, count = 0;
    for (int axis = 0; axis < plan->ndim; axis++) {
        if (plan->strides[1][axis] || plan->shape[axis] == 1) continue;
        if (first < 0) first = axis;
        count++;
    }
    keep_others(plan, first, &pass);
    if (count <= 1) return rp_fold_run(&pass);

    /* More than one: the fastest of them now, into an array in between, the others from there. */
    ptrdiff_t shape[RP_MAX_NDIM];
    bool rest[RP_MAX_NDIM];
    for (int i = 0; i < pass.kept; i++) {
        shape[i] = pass.shape[pass.kept - 1 - i];
        rest[i] = pass.to_strides[pass.kept - 1 - i] == 0;
    }
    rp_array *between = rp_array_new(pass.kept, shape, r->accumulated, NULL, false);
    if (!between) return RP_ERROR_MEMORY;
    rp_fold inner = pass;
    inner.to = between->data;
    for (int i = 0; i < pass.kept; i++) inner.to_strides[i] = between->strides[pass.kept - 1 - i];
    rp_status status = rp_fold_run(&inner);
    if (!status) {
        reduction next = *r;
        if (rp_ops[r->kernel_op].result == RP_RESULT_TRUTH) next.loop = RP_BOOL;
        /* The target's kept axes in the walk's order, which is another view of it. */
        ptrdiff_t kept_shape[RP_MAX_NDIM], kept_strides[RP_MAX_NDIM];
        int kept = 0;
        for (int i = 0; i < pass.kept; i++) {
            if (rest[i]) continue;
            kept_shape[kept] = shape[i];
            kept_strides[kept++] = pass.to_strides[pass.kept - 1 - i];
        }
        rp_array *view = rp_array_view(target, pass.to, kept, kept_shape, kept_strides);
        status = view ? reduce_all(&next, between, rest, view) : RP_ERROR_MEMORY;
        rp_release(view);
    }
    rp_release(between);
    return status;
}

/* argmin, argmax: one axis in its own direction; all axes are one after a row-major copy. */
static rp_status search(const reduction *r, const rp_array *x, const bool *reduced, int count, rp_array *target)
{
    rp_array *flat = NULL;
    rp_fold pass = {.op = r->op, .dtype = (rp_dtype)x->dtype, .loop = r->loop, .result = RP_INT64, .to = target->data};
    if (count == x->ndim && x->ndim != 1) {
        const rp_array *source = x;
        if (!(x->flags & RP_FLAG_CONTIGUOUS)) {
            rp_status status = rp_copy_contiguous(x, &flat);
            if (status) return status;
            source = flat;
        }
        pass.from = source->data;
        pass.length = source->size;
        pass.stride = (ptrdiff_t)rp_itemsize(source->dtype);
    } else {
        pass.from = x->data;
        ptrdiff_t strides[RP_MAX_NDIM];
        target_strides(target, x->ndim, reduced, strides);
        for (int axis = x->ndim - 1; axis >= 0; axis--) {
            if (reduced[axis]) {
                pass.length = x->dims[axis];
                pass.stride = x->strides[axis];
                continue;
            }
            if (x->dims[axis] == 1) continue;
            /* The fastest kept axis of the operand comes first: its neighbours are gathered together. */
            int place = pass.kept++;
            for (; place > 0; place--) {
                const ptrdiff_t before = pass.from_strides[place - 1], this = x->strides[axis];
                if ((before < 0 ? -before : before) <= (this < 0 ? -this : this)) break;
                pass.shape[place] = pass.shape[place - 1];
                pass.from_strides[place] = before;
                pass.to_strides[place] = pass.to_strides[place - 1];
            }
            pass.shape[place] = x->dims[axis];
            pass.from_strides[place] = x->strides[axis];
            pass.to_strides[place] = strides[axis];
        }
    }
    rp_status status = rp_fold_arg(&pass);
    rp_release(flat);
    return status;
}

/* ---- Results ----------------------------------------------------------------------------------------------- */

static rp_status divide_by_count(rp_array *sum, double count)
{
    rp_scalar_array number;
    rp_status status = rp_scalar_array_init(&number, &(rp_scalar){.dtype = RP_FLOAT64, .weak = true, .re = count});
    return status ? status : rp_divide(sum, &number.array, &sum);
}

/* Nothing to fold: the identity, or an error where there is none. */
static rp_status fill_identity(const reduction *r, rp_array *target)
{
    const double nan = __builtin_nan("");
    const rp_scalar values[] = {[RP_EMPTY_0] = {.dtype = RP_INT8, .i = 0},
                                [RP_EMPTY_1] = {.dtype = RP_INT8, .i = 1},
                                [RP_EMPTY_NAN] = {.dtype = RP_COMPLEX128, .re = nan, .im = nan}};
    const rp_op_row *row = &rp_ops[r->op];
    if (row->empty == RP_EMPTY_NONE) {
        return rp_fail(RP_ERROR_VALUE, "%s of an axis of length 0 has no value", row->name);
    }
    return rp_fill(target, &values[row->empty]);
}

static rp_status check_output(const rp_array *out, const reduction *r, int ndim, const ptrdiff_t *shape)
{
    char want[96], got[96];
    if (!rp_has_shape(out, ndim, shape)) {
        return rp_fail(RP_ERROR_VALUE, "out has shape %s, the result has %s", rp_shape_text(out->ndim, out->dims, got),
                       rp_shape_text(ndim, shape, want));
    }
    if (out->flags & RP_FLAG_READONLY) return rp_fail(RP_ERROR_VALUE, "out is read-only");
    for (int axis = 0; out->size && axis < ndim; axis++) {
        if (out->strides[axis] == 0 && shape[axis] > 1) {
            return rp_fail(RP_ERROR_VALUE, "out has stride 0 along axis %d: its elements are not separate", axis);
        }
    }
    if (!rp_can_cast(r->result, out->dtype, RP_CAST_SAME_KIND)) {
        return rp_fail(RP_ERROR_TYPE,
                       "the result of %s has type %s, which does not cast to out's type %s by the rule "
                       "'same_kind'",
                       rp_ops[r->op].name, rp_dtype_name(r->result), rp_dtype_name(out->dtype));
    }
    return RP_OK;
}

/* All of a small contiguous array: one kernel call. NULL *out: not that case. */
static rp_status reduce_small(const reduction *r, const rp_array *x, int ndim, const ptrdiff_t *shape, rp_array **out)
{
    _Alignas(16) char value[16], count[16];
    const rp_kernel *kernel = rp_context_get()->chosen[r->kernel_op][r->loop][RP_ROW];
    kernel->run(&(rp_call){.ptr = {value, x->data}, .n = (size_t)x->size, .m = 1});
    if (rp_ops[r->op].result == RP_RESULT_MEAN) {
        rp_store_scalar(count, r->loop, &(rp_scalar){.dtype = RP_FLOAT64, .re = (double)x->size});
        const ptrdiff_t size = (ptrdiff_t)rp_itemsize(r->loop);
        rp_context_get()->chosen[RP_DIVIDE][r->loop][RP_VV]->run(
            &(rp_call){.ptr = {value, value, count}, .inner = {size, size, size}, .n = 1, .m = 1});
    }
    rp_array *result = rp_array_new(ndim, shape, r->result, NULL, false);
    if (!result) return RP_ERROR_MEMORY;
    memcpy(result->data, value, rp_itemsize(r->result));
    *out = result;
    return RP_OK;
}

rp_status rp_reduce(rp_op op, const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out)
{
    if (!rp_op_is_reduction(op)) return rp_fail(RP_ERROR_VALUE, "operation %d is no reduction", (int)op);
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    const reduction r = settle_types(op, (rp_dtype)x->dtype);
    bool reduced[RP_MAX_NDIM];
    rp_status status = check_axes(x, op, count, axes, reduced);
    if (status) return status;
    ptrdiff_t shape[RP_MAX_NDIM], kept_shape[RP_MAX_NDIM];
    double folded = 1;
    bool empty = false;
    int ndim = 0, kept = 0;
    for (int i = 0; i < x->ndim; i++) {
        if (reduced[i]) {
            folded *= (double)x->dims[i];
            empty |= x->dims[i] == 0;
        } else {
            kept_shape[kept++] = x->dims[i];
        }
        if (!reduced[i] || keepdims) shape[ndim++] = reduced[i] ? 1 : x->dims[i];
    }
    if (!*out && kept == 0 && x->size && r.result == r.accumulated && r.loop == x->dtype &&
        x->flags & RP_FLAG_CONTIGUOUS && (size_t)x->size * rp_itemsize(r.loop) <= RP_CHUNK_BYTES &&
        !rp_context_get()->counts)
        return reduce_small(&r, x, ndim, shape, out);
    ptrdiff_t size;
    status = rp_check_shape(ndim, shape, rp_itemsize(r.result), &size);
    if (!status && *out) status = check_output(*out, &r, ndim, shape);
    if (status) return status;
    rp_array *target = rp_array_new(kept, kept_shape, r.accumulated, NULL, false);
    if (!target) return RP_ERROR_MEMORY;
    if (empty)
        status = fill_identity(&r, target);
    else if (!target->size)
        status = RP_OK;
    else if (rp_ops[op].result == RP_RESULT_INDEX)
        status = search(&r, x, reduced, axes ? count : x->ndim, target);
    else
        status = reduce_all(&r, x, reduced, target);
    if (!status && rp_ops[op].result == RP_RESULT_MEAN && target->size && !empty)
        status = divide_by_count(target, folded);
    rp_array *shaped = NULL, *result = NULL;
    if (!status) status = rp_reshape(target, ndim, shape, true, &shaped);
    if (!status && *out)
        status = rp_assign(*out, shaped);
    else if (!status && r.result != r.accumulated)
        status = rp_astype(shaped, r.result, &result);
    else if (!status)
        result = keepdims ? rp_retain(shaped) : rp_retain(target);
    rp_release(shaped);
    rp_release(target);
    if (!status && !*out) *out = result;
    return status;
}
