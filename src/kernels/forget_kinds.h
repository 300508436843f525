/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Undefines the kind macros of ops.def, so that the rows can be expanded once more. No guard: that is its use.
 */
#undef BOOL
#undef SIGNED
#undef UNSIGNED
#undef INTEGER
#undef BITS
#undef REAL
#undef COMPLEX
