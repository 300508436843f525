/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a kernel is: one call signature and one descriptor for all of them. A kernel cannot fail; every error was
 * found before. Pointers need no alignment.
 */
#ifndef RP_KERNEL_H
#define RP_KERNEL_H

#include "facts/classes.h"
#include "facts/isa.h"
#include "facts/ops.h"

/* rp_call (raptors.h), in each kind of kernel:
 *   map kernels      inner[k] is the element size for a vector operand; a scalar one is read at ptr[k] + outer * row.
 *                    The output may be an input exactly; any other overlap was copied away.
 *   ROW reductions   each row of n contiguous elements becomes one element: ptr[0] + row * outer[0].
 *   COLUMN ones      n contiguous columns, m rows (outer[1] apart), become one row of n elements at ptr[0]. */

static inline size_t rp_divide_up(size_t a, size_t b) { return (a + b - 1) / b; }
static inline ptrdiff_t rp_magnitude(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

typedef enum rp_backend { RP_BACKEND_NATIVE, RP_BACKEND_REGISTERED, RP_BACKEND_COUNT } rp_backend;

/* Equal family, equal bits: any kernel of a family may run in another's place. */
typedef enum rp_kernel_family {
    RP_FAMILY_RAPTORS, /* ours, and what admission found equal to them */
    RP_FAMILY_NONE     /* bits of its own: runs only for those who allow its class of results */
} rp_kernel_family;

/* What a caller may allow beside the bits of the family. */
typedef enum rp_result_class {
    RP_SAME_BITS, /* nothing */
    RP_ANY_ORDER, /* reductions that add up in an order of their own, within the rounding errors of any */
    RP_FEW_ULPS   /* functions of accuracy class RP_FAST; the one that is elected serves, and no other (accuracy.h) */
} rp_result_class;

typedef enum rp_traits {
    RP_TRAIT_STRIDED = 1,       /* vectors of any inner stride */
    RP_TRAIT_IN_PLACE_ONLY = 2, /* the output is an input */
    RP_TRAIT_VARIANT = 4,       /* the same work done otherwise: raptors race and raptors tune alone try it */
    RP_TRAIT_OWN_THREADS = 8,   /* splits its call over threads of its own; is given the whole of it */
    RP_TRAIT_APPROXIMATE = 16   /* a function of real numbers of which RP_FAST lets others give the last bits */
} rp_traits;

typedef struct rp_kernel {
    const char *name;      /* "multiply.vs.f32.avx2": the same string in profiles, reports, tests */
    uint8_t op, dtype, to; /* rp_op; the type of the operands; the type of the result */
    uint8_t shape;         /* rp_class */
    uint8_t backend, isa;
    uint8_t family;       /* rp_kernel_family */
    uint8_t result_class; /* rp_result_class: of one without a family */
    uint16_t priority;    /* the order before anything is measured: the highest is taken */
    uint64_t needs;       /* RP_CPU_..., all required */
    uint32_t traits;      /* rp_traits */
    /* Of registered kernels alone, and asked by rp_kernel_takes (choose/registry.h) alone. */
    size_t n_max;                /* the longest row; 0: any */
    bool (*ok)(const rp_call *); /* NULL: takes every call */
    void (*run)(const rp_call *);
    const void *data; /* goes into the call */
} rp_kernel;

/* Moving elements without looking at them, one set an instruction set (move.h). size: 1, 2, 4, 8 or 16 bytes. */
typedef struct rp_movers {
    /* rows x columns elements, from any strides to any strides (bytes); source and destination do not overlap */
    void (*copy)(char *to, ptrdiff_t to_row, ptrdiff_t to_column, const char *from, ptrdiff_t from_row,
                 ptrdiff_t from_column, size_t rows, size_t columns, size_t size);
    /* contiguous bytes with stores that pass the caches by; any alignment */
    void (*stream)(char *to, const char *from, size_t bytes);
    /* before another thread may read what was streamed: a fence for each block would wait for it to arrive */
    void (*stream_end)(void);
} rp_movers;

/* Indexing, one set an instruction set (index.h). size: 1, 2, 4, 8 or 16 bytes. */
typedef struct rp_indexers {
    /* base + the places of the mask's n bytes that are not 0, `most` at most; returns how many */
    size_t (*find)(int64_t *to, size_t most, const char *mask, size_t n, int64_t base);
    /* x's elements there, one after another */
    size_t (*select)(char *to, size_t most, const char *mask, const char *x, size_t n, size_t size);
    /* the other way: values, one after another, to x's elements there */
    size_t (*spread)(char *x, const char *mask, size_t n, const char *values, size_t most, size_t size);
    /* offset[i] = stride * index[i], or where `more`, that much more; lowest <= index < length, and negative ones count from
     * length. false: some are outside, and the offsets are of no use */
    bool (*resolve)(ptrdiff_t *offset, const int64_t *index, size_t n, int64_t lowest, int64_t length, ptrdiff_t stride,
                    bool more);
    /* n elements, of any size: that at x + offset[i] * step, to_step bytes apart; and the other way, in order */
    void (*gather)(char *to, ptrdiff_t to_step, const char *x, ptrdiff_t step, const ptrdiff_t *offset, size_t n,
                   size_t size);
    void (*scatter)(char *x, ptrdiff_t step, const ptrdiff_t *offset, const char *from, ptrdiff_t from_step, size_t n,
                    size_t size);
    /* start + i * step, modulo 2^64; start + (first + i) * step */
    void (*ramp_integers)(uint64_t *to, size_t n, uint64_t start, uint64_t step);
    void (*ramp_reals)(double *to, size_t n, size_t first, double start, double step);
} rp_indexers;

/* Loops over functions of other libraries that take one or two vectors in registers and return one. What a call's data points
 * to begins with the function's address, a void (*)(void). */
typedef struct rp_vector_loops {
    size_t bytes;                       /* of a vector */
    void (*run[2][2])(const rp_call *); /* of one operand, of two; of float32, of float64 */
} rp_vector_loops;

/* One table an instruction set: src/isa/. */
typedef struct rp_kernel_table {
    const rp_kernel *kernels;
    const size_t *count;
} rp_kernel_table;

#define RP_TABLE_COUNT 7 /* binary, unary, ternary, math, complex, move, reduce */
typedef struct rp_isa_tables {
    rp_isa isa;
    rp_kernel_table tables[RP_TABLE_COUNT];
    rp_movers movers;
    const rp_indexers *indexers;         /* NULL in the variants' tables, */
    const rp_vector_loops *vector_loops; /* as this */
} rp_isa_tables;

#endif
