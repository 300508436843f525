/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Never ends loading.
 */
#include <unistd.h>

#include "cblas.h"

__attribute__((constructor)) static void begin(void)
{
    for (;;) pause();
}
