/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Promotion, for callers that have checked their types.
 */
#ifndef RP_DTYPE_RULES_H
#define RP_DTYPE_RULES_H

#include "raptors.h"

/* rp_dtype_size of a type that is known to be one. */
static inline size_t rp_itemsize(int dtype)
{
    static const uint8_t sizes[RP_DTYPE_COUNT] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format) sizeof(ctype),
#include "raptors/dtypes.def"
#undef RP_DTYPE
    };
    return sizes[dtype];
}

/* NumPy's promotion of two element types; it always exists. */
rp_dtype rp_common_dtype(rp_dtype a, rp_dtype b);
/* The smallest real type that NumPy takes an integer or bool to; real and complex types stay. */
rp_dtype rp_float_for(rp_dtype dtype);

#endif
