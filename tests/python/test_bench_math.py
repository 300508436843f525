# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench --suite math`: mathematical functions. No test asserts a time."""

import io
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import raptors
from bench_rows import MACHINE
from raptors.bench import command, engine, goals, main, mathematical, page, runner, terminal
from raptors.bench.cells import Result, losses
from raptors.bench.engine import operations
from raptors.bench.mathematical import (
    COMPLEX_ALL,
    COMPLEX_ONE,
    HALF,
    HOSTILE,
    REAL_ALL,
    REAL_ONE,
    SMALL_MATH,
    cells,
)
from raptors.exactness.functions import FUNCTIONS

TINY = [replace(part, sizes=[64]) for part in mathematical.PARTS]


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(mathematical, "PARTS", TINY)
    monkeypatch.setattr(mathematical, "HOSTILE_ELEMENTS", 64)


def test_the_sections_have_their_cells():
    assert Counter(cell.section for cell in cells()) == {
        REAL_ALL: 30 * 2 * 3,
        REAL_ONE: 30 * 2 * 3,
        COMPLEX_ALL: 9 * 2 * 3,
        COMPLEX_ONE: 9 * 2 * 3,
        HALF: 26 * 2,
        SMALL_MATH: 6,
        HOSTILE: 30 * 2 * 3,
    }
    assert len({cell.name for cell in cells()}) == len(cells())
    assert all(cell.threads == ("one thread" in cell.section or cell.section == HOSTILE) for cell in cells())


def test_every_function_that_numpy_has_is_measured():
    known = {row.name for row in operations()}
    assert {name for name in FUNCTIONS if name in known} <= mathematical.REAL.keys()
    assert mathematical.REAL.keys() | mathematical.COMPLEX.keys() <= known
    assert {"erf", "erfc", "cube"}.isdisjoint(known)


def test_each_cell_runs_and_its_answer_is_right(tiny):
    with np.errstate(all="ignore"):
        for cell in cells():
            work = cell.prepare()
            assert work.check() == "", cell.name
            for names, statement in (
                (work.raptors_names, work.statement),
                (work.numpy_names, work.numpy_statement or work.statement),
            ):
                answer = eval(statement, None, names)
                assert answer.shape == (cell.elements,), cell.name
                assert str(answer.dtype) == cell.dtype or "abs" in cell.name, cell.name
            ours = [value for name, value in work.raptors_names.items() if name != "xp"]
            assert all(isinstance(value, raptors.Array) for value in ours)


@pytest.mark.parametrize(
    "name",
    [
        "real/sin/float32/64/one",
        "complex/divide/complex64/64/all",
        "half/exp/float16/64/one",
        "hostile/exp/float64/nan",
    ],
)
def test_a_wrong_answer_is_found(tiny, name):
    [cell] = [cell for cell in cells() if cell.name == f"math/{name}"]
    work = cell.prepare()
    work.raptors_names["x"] = raptors.ones(64, dtype=cell.dtype)
    assert "instead of" in work.check()
    work.raptors_names["x"] = raptors.ones(63, dtype=cell.dtype)
    if "divide" not in name:
        assert "shape" in work.check()


def test_hostile_arguments_are_held_against_ordinary_ones(tiny):
    for kind, is_kind in (
        ("subnormal", lambda x: (0 < x) & (x < np.finfo(x.dtype).tiny)),
        ("huge", lambda x: np.isfinite(x) & (x > np.finfo(x.dtype).max / 4)),
        ("nan", np.isnan),
    ):
        for dtype in ("float32", "float64"):
            work = mathematical._prepare_hostile("pow", dtype, kind)
            assert is_kind(np.asarray(work.raptors_names["x"])).all()
            assert not is_kind(np.asarray(work.numpy_names["x"])).any()
            assert work.numpy_names["xp"] is raptors
            assert np.array_equal(np.asarray(work.raptors_names["y"]), np.asarray(work.numpy_names["y"]))


def row_of(section, ratio, **wanted):
    """A result of the first cell of a section with these labels."""
    fits = (cell for cell in cells() if cell.section == section)
    row = Result.of(next(cell for cell in fits if all(getattr(cell, key) == value for key, value in wanted.items())))
    row.ratio = row.low = row.high = ratio
    row.raptors_seconds, row.numpy_seconds = 1e-4, 1e-4 * ratio
    return row


@pytest.mark.parametrize(("ratio", "verdict"), [(1.2, "faster"), (0.9, "even"), (0.34, "even"), (0.32, "slower")])
def test_hostile_arguments_may_take_three_times_as_long(ratio, verdict):
    row = row_of(HOSTILE, ratio)
    assert row.verdict == verdict
    assert losses([row]) == [row] * (verdict == "slower")
    assert row_of(REAL_ALL, 0.9).verdict == "slower"


LONG, SHORT = {"elements": 4_000_000}, {"elements": 1000}
MUST, BOTH, NONE = ["met", "short"], ["met", "met"], ["short", "short"]


@pytest.mark.parametrize(
    ("section", "labels", "ratio", "wide", "other"),
    [
        (REAL_ALL, SHORT, 0.99, ["short"], ["short"]),
        (REAL_ALL, LONG, 2.2, ["met", *MUST], ["met", *NONE]),
        (REAL_ALL, LONG, 6.0, ["met", *BOTH], ["met", *MUST]),
        (REAL_ONE, {"operation": "tan"} | SHORT, 0.9, ["met"], ["short"]),
        (REAL_ONE, {"operation": "tan"} | LONG, 1.2, ["met", *MUST], ["met", *NONE]),
        (REAL_ONE, {"operation": "sin", "dtype": "float64"} | SHORT, 5.0, ["met", *MUST], ["met", *MUST]),
        (
            REAL_ONE,
            {"operation": "exp", "dtype": "float32", "elements": 100_000},
            5.0,
            ["met", "short"],
            ["met", "met"],
        ),
        (COMPLEX_ALL, {}, 9.0, ["met", *MUST], ["met", *MUST]),
        (COMPLEX_ONE, {}, 1.4, ["short"], ["short"]),
        (HALF, {"operation": "exp"}, 2.0, ["met"], ["short"]),
        (HALF, {"operation": "hypot"}, 9.0, ["met", "short"], ["short", "short"]),
        (SMALL_MATH, {"operation": "x ** 2"}, 4.0, MUST, MUST),
        (SMALL_MATH, {"operation": "x ** 3"}, 1.0, [], []),
        (HOSTILE, {}, 0.5, MUST, MUST),
        (HOSTILE, {}, 0.3, NONE, NONE),
    ],
)
def test_goals(monkeypatch, section, labels, ratio, wide, other):
    row = row_of(section, ratio, **labels)
    for avx512, states in ((True, wide), (False, other)):
        monkeypatch.setattr(goals, "has_avx512", lambda avx512=avx512: avx512)
        assert [goal.state for goal in goals.judge([row])] == states


def test_the_instructions_in_use_choose_the_goals(monkeypatch):
    for text, wide in (("kernels in use: avx512", True), ("features: avx512\nkernels in use: avx2", False)):
        monkeypatch.setattr(
            engine, "library", lambda text=text: type("Library", (), {"info": staticmethod(lambda: text)})
        )
        assert engine.has_avx512() == wide
    monkeypatch.undo()
    assert engine.information()["kernels in use"]


def test_a_run(tmp_path, capsys):
    words = ["--suite", "math", "--only", "math/small/*", "--budget", "0.1", "--quick", "--wait", "0", "--goals"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert f"\n{SMALL_MATH}\n" in told
    assert "exp, sin, x ** 2: each at least 3" in told
    assert f"Table: {SMALL_MATH}" in (tmp_path / "bench.html").read_text(encoding="utf-8")
    assert command.BUDGETS["math"] <= 360


def test_reports_name_what_hostile_arguments_are_held_against():
    rows = [row_of(HOSTILE, 0.5), row_of(HALF, 2.0)]
    stream = io.StringIO()
    terminal.print_report(rows, MACHINE, "", stream)
    heads = [line.split() for line in stream.getvalue().splitlines() if " raptors µs " in line]
    assert [words[1] for words in heads] == ["ordinary", "numpy"]
    written = page.render_page(rows, MACHINE, {})
    assert written.index("ordinary µs") < written.index("NumPy µs")


def test_a_real_cell_is_measured():
    [cell] = [cell for cell in cells() if cell.name == "math/real/ldexp/float32/1000/one"]
    outcome = runner.visit(cell, [], True, 0.0, 1)
    assert (outcome.status, outcome.message) == ("ok", "")
