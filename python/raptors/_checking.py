# SPDX-License-Identifier: BSD-3-Clause
"""Checked calls: what Raptors takes over from NumPy is computed by both, and the first difference ends the program.

While checking is on, each hook calls check() instead of answering. The call is then made twice more: by NumPy, and by the
hook. The type, the dtype, the shape, the strides, every bit, the floating-point errors and the exceptions are compared.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy

from . import _raptors

CHECKED, BY_NUMPY, BY_HOOK, ONCE_BY_NUMPY = 1, 2, 3, 4  # the ways of _raptors._patch_way
# What a call may be made of three times. Anything else may be another's, whose code does more than compute.
_PLAIN = frozenset(
    {int, float, complex, bool, str, bytes, type, slice, type(None), type(Ellipsis), type(numpy._NoValue)}
)


class Difference(BaseException):
    """A call has another result on Raptors than on NumPy. Not an Exception: a program that expects errors must stop too."""


def check(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """The result of NumPy, which that of Raptors has been compared with. Errors: Difference, and NumPy's own."""
    if not _is_plain([*arguments, *keywords.values()]) or _leaves_unset(function, keywords):
        # no hook takes it; what is called within it is checked
        _raptors._patch_way(ONCE_BY_NUMPY)
        try:
            return function(*arguments, **keywords)
        finally:
            _raptors._patch_way(CHECKED)
    before = _raptors._patch_way(BY_NUMPY)
    try:
        written = _written(function, arguments, keywords)
        kept = [array.copy("K") for array in written]
        expected = _outcome(function, arguments, keywords, written)
        _restore(written, kept)
        _raptors._patch_way(BY_HOOK)
        found = _outcome(function, arguments, keywords, written)
        _raptors._patch_way(BY_NUMPY)
        if difference := _difference(found, expected):
            raise Difference(_report(function, arguments, keywords, difference))
        # Once more as the program made it: its own errstate warns, or raises.
        _restore(written, kept)
        return function(*arguments, **keywords)
    finally:
        _raptors._patch_way(before)


def _is_plain(value: Any) -> bool:
    if type(value) is numpy.ndarray:
        # the sign says that NumPy warns when it is written to, once
        return not value.dtype.hasobject and value.flags.num >= 0
    if type(value) in (list, tuple):
        return all(map(_is_plain, value))
    return type(value) in _PLAIN or isinstance(value, (numpy.generic, numpy.dtype))


def _leaves_unset(function: Callable[..., Any], keywords: dict[str, Any]) -> bool:
    """Some elements of the result are what was in memory before, by chance."""
    outputs = keywords.get("out")
    given = outputs if isinstance(outputs, tuple) else (outputs,)
    return isinstance(function, numpy.ufunc) and "where" in keywords and any(output is None for output in given)


def _written(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
    """The arrays that the call may write to."""
    outputs = keywords.get("out")
    found = list(outputs) if isinstance(outputs, tuple) else [outputs]
    if isinstance(function, numpy.ufunc):
        found += arguments[function.nin :]
    elif getattr(function, "__name__", "") == "setitem":
        found.append(arguments[0])
    return [array for array in found if isinstance(array, numpy.ndarray) and array.flags.writeable]


def _restore(arrays: list[Any], kept: list[Any]) -> None:
    for array, copy in zip(arrays, kept, strict=True):
        array[...] = copy


def _outcome(function: Callable[..., Any], arguments: Any, keywords: Any, written: list[Any]) -> tuple[Any, ...]:
    """The result or the exception, the errors that errstate would tell of, the warnings, and what was written."""
    errors: list[str] = []
    with _recorded(errors), numpy.errstate(all="call", call=lambda kind, flags: errors.append(kind)):
        try:
            result, exception = function(*arguments, **keywords), None
        except Exception as error:
            result, exception = None, error.with_traceback(None)  # it would hold this frame, and its arrays with it
    # after an exception NumPy's outputs may hold anything
    return result, exception, errors, [] if exception else [_bits(array) for array in written]


@contextlib.contextmanager
def _recorded(told: list[str]) -> Iterator[None]:
    """Warnings go to `told`. That a program has been told of one, warnings.catch_warnings() would make it forget."""
    filters, show = warnings.filters, warnings.showwarning
    warnings.filters = [("always", None, Warning, None, 0), *filters]
    warnings.showwarning = lambda message, category, *place: told.append(f"{category.__name__}: {message}")
    try:
        yield
    finally:
        warnings.filters, warnings.showwarning = filters, show


def _difference(found: tuple[Any, ...], expected: tuple[Any, ...]) -> str:
    """Nothing where there is none."""
    for name, ours, numpys in (
        ("exception", *map(_describe_error, (found[1], expected[1]))),
        ("floating-point errors and warnings", found[2], expected[2]),
        ("result", *map(_describe, (found[0], expected[0]))),
    ):
        if ours != numpys:
            return f"{name}: {ours} on Raptors, {numpys} on NumPy"
    for ours, numpys in zip(found[3], expected[3], strict=True):
        if ours != numpys:
            return "the array that was written to has other bits"
    if _bits(found[0]) != _bits(expected[0]):
        return _first_bits(found[0], expected[0])
    return ""


def _bits(value: Any) -> bytes:
    """Of an array or number; nothing of types whose bytes are not all the value's: long double, objects."""
    code = value.dtype.char if isinstance(value, (numpy.ndarray, numpy.generic)) else "O"
    return b"" if code in "gGOV" else value.tobytes()


def _first_bits(ours: Any, numpys: Any) -> str:
    pairs = zip(numpy.ravel(ours), numpy.ravel(numpys), strict=True)
    place, (mine, theirs) = next((i, pair) for i, pair in enumerate(pairs) if pair[0].tobytes() != pair[1].tobytes())
    return (
        f"element {place}: {mine!r} ({mine.tobytes().hex()}) on Raptors, {theirs!r} ({theirs.tobytes().hex()}) on NumPy"
    )


def _describe_error(error: Exception | None) -> str:
    return f"{type(error).__name__}: {error}" if error else "none"


def _describe(value: Any) -> Any:
    if isinstance(value, numpy.ndarray):
        flags = value.flags
        return type(value).__name__, value.dtype.char, value.shape, value.strides, flags.writeable, flags.owndata
    if isinstance(value, numpy.generic):
        return type(value).__name__, value.dtype.char
    return type(value).__name__


def _report(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any], difference: str) -> str:
    given = [_argument(argument) for argument in arguments]
    given += [f"{name}={_argument(value)}" for name, value in keywords.items()]
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", repr(function))
    return f"{name}({', '.join(given)}): {difference} (NumPy {numpy.__version__}, Python {sys.version.split()[0]})"


def _argument(value: Any) -> str:
    if isinstance(value, numpy.ndarray) and value.size > 8:
        return f"<{value.dtype} {value.shape}, strides {value.strides}>"
    return repr(value)
