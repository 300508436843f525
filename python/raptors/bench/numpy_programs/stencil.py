# SPDX-License-Identifier: BSD-3-Clause
"""Heat in a plate, by Jacobi's five-point steps."""

from typing import Any


def main(np: Any, size: int) -> Any:
    side = max(int(size**0.5), 8)
    now = np.zeros((side, side))
    now[0], now[-1], now[:, 0], now[:, -1] = 100.0, -20.0, np.linspace(100.0, -20.0, side), 30.0
    source = np.zeros((side, side))
    source[side // 4 : side // 2, side // 3 : side // 2] = 0.5
    changes = []
    for _ in range(25):
        after = now.copy()
        after[1:-1, 1:-1] = 0.25 * (
            now[:-2, 1:-1] + now[2:, 1:-1] + now[1:-1, :-2] + now[1:-1, 2:] + source[1:-1, 1:-1]
        )
        changes.append(np.abs(after - now).max())
        now = after
    flow = np.hypot(now[1:-1, 2:] - now[1:-1, :-2], now[2:, 1:-1] - now[:-2, 1:-1])
    return now, np.array(changes), flow.mean()
