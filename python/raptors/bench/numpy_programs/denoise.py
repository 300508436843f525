# SPDX-License-Identifier: BSD-3-Clause
"""A picture without its noise: least total variation, by steps of a projection (Chambolle, 2004)."""

from typing import Any


def main(np: Any, size: int) -> Any:
    side = max(int(size**0.5), 8)
    y, x = np.mgrid[0:side, 0:side] / side
    clean = np.where((x - 0.5) ** 2 + (y - 0.4) ** 2 < 0.08, 0.8, 0.2) + 0.2 * (x > 0.7)
    picture = clean + 0.1 * np.random.default_rng(3).standard_normal((side, side))

    weight, step = 0.1, 0.25
    dual, slope, correction = np.zeros((2, side, side)), np.zeros((2, side, side)), np.zeros((side, side))
    energies = []
    for turn in range(40):
        if turn:
            correction = -dual.sum(axis=0)
            correction[1:] += dual[0, :-1]
            correction[:, 1:] += dual[1, :, :-1]
        result = picture + correction
        slope[0, :-1] = np.diff(result, axis=0)
        slope[1, :, :-1] = np.diff(result, axis=1)
        length = np.sqrt((slope**2).sum(axis=0))
        energies.append((correction**2).sum() + weight * length.sum())
        length *= step / weight
        length += 1.0
        dual -= step * slope
        dual /= length
    return result, np.array(energies), np.abs(result - clean).mean()
