/* SPDX-License-Identifier: BSD-3-Clause
 *
 * OpenBLAS, BLIS and MKL by the C interface of BLAS, and the OpenBLAS inside NumPy's and SciPy's wheels, whose names
 * have a prefix and a suffix. ?scal is multiplication by a number in place, ?axpy with 1 or -1 is addition and
 * subtraction in place; nothing else that they have is one of Raptors' operations to the bit. csscal and zdscal are none:
 * Raptors has no product of complex numbers with real ones, which differs for infinities. ?sum (OpenBLAS) and ?dot with
 * ones are sums in another order; ?asum is a sum of none but what has no sign.
 *
 * A library that Raptors loaded itself is set to one thread: Raptors' own threads split the work already, and two pools
 * on the same cores wait for each other. OpenBLAS on threads of its own (not OpenMP's, which hang in a forked child) is
 * another contender, `.threads`; BLIS has none for these functions, and MKL's come with OpenMP. A library that the program uses
 * as well keeps its threads, which its matrix products need; it gets pieces that no library in the list splits.
 */
#include "backends/backend.h"

#include <math.h>
#include <stdio.h>

#include "runtime/runtime.h"

enum { SHORT_PIECE = 8192 }; /* OpenBLAS splits ?axpy from 10000 elements on (interface/axpy.c) */

/* ---- Kernels ----------------------------------------------------------------------------------------------- */

/* A is how BLAS takes the number: by value, or by its address where it is complex. */
#define THUNKS(code, T, A, REFER)                                                                        \
    typedef void scal_##code##_lp64(int, A, T *, int);                                                   \
    typedef void scal_##code##_ilp64(int64_t, A, T *, int64_t);                                          \
    typedef void axpy_##code##_lp64(int, A, const T *, int, T *, int);                                   \
    typedef void axpy_##code##_ilp64(int64_t, A, const T *, int64_t, T *, int64_t);                      \
    static void scal_##code(const rp_call *call)                                                         \
    {                                                                                                    \
        const rp_thunk *t = call->data;                                                                  \
        for (size_t row = 0; row < call->m; row++) {                                                     \
            T alpha, *x = (T *)rp_row(call, 0, row);                                                     \
            memcpy(&alpha, rp_row(call, t->number, row), sizeof alpha);                                  \
            for (size_t i = 0, n; i < call->n; i += n) {                                                 \
                n = call->n - i < t->longest ? call->n - i : t->longest;                                 \
                if (t->ilp64)                                                                            \
                    ((scal_##code##_ilp64 *)t->function)((int64_t)n, REFER alpha, x + i, 1);             \
                else                                                                                     \
                    ((scal_##code##_lp64 *)t->function)((int)n, REFER alpha, x + i, 1);                  \
            }                                                                                            \
        }                                                                                                \
    }                                                                                                    \
    static void axpy_##code(const rp_call *call, T alpha)                                                \
    {                                                                                                    \
        const rp_thunk *t = call->data;                                                                  \
        const int other = call->ptr[0] == call->ptr[1] ? 2 : 1;                                          \
        for (size_t row = 0; row < call->m; row++) {                                                     \
            const T *x = (const T *)rp_row(call, other, row);                                            \
            T *y = (T *)rp_row(call, 0, row);                                                            \
            for (size_t i = 0, n; i < call->n; i += n) {                                                 \
                n = call->n - i < t->longest ? call->n - i : t->longest;                                 \
                if (t->ilp64)                                                                            \
                    ((axpy_##code##_ilp64 *)t->function)((int64_t)n, REFER alpha, x + i, 1, y + i, 1);   \
                else                                                                                     \
                    ((axpy_##code##_lp64 *)t->function)((int)n, REFER alpha, x + i, 1, y + i, 1);        \
            }                                                                                            \
        }                                                                                                \
    }
#define BY_VALUE
THUNKS(f32, float, float, BY_VALUE)
THUNKS(f64, double, double, BY_VALUE)
THUNKS(c64, rp_complex64, const void *, &)
THUNKS(c128, rp_complex128, const void *, &)

static void add_f32(const rp_call *call) { axpy_f32(call, 1); }
static void add_f64(const rp_call *call) { axpy_f64(call, 1); }
static void add_c64(const rp_call *call) { axpy_c64(call, (rp_complex64){1, 0}); }
static void add_c128(const rp_call *call) { axpy_c128(call, (rp_complex128){1, 0}); }
static void subtract_f32(const rp_call *call) { axpy_f32(call, -1); }
static void subtract_f64(const rp_call *call) { axpy_f64(call, -1); }
static void subtract_c64(const rp_call *call) { axpy_c64(call, (rp_complex64){-1, 0}); }
static void subtract_c128(const rp_call *call) { axpy_c128(call, (rp_complex128){-1, 0}); }

/* dot: a single one that is read again and again. */
#define SUMS(code, T)                                                                                    \
    typedef T sum_##code##_lp64(int, const T *, int);                                                    \
    typedef T sum_##code##_ilp64(int64_t, const T *, int64_t);                                           \
    typedef T dot_##code##_lp64(int, const T *, int, const T *, int);                                    \
    typedef T dot_##code##_ilp64(int64_t, const T *, int64_t, const T *, int64_t);                       \
    static void sum_##code(const rp_call *call)                                                          \
    {                                                                                                    \
        const rp_thunk *t = call->data;                                                                  \
        for (size_t row = 0; row < call->m; row++) {                                                     \
            const T *x = (const T *)rp_row(call, 1, row);                                                \
            const T z = t->ilp64 ? ((sum_##code##_ilp64 *)t->function)((int64_t)call->n, x, 1)           \
                                 : ((sum_##code##_lp64 *)t->function)((int)call->n, x, 1);               \
            memcpy(rp_row(call, 0, row), &z, sizeof z);                                                  \
        }                                                                                                \
    }                                                                                                    \
    static void dot_##code(const rp_call *call)                                                          \
    {                                                                                                    \
        const rp_thunk *t = call->data;                                                                  \
        const T one = 1;                                                                                 \
        for (size_t row = 0; row < call->m; row++) {                                                     \
            const T *x = (const T *)rp_row(call, 1, row);                                                \
            const T z = t->ilp64 ? ((dot_##code##_ilp64 *)t->function)((int64_t)call->n, x, 1, &one, 0)  \
                                 : ((dot_##code##_lp64 *)t->function)((int)call->n, x, 1, &one, 0);      \
            memcpy(rp_row(call, 0, row), &z, sizeof z);                                                  \
        }                                                                                                \
    }
SUMS(f32, float)
SUMS(f64, double)

/* With the library's own threads for the time of one call; a second caller at that time has its work done on one. */
static void run_on_own_threads(const rp_call *call)
{
    const rp_thunk *t = call->data;
    const bool first = rp_try_lock(RP_LOCK_SPLIT);
    if (first) ((void (*)(int))t->set_threads)(rp_get_num_threads());
    t->run(call);
    if (!first) return;
    ((void (*)(int))t->set_threads)(1);
    rp_unlock(RP_LOCK_SPLIT);
}

static const struct {
    const char *scal, *axpy;
    rp_dtype dtype;
    void (*multiply)(const rp_call *), (*add)(const rp_call *), (*subtract)(const rp_call *);
} types[] = {
    {"sscal", "saxpy", RP_FLOAT32, scal_f32, add_f32, subtract_f32},
    {"dscal", "daxpy", RP_FLOAT64, scal_f64, add_f64, subtract_f64},
    {"cscal", "caxpy", RP_COMPLEX64, scal_c64, add_c64, subtract_c64},
    {"zscal", "zaxpy", RP_COMPLEX128, scal_c128, add_c128, subtract_c128},
};

/* ---- Which calls they take --------------------------------------------------------------------------------- */

static bool is_over(const rp_call *call, int operand)
{
    return call->ptr[0] == call->ptr[operand] && (call->m == 1 || call->outer[0] == call->outer[operand]);
}

static bool scal_ok(const rp_call *call)
{
    const rp_thunk *t = call->data;
    return is_over(call, 3 - t->number) && rp_is_aligned(call, 0, rp_part_size(t->dtype));
}

/* No number that a library may think of as a special case: 0, NaN, infinities; nor a complex one that is really real. */
static bool scal_finite_ok(const rp_call *call)
{
    const rp_thunk *t = call->data;
    const size_t size = rp_part_size(t->dtype);
    if (!scal_ok(call)) return false;
    for (size_t row = 0; row < call->m; row++) {
        for (size_t part = 0; part < rp_dtype_size(t->dtype); part += size) {
            float single;
            double x;
            memcpy(&single, rp_row(call, t->number, row) + part, sizeof single);
            if (size == sizeof single)
                x = (double)single;
            else
                memcpy(&x, rp_row(call, t->number, row) + part, sizeof x);
            if (!isfinite(x) || x == 0) return false;
        }
    }
    return true;
}

static bool subtract_ok(const rp_call *call)
{
    const size_t size = rp_part_size(((const rp_thunk *)call->data)->dtype);
    return is_over(call, 1) && call->ptr[1] != call->ptr[2] && rp_is_aligned(call, 0, size) &&
           rp_is_aligned(call, 2, size);
}

static bool sum_ok(const rp_call *call)
{
    return rp_is_aligned(call, 1, rp_dtype_size(((const rp_thunk *)call->data)->dtype));
}

static bool add_ok(const rp_call *call)
{
    const size_t size = rp_part_size(((const rp_thunk *)call->data)->dtype);
    return subtract_ok(call) || (is_over(call, 2) && call->ptr[1] != call->ptr[2] && rp_is_aligned(call, 0, size) &&
                                 rp_is_aligned(call, 1, size));
}

/* ---- Names and settings ------------------------------------------------------------------------------------ */

typedef struct naming {
    const char *prefix, *suffix;
} naming;
static const naming namings[] = {{"scipy_", "64_"}, {"scipy_", ""}, {"", "64_"}, {"", ""}};

static rp_os_function find_named(const rp_library *library, const naming *n, const char *name)
{
    char symbol[64];
    snprintf(symbol, sizeof symbol, "%s%s%s", n->prefix, name, n->suffix);
    return rp_library_find(library, symbol);
}

static const naming *find_naming(const rp_library *library)
{
    for (size_t i = 0; i < sizeof namings / sizeof *namings; i++) {
        if (find_named(library, &namings[i], "cblas_sscal")) return &namings[i];
    }
    return NULL;
}

static void ask_openblas(rp_library *library, const naming *n)
{
    rp_os_function config = find_named(library, n, "openblas_get_config");
    if (!config) return;
    snprintf(library->version, sizeof library->version, "%s", ((char *(*)(void))config)());
    if (strstr(library->version, "USE64BITINT")) library->ilp64 = true;
    rp_os_function threads = find_named(library, n, "openblas_set_num_threads");
    rp_os_function own = rp_library_find(library, "openblas_set_num_threads_local");
    if (library->shared) return;
    enum { PTHREADS = 1 };
    rp_os_function parallel = find_named(library, n, "openblas_get_parallel");
    if (threads && parallel && ((int (*)(void))parallel)() == PTHREADS) library->set_threads = threads;
    if (own && !library->set_threads)
        ((int (*)(int))own)(1);
    else if (threads)
        ((void (*)(int))threads)(1);
}

static void ask_blis(rp_library *library)
{
    rp_os_function version = rp_library_find(library, "bli_info_get_version_str");
    rp_os_function bits = rp_library_find(library, "bli_info_get_blas_int_type_size");
    rp_os_function threads = rp_library_find(library, "bli_thread_set_num_threads");
    if (version) snprintf(library->version, sizeof library->version, "BLIS %s", ((const char *(*)(void))version)());
    if (bits) library->ilp64 = ((int64_t (*)(void))bits)() == 64;
    if (threads && !library->shared) ((void (*)(int64_t))threads)(1);
}

static void ask_mkl(rp_library *library)
{
    enum { SEQUENTIAL = 1 };
    rp_os_function version = rp_library_find(library, "MKL_Get_Version_String");
    rp_os_function layer = rp_library_find(library, "MKL_Set_Threading_Layer");
    rp_os_function threads = rp_library_find(library, "MKL_Set_Num_Threads");
    if (layer && !library->shared) ((int (*)(int))layer)(SEQUENTIAL); /* before any other call, or it has no effect */
    if (threads && !library->shared) ((void (*)(int))threads)(1);
    if (version) ((void (*)(char *, int))version)(library->version, (int)sizeof library->version - 1);
    for (size_t end = strlen(library->version); end && library->version[end - 1] == ' ';)
        library->version[--end] = '\0';
}

/* ---- The family -------------------------------------------------------------------------------------------- */

static void add_sums(rp_library *library, const naming *n)
{
    static const struct {
        const char *symbol, *suffix;
        rp_dtype dtype;
        void (*run)(const rp_call *);
    } rows[] = {{"cblas_ssum", "", RP_FLOAT32, sum_f32},
                {"cblas_dsum", "", RP_FLOAT64, sum_f64},
                {"cblas_sdot", ".dot", RP_FLOAT32, dot_f32},
                {"cblas_ddot", ".dot", RP_FLOAT64, dot_f64}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const rp_thunk thunk = {.function = find_named(library, n, rows[i].symbol), .ilp64 = library->ilp64};
        const rp_kernel_entry entry = {.operands = "row",
                                       .op = RP_SUM,
                                       .dtype = rows[i].dtype,
                                       .n_max = library->shared  ? SHORT_PIECE
                                                : library->ilp64 ? 0
                                                                 : INT_MAX,
                                       .ok = sum_ok,
                                       .run = rows[i].run};
        if (thunk.function) rp_library_add(library, &entry, &thunk, rows[i].suffix, -1);
    }
}

/* The kernel, and where the library may split the work itself, a contender that lets it. */
static void add_both(rp_library *library, const rp_kernel_entry *entry, const rp_thunk *thunk, const char *suffix,
                     int instead_of)
{
    rp_library_add(library, entry, thunk, suffix, instead_of);
    if (!library->set_threads) return;
    rp_kernel_entry splits = *entry;
    rp_thunk own = *thunk;
    own.run = entry->run;
    own.set_threads = library->set_threads;
    splits.run = run_on_own_threads;
    splits.own_threads = true;
    rp_library_add(library, &splits, &own, ".threads", -1);
}

static bool bind(rp_library *library)
{
    const naming *n = find_naming(library);
    if (!n) return rp_library_refuse(library, "has no cblas_sscal, under any of its names");
    snprintf(library->version, sizeof library->version, "of unknown version");
    library->ilp64 = *n->suffix != '\0';
    ask_openblas(library, n);
    ask_blis(library);
    ask_mkl(library);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char scal[16], axpy[16];
        snprintf(scal, sizeof scal, "cblas_%s", types[i].scal);
        snprintf(axpy, sizeof axpy, "cblas_%s", types[i].axpy);
        rp_thunk thunk = {.function = find_named(library, n, scal), .ilp64 = library->ilp64};
        rp_thunk sum = {.function = find_named(library, n, axpy), .ilp64 = library->ilp64};
        thunk.longest = sum.longest = library->shared ? SHORT_PIECE : 0;
        if (!thunk.function || !sum.function)
            return rp_library_refuse(library, "has no %s%s%s", n->prefix, thunk.function ? axpy : scal, n->suffix);
        rp_kernel_entry e = {.dtype = types[i].dtype, .in_place_only = true, .n_max = library->ilp64 ? 0 : INT_MAX};
        e.op = RP_MULTIPLY, e.run = types[i].multiply;
        for (int k = 0; k < 2; k++) {
            e.operands = k ? "sv" : "vs";
            e.ok = scal_ok;
            const int plain = rp_library_add(library, &e, &thunk, "", -1);
            e.ok = scal_finite_ok;
            add_both(library, &e, &thunk, ".finite", plain);
        }
        e.operands = "vv";
        e.op = RP_ADD, e.run = types[i].add, e.ok = add_ok;
        add_both(library, &e, &sum, "", -1);
        e.op = RP_SUBTRACT, e.run = types[i].subtract, e.ok = subtract_ok;
        add_both(library, &e, &sum, "", -1);
    }
    add_sums(library, n);
    return true;
}

/* Does it take the lengths that it says? 5 - 2^32 is 5 where the lower half is read, and else less than 1: nothing to do.
 * A call with the wrong type, and so for the child alone. */
static bool check(rp_library *library)
{
#if UINTPTR_MAX > UINT32_MAX
    enum { FEW = 5 };
    float x[FEW] = {1, 1, 1, 1, 1};
    ((scal_f32_ilp64 *)library->kernels[0]->thunk.function)(FEW - ((int64_t)1 << 32), 2, x, 1);
    const bool ilp64 = x[0] == 1;
    if (ilp64 != library->ilp64)
        return rp_library_refuse(library, "says that its lengths have %d bits, and reads %d", library->ilp64 ? 64 : 32,
                                 ilp64 ? 64 : 32);
#endif
    return true;
}

const rp_family rp_cblas_family = {.bind = bind, .check = check};
