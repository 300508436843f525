/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hooks put in place, taken away, and their counts: what python/raptors/_patching.py calls.
 */
#define RP_PATCH_HAS_API
#include "patch.h"

#include "choose/choose.h"

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
    patch_forgetting = true;
    PyObject *nothing = count_calls(module, unused);
    patch_forgetting = false;
    rp_trace_pause(false);
    Py_XDECREF(nothing);
    return nothing ? Py_NewRef(Py_None) : NULL;
}

PyMethodDef ext_patching_functions[] = {
    {"_patch_install", install, METH_O, NULL},
    {"_patch_modes", EXT_FUNCTION(patch_set_modes), METH_FASTCALL, NULL},
    {"_patch_alone", patch_set_alone, METH_O, NULL},
    {"_patch_way", patch_set_way, METH_O, NULL},
    {"_patch_remove", remove_hooks, METH_NOARGS, NULL},
    {"_patch_latest", tell_latest, METH_NOARGS, NULL},
    {"_patch_forget_counts", forget_counts, METH_NOARGS, NULL},
    {"_patch_unknown", list_unknown, METH_NOARGS, NULL},
    {"_patch_counts", count_calls, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
