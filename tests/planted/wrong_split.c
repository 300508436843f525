/* SPDX-License-Identifier: BSD-3-Clause
 *
 * On several threads it leaves out the last element of a long vector.
 */
#define FAULT(letter, T) \
    if (planted_threads > 1 && n > 100000) x[n - 1] /= alpha;
#include "cblas.h"
