/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What all hooks share: the counts of their calls, and whether these are checked.
 */
#include "patch.h"

static const char *const reasons[] = {
#define PATCH_REASON(name, text) text,
    PATCH_REASONS(PATCH_REASON)
#undef PATCH_REASON
};

bool patch_forgetting;

bool patch_counts_add(PyObject *counts, patch_counts *these)
{
    if (patch_forgetting) {
        *these = (patch_counts){.name = these->name};
        return true;
    }
    PyObject *passed = PyDict_New();
    for (int i = 0; passed && i < PATCH_REASON_COUNT; i++) {
        PyObject *count = these->passed[i] ? PyLong_FromUnsignedLongLong(these->passed[i]) : NULL;
        if (count ? PyDict_SetItemString(passed, reasons[i], count) < 0 : PyErr_Occurred() != NULL) {
            Py_CLEAR(passed);
        }
        Py_XDECREF(count);
    }
    PyObject *pair = passed ? Py_BuildValue("(KN)", (unsigned long long)these->taken, passed) : NULL;
    const bool added = pair && PyDict_SetItemString(counts, these->name, pair) == 0;
    Py_XDECREF(pair);
    return added;
}

bool patch_name_add(PyObject *list, const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    const bool added = text && PyList_Append(list, text) == 0;
    Py_XDECREF(text);
    return added;
}

/* ---- Checking ---------------------------------------------------------------------------------------------- */

bool patch_checking, patch_stressed, patch_small = true, patch_traced;
static _Thread_local patch_way way_now = PATCH_CHECKED;
static const patch_way
    *alone; /* of the one thread whose calls are checked, while those of others are NumPy's; NULL: of all */

patch_way patch_way_checked(void)
{
    if (alone && alone != &way_now) {
        return PATCH_BY_NUMPY;
    }
    if (way_now != PATCH_ONCE_BY_NUMPY) {
        return way_now;
    }
    way_now = PATCH_CHECKED;
    return PATCH_BY_NUMPY;
}

PyObject *patch_check(PyObject *callable, PyObject *self, PyObject *const *arguments, Py_ssize_t given, PyObject *names)
{
    const Py_ssize_t first = self != NULL, keywords = names ? PyTuple_Size(names) : 0;
    PyObject *module = PyImport_ImportModule("raptors._checking");
    PyObject *positional = module ? PyTuple_New(first + given) : NULL;
    PyObject *named = positional ? PyDict_New() : NULL;
    if (positional && self) {
        PyTuple_SetItem(positional, 0, Py_NewRef(self));
    }
    for (Py_ssize_t i = 0; positional && i < given; i++) {
        PyTuple_SetItem(positional, first + i, Py_NewRef(arguments[i]));
    }
    for (Py_ssize_t i = 0; named && i < keywords; i++) {
        if (PyDict_SetItem(named, PyTuple_GetItem(names, i), arguments[given + i]) < 0) {
            Py_CLEAR(named);
        }
    }
    PyObject *result = named ? PyObject_CallMethod(module, "check", "OOO", callable, positional, named) : NULL;
    Py_XDECREF(named);
    Py_XDECREF(positional);
    Py_XDECREF(module);
    return result;
}

PyObject *patch_set_way(PyObject *module, PyObject *number)
{
    (void)module;
    const patch_way before = way_now;
    const long way = PyLong_AsLong(number);
    if (way < PATCH_CHECKED || way > PATCH_ONCE_BY_NUMPY) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_ValueError, "there is no way %ld", way);
        }
        return NULL;
    }
    way_now = (patch_way)way;
    return PyLong_FromLong(before);
}

PyObject *patch_set_alone(PyObject *module, PyObject *value)
{
    bool yes;
    (void)module;
    if (!ext_bool_get(value, false, &yes)) {
        return NULL;
    }
    alone = yes ? &way_now : NULL;
    return Py_NewRef(Py_None);
}

PyObject *patch_set_modes(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    bool *const modes[] = {&patch_checking, &patch_stressed, &patch_small};
    bool values[3];
    (void)module;
    if (given != 3) {
        PyErr_SetString(PyExc_TypeError, "three truth values are needed");
        return NULL;
    }
    for (int i = 0; i < 3; i++) {
        if (!ext_bool_get(arguments[i], false, &values[i])) {
            return NULL;
        }
    }
    for (int i = 0; i < 3; i++) {
        *modes[i] = values[i];
    }
    return Py_NewRef(Py_None);
}
