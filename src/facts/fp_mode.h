/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fp_mode.h: how the calling thread's floating-point instructions round, and whether they take numbers too small for full
 * precision as 0. A program may set either (fesetround, or a library built with -ffast-math); results are then as its mode
 * has them, whichever thread computes them. Exceptions stay masked, and their flags are each thread's own.
 */
#ifndef RP_FP_MODE_H
#define RP_FP_MODE_H

#include <stdint.h>
#if !defined(__x86_64__) && !defined(__aarch64__)
#include <fenv.h>
#endif

typedef uint32_t rp_fp_mode;

#if defined(__x86_64__)

enum { RP_FP_MODE_BITS = 0xe040 }; /* of MXCSR: flush to zero, rounding (two bits), denormals are zero */
#define RP_FP_DEFAULT ((rp_fp_mode)0)

static inline rp_fp_mode rp_fp_get(void) { return __builtin_ia32_stmxcsr() & RP_FP_MODE_BITS; }
static inline void rp_fp_set(rp_fp_mode mode)
{
    __builtin_ia32_ldmxcsr((__builtin_ia32_stmxcsr() & ~(uint32_t)RP_FP_MODE_BITS) | mode);
}

#elif defined(__aarch64__)

/* Of FPCR: alternative half precision, default NaN, flush to zero, rounding (two bits), flush to zero for half precision,
 * and what FEAT_AFP adds: FIZ, AH, NEP. */
enum { RP_FP_MODE_BITS = 0x07c80007 };
#define RP_FP_DEFAULT ((rp_fp_mode)0)

static inline uint64_t rp_fp_register(void)
{
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr;
}
static inline rp_fp_mode rp_fp_get(void) { return (rp_fp_mode)rp_fp_register() & RP_FP_MODE_BITS; }
static inline void rp_fp_set(rp_fp_mode mode)
{
    const uint64_t fpcr = (rp_fp_register() & ~(uint64_t)RP_FP_MODE_BITS) | mode;
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr) : "memory");
}

#else

#define RP_FP_DEFAULT ((rp_fp_mode)FE_TONEAREST)

static inline rp_fp_mode rp_fp_get(void) { return (rp_fp_mode)fegetround(); }
static inline void rp_fp_set(rp_fp_mode mode) { fesetround((int)mode); }

#endif

/* Takes the mode, and returns the one before, which the caller takes again when it is done. */
static inline rp_fp_mode rp_fp_change(rp_fp_mode mode)
{
    const rp_fp_mode before = rp_fp_get();
    if (before != mode) rp_fp_set(mode);
    return before;
}

#endif
