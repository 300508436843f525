/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The buffer protocol, both ways. An Array exports its own shape and strides, which live as long as it does; a
 * foreign buffer is held until the last array on it is gone.
 */
#include "ext.h"

#include <string.h>

/* ---- Export ------------------------------------------------------------------------------------------------ */

static const char *const formats[] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) format,
#include "raptors/dtypes.def"
};

static int refuse(Py_buffer *view, const char *message)
{
    view->obj = NULL;
    PyErr_SetString(PyExc_BufferError, message);
    return -1;
}

int ext_buffer_get(PyObject *self, Py_buffer *view, int flags)
{
    rp_array *x = ext_raw(self);
    bool readonly = (x->flags & RP_FLAG_READONLY) != 0;
    if ((flags & PyBUF_WRITABLE) && readonly) {
        return refuse(view, "the Array is read-only");
    }
    view->buf = x->data;
    view->len = (Py_ssize_t)ext_bytes(x);
    view->itemsize = (Py_ssize_t)rp_dtype_size((rp_dtype)x->dtype);
    view->readonly = readonly;
    view->ndim = x->ndim;
    view->format = (char *)(uintptr_t)formats[x->dtype];
    view->shape = x->dims;
    /* memoryview looks at the stride of an empty row too; as in NumPy, it lies in a row. */
    view->strides = x->ndim == 1 && x->size == 0 ? &view->itemsize : x->strides;
    view->suboffsets = NULL;
    view->internal = NULL;
    char order = 0;
    if ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS || (flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
        order = 'C';
    } else if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS) {
        order = 'F';
    } else if ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS) {
        order = 'A';
    }
    if (order && !PyBuffer_IsContiguous(view, order)) {
        return refuse(view, "the Array's memory is not contiguous in the order that is asked for");
    }
    if (!(flags & PyBUF_FORMAT)) {
        view->format = NULL;
    }
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
        view->strides = NULL;
    }
    if (!(flags & PyBUF_ND)) {
        view->shape = NULL;
        view->ndim = 1; /* as CPython's own exporters: bytes in a row */
    }
    Py_INCREF(self);
    view->obj = self;
    return 0;
}

/* ---- Import ------------------------------------------------------------------------------------------------ */

typedef struct letter {
    char format, kind;
    uint8_t native, standard; /* sizes; 0: the letter has none */
} letter;

static const letter letters[] = {
    {'?', 'b', 1, 1},
    {'b', 'i', 1, 1},
    {'B', 'u', 1, 1},
    {'h', 'i', sizeof(short), 2},
    {'H', 'u', sizeof(short), 2},
    {'i', 'i', sizeof(int), 4},
    {'I', 'u', sizeof(int), 4},
    {'l', 'i', sizeof(long), 4},
    {'L', 'u', sizeof(long), 4},
    {'q', 'i', sizeof(long long), 8},
    {'Q', 'u', sizeof(long long), 8},
    {'n', 'i', sizeof(Py_ssize_t), 0},
    {'N', 'u', sizeof(size_t), 0},
    {'e', 'f', 2, 2},
    {'f', 'f', 4, 4},
    {'d', 'f', 8, 8},
};

/* The element type of a format string; -1 where it is none of ours. */
static int parse_format(const char *format, bool *swapped)
{
    bool standard = false;
    *swapped = false;
    if (!format) {
        return RP_UINT8;
    }
    if (*format && strchr("@=<>!", *format)) {
        standard = *format != '@';
        *swapped = PY_LITTLE_ENDIAN ? *format == '>' || *format == '!' : *format == '<';
        format++;
    }
    bool is_complex = *format == 'Z';
    format += is_complex;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i].format == *format && format[1] == '\0') {
            int size = standard ? letters[i].standard : letters[i].native;
            *swapped = *swapped && size > 1;
            if (is_complex) {
                return letters[i].kind == 'f' ? ext_dtype_find('c', 2 * size) : -1;
            }
            return ext_dtype_find(letters[i].kind, size);
        }
    }
    return -1;
}

Py_buffer *ext_buffer_hold(PyObject *object, int flags)
{
    Py_buffer *view = PyMem_Malloc(sizeof *view);
    if (!view) {
        PyErr_NoMemory();
        return NULL;
    }
    if (PyObject_GetBuffer(object, view, flags | PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        if (PyObject_GetBuffer(object, view, flags) < 0) {
            PyMem_Free(view);
            return NULL;
        }
    }
    return view;
}

void ext_buffer_release(void *context)
{
    Py_buffer *view = context;
    if (Py_IsInitialized()) {
        PyGILState_STATE state = PyGILState_Ensure();
        PyBuffer_Release(view);
        PyMem_Free(view);
        PyGILState_Release(state);
    }
}

static bool check_view(const Py_buffer *view, size_t itemsize)
{
    if (view->suboffsets) {
        PyErr_SetString(PyExc_BufferError, "buffer: suboffsets are not supported");
        return false;
    }
    if (view->itemsize != (Py_ssize_t)itemsize) {
        PyErr_Format(PyExc_BufferError, "buffer: its itemsize is %zd, but its format '%s' has %zd", view->itemsize,
                     view->format ? view->format : "B", (Py_ssize_t)itemsize);
        return false;
    }
    if (view->ndim > 0 && !view->shape) {
        PyErr_SetString(PyExc_BufferError, "buffer: it has dimensions but no shape");
        return false;
    }
    if (!ext_check_foreign("buffer", view->buf, view->ndim, view->shape, view->strides, itemsize)) {
        return false;
    }
    Py_ssize_t bytes = view->itemsize;
    for (int i = 0; i < view->ndim; i++) {
        bytes *= view->shape[i];
        if (bytes == 0) {
            break;
        }
    }
    if (bytes != view->len) {
        PyErr_Format(PyExc_BufferError, "buffer: it says %zd bytes, but its shape has %zd", view->len, bytes);
        return false;
    }
    return true;
}

static rp_array *from_view(PyObject *object, Py_buffer *view, ext_copy copy)
{
    bool swapped;
    int dtype = parse_format(view->format, &swapped);
    if (dtype < 0) {
        PyErr_Format(PyExc_TypeError, "unsupported dtype: buffer format '%s'", view->format);
        return NULL;
    }
    if (!check_view(view, rp_dtype_size((rp_dtype)dtype))) {
        return NULL;
    }
    if (swapped) {
        rp_dtype native = (rp_dtype)dtype;
        return ext_array_through_numpy(object, &native, copy);
    }
    rp_array *array = NULL;
    rp_status status = rp_wrap(view->buf ? view->buf : (void *)view, (rp_dtype)dtype, view->ndim, view->shape,
                               view->strides, view->readonly, ext_buffer_release, view, &array);
    if (status != RP_OK) {
        ext_error(status);
    }
    return array;
}

rp_array *ext_from_buffer(PyObject *object, ext_copy copy)
{
    Py_buffer *view = ext_buffer_hold(object, PyBUF_FULL_RO);
    rp_array *array = view ? from_view(object, view, copy) : NULL;
    /* A new array that came another way holds no view. */
    if (view && (!array || array->context != view)) {
        ext_buffer_release(view);
    }
    return array;
}
