/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the file RP_LOOPS for each complex type.
 */
#define RP_CODE c64
#include RP_LOOPS
#undef RP_CODE
#define RP_CODE c128
#include RP_LOOPS
#undef RP_CODE
#undef RP_LOOPS
