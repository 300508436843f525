/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rp_info: what the library is, what it found, and what it uses.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choose/measure.h"
#include "choose/profile.h"
#include "runtime/runtime.h"

typedef struct writer {
    char *text;
    size_t size, length;
} writer;

__attribute__((format(printf, 2, 3))) static void line(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const bool room = w->text && w->length < w->size;
    const int length = vsnprintf(room ? w->text + w->length : NULL, room ? w->size - w->length : 0, format, arguments);
    va_end(arguments);
    if (length > 0) w->length += (size_t)length;
}

static bool is_tier(const char *value)
{
    const int isa = rp_find_isa(value, strlen(value));
    return isa >= 0 && !(rp_isa_needs((rp_isa)isa) & ~rp_cpu_detected());
}

static bool is_count(const char *value)
{
    int threads;
    return rp_parse_threads(value, &threads);
}

static bool is_switch(const char *value) { return strcmp(value, "on") == 0 || strcmp(value, "off") == 0; }

static bool is_size(const char *value)
{
    size_t bytes;
    return rp_parse_bytes(value, &bytes);
}

/* Values that nothing was made of. */
static void tell_ignored(writer *w)
{
    static const struct {
        const char *name;
        bool (*means_something)(const char *value);
        const char *wanted;
    } variables[] = {{"RAPTORS_CPU", is_tier, "a tier that this CPU has"},
                     {"RAPTORS_NUM_THREADS", is_count, "a number of threads"},
                     {"RAPTORS_TUNE", is_switch, "on or off"},
                     {"RAPTORS_POOL", is_size, "a number of bytes, such as 512M"}};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i].name);
        if (value && *value && !variables[i].means_something(value))
            line(w, "%s: '%.40s' ignored: it is not %s\n", variables[i].name, value, variables[i].wanted);
    }
}

size_t rp_info(char *text, size_t size)
{
    writer w = {text, size, 0};
    const rp_system *system = rp_system_facts();
    const rp_context *context = rp_context_get();
    line(&w, "raptors: %s\n", rp_version());
    line(&w, "cpu: %s\n", system->cpu_model);
    line(&w, "features:");
    for (int isa = 0; isa < RP_ISA_COUNT; isa++) {
        if (rp_isa_needs(isa) && !(rp_isa_needs(isa) & ~rp_cpu_detected())) line(&w, " %s", rp_isa_name(isa));
    }
    line(&w, "\nkernels in use: %s%s\n", rp_isa_name(context->isa),
         rp_cpu_features() == rp_cpu_detected() ? "" : " (held down by RAPTORS_CPU)");
    size_t kernels = 0, runnable = 0;
    const rp_kernel *kernel;
    for (; (kernel = rp_registry_kernel(kernels)); kernels++) runnable += rp_kernel_runs(kernel);
    line(&w, "kernels: %zu in this build, %zu run here\n", kernels, runnable);
    const rp_measured measured = rp_measured_so_far();
    line(&w, "chosen by: built-in rank%s\n", context->online ? ", and by measuring calls that are long enough" : "");
    if (context->held) line(&w, "held to: %s (RAPTORS_KERNEL)\n", context->held);
    if (context->reductions) line(&w, "reductions in any order: %s (RAPTORS_REDUCTIONS)\n", context->reductions);
    const char *backends = getenv("RAPTORS_BACKENDS");
    if (backends && *backends) line(&w, "vendor libraries: %s (RAPTORS_BACKENDS; raptors info --backends)\n", backends);
    tell_ignored(&w);
    line(&w, "profile: %s\n", rp_profile_state());
    line(&w, "measured: %zu sites; %.1f ms in timed calls, %.1f ms more than their best\n", measured.sites,
         1e3 * measured.seconds, 1e3 * measured.excess);
    line(&w, "cache l1d: %zu KiB\n", system->l1d_bytes >> 10);
    line(&w, "cache l2: %zu KiB\n", system->l2_bytes >> 10);
    line(&w, "cache l3: %zu KiB\n", system->l3_bytes >> 10);
    line(&w, "memory: %zu MiB\n", system->memory_bytes >> 20);
    line(&w, "cpus: %d\n", system->cpus);
    line(&w, "threads: %d\n", rp_get_num_threads());
    rp_pool_counters pool;
    rp_pool_info(&pool);
    line(&w, "pool: %zu bytes used, %zu idle, at most %zu idle; %llu hits, %llu misses\n", pool.used_bytes,
         pool.held_bytes, pool.limit_bytes, (unsigned long long)pool.hits, (unsigned long long)pool.misses);
    line(&w, "huge pages: %s\n", system->huge_pages ? "yes, for large blocks" : "no");
    return w.length;
}
