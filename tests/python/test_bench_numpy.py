# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench --suite numpy`: NumPy as it is beside NumPy patched. No test asserts a time."""

import runpy
from dataclasses import replace

import numpy as np
import pytest

from raptors.bench import children, main, patched, runner
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
