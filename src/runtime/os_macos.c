/* SPDX-License-Identifier: BSD-3-Clause
 *
 * os_macos.c: what os.h promises, where macOS has its own way. Nothing here was ever run on a Mac.
 */
#include "runtime.h"

#include <mach-o/dyld.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysctl.h>
#include <unistd.h>

/* Threads cannot be bound to processors. */
bool rp_os_get_cpus(rp_os_cpus *cpus)
{
    memset(cpus, 0, sizeof *cpus);
    return false;
}

void rp_os_set_cpus(rp_os_thread thread, const rp_os_cpus *cpus, int not_there)
{
    (void)thread, (void)cpus, (void)not_there;
}

int rp_os_cpu(void) { return -1; }

int rp_os_usable_cpus(void)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < RP_OS_MOST_CPUS ? (int)online : 1;
}

/* Figures are 4 or 8 bytes long, by name and by release; a name that is not there leaves *value as it is. */
static void read_figure(const char *name, size_t *value)
{
    uint64_t figure = 0;
    size_t size = sizeof figure;
    if (sysctlbyname(name, &figure, &size, NULL, 0) != 0 || figure == 0) return;
    if (size == sizeof(uint32_t)) {
        uint32_t narrow;
        memcpy(&narrow, &figure, sizeof narrow);
        figure = narrow;
    }
    *value = (size_t)figure;
}

void rp_os_read_system(rp_system *system, const char *root)
{
    (void)root;
    /* perflevel0: the fast cores of a processor that has two kinds. */
    read_figure("hw.l1dcachesize", &system->l1d_bytes);
    read_figure("hw.perflevel0.l1dcachesize", &system->l1d_bytes);
    read_figure("hw.l2cachesize", &system->l2_bytes);
    read_figure("hw.perflevel0.l2cachesize", &system->l2_bytes);
    read_figure("hw.l3cachesize", &system->l3_bytes);
    read_figure("hw.perflevel0.l3cachesize", &system->l3_bytes);
    read_figure("hw.cachelinesize", &system->line_bytes);
    read_figure("hw.memsize", &system->memory_bytes);
    const long page = sysconf(_SC_PAGESIZE);
    system->page_bytes = page > 0 ? (size_t)page : 0;
    system->cpus = rp_os_usable_cpus();
    size_t size = sizeof system->cpu_model - 1;
    if (sysctlbyname("machdep.cpu.brand_string", system->cpu_model, &size, NULL, 0) != 0) system->cpu_model[0] = '\0';
}

bool rp_os_module_with(const char *part, char *path, size_t size)
{
    for (uint32_t i = 0; i < _dyld_image_count(); i++) {
        const char *name = _dyld_get_image_name(i);
        if (!name || !strstr(name, part)) continue;
        snprintf(path, size, "%s", name);
        return true;
    }
    return false;
}
