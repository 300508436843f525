/* SPDX-License-Identifier: BSD-3-Clause
 *
 * interpose_macos.c: libraptors-interpose.dylib, which `raptors trace` puts into DYLD_INSERT_LIBRARIES on macOS.
 *
 * Not run: no Mac was at hand. It has been compiled to objects for arm64 and x86-64, and no more.
 *
 * dyld interposes functions that are named when this is linked (with -framework Accelerate), so it counts a list of
 * Accelerate's, in the three forms that it exports, and not another BLAS. Each has a stub, which adds one to its row
 * and jumps on. Callers are not told apart. The rows are those of audit.c: they start as data here, and the constructor
 * lays a shared mapping of this process's file over them. Programs of the system, and others that are hardened, drop
 * DYLD_INSERT_LIBRARIES.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mach-o/dyld.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "room.h"

enum {
    MOST_ROWS = 4096,   /* those of the functions below, and of the objects that a program loads */
    MOST_FILES = 10000, /* program images of one process id */
};

typedef struct row {
    _Atomic uint64_t calls;
    char text[504];
} row;

/* Whole pages, of at most 16 KiB: row 0, which counts the others, and those of the functions below. */
extern row rp_trace_rows[], rp_trace_rows_end[];
static row *rows;

__asm__(".section __DATA,__rp_rows\n"
        ".p2align 14\n"
        ".globl _rp_trace_rows\n"
        ".private_extern _rp_trace_rows\n"
        "_rp_trace_rows: .space 512\n");

#if defined(__arm64__)
#define ADD_ONE_AND_JUMP(symbol)                                                                                       \
    "adrp x16, Lrow." symbol "@PAGE\n"                                                                                 \
    "add x16, x16, Lrow." symbol "@PAGEOFF\n"                                                                          \
    "mov x17, #1\n"                                                                                                    \
    "stadd x17, [x16]\n"                                                                                               \
    "b _" symbol "\n"
#else
#define ADD_ONE_AND_JUMP(symbol)                                                                                       \
    "lock incq Lrow." symbol "(%rip)\n"                                                                                \
    "jmp _" symbol "\n"
#endif

/* A row, a stub, and the pair that tells dyld to bind the one in place of the other. Weak: not every macOS has all. */
#define COUNT(symbol)                                                                                                  \
    __asm__(".weak_reference _" symbol "\n"                                                                            \
            ".section __DATA,__rp_rows\n"                                                                              \
            ".p2align 9\n"                                                                                             \
            "Lrow." symbol ": .quad 0\n"                                                                               \
            ".asciz \"" symbol "\\tAccelerate\\t(any)\"\n"                                                             \
            ".text\n"                                                                                                  \
            ".p2align 2\n"                                                                                             \
            "rp_stub." symbol ":\n" ADD_ONE_AND_JUMP(symbol) ".section __DATA,__interpose\n"                           \
            ".p2align 3\n"                                                                                             \
            ".quad rp_stub." symbol ", _" symbol "\n");

#define FORMS(symbol, plain) COUNT(plain) COUNT(symbol "$NEWLAPACK") COUNT(symbol "$NEWLAPACK$ILP64")
#define CBLAS(name) FORMS("cblas_" #name, "cblas_" #name)
#define CBLAS_REAL(stem) CBLAS(s##stem) CBLAS(d##stem)
#define CBLAS_COMPLEX(stem) CBLAS(c##stem) CBLAS(z##stem)
#define CBLAS_ALL(stem) CBLAS_REAL(stem) CBLAS_COMPLEX(stem)
#define LAPACK(name) FORMS(#name, #name "_")
#define LAPACK_REAL(stem) LAPACK(s##stem) LAPACK(d##stem)
#define LAPACK_COMPLEX(stem) LAPACK(c##stem) LAPACK(z##stem)
#define LAPACK_ALL(stem) LAPACK_REAL(stem) LAPACK_COMPLEX(stem)
#define VDSP(stem) COUNT("vDSP_" #stem) COUNT("vDSP_" #stem "D")
#define VFORCE(stem) COUNT("vv" #stem) COUNT("vv" #stem "f")

/* clang-format off */
CBLAS_ALL(axpy) CBLAS_ALL(copy) CBLAS_ALL(swap) CBLAS_ALL(scal) CBLAS_ALL(rotg)
CBLAS_ALL(gemv) CBLAS_ALL(gbmv) CBLAS_ALL(trmv) CBLAS_ALL(tbmv) CBLAS_ALL(tpmv) CBLAS_ALL(trsv) CBLAS_ALL(tbsv)
CBLAS_ALL(tpsv) CBLAS_ALL(gemm) CBLAS_ALL(symm) CBLAS_ALL(syrk) CBLAS_ALL(syr2k) CBLAS_ALL(trmm) CBLAS_ALL(trsm)
CBLAS_REAL(dot) CBLAS_REAL(nrm2) CBLAS_REAL(asum) CBLAS_REAL(rot) CBLAS_REAL(rotm) CBLAS_REAL(rotmg) CBLAS_REAL(symv)
CBLAS_REAL(sbmv) CBLAS_REAL(spmv) CBLAS_REAL(ger) CBLAS_REAL(syr) CBLAS_REAL(spr) CBLAS_REAL(syr2) CBLAS_REAL(spr2)
CBLAS_COMPLEX(dotu_sub) CBLAS_COMPLEX(dotc_sub) CBLAS_COMPLEX(hemv) CBLAS_COMPLEX(hbmv) CBLAS_COMPLEX(hpmv)
CBLAS_COMPLEX(geru) CBLAS_COMPLEX(gerc) CBLAS_COMPLEX(her) CBLAS_COMPLEX(hpr) CBLAS_COMPLEX(her2) CBLAS_COMPLEX(hpr2)
CBLAS_COMPLEX(hemm) CBLAS_COMPLEX(herk) CBLAS_COMPLEX(her2k)
CBLAS(dsdot) CBLAS(sdsdot) CBLAS(scnrm2) CBLAS(dznrm2) CBLAS(scasum) CBLAS(dzasum) CBLAS(csscal) CBLAS(zdscal)
CBLAS(isamax) CBLAS(idamax) CBLAS(icamax) CBLAS(izamax)
LAPACK_ALL(gesv) LAPACK_ALL(getrf) LAPACK_ALL(getrs) LAPACK_ALL(getri) LAPACK_ALL(potrf) LAPACK_ALL(potrs)
LAPACK_ALL(geqrf) LAPACK_ALL(gesdd) LAPACK_ALL(gesvd) LAPACK_ALL(geev) LAPACK_ALL(gels) LAPACK_ALL(gelsd)
LAPACK_REAL(syevd) LAPACK_REAL(syevr) LAPACK_REAL(orgqr)
LAPACK_COMPLEX(heevd) LAPACK_COMPLEX(heevr) LAPACK_COMPLEX(ungqr)
VDSP(vadd) VDSP(vsub) VDSP(vmul) VDSP(vdiv) VDSP(vsadd) VDSP(vsmul) VDSP(vsdiv) VDSP(svdiv) VDSP(vma) VDSP(vsma)
VDSP(vabs) VDSP(vneg) VDSP(vsq) VDSP(vclr) VDSP(vfill) VDSP(vclip) VDSP(vmax) VDSP(vmin) VDSP(sve) VDSP(meanv)
VDSP(maxv) VDSP(minv) VDSP(dotpr) VDSP(mmul) VDSP(mtrans) VDSP(conv) VDSP(fft_zip) VDSP(fft_zrip)
VFORCE(rec) VFORCE(div) VFORCE(sqrt) VFORCE(rsqrt) VFORCE(cbrt) VFORCE(exp) VFORCE(exp2) VFORCE(expm1) VFORCE(log)
VFORCE(log2) VFORCE(log10) VFORCE(log1p) VFORCE(pow) VFORCE(pows) VFORCE(sin) VFORCE(cos) VFORCE(tan) VFORCE(sincos)
VFORCE(asin) VFORCE(acos) VFORCE(atan) VFORCE(atan2) VFORCE(sinh) VFORCE(cosh) VFORCE(tanh) VFORCE(asinh) VFORCE(acosh)
VFORCE(atanh) VFORCE(ceil) VFORCE(floor) VFORCE(int) VFORCE(nint) VFORCE(fabs) VFORCE(copysign) VFORCE(fmod)
    /* clang-format on */

    __asm__(".section __DATA,__rp_rows\n"
            ".p2align 14\n"
            ".globl _rp_trace_rows_end\n"
            ".private_extern _rp_trace_rows_end\n"
            "_rp_trace_rows_end:\n"
            ".text\n");

static int open_file(const char *directory)
{
    char path[PATH_MAX];
    int file = -1;
    for (int n = 0; file < 0 && n < MOST_FILES && (n == 0 || errno == EEXIST); n++) {
        snprintf(path, sizeof path, "%s/calls-%ld-%d", directory, (long)getpid(), n);
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    return file;
}

/* All of it is written, so that the disk has room for it: a mapping of what it has not is SIGBUS. */
static bool fill(int file, size_t bytes)
{
    static const char zeros[1 << 14];
    size_t done = 0;
    while (rp_trace_has_room(bytes) && done < bytes && pwrite(file, zeros, sizeof zeros, (off_t)done) == sizeof zeros)
        done += sizeof zeros;
    return done == bytes;
}

static void add_object(const struct mach_header *header, intptr_t slide)
{
    (void)slide;
    Dl_info found;
    uint64_t index = dladdr(header, &found) ? atomic_fetch_add(&rows[0].calls, 1) + 1 : MOST_ROWS;
    if (index < MOST_ROWS) {
        snprintf(rows[index].text, sizeof rows[index].text, "\t%s", found.dli_fname);
    }
}

__attribute__((constructor)) static void start(void)
{
    const char *directory = getenv("RAPTORS_TRACE_DIR");
    int file = directory ? open_file(directory) : -1;
    if (file < 0) {
        return;
    }
    size_t bytes = (size_t)((char *)rp_trace_rows_end - (char *)rp_trace_rows), all = MOST_ROWS * sizeof(row);
    atomic_store(&rp_trace_rows[0].calls, bytes / sizeof(row) - 1);
    if (fill(file, all) && pwrite(file, rp_trace_rows, bytes, 0) == (ssize_t)bytes) {
        void *memory = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        rows = memory == MAP_FAILED ? NULL : memory;
        mmap(rp_trace_rows, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
    }
    close(file);
    if (rows) {
        _dyld_register_func_for_add_image(add_object);
    }
}
