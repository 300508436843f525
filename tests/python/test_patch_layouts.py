# SPDX-License-Identifier: BSD-3-Clause
"""Calls whose last bits, signs of NaN or flags hang on which of NumPy's loops runs, and on how its elements lie."""

import operator

import numpy as np
import pytest

import raptors
from numpy_calls import checked, needs_a_tested_pair, run, taken
from raptors import _raptors

pytestmark = needs_a_tested_pair


def nans(shape, code, seed):
    """NaNs of both signs among numbers."""
    random = np.random.default_rng(seed)
    x = np.zeros(shape, code)
    for part in (x.real, x.imag) if code in "FD" else (x,):
        part[...] = random.choice([np.nan, -np.nan, 1.5, -2.0, np.inf], shape)
    return x


def check(calls):
    """How many of them, each a ufunc, its operands and out, were taken. Other bits than NumPy's raise Difference."""
    before = taken()
    with checked():
        for ufunc, operands, out in calls:
            run(lambda ufunc=ufunc, operands=operands, out=out: ufunc(*operands, out=out))
    return taken() - before


@pytest.mark.parametrize("code", "fdFDe")
@pytest.mark.parametrize("name", ["add", "multiply", "subtract", "divide"])
def test_which_of_two_nans_goes_on(name, code):
    ufunc = getattr(np, name)
    for seed in range(20):
        x, y = nans((50, 7), code, seed), nans((50, 7), code, seed + 100)
        column, number, wide = y[:, :1], y[0, 0], nans((24, 52), code, seed)
        turned, longer = nans((52, 24), code, seed).T, nans((9, 1001), code, seed)
        new = np.empty_like(x)
        pairs = [(x, column), (column, x), (x, number), (x[:, ::2], number), (x[:, 1:], y[:, 1:])]
        pairs += [(x[:, ::2], y[:, ::2]), (wide[:, ::2], turned[:, ::2]), (x[::-1], y[::-1]), (wide, wide[:, :1])]
        pairs += [(longer[:, 1:], longer[:, :-1]), (longer[:, :1], longer), (longer[:, 1:], number)]
        calls = [(ufunc, pair, None) for pair in pairs]
        calls += [(ufunc, (x, column), new), (ufunc, (x[:, :3], column), new[:, ::2][:, :3])]
        calls += [
            (ufunc, (x, column), x),
            (ufunc, (x[:, 1:], y[:, 1:]), x[:, 1:]),
            (ufunc, (y[:, 1:], y[:, 1:]), y[:, 1:]),
        ]
        check(calls)


def test_rows_beside_a_column_are_taken():
    x, column = np.ones((50, 3)), np.full((50, 1), 2.0)
    calls = [(np.add, (x, column), None), (np.multiply, (x, column), None), (np.multiply, (x, column), x)]
    assert check(calls) == 3
    x[7, 1] = np.nan
    assert check(calls) == 3
    column[7] = np.nan  # the same NaN: in place NumPy is asked, as nobody could know it afterwards
    assert check(calls) == 2
    x[7, 1] = -np.nan  # in place the element became NaN
    assert check(calls) == 0


@pytest.mark.parametrize("code", "FD")
@pytest.mark.parametrize("name", ["square", "absolute", "reciprocal", "conjugate"])
def test_complex_rows(name, code):
    for seed in range(20):
        x = nans((19, 9, 5), code, seed)
        check([(getattr(np, name), (view,), None) for view in (x, x[::-1], x[..., ::-1], x[:, :, 1:])])
        check([(getattr(np, name), (x[:, :, 1:],), x[:, :, 1:])])


@pytest.mark.parametrize("code", "efdFD")
def test_one_element_and_out(code):
    for value in (np.nan, -np.nan, -7, 0.5, np.inf, -np.inf, -0.0, 1e-30, -1.9363583e-17 + 2.688824e-09j):
        with np.errstate(all="ignore"):
            x = np.full((3, 3), value if code in "FD" else np.real(value)).astype(code)
        for one in (x[0, :1].copy(), x[:1, :1].copy(), x[0, ::2][:1], x[0, ::-1][:1], x[:1, ::2][:, :1]):
            unary = [np.log10, np.square, np.sqrt, np.arcsin, np.arccos, np.exp, np.sin]
            binary = [np.add, np.multiply, np.power, np.divide]
            check([(ufunc, (one,), one) for ufunc in unary])
            check([(ufunc, (one, other), one) for ufunc in binary for other in (one, 0.5)])


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite", "signbit", "negative", "exp", "log", "arccos"])
def test_an_out_that_lies_apart(name):
    ufunc, x = getattr(np, name), nans((6, 40), "d", 1)
    apart = np.zeros((6, 120), ufunc(1.0).dtype)[:, ::3]
    check([(ufunc, (x,), apart), (ufunc, (x[0],), apart[0]), (ufunc, (x.T,), apart.T), (ufunc, (x[:, 1:],), None)])


@pytest.mark.parametrize("code", "efd")
def test_exponents_that_are_two_for_a_whole_row(code):
    x = np.asfortranarray(np.random.default_rng(5).random((65, 14)) * 40).astype(code, order="F")
    exponents = np.full(14, 2.0, code)
    check([(np.power, (x, exponents), None), (np.power, (x.T, exponents[:, None]), None), (np.power, (x, 2.0), None)])
    check(
        [(np.power, (x.T[:, 1:], exponents[:, None]), None), (np.float_power, (x.T[:, 1:], exponents[:, None]), None)]
    )


def test_signalling_nans_of_float16_stay_so():
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    with checked():
        for x in (halves, halves[::3], halves[31745:31747]):
            run(lambda x=x: x.astype(np.float32))
            run(lambda x=x: x.astype("d"))
            for y in (np.ones(len(x), np.float32), np.ones(len(x))):
                run(lambda x=x, y=y: np.maximum(x, y))
                run(lambda x=x, y=y: y * x)
                run(lambda x=x, y=y: np.copysign(y, x[-1]))
        single = np.array([0x7F800001, 0x3F800000], np.uint32).view(np.float32)
        run(lambda: single.astype("d"))


def test_arrays_that_numpy_warns_of_when_they_are_written_to():
    for write in (lambda a: np.add(a, 1, out=a), lambda a: operator.setitem(a, a > 0, 2)):
        for check_ in (False, True):
            assert raptors.patch_numpy()
            _raptors._patch_modes(check_, False, True)
            try:
                a, _ = np.broadcast_arrays(np.ones(3), np.ones((1, 3)))
                with pytest.warns(DeprecationWarning, match="broadcast"):
                    write(a)
            finally:
                _raptors._patch_modes(False, False, True)
                raptors.unpatch_numpy()


@pytest.mark.parametrize("code", "fd")
def test_sums_of_many_rows(code):
    """Eight rows at once, blocks of columns, and what is left of both; a NaN, and two of different bits, on the way."""
    random = np.random.default_rng(3)
    for rows, columns in ((8, 65), (71, 130), (64, 1024), (300, 2100), (1000, 77)):
        x = (random.standard_normal((rows, columns)) * 10.0 ** random.integers(-5, 5, (rows, columns))).astype(code)
        for place in (None, 0, rows // 2, rows - 1):
            y = x.copy()
            if place is not None:
                y[place, ::7] = np.nan
                y[-1, ::11] = -np.nan
                y[place, 5] = np.inf
                y[-1, 5] = -np.inf
            before = taken()
            with checked(), np.errstate(all="ignore"):
                for view in (y, y[:, 1:], y[:, :-1]):
                    run(lambda view=view: view.sum(axis=0))
                    run(lambda view=view: view.mean(axis=0))
            assert taken() > before
