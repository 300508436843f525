# SPDX-License-Identifier: BSD-3-Clause
"""The first calls of a process: run by cold.py as a program of its own, which imports one library and no other of ours.

    python -P first_calls.py numpy|raptors ELEMENTS CALLS STATEMENT

prints the nanoseconds of each call, the first one first, as JSON. Importing the library and making the operands come
before the clock; whatever the library does at its first calls is within it.
"""

import importlib
import itertools
import json
import math
import sys
import time
from typing import Any

import numpy as np


def operands(xp: Any, elements: int) -> dict[str, Any]:
    """What statements may use, made by the library itself: vectors a, b and c, a square matrix, both of float64 within
    [0.5, 2], and a mask that takes every third element."""
    side = math.isqrt(elements)
    return {
        "xp": xp,
        "a": xp.linspace(0.5, 2.0, elements),
        "b": xp.linspace(2.0, 0.5, elements),
        "c": xp.linspace(0.75, 1.25, elements),
        "matrix": xp.reshape(xp.linspace(0.5, 2.0, side * side), (side, side)),
        "mask": xp.asarray(np.arange(elements) % 3 == 0),
    }


def time_first_calls(statement: str, names: dict[str, Any], calls: int) -> list[int]:
    """Nanoseconds of each of `calls` runs of the statement. A result is dropped before the next run."""
    source = (
        f"def run({', '.join(['_times', '_clock', *names])}):\n"
        "    _times.append(_clock())\n"
        f"    for _ in range({calls}):\n"
        f"        {statement}\n"
        "        _times.append(_clock())\n"
    )
    scope: dict[str, Any] = {}
    exec(compile(source, "<bench>", "exec"), scope)
    times: list[int] = []
    scope["run"](times, time.perf_counter_ns, **names)
    return [after - before for before, after in itertools.pairwise(times)]


if __name__ == "__main__":
    _, library, elements, calls, statement = sys.argv
    names = operands(importlib.import_module(library), int(elements))
    print(json.dumps(time_first_calls(statement, names, int(calls))))
