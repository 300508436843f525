# SPDX-License-Identifier: BSD-3-Clause
"""The roof: the least time in which this machine's memory moves what a scaling moves.

Scaling reads every byte of one array and writes every byte of another, or of the same one. So the roof is the
fastest of several movers that do just that over arrays of the same size, all on the cores that Raptors may use:

    out of place   numpy.copyto on one thread (the C library's memmove); numpy.copyto on every thread, each with its
                   own part; Raptors' own copy
    in place       numpy.negative(a, out=a) on one thread and on every thread; Raptors' own

The threads of a NumPy mover start together and repeat their part without meeting in between, so no hand-over is
charged to the roof. An allocating call is held against the out-of-place roof: a recycled result costs nothing more.
The movers take turns; a mover's time is its median, the roof the least of these. It is itself a measurement: a
fraction a little above 1 means that Raptors moved its bytes as fast as any mover.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import Roof
from .engine import available_threads, library
from .timing import Loop, garbage_collector_off

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


def measure_roof(source: NDArray[Any], target: NDArray[Any], *, in_place: bool, seconds: float) -> Roof:
    """The roof for reading `source` and writing `target`, contiguous arrays of one shape; in place both are `target`.

    The elements of `target` are overwritten. Takes about `seconds`, and seven rounds at the least.
    """
    movers = _in_place_movers(target) if in_place else _copying_movers(source, target)
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
    medians = {name: float(np.median(samples)) for name, samples in times.items()}
    best = min(medians, key=lambda name: medians[name])
    return Roof(medians[best], best)


def _copying_movers(source: NDArray[Any], target: NDArray[Any]) -> dict[str, Loop | ThreadedMover]:
    raptors, threads = library(), available_threads()
    names = {"copyto": np.copyto, "target": target, "source": source}
    movers: dict[str, Loop | ThreadedMover] = {"numpy.copyto": Loop("copyto(target, source)", names)}
    if threads > 1:
        sources, targets = _parts(source, threads), _parts(target, threads)
        movers[f"numpy.copyto, {threads} threads"] = ThreadedMover(
            lambda part: np.copyto(targets[part], sources[part]), threads
        )
    own = {"target": raptors.asarray(target), "source": raptors.asarray(source)}
    movers["Raptors' copy"] = Loop("target[...] = source", own)
    return movers


def _in_place_movers(target: NDArray[Any]) -> dict[str, Loop | ThreadedMover]:
    raptors, threads = library(), available_threads()
    statement = "negative(target, out=target)"
    movers: dict[str, Loop | ThreadedMover] = {
        "numpy.negative": Loop(statement, {"negative": np.negative, "target": target})
    }
    if threads > 1:
        targets = _parts(target, threads)
        movers[f"numpy.negative, {threads} threads"] = ThreadedMover(
            lambda part: np.negative(targets[part], out=targets[part]), threads
        )
    own = {"negative": raptors.negative, "target": raptors.asarray(target)}
    movers["Raptors' negative"] = Loop(statement, own)
    return movers


def _parts(array: NDArray[Any], count: int) -> list[NDArray[Any]]:
    flat = array.reshape(-1)
    edges = [flat.size * part // count for part in range(count + 1)]
    return [flat[start:stop] for start, stop in itertools.pairwise(edges)]
