# SPDX-License-Identifier: BSD-3-Clause
"""What the report opens with: in how many cases Raptors is faster, where it is slower, and what that was measured on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .cells import Result, losses, wrong_cells
from .intervals import coverage, trimmed


def headline(results: Sequence[Result]) -> str:
    """One sentence: faster in N of M."""
    verdicts = [row.verdict for row in results]
    counts = f"faster in {verdicts.count('faster')} of {len(results)} cases, even in {verdicts.count('even')}"
    slower, wrong = len(losses(results)), len(wrong_cells(results))
    parts = [f"Raptors is {counts}, slower in {slower or 'none'}", f"wrong or failed in {wrong}" if wrong else ""]
    return ", ".join(part for part in parts if part)


def where(machine: dict[str, Any]) -> str:
    """The machine, the day, the versions, and how many threads each library has."""
    threads = int(machine["threads"])
    return (
        f"{machine['cpu']}, {str(machine['date'])[:10]}. NumPy {machine['numpy']} on 1 thread (matrix products: as many as "
        f"its BLAS takes), Raptors {machine['raptors']} on {threads} thread{'s' * (threads != 1)} unless a case says one. "
        f"Python {machine['python']}."
    )


def method(results: Sequence[Result]) -> str:
    """What the numbers are."""
    blocks = max((row.blocks for row in results), default=0)
    ends = "second lowest to the second highest" if trimmed(blocks) > 1 else "lowest to the highest"
    return (
        "A ratio is NumPy's time over Raptors': above 1, Raptors is faster. It is the median of "
        f"{blocks} blocks of measurements, spread over the run, each with arrays of its own. The interval behind it goes from "
        f"the {ends} block, and holds the true median with a probability of {coverage(blocks, trimmed(blocks)):.0%}. Faster or "
        "slower is where the whole interval lies above or below 1."
    )


def place(row: Result) -> str:
    """A case in words."""
    threads = "one thread" if row.threads == 1 and "one thread" not in row.detail else ""
    return ", ".join(word for word in (row.operation, row.detail, row.dtype, threads) if word)
