/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the profile. The file is foreign: every line is checked, and the first that is wrong ends the reading.
 */
#include "choose/profile.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choose/choose.h"

enum { MOST_LINES = 100000, LINE_BYTES = 512, HEAD_BYTES = 1024, NAME_BYTES = 96, STATE_BYTES = 512 };

typedef struct entry {
    uint8_t op, dtype, operands, layout, size_class;
    bool wide, winner_wide, stream;
    char kernel[NAME_BYTES];
    const struct entry *next; /* of the same operation */
} entry;

static entry *entries;
static const entry *by_op[RP_OP_COUNT];
/* yes minus no, of sites that may use all threads: maps and reductions apart */
static rp_hint votes[2][RP_LAYOUT_COUNT][RP_SIZE_CLASSES];
static char state[STATE_BYTES] = "none";

const char *rp_profile_state(void) { return state; }

static const char *const class_names[RP_CLASS_COUNT] = {
    [RP_V] = "v",     [RP_VV] = "vv",   [RP_VS] = "vs",   [RP_SV] = "sv",   [RP_VVV] = "vvv",
    [RP_VVS] = "vvs", [RP_VSV] = "vsv", [RP_VSS] = "vss", [RP_ROW] = "row", [RP_COLUMN] = "column"};
static const char *const layout_names[RP_LAYOUT_COUNT] = {"apart", "in-place", "strided", "staged"};

static int find(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) return i;
    }
    return -1;
}

int rp_find_class(const char *word) { return find(class_names, RP_CLASS_COUNT, word); }
int rp_find_layout(const char *word) { return find(layout_names, RP_LAYOUT_COUNT, word); }
const char *rp_class_name(rp_class operands) { return class_names[operands]; }
const char *rp_layout_name(rp_layout layout) { return layout_names[layout]; }

static int find_op(const char *word)
{
    for (int op = 0; op < RP_OP_COUNT; op++) {
        if (strcmp(rp_op_name((rp_op)op), word) == 0) return op;
    }
    return -1;
}

static int find_dtype(const char *word)
{
    for (int dtype = 0; dtype < RP_DTYPE_COUNT; dtype++) {
        if (strcmp(rp_dtype_name((rp_dtype)dtype), word) == 0) return dtype;
    }
    return -1;
}

/* FNV-1a over the names: another build has another list. */
static uint64_t kernel_hash(void)
{
    uint64_t hash = 0xcbf29ce484222325;
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        for (const char *c = kernel->name;; c++) {
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
            if (!*c) break;
        }
    }
    return hash;
}

size_t rp_profile_head(char *text, size_t size)
{
    const rp_system *system = rp_system_facts();
    const int length = snprintf(
        text, size,
        "raptors profile 1\nversion %s\ncpu %s\nfeatures %llx\ncaches %zu %zu %zu\ncpus %d\nhuge-pages %s\n"
        "kernels %016llx\n",
        rp_version(), system->cpu_model, (unsigned long long)rp_cpu_features(), system->l1d_bytes, system->l2_bytes,
        system->l3_bytes, system->cpus, system->huge_pages ? "yes" : "no", (unsigned long long)kernel_hash());
    return length > 0 ? (size_t)length : 0;
}

__attribute__((format(printf, 2, 3))) static bool ignore(const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = snprintf(state, sizeof state, "%.300s ignored: ", path);
    if (length > 0 && (size_t)length < sizeof state)
        vsnprintf(state + length, sizeof state - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

static bool read_choice(const char *word, const char *no, const char *yes, bool *value)
{
    *value = strcmp(word, yes) == 0;
    return *value || strcmp(word, no) == 0;
}

/* "site multiply float32 vs apart all 16777216 multiply.vs.f32.avx2 all streaming 512.3" */
static bool read_site(const char *line, entry *e)
{
    char op[32], dtype[16], operands[8], layout[12], wide[8], threads[8], stores[12], end;
    unsigned long long bytes;
    double median;
    if (sscanf(line, "site %31s %15s %7s %11s %7s %llu %95s %7s %11s %lf %c", op, dtype, operands, layout, wide, &bytes,
               e->kernel, threads, stores, &median, &end) != 10)
        return false;
    const int o = find_op(op), d = find_dtype(dtype), c = rp_find_class(operands), l = rp_find_layout(layout);
    if (o < 0 || d < 0 || c < 0 || l < 0 || !(median >= 0)) return false;
    e->op = (uint8_t)o, e->dtype = (uint8_t)d, e->operands = (uint8_t)c, e->layout = (uint8_t)l;
    e->size_class = (uint8_t)rp_size_class((size_t)bytes);
    return read_choice(wide, "one", "all", &e->wide) && read_choice(threads, "one", "all", &e->winner_wide) &&
           read_choice(stores, "ordinary", "streaming", &e->stream);
}

/* The next line without its end; false at the end of the file, and for a line that is none. */
static bool read_line(FILE *file, char *line, bool *whole)
{
    if (!fgets(line, LINE_BYTES, file)) return false;
    const size_t length = strlen(line);
    *whole = length > 0 && line[length - 1] == '\n';
    if (*whole) line[length - 1] = 0;
    return true;
}

static bool check_head(FILE *file, const char *path, int *number)
{
    char head[HEAD_BYTES], line[LINE_BYTES];
    bool whole;
    rp_profile_head(head, sizeof head);
    for (char *want = head, *next; *want; want = next) {
        next = strchr(want, '\n');
        *next++ = 0;
        ++*number;
        if (!read_line(file, line, &whole) || !whole) return ignore(path, "line %d: cut off", *number);
        if (strcmp(line, want) != 0)
            return ignore(path, "line %d: it has '%.80s', this is '%.80s'", *number, line, want);
    }
    return true;
}

static void vote(const entry *e)
{
    if (!e->wide) return;
    rp_hint *v = &votes[e->operands >= RP_ROW][e->layout][e->size_class];
    v->threads += e->winner_wide ? 1 : -1;
    v->stream += e->stream ? 1 : -1;
}

rp_hint rp_profile_hint(const rp_query *query)
{
    if (!query->wide) return (rp_hint){0};
    return votes[query->operands >= RP_ROW][query->layout][rp_size_class(query->bytes)];
}

static bool read_file(FILE *file, const char *path)
{
    char line[LINE_BYTES];
    int number = 0, count = 0, room = 0, said = -1;
    bool whole;
    if (!check_head(file, path, &number)) return false;
    while (said < 0 && read_line(file, line, &whole)) {
        char end;
        if (++number > MOST_LINES) return ignore(path, "more than %d lines", MOST_LINES);
        if (!whole) return ignore(path, "line %d: cut off, or too long", number);
        if (sscanf(line, "end %d %c", &said, &end) == 1 && said == count) break;
        if (count == room) {
            room = room ? 2 * room : 64;
            entry *more = realloc(entries, (size_t)room * sizeof *entries);
            if (!more) return ignore(path, "out of memory");
            entries = more;
        }
        said = -1;
        if (!read_site(line, &entries[count++])) return ignore(path, "line %d: no site", number);
    }
    if (said < 0) return ignore(path, "line %d: cut off before its end", number + 1);
    for (int i = 0; i < count; i++) {
        entries[i].next = by_op[entries[i].op];
        by_op[entries[i].op] = &entries[i];
        vote(&entries[i]);
    }
    snprintf(state, sizeof state, "%.400s, %d sites", path, count);
    return true;
}

static bool find_path(char *path, size_t size)
{
    const char *given = getenv("RAPTORS_PROFILE"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (given && *given)
        length = strcmp(given, "off") == 0 ? -1 : snprintf(path, size, "%s", given);
    else if (cache && *cache)
        length = snprintf(path, size, "%s/raptors/profile", cache);
    else if (home && *home)
        length = snprintf(path, size, "%s/.cache/raptors/profile", home);
    return length > 0 && (size_t)length < size;
}

void rp_profile_load(void)
{
    char path[4096];
    if (!find_path(path, sizeof path)) return;
    FILE *file = fopen(path, "re");
    if (!file) {
        if (errno != ENOENT) ignore(path, "%s", strerror(errno));
        return;
    }
    if (!read_file(file, path)) memset(by_op, 0, sizeof by_op);
    fclose(file);
}

static const rp_kernel *find_kernel(const rp_query *query, const char *name)
{
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (strcmp(kernel->name, name) == 0) return rp_kernel_runs(kernel) ? kernel : NULL;
    }
    for (rp_registered *r = rp_registered_first(query->op); r; r = (rp_registered *)r->next) {
        if (strcmp(r->name, name) == 0) return rp_is_admitted(r) ? &r->kernel : NULL;
    }
    return NULL;
}

/* How many size classes the entry is away; INT_MAX where it is another kind of call. */
static int distance(const entry *e, const rp_query *query)
{
    if (e->dtype != query->dtype || e->operands != query->operands || e->layout != query->layout ||
        e->wide != query->wide)
        return INT_MAX;
    return abs(e->size_class - rp_size_class(query->bytes));
}

const rp_candidate *rp_profile_winner(const rp_query *query, rp_site *site)
{
    const entry *e = NULL;
    int nearest = INT_MAX;
    for (const entry *next = by_op[query->op]; next && nearest; next = next->next) {
        if (distance(next, query) >= nearest) continue;
        e = next;
        nearest = distance(next, query);
    }
    if (!e) return NULL;
    const bool moves = strcmp(e->kernel, "-") == 0;
    const rp_kernel *kernel = moves ? NULL : find_kernel(query, e->kernel);
    if (!moves &&
        (!kernel || kernel->op != query->op || kernel->dtype != query->dtype || kernel->shape != query->operands))
        return NULL;
    if (kernel && kernel->traits & RP_TRAIT_IN_PLACE_ONLY && query->layout != RP_IN_PLACE) return NULL;
    if (nearest) {
        atomic_store(&site->guess, kernel);
        return NULL;
    }
    rp_candidate *winner = rp_malloc(sizeof *winner);
    if (!winner) return NULL;
    *winner = (rp_candidate){kernel, e->winner_wide, e->stream};
    const rp_candidate *none = NULL;
    if (!atomic_compare_exchange_strong(&site->winner, &none, winner)) {
        rp_free(winner);
        return none;
    }
    atomic_store(&site->source, RP_SOURCE_PROFILE);
    return winner;
}
