/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the mathematical functions share, in the words of simd/vector.h.
 */
#ifndef RP_MATH_WORDS_H
#define RP_MATH_WORDS_H

#include <float.h>
#include <math.h>

#include RP_SIMD_HEADER
#include "simd/vector.h"

/* Added to x where the result is 1 + x, or where another is taken for so small an x: products of subnormal numbers cost some hundred
 * cycles. */
#define V_TINY 0x1p-200

/* To the nearest whole number, |x| < 2^51. In another rounding mode of the caller's: to one of the two beside x. */
V rp_vd v_round(rp_vd x) { return (x + RP_WHOLE) - RP_WHOLE; }

/* 2^k, k whole, -1023 < k < 1024. */
V rp_vd v_power_of_two(rp_vd k) { return (rp_vd)((v_whole_bits(k) + 1023) << 52); }

/* c0 + c1 x + ..., two chains side by side so that the processor need not wait for each product. */
#define V_P1(x, c0, c1) v_fma(x, v_set(c1), v_set(c0))
#define V_P3(x, x2, c0, c1, c2, c3) v_fma(x2, V_P1(x, c2, c3), V_P1(x, c0, c1))
V rp_vd v_poly5(rp_vd x, double c0, double c1, double c2, double c3, double c4, double c5)
{
    const rp_vd x2 = x * x;
    return v_fma(x2 * x2, V_P1(x, c4, c5), V_P3(x, x2, c0, c1, c2, c3));
}

V rp_vd v_poly7(rp_vd x, double c0, double c1, double c2, double c3, double c4, double c5, double c6, double c7)
{
    const rp_vd x2 = x * x;
    return v_fma(x2 * x2, V_P3(x, x2, c4, c5, c6, c7), V_P3(x, x2, c0, c1, c2, c3));
}

V rp_vd v_poly9(rp_vd x, double c0, double c1, double c2, double c3, double c4, double c5, double c6, double c7,
                double c8, double c9)
{
    const rp_vd x2 = x * x, x4 = x2 * x2;
    const rp_vd high = v_fma(x4, V_P1(x, c8, c9), V_P3(x, x2, c4, c5, c6, c7));
    return v_fma(x4, high, V_P3(x, x2, c0, c1, c2, c3));
}

/* c[0] + c[1] x + ... c[count - 1] x^(count - 1), even and odd powers apart; count is a constant. */
V rp_vd v_poly(rp_vd x, rp_vd square, const double *c, int count)
{
    rp_vd last = v_set(c[count - 1]), other = v_set(c[count - 2]);
#pragma GCC unroll 16
    for (int i = count - 3; i >= 0; i--) {
        const rp_vd next = v_fma(last, square, v_set(c[i]));
        last = other;
        other = next;
    }
    return v_fma(last, x, other);
}

/* The same, one power after another: the fewest instructions, where others are there to wait with. */
V rp_vd v_horner(rp_vd x, const double *c, int count)
{
    rp_vd sum = v_set(c[count - 1]);
#pragma GCC unroll 16
    for (int i = count - 2; i >= 0; i--) sum = v_fma(sum, x, v_set(c[i]));
    return sum;
}

/* The whole number nearest to x c (by 2^-8), |x c| < 2^42, in whatever rounding mode: it stands in the bits from the
 * eighth on, and v_count makes a number of it. */
#define RP_COUNT 0x1.8p44
V rp_vi v_count_bits(rp_vd x, double c) { return (rp_vi)v_fma(x, v_set(c), v_set(RP_COUNT + 0.5)) & -256; }
V rp_vd v_count(rp_vi bits) { return (rp_vd)bits - RP_COUNT; }

/* x 2^1074 of a subnormal number x >= 0: arithmetic with x takes a hundred times as long. */
V rp_vd v_subnormal(rp_vd x) { return (rp_vd)((rp_vi)x | 0x4330000000000000) - 0x1p52; }

/* x times a power of two, 0 <= x, perhaps a subnormal number. */
V rp_vd v_scale_small(rp_vd x, double power)
{
    const rp_vm small = v_less(x, v_set(DBL_MIN));
    return v_select(small, v_subnormal(x) * (power * 0x1p-1074), v_at_least(x, DBL_MIN) * power);
}

/* (x + rest) / power, 0 <= x, where x was rounded and the rest is what that left. A subnormal result is the whole number that its
 * bits are. */
V rp_vd v_scale_down(rp_vd x, rp_vd rest, double power)
{
    const rp_vm small = v_less(x, v_set(DBL_MIN * power));
    const double counts = 0x1p537 / power * 0x1p537;
    const rp_vd count = v_select(small, x, v_set(0)) * counts, whole = count + 0x1p52;
    const rp_vd left = (count - (whole - 0x1p52)) + v_select(small, rest, v_set(0)) * counts;
    return v_select(small, (rp_vd)((rp_vi)(whole + left) - 0x4330000000000000),
                    v_at_least(x, DBL_MIN * power) * (1 / power));
}

/* Below this number sin x, tan x, asin x, atan x, asinh x and atanh x are x, and 0 goes through their arithmetic instead. */
V rp_vm v_tiny(rp_vd x) { return v_less(v_abs(x), v_set(0x1p-200)); }

/* x >= 0, with an error of less than 2^-38 of it; where it is no normal number of float32, rounded to a multiple of float32's
 * least one, unless the error is why that might be another. */
V rp_vd v_round_small_single(rp_vd x, rp_vm *unknown)
{
    const rp_vd count = v_at_most(x, FLT_MIN) * 0x1p149, whole = v_round(count);
    const rp_vm small = v_less(x, v_set(FLT_MIN));
    *unknown |= small & v_less(v_set(0.5 - 0x1p-15), v_abs(count - whole));
    return v_select(small, whole * 0x1p-149, x);
}

V rp_vd v_with_sign(rp_vd x, rp_vi sign) { return (rp_vd)((rp_vi)v_abs(x) | sign); }

/* x + rest, |rest| within a unit of x's last place, as a number that rounds to float32 and float16 as the sum does: cut
 * off, with a last bit that says whether anything was. */
V rp_vd v_to_odd(rp_vd x, rp_vd rest)
{
    const rp_vi inward = v_sign((rp_vd)((rp_vi)x ^ (rp_vi)rest));
    const rp_vm other = v_less(v_set(0), v_abs(rest));
    const rp_vi cut = (rp_vi)x - (rp_vi)((rp_vu)inward >> 63);
    return (rp_vd)v_select_i(other, cut | 1, (rp_vi)x);
}

/* result, `units` of its last place farther from 0 where x is `hard`: a float32 argument whose result lies so near the
 * middle of two numbers that float64 rounds it to that, or beyond. */
V rp_vd v_nudge(rp_vd result, int units, rp_vd x, double hard)
{
    return (rp_vd)v_select_i(v_equal(x, v_set(hard)), (rp_vi)result + units, (rp_vi)result);
}

/* a / b to 20 bits, both in the range of float32: the quotient of float32 numbers costs a third. */
V rp_vd v_rough_quotient(rp_vd a, rp_vd b)
{
    float some[RP_LANES];
    const rp_vf quotient = __builtin_convertvector(a, rp_vf) / __builtin_convertvector(b, rp_vf);
    memcpy(some, &quotient, sizeof some);
    return v_load_f32(some);
}

/* A number as the unrounded sum of two, the second no larger than the first's last place or two. */
typedef struct rp_vdd {
    rp_vd high, low;
} rp_vdd;

/* a + b without an error, |a| >= |b| or a == 0. */
V rp_vdd v_sum_ordered(rp_vd a, rp_vd b)
{
    const rp_vd sum = a + b;
    return (rp_vdd){sum, b - (sum - a)};
}

/* a + b without an error. */
V rp_vdd v_sum(rp_vd a, rp_vd b)
{
    const rp_vd sum = a + b, rest = sum - a;
    return (rp_vdd){sum, (a - (sum - rest)) + (b - rest)};
}

/* a - b without an error. */
V rp_vdd v_difference(rp_vd a, rp_vd b)
{
    const rp_vd difference = a - b, rest = difference - a;
    return (rp_vdd){difference, (a - (difference - rest)) - (b + rest)};
}

V rp_vd v_add(rp_vd a, rp_vd b) { return a + b; }

/* high + low, to be rounded to float32 as if at once: a sum that the addition has put into the middle of two float32
 * numbers goes one unit back to where it came from. |high| >= |low| or high == 0. */
V rp_vd v_add_for_single(rp_vd high, rp_vd low)
{
    const rp_vd sum = high + low;
    const rp_vm middle = v_equal_i((rp_vi)sum & 0x1fffffff, 0x10000000 + (rp_vi){0});
    if (v_any(middle)) {
        const rp_vd lost = low - (sum - high);
        /* 1 where the two have one sign, else -1 */
        const rp_vi away = 1 - ((rp_vi)((rp_vu)((rp_vi)lost ^ (rp_vi)sum) >> 63) << 1);
        return (rp_vd)((rp_vi)sum + v_select_i(middle & ~v_equal(lost, v_set(0)), away, (rp_vi){0}));
    }
    return sum;
}

V rp_vdd v_pair_times(rp_vdd a, rp_vd power) { return (rp_vdd){a.high * power, a.low * power}; }

/* ---- Pairs as numbers of 104 bits ------------------------------------------------------------------------------ */

V rp_vdd v_pair_add(rp_vdd a, rp_vdd b)
{
    const rp_vdd high = v_sum(a.high, b.high), low = v_sum(a.low, b.low);
    const rp_vdd sum = v_sum_ordered(high.high, high.low + low.high);
    return v_sum_ordered(sum.high, sum.low + low.low);
}

/* a b as a sum of two, whose second number may be more than half a unit of the first; v_pair_multiply: as a pair. */
V rp_vdd v_product(rp_vdd a, rp_vdd b)
{
    const rp_vd product = a.high * b.high;
    const rp_vd rest = v_fma(a.high, b.high, -product);
    return (rp_vdd){product, v_fma(a.low, b.high, v_fma(a.high, b.low, rest))};
}

V rp_vdd v_pair_multiply(rp_vdd a, rp_vdd b)
{
    const rp_vdd product = v_product(a, b);
    return v_sum_ordered(product.high, product.low);
}

/* ---- Rough ones ------------------------------------------------------------------------------------------------- */

V rp_vd v_pair_sum(rp_vdd x) { return x.high + x.low; }
V rp_vd v_pair_for_single(rp_vdd x) { return v_add_for_single(x.high, x.low); }

/* 1 / x to 6 bits, x > 0: as an integer the exponent changes its sign, then a step of Newton's. */
V rp_vd v_rough_reciprocal(rp_vd x)
{
    const rp_vd y = (rp_vd)(0x7fde6238502484ba - (rp_vi)x);
    return y * v_fma(-x, y, v_set(2));
}

#endif
