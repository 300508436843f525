# SPDX-License-Identifier: BSD-3-Clause
"""The price of an Asian option by Monte Carlo: paths of a share, their means, and the payoff's mean and error."""

from typing import Any


def main(np: Any, size: int) -> Any:
    steps = 64
    paths = max(size // steps, 2)
    rng = np.random.default_rng(7)
    spot, strike, rate, volatility, years = 100.0, 105.0, 0.03, 0.2, 1.0
    dt = years / steps

    shocks = rng.standard_normal((paths, steps))
    growth = (rate - 0.5 * volatility**2) * dt + volatility * np.sqrt(dt) * shocks
    prices = spot * np.exp(np.cumsum(growth, axis=1))

    payoff = np.maximum(prices.mean(axis=1) - strike, 0.0) * np.exp(-rate * years)
    price = payoff.mean()
    error = payoff.std(ddof=1) / np.sqrt(paths)

    returns = np.diff(np.log(prices), axis=1)
    drawdown = (1.0 - prices / np.maximum.accumulate(prices, axis=1)).max(axis=1)
    value_at_risk = np.percentile(prices[:, -1] - spot, 5)
    return price, error, value_at_risk, returns.std(), np.median(drawdown)
