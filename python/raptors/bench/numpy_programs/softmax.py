# SPDX-License-Identifier: BSD-3-Clause
"""Softmax and cross-entropy of a batch of logits, at several temperatures, in float32."""

from typing import Any


def main(np: Any, size: int) -> Any:
    classes = 128
    count = max(size // classes, 4)
    rng = np.random.default_rng(31)
    logits = rng.standard_normal((count, classes), dtype=np.float32) * np.float32(3.0)
    labels = rng.integers(0, classes, count)
    rows = np.arange(count)
    losses = []
    for temperature in np.linspace(0.5, 2.0, 12, dtype=np.float32):
        scaled = logits / temperature
        shifted = scaled - scaled.max(axis=1, keepdims=True)
        weights = np.exp(shifted)
        total = weights.sum(axis=1, keepdims=True)
        probabilities = weights / total
        entropy = -(probabilities * (shifted - np.log(total))).sum(axis=1)
        loss = -np.log(probabilities[rows, labels] + np.float32(1e-12))
        right = probabilities.argmax(axis=1) == labels
        losses.append((loss.mean(), entropy.mean(), right.mean()))
    probabilities[rows, labels] -= 1.0
    return np.array(losses), probabilities / count
