/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Indexing with arrays of integers and booleans, mixed with basic indices as NumPy mixes them: the basic parts make
 * a view in which the axes of the arrays come first, then the library gathers from it or scatters into it.
 */
#include "ext.h"

enum { MAX_PARTS = 2 * RP_MAX_NDIM + 1 };

typedef struct selection {
    const rp_array *x;
    int view_count; /* indices of the view */
    rp_index view[2 * MAX_PARTS];
    int ndim; /* axes of the view */
    int array_count;
    rp_array *arrays[RP_MAX_NDIM]; /* owned: an index array for each of... */
    int axes[RP_MAX_NDIM];         /* ...these axes of the view */
    int consumed;                  /* axes of x that are spoken for so far */
    int first, runs;               /* the view's axis of the first array, and the groups of adjacent arrays */
    bool in_run;
    int broadcast_ndim;
    ptrdiff_t broadcast[RP_MAX_NDIM];
} selection;

static bool fail(rp_status status)
{
    if (status != RP_OK) {
        ext_error(status);
    }
    return status == RP_OK;
}

static void add_view_index(selection *s, rp_index_kind kind)
{
    s->view[s->view_count++] = (rp_index){.kind = kind, .start = RP_SLICE_DEFAULT, .stop = RP_SLICE_DEFAULT, .step = 1};
}

/* Steals `array`: the index array of the view's next axis. */
static bool add_array(selection *s, rp_array *array, rp_index_kind axis_kind)
{
    if (!array) {
        return false;
    }
    if (s->array_count == RP_MAX_NDIM || s->ndim >= RP_MAX_NDIM) {
        rp_release(array);
        PyErr_SetString(PyExc_IndexError, "too many indices for array");
        return false;
    }
    if (!s->in_run) {
        s->in_run = true;
        s->first = s->runs++ == 0 ? s->ndim : s->first;
    }
    add_view_index(s, axis_kind);
    s->arrays[s->array_count] = array;
    s->axes[s->array_count++] = s->ndim++;
    s->consumed += axis_kind == RP_INDEX_SLICE;
    return true;
}

/* Checked here, since a gather of nothing looks at no index. */
static rp_array *integer_array(const selection *s, ptrdiff_t value)
{
    ptrdiff_t length = s->x->dims[s->consumed];
    if (value < -length || value >= length) {
        PyErr_Format(PyExc_IndexError, "index %zd is out of bounds for axis %d with size %zd", value, s->consumed,
                     length);
        return NULL;
    }
    rp_scalar scalar = {.dtype = RP_INT64, .i = value};
    rp_array *array = NULL;
    fail(rp_full(0, NULL, RP_INT64, &scalar, &array));
    return array;
}

/* A mask without dimensions takes all or nothing of a new axis. */
static bool add_truth(selection *s, bool truth)
{
    ptrdiff_t shape = truth;
    rp_array *array = NULL;
    return fail(rp_zeros(1, &shape, RP_INT64, &array)) && add_array(s, array, RP_INDEX_NEWAXIS);
}

static bool add_mask(selection *s, const rp_array *mask)
{
    rp_array *indices[RP_MAX_NDIM] = {NULL};
    if (mask->ndim == 0) {
        return add_truth(s, *mask->data != 0);
    }
    for (int i = 0; i < mask->ndim; i++) {
        int axis = s->consumed + i;
        if (s->x->dims[axis] != mask->dims[i]) {
            PyErr_Format(PyExc_IndexError,
                         "boolean index did not match indexed array along axis %d; size of axis is %zd but size of "
                         "corresponding boolean axis is %zd",
                         axis, s->x->dims[axis], mask->dims[i]);
            return false;
        }
    }
    bool ok = fail(rp_nonzero(mask, indices));
    for (int i = 0; i < mask->ndim; i++) {
        if (ok) {
            ok = add_array(s, indices[i], RP_INDEX_SLICE);
        } else {
            rp_release(indices[i]);
        }
    }
    return ok;
}

/* One part of the key: an array, or (array NULL) a basic index. */
typedef struct part {
    rp_array *array; /* owned */
    rp_index index;
} part;

/* The index array that an object stands for: integers or booleans. */
static rp_array *index_array(PyObject *object)
{
    static const char message[] = "only integers, slices (`:`), ellipsis (`...`), newaxis (`None`) and integer or "
                                  "boolean arrays are valid indices";
    const rp_dtype index_type = RP_INT64;
    rp_array *array = ext_array_from(object, NULL, EXT_COPY_IF_NEEDED);
    if (array && array->size == 0 && PyList_Check(object)) { /* [] says nothing of its type */
        rp_release(array);
        array = ext_array_from(object, &index_type, EXT_COPY_IF_NEEDED);
    }
    if (!array) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_SetString(PyExc_IndexError, message);
        }
        return NULL;
    }
    if (rp_dtype_kind((rp_dtype)array->dtype) > RP_KIND_UNSIGNED) {
        rp_release(array);
        PyErr_SetString(PyExc_IndexError, message);
        return NULL;
    }
    return array;
}

static bool read_part(PyObject *object, part *p)
{
    p->array = NULL;
    ext_found found = ext_basic_index(object, &p->index);
    if (found == EXT_UNKNOWN) {
        p->array = index_array(object);
    }
    return found == EXT_FOUND || p->array;
}

/* The axes of x that a part takes: a mask as many as it has, and an ellipsis what the others leave. */
static int axes_of(const part *p)
{
    if (p->array) {
        return p->array->dtype == RP_BOOL ? p->array->ndim : 1;
    }
    return p->index.kind == RP_INDEX_SLICE || p->index.kind == RP_INDEX_INTEGER;
}

static bool add_part(selection *s, const part *p, int ellipsis_axes)
{
    if (p->array) {
        return p->array->dtype == RP_BOOL ? add_mask(s, p->array) : add_array(s, rp_retain(p->array), RP_INDEX_SLICE);
    }
    if (p->index.kind == RP_INDEX_INTEGER) {
        return add_array(s, integer_array(s, p->index.start), RP_INDEX_SLICE);
    }
    int axes = p->index.kind == RP_INDEX_ELLIPSIS ? ellipsis_axes : 1;
    s->in_run = false;
    s->view[s->view_count++] = p->index;
    s->ndim += axes;
    s->consumed += p->index.kind == RP_INDEX_NEWAXIS ? 0 : axes;
    return true;
}

static bool add_parts(selection *s, Py_ssize_t count, const part *parts)
{
    int axes = 0, ellipses = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        axes += axes_of(&parts[i]);
        ellipses += !parts[i].array && parts[i].index.kind == RP_INDEX_ELLIPSIS;
    }
    if (ellipses > 1) {
        PyErr_SetString(PyExc_IndexError, "an index can only have a single ellipsis ('...')");
        return false;
    }
    if (axes > s->x->ndim) {
        PyErr_Format(PyExc_IndexError, "too many indices for array: array is %d-dimensional, but %d were indexed",
                     s->x->ndim, axes);
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!add_part(s, &parts[i], s->x->ndim - axes)) {
            return false;
        }
    }
    return true;
}

/* Every object is read once, before anything is made of what it gave. */
static bool parse(selection *s, Py_ssize_t count, PyObject *const *objects)
{
    part parts[MAX_PARTS];
    Py_ssize_t read = 0;
    while (read < count && read_part(objects[read], &parts[read])) {
        read++;
    }
    bool ok = read == count && add_parts(s, count, parts);
    while (read > 0) {
        rp_release(parts[--read].array);
    }
    return ok;
}

/* The view of the basic parts, the axes of the index arrays first. */
static rp_array *selected_view(const selection *s)
{
    rp_array *view = NULL, *moved = NULL;
    int order[RP_MAX_NDIM], count = 0;
    if (!fail(rp_get_view(s->x, s->view_count, s->view, &view))) {
        return NULL;
    }
    for (int i = 0; i < s->array_count; i++) {
        order[count++] = s->axes[i];
    }
    for (int axis = 0, next = 0; axis < view->ndim; axis++) {
        if (next < s->array_count && s->axes[next] == axis) {
            next++;
        } else {
            order[count++] = axis;
        }
    }
    fail(rp_permute_dims(view, order, &moved));
    rp_release(view);
    return moved;
}

/* The gathered array has the arrays' axes first; arrays that stood side by side leave theirs where they stood.
 * order[i]: which axis of the gathered array is axis i of the result. */
static void result_order(const selection *s, int ndim, int *order)
{
    int before = s->runs == 1 ? s->first : 0;
    for (int i = 0; i < ndim; i++) {
        if (i < before) {
            order[i] = s->broadcast_ndim + i;
        } else {
            order[i] = i < before + s->broadcast_ndim ? i - before : i;
        }
    }
}

static PyObject *gather(const selection *s, const rp_array *view)
{
    rp_array *gathered = NULL, *result = NULL;
    rp_status status;
    int order[RP_MAX_NDIM];
    EXT_CALL(status, ext_is_large(view),
             rp_gather(view, s->array_count, (const rp_array *const *)s->arrays, &gathered));
    if (!fail(status)) {
        return NULL;
    }
    if (s->runs != 1 || s->first == 0) {
        return ext_wrap(gathered);
    }
    result_order(s, gathered->ndim, order);
    fail(rp_permute_dims(gathered, order, &result));
    rp_release(gathered);
    return ext_wrap(result);
}

/* `value` as an array of the selection's shape, its axes in the gathered order. */
static rp_array *values_for(const selection *s, const rp_array *view, const rp_array *value)
{
    ptrdiff_t shape[RP_MAX_NDIM];
    int order[RP_MAX_NDIM], back[RP_MAX_NDIM];
    int ndim = s->broadcast_ndim + view->ndim - s->array_count;
    rp_array *trimmed = NULL, *whole = NULL, *moved = NULL;
    if (ndim > RP_MAX_NDIM) {
        PyErr_Format(PyExc_IndexError, "the selection has %d dimensions, and the most is %d", ndim, RP_MAX_NDIM);
        return NULL;
    }
    result_order(s, ndim, order);
    for (int i = 0; i < ndim; i++) {
        int axis = order[i];
        back[axis] = i;
        shape[i] =
            axis < s->broadcast_ndim ? s->broadcast[axis] : view->dims[s->array_count + axis - s->broadcast_ndim];
    }
    if (fail(ext_trim_leading(value, ndim, &trimmed)) && fail(rp_broadcast_to(trimmed, ndim, shape, &whole))) {
        fail(rp_permute_dims(whole, back, &moved));
    }
    rp_release(whole);
    rp_release(trimmed);
    return moved;
}

static PyObject *scatter(const selection *s, rp_array *view, const rp_array *value)
{
    rp_array *values = values_for(s, view, value);
    if (!values) {
        return NULL;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(values),
             rp_scatter(view, s->array_count, (const rp_array *const *)s->arrays, values));
    rp_release(values);
    return fail(status) ? Py_NewRef(Py_None) : NULL;
}

/* x[mask] = a number, or a vector of values: no list of indices is needed. EXT_UNKNOWN: another kind of assignment. */
static ext_found store_where(PyObject *self, PyObject *key, const rp_array *value)
{
    rp_array *x = ext_raw(self), *number = NULL;
    const rp_array *mask = ext_is_array(key) ? ext_raw(key) : NULL;
    if (!mask || mask->dtype != RP_BOOL || mask->ndim == 0 || !rp_has_shape(mask, x->ndim, x->dims) ||
        value->ndim > 1) {
        return EXT_UNKNOWN;
    }
    rp_status status;
    if (value->ndim == 1) {
        EXT_CALL(status, ext_is_large(x), rp_scatter_mask(x, mask, value));
        return fail(status) ? EXT_FOUND : EXT_FAILED;
    }
    status = rp_astype(value, (rp_dtype)x->dtype, &number);
    if (status == RP_OK) {
        EXT_CALL(status, ext_is_large(x), rp_where(mask, number, x, &x));
        rp_release(number);
    }
    return fail(status) ? EXT_FOUND : EXT_FAILED;
}

/* x[mask] of a mask with all of x's axes selects, too. EXT_UNKNOWN: another kind of key. */
static ext_found select_where(PyObject *self, PyObject *key, PyObject **result)
{
    const rp_array *x = ext_raw(self), *mask = ext_is_array(key) ? ext_raw(key) : NULL;
    rp_array *selected = NULL;
    if (!mask || mask->dtype != RP_BOOL || mask->ndim == 0 || !rp_has_shape(mask, x->ndim, x->dims)) {
        return EXT_UNKNOWN;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(x), rp_gather_mask(x, mask, &selected));
    *result = fail(status) ? ext_wrap(selected) : NULL;
    return *result ? EXT_FOUND : EXT_FAILED;
}

/* x[integers] along the first axis, where no view and no axes must be made. EXT_UNKNOWN: another kind of key. */
static ext_found select_rows(PyObject *self, PyObject *key, PyObject **result)
{
    const rp_array *x = ext_raw(self);
    rp_array *integers = NULL, *selected = NULL;
    if (ext_is_array(key)) {
        integers = rp_retain(ext_raw(key));
    } else if (PyList_CheckExact(key) && PyList_Size(key) > 0 && PyLong_CheckExact(PyList_GetItem(key, 0)) &&
               ext_array_from_nested(key, NULL, &integers) && !integers) {
        return EXT_FAILED;
    }
    if (!integers || x->ndim == 0 || integers->dtype == RP_BOOL ||
        rp_dtype_kind((rp_dtype)integers->dtype) > RP_KIND_UNSIGNED) {
        rp_release(integers);
        return EXT_UNKNOWN;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(x), rp_gather(x, 1, (const rp_array *const *)&integers, &selected));
    rp_release(integers);
    *result = fail(status) ? ext_wrap(selected) : NULL;
    return *result ? EXT_FOUND : EXT_FAILED;
}

PyObject *ext_index_arrays(PyObject *self, Py_ssize_t count, PyObject *const *parts, const rp_array *value)
{
    if (value && count == 1) {
        ext_found found = store_where(self, parts[0], value);
        if (found != EXT_UNKNOWN) {
            return found == EXT_FOUND ? Py_NewRef(Py_None) : NULL;
        }
    }
    PyObject *result = NULL;
    if (!value && count == 1 &&
        (select_where(self, parts[0], &result) != EXT_UNKNOWN || select_rows(self, parts[0], &result) != EXT_UNKNOWN)) {
        return result;
    }
    selection s;
    s.x = ext_raw(self);
    s.view_count = s.ndim = s.array_count = s.consumed = s.first = s.runs = 0;
    s.in_run = false;
    rp_array *view = NULL;
    if (parse(&s, count, parts)) {
        rp_status status =
            rp_broadcast_shapes(s.array_count, (const rp_array *const *)s.arrays, &s.broadcast_ndim, s.broadcast);
        if (status != RP_OK) {
            PyErr_Format(PyExc_IndexError, "shape mismatch: indexing arrays could not be broadcast together: %s",
                         rp_error_message());
        } else {
            view = selected_view(&s);
        }
    }
    if (view) {
        result = value ? scatter(&s, view, value) : gather(&s, view);
    }
    rp_release(view);
    for (int i = 0; i < s.array_count; i++) {
        rp_release(s.arrays[i]);
    }
    return result;
}
