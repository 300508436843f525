/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The array object, for the files of the library and for the Python extension. Nobody else looks inside.
 */
#ifndef RP_ARRAY_H
#define RP_ARRAY_H

#include <stdatomic.h>

#include "facts/dtypes.h"
#include "raptors.h"

enum {
    RP_FLAG_CONTIGUOUS = 1, /* row-major without gaps; every array of size 0 or 1 */
    RP_FLAG_READONLY = 2,
    RP_FLAG_WEAK = 4,  /* 0-d, from a weak rp_scalar */
    RP_FLAG_POOLED = 8 /* data is a block of the pool, given back with the array */
};

struct rp_array {
    atomic_size_t references;
    char *data;
    ptrdiff_t size;              /* elements */
    size_t block_bytes;          /* what RP_FLAG_POOLED gives back */
    rp_array *base;              /* the array whose memory a view uses */
    rp_release_function release; /* of rp_wrap */
    void *context;
    uint8_t dtype, ndim, flags;
    ptrdiff_t *strides; /* dims + ndim */
    ptrdiff_t dims[];   /* the shape, then the strides, then (for a small array) its elements */
};

/* A weak or strong scalar as a 0-d array on the stack: no heap, no release. */
typedef struct rp_scalar_array {
    _Alignas(16) char value[16];
    rp_scalar scalar; /* as it was given */
    struct rp_array array;
} rp_scalar_array;

/* Errors: TYPE (dtype), OVERFLOW (a number that is not weak and that its type does not hold). */
rp_status rp_scalar_array_init(rp_scalar_array *storage, const rp_scalar *value);

/* Told of the end of elements that were a block of the pool (RP_FLAG_POOLED), by any thread. NULL: nobody is. Set before the
 * first array: the Python extension tells tracemalloc. */
extern void (*rp_array_end_hook)(const void *data);

/* A new array, elements not set. order: the axes from the slowest to the fastest, or NULL for row-major. zeroed
 * asks for zeros, for little where the system has fresh pages. The shape must be checked (rp_check_shape). */
rp_array *rp_array_new(int ndim, const ptrdiff_t *shape, rp_dtype dtype, const int *order, bool zeroed);
/* A view of `base`, with its own copies of shape and strides. NULL: no memory (the message is set). */
rp_array *rp_array_view(const rp_array *base, char *data, int ndim, const ptrdiff_t *shape, const ptrdiff_t *strides);
/* Ends a view that nobody else holds, but for its head, which is good for another view of as many axes or for rp_release.
 * false: others hold it, or it is no view; nothing was done. */
bool rp_array_end_view(rp_array *view);
void rp_array_renew_view(rp_array *ended, const rp_array *base, char *data, const ptrdiff_t *shape,
                         const ptrdiff_t *strides);
/* ndim, lengths and the product: VALUE or OVERFLOW. *size: the elements. */
rp_status rp_check_shape(int ndim, const ptrdiff_t *shape, size_t itemsize, ptrdiff_t *size);
/* Brings a negative axis into range; INDEX where it is out of range. */
rp_status rp_check_axis(int axis, int ndim, int *normal);
/* The lowest and one past the highest byte that the elements touch. */
void rp_extent(const rp_array *x, const char **low, const char **high);
bool rp_may_overlap(const rp_array *a, const rp_array *b);
/* Whether two elements of x share a byte, as those of a sliding window do. Where strides are so odd that it would take long
 * to tell, the answer is that they do. */
bool rp_overlaps_itself(const rp_array *x);
/* Whether x has exactly this shape. Loops beat memcmp's call at the one to three axes that arrays have. */
static inline bool rp_has_shape(const rp_array *x, int ndim, const ptrdiff_t *shape)
{
    if (x->ndim != ndim) return false;
    for (int i = 0; i < ndim; i++) {
        if (x->dims[i] != shape[i]) return false;
    }
    return true;
}

/* rp_map where nobody else knows the inputs k with bit k of `spare`, each an array that owns its elements: the result may be
 * computed into one of them, and *out is then that input, retained. *out must be NULL. */
rp_status rp_map_reusing(rp_op op, const rp_array *const *inputs, unsigned spare, rp_array **out);

/* A reduction with its types settled. */
typedef struct rp_reduction_types {
    rp_op op;             /* as asked */
    rp_op kernel_op;      /* as computed: mean is a sum, min of truth values is all */
    rp_dtype loop;        /* the accumulator's type, and the operand's in kernels */
    rp_dtype accumulated; /* the kernel's result */
    rp_dtype result;
} rp_reduction_types;
rp_reduction_types rp_reduction_types_of(rp_op op, rp_dtype dtype);

/* One number into one element of `dtype`, as a C cast does; no check. */
void rp_store_scalar(char *element, rp_dtype dtype, const rp_scalar *value);
void rp_load_scalar(const char *element, rp_dtype dtype, rp_scalar *value);
/* Whether an integer scalar lies in the range of an integer dtype. */
bool rp_scalar_fits(const rp_scalar *value, rp_dtype dtype);
/* OVERFLOW, with the integer that does not. */
rp_status rp_fail_integer(const rp_scalar *value, rp_dtype dtype);

#endif
