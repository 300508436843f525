/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Folding rows into results that are neighbours, one row upon another, as NumPy does. Loops of our own add up what they
 * add faster; the rest is done by NumPy's.
 */
#include "patch_fold_rows.h"

#include <string.h>

#include "choose/choose.h"

void patch_square_differences(const patch_fold *f, char *to, const char *from, const char *mean, ptrdiff_t mean_step,
                              size_t n)
{
    const rp_context *context = rp_context_get();
    const ptrdiff_t size = (ptrdiff_t)f->size;
    rp_call call = {.ptr = {to, (char *)(uintptr_t)from, (char *)(uintptr_t)mean},
                    .inner = {size, size, mean_step},
                    .n = n,
                    .m = 1};
    rp_run_kernel(context->default_kernel[RP_SUBTRACT][f->dtype][mean_step ? RP_VV : RP_VS], &call);
    rp_call squares = {.ptr = {to, to}, .inner = {size, size}, .n = n, .m = 1};
    rp_run_kernel(context->default_kernel[RP_SQUARE][f->dtype][RP_V], &squares);
}

/* ---- Few columns ------------------------------------------------------------------------------------------------- */

/* NumPy's loop would take longer for its call than for a row. The sums are the same; but which of two NaNs goes on, NumPy's
 * compiler decided, and such results are not ours to give. */
enum { FEW_COLUMNS = 64 };

/* A constant number of columns keeps the sums in registers. */
#define DEFINE_ADD_ROWS(name, type)                                                                                   \
    static inline __attribute__((always_inline)) void name##_of(type *to, const type *from, size_t rows, size_t n)    \
    {                                                                                                                 \
        type sums[FEW_COLUMNS];                                                                                       \
        for (size_t j = 0; j < n; j++) {                                                                              \
            sums[j] = to[j];                                                                                          \
        }                                                                                                             \
        for (size_t i = 0; i < rows; i++, from += n) {                                                                \
            for (size_t j = 0; j < n; j++) {                                                                          \
                sums[j] += from[j];                                                                                   \
            }                                                                                                         \
        }                                                                                                             \
        for (size_t j = 0; j < n; j++) {                                                                              \
            to[j] = sums[j];                                                                                          \
        }                                                                                                             \
    }                                                                                                                 \
    static void name(type *to, const type *from, size_t rows, size_t n)                                               \
    {                                                                                                                 \
        switch (n) {                                                                                                  \
        case 2: name##_of(to, from, rows, 2); break;                                                                  \
        case 3: name##_of(to, from, rows, 3); break;                                                                  \
        case 4: name##_of(to, from, rows, 4); break;                                                                  \
        default: name##_of(to, from, rows, n); break;                                                                 \
        }                                                                                                             \
    }
DEFINE_ADD_ROWS(add_rows_of_singles, float)
DEFINE_ADD_ROWS(add_rows_of_doubles, double)

static void add_rows(const patch_fold *f, char *to, const char *from, size_t rows)
{
    if (f->dtype == RP_FLOAT32) {
        add_rows_of_singles((float *)(void *)to, (const float *)(const void *)from, rows, f->inner);
    } else {
        add_rows_of_doubles((double *)(void *)to, (const double *)(const void *)from, rows, f->inner);
    }
}

bool patch_has_few_columns(const patch_fold *f)
{
    return f->from_zero && f->inner > 1 && f->inner <= FEW_COLUMNS && f->step == (npy_intp)(f->inner * f->size);
}

/* All columns of one of the outer. */
static void fold_few_columns(const patch_fold *f, char *to, const char *from, const char *means)
{
    _Alignas(64) char stage[PATCH_STAGED * sizeof(double)], repeated[PATCH_STAGED * sizeof(double)];
    const size_t row_bytes = f->inner * f->size, most = PATCH_STAGED / f->inner;
    memset(to, 0, row_bytes);
    if (!means) {
        add_rows(f, to, from, f->length);
    }
    for (size_t i = 0; means && i < most && i < f->length; i++) {
        memcpy(repeated + i * row_bytes, means, row_bytes);
    }
    for (size_t i = 0; means && i < f->length; i += most) {
        const size_t rows = f->length - i < most ? f->length - i : most;
        patch_square_differences(f, stage, from + i * row_bytes, repeated, (ptrdiff_t)f->size, rows * f->inner);
        add_rows(f, to, stage, rows);
    }
}

bool patch_fold_few_columns(const patch_fold *f, size_t first, size_t end)
{
    const size_t row_bytes = f->inner * f->size;
    for (size_t i = first; i < end; i++) {
        const char *from = f->from + (npy_intp)i * f->outer_step;
        fold_few_columns(f, f->to + i * row_bytes, from, f->means ? f->means + i * row_bytes : NULL);
    }
    return !patch_has_nan(f->to + first * row_bytes, f->dtype, (npy_intp)f->size, (end - first) * f->inner);
}

/* ---- Many columns ------------------------------------------------------------------------------------------------ */

/* n neighbours: each to = to op from. */
static void fold_row(const patch_loop *loop, char *to, const char *from, npy_intp size, size_t n)
{
    char *pointers[3] = {to, (char *)(uintptr_t)from, to};
    npy_intp steps[3] = {size, size, size}, count = (npy_intp)n;
    loop->function(pointers, &count, steps, loop->data);
}

/* Eight rows are added at once, in NumPy's order, so that the sums are read and written once for eight. */
enum { AT_ONCE = 8 };
#define DEFINE_ADD_EIGHT(name, type)                                                                                   \
    static void name(char *to, const char *from, npy_intp step, size_t n)                                              \
    {                                                                                                                  \
        typedef type vector __attribute__((vector_size(16), aligned(sizeof(type)), may_alias));                        \
        enum { LANES = sizeof(vector) / sizeof(type) };                                                                \
        const char *const fifth = from + 4 * step;                                                                     \
        size_t j = 0, at = 0;                                                                                          \
        for (; j + 2 * LANES <= n; j += 2 * LANES, at += 2 * sizeof(vector)) {                                         \
            vector *sum = (vector *)(void *)(to + at), one = sum[0], other = sum[1];                                   \
            const char *row = from + at, *last = fifth + at;                                                           \
            ROW(vector, row, 0) ROW(vector, row, step) ROW(vector, row, 2 * step) ROW(vector, row, 3 * step)           \
            ROW(vector, last, 0) ROW(vector, last, step) ROW(vector, last, 2 * step) ROW(vector, last, 3 * step)       \
            sum[0] = one;                                                                                              \
            sum[1] = other;                                                                                            \
        }                                                                                                              \
        for (; j < n; j++) {                                                                                           \
            type *sum = (type *)(void *)to + j;                                                                        \
            for (int i = 0; i < AT_ONCE; i++) {                                                                        \
                *sum += *((const type *)(const void *)(from + i * step) + j);                                          \
            }                                                                                                          \
        }                                                                                                              \
    }
#define ROW(vector, row, offset)                                        \
    one += ((const vector *)(const void *)((row) + (offset)))[0];       \
    other += ((const vector *)(const void *)((row) + (offset)))[1];
DEFINE_ADD_EIGHT(add_eight_of_singles, float)
DEFINE_ADD_EIGHT(add_eight_of_doubles, double)
#undef ROW

/* rows: a multiple of eight; up to PATCH_STAGED columns. False: some sum is not a number, and nothing is changed: which of
 * two NaNs goes on NumPy's loop decides. */
static bool add_chunk(const patch_fold *f, char *to, const char *from, size_t rows, size_t columns)
{
    _Alignas(64) char before[PATCH_STAGED * sizeof(double)];
    const size_t bytes = columns * f->size;
    memcpy(before, to, bytes);
    for (size_t i = 0; i < rows; i += AT_ONCE) {
        const char *eight = from + (npy_intp)i * f->step;
        if (f->dtype == RP_FLOAT32) {
            add_eight_of_singles(to, eight, f->step, columns);
        } else {
            add_eight_of_doubles(to, eight, f->step, columns);
        }
    }
    const bool numbers = !patch_has_nan(to, f->dtype, (npy_intp)f->size, columns);
    if (!numbers) {
        memcpy(to, before, bytes);
    }
    return numbers;
}

/* The first of the rows, as many as are worth it, until a sum is not a number; returns how many. */
static size_t add_chunks(const patch_fold *f, char *to, const char *from, size_t columns)
{
    enum { ROWS = 64 };
    bool numbers = true;
    size_t i = 0;
    while (numbers && i + AT_ONCE <= f->length) {
        const size_t left = (f->length - i) / AT_ONCE * AT_ONCE, rows = left < ROWS ? left : ROWS;
        for (size_t column = 0; column < columns; column += PATCH_STAGED) {
            const size_t n = columns - column < PATCH_STAGED ? columns - column : PATCH_STAGED, at = column * f->size;
            const char *first = from + (npy_intp)i * f->step + at;
            numbers = numbers && add_chunk(f, to + at, first, rows, n);
            for (size_t row = 0; !numbers && row < rows; row++) {
                fold_row(f->loop, to + at, first + (npy_intp)row * f->step, (npy_intp)f->size, n);
            }
        }
        i += rows;
    }
    return i;
}

void patch_fold_columns(const patch_fold *f, char *to, const char *from, const char *means, size_t columns)
{
    _Alignas(64) char stage[PATCH_STAGED * sizeof(double)];
    const npy_intp size = (npy_intp)f->size;
    size_t i = 0;
    if (f->from_zero) {
        memset(to, 0, columns * f->size);
    } else {
        memcpy(to, from, columns * f->size);
        i = 1;
    }
    if (f->from_zero && !means) {
        i = add_chunks(f, to, from, columns);
    }
    for (; i < f->length; i++) {
        const char *row = from + (npy_intp)i * f->step;
        if (means) {
            patch_square_differences(f, stage, row, means, size, columns);
            row = stage;
        }
        fold_row(f->loop, to, row, size, columns);
    }
}
