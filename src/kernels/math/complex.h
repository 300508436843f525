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
 * Largest error of a part found: exp 0.78 ULP, log 1.00, log2 1.65, log10 1.37, log1p 1.47, sqrt 0.75, sinh and sin 1.02, cosh
 * and cos 0.95, tanh and tan 1.19, expm1's imaginary part 0.87; log's real part 0.51. The real part of expm1, where E and C
 * cancel, has an error of 1.2 units of the last place of |expm1|, not of its own; exp2's parts of 1.0 units of |exp2|, more
 * from |y| = 2^20 on.
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

/* e^(x + x_low) cis(y + y_low) */
V_SHARED void v_exp_of_pairs(rp_vdd x, rp_vdd y, rp_vc *z)
{
    rp_vdd series, cosine, sine;
    rp_vd n = x.high;
    v_exponential(&n, x.low, &series);
    v_cis(y.high, y.low, &cosine, &sine);
    const v_steps steps = v_steps_of(n);
    const rp_vdd power = v_one_more(series);
    z->re = v_scaled_product(cosine, power, steps);
    z->im = v_select(v_is_zero(y.high), y.high, v_scaled_product(sine, power, steps));
    v_exp_special(x.high, y.high, z);
}

V_SHARED void complex_exp(rp_vc *z) { v_exp_of_pairs(v_pair(z->re), v_pair(z->im), z); }

/* x times a number in two parts. */
V rp_vdd v_times_constant(rp_vdd x, double high, double low)
{
    const rp_vd product = x.high * high;
    return (rp_vdd){product,
                    v_fma(x.low, v_set(high), v_fma(x.high, v_set(low), v_fma(x.high, v_set(high), -product)))};
}

V_SHARED void complex_exp2(rp_vc *z)
{
    const rp_vd zero = v_set(0);
    rp_vdd x = v_times_constant(v_pair(z->re), 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56);
    rp_vdd y = v_times_constant(v_pair(z->im), 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56);
    x.low = v_select(v_less(v_abs(x.high), v_set(2000)), x.low, zero);
    y.low = v_select(v_less(v_abs(y.high), v_set(V_INFINITY)), y.low, zero);
    v_exp_of_pairs(x, y, z);
}

V_SHARED void complex_expm1(rp_vc *z)
{
    const rp_vd x = z->re, y = z->im;
    rp_vdd series, cosine, sine;
    v_exp_of_pairs(v_pair(x), v_pair(y), z);
    rp_vd n = v_at_least(v_at_most(x, 1), -60);
    v_exponential(&n, v_set(0), &series);
    v_cis(y * 0.5, v_set(0), &cosine, &sine);
    const rp_vd power = v_power_of_two(n);
    const rp_vdd whole = v_sum(power, v_set(-1)), more = v_pair_times(series, power);
    const rp_vdd e_sum = v_sum(whole.high, more.high);
    const rp_vdd e = v_sum_ordered(e_sum.high, e_sum.low + whole.low + more.low);
    const rp_vdd c = v_pair_times(v_pair_multiply(sine, sine), v_set(-2));
    const rp_vdd small = v_pair_add(v_pair_add(e, c), v_pair_multiply(e, c));
    /* -1 where e^x is 0, and where an infinity leaves the sum undefined. */
    const rp_vd result = v_select(v_less(x, v_set(1)), small.high + small.low, z->re - 1);
    z->re = v_select(v_equal(x, v_set(-V_INFINITY)), v_set(-1), result);
    /* 0 keeps its sign. */
    z->re = v_select(v_is_zero(x) & v_is_zero(y), x, z->re);
}

/* ---- log, log2, log10, log1p --------------------------------------------------------------------------------- */

/* log(x + x_low + iy) */
V void v_log_parts_with(const rp_vc *z, rp_vd x_low, rp_vdd *size, rp_vdd *angle, bool of_pow)
{
    v_log_size(z->re, x_low, z->im, size, of_pow);
    if (of_pow)
        v_long_angle_of(z->im, z->re, angle);
    else
        v_angle_of(z->im, z->re, angle);
    const rp_vm rare = v_not_finite(*z);
    if (v_any(rare)) {
        const rp_vm infinite = v_is_infinite(z->re) | v_is_infinite(z->im);
        *size = v_pair_select(rare, v_pair(v_select(infinite, v_set(V_INFINITY), v_set(V_NAN))), *size);
    }
}

V_SHARED void v_log_parts_of(const rp_vc *z, rp_vd x_low, rp_vdd *size, rp_vdd *angle)
{
    v_log_parts_with(z, x_low, size, angle, false);
}

V_SHARED void v_log_times(rp_vc *z, double high, double low)
{
    rp_vdd size, angle;
    v_log_parts_of(z, v_set(0), &size, &angle);
    const rp_vdd re = v_times_constant(size, high, low), im = v_times_constant(angle, high, low);
    z->re = v_select(v_less(v_abs(re.high), v_set(V_INFINITY)), re.high + re.low, re.high);
    /* Beside a subnormal product nothing is left to add. */
    const rp_vd turn = v_select(v_less(v_abs(im.high), v_set(0x1p-1020)), im.high, im.high + im.low);
    z->im = v_with_sign(turn, v_sign(angle.high));
}
V_SHARED void complex_log2(rp_vc *z) { v_log_times(z, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56); }
V_SHARED void complex_log10(rp_vc *z) { v_log_times(z, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57); }

V_SHARED void complex_log(rp_vc *z)
{
    rp_vdd size, angle;
    v_log_parts_of(z, v_set(0), &size, &angle);
    z->re = v_select(v_less(v_abs(size.high), v_set(V_INFINITY)), size.high + size.low, size.high);
    z->im = v_with_sign(angle.high + angle.low, v_sign(angle.high));
}

V_SHARED void complex_log1p(rp_vc *z)
{
    rp_vdd size, angle;
    rp_vdd sum = v_sum(z->re, v_set(1));
    /* Infinity leaves NaN; and beside small numbers 1 may not be kept where sums are not rounded to the nearest. */
    sum = v_pair_select(v_less(v_abs(z->re), v_set(V_INFINITY)), sum, v_pair(z->re));
    sum = v_pair_select(v_less(v_abs(z->re), v_set(0x1p-53)), (rp_vdd){v_set(1), z->re}, sum);
    const rp_vc moved = {v_select(v_is_zero(sum.high), v_set(0), sum.high), z->im}; /* rounded down, -1 + 1 is -0 */
    v_log_parts_of(&moved, sum.low, &size, &angle);
    const rp_vm zero = v_is_zero(z->re) & v_is_zero(z->im);
    const rp_vd re = v_select(v_less(v_abs(size.high), v_set(V_INFINITY)), size.high + size.low, size.high);
    z->re = v_select(zero, z->re, re);
    z->im = v_with_sign(angle.high + angle.low, v_sign(angle.high));
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

V_SHARED void complex_sqrt(rp_vc *z)
{
    const rp_vd x = v_abs(z->re), y = v_abs(z->im), largest = v_larger(x, y);
    const rp_vd normal = v_select(v_less(largest, v_set(DBL_MIN)), v_set(DBL_MIN), largest);
    /* The exponent, odd as its bias is, so that the power has a root. */
    const rp_vi exponent = ((((rp_vi)((rp_vu)(rp_vi)normal >> 52) & 2047) - 1) | 1);
    const rp_vd scale = (rp_vd)((2046 - exponent) << 52);
    const rp_vi half = (rp_vi)((rp_vu)(exponent + 1023) >> 1);
    const rp_vd back = (rp_vd)(half << 52), half_scale = (rp_vd)((2046 - half) << 52);
    /* |z| as in hypot.h, a root and what it lacks; a tiny number to each divisor, for z = 0. */
    const rp_vd p = largest * scale, q = v_smaller(x, y) * scale;
    const rp_vdd p2 = v_pair_square(p), q2 = v_pair_square(q), square = v_sum_ordered(p2.high, q2.high);
    const rp_vd size = v_sqrt(square.high), lack = v_fma(-size, size, square.high) + (square.low + (p2.low + q2.low));
    const rp_vd size_low = v_rough_quotient(lack, size + 0x1p-100) * 0.5;
    const rp_vdd sum = v_sum_ordered(size, x * scale);
    const rp_vd mean = sum.high * 0.5, mean_low = (sum.low + size_low) * 0.5, root = v_sqrt(mean);
    const rp_vd inverse = 0.5 / (root + 0x1p-100), root_low = (v_fma(-root, root, mean) + mean_low) * inverse;
    /* y itself, as y beside a large x may be lost where that is not. */
    const rp_vd part = y * half_scale, quotient = part * inverse, twice = root + root;
    const rp_vd rest = v_fma(-quotient, root_low + root_low, v_fma(-quotient, twice, part));
    const rp_vd first = (root + root_low) * back, second = v_fma(rest, inverse, quotient);
    v_sqrt_of_parts(z, first, second);
}

/* ---- sinh, cosh, tanh ------------------------------------------------------------------------------------------ */

/* sinh |x| and cosh x, both without 2^n. */
V_SHARED void v_hyperbolic_pairs(rp_vd *x, rp_vdd *sinh, rp_vdd *cosh)
{
    const hyperbolic_parts part = v_hyperbolic_parts(v_at_most(v_abs(*x), 1600));
    const rp_vdd s = v_hyperbolic_sum(&part, part.s, part.c), c = v_hyperbolic_sum(&part, part.c, part.s);
    *sinh = v_pair_select(v_less(v_abs(*x), v_set(0x1p-300)), v_pair(v_abs(*x)), v_sum_ordered(s.high, s.low));
    *cosh = v_sum_ordered(c.high, c.low);
    *x = v_count(part.count);
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
V void v_hyperbolic_of(rp_vc *z, bool turned)
{
    const rp_vd x = z->re, y = z->im;
    rp_vd n = x;
    rp_vdd s, c, cosine, sine;
    v_hyperbolic_pairs(&n, &s, &c);
    v_cis(y, v_set(0), &cosine, &sine);
    /* sinh |x| may be tiny where n is 0, and sin y where it is not. */
    const v_steps steps = v_steps_of(n);
    const rp_vdd with_cosine = turned ? c : s, with_sine = turned ? s : c;
    z->re = v_scaled_product(cosine, with_cosine, steps);
    z->im = v_scaled_product(sine, with_sine, steps);
    v_hyperbolic_special(x, y, (turned ? sine : cosine).high, z, turned);
}
V_SHARED void complex_sinh(rp_vc *z) { v_hyperbolic_of(z, false); }
V_SHARED void complex_cosh(rp_vc *z) { v_hyperbolic_of(z, true); }

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

V_SHARED void complex_tanh(rp_vc *z)
{
    const rp_vd x = z->re, y = z->im;
    rp_vd n = v_at_most(v_abs(x), 400);
    rp_vdd s, c, cosine, sine;
    v_hyperbolic_pairs(&n, &s, &c);
    v_cis(y, v_set(0), &cosine, &sine);
    const rp_vd power = v_power_of_two(-n);
    const rp_vdd small = v_pair_times(cosine, power);
    const rp_vdd under = v_pair_add(v_pair_multiply(s, s), v_pair_multiply(small, small));
    /* sinh x and sin y last, as they may be tiny where the result is not. */
    const rp_vdd re = v_pair_multiply(v_pair_divide(c, under), s);
    const rp_vdd im = v_pair_multiply(v_pair_divide(cosine, under), sine);
    z->re = v_with_sign(re.high + re.low, v_sign(x));
    z->im = (im.high + im.low) * power * power;
    v_tanh_special(x, y, z);
}

/* ---- sin, cos, tan: of iz -------------------------------------------------------------------------------------- */

V rp_vc v_swapped(rp_vc z) { return (rp_vc){z.im, z.re}; }

V void v_of_turned(rp_vc *z, void (*f)(rp_vc *))
{
    *z = v_swapped(*z);
    f(z);
    *z = v_swapped(*z);
}
V void v_cos_by(rp_vc *z, void (*cosh)(rp_vc *))
{
    *z = (rp_vc){-z->im, z->re};
    cosh(z);
}
V_SHARED void complex_sin(rp_vc *z) { v_of_turned(z, complex_sinh); }
V_SHARED void complex_cos(rp_vc *z) { v_cos_by(z, complex_cosh); }
V_SHARED void complex_tan(rp_vc *z) { v_of_turned(z, complex_tanh); }

#endif
