/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements as Python's numbers: one by one, and as nested lists.
 */
#include "ext.h"

#include <string.h>

#define NUMBER_BOOL(x) Py_NewRef((x) ? Py_True : Py_False)
#define NUMBER_SIGNED(x) (sizeof(x) == 1 ? small_number((int)(x)) : sizeof(x) <= sizeof(long) ? PyLong_FromLong((long)(x)) : PyLong_FromLongLong((long long)(x)))
#define NUMBER_UNSIGNED(x) (sizeof(x) == 1 ? small_number((int)(x)) : sizeof(x) < sizeof(long) ? PyLong_FromLong((long)(x)) : PyLong_FromUnsignedLongLong(x))
#define NUMBER_REAL(x) PyFloat_FromDouble((double)(x))
#define NUMBER_COMPLEX(x) PyComplex_FromDoubles((double)(x).re, (double)(x).im)

/* The ints of one byte, made once: the calls that find Python's own take as long as all else. */
static PyObject *small_number(int x)
{
    enum { LOWEST = INT8_MIN };
    static PyObject *numbers[UINT8_MAX - LOWEST + 1];
    PyObject **number = &numbers[x - LOWEST];
    if (!*number) {
        *number = PyLong_FromLong(x);
    }
    return Py_XNewRef(*number);
}

/* float16 is no type of C's: its elements go by way of the library's cast, those of lists all at once. */
static double wide(const char *element)
{
    rp_scalar scalar;
    rp_load_scalar(element, RP_FLOAT16, &scalar);
    return scalar.re;
}

/* name_number: an element as a number. name_list: n of them, `stride` bytes apart, into a list. */
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...)                                    \
    static PyObject *name##_number(const char *element)                                         \
    {                                                                                           \
        ctype x;                                                                                \
        if (RP_##ENUM == RP_FLOAT16) {                                                          \
            return PyFloat_FromDouble(wide(element));                                           \
        }                                                                                       \
        memcpy(&x, element, sizeof x);                                                          \
        return NUMBER_##KIND(x);                                                                \
    }                                                                                           \
    static bool name##_list(PyObject *list, const char *data, ptrdiff_t n, ptrdiff_t stride)    \
    {                                                                                           \
        for (ptrdiff_t i = 0; i < n; i++) {                                                     \
            PyObject *number = name##_number(data + i * stride);                                \
            if (!number) {                                                                      \
                return false;                                                                   \
            }                                                                                   \
            PyList_SetItem(list, i, number);                                                    \
        }                                                                                       \
        return true;                                                                            \
    }
#include "raptors/dtypes.def"

static const struct {
    PyObject *(*number)(const char *element);
    bool (*list)(PyObject *list, const char *data, ptrdiff_t n, ptrdiff_t stride);
} makers[] = {
#define RP_DTYPE(ENUM, name, ...) [RP_##ENUM] = {name##_number, name##_list},
#include "raptors/dtypes.def"
};

PyObject *ext_element(const char *element, rp_dtype dtype) { return makers[dtype].number(element); }

static PyObject *nested_list(const rp_array *x, const char *data, int axis)
{
    const ptrdiff_t length = x->dims[axis], stride = x->strides[axis];
    PyObject *list = PyList_New(length);
    if (list && axis == x->ndim - 1) {
        if (!makers[x->dtype].list(list, data, length, stride)) {
            Py_CLEAR(list);
        }
        return list;
    }
    for (ptrdiff_t i = 0; list && i < length; i++) {
        PyObject *item = nested_list(x, data + i * stride, axis + 1);
        if (item) {
            PyList_SetItem(list, i, item);
        } else {
            Py_CLEAR(list);
        }
    }
    return list;
}

PyObject *ext_list(const rp_array *x)
{
    if (!x->ndim) {
        return ext_element(x->data, (rp_dtype)x->dtype);
    }
    if (x->dtype != RP_FLOAT16) {
        return nested_list(x, x->data, 0);
    }
    rp_array *cast = NULL;
    rp_status status;
    EXT_CALL(status, ext_is_large(x), rp_astype(x, RP_FLOAT64, &cast));
    PyObject *list = status == RP_OK ? nested_list(cast, cast->data, 0) : ext_error(status);
    rp_release(cast);
    return list;
}
