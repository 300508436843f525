/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Staging, streaming, and the kernel's call.
 */
#include "engine/tile.h"

#include "runtime/runtime.h"

enum {
    /* Of the widest operand in a block that is streamed: about what a core can have under way, so that the loads of the next
     * block start while the stores of this one leave. 512 against 1536 bytes, both threads of an EPYC Turin guest,
     * 2026-11-25: left shift of 25 MB int32 1.01 to 1.03 ms against 1.18 to 1.24, equal of 18 MB uint8 0.60 against 0.75. */
    STREAMED_LINES = 8,
    STREAMED_MAX = 2048, /* bytes of such a block, on the stack, where lines are longer than any known */
    ALIGNMENT = 64
};

static bool lies_dense(const rp_tiling *t, int k, size_t rows, size_t columns)
{
    return t->inner[k] == (ptrdiff_t)t->size[k] && (rows == 1 || t->outer[k] == (ptrdiff_t)(columns * t->size[k]));
}

/* Whether all axes of operand k are one run, in the plan's order. */
static bool lies_whole(const rp_tiling *t, int k)
{
    ptrdiff_t step = (ptrdiff_t)t->size[k];
    for (int axis = 0; axis < t->plan->ndim; axis++) {
        if (t->plan->strides[k][axis] != step) return false;
        step *= t->plan->shape[axis];
    }
    return true;
}

static bool is_number(const rp_tiling *t, int k) { return t->numbers >> k & 1; }

/* ---- What holds for all tiles ------------------------------------------------------------------------------ */

static void choose_staging(rp_tiling *t)
{
    const rp_plan *plan = t->plan;
    if (!t->kernel) {
        const bool contiguous = t->inner[0] == (ptrdiff_t)t->size[0] && t->inner[1] == (ptrdiff_t)t->size[1];
        t->staged[1] = plan->dtype[0] != plan->dtype[1] && !(contiguous && plan->rows != RP_ROWS_DENSE);
        t->any_staged = t->staged[1];
        t->stream = false;
        return;
    }
    const bool direct = t->kernel->traits & RP_TRAIT_STRIDED && rp_is_strided(rp_plan_layout(plan));
    t->numbers = rp_class_numbers(plan->operand_class);
    t->any_staged = plan->rows != RP_ROWS_SINGLY;
    for (int k = 0; k < plan->operands; k++) {
        const bool strided = t->inner[k] != (ptrdiff_t)t->size[k] && !direct;
        t->staged[k] = !is_number(t, k) && (plan->dtype[k] != plan->loop[k] || strided ||
                                            (plan->rows == RP_ROWS_DENSE && !lies_dense(t, k, t->rows, t->columns)) ||
                                            (plan->rows == RP_ROWS_GATHERED && !lies_whole(t, k)));
        t->any_staged |= t->staged[k];
    }
    /* A result in place of an operand has its lines at hand already, and short rows are no whole lines. */
    t->stream &= !t->any_staged && t->columns * t->size[0] >= t->context->block_bytes;
    for (int k = 1; k < plan->operands; k++) t->stream &= plan->data[k] != plan->data[0];
}

static size_t at_least_one(size_t x) { return x ? x : 1; }

/* The sides of a tile: whole rows, or nearly square where an input runs along the other axis. */
static void choose_tile(rp_tiling *t)
{
    bool transposed = false;
    for (int k = 0; k < t->plan->operands; k++) {
        transposed |= t->rows > 1 && rp_runs_across(t->inner[k], t->outer[k]);
    }
    size_t streamed = STREAMED_LINES * rp_system_facts()->line_bytes;
    if (streamed > STREAMED_MAX) streamed = STREAMED_MAX;
    t->block_bytes = t->stream ? streamed : t->context->block_bytes;
    const size_t elements = at_least_one(t->block_bytes / t->plan->widest);
    t->most_columns = t->columns < elements ? t->columns : elements;
    if (transposed && t->plan->rows == RP_ROWS_SINGLY) {
        size_t side = 1;
        while (side * side * 4 <= elements) side *= 2;
        if (side > t->rows) side = t->rows;
        if (t->most_columns > elements / side) t->most_columns = elements / side;
    }
    t->most_rows = at_least_one(elements / t->most_columns);
}

rp_tiling rp_tiling_make(const rp_plan *plan, const rp_choice *choice)
{
    rp_tiling t = {.plan = plan, .context = rp_context_get(), .kernel = choice->kernel, .stream = choice->stream};
    t.columns = (size_t)plan->shape[0];
    t.rows = plan->ndim > 1 ? (size_t)plan->shape[1] : 1;
    for (int k = 0; k < plan->operands; k++) {
        t.size[k] = rp_itemsize(plan->dtype[k]);
        t.loop_size[k] = rp_itemsize(plan->loop[k]);
        t.inner[k] = t.columns == 1 ? (ptrdiff_t)t.size[k] : plan->strides[k][0];
        t.outer[k] = plan->ndim > 1 ? plan->strides[k][1] : 0;
    }
    choose_staging(&t);
    choose_tile(&t);
    return t;
}

size_t rp_tiling_scratch(const rp_tiling *t)
{
    return t->any_staged ? ((size_t)t->plan->operands + 1) * t->block_bytes : 0;
}

rp_blocks rp_tiling_blocks(const rp_tiling *t, char *scratch)
{
    rp_blocks b = {.packed = scratch};
    for (int k = 0; k < t->plan->operands && scratch; k++) b.operand[k] = scratch + (size_t)(k + 1) * t->block_bytes;
    return b;
}

/* ---- Staging ----------------------------------------------------------------------------------------------- */

static void stage(const rp_tiling *t, rp_blocks *b, int k, const char *source, size_t rows, size_t columns)
{
    if (b->source[k] == source && b->columns[k] == columns && b->rows[k] >= rows) return;
    b->source[k] = source;
    b->rows[k] = rows;
    b->columns[k] = columns;
    const rp_plan *plan = t->plan;
    const bool cast = plan->dtype[k] != plan->loop[k];
    const ptrdiff_t size = (ptrdiff_t)t->size[k], packed_row = size * (ptrdiff_t)columns;
    ptrdiff_t source_row = t->outer[k];
    if (!cast || t->inner[k] != size) {
        char *to = cast ? b->packed : b->operand[k];
        t->context->movers.copy(to, packed_row, size, source, source_row, t->inner[k], rows, columns, t->size[k]);
        source = to;
        source_row = packed_row;
    }
    if (!cast) return;
    const bool one_row = source_row == packed_row;
    rp_convert_rows(b->operand[k], plan->loop[k], (ptrdiff_t)(columns * t->loop_size[k]), source, plan->dtype[k],
                    source_row, one_row ? 1 : rows, one_row ? rows * columns : columns);
}

static void unstage(const rp_tiling *t, rp_blocks *b, char *target, size_t rows, size_t columns)
{
    const rp_plan *plan = t->plan;
    const char *from = b->operand[0];
    const ptrdiff_t size = (ptrdiff_t)t->size[0];
    if (plan->dtype[0] != plan->loop[0]) {
        const bool direct = lies_dense(t, 0, rows, columns);
        rp_convert_elements(direct ? target : b->packed, plan->dtype[0], from, plan->loop[0], rows * columns);
        if (direct) return;
        from = b->packed;
    }
    t->context->movers.copy(target, t->outer[0], t->inner[0], from, size * (ptrdiff_t)columns, size, rows, columns,
                            t->size[0]);
}

/* ---- One tile ---------------------------------------------------------------------------------------------- */

/* Copies and casts; an input that can be converted as it lies is not staged. */
static void move_tile(const rp_tiling *t, rp_blocks *b, char *const *data, size_t rows, size_t columns)
{
    const rp_plan *plan = t->plan;
    if (plan->dtype[0] != plan->dtype[1] && !t->staged[1]) {
        rp_convert_rows(data[0], plan->dtype[0], t->outer[0], data[1], plan->dtype[1], t->outer[1], rows, columns);
        return;
    }
    const char *from = data[1];
    ptrdiff_t from_row = t->outer[1], from_column = t->inner[1];
    if (t->staged[1]) {
        stage(t, b, 1, from, rows, columns);
        from = b->operand[1];
        from_column = (ptrdiff_t)t->size[0];
        from_row = from_column * (ptrdiff_t)columns;
    }
    t->context->movers.copy(data[0], t->outer[0], t->inner[0], from, from_row, from_column, rows, columns, t->size[0]);
}

static void run_streamed(const rp_tiling *t, char *const *data, size_t rows, size_t columns)
{
    _Alignas(ALIGNMENT) char block[STREAMED_MAX];
    const size_t size = t->size[0], line = rp_system_facts()->line_bytes;
    rp_call call = {.ptr = {block}, .inner = {(ptrdiff_t)size}, .m = 1};
    for (size_t row = 0; row < rows; row++) {
        char *to = data[0] + (ptrdiff_t)row * t->outer[0];
        for (int k = 1; k < t->plan->operands; k++) {
            call.inner[k] = is_number(t, k) ? 0 : (ptrdiff_t)t->size[k];
            call.ptr[k] = data[k] + (ptrdiff_t)row * t->outer[k];
        }
        for (size_t left = columns; left > 0; left -= call.n) {
            const size_t head = (-(uintptr_t)to & (line - 1)) / size; /* whole lines leave at once */
            call.n = head && head < t->most_columns ? head : t->most_columns;
            if (call.n > left) call.n = left;
            rp_run_kernel(t->kernel, &call);
            t->context->movers.stream(to, block, call.n * size);
            to += call.n * size;
            for (int k = 1; k < t->plan->operands; k++) call.ptr[k] += (ptrdiff_t)call.n * call.inner[k];
        }
    }
}

void rp_tile_run(const rp_tiling *t, rp_blocks *b, char *const *data, size_t rows, size_t columns)
{
    if (!t->kernel) {
        move_tile(t, b, data, rows, columns);
        return;
    }
    if (t->stream) {
        run_streamed(t, data, rows, columns);
        return;
    }
    const bool dense = t->plan->rows == RP_ROWS_DENSE;
    rp_call call = {.n = dense ? rows * columns : columns, .m = dense ? 1 : rows};
    for (int k = 0; k < t->plan->operands; k++) {
        const ptrdiff_t size = (ptrdiff_t)t->loop_size[k];
        call.inner[k] = is_number(t, k) ? 0 : size;
        if (t->staged[k]) {
            if (k > 0) stage(t, b, k, data[k], rows, columns);
            call.ptr[k] = b->operand[k];
            call.outer[k] = size * (ptrdiff_t)columns;
        } else {
            call.ptr[k] = data[k];
            call.inner[k] = is_number(t, k) ? 0 : t->inner[k];
            call.outer[k] = t->outer[k];
        }
    }
    if (t->kernel->traits & RP_TRAIT_OWN_THREADS)
        rp_run_kernel(t->kernel, &call);
    else
        rp_run_by_lines(t->kernel, &call, t->size[0]);
    if (t->staged[0]) unstage(t, b, data[0], rows, columns);
}

/* ---- Gathered rectangles ----------------------------------------------------------------------------------- */

static void move_gathered(const rp_tiling *t, const rp_gathering *g, int k, char *block, bool to_block)
{
    const ptrdiff_t size = (ptrdiff_t)t->size[k], row_bytes = size * (ptrdiff_t)t->columns;
    for (int i = 0; i < g->count; i++) {
        char *place = g->data[i][k];
        if (to_block)
            t->context->movers.copy(block, row_bytes, size, place, t->outer[k], t->inner[k], g->rows[i], t->columns,
                                    t->size[k]);
        else
            t->context->movers.copy(place, t->outer[k], t->inner[k], block, row_bytes, size, g->rows[i], t->columns,
                                    t->size[k]);
        block += (ptrdiff_t)g->rows[i] * row_bytes;
    }
}

void rp_tile_run_gathering(const rp_tiling *t, rp_blocks *b, const rp_gathering *g)
{
    const rp_plan *plan = t->plan;
    const size_t elements = g->all_rows * t->columns;
    rp_call call = {.n = elements, .m = 1};
    for (int k = 0; k < plan->operands; k++) {
        call.ptr[k] = is_number(t, k) ? plan->data[k] : t->staged[k] ? b->operand[k] : g->data[0][k];
        call.inner[k] = is_number(t, k) ? 0 : (ptrdiff_t)t->loop_size[k];
        if (k == 0 || !t->staged[k]) continue;
        const bool cast = plan->dtype[k] != plan->loop[k];
        move_gathered(t, g, k, cast ? b->packed : b->operand[k], true);
        if (cast) rp_convert_elements(b->operand[k], plan->loop[k], b->packed, plan->dtype[k], elements);
    }
    rp_run_kernel(t->kernel, &call);
    if (!t->staged[0]) return;
    const bool cast = plan->dtype[0] != plan->loop[0];
    if (cast) rp_convert_elements(b->packed, plan->dtype[0], b->operand[0], plan->loop[0], elements);
    move_gathered(t, g, 0, cast ? b->packed : b->operand[0], false);
}
