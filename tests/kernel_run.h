/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One kernel on one set of operands, beside the reference: laid out between guard pages, every byte checked that
 * the kernel may not have changed.
 */
#ifndef RP_TEST_KERNEL_RUN_H
#define RP_TEST_KERNEL_RUN_H

#include "guard.h"
#include "kernel_values.h"

enum { AREA_BYTES = 1 << 20, MARGIN = 64 };

typedef enum alias { ALIAS_NONE, ALIAS_OUT_X, ALIAS_OUT_Y, ALIAS_X_Y, ALIAS_ALL, ALIAS_COUNT } alias;

typedef struct layout {
    size_t n, m;
    ptrdiff_t gap;   /* bytes between rows */
    ptrdiff_t shift; /* bytes from the guard page */
    bool at_end;     /* against the page behind, else the one before */
    bool backwards;  /* rows from the last to the first */
    alias alias;
    values values;
    bool multiples; /* x made of y */
    size_t first;   /* the special value to start with */
} layout;

typedef struct operand {
    char *pointer;         /* row 0 */
    char *low, *high;      /* the bytes that the rows span */
    size_t before, behind; /* margins up to the guard pages, at most MARGIN */
    size_t size, row_bytes;
    ptrdiff_t outer;
} operand;

static guarded areas[RP_MAX_OPERANDS];
static char *copies[RP_MAX_OPERANDS]; /* of the operands: what the reference works on */
static char *before_area;             /* the output and its margins before the call */

static void areas_make(void)
{
    for (int k = 0; k < RP_MAX_OPERANDS; k++) {
        areas[k] = guarded_new(AREA_BYTES);
        copies[k] = malloc(AREA_BYTES);
        if (!copies[k]) exit(2);
    }
    before_area = malloc(AREA_BYTES + 2 * MARGIN);
    if (!before_area) exit(2);
    guard_catch();
}

static const char *shape_letters(int shape)
{
    static const char *const letters[RP_CLASS_COUNT] = {
        [RP_V] = "v",     [RP_VV] = "vv",   [RP_VS] = "vs",   [RP_SV] = "sv", [RP_VVV] = "vvv",
        [RP_VVS] = "vvs", [RP_VSV] = "vsv", [RP_VSS] = "vss", [RP_ROW] = "v", [RP_COLUMN] = "v"};
    return letters[shape];
}

static int kernel_inputs(const rp_kernel *kernel) { return (int)strlen(shape_letters(kernel->shape)); }

static size_t operand_size(const rp_kernel *kernel, int k)
{
    if (k == 0) return rp_dtype_size(kernel->to);
    return rp_dtype_size(rp_input_dtype((rp_op)kernel->op, k - 1, (rp_dtype)kernel->dtype));
}

static operand place(guarded area, const layout *at, size_t size, size_t n, size_t m)
{
    operand it = {.size = size, .row_bytes = size * n};
    size_t stride = it.row_bytes + (size_t)at->gap, span = stride * (m - 1) + it.row_bytes;
    it.low = at->at_end ? area.high - at->shift - span : area.low + at->shift;
    it.high = it.low + span;
    it.before = it.low - area.low < MARGIN ? (size_t)(it.low - area.low) : MARGIN;
    it.behind = area.high - it.high < MARGIN ? (size_t)(area.high - it.high) : MARGIN;
    it.pointer = at->backwards ? it.high - it.row_bytes : it.low;
    it.outer = at->backwards ? -(ptrdiff_t)stride : (ptrdiff_t)stride;
    return it;
}

/* A COLUMN kernel folds its rows into one, a ROW kernel each row into one element. */
static operand place_operand(const rp_kernel *kernel, const layout *at, int k)
{
    bool scalar = k > 0 && shape_letters(kernel->shape)[k - 1] == 's';
    bool folded = k == 0 && kernel->shape == RP_ROW;
    size_t m = k == 0 && kernel->shape == RP_COLUMN ? 1 : at->m;
    return place(areas[k], at, operand_size(kernel, k), scalar || folded ? 1 : at->n, m);
}

static bool may_alias(const rp_kernel *kernel, alias kind)
{
    const char *letters = shape_letters(kernel->shape);
    if (kernel->shape >= RP_VVV) return kind == ALIAS_NONE;
    bool same_size = operand_size(kernel, 0) == operand_size(kernel, 1);
    bool binary = letters[1] != 0;
    switch (kind) {
    case ALIAS_OUT_X: return same_size && letters[0] == 'v';
    case ALIAS_OUT_Y: return same_size && binary && letters[1] == 'v';
    case ALIAS_X_Y: return strcmp(letters, "vv") == 0;
    case ALIAS_ALL: return same_size && strcmp(letters, "vv") == 0;
    default: return true;
    }
}

static void fill_operands(const rp_kernel *kernel, const layout *at, const operand *operands)
{
    bool convert =
        kernel->op == RP_ASTYPE && is_floating(kernel->dtype) && kernel->to != RP_BOOL && !is_floating(kernel->to);
#if defined(__x86_64__)
    convert = false;
#endif
    for (int k = kernel_inputs(kernel); k >= 1; k--) {
        const operand *it = &operands[k];
        rp_dtype dtype = rp_input_dtype((rp_op)kernel->op, k - 1, (rp_dtype)kernel->dtype);
        bool scalar = it->row_bytes == it->size && at->n > 1;
        size_t index = at->first * (k == 1 ? 1 : 7);
        for (size_t row = 0; row < at->m; row++) {
            for (size_t i = 0; i * it->size < it->row_bytes; i++, index++) {
                char *element = it->pointer + (ptrdiff_t)row * it->outer + i * it->size;
                /* the second operand moves on one special value a round, so that all pairs come up; a third, two */
                size_t ahead = scalar ? 0 : (size_t)(k - 1) * (index / special_count(dtype));
                put_value(dtype, element, at->values, index + ahead);
                if (convert) put_convertible(dtype, kernel->to, element);
                if (at->multiples && k == 1 && !scalar) {
                    const operand *y = &operands[2];
                    size_t j = y->row_bytes == y->size ? 0 : i;
                    put_multiple(dtype, element, y->pointer + (ptrdiff_t)row * y->outer + j * y->size);
                }
            }
        }
    }
}

/* Prints an element: its bytes from the highest down, and the number. */
static void print_element(const char *label, rp_dtype dtype, const char *element)
{
    size_t size = rp_dtype_size(dtype);
    printf(" %s 0x", label);
    for (size_t i = size; i-- > 0;) printf("%02x%s", (unsigned char)element[i], i * 2 == size && size == 16 ? "'" : "");
    float single[2] = {0, 0};
    double real[2] = {0, 0};
    uint16_t half;
    if (dtype == RP_FLOAT16) memcpy(&half, element, 2), real[0] = rp_reference_from_half(half);
    if (dtype == RP_FLOAT32 || dtype == RP_COMPLEX64)
        memcpy(single, element, size), real[0] = (double)single[0], real[1] = (double)single[1];
    if (dtype == RP_FLOAT64 || dtype == RP_COMPLEX128) memcpy(real, element, size);
    if (is_floating(dtype)) printf(" (%.17g", real[0]);
    if (dtype >= RP_COMPLEX64) printf(" %+.17gi", real[1]);
    if (is_floating(dtype)) printf(")");
}

static void complain(const rp_kernel *kernel, const layout *at)
{
    static const char *const aliases[] = {"", ", out is x", ", out is y", ", x is y", ", out is x and y"};
    printf("FAIL %s: n %zu, m %zu, gap %td, shift %td from the %s%s%s: ", kernel->name, at->n, at->m, at->gap,
           at->shift, at->at_end ? "end" : "start", at->backwards ? ", backwards" : "", aliases[at->alias]);
}

static void print_case(const rp_kernel *kernel, const layout *at, const operand *operands, size_t row, size_t i)
{
    for (int k = 1; k <= kernel_inputs(kernel) && kernel->shape < RP_ROW; k++) {
        const operand *it = &operands[k];
        size_t offset = it->row_bytes == it->size && at->n > 1 ? 0 : i * it->size;
        const char *copy = copies[k] + (it->pointer - it->low) + (ptrdiff_t)row * it->outer;
        bool condition = kernel->op == RP_WHERE && k == 1;
        print_element(k == 1 ? "x" : k == 2 ? "y" : "z", condition ? RP_BOOL : kernel->dtype, copy + offset);
    }
    printf("\n");
}

/* The output against the reference's, and what lies beside it against what lay there before. */
static bool compare(const rp_kernel *kernel, const layout *at, const operand *operands, size_t rows)
{
    const operand *out = &operands[0];
    size_t wrong = 0;
    for (size_t row = 0; row < rows; row++) {
        ptrdiff_t start = out->pointer - out->low + (ptrdiff_t)row * out->outer;
        memcpy(before_area + MARGIN + start, out->low + start, out->row_bytes); /* elements may change */
        if (memcmp(out->low + start, copies[0] + start, out->row_bytes) == 0) continue;
        for (size_t i = 0; i * out->size < out->row_bytes; i++) {
            ptrdiff_t offset = start + (ptrdiff_t)(i * out->size);
            const char *got = out->low + offset, *want = copies[0] + offset;
            if (rp_reference_agrees(kernel->op, kernel->dtype, kernel->to, got, want) || wrong++) continue;
            complain(kernel, at);
            printf("row %zu, index %zu:", row, i);
            print_element("got", kernel->to, got);
            print_element("want", kernel->to, want);
            print_case(kernel, at, operands, row, i);
        }
    }
    if (wrong > 1) printf("     and %zu more elements\n", wrong - 1);
    if (wrong) return false;
    if (memcmp(out->low - out->before, before_area + MARGIN - out->before,
               out->before + (size_t)(out->high - out->low) + out->behind) == 0)
        return true;
    complain(kernel, at);
    printf("bytes changed beside the output\n");
    return false;
}

static bool inputs_kept(const rp_kernel *kernel, const layout *at, const operand *operands)
{
    for (int k = 1; k <= kernel_inputs(kernel); k++) {
        const operand *it = &operands[k];
        if (it->low == operands[0].low || memcmp(it->low, copies[k], (size_t)(it->high - it->low)) == 0) continue;
        complain(kernel, at);
        printf("operand %d changed\n", k);
        return false;
    }
    return true;
}

static bool known(const rp_kernel *kernel)
{
    return rp_reference_knows((rp_op)kernel->op, (rp_dtype)kernel->dtype, (rp_dtype)kernel->to,
                              (rp_class)kernel->shape);
}

/* What the kernel must give: the reference's answer. An operation that is newer than the reference has its meaning
 * pinned by the literals, and here the scalar tier's answer. */
static void run_truth(const rp_kernel *kernel, const rp_call *truth)
{
    if (known(kernel)) {
        rp_reference((rp_op)kernel->op, (rp_dtype)kernel->dtype, (rp_dtype)kernel->to, (rp_class)kernel->shape, truth);
        return;
    }
    const rp_kernel *plain;
    for (size_t i = 0; (plain = rp_registry_kernel(i)); i++) {
        if (plain->isa == RP_ISA_SCALAR && !(plain->traits & ~(uint32_t)RP_TRAIT_APPROXIMATE) &&
            plain->op == kernel->op && plain->dtype == kernel->dtype && plain->to == kernel->to &&
            plain->shape == kernel->shape) {
            plain->run(truth);
            return;
        }
    }
}

/* The same elements with the loops exchanged: rows become vectors that have gaps. */
static rp_call exchanged(const rp_call *call)
{
    rp_call other = *call;
    other.n = call->m;
    other.m = call->n;
    for (int k = 0; k < RP_MAX_OPERANDS; k++) {
        other.inner[k] = call->outer[k];
        other.outer[k] = call->inner[k];
    }
    return other;
}

/* Runs the kernel on what lies at `operands`, and the reference on copies of it. */
static bool run_and_compare(const rp_kernel *kernel, const layout *at, const operand *operands)
{
    const operand *out = &operands[0];
    rp_call call = {.n = at->n, .m = at->m}, truth = call;
    for (int k = 0; k <= kernel_inputs(kernel); k++) {
        const operand *it = &operands[k];
        bool scalar = k > 0 && shape_letters(kernel->shape)[k - 1] == 's';
        memcpy(copies[k], it->low, (size_t)(it->high - it->low));
        call.ptr[k] = it->pointer;
        truth.ptr[k] = copies[k] + (it->pointer - it->low);
        call.inner[k] = truth.inner[k] = scalar ? 0 : (ptrdiff_t)it->size;
        call.outer[k] = truth.outer[k] = it->outer;
    }
    memcpy(before_area + MARGIN - out->before, out->low - out->before,
           out->before + (size_t)(out->high - out->low) + out->behind);
    run_truth(kernel, &truth);
    if (sigsetjmp(guard_return, 1) != 0) {
        complain(kernel, at);
        printf("touched memory that is not its own\n");
        return false;
    }
    if (kernel->traits & RP_TRAIT_STRIDED && kernel->shape <= RP_VV && at->m > 1) call = exchanged(&call);
    kernel->run(&call);
    return compare(kernel, at, operands, kernel->shape == RP_COLUMN ? 1 : at->m) && inputs_kept(kernel, at, operands);
}

static bool try_layout(const rp_kernel *kernel, const layout *at)
{
    operand operands[RP_MAX_OPERANDS];
    for (int k = 0; k <= kernel_inputs(kernel); k++) operands[k] = place_operand(kernel, at, k);
    if (at->alias == ALIAS_X_Y || at->alias == ALIAS_ALL) operands[2] = operands[1];
    if (at->alias == ALIAS_OUT_X || at->alias == ALIAS_ALL) operands[0] = operands[1];
    if (at->alias == ALIAS_OUT_Y) operands[0] = operands[2];
    memset(operands[0].low - operands[0].before, 0xa5,
           operands[0].before + (size_t)(operands[0].high - operands[0].low) + operands[0].behind);
    fill_operands(kernel, at, operands);
    return run_and_compare(kernel, at, operands);
}

#endif
