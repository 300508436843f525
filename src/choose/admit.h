/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What admit.c and admit_rows.c share: real numbers in the operands of a trial, and the trial of reductions.
 */
#ifndef RP_ADMIT_H
#define RP_ADMIT_H

#include "choose/registry.h"

/* dtype: a real type, or a complex one, whose part is put. */
void rp_put_real(rp_dtype dtype, char *element, double x);
/* size: of the real number, 2, 4 or 8 bytes. */
double rp_get_real(const char *element, size_t size);

/* The part of rp_try_kernel for reductions. */
rp_verdict rp_try_rows(rp_registered *registered);

#endif
