/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A row added to each row of a matrix; and what a call says when the shapes do not go together.
 */
#include <raptors.h>
#include <stdio.h>
#include <string.h>

static rp_status range(int ndim, const ptrdiff_t *shape, ptrdiff_t count, rp_array **out)
{
    const rp_scalar zero = {.dtype = RP_INT64}, one = {.dtype = RP_INT64, .i = 1},
                    end = {.dtype = RP_INT64, .i = count};
    rp_array *flat = NULL;
    rp_status status = rp_arange(&zero, &end, &one, RP_INT64, &flat);
    if (!status) status = rp_reshape(flat, ndim, shape, true, out); /* a view, which keeps flat's memory */
    rp_release(flat);
    return status;
}

int main(void)
{
    int wrong = 1;
    rp_array *matrix = NULL, *row = NULL, *pair = NULL, *sum = NULL, *none = NULL;
    rp_status status = range(2, (const ptrdiff_t[]){2, 3}, 6, &matrix);
    if (!status) status = range(1, (const ptrdiff_t[]){3}, 3, &row);
    if (!status) status = range(1, (const ptrdiff_t[]){2}, 2, &pair);
    if (!status) status = rp_add(matrix, row, &sum);
    if (status) {
        fprintf(stderr, "%s: %s\n", rp_status_name(status), rp_error_message());
        goto done;
    }
    const int64_t expected[] = {0, 2, 4, 3, 5, 7}, *value = rp_data(sum);
    wrong = rp_ndim(sum) != 2 || rp_shape(sum)[0] != 2 || rp_shape(sum)[1] != 3;
    for (int i = 0; i < 6; i++) {
        printf("%lld%s", (long long)value[i], i % 3 == 2 ? "\n" : " ");
        wrong += value[i] != expected[i];
    }
    /* (2, 3) and (2,): the last axes differ. Nothing is written, and the message names operand and axis. */
    status = rp_add(matrix, pair, &none);
    printf("%s: %s\n", rp_status_name(status), rp_error_message());
    wrong += status != RP_ERROR_VALUE || none || !strstr(rp_error_message(), "(2,)");
done:
    rp_release(none);
    rp_release(sum);
    rp_release(pair);
    rp_release(row);
    rp_release(matrix);
    return wrong != 0;
}
