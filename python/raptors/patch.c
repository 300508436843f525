/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks put in place, taken away, and their counts: what python/raptors/_patching.py calls.
 */
#define RP_PATCH_HAS_API
#include "patch.h"

static const char *const reasons[] = {
#define PATCH_REASON(name, text) text,
    PATCH_REASONS(PATCH_REASON)
#undef PATCH_REASON
};

bool patch_counts_add(PyObject *counts, const char *name, const patch_counts *these)
{
    PyObject *passed = PyDict_New();
    for (int i = 0; passed && i < PATCH_REASON_COUNT; i++) {
        PyObject *count = these->passed[i] ? PyLong_FromUnsignedLongLong(these->passed[i]) : NULL;
        if (count ? PyDict_SetItemString(passed, reasons[i], count) < 0 : PyErr_Occurred() != NULL) {
            Py_CLEAR(passed);
        }
        Py_XDECREF(count);
    }
    PyObject *pair = passed ? Py_BuildValue("(KN)", (unsigned long long)these->taken, passed) : NULL;
    const bool added = pair && PyDict_SetItemString(counts, name, pair) == 0;
    Py_XDECREF(pair);
    return added;
}

static bool install_all(PyObject *numpy)
{
    PyObject *umath = PyImport_ImportModule("numpy._core.umath");
    PyObject *ufuncs = umath ? PyModule_GetDict(umath) : NULL;
    const bool installed = ufuncs && patch_start_operands() && patch_reductions_start(numpy) &&
                           patch_ufuncs_install(ufuncs) && patch_methods_install() && patch_index_install() &&
                           patch_functions_install(numpy) && patch_memory_install();
    Py_XDECREF(umath);
    return installed;
}

static PyObject *install(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (!numpy) {
        return NULL;
    }
    const bool installed = PyArray_ImportNumPyAPI() >= 0 && PyUFunc_ImportUFuncAPI() >= 0 && install_all(numpy);
    Py_DECREF(numpy);
    return installed ? Py_NewRef(Py_None) : NULL;
}

static PyObject *remove_hooks(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    patch_ufuncs_remove();
    patch_methods_remove();
    patch_index_remove();
    patch_functions_remove();
    patch_memory_remove();
    return Py_NewRef(Py_None);
}

static PyObject *count_calls(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyObject *counts = PyDict_New();
    if (counts && (!patch_ufuncs_count(counts) || !patch_methods_count(counts) || !patch_index_count(counts) || !patch_functions_count(counts) || !patch_memory_count(counts))) {
        Py_CLEAR(counts);
    }
    return counts;
}

PyMethodDef ext_patching_functions[] = {
    {"_patch_install", install, METH_NOARGS, NULL},
    {"_patch_remove", remove_hooks, METH_NOARGS, NULL},
    {"_patch_counts", count_calls, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
