/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Walks the registry: every kernel that this CPU runs, against the reference. Each line of failure names the kernel.
 *   --kernel GLOB   only these          --bench   ns an element, for the same kernels
 *   --thin          a share of the cases, for emulators and sanitizers (also RAPTORS_TEST_THIN=1)
 */
#include <fnmatch.h>

#include "choose/registry.h"
#include "kernel_coverage.h"
#include "kernel_indexers.h"
#include "kernel_movers.h"
#include "kernel_run.h"
#include "runtime/runtime.h"

static const size_t long_lengths[] = {96, 127, 128, 129, 191, 255, 256, 257, 511, 512, 513, 1025, 2047, 4099};
enum { LONG_LENGTHS = sizeof long_lengths / sizeof *long_lengths, SHORT_LENGTHS = 67 };

static bool thin;

/* Layouts of one length: each property changes from one to the next, so that all meet over the lengths. */
static layout layout_number(const rp_kernel *kernel, size_t n, size_t number)
{
    static const alias aliases[] = {ALIAS_NONE, ALIAS_OUT_X, ALIAS_NONE, ALIAS_OUT_Y, ALIAS_ALL, ALIAS_X_Y, ALIAS_NONE};
    size_t size = operand_size(kernel, 1), turn = n + number;
    layout at = {
        .n = n,
        .m = 1 + turn % 3,
        .gap = (ptrdiff_t)(turn % 4 == 0   ? size
                           : turn % 4 == 2 ? 3
                                           : 0),
        .shift = (ptrdiff_t)(number % 3 == 1 ? 1
                             : turn % 5 == 3 ? size
                                             : 0),
        .at_end = number % 2 == 0,
        .backwards = turn % 7 == 5,
        .alias = aliases[turn % 7],
        .values = (values)(turn % VALUES_COUNT),
        .multiples = number % 2 && rp_dtype_kind((rp_dtype)kernel->dtype) == RP_KIND_REAL,
        .first = n * 13 + number,
    };
    if (kernel_inputs(kernel) != 2) at.multiples = false;
    if (!may_alias(kernel, at.alias)) at.alias = ALIAS_NONE;
    if (at.alias != ALIAS_NONE && at.alias != ALIAS_X_Y) at.multiples = at.multiples && at.alias != ALIAS_ALL;
    if (at.alias == ALIAS_X_Y) at.multiples = false;
    return at;
}

static bool length_suits(const rp_kernel *kernel, size_t n)
{
    return kernel->shape != RP_ROW || n <= RP_REFERENCE_ROW_BYTES / operand_size(kernel, 1);
}

static bool check_lengths(const rp_kernel *kernel)
{
    for (size_t n = 1; n <= SHORT_LENGTHS; n++) {
        for (size_t number = 0; number < (thin ? 1 : 4) && length_suits(kernel, n); number++) {
            layout at = layout_number(kernel, n, thin ? n / 2 : number);
            if (!try_layout(kernel, &at)) return false;
        }
    }
    size_t limit = RP_REFERENCE_ROW_BYTES / operand_size(kernel, 1);
    for (size_t n = limit - 1; kernel->shape == RP_ROW && n <= limit; n++) {
        layout at = layout_number(kernel, n, n);
        at.m = 1;
        if (length_suits(kernel, n) && !try_layout(kernel, &at)) return false;
    }
    for (size_t n = 1; kernel->shape == RP_ROW && n <= SHORT_LENGTHS; n++) {
        layout at = layout_number(kernel, n, n);
        at.m = 37; /* short rows go through kernels many at a time, and some are left over */
        if (length_suits(kernel, n) && !try_layout(kernel, &at)) return false;
    }
    for (size_t i = 0; i < LONG_LENGTHS; i += thin ? 4 : 1) {
        if (!length_suits(kernel, long_lengths[i])) continue;
        for (size_t number = 0; number < 2; number++) {
            layout at = layout_number(kernel, long_lengths[i], number + i);
            if (!try_layout(kernel, &at)) return false;
        }
    }
    return true;
}

/* Every pair of special values: the scalar operand takes each in turn, vectors of them meet by rotation. */
static bool check_pairs(const rp_kernel *kernel)
{
    size_t count = special_count((rp_dtype)kernel->dtype);
    if (kernel->shape > RP_SV) return true;
    for (size_t turn = 0; turn < (kernel->shape == RP_V ? 1 : count); turn += thin ? 5 : 1) {
        layout at = {.n = count, .m = 1, .values = VALUES_SPECIAL, .first = turn};
        if (!length_suits(kernel, count)) return true;
        if (kernel->shape == RP_VV) {
            at.m = 2;
            at.alias = turn % 3 == 1 ? ALIAS_OUT_X : ALIAS_NONE;
            if (!may_alias(kernel, at.alias)) at.alias = ALIAS_NONE;
        }
        if (!try_layout(kernel, &at)) return false;
    }
    return true;
}

/* All float16 numbers as operands; and as results of a cast, the numbers halfway between two, and beside that. */
static bool check_halves(const rp_kernel *kernel)
{
    enum { BLOCK = 4096 };
    bool cast = kernel->op == RP_ASTYPE && kernel->to == RP_FLOAT16 &&
                (kernel->dtype == RP_FLOAT32 || kernel->dtype == RP_FLOAT64);
    if (kernel->shape != RP_V || !(kernel->dtype == RP_FLOAT16 || cast)) return true;
#if !defined(__x86_64__)
    if (kernel->op == RP_ASTYPE && kernel->to != RP_BOOL && !is_floating((rp_dtype)kernel->to)) return true;
#endif
    layout at = {.n = BLOCK, .m = 1};
    operand operands[RP_MAX_OPERANDS] = {place_operand(kernel, &at, 0), place_operand(kernel, &at, 1)};
    for (uint32_t half = 0; half < 0x10000; half += BLOCK) {
        for (int beside = -1; beside <= 1; beside++) {
            for (uint32_t i = 0; i < BLOCK; i++) {
                uint16_t low = (uint16_t)(half + i), high = (uint16_t)(half + i + 1);
                double middle = (rp_reference_from_half(low) + rp_reference_from_half(high)) / 2;
                if ((low & 0x7fff) == 0x7bff) middle = copysign(65520, rp_reference_from_half(low));
                double moved = kernel->dtype == RP_FLOAT32
                                   ? (double)nextafterf((float)middle, (float)(middle * (1 + beside)))
                                   : nextafter(middle, middle * (1 + beside));
                if (cast)
                    put_real((rp_dtype)kernel->dtype, operands[1].pointer + i * operands[1].size, moved);
                else
                    memcpy(operands[1].pointer + 2 * (size_t)i, &low, 2);
            }
            if (!run_and_compare(kernel, &at, operands)) return false;
            if (!cast) break;
        }
        if (thin) half += 3 * BLOCK;
    }
    return true;
}

static bool check_kernel(const rp_kernel *kernel)
{
    random_state = 1; /* the same operands whichever kernels are named */
    if (!known(kernel) && (kernel->shape == RP_ROW || kernel->shape == RP_COLUMN)) {
        printf("FAIL %s: the reference does not know it\n", kernel->name);
        return false;
    }
    return check_lengths(kernel) && check_pairs(kernel) && check_halves(kernel);
}

static void bench_kernel(const rp_kernel *kernel)
{
    static const size_t lengths[] = {8, 64, 512, 4096};
    printf("%-36s", kernel->name);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        layout at = {.n = lengths[i], .m = 1, .values = VALUES_ORDINARY};
        operand operands[RP_MAX_OPERANDS];
        rp_call call = {.n = at.n, .m = 1};
        if (kernel->shape == RP_ROW || kernel->shape == RP_COLUMN) call.m = at.m = 16;
        if (!length_suits(kernel, at.n)) continue;
        for (int k = 0; k <= kernel_inputs(kernel); k++) {
            operands[k] = place_operand(kernel, &at, k);
            call.ptr[k] = operands[k].pointer;
            call.inner[k] = k && shape_letters(kernel->shape)[k - 1] == 's' ? 0 : (ptrdiff_t)operands[k].size;
            call.outer[k] = operands[k].outer;
        }
        fill_operands(kernel, &at, operands);
        double best = 1e9;
        for (int round = 0; round < 5; round++) {
            size_t calls = 1 + (thin ? 20000 : 200000) / (at.n * at.m);
            double start = rp_os_seconds();
            for (size_t c = 0; c < calls; c++) kernel->run(&call);
            double each = (rp_os_seconds() - start) / (double)(calls * at.n * at.m);
            if (each < best) best = each;
        }
        printf(" %9.3f", best * 1e9);
    }
    printf("\n");
}

int main(int count, char **arguments)
{
    const char *pattern = "*", *variable = getenv("RAPTORS_TEST_THIN");
    bool bench = false;
    size_t passed = 0, failed = 0, skipped = 0;
    thin = variable && strcmp(variable, "1") == 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--bench") == 0)
            bench = true;
        else if (strcmp(arguments[i], "--thin") == 0)
            thin = true;
        else if (strcmp(arguments[i], "--kernel") == 0 && i + 1 < count)
            pattern = arguments[++i];
        else
            return fprintf(stderr, "usage: test_kernels [--kernel GLOB] [--bench] [--thin]\n"), 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    areas_make();
    if (bench) printf("ns an element: %22s %9d %9d %9d %9d\n", "n =", 8, 64, 512, 4096);
    for (size_t i = 0; rp_registry_kernel(i); i++) {
        const rp_kernel *kernel = rp_registry_kernel(i);
        if (fnmatch(pattern, kernel->name, 0) != 0) continue;
        if (!rp_kernel_runs(kernel))
            skipped++;
        else if (bench)
            bench_kernel(kernel);
        else if (check_kernel(kernel))
            passed++;
        else
            failed++;
    }
    if (bench) return 0;
    if (strcmp(pattern, "*") == 0) {
        size_t gaps = check_coverage();
        failed += gaps;
        for (int isa = 0; isa < RP_ISA_COUNT; isa++) {
            const rp_isa_tables *tables = rp_registry_isa((rp_isa)isa);
            if (!tables) continue;
            if (rp_isa_needs((rp_isa)isa) & ~rp_cpu_features())
                skipped += 3;
            else {
                check_movers(tables, thin, &passed, &failed);
                check_indexers(tables, thin, &passed, &failed);
            }
        }
    }
    printf("%zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
    return failed || passed == 0;
}
