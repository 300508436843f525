/* SPDX-License-Identifier: BSD-3-Clause
 *
 * argmin and argmax over one axis. Rows whose neighbours are neighbours in memory too are searched side by side, as columns.
 * A staged row's chunks are searched by the kernel in turn; a later chunk's element takes the place of an earlier one only where
 * it is strictly better, or the first NaN. Rows that lie across memory are gathered a few at a time, so that every cache line is
 * used up.
 */
#include <stdatomic.h>
#include <string.h>

#include "choose/measure.h"
#include "engine/fold.h"
#include "engine/work.h"
#include "runtime/runtime.h"

enum {
    LINE_ROWS = 16, /* rows gathered together where they are neighbours in memory */
    MAX_SPANS = 64  /* parts of one long row, for threads */
};

typedef struct searcher {
    const rp_fold *fold;
    rp_stager stager;
    const rp_kernel *kernel, *better, *isnan;
    bool staged;
    bool whole;                           /* a row is searched in one call */
    size_t outputs, rows_per_task, group; /* group: rows searched together */
    size_t span;                          /* elements of a part of the one long row */
    int64_t *found;                       /* of the parts; -1: not searched */
    atomic_size_t *decided;               /* the first part after which none need be searched */
    rp_scratch scratch;
} searcher;

typedef struct best {
    _Alignas(16) char value[16];
    int64_t index; /* -1: none yet */
} best;

static bool is_better(const searcher *s, const char *value, const char *than)
{
    uint8_t better = 0, nan = 0;
    const ptrdiff_t size = (ptrdiff_t)s->stager.loop_size;
    if (s->isnan) {
        s->isnan->run(&(rp_call){.ptr = {(char *)&nan, (char *)than}, .inner = {1, size}, .n = 1, .m = 1});
        if (nan) return false;
        s->isnan->run(&(rp_call){.ptr = {(char *)&nan, (char *)value}, .inner = {1, size}, .n = 1, .m = 1});
        if (nan) return true;
    }
    s->better->run(
        &(rp_call){.ptr = {(char *)&better, (char *)value, (char *)than}, .inner = {1, size, size}, .n = 1, .m = 1});
    return better;
}

/* Whether no later element can take this one's place: it is the best of truth values, or a NaN. */
static bool is_decided(const searcher *s, const char *value)
{
    uint8_t nan = 0;
    const ptrdiff_t size = (ptrdiff_t)s->stager.loop_size;
    const int final = rp_final_truth(s->fold->op, s->fold->loop);
    if (final != RP_FINAL_NONE) return (*value != 0) == final;
    if (s->isnan) s->isnan->run(&(rp_call){.ptr = {(char *)&nan, (char *)value}, .inner = {1, size}, .n = 1, .m = 1});
    return nan;
}

/* `rows` rows (row_stride apart) of elements [start, end), into bests[]. */
static void search_rows(const searcher *s, rp_blocks *b, const char *from, ptrdiff_t row_stride, size_t rows,
                        size_t start, size_t end, best *bests)
{
    const size_t size = s->stager.loop_size, chunk = s->staged ? RP_CHUNK_BYTES / (rows * size) : end - start;
    for (size_t i = start; i < end; i += chunk) {
        const size_t n = end - i < chunk ? end - i : chunk;
        const char *x = from + (ptrdiff_t)i * s->fold->stride;
        ptrdiff_t step = row_stride;
        if (s->staged) {
            rp_stage_block(&s->stager, b->loop, b->spare, x, row_stride, s->fold->stride, rows, n);
            x = b->loop;
            step = (ptrdiff_t)(n * size);
        }
        int64_t index[LINE_ROWS];
        s->kernel->run(
            &(rp_call){.ptr = {(char *)index, (char *)x}, .outer = {sizeof *index, step}, .n = n, .m = rows});
        for (size_t row = 0; row < rows; row++) {
            const char *value = x + (ptrdiff_t)row * step + (size_t)index[row] * size;
            if (bests[row].index >= 0 && !is_better(s, value, bests[row].value)) continue;
            memcpy(bests[row].value, value, size);
            bests[row].index = index[row] + (int64_t)i;
        }
        if (rows == 1 && is_decided(s, bests->value)) return;
    }
}

static void search_whole(const searcher *s, rp_blocks *b, char *to, const char *from, size_t rows)
{
    const rp_fold *fold = s->fold;
    const size_t n = (size_t)fold->length;
    ptrdiff_t step = fold->kept ? fold->from_strides[0] : 0;
    if (s->staged) {
        rp_stage_block(&s->stager, b->loop, b->spare, from, step, fold->stride, rows, n);
        from = b->loop;
        step = (ptrdiff_t)(n * s->stager.loop_size);
    }
    s->kernel->run(&(rp_call){
        .ptr = {to, (char *)from}, .outer = {fold->kept ? fold->to_strides[0] : 0, step}, .n = n, .m = rows});
}

static void rows_task(void *context, size_t task, int thread)
{
    const searcher *s = context;
    const rp_fold *fold = s->fold;
    const size_t inner = fold->kept ? (size_t)fold->shape[0] : 1;
    size_t index = task * s->rows_per_task;
    const size_t end = s->outputs - index < s->rows_per_task ? s->outputs : index + s->rows_per_task;
    rp_blocks b = rp_scratch_of(&s->scratch, thread);
    while (index < end) {
        const char *from = fold->from;
        char *to = fold->to;
        rp_fold_locate(fold, 0, index, &from, &to);
        size_t rows = inner - index % inner;
        if (rows > end - index) rows = end - index;
        if (rows > s->group) rows = s->group;
        index += rows;
        if (s->whole) {
            search_whole(s, &b, to, from, rows);
            continue;
        }
        best bests[LINE_ROWS];
        for (size_t row = 0; row < rows; row++) bests[row].index = -1;
        search_rows(s, &b, from, fold->kept ? fold->from_strides[0] : 0, rows, 0, (size_t)fold->length, bests);
        for (size_t row = 0; row < rows; row++) {
            memcpy(to + (fold->kept ? (ptrdiff_t)row * fold->to_strides[0] : 0), &bests[row].index,
                   sizeof bests[row].index);
        }
    }
}

static void span_task(void *context, size_t task, int thread)
{
    const searcher *s = context;
    const size_t start = task * s->span, length = (size_t)s->fold->length;
    rp_blocks b = rp_scratch_of(&s->scratch, thread);
    best found = {.index = -1};
    if (atomic_load(s->decided) >= task) {
        search_rows(s, &b, s->fold->from, 0, 1, start, length - start < s->span ? length : start + s->span, &found);
        if (is_decided(s, found.value)) {
            size_t least = atomic_load(s->decided);
            while (task < least && !atomic_compare_exchange_weak(s->decided, &least, task));
        }
    }
    s->found[task] = found.index;
}

/* One row, too long for one thread: the parts' answers are compared in order. */
static void search_spans(searcher *s, int threads)
{
    const rp_fold *fold = s->fold;
    atomic_size_t decided = SIZE_MAX;
    s->decided = &decided;
    int64_t found[MAX_SPANS];
    size_t spans = 4 * (size_t)threads < MAX_SPANS ? 4 * (size_t)threads : MAX_SPANS;
    s->span = ((size_t)fold->length + spans - 1) / spans;
    spans = ((size_t)fold->length + s->span - 1) / s->span;
    s->found = found;
    rp_parallel(span_task, s, spans, threads);
    best winner = {.index = -1};
    for (size_t i = 0; i < spans && found[i] >= 0; i++) {
        const char *from = fold->from + found[i] * fold->stride;
        _Alignas(16) char value[16];
        rp_convert_elements(value, fold->loop, from, fold->dtype, 1);
        if (winner.index >= 0 && !is_better(s, value, winner.value)) continue;
        memcpy(winner.value, value, sizeof value);
        winner.index = found[i];
    }
    memcpy(fold->to, &winner.index, sizeof winner.index);
}

static void search_all(searcher *s, int threads)
{
    const size_t tasks = threads > 1 ? 4 * (size_t)threads : 1;
    s->rows_per_task = (s->outputs + tasks - 1) / tasks;
    if (s->staged && s->rows_per_task < s->group) s->rows_per_task = s->group;
    rp_parallel(rows_task, s, (s->outputs + s->rows_per_task - 1) / s->rows_per_task, threads);
}

/* ---- Columns ----------------------------------------------------------------------------------------------- */

typedef struct column_search {
    const rp_fold *fold;
    const rp_kernel *kernel;
    size_t columns, per_task, tasks; /* of axis 0; tasks: for each place on the axes behind it */
} column_search;

static void columns_task(void *context, size_t task, int thread)
{
    enum { SOME = 256 };
    const column_search *s = context;
    const rp_fold *fold = s->fold;
    const size_t start = task % s->tasks * s->per_task;
    const size_t end = s->columns - start < s->per_task ? s->columns : start + s->per_task;
    const char *from = fold->from;
    char *to = fold->to;
    (void)thread;
    rp_fold_locate(fold, 1, task / s->tasks, &from, &to);
    const bool in_place = fold->to_strides[0] == sizeof(int64_t);
    for (size_t i = start, n; i < end; i += n) {
        int64_t block[SOME];
        n = !in_place && end - i > SOME ? SOME : end - i;
        char *place = to + (ptrdiff_t)i * fold->to_strides[0];
        rp_run_kernel(s->kernel,
                      &(rp_call){.ptr = {in_place ? place : (char *)block, (char *)from + i * rp_itemsize(fold->dtype)},
                                 .outer = {0, fold->stride},
                                 .n = n,
                                 .m = (size_t)fold->length});
        for (size_t k = 0; !in_place && k < n; k++)
            memcpy(place + (ptrdiff_t)k * fold->to_strides[0], &block[k], sizeof *block);
    }
}

/* Where the neighbours of one search are the others', and make at least a line. */
static bool lies_in_columns(const rp_fold *fold)
{
    const ptrdiff_t size = (ptrdiff_t)rp_itemsize(fold->dtype);
    return fold->dtype == fold->loop && fold->kept && fold->from_strides[0] == size && fold->stride != size &&
           fold->shape[0] * size >= (ptrdiff_t)rp_system_facts()->line_bytes;
}

static void search_columns(const rp_fold *fold)
{
    column_search s = {.fold = fold, .columns = (size_t)fold->shape[0]};
    const size_t outer = rp_fold_outputs(fold) / s.columns;
    const size_t size = rp_itemsize(fold->dtype), line = rp_system_facts()->line_bytes / size;
    rp_choice choice = rp_choose(fold->op, fold->loop, RP_COLUMN, RP_ACCURATE, RP_APART,
                                 outer * s.columns * (size_t)fold->length * size, NULL);
    const bool measured = rp_measure_start(&choice);
    s.kernel = choice.kernel;
    s.per_task = rp_divide_up(rp_divide_up(s.columns, rp_divide_up((size_t)choice.threads, outer)), line) * line;
    s.tasks = rp_divide_up(s.columns, s.per_task);
    rp_parallel(columns_task, &s, outer * s.tasks, choice.threads);
    if (measured) rp_measure_stop(&choice);
}

/* ---- The pass ---------------------------------------------------------------------------------------------- */

rp_status rp_fold_arg(const rp_fold *fold)
{
    if (rp_fold_ends_early(fold)) return RP_OK;
    if (lies_in_columns(fold)) {
        search_columns(fold);
        return RP_OK;
    }
    searcher s = {.fold = fold, .stager = rp_stager_make(fold->dtype, fold->loop)};
    const rp_context *context = s.stager.context;
    s.outputs = rp_fold_outputs(fold);
    s.better = context->default_kernel[rp_ops[fold->op].combine][fold->loop][RP_VV];
    s.isnan = rp_dtype_kind(fold->loop) >= RP_KIND_REAL ? context->default_kernel[RP_ISNAN][fold->loop][RP_V] : NULL;
    s.staged = rp_fold_is_staged(fold);
    const bool across = fold->kept && rp_magnitude(fold->from_strides[0]) < rp_magnitude(fold->stride);
    const size_t row_bytes = (size_t)fold->length * s.stager.loop_size;
    s.whole = !s.staged || row_bytes <= (across ? RP_CHUNK_BYTES / LINE_ROWS : RP_CHUNK_BYTES);
    s.group = s.whole ? (s.staged ? RP_CHUNK_BYTES / row_bytes : s.outputs) : across ? LINE_ROWS : 1;
    rp_choice choice = rp_choose(fold->op, fold->loop, RP_ROW, RP_ACCURATE, s.staged ? RP_STAGED : RP_APART,
                                 s.outputs * (size_t)fold->length * s.stager.size, NULL);
    const bool measured = rp_measure_start(&choice);
    s.kernel = choice.kernel;
    const rp_status status = rp_scratch_allocate(&s.scratch, s.staged, 0, choice.threads);
    if (!status && choice.threads > 1 && s.outputs == 1)
        search_spans(&s, choice.threads);
    else if (!status)
        search_all(&s, choice.threads);
    rp_scratch_free(&s.scratch);
    if (measured) rp_measure_stop(&choice);
    return status;
}
