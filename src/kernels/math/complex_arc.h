/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Complex asin, acos, atan, asinh, acosh, atanh.
 *
 * asin and acos as Hull, Fairgrieve and Tang have them: with x = |re|, y = |im|, r = |z + 1|, s = |z - 1|, d = |x - 1| and
 *     P = (y^2 / (r + x + 1) + y^2 / (s + d)) / 2,   Q = (y^2 / (r + x + 1) + s + d) / 2,
 * a = (r + s) / 2 is 1 + P, and a - x is Q, for x < 1; else a is 1 + Q, and a - x is P. With A = sqrt(P (P + 2 max(x, 1))) and
 * B = sqrt(Q (Q + 2 min(x, 1))), log(a + sqrt(a^2 - 1)) is log(1 + P + A), or log(1 + Q + B), and the angle that of
 * B + ix, or A + ix. Only what is positive is added: nothing cancels. All are pairs. Where y^2 is no normal number, A is
 * y max(x, 1) / sqrt(|1 - x^2|), and at x = 1 both are sqrt(y). Large numbers are scaled, and 1 is 0 beside them.
 * atanh: the real part is log(1 + 4x / ((1 - x)^2 + y^2)) / 4, the imaginary one half the angle of
 * (1 - x)(1 + x) - y^2 + 2iy, exact products. The others are these, of iz.
 * Special values: C17, annex G.6. Largest error of a part found: asin 1.46 ULP, acos 1.45, atanh 1.38;
 * complex64: 0.5.
 */
#ifndef RP_MATH_COMPLEX_ARC_H
#define RP_MATH_COMPLEX_ARC_H

#include "kernels/math/complex.h"

/* a + b of one sign. */
V rp_vdd v_pair_plus(rp_vdd a, rp_vdd b)
{
    const rp_vdd sum = v_sum(a.high, b.high);
    return v_sum_ordered(sum.high, sum.low + (a.low + b.low));
}

typedef struct v_arcs {
    rp_vd angle, log; /* both >= 0 */
} v_arcs;

/* `cosine`: the angle of acos, 0 to pi, else of asin. */
V_SHARED void v_arcs_of(const rp_vc *z, rp_vm cosine, v_arcs *result)
{
    const rp_vm rare = v_not_finite(*z);
    const rp_vd original = v_abs(z->im);
    rp_vd x = v_select(rare, v_set(1), v_abs(z->re)), y = v_select(rare, v_set(1), original);
    const rp_vd largest = v_select(v_less(x, y), y, x);
    const rp_vm large = v_less(v_set(0x1p60), largest);
    rp_vd exponent;
    const rp_vd scale = v_select(large, v_normaliser(largest, &exponent), v_set(1));
    const rp_vd one = v_select(large, v_set(0), v_set(1));
    x = x * scale;
    y = y * scale;
    const rp_vm inside = v_less(x, one);
    const rp_vd most = v_select(inside, one, x), least = v_select(inside, x, one);
    const rp_vdd right = v_sum(x, one), away = v_sum(most, -least);
    /* Of the small ones neither square nor error is a normal number: A and B are made otherwise. */
    const rp_vm tiny = v_less(y, v_set(0x1p-450));
    const rp_vdd y2 = v_pair_select(tiny, v_pair(v_set(0)), v_pair_square(y));
    const rp_vdd r = v_pair_root(v_pair_plus(v_pair_multiply(right, right), y2));
    const rp_vdd s = v_pair_root(v_pair_plus(v_pair_multiply(away, away), y2));
    const rp_vdd near = v_pair_plus(s, away), far = v_pair_plus(r, right);
    const rp_vd divisor = v_select(v_is_zero(near.high), v_set(1), near.high);
    const rp_vdd q1 = v_pair_divide(y2, far), q2 = v_pair_divide(y2, (rp_vdd){divisor, near.low});
    const rp_vdd p = v_pair_times(v_pair_plus(q1, q2), v_set(0.5));
    const rp_vdd q = v_pair_times(v_pair_plus(q1, near), v_set(0.5));
    rp_vdd a = v_pair_root(v_pair_multiply(p, v_pair_plus(p, v_pair(most + most))));
    rp_vdd b = v_pair_root(v_pair_multiply(q, v_pair_plus(q, v_pair(least + least))));
    if (v_any(tiny)) {
        const rp_vm at_one = tiny & v_is_zero(away.high), close = tiny & ~at_one;
        const rp_vdd root = v_pair_times(v_pair_root(v_pair(y * 0x1p200)), v_set(0x1p-100));
        const rp_vdd product = v_pair_root(v_pair_multiply(right, v_pair_select(at_one, v_pair(v_set(1)), away)));
        const rp_vdd slope = v_pair_divide(v_pair(most), product);
        a = v_pair_select(close, v_pair_multiply(v_pair(y), slope), v_pair_select(at_one, root, a));
        b = v_pair_select(at_one, root, b);
    }
    rp_vdd log = v_pair_plus(v_pair_select(inside, p, q), v_pair_select(inside, a, b));
    v_log_of_sum(&log, one, v_select(large, exponent, v_set(0)));
    const rp_vdd beside = v_pair_select(inside, b, a);
    rp_vd adjacent = beside.high + beside.low, opposite = x;
    if (v_any(rare)) {
        const rp_vm infinite = v_is_infinite(z->re) | v_is_infinite(z->im);
        log = v_pair_select(rare, v_pair(v_select(infinite, v_set(V_INFINITY), v_set(V_NAN))), log);
        opposite = v_select(rare, v_abs(z->re), opposite);
        adjacent = v_select(rare, v_select(v_is_zero(z->re), v_set(1), original), adjacent);
    }
    const rp_vd signed_x = (rp_vd)((rp_vi)opposite | v_sign(z->re));
    rp_vdd angle;
    v_angle_of(v_select(cosine, adjacent, opposite), v_select(cosine, signed_x, adjacent), &angle);
    result->angle = v_abs(angle.high + angle.low);
    result->log = v_abs(v_select(v_is_infinite(log.high), log.high, log.high + log.low));
}

V_SHARED void complex_asin(rp_vc *z, size_t n)
{
    v_arcs arcs;
    V_EACH(k, n)
    {
        v_arcs_of(z + k, ~v_all(), &arcs);
        z[k] = (rp_vc){v_with_sign(arcs.angle, v_sign(z[k].re)), v_with_sign(arcs.log, v_sign(z[k].im))};
    }
}
V_SHARED void complex_acos(rp_vc *z, size_t n)
{
    v_arcs arcs;
    V_EACH(k, n)
    {
        v_arcs_of(z + k, v_all(), &arcs);
        z[k] = (rp_vc){arcs.angle, v_with_sign(arcs.log, ~(rp_vi)z[k].im & INT64_MIN)};
    }
}
V_SHARED void complex_asinh(rp_vc *z, size_t n) { v_of_turned(z, n, complex_asin); }
V_SHARED void complex_acosh(rp_vc *z, size_t n)
{
    v_arcs arcs;
    V_EACH(k, n)
    {
        v_arcs_of(z + k, v_all(), &arcs);
        z[k] = (rp_vc){arcs.log, v_with_sign(arcs.angle, v_sign(z[k].im))};
    }
}

/* ---- atanh, atan ----------------------------------------------------------------------------------------------- */

V void v_atanh_one(rp_vc *z)
{
    const rp_vm rare = v_not_finite(*z);
    rp_vd x = v_select(rare, v_set(2), v_abs(z->re)), y = v_select(rare, v_set(2), v_abs(z->im));
    const rp_vd largest = v_select(v_less(x, y), y, x);
    const rp_vm large = v_less(v_set(0x1p60), largest);
    /* Beside x = 1 a y whose square is no normal number. */
    const rp_vm pole = v_equal(x, v_set(1)) & v_less(y, v_set(0x1p-450));
    rp_vd exponent;
    const rp_vd scale = v_select(large | pole, v_normaliser(v_select(pole, y, largest), &exponent), v_set(1));
    const rp_vd one = v_select(large, v_set(0), v_set(1));
    x = v_select(large, x * scale, x);
    y = y * scale;
    const rp_vdd away = v_sum(one, -x), y2 = v_pair_square(y), x2 = v_pair_square(x);
    const rp_vdd under = v_pair_plus(v_pair_multiply(away, away), y2);
    const rp_vm infinite = v_is_zero(under.high);
    rp_vdd quotient = v_pair_divide(v_pair(x * 4), v_pair_select(infinite, v_pair(v_set(1)), under));
    quotient = v_pair_times(quotient, v_select(large, scale, v_set(1)));
    rp_vdd log = quotient;
    v_log_of_sum(&log, v_select(pole, v_set(0), v_set(1)), v_select(pole, exponent * -2, v_set(0)));
    rp_vd re = (log.high + log.low) * 0.25;
    re = v_select(infinite, v_set(V_INFINITY), re);
    /* 1 - x^2 - y^2 */
    const rp_vdd first = v_sum(one, -x2.high), second = v_sum(first.high, -y2.high);
    const rp_vd adjacent = second.high + (second.low + ((first.low - x2.low) - y2.low));
    const rp_vd opposite = v_select(large, v_set(0), y + y);
    rp_vdd angle;
    v_angle_of(v_select(pole, v_set(1), opposite), v_select(pole, v_set(0), adjacent), &angle);
    angle = v_pair_select(pole & infinite, v_pair(v_set(0)), angle);
    rp_vd im = (angle.high + angle.low) * 0.5;
    if (v_any(rare)) {
        const rp_vm nan_y = v_is_nan(z->im), wide = v_is_infinite(z->re) | v_is_infinite(z->im);
        const rp_vm turned = v_is_infinite(z->im) | (v_is_infinite(z->re) & ~nan_y);
        const rp_vd nan = v_set(V_NAN);
        re = v_select(rare, v_select(wide | v_is_zero(z->re), v_set(0), nan), re);
        im = v_select(rare, v_select(turned, v_set(V_HALF_PI), nan), im);
    }
    *z = (rp_vc){v_with_sign(re, v_sign(z->re)), v_with_sign(im, v_sign(z->im))};
}
V_SHARED void complex_atanh(rp_vc *z, size_t n) { V_EACH(k, n) v_atanh_one(z + k); }
V_SHARED void complex_atan(rp_vc *z, size_t n) { v_of_turned(z, n, complex_atanh); }

#endif
