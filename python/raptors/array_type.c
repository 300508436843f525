/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The type raptors.Array: its life and its properties.
 */
#include "ext.h"

#include <stddef.h>
#include <structmember.h>

static void deallocate(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (((ext_array *)self)->weak_references) {
        PyObject_ClearWeakRefs(self);
    }
    ext_free_object(self);
    Py_DECREF(type);
}

static PyObject *representation(PyObject *self) { return ext_call_protocol("array_repr", &self, 1, NULL); }

static PyObject *text(PyObject *self) { return ext_call_protocol("array_str", &self, 1, NULL); }

/* ---- Properties -------------------------------------------------------------------------------------------- */

static PyObject *get_shape(PyObject *self, void *closure)
{
    (void)closure;
    return ext_shape_tuple(ext_raw(self)->ndim, ext_raw(self)->dims);
}

static PyObject *get_strides(PyObject *self, void *closure)
{
    (void)closure;
    return ext_shape_tuple(ext_raw(self)->ndim, ext_raw(self)->strides);
}

static PyObject *get_ndim(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromLong(ext_raw(self)->ndim);
}

static PyObject *get_size(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSsize_t(ext_raw(self)->size);
}

static PyObject *get_itemsize(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(rp_dtype_size((rp_dtype)ext_raw(self)->dtype));
}

static PyObject *get_nbytes(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSize_t(ext_bytes(ext_raw(self)));
}

static PyObject *get_dtype(PyObject *self, void *closure)
{
    (void)closure;
    return Py_NewRef(ext.dtypes[ext_raw(self)->dtype]);
}

static PyObject *get_device(PyObject *self, void *closure)
{
    (void)self, (void)closure;
    return PyUnicode_FromString("cpu");
}

static PyObject *get_readonly(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(rp_is_readonly(ext_raw(self)));
}

/* Above numpy.ndarray's 0: what asks for priorities lets Array answer. */
static PyObject *get_priority(PyObject *self, void *closure)
{
    (void)self, (void)closure;
    return PyFloat_FromDouble(1000.0);
}

static PyObject *get_transposed(PyObject *self, void *closure)
{
    (void)closure;
    rp_array *view = NULL;
    rp_status status = rp_permute_dims(ext_raw(self), NULL, &view);
    return status == RP_OK ? ext_wrap(view) : ext_error(status);
}

static PyObject *get_matrix_transposed(PyObject *self, void *closure)
{
    (void)closure;
    rp_array *view = NULL;
    int axes[RP_MAX_NDIM], ndim = ext_raw(self)->ndim;
    if (ndim < 2) {
        PyErr_SetString(PyExc_ValueError, "matrix transpose with ndim < 2 is undefined");
        return NULL;
    }
    for (int i = 0; i < ndim; i++) {
        axes[i] = i;
    }
    axes[ndim - 2] = ndim - 1;
    axes[ndim - 1] = ndim - 2;
    rp_status status = rp_permute_dims(ext_raw(self), axes, &view);
    return status == RP_OK ? ext_wrap(view) : ext_error(status);
}

static int set_parts(PyObject *self, PyObject *value, PyObject *(*get)(PyObject *, void *))
{
    if (!value) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete the parts of an array");
        return -1;
    }
    PyObject *view = get(self, NULL);
    bool ok = view && ext_store(view, Py_Ellipsis, ext_raw(view), value, RP_MAX_NDIM);
    Py_XDECREF(view);
    return ok ? 0 : -1;
}

static int set_real(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    return set_parts(self, value, ext_get_real);
}

static int set_imaginary(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (rp_dtype_kind((rp_dtype)ext_raw(self)->dtype) != RP_KIND_COMPLEX) {
        PyErr_SetString(PyExc_TypeError, "the array has no imaginary parts to set");
        return -1;
    }
    return set_parts(self, value, ext_get_imag);
}

static PyGetSetDef properties[] = {
    {"shape", get_shape, ext_set_by_numpy, "The lengths of the axes. Setting it reshapes the Array itself.", "shape"},
    {"strides", get_strides, ext_set_by_numpy, "Bytes from one element to the next, for each axis.", "strides"},
    {"ndim", get_ndim, NULL, "The number of axes.", NULL},
    {"size", get_size, NULL, "The number of elements.", NULL},
    {"itemsize", get_itemsize, NULL, "Bytes of one element.", NULL},
    {"nbytes", get_nbytes, NULL, "Bytes of all elements.", NULL},
    {"dtype", get_dtype, ext_set_by_numpy,
     "The element type, as a numpy.dtype. Setting it reads the same bytes otherwise.", "dtype"},
    {"device", get_device, NULL, "\"cpu\".", NULL},
    {"readonly", get_readonly, NULL, "Whether the elements may not be written.", NULL},
    {"T", get_transposed, NULL, "A view with the axes in reverse.", NULL},
    {"mT", get_matrix_transposed, NULL, "A view with the last two axes exchanged.", NULL},
    {"real", ext_get_real, set_real, "The real parts: a view. Setting it sets them.", NULL},
    {"imag", ext_get_imag, set_imaginary,
     "The imaginary parts: a view; read-only zeros for types without any. Setting it sets them.", NULL},
    {"__array_interface__", ext_interface, NULL, "The memory, as NumPy's array interface describes it.", NULL},
    {"base", ext_get_base, NULL,
     "What owns the memory: an Array, another object, or None where it is the Array itself.", NULL},
    {"data", ext_get_data, NULL, "A memoryview of the elements.", NULL},
    {"ctypes", ext_get_by_numpy, NULL, "The memory for ctypes, as numpy.ndarray.ctypes.", "ctypes"},
    {"flags", ext_get_by_protocol, NULL, "What is true of the memory, as numpy.ndarray.flags.", "array_flags"},
    {"flat", ext_get_by_protocol, ext_set_flat, "The elements in one dimension, as numpy.ndarray.flat.", "array_flat"},
    {"__array_priority__", get_priority, NULL, "Array answers before numpy.ndarray.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(ext_array, weak_references), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static const char documentation[] =
    "An array of numbers in n dimensions.\n\n"
    "Made by raptors.asarray(), zeros(), arange() and their like, and by every operation. It takes Python's operators\n"
    "and indexing as numpy.ndarray does; results are Arrays, or NumPy's numbers where there are no dimensions. Views share\n"
    "memory with what they are of: an element of a[1:] is an element of a. NumPy and Raptors read each other's memory\n"
    "without copying it.";

PyTypeObject *ext_array_type_new(PyObject *module)
{
    const PyType_Slot own[] = {
        {Py_tp_dealloc, (void *)(uintptr_t)deallocate},
        {Py_tp_repr, (void *)(uintptr_t)representation},
        {Py_tp_str, (void *)(uintptr_t)text},
        {Py_tp_new, (void *)(uintptr_t)ext_array_new},
        {Py_tp_doc, (void *)(uintptr_t)documentation},
        {Py_tp_methods, ext_array_methods},
        {Py_tp_getset, properties},
        {Py_tp_members, members},
        {Py_bf_getbuffer, (void *)(uintptr_t)ext_buffer_get},
    };
    enum { OWN = sizeof own / sizeof own[0], MOST = 64 };
    PyType_Slot slots[OWN + MOST];
    size_t count = 0;
    for (; count < OWN; count++) {
        slots[count] = own[count];
    }
    for (size_t i = 0; i < MOST; i++) {
        slots[count++] = ext_operator_slots[i];
        if (ext_operator_slots[i].slot == 0) {
            break;
        }
    }
    PyType_Spec spec = {
        .name = "raptors.Array",
        .basicsize = sizeof(ext_array),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
        .slots = slots,
    };
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
