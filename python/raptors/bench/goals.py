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
from .figures import Summary, by_section, figure, lost_nanoseconds, summarise, times
from .grid import GRID_ALL, GRID_ONE, SCALE
from .load import LOAD
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


def _mean_goals(summary: Summary, must: float, aim: float) -> list[Goal]:
    mean, measured = summary.geometric_mean, times(summary.geometric_mean)
    return [
        Goal(summary.section, level, f"geometric mean at least {bound:g}", measured, mean >= bound)
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
}
