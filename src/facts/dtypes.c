/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element types: their rows, NumPy's promotion and casting rules.
 */
#include "facts/dtypes.h"

#include <string.h>

const rp_dtype_row rp_dtypes[RP_DTYPE_COUNT] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, REAL, COMPLEX, WIDE, COMPUTE) \
    {#name, #code, sizeof(ctype), RP_KIND_##KIND, RP_##REAL, RP_##COMPLEX, RP_##WIDE, RP_##COMPUTE},
#include "raptors/dtypes.def"
};

const char *rp_dtype_name(rp_dtype dtype) { return (unsigned)dtype < RP_DTYPE_COUNT ? rp_dtypes[dtype].name : NULL; }
size_t rp_dtype_size(rp_dtype dtype) { return (unsigned)dtype < RP_DTYPE_COUNT ? rp_dtypes[dtype].size : 0; }
rp_kind rp_dtype_kind(rp_dtype dtype)
{
    return (unsigned)dtype < RP_DTYPE_COUNT ? (rp_kind)rp_dtypes[dtype].kind : RP_KIND_BOOL;
}

int rp_find_dtype(const char *word, size_t length)
{
    for (int i = 0; i < RP_DTYPE_COUNT; i++) {
        const rp_dtype_row *d = &rp_dtypes[i];
        if (strlen(d->name) == length && !memcmp(d->name, word, length)) return i;
        if (strlen(d->code) == length && !memcmp(d->code, word, length)) return i;
    }
    return -1;
}

static bool is_integer(int kind) { return kind == RP_KIND_SIGNED || kind == RP_KIND_UNSIGNED; }

rp_dtype rp_float_for(rp_dtype dtype)
{
    return rp_dtypes[dtype].kind >= RP_KIND_REAL ? dtype : (rp_dtype)rp_dtypes[dtype].real;
}

rp_dtype rp_common_dtype(rp_dtype a, rp_dtype b)
{
    if (a == b) return a;
    const rp_dtype_row *x = &rp_dtypes[a], *y = &rp_dtypes[b];
    /* bool has a byte, but any real type holds it: its own, float16, is the least of them. */
    const int real = x->real > y->real ? x->real : y->real;
    if (x->kind == RP_KIND_COMPLEX || y->kind == RP_KIND_COMPLEX) return (rp_dtype)rp_dtypes[real].complex;
    if (x->kind == RP_KIND_REAL || y->kind == RP_KIND_REAL) return (rp_dtype)real;
    if (x->kind == y->kind || x->kind == RP_KIND_BOOL || y->kind == RP_KIND_BOOL) return a > b ? a : b;
    /* A signed and an unsigned type: the signed one where it is wider, else the next wider one of its kind. */
    static const uint8_t above[] = {[1] = RP_INT16, [2] = RP_INT32, [4] = RP_INT64, [8] = RP_FLOAT64};
    const bool x_signed = x->kind == RP_KIND_SIGNED;
    const rp_dtype_row *s = x_signed ? x : y, *u = x_signed ? y : x;
    return s->size > u->size ? (x_signed ? a : b) : (rp_dtype)above[u->size];
}

rp_dtype rp_common_of_set(unsigned set)
{
    int dtype = RP_DTYPE_COUNT - 1;
    while (!(set >> dtype & 1)) dtype--;
    rp_dtype common = (rp_dtype)dtype;
    while (dtype-- > 0) {
        if (set >> dtype & 1) common = rp_common_dtype(common, (rp_dtype)dtype);
    }
    return common;
}

/* Unsigned and signed integers are one step of the ladder bool, integer, real, complex. */
static int category(rp_dtype dtype)
{
    const int kind = rp_dtypes[dtype].kind;
    return kind == RP_KIND_UNSIGNED ? RP_KIND_SIGNED : kind;
}

rp_dtype rp_add_weak_dtype(rp_dtype common, rp_dtype weak)
{
    const int kind = category(common), number = category(weak);
    if (number <= kind) return common;
    if (number == RP_KIND_COMPLEX) return kind == RP_KIND_REAL ? (rp_dtype)rp_dtypes[common].complex : RP_COMPLEX128;
    if (number == RP_KIND_REAL) return weak;
    return (rp_dtype)rp_dtypes[RP_BOOL].wide; /* beside truths any Python int is int64 */
}

bool rp_can_cast(rp_dtype from, rp_dtype to, rp_casting casting)
{
    if ((unsigned)from >= RP_DTYPE_COUNT || (unsigned)to >= RP_DTYPE_COUNT) return false;
    if ((unsigned)casting > RP_CAST_UNSAFE) return false;
    if (from == to || casting == RP_CAST_UNSAFE) return true;
    if (casting == RP_CAST_NO) return false;
    if (rp_common_dtype(from, to) == to) return true;
    if (casting == RP_CAST_SAFE) return false;
    const int x = rp_dtypes[from].kind, y = rp_dtypes[to].kind;
    /* Signed to unsigned is not of one kind, unsigned to signed is: NumPy's order of kinds. */
    return x == y || (is_integer(x) && y == RP_KIND_SIGNED) || (x < y && x != RP_KIND_SIGNED) ||
           (x == RP_KIND_SIGNED && y >= RP_KIND_REAL);
}
