# SPDX-License-Identifier: BSD-3-Clause
"""Memory shared with others: NumPy, the buffer protocol, the array interface, DLPack; and those among them that lie."""

import array
import copy
import ctypes
import gc
import pickle
import subprocess
import sys
import weakref
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import raptors

DTYPES = raptors._raptors.DTYPES


def address(x):
    return np.asarray(x).__array_interface__["data"][0]


def numbered(shape, dtype="float64"):
    return np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)


# ---- NumPy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (3, 4), (2, 0, 3), (2, 3, 4)])
def test_shares_memory_both_ways(dtype, shape):
    a = numbered(shape, dtype)
    r = raptors.asarray(a)
    assert isinstance(r, raptors.Array)
    assert (r.shape, r.dtype, r.strides, r.ndim, r.size) == (a.shape, a.dtype, a.strides, a.ndim, a.size)
    assert r.nbytes == a.nbytes
    assert r.itemsize == a.itemsize
    b = np.asarray(r)
    assert type(b) is np.ndarray
    assert b.dtype == a.dtype
    np.testing.assert_array_equal(a, b)
    if a.size:
        assert address(a) == address(b)
        a[(0,) * a.ndim] = 1
        assert r[(0,) * a.ndim].item() == 1
        b[(-1,) * a.ndim] = 0
        assert not a[(-1,) * a.ndim]


@given(st.data())
def test_shares_memory_whatever_the_strides(data):
    base = numbered((6, 5, 4), "int32")
    key = data.draw(hnp.basic_indices(base.shape, allow_newaxis=True, allow_ellipsis=True, max_dims=6))
    a = base[key]
    if not isinstance(a, np.ndarray):
        a = np.asarray(a)
    a = a.transpose(data.draw(st.permutations(range(a.ndim))))
    r = raptors.asarray(a)
    assert r.shape == a.shape
    np.testing.assert_array_equal(np.asarray(r), a)
    assert not a.size or np.shares_memory(np.asarray(r), a)
    assert [s for n, s in zip(r.shape, r.strides, strict=True) if n > 1] == [
        s for n, s in zip(a.shape, a.strides, strict=True) if n > 1
    ]


def test_broadcast_and_misaligned_memory():
    a = np.broadcast_to(np.arange(3.0), (4, 3))
    r = raptors.asarray(a)
    assert r.strides == (0, 8)
    assert r.readonly
    raw = np.zeros(8 * 5 + 1, "u1")
    odd = raw[1:].view("f8")
    odd[:] = range(5)
    r = raptors.asarray(odd)
    assert address(r) % 8 == address(raw) % 8 + 1 or address(r) == address(odd)
    np.testing.assert_array_equal(r + 1, odd + 1)


def test_readonly_is_respected():
    a = np.arange(4.0)
    a.flags.writeable = False
    r = raptors.asarray(a)
    assert r.readonly
    assert not np.asarray(r).flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        r[0] = 1
    assert not raptors.asarray(np.arange(4.0)).readonly


def test_numpy_memory_outlives_its_array():
    a = np.arange(10.0)
    gone = weakref.ref(a)
    r = raptors.asarray(a)
    view = r[2:5]
    del a, r
    gc.collect()
    assert gone() is not None
    assert view.tolist() == [2.0, 3.0, 4.0]
    del view
    gc.collect()
    assert gone() is None


def test_our_memory_outlives_its_array():
    r = raptors.arange(1000.0)
    gone = weakref.ref(r)
    b = np.asarray(r)[::2]
    del r
    gc.collect()
    assert gone() is not None
    np.testing.assert_array_equal(b, np.arange(0, 1000.0, 2))
    del b
    gc.collect()
    assert gone() is None


def test_results_do_not_hold_operands():
    a = np.arange(4.0)
    gone = weakref.ref(a)
    result = raptors.asarray(a) + 1
    del a
    gc.collect()
    assert gone() is None
    assert result.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("value", [np.float64(1.5), np.float32(1.5), np.int8(-3), np.bool_(True), np.complex64(1j)])
def test_numpy_numbers(value):
    r = raptors.asarray(value)
    assert (r.shape, r.dtype, r.item()) == ((), value.dtype, value.item())


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_subclass_and_longlong():
    assert raptors.asarray(np.matrix([[1, 2]])).shape == (1, 2)
    assert raptors.asarray(np.array([1], "q")).dtype == "int64"
    assert raptors.asarray([1], dtype=np.longlong).dtype == "int64"


@pytest.mark.parametrize("dtype", [">f8", ">i2", ">c8"])
def test_other_byte_order_is_copied(dtype):
    a = np.arange(4).astype(dtype)
    r = raptors.asarray(a)
    assert r.dtype == a.dtype.newbyteorder("=")
    np.testing.assert_array_equal(np.asarray(r), a)
    with pytest.raises(ValueError, match="copy=False"):
        raptors.asarray(a, copy=False)


@pytest.mark.parametrize("dtype", ["O", "S3", "U3", "M8[s]", "m8[s]", "g", "V4", [("x", "f4")]])
def test_unsupported_dtype_is_named(dtype):
    a = np.zeros(2, dtype)
    with pytest.raises(TypeError, match="unsupported dtype") as caught:
        raptors._raptors.asarray(a)
    assert str(a.dtype) in str(caught.value)
    with pytest.raises(TypeError):
        raptors._raptors.empty(2, dtype=dtype)
    assert raptors.asarray(a) is a  # NumPy has it
    assert raptors.empty(2, dtype=dtype).dtype == a.dtype


def test_copy_argument():
    a = np.arange(3.0)
    assert address(raptors.asarray(a, copy=False)) == address(a)
    assert address(raptors.asarray(a, copy=True)) != address(a)
    r = raptors.asarray(a)
    assert raptors.asarray(r) is r
    assert raptors.asarray(r, copy=False) is r
    assert address(raptors.asarray(r, copy=True)) != address(r)
    assert address(raptors.asarray(r, dtype="float32")) != address(r)
    for source in (r, [1.0], 1.0):
        with pytest.raises(ValueError, match="copy=False"):
            raptors.asarray(source, dtype="float32", copy=False)


def test_array_method():
    r = raptors.arange(3.0)
    assert address(r.__array__()) == address(r)
    assert r.__array__("float32").dtype == "float32"
    assert address(np.array(r)) != address(r)
    assert address(np.array(r, copy=None)) == address(r)
    assert address(np.asarray(r, copy=False)) == address(r)
    assert np.asarray(r, dtype="int8").tolist() == [0, 1, 2]
    assert address(r.__array__(copy=True)) != address(r)
    with pytest.raises(ValueError, match="copy=False"):
        r.__array__("int8", copy=False)


def test_pickle_copy_and_hash():
    r = raptors.asarray(np.arange(6, dtype="int16").reshape(2, 3)[:, ::-1])
    for other in (pickle.loads(pickle.dumps(r)), copy.copy(r), copy.deepcopy(r), r.copy()):
        assert isinstance(other, raptors.Array)
        assert other.dtype == r.dtype
        assert other.tolist() == r.tolist()
        assert address(other) != address(r)
    with pytest.raises(TypeError, match="unhashable"):
        hash(r)
    with pytest.raises(TypeError):
        raptors.Array()


def test_repr_and_str():
    for a in (np.arange(3.0), np.arange(3, dtype="float32"), np.zeros((2, 0)), np.array(5), np.arange(2000)):
        assert repr(raptors.asarray(a)) == "A" + repr(a)[1:]
        assert str(raptors.asarray(a)) == str(a)
    matrix = np.arange(6, dtype="uint8").reshape(2, 3)
    assert repr(raptors.asarray(matrix)) == "Array([[0, 1, 2],\n       [3, 4, 5]], dtype=uint8)"
    assert f"{raptors.asarray(2.5):.2f}" == "2.50"


# ---- The buffer protocol ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", "bBhHiIlLqQfd")
def test_buffers_in(code):
    source = array.array(code, [1, 2, 3])
    r = raptors.asarray(source)
    assert r.dtype == np.asarray(source).dtype
    assert r.tolist() == [1, 2, 3]
    r[0] = 7
    assert source[0] == 7
    with pytest.raises(BufferError):
        source.append(1)  # its memory is in use
    del r
    source.append(1)


def test_buffer_kinds():
    assert raptors.asarray(bytearray(b"abc")).tolist() == [97, 98, 99]
    assert raptors.asarray(memoryview(b"abc")).readonly
    assert raptors.asarray(memoryview(bytearray(24)).cast("d", (3, 1))).shape == (3, 1)
    assert raptors.asarray(memoryview(np.arange(6.0))[::-2]).tolist() == [5.0, 3.0, 1.0]
    assert raptors.asarray((ctypes.c_int32 * 3)(1, 2, 3)).tolist() == [1, 2, 3]
    assert raptors.asarray((ctypes.c_double.__ctype_be__ * 2)(1, 2)).tolist() == [1.0, 2.0]
    for bad in (b"abc", "abc", memoryview(b"abc").cast("c"), array.array("u", "ab")):
        with pytest.raises(TypeError, match="unsupported dtype"):
            raptors._raptors.asarray(bad)


@pytest.mark.parametrize("dtype", DTYPES)
def test_buffer_out(dtype):
    r = raptors.zeros((2, 3), dtype)
    view = memoryview(r)
    assert (view.shape, view.strides, view.itemsize, view.readonly) == (r.shape, r.strides, r.itemsize, False)
    assert view.format == memoryview(np.zeros(1, dtype)).format
    assert view.nbytes == r.nbytes
    assert memoryview(r.T).strides == r.T.strides
    assert bytes(memoryview(raptors.asarray(np.arange(3, dtype="i1")))) == b"\0\1\2"


def test_buffer_out_refuses():
    testbuffer = pytest.importorskip("_testbuffer")
    r = raptors.zeros((3, 4))
    readonly = raptors.broadcast_to(r, (2, 3, 4))
    for array_, flags in ((readonly, testbuffer.PyBUF_WRITABLE), (r.T, testbuffer.PyBUF_SIMPLE),
                          (r.T, testbuffer.PyBUF_C_CONTIGUOUS), (r, testbuffer.PyBUF_F_CONTIGUOUS),
                          (r[:, ::2], testbuffer.PyBUF_ANY_CONTIGUOUS), (r[:, ::2], testbuffer.PyBUF_ND)):  # fmt: skip
        with pytest.raises(BufferError):
            testbuffer.ndarray(array_, getbuf=flags)
    testbuffer.ndarray(r.T, getbuf=testbuffer.PyBUF_F_CONTIGUOUS)
    testbuffer.ndarray(r, getbuf=testbuffer.PyBUF_SIMPLE)


def test_buffer_with_suboffsets_is_refused():
    testbuffer = pytest.importorskip("_testbuffer")
    pil = testbuffer.ndarray(list(range(12)), shape=[3, 4], format="i", flags=testbuffer.ND_PIL)
    with pytest.raises(BufferError, match="suboffsets"):
        raptors.asarray(pil)


# ---- __array_interface__ ---------------------------------------------------------------------------------------------


class Interface:
    def __init__(self, **changes):
        self.owner = np.arange(12.0).reshape(3, 4)
        self.__array_interface__ = {**self.owner.__array_interface__, **changes}


def test_interface_out():
    r = raptors.asarray(np.arange(12.0).reshape(3, 4).T)
    ours, theirs = r.__array_interface__, np.asarray(r).__array_interface__
    assert ours["version"] == 3
    assert {key: ours[key] for key in ("shape", "strides", "typestr", "data")} == {
        key: theirs[key] for key in ("shape", "strides", "typestr", "data")
    }


def test_interface_in():
    source = Interface()
    r = raptors.asarray(source)
    assert address(r) == address(source.owner)
    gone = weakref.ref(source.owner)
    del source
    gc.collect()
    assert gone() is not None
    assert r.shape == (3, 4)
    assert raptors.asarray(Interface(strides=(8, 24), shape=(3, 4))).strides == (8, 24)
    assert raptors.asarray(Interface(data=bytearray(96))).tolist() == [[0.0] * 4] * 3
    assert raptors.asarray(Interface(data=bytes(96))).readonly
    assert raptors.asarray(Interface(data=bytearray(100), offset=4, shape=(12,))).shape == (12,)
    assert raptors.asarray(Interface(typestr=">f8")).dtype == "float64"
    assert raptors.asarray(Interface(shape=(0, 4), data=(0, False))).shape == (0, 4)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"typestr": "f8"}, ValueError),
        ({"typestr": None}, ValueError),
        ({"typestr": 3}, ValueError),
        ({"typestr": "<f99999999999999"}, ValueError),
        ({"typestr": "<f3"}, TypeError),
        ({"typestr": "|O8"}, TypeError),
        ({"typestr": "<M8"}, TypeError),
        ({"shape": None}, ValueError),
        ({"shape": 3}, ValueError),
        ({"shape": (-1, 4)}, (ValueError, BufferError)),
        ({"shape": ("a", 4)}, ValueError),
        ({"shape": (2**70,)}, OverflowError),
        ({"shape": (2**62, 8)}, (BufferError, OverflowError)),
        ({"shape": (1,) * 65}, ValueError),
        ({"strides": (8,)}, ValueError),
        ({"strides": (2**62, 8)}, BufferError),
        ({"strides": "abc"}, ValueError),
        ({"data": (0, False)}, (ValueError, BufferError)),
        ({"data": (None, False)}, ValueError),
        ({"data": (1, 2, 3)}, ValueError),
        ({"data": (2**70, False)}, (ValueError, OverflowError)),
        ({"data": bytearray(95)}, ValueError),
        ({"data": bytearray(96), "offset": 1}, ValueError),
        ({"data": bytearray(96), "offset": -8}, ValueError),
        ({"data": bytearray(96), "offset": 97}, ValueError),
        ({"data": bytearray(96), "strides": (-32, 8)}, ValueError),
        ({"data": bytearray(96), "strides": (64, 8)}, ValueError),
        ({"data": 3.5}, ValueError),
        ({"mask": np.ones(3, bool)}, TypeError),
    ],
)
def test_interface_that_lies(changes, error):
    with pytest.raises(error):
        raptors._raptors.asarray(Interface(**changes))


def test_interface_and_struct_of_another_kind():
    class Broken:
        __array_interface__ = 3

    class Raising:
        @property
        def __array_interface__(self):
            raise RuntimeError("no")

    class Struct:
        __array_struct__ = 5

    with pytest.raises(ValueError, match="dict"):
        raptors.asarray(Broken())
    with pytest.raises(RuntimeError, match="no"):
        raptors.asarray(Raising())
    with pytest.raises(ValueError, match="capsule"):
        raptors.asarray(Struct())


# ---- DLPack ----------------------------------------------------------------------------------------------------------


class DLTensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class Managed(ctypes.Structure):
    _fields_ = [("tensor", DLTensor), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]


class Versioned(ctypes.Structure):
    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("context", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("tensor", DLTensor),
    ]


Deleter = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
capsule_name = ctypes.pythonapi.PyCapsule_GetName
capsule_name.restype = ctypes.c_char_p
capsule_name.argtypes = [ctypes.py_object]


class Exporter:
    """A DLPack exporter whose every field can be set."""

    every: ClassVar[list] = []  # a tensor belongs to whoever took it, for as long as that lives

    def __init__(
        self, versioned=True, name=None, device=(1, 0), shape=(2, 3), strides=None, major=1, flags=0, **tensor
    ):
        self.memory = np.arange(6.0)
        self.shape = (ctypes.c_int64 * max(len(shape), 1))(*shape) if shape is not None else None
        self.strides = (ctypes.c_int64 * max(len(strides), 1))(*strides) if strides is not None else None
        self.managed = (Versioned if versioned else Managed)()
        fields = {"data": self.memory.ctypes.data, "device_type": 1, "ndim": len(shape or ()), "code": 2, "bits": 64,
                  "lanes": 1} | tensor  # fmt: skip
        for key, value in fields.items():
            setattr(self.managed.tensor, key, value)
        if self.shape is not None:
            self.managed.tensor.shape = ctypes.cast(self.shape, ctypes.POINTER(ctypes.c_int64))
        if self.strides is not None:
            self.managed.tensor.strides = ctypes.cast(self.strides, ctypes.POINTER(ctypes.c_int64))
        if versioned:
            self.managed.major, self.managed.flags = major, flags
        self.deleted = []
        self.deleter = Deleter(self.deleted.append)
        self.managed.deleter = ctypes.cast(self.deleter, ctypes.c_void_p)
        self.device = device
        self.name = name or (b"dltensor_versioned" if versioned else b"dltensor")
        self.capsule = new_capsule(ctypes.addressof(self.managed), self.name, None)
        self.every.append(self)

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, **kwargs):
        return self.capsule


@pytest.mark.parametrize("versioned", [False, True])
def test_dlpack_in(versioned):
    source = Exporter(versioned)
    r = raptors.from_dlpack(source)
    assert address(r) == source.memory.ctypes.data
    assert r.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert r.readonly is not versioned
    assert capsule_name(source.capsule) == b"used_" + source.name
    with pytest.raises(ValueError, match="unused DLPack capsule"):
        raptors.from_dlpack(source)
    view = r[1]
    del r
    gc.collect()
    assert source.deleted == []
    del view
    gc.collect()
    assert source.deleted == [ctypes.addressof(source.managed)]


def test_dlpack_in_details():
    assert raptors.from_dlpack(Exporter(flags=1)).readonly
    assert raptors.from_dlpack(Exporter(strides=(1, 2))).tolist() == [[0, 2, 4], [1, 3, 5]]
    assert raptors.from_dlpack(Exporter(byte_offset=8, shape=(5,))).tolist() == [1, 2, 3, 4, 5]
    assert raptors.from_dlpack(Exporter(shape=(), ndim=0)).item() == 0.0
    assert raptors.from_dlpack(Exporter(shape=(0, 3), data=None)).shape == (0, 3)
    assert raptors.from_dlpack(Exporter(shape=(1, 6), strides=(2**62, 1))).shape == (1, 6)
    assert raptors.asarray(Exporter()).shape == (2, 3)
    no_deleter = Exporter()
    no_deleter.managed.deleter = None
    assert raptors.from_dlpack(no_deleter).shape == (2, 3)
    copied = Exporter()
    assert address(raptors.from_dlpack(copied, copy=True)) != copied.memory.ctypes.data
    assert len(copied.deleted) == 1


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize(
    "lie",
    [
        {"ndim": -1},
        {"ndim": 65, "shape": (1,) * 65},
        {"ndim": 2**31 - 1},
        {"shape": None, "ndim": 2},
        {"shape": (-2, 3)},
        {"shape": (2**62, 2**62)},
        {"shape": (2**60,)},
        {"shape": (2, 3), "strides": (2**62, 1)},
        {"shape": (2, 3), "strides": (-(2**63), 1)},
        {"shape": (2, 2**40), "strides": (2**59, 2**40)},
        {"data": None},
        {"byte_offset": 2**64 - 1},
        {"lanes": 4},
        {"lanes": 0},
        {"bits": 80},
        {"bits": 0},
        {"bits": 7},
        {"code": 77},
        {"code": 4, "bits": 16},
        {"code": 6, "bits": 1},
        {"device_type": 2},
        {"device": (2, 0)},
        {"device": (-7, 0)},
        {"device": (2**40, 0)},
    ],
)
def test_dlpack_that_lies(versioned, lie):
    source = Exporter(versioned, **lie)
    with pytest.raises((BufferError, ValueError)):
        raptors.from_dlpack(source)
    assert source.deleted == []
    assert capsule_name(source.capsule) == source.name  # still its owner's


def test_dlpack_of_another_kind():
    with pytest.raises(BufferError, match="version"):
        raptors.from_dlpack(Exporter(major=2))
    with pytest.raises(ValueError, match="capsule"):
        raptors.from_dlpack(Exporter(name=b"something"))

    class NotCapsule(Exporter):
        def __dlpack__(self, **kwargs):
            return 3

    class Raising(Exporter):
        def __dlpack__(self, **kwargs):
            raise BufferError("not today")

    class OldSignature(Exporter):
        def __dlpack__(self):
            return self.capsule

    with pytest.raises(ValueError, match="capsule"):
        raptors.from_dlpack(NotCapsule())
    with pytest.raises(BufferError, match="not today"):
        raptors.from_dlpack(Raising())
    assert raptors.from_dlpack(OldSignature(versioned=False)).shape == (2, 3)
    with pytest.raises(AttributeError):
        raptors.from_dlpack([1, 2])
    for device in (None, (1,), "ab", (1, "x")):
        with pytest.raises(TypeError):
            raptors._raptors.from_dlpack(Exporter(device=device))


@pytest.mark.parametrize("dtype", DTYPES)
def test_dlpack_with_numpy(dtype):
    a = numbered((3, 4), dtype)[:, ::-2]
    r = raptors.from_dlpack(a)
    assert address(r) == address(a)
    assert r.dtype == a.dtype
    np.testing.assert_array_equal(np.asarray(r), a)
    b = np.from_dlpack(r.T)
    assert address(b) == address(a)
    np.testing.assert_array_equal(b, a.T)
    assert b.flags.writeable == (not r.readonly)


def test_dlpack_out():
    r = raptors.arange(6.0)
    assert r.__dlpack_device__() == (1, 0)
    assert capsule_name(r.__dlpack__()) == b"dltensor"
    assert capsule_name(r.__dlpack__(max_version=(0, 8))) == b"dltensor"
    assert capsule_name(r.__dlpack__(max_version=(1, 0), dl_device=(1, 0), copy=False)) == b"dltensor_versioned"
    assert capsule_name(r.__dlpack__(max_version=(7, 3), copy=True)) == b"dltensor_versioned"
    readonly = raptors.broadcast_to(r, (2, 6))
    with pytest.raises(BufferError, match="read-only"):
        readonly.__dlpack__()
    assert not np.from_dlpack(readonly).flags.writeable
    for bad, error in (({"stream": 1}, ValueError), ({"dl_device": (2, 0)}, BufferError), ({"dl_device": 1}, TypeError),
                       ({"max_version": 1}, TypeError), ({"max_version": ("a", 1)}, TypeError)):  # fmt: skip
        with pytest.raises(error):
            r.__dlpack__(**bad)


def test_dlpack_parts_of_complex_are_copied():
    parts = raptors.asarray(np.arange(3) * (1 + 2j)).imag
    assert np.from_dlpack(parts).tolist() == [0, 2, 4]
    odd = raptors.asarray(np.zeros(4, [("a", "i1"), ("b", "f4")])["b"])
    assert np.from_dlpack(odd).tolist() == [0] * 4
    with pytest.raises(BufferError, match="copy=False"):
        odd.__dlpack__(max_version=(1, 0), copy=False)


def test_unused_capsules_free_their_tensor():
    a = np.arange(3.0)
    gone = weakref.ref(a)
    r = raptors.asarray(a)
    capsules = [r.__dlpack__(), r.__dlpack__(max_version=(1, 0))]
    del a, r
    gc.collect()
    assert gone() is not None
    del capsules
    gc.collect()
    assert gone() is None


# ---- The end of the interpreter --------------------------------------------------------------------------------------


def test_arrays_alive_at_exit():
    code = (
        "import numpy, raptors, sys\n"
        "a = numpy.arange(5.0)\n"
        "sys.keep = [raptors.asarray(a), raptors.asarray(bytearray(8)), raptors.from_dlpack(a), raptors.ones(3)]\n"
        "import builtins; builtins.keep = [numpy.asarray(x) for x in sys.keep]\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
