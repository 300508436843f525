# SPDX-License-Identifier: BSD-3-Clause
"""var and std against NumPy's: types, axes, corrections, outputs, ill-conditioned data, and bits on any number of threads."""

from contextlib import nullcontext
from fractions import Fraction
from itertools import chain

import numpy as np
import pytest

import raptors

TYPES = ["bool", "int8", "uint8", "int64", "uint64", "float16", "float32", "float64"]


def near(ours, theirs, units=8):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    np.testing.assert_allclose(ours, theirs, rtol=units * np.finfo(theirs.dtype).eps)


@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize("dtype", TYPES)
def test_types_axes_and_corrections(name, dtype):
    x = (np.random.default_rng(5).random((4, 6, 50)) * 100).astype(dtype)
    ours, theirs = getattr(raptors, name), getattr(np, name)
    for layout in (x, x[:, ::-1, ::3], x.transpose(2, 0, 1), x[:1, :2, :2]):
        a = raptors.asarray(layout)
        for axis in (None, 0, -1, 1, (0, 2), (0, 1, 2), ()):
            for more in ({}, {"ddof": 1}, {"ddof": 0.5}, {"keepdims": True}):
                with (
                    np.errstate(all="ignore"),
                    pytest.warns() if axis == () and more.get("ddof") == 1 else nullcontext(),
                ):
                    expected = theirs(layout, axis=axis, **more)
                    if dtype == "float16":  # whose sums are infinite in NumPy
                        expected = theirs(layout.astype("float32"), axis=axis, **more).astype(dtype)
                    near(ours(a, axis=axis, **more), expected)
                    near(getattr(a, name)(axis, **more), expected)
                    near(theirs(a, axis=axis, **more), expected)
                    near(ours(layout, axis=axis, **more), expected)


def test_the_array_api_has_correction():
    x = np.arange(10.0)
    near(raptors.std(x, correction=1), x.std(ddof=1))
    near(raptors.var(x, correction=2.5), x.var(ddof=2.5))
    with pytest.raises((TypeError, ValueError)):
        raptors.var(x, ddof=1, correction=1)


def test_outputs():
    x = np.random.default_rng(1).random((30, 40)).astype("float32")
    for wrap in (raptors.asarray, np.asarray):
        out = wrap(np.zeros(40, "float64"))
        assert raptors.std(raptors.asarray(x), axis=0, out=out) is out
        np.testing.assert_allclose(np.asarray(out), x.std(axis=0), rtol=1e-6)
    with pytest.raises(ValueError):
        raptors.std(x, axis=0, out=np.zeros(41))
    before = x.copy()
    raptors.var(raptors.asarray(x))
    assert (x == before).all()


def test_what_is_passed_on():
    z = np.array([1 + 2j, 3 - 1j])
    near(raptors.asarray(z).var(), z.var())
    x = np.arange(6.0).reshape(2, 3)
    near(raptors.asarray(x).std(1, dtype="float32"), x.std(1, dtype="float32"))
    near(raptors.asarray(x).var(where=x > 1), x.var(where=x > 1))
    with pytest.warns(RuntimeWarning):
        theirs = x[:0].std(axis=0)
    with pytest.warns(RuntimeWarning):
        near(raptors.asarray(x[:0]).std(axis=0), theirs)
    near(raptors.asarray(x[:, :0]).std(axis=0), x[:, :0].std(axis=0))
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        assert np.isnan(raptors.asarray(x[0, :1]).var(ddof=1))
    with pytest.raises(np.exceptions.AxisError):
        raptors.asarray(x).std(2)


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_no_less_accurate_than_numpy_on_ill_conditioned_data(axis):
    """Small distances to a large mean; the truth by fractions. On the mean over some arrays, as either may have luck with one."""
    ours, theirs = [], []
    for seed in range(30):
        x = 1e8 + np.random.default_rng(seed).random((40, 50))
        exact = [[Fraction(v) for v in row] for row in x.tolist()]
        rows = {None: [list(chain(*exact))], 0: list(map(list, zip(*exact, strict=True))), -1: exact}[axis]
        means = [sum(row) / len(row) for row in rows]
        truth = np.array([float(sum((v - m) ** 2 for v in row) / len(row)) for row, m in zip(rows, means, strict=True)])
        ours.append(np.abs(np.asarray(raptors.asarray(x).var(axis)).ravel() - truth).max())
        theirs.append(np.abs(np.asarray(x.var(axis)).ravel() - truth).max())
    assert np.mean(ours) <= 1.1 * np.mean(theirs)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("number", [0.1, 1e8, 3.14159])
def test_sums_of_equal_numbers_are_as_accurate_as_numpys(dtype, number):
    sizes = [1000, 4096, 10000, 100000, 1000000]
    arrays = [np.full(n, number, dtype) for n in sizes]
    truths = [float(Fraction(float(x[0])) * len(x)) for x in arrays]
    units = [np.spacing(np.abs(truth), dtype=dtype) for truth in truths]
    errors = [abs(float(raptors.sum(x)) - truth) / unit for x, truth, unit in zip(arrays, truths, units, strict=True)]
    assert max(errors) <= 3  # 10 where a lane takes 64 elements one after another


def test_equal_bits_on_any_number_of_threads():
    x = np.random.default_rng(3).random((700, 1000)).astype("float32")
    answers = set()
    for threads in (1, 2, 7):
        with raptors.num_threads(threads):
            a = raptors.asarray(x)
            answers.add((np.float32(a.var()).tobytes(), *(np.asarray(a.std(axis)).tobytes() for axis in (0, 1))))
    assert len(answers) == 1
