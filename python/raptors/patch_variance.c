/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's var and std of floats, with the same steps and roundings as numpy._core._methods._var, but the squares in no array.
 */
#include "patch_fold.h"

#include <math.h>
#include <string.h>

#include "runtime/fp_flags.h"
#include "runtime/runtime.h"

/* Room for the means of all results; `few` where that is enough. */
static char *make_room(size_t bytes, char *few, size_t few_bytes, size_t *block_bytes)
{
    *block_bytes = 0;
    return bytes <= few_bytes ? few : rp_pool_allocate(bytes, block_bytes);
}

static void take_roots(char *elements, rp_dtype dtype, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (dtype == RP_FLOAT32) {
            float *element = (float *)(void *)elements + i;
            *element = sqrtf(*element);
        } else {
            double *element = (double *)(void *)elements + i;
            *element = sqrt(*element);
        }
    }
}

/* Into f->to. False: NumPy has to warn, or may have to. */
static bool compute(patch_fold *f, char *means, npy_intp ddof, bool roots)
{
    const size_t results = f->outer * f->inner;
    char *to = f->to;
    f->to = means;
    if (!patch_fold_run(f) || !patch_divide(means, f->dtype, results, (double)f->length)) {
        return false;
    }
    f->means = means;
    f->to = to;
    if (!patch_fold_run(f) || atomic_load(&f->flags) || patch_has_nan(to, f->dtype, (npy_intp)f->size, results) ||
        !patch_divide(to, f->dtype, results, (double)((npy_intp)f->length - ddof))) {
        return false;
    }
    if (roots) {
        take_roots(to, f->dtype, results);
    }
    return true;
}

PyObject *patch_variance(bool roots, PyObject *object, const patch_variance_values *values, int *reason)
{
    enum { FEW = 64 };
    _Alignas(16) char element[16], few[FEW * sizeof(double)];
    int axis;
    *reason = PATCH_OBJECTS;
    if (!patch_is_plain(object)) {
        return NULL;
    }
    PyArrayObject *x = (PyArrayObject *)object;
    const int type = PyArray_DESCR(x)->type_num;
    const bool keepdims = values->keepdims == Py_True;
    *reason = PATCH_KEYWORDS;
    if (ext_given(values->dtype) || ext_given(values->out) || (values->where && values->where != Py_True) ||
        (values->keepdims && !PyBool_Check(values->keepdims) && values->keepdims != patch_no_value()) ||
        (values->ddof && !PyLong_CheckExact(values->ddof)) || PyArray_NDIM(x) == 0 || PyArray_SIZE(x) == 0 ||
        !patch_axis_get(x, values->axis ? values->axis : Py_None, true, &axis)) {
        return NULL;
    }
    patch_fold f = {.loop =
                        type == NPY_FLOAT || type == NPY_DOUBLE ? patch_fold_loop(RP_SUM, patch_dtype_of(type)) : NULL,
                    .dtype = patch_dtype_of(type),
                    .from_zero = true};
    const Py_ssize_t ddof = values->ddof ? PyLong_AsSsize_t(values->ddof) : 0;
    PyErr_Clear();
    *reason = PATCH_LAYOUT;
    if (!f.loop || !patch_fold_lay_out(x, axis, &f) || (f.inner == 1 && f.step != (npy_intp)f.size) || ddof < 0 ||
        (size_t)ddof >= f.length) {
        return NULL;
    }
    size_t block_bytes;
    char *means = make_room(f.outer * f.inner * f.size, few, sizeof few, &block_bytes);
    const bool number = axis == PATCH_ALL_AXES && !keepdims;
    PyArrayObject *result = number || !means ? NULL : patch_reduced(x, axis, keepdims, type, false);
    *reason = -1;
    if (!means || (!number && !result)) {
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    f.to = result ? PyArray_BYTES(result) : element;
    if (!compute(&f, means, ddof, roots)) {
        Py_CLEAR(result);
        *reason = PATCH_VALUE;
    }
    if (block_bytes) {
        rp_pool_free(means, block_bytes);
    }
    return *reason >= 0 ? NULL : result ? (PyObject *)result : PyArray_Scalar(element, patch_descr[type], NULL);
}
