/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Shapes of several arrays together.
 */
#ifndef RP_SHAPE_H
#define RP_SHAPE_H

#include "array/array.h"

/* The arrays' broadcast shape; VALUE where there is none. */
rp_status rp_broadcast(int count, const rp_array *const *arrays, int *ndim, ptrdiff_t *shape);
/* The strides with which x walks through `shape`, to which it broadcasts. */
void rp_broadcast_strides(const rp_array *x, int ndim, const ptrdiff_t *shape, ptrdiff_t *strides);
/* The axes from slowest to fastest as NumPy's order='K' chooses them for a result of these operands (strides[k][axis],
 * 0 where broadcast). false: they are row-major. */
bool rp_keep_order(int operands, int ndim, const ptrdiff_t *shape, const ptrdiff_t *const *strides, int *order);
/* VALUE where an axis of `out` has stride 0. */
rp_status rp_check_apart(const rp_array *out);
/* Whether `out` may take the result of the operation `name`, of such type and shape: its shape, that it is writable and has no
 * stride 0 (VALUE), and NumPy's same_kind rule (TYPE). */
rp_status rp_check_output(const rp_array *out, const char *name, rp_dtype result, int ndim, const ptrdiff_t *shape);
/* Which axes a reduction over such axes folds; axes NULL: all. reduced: room for RP_MAX_NDIM. AXIS, or VALUE (an axis twice). */
rp_status rp_find_axes(const rp_array *x, int count, const int *axes, bool *reduced);
/* How many elements of x go into one result of a reduction over such axes, which are right. */
double rp_folded_count(const rp_array *x, int count, const int *axes);
/* "(2, 3)" for messages. */
const char *rp_shape_text(int ndim, const ptrdiff_t *shape, char text[96]);

#endif
