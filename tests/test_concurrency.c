/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many callers at once, and a fork in their midst. Runs under the thread sanitizer too, but for the forks, which that
 * does not follow.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arrays.h"

#if defined(__SANITIZE_THREAD__)
#define FORKS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FORKS 0
#endif
#endif
#ifndef FORKS
#define FORKS 1
#endif

enum { CALLERS = 4, LARGE = 1 << 20, SMALL = 100, PATIENCE_SECONDS = 120 };

static rp_array *counted(ptrdiff_t n)
{
    rp_array *x = NULL;
    rp_scalar start = {.dtype = RP_INT64}, stop = {.dtype = RP_INT64, .i = n}, step = {.dtype = RP_INT64, .i = 1};
    return rp_arange(&start, &stop, &step, RP_INT64, &x) == RP_OK ? x : NULL;
}

/* x + x, its sum and its last element, all known beforehand. */
static bool compute(rp_array *x, ptrdiff_t n)
{
    rp_array *twice = NULL, *sum = NULL, *last = NULL;
    bool good = rp_add(x, x, &twice) == RP_OK && rp_sum(twice, 0, NULL, false, &sum) == RP_OK;
    good = good && part_at(sum, 0) == (double)n * (double)(n - 1);
    good = good && rp_get_view(twice, 1, &(rp_index){.kind = RP_INDEX_INTEGER, .start = -1}, &last) == RP_OK;
    good = good && part_at(last, 0) == 2 * (double)(n - 1);
    for (ptrdiff_t i = 0; good && i < n; i += n / 50) good = part_at(twice, (size_t)i) == 2 * (double)i;
    rp_release(twice), rp_release(sum), rp_release(last);
    return good;
}

static void with_threads(void *(*function)(void *), void *context)
{
    pthread_t threads[CALLERS];
    for (int i = 0; i < CALLERS; i++) CHECK(pthread_create(&threads[i], NULL, function, context) == 0);
    for (int i = 0; i < CALLERS; i++) pthread_join(threads[i], NULL);
}

/* ---- callers ------------------------------------------------------------------------------------------------- */

static void *call_much(void *context)
{
    rp_array *shared = context, *own = counted(SMALL);
    bool good = true;
    for (int i = 0; i < 20; i++) {
        good = compute(shared, LARGE) && good;
        for (int j = 0; j < 50; j++) good = compute(own, SMALL) && good;
    }
    CHECK(good);
    rp_release(own);
    return NULL;
}

static void *change_settings(void *context)
{
    atomic_bool *stop = context;
    bool good = true;
    for (int i = 0; !atomic_load(stop); i++) {
        good = rp_set_num_threads(1 + i % 4) == RP_OK && rp_get_num_threads() >= 1 && good;
        rp_pool_trim();
        rp_pool_counters counters;
        rp_pool_info(&counters);
        usleep(500);
    }
    CHECK(good);
    return NULL;
}

static void callers(void)
{
    rp_array *shared = counted(LARGE);
    atomic_bool stop = false;
    pthread_t other;
    with_threads(call_much, shared);
    CHECK(pthread_create(&other, NULL, change_settings, &stop) == 0);
    with_threads(call_much, shared);
    atomic_store(&stop, true);
    pthread_join(other, NULL);
    CHECK(rp_set_num_threads(0) == RP_OK);
    rp_release(shared);
}

/* ---- bits ---------------------------------------------------------------------------------------------------- */

enum { ROWS = 1003, COLUMNS = 997, OFFSET = 3 };

/* The same numbers: packed, misaligned, with gaps, transposed, backwards. */
static rp_array *numbers_lying(int how, char *memory, const float *numbers)
{
    rp_array *x = NULL;
    ptrdiff_t row = COLUMNS * 4, column = 4;
    char *start = memory + (how == 1 ? OFFSET : 0);
    if (how == 2) column = 8, row = COLUMNS * 8;
    if (how == 3) row = 4, column = ROWS * 4;
    if (how == 4) start += 4 * (ROWS * COLUMNS - 1), row = -row, column = -column;
    for (ptrdiff_t i = 0; i < ROWS; i++)
        for (ptrdiff_t j = 0; j < COLUMNS; j++) memcpy(start + i * row + j * column, &numbers[i * COLUMNS + j], 4);
    CHECK(rp_wrap(start, RP_FLOAT32, SHAPE(ROWS, COLUMNS), (const ptrdiff_t[]){row, column}, true, NULL, NULL, &x) ==
          RP_OK);
    return x;
}

/* A sum has the same bits whatever the number of threads, the alignment and the gaps. (Transposed or backwards in memory
 * the tree may be another; it is the same for any number of threads.) */
static void equal_bits(void)
{
    enum { WAYS = 5 };
    float *numbers = malloc(ROWS * COLUMNS * 4);
    char *memory = malloc(ROWS * COLUMNS * 8 + OFFSET);
    if (!numbers || !memory) exit(2);
    uint32_t state = 1;
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        state = state * 1664525 + 1013904223;
        numbers[i] = (float)(state >> 8) * 0x1p-20f - 7.5f;
    }
    static const struct {
        int count, axes[2];
    } cases[] = {{1, {0}}, {1, {1}}, {2, {0, 1}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        rp_array *first = NULL;
        for (int how = 0; how < WAYS; how++) {
            rp_array *x = numbers_lying(how, memory, numbers);
            if (how >= 3) rp_release(first), first = NULL;
            for (int threads = 1; threads <= CALLERS; threads++) {
                rp_array *sum = NULL;
                CHECK(rp_set_num_threads(threads) == RP_OK);
                CHECK(rp_sum(x, cases[c].count, cases[c].axes, false, &sum) == RP_OK);
                bool same = !first || memcmp(rp_data(first), rp_data(sum), (size_t)rp_size(sum) * 4) == 0;
                if (!same) fprintf(stderr, "axes %zu, lying %d, %d threads: other bits\n", c, how, threads);
                CHECK(same);
                if (first)
                    rp_release(sum);
                else
                    first = sum;
            }
            rp_release(x);
        }
        double exact = 0;
        for (size_t i = 0; i < ROWS * COLUMNS; i++) exact += (double)numbers[i];
        if (cases[c].count == 2) CHECK(fabs(part_at(first, 0) - exact) < 1e-5 * ROWS * COLUMNS);
        rp_release(first);
    }
    CHECK(rp_set_num_threads(0) == RP_OK);
    free(numbers), free(memory);
}

/* ---- references ------------------------------------------------------------------------------------------------ */

static atomic_int released;
static void count_release(void *context)
{
    (void)context;
    atomic_fetch_add(&released, 1);
}

static void *retain_and_release(void *context)
{
    rp_array *shared = context;
    bool good = true;
    for (int i = 0; i < 20000; i++) {
        rp_array *mine = rp_retain(shared), *view = slice(mine, 1, 3, 1);
        rp_release(mine);
        good = view && part_at(view, 0) == 1 && good;
        rp_release(view);
    }
    CHECK(good);
    rp_release(shared); /* this thread's own reference */
    return NULL;
}

static void references(void)
{
    static double memory[4] = {0, 1, 2, 3};
    rp_array *x = NULL;
    CHECK(rp_wrap(memory, RP_FLOAT64, SHAPE(4), NULL, false, count_release, NULL, &x) == RP_OK);
    for (int i = 0; i < CALLERS; i++) rp_retain(x);
    rp_release(x);
    CHECK(atomic_load(&released) == 0);
    with_threads(retain_and_release, x);
    CHECK(atomic_load(&released) == 1);
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static void *fail_in_two_ways(void *context)
{
    bool good = true;
    rp_array *x = make(RP_FLOAT64, L(1, 2)), *none = NULL;
    (void)context;
    CHECK(rp_error_message()[0] == 0); /* no failure yet in this thread */
    for (int i = 0; i < 2000; i++) {
        good = rp_bitwise_and(x, x, &none) == RP_ERROR_TYPE && message_has("bitwise_and") && good;
        good = rp_sum(x, AXES(7), false, &none) == RP_ERROR_AXIS && !strstr(rp_error_message(), "bitwise_and") && good;
    }
    CHECK(good);
    rp_release(x);
    return NULL;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

enum { NAMES = 300 };
static atomic_int kernels_added, arrived;

static void never_run(const rp_call *call) { (void)call; }

/* The same names as the other threads, at the same time. */
static void *register_names(void *context)
{
    (void)context;
    for (int i = 0; i < NAMES; i++) {
        char name[64];
        snprintf(name, sizeof name, "multiply.vv.f64.number_%d", i);
        const rp_kernel_entry entry = {
            .name = name, .operands = "vv", .op = RP_MULTIPLY, .dtype = RP_FLOAT64, .run = never_run};
        atomic_fetch_add(&arrived, 1);
        while (atomic_load(&arrived) < (i + 1) * CALLERS) sched_yield();
        const rp_status status = rp_register_kernel(&entry);
        CHECK(status == RP_OK || status == RP_ERROR_VALUE);
        atomic_fetch_add(&kernels_added, status == RP_OK);
    }
    return NULL;
}

/* Of all who register a name one succeeds. Last of all, since a kernel stays. */
static void names(void)
{
    with_threads(register_names, NULL);
    CHECK(atomic_load(&kernels_added) == NAMES);
}

/* ---- fork ------------------------------------------------------------------------------------------------------ */

/* The child works with all its might, and says by its exit code whether it got the right answers. */
static bool child_computes(void)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE_SECONDS / 2);
        rp_array *x = counted(LARGE), *y = counted(SMALL);
        bool good = x && y && compute(x, LARGE) && compute(y, SMALL) && compute(x, LARGE);
        rp_release(x), rp_release(y);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) return false;
    if (WIFSIGNALED(status)) fprintf(stderr, "the child ended by signal %d\n", WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void *call_till_stopped(void *context)
{
    atomic_bool *stop = context;
    rp_array *x = counted(LARGE);
    bool good = true;
    while (!atomic_load(stop)) good = compute(x, LARGE) && good;
    CHECK(good);
    rp_release(x);
    return NULL;
}

static void forks(void)
{
    CHECK(rp_set_num_threads(CALLERS) == RP_OK);
    rp_array *x = counted(LARGE);
    CHECK(compute(x, LARGE)); /* the threads are there, and asleep or spinning, when the fork comes */
    for (int i = 0; i < 5; i++) CHECK(child_computes());
    CHECK(compute(x, LARGE));
    /* and in the midst of other threads' calls, when locks are held */
    atomic_bool stop = false;
    pthread_t others[2];
    for (int i = 0; i < 2; i++) CHECK(pthread_create(&others[i], NULL, call_till_stopped, &stop) == 0);
    for (int i = 0; i < 20; i++) CHECK(child_computes());
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) pthread_join(others[i], NULL);
    CHECK(compute(x, LARGE));
    rp_release(x);
}

int main(void)
{
    alarm(PATIENCE_SECONDS); /* a hang is a failure, not a wait */
    callers();
    equal_bits();
    references();
    with_threads(fail_in_two_ways, NULL);
    if (FORKS) forks();
    names();
    return check_report();
}
