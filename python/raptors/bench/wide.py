# SPDX-License-Identifier: BSD-3-Clause
"""The wide suite: random draws made into arrays and statements, with their check and their reproducer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..exactness.functions import FUNCTIONS as MATHEMATICAL
from .cells import Cell, Work, fresh
from .check import nearly_same, right_reduction, same_bits
from .draw import Draw, Operand, draw_cells
from .engine import Operation, library

WIDE = "wide"
NAMES = ("a", "b", "c")
EXACT_VALUES = (
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "minimum",
    "maximum",
    "min",
    "max",
    "argmin",
    "argmax",
    "sign",
    "floor",
    "ceil",
    "trunc",
    "round",
)
# Complex operations whose last bits are the build's in NumPy: see check.nearly_same.
FUSED = ("multiply", "divide", "square", "sqrt", "reciprocal", "abs", "sign")
CANCELS = "logaddexp"  # near 0 NumPy's results are as good as those of 1


def cells(seed: int, count: int, operations: Sequence[Operation]) -> list[Cell]:
    """The first `count` cells of `seed`."""
    return [_cell(seed, draw) for draw in draw_cells(seed, count, operations)]


def _cell(seed: int, draw: Draw) -> Cell:
    name = draw.operation.name
    elements = math.prod(draw.shape)
    layouts = ", ".join(dict.fromkeys(operand.layout for operand in draw.operands))
    return Cell(
        name=f"wide/{seed}/{draw.number:04d}/{name}/{draw.dtype}",
        section=WIDE,
        operation=name,
        detail=f"{_call(draw)} {draw.shape} {layouts}",
        dtype=draw.dtype,
        elements=elements,
        threads=0,
        weight=1.0 if elements > 1000 else 0.5,
        prepare=partial(prepare, seed, draw),
    )


def prepare(seed: int, draw: Draw) -> Work:
    """Arrays with values for which both libraries' answers are defined, and the statement on them."""
    raptors = library()
    generator = np.random.default_rng([seed, draw.number])
    arrays = {
        name: build(operand, values(generator, operand, _role(draw, position, generator)))
        for position, (name, operand) in enumerate(zip(NAMES, draw.operands, strict=False))
        if not operand.literal
    }
    numpy_statement, raptors_statement = (
        statement(draw, draw.operation.numpy_name),
        statement(draw, draw.operation.name),
    )
    numpy_names: dict[str, Any] = {"xp": np, **arrays}
    raptors_names = {"xp": raptors, **{name: raptors.asarray(array) for name, array in arrays.items()}}
    if draw.target:
        numpy_names["dtype"] = raptors_names["dtype"] = np.dtype(draw.target)
    if draw.out:
        result = getattr(np, draw.operation.numpy_name)(
            *(_value(operand, arrays, name) for name, operand in zip(NAMES, draw.operands, strict=False))
        )
        numpy_names["result"] = np.array(result)
        raptors_names["result"] = raptors.asarray(numpy_names["result"])
    work = Work(raptors_statement, raptors_names, numpy_names, lambda: "", numpy_statement, reproducer=reproducer(draw))
    work.check = partial(_check, draw, work)
    return work


def _value(operand: Operand, arrays: dict[str, NDArray[Any]], name: str) -> Any:
    return eval(operand.literal) if operand.literal else arrays[name]


def build(operand: Operand, base: NDArray[Any]) -> NDArray[Any]:
    """The operand's view of `base`, which has the shape operand.base."""
    array = eval(operand.template.format(base="base"), {"np": np, "base": fresh(base)})
    assert isinstance(array, np.ndarray)
    assert array.shape == operand.shape
    return array


def statement(draw: Draw, function: str) -> str:
    """The timed expression, with `function` called by that name: it differs between the two libraries."""
    if draw.operation.reduction:
        call = f"a.{function}(" if hasattr(np.ndarray, function) else f"xp.{function}(a, "
        return f"{call}axis={draw.axis}{', keepdims=True' if draw.keepdims else ''})"
    if draw.operation.name == "fill":
        return f"xp.full({draw.shape}, {draw.operands[0].literal}, dtype=dtype)"
    if draw.operation.name == "astype":
        return "a.astype(dtype)"
    names = [operand.literal or name for name, operand in zip(NAMES, draw.operands, strict=False)]
    return f"xp.{function}({', '.join(names + (['out=result'] if draw.out else []))})"


def reproducer(draw: Draw) -> str:
    """One line of Python that does what the cell does, for NumPy: with raptors, wrap the arrays in asarray()."""
    parts = []
    for name, operand in zip(NAMES, draw.operands, strict=False):
        if not operand.literal:
            base = f"np.ones({operand.base}, '{operand.dtype}')"
            parts.append(f"{name} = {operand.template.format(base=base)}")
    call = (
        statement(draw, draw.operation.numpy_name)
        .replace("xp.", "np.")
        .replace("dtype=dtype", f"dtype='{draw.target}'")
    )
    if draw.out:
        plain = call.replace(", out=result", "")
        parts.append(f"result = {plain}")
    parts.append(call.replace("astype(dtype)", f"astype('{draw.target}')"))
    return "; ".join(parts)


def values(generator: np.random.Generator, operand: Operand, role: str) -> NDArray[Any]:
    """Elements for operand.base, in the range that `role` asks for; without it, none is zero and none is large."""
    dtype, shape = np.dtype(operand.dtype), operand.base
    if dtype.kind == "b":
        return (
            np.full(shape, role == "true")
            if role in ("true", "false")
            else generator.integers(0, 2, shape).astype(bool)
        )
    if dtype.kind in "iu":
        low, high = {"count": (0, 7), "logical": (0, 3)}.get(role, (1, 12))
        array = np.asarray(generator.integers(low, high, shape, dtype=np.int8)).astype(dtype)
        if dtype.kind == "i" and role not in ("count", "positive"):
            array *= np.asarray(generator.integers(0, 2, shape, dtype=np.int8) * 2 - 1).astype(dtype)
        return np.asarray(array)
    if dtype.kind == "c":
        part = np.dtype(f"float{dtype.itemsize * 4}")
        reals, imaginaries = (_reals(generator, operand, part, role) for _ in range(2))
        return np.asarray(reals + 1j * (imaginaries - 1 if role == "factor" else imaginaries), dtype)
    return _reals(generator, operand, dtype, role)


def _reals(generator: np.random.Generator, operand: Operand, dtype: np.dtype[Any], role: str) -> NDArray[Any]:
    shape = operand.base
    precise = np.float64 if dtype.itemsize == 8 else np.float32
    array: NDArray[Any] = np.asarray(generator.random(shape, dtype=precise))
    if role == "factor":
        # The logarithm of the product walks at random: it stays within 3 or so, however many factors there are.
        # Repeated factors walk straight on.
        count = max(math.prod(operand.shape), 1)
        steps = count if operand.layout == "repeated" else math.sqrt(count)
        return np.asarray(1.0 + (array - 0.5) * min(1.0, 3.0 / steps)).astype(dtype)
    array = 0.5 + 7.5 * array
    if role == "eighths":
        array = np.round(array * 8.0) / 8.0
    elif role == "logical":
        array *= generator.integers(0, 2, shape, dtype=np.int8)
    if role not in ("positive", "count"):
        array = np.where(generator.integers(0, 2, shape, dtype=np.int8) == 1, array, -array)
    return np.asarray(array).astype(dtype)


def _role(draw: Draw, position: int, generator: np.random.Generator) -> str:
    name = draw.operation.name
    if name in ("divide", "floor_divide", "remainder", "reciprocal") and draw.operands[position].dtype == "bool":
        return "true"
    if name == "prod":
        return "factor"
    if name in ("any", "all"):
        # Half of the time nothing ends the search early.
        ends = generator.integers(0, 2) == 1
        return "logical" if ends or draw.dtype != "bool" else ("true" if name == "all" else "false")
    if name == "sqrt" or (name == "astype" and np.dtype(draw.target).kind == "u"):
        return "positive"
    if "shift" in name and position == 1:
        return "count"
    if "logical" in name:
        return "logical"
    return "eighths" if name in EXACT_VALUES else ""


def _check(draw: Draw, work: Work) -> str:
    with np.errstate(all="ignore"):
        expected = np.array(eval(work.numpy_statement, {}, work.numpy_names))
        if draw.out:
            work.numpy_names["result"].fill(0)
        actual = eval(work.statement, {}, work.raptors_names)
        if draw.out:
            actual = work.numpy_names["result"]
        if draw.operation.reduction:
            return right_reduction(
                draw.operation.name, work.numpy_names["a"], draw.axis, draw.keepdims, expected, actual
            )
        kinds = {np.dtype(operand.dtype).kind for operand in draw.operands}
        if draw.operation.name in MATHEMATICAL or ("c" in kinds and draw.operation.name in FUSED):
            return nearly_same(expected, actual, least=1.0 if draw.operation.name == CANCELS else 0.0)
        return same_bits(expected, actual)


def _call(draw: Draw) -> str:
    return statement(draw, draw.operation.name).replace("xp.", "").replace("=result", "=")
