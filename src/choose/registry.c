/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The lists of kernels: the tables of every instruction set that this build was compiled for, and what was registered.
 */
#include "choose/choose.h"

#include <string.h>

#include "runtime/runtime.h"

/* RP_FOR_SETS(X) comes from the build: X(scalar) X(sse2) ... for the instruction sets it compiled, from the lowest tier up,
 * each before its variants. */
#define DECLARE(set) extern const rp_isa_tables rp_##set##_tables;
RP_FOR_SETS(DECLARE)

#define REFER(set) &rp_##set##_tables,
static const rp_isa_tables *const sets[] = {RP_FOR_SETS(REFER)};
enum { SET_COUNT = sizeof sets / sizeof *sets };

const rp_isa_tables *rp_registry_isa(rp_isa isa)
{
    for (int i = 0; i < SET_COUNT; i++) {
        if (sets[i]->isa == isa) return sets[i];
    }
    return NULL;
}

const rp_kernel *rp_registry_kernel(size_t index)
{
    static _Thread_local struct {
        int table;    /* of all sets' tables */
        size_t first; /* the index of its first kernel */
    } at;             /* where this thread's latest look-up ended: most ask for one after another */
    if (index < at.first) at.table = 0, at.first = 0;
    for (; at.table < SET_COUNT * RP_TABLE_COUNT; at.table++) {
        const rp_kernel_table *table = &sets[at.table / RP_TABLE_COUNT]->tables[at.table % RP_TABLE_COUNT];
        if (index - at.first < *table->count) return &table->kernels[index - at.first];
        at.first += *table->count;
    }
    at.table = 0, at.first = 0;
    return NULL;
}

bool rp_kernel_runs(const rp_kernel *kernel) { return !(kernel->needs & ~rp_cpu_features()); }

/* Whether operand k of the call as it lies is what the kernel would be called with: a vector that it cannot walk is packed first,
 * and a number of another row is another number. */
static bool is_as_taken(const rp_kernel *kernel, const rp_call *form, int k)
{
    if (rp_class_numbers((rp_class)kernel->shape) >> k & 1) return form->m == 1 || form->outer[k] == 0;
    const size_t size = rp_dtype_size((rp_dtype)(k ? kernel->dtype : kernel->to));
    return form->inner[k] == (ptrdiff_t)size || (kernel->traits & RP_TRAIT_STRIDED && form->inner[k] != 0);
}

bool rp_kernel_takes_form(const rp_kernel *kernel, const rp_call *form)
{
    if (!kernel->ok && !kernel->n_max) return true;
    if (!form || (kernel->n_max && form->n > kernel->n_max)) return false;
    if (!kernel->ok) return true;
    const int operands = kernel->shape == RP_ROW ? 0 : 1 + rp_op_inputs((rp_op)kernel->op); /* rows never have gaps */
    for (int k = 0; k < operands; k++) {
        if (!is_as_taken(kernel, form, k)) return false;
    }
    rp_call asked = *form;
    asked.data = kernel->data;
    return kernel->ok(&asked);
}

bool rp_registered_takes(const rp_kernel *kernel, const rp_call *form)
{
    const rp_registered *r = (const rp_registered *)kernel;
    return atomic_load_explicit(&r->verdict, memory_order_acquire) == RP_ADMITTED && rp_kernel_takes_form(kernel, form);
}

/* ---- Registered kernels ------------------------------------------------------------------------------------ */

static _Atomic(rp_registered *) registered[RP_OP_COUNT];

rp_registered *rp_registered_first(rp_op op) { return atomic_load_explicit(&registered[op], memory_order_acquire); }

/* A name is a word of the profile's lines, and of what is printed: visible characters of ASCII. */
static bool is_word(const char *name)
{
    const char *c = name;
    while (*c > ' ' && *c <= '~') c++;
    return c > name && *c == '\0';
}

/* Names with a word that is an instruction set are for kernels of this build. */
static bool is_built_in(const char *name)
{
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        const size_t length = strcspn(dot + 1, ".");
        if (rp_find_isa(dot + 1, length) >= 0) return true;
    }
    return false;
}

static bool is_taken(const char *name, const rp_registered *others)
{
    for (; others; others = others->next) {
        if (strcmp(others->name, name) == 0) return true;
    }
    return false;
}

/* Another thread may add a kernel between a look at the list and the change of its head; then the list is looked at again,
 * so that of two threads with one name only one succeeds. */
static bool add_unless_taken(rp_registered *fresh, rp_op op)
{
    rp_registered *first = rp_registered_first(op);
    do {
        if (is_taken(fresh->name, first)) return false;
        fresh->next = first;
    } while (!atomic_compare_exchange_weak(&registered[op], &first, fresh));
    return true;
}

rp_status rp_register_kernel(const rp_kernel_entry *entry)
{
    if (!entry || !entry->name || !entry->operands || !entry->run) {
        return rp_fail(RP_ERROR_VALUE, "entry, and its name, operands and run, must not be NULL");
    }
    if (!is_word(entry->name)) {
        return rp_fail(RP_ERROR_VALUE, "a kernel's name must be visible characters of ASCII without spaces");
    }
    const bool reduces = rp_op_is_reduction(entry->op);
    const int operand_class = rp_find_class(entry->operands);
    if (operand_class < 0 || operand_class == RP_COLUMN || rp_is_reduced((rp_class)operand_class) != reduces ||
        rp_class_inputs((rp_class)operand_class) != rp_op_inputs(entry->op)) {
        return rp_fail(RP_ERROR_VALUE, "%s: operands '%s' are not those of operation %d", entry->name, entry->operands,
                       (int)entry->op);
    }
    const rp_kernel *twin = (unsigned)entry->dtype < RP_DTYPE_COUNT
                                ? rp_context_get()->default_kernel[entry->op][entry->dtype][operand_class]
                                : NULL;
    if (!twin || (reduces && (twin->to != twin->dtype || (twin->dtype != RP_FLOAT32 && twin->dtype != RP_FLOAT64)))) {
        return rp_fail(RP_ERROR_TYPE, "%s: %s has no loop of type %d", entry->name, rp_op_name(entry->op),
                       (int)entry->dtype);
    }
    const bool fast = entry->accuracy == RP_FAST;
    if (fast && (entry->ok || entry->n_max || entry->in_place_only || entry->own_threads || !strchr(entry->name, '.') ||
                 rp_class_numbers((rp_class)operand_class))) {
        return rp_fail(RP_ERROR_VALUE, "%s: one of RP_FAST takes all calls of vectors, and has a dot in its name",
                       entry->name);
    }
    if (fast && !(twin->traits & RP_TRAIT_APPROXIMATE)) {
        return rp_fail(RP_ERROR_TYPE, "%s: %s of type %d is the same in every class of accuracy", entry->name,
                       rp_op_name(entry->op), (int)entry->dtype);
    }
    const size_t length = strlen(entry->name) + 1;
    rp_registered *fresh = rp_malloc(sizeof *fresh + length);
    if (!fresh) return rp_fail(RP_ERROR_MEMORY, "out of memory: no room for a kernel");
    memset(fresh, 0, sizeof *fresh);
    memcpy(fresh->name, entry->name, length);
    fresh->kernel = (rp_kernel){.name = fresh->name,
                                .op = (uint8_t)entry->op,
                                .dtype = twin->dtype,
                                .to = twin->to,
                                .shape = twin->shape,
                                .backend = RP_BACKEND_REGISTERED,
                                .n_max = entry->n_max,
                                .ok = entry->ok,
                                .run = entry->run,
                                .data = entry->data,
                                .family = reduces || fast ? RP_FAMILY_NONE : RP_FAMILY_RAPTORS,
                                .result_class = fast      ? RP_FEW_ULPS
                                                : reduces ? RP_ANY_ORDER
                                                          : RP_SAME_BITS,
                                .traits = (entry->strided && !fast ? RP_TRAIT_STRIDED : 0) |
                                          (entry->in_place_only ? RP_TRAIT_IN_PLACE_ONLY : 0) |
                                          (entry->own_threads ? RP_TRAIT_OWN_THREADS : 0)};
    if (is_built_in(entry->name) || !add_unless_taken(fresh, entry->op)) {
        rp_free(fresh);
        return rp_fail(RP_ERROR_VALUE, "%s: a kernel of this build or another has this name", entry->name);
    }
    return RP_OK;
}

/* ---- Providers --------------------------------------------------------------------------------------------- */

void rp_providers_load_named(void)
{
    for (const rp_provider *const *p = rp_providers; *p; p++) (*p)->load_named();
}

void rp_providers_load(const char *library)
{
    for (const rp_provider *const *p = rp_providers; *p; p++) (*p)->load(library);
}

size_t rp_providers_verdicts(char *text, size_t size)
{
    size_t length = 0;
    for (const rp_provider *const *p = rp_providers; *p; p++) {
        const bool room = text && length < size;
        length += (*p)->verdicts(room ? text + length : NULL, room ? size - length : 0);
    }
    return length;
}

bool rp_providers_know(const char *names)
{
    for (const rp_provider *const *p = rp_providers; *p; p++) {
        if ((*p)->knows(names)) return true;
    }
    return false;
}
