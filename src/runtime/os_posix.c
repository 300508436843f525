/* SPDX-License-Identifier: BSD-3-Clause
 *
 * os_posix.c: what Linux and macOS tell of the machine, their memory mappings and their clock.
 *
 * Files under /sys and /proc may be missing, cut short or odd: each figure is checked, and one that makes no sense
 * leaves the default in place.
 */
#include "runtime.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

static rp_system facts;
static rp_once facts_once;

bool rp_parse_bytes(const char *text, size_t *bytes)
{
    size_t value = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        size_t digit = (size_t)(*p - '0');
        if (value > (SIZE_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (p == text) {
        return false;
    }
    int shift = *p == 'K' || *p == 'k' ? 10 : *p == 'M' || *p == 'm' ? 20 : *p == 'G' || *p == 'g' ? 30 : 0;
    p += shift != 0;
    if (*p != '\0' || value > SIZE_MAX >> shift) {
        return false;
    }
    *bytes = value << shift;
    return true;
}

/* ---- Linux ------------------------------------------------------------------------------------------------- */

#ifdef __linux__

enum {
    MOST_CPUS = 8192, /* the largest CONFIG_NR_CPUS */
    MOST_CACHES = 16, /* cache/index0 and on, of one processor */
    TEXT_BYTES = 4096
};

typedef struct cpu_mask {
    unsigned char bits[MOST_CPUS / 8];
} cpu_mask;

static bool mask_has(const cpu_mask *mask, int cpu) { return (mask->bits[cpu / 8] >> (cpu % 8) & 1) != 0; }

/* The file's text up to its first newline (whole: all of it) or the buffer's end; false where it cannot be read. */
static bool read_text(const char *path, char *text, size_t size, bool whole)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    size_t length = 0;
    ssize_t got;
    while (length + 1 < size && (got = read(file, text + length, size - 1 - length)) > 0) {
        length += (size_t)got;
    }
    close(file);
    text[length] = '\0';
    if (!whole) {
        text[strcspn(text, "\n")] = '\0';
    }
    return length > 0;
}

/* "0-3,8,10-11" into *mask; false for what is no such list. */
static bool parse_cpu_list(const char *text, cpu_mask *mask)
{
    memset(mask, 0, sizeof *mask);
    while (*text != '\0') {
        char *end;
        long first = strtol(text, &end, 10), last = first;
        if (end == text) {
            return false;
        }
        if (*end == '-') {
            text = end + 1;
            last = strtol(text, &end, 10);
            if (end == text) {
                return false;
            }
        }
        if (first < 0 || last < first || last >= MOST_CPUS || (*end != ',' && *end != '\0')) {
            return false;
        }
        for (long cpu = first; cpu <= last; cpu++) {
            mask->bits[cpu / 8] |= (unsigned char)(1 << (cpu % 8));
        }
        text = *end == ',' ? end + 1 : end;
    }
    return true;
}

/* The processors that the process may run on; those online where the system does not say. */
static int read_affinity(cpu_mask *mask)
{
    enum { WORD_BITS = 8 * sizeof(unsigned long) };
    unsigned long set[MOST_CPUS / WORD_BITS] = {0}; /* the kernel's form of it: larger machines than cpu_set_t has */
    int count = 0;
    memset(mask, 0, sizeof *mask);
    if (sched_getaffinity(0, sizeof set, (cpu_set_t *)set) == 0) {
        for (int cpu = 0; cpu < MOST_CPUS; cpu++) {
            if ((set[cpu / WORD_BITS] >> (cpu % WORD_BITS) & 1) != 0) {
                mask->bits[cpu / 8] |= (unsigned char)(1 << (cpu % 8));
                count++;
            }
        }
    }
    if (count > 0) {
        return count;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < MOST_CPUS ? (int)online : 1;
}

static bool read_cache_file(int cpu, int index, const char *name, char *text, size_t size)
{
    char path[96];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu, index, name);
    return read_text(path, text, size, false);
}

/* Bytes of the level's data cache above `cpu`, 0 where unknown; *sharing gets who shares it. */
static size_t read_cache(int cpu, int level, cpu_mask *sharing)
{
    char text[TEXT_BYTES];
    for (int i = 0; i < MOST_CACHES && read_cache_file(cpu, i, "level", text, sizeof text); i++) {
        size_t bytes = 0;
        if (atoi(text) != level || !read_cache_file(cpu, i, "type", text, sizeof text) ||
            (strcmp(text, "Data") != 0 && strcmp(text, "Unified") != 0) ||
            !read_cache_file(cpu, i, "size", text, sizeof text) || !rp_parse_bytes(text, &bytes) || bytes == 0) {
            continue;
        }
        if (level == 1 && read_cache_file(cpu, i, "coherency_line_size", text, sizeof text)) {
            int line = atoi(text);
            if (line >= 16 && line <= 1024 && (line & (line - 1)) == 0) {
                facts.line_bytes = (size_t)line;
            }
        }
        if (!read_cache_file(cpu, i, "shared_cpu_list", text, sizeof text) || !parse_cpu_list(text, sharing)) {
            memset(sharing, 0xff, sizeof *sharing); /* one cache for all is the least that it can be */
        }
        return bytes;
    }
    return 0;
}

static size_t cache_bytes(size_t from_sysfs, int level, size_t unless_known)
{
    long bytes = 0;
    if (from_sysfs != 0) {
        return from_sysfs;
    }
#ifdef _SC_LEVEL1_DCACHE_SIZE
    /* glibc asks the processor itself: containers may hide /sys. */
    static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
    bytes = sysconf(names[level - 1]);
#else
    (void)level;
#endif
    return bytes > 0 ? (size_t)bytes : unless_known;
}

/* Level 3 is the sum over the caches that lie above any processor of the process. */
static void read_caches(const cpu_mask *allowed)
{
    cpu_mask sharing, counted = {{0}};
    int here = sched_getcpu();
    if (here < 0 || here >= MOST_CPUS) {
        here = 0;
    }
    size_t l1d = read_cache(here, 1, &sharing), l2 = read_cache(here, 2, &sharing), l3 = 0;
    for (int cpu = 0; cpu < MOST_CPUS; cpu++) {
        if (!mask_has(allowed, cpu) || mask_has(&counted, cpu)) {
            continue;
        }
        size_t bytes = read_cache(cpu, 3, &sharing);
        if (bytes == 0) {
            break;
        }
        l3 += bytes;
        for (size_t i = 0; i < sizeof counted.bits; i++) {
            counted.bits[i] |= sharing.bits[i];
        }
    }
    facts.l1d_bytes = cache_bytes(l1d, 1, facts.l1d_bytes);
    facts.l2_bytes = cache_bytes(l2, 2, facts.l2_bytes);
    facts.l3_bytes = cache_bytes(l3, 3, facts.l3_bytes);
}

/* What one control group, of either version, allows. A file that is not there allows all. */
static void apply_group(const char *folder)
{
    char path[TEXT_BYTES + 128], text[128];
    double quota = 0, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (!read_text(path, text, sizeof text, false) || sscanf(text, "%lf %lf", &quota, &period) != 2) {
        quota = period = 0; /* also where it says "max" */
        snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
        if (read_text(path, text, sizeof text, false)) {
            quota = atof(text);
            snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
            period = read_text(path, text, sizeof text, false) ? atof(text) : 0;
        }
    }
    if (quota > 0 && period > 0 && quota / period < facts.cpus) {
        int whole = (int)(quota / period);
        facts.cpus = whole + (whole * period < quota);
    }
    static const char *const names[] = {"memory.max", "memory.limit_in_bytes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t bytes;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (read_text(path, text, sizeof text, false) && rp_parse_bytes(text, &bytes) && bytes > 0 &&
            bytes < facts.memory_bytes) {
            facts.memory_bytes = bytes;
        }
    }
}

/* A limit of any group from the process's own up to the root holds. */
static void apply_groups(const char *base, char *group)
{
    char folder[TEXT_BYTES + 64];
    for (;;) {
        snprintf(folder, sizeof folder, "%s%s", base, group);
        apply_group(folder);
        char *slash = strrchr(group, '/');
        if (slash == NULL) {
            return;
        }
        *slash = '\0';
    }
}

static void read_groups(void)
{
    char text[TEXT_BYTES], *rest = NULL;
    if (!read_text("/proc/self/cgroup", text, sizeof text, true)) {
        return;
    }
    /* A line is "number:controllers:path"; version 2 has no controllers there. */
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *controllers = strchr(line, ':');
        char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (group == NULL) {
            continue;
        }
        *group++ = '\0';
        if (*++controllers == '\0') {
            apply_groups("/sys/fs/cgroup", group);
            continue;
        }
        char *more = NULL;
        for (char *name = strtok_r(controllers, ",", &more); name != NULL; name = strtok_r(NULL, ",", &more)) {
            if (strcmp(name, "cpu") == 0 || strcmp(name, "memory") == 0) {
                char base[64], copy[TEXT_BYTES];
                snprintf(base, sizeof base, "/sys/fs/cgroup/%s", name);
                snprintf(copy, sizeof copy, "%s", group);
                apply_groups(base, copy);
            }
        }
    }
}

static void read_huge_pages(void)
{
    char text[128];
    size_t bytes;
    if (read_text("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", text, sizeof text, false) &&
        rp_parse_bytes(text, &bytes) && bytes > facts.page_bytes && bytes <= (size_t)1 << 30 &&
        (bytes & (bytes - 1)) == 0) {
        facts.huge_page_bytes = bytes;
    }
    facts.huge_pages = read_text("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text, false) &&
                       (strstr(text, "[always]") != NULL || strstr(text, "[madvise]") != NULL);
}

/* The value of the first "key : value" line, "" where there is none. */
static void find_value(const char *text, const char *key, char *value, size_t size)
{
    value[0] = '\0';
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t length = strlen(key);
        if (strncmp(line, key, length) == 0 && line[length + strspn(line + length, " \t")] == ':') {
            const char *start = strchr(line + length, ':') + 1;
            start += strspn(start, " \t");
            snprintf(value, size, "%.*s", (int)strcspn(start, "\n"), start);
            return;
        }
    }
}

static void read_cpu_model(void)
{
    char text[TEXT_BYTES], part[24];
    if (!read_text("/proc/cpuinfo", text, sizeof text, true)) {
        return;
    }
    find_value(text, "model name", facts.cpu_model, sizeof facts.cpu_model);
    if (facts.cpu_model[0] == '\0') { /* ARM: numbers only */
        char maker[24];
        find_value(text, "CPU implementer", maker, sizeof maker);
        find_value(text, "CPU part", part, sizeof part);
        snprintf(facts.cpu_model, sizeof facts.cpu_model, "implementer %s part %s", maker, part);
    }
}

static void read_system(void)
{
    cpu_mask allowed;
    facts.cpus = read_affinity(&allowed);
    long pages = sysconf(_SC_PHYS_PAGES);
    if (pages > 0 && (size_t)pages <= SIZE_MAX / facts.page_bytes) {
        facts.memory_bytes = (size_t)pages * facts.page_bytes;
    }
    read_caches(&allowed);
    read_groups();
    read_huge_pages();
    read_cpu_model();
}

#elif defined(__APPLE__)

/* ---- macOS ------------------------------------------------------------------------------------------------- */

/* Figures are 4 or 8 bytes long, by name and by release; a name that is not there leaves *value as it is. */
static void read_figure(const char *name, size_t *value)
{
    uint64_t figure = 0;
    size_t size = sizeof figure;
    if (sysctlbyname(name, &figure, &size, NULL, 0) != 0 || figure == 0) {
        return;
    }
    if (size == sizeof(uint32_t)) {
        uint32_t narrow;
        memcpy(&narrow, &figure, sizeof narrow);
        figure = narrow;
    }
    *value = (size_t)figure;
}

static void read_system(void)
{
    /* perflevel0: the fast cores of a processor that has two kinds. */
    read_figure("hw.l1dcachesize", &facts.l1d_bytes);
    read_figure("hw.perflevel0.l1dcachesize", &facts.l1d_bytes);
    read_figure("hw.l2cachesize", &facts.l2_bytes);
    read_figure("hw.perflevel0.l2cachesize", &facts.l2_bytes);
    read_figure("hw.l3cachesize", &facts.l3_bytes);
    read_figure("hw.perflevel0.l3cachesize", &facts.l3_bytes);
    read_figure("hw.cachelinesize", &facts.line_bytes);
    read_figure("hw.memsize", &facts.memory_bytes);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    facts.cpus = online > 0 && online < 8192 ? (int)online : 1;
    size_t size = sizeof facts.cpu_model - 1;
    if (sysctlbyname("machdep.cpu.brand_string", facts.cpu_model, &size, NULL, 0) != 0) {
        facts.cpu_model[0] = '\0';
    }
}

#else

static void read_system(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    facts.cpus = online > 0 && online < 8192 ? (int)online : 1;
}

#endif

/* ---- Both -------------------------------------------------------------------------------------------------- */

static void read_facts(void)
{
    long page = sysconf(_SC_PAGESIZE);
    facts = (rp_system){
        .l1d_bytes = 32 << 10,
        .l2_bytes = 512 << 10,
        .line_bytes = 64,
        .page_bytes = page > 0 ? (size_t)page : 4096,
        .huge_page_bytes = 2 << 20,
        .memory_bytes = (size_t)1 << 30,
        .cpus = 1,
    };
    read_system();
    /* It becomes a line of text in reports and profiles. */
    for (char *p = facts.cpu_model; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~') {
            *p = ' ';
        }
    }
    if (facts.cpu_model[0] == '\0') {
        snprintf(facts.cpu_model, sizeof facts.cpu_model, "unknown");
    }
}

const rp_system *rp_system_facts(void)
{
    rp_run_once(&facts_once, read_facts);
    return &facts;
}

static size_t whole_pages(size_t bytes)
{
    size_t page = rp_system_facts()->page_bytes;
    return (bytes + page - 1) & ~(page - 1);
}

static void *map_pages(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

void *rp_os_map(size_t bytes, bool huge)
{
    const rp_system *system = rp_system_facts();
    size_t align = system->huge_page_bytes;
    if (bytes == 0 || bytes > PTRDIFF_MAX - align) {
        return NULL;
    }
    bytes = whole_pages(bytes);
#ifdef MADV_HUGEPAGE
    if (huge && system->huge_pages && bytes >= align) {
        /* Too much, then both ends cut off: a huge page must begin at a multiple of its size. */
        char *memory = map_pages(bytes + align);
        if (memory != NULL) {
            size_t before = (align - (uintptr_t)memory % align) % align;
            if (before > 0) {
                munmap(memory, before);
            }
            if (before < align) {
                munmap(memory + before + bytes, align - before);
            }
            madvise(memory + before, bytes, MADV_HUGEPAGE); /* advice: nothing is lost if it is not taken */
            return memory + before;
        }
    }
#else
    (void)huge;
#endif
    return map_pages(bytes);
}

void rp_os_unmap(void *memory, size_t bytes)
{
    if (memory != NULL) {
        munmap(memory, whole_pages(bytes));
    }
}

#if defined(__linux__)

int rp_os_cpu(void) { return sched_getcpu(); }

void rp_os_keep_off(pthread_t thread, int cpu)
{
    cpu_set_t allowed;
    if (sched_getaffinity(getpid(), sizeof allowed, &allowed) != 0 || cpu >= CPU_SETSIZE) {
        return;
    }
    CPU_CLR(cpu, &allowed);
    if (CPU_COUNT(&allowed) > 0) {
        pthread_setaffinity_np(thread, sizeof allowed, &allowed);
    }
}

#else

int rp_os_cpu(void) { return -1; }

void rp_os_keep_off(pthread_t thread, int cpu)
{
    (void)thread;
    (void)cpu;
}

#endif

double rp_os_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
