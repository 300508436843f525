/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Right, and takes more time for all of its kernels than a library may be silent, but for none of them.
 */
#include <time.h>
#define FAULT(letter, T)                                                         \
    static int called;                                                           \
    if (!called++) nanosleep(&(struct timespec){2, .tv_nsec = 600000000}, NULL);
#include "cblas.h"
