/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which kernel, how many threads, which stores. A small call is one look-up in a table that is filled once, from
 * the kernels' priorities; a large one looks at what was measured at its site.
 */
#ifndef RP_CHOOSE_H
#define RP_CHOOSE_H

#include <stdatomic.h>

#include "choose/accuracy.h"
#include "choose/registry.h"
#include "choose/site.h"
#include "runtime/runtime.h"

/* Of a staged block, which is a multiple of the least. Beyond the most a larger first-level cache changes nothing. */
enum { RP_BLOCK_MIN = 1024, RP_BLOCK_MAX = 8192 };

typedef struct rp_context {
    const rp_kernel *default_kernel[RP_OP_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT];
    const rp_kernel
        *narrower_kernel[RP_OP_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT];     /* ours, of narrower vectors; may be NULL */
    const rp_kernel *strided[RP_OP_COUNT][RP_DTYPE_COUNT][RP_CLASS_COUNT]; /* ours for vectors of any stride */
    const rp_kernel *casts[RP_DTYPE_COUNT][RP_DTYPE_COUNT];
    rp_movers movers;
    const rp_indexers *indexers;
    rp_isa isa;
    const char *forced_names; /* RAPTORS_KERNEL: a glob; kernels of such names come first. NULL: none */
    const char *reductions; /* RAPTORS_REDUCTIONS: a glob; such reductions may have other bits than ours. NULL: none */
    bool counts;            /* every call has a site, so that its kernel is counted for `raptors trace` */
    bool online;            /* sites that nothing has measured are measured on the program's own calls */
    size_t block_bytes;     /* of a staged block: several lie in the first-level cache together */
    size_t site_bytes;      /* a call that touches less is over before a better kernel would show */
    size_t helpful_bytes;   /* one that touches as much is likely faster on several threads; of less, measuring tells */
    size_t task_bytes;      /* what one task of a parallel call touches, where there is enough for all */
    size_t stream_bytes;    /* the result of a call that touches as much passes the caches by */
} rp_context;

extern _Atomic(const rp_context *) rp_context_published;
const rp_context *rp_context_make(void);

static inline const rp_context *rp_context_get(void)
{
    const rp_context *context = atomic_load_explicit(&rp_context_published, memory_order_acquire);
    return context ? context : rp_context_make();
}

/* How a parallel call without a site is cut. */
typedef struct rp_parts {
    size_t per_task, tasks;
    int threads;
} rp_parts;

/* `all` things of so many bytes each, whole multiples of `together` a task; one task where threads are not worth it, or
 * where may_share is false. */
static inline rp_parts rp_parts_of(const rp_context *context, size_t all, size_t bytes, size_t together, bool may_share)
{
    const bool share = may_share && all * bytes >= context->helpful_bytes;
    const size_t some = share ? context->task_bytes / bytes / together : all / together;
    const size_t per_task = (some + 1) * together;
    return (rp_parts){per_task, rp_divide_up(all, per_task), share ? rp_get_num_threads() : 1};
}

typedef struct rp_choice {
    const rp_kernel *kernel; /* NULL where the operation has none for this type and class: copies and casts */
    int threads;
    bool stream;
    /* for calls that measure.c may time */
    rp_site *site;       /* NULL: nothing to find out */
    const rp_call *form; /* of this call (rp_kernel_takes) */
    rp_query query;
    int candidate;
    double started;
} rp_choice;

/* Whether a call that touches so many bytes is over before a better kernel would show: it has no site. */
static inline bool rp_is_small(const rp_context *context, size_t bytes) { return bytes < context->site_bytes; }

/* A part of the call that the kernel was asked about (rp_kernel_takes). */
static inline void rp_run_kernel(const rp_kernel *kernel, rp_call *call)
{
    call->data = kernel->data;
    kernel->run(call);
}

/* Up to the result's first whole line, and the rest: a store across two lines takes the time of two, and NumPy's large arrays
 * begin 16 bytes behind a line. size: of the result's elements. One thread of an EPYC Turin guest, 2026-11-25, NumPy's arrays:
 * multiply of 400 KB float32 4.3 against 6.2 us, in place 2.6 against 4.6; NumPy's own loop gains as much. */
static inline void rp_run_by_lines(const rp_kernel *kernel, rp_call *call, size_t size)
{
    enum { LINE = 64, FEW_LINES = 16 }; /* where lines are longer, a half of one is as good */
    const size_t gap = -(uintptr_t)call->ptr[0] & (LINE - 1), n = call->n;
    if (gap && gap % size == 0 && call->m == 1 && call->inner[0] == (ptrdiff_t)size && n * size >= FEW_LINES * LINE) {
        call->n = gap / size;
        rp_run_kernel(kernel, call);
        for (int k = 0; k < RP_MAX_OPERANDS; k++) call->ptr[k] += (ptrdiff_t)call->n * call->inner[k];
        call->n = n - call->n;
    }
    rp_run_kernel(kernel, call);
}

/* Whether the kernel may run the site's calls, if it is admitted. */
bool rp_may_serve(const rp_kernel *kernel, const rp_query *query);

/* What a call takes at the very least: time that is known to have passed, where no clock was read. */
#define RP_LEAST_SECONDS_PER_BYTE 0.05e-9

/* Whether a call at the site may be shared with other threads: not where they would first have to be started, and the call gains
 * less than that costs, as long as the time for it has not been saved (budget.h). */
bool rp_may_share(const rp_query *query);
/* The threads that a candidate runs this call on; threads that have to be started are paid for. */
int rp_share(const rp_candidate *candidate, const rp_query *query);

/* The threads of ours that a candidate runs on, of `all` that there are. */
static inline int rp_candidate_threads(const rp_candidate *candidate, int all)
{
    const bool splits = candidate->kernel && candidate->kernel->traits & RP_TRAIT_OWN_THREADS;
    return candidate->threaded && !splits ? all : 1;
}

/* By the profile's guess for the site, where there is one and it takes the call, else by the built-in priority: what stands in for
 * every kernel that does not take the call. */
rp_candidate rp_choose_unmeasured(const rp_query *query, const rp_site *site, const rp_call *form);
/* By what its site knows, else by priority. */
rp_choice rp_choose_at_site(rp_op op, rp_dtype dtype, rp_class operands, rp_accuracy accuracy, rp_layout layout,
                            size_t bytes, const rp_call *form);

/* The site of this thread's latest large call, with what was asked there; NULL where it had none. */
rp_site *rp_latest_site(rp_query *query);
/* The kernel that it ran: where the site is held to one that does not take the call, another. */
const rp_kernel *rp_latest_kernel(void);
void rp_forget_site(void);

/* What a small call runs: the kernel of the highest priority, or the elected one. */
static inline const rp_kernel *rp_kernel_of_class(const rp_context *context, rp_accuracy accuracy, rp_op op,
                                                  rp_dtype dtype, rp_class operands)
{
    const rp_kernel *elected = accuracy == RP_FAST ? rp_elected_kernel(op, dtype, operands) : NULL;
    return elected ? elected : context->default_kernel[op][dtype][operands];
}

/* bytes: all that the call brings through the caches. form: what rp_kernel_takes is asked with; it stays until the call is over. */
static inline rp_choice rp_choose(rp_op op, rp_dtype dtype, rp_class operands, rp_accuracy accuracy, rp_layout layout,
                                  size_t bytes, const rp_call *form)
{
    const rp_context *context = rp_context_get();
    if (!rp_is_small(context, bytes)) return rp_choose_at_site(op, dtype, operands, accuracy, layout, bytes, form);
    return (rp_choice){.kernel = rp_kernel_of_class(context, accuracy, op, dtype, operands), .threads = 1};
}

#endif
