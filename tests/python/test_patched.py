# SPDX-License-Identifier: BSD-3-Clause
"""NumPy patched for real: what a program may do with it meanwhile, and that all of it is as NumPy has it."""

from __future__ import annotations

import gc
import operator
import pickle
import sys
import tracemalloc
import warnings

import numpy as np
import pytest

import raptors
from numpy_calls import needs_a_tested_pair, plain, taken
from raptors import _raptors

pytestmark = [needs_a_tested_pair, pytest.mark.usefixtures("patched")]
LARGE = 1_000_003  # elements: threads, and memory from the pool


def counts(name):
    return _raptors._patch_counts()[name]


# ---- Results


CALLS = [
    lambda x: x + x,
    lambda x: x * 2.5,
    lambda x: np.exp(-x),
    lambda x: x[:, ::2] - x[0, ::2],
    lambda x: x[:8].sum(),  # of more NumPy before 2.3 sums in an order of its own
    lambda x: x.mean(axis=0),
    lambda x: np.std(x, axis=1),
    lambda x: x[x > 0.5],
    lambda x: x.astype("f4"),
    lambda x: np.where(x > 0.5, x, 0),
    lambda x: np.concatenate([x, x]),
    lambda x: x.argmax(),
    lambda x: np.add(1, 2),
]


@pytest.mark.parametrize("shape", [(3, 4), (1001, 1000)])
@pytest.mark.parametrize("call", CALLS)
def test_results_are_numpys_and_hooks_gave_them(call, shape):
    x = np.random.default_rng(1).random(shape)
    before = taken()
    found = call(x)
    assert taken() > before
    expected = plain(lambda: call(x))
    assert type(found) is type(expected)
    assert (found.dtype, found.shape, found.strides) == (expected.dtype, expected.shape, expected.strides)
    assert found.tobytes() == expected.tobytes()


def test_calls_are_counted_while_it_is_on():
    x = np.ones(5)
    before = counts("add")[0]
    x + x
    np.add(x, x)
    np.add(x, x, where=x > 0, out=np.zeros(5))
    assert counts("add")[0] == before + 2
    assert "\n  add " in raptors.patch_report()
    assert "keywords besides out" in raptors.patch_report()
    raptors.unpatch_numpy()
    x + x
    assert counts("add")[0] == before + 2
    assert raptors.patch_report().startswith(f"NumPy {np.__version__} is not patched\n")


@pytest.mark.parametrize(
    ("option", "call", "name"),
    [
        ("reductions", lambda x: x.sum(), "ndarray.sum"),
        ("indexing", lambda x: x[x > 0], "ndarray[...]"),
        ("small", lambda x: x + x, "add"),
    ],
)
def test_a_part_that_is_off_takes_no_call(option, call, name):
    x = np.ones(9)
    before = counts(name)[0]
    call(x)
    assert counts(name)[0] == before + 1
    raptors.patch_numpy(**{option: False})
    before = counts(name)[0]
    call(x)
    assert counts(name)[0] == before


def test_ufuncs_are_what_they_were():
    assert pickle.loads(pickle.dumps(np.add)) is np.add
    assert (type(np.add), np.add.__name__, repr(np.add)) == (np.ufunc, "add", "<ufunc 'add'>")
    kept = np.ndarray.sum, np.ones(3).sum, np.add
    raptors.unpatch_numpy()
    assert (kept[0](np.ones(3)), kept[1](), kept[2](1, 2)) == (3, 3, 3)
    assert kept[0] is np.ndarray.sum


def test_an_importer_of_names_is_patched_too():
    from numpy import multiply

    before = counts("multiply")[0]
    multiply(np.ones(3), 2.0)
    assert counts("multiply")[0] == before + 1


# ---- Operands that are NumPy's alone


class Celsius(np.ndarray):
    pass


class Deferring:
    __array_ufunc__ = None

    def __radd__(self, other):
        return "radd"


class Overriding:
    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return ufunc.__name__, method, len(inputs), sorted(keywords)


def test_subclasses_and_overrides_are_asked_as_before():
    degrees = np.arange(3.0).view(Celsius)
    assert type(degrees + 1) is type(np.ones(3) + degrees) is type(degrees.sum(keepdims=True)) is Celsius
    assert type(degrees[degrees > 0]) is type(degrees.copy()) is Celsius
    assert np.ones(3) + Deferring() == "radd"
    assert np.ones(3) * Overriding() == ("multiply", "__call__", 2, [])
    assert np.add(np.ones(3), 1, out=Overriding()) == ("add", "__call__", 2, ["out"])
    assert np.add.reduce(Overriding()) == ("add", "reduce", 1, [])
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    assert (masked + 1).tolist() == [2.0, None, 4.0]
    assert masked.mean() == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda: np.array([1, "a", None], object) + 1,
        lambda: np.add(np.ones(3), "a"),
        lambda: np.add(np.ones(3), np.ones(4)),
        lambda: np.add(1),
        lambda: np.add(1, 2, 3, 4),
        lambda: np.add(1, 2, out=5),
        lambda: np.add(np.ones(3), 1, out=np.ones(3, "i4")),
        lambda: np.add(np.ones(3), 1, out=np.ones(4)),
        lambda: np.add(1, 2, sig=3),
        lambda: np.ones(3).sum(axis=2),
        lambda: np.ones(0).max(),
        lambda: np.ones((2, 3)).sum(0, where=1, out=3),
        lambda: np.ones(3)[np.array([3])],
        lambda: np.ones(3)[np.ones(4, bool)],
        lambda: operator.setitem(np.ones(3), np.ones(3, bool), np.ones(2)),
        lambda: np.ones(3).astype("nonsense"),
        lambda: np.ones(3).astype("i4", casting="safe"),
        lambda: np.concatenate([np.ones(3), np.ones((3, 3))]),
        lambda: np.where(np.ones(3), np.ones(2), 1),
        lambda: np.array([1], "u1") + 300,
    ],
)
def test_errors_are_numpys(call):
    def told():
        with pytest.raises(Exception) as caught:
            call()
        return type(caught.value), str(caught.value)

    assert told() == plain(told)


def test_results_go_to_out():
    x, out = np.arange(6.0).reshape(2, 3), np.empty((2, 3))
    assert np.add(x, x, out=out) is out
    assert np.add(x, x, out) is out
    assert np.add(x, x, out=(out,)) is out
    assert (out == 2 * x).all()
    row = np.empty(3)
    assert x.sum(axis=0, out=row) is row
    assert row.tolist() == [3, 5, 7]
    kept = x
    kept += 1
    assert kept is x
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        kept += 1


# ---- Errors and warnings


def test_errstate_decides_as_before():
    zeros = np.zeros(LARGE)
    for few in (zeros[:3], zeros):
        with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero encountered in log"):
            np.log(few)
        with np.errstate(invalid="raise"), pytest.raises(FloatingPointError, match="invalid value encountered in divi"):
            few / 0.0
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error")
            np.log(few) / few
        with np.errstate(divide="print", all="ignore"):
            np.log(few)


def test_a_callback_is_called_once_with_numpys_flags():
    told = []
    with np.errstate(all="call", call=lambda kind, flags: told.append((kind, flags))):
        np.divide(np.ones(LARGE), 0.0)
        np.ones(3) / 0
        np.array([1e300]) * 1e300
    assert told == [("divide by zero", 1)] * 2 + [("overflow", 2)]

    class Log:
        lines = ()

        def write(self, line):
            self.lines += (line,)

    log = Log()
    before = np.seterrcall(log)
    try:
        with np.errstate(divide="log"):
            np.log(np.zeros(3))
    finally:
        np.seterrcall(before)
    assert log.lines == ("Warning: divide by zero encountered in log\n",)


def test_a_callback_that_raises_is_heard():
    def refuse(kind, flags):
        raise KeyError(kind)

    with np.errstate(all="call", call=refuse), pytest.raises(KeyError, match="divide by zero"):
        np.ones(3) / 0


def test_a_warning_names_the_callers_line():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        line = sys._getframe().f_lineno
        np.zeros(3) / 0
        np.log(np.zeros(LARGE))
        np.array([1e300]).sum() * 1e300
        np.array([1e300]).astype("f4")
    assert [(warning.filename, warning.lineno) for warning in told] == [(__file__, line + i) for i in (1, 2, 3, 4)]
    assert [str(warning.message) for warning in told] == [
        "invalid value encountered in divide",
        "divide by zero encountered in log",
        "overflow encountered in scalar multiply",
        "overflow encountered in cast",
    ]


def test_warnings_are_given_once_for_a_line():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            np.zeros(3) / 0
    assert len(told) == 1


# ---- Memory


def test_arrays_outlive_the_patches_and_the_other_way_round():
    raptors.unpatch_numpy()
    old = np.ones(LARGE)
    raptors.patch_numpy()
    new = old * 2
    assert counts("memory")[0] > 0
    old.resize(2 * LARGE, refcheck=False)
    raptors.unpatch_numpy()
    new.resize(3 * LARGE, refcheck=False)
    assert (old.sum(), new.sum()) == (LARGE, 2 * LARGE)
    new.resize(5, refcheck=False)
    assert new.tolist() == [2] * 5
    del old, new
    gc.collect()


@pytest.mark.parametrize(
    "sizes", [(100_000, 10), (10, 100_000), (100_000, 1_000_000, 0, 70_000), (32_000, 33_000, 32_000)]
)
def test_resizing_keeps_the_elements_and_adds_zeros(sizes):
    x = np.arange(sizes[0]) + 0.5
    for size in sizes[1:]:
        kept = x.copy()
        x.resize(size, refcheck=False)
        both = min(size, kept.size)
        assert (x[:both] == kept[:both]).all()
        assert not x[both:].any()


def test_arrays_that_grow_while_they_are_read(tmp_path):
    assert np.fromiter(iter(range(200_000)), "f8").sum() == 199_999 * 100_000
    path = tmp_path / "numbers"
    path.write_text(" ".join(map(str, range(50_000))))
    assert (np.fromfile(path, "f8", sep=" ") == np.arange(50_000)).all()


def test_tracemalloc_sees_arrays():
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        x = np.empty(LARGE) + 1
        held = tracemalloc.get_traced_memory()[0] - before
        assert 8 * LARGE <= held < 8 * LARGE + 100_000
        x.resize(2 * LARGE, refcheck=False)
        held = tracemalloc.get_traced_memory()[0] - before
        assert 16 * LARGE <= held < 16 * LARGE + 100_000
        del x
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()


def test_buffers_share_memory_as_before():
    x = np.ones(LARGE) + 1
    view = np.frombuffer(memoryview(x), "f8")
    x[x > 0] = 3
    assert view.sum() == 3 * LARGE
    assert np.shares_memory(x, view)
    del x
    gc.collect()
    assert view[-1] == 3
    data = bytearray(80_000)
    over = np.frombuffer(data, "f8")
    over += 1
    assert bytes(data) == np.ones(10_000).tobytes()
    assert np.from_dlpack(view).sum() == 3 * LARGE


@pytest.mark.parametrize("make", [lambda n: np.empty(n, "u1"), lambda n: np.empty(2, "u1").resize(n, refcheck=False)])
def test_no_memory_is_numpys_error(make):
    def told():
        with pytest.raises(MemoryError) as caught:
            make(2**62)
        return type(caught.value), str(caught.value)

    assert told() == plain(told)
