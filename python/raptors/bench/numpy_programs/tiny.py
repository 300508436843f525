# SPDX-License-Identifier: BSD-3-Clause
"""Many calls on very few numbers each, as in a robot's control loop: what counts is what a call costs."""

from typing import Any


def main(np: Any, size: int) -> Any:
    steps = max(size // 18, 2)  # of 18 calls each
    state, target = np.array([0.3, -0.2, 0.9]), np.array([1.0, 2.0, 3.0])
    velocity, gain = np.zeros(3), np.array([0.8, 0.5, 0.3])
    limit, dt, effort = 2.0, 0.01, 0.0
    for step in range(steps):
        error = target - state
        push = gain * error - 0.1 * velocity
        push = np.where(np.abs(push) > limit, np.sign(push) * limit, push)
        velocity = velocity + push * dt
        state = state + velocity * dt
        distance = np.sqrt((error * error).sum())
        effort += float(np.abs(push).max()) * dt
        if distance < 0.1 or step % 500 == 499:
            target = target * np.array([-1.0, 0.5, 1.0]) + 0.1
    return state, velocity, effort, distance, (state > 0.0).astype(np.int64)
