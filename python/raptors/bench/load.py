# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench --load N`: calls beside N other programs that compute without a pause, as on a machine that is shared.

Single calls of Raptors and NumPy alternate. What counts is the ratio of the medians, and that of the 99th percentiles: a
thread that is not running when it is waited for makes few calls slow, and the median does not show them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from .cells import Cell, Work, cells_of, fresh
from .check import right_value
from .engine import library
from .timing import Block, Loop, garbage_collector_off

LOAD = "beside busy programs"
COLUMNS = 1024
MEBIBYTES = (1, 8, 16)
OPERATIONS = {"scale": "a * 1.0009765625", "sum": "a.sum()", "mean-axis-0": "a.mean(axis=0)", "add-row": "a + row"}
REDUCTIONS = {"sum": ("sum", "a", None), "mean-axis-0": ("mean", "a", 0)}
LEAST_PAIRS = 20  # in a block: six have enough for a 99th percentile that is no maximum
MOST_PAIRS = 800
SOME_CALLS = 20  # that are not timed: online measuring, and first memory
# Ends with whoever started it, whatever ended that.
BUSY = """
import os, sys
import numpy as np
parent, a = os.getppid(), np.ones(1 << 15)
print("ready", flush=True)
while os.getppid() == parent:
    for _ in range(1000):
        np.multiply(a, 1.0, out=a)
"""


def cells() -> list[Cell]:
    """The 12 cells: four calls on matrices of float64 with 1024 columns, of 1, 8 and 16 MiB."""
    return cells_of(
        "load", LOAD, OPERATIONS, MEBIBYTES, _prepare, detail="{} MiB".format, elements=lambda size: size << 17
    )


def _prepare(name: str, statement: str, elements: int) -> Work:
    values = np.random.default_rng(elements).random((elements // COLUMNS, COLUMNS))
    numpy_names = {"a": fresh(values), "row": np.arange(COLUMNS, dtype=values.dtype)}
    raptors_names = {key: library().asarray(array) for key, array in numpy_names.items()}

    check = partial(right_value, statement, REDUCTIONS.get(name), numpy_names, raptors_names)
    loops = Loop(statement, raptors_names), Loop(statement, numpy_names)
    return Work(statement, raptors_names, numpy_names, check, measure=partial(time_alternating, *loops))


def time_alternating(a: Loop, b: Loop, seconds: float, least_pairs: int) -> Block:
    """Single calls of `a` and `b` in turn, A B B A, until `seconds` have passed, and 20 pairs or more."""
    loops = (a, b)
    pairs: list[list[int]] = []
    with garbage_collector_off():
        deadline = time.perf_counter() + seconds
        for loop in loops * SOME_CALLS:
            loop.sample(1)
        while len(pairs) < MOST_PAIRS:
            pair = [0, 0]
            for i in (0, 1) if len(pairs) % 2 == 0 else (1, 0):
                pair[i] = loops[i].sample(1)
            pairs.append(pair)
            if len(pairs) >= max(least_pairs, LEAST_PAIRS) and time.perf_counter() >= deadline:
                break
    samples = 1e-9 * np.asarray(pairs, dtype=np.float64)
    medians = np.median(samples, axis=0)
    return Block(float(medians[1] / medians[0]), samples[:, 0], samples[:, 1], single=True)


@contextmanager
def busy_programs(count: int) -> Iterator[None]:
    """`count` processes that compute on one thread each until the end."""
    programs: list[subprocess.Popen[str]] = []
    try:
        for _ in range(count):
            programs.append(subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True))
        for program in programs:
            assert program.stdout is not None
            if program.stdout.readline() != "ready\n":
                raise RuntimeError("a program that is to keep the machine busy did not start")
        yield
    finally:
        for program in programs:
            program.kill()
            program.communicate()
