/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nothing wrong: 64-bit lengths.
 */
#define INTEGER int64_t
#define CONFIG "OpenBLAS 0.0.0 planted USE64BITINT"
#include "cblas.h"
