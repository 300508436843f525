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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .intervals import median_interval, rough_width, round_ratios

# One sample lasts at least this long, thousands of times what reading the clock costs.
SAMPLE_NANOSECONDS = 400_000
# The first calls after the other library's turn find caches and branch predictors cold. As the two libraries' batches
# differ, counting those calls moved the ratio of a statement to itself by up to 3 % (Xeon, 2026-11-22, 10 elements). At
# least one call goes before each sample: how much of a long call's arrays the last cache holds is then its own doing.
WARM_SHARE = 16
NARROW = 0.02  # an interval this wide within a block, relative to its median, needs no more rounds
MOST_ROUNDS = 100
# Two samples of one statement in one round that differ this much were not of the same machine: something else had it.
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
    """What can be timed: `batch` calls at a time, a number that calibrate() finds out."""

    batch: int

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

    def sample(self, count: int, warm: int = 0) -> int:
        """Run the statement `warm` times off the clock, then `count` times; return the nanoseconds."""
        if self._reset is not None and self._calls + warm + count > self._reset_after:
            self._reset()
            self._calls = 0
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
            elapsed = self.sample(count, _warm(count))
            if elapsed >= nanoseconds:
                agreed += 3 if elapsed >= 50 * nanoseconds else 1
                continue
            count, agreed = math.ceil(count * min(10.0, 1.1 * nanoseconds / max(elapsed, 1))), 0
        self.batch = count

    def seconds_a_call(self) -> float:
        """One sample of `batch` calls."""
        return self.sample(self.batch, _warm(self.batch)) / self.batch * 1e-9


def _warm(count: int) -> int:
    return math.ceil(count / WARM_SHARE)


@dataclass(frozen=True)
class Block:
    """What was measured of A and B at one time, with operands of its own: the ratio B / A, and of both the seconds a call.

    disturbed counts the rounds thrown away. movers has the medians of what was timed in the same rounds. single: each of
    the times is of one call alone, so that their percentiles mean something.
    """

    ratio: float
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    disturbed: int = 0
    movers: Mapping[str, float] = field(default_factory=dict)
    single: bool = False


@dataclass(frozen=True)
class Comparison:
    """Blocks together: medians in seconds a call; ratio is B / A with its interval. tails: the 99th percentiles of A and B,
    where single calls were timed."""

    a_seconds: float
    b_seconds: float
    ratio: float
    low: float
    high: float
    samples: int
    disturbed: int
    tails: tuple[float, float]

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Comparison:
        """The medians of the blocks' medians, and the interval that the blocks span."""
        ratio, low, high = median_interval([block.ratio for block in blocks])
        a, b = (float(np.median([np.median(times) for times in side])) for side in _sides(blocks))
        tails = [math.nan, math.nan]
        if all(block.single for block in blocks):
            tails = [float(np.percentile(np.concatenate(side), 99)) for side in _sides(blocks)]
        samples, disturbed = sum(len(block.a) for block in blocks), sum(block.disturbed for block in blocks)
        return cls(a, b, ratio, low, high, samples, disturbed, (tails[0], tails[1]))


def _sides(blocks: Sequence[Block]) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    return [block.a for block in blocks], [block.b for block in blocks]


def time_block(
    a: Timed, b: Timed, seconds: float, *, least_rounds: int = 1, movers: Mapping[str, Timed] | None = None
) -> Block:
    """Time `a` and `b` in turn, A B B A, and each of `movers` once after every such round, until `seconds` have passed or the
    block's own interval is narrow. They are calibrated.

    At least `least_rounds` are timed, however long they take. A disturbed round is thrown away, whichever statement it
    caught, as long as more are kept than thrown away: so what is a statement's own unsteadiness stays.
    """
    rounds: list[tuple[float, float, float, float]] = []
    ratios: list[float] = []
    beside: dict[str, list[float]] = {name: [] for name in movers or {}}
    disturbed = 0
    with garbage_collector_off():
        deadline = time.perf_counter() + seconds
        while len(rounds) < MOST_ROUNDS:
            times = (a.seconds_a_call(), b.seconds_a_call(), b.seconds_a_call(), a.seconds_a_call())
            if disturbed <= len(rounds) and is_disturbed(times):
                disturbed += 1
                continue
            rounds.append(times)
            for name, mover in (movers or {}).items():
                beside[name].append(mover.seconds_a_call())
            ratios.append((times[1] + times[2]) / (times[0] + times[3]))
            if len(rounds) >= least_rounds and (time.perf_counter() >= deadline or rough_width(ratios) < NARROW):
                break
    samples = np.asarray(rounds)
    return Block(
        float(np.median(round_ratios(samples))),
        samples[:, [0, 3]].ravel(),
        samples[:, [1, 2]].ravel(),
        disturbed,
        {name: float(np.median(times)) for name, times in beside.items()},
    )


def is_disturbed(times: tuple[float, float, float, float]) -> bool:
    """Whether the two samples of A, or the two of B, are far apart."""
    return any(max(pair) > DISTURBED * min(pair) for pair in ((times[0], times[3]), (times[1], times[2])))
