# SPDX-License-Identifier: BSD-3-Clause
"""NumPy's own calls on Raptors: whether they may be, switching it on and off, and what became of it.

The hooks are C (python/raptors/patch*.c). Here is what Python can say before them: which interpreters and versions of NumPy
the tests ran on; and after them, a self-test. Refusing is no error: the program runs on NumPy as it is, and is told why.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import numpy

from . import _raptors, _self_test
from ._checking import Difference

# The pairs that the tests ran: NumPy, and the versions of CPython that it has wheels for.
TESTED = {
    "2.0": ("3.11", "3.12"),
    "2.3": ("3.11", "3.12", "3.13"),
    "2.4": ("3.11", "3.12", "3.13"),
    "2.5": ("3.12", "3.13"),
}
# What is taken over, and its bit in _raptors._patch_install().
PARTS = {"elementwise": 1, "copies": 16, "memory": 2, "reductions": 4, "indexing": 8}
REPORT = "the project's issues"

_lock = threading.RLock()
_options: dict[str, Any] | None = None  # of the patches that are in force
_refused = ""  # why the last try failed
_threads_before: int | None = None  # where patch_numpy(threads=) has set the number
_depth = 0  # of `with patched()`
_outside: dict[str, Any] | None = None  # _options before the outermost of them


class Refused(Exception):  # noqa: N818 - a reason, not a fault
    """Why NumPy is not patched."""


def patch_numpy(
    *,
    threads: int | None = None,
    small: bool = True,
    memory: bool = True,
    reductions: bool = True,
    indexing: bool = True,
    force: bool = False,
) -> bool:
    """NumPy's own calls run on Raptors from now on, in all threads, with the same results. True if so.

    threads: that a call may use, as set_num_threads() until unpatch_numpy(); None: as many as Raptors has. small: short calls are taken too, not
    only those that threads make faster; memory: large results from Raptors' pool; reductions, indexing: these too. What is off,
    and what Raptors does not take, is NumPy's as before. Called again, the last options hold.

    With a version of Python or NumPy that the tests did not run, or where NumPy is not as expected, nothing is patched: a
    RuntimeWarning says why. force: the versions do not matter. Errors: TypeError, ValueError (threads below 1).
    """
    options = {"threads": threads, "small": small, "memory": memory, "reductions": reductions, "indexing": indexing}
    options["force"] = force
    return _patch_or_warn(options, 3)


_DEFAULTS: dict[str, Any] = dict(patch_numpy.__kwdefaults__ or {})


def unpatch_numpy() -> None:
    """NumPy's calls are NumPy's again. Nothing where they are already."""
    global _options, _threads_before
    with _lock:
        if _options is not None:
            _raptors._patch_remove()
            _options = None
        if _threads_before is not None:
            _raptors.set_num_threads(_threads_before)
            _threads_before = None


@contextlib.contextmanager
def patched(**options: Any) -> Iterator[None]:
    """`with raptors.patched():` NumPy is patched within the block, as patch_numpy(**options) does, in all threads.

    Blocks within blocks, or in several threads at once, share the patches of the first; at the end of the last, all is as
    before it.
    """
    global _depth, _outside
    if unknown := options.keys() - _DEFAULTS.keys():
        raise TypeError(f"patched() has no option {min(unknown)!r}")
    with _lock:
        if not _depth:
            _outside = _options
            _patch_or_warn({**_DEFAULTS, **options}, 4)
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if not _depth:
                if _outside is None:
                    unpatch_numpy()
                else:
                    _patch(_outside)


def refusal() -> str:
    """Why NumPy is not patched, though it was tried; "" where it is."""
    return "" if _options is not None else _refused


def patch_report() -> str:
    """Text about NumPy's calls on Raptors: what is on, off or refused and why; which calls were taken, and which were passed
    on to NumPy for which reason."""
    with _lock:
        lines = [_state(), *_parts()]
    return "\n".join(lines + _calls()) + "\n"


def obey_environment() -> None:
    """RAPTORS_NUMPY, when raptors is imported: patches, and says so or why not on standard error."""
    word = os.environ.get("RAPTORS_NUMPY", "")
    if word in ("", "0"):
        return
    ignored = [line for line in _raptors._ignored_variables().splitlines() if line.startswith("RAPTORS_NUMPY: ")]
    refused = "" if ignored else _patch(_DEFAULTS)
    if ignored or refused:
        _say(f"{ignored[0]}; NumPy is not patched" if ignored else f"NumPy is not patched: {refused}")
        return
    versions = f"version {_raptors.__version__}", f"NumPy {numpy.__version__}", f"(RAPTORS_NUMPY={word})"
    if word == "check":
        _raptors._patch_modes(True, False, True)
        _say(
            "{} computes each call both ways, as {} does too {}. The first difference ends the program; please report "
            "it to {}".format(*versions, REPORT)
        )
    elif word != "quiet":
        _say(
            "{} computes for {} {}. Results are NumPy's: if one is not, RAPTORS_NUMPY=check finds the call; please "
            "report it to {}".format(*versions, REPORT)
        )


def _patch_or_warn(options: dict[str, Any], level: int) -> bool:
    refused = _patch(options)
    if refused:
        warnings.warn(f"raptors: NumPy is not patched: {refused}", RuntimeWarning, stacklevel=level)
    return not refused


def _patch(options: dict[str, Any]) -> str:
    """Patches; returns why not."""
    global _options, _refused, _threads_before
    parts = sum(bit for name, bit in PARTS.items() if options.get(name, True))
    small, threads = bool(options["small"]), _threads(options["threads"])
    with _lock:
        if _options == options:
            return ""
        unpatch_numpy()
        try:
            if not options["force"]:
                _check_versions()
            _install(parts, small)
        except Refused as refused:
            _refused = str(refused)
            return _refused
        _options, _refused = options, ""
        if threads is not None:
            _threads_before = _raptors.get_num_threads()
            _raptors.set_num_threads(threads)
    return ""


def _install(parts: int, small: bool) -> None:
    """Other threads call NumPy until the self-test is over: a call that is made three times must not read what they write."""
    _raptors._patch_modes(True, False, True)
    _raptors._patch_alone(True)
    try:
        _raptors._patch_install(parts)
        _self_test.run()
        _raptors._patch_modes(False, False, small)
        _raptors._patch_forget_counts()
    except BaseException as error:
        _raptors._patch_remove()
        _raptors._patch_modes(False, False, True)
        if isinstance(error, (RuntimeError, MemoryError, Difference)):
            raise Refused(str(error)) from None
        raise
    finally:
        _raptors._patch_alone(False)


def _check_versions() -> None:
    """Refused: no test ran with these."""
    name, version = sys.implementation.name, ".".join(map(str, sys.version_info[:2]))
    if name != "cpython":
        raise Refused(f"the interpreter is {name}, not CPython")
    if "t" in sys.abiflags:
        raise Refused("this Python is free-threaded")
    if _in_subinterpreter():
        raise Refused("this is a subinterpreter")
    release, _, patch = numpy.__version__.rpartition(".")
    if not patch.isdecimal() or version not in TESTED.get(release, ()):
        pairs = "; ".join(f"NumPy {numpys} with {', '.join(pythons)}" for numpys, pythons in TESTED.items())
        raise Refused(f"not tested with NumPy {numpy.__version__} on Python {version} (tested: {pairs})")


def _in_subinterpreter() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):  # since 3.13, and before
        with contextlib.suppress(ImportError):
            interpreters = importlib.import_module(name)
            return bool(interpreters.get_current() != interpreters.get_main())
    return False


def _threads(threads: int | None) -> int | None:
    if threads is not None and (isinstance(threads, bool) or not isinstance(threads, int)):
        raise TypeError(f"threads must be an int or None, not {threads!r}")
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be at least 1, not {threads}")
    return threads


def _state() -> str:
    name = f"NumPy {numpy.__version__}"
    if _options is not None:
        return f"{name} is patched"
    if _refused:
        return f"{name} is not patched: refused: {_refused}"
    try:
        _check_versions()
    except Refused as refused:
        return f"{name} is not patched, and cannot be: {refused}"
    return f"{name} is not patched"


def _parts() -> list[str]:
    if _options is None:
        return []
    width = max(map(len, PARTS))
    states = {name: "on" if _options.get(name, True) else "off, as asked" for name in PARTS}
    lines = [f"  {name:{width}}  {state}" for name, state in states.items()]
    if unknown := _raptors._patch_unknown():
        lines.append(f"  refused, as they are not as Raptors knows them: {', '.join(unknown)}")
    return lines


def _calls() -> list[str]:
    """A line for each operation that was called, those that were called most first."""
    counts = _raptors._patch_counts()
    rows = sorted(
        ((taken, sum(passed.values()), name, passed) for name, (taken, passed) in counts.items()), reverse=True
    )
    rows = [row for row in rows if row[0] or row[1]]
    lines = [f"calls taken: {sum(row[0] for row in rows)}, passed on to NumPy: {sum(row[1] for row in rows)}"]
    width = max((len(row[2]) for row in rows), default=0)
    for taken, passed_on, name, passed in rows:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(passed.items()) if count)
        lines.append(f"  {name:{width}}  {taken} taken" + (f", {passed_on} passed on: {reasons}" if passed_on else ""))
    return lines


def _say(line: str) -> None:
    """On standard error, where there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(f"raptors: {line}", file=sys.stderr, flush=True)
