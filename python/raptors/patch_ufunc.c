/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hook of NumPy's elementwise ufuncs: every operator of ndarray and every call of numpy.add and its kin ends in the
 * vectorcall of the ufunc's object. NumPy says which of its loops a call takes, once for each combination of types; the
 * loop then runs over the operands where they lie, in pieces on threads where it takes long enough.
 */
#include "patch_loops.h"

#include <stdlib.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"

/* All hooked ufuncs, by address: a power of two, and at most half full. */
enum { SLOTS = 512 };
static patch_hooked *slots[SLOTS];

static unsigned slot_of(const void *ufunc) { return (unsigned)((uintptr_t)ufunc >> 5) * 0x9e3779b1U >> 23; }

_Static_assert(SLOTS == 1 << (32 - 23), "slot_of gives an index of slots");

static inline patch_hooked *find(const void *ufunc)
{
    unsigned i = slot_of(ufunc);
    while (slots[i] && slots[i]->ufunc != ufunc) {
        i = (i + 1) % SLOTS;
    }
    return slots[i]; /* NULL: somebody has copied the pointer to a ufunc of their own */
}

/* ---- The call ---------------------------------------------------------------------------------------------- */

typedef struct call {
    patch_hooked *hook;
    int inputs;
    patch_operand operand[PATCH_MOST_INPUTS];
    bool any_array;
    PyArrayObject *out; /* NULL: a new one */
    patch_loop *loop;
    _Alignas(16) char number[PATCH_MOST_INPUTS][16];
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
    if (!patch_is_plain(out) || !patch_is_writeable((PyArrayObject *)out)) {
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
            const rp_dtype from = patch_dtype_of(x->code), to = patch_dtype_of(type);
            if (from != to && patch_is_nan(x->number, from)) {
                return false; /* one that is signalling would raise a flag */
            }
            rp_convert_elements(c->number[k], to, x->number, from, 1);
        }
    }
    return true;
}

/* One element, and a step that would lead elsewhere: NumPy gives it to its loop, which may look at it. */
static bool is_odd_single(PyArrayObject *x)
{
    return PyArray_NDIM(x) == 1 && PyArray_DIM(x, 0) == 1 && PyArray_STRIDE(x, 0) != PyArray_ITEMSIZE(x);
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
        flags &= is_odd_single(x) ? 0 : PyArray_FLAGS(x);
        if (!patch_is_same(c->operand[k].code, c->loop->types[k])) {
            return NULL;
        }
        if (!first) {
            first = x;
        } else if (!patch_same_shape(x, first)) {
            return NULL;
        }
    }
    if (c->out) {
        flags &= is_odd_single(c->out) ? 0 : PyArray_FLAGS(c->out);
        if (!patch_same_shape(c->out, first)) {
            return NULL;
        }
    }
    *order = flags;
    return flags ? first : NULL;
}

static bool output_fits(const call *c)
{
    const int type = c->loop->types[c->inputs];
    if (PyArray_DESCR(c->out) != patch_descr[type]) {
        return false;
    }
    /* One element, which some loops look at NumPy's step for: it is not always the size. */
    if (PyArray_SIZE(c->out) == 1 && rp_dtype_kind(patch_dtype_of(type)) >= RP_KIND_REAL) {
        return false;
    }
    for (int k = 0; k < c->inputs; k++) {
        /* what is cast is read in pieces of its own, which must not be the output's */
        PyArrayObject *x = c->operand[k].array;
        if (x && !patch_may_share(x, c->out)) {
            return false;
        }
    }
    return true;
}

/* ---- Any layout -------------------------------------------------------------------------------------------- */

/* Of more than one axis, or beside an operand that is cast, NumPy's iterator may put the elements together before the loop sees them,
 * where they lie apart. */
static bool is_iterated(const patch_run *run)
{
    bool iterated = run->ndim > 1;
    for (int k = 0; k < run->operands; k++) {
        iterated |= !patch_is_same(run->types[k], run->loop->types[k]);
    }
    return iterated;
}

static bool is_certain(const patch_run *run)
{
    const patch_loop *loop = run->loop;
    bool changes = loop->by_place;
    for (int k = 0; k < run->operands; k++) {
        const npy_intp stride = run->strides[k][run->ndim - 1];
        if (patch_is_same(run->types[k], loop->types[k])) {
            changes |= loop->by_spread >> k & 1 && stride && stride != PyDataType_ELSIZE(patch_descr[run->types[k]]);
            changes |= loop->by_direction >> k & 1 && stride < 0;
        }
    }
    return !changes;
}

/* Whether the bits of a NaN may be others than NumPy's, as far as can be told while the result may still be NumPy's. */
static bool nans_meet(patch_run *run)
{
    const patch_loop *loop = run->loop;
    if (loop->by_nan == PATCH_NO_NAN) {
        return false;
    }
    bool in_place = false, found = false;
    for (int k = 0; k < run->operands - 1; k++) {
        in_place |= run->data[k] == run->data[run->operands - 1];
    }
    run->watched = in_place ? PATCH_NO_NAN : loop->by_nan;
    if (in_place && rp_dtype_kind(patch_dtype_of(loop->types[0])) == RP_KIND_COMPLEX) {
        return true; /* the two parts of one may meet */
    }
    for (int k = 0; in_place && k < run->operands - 1; k++) {
        found |= run->data[k] != run->data[run->operands - 1] && patch_run_has_nan(run, k);
    }
    return found;
}

/* The result, NULL with an exception or, with *reason >= 0, without one: NumPy is asked. */
static PyArrayObject *run_general(call *c, int *flags, int *reason)
{
    patch_run run = {.loop = c->loop, .operands = c->inputs + 1};
    if (!patch_broadcast(c->operand, c->inputs, &run)) {
        *reason = PATCH_NUMBERS;
        return NULL;
    }
    for (int k = 0; k < c->inputs; k++) {
        PyArrayObject *x = c->operand[k].array;
        patch_set_strides(&run, k, x);
        run.data[k] = x ? PyArray_BYTES(x) : c->number[k];
        run.types[k] = x ? (uint8_t)c->operand[k].code : c->loop->types[k];
    }
    const int result = c->inputs;
    run.types[result] = c->loop->types[result];
    PyArrayObject *out = c->out;
    if (out) {
        patch_set_strides(&run, result, out);
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
    if (out && (is_odd_single(out) || !patch_is_spread(&run, result, PyArray_ITEMSIZE(out), order))) {
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
        patch_set_strides(&run, result, out);
    }
    run.data[result] = PyArray_BYTES(out);
    if (c->out) {
        patch_turn_axes(&run);
    }
    patch_fold_axes(&run, order);
    if (is_iterated(&run)) {
        patch_try_layouts(c->loop, run.operands);
        *reason = !is_certain(&run) ? PATCH_LAYOUT : nans_meet(&run) ? PATCH_VALUE : -1;
    }
    if (*reason < 0) {
        *flags = patch_run_all(&run);
        *reason = run.found_nan ? PATCH_VALUE : -1;
    }
    if (*reason >= 0) {
        Py_CLEAR(out);
    }
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
        out = (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, PyArray_NDIM(shaped), PyArray_DIMS(shaped),
                                                    NULL, NULL, !(order & NPY_ARRAY_C_CONTIGUOUS), NULL);
        if (!out) {
            return NULL;
        }
    }
    patch_run run;
    run.loop = c->loop;
    run.operands = c->inputs + 1;
    run.ndim = 1;
    run.watched = PATCH_NO_NAN;
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

/* The operands, and the loop that takes them. False: one of them is nothing that a hook takes. */
static bool find_operands(call *c, PyObject *const *arguments)
{
    for (bool asked = false;; asked = true) {
        uint8_t codes[PATCH_MOST_INPUTS] = {0};
        c->any_array = false;
        for (int k = 0; k < c->inputs; k++) {
            if (!patch_operand_get(arguments[k], &c->operand[k])) {
                return false;
            }
            codes[k] = (uint8_t)c->operand[k].code;
            c->any_array |= c->operand[k].array != NULL;
        }
        if (asked || patch_knows(c->hook, codes)) {
            c->loop = patch_loop_for(c->hook, codes);
            return true;
        }
        patch_ask(c->hook, codes); /* Python may have run, and the operands have changed */
    }
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
    if (!names && given == c->inputs + 1 && !c->hook->warns_of_out) { /* minimum and maximum warn of it */
        out_argument = arguments[c->inputs];
    } else if (given != c->inputs) {
        *reason = PATCH_KEYWORDS;
        return NULL;
    }
    if (!find_operands(c, arguments)) {
        *reason = PATCH_OBJECTS;
        return NULL;
    }
    /* "..." asks for an array where the result has no axes: it has some here */
    *reason = c->any_array && out_argument == Py_Ellipsis ? -1 : read_output(c, out_argument);
    if (*reason >= 0) {
        return NULL;
    }
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
    if (c->any_array) {
        PyArrayObject *shaped = find_runs(c, &order);
        result = (PyObject *)(shaped && PyArray_SIZE(shaped) ? run_flat(c, shaped, order, &flags)
                                                             : run_general(c, &flags, reason));
    } else if (c->out || rp_dtype_kind(patch_dtype_of(c->loop->types[0])) == RP_KIND_COMPLEX) {
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

static bool installed;
static patch_vectorcall numpys; /* of all ufuncs, before any was hooked */

static PyObject *run_hook(PyObject *self, PyObject *const *arguments, size_t given, PyObject *names)
{
    call c;
    c.hook = find(self);
    if (!c.hook || !installed) {
        return (c.hook ? c.hook->before : numpys)(self, arguments, given, names);
    }
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
        patch_took(&c.hook->counts);
        return result;
    }
    c.hook->counts.passed[reason]++;
    return c.hook->before(self, arguments, given, names);
}

/* ---- Putting the hooks in place ---------------------------------------------------------------------------- */

static bool is_ours(const PyUFuncObject *u) { return u->vectorcall == (void *)run_hook; }

static bool hook(PyUFuncObject *u)
{
    unsigned i = slot_of(u);
    while (slots[i] && slots[i]->ufunc != u) {
        i = (i + 1) % SLOTS;
    }
    if (!slots[i]) {
        slots[i] = patch_hooked_new(u);
        if (!slots[i]) {
            return false;
        }
        numpys = numpys ? numpys : (patch_vectorcall)(uintptr_t)u->vectorcall;
    }
    slots[i]->buried = slots[i]->buried && u->vectorcall != (void *)(uintptr_t)slots[i]->before;
    if (!is_ours(u) && !slots[i]->buried) {
        slots[i]->before = (patch_vectorcall)(uintptr_t)u->vectorcall;
        u->vectorcall = (void *)(uintptr_t)run_hook;
    }
    slots[i]->hooked = true;
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
    installed = true;
    while (PyDict_Next(namespace, &at, &name, &value)) {
        if (!PyObject_TypeCheck(value, &PyUFunc_Type) || !patch_may_hook((PyUFuncObject *)value) ||
            count++ >= SLOTS / 2) {
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
        } else if (slots[i] && slots[i]->hooked) {
            slots[i]->buried = true;
        }
        if (slots[i]) {
            slots[i]->hooked = false;
        }
    }
    installed = false;
}

bool patch_ufuncs_count(PyObject *counts)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i] && !patch_counts_add(counts, &slots[i]->counts)) {
            return false;
        }
    }
    return true;
}
