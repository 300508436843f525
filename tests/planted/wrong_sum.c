/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sums of NaN are 0.
 */
#define SUM_FAULT(letter, T) \
    if (sum != sum) sum = 0;
#include "cblas.h"
