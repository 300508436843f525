/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hook of NumPy's elementwise ufuncs: every operator of ndarray and every call of numpy.add and its kin ends in the
 * vectorcall of the ufunc's object. NumPy says which of its loops a call takes, once for each combination of types; the
 * loop then runs over the operands where they lie, in pieces on threads where it takes long enough.
 */
#include "patch.h"

#include <stdlib.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"

enum { MOST_INPUTS = PATCH_MOST_OPERANDS - 1, KEYS = 64, NO_LOOP = 255 };

/* A combination of the inputs' types, and the loop that NumPy takes for it. */
typedef struct key {
    uint8_t codes[MOST_INPUTS], loop;
} key;

typedef struct hooked {
    PyUFuncObject *ufunc;
    patch_vectorcall before;
    bool by_place; /* where an element lies in its row decides between 0 and -0: rows must be cut as NumPy cuts them */
    key keys[KEYS]; /* by a hash of the types, the latest kept */
    patch_loop *loops;
    patch_counts counts;
} hooked;

/* All hooked ufuncs, by address: a power of two, and at most half full. */
enum { SLOTS = 512 };
static hooked *slots[SLOTS];
static PyObject *resolve_name; /* "resolve_dtypes" */

static unsigned slot_of(const void *ufunc) { return (unsigned)((uintptr_t)ufunc >> 5) * 0x9e3779b1U >> 23; }

_Static_assert(SLOTS == 1 << (32 - 23), "slot_of gives an index of slots");

static inline hooked *find(const void *ufunc)
{
    unsigned i = slot_of(ufunc);
    while (slots[i]->ufunc != ufunc) {
        i = (i + 1) % SLOTS;
    }
    return slots[i];
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
static bool resolve(const hooked *h, const uint8_t *codes, uint8_t *types)
{
    const int inputs = h->ufunc->nin, operands = inputs + 1;
    PyObject *given = PyTuple_New(operands);
    for (int k = 0; given && k < operands; k++) {
        PyTuple_SetItem(given, k, k < inputs ? described(codes[k]) : Py_NewRef(Py_None));
    }
    PyObject *found =
        given ? PyObject_CallMethodObjArgs((PyObject *)h->ufunc, resolve_name, given, NULL) : NULL;
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

static int find_loop(const hooked *h, const uint8_t *codes)
{
    const PyUFuncObject *u = h->ufunc;
    uint8_t types[PATCH_MOST_OPERANDS];
    if (!resolve(h, codes, types)) {
        return NO_LOOP;
    }
    for (int k = 0; k < u->nin; k++) {
        if (!casts_plainly(codes[k], types[k])) {
            return NO_LOOP;
        }
    }
    for (int i = 0; i < u->ntypes && i < NO_LOOP; i++) {
        if (memcmp(u->types + (ptrdiff_t)i * u->nargs, types, (size_t)u->nargs) == 0) {
            return h->loops[i].function ? i : NO_LOOP;
        }
    }
    return NO_LOOP;
}

static inline patch_loop *loop_for(hooked *h, const uint8_t *codes)
{
    key *k = &h->keys[(codes[0] * 5U + codes[1] * 23U + codes[2] * 11U) % KEYS];
    if (memcmp(k->codes, codes, sizeof k->codes) != 0) {
        const int loop = find_loop(h, codes); /* may run Python code: another thread's, too */
        memcpy(k->codes, codes, sizeof k->codes);
        k->loop = (uint8_t)loop;
    }
    patch_loop *loop = k->loop == NO_LOOP ? NULL : &h->loops[k->loop];
    /* Another library may have put its own loop there since. */
    return loop && h->ufunc->functions[k->loop] == loop->function ? loop : NULL;
}

/* ---- The call ---------------------------------------------------------------------------------------------- */

typedef struct call {
    hooked *hook;
    int inputs;
    patch_operand operand[MOST_INPUTS];
    PyArrayObject *out; /* NULL: a new one */
    patch_loop *loop;
    _Alignas(16) char number[MOST_INPUTS][16];
} call;

/* Names of keywords are out alone. */
static bool read_keywords(call *c, PyObject *const *arguments, Py_ssize_t given, PyObject *names, PyObject **out)
{
    if (PyTuple_Size(names) != 1 || PyTuple_GetItem(names, 0) != ext.names[EXT_out] || given != c->inputs) {
        return false;
    }
    *out = arguments[given];
    return true;
}

static int read_output(call *c, PyObject *out)
{
    if (!out || out == Py_None) {
        return -1;
    }
    if (PyTuple_CheckExact(out) && PyTuple_Size(out) == 1) {
        return read_output(c, PyTuple_GetItem(out, 0));
    }
    if (!patch_is_plain(out) || !PyArray_ISWRITEABLE((PyArrayObject *)out)) {
        return PATCH_OUTPUT;
    }
    c->out = (PyArrayObject *)out;
    return -1;
}

/* Numbers, in the type of the loop. */
static bool load_numbers(call *c)
{
    for (int k = 0; k < c->inputs; k++) {
        const patch_operand *x = &c->operand[k];
        const int type = c->loop->types[k];
        if (x->array) {
            continue;
        }
        if (!x->number) {
            if (!patch_number_store(x->object, type, c->number[k])) {
                return false;
            }
        } else {
            const rp_dtype from = (rp_dtype)patch_dtype[x->code], to = (rp_dtype)patch_dtype[type];
            rp_convert_elements(c->number[k], to, x->number, from, 1);
        }
    }
    return true;
}

static bool same_shape(PyArrayObject *a, PyArrayObject *b)
{
    const int ndim = PyArray_NDIM(a);
    if (PyArray_NDIM(b) != ndim) {
        return false;
    }
    for (int i = 0; i < ndim; i++) {
        if (PyArray_DIM(a, i) != PyArray_DIM(b, i)) {
            return false;
        }
    }
    return true;
}

/* An array whose shape all arrays have, each in one run in the same order and of the loop's type; NULL: there is none. */
static PyArrayObject *find_runs(const call *c, int *order)
{
    PyArrayObject *first = NULL;
    int flags = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_F_CONTIGUOUS;
    for (int k = 0; k < c->inputs; k++) {
        PyArrayObject *x = c->operand[k].array;
        if (!x) {
            continue;
        }
        flags &= PyArray_FLAGS(x);
        if (!patch_is_same(c->operand[k].code, c->loop->types[k])) {
            return NULL;
        }
        if (!first) {
            first = x;
        } else if (!same_shape(x, first)) {
            return NULL;
        }
    }
    if (c->out) {
        flags &= PyArray_FLAGS(c->out);
        if (!same_shape(c->out, first)) {
            return NULL;
        }
    }
    *order = flags;
    return flags ? first : NULL;
}

/* The bytes that an array touches. */
static void extent(PyArrayObject *x, const char **low, const char **high)
{
    *low = *high = PyArray_BYTES(x);
    for (int i = 0; i < PyArray_NDIM(x); i++) {
        const npy_intp reach = (PyArray_DIM(x, i) - 1) * PyArray_STRIDE(x, i);
        *(reach < 0 ? low : high) += reach;
    }
    *high += PyArray_ITEMSIZE(x);
}

/* The input is the output, element for element, or apart from it. */
static bool may_share(PyArrayObject *x, PyArrayObject *out)
{
    const char *low, *high, *out_low, *out_high;
    extent(x, &low, &high);
    extent(out, &out_low, &out_high);
    if (high <= out_low || out_high <= low) {
        return true;
    }
    return PyArray_DATA(x) == PyArray_DATA(out) && PyArray_DESCR(x) == PyArray_DESCR(out) && same_shape(x, out) &&
           memcmp(PyArray_STRIDES(x), PyArray_STRIDES(out), (size_t)PyArray_NDIM(x) * sizeof(npy_intp)) == 0;
}

static bool output_fits(const call *c)
{
    if (PyArray_DESCR(c->out) != patch_descr[c->loop->types[c->inputs]]) {
        return false;
    }
    for (int k = 0; k < c->inputs; k++) {
        /* what is cast is read in pieces of its own, which must not be the output's */
        PyArrayObject *x = c->operand[k].array;
        if (x && !may_share(x, c->out)) {
            return false;
        }
    }
    return true;
}

/* ---- Any layout -------------------------------------------------------------------------------------------- */

/* The common shape; false where there is none, or one without elements. */
static bool broadcast(const call *c, patch_run *run)
{
    run->ndim = 0;
    for (int k = 0; k < c->inputs; k++) {
        if (c->operand[k].array && PyArray_NDIM(c->operand[k].array) > run->ndim) {
            run->ndim = PyArray_NDIM(c->operand[k].array);
        }
    }
    run->elements = 1;
    for (int axis = 0; axis < run->ndim; axis++) {
        run->shape[axis] = 1;
        for (int k = 0; k < c->inputs; k++) {
            PyArrayObject *x = c->operand[k].array;
            const int own = x ? axis - (run->ndim - PyArray_NDIM(x)) : -1;
            if (own < 0 || PyArray_DIM(x, own) == 1) {
                continue;
            }
            if (run->shape[axis] != 1 && run->shape[axis] != PyArray_DIM(x, own)) {
                return false;
            }
            run->shape[axis] = PyArray_DIM(x, own);
        }
        if (__builtin_mul_overflow(run->elements, (size_t)run->shape[axis], &run->elements)) {
            return false;
        }
    }
    return run->elements > 0 && run->elements <= PTRDIFF_MAX / 16;
}

/* 0 along axes that are one long, as in NumPy's iterator, which a single axis does not need: some loops look at it. */
static void set_strides(patch_run *run, int k, PyArrayObject *x)
{
    const bool single = run->ndim == 1 && run->shape[0] == 1;
    for (int axis = 0; axis < run->ndim; axis++) {
        const int own = x ? axis - (run->ndim - PyArray_NDIM(x)) : -1;
        const bool repeated = own < 0 || (PyArray_DIM(x, own) == 1 && !single);
        run->strides[k][axis] = repeated ? 0 : single ? rp_magnitude(PyArray_STRIDE(x, own)) : PyArray_STRIDE(x, own);
    }
}

/* No element of the output lies in another: each axis steps over all that is inside of it. */
static bool is_spread(const patch_run *run, int k, npy_intp itemsize, const int *order)
{
    npy_intp inside = itemsize;
    for (int i = 0; i < run->ndim; i++) {
        const npy_intp n = run->shape[order[i]], stride = rp_magnitude(run->strides[k][order[i]]);
        if (n == 1) {
            continue;
        }
        if (stride < inside) {
            return false;
        }
        inside = stride * n;
    }
    return true;
}

/* Axes that are one long go, and neighbours become one where every operand walks them as one; the slowest comes first. */
static void fold_axes(patch_run *run, const int *order)
{
    int kept = 0;
    npy_intp shape[NPY_MAXDIMS], strides[PATCH_MOST_OPERANDS][NPY_MAXDIMS];
    for (int i = run->ndim - 1; i >= 0; i--) {
        const npy_intp n = run->shape[order[i]];
        if (n == 1 && (kept || i)) {
            continue;
        }
        bool joins = kept > 0;
        for (int k = 0; joins && k < run->operands; k++) {
            joins = strides[k][kept - 1] == run->strides[k][order[i]] * n;
        }
        kept += !joins;
        shape[kept - 1] = joins ? shape[kept - 1] * n : n;
        for (int k = 0; k < run->operands; k++) {
            strides[k][kept - 1] = run->strides[k][order[i]];
        }
    }
    run->ndim = kept;
    memcpy(run->shape, shape, (size_t)kept * sizeof *shape);
    for (int k = 0; k < run->operands; k++) {
        memcpy(run->strides[k], strides[k], (size_t)kept * sizeof *shape);
    }
}

/* An axis that no operand walks forwards is walked from its end, unless the result is new. */
static void turn_axes(patch_run *run)
{
    for (int axis = 0; axis < run->ndim; axis++) {
        bool backwards = false, forwards = false;
        for (int k = 0; k < run->operands; k++) {
            backwards |= run->strides[k][axis] < 0;
            forwards |= run->strides[k][axis] > 0;
        }
        for (int k = 0; backwards && !forwards && k < run->operands; k++) {
            run->data[k] += run->strides[k][axis] * (run->shape[axis] - 1);
            run->strides[k][axis] = -run->strides[k][axis];
        }
    }
}

static bool is_cast(const patch_run *run)
{
    for (int k = 0; k < run->operands; k++) {
        if (!patch_is_same(run->types[k], run->loop->types[k])) {
            return true;
        }
    }
    return false;
}

/* The result, NULL with an exception or, with *reason >= 0, without one: NumPy is asked. */
static PyArrayObject *run_general(call *c, int *flags, int *reason)
{
    patch_run run = {.loop = c->loop, .operands = c->inputs + 1};
    if (!broadcast(c, &run)) {
        *reason = PATCH_NUMBERS;
        return NULL;
    }
    for (int k = 0; k < c->inputs; k++) {
        PyArrayObject *x = c->operand[k].array;
        set_strides(&run, k, x);
        run.data[k] = x ? PyArray_BYTES(x) : c->number[k];
        run.types[k] = x ? (uint8_t)c->operand[k].code : c->loop->types[k];
    }
    const int result = c->inputs;
    run.types[result] = c->loop->types[result];
    PyArrayObject *out = c->out;
    if (c->hook->by_place && run.ndim > 1 && is_cast(&run)) {
        *reason = PATCH_CASTS;
        return NULL;
    }
    if (out) {
        set_strides(&run, result, out);
        bool same = PyArray_NDIM(out) == run.ndim;
        for (int axis = 0; same && axis < run.ndim; axis++) {
            same = PyArray_DIM(out, axis) == run.shape[axis];
        }
        if (!same) {
            *reason = PATCH_OUTPUT;
            return NULL;
        }
    }
    int order[NPY_MAXDIMS];
    patch_order_axes(run.ndim, result + (out != NULL), run.strides, order);
    if (out && !is_spread(&run, result, PyArray_ITEMSIZE(out), order)) {
        *reason = PATCH_OUTPUT;
        return NULL;
    }
    if (out) {
        Py_INCREF((PyObject *)out);
    } else {
        out = patch_new_in_order(c->loop->types[result], run.ndim, run.shape, order);
        if (!out) {
            return NULL;
        }
        set_strides(&run, result, out);
    }
    run.data[result] = PyArray_BYTES(out);
    if (c->out) {
        turn_axes(&run);
    }
    fold_axes(&run, order);
    *flags = patch_run_all(&run);
    return out;
}

/* All arrays are one run of elements in the same order, and none is cast. */
static PyArrayObject *run_flat(call *c, PyArrayObject *shaped, int order, int *flags)
{
    PyArrayObject *out = c->out;
    if (out) {
        Py_INCREF((PyObject *)out);
    } else {
        PyArray_Descr *descr = patch_descr[c->loop->types[c->inputs]];
        Py_INCREF((PyObject *)descr);
        out = (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, PyArray_NDIM(shaped), PyArray_DIMS(shaped), NULL,
                                                    NULL, !(order & NPY_ARRAY_C_CONTIGUOUS), NULL);
        if (!out) {
            return NULL;
        }
    }
    patch_run run;
    run.loop = c->loop;
    run.operands = c->inputs + 1;
    run.ndim = 1;
    run.elements = (size_t)PyArray_SIZE(shaped);
    run.shape[0] = (npy_intp)run.elements;
    size_t bytes = 0;
    for (int k = 0; k <= c->inputs; k++) {
        PyArrayObject *x = k == c->inputs ? out : c->operand[k].array;
        run.types[k] = c->loop->types[k];
        run.data[k] = x ? PyArray_BYTES(x) : c->number[k];
        run.strides[k][0] = x ? PyArray_ITEMSIZE(x) : 0;
        bytes += run.elements * (size_t)run.strides[k][0];
    }
    *flags = rp_is_small(rp_context_get(), bytes) && !patch_stressed ? patch_run_small(&run) : patch_run_all(&run);
    return out;
}

/* Numbers alone: NumPy's number. */
static PyObject *run_numbers(call *c, int *flags)
{
    _Alignas(16) char element[16];
    patch_run run = {.loop = c->loop, .operands = c->inputs + 1, .ndim = 1, .elements = 1, .shape = {1}};
    for (int k = 0; k <= c->inputs; k++) {
        run.data[k] = k == c->inputs ? element : c->number[k];
        run.strides[k][0] = k == c->inputs ? PyDataType_ELSIZE(patch_descr[c->loop->types[k]]) : 0;
    }
    *flags = patch_run_small(&run);
    return PyArray_Scalar(element, patch_descr[c->loop->types[c->inputs]], NULL);
}

static bool is_short(const call *c)
{
    size_t bytes = 0;
    for (int k = 0; k < c->inputs; k++) {
        bytes += c->operand[k].array ? (size_t)PyArray_NBYTES(c->operand[k].array) : 0;
    }
    return rp_is_small(rp_context_get(), bytes);
}

/* The result, or NULL: with *reason < 0 and an exception, or the reason for which NumPy is asked. */
static PyObject *take(call *c, PyObject *const *arguments, Py_ssize_t given, PyObject *names, int *reason)
{
    PyObject *out_argument = NULL;
    c->out = NULL;
    if (names && !read_keywords(c, arguments, given, names, &out_argument)) {
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    if (!names && given == c->inputs + 1 && !c->hook->by_place) { /* minimum and maximum warn of it */
        out_argument = arguments[c->inputs];
    } else if (given != c->inputs) {
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    uint8_t codes[MOST_INPUTS] = {0};
    bool any = false;
    for (int k = 0; k < c->inputs; k++) {
        if (!patch_operand_get(arguments[k], &c->operand[k])) {
            *reason = PATCH_OBJECTS;
            return NULL;
        }
        codes[k] = (uint8_t)c->operand[k].code;
        any |= c->operand[k].array != NULL;
    }
    *reason = read_output(c, out_argument);
    if (*reason >= 0) {
        return NULL;
    }
    c->loop = loop_for(c->hook, codes);
    if (!c->loop || !load_numbers(c)) {
        *reason = PATCH_CASTS;
        return NULL;
    }
    if (c->out && !output_fits(c)) {
        *reason = PATCH_OUTPUT;
        return NULL;
    }
    int order = 0, flags = 0;
    PyObject *result;
    if (!patch_small && is_short(c)) {
        *reason = PATCH_SHORT;
        return NULL;
    }
    if (any) {
        PyArrayObject *shaped = find_runs(c, &order);
        result = (PyObject *)(shaped && PyArray_SIZE(shaped) ? run_flat(c, shaped, order, &flags)
                                                             : run_general(c, &flags, reason));
    } else if (c->out || rp_dtype_kind((rp_dtype)patch_dtype[c->loop->types[0]]) == RP_KIND_COMPLEX) {
        *reason = PATCH_NUMBERS;
        return NULL;
    } else {
        result = run_numbers(c, &flags);
    }
    if (result && flags && PyUFunc_GiveFloatingpointErrors(c->hook->ufunc->name, flags) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *run_hook(PyObject *self, PyObject *const *arguments, size_t given, PyObject *names)
{
    call c;
    c.hook = find(self);
    c.inputs = c.hook->ufunc->nin;
    const Py_ssize_t count = (Py_ssize_t)(given & ~PATCH_OFFSET_FLAG);
    const patch_way way = patch_how();
    if (way == PATCH_BY_NUMPY) {
        return c.hook->before(self, arguments, given, names);
    }
    if (way == PATCH_CHECKED) {
        return patch_check(self, NULL, arguments, count, names);
    }
    int reason;
    PyObject *result = take(&c, arguments, count, names, &reason);
    if (reason < 0) {
        c.hook->counts.taken++;
        return result;
    }
    c.hook->counts.passed[reason]++;
    return c.hook->before(self, arguments, given, names);
}

/* ---- Putting the hooks in place ---------------------------------------------------------------------------- */

static bool is_ours(const PyUFuncObject *u) { return u->vectorcall == (void *)run_hook; }

/* Elementwise, one result, few operands, some loop without Python objects. signbit of NumPy 2.4 gives wrong answers where
 * integers are cast and out is not contiguous, which no other way of calling the loop repeats. */
static bool may_hook(const PyUFuncObject *u)
{
    return !u->core_enabled && u->nout == 1 && u->nin >= 1 && u->nin <= MOST_INPUTS && u->ntypes > 0 && u->vectorcall &&
           u->name && strcmp(u->name, "signbit") != 0;
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
    return strcmp(u->name, "power") == 0 && rp_dtype_kind((rp_dtype)patch_dtype[type]) < RP_KIND_REAL;
}

static hooked *make(PyUFuncObject *u)
{
    hooked *h = calloc(1, sizeof *h);
    if (h) {
        h->loops = calloc((size_t)u->ntypes, sizeof *h->loops);
    }
    if (!h || !h->loops) {
        free(h);
        PyErr_NoMemory();
        return NULL;
    }
    h->ufunc = (PyUFuncObject *)Py_NewRef((PyObject *)u);
    h->by_place = is_one_of(u, "minimum maximum fmin fmax");
    for (int i = 0; i < KEYS; i++) {
        h->keys[i].codes[0] = NO_LOOP;
    }
    for (int i = 0; i < u->ntypes; i++) {
        patch_loop *loop = &h->loops[i];
        bool native = u->functions[i] != NULL;
        for (int k = 0; k < u->nargs; k++) {
            const unsigned char type = (unsigned char)u->types[i * u->nargs + k];
            native = native && type < PATCH_TYPES && patch_descr[type];
            loop->types[k] = type;
        }
        loop->function = native && !raises(u, loop->types[0]) ? u->functions[i] : NULL;
        loop->data = u->data ? ((void *const *)u->data)[i] : NULL;
    }
    return h;
}

static bool hook(PyUFuncObject *u)
{
    unsigned i = slot_of(u);
    while (slots[i] && slots[i]->ufunc != u) {
        i = (i + 1) % SLOTS;
    }
    if (!slots[i]) {
        slots[i] = make(u);
        if (!slots[i]) {
            return false;
        }
    }
    if (!is_ours(u)) {
        slots[i]->before = (patch_vectorcall)(uintptr_t)u->vectorcall;
        u->vectorcall = (void *)(uintptr_t)run_hook;
    }
    return true;
}

static int count_slots(void)
{
    int count = 0;
    for (int i = 0; i < SLOTS; i++) {
        count += slots[i] != NULL;
    }
    return count;
}

bool patch_ufuncs_install(PyObject *namespace)
{
    Py_ssize_t at = 0;
    PyObject *name, *value;
    int count = count_slots();
    if (!resolve_name && !(resolve_name = PyUnicode_InternFromString("resolve_dtypes"))) {
        return false;
    }
    while (PyDict_Next(namespace, &at, &name, &value)) {
        if (!PyObject_TypeCheck(value, &PyUFunc_Type) || !may_hook((PyUFuncObject *)value) || count++ >= SLOTS / 2) {
            continue;
        }
        if (!hook((PyUFuncObject *)value)) {
            patch_ufuncs_remove();
            return false;
        }
    }
    return true;
}

void patch_ufuncs_remove(void)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i] && is_ours(slots[i]->ufunc)) {
            slots[i]->ufunc->vectorcall = (void *)(uintptr_t)slots[i]->before;
        }
    }
}

bool patch_ufuncs_count(PyObject *counts)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i] && !patch_counts_add(counts, slots[i]->ufunc->name, &slots[i]->counts)) {
            return false;
        }
    }
    return true;
}
