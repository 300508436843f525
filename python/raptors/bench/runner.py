# SPDX-License-Identifier: BSD-3-Clause
"""Cells in, results out: check each, time it within its share of the budget, and never let one cell end the run."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from ..console import status_of
from .cells import ERROR, OK, WRONG, Cell, Result, Work
from .engine import library, threads_restored
from .roof import roof_of
from .timing import Comparison, Loop, compare

Report = Callable[[int, Cell, Result | None], None]


@dataclass
class Run:
    """What was measured; stopped is the exit status that a signal asks for which cut it short, else 0."""

    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    stopped: int = 0

    @property
    def all_right(self) -> bool:
        """No cell was wrong or failed."""
        return all(result.status == OK for result in self.results)


def run_cells(cells: Sequence[Cell], budget: float, threads: int, report: Report, *, least_quads: int = 8) -> Run:
    """Measure `cells` in turn, in about `budget` seconds; report(number, cell, result) before (None) and after each.

    threads is the number that cells on all cores use, 0 for Raptors' default. What a cell leaves of its share
    goes to those after it. On KeyboardInterrupt the cells done so far are the result.
    """
    run = Run()
    start = time.perf_counter()
    left = sum(cell.weight for cell in cells)
    try:
        with threads_restored(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for number, cell in enumerate(cells):
                report(number, cell, None)
                library().set_num_threads(cell.threads or threads)
                share = (start + budget - time.perf_counter()) * cell.weight / left
                result = measure_cell(cell, share, least_quads)
                left -= cell.weight
                run.results.append(result)
                report(number, cell, result)
    except KeyboardInterrupt as stop:
        run.stopped = status_of(stop)
    run.seconds = time.perf_counter() - start
    return run


def measure_cell(cell: Cell, seconds: float, least_quads: int) -> Result:
    """Prepare, check and time one cell; a wrong answer or an exception becomes the result's status."""
    result = Result.of(cell)
    start = time.perf_counter()
    try:
        work = cell.prepare()
        result.reproducer = work.reproducer
        if wrong := work.check():
            result.status, result.message = WRONG, wrong
            return result
        timing = (work.compare or partial(_compare_quads, work))(seconds - (time.perf_counter() - start), least_quads)
    except Exception as problem:
        result.status, result.message = ERROR, f"{type(problem).__name__}: {problem}"
        return result
    result.raptors_seconds, result.numpy_seconds = timing.a_seconds, timing.b_seconds
    result.ratio, result.low, result.high, result.quads = timing.ratio, timing.low, timing.high, timing.quads
    result.disturbed = timing.disturbed
    result.raptors_tail, result.numpy_tail = timing.tails
    if timing.movers:
        roof = roof_of(timing.movers)
        result.roof_seconds, result.roof_mover = roof.seconds, roof.mover
    return result


def _compare_quads(work: Work, seconds: float, least_quads: int) -> Comparison:
    mine = Loop(work.statement, work.raptors_names, work.reset, work.reset_after)
    other = Loop(work.numpy_statement or work.statement, work.numpy_names, work.reset, work.reset_after)
    return compare(mine, other, seconds, least_quads=least_quads, movers=work.movers)
