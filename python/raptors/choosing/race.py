# SPDX-License-Identifier: BSD-3-Clause
"""explain: what a call gets and why. race: all candidates of its site, measured now, turn by turn."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from .. import _raptors
from ..console import status_of
from .calls import Call, Prepared

LEAST_TURNS = 3  # of each contender that is still in the race, however short its time is


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
    ratio: float = math.inf  # how many times as long as the first contender it takes, as the library's trial says

    @property
    def median(self) -> float:
        return float(np.median(self.seconds)) if self.seconds else float("inf")

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
    best: int = 0  # of the winner: the first, unless another is faster by more than the noise
    numpy: Contender | None = None
    roof: float | None = None
    stopped: int = 0  # the exit status that a signal asks for which ended the race early


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
    refused = {kernel: why for kernel, _, why in site["refused"]}
    contenders = [
        Contender(
            kernel,
            backend,
            threads if wide else 1,
            _stores(streams),
            admitted=kernel not in refused,
            reason=refused.get(kernel, ""),
            seconds=[1e-9 * t for t in times],
        )
        for kernel, backend, wide, streams, times in site["candidates"]
    ]
    taken = (site["kernel"], threads if site["all_threads"] else 1, _stores(site["streaming"]))
    chosen = next((i for i, c in enumerate(contenders) if (c.name, c.threads, c.stores) == taken), 0)
    there = {c.name for c in contenders}
    contenders += [
        Contender(kernel, backend, 0, "", False, why) for kernel, backend, why in site["refused"] if kernel not in there
    ]
    return Race(call, site, contenders, chosen)


def race(
    call: Call,
    *,
    rounds: int = 9,
    seconds: float = 5.0,
    numpy: bool = True,
    only: str = "*",
    thorough: bool = True,
    keep: bool = False,
) -> Race:
    """Measures every candidate of the call's site now. The library's own trial says whose call is next; here calls are made.

    Thorough: everyone has a turn, however hopeless others have shown it to be.
    Keep: Ctrl-C after the first turn ends the race, and what was measured is the result.
    """
    prepared = call.prepare()
    result = explain(call, prepared)
    if numpy:
        result.numpy = Contender("numpy itself", "numpy", 1, "ordinary")
    if result.site is None:
        result.contenders[0].seconds = [_time(prepared.run) for _ in range(rounds)]
        if result.numpy is not None:
            result.numpy.seconds = [_time(prepared.run_numpy) for _ in range(rounds)]
        return result
    # From here on the call's site is this thread's latest.
    for c in result.contenders:
        c.seconds = []
    racing = [i for i, c in enumerate(result.contenders) if c.admitted and fnmatchcase(c.name, only)]
    if racing:
        drive(result, prepared, racing, rounds, seconds, thorough, keep)
    return result


def drive(
    result: Race,
    prepared: Prepared,
    racing: list[int],
    rounds: int,
    seconds: float,
    thorough: bool = True,
    keep: bool = False,
) -> None:
    """A trial of these contenders, whose times and ratios it leaves in them, with NumPy's call now and then."""
    trial = _raptors._trial(rounds, racing, thorough)
    deadline = time.perf_counter() + seconds
    latest, turns, spent = -1, 0, 0.0
    try:
        while (i := _raptors._trial_next(trial)) >= 0:
            if result.numpy is not None and i != latest and len(result.numpy.seconds) <= turns:
                result.numpy.seconds.append(_time(prepared.run_numpy))
            latest = i
            lasted = _time(prepared.run)
            spent += lasted
            turns = _raptors._trial_tell(trial, i, lasted)
            if turns >= LEAST_TURNS and time.perf_counter() > deadline:
                break
    except KeyboardInterrupt as stop:
        if not keep or turns == 0:
            raise
        result.stopped = status_of(stop)
    finally:
        _raptors._hold(-1)
        _raptors._credit(spent)
    result.best, rows = _raptors._trial_result(trial)
    for i, ratio, times in rows:
        result.contenders[i].ratio = ratio or math.inf
        result.contenders[i].seconds = [1e-9 * t for t in times]


def _time(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _stores(streams: bool) -> str:
    return "streaming" if streams else "ordinary"
