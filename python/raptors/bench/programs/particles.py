# SPDX-License-Identifier: BSD-3-Clause
"""Particles in a box: gravity, drag, walls that they bounce off, and a histogram of their speeds."""

from typing import Any


def main(np: Any, size: int) -> Any:
    count = max(size // 3, 4)
    rng = np.random.default_rng(13)
    position = rng.uniform(0.0, 1.0, (count, 3))
    velocity = rng.normal(0.0, 0.3, (count, 3))
    mass = rng.uniform(0.5, 1.5, count)
    gravity = np.array([0.0, 0.0, -9.81])
    dt = 0.001

    for _ in range(20):
        speed = np.sqrt((velocity**2).sum(axis=1))
        velocity += dt * (gravity - 0.1 * speed[:, None] * velocity / mass[:, np.newaxis])
        position += dt * velocity
        low, high = position < 0.0, position > 1.0
        velocity[low | high] *= -0.9
        position[low] = -position[low]
        position[high] = 2.0 - position[high]

    energy = 0.5 * mass * (velocity * velocity).sum(axis=1) + 9.81 * mass * position[:, 2]
    histogram, edges = np.histogram(np.linalg.norm(velocity, axis=1), bins=20, range=(0.0, 2.0))
    centre = np.average(position, axis=0, weights=mass)
    return energy.sum(), centre, histogram, edges, np.argmax(energy)
