/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The part of a fold (patch_fold.h) whose results are neighbours: rows fold into them, one upon another.
 */
#ifndef RP_PYTHON_PATCH_FOLD_ROWS_H
#define RP_PYTHON_PATCH_FOLD_ROWS_H

#include "patch_fold.h"

/* Elements: differences lie in the first-level cache, and a leaf of NumPy's tree is less. */
enum { PATCH_STAGED = 1024 };

/* to = (from - mean)^2, n neighbours, float32 or float64; mean_step in bytes, 0: one mean for all. */
void patch_square_differences(const patch_fold *f, char *to, const char *from, const char *mean, ptrdiff_t mean_step,
                              size_t n);

/* Whether patch_fold_few_columns is the way, else patch_fold_columns. */
bool patch_has_few_columns(const patch_fold *f);
/* All columns of the outer from `first` to before `end`. False: some result is not a number, and NumPy's may have other bits. */
bool patch_fold_few_columns(const patch_fold *f, size_t first, size_t end);
/* Of one of the outer `columns` neighbours, up to PATCH_STAGED where there are means: one for each column, or NULL. */
void patch_fold_columns(const patch_fold *f, char *to, const char *from, const char *means, size_t columns);

#endif
