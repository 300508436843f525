/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's own calls, taken over: what the files patch*.c share. A hook stands where NumPy keeps a pointer to its own
 * function. It answers the calls that it knows, with NumPy's bits, floating-point flags, types and layout, and gives every
 * other call to the pointer that stood there before.
 *
 * Everything here runs with the GIL held, unless it says otherwise. The versions of NumPy and of the interpreter were
 * checked before anything is called (python/raptors/_patching.py).
 */
#ifndef RP_PYTHON_PATCH_H
#define RP_PYTHON_PATCH_H

#include "choose/count.h"
#include "ext.h"

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define NPY_TARGET_VERSION NPY_2_0_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL raptors_patch_array_api
#define PY_UFUNC_UNIQUE_SYMBOL raptors_patch_ufunc_api
#ifndef RP_PATCH_HAS_API /* patching.c alone defines the tables of NumPy's functions */
#define NO_IMPORT_ARRAY
#define NO_IMPORT_UFUNC
#endif
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

/* PY_VECTORCALL_ARGUMENTS_OFFSET, which the limited API of 3.11 lacks. */
#define PATCH_OFFSET_FLAG ((size_t)1 << (8 * sizeof(size_t) - 1))
typedef PyObject *(*patch_vectorcall)(PyObject *callable, PyObject *const *arguments, size_t given, PyObject *names);

/* What is taken over, each part by itself. */
enum {
    PATCH_ELEMENTWISE = 1,
    PATCH_MEMORY = 2,
    PATCH_REDUCING = 4,
    PATCH_INDEXING = 8,
    PATCH_COPYING = 16 /* astype, copy, take, where, concatenate */
};

/* ---- Counts ------------------------------------------------------------------------------------------------ */

/* Why a call is given to NumPy. */
#define PATCH_REASONS(X)                                                   \
    X(KEYWORDS, "keywords besides out")                                    \
    X(OBJECTS, "an operand that is neither a plain ndarray nor a number")  \
    X(NUMBERS, "complex numbers alone, or an array without elements")      \
    X(CASTS, "types, or a value, for which NumPy casts more than one way") \
    X(LAYOUT, "memory in an order that NumPy alone walks")                 \
    X(VALUE, "a value or an index that does not fit")                      \
    X(SHORT, "a short call, which is off")                                 \
    X(OUTPUT, "an out of another type or shape, or one that overlaps")

typedef enum patch_reason {
#define PATCH_REASON(name, text) PATCH_##name,
    PATCH_REASONS(PATCH_REASON)
#undef PATCH_REASON
        PATCH_REASON_COUNT
} patch_reason;

typedef struct patch_counts {
    const char *name; /* as reports have it: "add", "ndarray.sum", "numpy.where" */
    uint64_t taken, passed[PATCH_REASON_COUNT];
} patch_counts;

/* A call was taken, and `raptors trace` may want to know. */
extern bool patch_traced;
static inline void patch_took(patch_counts *counts)
{
    counts->taken++;
    if (patch_traced) {
        rp_trace_call(counts->name);
    }
}

/* ---- patch_operands.c: what NumPy's objects are ------------------------------------------------------------ */

/* An operand's type: NumPy's number of it, or a number of Python's, whose type gives way to the others' (NEP 50). */
enum { PATCH_TYPES = NPY_HALF + 1, PATCH_INT = PATCH_TYPES, PATCH_FLOAT, PATCH_COMPLEX, PATCH_CODES };

typedef struct patch_operand {
    PyArrayObject *array; /* NULL: a number */
    PyObject *object;
    const char *number; /* its value, in the type of `code`; NULL: a number of Python's, not converted yet */
    int code;
} patch_operand;

bool patch_start_operands(void);
/* False: nothing that a hook takes. No exception. */
bool patch_operand_get(PyObject *object, patch_operand *operand);
/* NumPy's only object for the type of that number; borrowed. NULL: none of those that hooks take. */
extern PyArray_Descr *patch_descr[PATCH_TYPES];
extern int8_t patch_dtype[PATCH_TYPES]; /* ours; -1: none */
static inline rp_dtype patch_dtype_of(int type) { return (rp_dtype)(unsigned char)patch_dtype[type]; }
/* An exact ndarray, aligned, in native byte order. */
static inline bool patch_is_plain(PyObject *object)
{
    if (!Py_IS_TYPE(object, ext.ndarray_type)) {
        return false;
    }
    const PyArrayObject *a = (const PyArrayObject *)object;
    const int type = PyArray_DESCR(a)->type_num;
    return (unsigned)type < PATCH_TYPES && PyArray_DESCR(a) == patch_descr[type] && PyArray_ISALIGNED(a);
}
static inline bool patch_same_shape(PyArrayObject *a, PyArrayObject *b)
{
    bool same = PyArray_NDIM(a) == PyArray_NDIM(b);
    for (int i = 0; same && i < PyArray_NDIM(a); i++) {
        same = PyArray_DIM(a, i) == PyArray_DIM(b, i);
    }
    return same;
}
/* Not one of np.broadcast_arrays() either, which NumPy warns of when it is written to. */
static inline bool patch_is_writeable(PyArrayObject *a)
{
    enum { WARNS_BIT = 31 };
    return PyArray_ISWRITEABLE(a) && !((unsigned)PyArray_FLAGS(a) >> WARNS_BIT);
}
/* NumPy has several numbers for types of one size (long and long long). */
static inline bool patch_is_same(int type, int other)
{
    return type == other || patch_dtype[type] == patch_dtype[other];
}
/* A number of Python's as one of type `type`. False: NumPy would warn or refuse. */
bool patch_number_store(PyObject *number, int type, char *element);

/* NumPy's order of the axes, order[0] the fastest, from that of C: an axis moves before another where some operand steps over
 * both, and over it by less; where operands differ, C's order stays. Axes with stride 0, along which an operand is repeated or
 * one long, say nothing. */
void patch_order_axes(int ndim, int deciding, npy_intp strides[][NPY_MAXDIMS], int *order);
/* A new array whose axes lie in that order. NULL, with an exception: no memory. */
PyArrayObject *patch_new_in_order(int type, int ndim, npy_intp *shape, const int *order);

/* ---- patch_run.c: NumPy's loop over operands, in pieces ---------------------------------------------------- */

enum { PATCH_MOST_OPERANDS = 4 };

typedef struct patch_speed patch_speed;

/* Where the way through a loop decides the bits of a NaN: nowhere, where two that differ meet in one element, anywhere. */
enum { PATCH_NO_NAN, PATCH_TWO_NANS, PATCH_ANY_NAN };

/* Of ours, for a loop. NULL: none that gives the same bits and flags. */
typedef struct patch_kernel {
    const struct rp_kernel *kernel;
    bool swapped; /* the operands: of two NaNs NumPy's loop takes the second */
    bool quiet;   /* what it raises is no error: NumPy's loop clears the flags */
} patch_kernel;

/* One of a ufunc's loops. */
typedef struct patch_loop {
    PyUFuncGenericFunction function;
    void *data;
    uint8_t types[PATCH_MOST_OPERANDS]; /* inputs, then the output */
    /* What its answer hangs on (patch_loops.c): of the operands of these bits, that elements lie apart, or backwards; the place
     * among others; a step of 0, where NumPy's buffers repeat the element; any of these, as to the bits of a NaN
     * (PATCH_..._NAN). */
    uint8_t by_spread, by_direction, by_nan;
    bool is_tried, by_place, by_repeating;
    int16_t op;              /* ours; -1: none */
    uint8_t kernels_tried;   /* bit i: kernels[i] is known */
    patch_kernel kernels[3]; /* where no operand is a number, the first, the second */
    float seconds;           /* that calls which were measured took */
    patch_speed *speeds;     /* by size; NULL: none measured yet */
} patch_loop;

typedef struct patch_run {
    patch_loop *loop;
    int operands, ndim; /* inputs, then the output */
    npy_intp shape[NPY_MAXDIMS];
    npy_intp strides[PATCH_MOST_OPERANDS][NPY_MAXDIMS];
    char *data[PATCH_MOST_OPERANDS];
    uint8_t types[PATCH_MOST_OPERANDS]; /* in memory; where they differ from the loop's the elements are cast */
    size_t elements;
    uint8_t watched; /* the NaNs (PATCH_..._NAN) that are looked for in the results */
    bool found_nan;
} patch_run;

/* Runs it; returns the floating-point flags (NPY_FPE_...) that were raised. Other threads of the program may run meanwhile. */
int patch_run_all(patch_run *run);
/* The same of one axis, at once and without casts. */
int patch_run_small(patch_run *run);
/* Whether a NaN is among the elements of operand k. */
bool patch_run_has_nan(const patch_run *run, int k);

int patch_to_numpy(int flags); /* FE_... to NPY_FPE_... */

/* ---- patch_nans.c: NaNs in results ------------------------------------------------------------------------- */

bool patch_is_nan(const char *element, rp_dtype dtype); /* or one of the two parts */
/* Whether one of n elements, `step` bytes apart, is so. No flags are raised. */
bool patch_has_nan(const char *elements, rp_dtype dtype, npy_intp step, size_t n);
/* Whether one of n results is NaN and has NaNs of different bits among its operands, or any NaN where these are complex. The types,
 * first elements and steps in bytes are those of the inputs, then that of the output. */
bool patch_nans_differ(const uint8_t *types, char *const *data, const npy_intp *steps, int inputs, size_t n);

/* n elements, `stride` bytes apart, in another type, next to each other. A NaN of float16 that is signalling stays so, as NumPy has
 * it, and raises nothing. */
void patch_widen(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, npy_intp stride, size_t n);

/* ---- patch_kernels.c: our kernels in the place of NumPy's loops -------------------------------------------- */

enum { PATCH_PIECE = 1024 }; /* elements: NumPy's loops give the same bits in pieces of a multiple, but for the last */
/* NumPy's loop or our kernel, with ordinary stores or those that pass the caches by. */
typedef enum patch_way_of_run {
    PATCH_LOOP,
    PATCH_KERNEL,
    PATCH_LOOP_STREAM,
    PATCH_KERNEL_STREAM,
    PATCH_WAYS
} patch_way_of_run;

int patch_op_of(const char *ufunc); /* rp_op; -1: none */
/* NULL: there is none, or the run is not one run of elements without casts. */
const patch_kernel *patch_kernel_of(const patch_run *run);
/* A bit for each way that the run may go. bytes: of an element, in all operands. */
unsigned patch_ways_of(const patch_run *run, const patch_kernel *kernel, size_t bytes);
/* n elements of a run that may go that way. kernel NULL: NumPy's loop. */
void patch_run_way(const patch_run *run, const patch_kernel *kernel, bool streams, char *const *data, size_t n);

/* ---- patch_speed.c: on how many threads, and which way ----------------------------------------------------- */

/* Of so many elements, each of so many bytes in all operands: the threads that share the call, and whether other threads of
 * the program should run meanwhile. */
int patch_threads(patch_loop *loop, size_t elements, size_t bytes);
bool patch_is_long(patch_loop *loop, size_t elements, size_t bytes);
/* How this thread's latest call ran, for reports. */
typedef struct patch_latest {
    int threads;
    const char *kernel; /* NULL: NumPy's loop, or what is no loop */
    bool streams;
} patch_latest;
extern _Thread_local patch_latest patch_last;
/* Which of these ways (a bit each) so many elements go on so many threads. */
patch_way_of_run patch_choose_way(patch_loop *loop, size_t elements, int threads, unsigned ways);
/* What a call took, of so many elements, that way; ways: it was one of these, 0: there was no choice. */
void patch_learn(patch_loop *loop, double seconds, int threads, size_t elements, patch_way_of_run way, unsigned ways);

/* ---- patch_ufunc.c ----------------------------------------------------------------------------------------- */

/* Hooks the ufuncs of a dict, such as that of numpy's namespace. */
bool patch_ufuncs_install(PyObject *namespace);
void patch_ufuncs_remove(void);
/* Adds name: (taken, {reason: passed on}) to a dict. */
bool patch_ufuncs_count(PyObject *counts);

/* ---- patch_reduce.c ---------------------------------------------------------------------------------------- */

bool patch_reductions_start(PyObject *numpy);
/* The operation that a ufunc's reduce is; -1: none of ours. */
int patch_reduction_of(PyObject *ufunc);
/* The arguments of a reduction, in the order in which patch_reduce takes them. */
enum { PATCH_AXIS, PATCH_DTYPE, PATCH_OUT, PATCH_KEEPDIMS, PATCH_INITIAL, PATCH_WHERE, PATCH_REDUCE_VALUES };
/* Those of a signature, from its argument `first` on, in that order. */
void patch_reduce_sort(const ext_signature *signature, PyObject *const *values, int first, PyObject **sorted);
/* op: a reduction. values: PATCH_REDUCE_VALUES, each NULL where it is not given. NULL: with *reason < 0 an exception, else the
 * reason for which NumPy is asked. */
PyObject *patch_reduce(rp_op op, PyObject *x, PyObject *const *values, int *reason);

PyObject *patch_no_value(void); /* numpy._NoValue; borrowed */

/* ---- patch_variance.c -------------------------------------------------------------------------------------- */

/* Each NULL where it is not given. */
typedef struct patch_variance_values {
    PyObject *axis, *dtype, *out, *ddof, *keepdims, *where;
} patch_variance_values;
/* var, or where `roots` std; as patch_reduce. */
PyObject *patch_variance(bool roots, PyObject *x, const patch_variance_values *values, int *reason);

/* ---- patch_methods.c --------------------------------------------------------------------------------------- */

bool patch_methods_install(unsigned parts);
void patch_methods_remove(void);
bool patch_methods_count(PyObject *counts);
/* Adds the names of those that are not as they are known, and so NumPy's, to a list. */
bool patch_methods_list_unknown(PyObject *list);

/* ---- patch_index.c ----------------------------------------------------------------------------------------- */

bool patch_index_install(void);
void patch_index_remove(void);
bool patch_index_count(PyObject *counts);
/* x[key], both plain arrays; as patch_reduce. */
PyObject *patch_index_get(PyObject *x, PyObject *key, int *reason);

/* ---- patch_convert.c: as patch_reduce ---------------------------------------------------------------------- */

PyObject *patch_astype(PyObject *x, PyObject *const *values, int *reason); /* dtype, order, casting, subok, copy */
PyObject *patch_copy(PyObject *x, PyObject *const *values, int *reason);   /* order */
PyObject *patch_take(PyObject *x, PyObject *const *values, int *reason);   /* indices, axis, out, mode */
PyObject *patch_where(PyObject *const *arguments, Py_ssize_t given, int *reason);
PyObject *patch_concatenate(PyObject *const *arguments, Py_ssize_t given, int *reason);

/* ---- patch_functions.c ------------------------------------------------------------------------------------- */

/* Hooks functions of numpy's namespace, which is a module. */
bool patch_functions_install(PyObject *numpy, unsigned parts);
void patch_functions_remove(void);
bool patch_functions_count(PyObject *counts);
bool patch_functions_list_unknown(PyObject *list); /* as patch_methods_list_unknown */

/* ---- patch_memory.c ---------------------------------------------------------------------------------------- */

bool patch_memory_install(void);
void patch_memory_remove(void);
bool patch_memory_count(PyObject *counts);

/* ---- patch.c ----------------------------------------------------------------------------------------------- */

/* How a hook answers: as it is meant to, or, while calls are checked, by Python's raptors._checking, which makes the call again in
 * the two other ways and compares. PATCH_ONCE_BY_NUMPY holds for one call, and not for those within it. */
typedef enum patch_way { PATCH_MEANT, PATCH_CHECKED, PATCH_BY_NUMPY, PATCH_BY_HOOK, PATCH_ONCE_BY_NUMPY } patch_way;
extern bool patch_checking;
/* PATCH_CHECKED, or what it is within a check. */
patch_way patch_way_checked(void);
static inline patch_way patch_how(void) { return patch_checking ? patch_way_checked() : PATCH_MEANT; }
/* The call of `callable` with these arguments, behind `self` where that is not NULL, checked. */
PyObject *patch_check(PyObject *callable, PyObject *self, PyObject *const *arguments, Py_ssize_t given,
                      PyObject *names);

/* Whether even short calls go to threads and long ways, for tests. */
extern bool patch_stressed;
/* Whether short calls are taken. */
extern bool patch_small;
/* For _patching.py. The calling thread's way within a check, as a number; returns the one before. Whether checking is for the calling
 * thread alone, a bool. Checking, stressed, small, three bools. */
PyObject *patch_set_way(PyObject *module, PyObject *way);
PyObject *patch_set_alone(PyObject *module, PyObject *yes);
PyObject *patch_set_modes(PyObject *module, PyObject *const *modes, Py_ssize_t given);

/* Into a dict of counts by name, or while `patch_forgetting`, to begin anew. False, with an exception: no memory. */
extern bool patch_forgetting;
bool patch_counts_add(PyObject *counts, patch_counts *these);
bool patch_name_add(PyObject *list, const char *name);

#endif
