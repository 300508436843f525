/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The logarithm of a sum of exponentials along rows, once the rows' greatest elements are known.
 */
#ifndef RP_LOGSUMEXP_H
#define RP_LOGSUMEXP_H

#include "engine/fold.h"

/* rows x n elements of a real type, at least 1 of each, strides in bytes. max: of each row; to: where the results go, in float64. */
typedef struct rp_logsumexp_work {
    const char *x;
    rp_dtype dtype;
    size_t rows, n;
    ptrdiff_t row_stride, stride;
    const double *max;
    double *to;
} rp_logsumexp_work;

/* MEMORY: none for blocks and the results of parts. */
rp_status rp_logsumexp_run(const rp_logsumexp_work *work);

#endif
