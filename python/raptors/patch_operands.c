/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What NumPy's objects are: plain ndarrays, NumPy's numbers, Python's.
 */
#include "patch.h"

#include <math.h>
#include <string.h>

#include <numpy/arrayscalars.h>

#include "kernels/kernel.h"

PyArray_Descr *patch_descr[PATCH_TYPES];
int8_t patch_dtype[PATCH_TYPES];
static PyTypeObject *scalar_type[PATCH_TYPES];

/* The types of NumPy's numbers by a hash of their addresses, so that another object costs one look. */
enum { SLOTS = 64 };
static int8_t slots[SLOTS]; /* a number of a type, and 1; 0: none */

static unsigned slot_of(const PyTypeObject *type) { return (unsigned)((uintptr_t)type >> 4) * 0x9e3779b1U >> 26; }

_Static_assert(SLOTS == 1 << (32 - 26) && SLOTS > 2 * PATCH_TYPES,
               "slot_of gives an index of slots, and half are free");

static void fill_slots(void)
{
    memset(slots, 0, sizeof slots);
    for (int type = 0; type < PATCH_TYPES; type++) {
        unsigned i = slot_of(scalar_type[type]);
        while (scalar_type[type] && slots[i]) {
            i = (i + 1) % SLOTS;
        }
        if (scalar_type[type]) {
            slots[i] = (int8_t)(type + 1);
        }
    }
}

static bool fill_tables(void)
{
    for (int type = 0; type < PATCH_TYPES; type++) {
        patch_dtype[type] = -1;
        if ((type >= NPY_OBJECT && type != NPY_HALF) || type == NPY_LONGDOUBLE || type == NPY_CLONGDOUBLE) {
            continue;
        }
        patch_descr[type] = PyArray_DescrFromType(type); /* kept for good */
        scalar_type[type] = (PyTypeObject *)PyArray_TypeObjectFromType(type);
        if (!patch_descr[type] || !scalar_type[type]) {
            return false;
        }
    }
    for (int type = 0; type < PATCH_TYPES; type++) {
        if (patch_descr[type]) {
            patch_dtype[type] = (int8_t)ext_dtype_find(patch_descr[type]->kind, PyDataType_ELSIZE(patch_descr[type]));
        }
    }
    fill_slots();
    return true;
}

bool patch_start_operands(void)
{
    static bool filled; /* once, as worker threads read them */
    filled = filled || fill_tables();
    return filled;
}

static int find_scalar_type(const PyTypeObject *type)
{
    for (unsigned i = slot_of(type); slots[i]; i = (i + 1) % SLOTS) {
        if (scalar_type[slots[i] - 1] == type) {
            return slots[i] - 1;
        }
    }
    return -1;
}

/* NumPy's numbers keep their value behind the object's head, whatever the type. */
static const char *value_of_scalar(PyObject *number) { return (const char *)&((PyBoolScalarObject *)number)->obval; }

_Static_assert(offsetof(PyBoolScalarObject, obval) == offsetof(PyDoubleScalarObject, obval) &&
                   offsetof(PyBoolScalarObject, obval) == offsetof(PyCDoubleScalarObject, obval),
               "NumPy's numbers keep their values at different places");

bool patch_operand_get(PyObject *object, patch_operand *operand)
{
    operand->object = object;
    operand->array = NULL;
    operand->number = NULL;
    if (patch_is_plain(object)) {
        PyArrayObject *array = (PyArrayObject *)object;
        operand->code = PyArray_DESCR(array)->type_num;
        if (PyArray_NDIM(array)) {
            operand->array = array;
        } else {
            operand->number = PyArray_BYTES(array);
        }
        return true;
    }
    if (PyFloat_CheckExact(object)) {
        operand->code = PATCH_FLOAT;
        return true;
    }
    if (PyLong_CheckExact(object)) {
        operand->code = PATCH_INT;
        return true;
    }
    const int type = find_scalar_type(Py_TYPE(object));
    if (type >= 0) {
        operand->code = type;
        operand->number = value_of_scalar(object);
        return true;
    }
    static const char truths[2] = {0, 1};
    if (PyBool_Check(object)) {
        operand->code = NPY_BOOL;
        operand->number = &truths[object == Py_True];
        return true;
    }
    operand->code = PATCH_COMPLEX;
    return PyComplex_CheckExact(object);
}

/* NumPy casts from float64, and warns where that overflows, or underflows if it is asked to. */
static bool store_real(double value, rp_dtype dtype, char *element)
{
    if (dtype == RP_FLOAT64) {
        memcpy(element, &value, sizeof value);
        return true;
    }
    const double magnitude = fabs(value);
    if (dtype == RP_FLOAT32) {
        const float single = (float)value;
        memcpy(element, &single, sizeof single);
        return magnitude == 0 || !isfinite(value) || (fabsf(single) >= 0x1p-126F && isfinite(single));
    }
    const rp_scalar scalar = {.dtype = RP_FLOAT64, .re = value};
    rp_store_scalar(element, dtype, &scalar);
    if (dtype == RP_COMPLEX128) {
        return true;
    }
    /* The least normal numbers, and what is well below the largest. */
    return magnitude == 0 || !isfinite(value) ||
           (dtype == RP_FLOAT16 ? magnitude >= 0x1p-14 && magnitude < 0x1p15
                                : magnitude >= 0x1p-126 && magnitude < 0x1p127);
}

static bool store_complex(PyObject *number, rp_dtype dtype, char *element)
{
    char part[2][8];
    const rp_dtype of_part = dtype == RP_COMPLEX64 ? RP_FLOAT32 : RP_FLOAT64;
    if (dtype != RP_COMPLEX64 && dtype != RP_COMPLEX128) {
        return false;
    }
    const size_t size = rp_dtype_size(of_part);
    const bool stored = store_real(PyComplex_RealAsDouble(number), of_part, part[0]) &&
                        store_real(PyComplex_ImagAsDouble(number), of_part, part[1]);
    memcpy(element, part[0], size);
    memcpy(element + size, part[1], size);
    return stored;
}

bool patch_number_store(PyObject *number, int type, char *element)
{
    const int dtype = type < PATCH_TYPES ? patch_dtype[type] : -1;
    if (dtype < 0) {
        return false;
    }
    const rp_kind kind = rp_dtype_kind((rp_dtype)dtype);
    if (PyFloat_CheckExact(number)) {
        return kind >= RP_KIND_REAL && store_real(PyFloat_AsDouble(number), (rp_dtype)dtype, element);
    }
    if (!PyLong_CheckExact(number)) {
        return store_complex(number, (rp_dtype)dtype, element);
    }
    int past;
    const long long value = PyLong_AsLongLongAndOverflow(number, &past);
    if (past) {
        return false;
    }
    if (kind >= RP_KIND_REAL) { /* through float64 where that is exact */
        return value > -(1LL << 53) && value < 1LL << 53 && store_real((double)value, (rp_dtype)dtype, element);
    }
    const rp_scalar scalar = {.dtype = RP_INT64, .i = value};
    if (kind == RP_KIND_BOOL || !rp_scalar_fits(&scalar, (rp_dtype)dtype)) {
        return false;
    }
    rp_store_scalar(element, (rp_dtype)dtype, &scalar);
    return true;
}

/* ---- How results lie in memory ----------------------------------------------------------------------------- */

/* The insertion sort of NumPy's iterator. */
void patch_order_axes(int ndim, int deciding, npy_intp strides[][NPY_MAXDIMS], int *order)
{
    for (int i = 0; i < ndim; i++) {
        const int axis = ndim - 1 - i;
        int place = i;
        for (int j = i - 1; j >= 0; j--) {
            bool known = false, before = false;
            for (int k = 0; k < deciding; k++) {
                const npy_intp own = strides[k][axis], other = strides[k][order[j]];
                if (own == 0 || other == 0) {
                    continue;
                }
                before = rp_magnitude(other) > rp_magnitude(own) && (before || !known);
                known = true;
            }
            if (known && !before) {
                break;
            }
            place = known ? j : place;
        }
        memmove(order + place + 1, order + place, (size_t)(i - place) * sizeof *order);
        order[place] = axis;
    }
}

PyArrayObject *patch_new_in_order(int type, int ndim, npy_intp *shape, const int *order)
{
    PyArray_Descr *descr = patch_descr[type];
    npy_intp strides[NPY_MAXDIMS], step = PyDataType_ELSIZE(descr);
    for (int i = 0; i < ndim; i++) {
        strides[order[i]] = step;
        step *= shape[order[i]];
    }
    Py_INCREF((PyObject *)descr);
    return (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape, strides, NULL, 0, NULL);
}
