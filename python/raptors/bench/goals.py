# SPDX-License-Identifier: BSD-3-Clause
"""For the project's developers (`raptors bench --goals`): what the figures must reach and aim at, held against what was
measured. Printed, never asserted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .calls import CALLS
from .cells import Result
from .cold import COLD
from .engine import has_avx512
from .figures import Summary, by_section, figure, lost_nanoseconds, summarise, times
from .grid import GRID_ALL, GRID_ONE, SCALE
from .load import LOAD
from .mathematical import COMPLEX_ALL, COMPLEX_ONE, HALF, HOSTILE, HOSTILE_COST, REAL_ALL, REAL_ONE, SIZES, SMALL_MATH
from .patched import PROGRAMS
from .patched_calls import LARGE, NOT_TAKEN, PATCHED_GRID, PATCHED_SMALL, PATCHING, TRANSCENDENTAL
from .small import SMALL
from .whole import WHOLE
from .wide import WIDE

ROOF_SHARE = 0.8
KEPT, FEW_NANOSECONDS = 0.97, 5.0  # of a call that is not taken: one of the two


@dataclass(frozen=True)
class Goal:
    """One line of the table of goals. level is "must" or "aim"."""

    section: str
    level: str
    text: str
    measured: str
    met: bool

    @property
    def state(self) -> str:
        return "met" if self.met else "short"


def judge(results: Sequence[Result]) -> list[Goal]:
    """The goals of the sections that were measured."""
    sections = by_section(results)
    goals: list[Goal] = []
    for section, rows in sections.items():
        goals += _JUDGES[section](summarise(section, rows), rows)
    return goals


def _mean_goals(summary: Summary, must: float, aim: float, of: str = "") -> list[Goal]:
    mean, measured = summary.geometric_mean, times(summary.geometric_mean)
    return [
        Goal(summary.section, level, f"geometric mean{of} at least {bound:g}", measured, mean >= bound)
        for level, bound in (("must", must), ("aim", aim))
    ]


def _none_slower(summary: Summary) -> Goal:
    text, measured = "no case below 1 beyond its interval", f"{summary.slower} of {summary.cells} below"
    return Goal(summary.section, "must", text, measured, summary.slower + summary.wrong == 0)


def _none_below(summary: Summary, bound: float) -> Goal:
    worst = summary.worst
    return Goal(summary.section, "must", f"none below {bound:g}", f"worst {times(worst)}", worst >= bound)


def _judge_all(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    whole = Goal(
        summary.section,
        "must",
        "every case's whole interval above 1",
        f"{summary.faster} of {summary.cells}",
        summary.faster == summary.cells,
    )
    worst = Goal(summary.section, "must", "worst case at least 1.2", times(summary.worst), summary.worst >= 1.2)
    means = _mean_goals(summary, 3.5, 6.0)
    return [whole, means[0], worst, *_roof_goals(summary, rows), means[1]]


def _roof_goals(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    """None where no roof was measured."""
    shares = [row.roof_fraction for row in rows if math.isfinite(row.roof_fraction)]
    text = f"each at least {ROOF_SHARE:g} of the roof"
    enough = sum(share >= ROOF_SHARE for share in shares)
    measured = f"{enough} of {len(shares)}, worst {figure(min(shares, default=math.nan))}"
    return [Goal(summary.section, "must", text, measured, enough == len(shares))] if shares else []


def _judge_one(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_slower(summary), *_mean_goals(summary, 2.0, 3.0)]


def _judge_scale(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    goals = []
    for form, bound in (("allocating", 2.5), ("out=", 2.0), ("in place", 1.5)):
        for row in rows:
            if (row.operation, row.detail, row.dtype) != (form, "2048²", "float32"):
                continue
            text = f"float32 2048² {form}"
            goals.append(Goal(SCALE, "must", f"{text}: at least {bound:g}", times(row.ratio), row.ratio >= bound))
            fraction = row.roof_fraction
            goals.append(Goal(SCALE, "aim", f"{text}: 0.95 of the roof", figure(fraction), fraction >= 0.95))
    return goals


def _judge_small(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    least = Goal(summary.section, "must", "each at least 1.5", f"worst {times(summary.worst)}", summary.worst >= 1.5)
    return [least, *_mean_goals(summary, 3.0, 8.0)]


def _judge_wide(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_slower(summary), *_mean_goals(summary, 2.0, 4.0)]


def _judge_cold(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    mean = summary.geometric_mean
    return [
        Goal(summary.section, "must", "geometric mean at least 1.3", times(mean), mean >= 1.3),
        _none_below(summary, 0.95),
    ]


def _judge_load(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    """What calls beside one and two busy programs reached on an EPYC Genoa guest of two cores, 2026-11."""
    tails = [row.tail_ratio for row in rows if row.timed]
    worst_tail = min(tails, default=math.nan)
    return [
        Goal(summary.section, "must", "worst median at least 0.92", times(summary.worst), summary.worst >= 0.92),
        Goal(summary.section, "must", "worst 99th percentile at least 0.5", times(worst_tail), worst_tail >= 0.5),
    ]


def _judge_calls(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_slower(summary)]


def _judge_whole(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_below(summary, 0.97)]


def _judge_patched_programs(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_below(summary, 0.97), *_mean_goals(summary, 1.5, 2.0)]


def _judge_patched_grid(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_slower(summary), *_mean_goals(summary, 2.0, 3.0)]


def _judge_transcendental(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return _mean_goals(summary, 1.8, 1.95)


def _judge_patched_small(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return [_none_below(summary, 0.97), *_mean_goals(summary, 2.0, 3.0)]


def _judge_large(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    return _mean_goals(summary, 1.5, 3.0)


def _judge_not_taken(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    timed = [row for row in rows if row.timed]
    kept = [row for row in timed if row.ratio >= KEPT or lost_nanoseconds(row) <= FEW_NANOSECONDS]
    text = f"each loses at most {1 - KEPT:.0%} or {FEW_NANOSECONDS:g} ns"
    return [Goal(summary.section, "must", text, f"{len(kept)} of {len(rows)}", len(kept) == len(rows))]


def _judge_patching(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    milliseconds = max((1e3 * row.raptors_seconds for row in rows), default=math.nan)
    return [
        Goal(summary.section, level, f"at most {bound} ms", f"{figure(milliseconds)} ms", milliseconds <= bound)
        for level, bound in (("must", 30), ("aim", 10))
    ]


REAL_BOUNDS = {  # by section and whether there is AVX-512: of the worst, and of the mean of the longest
    (REAL_ALL, True): (1.0, 2.0, 2.5),
    (REAL_ALL, False): (1.0, 5.0, 8.0),
    (REAL_ONE, True): (0.8, 1.1, 1.3),
    (REAL_ONE, False): (1.0, 2.5, 4.0),
}
HARD = ("sin", "cos", "hypot", "logaddexp")  # for which NumPy has no vector code of float64
EXP_NANOSECONDS = {True: 0.6, False: 1.1}


def _judge_real(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    worst, must, aim = REAL_BOUNDS[summary.section, has_avx512()]
    longest = [row for row in rows if row.elements == SIZES[-1]]
    means = _mean_goals(summarise(summary.section, longest), must, aim, f" of {SIZES[-1]:,}") if longest else []
    return [_none_below(summary, worst), *means]


def _judge_real_one(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    goals = _judge_real(summary, rows)
    hard = [row for row in rows if row.operation in HARD and row.dtype == "float64"]
    goals += _each(summarise(summary.section, hard), 4.0, 8.0, f"float64 {', '.join(HARD)}") if hard else []
    bound = EXP_NANOSECONDS[has_avx512()]
    for row in rows:
        if (row.operation, row.dtype, row.elements) == ("exp", "float32", SIZES[1]):
            spent = 1e9 * row.raptors_seconds / row.elements
            text = f"float32 exp in cache: at most {bound:g} ns an element"
            goals.append(Goal(summary.section, "must", text, f"{figure(spent)} ns", spent <= bound))
    return goals


def _each(summary: Summary, must: float, aim: float, which: str) -> list[Goal]:
    measured = f"worst {times(summary.worst)}"
    return [
        Goal(summary.section, level, f"{which}: each at least {bound:g}", measured, summary.worst >= bound)
        for level, bound in (("must", must), ("aim", aim))
    ]


def _judge_complex(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    means = _mean_goals(summary, 8.0, 15.0) if summary.section == COMPLEX_ALL else []
    return [_none_below(summary, 1.5), *means]


def _judge_half(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    of_two = [row for row in rows if row.operation in ("pow", "atan2", "hypot")]
    goals = [_none_below(summary, 1.0 if has_avx512() else 10.0)]
    return goals + (_each(summarise(summary.section, of_two), 10.0, 10.0, "pow, atan2, hypot")[:1] if of_two else [])


def _judge_small_math(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    """The other powers are held to no number."""
    held = [row for row in rows if row.operation in ("xp.exp(x)", "xp.sin(x)", "x ** 2")]
    return _each(summarise(summary.section, held), 3.0, 6.0, "exp, sin, x ** 2") if held else []


def _judge_hostile(summary: Summary, rows: Sequence[Result]) -> list[Goal]:
    cost = 1.0 / summary.worst
    return [
        Goal(summary.section, level, f"at most {bound:g} times ordinary ones", f"worst {times(cost)}", cost <= bound)
        for level, bound in (("must", HOSTILE_COST), ("aim", 1.5))
    ]


_JUDGES = {
    GRID_ALL: _judge_all,
    GRID_ONE: _judge_one,
    SCALE: _judge_scale,
    SMALL: _judge_small,
    WIDE: _judge_wide,
    COLD: _judge_cold,
    LOAD: _judge_load,
    CALLS: _judge_calls,
    WHOLE: _judge_whole,
    PROGRAMS: _judge_patched_programs,
    PATCHED_GRID: _judge_patched_grid,
    TRANSCENDENTAL: _judge_transcendental,
    PATCHED_SMALL: _judge_patched_small,
    LARGE: _judge_large,
    NOT_TAKEN: _judge_not_taken,
    PATCHING: _judge_patching,
    REAL_ALL: _judge_real,
    REAL_ONE: _judge_real_one,
    COMPLEX_ALL: _judge_complex,
    COMPLEX_ONE: _judge_complex,
    HALF: _judge_half,
    SMALL_MATH: _judge_small_math,
    HOSTILE: _judge_hostile,
}
