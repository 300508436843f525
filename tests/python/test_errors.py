# SPDX-License-Identifier: BSD-3-Clause
"""Bad input: the right exception, a message that says what is wrong, and the arguments as they were."""

import contextlib
import os
import subprocess
import sys

import numpy as np
import pytest

import raptors as package
from raptors import _raptors as raptors  # the functions before NumPy's stand behind them

OPERATIONS = raptors.OPERATIONS
BINARY = [name for name, _, inputs, reduction in OPERATIONS if inputs == 2 and not reduction]
UNARY = [name for name, _, inputs, reduction in OPERATIONS if inputs == 1 and not reduction]
REDUCTIONS = [name for name, _, _, reduction in OPERATIONS if reduction]
WITHOUT_IDENTITY = ["min", "max", "argmin", "argmax"]


def a_type_for(name):
    """An element type that the operation takes."""
    return "int64" if name.startswith("bitwise") or name == "ldexp" else "float64"


def fails(error, function, *arguments, match=None, **keywords):
    """The call raises `error` and leaves every array among its arguments as it was."""
    arrays = [one for one in (*arguments, *keywords.values()) if isinstance(one, raptors.Array | np.ndarray)]
    before = [np.array(one) for one in arrays]
    described = [(one.shape, one.dtype, one.strides) for one in arrays]
    with pytest.raises(error, match=match) as caught:
        function(*arguments, **keywords)
    assert str(caught.value)
    assert [(one.shape, one.dtype, one.strides) for one in arrays] == described
    for one, was in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(np.asarray(one), was)


# ---- Shapes and types of new arrays ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [raptors.empty, raptors.zeros, raptors.ones, lambda shape, **k: raptors.full(shape, 1, **k)]
)
def test_creation(make):
    for shape, error in ((-1, ValueError), ((2, -3), ValueError), ((1,) * 65, ValueError), ((0, -1), ValueError),
                         ((2**62, 8), OverflowError), ((2**63 - 1,), OverflowError), (2**80, OverflowError),
                         ((2**40,) * 3, OverflowError), (1.5, TypeError), ("ab", TypeError), (None, TypeError),
                         ((1, "b"), TypeError), ((2.0, 2), TypeError), (raptors.ones(2), TypeError)):  # fmt: skip
        fails(error, make, shape)
    for dtype in ("object", "S1", "datetime64[s]", "longdouble", "nonsense", object(), 3.5, [("x", "f4")], ">f8"):
        fails(TypeError, make, 2, dtype=dtype)
    fails(ValueError, make, 2, device="gpu")
    fails(TypeError, make, 2, nonsense=1)
    fails(TypeError, make)


def test_memory_that_there_is_not():
    fails(MemoryError, raptors.empty, (2**30, 2**20))


def test_ranges():
    fails(ZeroDivisionError, raptors.arange, 0, 5, 0)
    fails(OverflowError, raptors.arange, 0, 2**62, 1e-300)
    fails((ValueError, OverflowError), raptors.arange, 0, float("inf"))
    fails((ValueError, OverflowError), raptors.arange, 0, float("nan"))
    fails(OverflowError, raptors.arange, 2**70)
    fails(TypeError, raptors.arange, "a")
    fails(TypeError, raptors.arange, raptors.ones(3))
    fails(TypeError, raptors.arange)
    fails(ValueError, raptors.linspace, 0, 1, -1)
    fails(TypeError, raptors.linspace, 0, 1, 2.5)
    fails(TypeError, raptors.linspace, 0, 1, 5, dtype="int32")
    fails(ValueError, raptors.eye, -1)
    fails(OverflowError, raptors.eye, 2**40)
    fails(TypeError, raptors.eye, 2.5)


def test_values_that_do_not_fit():
    for make in (lambda: raptors.full(2, 300, dtype="uint8"), lambda: raptors.full_like(raptors.ones(2, "int8"), -129),
                 lambda: raptors.asarray(2**64), lambda: raptors.asarray([300], dtype="uint8"),
                 lambda: raptors.asarray(-1, dtype="uint64"), lambda: raptors.ones(2, "int8").fill(128)):  # fmt: skip
        fails(OverflowError, make)
    x = raptors.ones(2, "int8")
    for value, error in ((1j, TypeError), (float("nan"), ValueError), (float("inf"), OverflowError),
                         (300.7, OverflowError), (1e30, OverflowError), (-1e30, OverflowError), (2**70, OverflowError)):  # fmt: skip
        fails(error, raptors.asarray, value, dtype="int8")
        fails(error, raptors.full, 2, value, dtype="int8")
        fails(error, x.fill, value)
        fails(error, x.__setitem__, 0, value)
        fails(error, x.__setitem__, [0], value)
        fails(error, x.__setitem__, ..., [value, value])
    fails(TypeError, raptors.asarray, 1j, dtype="float64")
    fails(TypeError, raptors.ones(2).__setitem__, 0, 1j)
    fails(OverflowError, raptors.asarray, -1.0, dtype="uint64")
    assert raptors.asarray(2.0**63, dtype="uint64").item() == 2**63


# ---- Elementwise -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    function, dtype = getattr(raptors, name), a_type_for(name)
    x, y = raptors.ones((2, 3), dtype), raptors.ones((2, 4), dtype)
    fails(ValueError, function, x, y, match="broadcast")
    fails(TypeError, function, x)
    fails(TypeError, function, x, x, x, x)
    fails(TypeError, function, x, x, None, None)
    fails(TypeError, function, x, x, nonsense=1)
    fails(TypeError, function, x, x, None, out=None)
    fails(TypeError, function, x, x2=x)
    for bad in (None, "text", object(), b"bytes", {1: 2}, np.array([None]), np.array("a"), np.zeros(3, "M8[s]"), {1.0}):
        fails(TypeError, function, x, bad)
        fails(TypeError, function, bad, x)
    fails(ValueError, function, x, [[1, 2], [3]])


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    function, x = getattr(raptors, name), raptors.ones((2, 3), a_type_for(name))
    fails(TypeError, function)
    fails(TypeError, function, x, None, None)
    fails(TypeError, function, x=x)
    for bad in (None, "text", object(), np.array([None])):
        fails(TypeError, function, bad)


@pytest.mark.parametrize("name", BINARY + UNARY)
def test_out(name):
    function, dtype = getattr(raptors, name), a_type_for(name)
    operands = [raptors.ones((2, 3), dtype)] * (2 if name in BINARY else 1)
    result = function(*operands)
    for shape in ((3, 2), (2, 3, 1), (1, 2, 3), (3,), (2, 0), ()):
        fails(ValueError, function, *operands, out=raptors.empty(shape, result.dtype), match="shape")
        fails(ValueError, function, *operands, out=np.empty(shape, result.dtype), match="shape")
    readonly = np.ones((2, 3), result.dtype)
    readonly.flags.writeable = False
    fails(ValueError, function, *operands, out=readonly, match="read-only")
    fails(ValueError, function, *operands, out=raptors.asarray(readonly), match="read-only")
    fails(ValueError, function, *operands, out=raptors.broadcast_to(raptors.ones(1, result.dtype), (2, 3)))
    if result.dtype != bool:
        fails(TypeError, function, *operands, out=raptors.ones((2, 3), "bool"), match="same_kind")
    for bad in ([[0] * 3] * 2, 3.0, "text", object(), (operands[0], operands[0]), ()):
        fails(TypeError, function, *operands, out=bad)
    fails(TypeError, function, *operands, out=np.zeros((2, 3), object))
    if result.itemsize > 1:  # another byte order is written too, by the same rules
        swapped = result.dtype.newbyteorder()
        out = np.zeros((2, 3), swapped)
        assert function(*operands, out=out) is out
        np.testing.assert_array_equal(out, np.asarray(result))
        fails(ValueError, function, *operands, out=np.zeros((3, 2), swapped), match="shape")
        readonly = np.ones((2, 3), swapped)
        readonly.flags.writeable = False
        fails(ValueError, function, *operands, out=readonly, match="read-only")
        fails(TypeError, function, *operands, out=np.ones((2, 3), ">i2" if result.dtype.kind == "f" else ">u2"))


def test_types_without_a_loop():
    for name, dtype in (("bitwise_and", "float32"), ("bitwise_invert", "complex64"), ("bitwise_left_shift", "float64"),
                        ("floor", "complex64"), ("remainder", "complex128"), ("signbit", "complex64"),
                        ("subtract", "bool"), ("negative", "bool")):  # fmt: skip
        x = raptors.ones(3, dtype)
        fails(TypeError, getattr(raptors, name), *[x] * (2 if name in BINARY else 1))


def test_where():
    x = raptors.ones(3)
    fails(ValueError, raptors.where, raptors.ones(2), x, x, match="broadcast")
    fails(TypeError, raptors.where, x)
    fails(TypeError, raptors.where, x, x, "text")
    fails(TypeError, raptors.where, "text", x, x)
    fails(ValueError, raptors.where, x, x, x, out=raptors.ones(4))
    fails(TypeError, raptors.where, x, x, x, out=raptors.ones(3, "int8"))
    fails(OverflowError, raptors.where, x, raptors.ones(3, "uint8"), 300)


# ---- Reductions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    x = raptors.ones((2, 3))
    for function in (getattr(raptors, name), lambda x, **k: getattr(x, name)(**k)):
        for axis in (2, -3, 2**40, -(2**40), 2**80):
            fails(np.exceptions.AxisError, function, x, axis=axis)
        one_axis = name in ("argmin", "argmax")
        fails(TypeError if one_axis else np.exceptions.AxisError, function, x, axis=(0, 5))
        for axis in ((0, 0), (0, -2), (0,) * 70):
            fails(TypeError if one_axis else ValueError, function, x, axis=axis)
        for axis in ((0,), (), (0, 1)) if one_axis else ():
            fails(TypeError, function, x, axis=axis)
        for axis in ("a", 1.5, (0, "a"), object()):
            fails(TypeError, function, x, axis=axis)
        fails(TypeError, function, x, nonsense=1)
        fails(ValueError, function, x, axis=0, out=raptors.empty(2, function(x).dtype), match="shape")
        fails(ValueError, function, x, out=raptors.empty((2, 3), function(x).dtype), match="shape")
        fails(TypeError, function, x, out=3)
        out = np.zeros((), function(x).dtype)
        out.flags.writeable = False
        fails(ValueError, function, x, out=out, match="read-only")
        if name in WITHOUT_IDENTITY:
            fails(ValueError, function, raptors.ones(0))
            fails(ValueError, function, raptors.ones((0, 3)), axis=0)
            fails(TypeError, function, x, dtype="float32")
        elif name in ("any", "all", "count_nonzero"):
            fails(TypeError, function, x, dtype="float32")
        else:
            fails(TypeError, function, x, dtype="nonsense")
            fails(TypeError, getattr(raptors, name), x, dtype="float32", out=raptors.ones((), "int8"))
            fails(ValueError, function, x, dtype="float32", out=raptors.ones((1,), "float32"))
    fails(TypeError, getattr(raptors, name))
    fails(TypeError, getattr(raptors, name), "text")
    fails(TypeError, getattr(raptors, name), x, 0, 1)


def test_reduction_results_where_allowed():
    assert raptors.max(raptors.ones((0, 3)), axis=1).shape == (0,)
    assert raptors.sum(raptors.ones((0, 3)), axis=0).tolist() == [0, 0, 0]
    assert raptors.sum(raptors.ones((2, 3)), axis=()).shape == (2, 3)
    assert raptors.sum(raptors.asarray([200, 100], dtype="uint8"), dtype="uint8").item() == 44
    assert raptors.mean(raptors.asarray([1, 2]), dtype="float32").dtype == "float32"
    out = raptors.zeros((), "float64")
    assert raptors.sum(raptors.ones(3), dtype="float32", out=out) is out
    assert out.item() == 3.0


# ---- Shapes ----------------------------------------------------------------------------------------------------------


def test_shaping():
    x = raptors.asarray(np.arange(6.0).reshape(2, 3))
    for shape, error in ((4, ValueError), ((-1, -1), ValueError), ((-1, 4), ValueError), ((-2, 3), ValueError),
                         ((2**62, 2**62), (ValueError, OverflowError)), ("a", TypeError), (1.5, TypeError),
                         ((0, -1), ValueError), ((1,) * 64 + (6,), ValueError), (2**70, OverflowError)):  # fmt: skip
        fails(error, raptors.reshape, x, shape)
        fails(error, x.reshape, shape)
    fails(ValueError, raptors.reshape, x.T, 6, copy=False)
    fails(TypeError, raptors.reshape, x)
    fails(TypeError, x.reshape)
    fails(TypeError, x.reshape, 6, shape=6)
    for axes, error in (((0,), ValueError), ((0, 1, 2), ValueError), ((0, 0), ValueError), ((0, 2), np.exceptions.AxisError),
                        ((0, -3), np.exceptions.AxisError), ("ab", TypeError), ((0, "a"), TypeError),
                        ((0.0, 1.0), TypeError)):  # fmt: skip
        fails(error, raptors.permute_dims, x, axes)
        fails(error, x.transpose, axes)
    fails(TypeError, raptors.permute_dims, x)
    fails(ValueError, raptors.squeeze, x, 0)
    fails(np.exceptions.AxisError, raptors.squeeze, x, 2)
    fails(ValueError, raptors.squeeze, raptors.ones((1, 1)), (0, 0))
    fails(np.exceptions.AxisError, raptors.expand_dims, x, axis=3)
    fails(np.exceptions.AxisError, raptors.expand_dims, x, axis=-4)
    fails(ValueError, raptors.expand_dims, x, axis=(0, 0))
    fails(TypeError, raptors.expand_dims, x, axis="a")
    fails(ValueError, raptors.expand_dims, raptors.ones((1,) * 64), axis=0)
    for shape in ((3, 2), (3,), (2, 4), (-1, 3), (2, 2, 4), (1,) * 65):
        fails(ValueError, raptors.broadcast_to, x, shape)
    fails(ValueError, raptors.broadcast_arrays, x, raptors.ones(4))
    fails(TypeError, raptors.broadcast_arrays, x, "a")
    fails(ValueError, lambda: raptors.ones(3).mT)


def test_joining():
    x, y = raptors.ones((2, 3)), raptors.ones((3, 3))
    for function in (raptors.concat, raptors.stack):
        fails(ValueError, function, [])
        fails(np.exceptions.AxisError, function, [x, x], axis=3)
        fails(np.exceptions.AxisError, function, [x, x], axis=-4)
        fails(TypeError, function, [x, x], axis="a")
        fails(TypeError, function, [x, "a"])
        fails(TypeError, function, 3)
        fails(TypeError, function, [x, None])
        fails(ValueError, function, [x, x], out=raptors.ones(3))
    fails(ValueError, raptors.concat, [x, y], axis=1)
    fails(ValueError, raptors.concat, [x, raptors.ones(3)])
    fails(ValueError, raptors.concat, [1, 2])
    fails(ValueError, raptors.stack, [x, y])


def test_selecting():
    x = raptors.arange(6.0).reshape(2, 3)
    fails(IndexError, raptors.take, x, [6])
    fails(IndexError, raptors.take, x, [-7])
    fails(IndexError, raptors.take, x, [0, 3], axis=1)
    for beyond in (2**63, 2**64 - 6, 2**64 - 1):  # not one from the end, as it would be in 64 signed bits
        index = np.array([0, beyond], dtype="uint64")
        fails(IndexError, raptors.take, x, index)
        fails(IndexError, x.__getitem__, (0, raptors.asarray(index)))
        fails(IndexError, x.__setitem__, raptors.asarray(index), 1)
    assert raptors.take(x, np.array([5, 0], dtype="uint64")).tolist() == [x[1, 2].item(), x[0, 0].item()]
    fails(np.exceptions.AxisError, raptors.take, x, [0], axis=2)
    fails((TypeError, IndexError), raptors.take, x, [0.5], axis=0)
    fails((TypeError, IndexError), raptors.take, x, "a", axis=0)
    fails(ValueError, raptors.nonzero, raptors.asarray(1))
    fails(TypeError, raptors.nonzero, "a")
    fails(TypeError, raptors.astype, x, "nonsense")
    fails(TypeError, x.astype)
    fails(ValueError, raptors.astype, x, "int8", device="gpu")


# ---- The rest --------------------------------------------------------------------------------------------------------


def test_runtime():
    before = raptors.get_num_threads()
    fails(ValueError, raptors.set_num_threads, -1)
    fails(TypeError, raptors.set_num_threads, "a")
    fails(TypeError, raptors.set_num_threads, 1.5)
    fails(ValueError, package.num_threads(-3).__enter__)
    assert raptors.get_num_threads() == before
    with contextlib.suppress(RuntimeError), package.num_threads(1):
        assert raptors.get_num_threads() == 1
        raise RuntimeError
    assert raptors.get_num_threads() == before
    fails(TypeError, raptors.pool_trim, 1)


def test_attributes():
    x = raptors.ones(2)
    for name in ("T", "nonsense"):
        with pytest.raises(AttributeError):
            setattr(x, name, 1)
    for name in ("shape", "dtype"):
        with pytest.raises((TypeError, ValueError)):
            setattr(x, name, 1)
        with pytest.raises(AttributeError):
            delattr(x, name)
    assert (x.shape, x.dtype, x.strides) == ((2,), "float64", (8,))
    with pytest.raises(AttributeError):
        x.nonsense
    with pytest.raises(TypeError):
        raptors.Array.shape = 1
    with pytest.raises(TypeError):
        type("Sub", (raptors.Array,), {})
    fails(ValueError, x.to_device, "gpu")
    fails(ValueError, x.to_device, "cpu", stream=1)
    fails(ValueError, x.__array_namespace__, api_version="1999.01")


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "raptors", *arguments], capture_output=True, text=True, check=False, env=os.environ
    )


def test_command_line():
    for arguments in (["nonsense"], ["info", "--nonsense"]):
        result = run(*arguments)
        assert result.returncode == 2
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert "Traceback" not in result.stderr
    result = run("info")
    assert result.returncode == 0
    assert "cpu" in result.stdout
    assert run("--help").returncode == 0
