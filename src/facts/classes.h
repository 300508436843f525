/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Operand classes and layouts: which operands of a call are vectors, and how they lie in memory; with their names.
 */
#ifndef RP_FACTS_CLASSES_H
#define RP_FACTS_CLASSES_H

/* Which operands of a kernel are vectors (v) and which one number a row (s). */
typedef enum rp_class {
    RP_V, /* one operand */
    RP_VV,
    RP_VS,
    RP_SV,
    RP_VVV,
    RP_VVS,
    RP_VSV,
    RP_VSS,
    RP_ROW,    /* reductions: along rows, */
    RP_COLUMN, /* along columns */
    RP_CLASS_COUNT
} rp_class;

typedef enum rp_layout {
    RP_APART,       /* every operand contiguous or a number, the result in memory of its own */
    RP_IN_PLACE,    /* the same, the result over an operand */
    RP_STRIDED,     /* inputs have gaps; a kernel that takes strides could have them as they are */
    RP_STRIDED_OUT, /* the same, and the result has gaps */
    RP_STAGED,      /* something is packed, cast or transposed on the way */
    RP_LAYOUT_COUNT
} rp_layout;

static inline int rp_is_reduced(rp_class operands) { return operands >= RP_ROW; }
static inline int rp_is_strided(rp_layout layout) { return layout == RP_STRIDED || layout == RP_STRIDED_OUT; }

/* Which operands of a class are one number a row: bit k, of which 1 is the first input. */
static inline unsigned rp_class_numbers(rp_class operands)
{
    static const unsigned char numbers[RP_CLASS_COUNT] = {
        [RP_VS] = 1 << 2, [RP_SV] = 1 << 1, [RP_VVS] = 1 << 3, [RP_VSV] = 1 << 2, [RP_VSS] = 1 << 2 | 1 << 3};
    return numbers[operands];
}

/* The class of 1 to 3 inputs with such numbers; numbers that no class has are vectors to it. */
static inline rp_class rp_class_of(int inputs, unsigned numbers)
{
    static const unsigned char classes[3][8] = {
        {RP_V, RP_V}, {RP_VV, RP_SV, RP_VS, RP_VV}, {RP_VVV, RP_VVV, RP_VSV, RP_VSV, RP_VVS, RP_VVS, RP_VSS, RP_VSS}};
    return (rp_class)classes[inputs - 1][numbers >> 1];
}

/* "vs" and RP_VS, "in-place" and RP_IN_PLACE; -1 for other words. */
int rp_find_class(const char *word);
int rp_find_layout(const char *word);
const char *rp_class_name(rp_class operands);
const char *rp_layout_name(rp_layout layout);
/* Operands that are read: 1 for reductions. */
int rp_class_inputs(rp_class operands);

#endif
