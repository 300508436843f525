# SPDX-License-Identifier: BSD-3-Clause
"""Creation functions, casts, joining and picking against NumPy's."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import raptors
from strategies import (
    DTYPES,
    alike,
    arrays,
    assert_bits,
    assert_same_order,
    call,
    combine,
    quietly,
    shapes,
    specials,
    values,
)

DTYPE = st.sampled_from(DTYPES)


def check(name, *args, what="", ulp=0, **kwargs):
    """The function of both libraries on numbers and names."""
    what = what or f"{name}{args}{kwargs}"
    theirs = quietly(getattr(np, name), *args, **kwargs)
    ours = call(getattr(raptors, name), *args, **kwargs)
    if not alike(ours, theirs, what):
        assert isinstance(ours, raptors.Array)
        if ulp:
            assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), what
            scale = np.abs(theirs).max(initial=0)
            assert np.all(np.abs(np.asarray(ours) - theirs) <= ulp * np.spacing(scale)), what
        else:
            assert_bits(ours, theirs, what=what)


# ---- Casts -----------------------------------------------------------------------------------------------------------


def castable(dtype, other):
    """Values of `dtype` that C casts to `other` in a defined way."""
    x = np.concatenate([specials(dtype), values((200,), dtype, 1)])
    if np.dtype(dtype).kind in "fc" and np.dtype(other).kind in "iu":
        info = np.iinfo(other)
        low, high = float(info.min), float(info.max)
        real = x.real.astype("float64")
        with np.errstate(invalid="ignore"):
            x = x[(np.trunc(real) >= low) & (np.trunc(real) <= high) & (real < 2.0 ** (info.bits - (info.min < 0)))]
    return x


@pytest.mark.parametrize(("dtype", "other"), [*itertools.product(DTYPES, DTYPES)])
def test_casts(dtype, other):
    x = castable(dtype, other)
    for view in (
        x,
        x[::-1],
        x[::3],
        x[:1],
        x[:0],
        np.broadcast_to(x, (3, x.size)),
        x[: x.size // 2 * 2].reshape(2, -1).T,
    ):
        theirs = quietly(view.astype, other)
        ours = raptors.asarray(view).astype(other)
        assert_bits(ours, theirs, what=f"{dtype} to {other}")
        if 0 not in view.strides:
            assert_same_order(ours, theirs)
        target = np.empty(view.shape, other)
        raptors.asarray(target)[...] = raptors.asarray(view)
        assert_bits(target, theirs, what=f"{dtype} to {other}, assigned")
    for one in x[:40]:
        assert_bits(
            raptors.asarray(np.array(one)).astype(other),
            quietly(np.array(one).astype, other),
            what=f"{dtype} to {other}",
        )


def test_every_float16():
    every = np.arange(65536, dtype="uint16").view("float16")
    for other in ("float32", "float64", "complex64", "bool"):
        assert_bits(raptors.asarray(every).astype(other), quietly(every.astype, other))
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 300_000, dtype="uint32").view("float32")
    ties = (every[:-1].astype("float32") + every[1:].astype("float32")) / 2  # half-way, and just beside
    for x in (
        bits,
        np.float32(1e-4) * bits.clip(-1, 1),
        ties,
        np.nextafter(ties, np.float32(0)),
        np.nextafter(ties, np.float32(9e9)),
    ):
        assert_bits(raptors.asarray(x).astype("float16"), quietly(x.astype, "float16"))
        x = x.astype("float64")
        x = np.concatenate([x, np.nextafter(x, 0), np.nextafter(x, 9e9)])
        assert_bits(raptors.asarray(x).astype("float16"), quietly(x.astype, "float16"), what="float64 rounds once")


@settings(max_examples=80)
@given(st.data(), DTYPE, DTYPE, shapes())
def test_cast_layouts(data, dtype, other, shape):
    a = data.draw(arrays(shape, dtype, special=0, shrink_axes=True))
    if a.dtype.kind in "fc" and np.dtype(other).kind in "iu":
        a = np.abs(a)
    ours, theirs = raptors.asarray(a).astype(other), quietly(a.astype, other)
    assert_bits(ours, theirs, what=f"{dtype} to {other}")
    if 0 not in a.strides:
        assert_same_order(ours, theirs)


# ---- Sequences and constants -----------------------------------------------------------------------------------------

ENDS = [-7, -1, 0, 1, 3, 10, 1000, -0.5, 0.1, 2.5, 1e-3, 7.25]


def test_arange():
    for stop in (-3, 0, 1, 5, 700, 2.5, 0.0):
        check("arange", stop)
    for start, stop in itertools.product(ENDS, ENDS):
        for step in (1, -1, 2, 3, -4, 0.5, -0.25, 0.1, 7.3):
            if max(abs(stop - start) / abs(step), 0) > 1e5:
                continue
            if isinstance(start + stop + step, int):
                check("arange", start, stop, step)
                continue
            # NumPy's own numbers drift: it adds the rounded (start + step) - start.
            ours, theirs = np.asarray(raptors.arange(start, stop, step)), np.arange(start, stop, step)
            assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), (start, stop, step)
            assert_bits(
                ours, float(start) + np.arange(theirs.size) * float(step), what=f"arange({start}, {stop}, {step})"
            )
    for dtype in DTYPES:
        if dtype != "bool":
            check("arange", 3, 60, 4, dtype=dtype)
            check("arange", 60, 3, -4, dtype=dtype)
    check("arange", 2**63 - 5, 2**63 - 1)
    check("arange", -(2**63), -(2**63) + 7, 2)
    assert_bits(raptors.arange(0, 10, 0.1, dtype="float32"), (np.arange(100) * 0.1).astype("float32"))
    for bad in ((0, float("nan")), (0, 1, float("nan"))):
        with pytest.raises(ValueError, match="arange"):
            raptors.arange(*bad)
    for bad in ((0, 1, 0), (0, 0, 0), (0, 1, 0.0), (0.0, 1, -0.0), (0, 1, False), (0, 1, 0j), (0, 1, np.uint8(0))):
        for options in ({}, {"dtype": "float32"}):
            with pytest.raises(ZeroDivisionError):
                raptors.arange(*bad, **options)


def test_linspace():
    for start, stop, count in itertools.product(
        [0, -1.5, 3, 1e-3, 2 + 1j], [1, 7.25, -4, 3, 1e6, -1j], [0, 1, 2, 3, 50, 1001]
    ):
        for endpoint in (True, False):
            check("linspace", start, stop, count, endpoint=endpoint, ulp=4)
    for dtype in ("float16", "float32", "complex64"):
        check("linspace", 0, 1, 17, dtype=dtype, ulp=1)


def test_constants():
    for dtype in DTYPES:
        for shape in ((), 3, (0,), (2, 3), (2, 0, 4), (70, 3)):
            for name in ("zeros", "ones"):
                check(name, shape, dtype=dtype)
            check("full", shape, 1, dtype=dtype)
        for n, m, k in itertools.product([0, 1, 3, 9], [None, 0, 1, 5, 70], [-100, -3, -1, 0, 1, 2, 80]):
            ours, theirs = raptors.eye(n, m, k=k, dtype=dtype), np.eye(n, m, k=k, dtype=dtype)
            assert_bits(ours, theirs, what=f"eye({n}, {m}, {k})")
    for value in (
        True,
        3,
        -7,
        2.5,
        float("nan"),
        -0.0,
        1j,
        2**63 - 1,
        np.float32(1.5),
        np.int8(-3),
        np.uint64(2**64 - 1),
    ):
        check("full", (3, 5), value)
        for dtype in DTYPES:
            if np.can_cast(np.min_scalar_type(value), dtype, "same_kind") and value not in (2**63 - 1, 2**64 - 1):
                check("full", 65, value, dtype=dtype)


@settings(max_examples=100)
@given(st.data(), DTYPE, DTYPE, shapes())
def test_likes(data, dtype, other, shape):
    a = data.draw(arrays(shape, dtype, shrink_axes=True))
    r = raptors.asarray(a)
    for name, args in (("zeros_like", ()), ("ones_like", ()), ("full_like", (1,)), ("empty_like", ())):
        for wanted in (None, other):
            ours, theirs = getattr(raptors, name)(r, *args, dtype=wanted), getattr(np, name)(a, *args, dtype=wanted)
            assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
            if 0 not in a.strides:
                assert_same_order(ours, theirs)
            if name != "empty_like":
                assert_bits(ours, theirs)


# ---- Joining and picking ---------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(st.data(), shapes(max_dims=4), st.lists(DTYPE, min_size=1, max_size=4))
def test_concat_and_stack(data, shape, dtypes):
    parts = [data.draw(arrays(shape, dtype)) for dtype in dtypes]
    ours = [raptors.asarray(a) for a in parts]
    for axis in range(-len(shape) - 1, len(shape) + 1):
        assert_bits(raptors.stack(ours, axis=axis), np.stack(parts, axis=axis), what=f"stack over {axis}")
    axis = data.draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    if axis is not None:  # lengths along the axis differ
        cuts = [data.draw(st.integers(0, shape[axis])) for _ in parts]
        parts = [np.moveaxis(np.moveaxis(a, axis, 0)[cut:], 0, axis) for a, cut in zip(parts, cuts, strict=True)]
    theirs = quietly(np.concatenate, parts, axis=axis)
    assert_bits(raptors.concat([raptors.asarray(a) for a in parts], axis=axis), theirs, what=f"concat over {axis}")


@settings(max_examples=80)
@given(st.data(), shapes(max_dims=4), DTYPE, st.sampled_from([one for one in DTYPES if np.dtype(one).kind in "iu"]))
def test_take(data, shape, dtype, index_dtype):
    a = data.draw(arrays(shape, dtype, shrink_axes=True))
    axis = data.draw(st.sampled_from([None, *range(-a.ndim, a.ndim)]))
    n = a.size if axis is None else a.shape[axis]
    low = 0 if index_dtype[0] == "u" else max(-n, -100)
    if n == 0:
        return
    several = st.lists(st.integers(low, min(n - 1, 100)), min_size=0, max_size=9)
    indices = np.array(data.draw(several), index_dtype)
    for wanted in (
        indices,
        indices[::-1],
        indices[:, None][:, [0, 0]],
        indices[:1].reshape(()) if indices.size else indices,
    ):
        theirs = np.take(a, wanted.astype("int64"), axis=axis)
        assert_bits(
            raptors.take(raptors.asarray(a), raptors.asarray(wanted), axis=axis), theirs, what=f"take over {axis}"
        )


@settings(max_examples=80)
@given(st.data(), shapes(), DTYPE)
def test_nonzero(data, shape, dtype):
    a = data.draw(arrays(shape, dtype, shrink_axes=True))
    theirs = quietly(np.nonzero, a)
    ours = call(raptors.nonzero, raptors.asarray(a))
    if not alike(ours, theirs, "nonzero"):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_bits(one, other)


def test_large_nonzero_and_take():
    for dtype in ("bool", "float32", "complex128"):
        a = (values((997, 301), "int8", 1) % 3 == 0).astype(dtype)
        for view in (a, a.T, a[::-1, ::2]):
            for one, other in zip(raptors.nonzero(raptors.asarray(view)), np.nonzero(view), strict=True):
                assert_bits(one, other)
            indices = np.arange(-200, 140, 3)
            for axis in (0, 1):
                assert_bits(
                    raptors.take(raptors.asarray(view), raptors.asarray(indices % 140), axis=axis),
                    np.take(view, indices % 140, axis),
                )


def test_complex_parts():
    z = combine(values((30,), "float32", 1), values((30,), "float32", 2))
    assert_bits(raptors.asarray(z).real, z.real)
    assert_bits(raptors.asarray(z).imag, z.imag)


NESTED = [
    [1.0, 2.5, -0.0],
    (1, 2, 3),
    [True, False],
    [True, 2],
    [True, 2.5, 3],
    [1j, 2, True, 0.5],
    [[1, 2], (3.5, 4)],
    [[[True]], [[7]]],
    [2**53 + 1, 0.5],
    [-(2**63), 2**63 - 1],
    [2**63, 1],
    [2**63],
    [1.0, float("nan"), float("inf")],
    [np.float32(1), 2],
    [1, np.int8(2)],
    [np.array(3), 4],
    [[1, 2], np.array([3, 4])],
    [],
    [[]],
    [[], []],
]


@pytest.mark.parametrize("dtype", [None, "bool", "int64", "float64", "complex128", "float32", "uint8"])
@pytest.mark.parametrize("numbers", NESTED, ids=str)
def test_numbers_in_lists_become_what_numpy_makes_of_them(numbers, dtype):
    def made(array):
        try:
            return array(numbers, dtype=dtype)
        except (TypeError, ValueError, OverflowError) as error:
            return type(error)

    expected, got = made(np.array), made(raptors.array)
    if isinstance(expected, type):
        assert got is expected
    else:
        got = np.asarray(got)
        assert (got.dtype, got.shape, got.tobytes()) == (expected.dtype, expected.shape, expected.tobytes())


@pytest.mark.parametrize("numbers", [[1, [2]], [[1, 2], [3]], [[1], 2], [[1.0, 2], (3, 4, 5)]], ids=str)
def test_lists_of_no_one_shape_are_refused(numbers):
    with pytest.raises(ValueError, match="inhomogeneous"):
        raptors.array(numbers)


def test_a_list_in_itself_is_refused():
    numbers = [1.0]
    numbers[0] = numbers
    with pytest.raises((TypeError, ValueError)):
        raptors.array(numbers)
