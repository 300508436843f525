# SPDX-License-Identifier: BSD-3-Clause
"""Indexing and assignment against NumPy's: basic keys, arrays of integers and booleans, and all of them mixed."""

import random
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import raptors


def pair(shape, dtype="float64"):
    a = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
    return a, raptors.asarray(a.copy())


def check(a, r, key):
    """a[key] and r[key] are equal, or fail alike."""
    try:
        expected = a[key]
    except IndexError:
        with pytest.raises(IndexError):
            r[key]
        return
    result = r[key]
    assert isinstance(result, raptors.Array if isinstance(expected, np.ndarray) else type(expected))
    assert result.shape == np.shape(expected)
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(np.asarray(result), expected)


shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)


@given(st.data())
def test_basic(data):
    a, r = pair(data.draw(shapes))
    key = data.draw(hnp.basic_indices(a.shape, allow_newaxis=True, allow_ellipsis=True, max_dims=8))
    check(a, r, key)
    result = r[key]
    if result.size:  # a view, element for element, where NumPy's is one, and a copy where that gives a number
        np.asarray(result)[...] = -1
        if isinstance(a[key], np.ndarray):
            a[key] = -1
        np.testing.assert_array_equal(np.asarray(r), a)


limits = st.one_of(
    st.none(), st.integers(-12, 12), st.sampled_from([2**62, -(2**62), 2**63 - 1, -(2**63), 2**80, -(2**80)])
)
steps = st.one_of(st.none(), st.integers(-4, 4).filter(bool), st.sampled_from([2**63 - 1, -(2**63), 2**80, -(2**80)]))


@given(limits, limits, steps, st.integers(0, 9))
def test_slices(start, stop, step, length):
    a, r = pair((length,))
    check(a, r, slice(start, stop, step))


@st.composite
def mixed_keys(draw, shape):
    """A key of integers, slices, None, an Ellipsis, and arrays of integers and booleans."""
    ndim = len(shape)
    axis, parts, broadcast = 0, [], draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=3))
    while axis < ndim and len(parts) < 7:
        kind = draw(st.sampled_from(["int", "slice", "none", "array", "array", "list", "mask", "truth", "stop"]))
        n = shape[axis]
        if kind == "stop":
            break
        if kind == "none":
            parts.append(None)
            continue
        if kind == "truth":
            parts.append(draw(st.booleans()))
            continue
        if kind == "mask":
            width = draw(st.integers(1, ndim - axis))
            parts.append(draw(hnp.arrays(bool, shape[axis : axis + width])))
            axis += width
            continue
        if kind == "slice":
            parts.append(draw(st.slices(n)))
        elif n == 0:
            parts.append(slice(None))
        elif kind == "int":
            parts.append(draw(st.integers(-n, n - 1)))
        else:
            sides = draw(st.sampled_from([broadcast, broadcast[1:], (1,) * len(broadcast)]))
            dtype = draw(st.sampled_from(["int64", "int8", "uint16"]))
            low = 0 if dtype[0] == "u" else -n
            index = draw(hnp.arrays(dtype, sides, elements=st.integers(low, n - 1)))
            parts.append(index.tolist() if kind == "list" and index.ndim else index)
        axis += 1
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), ...)
    return tuple(parts)


@settings(max_examples=500)
@given(st.data())
def test_arrays_and_basic_mixed(data):
    a, r = pair(data.draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4)))
    key = data.draw(mixed_keys(a.shape))
    check(a, r, key)
    ours = tuple(raptors.asarray(part) if isinstance(part, np.ndarray) else part for part in key)
    check(a, r, key)
    try:
        expected = a[key]
    except IndexError:
        return
    np.testing.assert_array_equal(np.asarray(r[ours]), expected)


@settings(max_examples=500)
@given(st.data())
def test_assignment_of_arrays_and_basic_mixed(data):
    a, r = pair(data.draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4)))
    key = data.draw(mixed_keys(a.shape))
    try:
        shape = np.shape(a[key])
    except IndexError:
        with pytest.raises(IndexError):
            r[key] = 0
        return
    # Equal values for all: which of several writes to one element is last is nobody's promise.
    value = data.draw(
        st.sampled_from([-1, -1.5, np.full(shape, -2.0), np.full(shape[1:], -3), np.full((1, *shape), 4.0)])
    )
    try:
        a[key] = value
    except (TypeError, ValueError):  # NumPy alone refuses a leading axis of length 1 where a key is a mask, or integers
        return
    r[key] = value
    np.testing.assert_array_equal(np.asarray(r), a)


def test_values_land_where_they_belong():
    for key, shape in (((slice(None), [2, 0]), (3, 2)), (([1, 0], slice(None), [2, 0]), (2, 4)),
                       ((slice(1), slice(None), [[2, 0]]), (1, 4, 1, 2)), ((0, slice(None), [2, 0]), (2, 4)),
                       ((..., np.array([True, False, True])), (3, 4, 2))):  # fmt: skip
        a, r = pair((3, 4, 3) if len(shape) > 2 or len(key) > 2 else (3, 4))
        value = np.arange(a[key].size).reshape(a[key].shape) + 100.0
        a[key] = value
        r[key] = value
        np.testing.assert_array_equal(np.asarray(r), a)


@pytest.mark.parametrize("key", [np.int64(1), np.uint8(1), np.array(1), raptors.asarray(1), True, np.True_, False,
                                 np.array(True), [], [[]], (), [True, False, True], np.zeros((0,), int),
                                 (np.array([0, 1]), 1), ([0, 1], [1, 2]), ([[0], [1]], [1, 2]), (None, [0], None),
                                 ([0, 1], None, [1, 2]), ([0, 1], ..., [1, 2]), (..., None, [1, 0, 0, 1])])  # fmt: skip
def test_special_keys(key):
    a, r = pair((3, 4))
    expected = np.asarray(a[np.asarray(key) if isinstance(key, raptors.Array) else key])
    assert r[key].shape == expected.shape
    np.testing.assert_array_equal(np.asarray(r[key]), expected)


@pytest.mark.parametrize("key", [3, -4, (0, 4), (0, 0, 0), (..., ...), "x", 1.0, [1.0], {}, (0, "x"), [3], [-4],
                                 [[0, 1], [2, 3]], ([0, 1], [0, 1, 2]), np.ones(4, bool), np.ones((3, 3), bool),
                                 [True, False], np.array(["a"]), object(), 2**70, np.array([2**63], "uint64"), (slice(None),) * 3,
                                 slice("a"), [0.5], np.ones((3, 4, 1), bool), (None,) * 70, ([0],) * 3])  # fmt: skip
def test_bad_keys(key):
    a, r = pair((3, 4))
    with pytest.raises((IndexError, TypeError)):
        r[key]
    with pytest.raises((IndexError, TypeError)):
        r[key] = 5
    assert r.tolist() == a.tolist()


def test_slice_errors():
    _, r = pair((3,))
    with pytest.raises(ValueError, match="step"):
        r[::0]
    with pytest.raises(TypeError):
        r[1.5:]


def test_assignment_converts():
    a, r = pair((4,), "int32")
    for value in (True, 7, 7.9, np.float64(3.5), np.int8(2), [1, 2, 3, 4], [1.5, 2.5, 3.5, 4.5], (9,), np.array([[5]]),
                  np.arange(4.0), range(4), raptors.arange(4)):  # fmt: skip
        a[...] = np.asarray(value)
        r[...] = value
        np.testing.assert_array_equal(np.asarray(r), a)


def test_assignment_refuses():
    a, r = pair((2, 3), "uint8")
    for value, error in (([1, 2], ValueError), (np.ones((2, 2)), ValueError), (np.ones((2, 2, 3)), ValueError),
                         (300, OverflowError), (-1, OverflowError), ("x", (TypeError, ValueError)), (None, TypeError),
                         ([300], OverflowError), (object(), TypeError), ([[1], [2, 3]], ValueError)):  # fmt: skip
        for key in (..., slice(None), [0, 1], (slice(None), [0, 1, 2])):
            with pytest.raises(error):
                r[key] = value
            assert r.tolist() == a.tolist()
    with pytest.raises(ValueError, match="delete"):
        del r[0]
    readonly = raptors.broadcast_to(r, (2, 2, 3))
    for key in (0, ..., [0], readonly == 0):
        with pytest.raises(ValueError, match="read-only"):
            readonly[key] = 1
    assert r.tolist() == a.tolist()


def test_overlapping_assignment():
    _, r = pair((6,))
    r[1:] = r[:-1]
    assert r.tolist() == [0, 0, 1, 2, 3, 4]
    r[::-1] = r
    assert r.tolist() == [4, 3, 2, 1, 0, 0]
    r[[0, 1, 2]] = r[[2, 1, 0]]
    assert r.tolist() == [2, 3, 4, 1, 0, 0]


def test_mask_assignment():
    a, r = pair((3, 4))
    mask = a % 3 == 1
    a[mask] = 0.5
    r[raptors.asarray(mask)] = 0.5
    np.testing.assert_array_equal(np.asarray(r), a)
    values = np.arange(mask.sum()) + 100.0
    a[mask] = values
    r[mask] = values
    np.testing.assert_array_equal(np.asarray(r), a)
    r[r > 50] += 1
    a[a > 50] += 1
    np.testing.assert_array_equal(np.asarray(r), a)
    _, r = pair((4,), "int8")
    r[r > 1] = 2.9
    assert r.tolist() == [0, 1, 2, 2]


def test_results_of_basic_keys_are_views_and_of_arrays_copies():
    _, r = pair((3, 4))
    row = r[1]
    row[0] = -1
    assert r[1, 0].item() == -1
    copied = r[[1]]
    copied[...] = 9
    assert r[1, 0].item() == -1
    element, place = r[2, 3], r[2, 3, ...]
    assert element.shape == place.shape == ()
    place[...] = 5
    assert (r[2, 3], element) == (5, 11)
    row = r[raptors.asarray(1)]
    row[...] = 7
    assert r[1].tolist() == [-1, 5, 6, 7]


def test_elements_are_copies():
    r = raptors.asarray([1, 5, 2])
    r[0], r[1] = r[1], r[0]
    assert r.tolist() == [5, 1, 2]
    total = r[0]
    for element in r[1:]:
        total += element
    assert (total.item(), r.tolist()) == (8, [5, 1, 2])
    largest, smallest, first, *_ = max(r), min(r), *r
    r[...] = 0
    assert [largest.item(), smallest.item(), first.item()] == [5, 1, 5]
    number = raptors.asarray(2.5)
    element, place = number[()], number[...]
    number[...] = 1
    assert (element.item(), place.item()) == (2.5, 1.0)
    for shuffle in (random.Random(3).shuffle, np.random.default_rng(3).shuffle):
        r = raptors.arange(30)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, that a shuffled object with views as elements may lose some
            shuffle(r)
        assert sorted(r.tolist()) == list(range(30)) != r.tolist()
    readonly = raptors.broadcast_to(raptors.asarray(1.5), (3,))
    element = other = readonly[1]
    element += 1
    assert (element, other, readonly.tolist()) == (2.5, 1.5, [1.5] * 3)


# What a call gives on one array of NumPy's and on ours: whether it shares the array's memory.
MAYBE_VIEWS = {
    "ravel": lambda xp, a: a.ravel(),
    "flatten": lambda xp, a: a.flatten(),
    "copy": lambda xp, a: a.copy(),
    "reshape": lambda xp, a: a.reshape(-1),
    "same shape": lambda xp, a: xp.reshape(a, a.shape),
    "T": lambda xp, a: a.T,
    "transpose": lambda xp, a: xp.transpose(a),
    "squeeze": lambda xp, a: xp.squeeze(a),
    "expand_dims": lambda xp, a: xp.expand_dims(a, axis=0),
    "broadcast_to": lambda xp, a: xp.broadcast_to(a, (2, *a.shape)),
    "broadcast_arrays": lambda xp, a: xp.broadcast_arrays(a)[0],
    "real": lambda xp, a: a.real,
    "imag": lambda xp, a: a.imag,
    "astype": lambda xp, a: a.astype(a.dtype),
    "astype, no copy": lambda xp, a: a.astype(a.dtype, copy=False),
    "asarray": lambda xp, a: xp.asarray(a),
    "asarray, copy": lambda xp, a: xp.asarray(a, copy=True),
    "take": lambda xp, a: a.take([0]),
    "concat": lambda xp, a: xp.concat([a], axis=None),
    "stack": lambda xp, a: xp.stack([a]),
    "where": lambda xp, a: xp.where(xp.asarray(True), a, a),
    "positive": lambda xp, a: xp.positive(a),
    "round": lambda xp, a: a.round(),
    "sum over nothing": lambda xp, a: a.sum(axis=()),
    "np.ravel": lambda xp, a: np.ravel(a),
    "np.squeeze": lambda xp, a: np.squeeze(a),
    "np.flip": lambda xp, a: np.flip(a),
    "np.real": lambda xp, a: np.real(a),
    "[...]": lambda xp, a: a[...],
    "[()]": lambda xp, a: a[()],
    "[None]": lambda xp, a: a[None],
    "[True]": lambda xp, a: a[True],
    "[0]": lambda xp, a: a[0],
    "[-1]": lambda xp, a: a[-1],
    "[np.int64]": lambda xp, a: a[np.int64(0)],
    "[0, ...]": lambda xp, a: a[0, ...],
    "[0, None]": lambda xp, a: a[0, None],
    "[0, 0]": lambda xp, a: a[0, 0],
    "[0, 0, ...]": lambda xp, a: a[0, 0, ...],
    "[1:]": lambda xp, a: a[1:],
    "[::-2]": lambda xp, a: a[::-2],
    "[[0]]": lambda xp, a: a[[0]],
    "[array]": lambda xp, a: a[xp.asarray(0)],
    "[ndarray]": lambda xp, a: a[np.array(0)],
    "[array, :]": lambda xp, a: a[xp.asarray(0), :],
    "[:, array]": lambda xp, a: a[:, xp.asarray(0)],
    "[array, ...]": lambda xp, a: a[xp.asarray(0), ...],
    "[array, None]": lambda xp, a: a[xp.asarray(0), None],
    "next": lambda xp, a: next(iter(a)),
}


def layouts():
    base = np.arange(24.0).reshape(4, 6)
    return [base, np.asfortranarray(base), base[:, ::2], base[1:3], base[:1], base[:, 0], base[0], base[0, ::-1],
            base[0, ::3], base * 1j, np.array(5.0), np.array([5.0]), base[:, :1]]  # fmt: skip


@pytest.mark.parametrize("name", MAYBE_VIEWS)
def test_views_are_numpys(name):
    function = MAYBE_VIEWS[name]
    for a in layouts():
        try:
            expected = function(np, a)
        except (IndexError, TypeError) as error:
            with pytest.raises(type(error)):
                function(raptors, raptors.asarray(a))
            continue
        result = function(raptors, raptors.asarray(a))
        assert result.shape == expected.shape
        np.testing.assert_array_equal(np.asarray(result), expected)
        assert np.shares_memory(np.asarray(result), a) == np.shares_memory(expected, a), (a.shape, a.strides)


@given(st.data())
def test_take_and_nonzero(data):
    a, r = pair(data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)))
    axis = data.draw(st.one_of(st.none(), st.integers(-a.ndim, a.ndim - 1)))
    n = a.size if axis is None else a.shape[axis]
    indices = data.draw(hnp.arrays("int64", hnp.array_shapes(min_dims=0, max_dims=2), elements=st.integers(-n, n - 1)))
    expected = np.take(a, indices, axis)
    for result in (raptors.take(r, indices, axis=axis), r.take(indices, axis)):
        assert result.shape == np.shape(expected)
        np.testing.assert_array_equal(np.asarray(result), expected)
    for ours, theirs in zip(raptors.nonzero(r > 2), np.nonzero(a > 2), strict=True):
        assert ours.dtype == np.int64
        np.testing.assert_array_equal(np.asarray(ours), theirs)


def test_keys_that_change_are_read_once():
    class Fickle:
        def __init__(self):
            self.reads = 0

        def __array__(self, dtype=None, copy=None):
            self.reads += 1
            return np.array([1, 0]) if self.reads % 2 else np.ones((3, 4), bool)

    a, r = pair((3, 4))
    key = Fickle()
    np.testing.assert_array_equal(np.asarray(r[key]), a[[1, 0]])
    assert key.reads == 1
    r[:, Fickle()] = 5
    a[:, [1, 0]] = 5
    np.testing.assert_array_equal(np.asarray(r), a)
