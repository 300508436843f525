# SPDX-License-Identifier: BSD-3-Clause
"""Every reduction against NumPy's, and against exact sums; the number of threads must change no bit of a result."""

import itertools
import math
import os
import platform
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import raptors
from strategies import DTYPES, alike, arrays, assert_bits, call, layouts, place, quietly, real_parts, shapes, values

REDUCTIONS = [name for name, _, _, reduction in raptors._raptors.OPERATIONS if reduction]
INDEX = ("argmin", "argmax")
DTYPE = st.sampled_from(DTYPES)


def exact(name, a, axis, keepdims):
    """The sum or mean in the widest type there is, and the sum of magnitudes."""
    wide = np.clongdouble if a.dtype.kind == "c" else np.longdouble
    total = a.astype(wide).sum(axis=axis, keepdims=keepdims)
    size = np.abs(a.astype(wide)).sum(axis=axis, keepdims=keepdims)
    if name == "mean":
        count = a.size // max(total.size, 1)
        return total / count, size / count
    return total, size


def assert_reduced(name, ours, theirs, a, axis=None, keepdims=False, what=""):
    """Equal bits, but for sums and products of floating-point numbers, which a bound is for."""
    what = what or f"{name} of {a.dtype}{list(a.shape)} over {axis}"
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), what
    if name in ("min", "max") and ours.dtype.kind == "c":  # which of several NaNs is free
        nan = np.isnan(theirs)
        assert np.array_equal(np.isnan(ours), nan), what
        assert np.array_equal(ours[~nan], theirs[~nan]), what
        return
    if ours.dtype.kind in "biu" or name in ("min", "max"):
        assert_bits(ours, theirs, free_zero=True, what=what)
        return
    if not ours.size:
        return
    count = max(a.size // ours.size, 1)
    info = np.finfo(ours.dtype)
    with np.errstate(all="ignore"):
        if name == "prod":
            reference, size = theirs, np.abs(theirs)
            steps = 4 * count
        else:
            reference, size = exact(name, a, axis, keepdims)
            steps = 2 * math.log2(count + 1) + 4
        bound = steps * info.eps * size + steps * info.smallest_subnormal
        x, y = real_parts(ours.astype(np.result_type(reference, ours))), real_parts(reference)
        unsure = (size > info.max / 4) | ~np.isfinite(size)
        if name == "prod":  # on the way it may have left the range, or the normal numbers
            unsure |= size < info.tiny * 2.0**20
        if ours.dtype.kind == "c":
            bound, unsure = bound[..., None], unsure[..., None]
        good = (np.abs(x - y) <= bound) | unsure
        if ours.dtype.kind == "c":
            good = good.all(-1)
    assert good.all(), f"{what}: {ours[~good]} and {reference[~good]}"


def check(name, a, axis=None, keepdims=False, what=""):
    theirs = quietly(getattr(np, name), a, axis=axis, keepdims=keepdims)
    if name == "mean" and a.dtype == np.float16 and a.size:  # NumPy's overflows on the way
        theirs = np.asarray(quietly(np.mean, a, axis=axis, keepdims=keepdims, dtype="float32")).astype(a.dtype)
    ours = call(getattr(raptors, name), raptors.asarray(a), axis=axis, keepdims=keepdims)
    if not alike(ours, theirs, f"{name} of {a.dtype}{list(a.shape)} over {axis}"):
        assert isinstance(ours, raptors.Array if np.ndim(theirs) else np.generic)
        assert_reduced(name, ours, theirs, a, axis, keepdims, what)


def all_axes(ndim):
    """None, every axis from both ends, every tuple of axes."""
    tuples = [axes for n in range(ndim + 1) for axes in itertools.combinations(range(ndim), n)]
    return [None, *range(-ndim, ndim), *tuples]


# ---- Types, axes, layouts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REDUCTIONS)
def test_types_and_axes(name):
    for dtype, shape in itertools.product(DTYPES, [(), (1,), (5,), (3, 4), (40, 3), (3, 40), (2, 3, 5)]):
        a = values(shape, dtype, 4, special=0.02)
        for axis, keepdims in itertools.product(all_axes(len(shape)), [False, True]):
            if not (name in INDEX and isinstance(axis, tuple)):
                check(name, a, axis, keepdims)


@settings(max_examples=250)
@given(st.data(), st.sampled_from(REDUCTIONS), DTYPE, shapes())
def test_layouts(data, name, dtype, shape):
    a = data.draw(arrays(shape, dtype, special=data.draw(st.sampled_from([0, 0.01, 0.3])), shrink_axes=True))
    axes = [axis for axis in all_axes(a.ndim) if not (name in INDEX and isinstance(axis, tuple))]
    check(name, a, data.draw(st.sampled_from(axes)), data.draw(st.booleans()))


@pytest.mark.parametrize("name", REDUCTIONS)
def test_empty(name):
    for dtype, shape in itertools.product(DTYPES, [(0,), (0, 3), (3, 0), (2, 0, 3), (0, 0)]):
        for axis, keepdims in itertools.product(all_axes(len(shape)), [False, True]):
            if not (name in INDEX and isinstance(axis, tuple)):
                check(name, np.zeros(shape, dtype), axis, keepdims)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_wrong_axes(name):
    a = np.ones((2, 3))
    for axis in (2, -3, (0, 0), (0, -2), (0, 5), 1.5, "0", True, (0, True), [0], [0, 1]):
        if name not in INDEX or not isinstance(axis, tuple):
            check(name, a, axis)
        with pytest.raises((TypeError, ValueError, IndexError)):
            getattr(raptors, name)(raptors.asarray(a), axis=axis)


@pytest.mark.parametrize("name", ["min", "max", "argmin", "argmax", "any", "all", "count_nonzero"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_selections_at_every_length_and_place(name, dtype):
    """The one element that decides, in each place; then two that are equal; then NaNs."""
    kind = np.dtype(dtype).kind
    low = name in ("min", "argmin", "all")
    for n in (1, 2, 7, 16, 33, 64, 65, 130, 300):
        for place_of_it in {0, 1, n // 3, n // 2, n - 2, n - 1} & set(range(n)):
            a = np.full(n, 1 if low else 0, dtype)
            a[place_of_it] = 0 if low else 1
            check(name, a)
            check(name, np.stack([a, a[::-1]], 1), 0)
            check(name, np.stack([a, a[::-1]]), 1)
            a[n // 2 :] = a[place_of_it]
            check(name, a)
            if kind in "fc":
                a[n // 2] = np.nan
                check(name, a)
                a[place_of_it] = complex(1, np.nan) if kind == "c" else np.nan
                check(name, a)
                check(name, np.stack([a, a[::-1], a], 1), 0)


@pytest.mark.parametrize("dtype", [one for one in DTYPES if np.dtype(one).kind in "iu"])
def test_integers_wrap_round(dtype):
    for n in (3, 40, 1000):
        a = values((n,), dtype, n)
        for name in ("sum", "prod", "mean", "min", "max"):
            check(name, a)
            check(name, a.reshape(-1, 1)[:, [0, 0, 0]], 0)
            same_type = {"dtype": dtype} if name in ("sum", "prod") else {}
            ours = getattr(raptors, name)(raptors.asarray(a), **same_type)
            assert_reduced(name, ours, quietly(getattr(np, name), a, **same_type), a)


@settings(max_examples=70)
@given(st.data(), st.sampled_from(["sum", "prod", "mean"]), DTYPE, DTYPE, shapes(max_dims=3))
def test_dtype_argument(data, name, dtype, other, shape):
    a = data.draw(arrays(shape, dtype, special=0))
    if not np.can_cast(dtype, other, "same_kind") or (name == "mean" and np.dtype(other).kind in "biu"):
        return
    theirs = quietly(getattr(np, name), a, dtype=other)
    ours = call(getattr(raptors, name), raptors.asarray(a), dtype=other)
    if alike(ours, theirs, f"{name} of {dtype} in {other}"):
        return
    assert (ours.dtype, ours.shape) == (np.asarray(theirs).dtype, ())
    if np.dtype(other).kind in "biu":
        assert_bits(ours, theirs, what=f"{name} of {dtype} in {other}")


@settings(max_examples=100)
@given(st.data(), st.sampled_from(REDUCTIONS), DTYPE, shapes())
def test_out(data, name, dtype, shape):
    a = data.draw(arrays(shape, dtype, special=0))
    axis = data.draw(st.sampled_from([None, *range(a.ndim)]))
    keepdims = data.draw(st.booleans())
    if isinstance(quietly(getattr(np, name), a, axis=axis, keepdims=keepdims), Exception):
        return
    result = getattr(raptors, name)(raptors.asarray(a), axis=axis, keepdims=keepdims)
    types = [one for one in DTYPES if np.can_cast(result.dtype, one, "same_kind")]
    types = ["int64"] if name in (*INDEX, "count_nonzero") else types
    out_type = np.dtype(data.draw(st.sampled_from(types)))
    out, memory = place(values(result.shape, out_type, 5), **data.draw(layouts(result.ndim, out_type.itemsize)))
    before, expected = memory.copy(), out.copy()
    inexact = [one.kind in "fc" for one in (a.dtype, out_type)]
    if (inexact[0] and name == "mean") or (
        any(inexact) and name in ("sum", "prod")
    ):  # out has a say in the type of the fold
        options = {"axis": axis, "keepdims": keepdims, "dtype": np.promote_types(a.dtype, out_type)}
        result = getattr(raptors, name)(raptors.asarray(a), **options)
    with np.errstate(all="ignore"):
        expected[...] = np.asarray(result)
    into = raptors.asarray(out)
    assert getattr(raptors, name)(raptors.asarray(a), axis=axis, keepdims=keepdims, out=into) is into
    assert_bits(out, expected)
    offset = out.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
    if out.size:
        np.ndarray(out.shape, out.dtype, before.data, offset, out.strides)[...] = out
    assert memory.tobytes() == before.tobytes()


def test_out_decides_the_type():
    """An out of a wider type is what is computed in; NumPy's own results."""
    for name, x, out_type, expected in [
        ("prod", np.array([2**62, 2**62]), "f8", 2.0**124),
        ("prod", np.array([2.0**100, 2.0**100], "f4"), "f8", 2.0**200),
        ("sum", np.array([2.0**127, 2.0**127], "f4"), "f8", 2.0**128),
        ("sum", np.array([2**62, 2**62]), "f8", 2.0**63),
        ("sum", np.array([40000, 40000], "f2"), "f4", 80000),
        ("sum", np.array([2.0**127, 2.0**127], "f4"), "c16", 2.0**128),
        ("sum", np.array([255, 255], "u1"), "i8", 510),
        ("mean", np.array([2.0**127, 2.0**127], "f4"), "f8", 2.0**127),
        ("mean", np.array([1, 2**-25, 2**-25, 2**-25], "f4"), "f8", 0.25 * (1 + 3 * 2**-25)),
        ("mean", np.array([1, 2, 2, 2], "i4"), "f8", 1.75),
        ("var", np.array([1, 2**-25, 2**-25, 2**-25], "f4"), "f8", 0.1875 * (1 - 2**-25) ** 2),
        ("std", np.array([2.0**100, -(2.0**100)], "f4"), "f8", 2.0**100),
    ]:
        for function in (getattr(raptors, name), getattr(np, name), getattr(raptors.Array, name)):
            for out in (np.zeros((), out_type), raptors.zeros((), out_type)):
                assert function(raptors.asarray(x), out=out) is out
                np.testing.assert_allclose(np.asarray(out), expected, rtol=1e-15, err_msg=f"{name} {x} {out_type}")
        swapped = np.zeros((), np.dtype(out_type).newbyteorder())
        assert getattr(raptors, name)(x, out=swapped) is swapped
        np.testing.assert_allclose(swapped, expected, rtol=1e-15)
    for x, out_type in [(np.array([0.4, 1.7]), "i8"), (np.array([3 + 4j]), "f8"), (np.array([200, 100], "u1"), "i1")]:
        with warnings.catch_warnings(action="ignore"):
            outs = [module.sum(x, out=np.zeros((), out_type)) for module in (np, raptors)]
        assert outs[0] == outs[1]
    np.add.reduce(raptors.asarray(np.array([2.0**127] * 2, "f4")), out=(out := np.zeros((), "f8")))
    assert out == 2.0**128
    for module in (np, raptors):
        assert module.mean(np.array([1, 2, 4]), dtype=int, out=np.zeros((), "f8")) == 7 / 3
        assert module.mean(np.array([1, 2, 4]), dtype=int, out=np.zeros((), int)) == 2


def test_out_of_indices_and_counts():
    x = np.zeros(300, "i4")
    x[250] = 1
    for name in ("argmax", "argmin"):
        for out_type in "? i1 u1 f2 i8 u8 f8 c8".split():
            got = []
            for function, a in (
                (getattr(np, name), x),
                (getattr(raptors, name), x),
                (getattr(raptors, name), raptors.asarray(x)),
            ):
                out = np.zeros((), out_type)
                got.append(TypeError if isinstance(call(function, a, out=out), TypeError) else out[()])
            assert got[0] == got[1] == got[2]
    for out in (np.zeros((), "f8"), raptors.zeros((), "i4")):
        with pytest.raises(TypeError):
            raptors.count_nonzero(x, out=out)


@pytest.mark.parametrize("name", ["sum", "argmax", "var", "cumsum", "take"])
def test_axes_far_out(name):
    x = raptors.ones((2, 3))
    for axis in (2, -3, 2**31, -(2**31), 2**40, 2**63, -(2**70)):
        options = {"indices": [0]} if name == "take" else {}
        with pytest.raises(np.exceptions.AxisError, match=f"axis {axis} "):
            getattr(x, name)(axis=axis, **options)


# ---- Large enough for several threads --------------------------------------------------------------------------------

LARGE = [
    ((300_001,), None), ((1000, 700), 0), ((1000, 700), 1), ((1000, 700), None), ((100_003, 3), 0), ((100_003, 3), 1),
    ((3, 100_003), 0), ((3, 100_003), 1), ((100_003, 3), None), ((57, 61, 83), 1), ((57, 61, 83), (0, 2)),
    ((57, 61, 83), (1, 2)), ((57, 61, 83), (0, 1)), ((17, 1, 13, 29, 41), (1, 3)), ((2, 150_000), 1), ((150_000, 2), 1),
]  # fmt: skip


def both_thread_counts(function):
    results = []
    for n in (1, 2):
        with raptors.num_threads(n):
            results.append(np.array(function()))
    assert results[0].tobytes() == results[1].tobytes(), "the number of threads changes the result"
    return results[0]


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("dtype", [one for one in DTYPES if one not in ("uint8", "int16", "int64", "complex128")])
def test_large(name, dtype):
    base = values((307_200,), dtype, 11, special=0)
    if name == "prod" and np.dtype(dtype).kind in "fc":
        base = (base * 0.001 + 1).astype(dtype)
    for k, (shape, axis) in enumerate(LARGE):
        if name in INDEX and isinstance(axis, tuple):
            continue
        n = math.prod(shape)
        a = np.resize(base, n).reshape(shape)
        if k % 3 == 1:
            a = np.ascontiguousarray(a.T).T
        elif k % 3 == 2:
            a = a[::-1]
        r = raptors.asarray(a)
        ours = both_thread_counts(lambda r=r, axis=axis: getattr(raptors, name)(r, axis=axis))
        theirs = quietly(getattr(np, name), a, axis=axis)
        if (name, dtype) == ("mean", "float16"):
            theirs = np.asarray(quietly(np.mean, a, axis=axis, dtype="float32")).astype("float16")
        assert_reduced(name, ours, theirs, a, axis)


@pytest.mark.parametrize("name", ["min", "max", "argmin", "argmax", "any", "all", "count_nonzero"])
def test_large_with_nan_and_ties(name):
    several = [(300_001,), (100_003, 3), (500, 601)]
    for dtype, shape in itertools.product(["float16", "float32", "float64", "complex128"], several):
        a = np.ones(math.prod(shape), dtype)
        if name == "any":
            a[:] = 0
        for where in ([a.size - 1], [a.size // 2, a.size - 7], [5, a.size // 2 + 1]):
            for number in (np.nan, 0, 2):
                b = a.copy()
                b[where] = number
                b = b.reshape(shape)
                r = raptors.asarray(b)
                for axis in (None, *range(b.ndim)):
                    ours = both_thread_counts(lambda r=r, axis=axis: getattr(raptors, name)(r, axis=axis))
                    assert_reduced(name, ours, quietly(getattr(np, name), b, axis=axis), b, axis)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
def test_sums_do_not_depend_on_alignment(dtype):
    for shape in ((301, 257), (5000, 3), (3, 5000), (4099,)):
        a = values(shape, dtype, 1, special=0)
        for axis in (None, *range(a.ndim)):
            first = np.array(raptors.sum(raptors.asarray(a), axis=axis))
            for shift in (1, 2, 4, 8, 20, 36):
                other = raptors.asarray(place(a, shift=shift)[0])
                assert_bits(raptors.sum(other, axis=axis), first, what=f"{shape} over {axis}, {shift} bytes on")


TIER = """
import hashlib, numpy as np, raptors
rng = np.random.default_rng(0)
for dtype in ("float16", "float32", "float64", "complex64", "complex128"):
    for shape in ((301, 257), (5001, 3), (3, 5001), (100_003,), (1000, 700), (7, 11, 13)):
        a = rng.standard_normal(shape).astype(dtype)
        for b in (a, np.asfortranarray(a), a[::-1], a[..., ::-1], np.repeat(a, 2, -1)[..., ::2]):
            for axis in (None, *range(b.ndim)):
                for name in ("sum", "mean", "prod"):
                    result = np.asarray(getattr(raptors, name)(raptors.asarray(b), axis=axis))
                    result = np.where(np.isnan(result), 0, result)
                    print(name, dtype, shape, b.strides, axis, hashlib.sha1(result.tobytes()).hexdigest()[:10], sep="|")
"""


def tier_lines(tier):
    environment = os.environ | ({"RAPTORS_CPU": tier} if tier else {})
    run = subprocess.run([sys.executable, "-c", TIER], capture_output=True, text=True, check=True, env=environment)
    return run.stdout.splitlines()


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names the tiers of x86-64")
def test_sums_are_equal_on_every_tier():
    best = tier_lines(None)
    for tier in ("scalar", "sse2", "avx2"):
        differing = [pair for pair in zip(best, tier_lines(tier), strict=True) if pair[0] != pair[1]]
        assert not differing, f"{tier}: {len(differing)} of {len(best)} differ, first {differing[0]}"
