/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Accuracy classes, and the elections of RP_FAST. An election goes before any result is given and is never held again: kernels
 * that are registered later come too late. So one function has one value for one argument, whatever the size of a call.
 */
#include "choose/accuracy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choose/admit.h"
#include "choose/choose.h"
#include "facts/fp_mode.h"
#include "runtime/runtime.h"

/* ---- The class of a thread's calls ------------------------------------------------------------------------- */

_Atomic rp_accuracies rp_accuracies_used;

static const char *const names[] = {[RP_ACCURATE] = "accurate", [RP_FAST] = "fast"};
static rp_accuracy from_environment;
static rp_once once;
static _Thread_local struct {
    bool is_set;
    rp_accuracy accuracy;
} own;

int rp_find_accuracy(const char *name)
{
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
        if (strcmp(names[i], name) == 0) return i;
    }
    return -1;
}

static void read_environment(void)
{
    const char *name = getenv("RAPTORS_ACCURACY");
    from_environment = name && rp_find_accuracy(name) == RP_FAST ? RP_FAST : RP_ACCURATE;
    atomic_store(&rp_accuracies_used, from_environment == RP_FAST ? RP_ACCURACIES_BOTH : RP_ACCURACIES_ONE);
}

const char *rp_accuracy_name(rp_accuracy accuracy)
{
    return (unsigned)accuracy < sizeof names / sizeof *names ? names[accuracy] : NULL;
}

rp_accuracy rp_get_accuracy(void)
{
    rp_run_once(&once, read_environment);
    return own.is_set ? own.accuracy : from_environment;
}

rp_status rp_set_accuracy(rp_accuracy accuracy)
{
    if (!rp_accuracy_name(accuracy)) return rp_fail(RP_ERROR_VALUE, "%d is no class of accuracy", (int)accuracy);
    rp_run_once(&once, read_environment); /* which may not undo what follows */
    own.accuracy = accuracy;
    own.is_set = true;
    if (accuracy == RP_FAST) atomic_store(&rp_accuracies_used, RP_ACCURACIES_BOTH);
    return RP_OK;
}

/* ---- Who is eligible --------------------------------------------------------------------------------------- */

/* The class in which a function's kernels of RP_FAST are registered. */
static rp_class vectors_of(rp_op op) { return rp_op_inputs(op) == 1 ? RP_V : RP_VV; }

bool rp_has_classes(rp_op op, rp_dtype dtype)
{
    const rp_kernel *ours =
        rp_ops[op].kind == RP_OP_MAP ? rp_context_get()->default_kernel[op][dtype][vectors_of(op)] : NULL;
    return ours && ours->traits & RP_TRAIT_APPROXIMATE;
}

static const char *last_word(const char *name) { return strrchr(name, '.') + 1; }

/* Ours first; where RAPTORS_KERNEL names kernels, of the others those alone. */
static int list_eligible(rp_op op, rp_dtype dtype, const rp_kernel **found)
{
    const char *forced = rp_context_get()->forced_names;
    int count = 1;
    found[0] = rp_context_get()->default_kernel[op][dtype][vectors_of(op)];
    for (rp_registered *r = rp_registered_first(op); r && count < RP_MOST_ELIGIBLE; r = (rp_registered *)r->next) {
        const bool contends = r->kernel.result_class == RP_FEW_ULPS && r->kernel.dtype == dtype &&
                              (!forced || rp_os_matches(forced, r->name));
        if (contends && rp_is_admitted(r)) found[count++] = &r->kernel;
    }
    return count;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------- */

/* A kernel of two vectors, with a number in place of one: it is repeated in a block, so that a function has one value for it,
 * whatever shortcuts another loop might have. */
static void run_repeating(const rp_call *call)
{
    enum { BYTES = 2048 };
    _Alignas(64) char block[BYTES];
    const rp_kernel *kernel = call->data;
    const size_t size = rp_dtype_size((rp_dtype)kernel->dtype), most = BYTES / size;
    const int number = call->inner[1] ? 2 : 1;
    for (size_t row = 0; row < call->m; row++) {
        rp_call part = {.m = 1, .data = kernel->data};
        for (int k = 0; k < 3; k++) {
            part.ptr[k] = call->ptr[k] + (ptrdiff_t)row * call->outer[k];
            part.inner[k] = (ptrdiff_t)size;
        }
        for (size_t i = 0; i < most && i < call->n; i++) memcpy(block + i * size, part.ptr[number], size);
        for (size_t left = call->n; left; left -= part.n) {
            part.n = left < most ? left : most;
            part.ptr[number] = block;
            kernel->run(&part);
            for (int k = 0; k < 3; k++) part.ptr[k] += part.n * size;
        }
    }
}

static void add_kernel(rp_election *election, const rp_kernel *kernel, rp_class operands, const char *word)
{
    rp_kernel *own = &election->repeating[operands == RP_SV];
    char *name = election->names[operands == RP_SV];
    const char *rest = strchr(strchr(kernel->name, '.') + 1, '.'); /* ".f32.fast.numpy" */
    snprintf(name, sizeof *election->names, "%s.%s%s", rp_op_name((rp_op)kernel->op), word, rest ? rest : "");
    *own = *kernel;
    own->name = name;
    own->shape = (uint8_t)operands;
    own->backend = RP_BACKEND_NATIVE; /* admitted, and takes every call */
    own->run = run_repeating;
    own->data = kernel;
    election->kernel[operands] = own;
}

/* ---- The election ------------------------------------------------------------------------------------------ */

/* A block that the second-level cache holds, so often that a clock can tell how long that takes. */
enum { ELEMENTS = 4096, WIDEST = 8, PASSES = 4, MOST_CALLS = 4000 };

typedef struct booth {
    rp_trial trial;
    rp_election election;
    _Alignas(64) char operand[3][ELEMENTS * WIDEST];
} booth;

static void run(booth *b, const rp_kernel *kernel, size_t n)
{
    rp_call call = {.n = n, .m = 1};
    for (int k = 0; k < 3; k++) {
        call.ptr[k] = b->operand[k];
        call.inner[k] = (ptrdiff_t)rp_dtype_size((rp_dtype)kernel->dtype);
    }
    rp_run_kernel(kernel, &call);
}

/* Numbers between 0 and 1, or where the function has no value at one half, between 1 and 2. */
static void fill(booth *b, const rp_kernel *ours)
{
    const rp_dtype dtype = (rp_dtype)ours->dtype;
    const size_t size = rp_dtype_size(dtype);
    double start = 0;
    for (int k = 1; k < 3; k++) rp_put_real(dtype, b->operand[k], 0.5);
    run(b, ours, 1);
    if (isnan(rp_get_real(b->operand[0], size))) start = 1;
    for (size_t i = 0; i < ELEMENTS; i++) {
        rp_put_real(dtype, b->operand[1] + i * size, start + ((double)(i * 997 % ELEMENTS) + 0.5) / ELEMENTS);
        rp_put_real(dtype, b->operand[2] + i * size, start + ((double)(i * 619 % ELEMENTS) + 0.5) / ELEMENTS);
    }
}

/* The winner's place; ours, unless another is faster by more than the noise. */
static int time_all(booth *b, int count, const rp_kernel *const *eligible)
{
    rp_trial *trial = &b->trial;
    bool able[RP_MOST_CANDIDATES];
    memset(able, true, sizeof able);
    rp_trial_begin(trial, RP_MOST_ROUNDS);
    for (int i = 0; i < count; i++) rp_trial_add(trial, (rp_candidate){.kernel = eligible[i]}, true);
    for (int calls = 0; calls < MOST_CALLS && !rp_trial_is_over(trial); calls++) {
        const int i = rp_trial_next(trial, INFINITY, able);
        const double start = rp_os_seconds();
        for (int pass = 0; pass < PASSES; pass++) run(b, eligible[i], ELEMENTS);
        rp_trial_tell(trial, i, rp_os_seconds() - start, false);
    }
    return rp_trial_decide(trial);
}

/* What is the same in every class; and what nobody but ours may compute. */
static const rp_election needless = {.elected = "raptors"};
static const rp_election alone = {.elected = "raptors", .count = 1, .name = {"raptors"}};

static const rp_election *hold(rp_op op, rp_dtype dtype)
{
    const rp_kernel *eligible[RP_MOST_ELIGIBLE];
    const int count = list_eligible(op, dtype, eligible);
    booth *b = count > 1 ? rp_malloc(sizeof *b) : NULL;
    rp_election *kept = b ? rp_malloc(sizeof *kept) : NULL;
    if (!kept) {
        rp_free(b);
        return &alone;
    }
    fill(b, eligible[0]);
    const bool forced = rp_context_get()->forced_names;
    const int winner = forced ? 1 : time_all(b, count, eligible);
    *kept = (rp_election){.elected = winner ? last_word(eligible[winner]->name) : alone.elected, .count = count};
    for (int i = 0; i < count; i++) {
        kept->name[i] = i ? last_word(eligible[i]->name) : alone.elected;
        kept->seconds[i] = forced ? 0 : rp_trial_seconds(&b->trial, i) / (PASSES * ELEMENTS);
    }
    if (winner) kept->kernel[vectors_of(op)] = eligible[winner];
    if (winner && vectors_of(op) == RP_VV) {
        add_kernel(kept, eligible[winner], RP_VS, "vs");
        add_kernel(kept, eligible[winner], RP_SV, "sv");
    }
    rp_free(b);
    return kept;
}

static _Atomic(const rp_election *) elections[RP_OP_COUNT][RP_DTYPE_COUNT];

const rp_election *rp_election_of(rp_op op, rp_dtype dtype)
{
    _Atomic(const rp_election *) *place = &elections[op][dtype];
    const rp_election *election = atomic_load_explicit(place, memory_order_acquire);
    if (election) return election;
    if (!rp_has_classes(op, dtype)) {
        atomic_store_explicit(place, &needless, memory_order_release);
        return &needless;
    }
    rp_lock(RP_LOCK_ELECTIONS);
    const rp_fp_mode mode = rp_fp_change(RP_FP_DEFAULT); /* who is elected stays so, the caller's mode does not */
    election = atomic_load(place);
    if (!election) {
        election = hold(op, dtype);
        atomic_store_explicit(place, election, memory_order_release);
    }
    rp_fp_change(mode);
    rp_unlock(RP_LOCK_ELECTIONS);
    return election;
}
