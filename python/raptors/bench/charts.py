# SPDX-License-Identifier: BSD-3-Clause
"""The report's charts. Each is some 420 units wide, so that on a phone its words are still the page's size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .cells import Result
from .drawing import Axis, Drawing, log_bounds
from .figures import figure, times

WIDTH = 420.0
RIGHT = 404.0
ROW = 15.0
HEAD = 20.0  # a group's heading
TOP = 24.0  # above the first group, for the axis


def ratio_chart(rows: Sequence[Result], title: str, bounds: tuple[float, float], head: Sequence[str] = ()) -> str:
    """A dot with its interval for each cell, grouped by operation, on a logarithmic axis where 1 is equal speed; above it
    the lines of `head`."""
    axis = Axis(*bounds, 104.0, RIGHT, logarithmic=True)
    drawing, places = _grouped(rows, title, axis, lambda value: f"{value:g}x", head)
    drawing.line(axis.at(1.0), TOP + len(head) * HEAD - 4, axis.at(1.0), drawing.height - 4, "even-line")
    for row, y in places:
        style = row.verdict
        if not row.timed:
            drawing.cross(axis.at(1.0), y, 4, "cross WRONG", f"{row.name}: {row.status}: {row.message}")
            continue
        drawing.line(axis.at(row.low), y, axis.at(row.high), y, f"whisker {style}")
        shown = f"{row.name}: {times(row.ratio)}, interval {figure(row.low)} to {figure(row.high)}"
        drawing.circle(axis.at(row.ratio), y, 4, f"dot {style}", shown)
    return drawing.markup()


def ratio_bounds(rows: Sequence[Result]) -> tuple[float, float]:
    """An axis for the ratios of all `rows`, so that charts side by side can be compared."""
    return log_bounds([end for row in rows if row.timed for end in (row.low, row.high)], 0.8, 4.0)


def roof_chart(rows: Sequence[Result], title: str) -> str:
    """Raptors' speed as a bar and NumPy's as a mark, as fractions of the memory's own speed."""
    axis = Axis(0.0, 1.1, 104.0, RIGHT - 30, logarithmic=False)
    drawing, places = _grouped(rows, title, axis, lambda value: f"{value:g}")
    for row, y in places:
        if not row.timed:
            drawing.cross(axis.at(0.0) + 6, y, 4, "cross WRONG", f"{row.name}: {row.status}: {row.message}")
            continue
        numpy_fraction = row.roof_seconds / row.numpy_seconds
        shown = f"{row.name}: {figure(row.roof_fraction)} of the memory's speed ({row.roof_mover}); NumPy {figure(numpy_fraction)}"
        drawing.box(axis.at(0.0), y - 5, axis.at(row.roof_fraction) - axis.at(0.0), 10, "bar raptors", shown)
        place = axis.at(numpy_fraction)
        drawing.line(place, y - 6.5, place, y + 6.5, "mark numpy")
        drawing.text(RIGHT, y + 4, figure(row.roof_fraction), "value", "end")
    drawing.line(axis.at(1.0), TOP - 4, axis.at(1.0), drawing.height - 4, "roof-line")
    return drawing.markup()


def call_chart(rows: Sequence[Result], title: str, bounds: tuple[float, float]) -> str:
    """Both libraries' time for a call, joined by a line, on a logarithmic axis."""
    axis = Axis(*bounds, 104.0, RIGHT, logarithmic=True)
    drawing, places = _grouped(rows, title, axis, nanosecond_label)
    for row, y in places:
        if not row.timed:
            drawing.cross(axis.start + 6, y, 4, "cross WRONG", f"{row.name}: {row.status}: {row.message}")
            continue
        mine, other = axis.at(row.raptors_seconds * 1e9), axis.at(row.numpy_seconds * 1e9)
        shown = f"{row.name}: NumPy {row.numpy_seconds * 1e9:.0f} ns, Raptors {row.raptors_seconds * 1e9:.0f} ns"
        drawing.line(mine, y, other, y, "joint")
        drawing.circle(other, y, 3.6, "dot numpy", shown)
        drawing.circle(mine, y, 3.6, "dot raptors", f"{shown}, {times(row.ratio)}")
    return drawing.markup()


def call_bounds(rows: Sequence[Result]) -> tuple[float, float]:
    """An axis in nanoseconds for all `rows`."""
    seconds = [value for row in rows if row.timed for value in (row.raptors_seconds, row.numpy_seconds)]
    return log_bounds([value * 1e9 for value in seconds], 50.0, 1000.0)


def scatter_chart(rows: Sequence[Result], title: str) -> str:
    """The wide suite: a dot for each cell, its ratio over its number of elements, both logarithmic."""
    drawing = Drawing(WIDTH, 300.0, title)
    timed = [row for row in rows if row.timed]
    across = Axis(0.8, 5e6, 44.0, RIGHT, logarithmic=True)
    up = Axis(*log_bounds([row.ratio for row in timed], 0.5, 8.0), 262.0, 12.0, logarithmic=True)
    for value in up.ticks():
        drawing.line(across.start, up.at(value), across.end, up.at(value), "grid")
        drawing.text(across.start - 6, up.at(value) + 4, f"{value:g}x", "label", "end")
    for value, words in ((1, "≤ 1"), (100, "100"), (10_000, "10⁴"), (1_000_000, "10⁶")):
        drawing.line(across.at(value), up.start, across.at(value), up.end, "grid")
        drawing.text(across.at(value), up.start + 16, words, "label", "middle")
    drawing.text((across.start + across.end) / 2, 296, "elements", "label", "middle")
    drawing.line(across.start, up.at(1.0), across.end, up.at(1.0), "even-line")
    for row in sorted(timed, key=lambda row: row.verdict == "slower"):
        shown = f"{row.name}: {times(row.ratio)} [{figure(row.low)}, {figure(row.high)}], {row.detail}"
        drawing.circle(across.at(max(row.elements, 1)), up.at(row.ratio), 3.4, f"dot {row.verdict}", shown)
    return drawing.markup()


def nanosecond_label(value: float) -> str:
    """Nanoseconds in the unit that needs the fewest digits."""
    return f"{value / 1000:g} µs" if value >= 1000 else f"{value:g} ns"


def _grouped(
    rows: Sequence[Result], title: str, axis: Axis, label: Callable[[float], str], head: Sequence[str] = ()
) -> tuple[Drawing, list[tuple[Result, float]]]:
    """A drawing with an axis on top and rows under their operation's name, and the height of each row's middle."""
    operations = list(dict.fromkeys(row.operation for row in rows))
    types = {row.dtype for row in rows}
    y = TOP + len(head) * HEAD
    drawing = Drawing(WIDTH, y + len(operations) * HEAD + len(rows) * ROW + 8, title)
    for i, words in enumerate(head):
        drawing.text(2, 14 + i * HEAD, words, "label" if i else "group")
    for value in axis.ticks(6):
        drawing.line(axis.at(value), y - 4, axis.at(value), drawing.height - 4, "grid")
        drawing.text(axis.at(value), y - 10, label(value), "label", "middle")
    places: list[tuple[Result, float]] = []
    for operation in operations:
        drawing.text(2, y + 14, operation, "group")
        y += HEAD
        for row in rows:
            if row.operation == operation:
                words = f"{row.detail} {row.dtype.replace('float', 'f')}" if len(types) > 1 else row.detail
                drawing.text(axis.start - 10, y + ROW / 2 + 4, words, "label", "end")
                places.append((row, y + ROW / 2))
                y += ROW
    return drawing, places
