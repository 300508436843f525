/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What logaddexp.h does not reach: see logaddexp_cancelled.c.
 */
#ifndef RP_LOGADDEXP_CANCELLED_H
#define RP_LOGADDEXP_CANCELLED_H

/* log(e^x + e^y), y <= x < 0 and -750 < y, for which that is less than 2^-42 of x (or a subnormal number and less than half of x). */
double rp_logaddexp_cancelled(double x, double y);

#endif
