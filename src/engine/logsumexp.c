/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log(sum(exp(x))) of rows in one pass: a block in the first-level cache is cast, brought below the row's greatest element m,
 * raised and summed, all in float64. The greatest are counted, not summed: k of them and a sum s of the others give
 * m + log(k) + log1p(s / k), which keeps the digits of a small s. Where m is small nothing is subtracted, since the
 * difference of a large and a small number is rounded, and the result may be as small as m; then s / k is divided by exp(m).
 *
 * The order of a sum is fixed: runs of RUN elements by the kernel of `sum`, whose results are added in order and with
 * their rounding errors (so that long rows lose nothing), in parts of PART elements, which are added so too. Whatever the
 * layout and the number of threads, the bits are the same.
 */
#include "engine/logsumexp.h"

#include <math.h>

#include "runtime/runtime.h"

enum {
    RUN = 128,
    BLOCK = RP_CHUNK_BYTES / (int)sizeof(double), /* elements, 16 runs */
    PART = 1 << 16,
    MOST_ROWS = 64 /* of one block; at least BLOCK / RUN */
};

/* Of some elements: how many are greatest, and the sum of the others, in two numbers. */
typedef struct sum {
    double count, high, low;
} sum;

/* Of the rows of a group: what is subtracted from their elements, and what exp then makes of the greatest. */
typedef struct scale {
    double shift[MOST_ROWS], greatest[MOST_ROWS];
} scale;

typedef struct pass {
    const rp_logsumexp_work *work;
    rp_stager stager;
    const rp_kernel *subtract, *exp, *add, *max, *log, *log1p;
    bool direct;          /* x need not be staged */
    bool across;          /* rows lie closer than the elements of a row */
    size_t group, groups; /* rows that share blocks */
    size_t parts, per_task;
    sum *sums; /* of parts, row by row; NULL: there is one part */
    rp_scratch scratch;
} pass;

/* Knuth's sum with its rounding error. An infinity stays one. */
static void add_to(sum *s, double x)
{
    const double high = s->high + x, back = high - s->high;
    const double error = (s->high - (high - back)) + (x - back);
    s->high = high;
    s->low += isfinite(high) ? error : 0;
}

static void run_unary(const rp_kernel *kernel, double *x, size_t n)
{
    rp_call call = {.ptr = {(char *)x, (char *)x}, .inner = {sizeof *x, sizeof *x}, .n = n, .m = 1};
    rp_run_kernel(kernel, &call);
}

/* One number for each of `rows` rows of n, `step` elements apart. */
static void fold(const rp_kernel *kernel, double *results, const double *x, size_t step, size_t rows, size_t n)
{
    rp_call call = {.ptr = {(char *)results, (char *)(uintptr_t)x},
                    .inner = {0, sizeof *x},
                    .outer = {sizeof *x, (ptrdiff_t)(step * sizeof *x)},
                    .n = n,
                    .m = rows};
    rp_run_kernel(kernel, &call);
}

/* A run with greatest elements in it: they are counted, and the others added. */
static double leave_out(const pass *p, double *x, size_t n, double greatest, double *count)
{
    double rest;
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const bool is_greatest = x[i] == greatest;
        found += is_greatest;
        x[i] = is_greatest ? 0 : x[i];
    }
    *count += (double)found;
    fold(p->add, &rest, x, n, 1, n);
    return rest;
}

/* `count` runs of n exponentials each, `step` apart: of one row, or one of each row. greatest: of these rows. */
static void add_runs(const pass *p, sum *sums, const double *greatest, bool one_row, double *x, size_t step,
                     size_t count, size_t n)
{
    double results[MOST_ROWS], most[MOST_ROWS];
    fold(p->add, results, x, step, count, n);
    fold(p->max, most, x, step, count, n);
    for (size_t i = 0; i < count; i++) {
        const size_t row = one_row ? 0 : i;
        const bool has_greatest = most[i] == greatest[row];
        add_to(&sums[row], has_greatest ? leave_out(p, x + i * step, n, greatest[row], &sums[row].count) : results[i]);
    }
}

static void find_scale(const pass *p, scale *of, const double *max, size_t rows)
{
    for (size_t k = 0; k < rows; k++) {
        of->shift[k] = fabs(max[k]) < 0.25 ? 0 : max[k];
        of->greatest[k] = max[k] - of->shift[k];
    }
    run_unary(p->exp, of->greatest, rows);
}

/* What is to be raised: n elements of each row less its shift, in a block. */
static void bring_below(const pass *p, const rp_blocks *b, const double *shift, size_t row, size_t rows, size_t start,
                        size_t n)
{
    const rp_logsumexp_work *w = p->work;
    const char *x = w->x + (ptrdiff_t)row * w->row_stride + (ptrdiff_t)start * w->stride;
    const ptrdiff_t size = sizeof(double), block_row = (ptrdiff_t)n * size;
    if (!p->direct) rp_stage_block(&p->stager, b->loop, b->spare, x, w->row_stride, w->stride, rows, n);
    rp_call call = {.ptr = {b->loop, p->direct ? (char *)(uintptr_t)x : b->loop, (char *)(uintptr_t)shift},
                    .inner = {size, size, 0},
                    .outer = {block_row, p->direct ? w->row_stride : block_row, size},
                    .n = n,
                    .m = rows};
    rp_run_kernel(p->subtract, &call);
}

/* Elements [start, end) of `rows` rows, into sums[0], ... */
static void sum_rows(const pass *p, const rp_blocks *b, const scale *of, size_t row, size_t rows, size_t start,
                     size_t end, sum *sums)
{
    const size_t most = p->across ? RUN : BLOCK / rows;
    double *x = (double *)(void *)b->loop;
    for (size_t k = 0; k < rows; k++) sums[k] = (sum){0, 0, 0};
    for (size_t i = start, n; i < end; i += n) {
        n = end - i < most ? end - i : most;
        bring_below(p, b, of->shift, row, rows, i, n);
        run_unary(p->exp, x, rows * n);
        const size_t runs = n / RUN, whole = runs * RUN;
        if (runs == 1) add_runs(p, sums, of->greatest, false, x, n, rows, RUN);
        for (size_t k = 0; runs > 1 && k < rows; k++)
            add_runs(p, &sums[k], &of->greatest[k], true, x + k * n, RUN, runs, RUN);
        if (n > whole) add_runs(p, sums, of->greatest, false, x + whole, n, rows, n - whole);
    }
}

static void finish(const pass *p, const scale *of, size_t row, size_t rows, const sum *sums)
{
    double counts[MOST_ROWS], shares[MOST_ROWS];
    for (size_t k = 0; k < rows; k++) {
        counts[k] = sums[k].count;
        shares[k] = (sums[k].high + sums[k].low) / (sums[k].count * of->greatest[k]);
    }
    run_unary(p->log, counts, rows);
    run_unary(p->log1p, shares, rows);
    for (size_t k = 0; k < rows; k++) {
        const double max = p->work->max[row + k]; /* infinite or NaN: so is the result */
        p->work->to[row + k] = isfinite(max) ? max + (counts[k] + shares[k]) : max;
    }
}

static size_t rows_of(const pass *p, size_t group)
{
    const size_t left = p->work->rows - group * p->group;
    return left < p->group ? left : p->group;
}

static void run_task(void *context, size_t task, int thread)
{
    const pass *p = context;
    const rp_blocks b = rp_scratch_of(&p->scratch, thread);
    const size_t all = p->groups * p->parts, first = task * p->per_task;
    for (size_t i = first; i < all && i < first + p->per_task; i++) {
        const size_t group = i / p->parts, part = i % p->parts, row = group * p->group, rows = rows_of(p, group);
        const size_t start = part * PART, end = part + 1 < p->parts ? start + PART : p->work->n;
        sum sums[MOST_ROWS];
        scale of;
        find_scale(p, &of, p->work->max + row, rows);
        sum_rows(p, &b, &of, row, rows, start, end, sums);
        for (size_t k = 0; p->sums && k < rows; k++) p->sums[(row + k) * p->parts + part] = sums[k];
        if (!p->sums) finish(p, &of, row, rows, sums);
    }
}

static void join_parts(const pass *p)
{
    for (size_t group = 0; group < p->groups; group++) {
        sum sums[MOST_ROWS];
        scale of;
        const size_t row = group * p->group, rows = rows_of(p, group);
        for (size_t k = 0; k < rows; k++) {
            const sum *of_parts = p->sums + (row + k) * p->parts;
            sums[k] = of_parts[0];
            for (size_t part = 1; part < p->parts; part++) {
                add_to(&sums[k], of_parts[part].high);
                sums[k].low += of_parts[part].low;
                sums[k].count += of_parts[part].count;
            }
        }
        find_scale(p, &of, p->work->max + row, rows);
        finish(p, &of, row, rows, sums);
    }
}

rp_status rp_logsumexp_run(const rp_logsumexp_work *work)
{
    pass p = {.work = work, .stager = rp_stager_make(work->dtype, RP_FLOAT64)};
    const rp_context *context = p.stager.context;
    p.exp = context->default_kernel[RP_EXP][RP_FLOAT64][RP_V];
    p.log = context->default_kernel[RP_LOG][RP_FLOAT64][RP_V];
    p.log1p = context->default_kernel[RP_LOG1P][RP_FLOAT64][RP_V];
    p.subtract = context->default_kernel[RP_SUBTRACT][RP_FLOAT64][RP_VS];
    p.max = context->default_kernel[RP_MAX][RP_FLOAT64][RP_ROW];
    p.direct = work->dtype == RP_FLOAT64 && (work->n == 1 || work->stride == sizeof(double));
    p.add = context->default_kernel[RP_SUM][RP_FLOAT64][RP_ROW];
    p.across = work->n > 1 && rp_magnitude(work->row_stride) < rp_magnitude(work->stride);
    const size_t fit = p.across ? BLOCK / RUN : work->n < BLOCK ? BLOCK / work->n : 1;
    p.group = fit < MOST_ROWS ? fit : MOST_ROWS;
    p.groups = rp_divide_up(work->rows, p.group);
    p.parts = rp_divide_up(work->n, PART);
    const size_t in_part = p.parts > 1 ? PART : work->n;
    const rp_parts tasks = rp_parts_of(context, p.groups * p.parts, p.group * in_part * 4 * sizeof(double), 1,
                                       true); /* exp takes its time */
    p.per_task = tasks.per_task;
    size_t sums_bytes = 0;
    if (p.parts > 1) {
        p.sums = rp_pool_allocate(work->rows * p.parts * sizeof *p.sums, &sums_bytes);
        if (!p.sums) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for the results of parts");
    }
    const rp_status status = rp_scratch_allocate(&p.scratch, true, 0, tasks.threads);
    if (!status) {
        rp_parallel(run_task, &p, tasks.tasks, tasks.threads);
        if (p.sums) join_parts(&p);
        rp_scratch_free(&p.scratch);
    }
    if (p.sums) rp_pool_free(p.sums, sums_bytes);
    return status;
}
