# SPDX-License-Identifier: BSD-3-Clause
"""Raptors: an n-dimensional array engine that runs the fastest way it knows to do each operation.

`raptors.Array` and the functions here follow the Python array API standard (2025.12); element types are NumPy's, and
memory is shared with NumPy both ways. Every elementwise function takes `out=`. A name that is not here is NumPy's, with
Arrays: `import raptors as np` runs programs written for NumPy. `raptors.native()` says which names are Raptors' own.
"""

import os
from typing import Any

from numpy import e, inf, nan, newaxis, pi

from . import _numpy_loops, _passing, _raptors  # noqa: F401  (NumPy's loops register themselves)
from ._namespace import (
    __array_api_version__,
    __array_namespace_info__,
    accuracy,
    can_cast,
    concatenate,
    explain,
    finfo,
    iinfo,
    isdtype,
    mod,
    num_threads,
    result_type,
    true_divide,
)
from ._native import native

# The functions, the types and Array, as the extension has them: a new operation is a name here without being written.
from ._raptors import *  # noqa: F403
from ._raptors import __version__
from ._raptors import bitwise_invert as bitwise_not

__all__ = [
    "__array_api_version__",
    "__array_namespace_info__",
    "__version__",
    "accuracy",
    "bitwise_not",
    "can_cast",
    "concatenate",
    "e",
    "explain",
    "finfo",
    "iinfo",
    "inf",
    "isdtype",
    "mod",
    "nan",
    "native",
    "newaxis",
    "num_threads",
    "pi",
    "result_type",
    "true_divide",
]
__all__ += _raptors.__all__

# Where our own functions refuse the arguments, NumPy's of the same name are asked.
globals().update(_passing.own_functions({name: globals()[name] for name in __all__}))
_passing.OWN = tuple(__all__)

# NumPy's own calls on Raptors: imported by who asks for it.
_PATCHING = ("patch_numpy", "patch_report", "patched", "unpatch_numpy")
__all__ += _PATCHING

# What Raptors lacks is NumPy's.
_passing.add_submodules()
__all__ += [name for name in _passing.attribute("raptors", "__all__") if name not in _passing.OWN]


def __getattr__(name: str) -> Any:
    if name in _PATCHING:
        from . import _patching

        value = getattr(_patching, name)
    else:
        value = _passing.attribute("raptors", name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PATCHING, *_passing.names("raptors")})


if os.environ.get("RAPTORS_NUMPY"):
    from ._patching import obey_environment

    obey_environment()
