# SPDX-License-Identifier: BSD-3-Clause
"""A table of features made ready for learning: gaps filled, columns standardised and clipped, rows scaled to length 1."""

from typing import Any


def main(np: Any, size: int) -> Any:
    columns = 20
    rows = max(size // columns, 8)
    wave = np.arange(rows * columns, dtype=np.float64).reshape(rows, columns)
    table = (wave * 0.6180339887) % 1.0 * np.linspace(1.0, 50.0, columns) + np.linspace(-5.0, 5.0, columns)
    table[(wave * 0.3819660113) % 1.0 < 0.02] = np.nan

    missing = np.isnan(table)
    counts = rows - missing.sum(axis=0)
    mean = np.where(missing, 0.0, table).sum(axis=0) / counts
    filled = np.where(missing, mean, table)
    scores = (filled - filled.mean(axis=0)) / filled.std(axis=0)
    outliers = (np.abs(scores) > 1.7).sum(axis=0)
    clipped = np.clip(scores, -1.7, 1.7)
    low, high = filled.min(axis=0), filled.max(axis=0)
    unit = (filled - low) / (high - low)
    length = np.sqrt((clipped * clipped).sum(axis=1, keepdims=True))
    features = (clipped / length).astype(np.float32)
    return features, unit.mean(axis=0), outliers, clipped.var(axis=0), features.mean(), length.max()
