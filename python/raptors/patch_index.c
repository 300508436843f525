/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Indexing of ndarray with one array, a mask or indices: reading and assigning. Every other key goes on to NumPy, and so does every
 * call that ends in an error.
 */
#include "patch.h"

#include <stdatomic.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/gather.h"
#include "engine/select.h"
#include "runtime/runtime.h"

/* CPython's tables of a type, which its limited API does not show: the same in all versions that are patched, and looked at
 * before they are believed. */
typedef struct mapping {
    lenfunc length;
    binaryfunc get;
    objobjargproc set;
} mapping;
enum { NAME_PLACE = 3, MAPPING_PLACE = 14 }; /* in pointers, from the begin of the type */

static mapping *table;
static mapping before;
static patch_counts get_counts = {.name = "ndarray[...]"}, set_counts = {.name = "ndarray[...] ="};
static PyObject *get_item, *set_item; /* operator.getitem, operator.setitem */

static char *bytes_of(PyObject *x) { return PyArray_BYTES((PyArrayObject *)x); }

/* With the strides that such an array has when it is new, along axes of length 1 too: a result may inherit them. */
static bool is_row_major(PyObject *x)
{
    PyArrayObject *a = (PyArrayObject *)x;
    if (!patch_is_plain(x) || !PyArray_IS_C_CONTIGUOUS(a) || PyArray_SIZE(a) == 0) {
        return false;
    }
    npy_intp step = PyArray_ITEMSIZE(a);
    for (int i = PyArray_NDIM(a) - 1; i >= 0; i--) {
        if (PyArray_STRIDE(a, i) != step) {
            return false;
        }
        step *= PyArray_DIM(a, i);
    }
    return true;
}

static int type_of(PyObject *x) { return PyArray_DESCR((PyArrayObject *)x)->type_num; }

/* Elements are moved as bytes: a bool that is neither 0 nor 1 stays what it is. */
static rp_dtype bytes_type(PyObject *x)
{
    const int type = type_of(x);
    return type == NPY_BOOL ? RP_UINT8 : patch_dtype_of(type);
}

/* The key is a mask of x: of all its axes, or of the first. */
static bool is_mask(PyObject *x, PyObject *key)
{
    PyArrayObject *a = (PyArrayObject *)x, *mask = (PyArrayObject *)key;
    if (type_of(key) != NPY_BOOL || PyArray_NDIM(mask) < 1 || PyArray_NDIM(mask) > PyArray_NDIM(a)) {
        return false;
    }
    for (int i = 0; i < PyArray_NDIM(mask); i++) {
        if (PyArray_DIM(mask, i) != PyArray_DIM(a, i)) {
            return false;
        }
    }
    return PyArray_NDIM(mask) == PyArray_NDIM(a) || PyArray_NDIM(mask) == 1;
}

static bool is_indices(PyObject *key)
{
    const rp_kind kind = rp_dtype_kind(patch_dtype_of(type_of(key)));
    return PyArray_NDIM((PyArrayObject *)key) > 0 && (kind == RP_KIND_SIGNED || kind == RP_KIND_UNSIGNED);
}

static PyArrayObject *new_array(int type, int ndim, npy_intp *shape)
{
    Py_INCREF((PyObject *)patch_descr[type]);
    return (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, patch_descr[type], ndim, shape, NULL, NULL, 0, NULL);
}

/* Rows of x at these indices: the work without its block. */
static void describe(rp_indexing *work, PyObject *x, const char *indices, rp_dtype dtype, size_t positions)
{
    PyArrayObject *a = (PyArrayObject *)x;
    work->count = 1;
    work->index[0] = (rp_index_array){indices, dtype, PyArray_DIM(a, 0), PyArray_STRIDE(a, 0)};
    work->positions = positions;
    work->size = (size_t)PyArray_ITEMSIZE(a);
    work->x = bytes_of(x);
    work->ndim = PyArray_NDIM(a) - 1;
    work->truths = false;
    work->apart = true;
    npy_intp step = PyArray_ITEMSIZE(a);
    for (int i = work->ndim; i > 0; i--) {
        work->shape[i - 1] = PyArray_DIM(a, i);
        work->x_strides[i - 1] = work->block_strides[i - 1] = step;
        step *= PyArray_DIM(a, i);
    }
    work->block_step = step;
}

static rp_status run(rp_status (*call)(rp_indexing *), rp_indexing *work, size_t bytes)
{
    rp_status status;
    EXT_CALL(status, bytes > ext.large_bytes, call(work));
    return status;
}

/* ---- Reading ----------------------------------------------------------------------------------------------- */

enum { FEW_PLACES = 128 };

/* Elements of a vector at few places, int64: as gather. */
static PyArrayObject *gather_few(PyObject *x, PyArrayObject *indices)
{
    const volatile npy_int64 *places = (const volatile npy_int64 *)(const void *)PyArray_BYTES(indices);
    const npy_intp n = PyArray_SIZE(indices), length = PyArray_DIM((PyArrayObject *)x, 0);
    size_t found[FEW_PLACES]; /* each is read once: a thread without the GIL may be writing there */
    for (npy_intp i = 0; i < n; i++) {
        const npy_int64 place = places[i];
        if (place < -length || place >= length) {
            return NULL;
        }
        found[i] = (size_t)(place < 0 ? place + length : place);
    }
    PyArrayObject *result = new_array(type_of(x), PyArray_NDIM(indices), PyArray_DIMS(indices));
    const char *from = bytes_of(x);
    const size_t size = (size_t)PyArray_ITEMSIZE((PyArrayObject *)x);
    for (npy_intp i = 0; result && i < n; i++) {
        /* a constant size is a move, and no call */
        switch (size) {
        case 4: memcpy(PyArray_BYTES(result) + i * 4, from + found[i] * 4, 4); break;
        case 8: memcpy(PyArray_BYTES(result) + i * 8, from + found[i] * 8, 8); break;
        default: memcpy(PyArray_BYTES(result) + (size_t)i * size, from + found[i] * size, size); break;
        }
    }
    return result;
}

/* Rows of x: NULL without an exception where an index is out of range. */
static PyArrayObject *gather(PyObject *x, int ndim, npy_intp *positions_shape, const char *indices, rp_dtype dtype)
{
    PyArrayObject *a = (PyArrayObject *)x;
    npy_intp shape[NPY_MAXDIMS];
    size_t positions = 1;
    for (int i = 0; i < ndim; i++) {
        shape[i] = positions_shape[i];
        positions *= (size_t)shape[i];
    }
    for (int i = 1; i < PyArray_NDIM(a); i++) {
        shape[ndim + i - 1] = PyArray_DIM(a, i);
    }
    PyArrayObject *result = new_array(type_of(x), ndim + PyArray_NDIM(a) - 1, shape);
    if (!result || positions == 0) {
        return result;
    }
    rp_indexing work;
    describe(&work, x, indices, dtype, positions);
    work.block = PyArray_BYTES(result);
    const rp_status status = run(rp_gather_work, &work, positions * (size_t)work.block_step);
    if (status != RP_OK) {
        Py_CLEAR(result);
    }
    return status == RP_ERROR_MEMORY ? (PyArrayObject *)PyErr_NoMemory() : result;
}

/* Masks that are looked at and done before threads, or room to count blocks in, would matter. */
enum { FEW = 1024 };

static PyArrayObject *get_few_masked(PyObject *x, PyObject *key, size_t elements)
{
    const char *mask = bytes_of(key);
    npy_intp found = 0;
    for (size_t i = 0; i < elements; i++) {
        found += mask[i] != 0;
    }
    PyArrayObject *result = new_array(type_of(x), 1, &found);
    if (result && found) {
        rp_context_get()->indexers->select(PyArray_BYTES(result), (size_t)found, mask, bytes_of(x), elements,
                                           (size_t)PyArray_ITEMSIZE(result));
    }
    return result;
}

static PyArrayObject *get_masked(PyObject *x, PyObject *key)
{
    PyArrayObject *a = (PyArrayObject *)x, *mask = (PyArrayObject *)key, *result = NULL;
    const bool whole = PyArray_NDIM(mask) == PyArray_NDIM(a);
    if (whole && PyArray_SIZE(a) <= FEW && !patch_stressed) {
        return get_few_masked(x, key, (size_t)PyArray_SIZE(a));
    }
    const size_t size = (size_t)PyArray_ITEMSIZE(a), elements = (size_t)PyArray_SIZE(mask);
    rp_selection s;
    if (rp_select(bytes_of(key), elements, size, &s) != RP_OK) {
        return (PyArrayObject *)PyErr_NoMemory();
    }
    npy_intp found = (npy_intp)s.found;
    if (whole) {
        result = new_array(type_of(x), 1, &found);
        if (result && found) {
            PyThreadState *released = elements * size > ext.large_bytes ? PyEval_SaveThread() : NULL;
            rp_select_elements(&s, bytes_of(x), bytes_type(x), PyArray_BYTES(result));
            if (released) {
                PyEval_RestoreThread(released);
            }
        }
    } else {
        size_t block_bytes = 0;
        int64_t *indices = rp_pool_allocate((s.found + 1) * sizeof *indices, &block_bytes);
        if (indices) {
            rp_select_indices(&s, 1, PyArray_DIMS(mask), &indices);
            result = gather(x, 1, &found, (const char *)indices, RP_INT64);
            rp_pool_free(indices, block_bytes);
        } else {
            PyErr_NoMemory();
        }
    }
    rp_selection_end(&s);
    return result;
}

PyObject *patch_index_get(PyObject *x, PyObject *key, int *reason)
{
    *reason = -1;
    if (!is_row_major(x) || !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)key) || PyArray_SIZE((PyArrayObject *)key) == 0) {
        *reason = PATCH_LAYOUT;
        return NULL;
    }
    if (is_mask(x, key)) {
        return (PyObject *)get_masked(x, key);
    }
    if (!is_indices(key) || PyArray_NDIM((PyArrayObject *)key) + PyArray_NDIM((PyArrayObject *)x) - 1 > RP_MAX_NDIM) {
        *reason = PATCH_CASTS;
        return NULL;
    }
    PyArrayObject *indices = (PyArrayObject *)key;
    const bool few = PyArray_SIZE(indices) <= FEW_PLACES && PyArray_NDIM((PyArrayObject *)x) == 1 &&
                     patch_dtype[type_of(key)] == RP_INT64 && !patch_stressed;
    PyObject *result = (PyObject *)(few ? gather_few(x, indices)
                                        : gather(x, PyArray_NDIM(indices), PyArray_DIMS(indices), bytes_of(key),
                                                 patch_dtype_of(type_of(key))));
    if (!result && !PyErr_Occurred()) {
        *reason = PATCH_VALUE;
    }
    return result;
}

static PyObject *hook_get(PyObject *x, PyObject *key)
{
    const patch_way way = patch_how();
    if (!patch_is_plain(key) || way == PATCH_BY_NUMPY) {
        return before.get(x, key);
    }
    if (way == PATCH_CHECKED) {
        PyObject *const arguments[] = {x, key};
        return patch_check(get_item, NULL, arguments, 2, NULL);
    }
    int reason;
    PyObject *result = patch_index_get(x, key, &reason);
    if (reason < 0) {
        patch_took(&get_counts);
        return result;
    }
    get_counts.passed[reason]++;
    return before.get(x, key);
}

/* ---- Assigning --------------------------------------------------------------------------------------------- */

/* One number to all elements where the mask is true: as many copies of it as a block could take. */
typedef struct filling {
    char *x;
    const char *mask;
    size_t elements, size;
    char copies[];
} filling;
enum { FILL_BLOCK = 1024, FILL_TASK = 1 << 15 };

static void fill_task(void *context, size_t task, int thread)
{
    const filling *f = context;
    (void)thread;
    const size_t end = f->elements - task * FILL_TASK < FILL_TASK ? f->elements : (task + 1) * FILL_TASK;
    for (size_t i = task * FILL_TASK; i < end; i += FILL_BLOCK) {
        const size_t n = end - i < FILL_BLOCK ? end - i : FILL_BLOCK;
        rp_context_get()->indexers->spread(f->x + i * f->size, f->mask + i, n, f->copies, n, f->size);
    }
}

static bool fill_masked(PyObject *x, PyObject *key, const char *number)
{
    PyArrayObject *a = (PyArrayObject *)x;
    const rp_context *context = rp_context_get();
    const size_t size = (size_t)PyArray_ITEMSIZE(a), elements = (size_t)PyArray_SIZE(a),
                 copies = elements < FILL_BLOCK ? elements : FILL_BLOCK;
    filling *f = rp_malloc(sizeof *f + copies * size);
    if (!f) {
        PyErr_NoMemory();
        return false;
    }
    f->x = bytes_of(x);
    f->mask = bytes_of(key);
    f->elements = elements;
    f->size = size;
    context->movers.copy(f->copies, 0, (ptrdiff_t)size, number, 0, 0, 1, copies, size);
    const bool large = elements * size > ext.large_bytes;
    PyThreadState *released = large ? PyEval_SaveThread() : NULL;
    rp_parallel(fill_task, f, rp_divide_up(elements, FILL_TASK),
                elements * (1 + size) >= context->helpful_bytes ? rp_get_num_threads() : 1);
    if (released) {
        PyEval_RestoreThread(released);
    }
    rp_free(f);
    return true;
}

static bool is_apart(PyObject *a, PyObject *b)
{
    const char *first = bytes_of(a), *second = bytes_of(b);
    return first + PyArray_NBYTES((PyArrayObject *)a) <= second || second + PyArray_NBYTES((PyArrayObject *)b) <= first;
}

/* The value as one element of x, in `number`; or an array of x's type, *array. False: NumPy converts it. */
static bool read_value(PyObject *x, PyObject *value, char *number, PyObject **array)
{
    patch_operand v;
    *array = NULL;
    if (!patch_operand_get(value, &v)) {
        return false;
    }
    if (v.array) {
        *array = value;
        return v.code == type_of(x) && PyArray_IS_C_CONTIGUOUS(v.array) && PyArray_SIZE(v.array) > 0 &&
               is_apart(x, value);
    }
    if (!v.number) {
        return patch_number_store(value, type_of(x), number);
    }
    if (v.code != type_of(x)) { /* and so, it may be, smaller */
        return false;
    }
    memcpy(number, v.number, (size_t)PyArray_ITEMSIZE((PyArrayObject *)x));
    return true;
}

static bool is_vector(PyObject *array, size_t n)
{
    return PyArray_NDIM((PyArrayObject *)array) == 1 && (size_t)PyArray_SIZE((PyArrayObject *)array) == n;
}

static bool set_masked(PyObject *x, PyObject *key, const char *number, PyObject *array, int *reason)
{
    PyArrayObject *a = (PyArrayObject *)x;
    if (PyArray_NDIM((PyArrayObject *)key) != PyArray_NDIM(a)) {
        *reason = PATCH_LAYOUT;
        return false;
    }
    if (!array) {
        return fill_masked(x, key, number);
    }
    const size_t size = (size_t)PyArray_ITEMSIZE(a);
    rp_selection s;
    if (rp_select(bytes_of(key), (size_t)PyArray_SIZE(a), size, &s) != RP_OK) {
        PyErr_NoMemory();
        return false;
    }
    const bool fits = is_vector(array, s.found);
    if (fits) {
        PyThreadState *released = s.elements * size > ext.large_bytes ? PyEval_SaveThread() : NULL;
        rp_spread_elements(&s, bytes_of(x), size, bytes_of(array));
        if (released) {
            PyEval_RestoreThread(released);
        }
    } else {
        *reason = PATCH_VALUE;
    }
    rp_selection_end(&s);
    return fits;
}

static bool set_indexed(PyObject *x, PyObject *key, char *number, PyObject *array, int *reason)
{
    PyArrayObject *a = (PyArrayObject *)x, *indices = (PyArrayObject *)key;
    const size_t positions = (size_t)PyArray_SIZE(indices);
    if (!is_indices(key) || PyArray_NDIM(a) != 1 ||
        (array && (!is_vector(array, positions) || PyArray_NDIM(indices) != 1))) {
        *reason = PATCH_CASTS;
        return false;
    }
    rp_indexing work;
    describe(&work, x, bytes_of(key), patch_dtype_of(type_of(key)), positions);
    work.block = array ? bytes_of(array) : number;
    work.block_step = array ? PyArray_ITEMSIZE(a) : 0;
    const rp_status status = run(rp_scatter_work, &work, positions * work.size);
    if (status == RP_ERROR_INDEX) {
        *reason = PATCH_VALUE;
    } else if (status != RP_OK) {
        PyErr_NoMemory();
    }
    return status == RP_OK;
}

static bool take_set(PyObject *x, PyObject *key, PyObject *value, int *reason)
{
    _Alignas(16) char number[16];
    PyObject *array;
    *reason = -1;
    if (!is_row_major(x) || !patch_is_writeable((PyArrayObject *)x) || !PyArray_IS_C_CONTIGUOUS((PyArrayObject *)key) ||
        PyArray_SIZE((PyArrayObject *)key) == 0 || !is_apart(x, key)) {
        *reason = PATCH_LAYOUT;
        return false;
    }
    if (!read_value(x, value, number, &array)) {
        *reason = PATCH_CASTS;
        return false;
    }
    return is_mask(x, key) ? set_masked(x, key, number, array, reason) : set_indexed(x, key, number, array, reason);
}

static int hook_set(PyObject *x, PyObject *key, PyObject *value)
{
    const patch_way way = patch_how();
    if (!value || !patch_is_plain(key) || way == PATCH_BY_NUMPY) {
        return before.set(x, key, value);
    }
    if (way == PATCH_CHECKED) {
        PyObject *const arguments[] = {x, key, value};
        PyObject *none = patch_check(set_item, NULL, arguments, 3, NULL);
        Py_XDECREF(none);
        return none ? 0 : -1;
    }
    int reason;
    const bool done = take_set(x, key, value, &reason);
    if (reason < 0) {
        patch_took(&set_counts);
        return done ? 0 : -1;
    }
    set_counts.passed[reason]++;
    return before.set(x, key, value);
}

/* ---- Putting the hooks in place ---------------------------------------------------------------------------- */

bool patch_index_install(void)
{
    void *const *type = (void *const *)(void *)&PyArray_Type;
    if (table && table->get == hook_get) {
        return true;
    }
    mapping *found = type[MAPPING_PLACE];
    if (strcmp(type[NAME_PLACE], "numpy.ndarray") != 0 || !found ||
        (void *)(uintptr_t)found->get != PyType_GetSlot(&PyArray_Type, Py_mp_subscript) ||
        (void *)(uintptr_t)found->set != PyType_GetSlot(&PyArray_Type, Py_mp_ass_subscript) ||
        !rp_os_is_writable(found, sizeof *found)) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the table of ndarray's indexing is not as it is known, or cannot be written");
        return false;
    }
    PyObject *operators = PyImport_ImportModule("operator");
    get_item = operators ? PyObject_GetAttrString(operators, "getitem") : NULL; /* kept for good */
    set_item = operators ? PyObject_GetAttrString(operators, "setitem") : NULL;
    Py_XDECREF(operators);
    if (!get_item || !set_item) {
        return false;
    }
    table = found;
    before = *found;
    found->get = hook_get;
    found->set = hook_set;
    return true;
}

void patch_index_remove(void)
{
    if (table && table->get == hook_get && table->set == hook_set) {
        *table = before;
    }
}

bool patch_index_count(PyObject *counts)
{
    return patch_counts_add(counts, &get_counts) && patch_counts_add(counts, &set_counts);
}
