# SPDX-License-Identifier: BSD-3-Clause
"""bool memory of other programs, whose true elements are any byte but 0 (masks of 255): read as what is not 0 by every
call, and no result holds another byte than 0 and 1. NumPy is the judge, on the same truth in clean memory."""

import numpy as np
import pytest

import raptors
from strategies import BINARY, DTYPES, ELEMENTWISE, UNARY, call, quietly

BYTES = [255, 0, 2, 1, 128, 0, 0, 3]
# A vector's tail, the second-level cache, threads; then strided, reversed, transposed, one number for all.
LAYOUTS = {
    "short": lambda raw: raw[:61],
    "cached": lambda raw: raw[:70_000],
    "large": lambda raw: raw,
    "strided": lambda raw: raw[:5000:3],
    "reversed": lambda raw: raw[4000::-1],
    "transposed": lambda raw: raw[: 70 * 90].reshape(70, 90).T,
    "short rows": lambda raw: raw[: 300 * 7].reshape(300, 7)[:, :5],
}


def masks(layout, seed):
    """The same truth as a mask of any bytes, and clean."""
    rng = np.random.default_rng(seed)
    raw = LAYOUTS[layout](rng.choice(np.array(BYTES, "uint8"), 2_500_000))
    clean = np.empty_like(raw, dtype="bool")
    np.not_equal(raw, 0, out=clean)
    return raw.view("bool"), clean


def assert_same(ours, theirs, what):
    got, want = np.asarray(ours), np.asarray(theirs)
    assert (got.dtype, got.shape) == (want.dtype, want.shape), what
    if want.dtype == bool:
        assert got.size == 0 or got.view("uint8").max() <= 1, f"{what}: bytes other than 0 and 1"
    np.testing.assert_array_equal(got, want, err_msg=what)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_elementwise(layout):
    (mask, x), (other, y) = masks(layout, 1), masks(layout, 2)
    for name, numpy_name in UNARY:
        ours, theirs = call(getattr(raptors, name), raptors.asarray(mask)), quietly(getattr(np, numpy_name), x)
        if name != "round" and not isinstance(theirs, Exception):  # (round makes int8 of bool, NumPy float16)
            assert_same(ours, theirs, name)
    for name, numpy_name in BINARY:
        for left, right, a, b in [(mask, other, x, y), (mask, True, x, True), (False, other, False, y)]:
            ours = call(
                getattr(raptors, name), *(v if isinstance(v, bool) else raptors.asarray(v) for v in (left, right))
            )
            theirs = quietly(getattr(np, numpy_name), a, b)
            if isinstance(theirs, Exception):
                assert isinstance(ours, Exception), name
            else:
                assert_same(ours, theirs, f"{name}, {type(left).__name__} and {type(right).__name__}")


def test_number_in_memory():
    """One element for all, as it lies there: broadcast, and of no dimensions."""
    mask, x = masks("cached", 3)
    for byte in BYTES:
        one = np.array([byte], "uint8").view("bool")
        for name, numpy_name, inputs in ELEMENTWISE:
            if inputs != 2 or name == "subtract":
                continue
            numpy_function = getattr(np, numpy_name)
            for shape in [(1,), ()]:
                number, clean = raptors.asarray(one.reshape(shape)), np.array([byte != 0]).reshape(shape)
                assert_same(getattr(raptors, name)(mask, number), quietly(numpy_function, x, clean), name)
                assert_same(getattr(raptors, name)(number, mask), quietly(numpy_function, clean, x), name)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_casts_and_copies(layout):
    mask, x = masks(layout, 4)
    ours = raptors.asarray(mask)
    for dtype in DTYPES:
        assert_same(ours.astype(dtype), x.astype(dtype), f"to {dtype}")
        assert_same(ours + raptors.asarray(3).astype(dtype), x + np.array(3, dtype), f"plus {dtype}")
    assert_same(ours.copy(), x, "copy")
    assert_same(raptors.concat([ours, ours]), np.concatenate([x, x]), "concat")
    assert np.shares_memory(np.asarray(ours.reshape(mask.shape)), mask)  # what is tried is that memory
    target = raptors.zeros(x.shape, dtype="bool")
    target[...] = ours
    assert_same(target, x, "assigned")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_reductions(layout):
    mask, x = masks(layout, 5)
    ours = raptors.asarray(mask)
    for name in ["sum", "prod", "mean", "min", "max", "any", "all", "argmin", "argmax"]:
        for axis in [None, *range(x.ndim)]:
            assert_same(
                getattr(raptors, name)(ours, axis=axis), getattr(np, name)(x, axis=axis), f"{name}, axis {axis}"
            )
    for mine, theirs in zip(raptors.nonzero(ours), np.nonzero(x), strict=True):
        assert_same(mine, theirs, "nonzero")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_selecting(layout):
    (mask, x), (other, y) = masks(layout, 6), masks(layout, 7)
    ours, others = raptors.asarray(mask), raptors.asarray(other)
    assert_same(raptors.where(ours, others, raptors.asarray(mask)), np.where(x, y, x), "where of masks")
    assert_same(raptors.where(ours, others, False), np.where(x, y, False), "where of a mask and a number")
    assert_same(raptors.where(ours, True, others), np.where(x, True, y), "where of a number and a mask")
    assert_same(raptors.where(ours, 1.5, 2.5), np.where(x, 1.5, 2.5), "where by a mask")
    assert_same(ours[ours], x[x], "elements by a mask")
    assert_same(raptors.take(ours, [3, 1, 0], axis=0), np.take(x, [3, 1, 0], axis=0), "take")
    counted = raptors.zeros(x.shape)
    counted[ours] = 1.0
    assert_same(counted, np.where(x, 1.0, 0.0), "assigned by a mask")


def test_numbers_out():
    raw = np.array(BYTES, "uint8")
    ours = raptors.asarray(raw.view("bool"))
    want = [bool(byte) for byte in BYTES]
    assert ours.tolist() == want
    assert [bool(one) for one in ours] == want
    assert [one.item() is truth for one, truth in zip(ours, want, strict=True)] == [True] * len(BYTES)
    assert [int(one) for one in ours] == [int(truth) for truth in want]
    assert str(ours) == str(raptors.asarray(want))


@pytest.mark.parametrize(
    "name", ["equal", "bitwise_and", "bitwise_xor", "add", "logical_or", "multiply", "maximum", "less"]
)
def test_every_contender_agrees(name):
    """Calls of one site are given to one candidate after another; NumPy's own loops are among them."""
    (mask, x), (other, y) = masks("large", 8), masks("large", 9)
    a, b, function = raptors.asarray(mask), raptors.asarray(other), getattr(raptors, name)
    want = quietly(getattr(np, dict(BINARY)[name]), x, y)
    for turn in range(30):
        assert_same(function(a, b), want, f"{name}, call {turn}")
