/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of ops.def with three operands, for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include "kernels/map.h"
#include "isa/tables.h"

#define BOOL(name, expression) RP_EACH_BOOL(RP_DEFINE_TERNARY, name, expression)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_DEFINE_TERNARY, name, expression)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_TERNARY, name, expression)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_DEFINE_TERNARY, name, expression)
#define BITS(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_TERNARY, name, expression)
#define REAL(name, expression) RP_EACH_FLOAT(RP_DEFINE_TERNARY, name, expression) RP_HALF(RP_DEFINE_TERNARY_HALF, name)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_DEFINE_TERNARY, name, expression)
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#include "kernels/forget_kinds.h"

#define BOOL(name, expression) RP_EACH_BOOL(RP_DESCRIBE_TERNARY, name)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_DESCRIBE_TERNARY, name)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_DESCRIBE_TERNARY, name)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_DESCRIBE_TERNARY, name)
#define BITS(name, expression) \
    RP_EACH_UNSIGNED(RP_DESCRIBE_TERNARY, name) RP_DESCRIBE_SIGNED_BITS(RP_DESCRIBE_TERNARY_AS, name)
#define REAL(name, expression) RP_HALF(RP_DESCRIBE_TERNARY, name) RP_EACH_FLOAT(RP_DESCRIBE_TERNARY, name)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_DESCRIBE_TERNARY, name)
const rp_kernel RP_TABLE(ternary)[] = {
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
};
const size_t RP_TABLE(ternary_count) = sizeof RP_TABLE(ternary) / sizeof *RP_TABLE(ternary);
