/* SPDX-License-Identifier: BSD-3-Clause
 *
 * logsumexp above the engine: axes, types, the output.
 */
#include "engine/logsumexp.h"

#include <math.h>

#include "array/array.h"
#include "array/shape.h"
#include "facts/dtypes.h"
#include "runtime/runtime.h"

/* x with the reduced axes behind the kept ones, as rows: (outputs, elements of each). A copy where strides allow no view. */
static rp_status as_rows(const rp_array *x, const bool *reduced, ptrdiff_t outputs, ptrdiff_t n, rp_array **rows)
{
    int axes[RP_MAX_NDIM], count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < x->ndim; i++) {
            if (reduced[i] == pass) axes[count++] = i;
        }
    }
    rp_array *turned = NULL;
    rp_status status = rp_permute_dims(x, axes, &turned);
    if (!status) status = rp_reshape(turned, 2, (const ptrdiff_t[]){outputs, n}, false, rows);
    rp_release(turned);
    return status;
}

static rp_status compute(const rp_array *rows, rp_array *target)
{
    rp_array *max = NULL, *wide = NULL;
    rp_status status = rp_max(rows, 1, (const int[]){1}, false, &max);
    if (!status) status = rp_astype(max, RP_FLOAT64, &wide);
    if (!status) {
        const rp_logsumexp_work work = {.x = rows->data,
                                        .dtype = (rp_dtype)rows->dtype,
                                        .rows = (size_t)rows->dims[0],
                                        .n = (size_t)rows->dims[1],
                                        .row_stride = rows->strides[0],
                                        .stride = rows->strides[1],
                                        .max = (const double *)(const void *)wide->data,
                                        .to = (double *)(void *)target->data};
        status = rp_logsumexp_run(&work);
    }
    rp_release(max);
    rp_release(wide);
    return status;
}

rp_status rp_logsumexp(const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out)
{
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    const rp_kind kind = rp_dtype_kind((rp_dtype)x->dtype);
    if (kind == RP_KIND_COMPLEX)
        return rp_fail(RP_ERROR_TYPE, "logsumexp is not defined for %s", rp_dtypes[x->dtype].name);
    const rp_dtype result = kind == RP_KIND_REAL ? (rp_dtype)x->dtype : RP_FLOAT64;
    bool reduced[RP_MAX_NDIM];
    rp_status status = rp_find_axes(x, count, axes, reduced);
    if (status) return status;
    ptrdiff_t shape[RP_MAX_NDIM], size, n = 1;
    int ndim = 0;
    for (int i = 0; i < x->ndim; i++) {
        if (!reduced[i] || keepdims) shape[ndim++] = reduced[i] ? 1 : x->dims[i];
    }
    status = rp_check_shape(ndim, shape, sizeof(double), &size);
    if (!status && *out) status = rp_check_output(*out, "logsumexp", result, ndim, shape);
    if (status) return status;
    rp_array *target = rp_array_new(ndim, shape, RP_FLOAT64, NULL, false), *rows = NULL;
    if (!target) return RP_ERROR_MEMORY;
    for (int i = 0; x->size && i < x->ndim; i++) n *= reduced[i] ? x->dims[i] : 1;
    if (size && !x->size) status = rp_fill(target, &(rp_scalar){.dtype = RP_FLOAT64, .re = -(double)INFINITY});
    if (x->size) status = as_rows(x, reduced, size, n, &rows);
    if (rows) status = compute(rows, target);
    rp_release(rows);
    if (!status && !*out && result == RP_FLOAT64) {
        *out = target;
        return RP_OK;
    }
    if (!status) status = *out ? rp_assign(*out, target) : rp_astype(target, result, out);
    rp_release(target);
    return status;
}
