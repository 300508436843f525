/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops, written once. Included by map.h once for each pair of operand and result type, RP_IN and
 * RP_OUT; a kernel is one of these loops with a function of ops.def, which the compiler inlines and vectorises.
 * `ivdep` holds: the output is an input exactly, or apart from it. RP_FOR counts i up to n;
 * RP_AT(x, 1) is element i of operand 1, x.
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

#define RP_ROWS(call, body)                                                                     \
    for (size_t row = 0; row < (call)->m; row++) {                                              \
        RU *z = (RU *)(void *)((call)->ptr[0] + (ptrdiff_t)row * (call)->outer[0]);             \
        const TU *x = (const TU *)(void *)((call)->ptr[1] + (ptrdiff_t)row * (call)->outer[1]); \
        body                                                                                    \
    }
#define RP_ROWS2(call, body)                                                                        \
    RP_ROWS(call, {                                                                                 \
        const TU *y = (const TU *)(void *)((call)->ptr[2] + (ptrdiff_t)row * (call)->outer[2]);     \
        body                                                                                        \
    })

#define RP_ROWS3(call, body)                                                                        \
    RP_ROWS2(call, {                                                                                \
        const TU *w = (const TU *)(void *)((call)->ptr[3] + (ptrdiff_t)row * (call)->outer[3]);     \
        body                                                                                        \
    })

RP_INLINE void RP_PASTE(map_v, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS(call, { RP_FOR(RP_FETCH(x)) RP_AT(z, 0) = f(READ(RP_AT(x, 1))); })
}

RP_INLINE void RP_PASTE(map_vv, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS2(call, { RP_FOR((RP_FETCH(x), RP_FETCH(y))) RP_AT(z, 0) = f(READ(RP_AT(x, 1)), READ(RP_AT(y, 2))); })
}

RP_INLINE void RP_PASTE(map_vs, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS2(call, {
        const T scalar = READ(*y);
        RP_FOR(RP_FETCH(x)) RP_AT(z, 0) = f(READ(RP_AT(x, 1)), scalar);
    })
}

RP_INLINE void RP_PASTE(map_sv, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS2(call, {
        const T scalar = READ(*x);
        RP_FOR(RP_FETCH(y)) RP_AT(z, 0) = f(scalar, READ(RP_AT(y, 2)));
    })
}

RP_INLINE void RP_PASTE(map_vvv, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS3(call, {
        RP_FOR((RP_FETCH(x), RP_FETCH(y), RP_FETCH(w)))
        RP_AT(z, 0) = f(READ(RP_AT(x, 1)), READ(RP_AT(y, 2)), READ(RP_AT(w, 3)));
    })
}

RP_INLINE void RP_PASTE(map_vvs, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS3(call, {
        const T number_w = READ(*w);
        RP_FOR((RP_FETCH(x), RP_FETCH(y))) RP_AT(z, 0) = f(READ(RP_AT(x, 1)), READ(RP_AT(y, 2)), number_w);
    })
}

RP_INLINE void RP_PASTE(map_vsv, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS3(call, {
        const T number_y = READ(*y);
        RP_FOR((RP_FETCH(x), RP_FETCH(w))) RP_AT(z, 0) = f(READ(RP_AT(x, 1)), number_y, READ(RP_AT(w, 3)));
    })
}

RP_INLINE void RP_PASTE(map_vss, RP_IN, RP_OUT)(const rp_call *call, R (*f)(T, T, T))
{
    const size_t n = call->n;
    RP_STEPS(call)
    RP_ROWS3(call, {
        const T number_y = READ(*y);
        const T number_w = READ(*w);
        RP_FOR(RP_FETCH(x)) RP_AT(z, 0) = f(READ(RP_AT(x, 1)), number_y, number_w);
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
#undef RP_ROWS
#undef RP_ROWS2
#undef RP_ROWS3
#undef RP_IN
#undef RP_OUT
