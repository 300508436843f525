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

/* ---- All --------------------------------------------------------------------------------------------------- */

static void whole(void)
{
    test_errors();
    test_system();
    test_cpu();
}

static const part parts[] = {
    {"cpu-scalar", "RAPTORS_CPU", "scalar", part_cpu_scalar},
    {"cpu-sse2", "RAPTORS_CPU", "sse2", part_cpu_sse2},
    {"cpu-avx2", "RAPTORS_CPU", "avx2", part_cpu_avx2},
    {"cpu-unknown", "RAPTORS_CPU", "quantum", part_cpu_all},
};

int main(int count, char **arguments)
{
    return run_parts(count, arguments, whole, parts, sizeof parts / sizeof parts[0]);
}
