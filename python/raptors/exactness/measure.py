# SPDX-License-Identifier: BSD-3-Clause
"""Measuring: the work in units that processes share out, and what was found, which a file keeps from run to run.

A block of results is judged by NumPy's function with more precision. MPFR decides where that may be wrong: of results that
may be the farthest off so far, and of float16 and float32 results near the middle of two numbers. Of complex results MPC
decides on each.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

import raptors

from . import arguments
from .functions import FORMS, Form, Function, Numbers, judge_type, judged
from .truth import are_nearest, counts, error_of, errors, exact, exact_error

UNIT = 1 << 22  # arguments
MPFR_UNIT = 1 << 14  # where MPFR judges each
MOST_ASKED = (
    16  # in a block, of results that are clearly wrong, and of those that are as far off: acos(x) is pi/2 for many x
)


@dataclass(frozen=True)
class Effort:
    """How many arguments: every `step`-th of float32's, and `count` by chance (`exact_count` where MPFR judges each,
    `complex_count` where MPC does)."""

    step: int
    count: int
    exact_count: int
    complex_count: int


EFFORTS = {
    "quick": Effort(65537, 100_000, 1_000, 2_000),
    "usual": Effort(257, 10_000_000, 100_000, 20_000),
    "exhaustive": Effort(1, 100_000_000, 1_000_000, 200_000),
}


@dataclass(frozen=True)
class Unit:
    """What one process does at once: some of the arguments of a function and type. step: 0, by chance, -1, the special ones."""

    function: str
    form: str
    start: int
    count: int
    step: int

    @property
    def key(self) -> str:
        return f"{self.function} {self.form} {self.step} {self.start}"

    def blocks(self) -> Iterator[tuple[Numbers, ...]]:
        form = FORMS[self.form]
        operands = form.functions[self.function].operands
        if self.step > 0:
            return arguments.in_order(form, self.start, self.count, self.step)
        if self.step < 0:
            return arguments.specials(form, operands)
        seed = (list(form.functions).index(self.function), list(FORMS).index(self.form), self.start)
        return arguments.by_chance(form, operands, self.count, seed)


def units_of(function: Function, form: Form, effort: Effort) -> list[Unit]:
    """All units of a function and type, in one order."""
    size = UNIT if judged(function, form) else MPFR_UNIT
    found = [Unit(function.name, form.name, 0, 0, -1)]
    if function.operands == 1 and form.name in ("float16", "float32"):
        step = effort.step if form.name == "float32" else 1
        whole = 1 << (8 * form.dtype.itemsize)
        for start in range(0, whole, size * step):
            found.append(Unit(function.name, form.name, start, min(size, -(-(whole - start) // step)), step))
    else:
        exact_count = effort.complex_count if form.part else effort.exact_count
        count = effort.count if judged(function, form) else exact_count
        for start in range(0, count, size):
            found.append(Unit(function.name, form.name, start, min(size, count - start), 0))
    return found


@dataclass(frozen=True)
class Found:
    """Of some arguments: how many results are not the nearest number, and the largest error, in ULP, with its arguments."""

    tried: int = 0
    wrong: int = 0
    worst: float = 0.0
    at: tuple[str, ...] = ()

    def __add__(self, other: Found) -> Found:
        larger = other if other.worst > self.worst else self
        return replace(larger, tried=self.tried + other.tried, wrong=self.wrong + other.wrong)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Found:
        """Of what asdict() gave, as JSON has it."""
        return cls(values["tried"], values["wrong"], float(values["worst"]), tuple(values["at"]))


def measure(unit: Unit, with_numpy: bool) -> dict[str, dict[str, Any]]:
    """What was found of "raptors" and of "numpy", as dict of Found. For a process of its own."""
    form = FORMS[unit.form]
    function = form.functions[unit.function]
    ways: dict[str, Callable[..., Numbers]] = {"raptors": functools.partial(_by_raptors, function.name)}
    if with_numpy and function.numpy:
        ways["numpy"] = getattr(np, function.numpy)
    found = dict.fromkeys(ways, Found())
    with np.errstate(all="ignore"):
        for operands in unit.blocks():
            if form.part:
                operands, true = _with_truth(function, form, operands)
                for name, way in ways.items():
                    found[name] += _found(function, form, operands, true, way(*operands))
                continue
            truth = _judge(function, form, operands)
            for name, way in ways.items():
                found[name] = _add(function, form, found[name], truth, operands, way(*operands))
    return {name: asdict(value) for name, value in found.items()}


def _by_raptors(name: str, *operands: Numbers) -> Numbers:
    return np.asarray(getattr(raptors, name)(*map(raptors.asarray, operands)))


def _with_truth(function: Function, form: Form, operands: tuple[Numbers, ...]) -> tuple[tuple[Numbers, ...], list[Any]]:
    """Those operands whose results count, and what is true of each."""
    if function.where:
        operands = tuple(operand[function.where(*operands)] for operand in operands)
    truth = [exact(function, numbers) for numbers in zip(*(operand.tolist() for operand in operands), strict=True)]
    kept = [i for i, true in enumerate(truth) if counts(function, form, true)]
    return tuple(operand[kept] for operand in operands), [truth[i] for i in kept]


def _found(function: Function, form: Form, operands: tuple[Numbers, ...], truth: list[Any], results: Numbers) -> Found:
    """Of results, each against what is true."""
    off = [error_of(function, form, *both) for both in zip(truth, results.tolist(), strict=True)]
    if not off:
        return Found()
    worst = max(range(len(off)), key=lambda i: off[i][0])
    at = tuple(_as_c(operand.item(worst)) for operand in operands)
    return Found(len(off), sum(not nearest for _, nearest in off), off[worst][0], at)


def _judge(function: Function, form: Form, operands: tuple[Numbers, ...]) -> tuple[Numbers | None, Numbers]:
    """Nearly the truth, if there is a fast way to it, and where it is none."""
    if not judged(function, form):
        return None, np.ones(len(operands[0]), bool)
    wide = [operand.astype(judge_type(function, form)) for operand in operands]
    truth = (function.near or getattr(np, function.numpy))(*wide)
    if function.doubtful is None:
        return truth, np.zeros(len(truth), bool)
    return truth, function.doubtful(*wide, truth)


def _add(
    function: Function,
    form: Form,
    found: Found,
    judge: tuple[Numbers | None, Numbers],
    operands: tuple[Numbers, ...],
    results: Numbers,
) -> Found:
    """What was found before, and of these results."""
    truth, doubtful = judge
    if truth is not None and not doubtful.any() and are_nearest(form, truth, results, found.worst):
        return replace(found, tried=found.tried + len(results))
    off = np.zeros(len(results)) if truth is None else errors(form, truth, results)
    unknown = np.flatnonzero(doubtful)
    off[unknown] = 0.0
    wrong = off > 0.5

    def ask(i: Any) -> float:
        nonlocal found
        numbers = tuple(float(operand[i]) for operand in operands)
        error, nearest = exact_error(function, form, numbers, float(results[i]))
        wrong[i] = not nearest
        if error > found.worst:
            found = replace(found, worst=error, at=tuple(map(_as_c, numbers)))
        return error

    for i in unknown:
        ask(i)
    if form.name != "float64":  # there what is wrong is counted exactly
        beside = np.flatnonzero(off >= 0.5 - form.slack)
        clearly = off[beside] > 0.5 + form.slack
        for i in (*beside[clearly][:MOST_ASKED], *beside[~clearly]):
            ask(i)
            off[i] = 0.0
    candidates = np.flatnonzero(off > max(found.worst - form.slack, form.slack))
    left = MOST_ASKED
    for i in candidates[np.argsort(-off[candidates])]:
        if off[i] <= found.worst - form.slack or not left:
            break
        left -= abs(ask(i) - off[i]) <= form.slack
    return replace(found, tried=found.tried + len(results), wrong=found.wrong + int(wrong.sum()))


def _as_c(value: complex) -> str:
    """A number as C writes it exactly, such as 0x1.8p+1; of a complex one both parts."""
    if isinstance(value, complex):
        return f"({_as_c(value.real)}, {_as_c(value.imag)})"
    return re.sub(r"\.?0*p", "p", value.hex()) if math.isfinite(value) else str(value)
