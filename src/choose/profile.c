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
#include <sys/stat.h>

#include "choose/environment.h"
#include "choose/choose.h"
#include "facts/dtypes.h"

enum { MOST_LINES = 100000, MOST_BYTES = 1 << 24, LINE_BYTES = 512, HEAD_BYTES = 1024, STATE_BYTES = 512 };
enum {
    NEAR = 2, /* size classes: an octave */
    APART = 4 /* another layout, or the other side of the last cache, is as far as two octaves */
};

typedef struct entry {
    uint8_t op, dtype, operands, layout, size_class;
    bool may_thread, threaded, stream;
    const char *median;       /* microseconds; in the text, since it is seldom asked for */
    const char *kernel;       /* in the text */
    const struct entry *next; /* of the same operation */
} entry;

/* What most sites that may use all threads have found: yes minus no. */
typedef struct votes {
    int threads; /* all of them are faster than one */
    int stream;  /* so are stores that pass the caches by */
    int tier;    /* so is the highest tier than the next */
} votes;
enum { CLEAR = 3 }; /* fewer votes than that may be chance: another program ran meanwhile */
enum { REDUCTIONS, SMALL_MAPS, LARGE_MAPS, KINDS }; /* elements of 8 bytes and more are large */

static char *text; /* the file, its words ended by 0 */
static entry *entries;
static int entry_count; /* 0 until all was read */
static const entry *by_op[RP_OP_COUNT];
static rp_profile_library *libraries;
static votes majority[KINDS][RP_LAYOUT_COUNT][RP_SIZE_CLASSES];
static char state[STATE_BYTES] = "not read, since RAPTORS_KERNEL is set";

const char *rp_profile_state(void) { return state; }

/* FNV-1a over the names, eight characters at a time: another build has another list. */
static uint64_t kernel_hash(void)
{
    uint64_t hash = 0xcbf29ce484222325;
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        const size_t length = strlen(kernel->name);
        for (size_t k = 0; k < length + 1; k += sizeof hash) {
            uint64_t word = 0;
            memcpy(&word, kernel->name + k, length + 1 - k < sizeof word ? length + 1 - k : sizeof word);
            hash = (hash ^ word) * 0x100000001b3;
            hash ^= hash >> 32;
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

/* ---- Reading ----------------------------------------------------------------------------------------------- */

typedef struct reader {
    char *next, *end;
    int number; /* of the latest line */
    /* the latest site's first words, and what they say */
    char place[96];
    size_t place_length;
    entry at;
} reader;

/* The next line without its end; NULL where there is no whole one of a likely length. */
static char *read_line(reader *r)
{
    char *line = r->next, *end = memchr(line, '\n', (size_t)(r->end - line));
    r->number++;
    if (!end || end - line >= LINE_BYTES) return NULL;
    *end = 0;
    r->next = end + 1;
    return line;
}

/* Ends each word with 0. Returns how many there are: more than `most` is most + 1. */
static int split(char *line, char **words, int most)
{
    int count = 0;
    while (count < most) {
        words[count++] = line;
        while (*line && *line != ' ') line++;
        if (!*line) return count;
        *line++ = 0;
    }
    return count + 1;
}

static bool read_choice(const char *word, const char *no, const char *yes, bool *value)
{
    *value = strcmp(word, yes) == 0;
    return *value || strcmp(word, no) == 0;
}

/* "site multiply float32 vs apart all ", which most lines share with the line before. */
static bool read_place(reader *r, char **line, entry *e)
{
    enum { SITE, OP, DTYPE, OPERANDS, LAYOUT, WIDE, WORDS };
    if (r->place_length && strncmp(*line, r->place, r->place_length) == 0) {
        *e = r->at;
        *line += r->place_length;
        return true;
    }
    char *words[WORDS], *end = *line;
    for (int i = 0; i < WORDS && end; i++) end = strchr(end, ' ') ? strchr(end, ' ') + 1 : NULL;
    if (!end || (size_t)(end - *line) > sizeof r->place) return false;
    r->place_length = 0;
    memcpy(r->place, *line, (size_t)(end - *line));
    end[-1] = 0;
    if (split(*line, words, WORDS) != WORDS || strcmp(words[SITE], "site") != 0) return false;
    const int op = rp_find_op(words[OP]), dtype = rp_find_dtype(words[DTYPE], strlen(words[DTYPE])),
              operands = rp_find_class(words[OPERANDS]), layout = rp_find_layout(words[LAYOUT]);
    if (op < 0 || dtype < 0 || operands < 0 || layout < 0) return false;
    *e = (entry){.op = (uint8_t)op, .dtype = (uint8_t)dtype, .operands = (uint8_t)operands, .layout = (uint8_t)layout};
    if (!read_choice(words[WIDE], "one", "all", &e->may_thread)) return false;
    r->place_length = (size_t)(end - *line);
    r->at = *e;
    *line = end;
    return true;
}

/* The same, and "16777216 multiply.vs.f32.avx2 all streaming 512.3" */
static bool read_site(reader *r, char *line, entry *e)
{
    enum { BYTES, KERNEL, THREADS, STORES, MEDIAN, WORDS };
    char *words[WORDS], *end;
    if (!read_place(r, &line, e) || split(line, words, WORDS) != WORDS) return false;
    const unsigned long long bytes = strtoull(words[BYTES], &end, 10);
    if (end == words[BYTES] || *end) return false;
    if (!*words[MEDIAN] || words[MEDIAN][strspn(words[MEDIAN], "0123456789.")]) return false;
    e->size_class = (uint8_t)rp_size_class((size_t)bytes);
    e->median = words[MEDIAN];
    e->kernel = words[KERNEL];
    return read_choice(words[THREADS], "one", "all", &e->threaded) &&
           read_choice(words[STORES], "ordinary", "streaming", &e->stream);
}

/* "library openblas /usr/lib/libopenblas.so.0 39012345 1700000000 ARRA" */
static bool read_library(char *line)
{
    enum { LIBRARY, NAME, PATH, BYTES, CHANGED, VERDICTS, WORDS };
    char *words[WORDS], *end[2];
    if (split(line, words, WORDS) != WORDS || strcmp(words[LIBRARY], "library") != 0) return false;
    rp_profile_library *library = malloc(sizeof *library);
    if (!library) return false;
    *library = (rp_profile_library){.name = words[NAME],
                                    .path = words[PATH],
                                    .verdicts = words[VERDICTS],
                                    .bytes = strtoll(words[BYTES], &end[0], 10),
                                    .changed = strtoll(words[CHANGED], &end[1], 10),
                                    .next = libraries};
    libraries = library;
    return !*end[0] && !*end[1] && strspn(words[VERDICTS], "AR") == strlen(words[VERDICTS]);
}

static bool check_head(reader *r, const char *path)
{
    char head[HEAD_BYTES];
    rp_profile_head(head, sizeof head);
    for (char *want = head, *next; *want; want = next) {
        next = strchr(want, '\n');
        *next++ = 0;
        const char *line = read_line(r);
        if (!line) return ignore(path, "line %d: cut off", r->number);
        if (strcmp(line, want) != 0)
            return ignore(path, "line %d: it has '%.80s', this is '%.80s'; raptors tune begins a new one", r->number,
                          line, want);
    }
    return true;
}

static int kind_of(int operands, int dtype)
{
    return operands >= RP_ROW ? REDUCTIONS : rp_dtype_size((rp_dtype)dtype) < 8 ? SMALL_MAPS : LARGE_MAPS;
}

/* The instruction set in a kernel's name, "multiply.vs.f32.avx2" or ".avx2.u4"; -1: none, or one that walks along strides. */
static int isa_of(const char *kernel)
{
    const char *word = kernel;
    for (int dots = 0; dots < 3; word++) {
        if (!*word) return -1;
        dots += *word == '.';
    }
    size_t length = 0;
    while (word[length] && word[length] != '.') length++;
    return strcmp(word + length, ".strided") == 0 ? -1 : rp_find_isa(word, length);
}

static void vote(const entry *e, rp_isa isa)
{
    /* What ends with the first element is fastest on one thread, and says nothing of others. */
    if (rp_final_truth((rp_op)e->op, (rp_dtype)e->dtype) != RP_FINAL_NONE) return;
    if (!e->may_thread) return;
    const int own = isa_of(e->kernel);
    votes *v = &majority[kind_of(e->operands, e->dtype)][e->layout][e->size_class];
    v->threads += e->threaded ? 1 : -1;
    v->stream += e->stream ? 1 : -1;
    if (own >= 0) v->tier += (own == (int)isa) - (own == (int)isa - 1);
}

static bool read_sites(reader *r, const char *path, rp_isa isa)
{
    int count = 0, room = 0, others = 0, said = -1;
    while (said < 0) {
        if (r->next == r->end) return ignore(path, "line %d: cut off before its end", r->number + 1);
        char *line = read_line(r), end;
        if (!line) return ignore(path, "line %d: cut off, or too long", r->number);
        if (r->number > MOST_LINES) return ignore(path, "more than %d lines", MOST_LINES);
        if (strncmp(line, "end ", 4) == 0 && sscanf(line, "end %d%c", &said, &end) == 1 && said == count + others)
            break;
        said = -1;
        if (strncmp(line, "library ", 8) == 0) {
            if (!read_library(line)) return ignore(path, "line %d is wrong", r->number);
            others++;
            continue;
        }
        if (count == room) {
            room = room ? 2 * room : 1024;
            entry *more = realloc(entries, (size_t)room * sizeof *entries);
            if (!more) return ignore(path, "out of memory");
            entries = more;
        }
        if (!read_site(r, line, &entries[count++])) return ignore(path, "line %d is wrong", r->number);
    }
    for (int i = 0; i < count; i++) {
        entries[i].next = by_op[entries[i].op];
        by_op[entries[i].op] = &entries[i];
        vote(&entries[i], isa);
    }
    snprintf(state, sizeof state, "%.400s, %d kinds of calls", path, count);
    entry_count = count;
    return true;
}

/* The file's bytes, to be freed; NULL: it was too long, or memory or the disk failed, and the state says so. No more are read
 * than the file says that it has: some of /proc have none, and make the reader wait. */
static char *read_all(FILE *file, const char *path, size_t size)
{
    char *all = size <= MOST_BYTES ? malloc(size + 1) : NULL;
    if (all && fread(all, 1, size, file) == size) {
        all[size] = 0;
        return all;
    }
    ignore(path, all ? "it cannot be read" : "out of memory, or too long");
    free(all);
    return NULL;
}

/* Whether the file is a regular one: a FIFO or a terminal would make the first call of any kind wait. */
static bool is_regular(const char *path, struct stat *facts)
{
    if (stat(path, facts) != 0) return errno == ENOENT || ignore(path, "%s", strerror(errno));
    return S_ISREG(facts->st_mode) || ignore(path, "it is not an ordinary file");
}

void rp_profile_load(rp_isa isa)
{
    char path[4096];
    struct stat facts = {0};
    if (!rp_profile_path(path, sizeof path)) {
        snprintf(state, sizeof state, "none: RAPTORS_PROFILE is off, or this user has no home folder");
        return;
    }
    snprintf(state, sizeof state, "%.400s, not written yet: raptors tune writes it", path);
    if (!is_regular(path, &facts)) return;
    FILE *file = fopen(path, "re");
    if (!file) {
        if (errno != ENOENT) ignore(path, "%s", strerror(errno));
        return;
    }
    text = read_all(file, path, (size_t)facts.st_size);
    fclose(file);
    reader r = {.next = text, .end = text + facts.st_size};
    if (text) (void)(check_head(&r, path) && read_sites(&r, path, isa));
}

/* ---- Answering --------------------------------------------------------------------------------------------- */

static bool fits(const rp_kernel *kernel, const rp_query *query, const char *name)
{
    return strcmp(kernel->name, name) == 0 && rp_may_serve(kernel, query);
}

const rp_profile_library *rp_profile_find_library(const char *name)
{
    const rp_profile_library *library = entry_count ? libraries : NULL;
    while (library && strcmp(library->name, name) != 0) library = library->next;
    return library;
}

/* The one that the profile knows and the kernel's name names, "openblas.numpy" before "openblas". */
static void load_library(const char *kernel)
{
    const rp_profile_library *best = NULL;
    for (const rp_profile_library *library = libraries; library; library = library->next) {
        const char *found = strstr(kernel, library->name);
        const size_t length = strlen(library->name);
        const bool named = found && found > kernel && found[-1] == '.' && (!found[length] || found[length] == '.');
        if (named && (!best || length > strlen(best->name))) best = library;
    }
    if (best) rp_providers_load(best->name);
}

void rp_profile_load_libraries(void)
{
    for (int i = 0; libraries && i < entry_count; i++) {
        if (isa_of(entries[i].kernel) < 0) load_library(entries[i].kernel);
    }
}

/* NULL: not in this process. */
static const rp_kernel *find_kernel(const rp_query *query, const char *name)
{
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (fits(kernel, query, name)) return rp_kernel_runs(kernel) ? kernel : NULL;
    }
    for (rp_registered *r = rp_registered_first(query->op); r; r = (rp_registered *)r->next) {
        if (fits(&r->kernel, query, name)) return atomic_load(&r->verdict) != RP_REFUSED ? &r->kernel : NULL;
    }
    return NULL;
}

/* Whether a kernel that is best in the one layout is likely best in the other. */
static bool are_alike(rp_layout a, rp_layout b)
{
    const bool staged = a == RP_STAGED || b == RP_STAGED;
    return a == b || (!staged && rp_is_strided(a) == rp_is_strided(b));
}

/* Of the same operation, types and operands, in a layout alike; *distance in size classes. Strided ones on the other side of
 * the last cache are none: in the caches packing wins, beyond them walking along the strides. */
static const entry *find_nearest(const rp_query *query, int *distance)
{
    const int size_class = rp_size_class(query->bytes), memory = rp_size_class(rp_context_get()->stream_bytes);
    const entry *nearest = NULL;
    *distance = INT_MAX;
    for (const entry *e = by_op[query->op]; e; e = e->next) {
        const bool other_side = (e->size_class >= memory) != (size_class >= memory);
        if (e->dtype != query->dtype || e->operands != query->operands || e->may_thread != query->may_thread ||
            !are_alike(e->layout, query->layout) || (other_side && rp_is_strided(query->layout)))
            continue;
        const int away = abs(e->size_class - size_class) + APART * (e->layout != query->layout) + APART * other_side;
        if (away >= *distance) continue;
        nearest = e;
        *distance = away;
    }
    return nearest;
}

/* Whether threads and stores are as at the entry's site too. */
static bool is_near(const entry *e, const rp_query *query, int distance)
{
    const int memory = rp_size_class(rp_context_get()->stream_bytes), size_class = rp_size_class(query->bytes);
    if (e->layout != query->layout || (e->size_class >= memory) != (size_class >= memory)) return distance == 0;
    return distance <= NEAR || size_class > memory;
}

/* Those of the size class and its neighbours. */
static votes count_votes(const rp_query *query)
{
    const votes *of_sizes = majority[kind_of(query->operands, query->dtype)][query->layout];
    const int size_class = rp_size_class(query->bytes);
    votes sum = {0};
    for (int i = size_class - 1; i <= size_class + 1; i++) {
        if (i < 0 || i >= RP_SIZE_CLASSES) continue;
        sum.threads += of_sizes[i].threads;
        sum.stream += of_sizes[i].stream;
        sum.tier += of_sizes[i].tier;
    }
    return sum;
}

/* Whether the call is over, on one thread, before others would have been of use: by the time that the entry's calls took, on
 * at least two where they are several. */
static bool is_short(const entry *e, const rp_query *query)
{
    const double bytes = (double)(rp_size_class_bytes(e->size_class) + rp_size_class_bytes(e->size_class + 1)) / 2;
    const double alone = 1e-6 * atof(e->median) * (e->threaded ? 2 : 1) * (double)query->bytes / bytes;
    return alone < RP_LEAST_SHARED_SECONDS;
}

rp_known rp_profile_ask(const rp_query *query, rp_candidate *candidate)
{
    if (!entry_count) return RP_KNOWN_NOTHING;
    int distance;
    const entry *e = find_nearest(query, &distance);
    const bool moves = e && strcmp(e->kernel, "-") == 0;
    const rp_kernel *kernel = e && !moves ? find_kernel(query, e->kernel) : NULL;
    if (e && !moves && !kernel) return RP_KNOWN_NOTHING;
    if (e && is_near(e, query, distance)) {
        const bool threaded = distance ? query->may_thread && !is_short(e, query) : e->threaded;
        *candidate = (rp_candidate){kernel, threaded, e->stream};
        return distance ? RP_KNOWN_NEAR : RP_KNOWN_SITE;
    }
    const votes v = count_votes(query);
    const rp_context *context = rp_context_get();
    const rp_kernel *best = context->default_kernel[query->op][query->dtype][query->operands],
                    *narrower = context->narrower_kernel[query->op][query->dtype][query->operands];
    if (kernel)
        candidate->kernel = kernel;
    else if (v.tier < -CLEAR && narrower && candidate->kernel == best)
        candidate->kernel = narrower;
    if (e)
        candidate->threaded = query->may_thread && !is_short(e, query);
    else if (abs(v.threads) > CLEAR)
        candidate->threaded = v.threads > 0 && query->may_thread;
    if (abs(v.stream) > CLEAR && query->layout == RP_APART && query->operands < RP_ROW)
        candidate->stream = v.stream > 0;
    return RP_KNOWN_NEAR;
}
