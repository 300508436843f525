# SPDX-License-Identifier: BSD-3-Clause
"""Timing two statements against each other.

A statement is compiled into a loop of its own, as timeit does, so that no function call stands between the clock and
it. An expression's result is dropped at once: the memory of one call is free again before the next begins, for both
libraries alike.
"""

from __future__ import annotations

import gc
import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .intervals import bootstrap_interval, quad_ratios, rough_width

# One sample lasts at least this long, thousands of times what reading the clock costs.
SAMPLE_NANOSECONDS = 400_000
# The first calls after the other library's turn find caches and branch predictors cold. As the two libraries' batches
# differ, counting those calls moved the ratio of a statement to itself by up to 3 % (Xeon, 2026-11-22, 10 elements).
WARM_SHARE = 16
NARROW = 0.02  # an interval this wide, relative to its median, needs no more quads
MOST_QUADS = 200
# Two samples of one statement in one quad that differ this much were not of the same machine: something else had it.
DISTURBED = 1.5


@contextmanager
def garbage_collector_off() -> Iterator[None]:
    """A collection in the middle of a sample would be charged to whichever library was being timed."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Timed(Protocol):
    """What can be timed: calibrate() is called once, before."""

    def calibrate(self) -> None: ...
    def seconds_a_call(self) -> float: ...


class Loop:
    """A statement and its names, compiled. reset: see cells.Work."""

    def __init__(
        self, statement: str, names: Mapping[str, Any], reset: Callable[[], None] | None = None, reset_after: int = 0
    ) -> None:
        parameters = ", ".join(["_times", "_clock", *names])
        source = (
            f"def loop({parameters}):\n"
            "    _start = _clock()\n"
            "    for _ in _times:\n"
            f"        {statement}\n"
            "    return _clock() - _start\n"
        )
        scope: dict[str, Any] = {}
        exec(compile(source, "<bench>", "exec"), scope)
        self._loop = scope["loop"]
        self._names = dict(names)
        self._reset = reset
        self._reset_after = reset_after
        self._calls = 0
        self.batch = 1

    def sample(self, count: int) -> int:
        """Run the statement `count` times, after a few times off the clock; return the nanoseconds."""
        warm = math.ceil(count / WARM_SHARE) if count > 1 else 0
        if self._reset is not None and self._calls + warm + count > self._reset_after:
            self._reset()
            self._calls, warm = 0, max(warm, 1)
        self._calls += warm + count
        if warm:
            self._run(warm)
        return self._run(count)

    def _run(self, count: int) -> int:
        return int(self._loop(itertools.repeat(None, count), time.perf_counter_ns, **self._names))

    def calibrate(self, nanoseconds: int = SAMPLE_NANOSECONDS) -> None:
        """Set `batch` so that a sample lasts `nanoseconds` or is a single call. The first call is not counted.

        A size counts as long enough when three samples agree: one alone may have been interrupted.
        """
        self.sample(1)
        count, agreed = 1, 0
        while agreed < 3:
            elapsed = self.sample(count)
            if elapsed >= nanoseconds:
                agreed += 3 if elapsed >= 50 * nanoseconds else 1
                continue
            count, agreed = math.ceil(count * min(10.0, 1.1 * nanoseconds / max(elapsed, 1))), 0
        self.batch = count

    def seconds_a_call(self) -> float:
        """One sample of `batch` calls."""
        return self.sample(self.batch) / self.batch * 1e-9


@dataclass(frozen=True)
class Comparison:
    """Medians in seconds a call; ratio is B / A with its interval. disturbed counts the quads thrown away; movers are the
    times, round by round, of what was timed beside A and B. tails: the 99th percentiles of A and B, where they were asked."""

    a_seconds: float
    b_seconds: float
    ratio: float
    low: float
    high: float
    quads: int
    disturbed: int
    movers: Mapping[str, list[float]] = field(default_factory=dict)
    tails: tuple[float, float] = (math.nan, math.nan)


def compare(
    a: Timed, b: Timed, seconds: float, *, least_quads: int = 8, movers: Mapping[str, Timed] | None = None
) -> Comparison:
    """Time `a` and `b` in turn, A B B A, and each of `movers` once after every such quad, until `seconds` have passed or the ratio's interval is narrow.

    At least `least_quads` quads are timed, however long they take. A disturbed quad is thrown away, whichever
    statement it caught, as long as more are kept than thrown away: so what is a statement's own unsteadiness stays.
    """
    quads: list[tuple[float, float, float, float]] = []
    ratios: list[float] = []
    beside: dict[str, list[float]] = {name: [] for name in movers or {}}
    disturbed = 0
    with garbage_collector_off():
        deadline = time.perf_counter() + seconds
        for timed in (a, b, *(movers or {}).values()):
            timed.calibrate()
        while len(quads) < MOST_QUADS:
            quad = (a.seconds_a_call(), b.seconds_a_call(), b.seconds_a_call(), a.seconds_a_call())
            if disturbed <= len(quads) and is_disturbed(quad):
                disturbed += 1
                continue
            quads.append(quad)
            for name, mover in (movers or {}).items():
                beside[name].append(mover.seconds_a_call())
            ratios.append((quad[1] + quad[2]) / (quad[0] + quad[3]))
            if len(quads) >= least_quads and (time.perf_counter() >= deadline or rough_width(ratios) < NARROW):
                break
    samples = np.asarray(quads)
    ratio, low, high = bootstrap_interval(quad_ratios(samples))
    a_seconds, b_seconds = float(np.median(samples[:, [0, 3]])), float(np.median(samples[:, [1, 2]]))
    return Comparison(a_seconds, b_seconds, ratio, low, high, len(quads), disturbed, beside)


def is_disturbed(quad: tuple[float, float, float, float]) -> bool:
    """Whether the two samples of A, or the two of B, are far apart."""
    return any(max(pair) > DISTURBED * min(pair) for pair in ((quad[0], quad[3]), (quad[1], quad[2])))
