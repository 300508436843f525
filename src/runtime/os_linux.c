/* SPDX-License-Identifier: BSD-3-Clause
 *
 * os_linux.c: what os.h promises, where Linux has its own way: processors, caches, limits, loaded modules.
 *
 * Files under /sys and /proc may be missing, cut short or odd: what is no figure leaves the default in place. Whether a
 * figure makes sense is for system.c to say.
 */
#include "runtime.h"

#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MOST_CACHES = 16,  /* cache/index0 and on, of one processor */
    TEXT_BYTES = 4096, /* of a file; of a folder's name a quarter. All of it is on the stack, of which 64 KiB must do */
    PATH_BYTES = 1024
};

/* ---- Processors -------------------------------------------------------------------------------------------- */

static bool has_cpu(const rp_os_cpus *cpus, int cpu)
{
    return (cpus->word[cpu / RP_OS_WORD_BITS] >> (cpu % RP_OS_WORD_BITS) & 1) != 0;
}

static void add_cpu(rp_os_cpus *cpus, int cpu) { cpus->word[cpu / RP_OS_WORD_BITS] |= 1UL << (cpu % RP_OS_WORD_BITS); }

static bool get_cpus_of(pid_t task, rp_os_cpus *cpus)
{
    memset(cpus, 0, sizeof *cpus);
    return sched_getaffinity(task, sizeof *cpus, (cpu_set_t *)cpus->word) == 0;
}

bool rp_os_get_cpus(rp_os_cpus *cpus) { return get_cpus_of(0, cpus); }

void rp_os_set_cpus(rp_os_thread thread, const rp_os_cpus *cpus, int not_there)
{
    rp_os_cpus set = *cpus;
    pthread_t id;
    memcpy(&id, &thread.id, sizeof id);
    if (not_there >= 0 && not_there < RP_OS_MOST_CPUS)
        set.word[not_there / RP_OS_WORD_BITS] &= ~(1UL << (not_there % RP_OS_WORD_BITS));
    if (rp_os_count_cpus(&set) == 0) set = *cpus;
    pthread_setaffinity_np(id, sizeof set, (const cpu_set_t *)set.word);
}

int rp_os_cpu(void) { return sched_getcpu(); }

/* ---- Files ------------------------------------------------------------------------------------------------- */

/* The file's text up to its first newline (whole: all of it) or the buffer's end; false where it cannot be read. */
static bool read_text(int root, const char *path, char *text, size_t size, bool whole)
{
    const int file = openat(root, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    size_t length = 0;
    ssize_t got;
    while (length + 1 < size && (got = read(file, text + length, size - 1 - length)) > 0) length += (size_t)got;
    close(file);
    text[length] = '\0';
    if (!whole) text[strcspn(text, "\n")] = '\0';
    return length > 0;
}

static bool read_size(int root, const char *path, size_t *bytes)
{
    char text[64];
    return read_text(root, path, text, sizeof text, false) && rp_parse_bytes(text, bytes);
}

/* "0-3,8,10-11" into *cpus; false for what is no such list. */
static bool parse_cpus(const char *text, rp_os_cpus *cpus)
{
    memset(cpus, 0, sizeof *cpus);
    while (*text != '\0') {
        char *end;
        long first = strtol(text, &end, 10), last = first;
        if (end == text) return false;
        if (*end == '-') {
            text = end + 1;
            last = strtol(text, &end, 10);
            if (end == text) return false;
        }
        if (first < 0 || last < first || last >= RP_OS_MOST_CPUS || (*end != ',' && *end != '\0')) return false;
        for (long cpu = first; cpu <= last; cpu++) add_cpu(cpus, (int)cpu);
        text = *end == ',' ? end + 1 : end;
    }
    return true;
}

/* ---- Caches ------------------------------------------------------------------------------------------------ */

static bool read_cache_file(int root, int cpu, int index, const char *name, char *text, size_t size)
{
    char path[96];
    snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu, index, name);
    return read_text(root, path, text, size, false);
}

/* Bytes of the level's data cache above `cpu`, 0 where unknown; *sharing gets who shares it, *line its lines. */
static size_t read_cache(int root, int cpu, int level, rp_os_cpus *sharing, size_t *line)
{
    char text[TEXT_BYTES];
    for (int i = 0; i < MOST_CACHES && read_cache_file(root, cpu, i, "level", text, sizeof text); i++) {
        size_t bytes = 0;
        if (atoi(text) != level || !read_cache_file(root, cpu, i, "type", text, sizeof text) ||
            (strcmp(text, "Data") != 0 && strcmp(text, "Unified") != 0) ||
            !read_cache_file(root, cpu, i, "size", text, sizeof text) || !rp_parse_bytes(text, &bytes) || bytes == 0)
            continue;
        if (read_cache_file(root, cpu, i, "coherency_line_size", text, sizeof text)) (void)rp_parse_bytes(text, line);
        if (!read_cache_file(root, cpu, i, "shared_cpu_list", text, sizeof text) || !parse_cpus(text, sharing))
            memset(sharing, 0xff, sizeof *sharing); /* one cache for all is the least that it can be */
        return bytes;
    }
    return 0;
}

static void set_cache(size_t *bytes, size_t from_sysfs, int level)
{
    if (from_sysfs != 0) *bytes = from_sysfs;
#ifdef _SC_LEVEL1_DCACHE_SIZE
    /* glibc asks the processor itself: containers may hide /sys. */
    static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
    const long asked = from_sysfs == 0 ? sysconf(names[level - 1]) : 0;
    if (asked > 0) *bytes = (size_t)asked;
#else
    (void)level;
#endif
}

/* Level 3 is the sum over the caches that lie above any processor of the process. */
static void read_caches(int root, const rp_os_cpus *allowed, rp_system *system)
{
    rp_os_cpus sharing, counted = {{0}};
    size_t ignored_line;
    int here = sched_getcpu();
    if (here < 0 || here >= RP_OS_MOST_CPUS) here = 0;
    const size_t l1d = read_cache(root, here, 1, &sharing, &system->line_bytes),
                 l2 = read_cache(root, here, 2, &sharing, &ignored_line);
    size_t l3 = 0;
    for (int cpu = 0; cpu < RP_OS_MOST_CPUS; cpu++) {
        if (!has_cpu(allowed, cpu) || has_cpu(&counted, cpu)) continue;
        const size_t bytes = read_cache(root, cpu, 3, &sharing, &ignored_line);
        if (bytes == 0 || bytes > SIZE_MAX - l3) break;
        l3 += bytes;
        for (size_t i = 0; i < sizeof counted.word / sizeof *counted.word; i++) counted.word[i] |= sharing.word[i];
    }
    set_cache(&system->l1d_bytes, l1d, 1);
    set_cache(&system->l2_bytes, l2, 2);
    set_cache(&system->l3_bytes, l3, 3);
}

/* ---- Control groups ---------------------------------------------------------------------------------------- */

/* What one control group, of either version, allows. A file that is not there allows all. */
static void apply_group(int root, const char *folder, rp_system *system)
{
    char path[PATH_BYTES + 32], text[64];
    double quota = 0, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (!read_text(root, path, text, sizeof text, false) || sscanf(text, "%lf %lf", &quota, &period) != 2) {
        quota = period = 0; /* also where it says "max" */
        snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
        if (read_text(root, path, text, sizeof text, false)) {
            quota = atof(text);
            snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
            period = read_text(root, path, text, sizeof text, false) ? atof(text) : 0;
        }
    }
    if (quota > 0 && period > 0 && quota / period < system->cpus) {
        const int whole = (int)(quota / period);
        system->cpus = whole + (whole * period < quota);
    }
    static const char *const names[] = {"memory.max", "memory.limit_in_bytes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t bytes;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (read_size(root, path, &bytes) && bytes > 0 && bytes < system->memory_bytes) system->memory_bytes = bytes;
    }
}

/* A limit of any group from the process's own up to the root holds. */
static void apply_groups(int root, const char *base, const char *group, rp_system *system)
{
    char folder[PATH_BYTES];
    const int length = snprintf(folder, sizeof folder, "%s%s", base, group);
    if (length < 0 || (size_t)length >= sizeof folder) return;
    for (;;) {
        apply_group(root, folder, system);
        char *slash = strrchr(folder + strlen(base), '/');
        if (!slash) return;
        *slash = '\0';
    }
}

static void read_groups(int root, rp_system *system)
{
    char text[TEXT_BYTES], *rest = NULL;
    if (!read_text(root, "proc/self/cgroup", text, sizeof text, true)) return;
    /* A line is "number:controllers:path"; version 2 has no controllers there. */
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *controllers = strchr(line, ':'), *more = NULL;
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        if (*++controllers == '\0') {
            apply_groups(root, "sys/fs/cgroup", group, system);
            continue;
        }
        for (char *name = strtok_r(controllers, ",", &more); name != NULL; name = strtok_r(NULL, ",", &more)) {
            char base[32];
            if (strcmp(name, "cpu") != 0 && strcmp(name, "memory") != 0) continue;
            snprintf(base, sizeof base, "sys/fs/cgroup/%s", name);
            apply_groups(root, base, group, system);
        }
    }
}

/* ---- The system -------------------------------------------------------------------------------------------- */

static void read_huge_pages(int root, rp_system *system)
{
    char text[128];
    (void)read_size(root, "sys/kernel/mm/transparent_hugepage/hpage_pmd_size", &system->huge_page_bytes);
    system->huge_pages = read_text(root, "sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text, false) &&
                         (strstr(text, "[always]") != NULL || strstr(text, "[madvise]") != NULL);
}

/* The value of the first "key : value" line, "" where there is none. */
static void find_value(const char *text, const char *key, char *value, size_t size)
{
    value[0] = '\0';
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        const size_t length = strlen(key);
        if (strncmp(line, key, length) == 0 && line[length + strspn(line + length, " \t")] == ':') {
            const char *start = strchr(line + length, ':') + 1;
            start += strspn(start, " \t");
            snprintf(value, size, "%.*s", (int)strcspn(start, "\n"), start);
            return;
        }
    }
}

static void read_cpu_model(int root, rp_system *system)
{
    char text[TEXT_BYTES], part[24], maker[24];
    if (!read_text(root, "proc/cpuinfo", text, sizeof text, true)) return;
    find_value(text, "model name", system->cpu_model, sizeof system->cpu_model);
    if (system->cpu_model[0] != '\0') return;
    find_value(text, "CPU implementer", maker, sizeof maker); /* ARM: numbers only */
    find_value(text, "CPU part", part, sizeof part);
    snprintf(system->cpu_model, sizeof system->cpu_model, "implementer %s part %s", maker, part);
}

/* Of the calling thread or of the main one, whichever has more: either may be pinned, and is no measure of the others. */
static void read_allowed(rp_os_cpus *allowed, rp_system *system)
{
    rp_os_cpus own;
    (void)get_cpus_of(getpid(), allowed);
    if (get_cpus_of(0, &own) && rp_os_count_cpus(&own) > rp_os_count_cpus(allowed)) *allowed = own;
    const int count = rp_os_count_cpus(allowed);
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    system->cpus = count > 0 ? count : online > 0 && online < RP_OS_MOST_CPUS ? (int)online : 1;
}

static int open_root(const char *root) { return open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

void rp_os_read_system(rp_system *system, const char *root)
{
    rp_os_cpus allowed;
    read_allowed(&allowed, system);
    const long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);
    if (page > 0) system->page_bytes = (size_t)page;
    if (page > 0 && pages > 0 && (size_t)pages <= SIZE_MAX / (size_t)page)
        system->memory_bytes = (size_t)pages * (size_t)page;
    const int folder = open_root(root);
    if (folder < 0) return;
    read_caches(folder, &allowed, system);
    read_groups(folder, system);
    read_huge_pages(folder, system);
    read_cpu_model(folder, system);
    close(folder);
}

int rp_os_usable_cpus(void)
{
    rp_os_cpus allowed;
    rp_system system = {0};
    read_allowed(&allowed, &system);
    const int folder = open_root("/");
    if (folder < 0) return system.cpus;
    read_groups(folder, &system);
    close(folder);
    return system.cpus;
}

/* ---- Modules ----------------------------------------------------------------------------------------------- */

typedef struct wanted {
    const char *part;
    char *path;
    size_t size;
} wanted;

static int look_at_module(struct dl_phdr_info *module, size_t size, void *context)
{
    (void)size;
    const wanted *w = context;
    if (!module->dlpi_name || !strstr(module->dlpi_name, w->part)) return 0;
    snprintf(w->path, w->size, "%s", module->dlpi_name);
    return 1;
}

bool rp_os_module_with(const char *part, char *path, size_t size)
{
    return dl_iterate_phdr(look_at_module, &(wanted){part, path, size}) != 0;
}
