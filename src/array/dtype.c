/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Element types: facts, names, NumPy's promotion and casting rules.
 */
#include "array/dtype.h"

#include <string.h>

#include "runtime/runtime.h"

typedef struct dtype_facts {
    const char *name, *code;
    uint8_t size, kind;
} dtype_facts;

static const dtype_facts facts[RP_DTYPE_COUNT] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format) {#name, #code, sizeof(ctype), RP_KIND_##KIND},
#include "raptors/dtypes.def"
#undef RP_DTYPE
};

const char *rp_dtype_name(rp_dtype dtype) { return (unsigned)dtype < RP_DTYPE_COUNT ? facts[dtype].name : NULL; }
size_t rp_dtype_size(rp_dtype dtype) { return (unsigned)dtype < RP_DTYPE_COUNT ? facts[dtype].size : 0; }
rp_kind rp_dtype_kind(rp_dtype dtype) { return (unsigned)dtype < RP_DTYPE_COUNT ? facts[dtype].kind : RP_KIND_BOOL; }

rp_status rp_dtype_from_name(const char *name, rp_dtype *dtype)
{
    if (!name || !dtype) return rp_fail(RP_ERROR_VALUE, "%s is NULL", name ? "dtype" : "name");
    for (int i = 0; i < RP_DTYPE_COUNT; i++) {
        if (!strcmp(name, facts[i].name) || !strcmp(name, facts[i].code)) {
            *dtype = (rp_dtype)i;
            return RP_OK;
        }
    }
    return rp_fail(RP_ERROR_TYPE, "unknown dtype '%.40s'", name);
}

static bool is_integer(rp_kind kind) { return kind == RP_KIND_SIGNED || kind == RP_KIND_UNSIGNED; }

/* The real type that holds an integer of `size` bytes as NumPy has it: 1 → float16, 2 → float32, else float64. */
rp_dtype rp_float_for(rp_dtype dtype)
{
    const dtype_facts *f = &facts[dtype];
    if (f->kind >= RP_KIND_REAL) return dtype;
    return f->size == 1 ? RP_FLOAT16 : f->size == 2 ? RP_FLOAT32 : RP_FLOAT64;
}

static rp_dtype real_of(rp_dtype dtype)
{
    return dtype == RP_COMPLEX64 ? RP_FLOAT32 : dtype == RP_COMPLEX128 ? RP_FLOAT64 : rp_float_for(dtype);
}

rp_dtype rp_common_dtype(rp_dtype a, rp_dtype b)
{
    if (a == b) return a;
    const dtype_facts *x = &facts[a], *y = &facts[b];
    if (x->kind == RP_KIND_COMPLEX || y->kind == RP_KIND_COMPLEX) {
        return real_of(a) == RP_FLOAT64 || real_of(b) == RP_FLOAT64 ? RP_COMPLEX128 : RP_COMPLEX64;
    }
    if (x->kind == RP_KIND_REAL || y->kind == RP_KIND_REAL) {
        /* bool has a byte, but any real type holds it. */
        rp_dtype p = x->kind == RP_KIND_BOOL ? b : real_of(a), q = y->kind == RP_KIND_BOOL ? a : real_of(b);
        return p > q ? p : q;
    }
    if (x->kind == y->kind || x->kind == RP_KIND_BOOL || y->kind == RP_KIND_BOOL) return a > b ? a : b;
    const dtype_facts *s = x->kind == RP_KIND_SIGNED ? x : y, *u = x->kind == RP_KIND_SIGNED ? y : x;
    if (s->size > u->size) return s == x ? a : b;
    return u->size == 1 ? RP_INT16 : u->size == 2 ? RP_INT32 : u->size == 4 ? RP_INT64 : RP_FLOAT64;
}

rp_status rp_promote_types(rp_dtype a, rp_dtype b, rp_dtype *common)
{
    if (!common) return rp_fail(RP_ERROR_VALUE, "common is NULL");
    if ((unsigned)a >= RP_DTYPE_COUNT || (unsigned)b >= RP_DTYPE_COUNT) {
        return rp_fail(RP_ERROR_TYPE, "dtype %d is no element type", (int)((unsigned)a >= RP_DTYPE_COUNT ? a : b));
    }
    *common = rp_common_dtype(a, b);
    return RP_OK;
}

bool rp_can_cast(rp_dtype from, rp_dtype to, rp_casting casting)
{
    if ((unsigned)from >= RP_DTYPE_COUNT || (unsigned)to >= RP_DTYPE_COUNT) return false;
    if ((unsigned)casting > RP_CAST_UNSAFE) return false;
    if (from == to || casting == RP_CAST_UNSAFE) return true;
    if (casting == RP_CAST_NO) return false;
    if (rp_common_dtype(from, to) == to) return true;
    if (casting == RP_CAST_SAFE) return false;
    rp_kind x = facts[from].kind, y = facts[to].kind;
    /* Signed to unsigned is not of one kind, unsigned to signed is: NumPy's order of kinds. */
    return x == y || (is_integer(x) && y == RP_KIND_SIGNED) || (x < y && x != RP_KIND_SIGNED) ||
           (x == RP_KIND_SIGNED && y >= RP_KIND_REAL);
}
