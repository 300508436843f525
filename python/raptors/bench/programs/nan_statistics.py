# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of measurements with gaps: by column without NaN, outliers taken out, gaps filled, correlations."""

from typing import Any


def main(np: Any, size: int) -> Any:
    columns = 8
    rows = max(size // columns, 16)
    rng = np.random.default_rng(29)
    data = rng.normal(10.0, 2.0, (rows, columns)).cumsum(axis=1)
    data[rng.random(data.shape) < 0.1] = np.nan

    mean, deviation = np.nanmean(data, axis=0), np.nanstd(data, axis=0)
    low, high = np.nanmin(data, axis=0), np.nanmax(data, axis=0)
    scores = (data - mean) / deviation
    data[np.abs(scores) > 2.5] = np.nan

    missing = np.isnan(data)
    filled = np.where(missing, np.nanmedian(data, axis=0), data)
    correlation = np.corrcoef(filled, rowvar=False)
    quartiles = np.nanpercentile(data, [25, 50, 75], axis=0)
    complete = data[~missing.any(axis=1)]
    return mean, deviation, low, high, missing.sum(axis=0), correlation, quartiles, complete.shape[0], complete.sum()
