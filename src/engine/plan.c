/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hop 2: folding the axes of an elementwise call.
 */
#include "engine/plan.h"

/* The fixed work of a kernel's row is about as long as the work on this many bytes. */
enum { SHORT_ROW_BYTES = 256 };

/* Whether axis `a` should be an inner loop of axis `b`: by the output's strides, then by the first input that tells. */
static bool is_inner(const rp_plan *plan, int a, int b)
{
    for (int k = 0; k < plan->operands; k++) {
        ptrdiff_t x = rp_magnitude(plan->strides[k][a]), y = rp_magnitude(plan->strides[k][b]);
        if (x != y) return x < y;
    }
    return false;
}

static void swap_axes(rp_plan *plan, int a, int b)
{
    ptrdiff_t length = plan->shape[a];
    plan->shape[a] = plan->shape[b];
    plan->shape[b] = length;
    for (int k = 0; k < plan->operands; k++) {
        ptrdiff_t stride = plan->strides[k][a];
        plan->strides[k][a] = plan->strides[k][b];
        plan->strides[k][b] = stride;
    }
}

static bool walks_as_one(const rp_plan *plan, int inner, int outer)
{
    for (int k = 0; k < plan->operands; k++) {
        if (plan->strides[k][outer] != plan->strides[k][inner] * plan->shape[inner]) return false;
    }
    return true;
}

/* An input that the kernel cannot walk along axis 0 is read best along its own fastest axis: make that axis 1, so that
 * tiles of the two are transposed inside the first-level cache. */
static void choose_rows(rp_plan *plan)
{
    for (int k = 1; k < plan->operands; k++) {
        ptrdiff_t fastest = rp_magnitude(plan->strides[k][0]);
        if (fastest <= (ptrdiff_t)rp_dtype_size(plan->dtype[k])) continue;
        int best = 0;
        for (int axis = 1; axis < plan->ndim; axis++) {
            ptrdiff_t stride = rp_magnitude(plan->strides[k][axis]);
            if (stride && stride < fastest) {
                fastest = stride;
                best = axis;
            }
        }
        if (best > 1) swap_axes(plan, 1, best);
        if (best > 0) return;
    }
}

/* Whether input k is one number a row to the kernel, as it lies in memory. */
static bool is_scalar(const rp_plan *plan, int k)
{
    if (plan->strides[k][0] != 0 || plan->shape[0] == 1 || plan->dtype[k] != plan->loop[k]) return false;
    /* A long run of several rows needs the one number for all of them. */
    const int axes = plan->gathered ? plan->ndim : plan->dense ? 2 : 1;
    for (int axis = 1; axis < axes; axis++) {
        if (plan->strides[k][axis] != 0) return false;
    }
    return true;
}

static rp_class classify(const rp_plan *plan)
{
    if (plan->operands == 2) return RP_V;
    const bool x = is_scalar(plan, plan->operands - 2), y = is_scalar(plan, plan->operands - 1);
    if (plan->operands == 4) return x ? (y ? RP_VSS : RP_VSV) : y ? RP_VVS : RP_VVV;
    return x == y ? RP_VV : x ? RP_SV : RP_VS;
}

void rp_plan_fold(rp_plan *plan, int ndim, const ptrdiff_t *shape, const ptrdiff_t *const *strides)
{
    int count = 0;
    plan->elements = 1;
    for (int axis = ndim - 1; axis >= 0; axis--) {
        if (shape[axis] == 1) continue;
        plan->shape[count] = shape[axis];
        plan->elements *= (size_t)shape[axis];
        for (int k = 0; k < plan->operands; k++) plan->strides[k][count] = strides[k][axis];
        /* A reversed output is walked from its other end. */
        if (plan->strides[0][count] < 0) {
            for (int k = 0; k < plan->operands; k++) {
                plan->data[k] += plan->strides[k][count] * (shape[axis] - 1);
                plan->strides[k][count] = -plan->strides[k][count];
            }
        }
        for (int i = count; i > 0 && is_inner(plan, i, i - 1); i--) swap_axes(plan, i, i - 1);
        count++;
    }
    int last = 0;
    for (int axis = 1; axis < count; axis++) {
        if (walks_as_one(plan, last, axis)) {
            plan->shape[last] *= plan->shape[axis];
            continue;
        }
        last++;
        if (last != axis) {
            plan->shape[last] = plan->shape[axis];
            for (int k = 0; k < plan->operands; k++) plan->strides[k][last] = plan->strides[k][axis];
        }
    }
    plan->ndim = last + 1;
    if (count == 0) {
        plan->shape[0] = 1;
        for (int k = 0; k < plan->operands; k++) plan->strides[k][0] = 0;
    }
    choose_rows(plan);
    size_t widest = 1;
    for (int k = 0; k < plan->operands; k++) {
        const size_t size = rp_dtype_size(plan->dtype[k]), loop_size = rp_dtype_size(plan->loop[k]);
        widest = size > widest ? size : loop_size > widest ? loop_size : widest;
    }
    const size_t row_bytes = (size_t)plan->shape[0] * widest;
    const size_t rectangle_bytes = plan->ndim > 1 ? row_bytes * (size_t)plan->shape[1] : row_bytes;
    const bool short_rows = plan->ndim > 1 && row_bytes < SHORT_ROW_BYTES;
    plan->gathered = short_rows && plan->ndim > 2 && rectangle_bytes <= rp_context_get()->block_bytes;
    plan->dense = short_rows && !plan->gathered && rectangle_bytes >= SHORT_ROW_BYTES;
    plan->operand_class = classify(plan);
}

rp_layout rp_plan_layout(const rp_plan *plan)
{
    bool in_place = false, strided = false, strided_out = false;
    if (plan->dense || plan->gathered) return RP_STAGED;
    for (int k = 0; k < plan->operands; k++) {
        const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(plan->dtype[k]), step = plan->strides[k][0];
        if (plan->dtype[k] != plan->loop[k] || (plan->ndim > 1 && rp_runs_across(step, plan->strides[k][1])))
            return RP_STAGED;
        const bool gaps = step != size && (step || k == 0) && plan->shape[0] > 1;
        strided |= gaps;
        strided_out |= gaps && k == 0;
        in_place |= k > 0 && plan->data[k] == plan->data[0];
    }
    if (strided) return strided_out ? RP_STRIDED_OUT : RP_STRIDED;
    return in_place ? RP_IN_PLACE : RP_APART;
}

size_t rp_plan_bytes(const rp_plan *plan, int operands)
{
    size_t bytes = 0;
    for (int k = 0; k < operands; k++) {
        const size_t size = rp_dtype_size(plan->dtype[k]);
        size_t count = 1, step = rp_system_facts()->line_bytes;
        for (int axis = 0; axis < plan->ndim; axis++) {
            const size_t stride = (size_t)rp_magnitude(plan->strides[k][axis]);
            if (!stride || plan->shape[axis] == 1) continue;
            count *= (size_t)plan->shape[axis];
            if (stride < step) step = stride;
        }
        bytes += count * (count == 1 || step < size ? size : step);
    }
    return bytes;
}
