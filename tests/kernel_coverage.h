/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What ops.def promises against what the registry holds, for every instruction set of the build: an operation
 * without a kernel, and so without a test, shows up here.
 */
#ifndef RP_TEST_KERNEL_COVERAGE_H
#define RP_TEST_KERNEL_COVERAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choose/registry.h"

/* clang-format off */
typedef enum result_kind {
    RESULT_SAME, RESULT_TRUTH, RESULT_RATIO, RESULT_PART, RESULT_WIDE, RESULT_MEAN, RESULT_COUNT,
    RESULT_INDEX
} result_kind;
/* clang-format on */
typedef struct operation {
    const char *name;
    int inputs;     /* 0: a reduction or a mover */
    unsigned kinds; /* those with an expression */
    result_kind result;
} operation;

#define BOOL(name, ...) | 1u << RP_KIND_BOOL
#define SIGNED(name, ...) | 1u << RP_KIND_SIGNED
#define UNSIGNED(name, ...) | 1u << RP_KIND_UNSIGNED
#define INTEGER(name, ...) SIGNED(name, ) UNSIGNED(name, )
#define BITS(name, ...) INTEGER(name, )
#define REAL(name, ...) | 1u << RP_KIND_REAL
#define COMPLEX(name, ...) | 1u << RP_KIND_COMPLEX
#define FLOATS(name, ...) REAL(name, )
#define HALF(name, ...)
#define MATH(name) REAL(name)
#define MATH2(name) REAL(name)
#define CMATH(name) COMPLEX(name)
#define CMATH2(name) COMPLEX(name)
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) {#name, 1, 0u expressions, RESULT_##RESULT},
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) {#name, 2, 0u expressions, RESULT_##RESULT},
#define RP_TERNARY(ENUM, name, numpy, RESULT, FACTS, expressions) {#name, 3, 0u expressions, RESULT_##RESULT},
#define RP_MOVE(ENUM, name, numpy, ...) {#name, 0, 0, RESULT_SAME},
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) {#name, 0, 0, RESULT_##RESULT},
static const operation operations[RP_OP_COUNT] = {
#include "raptors/ops.def"
};
#undef BOOL
#undef SIGNED
#undef UNSIGNED
#undef INTEGER
#undef BITS
#undef REAL
#undef COMPLEX

static bool has_kernel(int isa, int op, int dtype, int to, int shape)
{
    static unsigned char seen[RP_ISA_COUNT][RP_OP_COUNT][RP_DTYPE_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT];
    static bool filled;
    const rp_kernel *kernel;
    for (size_t i = 0; !filled && (kernel = rp_registry_kernel(i)); i++)
        if (!(kernel->traits & ~(uint32_t)RP_TRAIT_APPROXIMATE))
            seen[kernel->isa][kernel->op][kernel->dtype][kernel->to][kernel->shape] = 1;
    filled = true;
    return seen[isa][op][dtype][to][shape];
}

static size_t require_kernel(int isa, int op, int dtype, int to, int shape, const char *shape_name)
{
    if (has_kernel(isa, op, dtype, to, shape)) return 0;
    printf("FAIL no kernel %s.%s.%s to %s for %s\n", operations[op].name, shape_name, rp_dtype_name((rp_dtype)dtype),
           rp_dtype_name((rp_dtype)to), rp_isa_name((rp_isa)isa));
    return 1;
}

static int result_dtype(result_kind result, int dtype)
{
    bool is_integer = dtype >= RP_INT8 && dtype <= RP_UINT64;
    switch (result) {
    case RESULT_TRUTH: return RP_BOOL;
    case RESULT_COUNT:
    case RESULT_INDEX: return RP_INT64;
    case RESULT_PART: return dtype == RP_COMPLEX64 ? RP_FLOAT32 : dtype == RP_COMPLEX128 ? RP_FLOAT64 : dtype;
    case RESULT_WIDE:
        if (dtype == RP_BOOL) return RP_INT64;
        return !is_integer ? dtype : rp_dtype_kind((rp_dtype)dtype) == RP_KIND_SIGNED ? RP_INT64 : RP_UINT64;
    default: return dtype;
    }
}

/* Whether a reduction has kernels for a type, or casts it first: a mean is a sum, sums of narrow integers are wide ones,
 * float16 goes by float32, and min and max of bools are all and any. */
static bool folds(int op, int dtype)
{
    if (op < RP_SUM || op == RP_MEAN || dtype == RP_FLOAT16) return false;
    if (op == RP_SUM || op == RP_PROD) return dtype >= RP_FLOAT16 || dtype == RP_INT64 || dtype == RP_UINT64;
    return dtype != RP_BOOL || (op != RP_MIN && op != RP_MAX);
}

static size_t require_ternary(int isa, int op, int dtype, int to)
{
    return require_kernel(isa, op, dtype, to, RP_VVV, "vvv") + require_kernel(isa, op, dtype, to, RP_VVS, "vvs") +
           require_kernel(isa, op, dtype, to, RP_VSV, "vsv") + require_kernel(isa, op, dtype, to, RP_VSS, "vss");
}

static size_t check_isa(int isa)
{
    size_t missing = 0;
    for (int dtype = 0; dtype < RP_DTYPE_COUNT; dtype++) {
        for (int op = 0; op < RP_OP_COUNT; op++) {
            int to = result_dtype(operations[op].result, dtype);
            bool expressed = operations[op].kinds >> rp_dtype_kind((rp_dtype)dtype) & 1;
            if (operations[op].inputs == 1 && expressed) missing += require_kernel(isa, op, dtype, to, RP_V, "v");
            if (operations[op].inputs == 2 && expressed) {
                missing += require_kernel(isa, op, dtype, to, RP_VV, "vv");
                missing += require_kernel(isa, op, dtype, to, RP_VS, "vs");
                missing += require_kernel(isa, op, dtype, to, RP_SV, "sv");
            }
            if (operations[op].inputs == 3 && expressed) missing += require_ternary(isa, op, dtype, to);
            if (folds(op, dtype)) missing += require_kernel(isa, op, dtype, to, RP_ROW, "row");
            if (folds(op, dtype)) missing += require_kernel(isa, op, dtype, to, RP_COLUMN, "column");
        }
        for (int to = 0; to < RP_DTYPE_COUNT; to++)
            if (to != dtype) missing += require_kernel(isa, RP_ASTYPE, dtype, to, RP_V, "v");
        missing += require_ternary(isa, RP_WHERE, dtype, dtype);
    }
    return missing;
}

static int by_name(const void *x, const void *y) { return strcmp(*(const char *const *)x, *(const char *const *)y); }

/* A name stands for one kernel in profiles and reports. */
static size_t check_names(void)
{
    size_t count = 0, twice = 0;
    while (rp_registry_kernel(count)) count++;
    const char **names = malloc((count + 1) * sizeof *names);
    if (!names) exit(2);
    for (size_t i = 0; i < count; i++) names[i] = rp_registry_kernel(i)->name;
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) != 0) continue;
        printf("FAIL two kernels are called %s\n", names[i]);
        twice++;
    }
    free(names);
    return twice;
}

static size_t check_coverage(void)
{
    size_t failures = check_names();
    for (int isa = 0; isa < RP_ISA_COUNT; isa++)
        if (rp_registry_isa((rp_isa)isa)) failures += check_isa(isa);
    return failures;
}

#endif
