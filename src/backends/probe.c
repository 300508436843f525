/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A first look at a library from a child process: it may crash, hang, exit or be for another machine, and only the child
 * is lost. The child opens the library, tries every kernel, and reports through a pipe.
 *
 * The parent may have threads, so the child is careful: no streams, and of our locks those alone that a fork leaves free
 * (runtime/fork.c). Loading and malloc are made ready for children by the C library.
 */
#include "backends/backend.h"

#include <math.h>
#include <stdio.h>

#include "choose/choose.h"

/* Seconds without a word, each kernel being one, and for all of a library: the slowest seen, MKL, takes half of one for all, and
 * ten times as long beside twenty busy programs. A child whose parent is gone ends after a few more. */
static const double LIMIT = 5, LIMIT_OF_ALL = 30;
enum { CHILD_LIMIT = 32 };

typedef enum message_kind { ABSENT, FAILED, TRYING, TRIED, DONE } message_kind;

typedef struct message {
    int32_t kind, index, verdict;
    char text[RP_REASON_BYTES];
} message;

/* ---- The child --------------------------------------------------------------------------------------------- */

static void send_message(int pipe, message_kind kind, int index, rp_verdict verdict, const char *text)
{
    message m = {.kind = kind, .index = index, .verdict = verdict};
    snprintf(m.text, sizeof m.text, "%s", text);
    rp_os_child_send(pipe, &m, sizeof m);
}

static void try_kernel(int pipe, rp_library *library, int i)
{
    const rp_library_kernel *kernel = library->kernels[i];
    send_message(pipe, TRYING, i, RP_UNTRIED, kernel->name);
    if (rp_register_kernel(&kernel->entry) != RP_OK) {
        send_message(pipe, TRIED, i, RP_REFUSED, rp_error_message());
        return;
    }
    rp_registered *r = rp_registered_first(kernel->entry.op);
    const rp_verdict verdict = rp_try_kernel(r);
    send_message(pipe, TRIED, i, verdict, r->reason);
}

static void be_the_child(void *context, int pipe)
{
    rp_library *library = context;
    const rp_family *family = library->backend->family;
    bool good = rp_library_open(library);
    send_message(pipe, TRYING, 0, RP_UNTRIED, "a first call");
    good = good && (!family->check || family->check(library));
    if (!good) {
        send_message(pipe, library->state == RP_LIBRARY_ABSENT ? ABSENT : FAILED, 0, RP_REFUSED, library->reason);
        return;
    }
    for (int i = 0; i < library->count; i++) try_kernel(pipe, library, i);
    send_message(pipe, DONE, 0, RP_UNTRIED, "");
}

/* ---- The parent -------------------------------------------------------------------------------------------- */

/* What ended without a word of its own. */
static bool tell_end(rp_library *library, rp_os_end end, double limit, const char *during)
{
    switch (end.how) {
    case RP_OS_SIGNALLED: return rp_library_refuse(library, "%s in %s", end.signal, during);
    case RP_OS_LATE: return rp_library_refuse(library, "not done after %g s in %s", limit, during);
    case RP_OS_EXITED: return rp_library_refuse(library, "ended the process in %s, with status %d", during, end.status);
    default: return rp_library_refuse(library, "ended the process in %s", during);
    }
}

/* Keeps the verdicts, which come in the kernels' order. Returns the kind of the last message: of what is none, TRYING. *until:
 * when the child is to be given up, at `end` if not before. */
static message_kind follow(rp_library *library, const rp_os_child *child, double end, double *until, message *m,
                           char *during, size_t size)
{
    for (int tried = 0;;) {
        *until = fmin(rp_os_seconds() + LIMIT, end);
        if (!rp_os_child_read(child, m, sizeof *m, *until)) break;
        m->text[sizeof m->text - 1] = '\0';
        if (m->kind == DONE || m->kind == ABSENT || m->kind == FAILED) return (message_kind)m->kind;
        if (m->kind == TRYING) snprintf(during, size, "%.*s", (int)size - 1, m->text);
        if (m->kind != TRIED) continue;
        rp_library_kernel *kernel = m->index == tried ? rp_library_place(library, tried++) : NULL;
        if (!kernel) break;
        kernel->probed = (rp_verdict)m->verdict;
        snprintf(kernel->reason, sizeof kernel->reason, "%.*s", (int)sizeof kernel->reason - 1, m->text);
    }
    return TRYING;
}

bool rp_probe(rp_library *library)
{
    rp_os_child child;
    message last;
    char during[64] = "loading";
    rp_context_get(); /* the child need not make it */
    const char *error = rp_os_child_start(&child, CHILD_LIMIT, be_the_child, library);
    if (error) return rp_library_refuse(library, "no child process: %s", error);
    const double end_of_all = rp_os_seconds() + LIMIT_OF_ALL;
    double until;
    const message_kind told = follow(library, &child, end_of_all, &until, &last, during, sizeof during);
    /* One that has told all may still hang in an exit of its own; any other may have closed its pipe, and go on. */
    const rp_os_end end = rp_os_child_end(&child, told == TRYING ? until : rp_os_seconds());
    if (told == DONE) return true;
    if (told == TRYING) return tell_end(library, end, until < end_of_all ? LIMIT : LIMIT_OF_ALL, during);
    rp_library_refuse(library, "%s", last.text);
    if (told == ABSENT) library->state = RP_LIBRARY_ABSENT;
    return false;
}
