/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Index arrays are resolved to offsets a block at a time, in the first-level cache, and elements are moved by those. Where
 * axes beside them make use of the offsets again, all are resolved first, and threads share the axes.
 */
#include "engine/gather.h"

#include <stdatomic.h>
#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/runtime.h"

enum { BLOCK = 512 }; /* positions: their indices and offsets take a quarter of the least first-level cache */

typedef struct mover {
    const rp_indexing *work;
    const rp_context *context;
    bool to_x;
    size_t unit;         /* bytes that lie together on both sides */
    ptrdiff_t step;      /* what one unit of an offset is, in bytes */
    size_t outer;        /* units beside a position: the product of the axes beside that are left */
    size_t per_task;     /* positions or units beside */
    ptrdiff_t *offset;   /* of all positions; NULL: a block at a time */
    atomic_bool outside; /* an index is out of range */
} mover;

static void load_indices(int64_t *to, const rp_index_array *index, size_t start, size_t n)
{
    const rp_dtype same =
        index->dtype == RP_UINT64 ? RP_UINT64 : RP_INT64; /* uint64 past int64: negative, and refused */
    rp_convert_elements((char *)to, same, index->data + start * rp_itemsize(index->dtype), index->dtype, n);
}

static int64_t lowest_index(const rp_index_array *index) { return index->dtype == RP_UINT64 ? 0 : -index->length; }

/* The offsets of n positions, BLOCK at most. */
static bool resolve(const mover *m, size_t start, size_t n, ptrdiff_t *offset)
{
    const rp_indexing *work = m->work;
    int64_t indices[BLOCK];
    for (int k = 0; k < work->count; k++) {
        const rp_index_array *index = &work->index[k];
        load_indices(indices, index, start, n);
        if (!m->context->indexers->resolve(offset, indices, n, lowest_index(index), index->length,
                                           work->count == 1 ? 1 : index->stride, k > 0))
            return false;
    }
    return true;
}

/* Bools become 0 or 1: long rows on their way, others while they lie in the first-level cache. */
static void gather_truths(const mover *m, const char *x, char *block, const ptrdiff_t *offset, size_t n)
{
    enum { FEW = 4 }; /* rows in a block: converting each alone costs a call, and the loop's end */
    const ptrdiff_t step = m->work->block_step;
    const size_t most = m->context->block_bytes / m->unit;
    if (most < FEW) {
        for (size_t i = 0; i < n; i++, block += step)
            rp_convert_elements(block, RP_BOOL, x + offset[i] * m->step, RP_UINT8, m->unit);
        return;
    }
    for (size_t i = 0, some; i < n; i += some, block += (ptrdiff_t)some * step) {
        some = n - i < most ? n - i : most;
        m->context->indexers->gather(block, step, x, m->step, offset + i, some, m->unit);
        if (step == (ptrdiff_t)m->unit)
            rp_convert_elements(block, RP_BOOL, block, RP_UINT8, some * m->unit);
        else
            rp_convert_rows(block, RP_BOOL, step, block, RP_UINT8, step, some, m->unit);
    }
}

static void move(const mover *m, char *x, char *block, const ptrdiff_t *offset, size_t n)
{
    const rp_indexers *indexers = m->context->indexers;
    if (m->to_x)
        indexers->scatter(x, m->step, offset, block, m->work->block_step, n, m->unit);
    else if (m->work->truths)
        gather_truths(m, x, block, offset, n);
    else
        indexers->gather(block, m->work->block_step, x, m->step, offset, n, m->unit);
}

static size_t end_of(const mover *m, size_t task, size_t all)
{
    const size_t start = task * m->per_task;
    return all - start < m->per_task ? all : start + m->per_task;
}

/* ---- By positions ------------------------------------------------------------------------------------------ */

static void positions_task(void *context, size_t task, int thread)
{
    mover *m = context;
    const rp_indexing *work = m->work;
    const size_t end = end_of(m, task, work->positions);
    ptrdiff_t offset[BLOCK];
    (void)thread;
    for (size_t i = task * m->per_task; i < end; i += BLOCK) {
        const size_t n = end - i < BLOCK ? end - i : BLOCK;
        if (!resolve(m, i, n, offset)) {
            atomic_store(&m->outside, true);
            return;
        }
        move(m, work->x, work->block + (ptrdiff_t)i * work->block_step, offset, n);
    }
}

static void resolve_task(void *context, size_t task, int thread)
{
    mover *m = context;
    const size_t end = end_of(m, task, m->work->positions);
    ptrdiff_t own[BLOCK];
    (void)thread;
    for (size_t i = task * m->per_task; i < end; i += BLOCK) {
        const size_t n = end - i < BLOCK ? end - i : BLOCK;
        if (!resolve(m, i, n, m->offset ? m->offset + i : own)) atomic_store(&m->outside, true);
    }
}

/* ---- By the axes beside ------------------------------------------------------------------------------------ */

/* `run` units along the last axis, which is longer than the positions: one position after another. */
static void move_along(const mover *m, char *x, char *block, size_t run)
{
    const rp_indexing *work = m->work;
    const ptrdiff_t along_x = work->x_strides[work->ndim - 1], along_block = work->block_strides[work->ndim - 1];
    for (size_t i = 0; i < work->positions; i++) {
        char *there = x + m->offset[i] * m->step, *here = block + (ptrdiff_t)i * work->block_step;
        if (m->to_x)
            m->context->movers.copy(there, 0, along_x, here, 0, along_block, 1, run, m->unit);
        else
            m->context->movers.copy(here, 0, along_block, there, 0, along_x, 1, run, m->unit);
    }
}

static void beside_task(void *context, size_t task, int thread)
{
    const mover *m = context;
    const rp_indexing *work = m->work;
    const int last = work->ndim - 1;
    const size_t length = (size_t)work->shape[last], end = end_of(m, task, m->outer);
    const bool along = m->unit == work->size && length > work->positions && !work->truths;
    (void)thread;
    for (size_t i = task * m->per_task, run; i < end; i += run) {
        const size_t column = i % length;
        char *x = work->x, *block = work->block;
        size_t rest = i;
        for (int axis = last; axis >= 0; axis--) {
            const ptrdiff_t place = (ptrdiff_t)(rest % (size_t)work->shape[axis]);
            rest /= (size_t)work->shape[axis];
            x += place * work->x_strides[axis];
            block += place * work->block_strides[axis];
        }
        run = length - column < end - i ? length - column : end - i;
        if (along) {
            if (run > BLOCK) run = BLOCK;
            move_along(m, x, block, run);
            continue;
        }
        for (size_t k = 0; k < run; k++) {
            move(m, x, block, m->offset, work->positions);
            x += work->x_strides[last];
            block += work->block_strides[last];
        }
    }
}

/* Where places of x share memory: position by position, as if the others were not there yet. */
static void scatter_in_order(const mover *m)
{
    rp_indexing one = *m->work;
    mover each = {.work = &one, .context = m->context, .to_x = true, .unit = m->unit, .step = m->step};
    one.positions = 1;
    each.outer = each.per_task = m->outer;
    for (size_t i = 0; i < m->work->positions; i++) {
        each.offset = m->offset + i;
        beside_task(&each, 0, 0);
        one.block += one.block_step;
    }
}

/* ---- A call ------------------------------------------------------------------------------------------------ */

/* Axes of length 1 fall away, neighbours that both sides walk as one become one, and what lies together becomes a unit. */
static void fold_axes(rp_indexing *work, mover *m)
{
    int ndim = 0;
    for (int axis = 0; axis < work->ndim; axis++) {
        const ptrdiff_t length = work->shape[axis], x = work->x_strides[axis], block = work->block_strides[axis];
        if (length == 1) continue;
        if (ndim && work->x_strides[ndim - 1] == x * length && work->block_strides[ndim - 1] == block * length) {
            work->shape[ndim - 1] *= length;
        } else {
            work->shape[ndim++] = length;
        }
        work->x_strides[ndim - 1] = x;
        work->block_strides[ndim - 1] = block;
    }
    const ptrdiff_t size = (ptrdiff_t)work->size;
    m->unit = work->size;
    if (ndim && work->x_strides[ndim - 1] == size && work->block_strides[ndim - 1] == size)
        m->unit *= (size_t)work->shape[--ndim];
    work->ndim = ndim;
    m->outer = 1;
    for (int axis = 0; axis < ndim; axis++) m->outer *= (size_t)work->shape[axis];
    m->step = work->count == 1 ? work->index[0].stride : 1;
}

/* `all` things of so many bytes each, some `together`, among threads where that is worth it. */
static void run_tasks(mover *m, rp_task task, size_t all, size_t bytes, size_t together, bool may_share)
{
    const rp_parts parts = rp_parts_of(m->context, all, bytes, together, may_share);
    m->per_task = parts.per_task;
    rp_parallel(task, m, parts.tasks, parts.threads);
}

static rp_status move_all(rp_indexing *work, bool to_x)
{
    mover m = {.work = work, .context = rp_context_get(), .to_x = to_x};
    size_t block_bytes = 0;
    fold_axes(work, &m);
    const size_t index_bytes = (size_t)work->count * sizeof(int64_t), unit_bytes = 2 * m.unit;
    /* The check before an assignment finds the offsets, which are worth keeping where they stay in the cache. */
    if (m.outer > 1 || (to_x && work->positions * sizeof *m.offset <= m.context->task_bytes)) {
        m.offset = rp_pool_allocate(work->positions * sizeof *m.offset, &block_bytes);
        if (!m.offset) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for %zu indices", work->positions);
    }
    if (to_x || m.offset) run_tasks(&m, resolve_task, work->positions, index_bytes + sizeof *m.offset, BLOCK, true);
    if (!atomic_load(&m.outside)) {
        if (m.offset && m.outer == 1)
            move(&m, work->x, work->block, m.offset, work->positions);
        else if (m.offset && to_x && !work->apart)
            scatter_in_order(&m);
        else if (m.offset)
            run_tasks(&m, beside_task, m.outer, work->positions * unit_bytes, 1, true);
        else
            run_tasks(&m, positions_task, work->positions, index_bytes + unit_bytes, BLOCK, !to_x);
    }
    if (m.offset) rp_pool_free(m.offset, block_bytes);
    return atomic_load(&m.outside) ? RP_ERROR_INDEX : RP_OK;
}

rp_status rp_gather_work(rp_indexing *work) { return move_all(work, false); }
rp_status rp_scatter_work(rp_indexing *work) { return move_all(work, true); }

bool rp_find_outside(const rp_index_array *index, size_t positions, int64_t *value)
{
    int64_t indices[BLOCK];
    for (size_t i = 0; i < positions; i += BLOCK) {
        const size_t n = positions - i < BLOCK ? positions - i : BLOCK;
        load_indices(indices, index, i, n);
        for (size_t k = 0; k < n; k++) {
            if (indices[k] >= lowest_index(index) && indices[k] < index->length) continue;
            *value = indices[k];
            return true;
        }
    }
    return false;
}
