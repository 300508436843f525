/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lists and tuples of Python numbers, of one shape all through, to arrays. What is otherwise is NumPy's to convert.
 */
#include "ext.h"

#include <string.h>

/* Of what the numbers are: the types in NumPy's order, each of which holds those before it. */
typedef enum { BOOLS, INTEGERS, REALS, COMPLEXES } numbers;
static const rp_dtype dtype_of[] = {
    [BOOLS] = RP_BOOL, [INTEGERS] = RP_INT64, [REALS] = RP_FLOAT64, [COMPLEXES] = RP_COMPLEX128};

typedef struct nest {
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    numbers numbers;
    char *to; /* where the next number goes */
} nest;

/* How many objects a list or tuple has; -1: it is neither, or of a subclass. */
static ptrdiff_t length_of(PyObject *object)
{
    return PyList_CheckExact(object) ? PyList_Size(object) : PyTuple_CheckExact(object) ? PyTuple_Size(object) : -1;
}

static PyObject *item_of(PyObject *object, ptrdiff_t i)
{
    return PyList_CheckExact(object) ? PyList_GetItem(object, i) : PyTuple_GetItem(object, i);
}

/* Whether `object` is such a number, which nest->numbers then has too. */
static bool note_number(nest *of, PyObject *object)
{
    numbers found;
    if (PyFloat_CheckExact(object)) {
        found = REALS;
    } else if (PyLong_CheckExact(object)) {
        found = INTEGERS;
    } else if (PyBool_Check(object)) {
        found = BOOLS;
    } else if (PyComplex_CheckExact(object)) {
        found = COMPLEXES;
    } else {
        return false;
    }
    of->numbers = found > of->numbers ? found : of->numbers;
    return true;
}

/* false: an integer beyond int64. */
static bool store_number(nest *of, PyObject *object)
{
    double parts[2] = {0, 0};
    long long integer = 0;
    int overflow = 0;
    if (PyFloat_CheckExact(object)) {
        parts[0] = PyFloat_AsDouble(object);
    } else if (PyComplex_CheckExact(object)) {
        parts[0] = PyComplex_RealAsDouble(object);
        parts[1] = PyComplex_ImagAsDouble(object);
    } else {
        integer = PyLong_AsLongLongAndOverflow(object, &overflow);
        parts[0] = (double)integer;
    }
    const bool truth = integer != 0;
    const void *const from[] = {[BOOLS] = &truth, [INTEGERS] = &integer, [REALS] = parts, [COMPLEXES] = parts};
    const size_t size = rp_dtype_size(dtype_of[of->numbers]);
    memcpy(of->to, from[of->numbers], size);
    of->to += size;
    return overflow == 0;
}

/* Each number below `object`, on axis `axis`, in order. */
static bool each(nest *of, PyObject *object, int axis, bool (*take)(nest *, PyObject *))
{
    if (axis == of->ndim) {
        return take(of, object);
    }
    if (length_of(object) != of->shape[axis]) {
        return false;
    }
    for (ptrdiff_t i = 0; i < of->shape[axis]; i++) {
        if (!each(of, item_of(object, i), axis + 1, take)) {
            return false;
        }
    }
    return true;
}

bool ext_array_from_nested(PyObject *object, const rp_dtype *dtype, rp_array **array)
{
    nest of = {.numbers = BOOLS};
    *array = NULL;
    PyObject *first = object;
    for (ptrdiff_t length; (length = length_of(first)) >= 0; first = item_of(first, 0)) {
        if (length == 0 || of.ndim == RP_MAX_NDIM) {
            return false;
        }
        of.shape[of.ndim++] = length;
    }
    if (!each(&of, object, 0, note_number)) {
        return false;
    }
    while (dtype && of.numbers < COMPLEXES && dtype_of[of.numbers] != *dtype) {
        of.numbers++;
    }
    if (dtype && dtype_of[of.numbers] != *dtype) {
        return false;
    }
    const rp_status status = rp_empty(of.ndim, of.shape, dtype_of[of.numbers], array);
    if (status != RP_OK) {
        ext_error(status);
        return true;
    }
    of.to = (*array)->data;
    if (each(&of, object, 0, store_number)) {
        return true;
    }
    rp_release(*array);
    *array = NULL;
    return false;
}
