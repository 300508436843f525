# SPDX-License-Identifier: BSD-3-Clause
"""raptors tune: measures sites within a budget of seconds, and keeps the winners in the profile."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import math
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from .. import _raptors
from ..console import FAILED, say, status_of
from .calls import OPERATIONS, Call
from .race import Race, race

# The commonest first. Their sizes, each with one type, say which threads and stores a size wants.
OPS = ["multiply", "add", "sum", "subtract", "divide", "sqrt", "less", "mean", "maximum", "abs", "square", "max"]
FEW = 4  # of them, where calls are long
TYPES = ["float32", "float64", "int64", "int32", "complex64", "uint8", "bool", "int16"]
TYPES += ["uint16", "uint32", "int8", "uint64", "complex128", "float16"]
REVISITS = 0.05  # of the budget, for sites that look odd
LEAST_BYTES = 1 << 15  # calls on less have no choice
MOST_SECONDS = 0.03  # for one site, once each contender that is left had three turns
CLEAR = "\r\033[K"  # of a terminal's line


def profile_path() -> Path | None:
    """Where the library looks for it, and tune writes it; None: nowhere."""
    path = _raptors._profile_path()
    return None if path is None else Path(path)


def tune(
    path: Path, budget: float, ops: Sequence[str], dtypes: Sequence[str], only_missing: bool, progress: TextIO
) -> int:
    """0, or 1 where the profile could not be kept in `path`. A signal ends the measuring: what is there is kept, and the
    result is the exit status that it asks for."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        say(f"raptors tune: the profile will not be kept: {path.parent}: {error.strerror}")
    there = read_sites(path) if only_missing else {}
    found: dict[str, str] = {}
    start = time.perf_counter()
    calls = list(_calls(ops, dtypes))
    measured: dict[str, Call] = {}
    done = stopped = 0
    try:
        for done, call in enumerate(calls):
            left = (1 - REVISITS) * budget - (time.perf_counter() - start)
            if left <= 0:
                break
            _show(progress, _bar(done, len(calls), left, call))
            key = _measure(call, min(left, MOST_SECONDS), there, found)
            if key:
                measured[key] = call
        for key in _outliers(found):
            left = budget - (time.perf_counter() - start)
            if left <= 0:
                break
            _measure(measured[key], min(left, MOST_SECONDS), there, found)
    except KeyboardInterrupt as stop:
        stopped = status_of(stop)
    _show(progress, CLEAR)
    seconds, share = time.perf_counter() - start, 100 * min(done / len(calls), 1)
    say(f"{len(found)} sites measured in {seconds:.0f} s, {share:.0f} % of all")
    for line in _raptors._backends_verdicts().splitlines():
        found[_key(line)] = line
    try:
        count = keep(path, found)
    except OSError as error:
        say(f"raptors tune: the profile could not be kept in {path}: {error.strerror}")
        return stopped or FAILED
    say(f"{count} lines in {path}")
    return stopped


def _calls(ops: Sequence[str], dtypes: Sequence[str]) -> Iterator[Call]:
    """The commonest operations at all sizes with one type each, for threads and stores; every operation with every type in
    each reach of the caches, for the kernel. What takes long comes last, the commonest types first."""
    second, last = _cache("l2") or 1 << 20, _cache("l3") or 8 << 20
    most = [name for name, _, _, _ in _raptors.OPERATIONS]
    yield from _calls_of_all_sizes(ops or OPS, dtypes or TYPES, LEAST_BYTES, last / 2)
    for size in [second, math.sqrt(second * last)]:
        for dtype, op in itertools.product(dtypes or TYPES, ops or most):
            for kind in _kinds(op):
                yield _call(op, dtype, size, *kind)
    yield from _calls_of_all_sizes(ops or OPS[:FEW], dtypes or TYPES, last / 2, 4 * last)
    for dtype, layout, op in itertools.product(dtypes or TYPES, ("contiguous", "strided"), ops or most):
        for kind in _kinds(op):
            if kind[2] == layout and (kind[1] == "allocating" or layout == "strided"):
                yield _call(op, dtype, 1.5 * last, *kind)


def _calls_of_all_sizes(ops: Sequence[str], types: Sequence[str], least: float, largest: float) -> Iterator[Call]:
    """Octaves, of every other operation half an octave further."""
    for i, op in enumerate(ops):
        size = least * (1.5 if i % 2 else 1)
        while size <= largest:
            for kind in _kinds(op):
                yield _call(op, types[i % len(types)], size, *kind)
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
    # What is strided brings lines of which every other element is not its own.
    apart = 2 if layout == "strided" else 1
    operands = apart * (1 + (inputs == 2 and not scalar)) + (0 if reduction else apart if form == "in place" else 1)
    # In the middle of a half octave, so that the call is in the class it is measured for.
    return Call(op, dtype, (int(size * 1.2 / operands / np.dtype(dtype).itemsize),), scalar, form, layout)


def _outliers(found: dict[str, str]) -> list[str]:
    """Sites whose threads differ from most of their size and layout: another program may have had a processor meanwhile."""
    ways: dict[tuple[bool, str, str], Counter[str]] = defaultdict(Counter)
    for line in found.values():
        ways[_group(line)][_threads(line)] += 1
    return [key for key, line in found.items() if ways[_group(line)].most_common(1)[0][0] != _threads(line)]


def _group(line: str) -> tuple[bool, str, str]:
    _, _, _, operands, layout, _, least, *_ = line.split(" ")
    return operands in ("row", "column"), layout, least


def _threads(line: str) -> str:
    return line.split(" ")[8]


def _measure(call: Call, seconds: float, there: dict[str, str], found: dict[str, str]) -> str | None:
    """The key of the site; None: the call has none."""
    try:
        result = race(call, rounds=7, seconds=seconds, numpy=False, thorough=False)
    except (TypeError, ValueError):
        return None  # no such loop
    if result.site is None:
        return None
    key, line = _line(result)
    if key not in there:
        found[key] = line
    return key


def _line(result: Race) -> tuple[str, str]:
    site = result.site
    assert site is not None
    taken = result.contenders[result.best]
    wide = site["wide"]
    key = f"site {site['op']} {site['dtype']} {site['operands']} {site['layout']} {wide} {site['least_bytes']}"
    threads = "all" if taken.threads > 1 else "one"
    return key, f"{key} {taken.name} {threads} {taken.stores} {1e6 * taken.median:.2f}"


def read_sites(path: Path) -> dict[str, str]:
    """The lines of a profile that is good for this machine, by site or library; none of any other."""
    if not path.is_file():  # a FIFO would make us wait, and so would more than the size of some files of /proc
        return {}
    try:
        with path.open("rb") as file:
            text = file.read(os.fstat(file.fileno()).st_size).decode()
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
    """Adds the lines to the profile, whole or not at all: another process's lines stay. Returns how many it has.

    OSError where it cannot be written, or something lies there that is no regular file: it is not ours to replace.
    """
    path = path.resolve()  # a link stays a link
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(path.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lines = read_sites(path) | found
        body = "".join(lines[key] + "\n" for key in sorted(lines))
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{_raptors._profile_head()}{body}end {len(lines)}\n")
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    return len(lines)


def _cache(level: str) -> int:
    """Bytes; 0: unknown, or none."""
    for line in _raptors.info().splitlines():
        if line.startswith(f"cache {level}:"):
            return int(line.split()[2]) << 10
    return 0


def _show(progress: TextIO, text: str) -> None:
    """On a terminal alone."""
    if progress.isatty():
        with contextlib.suppress(OSError):
            print(text, end="", file=progress, flush=True)


def _bar(done: int, count: int, left: float, call: Call) -> str:
    filled = 30 * done // max(count, 1)
    return f"{CLEAR}[{'#' * filled:30}] {left:4.0f} s left  {call}"
