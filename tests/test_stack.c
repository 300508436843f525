/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every kind of call from a thread with 64 KiB of stack, as raptors.h promises, the first calls of the process among them:
 * what does not fit runs into the thread's guard page. And sizes derived from the number of threads, at numbers that
 * no machine here has processors for.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "arrays.h"
#include "facts/ops.h"

enum { STACK_BYTES = 64 << 10, ROWS = 300, COLUMNS = 410 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool measurable = false; /* sanitizers' frames are several times as large */
#else
static const bool measurable = true;
#endif

/* ROWS x COLUMNS ones, which lie as a transposed and reversed array does. */
static rp_array *odd_ones(rp_dtype dtype)
{
    rp_array *whole = NULL, *turned = NULL, *odd = NULL;
    const rp_index reversed[] = {
        {.kind = RP_INDEX_SLICE, .start = RP_SLICE_DEFAULT, .stop = RP_SLICE_DEFAULT, .step = -1},
        {.kind = RP_INDEX_SLICE, .start = RP_SLICE_DEFAULT, .stop = RP_SLICE_DEFAULT, .step = 2}};
    CHECK(rp_ones(2, (const ptrdiff_t[]){2 * COLUMNS, ROWS}, dtype, &whole) == RP_OK);
    CHECK(rp_permute_dims(whole, NULL, &turned) == RP_OK);
    CHECK(rp_get_view(turned, 2, reversed, &odd) == RP_OK);
    rp_release(whole);
    rp_release(turned);
    return odd;
}

static double first_of(const rp_array *x)
{
    rp_array *one = NULL;
    rp_scalar value = {0};
    rp_index index[RP_MAX_NDIM];
    for (int i = 0; i < rp_ndim(x); i++) index[i] = (rp_index){.kind = RP_INDEX_INTEGER, .start = rp_shape(x)[i] - 1};
    CHECK(rp_get_view(x, rp_ndim(x), index, &one) == RP_OK && rp_get_scalar(one, &value) == RP_OK);
    rp_release(one);
    const rp_kind kind = rp_dtype_kind(value.dtype);
    return kind <= RP_KIND_UNSIGNED ? (double)value.i : value.re;
}

static void map_all(rp_dtype dtype, rp_dtype other)
{
    rp_array *x = odd_ones(dtype), *y = odd_ones(other);
    for (int op = 0; op < RP_OP_COUNT; op++) {
        rp_array *out = NULL;
        const rp_array *inputs[] = {x, y, y};
        if (rp_ops[op].kind > RP_OP_SELECT) continue;
        if (rp_map((rp_op)op, inputs, &out) == RP_OK) CHECK(rp_size(out) == ROWS * COLUMNS);
        rp_release(out);
    }
    rp_array *sum = NULL;
    CHECK(rp_add(x, y, &sum) == RP_OK && first_of(sum) == (dtype == RP_BOOL && other == RP_BOOL ? 1 : 2));
    rp_release(sum);
    rp_release(x);
    rp_release(y);
}

static void reduce_all(rp_dtype dtype)
{
    rp_array *x = odd_ones(dtype);
    for (int op = 0; op < RP_OP_COUNT; op++) {
        for (int axis = -1; axis < 2 && rp_op_is_reduction((rp_op)op); axis++) {
            rp_array *out = NULL;
            CHECK(rp_reduce((rp_op)op, x, 1, axis < 0 ? NULL : &axis, false, &out) == RP_OK);
            if (op == RP_SUM && axis == 0) CHECK(first_of(out) == ROWS);
            if (op == RP_SUM && axis < 0)
                CHECK(first_of(out) == (dtype == RP_FLOAT16 ? (double)INFINITY : ROWS * COLUMNS));
            if (op == RP_ARGMAX) CHECK(first_of(out) == 0);
            rp_release(out);
        }
    }
    rp_release(x);
}

static void index_all(void)
{
    rp_array *x = odd_ones(RP_FLOAT64), *mask = odd_ones(RP_BOOL), *places[2] = {NULL}, *out = NULL, *step = NULL;
    CHECK(rp_nonzero(mask, places) == RP_OK && first_of(places[1]) == COLUMNS - 1);
    CHECK(rp_gather(x, 2, (const rp_array *const *)places, &out) == RP_OK && rp_size(out) == ROWS * COLUMNS);
    CHECK(rp_scatter(x, 2, (const rp_array *const *)places, out) == RP_OK);
    rp_release(out), out = NULL;
    CHECK(rp_gather_mask(x, mask, &out) == RP_OK && rp_size(out) == ROWS * COLUMNS);
    CHECK(rp_scatter_mask(x, mask, out) == RP_OK);
    rp_release(out), out = NULL;
    CHECK(rp_take(x, places[1], 1, &out) == RP_OK);
    rp_release(out), out = NULL;
    CHECK(rp_concat(2, (const rp_array *const[]){x, mask}, 1, &out) == RP_OK && first_of(out) == 1);
    rp_release(out), out = NULL;
    CHECK(rp_stack(2, (const rp_array *const[]){x, mask}, 1, &out) == RP_OK);
    rp_release(out), out = NULL;
    CHECK(rp_astype(x, RP_FLOAT16, &out) == RP_OK && first_of(out) == 1);
    CHECK(rp_assign(x, out) == RP_OK);
    const rp_scalar from = {.dtype = RP_FLOAT64}, to = {.dtype = RP_FLOAT64, .re = 99999},
                    by = {.dtype = RP_FLOAT64, .re = 1};
    CHECK(rp_arange(&from, &to, &by, RP_FLOAT64, &step) == RP_OK && first_of(step) == 99998);
    rp_release(step), step = NULL;
    CHECK(rp_linspace(&from, &to, 100000, true, RP_COMPLEX64, &step) == RP_OK && first_of(step) == 99999);
    char text[4096];
    CHECK(rp_info(text, sizeof text) > 0);
    rp_array *all[] = {x, mask, places[0], places[1], out, step};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) rp_release(all[i]);
}

static void register_one(void);

static void *make_calls(void *unused)
{
    static const rp_dtype types[] = {RP_BOOL, RP_INT8, RP_UINT32, RP_FLOAT16, RP_FLOAT32, RP_COMPLEX128};
    enum { TYPES = sizeof types / sizeof *types };
    register_one();
    for (int i = 0; i < TYPES; i++) map_all(types[i], types[i]), reduce_all(types[i]);
    for (int i = 1; i < TYPES; i++) map_all(types[i - 1], types[i]);
    index_all();
    return unused;
}

static void my_add(const rp_call *call)
{
    for (size_t i = 0; i < call->n; i++) {
        float x, y;
        memcpy(&x, call->ptr[1] + (ptrdiff_t)i * call->inner[1], sizeof x);
        memcpy(&y, call->ptr[2] + (ptrdiff_t)i * call->inner[2], sizeof y);
        x += y;
        memcpy(call->ptr[0] + (ptrdiff_t)i * call->inner[0], &x, sizeof x);
    }
}

/* So that an admission falls into a call. */
static void register_one(void)
{
    const rp_kernel_entry entry = {.name = "add.vv.f32.small_stack",
                                   .operands = "vv",
                                   .op = RP_ADD,
                                   .dtype = RP_FLOAT32,
                                   .strided = true,
                                   .run = my_add};
    CHECK(rp_register_kernel(&entry) == RP_OK);
    rp_array *x = NULL, *out = NULL;
    CHECK(rp_ones(1, (const ptrdiff_t[]){100000}, RP_FLOAT32, &x) == RP_OK);
    for (int i = 0; i < 60; i++) CHECK(rp_add(x, x, &out) == RP_OK);
    CHECK(first_of(out) == 2);
    rp_release(x);
    rp_release(out);
}

/* ---- Many threads ------------------------------------------------------------------------------------------ */

/* rows x columns ones of float32, whose rows lie over one another: much to read in little memory. */
static rp_array *tall_ones(float *memory, ptrdiff_t rows, ptrdiff_t columns)
{
    rp_array *x = NULL;
    const ptrdiff_t shape[] = {rows, columns}, strides[] = {8, sizeof(float)};
    CHECK(rp_wrap(memory, RP_FLOAT32, 2, shape, strides, true, NULL, NULL, &x) == RP_OK);
    return x;
}

static void reduce_with(int threads, float *memory, ptrdiff_t rows, ptrdiff_t columns)
{
    rp_array *x = tall_ones(memory, rows, columns), *out = NULL;
    const int row = 0, column = 1;
    CHECK(rp_set_num_threads(threads) == RP_OK);
    CHECK(rp_sum(x, 1, &column, false, &out) == RP_OK && rp_size(out) == rows && first_of(out) == (double)columns);
    rp_release(out), out = NULL;
    CHECK(rp_sum(x, 1, &row, false, &out) == RP_OK && rp_size(out) == columns && first_of(out) == (double)rows);
    rp_release(out), out = NULL;
    CHECK(rp_argmax(x, 1, &column, false, &out) == RP_OK && first_of(out) == 0);
    rp_release(out);
    rp_release(x);
}

static void test_thread_counts(void)
{
    static const int counts[] = {1, 2, 3, 7, 64, 129, 256, 1000};
    enum { LONG = 1100000, LONGER = 8200000 };
    float *memory = malloc((LONGER + 2000) * sizeof *memory);
    if (!memory) exit(2);
    for (size_t i = 0; i < LONGER + 2000; i++) memory[i] = 1;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        reduce_with(counts[i], memory, 3, LONGER); /* a few rows of many chunks for every thread */
        reduce_with(counts[i], memory, 520, 5000); /* more rows than results once had room for */
        CHECK(rp_set_num_threads(counts[i]) == RP_OK);
        map_all(RP_FLOAT32, RP_INT8);
        reduce_all(RP_INT8);
    }
    reduce_with(129, memory, 515, LONG);
    free(memory);
    CHECK(rp_set_num_threads(0) == RP_OK);
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    /* AArch64's least stack is larger. */
    const size_t bytes = STACK_BYTES < PTHREAD_STACK_MIN ? (size_t)PTHREAD_STACK_MIN : STACK_BYTES;
    if (measurable) CHECK(pthread_attr_setstacksize(&attributes, bytes) == 0);
    CHECK(pthread_create(&thread, &attributes, make_calls, NULL) == 0 && pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
    test_thread_counts();
    return check_report();
}
