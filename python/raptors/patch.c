/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks put in place, taken away, and their counts: what python/raptors/_patching.py calls.
 */
#define RP_PATCH_HAS_API
#include "patch.h"

#include "choose/choose.h"

static const char *const reasons[] = {
#define PATCH_REASON(name, text) text,
    PATCH_REASONS(PATCH_REASON)
#undef PATCH_REASON
};

static bool forgetting; /* counts that are asked for begin anew */

bool patch_counts_add(PyObject *counts, patch_counts *these)
{
    if (forgetting) {
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

/* The calling thread's way within a check; returns the one before. */
static PyObject *set_way(PyObject *module, PyObject *number)
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

/* Whether checking is for the calling thread alone: a bool. */
static PyObject *set_alone(PyObject *module, PyObject *value)
{
    bool yes;
    (void)module;
    if (!ext_bool_get(value, false, &yes)) {
        return NULL;
    }
    alone = yes ? &way_now : NULL;
    return Py_NewRef(Py_None);
}

/* checking, stressed, small: each a bool. */
static PyObject *set_modes(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
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

/* ---- On and off -------------------------------------------------------------------------------------------- */

static void remove_all(void)
{
    rp_trace_pause(false);
    patch_ufuncs_remove();
    patch_methods_remove();
    patch_index_remove();
    patch_functions_remove();
    patch_memory_remove();
}

static bool install_parts(PyObject *numpy, unsigned parts)
{
    patch_traced = rp_context_get()->counts;
    rp_trace_pause(true); /* until the self-test is over: forget_counts() */
    PyObject *umath = PyImport_ImportModule("numpy._core.umath");
    PyObject *ufuncs = umath ? PyModule_GetDict(umath) : NULL;
    const bool installed = ufuncs && patch_start_operands() && patch_reductions_start(numpy) &&
                           (!(parts & PATCH_ELEMENTWISE) || patch_ufuncs_install(ufuncs)) &&
                           (!(parts & (PATCH_REDUCING | PATCH_COPYING)) ||
                            (patch_methods_install(parts) && patch_functions_install(numpy, parts))) &&
                           (!(parts & PATCH_INDEXING) || patch_index_install()) &&
                           (!(parts & PATCH_MEMORY) || patch_memory_install());
    Py_XDECREF(umath);
    if (!installed) {
        remove_all();
    }
    return installed;
}

static PyObject *install(PyObject *module, PyObject *number)
{
    (void)module;
    const unsigned long parts = PyLong_AsUnsignedLong(number);
    PyObject *numpy = PyErr_Occurred() ? NULL : PyImport_ImportModule("numpy");
    if (!numpy) {
        return NULL;
    }
    const bool installed =
        PyArray_ImportNumPyAPI() >= 0 && PyUFunc_ImportUFuncAPI() >= 0 && install_parts(numpy, (unsigned)parts);
    Py_DECREF(numpy);
    return installed ? Py_NewRef(Py_None) : NULL;
}

static PyObject *remove_hooks(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    remove_all();
    return Py_NewRef(Py_None);
}

/* Threads, kernel (None: NumPy's loop, or none) and whether stores passed the caches by: of the calling thread's latest call since
 * this was last asked, 1, None, False for one that is over before there is a choice. */
static PyObject *tell_latest(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    const patch_latest last = patch_last;
    patch_last = (patch_latest){.threads = 1};
    return Py_BuildValue("(izO)", last.threads, last.kernel, last.streams ? Py_True : Py_False);
}

static PyObject *count_calls(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyObject *counts = PyDict_New();
    if (counts && (!patch_ufuncs_count(counts) || !patch_methods_count(counts) || !patch_index_count(counts) ||
                   !patch_functions_count(counts) || !patch_memory_count(counts))) {
        Py_CLEAR(counts);
    }
    return counts;
}

bool patch_name_add(PyObject *list, const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    const bool added = text && PyList_Append(list, text) == 0;
    Py_XDECREF(text);
    return added;
}

static PyObject *list_unknown(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyObject *list = PyList_New(0);
    if (list && (!patch_methods_list_unknown(list) || !patch_functions_list_unknown(list))) {
        Py_CLEAR(list);
    }
    return list;
}

static PyObject *forget_counts(PyObject *module, PyObject *unused)
{
    forgetting = true;
    PyObject *nothing = count_calls(module, unused);
    forgetting = false;
    rp_trace_pause(false);
    Py_XDECREF(nothing);
    return nothing ? Py_NewRef(Py_None) : NULL;
}

PyMethodDef ext_patching_functions[] = {
    {"_patch_install", install, METH_O, NULL},
    {"_patch_modes", EXT_FUNCTION(set_modes), METH_FASTCALL, NULL},
    {"_patch_alone", set_alone, METH_O, NULL},
    {"_patch_way", set_way, METH_O, NULL},
    {"_patch_remove", remove_hooks, METH_NOARGS, NULL},
    {"_patch_latest", tell_latest, METH_NOARGS, NULL},
    {"_patch_forget_counts", forget_counts, METH_NOARGS, NULL},
    {"_patch_unknown", list_unknown, METH_NOARGS, NULL},
    {"_patch_counts", count_calls, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
