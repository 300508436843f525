/* SPDX-License-Identifier: BSD-3-Clause
 *
 * os_posix.c: what os.h promises, where Linux and macOS give it alike.
 */
#include "runtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <unwind.h>

/* ---- Memory and time --------------------------------------------------------------------------------------- */

static size_t whole_pages(size_t bytes)
{
    const size_t page = rp_system_facts()->page_bytes;
    return (bytes + page - 1) & ~(page - 1);
}

static void *map_pages(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

void *rp_os_map(size_t bytes, bool huge)
{
    const rp_system *system = rp_system_facts();
    const size_t align = system->huge_page_bytes;
    if (bytes == 0 || bytes > PTRDIFF_MAX - align) return NULL;
    bytes = whole_pages(bytes);
#ifdef MADV_HUGEPAGE
    if (huge && system->huge_pages && bytes >= align) {
        /* Too much, then both ends cut off: a huge page must begin at a multiple of its size. */
        char *memory = map_pages(bytes + align);
        if (memory) {
            const size_t before = (align - (uintptr_t)memory % align) % align;
            if (before > 0) munmap(memory, before);
            if (before < align) munmap(memory + before + bytes, align - before);
            madvise(memory + before, bytes, MADV_HUGEPAGE); /* advice: nothing is lost if it is not taken */
            return memory + before;
        }
    }
#else
    (void)huge;
#endif
    return map_pages(bytes);
}

void rp_os_bring_in(void *memory, size_t bytes)
{
#ifdef __linux__
    enum { POPULATE_WRITE = 23 }; /* MADV_POPULATE_WRITE, which the headers of older systems lack */
    madvise(memory, whole_pages(bytes), POPULATE_WRITE);
#else
    (void)memory, (void)bytes;
#endif
}

void rp_os_unmap(void *memory, size_t bytes)
{
    if (memory) munmap(memory, whole_pages(bytes));
}

static double seconds_of(const struct timespec *time) { return (double)time->tv_sec + (double)time->tv_nsec * 1e-9; }

double rp_os_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return seconds_of(&now);
}

double rp_os_coarse_seconds(void)
{
#ifdef CLOCK_MONOTONIC_COARSE
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) return seconds_of(&now);
#endif
    return rp_os_seconds();
}

void rp_os_nap(double seconds)
{
    const time_t whole = (time_t)seconds;
    nanosleep(&(struct timespec){whole, (long)((seconds - (double)whole) * 1e9)}, NULL);
}

/* ---- Threads ----------------------------------------------------------------------------------------------- */

typedef struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t opened;
} gate;

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(rp_os_mutex), "a mutex has no room");
_Static_assert(sizeof(gate) <= sizeof(rp_os_gate), "a gate has no room");
_Static_assert(sizeof(pthread_t) <= sizeof(rp_os_thread), "a thread has no room");

static pthread_mutex_t *as_mutex(rp_os_mutex *mutex) { return (pthread_mutex_t *)mutex->room; }

void rp_os_mutex_make(rp_os_mutex *mutex) { pthread_mutex_init(as_mutex(mutex), NULL); }
void rp_os_mutex_lock(rp_os_mutex *mutex) { pthread_mutex_lock(as_mutex(mutex)); }
bool rp_os_mutex_try_lock(rp_os_mutex *mutex) { return pthread_mutex_trylock(as_mutex(mutex)) == 0; }
void rp_os_mutex_unlock(rp_os_mutex *mutex) { pthread_mutex_unlock(as_mutex(mutex)); }

void rp_os_gate_make(rp_os_gate *room)
{
    gate *g = (gate *)room->room;
    pthread_mutex_init(&g->mutex, NULL);
    pthread_cond_init(&g->opened, NULL);
}

void rp_os_gate_wait(rp_os_gate *room, const _Atomic uint32_t *closed)
{
    gate *g = (gate *)room->room;
    pthread_mutex_lock(&g->mutex);
    while (atomic_load(closed) != 0) pthread_cond_wait(&g->opened, &g->mutex);
    pthread_mutex_unlock(&g->mutex);
}

void rp_os_gate_open(rp_os_gate *room)
{
    gate *g = (gate *)room->room;
    /* Passing through the mutex puts the signal behind the sleeper's look at `closed`. */
    pthread_mutex_lock(&g->mutex);
    pthread_mutex_unlock(&g->mutex);
    pthread_cond_broadcast(&g->opened);
}

bool rp_os_thread_start(rp_os_thread *thread, size_t stack_bytes, void *(*function)(void *context), void *context)
{
    pthread_attr_t attributes;
    pthread_t started;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    /* The program's signal handlers run in the program's threads. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool good = pthread_create(&started, &attributes, function, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (good) memcpy(&thread->id, &started, sizeof started);
    return good;
}

void rp_os_yield(void) { sched_yield(); }

bool rp_os_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    return pthread_atfork(before, parent, child) == 0;
}

int rp_os_count_cpus(const rp_os_cpus *cpus)
{
    int count = 0;
    for (size_t i = 0; i < sizeof cpus->word / sizeof *cpus->word; i++) count += __builtin_popcountl(cpus->word[i]);
    return count;
}

/* ---- Modules and files ------------------------------------------------------------------------------------- */

void *rp_os_module_present(const char *file) { return dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD); }

void *rp_os_module_open(const char *file, bool *absent, char *reason, size_t size)
{
    void *module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    const char *error = module ? NULL : dlerror();
    *absent = error && strstr(error, "o such file"); /* glibc, musl and macOS alike */
    if (!module) snprintf(reason, size, "%s", error ? error : file);
    return module;
}

/* ISO C has no cast between the two kinds of pointers. */
rp_os_function rp_os_module_find(void *module, const char *symbol)
{
    void *address = dlsym(module, symbol);
    rp_os_function function;
    memcpy(&function, &address, sizeof function);
    return function;
}

bool rp_os_module_path(rp_os_function function, char *path, size_t size)
{
    Dl_info where;
    void *address;
    memcpy(&address, &function, sizeof address);
    if (!dladdr(address, &where) || !where.dli_fname) return false;
    snprintf(path, size, "%s", where.dli_fname);
    return true;
}

const void *rp_os_function_of(const void *address)
{
    /* A call may be a function's last instruction, and its return address the next function's first. */
    return _Unwind_FindEnclosingFunction((char *)(uintptr_t)address - 1);
}

typedef struct stack_walk {
    rp_os_visit visit;
    void *context;
} stack_walk;

static _Unwind_Reason_Code visit_frame(struct _Unwind_Context *frame, void *argument)
{
    const stack_walk *walk = argument;
    return walk->visit(walk->context, (const void *)_Unwind_GetIP(frame), _Unwind_GetCFA(frame)) ? _URC_NO_REASON
                                                                                                 : _URC_NORMAL_STOP;
}

void rp_os_walk_stack(rp_os_visit visit, void *context)
{
    _Unwind_Backtrace(visit_frame, &(stack_walk){.visit = visit, .context = context});
}

bool rp_os_file_look(const char *path, rp_os_file *file)
{
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISREG(found.st_mode)) return false;
    *file = (rp_os_file){
        .bytes = found.st_size,
        .changed = found.st_mtime,
        .trusted = (found.st_uid == 0 || found.st_uid == geteuid()) && !(found.st_mode & S_IWOTH),
    };
    return true;
}

bool rp_os_home(char *path, size_t size)
{
    struct passwd user, *found = NULL;
    char words[4096];
    if (getpwuid_r(getuid(), &user, words, sizeof words, &found) != 0 || !found) return false;
    const int length = snprintf(path, size, "%s", user.pw_dir);
    return length > 0 && (size_t)length < size;
}

/* The system writes the same bytes there, and says where it may not. */
bool rp_os_is_writable(void *memory, size_t bytes)
{
    int ends[2];
    if (pipe(ends) != 0) return false;
    const bool written =
        write(ends[1], memory, bytes) == (ssize_t)bytes && read(ends[0], memory, bytes) == (ssize_t)bytes;
    close(ends[0]);
    close(ends[1]);
    return written;
}

bool rp_os_may_write(unsigned long long bytes)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= bytes);
}

bool rp_os_matches(const char *pattern, const char *text) { return fnmatch(pattern, text, 0) == 0; }

/* ---- A child process --------------------------------------------------------------------------------------- */

static void leave_parents_ways(int limit_s)
{
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm((unsigned)limit_s);
    const int nothing = open("/dev/null", O_RDWR);
    for (int file = 0; nothing >= 0 && file <= 2; file++) dup2(nothing, file);
}

const char *rp_os_child_start(rp_os_child *child, int limit_s, void (*function)(void *context, int pipe), void *context)
{
    int ends[2];
    if (pipe(ends) != 0) return strerror(errno);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC), fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* the parent's handlers are not to run in the child */
    const pid_t id = fork();
    const int error = errno;
    if (id == 0) {
        leave_parents_ways(limit_s);
        function(context, ends[1]);
        _exit(0);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    *child = (rp_os_child){id, ends[0]};
    if (id > 0) return NULL;
    close(ends[0]);
    return strerror(error);
}

void rp_os_child_send(int pipe, const void *message, size_t bytes)
{
    ssize_t sent;
    do {
        sent = write(pipe, message, bytes); /* 512 bytes are the least PIPE_BUF that POSIX allows */
    } while (sent < 0 && errno == EINTR);
}

bool rp_os_child_read(const rp_os_child *child, void *message, size_t bytes, double until)
{
    size_t got = 0;
    while (got < bytes) {
        const double left = until - rp_os_seconds();
        struct pollfd wait = {.fd = child->pipe, .events = POLLIN};
        if (left <= 0) return false;
        if (poll(&wait, 1, (int)(1e3 * left) + 1) <= 0) continue; /* interrupted, or over */
        const ssize_t some = read(child->pipe, (char *)message + got, bytes - got);
        if (some == 0 || (some < 0 && errno != EINTR)) return false;
        if (some > 0) got += (size_t)some;
    }
    return true;
}

/* 1: it has ended, -1: nobody will say how, 0: it has not by then. */
static int look_for_end(pid_t id, int *status, double until)
{
    for (;;) {
        const pid_t ended = waitpid(id, status, WNOHANG);
        if (ended == id) return 1;
        if (ended < 0 && errno != EINTR) return -1;
        if (rp_os_seconds() >= until) return 0;
        rp_os_nap(1e-3);
    }
}

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},   {SIGILL, "SIGILL"},   {SIGFPE, "SIGFPE"},
                 {SIGABRT, "SIGABRT"}, {SIGKILL, "SIGKILL"}, {SIGTRAP, "SIGTRAP"}, {SIGALRM, "SIGALRM"},
                 {SIGTERM, "SIGTERM"}, {SIGSYS, "SIGSYS"},   {SIGPIPE, "SIGPIPE"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == number) return names[i].name;
    }
    return "a signal";
}

rp_os_end rp_os_child_end(rp_os_child *child, double until)
{
    static const double KILLED_SECONDS = 2; /* a killed process may be in the midst of a disk that does not answer */
    const pid_t id = (pid_t)child->id;
    int status = 0, ended = look_for_end(id, &status, until);
    const bool late = ended == 0;
    if (late) {
        kill(id, SIGKILL);
        (void)look_for_end(id, &status, rp_os_seconds() + KILLED_SECONDS);
    }
    close(child->pipe);
    if (late) return (rp_os_end){.how = RP_OS_LATE};
    if (ended < 0) return (rp_os_end){.how = RP_OS_UNKNOWN};
    if (WIFSIGNALED(status)) return (rp_os_end){.how = RP_OS_SIGNALLED, .signal = signal_name(WTERMSIG(status))};
    return (rp_os_end){.how = RP_OS_EXITED, .status = WEXITSTATUS(status)};
}
