/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running sums and products along one axis, on pointers, strides and lengths: each element joins the result before it, in
 * order, in the result's own type. So the bits are those of that order, whatever the layout and the number of threads.
 */
#ifndef RP_SCAN_H
#define RP_SCAN_H

#include "engine/fold.h"

/* fold: combine RP_ADD or RP_MULTIPLY; `loop` the type of the results, to which elements are cast first; the kept axes, and
 * from and to at index 0 of all. to_stride: of the results along the axis. Results and elements are apart, or, of one
 * type, element for element the same. Length and kept lengths are at least 1. MEMORY: none for blocks in between. */
rp_status rp_scan_run(const rp_fold *fold, ptrdiff_t to_stride);

#endif
