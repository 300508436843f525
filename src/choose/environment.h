/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The environment: which variables the library reads and whether their values mean something, and where the profile is.
 */
#ifndef RP_ENVIRONMENT_H
#define RP_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Text: a line for each variable that is set to what means nothing, or whose name begins with RAPTORS_ and is none that is
 * read. Returns the length, as rp_info; 0: all of them mean something. */
size_t rp_environment_ignored(char *text, size_t size);

/* Where the profile is read and written: RAPTORS_PROFILE, else raptors/profile in XDG_CACHE_HOME, else in .cache of HOME,
 * else of the user's home as the system has it. The XDG rules have paths that are not absolute ignored.
 * false: nowhere, since RAPTORS_PROFILE is off, the user has no home, or the path has more than `size` bytes. */
bool rp_profile_path(char *path, size_t size);

#endif
