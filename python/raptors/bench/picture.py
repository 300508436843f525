# SPDX-License-Identifier: BSD-3-Clause
"""README's picture: the 36 cases as an SVG file that stands by itself, and says what it was measured on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from .cells import Result, sorted_rows
from .charts import ratio_bounds, ratio_chart
from .grid import GRID_ALL
from .theme import STYLE

LETTERS = 62  # that fit beside one another
NOTHING = f"no picture: it shows the {GRID_ALL}, and none of them was measured"


def render_picture(results: Sequence[Result], machine: dict[str, Any]) -> str:
    """The picture; "" where none of the cases that it shows was measured."""
    rows = sorted_rows([row for row in results if row.section == GRID_ALL])
    if not rows:
        return ""
    said = [
        "NumPy's time / Raptors' time: right of 1, Raptors is faster",
        f"{GRID_ALL}; lines: how blocks of measurements differ",
        f"Raptors {machine['raptors']}, {machine['threads']} threads; NumPy {machine['numpy']}, 1 thread; Python {machine['python']}",
        f"{machine['cpu']}, {str(machine['date'])[:10]}",
    ]
    head = [line for words in said for line in textwrap.wrap(words, LETTERS)]
    chart = ratio_chart(rows, "; ".join(head), ratio_bounds(rows), head)
    return chart.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(
        ">", f"><style>{STYLE}</style>", 1
    )
