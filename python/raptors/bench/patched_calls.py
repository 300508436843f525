# SPDX-License-Identifier: BSD-3-Clause
"""Single calls on plain ndarrays, on NumPy as it is and after raptors.patch_numpy(), in turn in one process; what the patches
cost calls that they do not take; and how long patching takes in a process that has just begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from . import grid, small
from .cells import Cell, Work, fresh
from .check import same_form
from .children import in_seconds, told_by_child
from .engine import library
from .run_program import NUMPY, PATCHED, digest
from .timing import Block, Loop, time_block

PATCHED_GRID = "36 cases, NumPy patched"
TRANSCENDENTAL = "transcendental functions, NumPy patched"
PATCHED_SMALL = "small calls, NumPy patched"
LARGE = "large results, NumPy patched"
NOT_TAKEN = "calls that are not taken"
PATCHING = "patch_numpy() beside `import numpy`"
MILLION = 1_000_000
LARGE_ELEMENTS = 6 << 20  # 48 MiB of float64
FUNCTIONS = "exp exp2 log log1p sin cos tan sinh tanh arcsin arctan cbrt".split()
SMALL_CALLS = {
    "add": "a + b",
    "scale": "a * 2.0",
    "less": "a < b",
    "sum": "a.sum()",
    "mean": "a.mean()",
    "where": "np.where(mask, a, b)",
    "take-mask": "a[mask]",
    "astype": "a.astype(np.float32)",
}
LARGE_CALLS = {
    "add": "a + b",
    "scale": "a * 2.0",
    "sqrt": "np.sqrt(a)",
    "where": "np.where(mask, a, b)",
    "copy": "a.copy()",
    "subtract-multiply": "a - b * a",
    "to-integers": "a.astype(np.int32)",
    "cast-apart": "a.view(np.uint8)[::8] * 0.5",  # as a channel of an image
}
OTHER_CALLS = {
    "object": "objects + objects",
    "subclass": "derived + derived",
    "where=": "np.add(a, b, out=result, where=mask)",
    "str": "words == words",
    "list": "np.add(numbers, numbers)",
}
Names = dict[str, Any]


class Derived(np.ndarray[Any, Any]):
    """A subclass, of which the patches keep off."""


class SwitchedLoop(Loop):
    """A loop before whose samples NumPy is patched, or plain, within both_ways(). Switching is outside the clock."""

    def __init__(self, statement: str, names: Mapping[str, Any], way: str) -> None:
        super().__init__(statement, names)
        self._way = way

    def sample(self, count: int, warm: int = 0) -> int:
        """As Loop's."""
        switch(self._way)
        return super().sample(count, warm)


@contextmanager
def both_ways() -> Iterator[None]:
    """A block in which switch() works; NumPy is plain after it. RuntimeError: it cannot be patched."""
    raptors = library()
    if not raptors.patch_numpy():
        raise RuntimeError("NumPy could not be patched: raptors.patch_report() says why")
    try:
        yield
    finally:
        raptors.unpatch_numpy()


def switch(way: str) -> None:
    """The hooks alone, on or off: patch_numpy() tests itself each time, for longer than a sample lasts."""
    extension = library()._raptors
    if way == NUMPY:
        extension._patch_remove()
    else:
        extension._patch_install(sum(library()._patching.PARTS.values()))


@dataclass(frozen=True)
class Part:
    """The statements of a section, by name, each at every size and type. operands(size, dtype) makes what they see."""

    name: str
    section: str
    statements: Mapping[str, str]
    sizes: Sequence[int]
    dtypes: Sequence[str]
    operands: Callable[[int, str], Names]
    weight: float
    detail: str = "{:,}"
    dimensions: int = 1


def vectors(size: int, dtype: str) -> Names:
    """Vectors a, b and result within [0.05, 0.95), where all functions are defined, and a mask of about half of them."""
    generator = np.random.default_rng(size)
    a, b, result = (fresh((0.05 + 0.9 * generator.random(size)).astype(dtype)) for _ in range(3))
    return {"np": np, "a": a, "b": b, "result": result, "mask": b > 0.5}


def matrices(size: int, dtype: str) -> Names:
    """The operands of the grid's cases."""
    return {"a": fresh(grid.matrix(size, dtype)), "row": np.arange(size, dtype=dtype)}


def others(size: int, dtype: str) -> Names:
    """What the patches leave to NumPy."""
    names = vectors(size, dtype)
    numbers = names["a"].tolist()
    objects, words = np.array(numbers, object), np.array([str(number) for number in numbers])
    return names | {"objects": objects, "derived": names["a"].view(Derived), "words": words, "numbers": numbers}


_GRID = {name.replace(" ", "-"): statement for name, statement in grid.OPERATIONS.items()}
_CALLS = {name: f"np.{name}(a)" for name in FUNCTIONS} | {
    name: f"np.{name}(a, b)" for name in ("power", "arctan2", "hypot")
}
SECTIONS = (
    Part("grid", PATCHED_GRID, _GRID, grid.SIZES, grid.DTYPES, matrices, 1.0, "{}²", dimensions=2),
    Part("functions", TRANSCENDENTAL, _CALLS, (MILLION,), grid.DTYPES, vectors, 1.0),
    Part("small", PATCHED_SMALL, SMALL_CALLS, small.SIZES, ("float64",), vectors, 0.4),
    Part("large", LARGE, LARGE_CALLS, (LARGE_ELEMENTS,), ("float64",), vectors, 2.0),
    Part("other", NOT_TAKEN, OTHER_CALLS, (3,), ("float64",), others, 0.4),
)


def cells(parts: Sequence[Part] = SECTIONS) -> list[Cell]:
    """The calls of each part, and patching."""
    calls = [
        Cell(
            name=f"numpy/{part.name}/{name}/{size}/{dtype}",
            section=part.section,
            operation=statement,
            detail=part.detail.format(size),
            dtype=dtype,
            elements=size**part.dimensions,
            threads=0,
            weight=part.weight,
            prepare=partial(_prepare, part, statement, size, dtype),
        )
        for part in parts
        for size in part.sizes
        for dtype in part.dtypes
        for name, statement in part.statements.items()
    ]
    patching = Cell("numpy/patching", PATCHING, "raptors.patch_numpy()", "", "", 0, 0, 1.0, _prepare_patching)
    return [*calls, patching]


def _prepare(part: Part, statement: str, size: int, dtype: str) -> Work:
    names = part.operands(size, dtype)
    used = {name: value for name, value in names.items() if name in compile(statement, "", "eval").co_names}
    return Work(
        statement, used, used, partial(check_ways, statement, used), measure=partial(time_ways, statement, used)
    )


def check_ways(statement: str, names: Names) -> str:
    """Whether both ways give the same type and bits."""
    answers = []
    with both_ways():
        for way in (NUMPY, PATCHED):
            switch(way)
            answers.append(eval(statement, None, names))
    plain, patched = answers
    if type(plain) is not type(patched):
        return f"{type(patched).__name__} instead of {type(plain).__name__}"
    if wrong := same_form(plain, patched):
        return wrong
    return "" if _digest(plain) == _digest(patched) else "other bits than plain NumPy's"


def _digest(answer: Any) -> str:
    """Of an array of objects, that of what they are: its own bytes are addresses."""
    return digest(answer.tolist() if answer.dtype.hasobject else answer)


def time_ways(statement: str, names: Names, seconds: float, least_rounds: int) -> Block:
    """A block of samples of both ways in turn. NumPy is as it was afterwards."""
    loops = [SwitchedLoop(statement, names, way) for way in (PATCHED, NUMPY)]
    with both_ways():
        for loop in loops:
            loop.calibrate()
        return time_block(loops[0], loops[1], seconds, least_rounds=least_rounds)


def _prepare_patching() -> Work:
    return Work("", {}, {}, lambda: "", measure=lambda seconds, least: time_patching())


def time_patching() -> Block:
    """One fresh process: what patching took there, beside what importing NumPy did."""
    told = told_by_child("first_patch.py", PATCHED)
    patching, importing = (in_seconds([told[name]]) for name in ("patch", "import"))
    return Block(importing / patching, np.array([patching]), np.array([importing]))
