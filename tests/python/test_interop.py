# SPDX-License-Identifier: BSD-3-Clause
"""Memory shared with others: NumPy, the buffer protocol, the array interface; and those among them that lie."""

import array
import copy
import ctypes
import gc
import pickle
import subprocess
import sys
import weakref

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
    for make in (raptors.array, raptors.asarray):
        for options in ({"copy": False}, {"copy": None}, {"copy": False, "dtype": "float64"}):
            assert make(r, **options) is r
    assert address(raptors.array(r)) != address(r)
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


@pytest.mark.parametrize("make", [lambda m: m.zeros(0), lambda m: m.zeros(6)[::2][:0], lambda m: m.asarray(np.zeros(0)),
                                  lambda m: m.zeros((0, 3)).T, lambda m: m.zeros((3, 0))])  # fmt: skip
def test_empty_buffers_are_contiguous(make):
    for order in ("contiguous", "c_contiguous", "f_contiguous"):
        assert getattr(memoryview(make(raptors)), order) == getattr(memoryview(make(np)), order)


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
