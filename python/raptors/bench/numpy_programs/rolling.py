# SPDX-License-Identifier: BSD-3-Clause
"""Returns of many shares: rolling mean and deviation, positions that follow them, and what those would have earned."""

from typing import Any


def rolling_mean(np: Any, x: Any, window: int) -> Any:
    total = np.cumsum(x, axis=0)
    total[window:] = total[window:] - total[:-window]
    return total[window - 1 :] / window


def main(np: Any, size: int) -> Any:
    shares = 200
    days = max(size // shares, 60)
    rng = np.random.default_rng(37)
    market = rng.standard_normal(days)[:, None] * 0.01
    own = rng.standard_normal(shares) * 0.003
    day = np.arange(days)[:, None]
    prices = 100.0 * np.exp(np.cumsum(market + own * np.sin(day * (0.1 + own)), axis=0))

    returns = np.log(prices[1:] / prices[:-1])
    window = 20
    mean = rolling_mean(np, returns, window)
    square = rolling_mean(np, returns**2, window)
    deviation = np.sqrt(np.maximum(square - mean**2, 1e-12))
    score = mean / deviation
    position = np.where(score > 0.1, 1.0, np.where(score < -0.1, -1.0, 0.0))
    earned = position[:-1] * returns[window:]
    costs = 0.0005 * np.abs(np.diff(position, axis=0))
    daily = (earned - costs).mean(axis=1)
    wealth = np.cumprod(1.0 + daily)
    fall = (1.0 - wealth / np.maximum.accumulate(wealth)).max()
    return wealth, fall, daily.mean() / daily.std(), earned.sum(axis=0), np.abs(score).max()
