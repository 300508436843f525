/* SPDX-License-Identifier: BSD-3-Clause
 *
 * environment.c: what environment.h promises. A new variable is a row of the table; a test holds it against the sources.
 */
#include "choose/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "choose/accuracy.h"
#include "choose/choose.h"
#include "runtime/runtime.h"
#include "runtime/text.h"

extern char **environ;

static bool is_switch(const char *value) { return strcmp(value, "on") == 0 || strcmp(value, "off") == 0; }

static bool is_way_to_patch(const char *value)
{
    static const char *const ways[] = {"0", "1", "quiet", "check"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(value, ways[i]) == 0) return true;
    }
    return false;
}

static bool is_size(const char *value)
{
    size_t bytes;
    return rp_parse_bytes(value, &bytes);
}

static bool is_count(const char *value)
{
    int threads;
    return rp_parse_threads(value, &threads);
}

static bool is_accuracy(const char *value) { return rp_find_accuracy(value) >= 0; }

static bool names_backends(const char *value) { return rp_providers_know(value); }

/* Of kernels that were registered, those of vendor libraries included. */
static bool names_registered(const char *value, bool any_order_alone)
{
    rp_context_get(); /* loads the libraries */
    for (int op = 0; op < RP_OP_COUNT; op++) {
        for (const rp_registered *r = rp_registered_first((rp_op)op); r; r = r->next) {
            if (any_order_alone && r->kernel.result_class != RP_ANY_ORDER) continue;
            if (rp_os_matches(value, r->name)) return true;
        }
    }
    return false;
}

static bool names_reduction(const char *value) { return names_registered(value, true); }

static bool names_kernel(const char *value)
{
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (rp_kernel_runs(kernel) && rp_os_matches(value, kernel->name)) return true;
    }
    return names_registered(value, false);
}

/* Nothing there is a place to write to. */
static bool is_place(const char *value)
{
    struct stat facts;
    return strcmp(value, "off") == 0 || stat(value, &facts) != 0 || S_ISREG(facts.st_mode);
}

/* means_something: NULL, where any text does. */
static const struct {
    const char *name;
    bool (*means_something)(const char *value);
    const char *wanted;
} variables[] = {
    {"RAPTORS_CPU", rp_cpu_has_tier,
     "this processor or this build has no such instruction set (raptors info lists them)"},
    {"RAPTORS_NUM_THREADS", is_count, "it is not a whole number of threads, such as 4"},
    {"RAPTORS_NUMPY", is_way_to_patch, "it is not 1, quiet, check or 0"},
    {"RAPTORS_ACCURACY", is_accuracy, "it is not accurate or fast"},
    {"RAPTORS_TUNE", is_switch, "it is not on or off"},
    {"RAPTORS_POOL", is_size, "it is not a number of bytes, such as 512M"},
    {"RAPTORS_KERNEL", names_kernel, "no kernel has such a name here (raptors race lists those of a call)"},
    {"RAPTORS_BACKENDS", names_backends, "it has a name that no library has (raptors info --backends lists them)"},
    {"RAPTORS_PROFILE", is_place, "it is neither off nor an ordinary file"},
    {"RAPTORS_REDUCTIONS", names_reduction,
     "no kernel of such a name adds up in an order of its own (RAPTORS_BACKENDS brings some)"},
    {"RAPTORS_ACCELERATE", NULL, NULL},
    {"RAPTORS_TRACE_DIR", NULL, NULL},
    {"RAPTORS_AUDIT_LIBRARY", NULL, NULL}, /* read by trace.py */
};

/* The row of the variable that starts the text "RAPTORS_CPU=avx2", -1: none. */
static int find_variable(const char *text, size_t length)
{
    for (int i = 0; i < (int)(sizeof variables / sizeof *variables); i++) {
        if (strlen(variables[i].name) == length && memcmp(variables[i].name, text, length) == 0) return i;
    }
    return -1;
}

/* Variables of the tests are theirs. */
static bool is_for_raptors(const char *text)
{
    return strncmp(text, "RAPTORS_", 8) == 0 && strncmp(text, "RAPTORS_TEST_", 13) != 0;
}

size_t rp_environment_ignored(char *text, size_t size)
{
    rp_text w = {text, size, 0};
    if (text && size) *text = 0;
    for (char **entry = environ; entry && *entry; entry++) {
        const char *value = strchr(*entry, '=');
        if (!value || !value[1] || !is_for_raptors(*entry)) continue;
        const int length = (int)(value++ - *entry), row = find_variable(*entry, (size_t)length);
        if (row < 0)
            rp_text_line(&w, "%.*s ignored: Raptors reads no variable of this name (raptors info --help lists them)",
                         length, *entry);
        else if (variables[row].means_something && !variables[row].means_something(value))
            rp_text_line(&w, "%s: '%.80s' ignored: %s", variables[row].name, value, variables[row].wanted);
    }
    return w.length;
}

/* ---- Where the profile is ---------------------------------------------------------------------------------- */

static bool join(char *path, size_t size, const char *folder, const char *name)
{
    const int length = snprintf(path, size, "%s%s", folder, name);
    return length > 0 && (size_t)length < size;
}

static const char *absolute(const char *path) { return path && *path == '/' ? path : NULL; }

bool rp_profile_path(char *path, size_t size)
{
    const char *given = getenv("RAPTORS_PROFILE"), *cache = absolute(getenv("XDG_CACHE_HOME")),
               *home = absolute(getenv("HOME"));
    if (given && *given) return strcmp(given, "off") != 0 && join(path, size, given, "");
    if (cache) return join(path, size, cache, "/raptors/profile");
    if (home) return join(path, size, home, "/.cache/raptors/profile");
    char users[4096];
    return rp_os_home(users, sizeof users) && absolute(users) && join(path, size, users, "/.cache/raptors/profile");
}
