# SPDX-License-Identifier: BSD-3-Clause
"""Cells in, results out. All cells are gone through several times, and each visit measures a block of its own.

What a machine does in one second it does not do in the next: its other guests, its clock and the place of the operands in
memory change. So each cell's blocks are spread over the whole run, with operands allocated anew for each. No cell ends the
run: a wrong answer or an exception becomes its result.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..console import status_of
from .cells import ERROR, OK, WRONG, Cell, Result, Work
from .engine import library, threads_restored
from .idle import Use, read_clock, use_between
from .roof import roof_of
from .timing import Block, Comparison, Loop, time_block

BLOCKS = 9  # the fewest of which the lowest and the highest may be left out (intervals.median_interval)
Report = Callable[[int, int, Cell, Result | None], None]


@dataclass
class Run:
    """What was measured; stopped is the exit status that a signal asks for which cut it short, else 0. use: who else had
    the processors meanwhile."""

    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    stopped: int = 0
    use: Use | None = None

    @property
    def all_right(self) -> bool:
        """No cell was wrong or failed."""
        return all(result.status == OK for result in self.results)


@dataclass
class Visited:
    """A cell, and what its blocks so far have brought. batches: how many calls a sample of each timed thing makes."""

    cell: Cell
    result: Result
    blocks: list[Block] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)


def run_cells(
    cells: Sequence[Cell], budget: float, threads: int, report: Report, *, blocks: int = BLOCKS, least_rounds: int = 1
) -> Run:
    """Measure `cells` in about `budget` seconds; report(block, number, cell, result) before (None) and after each visit.

    threads is the number that cells on all cores use, 0 for Raptors' default. What a cell leaves of its share
    goes to those after it. On KeyboardInterrupt what is measured so far is the result.
    """
    visits = [Visited(cell, Result.of(cell)) for cell in cells]
    run, start, clock = Run(), time.perf_counter(), read_clock()
    try:
        with threads_restored(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for block in range(blocks):
                deadline = start + budget * (block + 1) / blocks
                left = sum(cell.weight for cell in cells)
                for number, visit in enumerate(visits):
                    cell = visit.cell
                    report(block, number, cell, None)
                    if visit.result.status == OK:
                        library().set_num_threads(cell.threads or threads)
                        measure_block(visit, (deadline - time.perf_counter()) * cell.weight / left, least_rounds)
                    left -= cell.weight
                    report(block, number, cell, visit.result)
    except KeyboardInterrupt as stop:
        run.stopped = status_of(stop)
    run.results = [visit.result for visit in visits if visit.result.blocks or visit.result.status != OK]
    run.seconds = time.perf_counter() - start
    run.use = use_between(clock, read_clock())
    return run


def measure_block(visit: Visited, seconds: float, least_rounds: int) -> None:
    """Prepare the cell anew, check it where it was not checked yet, time it, and bring its result up to date."""
    start = time.perf_counter()
    try:
        work = visit.cell.prepare()
        visit.result.reproducer = work.reproducer
        if not visit.blocks and (wrong := work.check()):
            visit.result.status, visit.result.message = WRONG, wrong
            return
        measure = work.measure or (lambda seconds, least: _measure_rounds(work, visit.batches, seconds, least))
        visit.blocks.append(measure(seconds - (time.perf_counter() - start), least_rounds))
    except Exception as problem:
        visit.result.status, visit.result.message = ERROR, f"{type(problem).__name__}: {problem}"
        return
    fill(visit.result, visit.blocks)


def fill(result: Result, blocks: Sequence[Block]) -> None:
    """What these blocks say."""
    timing = Comparison.of(blocks)
    result.raptors_seconds, result.numpy_seconds = timing.a_seconds, timing.b_seconds
    result.ratio, result.low, result.high = timing.ratio, timing.low, timing.high
    result.blocks, result.samples, result.disturbed = len(blocks), timing.samples, timing.disturbed
    result.raptors_tail, result.numpy_tail = timing.tails
    if any(block.movers for block in blocks):
        roof = roof_of(blocks)
        result.roof_seconds, result.roof_mover = roof.seconds, roof.mover


def _measure_rounds(work: Work, batches: list[int], seconds: float, least_rounds: int) -> Block:
    """batches is filled by the first block of a cell, and holds for the others."""
    start = time.perf_counter()
    mine = Loop(work.statement, work.raptors_names, work.reset, work.reset_after)
    other = Loop(work.numpy_statement or work.statement, work.numpy_names, work.reset, work.reset_after)
    timed = [mine, other, *work.movers.values()]
    if not batches:
        for one in timed:
            one.calibrate()
        batches[:] = [one.batch for one in timed]
    for one, batch in zip(timed, batches, strict=True):
        one.batch = batch
    seconds -= time.perf_counter() - start
    return time_block(mine, other, seconds, least_rounds=least_rounds, movers=work.movers)
