# SPDX-License-Identifier: BSD-3-Clause
"""A name that raptors lacks is NumPy's: what is passed on to NumPy, and how it comes back."""

import copy
import gc
import importlib
import inspect
import json
import math
import numbers
import operator
import pickle
import subprocess
import sys
import types
import weakref
from pathlib import Path

import numpy as np
import pytest

import raptors
from raptors import Array
from strategies import assert_no_reference_is_lost

X = np.array([[1.0, 4.0, 2.0], [0.5, 3.0, 9.0]])


def same(ours, theirs):
    assert type(ours) is (Array if type(theirs) is np.ndarray else type(theirs))
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_array_equal(np.asarray(ours), theirs)


# ---- Names -----------------------------------------------------------------------------------------------------------

MODULES = [
    "",
    "fft",
    "linalg",
    "random",
    "ma",
    "polynomial",
    "lib.stride_tricks",
    "testing",
    "char",
    "emath",
    "exceptions",
]


@pytest.mark.parametrize("path", MODULES)
def test_every_public_name_is_there(path):
    theirs = operator.attrgetter(path)(np) if path else np
    ours = importlib.import_module(f"raptors.{path}" if path else "raptors")
    for name in (name for name in dir(theirs) if name[0] != "_"):
        assert name in dir(ours)
        value, original = getattr(ours, name), getattr(theirs, name)
        assert callable(value) == callable(original), name
        assert getattr(ours, name) is value  # the same object each time
        if isinstance(value, raptors._raptors._function) and value.native is None:
            assert value.numpy is original
            assert value.__doc__.startswith("NumPy computes this")
            assert (inspect.getdoc(original) or "") in value.__doc__
            assert value.__name__ == name
    for name in getattr(theirs, "__all__", ()):
        assert name in ours.__all__


def test_names_that_numpy_lacks():
    for module in (raptors, raptors.linalg):
        for name in ("_private", "__nonsense__", "_core", "nonsense"):
            with pytest.raises(AttributeError, match=name):
                getattr(module, name)
    with pytest.raises(AttributeError, match=r"(?s)raptors.*'float'.*NumPy.*deprecated alias"):
        raptors.float
    with pytest.raises(ImportError, match="nonsense"):
        exec("from raptors import nonsense")


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_types_constants_and_objects():
    assert raptors.float32(3) == np.float32(3)
    assert type(raptors.float32(3)) is np.float32
    assert raptors.zeros(2, raptors.float32).dtype == raptors.float32
    assert issubclass(raptors.int64, raptors.integer)
    for name in ("generic", "matrix", "dtype", "errstate", "ndenumerate", "ndindex", "memmap", "longdouble", "str_"):
        assert getattr(raptors, name) is getattr(np, name)
    assert (raptors.newaxis, raptors.inf, raptors.pi, raptors.little_endian) == (None, np.inf, np.pi, np.little_endian)
    assert math.isnan(raptors.nan)
    assert raptors.s_[1:2, ...] == np.s_[1:2, ...]
    same(raptors.r_[1:4, 0, raptors.array([5, 6])], np.r_[1:4, 0, [5, 6]])
    same(raptors.c_[raptors.ones(2), raptors.zeros(2)], np.c_[np.ones(2), np.zeros(2)])
    same(raptors.mgrid[0:2, 0:3], np.mgrid[0:2, 0:3])
    for ours, theirs in zip(raptors.ogrid[0:2, 0:1:3j], np.ogrid[0:2, 0:1:3j], strict=True):
        same(ours, theirs)
    assert raptors.typing.NDArray[raptors.float64] == np.typing.NDArray[np.float64]
    assert raptors.matrix(raptors.ones((2, 2))).sum() == 4


def test_import_forms():
    code = """
import raptors.linalg, raptors.fft as fft, raptors.lib.stride_tricks
from raptors.random import default_rng, Generator
from raptors.polynomial import Polynomial
from raptors.polynomial.polynomial import polyfromroots
from raptors import *
assert isinstance(default_rng(1), Generator) and raptors.random.Generator is Generator
assert isinstance(fft.fft(ones(4)), raptors.Array) and fft is raptors.fft
assert isinstance(linalg.inv(eye(2)), raptors.Array) and isinstance(polyfromroots(ones(2)), raptors.Array)
assert hstack is raptors.hstack and callable(trace)
import numpy, raptors.cli
assert raptors.trace is trace
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- Functions -------------------------------------------------------------------------------------------------------


def test_arrays_go_in_and_come_out():
    r = raptors.array(X)
    same(raptors.cumsum(r, axis=1), np.cumsum(X, axis=1))
    same(raptors.cumsum(X, axis=1), np.cumsum(X, axis=1))
    same(raptors.std(r), np.std(X))
    same(raptors.average(r, weights=raptors.ones((2, 3))), np.average(X, weights=np.ones((2, 3))))
    same(raptors.hstack([r, X]), np.hstack([X, X]))
    same(raptors.block([[r, r], [X, (r)]]), np.block([[X, X], [X, X]]))
    same(raptors.vstack((r, [7, 8, 9])), np.vstack((X, [7, 8, 9])))
    values, counts = raptors.unique(r, return_counts=True)
    same(values, np.unique(X))
    same(counts, np.ones(6, int))
    for ours, theirs in zip(raptors.split(r, 3, axis=1), np.split(X, 3, axis=1), strict=True):
        same(ours, theirs)
    assert isinstance(raptors.split(r, 3, axis=1), list)
    singular = raptors.linalg.svd(r)
    assert type(singular) is type(np.linalg.svd(X))
    same(singular.S, np.linalg.svd(X).S)
    assert type(raptors.linalg.eigh(r @ r.T)).__name__ == "EighResult"
    assert type(raptors.linalg.slogdet(r @ r.T)).__name__ == "SlogdetResult"
    assert raptors.array(["a", "b"]).dtype == "U1"  # a type that is NumPy's alone
    assert raptors.datetime64("2026-11-28") == np.datetime64("2026-11-28")
    assert type(raptors.ma.masked_greater(r, 3)) is np.ma.MaskedArray
    many = raptors.block([[r] * 20] * 20)
    assert many.shape == (40, 60)
    same(raptors.select([r > 3] * 14, [r] * 14), np.select([X > 3] * 14, [X] * 14))
    deep = r
    for _ in range(70):
        deep = [deep]
    with pytest.raises((ValueError, RecursionError)):
        raptors.hstack(deep)
    endless = []
    endless.append(endless)
    with pytest.raises((ValueError, RecursionError)):
        raptors.array(endless)


def test_memory_is_shared():
    r = raptors.array(X)
    for view in (raptors.swapaxes(r, 0, 1), raptors.ravel(r), r.view(), raptors.real(r), raptors.atleast_3d(r)):
        view[...] = 0
        assert not r.any()
        r[...] = X
    for itself in (raptors.asanyarray(r), raptors.ascontiguousarray(r), raptors.atleast_2d(r), raptors.require(r)):
        assert itself is r
    raptors.fill_diagonal(r, 5)
    raptors.copyto(r[:, 2], 7)
    raptors.put(r, [1], 8)
    assert r.tolist() == [[5.0, 8.0, 7.0], [0.5, 5.0, 7.0]]
    result = raptors.sort(r)
    address = np.asarray(result).__array_interface__["data"][0]
    memory = weakref.ref(result.base)
    row = result[0]
    del result
    gc.collect()
    assert row.__array_interface__["data"][0] == address
    del row
    gc.collect()
    assert memory() is None


def test_out():
    r, out, plain = raptors.array(X), raptors.empty((2, 3)), np.empty((2, 3))
    for given in (out, plain):
        assert raptors.exp(r, out=given) is given
        assert raptors.exp(r, given) is given
        assert raptors.exp(r, out=(given,)) is given
        assert raptors.cumsum(r, axis=0, out=given) is given
        np.testing.assert_array_equal(np.asarray(given), np.cumsum(X, axis=0))
    first, second = raptors.empty((2, 3)), raptors.empty((2, 3))
    whole = raptors.modf(r, out=(first, second))
    assert whole[0] is first
    assert whole[1] is second
    assert raptors.exp(r, where=r > 1, out=raptors.zeros((2, 3)))[1, 0] == 0


def test_own_functions_with_arguments_that_only_numpy_takes():
    r = raptors.array(X)
    same(raptors.sum(r, where=r > 1), np.sum(X, where=X > 1))
    same(raptors.sum(r, 0, "f4"), np.sum(X, 0, "f4"))
    same(raptors.max(r, axis=0, initial=3), np.max(X, axis=0, initial=3))
    same(raptors.add(r, 1, dtype="f4", casting="same_kind"), np.add(X, 1, dtype="f4", casting="same_kind"))
    same(raptors.where(r > 2)[1], np.where(X > 2)[1])
    same(raptors.zeros((2, 2), order="F"), np.zeros((2, 2), order="F"))
    assert raptors.zeros((2, 2), order="F").strides == (8, 16)
    same(raptors.reshape(r, 6, order="F"), np.reshape(X, 6, order="F"))
    same(raptors.take(r, [9], mode="wrap"), np.take(X, [9], mode="wrap"))
    same(raptors.linspace(0, 1, 5, dtype=int), np.linspace(0, 1, 5, dtype=int))
    ours, step = raptors.linspace([0, 1], 2, 3, retstep=True)
    same(ours, np.linspace([0, 1], 2, 3))
    same(step, np.linspace([0, 1], 2, 3, retstep=True)[1])
    same(raptors.array([1, 2], ndmin=2), np.array([1, 2], ndmin=2))
    same(raptors.array(object=[1, 2]), np.array([1, 2]))
    same(raptors.round(r, 1), np.round(X, 1))
    same(raptors.clip(a=r, a_min=1, a_max=2), np.clip(X, 1, 2))
    same(raptors.concatenate([r, r], axis=1, dtype="f4"), np.concatenate([X, X], axis=1, dtype="f4"))
    same(raptors.mean(a=r, axis=1), np.mean(X, axis=1))
    assert raptors.full(2, "ab").tolist() == ["ab", "ab"]
    assert raptors.zeros(2, [("x", float)])["x"].sum() == 0
    assert raptors.finfo(1.0).eps == np.finfo(1.0).eps
    for bad in (lambda: raptors.sum(r, nonsense=1), lambda: raptors.add(r), lambda: raptors.add(r, object()),
                lambda: raptors.zeros(), lambda: r.sum(nonsense=1)):  # fmt: skip
        with pytest.raises(TypeError):
            bad()
    with pytest.raises(OverflowError):
        raptors.full(2, 300, "u1")  # refused by what it is, not for its form: NumPy is not asked


def test_array_copies():
    r = raptors.array(X)
    assert not np.shares_memory(np.asarray(r), X)
    assert not np.shares_memory(np.asarray(raptors.array(r)), np.asarray(r))
    assert np.shares_memory(np.asarray(raptors.array(X, copy=None)), X)
    assert raptors.array([1, 2], dtype="f4").dtype == "f4"
    assert raptors.array(3).shape == ()
    with pytest.raises(ValueError, match="copy=False"):
        raptors.array(X, dtype="f4", copy=False)


def test_function_objects():
    for function in (raptors.hstack, raptors.exp, raptors.add, raptors.sum, raptors.linalg.svd, raptors.fft.fft,
                     raptors.random.rand, raptors.exp.outer):  # fmt: skip
        assert callable(function)
        assert function.__qualname__ in repr(function)
        assert function.__module__ in repr(function)
        assert copy.copy(function) is copy.deepcopy(function) is function
        assert weakref.ref(function)() is function
        assert function.__name__ == function.__qualname__.split(".")[-1]
        function.note = "attributes can be added"
        assert function.note
        if function is not raptors.random.rand:
            assert pickle.loads(pickle.dumps(function)) is function
    assert str(inspect.signature(raptors.hstack)) == str(inspect.signature(np.hstack))
    assert "keepdims" in inspect.signature(raptors.sum).parameters
    assert raptors.hstack.__wrapped__ is np.hstack
    for name in ("nonsense", "__wrong__", "_private"):
        with pytest.raises(AttributeError, match=name):
            getattr(raptors.hstack, name)
    with pytest.raises(TypeError):
        raptors._raptors._function(None, None, {})
    with pytest.raises(TypeError):
        raptors._raptors._function(len)

    class Layer:
        activation = raptors.tanh  # a ufunc is no method where it stands in a class; a function is
        total = raptors.cumsum

    assert Layer().activation(0.5) == np.tanh(0.5)
    with pytest.raises(TypeError):
        Layer().total(0.5)
    made = weakref.ref(raptors._raptors._function(len, None, {}))
    gc.collect()
    assert made() is None


def test_no_reference_is_lost():
    r, text = raptors.array(X), "text"

    def calls():
        (
            raptors.cumsum(r),
            raptors.hstack([r, r]),
            raptors.exp(r, out=r),
            raptors.linalg.svd(X),
            r.std(),
            r.sum(where=True),
        )
        r.base, r.flags, r.flat, raptors.add.reduce(r), raptors.sort(r).base, r.max(), r[0, 0], np.exp(r), np.add(r, r)
        for bad in (lambda: raptors.cumsum(text), lambda: raptors.add(r, text), lambda: raptors.hstack([r, text, None]),
                    lambda: r.std(axis=text), lambda: r.cumsum(9), lambda: raptors.nonsense):  # fmt: skip
            with pytest.raises((TypeError, ValueError, AttributeError)):
                bad()
        r[...] = X

    assert_no_reference_is_lost(calls, (r, text, X, None, Array, np.exp, raptors.exp, np.dtype("float64"), np.float64))


def test_lists_that_change_meanwhile():
    """Objects that end while a list is being converted may shorten it."""
    r = raptors.array(X)
    items = [r] * 1000

    class Cycle:
        def __del__(self):
            items.clear()

    one = Cycle()
    one.itself = one
    del one
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        raptors.hstack(items)
    except (IndexError, ValueError):
        pass  # what it is given is its caller's affair; that nothing is read after its end is ours
    finally:
        gc.set_threshold(*threshold)


# ---- Ufuncs ----------------------------------------------------------------------------------------------------------


def test_ufunc_methods():
    r, v, w = raptors.array(X), np.array([3, 1, 2]), np.array([5, 6])
    assert (raptors.exp.nin, raptors.add.nout, raptors.add.identity, raptors.add.types[0]) == (1, 1, 0, "??->?")
    for name in ("add", "multiply", "maximum", "minimum"):
        ours, theirs = getattr(raptors, name), getattr(np, name)
        same(ours.reduce(r), theirs.reduce(X))
        same(ours.reduce(r, axis=None), theirs.reduce(X, axis=None))
        same(ours.reduce(r, 1, keepdims=True), theirs.reduce(X, 1, keepdims=True))
        same(ours.reduce(r, axis=(0, 1)), theirs.reduce(X, axis=(0, 1)))
        same(ours.reduce(r, initial=2.0), theirs.reduce(X, initial=2.0))
        same(ours.accumulate(r, axis=1), theirs.accumulate(X, axis=1))
        same(ours.outer(raptors.array(v), w), theirs.outer(v, w))
        same(ours.reduceat(r, [0, 2], axis=1), theirs.reduceat(X, [0, 2], axis=1))
        a, b = X.copy(), raptors.array(X)
        theirs.at(a, (0, [1, 1]), 3)
        ours.at(b, (0, [1, 1]), 3)
        same(b, a)
    same(raptors.logical_or.reduce(r > 3), np.logical_or.reduce(X > 3))
    same(raptors.subtract.reduce(r), np.subtract.reduce(X))
    same(raptors.hypot.reduce(r), np.hypot.reduce(X))
    same(raptors.bitwise_or.reduce(raptors.array(v)), np.bitwise_or.reduce(v))
    out = raptors.empty(3)
    assert raptors.add.reduce(r, out=out) is out
    assert raptors.add.reduce is raptors.add.reduce
    assert pickle.loads(pickle.dumps(raptors.add.reduce)) is raptors.add.reduce


def test_numpys_ufuncs_on_arrays_and_numbers():
    r = raptors.array(X)
    for number in (np.float32(2), np.int8(3), 2.5, 7, True, np.float64(0.5), np.longlong(2)):
        for ufunc in (np.add, np.multiply, np.maximum, np.less):
            ours, theirs = ufunc(number, r), ufunc(number, X)
            same(ours, theirs)
        same(number * r, number * X)
        same(r - number, X - number)
    with pytest.raises((OverflowError, TypeError)):
        np.add(raptors.arange(3), 2**70)


def test_functions_given_to_numpy():
    r = raptors.array(X)
    same(raptors.apply_along_axis(raptors.sum, 1, r), np.apply_along_axis(np.sum, 1, X))
    same(raptors.apply_along_axis(raptors.sort, 0, r), np.apply_along_axis(np.sort, 0, X))
    same(raptors.fromfunction(lambda i, j: raptors.hypot(i, j), (2, 3)), np.fromfunction(np.hypot, (2, 3)))
    same(raptors.vectorize(lambda x, y: x + 2 * y)(r, 3), X + 6)
    assert raptors.frompyfunc(lambda x: x + 1, 1, 1)(r).dtype == object
    assert list(map(raptors.sqrt, [4.0, 9.0])) == [2.0, 3.0]
    assert isinstance(raptors.vectorize(abs), np.vectorize)

    @raptors.vectorize(otypes=[float])
    def half(x):
        return x / 2

    same(half(r), X / 2)
    same(raptors.poly1d([1, 2])(r), np.poly1d([1, 2])(X))
    same(raptors.polynomial.Polynomial([1, 2])(r), np.polynomial.Polynomial([1, 2])(X))
    assert raptors.polynomial.Polynomial is raptors.polynomial.polynomial.Polynomial


# ---- random ----------------------------------------------------------------------------------------------------------


def test_random():
    ours, theirs = raptors.random.default_rng(3), np.random.default_rng(3)
    assert isinstance(ours, np.random.Generator)
    assert isinstance(ours, raptors.random.Generator)
    same(ours.normal(size=5), theirs.normal(size=5))
    same(ours.integers(0, 9, (2, 2)), theirs.integers(0, 9, (2, 2)))
    assert ours.random() == theirs.random()
    assert type(ours.random()) is float
    theirs.random()
    same(ours.choice(raptors.arange(9), 3, replace=False), theirs.choice(np.arange(9), 3, replace=False))
    same(ours.permutation(raptors.arange(5)), theirs.permutation(np.arange(5)))
    a, r = np.arange(7.0), raptors.arange(7.0)
    ours.shuffle(r)
    theirs.shuffle(a)
    same(r, a)
    assert ours.random(out=r) is r
    same(r, theirs.random(7))
    same(ours.spawn(2)[1].random(3), theirs.spawn(2)[1].random(3))
    same(pickle.loads(pickle.dumps(ours)).random(3), theirs.random(3))
    same(copy.deepcopy(raptors.random.default_rng(1)).random(3), np.random.default_rng(1).random(3))
    assert raptors.random.default_rng(ours) is ours
    same(raptors.random.default_rng(np.random.PCG64(5)).random(2), np.random.default_rng(np.random.PCG64(5)).random(2))
    same(
        raptors.random.Generator(raptors.random.MT19937(1)).random(2),
        np.random.Generator(np.random.MT19937(1)).random(2),
    )
    same(raptors.random.RandomState(4).randn(2, 2), np.random.RandomState(4).randn(2, 2))
    raptors.random.seed(6)
    numbers_ours = raptors.random.rand(3)
    np.random.seed(6)
    same(numbers_ours, np.random.rand(3))


# ---- Results without dimensions --------------------------------------------------------------------------------------


def test_results_without_dimensions_are_numbers():
    r, n = raptors.array(X), raptors.array([3, 1, 2])
    for number in (r.sum(), r[0, 1], r.mean(), raptors.max(r), r[0, 0] * 2, raptors.sqrt(4.0), raptors.array(2.0) + 1):
        assert type(number) is np.float64
        assert isinstance(number, numbers.Number)
        assert isinstance(number, float)
        assert json.loads(json.dumps({"x": number})) == {"x": number}
        assert hash(number) == hash(float(number))
        assert {number: 1}[float(number)] == 1
        assert round(number, 1) == round(float(number), 1)
        assert type(round(number)) is int
        assert f"{number:.2f} {number!s}" == f"{float(number):.2f} {float(number)}"
        assert "%5.1f %d" % (number, number) == "%5.1f %d" % (float(number), float(number))  # noqa: UP031
        assert math.floor(number) == math.floor(float(number))
        assert repr(number) == repr(np.float64(number))
        before, same_number = number, number
        number += 1
        assert before == same_number == number - 1
    for whole in (n.sum(), n[0], n.argmax(), raptors.count_nonzero(n), n.max()):
        assert isinstance(whole, numbers.Integral)
        assert isinstance(whole, raptors.integer)
        assert [*range(whole)] == [*range(int(whole))]
        assert [1, 2, 3, 4, 5, 6, 7][:whole] == [1, 2, 3, 4, 5, 6, 7][: int(whole)]
        assert {whole: "a"}[int(whole)] == "a"
    assert type(n.any()) is type(n[0] > 1) is np.bool_
    assert {*n} == {1, 2, 3}
    assert "yes" if r.sum() > 0 else "no" == "yes"
    same(n.astype("f4")[1], np.float32(1))
    same(raptors.array([1j])[0], np.complex128(1j))
    row = r[n.argmin()]  # an integer of NumPy's makes a view
    row[0] = -7
    assert r[1, 0] == -7
    assert raptors.asarray(3.0).shape == raptors.zeros(()).shape == r[0, 0, ...].shape == ()
    assert type(raptors.where(True, 1, 2)) is Array  # as NumPy's
    assert sum(n) == 6
    assert max(n) == 3
    assert sorted(n, reverse=True) == [3, 2, 1]
    assert isinstance(types.SimpleNamespace(x=r.max()).x, float)


# ---- What is Raptors' own --------------------------------------------------------------------------------------------


def test_native():
    own = raptors.native()
    assert {"add", "sum", "where", "array", "Array.sum", "Array.reshape", "explain"} <= {*own}
    assert not {"spacing", "diff", "Array.sort", "float32", "Array", "e"} & {*own}
    for name in own:
        value = getattr(Array, name[6:]) if name.startswith("Array.") else getattr(raptors, name)
        assert callable(value)
        if isinstance(value, raptors._raptors._function):
            assert value.native is not None
    for name in set(dir(raptors)) - {*own}:
        value = getattr(raptors, name)
        assert not isinstance(value, raptors._raptors._function) or value.native is None


def test_degrees_and_radians_by_either_ufunc():
    x = np.linspace(-7, 7, 33)
    a = raptors.asarray(x)
    for first, second in (("radians", "deg2rad"), ("degrees", "rad2deg")):
        ours = getattr(raptors, first)(a)
        assert getattr(raptors, second).native is getattr(raptors, first).native
        out = raptors.empty(33)
        assert getattr(np, second)(a, out=out) is out
        assert bytes(getattr(np, second)(a)) == bytes(out) == bytes(ours)
        assert type(getattr(np, second)(a)) is raptors.Array


def test_the_table_in_the_docs():
    page = Path(__file__).parents[2] / "docs" / "native.md"
    if not page.exists():
        pytest.skip("an installed package, without the docs")
    assert raptors._native.table() in page.read_text(encoding="utf-8")  # else write it anew, as the page says
