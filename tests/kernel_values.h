/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements to try kernels on: the hostile ones, any bits, small numbers that often meet as equals, numbers of
 * ordinary size.
 */
#ifndef RP_TEST_KERNEL_VALUES_H
#define RP_TEST_KERNEL_VALUES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/reference.h"

typedef enum values { VALUES_SPECIAL, VALUES_BITS, VALUES_SMALL, VALUES_ORDINARY, VALUES_COUNT } values;

static uint64_t random_state = 1;

static inline uint64_t random_bits(void)
{
    random_state += 0x9e3779b97f4a7c15;
    uint64_t x = random_state;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* clang-format off */
static const double special_reals[] = {
    0.0, -0.0, 1, -1, (double)INFINITY, -(double)INFINITY, (double)NAN, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 2, 3, -7,
    0x1p-1074, -0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023, /* float64's ends */
    0x1p-149, -0x1p-149, 0x1.fffffcp-127, 0x1p-126, 0x1.fffffep127, -0x1.fffffep127, 0x1.ffffffp127, /* float32's */
    0x1p-24, -0x1p-24, 0x1p-25, 0x1.8p-25, 0x1.ff8p-15, 0x1p-14, 65504, -65504, 65519, 65520, 2049, 2051, /* float16's */
    0.1, 255.5, -128.5, 0x1p31, -0x1p31, 0x1p31 - 0.5, 0x1p32, 0x1p52 + 0.5, 0x1p53, 0x1p62, 0x1p63, -0x1p63, 0x1p64,
    0x1.fffffffffffffp62, 4294967295.0, 8388607.5, -8388608.5, 0.49999999999999994, 0.49999997, 1e10, -1e300, 1e-300,
    0x1.002p0, 0x1.0020000001p0, 0x1.000001p0, 0x1.0000010000001p0 /* halfway in float16 and float32, and just above */
};
static const uint64_t special_integers[] = {
    0, 1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 255,
    0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000,
    0x8000000000000001, 0x80000001, 0x8001, 0x81, 0xffffff81,
    0x4000004000000001, 0x20000000000001, 0x1000001, 0x1000003 /* between two floats, and just above halfway */
};
/* True is what is not 0. */
static const unsigned char special_bools[] = {0, 1, 255, 2, 0, 128};
/* clang-format on */
enum {
    SPECIAL_BOOLS = sizeof special_bools,
    SPECIAL_REALS = sizeof special_reals / sizeof *special_reals,
    SPECIAL_INTEGERS = sizeof special_integers / sizeof *special_integers
};

static inline void put_real(rp_dtype dtype, char *element, double x)
{
    float single = (float)x;
    uint16_t half = rp_reference_to_half(x);
    if (dtype == RP_FLOAT16)
        memcpy(element, &half, 2);
    else if (dtype == RP_FLOAT32 || dtype == RP_COMPLEX64)
        memcpy(element, &single, 4);
    else
        memcpy(element, &x, 8);
}

static inline bool is_floating(rp_dtype dtype) { return dtype >= RP_FLOAT16; }

static inline size_t special_count(rp_dtype dtype)
{
    if (dtype == RP_BOOL) return SPECIAL_BOOLS;
    return is_floating(dtype) ? (size_t)SPECIAL_REALS : 2 * (size_t)SPECIAL_INTEGERS;
}

/* The special value `index` of `dtype`, of whatever index: they repeat. */
static inline void put_special(rp_dtype dtype, char *element, size_t index)
{
    size_t size = rp_dtype_size(dtype);
    if (is_floating(dtype)) {
        put_real(dtype, element, special_reals[index % SPECIAL_REALS]);
        if (dtype >= RP_COMPLEX64)
            put_real(dtype, element + size / 2, special_reals[(index / SPECIAL_REALS + index * 5) % SPECIAL_REALS]);
        return;
    }
    uint64_t bits = special_integers[index / 2 % SPECIAL_INTEGERS];
    if (index % 2) bits = -bits;
    if (dtype == RP_BOOL) bits = special_bools[index % SPECIAL_BOOLS];
    memcpy(element, &bits, size);
}

static inline double ordinary_real(void)
{
    double fraction = (double)(int64_t)random_bits() * 0x1p-63;
    return ldexp(fraction, (int)(random_bits() % 16) - 4);
}

static inline void put_value(rp_dtype dtype, char *element, values kind, size_t index)
{
    size_t size = rp_dtype_size(dtype);
    uint64_t bits = random_bits();
    if (kind == VALUES_SPECIAL) {
        put_special(dtype, element, index);
    } else if (dtype == RP_BOOL) {
        *element = (char)(kind == VALUES_BITS && bits & 1 ? bits >> 56 : bits & 1);
    } else if (kind == VALUES_BITS) {
        memcpy(element, &bits, size < 8 ? size : 8);
        bits = random_bits();
        if (size == 16) memcpy(element + 8, &bits, 8);
    } else if (is_floating(dtype)) {
        size_t parts = dtype >= RP_COMPLEX64 ? 2 : 1;
        for (size_t part = 0; part < parts; part++) {
            double x = kind == VALUES_SMALL ? (double)((int)(random_bits() % 17) - 8) / 2 : ordinary_real();
            put_real(dtype, element + part * size / parts, x);
        }
    } else {
        bits = kind == VALUES_SMALL ? bits % 9 - 4 : bits % 201 - 100;
        memcpy(element, &bits, size);
    }
}

/* Makes x a multiple of y, or next to one: where // and % are decided by the last bit. */
static inline void put_multiple(rp_dtype dtype, char *x, const char *y)
{
    float single = 0;
    double divisor = 0;
    uint16_t half = 0;
    if (dtype == RP_FLOAT16)
        memcpy(&half, y, 2), divisor = rp_reference_from_half(half);
    else if (dtype == RP_FLOAT32)
        memcpy(&single, y, 4), divisor = (double)single;
    else
        memcpy(&divisor, y, 8);
    double product = divisor * (double)((int64_t)random_bits() >> (random_bits() % 63));
    put_real(dtype, x, product);
    uint64_t bits = 0;
    memcpy(&bits, x, rp_dtype_size(dtype));
    bits += random_bits() % 3 - 1;
    memcpy(x, &bits, rp_dtype_size(dtype));
}

/* A real number that every C compiler converts alike: inside the range of the integer type. */
static inline void put_convertible(rp_dtype dtype, rp_dtype to, char *element)
{
    int range = rp_dtype_kind(to) == RP_KIND_UNSIGNED ? 0 : -100;
    put_real(dtype, element, range + (double)(random_bits() % 400) / 4 - range / 2);
    if (dtype >= RP_COMPLEX64) put_real(dtype, element + rp_dtype_size(dtype) / 2, 0);
}

#endif
