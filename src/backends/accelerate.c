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
          ((scale_##code *)t->function)((int)n, number, z, 1))
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

typedef enum form { VECTOR, NUMBER, VECTORS, SWAPPED, FOLD, FORCE, SCALE, FORMS } form;

static const struct {
    void (*run[2])(const rp_call *); /* float, double */
    bool (*ok)(const rp_call *);
    bool strided, int_lengths;
} forms[FORMS] = {
    [VECTOR] = {{run_vector_f32, run_vector_f64}, ok, true, false},
    [NUMBER] = {{run_number_f32, run_number_f64}, ok, true, false},
    [VECTORS] = {{run_vectors_f32, run_vectors_f64}, ok, true, false},
    [SWAPPED] = {{run_swapped_f32, run_swapped_f64}, ok, true, false},
    [FOLD] = {{run_fold_f32, run_fold_f64}, ok, false, false},
    [FORCE] = {{run_force_f32, run_force_f64}, ok, false, true},
    [SCALE] = {{run_scale_f32, run_scale_f64}, scale_ok, false, true},
};

static const struct {
    const char *symbols[2];
    form form;
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
};

static bool bind(rp_library *library)
{
    snprintf(library->version, sizeof library->version, "vDSP, vForce and cblas");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int type = 0; type < 2; type++) {
            const rp_thunk thunk = {.function = rp_library_find(library, rows[i].symbols[type])};
            if (!thunk.function) return rp_library_refuse(library, "has no %s", rows[i].symbols[type]);
            const rp_kernel_entry entry = {.operands = rows[i].operands,
                                           .op = rows[i].op,
                                           .dtype = type ? RP_FLOAT64 : RP_FLOAT32,
                                           .strided = forms[rows[i].form].strided,
                                           .in_place_only = rows[i].form == SCALE,
                                           .n_max = forms[rows[i].form].int_lengths ? INT_MAX : 0,
                                           .ok = forms[rows[i].form].ok,
                                           .run = forms[rows[i].form].run[type]};
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
