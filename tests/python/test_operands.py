# SPDX-License-Identifier: BSD-3-Clause
"""Operators and NumPy's functions where an Array meets what Raptors does not know: units, masks, labels, other types."""

import array
import fractions
import operator
import pickle
import sys
import tracemalloc

import numpy as np
import pytest

import raptors
from raptors import Array

VALUES = [1.0, 2.0, 4.0]
ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
IN_PLACE = [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow]


def same(ours, theirs):
    """Equal, and an Array where NumPy has an ndarray of a type that Raptors has."""
    ndarray = np.asarray(theirs)
    plain = type(theirs) is np.ndarray
    assert type(ours) is (Array if plain and ndarray.dtype.name in raptors._raptors.DTYPES else type(theirs))
    assert np.asarray(ours).dtype == ndarray.dtype
    np.testing.assert_array_equal(np.asarray(ours), ndarray)


# ---- Classes that override NumPy's ufuncs or functions ---------------------------------------------------------------


class Unit(np.ndarray):
    """A quantity that computes with ndarrays, and leaves classes that it has never heard of to them."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if not all(isinstance(one, np.ndarray | float) for one in inputs):
            return NotImplemented
        return getattr(ufunc, method)(*map(np.asarray, inputs), **kwargs).view(Unit)

    def __array_function__(self, function, types, args, kwargs):
        if not all(issubclass(one, np.ndarray) for one in types):
            return NotImplemented
        return super().__array_function__(function, types, args, kwargs)


class Label:
    """No ndarray, though made one where it must be; it answers ufuncs and nothing else, whoever asks."""

    def __init__(self, values=VALUES):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return Label(getattr(ufunc, method)(*map(np.asarray, inputs)))


class Labelled(Label):
    """... and operators."""

    def __radd__(self, other):
        return "radd"

    def __eq__(self, other):
        return "eq"

    __hash__ = None


class Number(float):
    """A number with a unit."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return "number"


class Refusing:
    """NumPy's way to say: never a ufunc, my operators."""

    __array_ufunc__ = None

    def __radd__(self, other):
        return "radd"

    def __eq__(self, other):
        return "eq"

    __hash__ = None


@pytest.mark.parametrize("op", ARITHMETIC + COMPARISONS)
def test_units_are_never_dropped(op):
    unit = np.array(VALUES).view(Unit)
    for pair in ((raptors.asarray(VALUES), unit), (unit, raptors.asarray(VALUES))):
        with pytest.raises(TypeError):
            op(*pair)


def test_units_in_numpys_functions():
    a, unit = raptors.asarray(VALUES), np.array(VALUES).view(Unit)
    for call in (lambda: np.add(a, unit), lambda: np.multiply(unit, a), lambda: np.hypot(a, unit),
                 lambda: np.add(a, 1, out=unit), lambda: np.multiply.outer(a, unit), lambda: np.concatenate([a, unit]),
                 lambda: np.concatenate([unit, a]), lambda: np.where([True, False, True], a, unit),
                 lambda: np.stack([unit, a]), lambda: np.dot(a, unit), lambda: np.copyto(a, unit)):  # fmt: skip
        with pytest.raises(TypeError):
            call()
    assert a.tolist() == VALUES


def test_other_classes_answer():
    a = raptors.asarray(VALUES)
    assert type(np.add(a, Label())) is Label
    assert type(np.add(Label(), a)) is Label
    assert type(np.add.outer(a, Label())) is Label
    for op in ARITHMETIC + COMPARISONS:
        result = op(a, Label())  # it has no operators, but NumPy knows whom to ask
        assert type(result) is Label
        np.testing.assert_array_equal(result.values, op(np.array(VALUES), np.array(VALUES)))
        assert type(op(Label(), a)) is Label
    assert a + Labelled() == "radd"
    assert (a == Labelled()) == "eq"
    assert type(a - Labelled()) is Label
    assert type(a < Labelled()) is Label
    assert a + Number(2.5) == "number"
    assert a + Refusing() == "radd"
    assert (a == Refusing()) == "eq"
    assert (Refusing() == a) == "eq"
    for bad in (lambda: a - Refusing(), lambda: np.add(a, Refusing()), lambda: a < Refusing()):
        with pytest.raises(TypeError):
            bad()
    before = a
    a += Labelled()
    assert type(a) is Label  # which does not write to what it does not know
    assert before.tolist() == VALUES


@pytest.mark.parametrize("op", [*ARITHMETIC, *COMPARISONS, operator.matmul])
@pytest.mark.parametrize("make", [lambda n: np.ma.array(n, mask=[0, 1, 0]), lambda n: n.view(np.recarray), np.asmatrix])
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_subclasses_that_override_nothing(op, make):
    """NumPy's own: masks stay masks, matrices matrices, in both orders."""
    n = np.array(VALUES)
    other = make(n)
    for swap in (False, True):
        arguments, ours = (
            ((other, n), (other, raptors.asarray(n))) if swap else ((n, other), (raptors.asarray(n), other))
        )
        try:
            expected = op(*arguments)
        except (TypeError, ValueError) as error:
            with pytest.raises(type(error)):
                op(*ours)
            continue
        result = op(*ours)
        same(result, expected)
        if np.ma.isMaskedArray(expected):
            assert result.mask.tolist() == expected.mask.tolist()


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_masks_and_matrices_in_functions():
    n, a = np.array(VALUES), raptors.asarray(VALUES)
    masked = np.ma.array(n, mask=[1, 0, 0])
    same(np.add(a, masked), np.add(n, masked))
    same(np.concatenate([a, masked]), np.concatenate([n, masked]))
    matrix = np.asmatrix([[1.0, 2.0], [3.0, 4.0]])
    square = np.array([[0.0, 1.0], [1.0, 0.0]])
    same(matrix * raptors.asarray(square), matrix * square)
    same(raptors.asarray(square) * matrix, square * matrix)


def test_clip_asks_its_bounds():
    """A mask or a label among the bounds is not lost, in the method and in NumPy's function."""

    class Labelled:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return "labelled"

    n, a = np.array(VALUES), raptors.asarray(VALUES)
    masked = np.ma.array([3.0, 3.0, 3.0], mask=[1, 0, 0])
    for x in (n, a):
        for bounds in ({"max": masked}, {"min": masked}, {"min": 0, "max": masked}):
            clipped = x.clip(**bounds)
            assert type(clipped) is np.ma.MaskedArray
            assert clipped.mask.tolist() == [True, False, False]
        assert np.clip(x, 0, masked).tolist() == [None, 2.0, 3.0]
        assert x.clip(Labelled()) == x.clip(0, Labelled()) == "labelled"
        assert np.clip(x, 0, Labelled()) == np.clip(x, Labelled(), None) == "labelled"
    same(a.clip([2, 0, 0], 3), n.clip([2, 0, 0], 3))
    same(np.clip(a, 0, np.array(3)), np.clip(n, 0, np.array(3)))


# ---- Operands of types that NumPy has and Raptors has not -------------------------------------------------------------


class HasArray:
    def __array__(self, dtype=None, copy=None):
        return np.array(VALUES, dtype)


OTHERS = [np.longdouble(1.5), np.ones(3, np.longdouble), np.ones(3, np.clongdouble), np.array([1, 2.5, 4], object), range(3),
          HasArray(), memoryview(np.array(VALUES)), np.datetime64("2020-01-01"), [None, 2.0, "x"], None, "text", "1.0",
          ["1.0", "2.0", "x"], b"bytes", object(), {1: 2}, {1.0}, fractions.Fraction(1, 2)]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: type(other).__name__)
@pytest.mark.parametrize("op", [operator.eq, operator.ne])
def test_equality_with_anything(op, other):
    n, a = np.array(VALUES), raptors.asarray(VALUES)
    same(op(a, other), op(n, other))
    reflected = op(other, a)  # a memoryview compares whole buffers; NumPy makes an ndarray of what has no loop
    np.testing.assert_array_equal(np.asarray(reflected), op(other, n))
    assert type(reflected) is Array or isinstance(other, memoryview | np.datetime64)


@pytest.mark.parametrize("other", OTHERS[:7], ids=lambda other: type(other).__name__)
@pytest.mark.parametrize("op", ARITHMETIC + COMPARISONS)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_what_numpy_makes_an_array_of(op, other):
    """As NumPy, the other way round too; longdouble and object results are NumPy's."""
    n, a = np.array(VALUES), raptors.asarray(VALUES)
    for arguments, ours in (((n, other), (a, other)), ((other, n), (other, a))):
        try:
            expected = op(*arguments)
        except TypeError:
            with pytest.raises(TypeError):
                op(*ours)
            continue
        if type(expected) is not bool:  # a memoryview's own
            same(op(*ours), expected)


@pytest.mark.parametrize("op", IN_PLACE)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_in_place_with_what_numpy_makes_an_array_of(op):
    for other in (*OTHERS[:2], *OTHERS[4:7]):
        n, a = np.array(VALUES), raptors.asarray(VALUES)
        before, expected = a, op(n, other)
        a = op(a, other)
        assert a is before
        same(a, expected)
    for other in (OTHERS[2], OTHERS[3], None, "text"):
        a = raptors.asarray(VALUES)
        with pytest.raises(TypeError):
            op(a, other)
        assert a.tolist() == VALUES
    with pytest.raises(ValueError, match="read-only"):
        op(raptors.broadcast_to(raptors.asarray(1.0), (3,)), np.longdouble(1))


def test_containment():
    a = raptors.asarray(VALUES)
    assert 2 in a
    assert np.longdouble(2) in a
    for absent in (3, None, "text", np.longdouble(3)):
        assert absent not in a


def test_containment_of_what_compares_itself():
    """As NumPy: whether there is any true element in what == gave."""
    for make in (lambda x: np.ma.array(x, mask=[0, 1, 0]), np.asmatrix, lambda x: np.array(x, object),
                 lambda x: array.array("d", x), lambda x: np.array(x, "g")):  # fmt: skip
        for x in ([1.0, 5.0, 5.0], [5.0, 5.0, 5.0], [5.0, 5.0, 4.0]):
            assert (make(x) in raptors.asarray(VALUES)) == (make(x) in np.array(VALUES)), (make(x), x)
    assert np.ma.masked not in raptors.asarray(VALUES)

    class Column:
        def __init__(self, x):
            self.x = np.array(x)

        def __eq__(self, other):
            return self.x == np.asarray(other)

        __hash__ = None
        __array_ufunc__ = None

    assert Column([1.0, 5.0, 5.0]) in raptors.asarray(VALUES)
    assert Column([5.0, 5.0, 5.0]) not in raptors.asarray(VALUES)


def test_concat_is_no_operator():
    a = raptors.asarray(VALUES)
    for function in (operator.concat, operator.iconcat):
        with pytest.raises(TypeError, match="concat"):
            function(a, a)
    assert (a + a).tolist() == [2.0, 4.0, 8.0]


# ---- Outputs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [">f8", ">f4", ">c16", "<f8"])
def test_outputs_of_any_byte_order(dtype):
    n, a = np.array(VALUES), raptors.asarray(VALUES)
    for call in (lambda x, out: np.add(x, 0.5, out=out), lambda x, out: np.spacing(x, out=out),
                 lambda x, out: np.cumsum(x, out=out)):  # fmt: skip
        expected, out = np.zeros(3, dtype), np.zeros(3, dtype)
        call(n, expected)
        assert call(a, out) is out
        assert out.tolist() == expected.tolist()
    big = np.array([10, 20, 30], dtype)
    before = big
    big -= a
    assert big is before
    assert big.tolist() == [9, 18, 26]
    assert raptors.sum(a, axis=0, dtype="float32", out=(out := np.zeros((), dtype))) is out
    assert out == 7
    assert raptors.concat([a, a], out=(out := np.zeros(6, dtype))) is out
    assert out.tolist() == VALUES * 2
    assert raptors.where(a > 1, a, 0, out=(out := np.zeros(3, dtype))) is out
    assert out.tolist() == [0, 2, 4]


def test_numbers_out_of_range_in_numpys_where():
    mask, small = raptors.asarray([True, False]), raptors.asarray([1, 2], dtype="uint8")
    with pytest.raises(OverflowError):
        raptors.where(mask, small, -1)
    try:
        theirs = np.where([True, False], np.array([1, 2], "uint8"), -1)
    except OverflowError:  # since NumPy 2.5
        with pytest.raises(OverflowError):
            np.where(mask, small, -1)
    else:
        same(np.where(mask, small, -1), theirs)


# ---- Arrays without dimensions, parts, rounding, joined types ---------------------------------------------------------


@pytest.mark.parametrize("axis", [0, -1, None, ()])
def test_reductions_of_no_dimensions(axis):
    n, a = np.array(5.0), raptors.asarray(5.0)
    for function in (np.sum, np.prod, np.max, np.min, np.mean, np.any, np.all, np.argmax, np.argmin):
        if (axis == () and function in (np.argmax, np.argmin)) or (axis in (0, -1) and function is np.mean):
            continue  # they take one axis; NumPy's mean alone refuses what its sum takes
        same(function(a, axis=axis), function(n, axis=axis))
        same(
            getattr(raptors, {"amax": "max", "amin": "min"}.get(function.__name__, function.__name__))(a, axis=axis),
            function(n, axis=axis),
        )
    same(a.sum(axis=axis, keepdims=True), n.sum(axis=axis, keepdims=True))
    if axis != ():
        same(raptors.take(a, [0, 0], axis=axis), np.take(n, [0, 0], axis=axis))
        same(raptors.squeeze(a, axis=axis), np.squeeze(n, axis=axis))


def test_ufunc_reduce_of_no_dimensions():
    for ufunc in (np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or):
        same(ufunc.reduce(raptors.asarray(5.0)), ufunc.reduce(np.array(5.0)))
    for axis in (1, -2, (0,), (0, 1)):
        for function in (raptors.sum, raptors.squeeze):
            with pytest.raises(np.exceptions.AxisError):
                function(raptors.asarray(5.0), axis=axis)


def test_parts_are_set():
    n, a = np.array([1 + 2j, 3j]), raptors.asarray([1 + 2j, 3j])
    for x in (n, a):
        x.imag = [5, 6]
        x.real = -1
    assert a.tolist() == n.tolist() == [-1 + 5j, -1 + 6j]
    a.imag += 1
    assert a.tolist() == [-1 + 6j, -1 + 7j]
    real = raptors.asarray([1.5, 2.5])
    real.real = [3, 4]
    assert real.tolist() == [3, 4]
    for bad, error in ((lambda: setattr(real, "imag", 0), TypeError), (lambda: setattr(a, "imag", 1j), TypeError),
                       (lambda: setattr(a, "real", [1, 2, 3]), ValueError), (lambda: delattr(a, "imag"), AttributeError),
                       (lambda: setattr(raptors.broadcast_to(a, (2, 2)), "real", 0), ValueError)):  # fmt: skip
        with pytest.raises(error):
            bad()


def test_round_to_decimals():
    n, a = np.array([1.25, -2.355, 1250.0]), raptors.asarray([1.25, -2.355, 1250.0])
    for decimals in (0, 1, 2, -2):
        for result in (
            raptors.round(a, decimals),
            np.round(a, decimals),
            a.round(decimals),
            raptors.round(n, decimals),
        ):
            same(result, np.round(n, decimals))
    assert raptors.round(a, out=(out := raptors.zeros(3))) is out
    with pytest.raises(TypeError):
        raptors.sqrt(a, 1)


@pytest.mark.parametrize("function", ["concat", "stack"])
def test_joined_types_do_not_depend_on_order(function):
    kinds = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint64", "float16", "float32", "complex64"]
    for one in kinds:
        for two in kinds:
            for three in kinds:
                result = getattr(raptors, function)([raptors.ones(1, dtype=kind) for kind in (one, two, three)])
                assert result.dtype == np.result_type(one, two, three), (one, two, three)


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_arange_takes_numpys_type():
    for arguments in ((2 + 3j, 10), (0, 10 + 3j), (np.complex64(3),), (0, 10, np.uint64(2)), (np.uint8(3), np.int8(5)),
                      (2**63, 2**63 + 5), (np.float32(3),), (True,)):  # fmt: skip
        assert raptors.arange(*arguments).dtype == np.arange(*arguments).dtype
    for arguments in ((2 + 3j, 10), (0, 10 + 3j), (np.complex64(3),), (0, 5j, 1j)):
        same(raptors.arange(*arguments), np.arange(*arguments))
    same(raptors.arange(2, dtype="bool"), np.arange(2, dtype="bool"))
    with pytest.raises(TypeError):
        raptors.arange(3, dtype="bool")


# ---- Memory, as Python's own tools see it -----------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["C", "F"])
def test_pickle_out_of_band(order):
    a = raptors.asarray(np.asarray(np.arange(24.0).reshape(4, 6), order=order))
    buffers = []
    data = pickle.dumps(a, protocol=5, buffer_callback=buffers.append)
    assert len(data) < 24 * 8
    other = pickle.loads(data, buffers=buffers)
    assert type(other) is Array
    assert np.shares_memory(np.asarray(a), np.asarray(other))
    assert (other.tolist(), other.strides) == (a.tolist(), a.strides)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for x in (a, a[::2], a[0, 0, ...], raptors.zeros((2, 0)), raptors.broadcast_to(a, (2, 4, 6))):
            other = pickle.loads(pickle.dumps(x, protocol=protocol))
            same(other, np.array(x))
            assert not np.shares_memory(np.asarray(x), np.asarray(other))


def test_getsizeof():
    for shape in ((), (3,), (1000,), (10, 20, 30)):
        a = raptors.zeros(shape)
        assert a.nbytes < sys.getsizeof(a) < a.nbytes + 300
    assert sys.getsizeof(a[1:]) < 300
    assert sys.getsizeof(raptors.asarray(np.zeros(1000))) < 300


def test_tracemalloc():
    def traced():
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = traced()
        a = raptors.zeros(1_000_000)
        assert traced() - before >= 8_000_000
        b = a + 1
        assert traced() - before >= 16_000_000
        snapshot = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__)])
        assert max(trace.size for trace in snapshot.traces) == 8_000_000
        view, capsule = b[5:], a.__dlpack__(max_version=(1, 0))
        del a, b
        assert traced() - before >= 16_000_000  # others have the memory still
        del capsule
        assert traced() - before < 9_000_000
        del view
        assert traced() - before < 1_000_000
    finally:
        tracemalloc.stop()
