# SPDX-License-Identifier: BSD-3-Clause
"""The command line of `raptors bench`.

Exit codes: 0, all measured; 1, a cell was wrong or failed, or what was measured could not be written; 2, a bad option;
130, interrupted, and the like of other signals. A slow cell is no failure. The files are written before anything is
printed: standard output may be gone by then.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..console import FAILED, USAGE, Parser, natural, positive, say, seconds
from .cells import Cell

BUDGETS = {"grid": 160.0, "small": 30.0, "wide": 160.0, "cold": 160.0, "load": 160.0, "all": 320.0}
QUICK_BUDGETS = {"grid": 20.0, "small": 4.0, "wide": 20.0, "cold": 40.0, "load": 20.0, "all": 40.0}
WIDE_CELLS, QUICK_WIDE_CELLS = 200, 40


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The options, with the defaults that depend on one another filled in."""
    parser = Parser(
        prog="raptors bench",
        description="Raptors against the installed NumPy, cell by cell, in one process.",
        example="raptors bench --quick\nraptors bench --suite wide --seed 1",
    )
    parser.add_argument(
        "--suite",
        choices=list(BUDGETS),
        help="grid (default): 36 cells, scale beside the roof, small calls; small: small calls alone; "
        "wide: random cells; cold: the first five calls of fresh processes; load: beside busy programs; all: grid and wide",
    )
    parser.add_argument(
        "--load",
        type=natural,
        metavar="N",
        help="keep N other programs computing; by itself --suite load, which counts 99th percentiles too (default there 1)",
    )
    parser.add_argument("--seed", type=natural, default=0, help="of the wide suite's cells (default 0)")
    parser.add_argument("--cells", type=positive, help=f"how many the wide suite draws (default {WIDE_CELLS})")
    parser.add_argument("--budget", type=seconds, help="seconds to measure for, about (default 160; all: 320)")
    parser.add_argument("--quick", action="store_true", help="a rough run of some 20 seconds, for CI")
    parser.add_argument("--threads", type=positive, help="what `all cores` means (default: what Raptors uses)")
    parser.add_argument(
        "--only", metavar="GLOB", help="measure the cells of this name, such as 'grid/scale/*/float32/*'"
    )
    parser.add_argument("--list", action="store_true", help="print the cells' names and measure nothing")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("bench-out"),
        help="directory for the two files (default bench-out)",
    )
    parser.add_argument("--json", metavar="PATH", type=Path, help="the JSON file (default DIR/bench.json)")
    parser.add_argument("--html", metavar="PATH", type=Path, help="the HTML report (default DIR/bench.html)")
    options = parser.parse_args(argv)
    options.suite = options.suite or ("grid" if options.load is None else "load")
    options.load = options.load if options.load is not None else int(options.suite == "load")
    options.budget = options.budget or (QUICK_BUDGETS if options.quick else BUDGETS)[options.suite]
    options.cells = options.cells or (QUICK_WIDE_CELLS if options.quick else WIDE_CELLS)
    options.json = options.json or options.out / "bench.json"
    options.html = options.html or options.out / "bench.html"
    return options


def run_command(argv: Sequence[str] | None = None) -> int:
    """Parse, measure, write, print; return the exit code."""
    try:
        options = parse(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    from . import load, machine, output, runner, terminal

    cells = _choose_cells(options)
    if options.list:
        print("\n".join(cell.name for cell in cells))
        return 0
    if not cells:
        say(f"raptors bench: no cell's name matches {options.only}")
        return USAGE
    described = machine.describe_machine()
    if options.threads:
        described["threads"] = options.threads
    progress = terminal.Progress(sys.stderr, len(cells))
    least_quads = 5 if options.quick else 8
    with load.busy_programs(options.load):
        run = runner.run_cells(cells, options.budget, options.threads or 0, progress.report, least_quads=least_quads)
    progress.finish()
    settings: dict[str, Any] = {
        "suite": options.suite,
        "seed": options.seed,
        "cells": len(cells),
        "budget": options.budget,
        "only": options.only,
        "threads": options.threads,
        "quick": options.quick,
        "load": options.load,
        "seconds": round(run.seconds, 1),
        "interrupted": run.stopped != 0,
    }
    if not run.results:
        return run.stopped
    problems = output.write_files(options.json, options.html, run.results, described, settings)
    for problem in problems:
        say(f"raptors bench: {problem}")
    terminal.print_report(run.results, described, sys.stdout)
    print(f"\n{len(run.results)} of {len(cells)} cells in {run.seconds:.0f} s", end="")
    print("" if problems else f"; {options.html} and {options.json} have them all")
    return run.stopped or (0 if run.all_right and not problems else FAILED)


def _choose_cells(options: argparse.Namespace) -> list[Cell]:
    from . import cold, engine, grid, load, small, wide

    cells: list[Cell] = []
    if options.suite in ("grid", "all"):
        cells += grid.cells()
    if options.suite in ("grid", "small", "all"):
        cells += small.cells()
    if options.suite == "cold":
        cells += cold.cells()
    if options.suite == "load":
        cells += load.cells()
    if options.suite in ("wide", "all"):
        cells += wide.cells(options.seed, options.cells, engine.operations())
    if options.only:
        cells = [cell for cell in cells if fnmatch.fnmatchcase(cell.name, options.only)]
    return cells
