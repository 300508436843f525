/* SPDX-License-Identifier: BSD-3-Clause
 *
 * audit.c: libraptors-audit.so, which `raptors trace` puts into LD_AUDIT to count the calls of BLAS, LAPACK, VML,
 * vDSP and vForce functions. It needs nothing but glibc, and does nothing unless RAPTORS_TRACE_DIR is set.
 *
 * The dynamic linker calls la_objopen for each library before anything is bound to it. Every function of interest
 * then gets a stub, and its entry in the library's own symbol table is pointed at the stub. Whatever looks the name up
 * finds the stub: a PLT, bound lazily or at once, a pointer in a table, dlsym. (The hooks for single bindings,
 * la_symbind and la_pltenter, miss pointers always, and libraries bound at once in glibc before 2.35.)
 *
 * Counts live in a file that is mapped shared: they outlast exec, _exit and signals, and a forked child adds to its
 * parent's. A program image has one file, calls-<pid>-<n>, of rows of 512 bytes: a count of 8 bytes, and a text. Row 0
 * counts the rows after it; a row that the disk had no room for is left empty; a text is function, library and caller between tabs, or a tab and the path of a loaded
 * object. trace.py reads it; interpose_macos.c writes the same.
 *
 * Not redirected: functions chosen by the dynamic linker (STT_GNU_IFUNC), which no known BLAS exports.
 */
#include "names.h"
#include "room.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MOST_ROWS = 16384,
    MOST_OBJECTS = 4096,
    MOST_SITES = 16384,
    MOST_FILES = 10000,  /* program images of one process id */
    GENERATED_BITS = 16, /* calls from code of no object are told apart by 64 KiB */
    SPACE_STEP = 1 << 16,
};

typedef struct row {
    _Atomic uint64_t calls;
    char text[504];
} row;

typedef struct object {
    uintptr_t start;
    size_t size;      /* 0 once closed */
    const char *path; /* NULL: generated code */
} object;

/* From where one function is called, and the row that counts it. */
typedef struct site {
    const object *caller;
    object generated; /* what `caller` points to when no object holds the call */
    row *row;
    struct site *next;
} site;

/* The assembly below reads the first two. */
typedef struct symbol {
    void (*enter)(void);
    uintptr_t target;
    const char *name;
    const char *library;
    _Atomic(site *) sites;
} symbol;

__attribute__((visibility("hidden"))) void rp_trace_enter(void);
__attribute__((visibility("hidden"), used)) void rp_trace_count(symbol *called, uintptr_t from);

static row *rows;
static char path[PATH_MAX];  /* of the file that they are in */
static _Atomic size_t space; /* bytes of it that the disk has taken */
static object objects[MOST_OBJECTS];
static _Atomic size_t objects_used;
static site sites[MOST_SITES];
static _Atomic size_t sites_used;

/* ---- Rows -------------------------------------------------------------------------------------------------- */

/* The file's disk space up to the row is taken, so that writing there cannot fail: to a mapping that would be SIGBUS. */
static bool take_space(int file, size_t index)
{
    const size_t end = (index * sizeof(row) / SPACE_STEP + 1) * SPACE_STEP;
    if (posix_fallocate(file, 0, (off_t)end) != 0) {
        return false;
    }
    size_t known = atomic_load(&space);
    while (known < end && !atomic_compare_exchange_weak(&space, &known, end)) {
    }
    return true;
}

static bool open_rows(const char *directory)
{
    int file = -1;
    for (int n = 0; file < 0 && n < MOST_FILES && (n == 0 || errno == EEXIST); n++) {
        snprintf(path, sizeof path, "%s/calls-%ld-%d", directory, (long)getpid(), n);
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    if (file < 0) {
        return false;
    }
    void *memory = MAP_FAILED;
    if (rp_trace_has_room(MOST_ROWS * sizeof(row)) && ftruncate(file, MOST_ROWS * sizeof(row)) == 0 &&
        take_space(file, 0)) {
        memory = mmap(NULL, MOST_ROWS * sizeof(row), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    close(file);
    rows = memory == MAP_FAILED ? NULL : memory;
    if (!rows) {
        unlink(path);
    }
    return rows != NULL;
}

/* Whether the row may be written. The file is opened anew each time: the program may close descriptors that it does not know,
 * and use their numbers. */
static bool has_space(size_t index)
{
    if ((index + 1) * sizeof(row) <= atomic_load(&space)) {
        return true;
    }
    int file = rp_trace_has_room(MOST_ROWS * sizeof(row)) ? open(path, O_RDWR | O_CLOEXEC) : -1;
    bool taken = file >= 0 && take_space(file, index);
    if (file >= 0) {
        close(file);
    }
    return taken;
}

/* A new row, or NULL when all are taken or the disk is full. */
__attribute__((format(printf, 1, 2))) static row *add_row(const char *format, ...)
{
    uint64_t index = atomic_fetch_add(&rows[0].calls, 1) + 1;
    if (index >= MOST_ROWS || !has_space(index)) {
        return NULL;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rows[index].text, sizeof rows[index].text, format, arguments);
    va_end(arguments);
    return &rows[index];
}

/* ---- Counting ---------------------------------------------------------------------------------------------- */

static const object *object_at(uintptr_t address)
{
    size_t used = atomic_load(&objects_used);
    for (size_t i = 0; i < used; i++) {
        if (address - objects[i].start < objects[i].size) {
            return &objects[i];
        }
    }
    return NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* No lock and no allocation: a forked child may come here while another thread of its parent was in the midst of it.
   Two threads that add the same site at once make two rows, which the reader adds up. */
static site *add_site(symbol *called, uintptr_t from)
{
    const object *caller = object_at(from);
    const char *file = caller ? caller->path : NULL;
    row *counted = NULL;
    for (site *known = atomic_load(&called->sites); known && !counted; known = known->next) {
        counted = known->caller->path == file ? known->row : NULL;
    }
    if (!counted) {
        const char *name = file ? base_name(file) : "(generated code)";
        counted = add_row("%s\t%s\t%s", called->name, base_name(called->library), name);
    }
    size_t index = counted ? atomic_fetch_add(&sites_used, 1) : MOST_SITES;
    if (index >= MOST_SITES) {
        return NULL;
    }
    site *added = &sites[index];
    added->generated = (object){from >> GENERATED_BITS << GENERATED_BITS, (size_t)1 << GENERATED_BITS, NULL};
    added->caller = caller ? caller : &added->generated;
    added->row = counted;
    added->next = atomic_load(&called->sites);
    while (!atomic_compare_exchange_weak(&called->sites, &added->next, added)) {
    }
    return added;
}

/* Called by every stub, with the address that the function will return to. */
void rp_trace_count(symbol *called, uintptr_t from)
{
    site *known = atomic_load(&called->sites);
    while (known && from - known->caller->start >= known->caller->size) {
        known = known->next;
    }
    if (!known) {
        known = add_site(called, from);
    }
    if (known) {
        atomic_fetch_add_explicit(&known->row->calls, 1, memory_order_relaxed);
    }
}

/* rp_trace_enter: what a stub jumps to, its symbol in r11 or x16. It saves all registers that may carry an
   argument: of vector registers 16 bytes, for BLAS passes scalars and pointers. Then it jumps to the function. */
#if defined(__x86_64__)
enum { STUB_BYTES = 16 };
__asm__(".text\n"
        ".hidden rp_trace_enter\n"
        ".globl rp_trace_enter\n"
        ".type rp_trace_enter, @function\n"
        "rp_trace_enter:\n"
        "    push %rax; push %rdi; push %rsi; push %rdx; push %rcx; push %r8; push %r9; push %r10; push %r11\n"
        "    sub $128, %rsp\n"
        "    movups %xmm0, (%rsp);   movups %xmm1, 16(%rsp); movups %xmm2, 32(%rsp); movups %xmm3, 48(%rsp)\n"
        "    movups %xmm4, 64(%rsp); movups %xmm5, 80(%rsp); movups %xmm6, 96(%rsp); movups %xmm7, 112(%rsp)\n"
        "    mov %r11, %rdi\n"
        "    mov 200(%rsp), %rsi\n"
        "    call rp_trace_count\n"
        "    movups (%rsp), %xmm0;   movups 16(%rsp), %xmm1; movups 32(%rsp), %xmm2; movups 48(%rsp), %xmm3\n"
        "    movups 64(%rsp), %xmm4; movups 80(%rsp), %xmm5; movups 96(%rsp), %xmm6; movups 112(%rsp), %xmm7\n"
        "    add $128, %rsp\n"
        "    pop %r11; pop %r10; pop %r9; pop %r8; pop %rcx; pop %rdx; pop %rsi; pop %rdi; pop %rax\n"
        "    jmp *8(%r11)\n"
        ".size rp_trace_enter, . - rp_trace_enter\n");

/* movabs $symbol, %r11; jmp *(%r11) */
static void write_stub(unsigned char *stub, const symbol *called)
{
    static const unsigned char load[2] = {0x49, 0xbb}, jump[3] = {0x41, 0xff, 0x23};
    uintptr_t operand = (uintptr_t)called;
    memcpy(stub, load, sizeof load);
    memcpy(stub + sizeof load, &operand, sizeof operand);
    memcpy(stub + sizeof load + sizeof operand, jump, sizeof jump);
}
#elif defined(__aarch64__)
enum { STUB_BYTES = 24 };
__asm__(".text\n"
        ".hidden rp_trace_enter\n"
        ".globl rp_trace_enter\n"
        ".type rp_trace_enter, %function\n"
        "rp_trace_enter:\n"
        "    sub sp, sp, #224\n"
        "    stp x0, x1, [sp]; stp x2, x3, [sp, #16]; stp x4, x5, [sp, #32]; stp x6, x7, [sp, #48]\n"
        "    stp x8, x16, [sp, #64]; stp x29, x30, [sp, #80]\n"
        "    stp q0, q1, [sp, #96]; stp q2, q3, [sp, #128]; stp q4, q5, [sp, #160]; stp q6, q7, [sp, #192]\n"
        "    mov x0, x16\n"
        "    mov x1, x30\n"
        "    bl rp_trace_count\n"
        "    ldp x0, x1, [sp]; ldp x2, x3, [sp, #16]; ldp x4, x5, [sp, #32]; ldp x6, x7, [sp, #48]\n"
        "    ldp x8, x16, [sp, #64]; ldp x29, x30, [sp, #80]\n"
        "    ldp q0, q1, [sp, #96]; ldp q2, q3, [sp, #128]; ldp q4, q5, [sp, #160]; ldp q6, q7, [sp, #192]\n"
        "    add sp, sp, #224\n"
        "    ldr x17, [x16, #8]\n"
        "    br x17\n"
        ".size rp_trace_enter, . - rp_trace_enter\n");

/* ldr x16, symbol; ldr x17, [x16]; br x17; nop; symbol: */
static void write_stub(unsigned char *stub, const symbol *called)
{
    static const uint32_t code[4] = {0x58000090, 0xf9400211, 0xd61f0220, 0xd503201f};
    uintptr_t operand = (uintptr_t)called;
    memcpy(stub, code, sizeof code);
    memcpy(stub + sizeof code, &operand, sizeof operand);
}
#else
#error "audit.c has stubs for x86-64 and aarch64 only"
#endif

/* ---- Redirecting ------------------------------------------------------------------------------------------- */

/* What of a loaded object is looked at. */
typedef struct image {
    uintptr_t base;
    const ElfW(Phdr) * headers;
    size_t header_count;
    ElfW(Sym) * symbols;
    size_t symbol_count;
    const char *names;
} image;

static size_t count_symbols(const uint32_t *hash, const uint32_t *gnu_hash)
{
    if (hash) {
        return hash[1];
    }
    if (!gnu_hash) {
        return 0;
    }
    size_t buckets = gnu_hash[0], first = gnu_hash[1], last = 0;
    const uint32_t *bucket = gnu_hash + 4 + gnu_hash[2] * (sizeof(ElfW(Addr)) / sizeof *gnu_hash);
    const uint32_t *chain = bucket + buckets;
    for (size_t i = 0; i < buckets; i++) {
        last = bucket[i] > last ? bucket[i] : last;
    }
    if (last < first) {
        return first;
    }
    while (!(chain[last - first] & 1)) {
        last++;
    }
    return last + 1;
}

static bool read_image(const struct link_map *map, image *read)
{
    *read = (image){.base = map->l_addr};
    if (*map->l_name == '\0') {
        read->headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
        read->header_count = getauxval(AT_PHNUM);
    } else if (map->l_addr && memcmp((const void *)map->l_addr, ELFMAG, SELFMAG) == 0) {
        const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)map->l_addr;
        read->headers = (const ElfW(Phdr) *)(map->l_addr + header->e_phoff);
        read->header_count = header->e_phnum;
    }
    const uint32_t *hash = NULL, *gnu_hash = NULL;
    for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag != DT_NULL; entry++) {
        /* glibc has added the base already, but for objects that it cannot write to. */
        uintptr_t value = entry->d_un.d_ptr + (entry->d_un.d_ptr < map->l_addr ? map->l_addr : 0);
        switch (entry->d_tag) {
        case DT_SYMTAB: read->symbols = (ElfW(Sym) *)value; break;
        case DT_STRTAB: read->names = (const char *)value; break;
        case DT_HASH: hash = (const uint32_t *)value; break;
        case DT_GNU_HASH: gnu_hash = (const uint32_t *)value; break;
        default: break;
        }
    }
    read->symbol_count = read->symbols && read->names ? count_symbols(hash, gnu_hash) : 0;
    return read->headers != NULL;
}

static object *add_object(const struct link_map *map, const image *read)
{
    uintptr_t start = UINTPTR_MAX, end = 0;
    for (size_t i = 0; i < read->header_count; i++) {
        const ElfW(Phdr) *segment = &read->headers[i];
        if (segment->p_type == PT_LOAD) {
            uintptr_t from = read->base + segment->p_vaddr;
            start = from < start ? from : start;
            end = from + segment->p_memsz > end ? from + segment->p_memsz : end;
        }
    }
    char program[PATH_MAX] = "";
    ssize_t length = *map->l_name ? 0 : readlink("/proc/self/exe", program, sizeof program - 1);
    program[length < 0 ? 0 : length] = '\0';
    row *named = add_row("\t%s", *map->l_name ? map->l_name : program);
    size_t index = atomic_load(&objects_used);
    if (!named || end <= start || index >= MOST_OBJECTS) {
        return NULL;
    }
    objects[index] = (object){start, end - start, named->text + 1};
    atomic_store(&objects_used, index + 1);
    return &objects[index];
}

static bool is_wanted(const image *read, const ElfW(Sym) * entry)
{
    int binding = ELF64_ST_BIND(entry->st_info);
    return ELF64_ST_TYPE(entry->st_info) == STT_FUNC && (binding == STB_GLOBAL || binding == STB_WEAK) &&
           entry->st_shndx != SHN_UNDEF && entry->st_shndx != SHN_ABS && rp_trace_wants(read->names + entry->st_name);
}

/* Protection of the pages that hold the symbol table: what the file asks for, and `more`. */
static bool protect_symbols(const image *read, int more)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)read->symbols, first = at & ~(page - 1);
    int protection = PROT_READ;
    for (size_t i = 0; i < read->header_count; i++) {
        const ElfW(Phdr) *segment = &read->headers[i];
        if (segment->p_type == PT_LOAD && at - (read->base + segment->p_vaddr) < segment->p_memsz) {
            protection |= (segment->p_flags & PF_W ? PROT_WRITE : 0) | (segment->p_flags & PF_X ? PROT_EXEC : 0);
        }
    }
    size_t bytes = (uintptr_t)(read->symbols + read->symbol_count) - first;
    return mprotect((void *)first, bytes, protection | more) == 0;
}

static void *allocate(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void redirect(const image *read, const object *library)
{
    size_t wanted = 0;
    for (size_t i = 0; i < read->symbol_count; i++) {
        wanted += is_wanted(read, &read->symbols[i]);
    }
    symbol *called = wanted ? allocate(wanted * sizeof(symbol)) : NULL;
    unsigned char *stub = called ? allocate(wanted * STUB_BYTES) : NULL, *first = stub;
    if (!stub || !protect_symbols(read, PROT_WRITE)) {
        return;
    }
    for (size_t i = 0; i < read->symbol_count; i++) {
        ElfW(Sym) *entry = &read->symbols[i];
        if (is_wanted(read, entry)) {
            called->enter = rp_trace_enter;
            called->target = read->base + entry->st_value;
            called->name = read->names + entry->st_name;
            called->library = library->path;
            write_stub(stub, called++);
            entry->st_value = (uintptr_t)stub - read->base; /* whoever looks it up adds the base: the sum may wrap */
            stub += STUB_BYTES;
        }
    }
    __builtin___clear_cache((char *)first, (char *)stub);
    mprotect(first, wanted * STUB_BYTES, PROT_READ | PROT_EXEC);
    protect_symbols(read, 0);
}

/* ---- What the dynamic linker calls ------------------------------------------------------------------------- */

/* Any version will do: only what they all have is used. With 0 glibc leaves the library out. */
unsigned int la_version(unsigned int version)
{
    const char *directory = getenv("RAPTORS_TRACE_DIR");
    return directory && open_rows(directory) ? version : 0;
}

unsigned int la_objopen(struct link_map *map, Lmid_t space, uintptr_t *cookie)
{
    (void)space;
    image read;
    object *opened = read_image(map, &read) ? add_object(map, &read) : NULL;
    *cookie = (uintptr_t)opened;
    if (opened) {
        redirect(&read, opened);
    }
    return 0;
}

unsigned int la_objclose(uintptr_t *cookie)
{
    object *closed = (object *)*cookie;
    if (closed) {
        closed->size = 0;
    }
    return 0;
}
