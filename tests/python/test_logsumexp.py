# SPDX-License-Identifier: BSD-3-Clause
"""logsumexp: against long double, at the numbers that are no numbers, and with one value whatever the layout and threads."""

import numpy as np
import pytest

import raptors

REALS = ["f2", "f4", "f8"]
WIDER = pytest.mark.skipif(np.finfo(np.longdouble).nmant <= np.finfo(np.float64).nmant, reason="long double is float64")


def exact(x, axis=None, keepdims=False):
    """In long double, a digit at a time no worse than what it is held against."""
    x = np.asarray(x).astype(np.longdouble)
    with np.errstate(all="ignore"):
        greatest = np.max(x, axis=axis, keepdims=True)
        below = np.where(x == greatest, -np.inf, x - greatest)
        count = np.sum(x == greatest, axis=axis, keepdims=True)
        result = greatest + (
            np.log(count) + np.log1p(np.sum(np.exp(below), axis=axis, keepdims=True) / np.maximum(count, 1))
        )
    return result if keepdims else np.squeeze(result, axis=axis)


def check(x, axis=None, keepdims=False):
    ours = np.asarray(raptors.logsumexp(x, axis, keepdims=keepdims))
    theirs = exact(x, axis, keepdims)
    assert ours.shape == theirs.shape
    kind = np.asarray(x).dtype
    assert ours.dtype == (kind if kind.kind == "f" else np.float64)
    special = ~np.isfinite(theirs)
    assert np.array_equal(ours[special].astype("f8"), theirs[special].astype("f8"), equal_nan=True)
    greatest = np.max(np.asarray(x).astype(np.longdouble), axis=axis, keepdims=keepdims)
    size = np.maximum(np.abs(theirs), np.abs(greatest))[~special]
    unit = np.spacing(np.minimum(size, np.finfo(ours.dtype).max / 2).astype(ours.dtype)).astype(np.longdouble)
    apart = np.abs(ours[~special].astype(np.longdouble) - theirs[~special])
    assert np.all(apart <= (6 if ours.dtype == np.float64 else 0.51) * unit)


@WIDER
@pytest.mark.parametrize("dtype", [*REALS, "?", "i1", "u2", "i8"])
def test_axes_and_layouts(dtype):
    random = np.random.default_rng(3)
    for shape in ((1,), (7,), (130,), (3, 5), (40, 33), (2, 3, 129), (1, 4, 1, 6)):
        x = random.normal(scale=3, size=shape)
        x = x.astype(dtype) if dtype in REALS else (10 * np.abs(x)).astype(dtype)
        for one in (
            x,
            np.asfortranarray(x),
            x[..., ::-1],
            np.repeat(x, 2, axis=0)[::2],
            np.broadcast_to(x[:1], x.shape),
        ):
            for axis in (None, *range(-x.ndim, x.ndim), *([(0, -1), (0, 1)] if x.ndim > 2 else [])):
                check(one, axis)
                check(one, axis, keepdims=True)


@WIDER
@pytest.mark.parametrize("dtype", REALS)
def test_numbers_far_apart_and_near(dtype):
    most = float(np.finfo(dtype).max)
    for values in (
        [0, -40],
        [0, -0.0],
        [-745, -745.5],
        [most, most],
        [-most, -most],
        [-most, 0, most],
        [-1e-8, -20],
        [700, 710, 709.5],
        [5],
        [-0.0],
        [np.log(1 / 3)] * 3,
        [1e-7, -1e-7, -30],
        [1e-15, -30.123456789],
        [3.3e-7, -12.3456789],
        [0.24, -7.123],
        [0.2501, -7.123],
        [-0.2501, -7.123],
        list(np.linspace(-50, 0, 300)),
        [-1e-5] * 1000,
    ):
        check(np.array(values).astype(dtype))
    small = float(raptors.logsumexp(np.array([0.0, -40.0])))
    assert small == float(np.exp(-40.0))  # which 1 + exp(-40) has lost


@pytest.mark.parametrize("dtype", REALS)
def test_infinities_nan_and_nothing(dtype):
    inf, nan = np.inf, np.nan
    for values, expected in (
        ([-inf], -inf),
        ([-inf, -inf, -inf], -inf),
        ([inf], inf),
        ([inf, inf], inf),
        ([inf, -inf, 3], inf),
        ([-inf, 3], 3),
        ([nan], nan),
        ([1, nan, inf], nan),
        ([-inf, nan], nan),
        ([], -inf),
    ):
        for n in (1, 300):  # in a short row, and in one of several runs
            x = np.array(values * n, dtype=dtype)
            result = raptors.logsumexp(x)
            assert isinstance(result, np.generic)
            assert result.dtype == x.dtype
            if n == 1 or not np.isfinite(expected):
                assert result == expected or (np.isnan(result) and np.isnan(expected))
    empty = np.zeros((0, 3), dtype)
    assert np.asarray(raptors.logsumexp(empty, axis=0)).tolist() == [-inf] * 3
    assert np.asarray(raptors.logsumexp(empty, axis=1)).shape == (0,)
    assert raptors.logsumexp(empty, axis=(0, 1), keepdims=True).shape == (1, 1)
    assert raptors.logsumexp(np.dtype(dtype).type(1.5)) == 1.5
    assert raptors.logsumexp(np.array(1.5, dtype), axis=0) == 1.5


@pytest.mark.parametrize("dtype", REALS)
def test_one_value_for_every_layout_and_number_of_threads(dtype):
    for shape in ((3, 200_001), (70_001, 4), (500, 700)):
        x = np.random.default_rng(1).normal(size=shape).astype(dtype)
        for axis in (0, 1, None):
            results = []
            for threads in (1, 2, 3):
                with raptors.num_threads(threads):
                    for one in (x, np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2]):
                        if axis is not None or one is x:
                            results.append(np.asarray(raptors.logsumexp(one, axis)))
            assert all(np.array_equal(results[0], result) for result in results)
            if np.finfo(np.longdouble).nmant > 52:
                check(x, axis)


def test_out_and_errors():
    x = np.arange(6.0).reshape(2, 3)
    out = np.empty(2)
    assert raptors.logsumexp(x, 1, out=out) is out
    assert np.array_equal(out, np.asarray(raptors.logsumexp(x, 1)))
    half = raptors.empty(2, dtype="f2")
    assert raptors.logsumexp(x, 1, out=half) is half
    assert np.array_equal(np.asarray(half), out.astype("f2"))
    for error, call in (
        (TypeError, lambda: raptors.logsumexp(x + 1j)),
        (TypeError, lambda: raptors.logsumexp()),
        (TypeError, lambda: raptors.logsumexp(x, 0, x)),
        (IndexError, lambda: raptors.logsumexp(x, 2)),
        (ValueError, lambda: raptors.logsumexp(x, (0, 0))),
        (ValueError, lambda: raptors.logsumexp(x, 1, out=np.empty(3))),
        (TypeError, lambda: raptors.logsumexp(x, 1, out=np.empty(2, int))),
    ):
        with pytest.raises(error):
            call()
