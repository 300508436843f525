# SPDX-License-Identifier: BSD-3-Clause
"""The first five calls of a process, as most calls of a script are: each measured in fresh processes, one that has NumPy
and one that has Raptors in turn. A ratio is NumPy's time for the five over Raptors'."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from .cells import Cell, Work
from .check import right_value
from .engine import available_threads, library
from .first_calls import operands
from .intervals import bootstrap_interval, rough_width
from .timing import NARROW, Comparison

COLD = "first five calls"
CALLS = 5
SIZES = (100_000, 4_000_000)
MOST_ROUNDS = 51
SECONDS = 60  # after which a process is given up
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
    return [
        Cell(
            name=f"cold/{name}/{elements}",
            section=COLD,
            operation=statement,
            detail=f"{elements:,}",
            dtype="float64",
            elements=elements,
            threads=0,
            weight=1.0,
            prepare=partial(_prepare, name, statement, elements),
        )
        for elements in SIZES
        for name, statement in OPERATIONS.items()
    ]


def _prepare(name: str, statement: str, elements: int) -> Work:
    def check() -> str:
        numpy_names, raptors_names = operands(np, elements), operands(library(), elements)
        if name in IN_PLACE:
            exec(statement, {}, numpy_names)
            exec(statement, {}, raptors_names)
        return right_value(IN_PLACE.get(name, statement), REDUCTIONS.get(name), numpy_names, raptors_names)

    return Work(statement, {}, {}, check, compare=partial(compare_first_calls, statement, elements))


def compare_first_calls(statement: str, elements: int, seconds: float, least_rounds: int) -> Comparison:
    """Start processes in turn, NumPy's first in every other round, until `seconds` have passed or the ratio's interval is
    narrow. Raptors has the threads that it has here."""
    pairs: list[dict[str, float]] = []
    deadline = time.perf_counter() + seconds
    while len(pairs) < MOST_ROUNDS:
        order = ("numpy", "raptors") if len(pairs) % 2 else ("raptors", "numpy")
        pairs.append({name: first_calls(name, statement, elements) for name in order})
        ratios = [pair["numpy"] / pair["raptors"] for pair in pairs]
        if len(pairs) >= least_rounds and (time.perf_counter() >= deadline or rough_width(ratios) < NARROW):
            break
    ratio, low, high = bootstrap_interval(ratios)
    mine, other = (float(np.median([pair[name] for pair in pairs])) for name in ("raptors", "numpy"))
    return Comparison(mine, other, ratio, low, high, len(pairs), 0)


def first_calls(name: str, statement: str, elements: int, calls: int = CALLS) -> float:
    """The seconds that `calls` runs of the statement took a process which had done nothing before.

    RuntimeError: it failed, with the last line that it said.
    """
    program = Path(__file__).with_name("first_calls.py")
    command = [sys.executable, "-P", str(program), name, str(elements), str(calls), statement]
    environment = os.environ | {"RAPTORS_NUM_THREADS": str(available_threads())}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr.strip().rpartition(chr(10))[2]}")
    return 1e-9 * float(sum(json.loads(done.stdout)))
