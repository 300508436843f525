/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ROW kernels of a complex type but for sums, which are sums of real numbers (sum_complex.h). Included once for each
 * operation and type, with what row.h needs but for the vectors.
 */
#define T RP_JOIN(rp_t_, RP_CODE)
#define U RP_JOIN(rp_u_, RP_CODE)
#define OWN(part) RP_NAME(RP_OP, part, RP_CODE)
#define JOIN(a, x) RP_PAIR(RP_WITH, RP_CODE)(a, x)

static void OWN(value)(T *z, const U *x, size_t n)
{
    enum { LANES = RP_WIDE_BYTES / sizeof(T) };
    const T first = RP_START(x[0]);
    if (n < RP_LEFT_TO_RIGHT) {
        *z = first;
        for (size_t i = 0; i < n; i++) *z = JOIN(*z, x[i]);
        return;
    }
    T lane[LANES];
    for (size_t l = 0; l < LANES; l++) lane[l] = first;
    for (size_t i = 0; i < n; i += LANES) {
        const size_t width = n - i < LANES ? n - i : LANES;
        for (size_t l = 0; l < width; l++) lane[l] = JOIN(lane[l], x[i + l]);
    }
    for (size_t w = LANES / 2; w > 0; w /= 2) {
        for (size_t l = 0; l < w; l++) lane[l] = JOIN(lane[l], lane[l + w]);
    }
    *z = lane[0];
}

static void OWN(row)(const rp_call *call)
{
    for (size_t row = 0; row < call->m; row++) {
        T z;
        OWN(value)(&z, (const U *)(void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]), call->n);
        *(U *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]) = z;
    }
}

#undef T
#undef U
#undef OWN
#undef JOIN
