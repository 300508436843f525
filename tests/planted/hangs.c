/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Never ends a call.
 */
#include <unistd.h>
#define FAULT(letter, T) \
    for (;;) pause();
#include "cblas.h"
