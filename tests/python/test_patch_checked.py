# SPDX-License-Identifier: BSD-3-Clause
"""Calls that are made both ways: a wrong answer is found, and a program whose answers are right goes on as it would."""

import gc
import sys
import warnings

import numpy as np
import pytest

import raptors
from numpy_calls import needs_a_tested_pair, taken
from raptors import _checking, _raptors

pytestmark = needs_a_tested_pair


@pytest.fixture(autouse=True)
def checking():
    assert raptors.patch_numpy()
    _raptors._patch_modes(True, False, True)
    yield
    _raptors._patch_modes(False, False, True)
    raptors.unpatch_numpy()


# ---- Wrong answers are found


def wrong(outcome):
    """As _checking._outcome, but what a hook answers is not what it was."""

    def found(function, arguments, keywords, written):
        result, *others = outcome(function, arguments, keywords, written)
        by_hook = _raptors._patch_way(_checking.BY_HOOK)
        _raptors._patch_way(by_hook)
        return (-result if by_hook == _checking.BY_HOOK and isinstance(result, np.ndarray) else result, *others)

    return found


def test_a_wrong_hook_stops_a_checked_program(monkeypatch):
    _raptors._patch_modes(True, False, True)
    x = np.ones(3)
    assert (x + x).tolist() == [2, 2, 2]
    monkeypatch.setattr(_checking, "_outcome", wrong(_checking._outcome))
    with pytest.raises(_checking.Difference) as caught:
        x + 2.5
    assert not isinstance(caught.value, Exception)
    assert str(caught.value).startswith("add(array([1., 1., 1.]), 2.5): element 0: np.float64(-3.5) (0000")
    assert str(caught.value).endswith(f"(NumPy {np.__version__}, Python {sys.version.split()[0]})")
    _raptors._patch_modes(False, False, True)
    assert (x + x).tolist() == [2, 2, 2]


def test_a_wrong_hook_fails_the_self_test_and_nothing_is_patched(monkeypatch):
    raptors.unpatch_numpy()
    with monkeypatch.context() as planted:
        planted.setattr(_checking, "_outcome", wrong(_checking._outcome))
        with pytest.warns(RuntimeWarning, match=r"NumPy is not patched: negative\("):
            assert not raptors.patch_numpy()
    before = taken()
    assert (np.ones(3) + 1).sum() == 6
    assert taken() == before
    assert "refused: negative(" in raptors.patch_report()
    assert raptors.patch_numpy()


# ---- What is right goes on as it would


class Counting(np.ndarray):
    calls = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **keywords):
        Counting.calls += 1
        plain = [x.view(np.ndarray) if isinstance(x, Counting) else x for x in inputs]
        outs = tuple(x.view(np.ndarray) if isinstance(x, Counting) else x for x in out)
        return getattr(ufunc, method)(*plain, **keywords, **({"out": outs} if outs else {}))


def test_what_is_not_plain_is_called_once_and_what_it_calls_is_checked(monkeypatch):
    x = np.ones(3).view(Counting)
    Counting.calls = 0
    np.add(x, 1, out=x)
    assert (Counting.calls, x.tolist()) == (1, [2, 2, 2])
    made = []

    class Number:
        def __add__(self, other):
            made.append(other)
            return other

    np.array([Number()], object) + np.ones(1)
    assert made == [1]
    masked = np.ma.array([1.0, 2.0], mask=[0, 1])
    masked += 1
    assert masked.tolist() == [2.0, None]
    assert (masked * np.ma.masked).tolist() == [None, None]
    monkeypatch.setattr(_checking, "_outcome", wrong(_checking._outcome))
    with pytest.raises(_checking.Difference):
        x + 1


def test_a_checked_call_warns_once():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        np.array([]).mean()
    assert str(told[0].message).startswith("Mean of empty slice")
    assert len(told) == len(plain_warnings(lambda: np.array([]).mean()))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            np.ones(3) / 0
    assert len(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            np.array([]).mean()


def plain_warnings(call):
    raptors.unpatch_numpy()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        call()
    return told


def test_a_checked_exception_keeps_nothing_alive():
    gc.disable()
    try:
        x = np.ones(3)
        before = sys.getrefcount(x)
        for _ in range(20):
            with pytest.raises(TypeError):
                np.bitwise_and(x, 1)
        assert sys.getrefcount(x) == before
    finally:
        gc.enable()
