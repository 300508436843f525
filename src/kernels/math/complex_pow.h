/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Complex pow(z, w). A whole real w, |w| < 128: products of pairs by squaring, so that powers of Gaussian integers are exact
 * where they fit. Else exp(w log z), log z as a pair of 66 bits: an error of about |w log z| 2^-66 besides the rounding, of
 * the result's size, not of each part. w = 0 gives 1; of z = 0 the power is 0 where w's real part is positive, else NaN.
 * Largest error found, in units of the last place of |pow(z, w)|: 1.0, for |w log z| < 700.
 */
#ifndef RP_MATH_COMPLEX_POW_H
#define RP_MATH_COMPLEX_POW_H

#include "kernels/math/complex.h"

/* a b + c d, with an error of some 2^-104 of the larger product. */
V rp_vdd v_sum_of_products(rp_vdd a, rp_vdd b, rp_vdd c, rp_vdd d)
{
    const rp_vd first = a.high * b.high, second = c.high * d.high;
    const rp_vdd sum = v_sum(first, second);
    const rp_vd rests = v_fma(a.high, b.high, -first) + v_fma(c.high, d.high, -second);
    const rp_vd of_first = v_fma(a.high, b.low, v_fma(a.low, b.high, rests));
    const rp_vd low = v_fma(c.high, d.low, v_fma(c.low, d.high, of_first));
    return v_sum(sum.high, sum.low + low); /* which may be the larger one */
}

V rp_vdd v_pair_negative(rp_vdd a) { return (rp_vdd){-a.high, -a.low}; }

V v_pair_complex v_complex_multiply(v_pair_complex a, v_pair_complex b)
{
    return (v_pair_complex){v_sum_of_products(a.re, b.re, v_pair_negative(a.im), b.im),
                            v_sum_of_products(a.re, b.im, a.im, b.re)};
}

V v_pair_complex v_complex_square(v_pair_complex a)
{
    const rp_vd x = a.re.high, y = a.im.high, twice = x + x, xy = twice * y;
    const rp_vdd x2 = v_pair_square(x), y2 = v_pair_square(y), re = v_sum(x2.high, -y2.high);
    const rp_vd re_low = v_fma(twice, a.re.low, v_fma(-2 * y, a.im.low, x2.low - y2.low));
    const rp_vd im_low = v_fma(twice, a.im.low, v_fma(2 * y, a.re.low, v_fma(twice, y, -xy)));
    return (v_pair_complex){v_sum(re.high, re.low + re_low), v_sum_ordered(xy, im_low)};
}

V v_pair_complex v_complex_select(rp_vm m, v_pair_complex a, v_pair_complex b)
{
    return (v_pair_complex){v_pair_select(m, a.re, b.re), v_pair_select(m, a.im, b.im)};
}

V rp_vc v_complex_product(rp_vc a, rp_vc b)
{
    return (rp_vc){v_fma(a.re, b.re, -(a.im * b.im)), v_fma(a.re, b.im, a.im * b.re)};
}

/* z^n, n whole, |n| < 128, each product rounded: enough for complex64. z times a power of two, as float64 has not float32's
 * range to this power. */
V_SHARED void v_plain_power(rp_vc *z, rp_vd n)
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

/* The same for complex128, in pairs. */
V_SHARED void v_whole_powers(rp_vc *z, const rp_vd *n, size_t vectors)
{
    v_pair_complex base[V_BLOCK], power[V_BLOCK];
    rp_vm begun[V_BLOCK]; /* where power is not 1 */
    rp_vi count[V_BLOCK];
    rp_vd exponent[V_BLOCK], most = v_set(0);
    const v_pair_complex one = {v_pair(v_set(1)), v_pair(v_set(0))};
    V_EACH(k, vectors)
    {
        const rp_vd scale = v_normaliser(v_larger(v_abs(z[k].re), v_abs(z[k].im)), exponent + k);
        base[k] = (v_pair_complex){v_pair(z[k].re * scale), v_pair(z[k].im * scale)};
        count[k] = v_whole_bits(v_abs(n[k])) & 127;
        begun[k] = v_equal_i(count[k] & 1, (rp_vi){0} + 1);
        power[k] = v_complex_select(begun[k], base[k], one);
        most = v_larger(most, v_abs(n[k]));
    }
    for (int bit = 2; v_any(v_less_equal(v_set(bit), most)); bit <<= 1) {
        V_EACH(k, vectors) base[k] = v_complex_square(base[k]);
        V_EACH(k, vectors)
        {
            const rp_vm has = v_equal_i(count[k] & bit, (rp_vi){0} + bit);
            if (!v_any(has)) continue;
            v_pair_complex more = base[k];
            if (v_any(begun[k])) more = v_complex_multiply(power[k], more);
            if (v_any(has & ~begun[k])) more = v_complex_select(begun[k], more, base[k]);
            power[k] = v_any(~has) ? v_complex_select(has, more, power[k]) : more;
            begun[k] = begun[k] | has;
        }
    }
    V_EACH(k, vectors)
    {
        const rp_vm below = v_less(n[k], v_set(0));
        if (v_any(below)) {
            const rp_vdd re = power[k].re, im = power[k].im;
            const rp_vdd size = v_pair_add(v_pair_multiply(re, re), v_pair_multiply(im, im));
            const v_pair_complex inverse = {v_pair_divide(re, size), v_pair_divide(v_pair_negative(im), size)};
            power[k] = v_complex_select(below, inverse, power[k]);
        }
        const rp_vm no_re = v_is_zero(power[k].re.high), no_im = v_is_zero(power[k].im.high);
        if (v_any(no_re | no_im)) { /* pairs do not keep the sign of 0 */
            rp_vc plain = z[k];
            v_plain_power(&plain, n[k]);
            const rp_vd re = v_with_sign(v_set(0), v_sign(plain.re)), im = v_with_sign(v_set(0), v_sign(plain.im));
            power[k].re = v_pair_select(no_re, (rp_vdd){re, re}, power[k].re);
            power[k].im = v_pair_select(no_im, (rp_vdd){im, im}, power[k].im);
        }
        const rp_vd steps = v_at_most(v_at_least(exponent[k] * n[k], -4000), 4000), quarter = v_round(steps * 0.25);
        const rp_vd some = v_power_of_two(quarter), others = v_power_of_two(steps - 3 * quarter);
        z[k].re = (power[k].re.high + power[k].re.low) * some * some * some * others;
        z[k].im = (power[k].im.high + power[k].im.low) * some * some * some * others;
    }
}

/* w (size + i angle) where that is not finite: a part of w that is 0 takes no part in it. */
V rp_vc v_times_infinite(const rp_vc *w, rp_vd size, rp_vd angle)
{
    const rp_vm no_re = v_is_zero(w->re), no_im = v_is_zero(w->im);
    const rp_vd zero = v_set(0);
    const rp_vd by_re = v_select(no_re, zero, w->re * size), by_im = v_select(no_im, zero, w->im * angle);
    const rp_vd turn_re = v_select(no_re, zero, w->re * angle), turn_im = v_select(no_im, zero, w->im * size);
    return (rp_vc){by_re - by_im, turn_re + turn_im};
}

V rp_vm v_power_is_rare(const rp_vc *w, rp_vd size)
{
    return v_not_finite(*w) | ~v_less(v_abs(size), v_set(V_INFINITY));
}

/* exp(w log z) */
V_SHARED void v_general_power(rp_vc *z, const rp_vc *w, size_t n)
{
    v_pair_complex log[V_BLOCK];
    V_EACH(k, n) v_log_size(z[k].re, v_set(0), z[k].im, &log[k].re, true);
    V_EACH(k, n) v_long_angle_of(z[k].im, z[k].re, &log[k].im);
    V_EACH(k, n)
    {
        /* Products of a huge w are a power of two away from the largest numbers. */
        const rp_vm huge = v_less(v_set(0x1p900), v_larger(v_abs(w[k].re), v_abs(w[k].im)));
        const rp_vd down = v_select(huge, v_set(0x1p-200), v_set(1)), up = v_select(huge, v_set(0x1p200), v_set(1));
        const rp_vdd re = v_pair(w[k].re * down), im = v_pair(w[k].im * down);
        const rp_vdd size = log[k].re, angle = log[k].im;
        const rp_vm rare = v_power_is_rare(w + k, size.high);
        const rp_vdd finite = v_pair_select(rare, v_pair(v_set(0)), size);
        rp_vdd x = v_pair_times(v_sum_of_products(re, finite, v_pair_negative(im), angle), up);
        rp_vdd y = v_pair_times(v_sum_of_products(re, angle, im, finite), up);
        y.high = v_at_most(v_at_least(y.high, -DBL_MAX), DBL_MAX);
        if (v_any(rare)) {
            const rp_vc other = v_times_infinite(w + k, size.high, angle.high);
            x = v_pair_select(rare, v_pair(other.re), x);
            y = v_pair_select(rare, v_pair(other.im), y);
        }
        /* No low part that counts: the power is infinite or 0, or of no known angle. */
        x.low = v_select(v_less(v_abs(x.high), v_set(2000)), x.low, v_set(0));
        y.low = v_select(v_less(v_abs(y.high), v_set(0x1p24)), y.low, v_set(0));
        log[k] = (v_pair_complex){x, y};
    }
    v_exp_of_pairs(z, log, n);
}

/* `general_power` has the powers that are no products. */
V void v_pow_by(rp_vc *z, const rp_vc *w, size_t n, void (*whole_powers)(rp_vc *, const rp_vd *, size_t),
                void (*general_power)(rp_vc *, const rp_vc *, size_t))
{
    rp_vm whole[V_BLOCK];
    rp_vc general[V_BLOCK], product[V_BLOCK];
    rp_vd times[V_BLOCK];
    bool others = false, products = false;
    V_EACH(k, n)
    {
        const rp_vd count = v_abs(w[k].re), round = (count + 0x1p52) - 0x1p52;
        whole[k] = v_is_zero(w[k].im) & v_less(count, v_set(128)) & v_equal(round, count) & ~v_not_finite(z[k]);
        general[k] = v_select_vc(whole[k], (rp_vc){v_set(1), v_set(0)}, z[k]);
        times[k] = v_select(whole[k], w[k].re, v_set(0));
        product[k] = z[k];
        others = others || v_any(~whole[k]);
        products = products || v_any(whole[k]);
    }
    if (others) general_power(general, w, n);
    if (products) whole_powers(product, times, n);
    V_EACH(k, n)
    {
        if (!others) {
            z[k] = product[k];
            continue;
        }
        const rp_vm none = v_is_zero(z[k].re) & v_is_zero(z[k].im);
        const rp_vd of_none = v_select(v_less(v_set(0), w[k].re), v_set(0), v_set(V_NAN));
        const rp_vc other = {v_select(none, of_none, general[k].re), v_select(none, of_none, general[k].im)};
        const rp_vc result = v_select_vc(whole[k], product[k], other);
        const rp_vm zeroth = v_is_zero(w[k].re) & v_is_zero(w[k].im);
        z[k].re = v_select(zeroth, v_set(1), result.re);
        z[k].im = v_select(zeroth, v_set(0), result.im);
    }
}
V_SHARED void complex_pow(rp_vc *z, const rp_vc *w, size_t n) { v_pow_by(z, w, n, v_whole_powers, v_general_power); }

#endif
