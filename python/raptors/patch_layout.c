/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How the operands of an elementwise call lie, seen as NumPy's iterator sees it.
 */
#include "patch_loops.h"

#include <string.h>

#include "kernels/kernel.h"

/* The bytes that an array touches. */
static void extent(PyArrayObject *x, const char **low, const char **high)
{
    *low = *high = PyArray_BYTES(x);
    for (int i = 0; i < PyArray_NDIM(x); i++) {
        const npy_intp reach = (PyArray_DIM(x, i) - 1) * PyArray_STRIDE(x, i);
        *(reach < 0 ? low : high) += reach;
    }
    *high += PyArray_ITEMSIZE(x);
}

/* The input is the output, element for element, or apart from it. */
bool patch_may_share(PyArrayObject *x, PyArrayObject *out)
{
    const char *low, *high, *out_low, *out_high;
    extent(x, &low, &high);
    extent(out, &out_low, &out_high);
    if (high <= out_low || out_high <= low) {
        return true;
    }
    return PyArray_DATA(x) == PyArray_DATA(out) && PyArray_DESCR(x) == PyArray_DESCR(out) && patch_same_shape(x, out) &&
           memcmp(PyArray_STRIDES(x), PyArray_STRIDES(out), (size_t)PyArray_NDIM(x) * sizeof(npy_intp)) == 0;
}

/* The common shape; false where there is none, or one without elements. */
bool patch_broadcast(const patch_operand *operand, int inputs, patch_run *run)
{
    run->ndim = 0;
    for (int k = 0; k < inputs; k++) {
        if (operand[k].array && PyArray_NDIM(operand[k].array) > run->ndim) {
            run->ndim = PyArray_NDIM(operand[k].array);
        }
    }
    run->elements = 1;
    for (int axis = 0; axis < run->ndim; axis++) {
        run->shape[axis] = 1;
        for (int k = 0; k < inputs; k++) {
            PyArrayObject *x = operand[k].array;
            const int own = x ? axis - (run->ndim - PyArray_NDIM(x)) : -1;
            if (own < 0 || PyArray_DIM(x, own) == 1) {
                continue;
            }
            if (run->shape[axis] != 1 && run->shape[axis] != PyArray_DIM(x, own)) {
                return false;
            }
            run->shape[axis] = PyArray_DIM(x, own);
        }
        if (__builtin_mul_overflow(run->elements, (size_t)run->shape[axis], &run->elements)) {
            return false;
        }
    }
    return run->elements > 0 && run->elements <= PTRDIFF_MAX / 16;
}

/* 0 along axes that are one long, as in NumPy's iterator, which a single axis does not need: some loops look at it. */
void patch_set_strides(patch_run *run, int k, PyArrayObject *x)
{
    const bool single = run->ndim == 1 && run->shape[0] == 1;
    for (int axis = 0; axis < run->ndim; axis++) {
        const int own = x ? axis - (run->ndim - PyArray_NDIM(x)) : -1;
        const bool repeated = own < 0 || (PyArray_DIM(x, own) == 1 && !single);
        run->strides[k][axis] = repeated ? 0 : PyArray_STRIDE(x, own);
    }
}

/* No element of the output lies in another: each axis steps over all that is inside of it. */
bool patch_is_spread(const patch_run *run, int k, npy_intp itemsize, const int *order)
{
    npy_intp inside = itemsize;
    for (int i = 0; i < run->ndim; i++) {
        const npy_intp n = run->shape[order[i]], stride = rp_magnitude(run->strides[k][order[i]]);
        if (n == 1) {
            continue;
        }
        if (stride < inside) {
            return false;
        }
        inside = stride * n;
    }
    return true;
}

/* Axes that are one long go, and neighbours become one where every operand walks them as one; the slowest comes first. */
void patch_fold_axes(patch_run *run, const int *order)
{
    int kept = 0;
    npy_intp shape[NPY_MAXDIMS], strides[PATCH_MOST_OPERANDS][NPY_MAXDIMS];
    for (int i = run->ndim - 1; i >= 0; i--) {
        const npy_intp n = run->shape[order[i]];
        if (n == 1 && (kept || i)) {
            continue;
        }
        bool joins = kept > 0;
        for (int k = 0; joins && k < run->operands; k++) {
            joins = strides[k][kept - 1] == run->strides[k][order[i]] * n;
        }
        kept += !joins;
        shape[kept - 1] = joins ? shape[kept - 1] * n : n;
        for (int k = 0; k < run->operands; k++) {
            strides[k][kept - 1] = run->strides[k][order[i]];
        }
    }
    run->ndim = kept;
    memcpy(run->shape, shape, (size_t)kept * sizeof *shape);
    for (int k = 0; k < run->operands; k++) {
        memcpy(run->strides[k], strides[k], (size_t)kept * sizeof *shape);
    }
}

/* An axis that no operand walks forwards is walked from its end, unless the result is new. */
void patch_turn_axes(patch_run *run)
{
    for (int axis = 0; axis < run->ndim; axis++) {
        bool backwards = false, forwards = false;
        for (int k = 0; k < run->operands; k++) {
            backwards |= run->strides[k][axis] < 0;
            forwards |= run->strides[k][axis] > 0;
        }
        for (int k = 0; backwards && !forwards && k < run->operands; k++) {
            run->data[k] += run->strides[k][axis] * (run->shape[axis] - 1);
            run->strides[k][axis] = -run->strides[k][axis];
        }
    }
}
