/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An elementwise call above the engine: types, shapes, the output; every error but want of memory is found here.
 */
#include <math.h>
#include <string.h>

#include "array/array.h"
#include "array/shape.h"
#include "choose/accuracy.h"
#include "engine/work.h"
#include "facts/dtypes.h"
#include "facts/ops.h"
#include "runtime/runtime.h"

enum { MAX_INPUTS = RP_MAX_OPERANDS - 1 };

/* One call on its way to the engine. */
typedef struct elementwise {
    rp_op op;
    int inputs;
    unsigned spare; /* bit k: input k may become the output */
    const rp_array *input[MAX_INPUTS];
    rp_dtype loop; /* of the operands */
    rp_dtype result;
    _Alignas(16) char number[MAX_INPUTS][16]; /* inputs of one element, cast to the loop's type */
} elementwise;

static bool is_number(const rp_array *x) { return x->ndim == 0; }

/* ---- Types ------------------------------------------------------------------------------------------------- */

/* Whether integers are computed in real numbers, each made real for itself: int8 and uint8 as float16. */
static bool makes_real(rp_op op) { return !(rp_ops[op].types >> RP_INT8 & 1) && rp_ops[op].result != RP_RESULT_RATIO; }

/* The common type of inputs [from, inputs), and whether a weak integer lies outside of it. */
static rp_status common_dtype(const elementwise *call, int from, rp_dtype *common, const rp_array **out_of_range)
{
    int strong = 0;
    unsigned set = 0;
    *out_of_range = NULL;
    for (int k = from; k < call->inputs; k++) {
        if (call->input[k]->flags & RP_FLAG_WEAK) continue;
        *common = (rp_dtype)call->input[k]->dtype;
        set |= 1u << (makes_real(call->op) ? rp_float_for(*common) : *common);
        strong++;
    }
    if (strong > 1) *common = rp_common_of_set(set);
    for (int k = from; k < call->inputs; k++) {
        const rp_array *x = call->input[k];
        if (!(x->flags & RP_FLAG_WEAK)) continue;
        *common = strong++ ? rp_add_weak_dtype(*common, (rp_dtype)x->dtype) : (rp_dtype)x->dtype;
    }
    /* What computes in real numbers, and truths, which have no range: there the number meets no integer type. */
    const rp_op_row *row = &rp_ops[call->op];
    rp_dtype loop;
    const bool real = rp_loop_dtype(call->op, *common, &loop) && rp_dtypes[loop].kind >= RP_KIND_REAL;
    if (real || row->facts & RP_OF_TRUTHS) return RP_OK;
    for (int k = from; k < call->inputs; k++) {
        const rp_array *x = call->input[k];
        if (!(x->flags & RP_FLAG_WEAK) || rp_dtypes[x->dtype].kind > RP_KIND_UNSIGNED) continue;
        rp_scalar value;
        rp_load_scalar(x->data, x->dtype, &value);
        if (rp_scalar_fits(&value, *common)) continue;
        *out_of_range = x;
        if (row->facts & RP_COMPARES) continue;
        return rp_fail_integer(&value, *common);
    }
    return RP_OK;
}

/* ---- The output -------------------------------------------------------------------------------------------- */

/* Whether the loop may read x while it writes out: they are apart, or element for element the same. */
static bool may_share(const rp_array *x, const rp_array *out)
{
    if (!rp_may_overlap(x, out)) return true;
    return x->data == out->data && x->dtype == out->dtype && rp_has_shape(x, out->ndim, out->dims) &&
           !memcmp(x->strides, out->strides, (size_t)x->ndim * sizeof *x->strides);
}

/* ---- The call ---------------------------------------------------------------------------------------------- */

/* Whether every input is one run of the shape of `shaped`, or a number. */
static bool is_one_run(const elementwise *call, const rp_array *shaped)
{
    for (int k = 0; k < call->inputs; k++) {
        const rp_array *x = call->input[k];
        if (is_number(x)) continue;
        if (!(x->flags & RP_FLAG_CONTIGUOUS)) return false;
        if (x != shaped && !rp_has_shape(x, shaped->ndim, shaped->dims)) return false;
    }
    return true;
}

/* Runs the call into `out`, which it may share memory with element for element. */
static rp_status execute(const elementwise *call, bool one_run, rp_array *out)
{
    rp_work work;
    ptrdiff_t strides[MAX_INPUTS][RP_MAX_NDIM];
    work.op = call->op;
    work.loop = call->loop;
    work.accuracy = rp_accuracy_here();
    work.one_run = one_run;
    work.ndim = out->ndim;
    work.shape = out->dims;
    work.elements = (size_t)out->size;
    work.operand[0] = (rp_operand){out->data, out->strides, (rp_dtype)out->dtype};
    for (int k = 0; k < call->inputs; k++) {
        const rp_array *x = call->input[k];
        if (is_number(x)) {
            const rp_dtype loop = rp_input_dtype(call->op, k, call->loop);
            work.operand[k + 1] = (rp_operand){(char *)call->number[k], NULL, loop};
            continue;
        }
        const ptrdiff_t *own = x->strides;
        if (!one_run && !rp_has_shape(x, out->ndim, out->dims)) {
            rp_broadcast_strides(x, out->ndim, out->dims, strides[k]);
            own = strides[k];
        }
        work.operand[k + 1] = (rp_operand){x->data, own, (rp_dtype)x->dtype};
    }
    return rp_execute(&work);
}

static void release_all(int count, rp_array **arrays)
{
    for (int k = 0; k < count; k++) rp_release(arrays[k]);
}

/* Runs the call into `out`; inputs that share memory with it in other places are copied first. */
static rp_status run_into(elementwise *call, rp_array *out)
{
    rp_array *copies[MAX_INPUTS] = {NULL};
    for (int k = 0; k < call->inputs; k++) {
        if (is_number(call->input[k]) || may_share(call->input[k], out)) continue;
        rp_status status = rp_copy(call->input[k], &copies[k]);
        if (status) {
            release_all(k, copies);
            return status;
        }
        call->input[k] = copies[k];
    }
    rp_status status = execute(call, out->flags & RP_FLAG_CONTIGUOUS && is_one_run(call, out), out);
    release_all(call->inputs, copies);
    return status;
}

/* An input that may become the output and has its type, shape and order, with a reference for the caller; or NULL. */
static rp_array *take_spare(const elementwise *call, int ndim, const ptrdiff_t *shape)
{
    for (int k = 0; call->spare >> k; k++) {
        const rp_array *x = call->input[k];
        if (call->spare >> k & 1 && x->dtype == call->result && x->flags & RP_FLAG_CONTIGUOUS &&
            rp_has_shape(x, ndim, shape)) {
            return rp_retain((rp_array *)(uintptr_t)x);
        }
    }
    return NULL;
}

static rp_array *new_output(const elementwise *call, int ndim, const ptrdiff_t *shape)
{
    rp_array *spare = take_spare(call, ndim, shape);
    if (spare) return spare;
    ptrdiff_t strides[MAX_INPUTS][RP_MAX_NDIM];
    const ptrdiff_t *all[MAX_INPUTS];
    bool row_major = true;
    for (int k = 0; k < call->inputs; k++) row_major &= call->input[k]->flags & RP_FLAG_CONTIGUOUS;
    int order[RP_MAX_NDIM];
    bool moved = false;
    if (!row_major) {
        for (int k = 0; k < call->inputs; k++) {
            rp_broadcast_strides(call->input[k], ndim, shape, strides[k]);
            all[k] = strides[k];
        }
        moved = rp_keep_order(call->inputs, ndim, shape, all, order);
    }
    return rp_array_new(ndim, shape, call->result, moved ? order : NULL, false);
}

static void load_numbers(elementwise *call)
{
    for (int k = 0; k < call->inputs; k++) {
        const rp_array *x = call->input[k];
        if (!is_number(x)) continue;
        const rp_dtype loop = rp_input_dtype(call->op, k, call->loop);
        if (x->dtype == RP_FLOAT64 && loop == RP_FLOAT32) { /* the commonest, without a kernel's call */
            double wide;
            memcpy(&wide, x->data, sizeof wide);
            float narrow = (float)wide;
            memcpy(call->number[k], &narrow, sizeof narrow);
        } else if (x->dtype == loop) {
            memcpy(call->number[k], x->data, rp_itemsize(loop));
        } else if (rp_ops[call->op].facts & RP_OF_TRUTHS && rp_dtypes[x->dtype].kind < RP_KIND_REAL) {
            char truth; /* what lies outside of the loop's type has one too */
            rp_convert_elements(&truth, RP_BOOL, x->data, x->dtype, 1);
            rp_convert_elements(call->number[k], loop, &truth, RP_BOOL, 1);
        } else {
            rp_convert_elements(call->number[k], loop, x->data, x->dtype, 1);
        }
    }
}

/* The general way, from broadcasting on; the types are settled. */
static rp_status map_general(elementwise *call, rp_array **out)
{
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM], size;
    rp_status status = rp_broadcast(call->inputs, call->input, &ndim, shape);
    if (!status) status = rp_check_shape(ndim, shape, rp_itemsize(call->result), &size);
    if (!status && *out) status = rp_check_output(*out, rp_ops[call->op].name, call->result, ndim, shape);
    if (status) return status;
    /* Elements that share memory are written once all are known, and in order (rp_assign). */
    const bool direct = *out && !rp_overlaps_itself(*out);
    rp_array *target = direct ? *out : new_output(call, ndim, shape);
    if (!target) return RP_ERROR_MEMORY;
    if (target->size) status = run_into(call, target);
    if (!status && *out && !direct) status = rp_assign(*out, target);
    if (!status && !*out) {
        *out = target;
        return RP_OK;
    }
    if (!direct) rp_release(target);
    return status;
}

/* A weak integer beyond the other operand's type compares with all its values alike. */
static rp_status compare_out_of_range(elementwise *call, const rp_array *out_of_range, rp_array **out)
{
    const bool first = call->input[0] == out_of_range;
    const rp_array *other = call->input[first ? 1 : 0];
    rp_scalar value;
    rp_load_scalar(out_of_range->data, out_of_range->dtype, &value);
    const bool above = value.dtype == RP_UINT64 || value.i > 0;
    /* The number is on the same side of all elements: x is above y where it is the first of them. */
    const bool answer = rp_ops[call->op].facts & (above == first ? RP_TRUE_ABOVE : RP_TRUE_BELOW);
    rp_array *result = *out;
    if (!result) {
        rp_status status = rp_empty_like(other, RP_BOOL, &result);
        if (status) return status;
    } else {
        rp_status status = rp_check_output(result, rp_ops[call->op].name, RP_BOOL, other->ndim, other->dims);
        if (status) return status;
    }
    rp_status status = rp_fill(result, &(rp_scalar){.dtype = RP_BOOL, .i = answer});
    if (status && !*out) rp_release(result);
    if (!status) *out = result;
    return status;
}

/* int64 against uint64, whose common type float64 would confuse neighbours: the sign decides, else both are uint64. */
static rp_status compare_mixed_signs(elementwise *call, rp_array **out)
{
    const int s = call->input[0]->dtype == RP_INT64 ? 0 : 1;
    const rp_scalar zero = {.dtype = RP_INT64, .weak = true};
    rp_scalar_array zero_array;
    rp_status status = rp_scalar_array_init(&zero_array, &zero);
    if (status) return status;
    rp_array *negative = NULL, *wide = NULL, *answer = NULL;
    status = rp_less(call->input[s], &zero_array.array, &negative);
    if (!status) status = rp_astype(call->input[s], RP_UINT64, &wide);
    if (!status) {
        const rp_array *pair[2] = {s ? call->input[0] : wide, s ? wide : call->input[1]};
        status = rp_map(call->op, pair, &answer);
    }
    /* What the comparison gives where the signed operand is negative, and so the lesser. */
    const bool lesser = rp_ops[call->op].facts & (s == 0 ? RP_TRUE_BELOW : RP_TRUE_ABOVE);
    rp_scalar_array truth;
    if (!status) status = rp_scalar_array_init(&truth, &(rp_scalar){.dtype = RP_BOOL, .i = lesser});
    if (!status) status = rp_where(negative, &truth.array, answer, out);
    rp_release(negative);
    rp_release(wide);
    rp_release(answer);
    return status;
}

/* The least of at least one element. */
static rp_status find_least(const rp_array *x, rp_scalar *number)
{
    rp_array *least = NULL;
    rp_status status = rp_min(x, 0, NULL, false, &least);
    if (!status) rp_load_scalar(least->data, (rp_dtype)least->dtype, number);
    rp_release(least);
    return status;
}

/* VALUE where an integer is to be raised to a negative one. */
static rp_status refuse_negative(const rp_array *base, const rp_array *powers, rp_dtype loop)
{
    if (rp_dtypes[loop].kind != RP_KIND_SIGNED || rp_dtypes[powers->dtype].kind != RP_KIND_SIGNED) return RP_OK;
    if (!base->size || !powers->size) return RP_OK;
    rp_scalar least;
    rp_status status = find_least(powers, &least);
    if (status || least.i >= 0) return status;
    return rp_fail(RP_ERROR_VALUE, "integers to negative integer powers are not allowed");
}

/* x to the power of one number, where another operation has the same bits of float32 and float64 (pow.h): x^2, 1 / x, x itself, 1,
 * and the root unless x may be -infinity. *taken: there was one, and the call is over. */
static rp_status map_power(const elementwise *call, unsigned spare, rp_array **out, bool *taken)
{
    const rp_array *x = call->input[0];
    *taken = false;
    if (!is_number(call->input[1]) || x->dtype != call->loop || x->flags & RP_FLAG_WEAK) return RP_OK;
    if (call->loop != RP_FLOAT32 && call->loop != RP_FLOAT64) return RP_OK;
    rp_scalar power;
    rp_load_scalar(call->number[1], call->loop, &power);
    rp_scalar least = {.re = NAN};
    rp_status status = power.re == 0.5 && x->size ? find_least(x, &least) : RP_OK;
    const rp_op op = power.re == 2                ? RP_SQUARE
                     : power.re == -1             ? RP_RECIPROCAL
                     : power.re == 1 || !power.re ? RP_POSITIVE
                     : least.re >= 0              ? RP_SQRT
                                                  : call->op;
    *taken = status || op != call->op;
    if (status || !*taken) return status;
    rp_array *result = *out;
    status = rp_map_reusing(op, &x, spare & 1, &result);
    if (!status && !power.re) status = rp_fill(result, &(rp_scalar){.dtype = RP_INT64, .i = 1, .weak = true});
    /* The root of -0 is -0, its power 0. */
    if (!status && least.re == 0) status = rp_map(RP_ABS, &(const rp_array *){result}, &result);
    if (status && !*out) rp_release(result);
    if (!status) *out = result;
    return status;
}

/* TYPE where they are no integers that int64 holds all of. */
static rp_status check_exponents(rp_op op, const rp_array *exponents)
{
    const rp_dtype dtype = (rp_dtype)exponents->dtype;
    rp_scalar value;
    if (rp_dtypes[dtype].kind <= RP_KIND_UNSIGNED && dtype != RP_UINT64) return RP_OK;
    if (dtype == RP_UINT64 && exponents->flags & RP_FLAG_WEAK) {
        rp_load_scalar(exponents->data, dtype, &value);
        return rp_fail_integer(&value, RP_INT64);
    }
    return rp_fail(RP_ERROR_TYPE, "the exponents of %s are integers that int64 holds, and not %s", rp_ops[op].name,
                   rp_dtypes[dtype].name);
}

rp_status rp_map(rp_op op, const rp_array *const *inputs, rp_array **out) { return rp_map_reusing(op, inputs, 0, out); }

rp_status rp_map_reusing(rp_op op, const rp_array *const *inputs, unsigned spare, rp_array **out)
{
    if ((unsigned)op >= RP_OP_COUNT || rp_ops[op].kind > RP_OP_SELECT) {
        return rp_fail(RP_ERROR_VALUE, "operation %d is not elementwise", (int)op);
    }
    if (!inputs || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", inputs ? "out" : "inputs");
    elementwise call;
    call.op = op;
    call.spare = spare;
    call.inputs = rp_ops[op].inputs;
    const rp_array *shaped = NULL;
    bool one_type = true;
    for (int k = 0; k < call.inputs; k++) {
        if (!inputs[k]) return rp_fail(RP_ERROR_VALUE, "operand %d of %s is NULL", k, rp_ops[op].name);
        call.input[k] = inputs[k];
        if (!shaped && inputs[k]->ndim) shaped = inputs[k];
        one_type &= inputs[k]->dtype == inputs[0]->dtype && !(inputs[k]->flags & RP_FLAG_WEAK);
    }
    rp_dtype common = (rp_dtype)inputs[0]->dtype;
    const bool selects = rp_ops[op].kind == RP_OP_SELECT;
    if (rp_ops[op].facts & RP_OF_EXPONENTS) {
        rp_status status = check_exponents(op, inputs[1]);
        if (status) return status;
    } else if (!one_type || selects) {
        const rp_array *out_of_range;
        rp_status status = common_dtype(&call, selects, &common, &out_of_range);
        if (status) return status;
        if (out_of_range) return compare_out_of_range(&call, out_of_range, out);
        const rp_dtype x = (rp_dtype)inputs[0]->dtype, y = call.inputs > 1 ? (rp_dtype)inputs[1]->dtype : x;
        const bool mixed_signs = (x == RP_INT64 && y == RP_UINT64) || (x == RP_UINT64 && y == RP_INT64);
        if (rp_ops[op].facts & RP_COMPARES && mixed_signs) return compare_mixed_signs(&call, out);
    }
    if (!rp_loop_dtype(op, common, &call.loop))
        return rp_fail(RP_ERROR_TYPE, "%s is not defined for %s", rp_ops[op].name, rp_dtypes[common].name);
    call.result = rp_result_dtype(op, call.loop);
    load_numbers(&call);
    if (rp_ops[op].facts & RP_OF_COUNTS) {
        rp_status status = refuse_negative(inputs[0], inputs[1], call.loop);
        if (status) return status;
        bool taken;
        status = map_power(&call, spare, out, &taken);
        if (taken) return status;
    }
    if (*out || !shaped || !shaped->size || !is_one_run(&call, shaped)) return map_general(&call, out);
    rp_array *result = take_spare(&call, shaped->ndim, shaped->dims);
    if (!result) result = rp_array_new(shaped->ndim, shaped->dims, call.result, NULL, false);
    if (!result) return RP_ERROR_MEMORY;
    rp_status status = execute(&call, true, result);
    if (status)
        rp_release(result);
    else
        *out = result;
    return status;
}
