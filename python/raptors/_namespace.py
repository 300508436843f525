# SPDX-License-Identifier: BSD-3-Clause
"""The parts of the namespace that need no C: functions on dtypes, what the library can do, the settings of a block."""

from __future__ import annotations

import _thread  # threading would be imported for this alone
from types import TracebackType
from typing import Any

import numpy

from . import _raptors
from ._raptors import Array

__array_api_version__ = "2025.12"

# Names of NumPy that are the same function under another name, besides those that the table of operations has.
concatenate = _raptors.concat
mod = _raptors.remainder
true_divide = _raptors.divide

# float16 is ours and NumPy's, but not the standard's.
_STANDARD_DTYPES = tuple(numpy.dtype(name) for name in _raptors.DTYPES if name != "float16")

_KINDS = {
    "bool": "b",
    "signed integer": "i",
    "unsigned integer": "u",
    "integral": "iu",
    "real floating": "f",
    "complex floating": "c",
    "numeric": "iufc",
}


def _dtype_of(value: Any) -> Any:
    """The dtype of an Array; anything else as it is."""
    return value.dtype if isinstance(value, Array) else value


def result_type(*arrays_and_dtypes: Any) -> numpy.dtype[Any]:
    """The dtype to which arrays, dtypes and Python numbers promote. Errors: TypeError, ValueError (no arguments)."""
    return numpy.result_type(*map(_dtype_of, arrays_and_dtypes))


def can_cast(from_: Any, to: Any, /, casting: Any = "safe") -> bool:
    """Whether an array or dtype casts to a dtype by NumPy's rule `casting`."""
    return numpy.can_cast(_dtype_of(from_), to, casting)


def finfo(type: Any, /) -> numpy.finfo[Any]:
    """The limits of a real or complex floating-point dtype, or of an array's."""
    return numpy.finfo(numpy.dtype(_dtype_of(type)))


def iinfo(type: Any, /) -> numpy.iinfo[Any]:
    """The limits of an integer dtype, or of an array's."""
    return numpy.iinfo(numpy.dtype(_dtype_of(type)))


def isdtype(dtype: Any, kind: Any) -> bool:
    """Whether a dtype is of a kind: a dtype, one of the array API's names of kinds, or a tuple of them.

    Errors: ValueError (a name that is none), TypeError (a kind that is neither a dtype nor a name).
    """
    if isinstance(kind, tuple):
        return any([isdtype(dtype, one) for one in kind])  # a list, so that every name is checked
    dtype = numpy.dtype(dtype)
    if isinstance(kind, str):
        if kind not in _KINDS:
            raise ValueError(f"kind is {kind!r}, not one of {sorted(_KINDS)}")
        return dtype.kind in _KINDS[kind]
    if isinstance(kind, numpy.dtype) or (isinstance(kind, type) and issubclass(kind, numpy.generic)):
        return bool(dtype == kind)
    raise TypeError(f"kind must be a dtype, a str, or a tuple of them, not {kind!r}")


class ArrayNamespaceInfo:
    """What this namespace can do, as the array API standard has code ask for it."""

    def capabilities(self) -> dict[str, Any]:
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        return "cpu"

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def default_dtypes(self, *, device: str | None = None) -> dict[str, numpy.dtype[Any]]:
        _check_device(device)
        return {
            "real floating": numpy.dtype("float64"),
            "complex floating": numpy.dtype("complex128"),
            "integral": numpy.dtype("int64"),
            "indexing": numpy.dtype("int64"),
        }

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, numpy.dtype[Any]]:
        _check_device(device)
        return {dtype.name: dtype for dtype in _STANDARD_DTYPES if kind is None or isdtype(dtype, kind)}


def _check_device(device: str | None) -> None:
    if device not in (None, "cpu"):
        raise ValueError(f"device must be None or 'cpu', not {device!r}")


def __array_namespace_info__() -> ArrayNamespaceInfo:
    """An object with capabilities(), devices(), dtypes() and their defaults."""
    return ArrayNamespaceInfo()


class _Block:
    """A `with` statement of accuracy that has not ended; before: the class that its end puts back."""

    def __init__(self, before: str) -> None:
        self.before = before


class _Blocks(_thread._local):
    """Those of a thread, the last one innermost."""

    def __init__(self) -> None:
        self.open: list[_Block] = []


_blocks = _Blocks()


class accuracy:  # noqa: N801 - used as a function: raptors.accuracy("fast"), with raptors.accuracy("fast"): ...
    """Sets how exact this thread's mathematical functions are, "accurate" or "fast" (see set_accuracy); in a `with`
    statement until the block's end, where the class before it is put back. Blocks of asyncio tasks, which end in any order,
    leave the class that was there before them all.

    Errors: TypeError, ValueError (another name).
    """

    def __init__(self, name: str) -> None:
        before = _raptors.get_accuracy()
        _raptors.set_accuracy(name)
        self._wanted = name
        self._made_before: str | None = before  # what the first block puts back
        self._entered: list[_Block] = []

    def __enter__(self) -> None:
        block, self._made_before = _Block(self._made_before or _raptors.get_accuracy()), None
        _raptors.set_accuracy(self._wanted)
        self._entered.append(block)
        _blocks.open.append(block)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        block, inner = self._entered.pop(), _blocks.open
        if block not in inner:  # a generator that another thread goes on with
            return
        place = inner.index(block)
        del inner[place]
        if place == len(inner):
            _raptors.set_accuracy(block.before)
        else:
            inner[place].before = block.before


class num_threads:  # noqa: N801 - used as a function: with raptors.num_threads(1): ...
    """The number of threads within a `with` block; the number before it is put back at its end.

    The number is the process's: other threads see it too. 0 asks for the default.
    """

    def __init__(self, n: int) -> None:
        self._wanted = n
        self._before: list[int] = []

    def __enter__(self) -> None:
        before = _raptors.get_num_threads()
        _raptors.set_num_threads(self._wanted)
        self._before.append(before)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _raptors.set_num_threads(self._before.pop())


def explain(
    op: str,
    dtype: Any,
    shape: str | tuple[int, ...],
    *,
    scalar: bool = False,
    form: str = "allocating",
    layout: str = "contiguous",
    patched: bool = False,
) -> str:
    """Which kernel, threads and stores `op` gets on arrays of `dtype` and `shape` ("2048x2048" or a tuple), and why.

    scalar: the second operand is a number. form: "allocating", "out" or "in place"; layout: "contiguous", "strided" or
    "transposed". The call is made on arrays of its own. patched: instead, what becomes of
    NumPy's own call when NumPy is patched.
    ValueError: an unknown word, and which are known.
    """
    from .choosing import explain as explain_call
    from .choosing import parse_call
    from .choosing.command import explanation
    from .choosing.patched import explain_patched

    if not isinstance(dtype, str):
        dtype = numpy.dtype(dtype).name
    if not isinstance(shape, str):
        shape = "x".join(map(str, shape))
    call = parse_call(op, dtype, shape, scalar=scalar, form=form, layout=layout)
    return str(explain_patched(call)) if patched else explanation(explain_call(call))
