# SPDX-License-Identifier: BSD-3-Clause
"""What `raptors bench` measures in other ways than in quads: fresh processes, busy machines, the roof. No test asserts a
time."""

import json
import math
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import raptors
from raptors.bench import children, cold, command, first_calls, grid, load, main, roof, runner
from raptors.bench.check import right_value
from raptors.bench.figures import extra_columns
from raptors.bench.goals import judge
from raptors.bench.timing import Block, Comparison


def silent(block, number, cell, outcome):
    pass


# ---- The first five calls


def test_cold_is_fifteen_calls_at_two_sizes():
    cells = cold.cells()
    assert len({cell.name for cell in cells}) == len(cells) == 30
    assert {cell.elements for cell in cells} == {100_000, 4_000_000}


@pytest.mark.parametrize("name", cold.OPERATIONS)
def test_every_cold_statement_runs_in_both_libraries_and_is_checked(name):
    statement = cold.OPERATIONS[name]
    for xp in (np, raptors):
        assert len(first_calls.time_first_calls(statement, first_calls.operands(xp, 12), 3)) == 3
    assert cold._prepare(name, statement, 1000).check() == ""


def test_a_wrong_answer_is_found(monkeypatch):
    right = cold.operands
    monkeypatch.setattr(cold, "operands", lambda xp, n: right(xp, n) | ({} if xp is np else {"a": xp.ones(n)}))
    for name, statement in cold.OPERATIONS.items():
        if "matrix" not in statement:
            assert cold._prepare(name, statement, 100).check() != "", name


def test_operands_are_the_librarys_own():
    for xp, array in ((np, np.ndarray), (raptors, raptors.Array)):
        names = first_calls.operands(xp, 10)
        assert all(isinstance(names[name], array) for name in ("a", "b", "c", "matrix", "mask"))
        assert names["matrix"].shape == (3, 3)
        assert np.asarray(names["mask"]).tolist() == [True, False, False] * 3 + [True]


def test_calls_run_as_often_as_asked_and_times_are_of_each():
    seen = []
    assert len(first_calls.time_first_calls("seen.append(1)", {"seen": seen}, 4)) == len(seen) == 4


def test_processes_take_turns_and_one_library_is_alone_in_its_process(monkeypatch):
    names = []

    def run(command, *, env, **options):
        names.append(command[3])
        assert env["RAPTORS_NUM_THREADS"] == str(raptors.get_num_threads())
        return subprocess.CompletedProcess(command, 0, {"numpy": "[10, 5]", "raptors": "[4, 1]"}[command[3]], "")

    monkeypatch.setattr(children.subprocess, "run", run)
    found = children.time_children(lambda name: cold.first_calls("a + b", 10, name), "raptors", "numpy", 0.0, 4)
    assert names == ["raptors", "numpy", "numpy", "raptors"] * 2
    assert found.ratio == pytest.approx(3.0)
    assert found.a.tolist() == pytest.approx([5e-9] * 4)
    assert found.b.tolist() == pytest.approx([15e-9] * 4)
    monkeypatch.undo()
    for name, other in (("numpy", "raptors"), ("raptors", "pandas")):
        with pytest.raises(RuntimeError, match=f"{name} ended with 1: AssertionError: {other} is not there"):
            statement = f"assert {other!r} in __import__('sys').modules, '{other} is not there'"
            cold.first_calls(statement, 10, name)


def test_a_process_that_fails_is_an_error_of_its_cell(monkeypatch):
    monkeypatch.setitem(cold.OPERATIONS, "sum", "a.sum(nonsense=1)")
    [cell] = [cell for cell in cold.cells() if cell.name == "cold/sum/100000"]
    [row] = runner.run_cells([cell], 0.1, 0, silent, blocks=1).results
    assert row.status == "error"


def test_a_cold_run(tmp_path, capsys):
    words = ["--suite", "cold", "--only", "cold/s*/100000", "--budget", "0.1", "--quick", "--wait", "0", "--goals"]
    words += ["--out", str(tmp_path)]
    assert main(words) == 0
    captured = capsys.readouterr()
    assert "geometric mean" in captured.out
    document = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert {cell["name"].split("/")[1] for cell in document["cases"]} == {"scale", "scale-in-place", "sum", "sqrt"}
    assert all(cell["ratio"] > 0 and cell["blocks"] == 3 for cell in document["cases"])
    assert {goal["section"] for goal in document["goals"]} == {cold.COLD}
    assert "The first five calls" in (tmp_path / "bench.html").read_text(encoding="utf-8")


def test_goals_of_the_first_calls():
    row = runner.Result.of(cold.cells()[0])
    row.ratio = row.low = row.high = 1.4
    assert {goal.state for goal in judge([row])} == {"met"}
    slow = runner.Result.of(cold.cells()[1])
    slow.ratio = slow.low = slow.high = 0.9
    assert {goal.state for goal in judge([row, slow])} == {"short"}


def test_suites_have_budgets():
    assert command.parse(["--suite", "cold"]).budget > command.parse(["--suite", "cold", "--quick"]).budget


# ---- Beside busy programs


class Scripted:
    """A loop whose samples are written down."""

    def __init__(self, name, times, order):
        self.name, self.times, self.order = name, iter(times), order

    def sample(self, count):
        self.order.append(self.name)
        return next(self.times)

    def calibrate(self):
        self.order.append("calibrate")

    def seconds_a_call(self):
        return self.sample(1)


def test_load_is_four_calls_at_three_sizes():
    cells = load.cells()
    assert len({cell.name for cell in cells}) == len(cells) == 12
    assert {cell.elements * 8 for cell in cells} == {1 << 20, 8 << 20, 16 << 20}


@pytest.mark.parametrize("name", load.OPERATIONS)
def test_every_statement_beside_busy_programs_is_checked(name):
    work = load._prepare(name, load.OPERATIONS[name], 4096)
    assert work.check() == ""
    work.raptors_names["a"] = raptors.ones((4, 1024))
    assert work.check() != ""


def test_calls_alternate_and_medians_are_theirs(monkeypatch):
    order = []
    monkeypatch.setattr(load, "SOME_CALLS", 0)
    mine, other = [10] * 18 + [1000, 2000], [20] * 18 + [500, 1000]
    found = load.time_alternating(Scripted("a", mine, order), Scripted("b", other, order), 0.0, 1)
    assert "".join(order) == "abba" * 10
    assert len(found.a) == load.LEAST_PAIRS == 20
    assert (found.ratio, found.single) == (2.0, True)
    assert found.a.tolist() == pytest.approx([1e-9 * time for time in mine])
    assert found.b.tolist() == pytest.approx([1e-9 * time for time in other])


def processes():
    """Those that keep the machine busy."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as words:
                found += [int(number)] if b"os.getppid() == parent" in words.read() else []
        except OSError:
            continue
    return [number for number in found if number != os.getpid()]


def wait_for(count, before):
    deadline = time.monotonic() + 20
    while len(set(processes()) - before) != count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks into /proc")
def test_busy_programs_come_and_go():
    before = set(processes())
    with pytest.raises(KeyboardInterrupt), load.busy_programs(2):
        wait_for(2, before)
        raise KeyboardInterrupt
    assert set(processes()) - before == set()
    code = "from raptors.bench import load; import os\nwith load.busy_programs(1): os._exit(0)"
    subprocess.run([sys.executable, "-c", code], check=True)
    wait_for(0, before)


def test_a_run_beside_busy_programs(monkeypatch, tmp_path, capsys):
    started = []
    busy = load.busy_programs
    monkeypatch.setattr(load, "busy_programs", lambda count: started.append(count) or busy(0))
    words = ["--load", "3", "--only", "load/*/1", "--budget", "0.1", "--wait", "0", "--out", str(tmp_path)]
    assert main(words) == 0
    assert started == [3]
    assert "ratio, 99 %" in capsys.readouterr().out
    document = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert document["settings"]["load"] == 3
    assert all(
        cell["tail_ratio"] == pytest.approx(cell["numpy_tail"] / cell["raptors_tail"]) for cell in document["cases"]
    )
    assert len(document["cases"]) == 4
    page = (tmp_path / "bench.html").read_text(encoding="utf-8")
    assert "while 3 other programs computed" in page
    assert "ratio, 99 %" in page


@pytest.mark.parametrize(
    ("words", "suite", "programs"),
    [
        ([], "grid", 0),
        (["--load", "2"], "load", 2),
        (["--load", "0"], "load", 0),
        (["--suite", "load"], "load", 1),
        (["--suite", "small", "--load", "2"], "small", 2),
    ],
)
def test_which_suite_runs_beside_how_many(words, suite, programs):
    options = command.parse(words)
    assert (options.suite, options.load) == (suite, programs)
    assert options.budget == command.BUDGETS[suite]


# ---- The roof


@pytest.mark.parametrize("dtype", ["float32", "complex128", "bool", "int16"])
@pytest.mark.parametrize("threads", [1, 3])
def test_movers_move_every_byte(monkeypatch, dtype, threads):
    monkeypatch.setattr(roof, "available_threads", lambda: threads)
    source = (np.arange(1001) % 7).astype(dtype)
    for traffic in (roof.COPY, roof.IN_PLACE, roof.READ):
        names = list(roof.movers_of(traffic, source, source.copy()))
        assert names == ["Raptors", "NumPy, 1 thread"] + ["NumPy, 3 threads"] * (threads > 1)
        for name in names:
            target = np.full_like(source, 1)
            before = target.copy().view("int8")
            mover = roof.movers_of(traffic, source, target)[name]
            mover.calibrate()
            mover.batch = 2  # and one off the clock: an odd number of negations
            target[...] = 1
            assert mover.seconds_a_call() > 0
            after = {roof.COPY: source.view("int8"), roof.IN_PLACE: -before, roof.READ: before}[traffic]
            assert np.array_equal(target.view("int8"), after)


def test_an_interrupt_ends_the_threads_that_wait(monkeypatch):
    told, others = [], []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def move(part):
        if part:
            others.append(threading.current_thread())
            return
        while len(others) < 2:
            time.sleep(0.001)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        roof.ThreadedMover(move, 3).seconds_a_call()
    for thread in others:
        thread.join(10)
    assert not any(thread.is_alive() for thread in others)
    assert not told


def block(mine, other, **movers):
    return Block(other / mine, np.full(4, mine), np.full(4, other), movers=movers)


def test_the_roof_is_the_fastest_mover_of_each_block():
    found = roof.roof_of(
        [block(3.0, 9.0, a=2.0, b=2.5), block(30.0, 90.0, a=40.0, b=20.0), block(3.0, 9.0, a=2.2, b=2.5)]
    )
    assert (found.seconds, found.mover) == (2.2, "a")


def test_movers_by_themselves():
    scripted = {"a": Scripted("a", [3.0, 1.0, 9.0], []), "b": Scripted("b", [2.0, 2.5, 2.0], [])}
    assert roof.time_movers(scripted, 3) == {"a": 3.0, "b": 2.0}


def test_nothing_is_faster_than_the_roof():
    """A call that moves its bytes faster than what was meant to be the fastest is the fastest."""
    assert roof.roof_of([block(2.0, 9.0, a=3.0)]) == roof.Roof(2.0, roof.ITSELF)
    assert roof.roof_of([block(2.0, 1.0, a=3.0)]) == roof.Roof(1.0, roof.NUMPYS)
    generator = np.random.default_rng(3)
    for _ in range(200):
        mine, other, mover = np.exp(generator.normal(0.0, 0.5, (3, 9)))
        blocks = [block(x, y, m=z) for x, y, z in zip(mine, other, mover, strict=True)]
        assert roof.roof_of(blocks).seconds <= Comparison.of(blocks).a_seconds


def test_every_grid_cell_has_a_roof_of_its_own_traffic(monkeypatch):
    asked = []
    monkeypatch.setattr(grid, "movers_of", lambda traffic, *arrays: asked.append((traffic, *arrays)) or {})
    expected = {"sum": roof.READ, "mean": roof.READ, "mean axis 0": roof.READ, "mean axis 1": roof.READ}
    expected |= {"matrix + row": roof.COPY, "scale": roof.COPY}
    expected |= {"allocating": roof.COPY, "out=": roof.COPY, "in place": roof.IN_PLACE}
    for cell in grid.cells():
        if cell.detail != "512²":
            continue
        work = cell.prepare()
        traffic, source, target = asked.pop()
        assert work.movers == {}
        assert traffic == expected[cell.operation]
        assert source.nbytes == target.nbytes == cell.elements * np.dtype(cell.dtype).itemsize
        assert not np.shares_memory(source, target)
    assert not asked


def test_the_share_of_the_roof_is_shown_and_judged():
    rows = [runner.Result.of(cell) for cell in grid.cells() if cell.section == grid.GRID_ALL][:2]
    for row, seconds in zip(rows, (0.9e-3, 0.5e-3), strict=True):
        row.ratio = row.low = row.high = 4.0
        row.raptors_seconds, row.numpy_seconds, row.roof_seconds = 1e-3, 4e-3, seconds
    assert extra_columns(rows)["of memory's speed"](rows[0]) == "0.90"
    [goal] = [goal for goal in judge(rows) if "roof" in goal.text]
    assert (goal.state, goal.measured) == ("short", "1 of 2, worst 0.50")
    rows[1].roof_seconds = math.nan
    [goal] = [goal for goal in judge(rows) if "roof" in goal.text]
    assert goal.state == "met"


def test_an_expression_is_held_against_numpys():
    names = {"a": np.array([1.0, 2.0])}
    assert right_value("a * 2", None, names, {"a": raptors.asarray([1.0, 2.0])}) == ""
    assert "5" in right_value("a * 2", None, names, {"a": raptors.asarray([1.0, 2.5])})
    assert right_value("a.sum()", ("sum", "a", None), names, {"a": raptors.asarray([1.0, 2.0])}) == ""
    assert right_value("a.sum()", ("sum", "a", None), names, {"a": raptors.asarray([1.0, 2.5])}) != ""
