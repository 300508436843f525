/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Right, and sleeps while it is loaded.
 */
#include <time.h>

#include "cblas.h"

__attribute__((constructor)) static void begin(void) { nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL); }
