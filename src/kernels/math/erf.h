/* SPDX-License-Identifier: BSD-3-Clause
 *
 * erf, erfc. Up to 1/2, erf(x) = x (A + x^2 Q(x^2)), A = 2 / sqrt(pi) in two numbers, the last addition rounds. Everywhere
 * erfc(|x|) = exp(-x^2 + L(|x|)), L(x) = log(erfc(x)) + x^2: a smooth function between 0 and -4.2, of which a table has for 78
 * intervals of x + 1, 16 from one power of two to the next, the value in the middle, in two numbers, and a polynomial of
 * degree 8 for what is added (erf.sollya: absolute error 2^-59). -x^2 is two numbers, their sum goes to the exponential of
 * pow.h. erf(|x|) = 1 - erfc(|x|) from 1/2 on, where erfc is the smaller one; erfc(-x) = 2 - erfc(x).
 * What is 0, 1 or 2 whatever is computed is computed of a small size: a result that underflows takes tens of nanoseconds.
 * Rough form of erf (loops.h): x g(|x|), g a polynomial of degree 7 around the middle of each sixteenth of [0, 4]; 2^-38.7.
 * float64: largest errors found 0.79 ULP each. float32, float16: rounded from there, every argument tried.
 */
#ifndef RP_MATH_ERF_H
#define RP_MATH_ERF_H

#include "kernels/math/erf_table.h"
#include "kernels/math/pow.h"

/* Each inlined once: a call is little beside what it does. */
#define V_CALLED static __attribute__((noinline))

/* erfc(x), 0 <= x <= 28. */
V rp_vd v_erfc_by(rp_vd x, rp_vd (*add)(rp_vd, rp_vd))
{
    const rp_vi bits = (rp_vi)(x + 1), interval = (rp_vi)((rp_vu)bits >> 48) - 0x3ff0;
    /* The middle: the interval's bits and half of one of the 48 behind them. */
    const rp_vd r = x - ((rp_vd)((bits & ~(((int64_t)1 << 48) - 1)) | (int64_t)1 << 47) - 1);
    rp_vd p = v_gather(rp_erf_log[10], interval);
#pragma GCC unroll 8
    for (int i = 9; i > 1; i--) p = v_fma(p, r, v_gather(rp_erf_log[i], interval));
    const rp_vd square = x * -x, high = v_gather(rp_erf_log[0], interval);
    const rp_vdd sum = v_sum(square, high);
    rp_vi count;
    const rp_vd low = v_fma(x, -x, -square) + sum.low + v_fma(p, r, v_gather(rp_erf_log[1], interval));
    const rp_vdd both = v_sum(sum.high, low), power = v_exp_double(both.high, both.low, &count);
    return v_scale(add(power.high, power.low), v_count(count));
}

V_CALLED rp_vd v_erfc_of_size(rp_vd x) { return v_erfc_by(x, v_add); }
V_CALLED rp_vd v_erfc_of_size_for_single(rp_vd x) { return v_erfc_by(x, v_add_for_single); }

/* last: behind it all results are 0; before -6 they are 2. */
V rp_vd v_erfc_with(rp_vd x, rp_vd (*of_size)(rp_vd), double last)
{
    const rp_vm below = v_less(x, v_set(0)), known = v_less_equal(x, v_set(last));
    const rp_vd size = v_abs(v_select(known, x, v_set(0)));
    const rp_vd y = of_size(v_select(below, v_at_most(size, 6), size));
    const rp_vd z = v_select(below, 2 - y, v_select(known, y, v_set(0)));
    return v_select(v_equal(x, x), z, x + x);
}
V rp_vd v_erfc(rp_vd x) { return v_erfc_with(x, v_erfc_of_size, 27.5); }
V rp_vd v_erfc_single(rp_vd x)
{
    return v_nudge(v_erfc_with(x, v_erfc_of_size_for_single, 10.5), -1, x, -0x1.d93ec4p-17);
}

V_CALLED rp_vd v_erf(rp_vd x)
{
    static const double q[] = {-0x1.812746b0379e7p-2,  0x1.ce2f21a042c58p-4,   -0x1.b82ce3128eb31p-6,
                               0x1.565bcd110695ep-8,   -0x1.c02db55e44e13p-11, 0x1.f9a39ba71df94p-14,
                               -0x1.f4ebb6d12bc13p-17, 0x1.bd7afba44427ap-20,  -0x1.b073165498fb6p-23,
                               0x1.4447556e2cea6p-24,  -0x1.7672e05ef5ebp-25};
    const rp_vd square = x * x;
    const rp_vd small = v_fma(x, v_set(0x1.20dd750429b6dp0),
                              x * v_fma(square, v_poly(square, square * square, q, 11), v_set(0x1.1b4920a2f56f4p-56)));
    const rp_vm large = v_less(v_set(0.5), v_abs(x));
    if (!v_any(large)) return small;
    const rp_vd y = 1 - v_erfc_of_size(v_at_most(v_select(large, v_abs(x), v_set(0.5)), 6));
    return v_select(large, v_with_sign(y, v_sign(x)), small);
}
#define v_erf_single v_erf

/* clang-format off */
static const double erf_rough[8][16] = {
    {0x1.1f5e1a35c10f4p0, 0x1.13e08c7a1621bp0, 0x1.fe8f1614e8478p-1, 0x1.cacbc181fc2e6p-1, 0x1.9450bb1ec7ea1p-1,
     0x1.611065fc926ddp-1, 0x1.3448f8704a9e7p-1, 0x1.0ee12190b079dp-1, 0x1.e09a79ee7d1d6p-2, 0x1.aed200cd68086p-2,
     0x1.8603df0909a9p-2, 0x1.64282886ff3fap-2, 0x1.47ad3ff301a86p-2, 0x1.2f6827c1b0944p-2, 0x1.1a7b909ae7a49p-2,
     0x1.08420fc7a48f7p-2},
    {-0x1.7d900b9d10f0dp-4, -0x1.09ac3c1af9f89p-2, -0x1.7edef5d8a7f65p-2, -0x1.b2932395c727fp-2,
     -0x1.ad1533f38bbddp-2, -0x1.82ad1810bed0ap-2, -0x1.48b7c44d45e44p-2, -0x1.0e9e17d603ecap-2,
     -0x1.b8706164608e5p-3, -0x1.675759c9fac62p-3, -0x1.284241dbdaddcp-3, -0x1.ef1beecca4bd9p-4,
     -0x1.a35763ed33636p-4, -0x1.6793ed0a05829p-4, -0x1.37b3d82995474p-4, -0x1.10c83ad00a1afp-4},
    {-0x1.766bd0ea74776p-2, -0x1.276ba5b0bb161p-2, -0x1.5275c5eb2944ap-3, -0x1.4574dbb913fe8p-5,
     0x1.bbf49225372fap-5, 0x1.ab151aa2bcf88p-4, 0x1.df89885a3ef4ap-4, 0x1.b7e9ea6f57846p-4, 0x1.6bfb9975149cfp-4,
     0x1.1e314dcff731fp-4, 0x1.ba09e287f09dbp-5, 0x1.560bd268716d9p-5, 0x1.0bd914b601a07p-5, 0x1.a9f5181a2ea8ep-6,
     0x1.57e94aec0a055p-6, 0x1.199374fe26dd9p-6},
    {0x1.c5a8d89834cf8p-5, 0x1.24d6bab007943p-3, 0x1.671c4f743076ap-3, 0x1.367b5db353bfap-3, 0x1.8a284cb70cb59p-4,
     0x1.3fc0daa5e04c6p-5, -0x1.685f323ff8183p-10, -0x1.5d2c64324e87bp-6, -0x1.ae6bfe6081669p-6,
     -0x1.8349c31cad6a1p-6, -0x1.324481dd55aaap-6, -0x1.cac3dbef25718p-7, -0x1.52a6a0993ca77p-7,
     -0x1.f70a659a16548p-8, -0x1.7b2696330f726p-8, -0x1.229a7df5847f2p-8},
    {0x1.b4bfd606a8c58p-4, 0x1.01ba09c325589p-4, 0x1.d306db2711997p-10, -0x1.6f0c21e616613p-5, -0x1.f1064ba7e1431p-5,
     -0x1.9e443999a7d78p-5, -0x1.e76f76b66a0fcp-6, -0x1.6e1a7f62c4989p-7, -0x1.63db0593c1af7p-15,
     0x1.21e0cd9f2ac2p-8, 0x1.4b8617178efbap-8, 0x1.143fa1b68e43dp-8, 0x1.9a16c697f67fap-9, 0x1.24969c1d4bb35p-9,
     0x1.a01e861bf1fd5p-10, 0x1.2b9382e8ad4e8p-10},
    {-0x1.40d741f3281bep-6, -0x1.7d1cf46619fcep-5, -0x1.7ea7688b7cd35p-5, -0x1.a39efb5e9d6e4p-6,
     -0x1.300800a74e47ep-11, 0x1.dbbf348131b61p-7, 0x1.166fa1f426db2p-6, 0x1.8b96408309844p-7, 0x1.82afb33f8778ep-8,
     0x1.b2405d87de075p-10, -0x1.4fe4f1b02755cp-12, -0x1.c848247297b6cp-11, -0x1.ac20d9d189fc5p-11,
     -0x1.41559c4528888p-11, -0x1.bfb6fe0ed37a5p-12, -0x1.33049f99226dap-12},
    {-0x1.9101da5c2cebbp-6, -0x1.38225aa6e636ep-7, 0x1.163c6b3294a0dp-7, 0x1.1b7ef978fe175p-6, 0x1.d3ae5466b903p-7,
     0x1.6d7bfc4dd6b29p-8, -0x1.9470604fa7aa9p-10, -0x1.14716f72d7251p-8, -0x1.db2b53a57121cp-9,
     -0x1.07d044649e246p-9, -0x1.8405717d0d3a5p-11, -0x1.9a32af7d5ed6fp-14, 0x1.e1fc9a4227945p-14,
     0x1.20f846cd748abp-13, 0x1.c04f97da459afp-14, 0x1.3389f7f74cf7p-14},
    {0x1.4238931153343p-8, 0x1.62c7157b569e5p-7, 0x1.16e864e7cbd21p-7, 0x1.70117dca074b9p-10, -0x1.0ea82714c639dp-8,
     -0x1.4b141c8108f8ap-8, -0x1.74bf13b06e1a8p-9, -0x1.94ed7ad56fae8p-12, 0x1.ac34e198d463bp-11,
     0x1.d58f3ceaa06e8p-11, 0x1.1c25193b3bc76p-11, 0x1.cc716411921c3p-13, 0x1.a05761199c881p-15,
     -0x1.52756d62c74e8p-17, -0x1.5b1c72ffd990ap-16, -0x1.1ace868dfbad7p-16}
};
/* clang-format on */
/* Subnormal results. */
V rp_vsm v_erf_doubt(rp_vs x) { return vs_less(vs_set(0), vs_abs(x)) & vs_less(vs_abs(x), vs_set(FLT_MIN)); }
V rp_vd v_erf_rough(rp_vd x)
{
    /* The nearest to 4 |x| - 1/2, and a little more so that it is not below 0, in whatever rounding mode. */
    const rp_vd size = v_at_most(v_abs(x), 3.99);
    const rp_vi count = v_count_bits(size - 0.123, 4), interval = (rp_vi)((rp_vu)count >> 8);
    const rp_vd t = v_fma(v_count(count), v_set(-0.25), size - 0.125);
    rp_vd g = v_table16(erf_rough[7], interval);
#pragma GCC unroll 8
    for (int k = 6; k >= 0; k--) g = v_fma(g, t, v_table16(erf_rough[k], interval));
    return (rp_vd)((rp_vi)size | v_sign(x)) * g;
}

#endif
