/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bad arguments, each to each public function: the status, a message that names the argument, nothing written.
 */
#include <limits.h>

#include "arrays.h"

#define HUGE_LENGTH ((ptrdiff_t)1 << 62)
#define NO_DTYPE ((rp_dtype)99)
#define NEGATIVE_DTYPE ((rp_dtype) - 1)

static rp_array *x, *y, *z; /* x: 2 x 3 float64; y: 3 float64; z: what must stay NULL */

/* A message of another failure, so that what is read afterwards is new. */
static bool spoil(void)
{
    rp_array *none = NULL;
    return rp_wrap(NULL, RP_BOOL, -7, NULL, NULL, false, NULL, NULL, &none) != RP_OK && !none;
}

static bool made_nothing(void)
{
    bool nothing = !z;
    rp_release(z);
    z = NULL;
    return nothing;
}

static bool failed_so(rp_status got, rp_status want, const char *word)
{
    bool nothing = made_nothing();
    if (got == want && nothing) return message_has(word);
    fprintf(stderr, "%s%s\n", rp_status_name(got), nothing ? "" : ", and an array");
    return false;
}

/* Whether a call fails so, with a message that has the word, and makes no array. */
#define FAILS(status, word, call) CHECK(spoil() && failed_so(call, status, word))

static void shapes(void)
{
    ptrdiff_t many[RP_MAX_NDIM + 1];
    for (int i = 0; i <= RP_MAX_NDIM; i++) many[i] = 1;
    FAILS(RP_ERROR_VALUE, "shape", rp_empty(1, NULL, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "ndim", rp_empty(-1, many, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "ndim", rp_empty(RP_MAX_NDIM + 1, many, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "ndim", rp_zeros(INT_MAX, many, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "negative", rp_zeros(SHAPE(2, -1), RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "negative", rp_ones(SHAPE(0, -1), RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "negative", rp_empty(SHAPE(PTRDIFF_MIN), RP_INT8, &z));
    FAILS(RP_ERROR_OVERFLOW, "", rp_empty(SHAPE(HUGE_LENGTH, 2), RP_INT8, &z));
    FAILS(RP_ERROR_OVERFLOW, "", rp_empty(SHAPE(HUGE_LENGTH), RP_FLOAT32, &z));
    FAILS(RP_ERROR_OVERFLOW, "", rp_zeros(SHAPE(HUGE_LENGTH, HUGE_LENGTH, HUGE_LENGTH), RP_INT8, &z));
    FAILS(RP_ERROR_MEMORY, "", rp_empty(SHAPE(HUGE_LENGTH), RP_INT8, &z));
    FAILS(RP_ERROR_MEMORY, "", rp_zeros(SHAPE(PTRDIFF_MAX), RP_INT8, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_empty(SHAPE(2), NO_DTYPE, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_ones(SHAPE(2), NEGATIVE_DTYPE, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_empty_like(x, NO_DTYPE, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_empty(SHAPE(2), RP_INT8, NULL));
    FAILS(RP_ERROR_VALUE, "array", rp_zeros(SHAPE(2), RP_INT8, NULL));
    FAILS(RP_ERROR_VALUE, "array", rp_ones(SHAPE(2), RP_INT8, NULL));
    FAILS(RP_ERROR_VALUE, "like", rp_empty_like(NULL, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_empty_like(x, RP_INT8, NULL));
    CHECK(rp_empty(RP_MAX_NDIM, many, RP_INT8, &z) == RP_OK && rp_ndim(z) == RP_MAX_NDIM);
    rp_array *deep = z, *deeper = NULL;
    CHECK(rp_expand_dims(deep, 0, &deeper) == RP_ERROR_VALUE && !deeper);
    CHECK(rp_get_view(deep, 1, &(rp_index){.kind = RP_INDEX_NEWAXIS}, &deeper) != RP_OK && !deeper);
    CHECK(rp_stack(1, (const rp_array *const[]){deep}, 0, &deeper) == RP_ERROR_VALUE && !deeper);
    rp_release(deep), z = NULL;
    CHECK(rp_zeros(SHAPE(0, HUGE_LENGTH), RP_INT8, &z) == RP_OK && rp_size(z) == 0);
    rp_release(z), z = NULL;
}

static void numbers(void)
{
    rp_scalar one = {.dtype = RP_INT64, .i = 1, .re = 1}, none = {.dtype = NO_DTYPE}, nought = {.dtype = RP_INT64};
    rp_scalar complex = {.dtype = RP_COMPLEX128, .re = 1, .im = 1}, real = {.dtype = RP_FLOAT64, .re = nan_},
              got = {.i = 42};
    FAILS(RP_ERROR_VALUE, "value", rp_full(SHAPE(2), RP_INT8, NULL, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_full(SHAPE(2), RP_INT8, &none, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_full(SHAPE(2), NO_DTYPE, &one, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_full(SHAPE(2), RP_INT8, &one, NULL));
    FAILS(RP_ERROR_VALUE, "value", rp_from_scalar(NULL, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_from_scalar(&one, NULL));
    FAILS(RP_ERROR_TYPE, "dtype", rp_from_scalar(&none, &z));
    FAILS(RP_ERROR_OVERFLOW, "int8", rp_from_scalar(&(rp_scalar){.dtype = RP_INT8, .i = 128}, &z));
    FAILS(RP_ERROR_VALUE, "step", rp_arange(&nought, &one, &nought, RP_INT64, &z));
    FAILS(RP_ERROR_VALUE, "start", rp_arange(NULL, &one, &one, RP_INT64, &z));
    FAILS(RP_ERROR_VALUE, "stop", rp_arange(&one, NULL, &one, RP_INT64, &z));
    FAILS(RP_ERROR_VALUE, "step", rp_arange(&one, &one, NULL, RP_INT64, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_arange(&one, &one, &one, RP_INT64, NULL));
    FAILS(RP_ERROR_TYPE, "dtype", rp_arange(&one, &one, &one, NO_DTYPE, &z));
    FAILS(RP_ERROR_VALUE, "", rp_arange(&real, &one, &one, RP_FLOAT64, &z));
    CHECK(rp_arange(&(rp_scalar){.dtype = RP_INT64, .i = INT64_MIN}, &(rp_scalar){.dtype = RP_INT64, .i = INT64_MAX},
                    &one, RP_INT64, &z) != RP_OK &&
          made_nothing());
    FAILS(RP_ERROR_VALUE, "start", rp_linspace(NULL, &one, 3, true, RP_FLOAT64, &z));
    FAILS(RP_ERROR_VALUE, "stop", rp_linspace(&one, NULL, 3, true, RP_FLOAT64, &z));
    FAILS(RP_ERROR_VALUE, "count", rp_linspace(&one, &one, -1, true, RP_FLOAT64, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_linspace(&one, &one, 3, true, RP_INT32, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_linspace(&one, &one, 3, true, NO_DTYPE, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_linspace(&one, &complex, 3, true, RP_COMPLEX64, NULL));
    FAILS(RP_ERROR_VALUE, "", rp_eye(-1, 2, 0, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "", rp_eye(2, -1, 0, RP_INT8, &z));
    FAILS(RP_ERROR_TYPE, "dtype", rp_eye(2, 2, 0, NO_DTYPE, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_eye(2, 2, 0, RP_INT8, NULL));
    CHECK(rp_eye(2, 2, PTRDIFF_MIN, RP_INT8, &z) == RP_OK);
    rp_release(z), z = NULL;
    CHECK(rp_eye(2, 2, PTRDIFF_MAX, RP_INT8, &z) == RP_OK);
    rp_release(z), z = NULL;
    FAILS(RP_ERROR_VALUE, "array", rp_get_scalar(NULL, &got));
    FAILS(RP_ERROR_VALUE, "value", rp_get_scalar(x, NULL));
    FAILS(RP_ERROR_VALUE, "size", rp_get_scalar(x, &got));
    CHECK(got.i == 42);
    rp_dtype dtype = RP_INT16;
    FAILS(RP_ERROR_VALUE, "name", rp_dtype_from_name(NULL, &dtype));
    FAILS(RP_ERROR_VALUE, "dtype", rp_dtype_from_name("int8", NULL));
    FAILS(RP_ERROR_TYPE, "quaternion", rp_dtype_from_name("quaternion", &dtype));
    FAILS(RP_ERROR_TYPE, "dtype", rp_promote_types(NO_DTYPE, RP_INT8, &dtype));
    FAILS(RP_ERROR_TYPE, "dtype", rp_promote_types(RP_INT8, NEGATIVE_DTYPE, &dtype));
    FAILS(RP_ERROR_VALUE, "common", rp_promote_types(RP_INT8, RP_INT8, NULL));
    CHECK(dtype == RP_INT16);
    CHECK(!rp_can_cast(NO_DTYPE, RP_INT8, RP_CAST_UNSAFE) && !rp_can_cast(RP_INT8, NEGATIVE_DTYPE, RP_CAST_UNSAFE));
    CHECK(!rp_can_cast(RP_INT8, RP_INT16, (rp_casting)77));
    CHECK(rp_dtype_size(NO_DTYPE) == 0 && rp_dtype_name(NEGATIVE_DTYPE) == NULL);
    CHECK(rp_status_name((rp_status)99) != NULL && rp_op_name((rp_op)999) == NULL && rp_op_name((rp_op)-1) == NULL);
}

static int releases;
static void count_release(void *context)
{
    (void)context;
    releases++;
}

static void wraps(void)
{
    static double memory[8];
    FAILS(RP_ERROR_VALUE, "data", rp_wrap(NULL, RP_FLOAT64, SHAPE(2), NULL, false, count_release, NULL, &z));
    FAILS(RP_ERROR_VALUE, "shape", rp_wrap(memory, RP_FLOAT64, 1, NULL, NULL, false, count_release, NULL, &z));
    FAILS(RP_ERROR_VALUE, "array", rp_wrap(memory, RP_FLOAT64, SHAPE(2), NULL, false, count_release, NULL, NULL));
    FAILS(RP_ERROR_TYPE, "dtype", rp_wrap(memory, NO_DTYPE, SHAPE(2), NULL, false, count_release, NULL, &z));
    FAILS(RP_ERROR_VALUE, "negative", rp_wrap(memory, RP_INT8, SHAPE(-2), NULL, false, count_release, NULL, &z));
    FAILS(RP_ERROR_VALUE, "ndim",
          rp_wrap(memory, RP_INT8, 65, (const ptrdiff_t[65]){1}, NULL, false, count_release, NULL, &z));
    FAILS(RP_ERROR_OVERFLOW, "", rp_wrap(memory, RP_FLOAT64, SHAPE(HUGE_LENGTH), NULL, false, count_release, NULL, &z));
    CHECK(rp_wrap(memory, RP_INT8, SHAPE(4, 4), (const ptrdiff_t[]){PTRDIFF_MAX, PTRDIFF_MAX}, false, count_release,
                  NULL, &z) != RP_OK &&
          made_nothing());
    CHECK(releases == 0);
    CHECK(rp_wrap(NULL, RP_FLOAT64, SHAPE(0), NULL, false, count_release, NULL, &z) == RP_OK); /* nothing at NULL */
    rp_release(z), z = NULL;
    CHECK(releases == 1);
}

static void views(void)
{
    rp_index far = {.kind = RP_INDEX_INTEGER, .start = 2}, slice_0 = {RP_INDEX_SLICE, 0, 1, 0},
             dots = {.kind = RP_INDEX_ELLIPSIS};
    rp_index first = {.kind = RP_INDEX_INTEGER}, below = {.kind = RP_INDEX_INTEGER, .start = -3},
             odd = {.kind = (rp_index_kind)9};
    rp_index least = {.kind = RP_INDEX_INTEGER, .start = PTRDIFF_MIN},
             extreme = {RP_INDEX_SLICE, PTRDIFF_MAX, PTRDIFF_MIN + 1, PTRDIFF_MIN};
    FAILS(RP_ERROR_INDEX, "2", rp_get_view(x, 1, &far, &z));
    FAILS(RP_ERROR_INDEX, "-3", rp_get_view(x, 1, &below, &z));
    FAILS(RP_ERROR_INDEX, "", rp_get_view(x, 1, &least, &z));
    FAILS(RP_ERROR_INDEX, "too many", rp_get_view(x, 3, (const rp_index[]){first, first, first}, &z));
    FAILS(RP_ERROR_INDEX, "llips", rp_get_view(x, 2, (const rp_index[]){dots, dots}, &z));
    FAILS(RP_ERROR_VALUE, "step", rp_get_view(x, 1, &slice_0, &z));
    FAILS(RP_ERROR_VALUE, "index", rp_get_view(x, 1, NULL, &z));
    FAILS(RP_ERROR_VALUE, "count", rp_get_view(x, -1, &first, &z));
    FAILS(RP_ERROR_VALUE, "x", rp_get_view(NULL, 1, &first, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_get_view(x, 1, &first, NULL));
    FAILS(RP_ERROR_VALUE, "", rp_get_view(x, 1, &odd, &z));
    CHECK(rp_get_view(x, 1, &extreme, &z) == RP_OK && rp_size(z) <= 3);
    rp_release(z), z = NULL;
    FAILS(RP_ERROR_VALUE, "x", rp_permute_dims(NULL, NULL, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_permute_dims(x, NULL, NULL));
    FAILS(RP_ERROR_AXIS, "axis", rp_permute_dims(x, (const int[]){0, 2}, &z));
    FAILS(RP_ERROR_VALUE, "ax", rp_permute_dims(x, (const int[]){1, -1}, &z));
    FAILS(RP_ERROR_VALUE, "x", rp_broadcast_to(NULL, SHAPE(2, 3), &z));
    FAILS(RP_ERROR_VALUE, "shape", rp_broadcast_to(x, 2, NULL, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_broadcast_to(x, SHAPE(2, 3), NULL));
    FAILS(RP_ERROR_VALUE, "shape", rp_broadcast_to(x, SHAPE(2, 4), &z));
    FAILS(RP_ERROR_VALUE, "shape", rp_broadcast_to(x, SHAPE(3), &z));
    FAILS(RP_ERROR_VALUE, "negative", rp_broadcast_to(x, SHAPE(-1, 2, 3), &z));
    CHECK(rp_broadcast_to(y, SHAPE(HUGE_LENGTH, 3), &z) == RP_ERROR_OVERFLOW && !z);
    FAILS(RP_ERROR_VALUE, "x", rp_squeeze(NULL, 0, NULL, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_squeeze(x, 0, NULL, NULL));
    FAILS(RP_ERROR_VALUE, "length", rp_squeeze(x, AXES(0), &z));
    FAILS(RP_ERROR_AXIS, "axis", rp_squeeze(x, AXES(2), &z));
    FAILS(RP_ERROR_AXIS, "axis", rp_expand_dims(x, 3, &z));
    FAILS(RP_ERROR_AXIS, "axis", rp_expand_dims(x, INT_MIN, &z));
    FAILS(RP_ERROR_VALUE, "x", rp_expand_dims(NULL, 0, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_expand_dims(x, 0, NULL));
    FAILS(RP_ERROR_VALUE, "x", rp_real(NULL, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_real(x, NULL));
    FAILS(RP_ERROR_VALUE, "x", rp_imag(NULL, &z));
    FAILS(RP_ERROR_VALUE, "view", rp_imag(x, NULL));
    FAILS(RP_ERROR_VALUE, "x", rp_angle(NULL, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_angle(x, NULL));
    FAILS(RP_ERROR_VALUE, "x", rp_reshape(NULL, SHAPE(6), false, &z));
    FAILS(RP_ERROR_VALUE, "shape", rp_reshape(x, 1, NULL, false, &z));
    FAILS(RP_ERROR_VALUE, "result", rp_reshape(x, SHAPE(6), false, NULL));
    FAILS(RP_ERROR_VALUE, "shape", rp_reshape(x, SHAPE(5), false, &z));
    FAILS(RP_ERROR_VALUE, "shape", rp_reshape(x, SHAPE(4, -1), false, &z));
    FAILS(RP_ERROR_VALUE, "unknown", rp_reshape(x, SHAPE(-1, -1), false, &z));
    FAILS(RP_ERROR_VALUE, "", rp_reshape(x, SHAPE(-2, -3), false, &z));
    FAILS(RP_ERROR_VALUE, "", rp_reshape(x, SHAPE(0, -1), false, &z));
    CHECK(rp_reshape(x, SHAPE(HUGE_LENGTH, 4, -1), false, &z) != RP_OK && made_nothing());
    int ndim = 5;
    ptrdiff_t shape[RP_MAX_NDIM] = {9};
    rp_array *pair = make(RP_INT8, L(1, 2));
    CHECK(rp_broadcast_shapes(2, (const rp_array *const[]){x, pair}, &ndim, shape) == RP_ERROR_VALUE && ndim == 5 &&
          shape[0] == 9);
    FAILS(RP_ERROR_VALUE, "arrays", rp_broadcast_shapes(2, NULL, &ndim, shape));
    FAILS(RP_ERROR_VALUE, "ndim", rp_broadcast_shapes(1, (const rp_array *const[]){x}, NULL, shape));
    FAILS(RP_ERROR_VALUE, "shape", rp_broadcast_shapes(1, (const rp_array *const[]){x}, &ndim, NULL));
    FAILS(RP_ERROR_VALUE, "count", rp_broadcast_shapes(-1, (const rp_array *const[]){x}, &ndim, shape));
    FAILS(RP_ERROR_VALUE, "", rp_broadcast_shapes(2, (const rp_array *const[]){x, NULL}, &ndim, shape));
    rp_release(pair);
}

static void operations(void)
{
    const rp_array *const both[] = {x, y}, *const half[] = {x, NULL};
    for (int op = 0; op < RP_OP_COUNT; op++) {
        if (rp_op_is_reduction((rp_op)op)) {
            FAILS(RP_ERROR_VALUE, "x", rp_reduce((rp_op)op, NULL, 0, NULL, false, &z));
            FAILS(RP_ERROR_VALUE, "out", rp_reduce((rp_op)op, x, 0, NULL, false, NULL));
            FAILS(RP_ERROR_AXIS, "axis", rp_reduce((rp_op)op, x, AXES(2), false, &z));
            FAILS(RP_ERROR_AXIS, "axis", rp_reduce((rp_op)op, x, AXES(-3), false, &z));
            FAILS(RP_ERROR_VALUE, "count", rp_reduce((rp_op)op, x, -1, (const int[]){0}, false, &z));
            CHECK(rp_reduce((rp_op)op, x, AXES(0, -2), false, &z) == RP_ERROR_VALUE && !z);
            CHECK(rp_map((rp_op)op, both, &z) != RP_OK && made_nothing());
        } else if (op == RP_ASTYPE || op == RP_FILL) {
            FAILS(RP_ERROR_VALUE, "elementwise", rp_map((rp_op)op, both, &z));
        } else {
            FAILS(RP_ERROR_VALUE, "out", rp_map((rp_op)op, both, NULL));
            FAILS(RP_ERROR_VALUE, "inputs", rp_map((rp_op)op, NULL, &z));
            CHECK(rp_reduce((rp_op)op, x, 0, NULL, false, &z) != RP_OK && made_nothing());
            if (rp_op_inputs((rp_op)op) == 2) FAILS(RP_ERROR_VALUE, "NULL", rp_map((rp_op)op, half, &z));
        }
    }
    FAILS(RP_ERROR_VALUE, "op", rp_map((rp_op)999, both, &z));
    FAILS(RP_ERROR_VALUE, "op", rp_reduce((rp_op)-1, x, 0, NULL, false, &z));
    FAILS(RP_ERROR_VALUE, "NULL", rp_add(NULL, y, &z));
    FAILS(RP_ERROR_VALUE, "NULL", rp_add(x, NULL, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_add(x, y, NULL));
    FAILS(RP_ERROR_VALUE, "NULL", rp_where(NULL, x, y, &z));
    FAILS(RP_ERROR_VALUE, "NULL", rp_where(x, x, NULL, &z));
    rp_array *pair = make(RP_FLOAT64, L(1, 2));
    FAILS(RP_ERROR_VALUE, "broadcast", rp_add(x, pair, &z));
    FAILS(RP_ERROR_VALUE, "broadcast", rp_where(pair, x, y, &z));
    FAILS(RP_ERROR_TYPE, "bitwise_or", rp_bitwise_or(x, y, &z));
    rp_release(pair);
}

static void outputs(void)
{
    rp_array *fixed = make(RP_FLOAT64, L(1, 2, 3)), *wide = make_shaped(RP_FLOAT64, SHAPE(1, 3), L(1, 2, 3)),
             *spread = NULL;
    rp_array *whole = make(RP_INT32, L(1, 2, 3)), *one = make(RP_FLOAT64, L(5)), *index = make(RP_INT64, L(0));
    rp_set_readonly(fixed);
    CHECK(rp_add(y, y, &fixed) == RP_ERROR_VALUE && message_has("read-only"));
    CHECK(rp_sum(x, AXES(0), false, &fixed) == RP_ERROR_VALUE && message_has("read-only"));
    CHECK(rp_assign(fixed, y) == RP_ERROR_VALUE && message_has("read-only"));
    CHECK(rp_fill(fixed, &(rp_scalar){.dtype = RP_INT8}) == RP_ERROR_VALUE && message_has("read-only"));
    CHECK(rp_scatter(fixed, 1, (const rp_array *const[]){index}, one) == RP_ERROR_VALUE && message_has("read-only"));
    CHECK(rp_copy(y, &fixed) == RP_ERROR_VALUE && message_has("read-only"));
    double element = 0;
    rp_array *same = NULL;
    const ptrdiff_t three[] = {3}, none[] = {0};
    CHECK(rp_wrap(&element, RP_FLOAT64, 1, three, none, false, NULL, NULL, &same) == RP_OK);
    CHECK(rp_copy(y, &same) == RP_ERROR_VALUE && message_has("stride 0"));
    CHECK(rp_copy_contiguous(y, &same) == RP_ERROR_VALUE && rp_astype(y, RP_FLOAT64, &same) == RP_ERROR_VALUE);
    CHECK(rp_concat(1, (const rp_array *const[]){y}, 0, &same) == RP_ERROR_VALUE && message_has("stride 0"));
    CHECK(rp_fill(same, &(rp_scalar){.dtype = RP_COMPLEX64, .re = 1}) == RP_ERROR_TYPE && message_has("complex"));
    rp_release(same);
    rp_array *view = slice(fixed, 0, 2, 1);
    CHECK(rp_is_readonly(view) && rp_fill(view, &(rp_scalar){.dtype = RP_INT8}) == RP_ERROR_VALUE);
    CHECK(holds(fixed, RP_FLOAT64, L(1, 2, 3)));
    CHECK(rp_add(y, y, &wide) == RP_ERROR_VALUE && message_has("out") && holds(wide, RP_FLOAT64, L(1, 2, 3)));
    CHECK(rp_sum(x, AXES(1), false, &y) == RP_ERROR_VALUE && message_has("out") && holds(y, RP_FLOAT64, L(7, 8, 9)));
    CHECK(rp_add(y, y, &whole) == RP_ERROR_TYPE && message_has("out") && holds(whole, RP_INT32, L(1, 2, 3)));
    CHECK(rp_mean(x, AXES(0), false, &whole) == RP_ERROR_TYPE && holds(whole, RP_INT32, L(1, 2, 3)));
    CHECK(rp_less(y, y, &whole) == RP_OK && holds(whole, RP_INT32, L(0, 0, 0)));
    CHECK(rp_broadcast_to(one, SHAPE(3), &spread) == RP_OK && rp_add(y, y, &spread) == RP_ERROR_VALUE);
    CHECK(holds(one, RP_FLOAT64, L(5)));
    rp_release(fixed), rp_release(wide), rp_release(whole), rp_release(one), rp_release(index), rp_release(view),
        rp_release(spread);
}

static void copies(void)
{
    rp_array *index = make(RP_INT64, L(0, 1)), *far = make(RP_INT64, L(2)), *below = make(RP_INT8, L(-3)),
             *three = make(RP_INT8, L(0, 1, 0));
    const rp_array *const one[] = {index}, *const none[] = {NULL}, *const outside[] = {far}, *const real[] = {y};
    const rp_array *const apart[] = {index, three}, *const pair[] = {x, y}, *const many[] = {index, index, index};
    FAILS(RP_ERROR_VALUE, "x", rp_copy(NULL, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_copy(x, NULL));
    FAILS(RP_ERROR_VALUE, "x", rp_copy_contiguous(NULL, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_copy_contiguous(x, NULL));
    FAILS(RP_ERROR_VALUE, "x", rp_astype(NULL, RP_INT8, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_astype(x, RP_INT8, NULL));
    FAILS(RP_ERROR_TYPE, "dtype", rp_astype(x, NO_DTYPE, &z));
    FAILS(RP_ERROR_VALUE, "destination", rp_assign(NULL, x));
    FAILS(RP_ERROR_VALUE, "source", rp_assign(x, NULL));
    FAILS(RP_ERROR_VALUE, "broadcast", rp_assign(y, x));
    FAILS(RP_ERROR_VALUE, "array", rp_fill(NULL, &(rp_scalar){.dtype = RP_INT8}));
    FAILS(RP_ERROR_VALUE, "value", rp_fill(x, NULL));
    FAILS(RP_ERROR_TYPE, "dtype", rp_fill(x, &(rp_scalar){.dtype = NO_DTYPE}));
    FAILS(RP_ERROR_OVERFLOW, "int8", rp_fill(three, &(rp_scalar){.dtype = RP_INT64, .weak = true, .i = 1000}));
    FAILS(RP_ERROR_VALUE, "x", rp_gather(NULL, 1, one, &z));
    FAILS(RP_ERROR_VALUE, "indices", rp_gather(x, 1, NULL, &z));
    FAILS(RP_ERROR_VALUE, "NULL", rp_gather(x, 1, none, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_gather(x, 1, one, NULL));
    FAILS(RP_ERROR_INDEX, "2", rp_gather(x, 1, outside, &z));
    FAILS(RP_ERROR_INDEX, "", rp_gather(x, 3, many, &z));
    FAILS(RP_ERROR_TYPE, "ind", rp_gather(x, 1, real, &z));
    FAILS(RP_ERROR_VALUE, "broadcast", rp_gather(x, 2, apart, &z));
    CHECK(rp_gather(x, -1, one, &z) != RP_OK && made_nothing());
    FAILS(RP_ERROR_VALUE, "x", rp_scatter(NULL, 1, one, y));
    FAILS(RP_ERROR_VALUE, "indices", rp_scatter(x, 1, NULL, y));
    FAILS(RP_ERROR_VALUE, "values", rp_scatter(x, 1, one, NULL));
    FAILS(RP_ERROR_INDEX, "2", rp_scatter(x, 1, outside, y));
    FAILS(RP_ERROR_VALUE, "broadcast", rp_scatter(x, 1, one, index));
    FAILS(RP_ERROR_VALUE, "x", rp_scatter_mask(NULL, x, y));
    FAILS(RP_ERROR_VALUE, "mask", rp_scatter_mask(x, NULL, y));
    FAILS(RP_ERROR_VALUE, "values", rp_scatter_mask(x, x, NULL));
    FAILS(RP_ERROR_TYPE, "bool", rp_scatter_mask(x, x, y));
    FAILS(RP_ERROR_VALUE, "x", rp_take(NULL, index, 0, &z));
    FAILS(RP_ERROR_VALUE, "indices", rp_take(x, NULL, 0, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_take(x, index, 0, NULL));
    FAILS(RP_ERROR_AXIS, "axis", rp_take(x, index, 2, &z));
    FAILS(RP_ERROR_INDEX, "-3", rp_take(x, below, 0, &z));
    FAILS(RP_ERROR_VALUE, "x", rp_logsumexp(NULL, 0, NULL, false, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_logsumexp(x, 0, NULL, false, NULL));
    FAILS(RP_ERROR_AXIS, "axis", rp_logsumexp(x, 1, (const int[]){2}, false, &z));
    FAILS(RP_ERROR_VALUE, "duplicate", rp_logsumexp(x, 2, (const int[]){0, 0}, false, &z));
    FAILS(RP_ERROR_VALUE, "negative", rp_logsumexp(x, -1, (const int[]){0}, false, &z));
    FAILS(RP_ERROR_VALUE, "x", rp_cumulative_sum(NULL, 0, NULL, false, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_cumulative_prod(x, 0, NULL, false, NULL));
    FAILS(RP_ERROR_AXIS, "axis", rp_cumulative_sum(x, 2, NULL, false, &z));
    FAILS(RP_ERROR_TYPE, "type", rp_cumulative_sum(x, 0, &(rp_dtype){RP_BOOL}, false, &z));
    FAILS(RP_ERROR_TYPE, "type", rp_cumulative_prod(x, 0, &(rp_dtype){99}, true, &z));
    FAILS(RP_ERROR_VALUE, "x", rp_nonzero(NULL, &z));
    FAILS(RP_ERROR_VALUE, "indices", rp_nonzero(x, NULL));
    FAILS(RP_ERROR_VALUE, "arrays", rp_concat(2, NULL, 0, &z));
    FAILS(RP_ERROR_VALUE, "NULL", rp_concat(1, none, 0, &z));
    FAILS(RP_ERROR_VALUE, "", rp_concat(0, pair, 0, &z));
    FAILS(RP_ERROR_VALUE, "out", rp_concat(1, pair, 0, NULL));
    FAILS(RP_ERROR_VALUE, "", rp_concat(2, pair, 0, &z));
    FAILS(RP_ERROR_AXIS, "axis", rp_concat(1, pair, 2, &z));
    FAILS(RP_ERROR_VALUE, "arrays", rp_stack(2, NULL, 0, &z));
    FAILS(RP_ERROR_VALUE, "", rp_stack(0, pair, 0, &z));
    FAILS(RP_ERROR_VALUE, "", rp_stack(2, pair, 0, &z));
    FAILS(RP_ERROR_AXIS, "axis", rp_stack(1, pair, 3, &z));
    CHECK(holds(x, RP_FLOAT64, L(1, 2, 3, 4, 5, 6)) && holds(y, RP_FLOAT64, L(7, 8, 9)) &&
          holds(three, RP_INT8, L(0, 1, 0)));
    rp_release(index), rp_release(far), rp_release(below), rp_release(three);
}

static void machine(void)
{
    CHECK(rp_set_num_threads(-1) == RP_ERROR_VALUE && message_has("threads"));
    CHECK(rp_get_num_threads() >= 1);
    char text[8] = "abcdefg";
    size_t length = rp_info(text, 4);
    CHECK(length > 4 && strlen(text) == 3 && text[4] == 'e' && rp_info(NULL, 0) == length);
    rp_pool_info(NULL); /* no crash */
    CHECK(rp_retain(NULL) == NULL);
    rp_release(NULL);
}

int main(void)
{
    x = make_shaped(RP_FLOAT64, SHAPE(2, 3), L(1, 2, 3, 4, 5, 6));
    y = make(RP_FLOAT64, L(7, 8, 9));
    shapes();
    numbers();
    wraps();
    views();
    operations();
    outputs();
    copies();
    machine();
    rp_release(x), rp_release(y);
    return check_report();
}
