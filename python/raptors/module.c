/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The module raptors._raptors: its state, its names, and the one place where a status becomes an exception.
 */
#include "ext.h"
#include "runtime/runtime.h"

/* Constant after the import, so that threads may read it freely. */
ext_state ext;

PyObject *ext_error(rp_status status)
{
    PyObject *type = PyExc_SystemError;
    switch (status) {
    case RP_ERROR_VALUE: type = PyExc_ValueError; break;
    case RP_ERROR_TYPE: type = PyExc_TypeError; break;
    case RP_ERROR_INDEX: type = PyExc_IndexError; break;
    case RP_ERROR_AXIS: type = ext.axis_error; break;
    case RP_ERROR_OVERFLOW: type = PyExc_OverflowError; break;
    case RP_ERROR_MEMORY: type = PyExc_MemoryError; break;
    case RP_ERROR_BUFFER: type = PyExc_BufferError; break;
    case RP_OK: break;
    }
    PyErr_SetString(type, rp_error_message());
    return NULL;
}

PyObject *ext_protocol(const char *name)
{
    if (!ext.protocols) {
        PyObject *module = PyImport_ImportModule("raptors._protocols");
        if (!module) {
            return NULL;
        }
        if (ext.protocols) { /* the import let another thread, or itself, come first */
            Py_DECREF(module);
        } else {
            ext.protocols = module;
        }
    }
    return PyObject_GetAttrString(ext.protocols, name);
}

PyObject *ext_call_protocol(const char *name, PyObject *const *arguments, size_t count, PyObject *keywords)
{
    PyObject *function = ext_protocol(name);
    PyObject *positional = function ? PyTuple_New((Py_ssize_t)count) : NULL;
    if (!positional) {
        Py_XDECREF(function);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        Py_INCREF(arguments[i]);
        PyTuple_SetItem(positional, (Py_ssize_t)i, arguments[i]);
    }
    PyObject *result = PyObject_Call(function, positional, keywords);
    Py_DECREF(positional);
    Py_DECREF(function);
    return result;
}

/* ---- Names ------------------------------------------------------------------------------------------------- */

static const char *const name_texts[] = {
#define EXT_NAME(name) #name,
    EXT_NAMES(EXT_NAME)
#undef EXT_NAME
};

static const char *const dtype_names[] = {
#define RP_DTYPE(ENUM, name, code, ctype, KIND, format, ...) #name,
#include "raptors/dtypes.def"
};

static bool set_names(void)
{
    for (int i = 0; i < EXT_NAME_COUNT; i++) {
        ext.names[i] = PyUnicode_InternFromString(name_texts[i]);
        if (!ext.names[i]) {
            return false;
        }
    }
    return true;
}

static PyTypeObject *get_type(PyObject *module, const char *name)
{
    PyObject *type = PyObject_GetAttrString(module, name);
    if (type && !PyType_Check(type)) {
        PyErr_Format(PyExc_ImportError, "numpy.%s is not a type", name);
        Py_CLEAR(type);
    }
    return (PyTypeObject *)type;
}

static PyTypeObject *get_method_type(void)
{
    PyObject *types = PyImport_ImportModule("types");
    PyTypeObject *type = types ? get_type(types, "MethodType") : NULL;
    Py_XDECREF(types);
    return type;
}

/* The class that is both a ValueError and an IndexError. */
static PyObject *get_axis_error(void)
{
    PyObject *exceptions = PyImport_ImportModule("numpy.exceptions");
    PyObject *type = exceptions ? (PyObject *)get_type(exceptions, "AxisError") : NULL;
    Py_XDECREF(exceptions);
    return type;
}

static bool set_numpy(void)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (!numpy) {
        return false;
    }
    bool ok = (ext.ndarray_type = get_type(numpy, "ndarray")) && (ext.generic_type = get_type(numpy, "generic")) &&
              (ext.float64_type = get_type(numpy, "float64")) && (ext.axis_error = get_axis_error()) &&
              (ext.numpy_asarray = PyObject_GetAttrString(numpy, "asarray")) &&
              (ext.numpy_dtype = PyObject_GetAttrString(numpy, "dtype")) && (ext.method_type = get_method_type()) &&
              ext_start_numpy();
    for (int i = 0; ok && i < RP_DTYPE_COUNT; i++) {
        ext.dtypes[i] = PyObject_CallFunction(ext.numpy_dtype, "s", dtype_names[i]);
        ok = ext.dtypes[i] && (ext.scalar_types[i] = get_type(ext.dtypes[i], "type"));
    }
    Py_DECREF(numpy);
    return ok;
}

/* ---- What the module offers -------------------------------------------------------------------------------- */

typedef struct operation {
    const char *name, *numpy_name;
    rp_op op;
} operation;

/* The rows of ops.def that are functions by themselves; the moves have signatures of their own. */
static const operation operations[] = {
#define RP_UNARY(ENUM, name, numpy, RESULT, FACTS, expressions) {#name, #numpy, RP_##ENUM},
#define RP_BINARY(ENUM, name, numpy, RESULT, FACTS, expressions) {#name, #numpy, RP_##ENUM},
#define RP_REDUCE(ENUM, name, numpy, RESULT, ...) {#name, #numpy, RP_##ENUM},
#include "raptors/ops.def"
};
enum { OPERATION_COUNT = sizeof operations / sizeof operations[0] };

/* NumPy has a second ufunc for these: its name, and ours of the first. */
static const struct {
    const char *numpy_name, *name;
} twins[] = {{"deg2rad", "radians"}, {"rad2deg", "degrees"}};
enum { TWIN_COUNT = sizeof twins / sizeof twins[0] };

static bool add_object(PyObject *module, const char *name, PyObject *owned)
{
    int status = owned ? PyModule_AddObjectRef(module, name, owned) : -1;
    Py_XDECREF(owned);
    return status == 0;
}

/* NumPy's spelling of an operation is the same function. */
static bool add_numpy_names(PyObject *module)
{
    for (int i = 0; i < OPERATION_COUNT; i++) {
        if (operations[i].numpy_name[0] && !PyObject_HasAttrString(module, operations[i].numpy_name) &&
            !add_object(module, operations[i].numpy_name, PyObject_GetAttrString(module, operations[i].name))) {
            return false;
        }
    }
    for (int i = 0; i < TWIN_COUNT; i++) {
        if (!add_object(module, twins[i].numpy_name, PyObject_GetAttrString(module, twins[i].name))) {
            return false;
        }
    }
    return true;
}

/* OPERATIONS: (name, NumPy's name or "", inputs, whether it is a reduction) for each. */
static bool add_operations(PyObject *module)
{
    PyObject *table = PyTuple_New(OPERATION_COUNT);
    for (int i = 0; table && i < OPERATION_COUNT; i++) {
        PyObject *row =
            Py_BuildValue("(ssiN)", operations[i].name, operations[i].numpy_name, rp_op_inputs(operations[i].op),
                          PyBool_FromLong(rp_op_is_reduction(operations[i].op)));
        if (!row) {
            Py_CLEAR(table);
        } else {
            PyTuple_SetItem(table, i, row);
        }
    }
    return add_object(module, "OPERATIONS", table);
}

static bool add_ufunc(PyObject *module, PyObject *numpy, const char *numpy_name, const char *name)
{
    PyObject *ufunc = PyObject_GetAttrString(numpy, numpy_name);
    PyErr_Clear(); /* an older NumPy has fewer */
    PyObject *ours = ufunc ? PyObject_GetAttrString(module, name) : NULL;
    const bool ok = !ufunc || (ours && PyDict_SetItem(ext.ufuncs, ufunc, ours) == 0);
    Py_XDECREF(ours);
    Py_XDECREF(ufunc);
    return ok;
}

/* NumPy's ufuncs, to our functions. */
static bool add_ufuncs(PyObject *module)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    ext.ufuncs = numpy ? PyDict_New() : NULL;
    bool ok = ext.ufuncs != NULL;
    for (int i = 0; ok && i < OPERATION_COUNT; i++) {
        ok = rp_op_is_reduction(operations[i].op) ||
             add_ufunc(module, numpy, operations[i].numpy_name, operations[i].name);
    }
    for (int i = 0; ok && i < TWIN_COUNT; i++) {
        ok = add_ufunc(module, numpy, twins[i].numpy_name, twins[i].name);
    }
    Py_XDECREF(numpy);
    return ok;
}

/* DTYPES: the names of the element types. */
static bool add_dtypes(PyObject *module)
{
    PyObject *table = PyTuple_New(RP_DTYPE_COUNT);
    for (int i = 0; table && i < RP_DTYPE_COUNT; i++) {
        PyObject *name = PyUnicode_FromString(dtype_names[i]);
        if (!name || PyModule_AddObjectRef(module, dtype_names[i], (PyObject *)ext.scalar_types[i]) < 0) {
            Py_XDECREF(name);
            Py_CLEAR(table);
        } else {
            PyTuple_SetItem(table, i, name);
        }
    }
    return add_object(module, "DTYPES", table);
}

/* __all__: what raptors takes over, which is everything but the tables. */
static bool add_all(PyObject *module)
{
    PyObject *all = PyDict_Keys(PyModule_GetDict(module));
    for (Py_ssize_t i = all ? PyList_Size(all) - 1 : -1; i >= 0; i--) {
        PyObject *name = PyList_GetItem(all, i);
        if (PyUnicode_ReadChar(name, 0) == '_' || PyUnicode_CompareWithASCIIString(name, "OPERATIONS") == 0 ||
            PyUnicode_CompareWithASCIIString(name, "DTYPES") == 0 ||
            PyUnicode_CompareWithASCIIString(name, "PASSED_METHODS") == 0) {
            PyList_SetSlice(all, i, i + 1, NULL);
        }
    }
    if (all && PyList_Sort(all) < 0) {
        Py_CLEAR(all);
    }
    return add_object(module, "__all__", all);
}

/* For _numpy_loops, which has no library of its own. */
static bool add_register_kernel(PyObject *module)
{
    return add_object(module, "_register_kernel",
                      PyCapsule_New((void *)rp_register_kernel, "rp_register_kernel", NULL));
}

static bool set_state(PyObject *module)
{
    ext_trace_memory();
    if (!set_names() || !set_numpy() || !ext_start_methods()) {
        return false;
    }
    ext.large_bytes = rp_system_facts()->l2_bytes;
    ext.array_type = ext_array_type_new(module);
    ext.iterator_type = ext_iterator_type_new(module);
    return ext.array_type && ext.iterator_type;
}

static int execute(PyObject *module)
{
    static PyInterpreterState *interpreter;
    if (!interpreter) {
        if (!set_state(module)) {
            return -1;
        }
        interpreter = PyInterpreterState_Get();
    } else if (interpreter != PyInterpreterState_Get()) {
        PyErr_SetString(PyExc_ImportError, "raptors, like NumPy, loads in one interpreter of a process only");
        return -1;
    }
    PyMethodDef *const functions[] = {ext_operation_functions, ext_cumulative_functions, ext_creation_functions,
                                      ext_shaping_functions,   ext_selecting_functions,  ext_runtime_functions,
                                      ext_choosing_functions,  ext_passing_functions,    ext_patching_functions,
                                      ext_part_functions};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (PyModule_AddFunctions(module, functions[i]) < 0) {
            return -1;
        }
    }
    PyObject *function_type = (PyObject *)ext_function_type_new(module);
    if (!add_object(module, "_function", function_type) ||
        !add_object(module, "PASSED_METHODS", ext_passed_methods()) || !add_dtypes(module) ||
        !add_register_kernel(module) || !add_numpy_names(module) || !add_operations(module) || !add_ufuncs(module) ||
        PyModule_AddObjectRef(module, "Array", (PyObject *)ext.array_type) < 0 ||
        PyModule_AddStringConstant(module, "__version__", rp_version()) < 0 || !add_all(module)) {
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)(uintptr_t)execute},
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "raptors._raptors",
    .m_doc = "The C part of raptors: the Array type and the functions on it.",
    .m_size = 0,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__raptors(void) { return PyModuleDef_Init(&definition); }
