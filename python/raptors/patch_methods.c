/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Methods of NumPy's types, taken over by the one pointer in their definition that the interpreter calls: it finds calls by name,
 * bound methods that a program has kept, and NumPy's own.
 */
#include "patch.h"

#include <string.h>

#include "runtime/os.h"

typedef PyObject *(*method)(PyObject *self, PyObject *const *arguments, Py_ssize_t given, PyObject *names);

/* CPython's method descriptor, which its limited API does not show: the same in all versions that are patched, and looked at
 * before it is believed. */
typedef struct descriptor {
    PyObject_HEAD
    PyTypeObject *type;
    PyObject *name, *qualified_name;
    PyMethodDef *definition;
} descriptor;

typedef struct hooked_method {
    const char *name;
    unsigned part;
    bool of_ufunc; /* else of ndarray */
    method ours;
    int what; /* an rp_op; of var and std, whether roots are taken; else which of the takers */
    ext_signature signature;
    PyMethodDef *definition;
    PyObject *descriptor;
    method before;
    patch_counts counts;
} hooked_method;

static PyObject *pass(hooked_method *m, int reason, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                      PyObject *names)
{
    m->counts.passed[reason]++;
    return m->before(self, arguments, given, names);
}

/* The arguments by the signature's places; false where NumPy has to complain, or knows more of them. */
static bool read_arguments(const hooked_method *m, PyObject *const *arguments, Py_ssize_t given, PyObject *names,
                           PyObject **values)
{
    if (ext_arguments(m->name, &m->signature, arguments, given, names, values)) {
        return true;
    }
    PyErr_Clear();
    return false;
}

/* ---- Reductions -------------------------------------------------------------------------------------------- */

static PyObject *reduce(hooked_method *m, rp_op op, PyObject *x, PyObject *const *values, int first, int *reason)
{
    PyObject *sorted[PATCH_REDUCE_VALUES];
    patch_reduce_sort(&m->signature, values, first, sorted);
    PyObject *result = patch_reduce(op, x, sorted, reason);
    if (*reason < 0) {
        patch_took(&m->counts);
    }
    return result;
}

static PyObject *run_method(hooked_method *m, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                            PyObject *names)
{
    PyObject *values[EXT_MAX_PARAMETERS];
    int reason = PATCH_KEYWORDS;
    if (read_arguments(m, arguments, given, names, values)) {
        PyObject *result = reduce(m, (rp_op)m->what, self, values, 0, &reason);
        if (reason < 0) {
            return result;
        }
    }
    return pass(m, reason, self, arguments, given, names);
}

static PyObject *run_variance(hooked_method *m, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                              PyObject *names)
{
    PyObject *values[EXT_MAX_PARAMETERS];
    int reason = PATCH_KEYWORDS;
    if (read_arguments(m, arguments, given, names, values)) {
        const patch_variance_values named = {values[0], values[1], values[2], values[3], values[4], values[5]};
        PyObject *result = patch_variance(m->what, self, &named, &reason);
        if (reason < 0) {
            patch_took(&m->counts);
            return result;
        }
    }
    return pass(m, reason, self, arguments, given, names);
}

static PyObject *run_reduce(hooked_method *m, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                            PyObject *names)
{
    PyObject *values[EXT_MAX_PARAMETERS];
    int reason = PATCH_KEYWORDS;
    const int op = patch_reduction_of(self);
    if (op >= 0 && read_arguments(m, arguments, given, names, values)) {
        PyObject *zero = values[1] ? NULL : PyLong_FromLong(0); /* the default of reduce, and of nothing else */
        values[1] = values[1] ? values[1] : zero;
        PyObject *result = reduce(m, (rp_op)op, values[0], values, 1, &reason);
        Py_XDECREF(zero);
        if (reason < 0) {
            return result;
        }
    }
    return pass(m, reason, self, arguments, given, names);
}

/* ---- Copies ------------------------------------------------------------------------------------------------ */

typedef PyObject *(*taker)(PyObject *x, PyObject *const *values, int *reason);
static const taker takers[] = {patch_astype, patch_copy, patch_take};
enum { ASTYPE, COPY, TAKE };

static PyObject *run_taker(hooked_method *m, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                           PyObject *names)
{
    PyObject *values[EXT_MAX_PARAMETERS];
    int reason = PATCH_KEYWORDS;
    if (read_arguments(m, arguments, given, names, values)) {
        PyObject *result = takers[m->what](self, values, &reason);
        if (reason < 0) {
            patch_took(&m->counts);
            return result;
        }
    }
    return pass(m, reason, self, arguments, given, names);
}

/* ---- The table --------------------------------------------------------------------------------------------- */

#define SUM_SIGNATURE {6, 0, 6, 0, {EXT_axis, EXT_dtype, EXT_out, EXT_keepdims, EXT_initial, EXT_where}}
#define MEAN_SIGNATURE {5, 0, 4, 0, {EXT_axis, EXT_dtype, EXT_out, EXT_keepdims, EXT_where}}
#define MAX_SIGNATURE {5, 0, 5, 0, {EXT_axis, EXT_out, EXT_keepdims, EXT_initial, EXT_where}}
#define ANY_SIGNATURE {4, 0, 3, 0, {EXT_axis, EXT_out, EXT_keepdims, EXT_where}}
#define ARG_SIGNATURE {3, 0, 2, 0, {EXT_axis, EXT_out, EXT_keepdims}}
#define REDUCE_SIGNATURE \
    {7, 1, 7, 1, {EXT_x, EXT_axis, EXT_dtype, EXT_out, EXT_keepdims, EXT_initial, EXT_where}}

#define VAR_SIGNATURE {6, 0, 5, 0, {EXT_axis, EXT_dtype, EXT_out, EXT_ddof, EXT_keepdims, EXT_where}}
#define ASTYPE_SIGNATURE {5, 1, 5, 0, {EXT_dtype, EXT_order, EXT_casting, EXT_subok, EXT_copy}}
#define COPY_SIGNATURE {1, 0, 1, 0, {EXT_order}}
#define TAKE_SIGNATURE {4, 1, 4, 0, {EXT_indices, EXT_axis, EXT_out, EXT_mode}}

/* type, name, part, function, what, signature */
enum { OF_ndarray = false, OF_ufunc = true };
#define METHODS(X)                                                       \
    X(ndarray, sum, PATCH_REDUCING, run_method, RP_SUM, SUM_SIGNATURE)                  \
    X(ndarray, prod, PATCH_REDUCING, run_method, RP_PROD, SUM_SIGNATURE)                \
    X(ndarray, mean, PATCH_REDUCING, run_method, RP_MEAN, MEAN_SIGNATURE)               \
    X(ndarray, max, PATCH_REDUCING, run_method, RP_MAX, MAX_SIGNATURE)                  \
    X(ndarray, min, PATCH_REDUCING, run_method, RP_MIN, MAX_SIGNATURE)                  \
    X(ndarray, any, PATCH_REDUCING, run_method, RP_ANY, ANY_SIGNATURE)                  \
    X(ndarray, all, PATCH_REDUCING, run_method, RP_ALL, ANY_SIGNATURE)                  \
    X(ndarray, argmax, PATCH_REDUCING, run_method, RP_ARGMAX, ARG_SIGNATURE)            \
    X(ndarray, argmin, PATCH_REDUCING, run_method, RP_ARGMIN, ARG_SIGNATURE)            \
    X(ndarray, var, PATCH_REDUCING, run_variance, false, VAR_SIGNATURE)    \
    X(ndarray, std, PATCH_REDUCING, run_variance, true, VAR_SIGNATURE)     \
    X(ndarray, astype, PATCH_COPYING, run_taker, ASTYPE, ASTYPE_SIGNATURE)                \
    X(ndarray, copy, PATCH_COPYING, run_taker, COPY, COPY_SIGNATURE)                      \
    X(ndarray, take, PATCH_COPYING, run_taker, TAKE, TAKE_SIGNATURE)                      \
    X(ufunc, reduce, PATCH_REDUCING, run_reduce, 0, REDUCE_SIGNATURE)

enum {
#define METHOD(owner, name, ...) METHOD_##name,
    METHODS(METHOD)
#undef METHOD
        METHOD_COUNT
};

static hooked_method methods[METHOD_COUNT];

typedef PyObject *(*runner)(hooked_method *m, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                            PyObject *names);

static PyObject *run(hooked_method *m, runner function, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                     PyObject *names)
{
    const patch_way way = patch_how();
    if (way == PATCH_BY_NUMPY) {
        return m->before(self, arguments, given, names);
    }
    return way == PATCH_CHECKED ? patch_check(m->descriptor, self, arguments, given, names)
                                : function(m, self, arguments, given, names);
}

/* The interpreter gives a method's function nothing but its arguments: so each method has a function of its own. */
#define METHOD(owner, name, part, function, ...)                                                                          \
    static PyObject *hook_##name(PyObject *self, PyObject *const *arguments, Py_ssize_t given, PyObject *names)        \
    {                                                                                                                  \
        return run(&methods[METHOD_##name], function, self, arguments, given, names);                                  \
    }
METHODS(METHOD)
#undef METHOD

static hooked_method methods[METHOD_COUNT] = {
#define METHOD(owner, name, part, function, what, ...) \
    {#name, part, OF_##owner, hook_##name, what, __VA_ARGS__, NULL, NULL, NULL, {#owner "." #name, 0, {0}}},
    METHODS(METHOD)
#undef METHOD
};

/* A method's definition; NULL, without an exception: not what is known. */
static PyMethodDef *definition_of(PyObject *found, PyTypeObject *type, const char *name)
{
    const descriptor *d = (const descriptor *)found;
    PyObject *kind = PyObject_GetAttrString((PyObject *)Py_TYPE(found), "__name__");
    const bool known = kind && PyUnicode_CompareWithASCIIString(kind, "method_descriptor") == 0 && d->type == type &&
                       PyUnicode_Check(d->name) && PyUnicode_CompareWithASCIIString(d->name, name) == 0 &&
                       strcmp(d->definition->ml_name, name) == 0 &&
                       d->definition->ml_flags == (METH_FASTCALL | METH_KEYWORDS) &&
                       rp_os_is_writable(d->definition, sizeof *d->definition);
    Py_XDECREF(kind);
    return known ? d->definition : NULL;
}

bool patch_methods_install(unsigned parts)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        hooked_method *m = &methods[i];
        if (!(parts & m->part)) {
            continue;
        }
        PyTypeObject *type = m->of_ufunc ? &PyUFunc_Type : &PyArray_Type;
        if (!m->descriptor) {
            m->descriptor = PyObject_GetAttrString((PyObject *)type, m->name); /* kept for good */
            m->definition = m->descriptor ? definition_of(m->descriptor, type, m->name) : NULL;
            PyErr_Clear();
        }
        if (m->definition && (method)(uintptr_t)m->definition->ml_meth != m->ours) {
            m->before = (method)(uintptr_t)m->definition->ml_meth;
            m->definition->ml_meth = (PyCFunction)(uintptr_t)m->ours;
        }
    }
    return true;
}

void patch_methods_remove(void)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        hooked_method *m = &methods[i];
        if (m->definition && (method)(uintptr_t)m->definition->ml_meth == m->ours) {
            m->definition->ml_meth = (PyCFunction)(uintptr_t)m->before;
        }
    }
}

bool patch_methods_list_unknown(PyObject *list)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (methods[i].descriptor && !methods[i].definition && !patch_name_add(list, methods[i].counts.name)) {
            return false;
        }
    }
    return true;
}

bool patch_methods_count(PyObject *counts)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (methods[i].definition && !patch_counts_add(counts, &methods[i].counts)) {
            return false;
        }
    }
    return true;
}
