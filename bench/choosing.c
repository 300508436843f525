/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What choosing costs: `meson test --benchmark`. Prints the first look at machine, kernels and profile (that of
 * RAPTORS_PROFILE, as ever), then a choice at a small call, at a large one whose site has a winner, and at one whose
 * site is left to the rank; and the admission of kernels, with this build's own as candidates.
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
            const rp_choice choice = rp_choose(RP_MULTIPLY, RP_FLOAT32, RP_VS, RP_APART, bytes);
            seen += (uintptr_t)choice.kernel + (uintptr_t)choice.threads;
        }
        samples[sample] = 1e9 * (rp_os_seconds() - start) / CALLS;
    }
    return seen ? median(samples, SAMPLES) : 0;
}

/* All elementwise kernels of the tier in use, registered under other names and tried. */
static void time_admission(void)
{
    static const char *const operands[] = {[RP_V] = "v", [RP_VV] = "vv", [RP_VS] = "vs", [RP_SV] = "sv"};
    const rp_context *context = rp_context_get();
    int count = 0, admitted = 0;
    double start = rp_os_seconds(), longest = 0, all = 0;
    for (int op = 0; op < RP_OP_COUNT; op++) {
        double of_op = 0;
        for (int dtype = 0; dtype < RP_DTYPE_COUNT; dtype++) {
            for (int shape = RP_V; shape <= RP_SV; shape++) {
                const rp_kernel *kernel = context->chosen[op][dtype][shape];
                char name[96];
                snprintf(name, sizeof name, "%s.%s.%d.again", rp_op_name((rp_op)op), operands[shape], dtype);
                const rp_kernel_entry entry = {.name = name,
                                               .operands = operands[shape],
                                               .op = (rp_op)op,
                                               .dtype = (rp_dtype)dtype,
                                               .run = kernel ? kernel->run : NULL};
                if (!kernel || rp_register_kernel(&entry) != RP_OK) continue;
                start = rp_os_seconds();
                admitted += rp_is_admitted(rp_registered_first((rp_op)op));
                of_op += rp_os_seconds() - start;
                count++;
            }
        }
        all += of_op;
        if (of_op > longest) longest = of_op;
    }
    printf("admission: %d of %d kernels in %.0f ms, at most %.1f ms an operation with all its types\n", admitted, count,
           1e3 * all, 1e3 * longest);
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
    time_admission();
    return 0;
}
