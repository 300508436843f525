# SPDX-License-Identifier: BSD-3-Clause
"""explain: what a call gets and why. race: all candidates for it, measured now.

A race goes in blocks, each on operands of its own and with a trial of its own: the library's trial says whose call is next,
here calls are made. What a block says of a candidate is how many times as long as the first candidate's its calls took in the
same turns. So a slow second of the machine's slows all alike, and what differs from block to block is seen.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from .. import _raptors
from ..bench.intervals import median_interval
from ..bench.roof import COPY, IN_PLACE, READ, movers_of, time_movers
from ..bench.timing import Loop, time_block
from ..console import status_of
from .calls import OPERATIONS, Call, Prepared

LEAST_TURNS = 3  # of each contender that is still in the race, however short its time is
BLOCKS = 6  # for reports: the lowest and the highest of six hold the median with 95 %
BLOCK_ROUNDS = 3  # turns in each


@dataclass
class Contender:
    """One candidate: kernel, threads (a number), stores ("ordinary" or "streaming"), its times in seconds, and the medians of
    each block's; and how many times as long as the first contender it took in each block, as the library's trial says."""

    name: str
    backend: str
    threads: int
    stores: str
    admitted: bool = True
    reason: str = ""
    seconds: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return float(np.median(self.medians or self.seconds)) if self.seconds else math.inf

    @property
    def ratio(self) -> float:
        """The median of its costs."""
        return float(np.median(self.costs)) if self.costs else math.inf

    def add(self, seconds: list[float], cost: float) -> None:
        """What another block found."""
        self.seconds += seconds
        self.medians.append(float(np.median(seconds)))
        self.costs.append(cost)

    def times(self, other: Contender) -> tuple[float, float, float]:
        """How many times as long as the other it takes, block by block: the median and the ends of the interval."""
        return median_interval([a / b for a, b in zip(self.costs, other.costs, strict=False)])

    def as_dict(self) -> dict[str, Any]:
        _, low, high = median_interval(self.medians or self.seconds)
        known = bool(self.seconds)
        return {
            "name": self.name,
            "backend": self.backend,
            "threads": self.threads,
            "stores": self.stores,
            "admitted": self.admitted,
            "reason": self.reason,
            "median_ns": self.median * 1e9 if known else None,
            "lo_ns": low * 1e9 if known else None,
            "hi_ns": high * 1e9 if known else None,
        }


@dataclass
class Race:
    """A call's site as the library describes it (None: too small to have one), and its contenders."""

    call: Call
    site: dict[str, Any] | None
    contenders: list[Contender]
    chosen: int  # index of what the call gets without the race
    racing: list[int] = field(default_factory=list)  # of those that were timed
    blocks: int = 0
    numpy: Contender | None = None
    roofs: list[float] = field(default_factory=list)  # of each block, in seconds
    stopped: int = 0  # the exit status that a signal asks for which ended the race early

    @property
    def best(self) -> int:
        """Index of the winner, as the library decides: the first, unless another is faster by more than the noise."""
        if not self.blocks or self.site is None:
            return 0
        least = min(self.racing, key=lambda i: self.contenders[i].ratio)
        return least if self.contenders[least].ratio < 1 - self.site["noise"] else self.racing[0]

    @property
    def roof(self) -> float | None:
        """The memory's speed, as seconds for the operands' bytes; None where it was not measured."""
        return float(np.median(self.roofs)) if self.roofs else None

    @property
    def fastest(self) -> Contender:
        """The contender whose ratio is least."""
        return min((c for c in self.contenders if c.seconds), key=lambda c: c.ratio)


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
        return Race(call, None, [Contender("the kernel of the highest instruction set", "native", 1, "ordinary")], 0)
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
    blocks: int = 1,
    roof: bool = False,
) -> Race:
    """Measures every candidate of the call's site now, in so many blocks of so many rounds.

    Thorough: everyone has a turn, however hopeless others have shown it to be. Keep: Ctrl-C after the first turn ends the
    race, and what was measured is the result. Roof: the memory's speed is measured in each block too.
    """
    prepared = call.prepare()
    result = explain(call, prepared)
    if numpy:
        result.numpy = Contender("numpy itself", "numpy", 1, "ordinary")
    for c in result.contenders:
        c.seconds = []
    racing = [i for i, c in enumerate(result.contenders) if c.admitted and fnmatchcase(c.name, only)]
    result.racing = racing
    try:
        with np.errstate(all="ignore"):  # what is scaled in place again and again overflows
            for block in range(blocks if racing else 0):
                if block:
                    prepared = call.prepare(again=True)
                    prepared.run()  # from here on the call's site is this thread's latest
                if result.site is not None:
                    drive(
                        result, prepared, racing, rounds, seconds / blocks, thorough, keep, 1 if block else LEAST_TURNS
                    )
                elif numpy:
                    _time_alone(result, prepared, seconds / blocks)
                if roof:
                    _find_roof(result)
    except KeyboardInterrupt as stop:
        if not keep or not result.blocks:
            raise
        result.stopped = status_of(stop)
    return result


def drive(
    result: Race,
    prepared: Prepared,
    racing: list[int],
    rounds: int,
    seconds: float,
    thorough: bool = True,
    keep: bool = False,
    least_turns: int = LEAST_TURNS,
) -> None:
    """A trial of these contenders, whose times and costs it adds to them, with NumPy's call now and then."""
    trial = _raptors._trial(rounds, racing, thorough)
    deadline = time.perf_counter() + seconds
    latest, turns, spent = -1, 0, 0.0
    numpys: list[float] = []
    stop: KeyboardInterrupt | None = None
    try:
        while (i := _raptors._trial_next(trial)) >= 0:
            if result.numpy is not None and i != latest and len(numpys) <= turns:
                prepared.run_numpy()  # the caches are as its own calls leave them
                numpys.append(_time(prepared.run_numpy))
            latest = i
            lasted = _time(prepared.run)
            spent += lasted
            turns = _raptors._trial_tell(trial, i, lasted)
            if turns >= least_turns and time.perf_counter() > deadline:
                break
    except KeyboardInterrupt as interrupt:
        if not keep or turns == 0:
            raise
        stop = interrupt
    finally:
        _raptors._hold(-1)
        _raptors._credit(spent)
    _, rows = _raptors._trial_result(trial)
    result.blocks += 1
    for i, ratio, times in rows:
        if times:
            result.contenders[i].add([1e-9 * t for t in times], ratio or math.inf)
    if result.numpy is not None and numpys:
        reference = result.contenders[racing[0]]
        handover = result.site["handover"] if result.site and reference.threads > 1 else 0.0  # as the trial counts it
        result.numpy.add(numpys, float(np.median(numpys)) / (reference.medians[-1] + handover))
    if stop is not None:
        raise stop


def _time_alone(result: Race, prepared: Prepared, seconds: float) -> None:
    """A block of a call that is too small to have a choice, beside NumPy's."""
    mine, other = (Loop("call()", {"call": run}) for run in (prepared.run, prepared.run_numpy))
    for loop in (mine, other):
        loop.calibrate()
    block = time_block(mine, other, min(seconds, 0.1), least_rounds=BLOCK_ROUNDS)
    result.blocks += 1
    result.contenders[0].add(block.a.tolist(), 1.0)
    if result.numpy is not None:
        result.numpy.add(block.b.tolist(), block.ratio)


def _find_roof(result: Race) -> None:
    """The least time in which anything moved the operands' bytes in this block, the contenders and NumPy among it."""
    call = result.call
    shape = call.result_shape
    if not shape or min(shape) == 0:
        return
    source, target = np.ones(shape, call.dtype), np.ones(shape, call.dtype)
    traffic = READ if OPERATIONS[call.op][2] else IN_PLACE if call.form == "in place" else COPY
    movers = time_movers(movers_of(traffic, source, target), BLOCK_ROUNDS).values()
    ran = [c.medians[-1] for c in (*result.contenders, result.numpy) if c is not None and c.medians]
    result.roofs.append(min(*movers, *ran))


def _time(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _stores(streams: bool) -> str:
    return "streaming" if streams else "ordinary"
