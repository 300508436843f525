/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The counts: an open table of kernels, never shrunk. A full table counts no new ones.
 */
#include "choose/count.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/os.h"

enum { MOST_COUNTED = 4096, MOST_BYTES = 1 << 20 /* that their lines have */ };

static struct {
    _Atomic(const char *) name;
    atomic_size_t calls;
} counted[MOST_COUNTED];
static const char *directory;
static atomic_bool paused;

void rp_trace_pause(bool pauses) { atomic_store_explicit(&paused, pauses, memory_order_relaxed); }

void rp_trace_forget(void)
{
    for (int i = 0; i < MOST_COUNTED; i++) atomic_store(&counted[i].calls, 0);
}

/* Where the disk is full the last line is cut off: its reader leaves out what has no end. */
static void write_counts(void)
{
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/raptors-%ld.kernels", directory, (long)getpid());
    const bool writes = length > 0 && (size_t)length < sizeof path && rp_os_may_write(MOST_BYTES);
    FILE *file = writes ? fopen(path, "ae") : NULL;
    if (!file) return;
    for (int i = 0; i < MOST_COUNTED; i++) {
        const size_t calls = atomic_load(&counted[i].calls);
        if (calls) fprintf(file, "%zu\t%s\n", calls, atomic_load(&counted[i].name));
    }
    fclose(file);
}

bool rp_trace_begin(void)
{
    directory = getenv("RAPTORS_TRACE_DIR");
    if (!directory || !*directory) return false;
    return atexit(write_counts) == 0;
}

void rp_trace_call(const char *name)
{
    if (atomic_load_explicit(&paused, memory_order_relaxed)) return;
    const size_t first = (uintptr_t)name / 8 % MOST_COUNTED;
    for (size_t step = 0; step < MOST_COUNTED; step++) {
        const size_t i = (first + step) % MOST_COUNTED;
        const char *there = NULL;
        if (atomic_compare_exchange_strong(&counted[i].name, &there, name) || there == name) {
            atomic_fetch_add_explicit(&counted[i].calls, 1, memory_order_relaxed);
            return;
        }
    }
}
