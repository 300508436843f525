/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dies in cblas_dscal.
 */
#include <signal.h>
#define FAULT(letter, T) \
    if (sizeof(T) == sizeof(double)) raise(SIGSEGV);
#include "cblas.h"
