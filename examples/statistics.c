/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Mean, sum and maximum of a matrix, over one axis and over all.
 */
#include <raptors.h>
#include <stdio.h>

static int wrong;

/* Prints a float64 result that lies without gaps, and compares it with what was worked out by hand. */
static void show(const char *what, rp_status status, rp_array *result, const double *expected, ptrdiff_t count)
{
    printf("%-12s", what);
    if (status || rp_dtype_of(result) != RP_FLOAT64 || rp_size(result) != count) {
        printf(" %s: %s\n", rp_status_name(status), rp_error_message());
        wrong++;
        return;
    }
    const double *value = rp_data(result);
    for (ptrdiff_t i = 0; i < count; i++) {
        printf(" %g", value[i]);
        wrong += value[i] != expected[i];
    }
    printf("\n");
    rp_release(result);
}

int main(void)
{
    double memory[3][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 0}};
    const int rows = 0, columns = 1;
    rp_array *x = NULL, *mean = NULL, *sum = NULL, *largest = NULL, *all = NULL;
    if (rp_wrap(memory, RP_FLOAT64, 2, (const ptrdiff_t[]){3, 4}, NULL, true, NULL, NULL, &x)) {
        fprintf(stderr, "%s\n", rp_error_message());
        return 1;
    }
    rp_status status = rp_mean(x, 1, &rows, false, &mean);
    show("mean axis 0", status, mean, (const double[]){5, 6, 7, 4}, 4);
    status = rp_sum(x, 1, &columns, false, &sum);
    show("sum axis 1", status, sum, (const double[]){10, 26, 30}, 3);
    status = rp_max(x, 1, &columns, true, &largest); /* keepdims: shape (3, 1) */
    show("max axis 1", status, largest, (const double[]){4, 8, 11}, 3);
    status = rp_mean(x, 0, NULL, false, &all); /* axes NULL: all of them, shape () */
    show("mean", status, all, (const double[]){5.5}, 1);
    rp_release(x);
    return wrong != 0;
}
