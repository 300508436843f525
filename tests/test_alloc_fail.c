/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Out of memory: each public function that allocates is called with its first allocation failing, then its second, and
 * so on until it succeeds. Every failure says MEMORY, leaves no array and no block behind, and no element changed.
 */
#include "arrays.h"
#include "runtime/runtime.h"

/* Made once; `target` is what out= and assignments write to. */
static rp_array *square, *row, *turned, *truth, *indices, *complexes, *halves, *target, *narrow, *window, *mirror,
    *weak;

enum { SIDE = 48 };

static rp_array *filled(rp_dtype dtype, ptrdiff_t rows, ptrdiff_t columns)
{
    rp_array *x = NULL;
    if (rp_empty(SHAPE(rows, columns), dtype, &x) != RP_OK) exit(2);
    for (ptrdiff_t i = 0; i < rows * columns; i++) {
        char *element = element_at(x, i);
        memset(element, 0, rp_dtype_size(dtype));
        store_part(dtype, element, (double)(dtype == RP_BOOL ? i % 2 : i % 40));
    }
    return x;
}

static void make_inputs(void)
{
    square = filled(RP_FLOAT64, SIDE, SIDE);
    row = filled(RP_FLOAT32, 1, SIDE);
    truth = filled(RP_BOOL, SIDE, SIDE);
    indices = filled(RP_INT64, 1, SIDE);
    complexes = filled(RP_COMPLEX64, SIDE, SIDE);
    halves = filled(RP_FLOAT16, SIDE, SIDE);
    target = filled(RP_FLOAT64, SIDE, SIDE);
    narrow = filled(RP_FLOAT32, SIDE, SIDE);
    weak = weak_float(0.5);
    CHECK(rp_permute_dims(square, NULL, &turned) == RP_OK);
    window = slice(target, 1, RP_SLICE_DEFAULT, 1);
    mirror = slice(target, RP_SLICE_DEFAULT, 0, -1);
}

static uint64_t hash_bytes(uint64_t hash, const rp_array *x)
{
    const unsigned char *bytes = rp_data(x);
    for (size_t i = 0; i < (size_t)rp_size(x) * rp_dtype_size(rp_dtype_of(x)); i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

static uint64_t fingerprint(void)
{
    const rp_array *all[] = {square, row, truth, indices, complexes, halves, target, narrow};
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) hash = hash_bytes(hash, all[i]);
    return hash;
}

static size_t used_bytes(void)
{
    rp_pool_counters counters;
    rp_pool_info(&counters);
    return counters.used_bytes;
}

static void nothing(void *context) { (void)context; }
static const rp_array *const *list(const rp_array *a, const rp_array *b)
{
    static const rp_array *both[2];
    both[0] = a, both[1] = b;
    return both;
}
static const rp_scalar zero = {.dtype = RP_INT64}, ten = {.dtype = RP_FLOAT64, .re = 10, .i = 10, .u = 10};
static const rp_scalar one = {.dtype = RP_FLOAT64, .re = 1, .i = 1, .u = 1};
static double outside[4];

/* clang-format off */
#define SCENARIOS(X)                                                                                        \
    X(empty, rp_empty(SHAPE(5, 5), RP_INT32, z))                                                            \
    X(empty_large, rp_empty(SHAPE(1 << 22), RP_INT8, z))                                                    \
    X(zeros, rp_zeros(SHAPE(300), RP_INT32, z))                                                             \
    X(zeros_large, rp_zeros(SHAPE(1 << 20), RP_FLOAT64, z))                                                 \
    X(ones, rp_ones(SHAPE(300), RP_COMPLEX64, z))                                                           \
    X(full, rp_full(SHAPE(300), RP_FLOAT16, &ten, z))                                                       \
    X(empty_like, rp_empty_like(turned, RP_FLOAT32, z))                                                     \
    X(arange, rp_arange(&zero, &ten, &one, RP_FLOAT64, z))                                                  \
    X(linspace, rp_linspace(&one, &ten, 100, true, RP_FLOAT32, z))                                          \
    X(eye, rp_eye(20, 30, 1, RP_INT16, z))                                                                  \
    X(from_scalar, rp_from_scalar(&ten, z))                                                                 \
    X(wrap, rp_wrap(outside, RP_FLOAT64, SHAPE(4), NULL, false, nothing, NULL, z))                          \
    X(get_view, rp_get_view(square, 1, &(rp_index){RP_INDEX_SLICE, 1, 9, 2}, z))                            \
    X(permute_dims, rp_permute_dims(square, NULL, z))                                                       \
    X(broadcast_to, rp_broadcast_to(row, SHAPE(3, SIDE), z))                                                \
    X(squeeze, rp_squeeze(row, 0, NULL, z))                                                                 \
    X(expand_dims, rp_expand_dims(row, 0, z))                                                               \
    X(real, rp_real(complexes, z))                                                                          \
    X(imag, rp_imag(complexes, z))                                                                          \
    X(imag_zeros, rp_imag(square, z))                                                                       \
    X(angle, rp_angle(complexes, z))                                                                        \
    X(angle_real, rp_angle(halves, z))                                                                      \
    X(reshape_view, rp_reshape(square, SHAPE(-1), false, z))                                                \
    X(reshape_copy, rp_reshape(turned, SHAPE(-1), false, z))                                                \
    X(cumulative_sum, rp_cumulative_sum(square, 0, NULL, true, z))                                          \
    X(logsumexp, rp_logsumexp(turned, 1, (const int[]){0}, true, z))                                        \
    X(logsumexp_all, rp_logsumexp(square, 0, NULL, false, z))                                               \
    X(cumulative_prod_cast, rp_cumulative_prod(turned, 1, &(rp_dtype){RP_FLOAT64}, false, z))               \
    X(copy, rp_copy(turned, z))                                                                             \
    X(copy_contiguous, rp_copy_contiguous(turned, z))                                                       \
    X(astype, rp_astype(square, RP_FLOAT16, z))                                                             \
    X(gather, rp_gather(square, 2, list(indices, indices), z))                                              \
    X(gather_beside, rp_gather(turned, 1, list(indices, NULL), z))                                          \
    X(gather_mask, rp_gather_mask(square, truth, z))                                                        \
    X(take, rp_take(square, indices, 1, z))                                                                 \
    X(concat, rp_concat(2, list(square, narrow), 0, z))                                                     \
    X(stack, rp_stack(2, list(square, narrow), 1, z))                                                       \
    X(add, rp_add(square, target, z))                                                                       \
    X(add_broadcast, rp_add(square, row, z))                                                                \
    X(add_turned, rp_add(turned, narrow, z))                                                                \
    X(add_weak, rp_add(halves, weak, z))                                                                    \
    X(sqrt_bool, rp_sqrt(truth, z))                                                                         \
    X(sqrt_complex, rp_sqrt(complexes, z))                                                                  \
    X(less_mixed, rp_less(indices, truth, z))                                                               \
    X(where, rp_where(halves, square, row, z))                                                              \
    X(map, rp_map(RP_MAXIMUM, list(square, turned), z))                                                     \
    X(sum, rp_sum(square, 0, NULL, false, z))                                                               \
    X(sum_rows, rp_sum(square, AXES(1), true, z))                                                           \
    X(sum_columns, rp_sum(turned, AXES(0), false, z))                                                       \
    X(sum_bool, rp_sum(truth, AXES(0), false, z))                                                           \
    X(prod, rp_prod(complexes, 0, NULL, true, z))                                                           \
    X(min_halves, rp_min(halves, AXES(1), false, z))                                                        \
    X(max_bool, rp_max(truth, 0, NULL, false, z))                                                           \
    X(mean, rp_mean(indices, 0, NULL, false, z))                                                            \
    X(mean_halves, rp_mean(halves, AXES(0), false, z))                                                      \
    X(any, rp_any(turned, AXES(0), false, z))                                                               \
    X(argmax, rp_argmax(turned, AXES(0), false, z))                                                         \
    X(argmin_all, rp_argmin(turned, 0, NULL, false, z))                                                     \
    X(reduce, rp_reduce(RP_ALL, square, AXES(0), false, z))

/* clang-format on */
#define DEFINE(name, call) \
    static rp_status try_##name(rp_array **z) { return call; }
SCENARIOS(DEFINE)

/* These write to what is there, and hand back no array. */
static rp_status overlap(rp_status (*f)(const rp_array *, const rp_array *, rp_array **), rp_array *x, rp_array *y,
                         rp_array *out)
{
    return f(x, y, &out);
}
/* clang-format off */
#define WRITERS(X)                                                          \
    X(out_window, overlap(rp_add, mirror, mirror, window))                  \
    X(out_turned, overlap(rp_multiply, turned, square, target))             \
    X(out_narrow, overlap(rp_subtract, target, turned, narrow))             \
    X(assign_overlap, rp_assign(window, mirror))                            \
    X(assign_cast, rp_assign(narrow, turned))                               \
    X(fill, rp_fill(window, &ten))                                          \
    X(scatter, rp_scatter(target, 2, list(indices, indices), row))          \
    X(scatter_itself, rp_scatter(target, 1, list(indices, NULL), target))   \
    X(scatter_mask, rp_scatter_mask(target, truth, weak))                   \
    X(scatter_mask_turned, rp_scatter_mask(turned, truth, weak))
/* clang-format on */
#define DEFINE_WRITER(name, call)             \
    static rp_status try_##name(rp_array **z) \
    {                                         \
        (void)z;                              \
        return call;                          \
    }
WRITERS(DEFINE_WRITER)

static rp_status try_nonzero(rp_array **z)
{
    rp_array *both[2] = {NULL, NULL};
    rp_status status = rp_nonzero(square, both);
    CHECK(status == RP_OK || (!both[0] && !both[1]));
    rp_release(both[1]);
    *z = both[0];
    return status;
}

#define ENTRY(name, call) {#name, try_##name, false},
#define ENTRY_WRITER(name, call) {#name, try_##name, true},
static const struct {
    const char *name;
    rp_status (*run)(rp_array **z);
    bool writes;
} scenarios[] = {SCENARIOS(ENTRY) WRITERS(ENTRY_WRITER){"nonzero", try_nonzero, false}};

/* Fails its n-th allocation; false when it did with fewer. */
static bool failed_at(size_t scenario, long n)
{
    rp_array *z = NULL;
    size_t used = used_bytes();
    uint64_t before = fingerprint();
    rp_test_fail_allocation(n);
    rp_status status = scenarios[scenario].run(&z);
    rp_test_fail_allocation(0);
    bool good = status == RP_OK ? z != NULL || scenarios[scenario].writes
                                : status == RP_ERROR_MEMORY && !z && fingerprint() == before && rp_error_message()[0];
    rp_release(z);
    good = good && used_bytes() == used;
    if (!good) fprintf(stderr, "%s, allocation %ld: status %s\n", scenarios[scenario].name, n, rp_status_name(status));
    CHECK(good);
    return status != RP_OK && n < 100;
}

int main(void)
{
    make_inputs();
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        long n = 1;
        while (failed_at(i, n)) n++;
        if (!scenarios[i].writes && n == 1) fprintf(stderr, "%s allocates nothing\n", scenarios[i].name);
        CHECK(scenarios[i].writes || n > 1);
        CHECK(n < 100);
    }
    rp_array *all[] = {square, row, turned, truth, indices, complexes, halves, target, narrow, window, mirror, weak};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) rp_release(all[i]);
    CHECK(used_bytes() == 0);
    return check_report();
}
