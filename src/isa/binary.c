/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The binary rows of ops.def, for the instruction set of RP_ISA and RP_SIMD_HEADER, and its variants.
 */
#include "kernels/map.h"
#ifdef RP_VARIANT
#define RP_DEFINE_QUOTIENT RP_DEFINE_BINARY
#define RP_DEFINE_REAL_QUOTIENT RP_DEFINE_BINARY
#define RP_DEFINE_INTEGER_POW RP_DEFINE_BINARY
#else
#include "kernels/division.h"
#include "kernels/integer_pow.h"
#endif
#include "isa/tables.h"

/* The loops of rows further down that earlier ones name. */
RP_EACH_VALUE(RP_DECLARE_BINARY, less)
RP_EACH_VALUE(RP_DECLARE_BINARY, less_equal)

#define BOOL(name, expression) RP_EACH_BOOL(RP_DEFINE_BINARY, name, expression)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_DEFINE_BINARY, name, expression)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_BINARY, name, expression)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_DEFINE_BINARY, name, expression)
#define QUOTIENT(name, expression) RP_EACH_INTEGER(RP_DEFINE_QUOTIENT, name, expression)
#define BITS(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_BINARY, name, expression)
#define COUNTED(name, expression) RP_EACH_UNSIGNED(RP_DEFINE_INTEGER_POW, name, expression)
#define REAL(name, expression) RP_EACH_FLOAT(RP_DEFINE_BINARY, name, expression) RP_HALF(RP_DEFINE_BINARY_HALF, name)
#define REAL_QUOTIENT(name, expression) \
    RP_EACH_FLOAT(RP_DEFINE_REAL_QUOTIENT, name, expression) RP_HALF(RP_DEFINE_BINARY_HALF, name)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_DEFINE_BINARY, name, expression)
#define PARTS(name, expression) RP_EACH_COMPLEX(RP_DEFINE_BINARY_PARTS, name, expression)
#define FLOATS(name, expression) RP_EACH_FLOAT(RP_DEFINE_BINARY, name, expression)
#define HALF(name, expression) RP_HALF(RP_DEFINE_BINARY_OWN_HALF, name, expression)
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
#include "kernels/forget_kinds.h"

#define BOOL(name, expression) RP_EACH_BOOL(RP_DESCRIBE_BINARY, name)
#define SIGNED(name, expression) RP_EACH_SIGNED(RP_DESCRIBE_BINARY, name)
#define UNSIGNED(name, expression) RP_EACH_UNSIGNED(RP_DESCRIBE_BINARY, name)
#define INTEGER(name, expression) RP_EACH_INTEGER(RP_DESCRIBE_BINARY, name)
#define BITS(name, expression) \
    RP_EACH_UNSIGNED(RP_DESCRIBE_BINARY, name) RP_DESCRIBE_SIGNED_BITS(RP_DESCRIBE_BINARY_AS, name)
#define REAL(name, expression) RP_HALF(RP_DESCRIBE_BINARY, name) RP_EACH_FLOAT(RP_DESCRIBE_BINARY, name)
#define COMPLEX(name, expression) RP_EACH_COMPLEX(RP_DESCRIBE_BINARY, name)
#define FLOATS(name, expression) RP_EACH_FLOAT(RP_DESCRIBE_BINARY, name)
#define HALF(name, expression) RP_HALF(RP_DESCRIBE_BINARY, name)
const rp_kernel RP_TABLE(binary)[] = {
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) expressions
#include "raptors/ops.def"
};
const size_t RP_TABLE(binary_count) = sizeof RP_TABLE(binary) / sizeof *RP_TABLE(binary);
