/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NaNs in results, and in float16 that becomes wider. Where two of different bits meet in one element, the way through NumPy's loop
 * decides which of them goes on.
 */
#include "patch.h"

#include <string.h>

#include "engine/fold.h"
#include "runtime/fp_flags.h"

bool patch_is_nan(const char *element, rp_dtype dtype)
{
    rp_scalar value;
    rp_load_scalar(element, dtype, &value);
    return value.re != value.re || value.im != value.im;
}

/* Whether one of n neighbours is NaN. No flags are raised. */
#define DEFINE_NAN_AMONG(NAME, TYPE, MASK)                                                                              \
    static bool NAME(const char *elements, size_t n)                                                                   \
    {                                                                                                                  \
        typedef TYPE vector __attribute__((vector_size(16)));                                                          \
        typedef MASK mask __attribute__((vector_size(16)));                                                            \
        enum { LANES = sizeof(vector) / sizeof(TYPE) };                                                                \
        mask found = {0}, also = {0};                                                                                  \
        size_t i = 0;                                                                                                  \
        for (; i + 2 * LANES <= n; i += 2 * LANES) {                                                                   \
            vector x[2];                                                                                               \
            memcpy(x, elements + i * sizeof(TYPE), sizeof x);                                                          \
            found |= x[0] != x[0];                                                                                     \
            also |= x[1] != x[1];                                                                                      \
        }                                                                                                              \
        found |= also;                                                                                                 \
        MASK any = 0;                                                                                                  \
        for (int lane = 0; lane < LANES; lane++) {                                                                     \
            any |= found[lane];                                                                                        \
        }                                                                                                              \
        for (; i < n; i++) {                                                                                           \
            TYPE x;                                                                                                    \
            memcpy(&x, elements + i * sizeof x, sizeof x);                                                             \
            any |= x != x;                                                                                             \
        }                                                                                                              \
        return any;                                                                                                    \
    }

DEFINE_NAN_AMONG(double_nan_among, double, int64_t)
DEFINE_NAN_AMONG(float_nan_among, float, int32_t)

bool patch_has_nan(const char *elements, rp_dtype dtype, npy_intp step, size_t n)
{
    const rp_kind kind = rp_dtype_kind(dtype);
    const bool neighbours = step == (npy_intp)rp_dtype_size(dtype);
    if (neighbours && (dtype == RP_FLOAT64 || dtype == RP_COMPLEX128)) {
        return double_nan_among(elements, kind == RP_KIND_COMPLEX ? 2 * n : n);
    }
    if (neighbours && (dtype == RP_FLOAT32 || dtype == RP_COMPLEX64)) {
        return float_nan_among(elements, kind == RP_KIND_COMPLEX ? 2 * n : n);
    }
    bool found = false;
    for (size_t i = 0; i < n && kind >= RP_KIND_REAL && !found; i++) {
        found = patch_is_nan(elements + (npy_intp)i * step, dtype);
    }
    return found;
}

/* Whether NaNs of different bits are among the operands of one element. */
static bool element_differs(const uint8_t *types, char *const *data, const npy_intp *steps, int inputs, npy_intp i)
{
    uint64_t first = 0;
    bool differ = false;
    for (int k = 0; k < inputs; k++) {
        rp_scalar value;
        uint64_t bits;
        const rp_dtype dtype = patch_dtype_of(types[k]);
        rp_load_scalar(data[k] + i * steps[k], dtype, &value);
        memcpy(&bits, &value.re, sizeof bits);
        if (value.re != value.re) {
            differ |= first && bits != first;
            first = bits;
        }
        /* the parts of complex numbers meet in products, and with NaNs that arise there */
        differ |= rp_dtype_kind(dtype) == RP_KIND_COMPLEX && (value.re != value.re || value.im != value.im);
    }
    return differ;
}

bool patch_nans_differ(const uint8_t *types, char *const *data, const npy_intp *steps, int inputs, size_t n)
{
    enum { AT_ONCE = 32 };
    const rp_dtype dtype = patch_dtype_of(types[inputs]);
    bool differ = false;
    for (size_t i = 0; i < n && !differ; i += AT_ONCE) {
        const char *result = data[inputs] + (npy_intp)i * steps[inputs];
        const size_t some = n - i < AT_ONCE ? n - i : AT_ONCE;
        if (patch_has_nan(result, dtype, steps[inputs], some)) {
            for (size_t j = 0; j < some; j++) {
                differ |= patch_is_nan(result + (npy_intp)j * steps[inputs], dtype) &&
                          element_differs(types, data, steps, inputs, (npy_intp)(i + j));
            }
        }
    }
    return differ;
}

void patch_widen(char *to, rp_dtype to_dtype, const char *from, rp_dtype from_dtype, npy_intp stride, size_t n)
{
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(to_dtype);
    const bool of_halves = from_dtype == RP_FLOAT16 && (to_dtype == RP_FLOAT32 || to_dtype == RP_FLOAT64);
    const int flags = of_halves ? rp_fp_flags() : 0;
    const rp_stager stager = rp_stager_make(from_dtype, to_dtype);
    _Alignas(64) char spare[RP_CHUNK_BYTES];
    rp_stage_block(&stager, to, spare, from, 0, stride, 1, n);
    if (!of_halves || !patch_has_nan(to, to_dtype, size, n)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, from + (npy_intp)i * stride, sizeof half);
        if ((half & 0x7fff) > 0x7c00) {
            const uint64_t sign = half >> 15, payload = half & 0x3ff;
            const uint32_t single = (uint32_t)(sign << 31 | 0x7f800000 | payload << 13);
            const uint64_t both = sign << 63 | 0x7ff0000000000000 | payload << 42;
            memcpy(to + (ptrdiff_t)i * size, size == sizeof single ? (const void *)&single : &both, (size_t)size);
        }
    }
    if (!(flags & FE_INVALID) && rp_fp_flags() & FE_INVALID) {
        rp_fp_clear();
        feraiseexcept(flags);
    }
}
