/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Literals, third part: views, overlaps, outputs, broadcasting, creation, gathering and joining.
 */
#ifndef RP_TEST_LITERALS_ARRAYS_H
#define RP_TEST_LITERALS_ARRAYS_H

#include "arrays.h"

static rp_array *table(void) { return make_shaped(RP_INT32, SHAPE(2, 3), L(1, 2, 3, 4, 5, 6)); }

static rp_index at(ptrdiff_t i) { return (rp_index){.kind = RP_INDEX_INTEGER, .start = i}; }
static rp_index range(ptrdiff_t start, ptrdiff_t stop, ptrdiff_t step)
{
    return (rp_index){RP_INDEX_SLICE, start, stop, step};
}
static const rp_index ellipsis_ = {.kind = RP_INDEX_ELLIPSIS}, newaxis_ = {.kind = RP_INDEX_NEWAXIS};
#define INDEX(...) \
    (int)(sizeof((const rp_index[]){__VA_ARGS__}) / sizeof(rp_index)), (const rp_index[]) { __VA_ARGS__ }
#define REST RP_SLICE_DEFAULT

static bool view_is(int count, const rp_index *index, int ndim, const ptrdiff_t *shape, size_t want_count,
                    const double *want)
{
    rp_array *x = table(), *view = NULL;
    bool good = rp_get_view(x, count, index, &view) == RP_OK && has_shape(view, ndim, shape) &&
                holds(view, RP_INT32, want_count, want);
    rp_release(x); /* the view keeps the memory */
    good = good && holds(view, RP_INT32, want_count, want);
    rp_release(view);
    return good;
}

static void views(void)
{
    CHECK(view_is(INDEX(at(1)), SHAPE(3), L(4, 5, 6)));
    CHECK(view_is(INDEX(at(-1), at(0)), 0, NULL, L(4)));
    CHECK(view_is(INDEX(range(REST, REST, -1)), SHAPE(2, 3), L(4, 5, 6, 1, 2, 3)));
    CHECK(view_is(INDEX(ellipsis_, range(REST, REST, -2)), SHAPE(2, 2), L(3, 1, 6, 4)));
    CHECK(view_is(INDEX(ellipsis_, at(1)), SHAPE(2), L(2, 5)));
    CHECK(view_is(INDEX(at(0), newaxis_, range(1, REST, 1)), SHAPE(1, 2), L(2, 3)));
    CHECK(view_is(INDEX(newaxis_, ellipsis_, newaxis_), SHAPE(1, 2, 3, 1), L(1, 2, 3, 4, 5, 6)));
    CHECK(view_is(INDEX(range(0, 100, 1), range(-100, 2, 1)), SHAPE(2, 2), L(1, 2, 4, 5)));
    CHECK(view_is(INDEX(range(1, 1, 1)), SHAPE(0, 3), 0, NULL));
    CHECK(view_is(INDEX(range(5, REST, -1), at(2)), SHAPE(2), L(6, 3)));
    CHECK(view_is(0, NULL, SHAPE(2, 3), L(1, 2, 3, 4, 5, 6)));

    rp_array *x = table(), *t = NULL, *v = NULL, *w = NULL;
    CHECK(rp_permute_dims(x, NULL, &t) == RP_OK && has_shape(t, SHAPE(3, 2)) &&
          holds(t, RP_INT32, L(1, 4, 2, 5, 3, 6)));
    CHECK(rp_reshape(t, SHAPE(6), true, &v) == RP_ERROR_VALUE && !v);
    CHECK(rp_reshape(t, SHAPE(2, -1), false, &v) == RP_OK && has_shape(v, SHAPE(2, 3)));
    CHECK(holds(v, RP_INT32, L(1, 4, 2, 5, 3, 6)) && rp_data(v) != rp_data(x));
    CHECK(rp_reshape(x, SHAPE(3, 2), true, &w) == RP_OK && rp_data(w) == rp_data(x) &&
          held(&w, RP_INT32, L(1, 2, 3, 4, 5, 6)));
    rp_release(v), v = NULL;
    CHECK(rp_broadcast_to(x, SHAPE(2, 2, 3), &v) == RP_OK && rp_is_readonly(v));
    CHECK(holds(v, RP_INT32, L(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6)) && rp_strides(v)[0] == 0);
    rp_release(v), v = NULL;
    CHECK(rp_expand_dims(x, -1, &v) == RP_OK && has_shape(v, SHAPE(2, 3, 1)));
    CHECK(rp_squeeze(v, 0, NULL, &w) == RP_OK && has_shape(w, SHAPE(2, 3)) && rp_data(w) == rp_data(x));
    rp_release(v), rp_release(w), rp_release(t), v = w = t = NULL;
    CHECK(rp_permute_dims(x, (const int[]){1, 0}, &t) == RP_OK && rp_copy(t, &v) == RP_OK);
    CHECK(holds(v, RP_INT32, L(1, 4, 2, 5, 3, 6)) && rp_strides(v)[0] == 4); /* order='K' */
    CHECK(rp_copy_contiguous(t, &w) == RP_OK && rp_is_contiguous(w) && holds(w, RP_INT32, L(1, 4, 2, 5, 3, 6)));
    rp_release(v), rp_release(w), v = w = NULL;
    CHECK(rp_add(x, x, &v) == RP_OK && rp_add(t, t, &w) == RP_OK && rp_strides(w)[0] == 4);
    CHECK(holds(w, RP_INT32, L(2, 8, 4, 10, 6, 12)) && held(&v, RP_INT32, L(2, 4, 6, 8, 10, 12)));
    rp_release(x), rp_release(t), rp_release(w);
}

static void overlaps(void)
{
    rp_array *one = weak_int(1);
    for (int forward = 0; forward < 2; forward++) { /* a[1:] = a[:-1] + 1, and a[:-1] = a[1:] + 1 */
        rp_array *a = make(RP_INT64, L(5, 1, 7, 2, 9)), *head = slice(a, 0, -1, 1), *tail = slice(a, 1, REST, 1);
        CHECK(rp_add(forward ? head : tail, one, forward ? &tail : &head) == RP_OK);
        if (forward)
            CHECK(holds(a, RP_INT64, L(5, 6, 2, 8, 3)));
        else
            CHECK(holds(a, RP_INT64, L(2, 8, 3, 10, 9)));
        rp_release(a), rp_release(head), rp_release(tail);
    }
    for (int forward = 0; forward < 2; forward++) { /* a[1:] = a[:-1], and a[:-1] = a[1:], of rows */
        rp_array *a = make_shaped(RP_INT16, SHAPE(3, 2), L(5, 1, 7, 2, 9, 4));
        rp_array *head = slice(a, 0, -1, 1), *tail = slice(a, 1, REST, 1);
        CHECK(rp_assign(forward ? tail : head, forward ? head : tail) == RP_OK);
        if (forward)
            CHECK(holds(a, RP_INT16, L(5, 1, 5, 1, 7, 2)));
        else
            CHECK(holds(a, RP_INT16, L(7, 2, 9, 4, 9, 4)));
        rp_release(a), rp_release(head), rp_release(tail);
    }
    rp_array *a = make(RP_FLOAT32, L(1, 2, 3, 4)), *mirror = slice(a, REST, REST, -1);
    CHECK(rp_subtract(a, mirror, &a) == RP_OK && holds(a, RP_FLOAT32, L(-3, -1, 1, 3)));
    CHECK(rp_assign(mirror, a) == RP_OK && holds(a, RP_FLOAT32, L(3, 1, -1, -3)));
    rp_release(a), rp_release(mirror);
    /* long enough to be done in blocks, in a window one element on */
    enum { N = 70000 };
    rp_array *x = NULL;
    rp_scalar zero = {.dtype = RP_INT64}, stop = {.dtype = RP_INT64, .i = N}, step = {.dtype = RP_INT64, .i = 1};
    CHECK(rp_arange(&zero, &stop, &step, RP_INT32, &x) == RP_OK);
    rp_array *low = slice(x, 0, -1, 1), *high = slice(x, 1, REST, 1);
    CHECK(rp_add(low, low, &high) == RP_OK);
    bool good = part_at(x, 0) == 0;
    for (size_t i = 1; i < N; i++) good = good && part_at(x, i) == 2 * (double)(i - 1);
    CHECK(good);
    rp_release(x), rp_release(low), rp_release(high);
    /* a transposed output of a square, and a narrower output type in the same memory */
    rp_array *s = make_shaped(RP_INT16, SHAPE(2, 2), L(1, 2, 3, 4)), *t = NULL;
    CHECK(rp_permute_dims(s, NULL, &t) == RP_OK && rp_add(s, s, &t) == RP_OK && holds(s, RP_INT16, L(2, 6, 4, 8)));
    rp_release(s), rp_release(t);
    rp_array *sum = NULL;
    x = make_shaped(RP_INT64, SHAPE(2, 2), L(1, 2, 3, 4));
    CHECK(rp_get_view(x, INDEX(at(1)), &sum) == RP_OK && rp_sum(x, AXES(0), false, &sum) == RP_OK);
    CHECK(holds(x, RP_INT64, L(1, 2, 4, 6)));
    rp_release(x), rp_release(sum), rp_release(one);
}

static void outputs(void)
{
    rp_array *x = make_shaped(RP_FLOAT64, SHAPE(2, 1), L(1, 2)), *y = make(RP_FLOAT64, L(10, 20, 30)), *z = NULL;
    CHECK(rp_add(x, y, &z) == RP_OK && has_shape(z, SHAPE(2, 3)) && holds(z, RP_FLOAT64, L(11, 21, 31, 12, 22, 32)));
    rp_array *narrow = make_shaped(RP_FLOAT32, SHAPE(2, 3), L(0, 0, 0, 0, 0, 0)),
             *whole = make_shaped(RP_INT64, SHAPE(2, 3), L(1, 1, 1, 1, 1, 1));
    rp_array *small = make(RP_FLOAT64, L(7, 7, 7)),
             *wide = make_shaped(RP_COMPLEX64, SHAPE(2, 3), L(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    CHECK(rp_add(x, y, &narrow) == RP_OK && holds(narrow, RP_FLOAT32, L(11, 21, 31, 12, 22, 32)));
    CHECK(rp_add(x, y, &wide) == RP_OK && holds(wide, RP_COMPLEX64, L(11, 0, 21, 0, 31, 0, 12, 0, 22, 0, 32, 0)));
    CHECK(rp_add(x, y, &whole) == RP_ERROR_TYPE && message_has("out") && holds(whole, RP_INT64, L(1, 1, 1, 1, 1, 1)));
    CHECK(rp_add(x, y, &small) == RP_ERROR_VALUE && message_has("out") && holds(small, RP_FLOAT64, L(7, 7, 7)));
    rp_array *bad = make(RP_FLOAT64, L(1, 2)), *none = NULL;
    CHECK(rp_add(y, bad, &none) == RP_ERROR_VALUE && !none);
    int ndim = 0;
    ptrdiff_t shape[RP_MAX_NDIM];
    CHECK(rp_broadcast_shapes(2, (const rp_array *const[]){x, y}, &ndim, shape) == RP_OK && ndim == 2 &&
          shape[0] == 2 && shape[1] == 3);
    rp_array *condition = make(RP_FLOAT32, L(nan_, 0, 1)), *chosen = NULL;
    CHECK(rp_where(condition, y, x, &chosen) == RP_OK && holds(chosen, RP_FLOAT64, L(10, 1, 30, 10, 2, 30)));
    rp_release(x), rp_release(y), rp_release(z), rp_release(narrow), rp_release(whole), rp_release(small),
        rp_release(wide);
    rp_release(bad), rp_release(condition), rp_release(chosen);
}

static rp_scalar real(double re) { return (rp_scalar){.dtype = RP_FLOAT64, .re = re}; }
static rp_scalar whole(int64_t i) { return (rp_scalar){.dtype = RP_INT64, .i = i, .u = (uint64_t)i}; }

static bool arange_is(rp_scalar start, rp_scalar stop, rp_scalar step, rp_dtype dtype, size_t count, const double *want)
{
    rp_array *x = NULL;
    return rp_arange(&start, &stop, &step, dtype, &x) == RP_OK && held(&x, dtype, count, want);
}

static bool linspace_is(double start, double stop, ptrdiff_t count, bool endpoint, rp_dtype dtype, size_t want_count,
                        const double *want)
{
    rp_array *x = NULL;
    rp_scalar low = real(start), high = real(stop);
    return rp_linspace(&low, &high, count, endpoint, dtype, &x) == RP_OK && held(&x, dtype, want_count, want);
}

static void creation(void)
{
    outputs();
    rp_array *x = NULL;
    CHECK(rp_zeros(SHAPE(2, 2), RP_COMPLEX64, &x) == RP_OK && held(&x, RP_COMPLEX64, L(0, 0, 0, 0, 0, 0, 0, 0)));
    CHECK(rp_ones(SHAPE(3), RP_FLOAT16, &x) == RP_OK && held(&x, RP_FLOAT16, L(1, 1, 1)));
    CHECK(rp_ones(0, NULL, RP_BOOL, &x) == RP_OK && held(&x, RP_BOOL, L(1)));
    rp_scalar nine = {.dtype = RP_INT64, .weak = true, .i = -9}, big = {.dtype = RP_INT64, .weak = true, .i = 300};
    CHECK(rp_full(SHAPE(2), RP_INT16, &nine, &x) == RP_OK && held(&x, RP_INT16, L(-9, -9)));
    CHECK(rp_full(SHAPE(2), RP_FLOAT32, &nine, &x) == RP_OK && held(&x, RP_FLOAT32, L(-9, -9)));
    CHECK(rp_full(SHAPE(2), RP_UINT8, &big, &x) == RP_ERROR_OVERFLOW && !x);
    CHECK(rp_eye(2, 3, 1, RP_INT8, &x) == RP_OK && held(&x, RP_INT8, L(0, 1, 0, 0, 0, 1)));
    CHECK(rp_eye(3, 2, -1, RP_FLOAT64, &x) == RP_OK && held(&x, RP_FLOAT64, L(0, 0, 1, 0, 0, 1)));
    CHECK(rp_eye(2, 2, 5, RP_FLOAT64, &x) == RP_OK && held(&x, RP_FLOAT64, L(0, 0, 0, 0)));
    CHECK(arange_is(whole(0), whole(5), whole(2), RP_INT64, L(0, 2, 4)));
    CHECK(arange_is(whole(5), whole(0), whole(-2), RP_INT8, L(5, 3, 1)));
    CHECK(arange_is(whole(3), whole(3), whole(1), RP_INT32, 0, NULL));
    CHECK(arange_is(real(0), real(1), real(0.25), RP_FLOAT32, L(0, 0.25, 0.5, 0.75)));
    CHECK(arange_is(real(1), real(0), real(1), RP_FLOAT64, 0, NULL));
    CHECK(linspace_is(0, 1, 5, true, RP_FLOAT64, L(0, 0.25, 0.5, 0.75, 1)));
    CHECK(linspace_is(0, 1, 4, false, RP_FLOAT32, L(0, 0.25, 0.5, 0.75)));
    CHECK(linspace_is(0, 10, 1, true, RP_FLOAT64, L(0)));
    CHECK(linspace_is(0, 10, 0, true, RP_FLOAT64, 0, NULL));
    CHECK(linspace_is(1, -1, 3, true, RP_COMPLEX64, L(1, 0, 0, 0, -1, 0)));
    rp_array *like = table(), *t = NULL;
    CHECK(rp_permute_dims(like, NULL, &t) == RP_OK && rp_empty_like(t, RP_FLOAT64, &x) == RP_OK);
    CHECK(has_shape(x, SHAPE(3, 2)) && rp_dtype_of(x) == RP_FLOAT64 && rp_strides(x)[0] == 8 && rp_strides(x)[1] == 24);
    CHECK(rp_fill(x, &nine) == RP_OK && holds(x, RP_FLOAT64, L(-9, -9, -9, -9, -9, -9)));
    CHECK(rp_assign(x, like) == RP_ERROR_VALUE && rp_assign(x, t) == RP_OK &&
          holds(x, RP_FLOAT64, L(1, 4, 2, 5, 3, 6)));
    rp_scalar got;
    rp_array *single = make(RP_UINT64, L(5)), *pair = make(RP_COMPLEX64, L(1.5, 2.5));
    CHECK(rp_get_scalar(single, &got) == RP_OK && got.dtype == RP_UINT64 && got.u == 5 && !got.weak);
    CHECK(rp_get_scalar(pair, &got) == RP_OK && got.re == 1.5 && got.im == 2.5);
    CHECK(rp_get_scalar(like, &got) == RP_ERROR_VALUE);
    rp_release(x), rp_release(like), rp_release(t), rp_release(single), rp_release(pair);
}

static void gathers(void)
{
    rp_array *x = table(), *i = make(RP_INT64, L(1, -1, 0)), *row = make(RP_INT8, L(1, 0)),
             *column = make(RP_UINT8, L(2, 0));
    rp_array *z = NULL, *far = make(RP_INT64, L(0, 3)), *half = make(RP_FLOAT32, L(0.5));
    CHECK(rp_take(x, i, 1, &z) == RP_OK && has_shape(z, SHAPE(2, 3)) && held(&z, RP_INT32, L(2, 3, 1, 5, 6, 4)));
    CHECK(rp_take(x, row, 0, &z) == RP_OK && held(&z, RP_INT32, L(4, 5, 6, 1, 2, 3)));
    CHECK(rp_take(x, far, 1, &z) == RP_ERROR_INDEX && !z);
    CHECK(rp_take(x, half, 1, &z) == RP_ERROR_TYPE && !z);
    CHECK(rp_gather(x, 2, (const rp_array *const[]){row, column}, &z) == RP_OK && held(&z, RP_INT32, L(6, 1)));
    CHECK(rp_gather(x, 1, (const rp_array *const[]){row}, &z) == RP_OK && has_shape(z, SHAPE(2, 3)) &&
          held(&z, RP_INT32, L(4, 5, 6, 1, 2, 3)));
    rp_array *values = make(RP_FLOAT64, L(70, 80));
    CHECK(rp_scatter(x, 2, (const rp_array *const[]){row, column}, values) == RP_OK &&
          holds(x, RP_INT32, L(80, 2, 3, 4, 5, 70)));
    rp_array *truth = make_shaped(RP_FLOAT32, SHAPE(2, 2), L(0, nan_, -0.0, 3)), *where[2] = {NULL, NULL};
    CHECK(rp_nonzero(truth, where) == RP_OK && held(&where[0], RP_INT64, L(0, 1)) &&
          held(&where[1], RP_INT64, L(1, 1)));
    rp_array *a = make(RP_INT8, L(1, 2)), *b = make(RP_FLOAT16, L(0.5)), *c = make(RP_INT8, L(3, 4));
    CHECK(rp_concat(2, (const rp_array *const[]){a, b}, 0, &z) == RP_OK && held(&z, RP_FLOAT16, L(1, 2, 0.5)));
    CHECK(rp_stack(2, (const rp_array *const[]){a, c}, -1, &z) == RP_OK && has_shape(z, SHAPE(2, 2)) &&
          held(&z, RP_INT8, L(1, 3, 2, 4)));
    CHECK(rp_stack(2, (const rp_array *const[]){a, b}, 0, &z) == RP_ERROR_VALUE && !z);
    rp_release(x), rp_release(i), rp_release(row), rp_release(column), rp_release(far), rp_release(half),
        rp_release(values);
    rp_release(truth), rp_release(a), rp_release(b), rp_release(c);
}

#endif
