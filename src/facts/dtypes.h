/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What an element type is: the rows of dtypes.def, and NumPy's promotion, for callers that have checked their types.
 * The public look-ups by type (rp_dtype_name and the like) are in dtypes.c.
 */
#ifndef RP_FACTS_DTYPES_H
#define RP_FACTS_DTYPES_H

#include "raptors.h"

typedef struct rp_dtype_row {
    const char *name, *code;
    uint8_t size, kind; /* rp_kind */
    /* rp_dtype: the least real and the least complex type that hold it (real: the parts' type of a complex one), the type
     * of its sums, and the type that reductions add up in */
    uint8_t real, complex, wide, compute;
} rp_dtype_row;

extern const rp_dtype_row rp_dtypes[RP_DTYPE_COUNT];

/* rp_dtype_size of a type that is known to be one. */
static inline size_t rp_itemsize(int dtype) { return rp_dtypes[dtype].size; }

/* "float32" or "f32", `length` characters of it; -1: no such type. */
int rp_find_dtype(const char *word, size_t length);
/* NumPy's promotion of two element types; it always exists. */
rp_dtype rp_common_dtype(rp_dtype a, rp_dtype b);
/* Of a set of types, bit d for dtype d, not empty: as numpy.result_type finds it, from the highest down. Pair by pair in the
 * order of arrays it would depend on that: uint16 and int8 make int32, which float16 takes to float64, and uint16 and
 * float16 float32. */
rp_dtype rp_common_of_set(unsigned set);
/* The type that holds the first and a weak number of the second (NEP 50): a number gives its kind where the arrays' is
 * lower, and never its size. */
rp_dtype rp_add_weak_dtype(rp_dtype common, rp_dtype weak);
/* The smallest real type that NumPy takes an integer or bool to; real and complex types stay. */
rp_dtype rp_float_for(rp_dtype dtype);

#endif
