/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nothing wrong: 32-bit lengths.
 */
#include "cblas.h"
