/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NumPy's own inner loops as contenders: for every operation and type that both have, the loop of the ufunc's table is
 * registered as a kernel, and so runs over Raptors' memory and threads. Imported by raptors; built with NumPy's headers,
 * which the main extension does without.
 */
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
#define NPY_NO_DEPRECATED_API NPY_1_23_API_VERSION
#define NPY_TARGET_VERSION NPY_1_23_API_VERSION
#include <numpy/ndarraytypes.h>
#include <numpy/ufuncobject.h>

#include <stdlib.h>

#include "facts/ops.h"
#include "raptors.h"

typedef struct loop {
    PyUFuncGenericFunction function;
    void *data;  /* the ufunc's */
    size_t size; /* of a real number, else 0 */
} loop;

static rp_status (*register_kernel)(const rp_kernel_entry *entry);

/* The loops touch no Python object for these types, so none needs the interpreter's lock. */
static void run_unary(const rp_call *call)
{
    const loop *l = call->data;
    npy_intp n = (npy_intp)call->n, steps[2] = {call->inner[1], call->inner[0]};
    for (size_t row = 0; row < call->m; row++) {
        const ptrdiff_t r = (ptrdiff_t)row;
        char *args[2] = {call->ptr[1] + r * call->outer[1], call->ptr[0] + r * call->outer[0]};
        l->function(args, &n, steps, l->data);
    }
}

static void run_binary(const rp_call *call)
{
    const loop *l = call->data;
    npy_intp n = (npy_intp)call->n, steps[3] = {call->inner[1], call->inner[2], call->inner[0]};
    for (size_t row = 0; row < call->m; row++) {
        const ptrdiff_t r = (ptrdiff_t)row;
        char *args[3] = {call->ptr[1] + r * call->outer[1], call->ptr[2] + r * call->outer[2],
                         call->ptr[0] + r * call->outer[0]};
        l->function(args, &n, steps, l->data);
    }
}

/* An operand of one element comes with a stride of 0, for which some loops have a shortcut of other bits. */
static void run_vectors(const rp_call *call)
{
    const loop *l = call->data;
    rp_call vectors = *call;
    for (int k = 0; k < 3; k++) vectors.inner[k] = (ptrdiff_t)l->size;
    run_binary(&vectors);
}

/* NumPy has several numbers for types of one size (long and long long). */
static bool is_type(int number, rp_dtype dtype)
{
    static const int numbers[RP_DTYPE_COUNT][2] = {
        [RP_BOOL] = {NPY_BOOL, NPY_BOOL},
        [RP_INT8] = {NPY_BYTE, NPY_BYTE},
        [RP_UINT8] = {NPY_UBYTE, NPY_UBYTE},
        [RP_INT16] = {NPY_SHORT, NPY_SHORT},
        [RP_UINT16] = {NPY_USHORT, NPY_USHORT},
        [RP_INT32] = {NPY_INT, sizeof(long) == 4 ? NPY_LONG : NPY_INT},
        [RP_UINT32] = {NPY_UINT, sizeof(long) == 4 ? NPY_ULONG : NPY_UINT},
        [RP_INT64] = {NPY_LONGLONG, sizeof(long) == 8 ? NPY_LONG : NPY_LONGLONG},
        [RP_UINT64] = {NPY_ULONGLONG, sizeof(long) == 8 ? NPY_ULONG : NPY_ULONGLONG},
        [RP_FLOAT16] = {NPY_HALF, NPY_HALF},
        [RP_FLOAT32] = {NPY_FLOAT, NPY_FLOAT},
        [RP_FLOAT64] = {NPY_DOUBLE, NPY_DOUBLE},
        [RP_COMPLEX64] = {NPY_CFLOAT, NPY_CFLOAT},
        [RP_COMPLEX128] = {NPY_CDOUBLE, NPY_CDOUBLE},
    };
    return number == numbers[dtype][0] || number == numbers[dtype][1];
}

static const char *const codes[RP_DTYPE_COUNT] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) [RP_##ENUM] = #code,
#include "raptors/dtypes.def"
};

static const size_t float_sizes[RP_DTYPE_COUNT] = {
    [RP_FLOAT16] = sizeof(npy_half), [RP_FLOAT32] = sizeof(npy_float), [RP_FLOAT64] = sizeof(npy_double)};

static void add_loop(const PyUFuncObject *ufunc, int i, rp_op op, const char *name, rp_dtype dtype)
{
    static const char *const operands[2][3] = {{"v"}, {"vv", "vs", "sv"}};
    loop *l = malloc(sizeof *l); /* for the life of the process, as the kernel */
    if (!l) {
        return;
    }
    *l = (loop){ufunc->functions[i], ufunc->data ? ((void *const *)ufunc->data)[i] : NULL, float_sizes[dtype]};
    const bool binary = ufunc->nin == 2;
    char full[96];
    PyOS_snprintf(full, sizeof full, "%s.%s.%s.fast.numpy", name, operands[binary][0], codes[dtype]);
    const rp_kernel_entry fast = {.name = full,
                                  .operands = operands[binary][0],
                                  .op = op,
                                  .dtype = dtype,
                                  .run = binary ? run_vectors : run_unary,
                                  .data = l,
                                  .accuracy = RP_FAST};
    /* Of the type: it is the same in every class. Else NumPy's last bits are not always ours, though so seldom for some of
     * float16's functions that a trial would not see it. */
    if (l->size && register_kernel(&fast) != RP_ERROR_TYPE) {
        return;
    }
    for (int k = 0; k < (binary ? 3 : 1); k++) {
        PyOS_snprintf(full, sizeof full, "%s.%s.%s.numpy", name, operands[binary][k], codes[dtype]);
        const rp_kernel_entry entry = {.name = full,
                                       .operands = operands[binary][k],
                                       .op = op,
                                       .dtype = dtype,
                                       .strided = true,
                                       .run = binary ? run_binary : run_unary,
                                       .data = l};
        /* refused: Raptors has no such loop, or the name is there since an earlier import */
        (void)register_kernel(&entry);
    }
}

static void add_loops(const PyUFuncObject *ufunc, rp_op op, const char *name, rp_op_facts facts)
{
    for (int dtype = 0; dtype < RP_DTYPE_COUNT; dtype++) {
        /* Of a negative count the loop raises an error in Python, as it is tried with one. */
        if (facts & RP_OF_COUNTS && codes[dtype][0] == 'i') {
            continue;
        }
        for (int i = 0; i < ufunc->ntypes; i++) {
            const char *types = ufunc->types + (ptrdiff_t)i * ufunc->nargs;
            bool alike = ufunc->functions[i] != NULL;
            for (int k = 0; k < ufunc->nin; k++) {
                alike &= is_type((unsigned char)types[k], (rp_dtype)dtype);
            }
            if (!alike) {
                continue;
            }
            add_loop(ufunc, i, op, name, (rp_dtype)dtype);
            break;
        }
    }
}

static bool add_all(PyObject *numpy)
{
    static const struct {
        rp_op op;
        const char *name, *numpy_name;
        int inputs;
        rp_op_facts facts;
    } rows[] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) {RP_##ENUM, #name, #numpy, 1, FACTS},
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) {RP_##ENUM, #name, #numpy, 2, FACTS},
#include "raptors/ops.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PyObject *ufunc = PyObject_GetAttrString(numpy, rows[i].numpy_name);
        if (!ufunc) {
            PyErr_Clear(); /* an older NumPy, or an operation that it lacks */
            continue;
        }
        const PyUFuncObject *u = (const PyUFuncObject *)ufunc;
        if (PyObject_TypeCheck(ufunc, &PyUFunc_Type) && u->nin == rows[i].inputs && u->nout == 1) {
            add_loops(u, rows[i].op, rows[i].name, rows[i].facts);
        }
        Py_DECREF(ufunc); /* numpy keeps it */
    }
    return true;
}

static int load(PyObject *module)
{
    (void)module;
    if (PyUFunc_ImportUFuncAPI() < 0) {
        return -1;
    }
    PyObject *raptors = PyImport_ImportModule("raptors._raptors");
    PyObject *capsule = raptors ? PyObject_GetAttrString(raptors, "_register_kernel") : NULL;
    register_kernel =
        capsule ? (rp_status (*)(const rp_kernel_entry *))PyCapsule_GetPointer(capsule, "rp_register_kernel") : NULL;
    Py_XDECREF(capsule);
    Py_XDECREF(raptors);
    PyObject *numpy = register_kernel ? PyImport_ImportModule("numpy") : NULL;
    const bool added = numpy && add_all(numpy);
    Py_XDECREF(numpy);
    return added ? 0 : -1;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)load}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_numpy_loops", .m_slots = slots};

PyMODINIT_FUNC PyInit__numpy_loops(void) { return PyModuleDef_Init(&definition); }
