# SPDX-License-Identifier: BSD-3-Clause
"""`raptors bench`: Raptors against the installed NumPy, case by case.

A benchmark case, in this package a cell, is one expression on one set of operands. All cells are gone through several times.
Each visit is a block: operands are made anew, and both libraries are timed in turn, in rounds A B B A. A cell's ratio is the
median of its blocks, and its interval the range in which they lie.

    command    the options, and what becomes of the results        runner, worker   cells in, results out
    grid, small, wide   the suites: which cells there are          draw       random cells, as plain data
    calls, whole   the suite of programs: calls, whole programs    run_program   runs one
    patched    the suite of NumPy patched, whose programs are in numpy_programs/
    mathematical   the suite of mathematical functions
    cold       the suite of fresh processes                        first_calls   what they run
    load       calls beside other programs                         children   measuring in other processes
    timing     loops, calibration, blocks                          intervals  medians and their intervals
    check      is the answer right                                 roof       the fastest that bytes move here
    idle       what other programs take, and waiting for them      engine     raptors itself, as bench uses it
    verdict    what the report opens with                          figures    how numbers are written
    goals      what the project's developers hold figures against  machine    what they were measured on
    terminal, page, charts, drawing, theme, picture, output        showing it
"""

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark as the command line `argv` (without the program's name) says; return the exit code."""
    from .command import run_command

    return run_command(argv)
