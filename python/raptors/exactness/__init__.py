# SPDX-License-Identifier: BSD-3-Clause
"""How exact the mathematical functions are, beside NumPy's: `raptors accuracy`."""

from .command import run_accuracy

__all__ = ["run_accuracy"]
