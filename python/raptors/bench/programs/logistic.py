# SPDX-License-Identifier: BSD-3-Clause
"""Logistic regression by gradient descent, on standardised features."""

from typing import Any


def sigmoid(np: Any, z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


def main(np: Any, size: int) -> Any:
    features = 16
    count = max(size // features, 8)
    rng = np.random.default_rng(19)
    x = rng.normal(2.0, 3.0, (count, features))
    truth = rng.normal(size=features)
    y = (rng.random(count) < sigmoid(np, (x - 2.0) @ truth / 3.0)).astype(float)

    x = (x - x.mean(axis=0)) / x.std(axis=0)
    weights = np.zeros(features)
    bias = 0.0
    losses = []
    for _ in range(30):
        p = sigmoid(np, x @ weights + bias)
        losses.append(-np.mean(y * np.log(p + 1e-12) + (1.0 - y) * np.log(1.0 - p + 1e-12)))
        error = p - y
        weights -= 0.5 * (x.T @ error / count + 1e-3 * weights)
        bias -= 0.5 * error.mean()
    accuracy = ((sigmoid(np, x @ weights + bias) > 0.5) == (y > 0.5)).mean()
    return weights, bias, np.array(losses), accuracy
