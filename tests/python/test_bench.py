# SPDX-License-Identifier: BSD-3-Clause
"""The benchmark's own correctness: its statistics, its cells, its checks, its report. No test asserts a time."""

import dataclasses
import functools
import io
import json
import math
import os
from html.parser import HTMLParser

import numpy as np
import pytest

from raptors.bench import charts, check, command, draw, grid, main, output, page, picture, runner, small, wide, worker
from raptors.bench.cells import Cell, Result, Work, fresh, losses
from raptors.bench.drawing import Axis
from raptors.bench.engine import Operation, operations
from raptors.bench.figures import summarise
from raptors.bench.goals import judge
from raptors.bench.intervals import coverage, geometric_mean, median_interval, meet, rough_width, round_ratios, trimmed
from raptors.bench.terminal import Progress, print_report
from raptors.bench.timing import Block, Comparison, Loop, is_disturbed, time_block

# A table of its own, so that a new operation does not change the draws that are written out here.
ELEMENTWISE = (
    "add subtract multiply divide floor_divide remainder minimum maximum equal not_equal less less_equal "
    "greater greater_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor "
    "bitwise_left_shift bitwise_right_shift negative positive abs square sqrt reciprocal sign signbit "
    "floor ceil trunc round isnan isinf isfinite logical_not bitwise_invert"
)
REDUCTIONS = ("sum", "prod", "min", "max", "mean", "any", "all", "argmin", "argmax")
NUMPY_NAMES = {"round": "rint", "abs": "absolute", "bitwise_invert": "invert"}
NUMPY_NAMES |= {"bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift"}
MACHINE = {
    "cpu": "a <CPU>",
    "threads": 2,
    "python": "3",
    "numpy": "2",
    "raptors": "1",
    "date": "2026-01-01",
    "info": {},
}


def operation_table():
    rows = []
    for name in ELEMENTWISE.split():
        numpy_name = NUMPY_NAMES.get(name, name)
        rows.append(Operation(name, numpy_name, getattr(np, numpy_name).nin, False))
    rows += [Operation(name, name, 1, True) for name in REDUCTIONS]
    rows += [Operation("where", "where", 3, False), Operation("astype", "astype", 1, False)]
    rows += [Operation("fill", "full", 1, False)]
    return sorted(rows, key=lambda row: row.name)


TABLE = operation_table()
SEED_7 = [
    ("less_equal", "int32", (6,)),
    ("where", "bool", (2, 4, 5, 1, 8)),
    ("less", "int8", (1563, 1481)),
    ("maximum", "uint8", (14,)),
    ("isinf", "float64", ()),
    ("floor", "float32", (29, 87, 1)),
]


def result(name="grid/sum/512/float32/all", section=grid.GRID_ALL, ratio=2.0, **fields):
    row = Result(name, section, "sum", "512²", "float32", 512 * 512, 0)
    row.ratio, row.low, row.high, row.blocks = ratio, ratio * 0.9, ratio * 1.1, 9
    row.raptors_seconds, row.numpy_seconds = 1e-4, 1e-4 * ratio
    for field, value in fields.items():
        setattr(row, field, value)
    return row


# ---- Statistics


def test_rounds_cancel_an_even_drift():
    clock = 1.0 + 0.01 * np.arange(12)
    assert round_ratios(clock) == pytest.approx([1.0, 1.0, 1.0], abs=1e-12)


def test_rounds_are_numpy_over_raptors():
    assert round_ratios([[1.0, 3.0, 5.0, 1.0], [2.0, 2.0, 2.0, 6.0]]).tolist() == [4.0, 0.5]


def test_the_interval_goes_from_block_to_block():
    assert median_interval([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0)
    assert median_interval([3.0]) == (3.0, 3.0, 3.0)
    assert all(math.isnan(value) for value in median_interval([]))
    # Nine blocks keep 95 % without the outermost two: one block that something disturbed says nothing.
    assert median_interval([5.0, 1.0, 2.0, 99.0, 3.0, 4.0, 6.0, 7.0, 8.0]) == (5.0, 2.0, 8.0)
    assert [trimmed(count) for count in (1, 6, 8, 9, 11, 12)] == [1, 1, 1, 2, 2, 3]


def test_coverage_is_that_of_tossed_coins():
    assert coverage(6) == pytest.approx(1 - 2 / 64)
    assert coverage(9, 2) == pytest.approx(1 - 2 * 10 / 512)
    assert coverage(1) == coverage(2, 2) == 0.0


def test_intervals_hold_between_blocks_as_well_as_within():
    """Blocks that differ by more than what is within them, as on a machine that changes from one minute to the next."""
    generator = np.random.default_rng(11)
    covered = agreed = 0
    for _ in range(300):
        runs = [median_interval((2.0 * np.exp(generator.normal(0.0, 0.3, 9))).tolist()) for _ in range(2)]
        covered += runs[0][1] <= 2.0 <= runs[0][2]
        agreed += meet(runs[0][1:], runs[1][1:])
    assert covered >= 0.93 * 300
    assert agreed >= 0.98 * 300


def test_intervals_meet():
    assert meet((1.0, 2.0), (2.0, 3.0))
    assert meet((1.0, 4.0), (2.0, 3.0))
    assert not meet((1.0, 2.0), (2.1, 3.0))
    assert not meet((2.1, 3.0), (1.0, 2.0))


def test_rough_width_narrows():
    generator = np.random.default_rng(5)
    values = list(generator.normal(1.0, 0.05, 100))
    assert rough_width(values[:5]) == math.inf
    assert rough_width(values) < rough_width(values[:10]) < 0.2
    assert rough_width([2.0] * 6) == 0.0


def test_geometric_mean():
    assert geometric_mean([1.0, 4.0]) == pytest.approx(2.0)
    assert math.isnan(geometric_mean([]))


# ---- Timing


class Scripted:
    """Something whose times are written down."""

    def __init__(self, *times):
        self.times, self.batch, self.calibrated = list(times), 1, 0

    def calibrate(self):
        self.calibrated += 1

    def seconds_a_call(self):
        return self.times.pop(0)


def test_a_block_is_timed_in_turn_without_disturbed_rounds():
    mine = Scripted(1.0, 1.0, 1.0, 9.0, 1.0, 1.0)
    other = Scripted(3.0, 3.0, 3.0, 3.0, 3.0, 4.0)
    found = time_block(mine, other, 0.0, least_rounds=2, movers={"m": Scripted(0.5, 0.7)})
    assert (found.ratio, found.disturbed, found.movers) == (3.25, 1, {"m": 0.6})
    assert (found.a.tolist(), found.b.tolist()) == ([1.0] * 4, [3.0, 3.0, 3.0, 4.0])
    assert mine.times == other.times == []


def blocks(*ratios):
    return [Block(ratio, np.full(2, 1e-3), np.full(2, ratio * 1e-3)) for ratio in ratios]


def test_blocks_together():
    found = Comparison.of(blocks(2.0, 3.0, 4.0))
    assert (found.ratio, found.low, found.high, found.samples) == (3.0, 2.0, 4.0, 6)
    assert (found.a_seconds, found.b_seconds) == pytest.approx((1e-3, 3e-3))
    assert all(math.isnan(tail) for tail in found.tails)
    single = [Block(2.0, np.array([1.0] * 99 + [7.0]), np.array([2.0] * 100), single=True)]
    assert Comparison.of(single).tails == pytest.approx((float(np.percentile(single[0].a, 99)), 2.0))


def test_loop_runs_what_it_says_and_resets():
    counts = []
    values = np.ones(1)

    def reset():
        counts.append(float(values[0]))
        values[0] = 1.0

    loop = Loop("a += 1.0", {"a": values}, reset, 50)
    for _ in range(20):
        assert loop.sample(10, 1) >= 0
    assert counts
    assert max(counts) <= 51.0


def test_disturbed_rounds():
    assert is_disturbed((1.0, 1.0, 1.0, 1.6))
    assert is_disturbed((1.0, 2.0, 1.0, 1.0))
    assert not is_disturbed((1.0, 9.0, 10.0, 1.2))


def test_a_sample_follows_calls_that_are_not_timed():
    seen = []
    loop = Loop("seen.append(1)", {"seen": seen})
    loop.batch = 1
    loop.seconds_a_call()
    assert len(seen) == 2
    loop.batch = 32
    loop.seconds_a_call()
    assert len(seen) == 2 + 32 + 2


# ---- Cells


def test_operands_lie_at_another_place_each_time():
    values = np.arange(10.0).reshape(2, 5).T
    copies = [fresh(values) for _ in range(64)]
    assert all(np.array_equal(copy, values) and copy.flags.c_contiguous and copy.flags.aligned for copy in copies)
    assert len({copy.ctypes.data for copy in copies}) == 64
    assert fresh(np.array(3)) == 3
    assert fresh(np.zeros((0, 2))).shape == (0, 2)


def test_grid_is_the_36_cells_twice_and_scale():
    cells = grid.cells()
    for section in (grid.GRID_ALL, grid.GRID_ONE):
        chosen = [cell for cell in cells if cell.section == section]
        assert len({(cell.operation, cell.detail, cell.dtype) for cell in chosen}) == len(chosen) == 36
        assert {cell.threads for cell in chosen} == {1 if section == grid.GRID_ONE else 0}
    assert len([cell for cell in cells if cell.section == grid.SCALE]) == 24
    assert len(small.cells()) == 56
    names = [cell.name for cell in cells + small.cells()]
    assert len(set(names)) == len(names)


def test_a_seed_draws_the_same_cells():
    assert draw.draw_cells(7, 60, TABLE) == draw.draw_cells(7, 60, TABLE)
    assert draw.draw_cells(7, 60, TABLE)[:20] == draw.draw_cells(7, 20, TABLE)
    assert draw.draw_cells(8, 20, TABLE) != draw.draw_cells(7, 20, TABLE)


def test_seed_7_draws_these_cells_on_every_machine():
    drawn = [(cell.operation.name, cell.dtype, cell.shape) for cell in draw.draw_cells(7, 6, TABLE)]
    assert drawn == SEED_7


def test_draws_reach_everything():
    cells = draw.draw_cells(1, 3000, TABLE)
    assert {cell.operation.name for cell in cells} == {row.name for row in TABLE}
    assert {cell.dtype for cell in cells} == set(draw.DTYPES)
    layouts = {operand.layout for cell in cells for operand in cell.operands}
    assert layouts >= {"contiguous", "strided", "every other row", "reversed", "transposed", "permuted", "window"}
    assert layouts >= {"misaligned", "repeated", "column", "0-d", "Python scalar"}
    shapes = {cell.shape for cell in cells}
    assert () in shapes
    assert any(0 in shape for shape in shapes)
    assert any(len(shape) == 2 and shape[1] == 3 and shape[0] > 10_000 for shape in shapes)
    assert max(math.prod(shape) for shape in shapes) <= 2**22
    assert sum(math.prod(shape) > 1_000_000 for shape in shapes) > 10


def test_the_table_is_the_extensions_own():
    table = {row.name: row for row in operations()}
    assert table["add"] == Operation("add", "add", 2, False)
    assert table["sum"] == Operation("sum", "sum", 1, True)
    assert table["abs"].numpy_name == "absolute"
    assert {"where", "astype", "fill"} <= table.keys()


def small_draws(count):
    """Draws whose arrays are small enough to compute many of."""
    cells = draw.draw_cells(2, count, TABLE)
    return [cell for cell in cells if all(math.prod(operand.base) < 20_000 for operand in cell.operands)]


def test_draws_are_valid_and_their_values_defined(monkeypatch):
    monkeypatch.setattr(wide, "library", lambda: np)
    cells = small_draws(1500)
    assert len(cells) > 500
    for cell in cells:
        work = wide.prepare(2, cell)
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            value = np.asarray(eval(work.numpy_statement, {}, work.numpy_names))
        if not cell.operation.reduction:
            assert value.shape == np.broadcast_shapes(cell.shape, *(operand.shape for operand in cell.operands))
        for name, operand in zip(wide.NAMES, cell.operands, strict=False):
            if not operand.literal:
                array = work.numpy_names[name]
                assert (array.shape, array.dtype) == (operand.shape, operand.dtype)
                if operand.layout == "misaligned" and array.ndim:
                    assert not array.flags.aligned


def test_reproducers_run(monkeypatch):
    monkeypatch.setattr(wide, "library", lambda: np)
    for cell in small_draws(300):
        line = wide.reproducer(cell)
        assert "\n" not in line
        with np.errstate(all="ignore"):
            exec(line, {"np": np})


def test_numpy_passes_its_own_checks(monkeypatch):
    """With NumPy in Raptors' place every answer is right, so the tolerances refuse nothing that is rightly rounded."""
    monkeypatch.setattr(wide, "library", lambda: np)
    for cell in small_draws(800):
        work = wide.prepare(2, cell)
        work.statement = work.numpy_statement
        assert work.check() == "", cell


# ---- Checks


def test_same_bits():
    x = np.array([1.0, -0.0, np.nan])
    assert check.same_bits(x, x.copy()) == ""
    assert "shape" in check.same_bits(x, x[:2])
    assert "float32" in check.same_bits(x, x.astype("float32"))
    assert check.same_bits(x, np.array([1.0, 0.0, np.nan])).startswith("0.0 instead of -0.0 at (1,)")
    assert check.same_bits(x, np.array([np.nextafter(1.0, 2.0), -0.0, np.nan]))
    assert check.same_bits(np.array([1 + 0j]), np.array([complex(1, -0.0)]))
    assert check.same_bits(np.array(3), np.array(4)).startswith("4 instead of 3")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["sum", "mean"])
def test_reductions_may_round_but_not_err(name, dtype):
    x = np.random.default_rng(0).random((300, 40), dtype=dtype)
    expected = getattr(x, name)(axis=0)
    assert check.right_reduction(name, x, 0, False, expected, expected) == ""
    assert check.right_reduction(name, x, 0, False, expected, np.nextafter(expected, 0)) == ""
    off = expected.copy()
    off[7] *= 1.0 + 1000 * np.finfo(dtype).eps
    assert "at (7,)" in check.right_reduction(name, x, 0, False, expected, off)
    one_left_out = getattr(np, name)(np.where(x == x[0, 0], 0, x), axis=0, dtype=dtype)
    assert check.right_reduction(name, x, 0, False, expected, one_left_out)


def test_complex_rounding():
    x = np.array([3 + 4j, 1e-9 + 1j])
    assert check.nearly_same(x, x * (1 + 2**-52)) == ""
    assert check.nearly_same(x, x * (1 + 1e-12))


# ---- Running


def cell_of(work, name="a", section=small.SMALL):
    def prepare():
        if isinstance(work, BaseException):
            raise work
        return work

    return Cell(name, section, name, "1", "float64", 1, 0, 1.0, prepare)


def silent(block, number, cell, outcome):
    pass


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


# ---- The report


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def every_section():
    scale = result("scale/out/2048/float32", grid.SCALE, 2.5, operation="out=", detail="2048²", roof_seconds=9e-5)
    scale.roof_mover = "Raptors' copy"
    lost = result("wide/0/0001/add/int8", wide.WIDE, 0.5, reproducer="a = np.ones(3); a < 2 & 1")
    failed = result("wide/0/0002/add/int8", wide.WIDE, math.nan, status="error", message="TypeError: <b>&</b>")
    return [result(), result(section=grid.GRID_ONE), scale, result(section=small.SMALL), lost, failed]


def test_the_page_is_whole_and_needs_nothing_else():
    text = page.render_page(
        every_section(),
        MACHINE,
        {
            "seconds": 1.0,
        },
        "It was busy.",
    )
    parsed = Page()
    parsed.feed(text)
    parsed.close()
    assert parsed.open == []
    assert "://" not in text
    assert "url(" not in text
    assert "@import" not in text
    tags = [tag for tag, _ in parsed.seen]
    assert not {"script", "link", "img", "iframe", "object"} & set(tags)
    assert not [attributes for _, attributes in parsed.seen if {"src", "href"} & attributes.keys()]
    pictures = [attributes for tag, attributes in parsed.seen if tag == "svg"]
    assert len(pictures) == 5
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in pictures)
    assert tags.count("table") == tags.count("caption") == 7
    words = "".join(parsed.words)
    assert "a = np.ones(3); a < 2 & 1" in words
    assert "TypeError: <b>&</b>" in words
    assert "a <CPU>" in words
    assert "nan" not in words
    assert words.index("faster in 4 of 6 cases, even in 0, slower in 1, wrong or failed in 1") < words.index("a <CPU>")
    assert "It was busy." in words
    assert "Goals" not in words
    assert "Goals" in page.render_page(every_section(), MACHINE, {"goals": True})


def test_json_has_no_nan(tmp_path):
    path = tmp_path / "a" / "x.json"
    assert output.write_files({path: output.as_text(output.as_document(every_section(), MACHINE, {}))}) == []
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["cases"][0]["verdict"] == "faster"
    assert document["cases"][5]["ratio"] is None
    assert document["headline"].startswith("Raptors is faster in 4 of 6 cases")
    assert {row["section"] for row in document["summary"]} == {row.section for row in every_section()}
    assert document["goals"] == []
    assert output.as_document(every_section(), MACHINE, {"goals": True})["goals"]


def written(path, *rows):
    path.write_text(output.as_text(output.as_document(rows, MACHINE, {})))
    return path


def test_two_runs_are_held_against_each_other(tmp_path, capsys):
    rows = [result(name=str(i)) for i in range(20)]
    one = written(tmp_path / "1", *rows, result("only here"))
    assert main(["--compare", str(one), str(written(tmp_path / "2", *rows[1:], result("0", ratio=4.0)))]) == 0
    assert capsys.readouterr().out == (
        "the intervals of 19 of 20 cases meet, 95.0%\n  0: 2 [1.8, 2.2] and 4 [3.6, 4.4]\n"
    )
    two = written(tmp_path / "3", *rows[2:], result("0", ratio=4.0), result("1", ratio=0.1))
    assert main(["--compare", str(one), str(two)]) == 1
    (tmp_path / "none").write_text("[]")
    for other in ("none", "absent"):
        assert main(["--compare", str(one), str(tmp_path / other)]) == 2
    assert main(["--compare", str(one), str(written(tmp_path / "4", result("another")))]) == 2


def test_the_picture_says_what_it_was_measured_on():
    text = picture.render_picture(every_section(), MACHINE)
    parsed = Page()
    parsed.feed(text)
    assert parsed.open == []
    assert parsed.seen[0][0] == "svg"
    words = "".join(parsed.words)
    for said in ("a <CPU>", "2026-01-01", "Raptors 1, 2 threads", "NumPy 2, 1 thread", "right of 1, Raptors is faster"):
        assert said in words
    assert picture.render_picture([result(section=small.SMALL)], MACHINE) == ""


def test_terminal_report_and_progress():
    stream = io.StringIO()
    print_report(every_section(), MACHINE, "It was busy.", stream)
    text = stream.getvalue()
    head = ["Raptors is faster in 4 of 6 cases, even in 0, slower in 1, wrong or failed in 1.", "  0.50x [0.45, 0.55]"]
    assert [line[: len(start)] for line, start in zip(text.splitlines(), head, strict=False)] == head
    assert text.index("a <CPU>, 2026-01-01. NumPy 2 on 1 thread") < text.index("It was busy.") < text.index("case  ")
    assert "goals" not in text
    assert "a = np.ones(3); a < 2 & 1" in text
    assert "error: wide/0/0002/add/int8: TypeError: <b>&</b>" in text
    assert "0.90" in text
    print_report(every_section(), MACHINE, "", stream, goals=True)
    assert "goals" in stream.getvalue()


def test_a_long_list_of_losses_is_cut():
    stream = io.StringIO()
    print_report([result(f"cell {i}", ratio=0.5) for i in range(99)], MACHINE, "", stream)
    assert "slower in 99" in stream.getvalue()
    assert "and 74 more, in the tables" in stream.getvalue()


def test_progress_of_blocks():
    lines = io.StringIO()
    progress = Progress(lines, 3, 2)
    for block in range(2):
        progress.report(block, 0, cell_of(None, "one"), None)
        progress.report(block, 0, cell_of(None, "one"), result())
    progress.finish()
    assert lines.getvalue() == "[1/3] 0:00  one  2.00x\n"
    lines = io.StringIO()
    lines.isatty = lambda: True
    Progress(lines, 4, 2).report(1, 2, cell_of(None, "one"), result())
    assert lines.getvalue() == "\r\033[K 75% 0:00  block 2 of 2: one  2.00x"


def test_axes():
    axis = Axis(0.5, 50.0, 0.0, 100.0, logarithmic=True)
    assert axis.at(5.0) == pytest.approx(50.0)
    assert axis.at(1e9) == 100.0
    assert axis.ticks() == [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    assert Axis(0.0, 1.1, 0.0, 1.0, logarithmic=False).ticks() == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert charts.nanosecond_label(3000.0) == "3 µs"


# ---- The command


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["--suite", "fast"],
        ["--seed", "-1"],
        ["--cases", "0"],
        ["--budget", "nan"],
        ["--threads", "two"],
        ["--only", "nothing/*"],
    ],
)
def test_bad_options_are_one_line_and_exit_2(words, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("raptors bench: ")
    assert captured.err.count("\n") == 1


def test_help(capsys):
    assert main(["--help"]) == 0
    assert "--suite" in capsys.readouterr().out


def test_list_is_the_same_twice(capsys):
    words = ["--suite", "wide", "--seed", "5", "--cases", "8", "--list"]
    assert main(words) == 0
    first = capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out == first
    assert first.count("wide/5/") == 8


def test_a_whole_run(tmp_path, capsys):
    words = [
        "--only",
        "small/add/1*/float64",
        "--budget",
        "0.1",
        "--quick",
        "--wait",
        "0",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(words) == 0
    assert "small/add/1000/float64" in capsys.readouterr().err
    document = json.loads((tmp_path / "out" / "bench.json").read_text(encoding="utf-8"))
    assert [cell["elements"] for cell in document["cases"]] == [1, 10, 100, 1000]
    assert (tmp_path / "out" / "bench.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_an_unwritable_directory_still_prints_the_table(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    words = [
        "--only",
        "small/slice/1/float32",
        "--budget",
        "0.05",
        "--quick",
        "--wait",
        "0",
        "--out",
        str(blocked / "out"),
    ]
    assert main(words) == 1
    captured = capsys.readouterr()
    assert "a[1:]" in captured.out
    assert "raptors bench: cannot write" in captured.err


def test_a_stopped_command_says_what_it_has_and_exits_as_the_signal_asks(monkeypatch, tmp_path, capsys):
    def cut(*arguments, **options):
        return runner.Run([result(section=small.SMALL)], 1.0, 143)

    monkeypatch.setattr(runner, "run_cells", cut)
    assert main(["--suite", "small", "--wait", "0", "--out", str(tmp_path)]) == 143
    out = capsys.readouterr().out
    assert "1 of 56 cases" in out
    assert "The run was stopped" in " ".join(out.split())
    assert "The run was stopped" in (tmp_path / "bench.html").read_text(encoding="utf-8")


def test_defaults():
    options = command.parse([])
    assert (options.suite, options.budget, str(options.json)) == ("grid", 105.0, "bench-out/bench.json")
    assert command.parse(["--quick", "--suite", "wide"]).cases < command.parse(["--suite", "wide"]).cases
