/* SPDX-License-Identifier: BSD-3-Clause
 *
 * For `raptors trace`: counts the calls of each kernel where RAPTORS_TRACE_DIR is set, and writes them there at exit, as
 * raptors-<pid>.kernels with lines of count, tab and name. A program that ends by _exit or a signal leaves none.
 */
#ifndef RP_COUNT_H
#define RP_COUNT_H

#include "kernels/kernel.h"

/* Whether kernels are counted: asked once, when the context is made. */
bool rp_trace_begin(void);
/* In the child of a fork, which counts its own. */
void rp_trace_forget(void);
/* Nothing is counted meanwhile: the calls are Raptors' own, not the program's. */
void rp_trace_pause(bool pauses);
/* A call of what has this name, which stays where it is. */
void rp_trace_call(const char *name);
/* NULL: a copy or cast, which go by the movers. */
static inline void rp_trace_kernel(const rp_kernel *kernel)
{
    rp_trace_call(kernel ? kernel->name : "copies and casts");
}

#endif
