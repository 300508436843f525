/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Has no cblas_zscal and no cblas_zaxpy.
 */
#define WITHOUT_DOUBLE_COMPLEX
#include "cblas.h"
