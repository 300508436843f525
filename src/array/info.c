/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rp_info: what the library is, what it found, and what it uses.
 */
#include <stdio.h>
#include <stdlib.h>

#include "choose/environment.h"
#include "choose/measure.h"
#include "choose/profile.h"
#include "runtime/runtime.h"
#include "runtime/text.h"

/* "sse2 avx2": the tiers that this CPU has. */
static void list_features(char *text, size_t size)
{
    size_t length = 0;
    for (int isa = 0; isa < RP_ISA_COUNT && length < size; isa++) {
        if (rp_isa_needs(isa) && !(rp_isa_needs(isa) & ~rp_cpu_detected()))
            length += (size_t)snprintf(text + length, size - length, " %s", rp_isa_name(isa));
    }
}

/* One report within another. */
static void add_ignored(rp_text *w)
{
    const bool room = w->text && w->length < w->size;
    w->length += rp_environment_ignored(room ? w->text + w->length : NULL, room ? w->size - w->length : 0);
}

size_t rp_info(char *text, size_t size)
{
    rp_text w = {text, size, 0};
    char features[64] = "";
    const rp_system *system = rp_system_facts();
    const rp_context *context = rp_context_get();
    rp_text_line(&w, "raptors: %s", rp_version());
    rp_text_line(&w, "cpu: %s", system->cpu_model);
    list_features(features, sizeof features);
    rp_text_line(&w, "features:%s", features);
    rp_text_line(&w, "kernels in use: %s%s", rp_isa_name(context->isa),
                 rp_cpu_features() == rp_cpu_detected() ? "" : " (held down by RAPTORS_CPU)");
    size_t kernels = 0, runnable = 0;
    const rp_kernel *kernel;
    for (; (kernel = rp_registry_kernel(kernels)); kernels++) runnable += rp_kernel_runs(kernel);
    rp_text_line(&w, "kernels: %zu in this build, %zu run here", kernels, runnable);
    const rp_measured measured = rp_measured_so_far();
    rp_text_line(&w, "chosen by: built-in priority%s",
                 context->online ? ", and timing of the calls that are long enough" : "");
    if (context->forced_names) rp_text_line(&w, "held to: %s (RAPTORS_KERNEL)", context->forced_names);
    if (rp_get_accuracy() != RP_ACCURATE)
        rp_text_line(&w, "accuracy: %s (RAPTORS_ACCURACY, or set by this thread)", rp_accuracy_name(rp_get_accuracy()));
    if (context->reductions)
        rp_text_line(&w, "sums may be added in any order by: %s (RAPTORS_REDUCTIONS)", context->reductions);
    const char *backends = getenv("RAPTORS_BACKENDS");
    if (backends && *backends)
        rp_text_line(&w, "vendor libraries: %s (RAPTORS_BACKENDS; raptors info --backends)", backends);
    add_ignored(&w);
    rp_text_line(&w, "profile: %s", rp_profile_state());
    rp_text_line(&w, "measured: %zu kinds of calls; %.1f ms in calls, and %.1f ms spent on choosing", measured.sites,
                 1e3 * measured.seconds, 1e3 * measured.excess);
    rp_text_line(&w, "cache l1d: %zu KiB", system->l1d_bytes >> 10);
    rp_text_line(&w, "cache l2: %zu KiB", system->l2_bytes >> 10);
    rp_text_line(&w, "cache l3: %zu KiB", system->l3_bytes >> 10);
    rp_text_line(&w, "memory: %zu MiB", system->memory_bytes >> 20);
    rp_text_line(&w, "cpus: %d", system->cpus);
    rp_text_line(&w, "threads: %d", rp_get_num_threads());
    rp_pool_counters pool;
    rp_pool_info(&pool);
    rp_text_line(&w, "pool: %zu bytes used, %zu idle, at most %zu idle; %llu hits, %llu misses", pool.used_bytes,
                 pool.held_bytes, pool.limit_bytes, (unsigned long long)pool.hits, (unsigned long long)pool.misses);
    rp_text_line(&w, "huge pages: %s", system->huge_pages ? "yes, for large blocks" : "no");
    return w.length;
}
