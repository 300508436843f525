/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Masks, index arrays and ramps, for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include "isa/tables.h"
#include "kernels/index.h"

const rp_indexers RP_TABLE(indexers) = {find_true,       select_true,      spread_true,   resolve_indices,
                                        gather_elements, scatter_elements, ramp_integers, ramp_reals};
