# SPDX-License-Identifier: BSD-3-Clause
"""Running sums and products: NumPy's bits along every axis, on every layout, type and number of threads."""

import numpy as np
import pytest

import raptors


def running_product(x, axis=None):
    """numpy.cumprod, but of complex numbers each product with four roundings: NumPy fuses some on some CPUs."""
    x = np.asarray(x)
    if x.dtype.kind != "c":
        return np.cumprod(x, axis)
    x = x.reshape(-1) if axis is None else np.moveaxis(x, axis, 0)
    z = x.copy()
    for i in range(1, len(x)):
        a, b = z[i - 1], x[i]
        z.real[i] = a.real * b.real - a.imag * b.imag
        z.imag[i] = a.real * b.imag + a.imag * b.real
    return z if axis is None else np.moveaxis(z, 0, axis)


NAMES = [("cumulative_sum", "cumsum", np.cumsum), ("cumulative_prod", "cumprod", running_product)]
DTYPES = "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 c8 c16".split()
HOSTILE = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e30, -3.5, 6e-8, 65504.0, 0.1, 1 / 3, 1.5, 2.0, 1e-40]
numpys = pytest.mark.skipif(not hasattr(np, "cumulative_sum"), reason="NumPy has them from 2.1 on")


def values(dtype, shape, seed=0):
    random = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind in "fc":
        x = random.normal(size=shape)
        flat = x.reshape(-1)
        flat[:: max(1, flat.size // 7)] = random.choice([0.1, -0.0, 1.0, 3.7], flat[:: max(1, flat.size // 7)].shape)
        x = x.astype(dtype)
        return x + (1j * random.normal(size=shape)).astype(dtype) if kind == "c" else x
    return random.integers(0, 256, size=shape).astype(dtype) if kind != "b" else random.random(shape) < 0.8


def same(ours, theirs):
    ours = np.asarray(ours)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    if ours.dtype.kind in "fc":  # zeros of both signs apart
        assert np.array_equal(ours, theirs, equal_nan=True)
        for part in ("real", "imag") if ours.dtype.kind == "c" else ("real",):
            a, b = getattr(ours, part), getattr(theirs, part)
            assert np.array_equal(np.signbit(a)[~np.isnan(a)], np.signbit(b)[~np.isnan(b)])
    else:
        assert np.array_equal(ours, theirs)


def layouts(x):
    yield x
    yield np.asfortranarray(x)
    yield x[..., ::-1]
    yield x[::-1]
    yield np.repeat(x, 2, axis=-1)[..., ::2]
    yield x.T
    yield np.broadcast_to(x[:1], x.shape)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "short", "expected"), NAMES)
def test_every_type_axis_and_layout(name, short, expected, dtype):
    function = getattr(raptors, name)
    for shape in ((1, 1), (5, 7), (3, 40), (40, 3), (2, 9, 33), (7, 1, 4), (1, 300), (300, 1), (65, 17)):
        with np.errstate(all="ignore"):
            for x in layouts(values(dtype, shape)):
                for axis in range(-x.ndim, x.ndim):
                    same(function(x, axis=axis), expected(x, axis=axis))
                same(getattr(raptors, short)(x), expected(x))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "c16"])
@pytest.mark.parametrize(("name", "short", "expected"), NAMES)
def test_hostile_numbers(name, short, expected, dtype):
    with np.errstate(all="ignore"):
        for i in range(len(HOSTILE)):
            x = np.array(HOSTILE[i:] + HOSTILE[:i]).astype(dtype)
            if x.dtype.kind == "c":
                x = x + (1j * x[::-1]).astype(dtype)
            same(getattr(raptors, name)(x), expected(x))
            same(getattr(raptors, short)(x), expected(x))
            table = np.stack([x, x[::-1], np.roll(x, 3), np.roll(x, 5), -x])
            for axis in (0, 1):
                same(getattr(raptors, name)(table, axis=axis), expected(table, axis=axis))
                wide = np.tile(table, 9)
                same(getattr(raptors, name)(wide, axis=axis), expected(wide, axis=axis))


@pytest.mark.parametrize("dtype", ["i1", "i8", "f2", "f4", "f8", "c16"])
def test_large_ones_on_every_number_of_threads(dtype):
    with np.errstate(all="ignore"):
        for shape in ((300_007,), (5, 60_000), (60_000, 5), (700, 800), (3, 300, 301)):
            x = values(dtype, shape)
            for threads in (1, 2, 3):
                with raptors.num_threads(threads):
                    for axis in range(x.ndim):
                        for one in (x, np.asfortranarray(x)):
                            same(raptors.cumulative_sum(one, axis=axis), np.cumsum(one, axis=axis))
                            same(raptors.cumprod(one, axis), running_product(one, axis))


@pytest.mark.parametrize("to", ["i1", "u2", "i4", "f2", "f4", "f8", "c8"])
@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f4", "f8"])
def test_dtype_is_computed_in(dtype, to):
    x = values(dtype, (4, 301))
    x = np.abs(x) if x.dtype.kind == "f" else x  # what a negative number is without a sign, C leaves open
    with np.errstate(all="ignore"):
        for axis in (0, 1):
            same(raptors.cumsum(x, axis, to), np.cumsum(x, axis, to))
            same(raptors.cumulative_prod(x, axis=axis, dtype=to), np.cumprod(x, axis, to))


@numpys
@pytest.mark.parametrize("dtype", ["?", "i4", "f2", "f8", "c8"])
@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
def test_include_initial(name, dtype):
    ours, theirs = getattr(raptors, name), getattr(np, name)
    for x in (values(dtype, (4, 9)), values(dtype, (33, 40)).T, values(dtype, (0, 3))):
        for axis in (0, 1, -1):
            same(ours(x, axis=axis, include_initial=True), theirs(x, axis=axis, include_initial=True))
            same(ours(x, axis=axis), theirs(x, axis=axis))
    for x in (values(dtype, (5,)), values(dtype, (0,)), np.array(3, dtype), values(dtype, ())):
        same(ours(x, include_initial=True), theirs(x, include_initial=True))
        same(ours(x), theirs(x))
    minus = ours(np.array([-0.0, -0.0]), include_initial=True)
    assert np.signbit(np.asarray(minus)).tolist() == ([False, True, True] if name[-1] == "m" else [False, True, False])


def test_no_elements_and_no_dimensions():
    for shape in ((0,), (0, 3), (3, 0), (2, 0, 4)):
        for axis in range(len(shape)):
            same(raptors.cumsum(np.zeros(shape), axis), np.cumsum(np.zeros(shape), axis))
        same(raptors.cumprod(np.zeros(shape)), np.cumprod(np.zeros(shape)))
    same(raptors.cumsum(3), np.cumsum(3))
    same(raptors.cumprod(np.float32(3), axis=0), np.cumprod(np.float32(3), axis=0))
    same(raptors.cumsum([[1, 2], [3, 4]]), np.cumsum([[1, 2], [3, 4]]))


@pytest.mark.parametrize("shape", [(40,), (6, 50), (50, 6)])
def test_out_may_be_the_operand_or_lie_across_it(shape):
    for axis in range(len(shape)):
        x = raptors.asarray(values("f8", shape), copy=True)
        expected = np.cumsum(np.asarray(x), axis)
        assert raptors.cumsum(x, axis, out=x) is x
        same(x, expected)
        memory = values("f8", (2 * shape[0],) + shape[1:])
        whole = raptors.asarray(memory, copy=True)
        expected = np.cumsum(memory[: shape[0]][::-1], axis)
        raptors.cumsum(whole[: shape[0]][::-1], axis, out=whole[1 : shape[0] + 1])
        same(whole[1 : shape[0] + 1], expected)
        row = raptors.asarray(values("f8", shape), copy=True)
        longer = list(shape)
        longer[axis] += 1
        target = raptors.empty(tuple(longer))
        index = (slice(None),) * axis
        target[(*index, slice(1, None))] = row
        raptors.cumulative_prod(target[(*index, slice(1, None))], axis=axis, include_initial=True, out=target)
        same(target[(*index, slice(1, None))], np.cumprod(np.asarray(row), axis))
        same(target[(*index, slice(0, 1))], np.ones_like(np.asarray(target[(*index, slice(0, 1))])))
    out = np.empty(3)
    assert raptors.cumsum(raptors.ones(3), out=out) is out
    assert out.tolist() == [1, 2, 3]
    out = np.empty(3, dtype=">f8")
    assert np.asarray(raptors.cumsum(raptors.ones(3), out=out)).tolist() == [1, 2, 3]


def test_methods_and_protocols():
    x = values("f4", (6, 40))
    a = raptors.asarray(x)
    same(a.cumsum(), x.cumsum())
    same(a.cumprod(1), x.cumprod(1))
    same(a.cumsum(axis=0, dtype="f8"), x.cumsum(axis=0, dtype="f8"))
    for result, expected in (
        (np.cumsum(a, axis=1), np.cumsum(x, axis=1)),
        (np.cumprod(a), np.cumprod(x)),
        (np.add.accumulate(a), np.add.accumulate(x)),
        (np.multiply.accumulate(a, 1), np.multiply.accumulate(x, 1)),
        (np.add.accumulate(a, axis=1, dtype="f8"), np.add.accumulate(x, axis=1, dtype="f8")),
    ):
        assert type(result) is raptors.Array
        same(result, expected)
    if hasattr(np, "cumulative_sum"):
        same(np.cumulative_sum(a, axis=0, include_initial=True), np.cumulative_sum(x, axis=0, include_initial=True))
    out = raptors.empty((6, 40), dtype="f4")
    assert np.add.accumulate(a, out=out) is out
    same(out, np.add.accumulate(x))


def test_what_ours_refuses_is_numpys():
    x = np.array([True, False, True])
    same(raptors.cumsum(x, dtype=bool), np.cumsum(x, dtype=bool))
    out = np.empty(3, dtype="f4")
    assert raptors.cumsum(np.arange(3), out=out) is out
    assert out.tolist() == [0, 1, 3]
    assert raptors.cumsum(np.array(["a", "b"], dtype=object)).tolist() == ["a", "ab"]
    dates = np.array([1, 2, 3], dtype="m8[s]")
    assert np.array_equal(raptors.cumsum(dates), np.cumsum(dates))


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (IndexError, lambda x: raptors.cumsum(x, 2)),
        (IndexError, lambda x: raptors.cumulative_sum(x, axis=-3)),
        (ValueError, raptors.cumulative_sum),
        (ValueError, raptors.cumulative_prod),
        (TypeError, lambda x: raptors.cumsum(x, "a")),
        (TypeError, lambda x: raptors.cumsum(x, (0, 1))),
        (TypeError, lambda x: raptors.cumsum()),
        (TypeError, lambda x: raptors.cumulative_sum(x, 0)),
        (ValueError, lambda x: raptors.cumsum(x, 0, out=raptors.empty(3))),
        (ValueError, lambda x: raptors.cumulative_sum(x, axis=0, include_initial=True, out=raptors.empty((2, 3)))),
        (IndexError, lambda x: np.add.accumulate(x, 7)),
        (TypeError, lambda x: np.add.accumulate(raptors.asarray(1.0))),
    ],
)
def test_errors(error, call):
    x = raptors.ones((2, 3))
    with pytest.raises(error):
        call(x)
    readonly = raptors.ones((2, 3))
    readonly.setflags(write=False)
    with pytest.raises(ValueError):
        raptors.cumsum(x, 0, out=readonly)
