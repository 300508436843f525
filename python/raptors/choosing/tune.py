# SPDX-License-Identifier: BSD-3-Clause
"""raptors tune: times kinds of calls (sites) within a budget of seconds, and keeps the winners in the profile."""

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
from typing import Any, TextIO

import numpy as np

from .. import _raptors
from ..bench.idle import idle_note, read_clock, use_between
from ..console import FAILED, StatusLine, say, status_of
from .calls import FORMS, OPERATIONS, Call
from .race import Race, find_site, race

# The commonest first. Their sizes, each with one type, say which threads and stores a size wants.
OPS = ["multiply", "add", "sum", "subtract", "divide", "sqrt", "less", "mean", "maximum", "abs", "square", "max"]
FEW = 4  # of them, where calls are long
TYPES = ["float32", "float64", "int64", "int32", "complex64", "uint8", "bool", "int16"]
TYPES += ["uint16", "uint32", "int8", "uint64", "complex128", "float16"]
REVISITS = 0.05  # of the budget, for sites that look odd
LEAST_BYTES = 1 << 15  # calls on less have no choice
MOST_SECONDS = 0.03  # for one site, once each contender that is left had three turns
ALONE_SECONDS = 2.0  # for a call that is the only one
BAR = 10  # letters, so that a narrow terminal shows the time left
SHOWN = [Call("multiply", "float32", (2048, 2048), True, form) for form in FORMS]  # in README: measured first


def profile_path() -> Path | None:
    """Where the library looks for it, and tune writes it; None: nowhere."""
    path = _raptors._profile_path()
    return None if path is None else Path(path)


def tune(path: Path, budget: float, calls: Sequence[Call], only_missing: bool, progress: TextIO) -> int:
    """Measures the calls in turn and says what came of it; 0, or 1 where the profile could not be kept in `path`.

    A signal ends the measuring: what is there is kept, and the result is the exit status that it asks for.
    """
    before = read_sites(path)
    if not before and path.is_file() and path.stat().st_size:
        say(f"raptors tune: {path} is of another machine, version or setting, and will be replaced")
    tuning = _Tuning(before if only_missing else {})
    status = StatusLine(progress)
    say(f"raptors tune: measuring for at most {budget:.0f} s; Ctrl-C ends it, and keeps what was measured")
    start, clock = time.perf_counter(), read_clock()
    done = stopped = 0
    try:
        for done, call in enumerate(calls):
            spent = time.perf_counter() - start
            if spent >= (1 - REVISITS) * budget:
                break
            status.show(_progress(spent, budget, done, len(calls), f"{len(tuning.found)} measured; {call}"))
            tuning.measure(call, MOST_SECONDS if len(calls) > 1 else ALONE_SECONDS)
        else:
            done = len(calls)
        for call in tuning.outliers():
            spent = time.perf_counter() - start
            if spent >= budget:
                break
            status.show(_progress(spent, budget, done, len(calls), f"again: {call}"))
            tuning.measure(call, MOST_SECONDS)
    except KeyboardInterrupt as stop:
        stopped = status_of(stop)
    status.show("")
    spent, others = time.perf_counter() - start, use_between(clock, read_clock())
    for line in _raptors._backends_verdicts().splitlines():
        tuning.found[_key(line)] = line
    if stopped and not tuning.found:
        say("raptors tune: stopped before anything was measured")
        return stopped
    try:
        count = keep(path, tuning.found)
    except OSError as error:
        say(f"raptors tune: the profile could not be kept in {path}: {error.strerror}")
        return stopped or FAILED
    print(f"{_kinds_of_calls(len(tuning.gains))} measured in {spent:.0f} s. {path} has {_kinds_of_calls(count)}.")
    if note := idle_note(others, None, None):
        print(f"{note} Measure again when it is idle.")
    if tuning.gains:
        print(_what_was_gained(list(tuning.gains.values())))
    if done < len(calls):
        left = math.ceil(spent * (len(calls) - done) / max(tuning.tried, 1) / 10) * 10
        print(
            f"{100 * done / len(calls):.0f} % of what there is to measure is done. The same command with --only-missing goes on: "
            f"--only-missing --budget {left} or more measures the rest."
        )
    if stopped:
        say("raptors tune: stopped; what was measured is kept")
    return stopped


class _Tuning:
    """What was measured so far."""

    def __init__(self, there: dict[str, str]) -> None:
        self.there = there  # lines of the profile that are left alone, by site
        self.found: dict[str, str] = {}  # lines for the profile, by site
        self.calls: dict[str, Call] = {}  # by which the sites were met
        self.gains: dict[str, float] = {}  # how many times as long they took before, by site
        self.tried = 0

    def measure(self, call: Call, seconds: float) -> None:
        """Nothing where there is no such loop, the call is too small to have a site, or the site is left alone."""
        try:
            if self.there and _site_key(find_site(call.prepare())) in self.there:
                return
            self.tried += 1
            result = race(call, rounds=7, seconds=seconds, numpy=False, thorough=False)
        except (TypeError, ValueError):
            return
        if result.site is None:
            return
        key = _site_key(result.site)
        self.found[key] = _line(key, result)
        self.calls[key] = call
        chosen, best = result.contenders[result.chosen], result.contenders[result.best]
        self.gains[key] = chosen.ratio / best.ratio if math.isfinite(chosen.ratio) else 1.0

    def outliers(self) -> list[Call]:
        """Calls whose threads differ from most of their size and layout: another program may have had a processor meanwhile."""
        ways: dict[tuple[bool, str, str], Counter[str]] = defaultdict(Counter)
        for line in self.found.values():
            ways[_group(line)][_threads(line)] += 1
        odd = [key for key, line in self.found.items() if ways[_group(line)].most_common(1)[0][0] != _threads(line)]
        return [self.calls[key] for key in odd]


def _kinds_of_calls(count: int) -> str:
    return "1 kind of call" if count == 1 else f"{count} kinds of calls"


def _what_was_gained(gains: Sequence[float]) -> str:
    faster = [gain for gain in gains if gain > 1]
    if not faster:
        return f"{'It is' if len(gains) == 1 else 'They are'} computed in the fastest way already."
    if len(gains) == 1:
        return f"It will be {gains[0]:.2f} times as fast as before."
    median = float(np.median(faster))
    return (
        f"{len(faster)} of them will be faster than before, {median:.2f} times in the median; "
        "the others are computed in the fastest way already."
    )


def calls_to_tune(ops: Sequence[str], dtypes: Sequence[str]) -> list[Call]:
    """What there is to measure of these operations and types (none: of all), the first that README shows."""
    first = [call for call in SHOWN if call.op in (ops or [call.op]) and call.dtype in (dtypes or [call.dtype])]
    return list(dict.fromkeys([*first, *_calls(ops, dtypes)]))


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


def _group(line: str) -> tuple[bool, str, str]:
    _, _, _, operands, layout, _, least, *_ = line.split(" ")
    return operands in ("row", "column"), layout, least


def _threads(line: str) -> str:
    return line.split(" ")[8]


def _site_key(site: dict[str, Any] | None) -> str:
    if site is None:
        return ""
    return f"site {site['op']} {site['dtype']} {site['operands']} {site['layout']} {site['wide']} {site['least_bytes']}"


def _line(key: str, result: Race) -> str:
    taken = result.contenders[result.best]
    threads = "all" if taken.threads > 1 else "one"
    return f"{key} {taken.name} {threads} {taken.stores} {1e6 * taken.median:.2f}"


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


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[Path]:
    """The file itself where `path` is a link, while no other process writes it.

    OSError where it cannot be written, or something lies there that is no regular file: it is not ours to replace.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(path.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


def check_place(path: Path) -> None:
    """OSError where the profile could not be kept there."""
    with _locked(path) as file:
        tempfile.TemporaryFile(dir=file.parent).close()


def keep(path: Path, found: dict[str, str]) -> int:
    """Adds the lines to the profile, whole or not at all: another process's lines stay. Returns how many kinds of calls it
    has. OSError as _locked."""
    with _locked(path) as file:
        lines = read_sites(file) | found
        body = "".join(lines[key] + "\n" for key in sorted(lines))
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        try:
            with open(descriptor, "w", encoding="utf-8") as stream:
                stream.write(f"{_raptors._profile_head()}{body}end {len(lines)}\n")
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
    return sum(line.startswith("site ") for line in lines.values())


def _cache(level: str) -> int:
    """Bytes; 0: unknown, or none."""
    for line in _raptors.info().splitlines():
        if line.startswith(f"cache {level}:"):
            return int(line.split()[2]) << 10
    return 0


def _progress(spent: float, budget: float, done: int, count: int, text: str) -> str:
    """A bar of the time, or of the calls where they will be done sooner; the seconds left; a text."""
    share = max(spent / budget, done / max(count, 1))
    left = min(budget - spent, spent * (count - done) / done) if done else budget - spent
    return f"[{'#' * int(BAR * share):{BAR}}] {max(left, 0):.0f} s left, {text}"
