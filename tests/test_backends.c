/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Vendor libraries: planted ones (tests/planted) are admitted or refused for what is planted, every thunk of accelerate.c
 * is run against a stand-in, and results stay right whatever was loaded. Real libraries are tried where the machine has
 * them, and the output says where it has none.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arrays.h"
#include "backends/backend.h"
#include "check.h"
#include "choose/measure.h"

static char text[1 << 17];

/* Whether a line of rp_backends_info begins with `start` and has `part`. */
static bool says(const char *start, const char *part)
{
    CHECK(rp_backends_info(text, sizeof text) < sizeof text);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (strncmp(line, start, strlen(start)) == 0 && strstr(line, part)) return true;
    }
    return false;
}

static bool told(const char *start, const char *part)
{
    if (says(start, part)) return true;
    rp_backends_info(text, sizeof text);
    fprintf(stderr, "no line '%s ... %s' in:\n%s", start, part, text);
    return false;
}

static void load_planted(const char *name)
{
    char names[1024];
    snprintf(names, sizeof names, "openblas.%s=" PLANTED "%s.so", name, name);
    CHECK(rp_load_backends(names) == RP_OK);
}

static rp_registered *find(rp_op op, const char *name)
{
    rp_registered *r = rp_registered_first(op);
    while (r && strcmp(r->name, name) != 0) r = (rp_registered *)r->next;
    return r;
}

/* ---- Results ----------------------------------------------------------------------------------------------- */

enum { N = 100003 };

static rp_array *vector(float value)
{
    rp_array *x = NULL;
    CHECK(rp_full(SHAPE(N), RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = (double)value}, &x) == RP_OK);
    return x;
}

static rp_array *number(double value)
{
    rp_array *x = NULL;
    CHECK(rp_full(0, NULL, RP_FLOAT32, &(rp_scalar){.dtype = RP_FLOAT32, .re = value}, &x) == RP_OK);
    return x;
}

static bool all_are(const rp_array *x, float value)
{
    const float *data = rp_data(x);
    bool same = true;
    for (size_t i = 0; i < N; i++) same &= memcmp(&data[i], &value, sizeof value) == 0;
    return same;
}

/* Enough calls that every admitted candidate of the sites has had its turn. */
static bool results_are_right(void)
{
    rp_array *x = vector(3), *y = vector(1.25F), *twice = number(2), *half = number(0.5), *zero = number(0);
    bool good = true;
    for (int i = 0; i < 150; i++) {
        rp_measure_credit(1); /* whatever is still to be tried can be paid for */
        good = rp_multiply(x, twice, &x) == RP_OK && all_are(x, 6) && good;
        good = rp_multiply(half, x, &x) == RP_OK && all_are(x, 3) && good;
        good = rp_add(x, y, &x) == RP_OK && all_are(x, 4.25F) && good;
        good = rp_subtract(x, y, &x) == RP_OK && all_are(x, 3) && good;
    }
    /* What a library's ok does not take goes to a kernel of ours. */
    ((float *)rp_data(x))[N - 1] = NAN;
    good = rp_multiply(x, zero, &x) == RP_OK && isnan(((float *)rp_data(x))[N - 1]) && good;
    rp_release(x), rp_release(y), rp_release(twice), rp_release(half), rp_release(zero);
    return good;
}

/* ---- Tests ------------------------------------------------------------------------------------------------- */

static void names(void)
{
    CHECK(rp_load_backends("openblas.unasked=" PLANTED "right.so,nonsense") == RP_ERROR_VALUE &&
          message_has("nonsense"));
    CHECK(message_has("openblas") && message_has("blis") && message_has("mkl") && message_has("accelerate"));
    CHECK(rp_load_backends("nonsense=/lib.so") == RP_ERROR_VALUE);
    CHECK(rp_load_backends("openblasx") == RP_ERROR_VALUE);
    char longer[2048];
    memset(longer, 'x', sizeof longer), longer[sizeof longer - 1] = '\0', memcpy(longer, "openblas=", 9);
    CHECK(rp_load_backends(longer) == RP_ERROR_VALUE);
    CHECK(rp_load_backends("") == RP_OK && rp_load_backends(" ,,") == RP_OK);
    CHECK(!says("openblas.unasked", "")); /* no name of a list that has a wrong one */
    const size_t length = rp_backends_info(NULL, 0);
    char few[10] = "";
    CHECK(length > sizeof few && rp_backends_info(few, sizeof few) == length && strlen(few) == sizeof few - 1);
}

/* Named by the environment: loaded when the library is first used, before any call is timed. */
static void at_first_use(void)
{
    setenv("RAPTORS_BACKENDS", "openblas.right=" PLANTED "right.so", 1);
    CHECK(!says("openblas.right", ""));
    rp_context_get();
    CHECK(told("openblas.right: ", "kernels"));
    CHECK(results_are_right());
    CHECK(told("openblas.right: ", ", LP64, "));
    CHECK(told("  multiply.vs.f32.openblas.right: ", "admitted"));
    CHECK(told("  multiply.vs.f32.openblas.right.finite: ", "not needed"));
    setenv("RAPTORS_BACKENDS", "nonsense", 1);
    CHECK(told("RAPTORS_BACKENDS: ", "nonsense"));
    CHECK(rp_load_backends(NULL) == RP_ERROR_VALUE);
    unsetenv("RAPTORS_BACKENDS");
    CHECK(rp_load_backends(NULL) == RP_OK);
}

static void refusals(void)
{
    static const struct {
        const char *name, *line, *reason;
    } planted[] = {
        {"wrong_tail", "  multiply.vs.f32.openblas.wrong_tail: ", "refused: other bits at element 60 of 61"},
        {"drops_nan", "  multiply.vs.f32.openblas.drops_nan: ", "refused: other bits"},
        {"drops_nan", "  multiply.vs.f32.openblas.drops_nan.finite: ", "admitted"},
        {"writes_past", "  multiply.sv.f64.openblas.writes_past: ", "refused: writes outside"},
        {"crashes_at_load", "openblas.crashes_at_load: ", "refused: SIGSEGV in loading"},
        {"hangs_at_load", "openblas.hangs_at_load: ", "refused: not done after 5 s in loading"},
        {"crashes_in_call", "openblas.crashes_in_call: ", "refused: SIGSEGV in multiply.vs.f64.openblas"},
        {"closes_pipe", "openblas.closes_pipe: ", "refused: not done after 5 s in loading"},
        {"talks_nonsense", "openblas.talks_nonsense: ", "refused: ended the process in loading, with status 9"},
        {"colours", "openblas.colours: ", "OpenBLAS 0.0.0 \\x1b[31mred\\x0aopenblas: admitted, LP64"},
        {"exits", "openblas.exits: ", "refused: ended the process in a first call, with status 3"},
        {"hangs", "openblas.hangs: ", "refused: not done after 5 s in a first call"},
        {"says_ilp64", "openblas.says_ilp64: ", "refused: says that its lengths have 64 bits, and reads 32"},
        {"says_lp64", "openblas.says_lp64: ", "refused: says that its lengths have 32 bits, and reads 64"},
        {"misses_symbols", "openblas.misses_symbols: ", "refused: has no cblas_zscal"},
        {"nowhere", "openblas.nowhere: ", "not found: "},
        {"right_ilp64", "openblas.right_ilp64: ", ", ILP64, "},
        {"slow", "  multiply.vs.f32.openblas.slow: ", "admitted"},
        {"steady", "  multiply.vs.c128.openblas.steady: ", "admitted"},
        {"wrong_split", "  multiply.vs.f32.openblas.wrong_split: ", "admitted"},
        {"wrong_split", "  multiply.vs.f32.openblas.wrong_split.threads: ", "refused: other bits in 2097155 elements"},
        {"wrong_sum", "  sum.row.f32.openblas.wrong_sum: ", "refused: "},
        {"wrong_sum", "  sum.row.f32.openblas.wrong_sum.dot: ", "admitted"},
    };
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        load_planted(planted[i].name);
        CHECK(told(planted[i].line, planted[i].reason));
    }
    CHECK(rp_load_backends("blis.text=" __FILE__ ",blis.folder=/,blis.nothing=/dev/null") == RP_OK);
    CHECK(told("blis.text: ", "re") && !says("blis.text: ", "kernels")); /* refused; not found, from elsewhere */
    CHECK(told("blis.folder: ", "refused") && told("blis.nothing: ", "refused"));
    CHECK(find(RP_MULTIPLY, "multiply.vs.f32.openblas.right_ilp64")->kernel.n_max == 0);
    CHECK(find(RP_MULTIPLY, "multiply.vs.f32.openblas.right")->kernel.n_max == 0x7fffffff);
    CHECK(!find(RP_MULTIPLY, "multiply.vs.f32.openblas.wrong_tail"));
    CHECK(!find(RP_MULTIPLY, "multiply.vs.f32.openblas.crashes_in_call"));
    /* A name stays what it was. */
    CHECK(rp_load_backends("openblas.right=" PLANTED "wrong_tail.so") == RP_OK);
    CHECK(told("openblas.right: ", "right.so"));
}

/* A library that the program has loaded keeps its threads and gets short pieces; else it has one thread. */
static void settings(void)
{
    void *right = dlopen(PLANTED "right.so", RTLD_NOW | RTLD_LOCAL);
    void *shared = dlopen(PLANTED "shared.so", RTLD_NOW | RTLD_LOCAL);
    CHECK(right && *(int *)dlsym(right, "planted_threads") == 1);
    load_planted("shared");
    CHECK(told("openblas.shared: ", "threads are left as they are") && !says("openblas.right: ", "left as they are"));
    CHECK(shared && *(int *)dlsym(shared, "planted_threads") == 0);
    const rp_registered *r = find(RP_MULTIPLY, "multiply.sv.f32.openblas.shared");
    static float data[2][3 * 10000 + 1];
    for (size_t i = 0; i <= 30000; i++) data[0][i] = data[1][i] = 3;
    float half[2] = {0.5F, 0.25F};
    char *x = (char *)data[0];
    const rp_call call = {.ptr = {x, (char *)half, x},
                          .inner = {4, 0, 4},
                          .outer = {sizeof data[0], sizeof half[0], sizeof data[0]},
                          .n = 30000,
                          .m = 2,
                          .data = r->kernel.data};
    CHECK(r->kernel.ok(&call));
    r->kernel.run(&call);
    bool good = true;
    for (size_t i = 0; i < 30000; i++) good &= data[0][i] == 1.5F && data[1][i] == 0.75F;
    CHECK(good && data[0][30000] == 3 && data[1][30000] == 3);
    CHECK(*(int64_t *)dlsym(shared, "planted_longest") == 8192);
    dlclose(right), dlclose(shared);
}

/* However many kernels a library has, and however many libraries are named, none is dropped. */
static void run_nothing(const rp_call *call) { (void)call; }

static void many(void)
{
    enum { KERNELS = 200, LIBRARIES = 40 };
    static rp_library library = {.name = "many"};
    const rp_kernel_entry entry = {.operands = "vs", .op = RP_MULTIPLY, .dtype = RP_FLOAT32, .run = run_nothing};
    const rp_library_kernel *first = NULL;
    bool good = true;
    for (int i = 0; i < KERNELS; i++) {
        char suffix[16];
        snprintf(suffix, sizeof suffix, ".n%d", i);
        good = rp_library_add(&library, &entry, &(rp_thunk){0}, suffix, -1) == i && good;
        if (i == 0) first = library.kernels[0];
    }
    CHECK(good && library.count == KERNELS && library.kernels[0] == first);
    CHECK(strcmp(library.kernels[KERNELS - 1]->name, "multiply.vs.f32.many.n199") == 0);
    for (int i = 0; i < LIBRARIES; i++) {
        char names[1024], line[32];
        snprintf(names, sizeof names, "openblas.many%d=" PLANTED "misses_symbols.so", i);
        snprintf(line, sizeof line, "openblas.many%d: ", i);
        CHECK(rp_load_backends(names) == RP_OK);
        CHECK(told(line, "has no cblas_zscal"));
    }
}

/* Loading and admitting asks no more of a caller's stack than any other call. */
static void *load_and_admit(void *nothing)
{
    CHECK(rp_load_backends("openblas.small_stack=" PLANTED "right.so") == RP_OK);
    for (rp_registered *r = rp_registered_first(RP_MULTIPLY); r; r = (rp_registered *)r->next) {
        if (strstr(r->name, "small_stack")) CHECK(rp_is_admitted(r));
    }
    CHECK(told("openblas.small_stack: ", "LP64"));
    return nothing;
}

static void small_stack(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstacksize(&attributes, 64 << 10) == 0);
    CHECK(pthread_create(&thread, &attributes, load_and_admit, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}

static void accelerate(void)
{
    setenv("RAPTORS_ACCELERATE", PLANTED "accelerate.so", 1);
    CHECK(rp_load_backends("accelerate") == RP_OK);
    CHECK(told("accelerate: ", "88 of 88 kernels") && told("  (", "never run on a Mac"));
    int admitted = 0;
    for (rp_op op = 0; op < RP_OP_COUNT; op++) {
        for (rp_registered *r = rp_registered_first(op); r; r = (rp_registered *)r->next) {
            if (!strstr(r->name, ".accelerate")) continue;
            CHECK(rp_is_admitted(r));
            admitted++;
        }
    }
    CHECK(admitted == 88);
    CHECK(told("  subtract.vv.f64.accelerate: ", "admitted") &&
          !says("  subtract.vv.f64.accelerate", "before it runs"));
}

static void look_for_slow(void *seen, const rp_query *least, rp_site *site)
{
    (void)least;
    const rp_candidate *winner = atomic_load(&site->winner);
    if (winner && winner->kernel && strstr(winner->kernel->name, "slow")) *(bool *)seen = true;
}

static void after_a_fork(void)
{
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        _exit(results_are_right() ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void *load_and_use(void *nothing)
{
    (void)nothing;
    CHECK(rp_load_backends("blis.several=" PLANTED "right_ilp64.so") == RP_OK);
    CHECK(results_are_right());
    return NULL;
}

static void several_threads(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, load_and_use, NULL) == 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

/* ---- Real libraries ---------------------------------------------------------------------------------------- */

static void real_ones(void)
{
    static const char *const libraries[] = {"openblas", "blis", "mkl", "vml", "libmvec", "sleef"};
    CHECK(rp_load_backends("all") == RP_OK);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        char start[32];
        snprintf(start, sizeof start, "%s: ", libraries[i]);
        if (says(start, "not found")) printf("%s is not installed here: not tried\n", libraries[i]);
    }
    CHECK(results_are_right());
    rp_backends_info(text, sizeof text);
    fputs(text, stdout);
}

int main(void)
{
    at_first_use();
    names();
    refusals();
    settings();
    many();
    small_stack();
    accelerate();
    CHECK(results_are_right());
    bool slow_won = false;
    rp_sites_visit(look_for_slow, &slow_won);
    CHECK(!slow_won);
    several_threads();
    after_a_fork();
    real_ones();
    after_a_fork();
    return check_report();
}
