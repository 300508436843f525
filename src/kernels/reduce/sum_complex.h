/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ROW sum of a complex type: that of its 2n parts, down to two lanes. Included once for each type, RP_CODE, after
 * row.h for the type of its parts.
 */
#define PART RP_JOIN(rp_part_, RP_CODE)
#define T RP_JOIN(rp_t_, PART)
#define U RP_JOIN(rp_u_, PART)

static void RP_NAME(sum, row, RP_CODE)(const rp_call *call)
{
    char *to = call->ptr[0];
    const char *from = call->ptr[1];
    if (call->n >= RP_LEFT_TO_RIGHT) {
        RP_NAME(sum, rows, PART)(to, call->outer[0], from, call->outer[1], call->m, 2 * call->n, 2);
        return;
    }
    for (size_t row = 0; row < call->m; row++, to += call->outer[0], from += call->outer[1]) {
        const U *x = (const U *)(const void *)from;
        T z[2] = {0, 0};
        for (size_t i = 0; i < 2 * call->n; i++) z[i & 1] += x[i];
        memcpy(to, z, sizeof z);
    }
}

#undef T
#undef U
#undef PART
