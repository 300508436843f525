# SPDX-License-Identifier: BSD-3-Clause
"""Operators and functions between an Array and what Python itself has: subclasses of its numbers, and its sequences."""

import array
import collections
import ctypes
import enum
import operator
import re

import numpy as np
import pytest

import raptors
from test_operands import ARITHMETIC, COMPARISONS, IN_PLACE, VALUES, same

SEQUENCES = [array.array("d", VALUES), collections.deque(VALUES), (ctypes.c_double * 3)(*VALUES), b"abc", "abc",
             bytearray(3), memoryview(np.array(VALUES))]  # fmt: skip


@pytest.mark.parametrize("other", SEQUENCES, ids=lambda other: type(other).__name__)
@pytest.mark.parametrize("op", [operator.add, operator.mul, operator.sub, operator.iadd, operator.imul])
def test_sequences_with_operators_of_their_own(op, other):
    """+ and * mean concatenation and repetition among them; with an array they are NumPy's, and so are the errors."""
    for ours, theirs in [((raptors.asarray(VALUES), other), (np.array(VALUES), other))] + (
        [((other, raptors.asarray(VALUES)), (other, np.array(VALUES)))] if op.__name__[0] != "i" else []
    ):
        try:
            expected = op(*theirs)
        except TypeError as error:
            with pytest.raises(type(error), match=f"^{re.escape(str(error))}$"):
                op(*ours)
            continue
        same(op(*ours), expected)


class Level(enum.IntEnum):
    LOW = 2
    HIGH = 300


WEAK = (np.array([1], "uint8") + Level.LOW).dtype == "uint8"  # as in older versions of NumPy


class Real(float):
    pass


class Complex(complex):
    pass


@pytest.mark.parametrize(
    "number", [Level.LOW, Level.HIGH, Real(2.5), Complex(1 + 2j)], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "float32", "complex64"])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid", "ignore:divide")
def test_subclasses_of_pythons_numbers_are_strong(number, dtype):
    """As in NumPy, where int, float and complex themselves take the array's type, and their subclasses have one."""
    n = np.array([1, 2, 3], dtype)
    functions = [*ARITHMETIC, *COMPARISONS, operator.lshift, operator.and_]
    functions += [lambda x, y, op=op: op(y, x) for op in functions]
    for op in IN_PLACE:
        functions.append(lambda x, y, op=op: op(x.copy(), y))
    for function in functions:
        try:
            expected = function(n, number)
        except TypeError:
            with pytest.raises(TypeError):
                function(raptors.asarray(n), number)
            continue
        ours = function(raptors.asarray(n), number)
        assert ours.dtype == expected.dtype
        np.testing.assert_allclose(np.asarray(ours), expected, rtol=1e-3)
    for name in ("add", "maximum", "power", "equal"):
        assert getattr(raptors, name)(n, number).dtype == getattr(np, name)(n, number).dtype
        assert getattr(np, name)(raptors.asarray(n), number).dtype == getattr(np, name)(n, number).dtype
    for module, x in ((raptors, n), (raptors, raptors.asarray(n)), (np, raptors.asarray(n))):
        for function in (lambda m, x: m.where([True, False, True], x, number), lambda m, x: m.full(2, number)):
            assert function(module, x).dtype == function(np, n).dtype
        assert module.clip(x, 0, number).dtype == np.clip(n, 0, number).dtype
        assert x.clip(0, number).dtype == n.clip(0, number).dtype


@pytest.mark.skipif(WEAK, reason="this NumPy takes subclasses for the numbers themselves")
def test_a_subclass_of_int_past_64_bits():
    huge = type("Huge", (int,), {})(2**70)
    same(raptors.asarray([1, 2]) + huge, np.array([1, 2]) + huge)
