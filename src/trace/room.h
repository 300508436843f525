/* SPDX-License-Identifier: BSD-3-Clause
 *
 * room.h: whether a traced program may write so much. Who writes beyond the limit on files (ulimit -f) is ended by SIGXFSZ,
 * and tracing must not do that to a program. What goes into one is apart from the library, whose
 * rp_os_may_write says the same.
 */
#ifndef RP_TRACE_ROOM_H
#define RP_TRACE_ROOM_H

#include <stdbool.h>
#include <sys/resource.h>

static inline bool rp_trace_has_room(unsigned long long bytes)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= bytes);
}

#endif
