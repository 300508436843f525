/* SPDX-License-Identifier: BSD-3-Clause
 *
 * os.h: all that an operating system must give. os_posix.c has what Linux and macOS share, os_linux.c and os_macos.c the
 * rest; a system is added by a file that has these functions. No other file of the library includes a system's header for
 * threads, modules, processes, mappings or clocks.
 *
 * Any thread may call these at any time; none sets the error message or takes memory from rp_malloc. What can fail says
 * so; a failure leaves nothing behind.
 */
#ifndef RP_OS_H
#define RP_OS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Memory and time --------------------------------------------------------------------------------------- */

/* Fresh pages of zeros, whole ones, at least `bytes` > 0; huge: on huge pages, beginning at a multiple of their size, where
 * the system gives them. NULL: no memory. */
void *rp_os_map(size_t bytes, bool huge);
/* Brings all pages of a fresh mapping in at once, where the system can; else each comes when it is touched. */
void rp_os_bring_in(void *memory, size_t bytes);
/* Gives back all of one mapping; `bytes` as it was asked for. NULL is let pass. */
void rp_os_unmap(void *memory, size_t bytes);

double rp_os_seconds(void);        /* a clock that only goes forward */
double rp_os_coarse_seconds(void); /* the same clock, some milliseconds behind, at a fifth of the price */
void rp_os_nap(double seconds);    /* at least so long, but for a signal */

/* ---- Threads ----------------------------------------------------------------------------------------------- */

/* Large enough for every system; os_posix.c checks it. */
typedef struct rp_os_mutex {
    _Alignas(16) unsigned char room[64];
} rp_os_mutex;
typedef struct rp_os_gate {
    _Alignas(16) unsigned char room[128];
} rp_os_gate;
typedef struct rp_os_thread {
    uintptr_t id;
} rp_os_thread;

/* Makes it free, whatever state it was in. What a thread holds when it forks, the child's thread may unlock. */
void rp_os_mutex_make(rp_os_mutex *mutex);
void rp_os_mutex_lock(rp_os_mutex *mutex); /* not by its owner */
bool rp_os_mutex_try_lock(rp_os_mutex *mutex);
void rp_os_mutex_unlock(rp_os_mutex *mutex);

/* A place to sleep. wait returns when *closed is 0, and at once where it is. Whoever sets it to 0 calls open after. */
void rp_os_gate_make(rp_os_gate *gate);
void rp_os_gate_wait(rp_os_gate *gate, const _Atomic uint32_t *closed);
void rp_os_gate_open(rp_os_gate *gate);

/* A thread that runs function(context), with every signal blocked and the processors of the thread that starts it. Nobody
 * waits for its end. false: the system has no thread for us. */
bool rp_os_thread_start(rp_os_thread *thread, size_t stack_bytes, void *(*function)(void *context), void *context);
void rp_os_yield(void); /* lets another thread have this processor */
/* From now on fork() calls before, then parent or child, all three in the thread that forks. false: no memory for it. */
bool rp_os_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void));

/* ---- Processors -------------------------------------------------------------------------------------------- */

enum { RP_OS_MOST_CPUS = 8192, RP_OS_WORD_BITS = 8 * sizeof(unsigned long) }; /* the largest Linux is built for */
typedef struct rp_os_cpus {
    unsigned long word[RP_OS_MOST_CPUS / RP_OS_WORD_BITS]; /* processor i is bit i % RP_OS_WORD_BITS of word i / ... */
} rp_os_cpus;

/* Those that the calling thread may run on. false: the system does not say, and *cpus is empty. */
bool rp_os_get_cpus(rp_os_cpus *cpus);
/* `thread` runs on these alone from now on, but for processor `not_there`, if another is among them; -1: on all of them. */
void rp_os_set_cpus(rp_os_thread thread, const rp_os_cpus *cpus, int not_there);
int rp_os_count_cpus(const rp_os_cpus *cpus);
int rp_os_cpu(void); /* the one that runs the calling thread; -1: the system does not say */
/* How many the process may use at this moment, by affinity (of this thread or the main one, whichever has more) and
 * quota: at least 1. */
int rp_os_usable_cpus(void);

/* Sets the figures of *system that the system tells, as they are, and leaves the others. root: where the files /sys and
 * /proc lie, "/" but in tests. */
struct rp_system;
void rp_os_read_system(struct rp_system *system, const char *root);

/* ---- Modules and files ------------------------------------------------------------------------------------- */

typedef void (*rp_os_function)(void);

/* Loads it, its symbols for us alone. NULL: *absent where there is no such file; `reason` says why. Never unloaded. */
void *rp_os_module_open(const char *file, bool *absent, char *reason, size_t size);
void *rp_os_module_present(const char *file); /* NULL: the process has not loaded it */
rp_os_function rp_os_module_find(void *module, const char *symbol);
/* The file that a function came from, and the file of some loaded module with `part` in its path. false: none. */
bool rp_os_module_path(rp_os_function function, char *path, size_t size);
bool rp_os_module_with(const char *part, char *path, size_t size);

/* The first address of the function that a return address lies in. NULL: not known, as always where the system cannot say. */
const void *rp_os_function_of(const void *address);
/* Hands the return addresses on the calling thread's stack to `visit`, innermost first, each with the stack pointer after
 * that return, until visit says false or the system knows no more. */
typedef bool (*rp_os_visit)(void *context, const void *address, uintptr_t stack);
void rp_os_walk_stack(rp_os_visit visit, void *context);

typedef struct rp_os_file {
    long long bytes, changed; /* seconds since 1970 */
    bool trusted;             /* this user's or the system's own, and not for everybody to write */
} rp_os_file;
bool rp_os_file_look(const char *path, rp_os_file *file); /* false: no regular file */

/* Whether memory may be written, where it may be read: asked without a signal. bytes: at most 512. */
bool rp_os_is_writable(void *memory, size_t bytes);

/* The user's home folder as the system has it, whatever HOME says. false: none is known. */
bool rp_os_home(char *path, size_t size);
/* Whether a file may have so many bytes: beyond the limit (ulimit -f) who writes is ended by a signal. */
bool rp_os_may_write(unsigned long long bytes);

/* Whether the text is of the pattern's form, with *, ? and [...] as in a shell. */
bool rp_os_matches(const char *pattern, const char *text);

/* ---- A child process --------------------------------------------------------------------------------------- */

typedef struct rp_os_child {
    long id;
    int pipe;
} rp_os_child;
typedef struct rp_os_end {
    enum { RP_OS_EXITED, RP_OS_SIGNALLED, RP_OS_LATE, RP_OS_UNKNOWN } how; /* unknown: someone else asked first */
    int status;
    const char *signal; /* "SIGSEGV" */
} rp_os_end;

/* A copy of this process, with a copy of the calling thread alone, that runs function(context, pipe) and exits: no signal
 * handlers, no core file, nothing to read, no output. It ends after limit_s, unless what it runs prevents that.
 * NULL: it was started, and rp_os_child_end must follow; else why it was not. */
const char *rp_os_child_start(rp_os_child *child, int limit_s, void (*function)(void *context, int pipe),
                              void *context);
/* In the child: at most 512 bytes, all of them or none. */
void rp_os_child_send(int pipe, const void *message, size_t bytes);
/* false: there will be no more, or it is `until` by rp_os_seconds. */
bool rp_os_child_read(const rp_os_child *child, void *message, size_t bytes, double until);
/* Waits for its end until then, and after that kills it. Returns in any case, soon after. */
rp_os_end rp_os_child_end(rp_os_child *child, double until);

#endif
