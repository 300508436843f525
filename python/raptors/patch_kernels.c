/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Our kernels in the place of NumPy's loops, along one run of elements: those that were found to give the same bits and to raise
 * the same floating-point flags. Results that no cache holds may pass the caches by.
 */
#include "patch.h"

#include <string.h>

#include "choose/choose.h"
#include "engine/work.h"
#include "runtime/fp_flags.h"

int patch_op_of(const char *ufunc)
{
    int op = -1;
    for (int i = 0; i < RP_OP_COUNT; i++) {
        op = rp_ops[i].kind == RP_OP_MAP && strcmp(rp_ops[i].numpy, ufunc) == 0 ? i : op;
    }
    return op;
}

/* ---- Admission --------------------------------------------------------------------------------------------- */

enum {
    FEW = 256, /* elements, of which one is hostile: its flags are seen */
    MANY = PATCH_PIECE,
    ROUNDS = 8, /* of many hostile ones */
    WIDEST = 8  /* bytes */
};

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15;
    uint64_t x = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* Any bits, or one of the values at which results overflow, are undefined or change their sign. */
static void hostile_element(char *to, rp_dtype dtype, uint64_t *state)
{
    static const double reals[] = {0.0, -0.0, 1.0,   -1.0,  0.5, -2.5,      3.0,   INFINITY, -INFINITY,
                                   NAN, -NAN, 1e300, -1e38, 7e4, 0x1p-1060, 1e-30, -1e-7,    1e5};
    const size_t size = rp_dtype_size(dtype);
    const uint64_t random = next_random(state);
    if (rp_dtype_kind(dtype) == RP_KIND_BOOL) {
        *to = (char)(random & 1);
    } else if (random & 1) {
        memcpy(to, &(uint64_t){random >> 1}, size);
    } else if (rp_dtype_kind(dtype) == RP_KIND_REAL) {
        rp_convert_elements(to, dtype, (const char *)&reals[(random >> 1) % (sizeof reals / sizeof *reals)], RP_FLOAT64,
                            1);
    } else {
        const uint64_t lowest = (uint64_t)1 << (8 * size - 1), integers[] = {0, 1, 2, (uint64_t)-1, lowest, lowest - 1};
        memcpy(to, &integers[(random >> 1) % (sizeof integers / sizeof *integers)],
               size); /* little-endian or of any value */
    }
}

typedef struct trial {
    const patch_loop *loop;
    patch_kernel kernel;
    int inputs;
    npy_intp steps[PATCH_MOST_OPERANDS];
    bool raises, differ; /* NumPy's loop, some flags; the flags */
} trial;

/* The inputs, and the results of both. */
static _Alignas(64) char given[PATCH_MOST_OPERANDS - 1][MANY * WIDEST], by_numpy[MANY * WIDEST],
    by_kernel[MANY * WIDEST];

static void call_kernel(const patch_kernel *kernel, int inputs, char *const *data, const npy_intp *steps, size_t n)
{
    const int first = kernel->swapped, second = !kernel->swapped;
    rp_call call = {.ptr = {data[inputs], data[first]}, .inner = {steps[inputs], steps[first]}, .n = n, .m = 1};
    if (inputs > 1) {
        call.ptr[2] = data[second];
        call.inner[2] = steps[second];
    }
    rp_run_by_lines(kernel->kernel, &call, (size_t)steps[inputs]);
}

/* Whether the bits of n results are the same. */
static bool try_both(trial *t, size_t n)
{
    char *data[PATCH_MOST_OPERANDS];
    npy_intp count = (npy_intp)n;
    for (int k = 0; k < t->inputs; k++) {
        data[k] = given[k];
    }
    data[t->inputs] = by_numpy;
    rp_fp_clear();
    t->loop->function(data, &count, t->steps, t->loop->data);
    const int flags = rp_fp_flags();
    data[t->inputs] = by_kernel;
    rp_fp_clear();
    call_kernel(&t->kernel, t->inputs, data, t->steps, n);
    t->raises |= flags != 0;
    t->differ |= rp_fp_flags() != flags;
    return memcmp(by_numpy, by_kernel, n * (size_t)t->steps[t->inputs]) == 0;
}

/* First one element is hostile, each in turn, and then all are. */
static bool is_equal(trial *t)
{
    uint64_t state = 1;
    const rp_dtype dtype = patch_dtype_of(t->loop->types[0]);
    const size_t size = rp_dtype_size(dtype);
    char plain[PATCH_MOST_OPERANDS - 1][WIDEST];
    for (int k = 0; k < t->inputs; k++) {
        rp_convert_elements(plain[k], dtype, (const char *)&(double){1 + k}, RP_FLOAT64, 1);
        for (size_t i = 0; i < FEW; i++) {
            memcpy(given[k] + i * size, plain[k], size);
        }
    }
    bool equal = true;
    for (size_t i = 0; equal && i < FEW; i++) {
        for (int k = 0; k < t->inputs; k++) {
            hostile_element(given[k] + i * size, dtype, &state);
        }
        equal = try_both(t, FEW) && !(t->raises && t->differ);
        for (int k = 0; k < t->inputs; k++) {
            memcpy(given[k] + i * size, plain[k], size);
        }
    }
    for (int round = 0; equal && round < ROUNDS; round++) {
        for (int k = 0; k < t->inputs; k++) {
            for (size_t i = 0; i < MANY; i++) {
                hostile_element(given[k] + i * size, dtype, &state);
            }
        }
        equal = try_both(t, MANY) && !(t->raises && t->differ);
    }
    rp_fp_clear();
    return equal;
}

/* The kernel for a loop of which that operand is a number: 0 none, 1 the first, 2 the second. */
static patch_kernel admit(const patch_loop *loop, int inputs, unsigned number)
{
    const rp_dtype dtype = patch_dtype_of(loop->types[0]);
    const rp_kernel *kernel = rp_context_get()->default_kernel[loop->op][dtype][rp_class_of(inputs, number << 1)];
    bool suits = kernel && kernel->family == RP_FAMILY_RAPTORS && !(kernel->traits & RP_TRAIT_APPROXIMATE) &&
                 rp_dtype_kind(dtype) != RP_KIND_COMPLEX && kernel->to == patch_dtype_of(loop->types[inputs]);
    trial t = {.loop = loop, .inputs = inputs};
    for (int k = 0; k <= inputs; k++) {
        suits = suits && (k == inputs || patch_dtype_of(loop->types[k]) == dtype);
        t.steps[k] = number >> k & 1 ? 0 : (npy_intp)rp_dtype_size(patch_dtype_of(loop->types[k]));
    }
    const int orders = inputs == 2 && number == 0 ? 2 : 1;
    for (int order = 0; suits && order < orders; order++) {
        t.raises = t.differ = false;
        t.kernel = (patch_kernel){.kernel = kernel, .swapped = order == 1};
        if (is_equal(&t)) {
            t.kernel.quiet = t.differ;
            return t.kernel;
        }
    }
    return (patch_kernel){.kernel = NULL};
}

/* A trial takes some 0.3 ms: it comes when the loop's calls have taken ten times as long. */
static const double PAID = 3e-3;

const patch_kernel *patch_kernel_of(const patch_run *run)
{
    patch_loop *loop = run->loop;
    const int inputs = run->operands - 1;
    unsigned numbers = 0;
    bool suits = loop->op >= 0 && run->ndim == 1 && inputs <= 2;
    for (int k = 0; k <= inputs && suits; k++) {
        const npy_intp step = run->strides[k][0];
        numbers |= (unsigned)(step == 0) << k;
        suits = run->types[k] == loop->types[k] &&
                (step == PyDataType_ELSIZE(patch_descr[loop->types[k]]) || (step == 0 && k < inputs));
    }
    if (!suits || numbers == (1U << inputs) - 1) {
        return NULL;
    }
    if (!(loop->kernels_tried >> numbers & 1) && loop->seconds < PAID && !patch_stressed) {
        return NULL;
    }
    if (!(loop->kernels_tried >> numbers & 1)) {
        loop->kernels[numbers] = admit(loop, inputs, numbers);
        loop->kernels_tried |= (uint8_t)(1U << numbers);
    }
    return loop->kernels[numbers].kernel ? &loop->kernels[numbers] : NULL;
}

/* ---- A run ------------------------------------------------------------------------------------------------- */

unsigned patch_ways_of(const patch_run *run, const patch_kernel *kernel, size_t bytes)
{
    enum { UNCACHED = 4 }; /* caches of the second level: below, what passes them by comes back at once */
    const int result = run->operands - 1;
    bool streams = run->ndim == 1 && run->strides[result][0] == PyDataType_ELSIZE(patch_descr[run->types[result]]) &&
                   bytes * run->elements >= UNCACHED * rp_system_facts()->l2_bytes;
    for (int k = 0; k < run->operands; k++) {
        streams = streams && run->types[k] == run->loop->types[k] && (k == result || run->data[k] != run->data[result]);
    }
    return 1U << PATCH_LOOP | (kernel ? 1U << PATCH_KERNEL : 0) | (streams ? 1U << PATCH_LOOP_STREAM : 0) |
           (kernel && streams ? 1U << PATCH_KERNEL_STREAM : 0);
}

static void call_piece(const patch_run *run, const patch_kernel *kernel, char **data, const npy_intp *steps, size_t n)
{
    npy_intp count = (npy_intp)n;
    if (kernel) {
        call_kernel(kernel, run->operands - 1, data, steps, n);
    } else {
        run->loop->function(data, &count, steps, run->loop->data);
    }
}

void patch_run_way(const patch_run *run, const patch_kernel *kernel, bool streams, char *const *data, size_t n)
{
    _Alignas(64) char block[PATCH_PIECE * 2 * WIDEST];
    const rp_context *context = rp_context_get();
    const int result = run->operands - 1;
    const size_t whole = n / PATCH_PIECE * PATCH_PIECE, most = streams ? PATCH_PIECE : whole;
    npy_intp steps[PATCH_MOST_OPERANDS];
    char *at[PATCH_MOST_OPERANDS];
    for (int k = 0; k < run->operands; k++) {
        steps[k] = run->strides[k][0];
        at[k] = data[k];
    }
    /* the last elements may go another way through NumPy's loop */
    for (size_t i = 0, count; i < n; i += count) {
        count = i < whole ? most : n - i;
        char *to = at[result];
        at[result] = streams ? block : to;
        call_piece(run, i < whole ? kernel : NULL, at, steps, count);
        at[result] = to;
        if (streams) {
            context->movers.stream(to, block, count * (size_t)steps[result]);
        }
        for (int k = 0; k < run->operands; k++) {
            at[k] += (npy_intp)count * steps[k];
        }
    }
    if (streams) {
        context->movers.stream_end();
    }
    if (kernel && kernel->quiet) {
        rp_fp_clear(); /* nothing else was raised since the task began */
    }
}
