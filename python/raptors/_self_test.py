# SPDX-License-Identifier: BSD-3-Clause
"""Some calls of each kind that hooks take, made right after NumPy was patched and while calls are checked (_checking)."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy

ONE_OPERAND = (
    "negative",
    "absolute",
    "sqrt",
    "square",
    "exp",
    "log",
    "sin",
    "tanh",
    "floor",
    "isnan",
    "sign",
    "reciprocal",
)
TWO_OPERANDS = (
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "power",
    "less",
    "equal",
    "floor_divide",
    "logical_and",
)
REDUCTIONS = ("sum", "mean", "max", "min", "any", "all", "argmax", "std", "prod")


def run() -> None:
    """Errors: raptors._checking.Difference, where a hook's answer is not NumPy's."""
    with numpy.errstate(all="ignore"):
        for function, arguments in _calls():
            with contextlib.suppress(TypeError, ValueError):  # of both ways: what an operation does not take
                function(*arguments)


def _calls() -> Iterator[tuple[Callable[..., Any], tuple[Any, ...]]]:
    for code in ("d", "f", "l", "B", "?"):
        x = numpy.array([3, 0, 1, 7, 2, 5, 1, 4, 6], dtype=code)
        row, square = x[:3], x.reshape(3, 3)
        for name in ONE_OPERAND:
            yield getattr(numpy, name), (x,)
        pairs = [(x, x[::-1]), (x, 2), (square.T, row)]
        for i, name in enumerate(TWO_OPERANDS):
            # integers and bools share the ways of floats: one kind of operands each, another for the next
            for pair in pairs if code in "df" else pairs[i % 3 : i % 3 + 1]:
                yield getattr(numpy, name), pair
        for name in REDUCTIONS:
            method = getattr(numpy.ndarray, name)
            yield method, (x,)
            yield method, (square, 0)
        yield operator.getitem, (x, x > 2)
        yield operator.getitem, (x, numpy.array([0, -1, 4]))
        yield operator.setitem, (x.copy(), x > 2, x[0])
        yield numpy.where, (x > 2, x, x[::-1].copy())
        yield numpy.concatenate, ([x, x],)
        yield x.astype, (numpy.float32,)
        yield x.copy, ()
        yield operator.iadd, (x.copy(), x)
