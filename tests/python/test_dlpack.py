# SPDX-License-Identifier: BSD-3-Clause
"""Memory shared through DLPack, both ways; and exporters that lie."""

import ctypes
import gc
import weakref
from typing import ClassVar

import numpy as np
import pytest

import raptors

DTYPES = raptors._raptors.DTYPES


def address(x):
    return np.asarray(x).__array_interface__["data"][0]


def numbered(shape, dtype="float64"):
    return np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)


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
