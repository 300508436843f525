# SPDX-License-Identifier: BSD-3-Clause
"""Quotients and remainders of integers against Python's own."""

import numpy as np
import pytest

import raptors


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_division_of_64_bits_by_one_number(dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    near = {k for power in range(65) for k in range(2**power - 2, 2**power + 3)}
    numbers = sorted(k for k in near | {-k for k in near} | {low, high, 10**18 + 9} if low <= k <= high)
    x = raptors.asarray(np.array(numbers, dtype))
    truncated = {y: [abs(k) // abs(y) * (1 if (k < 0) == (y < 0) else -1) for k in numbers] for y in numbers if y}
    for y in numbers:
        number = np.dtype(dtype).type(y)
        whole = [k // y if y else 0 for k in numbers]
        rests = [k - y * q if y else 0 for k, q in zip(numbers, whole, strict=True)]
        parts = [k - y * q if y else 0 for k, q in zip(numbers, truncated.get(y, whole), strict=True)]
        wrapped = [(q - low) % 2**64 + low for q in whole]  # the lowest number by -1
        for divisor in (number, raptors.asarray(np.full(len(numbers), number))):
            assert np.asarray(raptors.floor_divide(x, divisor)).tolist() == wrapped, y
            assert np.asarray(raptors.remainder(x, divisor)).tolist() == rests, y
            assert np.asarray(raptors.fmod(x, divisor)).tolist() == parts, y
