/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops, written once. Included by map.h once for each pair of operand and result type, RP_IN and
 * RP_OUT; a kernel is one of these loops with a function of ops.def, which the compiler inlines and vectorises.
 * `ivdep` holds: the output is an input exactly, or apart from it. RP_FOR counts i up to
 * n and stores the result, which names RP_AT(x, 1), element i of operand 1, x.
 */
#define RP_PASTE_(a, b, c) a##_##b##_##c
#define RP_PASTE(a, b, c) RP_PASTE_(a, b, c)
#define RP_TYPE_(prefix, code) prefix##code
#define RP_TYPE(prefix, code) RP_TYPE_(prefix, code)
#define T RP_TYPE(rp_t_, RP_IN)
#define R RP_TYPE(rp_t_, RP_OUT)
#define TU RP_TYPE(rp_u_, RP_IN)
#define RU RP_TYPE(rp_u_, RP_OUT)
#define READ RP_TYPE(rp_read_, RP_IN)

#define RP_OPERAND(call, k) ((const TU *)(void *)((call)->ptr[k] + (ptrdiff_t)row * (call)->outer[k]))
#define RP_ROWS(call, body)                                                                 \
    for (size_t row = 0; row < (call)->m; row++) {                                          \
        RU *z = (RU *)(void *)((call)->ptr[0] + (ptrdiff_t)row * (call)->outer[0]);         \
        body                                                                                \
    }

RP_INLINE void RP_PASTE(map_v, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, 1);
        RP_FOR_ONE(x, f(READ(RP_AT(x, 1))))
    })
}

/* first, second: which operands of the call x and y are. */
RP_INLINE void RP_PASTE(map_vv, RP_IN, RP_OUT)(const rp_call *call, int first, int second, R (*f)(T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, first);
        const TU *y = RP_OPERAND(call, second);
        RP_FOR((RP_FETCH(x), RP_FETCH(y)), f(READ(RP_AT(x, first)), READ(RP_AT(y, second))))
    })
}

RP_INLINE void RP_PASTE(map_vs, RP_IN, RP_OUT)(const rp_call *call, int first, int second, R (*f)(T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, first);
        const T scalar = READ(*RP_OPERAND(call, second));
        RP_FOR_ONE(x, f(READ(RP_AT(x, first)), scalar))
    })
}

RP_INLINE void RP_PASTE(map_sv, RP_IN, RP_OUT)(const rp_call *call, int first, int second, R (*f)(T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *y = RP_OPERAND(call, second);
        const T scalar = READ(*RP_OPERAND(call, first));
        RP_FOR_ONE(y, f(scalar, READ(RP_AT(y, second))))
    })
}

RP_INLINE void RP_PASTE(map_vvv, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, 1);
        const TU *y = RP_OPERAND(call, 2);
        const TU *w = RP_OPERAND(call, 3);
        RP_FOR((RP_FETCH(x), RP_FETCH(y), RP_FETCH(w)), f(READ(RP_AT(x, 1)), READ(RP_AT(y, 2)), READ(RP_AT(w, 3))))
    })
}

RP_INLINE void RP_PASTE(map_vvs, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, 1);
        const TU *y = RP_OPERAND(call, 2);
        const TU *w = RP_OPERAND(call, 3);
        const T number_w = READ(*w);
        RP_FOR((RP_FETCH(x), RP_FETCH(y)), f(READ(RP_AT(x, 1)), READ(RP_AT(y, 2)), number_w))
    })
}

RP_INLINE void RP_PASTE(map_vsv, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, 1);
        const TU *y = RP_OPERAND(call, 2);
        const TU *w = RP_OPERAND(call, 3);
        const T number_y = READ(*y);
        RP_FOR((RP_FETCH(x), RP_FETCH(w)), f(READ(RP_AT(x, 1)), number_y, READ(RP_AT(w, 3))))
    })
}

RP_INLINE void RP_PASTE(map_vss, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, {
        const TU *x = RP_OPERAND(call, 1);
        const TU *y = RP_OPERAND(call, 2);
        const TU *w = RP_OPERAND(call, 3);
        const T number_y = READ(*y);
        const T number_w = READ(*w);
        RP_FOR(RP_FETCH(x), f(READ(RP_AT(x, 1)), number_y, number_w))
    })
}

#undef RP_PASTE_
#undef RP_PASTE
#undef RP_TYPE_
#undef RP_TYPE
#undef T
#undef R
#undef TU
#undef RU
#undef READ
#undef RP_OPERAND
#undef RP_ROWS
#undef RP_IN
#undef RP_OUT
