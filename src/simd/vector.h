/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Vectors of float64, in which the mathematical functions are written once for every instruction set (src/kernels/math/).
 * A tier's header defines RP_LANES, and those words that it has instructions for; this one has the rest in plain C.
 *
 *   rp_vd, rp_vi     RP_LANES float64 numbers; as many 64-bit integers. + - * / & | ^ ~ << and (rp_vi)x, the bits of x, are
 *                    the compiler's; a number beside a vector stands for as many of it
 *   rp_vu            the same integers without a sign, for >>
 *   rp_vm            a truth for each lane: of v_less, v_less_equal, v_equal (false for NaN); & | ~ join them
 *   v_set(c)         the number c in every lane
 *   v_fma(a, b, c)   a * b + c, rounded once
 *   v_select(m, a, b), v_select_i(m, a, b)   a where m is true, else b
 *   v_any(m)         whether m is true in any lane
 *   v_table16(t, i)  t[i & 15], of sixteen numbers; v_table32(t, i)   t[i & 31]
 *   v_gather(t, i)   t[i]; v_gather_pair(t, i, &a, &b)   t[i] and t[i + 1]
 *   v_table16_pair(t, i, &a, &b), v_table32_pair   both numbers of pair i & 15, i & 31 of a table that V_PAIRS made
 *   v_at_most(x, c), v_at_least(x, c)   the smaller, the larger of x and c; a NaN stays
 *   v_smaller(a, b), v_larger(a, b)   of two vectors; b where one is NaN or both are equal
 *   v_load, v_store  any address; v_load_f32, v_store_f32: RP_LANES float32 numbers, the latter rounded
 *   v_load_some(from, n), v_store_some(to, x, n), v_load_f32_some, v_store_f32_some   the first n < RP_LANES alone; 1 in
 *                    the other lanes
 *   v_evens, v_odds(a, b)   of the 2 RP_LANES numbers of a and b each second one, from the first, from the second on
 *   v_lower, v_upper(a, b)  the same back: a's and b's numbers in turn, the first and the second half of them
 *   v_scale(x, k)    x * 2^k for whole k, |k| < 2200, rounded once where 2^-60 < |x| < 2^60; with RP_VECTOR_SCALE, of any x
 *
 *   rp_vs, rp_vsi, rp_vsu, rp_vsm   2 RP_LANES float32 numbers, 32-bit integers with and without a sign, truths
 *   vs_load, vs_store, vs_set, vs_abs, vs_less, vs_less_equal, vs_any   the same of these
 *   vs_load_some, vs_store_some   n < 2 RP_LANES
 *   vs_low(a, b)     the lower 32 bits of all lanes of two rp_vd, in whatever order
 *   vs_without(a, bits)   where a has none of the bits
 * Where RP_VECTOR_WIDE names a header, that has of float32 too:
 *   vs_fma, vs_select, vs_at_most, vs_at_least   as above
 *   vs_nearest(x, c, &count)   x times the number c, rounded to a whole number in whatever rounding mode; count: 3 * 2^22
 *                    added, the whole number in its low bits
 *   vs_no_smaller(x, c)   x, but where |x| is less than c / 2^25 a number of c's size
 *   vs_fnma(a, b, c)   c - a b; vs_or(m, n), vs_and_not(m, n)   of truths; vs_any_of(m, n)
 *   vs_differ(a, b), vs_unequal(a, b)   true and false for NaN; vs_equal; vs_not_less(a, b)   true for NaN
 *   vs_where(m, a)   a or 0
 *   vs_with_sign(x, from)   x, which is not negative, with the sign of `from`
 *   vs_table32(t, i)   t[i & 31]
 *   vs_rough_root_inverse(x)   1 / sqrt(x) to 14 bits
 *   vs_exponent, vs_fraction   x = 2^e m, 1 <= m < 2, without the sign; of what is not finite or is 0 one of them is
 *                    infinite or NaN; vs_split(x, &m, &e)   both, but m is NaN for x < 0
 *   vs_scale(x, k)   x 2^k, k rounded down, |k| < 252
 *   vs_log_special(x, result)   result, but the logarithm of x where x is no positive finite number
 *   vs_not_finite_or_zero(x), vs_subnormal(x)   truths; vs_within(x, first, count)   first <= x < first + count, of integers
 *   vs_load_f16, vs_store_f16   2 RP_LANES float16 numbers, rounded to the nearest; vs_load_f16_some, vs_store_f16_some
 *   vs_first(n)      the truth that is true in the first n lanes; vs_none: in none; vs_count(m): in how many m is
 *   vs_compress(m, x)   the lanes where m is true, one after another; vs_places(m, first)   first + their numbers
 *
 * Every word but vs_rough_root_inverse gives the same bits on every machine.
 */
#ifndef RP_SIMD_VECTOR_H
#define RP_SIMD_VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define V static inline __attribute__((always_inline))

#ifndef RP_LANES
#define RP_LANES 1
#endif

typedef double rp_vd __attribute__((vector_size(8 * RP_LANES)));
typedef int64_t rp_vi __attribute__((vector_size(8 * RP_LANES)));
typedef uint64_t rp_vu __attribute__((vector_size(8 * RP_LANES)));
typedef float rp_vf __attribute__((vector_size(4 * RP_LANES)));

typedef float rp_vs __attribute__((vector_size(8 * RP_LANES)));
typedef int32_t rp_vsi __attribute__((vector_size(8 * RP_LANES)));
typedef uint32_t rp_vsu __attribute__((vector_size(8 * RP_LANES)));

V rp_vd v_set(double c) { return c - (rp_vd){0}; }

V rp_vd v_load(const void *from)
{
    rp_vd x;
    memcpy(&x, from, sizeof x);
    return x;
}

V void v_store(void *to, rp_vd x) { memcpy(to, &x, sizeof x); }

#ifndef RP_VECTOR_WIDEN
V rp_vd v_load_f32(const void *from)
{
    rp_vf x;
    memcpy(&x, from, sizeof x);
    return __builtin_convertvector(x, rp_vd);
}
#endif

V void v_store_f32(void *to, rp_vd x)
{
    const rp_vf single = __builtin_convertvector(x, rp_vf);
    memcpy(to, &single, sizeof single);
}

#ifndef RP_VECTOR_SOME
V rp_vd v_load_some(const void *from, size_t n)
{
    rp_vd some = v_set(1);
    memcpy(&some, from, n * sizeof(double));
    return some;
}
V void v_store_some(void *to, rp_vd x, size_t n) { memcpy(to, &x, n * sizeof(double)); }
V rp_vd v_load_f32_some(const void *from, size_t n)
{
    float some[RP_LANES];
    for (int i = 0; i < RP_LANES; i++) some[i] = 1;
    memcpy(some, from, n * sizeof *some);
    return v_load_f32(some);
}
V void v_store_f32_some(void *to, rp_vd x, size_t n)
{
    const rp_vf single = __builtin_convertvector(x, rp_vf);
    memcpy(to, &single, n * sizeof(float));
}
#endif

#ifndef RP_VECTOR_MASKS
typedef rp_vi rp_vm;
V rp_vm v_less(rp_vd a, rp_vd b) { return a < b; }
V rp_vm v_less_equal(rp_vd a, rp_vd b) { return a <= b; }
V rp_vm v_equal(rp_vd a, rp_vd b) { return a == b; }
V rp_vm v_equal_i(rp_vi a, rp_vi b) { return a == b; }
V rp_vi v_select_i(rp_vm m, rp_vi a, rp_vi b) { return (m & a) | (~m & b); }
V rp_vd v_select(rp_vm m, rp_vd a, rp_vd b) { return (rp_vd)v_select_i(m, (rp_vi)a, (rp_vi)b); }
V bool v_any(rp_vm m)
{
    int64_t any = 0;
    for (int i = 0; i < RP_LANES; i++) any |= m[i];
    return any != 0;
}
#endif

#ifndef RP_VECTOR_FMA
V rp_vd v_fma(rp_vd a, rp_vd b, rp_vd c)
{
    rp_vd x = a;
    for (int i = 0; i < RP_LANES; i++) x[i] = __builtin_fma(a[i], b[i], c[i]);
    return x;
}
V rp_vd v_sqrt(rp_vd a)
{
    rp_vd x = a;
    for (int i = 0; i < RP_LANES; i++) x[i] = __builtin_sqrt(a[i]);
    return x;
}
#endif

#ifndef RP_VECTOR_GATHER
V rp_vd v_gather(const double *t, rp_vi i)
{
    rp_vd x = {0};
    for (int k = 0; k < RP_LANES; k++) x[k] = t[i[k]];
    return x;
}
#endif

#ifndef RP_VECTOR_PAIR
V void v_gather_pair(const double *t, rp_vi i, rp_vd *a, rp_vd *b)
{
    *a = v_gather(t, i);
    *b = v_gather(t + 1, i);
}
#endif

#ifndef RP_VECTOR_TABLE
V rp_vd v_table16(const double *t, rp_vi i) { return v_gather(t, i & 15); }
V rp_vd v_table32(const double *t, rp_vi i) { return v_gather(t, i & 31); }
#endif

/* A table of pairs (a, b): LIST(PAIR) is PAIR(a, b) for each. */
#define V_FIRST(a, b) a,
#define V_SECOND(a, b) b,
#define V_BOTH(a, b) a, b,
#ifdef RP_VECTOR_TABLE
#define V_PAIRS(LIST) {LIST(V_FIRST) LIST(V_SECOND)}
V void v_table16_pair(const double *t, rp_vi i, rp_vd *a, rp_vd *b)
{
    *a = v_table16(t, i);
    *b = v_table16(t + 16, i);
}
V void v_table32_pair(const double *t, rp_vi i, rp_vd *a, rp_vd *b)
{
    *a = v_table32(t, i);
    *b = v_table32(t + 32, i);
}
#else
#define V_PAIRS(LIST) {LIST(V_BOTH)}
V void v_table16_pair(const double *t, rp_vi i, rp_vd *a, rp_vd *b) { v_gather_pair(t, (i & 15) << 1, a, b); }
V void v_table32_pair(const double *t, rp_vi i, rp_vd *a, rp_vd *b) { v_gather_pair(t, (i & 31) << 1, a, b); }
#endif

#ifndef RP_VECTOR_CLAMP
V rp_vd v_at_most(rp_vd x, double most) { return v_select(v_less(v_set(most), x), v_set(most), x); }
V rp_vd v_smaller(rp_vd a, rp_vd b) { return v_select(v_less(a, b), a, b); }
V rp_vd v_larger(rp_vd a, rp_vd b) { return v_select(v_less(b, a), a, b); }
V rp_vd v_at_least(rp_vd x, double least) { return v_select(v_less(x, v_set(least)), v_set(least), x); }
#endif

/* The nearest whole number, |x| < 2^51; its two's complement stands in the low bits of v_whole_bits. */
#define RP_WHOLE 0x1.8p52
V rp_vi v_whole_bits(rp_vd x) { return (rp_vi)(x + RP_WHOLE); }

#ifndef RP_VECTOR_SCALE
/* 2^k in two factors, so that neither is out of range and the last product alone rounds. */
V rp_vd v_scale(rp_vd x, rp_vd k)
{
    const rp_vi whole = v_whole_bits(k), half = v_whole_bits(k * 0.5 - 0.25);
    /* The bits of RP_WHOLE end in 51 zeros: shifted, k alone is left, and wraps as it must. */
    const rp_vi low = (half + 1023) << 52, high = (whole - half + 1023) << 52;
    return x * (rp_vd)low * (rp_vd)high;
}
#endif

#if RP_LANES == 1
#define v_evens(a, b) (a)
#define v_odds(a, b) (b)
#define v_lower v_evens
#define v_upper v_odds
#elif RP_LANES == 2
#define v_evens(a, b) __builtin_shufflevector(a, b, 0, 2)
#define v_odds(a, b) __builtin_shufflevector(a, b, 1, 3)
#define v_lower v_evens
#define v_upper v_odds
#elif RP_LANES == 4
#define v_evens(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define v_odds(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define v_lower(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define v_upper(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define v_evens(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define v_odds(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define v_lower(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define v_upper(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#endif

V rp_vd v_abs(rp_vd x) { return (rp_vd)((rp_vi)x & INT64_MAX); }
V rp_vi v_sign(rp_vd x) { return (rp_vi)x & INT64_MIN; }

/* ---- float32 ---------------------------------------------------------------------------------------------- */

V rp_vs vs_set(float c) { return c - (rp_vs){0}; }
V rp_vs vs_abs(rp_vs x) { return (rp_vs)((rp_vsi)x & INT32_MAX); }

V rp_vs vs_load(const void *from)
{
    rp_vs x;
    memcpy(&x, from, sizeof x);
    return x;
}

V void vs_store(void *to, rp_vs x) { memcpy(to, &x, sizeof x); }

#ifndef RP_VECTOR_SOME
V rp_vs vs_load_some(const void *from, size_t n)
{
    rp_vs some = vs_set(1);
    memcpy(&some, from, n * sizeof(float));
    return some;
}
V void vs_store_some(void *to, rp_vs x, size_t n) { memcpy(to, &x, n * sizeof(float)); }
#endif

#ifndef RP_VECTOR_SINGLES
typedef rp_vsi rp_vsm;
V rp_vsm vs_less(rp_vs a, rp_vs b) { return a < b; }
V rp_vsm vs_less_equal(rp_vs a, rp_vs b) { return a <= b; }
V rp_vsm vs_without(rp_vsi a, int32_t bits) { return (a & bits) == 0; }
V bool vs_any(rp_vsm m)
{
    int32_t any = 0;
    for (int i = 0; i < 2 * RP_LANES; i++) any |= m[i];
    return any != 0;
}
V rp_vsi vs_low(rp_vd a, rp_vd b)
{
    rp_vsi low;
    for (int i = 0; i < RP_LANES; i++) {
        low[i] = (int32_t)((rp_vi)a)[i];
        low[RP_LANES + i] = (int32_t)((rp_vi)b)[i];
    }
    return low;
}
#endif

#ifdef RP_VECTOR_WIDE
#include RP_VECTOR_WIDE
#endif

#endif
