# SPDX-License-Identifier: BSD-3-Clause
"""The mathematical functions: real ones on all threads and on one, complex ones, float16, calls on ten elements, and arguments
that are slow elsewhere. erf, erfc and cube are not here: NumPy has no such functions to hold them against."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import Cell, Work, cells_of, fresh
from .check import nearly_same
from .engine import library, operations

REAL_ALL, REAL_ONE = "real functions, all threads", "real functions, one thread"
COMPLEX_ALL, COMPLEX_ONE = "complex functions, all threads", "complex functions, one thread"
HALF = "float16 functions, one thread"
SMALL_MATH = "functions of 10 elements"
HOSTILE = "hostile arguments"
SIZES = (1000, 100_000, 4_000_000)
COMPLEX_SIZES = (1000, 100_000, 1_000_000)  # NumPy takes up to 0.1 µs an element
HOSTILE_ELEMENTS = 10_000
HOSTILE_COST = 3.0  # times what ordinary arguments take
CHECKED = 100_000  # elements at most, spread over the answer: a check must not outlast the timing
# Each function's operands are uniform within these ends; the third word is a type other than the function's own.
Range = tuple[float, float] | tuple[float, float, str]
ONE: dict[str, Sequence[Range]] = {
    "exp": [(-10, 10)],
    "exp2": [(-10, 10)],
    "expm1": [(-3, 3)],
    "log": [(0.01, 100)],
    "log2": [(0.01, 100)],
    "log10": [(0.01, 100)],
    "log1p": [(-0.9, 10)],
    "sin": [(-100, 100)],
    "cos": [(-100, 100)],
    "tan": [(-100, 100)],
    "asin": [(-1, 1)],
    "acos": [(-1, 1)],
    "atan": [(-10, 10)],
    "sinh": [(-8, 8)],
    "cosh": [(-8, 8)],
    "tanh": [(-4, 4)],
    "asinh": [(-50, 50)],
    "acosh": [(1, 50)],
    "atanh": [(-0.99, 0.99)],
    "cbrt": [(-100, 100)],
    "degrees": [(-7, 7)],
    "radians": [(-360, 360)],
}
TWO: dict[str, Sequence[Range]] = {
    "pow": [(0.1, 9), (-3, 3)],
    "atan2": [(-9, 9), (-9, 9)],
    "hypot": [(-9, 9), (-9, 9)],
    "logaddexp": [(-9, 9), (-9, 9)],
}
OF_BITS: dict[str, Sequence[Range]] = {  # whose float16 form is held to no goal
    "copysign": [(-9, 9), (-9, 9)],
    "nextafter": [(-9, 9), (-9, 9)],
    "fmod": [(-99, 99), (1, 9)],
    "ldexp": [(-9, 9), (-20, 20, "int32")],
}
COMPLEX: dict[str, Sequence[Range]] = {name: [(-3, 3)] for name in ("exp", "log", "sqrt", "sin", "tanh", "abs")}
COMPLEX |= {name: [(-3, 3), (-3, 3)] for name in ("pow", "multiply", "divide")}
SMALL_CALLS = {
    "exp": "xp.exp(x)",
    "sin": "xp.sin(x)",
    "square": "x ** 2",
    "cube": "x ** 3",
    "reciprocal": "x ** -1",
    "root": "x ** 0.5",
}
KINDS = ("subnormal", "huge", "nan")
# Of units in the last place that NumPy's own results may be off: of complex powers more, with the exponent's size.
ULPS = {"float": 4.0, "complex": 32.0}
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Part:
    """Functions of each of the types at each of the sizes, in a section for each number of threads."""

    name: str
    functions: Mapping[str, Sequence[Range]]
    dtypes: Sequence[str]
    sizes: Sequence[int]
    sections: Mapping[int, str]


REAL = ONE | TWO | OF_BITS
PARTS = (
    Part("real", REAL, ("float32", "float64"), SIZES, {0: REAL_ALL, 1: REAL_ONE}),
    Part("complex", COMPLEX, ("complex64", "complex128"), COMPLEX_SIZES, {0: COMPLEX_ALL, 1: COMPLEX_ONE}),
    Part("half", ONE | TWO, ("float16",), SIZES[:2], {1: HALF}),
)


def cells() -> list[Cell]:
    """The cells of the three parts, in the order that shares operands best, of small calls, and of hostile arguments."""
    found = [
        Cell(
            name=f"math/{part.name}/{function}/{dtype}/{size}/{'one' if threads else 'all'}",
            section=section,
            operation=function,
            detail=f"{size:,}",
            dtype=dtype,
            elements=size,
            threads=threads,
            weight=1.0 + 9.0 * size / SIZES[-1],
            prepare=partial(_prepare, function, part.functions[function], dtype, size),
        )
        for part in PARTS
        for function in part.functions
        for dtype in part.dtypes
        for size in part.sizes
        for threads, section in part.sections.items()
    ]
    found += cells_of("math/small", SMALL_MATH, SMALL_CALLS, (10,), _prepare_small)
    return found + [
        Cell(
            name=f"math/hostile/{function}/{dtype}/{kind}",
            section=HOSTILE,
            operation=function,
            detail=kind,
            dtype=dtype,
            elements=HOSTILE_ELEMENTS,
            threads=1,
            weight=0.4,
            prepare=partial(_prepare_hostile, function, dtype, kind),
            par=1.0 / HOSTILE_COST,
        )
        for function in REAL
        for dtype in ("float32", "float64")
        for kind in KINDS
    ]


@lru_cache(maxsize=1)
def _values(ranges: tuple[Range, ...], dtype: str, size: int) -> list[NDArray[Any]]:
    generator = np.random.default_rng(size)
    found = []
    for low, high, *other in ranges:
        array = generator.uniform(low, high, size)
        if np.dtype(dtype).kind == "c":
            array = array + 1j * generator.uniform(low, high, size)
        found.append(array.astype(other[0] if other else dtype))
    return found


def operands(ranges: Sequence[Range], dtype: str, size: int) -> Arrays:
    """x, and y where there is a second range."""
    return {name: fresh(array) for name, array in zip("xy", _values(tuple(ranges), dtype, size), strict=False)}


def hostile(kind: str, dtype: str, size: int) -> NDArray[Any]:
    """Numbers of one of KINDS."""
    limits = np.finfo(dtype)
    base = {"subnormal": limits.tiny / 4, "huge": limits.max / 3, "nan": limits.dtype.type(np.nan)}[kind]
    return fresh((base * np.random.default_rng(size).uniform(1.0, 2.0, size)).astype(dtype))


def _work(statement: str, arrays: Arrays) -> Work:
    """`statement` with Raptors' names for functions, on these operands, held against NumPy."""
    named = {row.name: row.numpy_name for row in operations()}
    numpy_statement = re.sub(r"xp\.(\w+)", lambda found: f"xp.{named[found[1]]}", statement)
    raptors_names = {"xp": library(), **{name: library().asarray(array) for name, array in arrays.items()}}
    work = Work(statement, raptors_names, {"xp": np, **arrays}, lambda: "", numpy_statement)
    work.check = partial(_check, work)
    return work


def _check(work: Work) -> str:
    expected = np.asarray(eval(work.numpy_statement, None, work.numpy_names))
    actual = np.asarray(eval(work.statement, None, work.raptors_names))
    if expected.shape != actual.shape:
        return f"shape {actual.shape} instead of {expected.shape}"
    some = slice(None, None, 1 + expected.size // CHECKED)
    ulps = ULPS["complex" if work.numpy_names["x"].dtype.kind == "c" else "float"]
    # Near 0 NumPy's logaddexp is as good as for results of 1.
    least = 1.0 if "logaddexp" in work.statement else 0.0
    return nearly_same(expected[some], actual[some], ulps, least)


def _call(function: str, arrays: Arrays) -> str:
    return f"xp.{function}({', '.join(arrays)})"


def _prepare(function: str, ranges: Sequence[Range], dtype: str, size: int) -> Work:
    arrays = operands(ranges, dtype, size)
    return _work(_call(function, arrays), arrays)


def _prepare_small(name: str, statement: str, size: int) -> Work:
    return _work(statement, operands([(0.5, 2)], "float64", size))


def _prepare_hostile(function: str, dtype: str, kind: str) -> Work:
    """In NumPy's place stands Raptors with ordinary arguments. The answer is held against NumPy's all the same."""
    ordinary = operands(REAL[function], dtype, HOSTILE_ELEMENTS)
    strange = _work(_call(function, ordinary), ordinary | {"x": hostile(kind, dtype, HOSTILE_ELEMENTS)})
    usual = _work(strange.statement, ordinary)
    return Work(strange.statement, strange.raptors_names, usual.raptors_names, strange.check)
