/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of a hooked ufunc: NumPy says which it takes, and what a loop's answer hangs on besides its operands is found out by
 * trying.
 */
#include "patch_ufunc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/work.h"

/* ---- What a loop's answer hangs on ------------------------------------------------------------------------- */

/* NumPy has loops for elements that lie together, and others, with other last bits, or signs of NaN and zero, for elements that
 * lie apart or backwards. Along one axis the loop that NumPy takes is the one that it takes here; where there are more, NumPy's
 * iterator may put the elements together first. */
static const double tried[] = {0.0,  -0.0, 1.0,  -1.0,      0.5,    -0.5,     2.0,       5.0,       -5.0,      0.75,
                               1.25, 3.7,  -3.7, 10.3,      100.5,  -88.7,    1e-3,      -1e-3,     1e-7,      1e-30,
                               1e5,  -1e5, 7e4,  1e30,      1e300,  -1e38,    0x1p-1060, INFINITY,  -INFINITY, NAN,
                               -NAN, 0.3,  -0.9, 1.5707963, 6.2831, 0.999999, 1.000001,  1234.5678, 0.1234567, 42.0};
enum { TRIED = sizeof tried / sizeof *tried, SPREAD = 3, WIDEST = 16 };

static void fill_tried(char *to, int type, int k)
{
    const rp_dtype dtype = patch_dtype_of(type);
    const rp_dtype part = dtype == RP_COMPLEX64 ? RP_FLOAT32 : dtype == RP_COMPLEX128 ? RP_FLOAT64 : dtype;
    const int parts = part == dtype ? 1 : 2, step = 1 + 6 * k; /* another order for each operand */
    double values[2 * TRIED];
    for (int i = 0; i < parts * TRIED; i++) {
        values[i] = tried[(i * step + k) % TRIED];
    }
    rp_convert_elements(to, part, (const char *)values, RP_FLOAT64, (size_t)parts * TRIED);
}

/* The results, with the inputs `spread` elements apart, or backwards. */
static void run_tried(const patch_loop *loop, int operands, int spread, char *to)
{
    _Alignas(16) char together[TRIED * WIDEST], apart[PATCH_MOST_OPERANDS][SPREAD * TRIED * WIDEST];
    char *pointers[PATCH_MOST_OPERANDS];
    npy_intp steps[PATCH_MOST_OPERANDS], count = TRIED;
    for (int k = 0; k < operands - 1; k++) {
        const npy_intp size = PyDataType_ELSIZE(patch_descr[loop->types[k]]);
        fill_tried(together, loop->types[k], k);
        steps[k] = spread * size;
        pointers[k] = spread < 0 ? apart[k] + (TRIED - 1) * size : apart[k];
        for (int i = 0; i < TRIED; i++) {
            memcpy(pointers[k] + i * steps[k], together + i * size, (size_t)size);
        }
    }
    pointers[operands - 1] = to;
    steps[operands - 1] = PyDataType_ELSIZE(patch_descr[loop->types[operands - 1]]);
    loop->function(pointers, &count, steps, loop->data);
}

static bool differs(const patch_loop *loop, int operands, int spread)
{
    _Alignas(16) char one[TRIED * WIDEST], other[TRIED * WIDEST];
    const size_t bytes = TRIED * (size_t)PyDataType_ELSIZE(patch_descr[loop->types[operands - 1]]);
    run_tried(loop, operands, 1, one);
    run_tried(loop, operands, spread, other);
    return memcmp(one, other, bytes) != 0;
}

static void try_layouts(patch_loop *loop, int operands)
{
    loop->is_tried = true;
    if (rp_dtype_kind(patch_dtype_of(loop->types[0])) >= RP_KIND_REAL) {
        loop->by_spread = differs(loop, operands, SPREAD);
        loop->by_direction = differs(loop, operands, -1);
    }
}

/* ---- Which loop -------------------------------------------------------------------------------------------- */

static PyObject *described(int code)
{
    switch (code) {
    case PATCH_INT: return Py_NewRef((PyObject *)&PyLong_Type);
    case PATCH_FLOAT: return Py_NewRef((PyObject *)&PyFloat_Type);
    case PATCH_COMPLEX: return Py_NewRef((PyObject *)&PyComplex_Type);
    default: return Py_NewRef((PyObject *)patch_descr[code]);
    }
}

/* The types of the loop, as NumPy resolves them. False: there is none; no exception. */
static bool resolve(const patch_hooked *h, const uint8_t *codes, uint8_t *types)
{
    const int inputs = h->ufunc->nin, operands = inputs + 1;
    PyObject *given = PyTuple_New(operands);
    for (int k = 0; given && k < operands; k++) {
        PyTuple_SetItem(given, k, k < inputs ? described(codes[k]) : Py_NewRef(Py_None));
    }
    PyObject *found = given ? PyObject_CallMethod((PyObject *)h->ufunc, "resolve_dtypes", "(O)", given) : NULL;
    Py_XDECREF(given);
    bool ok = found && PyTuple_Check(found) && PyTuple_Size(found) == operands;
    for (int k = 0; ok && k < operands; k++) {
        PyObject *descr = PyTuple_GetItem(found, k);
        int type = -1;
        for (int i = 0; i < PATCH_TYPES; i++) {
            type = descr == (PyObject *)patch_descr[i] ? i : type;
        }
        ok = type >= 0;
        types[k] = (uint8_t)type;
    }
    Py_XDECREF(found);
    PyErr_Clear();
    return ok;
}

/* Whether NumPy's cast of every element is exact, or the nearest where an integer becomes real: then no flag can be raised. */
static bool casts_plainly(int code, int type)
{
    if (code >= PATCH_TYPES || code == type) {
        return true; /* a number of Python's is looked at by itself */
    }
    return PyArray_CanCastSafely(code, type);
}

int patch_find_loop(const patch_hooked *h, const uint8_t *codes)
{
    const PyUFuncObject *u = h->ufunc;
    uint8_t types[PATCH_MOST_OPERANDS];
    if (!resolve(h, codes, types)) {
        return PATCH_NO_LOOP;
    }
    for (int k = 0; k < u->nin; k++) {
        if (!casts_plainly(codes[k], types[k])) {
            return PATCH_NO_LOOP;
        }
    }
    for (int i = 0; i < u->ntypes && i < PATCH_NO_LOOP; i++) {
        patch_loop *loop = &h->loops[i];
        if (memcmp(u->types + (ptrdiff_t)i * u->nargs, types, (size_t)u->nargs) == 0) {
            if (loop->function && !loop->is_tried) {
                try_layouts(loop, u->nargs);
            }
            return loop->function ? i : PATCH_NO_LOOP;
        }
    }
    return PATCH_NO_LOOP;
}

/* ---- A hooked ufunc ---------------------------------------------------------------------------------------- */

/* Elementwise, one result, few operands, some loop without Python objects. signbit of NumPy 2.4 gives wrong answers where
 * integers are cast and out is not contiguous, which no other way of calling the loop repeats. */
bool patch_may_hook(const PyUFuncObject *u)
{
    return !u->core_enabled && u->nout == 1 && u->nin >= 1 && u->nin <= PATCH_MOST_INPUTS && u->ntypes > 0 &&
           u->vectorcall && u->name && strcmp(u->name, "signbit") != 0;
}

static bool is_one_of(const PyUFuncObject *u, const char *names)
{
    const char *found = strstr(names, u->name);
    const size_t length = strlen(u->name);
    return found && (found == names || found[-1] == ' ') && (found[length] == ' ' || !found[length]);
}

/* Its integer loops raise Python's exceptions, which belong to the calling thread. */
static bool raises(const PyUFuncObject *u, int type)
{
    return strcmp(u->name, "power") == 0 && rp_dtype_kind(patch_dtype_of(type)) < RP_KIND_REAL;
}

patch_hooked *patch_hooked_new(PyUFuncObject *u)
{
    patch_hooked *h = calloc(1, sizeof *h);
    if (h) {
        h->loops = calloc((size_t)u->ntypes, sizeof *h->loops);
    }
    if (!h || !h->loops) {
        free(h);
        PyErr_NoMemory();
        return NULL;
    }
    h->ufunc = (PyUFuncObject *)Py_NewRef((PyObject *)u);
    h->counts.name = u->name;
    h->warns_of_out = is_one_of(u, "minimum maximum");
    for (int i = 0; i < PATCH_KEYS; i++) {
        h->keys[i].codes[0] = PATCH_NO_LOOP;
    }
    for (int i = 0; i < u->ntypes; i++) {
        patch_loop *loop = &h->loops[i];
        bool native = u->functions[i] != NULL;
        for (int k = 0; k < u->nargs; k++) {
            const unsigned char type = (unsigned char)u->types[i * u->nargs + k];
            native = native && type < PATCH_TYPES && patch_descr[type];
            loop->types[k] = type;
        }
        /* Where an element lies among its neighbours decides between 0 and -0: NumPy alone knows how it cuts more than one axis. */
        loop->by_place = native && is_one_of(u, "minimum maximum fmin fmax clip") &&
                         rp_dtype_kind(patch_dtype_of(loop->types[0])) >= RP_KIND_REAL;
        loop->function = native && !raises(u, loop->types[0]) ? u->functions[i] : NULL;
        loop->data = u->data ? ((void *const *)u->data)[i] : NULL;
    }
    return h;
}
