/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whether an operand is a temporary. In a*b + c nobody but the interpreter knows a*b, so the sum may be computed into its
 * memory: a block and a pass over it are saved.
 *
 * A count of one reference does not prove it: C code may hold that one and use it again, as functools.partial does, and
 * variables of Cython. So the stack is looked at. The slot must have been called by Python's own function for the operator
 * (PyNumber_Add), and that by the interpreter's loop: then the one reference is on the loop's stack, and ends with the
 * operator.
 */
#include "ext.h"
#include "runtime/runtime.h"

#include <string.h>

enum {
    SITES = 32,              /* places in Python's functions that call a slot, two a function */
    LENDS_FROM = 0x030e0000, /* 3.14: the loop may lend a variable's reference to its stack */
};

/* One place in a function of Python's that calls a slot. Its frame has one size, so that its own return address lies at one
 * distance from the slot's frame: to walk the stack once is enough. */
typedef struct site {
    const void *slot_return;
    size_t distance;                    /* bytes from the slot's frame; 0: not known, the stack is walked each time */
    const void *from_loop, *from_other; /* the last return addresses seen there */
} site;

static struct {
    bool ready;
    const void *loop;                   /* the interpreter's. NULL: not found, and nothing is a temporary */
    int (*is_unique)(PyObject *object); /* where the loop lends: whether it does not */
    site sites[SITES];
    int count;
} python;

/* What is the same for all calls. */
static void prepare(void)
{
    python.ready = true;
    void *process = rp_os_module_present(NULL);
    if (Py_Version >= LENDS_FROM) {
        python.is_unique =
            (int (*)(PyObject *))rp_os_module_find(process, "PyUnstable_Object_IsUniqueReferencedTemporary");
        if (!python.is_unique) {
            return;
        }
    }
    python.loop = (const void *)(uintptr_t)rp_os_module_find(process, "_PyEval_EvalFrameDefault");
}

typedef struct walk {
    const void *slot_return;
    bool found;          /* its frame: the next is the one that is asked for */
    const void *address; /* where the function around slot_return returns to; NULL: not found */
    uintptr_t stack;     /* and the stack pointer then */
} walk;

static bool visit(void *context, const void *address, uintptr_t stack)
{
    walk *w = context;
    if (w->found) {
        w->address = address;
        w->stack = stack;
        return false;
    }
    w->found = address == w->slot_return;
    return true;
}

/* Where the operator's function returns to, which `place` is a call in. */
static const void *return_of_operator(site *place, const ext_caller *caller)
{
    if (place->distance) {
        const void *address;
        memcpy(&address, caller->frame + place->distance, sizeof address);
        return address;
    }
    walk w = {.slot_return = caller->slot_return};
    rp_os_walk_stack(visit, &w);
#ifdef __x86_64__ /* a call pushes the return address, so it is what lies below the stack pointer after the return */
    if (w.address) {
        place->distance = w.stack - sizeof w.address - (uintptr_t)caller->frame;
    }
#endif
    return w.address;
}

static site *site_of(const ext_caller *caller)
{
    for (int i = 0; i < python.count; i++) {
        if (python.sites[i].slot_return == caller->slot_return) {
            return &python.sites[i];
        }
    }
    if (python.count == SITES || rp_os_function_of(caller->slot_return) != caller->operator) {
        return NULL;
    }
    site *place = &python.sites[python.count++];
    place->slot_return = caller->slot_return;
    return place;
}

static bool is_called_by_loop(const ext_caller *caller)
{
    site *place = site_of(caller);
    const void *address = place ? return_of_operator(place, caller) : NULL;
    if (!address || address == place->from_other) {
        return false;
    }
    if (address == place->from_loop) {
        return true;
    }
    const bool from_loop = rp_os_function_of(address) == python.loop;
    *(from_loop ? &place->from_loop : &place->from_other) = address;
    return from_loop;
}

bool ext_is_temporary(PyObject *object, const ext_caller *caller)
{
    if (!caller || !ext_is_array(object) || Py_REFCNT(object) != 1 || ((ext_array *)object)->weak_references) {
        return false;
    }
    const rp_array *x = ext_raw(object);
    if (!(x->flags & RP_FLAG_POOLED) || x->flags & RP_FLAG_READONLY ||
        atomic_load_explicit(&x->references, memory_order_acquire) != 1 ||
        ext_bytes(x) <= rp_system_facts()->l1d_bytes) {
        return false; /* below, a new block is in the first cache too */
    }
    if (!python.ready) {
        prepare();
    }
    return python.loop && (!python.is_unique || python.is_unique(object)) && is_called_by_loop(caller);
}
