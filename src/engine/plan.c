/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Folding the axes of a work.
 */
#include "engine/plan.h"

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
        if (fastest <= (ptrdiff_t)rp_itemsize(plan->dtype[k])) continue;
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
    const int axes = plan->rows == RP_ROWS_GATHERED ? plan->ndim : plan->rows == RP_ROWS_DENSE ? 2 : 1;
    for (int axis = 1; axis < axes; axis++) {
        if (plan->strides[k][axis] != 0) return false;
    }
    return true;
}

/* The operands behind the first vector that may be numbers: both of two, the last two of three. */
static rp_class classify(const rp_plan *plan)
{
    unsigned numbers = 0;
    for (int k = plan->operands > 3 ? 2 : 1; k < plan->operands; k++) numbers |= (unsigned)is_scalar(plan, k) << k;
    return rp_class_of(plan->operands - 1, numbers);
}

static void set_operand(rp_plan *plan, int k, const rp_operand *x, rp_dtype loop)
{
    plan->data[k] = x->data;
    plan->dtype[k] = x->dtype;
    plan->loop[k] = loop;
    const size_t size = rp_itemsize(x->dtype), loop_size = rp_itemsize(loop);
    if (size > plan->widest) plan->widest = size;
    if (loop_size > plan->widest) plan->widest = loop_size;
}

/* Takes the axes of the work from the fastest on, each where operand 0 has it, and joins those that all walk as one.
 * from[k]: the operand of the work that is operand k of the plan. */
static void fold_axes(rp_plan *plan, const rp_work *work, const int *from)
{
    int count = 0;
    for (int axis = work->ndim - 1; axis >= 0; axis--) {
        if (work->shape[axis] == 1) continue;
        plan->shape[count] = work->shape[axis];
        for (int k = 0; k < plan->operands; k++) {
            const ptrdiff_t *strides = work->operand[from[k]].strides;
            plan->strides[k][count] = strides ? strides[axis] : 0;
        }
        /* Where operand 0 is reversed, all are walked from its other end. */
        if (plan->strides[0][count] < 0) {
            for (int k = 0; k < plan->operands; k++) {
                plan->data[k] += plan->strides[k][count] * (plan->shape[count] - 1);
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
}

/* One axis, for a work of which the caller knows that it is one run. */
static void take_run(rp_plan *plan, const rp_work *work, const int *from)
{
    plan->ndim = 1;
    plan->shape[0] = (ptrdiff_t)work->elements;
    for (int k = 0; k < plan->operands; k++)
        plan->strides[k][0] = work->operand[from[k]].strides ? (ptrdiff_t)rp_itemsize(plan->dtype[k]) : 0;
}

static rp_rows choose_row_way(const rp_plan *plan)
{
    const size_t row_bytes = (size_t)plan->shape[0] * plan->widest;
    if (plan->ndim == 1 || row_bytes >= RP_LONG_ROW_BYTES) return RP_ROWS_SINGLY;
    const size_t rectangle_bytes = row_bytes * (size_t)plan->shape[1];
    if (plan->ndim > 2 && rectangle_bytes <= rp_context_get()->block_bytes) return RP_ROWS_GATHERED;
    return rectangle_bytes >= RP_LONG_ROW_BYTES ? RP_ROWS_DENSE : RP_ROWS_SINGLY;
}

void rp_plan_make(rp_plan *plan, const rp_work *work)
{
    static const int in_order[RP_MAX_OPERANDS] = {0, 1, 2, 3};
    const bool converts = rp_ops[work->op].kind == RP_OP_CONVERT;
    plan->operands = rp_ops[work->op].inputs + 1;
    plan->elements = work->elements;
    plan->widest = 1;
    const rp_dtype result = converts ? work->operand[0].dtype : rp_result_dtype(work->op, work->loop);
    set_operand(plan, 0, &work->operand[0], result);
    for (int k = 1; k < plan->operands; k++)
        set_operand(plan, k, &work->operand[k], converts ? result : rp_input_dtype(work->op, k - 1, work->loop));
    if (work->one_run) {
        take_run(plan, work, in_order);
    } else {
        fold_axes(plan, work, in_order);
        choose_rows(plan);
    }
    plan->rows = choose_row_way(plan);
    plan->operand_class = classify(plan);
}

void rp_plan_reduction(rp_plan *plan, const rp_work *work)
{
    static const int reversed[] = {1, 0};
    plan->operands = 2;
    plan->elements = work->elements;
    plan->widest = 1;
    set_operand(plan, 0, &work->operand[1], work->loop);
    set_operand(plan, 1, &work->operand[0], work->operand[0].dtype);
    if (work->one_run)
        take_run(plan, work, reversed);
    else
        fold_axes(plan, work, reversed);
}

rp_layout rp_plan_layout(const rp_plan *plan)
{
    bool in_place = false, strided = false, strided_out = false;
    if (plan->rows != RP_ROWS_SINGLY) return RP_STAGED;
    for (int k = 0; k < plan->operands; k++) {
        const ptrdiff_t size = (ptrdiff_t)rp_itemsize(plan->dtype[k]), step = plan->strides[k][0];
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

const rp_call *rp_plan_form(const rp_plan *plan, rp_call *form)
{
    if (plan->ndim > 2 || rp_plan_layout(plan) == RP_STAGED) return NULL;
    *form = (rp_call){.n = (size_t)plan->shape[0], .m = plan->ndim > 1 ? (size_t)plan->shape[1] : 1};
    for (int k = 0; k < plan->operands; k++) {
        form->ptr[k] = plan->data[k];
        form->inner[k] = form->n == 1 ? (ptrdiff_t)rp_itemsize(plan->dtype[k]) : plan->strides[k][0];
        form->outer[k] = plan->ndim > 1 ? plan->strides[k][1] : 0;
    }
    return form;
}

size_t rp_plan_bytes(const rp_plan *plan, const rp_work *work)
{
    /* Of integers it is known that they are finite: they are not read. */
    const bool unread = rp_ops[work->op].facts & RP_OF_FLOATS && rp_dtypes[work->loop].kind < RP_KIND_REAL;
    size_t bytes = 0;
    for (int k = 0; k < (unread ? 1 : plan->operands); k++) {
        const size_t size = rp_itemsize(plan->dtype[k]);
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
