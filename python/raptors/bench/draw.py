# SPDX-License-Identifier: BSD-3-Clause
"""Random cells as plain data: which operation, on operands of which shapes, layouts and types.

A draw depends on the seed, its number and the table of operations alone, never on the machine: it uses nothing of the
generator but random(), whose sequence Python promises to keep, and no function of the C library's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from .engine import Operation

T = TypeVar("T")
Shape = tuple[int, ...]

DTYPES = (
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
)
# NumPy's rint makes floats of these, the array API's round leaves them alone: nothing to compare. Negative integer powers
# are an error.
UNLIKE = {"round": "biu", "pow": "i"}
ONE_AXIS = ("argmin", "argmax")
NO_IDENTITY = ("min", "max", "argmin", "argmax", "mean")
# No shape has more than 2 ** 22 elements.
MOST_BITS = 22
# What is timed: an array program's types, more often than the rest.
LIKELY_DTYPES = ("float32", "float64", "float32", "float64", "int32", "int64", "uint8")


class Dice:
    """Choices made with random() alone."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, count: int) -> int:
        """0 to count - 1."""
        return int(self._random.random() * count)

    def between(self, low: int, high: int) -> int:
        """low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        point = self._random.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            point -= weight
            if point < 0:
                return choice
        return choices[-1][0]

    def size(self, bits: int = MOST_BITS) -> int:
        """1 to 2 ** bits - 1, every power of two being as likely as the next."""
        power = self.below(bits)
        return int((1 << power) * (1.0 + self._random.random()))


@dataclass(frozen=True)
class Operand:
    """An array: `template` with {base} standing for a new array of `base` shape; or a Python scalar, `literal`."""

    dtype: str
    shape: Shape
    base: Shape
    template: str
    layout: str
    literal: str = ""


@dataclass(frozen=True)
class Draw:
    """One cell of the wide suite. axis and keepdims are for reductions, target for astype and fill."""

    number: int
    operation: Operation
    operands: tuple[Operand, ...]
    shape: Shape
    axis: int | Shape | None = None
    keepdims: bool = False
    out: bool = False
    target: str = ""

    @property
    def dtype(self) -> str:
        """The first array's type, or the type made."""
        arrays = [operand.dtype for operand in self.operands if not operand.literal]
        return arrays[0] if arrays else self.target


def draw_cells(seed: int, count: int, operations: Sequence[Operation]) -> list[Draw]:
    """The first `count` cells of `seed`. A longer list begins with the shorter one."""
    return [draw_cell(seed, number, operations) for number in range(count)]


def draw_cell(seed: int, number: int, operations: Sequence[Operation]) -> Draw:
    """Cell `number` of `seed`: drawn again until NumPy has the operation for its types and shape."""
    dice = Dice(f"raptors/{seed}/{number}")
    while True:
        draw = _draw(dice, number, dice.pick(operations))
        if is_valid(draw):
            return draw


def is_valid(draw: Draw) -> bool:
    """Whether NumPy defines the operation for these types, and the reduction for this shape."""
    operation = draw.operation
    kind = np.dtype(draw.dtype).kind
    if kind in UNLIKE.get(operation.name, ""):
        return False
    if operation.name == "astype":
        return kind != "c" or np.dtype(draw.target).kind in "bc"
    if operation.name in ("where", "fill"):
        return True
    if operation.reduction:
        return operation.name not in NO_IDENTITY or _reduced_count(draw) > 0
    ones: list[Any] = [operand_value(operand) for operand in draw.operands]
    try:
        with np.errstate(all="ignore"):
            getattr(np, operation.numpy_name)(*ones)
    except TypeError:
        return False
    return True


def operand_value(operand: Operand) -> Any:
    """The operand's Python scalar, or one element of its type."""
    return _literal(operand.literal) if operand.literal else np.ones(1, operand.dtype)


def _literal(text: str) -> Any:
    return (
        {"True": True, "False": False}[text]
        if text in ("True", "False")
        else complex(text)
        if "j" in text
        else float(text)
        if "." in text
        else int(text)
    )


def _reduced_count(draw: Draw) -> int:
    """The elements folded into each of the result's."""
    axes = range(len(draw.shape)) if draw.axis is None else (draw.axis,) if isinstance(draw.axis, int) else draw.axis
    count = 1
    for axis in axes:
        count *= draw.shape[axis]
    return count


def _draw(dice: Dice, number: int, operation: Operation) -> Draw:
    shape = draw_shape(dice)
    dtype = dice.pick(LIKELY_DTYPES) if dice.chance(0.5) else dice.pick(DTYPES)
    if operation.reduction:
        operand = draw_operand(dice, shape, dtype)
        return Draw(
            number, operation, (operand,), shape, _draw_axis(dice, operation.name, len(shape)), dice.chance(0.3)
        )
    if operation.name == "fill":
        return Draw(number, operation, (_scalar(dice, dtype, False),), shape, target=dtype)
    if operation.name == "astype":
        return Draw(number, operation, (draw_operand(dice, shape, dtype),), shape, target=dice.pick(DTYPES))
    first = draw_operand(dice, shape, dtype)
    if operation.name == "where":
        condition = draw_operand(dice, shape, "bool")
        return Draw(number, operation, (condition, first, _draw_second(dice, first, False)), shape)
    operands = [first]
    if operation.inputs == 2:
        whole = "shift" in operation.name or operation.name == "ldexp"
        operands.append(_draw_second(dice, first, whole))
        if operands[1].literal and not whole and dice.chance(0.3):
            operands.reverse()
    return Draw(number, operation, tuple(operands), shape, out=dice.chance(0.25))


def draw_shape(dice: Dice) -> Shape:
    """A shape of one of the families that array programs meet, of 0 to 2 ** 22 elements."""
    families: list[tuple[Callable[[Dice], Shape], float]] = [
        (lambda dice: (dice.size(),), 3.0),
        (_matrix, 3.0),
        (lambda dice: (dice.size(MOST_BITS - 4), dice.between(2, 9)), 2.5),
        (lambda dice: (dice.between(2, 9), dice.size(MOST_BITS - 4)), 1.5),
        (lambda dice: (dice.size(7) | 1, dice.size(7) | 1, dice.size(7) | 1), 1.5),
        (lambda dice: (dice.size(8), dice.size(8), dice.between(1, 4)), 1.0),
        (lambda dice: tuple(dice.between(1, 9) for _ in range(dice.between(4, 6))), 0.8),
        (lambda dice: (), 0.4),
        (lambda dice: dice.pick([(0,), (0, 3), (5, 0), (2, 0, 4)]), 0.4),
    ]
    return dice.weighted(families)(dice)


def _matrix(dice: Dice) -> Shape:
    rows = dice.size(MOST_BITS // 2)
    columns = rows if dice.chance(0.25) else dice.size(MOST_BITS // 2)
    return (rows, columns) if dice.chance(0.3) else (rows | 1, columns | 1)


def draw_operand(dice: Dice, shape: Shape, dtype: str) -> Operand:
    """An array of this shape in one of the layouts that suit it."""
    layouts: list[tuple[Callable[[Dice, Shape, str], Operand], float]] = [(_contiguous, 5.0)]
    if shape and 0 not in shape:
        layouts += [(_strided, 1.2), (_every_other_row, 0.8), (_reversed, 1.2), (_window, 1.2), (_repeated, 0.5)]
        if np.dtype(dtype).itemsize > 1:
            layouts.append((_misaligned, 0.5))
        if len(shape) > 1:
            layouts += [(_transposed, 1.5), (_permuted, 0.5)]
    return dice.weighted(layouts)(dice, shape, dtype)


def _contiguous(dice: Dice, shape: Shape, dtype: str) -> Operand:
    return Operand(dtype, shape, shape, "{base}", "contiguous")


def _strided(dice: Dice, shape: Shape, dtype: str) -> Operand:
    step = dice.between(2, 3)
    return Operand(dtype, shape, (*shape[:-1], shape[-1] * step), f"{{base}}[..., ::{step}]", "strided")


def _every_other_row(dice: Dice, shape: Shape, dtype: str) -> Operand:
    return Operand(dtype, shape, (shape[0] * 2, *shape[1:]), "{base}[::2]", "every other row")


def _reversed(dice: Dice, shape: Shape, dtype: str) -> Operand:
    steps = ["::-1" if dice.chance(0.6) else ":" for _ in shape]
    if "::-1" not in steps:
        steps[-1] = "::-1"
    return Operand(dtype, shape, shape, f"{{base}}[{', '.join(steps)}]", "reversed")


def _window(dice: Dice, shape: Shape, dtype: str) -> Operand:
    index = ", ".join(["1:-1"] * len(shape))
    return Operand(dtype, shape, tuple(length + 2 for length in shape), f"{{base}}[{index}]", "window")


def _transposed(dice: Dice, shape: Shape, dtype: str) -> Operand:
    return Operand(dtype, shape, shape[::-1], "{base}.T", "transposed")


def _permuted(dice: Dice, shape: Shape, dtype: str) -> Operand:
    axes, left = [], list(range(len(shape)))
    while left:
        axes.append(left.pop(dice.below(len(left))))
    base = [0] * len(shape)
    for axis, source in enumerate(axes):
        base[source] = shape[axis]
    return Operand(dtype, shape, tuple(base), f"{{base}}.transpose({', '.join(map(str, axes))})", "permuted")


def _repeated(dice: Dice, shape: Shape, dtype: str) -> Operand:
    axis = dice.below(len(shape))
    base = tuple(1 if other == axis else length for other, length in enumerate(shape))
    return Operand(dtype, shape, base, f"np.broadcast_to({{base}}, {shape})", "repeated")


def _misaligned(dice: Dice, shape: Shape, dtype: str) -> Operand:
    template = f"np.frombuffer(b'-' + {{base}}.tobytes(), '{dtype}', offset=1).reshape({shape})"
    return Operand(dtype, shape, shape, template, "misaligned")


def _draw_second(dice: Dice, first: Operand, whole: bool) -> Operand:
    """An operand to go with `first`: as large, or one that broadcasts against it."""
    shape, dtype = first.shape, first.dtype
    if dice.chance(0.2):
        dtype = dice.pick(DTYPES)
    form = dice.weighted(
        [("same layout", 3.0), ("any layout", 2.5), ("row", 1.5), ("column", 1.0), ("0-d", 0.7), ("scalar", 2.0)]
    )
    if form == "same layout":
        return Operand(dtype, shape, first.base, first.template.replace(f"'{first.dtype}'", f"'{dtype}'"), first.layout)
    if form == "row" and len(shape) > 1:
        return draw_operand(dice, shape[-1:], dtype)
    if form == "column" and len(shape) > 1:
        return Operand(dtype, (*shape[:-1], 1), (*shape[:-1], 1), "{base}", "column")
    if form == "0-d":
        return Operand(dtype, (), (), "{base}", "0-d")
    if form == "scalar":
        return _scalar(dice, dtype, whole)
    return draw_operand(dice, shape, dtype)


def _scalar(dice: Dice, dtype: str, whole: bool) -> Operand:
    number = dice.between(1, 6)
    kind = "i" if whole else np.dtype(dtype).kind
    literal = {"b": "True", "c": f"{number}+0.5j", "f": f"{number + 0.3}"}.get(kind, f"{number}")
    return Operand(dtype, (), (), "", "Python scalar", literal)


def _draw_axis(dice: Dice, operation: str, dimensions: int) -> int | Shape | None:
    if dimensions == 0 or dice.chance(0.3):
        return None
    if dimensions == 1 or operation in ONE_AXIS or dice.chance(0.7):
        return dice.between(-dimensions, dimensions - 1) if dice.chance(0.3) else dice.below(dimensions)
    return tuple(axis for axis in range(dimensions) if dice.chance(0.6)) or (dimensions - 1,)
