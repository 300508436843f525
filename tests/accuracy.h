/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What test_accuracy.c and test_complex.c share: errors in units of the last place, and the kernel that is judged.
 */
#ifndef RP_TEST_ACCURACY_H
#define RP_TEST_ACCURACY_H

#include <float.h>
#include <math.h>

#include "choose/registry.h"

/* What a truth says of arguments that it cannot judge. */
#define UNKNOWN (-LDBL_MAX)

static double error_f64(long double expected, double result)
{
    const double nearest = (double)expected;
    if (isnan(nearest) || isnan(result)) return isnan(nearest) && isnan(result) ? 0 : (double)INFINITY;
    if (nearest == result && signbit(nearest) == signbit(result)) {
        if (isinf(result) || result == 0) return 0;
    }
    if (isinf(nearest) || isinf(result)) { /* the largest number beside infinity is one unit away */
        const double size = fabs(isinf(result) ? nearest : result);
        return isinf(size) || size < DBL_MAX ? (double)INFINITY : 1;
    }
    int exponent;
    frexp(nearest, &exponent);
    if (nearest == 0 || exponent < -1021) exponent = -1021;
    return (double)(fabsl((long double)result - expected) / ldexpl(1, exponent - 53));
}

static const rp_kernel *best_kernel(int op, rp_dtype dtype, int shape)
{
    const rp_kernel *best = NULL, *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (kernel->op != op || kernel->dtype != dtype || kernel->shape != shape ||
            kernel->backend != RP_BACKEND_NATIVE)
            continue;
        if (rp_kernel_runs(kernel) && !(kernel->traits & RP_TRAIT_VARIANT) && (!best || kernel->isa > best->isa))
            best = kernel;
    }
    return best;
}

#endif
