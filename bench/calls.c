/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Times calls of the C library, and one through the engine's door, from pointers and strides; for bench/builds.py: a line each of the call's name and its nanoseconds, the median of
 * SAMPLES. With the argument "train" the calls of the second half of the list are left out.
 */
#include <raptors.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/work.h"
#include "median.h"

enum { SAMPLES = 15 };
static const double SAMPLE_SECONDS = 2e-3;

typedef rp_status (*binary)(const rp_array *, const rp_array *, rp_array **);

/* What rp_add does, for whoever has memory and no rp_array. */
static rp_status add_pointers(const rp_array *x, const rp_array *y, rp_array **z)
{
    static float result[64];
    const ptrdiff_t shape = rp_size(x), stride = sizeof(float);
    rp_work work;
    work.op = RP_ADD;
    work.loop = RP_FLOAT32;
    work.one_run = false;
    work.ndim = 1;
    work.shape = &shape;
    work.elements = (size_t)shape;
    work.operand[0] = (rp_operand){(char *)result, &stride, RP_FLOAT32};
    work.operand[1] = (rp_operand){rp_data(x), &stride, RP_FLOAT32};
    work.operand[2] = (rp_operand){rp_data(y), &stride, RP_FLOAT32};
    (void)z;
    return rp_execute(&work);
}

static const struct {
    const char *name;
    rp_dtype dtype;
    ptrdiff_t elements;
    binary function; /* NULL: sum */
} calls[] = {
    {"add float32, 10", RP_FLOAT32, 10, rp_add},
    {"rp_execute add float32, 10", RP_FLOAT32, 10, add_pointers},
    {"sum float32, 10", RP_FLOAT32, 10, NULL},
    {"multiply float32, 10000", RP_FLOAT32, 10000, rp_multiply},
    {"sum float64, 10000", RP_FLOAT64, 10000, NULL},
    {"subtract float32, 10", RP_FLOAT32, 10, rp_subtract},
    {"maximum float32, 10000", RP_FLOAT32, 10000, rp_maximum},
    {"less float64, 10000", RP_FLOAT64, 10000, rp_less},
    {"floor_divide float32, 10000", RP_FLOAT32, 10000, rp_floor_divide},
};
enum { CALLS = sizeof calls / sizeof *calls };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static rp_status call(binary function, const rp_array *x, const rp_array *y)
{
    rp_array *z = NULL;
    const rp_status status = function ? function(x, y, &z) : rp_sum(x, 0, NULL, false, &z);
    rp_release(z);
    return status;
}

int main(int argc, char **argv)
{
    const int count = argc > 1 && strcmp(argv[1], "train") == 0 ? CALLS / 2 : CALLS;
    for (int i = 0; i < count; i++) {
        rp_array *x = NULL, *y = NULL;
        rp_status status = rp_ones(1, &calls[i].elements, calls[i].dtype, &x);
        if (!status) status = rp_ones(1, &calls[i].elements, calls[i].dtype, &y);
        double samples[SAMPLES], start = seconds();
        long times = 0;
        for (; !status && seconds() - start < SAMPLE_SECONDS; times++) status = call(calls[i].function, x, y);
        for (int sample = 0; sample < SAMPLES && !status; sample++) {
            start = seconds();
            for (long k = 0; k < times && !status; k++) status = call(calls[i].function, x, y);
            samples[sample] = (seconds() - start) / (double)times;
        }
        rp_release(x);
        rp_release(y);
        if (status) {
            fprintf(stderr, "%s: %s\n", calls[i].name, rp_error_message());
            return 1;
        }
        printf("%s\t%.1f\n", calls[i].name, 1e9 * median(samples, SAMPLES));
    }
    return 0;
}
