# SPDX-License-Identifier: BSD-3-Clause
"""Raptors' kernels and stores past the caches in the place of NumPy's loops: the same bits, floating-point errors and warnings."""

import numpy as np
import pytest

from numpy_calls import HOSTILE, TYPES, Chance, checked, needs_a_tested_pair, run
from raptors import _raptors

pytestmark = needs_a_tested_pair
UFUNCS = sorted(
    name
    for name in dir(np)
    if isinstance(u := getattr(np, name), np.ufunc) and u.nout == 1 and u.nin <= 2 and not u.signature
)
WAYS = 4  # NumPy's loop, our kernel, each with ordinary stores or those past the caches


def ways(call, turns=WAYS):
    """The call, checked, in all ways; which kernels of Raptors ran, and whether stores passed the caches by."""
    found = set()
    with checked(True):
        for _ in range(turns):
            _raptors._patch_latest()
            run(call)
            found.add(_raptors._patch_latest()[1:])
    return found


def operands(chance, ufunc, code, n):
    """Arrays, or an array and a number, with hostile values among the elements."""
    arrays = [chance.elements(n, code) for _ in range(ufunc.nin)]
    for x in arrays:
        if code in "efdFD":
            with np.errstate(all="ignore"):
                x[chance.random.integers(0, n, n // 50)] = chance.random.choice(HOSTILE, n // 50).astype(code)
    number = chance.below(4)
    if ufunc.nin == 2 and number < 2:
        arrays[number] = arrays[number][0]
    return arrays


@pytest.mark.parametrize("name", UFUNCS)
def test_long_runs_in_all_ways(name):
    ufunc, chance = getattr(np, name), Chance(UFUNCS.index(name))
    for code in TYPES:
        if name in ("power", "left_shift", "right_shift", "gcd", "lcm") and code not in "efdFD":
            continue  # slow, and whether integers are computed at all hangs on their values
        for n in (1024, 3000 + chance.below(5000)):
            given = operands(chance, ufunc, code, n)
            ways(lambda given=given: ufunc(*given), 2)
            if isinstance(given[0], np.ndarray):
                ways(lambda given=given: ufunc(given[0].copy(), *given[1:]), 2)


@pytest.mark.parametrize(
    ("name", "code", "kernel"),
    [
        ("add", "d", "add.vv.f64."),
        ("less", "f", "less.vv.f32."),
        ("sqrt", "d", "sqrt.v.f64."),
        ("add", "q", "add.vv.i64."),
    ],
)
def test_kernels_that_are_equal_run(name, code, kernel):
    ufunc = getattr(np, name)
    arrays = [np.arange(4096).astype(code) for _ in range(ufunc.nin)]
    found = {name for name, _ in ways(lambda: ufunc(*arrays))}
    assert [name is None or name.startswith(kernel) for name in found] == [True, True]


@pytest.mark.parametrize("name", ["exp", "sin", "power", "arctan2", "hypot"])
def test_functions_whose_last_bits_differ_are_numpys(name):
    ufunc = getattr(np, name)
    arrays = [np.linspace(0.1, 3, 4096) for _ in range(ufunc.nin)]
    assert ways(lambda: ufunc(*arrays)) == {(None, False)}


def test_large_results_in_all_ways():
    x = np.random.default_rng(1).standard_normal(3_000_001)
    x[::1001] = np.nan
    add, kernel = ways(lambda: x + x, 8), 2
    assert len(add) == WAYS
    assert len({name for name, _ in add}) == kernel
    assert ways(lambda: np.exp(x), 4) == {(None, False), (None, True)}
    assert {streams for _, streams in ways(lambda: np.add(x, 1.0, out=x), 4)} == {False}
