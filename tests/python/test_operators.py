# SPDX-License-Identifier: BSD-3-Clause
"""Python's operators and number protocols on Array, and NumPy's protocols for other libraries' functions."""

import operator
import subprocess
import sys
import threading

import numpy as np
import pytest

import raptors
from raptors import Array
from strategies import DTYPES, assert_no_reference_is_lost, call

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod]
COMPARE = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
BITWISE = [operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift]
IN_PLACE = [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv, operator.imod]


def same(ours, theirs):
    assert type(ours) is (Array if isinstance(theirs, np.ndarray) else type(theirs))
    theirs = np.asarray(theirs)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_array_equal(np.asarray(ours), theirs)


A = np.array([[1.5, 2.0, -3.0], [4.0, 5.5, 6.0]])
B = np.array([2.0, -1.0, 4.0])


@pytest.mark.parametrize("op", BINARY + COMPARE)
@pytest.mark.parametrize(
    "other", [2, 2.5, True, np.float32(3), np.float64(3), np.int8(3), B, [1, 2, 3], (1.0, 2.0, 4.0)]
)
def test_both_sides(op, other):
    same(op(raptors.asarray(A), other), op(A, other))
    same(op(other, raptors.asarray(A)), op(other, A))


@pytest.mark.parametrize("op", BINARY + COMPARE)
def test_two_arrays(op):
    x, y = raptors.asarray(A), raptors.asarray(B)
    same(op(x, y), op(A, B))
    same(op(x, x), op(A, A))
    same(op(x, B), op(A, B))
    same(op(A, y), op(A, B))


@pytest.mark.parametrize("op", BITWISE)
@pytest.mark.parametrize("other", [1, np.int16(2), [1, 2, 0]])
def test_integers(op, other):
    a = np.array([5, 6, 9], "int16")
    same(op(raptors.asarray(a), other), op(a, np.asarray(other) if isinstance(other, list) else other))
    same(op(other, raptors.asarray(a)), op(other, a))


def test_unary():
    a = np.array([-1, 0, 3], "int32")
    for op in (operator.neg, operator.pos, operator.abs, operator.invert):
        same(op(raptors.asarray(a)), op(a))


@pytest.mark.parametrize("op", IN_PLACE)
def test_in_place(op):
    for other in (2.0, 3, B, raptors.asarray(B), [1, 2, 4]):
        a = A.copy()
        r = raptors.asarray(a.copy())
        before = r
        memory = np.asarray(r)
        r = op(r, other)
        assert r is before
        same(r, op(a, np.asarray(other)))
        assert np.shares_memory(memory, np.asarray(r))


def test_in_place_on_itself_and_views():
    r = raptors.arange(6.0)
    r += r
    assert r.tolist() == [0, 2, 4, 6, 8, 10]
    r[1:] += r[:-1]
    assert r.tolist() == [0, 2, 6, 10, 14, 18]
    r[::-1] -= r
    expected = np.array([0.0, 2, 6, 10, 14, 18])
    expected[::-1] -= expected.copy()
    assert r.tolist() == expected.tolist()


def test_power_matmul_divmod():
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    r = raptors.asarray(a)
    same(r**2, a**2)
    same(r**0.5, a**0.5)
    same(2**r, 2**a)
    same(r**a, a**a)
    same(r @ r, a @ a)
    same(r @ a, a @ a)
    same(a @ r, a @ a)
    for ours, theirs in zip(divmod(r, 3), divmod(a, 3), strict=True):
        same(ours, theirs)
    for ours, theirs in zip(divmod(7, r), divmod(7, a), strict=True):
        same(ours, theirs)
    s = r.copy()
    before = s
    s **= 2
    s @= r
    assert s is before
    same(s, (a**2) @ a)
    with pytest.raises(TypeError):
        r**None
    with pytest.raises(TypeError):
        pow(r, 2, 3)


@pytest.mark.parametrize("dtype", DTYPES)
def test_exponents_that_are_another_operation(dtype):
    """x ** e has NumPy's type and, within rounding, its values; so has x **= e, where NumPy has it."""
    x = np.array([1, 0, 1, 2, 3, 1, 5]).astype(dtype)
    if x.dtype.kind in "fc":
        x[:2] = np.nan, np.inf
    for exponent in (0, 1, 2, 3, 4, -1, 0.0, -0.0, 0.5, 1.0, 2.0, 3.0, -1.0):
        for a in (x, x[::-2], x.reshape(7, 1), x[:0], x[3:4].reshape(())):
            with np.errstate(all="ignore"):
                theirs = call(lambda a, e: a**e, a, exponent)
            ours = call(lambda a, e: a**e, raptors.asarray(a), exponent)
            near(ours, theirs)
        into, other = raptors.asarray(x.copy()), x.copy()
        with np.errstate(all="ignore"):
            theirs = call(operator.ipow, other, exponent)
        ours = call(operator.ipow, into, exponent)
        if not isinstance(theirs, Exception):
            assert ours is into
        near(ours, theirs)


def near(ours, theirs):
    if isinstance(theirs, Exception):
        # which of two faults is found first is free
        assert isinstance(ours, (TypeError, ValueError, OverflowError)), ours
        return
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    finite = np.isfinite(theirs)
    rtol = 4 * np.finfo(theirs.dtype).eps if theirs.dtype.kind in "fc" else 0
    np.testing.assert_allclose(ours[finite], theirs[finite], rtol=rtol)
    if theirs.dtype.kind != "c":  # what is not finite in complex numbers is annex G's, not NumPy's
        np.testing.assert_array_equal(ours[~finite], theirs[~finite])


def test_unknown_operands():
    class Other:
        def __radd__(self, other):
            return "radd"

        def __eq__(self, other):
            return "eq"

        __hash__ = None

    r = raptors.ones(2)
    assert r + Other() == "radd"
    assert (r == Other()) == "eq"
    for op in BINARY:
        for bad in (None, "text", object(), {1: 2}):
            with pytest.raises(TypeError):
                op(r, bad)
            if op is not operator.mod or not isinstance(bad, str):  # "text" % r formats
                with pytest.raises(TypeError):
                    op(bad, r)
    with pytest.raises(TypeError):
        r < "text"  # noqa: B015
    with pytest.raises(TypeError):
        r += "text"


def test_ndarray_with_array():
    a, r = np.arange(3.0), raptors.arange(3.0)
    same(a + r, a + a)
    same(np.float64(2) * r, 2 * a)
    b = a.copy()
    c = b
    b += r
    assert b is c
    assert b.tolist() == [0, 2, 4]
    with pytest.raises(TypeError):
        a + np.array([None] * 3) + r + "x"


# ---- Weak numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", raptors._raptors.DTYPES)
def test_weak_numbers_keep_the_type(dtype):
    a = np.ones(3, dtype)
    r = raptors.asarray(a)
    same(r + 1, a + 1)
    same(r * 2.0, a * 2.0)
    same(r * 2j, a * 2j)
    same(r + True, a + True)
    same(r == 1, a == 1)


def test_huge_ints():
    floats, ints = raptors.ones(2), raptors.asarray([1, 2])
    same(floats + 10**30, np.ones(2) + 10**30)
    same(floats < 10**30, np.ones(2) < 10**30)
    same(ints / 10**30, np.array([1, 2]) / 10**30)
    same(ints < 10**30, np.array([True, True]))
    same(ints > -(10**30), np.array([True, True]))
    same(operator.eq(10**30, ints), np.array([False, False]))
    same(raptors.asarray([2**64 - 1], dtype="uint64") < 2**64, np.array([True]))
    same(raptors.asarray([2**64 - 1], dtype="uint64") == 2**64 - 1, np.array([True]))
    for bad in (lambda: ints + 10**30, lambda: 10**30 - ints, lambda: floats + 10**400, lambda: floats < 10**400,
                lambda: raptors.add(ints, 2**64), lambda: raptors.add(1, 2**64)):  # fmt: skip
        with pytest.raises(OverflowError):
            bad()


def test_int_out_of_range():
    r = raptors.asarray([1, 2], dtype="uint8")
    for bad in (300, -1):
        with pytest.raises(OverflowError):
            r + bad
        with pytest.raises(OverflowError):
            raptors.asarray(bad, dtype="uint8")
    assert (r == 300).tolist() == [False, False]
    assert (r > -1).tolist() == [True, True]


# ---- Numbers out of arrays -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", raptors._raptors.DTYPES)
def test_conversions(dtype):
    a, r = np.array(1, dtype), raptors.asarray(np.array(1, dtype))
    assert bool(r) is True
    assert complex(r) == 1
    if a.dtype.kind == "c":
        with pytest.raises(TypeError):
            float(r)
        with pytest.raises(TypeError):
            int(r)
    else:
        assert (int(r), float(r)) == (1, 1.0)
    if a.dtype.kind in "iu":
        assert operator.index(r) == 1
        assert [10, 20][r] == 20
    else:
        with pytest.raises(TypeError):
            operator.index(r)
    assert type(r.item()) is type(a.item())
    assert type(r.tolist()) is type(a.tolist())


def test_conversions_of_more_than_one_element():
    for shape in ((2,), (2, 2)):
        with pytest.raises(ValueError, match="ambiguous"):
            bool(raptors.ones(shape))
    with pytest.raises(ValueError, match="empty"):
        bool(raptors.ones(0))
    assert bool(raptors.ones((1, 1)))
    for function in (int, float, complex, operator.index):
        for shape in ((1,), (2,), (0,)):
            with pytest.raises(TypeError, match="0-dim"):
                function(raptors.ones(shape, dtype="int64"))
    with pytest.raises(ValueError, match="size 1"):
        raptors.ones(2).item()
    assert raptors.ones((1, 1)).item() == 1.0
    assert raptors.arange(6).reshape(2, 3).item(1, 2) == 5
    assert raptors.arange(6).item(-1) == 5
    assert bool(raptors.asarray(float("nan")))


def test_containers():
    r = raptors.arange(6).reshape(2, 3)
    assert len(r) == 2
    assert [row.tolist() for row in r] == [[0, 1, 2], [3, 4, 5]]
    assert 4 in r
    assert 7 not in r
    assert r.tolist() == [[0, 1, 2], [3, 4, 5]]
    for function in (len, iter, list):
        with pytest.raises(TypeError, match="0-d"):
            function(raptors.asarray(1))
    with pytest.raises(TypeError, match="unhashable"):
        hash(r)


# ---- NumPy's functions on Arrays -------------------------------------------------------------------------------------


def test_ufuncs():
    a, r = np.array([1.0, 4.0, 9.0]), raptors.asarray([1.0, 4.0, 9.0])
    for function in (np.sqrt, np.negative, np.isnan, np.spacing):
        same(function(r), function(a))
    for function in (np.add, np.multiply, np.maximum, np.heaviside, np.equal):
        same(function(r, a), function(a, a))
        same(function(a, r), function(a, a))
        same(function(2, r), function(2, a))
        same(function.outer(r, r), function.outer(a, a))
    same(np.add.reduce(r), np.add.reduce(a))
    same(np.maximum.reduce(r.reshape(1, 3)), a)
    same(np.add.reduce(r.reshape(1, 3), axis=None), a.sum())
    same(np.add.reduce(r, dtype="float32", keepdims=True), np.add.reduce(a, dtype="float32", keepdims=True))
    same(np.add.reduce(r, 0, None, None, True), np.add.reduce(a, 0, None, None, True))
    same(np.add.reduce(r, initial=5), np.add.reduce(a, initial=5))
    same(np.add.accumulate(r), np.add.accumulate(a))
    same(np.add(r, 1, where=[True, True, True], out=raptors.empty(3)), a + 1)
    same(np.add(r, 1, dtype="float32"), np.add(a, 1, dtype="float32"))
    for ours, theirs in zip(np.modf(r), np.modf(a), strict=True):
        same(ours, theirs)


def test_ufunc_outputs():
    a, r = np.arange(3.0), raptors.arange(3.0)
    for out in (np.empty(3), raptors.empty(3)):
        assert np.add(r, a, out=out) is out
        assert out.tolist() == [0, 2, 4]
        assert np.spacing(r, out=out) is out
        assert out.tolist() == np.spacing(a).tolist()
        assert np.add(a, a, out=out) is out
        assert np.add.reduce(r, out=out[0:1], keepdims=True).tolist() == [3]
    fraction, whole = raptors.empty(3), raptors.empty(3)
    assert np.modf(r, out=(fraction, whole))[1] is whole
    with pytest.raises(TypeError):
        np.add(r, 0.5, out=np.empty(3, int))
    np.add.at(r, [0, 0], 5)
    assert r.tolist() == [10, 1, 2]


def test_functions():
    a, r = np.arange(6.0).reshape(2, 3), raptors.arange(6.0).reshape(2, 3)
    for function in (np.sum, np.mean, np.max, np.argmin, np.any, np.std, np.cumsum, np.median, np.transpose, np.ravel,
                     np.zeros_like, np.round, np.sort, np.flip, np.linalg.pinv):  # fmt: skip
        same(function(r), function(a))
    same(np.sum(r, axis=1), np.sum(a, axis=1))
    same(np.sum(r, 1, keepdims=True), np.sum(a, 1, keepdims=True))
    same(np.sum(r, where=a > 2), np.sum(a, where=a > 2))
    same(np.round(r, 1), a)
    same(np.concatenate([r, a]), np.concatenate([a, a]))
    same(np.concatenate([r, a], axis=None), np.concatenate([a, a], axis=None))
    same(np.concatenate([r, a], dtype="float32"), np.concatenate([a, a], dtype="float32"))
    same(np.stack([r, a], axis=1), np.stack([a, a], axis=1))
    same(np.where(r > 2, r, 0), np.where(a > 2, a, 0))
    same(np.where(r > 2)[0], np.where(a > 2)[0])
    same(np.reshape(r, (3, 2), order="F"), np.reshape(a, (3, 2), order="F"))
    same(np.take(r, [0, 5]), np.take(a, [0, 5]))
    same(np.dot(r, r.T), a @ a.T)
    same(np.full_like(r, 3), np.full_like(a, 3))
    same(np.asarray([1], like=r), np.asarray([1]))
    assert np.shape(r) == (2, 3)
    assert np.array_equal(r, a) is True
    assert np.allclose(r, a) is True
    unique = np.unique_counts(r)
    assert type(unique).__name__ == "UniqueCountsResult"
    assert isinstance(unique.values, Array)
    out = raptors.empty(3)
    assert np.sum(r, axis=0, out=out) is out
    assert np.cumsum(r[0], out=out) is out
    np.copyto(out, 7)
    assert out.tolist() == [7, 7, 7]


def test_function_errors_are_numpys():
    with pytest.raises((ValueError, IndexError)):
        np.sum(raptors.ones(3), axis=4)
    with pytest.raises(TypeError):
        np.sum(raptors.ones(3), nonsense=4)


def test_other_types_go_first():
    class Duck:
        def __array_ufunc__(self, *args, **kwargs):
            return "ufunc"

        def __array_function__(self, *args, **kwargs):
            return "function"

    assert np.add(raptors.ones(3), Duck()) == "ufunc"
    assert np.concatenate([raptors.ones(3), Duck()]) == "function"


# ---- Threads, references ---------------------------------------------------------------------------------------------


def test_large_calls_from_several_threads():
    a = np.arange(400_000.0)
    r = raptors.asarray(a)
    wrong = []

    def work():
        for _ in range(10):
            if not np.array_equal(np.asarray(r * 2 + r), a * 3) or (r.sum() - a.sum()).item():
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_no_reference_is_lost():
    number, text = 12345.678, "text"
    a, r, out = np.arange(3.0), raptors.arange(3.0), raptors.empty(3)
    readonly = raptors.broadcast_to(raptors.ones(1), (3,))

    def calls():
        for good in (lambda: r + number, lambda: number * r, lambda: r + a, lambda: raptors.add(r, a, out=out),
                     lambda: r.sum(), lambda: r.sum(axis=0, keepdims=True, out=out[:1]), lambda: r[a > 1],
                     lambda: raptors.add(r, number, out=a), lambda: r[1:], lambda: [*r], lambda: r == text,
                     lambda: raptors.where(r > 1, r, a), lambda: raptors.concat([r, a]), lambda: r.__dlpack__(),
                     lambda: np.asarray(r), lambda: raptors.from_dlpack(a), lambda: r.reshape(3, 1).T):  # fmt: skip
            good()
        for bad in (lambda: r + text, lambda: r[text], lambda: r[7], lambda: raptors.add(r, text, out=a),
                    lambda: raptors.add(r, [1, 2], out=out), lambda: raptors.add(r, a, out=text),
                    lambda: r.sum(axis=text), lambda: r.sum(text=number), lambda: raptors.add(r, r, out=readonly),
                    lambda: raptors._raptors.concat([r, text]), lambda: raptors._raptors.where(r, text, a), lambda: r.reshape(7),
                    lambda: r[a], lambda: r.__setitem__(a > 1, text), lambda: raptors._raptors.asarray(text),
                    lambda: r.astype(text), lambda: raptors._raptors.full(3, text), lambda: r[[0, 9]]):  # fmt: skip
            with pytest.raises((TypeError, ValueError, IndexError)):
                bad()

    assert_no_reference_is_lost(calls, (number, text, a, r, out, None, Array, np.dtype("float64")))


def test_import_is_light():
    code = "import numpy, sys; before = set(sys.modules); import raptors; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(result.stdout.split()) <= {
        "raptors",
        "raptors._raptors",
        "raptors._namespace",
        "raptors._numpy_loops",
        "raptors._native",
        "raptors._passing",
        "__future__",
        *(f"raptors.{path}" for path in raptors._passing.SUBMODULES),  # empty until their names are asked for
    }


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("power", [2, -1.0, 0.5, 1, 0, -0.0, 3])
@pytest.mark.parametrize("of", ["all", "none negative", "all positive"])
def test_pow_by_a_number_has_the_bits_of_pow_by_an_array(dtype, power, of):
    """One number makes another operation of it."""
    limits = np.finfo(dtype)
    x = np.random.default_rng(0).normal(0, 3, 3000).astype(dtype)
    x[:8] = [0.0, -0.0, np.inf, -np.inf, np.nan, limits.max, limits.tiny, limits.smallest_subnormal]
    x = {"all": x, "none negative": x[x >= 0], "all positive": x[x > 0]}[of]
    each = np.asarray(raptors.pow(raptors.asarray(x), raptors.asarray(np.full_like(x, power))))
    for exponent in (power, raptors.asarray(power, dtype=dtype)):
        result = np.asarray(raptors.pow(raptors.asarray(x), exponent))
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, each)
        np.testing.assert_array_equal(np.signbit(result[:4]), np.signbit(each[:4]))
