# SPDX-License-Identifier: BSD-3-Clause
"""Planets: a few bodies and many small arrays, by leapfrog steps."""

from typing import Any


def pull(np: Any, position: Any, mass: Any) -> Any:
    apart = position[None, :, :] - position[:, None, :]
    square = (apart**2).sum(axis=-1) + 1e-6
    return (apart * (mass * square**-1.5)[:, :, None]).sum(axis=1)


def main(np: Any, size: int) -> Any:
    bodies, steps = 8, max(size // 8, 2)
    mass = np.array([1.0] + [10.0 ** -(3 + i % 4) for i in range(bodies - 1)])
    radius, turn = np.arange(bodies) * 0.7, np.arange(bodies) * 2.4
    position = np.stack((radius * np.cos(turn), radius * np.sin(turn), 0.01 * radius), axis=1)
    speed = np.sqrt(mass[0] / np.maximum(radius, 0.1)) * (radius > 0.0)
    velocity = np.stack((-speed * np.sin(turn), speed * np.cos(turn), np.zeros(bodies)), axis=1)

    dt, energies = 0.002, []
    force = pull(np, position, mass)
    for step in range(steps):
        velocity += 0.5 * dt * force
        position += dt * velocity
        force = pull(np, position, mass)
        velocity += 0.5 * dt * force
        if step % 10 == 0:
            energies.append(0.5 * (mass * (velocity**2).sum(axis=1)).sum())
    centre = (position * mass[:, None]).sum(axis=0) / mass.sum()
    return position, velocity, np.array(energies), centre
