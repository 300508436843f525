/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The mathematical functions give the same bits on every machine and instruction set, now and later: those that math_bits.def
 * has (Meson runs this with each RAPTORS_CPU, and under qemu with NEON); and in every layout: on 1, 2 and 7 threads, strided,
 * reversed, at odd addresses, in place, in tails of vectors, without dimensions, with a number for an operand.
 *   --print   math_bits.def as it would be now. A function that is changed on purpose gets its new line by this.
 */
#include <stdlib.h>
#include <string.h>

#include "arrays.h"
#include "kernel_values.h"

enum {
    HASHED = 20000,
    LONG = 300000, /* so that threads share the call, whatever the type */
    THIN = 25000,
    TAIL = 67,
    STRIDE = 3,
    ROOM = LONG * STRIDE * 8 + 64
};

static const struct {
    rp_op op;
    rp_dtype dtype;
    uint64_t hash;
} expected[] = {
#define BITS_OF(ENUM, DTYPE, hash) {RP_##ENUM, RP_##DTYPE, hash},
#include "math_bits.def"
};
enum { EXPECTED = sizeof expected / sizeof *expected };

/* The rows with MATH and MATH2, by enumerator; but ldexp, whose exponents are integers: as it is exact, the test of kernels has
 * its every bit. */
static const struct {
    rp_op op;
    const char *name;
    bool is_math;
} rows[] = {
#include "kernels/ignore_kinds.h"
#define MATH(name) || true
#define MATH2(name) || true
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) {RP_##ENUM, #ENUM, false expressions},
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) \
    {RP_##ENUM, #ENUM, !((FACTS) & RP_OF_EXPONENTS) && (false expressions)},
#include "raptors/ops.def"
};
static const char *const dtype_names[] = {[RP_FLOAT16] = "FLOAT16", [RP_FLOAT32] = "FLOAT32", [RP_FLOAT64] = "FLOAT64"};

/* ---- Arguments and results --------------------------------------------------------------------------------- */

static char operand[2][LONG * 8], wanted[LONG * 8], memory[3][ROOM];
static ptrdiff_t length = LONG;

/* Any bits, sizes from 2^-16 to 2^16, numbers between -8 and 8, whole numbers, special ones. */
static double any_argument(void)
{
    const uint64_t bits = random_bits();
    const double fraction = (double)(int64_t)bits * 0x1p-63;
    double any;
    switch (random_bits() % 8) {
    case 0: return memcpy(&any, &bits, sizeof any), any;
    case 1: return special_reals[bits % SPECIAL_REALS];
    case 2: return (double)(bits % 41) - 20;
    case 3: return ldexp(fraction, (int)(random_bits() % 240) - 120);
    case 4: return ldexp(fraction, (int)(random_bits() % 32) - 15);
    default: return 8 * fraction;
    }
}

static bool is_nan(rp_dtype dtype, const char *element) { return isnan(load_part(dtype, element)); }

/* Of two NaNs the bits may differ. */
static bool same(rp_dtype dtype, const char *a, const char *b)
{
    return memcmp(a, b, rp_dtype_size(dtype)) == 0 || (is_nan(dtype, a) && is_nan(dtype, b));
}

static uint64_t hash_of(rp_dtype dtype, const char *elements)
{
    const size_t size = rp_dtype_size(dtype);
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < HASHED; i++) {
        uint64_t bits = 0;
        if (!is_nan(dtype, elements + i * size)) memcpy(&bits, elements + i * size, size);
        hash = (hash ^ bits) * 0x100000001b3;
        hash ^= hash >> 32;
    }
    return hash;
}

/* ---- One call ---------------------------------------------------------------------------------------------- */

/* Where an operand lies: the address of its first element, bytes from one to the next; a number has no step. */
typedef struct place {
    char *first;
    ptrdiff_t step;
} place;

static place contiguous(char *memory_of, rp_dtype dtype) { return (place){memory_of, (ptrdiff_t)rp_dtype_size(dtype)}; }

/* Elements [from, from + n) of the operands in these places (of x and y), the results in that of z, against `wanted`. */
static bool gives(rp_op op, rp_dtype dtype, ptrdiff_t from, ptrdiff_t n, place z, place x, place y)
{
    const size_t size = rp_dtype_size(dtype);
    const place at[] = {z, x, y};
    rp_array *array[3] = {NULL};
    const int inputs = rp_op_inputs(op);
    bool good = true;
    for (int k = inputs; k >= 0; k--) {
        const bool number = at[k].step == 0;
        for (ptrdiff_t i = 0; k > 0 && i < (number ? 1 : n); i++)
            memcpy(at[k].first + i * at[k].step, operand[k - 1] + (size_t)(from + i) * size, size);
        good &= rp_wrap(at[k].first, dtype, number ? 0 : 1, &n, &at[k].step, false, NULL, NULL, &array[k]) == RP_OK;
    }
    good = good && rp_map(op, (const rp_array *const *)&array[1], &array[0]) == RP_OK;
    for (ptrdiff_t i = 0; good && i < (z.step ? n : 1); i++) {
        good = same(dtype, z.first + i * z.step, wanted + (size_t)(from + i) * size);
        if (!good) fprintf(stderr, "%s of %s: element %td of %td\n", rp_op_name(op), rp_dtype_name(dtype), i, n);
    }
    for (int k = 0; k <= inputs; k++) rp_release(array[k]);
    return good;
}

/* ---- The ways ---------------------------------------------------------------------------------------------- */

static bool in_every_layout(rp_op op, rp_dtype dtype)
{
    const ptrdiff_t size = (ptrdiff_t)rp_dtype_size(dtype);
    const place z = contiguous(memory[0], dtype), x = contiguous(memory[1], dtype), y = contiguous(memory[2], dtype);
    const place backwards = {memory[1] + (length - 1) * size, -size};
    const place apart[] = {{memory[0], STRIDE * size}, {memory[1], STRIDE * size}, {memory[2], STRIDE * size}};
    const place odd[] = {{memory[0] + 1, size}, {memory[1] + 1, size}, {memory[2] + 1, size}};
    static const int threads[] = {1, 2, 7};
    bool good = true;
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        good = good && rp_set_num_threads(threads[i]) == RP_OK && gives(op, dtype, 0, length, z, x, y) &&
               gives(op, dtype, 0, length, apart[0], apart[1], apart[2]);
    }
    good = good && gives(op, dtype, 0, length, z, backwards, y) &&
           gives(op, dtype, 0, length, odd[0], odd[1], odd[2]) && gives(op, dtype, 0, length, x, x, y) &&
           (rp_op_inputs(op) == 1 || gives(op, dtype, 0, length, y, x, y));
    for (ptrdiff_t n = 1; good && n <= TAIL; n++) {
        const place one[] = {{memory[0], 0}, {memory[1], 0}, {memory[2], 0}};
        good = gives(op, dtype, n * 97, n, z, x, y) && gives(op, dtype, n * 97, n, apart[0], x, apart[2]) &&
               gives(op, dtype, n * 101, 1, one[0], one[1], one[2]);
    }
    return good;
}

/* A number as one operand, which is the same for all elements: `wanted` is made anew. */
static bool with_numbers(rp_op op, rp_dtype dtype)
{
    enum { SOME = 1000, NUMBERS = 40 };
    const size_t size = rp_dtype_size(dtype);
    const place z = contiguous(memory[0], dtype), x = contiguous(memory[1], dtype), y = contiguous(memory[2], dtype);
    static char kept[LONG * 8];
    bool good = true;
    for (int k = 0; k < 2; k++) {
        memcpy(kept, operand[k], sizeof kept);
        const place one = {memory[k + 1], 0};
        for (int number = 0; good && number < NUMBERS; number++) {
            for (size_t i = 0; i < SOME; i++) memcpy(operand[k] + i * size, kept + (size_t)number * 131 * size, size);
            good = gives(op, dtype, 0, SOME, contiguous(wanted, dtype), x, y) && /* fills it */
                   gives(op, dtype, 0, SOME, z, k == 0 ? one : x, k == 1 ? one : y);
        }
        memcpy(operand[k], kept, sizeof kept);
    }
    return good;
}

static uint64_t try_function(rp_op op, rp_dtype dtype)
{
    const size_t size = rp_dtype_size(dtype);
    random_state = 1;
    for (size_t i = 0; i < LONG; i++) {
        put_real(dtype, operand[0] + i * size, any_argument());
        put_real(dtype, operand[1] + i * size, any_argument());
    }
    CHECK(rp_set_num_threads(1) == RP_OK);
    CHECK(gives(op, dtype, 0, length, contiguous(wanted, dtype), contiguous(memory[1], dtype),
                contiguous(memory[2], dtype))); /* fills `wanted` */
    const uint64_t hash = hash_of(dtype, wanted);
    CHECK(in_every_layout(op, dtype));
    CHECK(rp_op_inputs(op) == 1 || with_numbers(op, dtype));
    return hash;
}

static void check_hash(rp_op op, const char *name, rp_dtype dtype, uint64_t hash)
{
    for (size_t i = 0; i < EXPECTED; i++) {
        if (expected[i].op != op || expected[i].dtype != dtype) continue;
        CHECK(expected[i].hash == hash);
        if (expected[i].hash != hash) fprintf(stderr, "other bits: %s of %s\n", name, rp_dtype_name(dtype));
        return;
    }
    fprintf(stderr, "math_bits.def lacks BITS_OF(%s, %s, ...)\n", name, dtype_names[dtype]);
    CHECK(false);
}

int main(int count, char **arguments)
{
    const bool print = count > 1 && strcmp(arguments[1], "--print") == 0;
    const char *thin = getenv("RAPTORS_TEST_THIN");
    if (thin && strcmp(thin, "1") == 0) length = THIN;
    setenv("RAPTORS_TUNE", "off", 1); /* all threads that there are, wherever a call is large */
    if (print)
        printf(
            "/* SPDX-License-Identifier: BSD-3-Clause\n *\n * What the bits of the mathematical functions' results come "
            "to, for test_math_bits.c, which prints this file.\n */\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (rp_dtype dtype = RP_FLOAT16; rows[i].is_math && dtype <= RP_FLOAT64; dtype++) {
            const uint64_t hash = try_function(rows[i].op, dtype);
            if (print)
                printf("BITS_OF(%s, %s, 0x%016llx)\n", rows[i].name, dtype_names[dtype], (unsigned long long)hash);
            else
                check_hash(rows[i].op, rows[i].name, dtype, hash);
        }
    }
    if (print) {
        printf("#undef BITS_OF\n");
        return 0;
    }
    return check_report();
}
