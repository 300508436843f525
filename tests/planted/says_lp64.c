/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads lengths of 64 bits, and does not say so.
 */
#define INTEGER int64_t
#include "cblas.h"
