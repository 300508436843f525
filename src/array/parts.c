/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The parts of complex elements, as views, and their angles.
 */
#include "array/array.h"
#include "facts/dtypes.h"
#include "runtime/runtime.h"

static rp_status check(const rp_array *x, const char *name, const void *result)
{
    return x && result ? RP_OK : rp_fail(RP_ERROR_VALUE, "%s is NULL", x ? name : "x");
}

static void release(void *array) { rp_release(array); }

static bool is_complex(const rp_array *x) { return rp_dtype_kind((rp_dtype)x->dtype) == RP_KIND_COMPLEX; }

static rp_status view_part(const rp_array *x, bool imaginary, rp_array **view)
{
    const rp_dtype part = is_complex(x) ? (rp_dtype)rp_dtypes[x->dtype].real : (rp_dtype)x->dtype;
    char *const data = x->data + (imaginary ? rp_dtype_size(part) : 0);
    rp_array *owner = rp_retain((rp_array *)x);
    const rp_status status = rp_wrap(data, part, x->ndim, x->dims, x->strides, rp_is_readonly(x), release, owner, view);
    if (status) rp_release(owner);
    return status;
}

rp_status rp_real(const rp_array *x, rp_array **view)
{
    const rp_status status = check(x, "view", view);
    return status ? status : view_part(x, false, view);
}

rp_status rp_imag(const rp_array *x, rp_array **view)
{
    rp_status status = check(x, "view", view);
    if (status) return status;
    if (is_complex(x)) return view_part(x, true, view);
    status = rp_zeros(x->ndim, x->dims, (rp_dtype)x->dtype, view);
    if (!status) rp_set_readonly(*view);
    return status;
}

rp_status rp_angle(const rp_array *x, rp_array **out)
{
    rp_status status = check(x, "out", out);
    if (status) return status;
    rp_array *real = NULL, *imaginary = NULL;
    if (is_complex(x)) {
        status = view_part(x, false, &real);
        if (!status) status = view_part(x, true, &imaginary);
    } else {
        /* A weak 0, so that the type is that of x alone. */
        status = rp_from_scalar(&(rp_scalar){.dtype = RP_INT64, .weak = true}, &imaginary);
    }
    if (!status) status = rp_atan2(imaginary, real ? real : x, out);
    rp_release(imaginary);
    rp_release(real);
    return status;
}
