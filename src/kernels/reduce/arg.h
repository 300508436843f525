/* SPDX-License-Identifier: BSD-3-Clause
 *
 * argmin and argmax of numbers: the strip with the best value; then where in that strip it stands first. Included once
 * for each operation and type:
 *   RP_OP, RP_BEST, RP_CODE   argmin, min, f32
 *   RP_BETTER                 less: the operation that tells whether one element takes another's place
 *   RP_AS_GOOD, RP_IS_BETTER  <= and <, of vectors; not for complex types, which have none
 */
#define T RP_JOIN(rp_t_, RP_CODE)
#define U RP_JOIN(rp_u_, RP_CODE)
#define V RP_JOIN(rp_vector_, RP_CODE)
#define OWN(part) RP_NAME(RP_OP, part, RP_CODE)
#define BEST(part) RP_NAME(RP_BEST, part, RP_CODE)
#define BETTER(x, y) RP_PAIR(RP_BETTER, RP_CODE)(x, y)
#define EQUAL(x, y) RP_PAIR(equal, RP_CODE)(x, y)
#define IS_NAN(x) RP_PAIR(not_equal, RP_CODE)(x, x)
#define ARE_NAN(v) ((v) != (v))
#ifdef RP_FLOATING
#define EITHER_NAN(v, w) RP_PAIR(rp_unordered, RP_CODE)(v, w)
#else
#define EITHER_NAN(v, w) ((rp_mask_i8){0})
#endif

/* strip: the best of n elements, or `best` where none is better; look: likely none is.
 * skip: how many elements stand, for certain, before the first that is `best` or a NaN. */
#ifdef RP_AS_GOOD
#define LANES ((int)(RP_WIDE_BYTES / sizeof(T)))
#define VECTORS ((int)(RP_WIDE_BYTES / sizeof(V)))
#define WIDTH ((int)(sizeof(V) / sizeof(T)))
/* One comparison an element tells whether any is better, or a NaN; few strips hold one, and only those are folded. */
RP_INLINE void OWN(strip)(T *z, const U *x, size_t n, T best, bool look)
{
    const size_t whole = n / LANES * LANES;
    const V start = (V){0} + best;
    rp_mask_i8 better[VECTORS] = {{0}};
    for (size_t i = 0; look && i < whole; i += LANES) {
        _Pragma("GCC unroll 32") for (int k = 0; k < VECTORS; k++)
        {
            V v;
            memcpy(&v, x + i + k * WIDTH, sizeof v);
            better[k] |= ~(rp_mask_i8)(start RP_AS_GOOD v);
        }
    }
    _Pragma("GCC unroll 32") for (int k = 1; k < VECTORS; k++) better[0] |= better[k];
    const bool fold = !look || rp_mask_any(better[0]);
    *z = best;
    if (!fold && whole == n) return;
    V lanes[VECTORS];
    _Pragma("GCC unroll 32") for (int k = 0; k < VECTORS; k++) lanes[k] = start;
    if (fold) BEST(join)(lanes, x, whole);
    BEST(fold)(z, lanes, x + whole, n - whole, best, 1);
}

RP_INLINE size_t OWN(skip)(const U *x, size_t n, T best)
{
    const V wanted = (V){0} + best;
    size_t i = 0;
    for (rp_mask_i8 found = {0}; i + LANES <= n; i += LANES) {
        _Pragma("GCC unroll 32") for (int k = 0; k < VECTORS; k++)
        {
            V v;
            memcpy(&v, x + i + k * WIDTH, sizeof v);
            found |= (rp_mask_i8)((v == wanted) | ARE_NAN(v));
        }
        if (rp_mask_any(found)) break;
    }
    for (; i + WIDTH <= n; i += WIDTH) {
        V v;
        memcpy(&v, x + i, sizeof v);
        const rp_mask_i8 found = (rp_mask_i8)((v == wanted) | ARE_NAN(v));
        if (rp_mask_any(found)) return i + rp_mask_first(found) / sizeof(T);
    }
    return i;
}
#undef LANES
#undef WIDTH
#undef VECTORS
#else
RP_INLINE void OWN(strip)(T *z, const U *x, size_t n, T best, bool look)
{
    (void)best, (void)look;
    BEST(value)(z, x, n);
}

RP_INLINE size_t OWN(skip)(const U *x, size_t n, T best)
{
    (void)x, (void)n, (void)best;
    return 0;
}
#endif

static int64_t OWN(in_short_row)(const U *x, size_t n)
{
    T best = x[0];
    int64_t index = 0;
    for (size_t i = 1; i < n; i++) {
        const uint8_t take = (BETTER(x[i], best) | IS_NAN(x[i])) & EQUAL(best, best);
        best = take ? x[i] : best;
        index = take ? (int64_t)i : index;
    }
    return index;
}

#ifdef RP_AS_GOOD
/* In a row of some vectors; -1: it is not such a row, or holds a NaN. A lane has its best element so far and which vector it
 * came from: the first that is so good. */
RP_INLINE int64_t OWN(in_medium_row)(const U *x, size_t n)
{
    enum { WIDTH = sizeof(V) / sizeof(T), CHAINS = 4, STEP = CHAINS * WIDTH, MOST = 128 / CHAINS * STEP };
    if (n < STEP || n > MOST) return -1; /* the vectors are counted in lanes of a byte, too */
    V best[CHAINS], place[CHAINS], now = {0};
    /* One by one: GCC 12 would copy the four through memory, by halves of vectors, and loads of what two stores wrote wait. */
    _Pragma("GCC unroll 4") for (int k = 0; k < CHAINS; k++)
    {
        memcpy(&best[k], x + k * WIDTH, sizeof best[k]);
        place[k] = now;
    }
    rp_mask_i8 nan = EITHER_NAN(best[0], best[1]) | EITHER_NAN(best[2], best[3]);
    for (size_t i = STEP; i < n; i += STEP) {
        /* The last vectors again with some elements before them, which change nothing. */
        const U *from = x + (i + STEP <= n ? i : n - STEP);
        now += CHAINS;
        _Pragma("GCC unroll 2") for (int k = 0; k < CHAINS; k += 2)
        {
            V v, w;
            memcpy(&v, from + k * WIDTH, sizeof v);
            memcpy(&w, from + (k + 1) * WIDTH, sizeof w);
            const rp_mask_i8 take_v = (rp_mask_i8)(v RP_IS_BETTER best[k]);
            const rp_mask_i8 take_w = (rp_mask_i8)(w RP_IS_BETTER best[k + 1]);
            nan |= EITHER_NAN(v, w);
            best[k] = RP_SELECT(take_v, v, best[k]);
            place[k] = RP_SELECT(take_v, now, place[k]);
            best[k + 1] = RP_SELECT(take_w, w, best[k + 1]);
            place[k + 1] = RP_SELECT(take_w, now, place[k + 1]);
        }
    }
    if (rp_mask_any(nan)) return -1;
    _Pragma("GCC unroll 4") for (int k = 0; k < CHAINS; k++) place[k] += (T)k;
    _Pragma("GCC unroll 2") for (int w = CHAINS / 2; w > 0; w /= 2)
    {
        _Pragma("GCC unroll 2") for (int k = 0; k < w; k++)
        {
            const rp_mask_i8 first = (rp_mask_i8)(best[k] == best[k + w]) & (rp_mask_i8)(place[k + w] < place[k]);
            const rp_mask_i8 take = (rp_mask_i8)(best[k + w] RP_IS_BETTER best[k]) | first;
            best[k] = RP_SELECT(take, best[k + w], best[k]);
            place[k] = RP_SELECT(take, place[k + w], place[k]);
        }
    }
    T value[WIDTH], lane[WIDTH], vector[WIDTH];
    int first[WIDTH];
    memcpy(value, best, sizeof value);
    memcpy(lane, best, sizeof lane);
    memcpy(vector, place, sizeof vector);
    _Pragma("GCC unroll 8") for (int w = WIDTH / 2; w > 0; w /= 2)
    {
        _Pragma("GCC unroll 8") for (int l = 0; l < w; l++)
        {
            value[l] = BETTER(value[l + w], value[l]) ? value[l + w] : value[l];
        }
    }
    _Pragma("GCC unroll 8") for (int l = 0; l < WIDTH; l++)
    {
        first[l] = lane[l] == value[0] ? (int)vector[l] * WIDTH + l : MOST;
    }
    _Pragma("GCC unroll 8") for (int w = WIDTH / 2; w > 0; w /= 2)
    {
        _Pragma("GCC unroll 8") for (int l = 0; l < w; l++)
        {
            first[l] = first[l + w] < first[l] ? first[l + w] : first[l];
        }
    }
    const size_t last = (n - 1) / STEP * STEP; /* where the last vectors would begin */
    return (size_t)first[0] < last ? first[0] : first[0] - (int64_t)(last + STEP - n);
}
#endif

static int64_t OWN(in_row)(const U *x, size_t n)
{
    enum { STRIP = 8192 / sizeof(T) };
#ifdef RP_AS_GOOD
    const int64_t found = OWN(in_medium_row)(x, n);
    if (found >= 0) return found;
#endif
    T best = x[0], value;
    size_t index = 0;
    /* The first one is shorter, so that the others begin with a line. */
    size_t length = STRIP - (uintptr_t)x % 64 / sizeof(T);
    size_t i = 0;
    for (; i < n && !IS_NAN(best); i += length, length = STRIP) {
        OWN(strip)(&value, x + i, n - i < length ? n - i : length, best, i > 0);
        if (!BETTER(value, best) && !IS_NAN(value)) continue;
        best = value;
        index = i;
    }
    const uint8_t nan = IS_NAN(best);
    index += OWN(skip)(x + index, n - index, best);
    while (index < n && !(EQUAL(x[index], best) | (nan & IS_NAN(x[index])))) index++;
    return (int64_t)(index < n ? index : n - 1); /* another thread may have written over what was found */
}

/* Short rows, ROWS at a time: a lane is a row. The last ones again with some before them. Whether it did. Longer than MOST
 * they are faster one by one (one thread of a Xeon guest with AVX-512, 2026-11-28: even at 64 float64, 96 int32). */
RP_INLINE bool OWN(short_rows)(const rp_call *call)
{
    typedef RP_LANE_OF(T) lane;
    enum { ROWS = 16, MOST = sizeof(T) > 4 ? 48 : 96 };
    if (call->n > MOST || call->m < ROWS) return false;
    for (size_t next = 0; next < call->m; next += ROWS) {
        const size_t row = next + ROWS <= call->m ? next : call->m - ROWS;
        T best[ROWS];
        lane found[ROWS] = {0};
        const char *from = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        for (size_t i = 0; i < call->n; i++) {
            RP_VECTORISE
            for (size_t r = 0; r < ROWS; r++) {
                const T value = ((const U *)(const void *)(from + (ptrdiff_t)r * call->outer[1]))[i];
                const uint8_t take = i == 0 || ((BETTER(value, best[r]) | IS_NAN(value)) & EQUAL(best[r], best[r]));
                best[r] = take ? value : best[r];
                found[r] = take ? (lane)i : found[r];
            }
        }
        for (size_t r = 0; r < ROWS; r++) {
            const int64_t index = (int64_t)found[r];
            memcpy(call->ptr[0] + (ptrdiff_t)(row + r) * call->outer[0], &index, sizeof index);
        }
    }
    return true;
}

static void OWN(row)(const rp_call *call)
{
    enum { SHORT = 16 };
    if (OWN(short_rows)(call)) return;
    for (size_t row = 0; row < call->m; row++) {
        const U *x = (const U *)(void *)(call->ptr[1] + (ptrdiff_t)row * call->outer[1]);
        const int64_t index = call->n <= SHORT ? OWN(in_short_row)(x, call->n) : OWN(in_row)(x, call->n);
        memcpy(call->ptr[0] + (ptrdiff_t)row * call->outer[0], &index, sizeof index);
    }
}

#undef T
#undef U
#undef V
#undef OWN
#undef BEST
#undef BETTER
#undef EQUAL
#undef IS_NAN
#undef ARE_NAN
#undef EITHER_NAN
