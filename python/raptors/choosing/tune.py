# SPDX-License-Identifier: BSD-3-Clause
"""raptors tune: measures sites within a budget of seconds, and keeps the winners in the profile."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from .. import _raptors
from .calls import OPERATIONS, Call
from .race import Race, race

# The commonest first: a budget that ends early has them.
OPS = ["multiply", "add", "sum", "subtract", "divide", "sqrt", "less", "mean", "maximum", "abs", "square", "max"]
TYPES = ["float32", "float64", "int64", "int32", "complex64"]
ALL_TYPES = [*TYPES, "uint8", "bool", "int16", "uint16", "uint32", "int8", "uint64", "complex128", "float16"]
LEAST_BYTES = 1 << 15  # calls on less have no choice
ONE_SIZE = 1 << 20
MOST_SECONDS = 0.3  # for one site, once each contender had three turns
NOISE = 0.06  # a challenger must win by more


def profile_path() -> Path:
    """Where the library looks for it: RAPTORS_PROFILE, else the user's cache folder."""
    given = os.environ.get("RAPTORS_PROFILE")
    if given and given != "off":
        return Path(given)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "raptors" / "profile"


def tune(budget: float, ops: Sequence[str], dtypes: Sequence[str], only_missing: bool, progress: TextIO) -> int:
    """0, or 1 where the profile could not be kept. Ctrl-C ends the measuring and keeps what is there."""
    path = profile_path()
    there = read_sites(path) if only_missing else {}
    found: dict[str, str] = {}
    start = time.perf_counter()
    calls = list(_calls(ops, dtypes))
    with contextlib.suppress(KeyboardInterrupt):
        for done, call in enumerate(calls):
            left = budget - (time.perf_counter() - start)
            if left <= 0:
                break
            _show(progress, done, len(calls), left, call)
            _measure(call, min(left, MOST_SECONDS), there, found)
    print(f"\r\033[K{len(found)} sites measured in {time.perf_counter() - start:.0f} s", file=progress)
    for line in _raptors._backends_verdicts().splitlines():
        found[_key(line)] = line
    try:
        count = keep(path, found)
    except OSError as error:
        print(f"raptors tune: the profile could not be kept in {path}: {error.strerror}", file=progress)
        return 1
    print(f"{count} lines in {path}", file=progress)
    return 0


def _calls(ops: Sequence[str], dtypes: Sequence[str]) -> Iterator[Call]:
    """All sizes of the commonest operations with one type each, for threads and stores; one size of every operation
    with every type, for the kernel; and then the commonest with the other types."""
    types = dtypes or TYPES
    yield from _calls_of_all_sizes(ops or OPS, types, 0)
    for dtype in dtypes or ALL_TYPES:
        for op in ops or [name for name, _, _, _ in _raptors.OPERATIONS]:
            for scalar, form, layout in _kinds(op):
                yield _call(op, dtype, ONE_SIZE, scalar, form, layout)
    for turn in range(1, len(types)):
        yield from _calls_of_all_sizes(ops or OPS, types, turn)


def _calls_of_all_sizes(ops: Sequence[str], types: Sequence[str], turn: int) -> Iterator[Call]:
    for i, op in enumerate(ops):
        for scalar, form, layout in _kinds(op):
            for size in _sizes(1.5 if i % 2 else 1):
                yield _call(op, types[(i + turn) % len(types)], size, scalar, form, layout)


def _sizes(first: float) -> Iterator[float]:
    """Octaves from `first` times the least to four times the last cache."""
    size, largest = first * LEAST_BYTES, 4 * (_last_cache() or 32 << 20)
    while size <= largest:
        yield size
        size *= 2


def _kinds(op: str) -> Iterator[tuple[bool, str, str]]:
    """What makes sites of their own: a number as operand, in place, strided."""
    _, inputs, reduction = OPERATIONS[op]
    for scalar in [True, False] if inputs == 2 and not reduction else [False]:
        for form in ["allocating"] if reduction else ["allocating", "in place"]:
            for layout in ("contiguous", "strided"):
                yield scalar, form, layout


def _call(op: str, dtype: str, size: float, scalar: bool, form: str, layout: str) -> Call:
    _, inputs, reduction = OPERATIONS[op]
    operands = 1 + (inputs == 2 and not scalar) + (not reduction)
    # In the middle of a half octave, so that the call is in the class it is measured for.
    return Call(op, dtype, (int(size * 1.2 / operands / np.dtype(dtype).itemsize),), scalar, form, layout)


def _measure(call: Call, seconds: float, there: dict[str, str], found: dict[str, str]) -> None:
    try:
        result = race(call, rounds=5, seconds=seconds, numpy=False)
    except (TypeError, ValueError):
        return  # no such loop
    # A staged call that is not strided has casts of its own.
    if result.site is None or (result.site["layout"] in ("strided", "strided-out", "staged")) != (
        call.layout == "strided"
    ):
        return
    key, line = _line(result)
    if key not in there:
        found[key] = line


def _line(result: Race) -> tuple[str, str]:
    site = result.site
    assert site is not None
    rank, best = result.contenders[0], result.contenders[result.best]
    taken = rank if rank.ratio * (1 - NOISE) <= best.ratio else best
    wide = site["wide"]
    key = f"site {site['op']} {site['dtype']} {site['operands']} {site['layout']} {wide} {site['least_bytes']}"
    threads = "all" if taken.threads > 1 else "one"
    return key, f"{key} {taken.name} {threads} {taken.stores} {1e6 * taken.median:.2f}"


def read_sites(path: Path) -> dict[str, str]:
    """The lines of a profile that is good for this machine, by site or library; none of any other."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    head = _raptors._profile_head()
    lines = text.removeprefix(head).splitlines()
    if not text.startswith(head) or not lines or lines[-1] != f"end {len(lines) - 1}":
        return {}
    return {_key(line): line for line in lines[:-1]}


def _key(line: str) -> str:
    words = line.split(" ")
    return " ".join(words[: 2 if words[0] == "library" else 7])


def keep(path: Path, found: dict[str, str]) -> int:
    """Adds the lines to the profile, whole or not at all: another process's lines stay. Returns how many it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(path.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lines = read_sites(path) | found
        body = "".join(line + "\n" for line in lines.values())
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{_raptors._profile_head()}{body}end {len(lines)}\n")
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    return len(lines)


def _last_cache() -> int:
    for line in _raptors.info().splitlines():
        if line.startswith("cache l3:"):
            return int(line.split()[2]) << 10
    return 0


def _show(progress: TextIO, done: int, count: int, left: float, call: Call) -> None:
    if progress.isatty():
        filled = 30 * done // max(count, 1)
        print(f"\r\033[K[{'#' * filled:30}] {left:4.0f} s left  {call}", end="", file=progress, flush=True)
