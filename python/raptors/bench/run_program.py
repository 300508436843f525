# SPDX-License-Identifier: BSD-3-Clause
"""Runs a whole program: started by whole.py as a program of its own, which imports one library and no other of ours.

    python -P run_program.py numpy|raptors|wrapped|patched PROGRAM.py SIZE RUNS

prints as JSON the nanoseconds of each of RUNS runs of main(np, SIZE), the first one first, and a digest of the last answer's
bytes. Importing the library comes before the clock, and patching; whatever it does at its first calls is within it.
"""

import hashlib
import importlib
import json
import runpy
import sys
import time
import warnings
from typing import Any

NUMPY, RAPTORS, WRAPPED, PATCHED = "numpy", "raptors", "wrapped", "patched"
CREATION = frozenset(
    "arange array asarray empty eye fromfunction full geomspace identity linspace load loadtxt logspace ones zeros".split()
)


class Wrapping:
    """NumPy, with arrays that it creates wrapped by raptors.asarray: a program that wraps its inputs and changes nothing
    else. What its functions make of them is theirs."""

    def __init__(self, of: Any, asarray: Any, everything: bool = False) -> None:
        self._of, self._asarray, self._everything = of, asarray, everything

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._of, name)
        if name == "random" and not self._everything:
            return Wrapping(value, self._asarray, everything=True)
        creates = callable(value) and (self._everything or name in CREATION)
        return self._wrapped(value) if creates else value

    def _wrapped(self, function: Any) -> Any:
        def create(*arguments: Any, **named: Any) -> Any:
            made = function(*arguments, **named)
            if hasattr(made, "bit_generator"):
                return Wrapping(made, self._asarray, everything=True)
            return self._asarray(made) if getattr(made, "ndim", 0) else made

        return create


def module_of(way: str) -> Any:
    """What a program sees as np."""
    if way == WRAPPED:
        return Wrapping(importlib.import_module(NUMPY), importlib.import_module(RAPTORS).asarray)
    if way != PATCHED:
        return importlib.import_module(way)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # why it is not patched
        importlib.import_module(RAPTORS).patch_numpy()
    return importlib.import_module(NUMPY)


def digest(answer: Any) -> str:
    """Of an answer's types, shapes and bytes: equal where each bit is."""
    told = hashlib.sha256()
    _tell(answer, told.update)
    return told.hexdigest()


def _tell(answer: Any, update: Any) -> None:
    """An answer is a number, an array, or a list or tuple of answers."""
    update(type(answer).__name__.encode())
    if isinstance(answer, list | tuple):
        update(str(len(answer)).encode())
        for part in answer:
            _tell(part, update)
    elif hasattr(answer, "dtype"):
        update(f"{answer.dtype} {answer.shape}".encode())
        update(answer.tobytes())
    else:
        update(repr(answer).encode())


def main() -> None:
    """See above."""
    _, way, program, size, runs = sys.argv
    run, module, times = runpy.run_path(program)["main"], module_of(way), []
    for _ in range(int(runs)):
        start = time.perf_counter_ns()
        answer = run(module, int(size))
        times.append(time.perf_counter_ns() - start)
    print(json.dumps({"nanoseconds": times, "answer": digest(answer)}))


if __name__ == "__main__":
    main()
