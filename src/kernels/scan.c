/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops of running sums and products. A row is a chain of additions, each of which waits for the one before; so four rows
 * go side by side.
 */
#include "kernels/scan.h"

#include "kernels/scalar_words.h"
#include "simd/half_bits.h"

/* What an accumulator is, from an element in memory and to one. float16 is added in float32 and rounded at each step. */
#define DEFINE_SAME(code)                                                          \
    typedef rp_t_##code acc_##code;                                                \
    static inline acc_##code load_##code(const rp_u_##code *x) { return *x; }                  \
    static inline acc_##code store_##code(rp_u_##code *z, acc_##code value) { return *z = value; }
DEFINE_SAME(u8)
DEFINE_SAME(u16)
DEFINE_SAME(u32)
DEFINE_SAME(u64)
DEFINE_SAME(f32)
DEFINE_SAME(f64)
DEFINE_SAME(c64)
DEFINE_SAME(c128)

typedef float acc_f16;
static inline float load_f16(const rp_u_f16 *x) { return rp_half_to_float(*x); }
static inline float store_f16(rp_u_f16 *z, float value)
{
    const uint16_t half = rp_float_to_half(value);
    *z = half;
    return rp_half_to_float(half);
}

#define ADD(x, y) ((acc)((x) + (y)))
#define MULTIPLY(x, y) ((acc)((x) * (y)))
#define ADD_COMPLEX(x, y) ((acc){(x).re + (y).re, (x).im + (y).im})
#define MULTIPLY_COMPLEX(x, y) \
    ((acc){w_minus((x).re * (y).re, (x).im * (y).im), (x).re * (y).im + (x).im * (y).re})

enum { MOST = 4 };

/* `side` rows beside each other, from row `row` on; the steps are s's. Unrolled, the sums are in registers. */
#define EACH_ROW _Pragma("GCC unroll 4") for (int k = 0; k < side; k++)
#define DEFINE_SCAN(name, code, JOIN)                                                                          \
    static inline __attribute__((always_inline)) void name##_##code##_some(                                    \
        const rp_scan_rows *s, size_t row, const int side, const ptrdiff_t z_step, const ptrdiff_t x_step)     \
    {                                                                                                          \
        typedef acc_##code acc;                                                                                \
        acc sum[MOST];                                                                                         \
        const size_t n = s->n;                                                                                 \
        const ptrdiff_t z_row = s->z_row, x_row = s->x_row;                                                    \
        char *z = s->z + (ptrdiff_t)row * z_row;                                                               \
        const char *x = s->x + (ptrdiff_t)row * x_row;                                                         \
        size_t i = 0;                                                                                          \
        if (s->goes_on) {                                                                                      \
            EACH_ROW sum[k] = load_##code((const void *)(z + k * z_row - z_step));                             \
        } else { /* as it is: a zero keeps its sign */                                                         \
            EACH_ROW sum[k] = store_##code((void *)(z + k * z_row), load_##code((const void *)(x + k * x_row))); \
            z += z_step, x += x_step, i++;                                                                     \
        }                                                                                                      \
        _Pragma("GCC unroll 4") for (; i < n; i++, z += z_step, x += x_step)                                   \
        {                                                                                                      \
            EACH_ROW sum[k] = store_##code((void *)(z + k * z_row),                                            \
                                           JOIN(sum[k], load_##code((const void *)(x + k * x_row))));          \
        }                                                                                                      \
    }                                                                                                          \
    static inline __attribute__((always_inline)) void name##_##code##_all(const rp_scan_rows *s,               \
                                                                          ptrdiff_t z_step, ptrdiff_t x_step)  \
    {                                                                                                          \
        size_t row = 0;                                                                                        \
        for (; s->m - row >= MOST; row += MOST) name##_##code##_some(s, row, MOST, z_step, x_step);            \
        if (s->m - row >= 2) name##_##code##_some(s, row, 2, z_step, x_step), row += 2;                        \
        if (s->m - row) name##_##code##_some(s, row, 1, z_step, x_step);                                       \
    }                                                                                                          \
    static void name##_##code(const rp_scan_rows *s)                                                           \
    {                                                                                                          \
        enum { STEP = sizeof(rp_u_##code) };                                                                   \
        if (s->z_step == STEP && s->x_step == STEP) {                                                          \
            name##_##code##_all(s, STEP, STEP);                                                                \
        } else {                                                                                               \
            name##_##code##_all(s, s->z_step, s->x_step);                                                      \
        }                                                                                                      \
    }
#define EACH_REAL(M, ...) M(u8, __VA_ARGS__) M(u16, __VA_ARGS__) M(u32, __VA_ARGS__) M(u64, __VA_ARGS__) \
    M(f16, __VA_ARGS__) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)
#define DEFINE_SUM(code, JOIN) DEFINE_SCAN(sum, code, JOIN)
#define DEFINE_PROD(code, JOIN) DEFINE_SCAN(prod, code, JOIN)
EACH_REAL(DEFINE_SUM, ADD)
EACH_REAL(DEFINE_PROD, MULTIPLY)
RP_EACH_COMPLEX(DEFINE_SUM, ADD_COMPLEX)
RP_EACH_COMPLEX(DEFINE_PROD, MULTIPLY_COMPLEX)

/* Signs change no bit of a sum or product: signed types go through the unsigned ones' loops. */
void rp_scan_rows_run(rp_op combine, rp_dtype dtype, const rp_scan_rows *rows)
{
#define BOTH(signed_code, code) [rp_dtype_##signed_code] = {sum_##code, prod_##code}
    static void (*const loops[RP_DTYPE_COUNT][2])(const rp_scan_rows *) = {
        BOTH(i8, u8),   BOTH(u8, u8),   BOTH(i16, u16), BOTH(u16, u16), BOTH(i32, u32), BOTH(u32, u32),  BOTH(i64, u64),
        BOTH(u64, u64), BOTH(f16, f16), BOTH(f32, f32), BOTH(f64, f64), BOTH(c64, c64), BOTH(c128, c128)};
    loops[dtype][combine == RP_MULTIPLY](rows);
}
