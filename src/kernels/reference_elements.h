/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The reference's elements (reference.c, which alone includes this): loaded, stored and cast one at a time, from and
 * to any address.
 */
#ifndef RP_REFERENCE_ELEMENTS_H
#define RP_REFERENCE_ELEMENTS_H

#include <string.h>

#include "kernels/reference.h"

typedef struct number {
    uint64_t bits; /* an integer, sign-extended; arithmetic on it wraps round */
    double re, im;
} number;

typedef struct type {
    rp_kind kind;
    size_t size;
} type;

static const type types[RP_DTYPE_COUNT] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) {RP_KIND_##KIND, sizeof(ctype)},
#include "raptors/dtypes.def"
};

static bool is_integer(rp_kind kind) { return kind == RP_KIND_SIGNED || kind == RP_KIND_UNSIGNED; }
static bool is_single(rp_dtype dtype) { return dtype == RP_FLOAT16 || dtype == RP_FLOAT32 || dtype == RP_COMPLEX64; }

/* ---- elements ------------------------------------------------------------------------------------------------ */

static uint64_t sign_extended(uint64_t bits, size_t size)
{
    unsigned unused = 64 - 8 * (unsigned)size;
    uint64_t top = bits << unused;
    if (unused == 0) return bits;
    return top >> 63 ? top >> unused | UINT64_MAX << (64 - unused) : top >> unused;
}

static number load(rp_dtype dtype, const char *element)
{
    number x = {0, 0, 0};
    uint16_t half;
    float pair[2] = {0, 0};
    switch (dtype) {
    case RP_FLOAT16:
        memcpy(&half, element, 2);
        x.re = rp_reference_from_half(half);
        break;
    case RP_FLOAT32:
        memcpy(pair, element, 4);
        x.re = pair[0];
        break;
    case RP_FLOAT64: memcpy(&x.re, element, 8); break;
    case RP_COMPLEX64:
        memcpy(pair, element, 8);
        x.re = pair[0];
        x.im = pair[1];
        break;
    case RP_COMPLEX128:
        memcpy(&x.re, element, 8);
        memcpy(&x.im, element + 8, 8);
        break;
    default:
        for (size_t i = 0; i < types[dtype].size; i++) x.bits |= (uint64_t)(unsigned char)element[i] << 8 * i;
        if (types[dtype].kind == RP_KIND_SIGNED) x.bits = sign_extended(x.bits, types[dtype].size);
        if (dtype == RP_BOOL) x.bits = x.bits != 0;
    }
    return x;
}

static void store(rp_dtype dtype, char *element, number x)
{
    uint16_t half;
    float pair[2] = {(float)x.re, (float)x.im};
    switch (dtype) {
    case RP_FLOAT16:
        half = rp_reference_to_half(x.re);
        memcpy(element, &half, 2);
        break;
    case RP_FLOAT32: memcpy(element, pair, 4); break;
    case RP_FLOAT64: memcpy(element, &x.re, 8); break;
    case RP_COMPLEX64: memcpy(element, pair, 8); break;
    case RP_COMPLEX128:
        memcpy(element, &x.re, 8);
        memcpy(element + 8, &x.im, 8);
        break;
    case RP_BOOL: *element = x.bits != 0; break;
    default:
        for (size_t i = 0; i < types[dtype].size; i++) element[i] = (char)(x.bits >> 8 * i);
    }
}

/* ---- casts --------------------------------------------------------------------------------------------------- */

/* What x86's cvttsd2si gives: the least integer for what does not fit. */
static uint64_t to_int32(double x) { return (uint64_t)(x > -0x1p31 - 1 && x < 0x1p31 ? (int64_t)x : -0x80000000LL); }
static uint64_t to_int64(double x) { return x >= -0x1p63 && x < 0x1p63 ? (uint64_t)(int64_t)x : (uint64_t)1 << 63; }

static uint64_t real_to_integer(double x, rp_dtype to)
{
    if (to == RP_UINT64 && x >= 0x1p63) return to_int64(x - 0x1p63) ^ (uint64_t)1 << 63;
    return to == RP_UINT32 || to == RP_INT64 || to == RP_UINT64 ? to_int64(x) : to_int32(x);
}

static number cast(number x, rp_dtype from, rp_dtype to)
{
    rp_kind kind = types[from].kind;
    if (kind == RP_KIND_REAL || kind == RP_KIND_COMPLEX) {
        if (to == RP_BOOL)
            x.bits = x.re != 0 || x.im != 0;
        else if (is_integer(types[to].kind))
            x.bits = real_to_integer(x.re, to);
        if (types[to].kind != RP_KIND_COMPLEX) x.im = 0;
        return x;
    }
    bool is_signed = kind == RP_KIND_SIGNED;
    /* one rounding only: an int64 made double first and float then may be off */
    if (is_single(to))
        x.re = is_signed ? (double)(float)(int64_t)x.bits : (double)(float)x.bits;
    else
        x.re = is_signed ? (double)(int64_t)x.bits : (double)x.bits;
    return x;
}

#endif
