# SPDX-License-Identifier: BSD-3-Clause
"""The roof: the least time in which this machine moves the bytes that a call moves, from memory or the caches alike.

It is the fastest of several movers of the same bytes, over arrays of the same size, on the threads that Raptors may use:

    copy       every byte of one array read, every byte of another written: numpy.copyto (the C library's memmove)
    in place   every byte of one array read and written: numpy.negative(a, out=a), of integers of one byte
    read       every byte of one array read: numpy.max, of integers of one byte

by NumPy on one thread, by NumPy on every thread, each with its own part, and by Raptors' function of that name. The threads of
a NumPy mover start together and repeat their part without meeting in between, so no hand-over is charged to the roof. An
allocating call is held against the copying roof: a recycled result costs nothing more.

Movers are timed in the rounds of the call that is held against them, so that what slows the machine slows both. In each
block the roof is the mover whose median is least. The call itself and NumPy's are movers too: where one of them is the
fastest of all, that is how fast the bytes can be moved, and nothing is faster than the roof.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .engine import available_threads, library
from .timing import Block, Loop, Timed, garbage_collector_off

COPY, IN_PLACE, READ = "copy", "in place", "read"
ITSELF, NUMPYS = "the call itself", "NumPy's call"
LONG_SAMPLE = 2_000_000  # nanoseconds; starting threads must not show


@dataclass(frozen=True)
class Roof:
    """The least time, and which mover reached it."""

    seconds: float
    mover: str


class ThreadedMover:
    """`move(part)` for each of the parts, each on a thread of its own, once off the clock and `batch` times over."""

    def __init__(self, move: Callable[[int], Any], threads: int) -> None:
        self._move = move
        self._threads = threads
        self.batch = 1

    def _nanoseconds(self, count: int) -> int:
        starts, ends = [0] * self._threads, [0] * self._threads
        gate = threading.Barrier(self._threads)

        def worker(part: int) -> None:
            self._move(part)
            try:
                gate.wait()
            except threading.BrokenBarrierError:
                return  # the caller was interrupted
            starts[part] = time.perf_counter_ns()
            for _ in itertools.repeat(None, count):
                self._move(part)
            ends[part] = time.perf_counter_ns()

        workers = [threading.Thread(target=worker, args=(part,), daemon=True) for part in range(1, self._threads)]
        try:
            for thread in workers:
                thread.start()
            worker(0)
            for thread in workers:
                thread.join()
        except BaseException:
            gate.abort()  # an interrupt must not leave the others waiting
            raise
        return max(ends) - min(starts)

    def calibrate(self) -> None:
        self._nanoseconds(1)
        elapsed = self._nanoseconds(2) / 2
        self.batch = max(2, math.ceil(LONG_SAMPLE / max(elapsed, 1.0)))

    def seconds_a_call(self) -> float:
        return self._nanoseconds(self.batch) / self.batch * 1e-9


def roof_of(blocks: Sequence[Block]) -> Roof:
    """The median of the blocks' roofs, and who was the fastest most often."""
    found = []
    for block in blocks:
        medians = {**block.movers, ITSELF: float(np.median(block.a)), NUMPYS: float(np.median(block.b))}
        best = min(medians, key=lambda name: medians[name])
        found.append(Roof(medians[best], best))
    names = Counter(roof.mover for roof in found)
    return Roof(float(np.median([roof.seconds for roof in found])), names.most_common(1)[0][0])


def time_movers(movers: Mapping[str, Timed], rounds: int = 5) -> dict[str, float]:
    """Each mover's median of as many rounds, by themselves."""
    for mover in movers.values():
        mover.calibrate()
    with garbage_collector_off():
        times = [{name: mover.seconds_a_call() for name, mover in movers.items()} for _ in range(rounds)]
    return {name: float(np.median([turn[name] for turn in times])) for name in movers}


def movers_of(traffic: str, source: NDArray[Any], target: NDArray[Any]) -> dict[str, Timed]:
    """What moves the bytes of contiguous arrays of one shape as `traffic` says. In place it is those of `target` alone, for
    reading those of `source`. The elements of `target` are overwritten."""
    raptors = library()
    read, written = (array.reshape(-1).view(np.int8) for array in (source, target))
    names = {"target": raptors.asarray(written), "source": raptors.asarray(read), "negative": raptors.negative}
    moves: dict[str, tuple[Callable[..., Any], str]] = {
        COPY: (np.copyto, "target[...] = source"),
        IN_PLACE: (_negate, "negative(target, out=target)"),
        READ: (_read, "source.max()"),
    }
    move, statement = moves[traffic]
    movers: dict[str, Timed] = {"Raptors": Loop(statement, names)}
    for threads in sorted({1, available_threads()}):
        parts = list(zip(_parts(written, threads), _parts(read, threads), strict=True))
        movers[f"NumPy, {threads} thread{'s' * (threads > 1)}"] = ThreadedMover(partial(_move, move, parts), threads)
    return movers


def _move(move: Callable[..., Any], parts: Sequence[tuple[NDArray[Any], NDArray[Any]]], part: int) -> None:
    move(*parts[part])


def _negate(written: NDArray[Any], read: NDArray[Any]) -> None:
    np.negative(written, out=written)


def _read(written: NDArray[Any], read: NDArray[Any]) -> None:
    read.max()


def _parts(array: NDArray[Any], count: int) -> list[NDArray[Any]]:
    edges = [array.size * part // count for part in range(count + 1)]
    return [array[start:stop] for start, stop in itertools.pairwise(edges)]
