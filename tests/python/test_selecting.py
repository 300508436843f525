# SPDX-License-Identifier: BSD-3-Clause
"""What programs do most, on shapes and memory that are hard on it, against NumPy: masks, index arrays, elements, iteration,
powers, ranges, searches along columns."""

import numpy as np
import pytest

import raptors

DTYPES = ["bool", "uint8", "int16", "int64", "float32", "float64", "complex128"]
LENGTHS = [0, 1, 7, 63, 64, 65, 200, 16384, 16385, 70001]


def random(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    a = rng.integers(0, 100, shape)
    return a.astype(dtype) if dtype != "complex128" else a + 1j * rng.integers(0, 9, shape)


def same(result, expected):
    assert result.shape == np.shape(expected)
    assert result.dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(np.asarray(result), expected)


def layouts(a):
    """The same elements as `a`, one under another layout in memory each: (NumPy's, ours)."""
    wide = np.zeros(tuple(3 * n + 1 for n in a.shape), a.dtype)
    window = wide[tuple(slice(1, 3 * n + 1, 3) for n in a.shape)]
    window[...] = a
    for x in (a, a[::-1].copy()[::-1], np.asfortranarray(a), window):
        yield x, raptors.asarray(x)


def as_mask(truths):
    """A mask whose true bytes are anything but 0, as other programs' are."""
    return np.where(truths, 1 + np.arange(truths.size).reshape(truths.shape) % 255, 0).astype("uint8").view("bool")


# ---- Masks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_masks_of_every_density(length, part):
    truths = np.random.default_rng(3).random(length) < part
    mask = as_mask(truths)
    for dtype in DTYPES:
        a = random(length, dtype)
        for x, r in layouts(a):
            same(r[raptors.asarray(mask)], x[truths])
    (places,) = raptors.nonzero(raptors.asarray(mask))
    same(places, np.nonzero(truths)[0])
    (places,) = raptors.nonzero(raptors.asarray(mask[::-1]))
    same(places, np.nonzero(truths[::-1])[0])


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (5, 7), (300, 200), (40, 3, 130), (20000, 3), (2, 3, 4, 5)])
def test_nonzero_of_several_axes(shape):
    for x, r in layouts(random(shape, "uint8") % 2):
        for result, expected in zip(raptors.nonzero(r), np.nonzero(x), strict=True):
            same(result, expected)
    broadcast = np.broadcast_to(random(shape[-1:], "bool"), shape)
    for result, expected in zip(raptors.nonzero(raptors.asarray(broadcast)), np.nonzero(broadcast), strict=True):
        same(result, expected)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 1.0])
def test_assignment_by_mask(length, part):
    truths = np.random.default_rng(4).random(length) < part
    mask = raptors.asarray(as_mask(truths))
    for dtype in DTYPES:
        a = random(length, dtype)
        values = random(int(truths.sum()), dtype, 1)
        for value in (values, values[::-1], values[:1], values.astype("int8") if dtype != "complex128" else values, 1):
            for x, r in layouts(a):
                x, r = x.copy(order="K"), raptors.asarray(r, copy=True)
                x[truths] = value
                r[mask] = value if isinstance(value, int) else raptors.asarray(value)
                same(r, x)


def test_assignment_by_mask_of_what_it_overlaps():
    a = np.arange(1000) % 3 == 0
    x, r = a.copy(), raptors.asarray(a.copy())
    x[x] = ~x[x]
    r[r] = ~r[r]
    same(r, x)
    x, r = np.arange(1000), raptors.arange(1000)
    m = np.arange(1000) % 2 == 0
    x[m] = x[500:]
    r[raptors.asarray(m)] = r[500:]
    same(r, x)
    shared = np.arange(300, dtype="uint8") % 2 == 0
    ours = shared.copy()
    r = raptors.asarray(ours)
    shared[:200][shared[100:].copy()] = False
    r[:200][r[100:]] = False
    same(r, shared)


def test_assignment_by_mask_of_the_wrong_length():
    x = raptors.arange(5)
    with pytest.raises(ValueError):
        x[raptors.asarray([True, True, True, False, False])] = raptors.asarray([1, 2])
    same(x, np.arange(5))
    with pytest.raises(ValueError):
        np.arange(5)[np.array([True, True, True, False, False])] = np.array([1, 2])


# ---- Index arrays --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("count", [0, 1, 511, 512, 513, 3000, 120000])
def test_every_type_of_index(kind, count):
    rng = np.random.default_rng(5)
    lowest = 0 if kind.startswith("u") else -100
    index = rng.integers(lowest, 100, count).astype(kind)
    for dtype in DTYPES:
        for x, r in layouts(random(100, dtype)):
            same(r[raptors.asarray(index)], x[index])
            same(raptors.take(r, raptors.asarray(index)), np.take(x, index))
            same(r[raptors.asarray(index[::-1])], x[index[::-1]])
            x, r = x.copy(order="K"), raptors.asarray(r, copy=True)
            values = random(count, dtype, 6)
            x[index] = values
            r[raptors.asarray(index)] = raptors.asarray(values)
            same(r, x)  # of several in one place the last stays
    narrow = np.broadcast_to(index, (3, count))
    x, r = random(100, "float64"), raptors.asarray(random(100, "float64"))
    same(r[raptors.asarray(narrow)], x[narrow])


@pytest.mark.parametrize("shape", [(5, 4), (200, 300), (3, 1), (70000, 3), (6, 5, 4), (2, 3000, 2)])
def test_rows_and_columns(shape):
    rng = np.random.default_rng(7)
    for dtype in ["bool", "float32", "float64", "complex128"]:
        for x, r in layouts(random(shape, dtype)):
            for axis in range(-x.ndim, x.ndim):
                index = rng.integers(-shape[axis], shape[axis], (2, 5))
                result = raptors.take(r, raptors.asarray(index), axis=axis)
                same(result, np.take(x, index, axis=axis))
                key = (slice(None),) * (axis % x.ndim) + (index,)
                same(r[(*key[:-1], raptors.asarray(index))], x[key])
                x2, r2 = x.copy(order="K"), raptors.asarray(r, copy=True)
                values = random(x[key].shape, dtype, 8)
                x2[key] = values
                r2[(*key[:-1], raptors.asarray(index))] = raptors.asarray(values)
                same(r2, x2)
            rows, columns = rng.integers(0, shape[0], 50), rng.integers(-shape[1], shape[1], 50).astype("int32")
            same(r[raptors.asarray(rows), raptors.asarray(columns)], x[rows, columns])


def test_indexed_columns_are_row_major():
    x = raptors.asarray(np.arange(600.0).reshape(20, 30))
    taken = x[:, raptors.asarray([3, 1, 2])]
    assert np.asarray(taken).flags.c_contiguous


def test_indices_out_of_range():
    x = raptors.asarray(np.zeros((4, 5)))
    for key, axis, value, size in [((9,), 0, 9, 4), ((-5,), 0, -5, 4), ((0, 5), 1, 5, 5), ((0, -6), 1, -6, 5)]:
        index = [raptors.asarray(np.array([0] * 600 + [k])) for k in key]
        message = f"index {value} is out of bounds for axis {axis} with size {size}"
        with pytest.raises(IndexError, match=message):
            x[tuple(index)]
        with pytest.raises(IndexError, match=message):
            x[tuple(index)] = 1.0
        same(x, np.zeros((4, 5)))  # none was written
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 1 with size 5"):
        raptors.take(x, raptors.asarray([0, 7]), axis=1)
    with pytest.raises(IndexError, match=str(2**64 - 1)):
        x[raptors.asarray(np.array([2**64 - 1], "uint64"))]
    empty = raptors.asarray(np.zeros((0, 3)))
    with pytest.raises(IndexError):
        empty[raptors.asarray([0])]
    same(empty[raptors.asarray(np.zeros(0, "int64"))], np.zeros((0, 3)))
    with pytest.raises(IndexError):
        raptors.asarray(np.zeros((3, 0)))[raptors.asarray([3])]


def test_indices_that_are_overwritten_by_what_they_index():
    a = np.array([3, 2, 1, 0, 4, 5], "int64")
    x, r = a.copy(), raptors.asarray(a.copy())
    x[x] = np.array([9, 9, 9, 0, 1, 2])
    r[r] = raptors.asarray(np.array([9, 9, 9, 0, 1, 2]))
    same(r, x)
    x, r = np.arange(10), raptors.arange(10)
    index = np.array([0, 1, 2, 3, 4])
    x[index] = x[5:][::-1]
    r[raptors.asarray(index)] = r[5:][::-1]
    same(r, x)


@pytest.mark.parametrize("strides", [(8, 8), (8, 16), (16, 8), (-8, 24)])
def test_targets_that_overlap_themselves(strides):
    memory = np.zeros(60)
    x = np.lib.stride_tricks.as_strided(memory[10:], (9, 12), strides)
    r = raptors.asarray(x)
    values = np.arange(36.0).reshape(3, 12)
    index = np.array([0, 4, 8])
    r[raptors.asarray(index)] = raptors.asarray(values)
    ours = memory.copy()
    memory[:] = 0
    x[index] = values
    np.testing.assert_array_equal(ours, memory)


def test_lists_of_indices():
    a = np.arange(12).reshape(4, 3)
    x = raptors.asarray(a)
    for key in ([1, 2], [-1], [True, False, True, False], [], [[0, 1], [2, 3]], [np.int8(2)]):
        same(x[key], a[key])
    same(x[[1, 2], [0, 1]], a[[1, 2], [0, 1]])
    for key in ([4], [2**63], [2**100], [1.5], ["a"]):
        with pytest.raises(IndexError):
            x[key]


# ---- Elements and iteration ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*DTYPES, "float16", "uint64", "int8"])
def test_elements(dtype):
    a = random((5, 7), dtype)
    for x, r in layouts(a):
        for i, j in [(0, 0), (-1, 3), (4, -7)]:
            same(r[i, j], x[i, j])
            assert r[i][j].item() == x[i, j]
            assert type(r[i, j].item()) is type(x[i, j].item())
        assert r.tolist() == x.tolist()
        assert raptors.asarray(x.ravel()).item(9) == x.ravel()[9]
        for key in [(5, 0), (0, -8), (2**80, 0)]:
            with pytest.raises(IndexError):
                r[key]
            with pytest.raises(IndexError):
                r[key] = 1
    r = raptors.asarray(a.copy())
    element = r[1, 2]
    r[1, 2] = r[3, 4]
    r[-1, -1] = 1
    x = a.copy()
    x[1, 2], x[-1, -1] = a[3, 4], 1
    same(r, x)
    same(element, a[1, 2])  # a copy


def test_elements_that_do_not_fit():
    x = raptors.asarray(np.zeros(3, "uint8"))
    for value in (256, -1, 2**70):
        with pytest.raises(OverflowError):
            x[0] = value
    with pytest.raises(TypeError):
        x[0] = 1j
    with pytest.raises((ValueError, TypeError)):
        x[0] = "a"
    x[0] = raptors.asarray(7)
    x[1] = np.int64(8)
    x[2] = True
    same(x, np.array([7, 8, 1], "uint8"))
    fixed = np.zeros(3)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        raptors.asarray(fixed)[0] = 1.0


@pytest.mark.parametrize("dtype", DTYPES)
def test_iteration(dtype):
    for length in (0, 1, 2, 3, 50):
        for x, r in layouts(random(length, dtype)):
            assert [v.item() for v in r] == x.tolist()
            assert [type(v) for v in r] == [type(v) for v in x]
    for x, r in layouts(random((3, 4), dtype)):
        assert [row.tolist() for row in r] == x.tolist()
    half = iter(raptors.arange(3))
    assert next(half) == 0
    assert half.__length_hint__() == 2
    assert [*half, *half] == [1, 2]  # an end is an end
    with pytest.raises(TypeError):
        iter(raptors.asarray(1.0))


# ---- Powers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint8", "int64", "uint64", "float16", "float32", "float64", "complex64"]
)
@pytest.mark.parametrize("exponent", [-1, 0, 0.5, 1, 1.0, 2, 2.0, 3, 1.5, -1.0])
def test_powers(dtype, exponent):
    a = np.array([0, 1, 2, 3, 5, 100]).astype(dtype)
    if np.dtype(dtype).kind == "f":
        a = np.concatenate([a, np.array([-0.0, -2.5, np.inf, -np.inf, np.nan, 1e-3], dtype)])
    with np.errstate(all="ignore"):
        for x in (a, a[::2], a.reshape(2, -1).T, a[:0], a[1:2].reshape(())):
            try:
                expected = x**exponent
            except (ValueError, OverflowError) as error:
                with pytest.raises(type(error)):
                    raptors.asarray(x) ** exponent
                continue
            result = raptors.asarray(x) ** exponent
            assert result.dtype == np.asarray(expected).dtype
            if exponent in (3, 1.5) and expected.dtype.kind in "fc":  # NumPy's pow is some units off
                np.testing.assert_allclose(np.asarray(result), expected, rtol=4 * np.finfo(expected.dtype).eps)
            else:
                same(result, expected)
    reals = a.real.astype("float64")
    in_place = raptors.asarray(reals.copy())
    with np.errstate(all="ignore"):
        in_place **= exponent
        np.testing.assert_allclose(np.asarray(in_place), reals**exponent, rtol=1e-15)


def test_powers_in_place_keep_the_type():
    x = raptors.asarray(np.arange(4))
    with pytest.raises(TypeError):
        x **= 0.5
    x **= 2
    same(x, np.arange(4) ** 2)
    x **= 3
    same(x, np.arange(4) ** 6)
    assert raptors.asarray(2.0) ** 2**100 == np.inf


# ---- Ranges --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 511, 512, 513, 100003, 1000003])
def test_ranges_of_every_length(count):
    for dtype in ("int64", "uint8", "float32", "float64"):
        same(raptors.arange(count, dtype=dtype), np.arange(count).astype(dtype))
        same(raptors.arange(5, 5 + 3 * count, 3, dtype=dtype), np.arange(5, 5 + 3 * count, 3).astype(dtype))
    same(raptors.arange(0.0, -count * 0.25, -0.25), np.arange(0.0, -count * 0.25, -0.25))
    for endpoint in (True, False):
        same(raptors.linspace(1.5, 64.0, count, endpoint=endpoint), np.linspace(1.5, 64.0, count, endpoint=endpoint))
    points = raptors.linspace(0.1, 0.7, count, dtype="float32")
    np.testing.assert_allclose(np.asarray(points), np.linspace(0.1, 0.7, count, dtype="float32"), rtol=1e-6)


# ---- Along columns -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*DTYPES, "float16", "int8"])
@pytest.mark.parametrize("shape", [(1, 70), (3, 64), (300, 65), (700, 17), (3, 5, 130), (70000, 9), (2, 1100)])
def test_search_along_every_axis(dtype, shape):
    a = random(shape, dtype)
    if np.dtype(dtype).kind in "fc":
        a.reshape(-1)[::37] = np.nan
    for x, r in layouts(a):
        for axis in range(x.ndim):
            same(r.argmin(axis=axis), x.argmin(axis=axis))
            same(r.argmax(axis=axis), x.argmax(axis=axis))
    mask = as_mask(random(shape, "bool"))
    same(raptors.argmax(raptors.asarray(mask), axis=0), mask.view("uint8").astype(bool).argmax(axis=0))


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "complex128"])
@pytest.mark.parametrize("shape", [(9, 7), (64, 64), (65, 130), (316, 316), (17, 1000)])
def test_transposed_copies(dtype, shape):
    a = random(shape, dtype)
    for x, r in layouts(a):
        same(r.T.copy(), x.T.copy())
        same(r.T.reshape(-1), x.T.reshape(-1))
        same(r[::-1, ::2].T.copy(), x[::-1, ::2].T.copy())
