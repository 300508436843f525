/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions on element types that can fail; facts/dtypes.c knows the types.
 */
#include <string.h>

#include "facts/dtypes.h"
#include "runtime/runtime.h"

rp_status rp_dtype_from_name(const char *name, rp_dtype *dtype)
{
    if (!name || !dtype) return rp_fail(RP_ERROR_VALUE, "%s is NULL", name ? "dtype" : "name");
    const int found = rp_find_dtype(name, strlen(name));
    if (found < 0) return rp_fail(RP_ERROR_TYPE, "unknown dtype '%.40s'", name);
    *dtype = (rp_dtype)found;
    return RP_OK;
}

rp_status rp_promote_types(rp_dtype a, rp_dtype b, rp_dtype *common)
{
    if (!common) return rp_fail(RP_ERROR_VALUE, "common is NULL");
    if ((unsigned)a >= RP_DTYPE_COUNT || (unsigned)b >= RP_DTYPE_COUNT) {
        return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)((unsigned)a >= RP_DTYPE_COUNT ? a : b));
    }
    *common = rp_common_dtype(a, b);
    return RP_OK;
}
