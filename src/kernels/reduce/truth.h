/* SPDX-License-Identifier: BSD-3-Clause
 *
 * any and all, along rows and columns, and the search for a truth value. Included once for each type, RP_CODE.
 */
#define U RP_JOIN(rp_u_, RP_CODE)
#define OWN(part) RP_PAIR(part, RP_CODE)
#define TRUE(x) RP_PAIR(not_equal, RP_CODE)(x, RP_JOIN(rp_zero_, RP_CODE))
#define ROW(r) ((const U *)(const void *)(from + (ptrdiff_t)(r) * step))

/* How many elements stand, for certain, before the first one whose truth is `wanted`; n: there is none. Strips let the
 * compiler vectorise between two looks at the answer; they grow, since most often the first few elements decide. */
RP_INLINE size_t OWN(seek)(const U *x, size_t n, uint8_t wanted, size_t longest)
{
    if (n && TRUE(x[0]) == wanted) return 0;
    for (size_t i = 0, end, strip = RP_FIRST_STRIP; i < n; i = end) {
        uint8_t found = 0;
        end = n - i < strip ? n : i + strip;
        for (size_t k = i; k < end; k++) found |= TRUE(x[k]) == wanted;
        if (found) return i;
        strip = strip < longest ? 2 * strip : longest;
    }
    return n;
}

/* `wanted` ends the search: 1 for any, 0 for all. */
RP_INLINE void OWN(truth_row)(const rp_call *call, bool wanted)
{
    const char *from = call->ptr[1];
    const ptrdiff_t step = call->outer[1];
    for (size_t row = 0; row < call->m; row++) {
        const bool found = OWN(seek)(ROW(row), call->n, wanted, RP_LONGEST_STRIP) < call->n;
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

#undef U
#undef OWN
#undef TRUE
#undef ROW
