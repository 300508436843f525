/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows PARTS of ops.def: complex numbers in vectors of their parts as they lie in memory: re, im, re, im and so on. Of
 * the row's expression the compiler makes vectors of real parts and vectors of imaginary ones, and that sorting takes longer
 * than the arithmetic. divide sorts too, but into an order for which one or two instructions are enough. The bits are the
 * expression's, f, by which the last elements of a row go. Included by map.h once for each complex type, RP_IN, with the type
 * of its parts, RP_OUT, RP_PARTS of them in a vector, and the least and the largest sum of squares, RP_LOW and RP_HIGH, of
 * which w_complex_abs takes the root as it is.
 */
#define RP_PASTE_(name, code) parts_##name##_##code
#define RP_PASTE(name, code) RP_PASTE_(name, code)
#define RP_TYPE_(prefix, code) prefix##code
#define RP_TYPE(prefix, code) RP_TYPE_(prefix, code)
#define NAME(name) RP_PASTE(name, RP_IN)
#define PAIRS(x, y) RP_TYPE(RP_PAIRS_, RP_PARTS)(x, y)
#define EVENS_AND_ODDS RP_TYPE(RP_EVENS_AND_ODDS_, RP_PARTS)
#define T RP_TYPE(rp_t_, RP_IN)
#define TU RP_TYPE(rp_u_, RP_IN)
#define R RP_TYPE(rp_t_, RP_OUT)
#define RU RP_TYPE(rp_u_, RP_OUT)
#define P NAME(vector)
#define B NAME(bits)
#define OPERAND(k) ((const TU *)(void *)(call->ptr[k] + (ptrdiff_t)row * call->outer[k]))

typedef R P __attribute__((vector_size(RP_VECTOR_BYTES)));
typedef __typeof__(__builtin_choose_expr(sizeof(R) == 4, (int32_t)0, (int64_t)0)) B
    __attribute__((vector_size(RP_VECTOR_BYTES)));
enum { NAME(step) = RP_PARTS / 2, NAME(block) = 2 * RP_PARTS };

RP_INLINE P NAME(load)(const TU *x)
{
    P parts;
    memcpy(&parts, x, sizeof parts);
    return parts;
}

RP_INLINE P NAME(repeat)(R re, R im)
{
    P parts;
    for (int i = 0; i < RP_PARTS; i++) parts[i] = i % 2 ? im : re;
    return parts;
}

/* re re - im im, re im + im re: each product is rounded, and their sum. */
RP_INLINE P NAME(product)(P a, P b)
{
    const B sign = (B)NAME(repeat)((R)-0.0, 0);
    const P crossed = __builtin_shufflevector(a, a, PAIRS(1, 0)) * __builtin_shufflevector(b, b, PAIRS(1, 1));
    return a * __builtin_shufflevector(b, b, PAIRS(0, 0)) + (P)((B)crossed ^ sign);
}

/* re re + im im, twice */
RP_INLINE P NAME(sums_of_squares)(P a)
{
    const P squares = a * a;
    return squares + __builtin_shufflevector(squares, squares, PAIRS(1, 0));
}

RP_INLINE P NAME(square)(P a) { return NAME(product)(a, a); }
RP_INLINE P NAME(conj)(P a) { return (P)((B)a ^ (B)NAME(repeat)(0, (R)-0.0)); }

RP_INLINE void NAME(each)(const rp_call *call, T (*f)(T), P (*of_parts)(P))
{
    for (size_t row = 0; row < call->m; row++) {
        TU *z = (TU *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);
        const TU *x = OPERAND(1);
        for (size_t steps = call->n / NAME(step); steps; steps--, x += NAME(step), z += NAME(step)) {
            const P parts = of_parts(NAME(load)(x));
            memcpy(z, &parts, sizeof parts);
        }
        for (size_t i = 0; i < call->n % NAME(step); i++) z[i] = f(x[i]);
    }
}
RP_INLINE void NAME(square_v)(const rp_call *call, T (*f)(T)) { NAME(each)(call, f, NAME(square)); }
RP_INLINE void NAME(conj_v)(const rp_call *call, T (*f)(T)) { NAME(each)(call, f, NAME(conj)); }

RP_INLINE void NAME(multiply_vv)(const rp_call *call, T (*f)(T, T))
{
    for (size_t row = 0; row < call->m; row++) {
        TU *z = (TU *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);
        const TU *x = OPERAND(1), *y = OPERAND(2);
        for (size_t steps = call->n / NAME(step); steps; steps--) {
            const P product = NAME(product)(NAME(load)(x), NAME(load)(y));
            memcpy(z, &product, sizeof product);
            x += NAME(step);
            y += NAME(step);
            z += NAME(step);
        }
        for (size_t i = 0; i < call->n % NAME(step); i++) z[i] = f(x[i], y[i]);
    }
}

/* first, second: which operands of the call x, the vector, and y are. */
RP_INLINE void NAME(multiply_by)(const rp_call *call, int first, int second, T (*f)(T, T))
{
    for (size_t row = 0; row < call->m; row++) {
        TU *z = (TU *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);
        const TU *x = OPERAND(first);
        const T y = *OPERAND(second);
        const P b = NAME(repeat)(y.re, y.im);
        for (size_t steps = call->n / NAME(step); steps; steps--, x += NAME(step), z += NAME(step)) {
            const P product = NAME(product)(NAME(load)(x), b);
            memcpy(z, &product, sizeof product);
        }
        for (size_t i = 0; i < call->n % NAME(step); i++) z[i] = f(x[i], y);
    }
}
RP_INLINE void NAME(multiply_vs)(const rp_call *call, T (*f)(T, T)) { NAME(multiply_by)(call, 1, 2, f); }
RP_INLINE void NAME(multiply_sv)(const rp_call *call, T (*f)(T, T)) { NAME(multiply_by)(call, 2, 1, f); }

/* Real parts and imaginary ones of two vectors, in an order of their own; and back. */
typedef struct NAME(sorted) {
    P re, im;
} NAME(sorted);
RP_INLINE NAME(sorted) NAME(sort)(P a, P b)
{
    return (NAME(sorted)){__builtin_shufflevector(a, b, PAIRS(0, RP_PARTS)),
                          __builtin_shufflevector(a, b, PAIRS(1, RP_PARTS + 1))};
}
RP_INLINE P NAME(pick)(B first, P a, P b) { return (P)(((B)a & first) | ((B)b & ~first)); }

/* w_complex_divide */
RP_INLINE NAME(sorted) NAME(quotient)(NAME(sorted) x, NAME(sorted) y)
{
    const B sign = (B)NAME(repeat)((R)-0.0, (R)-0.0);
    const P re = (P)((B)y.re & ~sign), im = (P)((B)y.im & ~sign);
    const B wide = re >= im, none = re + im == 0;
    const P large = NAME(pick)(wide, y.re, y.im), small = NAME(pick)(wide, y.im, y.re);
    const P a = NAME(pick)(wide, x.re, x.im), b = NAME(pick)(wide, x.im, x.re);
    const P ratio = small / large, scale = 1 / NAME(pick)(none, re, large + small * ratio);
    const P p = a * ratio, u = NAME(pick)(wide, b, p), v = NAME(pick)(wide, p, b);
    return (NAME(sorted)){NAME(pick)(none, x.re, a + b * ratio) * scale,
                          NAME(pick)(none, x.im, u + (P)((B)v ^ sign)) * scale};
}

RP_INLINE void NAME(divide)(const rp_call *call, bool x_vector, bool y_vector, T (*f)(T, T))
{
    for (size_t row = 0; row < call->m; row++) {
        TU *z = (TU *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);
        const TU *x = OPERAND(1), *y = OPERAND(2);
        const T one_x = *x, one_y = *y;
        NAME(sorted) a = {NAME(repeat)(one_x.re, one_x.re), NAME(repeat)(one_x.im, one_x.im)};
        NAME(sorted) b = {NAME(repeat)(one_y.re, one_y.re), NAME(repeat)(one_y.im, one_y.im)};
        size_t i = 0;
        for (; i + 2 * NAME(step) <= call->n; i += 2 * NAME(step)) {
            if (x_vector) a = NAME(sort)(NAME(load)(x + i), NAME(load)(x + i + NAME(step)));
            if (y_vector) b = NAME(sort)(NAME(load)(y + i), NAME(load)(y + i + NAME(step)));
            const NAME(sorted) quotient = NAME(quotient)(a, b), parts = NAME(sort)(quotient.re, quotient.im);
            memcpy(z + i, &parts.re, sizeof parts.re);
            memcpy(z + i + NAME(step), &parts.im, sizeof parts.im);
        }
        for (; i < call->n; i++) z[i] = f(x_vector ? x[i] : one_x, y_vector ? y[i] : one_y);
    }
}
RP_INLINE void NAME(divide_vv)(const rp_call *call, T (*f)(T, T)) { NAME(divide)(call, true, true, f); }
RP_INLINE void NAME(divide_vs)(const rp_call *call, T (*f)(T, T)) { NAME(divide)(call, true, false, f); }
RP_INLINE void NAME(divide_sv)(const rp_call *call, T (*f)(T, T)) { NAME(divide)(call, false, true, f); }

/* By blocks: one in which a sum is out of range goes by the expression. */
RP_INLINE void NAME(abs_v)(const rp_call *call, R (*f)(T))
{
    for (size_t row = 0; row < call->m; row++) {
        RU *z = (RU *)(void *)(call->ptr[0] + (ptrdiff_t)row * call->outer[0]);
        const TU *x = OPERAND(1);
        for (size_t blocks = call->n / NAME(block); blocks; blocks--, x += NAME(block), z += NAME(block)) {
            R sums[NAME(block)];
            B inside = ~(B){0};
            for (int i = 0; i < NAME(block); i += RP_PARTS) {
                const P a = NAME(sums_of_squares)(NAME(load)(x + i));
                const P b = NAME(sums_of_squares)(NAME(load)(x + i + NAME(step)));
                const P mixed = __builtin_shufflevector(a, b, PAIRS(0, RP_PARTS + 1));
                const P sorted = __builtin_shufflevector(mixed, mixed, EVENS_AND_ODDS);
                inside &= (mixed >= (R)RP_LOW) & (mixed <= (R)RP_HIGH);
                memcpy(sums + i, &sorted, sizeof sorted);
            }
            int64_t words[RP_VECTOR_BYTES / 8], all = -1;
            memcpy(words, &inside, sizeof words);
            for (int i = 0; i < RP_VECTOR_BYTES / 8; i++) all &= words[i];
            if (all != -1) {
                RP_VECTORISE
                for (int i = 0; i < NAME(block); i++) z[i] = f(x[i]);
            } else {
                RP_VECTORISE
                for (int i = 0; i < NAME(block); i++) z[i] = w_sqrt(sums[i]);
            }
        }
        for (size_t i = 0; i < call->n % NAME(block); i++) z[i] = f(x[i]);
    }
}

#undef RP_PASTE_
#undef RP_PASTE
#undef RP_TYPE_
#undef RP_TYPE
#undef NAME
#undef PAIRS
#undef EVENS_AND_ODDS
#undef T
#undef TU
#undef R
#undef RU
#undef P
#undef B
#undef OPERAND
#undef RP_IN
#undef RP_OUT
#undef RP_PARTS
#undef RP_LOW
#undef RP_HIGH
