/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kind macros of ops.def as nothing, for whoever expands the mathematical functions alone. No guard: forget_kinds.h
 * undefines them, and they may be asked for again.
 */
#define BOOL(...)
#define SIGNED(...)
#define UNSIGNED(...)
#define INTEGER(...)
#define BITS(...)
#define REAL(...)
#define COMPLEX(...)
