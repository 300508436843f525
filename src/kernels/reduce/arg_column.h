/* SPDX-License-Identifier: BSD-3-Clause
 *
 * argmin and argmax along columns: the best of each so far and its row, in lanes of one width, so that a row is compared
 * vector by vector. Included once for each operation and type:
 *   RP_OP, RP_CODE   argmin, f32
 *   RP_BETTER        less: the operation that tells whether one element takes another's place
 */
#define T RP_JOIN(rp_t_, RP_CODE)
#define U RP_JOIN(rp_u_, RP_CODE)
#define READ(x) RP_JOIN(rp_read_, RP_CODE)(x)
#define OWN(part) RP_NAME(RP_OP, part, RP_CODE)
#define BETTER(x, y) RP_PAIR(RP_BETTER, RP_CODE)(x, y)
#define IS_NAN(x) RP_PAIR(not_equal, RP_CODE)(x, x)

static void OWN(column)(const rp_call *call)
{
    typedef RP_LANE_OF(T) lane;
    enum { COLUMNS = 4096 / sizeof(T) };
    /* Rows are numbered in as many as a lane tells apart, and one number is left for none. */
    const lane none = (lane)-1;
    const size_t most = sizeof(lane) < sizeof(size_t) ? (size_t)none : SIZE_MAX;
    rp_u_i64 *z = (rp_u_i64 *)(void *)call->ptr[0];
    const ptrdiff_t step = call->outer[1];
    T best[COLUMNS];
    lane found[COLUMNS];
    for (size_t start = 0; start < call->n; start += COLUMNS) {
        const size_t n = call->n - start < COLUMNS ? call->n - start : COLUMNS;
        const char *from = call->ptr[1] + start * sizeof(T);
        for (size_t i = 0; i < n; i++) {
            best[i] = READ(((const U *)(const void *)from)[i]);
            z[start + i] = 0;
        }
        for (size_t first = 0, rows; first < call->m; first += rows) {
            rows = call->m - first < most ? call->m - first : most;
            for (size_t i = 0; i < n; i++) found[i] = none;
            for (size_t row = 0; row < rows; row++) {
                const U *x = (const U *)(const void *)(from + (ptrdiff_t)(first + row) * step);
                RP_VECTORISE
                for (size_t i = 0; i < n; i++) {
                    const T value = READ(x[i]);
                    const uint8_t take = (BETTER(value, best[i]) | IS_NAN(value)) & !IS_NAN(best[i]);
                    best[i] = take ? value : best[i];
                    found[i] = take ? (lane)row : found[i];
                }
            }
            for (size_t i = 0; i < n; i++) {
                if (found[i] != none) z[start + i] = (int64_t)(first + found[i]);
            }
        }
    }
}

#undef T
#undef U
#undef READ
#undef OWN
#undef BETTER
#undef IS_NAN
