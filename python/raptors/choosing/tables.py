# SPDX-License-Identifier: BSD-3-Clause
"""The answers of race and regret, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .race import Contender, Race
from .regret import Row

HEAD = f"  {'time':>13}  {'lowest to highest':>20}  {'times the fastest':>19}  kernel, threads and stores"


WHY = {
    "rank": "built-in priority, since no such call has been measured yet",
    "environment": "RAPTORS_KERNEL names it, or names nothing for this call",
    "near": "raptors tune found this for calls of other sizes, and has not measured this one",
    "online": "the fastest so far of those that this program's own calls have tried",
    "profile": "raptors tune found it to be the fastest",
    "held": "it was asked for",
}


def table(result: Race) -> str:
    """The answer of race, the fastest first: each candidate's time, its blocks' range, how many times as long as the fastest
    it took in the same block, and which of them would be chosen."""
    fastest = result.fastest
    rows = sorted((c for c in result.contenders if c.seconds), key=lambda c: c.ratio)
    rows += [result.numpy] if result.numpy and result.numpy.seconds else []
    count = result.blocks
    lines = [f"{result.call}: {count} block{'s' * (count != 1)}, each on arrays of its own", HEAD]
    lines += [f"  {_row(c, fastest)}{_mark(c, result)}" for c in rows]
    lines += [f"  {'refused':>13}  {c.name}: {c.reason}" for c in result.contenders if not c.admitted]
    if result.roof:
        lines.append(
            f"  {1e6 * result.roof:10.1f} us  the memory's speed: the fastest that anything here moved as many bytes; the fastest "
            f"row reaches {result.roof / fastest.median:.2f} of it"
        )
    if result.site is not None:
        lines += [f"  {line}" for line in [*reasons(result), *accuracy_of(result.site)]]
    return "\n".join(lines)


def reasons(result: Race) -> list[str]:
    """Which row would be chosen and why that is not the first of the table, and what a call gets now."""
    site = result.site or {}
    best, fastest, now = result.contenders[result.best], result.fastest, result.contenders[result.chosen]
    if best is fastest:
        lines = ["chosen: the fastest"]
    else:
        lines = [
            f"chosen, though not the fastest: what is faster by less than {site['noise']:.0%} is so by chance, and the first by "
            "built-in priority stays"
        ]
    if any(c.threads > 1 for c in result.contenders if c.seconds):
        handover = f"{1e6 * float(site['handover']):.1f} us"
        lines.append(f"compared with {handover} added to what several threads take, for handing them their work")
    if now is not best:
        slower = f"{_times(now, best)} times as long as the chosen" if now.costs else "not timed here"
        lines += [f"a call gets now: {_name(now)} ({WHY[site['source']]}), {slower}"]
    return lines


def accuracy_of(site: dict[str, Any]) -> list[str]:
    """Whose kernels compute a function in the class "fast", and what was measured when they were elected."""
    if site["election"] is None:
        return []
    elected, timed = site["election"]
    if len(timed) == 1:
        return ["accuracy fast: nobody was elected, since no kernels but Raptors' own are admitted for it"]
    times = ", ".join(f"{name} {ns:.2f}" for name, ns in timed)
    return [f"accuracy fast: {elected} was elected for the whole process; ns an element: {times}"]


def regret_row(row: Row) -> str:
    """One call of regret."""
    spread = f"[{100 * row.low:.1f}, {100 * row.high:.1f}]"
    same = row.chosen == row.best
    return (
        f"{100 * row.regret:6.1f} %  {'' if same else spread:>14}  {1e6 * row.best_seconds:10.1f} us  {row.call}: {row.chosen}"
        + ("" if same else f"; {'even with' if row.even else 'best'} {row.best}")
    )


def regret_summary(rows: Sequence[Row]) -> dict[str, float]:
    """Figures over all calls; a loss that may be none by its interval counts as it was measured."""
    values = np.array([row.regret for row in rows])
    return {
        "sites": len(rows),
        "best_or_even": sum(row.chosen == row.best or row.even for row in rows),
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "worst": float(values.max()),
    }


def _row(c: Contender, fastest: Contender) -> str:
    low, high = 1e6 * min(c.medians), 1e6 * max(c.medians)
    return f"{1e6 * c.median:10.1f} us  {f'[{low:.1f}, {high:.1f}]':>20}  {_times(c, fastest):>19}  {_name(c)}"


def _times(c: Contender, other: Contender) -> str:
    ratio, low, high = c.times(other)
    return f"{ratio:.2f} [{low:.2f}, {high:.2f}]"


def _name(c: Contender) -> str:
    return f"{c.name}, {c.threads} thread{'s' * (c.threads != 1)}, {c.stores} stores"


def _mark(c: Contender, result: Race) -> str:
    if result.site is None or c is result.numpy:
        return ""
    return "  <- chosen" if c is result.contenders[result.best] else ""
