/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions of numpy's namespace that are objects of NumPy's own, taken over by the pointer that a call goes through: numpy.where,
 * numpy.concatenate, numpy.sum and their kin, however they were imported.
 */
#include "patch.h"

#include <string.h>

/* NumPy's object behind such a function, as far as it is known. */
typedef struct dispatcher {
    PyObject_HEAD
    patch_vectorcall call;
} dispatcher;
enum { CALL_OFFSET_PLACE = 7 }; /* of the type's tp_vectorcall_offset, in words from its begin */

typedef struct hooked_function {
    const char *name;
    patch_vectorcall ours;
    PyObject *(*take)(PyObject *const *arguments, Py_ssize_t given, int *reason); /* NULL: a reduction */
    bool of_variance;
    int what; /* an rp_op; of var and std, whether roots are taken */
    ext_signature signature;
    bool is_unknown;
    dispatcher *function;
    patch_vectorcall before;
    patch_counts counts;
} hooked_function;

static PyObject *reduce(hooked_function *f, PyObject *const *arguments, Py_ssize_t given, PyObject *names, int *reason)
{
    PyObject *values[EXT_MAX_PARAMETERS], *sorted[PATCH_REDUCE_VALUES];
    if (!ext_arguments(f->name, &f->signature, arguments, given, names, values)) {
        PyErr_Clear();
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    if (f->of_variance) {
        const patch_variance_values named = {values[1], values[2], values[3], values[4], values[5], values[6]};
        return patch_variance(f->what, values[0], &named, reason);
    }
    patch_reduce_sort(&f->signature, values, 1, sorted);
    return patch_reduce((rp_op)f->what, values[0], sorted, reason);
}

static PyObject *run(hooked_function *f, PyObject *self, PyObject *const *arguments, size_t given, PyObject *names)
{
    const Py_ssize_t count = (Py_ssize_t)(given & ~PATCH_OFFSET_FLAG);
    const patch_way way = patch_how();
    if (way == PATCH_BY_NUMPY) {
        return f->before(self, arguments, given, names);
    }
    if (way == PATCH_CHECKED) {
        return patch_check(self, NULL, arguments, count, names);
    }
    int reason = PATCH_KEYWORDS;
    PyObject *result = NULL;
    if (!f->take) {
        result = reduce(f, arguments, count, names, &reason);
    } else if (!names) {
        result = f->take(arguments, count, &reason);
    }
    if (reason < 0) {
        patch_took(&f->counts);
        return result;
    }
    f->counts.passed[reason]++;
    return f->before(self, arguments, given, names);
}

#define SUM_SIGNATURE {7, 1, 7, 1, {EXT_x, EXT_axis, EXT_dtype, EXT_out, EXT_keepdims, EXT_initial, EXT_where}}
#define MEAN_SIGNATURE {6, 1, 5, 1, {EXT_x, EXT_axis, EXT_dtype, EXT_out, EXT_keepdims, EXT_where}}
#define MAX_SIGNATURE {6, 1, 6, 1, {EXT_x, EXT_axis, EXT_out, EXT_keepdims, EXT_initial, EXT_where}}
#define ANY_SIGNATURE {5, 1, 4, 1, {EXT_x, EXT_axis, EXT_out, EXT_keepdims, EXT_where}}
#define VAR_SIGNATURE {7, 1, 6, 1, {EXT_x, EXT_axis, EXT_dtype, EXT_out, EXT_ddof, EXT_keepdims, EXT_where}}
#define ARG_SIGNATURE {4, 1, 3, 1, {EXT_x, EXT_axis, EXT_out, EXT_keepdims}}

/* name, function, of_variance, what, signature */
#define FUNCTIONS(X)                                       \
    X(where, patch_where, false, 0, {0})                          \
    X(concatenate, patch_concatenate, false, 0, {0})              \
    X(sum, NULL, false, RP_SUM, SUM_SIGNATURE)                 \
    X(prod, NULL, false, RP_PROD, SUM_SIGNATURE)               \
    X(mean, NULL, false, RP_MEAN, MEAN_SIGNATURE)              \
    X(max, NULL, false, RP_MAX, MAX_SIGNATURE)                 \
    X(min, NULL, false, RP_MIN, MAX_SIGNATURE)                 \
    X(amax, NULL, false, RP_MAX, MAX_SIGNATURE)                \
    X(amin, NULL, false, RP_MIN, MAX_SIGNATURE)                \
    X(any, NULL, false, RP_ANY, ANY_SIGNATURE)                 \
    X(all, NULL, false, RP_ALL, ANY_SIGNATURE)                 \
    X(argmax, NULL, false, RP_ARGMAX, ARG_SIGNATURE)           \
    X(argmin, NULL, false, RP_ARGMIN, ARG_SIGNATURE) \
    X(var, NULL, true, false, VAR_SIGNATURE) \
    X(std, NULL, true, true, VAR_SIGNATURE)

enum {
#define FUNCTION(name, ...) FUNCTION_##name,
    FUNCTIONS(FUNCTION)
#undef FUNCTION
        FUNCTION_COUNT
};

static hooked_function functions[FUNCTION_COUNT];

#define FUNCTION(name, ...)                                                                                      \
    static PyObject *hook_##name(PyObject *self, PyObject *const *arguments, size_t given, PyObject *names)      \
    {                                                                                                            \
        return run(&functions[FUNCTION_##name], self, arguments, given, names);                                  \
    }
FUNCTIONS(FUNCTION)
#undef FUNCTION

static hooked_function functions[FUNCTION_COUNT] = {
#define FUNCTION(name, take, of_variance, what, ...) {#name, hook_##name, take, of_variance, what, __VA_ARGS__, false, NULL, NULL, {"numpy." #name, 0, {0}}},
    FUNCTIONS(FUNCTION)
#undef FUNCTION
};

/* numpy's function of that name, a reference to keep; NULL, without an exception: not what is known. */
static dispatcher *find(PyObject *numpy, const char *name)
{
    PyObject *found = PyObject_GetAttrString(numpy, name);
    PyTypeObject *type = found ? Py_TYPE(found) : NULL;
    PyObject *kind = type ? PyObject_GetAttrString((PyObject *)type, "__name__") : NULL;
    const bool known =
        kind && PyUnicode_CompareWithASCIIString(kind, "_ArrayFunctionDispatcher") == 0 &&
        PyType_GetFlags(type) & (1UL << 11) && /* Py_TPFLAGS_HAVE_VECTORCALL */
        ((const Py_ssize_t *)(const void *)type)[CALL_OFFSET_PLACE] == (Py_ssize_t)offsetof(dispatcher, call) &&
        ((dispatcher *)found)->call;
    Py_XDECREF(kind);
    if (!known) {
        Py_CLEAR(found);
    }
    PyErr_Clear();
    return (dispatcher *)found;
}

bool patch_functions_install(PyObject *numpy, unsigned parts)
{
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        hooked_function *f = &functions[i];
        if (!(parts & (f->take ? PATCH_COPYING : PATCH_REDUCING))) {
            continue;
        }
        f->function = f->function ? f->function : find(numpy, f->name);
        f->is_unknown = !f->function;
        if (f->function && f->function->call != f->ours) {
            f->before = f->function->call;
            f->function->call = f->ours;
        }
    }
    return true;
}

void patch_functions_remove(void)
{
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        hooked_function *f = &functions[i];
        if (f->function && f->function->call == f->ours) {
            f->function->call = f->before;
        }
    }
}

bool patch_functions_list_unknown(PyObject *list)
{
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        if (functions[i].is_unknown && !patch_name_add(list, functions[i].counts.name)) {
            return false;
        }
    }
    return true;
}

bool patch_functions_count(PyObject *counts)
{
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        if (functions[i].function && !patch_counts_add(counts, &functions[i].counts)) {
            return false;
        }
    }
    return true;
}
