# SPDX-License-Identifier: BSD-3-Clause
"""NumPy as it is beside NumPy after raptors.patch_numpy(): programs that know nothing of Raptors. Each run is a process of
its own, plain and patched in turn, and all runs of a program must give the same bits."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import whole
from .cells import Cell, Work, Wrong
from .children import in_seconds, time_children, told_by_child
from .run_program import NUMPY, PATCHED

PROGRAMS = "programs, NumPy patched"
FOLDER = Path(__file__).with_name("numpy_programs")
SIZES = {  # for which a plain run takes 0.1 to 1 s
    "solar": 1_000_000,
    "denoise": 262_144,
    "haversine": 2_000_000,
    "mandelbrot": 400_000,
    "softmax": 1_000_000,
    "stencil": 1_000_000,
    "limiter": 500_000,
    "nbody": 24_000,
    "standardise": 2_000_000,
    "kmeans": 400_000,
    "logistic": 1_000_000,
    "blend": 6_220_800,
    "rolling": 2_000_000,
    "life": 2_000_000,
    "tiny": 100_000,
}
PAIRS = 2  # of runs in a block at least, so that each way is first once
WEIGHT = 12.0  # of a program, beside a call's 1
_answers: dict[tuple[Path, int], str] = {}


def programs() -> dict[str, Path]:
    """The programs' names and files: some are those of whole.py."""
    shared = whole.programs()
    return {name: shared.get(name, FOLDER / f"{name}.py") for name in SIZES}


def cells() -> list[Cell]:
    """Each program at one size."""
    return [
        Cell(
            name=f"numpy/program/{name}",
            section=PROGRAMS,
            operation=name,
            detail=f"{SIZES[name]:,}",
            dtype="",
            elements=SIZES[name],
            threads=0,
            weight=WEIGHT,
            prepare=partial(_prepare, path, SIZES[name]),
        )
        for name, path in programs().items()
    ]


def _prepare(path: Path, size: int) -> Work:
    run = partial(seconds_of_run, path, size)
    return Work(
        "",
        {},
        {},
        lambda: "",  # each run is checked
        measure=lambda seconds, least: time_children(run, PATCHED, NUMPY, seconds, max(least, PAIRS)),
    )


def seconds_of_run(path: Path, size: int, way: str) -> float:
    """The seconds of one run. Wrong: its answer has not the bits of the runs before it."""
    told = told_by_child("run_program.py", way, path, size, 1)
    if told["answer"] != _answers.setdefault((path, size), told["answer"]):
        raise Wrong(f"{way}: other bits than in the runs before")
    return in_seconds(told["nanoseconds"])
