/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A ufunc of NumPy's that is hooked, and which of its loops a call takes (patch_loops.c); how operands lie (patch_layout.c). For
 * patch_ufunc.c.
 */
#ifndef RP_PYTHON_PATCH_LOOPS_H
#define RP_PYTHON_PATCH_LOOPS_H

#include "patch.h"

#include <string.h>

enum { PATCH_MOST_INPUTS = PATCH_MOST_OPERANDS - 1, PATCH_KEYS = 64, PATCH_NO_LOOP = 255 };

/* A combination of the inputs' types, and the loop that NumPy takes for it. */
typedef struct patch_key {
    uint8_t codes[PATCH_MOST_INPUTS], loop;
} patch_key;

typedef struct patch_hooked {
    PyUFuncObject *ufunc;
    patch_vectorcall before;
    bool hooked, buried;        /* now; somebody else's pointer lies over ours, and comes here in the end */
    bool warns_of_out;          /* given by position */
    patch_key keys[PATCH_KEYS]; /* by a hash of the types, the latest kept */
    patch_loop *loops;
    patch_counts counts;
} patch_hooked;

/* ---- patch_loops.c ----------------------------------------------------------------------------------------- */

/* Whether the ufunc may be hooked: elementwise, of one result and few operands. */
bool patch_may_hook(const PyUFuncObject *ufunc);
patch_hooked *patch_hooked_new(PyUFuncObject *ufunc);
/* Finds out what the loop's answer hangs on, once, by running it on elements of its own. */
void patch_try_layouts(patch_loop *loop, int operands);
/* Asks NumPy which loop takes these types. May run any Python code. */
void patch_ask(patch_hooked *hooked, const uint8_t *codes);

static inline patch_key *patch_key_of(patch_hooked *h, const uint8_t *codes)
{
    return &h->keys[(codes[0] * 5U + codes[1] * 23U + codes[2] * 11U) % PATCH_KEYS];
}
/* Whether it has been asked. */
static inline bool patch_knows(patch_hooked *h, const uint8_t *codes)
{
    return memcmp(patch_key_of(h, codes)->codes, codes, PATCH_MOST_INPUTS) == 0;
}
/* NULL: there is none, or it is not known. */
static inline patch_loop *patch_loop_for(patch_hooked *h, const uint8_t *codes)
{
    const patch_key *k = patch_key_of(h, codes);
    patch_loop *loop = !patch_knows(h, codes) || k->loop == PATCH_NO_LOOP ? NULL : &h->loops[k->loop];
    /* Another library may have put its own loop there since. */
    return loop && h->ufunc->functions[k->loop] == loop->function ? loop : NULL;
}

/* ---- patch_layout.c: operands of a run --------------------------------------------------------------------- */

/* The input is the output, element for element, or apart from it. */
bool patch_may_share(PyArrayObject *x, PyArrayObject *out);
/* The common shape of `inputs` operands; false where there is none, or one without elements. */
bool patch_broadcast(const patch_operand *operand, int inputs, patch_run *run);
/* Operand k's steps along the axes of the shape; x NULL: a number. */
void patch_set_strides(patch_run *run, int k, PyArrayObject *x);
/* No element of operand k lies in another: each axis steps over all that is inside of it. */
bool patch_is_spread(const patch_run *run, int k, npy_intp itemsize, const int *order);
/* Neighbouring axes become one where every operand walks them as one; the slowest comes first. */
void patch_fold_axes(patch_run *run, const int *order);
/* An axis that no operand walks forwards is walked from its end. */
void patch_turn_axes(patch_run *run);

#endif
