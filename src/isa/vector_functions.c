/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops over other libraries' functions that take a vector of RP_VECTOR_BYTES in registers and return one: kernels, once
 * src/backends/vector_functions.c has found the functions.
 *
 * Here, since the compiler passes a vector in the registers of RP_ISA only where the file is compiled for it.
 */
#include RP_SIMD_HEADER
#include "isa/tables.h"

/* The last elements go through a vector too, beside copies of one of them: so a result depends on its element alone. */
#define LOOPS(code, T)                                                                                        \
    typedef T vector_##code __attribute__((vector_size(RP_VECTOR_BYTES)));                                    \
    typedef vector_##code one_##code(vector_##code);                                                          \
    typedef vector_##code two_##code(vector_##code, vector_##code);                                           \
    static inline vector_##code load_##code(const char *x, size_t bytes)                                      \
    {                                                                                                         \
        vector_##code v;                                                                                      \
        if (bytes >= sizeof v) return memcpy(&v, x, sizeof v), v;                                             \
        for (size_t i = 0; i < sizeof v; i += sizeof(T)) memcpy((char *)&v + i, x, sizeof(T));                \
        return memcpy(&v, x, bytes), v;                                                                       \
    }                                                                                                         \
    static inline void store_##code(char *z, vector_##code v, size_t bytes)                                   \
    {                                                                                                         \
        if (bytes >= sizeof v)                                                                                \
            memcpy(z, &v, sizeof v);                                                                          \
        else                                                                                                  \
            memcpy(z, &v, bytes);                                                                             \
    }                                                                                                         \
    static inline void run_##code(const rp_call *call, bool two)                                              \
    {                                                                                                         \
        void (*const f)(void) = *(void (*const *)(void))call->data;                                           \
        const size_t bytes = call->n * sizeof(T);                                                             \
        for (ptrdiff_t row = 0; row < (ptrdiff_t)call->m; row++) {                                            \
            char *z = call->ptr[0] + row * call->outer[0];                                                    \
            const char *x = call->ptr[1] + row * call->outer[1];                                              \
            const char *y = two ? call->ptr[2] + row * call->outer[2] : NULL;                                 \
            for (size_t i = 0; i < bytes; i += RP_VECTOR_BYTES) {                                             \
                const vector_##code v = load_##code(x + i, bytes - i);                                        \
                store_##code(z + i, two ? ((two_##code *)f)(v, load_##code(y + i, bytes - i)) : ((one_##code *)f)(v), bytes - i); \
            }                                                                                                 \
        }                                                                                                     \
    }                                                                                                         \
    static void run_one_##code(const rp_call *call) { run_##code(call, false); }                              \
    static void run_two_##code(const rp_call *call) { run_##code(call, true); }
LOOPS(f32, float)
LOOPS(f64, double)

const rp_vector_loops RP_TABLE(vector_loops) = {
    .bytes = RP_VECTOR_BYTES,
    .run = {{run_one_f32, run_one_f64}, {run_two_f32, run_two_f64}},
};
