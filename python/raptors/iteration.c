/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Iteration: the numbers of one axis, or along the first of several the views behind it. Python's own iterator over sequences
 * would look up and call the type's function for each.
 */
#include "ext.h"

typedef struct iterator {
    PyObject_HEAD
    PyObject *x; /* NULL: at its end */
    ptrdiff_t next;
} iterator;

static PyObject *next(PyObject *object)
{
    iterator *self = (iterator *)object;
    const rp_array *x = self->x ? ext_raw(self->x) : NULL;
    if (!x || x->ndim == 0 || self->next >= x->dims[0]) {
        Py_CLEAR(self->x);
        return NULL;
    }
    const ptrdiff_t i = self->next++;
    return x->ndim == 1 ? ext_number(x->data + i * x->strides[0], (rp_dtype)x->dtype) : ext_get_item(self->x, i);
}

static void deallocate(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(((iterator *)object)->x);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyObject *length_hint(PyObject *object, PyObject *unused)
{
    const iterator *self = (const iterator *)object;
    const rp_array *x = self->x ? ext_raw(self->x) : NULL;
    (void)unused;
    return PyLong_FromSsize_t(x && x->ndim && x->dims[0] > self->next ? x->dims[0] - self->next : 0);
}

PyObject *ext_iterate(PyObject *x)
{
    if (ext_raw(x)->ndim == 0) {
        PyErr_SetString(PyExc_TypeError, "iteration over a 0-d array");
        return NULL;
    }
    iterator *self = PyObject_New(iterator, ext.iterator_type);
    if (self) {
        self->x = Py_NewRef(x);
        self->next = 0;
    }
    return (PyObject *)self;
}

PyTypeObject *ext_iterator_type_new(PyObject *module)
{
    static PyMethodDef methods[] = {
        {"__length_hint__", length_hint, METH_NOARGS, "How many elements are left."},
        {NULL, NULL, 0, NULL},
    };
    PyType_Slot slots[] = {
        {Py_tp_dealloc, (void *)(uintptr_t)deallocate},
        {Py_tp_iter, (void *)(uintptr_t)PyObject_SelfIter},
        {Py_tp_iternext, (void *)(uintptr_t)next},
        {Py_tp_methods, methods},
        {0, NULL},
    };
    PyType_Spec spec = {
        .name = "raptors._raptors.ArrayIterator",
        .basicsize = sizeof(iterator),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = slots,
    };
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
