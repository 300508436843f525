/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Variance and standard deviation in two passes, as NumPy computes them: the mean, then the mean of the squares of the
 * distances to it. Every sum follows the fixed tree of reductions, so bits are equal on every CPU and number of threads.
 */
#include "array/array.h"
#include "array/shape.h"
#include "facts/dtypes.h"
#include "runtime/runtime.h"

double rp_folded_count(const rp_array *x, int count, const int *axes)
{
    double folded = axes ? 1 : (double)x->size;
    for (int i = 0; axes && i < count; i++) folded *= (double)x->dims[axes[i] < 0 ? axes[i] + x->ndim : axes[i]];
    return folded;
}

/* The sum of the squares of x - mean, x in the type that is computed in. own: x may be written. */
static rp_status sum_of_squares(rp_array *x, bool own, int count, const int *axes, bool keepdims, rp_array **sum)
{
    rp_array *mean = NULL, *distance = own ? x : NULL;
    rp_status status = rp_mean(x, count, axes, true, &mean);
    if (!status) status = rp_subtract(x, mean, &distance);
    if (!status) status = rp_square(distance, &distance);
    if (!status) status = rp_sum(distance, count, axes, keepdims, sum);
    rp_release(mean);
    if (!own) rp_release(distance);
    return status;
}

/* Each element of x, which is ours, divided by `count` and, for a standard deviation, its root taken. */
static rp_status finish(rp_array *x, double count, bool root)
{
    rp_array *divisor = NULL;
    rp_status status =
        rp_full(0, NULL, (rp_dtype)x->dtype, &(rp_scalar){.dtype = RP_FLOAT64, .re = count > 0 ? count : 0}, &divisor);
    if (!status) status = rp_divide(x, divisor, &x);
    if (!status && root) status = rp_sqrt(x, &x);
    rp_release(divisor);
    return status;
}

static rp_status variance(const char *name, const rp_array *x, int count, const int *axes, double correction,
                          bool keepdims, bool root, rp_array **out)
{
    if (!x || !out) return rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? "out" : "x");
    const rp_dtype dtype = (rp_dtype)x->dtype;
    const rp_kind kind = rp_dtype_kind(dtype);
    if (kind == RP_KIND_COMPLEX) return rp_fail(RP_ERROR_TYPE, "%s is not defined for %s", name, rp_dtypes[dtype].name);
    const rp_dtype result = kind == RP_KIND_REAL ? dtype : RP_FLOAT64, computed = (rp_dtype)rp_dtypes[result].compute;
    rp_array *cast = NULL, *sum = NULL;
    rp_status status = dtype == computed ? RP_OK : rp_astype(x, computed, &cast);
    if (!status) status = sum_of_squares(cast ? cast : (rp_array *)x, cast, count, axes, keepdims, &sum);
    if (!status) status = finish(sum, rp_folded_count(x, count, axes) - correction, root);
    if (!status && *out) status = rp_check_output(*out, name, result, sum->ndim, sum->dims);
    if (!status && !*out && result == computed) {
        *out = sum;
        sum = NULL;
    } else if (!status) {
        status = *out ? rp_assign(*out, sum) : rp_astype(sum, result, out);
    }
    rp_release(sum);
    rp_release(cast);
    return status;
}

rp_status rp_var(const rp_array *x, int count, const int *axes, double correction, bool keepdims, rp_array **out)
{
    return variance("var", x, count, axes, correction, keepdims, false, out);
}

rp_status rp_std(const rp_array *x, int count, const int *axes, double correction, bool keepdims, rp_array **out)
{
    return variance("std", x, count, axes, correction, keepdims, true, out);
}
