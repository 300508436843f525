/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes one byte behind the end.
 */
#define FAULT(letter, T) \
    if (n > 0) ((char *)(x + n))[0] = 0;
#include "cblas.h"
