/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nothing wrong; the test opens it before Raptors does.
 */
#include "cblas.h"
