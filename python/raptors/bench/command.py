# SPDX-License-Identifier: BSD-3-Clause
"""The command line of `raptors bench`.

Exit codes: 0, all measured; 1, a case was wrong or failed, or what was measured could not be written, or two runs disagree;
2, a bad option; 130, interrupted, and the like of other signals. A slow case is no failure. The files are written before
anything is printed: standard output may be gone by then.
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

# Seconds. `make bench` is to last two to three minutes on two cores, with what it builds before.
BUDGETS = {
    "grid": 105.0,
    "small": 30.0,
    "wide": 160.0,
    "programs": 300.0,
    "numpy": 540.0,
    "math": 330.0,
    "cold": 200.0,
    "load": 120.0,
    "all": 270.0,
}
QUICK_BUDGETS = {
    "grid": 20.0,
    "small": 4.0,
    "wide": 20.0,
    "programs": 100.0,
    "numpy": 180.0,
    "math": 90.0,
    "cold": 40.0,
    "load": 20.0,
    "all": 40.0,
}
WIDE_CELLS, QUICK_WIDE_CELLS = 200, 40
QUICK_BLOCKS = 3
# Else runner.BLOCKS. The long cases of math take NumPy 0.1 s a call: with more blocks its budget would not hold.
BLOCKS = {"math": 5}
JOBS = 3  # processes, one after another, which share the blocks
WAIT, QUICK_WAIT = 20.0, 5.0  # seconds at most, for other programs to end
AGREE = 0.95  # of the cases, whose intervals meet in two runs
SUITES = """suites:
  grid      (default) sums, means and scaling of matrices, beside the memory's speed, and calls on 1 to 1000 elements
  small     calls on 1 to 1000 elements alone
  programs  the calls that programs make most, and whole programs: plain NumPy beside `import raptors as np` and beside
            wrapped inputs
  numpy     NumPy as it is beside NumPy after raptors.patch_numpy(): calls, whole programs, what is not taken over,
            and patching itself; answers must have equal bits
  math      mathematical functions: real, complex and float16 ones, calls on 10 elements, and arguments that are slow
            elsewhere, there beside what Raptors takes for ordinary ones
  wide      random shapes, layouts, types and operations
  cold      the first five calls of fresh processes
  load      beside busy programs
  all       grid and wide"""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The options, with the defaults that depend on one another filled in."""
    parser = Parser(
        prog="raptors bench",
        description="Raptors against the installed NumPy, case by case: in how many it is faster, even or slower.",
        epilog=SUITES,
        example="raptors bench --quick\nraptors bench --suite wide --seed 1",
    )
    parser.add_argument("--suite", choices=list(BUDGETS), help="what to measure: see below")
    parser.add_argument(
        "--load",
        type=natural,
        metavar="N",
        help="keep N other programs computing; by itself --suite load, which counts 99th percentiles too (default there 1)",
    )
    parser.add_argument("--seed", type=natural, default=0, help="of the wide suite's cases (default 0)")
    parser.add_argument("--cases", type=positive, help=f"how many the wide suite draws (default {WIDE_CELLS})")
    parser.add_argument(
        "--budget", type=seconds, help="seconds to measure for, about (default of each suite: 30 to 540)"
    )
    parser.add_argument("--quick", action="store_true", help="a rough run of some 20 seconds, for CI")
    parser.add_argument(
        "--wait",
        type=natural,
        metavar="SECONDS",
        help=f"at most, for other programs to end before measuring begins (default {WAIT:.0f})",
    )
    parser.add_argument("--threads", type=positive, help="what `all threads` means (default: what Raptors uses)")
    parser.add_argument(
        "--only", metavar="GLOB", help="measure the cases of this name, such as 'grid/scale/*/float32/*'"
    )
    parser.add_argument("--list", action="store_true", help="print the cases' names and measure nothing")
    parser.add_argument(
        "--goals", action="store_true", help="hold the figures against the goals of the project's developers"
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("bench-out"),
        help="directory for the two files (default bench-out)",
    )
    parser.add_argument("--json", metavar="PATH", type=Path, help="the JSON file (default DIR/bench.json)")
    parser.add_argument("--html", metavar="PATH", type=Path, help="the HTML report (default DIR/bench.html)")
    parser.add_argument(
        "--picture", metavar="PATH", type=Path, help="draw the grid suite's 36 cases into an SVG file too"
    )
    parser.add_argument(
        "--compare",
        nargs=2,
        metavar="PATH",
        type=Path,
        help="measure nothing: in how many cases do the intervals of two runs' JSON files meet?",
    )
    options = parser.parse_args(argv)
    options.suite = options.suite or ("grid" if options.load is None else "load")
    options.load = options.load if options.load is not None else int(options.suite == "load")
    options.budget = options.budget or (QUICK_BUDGETS if options.quick else BUDGETS)[options.suite]
    options.cases = options.cases or (QUICK_WIDE_CELLS if options.quick else WIDE_CELLS)
    options.wait = options.wait if options.wait is not None else QUICK_WAIT if options.quick else WAIT
    options.json = options.json or options.out / "bench.json"
    options.html = options.html or options.out / "bench.html"
    return options


def run_command(argv: Sequence[str] | None = None) -> int:
    """Parse, measure, write, print; return the exit code."""
    try:
        options = parse(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    if options.compare:
        return _compare(*options.compare)
    cells = _choose_cells(options)
    if options.list:
        print("\n".join(cell.name for cell in cells))
        return 0
    if not cells:
        say(f"raptors bench: no case's name matches {options.only}; --list prints them")
        return USAGE
    return _measure(options, cells)


def _measure(options: argparse.Namespace, cells: Sequence[Cell]) -> int:
    from . import idle, load, machine, output, page, picture, runner, terminal, worker

    problems = output.cannot_write(path for path in (options.json, options.html, options.picture) if path)
    for problem in problems:
        say(f"raptors bench: {problem}")
    if problems:
        return FAILED
    waited = idle.wait_until_idle(options.wait, lambda words: say(f"raptors bench: {words}"))
    described = machine.describe_machine()
    if options.threads:
        described["threads"] = options.threads
    blocks = QUICK_BLOCKS if options.quick else BLOCKS.get(options.suite, runner.BLOCKS)
    progress = terminal.Progress(sys.stderr, len(cells), blocks)
    with load.busy_programs(options.load):
        run = runner.run_cells(
            cells,
            options.budget,
            options.threads or 0,
            progress.report,
            blocks=blocks,
            jobs=JOBS,
            visits=worker.visits_apart,
        )
    progress.finish()
    if not run.results:
        return run.stopped
    settings: dict[str, Any] = {
        "suite": options.suite,
        "seed": options.seed,
        "cases": len(cells),
        "blocks": blocks,
        "budget": options.budget,
        "only": options.only,
        "threads": options.threads,
        "quick": options.quick,
        "load": options.load,
        "goals": options.goals,
        "seconds": round(run.seconds, 1),
        "waited": waited,
        "others": None if run.use is None else round(run.use.others, 3),
        "stolen": None if run.use is None else round(run.use.stolen, 3),
        "interrupted": run.stopped != 0,
    }
    average = (described["load"] or [None])[0]
    note = "" if options.load else idle.idle_note(run.use, average, described["cores"])
    if run.stopped:
        note = f"{note} The run was stopped: what follows is what it had measured.".strip()
    texts = {
        options.json: output.as_text(output.as_document(run.results, described, settings)),
        options.html: page.render_page(run.results, described, settings, note),
    }
    drawn = picture.render_picture(run.results, described) if options.picture else ""
    if drawn:
        texts[options.picture] = drawn
    problems = output.write_files(texts)
    if options.picture and not drawn:
        problems.append(picture.NOTHING)
    for problem in problems:
        say(f"raptors bench: {problem}")
    terminal.print_report(run.results, described, note, sys.stdout, goals=options.goals)
    print(f"\n{len(run.results)} of {len(cells)} cases in {run.seconds:.0f} s", end="")
    print("" if problems else f"; {options.html} and {options.json} have them all")
    return run.stopped or (0 if run.all_right and not problems else FAILED)


def _compare(one: Path, other: Path) -> int:
    from . import output

    try:
        words, share = output.compare_runs(one, other)
    except (OSError, ValueError) as problem:
        say(f"raptors bench: {problem}")
        return USAGE
    print(words)
    return 0 if share >= AGREE else FAILED


def _choose_cells(options: argparse.Namespace) -> list[Cell]:
    from . import calls, cold, engine, grid, load, mathematical, patched, patched_calls, small, whole, wide

    cells: list[Cell] = []
    if options.suite in ("grid", "all"):
        cells += grid.cells()
    if options.suite in ("grid", "small", "all"):
        cells += small.cells()
    if options.suite == "programs":
        cells += calls.cells() + whole.cells()
    if options.suite == "numpy":
        cells += patched_calls.cells() + patched.cells()
    if options.suite == "math":
        cells += mathematical.cells()
    if options.suite == "cold":
        cells += cold.cells()
    if options.suite == "load":
        cells += load.cells()
    if options.suite in ("wide", "all"):
        cells += wide.cells(options.seed, options.cases, engine.operations())
    if options.only:
        cells = [cell for cell in cells if fnmatch.fnmatchcase(cell.name, options.only)]
    return cells
