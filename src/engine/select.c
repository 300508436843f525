/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counting a mask, and moving what it selects: in blocks, each of which knows from the count where its findings go.
 */
#include "engine/select.h"

#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/runtime.h"

enum { BLOCK = 1 << 14 };

static size_t count_true(const char *mask, size_t n)
{
    int64_t count;
    rp_run_kernel(rp_context_get()->default_kernel[RP_COUNT_NONZERO][RP_BOOL][RP_ROW],
                  &(rp_call){.ptr = {(char *)&count, (char *)mask}, .n = n, .m = 1});
    return (size_t)count;
}

static size_t block_length(const rp_selection *s, size_t block)
{
    const size_t left = s->elements - block * BLOCK;
    return left < BLOCK ? left : BLOCK;
}

static void count_task(void *context, size_t block, int thread)
{
    const rp_selection *s = context;
    (void)thread;
    s->first[block + 1] = count_true(s->mask + block * BLOCK, block_length(s, block));
}

rp_status rp_select(const char *mask, size_t elements, size_t size, rp_selection *s)
{
    const rp_context *context = rp_context_get();
    *s = (rp_selection){.mask = mask, .elements = elements, .blocks = (elements + BLOCK - 1) / BLOCK};
    s->threads = elements * (1 + size) >= context->helpful_bytes ? rp_get_num_threads() : 1;
    s->first = rp_pool_allocate((s->blocks + 1) * sizeof *s->first, &s->block_bytes);
    if (!s->first) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room to count a mask");
    s->first[0] = 0;
    rp_parallel(count_task, s, s->blocks, s->threads);
    for (size_t block = 0; block < s->blocks; block++) s->first[block + 1] += s->first[block];
    s->found = s->first[s->blocks];
    return RP_OK;
}

void rp_selection_end(rp_selection *s)
{
    if (s->first) rp_pool_free(s->first, s->block_bytes);
}

/* ---- Elements ---------------------------------------------------------------------------------------------- */

typedef struct moving {
    const rp_selection *selection;
    char *x, *block;
    size_t size;
    bool truths; /* elements are bools: 0 or 1, whatever bytes they were */
} moving;

static void select_task(void *context, size_t block, int thread)
{
    const moving *m = context;
    const rp_selection *s = m->selection;
    (void)thread;
    const size_t start = block * BLOCK, most = s->first[block + 1] - s->first[block];
    char *to = m->block + s->first[block] * m->size;
    const size_t found = rp_context_get()->indexers->select(to, most, s->mask + start, m->x + start * m->size,
                                                            block_length(s, block), m->size);
    if (m->truths && found) rp_convert_elements(to, RP_BOOL, to, RP_UINT8, found);
    memset(to + found * m->size, 0, (most - found) * m->size); /* the mask lost some since they were counted */
}

void rp_select_elements(const rp_selection *s, const char *x, rp_dtype dtype, char *to)
{
    moving m = {s, (char *)x, to, rp_itemsize(dtype), dtype == RP_BOOL};
    rp_parallel(select_task, &m, s->blocks, s->threads);
}

static void spread_task(void *context, size_t block, int thread)
{
    const moving *m = context;
    const rp_selection *s = m->selection;
    (void)thread;
    const size_t start = block * BLOCK;
    rp_context_get()->indexers->spread(m->x + start * m->size, s->mask + start, block_length(s, block),
                                       m->block + s->first[block] * m->size, s->first[block + 1] - s->first[block],
                                       m->size);
}

void rp_spread_elements(const rp_selection *s, char *x, size_t size, const char *values)
{
    moving m = {s, x, (char *)values, size, false};
    rp_parallel(spread_task, &m, s->blocks, s->threads);
}

/* ---- Indices ----------------------------------------------------------------------------------------------- */

typedef struct indexing {
    const rp_selection *selection;
    int ndim;
    const ptrdiff_t *shape;
    int64_t *const *to;
} indexing;

/* A block in pieces of one row: along it the last index counts, and the others stay. */
static void index_task(void *context, size_t block, int thread)
{
    const indexing *x = context;
    const rp_selection *s = x->selection;
    const int last = x->ndim - 1;
    const size_t columns = (size_t)x->shape[last], end = s->first[block + 1];
    size_t i = block * BLOCK, left = block_length(s, block), place = s->first[block];
    size_t (*const find)(int64_t *, size_t, const char *, size_t, int64_t) = rp_context_get()->indexers->find;
    (void)thread;
    while (left > 0 && place < end) {
        const size_t column = i % columns, n = left < columns - column ? left : columns - column;
        const size_t found = find(x->to[last] + place, end - place, s->mask + i, n, (int64_t)column);
        size_t row = i / columns;
        for (int axis = last - 1; axis >= 0; axis--) {
            const int64_t index = (int64_t)(row % (size_t)x->shape[axis]);
            row /= (size_t)x->shape[axis];
            for (size_t k = 0; k < found; k++) x->to[axis][place + k] = index;
        }
        place += found;
        i += n;
        left -= n;
    }
    /* Only where the mask lost some since they were counted. */
    for (int axis = 0; axis <= last; axis++) memset(x->to[axis] + place, 0, (end - place) * sizeof **x->to);
}

void rp_select_indices(const rp_selection *s, int ndim, const ptrdiff_t *shape, int64_t *const *to)
{
    indexing x = {s, ndim, shape, to};
    rp_parallel(index_task, &x, s->blocks, s->threads);
}
