# SPDX-License-Identifier: BSD-3-Clause
"""A five-point mean over the inner part of a grid by shifted windows, on one thread and on all of them."""

import numpy as np

import raptors

SIDE = 1200

numbers = np.random.default_rng(7).random((SIDE, SIDE))
grid = raptors.asarray(numbers)


def five_point_mean(x):
    """The mean of each inner element and its four neighbours. The five windows are views; only sums are new memory."""
    total = x[1:-1, 1:-1] + x[:-2, 1:-1]
    total += x[2:, 1:-1]
    total += x[1:-1, :-2]
    total += x[1:-1, 2:]
    total *= 0.2
    return total


with raptors.num_threads(1):
    one = five_point_mean(grid)
    one_sum = raptors.sum(one)
every = five_point_mean(grid)

assert every.shape == (SIDE - 2, SIDE - 2)
assert np.array_equal(one, every)  # the same bits, however many threads there are...
assert float(one_sum) == float(raptors.sum(every))  # ...of sums too
assert np.array_equal(every, five_point_mean(numbers))  # elementwise results are NumPy's, bit for bit

# Windows write through: the border is set, the inside stays.
grid[0], grid[-1], grid[:, 0], grid[:, -1] = 0, 0, 0, 0
assert not numbers[[0, -1]].any()
assert not numbers[:, [0, -1]].any()
assert numbers[1:-1, 1:-1].all()
print(f"{raptors.get_num_threads()} threads, mean of the inner part {float(every.mean()):.6f}")
