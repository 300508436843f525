# SPDX-License-Identifier: BSD-3-Clause
"""Values, memory layouts and the comparison for the tests against NumPy (test_elementwise.py, test_reductions.py, ...).

An array of a test is given by its shape, a layout and a seed, so that an example shrinks to a simple one; its values
are special ones and ordinary ones, mixed. NumPy is the judge: every expectation here is its answer.
"""

import gc
import math
import re
import sys
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

import raptors

DTYPES = raptors._raptors.DTYPES
ELEMENTWISE = [row[:3] for row in raptors._raptors.OPERATIONS if row[1] and not row[3]]  # those that NumPy has
UNARY = [(name, numpy_name) for name, numpy_name, inputs in ELEMENTWISE if inputs == 1]
BINARY = [(name, numpy_name) for name, numpy_name, inputs in ELEMENTWISE if inputs == 2]
COMPARISONS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
SIGN_OF_ZERO_IS_FREE = {"minimum", "maximum", "fmin", "fmax"}
if tuple(map(int, np.__version__.split(".")[:2])) < (2, 5):
    SIGN_OF_ZERO_IS_FREE |= {"nextafter"}  # of equal float16 numbers NumPy gave the first; C gives the second
# Complex results that depend on the order of the steps, or on the C library.
FEW_ULP = {"divide", "sqrt", "abs", "reciprocal", "sign", "multiply", "square"}
# Mathematical functions: NumPy's are up to four units off (how exact ours are, tests/test_accuracy.c asks).
OPERATIONS = (Path(__file__).parents[2] / "include/raptors/ops.def").read_text(encoding="utf-8")
INEXACT = set(re.findall(r"^RP_.*\bMATH2?\((\w+)\)", OPERATIONS, re.MULTILINE)) - {"ldexp"}  # which is exact

# Near zeros of these NumPy's results are as good as those of this size.
CANCELS = {"logaddexp": 1.0}

# NumPy's complex results of these lose digits, of pow the more the larger |w log z|; and what it gives for infinities and NaN
# is not what C's annex G or the array API say, or neither says anything (for ours: tests/test_complex.c).
COMPLEX_LOOSE = {"log1p", "expm1", "pow"}


# ---- Values ----------------------------------------------------------------------------------------------------------


def specials(dtype):
    """The values at the edges of a type, each once."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iu":
        lowest, highest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
        near = [n for n in (-3, -2, -1, 0, 1, 2, 3, 7, 8, 15, 31, 32, 63, 64, 100) if n >= lowest]
        return np.array(sorted({lowest, lowest + 1, highest // 2 + 1, highest - 1, highest, *near}), dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        positive = [0.0, info.smallest_subnormal, info.tiny, info.eps, 0.1, 0.5, 1.0, 1.5, 2.5, 3.0, 127.5, info.max]
        numbers = np.array([*positive, np.inf], dtype)
        return np.concatenate([numbers, -numbers, np.array([np.nan], dtype)])
    parts = np.array([0.0, -0.0, 1.0, -2.5, 0.1, np.inf, -np.inf, np.nan], dtype.type(0).real.dtype)
    return combine(*np.meshgrid(parts, parts)).ravel()


def combine(real, imaginary):
    """real + 1j * imaginary, without arithmetic."""
    z = np.empty(real.shape, np.result_type(real.dtype, np.complex64))
    z.real, z.imag = real, imaginary
    return z


def values(shape, dtype, seed, special=0.4):
    """Special and ordinary values, mixed."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    n = math.prod(shape)
    if dtype.kind == "b":
        ordinary = rng.integers(0, 2, n).astype(bool)
    elif dtype.kind in "iu":
        low, high = (-20, 21) if dtype.kind == "i" else (0, 41)
        info = np.iinfo(dtype)
        everywhere = rng.integers(info.min, info.max, n, dtype, endpoint=True)
        ordinary = np.where(rng.integers(0, 2, n) > 0, everywhere, rng.integers(low, high, n).astype(dtype))
    elif dtype.kind == "f":
        ordinary = (rng.standard_normal(n) * 8).astype(dtype)
    else:
        ordinary = combine(rng.standard_normal(n), rng.standard_normal(n)).astype(dtype)
    edge = specials(dtype)
    mixed = np.where(rng.random(n) < special, edge[rng.integers(0, len(edge), n)], ordinary)
    return mixed.astype(dtype, copy=False).reshape(shape)


# ---- Layouts ---------------------------------------------------------------------------------------------------------


def place(a, steps=(), order=None, margin=0, shift=0):
    """A copy of `a` laid out in a larger memory, which has other values round it; returns the copy and its memory.

    steps: elements from one index to the next, an axis each; order: axes, slowest first; margin: elements before and
    after each axis; shift: bytes that the memory begins after an aligned address.
    """
    steps = steps or (1,) * a.ndim
    order = range(a.ndim) if order is None else order
    lengths = [abs(step) * max(n - 1, 0) + min(n, 1) + 2 * margin for n, step in zip(a.shape, steps, strict=True)]
    count = math.prod(lengths) * a.itemsize
    memory = np.empty(count + shift + 16, np.uint8)
    memory[:] = np.arange(memory.size) % 2 if a.dtype.kind == "b" else np.arange(memory.size) * 37 + 11
    base = np.ndarray([lengths[axis] for axis in order], a.dtype, memory.data, shift)
    base = base.transpose(np.argsort(np.array(order, int)))
    key = []
    for length, step in zip(lengths, steps, strict=True):
        inside = slice(margin, length - margin)
        key.append((inside, slice(None, None, step)))
    view = base[(*(inside for inside, _ in key), ...)][(*(step for _, step in key), ...)]
    view[...] = a
    assert view.shape == a.shape
    return view, memory


@st.composite
def layouts(draw, ndim, itemsize=8):
    """Arguments of place(): contiguous, strided, reversed, transposed, a window, misaligned; often several of them."""
    layout = {}
    kinds = draw(st.sets(st.sampled_from(["steps", "order", "margin", "shift"]), max_size=4))
    if "steps" in kinds:
        step = st.sampled_from([1, 1, -1, 2, 3, -2, 4, -4])
        layout["steps"] = tuple(draw(st.lists(step, min_size=ndim, max_size=ndim)))
    if "order" in kinds:
        layout["order"] = tuple(draw(st.permutations(range(ndim))))
    if "margin" in kinds:
        layout["margin"] = draw(st.integers(1, 2))
    if "shift" in kinds:
        layout["shift"] = draw(st.integers(1, itemsize))
    return layout


@st.composite
def shapes(draw, max_dims=5):
    """0-d, empty, odd, with a short last axis, long and thin, up to five axes."""
    kind = draw(st.sampled_from(["small", "small", "vector", "short", "thin", "scalar", "empty"]))
    if kind == "scalar":
        return ()
    if kind == "vector":
        return (draw(st.integers(1, 150)),)
    if kind == "short":
        return (draw(st.integers(1, 90)), draw(st.integers(1, 4)))
    if kind == "thin":
        return (draw(st.integers(1, 3)), draw(st.integers(1, 300)))
    side = st.integers(0 if kind == "empty" else 1, 5)
    return tuple(draw(st.lists(side, min_size=1, max_size=max_dims)))


@st.composite
def arrays(draw, shape, dtype, special=0.4, shrink_axes=False):
    """A NumPy array; with shrink_axes some axes may be broadcast: of length 1, of stride 0, or left out in front."""
    whole = shape
    broadcast = [False] * len(shape)
    if shrink_axes and shape and draw(st.booleans()):
        broadcast = draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
        whole = tuple(1 if one else n for one, n in zip(broadcast, shape, strict=True))
    a = values(whole, dtype, draw(st.integers(0, 999)), special)
    a, _ = place(a, **draw(layouts(a.ndim, a.itemsize)))
    if any(broadcast):
        how = draw(st.sampled_from(["length 1", "stride 0", "left out"]))
        if how == "stride 0":
            a = np.broadcast_to(a, shape)
        while how == "left out" and a.ndim and broadcast[0]:
            a, broadcast = a[0], broadcast[1:]
    return a


# ---- Comparison ------------------------------------------------------------------------------------------------------


def real_parts(a):
    """Complex elements as pairs of real ones."""
    return np.stack([a.real, a.imag], -1) if a.dtype.kind == "c" else a


def assert_bits(ours, theirs, free_zero=False, skip=None, what=""):
    """Equal type, shape and bits; the bits of a NaN are free."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), what
    x, y = real_parts(ours).copy("C"), real_parts(theirs).copy("C")
    equal = x.view(f"u{x.itemsize}") == y.view(f"u{y.itemsize}")
    if x.dtype.kind == "f":
        equal |= np.isnan(x) & np.isnan(y)
        if free_zero:
            equal |= x == y
    if ours.dtype.kind == "c":
        equal = equal.all(-1)
    if skip is not None:
        equal = equal | skip
    if not equal.all():
        where = tuple(int(i[0]) for i in np.nonzero(~np.atleast_1d(equal)))
        raise AssertionError(
            f"{what}: {np.count_nonzero(~equal)} of {equal.size} differ, first at {where}: "
            f"{np.atleast_1d(ours)[where]!r} and NumPy {np.atleast_1d(theirs)[where]!r}"
        )


def assert_close(ours, theirs, ulp=4, what="", least=0.0, free_sign=False):
    """Complex results, or their magnitudes: special values alike, numbers within a few units of the last place, or of that
    of `least` where they are smaller. free_sign: that of a part beside NaN, which C leaves open for its complex functions."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), what
    x, y = real_parts(ours), real_parts(theirs)
    if free_sign and ours.dtype.kind == "c":
        x, y = (np.where(np.isnan(y).any(-1, keepdims=True), np.abs(part), part) for part in (x, y))
    finite = np.isfinite(y)
    size = np.maximum(np.abs(np.where(finite, y, 0)), y.dtype.type(least))
    if ours.dtype.kind == "c":  # of the larger part
        size = size.max(-1, keepdims=True)
    with np.errstate(all="ignore"):
        near = finite & (np.abs(x - y) <= ulp * np.spacing(size))
    good = (x == y) | (np.isnan(x) & np.isnan(y)) | near
    if ours.dtype.kind == "c":
        good = good.all(-1)
    else:
        good &= (x != 0) | (y != 0) | (np.signbit(x) == np.signbit(y)) | bool(least)
    assert good.all(), f"{what}: {ours[~good]} and NumPy {theirs[~good]}"


def assert_matches(name, ours, theirs, inputs=(), what=""):
    """The comparison that operation `name` is held to."""
    what = what or name
    theirs = np.asarray(theirs)
    complex_input = any(np.asarray(x).dtype.kind == "c" for x in inputs)
    if name in INEXACT or (complex_input and name in FEW_ULP):
        ulp = 4
        if complex_input and name in COMPLEX_LOOSE:
            ulp = 1000
            inputs = [np.asarray(x, np.complex128) for x in inputs]
            judged = np.logical_and.reduce(np.broadcast_arrays(*map(np.isfinite, [theirs, *inputs])))
            if name == "pow":
                z, w = inputs
                with np.errstate(all="ignore"):
                    judged = judged & ((z == 0) | ~(np.abs(w * np.log(z)) > 100))
            ours, theirs = np.where(judged, np.asarray(ours), 0), np.where(judged, theirs, 0)
        assert_close(ours, theirs, ulp, what, CANCELS.get(name, 0.0), free_sign=name in INEXACT)
        return
    skip = None
    if name == "floor_divide" and theirs.dtype.kind == "f":  # the array API: floor_divide(inf, 2.0) is inf
        x, y = np.broadcast_arrays(*(np.asarray(x).astype(theirs.dtype) for x in inputs))
        skip = np.isinf(x) & np.isfinite(y)
    assert_bits(ours, theirs, name in SIGN_OF_ZERO_IS_FREE, skip, what)


def assert_same_order(ours, theirs):
    """Equal strides, but along axes of length 1, where they mean nothing."""
    theirs = np.asarray(theirs)
    if theirs.size:
        used = [axis for axis, n in enumerate(theirs.shape) if n > 1]
        assert [ours.strides[axis] for axis in used] == [theirs.strides[axis] for axis in used]


def assert_no_reference_is_lost(calls, objects):
    """Calling again and again leaves as many references to each of the objects as there were."""
    calls()
    gc.collect()
    before = [sys.getrefcount(one) for one in objects]
    for _ in range(5):
        calls()
    gc.collect()
    after = [sys.getrefcount(one) for one in objects]
    assert [x - y for x, y in zip(after, before, strict=True) if abs(x - y) >= 5] == []


def quietly(function, *args, **kwargs):
    """NumPy's result without its warnings, or the exception that it raises."""
    with np.errstate(all="ignore"):
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError, OverflowError, IndexError) as error:
            return error


ERRORS = (TypeError, ValueError, OverflowError, IndexError)


def call(function, *args, **kwargs):
    """Ours, or the exception that it raises."""
    try:
        return function(*args, **kwargs)
    except ERRORS as error:
        return error


def alike(ours, theirs, what=""):
    """Whether both raised, and then the same kind of error; False where both have a result."""
    if not isinstance(theirs, Exception):
        if isinstance(ours, Exception):
            raise AssertionError(f"{what}: NumPy has a result, we raise {ours!r}")
        return False
    if not isinstance(ours, Exception):
        raise AssertionError(f"{what}: NumPy raises {theirs!r}, we have a result, {type(ours).__name__}")
    kind = next(one for one in (TypeError, IndexError, OverflowError, ValueError) if isinstance(theirs, one))
    assert isinstance(ours, kind), f"{what}: NumPy raises {theirs!r}, we raise {ours!r}"
    return True
