/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The context and the built-in choice: the highest priority that this CPU runs, threads and stores by the sizes of its caches;
 * and the choice by what a site has measured.
 */
#include "choose/choose.h"

#include <stdlib.h>
#include <string.h>

#include "choose/budget.h"
#include "choose/count.h"
#include "choose/measure.h"
#include "choose/profile.h"
#include "runtime/runtime.h"

_Atomic(const rp_context *) rp_context_published;

static rp_context context;
static rp_once once;

static bool is_forced(const rp_kernel *kernel)
{
    return context.forced_names && rp_os_matches(context.forced_names, kernel->name);
}

static int priority_of(const rp_kernel *kernel) { return kernel->priority + (is_forced(kernel) ? UINT16_MAX : 0); }

static void fill(void)
{
    const char *forced = getenv("RAPTORS_KERNEL"), *reductions = getenv("RAPTORS_REDUCTIONS");
    context.forced_names = forced && *forced ? forced : NULL;
    context.reductions = reductions && *reductions ? reductions : NULL;
    const rp_kernel *kernel;
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        if (!rp_kernel_runs(kernel)) continue;
        if (kernel->traits & RP_TRAIT_VARIANT && !is_forced(kernel)) continue;
        const bool strided = kernel->traits & RP_TRAIT_STRIDED;
        const rp_kernel **place = rp_ops[kernel->op].kind == RP_OP_CONVERT ? &context.casts[kernel->dtype][kernel->to]
                                  : strided ? &context.strided[kernel->op][kernel->dtype][kernel->shape]
                                            : &context.default_kernel[kernel->op][kernel->dtype][kernel->shape];
        if (!*place || priority_of(*place) < priority_of(kernel)) *place = kernel;
    }
    for (size_t i = 0; (kernel = rp_registry_kernel(i)); i++) {
        const rp_kernel *best = context.default_kernel[kernel->op][kernel->dtype][kernel->shape],
                        **narrower = &context.narrower_kernel[kernel->op][kernel->dtype][kernel->shape];
        /* A scalar or SSE2 loop is faster than one of wider vectors only by chance. */
        if (!best || kernel == best || kernel->isa < RP_ISA_AVX2 || !rp_kernel_runs(kernel)) continue;
        if (kernel->traits != best->traits || (*narrower && (*narrower)->priority >= kernel->priority)) continue;
        *narrower = kernel;
    }
    for (int isa = 0; isa < RP_ISA_COUNT; isa++) {
        const rp_isa_tables *tables = rp_registry_isa(isa);
        if (!tables || (rp_isa_needs(isa) & ~rp_cpu_features())) continue;
        context.movers = tables->movers;
        context.indexers = tables->indexers;
        context.isa = isa;
    }
    const rp_system *system = rp_system_facts();
    /* Three operands and a spare block fill half of the first-level cache. */
    context.block_bytes = system->l1d_bytes / 8 / RP_BLOCK_MIN * RP_BLOCK_MIN;
    if (context.block_bytes > RP_BLOCK_MAX) context.block_bytes = RP_BLOCK_MAX;
    if (context.block_bytes < RP_BLOCK_MIN) context.block_bytes = RP_BLOCK_MIN;
    /* What lies in the first-level cache is done in less time than a thread takes to answer. */
    context.counts = rp_trace_begin();
    context.site_bytes = context.counts ? 0 : system->l1d_bytes;
    context.helpful_bytes = 8 * system->l1d_bytes;
    context.task_bytes = system->l2_bytes / 4;
    /* What the last cache cannot hold is not there when it is read: storing past the caches saves reading its lines
     * first. Where it can, streaming loses: float32 scale of 16 MiB on two cores of a Sapphire Rapids guest (105 MiB
     * L3), 2026-11: 2.5 ms against 1.0. */
    context.stream_bytes = rp_last_cache_bytes();
    rp_forget_in_child(RP_FORK_SITES, rp_sites_after_fork);
    if (context.counts) rp_forget_in_child(RP_FORK_TRACE, rp_trace_forget);
    const char *tune = getenv("RAPTORS_TUNE");
    context.online = !context.forced_names && (!tune || strcmp(tune, "off") != 0);
    if (!context.forced_names) rp_profile_load(context.isa);
    rp_get_num_threads(); /* reads files of the system: here, and not in the first call that is worth threads */
    atomic_store_explicit(&rp_context_published, &context, memory_order_release);
}

/* Vendor libraries that the environment or the profile names: here, at a place of its own, and never in a call that is timed. What
 * registers kernels needs the context, which is there. */
static void load_libraries(void)
{
    rp_providers_load_named();
    rp_profile_load_libraries();
}

const rp_context *rp_context_make(void)
{
    static atomic_bool loaded; /* no rp_once: other threads' first calls need not wait for it */
    rp_run_once(&once, fill);
    if (!atomic_exchange(&loaded, true)) load_libraries();
    return &context;
}

static rp_candidate by_priority(const rp_query *query)
{
    const rp_context *c = rp_context_get();
    const bool streams = query->layout == RP_APART && !rp_is_reduced(query->operands),
               ours = query->accuracy != RP_FAST;
    const rp_kernel *strided = ours ? c->strided[query->op][query->dtype][query->operands] : NULL;
    const bool large = query->bytes >= c->stream_bytes;
    /* Beyond the caches an element at a time keeps up with memory, unless it brings but a byte or two. */
    const bool along_strides = rp_is_strided(query->layout) && large && strided && rp_dtype_size(query->dtype) >= 4;
    return (rp_candidate){
        .kernel =
            along_strides ? strided : rp_kernel_of_class(c, query->accuracy, query->op, query->dtype, query->operands),
        .threaded = query->may_thread && query->bytes >= c->helpful_bytes,
        .stream = streams && large,
    };
}

/* At the first call of a site. */
static void ask_profile(const rp_query *query, rp_site *site)
{
    rp_candidate found = by_priority(query);
    const rp_known known = query->accuracy == RP_FAST ? RP_KNOWN_NOTHING : rp_profile_ask(query, &found);
    rp_candidate *kept = known ? rp_malloc(sizeof *kept) : NULL;
    if (!kept) return;
    *kept = found;
    if (known == RP_KNOWN_NEAR) {
        atomic_store_explicit(&site->profile_guess, kept, memory_order_release);
        return;
    }
    atomic_store(&site->source, RP_SOURCE_PROFILE);
    atomic_store_explicit(&site->winner, kept, memory_order_release);
}

/* Whether the user allows results of the kernel's class, by a glob of kernels' names. */
static bool is_allowed(const rp_kernel *kernel)
{
    const char *allowed = kernel->result_class == RP_ANY_ORDER ? context.reductions : NULL;
    return allowed && rp_os_matches(allowed, kernel->name);
}

bool rp_may_serve(const rp_kernel *kernel, const rp_query *query)
{
    if (kernel->op != query->op || kernel->dtype != query->dtype || kernel->shape != query->operands) return false;
    if (query->layout != RP_IN_PLACE && kernel->traits & RP_TRAIT_IN_PLACE_ONLY) return false;
    if (kernel->traits & RP_TRAIT_OWN_THREADS && !query->may_thread) return false;
    if (query->accuracy == RP_FAST) return kernel == rp_elected_kernel(query->op, query->dtype, query->operands);
    return kernel->family == RP_FAMILY_RAPTORS || is_allowed(kernel);
}

/* A registered kernel of such a name, where one is admitted. */
static const rp_kernel *forced_kernel(const rp_query *query, const rp_call *form, const rp_kernel *else_this)
{
    for (rp_registered *r = rp_registered_first(query->op); r; r = (rp_registered *)r->next) {
        if (is_forced(&r->kernel) && rp_may_serve(&r->kernel, query) && rp_is_admitted(r) &&
            rp_kernel_takes(&r->kernel, form))
            return &r->kernel;
    }
    return else_this;
}

/* A kernel that the profile names is admitted once the time for it has been saved. */
static bool takes(const rp_candidate *candidate, const rp_call *form)
{
    const rp_kernel *kernel = candidate->kernel;
    if (!kernel || kernel->backend == RP_BACKEND_NATIVE) return true;
    rp_registered *r = (rp_registered *)kernel;
    if (atomic_load_explicit(&r->verdict, memory_order_acquire) == RP_UNTRIED) rp_admit_if_paid(r);
    return rp_kernel_takes(kernel, form);
}

static bool is_refused(const rp_candidate *candidate)
{
    const rp_kernel *kernel = candidate->kernel;
    return kernel && kernel->backend == RP_BACKEND_REGISTERED &&
           atomic_load_explicit(&((const rp_registered *)kernel)->verdict, memory_order_relaxed) == RP_REFUSED;
}

/* The first task of a new thread comes so late, and the caller makes one after another: 50 to 100 us and 20 to 30 us are what Linux
 * systems take. Estimates, since they are needed before anything can be measured. */
static const double FIRST_THREAD_SECONDS = 50e-6, THREAD_SECONDS = 25e-6;
/* One thread brings about so much from memory in a second. */
static const double BYTES_PER_SECOND = 10e9;

static double start_cost(void) { return FIRST_THREAD_SECONDS + THREAD_SECONDS * (rp_get_num_threads() - 1); }

/* Whether sharing this one call saves at least twice what starting the threads costs. */
static bool gains_by_starting(const rp_query *query)
{
    const double alone = (double)query->bytes / BYTES_PER_SECOND;
    return alone * (1 - 1.0 / rp_get_num_threads()) >= 2 * start_cost();
}

bool rp_may_share(const rp_query *query)
{
    return rp_workers_started() || gains_by_starting(query) || rp_budget_left(&rp_choosing) >= start_cost();
}

int rp_share(const rp_candidate *candidate, const rp_query *query)
{
    const int threads = rp_candidate_threads(candidate, rp_get_num_threads());
    if (threads == 1 || rp_workers_started() || gains_by_starting(query)) return threads;
    return rp_budget_pay(&rp_choosing, start_cost()) ? threads : 1;
}

rp_candidate rp_choose_unmeasured(const rp_query *query, const rp_site *site, const rp_call *form)
{
    const rp_candidate *guess = site ? atomic_load_explicit(&site->profile_guess, memory_order_acquire) : NULL;
    rp_candidate taken = guess && takes(guess, form) ? *guess : by_priority(query);
    if (context.forced_names) taken.kernel = forced_kernel(query, form, taken.kernel);
    return taken;
}

static _Thread_local struct {
    rp_site *site;
    rp_query query;
    const rp_kernel *kernel;
} latest;

rp_site *rp_latest_site(rp_query *query)
{
    *query = latest.query;
    return latest.site;
}

const rp_kernel *rp_latest_kernel(void) { return latest.kernel; }

void rp_forget_site(void) { latest.site = NULL; }

static const rp_candidate *find_winner(rp_site *site)
{
    const rp_candidate *winner = atomic_load_explicit(&site->winner, memory_order_acquire);
    if (!winner) return NULL;
    const rp_source source = atomic_load_explicit(&site->source, memory_order_relaxed);
    if (source == RP_SOURCE_ONLINE && atomic_fetch_add_explicit(&site->calls, 1, memory_order_relaxed) == site->review)
        rp_site_review(site);
    if (source == RP_SOURCE_PROFILE && is_refused(winner)) { /* by this library, or this machine today */
        atomic_store(&site->source, RP_SOURCE_PRIORITY);
        atomic_store(&site->winner, NULL);
        return NULL;
    }
    return winner;
}

rp_choice rp_choose_at_site(rp_op op, rp_dtype dtype, rp_class operands, rp_accuracy accuracy, rp_layout layout,
                            size_t bytes, const rp_call *form)
{
    const int threads = rp_get_num_threads();
    const bool ours = accuracy != RP_FAST || !rp_elected_kernel(op, dtype, operands);
    const rp_query query = {.op = op,
                            .dtype = dtype,
                            .operands = operands,
                            .layout = layout,
                            .may_thread = threads > 1,
                            .bytes = bytes,
                            .accuracy = ours ? RP_ACCURATE : RP_FAST};
    rp_site *site = rp_site_of(&query);
    latest.site = site;
    latest.query = query;
    if (site && !atomic_load_explicit(&site->asked, memory_order_relaxed) && !atomic_exchange(&site->asked, true))
        ask_profile(&query, site);
    const rp_candidate *winner = site ? find_winner(site) : NULL;
    const rp_source source = winner ? atomic_load_explicit(&site->source, memory_order_relaxed) : RP_SOURCE_PRIORITY;
    const bool taken_by_winner = winner && takes(winner, form);
    if (taken_by_winner && (!winner->threaded || source == RP_SOURCE_HELD || rp_workers_started())) {
        latest.kernel = winner->kernel;
        return (rp_choice){
            .kernel = winner->kernel, .threads = rp_candidate_threads(winner, threads), .stream = winner->stream};
    }
    const rp_candidate taken = taken_by_winner ? *winner : rp_choose_unmeasured(&query, site, form);
    latest.kernel = taken.kernel;
    return (rp_choice){
        .kernel = taken.kernel,
        .threads = rp_share(&taken, &query),
        .stream = taken.stream,
        .site = context.online && !winner ? site : NULL,
        .form = form,
        .query = query,
    };
}
