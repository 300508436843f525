/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of the mathematical functions: v_<name>, on vectors of float64, makes the float64 kernels of its row of
 * ops.def; v_<name>_single, good enough to be rounded to float32 once, those of float32 and float16.
 *
 * Where there is v_<name>_rough, those two types take its results, with an error of less than 2^-37, as far as they tell
 * which number is the nearest: mostly. Else v_<name>_single computes the block. Since both are right, it does not matter
 * which of them an element met. v_<name>_doubt says for which arguments the rough result may be anything: v_<name>_again, if
 * there is one, makes the result of those from it, or does not know either. Of two operands the rough function says it itself,
 * and is asked `again` where it does: then it may take longer to know more. A rough result may only be subnormal where float32
 * has it exactly, as that of sinh x is x.
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

/* ODD: the numbers that are rounded to float32 for it. */
V rp_vd rp_math_odd(rp_vd result)
{
    const int64_t last = (int64_t)1 << 29;
    const rp_vi bits = (rp_vi)result, lost = bits & (last - 1);
    return (rp_vd)((bits - lost) | ((lost + (last - 1)) & last));
}

V void rp_math_put(char *z, rp_vd result, rp_math_store how)
{
    if (how == RP_MATH_F64)
        v_store(z, result);
    else
        v_store_f32(z, how == RP_MATH_ODD ? rp_math_odd(result) : result);
}

/* The last elements go through a vector too, beside ones: each result depends on its own element alone. */
V rp_vd rp_math_load_some(const char *x, size_t n, rp_math_store how)
{
    return how == RP_MATH_F64 ? v_load_some(x, n) : v_load_f32_some(x, n);
}

V void rp_math_put_some(char *z, rp_vd result, size_t n, rp_math_store how)
{
    if (how == RP_MATH_F64)
        v_store_some(z, result, n);
    else
        v_store_f32_some(z, how == RP_MATH_ODD ? rp_math_odd(result) : result, n);
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

/* ---- Rough results --------------------------------------------------------------------------------------------- */

/* Two vectors of float64 at once: the processor does one's arithmetic while the other's waits. */
enum { RP_PAIR = 2 * RP_LANES, RP_PAIR_BYTES = RP_PAIR * sizeof(float), RP_HALF_PAIR = RP_PAIR_BYTES / 2 };

/* Where 2^-37 more or less may round to another number: of the 29 bits that float32 loses the first is 1 and the others
 * are 0, nearly; for ODD, all are 0. */
V rp_vsm rp_math_near_middle(rp_vd first, rp_vd second, rp_math_store how)
{
    const int32_t error = 1 << 15, lost = 1 << 29, middle = how == RP_MATH_ODD ? 0 : lost / 2;
    return vs_without(vs_low(first, second) + (error - middle), lost - 2 * error);
}

/* A function of one operand, or of two. `exact` is called, not inlined: once in 2^8 blocks or so. */
typedef struct rp_math_function {
    rp_vd (*rough)(rp_vd x), (*again)(rp_vd x, rp_vd result, rp_vm *unknown), (*exact)(rp_vd x);
    rp_vsm (*doubt)(rp_vs x);
    rp_vd (*rough2)(rp_vd x, rp_vd y, bool again, rp_vm *unknown), (*exact2)(rp_vd x, rp_vd y);
} rp_math_function;

V rp_vd rp_math_roughly(rp_math_function f, const char *x, const char *y, rp_vm *unknown)
{
    return f.rough ? f.rough(v_load_f32(x)) : f.rough2(v_load_f32(x), v_load_f32(y), false, unknown);
}

V rp_vd rp_math_again(rp_math_function f, const char *x, const char *y, rp_vd result, rp_vm *unknown)
{
    if (f.rough2) return f.rough2(v_load_f32(x), v_load_f32(y), true, unknown);
    return f.again(v_load_f32(x), result, unknown);
}

V rp_vd rp_math_exactly(rp_math_function f, const char *x, const char *y)
{
    return f.rough ? f.exact(v_load_f32(x)) : f.exact2(v_load_f32(x), v_load_f32(y));
}

/* False, and nothing is stored, where the rough results do not tell. */
V bool rp_math_pair(char *z, const char *x, const char *y, rp_math_function f, rp_math_store how)
{
    rp_vm unknown = {0}, other = {0};
    rp_vd a = rp_math_roughly(f, x, y, &unknown);
    rp_vd b = rp_math_roughly(f, x + RP_HALF_PAIR, y + RP_HALF_PAIR, &other);
    rp_vsm doubt = rp_math_near_middle(a, b, how);
    if (f.rough) doubt |= f.doubt(vs_load(x));
    if (__builtin_expect(vs_any(doubt) || (!f.rough && v_any(unknown | other)), 0)) {
        if (f.rough && !f.again) return false;
        a = rp_math_again(f, x, y, a, &unknown);
        b = rp_math_again(f, x + RP_HALF_PAIR, y + RP_HALF_PAIR, b, &other);
        if (vs_any(rp_math_near_middle(a, b, how)) || v_any(unknown | other)) return false;
    }
    rp_math_put(z, a, how);
    rp_math_put(z + RP_HALF_PAIR, b, how);
    return true;
}

V void rp_math_pair_exactly(char *z, const char *x, const char *y, rp_math_function f, rp_math_store how)
{
    const rp_vd a = rp_math_exactly(f, x, y), b = rp_math_exactly(f, x + RP_HALF_PAIR, y + RP_HALF_PAIR);
    rp_math_put(z, a, how);
    rp_math_put(z + RP_HALF_PAIR, b, how);
}

/* The elements behind the last whole pair and, behind them, ones; of an operand that is one number, a pair full of it. */
V void rp_math_last(char *pair, const char *x, size_t n, bool vector)
{
    const size_t rest = n % RP_PAIR;
    if (vector) {
        vs_store(pair, vs_load_some(x + (n - rest) * sizeof(float), rest));
    } else {
        float number;
        memcpy(&number, x, sizeof number);
        vs_store(pair, vs_set(number));
    }
}

V void rp_math_by_rough(const rp_call *call, rp_math_function f, rp_math_store how, bool x_vector, bool y_vector)
{
    const size_t whole = call->n / RP_PAIR, rest = call->n % RP_PAIR;
    const size_t x_step = x_vector ? RP_PAIR_BYTES : 0, y_step = y_vector ? RP_PAIR_BYTES : 0;
    for (size_t row = 0; row < call->m; row++) {
        char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0];
        const char *x = call->ptr[1] + (ptrdiff_t)row * call->outer[1];
        const char *y = f.rough ? x : call->ptr[2] + (ptrdiff_t)row * call->outer[2];
        char last_x[RP_PAIR_BYTES], last_y[RP_PAIR_BYTES], last_z[RP_PAIR_BYTES], *last_to = z + whole * RP_PAIR_BYTES;
        rp_math_last(last_x, x, call->n, x_vector);
        if (!f.rough) rp_math_last(last_y, y, call->n, y_vector);
        if (!x_vector) x = last_x;
        if (!y_vector) y = last_y;
        for (size_t blocks = whole;; blocks = 1) {
            while (blocks) {
                /* The inner loop calls nothing, and keeps its constants in registers. */
                for (; blocks && rp_math_pair(z, x, y, f, how); blocks--) z += RP_PAIR_BYTES, x += x_step, y += y_step;
                if (!blocks) break;
                rp_math_pair_exactly(z, x, y, f, how);
                blocks--, z += RP_PAIR_BYTES, x += x_step, y += y_step;
            }
            if (z == last_to && rest)
                x = last_x, y = last_y, z = last_z;
            else
                break;
        }
        if (rest) vs_store_some(last_to, vs_load(last_z), rest);
    }
}

#endif
