/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MKL's vector mathematics (VML), for what is in the table of operations. The functions vms* and vmd* take the mode with
 * every call, so that nobody else's setting is used or changed: high accuracy, subnormals kept, errors ignored.
 */
#include "backends/backend.h"

#include <stdio.h>

/* VML_HA | VML_FTZDAZ_OFF | VML_ERRMODE_IGNORE, mkl_vml_defines.h */
static const int64_t MODE = 0x2 | 0x140000 | 0x100;

#define THUNKS(code, T)                                                                                  \
    typedef void unary_##code##_lp64(int, const T *, T *, int64_t);                                      \
    typedef void unary_##code##_ilp64(int64_t, const T *, T *, int64_t);                                 \
    typedef void binary_##code##_lp64(int, const T *, const T *, T *, int64_t);                          \
    typedef void binary_##code##_ilp64(int64_t, const T *, const T *, T *, int64_t);                     \
    static void unary_##code(const rp_call *call)                                                        \
    {                                                                                                    \
        const rp_thunk *t = call->data;                                                                  \
        for (size_t row = 0; row < call->m; row++) {                                                     \
            T *z = (T *)rp_row(call, 0, row);                                                            \
            const T *x = (const T *)rp_row(call, 1, row);                                                \
            if (t->ilp64)                                                                                \
                ((unary_##code##_ilp64 *)t->function)((int64_t)call->n, x, z, MODE);                     \
            else                                                                                         \
                ((unary_##code##_lp64 *)t->function)((int)call->n, x, z, MODE);                          \
        }                                                                                                \
    }                                                                                                    \
    static void binary_##code(const rp_call *call)                                                       \
    {                                                                                                    \
        const rp_thunk *t = call->data;                                                                  \
        for (size_t row = 0; row < call->m; row++) {                                                     \
            T *z = (T *)rp_row(call, 0, row);                                                            \
            const T *x = (const T *)rp_row(call, 1, row), *y = (const T *)rp_row(call, 2, row);          \
            if (t->ilp64)                                                                                \
                ((binary_##code##_ilp64 *)t->function)((int64_t)call->n, x, y, z, MODE);                 \
            else                                                                                         \
                ((binary_##code##_lp64 *)t->function)((int)call->n, x, y, z, MODE);                      \
        }                                                                                                \
    }
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
    bool binary;
} rows[] = {
    {"Mul", RP_MULTIPLY, true}, {"Add", RP_ADD, true},      {"Sub", RP_SUBTRACT, true}, {"Div", RP_DIVIDE, true},
    {"Sqr", RP_SQUARE, false},  {"Abs", RP_ABS, false},     {"Sqrt", RP_SQRT, false},   {"Floor", RP_FLOOR, false},
    {"Ceil", RP_CEIL, false},   {"Trunc", RP_TRUNC, false}, {"Rint", RP_ROUND, false},
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
    if (!thunk.function) return rp_library_refuse(library, "has no %s", symbol);
    library->ilp64 = thunk.ilp64;
    const rp_kernel_entry entry = {
        .operands = rows[i].binary ? "vv" : "v",
        .op = rows[i].op,
        .dtype = is_double ? RP_FLOAT64 : RP_FLOAT32,
        .n_max = thunk.ilp64 ? 0 : INT_MAX,
        .ok = rows[i].binary ? binary_ok : unary_ok,
        .run = rows[i].binary ? (is_double ? binary_f64 : binary_f32) : (is_double ? unary_f64 : unary_f32),
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
