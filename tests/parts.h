/* SPDX-License-Identifier: BSD-3-Clause
 *
 * parts.h: tests of what the library reads from the environment, once in a process: the program runs itself again, as
 * `test_x <part>`, with the variable set. Used by one file a program.
 */
#ifndef RP_PARTS_H
#define RP_PARTS_H

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct part {
    const char *part, *name, *value; /* run in a process with NAME=value */
    void (*run)(void);
} part;

/* Exit status of this program run as `program part`, or -1. */
static inline int run_part(const char *program, const part *p)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setenv(p->name, p->value, 1);
        execl(program, program, p->part, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        return -1;
    }
    return WEXITSTATUS(status);
}

/* What main does: `whole`, then each part in a process of its own; or the one part that an argument names. */
static inline int run_parts(int count, char **arguments, void (*whole)(void), const part *parts, size_t number)
{
    static const char *const variables[] = {"RAPTORS_POOL", "RAPTORS_NUM_THREADS", "OMP_NUM_THREADS", "RAPTORS_CPU"};
    alarm(240); /* a hang is a failure */
    if (count > 1) {
        for (size_t i = 0; i < number; i++) {
            if (strcmp(arguments[1], parts[i].part) == 0) {
                parts[i].run();
            }
        }
        return check_report();
    }
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        unsetenv(variables[i]);
    }
    whole();
    for (size_t i = 0; i < number; i++) {
        CHECK(run_part(arguments[0], &parts[i]) == 0);
    }
    return check_report();
}

#endif
