# SPDX-License-Identifier: BSD-3-Clause
"""Vendor libraries that a command is asked for by name: loading them, and what to say where they cannot be had."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from . import _raptors
from .console import Parser, say, unknown

NAMES = "openblas,blis,mkl,vml,libmvec,sleef,accelerate, all, or with a path openblas=/path/libopenblas.so"
HELP = f"vendor libraries to try too: {NAMES} (default: RAPTORS_BACKENDS)"


def load(parser: Parser, names: str = "") -> None:
    """Loads the named ones and those of RAPTORS_BACKENDS. A name that is none is an error of the parser's; of one in
    RAPTORS_BACKENDS the command has said that it is ignored."""
    known = [*_lines(), "all"]
    for word in _words(names):
        if "=" not in word and word not in known:
            parser.error(unknown("library", word, known))
    with contextlib.suppress(ValueError):
        _raptors._load_backends(_from_environment())
    try:
        _raptors._load_backends(names)
    except ValueError as error:
        parser.error(str(error))


def tell_missing(parser: Parser, names: str = "") -> None:
    """Says on standard error which of those that load() was asked for cannot be had."""
    for line in dict.fromkeys(_missing(f"{_from_environment()},{names}")):
        say(f"{parser.prog}: {line}")


def _from_environment() -> str:
    return os.environ.get("RAPTORS_BACKENDS", "")


def _missing(names: str) -> Iterator[str]:
    """A line for each library that was refused; and where nothing of what a name stands for can be had, for all of it."""
    lines = _lines()
    for word in _words(names):
        name = word.partition("=")[0]
        states = [line for row, line in lines.items() if name == "all" or row == name or row.startswith(name + ".")]
        refused = [line for line in states if line.partition(": ")[2].startswith("refused: ")]
        absent = [line for line in states if line.partition(": ")[2].startswith("not found: ")]
        yield from refused + absent if len(refused + absent) == len(states) else refused


def _lines() -> dict[str, str]:
    """What the library says of each one that it knows or has loaded, by name."""
    lines = _raptors._backends_info().splitlines()
    return {line.partition(": ")[0]: line for line in lines if not line.startswith((" ", "RAPTORS_"))}


def _words(names: str) -> list[str]:
    return [word.strip() for word in names.split(",") if word.strip()]
