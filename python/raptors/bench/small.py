# SPDX-License-Identifier: BSD-3-Clause
"""Calls on 1 to 1000 elements, where what counts is the way to the kernel and back."""

from __future__ import annotations

from functools import partial

import numpy as np

from .cells import Cell, Work, fresh
from .check import right_reduction, same_bits
from .engine import library

SMALL = "small calls"
SIZES = (1, 10, 100, 1000)
DTYPES = ("float32", "float64")
OPERATIONS = {
    "a + b": "a + b",
    "a * 2.0": "a * 2.0",
    "add(out=)": "xp.add(a, b, out=result)",
    "a.sum()": "a.sum()",
    "a.mean()": "a.mean()",
    "a[1:]": "a[1:]",
    "a < b": "a < b",
}
NAMES = dict(zip(OPERATIONS, ("add", "scale", "add-out", "sum", "mean", "slice", "less"), strict=True))


def cells() -> list[Cell]:
    """The 56 cells: operation by operation, both types, four sizes."""
    return [
        Cell(
            name=f"small/{NAMES[operation]}/{size}/{dtype}",
            section=SMALL,
            operation=operation,
            detail=str(size),
            dtype=dtype,
            elements=size,
            threads=0,
            weight=0.4,
            prepare=partial(_prepare, operation, size, dtype),
        )
        for operation in OPERATIONS
        for dtype in DTYPES
        for size in SIZES
    ]


def _prepare(operation: str, size: int, dtype: str) -> Work:
    raptors = library()
    generator = np.random.default_rng(size)
    arrays = {name: fresh(generator.random(size, dtype=np.dtype(dtype).type)) for name in ("a", "b", "result")}
    statement = OPERATIONS[operation]
    numpy_names = {"xp": np, **arrays}
    raptors_names = {"xp": raptors, **{name: raptors.asarray(array) for name, array in arrays.items()}}

    def check() -> str:
        expected = np.array(eval(statement, None, numpy_names))
        arrays["result"].fill(-1.0)
        actual = eval(statement, None, raptors_names)
        if operation == "add(out=)":
            actual = arrays["result"]
        if operation in ("a.sum()", "a.mean()"):
            return right_reduction(operation[2:-2], arrays["a"], None, False, expected, actual)
        return same_bits(expected, actual)

    return Work(statement, raptors_names, numpy_names, check)
