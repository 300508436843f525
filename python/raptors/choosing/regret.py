# SPDX-License-Identifier: BSD-3-Clause
"""Regret: how much longer calls take than they would with the best candidate of their site."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import _raptors
from .calls import FORMS, LAYOUTS, OPERATIONS, Call
from .race import Contender, drive, race

DTYPES = ["float32", "float64", "int32", "int64", "uint8", "complex64"]
LEAST_BYTES, MOST_BYTES = 1 << 17, 1 << 26  # of the first operand
ROUNDS = 9


@dataclass(frozen=True)
class Row:
    """One site: what was chosen, what was best, and their difference as a share of the best's time."""

    call: Call
    chosen: str
    best: str
    regret: float
    best_seconds: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "call": str(self.call),
            "chosen": self.chosen,
            "best": self.best,
            "regret": self.regret,
            "best_ns": self.best_seconds * 1e9,
        }


def draw_calls(seed: int) -> Iterator[Call]:
    """Calls over the whole table, without end. Sizes are even on a logarithmic scale and are no powers of two."""
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
        yield Call(op, dtype, shape, scalar, form, layout)


def measure_regret(call: Call, warm_calls: int, least_seconds: float) -> Row | None:
    """None where the operation has no such loop, the call has no site, or is too short."""
    try:
        prepared = call.prepare()
        for _ in range(warm_calls):
            prepared.run()
        result = race(call, rounds=5, seconds=3, numpy=False)
    except (TypeError, ValueError):
        return None
    if result.site is None or result.contenders[result.best].median < least_seconds:
        return None
    chosen, best = result.chosen, result.best
    if chosen == best:
        regret = 0.0
    else:
        # The best of several noisy times looks better than it is: the two meet again.
        drive(result, prepared, [chosen, best], ROUNDS, math.inf)
        regret = max(0.0, 1 / result.contenders[best].ratio - 1)
    return Row(
        call, _name(result.contenders[chosen]), _name(result.contenders[best]), regret, result.contenders[best].median
    )


def _name(c: Contender) -> str:
    return f"{c.name} x{c.threads} {c.stores}"
