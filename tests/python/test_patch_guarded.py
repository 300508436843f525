# SPDX-License-Identifier: BSD-3-Clause
"""Patched calls touch no byte beside their operands: these end, or begin, where a page begins that may not be touched."""

from __future__ import annotations

import ctypes
import mmap
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from numpy_calls import TYPES, Chance, checked, run, taken
from test_patch_fuzz import copy_call, index_call, reduction_call, ufunc_call

PAGE = mmap.PAGESIZE
_protect = ctypes.CDLL(None, use_errno=True).mprotect


def guarded(array: Any, at_end: bool) -> Any:
    """A copy of it. Errors: OSError."""
    pages = -(-array.nbytes // PAGE) * PAGE
    memory = mmap.mmap(-1, pages + 2 * PAGE)
    begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for place in (begin, begin + PAGE + pages):
        if _protect(ctypes.c_void_p(place), PAGE, 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    offset = PAGE + (pages - array.nbytes if at_end else 0)
    copy = np.frombuffer(memory, array.dtype, array.size, offset).reshape(array.shape)
    copy[...] = array
    return copy


class Guarded(Chance):
    def elements(self, n: int, code: str) -> Any:
        return guarded(super().elements(n, code), bool(self.below(2)))


@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize("make", [ufunc_call, reduction_call, index_call, copy_call])
def test_no_byte_beside_an_operand_is_touched(make: Callable[[Chance], Any], stressed: bool) -> None:
    seed = np.random.SeedSequence().entropy % 2**32
    print("seed", seed)
    chance, before = Guarded(seed), taken()
    for _ in range(400):
        call = make(chance)
        with checked(stressed):
            run(call)
    assert taken() - before > 60, "the hooks were not asked"


@pytest.mark.parametrize("code", TYPES)
def test_a_number_is_read_in_its_own_size(code: str) -> None:
    """An array without axes is one: its type may be smaller than that of what it meets."""
    x = np.arange(20).astype(code)
    with checked():
        for other in TYPES:
            number = guarded(np.array(1, other), True)
            run(lambda x=x, number=number: operator.setitem(x, x > 2, number))
            run(lambda x=x, number=number: operator.setitem(x, np.array([3, 1]), number))
            run(lambda x=x, number=number: np.where(x > 2, x, number))
            run(lambda x=x, number=number: np.add(x, number))
