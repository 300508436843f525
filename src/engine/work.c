/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Below the door: small calls at once, the others by plan, choice and walk.
 */
#include "engine/work.h"

#include <string.h>

#include "choose/measure.h"
#include "engine/fold.h"
#include "engine/plan.h"
#include "engine/walk.h"

void rp_convert_rows(char *to, rp_dtype to_dtype, ptrdiff_t to_row, const char *from, rp_dtype from_dtype,
                     ptrdiff_t from_row, size_t rows, size_t n)
{
    if (to_dtype == from_dtype) {
        const ptrdiff_t size = (ptrdiff_t)rp_itemsize(to_dtype);
        rp_context_get()->movers.copy(to, to_row, size, from, from_row, size, rows, n, (size_t)size);
        return;
    }
    const rp_call call = {.ptr = {to, (char *)from}, .outer = {to_row, from_row}, .n = n, .m = rows};
    rp_context_get()->casts[from_dtype][to_dtype]->run(&call);
}

void rp_convert_elements(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, size_t n)
{
    if (to_dtype == from_dtype) {
        memmove(to, from, n * rp_itemsize(to_dtype));
        return;
    }
    rp_convert_rows(to, to_dtype, 0, from, from_dtype, 0, 1, n);
}

/* ---- Small calls: no plan ---------------------------------------------------------------------------------- */

/* Whether the operand is one run of elements in the shape's order. */
static bool is_run(const rp_work *work, const rp_operand *x)
{
    ptrdiff_t expected = (ptrdiff_t)rp_itemsize(x->dtype);
    for (int axis = work->ndim - 1; axis >= 0; axis--) {
        if (work->shape[axis] != 1 && x->strides[axis] != expected) return false;
        expected *= work->shape[axis];
    }
    return true;
}

static bool is_one_run(const rp_work *work, int inputs)
{
    for (int k = 0; !work->one_run && k <= inputs; k++) {
        if (work->operand[k].strides && !is_run(work, &work->operand[k])) return false;
    }
    return true;
}

static void copy_run(const rp_operand *to, const rp_operand *from, size_t elements)
{
    const ptrdiff_t size = (ptrdiff_t)rp_itemsize(to->dtype);
    if (!from->strides) /* a fill: the number has the target's type */
        rp_context_get()->movers.copy(to->data, 0, size, from->data, 0, 0, 1, elements, (size_t)size);
    else
        rp_convert_elements(to->data, to->dtype, from->data, from->dtype, elements);
}

/* One kernel call, where nothing has to be chosen or staged. */
static bool run_small(const rp_work *work, const rp_context *context)
{
    const rp_op_row *op = &rp_ops[work->op];
    const int inputs = op->inputs;
    const size_t size = rp_itemsize(work->loop);
    if (!rp_is_small(context, work->elements * size * (size_t)(inputs + 1)) || !is_one_run(work, inputs)) return false;
    if (op->kind == RP_OP_CONVERT) {
        copy_run(&work->operand[0], &work->operand[1], work->elements);
        return true;
    }
    const rp_dtype result = rp_result_dtype(work->op, work->loop);
    if (work->operand[0].dtype != result) return false;
    rp_call call;
    unsigned numbers = 0;
    call.ptr[0] = work->operand[0].data;
    call.inner[0] = (ptrdiff_t)rp_itemsize(result);
    call.outer[0] = 0;
    for (int k = 1; k <= inputs; k++) {
        const rp_operand *x = &work->operand[k];
        const rp_dtype loop = rp_input_dtype(work->op, k - 1, work->loop);
        if (x->dtype != loop) return false;
        call.ptr[k] = x->data;
        call.inner[k] = x->strides ? (ptrdiff_t)rp_itemsize(loop) : 0;
        call.outer[k] = 0;
        numbers |= (unsigned)!x->strides << k;
    }
    const rp_class operands = rp_class_of(inputs, numbers);
    if (rp_class_numbers(operands) != numbers && work->elements != 1) return false; /* a number is repeated */
    const rp_kernel *kernel = rp_kernel_of_class(context, work->accuracy, work->op, work->loop, operands);
    call.n = work->elements;
    call.m = 1;
    call.data = kernel->data;
    kernel->run(&call);
    return true;
}

/* ---- The others -------------------------------------------------------------------------------------------- */

static rp_status run_planned(const rp_work *work)
{
    rp_plan plan;
    rp_plan_make(&plan, work);
    rp_call form;
    rp_choice choice = rp_choose(work->op, work->loop, plan.operand_class, work->accuracy, rp_plan_layout(&plan),
                                 rp_plan_bytes(&plan, work), rp_plan_form(&plan, &form));
    const bool measured = rp_measure_start(&choice);
    const rp_status status = rp_walk(&plan, &choice);
    if (measured) rp_measure_stop(&choice);
    return status;
}

rp_status rp_execute(const rp_work *work)
{
    if (rp_ops[work->op].kind == RP_OP_REDUCE) return rp_reduce_work(work);
    return run_small(work, rp_context_get()) ? RP_OK : run_planned(work);
}
