/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_runtime.c: error messages, facts of the system, CPU detection.
 */
#include "check.h"
#include "choose/cpu.h"
#include "parts.h"
#include "runtime/runtime.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

/* ---- Errors ------------------------------------------------------------------------------------------------ */

static void *fail_elsewhere(void *argument)
{
    (void)argument;
    CHECK(strcmp(rp_error_message(), "") == 0);
    rp_fail(RP_ERROR_TYPE, "another thread's %s", "message");
    CHECK(strcmp(rp_error_message(), "another thread's message") == 0);
    return NULL;
}

static void test_errors(void)
{
    CHECK(strcmp(rp_error_message(), "") == 0);
    CHECK(rp_fail(RP_ERROR_INDEX, "axis %d of %d", 3, 2) == RP_ERROR_INDEX);
    CHECK(strcmp(rp_error_message(), "axis 3 of 2") == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, fail_elsewhere, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(strcmp(rp_error_message(), "axis 3 of 2") == 0);

    rp_fail(RP_ERROR_VALUE, "operand 1: %s", rp_error_message());
    CHECK(strcmp(rp_error_message(), "operand 1: axis 3 of 2") == 0);

    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    rp_fail(RP_ERROR_VALUE, "%s", text);
    CHECK(strlen(rp_error_message()) == 511);
    rp_fail(RP_ERROR_VALUE, "%s", "short");
    CHECK(strcmp(rp_error_message(), "short") == 0);

    CHECK(strcmp(rp_status_name(RP_OK), "ok") == 0);
    CHECK(strcmp(rp_status_name(RP_ERROR_BUFFER), "buffer") == 0);
    CHECK(strcmp(rp_status_name((rp_status)99), "unknown") == 0);
    CHECK(strcmp(rp_version(), RP_VERSION) == 0);
}

/* ---- The system -------------------------------------------------------------------------------------------- */

static void test_system(void)
{
    const rp_system *system = rp_system_facts();
    CHECK(system == rp_system_facts());
    CHECK(system->l1d_bytes >= 4096 && system->l1d_bytes <= 16 * MIB);
    CHECK(system->l2_bytes >= system->l1d_bytes);
    CHECK(system->line_bytes >= 16 && (system->line_bytes & (system->line_bytes - 1)) == 0);
    CHECK(system->page_bytes == (size_t)sysconf(_SC_PAGESIZE));
    CHECK(system->huge_page_bytes > system->page_bytes);
    CHECK(system->memory_bytes > 16 * MIB);
    CHECK(system->cpus >= 1 && system->cpus <= sysconf(_SC_NPROCESSORS_CONF));
    CHECK(system->cpu_model[0] != '\0' && strchr(system->cpu_model, '\n') == NULL);

    double before = rp_os_seconds();
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    double passed = rp_os_seconds() - before;
    CHECK(passed >= 0.009 && passed < 5.0);

    size_t bytes = 7;
    CHECK(rp_parse_bytes("48K", &bytes) && bytes == 49152);
    CHECK(rp_parse_bytes("3m", &bytes) && bytes == 3145728);
    CHECK(rp_parse_bytes("2G", &bytes) && bytes == 2147483648u);
    CHECK(rp_parse_bytes("0", &bytes) && bytes == 0);
    static const char *const bad[] = {
        "", "K", "-1", " 1", "1KB", "1 K", "0x10", "99999999999999999999", "99999999999G"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(!rp_parse_bytes(bad[i], &bytes) && bytes == 0);
    }

    size_t huge = system->huge_page_bytes, sizes[] = {1, system->page_bytes, huge, huge + 1, 5 * huge - 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int ask = 0; ask < 2; ask++) {
            char *memory = rp_os_map(sizes[i], ask);
            CHECK(memory != NULL);
            if (memory != NULL) {
                CHECK((uintptr_t)memory % system->page_bytes == 0);
                CHECK(!ask || !system->huge_pages || sizes[i] < huge || (uintptr_t)memory % huge == 0);
                CHECK(memory[0] == 0 && memory[sizes[i] - 1] == 0);
                memory[0] = memory[sizes[i] - 1] = 1;
                rp_os_unmap(memory, sizes[i]);
            }
        }
    }
    CHECK(rp_os_map(0, false) == NULL);
    CHECK(rp_os_map(SIZE_MAX, false) == NULL && rp_os_map(SIZE_MAX, true) == NULL);
}

/* ---- A system of files ------------------------------------------------------------------------------------- */

#ifdef __linux__

static char root[] = "/tmp/raptors-system-XXXXXX";

/* Writes root/path, with the folders above it. */
static void put_file(const char *path, const char *content)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *slash = strchr(whole + sizeof root, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(whole, 0700);
        *slash = '/';
    }
    FILE *file = fopen(whole, "w");
    CHECK(file && fputs(content, file) >= 0 && fclose(file) == 0);
}

/* The same for every processor that may be asked about. */
static void put_cache(int index, const char *name, const char *content)
{
    for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
        char path[128];
        snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%ld/cache/index%d/%s", cpu, index, name);
        put_file(path, content);
    }
}

static void put_caches(const char *l1d, const char *l2, const char *l3, const char *line)
{
    const char *const sizes[] = {l1d, l2, l3};
    for (int i = 0; i < 3; i++) {
        put_cache(i, "level", (const char *const[]){"1\n", "2\n", "3\n"}[i]);
        put_cache(i, "type", i == 0 ? "Data\n" : "Unified\n");
        put_cache(i, "shared_cpu_list", "0-8191\n");
        put_cache(i, "coherency_line_size", line);
        put_cache(i, "size", sizes[i]);
    }
}

static rp_system read_root(void)
{
    rp_system system;
    rp_read_system(&system, root);
    return system;
}

static void test_caches(void)
{
    put_caches("48K\n", "1280K\n", "30720K\n", "128\n");
    rp_system s = read_root();
    CHECK(s.l1d_bytes == 48 << 10 && s.l2_bytes == 1280 << 10 && s.l3_bytes == 30720 << 10 && s.line_bytes == 128);
    /* What no processor has is an error of whoever said so: the sizes taken instead are those of one that there may be. */
    static const char *const absurd[][4] = {
        {"64", "1K", "1K", "64"},       {"1", "1", "1", "1"},     {"0", "0", "0", "0"},
        {"32K", "4G", "99999G", "48"},  {"-1", "x", "", "-64"},   {"18446744073709551615", "32K", "1", "4096"},
        {"3000G", "16G", "1K", "1K64"}, {"4K", "2K", "3K", "96"}, {"1M", "32K", "64K", "8"},
    };
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        put_caches(absurd[i][0], absurd[i][1], absurd[i][2], absurd[i][3]);
        s = read_root();
        CHECK(s.l1d_bytes >= 4096 && s.l1d_bytes <= 16 * MIB);
        CHECK(s.l2_bytes >= s.l1d_bytes && s.l2_bytes <= 1024 * MIB);
        CHECK(s.l3_bytes == 0 || (s.l3_bytes >= s.l2_bytes && s.l3_bytes <= (size_t)1 << 40));
        CHECK(s.line_bytes >= 16 && s.line_bytes <= 1024 && (s.line_bytes & (s.line_bytes - 1)) == 0);
    }
    put_caches("32K\n", "1M\n", "0\n", "64\n");
}

/* The tightest limit of any group from the process's own up to the root's. */
static void test_groups(void)
{
    const int cpus = read_root().cpus;
    put_file("proc/self/cgroup", "0::/outer/inner\n");
    put_file("sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
    put_file("sys/fs/cgroup/outer/inner/memory.max", "128M\n");
    put_file("sys/fs/cgroup/memory.max", "max\n");
    rp_system s = read_root();
    CHECK(s.cpus == 1 && s.memory_bytes == 128 * MIB);
    static const char *const quotas[] = {"max 100000", "-1 100000", "nan 1", "0 0", "1e300 1e-300", "", "inf inf", "7"};
    for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++) {
        put_file("sys/fs/cgroup/outer/cpu.max", quotas[i]);
        CHECK(read_root().cpus == cpus);
    }
    put_file("sys/fs/cgroup/outer/cpu.max", "1 100000\n");
    CHECK(read_root().cpus == 1);
    put_file("sys/fs/cgroup/outer/inner/memory.max", "1\n");
    CHECK(read_root().memory_bytes >= 16 * MIB);
    put_file("proc/self/cgroup", "nonsense\n:\n::\n4:cpu,memory:/a\n");
    put_file("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n");
    put_file("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    put_file("sys/fs/cgroup/memory/memory.limit_in_bytes", "67108864\n");
    s = read_root();
    CHECK(s.cpus == 1 && s.memory_bytes == 64 * MIB);
}

static void test_other_facts(void)
{
    put_file("proc/cpuinfo", "processor : 0\nmodel name\t: Odd \033[31m\tone\n");
    put_file("sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "12345\n");
    put_file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    rp_system s = read_root();
    CHECK(strcmp(s.cpu_model, "Odd  [31m one") == 0);
    CHECK(s.huge_pages && s.huge_page_bytes == 2 * MIB);
    CHECK(s.page_bytes == (size_t)sysconf(_SC_PAGESIZE));
}

/* Without any file, on no more stack than the smallest thread has. */
static void *read_on_small_stack(void *nothing)
{
    const rp_system s = read_root();
    CHECK(s.l1d_bytes >= 4096 && s.cpus >= 1);
    CHECK(rp_os_usable_cpus() >= 1);
    CHECK(rp_system_facts()->l2_bytes >= 4096);
    return nothing;
}

static void test_files(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    CHECK(mkdtemp(root) != NULL);
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstacksize(&attributes, 64 << 10) == 0);
    CHECK(pthread_create(&thread, &attributes, read_on_small_stack, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    test_caches();
    test_groups();
    test_other_facts();
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", root);
    CHECK(system(command) == 0);
}

#else
static void test_files(void) {}
#endif

/* ---- The CPU ----------------------------------------------------------------------------------------------- */

#if defined(__linux__) && defined(__x86_64__)
static bool has_flag(const char *flags, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = strstr(flags, name); p != NULL; p = strstr(p + 1, name)) {
        if (p[-1] == ' ' && (p[length] == ' ' || p[length] == '\n')) {
            return true;
        }
    }
    return false;
}

static void test_cpu_flags(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    static char line[16384];
    bool found = false;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "flags", 5) == 0) {
            found = true;
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    CHECK(found);
    bool avx2 = has_flag(line, "avx2") && has_flag(line, "fma") && has_flag(line, "f16c") && has_flag(line, "bmi1") &&
                has_flag(line, "bmi2");
    bool avx512 = avx2 && has_flag(line, "avx512f") && has_flag(line, "avx512dq") && has_flag(line, "avx512bw") &&
                  has_flag(line, "avx512vl") && has_flag(line, "avx512cd");
    CHECK(((rp_cpu_detected() & RP_CPU_AVX2) != 0) == avx2);
    CHECK(((rp_cpu_detected() & RP_CPU_AVX512) != 0) == avx512);
    CHECK((rp_cpu_detected() & RP_CPU_SSE2) != 0);
    CHECK((rp_cpu_detected() & RP_CPU_NEON) == 0);
}
#else
static void test_cpu_flags(void)
{
#ifdef __aarch64__
    CHECK(rp_cpu_detected() == RP_CPU_NEON);
#endif
}
#endif

static void test_cpu(void)
{
    test_cpu_flags();
    CHECK((rp_cpu_features() & ~rp_cpu_detected()) == 0);
    CHECK(strcmp(rp_isa_name(RP_ISA_SCALAR), "scalar") == 0 && rp_isa_needs(RP_ISA_SCALAR) == 0);
    CHECK(strcmp(rp_isa_name(RP_ISA_AVX512), "avx512") == 0 && rp_isa_needs(RP_ISA_AVX512) == RP_CPU_AVX512);
    CHECK(rp_isa_name(RP_ISA_COUNT) == NULL);
}

static void part_cpu_scalar(void) { CHECK(rp_cpu_features() == 0); }

static void part_cpu_sse2(void)
{
    CHECK(rp_cpu_features() == (rp_cpu_detected() & RP_CPU_SSE2 ? RP_CPU_SSE2 : rp_cpu_detected()));
}

static void part_cpu_avx2(void)
{
    bool there = (rp_cpu_detected() & RP_CPU_AVX2) != 0;
    CHECK(rp_cpu_features() == (there ? RP_CPU_SSE2 | RP_CPU_AVX2 : rp_cpu_detected()));
}

static void part_cpu_all(void) { CHECK(rp_cpu_features() == rp_cpu_detected()); }

/* ---- The shared library ------------------------------------------------------------------------------------ */

#ifdef LIBRARY

/* It has what raptors.h declares, and keeps to itself what the tests and the extension use besides. */
static void test_exports(void)
{
    static const char *const public[] = {"rp_add", "rp_version", "rp_set_num_threads", "rp_backends_info"};
    static const char *const own[] = {"rp_test_fail_allocation", "rp_malloc", "rp_lock", "rp_parallel",
                                      "rp_os_seconds"};
    void *library = rp_os_module_open(LIBRARY, &(bool){0}, (char[200]){0}, 200);
    CHECK(library != NULL);
    for (size_t i = 0; library && i < sizeof public / sizeof *public; i++) {
        CHECK(rp_os_module_find(library, public[i]) != NULL);
    }
    for (size_t i = 0; library && i < sizeof own / sizeof *own; i++) {
        CHECK(rp_os_module_find(library, own[i]) == NULL);
    }
}

#else
static void test_exports(void) {}
#endif

/* ---- All --------------------------------------------------------------------------------------------------- */

static void whole(void)
{
    test_errors();
    test_files();
    test_system();
    test_cpu();
    test_exports();
}

static const part parts[] = {
    {"cpu-scalar", "RAPTORS_CPU", "scalar", part_cpu_scalar}, {"cpu-sse2", "RAPTORS_CPU", "sse2", part_cpu_sse2},
    {"cpu-avx2", "RAPTORS_CPU", "avx2", part_cpu_avx2},       {"cpu-unknown", "RAPTORS_CPU", "quantum", part_cpu_all},
#if defined(__x86_64__)
    {"cpu-other", "RAPTORS_CPU", "neon", part_cpu_all},
#endif
};

int main(int count, char **arguments)
{
    return run_parts(count, arguments, whole, parts, sizeof parts / sizeof parts[0]);
}
