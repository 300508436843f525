/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of sites.
 */
#include "choose/site.h"

#include <string.h>

#include "runtime/runtime.h"

enum { FIRST_OCTAVE = 12 };

/* The size classes of calls that share all else. */
typedef struct site_row {
    rp_site site[RP_SIZE_CLASSES];
} site_row;

static _Atomic(site_row *) rows[2][RP_OP_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT][2]
                               [RP_LAYOUT_COUNT]; /* by rp_accuracy */
static atomic_bool any_fast;                      /* else there are half as many to look through */

int rp_size_class(size_t bytes)
{
    if (bytes < (size_t)1 << FIRST_OCTAVE) return 0;
    const int octave = 63 - __builtin_clzll(bytes);
    const int half_octave = 2 * (octave - FIRST_OCTAVE) + (int)(bytes >> (octave - 1) & 1);
    return half_octave < RP_SIZE_CLASSES ? half_octave : RP_SIZE_CLASSES - 1;
}

size_t rp_size_class_bytes(int size_class)
{
    const size_t octave = (size_t)1 << (FIRST_OCTAVE + size_class / 2);
    return size_class % 2 ? octave + octave / 2 : octave;
}

rp_site *rp_site_of(const rp_query *query)
{
    _Atomic(site_row *) *place =
        &rows[query->accuracy][query->op][query->dtype][query->operands][query->may_thread][query->layout];
    if (query->accuracy == RP_FAST) atomic_store_explicit(&any_fast, true, memory_order_relaxed);
    site_row *row = atomic_load_explicit(place, memory_order_acquire);
    if (!row) {
        site_row *fresh = rp_malloc(sizeof *fresh);
        if (!fresh) return NULL;
        memset((void *)fresh, 0, sizeof *fresh);
        if (atomic_compare_exchange_strong(place, &row, fresh))
            row = fresh;
        else
            rp_free(fresh);
    }
    return &row->site[rp_size_class(query->bytes)];
}

static void visit_row(site_row *row, rp_query least, rp_site_visitor visit, void *context)
{
    for (int size_class = 0; row && size_class < RP_SIZE_CLASSES; size_class++) {
        least.bytes = rp_size_class_bytes(size_class);
        visit(context, &least, &row->site[size_class]);
    }
}

void rp_sites_visit(rp_site_visitor visit, void *context)
{
    enum { ALL = RP_OP_COUNT * RP_DTYPE_COUNT * RP_CLASS_COUNT * 2 * RP_LAYOUT_COUNT };
    for (int i = 0; i < (atomic_load(&any_fast) ? 2 * ALL : ALL); i++) {
        rp_query least = {.accuracy = i < ALL ? RP_ACCURATE : RP_FAST};
        int rest = i % ALL;
        least.layout = (rp_layout)(rest % RP_LAYOUT_COUNT), rest /= RP_LAYOUT_COUNT;
        least.may_thread = rest % 2, rest /= 2;
        least.operands = (rp_class)(rest % RP_CLASS_COUNT), rest /= RP_CLASS_COUNT;
        least.dtype = (rp_dtype)(rest % RP_DTYPE_COUNT);
        least.op = (rp_op)(rest / RP_DTYPE_COUNT);
        visit_row(
            atomic_load(&rows[least.accuracy][least.op][least.dtype][least.operands][least.may_thread][least.layout]),
            least, visit, context);
    }
}
