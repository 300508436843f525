/* SPDX-License-Identifier: BSD-3-Clause
 *
 * sinh, cosh, tanh. |x| = n ln 2 + r as for exp, |r| <= 0.3493. With the series of sinh r = r + r^3 q(r^2) (q of degree 5)
 * and cosh r = 1 + r^2 p(r^2) (p of degree 5), both good to 2^-56 (hyperbolic.sollya), and S = (1 - 4^-n) / 2,
 * C = (1 + 4^-n) / 2, which are sinh and cosh of n ln 2 but for a factor 2^n,
 *     sinh |x| = 2^n (S cosh r + C sinh r),   cosh x = 2^n (C cosh r + S sinh r):
 * S + C r and C + S r are added without an error, the small rest to their sum. n = 0 makes them the series alone, so that
 * nothing cancels.
 * tanh |x| = -z / (2 + z), z = e^(-2 |x|) - 1 in two numbers (exp.h), the quotient corrected by its remainder.
 * float64: largest error found 0.90 ULP (sinh, near 0.35), 0.78 (cosh, near 18.4), 0.62 (tanh, near 0.2). float32 and
 * float16 by way of it: correctly rounded, every argument tried; sinh needs v_add_for_single. Rough forms (loops.h): the
 * same with series of degree 4 in r^2; largest error found 2^-44.3.
 */
#ifndef RP_MATH_HYPERBOLIC_H
#define RP_MATH_HYPERBOLIC_H

#include "kernels/math/exp.h"

typedef struct hyperbolic_parts {
    rp_vi count;                  /* n (v_count) */
    rp_vd high, low;              /* r in two numbers */
    rp_vd sinh_rest, cosh_less_1; /* sinh r - r, cosh r - 1 */
    rp_vdd s, c;                  /* S, C */
} hyperbolic_parts;

/* 0 <= x < 2^9 or so */
V hyperbolic_parts v_hyperbolic_parts(rp_vd x)
{
    hyperbolic_parts part;
    part.count = v_count_bits(x, 0x1.71547652b82fep0);
    const rp_vd n = v_count(part.count);
    part.high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), x);
    part.low = n * -0x1.abc9e3b39803fp-56;
    const rp_vd r = part.high + part.low, r2 = r * r;
    const rp_vd q = v_poly5(r2, 0x1.5555555555555p-3, 0x1.1111111111489p-7, 0x1.a01a019d93402p-13,
                            0x1.71de465ab784cp-19, 0x1.ae324107cfccfp-26, 0x1.ad42d7f752d4ap-33);
    const rp_vd p = v_poly5(r2, 0x1p-1, 0x1.5555555555556p-5, 0x1.6c16c16c15ff6p-10, 0x1.a01a01a81b768p-16,
                            0x1.27e4d80e37351p-22, 0x1.1f78f66f7a29ep-29);
    part.sinh_rest = v_fma(r * r2, q, part.low);
    part.cosh_less_1 = r2 * p;
    /* 4^-n / 2, from n = 28 on nothing that matters. */
    const rp_vd power = (rp_vd)((1022 * 128 - part.count) << 45),
                fourth = v_select(v_less(n, v_set(28)), power, v_set(0));
    part.s = v_sum_ordered(v_set(0.5), -fourth);
    part.c = v_sum_ordered(v_set(0.5), fourth);
    return part;
}

/* a cosh r + b sinh r: a + b r, and the rest, which is not so small that it were the error of a sum. */
V rp_vdd v_hyperbolic_sum(const hyperbolic_parts *part, rp_vdd a, rp_vdd b)
{
    const rp_vd product = b.high * part->high;
    const rp_vdd sum = v_sum_ordered(a.high, product);
    const rp_vd rest = sum.low + v_fma(b.low, part->high, a.low) + v_fma(b.high, part->high, -product);
    return (rp_vdd){sum.high, v_fma(a.high, part->cosh_less_1, v_fma(b.high, part->sinh_rest, rest))};
}

/* x 2^n for 0 <= n <= 1025, rounded once. */
V rp_vd v_hyperbolic_scale(rp_vd x, rp_vi count) { return x * 4 * (rp_vd)((count + 1021 * 256) << 44); }

V rp_vd v_sinh_with(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vd size = v_abs(x);
    const hyperbolic_parts part = v_hyperbolic_parts(v_at_most(size, 711) + V_TINY);
    const rp_vdd sum = v_hyperbolic_sum(&part, part.s, part.c);
    const rp_vd most = v_hyperbolic_scale(add(sum.high, sum.low), part.count);
    return (rp_vd)((rp_vi)v_select(v_less(size, v_set(0x1p-28)), size, most) | v_sign(x));
}
V rp_vd v_sinh(rp_vd x) { return v_sinh_with(x, v_add); }
V rp_vd v_sinh_single(rp_vd x) { return v_sinh_with(x, v_add_for_single); }

V rp_vd v_cosh(rp_vd x)
{
    const hyperbolic_parts part = v_hyperbolic_parts(v_at_most(v_abs(x), 711) + V_TINY);
    const rp_vdd sum = v_hyperbolic_sum(&part, part.c, part.s);
    return v_hyperbolic_scale(sum.high + sum.low, part.count);
}
#define v_cosh_single v_cosh

V rp_vd v_tanh(rp_vd x)
{
    const rp_vd size = v_abs(x);
    rp_vdd over = v_half_expm1(v_at_least((size + V_TINY) * -2, -40));
    over = v_sum_ordered(over.high, over.low);
    const rp_vdd one = v_sum_ordered(v_set(1), over.high);
    const rp_vd inverse = 1 / one.high, quotient = over.high * inverse;
    const rp_vd rest = v_fma(-quotient, one.high, over.high) + v_fma(-quotient, one.low + over.low, over.low);
    /* Where all is rounded away from 0, the quotient may be more than 1, and two units too many if it is subnormal. */
    const rp_vd most = v_at_most(-v_fma(rest, inverse, quotient), 1);
    const rp_vd result = v_select(v_less(size, v_set(0x1p-28)), size, most);
    return (rp_vd)((rp_vi)result | v_sign(x));
}
#define v_tanh_single v_tanh

/* ---- Rough ------------------------------------------------------------------------------------------------- */

/* sinh r / r and cosh r, in r^2, with errors of 2^-49 and 2^-46 */
static const double sinh_rough[5] = {1, 0x1.5555555552057p-3, 0x1.1111112195548p-7, 0x1.a0199aad6a222p-13,
                                     0x1.72dbad2fa0907p-19};
static const double cosh_rough[5] = {1, 0x1.ffffffffee1d6p-2, 0x1.555555823dd84p-5, 0x1.6c1634c49d9dp-10,
                                     0x1.a1758f9d2d9c8p-16};
typedef struct hyperbolic_rough {
    rp_vd sinh, cosh;      /* of r */
    rp_vd sum, difference; /* (2^-n + 2^n) / 2, (2^-n - 2^n) / 2 */
} hyperbolic_rough;
V hyperbolic_rough v_hyperbolic_rough(rp_vd x)
{
    const rp_vi count = v_count_bits(x, 0x1.71547652b82fep0);
    const rp_vd r = v_fma(v_count(count), v_set(-0x1.62e42fefa39efp-1), x), r2 = r * r, r4 = r2 * r2;
    const rp_vi n = count << 44, half = (rp_vi)v_set(0.5);
    const rp_vd up = (rp_vd)(half + n), down = (rp_vd)(half - n);
    return (hyperbolic_rough){v_poly(r2, r4, sinh_rough, 5) * r, v_poly(r2, r4, cosh_rough, 5), down + up, down - up};
}

#define v_sinh_doubt v_beyond_double
/* A difference of 0 is subtracted, which keeps the sign of sinh -0. */
V rp_vd v_sinh_of(hyperbolic_rough part) { return v_fma(part.sum, part.sinh, -(part.difference * part.cosh)); }
V rp_vd v_sinh_rough(rp_vd x) { return v_sinh_of(v_hyperbolic_rough(x)); }
V rp_vd v_sinh_again(rp_vd x, rp_vd result, rp_vm *unknown)
{
    (void)unknown;
    return v_beyond(x, -INFINITY, result);
}
#define v_cosh_doubt v_beyond_double
V rp_vd v_cosh_of(hyperbolic_rough part) { return v_fma(part.sum, part.cosh, -(part.difference * part.sinh)); }
V rp_vd v_cosh_rough(rp_vd x) { return v_cosh_of(v_hyperbolic_rough(x)); }
V rp_vd v_cosh_again(rp_vd x, rp_vd result, rp_vm *unknown)
{
    (void)unknown;
    return v_beyond(x, INFINITY, result);
}

V rp_vsm v_tanh_doubt(rp_vs x) { return vs_less(x, x); }
V rp_vd v_tanh_rough(rp_vd x)
{
    const hyperbolic_rough part = v_hyperbolic_rough(v_at_least(v_at_most(x, 10), -10));
    return v_sinh_of(part) / v_cosh_of(part);
}

#endif
