/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the mathematical functions: v_<name>, on vectors of float64, makes the float64 kernels of its row of
 * ops.def; v_<name>_single, good enough to be rounded to float32 once, those of float32 and float16.
 */
#ifndef RP_MATH_LOOPS_H
#define RP_MATH_LOOPS_H

#include "kernels/math/words.h"
#include "kernels/map.h"

/* How results are stored. ODD: as float32 numbers that, rounded to float16, are rounded as if at once: a number that
 * float32 has not goes to the one beside it whose last bit is 1. */
typedef enum rp_math_store { RP_MATH_F64, RP_MATH_F32, RP_MATH_ODD } rp_math_store;

V size_t rp_math_size(rp_math_store how) { return how == RP_MATH_F64 ? sizeof(double) : sizeof(float); }

V rp_vd rp_math_load(const char *x, rp_math_store how) { return how == RP_MATH_F64 ? v_load(x) : v_load_f32(x); }

V void rp_math_put(char *z, rp_vd result, rp_math_store how)
{
    if (how == RP_MATH_F64) {
        v_store(z, result);
        return;
    }
    if (how == RP_MATH_ODD) {
        const int64_t last = (int64_t)1 << 29;
        const rp_vi bits = (rp_vi)result, lost = bits & (last - 1);
        result = (rp_vd)((bits - lost) | ((lost + (last - 1)) & last));
    }
    v_store_f32(z, result);
}

/* The last elements go through a vector too, beside ones: each result depends on its own element alone. */
V rp_vd rp_math_load_some(const char *x, size_t n, rp_math_store how)
{
    const size_t size = rp_math_size(how);
    char some[RP_LANES * sizeof(double)];
    for (size_t i = 0; i < RP_LANES; i++) {
        const double one = 1;
        const float single_one = 1;
        memcpy(some + i * size,
               i < n                ? x + i * size
               : how == RP_MATH_F64 ? (const char *)&one
                                    : (const char *)&single_one,
               size);
    }
    return rp_math_load(some, how);
}

V void rp_math_put_some(char *z, rp_vd result, size_t n, rp_math_store how)
{
    char some[RP_LANES * sizeof(double)];
    rp_math_put(some, result, how);
    memcpy(z, some, n * rp_math_size(how));
}

V void rp_math_v(const rp_call *call, rp_vd (*f)(rp_vd), rp_math_store how)
{
    const size_t size = rp_math_size(how), step = RP_LANES * size, whole = call->n / RP_LANES,
                 rest = call->n % RP_LANES;
    for (size_t row = 0; row < call->m; row++) {
        char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        for (size_t i = 0; i < whole; i++) rp_math_put(z + i * step, f(rp_math_load(x + i * step, how)), how);
        if (rest) {
            const rp_vd last = f(rp_math_load_some(x + whole * step, rest, how));
            rp_math_put_some(z + whole * step, last, rest, how);
        }
    }
}

/* An operand that is one number for the row has inner 0, which the class of the kernel says: x_step and y_step. */
V void rp_math_vv(const rp_call *call, rp_vd (*f)(rp_vd, rp_vd), rp_math_store how, bool x_vector, bool y_vector)
{
    const size_t size = rp_math_size(how), step = RP_LANES * size, whole = call->n / RP_LANES,
                 rest = call->n % RP_LANES;
    for (size_t row = 0; row < call->m; row++) {
        char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        const char *y = call->ptr[2] + (ptrdiff_t)row * call->outer[2];
        const rp_vd one_x = v_set(rp_math_load_some(x, 1, how)[0]), one_y = v_set(rp_math_load_some(y, 1, how)[0]);
        for (size_t i = 0; i < whole; i++) {
            const rp_vd a = x_vector ? rp_math_load(x + i * step, how) : one_x;
            const rp_vd b = y_vector ? rp_math_load(y + i * step, how) : one_y;
            rp_math_put(z + i * step, f(a, b), how);
        }
        if (rest) {
            const rp_vd a = x_vector ? rp_math_load_some(x + whole * step, rest, how) : one_x;
            const rp_vd b = y_vector ? rp_math_load_some(y + whole * step, rest, how) : one_y;
            rp_math_put_some(z + whole * step, f(a, b), rest, how);
        }
    }
}

#endif
