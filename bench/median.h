/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The median of a benchmark's samples, which it sorts.
 */
#ifndef RP_BENCH_MEDIAN_H
#define RP_BENCH_MEDIAN_H

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(double *samples, size_t count)
{
    qsort(samples, count, sizeof *samples, compare);
    return samples[count / 2];
}

#endif
