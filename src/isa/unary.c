/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The unary rows of ops.def, for the instruction set of RP_ISA and RP_SIMD_HEADER, and its variants.
 */
#include "kernels/map.h"
#include "isa/tables.h"

#define BOOL(name, expression) RP_EACH_BOOL(RP_DEFINE_UNARY, name, expression)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_DEFINE_UNARY, name, expression)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_UNARY, name, expression)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_DEFINE_UNARY, name, expression)
#define BITS(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_UNARY, name, expression)
#define KNOWN(name, truth) RP_EACH_BOOL(RP_DEFINE_KNOWN, name, truth) RP_EACH_INTEGER(RP_DEFINE_KNOWN, name, truth)
#define REAL(name, expression) RP_EACH_FLOAT(RP_DEFINE_UNARY, name, expression) RP_HALF(RP_DEFINE_UNARY_HALF, name)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_DEFINE_UNARY, name, expression)
#define PARTS(name, expression) RP_EACH_COMPLEX(RP_DEFINE_UNARY_PARTS, name, expression)
#define FLOATS(name, expression) RP_EACH_FLOAT(RP_DEFINE_UNARY, name, expression)
#define HALF(name, expression) RP_HALF(RP_DEFINE_UNARY_OWN_HALF, name, expression)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#include "kernels/forget_kinds.h"

#define BOOL(name, expression) RP_EACH_BOOL(RP_DESCRIBE_UNARY, name)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_DESCRIBE_UNARY, name)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_DESCRIBE_UNARY, name)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_DESCRIBE_UNARY, name)
#define BITS(name, expression) \
    RP_EACH_UNSIGNED(RP_DESCRIBE_UNARY, name) RP_DESCRIBE_SIGNED_BITS(RP_DESCRIBE_UNARY_AS, name)
#define REAL(name, expression) RP_HALF(RP_DESCRIBE_UNARY, name) RP_EACH_FLOAT(RP_DESCRIBE_UNARY, name)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_DESCRIBE_UNARY, name)
#define FLOATS(name, expression) RP_EACH_FLOAT(RP_DESCRIBE_UNARY, name)
#define HALF(name, expression) RP_HALF(RP_DESCRIBE_UNARY, name)
const rp_kernel RP_TABLE(unary)[] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
};
const size_t RP_TABLE(unary_count) = sizeof RP_TABLE(unary) / sizeof *RP_TABLE(unary);
