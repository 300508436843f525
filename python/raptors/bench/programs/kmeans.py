# SPDX-License-Identifier: BSD-3-Clause
"""k-means: points to the nearest of k centres, centres to the mean of their points."""

from typing import Any


def main(np: Any, size: int) -> Any:
    k, features = 5, 4
    count = max(size // features, 4 * k)
    rng = np.random.default_rng(17)
    truth = rng.uniform(-5.0, 5.0, (k, features))
    points = truth[rng.integers(0, k, count)] + rng.normal(0.0, 0.5, (count, features))

    centres = points[:k].copy()
    for _ in range(10):
        distances = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        labels = distances.argmin(axis=1)
        moved = centres.copy()
        for i in range(k):
            members = points[labels == i]
            if len(members) > 0:
                moved[i] = members.mean(axis=0)
        if np.allclose(moved, centres):
            break
        centres = moved
    inertia = np.min(distances, axis=1).sum()
    sizes = np.bincount(labels, minlength=k)
    order = np.lexsort(centres.T)
    return centres[order], sizes[order], inertia
