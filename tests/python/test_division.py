# SPDX-License-Identifier: BSD-3-Clause
"""Quotients and remainders: of integers against Python's own, of real numbers against the C library's and NumPy's."""

import numpy as np
import pytest

import raptors


@pytest.mark.parametrize("dtype", [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)])
def test_division_by_one_number(dtype):
    """Of and by every number of 8 bits, those near each power of two of more bits."""
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    bits = np.iinfo(dtype).bits
    near = {k for power in range(bits + 1) for k in range(2**power - 2, 2**power + 3)}
    near |= set(range(256)) if bits == 8 else {low, 10**18 + 9}
    numbers = sorted(k for k in near | {-k for k in near} if low <= k <= high)
    x = raptors.asarray(np.array(numbers, dtype))
    truncated = {y: [abs(k) // abs(y) * (1 if (k < 0) == (y < 0) else -1) for k in numbers] for y in numbers if y}
    for y in numbers:
        number = np.dtype(dtype).type(y)
        whole = [k // y if y else 0 for k in numbers]
        rests = [k - y * q if y else 0 for k, q in zip(numbers, whole, strict=True)]
        parts = [k - y * q if y else 0 for k, q in zip(numbers, truncated.get(y, whole), strict=True)]
        wrapped = [(q - low) % 2**bits + low for q in whole]  # the lowest number by -1
        for divisor in (number, raptors.asarray(np.full(len(numbers), number))):
            assert np.asarray(raptors.floor_divide(x, divisor)).tolist() == wrapped, y
            assert np.asarray(raptors.remainder(x, divisor)).tolist() == rests, y
            assert np.asarray(raptors.fmod(x, divisor)).tolist() == parts, y


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "uint64"])
@pytest.mark.parametrize("n", [1, 3, 40])
def test_rows_by_a_number_each(dtype, n):
    x = (np.arange(7 * n) * 77 % 120).astype(dtype).reshape(7, n)
    divisors = np.array([3, 0, 3, 7, 1, 100, 2], dtype)[:, None]
    expected = [[int(k) // int(d) if d else 0 for k in row] for row, (d,) in zip(x, divisors, strict=True)]
    assert np.asarray(raptors.floor_divide(raptors.asarray(x), raptors.asarray(divisors))).tolist() == expected
    result = raptors.asarray(x.copy())
    raptors.floor_divide(result, raptors.asarray(divisors), out=result)
    assert np.asarray(result).tolist() == expected


def far_pairs(dtype, count):
    """Dividends and divisors whose quotients have up to 2,100 binary digits, among ordinary ones, zeros, infinities and NaN."""
    limits = np.finfo(dtype)
    unsigned = np.dtype(f"u{limits.dtype.itemsize}")
    generator = np.random.default_rng(count)
    x, y = (generator.integers(0, np.iinfo(unsigned).max, count, unsigned, True).view(dtype).copy() for _ in "xy")
    digits = unsigned.type(2**limits.nmant - 1)
    x[1::7], y[1::7] = limits.max, generator.integers(1, 1000, len(y[1::7])).astype(dtype) * limits.smallest_subnormal
    y[2::7] = generator.uniform(1, 9, len(y[2::7]))
    y[3::7] = (y[3::7].view(unsigned) | digits).view(dtype)  # all digits are 1
    x[4::7], y[4::7] = generator.uniform(-1e9, 1e9, len(x[4::7])), generator.uniform(1e-9, 1e-6, len(x[4::7]))
    for k, special in enumerate((0.0, -0.0, np.inf, -np.inf, np.nan, limits.tiny, -limits.smallest_subnormal)):
        x[k::101], y[k::103] = special, special
    return x, y


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("count", [1, 3, 1000, 20001])
def test_far_quotients(dtype, count):
    x, y = far_pairs(dtype, count)
    with np.errstate(all="ignore"):
        for divisor in (y, y[count // 2]):
            for name in ("fmod", "remainder", "floor_divide"):
                expected = getattr(np, name)(x, divisor)
                if name == "floor_divide":  # the array API has an infinite quotient where NumPy has NaN
                    infinite = np.isinf(x) & np.isfinite(divisor)
                    expected[infinite] = (x / divisor)[infinite]
                result = np.asarray(getattr(raptors, name)(raptors.asarray(x), raptors.asarray(divisor)))
                np.testing.assert_array_equal(result, expected)
                kept = ~np.isnan(expected)
                np.testing.assert_array_equal(np.signbit(result[kept]), np.signbit(expected[kept]))
