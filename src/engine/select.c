/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counting a mask, and moving what it selects. The loops write each element and step on where it was wanted: a branch
 * would be mispredicted for every other element of a random mask.
 */
#include "engine/select.h"

#include <string.h>

#include "choose/choose.h"
#include "runtime/runtime.h"

enum { BLOCK = 1 << 14, STEP = 8 };

static uint64_t load_step(const char *mask)
{
    uint64_t bytes;
    memcpy(&bytes, mask, sizeof bytes);
    return bytes;
}

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
    const char *x;
    char *to;
    size_t size;
} moving;

/* `found` elements of n at most. */
#define DEFINE_MOVE(name, type)                                                                           \
    static void name(const char *mask, size_t n, const char *x, char *to, size_t found)                   \
    {                                                                                                     \
        size_t place = 0, i = 0;                                                                          \
        while (place < found && i < n) {                                                                  \
            const size_t end = n - i < STEP ? n : i + STEP;                                               \
            if (end == i + STEP && !load_step(mask + i)) {                                                \
                i = end;                                                                                  \
                continue;                                                                                 \
            }                                                                                             \
            for (; i < end && place < found; i++) {                                                       \
                memcpy(to + place * sizeof(type), x + i * sizeof(type), sizeof(type));                    \
                place += mask[i] != 0;                                                                    \
            }                                                                                             \
        }                                                                                                 \
        memset(to + place * sizeof(type), 0, (found - place) * sizeof(type)); /* the mask lost some */    \
    }
DEFINE_MOVE(move_1, uint8_t)
DEFINE_MOVE(move_2, uint16_t)
DEFINE_MOVE(move_4, uint32_t)
DEFINE_MOVE(move_8, uint64_t)
DEFINE_MOVE(move_16, rp_complex128)

static void move_task(void *context, size_t block, int thread)
{
    const moving *m = context;
    const rp_selection *s = m->selection;
    (void)thread;
    const size_t start = block * BLOCK, n = block_length(s, block), found = s->first[block + 1] - s->first[block];
    const char *mask = s->mask + start, *x = m->x + start * m->size;
    char *to = m->to + s->first[block] * m->size;
    switch (m->size) {
    case 1: move_1(mask, n, x, to, found); return;
    case 2: move_2(mask, n, x, to, found); return;
    case 4: move_4(mask, n, x, to, found); return;
    case 8: move_8(mask, n, x, to, found); return;
    default: move_16(mask, n, x, to, found); return;
    }
}

void rp_select_elements(const rp_selection *s, const char *x, size_t size, char *to)
{
    moving m = {s, x, to, size};
    rp_parallel(move_task, &m, s->blocks, s->threads);
}

/* ---- Indices ----------------------------------------------------------------------------------------------- */

typedef struct indexing {
    const rp_selection *selection;
    int ndim;
    const ptrdiff_t *shape;
    int64_t *const *to;
} indexing;

/* The places below n where the mask is true, `most` at most, each plus `base`; returns how many. */
static size_t find_true(const char *mask, size_t n, int64_t base, int64_t *to, size_t most)
{
    size_t place = 0, i = 0;
    while (place < most && i < n) {
        const size_t end = n - i < STEP ? n : i + STEP;
        if (end == i + STEP && !load_step(mask + i)) {
            i = end;
            continue;
        }
        for (; i < end && place < most; i++) {
            to[place] = base + (int64_t)i;
            place += mask[i] != 0;
        }
    }
    return place;
}

/* A block in pieces of one row: along it the last index counts, and the others stay. */
static void index_task(void *context, size_t block, int thread)
{
    const indexing *x = context;
    const rp_selection *s = x->selection;
    const int last = x->ndim - 1;
    const size_t columns = (size_t)x->shape[last], end = s->first[block + 1];
    size_t i = block * BLOCK, left = block_length(s, block), place = s->first[block];
    (void)thread;
    while (left > 0 && place < end) {
        const size_t column = i % columns, n = left < columns - column ? left : columns - column;
        const size_t found = find_true(s->mask + i, n, (int64_t)column, x->to[last] + place, end - place);
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
