# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of timings: ratios of rounds, medians of blocks, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95


def round_ratios(samples: ArrayLike) -> NDArray[np.float64]:
    """Ratios B / A of rounds: rows (a1, b1, b2, a2) of seconds a call give (b1 + b2) / (a1 + a2).

    A clock that drifts evenly adds the same to both sums, so the drift drops out of each ratio.
    """
    rounds = np.asarray(samples, dtype=np.float64).reshape(-1, 4)
    return np.asarray((rounds[:, 1] + rounds[:, 2]) / (rounds[:, 0] + rounds[:, 3]))


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """The median of what several blocks measured, and the ends of an interval for it: from the k-th lowest to the k-th
    highest, with the largest k that keeps 95 %. Up to eight values, that is the lowest and the highest.

    It asks for nothing but that one block says nothing about the next. Whatever differs between blocks (addresses,
    neighbours on the machine, the processor's clock) is in it, and so is what differs within.
    """
    ordered = sorted(values)
    count = len(ordered)
    if count == 0:
        return math.nan, math.nan, math.nan
    k = trimmed(count)
    return float(np.median(ordered)), ordered[k - 1], ordered[count - k]


def trimmed(count: int) -> int:
    """The largest k for which the k-th lowest and the k-th highest of `count` values hold the median with 95 %, or 1."""
    k = 1
    while coverage(count, k + 1) >= CONFIDENCE:
        k += 1
    return k


def coverage(count: int, k: int = 1) -> float:
    """How likely the median lies between the k-th lowest and the k-th highest of `count` independent values: as likely as
    tossing a coin so often gives at least k heads and k tails."""
    if 2 * k > count:
        return 0.0
    return 1.0 - 2.0 * sum(math.comb(count, heads) for heads in range(k)) / 2.0**count


def meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two intervals have a point in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def rough_width(values: Sequence[float]) -> float:
    """The width of the median's interval relative to the median, from order statistics alone: cheap enough to
    ask after every round whether more of them are needed. Infinite for fewer than six values."""
    count = len(values)
    if count < 6:
        return math.inf
    ordered = sorted(values)
    reach = 0.98 * math.sqrt(count)
    low = ordered[max(0, math.floor(count / 2 - reach))]
    high = ordered[min(count - 1, math.ceil(count / 2 + reach))]
    return (high - low) / ordered[count // 2]


def geometric_mean(values: Sequence[float]) -> float:
    """exp of the mean logarithm; NaN of nothing."""
    if not values:
        return math.nan
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))
