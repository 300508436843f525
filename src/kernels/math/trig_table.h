/* SPDX-License-Identifier: BSD-3-Clause
 *
 * 2/pi in digits of 48 bits with signs: number i is the nearest whole number to 2^46 t, where t is 2^(i - 30) 2/pi less a
 * multiple of 4, -2 <= t <= 2. What it leaves of t is 2^-48 times the t of number i + 48.
 * And for float32: 2/pi less a multiple of 4 * 2^(23 - e), for numbers of exponent e from 30 on, as two float64 numbers; 0
 * for others, and so for infinity's: 128 is row 0.
 */
#ifndef RP_TRIG_TABLE_H
#define RP_TRIG_TABLE_H

enum { RP_TWO_OVER_PI_DIGITS = 1146, RP_TWO_OVER_PI_EXPONENTS = 128 };
extern const double rp_two_over_pi[RP_TWO_OVER_PI_DIGITS];
extern const double rp_two_over_pi_single[RP_TWO_OVER_PI_EXPONENTS][2];

#endif
