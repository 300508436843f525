# SPDX-License-Identifier: BSD-3-Clause
"""The results as files: JSON for programs, beside page.py's HTML for people; and two runs' files held against each other."""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .cells import Result
from .figures import by_section, summarise
from .goals import judge
from .intervals import meet
from .verdict import headline


def as_document(results: Sequence[Result], machine: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Everything that was measured, as JSON values. Times are seconds, ratios NumPy's time over Raptors'."""
    summaries = [asdict(summarise(section, rows)) for section, rows in by_section(results).items()]
    goals = [asdict(goal) | {"state": goal.state} for goal in judge(results)] if settings.get("goals") else []
    return {
        "format": 2,
        "headline": headline(results),
        "machine": machine,
        "settings": settings,
        "summary": [_finite(row) for row in summaries],
        "goals": goals,
        "cases": [result.as_json() for result in results],
    }


def cannot_write(paths: Iterable[Path]) -> list[str]:
    """Make the directories of these files; return a message for each that cannot be written there."""
    problems = []
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not os.access(path if path.exists() else path.parent, os.W_OK):
                problems.append(f"cannot write {path}: {os.strerror(errno.EACCES)}")
        except OSError as problem:
            problems.append(f"cannot write {path}: {problem.strerror or problem}")
    return problems


def write_files(texts: Mapping[Path, str]) -> list[str]:
    """Write the files, making their directories; return a message for each that could not be written."""
    problems = []
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as problem:
            problems.append(f"cannot write {path}: {problem.strerror or problem}")
    return problems


def as_text(document: dict[str, Any]) -> str:
    """The document as JSON."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def compare_runs(one: Path, other: Path) -> tuple[str, float]:
    """Whether two runs' files say the same: in how many of the cases that both have their intervals meet, and which do not;
    and the share. ValueError: a file is none of ours, or there is no such case."""
    first, second = _cases(one), _cases(other)
    both = [name for name in first if name in second]
    if not both:
        raise ValueError(f"{one} and {other} have no timed case in common")
    lines = []
    for name in both:
        a, b = first[name], second[name]
        if not meet((a["low"], a["high"]), (b["low"], b["high"])):
            intervals = (f"{c['ratio']:.3g} [{c['low']:.3g}, {c['high']:.3g}]" for c in (a, b))
            lines.append(f"  {name}: {' and '.join(intervals)}")
    share = 1.0 - len(lines) / len(both)
    count = len(both) - len(lines)
    return "\n".join([f"the intervals of {count} of {len(both)} cases meet, {share:.1%}", *lines]), share


def _cases(path: Path) -> dict[str, dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["cases"]
        return {row["name"]: row for row in rows if row["ratio"] is not None}
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"{path} is no file of raptors bench") from problem


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
