/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the extension share. The library knows nothing of Python: everything that turns objects into
 * arrays, arrays into objects and a status into an exception is here.
 *
 * Conventions: a function that returns an object or an array returns NULL with an exception set; one that returns
 * bool returns false with an exception set. The extension keeps to the limited API of CPython 3.11.
 */
#ifndef RP_PYTHON_EXT_H
#define RP_PYTHON_EXT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

#include "array/array.h"
#include "raptors.h"

/* ---- module.c: the state, set once at import --------------------------------------------------------------- */

/* Names of arguments and attributes, interned so that a comparison of pointers finds them. */
#define EXT_NAMES(X)                                                                                           \
    X(api_version) X(arrays) X(axes) X(axis) X(casting) X(condition) X(copy) X(correction) X(count) X(data) X(ddof) X(deg) X(descr) X(device)          \
    X(dl_device) X(dtype) X(endpoint) X(fill_value) X(include_initial) X(indices) X(initial) X(isnative) X(itemsize) X(k) X(keepdims)        \
    X(kind) X(mask) X(max) X(max_version) X(min) X(mode) X(n_cols) X(n_rows) X(newbyteorder) X(num) X(obj) X(offset) X(order)        \
    X(out) X(shape) X(start) X(step) X(stop) X(stream) X(strides) X(subok) X(typestr) X(value) X(version) X(where) X(x) X(x1)    \
    X(x2) X(z) X(_fields) X(__array_interface__) X(__array_struct__) X(__array_ufunc__) X(__dlpack__) X(__dlpack_device__) \
    X(__get__)

typedef enum ext_name {
#define EXT_NAME(name) EXT_##name,
    EXT_NAMES(EXT_NAME)
#undef EXT_NAME
        EXT_NAME_COUNT
} ext_name;

typedef struct ext_state {
    PyTypeObject *array_type, *iterator_type;
    PyTypeObject *ndarray_type, *generic_type, *float64_type; /* NumPy's */
    PyTypeObject *scalar_types[RP_DTYPE_COUNT];               /* NumPy's, as numpy.float32 */
    PyTypeObject *method_type;                                /* Python's bound methods */
    PyObject *axis_error;
    PyObject *numpy_asarray, *numpy_dtype;
    PyObject *dtypes[RP_DTYPE_COUNT]; /* NumPy's dtype objects */
    PyObject *names[EXT_NAME_COUNT];
    PyObject *ufuncs;    /* NumPy's, to our functions that do the same */
    PyObject *protocols; /* the module raptors._protocols, imported when first needed */
    size_t large_bytes;  /* a call on more than this is worth letting other threads run */
} ext_state;
extern ext_state ext;

/* The one place where a status becomes an exception, with the library's message. Returns NULL. To be called before anything
 * is released: the end of a foreign object may run any code, and its calls have messages of their own. */
PyObject *ext_error(rp_status status);
/* The attribute `name` of raptors._protocols, called. Steals nothing. */
PyObject *ext_call_protocol(const char *name, PyObject *const *arguments, size_t count, PyObject *keywords);

/* ---- arguments.c: arguments of METH_FASTCALL | METH_KEYWORDS functions ------------------------------------- */

enum { EXT_MAX_PARAMETERS = 8 };

typedef struct ext_signature {
    uint8_t count;           /* parameters */
    uint8_t required;        /* the first so many must be given */
    uint8_t positional;      /* the first so many may be given by position */
    uint8_t positional_only; /* the first so many may not be given by name */
    uint8_t names[EXT_MAX_PARAMETERS];
} ext_signature;

/* values[i] is a borrowed reference, or NULL where parameter i was left out. */
bool ext_arguments(const char *function, const ext_signature *signature, PyObject *const *arguments, Py_ssize_t given,
                   PyObject *keywords, PyObject **values);

static inline bool ext_given(const PyObject *value) { return value != NULL && value != Py_None; }

typedef enum ext_copy { EXT_COPY_IF_NEEDED, EXT_COPY_ALWAYS, EXT_COPY_NEVER } ext_copy;
bool ext_copy_get(PyObject *value, ext_copy *copy);
bool ext_bool_get(PyObject *value, bool fallback, bool *result);
bool ext_int_get(PyObject *value, int *result); /* clamped */
bool ext_axis_get(PyObject *value, int *axis);  /* TypeError for a bool: where NumPy takes one, it does so itself */
bool ext_device_get(PyObject *value);           /* None or "cpu" */
bool ext_shape_get(PyObject *value, int *ndim, ptrdiff_t *shape);
/* None: every axis, *pointer NULL. axes has room for RP_MAX_NDIM. */
bool ext_axes_get(PyObject *value, int *count, int *axes, const int **pointer);
/* The same for an array, and TypeError for a list of axes. Where the array has no dimensions, axis 0 and -1 are let pass, as
 * in NumPy (ufunc.reduce asks for 0). */
bool ext_axes_of(const rp_array *x, PyObject *value, int *count, int *axes, const int **pointer);
bool ext_dtype_get(PyObject *value, rp_dtype *dtype); /* whatever numpy.dtype() takes */
int ext_dtype_find(char kind, Py_ssize_t itemsize);   /* NumPy's kind letter; -1: none of ours */
PyObject *ext_shape_tuple(int count, const ptrdiff_t *values);

/* ---- convert.c: objects to arrays -------------------------------------------------------------------------- */

typedef struct ext_array {
    PyObject_HEAD
    rp_array *array;
    PyObject *weak_references;
} ext_array;

static inline bool ext_is_array(PyObject *object) { return Py_TYPE(object) == ext.array_type; }

static inline rp_array *ext_raw(PyObject *array) { return ((ext_array *)array)->array; }

/* Steals the reference, also when it fails. */
PyObject *ext_wrap(rp_array *array);
/* The same for the result of an operation: NumPy's number of the type where there are no dimensions. */
PyObject *ext_wrap_result(rp_array *array);
/* Called once: from now on tracemalloc, where it is on, sees the memory of Arrays. */
void ext_trace_memory(void);
/* rp_array_view with one axis. */
rp_array *ext_view_1d(const rp_array *base, char *data, ptrdiff_t length, ptrdiff_t stride);
/* Releases the array of an Array that is being deallocated, and gives back its memory. */
void ext_free_object(PyObject *object);

typedef enum ext_found {
    EXT_FAILED = -1, /* with an exception */
    EXT_UNKNOWN,     /* nothing that this understands */
    EXT_FOUND,
    EXT_HUGE /* an int past 64 bits: what it means depends on what it meets */
} ext_found;

/* A Python number (weak), a bool or a NumPy number of one of our types (strong). */
ext_found ext_scalar_get(PyObject *object, rp_scalar *scalar);
void ext_huge_error(void); /* OverflowError, for EXT_HUGE */
/* Makes a scalar one that may become an element of `dtype`, as Python's own conversions do: a complex number has no
 * place among real ones (TypeError), NaN none among integers (ValueError), and fractions are cut off. */
bool ext_scalar_suit(rp_scalar *scalar, rp_dtype dtype);
/* As ext_scalar_get, and arrays of one element; anything else is a TypeError. */
bool ext_number_get(PyObject *object, rp_scalar *scalar);

/* One operand of a call: an Array's own array, a scalar on the stack, or an array made for the call. */
typedef struct ext_operand {
    const rp_array *array;
    rp_array *owned;
    rp_scalar_array scalar;
} ext_operand;

/* strict: everything that asarray() takes, and an exception for what it does not. Otherwise arrays, numbers,
 * lists and tuples, and EXT_UNKNOWN, without an exception, for the rest and for classes with an __array_ufunc__. */
ext_found ext_operand_convert(PyObject *object, ext_operand *operand, bool strict);

static inline ext_found ext_operand_get(PyObject *object, ext_operand *operand, bool strict)
{
    if (ext_is_array(object)) {
        operand->array = ext_raw(object);
        operand->owned = NULL;
        return EXT_FOUND;
    }
    return ext_operand_convert(object, operand, strict);
}

static inline void ext_operand_done(ext_operand *operand)
{
    if (operand->owned) {
        rp_release(operand->owned);
    }
}

/* As ext_operand_get with strict, false for all but EXT_FOUND. */
bool ext_operand_strict(PyObject *object, ext_operand *operand);
/* An operand of `op` beside another, where a huge int becomes what NumPy makes of it. EXT_FOUND, EXT_FAILED or EXT_UNKNOWN. */
ext_found ext_operand_beside(rp_op op, PyObject *object, const rp_array *other, bool strict, ext_operand *operand);
/* The two operands of `op`; a huge int becomes what NumPy makes of it. EXT_FOUND, EXT_FAILED or EXT_UNKNOWN. */
ext_found ext_operand_pair(rp_op op, PyObject *left, PyObject *right, bool strict, ext_operand *x, ext_operand *y);

/* asarray(): a new reference. dtype NULL: the object's own. */
rp_array *ext_array_from(PyObject *object, const rp_dtype *dtype, ext_copy copy);
/* Of lists and tuples of Python numbers. Whether they became *array, which is NULL with an exception; else NumPy is to convert them. */
bool ext_array_from_nested(PyObject *object, const rp_dtype *dtype, rp_array **array);
/* A sequence, or anything else that NumPy understands, through numpy.asarray. */
rp_array *ext_array_through_numpy(PyObject *object, const rp_dtype *dtype, ext_copy copy);

/* Keeps `object` alive until the array's memory is no longer used: for rp_wrap. The context is a strong reference. */
void ext_release_object(void *object);
/* False with BufferError where the description of foreign memory cannot be true. strides may be NULL. */
bool ext_check_foreign(const char *what, const void *data, int ndim, const ptrdiff_t *shape, const ptrdiff_t *strides,
                       size_t itemsize);

/* ---- ndarray.c: NumPy's objects ---------------------------------------------------------------------------- */

bool ext_start_numpy(void);
/* A numpy.ndarray that shares the Array's memory. */
PyObject *ext_to_numpy(PyObject *array);
rp_array *ext_from_numpy(PyObject *ndarray, ext_copy copy); /* a numpy.ndarray or numpy.generic */
/* An Array on the memory of a numpy.ndarray: the same Array where it was made of one, the ndarray itself where Raptors does
 * not have its type. A new reference. */
PyObject *ext_from_ndarray(PyObject *ndarray);
PyObject *ext_ndarray_base(PyObject *ndarray); /* borrowed; NULL: none */
/* An element as NumPy's number of the type. */
PyObject *ext_number(const char *element, rp_dtype dtype);
/* The other way, of a number that has the element's type. */
void ext_number_store(PyObject *number, char *element);
/* The value of a numpy.generic, strong. EXT_UNKNOWN: not of a type that Raptors has. */
ext_found ext_numpy_scalar_get(PyObject *number, rp_scalar *scalar);

/* ---- passing.c: what NumPy computes ------------------------------------------------------------------------ */

PyTypeObject *ext_function_type_new(PyObject *module);
/* The exception says that our function does not take such arguments, which NumPy's may: then it is forgotten. */
bool ext_refused(void);
/* CPython's: in the stable ABI from 3.12 on, and exported by every CPython since 3.9. */
extern PyObject *PyObject_Vectorcall(PyObject *, PyObject *const *, size_t, PyObject *);
/* A result of NumPy (which is stolen; NULL stays NULL) with an Array for each ndarray in it. */
PyObject *ext_from_result(PyObject *result);

/* ---- interface.c, buffer.c, dlpack.c: the protocols -------------------------------------------------------- */

/* Wraps memory, found sound, that `owner` (which is stolen) keeps alive until `release`. */
rp_array *ext_wrap_owned(void *owner, rp_release_function release, void *data, rp_dtype dtype, int ndim,
                         const ptrdiff_t *shape, const ptrdiff_t *strides, bool readonly);
/* Elements in the other byte order: a copy in ours. */
rp_array *ext_from_swapped(PyObject *object, rp_dtype dtype, ext_copy copy);
rp_array *ext_from_struct(PyObject *object, PyObject *capsule, ext_copy copy);
rp_array *ext_from_interface(PyObject *object, PyObject *interface, ext_copy copy);
PyObject *ext_interface(PyObject *self, void *closure);

rp_array *ext_from_buffer(PyObject *object, ext_copy copy);
int ext_buffer_get(PyObject *self, Py_buffer *view, int flags);
/* The object's buffer, writable where it can be, held until ext_buffer_release, which is an rp_release_function. */
Py_buffer *ext_buffer_hold(PyObject *object, int flags);
void ext_buffer_release(void *buffer);

rp_array *ext_from_dlpack(PyObject *object, ext_copy copy);

/* ---- Calls into the library -------------------------------------------------------------------------------- */

/* Runs `call` without the GIL where `large`. */
#define EXT_CALL(status, large, call)                 \
    do {                                              \
        if (large) {                                  \
            PyThreadState *ext_thread = PyEval_SaveThread(); \
            (status) = (call);                        \
            PyEval_RestoreThread(ext_thread);         \
        } else {                                      \
            (status) = (call);                        \
        }                                             \
    } while (0)

static inline size_t ext_bytes(const rp_array *x) { return (size_t)x->size * rp_dtype_size((rp_dtype)x->dtype); }

static inline bool ext_is_large(const rp_array *x)
{
    return (size_t)x->size * 16 > ext.large_bytes && ext_bytes(x) > ext.large_bytes;
}

/* Where a result goes: a new Array, or what the caller gave as out=. */
typedef struct ext_output {
    rp_array *array;  /* NULL: a new one */
    rp_array *owned;  /* made for the call */
    PyObject *object; /* the out= object, returned as the result; borrowed */
    bool swapped;     /* its byte order is not ours: the result is a new array, which is then put into it */
} ext_output;

bool ext_output_get(PyObject *value, ext_output *output);
/* The result, or NULL with the exception of `status`. */
PyObject *ext_output_finish(ext_output *output, rp_status status);

/* ---- operators.c, index.c, functions.c, the rest: what the type and the module list ------------------------ */

/* temporaries.c: who called a slot of a type. */
typedef struct ext_caller {
    const void *operator;    /* Python's function for the operator, PyNumber_Add */
    const void *slot_return; /* the return address of the slot */
    const char *frame;       /* an address in its frame, always the same seen from the caller's */
} ext_caller;
/* Whether nobody but the interpreter's stack knows this operand, so that its memory may become the result's. caller NULL: no. */
bool ext_is_temporary(PyObject *object, const ext_caller *caller);

/* An elementwise operation; y NULL: on x alone. */
PyObject *ext_map(rp_op op, const rp_array *x, const rp_array *y, ext_output *output);

PyObject *ext_subscript(PyObject *self, PyObject *key);
int ext_assign_subscript(PyObject *self, PyObject *key, PyObject *value);
PyObject *ext_get_item(PyObject *self, Py_ssize_t index);
/* The element that a key of ints (one an axis; a single one need be in no tuple) names. NULL, without an exception: another
 * key, or an int out of range. */
char *ext_find_element(const rp_array *x, PyObject *key);
/* EXT_UNKNOWN, without an exception: not a part of a basic index. */
ext_found ext_basic_index(PyObject *part, rp_index *index);
/* index_arrays.c: keys with arrays in them. `count` parts; assigns `value` where it is not NULL. */
PyObject *ext_index_arrays(PyObject *self, Py_ssize_t count, PyObject *const *parts, const rp_array *value);
/* self[key] = value, by the view that the key makes; most: the most dimensions that value may have. key NULL: self.fill(value). */
bool ext_store(PyObject *self, PyObject *key, rp_array *destination, PyObject *value, int most);
bool ext_store_array(rp_array *destination, const rp_array *value);
rp_status ext_trim_leading(const rp_array *value, int ndim, rp_array **trimmed);

/* elements.c: a Python number; and nested lists of them, or a number where x has no dimensions. */
PyObject *ext_element(const char *element, rp_dtype dtype);
PyObject *ext_list(const rp_array *x);
/* iteration.c */
PyObject *ext_iterate(PyObject *self);
PyTypeObject *ext_iterator_type_new(PyObject *module);
/* powers.c: self ** exponent where that is another operation. EXT_UNKNOWN, without an exception: it is not. */
ext_found ext_power(PyObject *self, PyObject *exponent, bool in_place, PyObject **result);
/* The protocol's function of that name: a new reference. */
PyObject *ext_protocol(const char *name);

#define EXT_FASTCALL PyObject *const *arguments, Py_ssize_t given, PyObject *keywords
typedef PyObject *(*ext_fastcall)(PyObject *self, EXT_FASTCALL);

/* NumPy's callable with ndarrays for Arrays, and its result with Arrays for ndarrays. */
PyObject *ext_pass(PyObject *callable, EXT_FASTCALL);
/* The same with a tuple of arguments. */
PyObject *ext_pass_tuple(PyObject *callable, PyObject *arguments);
/* callable(self, ...), by ext_pass or as it is. */
PyObject *ext_call_with(PyObject *callable, PyObject *self, bool pass, EXT_FASTCALL);

#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) PyObject *ext_method_##name(PyObject *self, EXT_FASTCALL);
#include "raptors/ops.def"

PyObject *ext_method_clip(PyObject *self, EXT_FASTCALL);

/* ---- cumulative.c ------------------------------------------------------------------------------------------- */

PyObject *ext_method_cumsum(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_cumprod(PyObject *self, EXT_FASTCALL);

/* ---- statistics.c ------------------------------------------------------------------------------------------- */

PyObject *ext_function_logsumexp(PyObject *module, EXT_FASTCALL);
PyObject *ext_function_std(PyObject *module, EXT_FASTCALL);
PyObject *ext_function_var(PyObject *module, EXT_FASTCALL);
PyObject *ext_method_std(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_var(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_reshape(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_astype(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_transpose(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_squeeze(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_take(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_nonzero(PyObject *self, PyObject *unused);
PyObject *ext_method_resize(PyObject *self, PyObject *positional, PyObject *keywords); /* array_numpy.c */
PyObject *ext_method_setflags(PyObject *self, PyObject *positional, PyObject *keywords);
PyObject *ext_get_real(PyObject *self, void *closure); /* parts.c */
PyObject *ext_get_imag(PyObject *self, void *closure);
PyObject *ext_get_base(PyObject *self, void *closure);
PyObject *ext_get_data(PyObject *self, void *closure);
PyObject *ext_get_by_numpy(PyObject *self, void *name);
PyObject *ext_get_by_protocol(PyObject *self, void *name);
int ext_set_by_numpy(PyObject *self, PyObject *value, void *name);
int ext_set_flat(PyObject *self, PyObject *value, void *name);
PyObject *ext_array_new(PyTypeObject *type, PyObject *positional, PyObject *keywords);
PyObject *ext_method_dlpack(PyObject *self, EXT_FASTCALL);
PyObject *ext_method_dlpack_device(PyObject *self, PyObject *unused);

extern PyMethodDef ext_array_methods[];             /* array_methods.c */
extern PyMethodDef ext_operation_functions[];       /* functions.c */
extern PyMethodDef ext_cumulative_functions[];      /* cumulative.c */
extern PyMethodDef ext_creation_functions[];        /* creation.c */
extern PyMethodDef ext_part_functions[];            /* parts.c */
extern PyMethodDef ext_shaping_functions[];         /* shaping.c */
extern PyMethodDef ext_selecting_functions[];       /* selecting.c */
extern PyMethodDef ext_runtime_functions[];         /* runtime.c */
extern PyMethodDef ext_choosing_functions[];        /* choosing.c */
extern PyMethodDef ext_passing_functions[];         /* passing.c */
extern PyMethodDef ext_patching_functions[];        /* patching.c */
extern PyType_Slot ext_operator_slots[];            /* operators.c; ends with slot 0 */
PyTypeObject *ext_array_type_new(PyObject *module); /* array_type.c */
bool ext_start_methods(void);                       /* array_methods.c; before the type is made */
PyObject *ext_passed_methods(void);                 /* the names of those that NumPy computes: a tuple */

#define EXT_FUNCTION(function) ((PyCFunction)(void (*)(void))(function))

#endif
