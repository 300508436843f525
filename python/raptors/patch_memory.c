/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory of NumPy's large arrays from Raptors' pool, whose pages are there already: the functions of NumPy's default handler
 * (NEP 49), which every thread and every extension allocates through, are replaced in place.
 *
 * Such memory begins 64 bytes behind the begin of a page, which holds what it takes to give it back. That tells it from NumPy's
 * own: where an address has that form, the head of its page may be read, and says whether it is one of these.
 */
#include "patch.h"

#include <string.h>

#include "runtime/runtime.h"

enum {
    PAGE = 4096, /* the least of any machine; a mapping begins at a multiple of it */
    HEAD_BYTES = 64,
    /* The pool maps blocks of this size one by one. A smaller one of malloc's is in use again before its pages are given back. */
    LEAST_BYTES = 256 << 10
};

typedef struct head {
    uintptr_t mark; /* of this address, and no other */
    size_t bytes, block_bytes;
} head;

static PyDataMem_Handler *handler;
static PyDataMemAllocator before;
static uintptr_t secret;
static patch_counts counts = {.name = "memory"};
static bool on; /* once replaced the functions stay: memory that they gave out comes back to them */

/* The head is read where it may be malloc's, or no one's: the page is there, which is all that is needed. */
__attribute__((no_sanitize("address", "thread"))) static head *head_of(void *memory)
{
    if (((uintptr_t)memory & (PAGE - 1)) != HEAD_BYTES) {
        return NULL;
    }
    head *h = (head *)(void *)((char *)memory - HEAD_BYTES);
    return h->mark == ((uintptr_t)h ^ secret) ? h : NULL;
}

static void *allocate(size_t bytes)
{
    size_t block_bytes;
    if (bytes > PTRDIFF_MAX - HEAD_BYTES) {
        return NULL;
    }
    char *block = rp_pool_allocate(bytes + HEAD_BYTES, &block_bytes);
    if (block && (uintptr_t)block & (PAGE - 1)) {
        rp_pool_free(block, block_bytes);
        return NULL;
    }
    if (!block) {
        return NULL;
    }
    *(head *)(void *)block = (head){(uintptr_t)block ^ secret, bytes, block_bytes};
    counts.taken++; /* by several threads at once: a count, and nothing hangs on it */
    return block + HEAD_BYTES;
}

static void give_back(head *h)
{
    const size_t block_bytes = h->block_bytes;
    h->mark = 0;
    rp_pool_free(h, block_bytes);
}

static void *hook_malloc(void *context, size_t bytes)
{
    void *memory = bytes >= LEAST_BYTES && on ? allocate(bytes) : NULL;
    return memory ? memory : before.malloc(context, bytes);
}

/* Zeros cost less from the system, which has them ready. */
static void *hook_calloc(void *context, size_t count, size_t bytes) { return before.calloc(context, count, bytes); }

static void *hook_realloc(void *context, void *memory, size_t bytes)
{
    head *h = memory ? head_of(memory) : NULL;
    if (!h) {
        return before.realloc(context, memory, bytes);
    }
    void *moved = hook_malloc(context, bytes);
    if (moved) {
        memcpy(moved, memory, h->bytes < bytes ? h->bytes : bytes);
        give_back(h);
    }
    return moved;
}

static void hook_free(void *context, void *memory, size_t bytes)
{
    head *h = memory ? head_of(memory) : NULL;
    if (h) {
        give_back(h);
    } else {
        before.free(context, memory, bytes);
    }
}

bool patch_memory_install(void)
{
    if (!handler) {
        PyDataMem_Handler *found = PyCapsule_GetPointer(PyDataMem_DefaultHandler, "mem_handler");
        if (!found) {
            return false;
        }
        if (found->version != 1 || strcmp(found->name, "default_allocator") != 0 ||
            !rp_os_is_writable(found, sizeof *found)) {
            PyErr_SetString(PyExc_RuntimeError,
                            "NumPy's default memory handler is not the one that is known, or cannot be written");
            return false;
        }
        secret = (uintptr_t)0x9e3779b97f4a7c15U ^ (uintptr_t)&secret ^ (uintptr_t)(rp_os_seconds() * 1e9);
        before = found->allocator;
        handler = found;
        found->allocator = (PyDataMemAllocator){before.ctx, hook_malloc, hook_calloc, hook_realloc, hook_free};
    }
    on = true;
    return true;
}

void patch_memory_remove(void) { on = false; }

bool patch_memory_count(PyObject *all) { return patch_counts_add(all, &counts); }
