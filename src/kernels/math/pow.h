/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pow(x, y) = exp(y log x), with log x to 66 bits in two numbers. x = 2^k z, z in [0.7109375, 1.421875), which 32 intervals
 * divide; in each stands a number c of which log c is a multiple of 2^-42 with an error below 2^-66 of it, and 1 / c.
 * r = z / c - 1, |r| < 0.0157, is exact in two numbers; log(1 + r) = r - r^2/2 + r^3 P(r), the first two terms in two numbers
 * each. The interval around 1 has c = 1, so that nothing cancels there. The exponential is that of exp.h with its
 * argument, and its sum, in two numbers. pow.sollya made the table and P.
 * What is rare goes by a way of its own, all lanes of the vector: x that is no positive normal number, and results that are
 * near the ends of the range or beyond.
 * float64: largest error found 0.71 ULP. float32, float16: rounded from there, with v_add_for_single
 * where no power is in the middle of two float32 numbers; powers that are exact in float64 stay exact.
 */
#ifndef RP_MATH_POW_H
#define RP_MATH_POW_H

#include "kernels/math/exp.h"
#include "kernels/math/log.h"

/* clang-format off */
#define POW_TABLE(PAIR) \
    PAIR(0x1.642c8581f200ep0, -0x1.522ae04922p-2) PAIR(0x1.5c9882b05464bp0, -0x1.3c2527592bp-2) \
    PAIR(0x1.5555557eaf17ap0, -0x1.2696218f5bp-2) PAIR(0x1.4e5e0a873cf84p0, -0x1.1178e860a9p-2) \
    PAIR(0x1.47ae145e3167cp0, -0x1.f991c617fp-3) PAIR(0x1.41414134f0542p0, -0x1.d1037ed7d2p-3) \
    PAIR(0x1.3b13b11502367p0, -0x1.a93ed2d13cp-3) PAIR(0x1.3521cf949b6fbp0, -0x1.823c158dap-3) \
    PAIR(0x1.2f684bec5b93bp0, -0x1.5bf40730aep-3) PAIR(0x1.29e412b3068b7p0, -0x1.365fcb9026p-3) \
    PAIR(0x1.24924946a4d13p0, -0x1.1178e911p-3) PAIR(0x1.1f7047fbd4765p0, -0x1.da7277fcd8p-4) \
    PAIR(0x1.1a7b96263edbp0, -0x1.9335e70024p-4) PAIR(0x1.15b1e6755ada8p0, -0x1.4d311d1504p-4) \
    PAIR(0x1.111110eaa5e44p0, -0x1.085989199cp-4) PAIR(0x1.0c97199cd2088p0, -0x1.894b2e79p-5) \
    PAIR(0x1.08420a4abc109p0, -0x1.041517ab38p-5) PAIR(0x1.04103fc974bdap0, -0x1.0205181cfp-6) PAIR(1, 0) \
    PAIR(0x1.f07c1f7293018p-1, 0x1.f829a3229p-6) PAIR(0x1.e1e1e26deb2fcp-1, 0x1.f0a302b478p-5) \
    PAIR(0x1.d41d41ba3d91p-1, 0x1.6f0d2990bcp-4) PAIR(0x1.c71c719d2f76fp-1, 0x1.e270785c04p-4) \
    PAIR(0x1.bacf915b9203fp-1, 0x1.29552f3a7cp-3) PAIR(0x1.af286bb0ffd7p-1, 0x1.5ff30781bap-3) \
    PAIR(0x1.a41a41ca9fe18p-1, 0x1.9525a9137ap-3) PAIR(0x1.999999b6e653ap-1, 0x1.c8ff7be72ap-3) \
    PAIR(0x1.8f9c18ec45d4dp-1, 0x1.fb91871afep-3) PAIR(0x1.8618619d0e9edp-1, 0x1.1675ca7e74p-2) \
    PAIR(0x1.7d05f40f96a1ep-1, 0x1.2e8e2bc42dp-2) PAIR(0x1.745d173ec455ep-1, 0x1.4618bc352ap-2) \
    PAIR(0x1.6c16c155880a3p-1, 0x1.5d1bdc34f2p-2)
static const double pow_table[64] = V_PAIRS(POW_TABLE);
/* clang-format on */

/* log(x + *x_low) + added_k ln 2 in two numbers; x is positive, normal and finite, x_low NULL or of the size of x's rounding. */
V rp_vd v_log_double(rp_vd x, const rp_vd *x_low, rp_vd added_k, rp_vd *low)
{
    const int64_t first = 0x3fe6c00000000000, one = 0x3ff0000000000000, fraction = 0x000fffffffffffff;
    const rp_vi bits = (rp_vi)x + (one - first), interval = (rp_vi)((rp_vu)bits >> 47);
    const rp_vd k = (rp_vd)((rp_vi)((rp_vu)bits >> 52) | 0x4330000000000000) - (0x1p52 + 1023 - added_k);
    const rp_vd z = (rp_vd)((bits & fraction) + first);
    rp_vd inverse, log_of_c;
    v_table32_pair(pow_table, interval, &inverse, &log_of_c);
    const rp_vd product = z * inverse, r = product - 1, r2 = r * r;
    rp_vd rest = v_fma(z, inverse, -product);
    if (x_low) rest = v_fma(*x_low * v_power_down(bits), inverse * 0.5, rest);
    const rp_vd known = v_fma(k, v_set(LN2_HIGH), log_of_c); /* exact */
    const rp_vd sum = known + r, half = r * -0.5, high = v_fma(half, r, sum);
    const rp_vd p = v_poly7(r, 0x1.5555555555555p-2, -0x1.0000000000009p-2, 0x1.99999999a08d8p-3, -0x1.55555554ed468p-3,
                            0x1.249247c3b4e84p-3, -0x1.00000b096d67ep-3, 0x1.c7531f28f8541p-4, -0x1.98f2e8e8ab08fp-4);
    /* log(1 + r + rest) = log(1 + r) + rest / (1 + r), of which the square counts where known and r nearly cancel. */
    const rp_vd rests = v_fma(r2 - r, rest, rest), lost = v_fma(half, r, sum - high);
    const rp_vd lows = v_fma(k, v_set(LN2_LOW), known - sum + r) + (lost + rests);
    const rp_vdd result = v_sum_ordered(high, v_fma(r * r2, p, lows));
    *low = result.low;
    return result.high;
}

/* e^(x + x_low) = 2^n (1 + high + low), x_low small beside x, |x| < 2^20; low is a fifth of high at most. n from v_count. */
V rp_vdd v_exponential_parts(rp_vd x, rp_vd x_low, rp_vi *count)
{
    *count = v_count_bits(x, 0x1.71547652b82fep0);
    const rp_vd n = v_count(*count), high = v_fma(n, v_set(-0x1.62e42fefa39efp-1), x);
    const rp_vd low = v_fma(n, v_set(-0x1.abc9e3b39803fp-56), x_low), r = high + low;
    return (rp_vdd){high, v_fma(r * r, v_exp_poly(r), low)};
}

/* The same with 1 in the first number. */
V rp_vdd v_exp_double(rp_vd x, rp_vd x_low, rp_vi *count)
{
    const rp_vdd part = v_exponential_parts(x, x_low, count), sum = v_sum_ordered(v_set(1), part.high);
    return (rp_vdd){sum.high, sum.low + part.low};
}

/* y (high + low). What is smaller than any y that counts is that, since products of subnormal numbers cost some hundred cycles. */
V rp_vdd v_pow_product(rp_vd high, rp_vd low, rp_vd given)
{
    const rp_vd least = v_set(0x1p-200), y = v_select(v_less(v_abs(given), least), least, given), product = high * y;
    return (rp_vdd){product, v_fma(low, y, v_fma(high, y, -product))};
}

V rp_vd v_pow_sum(rp_vdd power, rp_vd y, bool single)
{
    const rp_vd sum = power.high + power.low;
    if (!single) return sum;
    /* Powers in the middle of two float32 numbers: they have 25 bits, and y at most 15 and three binary places. */
    const rp_vd count = v_abs(y), eighths = count * 8, two52 = v_set(0x1p52);
    const rp_vm exact = v_less(count, v_set(16)) & v_equal((eighths + two52) - two52, eighths);
    return v_select(exact, sum, v_pair_for_single(power));
}

/* (high + low) 2^n, sum the rounded one, -1100 < n < -1021; anything for other n. A subnormal number is the whole number that
 * its bits are: with subnormal numbers arithmetic takes a hundred times as long. */
V rp_vd v_pow_small(rp_vdd power, rp_vd sum, rp_vd n)
{
    const rp_vd from = v_at_most(n, -1021) + 1074, high = v_scale(power.high, from), normal = v_scale(sum, from),
                two52 = v_set(0x1p52);
    const rp_vd whole = high + two52, rest = (high - (whole - two52)) + v_scale(power.low, from);
    return (rp_vd)v_select_i(v_less(normal, two52), (rp_vi)(whole + rest) - 0x4330000000000000,
                             (rp_vi)normal - 0x4320000000000000);
}

/* z = |x|^y, with the sign that x asks for, and what is special about x and y. */
V rp_vd v_pow_special(rp_vd x, rp_vd y, rp_vd z)
{
    const rp_vd size = v_abs(x), count = v_abs(y), zero = v_set(0), one = v_set(1), infinity = v_set(INFINITY);
    const rp_vm negative = v_equal_i(v_sign(x), v_sign(v_set(-1.0)) + (rp_vi){0});
    if (v_any(negative)) {
        /* |y| < 2^52 is whole where adding 2^52 changes nothing, odd where half of it is not whole. */
        const rp_vd halved = v_at_least(count, 1) * 0.5, two52 = v_set(0x1p52);
        const rp_vm whole = ~v_less(count, two52) | v_equal((count + two52) - two52, count);
        const rp_vm even = ~v_less(count, v_set(0x1p53)) | v_equal((halved + two52) - two52, halved);
        z = (rp_vd)((rp_vi)z | v_select_i(negative & whole & ~even, v_sign(v_set(-1.0)), (rp_vi){0}));
        z = v_select(negative & ~whole & v_less(zero, size) & v_less(size, infinity), v_set(NAN), z);
    }
    z = v_select(v_equal(size, one) & v_equal(count, infinity), one, z);
    z = v_select(v_equal(x, x) & v_equal(y, y), z, v_select(v_equal(x, x), y, x) + one);
    return v_select(v_equal(x, one) | v_equal(y, zero), one, z);
}

V rp_vd v_pow_rare(rp_vd x, rp_vd y, bool single)
{
    const rp_vd size = v_abs(x), zero = v_set(0), infinity = v_set(INFINITY);
    const rp_vm small = v_less(size, v_set(DBL_MIN));
    const rp_vd normal = v_select(small, v_scale_small(size, 0x1p54), size);
    rp_vd low, high = v_log_double(normal, NULL, v_select(small, v_set(-54), zero), &low);
    rp_vdd product = v_pow_product(high, low, y);
    const rp_vm none = v_equal(size, zero), edge = none | v_equal(size, infinity);
    product.high = v_select(edge, v_select(none, -infinity, infinity) * v_select(edge, y, v_set(1)), product.high);
    /* Beyond these the results are 0 and infinity. */
    const double least = single ? -120 : -755, most = single ? 120 : 720;
    const rp_vm inside = v_less(v_set(least), product.high) & v_less(product.high, v_set(most));
    product.low = v_select(inside, product.low, zero);
    rp_vi bits;
    const rp_vdd power = v_exp_double(v_at_least(v_at_most(product.high, most), least), product.low, &bits);
    const rp_vd sum = v_pow_sum(power, y, single), n = v_count(bits);
    rp_vd z = v_scale(sum, v_at_least(n, -1021));
    if (!single) z = v_select(v_less(n, v_set(-1021)), v_pow_small(power, sum, n), z);
    return v_pow_special(x, y, z);
}
static __attribute__((noinline)) rp_vd v_pow_rare_double(rp_vd x, rp_vd y) { return v_pow_rare(x, y, false); }
static __attribute__((noinline)) rp_vd v_pow_rare_single(rp_vd x, rp_vd y) { return v_pow_rare(x, y, true); }

V rp_vd v_pow_with(rp_vd x, rp_vd y, bool single)
{
    rp_vd low;
    const rp_vd high = v_log_double(x, NULL, v_set(0), &low);
    const rp_vdd product = v_pow_product(high, low, y);
    const rp_vm rare =
        ~(v_less_equal(v_set(DBL_MIN), x) & v_less_equal(x, v_set(DBL_MAX)) & v_less(v_abs(product.high), v_set(700)));
    if (__builtin_expect(v_any(rare), 0)) return single ? v_pow_rare_single(x, y) : v_pow_rare_double(x, y);
    rp_vi count;
    const rp_vdd power = v_exp_double(product.high, product.low, &count);
    return (rp_vd)((rp_vi)v_pow_sum(power, y, single) + (count << 44));
}

/* x^2, 1 / x and the root as the operations of these names have them, wherever an exponent is 2, -1 or 1/2. */
V rp_vm v_is_simple_power(rp_vd y) { return v_equal(y, v_set(2)) | v_equal(y, v_set(-1)) | v_equal(y, v_set(0.5)); }
static __attribute__((noinline)) rp_vd v_pow_or_simple(rp_vd x, rp_vd y)
{
    const rp_vd root =
        v_select(v_equal(x, -v_set(INFINITY)), v_set(INFINITY), v_sqrt(x + 0)); /* 0 of -0, where sqrt has -0 */
    const rp_vd simple = v_select(v_equal(y, v_set(2)), x * x, v_select(v_equal(y, v_set(0.5)), root, 1 / x));
    return v_select(v_is_simple_power(y), simple, v_pow_with(x, y, false));
}

V rp_vd v_pow(rp_vd x, rp_vd y)
{
    return __builtin_expect(v_any(v_is_simple_power(y)), 0) ? v_pow_or_simple(x, y) : v_pow_with(x, y, false);
}
V rp_vd v_pow_single(rp_vd x, rp_vd y) { return v_pow_with(x, y, true); }

/* The logarithm as log's, with an error of 2^-50, and exp's rough form. */
V rp_vd v_pow_rough(rp_vd x, rp_vd y, bool again, rp_vm *unknown)
{
    const rp_vd size = v_abs(x), zero = v_set(0), infinity = v_set((double)INFINITY);
    const log_parts part = v_log_parts(size, zero);
    const rp_vd r = v_fma(part.m, part.inverse, v_set(-1));
    const rp_vd rest = v_fma(part.k, v_set(LN2_LOW), v_fma(r * r, v_log_series(r), r));
    rp_vd product = (part.known + rest) * y, result = v_exp_rough(product);
    /* From -87, where results become subnormal, to 700. */
    const rp_vm inside = v_less(v_abs(product - 306.5), v_set(393.5)), finite = v_less(size, infinity);
    *unknown = ~(inside & v_less(zero, x) & finite);
    if (again) {
        const rp_vm none = v_equal(size, zero);
        product = v_select(finite & ~none, product, v_select(none, -infinity, infinity) * y);
        /* Beyond these, float32 has 0 and infinity. */
        const rp_vm least = v_less(product, v_set(-104)), most = v_less(v_set(89), product);
        result = v_select(least, v_set(0x1p-200), v_select(most, v_set(0x1p200), result));
        *unknown = ~(v_less(v_abs(product), v_set(87)) | least | most) & v_equal(product, product);
        result = v_pow_special(x, y, result);
    }
    return result;
}

#endif
