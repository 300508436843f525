# SPDX-License-Identifier: BSD-3-Clause
"""Some calls of each kind that hooks take, made right after NumPy was patched and while calls are checked (_checking)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy

ONE_OPERAND = ("negative", "absolute", "sqrt", "square", "exp", "log", "sin", "tanh", "floor", "isnan", "sign", "reciprocal")
TWO_OPERANDS = ("add", "subtract", "multiply", "divide", "maximum", "power", "less", "equal", "floor_divide", "logical_and")
REDUCTIONS = ("sum", "mean", "max", "min", "any", "all", "argmax", "std", "prod")


def run() -> None:
    """Errors: raptors._checking.Difference, where a hook's answer is not NumPy's."""
    with numpy.errstate(all="ignore"):
        for call in _calls():
            with contextlib.suppress(TypeError, ValueError):  # of both ways: what an operation does not take
                call()


def _calls() -> Iterator[Callable[[], Any]]:
    for code in ("d", "f", "l", "B", "?"):
        x = numpy.array([3, 0, 1, 7, 2, 5, 1, 4, 6], dtype=code)
        row, square = x[:3], x.reshape(3, 3)
        for name in ONE_OPERAND:
            ufunc = getattr(numpy, name)
            yield lambda ufunc=ufunc, x=x: ufunc(x)
        for name in TWO_OPERANDS:
            ufunc = getattr(numpy, name)
            yield lambda ufunc=ufunc, x=x: ufunc(x, x[::-1])
            yield lambda ufunc=ufunc, x=x: ufunc(x, 2)
            yield lambda ufunc=ufunc, square=square, row=row: ufunc(square.T, row)
        for name in REDUCTIONS:
            method = getattr(numpy.ndarray, name)
            yield lambda method=method, x=x: method(x)
            yield lambda method=method, square=square: method(square, axis=0)
        yield lambda x=x: x[x > 2]
        yield lambda x=x: x[numpy.array([0, -1, 4])]
        yield lambda x=x: numpy.where(x > 2, x, x[::-1].copy())
        yield lambda x=x: numpy.concatenate([x, x])
        yield lambda x=x: x.astype(numpy.float32)
        yield lambda x=x: x.copy()
        yield lambda x=x: x.copy().__iadd__(x)
