# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmark shows in a terminal: progress on standard error, the report on standard output."""

from __future__ import annotations

import contextlib
import shutil
import textwrap
import time
from collections.abc import Sequence
from typing import Any, TextIO

from ..console import printable
from .cells import Cell, Result, losses, sorted_rows, wrong_cells
from .figures import by_section, extra_columns, interval, microseconds, rival, summarise, times
from .goals import judge
from .verdict import headline, method, place, where
from .wide import WIDE

WIDTH = 110
MOST_LOSSES = 25


class Progress:
    """One line that is written over on a terminal; elsewhere a line for each cell when its last block is done."""

    def __init__(self, stream: TextIO, total: int, blocks: int) -> None:
        self._stream = stream
        self._total, self._blocks = total, blocks
        self._terminal = stream.isatty()
        self._start = time.perf_counter()

    def report(self, block: int, number: int, cell: Cell, result: Result | None) -> None:
        """Say that a block of `cell` has begun (None), or what came of the cell so far."""
        elapsed = int(time.perf_counter() - self._start)
        clock = f"{elapsed // 60}:{elapsed % 60:02d}"
        outcome = "..." if result is None else times(result.ratio) if result.timed else result.status
        if self._terminal:
            done = (block * self._total + number) / (self._blocks * self._total)
            line = printable(f"{done:4.0%} {clock}  block {block + 1} of {self._blocks}: {cell.name}  {outcome}")
            self._write(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}")
        elif result is not None and block + 1 == self._blocks:
            digits, reason = len(str(self._total)), f": {result.message}" if result.message else ""
            line = f"[{number + 1:{digits}}/{self._total}] {clock}  {cell.name}  {outcome}{reason}"
            self._write(f"{printable(line)}\n")

    def finish(self) -> None:
        """Clear the line, so that the tables begin on a clean one."""
        if self._terminal:
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        """Measuring goes on where nobody can be told of it."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()


def print_report(
    results: Sequence[Result], machine: dict[str, Any], note: str, stream: TextIO, *, goals: bool = False
) -> None:
    """What is faster and what slower, on what; the tables of all sections, and them in a line each. Of the wide suite only
    what is lost or wrong. goals: those of the project too."""
    for line in (headline(results) + ".", *_losses(results), where(machine), method(results), note):
        for part in textwrap.wrap(line, WIDTH, subsequent_indent="  " if line.startswith("  ") else ""):
            print(printable(part), file=stream)
    sections = by_section(results)
    for section, rows in sections.items():
        print(f"\n{section}", file=stream)
        if section == WIDE:
            _print_losses(rows, stream)
        else:
            _print_table(rows, stream)
    _print_summary(sections, stream)
    if goals:
        print("\ngoals", file=stream)
        for goal in judge(results):
            print(f"  {goal.state:5}  {goal.level:4}  {goal.section:21}  {goal.text}: {goal.measured}", file=stream)


def _losses(results: Sequence[Result]) -> list[str]:
    """The slower cells and the wrong ones in a line each, as far as they fit on a screen."""
    lines = [f"  {times(row.ratio)} {interval(row)}  {place(row)}" for row in losses(results)]
    lines += [f"  {row.status}: {place(row)}: {row.message}" for row in wrong_cells(results)]
    rest = [f"  and {len(lines) - MOST_LOSSES} more, in the tables"] * (len(lines) > MOST_LOSSES)
    return lines[:MOST_LOSSES] + rest


def again(rows: Sequence[Result]) -> str:
    """How to repeat a case of the wide suite."""
    _, seed, *_ = rows[0].name.split("/")
    count = max(int(row.name.split("/")[2]) for row in rows) + 1
    return (
        "A line is NumPy's side: for Raptors', write raptors for np and pass the arrays through raptors.asarray. "
        f"With its own, random values: raptors bench --suite wide --seed {seed} --cases {count} --only NAME"
    )


def _print_table(rows: Sequence[Result], stream: TextIO) -> None:
    extra = extra_columns(rows)
    header = ["case", "", "", f"{rival(rows).lower()} µs", "raptors µs", "ratio", "interval", *extra, "verdict"]
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


def _print_summary(sections: dict[str, list[Result]], stream: TextIO) -> None:
    print("\nsections: geometric mean of NumPy's time / Raptors' time", file=stream)
    for section, rows in sections.items():
        summary = summarise(section, rows)
        counts = f"{summary.faster} faster, {summary.even} even, {summary.slower} slower"
        wrong = f", {summary.wrong} WRONG or failed" if summary.wrong else ""
        print(
            f"  {section:21} {summary.cells:4} cases  mean {times(summary.geometric_mean):>6}  worst "
            f"{times(summary.worst):>6} ({summary.worst_name or 'none'})  {counts}{wrong}",
            file=stream,
        )
