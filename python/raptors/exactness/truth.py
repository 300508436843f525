# SPDX-License-Identifier: BSD-3-Clause
"""How far results are from the truth, in units of the last place (ULP) of what is true.

A result that is infinite counts as the power of two behind the largest number, so that one that should have been the largest
number is one unit off. A wrong sign of 0, or NaN where there is a number, is infinitely far.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from .functions import BITS, Form, Function, Numbers, gmpy2


def errors(form: Form, truth: Numbers, results: Numbers) -> Numbers:
    """Of results against a truth of more precision: float64 numbers, in ULP."""
    end = np.ldexp(truth.dtype.type(1), form.most + 1)
    nan = np.isnan(truth), np.isnan(results)
    either, infinite = nan[0] | nan[1], np.isinf(results)
    some_nan = either.any()
    wide = results.astype(truth.dtype)
    if some_nan:  # each step on long double would take fifty times as long
        truth, wide = np.where(either, 0, truth), np.where(either, 0, wide)
    true, wide = np.clip(truth, -end, end), np.clip(wide, -end, end)
    zero = wide == 0
    off: Numbers = (np.abs(wide - true) * _units(form, true)).astype(np.float64, copy=False)
    if infinite.any():
        off[infinite & (off <= 0.5)] = 0
    if zero.any():
        off[zero & (np.signbit(wide) != np.signbit(true))] = np.inf
    if some_nan:
        off[either] = np.where(nan[0] & nan[1], 0, np.inf)[either]
    return off


def are_nearest(form: Form, truth: Numbers, results: Numbers, worst: float) -> bool:
    """Whether it is certain, at a glance, that each result is the number nearest to the truth and its error below `worst`. Nothing
    is where the truth is long double, or a result subnormal."""
    if truth.dtype != np.float64:
        return False
    dropped = 53 - form.bits
    digits = truth.view(np.int64) & ((1 << dropped) - 1)
    digits -= 1 << (dropped - 1)
    from_middle = float(np.abs(digits, out=digits).min()) / (1 << dropped)
    if from_middle <= form.slack or 0.5 - from_middle > max(worst - form.slack, form.slack):
        return False
    if (np.abs(truth) < 2.0**form.least).any():
        return False
    bits = np.dtype(f"u{form.dtype.itemsize}")
    rounded = truth.astype(form.dtype)
    same = rounded.view(bits) == results.view(bits)
    return bool(same.all() or (same | (np.isnan(rounded) & np.isnan(results))).all())


def _units(form: Form, truth: Numbers) -> Numbers:
    """How many units of the last place there are in 1, near each number."""
    if truth.dtype == np.float64:  # by its bits, which takes a fifth of the time
        powers = (truth.view(np.int64) & (0x7FF << 52)).view(np.float64)
        np.maximum(powers, 2.0**form.least, out=powers)
        np.minimum(powers, 2.0**form.most, out=powers)
        return np.divide(2.0 ** (form.bits - 1), powers, out=powers)
    exponents = np.clip(np.frexp(truth)[1] - 1, form.least, form.most)
    units: Numbers = _units_of(form)[exponents - form.least]
    return units


@functools.cache
def _units_of(form: Form) -> Numbers:
    return np.ldexp(np.longdouble(1), form.bits - 1 - np.arange(form.least, form.most + 1))


def exact(function: Function, operands: tuple[complex, ...]) -> Any:
    """What is true, by MPFR; of complex operands by MPC."""
    with gmpy2.context(gmpy2.context(), precision=BITS):
        return function.exact(*(gmpy2.mpc(x) if isinstance(x, complex) else gmpy2.mpfr(x) for x in operands))


def counts(function: Function, form: Form, true: Any) -> bool:
    """Whether a complex result can be judged: it is finite, and where its norm has the unit, that is a number of the type."""
    return bool(gmpy2.is_finite(true)) and not (any(function.by_norm) and abs(true) >= gmpy2.exp2(form.most + 1))


def exact_error(function: Function, form: Form, operands: tuple[complex, ...], result: complex) -> tuple[float, bool]:
    """Of one result, by MPFR: in ULP, and whether no other number is nearer (of two as near, the even one)."""
    return error_of(function, form, exact(function, operands), result)


def error_of(function: Function, form: Form, true: Any, result: complex) -> tuple[float, bool]:
    """The same, against what is true; of complex results the larger error of the two parts, and whether both are nearest."""
    with gmpy2.context(gmpy2.context(), precision=BITS):
        if not isinstance(result, complex):
            return _part_error(form, true, result)
        by_re, by_im = (abs(true) if by_norm else None for by_norm in function.by_norm)
        re, im = _part_error(form, true.real, result.real, by_re), _part_error(form, true.imag, result.imag, by_im)
        return max(re[0], im[0]), re[1] and im[1]


def _part_error(form: Form, true: Any, result: float, norm: Any = None) -> tuple[float, bool]:
    """`norm`: what has the unit, if not what is true; then one zero is as good as the other."""
    if gmpy2.is_nan(true) or math.isnan(result):
        same = gmpy2.is_nan(true) and math.isnan(result)
        return (0.0 if same else math.inf), same
    if result == 0 and norm is None and gmpy2.is_signed(true) != (math.copysign(1, result) < 0):
        return math.inf, False
    if norm is None or norm == 0:
        if true == 0 or gmpy2.is_infinite(true):
            return (0.0, True) if result == true else (math.inf, False)
        norm = true
    end = gmpy2.exp2(form.most + 1)
    exponent = min(max(gmpy2.get_exp(norm) - 1, form.least), form.most)
    unit = gmpy2.exp2(exponent - form.bits + 1)
    true = min(max(true, -end), end)
    number = gmpy2.mpfr(result) if math.isfinite(result) else math.copysign(1, result) * end
    off = abs(number - true) / unit
    whole = number / unit  # but of half units just below a power of two, where the next number is nearer
    even = gmpy2.is_integer(whole) and gmpy2.is_even(gmpy2.mpz(whole))
    nearest = bool(off < 0.5 or (off == 0.5 and even))
    return (0.0 if math.isinf(result) and nearest else float(off)), nearest
