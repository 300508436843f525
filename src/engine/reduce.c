/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions below the door: small ones at once, the others in a pass for each reduced axis, the fastest first.
 */
#include <string.h>

#include "engine/fold.h"
#include "engine/plan.h"
#include "runtime/runtime.h"

static bool is_reduced(const rp_work *work, int axis)
{
    return work->shape[axis] != 1 && (!work->operand[0].strides || work->operand[0].strides[axis] == 0);
}

static int count_reduced(const rp_work *work)
{
    int count = 0;
    for (int axis = 0; axis < work->ndim; axis++) count += is_reduced(work, axis);
    return count;
}

/* Copies all axes but `axis` of the plan into the pass; -1: an axis of length 1. */
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

static rp_fold new_pass(const rp_work *work)
{
    return (rp_fold){.op = work->op,
                     .combine = (rp_op)rp_ops[work->op].combine,
                     .dtype = work->operand[1].dtype,
                     .loop = work->loop,
                     .result = work->operand[0].dtype};
}

static rp_status reduce_axes(const rp_work *work);

/* More than one axis is reduced: the fastest of them now, into a block in between, the others from there. */
static rp_status reduce_by_way_of_block(const rp_work *work, const rp_fold *pass)
{
    const size_t size = rp_itemsize(pass->result);
    ptrdiff_t shape[RP_MAX_NDIM], between[RP_MAX_NDIM], to[RP_MAX_NDIM];
    rp_fold inner = *pass;
    ptrdiff_t stride = (ptrdiff_t)size;
    for (int i = 0; i < pass->kept; i++) {
        const int axis = pass->kept - 1 - i; /* the pass counts from the fastest on */
        shape[axis] = pass->shape[i];
        between[axis] = inner.to_strides[i] = stride;
        to[axis] = pass->to_strides[i];
        stride *= pass->shape[i];
    }
    size_t block_bytes;
    inner.to = rp_pool_allocate((size_t)stride, &block_bytes);
    if (!inner.to) return rp_fail(RP_ERROR_MEMORY, "out of memory: %td bytes for partial results", stride);
    rp_status status = rp_fold_run(&inner);
    const rp_work rest = {.op = (rp_op)rp_ops[work->op].rest,
                          .loop = pass->result,
                          .ndim = pass->kept,
                          .shape = shape,
                          .elements = (size_t)stride / size,
                          .operand = {{pass->to, to, pass->result}, {inner.to, between, pass->result}}};
    if (!status) status = reduce_axes(&rest);
    rp_pool_free(inner.to, block_bytes);
    return status;
}

static rp_status reduce_axes(const rp_work *work)
{
    rp_plan plan;
    rp_plan_reduction(&plan, work);
    int first = -1, count = 0;
    for (int axis = 0; axis < plan.ndim; axis++) {
        if (plan.strides[1][axis] || plan.shape[axis] == 1) continue;
        if (first < 0) first = axis;
        count++;
    }
    rp_fold pass = new_pass(work);
    keep_others(&plan, first, &pass);
    return count <= 1 ? rp_fold_run(&pass) : reduce_by_way_of_block(work, &pass);
}

/* ---- argmin, argmax ---------------------------------------------------------------------------------------- */

/* One axis in its own direction; the kept ones from the operand's fastest on, so that neighbours are gathered together. */
static rp_status search_axis(const rp_work *work)
{
    rp_fold pass = new_pass(work);
    pass.from = work->operand[1].data;
    pass.to = work->operand[0].data;
    pass.length = 1;
    for (int axis = work->ndim - 1; axis >= 0; axis--) {
        const ptrdiff_t stride = work->operand[1].strides[axis];
        if (is_reduced(work, axis)) {
            pass.length = work->shape[axis];
            pass.stride = stride;
            continue;
        }
        if (work->shape[axis] == 1) continue;
        int place = pass.kept++;
        for (; place > 0 && rp_magnitude(pass.from_strides[place - 1]) > rp_magnitude(stride); place--) {
            pass.shape[place] = pass.shape[place - 1];
            pass.from_strides[place] = pass.from_strides[place - 1];
            pass.to_strides[place] = pass.to_strides[place - 1];
        }
        pass.shape[place] = work->shape[axis];
        pass.from_strides[place] = stride;
        pass.to_strides[place] = work->operand[0].strides[axis];
    }
    return rp_fold_arg(&pass);
}

/* All axes are one, in row-major order: where the operand has another, after a copy. */
static rp_status search_all_axes(const rp_work *work)
{
    rp_operand x = work->operand[1];
    const size_t size = rp_itemsize(x.dtype);
    size_t block_bytes = 0;
    rp_status status = RP_OK;
    ptrdiff_t strides[RP_MAX_NDIM], stride = (ptrdiff_t)size;
    bool row_major = true;
    for (int axis = work->ndim - 1; axis >= 0; axis--) {
        row_major &= work->shape[axis] == 1 || x.strides[axis] == stride;
        strides[axis] = stride;
        stride *= work->shape[axis];
    }
    if (!row_major) {
        x.data = rp_pool_allocate((size_t)stride, &block_bytes);
        if (!x.data) return rp_fail(RP_ERROR_MEMORY, "out of memory: %td bytes for a copy", stride);
        const rp_work copy = {.op = RP_ASTYPE,
                              .loop = x.dtype,
                              .ndim = work->ndim,
                              .shape = work->shape,
                              .elements = work->elements,
                              .operand = {{x.data, strides, x.dtype}, work->operand[1]}};
        status = rp_execute(&copy);
    }
    rp_fold pass = new_pass(work);
    pass.from = x.data;
    pass.to = work->operand[0].data;
    pass.length = (ptrdiff_t)work->elements;
    pass.stride = (ptrdiff_t)size;
    if (!status) status = rp_fold_arg(&pass);
    if (block_bytes) rp_pool_free(x.data, block_bytes);
    return status;
}

/* ---- The door ---------------------------------------------------------------------------------------------- */

/* One kernel call: all elements of one run, which is no longer than a chunk. */
static bool run_small(const rp_work *work)
{
    const rp_context *context = rp_context_get();
    const rp_operand *to = &work->operand[0], *from = &work->operand[1];
    const size_t bytes = work->elements * rp_itemsize(work->loop);
    if (!work->one_run || to->strides || from->dtype != work->loop) return false;
    if (!rp_is_small(context, bytes) || bytes > RP_CHUNK_BYTES) return false;
    rp_call call;
    call.ptr[0] = to->data;
    call.ptr[1] = from->data;
    call.inner[0] = call.inner[1] = call.outer[0] = call.outer[1] = 0;
    call.n = work->elements;
    call.m = 1;
    rp_run_kernel(context->default_kernel[work->op][work->loop][RP_ROW], &call);
    return true;
}

rp_status rp_reduce_work(const rp_work *work)
{
    if (run_small(work)) return RP_OK;
    if (rp_ops[work->op].result != RP_RESULT_INDEX) return reduce_axes(work);
    return count_reduced(work) > 1 ? search_all_axes(work) : search_axis(work);
}
