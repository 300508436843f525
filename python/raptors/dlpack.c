/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DLPack, both ways, in its old form ("dltensor") and the versioned one. A capsule from elsewhere is not trusted:
 * what it says is checked before any of it is used, and a refused capsule stays with its owner.
 */
#include "ext.h"
#include "runtime/runtime.h"

/* ---- The ABI, as DLPack 1.0 lays it down ------------------------------------------------------------------- */

typedef struct dl_device {
    int32_t type, id;
} dl_device;
typedef struct dl_data_type {
    uint8_t code, bits;
    uint16_t lanes;
} dl_data_type;

typedef struct dl_tensor {
    void *data;
    dl_device device;
    int32_t ndim;
    dl_data_type dtype;
    int64_t *shape, *strides; /* elements; strides may be NULL: row-major */
    uint64_t byte_offset;
} dl_tensor;

typedef struct dl_managed {
    dl_tensor tensor;
    void *context;
    void (*deleter)(struct dl_managed *self);
} dl_managed;

typedef struct dl_versioned {
    uint32_t major, minor;
    void *context;
    void (*deleter)(struct dl_versioned *self);
    uint64_t flags;
    dl_tensor tensor;
} dl_versioned;

enum { DL_CPU = 1, DL_CUDA_HOST = 3, DL_ROCM_HOST = 11, DL_CUDA_MANAGED = 13 };
enum { DL_INT = 0, DL_UINT = 1, DL_FLOAT = 2, DL_COMPLEX = 5, DL_BOOL = 6 };
enum { DL_READ_ONLY = 1, DL_IS_COPIED = 2, DL_MAJOR = 1 };

static const char plain_name[] = "dltensor", plain_used[] = "used_dltensor";
static const char versioned_name[] = "dltensor_versioned", versioned_used[] = "used_dltensor_versioned";

static const struct {
    uint8_t code;
    char kind;
} codes[] = {
    [RP_KIND_BOOL] = {DL_BOOL, 'b'},  [RP_KIND_SIGNED] = {DL_INT, 'i'},      [RP_KIND_UNSIGNED] = {DL_UINT, 'u'},
    [RP_KIND_REAL] = {DL_FLOAT, 'f'}, [RP_KIND_COMPLEX] = {DL_COMPLEX, 'c'},
};

/* ---- Export ------------------------------------------------------------------------------------------------ */

/* One allocation: the managed tensor of either form, then its shape and strides. */
static void plain_deleter(dl_managed *self)
{
    rp_release(self->context);
    rp_free(self);
}

static void versioned_deleter(dl_versioned *self)
{
    rp_release(self->context);
    rp_free(self);
}

/* A capsule that nobody consumed still owns its tensor. */
static void capsule_destructor(PyObject *capsule)
{
    if (PyCapsule_IsValid(capsule, plain_name)) {
        plain_deleter(PyCapsule_GetPointer(capsule, plain_name));
    } else if (PyCapsule_IsValid(capsule, versioned_name)) {
        versioned_deleter(PyCapsule_GetPointer(capsule, versioned_name));
    }
}

static void fill_tensor(dl_tensor *tensor, const rp_array *x, int64_t *dims)
{
    ptrdiff_t itemsize = (ptrdiff_t)rp_dtype_size((rp_dtype)x->dtype);
    tensor->data = x->data;
    tensor->device = (dl_device){DL_CPU, 0};
    tensor->ndim = x->ndim;
    tensor->dtype = (dl_data_type){codes[rp_dtype_kind((rp_dtype)x->dtype)].code, (uint8_t)(itemsize * 8), 1};
    tensor->shape = dims;
    tensor->strides = dims + x->ndim;
    tensor->byte_offset = 0;
    for (int i = 0; i < x->ndim; i++) {
        tensor->shape[i] = x->dims[i];
        tensor->strides[i] = x->strides[i] / itemsize;
    }
}

/* Steals the reference to x. */
static PyObject *export_array(rp_array *x, bool versioned, uint64_t flags)
{
    size_t head = versioned ? sizeof(dl_versioned) : sizeof(dl_managed);
    char *memory = rp_malloc(head + 2 * sizeof(int64_t) * x->ndim);
    if (!memory) {
        rp_release(x);
        return PyErr_NoMemory();
    }
    int64_t *dims = (int64_t *)(void *)(memory + head);
    if (versioned) {
        dl_versioned *managed = (dl_versioned *)(void *)memory;
        *managed = (dl_versioned){.major = DL_MAJOR, .context = x, .deleter = versioned_deleter, .flags = flags};
        fill_tensor(&managed->tensor, x, dims);
    } else {
        dl_managed *managed = (dl_managed *)(void *)memory;
        *managed = (dl_managed){.context = x, .deleter = plain_deleter};
        fill_tensor(&managed->tensor, x, dims);
    }
    PyObject *capsule = PyCapsule_New(memory, versioned ? versioned_name : plain_name, capsule_destructor);
    if (!capsule) {
        rp_release(x);
        rp_free(memory);
    }
    return capsule;
}

static bool pair_get(PyObject *value, const char *name, long *first, long *second)
{
    if (!PyTuple_Check(value) || PyTuple_Size(value) != 2) {
        PyErr_Format(PyExc_TypeError, "%s must be None or a tuple of two ints", name);
        return false;
    }
    *first = PyLong_AsLong(PyTuple_GetItem(value, 0));
    *second = *first == -1 && PyErr_Occurred() ? -1 : PyLong_AsLong(PyTuple_GetItem(value, 1));
    return !PyErr_Occurred();
}

/* Strides in DLPack count elements, so a view into the parts of wider elements has none. */
static bool has_element_strides(const rp_array *x)
{
    for (int i = 0; i < x->ndim; i++) {
        if (x->strides[i] % (ptrdiff_t)rp_dtype_size((rp_dtype)x->dtype) != 0) {
            return false;
        }
    }
    return true;
}

PyObject *ext_method_dlpack(PyObject *self, EXT_FASTCALL)
{
    static const ext_signature signature = {.count = 4,
                                            .names = {EXT_stream, EXT_max_version, EXT_dl_device, EXT_copy}};
    PyObject *values[4];
    long major = 0, minor = 0, device = DL_CPU, device_id = 0;
    ext_copy copy;
    if (!ext_arguments("__dlpack__", &signature, arguments, given, keywords, values) ||
        (ext_given(values[1]) && !pair_get(values[1], "max_version", &major, &minor)) ||
        (ext_given(values[2]) && !pair_get(values[2], "dl_device", &device, &device_id)) ||
        !ext_copy_get(values[3], &copy)) {
        return NULL;
    }
    if (ext_given(values[0])) {
        PyErr_SetString(PyExc_ValueError, "stream must be None: the array is in the CPU's memory");
        return NULL;
    }
    if (device != DL_CPU || device_id != 0) {
        PyErr_SetString(PyExc_BufferError, "dl_device must be the CPU: (1, 0)");
        return NULL;
    }
    rp_array *x = ext_raw(self), *copied = NULL;
    bool versioned = major >= DL_MAJOR;
    bool must = !has_element_strides(x);
    if (must && copy == EXT_COPY_NEVER) {
        PyErr_SetString(PyExc_BufferError, "copy=False, but DLPack has no strides that are not whole elements");
        return NULL;
    }
    if (must || copy == EXT_COPY_ALWAYS) {
        rp_status status;
        EXT_CALL(status, ext_is_large(x), rp_copy_contiguous(x, &copied));
        return status == RP_OK ? export_array(copied, versioned, DL_IS_COPIED) : ext_error(status);
    }
    if (rp_is_readonly(x) && !versioned) {
        PyErr_SetString(PyExc_BufferError,
                        "the Array is read-only, which DLPack can only say from max_version=(1, 0) on");
        return NULL;
    }
    return export_array(rp_retain(x), versioned, rp_is_readonly(x) ? DL_READ_ONLY : 0);
}

PyObject *ext_method_dlpack_device(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return Py_BuildValue("(ii)", DL_CPU, 0);
}

/* ---- Import ------------------------------------------------------------------------------------------------ */

/* The deleter may run Python code, and be called while an exception is on its way, which stays. */
#define DEFINE_RELEASE(name, managed)                           \
    static void name(void *context)                             \
    {                                                           \
        managed *tensor = context;                              \
        if (tensor->deleter && Py_IsInitialized()) {            \
            PyGILState_STATE state = PyGILState_Ensure();       \
            PyObject *type, *value, *traceback;                 \
            PyErr_Fetch(&type, &value, &traceback);             \
            tensor->deleter(tensor);                            \
            PyErr_Restore(type, value, traceback);              \
            PyGILState_Release(state);                          \
        }                                                       \
    }
DEFINE_RELEASE(release_plain, dl_managed)
DEFINE_RELEASE(release_versioned, dl_versioned)
#undef DEFINE_RELEASE

static bool check_device(int32_t type)
{
    if (type == DL_CPU || type == DL_CUDA_HOST || type == DL_ROCM_HOST || type == DL_CUDA_MANAGED) {
        return true;
    }
    PyErr_Format(PyExc_BufferError, "DLPack: device type %d is not memory that the CPU can read", (int)type);
    return false;
}

static int tensor_dtype(const dl_tensor *tensor)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        int found = codes[i].code == tensor->dtype.code && tensor->dtype.lanes == 1 && tensor->dtype.bits % 8 == 0
                        ? ext_dtype_find(codes[i].kind, tensor->dtype.bits / 8)
                        : -1;
        if (found >= 0) {
            return found;
        }
    }
    PyErr_Format(PyExc_BufferError, "DLPack: unsupported element type (code %d, %d bits, %d lanes)", tensor->dtype.code,
                 tensor->dtype.bits, tensor->dtype.lanes);
    return -1;
}

/* shape and strides of the tensor, in bytes; *strided: whether it has strides. */
static bool read_dims(const dl_tensor *tensor, ptrdiff_t itemsize, ptrdiff_t *shape, ptrdiff_t *strides, bool *strided)
{
    if (tensor->ndim < 0 || tensor->ndim > RP_MAX_NDIM || (tensor->ndim > 0 && !tensor->shape)) {
        PyErr_Format(PyExc_BufferError, "DLPack: %d dimensions, or no shape", (int)tensor->ndim);
        return false;
    }
    *strided = tensor->strides != NULL;
    for (int i = 0; i < tensor->ndim; i++) {
        shape[i] = (ptrdiff_t)tensor->shape[i];
        /* An axis of length 0 or 1 is never stepped along, and some exporters leave nonsense there. */
        int64_t stride = *strided && tensor->shape[i] > 1 ? tensor->strides[i] : 0;
        if (shape[i] != tensor->shape[i] || __builtin_mul_overflow(stride, itemsize, &strides[i])) {
            PyErr_Format(PyExc_BufferError, "DLPack: axis %d reaches past all memory", i);
            return false;
        }
    }
    return true;
}

static rp_array *import_tensor(const dl_tensor *tensor, bool readonly, rp_release_function release, void *context)
{
    ptrdiff_t shape[RP_MAX_NDIM], strides[RP_MAX_NDIM];
    bool strided;
    int dtype = check_device(tensor->device.type) ? tensor_dtype(tensor) : -1;
    if (dtype < 0) {
        return NULL;
    }
    size_t itemsize = rp_dtype_size((rp_dtype)dtype);
    if (!read_dims(tensor, (ptrdiff_t)itemsize, shape, strides, &strided)) {
        return NULL;
    }
    char *data = tensor->data;
    if (tensor->byte_offset > PTRDIFF_MAX || (uintptr_t)data > UINTPTR_MAX - tensor->byte_offset) {
        PyErr_SetString(PyExc_BufferError, "DLPack: byte_offset reaches past all memory");
        return NULL;
    }
    data = data ? data + tensor->byte_offset : NULL;
    if (!ext_check_foreign("DLPack", data, tensor->ndim, shape, strided ? strides : NULL, itemsize)) {
        return NULL;
    }
    rp_array *array = NULL;
    rp_status status = rp_wrap(data ? data : context, (rp_dtype)dtype, tensor->ndim, shape, strided ? strides : NULL,
                               readonly, release, context, &array);
    if (status != RP_OK) {
        ext_error(status);
    }
    return array;
}

/* The array takes the tensor out of the capsule, which its new name tells the capsule's destructor. */
static rp_array *consume(PyObject *capsule)
{
    rp_array *array;
    const char *used;
    if (PyCapsule_IsValid(capsule, versioned_name)) {
        dl_versioned *managed = PyCapsule_GetPointer(capsule, versioned_name);
        if (managed->major != DL_MAJOR) {
            PyErr_Format(PyExc_BufferError, "DLPack: version %u.%u, and only 1.x is understood",
                         (unsigned)managed->major, (unsigned)managed->minor);
            return NULL;
        }
        array = import_tensor(&managed->tensor, managed->flags & DL_READ_ONLY, release_versioned, managed);
        used = versioned_used;
    } else if (PyCapsule_IsValid(capsule, plain_name)) {
        dl_managed *managed = PyCapsule_GetPointer(capsule, plain_name);
        /* The old form cannot say that writing is allowed, so it is not: as NumPy has it. */
        array = import_tensor(&managed->tensor, true, release_plain, managed);
        used = plain_used;
    } else {
        PyErr_Format(PyExc_ValueError, "__dlpack__() gave %R, not an unused DLPack capsule", capsule);
        return NULL;
    }
    if (array) {
        PyCapsule_SetName(capsule, used);
        PyCapsule_SetDestructor(capsule, NULL);
    }
    return array;
}

static bool exporter_is_readable(PyObject *object)
{
    PyObject *device = PyObject_CallMethodObjArgs(object, ext.names[EXT___dlpack_device__], NULL);
    long type = 0, id;
    bool ok = device && pair_get(device, "the result of __dlpack_device__()", &type, &id);
    Py_XDECREF(device);
    return ok && check_device(type < INT32_MIN || type > INT32_MAX ? -1 : (int32_t)type);
}

/* A copy, where one is asked for, is ours to make. */
static PyObject *ask_for_capsule(PyObject *object, ext_copy copy)
{
    PyObject *method = PyObject_GetAttr(object, ext.names[EXT___dlpack__]);
    PyObject *none = method ? PyTuple_New(0) : NULL;
    PyObject *keywords = none ? Py_BuildValue("{s:(ii)}", "max_version", DL_MAJOR, 0) : NULL;
    PyObject *capsule = NULL;
    if (keywords && (copy != EXT_COPY_NEVER || PyDict_SetItem(keywords, ext.names[EXT_copy], Py_False) == 0)) {
        capsule = PyObject_Call(method, none, keywords);
        if (!capsule && PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Clear(); /* from before the versioned form, which took no arguments and never copied */
            capsule = PyObject_CallNoArgs(method);
        }
    }
    Py_XDECREF(keywords);
    Py_XDECREF(none);
    Py_XDECREF(method);
    return capsule;
}

rp_array *ext_from_dlpack(PyObject *object, ext_copy copy)
{
    PyObject *capsule = exporter_is_readable(object) ? ask_for_capsule(object, copy) : NULL;
    rp_array *array = capsule ? consume(capsule) : NULL;
    Py_XDECREF(capsule);
    return array;
}
