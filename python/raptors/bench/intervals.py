# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of paired timings: ratios of quads, medians, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95


def quad_ratios(samples: ArrayLike) -> NDArray[np.float64]:
    """Ratios B / A of quads: rows (a1, b1, b2, a2) of seconds a call give (b1 + b2) / (a1 + a2).

    A clock that drifts evenly adds the same to both sums, so the drift drops out of each ratio.
    """
    quads = np.asarray(samples, dtype=np.float64).reshape(-1, 4)
    return np.asarray((quads[:, 1] + quads[:, 2]) / (quads[:, 0] + quads[:, 3]))


def bootstrap_interval(values: ArrayLike, *, resamples: int = 2000, seed: int = 20250) -> tuple[float, float, float]:
    """The median of `values` and the ends of its 95 % percentile-bootstrap interval.

    The resampling is seeded, so equal values give an equal interval. Of fewer than two values the interval is
    the value itself.
    """
    data = np.asarray(values, dtype=np.float64).ravel()
    if data.size == 0:
        return math.nan, math.nan, math.nan
    middle = float(np.median(data))
    if data.size == 1:
        return middle, middle, middle
    picks = np.random.default_rng(seed).integers(0, data.size, size=(resamples, data.size))
    medians = np.median(data[picks], axis=1)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(medians, [tail, 1.0 - tail])
    return middle, float(low), float(high)


def bootstrap_medians(pairs: ArrayLike, *, resamples: int = 500, seed: int = 20250) -> tuple[float, float, float]:
    """The ratio of medians, B / A, of rows (a, b) that were timed together, and the ends of its 95 % interval, by resampling
    rows as bootstrap_interval does."""
    data = np.asarray(pairs, dtype=np.float64).reshape(-1, 2)
    a, b = np.median(data, axis=0)
    picks = np.random.default_rng(seed).integers(0, len(data), size=(resamples, len(data)))
    medians = np.median(data[picks], axis=1)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(medians[:, 1] / medians[:, 0], [tail, 1.0 - tail])
    return float(b / a), float(low), float(high)


def rough_width(values: Sequence[float]) -> float:
    """The width of the median's interval relative to the median, from order statistics alone: cheap enough to
    ask after every quad whether more of them are needed. Infinite for fewer than six values."""
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
