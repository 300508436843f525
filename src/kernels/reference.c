/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The reference (reference.h): NumPy's semantics, written for reading. Real types are computed in double and every
 * step is rounded to the type's own precision; double has more than twice float's bits, so that gives float's answer.
 */
#include <math.h>
#include <string.h>

#include "kernels/reference_elements.h"
#include "kernels/reference_operations.h"
#include "kernels/types.h"

/* ---- float16 ------------------------------------------------------------------------------------------------- */

double rp_reference_from_half(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double value;
    if (exponent == 31)
        value = fraction ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        value = ldexp(fraction, -24);
    else
        value = ldexp(fraction + 1024, exponent - 25);
    return half & 0x8000 ? -value : value;
}

uint16_t rp_reference_to_half(double value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    if (isnan(value)) return sign | 0x7e00;
    double size = fabs(value);
    if (size >= 65520) return sign | 0x7c00; /* halfway between the largest number and the next */
    int exponent;
    frexp(size, &exponent);
    if (size == 0 || exponent < -13) exponent = -13; /* subnormals share the smallest normal exponent */
    double scaled = ldexp(size, 11 - exponent);      /* below 2048; exact */
    unsigned whole = (unsigned)scaled;
    double rest = scaled - whole;
    if (rest > 0.5 || (rest == 0.5 && whole & 1)) whole++;
    /* whole carries the hidden bit (if any) into the exponent field, and a carry out of the fraction as well */
    return (uint16_t)(sign | (whole + ((unsigned)(exponent + 13) << 10)));
}

/* ---- the loops ----------------------------------------------------------------------------------------------- */

static number map_one(rp_op op, rp_dtype dtype, rp_dtype to, int inputs, number x, number y)
{
    bool single = is_single(dtype);
    number z = {0, 0, 0};
    if (op == RP_ASTYPE) return cast(x, dtype, to);
    switch (types[dtype].kind) {
    case RP_KIND_BOOL: z.bits = inputs == 1 ? integer_unary(op, x.bits, dtype) : bool_binary(op, x.bits, y.bits); break;
    case RP_KIND_REAL: z = inputs == 1 ? real_unary(op, x.re, single) : real_binary(op, x.re, y.re, dtype); break;
    case RP_KIND_COMPLEX: z = inputs == 1 ? complex_unary(op, x, single) : complex_binary(op, x, y, single); break;
    default: z.bits = inputs == 1 ? integer_unary(op, x.bits, dtype) : integer_binary(op, x.bits, y.bits, dtype);
    }
    return z;
}

static number clip(rp_dtype dtype, number x, number low, number high)
{
    return map_one(RP_MINIMUM, dtype, dtype, 2, map_one(RP_MAXIMUM, dtype, dtype, 2, x, low), high);
}

/* Which operands (1, 2, 3) are vectors: one letter each, as in the names of the shapes. */
static const char *const operand_letters[RP_CLASS_COUNT] = {
    [RP_V] = "v",     [RP_VV] = "vv",   [RP_VS] = "vs",   [RP_SV] = "sv",
    [RP_VVV] = "vvv", [RP_VVS] = "vvs", [RP_VSV] = "vsv", [RP_VSS] = "vss"};

static void map(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape, const rp_call *call)
{
    const char *letters = operand_letters[shape];
    int inputs = (int)strlen(letters);
    for (size_t row = 0; row < call->m; row++) {
        for (size_t i = 0; i < call->n; i++) {
            const char *in[RP_MAX_OPERANDS] = {0};
            for (int k = 1; k <= inputs; k++) {
                in[k] = call->ptr[k] + (ptrdiff_t)row * call->outer[k];
                if (letters[k - 1] == 'v') in[k] += (ptrdiff_t)i * call->inner[k];
            }
            char *z = call->ptr[0] + (ptrdiff_t)row * call->outer[0] + (ptrdiff_t)i * call->inner[0];
            if (op == RP_WHERE) {
                const char *chosen = *in[1] ? in[2] : in[3];
                if (dtype == RP_BOOL)
                    store(dtype, z, load(dtype, chosen));
                else
                    memmove(z, chosen, types[dtype].size);
            } else {
                number x = load(dtype, in[1]), y = inputs > 1 ? load(dtype, in[2]) : x;
                number w = inputs > 2 ? load(dtype, in[3]) : y;
                store(to, z, op == RP_CLIP ? clip(dtype, x, y, w) : map_one(op, dtype, to, inputs, x, y));
            }
        }
    }
}

/* ---- reductions: the fixed tree that reduce.h describes ------------------------------------------------------- */

enum { LANES_BYTES = 256, LEFT_TO_RIGHT = 8, RUN = 4 };

static rp_op folding_op(rp_op op)
{
    return op == RP_SUM ? RP_ADD : op == RP_PROD ? RP_MULTIPLY : op == RP_MIN ? RP_MINIMUM : RP_MAXIMUM;
}

static void fold(rp_op op, rp_dtype dtype, char *into, const char *element)
{
    store(dtype, into, map_one(folding_op(op), dtype, dtype, 2, load(dtype, into), load(dtype, element)));
}

static void start_fold(rp_op op, rp_dtype dtype, char *into, const char *first)
{
    number identity = {op == RP_PROD, op == RP_PROD, 0};
    if (op == RP_SUM || op == RP_PROD)
        store(dtype, into, identity);
    else
        memmove(into, first, types[dtype].size);
}

/* `final` results: the lanes that are left when the halving stops. */
static void fold_lanes(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n, size_t final)
{
    char lanes[LANES_BYTES], run[LANES_BYTES];
    size_t size = types[dtype].size, count = LANES_BYTES / size, whole = n / count * count;
    size_t length = op == RP_SUM ? RUN * count : n;
    for (size_t lane = 0; lane < count; lane++) start_fold(op, dtype, lanes + lane * size, x);
    for (size_t i = 0; i < whole; i += length) {
        for (size_t lane = 0; lane < count; lane++) {
            char *of_run = i ? run + lane * size : lanes + lane * size;
            start_fold(op, dtype, of_run, x);
            for (size_t k = i + lane; k < whole && k < i + length; k += count) fold(op, dtype, of_run, x + k * size);
            if (i) fold(op, dtype, lanes + lane * size, of_run);
        }
    }
    for (size_t i = whole; i < n; i++) fold(op, dtype, lanes + i % count * size, x + i * size);
    while (count > final) {
        count /= 2;
        for (size_t lane = 0; lane < count; lane++) fold(op, dtype, lanes + lane * size, lanes + (lane + count) * size);
    }
    memcpy(z, lanes, final * size);
}

static void fold_row(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n)
{
    size_t size = types[dtype].size;
    if (n < LEFT_TO_RIGHT) {
        start_fold(op, dtype, z, x);
        for (size_t i = 0; i < n; i++) fold(op, dtype, z, x + i * size);
    } else if (op == RP_SUM && types[dtype].kind == RP_KIND_COMPLEX) {
        fold_lanes(op, dtype == RP_COMPLEX64 ? RP_FLOAT32 : RP_FLOAT64, z, x, 2 * n, 2);
    } else {
        fold_lanes(op, dtype, z, x, n, 1);
    }
}

static bool is_true(rp_dtype dtype, const char *element) { return cast(load(dtype, element), dtype, RP_BOOL).bits; }

/* Of n elements, `step` bytes apart. */
static int64_t first_extreme(rp_op op, rp_dtype dtype, const char *x, size_t n, ptrdiff_t step)
{
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        number value = load(dtype, x + (ptrdiff_t)i * step), champion = load(dtype, x + (ptrdiff_t)best * step);
        if (complex_isnan(value)) return (int64_t)i;
        if (map_one(op == RP_ARGMIN ? RP_LESS : RP_GREATER, dtype, RP_BOOL, 2, value, champion).bits) best = i;
    }
    return (int64_t)best;
}

static bool looks_at_truths(rp_op op) { return op == RP_ANY || op == RP_ALL || op == RP_COUNT_NONZERO; }

/* n elements, `step` bytes apart. */
static void reduce_truths(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n, ptrdiff_t step)
{
    int64_t trues = 0;
    for (size_t i = 0; i < n; i++) trues += is_true(dtype, x + (ptrdiff_t)i * step);
    if (op == RP_COUNT_NONZERO)
        memcpy(z, &trues, sizeof trues);
    else
        *z = op == RP_ANY ? trues > 0 : trues == (int64_t)n;
}

static void reduce_row(rp_op op, rp_dtype dtype, char *z, const char *x, size_t n)
{
    if (looks_at_truths(op)) {
        reduce_truths(op, dtype, z, x, n, (ptrdiff_t)types[dtype].size);
    } else if (op == RP_ARGMIN || op == RP_ARGMAX) {
        int64_t index = first_extreme(op, dtype, x, n, (ptrdiff_t)types[dtype].size);
        memcpy(z, &index, sizeof index);
    } else {
        fold_row(op, dtype, z, x, n);
    }
}

static void reduce_column(rp_op op, rp_dtype dtype, char *z, const char *x, size_t m, ptrdiff_t step_down)
{
    if (looks_at_truths(op)) {
        reduce_truths(op, dtype, z, x, m, step_down);
        return;
    }
    if (op == RP_ARGMIN || op == RP_ARGMAX) {
        int64_t index = first_extreme(op, dtype, x, m, step_down);
        memcpy(z, &index, sizeof index);
        return;
    }
    start_fold(op, dtype, z, x);
    for (size_t row = 0; row < m; row++) fold(op, dtype, z, x + (ptrdiff_t)row * step_down);
}

/* ---- what the others call -------------------------------------------------------------------------------------- */

/* The elementwise operations with a case above. The test of kernels holds others against the scalar tier. */
static const bool written[RP_OP_COUNT] = {
    [RP_ADD] = true,
    [RP_SUBTRACT] = true,
    [RP_ABSOLUTE_DIFFERENCE] = true,
    [RP_MULTIPLY] = true,
    [RP_DIVIDE] = true,
    [RP_FLOOR_DIVIDE] = true,
    [RP_REMAINDER] = true,
    [RP_FMOD] = true,
    [RP_MINIMUM] = true,
    [RP_MAXIMUM] = true,
    [RP_FMIN] = true,
    [RP_FMAX] = true,
    [RP_COPYSIGN] = true,
    [RP_NEXTAFTER] = true,
    [RP_LDEXP] = true,
    [RP_EQUAL] = true,
    [RP_NOT_EQUAL] = true,
    [RP_LESS] = true,
    [RP_LESS_EQUAL] = true,
    [RP_GREATER] = true,
    [RP_GREATER_EQUAL] = true,
    [RP_LOGICAL_AND] = true,
    [RP_LOGICAL_OR] = true,
    [RP_LOGICAL_XOR] = true,
    [RP_BITWISE_AND] = true,
    [RP_BITWISE_OR] = true,
    [RP_BITWISE_XOR] = true,
    [RP_BITWISE_LEFT_SHIFT] = true,
    [RP_BITWISE_RIGHT_SHIFT] = true,
    [RP_NEGATIVE] = true,
    [RP_POSITIVE] = true,
    [RP_CONJ] = true,
    [RP_ABS] = true,
    [RP_SQUARE] = true,
    [RP_SQRT] = true,
    [RP_RECIPROCAL] = true,
    [RP_SIGN] = true,
    [RP_SIGNBIT] = true,
    [RP_FLOOR] = true,
    [RP_CEIL] = true,
    [RP_TRUNC] = true,
    [RP_ROUND] = true,
    [RP_ISNAN] = true,
    [RP_ISINF] = true,
    [RP_ISFINITE] = true,
    [RP_LOGICAL_NOT] = true,
    [RP_BITWISE_INVERT] = true,
};

bool rp_reference_knows(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape)
{
    if ((unsigned)op >= RP_OP_COUNT || (unsigned)dtype >= RP_DTYPE_COUNT || (unsigned)to >= RP_DTYPE_COUNT)
        return false;
    bool reduces = shape == RP_ROW || shape == RP_COLUMN;
    switch (op) {
    case RP_CLIP:
    case RP_WHERE: return shape >= RP_VVV && shape <= RP_VSS && to == dtype;
    case RP_ASTYPE: return shape == RP_V;
    case RP_SUM:
    case RP_PROD:
    case RP_MIN:
    case RP_MAX: return reduces && to == dtype;
    case RP_ANY:
    case RP_ALL: return reduces && to == RP_BOOL;
    case RP_COUNT_NONZERO:
    case RP_ARGMIN:
    case RP_ARGMAX: return reduces && to == RP_INT64;
    case RP_FILL:
    case RP_MEAN: return false;
    default: return written[op] && (rp_op_inputs(op) == 2 ? shape >= RP_VV && shape <= RP_SV : shape == RP_V);
    }
}

void rp_reference(rp_op op, rp_dtype dtype, rp_dtype to, rp_class shape, const rp_call *call)
{
    if (shape == RP_ROW) {
        for (size_t row = 0; row < call->m; row++)
            reduce_row(op, dtype, call->ptr[0] + (ptrdiff_t)row * call->outer[0],
                       call->ptr[1] + (ptrdiff_t)row * call->outer[1], call->n);
    } else if (shape == RP_COLUMN) {
        for (size_t i = 0; i < call->n; i++)
            reduce_column(op, dtype, call->ptr[0] + i * types[to].size, call->ptr[1] + i * types[dtype].size, call->m,
                          call->outer[1]);
    } else {
        map(op, dtype, to, shape, call);
    }
}

/* ---- comparing ------------------------------------------------------------------------------------------------ */

static bool is_nan(uint64_t bits, size_t size)
{
    uint64_t infinity = size == 2 ? 0x7c00 : size == 4 ? 0x7f800000 : (uint64_t)0x7ff << 52;
    return (bits & (((uint64_t)1 << (8 * size - 1)) - 1)) > infinity;
}

static bool parts_agree(const char *got, const char *want, size_t size, uint64_t allowance)
{
    uint64_t g = 0, w = 0;
    memcpy(&g, got, size);
    memcpy(&w, want, size);
    if (is_nan(g, size) || is_nan(w, size)) return is_nan(g, size) && is_nan(w, size);
    /* numbers of one sign are in the order of their bits; the two zeros are not, so they differ here */
    return (g > w ? g - w : w - g) <= allowance;
}

bool rp_reference_agrees(rp_op op, rp_dtype dtype, rp_dtype to, const void *got, const void *want)
{
    rp_kind kind = types[to].kind;
    if (kind != RP_KIND_REAL && kind != RP_KIND_COMPLEX) return memcmp(got, want, types[to].size) == 0;
    bool by_libm = op == RP_ABS || op == RP_SQRT || op == RP_DIVIDE || op == RP_RECIPROCAL || op == RP_SIGN;
    uint64_t allowance = by_libm && types[dtype].kind == RP_KIND_COMPLEX ? 2 : 0;
    size_t size = kind == RP_KIND_COMPLEX ? types[to].size / 2 : types[to].size;
    const char *g = got, *w = want;
    return parts_agree(g, w, size, allowance) &&
           (kind != RP_KIND_COMPLEX || parts_agree(g + size, w + size, size, allowance));
}
