/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the complex mathematical functions, once for all of them in each instruction set: RP_LANES elements become
 * two vectors of float64, real and imaginary parts; the function is called with V_BLOCK of those.
 */
#ifndef RP_MATH_COMPLEX_LOOPS_H
#define RP_MATH_COMPLEX_LOOPS_H

#include "kernels/math/complex_words.h"
#include "kernels/map.h"

V size_t rp_complex_size(bool single) { return single ? sizeof(rp_complex64) : sizeof(rp_complex128); }

/* RP_LANES elements. */
V void rp_complex_load(rp_vc *z, const char *x, bool single)
{
    const char *second = x + RP_LANES * rp_complex_size(single) / 2;
    const rp_vd a = single ? v_load_f32(x) : v_load(x), b = single ? v_load_f32(second) : v_load(second);
    z->re = v_evens(a, b);
    z->im = v_odds(a, b);
}

V void rp_complex_store(char *to, const rp_vc *z, bool single)
{
    char *second = to + RP_LANES * rp_complex_size(single) / 2;
    const rp_vd a = v_lower(z->re, z->im), b = v_upper(z->re, z->im);
    if (single) {
        v_store_f32(to, a);
        v_store_f32(second, b);
    } else {
        v_store(to, a);
        v_store(second, b);
    }
}

/* Of 2 RP_LANES numbers the first 2 n, as those in one vector and those in the next. */
V size_t rp_complex_first(size_t n) { return 2 * n < RP_LANES ? 2 * n : RP_LANES; }

/* Fewer than RP_LANES elements, ones beside them. */
RP_SHARED void rp_complex_load_some(rp_vc *z, const char *x, size_t n, bool single)
{
    const size_t first = rp_complex_first(n), second = 2 * n - first;
    const char *rest = x + RP_LANES * rp_complex_size(single) / 2;
    const rp_vd a = single ? v_load_f32_some(x, first) : v_load_some(x, first);
    const rp_vd b = single ? v_load_f32_some(rest, second) : v_load_some(rest, second);
    z->re = v_evens(a, b);
    z->im = v_odds(a, b);
}

RP_SHARED void rp_complex_store_some(char *to, const rp_vc *z, size_t n, bool single)
{
    const size_t first = rp_complex_first(n), second = 2 * n - first;
    char *rest = to + RP_LANES * rp_complex_size(single) / 2;
    const rp_vd a = v_lower(z->re, z->im), b = v_upper(z->re, z->im);
    if (single) {
        v_store_f32_some(to, a, first);
        v_store_f32_some(rest, b, second);
    } else {
        v_store_some(to, a, first);
        v_store_some(rest, b, second);
    }
}

/* `elements`, V_BLOCK vectors at most: how many vectors they make. */
V size_t rp_complex_load_block(rp_vc *z, const char *x, size_t elements, bool single)
{
    const size_t whole = elements / RP_LANES, rest = elements % RP_LANES, step = RP_LANES * rp_complex_size(single);
    V_EACH(k, whole) rp_complex_load(z + k, x + k * step, single);
    if (rest) rp_complex_load_some(z + whole, x + whole * step, rest, single);
    return whole + (rest != 0);
}

V void rp_complex_store_block(char *to, const rp_vc *z, size_t elements, bool single)
{
    const size_t whole = elements / RP_LANES, rest = elements % RP_LANES, step = RP_LANES * rp_complex_size(single);
    V_EACH(k, whole) rp_complex_store(to + k * step, z + k, single);
    if (rest) rp_complex_store_some(to + whole * step, z + whole, rest, single);
}

/* One element in every lane of all vectors. */
RP_SHARED void rp_complex_load_one(rp_vc *z, const char *x, bool single)
{
    rp_complex_load_some(z, x, 1, single);
    const rp_vc one = {v_set(z->re[0]), v_set(z->im[0])};
    V_EACH(k, V_BLOCK) z[k] = one;
}

/* Each kernel names its function, and these go where they are told: one copy of the loop for all. */
RP_SHARED void rp_complex_v(const rp_call *call, void (*f)(rp_vc *, size_t), bool single)
{
    const size_t size = rp_complex_size(single), most = V_BLOCK * RP_LANES;
    rp_vc values[V_BLOCK];
    for (size_t row = 0; row < call->m; row++) {
        char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        for (size_t i = 0; i < call->n; i += most) {
            const size_t elements = call->n - i < most ? call->n - i : most;
            f(values, rp_complex_load_block(values, x + i * size, elements, single));
            rp_complex_store_block(z + i * size, values, elements, single);
        }
    }
}

/* An operand that is no vector is one number for the row. */
RP_SHARED void rp_complex_vv(const rp_call *call, void (*f)(rp_vc *, const rp_vc *, size_t), bool single, bool x_vector,
                             bool y_vector)
{
    const size_t size = rp_complex_size(single), most = V_BLOCK * RP_LANES;
    rp_vc values[V_BLOCK], others[V_BLOCK], one_x[V_BLOCK];
    for (size_t row = 0; row < call->m; row++) {
        char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        const char *y = call->ptr[2] + (ptrdiff_t)row * call->outer[2];
        rp_complex_load_one(one_x, x, single);
        rp_complex_load_one(others, y, single);
        for (size_t i = 0; i < call->n; i += most) {
            const size_t elements = call->n - i < most ? call->n - i : most;
            if (x_vector)
                rp_complex_load_block(values, x + i * size, elements, single);
            else
                memcpy(values, one_x, sizeof values);
            if (y_vector) rp_complex_load_block(others, y + i * size, elements, single);
            f(values, others, (elements + RP_LANES - 1) / RP_LANES);
            rp_complex_store_block(z + i * size, values, elements, single);
        }
    }
}

#endif
