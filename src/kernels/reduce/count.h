/* SPDX-License-Identifier: BSD-3-Clause
 *
 * count_nonzero, along rows and columns. Included once for each type, RP_CODE; RP_IN_VECTORS: one that has vectors.
 * Counts run up in lanes of an element's width, and are taken out before a byte would be full.
 */
#define T RP_JOIN(rp_t_, RP_CODE)
#define U RP_JOIN(rp_u_, RP_CODE)
#define OWN(part) RP_NAME(count_nonzero, part, RP_CODE)
#define TRUE(x) RP_PAIR(not_equal, RP_CODE)(x, RP_JOIN(rp_zero_, RP_CODE))
#define ROW(r) ((const U *)(const void *)(from + (ptrdiff_t)(r) * step))

#ifdef RP_IN_VECTORS
#define V RP_JOIN(rp_vector_, RP_CODE)
#define WIDTH (sizeof(V) / sizeof(T))
/* How many of the elements of whole steps are true; *done: how many elements those are. */
RP_INLINE int64_t OWN(steps)(const U *x, size_t n, size_t *done)
{
    enum { ABREAST = 4, STEP = ABREAST * WIDTH, MOST = UINT8_MAX / ABREAST * STEP };
    const size_t whole = n / STEP * STEP;
    int64_t total = 0;
    *done = whole;
    for (size_t i = 0, end; i < whole; i = end) {
        __typeof__((V){0} != (V){0}) count[ABREAST] = {{0}}, sum;
        end = whole - i < MOST ? whole : i + MOST;
        for (size_t k = i; k < end; k += STEP) {
            _Pragma("GCC unroll 4") for (size_t a = 0; a < ABREAST; a++)
            {
                V v;
                memcpy(&v, x + k + a * WIDTH, sizeof v);
                count[a] -= v != (V){0}; /* true is -1 */
            }
        }
        sum = count[0] + count[1] + count[2] + count[3];
        for (size_t lane = 0; lane < WIDTH; lane++) total += (uint8_t)sum[lane];
    }
    return total;
}
#undef V
#undef WIDTH
#else
RP_INLINE int64_t OWN(steps)(const U *x, size_t n, size_t *done)
{
    (void)x, (void)n;
    return *done = 0, 0;
}
#endif

static void OWN(row)(const rp_call *call)
{
    const char *from = call->ptr[1];
    const ptrdiff_t step = call->outer[1];
    for (size_t row = 0; row < call->m; row++) {
        const U *x = ROW(row);
        size_t i;
        int64_t count = OWN(steps)(x, call->n, &i);
        for (; i < call->n; i++) count += TRUE(x[i]);
        memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0], &count, sizeof count);
    }
}

static void OWN(column)(const rp_call *call)
{
    typedef __typeof__(__builtin_choose_expr(
        sizeof(T) == 1, (uint8_t)0,
        __builtin_choose_expr(sizeof(T) == 2, (uint16_t)0,
                              __builtin_choose_expr(sizeof(T) == 4, (uint32_t)0, (uint64_t)0)))) lane;
    enum { COLUMNS = 1024 / sizeof(lane), ROWS = UINT8_MAX / 4 * 4 };
    lane count[COLUMNS];
    rp_u_i64 *z = (rp_u_i64 *)(void *)call->ptr[0];
    const ptrdiff_t step = call->outer[1];
    memset(z, 0, call->n * sizeof *z);
    for (size_t start = 0; start < call->n; start += COLUMNS) {
        const char *from = call->ptr[1] + start * sizeof(T);
        const size_t n = call->n - start < COLUMNS ? call->n - start : COLUMNS;
        for (size_t row = 0; row < call->m;) {
            const size_t end = call->m - row < ROWS ? call->m : row + ROWS;
            memset(count, 0, n * sizeof *count);
            for (; row + 4 <= end; row += 4) {
                const U *a = ROW(row), *b = ROW(row + 1), *c = ROW(row + 2), *d = ROW(row + 3);
                RP_VECTORISE
                for (size_t i = 0; i < n; i++)
                    count[i] =
                        (lane)(count[i] + (lane)TRUE(a[i]) + (lane)TRUE(b[i]) + (lane)TRUE(c[i]) + (lane)TRUE(d[i]));
            }
            for (; row < end; row++) {
                const U *a = ROW(row);
                RP_VECTORISE
                for (size_t i = 0; i < n; i++) count[i] = (lane)(count[i] + (lane)TRUE(a[i]));
            }
            for (size_t i = 0; i < n; i++) z[start + i] += (int64_t)count[i];
        }
    }
}

#undef T
#undef U
#undef OWN
#undef TRUE
#undef ROW
