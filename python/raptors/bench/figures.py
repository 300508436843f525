# SPDX-License-Identifier: BSD-3-Clause
"""Results as figures for the reader: sections in a line each, and how numbers are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .cells import Result, losses, wrong_cells
from .intervals import geometric_mean
from .mathematical import HOSTILE
from .patched_calls import NOT_TAKEN


@dataclass(frozen=True)
class Summary:
    """A section in figures: ratios of its timed cells, and counts of verdicts."""

    section: str
    cells: int
    geometric_mean: float
    worst: float
    worst_name: str
    faster: int
    even: int
    slower: int
    wrong: int


def summarise(section: str, results: Sequence[Result]) -> Summary:
    """The figures of `results`, all of one section."""
    timed = [result for result in results if result.timed]
    worst = min(timed, key=lambda result: result.ratio, default=None)
    verdicts = [result.verdict for result in results]
    return Summary(
        section=section,
        cells=len(results),
        geometric_mean=geometric_mean([result.ratio for result in timed]),
        worst=worst.ratio if worst else math.nan,
        worst_name=worst.name if worst else "",
        faster=verdicts.count("faster"),
        even=verdicts.count("even"),
        slower=len(losses(results)),
        wrong=len(wrong_cells(results)),
    )


def by_section(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The results of each section, sections in the order in which they were first measured."""
    sections: dict[str, list[Result]] = {}
    for result in results:
        sections.setdefault(result.section, []).append(result)
    return sections


def figure(value: float) -> str:
    """Three digits, or a dash for what was not measured."""
    if not math.isfinite(value):
        return "-"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def times(value: float) -> str:
    """A ratio, as 3.21x."""
    return figure(value) + ("x" if math.isfinite(value) else "")


def microseconds(seconds: float) -> str:
    """Seconds as microseconds with three digits or more."""
    return figure(seconds * 1e6)


def interval(row: Result) -> str:
    """The ratio's interval, as [1.20, 1.31]."""
    return f"[{figure(row.low)}, {figure(row.high)}]" if row.timed else ""


def lost_nanoseconds(row: Result) -> float:
    """What a call takes longer than NumPy's, in nanoseconds."""
    return 1e9 * (row.raptors_seconds - row.numpy_seconds)


def rival(rows: Sequence[Result]) -> str:
    """What Raptors' time is held against in these rows."""
    return "ordinary" if rows and all(row.section == HOSTILE for row in rows) else "NumPy"


def extra_columns(rows: Sequence[Result]) -> dict[str, Callable[[Result], str]]:
    """Headings of what was measured of these rows and is not of others, with what to write there."""
    columns: dict[str, Callable[[Result], str]] = {}
    if any(math.isfinite(row.tail_ratio) for row in rows):
        columns["numpy µs, 99 %"] = lambda row: microseconds(row.numpy_tail)
        columns["raptors µs, 99 %"] = lambda row: microseconds(row.raptors_tail)
        columns["ratio, 99 %"] = lambda row: times(row.tail_ratio)
    if any(math.isfinite(row.roof_fraction) for row in rows):
        columns["of memory's speed"] = lambda row: figure(row.roof_fraction)
    if rows and all(row.section == NOT_TAKEN for row in rows):
        columns["ns lost"] = lambda row: f"{lost_nanoseconds(row):.1f}"
    return columns
