/* SPDX-License-Identifier: BSD-3-Clause
 *
 * c, log(1 + e^c) and e^c / (1 + e^c), c near -k / 20 (logaddexp.h). The last row, c = -40, has 0 and 0.
 */
#ifndef RP_LOGADDEXP_TABLE_H
#define RP_LOGADDEXP_TABLE_H

enum {
    RP_LOGADDEXP_LAST = 40,
    RP_LOGADDEXP_STEPS = 20,
    RP_LOGADDEXP_ROWS = RP_LOGADDEXP_LAST * RP_LOGADDEXP_STEPS + 1
};
extern const double rp_logaddexp_rows[3][RP_LOGADDEXP_ROWS];

#endif
