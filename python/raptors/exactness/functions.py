# SPDX-License-Identifier: BSD-3-Clause
"""The mathematical functions, and for each what is true: by MPFR, and fast but only nearly by NumPy with more precision."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _gmpy2() -> Any:
    """The package that has MPFR, which Raptors alone does not need; None: the command says what to install."""
    try:
        return importlib.import_module("gmpy2")
    except ImportError:
        return None


gmpy2 = _gmpy2()
BITS = 300  # of MPFR's results: 130 would do, no function here lies nearer to the middle of two numbers
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Function:
    """name: Raptors'; numpy: NumPy's, nothing where it has none; exact: with numbers of MPFR; operands: 1 or 2;
    doubtful: where NumPy's function with more precision is not good enough to judge by; far_off: where NumPy's float64 function
    is not good enough to judge float32 by, and long double's must; near: of float64 numbers, where NumPy has no such function."""

    name: str
    numpy: str
    exact: Callable[..., Any]
    operands: int = 1
    doubtful: Callable[..., Numbers] | None = None
    far_off: bool = False
    near: Callable[[Numbers], Numbers] | None = None


def _of_mpfr(name: str) -> Callable[..., Any]:
    return lambda *operands: getattr(gmpy2, name)(*operands)


def _logaddexp(x: Any, y: Any) -> Any:
    if gmpy2.is_infinite(x) or gmpy2.is_infinite(y):  # log(e^x + 0), which is never -0
        return x + y if gmpy2.is_nan(x) or gmpy2.is_nan(y) else max(x, y) + 0
    return max(x, y) + gmpy2.log1p(gmpy2.exp(min(x, y) - max(x, y)))


def _by_element(function: Callable[[float], float]) -> Callable[[Numbers], Numbers]:
    return lambda x: np.fromiter(map(function, x.tolist()), np.float64, len(x))


def _cancelled(x: Numbers, y: Numbers, result: Numbers) -> Numbers:
    cancelled: Numbers = np.abs(result) < np.abs(np.maximum(x, y)) / 4
    return cancelled


_ARC = {name: "arc" + name[1:] for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")}
_ONE = "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt degrees radians"
_FAR_OFF = {"sin", "cos"}  # by 10^5 units of the last place near large multiples of pi/2
FUNCTIONS = {
    name: Function(name, _ARC.get(name, name), _of_mpfr(name), far_off=name in _FAR_OFF) for name in _ONE.split()
} | {
    "cube": Function("cube", "", lambda x: x * x * x, near=lambda x: x * x * x),
    "pow": Function("pow", "power", lambda x, y: x**y, 2),
    "atan2": Function("atan2", "arctan2", _of_mpfr("atan2"), 2),
    "hypot": Function("hypot", "hypot", _of_mpfr("hypot"), 2),
    "logaddexp": Function("logaddexp", "logaddexp", _logaddexp, 2, _cancelled),
    "erf": Function("erf", "", _of_mpfr("erf"), near=_by_element(math.erf)),
    "erfc": Function("erfc", "", _of_mpfr("erfc"), near=_by_element(math.erfc)),
}


@dataclass(frozen=True)
class Form:
    """A type: bits of its significand, exponents of its largest and its smallest normal number; and how far, in units of its
    last place, what it is judged by at first may be off."""

    name: str
    bits: int
    most: int
    least: int
    slack: float

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.name)


# NumPy's float64 functions are within 4 units of float64's last place, of which float32 has 2^29 in one of its own.
FORMS = {
    "float16": Form("float16", 11, 15, -14, 1e-6),
    "float32": Form("float32", 24, 127, -126, 1e-6),
    "float64": Form("float64", 53, 1023, -1022, 0.004),
}
# Where C's long double is no more than double, all of float64's arguments are MPFR's, and there are fewer of them.
LONG_IS_LONGER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant


def judged(function: Function, form: Form) -> bool:
    """Whether there is a fast way to nearly the truth."""
    return form.name != "float64" or (function.near is None and LONG_IS_LONGER)


def judge_type(function: Function, form: Form) -> type[np.floating[Any]]:
    """The type that it goes in."""
    return np.longdouble if form.name == "float64" or function.far_off else np.float64
