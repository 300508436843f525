# SPDX-License-Identifier: BSD-3-Clause
"""The command line of `raptors accuracy`.

Exit codes: 0, all is as promised; 1, a result is not, or something could not be written; 2, a bad option; 130, interrupted,
and the like of other signals: what was measured is kept, and the same command goes on from there.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import json
import multiprocessing
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from ..bench.engine import available_threads
from ..bench.machine import describe_machine
from ..choosing.calls import Call
from ..console import FAILED, Parser, StatusLine, positive, say, status_of, unknown
from . import functions, page
from .functions import FORMS
from .measure import EFFORTS, Found, Unit, measure, units_of

INSTALL = shlex.join([sys.executable or "python", "-m", "pip", "install", "gmpy2"])
MISSING = f"MPFR is needed, to know what is true: {INSTALL}"
PROMISED = {"float64": 1.0, "complex64": 0.501, "complex128": 2.0}  # ULP; of the others, the nearest numbers
# In the processes that measure: each is one thread, and takes the kernel of the highest instruction set.
ENVIRONMENT = {"RAPTORS_NUM_THREADS": "1", "RAPTORS_TUNE": "off"}
BAR = 10


def parse(parser: Parser, words: Sequence[str]) -> argparse.Namespace:
    """The options."""
    parser.add_argument("--quick", action="store_true", help="fewer arguments: a minute or two")
    parser.add_argument(
        "--exhaustive",
        action="store_true",
        help="every float32 argument of functions of one operand, and 10^8 others by chance: an hour or more",
    )
    parser.add_argument("--only", metavar="GLOB", default="*", help="only functions of such names, such as 'log*'")
    parser.add_argument("--types", metavar="NAMES", default=",".join(FORMS), help="only these: float32,float64,...")
    parser.add_argument(
        "--no-numpy", action="store_true", help="leave out NumPy's functions, which are measured beside"
    )
    parser.add_argument("--jobs", type=positive, metavar="N", help="processes that measure (default: all processors)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        default=Path("accuracy.jsonl"),
        help="the file that keeps what was measured, and from which the same command goes on (default accuracy.jsonl)",
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the table as a page in Markdown too")
    options = parser.parse_args(words)
    if options.quick and options.exhaustive:
        parser.error("--quick and --exhaustive are two ways; name one")
    options.effort = "quick" if options.quick else "exhaustive" if options.exhaustive else "usual"
    options.types = options.types.split(",")
    for word in options.types:
        if word not in FORMS:
            parser.error(unknown("type", word, FORMS))
    known = {name: None for form in options.types for name in FORMS[form].functions}
    options.functions = fnmatch.filter(known, options.only)
    if not options.functions:
        parser.error(f"no function matches {options.only!r}; known are {', '.join(known)}")
    return options


def run_accuracy(words: Sequence[str]) -> int:
    """raptors accuracy --quick"""
    parser = Parser(
        prog="raptors accuracy",
        description="How exact the mathematical functions are, beside NumPy's: the largest error that MPFR finds, and where.",
        example="raptors accuracy --quick\nraptors accuracy --only 'sin*' --types float64\nraptors accuracy --exhaustive --page accuracy.md",
    )
    options = parse(parser, words)
    if functions.gmpy2 is None:
        say(f"{parser.prog}: {MISSING}")
        return FAILED
    units = [
        unit
        for form in options.types
        for name in options.functions
        if name in FORMS[form].functions
        for unit in units_of(FORMS[form].functions[name], FORMS[form], EFFORTS[options.effort])
    ]
    head = {"raptors accuracy": 1, "effort": options.effort, "numpy": not options.no_numpy, **_versions()}
    stopped = 0
    with _journal(parser, options.out, head) as journal:
        try:
            _measure_all(units, journal, options, sys.stderr)
        except KeyboardInterrupt as stop:
            stopped = status_of(stop)
        table = journal.table(units)
    kernels = {key: _kernel(*key) for key in table}
    if stopped:
        say(f"{parser.prog}: stopped; {options.out} has what was measured, and the same command goes on from there")
    elif options.page:
        effort = EFFORTS[options.effort]
        command = " ".join(["raptors accuracy", *(f"--{options.effort}" for _ in "1" if options.effort != "usual")])
        text = page.as_page(table, kernels, describe_machine(), command, effort)
        options.page.write_text(text, encoding="utf-8")
    print(page.as_text(table, kernels))
    broken = [
        f"{name} of {form}" for (name, form), ways in table.items() if not as_promised(name, form, ways["raptors"])
    ]
    if broken:
        say(f"{parser.prog}: not as exact as promised: {', '.join(broken)}")
    return stopped or (FAILED if broken else 0)


def _versions() -> dict[str, str]:
    machine = describe_machine()
    return {key: str(machine[key]) for key in ("cpu", "raptors", "python")} | {"NumPy": machine["numpy"]}


def as_promised(name: str, form: str, found: Found) -> bool:
    """Whether what was found of a function and type is no more than the page says."""
    promise = FORMS[form].functions[name].promise or PROMISED.get(form)
    return found.worst <= promise if promise else found.wrong == 0


def _kernel(function: str, form: str) -> str:
    from ..choosing.race import explain

    answer = explain(Call(function, form, (1 << 20,)))
    return answer.contenders[answer.chosen].name


# ---- The file


class _Journal:
    """What was measured, a line for each unit, behind a head that says of what. A line that was cut off is not read."""

    def __init__(self, file: Any, done: dict[str, dict[str, Any]]) -> None:
        self._file = file
        self.done = done

    def add(self, unit: Unit, found: dict[str, Any]) -> None:
        self.done[unit.key] = found
        self._file.write(json.dumps({"unit": unit.key, "found": found}) + "\n")
        self._file.flush()

    def table(self, units: Sequence[Unit]) -> dict[tuple[str, str], dict[str, Found]]:
        """Of the units that are done, by function and type."""
        table: dict[tuple[str, str], dict[str, Found]] = {}
        for unit in units:
            for way, values in self.done.get(unit.key, {}).items():
                row = table.setdefault((unit.function, unit.form), {})
                row[way] = row.get(way, Found()) + Found.of(values)
        return table


@contextlib.contextmanager
def _journal(parser: Parser, path: Path, head: dict[str, Any]) -> Iterator[_Journal]:
    done: dict[str, dict[str, Any]] = {}
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    lines = text.splitlines(keepends=True)
    if lines and lines[0] != json.dumps(head) + "\n":
        parser.error(f"{path} is of another version, machine or effort: remove it, or name another file with --out")
    kept = ""
    for line in lines[1:]:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            values = json.loads(line)
            done[values["unit"]] = values["found"]
            kept += line if line.endswith("\n") else line + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(head) + "\n" + kept)
        file.flush()
        yield _Journal(file, done)


# ---- The processes


def _measure_all(units: Sequence[Unit], journal: _Journal, options: argparse.Namespace, stream: Any) -> None:
    """Those that the journal lacks."""
    left = [unit for unit in units if unit.key not in journal.done]
    if not left:
        return
    status, start = StatusLine(stream), time.perf_counter()
    with _workers(options.jobs or available_threads()) as pool:
        work = [(unit, not options.no_numpy) for unit in left]
        for done, (unit, found) in enumerate(pool.imap_unordered(_measure_one, work), 1):
            journal.add(unit, found)
            seconds = (time.perf_counter() - start) * (len(left) - done) / done
            share = (len(units) - len(left) + done) / len(units)
            status.show(f"[{'#' * int(BAR * share):{BAR}}] {seconds:.0f} s left, {unit.function} of {unit.form}")
    status.show("")


def _measure_one(work: tuple[Unit, bool]) -> tuple[Unit, dict[str, Any]]:
    return work[0], measure(*work)


@contextlib.contextmanager
def _workers(count: int) -> Iterator[Pool]:
    """Processes that a signal to all of the command's reaches through the command alone."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    try:
        pool = multiprocessing.get_context("spawn").Pool(count, _leave_signals)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    with pool:
        yield pool


def _leave_signals() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
