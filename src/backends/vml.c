/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MKL's vector mathematics (VML), for what is in the table of operations. The functions vms* and vmd* take the mode with
 * every call, so that nobody else's setting is used or changed: subnormals kept, errors ignored, high accuracy or, of RP_FAST, low.
 */
#include "backends/backend.h"

#include <stdio.h>

/* VML_HA or, of RP_FAST, VML_LA; VML_FTZDAZ_OFF | VML_ERRMODE_IGNORE, mkl_vml_defines.h */
static const int64_t HIGH = 0x2 | 0x140000 | 0x100, LOW = 0x1 | 0x140000 | 0x100;

#define THUNKS(code, T)                                                                                          \
    typedef void unary_##code##_lp64(int, const T *, T *, int64_t);                                              \
    typedef void unary_##code##_ilp64(int64_t, const T *, T *, int64_t);                                         \
    typedef void binary_##code##_lp64(int, const T *, const T *, T *, int64_t);                                  \
    typedef void binary_##code##_ilp64(int64_t, const T *, const T *, T *, int64_t);                             \
    static void run_##code(const rp_thunk *t, size_t n, const void *x, const void *y, void *z, int64_t mode)     \
    {                                                                                                            \
        if (t->inputs == 1 && t->ilp64)                                                                          \
            ((unary_##code##_ilp64 *)t->function)((int64_t)n, x, z, mode);                                       \
        else if (t->inputs == 1)                                                                                 \
            ((unary_##code##_lp64 *)t->function)((int)n, x, z, mode);                                            \
        else if (t->ilp64)                                                                                       \
            ((binary_##code##_ilp64 *)t->function)((int64_t)n, x, y, z, mode);                                   \
        else                                                                                                     \
            ((binary_##code##_lp64 *)t->function)((int)n, x, y, z, mode);                                        \
    }                                                                                                            \
    static void exact_##code(const rp_call *call)                                                                \
    {                                                                                                            \
        const rp_thunk *t = call->data;                                                                          \
        for (size_t row = 0; row < call->m; row++)                                                               \
            run_##code(t, call->n, rp_row(call, 1, row), t->inputs > 1 ? rp_row(call, 2, row) : NULL,            \
                       rp_row(call, 0, row), HIGH);                                                              \
    }                                                                                                            \
    static void part_##code(const rp_thunk *t, size_t n, const void *x, const void *y, void *z)                  \
    {                                                                                                            \
        run_##code(t, n, x, y, z, LOW);                                                                          \
    }                                                                                                            \
    static void fast_##code(const rp_call *call) { rp_run_in_parts(call, part_##code); }
THUNKS(f32, float)
THUNKS(f64, double)

static bool unary_ok(const rp_call *call)
{
    const size_t size = rp_dtype_size(((const rp_thunk *)call->data)->dtype);
    return rp_is_aligned(call, 0, size) && rp_is_aligned(call, 1, size);
}

static bool binary_ok(const rp_call *call)
{
    return unary_ok(call) && rp_is_aligned(call, 2, rp_dtype_size(((const rp_thunk *)call->data)->dtype));
}

static const struct {
    const char *name;
    rp_op op;
    rp_accuracy accuracy;
} rows[] = {
#define EXACT(name, op) {name, op, RP_ACCURATE}
#define FAST(name, op) {name, op, RP_FAST}
    EXACT("Mul", RP_MULTIPLY), EXACT("Add", RP_ADD),     EXACT("Sub", RP_SUBTRACT), EXACT("Div", RP_DIVIDE),
    EXACT("Sqr", RP_SQUARE),   EXACT("Abs", RP_ABS),     EXACT("Sqrt", RP_SQRT),    EXACT("Floor", RP_FLOOR),
    EXACT("Ceil", RP_CEIL),    EXACT("Trunc", RP_TRUNC), EXACT("Rint", RP_ROUND),   FAST("Exp", RP_EXP),
    FAST("Exp2", RP_EXP2),     FAST("Expm1", RP_EXPM1),  FAST("Ln", RP_LOG),        FAST("Log2", RP_LOG2),
    FAST("Log10", RP_LOG10),   FAST("Log1p", RP_LOG1P),  FAST("Sin", RP_SIN),       FAST("Cos", RP_COS),
    FAST("Tan", RP_TAN),       FAST("Asin", RP_ASIN),    FAST("Acos", RP_ACOS),     FAST("Atan", RP_ATAN),
    FAST("Sinh", RP_SINH),     FAST("Cosh", RP_COSH),    FAST("Tanh", RP_TANH),     FAST("Asinh", RP_ASINH),
    FAST("Acosh", RP_ACOSH),   FAST("Atanh", RP_ATANH),  FAST("Cbrt", RP_CBRT),     FAST("Pow", RP_POW),
    FAST("Atan2", RP_ATAN2),   FAST("Hypot", RP_HYPOT),
#undef EXACT
#undef FAST
};

static bool add_row(rp_library *library, size_t i, bool is_double)
{
    char symbol[32];
    snprintf(symbol, sizeof symbol, "vm%c%s_64", is_double ? 'd' : 's', rows[i].name);
    rp_thunk thunk = {.function = rp_library_find(library, symbol), .ilp64 = true};
    if (!thunk.function) {
        symbol[strlen(symbol) - 3] = '\0';
        thunk = (rp_thunk){.function = rp_library_find(library, symbol)};
    }
    const bool fast = rows[i].accuracy == RP_FAST, binary = rp_op_inputs(rows[i].op) == 2;
    if (!thunk.function) return fast || rp_library_refuse(library, "has no %s", symbol); /* older ones lack a few */
    library->ilp64 = thunk.ilp64;
    const rp_kernel_entry entry = {
        .operands = binary ? "vv" : "v",
        .op = rows[i].op,
        .dtype = is_double ? RP_FLOAT64 : RP_FLOAT32,
        .n_max = thunk.ilp64 || fast ? 0 : INT_MAX,
        .ok = fast     ? NULL
              : binary ? binary_ok
                       : unary_ok,
        .run = fast ? (is_double ? fast_f64 : fast_f32) : (is_double ? exact_f64 : exact_f32),
        .accuracy = rows[i].accuracy,
    };
    rp_library_add(library, &entry, &thunk, "", -1);
    return true;
}

static bool bind(rp_library *library)
{
    enum { SEQUENTIAL = 1 };
    /* As in cblas.c: Raptors' threads split the work. */
    rp_os_function layer = rp_library_find(library, "MKL_Set_Threading_Layer");
    rp_os_function version = rp_library_find(library, "MKL_Get_Version_String");
    if (layer && !library->shared) ((int (*)(int))layer)(SEQUENTIAL);
    snprintf(library->version, sizeof library->version, "of unknown version");
    if (version) ((void (*)(char *, int))version)(library->version, (int)sizeof library->version - 1);
    for (size_t end = strlen(library->version); end && library->version[end - 1] == ' ';)
        library->version[--end] = '\0';
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        if (!add_row(library, i / 2, i % 2)) return false;
    }
    return true;
}

const rp_family rp_vml_family = {.bind = bind};
