/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of a hooked ufunc: NumPy says which it takes, and what a loop's answer hangs on besides its operands is found out by
 * trying.
 */
#include "patch_loops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/work.h"

/* ---- What a loop's answer hangs on ------------------------------------------------------------------------- */

/* NumPy has loops for elements that lie together, and others, with other last bits, or signs of NaN and zero, for elements that
 * lie apart or backwards, for numbers, or for the last few elements of a row. Some are wrong: isnan leaves out elements of an out
 * that lies apart. Along one axis the loop that NumPy takes is the one that it takes here; where there are more, NumPy's
 * iterator may put the elements together first. */
static const double tried[] = {0.0,  -0.0, 1.0,  -1.0,      0.5,    -0.5,     2.0,       5.0,       -5.0,      0.75,
                               1.25, 3.7,  -3.7, 10.3,      100.5,  -88.7,    1e-3,      -1e-3,     1e-7,      1e-30,
                               1e5,  -1e5, 7e4,  1e30,      1e300,  -1e38,    0x1p-1060, INFINITY,  -INFINITY, NAN,
                               -NAN, 0.3,  -0.9, 1.5707963, 6.2831, 0.999999, 1.000001,  1234.5678, 0.1234567, 42.0};
enum {
    VALUES = sizeof tried / sizeof *tried,
    LANES = 32, /* two vectors of float32: loops take two at once, and may do so differently */
    SIGNS = 3,  /* of so many NaNs that meet all are tried */
    MEETINGS = (1 << SIGNS) - 1,
    TRIED = VALUES + MEETINGS * LANES,
    SPREAD = 3,
    WIDEST = 16
};

/* Behind the values NaNs meet, in each lane those of either sign: which one goes on NumPy's compiler decided. */
static double value_of(int element, int k, int part, int parts)
{
    if (element < VALUES) {
        const int step = 1 + 6 * k; /* another order for each operand */
        return tried[((element * parts + part) * step + k) % VALUES];
    }
    const int meeting = 1 + (element - VALUES) / LANES;
    return meeting >> (k * parts + part) & 1 ? -(double)NAN : (double)NAN;
}

static void fill_tried(char *to, int type, int k)
{
    const rp_dtype dtype = patch_dtype_of(type);
    const rp_dtype real = dtype == RP_COMPLEX64 ? RP_FLOAT32 : dtype == RP_COMPLEX128 ? RP_FLOAT64 : dtype;
    const int parts = real == dtype ? 1 : 2;
    double values[2 * TRIED];
    for (int i = 0; i < parts * TRIED; i++) {
        values[i] = value_of(i / parts, k, i % parts, parts);
    }
    rp_convert_elements(to, real, (const char *)values, RP_FLOAT64, (size_t)parts * TRIED);
}

static npy_intp count_tried(const patch_loop *loop, int operands)
{
    const bool is_complex = rp_dtype_kind(patch_dtype_of(loop->types[0])) == RP_KIND_COMPLEX;
    const int numbers = (operands - 1) * (is_complex ? 2 : 1), signs = numbers < SIGNS ? numbers : SIGNS;
    return numbers == 1 ? VALUES : VALUES + ((1 << signs) - 1) * LANES;
}

/* How the loop is called: the steps from one of an operand's elements to the next, in elements, and how many at once. */
typedef struct way {
    int steps[PATCH_MOST_OPERANDS];
    bool repeated[PATCH_MOST_OPERANDS]; /* every element is the last, which is NaN where NaNs meet */
    npy_intp at_once;
} way;

/* The operands, together and as the loop finds them: too large for a small stack. */
static _Alignas(64) char given[PATCH_MOST_OPERANDS - 1][TRIED * WIDEST],
    apart[PATCH_MOST_OPERANDS][SPREAD * TRIED * WIDEST], expected[TRIED * WIDEST], found[TRIED * WIDEST];

/* The results, together. */
static void run_tried(const patch_loop *loop, int operands, const way *w, char *to)
{
    const npy_intp count = count_tried(loop, operands);
    char *first[PATCH_MOST_OPERANDS];
    npy_intp steps[PATCH_MOST_OPERANDS];
    const int result = operands - 1;
    for (int k = 0; k < operands; k++) {
        const npy_intp size = PyDataType_ELSIZE(patch_descr[loop->types[k]]);
        steps[k] = w->steps[k] * size;
        first[k] = steps[k] < 0 ? apart[k] - (count - 1) * steps[k] : apart[k];
        for (npy_intp i = 0; k < result && i < count; i++) {
            memcpy(first[k] + i * steps[k], given[k] + (w->repeated[k] ? count - 1 : i) * size, (size_t)size);
        }
    }
    memset(apart[result], 0, sizeof apart[result]);
    for (npy_intp i = 0, n; i < count; i += n) {
        char *pointers[PATCH_MOST_OPERANDS];
        for (int k = 0; k < operands; k++) {
            pointers[k] = first[k] + i * steps[k];
        }
        n = count - i < w->at_once ? count - i : w->at_once;
        loop->function(pointers, &n, steps, loop->data);
    }
    const npy_intp size = PyDataType_ELSIZE(patch_descr[loop->types[result]]);
    for (npy_intp i = 0; i < count; i++) {
        memcpy(to + i * size, first[result] + i * steps[result], (size_t)size);
    }
}

/* How many NaNs were given for one element; the two parts of a complex number count each. */
static int nans_among(const patch_loop *loop, int operands, const way *w, npy_intp element)
{
    const npy_intp last = count_tried(loop, operands) - 1;
    int nans = 0;
    for (int k = 0; k < operands - 1; k++) {
        rp_scalar value;
        const npy_intp size = PyDataType_ELSIZE(patch_descr[loop->types[k]]);
        rp_load_scalar(given[k] + (w->repeated[k] ? last : element) * size, patch_dtype_of(loop->types[k]), &value);
        nans += (value.re != value.re) + (value.im != value.im);
    }
    return nans;
}

/* What is found against what is expected. The bits of a NaN are remembered of the loop, and else no difference. */
static bool differs(patch_loop *loop, int operands, const way *w)
{
    const rp_dtype dtype = patch_dtype_of(loop->types[operands - 1]);
    const rp_dtype real = dtype == RP_COMPLEX64 ? RP_FLOAT32 : dtype == RP_COMPLEX128 ? RP_FLOAT64 : dtype;
    const size_t size = rp_dtype_size(real), bytes = (size_t)count_tried(loop, operands) * rp_dtype_size(dtype);
    for (size_t i = 0; i < bytes; i += size) {
        if (memcmp(found + i, expected + i, size) == 0) {
            continue;
        }
        if (!patch_is_nan(found + i, real) || !patch_is_nan(expected + i, real)) {
            return true;
        }
        const uint8_t which =
            nans_among(loop, operands, w, (npy_intp)(i / rp_dtype_size(dtype))) > 1 ? PATCH_TWO_NANS : PATCH_ANY_NAN;
        loop->by_nan = loop->by_nan > which ? loop->by_nan : which;
    }
    return false;
}

/* A bit for each of the first `count` operands on whose step the answer hangs. */
static uint8_t hangs_on_step(patch_loop *loop, int operands, int count, int step)
{
    unsigned bits = 0;
    for (unsigned which = 1; which < 1U << count; which++) {
        way w = {.at_once = TRIED}, together = {.at_once = TRIED};
        for (int k = 0; k < operands; k++) {
            together.steps[k] = 1;
            w.steps[k] = which >> k & 1 ? step : 1;
            together.repeated[k] = w.repeated[k] = w.steps[k] == 0;
        }
        if (step == 0 || which == 1) {
            run_tried(loop, operands, &together, expected);
        }
        run_tried(loop, operands, &w, found);
        bits |= differs(loop, operands, &w) ? which : 0;
    }
    return (uint8_t)bits;
}

/* Whether few elements get other answers than among others. */
static bool hangs_on_place(patch_loop *loop, int operands)
{
    static const npy_intp few[] = {1, 23, 45}; /* alone; behind a whole vector, or two */
    way w = {.at_once = TRIED};
    for (int k = 0; k < operands; k++) {
        w.steps[k] = 1;
    }
    run_tried(loop, operands, &w, expected);
    bool hangs = false;
    for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
        w.at_once = few[i];
        run_tried(loop, operands, &w, found);
        hangs |= differs(loop, operands, &w);
    }
    return hangs;
}

void patch_try_layouts(patch_loop *loop, int operands)
{
    if (loop->is_tried) {
        return;
    }
    loop->is_tried = true;
    if (rp_dtype_kind(patch_dtype_of(loop->types[0])) < RP_KIND_REAL) {
        return;
    }
    for (int k = 0; k < operands - 1; k++) {
        fill_tried(given[k], loop->types[k], k);
    }
    for (int step = 2; step <= SPREAD; step++) {
        loop->by_spread |= hangs_on_step(loop, operands, operands, step);
    }
    loop->by_direction = hangs_on_step(loop, operands, operands, -1);
    loop->by_place |= hangs_on_place(loop, operands);
    loop->by_repeating |= hangs_on_step(loop, operands, operands - 1, 0) != 0;
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

/* An index of loops, or PATCH_NO_LOOP. */
static int find_loop(const patch_hooked *h, const uint8_t *codes)
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
            return loop->function ? i : PATCH_NO_LOOP;
        }
    }
    return PATCH_NO_LOOP;
}

void patch_ask(patch_hooked *h, const uint8_t *codes)
{
    const int loop = find_loop(h, codes);
    patch_key *k = patch_key_of(h, codes);
    memcpy(k->codes, codes, sizeof k->codes);
    k->loop = (uint8_t)loop;
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
        loop->by_repeating = native && is_one_of(u, "power float_power"); /* an exponent of 2 for all is a square */
        loop->function = native && !raises(u, loop->types[0]) ? u->functions[i] : NULL;
        loop->op = (int16_t)patch_op_of(u->name);
        loop->data = u->data ? ((void *const *)u->data)[i] : NULL;
    }
    return h;
}
