/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dies while it is loaded.
 */
#include <signal.h>

#include "cblas.h"

__attribute__((constructor)) static void begin(void) { raise(SIGSEGV); }
