/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Complex exponentials, logarithms, roots, hyperbolic and circular functions. What complex64 has otherwise:
 * complex_single.h. With the pairs of complex_words.h:
 *   exp = e^x (cos y + i sin y); exp2 = exp(z ln 2), z ln 2 a pair
 *   expm1: e^x cos y - 1 = E + C + E C, E = e^x - 1, C = cos y - 1 = -2 sin^2(y / 2); from x = 1 on as exp, less 1
 *   log = log |z| + i angle; log2, log10 times a constant in two parts; log1p: 1 + x as a pair
 *   sqrt: t = sqrt((|x| + |z|) / 2) and y / 2t, |z| and t as pairs, all times a power of four
 *   sinh = sinh x cos y + i cosh x sin y; cosh likewise; sin, cos, tan are sinh, cosh, tanh of iz
 *   tanh = (sinh x cosh x + i sin y cos y) / (sinh^2 x + cos^2 y), where nothing cancels
 * Special values are those of C17, annex G.6, and for log1p, expm1, exp2 those that follow from exp's and log's.
 *
 * Largest error of a part found: exp 0.95 ULP, log 0.74, log2 1.24, log10 0.89, log1p 1.50, sqrt 0.75, sinh and sin 0.99,
 * cosh and cos 1.00, tanh and tan 1.08, expm1's imaginary part 0.95; log's real part 0.51. The real part of expm1, where E
 * and C cancel, has an error of 1.2 units of the last place of |expm1|, not of its own; exp2's parts of 1.0 units of |exp2|,
 * more from |y| = 2^20 on.
 */
#ifndef RP_MATH_COMPLEX_H
#define RP_MATH_COMPLEX_H

#include "kernels/math/complex_words.h"
#include "kernels/math/hyperbolic.h"

/* ---- exp, exp2, expm1 ---------------------------------------------------------------------------------------- */

/* e^(x + iy) where y is not finite. */
V void v_exp_special(rp_vd x, rp_vd y, rp_vc *z)
{
    const rp_vm rare = v_is_nan(y - y);
    if (v_any(rare)) {
        const rp_vm above = rare & v_equal(x, v_set(V_INFINITY)), below = rare & v_equal(x, v_set(-V_INFINITY));
        z->re = v_select(above, x, v_select(below, v_set(0), z->re));
        /* No sign of a NaN: that is not the same on every machine. */
        const rp_vi sign = v_select_i(v_is_nan(y), (rp_vi){0}, v_sign(y));
        z->im = v_select(below, v_with_sign(v_set(0), sign), z->im);
    }
}

/* e^z, or of pairs if there are any. */
V void v_exp_block(rp_vc *z, const v_pair_complex *pairs, size_t n)
{
    rp_vdd power[V_BLOCK];
    v_steps steps[V_BLOCK];
    V_EACH(k, n)
    {
        const rp_vdd x = pairs ? pairs[k].re : v_pair(z[k].re);
        rp_vi count;
        power[k] = v_exp_double(v_at_least(v_at_most(x.high, 1600), -800), x.low, &count);
        steps[k] = v_steps_of(v_count(count));
    }
    V_EACH(k, n)
    {
        const rp_vdd y = pairs ? pairs[k].im : v_pair(z[k].im);
        const rp_vd x = pairs ? pairs[k].re.high : z[k].re;
        rp_vdd cosine, sine;
        v_cis_parts(y.high, pairs ? &y.low : NULL, &cosine, &sine);
        z[k].re = v_scaled_product(cosine, power[k], steps[k]);
        z[k].im = v_select(v_is_zero(y.high), y.high, v_scaled_product(sine, power[k], steps[k]));
        v_exp_special(x, y.high, z + k);
    }
}

V_SHARED void complex_exp(rp_vc *z, size_t n) { v_exp_block(z, NULL, n); }
V_SHARED void v_exp_of_pairs(rp_vc *z, const v_pair_complex *pairs, size_t n) { v_exp_block(z, pairs, n); }

/* x times a number in two parts. */
V rp_vdd v_times_constant(rp_vdd x, double high, double low)
{
    const rp_vd product = x.high * high;
    return (rp_vdd){product,
                    v_fma(x.low, v_set(high), v_fma(x.high, v_set(low), v_fma(x.high, v_set(high), -product)))};
}

V_SHARED void complex_exp2(rp_vc *z, size_t n)
{
    const double ln2 = 0x1.62e42fefa39efp-1, ln2_low = 0x1.abc9e3b39803fp-56;
    v_pair_complex pairs[V_BLOCK];
    V_EACH(k, n)
    {
        rp_vdd x = v_times_constant(v_pair(z[k].re), ln2, ln2_low), y = v_times_constant(v_pair(z[k].im), ln2, ln2_low);
        x.low = v_select(v_less(v_abs(x.high), v_set(2000)), x.low, v_set(0));
        y.low = v_select(v_less(v_abs(y.high), v_set(V_INFINITY)), y.low, v_set(0));
        pairs[k] = (v_pair_complex){x, y};
    }
    v_exp_of_pairs(z, pairs, n);
}

/* In place of e^z its real part less 1. */
V_SHARED void v_expm1_part(const rp_vc *z, rp_vd *re)
{
    const rp_vd x = z->re, y = z->im;
    rp_vdd cosine, sine;
    rp_vi count;
    const rp_vdd series = v_exponential_parts(v_at_least(v_at_most(x, 1), -60), v_set(0), &count);
    v_cis(y * 0.5, v_set(0), &cosine, &sine);
    const rp_vd power = v_power_of_two(v_count(count));
    const rp_vdd whole = v_sum(power, v_set(-1)), more = v_pair_times(series, power);
    const rp_vdd e_sum = v_sum(whole.high, more.high);
    const rp_vdd e = v_sum_ordered(e_sum.high, e_sum.low + whole.low + more.low);
    const rp_vdd c = v_pair_times(v_pair_multiply(sine, sine), v_set(-2));
    const rp_vdd small = v_pair_add(v_pair_add(e, c), v_pair_multiply(e, c));
    /* -1 where e^x is 0, and where an infinity leaves the sum undefined. */
    const rp_vd result = v_select(v_less(x, v_set(1)), small.high + small.low, *re - 1);
    *re = v_select(v_equal(x, v_set(-V_INFINITY)), v_set(-1), result);
    /* 0 keeps its sign. */
    *re = v_select(v_is_zero(x) & v_is_zero(y), x, *re);
}

V_SHARED void complex_expm1(rp_vc *z, size_t n)
{
    rp_vc given[V_BLOCK];
    memcpy(given, z, n * sizeof *z);
    complex_exp(z, n);
    V_EACH(k, n) v_expm1_part(given + k, &z[k].re);
}

/* ---- log, log2, log10, log1p --------------------------------------------------------------------------------- */

/* log(z + x_low); of z if x_low is NULL. */
V void v_log_block(const rp_vc *z, const rp_vd *x_low, v_pair_complex *log, size_t n)
{
    V_EACH(k, n) v_log_size(z[k].re, x_low ? x_low[k] : v_set(0), z[k].im, &log[k].re, false);
    V_EACH(k, n) v_angle_of(z[k].im, z[k].re, &log[k].im);
}
V_SHARED void v_log_pairs(const rp_vc *z, v_pair_complex *log, size_t n) { v_log_block(z, NULL, log, n); }

V_SHARED void v_log_times(rp_vc *z, size_t n, double high, double low)
{
    v_pair_complex log[V_BLOCK];
    v_log_pairs(z, log, n);
    V_EACH(k, n)
    {
        const rp_vdd im = v_times_constant(log[k].im, high, low);
        const rp_vdd re = v_times_constant(log[k].re, high, low);
        z[k].re = v_select(v_less(v_abs(re.high), v_set(V_INFINITY)), re.high + re.low, re.high);
        /* Beside a subnormal product nothing is left to add. */
        const rp_vd turn = v_select(v_less(v_abs(im.high), v_set(0x1p-1020)), im.high, im.high + im.low);
        z[k].im = v_with_sign(turn, v_sign(log[k].im.high));
    }
}
V_SHARED void complex_log2(rp_vc *z, size_t n) { v_log_times(z, n, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56); }
V_SHARED void complex_log10(rp_vc *z, size_t n) { v_log_times(z, n, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57); }

V_SHARED void complex_log(rp_vc *z, size_t n)
{
    v_pair_complex log[V_BLOCK];
    v_log_pairs(z, log, n);
    V_EACH(k, n)
    {
        const rp_vdd im = log[k].im;
        z[k] = (rp_vc){log[k].re.high + log[k].re.low, v_with_sign(im.high + im.low, v_sign(im.high))};
    }
}

V_SHARED void complex_log1p(rp_vc *z, size_t n)
{
    v_pair_complex log[V_BLOCK];
    rp_vc moved[V_BLOCK];
    rp_vd low[V_BLOCK];
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re;
        rp_vdd sum = v_sum(x, v_set(1));
        /* Infinity leaves NaN; and beside small numbers 1 may not be kept where sums are not rounded to the nearest. */
        sum = v_pair_select(v_less(v_abs(x), v_set(V_INFINITY)), sum, v_pair(x));
        sum = v_pair_select(v_less(v_abs(x), v_set(0x1p-53)), (rp_vdd){v_set(1), x}, sum);
        /* Rounded down, -1 + 1 is -0. */
        moved[k] = (rp_vc){v_select(v_is_zero(sum.high), v_set(0), sum.high), z[k].im};
        low[k] = sum.low;
    }
    v_log_block(moved, low, log, n);
    V_EACH(k, n)
    {
        const rp_vm zero = v_is_zero(z[k].re) & v_is_zero(z[k].im);
        const rp_vdd im = log[k].im;
        z[k].re = v_select(zero, z[k].re, log[k].re.high + log[k].re.low);
        z[k].im = v_with_sign(im.high + im.low, v_sign(im.high));
    }
}

/* ---- sqrt -------------------------------------------------------------------------------------------------- */

/* sqrt z from that of |re| + i |im|. */
V void v_sqrt_of_parts(rp_vc *z, rp_vd first, rp_vd second)
{
    const rp_vm left = v_is_negative(z->re);
    rp_vd re = v_select(left, second, first), im = v_select(left, first, second);
    const rp_vm rare = v_not_finite(*z);
    if (v_any(rare)) {
        const rp_vd infinity = v_set(V_INFINITY), nan = v_set(V_NAN);
        const rp_vm wide = v_is_infinite(z->re), nan_y = v_is_nan(z->im);
        /* Of an infinite x and a y that is none; else there is a NaN; and before all, of an infinite y. */
        const rp_vd beside = v_select(nan_y, nan, v_set(0));
        const rp_vd special_re = v_select(wide, v_select(left, beside, infinity), nan);
        const rp_vd special_im = v_select(wide, v_select(left, infinity, beside), nan);
        const rp_vm high = v_is_infinite(z->im);
        re = v_select(rare, v_select(high, infinity, special_re), re);
        im = v_select(rare, v_select(high, infinity, special_im), im);
    }
    z->im = v_with_sign(im, v_sign(z->im));
    z->re = re;
}

/* 2^-e, for the exponent e of the larger part or one more, such that -e is even; and |z| times that as a pair. */
typedef struct v_scaled_size {
    rp_vi exponent; /* odd as its bias is, so that the power has a root */
    rp_vd size, low;
} v_scaled_size;

V rp_vd v_sqrt_scale(v_scaled_size z) { return (rp_vd)((2046 - z.exponent) << 52); }

V v_scaled_size v_scaled_size_of(rp_vd x, rp_vd y)
{
    const rp_vd largest = v_larger(x, y);
    const rp_vd normal = v_select(v_less(largest, v_set(DBL_MIN)), v_set(DBL_MIN), largest);
    v_scaled_size z = {.exponent = ((((rp_vi)((rp_vu)(rp_vi)normal >> 52) & 2047) - 1) | 1)};
    /* As in hypot.h, a root and what it lacks; a tiny number to the divisor, for z = 0. */
    const rp_vd scale = v_sqrt_scale(z), p = largest * scale, q = v_smaller(x, y) * scale;
    const rp_vdd p2 = v_pair_square(p), q2 = v_pair_square(q), square = v_sum_ordered(p2.high, q2.high);
    z.size = v_sqrt(square.high);
    const rp_vd lack = v_fma(-z.size, z.size, square.high) + (square.low + (p2.low + q2.low));
    z.low = v_rough_quotient(lack, z.size + 0x1p-100) * 0.5;
    return z;
}

V_SHARED void complex_sqrt(rp_vc *z, size_t n)
{
    v_scaled_size sizes[V_BLOCK];
    V_EACH(k, n) sizes[k] = v_scaled_size_of(v_abs(z[k].re), v_abs(z[k].im));
    V_EACH(k, n)
    {
        const rp_vi half = (rp_vi)((rp_vu)(sizes[k].exponent + 1023) >> 1);
        const rp_vd back = (rp_vd)(half << 52), half_scale = (rp_vd)((2046 - half) << 52);
        const rp_vdd sum = v_sum_ordered(sizes[k].size, v_abs(z[k].re) * v_sqrt_scale(sizes[k]));
        const rp_vd mean = sum.high * 0.5, mean_low = (sum.low + sizes[k].low) * 0.5, root = v_sqrt(mean);
        const rp_vd inverse = 0.5 / (root + 0x1p-100), root_low = (v_fma(-root, root, mean) + mean_low) * inverse;
        /* y itself, as y beside a large x may be lost where that is not. */
        const rp_vd part = v_abs(z[k].im) * half_scale, quotient = part * inverse, twice = root + root;
        const rp_vd rest = v_fma(-quotient, root_low + root_low, v_fma(-quotient, twice, part));
        v_sqrt_of_parts(z + k, (root + root_low) * back, v_fma(rest, inverse, quotient));
    }
}

/* ---- sinh, cosh, tanh ------------------------------------------------------------------------------------------ */

/* sinh |x| and cosh x, both without 2^n, each a sum of two. */
typedef struct v_hyperbolic {
    rp_vdd sinh, cosh;
    rp_vd n;
} v_hyperbolic;

V v_hyperbolic v_hyperbolic_of(rp_vd x, double most)
{
    const rp_vd size = v_abs(x);
    const hyperbolic_parts part = v_hyperbolic_parts(v_at_most(size, most));
    const rp_vdd s = v_hyperbolic_sum(&part, part.s, part.c), c = v_hyperbolic_sum(&part, part.c, part.s);
    /* A subnormal one has no low part, in whatever rounding mode. */
    return (v_hyperbolic){v_pair_select(v_less(size, v_set(0x1p-300)), v_pair(size), s), c, v_count(part.count)};
}

/* What sinh (turned: cosh) of |x| + iy, in z, is of x + iy: the signs, zeros, and what is not finite. sinh |x| is a factor of
 * one part, whose sign is that of x and of the other factor, cos y (turned: sin y), also where it is 0. */
V void v_hyperbolic_special(rp_vd x, rp_vd y, rp_vd factor, rp_vc *z, bool turned)
{
    const rp_vi sign = v_sign(x) ^ v_sign(factor);
    const rp_vm endless = v_is_nan(y - y), zero = v_is_zero(x) & endless;
    if (turned) {
        z->im = v_with_sign(z->im, sign);
        z->im = v_select(zero | v_is_zero(y), (rp_vd)(v_sign(x) ^ v_sign(y)), z->im);
    } else {
        z->re = v_with_sign(z->re, sign);
        z->re = v_select(zero, x, z->re);
        z->im = v_select(v_is_zero(y), y, z->im);
    }
    const rp_vm rare = v_is_infinite(x) & endless;
    if (v_any(rare)) z->re = v_select(rare, turned ? v_set(V_INFINITY) : x, z->re);
}

/* sinh x cos y + i cosh x sin y; turned: cosh x cos y + i sinh x sin y. */
V void v_hyperbolic_block(rp_vc *z, size_t n, bool turned)
{
    v_hyperbolic parts[V_BLOCK];
    V_EACH(k, n) parts[k] = v_hyperbolic_of(z[k].re, 1600);
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re, y = z[k].im;
        const rp_vdd s = parts[k].sinh, c = parts[k].cosh;
        rp_vdd cosine, sine;
        v_cis_parts(y, NULL, &cosine, &sine);
        /* sinh |x| may be tiny where n is 0, and sin y where it is not. */
        const v_steps steps = v_steps_of(parts[k].n);
        z[k].re = v_scaled_product(cosine, turned ? c : s, steps);
        z[k].im = v_scaled_product(sine, turned ? s : c, steps);
        v_hyperbolic_special(x, y, (turned ? sine : cosine).high, z + k, turned);
    }
}
V_SHARED void complex_sinh(rp_vc *z, size_t n) { v_hyperbolic_block(z, n, false); }
V_SHARED void complex_cosh(rp_vc *z, size_t n) { v_hyperbolic_block(z, n, true); }

/* tanh of what is 0 in a part, or not finite. */
V void v_tanh_special(rp_vd x, rp_vd y, rp_vc *z)
{
    z->re = v_select(v_is_zero(x), x, z->re);
    z->im = v_select(v_is_zero(y), y, z->im);
    const rp_vm rare = v_is_infinite(x) | v_is_nan(y - y);
    if (v_any(rare)) {
        const rp_vm wide = v_is_infinite(x);
        z->re = v_select(wide, v_with_sign(v_set(1), v_sign(x)), z->re);
        z->im = v_select(wide & v_is_nan(y - y), v_with_sign(v_set(0), v_sign(y)), z->im);
    }
}

V_SHARED void complex_tanh(rp_vc *z, size_t n)
{
    v_hyperbolic parts[V_BLOCK];
    v_pair_complex cis[V_BLOCK];
    V_EACH(k, n) parts[k] = v_hyperbolic_of(z[k].re, 400);
    V_EACH(k, n) v_cis_parts(z[k].im, NULL, &cis[k].re, &cis[k].im);
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re, y = z[k].im, power = v_power_of_two(-parts[k].n);
        const rp_vdd s = parts[k].sinh, c = parts[k].cosh, small = v_pair_times(cis[k].re, power);
        const rp_vdd s2 = v_pair_square(s.high), c2 = v_pair_square(small.high), sum = v_sum(s2.high, c2.high);
        const rp_vd s_rest = v_fma(s.high + s.high + s.low, s.low, s2.low);
        const rp_vd rest = v_fma(small.high + small.high + small.low, small.low, c2.low) + s_rest;
        const rp_vdd under = v_sum_ordered(sum.high, sum.low + rest);
        /* sinh x and sin y last, as they may be tiny where the result is not. */
        z[k].re = v_with_sign(v_rounded_product(s, v_quotient(c, under)), v_sign(x));
        const rp_vd im = v_rounded_product(cis[k].im, v_quotient(small, under)) * power;
        z[k].im = v_with_sign(im, v_sign(cis[k].im.high) ^ v_sign(small.high)); /* it may be 0 */
        v_tanh_special(x, y, z + k);
    }
}

/* ---- sin, cos, tan: of iz -------------------------------------------------------------------------------------- */

V rp_vc v_swapped(rp_vc z) { return (rp_vc){z.im, z.re}; }

V void v_of_turned(rp_vc *z, size_t n, void (*f)(rp_vc *, size_t))
{
    V_EACH(k, n) z[k] = v_swapped(z[k]);
    f(z, n);
    V_EACH(k, n) z[k] = v_swapped(z[k]);
}
V void v_cos_by(rp_vc *z, size_t n, void (*cosh)(rp_vc *, size_t))
{
    V_EACH(k, n) z[k] = (rp_vc){-z[k].im, z[k].re};
    cosh(z, n);
}
V_SHARED void complex_sin(rp_vc *z, size_t n) { v_of_turned(z, n, complex_sinh); }
V_SHARED void complex_cos(rp_vc *z, size_t n) { v_cos_by(z, n, complex_cosh); }
V_SHARED void complex_tan(rp_vc *z, size_t n) { v_of_turned(z, n, complex_tanh); }

#endif
