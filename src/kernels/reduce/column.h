/* SPDX-License-Identifier: BSD-3-Clause
 *
 * COLUMN kernels that fold: each column from top to bottom, four rows a pass, so that the running row is loaded and
 * stored once for the four. Included once for each operation and type, with RP_OP, RP_WITH, RP_CODE and RP_START as in
 * row.h.
 */
#define T RP_JOIN(rp_t_, RP_CODE)
#define U RP_JOIN(rp_u_, RP_CODE)
#define JOIN(a, x) RP_PAIR(RP_WITH, RP_CODE)(a, x)
#define ROW(r) ((const U *)(const void *)(from + (r) * step))

static void RP_NAME(RP_OP, column, RP_CODE)(const rp_call *call)
{
    const size_t n = call->n;
    U *z = (U *)(void *)call->ptr[0];
    const char *from = call->ptr[1];
    const ptrdiff_t step = call->outer[1];
    size_t row = 1;
    RP_VECTORISE
    for (size_t i = 0; i < n; i++) z[i] = JOIN(RP_START(ROW(0)[i]), ROW(0)[i]);
    from += step;
    for (; row + 4 <= call->m; row += 4, from += 4 * step) {
        RP_VECTORISE
        for (size_t i = 0; i < n; i++) {
            T value = z[i];
            _Pragma("GCC unroll 4") for (int k = 0; k < 4; k++) value = JOIN(value, ROW(k)[i]);
            z[i] = value;
        }
    }
    for (; row < call->m; row++, from += step) {
        RP_VECTORISE
        for (size_t i = 0; i < n; i++) z[i] = JOIN(z[i], ROW(0)[i]);
    }
}

#undef T
#undef U
#undef JOIN
#undef ROW
