# SPDX-License-Identifier: BSD-3-Clause
"""Which names are Raptors' own: for raptors.native(), and for the table of docs/native.md."""

from __future__ import annotations

import sys

from . import _passing, _raptors
from ._raptors import Array


def native() -> tuple[str, ...]:
    """The names that Raptors computes itself: functions of the module, and methods of Array as "Array.sum".

    All others of the module and of Array are NumPy's. So is the call of one of these with arguments that it does not take.
    """
    module = sys.modules["raptors"]
    functions = [name for name in _passing.OWN if callable(getattr(module, name)) and name[0] != "_"]
    types = {*_raptors.DTYPES, "Array"}
    methods = [
        f"Array.{name}"
        for name in dir(Array)
        if name[0] != "_" and callable(getattr(Array, name)) and name not in _raptors.PASSED_METHODS
    ]
    return (*sorted({*functions} - types), *methods)


def table() -> str:
    """The table of docs/native.md: the names of native() in Markdown, by what they do."""
    own = native()
    operations = {name: row[3] for row in _raptors.OPERATIONS for name in row[:2]}
    groups: dict[str, list[str]] = {}
    for name in own:
        if name.startswith("Array."):
            group = "methods of `Array`"
        elif name in operations:
            group = "reductions" if operations[name] else "elementwise"
        else:
            group = "the rest"
        groups.setdefault(group, []).append(f"`{name.removeprefix('Array.')}`")
    lines = [f"| {group} | {' '.join(groups[group])} |" for group in sorted(groups)]
    return "\n".join(["| what | names |", "|---|---|", *lines, ""])


def write_table(page: str) -> None:
    """Puts the table into the page, in the place of the one that is there."""
    with open(page, "r+", encoding="utf-8") as file:
        text = file.read()
        start = text.index("| what |")
        end = text.index("\n\n", start) + 1
        file.seek(0)
        file.write(text[:start] + table() + text[end:])
        file.truncate()
