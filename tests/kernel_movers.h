/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The movers of an instruction set: copy with any strides, and stream, between guard pages.
 */
#ifndef RP_TEST_KERNEL_MOVERS_H
#define RP_TEST_KERNEL_MOVERS_H

#include "choose/registry.h"
#include "kernel_run.h"

/* How rows and columns lie in memory. */
typedef enum strides {
    STRIDES_PACKED,
    STRIDES_TRANSPOSED,
    STRIDES_GAPS,
    STRIDES_ODD,
    STRIDES_MIRRORED,
    STRIDES_UPSIDE_DOWN,
    STRIDES_TRANSPOSED_MIRRORED,
    STRIDES_COUNT,
    STRIDES_ONE_ROW = STRIDES_COUNT,
    STRIDES_ONE_COLUMN,
    STRIDES_ONE_ELEMENT,
    STRIDES_FROM_COUNT /* sources only */
} strides;

typedef struct lattice {
    ptrdiff_t row, column;
    char *low, *high, *origin;
} lattice;

static lattice lattice_place(guarded area, strides kind, size_t rows, size_t columns, size_t size, bool at_end,
                             size_t shift)
{
    ptrdiff_t step = (ptrdiff_t)size, across = step * (ptrdiff_t)columns, down = step * (ptrdiff_t)rows;
    lattice it = {across, step, NULL, NULL, NULL};
    switch (kind) {
    case STRIDES_TRANSPOSED:
        it.row = step;
        it.column = down;
        break;
    case STRIDES_GAPS:
        it.column = 2 * step;
        it.row = 2 * across + step;
        break;
    case STRIDES_ODD:
        it.column = 3 * step + 1;
        it.row = it.column * (ptrdiff_t)columns + 5;
        break;
    case STRIDES_MIRRORED: it.column = -step; break;
    case STRIDES_UPSIDE_DOWN: it.row = -across; break;
    case STRIDES_TRANSPOSED_MIRRORED:
        it.row = -step;
        it.column = -down - step;
        break;
    case STRIDES_ONE_ROW: it.row = 0; break;
    case STRIDES_ONE_COLUMN:
        it.column = 0;
        it.row = step;
        break;
    case STRIDES_ONE_ELEMENT: it.row = it.column = 0; break;
    default: break;
    }
    ptrdiff_t over_rows = it.row * (ptrdiff_t)(rows - 1), over_columns = it.column * (ptrdiff_t)(columns - 1);
    ptrdiff_t below = (over_rows < 0 ? over_rows : 0) + (over_columns < 0 ? over_columns : 0);
    ptrdiff_t above = (over_rows > 0 ? over_rows : 0) + (over_columns > 0 ? over_columns : 0) + step;
    it.low = at_end ? area.high - shift - (above - below) : area.low + shift;
    it.high = it.low + (above - below);
    it.origin = it.low - below;
    return it;
}

static void fill_random(char *low, char *high)
{
    while (low < high) *low++ = (char)random_bits();
}

static bool copy_one(const rp_isa_tables *tables, size_t size, size_t rows, size_t columns, strides to_kind,
                     strides from_kind, size_t number)
{
    static size_t seen;
    lattice to = lattice_place(areas[0], to_kind, rows, columns, size, number % 2, number % 3 == 2);
    lattice from = lattice_place(areas[1], from_kind, rows, columns, size, number / 2 % 2, number % 5 == 1);
    size_t span = (size_t)(to.high - to.low);
    if (span > AREA_BYTES / 2 || from.high - from.low > AREA_BYTES / 2) return true;
    if (seen++ % 64 == 0) fill_random(from.low, from.high);
    memset(to.low, 0xa5, span);
    memcpy(copies[0], to.low, span);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            memcpy(copies[0] + (to.origin - to.low) + (ptrdiff_t)r * to.row + (ptrdiff_t)c * to.column,
                   from.origin + (ptrdiff_t)r * from.row + (ptrdiff_t)c * from.column, size);
    bool strayed = sigsetjmp(guard_return, 1) != 0;
    if (!strayed)
        tables->movers.copy(to.origin, to.row, to.column, from.origin, from.row, from.column, rows, columns, size);
    if (!strayed && memcmp(to.low, copies[0], span) == 0) return true;
    printf("FAIL copy.%s: %zu x %zu elements of %zu bytes, strides %td, %td from %td, %td: %s\n",
           rp_isa_name(tables->isa), rows, columns, size, to.row, to.column, from.row, from.column,
           strayed ? "touched memory that is not its own" : "wrong bytes");
    return false;
}

static bool check_copy(const rp_isa_tables *tables, bool thin)
{
    static const size_t sides[] = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 67, 130, 519};
    enum { SIDES = sizeof sides / sizeof *sides };
    size_t number = 0;
    for (size_t size = 1; size <= 16; size *= 2)
        for (size_t i = 0; i < SIDES; i += thin ? 3 : 1)
            for (size_t j = 0; j < SIDES; j += thin ? 2 : 1)
                for (int to = 0; to < STRIDES_COUNT; to++)
                    for (int from = 0; from < STRIDES_FROM_COUNT; from++)
                        if (!copy_one(tables, size, sides[i], sides[j], (strides)to, (strides)from, number++))
                            return false;
    return true;
}

static bool stream_one(const rp_isa_tables *tables, size_t bytes, size_t shift)
{
    bool at_end = (bytes + shift) % 2;
    char *to = at_end ? areas[0].high - bytes - shift : areas[0].low + shift;
    char *from = at_end ? areas[1].high - bytes - shift * 7 % 65 : areas[1].low + shift * 7 % 65;
    char *window = at_end ? to - MARGIN : areas[0].low;
    size_t span = at_end ? (size_t)(areas[0].high - window) : shift + bytes + MARGIN;
    fill_random(from, from + (bytes < 64 ? bytes : 64));
    memset(window, 0xa5, span);
    memset(copies[0], 0xa5, span);
    memcpy(copies[0] + (to - window), from, bytes);
    bool strayed = sigsetjmp(guard_return, 1) != 0;
    if (!strayed) tables->movers.stream(to, from, bytes);
    if (!strayed && memcmp(window, copies[0], span) == 0) return true;
    printf("FAIL stream.%s: %zu bytes, %zu off a page: %s\n", rp_isa_name(tables->isa), bytes, shift,
           strayed ? "touched memory that is not its own" : "wrong bytes");
    return false;
}

static bool check_stream(const rp_isa_tables *tables, bool thin)
{
    for (size_t bytes = 0; bytes < 20000; bytes += bytes < 300 ? 1 : bytes / 3)
        for (size_t shift = 0; shift < 66; shift += thin ? 13 : 1)
            if (!stream_one(tables, bytes, shift)) return false;
    return true;
}

static void check_movers(const rp_isa_tables *tables, bool thin, size_t *passed, size_t *failed)
{
    random_state = 1;
    ++*(check_copy(tables, thin) ? passed : failed);
    fill_random(areas[1].low, areas[1].high);
    ++*(check_stream(tables, thin) ? passed : failed);
}

#endif
