/* SPDX-License-Identifier: BSD-3-Clause
 *
 * raptors.h: the whole public C API of Raptors, an n-dimensional array engine. A program:
 *
 *     #include <raptors.h>
 *     #include <stdio.h>
 *     int main(void)
 *     {
 *         float memory[] = {1, 2, 3, 4};
 *         const ptrdiff_t shape[] = {2, 2};
 *         const int axis = 0;
 *         rp_array *a = NULL, *sums = NULL;
 *         rp_status status = rp_wrap(memory, RP_FLOAT32, 2, shape, NULL, false, NULL, NULL, &a);
 *         if (status == RP_OK) status = rp_multiply(a, a, &a);             // in place: memory is 1 4 9 16
 *         if (status == RP_OK) status = rp_sum(a, 1, &axis, false, &sums); // a new array of two elements
 *         if (status == RP_OK) printf("%g\n", ((float *)rp_data(sums))[1]); // 20
 *         rp_release(a), rp_release(sums);
 *         return status;
 *     }
 *
 * Conventions, which hold for every function here:
 *   - A function that can fail returns rp_status; rp_error_message() has the details, for the calling thread.
 *     On failure nothing is written: not to an output array, not to an output parameter.
 *   - `rp_array **out` of an operation: where *out is NULL a new array is put there, owned by the caller (one
 *     reference, rp_release() it). Where *out is an array, the result is written into it (NumPy's out=): its
 *     shape must be the result's, and the result must cast to its type by NumPy's "same_kind" rule. It may
 *     overlap the inputs in any way: the result is as if they had been copied first. Where elements of it share memory
 *     with each other, as in a sliding window, they are written in row-major order; along an axis of stride 0: VALUE.
 *   - Functions that make views take `rp_array **view`, which is only written to.
 *   - Shapes count elements, strides count bytes. Strides may be negative or zero, and need no alignment.
 *   - Operands broadcast and promote as NumPy 2 does (NEP 50); weak scalars are Python's (rp_scalar).
 *   - Arrays are reference counted, atomically. Two threads may use one array as long as neither writes its
 *     elements while the other uses them. No function prints, aborts, or changes the floating-point environment.
 *   - 64 KiB of stack are enough for a thread that calls them.
 */
#ifndef RAPTORS_H
#define RAPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) || !defined(__GNUC__)
#define RP_API
#else
#define RP_API __attribute__((visibility("default")))
#endif

#define RP_VERSION "0.1.0"
#define RP_MAX_NDIM 64

/* ---- Status ------------------------------------------------------------------------------------------------ */

typedef enum rp_status {
    RP_OK = 0,
    RP_ERROR_VALUE,    /* a shape, axis count or argument that has no meaning; NULL; a read-only output */
    RP_ERROR_TYPE,     /* an element type that the operation does not take, or a cast that is not allowed */
    RP_ERROR_INDEX,    /* an index out of range */
    RP_ERROR_AXIS,     /* an axis out of range */
    RP_ERROR_OVERFLOW, /* a number or a size that the type does not hold */
    RP_ERROR_MEMORY,   /* the system gave no memory */
    RP_ERROR_BUFFER    /* foreign memory that does not keep to its own description */
} rp_status;

/* The message of the last failure in this thread; "" before any. Valid until the next failure in this thread. */
RP_API const char *rp_error_message(void);
RP_API const char *rp_status_name(rp_status status);
RP_API const char *rp_version(void);

/* ---- Element types ----------------------------------------------------------------------------------------- */

typedef struct rp_complex64 {
    float re, im;
} rp_complex64;
typedef struct rp_complex128 {
    double re, im;
} rp_complex128;

typedef enum rp_dtype {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) RP_##ENUM,
#include "raptors/dtypes.def"
    RP_DTYPE_COUNT
} rp_dtype;

typedef enum rp_kind { RP_KIND_BOOL, RP_KIND_SIGNED, RP_KIND_UNSIGNED, RP_KIND_REAL, RP_KIND_COMPLEX } rp_kind;
typedef enum rp_casting { RP_CAST_NO, RP_CAST_SAFE, RP_CAST_SAME_KIND, RP_CAST_UNSAFE } rp_casting;

RP_API const char *rp_dtype_name(rp_dtype dtype); /* "float32"; NULL for what is no type */
RP_API size_t rp_dtype_size(rp_dtype dtype);      /* bytes; 0 for what is no type */
RP_API rp_kind rp_dtype_kind(rp_dtype dtype);
RP_API rp_status rp_dtype_from_name(const char *name, rp_dtype *dtype); /* "float32" or "f32" */
RP_API rp_status rp_promote_types(rp_dtype a, rp_dtype b, rp_dtype *common);
RP_API bool rp_can_cast(rp_dtype from, rp_dtype to, rp_casting casting);

/* One number. A weak one (a Python int, float or complex) takes the type of the array that it meets.
 * `u` is used where dtype is RP_UINT64, `i` for the other integers and bool, `re` and `im` for the rest. */
typedef struct rp_scalar {
    rp_dtype dtype;
    bool weak;
    int64_t i;
    uint64_t u;
    double re, im;
} rp_scalar;

/* ---- Arrays ------------------------------------------------------------------------------------------------ */

typedef struct rp_array rp_array;

/* shape: ndim (0 to RP_MAX_NDIM) lengths, each >= 0. Elements of rp_empty are not set. Row-major (C) order.
 * Errors: VALUE (ndim, a negative length, NULL), TYPE (dtype), OVERFLOW (bytes past PTRDIFF_MAX), MEMORY. */
RP_API rp_status rp_empty(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array);
RP_API rp_status rp_zeros(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array);
RP_API rp_status rp_ones(int ndim, const ptrdiff_t *shape, rp_dtype dtype, rp_array **array);
RP_API rp_status rp_full(int ndim, const ptrdiff_t *shape, rp_dtype dtype, const rp_scalar *value, rp_array **array);
/* As `like` in shape and memory order (NumPy's order='K'); its elements are not set. */
RP_API rp_status rp_empty_like(const rp_array *like, rp_dtype dtype, rp_array **array);
/* max(0, ceil((stop - start) / step)) elements start + i * step. For integer types the numbers are taken from `i`. */
RP_API rp_status rp_arange(const rp_scalar *start, const rp_scalar *stop, const rp_scalar *step, rp_dtype dtype,
                           rp_array **array);
/* count numbers from start to stop, stop itself the last of them where endpoint. Real and complex types. */
RP_API rp_status rp_linspace(const rp_scalar *start, const rp_scalar *stop, ptrdiff_t count, bool endpoint,
                             rp_dtype dtype, rp_array **array);
/* Ones on diagonal k (k > 0: above the main one), zeros elsewhere. */
RP_API rp_status rp_eye(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t k, rp_dtype dtype, rp_array **array);
/* A 0-d array that holds `value`; it stays weak where value is. */
RP_API rp_status rp_from_scalar(const rp_scalar *value, rp_array **array);

/* Memory that someone else owns. strides: bytes, or NULL for row-major. The array (and its views) uses the memory
 * until the last reference is gone; then release(context) is called, once, from the thread that dropped it.
 * If rp_wrap fails, release is not called. */
typedef void (*rp_release_function)(void *context);
RP_API rp_status rp_wrap(void *data, rp_dtype dtype, int ndim, const ptrdiff_t *shape, const ptrdiff_t *strides,
                         bool readonly, rp_release_function release, void *context, rp_array **array);

RP_API rp_array *rp_retain(rp_array *array); /* NULL is let pass, here and below */
RP_API void rp_release(rp_array *array);

RP_API void *rp_data(const rp_array *array); /* the element at index 0 of every axis */
RP_API rp_dtype rp_dtype_of(const rp_array *array);
RP_API int rp_ndim(const rp_array *array);
RP_API const ptrdiff_t *rp_shape(const rp_array *array);
RP_API const ptrdiff_t *rp_strides(const rp_array *array);
RP_API ptrdiff_t rp_size(const rp_array *array); /* elements */
RP_API bool rp_is_readonly(const rp_array *array);
RP_API void rp_set_readonly(rp_array *array);        /* for good; views made before stay as they are */
RP_API bool rp_is_contiguous(const rp_array *array); /* row-major, without gaps */
RP_API rp_status rp_get_scalar(const rp_array *array, rp_scalar *value); /* of an array of size 1; not weak */

/* ---- Views: no element is copied --------------------------------------------------------------------------- */

#define RP_SLICE_DEFAULT PTRDIFF_MIN   /* a start or stop that was left out */
typedef enum rp_index_kind { RP_INDEX_INTEGER, RP_INDEX_SLICE, RP_INDEX_NEWAXIS, RP_INDEX_ELLIPSIS } rp_index_kind;
typedef struct rp_index {
    rp_index_kind kind;
    ptrdiff_t start;      /* also the integer of RP_INDEX_INTEGER; negative counts from the end */
    ptrdiff_t stop, step; /* of RP_INDEX_SLICE; step is not 0 */
} rp_index;
/* Basic indexing, as NumPy's x[...]. Errors: INDEX (too many indices, out of range, two ellipses), VALUE (step 0). */
RP_API rp_status rp_get_view(const rp_array *x, int count, const rp_index *index, rp_array **view);
RP_API rp_status rp_permute_dims(const rp_array *x, const int *axes, rp_array **view); /* NULL: reversed */
RP_API rp_status rp_broadcast_to(const rp_array *x, int ndim, const ptrdiff_t *shape, rp_array **view); /* read-only */
RP_API rp_status rp_squeeze(const rp_array *x, int count, const int *axes,
                            rp_array **view); /* axes NULL: all of length 1 */
RP_API rp_status rp_expand_dims(const rp_array *x, int axis, rp_array **view);
/* The real and the imaginary parts of complex elements. Of elements that are not complex: themselves, and read-only zeros. */
RP_API rp_status rp_real(const rp_array *x, rp_array **view);
RP_API rp_status rp_imag(const rp_array *x, rp_array **view);
/* A view where strides allow it, else a copy (unless no_copy: then VALUE). One length may be -1. */
RP_API rp_status rp_reshape(const rp_array *x, int ndim, const ptrdiff_t *shape, bool no_copy, rp_array **result);
/* The shape to which `count` arrays broadcast together. shape: room for RP_MAX_NDIM. */
RP_API rp_status rp_broadcast_shapes(int count, const rp_array *const *arrays, int *ndim, ptrdiff_t *shape);

/* ---- Copying, indexing with arrays, joining ---------------------------------------------------------------- */

RP_API rp_status rp_copy(const rp_array *x, rp_array **out);                   /* order='K' */
RP_API rp_status rp_copy_contiguous(const rp_array *x, rp_array **out);        /* row-major */
RP_API rp_status rp_astype(const rp_array *x, rp_dtype dtype, rp_array **out); /* any cast, always a copy */
/* destination[...] = source, which is broadcast and cast (any cast). Overlap is allowed. */
RP_API rp_status rp_assign(rp_array *destination, const rp_array *source);
RP_API rp_status rp_fill(rp_array *array, const rp_scalar *value);
/* Index arrays (integers; they broadcast together) for the first `count` axes of x; the axes behind stay whole.
 * Errors: INDEX (a value out of range), TYPE (no integers). */
RP_API rp_status rp_gather(const rp_array *x, int count, const rp_array *const *indices, rp_array **out);
/* x[mask]: the elements (or what lies behind them, along the axes that the mask has not) where the mask, a bool array of the
 * shape of x's first axes, is true; row-major, one new axis in the mask's place. Errors: TYPE, INDEX (another shape). */
RP_API rp_status rp_gather_mask(const rp_array *x, const rp_array *mask, rp_array **out);
/* x[mask] = values: one for each element of x where the mask, of x's own shape, is true, in row-major order; or one for all. */
RP_API rp_status rp_scatter_mask(rp_array *x, const rp_array *mask, const rp_array *values);
RP_API rp_status rp_scatter(rp_array *x, int count, const rp_array *const *indices, const rp_array *values);
RP_API rp_status rp_take(const rp_array *x, const rp_array *indices, int axis, rp_array **out);
/* ndim(x) int64 vectors: the indices of the elements that are not zero, in row-major order. */
RP_API rp_status rp_nonzero(const rp_array *x, rp_array **indices);
RP_API rp_status rp_concat(int count, const rp_array *const *arrays, int axis, rp_array **out);
RP_API rp_status rp_stack(int count, const rp_array *const *arrays, int axis, rp_array **out);

/* ---- Operations: the rows of raptors/ops.def --------------------------------------------------------------- */

typedef enum rp_op {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_##ENUM,
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_##ENUM,
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_##ENUM,
#define RP_MOVE(ENUM, name, numpy, ...) RP_##ENUM,
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) RP_##ENUM,
#include "raptors/ops.def"
    RP_OP_COUNT
} rp_op;

/* What an operation gives is a new array, or goes into *out; never a view. The functions that give views of x are
 * rp_get_view, rp_permute_dims, rp_broadcast_to, rp_squeeze, rp_expand_dims, rp_real and rp_imag, and rp_reshape where
 * strides allow it.
 *
 * Elementwise, rp_sqrt(x, &out), rp_add(x, y, &out). Operands become one type first, `common`: what NumPy 2 takes.
 *   result     operation
 *   common     add subtract absolute_difference multiply floor_divide remainder minimum maximum fmin fmax copysign
 *              bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift bitwise_invert negative positive
 *              conj square cube sqrt reciprocal sign floor ceil trunc round clip where
 *              exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
 *              pow hypot cbrt logaddexp degrees radians erf erfc nextafter fmod
 *   common     ldexp: but of x alone; the exponents are integers that int64 holds, TYPE otherwise
 *   common     divide: but float64 of integers
 *   real       abs: of complex64 float32, of complex128 float64, else common
 *   bool       equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor logical_not
 *              signbit isnan isinf isfinite
 * Reductions, rp_sum(x, count, axes, keepdims, &out).
 *   wide       sum prod: of bool and signed integers int64, of unsigned ones uint64, else the operand's type
 *   mean       mean: of bool and integers float64, else the operand's type
 *   same       min max: the operand's type
 *   bool       any all
 *   int64      count_nonzero argmin argmax
 * Of integers, copysign, nextafter, ldexp, sqrt and the mathematical functions, but pow, give float16 (8 bits), float32
 * (16 bits) or float64. pow of integers wraps round; VALUE where the second one is negative.
 * Integers wrap round; x // 0, x % 0 and fmod(x, 0) of integers are 0. Arithmetic never fails for the sake of a value. */
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) RP_API rp_status rp_##name(const rp_array *x, rp_array **out);
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    RP_API rp_status rp_##name(const rp_array *x, const rp_array *y, rp_array **out);
/* rp_clip(x, low, high, &out): minimum(maximum(x, low), high). */
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    RP_API rp_status rp_##name(const rp_array *x, const rp_array *y, const rp_array *w, rp_array **out);
/* Reductions: over `count` axes (axes NULL: over all; negative ones count from the end). keepdims leaves each
 * reduced axis with length 1. Sums follow one fixed tree: equal bits on every CPU and number of threads.
 * argmin and argmax take one axis or all. Errors: AXIS, VALUE (axis twice; min, max, argmin, argmax over nothing). */
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) \
    RP_API rp_status rp_##name(const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out);
#include "raptors/ops.def"
/* Variance and standard deviation over such axes: the squares of the distances to the mean are summed, and divided by
 * their number less `correction`, which is 0 or 1 mostly. A quotient of nothing is NaN. Of bool and integers float64, else
 * the operand's type. Errors: as reductions, and TYPE (complex). */
RP_API rp_status rp_var(const rp_array *x, int count, const int *axes, double correction, bool keepdims,
                        rp_array **out);
RP_API rp_status rp_std(const rp_array *x, int count, const int *axes, double correction, bool keepdims,
                        rp_array **out);

/* The logarithm of the sum of the exponentials over such axes, without overflow: of nothing -infinity. Of bool and integers
 * float64, else the operand's type. It is computed in float64, in one order: equal bits on every CPU and number of threads. At
 * most 6 units in the last place off, of the result or, where that is smaller, of the greatest element; float16 and float32
 * almost always correctly rounded. Errors: as reductions, and TYPE (complex). */
RP_API rp_status rp_logsumexp(const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out);

/* Running sums and products along one axis: each element joins the result before it, in order, so that the bits are those of
 * that order. Elements are cast to *dtype first (any cast), which is the result's type; dtype NULL: that of sum and prod. The
 * result has x's shape; include_initial: with 0 (or 1) before the first element, and so one longer along the axis. x without
 * dimensions is a vector of one element. x may be *out. Errors: AXIS, TYPE (bool as dtype; an out that such a result is
 * not cast to by the rule same_kind). */
RP_API rp_status rp_cumulative_sum(const rp_array *x, int axis, const rp_dtype *dtype, bool include_initial,
                                   rp_array **out);
RP_API rp_status rp_cumulative_prod(const rp_array *x, int axis, const rp_dtype *dtype, bool include_initial,
                                    rp_array **out);

/* The angles of complex numbers in radians, atan2(imaginary part, real part): of complex64 float32, of complex128 float64.
 * Of real ones, whose imaginary part is 0, the type is atan2's. */
RP_API rp_status rp_angle(const rp_array *x, rp_array **out);

/* where(condition, x, y): condition of any type, not zero being true. */
RP_API rp_status rp_where(const rp_array *condition, const rp_array *x, const rp_array *y, rp_array **out);

/* The same by operation: for bindings and tables. inputs: rp_op_inputs(op) arrays. */
RP_API const char *rp_op_name(rp_op op);
RP_API const char *rp_op_numpy_name(rp_op op); /* NULL: NumPy has no such operation */
RP_API int rp_op_inputs(rp_op op);             /* 1, 2 or 3 */
RP_API bool rp_op_is_reduction(rp_op op);
RP_API rp_status rp_map(rp_op op, const rp_array *const *inputs, rp_array **out);
RP_API rp_status rp_reduce(rp_op op, const rp_array *x, int count, const int *axes, bool keepdims, rp_array **out);

/* ---- Accuracy ---------------------------------------------------------------------------------------------- */

/* How exact the mathematical functions of real numbers are (exp, sin, pow and the like).
 * RP_ACCURATE   float16 and float32 are correctly rounded, float64 is at most one unit in the last place off (logaddexp where less
 *               than 2^-42 of the larger operand is left: at most 2^-100 of that operand); equal bits on every CPU and number of
 *               threads
 * RP_FAST       at most 4 units in the last place off, and NaN, infinite or zero where RP_ACCURATE is. The kernels registered as
 *               RP_FAST and ours contend: the first such call of a function and type times them on a few thousand numbers, which
 *               takes some milliseconds, and the fastest one serves from then on. One function, one value for one argument, for
 *               the life of the process, whatever the size, layout and number of threads; but another run of the program may
 *               have other last bits. Where nothing is registered, our own kernels serve.
 * Everything else is the same in both. */
typedef enum rp_accuracy { RP_ACCURATE, RP_FAST } rp_accuracy;

/* Of the calling thread's calls from now on. Until a thread sets it: what RAPTORS_ACCURACY says ("accurate" or "fast"), else
 * RP_ACCURATE. Errors: VALUE (neither of the two). */
RP_API rp_status rp_set_accuracy(rp_accuracy accuracy);
RP_API rp_accuracy rp_get_accuracy(void);
/* "accurate" or "fast"; NULL where it is neither. */
RP_API const char *rp_accuracy_name(rp_accuracy accuracy);

/* ---- Kernels of your own ----------------------------------------------------------------------------------- */

#define RP_MAX_OPERANDS 4

/* What a kernel is called with: m rows of n elements, both at least 1; strides in bytes. Operand 0 is the output, which
 * may be an input exactly and overlaps none otherwise. Pointers need no alignment. */
typedef struct rp_call {
    char *ptr[RP_MAX_OPERANDS];
    ptrdiff_t inner[RP_MAX_OPERANDS]; /* the element size for a vector; a number is read at ptr[k] + row * outer[k] */
    ptrdiff_t outer[RP_MAX_OPERANDS];
    size_t n, m;
    const void *data; /* the entry's */
} rp_call;

typedef struct rp_kernel_entry {
    const char *name;     /* copied: "multiply.vs.f32.mine", no other kernel's, visible ASCII without spaces */
    const char *operands; /* "v", "vv", "vs", "sv": vectors, and one number a row; "row": a reduction */
    rp_op op;             /* elementwise, or a reduction to the operand's type: sum, prod, min, max */
    rp_dtype dtype;       /* of the operands; the result has the type that the operation gives */
    bool strided;         /* takes vectors of any inner stride, else contiguous ones alone */
    bool in_place_only;   /* takes calls alone whose output is an input */
    bool own_threads;     /* splits long calls over threads of its own; raptors race and tune try it */
    size_t n_max;         /* the longest row that it takes; 0: any */
    bool (*ok)(const rp_call *call);  /* NULL: takes every call; else whether it takes this one, see below */
    void (*run)(const rp_call *call); /* cannot fail; any thread, several at once */
    const void *data;                 /* kept as it is, and handed to ok and run */
    rp_accuracy accuracy;             /* RP_FAST: see rp_set_accuracy */
} rp_kernel_entry;

/* ok and n_max are asked once for a call, when it is planned and before anything of it is run; a kernel that was chosen then runs,
 * and one that was not leaves the call to another. ok sees the whole call: the first row's pointers, m rows, n the longest row
 * that the kernel will be given. It may read the number at its pointer, and must neither write nor read a vector's elements,
 * which other threads may change. run is then called any number of times, each time with a part of that call: some of its rows, of
 * a row some elements next to each other. So alignment to the element's size holds for the parts where it holds for pointers and
 * strides of the whole, and no more than that; an output that is an input stays so, and one that is none may be written to memory
 * aligned to 16 bytes first. ok is not asked, and the kernel not taken, where the call would not reach it as it lies: operands
 * that are cast or repeated, vectors with gaps where the entry is not strided, numbers that change from row to row, and
 * rows on more than two axes. */

/* Adds a contender. Before its first run it is tried on hostile values against the reference and against the kernel in
 * use: one bit of difference, or one byte written outside, and it is refused for good. Then it races with the others at
 * the sites of large calls. It stays for the life of the process. Any thread may call this at any time.
 *
 * A reduction ("row") folds each of m rows of n contiguous elements, ptr[1] + row * outer[1], into ptr[0] + row *
 * outer[0]; float32 or float64. It may add up in any order, and need not keep the sign of zero: it is admitted where
 * sums and products are within n rounding errors of the reference's, and takes part where the environment variable
 * RAPTORS_REDUCTIONS is a glob that its name matches, since results then depend on which kernel ran.
 *
 * One that is registered as RP_FAST contends in that class alone. It computes a mathematical function of float16, float32 or
 * float64, of vectors ("v" or "vv"; numbers are repeated and vectors packed for it). It takes every call: no ok, n_max,
 * in_place_only or own_threads. It is admitted where each result is at most 4 units in the last place off and has equal bits
 * wherever in a call its argument lies. What follows its name's last dot says who it is from.
 * Errors: VALUE (NULL; operands that the operation does not have; a name that exists or has a space; of RP_FAST, one that has numbers
 * or does not take every call), TYPE (no loop of this type; of RP_FAST, no mathematical function), MEMORY. */
RP_API rp_status rp_register_kernel(const rp_kernel_entry *entry);

/* ---- Vendor libraries -------------------------------------------------------------------------------------- */

/* Looks for vendor libraries and registers what they have. names: of libraries, with commas: openblas (those of NumPy's
 * and SciPy's wheels too, where the process has them loaded), blis, mkl, vml (MKL's vector functions), libmvec (glibc's),
 * sleef, accelerate, or all; "openblas=/path/lib.so" says where, "openblas.serial=/path/lib.so" gives it a name of its
 * own. NULL: what the environment variable RAPTORS_BACKENDS says. Each library is first opened and tried in a forked child,
 * so that one that crashes, hangs or is for another machine is refused and harms nobody. A library that is not there, or is
 * refused, is no error: rp_backends_info has the reason. Where RAPTORS_BACKENDS is set, or the profile has sites that such a library has won, the
 * library's first use does this by itself, as does `import raptors`; nothing else does, since loading such libraries may start
 * threads. A name that was loaded stays as it is. Any thread may call this; it takes up to some seconds a library.
 * Errors: VALUE (an unknown name; nothing is loaded then). */
RP_API rp_status rp_load_backends(const char *names);
/* Text: for each library its name, path, version, width of integers and number of kernels, or why it is not there; then a
 * line for each kernel: admitted, refused with the reason, or not yet tried. Returns as rp_info. */
RP_API size_t rp_backends_info(char *text, size_t size);

/* ---- The machine ------------------------------------------------------------------------------------------- */

/* Threads that a call may use, the calling one included; 0 asks for the default: what the affinity mask and the
 * cgroup quota let the process use now, or RAPTORS_NUM_THREADS, or else OMP_NUM_THREADS. Process-wide; but a thread that
 * is bound to some of the process's processors gets no more threads than it has of them, and they run there. All of a
 * call's threads round, and flush small numbers to zero or not, as the calling thread does. */
RP_API rp_status rp_set_num_threads(int count);
RP_API int rp_get_num_threads(void);

typedef struct rp_pool_counters {
    size_t held_bytes;     /* idle blocks, kept for the next array */
    size_t limit_bytes;    /* the most that is kept */
    size_t used_bytes;     /* blocks that arrays hold now */
    uint64_t hits, misses; /* allocations served from idle blocks; from the system */
} rp_pool_counters;
RP_API void rp_pool_info(rp_pool_counters *counters);
/* Gives every idle block back to the system. After five seconds without use that happens by itself, for which a thread
 * sleeps in the background while more than 1 MiB is idle. */
RP_API void rp_pool_trim(void);

/* Text, one "key: value" a line: version, CPU, features in use, caches, threads, pool, huge pages, kernels.
 * Writes at most `size` bytes with the closing zero, and returns the length of the whole text. */
RP_API size_t rp_info(char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
