/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions on the machine: threads, the memory pool, information.
 */
#include "ext.h"

#include <string.h>

static PyObject *function_set_num_threads(PyObject *module, PyObject *value)
{
    int count;
    (void)module;
    if (!ext_int_get(value, &count)) {
        return NULL;
    }
    rp_status status = rp_set_num_threads(count);
    return status == RP_OK ? Py_NewRef(Py_None) : ext_error(status);
}

static PyObject *function_get_num_threads(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromLong(rp_get_num_threads());
}

static PyObject *function_set_accuracy(PyObject *module, PyObject *value)
{
    (void)module;
    if (!PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "accuracy must be a str: 'accurate' or 'fast'");
        return NULL;
    }
    rp_accuracy accuracy = RP_ACCURATE;
    for (const char *name; (name = rp_accuracy_name(accuracy)); accuracy++) {
        if (PyUnicode_CompareWithASCIIString(value, name) == 0) {
            rp_set_accuracy(accuracy);
            return Py_NewRef(Py_None);
        }
    }
    PyErr_Format(PyExc_ValueError, "accuracy must be 'accurate' or 'fast', not %R", value);
    return NULL;
}

static PyObject *function_get_accuracy(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyUnicode_FromString(rp_accuracy_name(rp_get_accuracy()));
}

static PyObject *function_pool_info(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    rp_pool_counters counters;
    rp_pool_info(&counters);
    return Py_BuildValue("{s:n,s:n,s:n,s:K,s:K}", "held_bytes", (Py_ssize_t)counters.held_bytes, "limit_bytes",
                         (Py_ssize_t)counters.limit_bytes, "used_bytes", (Py_ssize_t)counters.used_bytes, "hits",
                         (unsigned long long)counters.hits, "misses", (unsigned long long)counters.misses);
}

static PyObject *function_pool_trim(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyThreadState *thread = PyEval_SaveThread();
    rp_pool_trim();
    PyEval_RestoreThread(thread);
    return Py_NewRef(Py_None);
}

static PyObject *function_info(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    size_t size = rp_info(NULL, 0) + 256; /* figures may grow a digit between the two calls */
    char *text = PyMem_Malloc(size);
    if (!text) {
        return PyErr_NoMemory();
    }
    rp_info(text, size);
    PyObject *result = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    PyMem_Free(text);
    return result;
}

PyMethodDef ext_runtime_functions[] = {
    {"set_num_threads", function_set_num_threads, METH_O,
     "set_num_threads(n, /)\n--\n\n"
     "The threads that a call may use, the calling one included, in the whole process; 0 asks for the default:\n"
     "what the affinity mask and the cgroup quota allow, or RAPTORS_NUM_THREADS, or else OMP_NUM_THREADS.\n"
     "Errors: ValueError (negative)."},
    {"get_num_threads", function_get_num_threads, METH_NOARGS,
     "get_num_threads()\n--\n\nThe threads that a call may use."},
    {"set_accuracy", function_set_accuracy, METH_O,
     "set_accuracy(name, /)\n--\n\n"
     "How exact this thread's mathematical functions of real numbers are from now on. 'accurate': float16 and float32 are\n"
     "correctly rounded, float64 is at most one unit in the last place off, with equal bits everywhere. 'fast': at most\n"
     "four units off, by whoever is fastest on this machine; another run of the program may have other last bits. Until\n"
     "it is set: RAPTORS_ACCURACY, or else 'accurate'. Errors: TypeError, ValueError (another name)."},
    {"get_accuracy", function_get_accuracy, METH_NOARGS,
     "get_accuracy()\n--\n\nThe class of this thread's mathematical functions: 'accurate' or 'fast'."},
    {"pool_info", function_pool_info, METH_NOARGS,
     "pool_info()\n--\n\n"
     "The memory pool's counters: held_bytes (idle blocks), limit_bytes (the most that is kept), used_bytes (held by\n"
     "arrays), hits and misses (allocations from idle blocks, and from the system)."},
    {"pool_trim", function_pool_trim, METH_NOARGS,
     "pool_trim()\n--\n\nGives every idle block of the memory pool back to the system."},
    {"info", function_info, METH_NOARGS,
     "info()\n--\n\nText about the machine and how Raptors uses it, one \"key: value\" a line."},
    {NULL, NULL, 0, NULL},
};
