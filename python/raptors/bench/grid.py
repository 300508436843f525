# SPDX-License-Identifier: BSD-3-Clause
"""The main suite: 36 cells on all cores and on one, then scaling in its three forms, all beside the roof (roof.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import Cell, Work, fresh
from .check import right_value, same_bits
from .engine import library
from .roof import COPY, IN_PLACE, READ, movers_of

GRID_ALL, GRID_ONE, SCALE = "36 cases, all threads", "36 cases, one thread", "scale"
SIZES = (512, 1024, 2048)
SCALE_SIZES = (512, 1024, 2048, 4096)
DTYPES = ("float32", "float64")
FACTOR = "1.0009765625"
FORMS = {"allocating": f"a * {FACTOR}", "out=": f"xp.multiply(a, {FACTOR}, out=result)", "in place": f"a *= {FACTOR}"}
OPERATIONS = {
    "sum": "a.sum()",
    "mean": "a.mean()",
    "mean axis 0": "a.mean(axis=0)",
    "mean axis 1": "a.mean(axis=1)",
    "matrix + row": "a + row",
    "scale": FORMS["allocating"],
}
REDUCTIONS: dict[str, tuple[str, str, int | None]] = {
    "sum": ("sum", "a", None),
    "mean": ("mean", "a", None),
    "mean axis 0": ("mean", "a", 0),
    "mean axis 1": ("mean", "a", 1),
}
# Multiplying in place by FACTOR this often takes 1 to 3e8, well inside float32.
IN_PLACE_CALLS = 20_000


@lru_cache(maxsize=1)
def matrix(size: int, dtype: str) -> NDArray[Any]:
    """The numbers of a square matrix, in [0, 1): the same for the cells that follow each other."""
    return np.random.default_rng(size).random((size, size), dtype=np.dtype(dtype).type)


@lru_cache(maxsize=1)
def scratch(size: int, dtype: str) -> NDArray[Any]:
    """What movers write to, instead of a result."""
    return np.ones((size, size), dtype)


def cells() -> list[Cell]:
    """The 72 cells of the grid, then the 24 of the scale section, in the order that shares matrices best."""
    grid = [
        _grid_cell(operation, size, dtype, threads)
        for size in SIZES
        for dtype in DTYPES
        for operation in OPERATIONS
        for threads in (0, 1)
    ]
    scale = [_scale_cell(form, size, dtype) for size in SCALE_SIZES for dtype in DTYPES for form in FORMS]
    return grid + scale


def _name(*words: object) -> str:
    return "/".join(str(word).replace(" ", "-").replace("=", "") for word in words)


def _grid_cell(operation: str, size: int, dtype: str, threads: int) -> Cell:
    return Cell(
        name=_name("grid", operation, size, dtype, "one" if threads else "all"),
        section=GRID_ONE if threads else GRID_ALL,
        operation=operation,
        detail=f"{size}²",
        dtype=dtype,
        elements=size * size,
        threads=threads,
        weight=1.0 + size / 2048,
        prepare=partial(_prepare_grid, operation, size, dtype),
    )


def _prepare_grid(operation: str, size: int, dtype: str) -> Work:
    a, row = fresh(matrix(size, dtype)), np.arange(size, dtype=dtype)
    raptors = library()
    numpy_names = {"a": a, "row": row} if "row" in operation else {"a": a}
    raptors_names = {name: raptors.asarray(array) for name, array in numpy_names.items()}
    statement = OPERATIONS[operation]

    check = partial(right_value, statement, REDUCTIONS.get(operation), numpy_names, raptors_names)
    # A row and what a reduction leaves are nothing beside the matrix.
    movers = movers_of(READ if operation in REDUCTIONS else COPY, a, scratch(size, dtype))
    return Work(statement, raptors_names, numpy_names, check, movers=movers)


def _scale_cell(form: str, size: int, dtype: str) -> Cell:
    return Cell(
        name=_name("scale", form, size, dtype),
        section=SCALE,
        operation=form,
        detail=f"{size}²",
        dtype=dtype,
        elements=size * size,
        threads=0,
        weight=1.0 + size / 2048,
        prepare=partial(_prepare_scale, form, size, dtype),
    )


def _prepare_scale(form: str, size: int, dtype: str) -> Work:
    raptors = library()
    source = fresh(matrix(size, dtype))
    statement = FORMS[form]
    work = Work(statement, {"a": raptors.asarray(source)}, {"a": source}, lambda: "")
    target = fresh(source)
    if form == "in place":
        work.numpy_names, work.raptors_names = {"a": target}, {"a": raptors.asarray(target)}
        work.reset, work.reset_after = partial(np.copyto, target, source), IN_PLACE_CALLS
        work.check = partial(_check_in_place, source, target, statement, work.raptors_names)
    elif form == "out=":
        work.numpy_names |= {"xp": np, "result": target}
        work.raptors_names |= {"xp": raptors, "result": raptors.asarray(target)}
        work.check = partial(_check_out, target, statement, work)
    else:
        work.check = lambda: same_bits(source * float(FACTOR), eval(statement, None, work.raptors_names))
    work.movers = movers_of(IN_PLACE if form == "in place" else COPY, source, scratch(size, dtype))
    return work


def _check_in_place(source: NDArray[Any], target: NDArray[Any], statement: str, names: dict[str, Any]) -> str:
    np.copyto(target, source)
    run: Callable[..., None] = exec
    run(statement, {}, dict(names))
    return same_bits(source * float(FACTOR), target)


def _check_out(target: NDArray[Any], statement: str, work: Work) -> str:
    expected = eval(statement, None, work.numpy_names).copy()
    target.fill(-1.0)
    eval(statement, None, work.raptors_names)
    return same_bits(expected, target)
