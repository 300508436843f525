/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reductions, for the instruction set of RP_ISA and RP_SIMD_HEADER.
 */
#include "kernels/reduce.h"
#include "isa/tables.h"

const rp_kernel RP_TABLE(reduce)[] = {
    RP_DESCRIBE_FOLD_AS(i64, u64, sum)
    RP_EACH_SUMMED(RP_DESCRIBE_FOLD, sum)
    RP_DESCRIBE_FOLD_AS(i64, u64, prod)
    RP_EACH_SUMMED(RP_DESCRIBE_FOLD, prod)
    RP_EACH_COMPLEX(RP_DESCRIBE_FOLD, sum)
    RP_EACH_COMPLEX(RP_DESCRIBE_FOLD, prod)
    RP_EACH_ORDERED(RP_DESCRIBE_FOLD, min)
    RP_EACH_ORDERED(RP_DESCRIBE_FOLD, max)
    RP_EACH_COMPLEX(RP_DESCRIBE_FOLD, min)
    RP_EACH_COMPLEX(RP_DESCRIBE_FOLD, max)
    RP_DESCRIBE_TRUTH_AS(b8, u8, any)
    RP_DESCRIBE_SIGNED_BITS(RP_DESCRIBE_TRUTH_AS, any)
    RP_EACH_TRUTH(RP_DESCRIBE_TRUTH, any)
    RP_DESCRIBE_TRUTH_AS(b8, u8, all)
    RP_DESCRIBE_SIGNED_BITS(RP_DESCRIBE_TRUTH_AS, all)
    RP_EACH_TRUTH(RP_DESCRIBE_TRUTH, all)
    RP_DESCRIBE_COUNT_AS(b8, u8, count_nonzero)
    RP_DESCRIBE_SIGNED_BITS(RP_DESCRIBE_COUNT_AS, count_nonzero)
    RP_EACH_TRUTH(RP_DESCRIBE_COUNT, count_nonzero)
    RP_DESCRIBE_ARG(b8, argmin)
    RP_DESCRIBE_ARG(b8, argmax)
    RP_EACH_ORDERED(RP_DESCRIBE_ARG, argmin)
    RP_EACH_ORDERED(RP_DESCRIBE_ARG, argmax)
    RP_EACH_COMPLEX(RP_DESCRIBE_ARG, argmin)
    RP_EACH_COMPLEX(RP_DESCRIBE_ARG, argmax)
};
const size_t RP_TABLE(reduce_count) = sizeof RP_TABLE(reduce) / sizeof *RP_TABLE(reduce);
