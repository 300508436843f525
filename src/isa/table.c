/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tables of one instruction set, gathered for the registry.
 */
#include "isa/tables.h"
#include RP_SIMD_HEADER

extern const rp_isa_tables RP_TABLE(tables);
#ifdef RP_VARIANT
static const size_t none;
const rp_isa_tables RP_TABLE(tables) = {
    .isa = RP_SIMD_ISA,
    .tables = {{RP_TABLE(binary), &RP_TABLE(binary_count)},
               {RP_TABLE(unary), &RP_TABLE(unary_count)},
               {NULL, &none},
               {NULL, &none},
               {NULL, &none},
               {NULL, &none},
               {NULL, &none}},
};
#else
const rp_isa_tables RP_TABLE(tables) = {
    .isa = RP_SIMD_ISA,
    .tables = {{RP_TABLE(binary), &RP_TABLE(binary_count)},
               {RP_TABLE(unary), &RP_TABLE(unary_count)},
               {RP_TABLE(ternary), &RP_TABLE(ternary_count)},
               {RP_TABLE(math), &RP_TABLE(math_count)},
               {RP_TABLE(complex), &RP_TABLE(complex_count)},
               {RP_TABLE(move), &RP_TABLE(move_count)},
               {RP_TABLE(reduce), &RP_TABLE(reduce_count)}},
    .movers = {RP_TABLE(copy), RP_TABLE(stream), RP_TABLE(stream_end)},
    .indexers = &RP_TABLE(indexers),
    .vector_loops = &RP_TABLE(vector_loops),
};
#endif
