# SPDX-License-Identifier: BSD-3-Clause
"""Measuring in processes of their own, started in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .engine import available_threads
from .timing import Block

SECONDS = 120  # after which a process is given up
MOST_PAIRS = 20


def plain_environment() -> dict[str, str]:
    """This process's, but for what patches NumPy: there it is what the benchmark makes of it."""
    return {name: value for name, value in os.environ.items() if name != "RAPTORS_NUMPY"}


def told_by_child(program: str, *words: object) -> Any:
    """What a program beside this file prints as JSON. Raptors has the threads there that it has here.

    RuntimeError: it failed, with the last line that it said.
    """
    command = [sys.executable, "-P", str(Path(__file__).with_name(program)), *map(str, words)]
    environment = plain_environment() | {"RAPTORS_NUM_THREADS": str(available_threads())}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr.strip().rpartition(chr(10))[2]}")
    return json.loads(done.stdout)


def in_seconds(nanoseconds: Sequence[int]) -> float:
    """Their sum."""
    return 1e-9 * float(sum(nanoseconds))


def time_children(run: Callable[[str], float], a: str, b: str, seconds: float, least_pairs: int) -> Block:
    """Processes run(a) and run(b), the other one first in every other pair, until `seconds` have passed."""
    pairs: list[dict[str, float]] = []
    deadline = time.perf_counter() + seconds
    while len(pairs) < MOST_PAIRS:
        pairs.append({name: run(name) for name in ((b, a) if len(pairs) % 2 else (a, b))})
        if len(pairs) >= least_pairs and time.perf_counter() >= deadline:
            break
    ratios = [pair[b] / pair[a] for pair in pairs]
    sides = [np.array([pair[name] for pair in pairs]) for name in (a, b)]
    return Block(float(np.median(ratios)), sides[0], sides[1])
