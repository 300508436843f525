/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What NumPy computes for us. A call is passed on with an ndarray in the place of each Array, on the same memory, and
 * its result comes back with an Array in the place of each ndarray. raptors.function is a callable that does so: for a
 * function of NumPy alone, or after our own function of that name has refused the arguments.
 */
#include "ext.h"

#include <stddef.h>
#include <structmember.h>

/* CPython's vectorcall, as PyObject_Vectorcall in ext.h. */
extern PyObject *PyVectorcall_Call(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*vectorcall)(PyObject *, PyObject *const *, size_t, PyObject *);
#define CALLER_HAS_ROOM ((size_t)1 << (8 * sizeof(size_t) - 1)) /* PY_VECTORCALL_ARGUMENTS_OFFSET */
#define HAVE_VECTORCALL (1UL << 11)                             /* Py_TPFLAGS_HAVE_VECTORCALL */

/* ---- Arguments --------------------------------------------------------------------------------------------- */

static bool is_sequence(PyObject *object) { return PyList_CheckExact(object) || PyTuple_CheckExact(object); }

/* Borrowed. */
static PyObject *item_of(PyObject *sequence, Py_ssize_t i)
{
    return PyList_Check(sequence) ? PyList_GetItem(sequence, i) : PyTuple_GetItem(sequence, i);
}

/* Deeper lists are no arrays' (NumPy has 64 dimensions), and may be their own items. */
enum { DEEPEST = RP_MAX_NDIM };

static bool has_array(PyObject *object, int depth)
{
    if (ext_is_array(object)) {
        return true;
    }
    bool found = false;
    if (is_sequence(object) && depth < DEEPEST) {
        const Py_ssize_t count = PySequence_Size(object);
        for (Py_ssize_t i = 0; i < count && !found; i++) {
            found = has_array(item_of(object, i), depth + 1);
        }
    }
    return found;
}

/* The same with ndarrays for Arrays, also inside lists and tuples. A new reference. */
static PyObject *lower(PyObject *object, int depth)
{
    if (ext_is_array(object)) {
        return ext_to_numpy(object);
    }
    if (!is_sequence(object) || !has_array(object, depth)) {
        return Py_NewRef(object);
    }
    const Py_ssize_t count = PySequence_Size(object);
    const bool list = PyList_CheckExact(object);
    PyObject *result = list ? PyList_New(count) : PyTuple_New(count);
    for (Py_ssize_t i = 0; result && i < count; i++) {
        PyObject *source = Py_XNewRef(item_of(object, i)), *item = source ? lower(source, depth + 1) : NULL;
        Py_XDECREF(source);
        if (!item) {
            Py_CLEAR(result);
        } else if (list) {
            PyList_SetItem(result, i, item);
        } else {
            PyTuple_SetItem(result, i, item);
        }
    }
    return result;
}

/* ---- Results ----------------------------------------------------------------------------------------------- */

static bool is_ndarray(PyObject *object) { return Py_IS_TYPE(object, ext.ndarray_type); }

static bool has_ndarray(PyObject *object, int depth)
{
    if (is_ndarray(object)) {
        return true;
    }
    bool found = false;
    if ((PyTuple_Check(object) || PyList_CheckExact(object)) && depth < DEEPEST) {
        const Py_ssize_t count = PySequence_Size(object);
        for (Py_ssize_t i = 0; i < count && !found; i++) {
            found = has_ndarray(item_of(object, i), depth + 1);
        }
    }
    return found;
}

static PyObject *raise_result(PyObject *result, int depth);

static PyObject *raise_items(PyObject *sequence, int depth)
{
    const Py_ssize_t count = PySequence_Size(sequence);
    PyObject *items = PyTuple_New(count);
    for (Py_ssize_t i = 0; items && i < count; i++) {
        PyObject *item = item_of(sequence, i);
        item = item ? raise_result(Py_NewRef(item), depth + 1) : NULL;
        if (item) {
            PyTuple_SetItem(items, i, item);
        } else {
            Py_CLEAR(items);
        }
    }
    return items;
}

/* A tuple with names, as its class method _make makes it: without the detour by a constructor in Python. */
static PyObject *named_tuple(PyTypeObject *type, PyObject *items)
{
    const newfunc make = (newfunc)(uintptr_t)PyType_GetSlot(&PyTuple_Type, Py_tp_new);
    PyObject *arguments = PyTuple_Pack(1, items), *result = arguments ? make(type, arguments, NULL) : NULL;
    Py_XDECREF(arguments);
    return result;
}

/* A list, a tuple, or one with names, as numpy.linalg.svd gives. */
static PyObject *raise_sequence(PyObject *sequence, int depth)
{
    PyObject *items = raise_items(sequence, depth);
    if (!items || PyTuple_CheckExact(sequence)) {
        return items;
    }
    PyTypeObject *type = Py_TYPE(sequence);
    PyObject *result;
    if (PyList_CheckExact(sequence)) {
        result = PySequence_List(items);
    } else {
        result =
            PyObject_HasAttr((PyObject *)type, ext.names[EXT__fields]) ? named_tuple(type, items) : Py_NewRef(sequence);
    }
    Py_DECREF(items);
    return result;
}

static PyObject *raise_result(PyObject *result, int depth)
{
    if (!has_ndarray(result, depth)) {
        return result;
    }
    PyObject *raised = is_ndarray(result) ? ext_from_ndarray(result) : raise_sequence(result, depth);
    Py_DECREF(result);
    return raised;
}

PyObject *ext_from_result(PyObject *result) { return result ? raise_result(result, 0) : NULL; }

/* ---- The call ---------------------------------------------------------------------------------------------- */

/* Whether the result is an ndarray that the caller gave as out, by name or behind the operand: it stays what it is. */
static bool is_output(PyObject *result, PyObject *const *arguments, Py_ssize_t count)
{
    bool found = false;
    for (Py_ssize_t i = 1; result && i < count && !found; i++) {
        PyObject *one = arguments[i];
        found =
            one == result || (PyTuple_CheckExact(one) && PyTuple_Size(one) == 1 && PyTuple_GetItem(one, 0) == result);
    }
    return found;
}

PyObject *ext_pass(PyObject *callable, EXT_FASTCALL)
{
    enum { ROOM = 12 };
    PyObject *room[ROOM], **lowered = room, *result = NULL;
    const Py_ssize_t all = given + (keywords ? PyTuple_Size(keywords) : 0);
    Py_ssize_t count = 0;
    if (all > ROOM && !(lowered = PyMem_Malloc((size_t)all * sizeof *lowered))) {
        return PyErr_NoMemory();
    }
    for (; count < all; count++) {
        lowered[count] = lower(arguments[count], 0);
        if (!lowered[count]) {
            break;
        }
    }
    if (count == all) {
        result = PyObject_Vectorcall(callable, lowered, (size_t)given, keywords);
        if (!is_output(result, arguments, all)) {
            result = ext_from_result(result);
        }
    }
    while (count > 0) {
        Py_DECREF(lowered[--count]);
    }
    if (lowered != room) {
        PyMem_Free(lowered);
    }
    return result;
}

PyObject *ext_pass_tuple(PyObject *callable, PyObject *arguments)
{
    enum { ROOM = 8 };
    PyObject *items[ROOM];
    const Py_ssize_t count = PyTuple_Size(arguments);
    for (Py_ssize_t i = 0; i < count && i < ROOM; i++) {
        items[i] = PyTuple_GetItem(arguments, i);
    }
    if (count <= ROOM) {
        return ext_pass(callable, items, count, NULL);
    }
    PyObject *lowered = lower(arguments, 0);
    PyObject *result = lowered ? PyObject_CallObject(callable, lowered) : NULL;
    Py_XDECREF(lowered);
    return ext_from_result(result);
}

bool ext_refused(void)
{
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) {
        return false;
    }
    PyErr_Clear();
    return true;
}

PyObject *ext_call_with(PyObject *callable, PyObject *self, bool pass, EXT_FASTCALL)
{
    enum { ROOM = RP_MAX_NDIM + 8 }; /* a shape by position, and some names */
    PyObject *all[ROOM];
    const Py_ssize_t count = given + (keywords ? PyTuple_Size(keywords) : 0);
    if (count >= ROOM) {
        PyErr_Format(PyExc_TypeError, "%zd arguments are too many", count);
        return NULL;
    }
    all[0] = self;
    for (Py_ssize_t i = 0; i < count; i++) {
        all[i + 1] = arguments[i];
    }
    return pass ? ext_pass(callable, all, given + 1, keywords)
                : PyObject_Vectorcall(callable, all, (size_t)given + 1, keywords);
}

/* ---- The callable ------------------------------------------------------------------------------------------ */

typedef struct function {
    PyObject_HEAD
    vectorcall vectorcall;
    PyObject *native, *numpy; /* either may be NULL, not both */
    ext_fastcall direct;      /* of a native function of ours: called without Python's detour */
    PyObject *module;         /* its first argument */
    PyObject *attributes, *weak_references;
    bool binds; /* is a method where it stands in a class, as NumPy's is */
} function;

static PyObject *call(PyObject *self, PyObject *const *arguments, size_t given, PyObject *keywords)
{
    const function *f = (function *)self;
    const Py_ssize_t count = (Py_ssize_t)(given & ~CALLER_HAS_ROOM);
    if (f->native) {
        PyObject *result = f->direct ? f->direct(f->module, arguments, count, keywords)
                                     : PyObject_Vectorcall(f->native, arguments, (size_t)count, keywords);
        if (result || !f->numpy || !ext_refused()) {
            return result;
        }
    }
    return ext_pass(f->numpy, arguments, count, keywords);
}

static PyObject *new_function(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *native, *numpy, *attributes;
    (void)keywords;
    if (!PyArg_ParseTuple(arguments, "OOO!:function", &native, &numpy, &PyDict_Type, &attributes)) {
        return NULL;
    }
    if (native == Py_None && numpy == Py_None) {
        PyErr_SetString(PyExc_TypeError, "function() needs a function");
        return NULL;
    }
    function *self = (function *)PyType_GenericAlloc(type, 0);
    if (!self) {
        return NULL;
    }
    self->vectorcall = call;
    self->native = native == Py_None ? NULL : Py_NewRef(native);
    self->numpy = numpy == Py_None ? NULL : Py_NewRef(numpy);
    self->attributes = Py_NewRef(attributes);
    if (self->native && PyCFunction_Check(native) && PyCFunction_GetFlags(native) == (METH_FASTCALL | METH_KEYWORDS)) {
        self->direct = (ext_fastcall)(void (*)(void))PyCFunction_GetFunction(native);
        self->module = PyCFunction_GetSelf(native);
    }
    self->binds = self->numpy && PyObject_HasAttr((PyObject *)Py_TYPE(numpy), ext.names[EXT___get__]);
    return (PyObject *)self;
}

static PyObject *bind(PyObject *self, PyObject *object, PyObject *type)
{
    (void)type;
    return object && ((function *)self)->binds
               ? PyObject_CallFunctionObjArgs((PyObject *)ext.method_type, self, object, NULL)
               : Py_NewRef(self);
}

/* What NumPy's function has and this does not yet, the methods of a ufunc above all, by raptors._passing. */
static PyObject *get_attribute(PyObject *self, PyObject *name)
{
    PyObject *value = PyObject_GenericGetAttr(self, name);
    if (value || !PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return value;
    }
    PyErr_Clear();
    PyObject *passing = PyImport_ImportModule("raptors._passing");
    value = passing ? PyObject_CallMethod(passing, "function_attribute", "OO", self, name) : NULL;
    Py_XDECREF(passing);
    return value;
}

static PyObject *get_native(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *native = ((function *)self)->native;
    return Py_NewRef(native ? native : Py_None);
}

static PyObject *get_numpy(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *numpy = ((function *)self)->numpy;
    return Py_NewRef(numpy ? numpy : Py_None);
}

static PyObject *representation(PyObject *self)
{
    PyObject *module = PyObject_GetAttrString(self, "__module__");
    PyObject *name = module ? PyObject_GetAttrString(self, "__qualname__") : NULL;
    PyObject *text = name ? PyUnicode_FromFormat("<function %S.%S>", module, name) : NULL;
    Py_XDECREF(name);
    Py_XDECREF(module);
    return text;
}

/* Pickled by name. */
static PyObject *reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyObject_GetAttrString(self, "__qualname__");
}

static PyObject *itself(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_NewRef(self);
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
    const function *f = (function *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(f->native);
    Py_VISIT(f->numpy);
    Py_VISIT(f->attributes);
    return 0;
}

static int clear(PyObject *self)
{
    Py_CLEAR(((function *)self)->attributes);
    return 0;
}

static void deallocate(PyObject *self)
{
    function *f = (function *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (f->weak_references) {
        PyObject_ClearWeakRefs(self);
    }
    Py_XDECREF(f->native);
    Py_XDECREF(f->numpy);
    Py_XDECREF(f->attributes);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"__reduce__", reduce, METH_NOARGS, NULL},
    {"__copy__", itself, METH_NOARGS, NULL},
    {"__deepcopy__", itself, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"native", get_native, NULL, "Raptors' own function, which is tried first; None where there is none.", NULL},
    {"numpy", get_numpy, NULL, "NumPy's function; None where there is none.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(function, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(function, attributes), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(function, weak_references), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject *ext_function_type_new(PyObject *module)
{
    PyType_Slot slots[] = {
        {Py_tp_new, (void *)(uintptr_t)new_function},
        {Py_tp_dealloc, (void *)(uintptr_t)deallocate},
        {Py_tp_traverse, (void *)(uintptr_t)traverse},
        {Py_tp_clear, (void *)(uintptr_t)clear},
        {Py_tp_call, (void *)(uintptr_t)PyVectorcall_Call},
        {Py_tp_descr_get, (void *)(uintptr_t)bind},
        {Py_tp_getattro, (void *)(uintptr_t)get_attribute},
        {Py_tp_repr, (void *)(uintptr_t)representation},
        {Py_tp_methods, methods},
        {Py_tp_getset, properties},
        {Py_tp_members, members},
        {0, NULL},
    };
    PyType_Spec spec = {
        .name = "raptors._raptors.function",
        .basicsize = sizeof(function),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | HAVE_VECTORCALL,
        .slots = slots,
    };
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

/* ---- For raptors._passing ----------------------------------------------------------------------------------- */

static PyObject *function_lower(PyObject *module, PyObject *object)
{
    (void)module;
    return lower(object, 0);
}

static PyObject *function_raise(PyObject *module, PyObject *object)
{
    (void)module;
    return ext_from_result(Py_NewRef(object));
}

PyMethodDef ext_passing_functions[] = {
    {"_to_numpy", function_lower, METH_O, "The same, each Array in it an ndarray on the same memory."},
    {"_from_numpy", function_raise, METH_O,
     "The same, each ndarray in it an Array on the same memory, where Raptors has its type. Subclasses stay what they are."},
    {NULL, NULL, 0, NULL},
};
