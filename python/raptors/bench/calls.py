# SPDX-License-Identifier: BSD-3-Clause
"""The calls that programs make most, on 1000, 100,000 and 4 million elements: Raptors' own, and some that NumPy computes."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import Cell, Work, cells_of, fresh
from .check import same_answer
from .engine import library

CALLS = "calls of programs"
SIZES = (1000, 100_000, 4_000_000)
OPERATIONS = {
    "nonzero": "xp.nonzero(mask)",
    "take-mask": "x[mask]",
    "take-index": "x[index]",
    "put-mask": "x[mask] = 1.5",
    "put-index": "x[index] = y",
    "slice-step": "x[::2] + y[::2]",
    "where": "xp.where(mask, x, y)",
    "argmin-square": "square.argmin(axis=1)",
    "argmin-narrow": "narrow.argmin(axis=1)",
    "sum-narrow": "narrow.sum(axis=1)",
    "mean-narrow": "narrow.mean(axis=0)",
    "max": "x.max()",
    "sum": "x.sum()",
    "any": "(x > 3.0).any()",
    "root": "x ** 0.5",
    "square": "x ** 2",
    "multiply-add": "x * y + z",
    "subtract-divide": "(x - y) / z",
    "in-place": "x += 0.0",
    "astype": "x.astype(xp.float32)",
    "clip": "xp.clip(x, 0.75, 1.5)",
    "arange": "xp.arange(n)",
    "linspace": "xp.linspace(0.0, 1.0, n)",
    "zeros": "xp.zeros(n)",
    "copy": "x.copy()",
    "concatenate": "xp.concatenate((x, y))",
    "tolist": "x.tolist()",
    "exp": "xp.exp(x)",
    "dot": "xp.dot(x, y)",
    "std": "x.std()",
    "cumsum": "xp.cumsum(x)",
}
OPERANDS = ("x", "y", "z", "mask", "index", "square", "narrow")
CHANGED = {"put-mask": "x", "put-index": "x", "in-place": "x"}  # by a statement, which has no value
ONE_THREAD = ("max", "sum", "nonzero", "take-mask", "take-index")  # at 100,000 elements: on one thread too


def cells() -> list[Cell]:
    """A cell for each call and size, and some on one thread."""
    found = cells_of("calls", CALLS, OPERATIONS, SIZES, _prepare)
    one = [cell for cell in found if cell.elements == SIZES[1] and cell.name.split("/")[1] in ONE_THREAD]
    return found + [
        replace(cell, name=f"{cell.name}/one", detail=f"{cell.detail}, one thread", threads=1) for cell in one
    ]


@lru_cache(maxsize=8)
def values(name: str, elements: int) -> NDArray[Any]:
    """What the statements' operands hold: vectors x, y and z of float64 in [0.5, 2), a mask that takes every third element,
    an index in random order, a square matrix, and one of eight columns."""
    generator = np.random.default_rng([elements, *name.encode()])
    if name == "mask":
        return np.asarray(generator.random(elements) < 1 / 3)
    if name == "index":
        return generator.permutation(elements)
    side = math.isqrt(elements)
    return generator.uniform(0.5, 2.0, {"square": (side, side), "narrow": (elements // 8, 8)}.get(name, elements))


def _prepare(name: str, statement: str, elements: int) -> Work:
    arrays = {word: fresh(values(word, elements)) for word in OPERANDS if word in re.findall(r"\w+", statement)}
    raptors = library()
    numpy_names = {"xp": np, "n": elements, **arrays}
    raptors_names = {"xp": raptors, "n": elements, **{key: raptors.asarray(array) for key, array in arrays.items()}}
    return Work(statement, raptors_names, numpy_names, partial(_check, statement, CHANGED.get(name), numpy_names))


def _check(statement: str, changed: str | None, numpy_names: dict[str, Any]) -> str:
    """Whether NumPy and Raptors make the same of copies."""
    answers = []
    for xp, wrap in ((np, np.asarray), (library(), library().asarray)):
        names = {
            key: wrap(value.copy()) if isinstance(value, np.ndarray) else value for key, value in numpy_names.items()
        }
        names["xp"] = xp
        if changed:
            exec(statement, {}, names)
        answers.append(names[changed] if changed else eval(statement, None, names))
    return same_answer(answers[0], answers[1])
