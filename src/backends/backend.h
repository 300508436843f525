/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a vendor library is to Raptors. A family (cblas.c, vml.c, accelerate.c) knows the functions of a kind of library
 * and wraps them as kernels; a row of backends.def names a library; backends.c finds, probes and registers it.
 */
#ifndef RP_BACKEND_H
#define RP_BACKEND_H

#include <limits.h>
#include <string.h>

#include "choose/registry.h"
#include "runtime/os.h"

enum { RP_REASON_BYTES = 224 };

/* What a kernel's run and ok find at call->data. */
typedef struct rp_thunk {
    rp_os_function function;
    rp_dtype dtype;
    int inputs;
    bool ilp64;     /* lengths are 64 bits wide */
    int number;     /* the operand that is a number, 0: none */
    size_t longest; /* the elements that one call of the function is given at most */
    /* where the library splits the call itself: what runs it, and the function that sets the library's threads */
    void (*run)(const rp_call *);
    rp_os_function set_threads;
} rp_thunk;

typedef struct rp_library_kernel {
    char name[64];
    rp_kernel_entry entry;
    rp_thunk thunk;
    int instead_of; /* another kernel of the library, which makes this one needless where it is admitted; -1: none */
    rp_verdict probed;
    char reason[96];
    rp_registered *registered; /* NULL: refused in the child, or needless */
} rp_library_kernel;

typedef enum rp_library_state { RP_LIBRARY_ABSENT, RP_LIBRARY_REFUSED, RP_LIBRARY_LOADED } rp_library_state;

typedef struct rp_library {
    const struct rp_vendor *backend;
    rp_library_state state;
    char name[32];  /* the row's, or with a label: "openblas.serial" */
    char path[512]; /* asked for, "": the row's files; once open, where it lies */
    char version[160];
    char reason[RP_REASON_BYTES];
    void *module;
    bool shared; /* someone else in this process uses it too: its settings are theirs */
    bool ilp64;
    rp_os_function set_threads; /* void (int): NULL where its own threads are not Raptors' to use */
    int count, room;
    rp_library_kernel **kernels; /* each stays where it is: registered kernels point into it */
    struct rp_library *next;     /* in the order in which they were asked for */
} rp_library;

typedef struct rp_family {
    const char *path_variable; /* an environment variable with a path, or NULL */
    const char *note;          /* for rp_backends_info, or NULL */
    /* Finds the functions, adds the kernels, sets version and threads; false: rp_library_refuse has been told why. */
    bool (*bind)(rp_library *library);
    /* What might crash, and so is run in the child alone. NULL: nothing. */
    bool (*check)(rp_library *library);
} rp_family;

typedef struct rp_vendor {
    const char *name;
    const rp_family *family;
    const char *folder;
    const char *const *files; /* up to NULL */
} rp_vendor;

/* ---- backends.c: for families ------------------------------------------------------------------------------ */

/* NULL where the library has no such function. */
rp_os_function rp_library_find(const rp_library *library, const char *symbol);
/* Adds a kernel named <op>.<operands>.<dtype>.<library><suffix>, with "fast." before the library where it is of RP_FAST. Of the
 * entry: operands, op, dtype, accuracy, strided, in_place_only, own_threads, n_max, ok and run; of the thunk: function, ilp64, longest (0: any), and run and set_threads
 * where own_threads. Returns its index; where there is no memory for it -1, and the library is refused. */
int rp_library_add(rp_library *library, const rp_kernel_entry *entry, const rp_thunk *thunk, const char *suffix,
                   int instead_of);
__attribute__((format(printf, 2, 3))) bool rp_library_refuse(rp_library *library, const char *format, ...);

/* Place i of the kernels, which is made where it is the next; NULL: no memory. */
rp_library_kernel *rp_library_place(rp_library *library, int i);

/* ---- probe.c ----------------------------------------------------------------------------------------------- */

/* Opens and binds the library and tries its kernels in a forked child. false: the library is refused or absent. */
bool rp_probe(rp_library *library);
/* dlopen and bind, in this process. */
bool rp_library_open(rp_library *library);

/* ---- For thunks -------------------------------------------------------------------------------------------- */

/* The alignment that a library may rely on: a real number's, which is half of a complex one's. */
static inline size_t rp_part_size(rp_dtype dtype)
{
    return rp_dtype_size(dtype) / (rp_dtype_kind(dtype) == RP_KIND_COMPLEX ? 2 : 1);
}

static inline bool rp_is_aligned(const rp_call *call, int operand, size_t size)
{
    const size_t bits = (size_t)call->ptr[operand] | (size_t)call->outer[operand] | (size_t)call->inner[operand];
    return bits % size == 0;
}

static inline char *rp_row(const rp_call *call, int operand, size_t row)
{
    return call->ptr[operand] + (ptrdiff_t)row * call->outer[operand];
}

/* Calls the thunk's function; n is not larger than an int; y: of two operands. */
typedef void rp_run_part(const rp_thunk *thunk, size_t n, const void *x, const void *y, void *z);
/* For kernels of RP_FAST, which take every call: in parts, and what is not aligned by way of blocks. */
void rp_run_in_parts(const rp_call *call, rp_run_part *run);

#endif
