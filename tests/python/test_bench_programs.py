# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench --suite programs`: the calls that programs make most, and whole programs. No test asserts a time."""

import itertools
import json
import subprocess
import sys
import types

import numpy as np
import pytest

import raptors
from raptors.bench import calls, check, children, main, run_program, whole
from raptors.bench.goals import judge
from raptors.bench.runner import Result
from raptors.bench.timing import Loop

# ---- Calls


def test_every_call_is_there_at_three_sizes():
    cells = calls.cells()
    assert len({cell.name for cell in cells}) == len(cells) == 3 * len(calls.OPERATIONS) + len(calls.ONE_THREAD)
    assert {cell.elements for cell in cells} == {1000, 100_000, 4_000_000}
    assert {cell.name for cell in cells if cell.threads == 1} == {
        f"calls/{name}/100000/one" for name in calls.ONE_THREAD
    }


@pytest.mark.parametrize("name", calls.OPERATIONS)
def test_every_call_is_checked_and_can_be_repeated(name):
    work = calls._prepare(name, calls.OPERATIONS[name], 1000)
    assert work.check() == ""
    for names in (work.raptors_names, work.numpy_names):
        assert Loop(work.statement, names).sample(3, 1) > 0


def test_a_wrong_call_is_found(monkeypatch):
    work = calls._prepare("nonzero", calls.OPERATIONS["nonzero"], 1000)
    broken = types.SimpleNamespace(
        asarray=raptors.asarray, nonzero=lambda mask: raptors.nonzero(raptors.logical_not(mask))
    )
    monkeypatch.setattr(calls, "library", lambda: broken)
    assert "instead of" in work.check()


def test_what_a_call_changes_is_checked(monkeypatch):
    work = calls._prepare("in-place", calls.OPERATIONS["in-place"], 1000)
    monkeypatch.setattr(
        calls, "library", lambda: types.SimpleNamespace(asarray=lambda array: np.asarray(array).copy() * 2)
    )
    assert "instead of" in work.check()


# ---- Answers


def test_same_answer():
    x = np.array([1.0, 2.0, np.nan])
    assert check.same_answer((x, [1, 2], 3.5), (x * (1 + 1e-9), [1, 2], 3.5)) == ""
    assert check.same_answer((x, 1), (x * (1 + 1e-3), 1)).startswith("part 0: ")
    assert check.same_answer(x, x[:2]).startswith("shape")
    assert check.same_answer((1, 2), (1, 2, 3))
    assert check.same_answer([1.0, 2.0], [1.0, 3.0])
    assert check.same_answer([1.0, 2.0], (1.0, 2.0))
    assert check.same_answer(np.array([np.nan]), np.array([1.0]))
    whole_numbers = np.arange(100_000)
    odd = whole_numbers.copy()
    odd[:9] += 1
    assert check.same_answer(whole_numbers, odd) == ""
    odd[:11] = -1
    assert check.same_answer(whole_numbers, odd)


# ---- Whole programs


def test_programs_are_found():
    assert {"finance", "kmeans", "life"} <= whole.programs().keys()
    cells = whole.cells()
    assert len({cell.name for cell in cells}) == len(cells) == 4 * len(whole.programs())


@pytest.mark.parametrize("way", [run_program.RAPTORS, run_program.WRAPPED])
@pytest.mark.parametrize("name", whole.programs())
def test_programs_give_the_same_answer(name, way):
    path = whole.programs()[name]
    assert check.same_answer(whole.run_here(path, 500, run_program.NUMPY), whole.run_here(path, 500, way)) == ""


def test_inputs_are_wrapped_and_nothing_else():
    xp = run_program.module_of(run_program.WRAPPED)
    generator = xp.random.default_rng(3)
    for made in (
        xp.zeros(3),
        xp.arange(4.0),
        xp.array([1, 2]),
        generator.random(5),
        generator.normal(0.0, 1.0, (2, 2)),
    ):
        assert isinstance(made, raptors.Array)
    assert np.asarray(xp.random.default_rng(3).random(5)).tolist() == np.random.default_rng(3).random(5).tolist()
    assert isinstance(generator.random(), float)
    assert (xp.sqrt, xp.newaxis, xp.uint8, xp.linalg) == (np.sqrt, None, np.uint8, np.linalg)


def test_a_program_runs_in_a_process_with_one_library(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import sys\ndef main(np, size):\n    assert size == 7 and 'raptors' not in sys.modules\n")
    command = [sys.executable, "-P", run_program.__file__, "numpy", str(program), "7", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [time > 0 for time in json.loads(done.stdout)["nanoseconds"]] == [True] * 3
    with pytest.raises(RuntimeError, match="raptors ended with 1: AssertionError"):
        children.told_by_child("run_program.py", "raptors", program, 7, 3)


def test_both_ways_are_held_against_one_run_of_numpys(monkeypatch):
    ran = []
    takes = {"numpy": 6.0, "raptors": 2.0, "wrapped": 3.0}
    monkeypatch.setattr(whole, "seconds_of_run", lambda path, size, runs, way: ran.append(way) or takes[way])
    monkeypatch.setattr(whole, "_left", {})
    monkeypatch.setattr(whole, "_turns", itertools.cycle((True, False)))
    ratios = [whole.time_ways("program", 7, 1, way).ratio for way in ("raptors", "wrapped") * 2]
    assert ratios == [3.0, 2.0, 3.0, 2.0]
    assert ran == ["raptors", "numpy", "wrapped"] * 2
    # One way alone has NumPy's run of its own each time, and each goes first in turn.
    ran.clear()
    for _ in range(3):
        whole.time_ways("other", 7, 1, "wrapped")
    assert ran == ["wrapped", "numpy", "numpy", "wrapped", "wrapped", "numpy"]


def test_a_run_of_a_program(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(whole, "RUNS", {500: 1})
    words = ["--suite", "programs", "--only", "programs/life/*/wrapped", "--budget", "0.1", "--quick", "--wait", "0"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    document = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    [case] = document["cases"]
    assert (case["name"], case["blocks"], case["status"]) == ("programs/life/500/wrapped", 3, "ok")
    assert "inputs wrapped" in capsys.readouterr().out
    assert "Whole programs" in (tmp_path / "bench.html").read_text(encoding="utf-8")


def test_goals_of_programs():
    rows = [Result.of(cell) for cell in [calls.cells()[0], whole.cells()[0]]]
    for row, ratio in zip(rows, (0.99, 0.96), strict=True):
        row.ratio = row.low = row.high = ratio
    assert [goal.state for goal in judge(rows)] == ["short", "short"]
    for row in rows:
        row.ratio = row.low = row.high = 1.0
    assert [goal.state for goal in judge(rows)] == ["met", "met"]
