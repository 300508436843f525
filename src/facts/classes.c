/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names of operand classes and layouts.
 */
#include "facts/classes.h"

#include <string.h>

static const char *const class_names[RP_CLASS_COUNT] = {
    [RP_V] = "v",     [RP_VV] = "vv",   [RP_VS] = "vs",   [RP_SV] = "sv",   [RP_VVV] = "vvv",
    [RP_VVS] = "vvs", [RP_VSV] = "vsv", [RP_VSS] = "vss", [RP_ROW] = "row", [RP_COLUMN] = "column"};
static const char *const layout_names[RP_LAYOUT_COUNT] = {"apart", "in-place", "strided", "strided-out", "staged"};

static int find(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++) {
        /* A profile has thousands to look up, and most differ in their first letter. */
        if (words[i][0] == word[0] && strcmp(words[i], word) == 0) return i;
    }
    return -1;
}

int rp_find_class(const char *word) { return find(class_names, RP_CLASS_COUNT, word); }
int rp_find_layout(const char *word) { return find(layout_names, RP_LAYOUT_COUNT, word); }
const char *rp_class_name(rp_class operands) { return class_names[operands]; }
const char *rp_layout_name(rp_layout layout) { return layout_names[layout]; }

int rp_class_inputs(rp_class operands) { return rp_is_reduced(operands) ? 1 : (int)strlen(class_names[operands]); }
