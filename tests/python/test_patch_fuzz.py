# SPDX-License-Identifier: BSD-3-Clause
"""NumPy's calls, patched and by NumPy alone, compared: type, dtype, shape, strides, bits, floating-point errors, exceptions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from numpy_calls import TYPES, Chance, checked, run, taken

UFUNCS = sorted(
    {u for u in vars(np).values() if isinstance(u, np.ufunc) and u.signature is None and u.nout == 1},
    key=lambda u: u.__name__,
)
REDUCTIONS = ("sum", "prod", "mean", "max", "min", "any", "all", "argmax", "argmin", "std", "var")
OF_UFUNCS = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum, "any": np.logical_or}
# NumPy 2.0 crashes by itself where an int that does not fit is compared with elements that lie apart.
COMPARISONS = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")
CRASHES = np.__version__.startswith("2.0.")


def ufunc_call(chance: Chance) -> Callable[[], Any]:
    ufunc, shape, code = chance.one_of(UFUNCS), chance.shape(), chance.one_of(TYPES)
    operands = [chance.operand(shape, code if chance.below(4) else chance.one_of(TYPES)) for _ in range(ufunc.nin)]
    if all(not isinstance(x, np.ndarray) and np.iscomplexobj(x) for x in operands):
        operands[0] = chance.array((3,), code)  # NumPy's own answers for complex numbers depend on addresses
    if CRASHES and ufunc.__name__ in COMPARISONS:
        operands = [float(x) if type(x) is int else x for x in operands]
    keywords = {}
    way, first = chance.below(10), operands[0]
    if way < 2:
        keywords["out"] = chance.array(shape, code if chance.below(4) else chance.one_of(TYPES))
    elif way == 2 and isinstance(first, np.ndarray):
        keywords["out"] = first
    elif way == 3 and isinstance(first, np.ndarray) and first.ndim:
        whole = first.copy()
        operands[0], keywords["out"] = whole[1:], whole[:-1]
    elif way == 4:
        keywords["out"] = None
    return lambda: ufunc(*operands, **keywords)


def reduction_call(chance: Chance) -> Callable[[], Any]:
    shape, name = chance.shape(), chance.one_of(REDUCTIONS)
    x = chance.array(shape, chance.one_of(TYPES))
    keywords: dict[str, Any] = {}
    if shape and chance.below(4):
        keywords["axis"] = chance.below(2 * len(shape)) - len(shape)
    elif not chance.below(3):
        keywords["axis"] = chance.one_of((None, (0,), tuple(range(len(shape))), 5, (0, 1)))
    if not chance.below(4):
        keywords["keepdims"] = bool(chance.below(2))
    if not chance.below(10) and name in ("sum", "mean", "prod"):
        keywords["dtype"] = chance.one_of((None, x.dtype, np.float32, "f8", np.int64))
    function = chance.one_of((getattr(np, name), lambda a, **k: getattr(a, name)(**k)))
    if name in OF_UFUNCS and not chance.below(3):
        function = OF_UFUNCS[name].reduce
    return lambda: function(x, **keywords)


def key(chance: Chance, shape: tuple[int, ...]) -> Any:
    kind, axes = chance.below(6), 1 + chance.below(len(shape))
    if kind < 3:
        return chance.random.random(shape if kind else shape[:axes]) < chance.one_of((0, 0.02, 0.5, 0.98, 1))
    if kind == 3:
        return chance.random.random(tuple(length + chance.below(2) for length in shape)) < 0.5
    most = max(shape[0], 1) + (not chance.below(8))
    size = tuple(1 + chance.below(500 if axes == 1 else 20) for _ in range(axes))
    return chance.random.integers(-most + 1, most, size).astype(chance.one_of("bhilqBHILQ"))


def index_call(chance: Chance) -> Callable[[], Any]:
    shape, code = chance.shape() or (7,), chance.one_of(TYPES)
    x = chance.array(shape, code)
    index = key(chance, shape)
    if chance.below(2):
        return lambda: operator.getitem(x, index)
    try:
        found = x[index]
    except IndexError:
        found = x
    value = chance.one_of((chance.number(code), chance.elements(found.size, code).reshape(found.shape), found, x))
    return lambda: operator.setitem(x, index, value)


def copy_call(chance: Chance) -> Callable[[], Any]:
    shape, code, other = chance.shape(), chance.one_of(TYPES), chance.one_of(TYPES)
    x, kind = chance.array(shape, code), chance.below(5)
    if kind == 0:
        small = np.clip(np.nan_to_num(x), 0, 100).astype(code) if chance.below(2) else x
        dtype = chance.one_of((np.dtype(other), np.dtype(other).type, other, float, int, bool))
        return lambda: small.astype(dtype)
    if kind == 1:
        return chance.one_of((x.copy, lambda: np.copy(x), lambda: x.copy("K")))
    if kind == 2:
        indices = chance.random.integers(-max(x.size, 1), max(x.size, 1), chance.below(200))
        return chance.one_of((lambda: x.take(indices), lambda: np.take(x, indices, axis=0)))
    if kind == 3:
        mask = chance.random.random(shape) < 0.5
        one, two = chance.operand(shape, code), chance.operand(shape, code if chance.below(4) else other)
        return lambda: np.where(mask, one, two)
    arrays = [chance.array(shape, code if chance.below(8) else other) for _ in range(1 + chance.below(3))]
    axis = chance.one_of(((), (0,), (-1,), (None,)))
    return lambda: np.concatenate(chance.one_of((arrays, tuple(arrays))), *axis)


@pytest.mark.parametrize("stressed", [False, True])
@pytest.mark.parametrize("make", [ufunc_call, reduction_call, index_call, copy_call])
def test_calls_by_chance_give_numpys_answer(make: Callable[[Chance], Any], stressed: bool) -> None:
    seed = np.random.SeedSequence().entropy % 2**32
    print("seed", seed)
    chance, before = Chance(seed), taken()
    for _ in range(600):
        call = make(chance)
        with checked(stressed):
            run(call)
    assert taken() - before > 100, "the hooks were not asked"
