# SPDX-License-Identifier: BSD-3-Clause
"""Calls of NumPy by chance, for tests of the patches: types, layouts, overlap, out=, hostile values; and the patches, checked."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import raptors
from raptors import _patching, _raptors

TYPES = "?bBhHiIlLqQefdFD"
ALL_PARTS = 31
HOSTILE = (np.inf, -np.inf, np.nan, -np.nan, 0.0, -0.0, 1e-310, 1e308, -1.0)


@contextlib.contextmanager
def checked(stressed: bool = False, small: bool = True) -> Iterator[None]:
    """NumPy patched; each call that is taken is computed by both ways, and a difference raises raptors._checking.Difference.

    stressed: short calls take the threaded ways too."""
    _raptors._patch_install(ALL_PARTS)
    _raptors._patch_modes(True, stressed, small)
    try:
        yield
    finally:
        _raptors._patch_modes(False, False, True)
        _raptors._patch_remove()


def plain(call: Callable[[], Any]) -> Any:
    """What NumPy gives by itself, where it is patched."""
    raptors.unpatch_numpy()
    try:
        return call()
    finally:
        raptors.patch_numpy()


def _may_be_patched() -> bool:
    try:
        _patching._check_versions()
    except _patching.Refused:
        return False
    return True


needs_a_tested_pair = pytest.mark.skipif(
    not _may_be_patched(), reason="no pair of Python and NumPy that may be patched"
)


def taken() -> int:
    """Calls that hooks have answered in this process."""
    return sum(count for count, _ in _raptors._patch_counts().values())


class Chance:
    """Random arrays, numbers and shapes from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def below(self, n: int) -> int:
        return int(self.random.integers(n))

    def one_of(self, values: Any) -> Any:
        return values[self.below(len(values))]

    def shape(self) -> tuple[int, ...]:
        ndim = self.below(4)
        most = (2, 3000, 70, 12)[ndim] if self.below(4) else 5
        shape = tuple(1 + self.below(most) for _ in range(ndim))
        if not self.below(25):
            shape = (20_000 + self.below(200_000),)
        return (0, *shape[1:]) if shape and not self.below(40) else shape

    def elements(self, n: int, code: str) -> Any:
        if code in "?bBhHiIlLqQ":
            most = 2 ** (1 + self.below(40)) if self.below(2) else 4
            return self.random.integers(-most, most, n).astype(code)
        with np.errstate(all="ignore"):
            x = self.random.standard_normal(n) * np.exp(self.random.standard_normal(n) * self.below(6))
            if n and not self.below(3):
                for value in HOSTILE:
                    x[self.random.integers(0, n, max(1, n // 20))] = value
            return (x + 1j * np.roll(x, 3) if code in "FD" else x).astype(code)

    def array(self, shape: tuple[int, ...], code: str) -> Any:
        """Of one of the layouts that programs have."""
        n = int(np.prod(shape))
        layout = self.below(9)
        if not shape or layout < 4:
            return self.elements(n, code).reshape(shape)
        if layout == 4:
            return np.asfortranarray(self.elements(n, code).reshape(shape))
        if layout == 5:
            return self.elements(2 * n, code).reshape(*shape[:-1], 2 * shape[-1])[..., ::2]
        if layout == 6:
            whole = tuple(length + 2 for length in shape)
            return self.elements(int(np.prod(whole)), code).reshape(whole)[tuple(slice(1, -1) for _ in shape)]
        if layout == 7:
            return self.elements(n, code).reshape(shape[::-1]).T
        return self.elements(n, code).reshape(shape)[::-1]

    def number(self, code: str) -> Any:
        kind = self.below(5)
        if kind == 0:
            return float(self.one_of((0.0, 1.0, 2.5, -1.0, 1e300, 1e-300, np.nan, np.inf, -0.0)))
        if kind == 1:
            return int(self.one_of((0, 1, 2, -1, 100, 1000, 2**40, -(2**63))))
        if kind == 2:
            return self.elements(1, code)[0]
        return bool(self.below(2)) if kind == 3 else self.elements(1, code).reshape(())

    def operand(self, shape: tuple[int, ...], code: str) -> Any:
        kind = self.below(12)
        if kind < 3:
            return self.number(code)
        if kind == 3:
            return self.array(tuple(length if self.below(2) else 1 for length in shape), code)
        return self.array(shape[1:] if kind == 4 and len(shape) > 1 else shape, code)


def run(call: Callable[[], Any]) -> None:
    """Makes a call. NumPy's warnings and exceptions are part of its answer, and were compared."""
    with warnings.catch_warnings(), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        call()
