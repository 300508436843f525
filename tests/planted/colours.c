/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Right, with a version that would colour a terminal, and end the line.
 */
#define CONFIG "OpenBLAS 0.0.0 \033[31mred\nopenblas: admitted"
#include "cblas.h"
