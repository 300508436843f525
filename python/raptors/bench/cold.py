# SPDX-License-Identifier: BSD-3-Clause
"""The first five calls of a process, as most calls of a script are: each measured in fresh processes, one that has NumPy
and one that has Raptors in turn. A ratio is NumPy's time for the five over Raptors'."""

from __future__ import annotations

from functools import partial

import numpy as np

from .cells import Cell, Work, cells_of
from .check import right_value
from .children import in_seconds, time_children, told_by_child
from .engine import library
from .first_calls import operands

COLD = "first five calls"
CALLS = 5
SIZES = (100_000, 4_000_000)
OPERATIONS = {
    "scale": "a * 2.5",
    "scale-in-place": "a *= 2",
    "add": "a + b",
    "sum": "a.sum()",
    "max": "a.max()",
    "greater": "a > b",
    "transposed": "matrix.T + matrix",
    "take-mask": "a[mask]",
    "multiply-add": "a * b + c",
    "mean-axis-0": "matrix.mean(axis=0)",
    "maximum": "xp.maximum(a, b)",
    "astype": "a.astype(xp.float32)",
    "sqrt": "xp.sqrt(a)",
    "copy": "a.copy()",
    "where": "xp.where(mask, a, b)",
}
IN_PLACE = {"scale-in-place": "a"}  # what the statement changes
REDUCTIONS = {"sum": ("sum", "a", None), "mean-axis-0": ("mean", "matrix", 0)}


def cells() -> list[Cell]:
    """The 30 cells: 15 calls on vectors of two lengths, or on square matrices of about as many elements."""
    return cells_of("cold", COLD, OPERATIONS, SIZES, _prepare)


def _prepare(name: str, statement: str, elements: int) -> Work:
    def check() -> str:
        numpy_names, raptors_names = operands(np, elements), operands(library(), elements)
        if name in IN_PLACE:
            exec(statement, {}, numpy_names)
            exec(statement, {}, raptors_names)
        return right_value(IN_PLACE.get(name, statement), REDUCTIONS.get(name), numpy_names, raptors_names)

    run = partial(first_calls, statement, elements)
    return Work(
        statement, {}, {}, check, measure=lambda seconds, least: time_children(run, "raptors", "numpy", seconds, 1)
    )


def first_calls(statement: str, elements: int, library: str) -> float:
    """The seconds that CALLS runs of the statement took a process of that library which had done nothing before."""
    return in_seconds(told_by_child("first_calls.py", library, elements, CALLS, statement))
