# SPDX-License-Identifier: BSD-3-Clause
"""The benchmark's own correctness: its statistics, its cells, its checks, its report. No test asserts a time."""

import math

import numpy as np
import pytest

from bench_rows import Scripted, blocks
from raptors.bench import check, draw, grid, small, wide
from raptors.bench.cells import fresh
from raptors.bench.engine import Operation, operations
from raptors.bench.intervals import coverage, geometric_mean, median_interval, meet, rough_width, round_ratios, trimmed
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


def test_a_block_is_timed_in_turn_without_disturbed_rounds():
    mine = Scripted(1.0, 1.0, 1.0, 9.0, 1.0, 1.0)
    other = Scripted(3.0, 3.0, 3.0, 3.0, 3.0, 4.0)
    found = time_block(mine, other, 0.0, least_rounds=2, movers={"m": Scripted(0.5, 0.7)})
    assert (found.ratio, found.disturbed, found.movers) == (3.25, 1, {"m": 0.6})
    assert (found.a.tolist(), found.b.tolist()) == ([1.0] * 4, [3.0, 3.0, 3.0, 4.0])
    assert mine.times == other.times == []


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
