/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Single numbers: between rp_scalar, elements in memory, and 0-d arrays.
 */
#include <string.h>

#include "array/array.h"
#include "engine/work.h"
#include "runtime/runtime.h"

bool rp_scalar_fits(const rp_scalar *value, rp_dtype dtype)
{
    const size_t size = rp_dtype_size(dtype);
    const bool large = value->dtype == RP_UINT64;
    switch (rp_dtype_kind(dtype)) {
    case RP_KIND_SIGNED: {
        const int64_t highest = (int64_t)(UINT64_MAX >> (65 - 8 * size));
        if (large) return value->u <= (uint64_t)highest;
        return value->i <= highest && value->i >= -highest - 1;
    }
    case RP_KIND_UNSIGNED: {
        const uint64_t highest = UINT64_MAX >> (64 - 8 * size);
        return large ? value->u <= highest : value->i >= 0 && (uint64_t)value->i <= highest;
    }
    default: return true;
    }
}

rp_status rp_fail_integer(const rp_scalar *value, rp_dtype dtype)
{
    const char *name = rp_dtype_name(dtype);
    if (value->dtype != RP_UINT64) {
        return rp_fail(RP_ERROR_OVERFLOW, "Python integer %lld out of bounds for %s", (long long)value->i, name);
    }
    return rp_fail(RP_ERROR_OVERFLOW, "Python integer %llu out of bounds for %s", (unsigned long long)value->u, name);
}

/* The scalar as an element of its own dtype's widest kind: int64, uint64, or complex128. */
static rp_dtype widest(const rp_scalar *value, char element[16])
{
    switch (rp_dtype_kind(value->dtype)) {
    case RP_KIND_BOOL:
    case RP_KIND_SIGNED: memcpy(element, &value->i, sizeof value->i); return RP_INT64;
    case RP_KIND_UNSIGNED:
        if (value->dtype != RP_UINT64) {
            memcpy(element, &value->i, sizeof value->i);
            return RP_INT64;
        }
        memcpy(element, &value->u, sizeof value->u);
        return RP_UINT64;
    case RP_KIND_REAL: memcpy(element, &value->re, sizeof value->re); return RP_FLOAT64;
    default: {
        rp_complex128 z = {value->re, value->im};
        memcpy(element, &z, sizeof z);
        return RP_COMPLEX128;
    }
    }
}

/* As a C cast does, modulo the type's range; a truth is what is not 0. */
static void store_integer(char *element, rp_dtype dtype, uint64_t bits)
{
    const uint8_t one = dtype == RP_BOOL ? bits != 0 : (uint8_t)bits;
    const uint16_t two = (uint16_t)bits;
    const uint32_t four = (uint32_t)bits;
    switch (rp_itemsize(dtype)) {
    case 1: memcpy(element, &one, sizeof one); return;
    case 2: memcpy(element, &two, sizeof two); return;
    case 4: memcpy(element, &four, sizeof four); return;
    default: memcpy(element, &bits, sizeof bits);
    }
}

void rp_store_scalar(char *element, rp_dtype dtype, const rp_scalar *value)
{
    /* The two that every call with a Python float meets, without a look-up. */
    if (dtype == RP_FLOAT64 && value->dtype == RP_FLOAT64) {
        memcpy(element, &value->re, sizeof value->re);
        return;
    }
    if (dtype == RP_FLOAT32 && value->dtype == RP_FLOAT64) {
        float narrow = (float)value->re;
        memcpy(element, &narrow, sizeof narrow);
        return;
    }
    if (rp_dtype_kind(dtype) <= RP_KIND_UNSIGNED && rp_dtype_kind(value->dtype) <= RP_KIND_UNSIGNED) {
        store_integer(element, dtype, value->dtype == RP_UINT64 ? value->u : (uint64_t)value->i);
        return;
    }
    char wide[16];
    rp_dtype from = widest(value, wide);
    rp_convert_elements(element, dtype, wide, from, 1);
}

void rp_load_scalar(const char *element, rp_dtype dtype, rp_scalar *value)
{
    *value = (rp_scalar){.dtype = dtype};
    if (dtype == RP_FLOAT64) { /* as often as not: without a look-up */
        memcpy(&value->re, element, sizeof value->re);
    } else if (dtype == RP_UINT64) {
        memcpy(&value->u, element, sizeof value->u);
        value->i = (int64_t)value->u;
    } else if (rp_dtype_kind(dtype) <= RP_KIND_UNSIGNED) {
        rp_convert_elements((char *)&value->i, RP_INT64, element, dtype, 1);
        value->u = (uint64_t)value->i;
    } else {
        rp_complex128 z;
        rp_convert_elements((char *)&z, RP_COMPLEX128, element, dtype, 1);
        value->re = z.re;
        value->im = z.im;
    }
}

rp_status rp_scalar_array_init(rp_scalar_array *storage, const rp_scalar *value)
{
    const size_t size = rp_dtype_size(value->dtype);
    if (!size) return rp_fail(RP_ERROR_TYPE, "dtype %d of the scalar is no element type", (int)value->dtype);
    if (!value->weak && !rp_scalar_fits(value, value->dtype)) {
        return rp_fail(RP_ERROR_OVERFLOW, "integer %lld is out of bounds for %s", (long long)value->i,
                       rp_dtype_name(value->dtype));
    }
    storage->scalar = *value;
    atomic_init(&storage->array.references, 1); /* a view may be taken of it, and ends before it does */
    storage->array.release = NULL;
    storage->array.data = storage->value;
    storage->array.size = 1;
    storage->array.base = NULL;
    storage->array.dtype = (uint8_t)value->dtype;
    storage->array.ndim = 0;
    storage->array.flags = RP_FLAG_CONTIGUOUS | RP_FLAG_READONLY | (value->weak ? RP_FLAG_WEAK : 0);
    storage->array.strides = storage->array.dims;
    rp_store_scalar(storage->value, value->dtype, value);
    return RP_OK;
}

rp_status rp_from_scalar(const rp_scalar *value, rp_array **array)
{
    if (!value || !array) return rp_fail(RP_ERROR_VALUE, "%s is NULL", value ? "array" : "value");
    rp_scalar_array storage;
    rp_status status = rp_scalar_array_init(&storage, value);
    if (status) return status;
    rp_array *result = rp_array_new(0, NULL, value->dtype, NULL, false);
    if (!result) return RP_ERROR_MEMORY;
    memcpy(result->data, storage.value, rp_dtype_size(value->dtype));
    result->flags |= storage.array.flags & RP_FLAG_WEAK;
    *array = result;
    return RP_OK;
}

rp_status rp_get_scalar(const rp_array *array, rp_scalar *value)
{
    if (!array || !value) return rp_fail(RP_ERROR_VALUE, "%s is NULL", array ? "value" : "array");
    if (array->size != 1) {
        return rp_fail(RP_ERROR_VALUE, "an array of size 1 is needed for a scalar, this one has %td", array->size);
    }
    rp_load_scalar(array->data, array->dtype, value);
    return RP_OK;
}
