# SPDX-License-Identifier: BSD-3-Clause
"""The few SVG words that the charts are written in: shapes with classes, and axes. Colours are the theme's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape


class Drawing:
    """An SVG picture under construction. Coordinates are user units; `shown` is a tooltip."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width, self.height = width, height
        self._title = title
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        self._parts.append(f'<line class="{style}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>')

    def circle(self, x: float, y: float, radius: float, style: str, shown: str = "") -> None:
        self._shape("circle", f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"', style, shown)

    def box(self, x: float, y: float, width: float, height: float, style: str, shown: str = "") -> None:
        place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0.0))}" height="{_n(height)}"'
        self._shape("rect", place, style, shown)

    def cross(self, x: float, y: float, reach: float, style: str, shown: str = "") -> None:
        path = (
            f"M{_n(x - reach)} {_n(y - reach)}l{_n(2 * reach)} {_n(2 * reach)}m0 {_n(-2 * reach)}"
            f"l{_n(-2 * reach)} {_n(2 * reach)}"
        )
        self._shape("path", f'd="{path}"', style, shown)

    def text(self, x: float, y: float, words: str, style: str = "label", anchor: str = "start") -> None:
        self._parts.append(
            f'<text class="{style}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def markup(self) -> str:
        """The picture as an element of an HTML page. It scales with its container."""
        return (
            f'<svg class="chart" viewBox="0 0 {_n(self.width)} {_n(self.height)}" role="img" '
            f'aria-label="{escape(self._title, quote=True)}">{"".join(self._parts)}</svg>'
        )

    def _shape(self, name: str, place: str, style: str, shown: str) -> None:
        inside = f"><title>{escape(shown)}</title></{name}>" if shown else "/>"
        self._parts.append(f'<{name} class="{style}" {place}{inside}')


class Axis:
    """Values to positions: from `start` to `end`, by logarithm or evenly. Values beyond the ends are held at them."""

    def __init__(self, low: float, high: float, start: float, end: float, *, logarithmic: bool) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end
        self.logarithmic = logarithmic

    def at(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 7) -> list[float]:
        """Round values inside the axis, at most `most` of them."""
        if not self.logarithmic:
            step = next(step for step in (0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10) if (self.high - self.low) / step < most)
            first = math.ceil(self.low / step - 1e-9)
            return [index * step for index in range(first, math.floor(self.high / step + 1e-9) + 1)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1, 2, 5), (1, 3), (1,)):
            found = [digit * 10.0**power for power in powers for digit in digits]
            found = [value for value in found if self.low * 0.999 <= value <= self.high * 1.001]
            if len(found) <= most:
                return found
        return found[:: math.ceil(len(found) / most)]


def log_bounds(values: Sequence[float], low: float, high: float) -> tuple[float, float]:
    """Bounds for a logarithmic axis: at least low to high, widened with a margin to hold `values`."""
    finite = [value for value in values if math.isfinite(value) and value > 0]
    return min([low, *(value / 1.15 for value in finite)]), max([high, *(value * 1.15 for value in finite)])


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
