# SPDX-License-Identifier: BSD-3-Clause
"""Attributes of Array that are objects with a life of their own: Array.flat and Array.flags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from ._raptors import Array, _from_numpy, _to_numpy


class Flat:
    """Array.flat: the elements in one dimension, row by row, to be read, written and iterated; as numpy.flatiter."""

    def __init__(self, array: Array) -> None:
        self.base = array
        self._theirs = numpy.asarray(array).flat

    def __iter__(self) -> Iterator[Any]:
        return self._theirs

    def __next__(self) -> Any:
        return next(self._theirs)

    def __len__(self) -> int:
        return len(self._theirs)

    def __getitem__(self, key: Any) -> Any:
        return _from_numpy(self._theirs[_to_numpy(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._theirs[_to_numpy(key)] = _to_numpy(value)

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> Any:
        return numpy.array(self._theirs, dtype=dtype, copy=copy)

    def __eq__(self, other: object) -> Any:
        return self.copy() == other

    def __ne__(self, other: object) -> Any:
        return self.copy() != other

    __hash__ = None  # type: ignore[assignment]

    @property
    def coords(self) -> tuple[int, ...]:
        return self._theirs.coords

    @property
    def index(self) -> int:
        return self._theirs.index

    def copy(self) -> Array:
        return self.base.flatten()


class Flags:
    """Array.flags: as numpy.ndarray.flags, read from the Array whenever it is asked; `writeable` can be set."""

    __slots__ = ("_array",)

    def __init__(self, array: Array) -> None:
        object.__setattr__(self, "_array", array)

    def __getattr__(self, name: str) -> Any:
        if name == "owndata":
            return self._array.base is None
        return getattr(numpy.asarray(self._array).flags, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "writeable":
            raise AttributeError(f"the flag {name!r} of an Array cannot be set")
        self._array.setflags(write=value)

    def __getitem__(self, name: str) -> bool:
        return self.owndata if name in ("OWNDATA", "O") else numpy.asarray(self._array).flags[name]  # type: ignore[index]

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in ("WRITEABLE", "W"):
            raise KeyError(f"the flag {name!r} of an Array cannot be set")
        self._array.setflags(write=value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Flags) and repr(self) == repr(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        text = repr(numpy.asarray(self._array).flags)
        return text.replace("OWNDATA : False", f"OWNDATA : {self.owndata}")
