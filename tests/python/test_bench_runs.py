# SPDX-License-Identifier: BSD-3-Clause
"""How `raptors bench` goes through its cells: blocks, jobs, processes, interrupts. No test asserts a time."""

import dataclasses
import functools
import os

import pytest

from bench_rows import Scripted, blocks, cell_of, result, silent
from raptors.bench import grid, runner, small, worker
from raptors.bench.cells import Cell, Work, losses
from raptors.bench.figures import summarise
from raptors.bench.goals import judge
from raptors.bench.timing import Loop


def test_a_wrong_cell_is_not_timed_and_a_broken_one_does_not_end_the_run():
    good = Work("a + 1", {"a": 1}, {"a": 1}, lambda: "", movers={"x": Loop("a", {"a": 1})})
    bad = Work("a + 1", {"a": 1}, {"a": 1}, lambda: "4 instead of 5")
    cells = [cell_of(bad, "bad"), cell_of(ValueError("no"), "broken"), cell_of(good, "good")]
    run = runner.run_cells(cells, 0.01, 0, silent, blocks=3)
    assert [row.verdict for row in run.results[:2]] == ["WRONG", "error"]
    assert run.results[1].message == "ValueError: no"
    assert run.results[2].timed
    assert run.results[2].blocks == 3
    assert run.results[2].roof_fraction > 0
    assert not run.all_right


def test_blocks_are_spread_over_the_run_each_with_operands_of_its_own():
    order, checks = [], []

    def cell(name):
        def prepare():
            order.append(name)
            return Work("", {}, {}, lambda: checks.append(name) or "", measure=lambda seconds, least: blocks(2.0)[0])

        return Cell(name, small.SMALL, name, "1", "float64", 1, 0, 1.0, prepare)

    run = runner.run_cells([cell("a"), cell("b")], 0.01, 0, silent, blocks=3)
    assert order == ["a", "b"] * 3
    assert checks == ["a", "b"]
    assert [(row.blocks, row.ratio) for row in run.results] == [(3, 2.0), (3, 2.0)]


def test_jobs_share_the_blocks():
    asked = []

    def visits(job):
        asked.append(job)
        for block in job.blocks:
            for number in {0, 1} - job.without:
                yield block, number, None
                yield (
                    block,
                    number,
                    runner.Outcome(blocks(block + 1.0)[0]) if number else runner.Outcome(None, "error", "no"),
                )

    reported = []
    run = runner.run_cells(
        [cell_of(None, "bad"), cell_of(None, "good")],
        9.0,
        2,
        lambda *told: reported.append(told),
        blocks=9,
        jobs=3,
        visits=visits,
    )
    assert [job.blocks for job in asked] == [range(3), range(3, 6), range(6, 9)]
    assert [job.threads for job in asked] == [2] * 3
    assert [job.without for job in asked] == [set(), {0}, {0}]
    assert [2.9 < job.seconds <= 3.0 * i for i, job in enumerate(asked, 1)] == [True] * 3
    assert [(row.status, row.blocks, row.ratio) for row in run.results[1:]] == [("ok", 9, 5.0)]
    assert len(reported) == 2 * (9 + 3)


def test_a_job_in_a_process_of_its_own():
    cells = [cell for cell in small.cells() if cell.name.startswith("small/add/1/")]
    items = list(worker.visits_apart(runner.Job(cells, range(4, 6), 0.0, without=frozenset({1}))))
    assert [(block, number, outcome is None) for block, number, outcome in items] == [
        (4, 0, True),
        (4, 0, False),
        (5, 0, True),
        (5, 0, False),
    ]
    assert all(outcome.block.ratio > 0 for _, _, outcome in items if outcome)


def test_a_process_that_measures_ends_with_its_reader(monkeypatch):
    started = []
    real = worker.subprocess.Popen
    monkeypatch.setattr(
        worker.subprocess, "Popen", lambda *words, **named: started.append(real(*words, **named)) or started[-1]
    )
    going = worker.visits_apart(runner.Job(small.cells(), range(9), 100.0))
    next(going)
    going.close()
    assert started[0].poll() is not None


def test_a_process_that_ends_early_is_an_error(monkeypatch):
    monkeypatch.setattr(worker, "COMMAND", [worker.sys.executable, "-c", "import sys; sys.exit(3)"])
    with pytest.raises(RuntimeError, match="ended with 3"):
        list(worker.visits_apart(runner.Job(small.cells(), range(1), 1.0)))


def test_a_cell_that_crashes_does_not_end_the_run():
    crashing = dataclasses.replace(small.cells()[0], name="crashes", prepare=functools.partial(os._exit, 7))
    run = runner.run_cells([crashing, small.cells()[1]], 0.1, 0, silent, blocks=3, jobs=3, visits=worker.visits_apart)
    assert [(row.status, row.blocks) for row in run.results] == [("error", 0), ("ok", 2)]
    assert run.results[0].message == "the process that measures ended with 7"


def test_a_cell_is_calibrated_once():
    timed = Scripted(*[1.0] * 20)
    batches = []
    for _ in range(3):
        work = Work("a", {"a": 1}, {"a": 1}, lambda: "", movers={"m": timed})
        runner._measure_rounds(work, batches, 0.0, 1)
    assert timed.calibrated == 1
    assert len(batches) == 3


def test_an_interrupt_keeps_what_was_measured():
    good = Work("a + 1", {"a": 1}, {"a": 1}, lambda: "")
    cells = [cell_of(good, "good"), cell_of(KeyboardInterrupt(), "cut"), cell_of(good, "never")]
    run = runner.run_cells(cells, 0.01, 0, silent)
    assert run.stopped == 130
    assert [row.name for row in run.results] == ["good"]


def test_verdicts_and_goals():
    rows = [result(ratio=4.0), result(ratio=1.05), result(ratio=0.5), result(status="WRONG", message="no")]
    assert [row.verdict for row in rows] == ["faster", "even", "slower", "WRONG"]
    summary = summarise(grid.GRID_ALL, rows)
    assert (summary.faster, summary.even, summary.slower, summary.wrong) == (1, 1, 1, 1)
    assert summary.worst == 0.5
    assert summary.geometric_mean == pytest.approx((4 * 1.05 * 0.5) ** (1 / 3))
    assert {goal.state for goal in judge(rows)} == {"short"}
    assert {goal.state for goal in judge([result(ratio=7.0)])} == {"met"}
    assert [row.ratio for row in losses([*rows, result(ratio=0.2)])] == [0.2, 0.5]
