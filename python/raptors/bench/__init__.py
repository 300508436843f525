# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench`: Raptors against the installed NumPy, cell by cell, in one process.

A cell is one expression on one set of operands. Each is checked first, then timed in quads A B B A.

    command    the options, and what becomes of the results        runner     cells in, results out
    grid, small, wide   the suites: which cells there are          draw       random cells, as plain data
    cold                the suite of fresh processes               first_calls   what they run
    load                calls beside other programs
    timing     loops, calibration, quads                           intervals  medians and their intervals
    check      is the answer right                                 roof       the fastest that bytes move here
    goals      what the figures must reach                         engine     raptors itself, as bench uses it
    terminal, page, charts, drawing, theme, output, machine        showing it
"""

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark as the command line `argv` (without the program's name) says; return the exit code."""
    from .command import run_command

    return run_command(argv)
