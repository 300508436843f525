# SPDX-License-Identifier: BSD-3-Clause
"""Is Raptors' answer right? Every function returns "" for yes, else what is wrong, in a few words.

Map operations must give NumPy's bits (any NaN is as good as another). Sums are rounded in an order that is each
library's own, so they are held against the same sum in a wider type: Raptors may be off by what pairwise
summation may be, or by twice what NumPy is.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Axis = int | tuple[int, ...] | None


def same_form(expected: Any, actual: Any) -> str:
    """Equal shape and element type."""
    wanted, given = np.asarray(expected), np.asarray(actual)
    if wanted.shape != given.shape:
        return f"shape {given.shape} instead of {wanted.shape}"
    if wanted.dtype != given.dtype:
        return f"type {given.dtype} instead of {wanted.dtype}"
    return ""


def same_bits(expected: Any, actual: Any) -> str:
    """Equal shape, type and bits."""
    if wrong := same_form(expected, actual):
        return wrong
    wanted, given = np.asarray(expected), np.asarray(actual)
    differs = wanted != given
    if wanted.dtype.kind == "f":
        differs |= np.signbit(wanted) != np.signbit(given)
        differs &= ~(np.isnan(wanted) & np.isnan(given))
    elif wanted.dtype.kind == "c":
        for part in ("real", "imag"):
            if wrong := same_bits(getattr(wanted, part), getattr(given, part)):
                return wrong
        return ""
    return _first_difference(wanted, given, differs)


def nearly_same(expected: Any, actual: Any, ulps: float = 4.0, least: float = 0.0) -> str:
    """Equal within `ulps` units of the result's magnitude, or of `least` where that is larger: for mathematical functions,
    and for complex operations, where NumPy's own bits depend on whether its build fuses multiplications and additions."""
    if wrong := same_form(expected, actual):
        return wrong
    wanted, given = np.asarray(expected), np.asarray(actual)
    if wanted.dtype.kind in "iu":  # integer powers
        return same_bits(expected, actual)
    numbers = np.finfo(wanted.dtype)
    units = np.maximum(numbers.eps * np.maximum(np.abs(wanted), least), numbers.smallest_subnormal)
    differs = ~(np.abs(wanted - given) <= ulps * units)
    differs &= ~((wanted == given) | (np.isnan(wanted) & np.isnan(given)))
    return _first_difference(wanted, given, differs)


def right_reduction(operation: str, x: NDArray[Any], axis: Axis, keepdims: bool, expected: Any, actual: Any) -> str:
    """As close to the true sum, mean or product of `x` as summation in pairs; the other reductions exactly."""
    inexact = operation in ("sum", "mean", "prod") and np.asarray(expected).dtype.kind in "fc"
    if not inexact:
        return same_bits(expected, actual)
    if wrong := same_form(expected, actual):
        return wrong
    wanted, given = np.asarray(expected), np.asarray(actual)
    wide = _wider(wanted.dtype)
    truth = np.asarray(getattr(np, operation)(x, axis=axis, keepdims=keepdims, dtype=wide))
    count = x.size // max(truth.size, 1)
    epsilon = float(np.finfo(wanted.dtype).eps)
    if operation == "prod":
        bound = (8.0 + 4.0 * math.sqrt(count)) * epsilon * np.abs(truth)
    else:
        magnitude = getattr(np, operation)(np.abs(x), axis=axis, keepdims=keepdims, dtype=np.abs(truth).dtype)
        bound = (4.0 + math.log2(max(count, 1))) * epsilon * np.asarray(magnitude)
    with np.errstate(all="ignore"):
        off, numpy_off = np.abs(given - truth), np.abs(wanted - truth)
        differs = ~((off <= bound) | (off <= 2.0 * numpy_off))
        out_of_range = ~(np.abs(truth) <= 0.9 * float(np.finfo(wanted.dtype).max))
    differs &= ~(out_of_range | (wanted == given))
    return _first_difference(truth, given, differs)


def right_value(
    statement: str,
    reduction: tuple[str, str, Axis] | None,
    numpy_names: dict[str, Any],
    raptors_names: dict[str, Any],
) -> str:
    """Whether both libraries make the same of an expression: equal bits, or the same sum where it is a reduction, told by
    its name, its operand's and its axis."""
    expected, actual = eval(statement, None, numpy_names), eval(statement, None, raptors_names)
    if reduction is None:
        return same_bits(expected, actual)
    name, operand, axis = reduction
    return right_reduction(name, numpy_names[operand], axis, False, expected, actual)


# Of two answers that add up in different orders; and how many whole numbers may differ, where a comparison falls otherwise
# for it.
CLOSE, ODD = 1e-6, 1e-4


def same_answer(expected: Any, actual: Any) -> str:
    """What a program may make of it: equal in form, real numbers within a millionth of the largest, others equal but for
    one in 10,000."""
    if isinstance(expected, tuple | list):
        if not isinstance(actual, type(expected)) or len(actual) != len(expected):
            return f"{type(actual).__name__} instead of {type(expected).__name__} of {len(expected)}"
        if isinstance(expected, list) and expected and isinstance(expected[0], int | float):
            return same_answer(np.asarray(expected), np.asarray(actual))
        parts = zip(expected, actual, strict=True)
        return next((f"part {i}: {wrong}" for i, (a, b) in enumerate(parts) if (wrong := same_answer(a, b))), "")
    if wrong := same_form(expected, actual):
        return wrong
    wanted, given = np.asarray(expected), np.asarray(actual)
    if wanted.dtype.kind in "fc":
        largest = np.max(np.abs(wanted), where=np.isfinite(wanted), initial=0.0)
        differs = ~(np.isclose(wanted, given, rtol=0.0, atol=CLOSE * float(largest), equal_nan=True))
        return _first_difference(wanted, given, differs)
    differs = wanted != given
    return _first_difference(wanted, given, differs) if np.count_nonzero(differs) > ODD * wanted.size else ""


def _wider(dtype: np.dtype[Any]) -> type[Any]:
    if dtype.kind == "c":
        return np.complex128 if dtype.itemsize == 8 else np.clongdouble
    return np.float64 if dtype.itemsize <= 4 else np.longdouble


def _first_difference(wanted: NDArray[Any], given: NDArray[Any], differs: Any) -> str:
    count = int(np.count_nonzero(differs))
    if not count:
        return ""
    place = np.unravel_index(int(np.argmax(differs)), wanted.shape)
    where = tuple(int(index) for index in place)
    return f"{given[where]!s} instead of {wanted[where]!s} at {where}, and {count - 1} more of {wanted.size}"
