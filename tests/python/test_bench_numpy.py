# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench --suite numpy`: NumPy as it is beside NumPy patched. No test asserts a time."""

import runpy
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import raptors
from raptors.bench import children, main, patched, patched_calls, runner
from raptors.bench.figures import extra_columns
from raptors.bench.goals import judge
from raptors.bench.run_program import NUMPY, PATCHED, digest
from raptors.bench.runner import Result

# ---- Programs


@pytest.fixture(autouse=True)
def _no_answers(monkeypatch):
    monkeypatch.setattr(patched, "_answers", {})


@pytest.mark.parametrize("name", patched.programs())
def test_programs_give_the_same_bits_plain_and_patched(name):
    path = patched.programs()[name]
    for way in (NUMPY, PATCHED):
        assert patched.seconds_of_run(path, 20_000, way) > 0


def test_each_file_is_a_program():
    assert {path.stem for path in patched.FOLDER.glob("[!_]*.py")} <= patched.SIZES.keys()
    assert len({cell.name for cell in patched.cells()}) == len(patched.programs()) == 15


@pytest.fixture
def program(tmp_path):
    """A program with other answers on NumPy patched, and at other sizes."""
    path = tmp_path / "program.py"
    path.write_text("import sys\ndef main(np, size):\n    return np.zeros(size) - 0.0 * ('raptors' in sys.modules)\n")
    return path


def test_the_plain_way_is_plain(program, monkeypatch):
    monkeypatch.setenv("RAPTORS_NUMPY", "1")
    told = children.told_by_child("run_program.py", NUMPY, program, 3, 2)
    assert told["answer"] == digest(np.zeros(3) - 0.0)
    assert len(told["nanoseconds"]) == 2


def test_other_bits_are_found_while_timing(program):
    program.write_text(program.read_text().replace("- 0.0 *", "* (-1.0) **"))
    patched.seconds_of_run(program, 3, NUMPY)
    patched.seconds_of_run(program, 3, NUMPY)
    cell = replace(patched.cells()[0], prepare=lambda: patched._prepare(program, 3))
    outcome = runner.visit(cell, [], True, 0.0, 1)
    assert (outcome.status, outcome.message) == ("WRONG", "patched: other bits than in the runs before")


def test_why_numpy_is_not_patched_is_told(tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import numpy\nnumpy.__version__ = '1.0.0'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"patched ended with 1: RuntimeWarning: .*not tested with NumPy 1\.0\.0"):
        patched.seconds_of_run(patched.FOLDER / "tiny.py", 20, PATCHED)


def test_digests():
    x = np.arange(3.0)
    answers = [x, x.astype("f4"), x.reshape(1, 3), -x, (x,), [x], (x, x), 0.0, -0.0, 0, x[0], [], (), [[], 1], [[1], 1]]
    assert len({digest(answer) for answer in answers}) == len(answers)
    assert digest((x, [1])) == digest((x.copy(), [1]))


def test_a_block_has_runs_of_both_ways_in_turn(program):
    program.write_text("def main(np, size):\n    return np.zeros(size)\n")
    outcome = runner.visit(replace(patched.cells()[0], prepare=lambda: patched._prepare(program, 3)), [], True, 0.0, 1)
    assert outcome.status == "ok"
    assert (len(outcome.block.a), len(outcome.block.b)) == (2, 2)


def test_the_command_has_the_suite(capsys):
    assert main(["--suite", "numpy", "--list", "--only", "numpy/program/*"]) == 0
    assert capsys.readouterr().out.split() == [cell.name for cell in patched.cells()]
    assert main(["--suite", "numpy", "--list"]) == 0
    listed = capsys.readouterr().out.split()
    assert listed == [cell.name for cell in patched_calls.cells() + patched.cells()]
    assert len(set(listed)) == len(listed)


def test_goals():
    [row] = [Result.of(patched.cells()[0])]
    for ratio, states in ((0.96, ["short"] * 3), (1.5, ["met", "met", "short"]), (2.0, ["met"] * 3)):
        row.ratio = row.low = row.high = ratio
        assert [goal.state for goal in judge([row])] == states


def test_programs_are_plain_numpy():
    for path in patched.programs().values():
        source = path.read_text(encoding="utf-8")
        assert "raptors" not in source
        assert runpy.run_path(str(path))["main"](np, 100) is not None


# ---- Calls

TINY = [replace(part, sizes=[8], dtypes=part.dtypes[:1]) for part in patched_calls.SECTIONS]


@pytest.mark.parametrize("cell", patched_calls.cells(TINY), ids=lambda cell: cell.name)
def test_each_call_is_checked_and_timed_both_ways(cell):
    outcome = runner.visit(cell, [], True, 0.0, 1)
    assert (outcome.status, outcome.message) == ("ok", "")
    assert min(*outcome.block.a, *outcome.block.b, outcome.block.ratio) > 0


def test_the_sections_have_their_cells():
    counts = Counter(cell.section for cell in patched_calls.cells())
    assert counts == {
        patched_calls.PATCHED_GRID: 36,
        patched_calls.TRANSCENDENTAL: 30,
        patched_calls.PATCHED_SMALL: 32,
        patched_calls.LARGE: 8,
        patched_calls.NOT_TAKEN: 5,
        patched_calls.PATCHING: 1,
    }
    assert patched_calls.LARGE_ELEMENTS * 8 >= 32 << 20


def taken(x):
    """Whether the patches count a call."""
    before = raptors._raptors._patch_counts()
    x + x
    return raptors._raptors._patch_counts() != before


@pytest.mark.parametrize(("way", "hooked"), [(NUMPY, False), (PATCHED, True)])
def test_a_loop_has_the_way_that_it_was_made_for(way, hooked):
    found = []
    names = {"seen": lambda: found.append(taken(np.ones(8)))}
    with patched_calls.both_ways():
        patched_calls.SwitchedLoop("seen()", names, PATCHED if way == NUMPY else NUMPY).sample(1)
        found.clear()
        patched_calls.SwitchedLoop("seen()", names, way).sample(2, warm=1)
    assert found == [hooked] * 3
    assert not taken(np.ones(8))


def test_a_block_names_the_patched_side_first():
    names = {"seen": lambda: time.sleep(0.002 if taken(np.ones(8)) else 0.02)}
    block = patched_calls.time_ways("seen()", names, 0.0, 1)
    assert max(block.a) < min(block.b)
    assert block.ratio > 1


def test_other_answers_on_patched_numpy_are_found():
    sides = iter([np.float64(0.0), np.float64(-0.0), np.ones(1), 1.0])
    assert patched_calls.check_ways("answer()", {"answer": lambda: next(sides)}) == "other bits than plain NumPy's"
    assert "float instead of ndarray" in patched_calls.check_ways("answer()", {"answer": lambda: next(sides)})


def row_of(section, ratio, nanoseconds=1000.0):
    row = Result.of(next(cell for cell in patched_calls.cells() if cell.section == section))
    row.ratio = row.low = row.high = ratio
    row.numpy_seconds, row.raptors_seconds = nanoseconds * 1e-9, nanoseconds * 1e-9 / ratio
    return row


@pytest.mark.parametrize(
    ("section", "ratio", "nanoseconds", "states"),
    [
        (patched_calls.PATCHED_GRID, 0.9, 1e6, ["short", "short", "short"]),
        (patched_calls.PATCHED_GRID, 2.5, 1e6, ["met", "met", "short"]),
        (patched_calls.TRANSCENDENTAL, 1.85, 1e6, ["met", "short"]),
        (patched_calls.PATCHED_SMALL, 0.98, 1e3, ["met", "short", "short"]),
        (patched_calls.LARGE, 1.6, 1e6, ["met", "short"]),
        (patched_calls.NOT_TAKEN, 0.96, 1e3, ["short"]),
        (patched_calls.NOT_TAKEN, 0.96, 1e2, ["met"]),
        (patched_calls.NOT_TAKEN, 0.98, 1e4, ["met"]),
        (patched_calls.PATCHING, 1.0, 2e7, ["met", "short"]),
        (patched_calls.PATCHING, 1.0, 4e7, ["short", "short"]),
    ],
)
def test_goals_of_calls(section, ratio, nanoseconds, states):
    assert [goal.state for goal in judge([row_of(section, ratio, nanoseconds)])] == states


def test_what_calls_lose_that_are_not_taken_is_a_column():
    row = row_of(patched_calls.NOT_TAKEN, 0.5, 100.0)
    assert {head: show(row) for head, show in extra_columns([row]).items()} == {"ns lost": "100.0"}
    assert not extra_columns([row_of(patched_calls.LARGE, 0.5)])
