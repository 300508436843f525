/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log(erfc(x)) + x^2 near the middle of each interval (erf.h): the value in two numbers, then the polynomial's coefficients.
 */
#ifndef RP_ERF_TABLE_H
#define RP_ERF_TABLE_H

enum { RP_ERF_TERMS = 11, RP_ERF_INTERVALS = 78 };
extern const double rp_erf_log[RP_ERF_TERMS][RP_ERF_INTERVALS];

#endif
