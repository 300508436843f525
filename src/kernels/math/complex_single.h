/* SPDX-License-Identifier: BSD-3-Clause
 *
 * complex64: the functions of complex.h and complex_pow.h by one float64 number where those have pairs, or by the
 * real functions' forms for float32. All have errors below some 2^-46, so that of float32's parts one in 2^22 or fewer may be
 * rounded to the wrong side; largest error found 0.5000 ULP. What is not here goes as complex128.
 */
#ifndef RP_MATH_COMPLEX_SINGLE_H
#define RP_MATH_COMPLEX_SINGLE_H

#include "kernels/math/complex_arc.h"
#include "kernels/math/complex_pow.h"

#define complex_asin_single complex_asin
#define complex_acos_single complex_acos
#define complex_atan_single complex_atan
#define complex_asinh_single complex_asinh
#define complex_acosh_single complex_acosh
#define complex_atanh_single complex_atanh
#define complex_expm1_single complex_expm1
#define complex_exp2_single complex_exp2
#define complex_log1p_single complex_log1p

/* ---- cos and sin --------------------------------------------------------------------------------------------- */

V void v_cis_single(rp_vd x, rp_vd *cosine, rp_vd *sine)
{
    rp_vi count;
    rp_vd sin, cos;
    v_sin_cos_single(v_quadrant_rest(x, &count), &sin, &cos);
    const rp_vi quadrants = (rp_vi)((rp_vu)count >> 8);
    const rp_vm odd = v_odd(quadrants);
    *cosine = (rp_vd)((rp_vi)v_select(odd, sin, cos) ^ ((quadrants + 1) << 62 & INT64_MIN));
    *sine = (rp_vd)((rp_vi)v_select(odd, cos, sin) ^ (quadrants << 62 & INT64_MIN));
    const rp_vm far = ~v_less(v_abs(x), v_set(0x1p30));
    if (v_any(far)) {
        rp_vdd far_cosine, far_sine;
        v_cis(x, v_set(0), &far_cosine, &far_sine);
        *cosine = v_select(far, far_cosine.high, *cosine);
        *sine = v_select(far, far_sine.high, *sine);
    }
}

/* ---- exp ------------------------------------------------------------------------------------------------------ */

/* Beyond 700 float32 has no such power, whatever cos y and sin y. */
V void v_exp_single_of(rp_vd x, rp_vd y, rp_vc *z)
{
    rp_vd cosine, sine;
    const rp_vd inside = v_at_least(v_at_most(x, 700), -700), n = v_count(v_count_bits(inside, 0x1.71547652b82fep0));
    const rp_vd r = v_fma(n, v_set(-0x1.62e42fefa39efp-1), inside);
    const rp_vd power = v_fma(r * r, v_exp_poly(r), r + 1) * v_power_of_two(n);
    v_cis_single(y, &cosine, &sine);
    z->re = power * cosine;
    z->im = v_select(v_is_zero(y), y, power * sine);
    v_exp_special(x, y, z);
}
V_SHARED void complex_exp_single(rp_vc *z) { v_exp_single_of(z->re, z->im, z); }

/* ---- log, log2, log10 ------------------------------------------------------------------------------------------ */

V void v_log_single_of(const rp_vc *z, rp_vd *size, rp_vd *angle)
{
    const rp_vd square = v_fma(z->re, z->re, z->im * z->im);
    *size = v_log(square) * 0.5;
    const rp_vm near = v_near_one(square);
    if (v_any(near)) {
        rp_vdd better;
        v_log_size_near_one(z->re, v_set(0), z->im, &better);
        *size = v_select(near, better.high, *size);
    }
    *size = v_select(v_is_infinite(z->re) | v_is_infinite(z->im), v_set(V_INFINITY), *size);
    *angle = v_atan2_single(z->im, z->re);
}

V_SHARED void v_log_times_single(rp_vc *z, double factor)
{
    rp_vd size, angle;
    v_log_single_of(z, &size, &angle);
    *z = (rp_vc){size * factor, angle * factor};
}
V_SHARED void complex_log_single(rp_vc *z) { v_log_times_single(z, 1); }
V_SHARED void complex_log2_single(rp_vc *z) { v_log_times_single(z, 0x1.71547652b82fep0); }
V_SHARED void complex_log10_single(rp_vc *z) { v_log_times_single(z, 0x1.bcb7b1526e50ep-2); }

/* ---- pow ------------------------------------------------------------------------------------------------------- */

V_SHARED void v_general_power_single(rp_vc *z, const rp_vc *w)
{
    rp_vd size, angle;
    v_log_single_of(z, &size, &angle);
    rp_vc x = {v_fma(w->re, size, -(w->im * angle)), v_fma(w->re, angle, w->im * size)};
    const rp_vm rare = v_power_is_rare(w, size);
    if (v_any(rare)) x = v_select_vc(rare, v_times_infinite(w, size, angle), x);
    v_exp_single_of(x.re, x.im, z);
}

V rp_vc v_complex_product(rp_vc a, rp_vc b)
{
    return (rp_vc){v_fma(a.re, b.re, -(a.im * b.im)), v_fma(a.re, b.im, a.im * b.re)};
}

/* z^n, n whole, |n| < 128; z times a power of two, as float64 has not float32's range to this power. */
V_SHARED void v_whole_power_single(rp_vc *z, rp_vd n)
{
    const rp_vd x = v_abs(z->re), y = v_abs(z->im), size = v_abs(n);
    rp_vd exponent;
    const rp_vd scale = v_normaliser(v_select(v_less(x, y), y, x), &exponent);
    const rp_vi count = v_whole_bits(size) & 127;
    rp_vc base = {z->re * scale, z->im * scale}, power = {v_set(1), v_set(0)};
    rp_vm one = v_all(); /* where power is 1 still */
    for (int bit = 1; bit < 128; bit <<= 1) {
        if (!v_any(v_less_equal(v_set(bit), size))) break;
        if (bit > 1) base = v_complex_product(base, base);
        const rp_vm has = v_equal_i(count & bit, (rp_vi){0} + bit);
        if (v_any(has & ~one)) power = v_select_vc(has & ~one, v_complex_product(power, base), power);
        power = v_select_vc(has & one, base, power);
        one = one & ~has;
    }
    const rp_vm below = v_less(n, v_set(0));
    if (v_any(below)) {
        const rp_vd inverse = 1 / v_fma(power.re, power.re, power.im * power.im);
        power = v_select_vc(below, (rp_vc){power.re * inverse, -power.im * inverse}, power);
    }
    const rp_vd steps = v_at_most(v_at_least(exponent * n, -800), 800);
    z->re = power.re * v_power_of_two(steps);
    z->im = power.im * v_power_of_two(steps);
}

V_SHARED void complex_pow_single(rp_vc *z, const rp_vc *w)
{
    v_pow_by(z, w, v_whole_power_single, v_general_power_single);
}

/* ---- sqrt ------------------------------------------------------------------------------------------------------ */

V_SHARED void complex_sqrt_single(rp_vc *z)
{
    const rp_vd x = v_abs(z->re), y = v_abs(z->im), size = v_sqrt(v_fma(x, x, y * y));
    const rp_vd root = v_sqrt((size + x) * 0.5);
    v_sqrt_of_parts(z, root, y / (root + root + 0x1p-200)); /* 0 / 0 is 0 */
}

/* ---- sinh, cosh, tanh ------------------------------------------------------------------------------------------- */

/* sinh |x| and cosh x, both without 2^n. */
V rp_vi v_hyperbolic_single(rp_vd x, rp_vd *sinh, rp_vd *cosh)
{
    const hyperbolic_parts part = v_hyperbolic_parts(x);
    const rp_vd s = part.high + part.sinh_rest, c = part.cosh_less_1 + 1;
    *sinh = v_fma(part.s.high, c, part.c.high * s);
    *cosh = v_fma(part.c.high, c, part.s.high * s);
    return part.count;
}

V void v_hyperbolic_single_of(rp_vc *z, bool turned)
{
    const rp_vd x = z->re, y = z->im;
    rp_vd sinh, cosh, cosine, sine;
    const rp_vi count = v_hyperbolic_single(v_at_most(v_abs(x), 700), &sinh, &cosh);
    v_cis_single(y, &cosine, &sine);
    z->re = v_hyperbolic_scale((turned ? cosh : sinh) * cosine, count);
    z->im = v_hyperbolic_scale((turned ? sinh : cosh) * sine, count);
    v_hyperbolic_special(x, y, turned ? sine : cosine, z, turned);
}
V_SHARED void complex_sinh_single(rp_vc *z) { v_hyperbolic_single_of(z, false); }
V_SHARED void complex_cosh_single(rp_vc *z) { v_hyperbolic_single_of(z, true); }

V_SHARED void complex_tanh_single(rp_vc *z)
{
    const rp_vd x = z->re, y = z->im;
    rp_vd sinh, cosh, cosine, sine;
    /* From 60 on the imaginary part is 0 in float32. */
    const rp_vi count = v_hyperbolic_single(v_at_most(v_abs(x), 60), &sinh, &cosh);
    v_cis_single(y, &cosine, &sine);
    const rp_vd power = v_power_of_two(-v_count(count)), small = cosine * power;
    const rp_vd inverse = 1 / v_fma(sinh, sinh, small * small);
    z->re = v_with_sign(cosh * sinh * inverse, v_sign(x));
    z->im = small * inverse * sine * power;
    v_tanh_special(x, y, z);
}

V_SHARED void complex_sin_single(rp_vc *z) { v_of_turned(z, complex_sinh_single); }
V_SHARED void complex_cos_single(rp_vc *z) { v_cos_by(z, complex_cosh_single); }
V_SHARED void complex_tan_single(rp_vc *z) { v_of_turned(z, complex_tanh_single); }

#endif
