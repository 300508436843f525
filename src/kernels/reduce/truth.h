/* SPDX-License-Identifier: BSD-3-Clause
 *
 * any and all, along rows and columns, and the search for a truth value. Included once for each type, RP_CODE;
 * RP_IN_VECTORS: one that has vectors.
 */
#define T RP_JOIN(rp_t_, RP_CODE)
#define U RP_JOIN(rp_u_, RP_CODE)
#define OWN(part) RP_PAIR(part, RP_CODE)
#define TRUE(x) RP_PAIR(not_equal, RP_CODE)(x, RP_JOIN(rp_zero_, RP_CODE))
#define ROW(r) ((const U *)(const void *)(from + (ptrdiff_t)(r) * step))

/* Whether one of n elements has the truth that is `wanted`. */
RP_INLINE bool OWN(few_hold)(const U *x, size_t n, bool wanted)
{
    uint8_t found = 0;
    for (size_t i = 0; i < n; i++) found |= TRUE(x[i]) == wanted;
    return found;
}

/* The same, n a multiple of STEP. */
#ifdef RP_IN_VECTORS
#define V RP_JOIN(rp_vector_, RP_CODE)
#define WIDTH (sizeof(V) / sizeof(T))
#define STEP (4 * WIDTH)
RP_INLINE bool OWN(holds)(const U *x, size_t n, bool wanted)
{
    rp_mask_i8 zeros[4]; /* all bits, until one is not 0; or none, until one is */
    _Pragma("GCC unroll 4") for (int k = 0; k < 4; k++) zeros[k] = (rp_mask_i8){0} - (int8_t)wanted;
    for (size_t i = 0; i < n; i += STEP) {
        _Pragma("GCC unroll 4") for (size_t k = 0; k < 4; k++)
        {
            V v;
            memcpy(&v, x + i + k * WIDTH, sizeof v);
            const rp_mask_i8 zero = (rp_mask_i8)(v == (V){0});
            zeros[k] = wanted ? zeros[k] & zero : zeros[k] | zero;
        }
    }
    return rp_mask_any(wanted ? ~(zeros[0] & zeros[1] & zeros[2] & zeros[3])
                              : zeros[0] | zeros[1] | zeros[2] | zeros[3]);
}
#else
#define STEP 16
RP_INLINE bool OWN(holds)(const U *x, size_t n, bool wanted) { return OWN(few_hold)(x, n, wanted); }
#endif

/* How many elements stand, for certain, before the first whose truth is `wanted`; n: there is none. So many steps at a time
 * as `most`, after fewer: most often the first few elements decide. From the second on steps begin with a line, which is why
 * some elements are looked at twice, as they are at the end. */
RP_INLINE size_t OWN(seek)(const U *x, size_t n, bool wanted, size_t most)
{
    if (n < STEP) return OWN(few_hold)(x, n, wanted) ? 0 : n;
    if (OWN(holds)(x, STEP, wanted)) return 0;
    size_t i = STEP - (uintptr_t)x % 64 / sizeof(T);
    for (size_t steps = 1, length; n - i >= STEP; i += length) {
        length = (n - i) / STEP < steps ? (n - i) / STEP * STEP : steps * STEP;
        if (OWN(holds)(x + i, length, wanted)) return i;
        if (steps < most) steps *= 2;
    }
    return OWN(holds)(x + n - STEP, STEP, wanted) ? i : n;
}

/* `wanted` ends the search: 1 for any, 0 for all. */
RP_INLINE void OWN(truth_row)(const rp_call *call, bool wanted)
{
    const size_t n = call->n;
    const char *from = call->ptr[1];
    const ptrdiff_t step = call->outer[1];
    for (size_t row = 0; row < call->m; row++) {
        const U *x = ROW(row);
        const bool found = n && (TRUE(x[0]) == wanted || OWN(seek)(x, n, wanted, RP_MOST_STEPS) < n);
        call->ptr[0][(ptrdiff_t)row * call->outer[0]] = found ? wanted : !wanted;
    }
}

static void OWN(any_row)(const rp_call *call) { OWN(truth_row)(call, true); }
static void OWN(all_row)(const rp_call *call) { OWN(truth_row)(call, false); }

RP_INLINE void OWN(truth_column)(const rp_call *call, bool wanted)
{
#define JOIN(x, y) (wanted ? (x) | (y) : (x) & (y))
    const size_t n = call->n;
    const char *from = call->ptr[1];
    const ptrdiff_t step = call->outer[1];
    uint8_t *z = (uint8_t *)call->ptr[0];
    RP_VECTORISE
    for (size_t i = 0; i < n; i++) z[i] = TRUE(ROW(0)[i]);
    size_t row = 1;
    for (; row + 4 <= call->m; row += 4) {
        const U *a = ROW(row), *b = ROW(row + 1), *c = ROW(row + 2), *d = ROW(row + 3);
        RP_VECTORISE
        for (size_t i = 0; i < n; i++) {
            z[i] = JOIN(JOIN(JOIN(JOIN(z[i], TRUE(a[i])), TRUE(b[i])), TRUE(c[i])), TRUE(d[i]));
        }
    }
    for (; row < call->m; row++) {
        const U *a = ROW(row);
        RP_VECTORISE
        for (size_t i = 0; i < n; i++) z[i] = JOIN(z[i], TRUE(a[i]));
    }
#undef JOIN
}

static void OWN(any_column)(const rp_call *call) { OWN(truth_column)(call, true); }
static void OWN(all_column)(const rp_call *call) { OWN(truth_column)(call, false); }

#undef T
#undef U
#undef OWN
#undef TRUE
#undef ROW
#undef STEP
#undef V
#undef WIDTH
