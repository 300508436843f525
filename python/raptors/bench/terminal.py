# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmark shows in a terminal: progress on standard error, tables and goals on standard output."""

from __future__ import annotations

import contextlib
import math
import shutil
import time
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from ..console import printable
from .cells import ERROR, WRONG, Cell, Result
from .goals import busy_note, by_section, figure, judge, summarise, times
from .wide import WIDE


class Progress:
    """One line that is written over on a terminal, a line for each cell done elsewhere."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total
        self._terminal = stream.isatty()
        self._start = time.perf_counter()
        self._last = ""

    def report(self, number: int, cell: Cell, result: Result | None) -> None:
        """Say that `cell` has begun (None), or what came of it."""
        digits = len(str(self._total))
        elapsed = int(time.perf_counter() - self._start)
        place = f"[{number + 1:{digits}}/{self._total}] {elapsed // 60}:{elapsed % 60:02d}  {cell.name}"
        if result is not None:
            outcome = times(result.ratio) if result.timed else f"{result.status}: {result.message}"
            self._last = outcome if len(outcome) < 12 else result.status
            if not self._terminal:
                self._write(f"{printable(f'{place}  {outcome}')}\n")
        if self._terminal:
            line = printable(f"{place}  {self._last if result else '...'}")
            width = shutil.get_terminal_size().columns - 1
            self._write(f"\r\033[K{line[:width]}")

    def finish(self) -> None:
        """Clear the line, so that the tables begin on a clean one."""
        if self._terminal:
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        """Measuring goes on where nobody can be told of it."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()


def print_report(results: Sequence[Result], machine: dict[str, Any], stream: TextIO, losses_only: bool = True) -> None:
    """The tables of all sections, then the summary and the goals. Of the wide suite only what is lost or wrong."""
    print(
        f"{machine['cpu']}, {machine['threads']} threads; Python {machine['python']}, NumPy {machine['numpy']}, "
        f"Raptors {machine['raptors']}",
        file=stream,
    )
    sections = by_section(results)
    for section, rows in sections.items():
        print(f"\n{section}", file=stream)
        if section == WIDE and losses_only:
            _print_losses(rows, stream)
        else:
            _print_table(rows, stream)
    _print_summary(sections, results, stream)


def losses(rows: Sequence[Result]) -> list[Result]:
    """The cells whose whole interval is below 1, worst first."""
    return sorted((row for row in rows if row.verdict == "slower"), key=lambda row: row.ratio)


def again(rows: Sequence[Result]) -> str:
    """How to repeat a cell of the wide suite."""
    _, seed, *_ = rows[0].name.split("/")
    count = max(int(row.name.split("/")[2]) for row in rows) + 1
    return (
        "A line is NumPy's side: for Raptors', write raptors for np and pass the arrays through raptors.asarray. "
        f"With its own, random values: raptors bench --suite wide --seed {seed} --cells {count} --only NAME"
    )


def wrong_cells(rows: Sequence[Result]) -> list[Result]:
    """The cells with a wrong answer or an exception."""
    return [row for row in rows if row.status in (WRONG, ERROR)]


def microseconds(seconds: float) -> str:
    """Seconds as microseconds with three digits or more."""
    return figure(seconds * 1e6)


def interval(row: Result) -> str:
    """The ratio's interval, as [1.20, 1.31]."""
    return f"[{figure(row.low)}, {figure(row.high)}]" if row.timed else ""


def extra_columns(rows: Sequence[Result]) -> dict[str, Callable[[Result], str]]:
    """Headings of what was measured of these rows and is not of others, with what to write there."""
    columns: dict[str, Callable[[Result], str]] = {}
    if any(math.isfinite(row.tail_ratio) for row in rows):
        columns["numpy µs, 99 %"] = lambda row: microseconds(row.numpy_tail)
        columns["raptors µs, 99 %"] = lambda row: microseconds(row.raptors_tail)
        columns["ratio, 99 %"] = lambda row: times(row.tail_ratio)
    if any(math.isfinite(row.roof_fraction) for row in rows):
        columns["of roof"] = lambda row: figure(row.roof_fraction)
    return columns


def _print_table(rows: Sequence[Result], stream: TextIO) -> None:
    extra = extra_columns(rows)
    header = ["cell", "", "", "numpy µs", "raptors µs", "ratio", "interval", *extra, "verdict"]
    lines = []
    for row in sorted_rows(rows):
        line = [
            row.operation,
            row.detail,
            row.dtype,
            microseconds(row.numpy_seconds),
            microseconds(row.raptors_seconds),
            times(row.ratio),
            interval(row),
            *(show(row) for show in extra.values()),
            row.verdict,
        ]
        lines.append(line)
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    for line in [header, *lines]:
        cells = [
            text.ljust(width) if column < 3 or column == len(line) - 1 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip(), file=stream)
    for row in wrong_cells(rows):
        print(f"  {row.status}: {row.name}: {printable(row.message)}", file=stream)


def sorted_rows(rows: Sequence[Result]) -> list[Result]:
    """Rows of one operation together, operations in the order measured, sizes and types within."""
    order = {name: place for place, name in enumerate(dict.fromkeys(row.operation for row in rows))}
    return sorted(rows, key=lambda row: (order[row.operation], row.dtype, row.elements))


def _print_losses(rows: Sequence[Result], stream: TextIO) -> None:
    for row in wrong_cells(rows):
        print(f"  {row.status}: {row.name}: {printable(row.message)}\n      {row.reproducer}", file=stream)
    lost = losses(rows)
    if not lost:
        print("  NumPy is faster in none of them.", file=stream)
        return
    print(f"  NumPy is faster in {len(lost)} of {len(rows)}, the worst first. {again(rows)}", file=stream)
    for row in lost:
        print(
            f"  {times(row.ratio)} {interval(row)}  {microseconds(row.numpy_seconds)} against "
            f"{microseconds(row.raptors_seconds)} µs  {row.name}\n      {row.reproducer}",
            file=stream,
        )


def _print_summary(sections: dict[str, list[Result]], results: Sequence[Result], stream: TextIO) -> None:
    print("\nsummary: NumPy's time / Raptors' time", file=stream)
    for section, rows in sections.items():
        summary = summarise(section, rows)
        counts = f"{summary.faster} faster, {summary.even} even, {summary.slower} slower"
        wrong = f", {summary.wrong} WRONG or failed" if summary.wrong else ""
        print(
            f"  {section:21} {summary.cells:4} cells  geometric mean {times(summary.geometric_mean):>6}  worst "
            f"{times(summary.worst):>6} ({summary.worst_name or 'none'})  {counts}{wrong}",
            file=stream,
        )
    if note := busy_note(results):
        print(f"  {note}", file=stream)
    goals = judge(results)
    if goals:
        print("\ngoals", file=stream)
    for goal in goals:
        print(f"  {goal.state:5}  {goal.level:4}  {goal.section:21}  {goal.text}: {goal.measured}", file=stream)
