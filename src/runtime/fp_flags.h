/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fp_flags.h: the calling thread's floating-point flags, as fetestexcept and feclearexcept have them, without the tens of
 * nanoseconds that these take.
 */
#ifndef RP_FP_FLAGS_H
#define RP_FP_FLAGS_H

#include <fenv.h>

enum { RP_FP_ERRORS = FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INVALID };

#if defined(__x86_64__)

/* The C library raises some of them in the x87's status word, whose bits are the same. */
static inline int rp_fp_flags(void)
{
    unsigned short x87;
    __asm__ volatile("fnstsw %0" : "=a"(x87));
    return (int)(__builtin_ia32_stmxcsr() | x87) & RP_FP_ERRORS;
}

static inline void rp_fp_clear(void)
{
    unsigned short x87;
    __asm__ volatile("fnstsw %0" : "=a"(x87));
    if (x87 & FE_ALL_EXCEPT) {
        feclearexcept(FE_ALL_EXCEPT);
    }
    const unsigned mxcsr = __builtin_ia32_stmxcsr();
    if (mxcsr & FE_ALL_EXCEPT) {
        __builtin_ia32_ldmxcsr(mxcsr & ~(unsigned)FE_ALL_EXCEPT);
    }
}

#else

static inline int rp_fp_flags(void) { return fetestexcept(RP_FP_ERRORS); }
static inline void rp_fp_clear(void) { feclearexcept(FE_ALL_EXCEPT); }

#endif

#endif
