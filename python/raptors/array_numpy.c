/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The attributes and methods of numpy.ndarray that say or change what an Array's memory is: base, data, flags, resize.
 */
#include "ext.h"

#include <stdatomic.h>
#include <string.h>

/* ---- Attributes that are read ------------------------------------------------------------------------------ */

PyObject *ext_get_base(PyObject *self, void *closure)
{
    const rp_array *x = ext_raw(self);
    (void)closure;
    if (x->base) {
        return ext_wrap(rp_retain(x->base));
    }
    if (!x->release) {
        return Py_NewRef(Py_None);
    }
    if (x->release == ext_buffer_release) {
        return Py_NewRef(((Py_buffer *)x->context)->obj);
    }
    if (x->release != ext_release_object) { /* memory of another library */
        return PyCapsule_New(x->context, NULL, NULL);
    }
    PyObject *owner = x->context, *before = PyTuple_Check(owner) ? PyTuple_GetItem(owner, 1) : NULL;
    if (before && ext_is_array(before)) { /* see become() */
        return ext_get_base(before, NULL);
    }
    PyObject *base = Py_IS_TYPE(owner, ext.ndarray_type) ? ext_ndarray_base(owner) : NULL;
    return Py_NewRef(base && ext_is_array(base) ? base : owner);
}

PyObject *ext_get_data(PyObject *self, void *closure)
{
    (void)closure;
    return PyMemoryView_FromObject(self);
}

PyObject *ext_get_by_numpy(PyObject *self, void *name)
{
    PyObject *ndarray = ext_to_numpy(self);
    PyObject *value = ndarray ? PyObject_GetAttrString(ndarray, name) : NULL;
    Py_XDECREF(ndarray);
    return value;
}

PyObject *ext_get_by_protocol(PyObject *self, void *name) { return ext_call_protocol(name, &self, 1, NULL); }

/* ---- Attributes that are set ------------------------------------------------------------------------------- */

/* From now on `self` is `successor` (which is stolen). The array that it was stays alive: another thread may be in a call
 * on it. */
static bool become(PyObject *self, rp_array *successor)
{
    rp_array *before = ext_raw(self), *array = NULL;
    PyObject *now = ext_wrap(successor);
    PyObject *was = now ? ext_wrap(rp_retain(before)) : NULL;
    PyObject *owners = was ? PyTuple_Pack(2, now, was) : NULL;
    if (owners) {
        array = ext_wrap_owned(owners, ext_release_object, successor->data, (rp_dtype)successor->dtype, successor->ndim,
                               successor->dims, successor->strides, rp_is_readonly(successor));
    }
    Py_XDECREF(was);
    Py_XDECREF(now);
    if (array) {
        ((ext_array *)self)->array = array;
        rp_release(before);
    }
    return array != NULL;
}

/* shape, strides, dtype: by NumPy's own rules, and with its own errors. */
int ext_set_by_numpy(PyObject *self, PyObject *value, void *name)
{
    PyObject *ndarray = ext_to_numpy(self);
    if (!ndarray || PyObject_SetAttrString(ndarray, name, value) < 0) {
        Py_XDECREF(ndarray);
        return -1;
    }
    rp_array *successor = ext_from_numpy(ndarray, EXT_COPY_NEVER);
    Py_DECREF(ndarray);
    return successor && become(self, successor) ? 0 : -1;
}

int ext_set_flat(PyObject *self, PyObject *value, void *name)
{
    (void)name;
    if (!value) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete the elements of an array: flat");
        return -1;
    }
    PyObject *arguments[] = {self, value};
    PyObject *none = ext_call_protocol("set_flat", arguments, 2, NULL);
    Py_XDECREF(none);
    return none ? 0 : -1;
}

/* ---- Methods ----------------------------------------------------------------------------------------------- */

static bool may_resize(PyObject *self, bool check)
{
    const rp_array *x = ext_raw(self);
    PyObject *base = ext_get_base(self, NULL);
    Py_XDECREF(base);
    if (!base) {
        return false;
    }
    if (base != Py_None) {
        PyErr_SetString(PyExc_ValueError, "cannot resize this array: it does not own its data");
    } else if (!rp_is_contiguous(x)) {
        PyErr_SetString(PyExc_ValueError, "cannot resize this array: its elements are not row-major");
    } else if (check && atomic_load(&x->references) > 1) {
        PyErr_SetString(PyExc_ValueError, "cannot resize an array that has views; they would keep the old elements");
    } else {
        return true;
    }
    return false;
}

static bool resize(PyObject *self, PyObject *shape_object, bool check)
{
    rp_array *x = ext_raw(self), *successor = NULL;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    if (!ext_shape_get(shape_object, &ndim, shape)) {
        return false;
    }
    ptrdiff_t size;
    rp_status status = rp_check_shape(ndim, shape, rp_dtype_size((rp_dtype)x->dtype), &size);
    if (status == RP_OK && size == x->size && rp_is_contiguous(x)) {
        status = rp_reshape(x, ndim, shape, true, &successor);
    } else if (status == RP_OK) {
        if (!may_resize(self, check)) {
            return false;
        }
        status = rp_zeros(ndim, shape, (rp_dtype)x->dtype, &successor);
        if (status == RP_OK) {
            const size_t old_bytes = ext_bytes(x), bytes = ext_bytes(successor);
            memcpy(successor->data, x->data, old_bytes < bytes ? old_bytes : bytes);
        }
    }
    if (status != RP_OK) {
        ext_error(status);
        return false;
    }
    return become(self, successor);
}

PyObject *ext_method_resize(PyObject *self, PyObject *positional, PyObject *keywords)
{
    static char *names[] = {"refcheck", NULL};
    int check = 1;
    PyObject *none = PyTuple_New(0);
    bool ok = none && PyArg_ParseTupleAndKeywords(none, keywords, "|$p:resize", names, &check);
    Py_XDECREF(none);
    if (!ok) {
        return NULL;
    }
    const Py_ssize_t count = PyTuple_Size(positional);
    PyObject *shape = count == 1 ? PyTuple_GetItem(positional, 0) : positional;
    return count == 0 || shape == Py_None || resize(self, shape, check) ? Py_NewRef(Py_None) : NULL;
}

/* Memory of its own, or an owner's that may be written. */
static bool make_writeable(PyObject *self)
{
    PyObject *base = ext_get_base(self, NULL);
    bool may = base == Py_None;
    if (base && !may) {
        Py_buffer view;
        may = PyObject_GetBuffer(base, &view, PyBUF_STRIDED) == 0;
        if (may) {
            PyBuffer_Release(&view);
        }
        PyErr_Clear();
    }
    Py_XDECREF(base);
    if (may) {
        ext_raw(self)->flags &= (uint8_t)~RP_FLAG_READONLY;
    } else if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "cannot set WRITEABLE flag to True of this array");
    }
    return may;
}

PyObject *ext_method_setflags(PyObject *self, PyObject *positional, PyObject *keywords)
{
    static char *names[] = {"write", "align", "uic", NULL};
    PyObject *write = Py_None, *align = Py_None, *uic = Py_None;
    if (!PyArg_ParseTupleAndKeywords(positional, keywords, "|OOO:setflags", names, &write, &align, &uic)) {
        return NULL;
    }
    const int wanted = write == Py_None ? -1 : PyObject_IsTrue(write);
    if (PyErr_Occurred()) {
        return NULL;
    }
    if (wanted == 0) {
        rp_set_readonly(ext_raw(self));
    } else if (wanted == 1 && !make_writeable(self)) {
        return NULL;
    }
    return Py_NewRef(Py_None);
}

/* numpy.ndarray(shape, dtype, buffer, ...), which programs seldom call. */
PyObject *ext_array_new(PyTypeObject *type, PyObject *positional, PyObject *keywords)
{
    (void)type;
    PyObject *ndarray = PyObject_Call((PyObject *)ext.ndarray_type, positional, keywords);
    PyObject *array = ndarray ? ext_wrap(ext_from_numpy(ndarray, EXT_COPY_NEVER)) : NULL;
    Py_XDECREF(ndarray);
    return array;
}
