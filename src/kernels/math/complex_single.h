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
V_SHARED void complex_exp_single(rp_vc *z, size_t n)
{
    rp_vd power[V_BLOCK];
    V_EACH(k, n)
    {
        const rp_vd x = v_at_least(v_at_most(z[k].re, 700), -700);
        const rp_vi count = v_count_bits(x, 0x1.71547652b82fep0);
        const rp_vd r = v_fma(v_count(count), v_set(-0x1.62e42fefa39efp-1), x);
        power[k] = v_fma(r * r, v_exp_poly(r), r + 1) * (rp_vd)((count + 1023 * 256) << 44);
    }
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re, y = z[k].im;
        rp_vd cosine, sine;
        v_cis_single(y, &cosine, &sine);
        z[k] = (rp_vc){power[k] * cosine, v_select(v_is_zero(y), y, power[k] * sine)};
        v_exp_special(x, y, z + k);
    }
}

/* ---- log, log2, log10 ------------------------------------------------------------------------------------------ */

V void v_log_single_of(const rp_vc *z, rp_vc *log, size_t n)
{
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re, y = z[k].im, square = v_fma(x, x, y * y);
        rp_vd size = v_log(square) * 0.5;
        const rp_vm near = v_less(v_abs(square - 1), v_set(0x1p-7));
        if (v_any(near)) {
            rp_vdd better;
            v_log_size_near_one(x, v_set(0), y, &better);
            size = v_select(near, better.high, size);
        }
        log[k].re = v_select(v_is_infinite(x) | v_is_infinite(y), v_set(V_INFINITY), size);
    }
    V_EACH(k, n) log[k].im = v_with_sign(v_atan2_short(z[k].im, z[k].re), v_sign(z[k].im));
}

V_SHARED void v_log_times_single(rp_vc *z, size_t n, double factor)
{
    rp_vc log[V_BLOCK];
    v_log_single_of(z, log, n);
    V_EACH(k, n) z[k] = (rp_vc){log[k].re * factor, log[k].im * factor};
}
V_SHARED void complex_log_single(rp_vc *z, size_t n) { v_log_times_single(z, n, 1); }
V_SHARED void complex_log2_single(rp_vc *z, size_t n) { v_log_times_single(z, n, 0x1.71547652b82fep0); }
V_SHARED void complex_log10_single(rp_vc *z, size_t n) { v_log_times_single(z, n, 0x1.bcb7b1526e50ep-2); }

/* ---- pow ------------------------------------------------------------------------------------------------------- */

V_SHARED void v_general_power_single(rp_vc *z, const rp_vc *w, size_t n)
{
    rp_vc log[V_BLOCK];
    v_log_single_of(z, log, n);
    V_EACH(k, n)
    {
        const rp_vd size = log[k].re, angle = log[k].im;
        z[k] = (rp_vc){v_fma(w[k].re, size, -(w[k].im * angle)), v_fma(w[k].re, angle, w[k].im * size)};
        const rp_vm rare = v_power_is_rare(w + k, size);
        if (v_any(rare)) z[k] = v_select_vc(rare, v_times_infinite(w + k, size, angle), z[k]);
    }
    complex_exp_single(z, n);
}

V_SHARED void v_whole_powers_single(rp_vc *z, const rp_vd *n, size_t vectors)
{
    V_EACH(k, vectors) v_plain_power(z + k, n[k]);
}

V_SHARED void complex_pow_single(rp_vc *z, const rp_vc *w, size_t n)
{
    v_pow_by(z, w, n, v_whole_powers_single, v_general_power_single);
}

/* ---- sqrt ------------------------------------------------------------------------------------------------------ */

V_SHARED void complex_sqrt_single(rp_vc *z, size_t n)
{
    V_EACH(k, n)
    {
        const rp_vd x = v_abs(z[k].re), y = v_abs(z[k].im), size = v_sqrt(v_fma(x, x, y * y));
        const rp_vd root = v_sqrt((size + x) * 0.5);
        v_sqrt_of_parts(z + k, root, y / (root + root + 0x1p-200)); /* 0 / 0 is 0 */
    }
}

/* ---- sinh, cosh, tanh ------------------------------------------------------------------------------------------- */

V void v_hyperbolic_single_of(rp_vc *z, size_t n, bool turned)
{
    rp_vc parts[V_BLOCK]; /* sinh x, cosh x */
    V_EACH(k, n)
    {
        const hyperbolic_rough part = v_hyperbolic_rough(v_at_most(v_at_least(z[k].re, -700), 700));
        parts[k] = (rp_vc){v_sinh_of(part), v_cosh_of(part)};
    }
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re, y = z[k].im, sinh = v_abs(parts[k].re), cosh = parts[k].im;
        rp_vd cosine, sine;
        v_cis_single(y, &cosine, &sine);
        z[k] = (rp_vc){(turned ? cosh : sinh) * cosine, (turned ? sinh : cosh) * sine};
        v_hyperbolic_special(x, y, turned ? sine : cosine, z + k, turned);
    }
}
V_SHARED void complex_sinh_single(rp_vc *z, size_t n) { v_hyperbolic_single_of(z, n, false); }
V_SHARED void complex_cosh_single(rp_vc *z, size_t n) { v_hyperbolic_single_of(z, n, true); }

V_SHARED void complex_tanh_single(rp_vc *z, size_t n)
{
    rp_vc parts[V_BLOCK]; /* sinh x, cosh x */
    V_EACH(k, n)
    {
        /* From 60 on the imaginary part is 0 in float32. */
        const hyperbolic_rough part = v_hyperbolic_rough(v_at_most(v_at_least(z[k].re, -60), 60));
        parts[k] = (rp_vc){v_sinh_of(part), v_cosh_of(part)};
    }
    V_EACH(k, n)
    {
        const rp_vd x = z[k].re, y = z[k].im, sinh = parts[k].re, cosh = parts[k].im;
        rp_vd cosine, sine;
        v_cis_single(y, &cosine, &sine);
        const rp_vd inverse = 1 / v_fma(sinh, sinh, cosine * cosine);
        z[k] = (rp_vc){cosh * sinh * inverse, cosine * inverse * sine};
        v_tanh_special(x, y, z + k);
    }
}

V_SHARED void complex_sin_single(rp_vc *z, size_t n) { v_of_turned(z, n, complex_sinh_single); }
V_SHARED void complex_cos_single(rp_vc *z, size_t n) { v_cos_by(z, n, complex_cosh_single); }
V_SHARED void complex_tan_single(rp_vc *z, size_t n) { v_of_turned(z, n, complex_tanh_single); }

#endif
