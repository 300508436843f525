/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Vendor libraries: which are asked for, where they lie, what became of them. Each is looked at by a child first
 * (probe.c); what passes is opened here, and its kernels are registered and race like any other.
 */
#include "backends/backend.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>

#include "choose/profile.h"
#include "facts/dtypes.h"
#include "runtime/runtime.h"
#include "runtime/text.h"

#define RP_BACKEND(name, family, folder, files, mac_files) extern const rp_family rp_##family##_family;
#include "backends/backends.def"
#undef RP_BACKEND

#define FILES(...) \
    (const char *const[]) { __VA_ARGS__, NULL }
#ifdef __APPLE__
#define RP_BACKEND(name, family, folder, files, mac_files) {name, &rp_##family##_family, folder, mac_files},
#else
#define RP_BACKEND(name, family, folder, files, mac_files) {name, &rp_##family##_family, folder, files},
#endif
static const rp_vendor backends[] = {
#include "backends/backends.def"
};
#undef RP_BACKEND
enum { BACKENDS = sizeof backends / sizeof *backends };

/* Kernels point into them, and so they are never freed. Under RP_LOCK_BACKENDS; a library does not change once it is in
 * the list. */
static rp_library *libraries, **end = &libraries;

/* ---- For families and the probe ---------------------------------------------------------------------------- */

bool rp_library_refuse(rp_library *library, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(library->reason, sizeof library->reason, format, arguments);
    va_end(arguments);
    library->state = RP_LIBRARY_REFUSED;
    return false;
}

rp_os_function rp_library_find(const rp_library *library, const char *symbol)
{
    return rp_os_module_find(library->module, symbol);
}

rp_library_kernel *rp_library_place(rp_library *library, int i)
{
    if (i < library->room) return library->kernels[i];
    rp_library_kernel **more = rp_malloc((size_t)(i + 1) * sizeof *more), *fresh = rp_malloc(sizeof *fresh);
    if (!more || !fresh) {
        rp_free(more), rp_free(fresh);
        return NULL;
    }
    for (int k = 0; k < library->room; k++) more[k] = library->kernels[k];
    rp_free(library->kernels);
    memset(fresh, 0, sizeof *fresh);
    library->kernels = more;
    library->room = i + 1;
    return more[i] = fresh;
}

int rp_library_add(rp_library *library, const rp_kernel_entry *entry, const rp_thunk *thunk, const char *suffix,
                   int instead_of)
{
    rp_library_kernel *kernel = rp_library_place(library, library->count);
    if (!kernel) {
        rp_library_refuse(library, "no memory for its kernels");
        return -1;
    }
    snprintf(kernel->name, sizeof kernel->name, "%s.%s.%s.%s%s%s", rp_op_name(entry->op), entry->operands,
             rp_dtypes[entry->dtype].code, entry->accuracy == RP_FAST ? "fast." : "", library->name, suffix);
    kernel->entry = *entry;
    kernel->entry.name = kernel->name;
    kernel->entry.data = &kernel->thunk;
    kernel->thunk = *thunk;
    kernel->thunk.dtype = entry->dtype;
    kernel->thunk.inputs = rp_op_inputs(entry->op);
    kernel->thunk.number = strcmp(entry->operands, "vs") == 0 ? 2 : strcmp(entry->operands, "sv") == 0 ? 1 : 0;
    if (!thunk->longest) kernel->thunk.longest = SIZE_MAX;
    kernel->instead_of = instead_of;
    return library->count++;
}

void rp_run_in_parts(const rp_call *call, rp_run_part *run)
{
    enum { BLOCK = 2048, PART = 1 << 30 };
    const rp_thunk *t = call->data;
    const size_t size = rp_dtype_size(t->dtype);
    _Alignas(64) char block[3][BLOCK];
    bool aligned = true;
    for (int k = 0; k <= t->inputs; k++) aligned &= rp_is_aligned(call, k, size);
    const size_t most = aligned ? PART : BLOCK / size;
    for (size_t row = 0; row < call->m; row++) {
        char *p[3] = {rp_row(call, 0, row), rp_row(call, 1, row), t->inputs > 1 ? rp_row(call, 2, row) : NULL};
        for (size_t left = call->n, n; left; left -= n) {
            n = left < most ? left : most;
            for (int k = 1; !aligned && k <= t->inputs; k++) memcpy(block[k], p[k], n * size);
            run(t, n, aligned ? p[1] : block[1], aligned ? p[2] : block[2], aligned ? p[0] : block[0]);
            if (!aligned) memcpy(p[0], block[0], n * size);
            for (int k = 0; k <= t->inputs; k++) p[k] += n * size;
        }
    }
}

static bool open_file(rp_library *library, const char *file)
{
    bool absent = false;
    library->module = rp_os_module_present(file);
    library->shared = library->module || strstr(file, "scipy_openblas"); /* NumPy's own: it may come to use it later */
    if (!library->module) library->module = rp_os_module_open(file, &absent, library->reason, sizeof library->reason);
    if (!library->module) library->state = absent ? RP_LIBRARY_ABSENT : RP_LIBRARY_REFUSED;
    return library->module != NULL;
}

/* The system's own reason would name the last of the files alone. */
static void tell_absent(rp_library *library)
{
    const char *const *file = library->backend->files;
    char *text = library->reason;
    size_t length = (size_t)snprintf(
        text, RP_REASON_BYTES, *file ? "on the system's library path there is no" : "there is none for this system");
    for (; *file && length < RP_REASON_BYTES; file++)
        length += (size_t)snprintf(text + length, RP_REASON_BYTES - length, " %s%s", *file, file[1] ? "," : "");
}

bool rp_library_open(rp_library *library)
{
    const char *const asked[] = {library->path, NULL};
    bool opened = false, refused = false;
    for (const char *const *file = *library->path ? asked : library->backend->files; *file && !opened; file++) {
        opened = open_file(library, *file);
        refused |= !opened && library->state == RP_LIBRARY_REFUSED;
        if (refused) break;
    }
    library->count = 0;
    if (!opened && !refused && !*library->path) tell_absent(library);
    if (!opened) return false;
    library->state = RP_LIBRARY_ABSENT;
    if (!library->backend->family->bind(library) || library->state == RP_LIBRARY_REFUSED) return false;
    if (library->count)
        (void)rp_os_module_path(library->kernels[0]->thunk.function, library->path, sizeof library->path);
    library->reason[0] = '\0';
    library->state = RP_LIBRARY_LOADED;
    return true;
}

/* ---- Finding ----------------------------------------------------------------------------------------------- */

static bool find(rp_library *library)
{
    const rp_vendor *backend = library->backend;
    const char *variable = backend->family->path_variable, *path = variable ? getenv(variable) : NULL;
    if (*library->path) return true;
    if (path && *path) snprintf(library->path, sizeof library->path, "%s", path);
    if (!backend->folder) return true;
    if (*library->path || rp_os_module_with(backend->folder, library->path, sizeof library->path)) return true;
    snprintf(library->reason, sizeof library->reason, "nothing that this program has loaded lies in %s*",
             backend->folder);
    return false;
}

/* ---- Loading ----------------------------------------------------------------------------------------------- */

static rp_registered *registered_as(const rp_library_kernel *kernel)
{
    rp_registered *r = rp_registered_first(kernel->entry.op);
    while (r && strcmp(r->name, kernel->name) != 0) r = (rp_registered *)r->next;
    return r;
}

/* The child's verdicts save the places in a race for what can win one; each is tried again here before it runs. */
static void register_kernels(rp_library *library)
{
    for (int i = 0; i < library->count; i++) {
        rp_library_kernel *kernel = library->kernels[i];
        if (kernel->probed != RP_ADMITTED) continue;
        if (kernel->instead_of >= 0 && library->kernels[kernel->instead_of]->probed == RP_ADMITTED) continue;
        if (rp_register_kernel(&kernel->entry) == RP_OK) {
            kernel->registered = registered_as(kernel);
        } else {
            kernel->probed = RP_REFUSED;
            snprintf(kernel->reason, sizeof kernel->reason, "%.90s", rp_error_message());
        }
    }
}

/* A profile is a file that anyone may have written: what it names must look like the backend, and be this user's or the
 * system's own. */
static bool is_likely(const rp_vendor *backend, const char *path)
{
    const char *slash = strrchr(path, '/');
    bool likely = backend->folder && strstr(path, backend->folder);
    for (const char *const *name = backend->files; slash && *name; name++) likely |= strcmp(slash + 1, *name) == 0;
    return likely;
}

/* What the profile remembers of the child's verdicts, where the file is the one they were found for. */
static bool is_vouched_for(rp_library *library)
{
    const rp_profile_library *known = rp_profile_find_library(library->name);
    rp_os_file file;
    if (!known || (*library->path && strcmp(library->path, known->path) != 0) || !rp_os_file_look(known->path, &file) ||
        file.bytes != known->bytes || file.changed != known->changed || !file.trusted ||
        !is_likely(library->backend, known->path))
        return false;
    const bool named = *library->path;
    snprintf(library->path, sizeof library->path, "%s", known->path);
    if (!rp_library_open(library) || (size_t)library->count != strlen(known->verdicts)) {
        if (!named) *library->path = '\0'; /* the probe looks where it would have looked */
        return false;
    }
    for (int i = 0; i < library->count; i++) {
        rp_library_kernel *kernel = library->kernels[i];
        kernel->probed = known->verdicts[i] == 'A' ? RP_ADMITTED : RP_REFUSED;
        snprintf(kernel->reason, sizeof kernel->reason, "as the profile has it");
    }
    return true;
}

static bool is_known(const char *name)
{
    const rp_library *library = libraries;
    while (library && strcmp(library->name, name) != 0) library = library->next;
    return library != NULL;
}

static bool load(const rp_vendor *backend, const char *name, const char *path)
{
    if (is_known(name)) return true;
    rp_library *library = rp_malloc(sizeof *library);
    if (!library) return false;
    *library = (rp_library){.backend = backend};
    snprintf(library->name, sizeof library->name, "%s", name);
    snprintf(library->path, sizeof library->path, "%s", path);
    if (find(library) && (is_vouched_for(library) || (rp_probe(library) && rp_library_open(library))))
        register_kernels(library);
    *end = library;
    end = &library->next;
    return true;
}

/* ---- Names ------------------------------------------------------------------------------------------------- */

typedef struct request {
    char name[32], path[512];
} request;

/* Whether `name` is `whole` or, up to a dot, begins with it. */
static bool is_under(const char *name, const char *whole)
{
    const size_t length = strlen(whole);
    return strncmp(name, whole, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

/* The row for a path: of those that the name asks for the one whose folder the path has; else the row that the name is
 * a label of. */
static const rp_vendor *row_for_path(const request *r)
{
    const rp_vendor *best = NULL;
    for (int i = 0; i < BACKENDS; i++) {
        const rp_vendor *b = &backends[i];
        if (is_under(b->name, r->name) && b->folder && strstr(r->path, b->folder)) return b;
        if (is_under(r->name, b->name) && (!best || strlen(b->name) > strlen(best->name))) best = b;
    }
    return best;
}

static bool is_asked_for(const rp_vendor *backend, const char *name)
{
    return strcmp(name, "all") == 0 || is_under(backend->name, name);
}

static bool has_row(const request *r)
{
    if (*r->path) return row_for_path(r) != NULL;
    for (int i = 0; i < BACKENDS; i++) {
        if (is_asked_for(&backends[i], r->name)) return true;
    }
    return false;
}

/* Takes the first request off the text; false at its end. *fits: name and path had room. */
static bool next_request(const char **text, request *r, bool *fits)
{
    *text += strspn(*text, ", ");
    const size_t length = strcspn(*text, ","), name = strcspn(*text, "=, ");
    if (!length) return false;
    const size_t path = name < length && (*text)[name] == '=' ? length - name - 1 : 0;
    *fits = name < sizeof r->name && path < sizeof r->path;
    snprintf(r->name, sizeof r->name, "%.*s", (int)(name < length ? name : length), *text);
    snprintf(r->path, sizeof r->path, "%.*s", (int)path, *text + name + 1);
    *text += length;
    return true;
}

static rp_status check_names(const char *names)
{
    request r;
    bool fits;
    for (const char *text = names; next_request(&text, &r, &fits);) {
        if (fits && has_row(&r)) continue;
        char known[256];
        int length = 0;
        for (int i = 0; i < BACKENDS; i++)
            length += snprintf(known + length, sizeof known - (size_t)length, "%s, ", backends[i].name);
        return rp_fail(RP_ERROR_VALUE,
                       "'%s' is no backend: known are %sand all; with a path, openblas=/path and "
                       "openblas.label=/path",
                       r.name, known);
    }
    return RP_OK;
}

static bool load_request(const request *r)
{
    if (*r->path) {
        const rp_vendor *backend = row_for_path(r);
        return load(backend, is_under(backend->name, r->name) ? backend->name : r->name, r->path);
    }
    for (int i = 0; i < BACKENDS; i++) {
        if (is_asked_for(&backends[i], r->name) && !load(&backends[i], backends[i].name, "")) return false;
    }
    return true;
}

rp_status rp_load_backends(const char *names)
{
    if (!names) names = getenv("RAPTORS_BACKENDS");
    if (!names) return RP_OK;
    const rp_status status = check_names(names);
    if (status != RP_OK) return status;
    request r;
    bool fits, room = true;
    rp_lock(RP_LOCK_BACKENDS);
    while (room && next_request(&names, &r, &fits)) room = load_request(&r);
    rp_unlock(RP_LOCK_BACKENDS);
    return room ? RP_OK : rp_fail(RP_ERROR_MEMORY, "out of memory: no room for a library");
}

/* Not an rp_once: other first uses would wait for it. */
static void load_named(void)
{
    static atomic_bool done;
    if (atomic_load_explicit(&done, memory_order_acquire)) return;
    rp_lock(RP_LOCK_BACKENDS);
    const char *names = getenv("RAPTORS_BACKENDS");
    if (!atomic_load(&done) && names && *names)
        (void)rp_load_backends(names); /* of a wrong name rp_backends_info tells */
    atomic_store_explicit(&done, true, memory_order_release);
    rp_unlock(RP_LOCK_BACKENDS);
}

/* ---- Telling ----------------------------------------------------------------------------------------------- */

static void tell_kernel(rp_text *w, const rp_library *library, const rp_library_kernel *kernel)
{
    const rp_verdict verdict = kernel->registered ? atomic_load(&kernel->registered->verdict) : RP_UNTRIED;
    const bool needless = kernel->instead_of >= 0 && library->kernels[kernel->instead_of]->probed == RP_ADMITTED;
    if (kernel->probed != RP_ADMITTED)
        rp_text_line(w, "  %s: refused: %s", kernel->name, kernel->reason);
    else if (verdict == RP_REFUSED)
        rp_text_line(w, "  %s: refused in this process: %s", kernel->name, kernel->registered->reason);
    else if (verdict == RP_ADMITTED)
        rp_text_line(w, "  %s: admitted", kernel->name);
    else if (needless)
        rp_text_line(w, "  %s: not needed, %s is admitted", kernel->name, library->kernels[kernel->instead_of]->name);
    else
        rp_text_line(w, "  %s: admitted in a child process, and tried here before it runs", kernel->name);
}

static void tell_library(rp_text *w, const rp_library *library)
{
    if (library->state != RP_LIBRARY_LOADED) {
        rp_text_line(w, "%s: %s: %s", library->name, library->state == RP_LIBRARY_REFUSED ? "refused" : "not found",
                     library->reason);
        return;
    }
    int registered = 0;
    for (int i = 0; i < library->count; i++) registered += library->kernels[i]->registered != NULL;
    rp_text_line(w, "%s: %s, %s, %s, %d of %d kernels%s", library->name, library->path, library->version,
                 library->ilp64 ? "ILP64" : "LP64", registered, library->count,
                 library->shared ? ", its threads are left as they are" : "");
    if (library->backend->family->note) rp_text_line(w, "  (%s)", library->backend->family->note);
    for (int i = 0; i < library->count; i++) tell_kernel(w, library, library->kernels[i]);
}

size_t rp_backends_info(char *text, size_t size)
{
    rp_text w = {text, size, 0};
    const char *names = getenv("RAPTORS_BACKENDS");
    if (text && size) *text = '\0';
    if (names && check_names(names) != RP_OK) rp_text_line(&w, "RAPTORS_BACKENDS: %s", rp_error_message());
    rp_lock(RP_LOCK_BACKENDS);
    for (const rp_library *library = libraries; library; library = library->next) tell_library(&w, library);
    for (int i = 0; i < BACKENDS; i++) {
        if (!is_known(backends[i].name)) rp_text_line(&w, "%s: not looked for", backends[i].name);
    }
    rp_unlock(RP_LOCK_BACKENDS);
    return w.length;
}

static size_t write_verdicts(char *text, size_t size)
{
    rp_text w = {text, size, 0};
    if (text && size) *text = '\0';
    rp_lock(RP_LOCK_BACKENDS);
    for (const rp_library *library = libraries; library; library = library->next) {
        rp_os_file file;
        if (library->state != RP_LIBRARY_LOADED || strpbrk(library->path, " \n") ||
            !rp_os_file_look(library->path, &file))
            continue;
        char *verdicts = rp_malloc((size_t)library->count + 1);
        if (!verdicts) continue;
        for (int k = 0; k < library->count; k++) verdicts[k] = library->kernels[k]->probed == RP_ADMITTED ? 'A' : 'R';
        verdicts[library->count] = '\0';
        rp_text_line(&w, "library %s %s %lld %lld %s", library->name, library->path, file.bytes, file.changed,
                     verdicts);
        rp_free(verdicts);
    }
    rp_unlock(RP_LOCK_BACKENDS);
    return w.length;
}

/* An error: rp_backends_info tells. */
static void load_library(const char *name) { (void)rp_load_backends(name); }

/* Whether the names mean something; nothing is loaded. */
static bool means_something(const char *names) { return check_names(names) == RP_OK; }

static const rp_provider provider = {load_named, load_library, write_verdicts, means_something};
const rp_provider *const rp_providers[] = {&provider, NULL};
