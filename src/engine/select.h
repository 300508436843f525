/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a mask is true: how often, at which indices, and the elements there. The mask is counted block by block first, so that
 * threads know where each block's findings go. Used by indexing (array/gather.c).
 */
#ifndef RP_SELECT_H
#define RP_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "raptors.h"

typedef struct rp_selection {
    const char *mask; /* a byte an element, true where it is not 0 */
    size_t elements;
    size_t found; /* true ones */
    size_t blocks;
    size_t *first; /* of each block: how many were found before it; and all of them behind the last */
    size_t block_bytes;
    int threads;
} rp_selection;

/* Counts. size: bytes of an element that will be moved, for choosing threads. MEMORY: no room for the blocks' counts. */
rp_status rp_select(const char *mask, size_t elements, size_t size, rp_selection *selection);
void rp_selection_end(rp_selection *selection);

/* The elements of x (contiguous) where the mask is true, one after another into `to`. No more than were counted are written,
 * though another thread may change the mask meanwhile. */
void rp_select_elements(const rp_selection *selection, const char *x, rp_dtype dtype, char *to);
/* The other way: values (`found` elements) to the elements of x where the mask is true. */
void rp_spread_elements(const rp_selection *selection, char *x, size_t size, const char *values);
/* Their indices in a row-major array of this shape: ndim vectors of `found` each. */
void rp_select_indices(const rp_selection *selection, int ndim, const ptrdiff_t *shape, int64_t *const *to);

#endif
