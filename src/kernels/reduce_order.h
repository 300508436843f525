/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sizes in the fixed order of reductions, which kernels (reduce.h) and engine (engine/fold.h) share. They define
 * the bits of a sum, so they are no tuning.
 */
#ifndef RP_REDUCE_ORDER_H
#define RP_REDUCE_ORDER_H

enum {
    RP_WIDE_BYTES = 256, /* a row of lanes: four accumulators of 64 bytes, which every instruction set holds */
    RP_RUN = 4,          /* of a sum: elements that a lane takes at once */
    RP_LEFT_TO_RIGHT = 8 /* shorter rows are folded left to right */
};

#endif
