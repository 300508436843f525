# SPDX-License-Identifier: BSD-3-Clause
"""explain: what a call gets and why. race: all candidates of its site, measured now, turn by turn."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from .. import _raptors
from ..console import status_of
from .calls import Call, Prepared

SHORTEST_SAMPLE = 20e-6  # seconds; shorter calls are repeated
SHORT_SAMPLES = 5  # of them, whose median counts: warming up takes longer
WARM_UP = 200e-6  # seconds, and one call at least, until caches and workers are as this candidate leaves them
# In its best turn it took so many times as long as that turn's fastest, after one turn, two, and more: it is not tried
# again. One turn says little, since the workers may have slept through it.
HOPELESS = [4.0, 1.8, 1.4]
HASTY = [2.0, 1.3, 1.15]
SETTLING = 2  # calls
LONG = 1e-3  # seconds, after which it matters little what the caches held before
HOPELESS_WAY = 1.5  # of the fastest scout's time


@dataclass
class Contender:
    """One candidate: kernel, threads (a number), stores ("ordinary" or "streaming"), and its times in seconds."""

    name: str
    backend: str
    threads: int
    stores: str
    admitted: bool = True
    reason: str = ""
    seconds: list[float] = field(default_factory=list)
    # To the fastest of the same turn: other programs slow whole turns.
    ratios: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return float(np.median(self.seconds)) if self.seconds else float("inf")

    @property
    def ratio(self) -> float:
        return float(np.median(self.ratios)) if self.ratios else float("inf")

    def as_dict(self) -> dict[str, Any]:
        low, high = (np.percentile(self.seconds, [25, 75]) * 1e9).tolist() if self.seconds else (None, None)
        return {
            "name": self.name,
            "backend": self.backend,
            "threads": self.threads,
            "stores": self.stores,
            "admitted": self.admitted,
            "reason": self.reason,
            "median_ns": self.median * 1e9 if self.seconds else None,
            "lo_ns": low,
            "hi_ns": high,
        }


@dataclass
class Race:
    """A call's site as the library describes it (None: too small to have one), and its contenders."""

    call: Call
    site: dict[str, Any] | None
    contenders: list[Contender]
    chosen: int  # index of what the call gets without the race
    numpy: Contender | None = None
    roof: float | None = None
    stopped: int = 0  # the exit status that a signal asks for which ended the race early

    @property
    def best(self) -> int:
        return min(range(len(self.contenders)), key=lambda i: self.contenders[i].ratio)


def find_site(prepared: Prepared) -> dict[str, Any] | None:
    """Makes the call once and asks which site it met."""
    _raptors._forget_site()
    prepared.run()
    return _raptors._site()


def explain(call: Call, prepared: Prepared | None = None) -> Race:
    """What the call gets, its site's candidates with the times known so far, and the refused with their reasons."""
    site = find_site(prepared or call.prepare())
    threads = _raptors.get_num_threads()
    if site is None:
        return Race(call, None, [Contender("the highest tier's kernel", "native", 1, "ordinary")], 0)
    contenders = [
        Contender(kernel, backend, threads if wide else 1, _stores(streams), seconds=[1e-9 * t for t in times])
        for kernel, backend, wide, streams, times in site["candidates"]
    ]
    taken = (site["kernel"], threads if site["all_threads"] else 1, _stores(site["streaming"]))
    chosen = next((i for i, c in enumerate(contenders) if (c.name, c.threads, c.stores) == taken), 0)
    contenders += [Contender(kernel, backend, 0, "", False, why) for kernel, backend, why in site["refused"]]
    return Race(call, site, contenders, chosen)


def race(
    call: Call,
    *,
    rounds: int = 9,
    seconds: float = 5.0,
    numpy: bool = True,
    only: str = "*",
    hasty: bool = False,
    keep: bool = False,
) -> Race:
    """Measures every candidate of the call's site now, interleaved. A turn is some calls to warm up and a timed one.

    Hasty: a way (threads, stores) that is slow with the first candidate's kernel is not tried with others, those that fall
    behind are left out sooner, and several threads must win by what handing work to them costs.
    Keep: Ctrl-C after the first turn ends the race, and what was measured is the result.
    """
    prepared = call.prepare()
    result = explain(call, prepared)
    if result.site is None:
        result.contenders[0].seconds = [_time(prepared.run) for _ in range(rounds)]
        if numpy:
            result.numpy = Contender(
                "numpy itself", "numpy", 1, "ordinary", seconds=[_time(prepared.run_numpy) for _ in range(rounds)]
            )
        return result
    # From here on the call's site is this thread's latest.
    racing = [i for i, c in enumerate(result.contenders) if c.admitted and fnmatchcase(c.name, only)]
    for i in racing:
        result.contenders[i].seconds, result.contenders[i].ratios = [], []
    if numpy:
        result.numpy = Contender("numpy itself", "numpy", 1, "ordinary")
    start = time.perf_counter()
    deadline = start + seconds
    generator = random.Random(1)
    hopeless = HASTY if hasty else HOPELESS
    scouts = [i for i in racing if result.contenders[i].name == result.contenders[0].name] if hasty else []

    stores = ""

    def run_in_turn(indices: list[int]) -> None:
        nonlocal stores
        # In another order each time: whoever runs after a bad one finds what that left in the caches. Stores change once.
        order = generator.sample(indices, len(indices))
        order.sort(key=lambda i: result.contenders[i].stores, reverse=generator.random() < 0.5)
        for i in order:
            if not _is_hopeless(result.contenders[i], hopeless):
                _raptors._hold(i)
                if result.contenders[i].stores != stores:
                    settle(prepared.run)
                stores = result.contenders[i].stores
                result.contenders[i].seconds.append(_time(prepared.run, LONG if hasty else math.inf))

    turn = 0
    try:
        for turn in range(rounds):
            if turn == 0 and scouts:
                run_in_turn(scouts)
                racing = _without_hopeless_ways(result.contenders, racing, scouts)
                run_in_turn([i for i in racing if i not in scouts])
            else:
                run_in_turn(racing)
            _end_turn([result.contenders[i] for i in racing], result.site["handover"] if hasty else 0.0)
            if result.numpy is not None:
                result.numpy.seconds.append(_time(prepared.run_numpy))
            if turn >= 2 and time.perf_counter() > deadline:
                break
    except KeyboardInterrupt as stop:
        if not keep or turn == 0:
            raise
        result.stopped = status_of(stop)
    finally:
        _raptors._hold(-1)
        _raptors._credit(time.perf_counter() - start)
    return result


def _is_hopeless(c: Contender, hopeless: list[float]) -> bool:
    return bool(c.ratios) and min(c.ratios) > hopeless[min(len(c.ratios), len(hopeless)) - 1]


def _without_hopeless_ways(contenders: list[Contender], racing: list[int], scouts: list[int]) -> list[int]:
    fastest = min(contenders[i].seconds[-1] for i in scouts)
    ways = {(c.threads, c.stores) for c in (contenders[i] for i in scouts) if c.seconds[-1] > HOPELESS_WAY * fastest}
    return [i for i in racing if i in scouts or (contenders[i].threads, contenders[i].stores) not in ways]


def _end_turn(contenders: list[Contender], handover: float) -> None:
    ran = [(c, c.seconds[-1] + handover * (c.threads > 1)) for c in contenders if len(c.seconds) > len(c.ratios)]
    fastest = min((cost for _, cost in ran), default=0.0)
    for c, cost in ran:
        c.ratios.append(cost / fastest)


def settle(run: Any) -> None:
    """A few calls, after which the last cache is as these stores leave it; long calls leave nothing there."""
    for _ in range(SETTLING):
        start = time.perf_counter()
        run()
        if time.perf_counter() - start >= LONG:
            return


def _time(run: Any, long: float = math.inf) -> float:
    """Seconds a call, after some that are not timed. A first call of at least `long` seconds counts itself."""
    start = now = time.perf_counter()
    while now - start < WARM_UP:
        before = now
        run()
        now = time.perf_counter()
        if now - start >= long:
            return now - start
    count = max(1, round(SHORTEST_SAMPLE / max(now - before, 1e-9)))
    samples = []
    for _ in range(1 if count == 1 else SHORT_SAMPLES):
        start = time.perf_counter()
        for _ in range(count):
            run()
        samples.append(time.perf_counter() - start)
    return float(np.median(samples)) / count


def _stores(streams: bool) -> str:
    return "streaming" if streams else "ordinary"
