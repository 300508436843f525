# SPDX-License-Identifier: BSD-3-Clause
"""Conway's game of life on a torus."""

from typing import Any


def main(np: Any, size: int) -> Any:
    side = max(int(size**0.5), 8)
    rng = np.random.default_rng(23)
    cells = (rng.random((side, side)) < 0.3).astype(np.uint8)
    alive = []
    for _ in range(10):
        neighbours = sum(
            np.roll(np.roll(cells, i, axis=0), j, axis=1) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)
        )
        cells = ((neighbours == 3) | ((cells == 1) & (neighbours == 2))).astype(np.uint8)
        alive.append(int(cells.sum()))
    rows, columns = np.nonzero(cells)
    return cells, alive, rows.sum() * 1.0, columns.sum() * 1.0
