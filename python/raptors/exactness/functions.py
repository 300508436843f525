# SPDX-License-Identifier: BSD-3-Clause
"""The mathematical functions, and for each what is true: by MPFR, and fast but only nearly by NumPy with more precision;
of complex ones by MPC, which is MPFR's."""

from __future__ import annotations

import functools
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
LONG_BITS = 2400  # of 1 + x, whatever x, and of products that are an angle
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Function:
    """name: Raptors'; numpy: NumPy's, nothing where it has none; exact: with numbers of MPFR; operands: 1 or 2;
    doubtful: where NumPy's function with more precision is not good enough to judge by; of_angles: NumPy's float64 function may
    not be good enough to judge float32 by; near: of float64 numbers, where NumPy has no such function.

    Of complex functions, whose `exact` takes numbers of MPC: by_norm: of which parts, real and imaginary, the error counts in
    units of the last place of the result's norm, not of the part; promise: how large it may be, if not as the type's others;
    where: the arguments for which that holds, if not for all."""

    name: str
    numpy: str
    exact: Callable[..., Any]
    operands: int = 1
    doubtful: Callable[..., Numbers] | None = None
    of_angles: bool = False
    near: Callable[[Numbers], Numbers] | None = None
    by_norm: tuple[bool, bool] = (False, False)
    promise: float = 0.0
    where: Callable[..., Numbers] | None = None


def _of_mpfr(name: str) -> Callable[..., Any]:
    return lambda *operands: getattr(gmpy2, name)(*operands)


def _logaddexp(x: Any, y: Any) -> Any:
    if gmpy2.is_infinite(x) or gmpy2.is_infinite(y):  # log(e^x + 0), which is never -0
        return x + y if gmpy2.is_nan(x) or gmpy2.is_nan(y) else max(x, y) + 0
    return max(x, y) + gmpy2.log1p(gmpy2.exp(min(x, y) - max(x, y)))


def _complex_exp2(z: Any) -> Any:
    with gmpy2.context(gmpy2.get_context(), precision=LONG_BITS):
        angle = z.imag * gmpy2.const_log2()
    return gmpy2.mpc(gmpy2.exp2(z.real) * gmpy2.cos(angle), gmpy2.exp2(z.real) * gmpy2.sin(angle))


def _complex_expm1(z: Any) -> Any:
    half = gmpy2.sin(z.imag / 2)
    return gmpy2.mpc(gmpy2.expm1(z.real) * gmpy2.cos(z.imag) - 2 * half * half, gmpy2.exp(z.real) * gmpy2.sin(z.imag))


def _complex_log1p(z: Any) -> Any:
    with gmpy2.context(gmpy2.get_context(), precision=LONG_BITS):
        re, over = 1 + z.real, (2 + z.real) * z.real  # |1 + z|^2 - 1, on the real axis -0 of -0
        over = over + z.imag * z.imag if z.imag else over
    return gmpy2.mpc(gmpy2.log1p(over) / 2, gmpy2.atan2(z.imag, re))


def _complex_tanh(z: Any) -> Any:
    """Beyond 2^20 a part is nearly 0, and MPFR's least number larger."""
    return gmpy2.tanh(gmpy2.mpc(max(min(z.real, 1 << 20), -(1 << 20)), z.imag))


def _complex_tan(z: Any) -> Any:
    turned = _complex_tanh(gmpy2.mpc(-z.imag, z.real))
    return gmpy2.mpc(turned.imag, -turned.real)


def _complex_log2(z: Any) -> Any:
    log = gmpy2.log(z)
    return gmpy2.mpc(log.real / gmpy2.const_log2(), log.imag / gmpy2.const_log2())


def _by_element(function: Callable[[float], float]) -> Callable[[Numbers], Numbers]:
    return lambda x: np.fromiter(map(function, x.tolist()), np.float64, len(x))


def _cancelled(x: Numbers, y: Numbers, result: Numbers) -> Numbers:
    cancelled: Numbers = np.abs(result) < np.abs(np.maximum(x, y)) / 4
    return cancelled


_ARC = {name: "arc" + name[1:] for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")}
_ONE = "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh cbrt degrees radians"
_OF_ANGLES = {"sin", "cos"}
FUNCTIONS = {
    name: Function(name, _ARC.get(name, name), _of_mpfr(name), of_angles=name in _OF_ANGLES) for name in _ONE.split()
} | {
    "cube": Function("cube", "", lambda x: x * x * x, near=lambda x: x * x * x),
    "pow": Function("pow", "power", lambda x, y: x**y, 2),
    "atan2": Function("atan2", "arctan2", _of_mpfr("atan2"), 2),
    "hypot": Function("hypot", "hypot", _of_mpfr("hypot"), 2),
    "logaddexp": Function("logaddexp", "logaddexp", _logaddexp, 2, _cancelled),
    "erf": Function("erf", "", _of_mpfr("erf"), near=_by_element(math.erf)),
    "erfc": Function("erfc", "", _of_mpfr("erfc"), near=_by_element(math.erfc)),
}


def _few_turns(z: Numbers) -> Numbers:
    few: Numbers = np.abs(z.imag) < 2**20
    return few


def _known_power(z: Numbers, w: Numbers) -> Numbers:
    known: Numbers = np.abs(w.astype(np.complex128) * np.log(z.astype(np.complex128))) < 1000
    return known


def _moderate(*operands: Numbers) -> Numbers:
    """No step of a quotient is infinite or subnormal."""
    limits = np.finfo(operands[0].dtype)
    least, most = limits.tiny**0.25, limits.max**0.25
    parts = np.abs([part for z in operands for part in (z.real, z.imag)])
    moderate: Numbers = (((parts > least) & (parts < most)) | (parts == 0)).all(axis=0)
    return moderate


_COMPLEX = "exp log log10 sin cos asin acos atan sinh cosh asinh acosh atanh sqrt"
_NORM = (True, True)
COMPLEX = {name: Function(name, _ARC.get(name, name), _of_mpfr(name)) for name in _COMPLEX.split()} | {
    "exp2": Function("exp2", "", _complex_exp2, by_norm=_NORM, where=_few_turns),
    "expm1": Function("expm1", "expm1", _complex_expm1, by_norm=(True, False)),
    "log2": Function("log2", "log2", _complex_log2),
    "log1p": Function("log1p", "log1p", _complex_log1p),
    "tan": Function("tan", "tan", _complex_tan),
    "tanh": Function("tanh", "tanh", _complex_tanh),
    "pow": Function("pow", "power", lambda x, y: x**y, 2, by_norm=_NORM, where=_known_power),
    "multiply": Function("multiply", "multiply", lambda x, y: x * y, 2, by_norm=_NORM, promise=2.0),
    "divide": Function("divide", "divide", lambda x, y: x / y, 2, by_norm=_NORM, promise=4.0, where=_moderate),
    "square": Function("square", "square", lambda x: x * x, by_norm=_NORM, promise=2.0),
    "reciprocal": Function("reciprocal", "reciprocal", lambda x: 1 / x, by_norm=_NORM, promise=2.0, where=_moderate),
    "abs": Function("abs", "abs", abs, promise=2.0),
}


@dataclass(frozen=True)
class Form:
    """A type: bits of its significand, exponents of its largest and its smallest normal number; how far, in units of its
    last place, what it is judged by at first may be off; and of complex types, to whose parts these belong, the parts' type."""

    name: str
    bits: int
    most: int
    least: int
    slack: float
    part: str = ""

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.name)

    @property
    def functions(self) -> dict[str, Function]:
        return COMPLEX if self.part else FUNCTIONS


# NumPy's float64 functions are within 4 units of float64's last place, of which float32 has 2^29 in one of its own.
FORMS = {
    "float16": Form("float16", 11, 15, -14, 1e-6),
    "float32": Form("float32", 24, 127, -126, 1e-6),
    "float64": Form("float64", 53, 1023, -1022, 0.004),
    "complex64": Form("complex64", 24, 127, -126, 0.0, "float32"),
    "complex128": Form("complex128", 53, 1023, -1022, 0.0, "float64"),
}
# Where C's long double is no more than double, all of float64's arguments are MPFR's, and there are fewer of them.
LONG_IS_LONGER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant


def judged(function: Function, form: Form) -> bool:
    """Whether there is a fast way to nearly the truth."""
    return not form.part and (form.name != "float64" or (function.near is None and LONG_IS_LONGER))


def judge_type(function: Function, form: Form) -> type[np.floating[Any]]:
    """The type that it goes in."""
    long = form.name == "float64" or (function.of_angles and not _knows_large_angles(function.numpy))
    return np.longdouble if long else np.float64


@functools.cache
def _knows_large_angles(name: str) -> bool:
    """Whether NumPy's float64 function is good near large multiples of pi/2, where some CPUs' is off by 10^5 units of the last
    place. Long double's takes up to ten times as long."""
    quarters = np.rint(2.0 ** np.linspace(10, 100, 1 << 14)) * (np.pi / 2)
    angles = np.append(quarters, 16367173 * 2.0**72).astype(np.float32).astype(np.float64)
    found, truth = (getattr(np, name)(angles.astype(dtype)) for dtype in (np.float64, np.longdouble))
    return bool((np.abs(found - truth) < 4 * np.spacing(np.abs(found))).all())
