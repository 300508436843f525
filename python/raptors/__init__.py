# SPDX-License-Identifier: BSD-3-Clause
"""Raptors: an n-dimensional array engine that runs the fastest way it knows to do each operation.

`raptors.Array` and the functions here follow the Python array API standard (2025.12); element types are NumPy's
dtype objects, and memory is shared with NumPy both ways. Every elementwise function takes `out=`.
"""

from numpy import e, inf, nan, newaxis, pi

from . import _numpy_loops, _raptors  # noqa: F401  (NumPy's loops register themselves)
from ._namespace import (
    __array_api_version__,
    __array_namespace_info__,
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

# The functions, the types and Array, as the extension has them: a new operation is a name here without being written.
from ._raptors import *  # noqa: F403
from ._raptors import __version__
from ._raptors import bitwise_invert as bitwise_not

__all__ = [
    "__array_api_version__",
    "__array_namespace_info__",
    "__version__",
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
    "newaxis",
    "num_threads",
    "pi",
    "result_type",
    "true_divide",
]
__all__ += _raptors.__all__
