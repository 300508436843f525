# SPDX-License-Identifier: BSD-3-Clause
"""The results as files: JSON for programs, one self-contained HTML page for people."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .cells import Result
from .goals import by_section, judge, summarise
from .page import render_page


def as_document(results: Sequence[Result], machine: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Everything that was measured, as JSON values. Times are seconds, ratios NumPy's time over Raptors'."""
    summaries = [asdict(summarise(section, rows)) for section, rows in by_section(results).items()]
    goals = [asdict(goal) | {"state": goal.state} for goal in judge(results)]
    cells = [result.as_json() for result in results]
    return {
        "format": 1,
        "machine": machine,
        "settings": settings,
        "summary": [_finite(row) for row in summaries],
        "goals": goals,
        "cells": cells,
    }


def write_files(
    json_path: Path, html_path: Path, results: Sequence[Result], machine: dict[str, Any], settings: dict[str, Any]
) -> list[str]:
    """Write both files, making their directories; return a message for each that could not be written."""
    document = as_document(results, machine, settings)
    texts = {
        json_path: json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        html_path: render_page(results, machine, settings),
    }
    problems = []
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as problem:
            problems.append(f"cannot write {path}: {problem.strerror or problem}")
    return problems


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
