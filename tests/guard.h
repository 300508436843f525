/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory between two pages that nobody may touch, so that a kernel which reads or writes past either end of an
 * operand stops at once.
 */
#ifndef RP_TEST_GUARD_H
#define RP_TEST_GUARD_H

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct guarded {
    char *low, *high; /* the first byte, and one past the last */
} guarded;

static guarded guarded_new(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    bytes = (bytes + page - 1) / page * page;
    char *memory = mmap(NULL, bytes + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE) != 0 ||
        mprotect(memory + page + bytes, page, PROT_NONE) != 0) {
        perror("guarded memory");
        exit(2);
    }
    return (guarded){memory + page, memory + page + bytes};
}

static sigjmp_buf guard_return;

static void guard_hit(int number)
{
    (void)number;
    siglongjmp(guard_return, 1);
}

/* Afterwards `if (sigsetjmp(guard_return, 1) == 0) run(); else it_strayed();` */
static void guard_catch(void)
{
    struct sigaction action = {.sa_handler = guard_hit};
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

#endif
