/* SPDX-License-Identifier: BSD-3-Clause
 *
 * names.h: which function names `raptors trace` counts.
 */
#ifndef RP_TRACE_NAMES_H
#define RP_TRACE_NAMES_H

#include <stdbool.h>

/* Whether the name is one of BLAS, LAPACK, VML, vDSP or vForce, or an MKL function that computes. */
__attribute__((visibility("hidden"))) bool rp_trace_wants(const char *name);

#endif
