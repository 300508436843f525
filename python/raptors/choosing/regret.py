# SPDX-License-Identifier: BSD-3-Clause
"""Regret: how much longer calls take than they would with the best candidate of their site."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _raptors
from ..bench.intervals import median_interval
from .calls import FORMS, LAYOUTS, OPERATIONS, Call
from .race import BLOCK_ROUNDS, BLOCKS, Contender, Race, drive, race

DTYPES = ["float32", "float64", "int32", "int64", "uint8", "complex64"]
LEAST_BYTES, MOST_BYTES = 1 << 17, 1 << 26  # of the first operand
SECONDS = 3.0  # to find out who is best


@dataclass(frozen=True)
class Row:
    """One call: what was chosen, what was best, and their difference as a share of the best's time, with its interval.
    Where the interval reaches 0, the two are even."""

    call: Call
    chosen: str
    best: str
    regret: float
    best_seconds: float
    low: float = 0.0
    high: float = 0.0

    @property
    def even(self) -> bool:
        return self.low <= 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "call": str(self.call),
            "chosen": self.chosen,
            "best": self.best,
            "regret": self.regret,
            "regret_lo": self.low,
            "regret_hi": self.high,
            "best_ns": self.best_seconds * 1e9,
        }


def draw_calls(seed: int) -> Iterator[Call]:
    """Calls over the whole table, without end. Sizes are even on a logarithmic scale and are no powers of two; some reduce
    along one axis, and in some the second operand is a row or a column."""
    generator = random.Random(seed)
    names = [name for name, _, _, _ in _raptors.OPERATIONS]
    while True:
        op, dtype = generator.choice(names), generator.choice(DTYPES)
        _, inputs, reduction = OPERATIONS[op]
        itemsize = np.dtype(dtype).itemsize
        count = int(LEAST_BYTES * (MOST_BYTES / LEAST_BYTES) ** generator.random() / itemsize)
        columns = generator.choice([count, 1, 17, 1000]) or 1
        shape = (count,) if columns in (count, 1) else (max(1, count // columns), columns)
        scalar = inputs == 2 and not reduction and generator.random() < 0.5
        form = "allocating" if reduction else generator.choice(FORMS)
        layout = generator.choices(LAYOUTS, weights=[6, 1, 1])[0]
        axis = generator.choice([None, 0, len(shape) - 1]) if reduction else None
        seconds = [None, None, shape[-1:], (*shape[:-1], 1)] if inputs == 2 and not scalar and not reduction else [None]
        yield Call(op, dtype, shape, scalar, form, layout, generator.choice(seconds), axis)


def measure_regret(call: Call, warm_calls: int, least_seconds: float) -> Row | None:
    """None where the operation has no such loop, the call has no site, or is too short."""
    try:
        prepared = call.prepare()
        for _ in range(warm_calls):
            prepared.run()
        result = race(call, rounds=5, seconds=SECONDS, numpy=False)
    except (TypeError, ValueError):
        return None
    if result.site is None or result.contenders[result.best].median < least_seconds:
        return None
    chosen, best = result.contenders[result.chosen], result.contenders[result.best]
    regret, low, high = (0.0, 0.0, 0.0) if chosen is best else meet_again(result, chosen, best)
    return Row(call, _name(chosen), _name(best), max(regret, 0.0), best.median, low, high)


def meet_again(result: Race, chosen: Contender, best: Contender) -> tuple[float, float, float]:
    """How much longer the chosen takes than the best, as a share, and the ends of the interval: the best of several noisy
    times looks better than it is, so the two meet again in blocks of their own."""
    pair = [result.contenders.index(chosen), result.contenders.index(best)]
    for contender in (chosen, best):
        contender.seconds, contender.medians, contender.costs = [], [], []
    for _ in range(BLOCKS):
        prepared = result.call.prepare(again=True)
        prepared.run()  # its site is this thread's latest
        drive(result, prepared, pair, BLOCK_ROUNDS, SECONDS / BLOCKS, least_turns=1)
    return median_interval([1 / cost - 1 for cost in best.costs])


def _name(c: Contender) -> str:
    return f"{c.name} x{c.threads} {c.stores}"
