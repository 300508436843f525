/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of sites.
 */
#include "choose/site.h"

#include <string.h>

#include "runtime/runtime.h"

enum { FIRST_OCTAVE = 12 };

typedef struct site_row {
    rp_site site[2][RP_LAYOUT_COUNT][RP_SIZE_CLASSES];
} site_row;

static _Atomic(site_row *) rows[RP_OP_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT];

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
    _Atomic(site_row *) *place = &rows[query->op][query->dtype][query->operands];
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
    return &row->site[query->wide][query->layout][rp_size_class(query->bytes)];
}

void rp_sites_visit(rp_site_visitor visit, void *context)
{
    for (int op = 0; op < RP_OP_COUNT; op++) {
        for (int dtype = 0; dtype < RP_DTYPE_COUNT; dtype++) {
            for (int shape = 0; shape < RP_CLASS_COUNT; shape++) {
                site_row *row = atomic_load(&rows[op][dtype][shape]);
                for (int i = 0; row && i < 2 * RP_LAYOUT_COUNT * RP_SIZE_CLASSES; i++) {
                    const int size_class = i % RP_SIZE_CLASSES, layout = i / RP_SIZE_CLASSES % RP_LAYOUT_COUNT;
                    const int wide = i / (RP_SIZE_CLASSES * RP_LAYOUT_COUNT);
                    const rp_query least = {(rp_op)op,
                                            (rp_dtype)dtype,
                                            (rp_class)shape,
                                            (rp_layout)layout,
                                            wide,
                                            rp_size_class_bytes(size_class)};
                    visit(context, &least, &row->site[wide][layout][size_class]);
                }
            }
        }
    }
}
