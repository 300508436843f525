# SPDX-License-Identifier: BSD-3-Clause
"""Indexing and assignment against NumPy's: basic keys, arrays of integers and booleans, and all of them mixed."""

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
    assert isinstance(result, raptors.Array)
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
    if result.size:  # a view, element for element
        np.asarray(result)[...] = -1
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
    element = r[2, 3]
    assert element.shape == ()
    element[...] = 5
    assert r[2, 3].item() == 5


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
