# SPDX-License-Identifier: BSD-3-Clause
"""Functions that make, shape and cast arrays, against NumPy's: examples worked through, for each type."""

import numpy as np
import pytest

import raptors

DTYPES = raptors._raptors.DTYPES


def equal(ours, theirs):
    assert isinstance(ours, raptors.Array)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_array_equal(np.asarray(ours), theirs)


def test_creation():
    for dtype in (None, *DTYPES):
        options = {"dtype": dtype} if dtype else {}
        for shape in (3, (2, 3), (), (0, 2), [2, 2]):
            equal(raptors.zeros(shape, **options), np.zeros(shape, **options))
            equal(raptors.ones(shape, **options, device="cpu"), np.ones(shape, **options))
            equal(raptors.full(shape, 1, **options), np.full(shape, 1, **options))
            assert raptors.empty(shape, **options).shape == np.empty(shape).shape
        equal(raptors.eye(3, 4, k=1, **options), np.eye(3, 4, 1, **options))
        like = np.arange(6).reshape(2, 3).astype(dtype or "int16").T
        for name in ("zeros_like", "ones_like"):
            equal(getattr(raptors, name)(like), getattr(np, name)(like))
            equal(getattr(raptors, name)(raptors.asarray(like), dtype="int8"), getattr(np, name)(like, dtype="int8"))
        equal(raptors.full_like(like, 1), np.full_like(like, 1))
        assert raptors.empty_like(raptors.asarray(like)).strides == np.empty_like(like).strides
    for value in (1, 1.5, 1j, True, np.float32(2), 2**63):
        equal(raptors.full(2, value), np.full(2, value))
        equal(raptors.asarray(value), np.asarray(value))
    equal(raptors.full((2, 3), [1, 2, 3]), np.full((2, 3), [1, 2, 3]))
    equal(raptors.asarray([[1, 2.5], [3, 4]]), np.asarray([[1, 2.5], [3, 4]]))
    equal(raptors.asarray([raptors.arange(3), raptors.arange(3)]), np.asarray([np.arange(3)] * 2))
    equal(raptors.asarray(range(4)), np.arange(4))
    equal(raptors.asarray([], dtype="float32"), np.asarray([], dtype="float32"))


def test_ranges():
    for arguments in ((5,), (5.0,), (2, 9), (2, 9, 3), (9, 2, -2), (0, 1, 0.1), (5, 2), (np.int8(3),), (0.5, 3)):
        equal(raptors.arange(*arguments), np.arange(*arguments))
        for dtype in ("int16", "float32"):
            if all(isinstance(one, int) for one in arguments):
                equal(raptors.arange(*arguments, dtype=dtype), np.arange(*arguments, dtype=dtype))
    equal(raptors.arange(0, 2.5, dtype="int64"), np.arange(0, 2.5, dtype="int64"))
    equal(raptors.arange(raptors.asarray(4)), np.arange(4))
    for arguments in ((0, 1), (0, 1, 7), (3, -2, 4), (0, 1, 1), (0, 1, 0), (0, 1j, 3)):
        equal(raptors.linspace(*arguments), np.linspace(*arguments))
        equal(raptors.linspace(*arguments, endpoint=False), np.linspace(*arguments, endpoint=False))


def test_shaping():
    a = np.arange(24.0).reshape(2, 3, 4)
    x = raptors.asarray(a)
    equal(raptors.reshape(x, (4, 6)), a.reshape(4, 6))
    equal(raptors.reshape(x, -1), a.reshape(-1))
    equal(x.reshape(6, -1), a.reshape(6, -1))
    equal(x.reshape((3, 8)), a.reshape(3, 8))
    equal(x.reshape(shape=(3, 8)), a.reshape(3, 8))
    equal(x.T.reshape(24), a.T.reshape(24))
    assert np.shares_memory(np.asarray(x.reshape(24)), a)
    assert not np.shares_memory(np.asarray(raptors.reshape(x, 24, copy=True)), a)
    equal(raptors.permute_dims(x, (1, 2, 0)), a.transpose(1, 2, 0))
    equal(x.transpose(-1, 0, 1), a.transpose(-1, 0, 1))
    equal(x.transpose((2, 1, 0)), a.T)
    equal(x.transpose(), a.T)
    equal(raptors.transpose(x), a.T)
    equal(x.T, a.T)
    equal(x.mT, a.swapaxes(-1, -2))
    equal(x.ravel(), a.ravel())
    equal(x.T.flatten(), a.T.flatten())
    equal(raptors.expand_dims(x, axis=1), np.expand_dims(a, 1))
    equal(raptors.expand_dims(x, axis=(0, -1)), np.expand_dims(a, (0, -1)))
    equal(raptors.squeeze(raptors.expand_dims(x, axis=(0, -1)), axis=0), np.expand_dims(a, -1))
    equal(raptors.expand_dims(x, axis=(0, -1)).squeeze(), a)
    equal(raptors.broadcast_to(x[0, 0], (3, 4)), np.broadcast_to(a[0, 0], (3, 4)))
    for ours, theirs in zip(raptors.broadcast_arrays(x, x[0], 1.0), np.broadcast_arrays(a, a[0], 1.0), strict=True):
        equal(ours, theirs)
    assert raptors.broadcast_arrays() == ()
    equal(raptors.concat([x, x[:1]]), np.concatenate([a, a[:1]]))
    equal(raptors.concat((x, a), axis=-1), np.concatenate((a, a), axis=-1))
    equal(raptors.concat([x, x[0]], axis=None), np.concatenate([a, a[0]], axis=None))
    equal(raptors.concat([x, x.astype("int8")]), np.concatenate([a, a.astype("int8")]))
    equal(raptors.concat(x), np.concatenate(a))
    equal(raptors.stack([x, x], axis=1), np.stack([a, a], axis=1))
    out = raptors.empty((4, 3, 4))
    assert raptors.concat([x, x], out=out) is out
    equal(out, np.concatenate([a, a]))
    equal(x.round(), a)
    equal((x / 3).round(2), (a / 3).round(2))
    for number in (5.0, [1.0, 2.0]):  # views of what was made for the call
        equal(raptors.expand_dims(number, axis=0), np.expand_dims(np.asarray(number), 0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_casts_and_parts(dtype):
    a = np.array([[0, 1], [1, 0]], dtype)
    x = raptors.asarray(a)
    for other in DTYPES:
        if np.dtype(dtype).kind != "c" or np.dtype(other).kind in "c":
            equal(raptors.astype(x, other), a.astype(other))
            equal(x.astype(other), a.astype(other))
    assert x.astype(dtype, copy=False) is x
    assert raptors.astype(x, dtype) is not x
    equal(x.real, a.real)
    equal(x.imag, a.imag)
    if np.dtype(dtype).kind == "c":
        x.imag[...] = 2
        assert a[0, 0] == 2j
