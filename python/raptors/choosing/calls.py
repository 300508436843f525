# SPDX-License-Identifier: BSD-3-Clause
"""One call of an operation on arrays of a given type, shape and layout, by Raptors and by NumPy."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _raptors
from ..console import unknown

OPERATIONS = {name: (numpy_name, inputs, reduction) for name, numpy_name, inputs, reduction in _raptors.OPERATIONS}
OPERATIONS |= {numpy_name: OPERATIONS[name] for name, numpy_name, _, _ in _raptors.OPERATIONS if numpy_name}
CODES = {"f": "float", "c": "complex", "i": "int", "u": "uint", "b": "bool"}
SECOND_DTYPES = {"ldexp": "int32"}  # of the second operand, where it is not the first one's
FORMS = ("allocating", "out", "in place")
MOST_DIFFERENT = 1 << 16  # values in an array, which then repeat: more than branch predictors remember
MOST_ELEMENTS = 1 << 30  # of a result that is larger than its operands
MOST_AXES = 64  # RP_MAX_NDIM
LAYOUTS = ("contiguous", "strided", "transposed")


@dataclass(frozen=True)
class Call:
    """What to call. `scalar`: the second operand is a number; form and layout are one of FORMS and LAYOUTS. second: the
    second operand's shape, where it is not the first's; axis: of a reduction, None for all."""

    op: str
    dtype: str
    shape: tuple[int, ...]
    scalar: bool = False
    form: str = "allocating"
    layout: str = "contiguous"
    second: tuple[int, ...] | None = None
    axis: int | None = None

    def __str__(self) -> str:
        shape = "x".join(map(str, self.shape))
        words = [self.op, self.dtype, shape, "--scalar" if self.scalar else ""]
        words += ["" if self.form == "allocating" else "--" + self.form.replace(" ", "-")]
        words += ["" if self.layout == "contiguous" else "--" + self.layout]
        words += ["" if self.second is None else f"--second {'x'.join(map(str, self.second))}"]
        words += ["" if self.axis is None else f"--axis {self.axis}"]
        return " ".join(word for word in words if word)

    @property
    def result_shape(self) -> tuple[int, ...]:
        """Of what is read or written most: a reduction's operand, or else the result."""
        return np.broadcast_shapes(self.shape, self.second) if self.second is not None else self.shape

    @property
    def is_numpys(self) -> bool:
        """Whether NumPy has the operation."""
        return OPERATIONS[self.op][0] != ""

    def prepare(self, *, again: bool = False) -> Prepared:
        """The arrays, and the two functions that make the call once; NumPy's is not to be called where it has none.
        again: in other memory than other calls'."""
        numpy_name, inputs, reduction = OPERATIONS[self.op]
        make = _array.__wrapped__ if again or self.form == "in place" else _array  # what is written to is not kept
        shapes = [self.shape] * (1 if self.scalar else inputs)
        shapes[1:2] = [self.second] if self.second is not None else shapes[1:2]
        dtypes = (self.dtype, SECOND_DTYPES.get(self.op, self.dtype))
        arrays: list[Any] = [
            make(dtype, shape, self.layout, i) for i, (dtype, shape) in enumerate(zip(dtypes, shapes, strict=False))
        ]
        if self.scalar:
            arrays.append(np.dtype(dtypes[1]).type(3))
        ours = [_raptors.asarray(a) if isinstance(a, np.ndarray) else a.item() for a in arrays]
        xp_function: Any = getattr(_raptors, self.op)
        np_function: Any = getattr(np, numpy_name) if numpy_name else None
        if reduction:
            along = {"axis": self.axis}
            return Prepared(lambda: xp_function(*ours, **along), lambda: np_function(*arrays, **along), arrays[0], None)
        if self.form == "allocating":
            return Prepared(lambda: xp_function(*ours), lambda: np_function(*arrays), arrays[0], None)
        out = arrays[0] if self.form == "in place" else np.empty_like(np.asarray(xp_function(*ours)))
        target = ours[0] if self.form == "in place" else _raptors.asarray(out)
        return Prepared(lambda: xp_function(*ours, out=target), lambda: np_function(*arrays, out=out), arrays[0], out)


@functools.lru_cache(maxsize=4)  # tune goes through many operations on the same large arrays
def _array(dtype: str, shape: tuple[int, ...], layout: str, seed: int) -> NDArray[Any]:
    whole = shape
    if layout == "strided":
        whole = (*shape[:-1], 2 * shape[-1])
    elif layout == "transposed":
        whole = shape[::-1]
    values = np.random.default_rng(seed).random(min(MOST_DIFFERENT, math.prod(whole)), dtype=np.float32) + np.float32(1)
    kind = np.dtype(dtype).kind
    array = np.resize((values > 1.5 if kind == "b" else values * 3 if kind in "iu" else values).astype(dtype), whole)
    if layout == "strided":
        return array[..., ::2]
    return array.T if layout == "transposed" else array


@dataclass(frozen=True)
class Prepared:
    """A call's two functions, its first operand, and its output where it has one of its own."""

    run: Callable[[], Any]
    run_numpy: Callable[[], Any]
    first: NDArray[Any]
    out: NDArray[Any] | None


def parse_call(
    op: str,
    dtype: str,
    shape: str,
    *,
    scalar: bool = False,
    form: str = "allocating",
    layout: str = "contiguous",
    second: str | None = None,
    axis: int | None = None,
) -> Call:
    """A Call from words such as "multiply", "f32" or "float32", "2048x2048". ValueError says what is known."""
    if op not in OPERATIONS:
        if callable(getattr(np, op, None)) or callable(getattr(_raptors, op, None)):
            raise ValueError(
                f"{op} has no ways to choose among; docs/native.md says whether Raptors or NumPy computes it"
            )
        raise ValueError(unknown("operation", op, OPERATIONS))
    name = dtype if dtype in _raptors.DTYPES else CODES.get(dtype[:1], "?") + dtype[1:]
    if name not in _raptors.DTYPES:
        with contextlib.suppress(TypeError):
            name = np.dtype(dtype).name  # "f4" and the like
    name = "bool" if dtype == "b8" else name
    if name not in _raptors.DTYPES:
        raise ValueError(unknown("type", dtype, _raptors.DTYPES))
    for kind, word, known in (("form", form, FORMS), ("layout", layout, LAYOUTS)):
        if word not in known:
            raise ValueError(unknown(kind, word, known))
    lengths = _lengths(shape)
    if math.prod(lengths) * np.dtype(name).itemsize > 1 << 33:
        raise ValueError(f"shape {shape!r} is more than 8 GiB")
    _, inputs, reduction = OPERATIONS[op]
    if scalar and (reduction or inputs != 2):
        raise ValueError(f"{op} has no second operand to be a number")
    if reduction and form != "allocating":
        raise ValueError(f"{op} is measured without out= here")
    if axis is not None and not reduction:
        raise ValueError(f"{op} is no reduction: it has no axis")
    if axis is not None and not -len(lengths) <= axis < len(lengths):
        raise ValueError(f"axis {axis} is none of a shape with {len(lengths)} dimensions")
    other = None if second is None else _lengths_of_second(op, lengths, second, scalar, form)
    return Call(op, name, lengths, scalar, form, layout, other, axis)


def _lengths_of_second(op: str, lengths: tuple[int, ...], second: str, scalar: bool, form: str) -> tuple[int, ...]:
    _, inputs, reduction = OPERATIONS[op]
    if scalar or reduction or inputs != 2:
        raise ValueError(f"{op} has no second array here, whose shape could be named")
    other = _lengths(second)
    try:
        result = np.broadcast_shapes(lengths, other)
    except ValueError:
        raise ValueError(f"a second operand of shape {second} does not broadcast with the first") from None
    if math.prod(result) > MOST_ELEMENTS:
        raise ValueError(f"a second operand of shape {second} makes a result of more than {MOST_ELEMENTS:,} elements")
    if form == "in place" and result != lengths:
        raise ValueError(
            f"a second operand of shape {second} makes the result larger than the first, which it overwrites"
        )
    return other


def _lengths(shape: str) -> tuple[int, ...]:
    """2048x2048 as numbers."""
    try:
        lengths = tuple(int(word) for word in shape.lower().split("x"))
    except ValueError:
        lengths = (-1,)
    if min(lengths) < 0:
        raise ValueError(
            f"unknown shape {shape!r}; a shape is lengths with x between them, such as 2048x2048 or 1000000"
        )
    if len(lengths) > MOST_AXES:
        raise ValueError(f"a shape of {len(lengths):,} lengths; arrays have up to {MOST_AXES} axes")
    return lengths
