# SPDX-License-Identifier: BSD-3-Clause
"""Suites of `raptors bench` that measure in other ways than in quads: fresh processes. No test asserts a time."""

import json
import subprocess

import numpy as np
import pytest

import raptors
from raptors.bench import cold, command, first_calls, main, runner
from raptors.bench.goals import judge


def silent(number, cell, outcome):
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

    monkeypatch.setattr(cold.subprocess, "run", run)
    found = cold.compare_first_calls("a + b", 10, 0.0, 4)
    assert names == ["raptors", "numpy", "numpy", "raptors"] * 2
    assert [found.ratio, found.low, found.high, found.quads] == pytest.approx([3.0, 3.0, 3.0, 4])
    assert found.b_seconds == pytest.approx(15e-9)
    monkeypatch.undo()
    for name, other in (("numpy", "raptors"), ("raptors", "pandas")):
        with pytest.raises(RuntimeError, match=f"{name} ended with 1: AssertionError: {other} is not there"):
            statement = f"assert {other!r} in __import__('sys').modules, '{other} is not there'"
            cold.first_calls(name, statement, 10)


def test_a_process_that_fails_is_an_error_of_its_cell(monkeypatch):
    monkeypatch.setitem(cold.OPERATIONS, "sum", "a.sum(nonsense=1)")
    [cell] = [cell for cell in cold.cells() if cell.name == "cold/sum/100000"]
    [row] = runner.run_cells([cell], 0.1, 0, silent, least_quads=1).results
    assert row.status == "error"


def test_a_cold_run(tmp_path, capsys):
    words = ["--suite", "cold", "--only", "cold/s*/100000", "--budget", "0.1", "--quick", "--out", str(tmp_path)]
    assert main(words) == 0
    captured = capsys.readouterr()
    assert "geometric mean" in captured.out
    document = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert {cell["name"].split("/")[1] for cell in document["cells"]} == {"scale", "scale-in-place", "sum", "sqrt"}
    assert all(cell["ratio"] > 0 and cell["quads"] >= 5 for cell in document["cells"])
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
