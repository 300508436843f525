/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Apple's Accelerate: vDSP, vForce and cblas_?scal. On other systems a stand-in with the same exports, which the tests
 * build, is loaded from the path in RAPTORS_ACCELERATE, so that every thunk here is run.
 *
 * NOTHING HERE WAS EVER RUN ON A MAC. The signatures are those of Apple's documentation (vDSP.h, vForce.h): vDSP strides
 * count elements, and vDSP_vsub and vDSP_vdiv take the right operand first. Whether Accelerate's results have NumPy's
 * bits (NaN in vmax and vmin, subnormals, the sign of zero) is for admission to find out there; and so is whether the
 * framework can be opened in a forked child, which the probe does.
 */
#include "backends/backend.h"

#include <stdio.h>

/* In elements; rp_is_aligned has seen that it comes out even. */
#define STEP(k, T) ((long)(call->inner[k] / (ptrdiff_t)sizeof(T)))
#define THUNK(name, code, T, statement)                                          \
    static void name##_##code(const rp_call *call)                               \
    {                                                                            \
        const rp_thunk *t = call->data;                                          \
        const unsigned long n = call->n;                                         \
        for (size_t row = 0; row < call->m; row++) {                             \
            T *z = (T *)rp_row(call, 0, row);                                    \
            statement;                                                           \
        }                                                                        \
    }
#define OPERAND(k, T) ((const T *)rp_row(call, k, row))

#define THUNKS(code, T)                                                                                              \
    typedef void vector_##code(const T *, long, T *, long, unsigned long);                                           \
    typedef void number_##code(const T *, long, const T *, T *, long, unsigned long);                                \
    typedef void vectors_##code(const T *, long, const T *, long, T *, long, unsigned long);                         \
    typedef void fold_##code(const T *, long, T *, unsigned long);                                                   \
    typedef void force_##code(T *, const T *, const int *);                                                          \
    typedef void forces_##code(T *, const T *, const T *, const int *);                                              \
    typedef void scale_##code(int, T, T *, int);                                                                     \
    THUNK(run_vector, code, T, ((vector_##code *)t->function)(OPERAND(1, T), STEP(1, T), z, STEP(0, T), n))          \
    THUNK(run_vectors, code, T,                                                                                      \
          ((vectors_##code *)t->function)(OPERAND(1, T), STEP(1, T), OPERAND(2, T), STEP(2, T), z, STEP(0, T), n))   \
    THUNK(run_swapped, code, T,                                                                                      \
          ((vectors_##code *)t->function)(OPERAND(2, T), STEP(2, T), OPERAND(1, T), STEP(1, T), z, STEP(0, T), n))   \
    THUNK(run_number, code, T,                                                                                       \
          T number; memcpy(&number, rp_row(call, t->number, row), sizeof number);                                    \
          ((number_##code *)t->function)(OPERAND(3 - t->number, T), STEP(3 - t->number, T), &number, z, STEP(0, T), n)) \
    THUNK(run_fold, code, T, ((fold_##code *)t->function)(OPERAND(1, T), 1, z, n))                                   \
    THUNK(run_force, code, T, const int length = (int)n; ((force_##code *)t->function)(z, OPERAND(1, T), &length))   \
    THUNK(run_scale, code, T,                                                                                        \
          T number; memcpy(&number, rp_row(call, t->number, row), sizeof number);                                    \
          ((scale_##code *)t->function)((int)n, number, z, 1))                                                       \
    static void part_##code(const rp_thunk *t, size_t n, const void *x, const void *y, void *z)                      \
    {                                                                                                                \
        const int length = (int)n;                                                                                   \
        if (t->inputs == 1)                                                                                          \
            ((force_##code *)t->function)(z, x, &length);                                                            \
        else                                                                                                         \
            ((forces_##code *)t->function)(z, x, y, &length);                                                        \
    }                                                                                                                \
    static void swapped_part_##code(const rp_thunk *t, size_t n, const void *x, const void *y, void *z)              \
    {                                                                                                                \
        part_##code(t, n, y, x, z);                                                                                  \
    }                                                                                                                \
    static void run_fast_##code(const rp_call *call) { rp_run_in_parts(call, part_##code); }                         \
    static void run_fast_swapped_##code(const rp_call *call) { rp_run_in_parts(call, swapped_part_##code); }
THUNKS(f32, float)
THUNKS(f64, double)

static bool ok(const rp_call *call)
{
    const rp_thunk *t = call->data;
    const size_t size = rp_dtype_size(t->dtype);
    for (int k = 0; k <= t->inputs; k++) {
        const bool is_number = k != 0 && k == t->number;
        if (!is_number && !rp_is_aligned(call, k, size)) return false;
    }
    return true;
}

static bool scale_ok(const rp_call *call)
{
    const rp_thunk *t = call->data;
    const int vector = 3 - t->number;
    return ok(call) && call->ptr[0] == call->ptr[vector] && (call->m == 1 || call->outer[0] == call->outer[vector]);
}

typedef enum form_name { VECTOR, NUMBER, VECTORS, SWAPPED, FOLD, FORCE, SCALE, FAST, FAST_SWAPPED, FORMS } form_name;

typedef struct form {
    void (*run[2])(const rp_call *); /* float, double */
    bool (*ok)(const rp_call *);
    bool strided, int_lengths;
    rp_accuracy accuracy;
} form;

static const form forms[FORMS] = {
    [VECTOR] = {{run_vector_f32, run_vector_f64}, ok, true, false, RP_ACCURATE},
    [NUMBER] = {{run_number_f32, run_number_f64}, ok, true, false, RP_ACCURATE},
    [VECTORS] = {{run_vectors_f32, run_vectors_f64}, ok, true, false, RP_ACCURATE},
    [SWAPPED] = {{run_swapped_f32, run_swapped_f64}, ok, true, false, RP_ACCURATE},
    [FOLD] = {{run_fold_f32, run_fold_f64}, ok, false, false, RP_ACCURATE},
    [FORCE] = {{run_force_f32, run_force_f64}, ok, false, true, RP_ACCURATE},
    [SCALE] = {{run_scale_f32, run_scale_f64}, scale_ok, false, true, RP_ACCURATE},
    [FAST] = {{run_fast_f32, run_fast_f64}, NULL, false, false, RP_FAST},
    [FAST_SWAPPED] = {{run_fast_swapped_f32, run_fast_swapped_f64}, NULL, false, false, RP_FAST},
};

static const struct {
    const char *symbols[2];
    form_name form;
    rp_op op;
    const char *operands, *suffix;
} rows[] = {
    {{"vDSP_vsmul", "vDSP_vsmulD"}, NUMBER, RP_MULTIPLY, "vs", ""},
    {{"vDSP_vsmul", "vDSP_vsmulD"}, NUMBER, RP_MULTIPLY, "sv", ""},
    {{"vDSP_vsadd", "vDSP_vsaddD"}, NUMBER, RP_ADD, "vs", ""},
    {{"vDSP_vsadd", "vDSP_vsaddD"}, NUMBER, RP_ADD, "sv", ""},
    {{"vDSP_vmul", "vDSP_vmulD"}, VECTORS, RP_MULTIPLY, "vv", ""},
    {{"vDSP_vadd", "vDSP_vaddD"}, VECTORS, RP_ADD, "vv", ""},
    {{"vDSP_vsub", "vDSP_vsubD"}, SWAPPED, RP_SUBTRACT, "vv", ""},
    {{"vDSP_vdiv", "vDSP_vdivD"}, SWAPPED, RP_DIVIDE, "vv", ""},
    {{"vDSP_vmax", "vDSP_vmaxD"}, VECTORS, RP_MAXIMUM, "vv", ""},
    {{"vDSP_vmin", "vDSP_vminD"}, VECTORS, RP_MINIMUM, "vv", ""},
    {{"vDSP_vneg", "vDSP_vnegD"}, VECTOR, RP_NEGATIVE, "v", ""},
    {{"vDSP_vabs", "vDSP_vabsD"}, VECTOR, RP_ABS, "v", ""},
    {{"vDSP_vsq", "vDSP_vsqD"}, VECTOR, RP_SQUARE, "v", ""},
    {{"vDSP_sve", "vDSP_sveD"}, FOLD, RP_SUM, "row", ""}, /* for mean too, which is a sum and a division */
    {{"vDSP_maxv", "vDSP_maxvD"}, FOLD, RP_MAX, "row", ""},
    {{"vDSP_minv", "vDSP_minvD"}, FOLD, RP_MIN, "row", ""},
    {{"vvsqrtf", "vvsqrt"}, FORCE, RP_SQRT, "v", ""},
    {{"vvfloorf", "vvfloor"}, FORCE, RP_FLOOR, "v", ""},
    {{"vvceilf", "vvceil"}, FORCE, RP_CEIL, "v", ""},
    {{"vvintf", "vvint"}, FORCE, RP_TRUNC, "v", ""},
    {{"cblas_sscal", "cblas_dscal"}, SCALE, RP_MULTIPLY, "vs", ".scal"},
    {{"cblas_sscal", "cblas_dscal"}, SCALE, RP_MULTIPLY, "sv", ".scal"},
    {{"vvexpf", "vvexp"}, FAST, RP_EXP, "v", ""},
    {{"vvexp2f", "vvexp2"}, FAST, RP_EXP2, "v", ""},
    {{"vvexpm1f", "vvexpm1"}, FAST, RP_EXPM1, "v", ""},
    {{"vvlogf", "vvlog"}, FAST, RP_LOG, "v", ""},
    {{"vvlog2f", "vvlog2"}, FAST, RP_LOG2, "v", ""},
    {{"vvlog10f", "vvlog10"}, FAST, RP_LOG10, "v", ""},
    {{"vvlog1pf", "vvlog1p"}, FAST, RP_LOG1P, "v", ""},
    {{"vvsinf", "vvsin"}, FAST, RP_SIN, "v", ""},
    {{"vvcosf", "vvcos"}, FAST, RP_COS, "v", ""},
    {{"vvtanf", "vvtan"}, FAST, RP_TAN, "v", ""},
    {{"vvasinf", "vvasin"}, FAST, RP_ASIN, "v", ""},
    {{"vvacosf", "vvacos"}, FAST, RP_ACOS, "v", ""},
    {{"vvatanf", "vvatan"}, FAST, RP_ATAN, "v", ""},
    {{"vvsinhf", "vvsinh"}, FAST, RP_SINH, "v", ""},
    {{"vvcoshf", "vvcosh"}, FAST, RP_COSH, "v", ""},
    {{"vvtanhf", "vvtanh"}, FAST, RP_TANH, "v", ""},
    {{"vvasinhf", "vvasinh"}, FAST, RP_ASINH, "v", ""},
    {{"vvacoshf", "vvacosh"}, FAST, RP_ACOSH, "v", ""},
    {{"vvatanhf", "vvatanh"}, FAST, RP_ATANH, "v", ""},
    {{"vvcbrtf", "vvcbrt"}, FAST, RP_CBRT, "v", ""},
    {{"vvatan2f", "vvatan2"}, FAST, RP_ATAN2, "vv", ""},
    {{"vvpowf", "vvpow"}, FAST_SWAPPED, RP_POW, "vv", ""}, /* the exponent comes first */
};

static bool bind(rp_library *library)
{
    snprintf(library->version, sizeof library->version, "vDSP, vForce and cblas");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int type = 0; type < 2; type++) {
            const rp_thunk thunk = {.function = rp_library_find(library, rows[i].symbols[type])};
            const form *f = &forms[rows[i].form];
            if (!thunk.function && f->accuracy == RP_FAST) continue; /* older systems may lack some */
            if (!thunk.function) return rp_library_refuse(library, "has no %s", rows[i].symbols[type]);
            const rp_kernel_entry entry = {.operands = rows[i].operands,
                                           .op = rows[i].op,
                                           .dtype = type ? RP_FLOAT64 : RP_FLOAT32,
                                           .strided = f->strided,
                                           .in_place_only = rows[i].form == SCALE,
                                           .n_max = f->int_lengths ? INT_MAX : 0,
                                           .ok = f->ok,
                                           .run = f->run[type],
                                           .accuracy = f->accuracy};
            rp_library_add(library, &entry, &thunk, rows[i].suffix, -1);
        }
    }
    return true;
}

const rp_family rp_accelerate_family = {
    .path_variable = "RAPTORS_ACCELERATE",
    .note = "these kernels were never run on a Mac, only against a stand-in with the same functions",
    .bind = bind,
};
