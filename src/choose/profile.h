/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The profile: what `raptors tune` measured on this machine, a text file. Its head says which machine, library and
 * kernels it is good for, and it is read whole or not at all:
 *
 *   raptors profile 1
 *   cpu AMD EPYC                     the head, as rp_profile_head writes it
 *   ...
 *   library openblas /usr/lib/libopenblas.so.0 39012345 1700000000 ARRA
 *   site multiply float32 vs apart all 16777216 multiply.vs.f32.avx2 all streaming 512.3
 *   end 2                            how many lines of these kinds
 *
 * A site is operation, type, operands, layout (apart, in-place, strided, strided-out, staged), thread setting (all, one),
 * the least bytes of its size class, and the winner: kernel ("-": copies and casts), threads (all, one), stores (ordinary,
 * streaming), and its median in microseconds. A library is the name of a backend, its file with bytes and time of change (seconds), and what
 * a child process found of its kernels: A admitted, R refused.
 */
#ifndef RP_PROFILE_H
#define RP_PROFILE_H

#include "choose/site.h"

/* Reads the file that rp_profile_path names (environment.h), if it is a regular one. Called once, with the highest tier that
 * runs here. */
void rp_profile_load(rp_isa isa);
/* Loads the libraries that have won a site. */
void rp_profile_load_libraries(void);
/* One line: which file was read, or why it was ignored. */
const char *rp_profile_state(void);
/* The head of a profile for this machine and build; as snprintf. */
size_t rp_profile_head(char *text, size_t size);
typedef enum rp_known {
    RP_KNOWN_NOTHING,
    RP_KNOWN_NEAR, /* sites like it: the kernel of its nearest size, threads and stores of most with its layout and size */
    RP_KNOWN_SITE
} rp_known;
/* What the profile would take there instead of the built-in choice. */
rp_known rp_profile_ask(const rp_query *query, rp_candidate *candidate);

typedef struct rp_profile_library {
    const char *name, *path, *verdicts;
    long long bytes, changed;
    struct rp_profile_library *next;
} rp_profile_library;
/* What the profile says of a vendor library, or NULL. */
const rp_profile_library *rp_profile_find_library(const char *name);

#endif
