/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which candidates a site's trial has.
 */
#include "choose/candidates.h"

static atomic_bool variants;

void rp_candidates_with_variants(void) { atomic_store(&variants, true); }

/* Ours, below it the next tier, since wider vectors may cost clock rate, and what was registered and not refused; but for
 * `known`. Returns how many. */
static int find_kernels(const rp_query *query, const rp_kernel *known, const rp_kernel **found, int most)
{
    const rp_context *context = rp_context_get();
    const rp_kernel *ours[] = {context->default_kernel[query->op][query->dtype][query->operands],
                               context->narrower_kernel[query->op][query->dtype][query->operands],
                               context->strided[query->op][query->dtype][query->operands]};
    const int ours_count = query->accuracy == RP_FAST ? 0 : rp_is_strided(query->layout) ? 3 : 2;
    int count = 0;
    for (int i = 0; i < ours_count; i++) {
        if (ours[i] && ours[i] != known && count < most) found[count++] = ours[i];
    }
    for (rp_registered *r = rp_registered_first(query->op); r && count < most; r = (rp_registered *)r->next) {
        /* Threads that are not ours are awake for some time after their call, and in the way of the next turns. */
        if (r->kernel.traits & RP_TRAIT_OWN_THREADS && !atomic_load(&variants)) continue;
        if (&r->kernel != known && rp_may_serve(&r->kernel, query) && atomic_load(&r->verdict) != RP_REFUSED)
            found[count++] = &r->kernel;
    }
    return count;
}

typedef struct ways {
    int count;
    bool threaded[4], stream[4];
} ways;

/* The ways in which a site's calls may run, that of the candidate that is taken unmeasured first. */
static ways list_ways(const rp_query *query, const rp_candidate *first, bool may_stream)
{
    ways w = {0};
    for (int other = 0; other < 4; other++) {
        const bool other_threads = other & 2, other_stores = other & 1;
        if ((other_threads && !query->may_thread) || (other_stores && !may_stream)) continue;
        w.threaded[w.count] = first->threaded ^ other_threads;
        w.stream[w.count++] = (may_stream && first->stream) ^ other_stores;
    }
    return w;
}

static bool takes_way(const rp_kernel *kernel, bool threaded, bool stream)
{
    return !kernel || !(kernel->traits & RP_TRAIT_OWN_THREADS) || (threaded && !stream);
}

static bool is_variant_of(const rp_kernel *kernel, const rp_kernel *best)
{
    return kernel->traits & RP_TRAIT_VARIANT && kernel->isa == best->isa && kernel->op == best->op &&
           kernel->dtype == best->dtype && kernel->shape == best->shape;
}

void rp_candidates_list(const rp_query *query, const rp_site *site, rp_trial *trial)
{
    enum { MOST_KERNELS = RP_MOST_CANDIDATES / 2 };
    const rp_kernel *kernels[MOST_KERNELS];
    const rp_candidate first = rp_choose_unmeasured(query, site, NULL);
    int kernel_count = 0;
    kernels[kernel_count++] = first.kernel;
    kernel_count += find_kernels(query, first.kernel, kernels + kernel_count, MOST_KERNELS - kernel_count);
    const bool may_stream = query->layout == RP_APART && !rp_is_reduced(query->operands) && first.kernel &&
                            8 * query->bytes >= rp_context_get()->stream_bytes;
    const ways w = list_ways(query, &first, may_stream);
    const rp_kernel *variant, *best = rp_context_get()->default_kernel[query->op][query->dtype][query->operands];
    for (int way = 0; way < w.count; way++) {
        for (int k = 0; k < kernel_count; k++) {
            if (takes_way(kernels[k], w.threaded[way], w.stream[way]))
                rp_trial_add(trial, (rp_candidate){kernels[k], w.threaded[way], w.stream[way]}, way == 0);
        }
        for (size_t i = 0; way == 0 && best && atomic_load(&variants) && (variant = rp_registry_kernel(i)); i++) {
            if (is_variant_of(variant, best) && variant != first.kernel)
                rp_trial_add(trial, (rp_candidate){variant, w.threaded[0], w.stream[0]}, true);
        }
    }
}
