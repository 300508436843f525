# SPDX-License-Identifier: BSD-3-Clause
"""What the extension leaves to Python: NumPy's protocols, printing, and the operators that NumPy computes for us.

The extension imports this module when one of these is first needed, and calls its public functions by name.
"""

from __future__ import annotations

import array
import collections
import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy

from . import _raptors
from ._attributes import Flags, Flat
from ._raptors import Array, _from_numpy, _to_numpy, asarray

_API_VERSIONS = (None, "2021.12", "2022.12", "2023.12", "2024.12", "2025.12")

# NumPy's ufuncs, and the reductions of some of them, to the functions that do the same here.
_UFUNCS: dict[Any, Callable[..., Any]] = {}
_FUNCTIONS: dict[Any, Callable[..., Any]] = {}
for _name, _numpy_name, _inputs, _reduction in _raptors.OPERATIONS:
    _target = _FUNCTIONS if _reduction else _UFUNCS
    if hasattr(numpy, _numpy_name):
        _target[getattr(numpy, _numpy_name)] = getattr(_raptors, _name)
_UFUNCS |= {numpy.deg2rad: _raptors.radians, numpy.rad2deg: _raptors.degrees}

_UFUNC_REDUCTIONS: dict[Any, Callable[..., Any]] = {
    numpy.add: _raptors.sum,
    numpy.multiply: _raptors.prod,
    numpy.minimum: _raptors.min,
    numpy.maximum: _raptors.max,
    numpy.logical_and: _raptors.all,
    numpy.logical_or: _raptors.any,
}


def _accumulate(ours: Callable[..., Any]) -> Callable[..., Any]:
    """ufunc.accumulate by a cumulative function of ours."""

    def accumulate(x: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        if axis is None or getattr(x, "ndim", 0) == 0:
            raise TypeError("NumPy refuses what has no axis")
        return ours(x, axis=axis, dtype=dtype, out=out)

    return accumulate


_UFUNC_CUMULATIONS: dict[Any, Callable[..., Any]] = {
    numpy.add: _accumulate(_raptors.cumsum),
    numpy.multiply: _accumulate(_raptors.cumprod),
}

# Functions that mean the same in both, with the arguments that both know.
_FUNCTIONS |= {
    getattr(numpy, _numpy_name): getattr(_raptors, _name)
    for _numpy_name, _name in {
        "angle": "angle",
        "around": "round",
        "asarray": "asarray",
        "broadcast_arrays": "broadcast_arrays",
        "broadcast_to": "broadcast_to",
        "concatenate": "concat",
        "cumprod": "cumprod",
        "cumsum": "cumsum",
        "cumulative_prod": "cumulative_prod",
        "cumulative_sum": "cumulative_sum",
        "empty_like": "empty_like",
        "expand_dims": "expand_dims",
        "full_like": "full_like",
        "imag": "imag",
        "nonzero": "nonzero",
        "ones_like": "ones_like",
        "real": "real",
        "reshape": "reshape",
        "round": "round",
        "squeeze": "squeeze",
        "stack": "stack",
        "std": "std",
        "take": "take",
        "transpose": "transpose",
        "var": "var",
        "where": "where",
        "zeros_like": "zeros_like",
    }.items()
    if hasattr(numpy, _numpy_name)
}


def _clip(*args: Any, **kwargs: Any) -> Any:
    """Ours, but for a bound whose class is to be asked: NumPy's function has no argument for that, its ufunc has."""
    if any(_overrides(type(one), "__array_ufunc__") for one in (*args, *kwargs.values())):
        raise TypeError("a bound is no plain array")
    return _raptors.clip(*args, **kwargs)


_FUNCTIONS[numpy.clip] = _clip


def _call_numpy(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """NumPy's function on the same memory; an Array that was given as out= is what comes back."""
    result = function(*_to_numpy(args), **{key: _to_numpy(value) for key, value in kwargs.items()})
    return result if _is_given(result, kwargs.get("out")) else _from_numpy(result)


def _is_given(result: Any, out: Any) -> bool:
    """Whether an ndarray was given as out=, and so is the result as it is."""
    return result is out or (type(out) is tuple and len(out) == 1 and result is out[0])


# ---- Whose an operation is -------------------------------------------------------------------------------------------

# Types that Raptors computes with. What overrides NumPy's ufuncs or functions and is none of them (units, masks, labels,
# other libraries' arrays) knows more than we do, and is left to itself.
_KNOWN = (int, float, complex, list, tuple, collections.deque, array.array, bytearray, memoryview, bytes, str)
_OWN = frozenset([Array, numpy.ndarray, bool, *_KNOWN, type(None)])


def _overrides(kind: type, protocol: str) -> bool:
    """Whether a type has an __array_ufunc__ or __array_function__ that is not just ndarray's."""
    missing = getattr(numpy.ndarray, protocol)
    return kind not in _OWN and getattr(kind, protocol, missing) is not missing


# For Python's names of the operators: NumPy's ufuncs, and the method that answers for the right operand.
_OPERATORS: dict[str, tuple[numpy.ufunc, str]] = {
    "add": (numpy.add, "__radd__"),
    "sub": (numpy.subtract, "__rsub__"),
    "mul": (numpy.multiply, "__rmul__"),
    "truediv": (numpy.true_divide, "__rtruediv__"),
    "floordiv": (numpy.floor_divide, "__rfloordiv__"),
    "mod": (numpy.remainder, "__rmod__"),
    "pow": (numpy.power, "__rpow__"),
    "matmul": (numpy.matmul, "__rmatmul__"),
    "and": (numpy.bitwise_and, "__rand__"),
    "or": (numpy.bitwise_or, "__ror__"),
    "xor": (numpy.bitwise_xor, "__rxor__"),
    "lshift": (numpy.left_shift, "__rlshift__"),
    "rshift": (numpy.right_shift, "__rrshift__"),
    "eq": (numpy.equal, "__eq__"),
    "ne": (numpy.not_equal, "__ne__"),
    "lt": (numpy.less, "__gt__"),
    "le": (numpy.less_equal, "__ge__"),
    "gt": (numpy.greater, "__lt__"),
    "ge": (numpy.greater_equal, "__le__"),
}
_COMPARISONS = frozenset(["eq", "ne", "lt", "le", "gt", "ge"])


def _refuses_ufuncs(kind: type) -> bool:
    return getattr(kind, "__array_ufunc__", True) is None


def _answers(kind: type, method: str) -> bool:
    """Whether the method of a type goes before what NumPy makes of it: it overrides ufuncs, or is no array at all."""
    # The type's own method, not that of its class: c_double * 3 is what the class of ctypes arrays answers.
    own = next((vars(base)[method] for base in kind.__mro__ if method in vars(base)), None)
    if own is None or own is getattr(object, method, None) or issubclass(kind, _KNOWN):
        return False
    return _overrides(kind, "__array_ufunc__") or not hasattr(kind, "__array__")


def operate(name: str, left: Any, right: Any) -> Any:
    """An operator, by Python's name of it, between an Array and what the extension does not know; or NotImplemented."""
    ufunc, reflected = _OPERATORS[name]
    other, method = (right, reflected) if isinstance(left, Array) else (left, f"__{name}__")
    kind = type(other)
    if kind not in _OWN:
        if _refuses_ufuncs(kind):
            return NotImplemented
        if _answers(kind, method):
            if name not in _COMPARISONS:
                return NotImplemented
            result = getattr(kind, method)(other, left)  # were it left to Python, a refusal would make a bare False
            if result is not NotImplemented:
                return result
        if _overrides(kind, "__array_ufunc__"):
            return ufunc(left, right)
    return _from_numpy(getattr(operator, f"__{name}__")(_to_numpy(left), _to_numpy(right)))


def operate_in_place(name: str, left: Array, right: Any) -> Any:
    """As operate, into `left`."""
    ufunc, method = _OPERATORS[name]
    kind = type(right)
    if _refuses_ufuncs(kind):
        return NotImplemented
    if _overrides(kind, "__array_ufunc__"):
        try:
            return ufunc(left, right, out=left)
        except TypeError:
            return NotImplemented  # it cannot write to an Array; it may still have an answer to left + right
    if _answers(kind, method):
        return NotImplemented
    ndarray = numpy.asarray(left)
    result = getattr(operator, f"__i{name}__")(ndarray, _to_numpy(right))
    return left if result is ndarray else _from_numpy(result)


def any_element(equal: Any) -> bool:
    """Of x in array: whether there is a true element in what their comparison gave."""
    return bool(numpy.asarray(equal).any())


def assign(x: Array, value: Any, key: Any) -> None:
    """x[key] = value as NumPy casts it: called where Raptors lacks the value's type, or its class must be asked, as that of
    a masked element."""
    _to_numpy(x)[_to_numpy(key)] = _element(x, value)


def fill(x: Array, value: Any) -> None:
    """x.fill(value), as assign."""
    _to_numpy(x).fill(_element(x, value))


def _element(x: Array, value: Any) -> Any:
    """The value, if it obeys the rules for numbers of our own types: no text, and x must be able to hold a number."""
    if isinstance(value, numpy.ndarray) and value.dtype.kind in "SUT":
        raise TypeError(f"numbers are not read from text: {value.dtype}")
    number = value[()] if type(value) is numpy.ndarray and value.ndim == 0 else value
    if isinstance(number, numpy.clongdouble) and x.dtype.kind != "c":
        raise TypeError(f"a complex number does not become {x.dtype}")
    return int(number) if isinstance(number, numpy.longdouble) and x.dtype.kind in "iu" else value


# ---- __array_ufunc__ and __array_function__ --------------------------------------------------------------------------


# For each method of a ufunc: the functions that do the same, and the keywords that they know.
_METHODS: dict[str, tuple[dict[Any, Callable[..., Any]], frozenset[str]]] = {
    "__call__": (_UFUNCS, frozenset(["out"])),
    "accumulate": (_UFUNC_CUMULATIONS, frozenset(["axis", "dtype", "out"])),
    "reduce": (_UFUNC_REDUCTIONS, frozenset(["axis", "dtype", "keepdims", "out"])),
}


def array_ufunc(self: Array, ufunc: numpy.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    foreign = {type(one) for one in (*inputs, *kwargs.get("out", ()))} - _OWN
    if any(_overrides(kind, "__array_ufunc__") for kind in foreign):
        return NotImplemented
    functions, keywords = _METHODS.get(method, ({}, frozenset()))
    ours = functions.get(ufunc)
    # Subclasses of ndarray, and what NumPy wraps results for, are NumPy's.
    if ours is not None and kwargs.keys() <= keywords and all(issubclass(kind, numpy.generic) for kind in foreign):
        args, options = _reduce_arguments(inputs, kwargs) if method == "reduce" else (inputs, kwargs)
        try:
            return ours(*args, **options)
        except (TypeError, OverflowError):
            pass  # types that NumPy may know more about; if not, the error is NumPy's own
    return _call_numpy(getattr(ufunc, method), inputs, kwargs)


def _reduce_arguments(inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """ufunc.reduce(x, axis=0, dtype, out, keepdims) with all but x by name, and without what is None."""
    named = {"axis": 0} | dict(zip(("axis", "dtype", "out", "keepdims"), inputs[1:], strict=False)) | kwargs
    return inputs[:1], {key: value for key, value in named.items() if value is not None}


def array_function(
    self: Array, function: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    if any(_overrides(kind, "__array_function__") for kind in types):
        return NotImplemented
    ours = _FUNCTIONS.get(function)
    if ours is not None and _OWN.issuperset(types):
        try:
            return ours(*args, **kwargs)
        except (TypeError, OverflowError):
            pass  # arguments or types that NumPy alone knows
    return _call_numpy(function, args, kwargs)


def store_output(out: numpy.ndarray[Any, Any], result: Array) -> None:
    """Puts a result into an out= whose memory Raptors does not write: elements of the other byte order."""
    ndarray = numpy.asarray(result)
    if out.shape != ndarray.shape:
        raise ValueError(f"out has shape {out.shape}, the result has {ndarray.shape}")
    numpy.copyto(out, ndarray)


def array_namespace(api_version: str | None) -> Any:
    if api_version not in _API_VERSIONS:
        raise ValueError(f"api_version must be one of {_API_VERSIONS}, not {api_version!r}")
    return sys.modules["raptors"]


def array_protocol(self: Array, dtype: Any, copy: bool | None) -> numpy.ndarray[Any, Any]:
    ndarray = numpy.asarray(self)
    if dtype is not None and numpy.dtype(dtype) != ndarray.dtype:
        if copy is False:
            raise ValueError(f"copy=False, but {ndarray.dtype} as {dtype} needs a copy")
        return ndarray.astype(dtype)
    return ndarray.copy() if copy else ndarray


# ---- Printing, pickling ----------------------------------------------------------------------------------------------


def array_repr(self: Array) -> str:
    return "A" + numpy.array_repr(numpy.asarray(self))[1:]  # "Array(" is as long as "array(": lines stay aligned


def array_str(self: Array) -> str:
    return str(numpy.asarray(self))


def array_reduce(self: Array) -> tuple[Callable[..., Array], tuple[Any, ...]]:
    return asarray, (numpy.asarray(self),)  # which hands its memory on as it is, where pickle has buffers (protocol 5)


# ---- Attributes ------------------------------------------------------------------------------------------------------


def array_flat(self: Array) -> Flat:
    return Flat(self)


def set_flat(self: Array, value: Any) -> None:
    numpy.asarray(self).flat[...] = _to_numpy(value)


def array_flags(self: Array) -> Flags:
    return Flags(self)


# ---- Operations that are no rows of the table yet --------------------------------------------------------------------


def arange(start: Any, stop: Any, step: Any, dtype: Any) -> Array:
    start, stop, step = _to_numpy((start, stop, step))
    return asarray(numpy.arange(start, dtype=dtype) if stop is None else numpy.arange(start, stop, step, dtype=dtype))
