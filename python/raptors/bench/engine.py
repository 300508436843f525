# SPDX-License-Identifier: BSD-3-Clause
"""Raptors as the benchmark uses it: threads, and the list of operations."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """A row of the extension's operation table."""

    name: str
    numpy_name: str
    inputs: int
    reduction: bool


# These have functions of their own, and no row in the extension's table.
MOVES = (
    Operation("where", "where", 3, False),
    Operation("astype", "astype", 1, False),
    Operation("fill", "full", 1, False),
)


def library() -> Any:
    """The raptors package, imported when first needed: bench's own modules load without it."""
    return importlib.import_module("raptors")


def information() -> dict[str, str]:
    """raptors.info() as keys and values, whether it gives a mapping or lines of "key: value"."""
    info = library().info() if hasattr(library(), "info") else {}
    if isinstance(info, Mapping):
        return {str(key): str(value) for key, value in info.items()}
    pairs = (line.partition(":") for line in str(info).splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def has_avx512() -> bool:
    """Whether the widest kernels in use are AVX-512's."""
    return information().get("kernels in use") == "avx512"


def available_threads() -> int:
    """The threads that Raptors uses now."""
    raptors = library()
    if hasattr(raptors, "get_num_threads"):
        return int(raptors.get_num_threads())
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def threads_restored() -> Iterator[None]:
    """Put the number of threads back as it was."""
    before = available_threads()
    try:
        yield
    finally:
        library().set_num_threads(before)


def operations() -> list[Operation]:
    """The extension's table of operations, but for what NumPy lacks, and the three that move elements, sorted by name."""
    rows = [Operation(*row) for row in library()._raptors.OPERATIONS if row[1]]
    return sorted({row.name: row for row in [*MOVES, *rows]}.values(), key=lambda row: row.name)
