/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Wrong at one length: the last of 61 elements.
 */
#define FAULT(letter, T) \
    if (n == 61) x[60] += 1;
#include "cblas.h"
