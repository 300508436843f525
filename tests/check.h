/* SPDX-License-Identifier: BSD-3-Clause
 *
 * check.h: all the framework that the C tests have. CHECK counts, and tells where it failed; main returns
 * check_report().
 */
#ifndef RP_CHECK_H
#define RP_CHECK_H

#include <stdatomic.h>
#include <stdio.h>

static atomic_long check_passed, check_failed;

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (condition) {                                                               \
            atomic_fetch_add(&check_passed, 1);                                        \
        } else {                                                                       \
            atomic_fetch_add(&check_failed, 1);                                        \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);    \
        }                                                                              \
    } while (0)

/* The closing line, and what main returns. A test that checked nothing has not passed. */
static inline int check_report(void)
{
    long passed = atomic_load(&check_passed), failed = atomic_load(&check_failed);
    printf("%ld passed, %ld failed\n", passed, failed);
    return failed != 0 || passed == 0;
}

#endif
