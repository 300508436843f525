/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Libraries of functions that take a vector register and return one: glibc's libmvec, whose names are those of the x86-64 and AArch64
 * vector function ABIs (_ZGVdN8v_expf), and SLEEF (Sleef_expf8_u10avx2). Of those for the instruction set in use, kernels of
 * RP_FAST are made by the loops of src/isa/vector_functions.c.
 */
#include "backends/backend.h"

#include <stdio.h>

#include "choose/accuracy.h"

/* How the libraries call the instruction sets; the highest first. */
static const struct {
    rp_isa isa;
    char letter;       /* of the ABI */
    const char *sleef; /* SLEEF's word */
} sets[] = {{RP_ISA_AVX512, 'e', "avx512f"},
            {RP_ISA_AVX2, 'd', "avx2"},
            {RP_ISA_SSE2, 'b', "sse2"},
            {RP_ISA_NEON, 'n', "advsimd"}};
enum { SETS = sizeof sets / sizeof *sets };

/* SLEEF's bounds on the error, in tenths of a unit of the last place: the first that a function has. A looser one is faster. */
static const char *const bounds[] = {"u35", "u10", "u15", "u05"};
enum { BOUNDS = sizeof bounds / sizeof *bounds };

/* For which SLEEF reduces a vector's arguments as the largest of them needs it: a result has other bits beside a large argument,
 * at times so rarely that admission would not see it. */
static bool mixes_lanes(rp_op op) { return op == RP_SIN || op == RP_COS || op == RP_TAN; }

static rp_os_function find(const rp_library *library, int set, size_t bytes, rp_op op, rp_dtype dtype)
{
    char symbol[48];
    const char *name = rp_op_name(op); /* C's name of the function too */
    const size_t lanes = bytes / rp_dtype_size(dtype);
    snprintf(symbol, sizeof symbol, "_ZGV%cN%zu%s_%s%s", sets[set].letter, lanes, rp_op_inputs(op) == 2 ? "vv" : "v",
             name, dtype == RP_FLOAT32 ? "f" : "");
    rp_os_function function = rp_library_find(library, symbol);
    for (int i = 0; i < BOUNDS && !function && !mixes_lanes(op); i++) {
        snprintf(symbol, sizeof symbol, "Sleef_%s%c%zu_%s%s", name, dtype == RP_FLOAT32 ? 'f' : 'd', lanes, bounds[i],
                 sets[set].sleef);
        function = rp_library_find(library, symbol);
    }
    return function;
}

static void add(rp_library *library, int set, rp_op op, rp_dtype dtype)
{
    const rp_vector_loops *loops = rp_registry_isa(sets[set].isa)->vector_loops;
    const rp_thunk thunk = {.function = find(library, set, loops->bytes, op, dtype)};
    const int inputs = rp_op_inputs(op);
    const rp_kernel_entry entry = {.operands = inputs == 2 ? "vv" : "v",
                                   .op = op,
                                   .dtype = dtype,
                                   .run = loops->run[inputs - 1][dtype == RP_FLOAT64],
                                   .accuracy = RP_FAST};
    if (thunk.function) rp_library_add(library, &entry, &thunk, "", -1);
}

static bool runs(rp_isa isa) { return rp_registry_isa(isa) && !(rp_isa_needs(isa) & ~rp_cpu_features()); }

static bool bind(rp_library *library)
{
    for (int set = 0; set < SETS && !library->count; set++) {
        if (!runs(sets[set].isa)) continue;
        snprintf(library->version, sizeof library->version, "functions for %s", rp_isa_name(sets[set].isa));
        for (int op = 0; op < RP_OP_COUNT; op++) {
            if (!rp_has_classes((rp_op)op, RP_FLOAT32)) continue;
            add(library, set, (rp_op)op, RP_FLOAT32);
            add(library, set, (rp_op)op, RP_FLOAT64);
        }
    }
    library->shared = false; /* they have neither threads nor settings */
    return library->count || rp_library_refuse(library, "has no functions for the instruction sets in use");
}

const rp_family rp_vector_functions_family = {.bind = bind};
