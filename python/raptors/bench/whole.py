# SPDX-License-Identifier: BSD-3-Clause
"""Whole programs (the files of programs/) in two ways beside plain NumPy: with `import raptors as np`, and with their inputs
wrapped by raptors.asarray. Each runs in processes of its own, in turn, and their answers are compared first."""

from __future__ import annotations

import runpy
from functools import lru_cache, partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from .cells import Cell, Work
from .check import same_answer
from .children import in_seconds, told_by_child
from .run_program import NUMPY, RAPTORS, WRAPPED, module_of
from .timing import Block

WHOLE = "whole programs"
FOLDER = Path(__file__).with_name("programs")
WAYS = {RAPTORS: "import raptors", WRAPPED: "inputs wrapped"}
RUNS = {10_000: 10, 1_000_000: 1}  # of main(np, size) in a process; the first is counted too
WEIGHT = 12.0  # of a cell, beside a call's 1
_left: dict[tuple[Path, int], tuple[str, float]] = {}  # what NumPy took in the block of the way named
_turns = cycle((True, False))


def programs() -> dict[str, Path]:
    """The programs' names and files."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.py")) if not path.stem.startswith("_")}


def cells() -> list[Cell]:
    """Each program at two sizes in two ways."""
    return [
        Cell(
            name=f"programs/{name}/{size}/{way}",
            section=WHOLE,
            operation=name,
            detail=f"{size:,}, {words}",
            dtype="",
            elements=size,
            threads=0,
            weight=WEIGHT,
            prepare=partial(_prepare, path, size, runs, way),
        )
        for size, runs in RUNS.items()
        for name, path in programs().items()
        for way, words in WAYS.items()
    ]


def _prepare(path: Path, size: int, runs: int, way: str) -> Work:
    def check() -> str:
        return same_answer(answer(path, size, NUMPY), run_here(path, size, way))

    return Work("", {}, {}, check, measure=lambda seconds, least: time_ways(path, size, runs, way))


def time_ways(path: Path, size: int, runs: int, way: str) -> Block:
    """A block of one run in this way and one of NumPy, which goes first in every other block. The cell that follows for the
    other way is held against the same run of NumPy's."""
    names = [way, NUMPY] if next(_turns) else [NUMPY, way]
    left = _left.pop((path, size), None)
    if left is not None and left[0] != way:
        seconds = {NUMPY: left[1], way: seconds_of_run(path, size, runs, way)}
    else:
        seconds = {name: seconds_of_run(path, size, runs, name) for name in names}
        _left[path, size] = way, seconds[NUMPY]
    return Block(seconds[NUMPY] / seconds[way], np.array([seconds[way]]), np.array([seconds[NUMPY]]))


def run_here(path: Path, size: int, way: str) -> Any:
    """The program's answer, in this process."""
    return runpy.run_path(str(path))["main"](module_of(way), size)


@lru_cache(maxsize=1)
def answer(path: Path, size: int, way: str) -> Any:
    """As run_here; once for the cells of a program, which follow each other."""
    return run_here(path, size, way)


def seconds_of_run(path: Path, size: int, runs: int, way: str) -> float:
    """The seconds of one of so many runs, in a process of its own."""
    return in_seconds(told_by_child("run_program.py", way, path, size, runs)["nanoseconds"]) / runs
