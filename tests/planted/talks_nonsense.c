/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes into every pipe that is open, and ends the process.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cblas.h"

__attribute__((constructor)) static void begin(void)
{
    char nonsense[4096];
    memset(nonsense, 0x55, sizeof nonsense);
    for (int file = 3; file < 64; file++) {
        struct stat what;
        if (fstat(file, &what) == 0 && S_ISFIFO(what.st_mode) && write(file, nonsense, sizeof nonsense) < 0) break;
    }
    _exit(9);
}
