/* SPDX-License-Identifier: BSD-3-Clause
 *
 * log, log2, log10, log1p. x = 2^k m, m in [0.703125, 1.40625), which sixteen intervals divide, with a number c in each:
 * log x = k ln 2 + log c + log(1 + r), r = m / c - 1, -0.028 < r < 0.045. The tables hold 1 / c, and log c, c chosen so
 * that log c is a multiple of 2^-43 with an error below 2^-63; so is the first part of ln 2, hence k ln 2 + log c is
 * exact. log(1 + r) = r - r^2 / 2 + r^3 p(r), p of degree 7 (log.sollya: error of p 2^-48.5). In the interval around 1,
 * [0.984375, 1.03125), c is 1 and log c is 0: there r is exact, and the error is small beside the result.
 * The intervals beside that one have c near their inner end, where r must be small beside the result.
 * v_log_of_pair keeps what log's argument, r and the sums lose, and gives a pair: log1p takes it of 1 + x, log2 and log10
 * multiply it by a constant in two parts, so that powers of 2 and 10 have exact logarithms.
 * float64: largest error found 0.76 ULP (log, near 1.06), 0.52 (log2, log10), 0.75 (log1p, near 2^-53). float32 and float16 by
 * way of it, with v_add_for_single: correctly rounded, every argument tried. Rough forms (loops.h): one number instead of
 * pairs, log(1 + r) = r + r^2 p(r), p of degree 5; largest error found 2^-40.9.
 */
#ifndef RP_MATH_LOG_H
#define RP_MATH_LOG_H

#include "kernels/math/words.h"

#define LOG_TABLE(PAIR) \
    PAIR(0x1.64577f746p+0, -0x1.52a6676e72p-2) PAIR(0x1.557b2dbf54p+0, -0x1.2707a406728p-2) \
    PAIR(0x1.47cf856524p+0, -0x1.fa62bdd9d9p-3) PAIR(0x1.3b31a86d4p+0, -0x1.aa01914c46p-3) \
    PAIR(0x1.2f8312660cp+0, -0x1.5ca8baecfap-3) PAIR(0x1.24aa175154p+0, -0x1.121f8494a7p-3) \
    PAIR(0x1.1a914df09p+0, -0x1.9470c3db42p-4) PAIR(0x1.11247e0d04p+0, -0x1.097ce3c05p-4) \
    PAIR(0x1.0624eaf984p+0, -0x1.8495b0773p-6) PAIR(1, 0) PAIR(0x1.e91351f3a8p-1, 0x1.7741f2b224p-5) \
    PAIR(0x1.c7761d4878p-1, 0x1.df49becd0cp-4) PAIR(0x1.af74aa9be8p-1, 0x1.5e88fca7e4p-3) \
    PAIR(0x1.99db8ee02p-1, 0x1.c7b5cca3cdp-3) PAIR(0x1.865141c388p-1, 0x1.15e088fabp-2) \
    PAIR(0x1.748e774398p-1, 0x1.4590fd27a9p-2)
static const double log_table[32] = V_PAIRS(LOG_TABLE);
#define LN2_HIGH 0x1.62e42fefa38p-1
#define LN2_LOW 0x1.ef35793c7673p-45

typedef struct log_parts {
    rp_vi bits; /* the exponent, biased, and the fraction, as if m's interval were [1, 2) */
    rp_vd m, inverse, k, known;
} log_parts;

/* x is positive, normal and finite. `known` is k ln 2 + log c. */
V log_parts v_log_parts(rp_vd x, rp_vd added_k)
{
    const int64_t first = 0x3fe6800000000000, one = 0x3ff0000000000000, fraction = 0x000fffffffffffff;
    log_parts part;
    part.bits = (rp_vi)x + (one - first);
    part.k = (rp_vd)((rp_vi)((rp_vu)part.bits >> 52) | 0x4330000000000000) - (0x1p52 + 1023 - added_k);
    const rp_vi interval = (rp_vi)((rp_vu)part.bits >> 48);
    part.m = (rp_vd)((part.bits & fraction) + first);
    rp_vd log_of_c;
    v_table16_pair(log_table, interval, &part.inverse, &log_of_c);
    part.known = v_fma(part.k, v_set(LN2_HIGH), log_of_c);
    return part;
}

/* -1 / 2 + r p(r) */
V rp_vd v_log_series(rp_vd r)
{
    const rp_vd p = v_poly7(r, 0x1.555555555555dp-2, -0x1.00000000025a6p-2, 0x1.999999994a6p-3, -0x1.555554c0d0649p-3,
                            0x1.24924927cfb1cp-3, -0x1.0004bc925e195p-3, 0x1.c776e3e2f47f6p-4, -0x1.82f44a5d21864p-4);
    return v_fma(r, p, v_set(-0.5));
}

/* 2^(1 - k) of log_parts' bits: a factor to go with half an inverse, since 2^-k may be subnormal. */
V rp_vd v_power_down(rp_vi bits) { return (rp_vd)(~bits & 0x7ff0000000000000); }

/* log(high + low) + added_k ln 2, |low| < 2^-50 high, high as for v_log_parts; the result's error is some 2^-60 of it. */
V rp_vdd v_log_of_pair(rp_vd high, rp_vd low, rp_vd added_k)
{
    const log_parts part = v_log_parts(high, added_k);
    /* low goes where high went: times 2^-k. */
    const rp_vd scale = v_power_down(part.bits);
    const rp_vd product = part.m * part.inverse, r_high = product - 1;
    const rp_vd r_low = v_fma(low * scale, part.inverse * 0.5, v_fma(part.m, part.inverse, -product));
    const rp_vd r = r_high + r_low, r2 = r * r;
    const rp_vdd sum = v_sum_ordered(part.known, r_high);
    const rp_vd rest = v_fma(part.k, v_set(LN2_LOW), sum.low + r_low);
    return (rp_vdd){sum.high, v_fma(r2, v_log_series(r), rest)};
}

/* What is no positive normal number: of subnormal ones the caller has made normal ones. */
V rp_vd v_log_special(rp_vd x, rp_vd result)
{
    result = v_select(v_less(x, v_set(0)), v_set((double)NAN), result);
    result = v_select(v_equal(x, v_set(0)), v_set(-(double)INFINITY), result);
    result = v_select(v_equal(x, v_set((double)INFINITY)), x, result);
    return v_select(v_equal(x, x), result, x);
}
V rp_vm v_log_plain(rp_vd x) { return v_less_equal(v_set(DBL_MIN), x) & v_less_equal(x, v_set(DBL_MAX)); }
V rp_vm v_log_rare(rp_vd x) { return ~v_log_plain(x); }

/* `how` gives the result from x > 0, normal and finite, and what k is to be more by. */
V rp_vd v_log_with(rp_vd x, rp_vd (*how)(rp_vd, rp_vd))
{
    if (!v_any(v_log_rare(x))) return how(x, v_set(0));
    if (!v_any(v_less(v_set(0), x) & v_less_equal(x, v_set(DBL_MAX)))) return v_log_special(x, x);
    const rp_vm small = v_less(x, v_set(DBL_MIN));
    const rp_vd scaled = v_select(small, v_subnormal(x), x);
    return v_log_special(x, how(scaled, v_select(small, v_set(-1074), v_set(0))));
}

/* ---- log -------------------------------------------------------------------------------------------------- */

V rp_vd v_log_normal(rp_vd x, rp_vd added_k)
{
    const log_parts part = v_log_parts(x, added_k);
    const rp_vd r = v_fma(part.m, part.inverse, v_set(-1)), r2 = r * r;
    const rp_vdd sum = v_sum_ordered(part.known, r);
    return sum.high + v_fma(r2, v_log_series(r), v_fma(part.k, v_set(LN2_LOW), sum.low));
}
V rp_vd v_log_single_normal(rp_vd x, rp_vd added_k)
{
    const log_parts part = v_log_parts(x, added_k);
    const rp_vd r = v_fma(part.m, part.inverse, v_set(-1)), r2 = r * r;
    return v_add_for_single(part.known, v_fma(r2, v_log_series(r), v_fma(part.k, v_set(LN2_LOW), r)));
}
V rp_vd v_log(rp_vd x) { return v_log_with(x, v_log_normal); }
V rp_vd v_log_single(rp_vd x) { return v_log_with(x, v_log_single_normal); }

/* log(1 + r) with an error of 2^-41; k ln 2 with one of 2^-43. */
static const double log_rough[6] = {-0x1.0000000005aebp-1, 0x1.5555553a10e9cp-2, -0x1.fffffa938a8a4p-3,
                                    0x1.999d26f3a9185p-3,  -0x1.559cbaf22d0dp-3, 0x1.18d084c64a687p-3};
V rp_vsm v_log_doubt(rp_vs x) { return vs_less_equal(x, vs_set(0)) | vs_less(vs_set(FLT_MAX), x); }
V rp_vd v_log_again(rp_vd x, rp_vd result, rp_vm *unknown)
{
    (void)unknown;
    return v_log_special(x, result);
}
V rp_vd v_log_rough(rp_vd x)
{
    const log_parts part = v_log_parts(x, v_set(0));
    const rp_vd r = v_fma(part.m, part.inverse, v_set(-1)), r2 = r * r;
    /* The logarithm is the smaller, but of NaN. */
    return v_smaller(part.known + v_fma(r2, v_poly(r, r2, log_rough, 6), r), x);
}

/* ---- log2, log10: the logarithm in two parts, times a number in two parts ------------------------------------ */

V rp_vdd v_log_scaled(rp_vd x, rp_vd added_k, double high, double low)
{
    const rp_vdd log = v_log_of_pair(x, v_set(0), added_k);
    const rp_vd product = log.high * high;
    const rp_vd rest = v_fma(log.high, v_set(low), v_fma(log.high, v_set(high), -product));
    return (rp_vdd){product, v_fma(log.low, v_set(high), rest)};
}
V rp_vdd v_log2_pair(rp_vd x, rp_vd added_k)
{
    return v_log_scaled(x, added_k, 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56);
}
V rp_vd v_log2_normal(rp_vd x, rp_vd added_k) { return v_pair_sum(v_log2_pair(x, added_k)); }
V rp_vd v_log2_single_normal(rp_vd x, rp_vd added_k) { return v_pair_for_single(v_log2_pair(x, added_k)); }
V rp_vd v_log2(rp_vd x) { return v_log_with(x, v_log2_normal); }
V rp_vd v_log2_single(rp_vd x) { return v_log_with(x, v_log2_single_normal); }

#define v_log2_doubt v_log_doubt
V rp_vd v_log2_rough(rp_vd x) { return v_log_rough(x) * 0x1.71547652b82fep0; }

V rp_vdd v_log10_pair(rp_vd x, rp_vd added_k)
{
    return v_log_scaled(x, added_k, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57);
}
V rp_vd v_log10_normal(rp_vd x, rp_vd added_k) { return v_pair_sum(v_log10_pair(x, added_k)); }
V rp_vd v_log10_single_normal(rp_vd x, rp_vd added_k) { return v_pair_for_single(v_log10_pair(x, added_k)); }
V rp_vd v_log10(rp_vd x) { return v_log_with(x, v_log10_normal); }
V rp_vd v_log10_single(rp_vd x) { return v_log_with(x, v_log10_single_normal); }

#define v_log10_doubt v_log_doubt
V rp_vd v_log10_rough(rp_vd x) { return v_log_rough(x) * 0x1.bcb7b1526e50ep-2; }

/* ---- log1p: of 1 + x as a pair ------------------------------------------------------------------------------ */

V rp_vd v_log1p_with(rp_vd given, rp_vd (*add)(rp_vd, rp_vd))
{
    /* The least are their own logarithm: products of subnormal numbers cost some hundred cycles. */
    const rp_vm least = v_less(v_abs(given), v_set(0x1p-60));
    const rp_vd x = v_select(least, v_set(0x1p-60), given);
    const rp_vdd sum = v_sum(v_set(1), x);
    if (!v_any(v_log_plain(sum.high))) return v_log_special(sum.high, sum.high);
    const rp_vdd log = v_log_of_pair(sum.high, sum.low, v_set(0));
    rp_vd result = add(log.high, log.low);
    const rp_vm rare = v_log_rare(sum.high);
    if (v_any(rare)) result = v_select(rare, v_log_special(sum.high, result), result);
    /* Small numbers: their own series, as 1 + x leaves little of them if it is not rounded to the nearest. */
    result = v_select(v_less(v_abs(x), v_set(0x1p-30)), v_fma(x * -0.5, x, x), result);
    return v_select(least, given, result);
}
V rp_vd v_log1p(rp_vd x) { return v_log1p_with(x, v_add); }
V rp_vd v_log1p_single(rp_vd x) { return v_log1p_with(x, v_add_for_single); }

V rp_vsm v_log1p_doubt(rp_vs x) { return vs_less_equal(x, vs_set(-1)) | vs_less(vs_set(FLT_MAX), x); }
V rp_vd v_log1p_again(rp_vd x, rp_vd result, rp_vm *unknown)
{
    (void)unknown;
    return v_log_special(x + 1, result);
}
V rp_vd v_log1p_rough(rp_vd x)
{
    const rp_vd sum = x + 1, low = x - (sum - 1);
    const log_parts part = v_log_parts(sum, v_set(0));
    const rp_vd scale = v_power_down(part.bits);
    const rp_vd r = v_fma(low * scale, part.inverse * 0.5, v_fma(part.m, part.inverse, v_set(-1))), r2 = r * r;
    return v_smaller(part.known + v_fma(r2, v_poly(r, r2, log_rough, 6), r), x); /* x if that is -0 or NaN */
}

#endif
