/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Says that its lengths have 64 bits, and reads 32.
 */
#define CONFIG "OpenBLAS 0.0.0 planted USE64BITINT"
#include "cblas.h"
