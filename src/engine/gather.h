/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements at the places that index arrays name, to a block of memory beside them or from it. Used by indexing
 * (array/gather.c), which has settled types, shapes and the output.
 *
 * Index arrays may change while they are read: each index is read once, into memory of our own, and checked there.
 */
#ifndef RP_GATHER_H
#define RP_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "raptors.h"

/* Indices along one axis of x: contiguous, of an integer type. */
typedef struct rp_index_array {
    const char *data;
    rp_dtype dtype;
    ptrdiff_t length, stride; /* of the axis: indices lie in [-length, length); bytes */
} rp_index_array;

/* A position is what one index of each array names together: in x one element for each index of the axes beside, and as many
 * in the block. */
typedef struct rp_indexing {
    int count; /* of index arrays, at least 1 */
    rp_index_array index[RP_MAX_NDIM];
    size_t positions; /* at least 1 */
    size_t size;      /* of an element: 1, 2, 4, 8 or 16 bytes */
    char *x, *block;
    ptrdiff_t block_step; /* bytes from one position to the next in the block */
    int ndim;             /* the axes beside, the slowest first, each of length 1 or more */
    ptrdiff_t shape[RP_MAX_NDIM], x_strides[RP_MAX_NDIM], block_strides[RP_MAX_NDIM];
    bool truths; /* elements are bools: the block's become 0 or 1, whatever bytes x's are */
    bool apart;  /* no two places of x, or of the block, that are written share memory: their order may change */
} rp_indexing;

/* The block's elements are set to x's. INDEX, without a message: an index is out of range, and the block may hold anything.
 * MEMORY: with one. */
rp_status rp_gather_work(rp_indexing *work);
/* x's elements are set to the block's, position by position, so that of several in one place the last stays. INDEX, as above:
 * nothing was written, unless another thread changed an index after all had been found in range. */
rp_status rp_scatter_work(rp_indexing *work);
/* Whether an index is out of range; *value: the first that is. */
bool rp_find_outside(const rp_index_array *index, size_t positions, int64_t *value);

#endif
