# SPDX-License-Identifier: BSD-3-Clause
"""`python -m raptors script.py`, `-m module` and `-c code`: a program runs as Python runs it, with NumPy patched.

To the program all is as without us: sys.argv, sys.path[0], __main__, its exit status, and tracebacks that begin in it. So
nothing here catches signals or touches its streams.
"""

from __future__ import annotations

import builtins
import io
import os
import pkgutil
import runpy
import sys
from collections.abc import Callable, Collection, Sequence
from importlib.machinery import BuiltinImporter, SourceFileLoader
from types import ModuleType
from typing import Any

from ._patching import patch_numpy
from .console import USAGE, say


def is_program(words: Sequence[str], commands: Collection[str]) -> bool:
    """Whether the command line names a program to run, rather than a command of ours."""
    first = words[0] if words else ""
    if first in commands:
        return False
    return first[:2] in ("-m", "-c") or first.endswith(".py") or os.path.isfile(first)


def run_program(words: Sequence[str]) -> int:
    """Run the program in the place of this one; the exit status, where it raises none. Its exceptions pass through."""
    first, *arguments = words
    option = first[:2] if first.startswith("-") else ""
    if option:  # as Python has it: -c code, or -ccode
        given = [first[2:]] if first[2:] else arguments[:1]
        if not given:
            say(f"raptors: {option} needs {'a module' if option == '-m' else 'code'} to run")
            return USAGE
        arguments = arguments if first[2:] else arguments[1:]
        run, place = (_module(given[0]), [os.getcwd()]) if option == "-m" else (_code(given[0]), [""])
    else:
        try:
            run, place = _script(first)
        except OSError as error:
            say(f"raptors: can't open file {first!r}: [Errno {error.errno}] {error.strerror}")
            return USAGE
    patch_numpy()
    sys.argv[:] = [option or first, *arguments]
    if not sys.flags.safe_path:
        sys.path[:1] = place
    sys.modules["__main__"] = _new_main()
    try:
        run()
    except SystemExit:
        raise
    except BaseException as error:
        _begin_after(error)
        raise
    return 0


def _module(name: str) -> Callable[[], Any]:
    return lambda: runpy._run_module_as_main(name)  # type: ignore[attr-defined]  # what python -m calls


def _code(text: str) -> Callable[[], Any]:
    return lambda: _execute(text, "<string>", __loader__=BuiltinImporter)


def _script(path: str) -> tuple[Callable[[], Any], list[str]]:
    """How to run it, and what Python puts in front of sys.path unless told not to. OSError: it cannot be read."""
    whole = os.path.join(os.getcwd(), path)  # as Python spells it
    if pkgutil.get_importer(whole) is not None:  # a zip file with a __main__.py
        return lambda: _zip_file(whole), []
    with io.open_code(whole) as file:
        source = file.read()
    names = {"__file__": whole, "__cached__": None, "__loader__": SourceFileLoader("__main__", whole)}
    return lambda: _execute(source, whole, **names), [os.path.dirname(os.path.realpath(path))]


def _zip_file(path: str) -> None:
    sys.path.insert(0, path)
    runpy._run_module_as_main("__main__", False)  # type: ignore[attr-defined]


def _execute(source: str | bytes, filename: str, **names: Any) -> None:
    namespace = sys.modules["__main__"].__dict__
    namespace.update(names)
    exec(compile(source, filename, "exec", dont_inherit=True), namespace)


def _new_main() -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __annotations__={})
    return main


def _begin_after(error: BaseException) -> None:
    """The hook that shows the error, Python's or the program's own, gets its traceback without the frames of this file."""
    traceback, hook = error.__traceback__, sys.excepthook
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next

    def show(kind: type[BaseException], value: BaseException, whole: Any) -> Any:
        return hook(kind, value.with_traceback(traceback), traceback)

    sys.excepthook = show
