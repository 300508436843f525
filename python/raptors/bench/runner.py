# SPDX-License-Identifier: BSD-3-Clause
"""Cells in, results out. All cells are gone through several times, and each visit measures a block of its own.

What a machine does in one second it does not do in the next: its other guests, its clock and the place of the operands in
memory change. So each cell's blocks are spread over the whole run, with operands allocated anew for each, and the run over
several processes (worker.py): where a process's code and memory lie moves the ratio of small calls by 2 to 4 % (Xeon,
2026-11-28). No cell ends the run: a wrong answer or an exception becomes its result.
"""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np

from ..console import status_of
from .cells import ERROR, OK, WRONG, Cell, Result, Work, Wrong
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


@dataclass(frozen=True)
class Job:
    """Some blocks of all cells but those in `without`, to be measured in one process within `seconds`. threads is the number
    that cells on all cores use, 0 for Raptors' default."""

    cells: Sequence[Cell]
    blocks: range
    seconds: float
    threads: int = 0
    least_rounds: int = 1
    without: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What a visit brought: a block, or what is wrong."""

    block: Block | None = None
    status: str = OK
    message: str = ""
    reproducer: str = ""


Visits = Generator[tuple[int, int, Outcome | None], None, None]  # block, cell's number; None: it begins


def run_cells(
    cells: Sequence[Cell],
    budget: float,
    threads: int,
    report: Report,
    *,
    blocks: int = BLOCKS,
    jobs: int = 1,
    visits: Callable[[Job], Visits] | None = None,
) -> Run:
    """Measure `cells` in about `budget` seconds, in so many jobs one after another, which visits(job) does: by default
    here. report(block, number, cell, result) is called before (None) and after each visit. On KeyboardInterrupt what is
    measured so far is the result.
    """
    results = [Result.of(cell) for cell in cells]
    found: list[list[Block]] = [[] for _ in cells]
    run, start, clock = Run(), time.perf_counter(), read_clock()
    edges = [blocks * i // jobs for i in range(jobs + 1)]
    try:
        for first, end in itertools.pairwise(edges):
            left = start + budget * end / blocks - time.perf_counter()
            failed = frozenset(number for number, result in enumerate(results) if result.status != OK)
            job = Job(cells, range(first, end), left, threads, without=failed)
            with closing((visits or visits_here)(job)) as going:
                for block, number, outcome in going:
                    if outcome is not None:
                        _take_in(results[number], found[number], outcome)
                    report(block, number, cells[number], results[number] if outcome else None)
    except KeyboardInterrupt as stop:
        run.stopped = status_of(stop)
    run.results = [result for result in results if result.blocks or result.status != OK]
    run.seconds = time.perf_counter() - start
    run.use = use_between(clock, read_clock())
    return run


def visits_here(job: Job) -> Visits:
    """The job's visits, in this process. What a cell leaves of its share of the time goes to those after it."""
    start, batches, failed = time.perf_counter(), [list[int]() for _ in job.cells], set(job.without)
    with threads_restored(), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for done, block in enumerate(job.blocks, 1):
            deadline = start + job.seconds * done / len(job.blocks)
            left = sum(cell.weight for cell in job.cells)
            for number, cell in enumerate(job.cells):
                if number not in failed:
                    yield block, number, None
                    library().set_num_threads(cell.threads or job.threads)
                    seconds = (deadline - time.perf_counter()) * cell.weight / left
                    outcome = visit(cell, batches[number], done == 1, seconds, job.least_rounds)
                    if outcome.status != OK:
                        failed.add(number)
                    yield block, number, outcome
                left -= cell.weight


def visit(cell: Cell, batches: list[int], check: bool, seconds: float, least_rounds: int) -> Outcome:
    """Prepare the cell anew, check its answer if asked, and time it. batches: see _measure_rounds."""
    start = time.perf_counter()
    try:
        work = cell.prepare()
        if check and (wrong := work.check()):
            return Outcome(status=WRONG, message=wrong, reproducer=work.reproducer)
        measure = work.measure or (lambda seconds, least: _measure_rounds(work, batches, seconds, least))
        block = measure(seconds - (time.perf_counter() - start), least_rounds)
    except Wrong as wrong:
        return Outcome(status=WRONG, message=str(wrong))
    except Exception as problem:
        return Outcome(status=ERROR, message=f"{type(problem).__name__}: {problem}")
    return Outcome(block, reproducer=work.reproducer)


def _take_in(result: Result, blocks: list[Block], outcome: Outcome) -> None:
    """Bring the result up to date."""
    result.status, result.message, result.reproducer = outcome.status, outcome.message, outcome.reproducer
    if outcome.block is None:
        return
    blocks.append(outcome.block)
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
