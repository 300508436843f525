/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A first look at a library from a forked child: it may crash, hang, exit or be for another machine, and only the child
 * is lost. The child opens the library, tries every kernel, and reports through a pipe.
 *
 * The parent may have threads, so the child is careful: no stdio, no lock of ours that another thread could have held at
 * the fork (rp_try_kernel takes none), no handlers, _exit. dlopen and malloc are made ready for children by the C library.
 */
#include "backends/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "choose/choose.h"

static const double LIMIT = 5; /* seconds for all of a library: the slowest seen, MKL, takes half of one */

typedef enum message_kind { ABSENT, FAILED, TRYING, TRIED, DONE } message_kind;

typedef struct message {
    int32_t kind, index, verdict;
    char text[RP_REASON_BYTES];
} message;

/* ---- The child --------------------------------------------------------------------------------------------- */

static void send_message(int pipe, message_kind kind, int index, rp_verdict verdict, const char *text)
{
    message m = {.kind = kind, .index = index, .verdict = verdict};
    strncpy(m.text, text, sizeof m.text - 1);
    ssize_t sent;
    do {
        sent = write(pipe, &m, sizeof m); /* less than PIPE_BUF: all or nothing */
    } while (sent < 0 && errno == EINTR);
}

static void leave_parents_ways(void)
{
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm((unsigned)LIMIT + 2); /* for when the parent is gone */
    const int nothing = open("/dev/null", O_RDWR);
    for (int file = 0; nothing >= 0 && file <= 2; file++) dup2(nothing, file); /* libraries talk */
}

static void try_kernel(int pipe, rp_library *library, int i)
{
    const rp_library_kernel *kernel = &library->kernels[i];
    send_message(pipe, TRYING, i, RP_UNTRIED, kernel->name);
    if (rp_register_kernel(&kernel->entry) != RP_OK) {
        send_message(pipe, TRIED, i, RP_REFUSED, rp_error_message());
        return;
    }
    rp_registered *r = rp_registered_first(kernel->entry.op);
    const rp_verdict verdict = rp_try_kernel(r);
    send_message(pipe, TRIED, i, verdict, r->reason);
}

static _Noreturn void be_the_child(int pipe, rp_library *library)
{
    leave_parents_ways();
    const rp_family *family = library->backend->family;
    bool good = rp_library_open(library);
    send_message(pipe, TRYING, 0, RP_UNTRIED, "a first call");
    good = good && (!family->check || family->check(library));
    if (!good) {
        send_message(pipe, library->state == RP_LIBRARY_ABSENT ? ABSENT : FAILED, 0, RP_REFUSED, library->reason);
        _exit(0);
    }
    for (int i = 0; i < library->count; i++) try_kernel(pipe, library, i);
    send_message(pipe, DONE, 0, RP_UNTRIED, "");
    _exit(0);
}

/* ---- The parent -------------------------------------------------------------------------------------------- */

static bool read_message(int pipe, double until, message *m)
{
    size_t got = 0;
    while (got < sizeof *m) {
        const double left = until - rp_os_seconds();
        struct pollfd wait = {.fd = pipe, .events = POLLIN};
        if (left <= 0) return false;
        if (poll(&wait, 1, (int)(1e3 * left) + 1) <= 0) continue; /* interrupted, or over */
        const ssize_t some = read(pipe, (char *)m + got, sizeof *m - got);
        if (some == 0 || (some < 0 && errno != EINTR)) return false;
        if (some > 0) got += (size_t)some;
    }
    return true;
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

static void tell_end(rp_library *library, int status, const char *during)
{
    if (WIFSIGNALED(status))
        rp_library_refuse(library, "%s in %s", signal_name(WTERMSIG(status)), during);
    else
        rp_library_refuse(library, "ended the process in %s, with status %d", during, WEXITSTATUS(status));
}

static bool follow(rp_library *library, int pipe, pid_t child)
{
    const double until = rp_os_seconds() + LIMIT;
    char during[64] = "loading";
    message m = {.kind = TRYING};
    while (m.kind != DONE && m.kind != ABSENT && m.kind != FAILED && read_message(pipe, until, &m)) {
        m.text[sizeof m.text - 1] = '\0';
        if (m.index < 0 || m.index >= RP_MOST_LIBRARY_KERNELS) break;
        rp_library_kernel *kernel = &library->kernels[m.index];
        if (m.kind == TRYING) snprintf(during, sizeof during, "%.*s", (int)sizeof during - 1, m.text);
        if (m.kind != TRIED) continue;
        kernel->probed = (rp_verdict)m.verdict;
        snprintf(kernel->reason, sizeof kernel->reason, "%.*s", (int)sizeof kernel->reason - 1, m.text);
    }
    const bool late = rp_os_seconds() >= until;
    if (late || m.kind == DONE) kill(child, SIGKILL); /* one that is done may still hang in an exit of its own */
    int status = 0;
    pid_t ended;
    do {
        ended = waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (m.kind == DONE) return true;
    if (m.kind == ABSENT || m.kind == FAILED) {
        rp_library_refuse(library, "%s", m.text);
        if (m.kind == ABSENT) library->state = RP_LIBRARY_ABSENT;
    } else if (late) {
        rp_library_refuse(library, "not done after %g s in %s", LIMIT, during);
    } else if (ended != child) {
        rp_library_refuse(library, "ended the process in %s", during); /* someone else asked for its status first */
    } else {
        tell_end(library, status, during);
    }
    return false;
}

bool rp_probe(rp_library *library)
{
    int ends[2];
    rp_context_get(); /* the child must not find it half made */
    if (pipe(ends) != 0) return rp_library_refuse(library, "no pipe: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC), fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* the parent's handlers are not to run in the child */
    const pid_t child = fork();
    const int error = errno;
    if (child == 0) be_the_child(ends[1], library);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    const bool passed =
        child > 0 ? follow(library, ends[0], child) : rp_library_refuse(library, "no child: %s", strerror(error));
    close(ends[0]);
    return passed;
}
