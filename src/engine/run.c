/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hop 4: runs a plan. An operand that the kernel cannot take as it lies (strided, of another type, repeated in short
 * rows) is staged: packed and cast into a block in the first-level cache, and a staged output is cast and unpacked from
 * one. Threads share rows, or columns where there are few rows.
 */
#include <string.h>

#include "choose/measure.h"
#include "engine/plan.h"
#include "runtime/runtime.h"

enum {
    MOST_GATHERED = 64, /* rectangles in one block */
    /* Of the widest operand in a block that is streamed: about what a core can have under way, so that the loads of the next
     * block start while the stores of this one leave. 512 against 1536 bytes, both threads of an EPYC Turin guest,
     * 2026-11-25: left shift of 25 MB int32 1.01 to 1.03 ms against 1.18 to 1.24, equal of 18 MB uint8 0.60 against 0.75. */
    STREAMED_LINES = 8
};

/* What holds for every tile of a plan. */
typedef struct runner {
    const rp_plan *plan;
    const rp_context *context;
    const rp_kernel *kernel;
    bool stream; /* the result passes the caches by */
    bool staged[RP_MAX_OPERANDS];
    bool scalar[RP_MAX_OPERANDS]; /* one number a row, as the kernel's class has it */
    bool tiled;                   /* something is staged */
    size_t tile_rows, tile_columns;
    size_t size[RP_MAX_OPERANDS], loop_size[RP_MAX_OPERANDS];
    ptrdiff_t inner[RP_MAX_OPERANDS], outer[RP_MAX_OPERANDS];
    size_t columns, rows; /* axes 0 and 1 */
    /* tasks: row_tasks x column_tasks */
    size_t all_rows, task_rows, task_columns, column_tasks;
} runner;

typedef struct blocks {
    _Alignas(64) char operand[RP_MAX_OPERANDS][RP_BLOCK_MAX];
    _Alignas(64) char packed[RP_BLOCK_MAX];
    /* what operand[k] holds, so that a row that is repeated is staged once */
    const char *source[RP_MAX_OPERANDS];
    size_t rows[RP_MAX_OPERANDS], columns[RP_MAX_OPERANDS];
} blocks;

void rp_convert_rows(char *to, rp_dtype to_dtype, ptrdiff_t to_row, const char *from, rp_dtype from_dtype,
                     ptrdiff_t from_row, size_t rows, size_t n)
{
    const rp_call call = {.ptr = {to, (char *)from}, .outer = {to_row, from_row}, .n = n, .m = rows};
    rp_context_get()->casts[from_dtype][to_dtype]->run(&call);
}

void rp_convert_elements(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, size_t n)
{
    if (to_dtype == from_dtype) {
        memmove(to, from, n * rp_dtype_size(to_dtype));
        return;
    }
    rp_convert_rows(to, to_dtype, 0, from, from_dtype, 0, 1, n);
}

static bool lies_dense(const runner *r, int k, size_t rows, size_t columns)
{
    return r->inner[k] == (ptrdiff_t)r->size[k] && (rows == 1 || r->outer[k] == (ptrdiff_t)(columns * r->size[k]));
}

/* Whether all axes of operand k are one run, in the plan's order. */
static bool lies_whole(const runner *r, int k)
{
    ptrdiff_t step = (ptrdiff_t)r->size[k];
    for (int axis = 0; axis < r->plan->ndim; axis++) {
        if (r->plan->strides[k][axis] != step) return false;
        step *= r->plan->shape[axis];
    }
    return true;
}

static void stage(const runner *r, blocks *b, int k, const char *source, size_t rows, size_t columns)
{
    if (b->source[k] == source && b->columns[k] == columns && b->rows[k] >= rows) return;
    b->source[k] = source;
    b->rows[k] = rows;
    b->columns[k] = columns;
    const rp_plan *plan = r->plan;
    const bool cast = plan->dtype[k] != plan->loop[k];
    const ptrdiff_t size = (ptrdiff_t)r->size[k], packed_row = size * (ptrdiff_t)columns;
    ptrdiff_t source_row = r->outer[k];
    if (!cast || r->inner[k] != size) {
        char *to = cast ? b->packed : b->operand[k];
        r->context->movers.copy(to, packed_row, size, source, source_row, r->inner[k], rows, columns, r->size[k]);
        source = to;
        source_row = packed_row;
    }
    if (!cast) return;
    const bool one_row = source_row == packed_row;
    rp_convert_rows(b->operand[k], plan->loop[k], (ptrdiff_t)(columns * r->loop_size[k]), source, plan->dtype[k],
                    source_row, one_row ? 1 : rows, one_row ? rows * columns : columns);
}

static void unstage(const runner *r, blocks *b, char *target, size_t rows, size_t columns)
{
    const rp_plan *plan = r->plan;
    const char *from = b->operand[0];
    const ptrdiff_t size = (ptrdiff_t)r->size[0];
    if (plan->dtype[0] != plan->loop[0]) {
        const bool direct = lies_dense(r, 0, rows, columns);
        rp_convert_elements(direct ? target : b->packed, plan->dtype[0], from, plan->loop[0], rows * columns);
        if (direct) return;
        from = b->packed;
    }
    r->context->movers.copy(target, r->outer[0], r->inner[0], from, size * (ptrdiff_t)columns, size, rows, columns,
                            r->size[0]);
}

/* Copies and casts; an input that can be converted as it lies is not staged. */
static void move_tile(const runner *r, blocks *b, char *const *data, size_t rows, size_t columns)
{
    const rp_plan *plan = r->plan;
    if (plan->dtype[0] != plan->dtype[1] && !r->staged[1]) {
        rp_convert_rows(data[0], plan->dtype[0], r->outer[0], data[1], plan->dtype[1], r->outer[1], rows, columns);
        return;
    }
    const char *from = data[1];
    ptrdiff_t from_row = r->outer[1], from_column = r->inner[1];
    if (r->staged[1]) {
        stage(r, b, 1, from, rows, columns);
        from = b->operand[1];
        from_column = (ptrdiff_t)r->size[0];
        from_row = from_column * (ptrdiff_t)columns;
    }
    r->context->movers.copy(data[0], r->outer[0], r->inner[0], from, from_row, from_column, rows, columns, r->size[0]);
}

static void run_streamed(const runner *r, blocks *b, char *const *data, size_t rows, size_t columns)
{
    const size_t most = r->tile_columns, size = r->size[0], line = rp_system_facts()->line_bytes;
    rp_call call = {.ptr = {b->operand[0]}, .inner = {(ptrdiff_t)size}, .m = 1};
    for (size_t row = 0; row < rows; row++) {
        char *to = data[0] + (ptrdiff_t)row * r->outer[0];
        for (int k = 1; k < r->plan->operands; k++) {
            call.inner[k] = r->scalar[k] ? 0 : (ptrdiff_t)r->size[k];
            call.ptr[k] = data[k] + (ptrdiff_t)row * r->outer[k];
        }
        for (size_t left = columns; left > 0; left -= call.n) {
            const size_t head = (-(uintptr_t)to & (line - 1)) / size; /* whole lines leave at once */
            call.n = head ? head : most;
            if (call.n > left) call.n = left;
            rp_run_kernel(r->kernel, &call);
            r->context->movers.stream(to, b->operand[0], call.n * size);
            to += call.n * size;
            for (int k = 1; k < r->plan->operands; k++) call.ptr[k] += (ptrdiff_t)call.n * call.inner[k];
        }
    }
}

/* rows x columns elements from these pointers on: a tile, or where nothing is staged all that a task has. */
static void run_tile(const runner *r, blocks *b, char *const *data, size_t rows, size_t columns)
{
    if (!r->kernel) {
        move_tile(r, b, data, rows, columns);
        return;
    }
    if (r->stream) {
        run_streamed(r, b, data, rows, columns);
        return;
    }
    const bool dense = r->plan->dense;
    rp_call call = {.n = dense ? rows * columns : columns, .m = dense ? 1 : rows};
    for (int k = 0; k < r->plan->operands; k++) {
        const ptrdiff_t size = (ptrdiff_t)r->loop_size[k];
        call.inner[k] = r->scalar[k] ? 0 : size;
        if (r->staged[k]) {
            if (k > 0) stage(r, b, k, data[k], rows, columns);
            call.ptr[k] = b->operand[k];
            call.outer[k] = size * (ptrdiff_t)columns;
        } else {
            call.ptr[k] = data[k];
            call.inner[k] = r->scalar[k] ? 0 : r->inner[k];
            call.outer[k] = r->outer[k];
        }
    }
    if (r->kernel->traits & RP_TRAIT_OWN_THREADS)
        rp_run_kernel(r->kernel, &call);
    else
        rp_run_by_lines(r->kernel, &call, r->size[0]);
    if (r->staged[0]) unstage(r, b, data[0], rows, columns);
}

static void run_rectangle(const runner *r, blocks *b, char *const *data, size_t rows, size_t columns)
{
    const size_t height = r->tiled ? r->tile_rows : rows,
                 width = r->tiled && !r->plan->dense ? r->tile_columns : columns;
    for (size_t row = 0; row < rows; row += height) {
        const size_t h = rows - row < height ? rows - row : height;
        for (size_t column = 0; column < columns; column += width) {
            const size_t w = columns - column < width ? columns - column : width;
            char *corner[RP_MAX_OPERANDS];
            for (int k = 0; k < r->plan->operands; k++) {
                corner[k] = data[k] + (ptrdiff_t)row * r->outer[k] + (ptrdiff_t)column * r->inner[k];
            }
            run_tile(r, b, corner, h, w);
        }
    }
}

/* A place on the axes from 2 on, as an odometer: divisions would cost more than a small rectangle. */
typedef struct place {
    char *data[RP_MAX_OPERANDS];
    ptrdiff_t index[RP_MAX_NDIM];
} place;

/* The rectangle of axes 0 and 1 that has row number `row` of all rows. */
static place find_rectangle(const runner *r, size_t row)
{
    const rp_plan *plan = r->plan;
    place p;
    size_t rest = row / r->rows;
    for (int k = 0; k < plan->operands; k++) p.data[k] = plan->data[k];
    for (int axis = 2; axis < plan->ndim; axis++) {
        p.index[axis] = (ptrdiff_t)(rest % (size_t)plan->shape[axis]);
        rest /= (size_t)plan->shape[axis];
        for (int k = 0; k < plan->operands; k++) p.data[k] += p.index[axis] * plan->strides[k][axis];
    }
    return p;
}

static void next_rectangle(const runner *r, place *p)
{
    const rp_plan *plan = r->plan;
    for (int axis = 2; axis < plan->ndim; axis++) {
        for (int k = 0; k < plan->operands; k++) p->data[k] += plan->strides[k][axis];
        if (++p->index[axis] < plan->shape[axis]) return;
        for (int k = 0; k < plan->operands; k++) p->data[k] -= plan->strides[k][axis] * plan->shape[axis];
        p->index[axis] = 0;
    }
}

/* Rectangles of axes 0 and 1 that lie apart in memory, gathered into one block and run through the kernel together. */
typedef struct gathering {
    char *data[MOST_GATHERED][RP_MAX_OPERANDS];
    size_t rows[MOST_GATHERED];
    int count;
    size_t elements;
} gathering;

static void move_gathered(const runner *r, const gathering *g, int k, char *block, bool to_block)
{
    const ptrdiff_t size = (ptrdiff_t)r->size[k], row_bytes = size * (ptrdiff_t)r->columns;
    for (int i = 0; i < g->count; i++) {
        char *place = g->data[i][k];
        if (to_block)
            r->context->movers.copy(block, row_bytes, size, place, r->outer[k], r->inner[k], g->rows[i], r->columns,
                                    r->size[k]);
        else
            r->context->movers.copy(place, r->outer[k], r->inner[k], block, row_bytes, size, g->rows[i], r->columns,
                                    r->size[k]);
        block += (ptrdiff_t)g->rows[i] * row_bytes;
    }
}

static void run_gathering(const runner *r, blocks *b, const gathering *g)
{
    const rp_plan *plan = r->plan;
    rp_call call = {.n = g->elements, .m = 1};
    for (int k = 0; k < plan->operands; k++) {
        call.ptr[k] = r->scalar[k] ? plan->data[k] : r->staged[k] ? b->operand[k] : g->data[0][k];
        call.inner[k] = r->scalar[k] ? 0 : (ptrdiff_t)r->loop_size[k];
        if (k == 0 || !r->staged[k]) continue;
        const bool cast = plan->dtype[k] != plan->loop[k];
        move_gathered(r, g, k, cast ? b->packed : b->operand[k], true);
        if (cast) rp_convert_elements(b->operand[k], plan->loop[k], b->packed, plan->dtype[k], g->elements);
    }
    rp_run_kernel(r->kernel, &call);
    if (!r->staged[0]) return;
    const bool cast = plan->dtype[0] != plan->loop[0];
    if (cast) rp_convert_elements(b->packed, plan->dtype[0], b->operand[0], plan->loop[0], g->elements);
    move_gathered(r, g, 0, cast ? b->packed : b->operand[0], false);
}

static void run_gathered(const runner *r, blocks *b, size_t row, size_t end)
{
    place p = find_rectangle(r, row);
    size_t first = row % r->rows;
    while (row < end) {
        gathering g = {.count = 0};
        while (row < end && g.count < MOST_GATHERED) {
            const size_t rows = r->rows - first < end - row ? r->rows - first : end - row;
            if (g.elements + rows * r->columns > r->tile_rows * r->columns) break;
            for (int k = 0; k < r->plan->operands; k++) {
                g.data[g.count][k] = p.data[k] + (ptrdiff_t)first * r->outer[k];
            }
            g.rows[g.count++] = rows;
            g.elements += rows * r->columns;
            row += rows;
            first = 0;
            next_rectangle(r, &p);
        }
        run_gathering(r, b, &g);
    }
}

/* A task: some of all rows (of all outer axes), some of the columns. */
static void run_task(void *context, size_t task)
{
    const runner *r = context;
    size_t row = task / r->column_tasks * r->task_rows, column = task % r->column_tasks * r->task_columns;
    const size_t end = r->all_rows - row < r->task_rows ? r->all_rows : row + r->task_rows;
    const size_t columns = r->columns - column < r->task_columns ? r->columns - column : r->task_columns;
    blocks b;
    if (r->plan->gathered && r->kernel) {
        run_gathered(r, &b, row, end);
        return;
    }
    if (r->tiled) memset(b.source, 0, sizeof b.source);
    place p = find_rectangle(r, row);
    for (size_t first = row % r->rows; row < end; first = 0) {
        const size_t rows = r->rows - first < end - row ? r->rows - first : end - row;
        char *data[RP_MAX_OPERANDS];
        for (int k = 0; k < r->plan->operands; k++) {
            data[k] = p.data[k] + (ptrdiff_t)first * r->outer[k] + (ptrdiff_t)column * r->inner[k];
        }
        run_rectangle(r, &b, data, rows, columns);
        row += rows;
        next_rectangle(r, &p);
    }
    if (r->stream) r->context->movers.stream_end();
}

static size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

/* The sides of a tile: whole rows, or nearly square where an input runs along the other axis. */
static void choose_tile(runner *r)
{
    size_t widest = 1;
    bool transposed = false;
    for (int k = 0; k < r->plan->operands; k++) {
        if (r->size[k] > widest) widest = r->size[k];
        if (r->loop_size[k] > widest) widest = r->loop_size[k];
        transposed |= r->rows > 1 && rp_runs_across(r->inner[k], r->outer[k]);
    }
    const size_t streamed = STREAMED_LINES * rp_system_facts()->line_bytes;
    const size_t elements = (r->stream ? streamed : r->context->block_bytes) / widest;
    r->tile_columns = r->columns < elements ? r->columns : elements;
    if (transposed && !r->plan->dense && !r->plan->gathered) {
        size_t side = 1;
        while (side * side * 4 <= elements) side *= 2;
        if (r->tile_columns > elements / side) r->tile_columns = elements / side;
    }
    r->tile_rows = elements / r->tile_columns;
}

static void share(runner *r, int threads)
{
    r->task_rows = r->all_rows;
    r->task_columns = r->columns;
    r->column_tasks = 1;
    if (threads > 1) {
        size_t bytes = 0;
        for (int k = 0; k < r->plan->operands; k++) bytes += r->size[k];
        /* Enough tasks that a slow core holds up little, as long as each is worth handing out. */
        size_t tasks = divide_up(r->plan->elements * bytes, r->context->task_bytes);
        if (tasks < 4 * (size_t)threads) tasks = 4 * (size_t)threads;
        if (tasks > 16 * (size_t)threads) tasks = 16 * (size_t)threads;
        if (r->all_rows >= tasks || r->plan->gathered) {
            r->task_rows = divide_up(r->all_rows, tasks);
            if (r->tiled) r->task_rows = divide_up(r->task_rows, r->tile_rows) * r->tile_rows;
        } else {
            const size_t line = rp_system_facts()->line_bytes;
            r->task_rows = 1;
            r->task_columns = divide_up(divide_up(r->columns, divide_up(tasks, r->all_rows)), line) * line;
            r->column_tasks = divide_up(r->columns, r->task_columns);
        }
    }
    rp_parallel(run_task, r, divide_up(r->all_rows, r->task_rows) * r->column_tasks, threads);
}

static void choose_staging(runner *r)
{
    const rp_plan *plan = r->plan;
    if (!r->kernel) {
        const bool contiguous = r->inner[0] == (ptrdiff_t)r->size[0] && r->inner[1] == (ptrdiff_t)r->size[1];
        r->staged[1] = plan->dtype[0] != plan->dtype[1] && !(contiguous && !plan->dense);
        r->tiled = r->staged[1];
        r->stream = false;
        return;
    }
    const rp_class class = plan->operand_class;
    const bool direct = r->kernel->traits & RP_TRAIT_STRIDED && rp_is_strided(rp_plan_layout(plan));
    const int x = plan->operands - 2, y = plan->operands - 1;
    r->scalar[x] = class == RP_SV || class == RP_VSV || class == RP_VSS;
    r->scalar[y] = class == RP_VS || class == RP_VVS || class == RP_VSS;
    for (int k = 0; k < plan->operands; k++) {
        const bool strided = r->inner[k] != (ptrdiff_t)r->size[k] && !direct;
        r->staged[k] = !r->scalar[k] && (plan->dtype[k] != plan->loop[k] || strided ||
                                         (plan->dense && !lies_dense(r, k, r->rows, r->columns)) ||
                                         (plan->gathered && !lies_whole(r, k)));
    }
    r->tiled = plan->dense || plan->gathered;
    for (int k = 0; k < plan->operands; k++) r->tiled |= r->staged[k];
    /* A result in place of an operand has its lines at hand already, and short rows are no whole lines. */
    r->stream &= !r->tiled && r->columns * r->size[0] >= r->context->block_bytes;
    for (int k = 1; k < plan->operands; k++) r->stream &= plan->data[k] != plan->data[0];
}

static void run(const rp_plan *plan, const rp_choice *choice)
{
    runner r = {.plan = plan, .context = rp_context_get(), .kernel = choice->kernel, .stream = choice->stream};
    r.columns = (size_t)plan->shape[0];
    r.rows = plan->ndim > 1 ? (size_t)plan->shape[1] : 1;
    r.all_rows = plan->elements / r.columns;
    for (int k = 0; k < plan->operands; k++) {
        r.size[k] = rp_dtype_size(plan->dtype[k]);
        r.loop_size[k] = rp_dtype_size(plan->loop[k]);
        r.inner[k] = r.columns == 1 ? (ptrdiff_t)r.size[k] : plan->strides[k][0];
        r.outer[k] = plan->ndim > 1 ? plan->strides[k][1] : 0;
    }
    choose_staging(&r);
    if (r.tiled || r.stream) choose_tile(&r);
    share(&r, choice->threads);
}

void rp_run(const rp_plan *plan, rp_choice choice)
{
    const bool measured = rp_measure_start(&choice);
    run(plan, &choice);
    if (measured) rp_measure_stop(&choice);
}
