# SPDX-License-Identifier: BSD-3-Clause
"""Powers of integers against Python's own, wrapped round."""

import numpy as np
import pytest

import raptors

DTYPES = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
EXPONENTS = [0, 1, 2, 3, 4, 5, 7, 8, 31, 63, 64, 100, 127]


def wrapped_power(x, y, dtype):
    bits, low = np.iinfo(dtype).bits, np.iinfo(dtype).min
    return (pow(int(x), int(y), 2**bits) - low) % 2**bits + low


def bases(dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return [k for k in (0, 1, 2, 3, 10, 77, -1, -2, -3, -100, low, low + 1, high - 1, high) if low <= k <= high]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 7, 64, 2500])  # 2500: more than one block of exponents
def test_arrays(dtype, n):
    rng = np.random.default_rng(n)
    x, y = rng.choice(np.array(bases(dtype), dtype), n), rng.choice(np.array(EXPONENTS, dtype), n)
    y[: n // 2] %= 4  # a block of small exponents before one of large ones
    expected = [wrapped_power(a, b, dtype) for a, b in zip(x, y, strict=True)]
    assert np.asarray(raptors.pow(raptors.asarray(x), raptors.asarray(y))).tolist() == expected
    for k in range(2):  # the result takes an operand's place
        operands = [raptors.asarray(x.copy()), raptors.asarray(y.copy())]
        raptors.pow(*operands, out=operands[k])
        assert np.asarray(operands[k]).tolist() == expected


@pytest.mark.parametrize("dtype", DTYPES)
def test_with_a_number(dtype):
    x, y = np.array(bases(dtype), dtype), np.array(EXPONENTS, dtype)
    for number in EXPONENTS:
        result = np.asarray(raptors.pow(raptors.asarray(x), np.dtype(dtype).type(number)))
        assert result.tolist() == [wrapped_power(a, number, dtype) for a in x], number
    for number in bases(dtype):
        result = np.asarray(raptors.pow(np.dtype(dtype).type(number), raptors.asarray(y)))
        assert result.tolist() == [wrapped_power(number, b, dtype) for b in y], number


def test_a_negative_exponent_is_an_error():
    x = raptors.asarray(np.arange(5))
    with pytest.raises(ValueError, match="negative"):
        raptors.pow(x, raptors.asarray(np.array([1, 2, -1, 0, 3])))
