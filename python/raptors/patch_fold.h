/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sums, least and greatest of floats in NumPy's order, on threads: along neighbours a tree of halves, else row upon row. NumPy's own
 * loop adds up the leaves. Used by patch_reduce.c and patch_variance.c.
 */
#ifndef RP_PYTHON_PATCH_FOLD_H
#define RP_PYTHON_PATCH_FOLD_H

#include "patch.h"

#include <stdatomic.h>

enum { PATCH_ALL_AXES = -1 };

/* length elements, step bytes apart, fold into one; so for `inner` neighbours, and `outer` times. */
typedef struct patch_fold {
    patch_loop *loop;  /* two operands and a result of one type */
    rp_dtype dtype;    /* RP_FLOAT32 or RP_FLOAT64 */
    bool from_zero;    /* else from the first element */
    const char *means; /* one for each result: the squares of the differences to it are folded; NULL: the elements */
    const char *from;
    char *to; /* outer x inner results, one behind another in the order of C */
    size_t size, outer, length, inner;
    npy_intp step, outer_step;
    size_t rows, columns; /* of a task */
    atomic_int flags;     /* FE_..., raised so far */
    atomic_bool uncertain;
} patch_fold;

/* Lengths and steps for the axis of x, or all; from_zero is set before. False: neither C's order nor, of two axes, Fortran's; or a
 * sum that this NumPy adds up in another order. */
bool patch_fold_lay_out(PyArrayObject *x, int axis, patch_fold *f);
/* Other threads of the program may run meanwhile. False: some result is not a number, and NumPy's may have other bits. */
bool patch_fold_run(patch_fold *f);
/* Divides n elements in float64, and rounds to the type: as numpy._core._methods does. False: one is subnormal, and NumPy may have
 * been asked to tell of underflow. */
bool patch_divide(char *elements, rp_dtype dtype, size_t n, double count);
/* Where NumPy cuts a sum of n elements, n more than 128. */
static inline size_t patch_half_of(size_t n)
{
    const size_t half = n / 2;
    return half - half % 8;
}

/* An axis as reductions take it: None, a number, or where `tuples` a tuple of one. False, without an exception: another. */
bool patch_axis_get(PyArrayObject *x, PyObject *value, bool tuples, int *axis);
/* A new array for the result. Its axes lie as those of x do, or in C's order. */
PyArrayObject *patch_reduced(PyArrayObject *x, int axis, bool keepdims, int type, bool c_order);
/* NumPy's loop of add, maximum or minimum for float32 or float64; NULL: another has taken its place. `op`: RP_SUM, RP_MAX,
 * RP_MIN. */
patch_loop *patch_fold_loop(rp_op op, rp_dtype dtype);

#endif
