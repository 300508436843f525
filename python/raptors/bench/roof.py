# SPDX-License-Identifier: BSD-3-Clause
"""The roof: the least time in which this machine moves the bytes that a call moves, from memory or the caches alike.

It is the fastest of several movers of the same bytes, over arrays of the same size, on the threads that Raptors may use:

    copy       every byte of one array read, every byte of another written: numpy.copyto (the C library's memmove)
    in place   every byte of one array read and written: numpy.negative(a, out=a), of integers of one byte
    read       every byte of one array read: numpy.max, of integers of one byte

by NumPy on one thread, by NumPy on every thread, each with its own part, and by Raptors' function of that name. The threads of a NumPy mover start together and repeat their part without meeting in between, so no hand-over is
charged to the roof. An allocating call is held against the copying roof: a recycled result costs nothing more. Movers are
timed in the rounds of the call that is held against them; a mover's time is its median, the roof the least of these. It is
itself a measurement: a fraction a little above 1 means that Raptors moved its bytes as fast as any mover.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import Roof
from .engine import available_threads, library
from .timing import Loop, Timed, garbage_collector_off

COPY, IN_PLACE, READ = "copy", "in place", "read"
LEAST_ROUNDS = 7
MOST_ROUNDS = 25
LONG_SAMPLE = 2_000_000  # nanoseconds; starting threads must not show


class ThreadedMover:
    """`move(part)` for each of the parts, each on a thread of its own, `batch` times over."""

    def __init__(self, move: Callable[[int], Any], threads: int) -> None:
        self._move = move
        self._threads = threads
        self.batch = 1

    def _nanoseconds(self, count: int) -> int:
        starts, ends = [0] * self._threads, [0] * self._threads
        gate = threading.Barrier(self._threads)

        def worker(part: int) -> None:
            gate.wait()
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


def measure_roof(movers: Mapping[str, Timed], seconds: float) -> Roof:
    """The roof by itself. Takes about `seconds`, and seven rounds at the least."""
    times: dict[str, list[float]] = {name: [] for name in movers}
    with garbage_collector_off():
        deadline = time.perf_counter() + seconds
        for mover in movers.values():
            mover.calibrate()
        for turn in range(MOST_ROUNDS):
            for name, mover in movers.items():
                times[name].append(mover.seconds_a_call())
            if turn + 1 >= LEAST_ROUNDS and time.perf_counter() >= deadline:
                break
    return roof_of(times)


def roof_of(times: Mapping[str, Sequence[float]]) -> Roof:
    """The mover whose median is least."""
    medians = {name: float(np.median(samples)) for name, samples in times.items()}
    best = min(medians, key=lambda name: medians[name])
    return Roof(medians[best], best)


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
