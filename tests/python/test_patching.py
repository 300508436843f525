# SPDX-License-Identifier: BSD-3-Clause
"""patch_numpy(): its options, what it refuses, blocks within blocks, and its report. Stand-ins take the place of the hooks."""

import platform
import subprocess
import sys
import threading
import warnings

import numpy
import pytest

import raptors
from raptors import _checking, _patching, _raptors, _self_test, cli

ALL = sum(_patching.PARTS.values())


class Hooks:
    """What the hooks are asked for, written down."""

    def __init__(self):
        self.asked, self.reason, self.counted, self.difference = [], "", {}, ""
        self.parts = self.modes = None

    def install(self, parts):
        if self.reason:
            raise RuntimeError(self.reason)
        self.parts = parts

    def set_modes(self, checking, stressed, small):
        assert stressed is False
        self.modes = (checking, small)
        if self.parts is not None and not checking:
            self.asked.append((self.parts, small))
            self.parts = None

    def test(self):
        assert self.modes == (True, True), "the self-test is of checked calls, short ones too"
        if self.difference:
            self.parts = None
            raise _checking.Difference(self.difference)

    def remove(self):
        self.asked.append("removed")

    def forget_counts(self):
        self.counted = {}


@pytest.fixture
def hooks(monkeypatch):
    """Stand-ins, in an interpreter and with a NumPy that may be patched, and nothing patched before or after."""
    stand_in = Hooks()
    raptors.unpatch_numpy()
    monkeypatch.setattr(_raptors, "_patch_install", stand_in.install)
    monkeypatch.setattr(_raptors, "_patch_modes", stand_in.set_modes)
    monkeypatch.setattr(_raptors, "_patch_remove", stand_in.remove)
    monkeypatch.setattr(_raptors, "_patch_counts", lambda: stand_in.counted)
    monkeypatch.setattr(_raptors, "_patch_forget_counts", stand_in.forget_counts)
    monkeypatch.setattr(_self_test, "run", stand_in.test)
    version = ".".join(platform.python_version_tuple()[:2])
    monkeypatch.setattr(_patching, "TESTED", {".".join(numpy.__version__.split(".")[:2]): (version,)})
    monkeypatch.setattr(_patching, "_refused", "")
    yield stand_in
    raptors.unpatch_numpy()


def refusal(**options):
    with pytest.warns(RuntimeWarning, match="NumPy is not patched: ") as told:
        assert raptors.patch_numpy(**options) is False
    assert [warning.filename for warning in told] == [__file__]
    return str(told[0].message).partition("patched: ")[2]


# ---- Options


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, (ALL, True)),
        ({"memory": False}, (ALL - _patching.PARTS["memory"], True)),
        ({"reductions": False, "indexing": False}, (1 | _patching.PARTS["memory"] | _patching.PARTS["copies"], True)),
        ({"small": False}, (ALL, False)),
        ({"threads": 1}, (ALL, True)),
        ({"threads": 3}, (ALL, True)),
    ],
)
def test_options_become_what_the_hooks_are_asked_for(hooks, options, asked):
    before = raptors.get_num_threads()
    assert raptors.patch_numpy(**options) is True
    assert hooks.asked == [asked]
    assert raptors.get_num_threads() == options.get("threads", before)
    raptors.unpatch_numpy()
    assert hooks.asked == [asked, "removed"]
    assert raptors.get_num_threads() == before


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"threads": 0}, ValueError),
        ({"threads": -1}, ValueError),
        ({"threads": True}, TypeError),
        ({"threads": 2.0}, TypeError),
        ({"sorting": True}, TypeError),
    ],
)
@pytest.mark.parametrize("way", [raptors.patch_numpy, raptors.patched])
def test_options_that_mean_nothing_are_errors(hooks, options, error, way):
    with pytest.raises(error), contextmanager_or_nothing(way(**options)):
        pass
    assert hooks.asked == []


def contextmanager_or_nothing(made):
    return made if hasattr(made, "__enter__") else raptors.patched()


def test_patching_twice_is_patching_once_and_the_last_options_hold(hooks):
    raptors.unpatch_numpy()
    assert hooks.asked == []
    raptors.patch_numpy()
    raptors.patch_numpy()
    assert hooks.asked == [(ALL, True)]
    raptors.patch_numpy(small=False)
    assert hooks.asked == [(ALL, True), "removed", (ALL, False)]
    raptors.unpatch_numpy()
    raptors.unpatch_numpy()
    assert hooks.asked.count("removed") == 2


# ---- Blocks


def test_a_block_is_undone_at_its_end(hooks):
    with raptors.patched(small=False):
        assert hooks.asked == [(ALL, False)]
    assert hooks.asked == [(ALL, False), "removed"]
    with pytest.raises(KeyError), raptors.patched():
        raise KeyError
    assert hooks.asked[2:] == [(ALL, True), "removed"]


def test_blocks_within_blocks_count(hooks):
    with raptors.patched():
        with raptors.patched(small=False):
            pass
        assert hooks.asked == [(ALL, True)]
    assert hooks.asked == [(ALL, True), "removed"]


def test_a_block_puts_back_what_was_before_it(hooks):
    raptors.patch_numpy(memory=False)
    with raptors.patched(memory=False):
        pass
    assert len(hooks.asked) == 1
    with raptors.patched(small=False):
        assert hooks.asked[-1] == (ALL, False)
    assert hooks.asked[-1] == (ALL - _patching.PARTS["memory"], True)


def test_the_last_of_several_threads_undoes_it(hooks):
    entered, leave = threading.Event(), threading.Event()

    def other():
        with raptors.patched():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=other)
    with raptors.patched():
        thread.start()
        assert entered.wait(30)
    assert "removed" not in hooks.asked
    leave.set()
    thread.join()
    assert hooks.asked == [(ALL, True), "removed"]


def test_a_refused_block_runs_all_the_same(hooks):
    hooks.reason, ran = "no", []
    with pytest.warns(RuntimeWarning) as told, raptors.patched():
        ran.append(1)
    assert (ran, hooks.asked, told[0].filename) == ([1], ["removed"], __file__)


# ---- What is refused


def test_a_refusal_is_one_warning_and_its_reason(hooks):
    hooks.reason = "the pointer of add is not as expected"
    assert refusal() == hooks.reason
    assert f"refused: {hooks.reason}" in raptors.patch_report()
    assert refusal(force=True) == hooks.reason
    assert hooks.asked == ["removed"] * 2  # what was in place before it failed is taken away
    hooks.reason = ""
    assert raptors.patch_numpy()
    assert "refused" not in raptors.patch_report()


def test_a_self_test_that_fails_undoes_all(hooks):
    hooks.difference = "add(1, 2): result: 4 on Raptors, 3 on NumPy"
    assert refusal() == hooks.difference
    assert (hooks.asked, hooks.modes) == (["removed"], (False, True))


@pytest.mark.parametrize("version", ["1.26.4", "2.1.0", "2.6.0", "2.4.0rc1", "2.4.0.dev0+git1234", "24.4.6"])
def test_an_unknown_numpy_is_left_alone(hooks, monkeypatch, version):
    monkeypatch.setattr(_patching, "TESTED", {"2.4": _patching.TESTED.popitem()[1]})
    monkeypatch.setattr(numpy, "__version__", "2.4.17")
    assert raptors.patch_numpy()
    raptors.unpatch_numpy()
    hooks.asked.clear()
    monkeypatch.setattr(numpy, "__version__", version)
    assert refusal().startswith(f"not tested with NumPy {version} on Python ")
    assert f"NumPy {version} is not patched: refused: not tested" in raptors.patch_report()
    assert hooks.asked == []
    assert raptors.patch_numpy(force=True)
    assert hooks.asked == [(ALL, True)]


@pytest.mark.parametrize(
    ("place", "name", "value", "reason"),
    [
        (sys.implementation, "name", "pypy", "the interpreter is pypy, not CPython"),
        (sys, "abiflags", "td", "this Python is free-threaded"),
        (_patching, "_in_subinterpreter", lambda: True, "this is a subinterpreter"),
        (sys, "version_info", (3, 10, 4), "not tested with NumPy "),
    ],
)
def test_an_unknown_interpreter_is_left_alone(hooks, monkeypatch, place, name, value, reason):
    monkeypatch.setattr(place, name, value)
    assert refusal().startswith(reason)
    assert "cannot be" not in raptors.patch_report()  # it was tried
    monkeypatch.setattr(_patching, "_refused", "")
    assert f"is not patched, and cannot be: {reason}" in raptors.patch_report()


def test_a_subinterpreter_is_noticed():
    code = (
        "import importlib, sys\n"
        "name = '_interpreters' if sys.version_info >= (3, 13) else '_xxsubinterpreters'\n"
        "sub = importlib.import_module(name)\n"
        "ask = f'import importlib, contextlib\\n{source}\\nprint(_in_subinterpreter(), flush=True)'\n"
        "exec(ask)\n"
        "sub.run_string(sub.create(), ask)\n"
    )
    source = __import__("inspect").getsource(_patching._in_subinterpreter)
    code = f"source = {source!r}\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_the_pairs_that_may_be_patched():
    assert set(_patching.TESTED) == {"2.0", "2.3", "2.4", "2.5"}
    assert {python for pythons in _patching.TESTED.values() for python in pythons} == {"3.11", "3.12", "3.13"}


def test_a_warning_that_is_an_error_leaves_all_as_it_was(hooks):
    hooks.reason = "no"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            raptors.patch_numpy()
        with pytest.raises(RuntimeWarning), raptors.patched():
            pass
    hooks.reason = ""
    hooks.asked.clear()
    with raptors.patched():
        pass
    assert hooks.asked == [(ALL, True), "removed"]


# ---- The report


def test_the_report_lists_parts_and_calls(hooks):
    assert (
        raptors.patch_report() == f"NumPy {numpy.__version__} is not patched\ncalls taken: 0, passed on to NumPy: 0\n"
    )
    raptors.patch_numpy(indexing=False)
    hooks.counted = {
        "add": (3, {}),
        "multiply": (40, {"where=": 2, "object array": 5, "subclass": 0}),
        "sin": (0, {}),
        "ndarray.astype": (0, {"subclass": 1}),
    }
    assert raptors.patch_report() == (
        f"NumPy {numpy.__version__} is patched\n"
        "  elementwise  on\n"
        "  copies       on\n"
        "  memory       on\n"
        "  reductions   on\n"
        "  indexing     off, as asked\n"
        "calls taken: 43, passed on to NumPy: 8\n"
        "  multiply        40 taken, 7 passed on: 5 object array, 2 where=\n"
        "  add             3 taken\n"
        "  ndarray.astype  0 taken, 1 passed on: 1 subclass\n"
    )


def test_info_has_the_report(hooks, capsys):
    raptors.patch_numpy()
    assert cli.main(["info"]) == 0
    assert raptors.patch_report() in capsys.readouterr().out
