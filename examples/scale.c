/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory that is already there, multiplied in place: nothing is copied, and the owner is told when it is free again.
 */
#include <raptors.h>
#include <stdio.h>

enum { COUNT = 6 };

static void on_release(void *context) { ++*(int *)context; }

int main(void)
{
    float memory[COUNT] = {0, 1, 2, 3, 4, 5};
    int released = 0, wrong = 0;
    rp_array *a = NULL, *factor = NULL;

    rp_status status =
        rp_wrap(memory, RP_FLOAT32, 2, (const ptrdiff_t[]){2, 3}, NULL, false, on_release, &released, &a);
    /* A weak number takes the array's type, as a Python number does: the result stays float32. */
    if (!status) status = rp_from_scalar(&(rp_scalar){.dtype = RP_FLOAT64, .weak = true, .re = 2.5}, &factor);
    if (!status) status = rp_multiply(a, factor, &a); /* out= is the operand itself */
    if (status) fprintf(stderr, "%s: %s\n", rp_status_name(status), rp_error_message());
    rp_release(factor);
    rp_release(a);

    for (int i = 0; i < COUNT; i++) {
        printf("%g ", (double)memory[i]);
        wrong += memory[i] != 2.5f * (float)i;
    }
    printf("\nreleased %d time\n", released);
    return status || wrong || released != 1;
}
