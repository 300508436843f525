/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ends the process in a call.
 */
#include <stdlib.h>
#define FAULT(letter, T) exit(3);
#include "cblas.h"
