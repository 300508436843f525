/* SPDX-License-Identifier: BSD-3-Clause
 *
 * system.c: the facts of the machine, read once, each within bounds: what is computed from them divides by them.
 */
#include "runtime.h"

#include <stdio.h>

bool rp_parse_bytes(const char *text, size_t *bytes)
{
    size_t value = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        const size_t digit = (size_t)(*p - '0');
        if (value > (SIZE_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    if (p == text) return false;
    const int shift = *p == 'K' || *p == 'k' ? 10 : *p == 'M' || *p == 'm' ? 20 : *p == 'G' || *p == 'g' ? 30 : 0;
    p += shift != 0;
    if (*p != '\0' || value > SIZE_MAX >> shift) return false;
    *bytes = value << shift;
    return true;
}

/* The value where it lies within the bounds: one outside them is no smaller or larger machine but an error of whoever said
 * so. */
static size_t likely(size_t value, size_t least, size_t most, size_t otherwise)
{
    return value >= least && value <= most ? value : otherwise;
}

static size_t likely_power(size_t value, size_t least, size_t most, size_t otherwise)
{
    return (value & (value - 1)) == 0 ? likely(value, least, most, otherwise) : otherwise;
}

void rp_read_system(rp_system *system, const char *root)
{
    enum { KIB = 1 << 10, MIB = 1 << 20, GIB = 1 << 30 };
    *system = (rp_system){0};
    rp_os_read_system(system, root);
    system->page_bytes = likely_power(system->page_bytes, 4 * KIB, MIB, 4 * KIB);
    system->l1d_bytes = likely(system->l1d_bytes, 4 * KIB, 16 * MIB, 32 * KIB);
    const size_t l2 = system->l1d_bytes > 512 * KIB ? system->l1d_bytes : 512 * KIB;
    system->l2_bytes = likely(system->l2_bytes, system->l1d_bytes, GIB, l2);
    system->l3_bytes = likely(system->l3_bytes, system->l2_bytes, (size_t)GIB << (sizeof(size_t) > 4 ? 10 : 0), 0);
    system->line_bytes = likely_power(system->line_bytes, 16, KIB, 64);
    system->huge_page_bytes = likely_power(system->huge_page_bytes, 2 * system->page_bytes, GIB, 2 * MIB);
    system->memory_bytes = likely(system->memory_bytes, 16 * MIB, SIZE_MAX, GIB);
    system->cpus = (int)likely(system->cpus > 0 ? (size_t)system->cpus : 0, 1, RP_OS_MOST_CPUS, 1);
    /* It becomes a line of text in reports and profiles. */
    for (char *p = system->cpu_model; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~') *p = ' ';
    }
    if (system->cpu_model[0] == '\0') snprintf(system->cpu_model, sizeof system->cpu_model, "unknown");
}

static rp_system facts;

static void read_facts(void) { rp_read_system(&facts, "/"); }

const rp_system *rp_system_facts(void)
{
    static rp_once once;
    rp_run_once(&once, read_facts);
    return &facts;
}

size_t rp_last_cache_bytes(void)
{
    const rp_system *system = rp_system_facts();
    return system->l3_bytes ? system->l3_bytes : 8 * system->l2_bytes;
}
