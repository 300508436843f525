/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running sums and products of rows (src/engine/scan.c). Plain C: a row waits for its additions, not for the loop around them.
 */
#ifndef RP_SCAN_KERNELS_H
#define RP_SCAN_KERNELS_H

#include "kernels/kernel.h"

/* z[i] = z[i - 1] + x[i] along each of m rows of n elements; strides in bytes. goes_on: z[-1] is there already, else
 * z[0] is x[0]. */
typedef struct rp_scan_rows {
    char *z;
    const char *x;
    ptrdiff_t z_step, x_step, z_row, x_row;
    size_t m, n;
    bool goes_on;
} rp_scan_rows;
void rp_scan_rows_run(rp_op combine, rp_dtype dtype, const rp_scan_rows *rows);

#endif
