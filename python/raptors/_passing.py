# SPDX-License-Identifier: BSD-3-Clause
"""Names that NumPy has and Raptors lacks: functions, submodules and classes of NumPy that take and give Arrays.

A function of NumPy becomes a raptors._raptors._function: it calls NumPy with an ndarray for each Array, on the same memory,
and gives an Array for each ndarray. So does a function of our own, where it refuses arguments that NumPy may know.
"""

from __future__ import annotations

import importlib
import inspect
import operator
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy

from ._raptors import Array, _from_numpy, _function, _to_numpy

# NumPy's submodules, as they are below raptors.
SUBMODULES = (
    "char ctypeslib dtypes emath exceptions fft lib lib.array_utils lib.format lib.npyio lib.scimath lib.stride_tricks linalg ma polynomial "
    "polynomial.chebyshev polynomial.hermite polynomial.hermite_e polynomial.laguerre polynomial.legendre "
    "polynomial.polynomial polynomial.polyutils random rec strings testing typing"
).split()

# Names of NumPy for functions that older versions of it have under another name.
_OLDER_NAMES = {"concat": "concatenate", "permute_dims": "transpose"}
# The names of raptors before NumPy's are added; set by raptors.
OWN: tuple[str, ...] = ()
# Functions of our own that only share their name with one of NumPy's.
_OWN_MEANING = frozenset(["info"])


def _make(native: Any, theirs: Any, module: str, name: str) -> Any:
    attributes = {"__module__": module, "__qualname__": name, "__name__": name.rpartition(".")[2]}
    if native is None:
        source = f"{getattr(theirs, '__module__', None) or 'numpy'}.{name}".removeprefix("numpy.")
        attributes["__doc__"] = f"NumPy computes this: numpy.{source}, with Arrays.\n\n{inspect.getdoc(theirs) or ''}"
        attributes["__wrapped__"] = theirs
    else:
        attributes["__doc__"] = native.__doc__
    return _function(native, theirs, attributes)


def own_functions(functions: dict[str, Any]) -> dict[str, Any]:
    """Functions by name, each with NumPy's behind it where there is one. One object for each pair of the two: raptors.rint
    is not raptors.round, though one function of ours does both, since NumPy's rint is a ufunc and its round is none."""
    made: dict[tuple[int, int], Any] = {}
    result = {}
    for name, native in functions.items():
        if not inspect.isroutine(native) or name.startswith("_"):
            continue
        own = native.__name__
        first = getattr(numpy, own, None) or getattr(numpy, _OLDER_NAMES.get(own, name), None)
        theirs = getattr(numpy, name, None) or first
        if theirs is None or name in _OWN_MEANING:
            continue
        key = id(native), id(theirs)
        if key not in made:
            made[key] = _make(native, theirs, "raptors", own if theirs is first else name)
        result[name] = made[key]
    return result


def _reduction(ufunc: Any) -> Callable[..., Any] | None:
    """ufunc.reduce by a reduction of our own, where there is one."""
    from ._protocols import _UFUNC_REDUCTIONS

    ours = _UFUNC_REDUCTIONS.get(ufunc)
    if ours is None:
        return None

    def reduce(x: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        options = {"dtype": dtype, "out": out}
        return ours(x, axis=axis, keepdims=keepdims, **{key: one for key, one in options.items() if one is not None})

    return reduce


def function_attribute(function: Any, name: str) -> Any:
    """What a function of this kind has besides its own: the attributes of NumPy's, its methods with Arrays."""
    theirs = function.numpy
    if name == "__signature__":
        try:
            value: Any = inspect.signature(theirs if function.native is None else function.native)
        except (TypeError, ValueError) as error:
            raise AttributeError(str(error)) from None
    elif name.startswith("_") or not hasattr(theirs, name):
        raise AttributeError(f"the function raptors.{function.__qualname__} has no attribute {name!r}")
    else:
        value = getattr(theirs, name)
        if callable(value) and not isinstance(value, type):
            native = _reduction(theirs) if name == "reduce" else None
            value = _make(native, value, function.__module__, f"{function.__qualname__}.{name}")
    function.__dict__[name] = value
    return value


# ---- Classes of NumPy whose methods give arrays ----------------------------------------------------------------------


def _subclass(theirs: type, module: str, *names: str) -> Any:
    """A class that is NumPy's, but for methods that take and give Arrays: those named, or all public ones."""
    chosen = names or [name for name in dir(theirs) if name[0] != "_" and inspect.isroutine(getattr(theirs, name))]
    methods = {name: _make(None, getattr(theirs, name), module, f"{theirs.__name__}.{name}") for name in chosen}
    about = {"__module__": module, "__qualname__": theirs.__name__, "__doc__": theirs.__doc__}
    return type(theirs.__name__, (theirs,), about | methods)


def _generator(theirs: type, module: str) -> Any:
    Generator = _subclass(theirs, module)  # noqa: N806
    Generator.spawn = lambda self, n: [Generator(one.bit_generator) for one in theirs.spawn(self, n)]  # type: ignore[attr-defined]
    Generator.__reduce__ = lambda self: (Generator, (self.bit_generator,))
    return Generator


def _default_rng(theirs: Any, module: str) -> Any:
    def default_rng(seed: Any = None) -> Any:
        Generator = sys.modules[module].Generator  # noqa: N806
        return seed if isinstance(seed, Generator) else Generator(theirs(_to_numpy(seed)).bit_generator)

    default_rng.__module__, default_rng.__qualname__ = module, "default_rng"
    default_rng.__doc__ = f"numpy.random.default_rng, whose Generator gives Arrays.\n\n{theirs.__doc__}"
    return default_rng


class _Indexed:
    """What NumPy makes arrays with by indexing, as r_ and mgrid, giving Arrays."""

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs
        self.__doc__ = theirs.__doc__

    def __getitem__(self, key: Any) -> Any:
        return _from_numpy(self._theirs[_to_numpy(key)])

    def __len__(self) -> int:
        return len(self._theirs)


def _indexed(theirs: Any, module: str) -> Any:
    return _Indexed(theirs)


def _called(theirs: Any, module: str) -> Any:
    return _subclass(theirs, module, "__call__")


# By NumPy's name: what is made of an object otherwise than of a plain function.
_MAKERS: dict[str, Callable[[Any, str], Any]] = {
    "c_": _indexed,
    "mgrid": _indexed,
    "ogrid": _indexed,
    "r_": _indexed,
    "nditer": lambda theirs, module: _make(None, theirs, module, "nditer"),
    "ndarray": lambda theirs, module: Array,
    "poly1d": _called,
    "vectorize": _called,
    "random.Generator": _generator,
    "random.RandomState": lambda theirs, module: _subclass(theirs, module),
    "random.default_rng": _default_rng,
    **{
        f"polynomial{inner}.{name}": _called
        for name, inner in {
            "Chebyshev": ".chebyshev",
            "Hermite": ".hermite",
            "HermiteE": ".hermite_e",
            "Laguerre": ".laguerre",
            "Legendre": ".legendre",
            "Polynomial": ".polynomial",
        }.items()
    },
}


# ---- Modules ---------------------------------------------------------------------------------------------------------


def _numpy_module(path: str) -> Any:
    """numpy, or what is below it: a module, or an attribute that is one, as numpy.emath."""
    try:
        return importlib.import_module(f"numpy.{path}" if path else "numpy")
    except ModuleNotFoundError:
        return operator.attrgetter(path)(numpy)


def attribute(module: str, name: str) -> Any:
    """The attribute `name` of the module raptors or of one below it, made of NumPy's. AttributeError: NumPy has none."""
    if name.startswith("_") and name != "__all__":
        raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
    path = module.partition(".")[2]
    theirs = _numpy_module(path)
    if name == "__all__":
        return list(theirs.__all__)
    full = f"{path}.{name}" if path else name
    if f"raptors.{full}" in sys.modules:
        return sys.modules[f"raptors.{full}"]
    try:
        value = getattr(theirs, name)
    except AttributeError as error:
        text = f"module {module!r} has no attribute {name!r}, and neither has NumPy {numpy.__version__}: {error}"
        raise AttributeError(text, name=name) from None
    if full in _MAKERS:
        return _MAKERS[full](value, module)
    home = _home(value)
    if home is not None and home != module:
        return getattr(sys.modules[home], name)
    return _make(None, value, module, name) if _is_function(value) else value


def _is_function(value: Any) -> bool:
    kind = type(value)
    return inspect.isroutine(value) or kind is numpy.ufunc or kind.__name__ == "cython_function_or_method"


def _home(value: Any) -> str | None:
    """Where a class that has a maker is made: numpy.polynomial.Polynomial is that of numpy.polynomial.polynomial."""
    if not isinstance(value, type):
        return None
    path = value.__module__.partition(".")[2]
    return f"raptors.{path}" if f"{path}.{value.__name__}" in _MAKERS else None


def names(module: str) -> list[str]:
    """NumPy's public names for dir(): those of the module raptors or of one below it."""
    theirs = _numpy_module(module.partition(".")[2])
    return [name for name in dir(theirs) if not name.startswith("_")]


class _Module(ModuleType):
    """A submodule of NumPy below raptors. Its names are made when they are first asked for."""

    def __getattr__(self, name: str) -> Any:
        value = attribute(self.__name__, name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*names(self.__name__), *super().__dir__()})


def add_submodules() -> None:
    """Makes `import raptors.linalg` and its like work; none of NumPy's modules is imported for it."""
    for path in SUBMODULES:
        name = f"raptors.{path}"
        sys.modules[name] = module = _Module(
            name, f"numpy.{path} with Arrays: they go in and come out, NumPy computes."
        )
        module.__spec__ = ModuleSpec(name, None)
