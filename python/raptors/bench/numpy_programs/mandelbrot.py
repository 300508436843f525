# SPDX-License-Identifier: BSD-3-Clause
"""How soon points leave the Mandelbrot set, with a mask of those that have not."""

from typing import Any


def main(np: Any, size: int) -> Any:
    side = max(int(size**0.5), 8)
    c = np.linspace(-2.2, 0.8, side) + 1j * np.linspace(-1.5, 1.5, side)[:, None]
    z = np.zeros_like(c)
    turns = np.zeros(c.shape, dtype=np.int32)
    inside = np.ones(c.shape, dtype=bool)
    for turn in range(50):
        z[inside] = z[inside] ** 2 + c[inside]
        escaped = inside & (z.real**2 + z.imag**2 > 4.0)
        turns[escaped] = turn
        inside &= ~escaped
    shade = np.where(inside, 0.0, np.sqrt(turns / 50.0))
    return turns, np.count_nonzero(inside), shade.mean(), np.abs(z[inside]).sum()
