/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What choosing costs: `meson test --benchmark`. Prints the first look at machine, kernels and profile (that of
 * RAPTORS_PROFILE, as ever), then a choice at a small call, at a large one whose site has a winner, and at one whose
 * site is left to the rank.
 */
#include <stdio.h>
#include <stdlib.h>

#include "choose/choose.h"
#include "choose/profile.h"
#include "median.h"
#include "runtime/runtime.h"

enum { CALLS = 2000000, SAMPLES = 9 };

/* Median nanoseconds a choice. */
static double time_choices(size_t bytes)
{
    double samples[SAMPLES];
    uintptr_t seen = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
        const double start = rp_os_seconds();
        for (int i = 0; i < CALLS; i++) {
            const rp_choice choice = rp_choose(RP_MULTIPLY, RP_FLOAT32, RP_VS, RP_APART, bytes, NULL);
            seen += (uintptr_t)choice.kernel + (uintptr_t)choice.threads;
        }
        samples[sample] = 1e9 * (rp_os_seconds() - start) / CALLS;
    }
    return seen ? median(samples, SAMPLES) : 0;
}

int main(void)
{
    enum { LARGE = 1 << 24 };
    setenv("RAPTORS_TUNE", "off", 1);
    const double start = rp_os_seconds();
    const rp_context *context = rp_context_get();
    printf("first look, with the profile: %.2f ms (%s)\n", 1e3 * (rp_os_seconds() - start), rp_profile_state());
    printf("a small call: %.1f ns\n", time_choices(1024));
    printf("a large one, its site left to the rank or a guess: %.1f ns\n", time_choices(LARGE));
    const rp_query query = {RP_MULTIPLY, RP_FLOAT32, RP_VS, RP_APART, rp_get_num_threads() > 1, LARGE};
    rp_site *site = rp_site_of(&query);
    if (!site) return 1;
    const rp_candidate winner = {context->chosen[RP_MULTIPLY][RP_FLOAT32][RP_VS], true, false};
    atomic_store(&site->source, RP_SOURCE_ONLINE);
    site->review = UINT32_MAX;
    atomic_store(&site->winner, &winner);
    printf("a large one, its site measured: %.1f ns\n", time_choices(LARGE));
    return 0;
}
