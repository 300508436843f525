/* SPDX-License-Identifier: BSD-3-Clause
 *
 * float32 and float16 by float32 arithmetic, twice as many lanes as float64 has: for tiers with RP_VECTOR_WIDE.
 *
 *   rp_vsm v_<name>_wide(rp_vs x, rp_vs *result)   float32 (two operands: x, y)
 *   rp_vsm v_<name>_half(rp_vs x, rp_vs *result)   float16
 *
 * A wide form computes a result as the unrounded sum of two numbers, with an error below some 2^-33 of it; a half form as one
 * number. What they return says in which lanes that does not tell the nearest number (vs_round, vs_near_middle): these
 * are put aside, and v_<name>_single computes them, many at once. Both ways are right, so it does not matter which one
 * an element went. Of doubted lanes a form of two operands may make NaN where its own way leads nowhere: then v_<name>_rare,
 * if not NULL, computes these lanes, and says which of them it doubts.
 */
#ifndef RP_MATH_WIDE_H
#define RP_MATH_WIDE_H

#include "kernels/math/loops.h"

typedef struct rp_math_wide {
    rp_vsm (*one)(rp_vs x, rp_vs *result), (*two)(rp_vs x, rp_vs y, rp_vs *result);
    rp_vsm (*rare)(rp_vs x, rp_vs y, rp_math_store how, rp_vs *result);
} rp_math_wide;

typedef struct rp_math_exact {
    rp_vd (*one)(rp_vd x), (*two)(rp_vd x, rp_vd y);
} rp_math_exact;

#ifdef RP_VECTOR_WIDE

/* Up to here sin x, tan x, asin x, atan x, sinh x, tanh x, asinh x and atanh x are x. */
#define VS_TINY 0x1p-13f

/* ---- Numbers as pairs ---------------------------------------------------------------------------------------------- */

typedef struct rp_vss {
    rp_vs high, low;
} rp_vss;

/* base + high + low; |base| >= |high| or base == 0. */
V rp_vss vs_sum_to(rp_vs base, rp_vs high, rp_vs low)
{
    const rp_vs sum = base + high;
    return (rp_vss){sum, low + ((base - sum) + high)};
}

/* a x + b as the sum of the result and *rest, |a x| <= |b| or b == 0 */
V rp_vs vs_fma_rest(rp_vs a, rp_vs x, rp_vs b, rp_vs *rest)
{
    const rp_vs sum = vs_fma(a, x, b);
    *rest = vs_fma(a, x, b - sum);
    return sum;
}

/* over / under */
V rp_vss vs_divide(rp_vss over, rp_vss under)
{
    const rp_vs inverse = 1 / under.high, quotient = over.high * inverse;
    const rp_vs rest = vs_fnma(quotient, under.high, over.high) + over.low;
    return (rp_vss){quotient, vs_fnma(quotient, under.low, rest) * inverse};
}

V rp_vs vs_quadratic(rp_vs x, float c0, float c1, float c2)
{
    return vs_fma(vs_fma(x, vs_set(c2), vs_set(c1)), x, vs_set(c0));
}

V rp_vs vs_cubic(rp_vs x, float c0, float c1, float c2, float c3)
{
    return vs_fma(vs_fma(vs_fma(x, vs_set(c3), vs_set(c2)), x, vs_set(c1)), x, vs_set(c0));
}

/* c[0] + c[1] x + c[2] x^2 ... */
V rp_vs vs_horner(rp_vs x, const float *c, int count)
{
    rp_vs sum = vs_set(c[count - 1]);
#pragma GCC unroll 8
    for (int i = count - 2; i >= 0; i--) sum = vs_fma(sum, x, vs_set(c[i]));
    return sum;
}

/* Whether a number is in the middle of two float16 ones, by the 13 bits that float32 has more, or 2^-20 beside it. */
V rp_vsm vs_near_middle(rp_vs x) { return vs_without((rp_vsi)x + (0x1000 + 16), 0x1fff & -32); }

/* high + low, rounded to float32; true where an error of `error` times that may have changed the result. Not of NaN. */
V rp_vsm vs_round(rp_vss sum, float error, rp_vs *result)
{
    const rp_vs up = sum.high + vs_fma(sum.high, vs_set(error), sum.low);
    const rp_vs down = sum.high + vs_fma(sum.high, vs_set(-error), sum.low);
    *result = up;
    return vs_unequal(up, down);
}

/* high + rest, rounded to float32; rest is less than it is by `error`. True where an error of so much, up or down, may have
 * changed the result. */
V rp_vs vs_round_from_below(rp_vs high, rp_vs rest, rp_vs error, rp_vsm *doubt)
{
    const rp_vs sum = high + rest;
    *doubt = vs_unequal(sum, high + (rest + error * 2));
    return sum;
}

/* ---- Loops --------------------------------------------------------------------------------------------------------- */

/* Several vectors at once, as in rp_math_pair: four with AVX2, with which float16 functions of 1000 elements take 1.0 to 1.2
 * times as long by two, float32 ones as long (EPYC Milan guest, 2026-11-29). Elements are put aside until there are so many,
 * or the row ends: their operands and places in a block, which has as many elements as places can count. */
enum { RP_WIDE_VECTORS = RP_VECTOR_BYTES == 32 ? 4 : 2, RP_WIDE_STEP = RP_WIDE_VECTORS * RP_PAIR };
enum { RP_WIDE_ASIDE = 512, RP_WIDE_BLOCK = 1 << 30 };
typedef struct rp_math_aside {
    size_t count;
    float x[RP_WIDE_ASIDE + RP_PAIR], y[RP_WIDE_ASIDE + RP_PAIR];
    uint32_t at[RP_WIDE_ASIDE + RP_PAIR];
} rp_math_aside;

V size_t rp_math_wide_size(rp_math_store how) { return how == RP_MATH_F32 ? sizeof(float) : sizeof(uint16_t); }

V rp_vs rp_math_wide_load(const char *x, rp_math_store how) { return how == RP_MATH_F32 ? vs_load(x) : vs_load_f16(x); }

/* The first n numbers, up to a vector. */
V rp_vs rp_math_wide_load_some(const char *x, size_t n, rp_math_store how)
{
    if (n == RP_PAIR) return rp_math_wide_load(x, how);
    return how == RP_MATH_F32 ? vs_load_some(x, n) : vs_load_f16_some(x, n);
}

V void rp_math_wide_put(char *z, rp_vs result, rp_math_store how)
{
    if (how == RP_MATH_F32)
        vs_store(z, result);
    else
        vs_store_f16(z, result);
}

V void rp_math_wide_put_some(char *z, rp_vs result, size_t n, rp_math_store how)
{
    if (n == RP_PAIR)
        rp_math_wide_put(z, result, how);
    else if (how == RP_MATH_F32)
        vs_store_some(z, result, n);
    else
        vs_store_f16_some(z, result, n);
}

static __attribute__((noinline)) void rp_math_redo(rp_math_aside *aside, rp_math_exact f, char *z, rp_math_store how)
{
    float results[RP_WIDE_ASIDE + RP_PAIR];
    vs_store(aside->x + aside->count, vs_set(1));
    vs_store(aside->y + aside->count, vs_set(1));
    for (size_t i = 0; i < aside->count; i += RP_LANES) {
        const rp_vd x = v_load_f32(aside->x + i), y = v_load_f32(aside->y + i);
        rp_math_put((char *)(results + i), f.one ? f.one(x) : f.two(x, y), how);
    }
    if (how == RP_MATH_F32) {
        for (size_t i = 0; i < aside->count; i++) memcpy(z + aside->at[i] * sizeof(float), results + i, sizeof(float));
        return;
    }
    uint16_t halves[RP_WIDE_ASIDE + RP_PAIR];
    rp_narrow_half((char *)halves, results, aside->count);
    for (size_t i = 0; i < aside->count; i++) memcpy(z + aside->at[i] * sizeof *halves, halves + i, sizeof *halves);
}

V void rp_math_put_aside(rp_math_aside *aside, rp_vsm doubt, rp_vs x, rp_vs y, size_t place, bool two)
{
    const rp_vsi places = vs_places(doubt, (int)place);
    vs_store(aside->x + aside->count, vs_compress(doubt, x));
    if (two) vs_store(aside->y + aside->count, vs_compress(doubt, y));
    memcpy(aside->at + aside->count, &places, sizeof places);
    aside->count += vs_count(doubt);
}

V void rp_math_doubted(rp_math_aside *aside, rp_math_wide f, rp_math_store how, rp_vsm doubt, rp_vs x, rp_vs y,
                       size_t place, rp_vs *result)
{
    if (f.rare && vs_any(doubt & vs_differ(*result, *result))) {
        rp_vs settled;
        const rp_vsm left = f.rare(x, y, how, &settled);
        *result = vs_select(doubt, settled, *result);
        doubt &= left;
    }
    rp_math_put_aside(aside, doubt, x, y, place, f.two != NULL);
}

/* Steps from vector to vector, in bytes. z may be x or y. */
V void rp_math_wide_block(const char *x, const char *y, char *z, size_t n, size_t x_step, size_t y_step, rp_math_wide f,
                          rp_math_exact exact, rp_math_store how)
{
    const size_t z_step = RP_PAIR * rp_math_wide_size(how), whole = n / RP_WIDE_STEP * RP_WIDE_STEP;
    const bool two = f.two != NULL;
    char *to = z;
    rp_math_aside aside;
    aside.count = 0;
    for (size_t i = 0; i < whole; i += RP_WIDE_STEP, x += RP_WIDE_VECTORS * x_step, y += RP_WIDE_VECTORS * y_step) {
        rp_vs results[RP_WIDE_VECTORS];
        rp_vsm doubts[RP_WIDE_VECTORS];
#pragma GCC unroll 4
        for (size_t k = 0; k < RP_WIDE_VECTORS; k++) {
            const rp_vs a = rp_math_wide_load(x + k * x_step, how);
            doubts[k] = two ? f.two(a, rp_math_wide_load(y + k * y_step, how), &results[k]) : f.one(a, &results[k]);
        }
        rp_vsm doubt = doubts[1];
#pragma GCC unroll 4
        for (size_t k = 2; k < RP_WIDE_VECTORS; k++) doubt = vs_or(doubt, doubts[k]);
        const bool any = __builtin_expect(vs_any_of(doubts[0], doubt), 0);
        for (size_t k = 0; any && k < RP_WIDE_VECTORS; k++) {
            const rp_vs a = rp_math_wide_load(x + k * x_step, how), b = rp_math_wide_load(y + k * y_step, how);
            rp_math_doubted(&aside, f, how, doubts[k], a, b, i + k * RP_PAIR, &results[k]);
        }
#pragma GCC unroll 4
        for (size_t k = 0; k < RP_WIDE_VECTORS; k++, to += z_step) rp_math_wide_put(to, results[k], how);
        if (__builtin_expect(aside.count > RP_WIDE_ASIDE - RP_WIDE_STEP, 0)) {
            rp_math_redo(&aside, exact, z, how);
            aside.count = 0;
        }
    }
    for (size_t i = whole; i < n; i += RP_PAIR, x += x_step, y += y_step, to += z_step) {
        const size_t some = n - i < RP_PAIR ? n - i : RP_PAIR;
        const rp_vs a = rp_math_wide_load_some(x, some, how), b = two ? rp_math_wide_load_some(y, some, how) : a;
        rp_vs result;
        const rp_vsm doubt = (two ? f.two(a, b, &result) : f.one(a, &result)) & vs_first(some);
        if (__builtin_expect(vs_any(doubt), 0)) rp_math_doubted(&aside, f, how, doubt, a, b, i, &result);
        rp_math_wide_put_some(to, result, some, how);
    }
    if (aside.count) rp_math_redo(&aside, exact, z, how);
}

typedef void (*rp_math_block)(const char *x, const char *y, char *z, size_t n, size_t x_step, size_t y_step);

/* A vector of the one number that an operand is. */
V void rp_math_fill(char *to, const char *x, size_t size)
{
    for (size_t i = 0; i < RP_PAIR; i++) memcpy(to + i * size, x, size);
}

static __attribute__((noinline)) void rp_math_widely(const rp_call *call, rp_math_block block, size_t size, bool two,
                                                     bool x_vector, bool y_vector)
{
    const size_t step = RP_PAIR * size, x_step = x_vector ? step : 0, y_step = y_vector ? step : 0;
    for (size_t row = 0; row < call->m; row++) {
        char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        const char *y = two ? call->ptr[2] + (ptrdiff_t)row * call->outer[2] : x;
        char full_x[RP_PAIR_BYTES], full_y[RP_PAIR_BYTES];
        if (!x_vector) rp_math_fill(full_x, x, size), x = full_x;
        if (!y_vector) rp_math_fill(full_y, y, size), y = full_y;
        for (size_t left = call->n; left;) {
            const size_t n = left < RP_WIDE_BLOCK ? left : RP_WIDE_BLOCK;
            block(x, y, z, n, x_step, y_step);
            x += n / RP_PAIR * x_step, y += n / RP_PAIR * y_step, z += n * size, left -= n;
        }
    }
}

#endif
#endif
