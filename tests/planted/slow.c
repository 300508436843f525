/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Right, and slow: each call sleeps.
 */
#include <time.h>
#define FAULT(letter, T) nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
#include "cblas.h"
