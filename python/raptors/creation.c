/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Functions that make arrays, under the array API's names.
 */
#include "ext.h"

/* RP_DTYPE_COUNT where no type is given. */
static bool optional_dtype(PyObject *value, rp_dtype *dtype)
{
    *dtype = RP_DTYPE_COUNT;
    return !ext_given(value) || ext_dtype_get(value, dtype);
}

static PyObject *made(rp_array *array, rp_status status)
{
    return status == RP_OK ? ext_wrap(array) : ext_error(status);
}

/* The arguments of asarray and array. *copy is kept where the caller does not say. */
static bool object_arguments(const char *name, EXT_FASTCALL, PyObject **object, rp_dtype *dtype, ext_copy *copy)
{
    static const ext_signature signature = {.count = 4,
                                            .required = 1,
                                            .positional = 2,
                                            .positional_only = 1,
                                            .names = {EXT_obj, EXT_dtype, EXT_device, EXT_copy}};
    PyObject *values[4];
    if (!ext_arguments(name, &signature, arguments, given, keywords, values)) {
        return false;
    }
    *object = values[0];
    return optional_dtype(values[1], dtype) && ext_device_get(values[2]) &&
           (!values[3] || ext_copy_get(values[3], copy));
}

static PyObject *from_object(PyObject *object, rp_dtype dtype, ext_copy copy)
{
    if (ext_is_array(object) && copy != EXT_COPY_ALWAYS &&
        (dtype == RP_DTYPE_COUNT || (rp_dtype)ext_raw(object)->dtype == dtype)) {
        return Py_NewRef(object);
    }
    return ext_wrap(ext_array_from(object, dtype == RP_DTYPE_COUNT ? NULL : &dtype, copy));
}

static PyObject *function_asarray(PyObject *module, EXT_FASTCALL)
{
    PyObject *object;
    rp_dtype dtype;
    ext_copy copy = EXT_COPY_IF_NEEDED;
    (void)module;
    return object_arguments("asarray", arguments, given, keywords, &object, &dtype, &copy)
               ? from_object(object, dtype, copy)
               : NULL;
}

static PyObject *function_array(PyObject *module, EXT_FASTCALL)
{
    PyObject *object;
    rp_dtype dtype;
    ext_copy copy = EXT_COPY_ALWAYS;
    (void)module;
    return object_arguments("array", arguments, given, keywords, &object, &dtype, &copy)
               ? from_object(object, dtype, copy)
               : NULL;
}

static PyObject *function_from_dlpack(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 1, .positional = 1, .positional_only = 1, .names = {EXT_x, EXT_device, EXT_copy}};
    PyObject *values[3];
    ext_copy copy;
    (void)module;
    if (!ext_arguments("from_dlpack", &signature, arguments, given, keywords, values) || !ext_device_get(values[1]) ||
        !ext_copy_get(values[2], &copy)) {
        return NULL;
    }
    rp_array *array = ext_from_dlpack(values[0], copy), *copied = NULL;
    if (!array || copy != EXT_COPY_ALWAYS) {
        return ext_wrap(array);
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(array), rp_copy(array, &copied));
    PyObject *result = made(copied, status);
    rp_release(array);
    return result;
}

/* ---- By shape ---------------------------------------------------------------------------------------------- */

typedef rp_status (*by_shape)(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array);

static PyObject *make_shape(const char *name, by_shape make, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 1, .positional = 2, .names = {EXT_shape, EXT_dtype, EXT_device}};
    PyObject *values[3];
    rp_dtype dtype;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    rp_array *array = NULL;
    if (!ext_arguments(name, &signature, arguments, given, keywords, values) ||
        !ext_shape_get(values[0], &ndim, shape) || !optional_dtype(values[1], &dtype) || !ext_device_get(values[2])) {
        return NULL;
    }
    rp_status status = make(ndim, shape, dtype == RP_DTYPE_COUNT ? RP_FLOAT64 : dtype, &array);
    return made(array, status);
}

static rp_status zeros_like(const rp_array *like, rp_dtype dtype, rp_array **array)
{
    rp_status status = rp_empty_like(like, dtype, array);
    return status == RP_OK ? rp_fill(*array, &(rp_scalar){.dtype = RP_INT64, .weak = true}) : status;
}

static rp_status ones_like(const rp_array *like, rp_dtype dtype, rp_array **array)
{
    rp_status status = rp_empty_like(like, dtype, array);
    return status == RP_OK ? rp_fill(*array, &(rp_scalar){.dtype = RP_INT64, .weak = true, .i = 1}) : status;
}

static PyObject *make_like(const char *name, rp_status (*make)(const rp_array *, rp_dtype, rp_array **), EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 3, .required = 1, .positional = 2, .positional_only = 1, .names = {EXT_x, EXT_dtype, EXT_device}};
    PyObject *values[3];
    rp_dtype dtype;
    ext_operand x;
    rp_array *array = NULL;
    if (!ext_arguments(name, &signature, arguments, given, keywords, values) || !optional_dtype(values[1], &dtype) ||
        !ext_device_get(values[2]) || !ext_operand_strict(values[0], &x)) {
        return NULL;
    }
    rp_status status;
    EXT_CALL(status, ext_is_large(x.array),
             make(x.array, dtype == RP_DTYPE_COUNT ? (rp_dtype)x.array->dtype : dtype, &array));
    PyObject *result = made(array, status);
    if (status != RP_OK) {
        rp_release(array);
    }
    ext_operand_done(&x);
    return result;
}

#define BY_SHAPE(name)                                                                 \
    static PyObject *function_##name(PyObject *module, EXT_FASTCALL)                   \
    {                                                                                  \
        (void)module;                                                                  \
        return make_shape(#name, rp_##name, arguments, given, keywords);               \
    }
BY_SHAPE(empty)
BY_SHAPE(zeros)
BY_SHAPE(ones)
#undef BY_SHAPE

#define BY_LIKE(name, make)                                                            \
    static PyObject *function_##name(PyObject *module, EXT_FASTCALL)                   \
    {                                                                                  \
        (void)module;                                                                  \
        return make_like(#name, make, arguments, given, keywords);                     \
    }
BY_LIKE(empty_like, rp_empty_like)
BY_LIKE(zeros_like, zeros_like)
BY_LIKE(ones_like, ones_like)
#undef BY_LIKE

/* `array` (stolen) with fill_value, a number or anything that broadcasts, in it. */
static PyObject *filled(rp_array *array, PyObject *value)
{
    PyObject *result = ext_wrap(array);
    if (result && !ext_store(result, Py_Ellipsis, array, value, RP_MAX_NDIM)) {
        Py_CLEAR(result);
    }
    return result;
}

/* The type that full() takes from its value. */
static bool value_dtype(PyObject *value, rp_dtype *dtype)
{
    rp_scalar scalar;
    ext_found found = ext_scalar_get(value, &scalar);
    if (found == EXT_FOUND) {
        *dtype = scalar.dtype;
        return true;
    }
    rp_array *array = ext_array_from(value, NULL, EXT_COPY_IF_NEEDED);
    if (array) {
        *dtype = (rp_dtype)array->dtype;
        rp_release(array);
    }
    return array != NULL;
}

static PyObject *function_full(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 4, .required = 2, .positional = 3, .names = {EXT_shape, EXT_fill_value, EXT_dtype, EXT_device}};
    PyObject *values[4];
    rp_dtype dtype;
    int ndim;
    ptrdiff_t shape[RP_MAX_NDIM];
    rp_array *array = NULL;
    (void)module;
    if (!ext_arguments("full", &signature, arguments, given, keywords, values) ||
        !ext_shape_get(values[0], &ndim, shape) || !optional_dtype(values[2], &dtype) || !ext_device_get(values[3]) ||
        (dtype == RP_DTYPE_COUNT && !value_dtype(values[1], &dtype))) {
        return NULL;
    }
    rp_status status = rp_empty(ndim, shape, dtype, &array);
    return status == RP_OK ? filled(array, values[1]) : ext_error(status);
}

static PyObject *function_full_like(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 4,
                                            .required = 2,
                                            .positional = 3,
                                            .positional_only = 1,
                                            .names = {EXT_x, EXT_fill_value, EXT_dtype, EXT_device}};
    PyObject *values[4];
    rp_dtype dtype;
    ext_operand x;
    rp_array *array = NULL;
    (void)module;
    if (!ext_arguments("full_like", &signature, arguments, given, keywords, values) ||
        !optional_dtype(values[2], &dtype) || !ext_device_get(values[3]) || !ext_operand_strict(values[0], &x)) {
        return NULL;
    }
    rp_status status = rp_empty_like(x.array, dtype == RP_DTYPE_COUNT ? (rp_dtype)x.array->dtype : dtype, &array);
    PyObject *result = status == RP_OK ? filled(array, values[1]) : ext_error(status);
    ext_operand_done(&x);
    return result;
}

/* ---- Ranges ------------------------------------------------------------------------------------------------ */

static PyObject *numpy_arange(PyObject *const *values, rp_dtype dtype)
{
    PyObject *arguments[] = {values[0], values[1] ? values[1] : Py_None, values[2] ? values[2] : Py_None,
                             ext.dtypes[dtype]};
    return ext_call_protocol("arange", arguments, 4, NULL);
}

static bool is_zero(const rp_scalar *x)
{
    switch (rp_dtype_kind(x->dtype)) {
    case RP_KIND_REAL: return x->re == 0;
    case RP_KIND_COMPLEX: return x->re == 0 && x->im == 0;
    case RP_KIND_UNSIGNED: return x->u == 0;
    default: return x->i == 0;
    }
}

static PyObject *function_arange(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 5,
                                            .required = 1,
                                            .positional = 3,
                                            .positional_only = 1,
                                            .names = {EXT_start, EXT_stop, EXT_step, EXT_dtype, EXT_device}};
    PyObject *values[5];
    rp_dtype dtype;
    rp_scalar start, stop, step = {.dtype = RP_INT64, .weak = true, .i = 1, .re = 1};
    rp_array *array = NULL;
    (void)module;
    if (!ext_arguments("arange", &signature, arguments, given, keywords, values) ||
        !optional_dtype(values[3], &dtype) || !ext_device_get(values[4]) || !ext_number_get(values[0], &start)) {
        return NULL;
    }
    if (ext_given(values[1])) {
        if (!ext_number_get(values[1], &stop)) {
            return NULL;
        }
    } else {
        stop = start;
        start = (rp_scalar){.dtype = RP_INT64, .weak = true};
    }
    if (ext_given(values[2]) && !ext_number_get(values[2], &step)) {
        return NULL;
    }
    if (is_zero(&step)) {
        PyErr_SetString(PyExc_ZeroDivisionError, "arange: step must not be zero");
        return NULL;
    }
    const rp_scalar *const numbers[] = {&start, &stop, &step};
    bool integers = true, is_complex = false;
    rp_dtype common = RP_INT64;
    for (int i = 0; i < 3; i++) {
        integers = integers && rp_dtype_kind(numbers[i]->dtype) <= RP_KIND_UNSIGNED;
        is_complex = is_complex || rp_dtype_kind(numbers[i]->dtype) == RP_KIND_COMPLEX;
        common = rp_common_dtype(common, numbers[i]->dtype);
    }
    if (dtype == RP_DTYPE_COUNT) {
        dtype = common;
    }
    /* Complex numbers, truths, and fractions on the way to integers: NumPy's rules, whatever they are. */
    if (is_complex || rp_dtype_kind(dtype) == RP_KIND_BOOL || (!integers && rp_dtype_kind(dtype) <= RP_KIND_UNSIGNED)) {
        return numpy_arange(values, dtype);
    }
    rp_status status = rp_arange(&start, &stop, &step, dtype, &array);
    return made(array, status);
}

static PyObject *function_linspace(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {
        .count = 6,
        .required = 2,
        .positional = 3,
        .positional_only = 2,
        .names = {EXT_start, EXT_stop, EXT_num, EXT_dtype, EXT_device, EXT_endpoint}};
    PyObject *values[6];
    rp_dtype dtype;
    rp_scalar start, stop;
    rp_array *array = NULL;
    bool endpoint;
    (void)module;
    if (!ext_arguments("linspace", &signature, arguments, given, keywords, values) ||
        !optional_dtype(values[3], &dtype) || !ext_device_get(values[4]) || !ext_bool_get(values[5], true, &endpoint) ||
        !ext_number_get(values[0], &start) || !ext_number_get(values[1], &stop)) {
        return NULL;
    }
    ptrdiff_t count = ext_given(values[2]) ? PyNumber_AsSsize_t(values[2], PyExc_OverflowError) : 50;
    if (count == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (dtype == RP_DTYPE_COUNT) {
        bool is_complex = rp_dtype_kind(start.dtype) == RP_KIND_COMPLEX || rp_dtype_kind(stop.dtype) == RP_KIND_COMPLEX;
        dtype = is_complex ? RP_COMPLEX128 : RP_FLOAT64;
    }
    rp_status status = rp_linspace(&start, &stop, count, endpoint, dtype, &array);
    return made(array, status);
}

static bool length_get(PyObject *value, ptrdiff_t fallback, ptrdiff_t *length)
{
    *length = ext_given(value) ? PyNumber_AsSsize_t(value, PyExc_OverflowError) : fallback;
    return !(*length == -1 && PyErr_Occurred());
}

static PyObject *function_eye(PyObject *module, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 5,
                                            .required = 1,
                                            .positional = 3,
                                            .positional_only = 2,
                                            .names = {EXT_n_rows, EXT_n_cols, EXT_k, EXT_dtype, EXT_device}};
    PyObject *values[5];
    rp_dtype dtype;
    ptrdiff_t rows, columns, k;
    rp_array *array = NULL;
    (void)module;
    if (!ext_arguments("eye", &signature, arguments, given, keywords, values) || !length_get(values[0], 0, &rows) ||
        !length_get(values[1], rows, &columns) || !length_get(values[2], 0, &k) || !optional_dtype(values[3], &dtype) ||
        !ext_device_get(values[4])) {
        return NULL;
    }
    rp_status status = rp_eye(rows, columns, k, dtype == RP_DTYPE_COUNT ? RP_FLOAT64 : dtype, &array);
    return made(array, status);
}

#define ENTRY(name, signature, doc) \
    {#name, EXT_FUNCTION(function_##name), METH_FASTCALL | METH_KEYWORDS, #name signature "\n--\n\n" doc}
#define SHAPE_ERRORS \
    "shape: an int or a tuple of ints. dtype: float64 where it is None.\n" \
    "Errors: ValueError (a negative length, over 64 dimensions), OverflowError, MemoryError."

PyMethodDef ext_creation_functions[] = {
    ENTRY(asarray, "(obj, /, dtype=None, *, device=None, copy=None)",
          "An Array of obj: an array of any library, a buffer, a number, or nested sequences of numbers.\n\n"
          "Memory is shared where it can be, whatever its strides; it stays alive for as long as the Array does.\n"
          "copy: True always copies, False raises ValueError where a copy would be needed. Errors: TypeError (an\n"
          "element type that Raptors does not have), BufferError (memory that does not keep to its description)."),
    ENTRY(array, "(obj, /, dtype=None, *, device=None, copy=True)",
          "A new Array of obj, as asarray(obj, copy=True). copy: None copies where it must, False never."),
    ENTRY(
        from_dlpack, "(x, /, *, device=None, copy=None)",
        "An Array on the memory of an object with __dlpack__ and __dlpack_device__. From exporters that only know\n"
        "DLPack before 1.0 it is read-only. Errors: BufferError (memory that cannot be read, or a false description)."),
    ENTRY(empty, "(shape, dtype=None, *, device=None)", "A new Array, its elements not set.\n\n" SHAPE_ERRORS),
    ENTRY(zeros, "(shape, dtype=None, *, device=None)", "A new Array of zeros.\n\n" SHAPE_ERRORS),
    ENTRY(ones, "(shape, dtype=None, *, device=None)", "A new Array of ones.\n\n" SHAPE_ERRORS),
    ENTRY(full, "(shape, fill_value, dtype=None, *, device=None)",
          "A new Array of one value, from which it takes its dtype where that is None.\n\n"
          "Errors: ValueError (the shape), OverflowError (a value that the type does not hold), MemoryError."),
    ENTRY(empty_like, "(x, /, dtype=None, *, device=None)",
          "A new Array of x's shape, memory order and (where dtype is None) type, its elements not set."),
    ENTRY(zeros_like, "(x, /, dtype=None, *, device=None)", "As empty_like, of zeros."),
    ENTRY(ones_like, "(x, /, dtype=None, *, device=None)", "As empty_like, of ones."),
    ENTRY(full_like, "(x, /, fill_value, dtype=None, *, device=None)", "As empty_like, of one value."),
    ENTRY(arange, "(start, /, stop=None, step=1, *, dtype=None, device=None)",
          "The numbers start, start + step, ... before stop; arange(n) starts at 0. dtype: int64 for ints that\n"
          "it holds, complex128 for complex numbers, else float64.\n\n"
          "Errors: ZeroDivisionError (step 0), OverflowError (more elements than memory can hold)."),
    ENTRY(linspace, "(start, stop, /, num=50, *, dtype=None, device=None, endpoint=True)",
          "num evenly spaced numbers from start to stop, stop itself the last of them where endpoint is true.\n\n"
          "Errors: ValueError (num is negative), TypeError (an integer dtype)."),
    ENTRY(eye, "(n_rows, n_cols=None, /, k=0, *, dtype=None, device=None)",
          "Ones on diagonal k of a matrix (k > 0: above the main one), zeros elsewhere."),
    {NULL, NULL, 0, NULL},
};
