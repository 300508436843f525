# SPDX-License-Identifier: BSD-3-Clause
"""Elementwise calls that are split among threads: one thread, two and NumPy give the same bits."""

import itertools

import numpy as np
import pytest

import raptors
from strategies import BINARY, UNARY, assert_bits, assert_matches, quietly, values

SHAPES = [(200_003,), (511, 401), (70_001, 3), (3, 70_001), (29, 31, 241)]
TYPES = ["bool", "int8", "uint8", "int16", "int64", "float16", "float32", "float64", "complex64"]


def arranged(a, k):
    """`a` in one of several layouts."""
    return [
        lambda: a,
        lambda: np.asfortranarray(a),
        lambda: a[::-1],
        lambda: np.repeat(a, 2, -1)[..., ::2],
        lambda: a[..., ::-1],
        lambda: np.broadcast_to(a[:1], a.shape),
        lambda: np.broadcast_to(a[..., :1], a.shape),
    ][k % 7]()


@pytest.mark.parametrize(("name", "numpy_name"), UNARY + BINARY)
def test_threads(name, numpy_name):
    inputs = 2 if (name, numpy_name) in BINARY else 1
    for k, dtype in enumerate(TYPES):
        small = [values((7,), dtype, 1)] * inputs
        if isinstance(quietly(getattr(np, numpy_name), *small), Exception) or (name == "round" and dtype[0] in "biu"):
            continue
        shape = SHAPES[(k + len(name)) % len(SHAPES)]
        base = values((4096 * 51,), dtype, k)
        operands = [arranged(np.resize(base[i * 77 :], shape), k + i + len(name)) for i in range(inputs)]
        theirs = quietly(getattr(np, numpy_name), *operands)
        results = []
        for threads in (1, 2):
            with raptors.num_threads(threads):
                results.append(getattr(raptors, name)(*map(raptors.asarray, operands)))
                assert_matches(name, results[-1], theirs, operands, f"{name} {dtype} {shape} on {threads} threads")
        assert_bits(results[0], results[1], what=f"{name} {dtype} on one and two threads")


@pytest.mark.parametrize("name", ["add", "multiply", "less"])
def test_rows_columns_and_numbers(name):
    for dtype, shape in itertools.product(["int32", "float32", "float64"], SHAPES):
        a = values(shape, dtype, 1)
        for other in (a[:1], a[..., :1], a[..., :1].copy()[::-1], a[(0,) * a.ndim], 3):
            theirs = quietly(getattr(np, name), a, other)
            for threads in (1, 2):
                with raptors.num_threads(threads):
                    r = other if isinstance(other, int) else raptors.asarray(np.asarray(other))
                    assert_bits(getattr(raptors, name)(raptors.asarray(a), r), theirs)
                    assert_bits(getattr(raptors, name)(r, raptors.asarray(a)), quietly(getattr(np, name), other, a))


@pytest.mark.parametrize("dtype", ["int8", "float32", "float64", "complex128"])
def test_large_out_and_overlap(dtype):
    for threads in (1, 2):
        with raptors.num_threads(threads):
            a = values((300_007,), dtype, 2, special=0)
            b = a.copy()
            r = raptors.asarray(b)
            for target, source in itertools.permutations(
                [slice(1, None), slice(None, -1), slice(None, 0, -1), slice(-2, None, -1)], 2
            ):
                np.add(a[source], a[target], out=a[target])
                raptors.add(r[source], r[target], out=r[target])
                assert_bits(b, a, what=f"{source} into {target}")
            a[::-1] -= a
            r[::-1] -= r
            assert_bits(b, a)


@pytest.mark.parametrize(
    ("dtype", "other"), [*itertools.permutations(["bool", "int8", "int64", "float16", "float64"], 2)]
)
def test_large_casts(dtype, other):
    for shape in SHAPES[1:3]:
        a = values(shape, dtype, 5, special=0)
        a = (a % 2 if a.dtype.kind in "iu" else np.abs(a) % 100).astype(dtype)
        for view in (a, a.T, a[::-1], a[:, ::2]):
            for threads in (1, 2):
                with raptors.num_threads(threads):
                    assert_bits(raptors.asarray(view).astype(other), view.astype(other), what=f"{dtype} to {other}")
