/* SPDX-License-Identifier: BSD-3-Clause
 *
 * raptors.h by itself, as strict C11 and as C++17: every declaration is seen, and one of each kind is used.
 */
#include <raptors.h>

int main(void)
{
    rp_array *x = NULL;
    const ptrdiff_t shape[1] = {3};
    rp_status status = rp_ones(1, shape, RP_FLOAT64, &x);
    if (status == RP_OK) status = rp_multiply(x, x, &x);
    const int right = status == RP_OK && rp_size(x) == 3 && *(const double *)rp_data(x) == 1.0;
    rp_release(x);
    return right ? 0 : 1;
}
