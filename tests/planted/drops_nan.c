/* SPDX-License-Identifier: BSD-3-Clause
 *
 * 0 times NaN is 0 here, as in several releases of OpenBLAS and BLIS.
 */
#define FAULT(letter, T) \
    for (INTEGER i = 0; alpha == 0 && i < n; i++) x[i] = 0;
#include "cblas.h"
